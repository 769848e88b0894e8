//! The book as it stood when the export began, page by page, while others write.
//!
//! From the beginning on, triggers keep what a row was before it was changed or taken away, and note those that came since.
//! A page reads the table, leaves such rows out, and puts in what was kept. So a page costs what it reads, writes go on, and
//! all pages together are one moment of the book. The triggers go when the export ends, when another begins, or when the
//! book wakes up and the export is old.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use worker::Result;

use super::super::audit::{self, Deed};
use super::super::sql::{Bind, Sql};
use super::super::{atomically, schema};
use super::{BYTES, BackupError, Key, TABLES, Table, columns, read_key};
use crate::answer::Answer;
use crate::api::parse;
use crate::problem::Failure;
use crate::random;

/// The export that runs, if any does.
pub const RUN: &str = "export_run";
/// Rows as they were before they changed; nothing for one that came since.
pub const BEFORE: &str = "export_before";

/// A page ends when it is longer than this, in bytes.
const PAGE: usize = 1 << 20;
/// An export that takes longer was left by its reader, in seconds.
const STALE: i64 = 6 * 3600;

/// What is asked of an export.
#[derive(Deserialize)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
enum Step {
    /// Begin. One that runs is over.
    Begin,
    /// The next page.
    Page {
        export: Uuid,
        #[serde(default)]
        after: Option<Place>,
    },
    /// It was read.
    End { export: Uuid },
}

/// How far a reader is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    table: String,
    /// The last row's key; none before the first.
    key: Option<Vec<Key>>,
}

/// The answer to the beginning; the first two fields head the file.
#[derive(Serialize)]
struct Begun {
    /// The step that the tables are of.
    schema: i32,
    /// The book's feed number at this moment.
    feed: u64,
    /// The export.
    export: Uuid,
}

/// A page.
#[derive(Serialize)]
struct Page {
    /// Rows, one a line: `["table",{"column":value,…}]`.
    lines: String,
    /// What to ask for next; nothing when this was the last.
    next: Option<Place>,
}

/// `POST /operator/v1/books/{code}/export`.
pub fn answer(storage: &worker::Storage, sql: &Sql, body: &[u8], now: DateTime<Utc>) -> Result<Answer, Failure> {
    match parse(body)? {
        Step::Begin => atomically(storage, || begin(sql, now)),
        Step::Page { export, after } => {
            running(sql, export)?;
            Answer::json(&page(sql, after)?)
        }
        Step::End { export } => atomically(storage, || {
            running(sql, export)?;
            end(sql)?;
            Ok(Answer::nothing())
        }),
    }
}

/// Ends an export that nobody reads any more.
pub fn tidy(sql: &Sql, now: DateTime<Utc>) -> Result<()> {
    if !is_there(sql)? {
        return Ok(());
    }
    let began: Option<i64> = sql.first(&format!("SELECT json(began) FROM {RUN}"), &[])?;
    let stale = began.is_none_or(|began| now.timestamp().saturating_sub(began) > STALE);
    if stale { end(sql) } else { Ok(()) }
}

fn is_there(sql: &Sql) -> Result<bool> {
    sql.finds("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", &[&RUN])
}

fn running(sql: &Sql, export: Uuid) -> Result<(), Failure> {
    let runs = is_there(sql)? && sql.finds(&format!("SELECT 1 FROM {RUN} WHERE id = ?"), &[&export])?;
    if runs { Ok(()) } else { Err(BackupError::Over.into()) }
}

/// 1. Whatever runs is over.
/// 2. From now on what rows were is kept.
/// 3. The trail says that the book was read whole; that entry is no part of what is read.
fn begin(sql: &Sql, now: DateTime<Utc>) -> Result<Answer, Failure> {
    // 1
    end(sql)?;
    // 2
    let begun = Begun { schema: schema::newest(), feed: sql.feed()?.0, export: random::id(now.timestamp_millis())? };
    sql.run(&format!("CREATE TABLE {RUN} (id TEXT PRIMARY KEY, began INTEGER NOT NULL) STRICT"), &[])?;
    sql.run(
        &format!(
            "CREATE TABLE {BEFORE} (place INTEGER, key TEXT, row TEXT, PRIMARY KEY (place, key)) STRICT, WITHOUT ROWID"
        ),
        &[],
    )?;
    sql.run(&format!("INSERT INTO {RUN} (id, began) VALUES (?, ?)"), &[&begun.export, &now.timestamp()])?;
    for (place, table) in TABLES.iter().enumerate() {
        let columns = columns(sql, table.name)?;
        let keep = |of: &str, row: &str| {
            let key = array(table, &format!("{of}."));
            // Not `OR IGNORE`: what the statement outside does on a conflict would count in here.
            format!(
                "INSERT INTO {BEFORE} (place, key, row) SELECT {place}, {key}, {row}
                 WHERE NOT EXISTS (SELECT 1 FROM {BEFORE} WHERE place = {place} AND key = {key});"
            )
        };
        let was = keep("OLD", &line(table.name, &columns, "OLD."));
        let came = keep("NEW", "NULL");
        let name = table.name;
        for trigger in [
            format!("CREATE TRIGGER {BEFORE}_{name}_came AFTER INSERT ON \"{name}\" BEGIN {came} END"),
            format!("CREATE TRIGGER {BEFORE}_{name}_changed AFTER UPDATE ON \"{name}\" BEGIN {was} {came} END"),
            format!("CREATE TRIGGER {BEFORE}_{name}_went AFTER DELETE ON \"{name}\" BEGIN {was} END"),
        ] {
            sql.run(&trigger, &[])?;
        }
    }
    // 3
    audit::append(sql, now, &Deed { action: "operator_export", ..Deed::default() })?;
    Answer::json(&begun)
}

