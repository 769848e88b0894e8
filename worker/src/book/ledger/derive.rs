//! What follows from facts: open amounts, money not applied, orders not used up, standings. Each step is one statement over
//! the new facts' feed numbers, so that ten thousand cost little more than ten; a step without new facts of its kind is
//! left out.

use shared::facts::id::FeedNumber;
use shared::facts::ledger::Fact;
use worker::Result;

use super::super::sql::Sql;
use super::withdraw::COUNTS;
use super::{LedgerError, NewFact, kind_of, refused, settling, withdraw};
use crate::problem::Failure;

/// The amount of a fact in minor units. On the wire an amount has exactly its currency's decimals, so that leaving out the
/// point gives the count.
const MINOR: &str = "CAST(replace(body ->> '$.amount.amount', '.', '') AS INTEGER)";

/// Brings everything along after the facts `first` to `last` were appended.
pub fn follow(sql: &Sql, first: FeedNumber, last: FeedNumber, facts: &[NewFact]) -> Result<(), Failure> {
    let has = |kinds: &[&str]| facts.iter().any(|new| kinds.contains(&kind_of(&new.fact)));
    let run = |query: &str| sql.run(query, &[&first, &last]);
    if has(&["charged"]) {
        run(&charged()).map_err(refused)?;
    }
    if has(&["received"]) {
        run(&received()).map_err(refused)?;
    }
    if has(&["allocated"]) {
        run(&allocated()).map_err(refused)?;
        run(&credited()).map_err(refused)?;
        if let Some(foreign) = sql.texts(FOREIGN, &[&first, &last])?.into_iter().next() {
            return Err(LedgerError::Foreign(foreign).into());
        }
        run(OPEN)?;
        run(UNAPPLIED).map_err(refused)?;
    }
    if has(&["disputed"]) {
        run(DISPUTED).map_err(refused)?;
        run(STANDS_DISPUTED)?;
    }
    if has(&["ordered"]) {
        run(&ordered()).map_err(refused)?;
    }
    if facts.iter().any(|new| matches!(&new.fact, Fact::Charged(item) if item.order.is_some())) {
        run(USED_UP)?;
    }
    if has(&["order_ended"]) {
        run(ENDED)?;
    }
    if has(&["order_timed"]) {
        run(TIMED)?;
    }
    if has(&["withdrawn"]) {
        withdraw::follow(sql, first, last)?;
    }
    standings(&has, &run)?;
    settling::follow(sql, first, last, facts)?;
    if sql.finds(BEYOND, &[&first, &last])? {
        return Err(LedgerError::Amount.into());
    }
    Ok(())
}

/// A touched customer whose open documents, orders and unapplied money come to more than half of what an amount can be:
/// their sums could not be told any more, neither alone nor in a list with everybody else's.
const BEYOND: &str = "
    SELECT 1 FROM standing
    WHERE customer IN (SELECT customer FROM fact WHERE feed BETWEEN ?1 AND ?2) AND EXISTS (
        SELECT 1 FROM (
            SELECT value ->> 0 AS currency, value ->> 4 AS minor FROM json_each(standing.open)
            UNION ALL SELECT value ->> 0, value ->> 2 FROM json_each(standing.orders)
            UNION ALL SELECT value ->> 0, value ->> 1 FROM json_each(standing.unapplied)
        ) GROUP BY currency HAVING total(abs(minor)) > 4503599627370495
    ) LIMIT 1";

fn charged() -> String {
    format!(
        "INSERT INTO item (feed, id, customer, document, number, date, due, currency, minor, open_minor, opening, order_id)
         SELECT feed, body ->> '$.id', customer, body ->> '$.document', body ->> '$.number', date, body ->> '$.due',
             body ->> '$.amount.currency', {MINOR}, {MINOR}, coalesce(body ->> '$.opening', 0), body ->> '$.order'
         FROM fact WHERE feed BETWEEN ?1 AND ?2 AND kind = 'charged'"
    )
}

fn received() -> String {
    format!(
        "INSERT INTO receipt (feed, id, customer, date, currency, minor, unapplied_minor)
         SELECT feed, body ->> '$.id', customer, date, body ->> '$.amount.currency', {MINOR}, {MINOR}
         FROM fact WHERE feed BETWEEN ?1 AND ?2 AND kind = 'received'"
    )
}

fn allocated() -> String {
    format!(
        "INSERT INTO allocation (feed, item, date, minor, receipt)
         SELECT feed, body ->> '$.item', date, {MINOR}, body ->> '$.source.receipt'
         FROM fact WHERE feed BETWEEN ?1 AND ?2 AND kind = 'allocated'"
    )
}

/// A credit note is used up by as much as it settles.
fn credited() -> String {
    format!(
        "INSERT INTO allocation (feed, item, date, minor, receipt)
         SELECT feed, body ->> '$.source.item', date, -{MINOR}, NULL
         FROM fact WHERE feed BETWEEN ?1 AND ?2 AND kind = 'allocated' AND body ->> '$.source.by' = 'credit_note'"
    )
}

