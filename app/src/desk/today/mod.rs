//! Today: what needs somebody now, and how the book stands. Everything on it leads to where it is dealt with.

mod book;
mod page;
mod waits;

pub use page::Page;
