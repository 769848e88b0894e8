//! How a book's tables come to be and change: numbered scripts, applied in order, each in a transaction of its own, each
//! once. A script that has been deployed is never edited; the next one mends it.

use serde::Deserialize;
use worker::{Result, Storage};

use super::atomically;

/// A step from one shape of the tables to the next.
struct Migration {
    number: i32,
    name: &'static str,
    sql: &'static str,
}

macro_rules! migration {
    ($number:literal, $name:literal) => {
        Migration { number: $number, name: $name, sql: include_str!(concat!("../../migrations/", $name, ".sql")) }
    };
}

/// All steps, oldest first.
const MIGRATIONS: [Migration; 1] = [migration!(1, "0001_book")];

/// Whether this book was ever created. Asking writes nothing.
pub fn exists(storage: &Storage) -> Result<bool> {
    #[derive(Deserialize)]
    struct Table {}
    let found = storage.sql().exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema'", None)?;
    Ok(!found.to_array::<Table>()?.is_empty())
}

/// Applies the steps that this book hasn't seen. On a new book that is all of them: this is how it is created.
pub fn bring_up_to_date(storage: &Storage) -> Result<()> {
    let sql = storage.sql();
    let seen = if exists(storage)? { applied(storage)? } else { 0 };
    for migration in MIGRATIONS.iter().filter(|migration| migration.number > seen) {
        atomically(storage, || {
            sql.exec(migration.sql, None)?;
            let row = vec![migration.number.into(), migration.name.into()];
            sql.exec("INSERT INTO schema (number, name) VALUES (?, ?)", row)?;
            Ok(())
        })?;
    }
    Ok(())
}

/// The number of the newest step applied.
fn applied(storage: &Storage) -> Result<i32> {
    #[derive(Deserialize)]
    struct Newest {
        number: i32,
    }
    let rows =
        storage.sql().exec("SELECT coalesce(max(number), 0) AS number FROM schema", None)?.to_array::<Newest>()?;
    Ok(rows.first().map_or(0, |newest| newest.number))
}
