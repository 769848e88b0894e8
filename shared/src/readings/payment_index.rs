//! The payment index: one figure from 1 to 100 for how promptly bills are paid, 80 being on time.
//!
//! Amount-weighted over what was paid in the window and what is unpaid and overdue, this at today's lateness. The table is
//! policy data; between two of its lines the index runs straight, beyond its ends it stays. The default is the published
//! table of D&B's PAYDEX: 100 for 30 days early, 90 for 20, 80 on time, 70 for 15 days late, 60 for 22, 50 for 30, 40 for
//! 60, 30 for 90, 20 for 120.

use super::exchange::{ConversionError, RatesOn};
use super::journal::Journal;
use crate::facts::calendar::{Date, days_between, minus_days};
use crate::facts::ledger::Rate;
use crate::facts::money::{Currency, Money};
use crate::facts::number::{Points, Ratio};
use serde::{Deserialize, Serialize};

/// How lateness becomes an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PaymentIndexRule {
    /// Days before the as-of date over which payments count.
    pub window_days: u16,
    /// The table, by rising lateness.
    pub table: Vec<IndexPoint>,
}

/// A line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct IndexPoint {
    /// Days from due date to payment; early payment is negative.
    pub days_late: i16,
    /// The index for that.
    pub index: Points,
}

/// The index and what it stands on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PaymentIndex {
    /// The index, to two decimals; absent when nothing was paid or overdue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<Points>,
    /// What was paid in the window.
    pub paid: Money,
    /// What is unpaid and overdue.
    pub overdue: Money,
}

impl PaymentIndexRule {
    /// The index for so many days of lateness, rounded half away from zero; absent when the table is empty.
    pub fn at(&self, days_late: i32) -> Option<Points> {
        let day = |point: &IndexPoint| i32::from(point.days_late);
        let above = self.table.iter().find(|point| day(point) >= days_late);
        let below = self.table.iter().rev().find(|point| day(point) <= days_late);
        let (Some(below), Some(above)) = (below, above) else { return below.or(above).map(|point| point.index) };
        let units = |point: &IndexPoint| i64::from(point.index.units());
        let rise = units(above).saturating_sub(units(below));
        let (step, width) = (days_late.saturating_sub(day(below)), day(above).saturating_sub(day(below)));
        if width == 0 {
            return Some(below.index);
        }
        // Twice the magnitude plus the divisor, over twice the divisor: half away from zero.
        let product = rise.saturating_mul(i64::from(step));
        let twice = product.saturating_abs().saturating_mul(2).saturating_add(i64::from(width));
        let moved = twice.checked_div(i64::from(width).saturating_mul(2))?;
        let whole = units(below).saturating_add(if product < 0 { moved.saturating_neg() } else { moved });
        i32::try_from(whole).ok().map(Points::from_units)
    }
}

/// Reads the index of the journal's only customer; with several, all of them as one.
///
/// # Errors
///
/// [`ConversionError::MissingRate`] when an amount in another currency has no rate on `as_of`;
/// [`ConversionError::Money`] when a sum leaves the range.
pub fn payment_index(
    journal: &Journal,
    rule: &PaymentIndexRule,
    currency: Currency,
    rates: &[Rate],
    as_of: Date,
) -> Result<PaymentIndex, ConversionError> {
    let (from, rates) = (minus_days(as_of, u32::from(rule.window_days)), RatesOn::new(rates, as_of));
    let (mut weighted, mut weight) = (0_i128, 0_i128);
    let mut count = |amount: Money, days: i32| {
        let Some(index) = rule.at(days) else { return };
        let minor = i128::from(amount.minor());
        weighted = weighted.saturating_add(minor.saturating_mul(i128::from(index.units())));
        weight = weight.saturating_add(minor);
    };
    let (mut paid, mut overdue) = (Money::zero(currency), Money::zero(currency));
    for row in journal.payments(from, as_of) {
        let amount = rates.convert(Money::from_minor(row.minor, row.item.amount.currency())?, currency)?;
        paid = paid.plus(amount)?;
        count(amount, days_between(row.item.due, row.date));
    }
    // What our books wrote off is as unpaid as it was.
    for (item, minor) in journal.items.iter().zip(journal.owed_at(as_of)).filter(|(_, minor)| *minor > 0) {
        let late = days_between(item.due, as_of);
        if late > 0 {
            let amount = rates.convert(Money::from_minor(minor, item.amount.currency())?, currency)?;
            overdue = overdue.plus(amount)?;
            count(amount, late);
        }
    }
    // A mean of hundredths is a number of hundredths: rounded half away from zero.
    let mean = Ratio::of_wide(weighted, weight.saturating_mul(1_000_000));
    let index = mean.and_then(|mean| i32::try_from(mean.units()).ok()).map(Points::from_units);
    Ok(PaymentIndex { index, paid, overdue })
}
