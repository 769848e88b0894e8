//! Payment terms: when a document falls due, and which of two terms is looser.
//!
//! Only what a contract says lives here; whether asked terms are looser than granted is judged by the order check. The
//! four plain kinds are what most documents need; what a contract adds to them (base events, cycles with a cut-off, pay
//! days, instalments, a discount) is in [`agreed`].

pub mod agreed;

use super::calendar::{Calendar, Date, month_end, plus_days};
use super::number::Ratio;
use agreed::{Agreed, Base, Cycle, DayOfMonth, Parts, Roll};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// When it falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Terms {
    /// 预付: before we perform.
    Prepaid,
    /// 货到付款, 付款放单: on delivery of the goods or of the documents.
    OnDelivery,
    /// 票结: so many days after the document's date.
    Net {
        /// Days.
        days: u16,
    },
    /// 月结: so many days after the end of the document's month.
    MonthEnd {
        /// Days.
        days: u16,
    },
    /// As the contract writes them.
    Agreed(Agreed),
}

impl Terms {
    /// The day on which a document of this date falls due, rolled on to a working day. Of instalments it is the last, and
    /// an event that agreed terms wait for is taken to come as late as they allow: [`crate::rules::terms`] knows events.
    pub fn due(self, date: Date, calendar: &Calendar) -> Date {
        calendar.next_working(match self {
            Self::Prepaid | Self::OnDelivery => date,
            Self::Net { days } => plus_days(date, u32::from(days)),
            Self::MonthEnd { days } => plus_days(month_end(date, 0), u32::from(days)),
            Self::Agreed(agreed) => return agreed.due_at_latest(date, calendar),
        })
    }

    /// The same terms as a contract would write them.
    pub fn written_out(self) -> Agreed {
        let (base, days) = match self {
            Self::Prepaid => (Base::Order, 0),
            Self::OnDelivery => (Base::Delivery, 0),
            Self::Net { days } | Self::MonthEnd { days } => (Base::Document, days),
            Self::Agreed(agreed) => return agreed,
        };
        let cycle = matches!(self, Self::MonthEnd { .. }).then_some(Cycle { cut_off: DayOfMonth::LAST, months: 0 });
        let parts = Parts::whole(base, days);
        Agreed { parts, cycle, pay_day: None, roll: Roll::Next, deemed_days: 0, discount: None }
    }

    /// Whether all of it is paid before we perform, so that it uses no credit.
    pub fn is_prepaid(self) -> bool {
        self.prepaid_share() == Ratio::ONE
    }

    /// The share that is paid before we perform.
    pub fn prepaid_share(self) -> Ratio {
        match self {
            Self::Prepaid => Ratio::ONE,
            Self::OnDelivery | Self::Net { .. } | Self::MonthEnd { .. } => Ratio::ZERO,
            Self::Agreed(agreed) => agreed.prepaid_share(),
        }
    }

    /// The longest time in days from a document's date to its due date, before rolling: what terms are ranked by.
    /// 月结 counts the whole month of 31 days before its days begin.
    pub fn days_at_most(self) -> u32 {
        match self {
            Self::Prepaid | Self::OnDelivery => 0,
            Self::Net { days } => u32::from(days),
            Self::MonthEnd { days } => u32::from(days).saturating_add(31),
            Self::Agreed(agreed) => agreed.days_at_most(),
        }
    }

    /// Compares by looseness: greater is looser. Payment on delivery is looser than payment in advance.
    pub fn looseness(self, other: Self) -> Ordering {
        let rank = |terms: Self| (terms.days_at_most(), !terms.is_prepaid());
        rank(self).cmp(&rank(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn due_dates() {
        let check = |terms: Terms, date: &str, due: &str| {
            assert_eq!(
                terms.due(date.parse().unwrap(), &Calendar::default()),
                due.parse::<Date>().unwrap(),
                "{terms:?}"
            );
        };
        check(Terms::Net { days: 30 }, "2026-11-20", "2026-12-21"); // 20 December 2026 is a Sunday
        check(Terms::MonthEnd { days: 30 }, "2026-11-20", "2026-12-30");
        check(Terms::MonthEnd { days: 30 }, "2024-01-31", "2024-03-01");
        check(Terms::Prepaid, "2026-11-20", "2026-11-20");
    }

    #[test]
    fn ranking() {
        use Ordering::{Equal, Greater, Less};
        assert_eq!(Terms::MonthEnd { days: 30 }.looseness(Terms::Net { days: 60 }), Greater);
        assert_eq!(Terms::Net { days: 0 }.looseness(Terms::Prepaid), Greater);
        assert_eq!(Terms::OnDelivery.looseness(Terms::Net { days: 0 }), Equal);
        assert_eq!(Terms::Prepaid.looseness(Terms::OnDelivery), Less);
    }

    #[test]
    fn json_is_pinned() {
        assert_eq!(serde_json::to_string(&Terms::MonthEnd { days: 30 }).unwrap(), r#"{"kind":"month_end","days":30}"#);
        assert_eq!(serde_json::to_string(&Terms::Prepaid).unwrap(), r#"{"kind":"prepaid"}"#);
    }
}
