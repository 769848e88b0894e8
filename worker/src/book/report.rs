//! How large and how old a book is, and how what it does by itself goes: numbers that whoever keeps it running looks at.

use shared::facts::id::FeedNumber;
use shared::record::api::book::{BookReport, FactAge};
use std::collections::BTreeMap;

use super::call::Call;
use super::sql::Sql;
use super::{alarm, schema};
use crate::answer::Answer;
use crate::problem::Failure;

/// `GET book`. Counting rows reads every table's smallest index once: it is for people, not for a probe every second.
pub fn read(call: &Call) -> Result<Answer, Failure> {
    let sql = call.sql;
    let rows = rows(sql)?;
    let of = |tables: &[&str]| -> u64 {
        tables.iter().filter_map(|table| rows.get(*table)).fold(0, |sum, rows| sum.saturating_add(*rows))
    };
    let fact = |last: &str| {
        let at = format!("SELECT json_object('feed', feed, 'date', date) FROM fact ORDER BY feed {last} LIMIT 1");
        sql.first::<FactAge>(&at, &[])
    };
    let report = BookReport {
        at: call.now.timestamp(),
        created_at: sql.first("SELECT json_quote(created_at) FROM book", &[])?.unwrap_or_default(),
        schema: u32::try_from(schema::newest()).unwrap_or_default(),
        bytes: sql.bytes_taken(),
        first_fact: fact("")?,
        last_fact: fact("DESC")?,
        feed: sql.feed()?,
        // What a device is told of follows from rows that stay: it catches up from wherever it left off.
        oldest_cursor: FeedNumber::default(),
        journal: of(&["item", "receipt", "allocation", "dispute"]),
        trail: of(&["audit"]),
        jobs: alarm::reports(sql, call.now)?,
        rows,
    };
    Answer::json(&report)
}

/// How many rows each of the book's tables has; what the platform keeps beside them isn't the book's.
pub fn rows(sql: &Sql) -> Result<BTreeMap<String, u64>, Failure> {
    let tables = sql.texts("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'", &[])?;
    let mut rows = BTreeMap::new();
    for table in tables.into_iter().filter(|table| !table.starts_with('_')) {
        let count: Option<u64> = sql.first(&format!("SELECT json(count(*)) FROM \"{table}\""), &[])?;
        rows.insert(table, count.unwrap_or_default());
    }
    Ok(rows)
}
