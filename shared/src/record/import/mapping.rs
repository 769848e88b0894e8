//! Which column stands for what, and the choices that a file leaves open.
//!
//! [`inspect`] looks at a text, finds the table in it, recognises the columns, weighs the evidence for dates and amounts
//! and proposes a [`Mapping`]; what it can't know it returns as [`Question`]s, and never answers itself. A mapping can also
//! be made wholly by hand. It is remembered by its source, the signature of the column names, and proposed again for the
//! next file of the same shape; the evidence of that file is weighed anew, and where the two differ it is the evidence that
//! holds.

use super::amounts::{AmountEvidence, DecimalMark, MarkVerdict};
use super::columns::{Field, FileKind, plain_name, unit_of};
use super::dates::{DateCells, DateEvidence, DateOrder, DateVerdict, DateWitness};
use super::problem::FileError;
use super::records::{Cells, Records, Separator};
use super::sniff::ROWS_MAX;
use super::text::narrowed;
use crate::facts::calendar::Date;
use crate::facts::id::derived;
use crate::facts::money::Currency;
use crate::facts::terms::Terms;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many of the first records are searched for the row of column names.
const HEADER_WITHIN: usize = 40;
/// The most columns that a table may have.
pub const COLUMNS_MAX: usize = 256;

/// How a file is read: which column stands for what, and the choices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// What kind of file it is.
    pub kind: FileKind,
    /// The sheet of a workbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// What stands between two cells.
    pub separator: Separator,
    /// The line of the column names.
    pub header_line: u32,
    /// The signature of the column names: what the mapping is remembered by.
    pub source: String,
    /// Which column stands for what.
    pub columns: BTreeMap<Field, Column>,
    /// What the file leaves open.
    pub choices: Choices,
}

impl Mapping {
    /// What of it is good for the next file with the same column names: not the day of one list of open items, not up to
    /// which day documents were brought along, and not the name of a sheet, which often tells the month.
    #[must_use]
    pub fn remembered(&self) -> Self {
        let mut next = self.clone();
        next.choices.opening_until = None;
        next.sheet = None;
        if let Mode::Snapshot { as_of } = &mut next.choices.mode {
            *as_of = None;
        }
        next
    }
}

/// A column of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its place, counted from 0.
    pub index: usize,
    /// Its name in the file.
    pub name: String,
}

/// What a file leaves open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Choices {
    /// Whether the day or the month comes first where the year comes last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
    /// Whether five-digit numbers in date columns are a spreadsheet's count of days.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub serial_dates: bool,
    /// What stands before the decimals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimal_mark: Option<DecimalMark>,
    /// The currency of rows that name none.
    pub currency: Currency,
    /// How rows become facts.
    pub mode: Mode,
    /// What becomes of customers that the book doesn't know.
    pub unknown_customers: UnknownCustomers,
    /// The terms by which a document without a due date falls due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Terms>,
    /// Documents dated up to this day are opening items: they keep their dates and are no sales.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening_until: Option<Date>,
}

/// How rows become facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ImportMode"))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Mode {
    /// Each row is a document that arose, and perhaps was settled; what isn't in the file stays as it is.
    Events,
    /// 未清项清单: all that is open on a day. What vanished is proposed as settled, what changed as corrected.
    Snapshot {
        /// The day on which the list was drawn; it must be given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        as_of: Option<Date>,
    },
    /// 明细账: documents and money without word of what settles what. Money settles the oldest first, marked derived.
    Unallocated,
}

/// What becomes of customers that the book doesn't know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum UnknownCustomers {
    /// Their rows are errors.
    Refuse,
    /// They are created from what the row says.
    Create,
}

