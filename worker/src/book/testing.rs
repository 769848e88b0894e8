//! A Book's calls for tests: what shows that transactions do what they promise, facts put in directly, and whether what is
//! kept is what the facts give.

use serde::Deserialize;
use shared::facts::calendar::Date;
use shared::facts::customer::Customer;
use shared::facts::id::{CustomerId, FactId, PersonId};
use shared::facts::ledger::Fact;
use std::collections::BTreeMap;
use worker::{Request, Storage};

use super::call::BookRow;
use super::ledger::{self, NewFact};
use super::sql::Sql;
use super::{atomically, backup, report, schema};
use crate::answer::Answer;
use crate::api::parse;
use crate::clock;
use crate::problem::{Failure, RequestError};

/// Answers one call of an existing book:
///
/// - `name`, `rename?to=NAME`, `rename-and-fail?to=NAME`
/// - `customers` takes customers' files, `facts` takes facts, as an import would record them
/// - `people` lists who may sign in
/// - `verify` rebuilds every standing from the facts
/// - `meddle` runs the SQL in the body, as somebody would who got at the tables
/// - `forgotten` names tables of which exports know nothing
/// - `counts` says how many rows each table has
pub fn answer(call: &str, storage: &Storage, request: &Request, body: &[u8]) -> Result<Answer, Failure> {
    if !schema::exists(storage)? {
        return Err(RequestError::NotFound.into());
    }
    let sql = Sql::of(storage);
    let url = request.url()?;
    let to = url.query_pairs().find(|(key, _)| key == "to").map(|(_, value)| value.into_owned()).unwrap_or_default();
    let rename = || sql.run("UPDATE book SET name = ?", &[&to]);
    match call {
        "rename" => atomically(storage, rename)?,
        "rename-and-fail" => {
            let failed = atomically(storage, || {
                rename()?;
                Err::<(), worker::Error>("as asked".into())
            });
            if failed.is_ok() {
                return Err(Failure::broken("a failed transaction was committed"));
            }
        }
        "name" => {}
        "customers" => {
            let customers: Vec<Customer> = parse(body)?;
            return Answer::json(&atomically(storage, || ledger::customers::record(&sql, &customers, clock::now()))?);
        }
        "facts" => return facts(storage, &sql, body),
        "people" => {
            let people: Vec<(PersonId, String, String)> =
                sql.rows("SELECT json_array(id, login, role) FROM person WHERE token = 0 ORDER BY login", &[])?;
            return Answer::json(&people);
        }
        "verify" => return Answer::json(&ledger::verify::verify(&sql)?),
        "meddle" => atomically(storage, || sql.run(&parse::<String>(body).unwrap_or_default(), &[]))?,
        "forgotten" => return Answer::json(&backup::forgotten(&sql)?),
        "counts" => {
            let counts = report::rows(&sql)?;
            let counts: BTreeMap<String, String> =
                counts.into_iter().map(|(table, rows)| (table, rows.to_string())).collect();
            return Answer::json(&counts);
        }
        _ => return Err(RequestError::NotFound.into()),
    }
    Answer::json(&BookRow::of(&sql)?.name)
}

#[derive(Deserialize)]
struct Given {
    id: FactId,
    customer: CustomerId,
    date: Date,
    fact: Fact,
}

fn facts(storage: &Storage, sql: &Sql, body: &[u8]) -> Result<Answer, Failure> {
    let given: Vec<Given> = parse(body)?;
    let facts: Vec<NewFact> =
        given.into_iter().map(|Given { id, customer, date, fact }| NewFact { id, customer, date, fact }).collect();
    let today = BookRow::of(sql)?.today(clock::now());
    let range = atomically(storage, || ledger::record_facts(sql, today, &facts))?;
    Answer::json(&range.map(|range| (*range.start(), *range.end())))
}
