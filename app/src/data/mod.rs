//! Where a page's data comes from and where its acts go.
//!
//! ```text
//! page ─ reads ─► local ◄─ sync (since = feed number) ─ edge
//! page ─ acts ──► outbox ─► client (idempotent) ─► edge
//! ```
//!
//! [`client`] is the one place that knows addresses, so that no page builds a URL; [`store`] the one that knows IndexedDB;
//! [`session`] knows who is signed in. [`local`] is what a door that works offline reads from, kept in step by [`sync`], and
//! [`outbox`] is where its confirmations wait. A door pays only for what it uses.

pub mod client;
pub mod local;
pub mod outbox;
pub mod session;
pub mod store;
pub mod sync;