/// What somebody has to say before the file can be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "question", rename_all = "snake_case")]
pub enum Question {
    /// Which column stands for this? At least one of them is needed.
    Column {
        /// Any of these.
        any_of: Vec<Field>,
    },
    /// Does the day or the month come first? See the evidence.
    DateOrder,
    /// Is it a decimal point or a decimal comma? See the evidence.
    DecimalMark,
    /// Are five-digit numbers in the date columns a spreadsheet's count of days?
    SerialDates,
    /// On which day was the list of open items drawn?
    AsOf,
    /// By which terms do documents without a due date fall due?
    Terms,
}

/// What is known about the book when a file is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Defaults {
    /// Today, in the book's time zone.
    pub today: Date,
    /// The book's currency.
    pub currency: Currency,
}

/// What a look at a file finds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Inspection {
    /// The columns' names, by place.
    pub header: Vec<String>,
    /// Rows below the row of column names, blank ones aside.
    pub rows: u32,
    /// The first rows as they stand.
    pub sample: Vec<SampleRow>,
    /// The proposal: recognised, or remembered.
    pub mapping: Mapping,
    /// What the dates say.
    pub dates: DateEvidence,
    /// What the amounts say.
    pub amounts: AmountEvidence,
    /// What must be answered before the file can be read.
    pub questions: Vec<Question>,
    /// What was remembered for these columns and gave way, because this file says otherwise.
    #[serde(default, skip_serializing_if = "GaveWay::is_nothing")]
    pub gave_way: GaveWay,
}

/// Remembered answers that a file's own evidence speaks against; the evidence holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GaveWay {
    /// The order of day and month in which the file before was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
    /// The mark before the decimals of the file before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimal_mark: Option<DecimalMark>,
}

impl GaveWay {
    /// Whether nothing had to.
    pub const fn is_nothing(&self) -> bool {
        self.date_order.is_none() && self.decimal_mark.is_none()
    }
}

/// A row as it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SampleRow {
    /// Its line.
    pub line: u32,
    /// Its cells.
    pub cells: Vec<String>,
}

/// Looks at a text and proposes how to read it. `kind` when somebody has said what it is; `remembered` finds a mapping that
/// was used for the same column names before. It said how that file was written: where this one's evidence decides
/// otherwise, the evidence holds and [`Inspection::gave_way`] says so; where it contradicts itself, it is asked anew.
///
/// # Errors
///
/// [`FileError::NoTable`] when no row of column names is found or nothing stands below it,
/// [`FileError::TooManyColumns`], [`FileError::TooManyRows`], [`FileError::UnclosedQuote`] when the text can't be read
/// to its end.
pub fn inspect(
    text: &str,
    kind: Option<FileKind>,
    defaults: Defaults,
    remembered: impl Fn(&str) -> Option<Mapping>,
) -> Result<Inspection, FileError> {
    let table = find_table(text, kind)?;
    let source = signature(&table.header);
    let fits = |of: FileKind| kind.map_or_else(|| FileKind::ALL.contains(&of), |kind| kind == of);
    let known = remembered(&source).filter(|mapping| fits(mapping.kind));
    let Some(known) = known else {
        return examine(text, propose(&table, kind, &source, defaults), defaults);
    };
    let before = known.choices.clone();
    let mapping = Mapping { separator: table.separator, header_line: table.line, ..known };
    let (found, mut mapping) = (hear(text, &mapping, defaults)?, mapping);
    let choices = &mut mapping.choices;
    if found.dates.verdict.order().is_some_and(|order| before.date_order != Some(order))
        || found.dates.verdict == DateVerdict::Contradicted
    {
        choices.date_order = None;
    }
    if found.amounts.verdict.mark().is_some_and(|mark| before.decimal_mark != Some(mark))
        || found.amounts.verdict == MarkVerdict::Contradicted
    {
        choices.decimal_mark = None;
    }
    let mut inspection = found.settled(mapping);
    let decided = &inspection.mapping.choices;
    inspection.gave_way = GaveWay {
        date_order: before
            .date_order
            .filter(|_| decided.date_order.is_some() && decided.date_order != before.date_order),
        decimal_mark: before
            .decimal_mark
            .filter(|_| decided.decimal_mark.is_some() && decided.decimal_mark != before.decimal_mark),
    };
    Ok(inspection)
}

