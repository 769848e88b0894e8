//! What was seen of a customer beside its ledger: values of what is watched, documents that came, events that call for
//! another look, and that somebody has seen a warning.

use super::calendar::Date;
use super::money::Money;
use super::number::Ratio;
use serde::{Deserialize, Serialize};

/// What can be watched. Shares are ratios, lengths are days, counts are numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Indicator {
    /// Share of open items that is overdue.
    OverdueRate,
    /// How long the oldest document is past due, in days.
    OldestOverdueDays,
    /// Share of sales written off.
    BadDebtRate,
    /// Exposure over limit.
    Utilisation,
    /// Points that the score fell by since the last assessment.
    ScoreDrop,
    /// Share that a financial ratio fell by since the statement before.
    RatioFall,
    /// Days beyond terms, amount-weighted.
    DaysBeyondTerms,
    /// Share of one customer or group in all receivables.
    Concentration,
    /// How old the newest financial statement is, in days.
    StatementAgeDays,
    /// Until cover ends, in days.
    CoverDaysLeft,
    /// Until a licence ends, in days.
    LicenceDaysLeft,
    /// Until the limit ends, in days.
    LimitDaysLeft,
    /// Promises broken in the last year.
    BrokenPromises,
    /// How long an order is past its delivery date, in days.
    OrderUndeliveredDays,
    /// How long a statement of account waits for its confirmation, in days.
    StatementUnconfirmedDays,
    /// Since the last business, in days.
    DormantDays,
    /// Sales of the last three full months over those of the three before.
    SalesTrend,
    /// News of the industry, weighed by hand: 1 to 3.
    IndustryNews,
    /// An outside event (失信, a suit, a change of control …), weighed: 1 to 3.
    OutsideEvent,
}

/// A value on a day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// The day.
    pub date: Date,
    /// Of what.
    pub indicator: Indicator,
    /// How much.
    pub value: Ratio,
    /// Where it comes from: a reading, a person, a file, a service.
    pub source: String,
}

/// Somebody has seen a warning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Acknowledgement {
    /// Which.
    pub indicator: Indicator,
    /// When.
    pub date: Date,
    /// What is being done about it.
    pub note: String,
}

/// A document in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DocumentReceived {
    /// Its name.
    pub document: String,
    /// When it came.
    pub date: Date,
}

/// A limit was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LimitRequest {
    /// When.
    pub date: Date,
    /// How much.
    pub amount: Money,
}

/// An event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TriggerEvent {
    /// When.
    pub date: Date,
    /// What.
    pub trigger: Trigger,
}

/// An event that asks for an assessment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// A warning turned red.
    RedWarning,
    /// A promise or plan was broken.
    BrokenPromise,
    /// A higher limit was asked for.
    LimitAsked,
    /// Something was heard from outside.
    OutsideEvent,
    /// Legal form, owner or controller changed.
    OwnerChanged,
    /// Cover ended or was reduced.
    CoverLost,
}
