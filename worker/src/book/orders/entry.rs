//! An order as the book keeps it: what was asked, where it stands, what waits, and every step of its way.
//!
//! A step takes a feed number of its own, so that whoever reads orders since a feed number misses none. What an order is
//! follows from what is kept and the book's date: one that was let through by a release counts as held again from the day
//! after the release's last, unless something came of it before.

use serde::{Deserialize, Serialize};
use shared::facts::calendar::{Date, plus_days};
use shared::facts::id::{CustomerId, DecisionId, FactId, FeedNumber, OrderId, PersonId};
use shared::facts::ledger::{Fact, Order, OrderTiming};
use shared::facts::money::{Currency, Money};
use shared::questions::recheck::lapsed;
use shared::record::api::OrderStatus;
use shared::record::api::orders::{HeldByHand, OrderAround, StepKind};
use shared::rules::authority::Release;
use shared::rules::order_check::{Checkpoint, Forbidden};
use shared::rules::policy::Policy;

use super::super::call::Call;
use super::super::ledger::{NewFact, record_facts};
use super::super::sql::Sql;
use crate::problem::Failure;

/// Who changes an order, and when; nobody where the book does it by itself.
#[derive(Clone, Copy)]
pub struct Doing<'a> {
    /// The tables.
    pub sql: &'a Sql,
    /// The date of what binds.
    pub today: Date,
    /// Who.
    pub person: Option<PersonId>,
}

impl<'a> Doing<'a> {
    /// Whoever calls.
    pub const fn of(call: &Call<'a>) -> Self {
        Self { sql: call.sql, today: call.today, person: Some(call.caller.person) }
    }
}

/// An order.
#[derive(Clone, Debug, Deserialize)]
pub struct Entry {
    /// As it was last asked for, or changed to.
    pub order: Order,
    /// What it is, its release's end aside.
    pub status: OrderStatus,
    /// The last decision on it.
    pub decision: DecisionId,
    /// When it was confirmed, held or refused.
    pub date: Date,
    /// The answer to its last confirmation.
    pub confirmation: String,
    /// When it last changed.
    pub feed: FeedNumber,
    /// Who asked last.
    pub asked_by: Option<PersonId>,
    /// Rises with every step.
    pub version: u32,
    /// What whoever asked said of it.
    pub around: OrderAround,
    /// The checkpoint at which it was put to the book.
    pub asked_at: Option<Checkpoint>,
    /// The last day of the release by which it was let through, as long as nothing came of it.
    pub until: Option<Date>,
    /// Set while a person holds it.
    pub by_hand: Option<HeldByHand>,
    /// The checkpoint at which it waits.
    pub waits: Option<Checkpoint>,
    /// What it is to become there.
    pub change: Option<Order>,
    /// What documents have left of what it asked on credit, below zero where they came to more; and whether anything is left
    /// to come of it.
    left: Option<(Currency, i64, u8)>,
}

/// Whether anything is left to come of an order in `ordered`: credit that no document has used up, or, of one that asks for
/// none, any document.
pub const TO_COME: &str = "(ordered.ended = 0 AND (ordered.left_minor > 0 OR NOT EXISTS (
    SELECT 1 FROM item WHERE item.order_id = ordered.id AND item.customer = ordered.customer)))";

/// An entry's columns as one JSON object, of `order_entry`.
pub fn columns() -> String {
    format!(
        "json_object(
    'order', json(order_entry.document), 'status', order_entry.status, 'decision', order_entry.decision,
    'date', order_entry.date, 'confirmation', order_entry.confirmation, 'feed', order_entry.feed,
    'asked_by', order_entry.asked_by, 'version', order_entry.version, 'around', json(order_entry.around),
    'asked_at', order_entry.asked_at, 'until', order_entry.until, 'by_hand', json(order_entry.by_hand),
    'waits', order_entry.waits, 'change', json(order_entry.change),
    'left', json((SELECT json_array(currency, left_minor, {TO_COME}) FROM ordered
        WHERE ordered.id = order_entry.id AND order_entry.status = 'confirmed' AND ended = 0)))"
    )
}

/// The order by this id; absent when none was put to the book.
pub fn find(sql: &Sql, order: OrderId) -> Result<Option<Entry>, Failure> {
    Ok(sql.first(&format!("SELECT {} FROM order_entry WHERE id = ?", columns()), &[&order])?)
}

impl Entry {
    /// An order that is put to the book for the first time.
    pub fn new(order: Order, decision: DecisionId, today: Date) -> Self {
        Self {
            order,
            status: OrderStatus::Refused,
            decision,
            date: today,
            confirmation: String::new(),
            feed: FeedNumber::default(),
            asked_by: None,
            version: 0,
            around: OrderAround::default(),
            asked_at: None,
            until: None,
            by_hand: None,
            waits: None,
            change: None,
            left: None,
        }
    }

