//! Behaviour: how the customer really pays, from the ledger.
//!
//! Everything is amount-weighted over a window of days that ends at the as-of date, in the currency of the limit, and
//! counts what is unpaid and overdue at today's lateness, so that stopping to pay never looks like paying better; writing
//! it off doesn't either, and a payment that came back never was one.
//! A figure without data is absent, never zero.
//!
//! - **Days beyond terms** = Σ amount × days late / Σ amount, over what was paid in the window and what is overdue;
//!   early payment counts below zero
//! - **Overdue share** = overdue / open
//! - **Sales trend** = sales of the last three full months / of the three before
//! - **Peak of daily billings** = the largest of the last twelve full months' (sales / days of the month)
//!
//! Units: days and shares in millionths, amounts in minor units.
//!
//! Source: days beyond terms is the amount-weighted mean of credit bureaus (Experian's DBT; there it is counted over
//! reported balances, early payment as nothing). That unpaid documents count at today's lateness is ours, for the
//! reason above; so are trend and peak, which a limit by need is made from.

use super::exchange::{ConversionError, RatesOn};
use super::journal::Journal;
use crate::facts::bilingual::Bilingual;
use crate::facts::calendar::{Date, days_between, minus_days, month_end, month_start};
use crate::facts::ledger::{Document, Rate};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use chrono::{Datelike, Months};
use serde::{Deserialize, Serialize};

/// Over which days behaviour is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BehaviourRule {
    /// Why its numbers are what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Bilingual>,
    /// Days before the as-of date.
    pub window_days: u16,
}

/// How a customer pays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Behaviour {
    /// Days from due date to payment, amount-weighted; early payment counts as negative days. Absent when nothing was
    /// paid or overdue in the window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_beyond_terms: Option<Ratio>,
    /// The share of open items that is overdue. Absent when nothing is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdue_share: Option<Ratio>,
    /// Sales of the last three full months over those of the three before. Absent when there were none before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sales_trend: Option<Ratio>,
    /// The largest of the last twelve full months' billings by day of the month, VAT and advances included; the month
    /// named is the one it was in. Absent without sales.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_daily_billing: Option<PeakBilling>,
    /// Sales of the last twelve full months.
    pub sales: Money,
}

/// The month with the most billings by day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PeakBilling {
    /// Its last day.
    pub month: Date,
    /// What was billed in it by day, rounded half up.
    pub per_day: Money,
}

/// Reads how the journal's only customer pays; with several, all of them as one; every amount at the rates of `as_of`.
/// Opening items are no sales.
///
/// # Errors
///
/// [`ConversionError::MissingRate`] when an amount in another currency has no rate on `as_of`;
/// [`ConversionError::Money`] when a sum leaves the range.
pub fn behaviour(
    journal: &Journal,
    rule: &BehaviourRule,
    currency: Currency,
    rates: &[Rate],
    as_of: Date,
) -> Result<Behaviour, ConversionError> {
    let (from, rates) = (minus_days(as_of, u32::from(rule.window_days)), RatesOn::new(rates, as_of));
    let open = journal.open_at(as_of);
    let (mut weighted, mut weight) = (0_i128, 0_i128);
    let mut count = |amount: Money, days: i32| {
        let minor = i128::from(amount.minor());
        weighted = weighted.saturating_add(minor.saturating_mul(i128::from(days)));
        weight = weight.saturating_add(minor);
    };
    for row in journal.payments(from, as_of) {
        let amount = rates.convert(Money::from_minor(row.minor, row.item.amount.currency())?, currency)?;
        count(amount, days_between(row.item.due, row.date));
    }
    let (mut open_total, mut overdue) = (Money::zero(currency), Money::zero(currency));
    for (item, minor) in journal.items.iter().zip(open).filter(|(_, minor)| *minor > 0) {
        let amount = rates.convert(Money::from_minor(minor, item.amount.currency())?, currency)?;
        open_total = open_total.plus(amount)?;
        let late = days_between(item.due, as_of);
        if late > 0 {
            overdue = overdue.plus(amount)?;
            count(amount, late);
        }
    }
    for (item, minor) in journal.items.iter().zip(journal.written_off_at(as_of)).filter(|(_, minor)| *minor > 0) {
        let late = days_between(item.due, as_of);
        if late > 0 {
            count(rates.convert(Money::from_minor(minor, item.amount.currency())?, currency)?, late);
        }
    }
    let months = monthly_sales(journal, currency, &rates, as_of)?;
    Ok(Tally { weighted, weight, open: open_total, overdue, months }.behaviour()?)
}

