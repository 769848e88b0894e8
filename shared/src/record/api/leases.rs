//! The wire of leases for offline devices: credit set aside for one, spent without a signal, delivered later or given back.

use super::orders::OrderAround;
use super::{Confirmation, DeviceJudgement};
use crate::facts::id::{CustomerId, DecisionId, FeedNumber, LeaseId, OrderId, PersonId};
use crate::facts::ledger::Order;
use crate::facts::money::Money;
use crate::rules::lease::{Honour, Lease, Minute};
use crate::rules::order_check::Checkpoint;
use serde::{Deserialize, Serialize};

/// How many leases a list names at most.
pub const LEASES_LISTED_MOST: u32 = 200;
/// The most characters of a device's name.
pub const DEVICE_MOST: usize = 100;

/// `POST leases`: sets credit of a customer aside for a device; as much of what is asked as the policy gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TakeLease {
    /// The lease's id, made by whoever asks.
    pub lease: LeaseId,
    /// Whose credit.
    pub customer: CustomerId,
    /// The device that is to spend it.
    pub device: String,
    /// How much is asked.
    pub amount: Money,
}

/// What a lease is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LeaseState {
    /// What is left of it is reserved.
    Open,
    /// Nothing is left of it.
    Spent,
    /// The rest was given back.
    Returned,
    /// Its grace is over.
    Expired,
}

/// A lease, with what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LeaseLine {
    /// The lease.
    pub lease: Lease,
    /// Who took it.
    pub person: PersonId,
    /// What it is.
    pub state: LeaseState,
    /// How much of it was honoured.
    pub honoured: Money,
    /// Whether supply to the customer is stopped: then the device spends no more of it.
    pub stopped: bool,
    /// The approvals that were delivered and honoured, in that order.
    pub approvals: Vec<ApprovalOnLease>,
    /// The feed number of the last that happened to it.
    pub feed: FeedNumber,
}

/// An approval that was honoured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ApprovalOnLease {
    /// The order.
    pub order: OrderId,
    /// When the device made it.
    pub made: Minute,
    /// When it was delivered.
    pub delivered: Minute,
    /// How much of the lease it took.
    pub amount: Money,
    /// Whether supply had been stopped before it was delivered: somebody should look.
    pub flagged: bool,
}

/// `GET leases`: what happened last first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LeasesAnswer {
    /// The leases.
    pub leases: Vec<LeaseLine>,
    /// Where the list goes on: those before this feed number; absent when it doesn't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<FeedNumber>,
}

/// `POST leases/{id}/orders`: delivers an order that a device approved on a lease.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfirmLeased {
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
    /// The device that approved it.
    pub device: String,
    /// When it did.
    pub made: Minute,
    /// What it judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judgement: Option<DeviceJudgement>,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LeasedConfirmation {
    /// Whether the lease stood for it. If not, it was judged like any other order.
    pub honour: Honour,
    /// The order, as it stands now. One that was honoured is confirmed, whatever the decision says by now.
    pub confirmation: Confirmation,
    /// The lease, as it stands now.
    pub lease: LeaseLine,
}