/// Looks at a text with a mapping that somebody has changed: weighs the evidence of the columns that it names. An answer
/// that the mapping holds already stands; what it leaves open is filled in where the evidence decides, else asked.
///
/// # Errors
///
/// [`FileError`] when the mapping lacks a column, was made for other columns, or the text can't be read to its end.
pub fn examine(text: &str, mapping: Mapping, defaults: Defaults) -> Result<Inspection, FileError> {
    Ok(hear(text, &mapping, defaults)?.settled(mapping))
}

/// What a text says by itself, read by the columns of a mapping.
struct Heard {
    header: Vec<String>,
    rows: u32,
    sample: Vec<SampleRow>,
    dates: DateEvidence,
    amounts: AmountEvidence,
}

impl Heard {
    /// With what the evidence decides filled in, and what is left to ask.
    fn settled(self, mut mapping: Mapping) -> Inspection {
        let Self { header, rows, sample, dates, amounts } = self;
        let questions = settle(&mut mapping, &dates, &amounts);
        Inspection { header, rows, sample, mapping, dates, amounts, questions, gave_way: GaveWay::default() }
    }
}

/// Reads the whole text once and hears its evidence.
fn hear(text: &str, mapping: &Mapping, defaults: Defaults) -> Result<Heard, FileError> {
    let mut records = Records::new(text, mapping.separator);
    let mut cells = Cells::new();
    let header = header_at(&mut records, &mut cells, mapping.header_line)?;
    let mut witness = DateWitness::new(defaults.today);
    let mut amounts = AmountEvidence::default();
    let (mut rows, mut sample) = (0_u32, Vec::new());
    let places = Places::of(mapping);
    while let Some(line) = records.read(&mut cells)? {
        rows = rows.saturating_add(1);
        if rows > ROWS_MAX {
            return Err(FileError::TooManyRows { max: ROWS_MAX });
        }
        if sample.len() < 20 {
            let shown = cells.iter().take(COLUMNS_MAX).map(|cell| cell.chars().take(200).collect()).collect();
            sample.push(SampleRow { line, cells: shown });
        }
        witness.hear(line, places.dates(&cells));
        for place in &places.amounts {
            if let Some(cell) = cells.get(*place) {
                amounts.hear(line, cell);
            }
        }
    }
    if rows == 0 {
        return Err(FileError::NoTable);
    }
    Ok(Heard { header, rows, sample, dates: witness.verdict(), amounts: amounts.weighed() })
}

/// The days from date to due date that at least nine in ten rows of the file share, where day and month stand in an order
/// that had to be decided; a row that doesn't share them, but would if they were swapped, is suspect.
pub(super) fn usual_days(text: &str, mapping: &Mapping) -> Result<Option<i32>, FileError> {
    let has = |field| mapping.columns.contains_key(&field);
    let Some(order) = mapping.choices.date_order.filter(|_| has(Field::Date) && has(Field::Due)) else {
        return Ok(None);
    };
    let mut records = Records::new(text, mapping.separator);
    let mut cells = Cells::new();
    header_at(&mut records, &mut cells, mapping.header_line)?;
    let mut witness = DateWitness::new(Date::MAX);
    let places = Places::of(mapping);
    while let Some(line) = records.read(&mut cells)? {
        witness.hear(line, places.dates(&cells));
    }
    let side = match order {
        DateOrder::DayFirst => witness.verdict().day_first,
        DateOrder::MonthFirst => witness.verdict().month_first,
    };
    let (shared, all) = (u64::from(side.with_these_days), u64::from(side.with_due));
    Ok(side.days.filter(|_| all >= 20 && shared.saturating_mul(10) >= all.saturating_mul(9)))
}

