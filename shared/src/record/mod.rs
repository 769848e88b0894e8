//! Store and replay, who may, the wire, rows coming in.

pub mod access;
pub mod api;
pub mod bank;
pub mod cases;
pub mod decision;
pub mod digest;
pub mod export;
pub mod import;
#[cfg(feature = "schema")]
pub mod openapi;
pub mod policy_diff;
pub mod publish;
#[cfg(feature = "schema")]
pub mod schema;
pub mod sealing;
