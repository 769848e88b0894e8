//! Staging a bank's file and recording it.

use serde::{Deserialize, Serialize};
use shared::facts::calendar::Date;
use shared::facts::id::{FeedNumber, ImportId, ReceiptId};
use shared::facts::money::Currency;
use shared::record::api::bank::{BankPreview, BankRecorded, ENTRIES_LISTED, StagedBank};
use shared::record::bank::{Entry, Pooled, Sorted, sort};
use shared::record::import::Mapping;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::super::call::Call;
use super::super::sql::{Sql, read as read_stored};
use super::BankError;
use crate::answer::Answer;
use crate::problem::{Failure, RequestError};

/// How many entries are kept in one row, far below what SQLite takes for one value.
const TOGETHER: usize = 250;
/// How many receipts go into the pool with one statement.
const AT_ONCE: usize = 250;
/// For how many seconds a staged file waits for somebody to record it: two days.
const WAITS_SECONDS: i64 = 2 * 24 * 3600;

/// A staged file, as the tables keep it.
#[derive(Deserialize)]
struct Staged {
    state: String,
    file: String,
    preview: String,
}

fn staged(sql: &Sql, file: ImportId) -> Result<Option<Staged>, Failure> {
    let query = "SELECT json_object('state', state, 'file', file, 'preview', preview) FROM bank_file WHERE id = ?";
    Ok(sql.first(query, &[&file])?)
}

/// `POST bank`, as the entry hands it on once it is read.
///
/// 1. The id is new, or the same file's: 409.
/// 2. What would become of each entry, by what the pool holds now.
/// 3. With an error in any row nothing is kept.
pub fn stage(call: &Call) -> Result<Answer, Failure> {
    let mut file: StagedBank = call.body()?;
    let (sql, id) = (call.sql, file.file);
    sweep(call)?;
    // 1
    let entries = std::mem::take(&mut file.content.entries);
    let document = serde_json::to_string(&file)?;
    match staged(sql, id)? {
        Some(known) if known.state == "recorded" => return Err(BankError::Recorded.into()),
        Some(known) if known.file != document => return Err(BankError::OtherFile.into()),
        Some(_) | None => {}
    }
    // 2
    let preview = preview(&file, entries.len(), &sorted(call, entries.clone())?);
    // 3
    discard(sql, id)?;
    if !preview.problems.is_refused() {
        let format = serde_json::to_value(file.content.format)?;
        sql.run(
            "INSERT INTO bank_file (id, name, digest, format, state, person, at, file, preview)
             VALUES (?, ?, ?, ?, 'staged', ?, ?, ?, ?)",
            &[
                &id,
                &file.name,
                &file.digest,
                &format.as_str(),
                &call.caller.person,
                &call.now.timestamp(),
                &document,
                &serde_json::to_string(&preview)?,
            ],
        )?;
        for (part, chunk) in entries.chunks(TOGETHER).enumerate() {
            sql.run(
                "INSERT INTO bank_entries (file, part, entries) VALUES (?, ?, ?)",
                &[&id, &part, &serde_json::to_string(chunk)?],
            )?;
        }
    }
    Ok(Answer::json(&preview)?.about(&id))
}

/// What becomes of each entry by what the pool holds now.
fn sorted(call: &Call, entries: Vec<Entry>) -> Result<Sorted, Failure> {
    let failure = RefCell::new(None);
    let known = |receipt: ReceiptId| {
        let query = "SELECT 1 FROM pool WHERE id = ?1 UNION ALL SELECT 1 FROM receipt WHERE id = ?1";
        call.sql.finds(query, &[&receipt]).unwrap_or_else(|error| {
            failure.borrow_mut().get_or_insert(error);
            false
        })
    };
    let sorted = sort(entries, call.today, known).map_err(Failure::broken)?;
    match failure.into_inner() {
        Some(error) => Err(error.into()),
        None => Ok(sorted),
    }
}

fn preview(file: &StagedBank, entries: usize, sorted: &Sorted) -> BankPreview {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let mut passed = BTreeMap::new();
    for (_, why) in &sorted.passed {
        let so_many = passed.entry(*why).or_insert(0_u32);
        *so_many = so_many.saturating_add(1);
    }
    BankPreview {
        file: file.file,
        name: file.name.clone(),
        format: file.content.format,
        encoding: file.encoding,
        mapping: file.mapping.clone(),
        tied_out: file.content.tied_out,
        entries: count(entries),
        new: count(sorted.new.len()),
        listed: sorted.new.iter().take(ENTRIES_LISTED).cloned().collect(),
        totals: sorted.totals.clone(),
        passed,
        passed_listed: sorted.passed.iter().take(ENTRIES_LISTED).cloned().collect(),
        problems: file.content.problems.clone(),
    }
}

