//! Days in files: how they are written, and whether the day or the month comes first.
//!
//! `03/04/2012` is the third of April or the fourth of March, and hundreds of such rows parse either way without an
//! error. So the order is decided for the whole file from evidence, never by a default: cells that are a date one way
//! only; rows whose due date is as many days after their date as on nearly all other rows; rows that give the days to
//! settlement; rows where the other order would let a document fall due or be settled before it was written, or after
//! today. The counts are returned to be shown. When they decide nothing, or contradict each other, somebody is asked.

use super::problem::What;
use super::text::{narrowed, shortened};
use crate::facts::calendar::{Date, days_between};
use chrono::{Datelike, Days};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which comes first where the year comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 20/11/2026.
    DayFirst,
    /// 11/20/2026.
    MonthFirst,
}

impl DateOrder {
    /// The order as a pattern.
    pub const fn pattern(self) -> &'static str {
        match self {
            Self::DayFirst => "day/month/year",
            Self::MonthFirst => "month/day/year",
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::DayFirst => Self::MonthFirst,
            Self::MonthFirst => Self::DayFirst,
        }
    }
}

/// How the dates of a file are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DateStyle {
    /// Which comes first where the year comes last; absent as long as it isn't known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<DateOrder>,
    /// Whether a bare number such as 46346 is a spreadsheet's count of days.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub serials: bool,
}

/// A cell as a date, before day and month are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    /// Only one reading.
    Plain(Date),
    /// Two numbers and a year.
    Slashed { first: u32, second: u32, year: i32 },
    /// A count of days since 1899-12-30.
    Serial(u32),
}

fn valid(year: i32, month: u32, day: u32) -> Option<Date> {
    Date::from_ymd_opt(year, month, day).filter(|_| (1900..=2199).contains(&year))
}

const fn in_order(first: u32, second: u32, order: DateOrder) -> (u32, u32) {
    match order {
        DateOrder::DayFirst => (second, first),
        DateOrder::MonthFirst => (first, second),
    }
}

