//! Links and sessions. Of a token the book keeps only the SHA-256, so that whoever reads its tables can open nothing.
//!
//! A link opens one door once. A session ends when it isn't used for a while, when its time is over, or when someone ends it.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::facts::id::PersonId;
use shared::record::api::{Door, Link, Session, SignIn};
use shared::record::digest::digest_of_bytes;
use uuid::Uuid;

use super::audit::{self, Deed};
use super::call::{BookRow, Call, Caller};
use super::once;
use super::sql::Sql;
use crate::answer::Answer;
use crate::api::{cookie_name, parse};
use crate::problem::{Failure, Kind, Refusal, RequestError};
use crate::random;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
/// For how long a link can be spent.
const LINK_SECONDS: i64 = 7 * DAY;
/// How often a session's use is written down, at most.
const SEEN_SECONDS: i64 = 600;

/// For how many seconds a session of a door may go unused, and for how many it lasts at all.
const fn lasts(door: Door) -> (i64, i64) {
    match door {
        Door::Field => (14 * DAY, 30 * DAY),
        Door::Desk => (12 * HOUR, 7 * DAY),
        Door::Portal => (2 * HOUR, DAY),
    }
}

/// Why a link opens nothing.
#[derive(Debug, thiserror::Error)]
#[error("this link was used already, has expired, or never was one")]
pub struct LinkSpent;

impl Refusal for LinkSpent {
    fn kind(&self) -> Kind {
        (401, "link_spent", "the link opens nothing")
    }
}

/// The JSON name of a door.
pub const fn door_name(door: Door) -> &'static str {
    match door {
        Door::Field => "field",
        Door::Desk => "desk",
        Door::Portal => "portal",
    }
}

/// Makes a link for a person. With the key of the write that asks for it, a retry ends the link that the first try made:
/// its token was never kept, so that it cannot be told again.
pub fn make_link(
    sql: &Sql,
    book: &BookRow,
    person: PersonId,
    door: Door,
    key: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<Link, Failure> {
    let at = now.timestamp();
    if let Some(key) = key {
        sql.run("UPDATE link SET until = ?1 WHERE key = ?2 AND until > ?1", &[&at, &key])?;
    }
    let token = format!("{}.{}", book.code, random::secret()?);
    let until = at.saturating_add(LINK_SECONDS);
    sql.run(
        "INSERT INTO link (digest, door, person, made_at, until, key) VALUES (?, ?, ?, ?, ?, ?)",
        &[&digest_of_bytes(token.as_bytes()), &door_name(door), &person, &at, &until, &key],
    )?;
    Ok(Link { door, token, until: u64::try_from(until).unwrap_or_default() })
}

/// `POST session`: spends a link and opens a session.
///
/// 1. The link is unspent and not expired: 401.
/// 2. It is spent, and a session takes its place, whose token goes into the door's cookie.
pub fn sign_in(sql: &Sql, body: &[u8], now: DateTime<Utc>) -> Result<Answer, Failure> {
    let SignIn { token } = parse(body)?;
    let at = now.timestamp();
    // 1
    let digest = digest_of_bytes(token.as_bytes());
    let (person, door): (PersonId, Door) = sql
        .first(
            "SELECT json_array(person, door) FROM link WHERE digest = ? AND spent_at IS NULL AND until > ?",
            &[&digest, &at],
        )?
        .ok_or(LinkSpent)?;
    // 2
    sql.run("UPDATE link SET spent_at = ? WHERE digest = ?", &[&at, &digest])?;
    let book = BookRow::of(sql)?;
    let secret = format!("{}.{}", book.code, random::secret()?);
    let (_, most) = lasts(door);
    let until = at.saturating_add(most);
    let session = digest_of_bytes(secret.as_bytes());
    sql.run(
        "INSERT INTO session (digest, door, person, made_at, seen_at, until) VALUES (?, ?, ?, ?, ?, ?)",
        &[&session, &door_name(door), &person, &at, &at, &until],
    )?;
    // Nothing else comes by as rarely and as surely.
    once::forget(sql, now)?;
    let (caller, _) = authenticate(sql, &secret, now)?;
    let deed = Deed {
        person: Some(person),
        role: Some(caller.role),
        session: Some(&session),
        action: "sign_in",
        subject: Some(door_name(door)),
        personal: None,
    };
    audit::append(sql, now, &deed)?;
    let mut answer = Answer::json(&described(&book, &caller, now))?;
    answer.headers.push(("set-cookie", cookie(door, &secret, most)));
    Ok(answer)
}

/// Who holds this token, and the token's digest. Anything that is no running session is nobody.
pub fn authenticate(sql: &Sql, token: &str, now: DateTime<Utc>) -> Result<(Caller, String), Failure> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(flatten)]
        caller: Caller,
        seen_at: i64,
    }
    let (at, digest) = (now.timestamp(), digest_of_bytes(token.as_bytes()));
    let row: Row = sql
        .first(
            "SELECT json_object('person', person.id, 'name', person.name, 'role', person.role,
                 'customer', person.customer, 'door', session.door, 'until', session.until, 'seen_at', session.seen_at)
             FROM session JOIN person ON person.id = session.person
             WHERE session.digest = ? AND session.ended_at IS NULL AND session.until > ?",
            &[&digest, &at],
        )?
        .ok_or(RequestError::SignedOut)?;
    let (idle, _) = lasts(row.caller.door);
    let unused = at.saturating_sub(row.seen_at);
    if unused > idle {
        return Err(RequestError::SignedOut.into());
    }
    if unused > SEEN_SECONDS {
        sql.run("UPDATE session SET seen_at = ? WHERE digest = ?", &[&at, &digest])?;
    }
    Ok((row.caller, digest))
}

/// `GET session`.
pub fn read(call: &Call) -> Result<Answer, Failure> {
    Answer::json(&described(&call.book, &call.caller, call.now))
}

/// `DELETE session`: ends it at once, and has the browser forget what it kept of our answers.
pub fn end(call: &Call) -> Result<Answer, Failure> {
    call.sql.run("UPDATE session SET ended_at = ? WHERE digest = ?", &[&call.now.timestamp(), &call.session])?;
    let mut answer = Answer::nothing();
    answer.headers.push(("set-cookie", cookie(call.caller.door, "", 0)));
    answer.headers.push(("clear-site-data", "\"cache\"".to_owned()));
    Ok(answer)
}

fn described(book: &BookRow, caller: &Caller, now: DateTime<Utc>) -> Session {
    Session {
        book: book.info(now),
        person: caller.person,
        name: caller.name.clone(),
        role: caller.role,
        door: caller.door,
        customer: caller.customer,
        until: caller.until,
    }
}

fn cookie(door: Door, value: &str, seconds: i64) -> String {
    let name = cookie_name(door_name(door));
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Strict")
}
