//! The parts of standings that follow from files and groups, kept in step.
//!
//! Whatever they follow from (a piece, a fact, a sheet, an assessment, a relation, of the customer or of a member of its
//! group) marks them in its own transaction ([`begin`], [`moved`], [`after_facts`], [`regroup`]), and so do the day, the
//! version of the policy and the rates by being others than those noted. A marked part is read anew before anybody sees it
//! or judges by it ([`renew`]), whatever the number of facts that came meanwhile; where that makes a difference, it is a new
//! version with a feed number, so that devices learn of it and what a device knew can be told later. A list that shows many
//! renews so many of them at once and shows the rest as they were known.

use shared::facts::calendar::Date;
use shared::facts::id::{CustomerId, FeedNumber};
use shared::facts::ledger::{Rate, Withdrawn};
use shared::facts::money::{Currency, Money};
use shared::facts::overdue::Payment;
use shared::facts::piece::{GroupLimit, Piece, PieceKind};
use shared::questions::indicators;
use shared::readings::groups::Groups;
use shared::readings::journal::Journal;
use shared::readings::standing::{Further, Standing};
use shared::rules::policy::PolicyVersion;
use shared::rules::standing::{Held, KeptError, Members, exposure, further, judges_files};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::super::call::Call;
use super::super::file::{FileError, pieces};
use super::super::sql::Sql;
use super::super::{leases, policies};
use super::standings::Known;
use super::{facts, journal, rates, settling, standings};
use crate::problem::Failure;

/// What the parts were read by.
pub struct Basis {
    /// The day.
    pub as_of: Date,
    /// The policy in force.
    pub policy: Rc<PolicyVersion>,
    /// The newest rate.
    pub rates: FeedNumber,
}

impl Basis {
    /// What they are to be read by now.
    pub fn now(call: &Call) -> Result<Self, Failure> {
        let policy = policies::in_force(call.sql, call.cache)?;
        Ok(Self { as_of: call.today, policy, rates: rates::newest(call.sql)? })
    }

    /// True of a customer whose parts are to be read anew; `further` is joined to `customer`, if it has any.
    pub fn marked(&self) -> String {
        let (as_of, version, rates) = (self.as_of, self.policy.version, self.rates.0);
        let moved = format!(
            "(further.as_of IS NOT '{as_of}' OR further.policy IS NOT {version} OR further.rates IS NOT {rates})"
        );
        if judges_files(&self.policy.policy) { moved } else { format!("(further.customer IS NOT NULL AND {moved})") }
    }
}

/// Keeps the parts of a customer from now on, and marks them with those of its group.
pub fn begin(sql: &Sql, customer: CustomerId) -> Result<(), Failure> {
    sql.run("INSERT INTO further (customer) VALUES (?) ON CONFLICT (customer) DO NOTHING", &[&customer])?;
    moved(sql, customer)
}

/// Marks the parts of a customer, if any are kept, and those of its group.
pub fn moved(sql: &Sql, customer: CustomerId) -> Result<(), Failure> {
    Ok(sql.run(
        "UPDATE further SET as_of = NULL WHERE customer = ?1 OR customer IN (
             SELECT other.customer FROM group_member AS one JOIN group_member AS other ON other.head = one.head
             WHERE one.customer = ?1
         )",
        &[&customer],
    )?)
}

/// Marks the parts of all whom new facts are about, and those of their groups.
pub fn after_facts(sql: &Sql, first: FeedNumber, last: FeedNumber) -> Result<(), Failure> {
    if !sql.finds("SELECT 1 FROM further LIMIT 1", &[])? {
        return Ok(());
    }
    Ok(sql.run(
        "WITH touched AS MATERIALIZED (SELECT DISTINCT customer FROM fact WHERE feed BETWEEN ?1 AND ?2)
         UPDATE further SET as_of = NULL WHERE customer IN (SELECT customer FROM touched) OR customer IN (
             SELECT other.customer FROM touched JOIN group_member AS one ON one.customer = touched.customer
             JOIN group_member AS other ON other.head = one.head
         )",
        &[&first, &last],
    )?)
}

