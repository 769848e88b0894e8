//! The wire of a book's own state: how large and how old it is, and how what it does by itself goes. Numbers only, so that
//! whoever keeps it running needs to see no customer.

use crate::facts::calendar::Date;
use crate::facts::id::FeedNumber;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `GET book`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BookReport {
    /// When it was made, in seconds since 1970.
    pub at: i64,
    /// When the book was made, as ISO 8601 in UTC.
    pub created_at: String,
    /// The step that its tables are of.
    pub schema: u32,
    /// How many bytes its pages take, without free ones.
    pub bytes: u64,
    /// How many rows each table has.
    pub rows: BTreeMap<String, u64>,
    /// The fact that the book learned first; absent in a book without facts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_fact: Option<FactAge>,
    /// The fact that it learned last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_fact: Option<FactAge>,
    /// The newest feed number given out.
    pub feed: FeedNumber,
    /// The oldest feed number from which a device catches up by the difference. Zero: from any, for nothing was forgotten.
    pub oldest_cursor: FeedNumber,
    /// How many rows the ledger has when it is laid out in columns: documents, money, what was applied, disputes.
    pub journal: u64,
    /// How many entries the audit trail has.
    pub trail: u64,
    /// What it does by itself, by name.
    pub jobs: Vec<JobReport>,
}

/// Of a fact, how old it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FactAge {
    /// When the book learned it.
    pub feed: FeedNumber,
    /// The day from which it holds.
    pub date: Date,
}

/// Something that the book does by itself, and how that went. Times are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct JobReport {
    /// Its name.
    pub name: String,
    /// When it last did what was due; absent when nothing ever was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<i64>,
    /// When it is due next; absent when nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<i64>,
    /// How often in a row it has failed since; it is tried again.
    pub failures: u32,
    /// When it last failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_at: Option<i64>,
    /// Why, without what stood in anybody's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}
