//! Cases: reference examples as data, the same for the engine's tests, for a policy's own tests and for training.
//!
//! A case is `{name, source, as_of, policy, facts, ask, expect}`: a patch on the default policy (RFC 7396), the facts, one
//! question, and the part of the answer that matters. It runs natively, in the browser and at the edge, and gives the same
//! digest everywhere. The expected part is compared field by field: objects may leave fields out, lists may not leave out
//! elements, and what is expected to be absent is written as null.

mod assessing;
mod bank;
mod book;
mod calibrate;
mod credit;
mod follow_up;
mod goods;
mod keeping;
mod lab;
mod ledger;
mod orders;
mod report;
mod running;
mod trade;
mod watch;

pub use crate::rules::segments::merge;
pub use assessing::{AssessingAsk, Beside};
pub use bank::{BankAsk, BankText};
pub use book::BookAsk;
pub use calibrate::CalibrateAsk;
pub use credit::CreditAsk;
pub use follow_up::FollowUpAsk;
pub use goods::GoodsAsk;
pub use keeping::{CasePieces, KeepingAsk};
pub use lab::LabAsk;
pub use ledger::LedgerAsk;
pub use orders::{Kept, OrderAsk, decision};
pub use report::ReportAsk;
pub use running::{BookCustomer, CaseVersion, RunningAsk};
pub use trade::TradeAsk;
pub use watch::WatchAsk;

use super::decision::{decide_order, policy_digest};
use super::digest::digest;
use crate::facts::calendar::Date;
use crate::facts::credit_file::CreditFile;
use crate::facts::customer::Customer;
use crate::facts::document;
use crate::facts::id::{CustomerId, DecisionId, FactId, FeedNumber};
use crate::facts::ledger::{Fact, Order, Rate, Recorded};
use crate::facts::money::Money;
use crate::facts::relations::Relation;
use crate::facts::terms::Terms;
use crate::questions::assess::{assess, evidence};
use crate::questions::remedy::remedies;
use crate::questions::statement::statement;
use crate::readings::aging::aging;
use crate::readings::behaviour::behaviour;
use crate::readings::exchange::RatesOn;
use crate::readings::journal::Journal;
use crate::readings::standing::{Position, Standing};
use crate::rules::policy::{DEFAULT, Policy, PolicyVersion};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A case.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it shows, in one sentence.
    pub name: String,
    /// Where the expected answer comes from: a law with its article, a paper, or the working by hand.
    pub source: String,
    /// The date of the question.
    pub as_of: Date,
    /// A patch on the default policy.
    #[serde(default)]
    pub policy: Value,
    /// The facts.
    #[serde(default)]
    pub facts: CaseFacts,
    /// The question.
    pub ask: Ask,
    /// The part of the answer that matters.
    pub expect: Value,
}

/// The facts of a case.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CaseFacts {
    /// The customer's file; a plain one in the policy's currency when left out.
    #[serde(default)]
    pub customer: Option<Customer>,
    /// The ledger, in the order in which the book learned it.
    #[serde(default)]
    pub ledger: Vec<CaseFact>,
    /// Exchange rates.
    #[serde(default)]
    pub rates: Vec<Rate>,
    /// The customer's credit file.
    #[serde(default)]
    pub file: CreditFile,
    /// Who belongs to whom.
    #[serde(default)]
    pub relations: Vec<Relation>,
}

/// A fact of the case's customer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CaseFact {
    /// When it holds.
    pub date: Date,
    /// What happened.
    #[serde(flatten)]
    pub fact: Fact,
}

/// What a case can ask.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Ask {
    /// May we accept this order? Answers the decision's judgement.
    OrderCheck {
        /// The order.
        order: Order,
    },
    /// What would make it pass? Answers the remedies.
    Remedies {
        /// The order.
        order: Order,
    },
    /// Which score, grade, limit and terms? Answers evidence and assessment.
    Assessment,
    /// How old is what is open? Answers a row by currency.
    Aging,
    /// How does the customer pay?
    Behaviour,
    /// What does the order check see of the customer?
    Standing {
        /// As known at this feed number: so many facts of the case's ledger.
        #[serde(default)]
        known: Option<FeedNumber>,
    },
    /// What counts against the limit, and what is overdue?
    Position,
    /// The statement for a period that ends at the case's date.
    Statement {
        /// Its first day.
        from: Date,
    },
    /// When does a document of the case's date fall due?
    DueDate {
        /// Its terms.
        terms: Terms,
    },
    /// How does an amount split?
    Split {
        /// The amount.
        amount: Money,
        /// The weights.
        weights: Vec<u64>,
    },
    /// Is the policy sound? Answers its faults, or none.
    PolicyFaults,
    /// The full assessment, or what a change of policy would do to it.
    Assessing(AssessingAsk),
    /// Something of the credit file, the assessment or the limits.
    Credit(CreditAsk),
    /// Something about terms, money coming in and what is sold.
    Trade(TradeAsk),
    /// Something about what is sold, what it counts for and who lets it through.
    Goods(GoodsAsk),
    /// What follows a sale: late interest, dunning, provision, warnings, legal clocks, recovery.
    FollowUp(Box<FollowUpAsk>),
    /// What if: a customer changed, a volume, goals, the past, stress.
    Lab(Box<LabAsk>),
    /// What the ledger says, with all that can happen in it.
    Ledger(Box<LedgerAsk>),
    /// How a card is calibrated on history.
    Calibrate(CalibrateAsk),
    /// What puts much together: the credit report, the difference of two policies.
    Report(ReportAsk),
    /// The whole order check, what helps, and what follows on an order's way.
    Order(Box<OrderAsk>),
    /// What is watched: orders on their way, indicators, the weekly report, legal clocks from facts.
    Watch(Box<WatchAsk>),
    /// Something of several customers together.
    Book(Box<BookAsk>),
    /// How a credit department is run: reports over a book, approvals, versions of the policy.
    Running(Box<RunningAsk>),
    /// What is kept of a customer, and for a device.
    Keeping(KeepingAsk),
    /// What a bank's file holds.
    Bank(BankAsk),
}

