//! What changed for a device since it last asked: its customers with their standings, the policy, the rates, and who went out
//! of its sight.

use shared::facts::id::{CustomerId, FeedNumber};
use shared::record::access::Rows;
use shared::record::api::{Person, SyncAnswer, SyncCustomer};
use shared::rules::order_check::OrderPolicy;
use shared::rules::policy::PolicyVersion;
use std::collections::BTreeSet;

use super::call::{Call, assigned, mine};
use super::ledger::further::Basis;
use super::ledger::{rates, standings};
use super::policies;
use crate::answer::Answer;
use crate::problem::{Failure, RequestError};

/// `GET sync?since=N`.
pub fn sync(call: &Call) -> Result<Answer, Failure> {
    let since = FeedNumber(call.parameter("since", "a feed number")?.unwrap_or_default());
    // A device that knows more than the book has seen another book's past: it gets everything.
    // So does one whose owner's role changed.
    let known = if since > call.sql.feed()? { FeedNumber::default() } else { since };
    let since = if known < call.caller.sight_feed { FeedNumber::default() } else { known };
    let policy = policies::changed_after(call.sql, since)?;
    let new_rates = rates::newest(call.sql)? > since;
    let mine = mine(call.rows, "?1");
    // Customers whose file names the caller only since then are new to their device.
    let gained = gained(call, since)?;
    // What follows from files and groups may have moved since, or with the day alone.
    let marked = Basis::now(call)?.marked();
    let came = format!("customer.id IN ({} AND piece.feed > ?2)", assigned("?1"));
    let moved = format!("(customer.feed > ?2 OR standing.feed > ?2 OR further.feed > ?2 OR {marked} OR {came})");
    let condition = match (call.rows, new_rates) {
        (Rows::All, false) => format!("{moved} AND ?1 IS NOT NULL"),
        (Rows::All, true) => "?1 IS NOT NULL AND ?2 IS NOT NULL".to_owned(),
        (_, false) => format!("{mine} AND {moved}"),
        (_, true) => format!("{mine} AND ?2 IS NOT NULL"),
    };
    let found = standings::select(call, &condition, &[&call.caller.person, &since])?;
    // What was read anew just now has a feed number too.
    let feed = call.sql.feed()?;
    let customers: Vec<SyncCustomer> = found
        .into_iter()
        .filter(|known| {
            let new_rate = known.standing.rates.iter().any(|rate| rate.feed > since);
            let came = gained.contains(&known.customer.id);
            known.version > since || known.standing.feed > since || new_rate || came
        })
        .map(|known| SyncCustomer { customer: known.customer, standing: known.standing, search: known.search })
        .collect();
    let rates = if new_rates { Some(rates::known(call.sql, None)?) } else { None };
    let (people, gone) = (people(call, since)?, gone(call, known)?);
    let delivers_nothing =
        customers.is_empty() && gone.is_empty() && policy.is_none() && rates.is_none() && people.is_none();
    // From which feed number to which, and how many customers: with the role's rows that says what went out.
    let delivered = format!("{}-{} {}", since.0, feed.0, customers.len());
    let book = call.book.info(call.now);
    let answer = match call.parameter::<String>("policy", "'orders'")?.as_deref() {
        None => Answer::json(&SyncAnswer { book, feed, policy, rates, people, customers, gone })?,
        Some("orders") => {
            let policy = policy.map(|PolicyVersion { version, digest, policy }| PolicyVersion {
                version,
                digest,
                policy: OrderPolicy::from(&policy),
            });
            Answer::json(&SyncAnswer { book, feed, policy, rates, people, customers, gone })?
        }
        Some(_) => return Err(RequestError::Parameter { name: "policy", expected: "'orders'" }.into()),
    };
    Ok(Answer { delivers_nothing, ..answer.about(&delivered) })
}

/// The company's people, when one changed, for callers who see every customer.
fn people(call: &Call, since: FeedNumber) -> Result<Option<Vec<Person>>, Failure> {
    if call.rows != Rows::All || !call.sql.finds("SELECT 1 FROM person WHERE feed > ? LIMIT 1", &[&since])? {
        return Ok(None);
    }
    let query =
        "SELECT json_object('id', id, 'name', name) FROM person WHERE customer IS NULL AND token = 0 ORDER BY login";
    Ok(Some(call.sql.rows(query, &[])?))
}

/// Customers whose file names the caller since after a feed number.
fn gained(call: &Call, since: FeedNumber) -> Result<BTreeSet<CustomerId>, Failure> {
    if call.rows != Rows::Assigned {
        return Ok(BTreeSet::new());
    }
    let query = format!("SELECT json_quote(customer) FROM ({} AND piece.feed > ?2)", assigned("?1"));
    Ok(call.sql.rows(&query, &[&call.caller.person, &since])?.into_iter().collect())
}

/// Customers who were the caller's after `since` and are so no longer.
fn gone(call: &Call, since: FeedNumber) -> Result<Vec<CustomerId>, Failure> {
    if !matches!(call.rows, Rows::Own | Rows::Assigned) {
        return Ok(Vec::new());
    }
    let mine = mine(call.rows, "?1");
    if since > FeedNumber::default() && since < call.caller.sight_feed {
        let query = format!("SELECT json_quote(id) FROM customer WHERE NOT ({mine}) ORDER BY id");
        return Ok(call.sql.rows(&query, &[&call.caller.person])?);
    }
    let left = match call.rows {
        Rows::Assigned => {
            "SELECT piece.customer FROM piece JOIN piece_version AS before ON before.piece = piece.id
             WHERE piece.kind = 'responsible' AND piece.feed > ?2 AND before.body ->> '$.what.person' = ?1"
        }
        _ => "SELECT customer FROM out_of_sight WHERE person = ?1 AND feed > ?2",
    };
    let query = format!("SELECT json_quote(id) FROM customer WHERE id IN ({left}) AND NOT ({mine}) ORDER BY id");
    Ok(call.sql.rows(&query, &[&call.caller.person, &since])?)
}
