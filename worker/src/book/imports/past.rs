//! What was imported, and taking a staged file back.

use serde::Deserialize;
use shared::facts::id::ImportId;
use shared::record::api::imports::{
    IMPORT_LIMITS_MOST, ImportEntry, ImportPreview, ImportState, ImportedLimit, ImportsAnswer,
};
use shared::record::import::{FileKind, Mode};

use super::super::call::Call;
use super::super::sql::{Sql, read as read_stored};
use super::ImportError;
use super::stage::{discard, mappings};
use crate::answer::Answer;
use crate::problem::{Failure, RequestError};

/// How many imports are listed.
const LISTED_MAX: u32 = 200;

#[derive(Deserialize)]
struct Row {
    import: ImportId,
    name: String,
    kind: FileKind,
    mode: Mode,
    state: ImportState,
    by: String,
    at: u64,
    preview: String,
}

/// `GET imports`.
pub fn read(call: &Call) -> Result<Answer, Failure> {
    let rows: Vec<Row> = call.sql.rows(
        "SELECT json_object('import', import.id, 'name', import.name, 'kind', kind, 'mode', json(mode), 'state', iif(undone_feed IS NULL, state, 'undone'),
             'by', person.name, 'at', coalesce(undone_at, at), 'preview', preview)
         FROM import JOIN person ON person.id = coalesce(undone_by, import.person)
         ORDER BY at DESC, import.feed IS NULL DESC, import.feed DESC, import.id LIMIT ?",
        &[&LISTED_MAX],
    )?;
    let entry = |row: Row| {
        let Row { import, name, kind, mode, state, by, at, preview } = row;
        let ImportPreview { summary, problems, .. } = read_stored(&preview)?;
        let brings = state == ImportState::Staged && summary.grants > 0;
        let limits = if brings { limits(call.sql, import)? } else { Vec::new() };
        Ok(ImportEntry { import, name, kind, mode, state, by, at, summary, warnings: problems.warnings, limits })
    };
    let imports = rows.into_iter().map(entry).collect::<Result<_, Failure>>()?;
    Answer::json(&ImportsAnswer { imports, mappings: mappings(call.sql)? })
}

/// The largest limits that a staged file brings along.
fn limits(sql: &Sql, import: ImportId) -> Result<Vec<ImportedLimit>, Failure> {
    Ok(sql.rows(
        "SELECT json_object('limit', json(\"limit\"), 'customer', coalesce(
             (SELECT planned.value ->> '$.customer.name'
              FROM import_plan JOIN json_each(import_plan.customers) AS planned
              WHERE import_plan.import = ?1 AND customers IS NOT NULL AND planned.value ->> '$.customer.id' = granted.customer),
             (SELECT file ->> '$.name' FROM customer WHERE id = granted.customer), ''))
         FROM (
             SELECT planned.value ->> '$.customer' AS customer, planned.value -> '$.fact.limit' AS \"limit\"
             FROM import_plan JOIN json_each(import_plan.facts) AS planned
             WHERE import_plan.import = ?1 AND facts IS NOT NULL AND planned.value ->> '$.fact.kind' = 'limit_granted'
             ORDER BY \"limit\" ->> '$.kind' = 'unlimited' DESC,
                 CAST(replace(\"limit\" ->> '$.amount.amount', '.', '') AS INTEGER) DESC, customer
             LIMIT ?2
         ) AS granted",
        &[&import, &IMPORT_LIMITS_MOST],
    )?)
}

/// `DELETE imports/{id}`: takes a staged file back. What was recorded is undone by a call of its own, so that a page that
/// doesn't know yet what became of its file never undoes it.
pub fn take_back(call: &Call) -> Result<Answer, Failure> {
    let import = call.id::<ImportId>()?;
    let state: Option<ImportState> = call.sql.first("SELECT json_quote(state) FROM import WHERE id = ?", &[&import])?;
    match state {
        None => Err(RequestError::NotFound.into()),
        Some(ImportState::Recorded | ImportState::Undone) => Err(ImportError::Recorded.into()),
        Some(ImportState::Staged) => {
            discard(call.sql, import)?;
            Ok(Answer::nothing().about(&import))
        }
    }
}