fn number(text: &str) -> Option<u32> {
    if text.is_empty() || text.len() > 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

fn month_by_name(text: &str) -> Option<u32> {
    const NAMES: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let lower = text.trim_end_matches('.').to_ascii_lowercase();
    if lower.len() < 3 || lower.len() > 9 {
        return None;
    }
    NAMES.iter().zip(1_u32..).find(|(name, _)| lower.starts_with(**name)).map(|(_, month)| month)
}

/// Reads a cell. The time of day, if any, is left out.
fn written(cell: &str) -> Result<Written, What> {
    let refused = || What::NotADate { cell: shortened(cell) };
    let text = narrowed(cell);
    let text = text.as_ref();
    // 2026-11-20 is by far the commonest and has a way of its own.
    if text.len() == 10
        && text.is_ascii()
        && text.as_bytes().get(4) == Some(&b'-')
        && let Ok(date) = text.parse::<Date>()
    {
        return Some(date).filter(|date| (1900..=2199).contains(&date.year())).map(Written::Plain).ok_or_else(refused);
    }
    let day = match text.split_once(['T', ' ']) {
        Some((day, time)) if time.contains(':') => day.trim(),
        _ => text,
    };
    let day = day.trim_end_matches(['日', '号']).trim();
    let mut parts = day.split(['-', '/', '.', '年', '月', ' ', ',']).filter(|part| !part.is_empty());
    let (first, second, third, fourth) = (parts.next(), parts.next(), parts.next(), parts.next());
    match (first, second, third, fourth) {
        (Some(only), None, None, None) => {
            let count = number(only).ok_or_else(refused)?;
            if only.len() == 8 {
                let (year, rest) = (count.checked_div(10_000), count.checked_rem(10_000));
                let (month, day) = (rest.and_then(|r| r.checked_div(100)), rest.and_then(|r| r.checked_rem(100)));
                let year = year.and_then(|year| i32::try_from(year).ok()).unwrap_or(0);
                return valid(year, month.unwrap_or(0), day.unwrap_or(0)).map(Written::Plain).ok_or_else(refused);
            }
            if only.len() == 5 { Ok(Written::Serial(count)) } else { Err(refused()) }
        }
        (Some(first), Some(second), Some(third), None) => three(cell, first, second, third),
        _ => Err(refused()),
    }
}

/// Reads three parts: year, month and day in some order.
fn three(cell: &str, first: &str, second: &str, third: &str) -> Result<Written, What> {
    let refused = || What::NotADate { cell: shortened(cell) };
    let two_digits = || What::TwoDigitYear { cell: shortened(cell) };
    let year_of = |text: &str| number(text).and_then(|year| i32::try_from(year).ok());
    let named = month_by_name(second).map(|month| (month, first)).or_else(|| month_by_name(first).map(|m| (m, second)));
    if let Some((month, day)) = named {
        let day = number(day.trim_end_matches(|c: char| c.is_ascii_alphabetic())).ok_or_else(refused)?;
        if third.len() == 2 {
            return Err(two_digits());
        }
        return valid(year_of(third).ok_or_else(refused)?, month, day).map(Written::Plain).ok_or_else(refused);
    }
    let (Some(one), Some(two), Some(three)) = (number(first), number(second), number(third)) else {
        return Err(refused());
    };
    match (first.len(), second.len(), third.len()) {
        (4, 1 | 2, 1 | 2) => {
            valid(year_of(first).ok_or_else(refused)?, two, three).map(Written::Plain).ok_or_else(refused)
        }
        (1 | 2, 1 | 2, 4) => {
            Ok(Written::Slashed { first: one, second: two, year: year_of(third).ok_or_else(refused)? })
        }
        (1 | 2, 1 | 2, 2) => Err(two_digits()),
        _ => Err(refused()),
    }
}

/// Reads a date in the file's style. Never guesses: a cell whose reading depends on an order that nobody gave is refused.
pub fn read_date(cell: &str, style: DateStyle) -> Result<Date, What> {
    let refused = || What::NotADate { cell: shortened(cell) };
    match written(cell)? {
        Written::Plain(date) => Ok(date),
        Written::Slashed { first, second, year } => {
            let read = |order| {
                let (month, day) = in_order(first, second, order);
                valid(year, month, day)
            };
            let Some(order) = style.order else {
                return match (read(DateOrder::DayFirst), read(DateOrder::MonthFirst)) {
                    (None, None) => Err(refused()),
                    _ => Err(What::AmbiguousDate { cell: shortened(cell) }),
                };
            };
            match (read(order), read(order.other())) {
                (Some(date), _) => Ok(date),
                (None, Some(_)) => Err(What::OtherDateOrder { cell: shortened(cell), order }),
                (None, None) => Err(refused()),
            }
        }
        Written::Serial(count) if style.serials && (1..80_000).contains(&count) => {
            let start = Date::from_ymd_opt(1899, 12, 30);
            start.and_then(|start| start.checked_add_days(Days::new(u64::from(count)))).ok_or_else(refused)
        }
        Written::Serial(_) => Err(refused()),
    }
}

/// What speaks for one order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderEvidence {
    /// Cells that are a date only this way: the other way their month would be beyond 12.
    pub only: u32,
    /// The line of the first such cell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_line: Option<u32>,
    /// Rows with date and due date whose reading depends on the order and that can be read this way.
    pub with_due: u32,
    /// The commonest number of days from date to due date among these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<i32>,
    /// How many of these rows have it.
    pub with_these_days: u32,
    /// Rows whose settlement is as many days after their date as the file itself says.
    pub as_days_to_settle: u32,
    /// Rows that would be impossible this way: due or settled before their date, or dated after today.
    pub implausible: u32,
}

/// What the dates of a file say about the order of day and month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DateEvidence {
    /// Cells whose reading depends on the order, or would if the day weren't beyond 12.
    pub cells: u32,
    /// Those that are a date both ways, and not the same one.
    pub either: u32,
    /// Five-digit numbers, which may be a spreadsheet's count of days.
    pub serials: u32,
    /// What speaks for the day first.
    pub day_first: OrderEvidence,
    /// What speaks for the month first.
    pub month_first: OrderEvidence,
    /// What follows.
    pub verdict: DateVerdict,
}

/// What follows from the evidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum DateVerdict {
    /// No cell depends on the order.
    #[default]
    NotNeeded,
    /// The evidence speaks for one order and nothing speaks against it.
    Decided {
        /// Which.
        order: DateOrder,
    },
    /// Every cell reads both ways and nothing else tells; somebody must say.
    Ambiguous,
    /// The evidence speaks for both orders; somebody must look.
    Contradicted,
}

impl DateVerdict {
    /// The order, where it is decided.
    pub const fn order(self) -> Option<DateOrder> {
        match self {
            Self::Decided { order } => Some(order),
            Self::NotNeeded | Self::Ambiguous | Self::Contradicted => None,
        }
    }
}

/// The date cells of one row, as far as the file has them.
#[derive(Clone, Copy, Debug, Default)]
pub struct DateCells<'c> {
    /// The document's date.
    pub date: &'c str,
    /// When it falls due.
    pub due: &'c str,
    /// When it was settled.
    pub settled: &'c str,
    /// Further dates: they count as cells only.
    pub others: [&'c str; 3],
    /// The days to settlement, where the file gives them.
    pub days_to_settle: &'c str,
}

