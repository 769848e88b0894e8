//! Payment terms: when a document falls due, and which of two terms is looser.
//!
//! Only what a contract says lives here; whether asked terms are looser than granted is judged by the order check.

use super::calendar::{Calendar, Date, month_end, plus_days};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// When it falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
}

impl Terms {
    /// The day on which a document of this date falls due, rolled on to a working day.
    pub fn due(self, date: Date, calendar: &Calendar) -> Date {
        calendar.next_working(match self {
            Self::Prepaid | Self::OnDelivery => date,
            Self::Net { days } => plus_days(date, u32::from(days)),
            Self::MonthEnd { days } => plus_days(month_end(date, 0), u32::from(days)),
        })
    }

    /// The longest time in days from a document's date to its due date, before rolling: what terms are ranked by.
    /// 月结 counts the whole month of 31 days before its days begin.
    pub const fn days_at_most(self) -> u32 {
        match self {
            Self::Prepaid | Self::OnDelivery => 0,
            Self::Net { days } => days as u32,
            Self::MonthEnd { days } => (days as u32).saturating_add(31),
        }
    }

    /// Compares by looseness: greater is looser. Payment on delivery is looser than payment in advance.
    pub fn looseness(self, other: Self) -> Ordering {
        let rank = |terms: Self| (terms.days_at_most(), !matches!(terms, Self::Prepaid));
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
