//! In which order held orders are judged again when money arrives. The judging itself is a question:
//! [`crate::questions::retest`].
//!
//! Source: our own rule. What is stated beforehand can't be bent when the money is there; by ship date the order that
//! would be late first goes first.

use super::policy::Bilingual;
use serde::{Deserialize, Serialize};

/// The order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RetestRule {
    /// Why this order.
    pub note: Bilingual,
    /// Which comes first.
    pub order: RetestOrder,
    /// Whether a later order may pass one that still doesn't fit.
    pub smaller_may_pass: bool,
}

/// Which held order comes first; of equals the one held longest, then the older id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RetestOrder {
    /// The one to be shipped first.
    ShipDate,
    /// The one that has waited longest.
    HeldLongest,
    /// The smallest, so that most get through; amounts are compared as they are, whatever their currency.
    SmallestFirst,
}
