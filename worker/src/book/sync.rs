//! What changed for a device since it last asked: its customers with their standings, the policy, the rates, and who went out
//! of its sight.

use shared::facts::id::{CustomerId, FeedNumber};
use shared::record::access::Rows;
use shared::record::api::{Person, SyncAnswer, SyncCustomer};
use shared::rules::order_check::OrderPolicy;
use shared::rules::policy::PolicyVersion;

use super::call::Call;
use super::ledger::{rates, standings};
use super::policies;
use crate::answer::Answer;
use crate::problem::{Failure, RequestError};

/// `GET sync?since=N`.
pub fn sync(call: &Call) -> Result<Answer, Failure> {
    let feed = call.sql.feed()?;
    let since = FeedNumber(call.parameter("since", "a feed number")?.unwrap_or_default());
    // A device that knows more than the book has seen another book's past: it gets everything.
    // So does one whose owner's role changed.
    let known = if since > feed { FeedNumber::default() } else { since };
    let since = if known < call.caller.sight_feed { FeedNumber::default() } else { known };
    let policy = policies::changed_after(call.sql, since)?;
    let new_rates = rates::newest(call.sql)? > since;
    let mine = "customer.salesperson = ?1";
    let moved = "(customer.feed > ?2 OR standing.feed > ?2)";
    let condition = match (call.rows, new_rates) {
        (Rows::All, false) => format!("{moved} AND ?1 IS NOT NULL"),
        (Rows::All, true) => "?1 IS NOT NULL AND ?2 IS NOT NULL".to_owned(),
        (_, false) => format!("{mine} AND {moved}"),
        (_, true) => format!("{mine} AND ?2 IS NOT NULL"),
    };
    let found = standings::select(call.sql, &condition, &[&call.caller.person, &since])?;
    let customers: Vec<SyncCustomer> = found
        .into_iter()
        .filter(|known| {
            let new_rate = known.standing.rates.iter().any(|rate| rate.feed > since);
            known.version > since || known.standing.feed > since || new_rate
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

/// Customers who were the caller's after `since` and are so no longer.
fn gone(call: &Call, since: FeedNumber) -> Result<Vec<CustomerId>, Failure> {
    if call.rows != Rows::Own {
        return Ok(Vec::new());
    }
    if since > FeedNumber::default() && since < call.caller.sight_feed {
        let query = "SELECT json_quote(id) FROM customer WHERE salesperson IS NOT ? ORDER BY id";
        return Ok(call.sql.rows(query, &[&call.caller.person])?);
    }
    Ok(call.sql.rows(
        "SELECT DISTINCT json_quote(customer.id) FROM out_of_sight JOIN customer ON customer.id = out_of_sight.customer
         WHERE out_of_sight.person = ?1 AND out_of_sight.feed > ?2 AND customer.salesperson IS NOT ?1
         ORDER BY customer.id",
        &[&call.caller.person, &since],
    )?)
}
