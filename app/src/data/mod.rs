//! Where a page's data comes from and where its acts go. [`client`] is the one place that knows addresses; [`session`] knows
//! who is signed in. No page builds a URL.

pub mod client;
pub mod session;
