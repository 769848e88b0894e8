//! Aging by age: what is open, by how long ago the debt arose; and what isn't invoiced or confirmed yet, by how long ago the
//! service was given.
//!
//! By age the bands are months: a band ends on the day of the same number so many months later, or on the last day of a
//! shorter month (民法典 202), so that 12, 24 and 36 make the published 1 年以内, 1–2 年, 2–3 年, 3 年以上. A document issued anew
//! keeps the age of the first. The bands partition what is open: their sum is the balance that aging by due date has too.
//!
//! Before invoicing days are counted from the service: the day on which the shipment was delivered, else shipped, else the
//! day on which we were bound to the charge.

use super::journal::Journal;
use crate::facts::calendar::{Date, days_between};
use crate::facts::id::{ChargeId, CustomerId, ShipmentId};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::shipment::{Billing, Charge, Shipment};
use chrono::Months;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which band an age falls into: the first whose last month isn't over, else one more.
pub fn band_of_months(months: &[u16], arose: Date, as_of: Date) -> usize {
    let ends = |months: u16| arose.checked_add_months(Months::new(u32::from(months))).unwrap_or(Date::MAX);
    months.iter().position(|months| as_of <= ends(*months)).unwrap_or(months.len())
}

/// One customer's open amount in one currency, by age.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AgeRow {
    /// Whose.
    pub customer: CustomerId,
    /// In which currency.
    pub currency: Currency,
    /// Amounts by band; one more than there are limits.
    pub bands: Vec<Money>,
    /// Their sum: what is open.
    pub open: Money,
    /// When the oldest open debt arose.
    pub oldest: Date,
}

/// Ages every customer's open documents at the end of `as_of` by when they arose, by customer and currency. `months`
/// are the last months of the bands, rising.
///
/// # Errors
///
/// [`MoneyError::OutOfRange`] when a sum leaves the range.
pub fn by_age(journal: &Journal, months: &[u16], as_of: Date) -> Result<Vec<AgeRow>, MoneyError> {
    let mut rows: BTreeMap<(CustomerId, Currency), AgeRow> = BTreeMap::new();
    let items = journal.items.iter().zip(journal.arisings()).zip(journal.open_at(as_of));
    for ((item, arose), minor) in items.filter(|(_, minor)| *minor != 0) {
        let Some(&customer) = journal.customers.get(item.customer as usize) else { continue };
        let currency = item.amount.currency();
        let zero = Money::zero(currency);
        let row = rows.entry((customer, currency)).or_insert_with(|| AgeRow {
            customer,
            currency,
            bands: vec![zero; months.len().saturating_add(1)],
            open: zero,
            oldest: arose,
        });
        let amount = Money::from_minor(minor, currency)?;
        if let Some(band) = row.bands.get_mut(band_of_months(months, arose, as_of)) {
            *band = band.plus(amount)?;
        }
        row.open = row.open.plus(amount)?;
        row.oldest = row.oldest.min(arose);
    }
    Ok(rows.into_values().collect())
}

/// How far something has come that was sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Before {
    /// No invoice bills it yet.
    Invoicing,
    /// It stands on a statement of account that nobody confirmed.
    Confirmation,
}

/// Something sold that isn't a document that one can sue on yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Pending {
    /// What it waits for.
    pub before: Before,
    /// The day of the service.
    pub service: Date,
    /// How much.
    pub amount: Money,
}

/// What waits for one thing in one currency, by days since the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PendingRow {
    /// What it waits for.
    pub before: Before,
    /// Amounts by band; one more than there are limits.
    pub bands: Vec<Money>,
    /// Their sum.
    pub total: Money,
    /// The longest days.
    pub oldest_days: i32,
}

/// What no invoice bills yet of each charge at the end of `as_of`. More billed than was expected leaves nothing.
///
/// # Errors
///
/// [`MoneyError`] when a sum leaves the range, or a charge is billed in another currency.
pub fn uninvoiced(
    charges: &[Charge],
    billings: &[Billing],
    shipments: &[Shipment],
    as_of: Date,
) -> Result<Vec<Pending>, MoneyError> {
    let mut billed: BTreeMap<ChargeId, Money> = BTreeMap::new();
    for billing in billings.iter().filter(|billing| billing.date <= as_of) {
        let sum = billed.entry(billing.charge).or_insert(Money::zero(billing.amount.currency()));
        *sum = sum.plus(billing.amount)?;
    }
    let served: BTreeMap<ShipmentId, Date> = shipments
        .iter()
        .filter_map(|shipment| {
            let came = |day: Option<Date>| day.filter(|day| *day <= as_of);
            Some((shipment.id, came(shipment.delivered).or(came(shipment.shipped))?))
        })
        .collect();
    let mut pending = Vec::new();
    for charge in charges {
        let Some(amount) = charge.amount_at(as_of)? else { continue };
        let zero = Money::zero(amount.currency());
        let left = amount.minus(billed.get(&charge.id).copied().unwrap_or(zero))?.max(zero)?;
        if !left.is_zero() {
            let service = served.get(&charge.shipment).copied().unwrap_or(charge.committed);
            pending.push(Pending { before: Before::Invoicing, service, amount: left });
        }
    }
    Ok(pending)
}

/// Bands what waits by days since the service, at the end of `as_of`: by what it waits for, then by currency. `days`
/// are the last days of the bands, rising; the day of the service itself is in the first.
///
/// # Errors
///
/// [`MoneyError::OutOfRange`] when a sum leaves the range.
pub fn by_service(pending: &[Pending], days: &[u16], as_of: Date) -> Result<Vec<PendingRow>, MoneyError> {
    let mut rows: BTreeMap<(Before, Currency), PendingRow> = BTreeMap::new();
    for one in pending.iter().filter(|one| one.service <= as_of) {
        let zero = Money::zero(one.amount.currency());
        let row = rows.entry((one.before, zero.currency())).or_insert_with(|| PendingRow {
            before: one.before,
            bands: vec![zero; days.len().saturating_add(1)],
            total: zero,
            oldest_days: 0,
        });
        let age = days_between(one.service, as_of);
        let place = days.iter().position(|last| age <= i32::from(*last)).unwrap_or(days.len());
        if let Some(band) = row.bands.get_mut(place) {
            *band = band.plus(one.amount)?;
        }
        row.total = row.total.plus(one.amount)?;
        row.oldest_days = row.oldest_days.max(age);
    }
    Ok(rows.into_values().collect())
}