/// `POST bank/{id}/commit`: puts into the pool what was shown.
///
/// 1. It is staged: 404, 409.
/// 2. It would still do what was shown: else 409, and it can be looked at again.
/// 3. What came in goes into the pool; how the table was read is remembered.
pub fn record(call: &Call) -> Result<Answer, Failure> {
    let (sql, id) = (call.sql, call.id::<ImportId>()?);
    // 1
    let Staged { state, file, preview: shown } = staged(sql, id)?.ok_or(RequestError::NotFound)?;
    if state == "recorded" {
        return Err(BankError::Recorded.into());
    }
    // 2
    let file: StagedBank = read_stored(&file)?;
    let mut entries: Vec<Entry> = Vec::new();
    for part in sql.texts("SELECT entries FROM bank_entries WHERE file = ? ORDER BY part", &[&id])? {
        entries.extend(read_stored::<Vec<Entry>>(&part)?);
    }
    let count = entries.len();
    let sorted = sorted(call, entries)?;
    let now = preview(&file, count, &sorted);
    if now != read_stored::<BankPreview>(&shown)? {
        return Err(BankError::Moved(Box::new(now)).into());
    }
    // 3
    fill(sql, id, &sorted.new)?;
    if let Some(mapping) = &file.mapping {
        remember(call, mapping)?;
    }
    sql.run("DELETE FROM bank_entries WHERE file = ?", &[&id])?;
    let feed = sql.feed()?;
    sql.run(
        "UPDATE bank_file SET state = 'recorded', person = ?, at = ?, brought = ?, feed = ? WHERE id = ?",
        &[&call.caller.person, &call.now.timestamp(), &now.new, &feed, &id],
    )?;
    Ok(Answer::json(&BankRecorded { file: id, new: now.new, feed })?.about(&id))
}

/// A row of the pool, as SQL unpacks it.
#[derive(Serialize)]
struct Row<'a>(ReceiptId, Date, Currency, i64, Option<&'a str>, String);

fn fill(sql: &Sql, file: ImportId, new: &[Pooled]) -> Result<(), Failure> {
    for chunk in new.chunks(AT_ONCE) {
        let first: FeedNumber = sql.take_feed(u64::try_from(chunk.len()).map_err(Failure::broken)?)?;
        let rows: Vec<Row> = chunk
            .iter()
            .map(|pooled| {
                let money = &pooled.money;
                let (amount, body) = (money.amount, serde_json::to_string(pooled)?);
                Ok(Row(money.receipt, money.date, amount.currency(), amount.minor(), money.account.as_deref(), body))
            })
            .collect::<Result<_, serde_json::Error>>()?;
        sql.run(
            "INSERT INTO pool (feed, id, file, date, currency, minor, account, body)
             SELECT ?1 + key, value ->> 0, ?2, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
             FROM json_each(?3)",
            &[&first, &file, &serde_json::to_string(&rows)?],
        )?;
    }
    Ok(())
}

fn remember(call: &Call, mapping: &Mapping) -> Result<(), Failure> {
    Ok(call.sql.run(
        "INSERT INTO import_mapping (source, at, document) VALUES (?1, ?2, ?3)
         ON CONFLICT (source) DO UPDATE SET at = ?2, document = ?3",
        &[&mapping.source, &call.now.timestamp(), &serde_json::to_string(&mapping.remembered())?],
    )?)
}

/// `DELETE bank/{id}`: takes a staged file back.
pub fn take_back(call: &Call) -> Result<Answer, Failure> {
    let file = call.id::<ImportId>()?;
    match staged(call.sql, file)? {
        None => Err(RequestError::NotFound.into()),
        Some(known) if known.state == "recorded" => Err(BankError::Recorded.into()),
        Some(_) => {
            discard(call.sql, file)?;
            Ok(Answer::nothing().about(&file))
        }
    }
}

fn discard(sql: &Sql, file: ImportId) -> Result<(), Failure> {
    sql.run("DELETE FROM bank_entries WHERE file = ?", &[&file])?;
    Ok(sql.run("DELETE FROM bank_file WHERE id = ? AND state = 'staged'", &[&file])?)
}

/// Forgets files that nobody recorded.
fn sweep(call: &Call) -> Result<(), Failure> {
    let before = call.now.timestamp().saturating_sub(WAITS_SECONDS);
    let stale = call.sql.texts("SELECT id FROM bank_file WHERE state = 'staged' AND at < ?", &[&before])?;
    let stale: BTreeSet<String> = stale.into_iter().collect();
    for file in stale {
        discard(call.sql, file.parse().map_err(Failure::broken)?)?;
    }
    Ok(())
}
