//! When money arrives, or more is granted, what is held is judged again: in the policy's order, each on what the ones before
//! it leave ([`shared::questions::retest`]).
//!
//! Whose orders are due is kept with the facts that made them so, in the same transaction; up to [`AT_ONCE`] of them are
//! judged there, the rest on the object's alarm, so that no request waits for many. Judging twice changes nothing: an order
//! remembers up to which arrival it was judged. What a person holds stays held; a customer's stop refuses.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::facts::calendar::Date;
use shared::facts::id::{CustomerId, DecisionId, FeedNumber, OrderId};
use shared::questions::retest::{Held, RetestOutcome, retest};
use shared::record::api::orders::StepKind;
use shared::record::api::outbox::MessageBody;
use shared::record::api::{Confirmation, OrderStatus};
use shared::record::decision::decide_order_at;
use shared::rules::order_check::Circumstances;
use shared::rules::policy::PolicyVersion;
use std::rc::Rc;
use worker::Storage;

use super::super::audit::{self, Deed};
use super::super::call::{BookRow, Call};
use super::super::ledger::further::Basis;
use super::super::ledger::rates;
use super::super::ledger::standings::{self, Known};
use super::super::sql::Sql;
use super::super::{atomically, decisions, outbox, policies};
use super::authorisation_number;
use super::entry::{self, Doing, Entry, Step};
use super::holds::judged_again;
use crate::problem::Failure;
use crate::random;

/// How many orders are judged in one transaction.
pub const AT_ONCE: usize = 50;
/// How many of a customer's held orders are looked at; the others wait for the next arrival.
const LOOKED_AT: u32 = 1000;
/// What the trail calls it.
const ACTION: &str = "retest_order";

/// The held orders of customers to whom facts between two feed numbers brought money are due.
pub fn due_by_facts(sql: &Sql, first: FeedNumber, last: FeedNumber) -> Result<(), Failure> {
    Ok(sql.run(
        "INSERT INTO retest_due (customer, feed)
         SELECT customer, max(feed) FROM fact
         WHERE feed BETWEEN ? AND ? AND kind IN ('received', 'allocated')
             AND customer IN (SELECT customer FROM order_entry WHERE status = 'held')
         GROUP BY customer
         ON CONFLICT (customer) DO UPDATE SET feed = excluded.feed",
        &[&first, &last],
    )?)
}

/// The held orders of a customer are due from this moment.
pub fn due(sql: &Sql, customer: CustomerId) -> Result<(), Failure> {
    Ok(sql.run(
        "INSERT INTO retest_due (customer, feed) SELECT ?1, (SELECT feed FROM book)
         WHERE EXISTS (SELECT 1 FROM order_entry WHERE customer = ?1 AND status = 'held')
         ON CONFLICT (customer) DO UPDATE SET feed = excluded.feed",
        &[&customer],
    )?)
}

/// Judges what is due, so much of it as goes into one transaction, in the transaction of the call that made it so.
pub fn now(call: &Call) -> Result<(), Failure> {
    let policy = policies::in_force(call.sql, call.cache)?;
    let who = Deed {
        person: Some(call.caller.person),
        role: Some(call.caller.role),
        session: Some(&call.session),
        ..Deed::default()
    };
    Round { sql: call.sql, policy, now: call.now, today: call.today, who }.part()
}

/// Whether anything is due.
pub fn is_due(sql: &Sql) -> Result<bool, Failure> {
    Ok(sql.finds("SELECT 1 FROM retest_due LIMIT 1", &[])?)
}

/// Judges the next part of what is due, by the book itself.
pub fn by_itself(storage: &Storage, cache: &policies::Cache, now: DateTime<Utc>) -> Result<(), Failure> {
    let sql = Sql::of(storage);
    atomically(storage, || {
        let (policy, today) = (policies::in_force(&sql, cache)?, BookRow::of(&sql)?.today(now));
        Round { sql: &sql, policy, now, today, who: Deed::default() }.part()
    })
}

#[derive(Deserialize)]
struct Due {
    customer: CustomerId,
    feed: FeedNumber,
}

/// What held orders are judged by, and on whose account.
struct Round<'a> {
    sql: &'a Sql,
    policy: Rc<PolicyVersion>,
    now: DateTime<Utc>,
    today: Date,
    who: Deed<'a>,
}

