//! What can be wrong with a file, a row or a cell: typed, with the values that a sentence needs.
//!
//! Pages render a problem in their language from its stable `code` and parameters; [`std::fmt::Display`] gives the
//! English. [`Problems`] keeps the first [`LISTED_MAX`] and counts them all.

use super::columns::Field;
use super::dates::DateOrder;
use super::sniff::Binary;
use crate::facts::calendar::Date;
use crate::facts::money::{Currency, Money};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How many problems are listed; the rest are counted.
pub const LISTED_MAX: usize = 500;

/// Why a file as a whole is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum FileError {
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It is no text.
    #[error("the file is neither text nor a workbook but {}: save the sheet as .xlsx or CSV and choose that file", binary(*what))]
    Binary {
        /// What it is.
        what: Binary,
    },
    /// The workbook asks for a password.
    #[error("the workbook is protected by a password: save it without one and choose that file")]
    EncryptedWorkbook,
    /// The workbook cannot be read.
    #[error("the workbook is broken ({part}): open it, save it again as .xlsx and choose that file")]
    BrokenWorkbook {
        /// Where.
        part: String,
    },
    /// The workbook unpacks to more than is taken.
    #[error("the workbook unpacks to more than {max} bytes: divide it, or save the sheet as CSV")]
    WorkbookTooLarge {
        /// How many are taken.
        max: u64,
    },
    /// More columns than a table may have.
    #[error("the sheet has more than {max} columns")]
    TooManyColumns {
        /// How many are taken.
        max: usize,
    },
    /// The workbook has several sheets with something in them, and none was chosen.
    #[error("the workbook has several sheets ({}): which one?", sheets.join(", "))]
    WhichSheet {
        /// Their names.
        sheets: Vec<String>,
    },
    /// The workbook has no sheet of this name.
    #[error("the workbook has no sheet '{sheet}'")]
    NoSheet {
        /// The name.
        sheet: String,
    },
    /// The XML cannot be read.
    #[error("line {line}: the XML is broken or goes beyond what is taken")]
    BrokenXml {
        /// Where.
        line: u32,
    },
    /// It is neither UTF-8 nor GB18030.
    #[error("the file's characters can be read neither as UTF-8 nor as GBK/GB18030: save it again as CSV UTF-8")]
    BrokenEncoding,
    /// It has too many bytes.
    #[error("the file has {bytes} bytes, more than {max}: divide it")]
    TooLarge {
        /// How many it has.
        bytes: usize,
        /// How many are taken.
        max: usize,
    },
    /// It has too many rows.
    #[error("the file has more than {max} rows: divide it")]
    TooManyRows {
        /// How many are taken.
        max: u32,
    },
    /// No row with column names was found, or nothing stands below it.
    #[error("no row of column names with rows below it was found")]
    NoTable,
    /// A quotation mark is opened and never closed, so that the rest of the file is one cell.
    #[error("line {line}: a quotation mark is opened and not closed")]
    UnclosedQuote {
        /// Where it is opened.
        line: u32,
    },
    /// The columns of the file are not those that the mapping was made for.
    #[error("the column '{expected}' is not where it was when the columns were matched; found '{found}'")]
    OtherColumns {
        /// The name in the mapping.
        expected: String,
        /// The name in the file.
        found: String,
    },
    /// A column that this kind of file needs is matched with nothing.
    #[error("no column is matched with {field}")]
    MissingColumn {
        /// What is missing.
        field: Field,
    },
    /// The day on which the list of open items was drawn is not given.
    #[error("the day on which the list of open items was drawn is not given")]
    AsOfMissing,
    /// The list of open items is of a day that has not come yet.
    #[error("the list of open items is of {as_of}, after today, {today}")]
    AsOfInFuture {
        /// The day given.
        as_of: Date,
        /// Today.
        today: Date,
    },
    /// The list of open items is older than one that the book already holds.
    #[error("the list of open items is of {as_of}; the book already holds one of {newest}")]
    AsOfTooOld {
        /// The day given.
        as_of: Date,
        /// The day of the newest list.
        newest: Date,
    },
}