/// Gathers evidence row by row.
#[derive(Clone, Debug)]
pub struct DateWitness {
    today: Date,
    evidence: DateEvidence,
    days_day_first: BTreeMap<i32, u32>,
    days_month_first: BTreeMap<i32, u32>,
}

/// One cell read both ways.
#[derive(Clone, Copy, Default)]
struct BothWays {
    day_first: Option<Date>,
    month_first: Option<Date>,
    depends: bool,
}

impl BothWays {
    const fn by(self, order: DateOrder) -> Option<Date> {
        match order {
            DateOrder::DayFirst => self.day_first,
            DateOrder::MonthFirst => self.month_first,
        }
    }
}

fn bump(count: &mut u32) {
    *count = count.saturating_add(1);
}

impl DateWitness {
    /// Begins without any.
    pub fn new(today: Date) -> Self {
        Self {
            today,
            evidence: DateEvidence::default(),
            days_day_first: BTreeMap::new(),
            days_month_first: BTreeMap::new(),
        }
    }

    /// Hears one row.
    pub fn hear(&mut self, line: u32, cells: DateCells<'_>) {
        let date = self.cell(line, cells.date);
        let due = self.cell(line, cells.due);
        let settled = self.cell(line, cells.settled);
        for other in cells.others {
            self.cell(line, other);
        }
        if !(date.depends || due.depends || settled.depends) {
            return;
        }
        let days_to_settle = cells.days_to_settle.trim().parse::<i32>().ok();
        let today = self.today;
        for order in [DateOrder::DayFirst, DateOrder::MonthFirst] {
            let (written, due_on, settled_on) = (date.by(order), due.by(order), settled.by(order));
            let (evidence, days) = match order {
                DateOrder::DayFirst => (&mut self.evidence.day_first, &mut self.days_day_first),
                DateOrder::MonthFirst => (&mut self.evidence.month_first, &mut self.days_month_first),
            };
            if let (Some(written), Some(due_on), true) = (written, due_on, date.depends || due.depends) {
                bump(&mut evidence.with_due);
                // A file with wild dates must not grow the table without bound.
                let apart = days_between(written, due_on).clamp(-1_000, 1_000);
                bump(days.entry(apart).or_default());
            }
            if let (Some(written), Some(settled_on), Some(said)) = (written, settled_on, days_to_settle)
                && days_between(written, settled_on) == said
            {
                bump(&mut evidence.as_days_to_settle);
            }
            let before = |later: Option<Date>| matches!((written, later), (Some(a), Some(b)) if b < a);
            let future = |day: Option<Date>| day.is_some_and(|day| day > today);
            if before(due_on) || before(settled_on) || future(written) || future(settled_on) {
                bump(&mut evidence.implausible);
            }
        }
    }

    fn cell(&mut self, line: u32, cell: &str) -> BothWays {
        if cell.is_empty() {
            return BothWays::default();
        }
        match written(cell) {
            Ok(Written::Plain(date)) => BothWays { day_first: Some(date), month_first: Some(date), depends: false },
            Ok(Written::Serial(_)) => {
                bump(&mut self.evidence.serials);
                BothWays::default()
            }
            Ok(Written::Slashed { first, second, year }) => {
                let day_first = valid(year, second, first);
                let month_first = valid(year, first, second);
                match (day_first, month_first) {
                    (None, None) => return BothWays::default(),
                    (Some(a), Some(b)) if a != b => bump(&mut self.evidence.either),
                    (Some(_), Some(_)) => {}
                    (Some(_), None) => {
                        bump(&mut self.evidence.day_first.only);
                        self.evidence.day_first.first_line.get_or_insert(line);
                    }
                    (None, Some(_)) => {
                        bump(&mut self.evidence.month_first.only);
                        self.evidence.month_first.first_line.get_or_insert(line);
                    }
                }
                bump(&mut self.evidence.cells);
                BothWays { day_first, month_first, depends: day_first != month_first }
            }
            Err(_) => BothWays::default(),
        }
    }

    /// Weighs what was heard.
    pub fn verdict(self) -> DateEvidence {
        let mut evidence = self.evidence;
        for (side, days) in
            [(&mut evidence.day_first, &self.days_day_first), (&mut evidence.month_first, &self.days_month_first)]
        {
            // Of equally common gaps the shortest is named, whatever the order of rows.
            let mut commonest: Option<(i32, u32)> = None;
            for (gap, count) in days {
                if commonest.is_none_or(|(_, most)| *count > most) {
                    commonest = Some((*gap, *count));
                }
            }
            if let Some((gap, count)) = commonest {
                side.days = Some(gap);
                side.with_these_days = count;
            }
        }
        evidence.verdict = weigh(&evidence);
        evidence
    }
}

