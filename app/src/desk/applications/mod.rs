//! Credit applications: what is asked for, for whom and why, whose turn it is, and the answer; and the form to ask with.

mod deeds;
mod form;
mod list;
mod one;
mod words;

pub use form::ApplyButton;
pub use list::{Nothing, Page, row};
pub use one::One;
