//! A write happens once, however often it is sent.
//!
//! Its maker gives it a key and keeps it for every retry. The same key with the same request gets the answer that was given
//! then; with another request it is refused. Keys are kept longer than any outbox lives. What a write did and who did it goes
//! into the audit trail in the same transaction.

use chrono::{DateTime, Utc};
use shared::facts::id::PersonId;
use shared::record::digest::digest_of_bytes;

use super::audit;
use super::call::Call;
use super::sql::Sql;
use crate::answer::Answer;
use crate::problem::{Failure, RequestError};

/// For how many seconds a key is kept: 100 days.
const KEPT_SECONDS: i64 = 100 * 24 * 3600;

/// Answers a write: from memory when its key is known, else by doing it.
pub fn answer(
    call: &Call,
    path: &str,
    body: &[u8],
    act: impl FnOnce() -> Result<Answer, Failure>,
) -> Result<Answer, Failure> {
    let key = call.key.ok_or(RequestError::Key)?;
    let mut request = format!("{:?} {path}\n", call.operation).into_bytes();
    request.extend_from_slice(body);
    let request = digest_of_bytes(&request);
    let known: Option<(PersonId, String, u16, Option<String>)> =
        call.sql.first("SELECT json_array(person, request, status, answer) FROM idempotency WHERE key = ?", &[&key])?;
    if let Some((person, known, status, stored)) = known {
        if person != call.caller.person || known != request {
            return Err(RequestError::KeyReused.into());
        }
        if let Some(stored) = stored {
            return Ok(Answer::of(status, stored));
        }
    }
    let answer = act()?;
    let kept = (!answer.secret).then_some(answer.body.as_str());
    let at = call.now.timestamp();
    call.sql.run(
        "INSERT INTO idempotency (key, person, request, status, answer, at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (key) DO NOTHING",
        &[&key, &call.caller.person, &request, &answer.status, &kept, &at],
    )?;
    audit::of_call(call, &answer)?;
    Ok(answer)
}

/// Forgets keys that no outbox can hold any more.
pub fn forget(sql: &Sql, now: DateTime<Utc>) -> Result<(), Failure> {
    let before = now.timestamp().saturating_sub(KEPT_SECONDS);
    Ok(sql.run("DELETE FROM idempotency WHERE at < ?", &[&before])?)
}