/// Each kind of evidence speaks for one order, for the other, or not at all. It decides when all that speak agree.
fn weigh(evidence: &DateEvidence) -> DateVerdict {
    let depends = evidence.either > 0 || evidence.day_first.only > 0 || evidence.month_first.only > 0;
    if evidence.cells == 0 || !depends {
        return DateVerdict::NotNeeded;
    }
    let (day, month) = (&evidence.day_first, &evidence.month_first);
    // 1. Cells that are a date one way only. A few the other way among very many are bad rows, not another order.
    let by_cells = prevailing(day.only, month.only);
    let both_ways = by_cells.is_none() && day.only > 0 && month.only > 0;
    // 2. The same days from date to due date on nearly every row one way, and on few the other way.
    let constant = |side: &OrderEvidence| {
        side.with_these_days >= 3
            && u64::from(side.with_these_days).saturating_mul(100) >= u64::from(side.with_due).saturating_mul(95)
    };
    let scattered = |side: &OrderEvidence| {
        u64::from(side.with_these_days).saturating_mul(100) < u64::from(side.with_due).saturating_mul(60)
            || side.with_due == 0
    };
    let by_terms = match () {
        () if constant(day) && scattered(month) => Some(DateOrder::DayFirst),
        () if constant(month) && scattered(day) => Some(DateOrder::MonthFirst),
        () => None,
    };
    // 3. Days to settlement as the file itself gives them.
    let by_settlement = prevailing(day.as_days_to_settle, month.as_days_to_settle);
    // 4. One way rows are impossible, the other way none is. The weakest: it only decides where nothing else speaks.
    let by_plausibility = match (day.implausible, month.implausible) {
        (0, 3..) => Some(DateOrder::DayFirst),
        (3.., 0) => Some(DateOrder::MonthFirst),
        _ => None,
    };
    let strong = [by_cells, by_terms, by_settlement];
    let speaks = |order| strong.contains(&Some(order));
    match (speaks(DateOrder::DayFirst), speaks(DateOrder::MonthFirst)) {
        (true, false) if !both_ways || by_terms.is_some() => DateVerdict::Decided { order: DateOrder::DayFirst },
        (false, true) if !both_ways || by_terms.is_some() => DateVerdict::Decided { order: DateOrder::MonthFirst },
        (false, false) if !both_ways => {
            by_plausibility.map_or(DateVerdict::Ambiguous, |order| DateVerdict::Decided { order })
        }
        _ => DateVerdict::Contradicted,
    }
}

