//! Passwords, as far as the Book has to do with them: it keeps hashes and compares. What was typed never comes here
//! ([`crate::passwords`]).

use chrono::{DateTime, Utc};
use shared::facts::id::PersonId;
use shared::record::access::{Operation, Role, route};
use shared::record::api::people::{LinkAnswer, Purpose, login_of};
use shared::record::api::{BASE, SignIn};
use shared::record::digest::digest_of_bytes;

use super::super::audit::{self, Deed};
use super::super::call::{BookRow, Call};
use super::super::sessions::{self, Entrance, LinkSpent, OpenLink, authenticate, end_all_of, open_link};
use super::super::sql::Sql;
use super::{Visitor, peppered, second_factor, throttle, uses};
use crate::answer::Answer;
use crate::api::parse;
use crate::passwords::{AskRecipe, PasswordError, Proof, ProvenJoin, ProvenSignIn, Recipe, recipe};
use crate::problem::{Failure, RequestError};
use crate::tokens::Seals;

/// `/inner/recipe`: how the password of a login was hashed. Counts the try that follows.
pub fn recipe_of_login(sql: &Sql, visitor: &Visitor, body: &[u8], now: DateTime<Utc>) -> Result<Answer, Failure> {
    let AskRecipe { login } = parse(body)?;
    throttle::charge(sql, &login, visitor, now)?;
    let recipe = match hash_of(sql, &login)? {
        Some((_, hash)) => of_hash(&hash),
        None => made_up(sql, &login)?,
    };
    Answer::json(&Recipe { recipe, login })
}

/// `/inner/own-recipe`: the same for somebody who is signed in and types their password again.
///
/// 1. Who is it, and may they: 401, 403.
/// 2. The try is counted: 429.
pub fn own_recipe(sql: &Sql, visitor: &Visitor, now: DateTime<Utc>) -> Result<Answer, Failure> {
    // 1
    let (caller, _) = authenticate(sql, &visitor.token, now)?;
    let path = visitor.reason.as_deref().and_then(|path| path.strip_prefix(BASE)).unwrap_or_default();
    let operation = route("POST", path).map(|(line, _)| line.operation).map_err(|_| RequestError::NotFound)?;
    caller.may(operation).ok_or(RequestError::Forbidden)?;
    // 2
    let login = own_login(sql, caller.person)?;
    throttle::charge(sql, &login, visitor, now)?;
    let recipe = match hash_of(sql, &login)? {
        Some((_, hash)) => of_hash(&hash),
        None => made_up(sql, &login)?,
    };
    Answer::json(&Recipe { recipe, login })
}

/// A stored hash without the hash.
fn of_hash(stored: &str) -> String {
    stored.rsplit_once('$').map(|(recipe, _)| recipe.to_owned()).unwrap_or_default()
}

/// A recipe for a login that nobody has, the same every time.
fn made_up(sql: &Sql, login: &str) -> Result<String, Failure> {
    Ok(recipe(&peppered(sql, &["salt", login])?.chars().take(32).collect::<String>()))
}

/// Whose login it is, and the hash of their password, if they may come in.
fn hash_of(sql: &Sql, login: &str) -> Result<Option<(PersonId, String)>, Failure> {
    Ok(sql.first(
        "SELECT json_array(person.id, password.hash) FROM person JOIN password ON password.person = person.id
         WHERE person.login = ? AND person.active = 1 AND person.customer IS NULL AND person.token = 0",
        &[&login],
    )?)
}

fn own_login(sql: &Sql, person: PersonId) -> Result<String, Failure> {
    let login = sql.first("SELECT json_quote(login) FROM person WHERE id = ?", &[&person])?;
    login.ok_or_else(|| Failure::broken("a caller is nobody"))
}

/// Digests are compared, whose equality tells nothing by the time that it takes.
fn is_right(stored: &str, proof: &str) -> bool {
    digest_of_bytes(stored.as_bytes()) == digest_of_bytes(proof.as_bytes())
}

