//! What a case can ask about running a credit department: reports over a book, approvals, versions of the policy.

use super::watch::section;
use super::{CaseFact, CaseRun, patched, text, to_value};
use crate::facts::bill::Bill;
use crate::facts::calendar::Date;
use crate::facts::cover::Cover;
use crate::facts::credit_file::CreditFile;
use crate::facts::customer::Customer;
use crate::facts::id::{FactId, FeedNumber};
use crate::facts::ledger::Recorded;
use crate::facts::money::Money;
use crate::facts::overdue::Overdue;
use crate::facts::reference_rate::published;
use crate::questions::acceptors::acceptors;
use crate::questions::collections::{collections, dso_trend};
use crate::questions::credit_use::{UserOfCredit, credit_use};
use crate::questions::holds::{OrderEvent, holds};
use crate::questions::indicators::ShareOfBook;
use crate::questions::portfolios::{DebtorFile, bill_receivables, debtor, nature};
use crate::readings::behaviour::{Behaviour, behaviour};
use crate::readings::exchange::RatesOn;
use crate::readings::groups::Groups;
use crate::readings::journal::Journal;
use crate::readings::standing::{Further, Standing};
use crate::record::decision::policy_digest;
use crate::rules::approval::{Approver, Request, Said};
use crate::rules::commitments::OnAcceptor;
use crate::rules::interest::late_interest;
use crate::rules::policy::PolicyVersion;
use crate::rules::versions::{DatedVersion, NoticeOnDay, Versions};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A customer of a book with its ledger.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BookCustomer {
    /// Its sheet.
    pub customer: Customer,
    /// Its ledger, in the order in which the book learned it.
    #[serde(default)]
    pub ledger: Vec<CaseFact>,
    /// Its credit file.
    #[serde(default)]
    pub file: CreditFile,
}

/// A version of the case's policy.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CaseVersion {
    /// What it says differently from the case's policy.
    pub patch: Value,
    /// Its first day.
    pub from: Date,
    /// By when it is reviewed.
    #[serde(default)]
    pub review_by: Option<Date>,
}

/// A question. Its date is the case's.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum RunningAsk {
    /// How are limits used, and which good payers have room?
    CreditUse {
        /// The customers.
        book: Vec<BookCustomer>,
    },
    /// What was held, and what became of it, from a day to the case's date?
    Holds {
        /// What happened to orders.
        events: Vec<OrderEvent>,
        /// The first day.
        from: Date,
    },
    /// What came in, salesperson by salesperson, from a day to the case's date?
    Collections {
        /// The customers.
        book: Vec<BookCustomer>,
        /// The first day.
        from: Date,
    },
    /// How did DSO move?
    DsoTrend {
        /// The customers.
        book: Vec<BookCustomer>,
    },
    /// What does the first customer's group owe of all that is owed?
    ShareOfBook {
        /// The customers.
        book: Vec<BookCustomer>,
    },
    /// On whom do bills count besides? Answers too what the first one's standing then keeps.
    Acceptors {
        /// The customers.
        book: Vec<BookCustomer>,
        /// What counts on acceptors, by name.
        on_acceptors: Vec<OnAcceptor>,
    },
    /// Which portfolio do the case's receivables go to, and its bills?
    Portfolios {
        /// Its cover.
        #[serde(default)]
        covers: Vec<Cover>,
        /// What it owes and will owe.
        exposure: Money,
        /// Its bills.
        #[serde(default)]
        bills: Vec<Bill>,
    },
    /// Where does a request stand?
    Approval {
        /// The request.
        request: Request,
        /// What was said.
        #[serde(default)]
        said: Vec<Said>,
        /// The people.
        people: Vec<Approver>,
    },
    /// Which version was in force on the case's date?
    VersionInForce {
        /// The versions, numbered from 1.
        versions: Vec<CaseVersion>,
    },
    /// What did late interest come to under the versions that followed each other?
    VersionedInterest {
        /// The versions, numbered from 1.
        versions: Vec<CaseVersion>,
        /// What is overdue.
        overdue: Overdue,
    },
    /// What did notices cost, each under the version of its day?
    NoticeFees {
        /// The versions, numbered from 1.
        versions: Vec<CaseVersion>,
        /// The notices.
        notices: Vec<NoticeOnDay>,
    },
}

