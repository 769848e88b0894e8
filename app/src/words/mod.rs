//! What the house says: findings, changes, ways out and failures in the reader's words. A verdict, then the one fact, then
//! what to do; numbers rather than adjectives. The doors share these words, so that all of them say the same.

mod change;
mod failure;
mod reason;
mod remedy;
mod role;

pub use change::{change, grant, limit};
pub use failure::{Said, failure};
pub use reason::{Figure, Told, headline, mark, reason};
pub use remedy::remedy;
pub use role::role;
