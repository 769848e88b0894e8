//! Staging: rows come in from the entry, and what they would do goes back.

use chrono::{DateTime, Utc};
use shared::facts::id::ImportId;
use shared::record::access::Operation;
use shared::record::api::imports::{StageSetting, StagedFile};
use shared::record::import::{Mapping, Mode, Row};
use uuid::Uuid;
use worker::Request;

use super::super::call::{BookRow, Call};
use super::super::sessions;
use super::super::sql::Sql;
use super::ImportError;
use super::plan::{Basis, Made, make};
use crate::answer::Answer;
use crate::api::parse;
use crate::problem::{Failure, RequestError};

/// For how many seconds a staged file waits for somebody to record it: two days.
const WAITS_SECONDS: i64 = 2 * 24 * 3600;
/// For how many seconds the parts of a file may take to come in.
const COMES_SECONDS: i64 = 3600;
/// How many mappings are remembered.
const MAPPINGS_MAX: u32 = 200;

/// `POST /stage/setting` and `POST /stage/part?import=&key=&part=`: the entry's calls, on behalf of whoever sent the file.
///
/// 1. Who is it, and may they stage a file: 401, 403. `bank` is `setting` for a bank's file.
/// 2. `setting` says what reading a file takes, `part` puts rows into the stage.
pub fn answer(sql: &Sql, request: &Request, call: &str, body: &[u8], now: DateTime<Utc>) -> Result<Answer, Failure> {
    // 1
    let token = request.headers().get("x-token")?.unwrap_or_default();
    let (caller, _) = sessions::authenticate(sql, &token, now)?;
    let operation = if call == "bank" { Operation::StageBank } else { Operation::StageImport };
    caller.may(operation).ok_or(RequestError::Forbidden)?;
    // 2
    match call {
        "setting" | "bank" => {
            sweep(sql, now)?;
            let book = BookRow::of(sql)?;
            let mappings = mappings(sql)?;
            Answer::json(&StageSetting { today: book.today(now), currency: book.currency, mappings })
        }
        "part" => {
            let url = request.url()?;
            let given =
                |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
            let import: ImportId = given("import").and_then(|id| id.parse().ok()).ok_or(RequestError::NotFound)?;
            let part: u32 = given("part").and_then(|part| part.parse().ok()).ok_or(RequestError::NotFound)?;
            let key: Uuid = given("key").and_then(|key| key.parse().ok()).ok_or(RequestError::NotFound)?;
            // What is staged or recorded under this id stays as it was shown; and a file that is sent again after somebody
            // took it back gets its answer, not another place in the stage.
            let known = "SELECT 1 FROM import WHERE id = ?1 UNION ALL SELECT 1 FROM idempotency WHERE key = ?2";
            if sql.finds(known, &[&import, &key])? {
                return Answer::json(&false);
            }
            let rows: Vec<Row> = parse(body)?;
            sql.run(
                "INSERT INTO import_part (import, part, at, rows) VALUES (?, ?, ?, ?)
                 ON CONFLICT (import, part) DO UPDATE SET at = excluded.at, rows = excluded.rows",
                &[&import, &part, &now.timestamp(), &serde_json::to_string(&rows)?],
            )?;
            Answer::json(&true)
        }
        _ => Err(RequestError::NotFound.into()),
    }
}

/// How files with known column names were read, the last first.
pub fn mappings(sql: &Sql) -> Result<Vec<Mapping>, Failure> {
    let query = "SELECT document FROM import_mapping ORDER BY at DESC, source LIMIT ?";
    Ok(sql.rows(query, &[&MAPPINGS_MAX])?)
}

/// Forgets files that nobody recorded and parts whose file never came in whole.
fn sweep(sql: &Sql, now: DateTime<Utc>) -> Result<(), Failure> {
    let before = |seconds: i64| now.timestamp().saturating_sub(seconds);
    let stale = sql.texts("SELECT id FROM import WHERE state = 'staged' AND at < ?", &[&before(WAITS_SECONDS)])?;
    for import in stale {
        discard(sql, import.parse().map_err(Failure::broken)?)?;
    }
    Ok(sql.run(
        "DELETE FROM import_part WHERE at < ? AND import NOT IN (SELECT id FROM import)",
        &[&before(COMES_SECONDS)],
    )?)
}

/// Takes a staged file out of the stage.
pub fn discard(sql: &Sql, import: ImportId) -> Result<(), Failure> {
    empty(sql, import)?;
    Ok(sql.run("DELETE FROM import WHERE id = ? AND state = 'staged'", &[&import])?)
}

/// Drops what was kept for planning.
pub fn empty(sql: &Sql, import: ImportId) -> Result<(), Failure> {
    sql.run("DELETE FROM import_plan WHERE import = ?", &[&import])?;
    Ok(sql.run("DELETE FROM import_part WHERE import = ?", &[&import])?)
}

/// `POST imports`, as the entry hands it on once all parts are in.
///
/// 1. The id is new, or the same file's: 409.
/// 2. What the rows would do, by what the book holds now: 422 when the file as a whole cannot be taken.
/// 3. With an error in any row nothing is kept.
pub fn stage(call: &Call) -> Result<Answer, Failure> {
    let file: StagedFile = call.body()?;
    let (sql, import) = (call.sql, file.import);
    // 1
    let document = serde_json::to_string(&file)?;
    let known: Option<(String, String)> =
        sql.first("SELECT json_array(file, state) FROM import WHERE id = ?", &[&import])?;
    match known {
        Some((_, state)) if state == "recorded" => return Err(ImportError::Recorded.into()),
        Some((known, _)) if known != document => return Err(ImportError::OtherFile.into()),
        Some(_) | None => {}
    }
    // 2
    let (basis, made) = (Basis::now(call)?, make(call, &file)?);
    // 3
    if made.preview.problems.is_refused() {
        discard(sql, import)?;
    } else {
        keep(call, &file, &document, &made, &basis)?;
    }
    Ok(Answer::json(&made.preview)?.about(&import))
}

/// Keeps what a plan comes to and by what it was made.
pub fn keep(call: &Call, file: &StagedFile, document: &str, made: &Made, basis: &Basis) -> Result<(), Failure> {
    let as_of = match file.mapping.choices.mode {
        Mode::Snapshot { as_of } => as_of,
        Mode::Events | Mode::Unallocated => None,
    };
    let kind = serde_json::to_value(file.mapping.kind)?;
    Ok(call.sql.run(
        "INSERT INTO import (id, name, kind, mode, as_of, state, person, at, file, preview, planned_feed, planned_on, plan_digest)
         VALUES (?1, ?2, ?3, ?4, ?5, 'staged', ?6, ?7, ?8, ?9, ?10, ?11, ?12)
         ON CONFLICT (id) DO UPDATE SET preview = ?9, planned_feed = ?10, planned_on = ?11, plan_digest = ?12",
        &[
            &file.import,
            &file.name,
            &kind.as_str(),
            &serde_json::to_string(&file.mapping.choices.mode)?,
            &as_of,
            &call.caller.person,
            &call.now.timestamp(),
            &document,
            &serde_json::to_string(&made.preview)?,
            &basis.feed,
            &basis.today,
            &made.digest,
        ],
    )?)
}