impl Round<'_> {
    fn part(&self) -> Result<(), Failure> {
        let mut room = AT_ONCE;
        while room > 0 {
            let due: Option<Due> = self.sql.first(
                "SELECT json_object('customer', customer, 'feed', feed) FROM retest_due ORDER BY feed, customer LIMIT 1",
                &[],
            )?;
            let Some(due) = due else { return Ok(()) };
            let (judged, more) = self.of_customer(&due, room)?;
            room = room.saturating_sub(judged);
            if !more {
                self.sql.run("DELETE FROM retest_due WHERE customer = ?", &[&due.customer])?;
            }
        }
        Ok(())
    }

    /// The customer as it is known now.
    fn known(&self, customer: CustomerId) -> Result<Option<Known>, Failure> {
        let rates = rates::newest(self.sql)?;
        let basis = Basis { as_of: self.today, policy: Rc::clone(&self.policy), rates };
        Ok(standings::by(self.sql, &basis, "customer.id = ?", &[&customer])?.pop())
    }

    /// Judges a customer's held orders, `room` of them at most. Returns how many were, and whether more are left.
    fn of_customer(&self, due: &Due, room: usize) -> Result<(usize, bool), Failure> {
        let (sql, policy) = (self.sql, &self.policy.policy);
        let Some(rule) = &policy.retest else { return Ok((0, false)) };
        let entries: Vec<Entry> = sql.rows(
            &format!(
                "SELECT {} FROM order_entry WHERE customer = ? AND status = 'held' AND retested < ? ORDER BY feed LIMIT ?",
                entry::columns()
            ),
            &[&due.customer, &due.feed, &LOOKED_AT],
        )?;
        let mut held = Vec::new();
        for entry in &entries {
            let release = entry.release(sql)?;
            held.push(Held {
                order: entry.order.clone(),
                since: entry.date,
                ships: entry.around.planned,
                by_hand: entry.by_hand.is_some(),
                around: Circumstances { release, ..entry.around.at(entry.asked_at) },
            });
        }
        let Some(known) = self.known(due.customer)? else { return Ok((0, false)) };
        let outcomes = retest(policy, rule, &known.standing, &held, self.today);
        let outcomes = outcomes.map_err(|error| decisions::failure(error.into()))?;
        let mut count = 0_usize;
        for outcome in &outcomes {
            let asked = matches!(outcome.outcome, RetestOutcome::Released | RetestOutcome::StillHeld);
            if asked && count >= room {
                return Ok((count, true));
            }
            sql.run("UPDATE order_entry SET retested = ? WHERE id = ?", &[&due.feed, &outcome.order])?;
            if asked {
                count = count.saturating_add(1);
                self.again(outcome.order)?;
            }
        }
        Ok((count, false))
    }

    /// Judges one held order again, on what the ones before it left, and keeps what comes of it: decision, step, audit
    /// entry, and the fact that it uses credit, when it does.
    fn again(&self, order: OrderId) -> Result<(), Failure> {
        let Self { sql, today, .. } = *self;
        let lost = || Failure::broken("a held order is gone");
        let mut entry = entry::find(sql, order)?.ok_or_else(lost)?;
        let known = self.known(entry.customer())?.ok_or_else(lost)?;
        let around = Circumstances { release: entry.release(sql)?, ..entry.around.at(entry.asked_at) };
        let id = DecisionId(random::id(self.now.timestamp_millis())?);
        let decision = decide_order_at(id, self.policy.as_ref(), known.standing, entry.order.clone(), around, today);
        let decision = decision.map_err(decisions::failure)?;
        decisions::store(sql, entry.customer(), &decision)?;
        let doing = Doing { sql, today, person: None };
        judged_again(&mut entry, &doing, id, &decision)?;
        let feed = sql.take_feed(1)?;
        let number = authorisation_number(today, feed.0);
        let number = Some(number.as_str()).filter(|_| entry.status == OrderStatus::Confirmed);
        if number.is_some() {
            let (status, authorisation) = (entry.status, number.map(str::to_owned));
            let confirmation = Confirmation { decision, status, authorisation, device: None, feed };
            entry.confirmation = serde_json::to_string(&confirmation)?;
        }
        entry.save(&doing, feed, &Step { decision: Some(id), number, ..Step::of(StepKind::Retested) })?;
        if let Some(number) = number {
            let (amount, status, number) = (entry.order.amount, entry.status, Some(number.to_owned()));
            let body = MessageBody::OrderDecided { order, amount, status, number, reason: None };
            outbox::tell(sql, self.now, Some(entry.customer()), body)?;
        }
        let subject = order.to_string();
        let Deed { person, role, session, .. } = self.who;
        let deed = Deed { person, role, session, action: ACTION, subject: Some(&subject), personal: None };
        audit::append(sql, self.now, &deed)
    }
}
