//! Rows coming in: from the bytes of a file to facts that can be recorded, all or nothing.
//!
//! The road has four steps, each a pure function, the same in the browser (which shows a preview) and at the edge (which
//! records):
//!
//! 1. [`sniff`] says how the bytes are to be decoded, or why they are no text; a [`Workbook`]'s sheet becomes a text, too.
//! 2. [`inspect`] finds the table, recognises its columns, weighs the evidence and proposes a [`Mapping`]; what it can't
//!    know it asks. [`examine`] does the same for a mapping that somebody has changed.
//! 3. [`Rows`] reads row after row in the words of the house, with a [`Problem`] for everything that isn't clear.
//! 4. [`Planner`] compares the rows with what the book holds and says what would be recorded.
//!
//! The XML inside of workbooks, and that of a bank's file, is read by [`xml`].
//!
//! Nothing is guessed, nothing is rounded, no formula is computed. Ids are derived from what identifies a row, so that
//! the same file twice adds nothing and the order of rows doesn't matter.

mod amounts;
mod columns;
mod dates;
mod mapping;
mod memory;
mod plan;
mod planner;
mod problem;
mod records;
mod rows;
mod sniff;
mod text;
mod workbook;
pub mod xml;

pub use amounts::{AmountEvidence, DecimalMark, MarkVerdict};
pub use columns::{Field, FileKind};
pub use dates::{DateEvidence, DateOrder, DateVerdict, OrderEvidence};
pub use mapping::{
    COLUMNS_MAX, Choices, Column, Defaults, GaveWay, Inspection, Mapping, Mode, Question, SampleRow, UnknownCustomers,
    examine, inspect,
};
pub use memory::MemoryBook;
pub use plan::{
    BookView, KnownCustomer, KnownItem, KnownReceipt, Plan, PlannedCustomer, PlannedFact, Setting, Summary, Totals,
    plan,
};
pub use planner::Planner;
pub use problem::{FileError, LISTED_MAX, Problem, Problems, Severity, What};
pub use records::Separator;
pub use rows::{BankRow, CustomerRow, Positive, ReceiptRow, ReceivableRow, Row, Rows};
pub use sniff::{BYTES_MAX, Binary, ROWS_MAX, Sniffed, WORKBOOK_BYTES_MAX, is_gb18030, sniff};
pub use workbook::{SheetText, UNPACKED_MAX, Workbook, container_lists, crc};
