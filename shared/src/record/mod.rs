//! Store and replay, who may, the wire, rows coming in.
//!
//! **Decisions**, kept so that they can be made again:
//!
//! - [`decision`]: a question, all that it was judged on, the answer, and a digest
//! - [`digest`]: SHA-256 over canonical JSON
//! - [`sealing`]: a drafted statement of account becomes the one that is sent
//! - [`cases`]: reference examples as data, and their runner
//!
//! **The policy as a document**:
//!
//! - [`publish`]: a version with its cases
//! - [`policy_diff`]: two versions in plain words
//! - [`policy_text`]: a version as a text to print and sign
//!
//! **Who may, and what travels**:
//!
//! - [`access`]: one table of operations, roles and routes
//! - [`api`]: requests and answers that are no domain thing
//!
//! **Files**, in and out:
//!
//! - [`import`]: customers, documents and payments
//! - [`bank`]: a bank's file into receipts to be claimed
//! - [`export`]: tables as CSV and workbooks
//! - [`attachment`]: which files may be attached to what the book holds
//!
#![cfg_attr(feature = "schema", doc = "**For others' programs**, made from the types:")]
#![cfg_attr(feature = "schema", doc = "")]
#![cfg_attr(feature = "schema", doc = "- [`schema`]: JSON Schemas of policies and of files of cases")]
#![cfg_attr(feature = "schema", doc = "- [`openapi`]: the API as a document")]

pub mod access;
pub mod api;
pub mod attachment;
pub mod bank;
pub mod cases;
pub mod decision;
pub mod digest;
pub mod export;
pub mod import;
#[cfg(feature = "schema")]
pub mod openapi;
pub mod policy_diff;
pub mod policy_text;
pub mod publish;
#[cfg(feature = "schema")]
pub mod schema;
pub mod sealing;
