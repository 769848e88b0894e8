//! How a book's tables come to be and change: numbered scripts, applied in order, each in a transaction of its own, each
//! once. A script that has been deployed is never edited; the next one mends it.

use worker::{Result, Storage};

use super::sql::Sql;
use super::{atomically, audit, people};

/// A step from one shape of the tables to the next.
struct Migration {
    number: i32,
    name: &'static str,
    sql: &'static str,
    /// What SQL alone cannot do, after it.
    then: Option<fn(&Sql) -> Result<()>>,
}

macro_rules! migration {
    ($number:literal, $name:literal) => {
        migration!($number, $name, None)
    };
    ($number:literal, $name:literal, $then:expr) => {
        Migration {
            number: $number,
            name: $name,
            sql: include_str!(concat!("../../migrations/", $name, ".sql")),
            then: $then,
        }
    };
}

/// All steps, oldest first.
const MIGRATIONS: &[Migration] = &[
    migration!(1, "0001_book"),
    migration!(2, "0002_people"),
    migration!(3, "0003_ledger"),
    migration!(4, "0004_judgement"),
    migration!(5, "0005_imports"),
    migration!(6, "0006_undo"),
    migration!(7, "0007_audit", Some(audit::seal_what_was_there)),
    migration!(8, "0008_people", Some(people::pepper)),
    migration!(9, "0009_prepaid"),
    migration!(10, "0010_file"),
    migration!(11, "0011_orders"),
    migration!(12, "0012_applications"),
    migration!(13, "0013_pool"),
    migration!(14, "0014_settling"),
    migration!(15, "0015_jobs"),
    migration!(16, "0016_attachments"),
    migration!(17, "0017_outbox"),
    migration!(18, "0018_leases"),
];

/// Whether this book was ever created. Asking writes nothing.
pub fn exists(storage: &Storage) -> Result<bool> {
    Sql::of(storage).finds("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema'", &[])
}

/// The newest step there is.
pub fn newest() -> i32 {
    MIGRATIONS.last().map_or(0, |migration| migration.number)
}

/// Applies the steps that this book hasn't seen. On a new book that is all of them: this is how it is created.
pub fn bring_up_to_date(storage: &Storage) -> Result<()> {
    bring_to(storage, newest())
}

/// The same up to a step.
pub fn bring_to(storage: &Storage, step: i32) -> Result<()> {
    let sql = Sql::of(storage);
    let seen: Vec<i32> = if exists(storage)? { sql.rows("SELECT json(number) FROM schema", &[])? } else { Vec::new() };
    let to_take = |migration: &&Migration| migration.number <= step && !seen.contains(&migration.number);
    for migration in MIGRATIONS.iter().filter(to_take) {
        atomically::<_, worker::Error>(storage, || {
            sql.run(migration.sql, &[])?;
            if let Some(then) = migration.then {
                then(&sql)?;
            }
            sql.run("INSERT INTO schema (number, name) VALUES (?, ?)", &[&migration.number, &migration.name])
        })?;
    }
    Ok(())
}
