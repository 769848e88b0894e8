//! A debt that fell due, and what happened to it: what was paid on it, days that don't count, interest that was waived. Whoever
//! reads promises, plans and recovery cases counts the same payments. What it has cost is [`crate::rules::interest`].

use super::calendar::Date;
use super::money::Money;
use super::waiver::Waiver;
use serde::{Deserialize, Serialize};

/// What interest is charged on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Overdue {
    /// What fell due.
    pub principal: Money,
    /// The last day on which it could be paid in time.
    pub due: Date,
    /// The contract's date, where a rule looks at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contracted: Option<Date>,
    /// What was paid on it, dated; a payment that was returned is negative.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<Payment>,
    /// Days that don't count, first and last included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paused: Vec<Pause>,
    /// The day a bankruptcy petition was accepted; interest stops on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bankrupt: Option<Date>,
    /// Interest that was waived.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<Waiver>,
}

/// So much paid on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// The day.
    pub date: Date,
    /// How much of the principal.
    pub amount: Money,
}

/// Days that don't count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// The first.
    pub from: Date,
    /// The last.
    pub to: Date,
}
