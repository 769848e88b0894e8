//! Tokens by which programs, such as the company's ERP system, ask and act. A token acts as a role, with a subset of what the
//! role may, for a while; it is told once and can be revoked. A person of its own stands for it, so that what it does has
//! somebody who did it.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::facts::id::PersonId;
use shared::record::access::{Role, program_may};
use shared::record::api::people::{MadeToken, MakeToken, TokensAnswer};
use shared::record::digest::digest_of_bytes;

use super::super::call::{Call, Caller};
use super::super::sessions::SEEN_SECONDS;
use super::super::sql::Sql;
use super::{PeopleError, checked, role_name};
use crate::answer::Answer;
use crate::problem::{Failure, RequestError};

/// For how many days a token can be good.
pub const DAYS_MOST: u32 = 730;
const DAY_SECONDS: i64 = 24 * 3600;

/// The program that holds the token with this digest.
pub fn authenticate(sql: &Sql, digest: &str, now: DateTime<Utc>) -> Result<Option<Caller>, Failure> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(flatten)]
        caller: Caller,
        seen_at: Option<i64>,
    }
    let at = now.timestamp();
    let row: Option<Row> = sql.first(
        "SELECT json_object('person', person.id, 'name', person.name, 'role', person.role, 'customer', NULL,
             'door', NULL, 'until', api_token.until, 'operations', json(api_token.operations),
             'sight_feed', person.sight_feed, 'seen_at', api_token.seen_at)
         FROM api_token JOIN person ON person.id = api_token.person
         WHERE api_token.digest = ? AND api_token.revoked_at IS NULL AND api_token.until > ?",
        &[&digest, &at],
    )?;
    let Some(Row { caller, seen_at }) = row else { return Ok(None) };
    if seen_at.is_none_or(|seen_at| at.saturating_sub(seen_at) > SEEN_SECONDS) {
        sql.run("UPDATE api_token SET seen_at = ? WHERE digest = ?", &[&at, &digest])?;
    }
    Ok(Some(caller))
}

/// `GET tokens`.
pub fn read(call: &Call) -> Result<Answer, Failure> {
    let tokens = call.sql.rows(
        "SELECT json_object('id', person.id, 'name', person.name, 'role', person.role,
             'operations', json(api_token.operations), 'made_by', maker.name, 'made_at', api_token.made_at,
             'until', api_token.until, 'revoked_at', api_token.revoked_at, 'seen_at', api_token.seen_at)
         FROM api_token JOIN person ON person.id = api_token.person JOIN person AS maker ON maker.id = api_token.made_by
         ORDER BY api_token.made_at DESC, person.id",
        &[],
    )?;
    Answer::json(&TokensAnswer { tokens })
}

/// `POST tokens`. A retry makes another token in the place of the first, which was never kept.
///
/// 1. Name, role, operations and time are sound: 422.
/// 2. A person stands for it; it is told once.
pub fn make(call: &Call) -> Result<Answer, Failure> {
    // 1
    let MakeToken { name, role, mut operations, days } = call.body()?;
    let name = checked(&name)?;
    if matches!(role, Role::Customer | Role::Admin) {
        return Err(PeopleError::Role.into());
    }
    operations.sort_unstable();
    operations.dedup();
    if let Some(other) = operations.iter().find(|operation| program_may(role, **operation).is_none()) {
        return Err(PeopleError::Operation(other.name()).into());
    }
    if operations.is_empty() || !(1..=DAYS_MOST).contains(&days) {
        return Err(PeopleError::Days.into());
    }
    // 2
    let key = call.key.ok_or(RequestError::Key)?;
    let person = PersonId::derived(&["token", &call.book.code, &key.to_string()]);
    let at = call.now.timestamp();
    call.sql.run(
        "INSERT INTO person (id, login, name, role, feed, token) VALUES (?, ?, ?, ?, 0, 1) ON CONFLICT (id) DO NOTHING",
        &[&person, &format!("token:{person}"), &name, &role_name(role)?],
    )?;
    let token = call.seals.make(&call.book.code)?;
    let until = at.saturating_add(DAY_SECONDS.saturating_mul(i64::from(days)));
    call.sql.run(
        "INSERT INTO api_token (digest, person, operations, made_by, made_at, until) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (person) DO UPDATE SET digest = ?1, made_at = ?5, until = ?6 WHERE revoked_at IS NULL",
        &[
            &digest_of_bytes(token.as_bytes()),
            &person,
            &serde_json::to_string(&operations)?,
            &call.caller.person,
            &at,
            &until,
        ],
    )?;
    Ok(Answer { secret: true, ..Answer::json(&MadeToken { id: person, token, until })?.about(&person) })
}

/// `DELETE tokens/{id}`: at once.
pub fn revoke(call: &Call) -> Result<Answer, Failure> {
    let id: PersonId = call.id()?;
    if !call.sql.finds("SELECT 1 FROM api_token WHERE person = ?", &[&id])? {
        return Err(RequestError::NotFound.into());
    }
    let at = call.now.timestamp();
    call.sql.run("UPDATE api_token SET revoked_at = ? WHERE person = ? AND revoked_at IS NULL", &[&at, &id])?;
    Ok(Answer::nothing().about(&id))
}
