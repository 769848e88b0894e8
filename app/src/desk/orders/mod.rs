//! Orders: what waits for somebody with authority, what is on its way, and one order with its reasons, what would let it
//! pass, what people may do about it and all that happened to it.

mod deeds;
mod list;
mod one;
mod words;

pub use list::{Nothing, Page, row};
pub use one::One;
