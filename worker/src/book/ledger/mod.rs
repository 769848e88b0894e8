//! The ledger: the one way in for facts, and what follows from them.
//!
//! [`record_facts`] appends facts and brings the tables derived from them (documents, money, orders, standings) along in the
//! same transaction, by set: thousands at a time or one. A property and a call of the testing build rebuild every standing
//! from the facts alone ([`verify`]). No fact is ever changed or taken away: the tables refuse it themselves. What is derived
//! from facts that were withdrawn goes.

pub mod customers;
mod derive;
pub mod facts;
pub mod further;
pub mod journal;
pub mod rates;
mod search;
pub mod settling;
pub mod standings;
#[cfg(feature = "testing")]
pub mod verify;
mod withdraw;

use serde::Serialize;
use shared::facts::calendar::Date;
use shared::facts::id::{CustomerId, FactId, FeedNumber};
use shared::facts::ledger::Fact;
use std::ops::RangeInclusive;

use super::sql::Sql;
use crate::problem::{Failure, Kind, Refusal};

/// A fact that the book does not know yet.
#[derive(Clone, Debug)]
pub struct NewFact {
    /// Its id.
    pub id: FactId,
    /// Whose ledger it belongs to.
    pub customer: CustomerId,
    /// When it holds.
    pub date: Date,
    /// What happened.
    pub fact: Fact,
}

/// Why facts cannot be recorded. Nothing of the batch is.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// It holds later than the book's today.
    #[error("{date} is later than the book's today, {today}")]
    Future {
        /// When it would hold.
        date: Date,
        /// The book's date.
        today: Date,
    },
    /// The fact, the document or the money is already there.
    #[error("the book already holds this: {0}")]
    Known(String),
    /// It names a customer, a document or money that is not there.
    #[error("it refers to something that the book does not hold")]
    Unknown,
    /// It applies money or a credit to a document of another customer or in another currency.
    #[error("fact {0} applies to a document of another customer or in another currency")]
    Foreign(String),
    /// An amount has the wrong sign, or more is applied than came in.
    #[error("an amount has the wrong sign, or more is applied than there is")]
    Amount,
}

impl Refusal for LedgerError {
    fn kind(&self) -> Kind {
        match self {
            Self::Future { .. } => (422, "future", "dated after the book's today"),
            Self::Known(_) => (409, "known", "already recorded"),
            Self::Unknown => (422, "unknown_reference", "refers to something unknown"),
            Self::Foreign(_) => (422, "foreign_reference", "refers to something of another customer or currency"),
            Self::Amount => (422, "amount", "amount out of bounds"),
        }
    }

    fn field(&self) -> Option<String> {
        matches!(self, Self::Future { .. }).then(|| "date".to_owned())
    }

    fn values(&self) -> Vec<(String, String)> {
        let pair = |name: &str, value: String| (name.to_owned(), value);
        match self {
            Self::Future { date, today } => vec![pair("date", date.to_string()), pair("today", today.to_string())],
            Self::Known(what) => vec![pair("what", what.clone())],
            Self::Foreign(fact) => vec![pair("fact", fact.clone())],
            Self::Unknown | Self::Amount => Vec::new(),
        }
    }
}

/// How many facts go into one statement: its text stays far below what SQLite takes for one value.
const CHUNK: usize = 500;

/// Records facts, in the order given, and brings everything derived from them along. Returns their feed numbers; `None` when
/// there was nothing to record. Within one batch an application may come before the document that it names.
///
/// Must run inside [`super::atomically`]: an error leaves work half done for the transaction to undo.
pub fn record_facts(sql: &Sql, today: Date, facts: &[NewFact]) -> Result<Option<RangeInclusive<FeedNumber>>, Failure> {
    if facts.is_empty() {
        return Ok(None);
    }
    if let Some(late) = facts.iter().find(|fact| fact.date > today) {
        return Err(LedgerError::Future { date: late.date, today }.into());
    }
    let count = u64::try_from(facts.len()).map_err(Failure::broken)?;
    let first = sql.take_feed(count)?;
    let last = FeedNumber(first.0.saturating_add(count).saturating_sub(1));
    let mut next = first;
    for chunk in facts.chunks(CHUNK) {
        append(sql, next, chunk)?;
        next.0 = next.0.saturating_add(u64::try_from(chunk.len()).map_err(Failure::broken)?);
    }
    derive::follow(sql, first, last, facts)?;
    further::after_facts(sql, first, last)?;
    Ok(Some(first..=last))
}

fn append(sql: &Sql, first: FeedNumber, facts: &[NewFact]) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Row(FactId, CustomerId, Date, &'static str, String);
    let rows: Vec<Row> = facts
        .iter()
        .map(|new| Ok(Row(new.id, new.customer, new.date, kind_of(&new.fact), serde_json::to_string(&new.fact)?)))
        .collect::<Result<_, serde_json::Error>>()?;
    sql.run(
        "INSERT INTO fact (feed, id, customer, date, kind, body)
         SELECT ?1 + key, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?2)",
        &[&first, &serde_json::to_string(&rows)?],
    )
    .map_err(refused)
}

/// The tag of a fact, as its JSON has it.
pub fn kind_of(fact: &Fact) -> &'static str {
    match fact {
        Fact::Charged(_) => "charged",
        Fact::Received(_) => "received",
        Fact::Allocated(_) => "allocated",
        Fact::Disputed(_) => "disputed",
        Fact::Ordered(_) => "ordered",
        Fact::OrderEnded(_) => "order_ended",
        Fact::OrderTimed(_) => "order_timed",
        Fact::Graded(_) => "graded",
        Fact::LimitGranted(_) => "limit_granted",
        Fact::TemporaryGranted(_) => "temporary_granted",
        Fact::TermsGranted(_) => "terms_granted",
        Fact::Frozen(_) => "frozen",
        Fact::Withdrawn(_) => "withdrawn",
        Fact::Reissued(_) => "reissued",
        Fact::Returned(_) => "returned",
        Fact::WrittenOff(_) => "written_off",
        Fact::Recovered(_) => "recovered",
        Fact::BillReceived(_) => "bill_received",
        Fact::BillPassedOn(_) => "bill_passed_on",
        Fact::BillEnded(_) => "bill_ended",
        Fact::DisputeAccepted(_) => "dispute_accepted",
    }
}

/// What a constraint of the tables means: the one place that reads SQLite's own words.
pub fn refused(error: worker::Error) -> Failure {
    let text = error.to_string();
    let known = [
        ("fact.id", "fact"),
        ("item.id", "document"),
        ("item.customer, item.number", "number"),
        ("receipt.id", "receipt"),
        ("ordered.id", "order"),
        ("customer.id", "customer"),
        ("customer.code", "code"),
    ];
    if let Some((_, what)) =
        known.iter().find(|(columns, _)| text.contains(&format!("UNIQUE constraint failed: {columns}")))
    {
        LedgerError::Known((*what).to_owned()).into()
    } else if text.contains("FOREIGN KEY constraint failed") {
        LedgerError::Unknown.into()
    } else if text.contains("CHECK constraint failed") {
        LedgerError::Amount.into()
    } else {
        Failure::Broken(error)
    }
}
