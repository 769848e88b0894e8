//! Terms as a contract writes them: from what happens to the day on which money is due.
//!
//! A part of the amount is counted from a base event: the order, the document, shipment, delivery, the confirmed statement
//! or the invoice received. The event's day is moved to the end of its billing cycle (月结, cut-off on the 25th or at the
//! month's end), then so many months and days on, then to the next pay day, and at last off a day that isn't worked. An
//! event that doesn't come within the agreed days of the document is deemed (视同) to have come on the last of them.
//!
//! Several parts are instalments; their shares add up to the whole. All of it is a small value that can be copied.

use crate::facts::calendar::{Calendar, Date, month_end, plus_days};
use crate::facts::number::Ratio;
use chrono::{Datelike, Months};
use serde::{Deserialize, Serialize};

/// How many parts terms can have; what is paid in more is an instalment plan and no terms.
pub const PARTS_MAX: usize = 6;

/// Terms agreed in a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Agreed {
    /// What is paid when; the shares add up to one.
    pub parts: Parts,
    /// The billing cycle to whose end an event is moved; without one it counts on its own day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cycle: Option<Cycle>,
    /// The day of the month on which the customer pays (付款日): what falls due waits for the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay_day: Option<DayOfMonth>,
    /// What becomes of a due date that isn't worked.
    #[serde(default, skip_serializing_if = "Roll::is_next")]
    pub roll: Roll,
    /// Days after the document's date on which an event that hasn't come is deemed to have come.
    pub deemed_days: u16,
    /// What early payment saves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Discount>,
}

/// A share of the amount and when it is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "TermsPart"))]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its share of the amount.
    pub share: Ratio,
    /// What its days are counted from.
    pub base: Base,
    /// How many days after that.
    pub days: u16,
}

/// What days are counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// The order: paid before we perform (预付, 定金). No cycle and no pay day moves it.
    Order,
    /// The document's own date.
    Document,
    /// Shipment (开船, 发货).
    Shipment,
    /// Delivery of the goods or of the documents (签收, 交单).
    Delivery,
    /// The customer confirmed the statement of account (对账确认).
    StatementConfirmed,
    /// The customer received the invoice (收票).
    InvoiceReceived,
}

/// A billing cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Cycle {
    /// The last day of each cycle; 31 is the end of every month.
    pub cut_off: DayOfMonth,
    /// Months after the end of the cycle: 1 is 次月, 2 is 隔月.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub months: u8,
}

/// A discount for payment within so many days of the base event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Discount {
    /// The share that early payment saves; above nothing and below the whole.
    pub share: Ratio,
    /// Days after the base event within which it is given.
    pub days: u16,
}

/// What becomes of a due date that isn't worked. In law the period then ends on the next working day (民法典 203).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Roll {
    /// On to the next working day.
    #[default]
    Next,
    /// Back to the last one before it.
    Previous,
    /// On to the next one, unless that is in another month: then back.
    NextInMonth,
    /// It stays.
    Stay,
}

/// The parts of terms: one to six, whose shares add up to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "Vec<Part>", into = "Vec<Part>")]
pub struct Parts([Option<Part>; PARTS_MAX]);

/// A day of the month, 1 to 31; in a shorter month its last day is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "u8", into = "u8")]
pub struct DayOfMonth(u8);

/// What can be wrong with terms.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AgreedError {
    /// There are none, or more than six.
    #[error("terms have 1 to {PARTS_MAX} parts, not {0}")]
    Count(usize),
    /// A share is zero or negative.
    #[error("the share {0} is not positive")]
    Share(Ratio),
    /// The shares don't add up to the whole.
    #[error("the shares add up to {0}, not to 1")]
    Sum(Ratio),
    /// No day of a month.
    #[error("{0} is no day of a month")]
    DayOfMonth(u8),
}

impl Parts {
    /// The whole, so many days after an event.
    pub const fn whole(base: Base, days: u16) -> Self {
        Self([Some(Part { share: Ratio::ONE, base, days }), None, None, None, None, None])
    }

    /// The parts, in the order in which they were agreed.
    pub fn iter(&self) -> impl Iterator<Item = &Part> {
        self.0.iter().flatten()
    }
}

