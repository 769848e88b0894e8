//! Settings: one's own account, the company's people, and the tokens of programs. What is secret is shown once, where it was
//! made ([`once`]), and never read again.

mod account;
mod invite;
mod once;
mod people;
mod person;
mod qr;
mod second_factor;
mod tokens;
mod words;

pub use account::{Account, where_from};
pub use once::Once;
pub use people::People;
pub use tokens::Tokens;
