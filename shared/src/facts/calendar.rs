//! Days: month ends, working days, and the gap between two dates.
//!
//! The house knows dates, not times. Nothing here reads a clock: the date of a judgement is always an argument. Chinese
//! public holidays and the weekends that are worked in exchange are published year by year (国务院办公厅), so they are data
//! of the policy, not of the code.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A calendar day.
pub type Date = NaiveDate;

/// The day so many days later; the last day that chrono can hold, should it not exist.
pub fn plus_days(date: Date, days: u32) -> Date {
    date.checked_add_days(Days::new(u64::from(days))).unwrap_or(Date::MAX)
}

/// The day so many days earlier; the first day that chrono can hold, should it not exist.
pub fn minus_days(date: Date, days: u32) -> Date {
    date.checked_sub_days(Days::new(u64::from(days))).unwrap_or(Date::MIN)
}

/// Days from `from` to `to`; negative when `to` is earlier.
pub fn days_between(from: Date, to: Date) -> i32 {
    // Two dates that chrono can hold are less than 2^31 days apart.
    to.num_days_from_ce().saturating_sub(from.num_days_from_ce())
}

/// The last day of the month that is `months` after the month of `date`.
pub fn month_end(date: Date, months: u32) -> Date {
    date.with_day(1)
        .and_then(|first| first.checked_add_months(Months::new(months.saturating_add(1))))
        .and_then(|next| next.pred_opt())
        .unwrap_or(Date::MAX)
}

/// The first day of the month of `date`.
pub fn month_start(date: Date) -> Date {
    date.with_day(1).unwrap_or(date)
}

/// Which days are worked: Monday to Friday, less `holidays`, plus `workdays` (调休上班).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// Days off although they fall from Monday to Friday.
    pub holidays: BTreeSet<Date>,
    /// Weekend days that are worked in exchange.
    pub workdays: BTreeSet<Date>,
}

impl Calendar {
    /// Whether this day is worked.
    pub fn is_working(&self, date: Date) -> bool {
        let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        if weekend { self.workdays.contains(&date) } else { !self.holidays.contains(&date) }
    }

    /// The day itself when it is worked, else the next one that is. A calendar without a working day within 60 days
    /// leaves the day as it is.
    pub fn next_working(&self, date: Date) -> Date {
        (0..=60).map(|days| plus_days(date, days)).find(|day| self.is_working(*day)).unwrap_or(date)
    }

    /// The day itself when it is worked, else the last one before it that is; with the same bound as
    /// [`Calendar::next_working`].
    pub fn previous_working(&self, date: Date) -> Date {
        (0..=60).map(|days| minus_days(date, days)).find(|day| self.is_working(*day)).unwrap_or(date)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn month_ends() {
        assert_eq!(month_end(day("2024-01-31"), 1), day("2024-02-29"));
        assert_eq!(month_end(day("2026-11-20"), 0), day("2026-11-30"));
        assert_eq!(month_end(day("2026-12-01"), 1), day("2027-01-31"));
        assert_eq!(days_between(day("2024-02-28"), day("2024-03-01")), 2);
    }

    #[test]
    fn rolls_to_a_working_day() {
        let mut calendar = Calendar::default();
        assert_eq!(calendar.next_working(day("2026-11-21")), day("2026-11-23"));
        calendar.workdays.insert(day("2026-11-21"));
        assert_eq!(calendar.next_working(day("2026-11-21")), day("2026-11-21"));
        calendar.holidays.insert(day("2026-11-23"));
        assert_eq!(calendar.next_working(day("2026-11-22")), day("2026-11-24"));
    }
}
