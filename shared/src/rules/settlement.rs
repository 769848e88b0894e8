//! Settlement: what an allocated payment comes to in the book's currency, with the exchange difference (汇兑损益), bank
//! charges and small differences as lines of their own.
//!
//! [`super::allocation`] says which document falls by how much and what of the payment that uses up. Here stands what the
//! books do with it. A document was booked at the rate of its day; what settles it is worth the rate of the day on which it
//! came. For every document, in the book's currency:
//!
//! - released = what the books hold for the open part × settled ÷ open; all of it when nothing stays open;
//! - received + bank charges + small differences + discounts + credits = what settled it, at the payment's day; of money
//!   the worth of the whole payment is told once and split by what each line uses up;
//! - exchange difference = that sum − released; a gain is positive. So received + charges + small + discounts + credits −
//!   difference = released, to the minor unit.
//!
//! The difference belongs to the period's result (企业会计准则第19号——外币折算 第十一条). What the bank credited in the book's
//! currency counts as the payment's worth where it is known; else the rate of the day does, what was agreed first
//! ([`Purpose::Settlement`]). Charges, small differences and discounts are worth what their document's currency is on that
//! day.

use super::allocation::{By, Debt, Incoming, Proposal};
use crate::facts::id::ItemId;
use crate::facts::ledger::Rate;
use crate::facts::money::{Currency, Money, MoneyError};
use crate::readings::exchange::{ConversionError, Purpose, RatesOn};
use serde::{Deserialize, Serialize};

/// What a payment comes to in the books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    /// What it does to each document, in the order in which they were settled.
    pub documents: Vec<SettledDocument>,
    /// What the documents together were settled with.
    pub sum: BookLines,
    /// What is left of the payment, in its own currency.
    pub unapplied: Money,
    /// The same in the book's.
    pub unapplied_worth: Money,
    /// The rate by which the payment is told in the book's currency; absent when it came in it, or the bank converted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
}

/// What a payment does to a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SettledDocument {
    /// The document.
    pub item: ItemId,
    /// Its number.
    pub number: String,
    /// What was open, in its currency.
    pub open: Money,
    /// By how much that falls.
    pub settled: Money,
    /// What stays open.
    pub left: Money,
    /// What the books held for the open part.
    pub booked: Money,
    /// What becomes of it.
    pub lines: BookLines,
}

/// The lines of a settlement, in the book's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BookLines {
    /// What the books no longer hold for it (应收账款).
    pub released: Money,
    /// What money is worth that settled it (银行存款).
    pub received: Money,
    /// What banks kept and we bear (财务费用—手续费).
    pub charges: Money,
    /// What was too small to ask for.
    pub small: Money,
    /// What credit notes settled, as the books held them.
    pub credits: Money,
    /// What was agreed for payment in time (现金折扣); absent when nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discounts: Option<Money>,
    /// 汇兑损益: all of these less what was released; a gain is positive.
    pub exchange_difference: Money,
}

/// Why a settlement cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettlementError {
    /// A line names a document that isn't among the debts.
    #[error("document {0} is not among the debts")]
    UnknownDocument(ItemId),
    /// Nobody said at which rate a document in another currency was booked.
    #[error("document {number} is in {currency}; it isn't said at which rate it was booked")]
    NotBooked {
        /// Its number.
        number: String,
        /// Its currency.
        currency: Currency,
    },
    /// What the bank credited is not in the book's currency, or not more than nothing.
    #[error("what the bank credited is more than nothing and in {book}, not {credited:?}")]
    Credited {
        /// What was said.
        credited: Money,
        /// The book's currency.
        book: Currency,
    },
    /// A rate of the day is missing, or a sum left the range.
    #[error(transparent)]
    Conversion(#[from] ConversionError),
}

impl From<MoneyError> for SettlementError {
    fn from(error: MoneyError) -> Self {
        Self::Conversion(error.into())
    }
}