/// The first application that joins what does not belong together.
const FOREIGN: &str = "
    SELECT fact.id FROM fact JOIN allocation ON allocation.feed = fact.feed
        JOIN item ON item.id = allocation.item
        LEFT JOIN receipt ON receipt.id = allocation.receipt
    WHERE fact.feed BETWEEN ?1 AND ?2 AND fact.kind = 'allocated' AND (
        item.customer <> fact.customer OR item.currency <> fact.body ->> '$.amount.currency'
        OR (allocation.receipt IS NOT NULL
            AND (receipt.customer <> fact.customer OR receipt.currency <> item.currency))
    ) LIMIT 1";

const OPEN: &str = "
    UPDATE item SET open_minor = open_minor - applied.minor
    FROM (SELECT item, sum(minor) AS minor FROM allocation WHERE feed BETWEEN ?1 AND ?2 GROUP BY item) AS applied
    WHERE item.id = applied.item";

const UNAPPLIED: &str = "
    UPDATE receipt SET unapplied_minor = unapplied_minor - applied.minor
    FROM (
        SELECT receipt, sum(minor) AS minor FROM allocation
        WHERE feed BETWEEN ?1 AND ?2 AND receipt IS NOT NULL GROUP BY receipt
    ) AS applied
    WHERE receipt.id = applied.receipt";

const DISPUTED: &str = "
    INSERT INTO dispute (item, date, feed, open)
    SELECT item.id, fact.date, fact.feed, fact.body ->> '$.open'
    FROM fact LEFT JOIN item ON item.id = fact.body ->> '$.item' AND item.customer = fact.customer
    WHERE fact.feed BETWEEN ?1 AND ?2 AND fact.kind = 'disputed'";

/// The later word stands: by the day it holds, then by when the book learned it.
const STANDS_DISPUTED: &str = "
    UPDATE item SET disputed =
        (SELECT open FROM dispute WHERE dispute.item = item.id ORDER BY date DESC, feed DESC LIMIT 1)
    WHERE id IN (
        SELECT body ->> '$.item' FROM fact WHERE feed BETWEEN ?1 AND ?2 AND kind = 'disputed'
    )";

/// Whether the terms of an order have all of it paid before we perform.
const PREPAID: &str = "(body ->> '$.terms.kind' = 'prepaid' OR body ->> '$.terms.kind' = 'agreed' AND NOT EXISTS (
    SELECT 1 FROM json_each(fact.body -> '$.terms.parts')
    WHERE value ->> '$.base' <> 'order' OR value ->> '$.days' <> 0
))";

/// What is paid before we perform uses no credit; documents that name the order may have come before it. Of an order that
/// was changed the last word counts.
fn ordered() -> String {
    format!(
        "INSERT INTO ordered (id, feed, customer, date, currency, left_minor)
         SELECT body ->> '$.id', feed, customer, date, body ->> '$.amount.currency',
             iif({PREPAID}, 0,
                 max({MINOR} - coalesce(CAST(replace(body ->> '$.prepayment.amount', '.', '') AS INTEGER), 0), 0))
             - coalesce((
                 SELECT sum(item.minor) FROM item
                 WHERE item.order_id = fact.body ->> '$.id' AND item.customer = fact.customer
                     AND item.currency = fact.body ->> '$.amount.currency'
             ), 0)
         FROM fact WHERE feed BETWEEN ?1 AND ?2 AND kind = 'ordered' ORDER BY feed
         ON CONFLICT (id) DO UPDATE SET feed = excluded.feed, customer = excluded.customer, date = excluded.date,
             currency = excluded.currency, left_minor = excluded.left_minor"
    )
}

/// The later word about an order's days stands: by the day it holds, then by when the book learned it.
const TIMED: &str = "
    UPDATE ordered SET (planned, until) = (
        SELECT fact.body ->> '$.planned', fact.body ->> '$.until' FROM fact
        WHERE fact.kind = 'order_timed' AND fact.body ->> '$.order' = ordered.id AND fact.customer = ordered.customer
        ORDER BY fact.date DESC, fact.feed DESC LIMIT 1
    )
    WHERE id IN (SELECT body ->> '$.order' FROM fact WHERE feed BETWEEN ?1 AND ?2 AND kind = 'order_timed')";

/// Orders of this batch have counted its documents already.
const USED_UP: &str = "
    UPDATE ordered SET left_minor = left_minor - used.minor
    FROM (
        SELECT order_id, customer, currency, sum(minor) AS minor FROM item
        WHERE feed BETWEEN ?1 AND ?2 AND order_id IS NOT NULL GROUP BY order_id, customer, currency
    ) AS used
    WHERE ordered.id = used.order_id AND ordered.customer = used.customer AND ordered.currency = used.currency
        AND ordered.feed < ?1";

