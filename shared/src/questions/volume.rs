//! Monthly volume: so many boxes a month on these terms, and what the customer then owes day by day.
//!
//! The question of a customer on 月结: it pays on time, and yet owes a whole cycle and its term at once. Boxes are sold evenly
//! over each month's days (or its working days, or on one day); what a day's boxes come to is owed from that day on, for a
//! service that was performed counts before it is invoiced, until it is paid. It is paid on its due date by the terms, so
//! many days late as is tolerated. Where the terms count from the document, statement and invoice must be through first:
//! their days come on top, as they do in the limit by need. Where the terms count from the confirmed statement or the
//! invoice received, these come so many days after the cut-off of the cycle that the day belongs to.
//!
//! Sales began long enough ago for the first day shown to be in the steady state; a year is shown, because months are
//! unequally long. What is shown of a day is owed at its end.
//!
//! Units: amounts in minor units of the price's currency, days whole.
//!
//! Source: our own working, day by day. The mean agrees with Little's law (J. D. C. Little, *A Proof for the Queuing
//! Formula L = λW*, Operations Research 9 (1961)): what is owed on average = sales a day × days until it is paid; the
//! peak, which a limit must hold, doesn't follow from it.

use crate::facts::calendar::{Calendar, Date, days_between, minus_days, month_end, month_start, plus_days};
use crate::facts::money::{Money, MoneyError};
use crate::facts::number::Ratio;
use crate::facts::terms::Terms;
use crate::facts::terms::agreed::{Base, Cycle, DayOfMonth};
use crate::rules::order_check::tolerated;
use crate::rules::terms::{Events, schedule};
use chrono::Months;
use serde::{Deserialize, Serialize};

/// What is sold every month, and how it is paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Volume {
    /// Boxes (票, 箱) a month.
    pub boxes: u32,
    /// What one comes to, with VAT and advances.
    pub price: Money,
    /// On which days they are sold.
    pub spread: Spread,
    /// The terms.
    pub terms: Terms,
    /// The last day of a statement's cycle; that of the terms when left out, and without one every day is a cycle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_off: Option<DayOfMonth>,
    /// Days from the cut-off until the statement is confirmed.
    pub confirm_days: u16,
    /// Days from then until the customer has the invoice.
    pub invoice_days: u16,
    /// Days after the due date on which it is really paid.
    pub late_days: u16,
}

/// How a month's boxes lie in the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Spread {
    /// Evenly over all days.
    EveryDay,
    /// Evenly over the working days; over all of them in a month that has none.
    WorkingDays,
    /// All on one day.
    Once {
        /// Which.
        day: DayOfMonth,
    },
}

/// What is owed, day by day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct VolumeAnswer {
    /// What a month comes to.
    pub monthly: Money,
    /// A year of days.
    pub days: Vec<DayOwed>,
    /// The most that is owed.
    pub peak: Money,
    /// The first day on which it is.
    pub peak_day: Date,
    /// The least.
    pub least: Money,
    /// The mean of all days, rounded half up.
    pub mean: Money,
    /// The longest time from a sale to its payment, in days; zero when nothing is ever owed.
    pub longest_days: i32,
    /// The limit beside it; absent without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<AgainstLimit>,
}

/// What is owed at the end of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DayOwed {
    /// The day.
    pub date: Date,
    /// How much.
    pub owed: Money,
}

/// A volume beside a limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AgainstLimit {
    /// The limit.
    pub limit: Money,
    /// Limit less peak; negative when it isn't enough.
    pub left: Money,
    /// On how many days more is owed than limit and tolerance allow.
    pub days_over: u32,
    /// The first of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_over: Option<Date>,
    /// So many boxes a month stay within limit and tolerance, and one more doesn't. Absent when any number does: nothing is
    /// ever owed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boxes: Option<u32>,
}

/// Why a volume cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VolumeError {
    /// The terms and lags together are longer than ten years.
    #[error("terms and lags of {days} days are too long to be laid out")]
    TooLong {
        /// Their days at most.
        days: u32,
    },
    /// A sum left the range, or limit and price have different currencies.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// Days at most from a sale to its payment.
const DAYS_MOST: u32 = 3_660;