fn end(sql: &Sql) -> Result<()> {
    for table in TABLES {
        for what in ["came", "changed", "went"] {
            sql.run(&format!("DROP TRIGGER IF EXISTS {BEFORE}_{}_{what}", table.name), &[])?;
        }
    }
    sql.run(&format!("DROP TABLE IF EXISTS {BEFORE}"), &[])?;
    sql.run(&format!("DROP TABLE IF EXISTS {RUN}"), &[])
}

/// Rows from a place on, until the page is full.
fn page(sql: &Sql, after: Option<Place>) -> Result<Page, Failure> {
    let mut lines = String::new();
    let mut at = match after {
        None => Place { table: TABLES.first().map(|table| table.name.to_owned()).unwrap_or_default(), key: None },
        Some(place) => place,
    };
    let mut place =
        TABLES.iter().position(|table| table.name == at.table).ok_or(BackupError::Table(at.table.clone()))?;
    while let Some(table) = TABLES.get(place) {
        let (rows, whole) = rows(sql, place, table, at.key.as_deref())?;
        for (key, row) in rows {
            if lines.len() >= PAGE {
                return Ok(Page { lines, next: Some(at) });
            }
            lines.push_str(&row);
            lines.push('\n');
            at.key = Some(key);
        }
        if whole {
            place = place.saturating_add(1);
            at = Place { table: TABLES.get(place).map(|table| table.name.to_owned()).unwrap_or_default(), key: None };
        }
    }
    Ok(Page { lines, next: None })
}

/// A row's key, and the row as it travels.
type Line = (Vec<Key>, String);

/// Some rows of a table after a key, as they stood when the export began, and whether they were the last.
fn rows(sql: &Sql, place: usize, table: &Table, after: Option<&[Key]>) -> Result<(Vec<Line>, bool)> {
    let most = table.at_once;
    let columns_of_key = table.key.join(", ");
    let marks = vec!["?"; table.key.len()].join(", ");
    let binds: Vec<&dyn Bind> = after.unwrap_or_default().iter().map(|key| key as &dyn Bind).collect();
    let beyond = |columns: &str| {
        if binds.len() == table.key.len() { format!("({columns}) > ({marks})") } else { "true".to_owned() }
    };
    let (name, key) = (table.name, array(table, ""));
    let row = line(name, &columns(sql, name)?, "");
    let still = sql.texts(
        &format!(
            "SELECT {key} || char(10) || {row} FROM \"{name}\" WHERE {} AND NOT EXISTS (
                 SELECT 1 FROM {BEFORE} WHERE place = {place} AND key = {key}
             ) ORDER BY {columns_of_key} LIMIT {most}",
            beyond(&columns_of_key)
        ),
        &binds,
    )?;
    let parts: Vec<String> = (0..table.key.len()).map(|part| format!("key ->> {part}")).collect();
    let parts = parts.join(", ");
    let kept = sql.texts(
        &format!(
            "SELECT key || char(10) || row FROM {BEFORE} WHERE place = {place} AND row IS NOT NULL AND {}
             ORDER BY {parts} LIMIT {most}",
            beyond(&parts)
        ),
        &binds,
    )?;
    let mut both = Vec::with_capacity(still.len().saturating_add(kept.len()));
    // Beyond the last row of a source that was not read to its end nothing is known yet.
    let mut known_to: Option<Vec<Key>> = None;
    for source in [still, kept] {
        let cut = source.len() == most;
        let mut last = None;
        for text in source {
            let (key, row) = text.split_once('\n').unwrap_or_default();
            let key = read_key(key)?;
            last = Some(key.clone());
            both.push((key, row.to_owned()));
        }
        if let Some(last) = last.filter(|_| cut) {
            known_to = Some(known_to.map_or(last.clone(), |known| known.min(last)));
        }
    }
    both.sort();
    if let Some(known_to) = &known_to {
        both.retain(|(key, _)| key <= known_to);
    }
    Ok((both, known_to.is_none()))
}

/// A row's key as a JSON array, as SQL writes it.
fn array(table: &Table, of: &str) -> String {
    let parts: Vec<String> = table.key.iter().map(|column| format!("{of}{column}")).collect();
    format!("json_array({})", parts.join(", "))
}

/// A row as it travels, as SQL writes it.
fn line(table: &str, columns: &[String], of: &str) -> String {
    let value = |column: &String| {
        if (table, column.as_str()) == BYTES { format!("hex({of}\"{column}\")") } else { format!("{of}\"{column}\"") }
    };
    let pairs: Vec<String> = columns.iter().map(|column| format!("'{column}', {}", value(column))).collect();
    format!("json_array('{table}', json_object({}))", pairs.join(", "))
}
