//! What came in, salesperson by salesperson (回款率), and how DSO moved.
//!
//! - **Due in a period** = what was past due at its beginning + what fell due in it, of documents with something to pay
//! - **Collected** = money applied to these documents in the period; **collection rate** = collected / due
//! - **Received** is all money that came in, whatever it was for; what came in and isn't applied stands beside the rate
//!
//! A document belongs to whoever answers for its customer; customers without a salesperson stand together at the end. The
//! lines add up to the whole.
//!
//! Units: minor units of one currency at the rates of the period's last day, rates in millionths, DSO in days.
//!
//! Source: our own definition of 回款率, which isn't uniform in practice. What was due in the period stands below the
//! line, not sales, so that nobody's rate falls because they sold on longer terms.

use crate::facts::calendar::{Calendar, Date, minus_days, month_end};
use crate::facts::customer::Customer;
use crate::facts::id::{CustomerId, PersonId};
use crate::facts::ledger::{Rate, Recorded};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use crate::readings::dso::{DsoRule, dso};
use crate::readings::exchange::{ConversionError, RatesOn};
use crate::readings::journal::{Journal, JournalError};
use chrono::Months;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What one salesperson's customers paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Collected {
    /// Who; absent for customers without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salesperson: Option<PersonId>,
    /// How many customers.
    pub customers: u32,
    /// What was past due at the beginning.
    pub past_due: Money,
    /// What fell due in the period.
    pub fell_due: Money,
    /// What came in on both.
    pub collected: Money,
    /// Collected over what was due; absent when nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Ratio>,
    /// What is past due at the end.
    pub left_past_due: Money,
    /// All money that came in.
    pub received: Money,
}

/// The report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Collections {
    /// By salesperson.
    pub lines: Vec<Collected>,
    /// All of them together.
    pub total: Collected,
}

/// DSO at the end of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DsoPoint {
    /// The day.
    pub date: Date,
    /// What was open.
    pub receivables: Money,
    /// Sales of the window.
    pub sales: Money,
    /// Days sales outstanding; absent without sales.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dso: Option<Ratio>,
    /// Best possible DSO; absent without sales.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_possible: Option<Ratio>,
    /// How much DSO moved since the point before; absent at the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Ratio>,
}

/// Why there is no such report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CollectionsError {
    /// The ledger doesn't fit together.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A rate is missing, or a sum leaves the range.
    #[error(transparent)]
    Conversion(#[from] ConversionError),
}

impl From<MoneyError> for CollectionsError {
    fn from(error: MoneyError) -> Self {
        Self::Conversion(error.into())
    }
}