/// Fills in what the evidence decides and returns what is left to ask.
fn settle(mapping: &mut Mapping, dates: &DateEvidence, amounts: &AmountEvidence) -> Vec<Question> {
    let mut questions = missing_columns(mapping);
    let choices = &mut mapping.choices;
    match dates.verdict {
        DateVerdict::Decided { order } => {
            // A chosen order that this file's evidence speaks against is asked again.
            if choices.date_order.is_some_and(|chosen| chosen != order) {
                questions.push(Question::DateOrder);
            }
            choices.date_order.get_or_insert(order);
        }
        DateVerdict::Ambiguous | DateVerdict::Contradicted if choices.date_order.is_none() => {
            questions.push(Question::DateOrder);
        }
        DateVerdict::Ambiguous | DateVerdict::Contradicted | DateVerdict::NotNeeded => {}
    }
    match amounts.verdict {
        MarkVerdict::Decided { mark } => {
            if choices.decimal_mark.is_some_and(|chosen| chosen != mark) {
                questions.push(Question::DecimalMark);
            }
            choices.decimal_mark.get_or_insert(mark);
        }
        MarkVerdict::Ambiguous | MarkVerdict::Contradicted if choices.decimal_mark.is_none() => {
            questions.push(Question::DecimalMark);
        }
        MarkVerdict::Ambiguous | MarkVerdict::Contradicted | MarkVerdict::NotNeeded => {}
    }
    if dates.serials > 0 && !choices.serial_dates {
        questions.push(Question::SerialDates);
    }
    if matches!(choices.mode, Mode::Snapshot { as_of: None }) {
        questions.push(Question::AsOf);
    }
    let has = |field| mapping.columns.contains_key(&field);
    if mapping.kind == FileKind::Receivables && !has(Field::Due) && choices.terms.is_none() {
        questions.push(Question::Terms);
    }
    questions
}

/// What the kind of file needs and the mapping doesn't have.
fn missing_columns(mapping: &Mapping) -> Vec<Question> {
    let snapshot = matches!(mapping.choices.mode, Mode::Snapshot { .. });
    let needed: &[&[Field]] = match mapping.kind {
        FileKind::Customers => &[&[Field::Customer], &[Field::Name]],
        FileKind::Receivables if snapshot => {
            &[&[Field::Customer], &[Field::Number], &[Field::Date], &[Field::Balance, Field::Amount]]
        }
        FileKind::Receivables => {
            &[&[Field::Customer], &[Field::Number], &[Field::Date], &[Field::Amount, Field::Debit]]
        }
        FileKind::Receipts => &[&[Field::Customer], &[Field::Date], &[Field::Amount]],
        FileKind::Bank => &[&[Field::Date], &[Field::Amount, Field::Credit]],
    };
    needed
        .iter()
        .filter(|any_of| !any_of.iter().any(|field| mapping.columns.contains_key(field)))
        .map(|any_of| Question::Column { any_of: any_of.to_vec() })
        .collect()
}

/// The first needed column that a mapping lacks.
pub(super) fn lacking(mapping: &Mapping) -> Option<Field> {
    missing_columns(mapping).into_iter().find_map(|question| match question {
        Question::Column { any_of } => any_of.first().copied(),
        _ => None,
    })
}

/// Where the cells that give evidence stand.
struct Places {
    date: Option<usize>,
    due: Option<usize>,
    settled: Option<usize>,
    days_to_settle: Option<usize>,
    others: [Option<usize>; 3],
    amounts: Vec<usize>,
}

