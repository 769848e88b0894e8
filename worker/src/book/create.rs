//! How a book comes to be, and the operator's links into it.

use chrono::{DateTime, Utc};
use shared::facts::id::{CustomerId, PersonId};
use shared::record::access::Role;
use shared::record::api::people::{Purpose, typed_login};
use shared::record::api::{CreateBook, Door, NewPerson, OperatorLink};
use worker::Storage;

use super::audit::{self, Deed};
use super::call::BookRow;
use super::sessions::NewLink;
use super::sql::Sql;
use super::{atomically, backup, policies, schema, sessions};
use crate::answer::Answer;
use crate::api::parse;
use crate::problem::{Failure, Kind, Refusal};
use crate::random;
use crate::tokens::Seals;

/// Why a book cannot be made as asked, or a link into it.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// It is there already.
    #[error("there is a book {0} already")]
    Exists(String),
    /// The company's name is empty or too long.
    #[error("a name has 1 to {MOST} characters")]
    Name,
    /// The offset names no place on earth.
    #[error("a book is at most 14 hours from UTC")]
    Offset,
    /// A person's sign-in name stands twice, is empty or too long.
    #[error("the sign-in name '{0}' is empty, too long or there twice")]
    Login(String),
    /// A customer is no person of the company.
    #[error("'{0}' cannot be a customer; customers come in by an invitation")]
    CustomerPerson(String),
    /// Nobody by that name, or no customer by that code.
    #[error("nobody here is called '{0}'")]
    Nobody(String),
}

impl Refusal for CreateError {
    fn kind(&self) -> Kind {
        match self {
            Self::Exists(_) => (409, "book_exists", "the book exists"),
            Self::Name => (422, "name", "unexpected name"),
            Self::Offset => (422, "utc_offset", "unexpected offset"),
            Self::Login(_) => (422, "login", "unexpected sign-in name"),
            Self::CustomerPerson(_) => (422, "role", "unexpected role"),
            Self::Nobody(_) => (404, "nobody", "unknown sign-in name"),
        }
    }
}

/// How long a name may be.
const MOST: usize = 200;

/// `POST /operator/v1/books`: makes the book with its people and a policy in force: on trial, so that a hold only
/// warns until each rule is switched on, but for a demonstration. All or nothing.
pub fn book(storage: &Storage, sql: &Sql, body: &[u8], now: DateTime<Utc>) -> Result<Answer, Failure> {
    let new: CreateBook = parse(body)?;
    check(&new)?;
    if schema::exists(storage)? || backup::restore::runs(sql)? {
        return Err(CreateError::Exists(new.code).into());
    }
    atomically(storage, || {
        schema::bring_up_to_date(storage)?;
        sql.run(
            "INSERT INTO book (id, code, name, name_en, currency, utc_offset_minutes, demo_today, created_at, pepper)
             VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                &new.code,
                &new.name,
                &new.name_en,
                &new.currency,
                &new.utc_offset_minutes,
                &new.demo_today,
                &now.format("%FT%TZ").to_string(),
                &random::secret()?,
            ],
        )?;
        let feed = sql.take_feed(1)?;
        for NewPerson { login, name, role } in &new.people {
            let id = PersonId::derived(&["person", &new.code, login]);
            let login = typed_login(login);
            let role = serde_json::to_value(role)?;
            sql.run(
                "INSERT INTO person (id, login, name, role, feed) VALUES (?, ?, ?, ?, ?)",
                &[&id, &login, name, &role.as_str(), &feed],
            )?;
        }
        policies::begin(sql, new.demo_today.is_some(), now)?;
        let book = BookRow::of(sql)?;
        Ok(Answer { status: 201, ..Answer::json(&book.info(now))? })
    })
}

fn check(new: &CreateBook) -> Result<(), CreateError> {
    let fits = |name: &str| !name.trim().is_empty() && name.chars().count() <= MOST;
    if !fits(&new.name) || !new.name_en.as_deref().is_none_or(fits) {
        return Err(CreateError::Name);
    }
    if !(-840..=840).contains(&new.utc_offset_minutes) {
        return Err(CreateError::Offset);
    }
    for (i, person) in new.people.iter().enumerate() {
        let twice = new.people.iter().take(i).any(|other| typed_login(&other.login) == typed_login(&person.login));
        // A portal's person is called by its customer, with a colon in between.
        if twice || !fits(&person.login) || !fits(&person.name) || person.login.contains(':') {
            return Err(CreateError::Login(person.login.clone()));
        }
        if person.role == Role::Customer {
            return Err(CreateError::CustomerPerson(person.login.clone()));
        }
    }
    Ok(())
}

/// `POST /operator/v1/books/{code}/links`.
pub fn link(sql: &Sql, seals: &Seals, body: &[u8], now: DateTime<Utc>) -> Result<Answer, Failure> {
    let OperatorLink { door, login, purpose } = parse(body)?;
    let purpose = purpose.filter(|_| door != Door::Portal).unwrap_or(Purpose::Enter);
    let nobody = || CreateError::Nobody(login.clone());
    let person = if door == Door::Portal {
        let customer: Option<(CustomerId, String)> =
            sql.first("SELECT json_array(id, file ->> '$.name') FROM customer WHERE code = ?", &[&login])?;
        let (customer, name) = customer.ok_or_else(nobody)?;
        portal_person(sql, customer, &name)?
    } else {
        sql.first(
            "SELECT json_quote(id) FROM person WHERE login = ? AND customer IS NULL AND token = 0 AND active = 1",
            &[&typed_login(&login)],
        )?
        .ok_or_else(nobody)?
    };
    let book = BookRow::of(sql)?;
    let link = sessions::make_link(sql, seals, &book, &NewLink { person, door, purpose, key: None }, now)?;
    let subject = person.to_string();
    audit::append(sql, now, &Deed { action: "operator_link", subject: Some(&subject), ..Deed::default() })?;
    Ok(Answer { status: 201, ..Answer::json(&link)? })
}

/// The person that stands for a customer at the portal; made when the first link is.
pub fn portal_person(sql: &Sql, customer: CustomerId, name: &str) -> Result<PersonId, Failure> {
    let id = PersonId::derived(&["portal", &customer.to_string()]);
    sql.run(
        "INSERT INTO person (id, login, name, role, customer, feed) VALUES (?, ?, ?, 'customer', ?, 0)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name",
        &[&id, &format!("portal:{customer}"), &name, &customer],
    )?;
    Ok(id)
}