/// Reports on the days from `from` to `to`, both included, in one currency.
///
/// # Errors
///
/// [`CollectionsError::Journal`] when the facts make no journal; [`CollectionsError::Conversion`] when an amount has no
/// rate on `to` or a sum leaves the range.
pub fn collections(
    customers: &[Customer],
    facts: &[Recorded],
    (currency, rates): (Currency, &[Rate]),
    (from, to): (Date, Date),
) -> Result<Collections, CollectionsError> {
    let journal = Journal::of(facts, None)?;
    let people: BTreeMap<CustomerId, Option<PersonId>> =
        customers.iter().map(|customer| (customer.id, customer.salesperson)).collect();
    let mut lines: BTreeMap<Option<PersonId>, Collected> = BTreeMap::new();
    for person in people.values() {
        let line = lines.entry(*person).or_insert_with(|| nothing(*person, currency));
        line.customers = line.customers.saturating_add(1);
    }
    let salesperson =
        |place: u32| journal.customers.get(place as usize).and_then(|customer| people.get(customer).copied()).flatten();
    let on = RatesOn::new(rates, to);
    let into = |minor: i64, of: Currency| -> Result<Money, ConversionError> {
        on.convert(Money::from_minor(minor, of)?, currency)
    };
    let eve = minus_days(from, 1);
    let mut asked = vec![false; journal.items.len()];
    let opened = journal.open_at(eve);
    let closed = journal.open_at(to);
    for (index, (item, (opened, closed))) in journal.items.iter().zip(opened.into_iter().zip(closed)).enumerate() {
        if item.amount.minor() <= 0 || item.due > to || item.date > to {
            continue;
        }
        let person = salesperson(item.customer);
        let line = lines.entry(person).or_insert_with(|| nothing(person, currency));
        // What arises in the period and falls due in it is due with its whole amount, whenever it was paid.
        let minor = if item.date < from { opened } else { item.amount.minor() };
        let amount = into(minor.max(0), item.amount.currency())?;
        if item.due < from && item.date < from {
            line.past_due = line.past_due.plus(amount)?;
        } else {
            line.fell_due = line.fell_due.plus(amount)?;
        }
        if item.due < to {
            line.left_past_due = line.left_past_due.plus(into(closed.max(0), item.amount.currency())?)?;
        }
        if let Some(asked) = asked.get_mut(index) {
            *asked = true;
        }
    }
    for row in journal.allocations.iter().filter(|row| row.cash && row.date >= from && row.date <= to) {
        let place = row.item as usize;
        let Some(item) = journal.items.get(place).filter(|_| asked.get(place) == Some(&true)) else { continue };
        let person = salesperson(item.customer);
        let line = lines.entry(person).or_insert_with(|| nothing(person, currency));
        line.collected = line.collected.plus(into(row.minor, item.amount.currency())?)?;
    }
    for row in journal.cash.iter().filter(|row| row.received && row.date >= from && row.date <= to) {
        let person = salesperson(row.customer);
        let line = lines.entry(person).or_insert_with(|| nothing(person, currency));
        line.received = line.received.plus(on.convert(row.amount, currency)?)?;
    }
    let mut total = nothing(None, currency);
    for line in lines.values_mut() {
        line.rate = rate(line)?;
        total.customers = total.customers.saturating_add(line.customers);
        total.past_due = total.past_due.plus(line.past_due)?;
        total.fell_due = total.fell_due.plus(line.fell_due)?;
        total.collected = total.collected.plus(line.collected)?;
        total.left_past_due = total.left_past_due.plus(line.left_past_due)?;
        total.received = total.received.plus(line.received)?;
    }
    total.rate = rate(&total)?;
    let unnamed = lines.remove(&None);
    Ok(Collections { lines: lines.into_values().chain(unnamed).collect(), total })
}

fn nothing(salesperson: Option<PersonId>, currency: Currency) -> Collected {
    let zero = Money::zero(currency);
    Collected {
        salesperson,
        customers: 0,
        past_due: zero,
        fell_due: zero,
        collected: zero,
        rate: None,
        left_past_due: zero,
        received: zero,
    }
}

fn rate(line: &Collected) -> Result<Option<Ratio>, MoneyError> {
    Ok(Ratio::of(line.collected.minor(), line.past_due.plus(line.fell_due)?.minor()))
}

/// DSO at the last so many month ends by `as_of`, the earliest first; a month that hasn't ended isn't shown.
///
/// # Errors
///
/// [`CollectionsError::Journal`] when the facts make no journal; [`CollectionsError::Conversion`] as [`dso`] at each
/// month end.
pub fn dso_trend(
    facts: &[Recorded],
    rule: &DsoRule,
    calendar: &Calendar,
    (currency, rates): (Currency, &[Rate]),
    months: u8,
    as_of: Date,
) -> Result<Vec<DsoPoint>, CollectionsError> {
    let journal = Journal::of(facts, None)?;
    let this = month_end(as_of, 0);
    let newest = u32::from(this != as_of);
    let mut points: Vec<DsoPoint> = Vec::new();
    for back in (newest..newest.saturating_add(u32::from(months))).rev() {
        let Some(date) = this.checked_sub_months(Months::new(back)).map(|date| month_end(date, 0)) else { continue };
        let read = dso(&journal, rule, calendar, currency, rates, date)?;
        let before = points.last().and_then(|point| point.dso);
        let change = before.zip(read.dso);
        let change = change.map(|(before, now)| Ratio::from_units(now.units().saturating_sub(before.units())));
        points.push(DsoPoint {
            date,
            receivables: read.receivables,
            sales: read.sales,
            dso: read.dso,
            best_possible: read.best_possible,
            change,
        });
    }
    Ok(points)
}