impl Places {
    fn of(mapping: &Mapping) -> Self {
        let place = |field| mapping.columns.get(&field).map(|column| column.index);
        let others = match mapping.kind {
            FileKind::Customers => [Field::Founded, Field::Since, Field::LimitUntil],
            FileKind::Receivables | FileKind::Receipts | FileKind::Bank => [Field::DisputedOn; 3],
        };
        let mut others = others.map(place);
        if mapping.kind != FileKind::Customers {
            others = [place(Field::DisputedOn), None, None];
        }
        let amounts = mapping.columns.iter().filter(|(field, _)| field.is_amount()).map(|(_, column)| column.index);
        Self {
            date: place(Field::Date),
            due: place(Field::Due),
            settled: place(Field::Settled),
            days_to_settle: place(Field::DaysToSettle),
            others,
            amounts: amounts.collect(),
        }
    }

    fn dates<'c>(&self, cells: &'c Cells<'_>) -> DateCells<'c> {
        let cell = |place: Option<usize>| place.and_then(|place| cells.get(place)).map_or("", AsRef::as_ref);
        DateCells {
            date: cell(self.date),
            due: cell(self.due),
            settled: cell(self.settled),
            others: self.others.map(cell),
            days_to_settle: cell(self.days_to_settle),
        }
    }
}

/// The names in the row of column names; `records` stands behind it afterwards.
pub(super) fn header_at<'t>(
    records: &mut Records<'t>,
    cells: &mut Cells<'t>,
    header_line: u32,
) -> Result<Vec<String>, FileError> {
    while let Some(line) = records.read(cells)? {
        if line == header_line {
            if cells.len() > COLUMNS_MAX {
                return Err(FileError::NoTable);
            }
            return Ok(cells.iter().map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" ")).collect());
        }
        if line > header_line {
            break;
        }
    }
    Err(FileError::NoTable)
}

struct Table {
    separator: Separator,
    line: u32,
    header: Vec<String>,
}

/// Finds the separator and the row of column names: the reading in which most cells of one row are names we know; where
/// none is known, the one with the most columns that its next rows share.
fn find_table(text: &str, kind: Option<FileKind>) -> Result<Table, FileError> {
    let mut best: Option<((usize, usize), Table)> = None;
    let mut unclosed = None;
    for separator in Separator::ALL {
        let first = match first_records(text, separator) {
            Ok(first) => first,
            Err(error) => {
                unclosed.get_or_insert(error);
                continue;
            }
        };
        for (position, (line, cells)) in first.iter().enumerate() {
            if cells.len() > COLUMNS_MAX {
                continue;
            }
            let names: Vec<String> = cells.iter().map(|cell| plain_name(cell)).collect();
            let known = |kind: FileKind| names.iter().filter(|name| kind.knows(name)).count();
            let any = || FileKind::ALL.into_iter().map(known).max().unwrap_or(0);
            let known = kind.map_or_else(any, known);
            let filled = cells.iter().filter(|cell| !cell.trim().is_empty()).count();
            let below = first.iter().skip(position.saturating_add(1)).take(10);
            let alike = below.filter(|(_, row)| row.len() == cells.len()).count();
            // Column names are no numbers and stand above rows of the same width.
            let texts = cells
                .iter()
                .all(|cell| !cell.contains(|c: char| c.is_ascii_digit()) || cell.chars().any(char::is_alphabetic));
            let unknown_table = if texts && alike > 0 && filled >= 2 { filled } else { 0 };
            let score = (if known >= 2 { known } else { 0 }, if known >= 2 { alike } else { unknown_table });
            if score > (0, 0) && best.as_ref().is_none_or(|(most, _)| score > *most) {
                let header = cells.iter().map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
                best = Some((score, Table { separator, line: *line, header }));
            }
        }
    }
    match (best, unclosed) {
        (Some((_, table)), _) => Ok(table),
        (None, Some(error)) => Err(error),
        (None, None) => Err(FileError::NoTable),
    }
}

fn first_records(text: &str, separator: Separator) -> Result<Vec<(u32, Cells<'_>)>, FileError> {
    let mut records = Records::new(text, separator);
    let mut first = Vec::new();
    let mut cells = Cells::new();
    while first.len() < HEADER_WITHIN {
        match records.read(&mut cells) {
            Ok(Some(line)) => first.push((line, std::mem::take(&mut cells))),
            // With another separator the same quotation mark may be harmless; a table above it is still a table.
            Err(error) if first.is_empty() => return Err(error),
            Ok(None) | Err(_) => break,
        }
    }
    Ok(first)
}