    /// Whose.
    pub const fn customer(&self) -> CustomerId {
        self.order.customer
    }

    /// What no document has used up of it; absent unless it is confirmed.
    pub fn left(&self) -> Result<Option<Money>, Failure> {
        let money = |(currency, minor, _): (Currency, i64, u8)| Money::from_minor(minor.max(0), currency);
        self.left.map(money).transpose().map_err(Failure::broken)
    }

    /// Whether nothing more is to come of it.
    fn is_used(&self) -> bool {
        self.left.is_none_or(|(_, _, to_come)| to_come == 0)
    }

    /// Whether the release by which it was let through has run out with nothing come of it.
    pub fn expired(&self, today: Date) -> bool {
        self.status == OrderStatus::Confirmed && self.until.is_some_and(|until| until < today) && !self.is_used()
    }

    /// Whether it was confirmed so long ago that it uses no credit any more.
    pub fn lapsed(&self, policy: &Policy, today: Date) -> bool {
        let confirmed = self.status == OrderStatus::Confirmed && !self.is_used();
        confirmed && lapsed(policy, self.date, self.around.planned, today)
    }

    /// What it is on a day.
    pub fn status_at(&self, today: Date) -> OrderStatus {
        if self.expired(today) { OrderStatus::Held } else { self.status }
    }

    /// Whether it is confirmed and neither expired nor lapsed: what it was let through for may be done.
    pub fn in_force(&self, policy: &Policy, today: Date) -> bool {
        self.status_at(today) == OrderStatus::Confirmed && !self.lapsed(policy, today)
    }

    /// What of it documents have used up.
    pub fn used(&self) -> Result<Money, Failure> {
        let asked = self.order.on_credit().map_err(Failure::broken)?;
        let Some((currency, minor, _)) = self.left else { return Ok(Money::zero(asked.currency())) };
        Money::from_minor(minor, currency).and_then(|left| asked.minus(left)).map_err(Failure::broken)
    }

    /// An order that this one is to be from now on, without what documents have used up: that is owed already and asks for
    /// nothing again.
    pub fn remaining(&self, order: &Order) -> Result<Order, Failure> {
        let used = self.used()?;
        if used.minor() <= 0 || used.currency() != order.amount.currency() {
            return Ok(order.clone());
        }
        let asked = order.prepayment.map_or(Ok(used), |prepaid| prepaid.plus(used));
        let prepayment = asked.and_then(|asked| asked.min(order.amount)).map_err(Failure::broken)?;
        Ok(Order { prepayment: Some(prepayment), ..order.clone() })
    }