impl Case {
    /// The exchange rates as of its date: a standing carries no date of its own.
    pub(super) fn rates(&self) -> Vec<Rate> {
        RatesOn::new(&self.facts.rates, self.as_of).all()
    }
}

/// What a question of another room is answered from.
pub struct CaseRun<'a> {
    /// The case.
    pub case: &'a Case,
    /// Its policy.
    pub policy: &'a Policy,
    /// The ledger, read.
    pub journal: &'a Journal,
    /// The customer.
    pub customer: &'a Customer,
    /// The ledger.
    pub facts: &'a [Recorded],
}

/// What became of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CaseOutcome"))]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The case's name.
    pub name: String,
    /// The kind of question.
    pub topic: String,
    /// Where the answer differs from what was expected; empty when it passed.
    pub differences: Vec<Difference>,
    /// The digest over the whole answer.
    pub digest: String,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CaseDifference"))]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// The path of the value.
    pub path: String,
    /// What was expected.
    pub expected: Value,
    /// What came.
    pub actual: Value,
}

/// Runs a file: a list of cases.
///
/// # Errors
///
/// When the file is no list of cases: with line and column.
pub fn run(file: &str) -> Result<Vec<Outcome>, serde_json::Error> {
    let cases: Vec<Case> = serde_json::from_str(file)?;
    Ok(cases.iter().map(run_case).collect())
}

/// Runs one case. A question that cannot be answered gives its error as the answer: `{"error": "…"}`.
pub fn run_case(case: &Case) -> Outcome {
    match serde_json::from_str(DEFAULT) {
        Ok(base) => run_case_on(&base, case),
        Err(_) => run_case_on(&Value::Null, case),
    }
}

/// Runs one case on another policy than the default: the case's patch is merged into this document.
pub fn run_case_on(policy: &Value, case: &Case) -> Outcome {
    let answer = answer(policy, case).unwrap_or_else(|error| json!({ "error": error }));
    let mut differences = Vec::new();
    compare(&case.expect, &answer, String::new(), &mut differences);
    Outcome {
        name: case.name.clone(),
        topic: topic(&case.ask).unwrap_or_default(),
        differences,
        digest: digest(&answer).unwrap_or_default(),
    }
}

/// The kind of a question; `kind.of` where a kind has several.
fn topic(ask: &Ask) -> Option<String> {
    let ask = serde_json::to_value(ask).ok()?;
    let kind = ask.get("kind")?.as_str()?;
    Some(ask.get("of").and_then(Value::as_str).map_or_else(|| kind.to_owned(), |of| format!("{kind}.{of}")))
}