impl TryFrom<Vec<Part>> for Parts {
    type Error = AgreedError;
    fn try_from(parts: Vec<Part>) -> Result<Self, AgreedError> {
        if parts.is_empty() || parts.len() > PARTS_MAX {
            return Err(AgreedError::Count(parts.len()));
        }
        let mut kept = Self([None; PARTS_MAX]);
        let mut sum = 0_i64;
        for (place, part) in kept.0.iter_mut().zip(parts) {
            if part.share <= Ratio::ZERO {
                return Err(AgreedError::Share(part.share));
            }
            sum = sum.saturating_add(part.share.units());
            *place = Some(part);
        }
        if sum == Ratio::ONE.units() { Ok(kept) } else { Err(AgreedError::Sum(Ratio::from_units(sum))) }
    }
}

impl From<Parts> for Vec<Part> {
    fn from(parts: Parts) -> Self {
        parts.iter().copied().collect()
    }
}

impl DayOfMonth {
    /// The end of every month.
    pub const LAST: Self = Self(31);

    /// The day's number.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// This day in the month that is `months` after the month of `date`.
    pub fn of_month(self, date: Date, months: u32) -> Date {
        let end = month_end(date, months);
        end.with_day(u32::from(self.0)).unwrap_or(end)
    }

    /// The day itself when it is this day of its month, else the next that is.
    pub fn on_or_after(self, date: Date) -> Date {
        let this = self.of_month(date, 0);
        if this >= date { this } else { self.of_month(date, 1) }
    }
}

impl TryFrom<u8> for DayOfMonth {
    type Error = AgreedError;
    fn try_from(day: u8) -> Result<Self, AgreedError> {
        if (1..=31).contains(&day) { Ok(Self(day)) } else { Err(AgreedError::DayOfMonth(day)) }
    }
}

impl From<DayOfMonth> for u8 {
    fn from(day: DayOfMonth) -> Self {
        day.0
    }
}

impl Cycle {
    /// The last day of the cycle that this day belongs to.
    pub fn end(self, date: Date) -> Date {
        self.cut_off.on_or_after(date)
    }

    /// The first day of the cycle that this day belongs to: the one after the last cut-off.
    pub fn start(self, date: Date) -> Date {
        let end = self.end(date);
        let before = end.checked_sub_months(Months::new(1)).map_or(Date::MIN, |month| self.cut_off.of_month(month, 0));
        plus_days(before, 1)
    }
}

impl Roll {
    /// Where a day goes that isn't worked.
    pub fn apply(self, date: Date, calendar: &Calendar) -> Date {
        let next = calendar.next_working(date);
        match self {
            Self::Next => next,
            Self::NextInMonth if (next.year(), next.month()) == (date.year(), date.month()) => next,
            Self::Previous | Self::NextInMonth => calendar.previous_working(date),
            Self::Stay => date,
        }
    }

    #[allow(clippy::trivially_copy_pass_by_ref)] // the form that serde asks for
    fn is_next(&self) -> bool {
        *self == Self::Next
    }
}

impl Agreed {
    /// The day on which a part falls due whose event came on `event`: before and after the roll.
    pub fn due(&self, part: &Part, event: Date, calendar: &Calendar) -> (Date, Date) {
        // What is paid with the order waits for no cycle.
        let deferred = part.base != Base::Order;
        let from = self.cycle.filter(|_| deferred).map_or(event, |cycle| {
            let end = cycle.end(event);
            if cycle.months == 0 { end } else { cycle.cut_off.of_month(end, u32::from(cycle.months)) }
        });
        let after = plus_days(from, u32::from(part.days));
        let due = self.pay_day.filter(|_| deferred).map_or(after, |day| day.on_or_after(after));
        (due, self.roll.apply(due, calendar))
    }

    /// The day on which an event is deemed to have come that hasn't, for a document of this date. The order and the
    /// document itself need no deeming.
    pub fn deemed(&self, base: Base, document: Date) -> Date {
        match base {
            Base::Order | Base::Document => document,
            _ => plus_days(document, u32::from(self.deemed_days)),
        }
    }

    /// The day by which all of a document is due when nothing is known but its date: the last part, its event deemed.
    pub fn due_at_latest(&self, document: Date, calendar: &Calendar) -> Date {
        let due = |part: &Part| self.due(part, self.deemed(part.base, document), calendar).1;
        self.parts.iter().map(due).max().unwrap_or(document)
    }

