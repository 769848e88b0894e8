//! The content of attached files: by SHA-256, in parts that SQLite and a page of an export take.
//!
//! It comes in part by part before anything is attached by it. What no attachment stands by is swept by the alarm an hour
//! after its last part came: a file that broke off, one whose attaching was refused.

use chrono::{DateTime, Utc};
use shared::record::api::attachments::ATTACHMENT_PART;

use super::super::call::Call;
use super::super::settings;
use super::super::sql::Sql;
use super::{AttachmentError, bytes_used};
use crate::problem::{Failure, RequestError};

/// For how many seconds content waits for its attachment.
const WAITS: i64 = 3600;
/// How much is swept at once: a few files.
const SWEPT_AT_ONCE: u32 = 8;

/// Takes in a part: `step=part&digest=&bytes=&parts=&part=`. What is there already stays: by its name it is the same.
pub fn take_in(call: &Call, data: &[u8]) -> Result<(), Failure> {
    let sql = call.sql;
    let missing = |name| RequestError::Parameter { name, expected: "given" };
    let digest: String = call.parameter("digest", "a digest")?.ok_or_else(|| missing("digest"))?;
    let bytes: u64 = call.parameter("bytes", "a number")?.ok_or_else(|| missing("bytes"))?;
    let parts: u32 = call.parameter("parts", "a number")?.ok_or_else(|| missing("parts"))?;
    let part: u32 = call.parameter("part", "a number")?.ok_or_else(|| missing("part"))?;
    let at = call.now.timestamp();
    if sql.finds("SELECT 1 FROM content WHERE digest = ?", &[&digest])? {
        sql.run("UPDATE content SET at = ? WHERE digest = ?", &[&at, &digest])?;
    } else {
        let left = settings::of(sql)?.attached_bytes.saturating_sub(bytes_used(sql)?);
        if bytes > left {
            return Err(AttachmentError::NoRoom { left }.into());
        }
        sql.run("INSERT INTO content (digest, bytes, parts, at) VALUES (?, ?, ?, ?)", &[&digest, &bytes, &parts, &at])?;
    }
    if data.len() > ATTACHMENT_PART {
        return Err(RequestError::TooLong(ATTACHMENT_PART).into());
    }
    Ok(sql.run(
        "INSERT INTO content_part (digest, part, data) VALUES (?, ?, ?) ON CONFLICT (digest, part) DO NOTHING",
        &[&digest, &part, &data],
    )?)
}

/// Whether all parts are there; then it is whole from now on.
pub fn close(sql: &Sql, digest: &str, bytes: u64, parts: u32) -> Result<bool, Failure> {
    let whole = sql.finds(
        "SELECT 1 FROM content WHERE digest = ?1 AND bytes = ?2 AND parts = ?3
             AND (whole = 1 OR (SELECT count(*) = ?3 AND max(part) = ?3 AND sum(length(data)) = ?2
                 FROM content_part WHERE digest = ?1))",
        &[&digest, &bytes, &parts],
    )?;
    if whole {
        sql.run("UPDATE content SET whole = 1 WHERE digest = ? AND whole = 0", &[&digest])?;
    }
    Ok(whole)
}

/// All of it.
pub fn read(sql: &Sql, digest: &str, bytes: u64) -> Result<Vec<u8>, Failure> {
    let parts = sql.blobs("SELECT data FROM content_part WHERE digest = ? ORDER BY part", &[&digest])?;
    let all = parts.concat();
    if u64::try_from(all.len()).ok() == Some(bytes) { Ok(all) } else { Err(Failure::broken("content is not whole")) }
}

/// Drops content that nothing is attached by any more.
pub fn drop_unless_attached(sql: &Sql, digest: &str) -> Result<(), Failure> {
    if sql.finds("SELECT 1 FROM attachment WHERE digest = ? AND removed_by IS NULL", &[&digest])? {
        return Ok(());
    }
    sql.run("DELETE FROM content_part WHERE digest = ?", &[&digest])?;
    Ok(sql.run("DELETE FROM content WHERE digest = ?", &[&digest])?)
}

/// From when on content waits to be swept, in seconds since 1970.
pub fn swept_from(sql: &Sql) -> Result<Option<i64>, Failure> {
    let oldest: Option<i64> = sql.first("SELECT json(at) FROM content WHERE whole = 0 ORDER BY at LIMIT 1", &[])?;
    Ok(oldest.map(|oldest| oldest.saturating_add(WAITS)))
}

/// Sweeps some content that nothing was attached by in time.
pub fn sweep(sql: &Sql, now: DateTime<Utc>) -> Result<(), Failure> {
    let before = now.timestamp().saturating_sub(WAITS);
    let waiting = format!("SELECT digest FROM content WHERE whole = 0 AND at <= ? ORDER BY at LIMIT {SWEPT_AT_ONCE}");
    sql.texts(&waiting, &[&before])?.iter().try_for_each(|digest| drop_unless_attached(sql, digest))
}
