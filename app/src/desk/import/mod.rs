//! Bringing files in: a file is read here, in the browser, by the same code that the edge reads it with. So what its columns
//! are taken for, what its dates say and what is wrong with it stand on the page at once; the edge is asked only what the
//! book makes of it, and then once more to record it.

pub(super) mod choices;
pub(super) mod file;
mod look;
pub(super) mod outcome;
mod page;
mod past;
pub(super) mod problems;
pub(super) mod table;
pub(super) mod words;

pub use page::Page;