impl RunningAsk {
    /// Answers the question at the case's date.
    pub(super) fn answer(&self, run: &CaseRun<'_>) -> Result<Value, String> {
        let (policy, as_of, rates) = (run.policy, run.case.as_of, &run.case.facts.rates);
        let ours = (policy.currency, rates.as_slice());
        match self {
            Self::CreditUse { book } => {
                let rule = section(policy.reports.as_ref(), "reports")?;
                let read: Vec<(Standing, Behaviour)> = book
                    .iter()
                    .enumerate()
                    .map(|(place, one)| standing_of(run, place, one))
                    .collect::<Result<_, _>>()?;
                let users: Vec<UserOfCredit<'_>> =
                    read.iter().map(|(standing, behaviour)| UserOfCredit { standing, behaviour }).collect();
                to_value(&text(credit_use(policy, rule, &users, rates, as_of))?)
            }
            Self::Holds { events, from } => to_value(&text(holds(events, ours, (*from, as_of)))?),
            Self::Collections { book, from } => {
                let customers: Vec<Customer> = book.iter().map(|one| one.customer.clone()).collect();
                to_value(&text(collections(&customers, &facts_of(book), ours, (*from, as_of)))?)
            }
            Self::DsoTrend { book } => {
                let rule = &section(policy.receivables.as_ref(), "receivables")?.dso;
                let months = section(policy.reports.as_ref(), "reports")?.trend_months;
                to_value(&text(dso_trend(&facts_of(book), rule, &policy.calendar, ours, months, as_of))?)
            }
            Self::ShareOfBook { book } => {
                let first = book.first().ok_or("the book has no customer")?.customer.id;
                let groups = Groups::of(&run.case.facts.relations, as_of);
                let share = text(ShareOfBook::of(&facts_of(book), &groups, first, ours, as_of))?;
                to_value(&json!({ "share": share, "ratio": share.ratio() }))
            }
            Self::Acceptors { book, on_acceptors } => {
                let known: Vec<(&Customer, &CreditFile)> = book.iter().map(|one| (&one.customer, &one.file)).collect();
                let found = text(acceptors(on_acceptors, &known, (ours.0, &RatesOn::new(ours.1, as_of))))?;
                let first = found.accepted.first().map(|accepted| accepted.counted_in(Further::default()));
                to_value(&json!({ "acceptors": found, "further": first }))
            }
            Self::Portfolios { covers, exposure, bills } => {
                let rule = section(policy.provision.as_ref(), "provision")?;
                let (customer, file) = (run.customer.id, &run.case.facts.file);
                let known = DebtorFile { customer, grade: None, file, covers, exposure: *exposure };
                let nature = text(nature(policy.cover.as_ref(), &known, rates, as_of))?;
                let debtor = text(debtor(rule, policy.cover.as_ref(), &known, rates, as_of))?;
                let bills = text(bill_receivables(rule, nature, None, bills, run.facts, as_of))?;
                to_value(&json!({ "debtor": debtor, "bills": bills }))
            }
            Self::Approval { request, said, people } => {
                let rule = section(policy.approvals.as_ref(), "approvals")?;
                to_value(&text(rule.state(request, said, people, &policy.calendar, as_of))?)
            }
            Self::VersionInForce { versions } => to_value(&Versions(&versions_of(run, versions)?).in_force(as_of)),
            Self::VersionedInterest { versions, overdue } => {
                let rules = text(Versions(&versions_of(run, versions)?).interest(None))?;
                let days = section(policy.interest.as_ref(), "interest")?.quote_days;
                to_value(&text(late_interest(overdue, &rules, &text(published())?, days, as_of))?)
            }
            Self::NoticeFees { versions, notices } => {
                to_value(&Versions(&versions_of(run, versions)?).fees(notices, &run.journal.before))
            }
        }
    }
}

/// The ledger of a whole book.
pub(super) fn facts_of(book: &[BookCustomer]) -> Vec<Recorded> {
    let all = book.iter().flat_map(|one| one.ledger.iter().map(|fact| (one.customer.id, fact)));
    all.zip(1_u64..)
        .map(|((customer, fact), number)| Recorded {
            id: FactId::derived(&["book", &number.to_string()]),
            customer,
            feed: FeedNumber(number),
            date: fact.date,
            fact: fact.fact.clone(),
        })
        .collect()
}

fn standing_of(run: &CaseRun<'_>, place: usize, one: &BookCustomer) -> Result<(Standing, Behaviour), String> {
    let (policy, as_of, rates) = (run.policy, run.case.as_of, &run.case.facts.rates);
    let mut facts = facts_of(std::slice::from_ref(one));
    facts.retain(|recorded| recorded.date <= as_of);
    let standing = text(Standing::of(&one.customer, &facts, rates, None));
    let journal = Journal::of(&facts, None).map_err(|error| format!("book[{place}]: {error}"))?;
    let paid = text(behaviour(&journal, &policy.behaviour, policy.currency, rates, as_of))?;
    Ok((standing?, paid))
}

fn versions_of(run: &CaseRun<'_>, versions: &[CaseVersion]) -> Result<Vec<DatedVersion>, String> {
    let base = text(serde_json::to_value(run.policy))?;
    let version = |(given, number): (&CaseVersion, u32)| {
        let policy = patched(&base, &given.patch)?;
        let digest = text(policy_digest(&policy))?;
        let version = PolicyVersion { version: number, digest, policy };
        Ok(DatedVersion { version, from: given.from, review_by: given.review_by })
    };
    versions.iter().zip(1_u32..).map(version).collect()
}