/// The side that has something where the other has nothing, or fifty times as much.
fn prevailing(day: u32, month: u32) -> Option<DateOrder> {
    let (day, month) = (u64::from(day), u64::from(month));
    if day > month.saturating_mul(50) {
        Some(DateOrder::DayFirst)
    } else if month > day.saturating_mul(50) {
        Some(DateOrder::MonthFirst)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: DateStyle = DateStyle { order: Some(DateOrder::DayFirst), serials: false };
    const MONTH: DateStyle = DateStyle { order: Some(DateOrder::MonthFirst), serials: false };
    const UNKNOWN: DateStyle = DateStyle { order: None, serials: false };

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn one_reading_only() {
        for cell in [
            "2026-11-20",
            "2026/11/20",
            "2026.11.20",
            "20261120",
            "2026年11月20日",
            "２０２６年１１月２０日",
            "2026-11-20 00:00:00",
            "2026-11-20T08:30:00",
            "20-Nov-2026",
            "Nov 20, 2026",
            "20 November 2026",
            " 2026/11/20 ",
            "2026-11-20 8:05",
        ] {
            assert_eq!(read_date(cell, UNKNOWN), Ok(day("2026-11-20")), "{cell}");
        }
        assert_eq!(read_date("2026/1/5", UNKNOWN), Ok(day("2026-01-05")));
        assert_eq!(read_date("2026年1月5号", UNKNOWN), Ok(day("2026-01-05")));
    }

    #[test]
    fn order_is_needed_and_never_guessed() {
        assert_eq!(read_date("03/04/2012", DAY), Ok(day("2012-04-03")));
        assert_eq!(read_date("3/4/2012", MONTH), Ok(day("2012-03-04")));
        assert_eq!(read_date("03.04.2012", UNKNOWN), Err(What::AmbiguousDate { cell: "03.04.2012".into() }));
        assert_eq!(
            read_date("12/31/2012", DAY),
            Err(What::OtherDateOrder { cell: "12/31/2012".into(), order: DateOrder::DayFirst })
        );
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for cell in [
            "",
            "abc",
            "2026-02-30",
            "32/01/2026",
            "20261320",
            "2026-11",
            "1/2/3/4",
            "0000-01-01",
            "46346",
            "1899-01-01",
        ] {
            assert!(matches!(read_date(cell, DAY), Err(What::NotADate { .. })), "{cell}");
        }
        for cell in ["31/12/13", "13-12-31", "20-Nov-26"] {
            assert!(matches!(read_date(cell, DAY), Err(What::TwoDigitYear { .. })), "{cell}");
        }
        assert_eq!(read_date("46346", DateStyle { order: None, serials: true }), Ok(day("2026-11-20")));
    }

    fn verdict(rows: &[(&str, &str, &str, &str)]) -> DateEvidence {
        let mut witness = DateWitness::new(day("2026-11-20"));
        for ((date, due, settled, days_to_settle), line) in rows.iter().zip(2..) {
            witness.hear(line, DateCells { date, due, settled, days_to_settle, others: [""; 3] });
        }
        witness.verdict()
    }

    #[test]
    fn a_day_beyond_twelve_decides() {
        let evidence = verdict(&[("03/01/2012", "", "", ""), ("13/01/2012", "", "", "")]);
        assert_eq!(evidence.verdict, DateVerdict::Decided { order: DateOrder::DayFirst });
        assert_eq!((evidence.cells, evidence.either, evidence.day_first.only), (2, 1, 1));
        assert_eq!(evidence.day_first.first_line, Some(3));
        assert_eq!(
            verdict(&[("1/13/2012", "", "", "")]).verdict,
            DateVerdict::Decided { order: DateOrder::MonthFirst }
        );
    }

    #[test]
    fn constant_terms_decide_where_every_cell_reads_both_ways() {
        // Thirty days on every row when the month comes first.
        let evidence = verdict(&[
            ("1/6/2012", "2/5/2012", "", ""),
            ("8/7/2013", "9/6/2013", "", ""),
            ("10/5/2013", "11/4/2013", "", ""),
            ("3/3/2013", "4/2/2013", "", ""),
        ]);
        assert_eq!(evidence.verdict, DateVerdict::Decided { order: DateOrder::MonthFirst });
        assert_eq!((evidence.month_first.days, evidence.month_first.with_these_days), (Some(30), 4));
    }

    #[test]
    fn days_to_settle_decide() {
        let evidence = verdict(&[("03/01/2012", "", "05/01/2012", "2"), ("04/02/2012", "", "06/02/2012", "2")]);
        assert_eq!(evidence.verdict, DateVerdict::Decided { order: DateOrder::DayFirst });
    }

    #[test]
    fn what_cannot_be_decides_last() {
        let evidence = verdict(&[
            ("10/09/2012", "09/10/2012", "", ""),
            ("10/08/2012", "09/09/2012", "", ""),
            ("12/05/2012", "03/07/2012", "", ""),
        ]);
        assert_eq!(evidence.month_first.implausible, 3);
        assert_eq!(evidence.verdict, DateVerdict::Decided { order: DateOrder::DayFirst });
    }

    #[test]
    fn nothing_to_go_by_is_asked() {
        assert_eq!(verdict(&[("03/01/2012", "", "", ""), ("04/02/2012", "", "", "")]).verdict, DateVerdict::Ambiguous);
        assert_eq!(verdict(&[("2012-01-03", "2012-02-02", "", "")]).verdict, DateVerdict::NotNeeded);
        assert_eq!(verdict(&[("03/03/2012", "", "", "")]).verdict, DateVerdict::NotNeeded);
    }

    #[test]
    fn contradictions_are_asked() {
        let evidence = verdict(&[("13/01/2012", "", "", ""), ("01/13/2012", "", "", "")]);
        assert_eq!(evidence.verdict, DateVerdict::Contradicted);
        // The cells say one thing, the terms another: a spreadsheet has swapped what it could.
        let evidence = verdict(&[
            ("1/6/2012", "2/5/2012", "", ""),
            ("8/7/2013", "9/6/2013", "", ""),
            ("10/5/2013", "11/4/2013", "", ""),
            ("10/3/2013", "11/2/2013", "13/11/2013", ""),
        ]);
        assert_eq!(evidence.verdict, DateVerdict::Contradicted);
    }
}
