//! Terms at work: what is due when of an amount, what an early payment saves, and which of two terms is looser.
//!
//! The same contract gives another due date once the delivery or the confirmed statement is known. Until then the day on
//! which the event is deemed to have come stands in its place and is shown as such; an event that comes later than that
//! changes nothing, one dated after the as-of date is not known yet.
//!
//! An early payment that saves the share s, d days before the due date, is worth s / (1 − s) × days of the year / d a
//! year.
//!
//! Units: amounts in minor units, shares and yearly rates in millionths, days whole.
//!
//! Source: the yearly rate is the textbooks' cost of forgoing a cash discount, without compounding. Deemed events and
//! the ranking of terms by their longest days are ours.

use super::policy::{Bilingual, Faults};
use crate::facts::calendar::{Calendar, Date, days_between, plus_days};
use crate::facts::money::{Money, MoneyError};
use crate::facts::number::Ratio;
use crate::facts::terms::Terms;
use crate::facts::terms::agreed::Base;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What new terms begin with, and how a discount's yield is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TermsSetting {
    /// Why these numbers.
    pub note: Bilingual,
    /// Days after which an event that doesn't come is deemed, unless the contract says otherwise.
    pub deemed_days: u16,
    /// Days of the year by which a discount is expressed as an interest rate.
    pub year_days: u16,
}

/// When the things came to pass that terms wait for; what is absent hasn't, as far as we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Events {
    /// The document's date.
    pub document: Date,
    /// The order; the document's date when it isn't known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Date>,
    /// Shipment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipment: Option<Date>,
    /// Delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Date>,
    /// The statement of account was confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement_confirmed: Option<Date>,
    /// The invoice was received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_received: Option<Date>,
}

/// How the day of an event is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EventState {
    /// It came.
    Came,
    /// It didn't come in time and is deemed to have come (视同).
    Deemed,
    /// It may still come; until then the day on which it would be deemed stands in its place.
    Awaited,
}

/// A part of an amount and when it is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PartDue {
    /// How much; the parts add up to the amount.
    pub amount: Money,
    /// What its days are counted from.
    pub base: Base,
    /// The day of that.
    pub event: Date,
    /// How that day is known.
    pub state: EventState,
    /// The due date before it was rolled on to a working day.
    pub before_roll: Date,
    /// The due date.
    pub due: Date,
    /// What early payment saves; absent without a discount, or when it would have to be paid no earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Offer>,
}

/// A discount on offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// The last day on which it is given.
    pub until: Date,
    /// What is saved, rounded half up.
    pub saves: Money,
    /// What forgoing it costs the customer by the year: share / (1 − share) × days of the year / days between the last
    /// day of the offer and the due date. A simple rate (the textbooks' nominal cost of trade credit), to six decimals.
    pub yearly_rate: Ratio,
}

/// Two terms compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Ranking {
    /// The longest days of the terms asked for.
    pub asked_days: u32,
    /// The longest days of the terms granted.
    pub granted_days: u32,
    /// Whether the asked are looser.
    pub looser: bool,
    /// By how many days; zero when they are not, or are looser only in being no payment in advance.
    pub looser_days: u32,
}

impl TermsSetting {
    pub(super) fn check(&self, faults: &mut Faults) {
        faults.unless(self.year_days > 0, "terms.year_days", format_args!("must be at least 1"));
    }
}

impl Events {
    const fn of(&self, base: Base) -> Option<Date> {
        match base {
            Base::Order => self.order,
            Base::Document => Some(self.document),
            Base::Shipment => self.shipment,
            Base::Delivery => self.delivery,
            Base::StatementConfirmed => self.statement_confirmed,
            Base::InvoiceReceived => self.invoice_received,
        }
    }
}

/// What is due when of an amount, as known at a date.
///
/// # Errors
///
/// [`MoneyError::OutOfRange`] when a discount can't be expressed.
pub fn schedule(
    terms: Terms,
    amount: Money,
    events: &Events,
    calendar: &Calendar,
    year_days: u16,
    as_of: Date,
) -> Result<Vec<PartDue>, MoneyError> {
    let agreed = terms.written_out();
    // Shares are positive and add up to one million.
    let shares: Vec<u64> = agreed.parts.iter().map(|part| part.share.units().unsigned_abs()).collect();
    let mut parts = Vec::new();
    for (part, amount) in agreed.parts.iter().zip(amount.split(&shares)) {
        let deemed = agreed.deemed(part.base, events.document);
        let came = events.of(part.base).filter(|day| *day <= as_of);
        let (event, state) = match (came, part.base) {
            (Some(day), _) if day <= deemed || part.base == Base::Order => (day, EventState::Came),
            // Without a date of its own the order is as old as its document.
            (None, Base::Order | Base::Document) => (events.document, EventState::Came),
            _ if as_of >= deemed => (deemed, EventState::Deemed),
            _ => (deemed, EventState::Awaited),
        };
        let (before_roll, due) = agreed.due(part, event, calendar);
        let discount = match agreed.discount {
            Some(discount) => {
                let until = plus_days(event, u32::from(discount.days));
                offer(amount, discount.share, until, due, year_days)?
            }
            None => None,
        };
        parts.push(PartDue { amount, base: part.base, event, state, before_roll, due, discount });
    }
    Ok(parts)
}

fn offer(amount: Money, share: Ratio, until: Date, due: Date, year_days: u16) -> Result<Option<Offer>, MoneyError> {
    let days = days_between(until, due);
    let left = Decimal::ONE.checked_sub(share.to_decimal()).filter(|left| *left > Decimal::ZERO);
    let Some(left) = left.filter(|_| days > 0 && share > Ratio::ZERO) else { return Ok(None) };
    let yearly = share
        .to_decimal()
        .checked_div(left)
        .and_then(|rate| rate.checked_mul(Decimal::from(year_days)))
        .and_then(|rate| rate.checked_div(Decimal::from(days)))
        .and_then(Ratio::round)
        .ok_or(MoneyError::OutOfRange)?;
    Ok(Some(Offer { until, saves: amount.scaled(share.to_decimal())?, yearly_rate: yearly }))
}

/// Compares terms asked for with terms granted; what was never granted is as tight as payment in advance.
pub fn compare(asked: Terms, granted: Option<Terms>) -> Ranking {
    let granted = granted.unwrap_or(Terms::Prepaid);
    let (asked_days, granted_days) = (asked.days_at_most(), granted.days_at_most());
    let looser = asked.looseness(granted).is_gt();
    let looser_days = if looser { asked_days.saturating_sub(granted_days) } else { 0 };
    Ranking { asked_days, granted_days, looser, looser_days }
}
