//! Customers made and changed by hand. Everyone begins as a prospect; its stage changes by approved steps only.

use shared::facts::customer::{Customer, Stage};
use shared::facts::id::{CustomerId, FeedNumber};
use shared::record::access::Role;
use shared::record::api::file::{ChangeCustomer, MakeCustomer, VersionWritten};

use super::super::call::Call;
use super::super::ledger::{LedgerError, customers};
use super::{FileError, body, made};
use crate::answer::Answer;
use crate::problem::{Failure, RequestError};

/// How long our own number for a customer, and a name, may be.
const CODE_MOST: usize = 64;
const NAME_MOST: usize = 200;

/// `POST customers`: a prospect. Who sells makes it for themselves.
///
/// 1. The sheet is sound, its stage and salesperson the caller's to set: 422.
/// 2. Id and code are new: 409.
pub fn make(call: &Call) -> Result<Answer, Failure> {
    // 1
    let MakeCustomer { customer } = body(call)?;
    made(customer.id.0)?;
    if customer.stage != Stage::Prospect {
        return Err(FileError::Field("customer.stage").into());
    }
    if call.caller.role == Role::Sales && customer.salesperson != Some(call.caller.person) {
        return Err(FileError::Field("customer.salesperson").into());
    }
    sound(call, &customer)?;
    // 2
    if call.sql.finds("SELECT 1 FROM customer WHERE id = ?", &[&customer.id])? {
        return Err(LedgerError::Known("customer".to_owned()).into());
    }
    record(call, &customer)
}

/// `POST customers/{id}`: another version of a sheet.
///
/// 1. The customer is in sight: 404. Who sells changes prospects: 403. The sheet is sound: 422.
/// 2. The version that was changed stands: 428, 412.
/// 3. Stage and id stay; who sells hands nobody over: 422.
pub fn change(call: &Call) -> Result<Answer, Failure> {
    // 1
    let id: CustomerId = call.id()?;
    call.sees(id)?;
    let (feed, before): (FeedNumber, Customer) = call
        .sql
        .first("SELECT json_array(feed, json(file)) FROM customer WHERE id = ?", &[&id])?
        .ok_or(RequestError::NotFound)?;
    let sells = call.caller.role == Role::Sales;
    if sells && before.stage != Stage::Prospect {
        return Err(RequestError::Forbidden.into());
    }
    let ChangeCustomer { customer } = body(call)?;
    sound(call, &customer)?;
    // 2
    call.expects(feed.0)?;
    // 3
    if customer.id != id {
        return Err(FileError::Field("customer.id").into());
    }
    if customer.stage != before.stage {
        return Err(FileError::Field("customer.stage").into());
    }
    if sells && customer.salesperson != before.salesperson {
        return Err(FileError::Field("customer.salesperson").into());
    }
    record(call, &customer)
}

/// Whether a sheet's texts are short enough and its salesperson is one of ours.
fn sound(call: &Call, customer: &Customer) -> Result<(), Failure> {
    let short = |text: &str, most: usize| text.chars().count() <= most;
    if !short(&customer.code, CODE_MOST) {
        return Err(FileError::Field("customer.code").into());
    }
    if !short(&customer.name, NAME_MOST) {
        return Err(FileError::Field("customer.name").into());
    }
    for (date, field) in [(customer.founded, "customer.founded"), (customer.since, "customer.since")] {
        if date.is_some_and(|date| date > call.today) {
            return Err(FileError::Field(field).into());
        }
    }
    if let Some(person) = customer.salesperson {
        let ours = "SELECT 1 FROM person WHERE id = ? AND customer IS NULL AND token = 0";
        if !call.sql.finds(ours, &[&person])? {
            return Err(FileError::Person(person.0).into());
        }
    }
    Ok(())
}

/// Records a version of a sheet.
pub fn record(call: &Call, customer: &Customer) -> Result<Answer, Failure> {
    customers::record(call.sql, std::slice::from_ref(customer), call.now)?;
    let version: u64 =
        call.sql.first("SELECT json(feed) FROM customer WHERE id = ?", &[&customer.id])?.unwrap_or_default();
    let written = VersionWritten { version, feed: call.sql.feed()? };
    Ok(Answer { etag: Some(format!("\"{version}\"")), ..Answer::json(&written)?.about(&customer.id) })
}
