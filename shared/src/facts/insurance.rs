//! What a credit insurance asks of the insured, and what was done of it: declarations of sales, notices of probable loss.

use super::calendar::Date;
use super::id::{CoverId, ItemId};
use serde::{Deserialize, Serialize};

/// The conditions of an insurance. Each absent one isn't asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InsuranceTerms {
    /// Sales of a month are declared within so many days of its end (申报).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declare_days: Option<u16>,
    /// Once a document is past due by more than so many days, further sales aren't insured (停止出运).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_days: Option<u16>,
    /// Probable loss is reported within so many days of the due date (可损通知).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_days: Option<u16>,
    /// The insurer pays no earlier than so many days after the due date (等待期).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_days: Option<u16>,
}

/// Sales of a month were declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    /// To which insurance.
    pub cover: CoverId,
    /// The last day of the month.
    pub month: Date,
    /// When.
    pub date: Date,
}

/// Probable loss was reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LossNotice {
    /// To which insurance.
    pub cover: CoverId,
    /// When.
    pub date: Date,
    /// For which documents; for all that were past due, when none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ItemId>,
}