/// Tells what is owed from the first of the month of `from` on, and how a limit stands to it.
///
/// # Errors
///
/// [`VolumeError::TooLong`] when terms and lags together are longer than ten years; [`VolumeError::Money`] when an
/// amount leaves the range, or limit and price are in different currencies.
pub fn volume(
    volume: &Volume,
    limit: Option<Money>,
    tolerance: Ratio,
    calendar: &Calendar,
    from: Date,
) -> Result<VolumeAnswer, VolumeError> {
    let monthly = volume.price.minor().checked_mul(volume.boxes.into()).ok_or(MoneyError::OutOfRange)?;
    let currency = volume.price.currency();
    let monthly = Money::from_minor(monthly, currency)?;
    let owed = volume.owed(calendar, from)?;
    let peak = owed.days.iter().map(|day| day.owed.minor()).max().unwrap_or(0);
    let least = owed.days.iter().map(|day| day.owed.minor()).min().unwrap_or(0);
    let peak_day = owed.days.iter().find(|day| day.owed.minor() == peak).map_or(from, |day| day.date);
    let sum = owed.days.iter().fold(0_i128, |sum, day| sum.saturating_add(day.owed.minor().into()));
    let count = i128::try_from(owed.days.len()).unwrap_or(1).max(1);
    let mean = sum.saturating_add(count.checked_div(2).unwrap_or(0)).checked_div(count).unwrap_or(0);
    let mean = i64::try_from(mean).map_err(|_| MoneyError::OutOfRange)?;
    let peak = Money::from_minor(peak, currency)?;
    let limit = limit.map(|limit| volume.against(limit, tolerance, calendar, from, &owed.days, peak)).transpose()?;
    Ok(VolumeAnswer {
        monthly,
        peak,
        peak_day,
        least: Money::from_minor(least, currency)?,
        mean: Money::from_minor(mean, currency)?,
        longest_days: owed.longest_days,
        days: owed.days,
        limit,
    })
}

/// A year laid out.
struct Owed {
    days: Vec<DayOwed>,
    longest_days: i32,
}

impl Volume {
    /// The same with so many boxes.
    fn with(&self, boxes: u32) -> Self {
        Self { boxes, ..self.clone() }
    }

    /// The days on which a month's boxes are sold, with how many: the n-th of m days brings them to n × boxes / m, rounded
    /// down.
    fn sold(&self, month: Date, calendar: &Calendar) -> Vec<(Date, u32)> {
        let end = month_end(month, 0);
        let all = || month.iter_days().take_while(|day| *day <= end);
        let days: Vec<Date> = match self.spread {
            Spread::EveryDay => all().collect(),
            Spread::WorkingDays => {
                let worked: Vec<Date> = all().filter(|day| calendar.is_working(*day)).collect();
                if worked.is_empty() { all().collect() } else { worked }
            }
            Spread::Once { day } => vec![day.of_month(month, 0)],
        };
        let (boxes, count) = (u64::from(self.boxes), u64::try_from(days.len()).unwrap_or(1).max(1));
        let until = |n: u64| boxes.saturating_mul(n).checked_div(count).unwrap_or(0);
        let of_day = |n: u64| u32::try_from(until(n.saturating_add(1)).saturating_sub(until(n))).unwrap_or(0);
        days.into_iter().zip(0_u64..).map(|(day, n)| (day, of_day(n))).filter(|(_, boxes)| *boxes > 0).collect()
    }

    /// What is paid when of a day's amount; what is paid with the order is left out.
    fn paid(&self, amount: Money, day: Date, calendar: &Calendar) -> Result<Vec<(Date, Money)>, MoneyError> {
        let cut_off = self.cut_off.or(self.terms.written_out().cycle.map(|cycle| cycle.cut_off));
        let closed = cut_off.map_or(day, |cut_off| Cycle { cut_off, months: 0 }.end(day));
        let confirmed = plus_days(closed, self.confirm_days.into());
        let events = Events {
            document: day,
            order: None,
            shipment: Some(day),
            delivery: Some(day),
            statement_confirmed: Some(confirmed),
            invoice_received: Some(plus_days(confirmed, self.invoice_days.into())),
        };
        let lag = u32::from(self.confirm_days).saturating_add(self.invoice_days.into());
        // The yearly rate of a discount isn't asked for: any number of days will do.
        let parts = schedule(self.terms, amount, &events, calendar, 365, Date::MAX)?;
        let parts = parts.into_iter().filter(|part| part.base != Base::Order);
        Ok(parts
            .map(|part| {
                let lag = if part.base == Base::Document { lag } else { 0 };
                (plus_days(part.due, lag.saturating_add(self.late_days.into())), part.amount)
            })
            .collect())
    }