/// Puts customers into their groups anew, from all relations that stand, and marks whoever was or is in one. Customers that
/// would belong to each other in a circle are refused.
pub fn regroup(sql: &Sql, today: Date) -> Result<(), Failure> {
    let relations = pieces::relations(sql)?;
    let groups = Groups::of(&relations, today);
    let named: BTreeSet<CustomerId> =
        relations.iter().flat_map(|relation| Piece::Relation(relation.clone()).customers()).collect();
    let mut heads: BTreeMap<String, Vec<CustomerId>> = BTreeMap::new();
    for customer in named {
        let place = groups.place(customer).map_err(|_| FileError::Circle)?;
        heads.entry(serde_json::to_string(&place.head)?).or_default().push(customer);
    }
    heads.retain(|_, members| members.len() > 1);
    let rows: Vec<(CustomerId, &String)> =
        heads.iter().flat_map(|(head, members)| members.iter().map(move |member| (*member, head))).collect();
    let mark = "INSERT INTO further (customer) SELECT customer FROM group_member WHERE true
                ON CONFLICT (customer) DO UPDATE SET as_of = NULL";
    sql.run(mark, &[])?;
    sql.run("DELETE FROM group_member", &[])?;
    sql.run(
        "INSERT INTO group_member (customer, head) SELECT value ->> 0, value ->> 1 FROM json_each(?)",
        &[&serde_json::to_string(&rows)?],
    )?;
    Ok(sql.run(mark, &[])?)
}

/// Reads the parts of some customers anew and keeps what became different.
pub fn renew(sql: &Sql, basis: &Basis, customers: &[CustomerId]) -> Result<(), Failure> {
    let all_rates = rates::known(sql, None)?;
    for customer in customers {
        let Some(known) = standings::by_ledger(sql, &all_rates, "customer.id = ?", &[customer])?.pop() else {
            continue;
        };
        let document = serde_json::to_string(&build(sql, &basis.policy, &all_rates, &known, basis.as_of)?)?;
        let kept: Option<(FeedNumber, String)> = newest(sql, *customer, None)?;
        let mut feed = kept.as_ref().map(|(feed, _)| *feed);
        if kept.map_or("{}".to_owned(), |(_, kept)| kept) != document {
            let next = sql.take_feed(1)?;
            sql.run(
                "INSERT INTO further_version (customer, feed, document) VALUES (?, ?, ?)",
                &[customer, &next, &document],
            )?;
            feed = Some(next);
        }
        sql.run(
            "INSERT INTO further (customer, as_of, policy, rates, feed) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (customer) DO UPDATE SET as_of = excluded.as_of, policy = excluded.policy,
                 rates = excluded.rates, feed = excluded.feed",
            &[customer, &basis.as_of, &basis.policy.version, &basis.rates, &feed],
        )?;
    }
    Ok(())
}

/// The version that stood when the book had come to a feed number (the newest, when absent), as it is stored.
fn newest(sql: &Sql, customer: CustomerId, at: Option<FeedNumber>) -> Result<Option<(FeedNumber, String)>, Failure> {
    Ok(sql.first(
        "SELECT json_array(feed, document) FROM further_version
         WHERE customer = ?1 AND (?2 IS NULL OR feed <= ?2) ORDER BY feed DESC LIMIT 1",
        &[&customer, &at],
    )?)
}

/// A standing by the ledger, with the parts that the book kept when it had come to a feed number.
pub fn as_known(sql: &Sql, standing: Standing, at: FeedNumber) -> Result<Standing, Failure> {
    let Some((feed, document)) = newest(sql, standing.customer, Some(at))? else { return Ok(standing) };
    let kept: Further = super::super::sql::read(&document)?;
    // Temporary limits are facts.
    let further = Further { temporary: standing.further.temporary.clone(), ..kept };
    Ok(Standing { feed: standing.feed.max(feed), further, ..standing })
}

/// The parts of a customer, from what is in the tables.
pub fn build(
    sql: &Sql,
    policy: &PolicyVersion,
    rates: &[Rate],
    known: &Known,
    as_of: Date,
) -> Result<Further, Failure> {
    let customer = known.customer.id;
    let filed = pieces::filed(sql, customer)?;
    let reads_journal = !filed.notices.is_empty() || !filed.accepted.is_empty();
    let journal = if reads_journal { journal::of_customer(sql, customer)? } else { Journal::default() };
    let payments = if filed.promises.is_empty() { Vec::new() } else { payments(sql, customer)? };
    let assessed: Vec<Date> = sql.rows(
        "SELECT DISTINCT json_quote(date) FROM decision WHERE customer = ? AND kind = 'assessment' ORDER BY date",
        &[&customer],
    )?;
    let group = Group::of(sql, policy, rates, customer, as_of)?;
    let members = group.as_ref().map(|group| Members {
        groups: &group.groups,
        exposures: &group.exposures,
        limits: &group.limits,
    });
    let held = Held {
        customer: &known.customer,
        filed: &filed,
        standing: &known.standing,
        journal: &journal,
        payments: &payments,
        assessed: &assessed,
        leased: &leases::reserved(sql, customer)?,
        group: members,
        rates,
    };
    further(&policy.policy, &held, as_of).map_err(|error| match error {
        KeptError::Group(_) => FileError::Circle.into(),
        KeptError::Money(error) => Failure::broken(error),
    })
}

