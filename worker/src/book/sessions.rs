//! Links and sessions. Of a token the book keeps only the SHA-256, so that whoever reads its tables can open nothing.
//!
//! A link opens one door once. A session ends when it isn't used for a while, when its time is over, or when someone ends it.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::facts::id::PersonId;
use shared::record::api::people::Purpose;
use shared::record::api::{Door, Link, Session, SignIn};
use shared::record::digest::digest_of_bytes;
use uuid::Uuid;

use super::audit::{self, Deed};
use super::call::{BookRow, Call, Caller};
use super::once;
use super::people::{Visitor, programs};
use super::sql::Sql;
use crate::answer::Answer;
use crate::api::{cookie_name, parse};
use crate::problem::{Failure, Kind, Refusal, RequestError};
use crate::tokens::Seals;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
/// For how long a link can be spent.
const LINK_SECONDS: i64 = 7 * DAY;
/// How often a session's use is written down, at most.
pub const SEEN_SECONDS: i64 = 600;

/// For how many seconds a session of a door may go unused, and for how many it lasts at all.
pub const fn lasts(door: Door) -> (i64, i64) {
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

/// A link to be made.
pub struct NewLink {
    /// For whom.
    pub person: PersonId,
    /// Into which door.
    pub door: Door,
    /// What it does.
    pub purpose: Purpose,
    /// The write that asks for it.
    pub key: Option<Uuid>,
}

/// Makes a link. With the key of the write that asks for it, a retry ends the link that the first try made: its token was
/// never kept, so that it cannot be told again.
pub fn make_link(sql: &Sql, seals: &Seals, book: &BookRow, new: &NewLink, now: DateTime<Utc>) -> Result<Link, Failure> {
    let NewLink { person, door, purpose, key } = new;
    let at = now.timestamp();
    if let Some(key) = key {
        sql.run("UPDATE link SET until = ?1 WHERE key = ?2 AND until > ?1", &[&at, &key])?;
    }
    let token = seals.make(&book.code)?;
    let until = at.saturating_add(LINK_SECONDS);
    sql.run(
        "INSERT INTO link (digest, door, person, made_at, until, key, purpose) VALUES (?, ?, ?, ?, ?, ?, ?)",
        &[&digest_of_bytes(token.as_bytes()), &door_name(*door), &person, &at, &until, &key, &purpose.name()],
    )?;
    Ok(Link { door: *door, token, until: u64::try_from(until).unwrap_or_default() })
}

/// A link that nobody has spent and that isn't over.
#[derive(Deserialize)]
pub struct OpenLink {
    /// For whom.
    pub person: PersonId,
    /// Into which door.
    pub door: Door,
    /// What it does.
    pub purpose: Purpose,
}

/// The link with this token.
pub fn open_link(sql: &Sql, token: &str, now: DateTime<Utc>) -> Result<OpenLink, Failure> {
    let digest = digest_of_bytes(token.as_bytes());
    let link = sql.first(
        "SELECT json_object('person', person, 'door', door, 'purpose', purpose) FROM link
         WHERE digest = ? AND spent_at IS NULL AND until > ?
             AND EXISTS (SELECT 1 FROM person WHERE person.id = link.person AND person.active = 1)",
        &[&digest, &now.timestamp()],
    )?;
    link.ok_or_else(|| LinkSpent.into())
}

/// Marks a link as spent.
pub fn spend(sql: &Sql, token: &str, now: DateTime<Utc>) -> Result<(), Failure> {
    let digest = digest_of_bytes(token.as_bytes());
    Ok(sql.run("UPDATE link SET spent_at = ? WHERE digest = ?", &[&now.timestamp(), &digest])?)
}

/// `POST session`: spends a link and opens a session.
///
/// 1. The link opens a door, is unspent and not expired: 401.
/// 2. It is spent, and a session takes its place, whose token goes into the door's cookie.
pub fn sign_in(
    sql: &Sql,
    seals: &Seals,
    visitor: &Visitor,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<Answer, Failure> {
    let SignIn { token } = parse(body)?;
    // 1
    let OpenLink { person, door, purpose } = open_link(sql, &token, now)?;
    if purpose != Purpose::Enter {
        return Err(LinkSpent.into());
    }
    // 2
    spend(sql, &token, now)?;
    open(sql, seals, visitor, &Entrance { person, door, by: "link".to_owned() }, now)
}

/// Somebody who comes in.
pub struct Entrance {
    /// Who.
    pub person: PersonId,
    /// Where.
    pub door: Door,
    /// By what, for the audit trail.
    pub by: String,
}

/// Opens a session. Its token is new every time, so that nobody can be made to use one that somebody else knows.
pub fn open(
    sql: &Sql,
    seals: &Seals,
    visitor: &Visitor,
    entrance: &Entrance,
    now: DateTime<Utc>,
) -> Result<Answer, Failure> {
    let Entrance { person, door, by } = entrance;
    let (book, at) = (BookRow::of(sql)?, now.timestamp());
    let secret = seals.make(&book.code)?;
    let (_, most) = lasts(*door);
    let until = at.saturating_add(most);
    let session = digest_of_bytes(secret.as_bytes());
    sql.run(
        "INSERT INTO session (digest, door, person, made_at, seen_at, until, agent) VALUES (?, ?, ?, ?, ?, ?, ?)",
        &[&session, &door_name(*door), person, &at, &at, &until, &visitor.agent],
    )?;
    // Nothing else comes by as rarely and as surely.
    once::forget(sql, now)?;
    let (caller, _) = authenticate(sql, &secret, now)?;
    let deed = Deed {
        person: Some(*person),
        role: Some(caller.role),
        session: Some(&session),
        action: "sign_in",
        subject: Some(&format!("{} {by}", door_name(*door))),
        personal: visitor.address.as_ref().map(|address| serde_json::json!({ "address": address }).to_string()),
    };
    audit::append(sql, now, &deed)?;
    let mut answer = Answer::json(&described(&book, &caller, *door, now))?;
    answer.headers.push(("set-cookie", cookie(*door, &secret, most)));
    Ok(answer)
}

/// Who holds this token, and the token's digest. Anything that is no running session and no program's token is nobody.
pub fn authenticate(sql: &Sql, token: &str, now: DateTime<Utc>) -> Result<(Caller, String), Failure> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(flatten)]
        caller: Caller,
        seen_at: i64,
    }
    let (at, digest) = (now.timestamp(), digest_of_bytes(token.as_bytes()));
    let row: Option<Row> = sql.first(
        "SELECT json_object('person', person.id, 'name', person.name, 'role', person.role,
             'customer', person.customer, 'door', session.door, 'until', session.until, 'seen_at', session.seen_at,
             'operations', NULL, 'sight_feed', person.sight_feed)
         FROM session JOIN person ON person.id = session.person
         WHERE session.digest = ? AND session.ended_at IS NULL AND session.until > ? AND person.active = 1",
        &[&digest, &at],
    )?;
    let Some(row) = row else {
        let caller = programs::authenticate(sql, &digest, now)?.ok_or(RequestError::SignedOut)?;
        return Ok((caller, digest));
    };
    let idle = row.caller.door.map_or(0, |door| lasts(door).0);
    let unused = at.saturating_sub(row.seen_at);
    if unused > idle {
        return Err(RequestError::SignedOut.into());
    }
    if unused > SEEN_SECONDS {
        sql.run("UPDATE session SET seen_at = ? WHERE digest = ?", &[&at, &digest])?;
    }
    Ok((row.caller, digest))
}

