//! The wire of orders on their way: what is asked at each checkpoint, what waits, and what people do about it.
//!
//! An order that waits stands in the queue with its reasons. Somebody with authority releases it, with a reason and a number
//! that is good for some days; somebody else than who asked. What the number lets through must happen until its last day:
//! from the next on the order counts as held again, by the date alone.

use super::{DeviceJudgement, OrderStatus};
use crate::facts::calendar::Date;
use crate::facts::id::{DecisionId, FeedNumber, PersonId};
use crate::facts::ledger::Order;
use crate::facts::money::Money;
use crate::questions::remedy::WaysOut;
use crate::record::decision::OrderDecision;
use crate::rules::authority::Release;
use crate::rules::order_check::{
    Answer, Checkpoint, Circumstances, Earning, Forbidden, NeedsRelease, OrderPart, Reason, Verdict,
};
use serde::{Deserialize, Serialize};

/// `POST checks`: would this order pass? Of an order that is confirmed already, what it uses isn't counted twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CheckOrder {
    /// The order.
    pub order: Order,
    /// The checkpoint; without one every rule is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Checkpoint>,
    /// What is known of it besides.
    #[serde(default, skip_serializing_if = "OrderAround::is_empty")]
    pub around: OrderAround,
}

/// `POST orders`: confirm an order, or put one that waits, was refused or has lapsed again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfirmOrder {
    /// The order.
    pub order: Order,
    /// The id that the binding decision is to have.
    pub decision: DecisionId,
    /// The checkpoint, one that can forbid to accept an order; without one every rule is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Checkpoint>,
    /// What is known of it besides.
    #[serde(default, skip_serializing_if = "OrderAround::is_empty")]
    pub around: OrderAround,
    /// What the device judged, when it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceJudgement>,
}

/// What whoever asks may say of an order beyond its amount and terms. Who released it and what it uses already is the
/// book's to say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderAround {
    /// The day on which it is to be carried out: when it ships.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<Date>,
    /// What of it falls into categories with a limit of their own: advanced duty, advanced freight.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<OrderPart>,
    /// What is unpaid of this very shipment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unpaid: Option<Money>,
    /// What it brings and costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earning: Option<Earning>,
}

impl OrderAround {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What is said now, else what was said before.
    #[must_use]
    pub fn or(self, before: Self) -> Self {
        Self {
            planned: self.planned.or(before.planned),
            parts: if self.parts.is_empty() { before.parts } else { self.parts },
            unpaid: self.unpaid.or(before.unpaid),
            earning: self.earning.or(before.earning),
        }
    }

    /// As the order check takes it, at a checkpoint.
    pub fn at(&self, at: Option<Checkpoint>) -> Circumstances {
        let Self { parts, unpaid, earning, .. } = self.clone();
        Circumstances { at, parts, unpaid, earning, ..Circumstances::default() }
    }
}

/// `POST orders/{id}/checkpoints`: a confirmed order comes to a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MoveOrder {
    /// The checkpoint.
    pub at: Checkpoint,
    /// The id that the decision is to have.
    pub decision: DecisionId,
    /// What is known now; what isn't said stays as it was.
    #[serde(default, skip_serializing_if = "OrderAround::is_empty")]
    pub around: OrderAround,
}

/// `POST orders/{id}`, with the order's version in `If-Match`: another amount, other terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeOrder {
    /// The order as it is to be.
    pub order: Order,
    /// The id that the decision is to have.
    pub decision: DecisionId,
    /// What is known now; what isn't said stays as it was.
    #[serde(default, skip_serializing_if = "OrderAround::is_empty")]
    pub around: OrderAround,
}

/// What a transition came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderMoved {
    /// The decision.
    pub decision: OrderDecision,
    /// Whether it passed. One that didn't stays confirmed and keeps its credit; what the checkpoint forbids waits.
    pub passed: bool,
    /// What may not be done now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forbids: Vec<Forbidden>,
    /// The order's version after it.
    pub version: u32,
    /// The feed number after it.
    pub feed: FeedNumber,
}

/// `POST orders/{id}/release`, with the order's version in `If-Match`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReleaseOrder {
    /// The id that the decision is to have.
    pub decision: DecisionId,
    /// The overage that was looked at, in the policy's currency: a larger one isn't let through.
    pub overage: Money,
    /// Why.
    pub reason: String,
}

