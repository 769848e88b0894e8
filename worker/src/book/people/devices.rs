//! Where somebody is signed in, and how they end it there.

use shared::facts::id::PersonId;
use shared::record::api::people::{SessionEntry, SessionsAnswer};

use super::super::audit::session_name;
use super::super::call::Call;
use super::super::sessions::{end_all_of, signed_out};
use super::super::sql::Sql;
use crate::answer::Answer;
use crate::problem::{Failure, RequestError};

/// Running sessions of a person. `current` is the digest of the one that asks.
pub fn running(sql: &Sql, person: PersonId, current: &str, at: i64) -> Result<Vec<SessionEntry>, Failure> {
    Ok(sql.rows(
        "SELECT json_object('session', substr(digest, 1, 32), 'current', json(iif(digest = ?1, 'true', 'false')),
             'door', door, 'agent', agent, 'made_at', made_at, 'seen_at', seen_at, 'until', until)
         FROM session WHERE person = ?2 AND ended_at IS NULL AND until > ?3
             AND seen_at > ?3 - CASE door WHEN 'field' THEN 1209600 WHEN 'desk' THEN 43200 ELSE 7200 END
         ORDER BY seen_at DESC, digest",
        &[&current, &person, &at],
    )?)
}

/// `GET sessions`.
pub fn read(call: &Call) -> Result<Answer, Failure> {
    let person = call.caller.person;
    let sessions = running(call.sql, person, &call.session, call.now.timestamp())?;
    let (login, password, second_factor, recovery_codes): (String, u8, u8, u32) = call
        .sql
        .first(
            "SELECT json_array(login, EXISTS (SELECT 1 FROM password WHERE person = id),
                 EXISTS (SELECT 1 FROM second_factor WHERE person = id AND confirmed_at IS NOT NULL),
                 (SELECT count(*) FROM recovery_code WHERE person = id AND spent_at IS NULL))
             FROM person WHERE id = ?",
            &[&person],
        )?
        .ok_or_else(|| Failure::broken("a caller is nobody"))?;
    let (password, second_factor) = (password == 1, second_factor == 1);
    Answer::json(&SessionsAnswer { sessions, login, password, second_factor, recovery_codes })
}

/// `DELETE sessions`: signs out everywhere, here too.
pub fn end_all(call: &Call) -> Result<Answer, Failure> {
    end_all_of(call.sql, call.caller.person, None, call.now)?;
    Ok(signed_out(call))
}

/// `DELETE sessions/{id}`: one of one's own.
pub fn end_one(call: &Call) -> Result<Answer, Failure> {
    let name: String = call.id()?;
    let known = "SELECT 1 FROM session WHERE person = ? AND substr(digest, 1, 32) = ? AND ended_at IS NULL";
    if !call.sql.finds(known, &[&call.caller.person, &name])? {
        return Err(RequestError::NotFound.into());
    }
    call.sql.run(
        "UPDATE session SET ended_at = ? WHERE person = ? AND substr(digest, 1, 32) = ?",
        &[&call.now.timestamp(), &call.caller.person, &name],
    )?;
    Ok(if session_name(&call.session) == name { signed_out(call) } else { Answer::nothing().about(&name) })
}