fn answer(policy: &Value, case: &Case) -> Result<Value, String> {
    let policy = patched(policy, &case.policy)?;
    if let Ask::PolicyFaults = case.ask {
        return to_value(&policy.check().err().map(|error| error.0).unwrap_or_default());
    }
    let (customer, facts) = facts_of(case, &policy, "case");
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let journal = Journal::of(&facts, None).map_err(|error| text(&error))?;
    let rates = case.rates();
    let standing = |known| Standing::of(&customer, &facts, &rates, known).map_err(|error| text(&error));
    match &case.ask {
        Ask::OrderCheck { order } => {
            let digest = policy_digest(&policy).map_err(|error| text(&error))?;
            let policy = PolicyVersion { version: 1, digest, policy };
            let id = DecisionId::derived(&["case"]);
            let decision =
                decide_order(id, &policy, standing(None)?, order.clone(), case.as_of).map_err(|error| text(&error))?;
            orders::replays(&decision, &policy)?;
            to_value(&decision.judgement.matter)
        }
        Ask::Remedies { order } => {
            to_value(&remedies(&policy, &standing(None)?, order, case.as_of).map_err(|error| text(&error))?)
        }
        Ask::Assessment => {
            let evidence =
                evidence(&policy, &customer, &journal, &case.facts.rates, case.as_of).map_err(|error| text(&error))?;
            let assessment = assess(&policy, &evidence).map_err(|error| text(&error))?;
            to_value(&json!({ "evidence": evidence, "assessment": assessment }))
        }
        Ask::Aging => to_value(&aging(&journal, &policy.aging, case.as_of).map_err(|error| text(&error))?),
        Ask::Behaviour => {
            let read = behaviour(&journal, &policy.behaviour, policy.currency, &case.facts.rates, case.as_of);
            to_value(&read.map_err(|error| text(&error))?)
        }
        Ask::Standing { known } => to_value(&standing(*known)?),
        Ask::Position => {
            to_value(&Position::of(&standing(None)?, &policy.exposure, case.as_of).map_err(|error| text(&error))?)
        }
        Ask::Statement { from } => {
            let made = statement(customer.id, &facts, &policy.aging, *from, case.as_of);
            to_value(&made.map_err(|error| text(&error))?)
        }
        Ask::DueDate { terms } => to_value(&terms.due(case.as_of, &policy.calendar)),
        Ask::Split { amount, weights } => to_value(&amount.split(weights)),
        Ask::PolicyFaults => Ok(Value::Null),
        Ask::Goods(ask) => {
            let run = CaseRun { case, policy: &policy, journal: &journal, customer: &customer, facts: &facts };
            ask.answer(&run, standing)
        }
        Ask::Assessing(ask) => {
            let run = CaseRun { case, policy: &policy, journal: &journal, customer: &customer, facts: &facts };
            ask.answer(&run, || standing(None))
        }
        Ask::Order(ask) => {
            let run = CaseRun { case, policy: &policy, journal: &journal, customer: &customer, facts: &facts };
            ask.answer(&run, standing)
        }
        Ask::Trade(ask) => {
            ask.answer(&CaseRun { case, policy: &policy, journal: &journal, customer: &customer, facts: &facts })
        }
        Ask::FollowUp(ask) => {
            ask.answer(&CaseRun { case, policy: &policy, journal: &journal, customer: &customer, facts: &facts })
        }
        Ask::Watch(ask) => {
            ask.answer(&CaseRun { case, policy: &policy, journal: &journal, customer: &customer, facts: &facts })
        }
        Ask::Running(ask) => {
            ask.answer(&CaseRun { case, policy: &policy, journal: &journal, customer: &customer, facts: &facts })
        }
        Ask::Keeping(ask) => {
            ask.answer(&CaseRun { case, policy: &policy, journal: &journal, customer: &customer, facts: &facts })
        }
        Ask::Bank(ask) => {
            ask.answer(&CaseRun { case, policy: &policy, journal: &journal, customer: &customer, facts: &facts })
        }
        Ask::Book(ask) => {
            ask.answer(&CaseRun { case, policy: &policy, journal: &journal, customer: &customer, facts: &facts })
        }
        Ask::Lab(ask) => {
            ask.answer(&CaseRun { case, policy: &policy, journal: &journal, customer: &customer, facts: &facts })
        }
        Ask::Ledger(ask) => {
            ask.answer(&CaseRun { case, policy: &policy, journal: &journal, customer: &customer, facts: &facts })
        }
        Ask::Calibrate(ask) => {
            ask.answer(&CaseRun { case, policy: &policy, journal: &journal, customer: &customer, facts: &facts })
        }
        Ask::Report(ask) => {
            ask.answer(&CaseRun { case, policy: &policy, journal: &journal, customer: &customer, facts: &facts })
        }
        Ask::Credit(ask) => credit::answer(case, &policy, &customer, &journal, ask),
    }
}

/// A case's customer and its ledger; `book` tells the ids made here from those made for something else.
pub fn facts_of(case: &Case, policy: &Policy, book: &str) -> (Customer, Vec<Recorded>) {
    let plain = || Customer::plain(CustomerId::derived(&[book]), "C-1", "算例客户", policy.currency);
    let customer = case.facts.customer.clone().unwrap_or_else(plain);
    let facts: Vec<Recorded> = case
        .facts
        .ledger
        .iter()
        .zip(1_u64..)
        .map(|(fact, number)| Recorded {
            id: FactId::derived(&[book, &number.to_string()]),
            customer: customer.id,
            feed: FeedNumber(number),
            date: fact.date,
            fact: fact.fact.clone(),
        })
        .collect();
    (customer, facts)
}

fn text<T>(result: Result<T, impl std::fmt::Display>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}

fn to_value(answer: &impl Serialize) -> Result<Value, String> {
    serde_json::to_value(answer).map_err(|error| error.to_string())
}

/// A policy with a case's patch; not checked, so that a case can ask for faults.
fn patched(policy: &Value, patch: &Value) -> Result<Policy, String> {
    let mut document = policy.clone();
    merge(&mut document, patch);
    text(document::read_value(&document))
}

fn compare(expected: &Value, actual: &Value, path: String, differences: &mut Vec<Difference>) {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            for (name, value) in expected {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                compare(value, actual.get(name).unwrap_or(&Value::Null), path, differences);
            }
        }
        (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => {
            for (i, (expected, actual)) in expected.iter().zip(actual).enumerate() {
                compare(expected, actual, format!("{path}[{i}]"), differences);
            }
        }
        (expected, actual) if expected == actual => {}
        _ => differences.push(Difference { path, expected: expected.clone(), actual: actual.clone() }),
    }
}