/// Ends all sessions of a person, but for one when it is named, and the links that nobody has spent.
pub fn end_all_of(sql: &Sql, person: PersonId, but: Option<&str>, now: DateTime<Utc>) -> Result<(), Failure> {
    let at = now.timestamp();
    sql.run(
        "UPDATE session SET ended_at = ?1 WHERE person = ?2 AND ended_at IS NULL AND digest IS NOT ?3",
        &[&at, &person, &but],
    )?;
    Ok(sql.run("UPDATE link SET until = ?1 WHERE person = ?2 AND spent_at IS NULL AND until > ?1", &[&at, &person])?)
}

/// `GET session`.
pub fn read(call: &Call) -> Result<Answer, Failure> {
    let door = call.caller.door.ok_or(RequestError::Forbidden)?;
    Answer::json(&described(&call.book, &call.caller, door, call.now))
}

/// `DELETE session`: ends it at once, and has the browser forget what it kept of our answers.
pub fn end(call: &Call) -> Result<Answer, Failure> {
    call.sql.run("UPDATE session SET ended_at = ? WHERE digest = ?", &[&call.now.timestamp(), &call.session])?;
    Ok(signed_out(call))
}

/// The answer to whoever has just ended the session that they asked by.
pub fn signed_out(call: &Call) -> Answer {
    let mut answer = Answer::nothing();
    if let Some(door) = call.caller.door {
        answer.headers.push(("set-cookie", cookie(door, "", 0)));
    }
    answer.headers.push(("clear-site-data", "\"cache\"".to_owned()));
    answer
}

fn described(book: &BookRow, caller: &Caller, door: Door, now: DateTime<Utc>) -> Session {
    Session {
        book: book.info(now),
        person: caller.person,
        name: caller.name.clone(),
        role: caller.role,
        door,
        customer: caller.customer,
        until: caller.until,
    }
}

fn cookie(door: Door, value: &str, seconds: i64) -> String {
    let name = cookie_name(door_name(door));
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Strict")
}
