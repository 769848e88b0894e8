//! The company's people: who they are, how they come in, and what programs act for them.
//!
//! The admin invites, and never learns anybody's password: an invitation is a link by which somebody sets their own. Who has
//! left stays in the book, inactive, because what they did needs somebody who did it.

pub mod credentials;
pub mod devices;
pub mod portal;
pub mod programs;
pub mod second_factor;
mod throttle;

use chrono::{DateTime, Utc};
use shared::facts::id::PersonId;
use shared::record::access::{Operation, Role, may};
use shared::record::api::outbox::MessageBody;
use shared::record::api::people::{ChangePerson, InvitePerson, Invited, NAME_MOST, PeopleAnswer, Purpose, typed_login};
use shared::record::api::{BASE, Door};
use shared::record::digest::digest_of_bytes;
use worker::Request;

use super::call::Call;
use super::outbox;
use super::sessions::{self, NewLink, end_all_of, make_link};
use super::sql::Sql;
use crate::answer::Answer;
use crate::problem::{Failure, Kind, Refusal, RequestError};
use crate::random;
use crate::tokens::Seals;

/// Why somebody is not invited or changed.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// A name is empty or too long.
    #[error("a name has 1 to {NAME_MOST} characters")]
    Name,
    /// A customer is no person of the company, and no token acts as one, or as the admin.
    #[error("this cannot be their role")]
    Role,
    /// Nobody would be left who can let people in.
    #[error("the last admin stays one: make another first")]
    LastAdmin,
    /// Somebody who may not come in gets no link.
    #[error("this person is not active")]
    Inactive,
    /// The role may not do one of a token's operations, or a token may not.
    #[error("this role's tokens may not {0}")]
    Operation(String),
    /// A token is good for a while, and for something.
    #[error("a token is good for 1 to {} days and for at least one operation", programs::DAYS_MOST)]
    Days,
}

impl Refusal for PeopleError {
    fn kind(&self) -> Kind {
        match self {
            Self::Name => (422, "name", "unexpected name"),
            Self::Role => (422, "role", "unexpected role"),
            Self::LastAdmin => (409, "last_admin", "the last admin"),
            Self::Inactive => (409, "inactive", "not active"),
            Self::Operation(_) => (422, "operation", "unexpected operation"),
            Self::Days => (422, "days", "unexpected token"),
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::Name => Some("name".to_owned()),
            Self::Role => Some("role".to_owned()),
            Self::Operation(_) => Some("operations".to_owned()),
            Self::Days => Some("days".to_owned()),
            Self::LastAdmin | Self::Inactive => None,
        }
    }
}

/// What the entry says of whoever wants to come in.
pub struct Visitor {
    /// The token of the session that they have, where the call needs one.
    pub token: String,
    /// Their network, where it is known.
    pub address: Option<String>,
    /// What their browser calls itself.
    pub agent: Option<String>,
    /// For which operation they type their password.
    reason: Option<String>,
}

impl Visitor {
    /// Reads it.
    pub fn of(request: &Request) -> Result<Self, Failure> {
        let headers = request.headers();
        let given = |name| headers.get(name).map(|value| value.filter(|value| !value.is_empty()));
        let url = request.url()?;
        let reason = url.query_pairs().find(|(name, _)| name == "for").map(|(_, path)| path.into_owned());
        Ok(Self {
            token: given("x-token")?.unwrap_or_default(),
            address: given("x-address")?,
            agent: given("x-agent")?,
            reason,
        })
    }
}

/// A call by somebody who isn't in yet, or by the entry on their behalf.
pub fn way_in(
    sql: &Sql,
    seals: &Seals,
    path: &str,
    visitor: &Visitor,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<Answer, Failure> {
    match path.strip_prefix(BASE).unwrap_or(path) {
        "session" => sessions::sign_in(sql, seals, visitor, body, now),
        "session/link" => credentials::describe(sql, body, now),
        "session/join" => credentials::join(sql, seals, visitor, body, now),
        "session/password" => credentials::sign_in(sql, seals, visitor, body, now),
        "/inner/recipe" => credentials::recipe_of_login(sql, visitor, body, now),
        "/inner/own-recipe" => credentials::own_recipe(sql, visitor, now),
        _ => Err(RequestError::NotFound.into()),
    }
}

/// Makes the book's pepper: the second half of step 8. Logins are kept in the form in which they are compared.
pub fn pepper(sql: &Sql) -> worker::Result<()> {
    let logins = sql.texts("SELECT login FROM person WHERE customer IS NULL", &[])?;
    for login in logins.iter().filter(|login| typed_login(login) != **login) {
        // Of two that are now the same, one stays as it was; its owner comes in by a link.
        sql.run("UPDATE OR IGNORE person SET login = ? WHERE login = ?", &[&typed_login(login), login])?;
    }
    sql.run("UPDATE book SET pepper = ?", &[&random::secret()?])
}

/// A digest that only this book makes of these parts.
pub fn peppered(sql: &Sql, parts: &[&str]) -> Result<String, Failure> {
    let pepper: String = sql.first("SELECT json_quote(pepper) FROM book", &[])?.unwrap_or_default();
    Ok(digest_of_bytes(format!("{pepper}\n{}", parts.join("\n")).as_bytes()))
}

/// What stands for the login of somebody who hasn't set one: no login holds a colon.
fn no_login(person: PersonId) -> String {
    format!("invited:{person}")
}

/// `GET people`.
pub fn read(call: &Call) -> Result<Answer, Failure> {
    let people = call.sql.rows(
        "SELECT json_object('id', person.id, 'name', person.name, 'role', person.role,
             'login', CASE WHEN person.login NOT LIKE 'invited:%' THEN person.login END,
             'active', json(iif(person.active, 'true', 'false')),
             'password', json(iif(password.person IS NULL, 'false', 'true')),
             'second_factor', json(iif(second_factor.confirmed_at IS NULL, 'false', 'true')),
             'invited_until', (SELECT max(until) FROM link
                 WHERE link.person = person.id AND spent_at IS NULL AND until > ?),
             'seen_at', (SELECT max(seen_at) FROM session WHERE session.person = person.id))
         FROM person LEFT JOIN password ON password.person = person.id
             LEFT JOIN second_factor ON second_factor.person = person.id
         WHERE person.customer IS NULL AND person.token = 0
         ORDER BY person.active DESC, person.name, person.id",
        &[&call.now.timestamp()],
    )?;
    Answer::json(&PeopleAnswer { people })
}

