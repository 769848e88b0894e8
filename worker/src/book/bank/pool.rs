//! The pool, as a list.

use serde::Deserialize;
use shared::facts::id::{CustomerId, FeedNumber};
use shared::facts::money::{Currency, Money};
use shared::record::api::bank::{BankFileEntry, Named, POOL_PAGE, PoolAnswer, PoolEnded, PoolEntry};
use shared::record::bank::{BankFormat, Pooled};

use super::super::call::Call;
use crate::answer::Answer;
use crate::problem::Failure;

/// How many of what was done last are listed.
const LAST: u32 = 50;

/// Receipts that wait.
const WAITS: &str = "NOT EXISTS (SELECT 1 FROM pool_end WHERE pool_end.receipt = pool.id)";

#[derive(Deserialize)]
struct Waiting(FeedNumber, Pooled, String);
#[derive(Deserialize)]
struct Ended(Pooled, Option<CustomerId>, Option<String>, Option<String>, Option<String>, String, u64);
#[derive(Deserialize)]
struct Total(Currency, u32, i64);

/// `GET pool?after=`.
pub fn read(call: &Call) -> Result<Answer, Failure> {
    let after: u64 = call.parameter("after", "a feed number")?.unwrap_or(0);
    let sql = call.sql;
    let waiting: Vec<Waiting> = sql.rows(
        &format!(
            "SELECT json_array(pool.feed, json(pool.body), bank_file.name) FROM pool JOIN bank_file ON bank_file.id = pool.file
             WHERE pool.feed > ? AND {WAITS} ORDER BY pool.feed LIMIT ?"
        ),
        &[&after, &POOL_PAGE.saturating_add(1)],
    )?;
    let more = waiting.len() > POOL_PAGE;
    let entry = |Waiting(feed, receipt, file)| PoolEntry { feed, receipt, file };
    let receipts: Vec<PoolEntry> = waiting.into_iter().take(POOL_PAGE).map(entry).collect();
    let next = receipts.last().map(|last| last.feed).filter(|_| more);
    let mut answer = PoolAnswer { receipts, next, ..PoolAnswer::default() };
    let totals: Vec<Total> = sql.rows(
        &format!("SELECT json_array(currency, count(*), CAST(total(minor) AS INTEGER)) FROM pool WHERE {WAITS} GROUP BY currency"),
        &[],
    )?;
    for Total(currency, count, minor) in totals {
        answer.waiting = answer.waiting.saturating_add(count);
        // A sum beyond what an amount can be is told by nobody; its receipts are there.
        if let Ok(total) = Money::from_minor(minor, currency) {
            answer.totals.insert(currency.code().to_owned(), total);
        }
    }
    if after == 0 {
        answer.ended = ended(call)?;
        answer.files = files(call)?;
    }
    Answer::json(&answer)
}

fn ended(call: &Call) -> Result<Vec<PoolEnded>, Failure> {
    let rows: Vec<Ended> = call.sql.rows(
        "SELECT json_array(json(pool.body), customer.id, customer.code, customer.file ->> '$.name', pool_end.reason,
             person.name, pool_end.at)
         FROM pool_end JOIN pool ON pool.id = pool_end.receipt JOIN person ON person.id = pool_end.person
         LEFT JOIN customer ON customer.id = pool_end.customer
         ORDER BY pool_end.feed DESC, pool_end.receipt LIMIT ?",
        &[&LAST],
    )?;
    let one = |Ended(receipt, id, code, name, reason, by, at)| {
        let customer = id.zip(code.zip(name)).map(|(id, (code, name))| Named { id, code, name });
        PoolEnded { receipt, customer, reason, by, at }
    };
    Ok(rows.into_iter().map(one).collect())
}

fn files(call: &Call) -> Result<Vec<BankFileEntry>, Failure> {
    #[derive(Deserialize)]
    struct Row(shared::facts::id::ImportId, String, BankFormat, u32, String, u64);
    let rows: Vec<Row> = call.sql.rows(
        "SELECT json_array(bank_file.id, bank_file.name, format, brought, person.name, at)
         FROM bank_file JOIN person ON person.id = bank_file.person
         WHERE state = 'recorded' ORDER BY bank_file.feed DESC, bank_file.id LIMIT ?",
        &[&LAST],
    )?;
    let one = |Row(file, name, format, new, by, at)| BankFileEntry { file, name, format, new, by, at };
    Ok(rows.into_iter().map(one).collect())
}