/// What a mapping is remembered by: the column names, whatever their place.
fn signature(header: &[String]) -> String {
    let mut names: Vec<String> = header.iter().map(|name| narrowed(name).to_lowercase()).collect();
    names.sort_unstable();
    let parts: Vec<&str> = std::iter::once("header").chain(names.iter().map(String::as_str)).collect();
    derived(&parts).to_string()
}

/// The kind of file that misses the fewest columns, of these the one that knows the most.
fn propose(table: &Table, kind: Option<FileKind>, source: &str, defaults: Defaults) -> Mapping {
    let known = |mapping: &Mapping| (std::cmp::Reverse(missing_columns(mapping).len()), mapping.columns.len());
    let worth = |mapping: &Mapping| Some(known(mapping)).filter(|_| !mapping.columns.is_empty());
    let mut best = proposal(table, kind.unwrap_or(FileKind::Receivables), source, defaults);
    for other in FileKind::ALL.into_iter().filter(|_| kind.is_none()) {
        let other = proposal(table, other, source, defaults);
        if worth(&other) > worth(&best) {
            best = other;
        }
    }
    best
}

fn proposal(table: &Table, kind: FileKind, source: &str, defaults: Defaults) -> Mapping {
    let columns = recognise(kind, &table.header);
    let has = |field| columns.contains_key(&field);
    // Balances without the days of settlement make a list of open items.
    let open_list = has(Field::Balance) && !has(Field::Settled) && !has(Field::Debit);
    let mode = match kind {
        FileKind::Receivables if has(Field::Debit) && has(Field::Credit) => Mode::Unallocated,
        FileKind::Receivables if open_list => Mode::Snapshot { as_of: None },
        FileKind::Customers | FileKind::Receivables | FileKind::Receipts | FileKind::Bank => Mode::Events,
    };
    let mut amounts = columns.iter().filter(|(field, _)| field.is_amount() && **field != Field::RegisteredCapital);
    let named = amounts.find_map(|(_, column)| unit_of(&column.name).1);
    let choices = Choices {
        date_order: None,
        serial_dates: false,
        decimal_mark: None,
        currency: named.unwrap_or(defaults.currency),
        mode,
        unknown_customers: UnknownCustomers::Refuse,
        terms: None,
        opening_until: None,
    };
    let (separator, header_line, source) = (table.separator, table.line, source.to_owned());
    Mapping { kind, sheet: None, separator, header_line, source, columns, choices }
}

/// Matches columns with fields: the better name wins, and a column stands for one field only.
fn recognise(kind: FileKind, header: &[String]) -> BTreeMap<Field, Column> {
    let names: Vec<String> = header.iter().map(|name| plain_name(name)).collect();
    let mut candidates: Vec<(usize, usize, Field)> = Vec::new();
    for field in kind.fields() {
        for (index, name) in names.iter().enumerate() {
            if let Some(rank) = kind.rank(field, name) {
                candidates.push((rank, index, field));
            }
        }
    }
    candidates.sort_unstable();
    let mut columns: BTreeMap<Field, Column> = BTreeMap::new();
    for (_, index, field) in candidates {
        let taken = columns.values().any(|column| column.index == index);
        if !taken && !columns.contains_key(&field) {
            let name = header.get(index).cloned().unwrap_or_default();
            columns.insert(field, Column { index, name });
        }
    }
    // Where a file has no customer numbers, its customers are told by name.
    if matches!(kind, FileKind::Receivables | FileKind::Receipts)
        && !columns.contains_key(&Field::Customer)
        && let Some(name) = columns.remove(&Field::Name)
    {
        columns.insert(Field::Customer, name);
    }
    columns
}