/// Where somebody of this role comes in.
fn door_of(role: Role) -> Door {
    if role == Role::Sales { Door::Field } else { Door::Desk }
}

/// Whether somebody of this role may come in at a door.
fn uses(role: Role, door: Door) -> bool {
    match door {
        Door::Field => may(role, Operation::Sync).is_some(),
        Door::Desk => role != Role::Customer,
        Door::Portal => false,
    }
}

/// `POST people`: somebody new, and the link that lets them in. A retry makes another link for the same person.
pub fn invite(call: &Call) -> Result<Answer, Failure> {
    let InvitePerson { name, role } = call.body()?;
    let name = checked(&name)?;
    if role == Role::Customer {
        return Err(PeopleError::Role.into());
    }
    // The write's key makes the person, so that a retry finds them.
    let key = call.key.ok_or(RequestError::Key)?;
    let person = PersonId::derived(&["invited", &call.book.code, &key.to_string()]);
    let feed = call.sql.take_feed(1)?;
    call.sql.run(
        "INSERT INTO person (id, login, name, role, feed) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        &[&person, &no_login(person), &name, &role_name(role)?, &feed],
    )?;
    let link = link(call, person, door_of(role))?;
    outbox::tell(call.sql, call.now, None, MessageBody::Invited { person, role, until: link.until })?;
    Ok(Answer { secret: true, ..Answer::json(&Invited { person, link })?.about(&person) })
}

/// `POST people/{id}`: another name or role, in or out. A new role or the end of access ends all sessions.
pub fn change(call: &Call) -> Result<Answer, Failure> {
    let (person, role, active) = found(call)?;
    let change: ChangePerson = call.body()?;
    if change.role == Some(Role::Customer) {
        return Err(PeopleError::Role.into());
    }
    let (new_role, new_active) = (change.role.unwrap_or(role), change.active.unwrap_or(active));
    let stops = role == Role::Admin && active && !(new_role == Role::Admin && new_active);
    let others = "SELECT 1 FROM person WHERE role = 'admin' AND active = 1 AND token = 0 AND id <> ? LIMIT 1";
    if stops && !call.sql.finds(others, &[&person])? {
        return Err(PeopleError::LastAdmin.into());
    }
    let feed = call.sql.take_feed(1)?;
    if let Some(name) = change.name {
        call.sql.run("UPDATE person SET name = ?, feed = ? WHERE id = ?", &[&checked(&name)?, &feed, &person])?;
    }
    if new_role != role {
        call.sql.run(
            "UPDATE person SET role = ?1, feed = ?2, sight_feed = ?2 WHERE id = ?3",
            &[&role_name(new_role)?, &feed, &person],
        )?;
    }
    if new_active != active {
        let active = u16::from(new_active);
        call.sql.run("UPDATE person SET active = ?, feed = ? WHERE id = ?", &[&active, &feed, &person])?;
    }
    if change.remove_second_factor {
        second_factor::forget(call.sql, person)?;
    }
    if new_role != role || !new_active {
        end_all_of(call.sql, person, None, call.now)?;
    }
    Ok(Answer::json(&shared::record::api::Written { feed })?.about(&person))
}

/// `POST people/{id}/links`: a new link, by which somebody sets their password anew. Earlier ones end.
pub fn renew(call: &Call) -> Result<Answer, Failure> {
    let (person, role, active) = found(call)?;
    if !active {
        return Err(PeopleError::Inactive.into());
    }
    let at = call.now.timestamp();
    call.sql.run(
        "UPDATE link SET until = ?1 WHERE person = ?2 AND purpose = 'join' AND spent_at IS NULL AND until > ?1",
        &[&at, &person],
    )?;
    let link = link(call, person, door_of(role))?;
    Ok(Answer { secret: true, ..Answer::json(&Invited { person, link })?.about(&person) })
}

fn link(call: &Call, person: PersonId, door: Door) -> Result<shared::record::api::Link, Failure> {
    let new = NewLink { person, door, purpose: Purpose::Join, key: call.key };
    make_link(call.sql, call.seals, &call.book, &new, call.now)
}

/// The person in the path: one of the company, no customer and no program.
fn found(call: &Call) -> Result<(PersonId, Role, bool), Failure> {
    let id: PersonId = call.id()?;
    let row: Option<(Role, u8)> = call
        .sql
        .first("SELECT json_array(role, active) FROM person WHERE id = ? AND customer IS NULL AND token = 0", &[&id])?;
    let (role, active) = row.ok_or(RequestError::NotFound)?;
    Ok((id, role, active == 1))
}

fn checked(name: &str) -> Result<String, PeopleError> {
    let name = name.trim();
    let sound = !name.is_empty() && name.chars().count() <= NAME_MOST && !name.chars().any(char::is_control);
    if sound { Ok(name.to_owned()) } else { Err(PeopleError::Name) }
}

fn role_name(role: Role) -> Result<String, Failure> {
    let name = serde_json::to_value(role)?;
    Ok(name.as_str().unwrap_or_default().to_owned())
}
