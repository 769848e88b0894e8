//! What lowers or raises a ledger besides payments: money that came back, write-offs, recoveries.
//!
//! What such facts do to which document, [`super::ledger::settling`] keeps by the functions of `shared`. Here stands what is
//! looked at before one is recorded: that the money is there, that no more goes back than came, that no more is written off
//! than is open, and no more recovered than was written off.

pub mod write_offs;

use shared::facts::calendar::Date;
use shared::facts::id::{CustomerId, ItemId, ReceiptId};
use shared::facts::ledger::{Fact, Recovery, Return};
use shared::facts::money::{Currency, Money};
use shared::record::api::file::REASON_MOST;
use shared::record::api::losses::{RecordRecovery, RecordReturn};

use super::call::Call;
use super::ledger::journal;
use super::sql::Sql;
use super::writes::record;
use crate::answer::Answer;
use crate::problem::{Failure, Kind, Refusal, RequestError};

/// Why such a thing cannot be recorded.
#[derive(Debug, thiserror::Error)]
pub enum LossError {
    /// An amount is nothing, negative, or in another currency than what it is about.
    #[error("the amount must be positive and in {0}")]
    Amount(Currency),
    /// A reason is empty or too long.
    #[error("a reason has 1 to {REASON_MOST} characters")]
    Reason,
    /// It is dated before what it is about.
    #[error("{date} is before {from}, the day of what it is about")]
    Before {
        /// Its date.
        date: Date,
        /// The first day that it can have.
        from: Date,
    },
    /// More than there is.
    #[error("{most} is the most, not {amount}")]
    More {
        /// The most.
        most: Money,
        /// What was to be recorded.
        amount: Money,
    },
    /// The customer has no such money.
    #[error("the customer has no money {0}")]
    NoReceipt(ReceiptId),
    /// Nothing is owed on it.
    #[error("document {0} is not owed")]
    NotOwed(ItemId),
    /// The request's id is taken.
    #[error("the id is taken")]
    Known,
    /// The policy doesn't say who agrees to a write-off.
    #[error("the policy has no chain of approval for a write-off of {0}")]
    NoChain(Money),
    /// No rate tells what it is in the policy's currency, in which the chain's amounts are.
    #[error("no exchange rate of {0} is known")]
    NoRate(Currency),
    /// Another write-off of the document waits.
    #[error("another write-off of this document waits for its decision")]
    Waits,
    /// It was decided.
    #[error("the write-off was decided")]
    Decided,
    /// Whoever asked for it has no word on it.
    #[error("someone other than who asked for it decides a write-off")]
    Own,
    /// Somebody else's word is awaited.
    #[error("the word of {role} is awaited")]
    NotAwaited {
        /// Whose.
        role: String,
    },
}

impl Refusal for LossError {
    fn kind(&self) -> Kind {
        match self {
            Self::Amount(_) => (422, "not_positive", "unexpected amount"),
            Self::Reason => (422, "text", "unexpected text"),
            Self::Before { .. } => (422, "before", "dated too early"),
            Self::More { .. } => (422, "more_than_there_is", "more than there is"),
            Self::NoReceipt(_) => (422, "no_receipt", "unknown money"),
            Self::NotOwed(_) => (422, "not_owed", "nothing is owed"),
            Self::Known => (409, "known", "already recorded"),
            Self::NoChain(_) => (409, "no_chain", "nobody agrees to this by the policy"),
            Self::NoRate(_) => (409, "no_rate", "exchange rate missing"),
            Self::Waits => (409, "write_off_waits", "another write-off waits"),
            Self::Decided => (409, "write_off_decided", "already decided"),
            Self::Own => (403, "own_write_off", "someone else must decide"),
            Self::NotAwaited { .. } => (403, "not_awaited", "somebody else's word is awaited"),
        }
    }

    fn field(&self) -> Option<String> {
        let field = match self {
            Self::Amount(_) | Self::More { .. } | Self::NoChain(_) | Self::NoRate(_) => "amount",
            Self::Reason => "reason",
            Self::Before { .. } => "date",
            Self::NoReceipt(_) => "receipt",
            Self::Known => "id",
            _ => return None,
        };
        Some(field.to_owned())
    }

    fn values(&self) -> Vec<(String, String)> {
        let pair = |name: &str, value: String| (name.to_owned(), value);
        match self {
            Self::Amount(currency) | Self::NoRate(currency) => vec![pair("currency", currency.to_string())],
            Self::Before { date, from } => vec![pair("date", date.to_string()), pair("from", from.to_string())],
            Self::More { most, amount } => vec![pair("most", most.to_string()), pair("amount", amount.to_string())],
            Self::NotAwaited { role } => vec![pair("role", role.clone())],
            _ => Vec::new(),
        }
    }
}

/// Money that came in, as it stands.
struct Came {
    customer: CustomerId,
    date: Date,
    amount: Money,
    unapplied: Money,
}

