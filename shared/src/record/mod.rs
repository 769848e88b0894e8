//! Store and replay, who may, the wire, rows coming in.

pub mod access;
pub mod api;
pub mod cases;
pub mod decision;
pub mod digest;
pub mod import;
pub mod policy_diff;
pub mod publish;
pub mod sealing;