/// Tells what an allocated payment comes to. `credited` is what the bank credited for all of it in the book's currency,
/// where it converted the money as it came in.
///
/// # Errors
///
/// [`SettlementError::Credited`] when what the bank credited is nothing or in another currency than the book's,
/// [`SettlementError::UnknownDocument`] when a line names a document that isn't among the debts,
/// [`SettlementError::NotBooked`] when one isn't booked in the book's currency, [`SettlementError::Conversion`] when a
/// rate is missing or a sum leaves the range.
pub fn settle(
    book: Currency,
    incoming: &Incoming,
    debts: &[Debt],
    proposal: &Proposal,
    credited: Option<Money>,
    rates: &[Rate],
) -> Result<Settlement, SettlementError> {
    if let Some(credited) = credited.filter(|credited| credited.currency() != book || credited.minor() <= 0) {
        return Err(SettlementError::Credited { credited, book });
    }
    let on = RatesOn::of(rates, Purpose::Settlement, incoming.date);
    // One worth for the whole payment, split over its lines and what is left of it.
    let paid: Vec<Money> = proposal.lines.iter().map(|line| line.paid).chain([proposal.unapplied]).collect();
    let worths = match credited {
        Some(credited) => credited.split(&paid.iter().map(|paid| paid.minor().unsigned_abs()).collect::<Vec<_>>()),
        None => on.convert_together(incoming.amount.currency(), &paid, book)?.1,
    };
    let mut documents: Vec<SettledDocument> = Vec::new();
    for (line, worth) in proposal.lines.iter().zip(&worths) {
        let debt = find(debts, line.item)?;
        let place = documents.iter().position(|document| document.item == line.item);
        let place = place.map_or_else(|| begin(book, debt).map(|new| push(&mut documents, new)), Ok)?;
        let Some(document) = documents.get_mut(place) else { continue };
        document.settled = document.settled.plus(line.amount)?;
        document.left = document.left.minus(line.amount)?;
        let lines = &mut document.lines;
        match line.by {
            By::Payment => lines.received = lines.received.plus(*worth)?,
            By::BankCharge => lines.charges = lines.charges.plus(on.convert(line.amount, book)?)?,
            By::SmallDifference => lines.small = lines.small.plus(on.convert(line.amount, book)?)?,
            By::Discount => {
                let worth = on.convert(line.amount, book)?;
                lines.discounts = Some(lines.discounts.map_or(Ok(worth), |sum| sum.plus(worth))?);
            }
            By::CreditNote { item } => {
                lines.credits = lines.credits.plus(booked(book, find(debts, item)?, line.amount)?)?;
            }
        }
    }
    let zero = Money::zero(book);
    let mut sum = BookLines::nothing(book);
    for document in &mut documents {
        let (settled, left) = (document.settled.minor().unsigned_abs(), document.left.minor().unsigned_abs());
        let released = document.booked.split(&[settled, left]).first().copied().unwrap_or(zero);
        document.lines = document.lines.closed(released)?;
        sum = sum.plus(document.lines)?;
    }
    let unapplied_worth = worths.last().copied().unwrap_or(zero);
    let rate = credited.is_none().then(|| on.find(incoming.amount.currency(), book).cloned()).flatten();
    Ok(Settlement { documents, sum, unapplied: proposal.unapplied, unapplied_worth, rate })
}

impl BookLines {
    const fn nothing(book: Currency) -> Self {
        let zero = Money::zero(book);
        Self {
            released: zero,
            received: zero,
            charges: zero,
            small: zero,
            credits: zero,
            discounts: None,
            exchange_difference: zero,
        }
    }

    /// The lines with what they release, and the difference that closes them.
    fn closed(self, released: Money) -> Result<Self, MoneyError> {
        let settled = self.received.plus(self.charges)?.plus(self.small)?.plus(self.credits)?;
        let settled = self.discounts.map_or(Ok(settled), |discounts| settled.plus(discounts))?;
        Ok(Self { released, exchange_difference: settled.minus(released)?, ..self })
    }

    fn plus(self, other: Self) -> Result<Self, MoneyError> {
        Ok(Self {
            released: self.released.plus(other.released)?,
            received: self.received.plus(other.received)?,
            charges: self.charges.plus(other.charges)?,
            small: self.small.plus(other.small)?,
            credits: self.credits.plus(other.credits)?,
            discounts: match (self.discounts, other.discounts) {
                (Some(one), Some(another)) => Some(one.plus(another)?),
                (one, another) => one.or(another),
            },
            exchange_difference: self.exchange_difference.plus(other.exchange_difference)?,
        })
    }
}

fn find(debts: &[Debt], item: ItemId) -> Result<&Debt, SettlementError> {
    debts.iter().find(|debt| debt.item == item).ok_or(SettlementError::UnknownDocument(item))
}

/// A document before anything settles it.
fn begin(book: Currency, debt: &Debt) -> Result<SettledDocument, SettlementError> {
    Ok(SettledDocument {
        item: debt.item,
        number: debt.number.clone(),
        open: debt.open,
        settled: Money::zero(debt.open.currency()),
        left: debt.open,
        booked: booked(book, debt, debt.open)?,
        lines: BookLines::nothing(book),
    })
}

fn push(documents: &mut Vec<SettledDocument>, document: SettledDocument) -> usize {
    documents.push(document);
    documents.len().saturating_sub(1)
}

/// What the books hold for so much of a document, rounded half up.
fn booked(book: Currency, debt: &Debt, amount: Money) -> Result<Money, SettlementError> {
    if amount.currency() == book {
        return Ok(amount);
    }
    let not_booked = || SettlementError::NotBooked { number: debt.number.clone(), currency: amount.currency() };
    let rate = debt.booked_rate.ok_or_else(not_booked)?;
    Ok(amount.converted(book, rate.to_decimal())?)
}