fn binary(what: Binary) -> &'static str {
    match what {
        Binary::Workbook => "a zip file that holds no .xlsx workbook",
        Binary::OldWorkbook => "an old workbook (.xls)",
        Binary::Pdf => "a PDF",
        Binary::Image => "an image",
        Binary::Archive => "a compressed archive",
        Binary::Unknown => "binary data",
    }
}

/// How grave a problem is. Any error keeps the whole file out of the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing of the file is recorded until this is put right.
    Error,
    /// Recorded as it stands, but worth a look.
    Warning,
    /// Said for completeness: something was left out on purpose.
    Note,
}

/// One thing wrong with one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ImportProblem"))]
#[serde(deny_unknown_fields)]
pub struct Problem {
    /// The line in the file, counted from 1; absent when no single line is to blame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column's name in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What the column stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Field>,
    /// How grave it is.
    pub severity: Severity,
    /// What it is.
    pub what: What,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum What {
    /// A cell that must be filled is blank.
    #[error("is blank")]
    Blank,
    /// The cell holds a formula.
    #[error("holds a formula, '{cell}': paste values")]
    Formula {
        /// The cell, shortened.
        cell: String,
    },
    /// The cell holds a control character.
    #[error("holds a control character (U+{character:04X})")]
    ControlCharacter {
        /// Its number.
        character: u32,
    },
    /// The text is too long.
    #[error("has {length} characters, more than {max}")]
    TooLong {
        /// How many it has.
        length: usize,
        /// How many are taken.
        max: usize,
    },
    /// The cell holds no date.
    #[error("'{cell}' is no date")]
    NotADate {
        /// The cell, shortened.
        cell: String,
    },
    /// The cell would be a date if day and month stood the other way round.
    #[error("'{cell}' is no date when read {}", order.pattern())]
    OtherDateOrder {
        /// The cell.
        cell: String,
        /// The order in which the file is read.
        order: DateOrder,
    },
    /// The day and month can't be told apart, and nobody has said which comes first.
    #[error("'{cell}': does the day or the month come first?")]
    AmbiguousDate {
        /// The cell.
        cell: String,
    },
    /// The year has two digits.
    #[error("'{cell}': write the year with four digits")]
    TwoDigitYear {
        /// The cell.
        cell: String,
    },
    /// Nearly every other row has the same days from date to due date, and this one too if day and month are swapped.
    #[error("date and due date are {days} days apart; with day and month swapped {expected}, as on the other rows")]
    SuspectDate {
        /// Days apart as read.
        days: i32,
        /// Days apart on the other rows.
        expected: i32,
    },
    /// A date after today.
    #[error("{date} is after today")]
    InFuture {
        /// The date.
        date: Date,
    },
    /// The document falls due before its own date.
    #[error("falls due on {due}, before its date, {date}")]
    DueBeforeDate {
        /// Its date.
        date: Date,
        /// Its due date.
        due: Date,
    },
    /// The document was settled before its own date.
    #[error("settled on {settled}, before its date, {date}")]
    SettledBeforeDate {
        /// Its date.
        date: Date,
        /// When it was settled.
        settled: Date,
    },
    /// The cell holds no amount.
    #[error("'{cell}' is no amount")]
    NotAnAmount {
        /// The cell, shortened.
        cell: String,
    },
    /// The mark could separate thousands or decimals, and nobody has said which.
    #[error("'{cell}': does the mark separate thousands or decimals?")]
    AmbiguousAmount {
        /// The cell.
        cell: String,
    },
    /// The spreadsheet wrote a long number in scientific notation and lost its digits.
    #[error("'{cell}' is scientific notation: the digits are lost, format the column as text and export again")]
    Scientific {
        /// The cell.
        cell: String,
    },
    /// More decimals than the currency has.
    #[error("'{cell}' has more decimals than {currency} has ({decimals})")]
    TooManyDecimals {
        /// The cell.
        cell: String,
        /// The currency.
        currency: Currency,
        /// How many decimals it has.
        decimals: u32,
    },
    /// The amount is beyond what the book can hold.
    #[error("'{cell}' is beyond what the book can hold")]
    OutOfRange {
        /// The cell.
        cell: String,
    },
    /// The amount is zero.
    #[error("the amount is zero; the row is left out")]
    ZeroAmount,
    /// A receipt is negative.
    #[error("{amount} came in: a receipt is never negative")]
    NegativeReceipt {
        /// The amount.
        amount: Money,
    },
    /// Both sides of the ledger are filled, or neither.
    #[error("exactly one of debit and credit is to be filled")]
    DebitAndCredit,
    /// The currency isn't known.
    #[error("'{cell}' is no currency that is known here")]
    UnknownCurrency {
        /// The cell.
        cell: String,
    },
    /// The sign at the amount belongs to another currency than the row.
    #[error("'{cell}' is written in another currency than the row, {currency}")]
    OtherCurrency {
        /// The cell.
        cell: String,
        /// The row's currency.
        currency: Currency,
    },
    /// The cell is none of the words that can stand there.
    #[error("'{cell}' is none of the words that can stand here")]
    UnknownWord {
        /// The cell.
        cell: String,
    },
    /// The unified social credit code is wrong.
    #[error("{reason}")]
    CreditCode {
        /// The cell.
        cell: String,
        /// Why, in English.
        reason: String,
    },
    /// The row has more or fewer cells than there are columns.
    #[error("the row has {found} cells, the table has {expected} columns")]
    CellCount {
        /// How many the row has.
        found: usize,
        /// How many columns there are.
        expected: usize,
    },
    /// A line of text below or between the rows, left out.
    #[error("no row of the table ('{cell}'), left out")]
    NotARow {
        /// Its first words.
        cell: String,
    },
    /// A totals row, left out.
    #[error("a totals row ('{cell}'), left out")]
    TotalsRow {
        /// The word that says so.
        cell: String,
    },
    /// The file's own total is another than the sum of its rows.
    #[error("the file's own total is {total}, its rows add up to {sum}")]
    TotalDiffers {
        /// What the totals row says.
        total: Money,
        /// What the rows add up to.
        sum: Money,
    },
    /// The customer isn't in the book.
    #[error("customer '{customer}' is not in the book")]
    UnknownCustomer {
        /// Its code in the file.
        customer: String,
    },
    /// Nobody has this sign-in name.
    #[error("nobody signs in as '{name}'; left blank")]
    UnknownPerson {
        /// The name in the file.
        name: String,
    },
    /// The number stands in the file twice, with different contents.
    #[error("{number} stands in line {first} too, with other figures")]
    DuplicateDiffers {
        /// The number or code.
        number: String,
        /// Where it stands first.
        first: u32,
    },
    /// The same row stands in the file twice.
    #[error("repeats line {first}; counted once")]
    Repeated {
        /// Where it stands first.
        first: u32,
    },
    /// The book holds this document with another amount.
    #[error("{number} is in the book with {book}, in the file with {file}")]
    BookAmountDiffers {
        /// The document's number.
        number: String,
        /// The amount in the book.
        book: Money,
        /// The amount in the file.
        file: Money,
    },
    /// The book holds this document with another date.
    #[error("{number} is in the book with the date {book}, in the file with {file}")]
    BookDateDiffers {
        /// The document's number.
        number: String,
        /// The date in the book.
        book: Date,
        /// The date in the file.
        file: Date,
    },
    /// The book holds this document with another due date, and keeps it.
    #[error("{number} falls due on {book} in the book, on {file} in the file; the book keeps its date")]
    BookDueDiffers {
        /// The document's number.
        number: String,
        /// The due date in the book.
        book: Date,
        /// The due date in the file.
        file: Date,
    },
    /// The list shows a balance for a document that moved in the book after the day of the list; it is left as it is.
    #[error("{number} moved in the book on {moved}, after the day of the list; left as it is")]
    MovedSince {
        /// The document's number.
        number: String,
        /// When it moved.
        moved: Date,
    },
    /// The open balance is larger than the document, or of the other sign.
    #[error("the balance {balance} does not fit the amount {amount}")]
    BalanceBeyondAmount {
        /// What is said to be open.
        balance: Money,
        /// The document's amount.
        amount: Money,
    },
    /// The document that a receipt names isn't there, or is in another currency, or is settled; the money stays unapplied.
    #[error("{number} is not open for this; the money stays unapplied")]
    NotApplied {
        /// The document's number.
        number: String,
    },
    /// Two customers of the file have the same unified social credit code.
    #[error("line {first} has the same credit code")]
    SameCreditCode {
        /// Where the other stands.
        first: u32,
    },
    /// Sums leave what the book can hold.
    #[error("the sums leave what the book can hold")]
    SumOutOfRange,
}

impl Problem {
    /// A problem with a row as a whole.
    pub const fn row(line: u32, severity: Severity, what: What) -> Self {
        Self { line: Some(line), column: None, field: None, severity, what }
    }
}

/// `line 12, 金额 (amount): '1.234' is no amount`.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}")?;
        }
        match (&self.column, self.field) {
            (Some(column), Some(field)) => write!(f, ", {column} ({field})")?,
            (Some(column), None) => write!(f, ", {column}")?,
            (None, Some(field)) => write!(f, ", {field}")?,
            (None, None) => {}
        }
        if self.line.is_some() || self.field.is_some() || self.column.is_some() {
            write!(f, ": ")?;
        }
        self.what.fmt(f)
    }
}