    /// From the first of the month of `from` on, for twelve months.
    fn owed(&self, calendar: &Calendar, from: Date) -> Result<Owed, VolumeError> {
        let lags = u32::from(self.confirm_days).saturating_add(self.invoice_days.into());
        let span = self.terms.days_at_most().saturating_add(lags).saturating_add(self.late_days.into());
        // Rolling moves a date by 60 days at most, a statement's own cycle by 31.
        let span = span.saturating_add(91);
        if span > DAYS_MOST {
            return Err(VolumeError::TooLong { days: span });
        }
        let first = month_start(from);
        let end = month_end(first, 11);
        let length = usize::try_from(days_between(first, end).saturating_add(1)).unwrap_or(0);
        let mut changes = vec![0_i64; length.saturating_add(1)];
        let place = |day: Date| usize::try_from(days_between(first, day).max(0)).unwrap_or(0).min(length);
        let mut longest_days = 0;
        let mut month = month_start(minus_days(first, span));
        while month <= end {
            for (day, boxes) in self.sold(month, calendar) {
                let minor = self.price.minor().checked_mul(boxes.into()).ok_or(MoneyError::OutOfRange)?;
                let amount = Money::from_minor(minor, self.price.currency())?;
                for (paid, amount) in self.paid(amount, day, calendar)? {
                    longest_days = longest_days.max(days_between(day, paid));
                    if paid <= day || paid <= first {
                        continue;
                    }
                    for (day, minor) in [(day, amount.minor()), (paid, amount.negated().minor())] {
                        if let Some(change) = changes.get_mut(place(day)) {
                            *change = change.checked_add(minor).ok_or(MoneyError::OutOfRange)?;
                        }
                    }
                }
            }
            let Some(next) = month.checked_add_months(Months::new(1)) else { break };
            month = next;
        }
        let mut owed = 0_i64;
        let days = first.iter_days().zip(changes).take(length).map(|(date, change)| {
            owed = owed.checked_add(change).ok_or(MoneyError::OutOfRange)?;
            Ok(DayOwed { date, owed: Money::from_minor(owed, self.price.currency())? })
        });
        Ok(Owed { days: days.collect::<Result<_, MoneyError>>()?, longest_days })
    }

    fn against(
        &self,
        limit: Money,
        tolerance: Ratio,
        calendar: &Calendar,
        from: Date,
        days: &[DayOwed],
        peak: Money,
    ) -> Result<AgainstLimit, VolumeError> {
        let bound = limit.plus(tolerated(limit, tolerance)?)?;
        let over = || days.iter().filter(|day| day.owed.minor() > bound.minor());
        let fits = |boxes: u32| -> Result<bool, VolumeError> {
            match self.with(boxes).owed(calendar, from) {
                Ok(owed) => Ok(owed.days.iter().all(|day| day.owed.minor() <= bound.minor())),
                // What is beyond all money is beyond a limit.
                Err(VolumeError::Money(MoneyError::OutOfRange)) => Ok(false),
                Err(error) => Err(error),
            }
        };
        Ok(AgainstLimit {
            limit,
            left: limit.minus(peak)?,
            days_over: u32::try_from(over().count()).unwrap_or(u32::MAX),
            first_over: over().next().map(|day| day.date),
            boxes: if self.price.minor() > 0 { most_that_fit(fits)? } else { None },
        })
    }
}

/// The largest number that fits while the next doesn't: doubled until one doesn't, then halved.
fn most_that_fit(fits: impl Fn(u32) -> Result<bool, VolumeError>) -> Result<Option<u32>, VolumeError> {
    if !fits(0)? {
        return Ok(Some(0));
    }
    let (mut fitting, mut failing) = (0_u32, 1_u32);
    while fits(failing)? {
        fitting = failing;
        // A thousand million boxes a month are any number.
        if failing >= 1 << 30 {
            return Ok(None);
        }
        failing = failing.saturating_mul(2);
    }
    while failing.saturating_sub(fitting) > 1 {
        let middle = fitting.midpoint(failing);
        if fits(middle)? { fitting = middle } else { failing = middle }
    }
    Ok(Some(fitting))
}
