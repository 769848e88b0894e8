//! A provision, explained.

use super::Standard;
use crate::facts::money::Money;
use crate::facts::number::Ratio;
use serde::{Deserialize, Serialize};

/// A provision, explained; every amount is in the book's currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Provision {
    /// The rule's version, as `provision/1`.
    pub version: String,
    /// The standard; a small firm's has no lines.
    pub standard: Standard,
    /// By portfolio.
    pub portfolios: Vec<PortfolioProvision>,
    /// One by one.
    pub specific: Vec<SpecificLine>,
    /// All receivables.
    pub balance: Money,
    /// What is provided for them.
    pub amount: Money,
}

/// A portfolio's part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PortfolioProvision {
    /// Its name.
    pub name: String,
    /// By band, or by grade.
    pub lines: Vec<ProvisionLine>,
    /// Its receivables.
    pub balance: Money,
    /// The sum of the lines.
    pub amount: Money,
}

/// A band's or a grade's part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProvisionLine {
    /// Which.
    pub of: LineOf,
    /// What is open in it.
    pub balance: Money,
    /// The share of it that we bear ourselves: exposure at default (EAD).
    pub exposed: Money,
    /// The loss rate; PD × LGD for a grade.
    pub rate: Ratio,
    /// Exposed × rate, rounded half up; nothing where credit notes outweigh the rest.
    pub amount: Money,
}

/// What a line is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum LineOf {
    /// A band, counted from 0.
    Band {
        /// Its place.
        band: u32,
    },
    /// A grade; absent for whoever has none that the rule names.
    Grade {
        /// Its name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grade: Option<String>,
    },
    /// Everything.
    All,
}

/// A receivable assessed by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SpecificLine {
    /// Its number.
    pub number: String,
    /// What is open.
    pub balance: Money,
    /// What is expected to be recovered.
    pub recoverable: Money,
    /// The difference.
    pub amount: Money,
    /// Why.
    pub reason: String,
}
