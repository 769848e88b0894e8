//! Revaluation (期末调汇): what open documents in other currencies are worth on a day, against what they were booked at.
//!
//! Receivables are monetary items: at the balance date they count at that day's rate, and the difference to the rate of the
//! day on which they arose is a gain or loss of the period (企业会计准则第19号——外币折算 第十一条). Money received in advance is
//! none (what is owed for it is goods, not money) and isn't revalued. Nothing here changes the ledger.
//!
//! - booked of a document = its open amount at the rate of its own day, each rounded by itself, as it was booked;
//! - worth of a currency = the sum of its open amounts at the rate of the balance date, rounded once; each document's worth
//!   is its part of that (largest remainder), so that the parts add up;
//! - unrealised gain = worth − booked; a loss is negative. Credit notes count with their sign.
//!
//! A document for which one of the two rates is missing is named with currency and day, and is in no sum.

use super::exchange::{ConversionError, RateHistory, RatesOn};
use super::journal::{Journal, JournalError};
use super::open_items::{OpenDocument, open_documents};
use crate::facts::calendar::Date;
use crate::facts::id::ItemId;
use crate::facts::ledger::{Document, Rate, Recorded};
use crate::facts::money::{Currency, Money, MoneyError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Open documents revalued, in the book's currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Revaluation {
    /// Each other currency in which something is open, by its code.
    pub currencies: Vec<CurrencyRevalued>,
    /// What all of them were booked at.
    pub booked: Money,
    /// What they are worth.
    pub worth: Money,
    /// The difference: an unrealised gain, or a loss when negative.
    pub gain: Money,
    /// What could not be revalued.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unvalued: Vec<Unvalued>,
}

/// One currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CurrencyRevalued {
    /// The currency.
    pub currency: Currency,
    /// The rate of the balance date.
    pub rate: Rate,
    /// What is open in it.
    pub open: Money,
    /// What that was booked at.
    pub booked: Money,
    /// What it is worth.
    pub worth: Money,
    /// The difference.
    pub gain: Money,
    /// By document.
    pub items: Vec<ItemRevalued>,
}

/// One document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ItemRevalued {
    /// The document.
    pub item: ItemId,
    /// Its number.
    pub number: String,
    /// When it arose, and so the day of the rate it was booked at.
    pub date: Date,
    /// What is open.
    pub open: Money,
    /// What that was booked at.
    pub booked: Money,
    /// What it is worth.
    pub worth: Money,
    /// The difference.
    pub gain: Money,
}

/// A document for which a rate is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Unvalued {
    /// The document.
    pub item: ItemId,
    /// Its number.
    pub number: String,
    /// What is open.
    pub open: Money,
    /// The day for which no rate is known.
    pub day: Date,
}

/// Revalues what is open at the end of `as_of` in other currencies than the book's.
///
/// # Errors
///
/// [`RevaluationError::Journal`] when the facts make no journal; [`RevaluationError::Conversion`] and
/// [`RevaluationError::Money`] when a worth or a sum leaves the range. A missing rate is no error: the document is
/// listed.
pub fn revaluation(
    facts: &[Recorded],
    book: Currency,
    rates: &[Rate],
    as_of: Date,
) -> Result<Revaluation, RevaluationError> {
    let zero = Money::zero(book);
    let mut all = Revaluation { currencies: Vec::new(), booked: zero, worth: zero, gain: zero, unvalued: Vec::new() };
    let (history, today) = (RateHistory::new(rates), RatesOn::new(rates, as_of));
    let mut valued: BTreeMap<Currency, Vec<(OpenDocument, Money)>> = BTreeMap::new();
    for document in open_documents(facts, as_of)? {
        let currency = document.open.currency();
        if currency == book {
            continue;
        }
        let booked = history.convert(document.open, book, document.date);
        let day = match (booked, today.find(currency, book)) {
            (Ok(booked), Some(_)) => {
                valued.entry(currency).or_default().push((document, booked));
                continue;
            }
            (Err(ConversionError::Money(error)), _) => return Err(error.into()),
            (Err(ConversionError::MissingRate { day, .. }), _) => day,
            (Ok(_), None) => as_of,
        };
        let OpenDocument { item, number, open, .. } = document;
        all.unvalued.push(Unvalued { item, number, open, day });
    }
    for (currency, documents) in valued {
        let Some(rate) = today.find(currency, book).cloned() else { continue };
        let open: Vec<Money> = documents.iter().map(|(document, _)| document.open).collect();
        let (worth, worths) = today.convert_together(currency, &open, book)?;
        let open = Money::sum(currency, open)?;
        let mut revalued =
            CurrencyRevalued { currency, rate, open, booked: zero, worth, gain: zero, items: Vec::new() };
        for ((document, booked), worth) in documents.into_iter().zip(worths) {
            let OpenDocument { item, number, date, open, .. } = document;
            let gain = worth.minus(booked)?;
            revalued.booked = revalued.booked.plus(booked)?;
            revalued.items.push(ItemRevalued { item, number, date, open, booked, worth, gain });
        }
        revalued.gain = revalued.worth.minus(revalued.booked)?;
        all.booked = all.booked.plus(revalued.booked)?;
        all.worth = all.worth.plus(revalued.worth)?;
        all.currencies.push(revalued);
    }
    all.gain = all.worth.minus(all.booked)?;
    Ok(all)
}

/// What the documents in a currency that a customer owes were booked at: what an order check needs to tell a limit that is
/// exceeded by the rates alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BookedBucket {
    /// What is open on them.
    pub open: Money,
    /// What that was booked at, in the currency of the limit.
    pub booked: Money,
}

/// Reads that of the journal's only customer, by currency. Documents for whose day no rate is known are left out, and so count
/// at today's rate only; so do credit notes and money not applied.
///
/// # Errors
///
/// [`MoneyError::OutOfRange`] when a sum, or what a document was booked at, leaves the range. A missing rate is no
/// error.
pub fn booked_buckets(journal: &Journal, own: Currency, rates: &[Rate]) -> Result<Vec<BookedBucket>, MoneyError> {
    let history = RateHistory::new(rates);
    let mut buckets: BTreeMap<Currency, BookedBucket> = BTreeMap::new();
    let rows = journal.items.iter().zip(journal.open_at(Date::MAX));
    for (item, minor) in rows.filter(|(item, minor)| *minor > 0 && item.document != Document::CreditNote) {
        let currency = item.amount.currency();
        if currency == own {
            continue;
        }
        let open = Money::from_minor(minor, currency)?;
        let booked = match history.convert(open, own, item.date) {
            Ok(booked) => booked,
            Err(ConversionError::MissingRate { .. }) => continue,
            Err(ConversionError::Money(error)) => return Err(error),
        };
        let nothing = BookedBucket { open: Money::zero(currency), booked: Money::zero(own) };
        let bucket = buckets.entry(currency).or_insert(nothing);
        bucket.open = bucket.open.plus(open)?;
        bucket.booked = bucket.booked.plus(booked)?;
    }
    Ok(buckets.into_values().collect())
}

/// Why nothing can be revalued.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RevaluationError {
    /// The facts make no journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A sum left the range.
    #[error(transparent)]
    Conversion(#[from] ConversionError),
    /// A sum left the range.
    #[error(transparent)]
    Money(#[from] MoneyError),
}
