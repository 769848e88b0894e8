//! Customers' files, in versions.

use chrono::{DateTime, Utc};
use shared::facts::customer::{Customer, Stage};
use shared::facts::id::{CustomerId, FeedNumber, PersonId};

use super::super::people::portal;
use super::super::sql::Sql;
use super::search::Search;
use super::{further, refused};
use crate::problem::Failure;

/// Records new customers and new versions of known ones; a file that is as it was is left alone. A customer who changes
/// hands goes out of sight for whom it leaves, and its links and sessions at the portal end, as they do when its stage ends:
/// whoever answers for it now decides who comes in. Returns how many files were new or changed.
///
/// Must run inside [`super::super::atomically`].
pub fn record(sql: &Sql, customers: &[Customer], now: DateTime<Utc>) -> Result<u32, Failure> {
    let (mut moved, search) = (0_u32, Search::new());
    for customer in customers {
        let file = serde_json::to_string(customer)?;
        let before: Option<(String, Option<PersonId>)> =
            sql.first("SELECT json_array(file, salesperson) FROM customer WHERE id = ?", &[&customer.id])?;
        if before.as_ref().is_some_and(|(before, _)| *before == file) {
            continue;
        }
        moved = moved.saturating_add(1);
        let feed = sql.take_feed(1)?;
        let search = search.text(customer);
        if let Some((_, salesperson)) = before {
            sql.run(
                "UPDATE customer SET feed = ?, code = ?, salesperson = ?, search = ?, file = ? WHERE id = ?",
                &[&feed, &customer.code, &customer.salesperson, &search, &file, &customer.id],
            )
            .map_err(refused)?;
            if salesperson != customer.salesperson || customer.stage == Stage::Ended {
                portal::end_all(sql, customer.id, now)?;
            }
            if let Some(person) = salesperson.filter(|person| Some(*person) != customer.salesperson) {
                sql.run(
                    "INSERT INTO out_of_sight (person, feed, customer) VALUES (?, ?, ?)",
                    &[&person, &feed, &customer.id],
                )?;
            }
        } else {
            sql.run(
                "INSERT INTO customer (id, feed, code, salesperson, search, file) VALUES (?, ?, ?, ?, ?, ?)",
                &[&customer.id, &feed, &customer.code, &customer.salesperson, &search, &file],
            )
            .map_err(refused)?;
            sql.run("INSERT INTO standing (customer) VALUES (?)", &[&customer.id])?;
        }
        sql.run("INSERT INTO customer_version (customer, feed, file) VALUES (?, ?, ?)", &[&customer.id, &feed, &file])?;
        further::moved(sql, customer.id)?;
    }
    Ok(moved)
}

/// A customer's file as the book knew it at a feed number; absent when it did not know the customer yet.
pub fn known(sql: &Sql, customer: CustomerId, at: FeedNumber) -> Result<Option<Customer>, Failure> {
    let file = sql.first(
        "SELECT file FROM customer_version WHERE customer = ? AND feed <= ? ORDER BY feed DESC LIMIT 1",
        &[&customer, &at],
    )?;
    Ok(file)
}
