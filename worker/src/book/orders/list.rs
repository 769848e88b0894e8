//! Reading orders: the salesperson's own, the queue of what waits, what is on its way, and one order with all that happened
//! to it.

use serde::Deserialize;
use shared::facts::calendar::Date;
use shared::facts::id::{CustomerId, FeedNumber, OrderId, PersonId};
use shared::questions::remedy::ways_out;
use shared::record::access::Rows;
use shared::record::api::OrderStatus;
use shared::record::api::orders::{ORDERS_LISTED_MOST, OrderAnswer, OrderLine, OrdersAnswer};
use shared::record::decision::OrderDecision;
use shared::rules::order_check::{Answer as Judged, Checkpoint, Circumstances, Verdict, order_check_at};
use shared::rules::policy::Policy;

use super::super::call::{Call, mine};
use super::super::ledger::standings;
use super::super::policies;
use super::super::sql::{Bind, Sql};
use super::entry::{Entry, TO_COME, columns};
use super::found;
use super::holds::waiting;
use crate::answer::Answer;
use crate::problem::{Failure, RequestError};

/// How many orders a list names unless it is asked for another number.
const LISTED: u32 = 50;

/// An order with what a list tells of it besides.
#[derive(Deserialize)]
struct Row {
    entry: Entry,
    name: String,
    judged: Judged,
    passed: Vec<(Checkpoint, Date)>,
    invoiced: Option<Date>,
    paid: Option<Date>,
}

fn row(condition: &str) -> String {
    format!(
        "SELECT json_object('entry', {}, 'name', customer.file ->> '$.name',
             'judged', json(decision.document -> '$.judgement.matter.answer'),
             'passed', json((SELECT json_group_array(json_array(checkpoint, date)) FROM (
                 SELECT checkpoint, max(date) AS date FROM order_step
                 WHERE order_id = order_entry.id AND kind = 'passed' GROUP BY checkpoint ORDER BY min(feed)))),
             'invoiced', (SELECT min(date) FROM item
                 WHERE item.order_id = order_entry.id AND item.customer = order_entry.customer),
             'paid', (SELECT max(allocation.date) FROM item JOIN allocation ON allocation.item = item.id
                 WHERE item.order_id = order_entry.id AND item.customer = order_entry.customer
                     AND NOT EXISTS (SELECT 1 FROM item AS open WHERE open.order_id = order_entry.id
                         AND open.customer = order_entry.customer AND open.open_minor <> 0)))
         FROM order_entry JOIN customer ON customer.id = order_entry.customer
             JOIN decision ON decision.id = order_entry.decision
         WHERE {condition}",
        columns()
    )
}

impl Row {
    fn line(self, policy: &Policy, today: Date) -> Result<OrderLine, Failure> {
        let Self { entry, name, judged, passed, invoiced, paid } = self;
        let (status, lapsed, left) = (entry.status_at(today), entry.lapsed(policy, today), entry.left()?);
        let against = |verdict: Verdict| verdict >= Verdict::Hold;
        let reasons = judged.reasons.into_iter();
        let reasons = reasons.filter(|reason| against(reason.eased.map_or(reason.verdict, |eased| eased.from)));
        Ok(OrderLine {
            customer_name: name,
            status,
            date: entry.date,
            planned: entry.around.planned,
            until: entry.until,
            lapsed,
            by_hand: entry.by_hand,
            waits: entry.waits,
            change: entry.change,
            decision: entry.decision,
            verdict: judged.verdict,
            reasons: reasons.collect(),
            release: judged.release,
            asked_by: entry.asked_by,
            passed,
            left,
            invoiced,
            paid,
            version: entry.version,
            feed: entry.feed,
            order: entry.order,
        })
    }
}

/// Of confirmed orders those of which something is still to come.
fn to_come() -> String {
    format!("EXISTS (SELECT 1 FROM ordered WHERE ordered.id = order_entry.id AND {TO_COME})")
}

