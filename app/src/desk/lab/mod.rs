//! The what-if: move figures of the policy and see, in the same frame, what becomes of every customer.
//!
//! [`draft`] says which figures can be moved, [`effect`] compares the passes; the rest shows it.

mod affected;
mod controls;
pub mod draft;
pub mod effect;
mod histogram;
mod one;
mod page;
mod submit;

pub use page::Page;
pub use submit::Differences;
