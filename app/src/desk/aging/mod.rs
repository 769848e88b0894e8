//! The aged balance of the whole book, at the end of any day, worked out in this browser from the ledger.

mod files;
mod page;
mod sheet;

pub use page::Page;
