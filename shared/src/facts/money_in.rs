//! Money that came in before it is known whose it is or what it pays, and what was said about it.

use super::calendar::Date;
use super::id::ReceiptId;
use super::money::Money;
use serde::{Deserialize, Serialize};

/// Money that came in and isn't yet known to be whose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Unclaimed {
    /// Its id.
    pub receipt: ReceiptId,
    /// The day it came.
    pub date: Date,
    /// How much.
    pub amount: Money,
    /// The payer's name, as the bank writes it.
    #[serde(default)]
    pub payer: String,
    /// The payer's account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// What the payer wrote to it.
    #[serde(default)]
    pub text: String,
}

/// A letter that someone pays on a customer's behalf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OnBehalf {
    /// Who pays.
    pub payer: String,
    /// From which day.
    pub from: Date,
    /// Until which; without one until it is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// What the debtor named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Designation {
    /// When: it binds when it is made at the latest with the payment (清偿时).
    pub made: Date,
    /// Which documents, in the debtor's order.
    pub debts: Vec<Designated>,
}

/// A document that the debtor named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Designated {
    /// Its number, or the customer's own reference.
    pub number: String,
    /// How much of it, in its currency; all of it when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
}
