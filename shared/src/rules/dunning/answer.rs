//! How dunning stands, explained: each document, the message, or why there is none.

use super::Mode;
use crate::facts::calendar::Date;
use crate::facts::id::{CustomerId, ItemId};
use crate::facts::money::Money;
use crate::facts::notice::Channel;
use crate::facts::waiver::AfterWaiver;
use crate::rules::policy::Bilingual;
use crate::rules::promise::{PlanState, PromiseState};
use serde::{Deserialize, Serialize};

/// How a document is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DunningHeld"))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Held {
    /// All of it is disputed.
    Disputed,
    /// It is promised.
    Promised {
        /// Until then, tolerance included.
        until: Date,
    },
    /// A plan is being kept.
    Plan,
    /// Money or credits that aren't applied yet are enough for it.
    Covered,
    /// Somebody asked to leave it alone.
    Blocked {
        /// Until then.
        until: Date,
        /// Why.
        reason: String,
    },
}

/// So much of a document isn't asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Less {
    /// Why.
    pub why: Held,
    /// How much.
    pub amount: Money,
}

/// How one document stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DunnedItem {
    /// Which.
    pub item: ItemId,
    /// Its number.
    pub number: String,
    /// When it fell due.
    pub due: Date,
    /// Days past due; zero or less is not due.
    pub days: i32,
    /// What may be asked for, net: open less what is disputed, covered by money not applied, under a plan or promised;
    /// nothing while it is blocked.
    pub collectable: Money,
    /// What was taken off what is open, in that order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub less: Vec<Less>,
    /// Why it is left out: the last thing that left nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
    /// The step that its days have reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The firmest step that went out for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<String>,
}

/// A message to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// The step's name.
    pub step: String,
    /// What people call it.
    pub title: Bilingual,
    /// How it goes out.
    pub channel: Channel,
    /// Whether a person has to agree.
    pub mode: Mode,
    /// The first day on which it may go out.
    pub send_on: Date,
    /// The documents it names.
    pub items: Vec<ItemId>,
    /// What it asks for, by currency.
    pub amounts: Vec<Money>,
    /// How long the oldest of them is past due; negative before.
    pub oldest_days: i32,
    /// What it costs the customer, gross.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<Money>,
    /// The same with what was waived of it beforehand; absent when nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_waiver: Option<AfterWaiver>,
}

/// What a message that went out charged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Fee {
    /// When it went out.
    pub date: Date,
    /// The step's name.
    pub step: String,
    /// The fee, with what was waived of it.
    pub sum: AfterWaiver,
}

/// Why there is no message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Silence {
    /// Nothing is overdue, and nothing will be soon.
    NothingDue,
    /// Too little.
    BelowMinimum {
        /// What could be asked for, in the policy's currency.
        amount: Money,
        /// The least that is asked for.
        minimum: Money,
    },
    /// Everything is disputed, covered by money not applied, promised, under a plan or blocked.
    AllHeld,
    /// No document has reached a step that didn't go out yet.
    NothingNew {
        /// The last message.
        last: Date,
    },
    /// No step is for these days yet.
    NoStep,
}

/// How dunning stands, explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Dunning {
    /// The rule's version, as `dunning/1`.
    pub version: String,
    /// Who.
    pub customer: CustomerId,
    /// Every open document, oldest first.
    pub items: Vec<DunnedItem>,
    /// What is collectable and overdue, less unapplied money, in the policy's currency.
    pub overdue: Money,
    /// The message; absent when there is none to send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence: Option<Silence>,
    /// What the messages that went out charged, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<Fee>,
    /// What became of its promises.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<PromiseState>,
    /// How its plans stand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<PlanState>,
}