    /// Whether the caller asked for it, for a change of it, or that it pass a checkpoint at which it waited, at any time.
    pub fn was_asked_by(&self, call: &Call) -> Result<bool, Failure> {
        let asked = "SELECT DISTINCT json_quote(person) FROM order_step
                     WHERE order_id = ? AND person IS NOT NULL AND kind IN ('asked', 'changed', 'waits')";
        let mut asked: Vec<PersonId> = call.sql.rows(asked, &[&self.order.id])?;
        asked.extend(self.asked_by);
        for person in asked {
            if call.did(person)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Keeps the planned day of an order that is being carried out, by the checkpoint that it passes or one before, within the policy's horizon:
    /// whatever day is said, it counts.
    pub fn keep_in_sight(
        &mut self,
        sql: &Sql,
        policy: &Policy,
        today: Date,
        at: Option<Checkpoint>,
    ) -> Result<(), Failure> {
        let Some(rule) = &policy.commitments else { return Ok(()) };
        let last = plus_days(today, u32::from(rule.horizon_days));
        if self.around.planned.is_none_or(|planned| planned <= last) {
            return Ok(());
        }
        let passed = "SELECT DISTINCT json_quote(checkpoint) FROM order_step WHERE order_id = ? AND kind = 'passed'";
        let passed: Vec<Checkpoint> = sql.rows(passed, &[&self.order.id])?;
        if passed.into_iter().chain(at).any(|at| carries_out(policy, at)) {
            self.around.planned = Some(last);
        }
        Ok(())
    }

    /// The release that was given last for it.
    pub fn release(&self, sql: &Sql) -> Result<Option<Release>, Failure> {
        last_release(sql, self.order.id)
    }

    /// Lets it use credit from today on, by a decision. Returns the feed number of the fact that says so.
    pub fn take(&mut self, doing: &Doing, decision: DecisionId, until: Option<Date>) -> Result<FeedNumber, Failure> {
        (self.status, self.date, self.until) = (OrderStatus::Confirmed, doing.today, until);
        let fact = NewFact {
            id: FactId::derived(&["ordered", &self.order.id.to_string(), &decision.to_string()]),
            customer: self.customer(),
            date: doing.today,
            fact: Fact::Ordered(self.order.clone()),
        };
        let feed = record_facts(doing.sql, doing.today, &[fact])?.map(|range| *range.start()).unwrap_or_default();
        self.time(doing, decision)?;
        Ok(feed)
    }

    /// Says when it is to be carried out and until when it counts, where that is another than the ledger has.
    pub fn time(&self, doing: &Doing, decision: DecisionId) -> Result<(), Failure> {
        let timing = OrderTiming { order: self.order.id, planned: self.around.planned, until: self.until };
        let same = "SELECT 1 FROM ordered WHERE id = ? AND planned IS ? AND until IS ?";
        if doing.sql.finds(same, &[&self.order.id, &timing.planned, &timing.until])? {
            return Ok(());
        }
        let fact = NewFact {
            id: FactId::derived(&["order_timed", &self.order.id.to_string(), &decision.to_string()]),
            customer: self.customer(),
            date: doing.today,
            fact: Fact::OrderTimed(timing),
        };
        record_facts(doing.sql, doing.today, &[fact]).map(drop)
    }

    /// Keeps it as it is now, with the step that made it so, under a feed number that was taken for the step.
    pub fn save(&mut self, doing: &Doing, feed: FeedNumber, step: &Step) -> Result<(), Failure> {
        (self.feed, self.version) = (feed, self.version.saturating_add(1));
        let (id, customer, status) = (self.order.id, self.customer(), name_of(&self.status)?);
        let by_hand = self.by_hand.as_ref().map(serde_json::to_string).transpose()?;
        let change = self.change.as_ref().map(serde_json::to_string).transpose()?;
        let (asked_at, waits) = (named(self.asked_at.as_ref())?, named(self.waits.as_ref())?);
        doing.sql.run(
            "INSERT INTO order_entry (id, customer, status, decision, date, document, confirmation, feed, asked_by,
                 version, around, asked_at, until, by_hand, waits, change)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET status = excluded.status, decision = excluded.decision, date = excluded.date,
                 document = excluded.document, confirmation = excluded.confirmation, feed = excluded.feed,
                 asked_by = excluded.asked_by, version = excluded.version, around = excluded.around,
                 asked_at = excluded.asked_at, until = excluded.until, by_hand = excluded.by_hand,
                 waits = excluded.waits, change = excluded.change",
            &[
                &id,
                &customer,
                &status,
                &self.decision,
                &self.date,
                &serde_json::to_string(&self.order)?,
                &self.confirmation,
                &feed,
                &self.asked_by,
                &self.version,
                &serde_json::to_string(&self.around)?,
                &asked_at,
                &self.until,
                &by_hand,
                &waits,
                &change,
            ],
        )?;
        let at = named(step.at.as_ref())?;
        Ok(doing.sql.run(
            "INSERT INTO order_step (feed, order_id, customer, date, kind, status, checkpoint, decision, person, reason, number)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                &feed,
                &id,
                &customer,
                &doing.today,
                &name_of(&step.kind)?,
                &status,
                &at,
                &step.decision,
                &doing.person,
                &step.reason,
                &step.number,
            ],
        )?)
    }
}

/// A step of an order's way.
pub struct Step<'a> {
    /// What happened.
    pub kind: StepKind,
    /// At which checkpoint.
    pub at: Option<Checkpoint>,
    /// The decision on it.
    pub decision: Option<DecisionId>,
    /// Somebody's reason.
    pub reason: Option<&'a str>,
    /// The number to quote.
    pub number: Option<&'a str>,
}

impl Step<'_> {
    /// One of which nothing more is to be said.
    pub const fn of(kind: StepKind) -> Self {
        Self { kind, at: None, decision: None, reason: None, number: None }
    }
}

/// Whether what a checkpoint lets pass is more than words: money goes out, or goods and papers do.
fn carries_out(policy: &Policy, at: Checkpoint) -> bool {
    let line = policy.order_rules.as_ref().and_then(|rules| rules.checkpoint(Some(at)));
    line.is_some_and(|line| line.forbids.iter().any(|act| !matches!(act, Forbidden::Accept | Forbidden::Change)))
}

/// The release that was given last for an order.
pub fn last_release(sql: &Sql, order: OrderId) -> Result<Option<Release>, Failure> {
    Ok(sql.first("SELECT document FROM release WHERE order_id = ? ORDER BY feed DESC LIMIT 1", &[&order])?)
}

/// A value's name in JSON.
pub fn name_of(value: &impl Serialize) -> Result<String, Failure> {
    Ok(serde_json::to_value(value)?.as_str().unwrap_or_default().to_owned())
}

fn named<T: Serialize>(value: Option<&T>) -> Result<Option<String>, Failure> {
    value.map(name_of).transpose()
}
