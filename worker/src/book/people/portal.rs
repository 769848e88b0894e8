//! A customer's ways into the portal, seen and ended by those who may invite.

use chrono::{DateTime, Utc};
use shared::facts::id::{CustomerId, PersonId};
use shared::record::api::people::PortalAnswer;

use super::super::call::Call;
use super::super::sessions::end_all_of;
use super::super::sql::Sql;
use super::devices;
use crate::answer::Answer;
use crate::problem::{Failure, RequestError};

/// The person that stands for a customer, once a link was made.
fn person_of(sql: &Sql, customer: CustomerId) -> Result<Option<PersonId>, Failure> {
    Ok(sql.first("SELECT json_quote(id) FROM person WHERE customer = ?", &[&customer])?)
}

/// `GET customers/{id}/links`: what is open.
pub fn read(call: &Call) -> Result<Answer, Failure> {
    let customer: CustomerId = call.id()?;
    call.sees(customer)?;
    let Some(person) = person_of(call.sql, customer)? else {
        return Answer::json(&PortalAnswer { links: Vec::new(), sessions: Vec::new() });
    };
    let at = call.now.timestamp();
    let links = call.sql.rows(
        "SELECT json_object('link', substr(digest, 1, 32), 'made_at', made_at, 'until', until) FROM link
         WHERE person = ? AND spent_at IS NULL AND until > ? ORDER BY made_at DESC, digest",
        &[&person, &at],
    )?;
    Answer::json(&PortalAnswer { links, sessions: devices::running(call.sql, person, "", at)? })
}

/// `DELETE customers/{id}/links`: nobody of the customer's is in any more, and no link lets them.
pub fn end(call: &Call) -> Result<Answer, Failure> {
    let customer: CustomerId = call.id()?;
    call.sees(customer)?;
    end_all(call.sql, customer, call.now)?;
    Ok(Answer::nothing().about(&customer))
}

/// `DELETE portal/{id}`: one link or session.
pub fn end_one(call: &Call) -> Result<Answer, Failure> {
    let name: String = call.id()?;
    let at = call.now.timestamp();
    let customer: Option<CustomerId> = call.sql.first(
        "SELECT json_quote(person.customer) FROM person WHERE person.customer IS NOT NULL AND person.id IN (
             SELECT person FROM link WHERE digest BETWEEN ?1 AND ?1 || 'g' AND substr(digest, 1, 32) = ?1 AND spent_at IS NULL AND until > ?2
             UNION SELECT person FROM session WHERE substr(digest, 1, 32) = ?1 AND ended_at IS NULL AND until > ?2)",
        &[&name, &at],
    )?;
    let customer = customer.ok_or(RequestError::NotFound)?;
    call.sees(customer)?;
    call.sql.run("UPDATE link SET until = ?1 WHERE substr(digest, 1, 32) = ?2", &[&at, &name])?;
    call.sql.run("UPDATE session SET ended_at = ?1 WHERE substr(digest, 1, 32) = ?2", &[&at, &name])?;
    Ok(Answer::nothing().about(&customer))
}

/// Ends all of a customer's links and sessions.
pub fn end_all(sql: &Sql, customer: CustomerId, now: DateTime<Utc>) -> Result<(), Failure> {
    match person_of(sql, customer)? {
        Some(person) => end_all_of(sql, person, None, now),
        None => Ok(()),
    }
}