/// `POST session/password`.
///
/// 1. The password is right: 401.
/// 2. So is the code of the second factor, where there is one: 401.
/// 3. The door is one for their role: 403.
/// 4. A session is opened.
pub fn sign_in(
    sql: &Sql,
    seals: &Seals,
    visitor: &Visitor,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<Answer, Failure> {
    let ProvenSignIn { login, proof, door, code } = parse(body)?;
    // 1
    let known = hash_of(sql, &login)?.filter(|(_, hash)| is_right(hash, &proof));
    let (person, _) = known.ok_or(PasswordError::Wrong)?;
    // 2
    second_factor::check(sql, person, code.as_deref(), now)?;
    // 3
    let role: Role = sql
        .first("SELECT json_quote(role) FROM person WHERE id = ?", &[&person])?
        .ok_or_else(|| Failure::broken("a login is nobody's"))?;
    if !uses(role, door) {
        return Err(PasswordError::OtherDoor.into());
    }
    // 4
    let tries = throttle::succeed(sql, &login, visitor, now)?;
    let by = if tries > 1 { format!("password, try {tries}") } else { "password".to_owned() };
    sessions::open(sql, seals, visitor, &Entrance { person, door, by }, now)
}

/// `POST session/link`: what a link is good for.
pub fn describe(sql: &Sql, body: &[u8], now: DateTime<Utc>) -> Result<Answer, Failure> {
    let SignIn { token } = parse(body)?;
    let OpenLink { person, door, purpose } = open_link(sql, &token, now)?;
    let (name, role, login): (String, Role, String) = sql
        .first("SELECT json_array(name, role, login) FROM person WHERE id = ?", &[&person])?
        .ok_or_else(|| Failure::broken("a link is for nobody"))?;
    // What the operator called somebody, or the book somebody who hasn't joined, is no login to keep.
    let login = login_of(&login).is_some().then_some(login).filter(|_| role != Role::Customer);
    let book = BookRow::of(sql)?.info(now);
    Answer::json(&LinkAnswer { book, door, purpose, name, role, login })
}

/// `POST session/join`.
///
/// 1. The link lets somebody set their password, is unspent and not expired: 401.
/// 2. Nobody else has the login: 409.
/// 3. The password is kept, every earlier session and link ends, and a session is opened.
pub fn join(sql: &Sql, seals: &Seals, visitor: &Visitor, body: &[u8], now: DateTime<Utc>) -> Result<Answer, Failure> {
    let ProvenJoin { token, name, login, hash } = parse(body)?;
    // 1
    let OpenLink { person, door, purpose } = open_link(sql, &token, now)?;
    if purpose != Purpose::Join {
        return Err(LinkSpent.into());
    }
    // 2
    if sql.finds("SELECT 1 FROM person WHERE login = ? AND id <> ?", &[&login, &person])? {
        return Err(PasswordError::LoginTaken.into());
    }
    // 3
    sessions::spend(sql, &token, now)?;
    end_all_of(sql, person, None, now)?;
    let feed = sql.take_feed(1)?;
    sql.run("UPDATE person SET name = ?, login = ?, feed = ? WHERE id = ?", &[&name, &login, &feed, &person])?;
    keep(sql, person, &hash, now)?;
    let subject = person.to_string();
    let personal = Some(serde_json::json!({ "name": name, "login": login }).to_string());
    let deed = Deed { person: Some(person), action: "join", subject: Some(&subject), personal, ..Deed::default() };
    audit::append(sql, now, &deed)?;
    throttle::succeed(sql, &login, visitor, now)?;
    sessions::open(sql, seals, visitor, &Entrance { person, door, by: "link".to_owned() }, now)
}

/// `POST password`: the old one is right, the new one takes its place, and all other sessions end.
pub fn change(call: &Call) -> Result<Answer, Failure> {
    let Proof { hash, .. } = proven(call)?;
    let hash = hash.ok_or_else(|| Failure::broken("the entry sent no new password"))?;
    keep(call.sql, call.caller.person, &hash, call.now)?;
    end_all_of(call.sql, call.caller.person, Some(&call.session), call.now)?;
    Ok(Answer::nothing().about(&call.caller.person))
}

/// The caller's password is right.
pub fn proven(call: &Call) -> Result<Proof, Failure> {
    debug_assert!(Operation::takes_password(call.operation));
    let proof: Proof = call.body()?;
    let login = own_login(call.sql, call.caller.person)?;
    hash_of(call.sql, &login)?.filter(|(_, hash)| is_right(hash, &proof.proof)).ok_or(PasswordError::Wrong)?;
    throttle::succeed(call.sql, &login, &call.visitor, call.now)?;
    Ok(proof)
}

fn keep(sql: &Sql, person: PersonId, hash: &str, now: DateTime<Utc>) -> Result<(), Failure> {
    Ok(sql.run(
        "INSERT INTO password (person, hash, at) VALUES (?1, ?2, ?3)
         ON CONFLICT (person) DO UPDATE SET hash = ?2, at = ?3",
        &[&person, &hash, &now.timestamp()],
    )?)
}