    /// The longest time in days from a document's date to the due date of its last part, before rolling: what terms are
    /// ranked by. A cycle, each of its months and a pay day count 31 days each.
    pub fn days_at_most(&self) -> u32 {
        let waits = |part: &Part| {
            let event = match part.base {
                Base::Order => return u32::from(part.days),
                Base::Document => 0,
                _ => u32::from(self.deemed_days),
            };
            let months = self.cycle.map_or(0, |cycle| u32::from(cycle.months).saturating_add(1));
            let months = months.saturating_add(u32::from(self.pay_day.is_some()));
            event.saturating_add(months.saturating_mul(31)).saturating_add(u32::from(part.days))
        };
        self.parts.iter().map(waits).max().unwrap_or(0)
    }

    /// The share that is paid with the order and so uses no credit.
    pub fn prepaid_share(&self) -> Ratio {
        let prepaid = self.parts.iter().filter(|part| part.base == Base::Order && part.days == 0);
        Ratio::from_units(prepaid.fold(0, |sum, part| sum.saturating_add(part.share.units())))
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // the form that serde asks for
const fn is_zero(value: &u8) -> bool {
    *value == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn terms(json: &str) -> Agreed {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn cycles_have_a_first_and_a_last_day() {
        let cycle = |day: u8| Cycle { cut_off: day.try_into().unwrap(), months: 0 };
        let check = |cut_off, date: &str, from: &str, to: &str| {
            let cycle = cycle(cut_off);
            assert_eq!((cycle.start(day(date)), cycle.end(day(date))), (day(from), day(to)), "{cut_off} {date}");
        };
        check(25, "2026-11-25", "2026-10-26", "2026-11-25");
        check(25, "2026-11-26", "2026-11-26", "2026-12-25");
        check(31, "2024-02-10", "2024-02-01", "2024-02-29");
        check(30, "2026-02-28", "2026-01-31", "2026-02-28");
        check(30, "2026-03-01", "2026-03-01", "2026-03-30");
        check(31, "2026-12-31", "2026-12-01", "2026-12-31");
    }

    #[test]
    fn months_keep_the_cut_off() {
        // Cut off on the 30th, two months on: the end of February's cycle is the 28th, April's is the 30th.
        let agreed = terms(
            r#"{"parts":[{"share":"1","base":"document","days":0}],"cycle":{"cut_off":30,"months":2},"roll":"stay","deemed_days":0}"#,
        );
        let part = *agreed.parts.iter().next().unwrap();
        assert_eq!(agreed.due(&part, day("2026-02-10"), &Calendar::default()).1, day("2026-04-30"));
        assert_eq!(agreed.days_at_most(), 93);
    }

    #[test]
    fn what_makes_no_terms_says_why() {
        let refused = |json: &str, says: &str| {
            let error = serde_json::from_str::<Agreed>(json).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        };
        refused(r#"{"parts":[],"deemed_days":15}"#, "1 to 6 parts, not 0");
        refused(r#"{"parts":[{"share":"0.9","base":"order","days":0}],"deemed_days":15}"#, "add up to 0.9");
        refused(
            r#"{"parts":[{"share":"1.2","base":"order","days":0},{"share":"-0.2","base":"order","days":0}],"deemed_days":15}"#,
            "-0.2 is not positive",
        );
        refused(
            r#"{"parts":[{"share":"1","base":"order","days":0}],"pay_day":32,"deemed_days":15}"#,
            "32 is no day of a month",
        );
    }

    #[test]
    fn rolls() {
        let calendar = Calendar::default();
        // 31 January 2026 is a Saturday.
        assert_eq!(Roll::Next.apply(day("2026-01-31"), &calendar), day("2026-02-02"));
        assert_eq!(Roll::Previous.apply(day("2026-01-31"), &calendar), day("2026-01-30"));
        assert_eq!(Roll::NextInMonth.apply(day("2026-01-31"), &calendar), day("2026-01-30"));
        assert_eq!(Roll::NextInMonth.apply(day("2026-01-24"), &calendar), day("2026-01-26"));
        assert_eq!(Roll::Stay.apply(day("2026-01-31"), &calendar), day("2026-01-31"));
    }
}