const ENDED: &str = "
    UPDATE ordered SET ended = 1 FROM fact
    WHERE fact.feed BETWEEN ?1 AND ?2 AND fact.kind = 'order_ended'
        AND ordered.id = fact.body ->> '$.order' AND ordered.customer = fact.customer";

/// Rebuilds those parts of the touched customers' standings that the new facts can have moved.
fn standings(has: &impl Fn(&[&str]) -> bool, run: &impl Fn(&str) -> Result<()>) -> Result<()> {
    let part = |kinds: &[&str], what: &str| {
        if !has(kinds) {
            return Ok(());
        }
        let list = kinds.iter().map(|kind| format!("'{kind}'")).collect::<Vec<_>>().join(", ");
        run(&format!(
            "UPDATE standing SET {what}
             WHERE customer IN (SELECT customer FROM fact WHERE feed BETWEEN ?1 AND ?2 AND kind IN ({list}))"
        ))
    };
    part(&settling::OF_JOURNAL, "journal_feed = ?2")?;
    part(&["charged", "allocated", "disputed", "withdrawn"], OPEN_BUCKETS)?;
    part(&["charged", "allocated", "received", "withdrawn"], UNAPPLIED_SUMS)?;
    part(&["charged", "ordered", "order_ended", "order_timed"], ORDER_BUCKETS)?;
    part(&["graded"], &granted("grade", "graded", "json_object('grade', body ->> '$.grade', 'since', date)"))?;
    let limit = "json_object('limit', json(body -> '$.limit'), 'since', date, 'until', body ->> '$.until')";
    part(&["limit_granted", "withdrawn"], &granted("credit_limit", "limit_granted", limit))?;
    part(&["terms_granted", "withdrawn"], &granted("terms", "terms_granted", "body -> '$.terms'"))?;
    part(&["temporary_granted"], TEMPORARY)?;
    let frozen = "iif(body ->> '$.frozen', json_object('since', date, 'reason', body ->> '$.reason'), NULL)";
    part(&["frozen"], &granted("frozen", "frozen", frozen))?;
    run("UPDATE standing SET feed = newest.feed
         FROM (SELECT customer, max(feed) AS feed FROM fact WHERE feed BETWEEN ?1 AND ?2 GROUP BY customer) AS newest
         WHERE standing.customer = newest.customer")
}

/// Documents that are owed, by currency, due date and dispute.
const OPEN_BUCKETS: &str = "open = (
    SELECT coalesce(json_group_array(json_array(currency, due, disputed, documents, minor)), '[]') FROM (
        SELECT currency, due, disputed, count(*) AS documents, sum(open_minor) AS minor FROM item
        WHERE item.customer = standing.customer AND open_minor <> 0 AND open_minor > 0 AND document <> 'credit_note'
        GROUP BY currency, due, disputed ORDER BY currency, due, disputed
    ))";

/// Credit notes and money that are not applied, by currency.
const UNAPPLIED_SUMS: &str = "unapplied = (
    SELECT coalesce(json_group_array(json_array(currency, minor)), '[]') FROM (
        SELECT currency, sum(minor) AS minor FROM (
            SELECT currency, -open_minor AS minor FROM item
            WHERE item.customer = standing.customer AND open_minor <> 0
                AND (document = 'credit_note' OR open_minor < 0)
            UNION ALL
            SELECT currency, unapplied_minor FROM receipt
            WHERE receipt.customer = standing.customer AND unapplied_minor <> 0
        ) GROUP BY currency HAVING sum(minor) <> 0 ORDER BY currency
    ))";

/// Orders not used up, by currency and days.
const ORDER_BUCKETS: &str = "orders = (
    SELECT coalesce(json_group_array(json_array(currency, date, minor, planned, until)), '[]') FROM (
        SELECT currency, date, planned, until, sum(left_minor) AS minor FROM ordered
        WHERE ordered.customer = standing.customer AND ended = 0 AND left_minor > 0
        GROUP BY currency, date, planned, until ORDER BY currency, date, planned, until
    ))";

/// Limits for a season or a deal, the first first.
const TEMPORARY: &str = "temporary = (
    SELECT nullif(json_group_array(json(body)), '[]') FROM (
        SELECT json_remove(body, '$.kind') AS body FROM fact
        WHERE fact.customer = standing.customer AND kind = 'temporary_granted' ORDER BY date, feed
    ))";

/// What was decided last and still counts: by the day it holds, then by when the book learned it.
fn granted(column: &str, kind: &str, value: &str) -> String {
    format!(
        "{column} = (
            SELECT {value} FROM fact
            WHERE fact.customer = standing.customer AND kind = '{kind}'
                AND kind IN ('graded', 'limit_granted', 'terms_granted', 'frozen') AND {COUNTS}
            ORDER BY date DESC, fact.feed DESC LIMIT 1
        )"
    )
}