/// `GET orders?status=&customer=&salesperson=&from=&to=&after=&limit=`: the newest change first.
pub fn list(call: &Call) -> Result<Answer, Failure> {
    let status: Option<Wanted> = call.parameter("status", "confirmed, held, refused, cancelled or open")?;
    let customer: Option<CustomerId> = call.parameter("customer", "a customer's id")?;
    let salesperson: Option<PersonId> = call.parameter("salesperson", "a person's id")?;
    let (from, to): (Option<Date>, Option<Date>) = (call.parameter("from", "a date")?, call.parameter("to", "a date")?);
    let after: Option<After> = call.parameter("after", "what a list before gave as next")?;
    let most: u32 = call.parameter("limit", "a number")?.unwrap_or(LISTED).clamp(1, ORDERS_LISTED_MOST);
    // Of confirmed orders those whose release ran out with something left to do.
    let expired = format!("order_entry.until < ? AND {}", to_come());
    let mut conditions = vec!["true".to_owned()];
    let mut binds: Vec<&dyn Bind> = Vec::new();
    if call.rows != Rows::All {
        conditions.push(mine(call.rows, "?"));
        binds.push(&call.caller.person);
    }
    match &status {
        None => {}
        Some(Wanted::Status(OrderStatus::Held)) => {
            conditions.push(format!(
                "order_entry.id IN (
                     SELECT id FROM order_entry WHERE status = 'held'
                     UNION ALL SELECT id FROM order_entry WHERE status = 'confirmed'
                         AND (until IS NOT NULL OR by_hand IS NOT NULL OR waits IS NOT NULL)
                         AND (by_hand IS NOT NULL OR waits IS NOT NULL OR ({expired})))"
            ));
            binds.push(&call.today);
        }
        Some(Wanted::Status(OrderStatus::Confirmed)) => {
            conditions.push(format!("order_entry.status = 'confirmed' AND NOT coalesce({expired}, 0)"));
            binds.push(&call.today);
        }
        Some(Wanted::Status(OrderStatus::Refused)) => conditions.push("order_entry.status = 'refused'".to_owned()),
        Some(Wanted::Status(OrderStatus::Cancelled)) => conditions.push("order_entry.status = 'cancelled'".to_owned()),
        Some(Wanted::Open) => conditions.push(format!(
            "order_entry.status = 'confirmed' AND ({}
                 OR EXISTS (SELECT 1 FROM item WHERE item.order_id = order_entry.id
                     AND item.customer = order_entry.customer AND open_minor <> 0))",
            to_come()
        )),
    }
    for (condition, bind) in [
        ("order_entry.customer = ?", customer.as_ref().map(|id| id as &dyn Bind)),
        ("customer.salesperson = ?", salesperson.as_ref().map(|id| id as &dyn Bind)),
        ("order_entry.date >= ?", from.as_ref().map(|date| date as &dyn Bind)),
        ("order_entry.date <= ?", to.as_ref().map(|date| date as &dyn Bind)),
    ] {
        if let Some(bind) = bind {
            conditions.push(condition.to_owned());
            binds.push(bind);
        }
    }
    if let Some(After(feed, id)) = &after {
        conditions.push("(order_entry.feed, order_entry.id) < (?, ?)".to_owned());
        binds.push(feed);
        binds.push(id);
    }
    let limit = most.saturating_add(1);
    binds.push(&limit);
    let conditions = conditions.join(" AND ");
    let order = "ORDER BY order_entry.feed DESC, order_entry.id DESC LIMIT ?";
    let mut rows: Vec<Row> = call.sql.rows(&row(&format!("{conditions} {order}")), &binds)?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    let last = rows.last().filter(|_| more);
    let next = last.map(|row| format!("{}:{}", row.entry.feed.0, row.entry.order.id));
    let policy = policies::in_force(call.sql, call.cache)?;
    let lines = rows.into_iter().map(|row| row.line(&policy.policy, call.today));
    Answer::json(&OrdersAnswer { orders: lines.collect::<Result<_, Failure>>()?, next })
}

/// `GET orders/{id}`: with its version as the tag.
pub fn read(call: &Call) -> Result<Answer, Failure> {
    let entry = found(call)?;
    let policy = policies::in_force(call.sql, call.cache)?;
    let id = entry.order.id;
    let decision: OrderDecision = call
        .sql
        .first("SELECT document FROM decision WHERE id = ?", &[&entry.decision])?
        .ok_or_else(|| Failure::broken("an order's decision is gone"))?;
    let (mut now, mut help) = (None, None);
    if let Some(waiting) = waiting(&entry, &policy, call)? {
        let known = standings::of(call, entry.customer())?.ok_or(RequestError::NotFound)?;
        let around = Circumstances { release: entry.release(call.sql)?, ..waiting.around };
        let (policy, standing) = (&policy.policy, &known.standing);
        now = order_check_at(policy, standing, &waiting.order, &around, call.today).ok();
        help = ways_out(policy, standing, &waiting.order, &around, call.today).ok();
    }
    let steps = call.sql.rows(
        "SELECT json_patch('{}', json_object('feed', feed, 'date', date, 'kind', kind, 'status', status,
             'at', checkpoint, 'decision', decision, 'person', person, 'reason', reason, 'number', number))
         FROM order_step WHERE order_id = ? ORDER BY feed",
        &[&id],
    )?;
    let releases = call.sql.rows("SELECT document FROM release WHERE order_id = ? ORDER BY feed", &[&id])?;
    let (version, around) = (entry.version, entry.around.clone());
    let line = line_of(call.sql, &policy.policy, id, call.today)?;
    let answer = OrderAnswer { line, around, decision, now, ways_out: help, releases, steps };
    Ok(Answer::json(&answer)?.versioned(version))
}

fn line_of(sql: &Sql, policy: &Policy, order: OrderId, today: Date) -> Result<OrderLine, Failure> {
    let row: Row = sql.first(&row("order_entry.id = ?"), &[&order])?.ok_or(RequestError::NotFound)?;
    row.line(policy, today)
}

/// What a list is asked for.
enum Wanted {
    /// Orders that are so by the book's date.
    Status(OrderStatus),
    /// Confirmed ones that are neither carried out and invoiced in full nor paid.
    Open,
}

impl std::str::FromStr for Wanted {
    type Err = serde_json::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "open" {
            return Ok(Self::Open);
        }
        serde_json::from_value(serde_json::Value::String(text.to_owned())).map(Self::Status)
    }
}

/// Where a list goes on: after the order with this feed number and id.
struct After(FeedNumber, OrderId);

impl std::str::FromStr for After {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (feed, id) = text.split_once(':').ok_or(())?;
        let feed = feed.parse().ok().filter(|feed: &u64| *feed < (1 << 53)).ok_or(())?;
        Ok(Self(FeedNumber(feed), id.parse().map_err(drop)?))
    }
}
