//! What people read: a customer, a statement, the journal, the portfolio.

use shared::facts::calendar::{Date, month_start};
use shared::facts::customer::Customer;
use shared::facts::id::{CustomerId, FeedNumber};
use shared::facts::ledger::Rate;
use shared::questions::assess::{AssessError, Evidence, evidence};
use shared::questions::statement::statement;
use shared::questions::what_if::Member;
use shared::readings::aging::AgingRule;
use shared::readings::journal::Columns;
use shared::readings::standing::{Position, Standing};
use shared::record::access::Rows;
use shared::record::api::{CustomerAnswer, JournalAnswer, PortfolioAnswer, StatementAnswer};
use shared::record::digest::digest;
use shared::rules::policy::PolicyVersion;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::call::Call;
use super::ledger::standings::Known;
use super::ledger::{facts, journal, rates, standings};
use super::sql::{Sql, read as read_stored};
use super::{decisions, orders, policies};
use crate::answer::{Answer, etag_of};
use crate::problem::{Failure, RequestError};

/// `GET customers/{id}`. The last assessment is for those who see every customer: it shows the score's detail.
pub fn customer(call: &Call) -> Result<Answer, Failure> {
    let id: CustomerId = call.id()?;
    call.sees(id)?;
    let known = standings::of(call, id)?.ok_or(RequestError::NotFound)?;
    let assessment = if call.rows == Rows::All { decisions::last_assessment(call.sql, id)? } else { None };
    let orders = orders::of_customer(call.sql, id, call.today)?;
    Answer::json(&CustomerAnswer { customer: known.customer, standing: known.standing, orders, assessment })
}

/// `GET customers/{id}/statement?from=&to=`: by default the month so far.
pub fn customer_statement(call: &Call) -> Result<Answer, Failure> {
    let id: CustomerId = call.id()?;
    call.sees(id)?;
    let to = call.parameter("to", "a date")?.unwrap_or(call.today);
    let from: Date = call.parameter("from", "a date")?.unwrap_or_else(|| month_start(to));
    if from > to {
        return Err(RequestError::Parameter { name: "from", expected: "no later than to" }.into());
    }
    let known = standings::of(call, id)?.ok_or(RequestError::NotFound)?;
    let facts = facts::of_statement(call.sql, id)?;
    let aging = policies::in_force(call.sql, call.cache)?.policy.aging.clone();
    // Why its bands are what they are isn't for customers.
    let aging = AgingRule { note: None, ..aging };
    let statement = statement(id, &facts, &aging, from, to).map_err(Failure::broken)?;
    let digest = digest(&statement)?;
    let customer = if call.rows == Rows::Itself { for_itself(known.customer) } else { known.customer };
    Ok(Answer::json(&StatementAnswer { customer, statement, digest, facts, aging })?.about(&id))
}

/// A customer's file as the customer may see it: without what we think of it.
fn for_itself(customer: Customer) -> Customer {
    Customer { segment: None, industry: None, salesperson: None, ..customer }
}

/// `GET journal`: 304 while nothing was learned since.
pub fn whole_journal(call: &Call) -> Result<Answer, Failure> {
    let feed = call.sql.feed()?;
    unless_held(call, etag_of(&["journal", &call.book.code, &feed.0.to_string()]), || {
        let columns = Columns::from(&journal::of_book(call.sql)?);
        Answer::json(&JournalAnswer { feed, columns })
    })
}

/// `GET portfolio`: 304 while nothing was learned since and it is the same day.
pub fn portfolio(call: &Call) -> Result<Answer, Failure> {
    let feed = call.sql.feed()?;
    let tag = etag_of(&["portfolio", &call.book.code, &feed.0.to_string(), &call.today.to_string()]);
    unless_held(call, tag, || {
        let reader = EvidenceReader::new(call)?;
        let (mut members, mut left_out) = (Vec::new(), Vec::new());
        for known in standings::select(call, "true", &[])? {
            let customer = known.customer.id;
            match reader.member(&known)? {
                Ok(member) => members.push(member),
                Err(_) => left_out.push(customer),
            }
        }
        Answer::json(&PortfolioAnswer { feed, as_of: call.today, members, left_out })
    })
}

fn unless_held(call: &Call, tag: String, read: impl FnOnce() -> Result<Answer, Failure>) -> Result<Answer, Failure> {
    let answer = if call.holds(&tag) { Answer::of(304, String::new()) } else { read()? };
    Ok(Answer { etag: Some(tag), ..answer }.about(&call.sql.feed()?.0))
}

/// Reads what assessments look at, by the policy in force at a date, and keeps it until anything that it stands on moves.
pub struct EvidenceReader<'a> {
    sql: &'a Sql,
    /// The policy in force.
    pub policy: Rc<PolicyVersion>,
    /// The rates.
    pub rates: Vec<Rate>,
    /// The day that is read.
    pub as_of: Date,
    newest_rate: FeedNumber,
    kept: BTreeMap<CustomerId, (String, String)>,
}

impl<'a> EvidenceReader<'a> {
    /// Makes one for a call.
    pub fn new(call: &Call<'a>) -> Result<Self, Failure> {
        let (sql, as_of) = (call.sql, call.today);
        let kept: Vec<(CustomerId, String, String)> =
            sql.rows("SELECT json_array(customer, basis, document) FROM evidence", &[])?;
        let kept = kept.into_iter().map(|(customer, basis, document)| (customer, (basis, document))).collect();
        let (policy, rates, newest_rate) =
            (policies::in_force(sql, call.cache)?, rates::known(sql, None)?, rates::newest(sql)?);
        Ok(Self { sql, policy, rates, as_of, newest_rate, kept })
    }

    /// One customer's evidence. The inner error says why there is none.
    pub fn evidence(&self, known: &Known) -> Result<Result<Evidence, AssessError>, Failure> {
        let customer = known.customer.id;
        let basis = format!(
            "{} {} {} {} {}",
            known.journal_feed.0, known.version.0, self.newest_rate.0, self.as_of, self.policy.digest
        );
        if let Some((_, document)) = self.kept.get(&customer).filter(|(kept, _)| *kept == basis) {
            return Ok(Ok(read_stored(document)?));
        }
        let journal = journal::of_customer(self.sql, customer)?;
        let found = match evidence(&self.policy.policy, &known.customer, &journal, &self.rates, self.as_of) {
            Ok(found) => found,
            Err(error) => return Ok(Err(error)),
        };
        self.sql.run(
            "INSERT INTO evidence (customer, basis, document) VALUES (?, ?, ?)
             ON CONFLICT (customer) DO UPDATE SET basis = excluded.basis, document = excluded.document",
            &[&customer, &basis, &serde_json::to_string(&found)?],
        )?;
        Ok(Ok(found))
    }

    /// One customer as the what-if takes it in: amounts in the policy's currency.
    fn member(&self, known: &Known) -> Result<Result<Member, AssessError>, Failure> {
        let evidence = match self.evidence(known)? {
            Ok(evidence) => evidence,
            Err(error) => return Ok(Err(error)),
        };
        let policy = &self.policy.policy;
        let standing = Standing { currency: policy.currency, ..known.standing.clone() }.with_rates(&self.rates);
        let position = match Position::of(&standing, &policy.exposure, self.as_of) {
            Ok(position) => position,
            Err(error) => return Ok(Err(error.into())),
        };
        let (profile, need) = (evidence.profile, evidence.need);
        Ok(Ok(Member { customer: known.customer.id, profile, need, position }))
    }
}
