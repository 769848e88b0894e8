//! What a customer said it would pay: promises and instalment plans, each with the documents it is for. Whether they were
//! kept is never written down: it follows from the payments, at any date.

use super::calendar::Date;
use super::id::ItemId;
use super::money::Money;
use serde::{Deserialize, Serialize};

/// A promise to pay (付款承诺).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Promise {
    /// The day it was given.
    pub made: Date,
    /// The day it names.
    pub due: Date,
    /// What it names.
    pub amount: Money,
}

/// One part of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PlanInstalment"))]
#[serde(deny_unknown_fields)]
pub struct Instalment {
    /// When it falls due.
    pub due: Date,
    /// How much.
    pub amount: Money,
}

/// An instalment plan (分期还款).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The day it was agreed.
    pub agreed: Date,
    /// Its parts, in the order in which they fall due.
    pub instalments: Vec<Instalment>,
}

/// Something that holds for some documents, or for all when none is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "{T}Covering"))]
#[serde(deny_unknown_fields)]
pub struct Covering<T> {
    /// What.
    pub what: T,
    /// For which.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ItemId>,
}

impl<T> Covering<T> {
    /// Whether it holds for a document, by any of its numbers: what was said of an invoice holds for the one that was issued
    /// anew for it.
    pub fn covers(&self, numbers: impl IntoIterator<Item = ItemId>) -> bool {
        self.items.is_empty() || numbers.into_iter().any(|item| self.items.contains(&item))
    }
}