fn payments(sql: &Sql, customer: CustomerId) -> Result<Vec<Payment>, Failure> {
    if settling::holds(sql, customer)? {
        let facts = facts::of_customer(sql, customer)?;
        let withdrawn = Withdrawn::by(&facts);
        return Ok(indicators::payments(facts.iter().filter(|recorded| withdrawn.spares(recorded))));
    }
    let rows: Vec<(Date, i64, Currency)> = sql.rows(
        "SELECT json_array(date, minor, currency) FROM receipt WHERE customer = ? ORDER BY date, feed",
        &[&customer],
    )?;
    let payment = |(date, minor, currency)| Ok(Payment { date, amount: Money::from_minor(minor, currency)? });
    rows.into_iter().map(payment).collect::<Result<_, shared::facts::money::MoneyError>>().map_err(Failure::broken)
}

/// What is known of a customer's group.
struct Group {
    groups: Groups,
    exposures: Vec<(CustomerId, Money)>,
    limits: Vec<GroupLimit>,
}

impl Group {
    /// Reads it; absent for one that stands alone.
    fn of(
        sql: &Sql,
        policy: &PolicyVersion,
        rates: &[Rate],
        customer: CustomerId,
        as_of: Date,
    ) -> Result<Option<Self>, Failure> {
        let head: Option<String> =
            sql.first("SELECT json_quote(head) FROM group_member WHERE customer = ?", &[&customer])?;
        let Some(head) = head else { return Ok(None) };
        let members = "customer IN (SELECT customer FROM group_member WHERE head = ?)";
        let relations = pieces::relations_of(sql, members, &[&head])?;
        let limits = pieces::of_kind(sql, PieceKind::GroupLimit, members, &[&head])?;
        let limit = |piece| if let Piece::GroupLimit(limit) = piece { Some(limit) } else { None };
        let others = "customer.id IN (SELECT customer FROM group_member WHERE head = ?1) AND customer.id <> ?2";
        let mut exposures = Vec::new();
        for other in standings::by_ledger(sql, rates, others, &[&head, &customer])? {
            let mut amount = exposure(&other.standing, &policy.policy.exposure, as_of).map_err(Failure::broken)?;
            for leased in leases::reserved(sql, other.customer.id)? {
                if policy.policy.exposure.orders && leased.currency() == amount.currency() {
                    amount = amount.plus(leased).map_err(Failure::broken)?;
                }
            }
            exposures.push((other.customer.id, amount));
        }
        Ok(Some(Self {
            groups: Groups::of(&relations, as_of),
            exposures,
            limits: limits.into_iter().filter_map(limit).collect(),
        }))
    }
}

/// Whose parts differ: as they are kept, and as they are rebuilt.
#[cfg(feature = "testing")]
pub type Differs = (CustomerId, String, String);

/// What is kept and what the tables give, of customers where the two differ; and how many are marked to be read anew.
#[cfg(feature = "testing")]
pub fn verify(sql: &Sql) -> Result<(Vec<Differs>, usize), Failure> {
    type Row = (CustomerId, Option<Date>, Option<u32>, Option<FeedNumber>, Option<String>);
    let rows: Vec<Row> = sql.rows(
        "SELECT json_array(further.customer, as_of, policy, rates, document) FROM further
         LEFT JOIN further_version ON further_version.customer = further.customer
             AND further_version.feed = further.feed
         ORDER BY further.customer",
        &[],
    )?;
    let (mut differing, mut marked) = (Vec::new(), 0_usize);
    for (customer, as_of, policy, known_rates, document) in rows {
        let (Some(as_of), Some(policy)) = (as_of, policy) else {
            marked = marked.saturating_add(1);
            continue;
        };
        let policy = policies::approved(sql, policy)?.ok_or_else(|| Failure::broken("a policy is gone"))?;
        let all_rates = rates::known(sql, known_rates)?;
        let known = standings::by_ledger(sql, &all_rates, "customer.id = ?", &[&customer])?.pop();
        let known = known.ok_or_else(|| Failure::broken("a customer is gone"))?;
        let rebuilt = serde_json::to_string(&build(sql, &policy, &all_rates, &known, as_of)?)?;
        let kept = document.unwrap_or_else(|| "{}".to_owned());
        if kept != rebuilt {
            differing.push((customer, kept, rebuilt));
        }
    }
    // Whoever has a piece that stands, or a group, is looked after.
    let lost: Vec<CustomerId> = sql.rows(
        "SELECT DISTINCT json_quote(customer) FROM (
             SELECT customer FROM piece WHERE state = 'stands' UNION SELECT customer FROM group_member
         ) WHERE customer NOT IN (SELECT customer FROM further)",
        &[],
    )?;
    differing.extend(lost.into_iter().map(|customer| (customer, "nothing".to_owned(), "something".to_owned())));
    Ok((differing, marked))
}