impl Came {
    fn find(sql: &Sql, receipt: ReceiptId) -> Result<Option<Self>, Failure> {
        let row: Option<(CustomerId, Date, Currency, i64, i64)> = sql.first(
            "SELECT json_array(customer, date, currency, minor, unapplied_minor) FROM receipt WHERE id = ?",
            &[&receipt],
        )?;
        let Some((customer, date, currency, minor, unapplied)) = row else { return Ok(None) };
        let money = |minor| Money::from_minor(minor, currency).map_err(Failure::broken);
        Ok(Some(Self { customer, date, amount: money(minor)?, unapplied: money(unapplied)? }))
    }
}

/// `POST receipts/{id}/returns`.
///
/// 1. The money is there, and its customer in sight: 404. Amount, reason and day are sound: 422.
/// 2. No more goes back than came and has not gone back yet: 422.
/// 3. It is recorded; what it had settled is open again.
pub fn returned(call: &Call) -> Result<Answer, Failure> {
    // 1
    let receipt: ReceiptId = call.id()?;
    let came = Came::find(call.sql, receipt)?.ok_or(RequestError::NotFound)?;
    call.sees(came.customer)?;
    let RecordReturn { date, amount, reason } = call.body()?;
    positive(amount, came.amount.currency())?;
    reasoned(&reason)?;
    not_before(date, came.date)?;
    // 2
    let before: i64 = call
        .sql
        .first(
            "SELECT json(coalesce(sum(CAST(replace(body ->> '$.amount.amount', '.', '') AS INTEGER)), 0)) FROM fact
             WHERE customer = ? AND kind = 'returned' AND body ->> '$.receipt' = ?",
            &[&came.customer, &receipt],
        )?
        .unwrap_or_default();
    let left = came.amount.minor().saturating_sub(before);
    at_most(Money::from_minor(left, amount.currency()).map_err(Failure::broken)?, amount)?;
    // 3
    record(call, came.customer, date, vec![Fact::Returned(Return { receipt, amount, reason })])
}

/// `POST items/{id}/recoveries`.
///
/// 1. The document is there, and its customer in sight: 404. The money is the customer's, the amount in the currency of both,
///    the day none before either's: 422.
/// 2. So much of the money isn't applied, and so much of the document was written off by that day and still is: 422.
/// 3. It is recorded.
pub fn recovered(call: &Call) -> Result<Answer, Failure> {
    // 1
    let item: ItemId = call.id()?;
    let document = Document::find(call.sql, item)?.ok_or(RequestError::NotFound)?;
    call.sees(document.customer)?;
    let RecordRecovery { receipt, date, amount } = call.body()?;
    let came = Came::find(call.sql, receipt)?.filter(|came| came.customer == document.customer);
    let came = came.ok_or(LossError::NoReceipt(receipt))?;
    positive(amount, document.open.currency())?;
    positive(amount, came.amount.currency())?;
    not_before(date, document.date.max(came.date))?;
    // 2
    at_most(came.unapplied, amount)?;
    let journal = journal::of_customer(call.sql, document.customer)?;
    let written_off = |day: Date| -> i64 {
        let sums = journal.ids.iter().zip(journal.written_off_at(day));
        sums.filter(|(id, _)| **id == item).fold(0, |sum, (_, minor)| sum.saturating_add(minor))
    };
    let most = written_off(date).min(written_off(call.today));
    at_most(Money::from_minor(most, amount.currency()).map_err(Failure::broken)?, amount)?;
    // 3
    record(call, document.customer, date, vec![Fact::Recovered(Recovery { item, receipt, amount })])
}

/// A document, as it stands.
struct Document {
    customer: CustomerId,
    date: Date,
    open: Money,
    credit: bool,
}

impl Document {
    fn find(sql: &Sql, item: ItemId) -> Result<Option<Self>, Failure> {
        let row: Option<(CustomerId, Date, Currency, i64, u8)> = sql.first(
            "SELECT json_array(customer, date, currency, open_minor, document = 'credit_note') FROM item WHERE id = ?",
            &[&item],
        )?;
        let Some((customer, date, currency, minor, credit)) = row else { return Ok(None) };
        let open = Money::from_minor(minor, currency).map_err(Failure::broken)?;
        Ok(Some(Self { customer, date, open, credit: credit != 0 }))
    }
}

fn positive(amount: Money, currency: Currency) -> Result<(), LossError> {
    let sound = amount.minor() > 0 && amount.currency() == currency;
    if sound { Ok(()) } else { Err(LossError::Amount(currency)) }
}

fn reasoned(text: &str) -> Result<(), LossError> {
    // SQLite measures a text up to its first NUL.
    let fits = !text.trim().is_empty() && text.chars().count() <= REASON_MOST && !text.contains('\0');
    if fits { Ok(()) } else { Err(LossError::Reason) }
}

fn not_before(date: Date, from: Date) -> Result<(), LossError> {
    if date >= from { Ok(()) } else { Err(LossError::Before { date, from }) }
}

fn at_most(most: Money, amount: Money) -> Result<(), LossError> {
    if amount.minor() <= most.minor() { Ok(()) } else { Err(LossError::More { most, amount }) }
}
