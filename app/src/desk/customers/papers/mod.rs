//! The customer's papers: how complete its file is and what is missing, every piece that somebody wrote down, and its way
//! from prospect to leaving. [`fields`] says what each kind of piece is asked for; form and page draw what stands there.

mod fields;
mod form;
mod page;
mod stages;
mod words;

pub use form::MakeProspect;
pub use page::Papers;
