//! Write-offs and recoveries of a period, from the ledger, and how the allowance moved by them.
//!
//! What was written off lowers receivables and allowance alike (计提后核销); money that comes in for it later raises the
//! allowance again (企业会计准则: 收回已核销的应收款项). A recovery whose money went back is one no more. Amounts in other
//! currencies are expressed in that of the book at the rate of their day.

use crate::facts::calendar::Date;
use crate::facts::id::{CustomerId, ItemId};
use crate::facts::ledger::{Fact, Rate, Recorded, Withdrawn};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::readings::exchange::{ConversionError, RateHistory};
use crate::readings::journal::JournalError;
use crate::readings::journal::settling::{Does, settled};
use crate::rules::provision::{Movement, movement};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Write-offs and recoveries of a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WriteOffs {
    /// What was written off, less write-offs taken back.
    pub written_off: Money,
    /// What came in for what was written off, now or before.
    pub recovered: Money,
    /// One by one, by date and document.
    pub lines: Vec<WriteOffLine>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WriteOffLine {
    /// When.
    pub date: Date,
    /// Whose document.
    pub customer: CustomerId,
    /// Which.
    pub item: ItemId,
    /// Whether it is a recovery.
    pub recovery: bool,
    /// How much, in the document's currency; negative when it was taken back.
    pub amount: Money,
}

/// Why they cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteOffError {
    /// The ledger doesn't fit together.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// An amount has no rate into the book's currency.
    #[error(transparent)]
    Conversion(#[from] ConversionError),
    /// A sum left the range, or currencies were mixed.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// Reads write-offs and recoveries dated `from` to `to`, both included.
///
/// # Errors
///
/// [`WriteOffError::Journal`] when the facts make no journal; [`WriteOffError::Conversion`] when an amount has no rate
/// on its day; [`WriteOffError::Money`] when a sum leaves the range.
pub fn write_offs(
    facts: &[Recorded],
    (from, to): (Date, Date),
    currency: Currency,
    rates: &[Rate],
) -> Result<WriteOffs, WriteOffError> {
    let withdrawn = Withdrawn::by(facts);
    let mut known: Vec<&Recorded> =
        facts.iter().filter(|recorded| recorded.date <= to && withdrawn.spares(recorded)).collect();
    known.sort_by_key(|recorded| (recorded.feed, recorded.id));
    let owners: BTreeMap<ItemId, CustomerId> = known
        .iter()
        .filter_map(|recorded| match &recorded.fact {
            Fact::Charged(item) => Some((item.id, recorded.customer)),
            _ => None,
        })
        .collect();
    let (zero, rates) = (Money::zero(currency), RateHistory::new(rates));
    let mut all = WriteOffs { written_off: zero, recovered: zero, lines: Vec::new() };
    for moved in settled(&known)?.movements {
        let (sum, recovery, amount) = match moved.does {
            Does::WritesOff => (&mut all.written_off, false, moved.amount),
            Does::Recovers => (&mut all.recovered, true, moved.amount.negated()),
            Does::Pays | Does::Credits | Does::Corrects | Does::Differs(_) => continue,
        };
        if moved.date < from {
            continue;
        }
        *sum = sum.plus(rates.convert(amount, currency, moved.date)?)?;
        let customer = *owners.get(&moved.item).ok_or(JournalError::UnknownItem(moved.item))?;
        all.lines.push(WriteOffLine { date: moved.date, customer, item: moved.item, recovery, amount });
    }
    all.lines.sort_by_key(|line| (line.date, line.item, line.recovery, line.amount.minor()));
    Ok(all)
}

/// How the allowance came from its opening to what is required at the end of `to`, with what the ledger wrote off and
/// recovered since `from`.
///
/// # Errors
///
/// As [`write_offs`] and [`movement`].
pub fn allowance_moved(
    facts: &[Recorded],
    (opening, required): (Money, Money),
    period: (Date, Date),
    rates: &[Rate],
) -> Result<Movement, WriteOffError> {
    let all = write_offs(facts, period, opening.currency(), rates)?;
    Ok(movement(opening, required, all.written_off, all.recovered)?)
}
