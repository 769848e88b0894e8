//! A book from an export's file.
//!
//! The tables are brought to the step that the file is of, filled row by row without the triggers that guard them in daily
//! life (what they guard was guarded when it was written), and counted; the audit trail must be whole. Then the triggers come
//! back, later steps are taken, and the book is there. Until then it answers as one that isn't.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use worker::Storage;

use super::super::audit;
use super::super::sql::Sql;
use super::super::{atomically, schema};
use super::{BYTES, BackupError, Row, TABLES, columns};
use crate::answer::Answer;
use crate::api::parse;
use crate::problem::Failure;
use crate::random;

/// Stands while a book is being restored, with the triggers that come back at the end.
pub const RESTORING: &str = "restoring";

/// What is asked of a restore.
#[derive(Deserialize)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
enum Step {
    /// Begin, with tables of this step.
    Begin {
        /// The step.
        schema: i32,
    },
    /// Some of the file's rows, in its order.
    Rows {
        /// As the file has them.
        rows: Vec<Row>,
    },
    /// That was all.
    End {
        /// How many rows the file has.
        rows: u64,
    },
    /// Give up one that was begun; nothing of it stays.
    Discard,
}

/// The answer to the end.
#[derive(Serialize)]
struct Restored {
    /// By what name the book's admins are known, for links that let them in again.
    admins: Vec<String>,
}

/// `POST /operator/v1/books/{code}/restore`. What a discarded one had is gone when this has answered.
pub async fn answer(storage: &Storage, sql: &Sql, code: &str, body: &[u8]) -> Result<Answer, Failure> {
    match parse(body)? {
        Step::Begin { schema } => begin(storage, sql, code, schema),
        Step::Rows { rows } => {
            begun(sql)?;
            atomically(storage, || rows_of(sql, &rows))?;
            Ok(Answer::nothing())
        }
        Step::End { rows } => {
            begun(sql)?;
            end(storage, sql, code, rows)
        }
        Step::Discard => {
            begun(sql)?;
            storage.delete_all().await?;
            Ok(Answer::nothing())
        }
    }
}

/// Whether a restore of this book has begun and not ended.
pub fn runs(sql: &Sql) -> worker::Result<bool> {
    sql.finds("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", &[&RESTORING])
}

fn begun(sql: &Sql) -> Result<(), Failure> {
    if runs(sql)? { Ok(()) } else { Err(BackupError::NotBegun.into()) }
}

fn begin(storage: &Storage, sql: &Sql, code: &str, step: i32) -> Result<Answer, Failure> {
    if schema::exists(storage)? || runs(sql)? {
        return Err(BackupError::Exists(code.to_owned()).into());
    }
    if step > schema::newest() {
        return Err(BackupError::Later(step, schema::newest()).into());
    }
    // First of all, so that a book that is left half restored is known for one.
    sql.run(&format!("CREATE TABLE {RESTORING} (name TEXT PRIMARY KEY, sql TEXT NOT NULL) STRICT"), &[])?;
    schema::bring_to(storage, step)?;
    atomically(storage, || {
        sql.run(
            &format!("INSERT INTO {RESTORING} (name, sql) SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"),
            &[],
        )?;
        for trigger in sql.texts(&format!("SELECT name FROM {RESTORING}"), &[])? {
            sql.run(&format!("DROP TRIGGER \"{trigger}\""), &[])?;
        }
        Ok::<_, worker::Error>(())
    })?;
    Ok(Answer::nothing())
}

/// Puts rows in, those of one table at once.
fn rows_of(sql: &Sql, rows: &[Row]) -> Result<(), Failure> {
    for of_table in rows.chunk_by(|(one, _), (other, _)| one == other) {
        let Some((name, _)) = of_table.first() else { continue };
        let table = TABLES.iter().find(|table| table.name == name).ok_or(BackupError::Table(name.clone()))?;
        let columns = columns(sql, table.name)?;
        let listed: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
        let read = columns.iter().map(|column| {
            let bytes = (table.name, column.as_str()) == BYTES;
            if bytes { format!("unhex(value ->> '$.{column}')") } else { format!("value ->> '$.{column}'") }
        });
        let read: Vec<String> = read.collect();
        let values: Vec<&Value> = of_table.iter().map(|(_, row)| row).collect();
        let refused = |error: worker::Error| BackupError::Row { table: name.clone(), why: error.to_string() };
        let strange = values.iter().find_map(|row| {
            let row = row.as_object()?;
            row.keys().find(|column| !columns.contains(column)).cloned()
        });
        if let Some(column) = strange {
            return Err(BackupError::Row { table: name.clone(), why: format!("no column '{column}'") }.into());
        }
        sql.run(
            &format!(
                "INSERT INTO \"{}\" ({}) SELECT {} FROM json_each(?) WHERE true",
                table.name,
                listed.join(", "),
                read.join(", ")
            ),
            &[&serde_json::to_string(&values)?],
        )
        .map_err(refused)?;
    }
    Ok(())
}

/// 1. As many rows are there as the file has, and the audit trail is whole: 422.
/// 2. The book has its code and a secret of its own, and its guards again.
/// 3. It is there, and taken to the newest step.
fn end(storage: &Storage, sql: &Sql, code: &str, told: u64) -> Result<Answer, Failure> {
    atomically(storage, || {
        // 1
        let mut restored = 0_u64;
        for table in TABLES {
            // A table of a later step isn't there yet.
            if !columns(sql, table.name).unwrap_or_default().is_empty() {
                let count: Option<u64> = sql.first(&format!("SELECT json(count(*)) FROM \"{}\"", table.name), &[])?;
                restored = restored.saturating_add(count.unwrap_or_default());
            }
        }
        if restored != told {
            return Err(BackupError::Count { restored, told }.into());
        }
        if let Some(broken) = audit::broken(sql)? {
            return Err(BackupError::Trail(broken).into());
        }
        // 2
        sql.run("UPDATE book SET code = ?, pepper = ?", &[&code, &random::secret()?])?;
        for trigger in sql.texts(&format!("SELECT sql FROM {RESTORING} ORDER BY name"), &[])? {
            sql.run(&trigger, &[])?;
        }
        // 3
        sql.run(&format!("DROP TABLE {RESTORING}"), &[])?;
        Ok::<_, Failure>(())
    })?;
    schema::bring_up_to_date(storage)?;
    let admins = sql.texts(
        "SELECT login FROM person WHERE role = 'admin' AND active = 1 AND token = 0 AND customer IS NULL ORDER BY login",
        &[],
    )?;
    Ok(Answer { status: 201, ..Answer::json(&Restored { admins })? })
}
