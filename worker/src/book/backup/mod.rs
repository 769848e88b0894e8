//! A whole book as one file, and back: for whoever runs the deployment.
//!
//! An export is the book as it stood at the moment when the export began, whatever is written while it is read ([`export`]).
//! It goes out in pages, table by table in the order of their keys, one row a line, so that the same book gives the same
//! bytes. A restore fills a book that is not there yet ([`restore`]); exported again, it gives the file that it came from.
//!
//! Left out are what opens doors (passwords, second factors, links, sessions, tokens of programs) and what is of no use
//! elsewhere (keys of retries, counters of failed sign-ins): a restored book's people come in by new links of the operator.

pub mod export;
pub mod restore;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use worker::{Error, Result, SqlStorageValue};

use super::sql::{Bind, Sql};
use crate::problem::{Kind, Refusal};

/// Why a book cannot be exported or restored as asked.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Another export began since, or this one ended.
    #[error("this export is over: another one began, or it ended")]
    Over,
    /// A place that is in no table.
    #[error("there is no table '{0}' in an export")]
    Table(String),
    /// The book is there already.
    #[error("there is a book {0} already; a file is restored into one that isn't")]
    Exists(String),
    /// No restore has begun.
    #[error("no restore of this book has begun")]
    NotBegun,
    /// The file is of a later version.
    #[error("the file's tables are of step {0}, which this version doesn't know; the newest it knows is {1}")]
    Later(i32, i32),
    /// A row that the tables refuse.
    #[error("a row of {table} cannot be restored: {why}")]
    Row {
        /// Its table.
        table: String,
        /// What the tables say.
        why: String,
    },
    /// Rows are missing, or there are too many.
    #[error("{restored} rows were restored, the file has {told}")]
    Count {
        /// How many stand in the tables.
        restored: u64,
        /// How many there should be.
        told: u64,
    },
    /// The audit trail was changed.
    #[error("the file's audit trail is broken at entry {0}")]
    Trail(u64),
}

impl Refusal for BackupError {
    fn kind(&self) -> Kind {
        match self {
            Self::Over => (409, "export_over", "the export is over"),
            Self::Table(_) => (422, "export_table", "unknown table"),
            Self::Exists(_) => (409, "book_exists", "the book exists"),
            Self::NotBegun => (409, "restore_not_begun", "no restore has begun"),
            Self::Later(..) => (422, "export_later", "the file is of a later version"),
            Self::Row { .. } => (422, "restore_row", "a row cannot be restored"),
            Self::Count { .. } => (422, "restore_count", "rows are missing"),
            Self::Trail(_) => (422, "restore_trail", "the audit trail is broken"),
        }
    }
}

/// A table that an export holds.
struct Table {
    name: &'static str,
    /// Its primary key.
    key: &'static [&'static str],
    /// How many rows are read at once: few of those that can be long.
    at_once: usize,
}

const fn table(name: &'static str, key: &'static [&'static str]) -> Table {
    Table { name, key, at_once: 1_000 }
}

const fn long(name: &'static str, key: &'static [&'static str]) -> Table {
    Table { name, key, at_once: 4 }
}

/// All tables of an export, each after those that it refers to.
const TABLES: &[Table] = &[
    table("book", &["id"]),
    table("person", &["id"]),
    table("customer", &["id"]),
    table("customer_version", &["customer", "feed"]),
    table("out_of_sight", &["person", "feed"]),
    table("fact", &["feed"]),
    table("item", &["feed"]),
    table("receipt", &["feed"]),
    table("allocation", &["feed", "item"]),
    table("dispute", &["item", "date", "feed"]),
    table("ordered", &["id"]),
    table("standing", &["customer"]),
    table("rate", &["feed"]),
    long("policy_version", &["version"]),
    table("decision", &["id"]),
    table("order_entry", &["id"]),
    table("evidence", &["customer"]),
    long("import", &["id"]),
    table("import_mapping", &["source"]),
    table("withdrawn", &["feed"]),
    table("audit", &["number"]),
    table("audit_personal", &["number"]),
    table("piece", &["id"]),
    table("piece_version", &["feed"]),
    table("piece_personal", &["feed"]),
    table("step", &["id"]),
    table("further", &["customer"]),
    table("further_version", &["customer", "feed"]),
    table("group_member", &["customer"]),
    table("order_step", &["feed"]),
    table("release", &["number"]),
    table("retest_due", &["customer"]),
    table("application", &["id"]),
    table("application_step", &["feed"]),
    long("bank_file", &["id"]),
    long("bank_entries", &["file", "part"]),
    table("pool", &["feed"]),
    table("pool_end", &["receipt"]),
    table("settling", &["customer"]),
    table("write_off", &["id"]),
    table("write_off_word", &["write_off", "feed"]),
    table("settings", &["id"]),
    table("content", &["digest"]),
    long("content_part", &["digest", "part"]),
    table("attachment", &["id"]),
    table("message", &["number"]),
    table("lease", &["id"]),
    table("lease_approval", &["order_id"]),
];

/// Tables that no export holds: doors, retries, counters, how the alarm went, files that wait to be recorded (they come in by their file again),
/// and what exports and restores themselves keep.
#[cfg(feature = "testing")]
const LEFT_OUT: &[&str] = &[
    "schema",
    "job",
    "link",
    "session",
    "idempotency",
    "import_part",
    "import_plan",
    "password",
    "second_factor",
    "recovery_code",
    "throttle",
    "known_address",
    "api_token",
    export::RUN,
    export::BEFORE,
    restore::RESTORING,
];

/// Columns that no export holds: what makes digests of this book its own, and what its messages are signed with.
const SECRETS: [(&str, &str); 2] = [("book", "pepper"), ("settings", "hook_secret")];

/// A column of bytes: it travels in hexadecimal digits, for JSON has no bytes.
const BYTES: (&str, &str) = ("content_part", "data");

/// The columns of a table that an export holds.
fn columns(sql: &Sql, table: &str) -> Result<Vec<String>> {
    let mut columns = sql.columns(table)?;
    columns.retain(|column| !SECRETS.contains(&(table, column.as_str())));
    Ok(columns)
}

/// Tables that are neither exported nor known to be left out: there must be none.
#[cfg(feature = "testing")]
pub fn forgotten(sql: &Sql) -> Result<Vec<String>> {
    let there = sql.texts("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'", &[])?;
    let known =
        |name: &str| name.starts_with('_') || TABLES.iter().any(|table| table.name == name) || LEFT_OUT.contains(&name);
    Ok(there.into_iter().filter(|name| !known(name)).collect())
}

/// A value of a key, in SQLite's order: numbers, then texts by their bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
enum Key {
    Number(i64),
    Text(String),
}

impl Bind for Key {
    fn value(&self) -> Result<SqlStorageValue> {
        match self {
            Self::Number(number) => number.value(),
            Self::Text(text) => text.value(),
        }
    }
}

/// A row as it travels: its table, and its columns by name.
type Row = (String, Value);

fn read_key(text: &str) -> Result<Vec<Key>> {
    serde_json::from_str(text).map_err(|error| Error::RustError(format!("a key cannot be read: {error}")))
}
