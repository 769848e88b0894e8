//! Money that came in and isn't yet known to be whose (待认领到款): banks' files into the pool, and out of it to customers.
//!
//! A table is looked at here first, by the same rooms as an import; MT940 and camt.053 say themselves what they hold and go
//! to the edge at once. What the edge would put into the pool is shown before it does. For each receipt the edge proposes
//! whose it may be, with what points there; a person says.

mod bring;
mod claim;
mod page;
mod words;

pub use page::Page;