/// What a release came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderReleased {
    /// The decision, with the release among its circumstances.
    pub decision: OrderDecision,
    /// What the order is now.
    pub status: OrderStatus,
    /// The release; absent when the order passed without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<Release>,
    /// The order's version after it.
    pub version: u32,
    /// The feed number after it.
    pub feed: FeedNumber,
}

/// `POST orders/{id}/refusal`, with the order's version in `If-Match`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RefuseOrder {
    /// Why.
    pub reason: String,
}

/// `POST orders/{id}/hold`: a hold by hand, which never lifts itself, or its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HoldOrder {
    /// Whether it is held from now on.
    pub held: bool,
    /// Why.
    pub reason: String,
}

/// A hold by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HeldByHand {
    /// Who holds it.
    pub by: PersonId,
    /// Since when.
    pub since: Date,
    /// Why.
    pub reason: String,
}

/// `GET orders?status=&customer=&salesperson=&from=&to=&after=&limit=`: the newest change first. `status=held` is the queue:
/// what is held, whose authorisation ran out, what a person holds, what waits at a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrdersAnswer {
    /// The orders.
    pub orders: Vec<OrderLine>,
    /// Goes into `after` for those that follow; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// An order in a list, with its way so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderLine {
    /// The order.
    pub order: Order,
    /// The customer's name.
    pub customer_name: String,
    /// What it is, by the book's date.
    pub status: OrderStatus,
    /// Since when: the day it was confirmed, held or refused.
    pub date: Date,
    /// The day on which it is to be carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<Date>,
    /// The last day of the authorisation by which it was let through; after it, the order counts as held again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Whether nothing came of it for so long that it uses no credit any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lapsed: bool,
    /// Set while a person holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_hand: Option<HeldByHand>,
    /// The checkpoint at which it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<Checkpoint>,
    /// The change that waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Order>,
    /// The last decision on it.
    pub decision: DecisionId,
    /// What it said.
    pub verdict: Verdict,
    /// What held or refused it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// Who may let it through, by that decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<NeedsRelease>,
    /// Who asked last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<PersonId>,
    /// The checkpoints that it passed, each with the last day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed: Vec<(Checkpoint, Date)>,
    /// What no document has used up of it; absent unless it uses credit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Money>,
    /// The day of the first document that names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoiced: Option<Date>,
    /// The day on which the last of these documents was settled; absent while one is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid: Option<Date>,
    /// Its version, for `If-Match`.
    pub version: u32,
    /// When it last changed.
    pub feed: FeedNumber,
}

/// `GET orders/{id}`: all there is about one order. Its version stands in the `ETag`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderAnswer {
    /// As lists show it.
    pub line: OrderLine,
    /// What is known of it besides.
    pub around: OrderAround,
    /// The last decision.
    pub decision: OrderDecision,
    /// What the check would say now of what waits; absent when nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Answer>,
    /// What would help now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ways_out: Option<WaysOut>,
    /// Its releases, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub releases: Vec<Release>,
    /// All that happened to it, the newest last.
    pub steps: Vec<OrderStep>,
}

/// Something that happened to an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderStep {
    /// When the book learned it.
    pub feed: FeedNumber,
    /// The book's date.
    pub date: Date,
    /// What.
    pub kind: StepKind,
    /// What the order was after it.
    pub status: OrderStatus,
    /// The checkpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Checkpoint>,
    /// The decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionId>,
    /// Who; absent where the book did it by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// Their reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The number to quote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

/// What can happen to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// It was put to the book.
    Asked,
    /// It became another, or was asked to.
    Changed,
    /// It came to a checkpoint and passed.
    Passed,
    /// It came to a checkpoint and waits there.
    Waits,
    /// Somebody released it.
    Released,
    /// Somebody refused it.
    Refused,
    /// Somebody holds it by hand.
    Held,
    /// The hold by hand ended.
    Resumed,
    /// It was judged again because money arrived or more was granted.
    Retested,
    /// It was called off.
    Cancelled,
}

/// How many orders a list names at most.
pub const ORDERS_LISTED_MOST: u32 = 200;