/// The problems of a file: the first ones listed, all of them counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Problems {
    /// How many keep the file out.
    pub errors: u32,
    /// How many are worth a look.
    pub warnings: u32,
    /// How many are said for completeness.
    pub notes: u32,
    /// The first of them: errors before warnings before notes, each in the order of lines.
    pub listed: Vec<Problem>,
}

impl Problems {
    /// Whether anything keeps the file out.
    pub const fn is_refused(&self) -> bool {
        self.errors > 0
    }

    /// Adds one. When the list is full, an error still takes the place of something less grave.
    pub fn add(&mut self, problem: Problem) {
        let count = match problem.severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
            Severity::Note => &mut self.notes,
        };
        *count = count.saturating_add(1);
        if self.listed.len() >= LISTED_MAX {
            if self.listed.last().is_none_or(|last| last.severity <= problem.severity) {
                return;
            }
            self.listed.pop();
        }
        let place = self.listed.partition_point(|known| {
            (known.severity, known.line.unwrap_or(0)) <= (problem.severity, problem.line.unwrap_or(0))
        });
        self.listed.insert(place, problem);
    }

    /// Adds all of another list.
    pub fn append(&mut self, other: Self) {
        let unlisted = |all: u32, severity: Severity, listed: &[Problem]| {
            let shown = listed.iter().filter(|problem| problem.severity == severity).count();
            all.saturating_sub(u32::try_from(shown).unwrap_or(u32::MAX))
        };
        self.errors = self.errors.saturating_add(unlisted(other.errors, Severity::Error, &other.listed));
        self.warnings = self.warnings.saturating_add(unlisted(other.warnings, Severity::Warning, &other.listed));
        self.notes = self.notes.saturating_add(unlisted(other.notes, Severity::Note, &other.listed));
        for problem in other.listed {
            self.add(problem);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_pinned() {
        // Pages render from this: changing it changes them.
        let problem = Problem {
            line: Some(12),
            column: Some("金额".into()),
            field: Some(Field::Amount),
            severity: Severity::Error,
            what: What::NotAnAmount { cell: "abc".into() },
        };
        assert_eq!(
            serde_json::to_string(&problem).unwrap(),
            r#"{"line":12,"column":"金额","field":"amount","severity":"error","what":{"code":"not_an_amount","cell":"abc"}}"#
        );
        assert_eq!(problem.to_string(), "line 12, 金额 (amount): 'abc' is no amount");
        assert_eq!(
            serde_json::to_string(&FileError::Binary { what: Binary::Workbook }).unwrap(),
            r#"{"code":"binary","what":"workbook"}"#
        );
    }

    #[test]
    fn all_are_counted_and_the_gravest_listed() {
        let mut problems = Problems::default();
        for line in 1..=600 {
            problems.add(Problem::row(line, Severity::Warning, What::ZeroAmount));
        }
        problems.add(Problem::row(601, Severity::Error, What::Blank));
        assert_eq!((problems.errors, problems.warnings, problems.listed.len()), (1, 600, LISTED_MAX));
        assert_eq!(problems.listed.first().map(|problem| problem.line), Some(Some(601)));
        let mut sum = Problems::default();
        sum.append(problems.clone());
        assert_eq!(sum, problems);
    }
}