/// What behaviour is computed from: sums of a window, in one currency. Whoever sweeps over a ledger keeps these and gets
/// the same behaviour as one who reads it afresh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Paid and overdue amounts times their days from due date to payment, or to the as-of date.
    pub weighted: i128,
    /// Paid and overdue amounts.
    pub weight: i128,
    /// What is open on documents with something open.
    pub open: Money,
    /// The part of it that is past due.
    pub overdue: Money,
    /// The last twelve full months by their last day with what was sold in them, newest first.
    pub months: Vec<(Date, Money)>,
}

impl Tally {
    /// The behaviour that these sums tell of.
    ///
    /// # Errors
    ///
    /// [`MoneyError::OutOfRange`] when a quarter's or all months' sales leave the range.
    pub fn behaviour(&self) -> Result<Behaviour, MoneyError> {
        let currency = self.open.currency();
        let quarter = |from: usize| Money::sum(currency, self.months.iter().skip(from).take(3).map(|(_, sum)| *sum));
        let peak = self
            .months
            .iter()
            .map(|(month, sum)| (*month, per_day(*month, *sum)))
            // Of equal peaks the newest month counts; months come newest first.
            .reduce(|best, next| if next.1.minor() > best.1.minor() { next } else { best })
            .filter(|(_, daily)| daily.minor() > 0);
        Ok(Behaviour {
            days_beyond_terms: Ratio::of_wide(self.weighted, self.weight),
            overdue_share: Ratio::of(self.overdue.minor(), self.open.minor()),
            sales_trend: Ratio::of(quarter(0)?.minor(), quarter(3)?.minor()),
            peak_daily_billing: peak.map(|(month, per_day)| PeakBilling { month, per_day }),
            sales: Money::sum(currency, self.months.iter().map(|(_, sum)| *sum))?,
        })
    }
}

/// Sales of each of the last twelve full months, newest first, by the month's last day. Credit notes lower them.
fn monthly_sales(
    journal: &Journal,
    currency: Currency,
    rates: &RatesOn<'_>,
    as_of: Date,
) -> Result<Vec<(Date, Money)>, ConversionError> {
    let this_month = month_start(as_of);
    let month = |back: u32| this_month.checked_sub_months(Months::new(back)).unwrap_or(Date::MIN);
    let mut months: Vec<(Date, Money)> =
        (1..=12).map(|back| (month_end(month(back), 0), Money::zero(currency))).collect();
    let first = month(12);
    for item in journal.items.iter().filter(|item| !item.opening && item.date >= first && item.date < this_month) {
        let amount = rates.convert(item.amount, currency)?;
        let end = month_end(item.date, 0);
        if let Some((_, sum)) = months.iter_mut().find(|(month, _)| *month == end) {
            *sum = sum.plus(amount)?;
        }
    }
    debug_assert!(journal.items.iter().all(|item| item.document != Document::CreditNote || item.amount.minor() <= 0));
    Ok(months)
}

fn per_day(month: Date, sum: Money) -> Money {
    let days = i64::from(month.day());
    let half = days.checked_div(2).unwrap_or(0);
    let shifted = if sum.minor() < 0 { sum.minor().saturating_sub(half) } else { sum.minor().saturating_add(half) };
    let minor = shifted.checked_div(days).unwrap_or(0);
    Money::from_minor(minor, sum.currency()).unwrap_or(Money::zero(sum.currency()))
}
