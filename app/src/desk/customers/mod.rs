//! The customers: a list to search, sort and filter, and beside it one customer's file.

mod actions;
mod file;
mod files;
mod list;
mod orders;
mod papers;
mod portal;
mod receipt;
mod score;
mod statement;

pub use file::File;
pub use list::Page;
pub use score::Waterfall;
