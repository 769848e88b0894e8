//! A recovery case (风险处置), as it happened: its stages, what was done in them, what it cost and what it brought.

use super::calendar::Date;
use super::money::Money;
use super::overdue::Payment;
use serde::{Deserialize, Serialize};

/// A case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecoveryCase {
    /// What was owed when it was opened.
    pub claim: Money,
    /// Its stages, each with the day on which it began.
    pub moves: Vec<StageMove>,
    /// What was done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub done: Vec<TaskDone>,
    /// What it cost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub costs: Vec<Payment>,
    /// What came in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recovered: Vec<Payment>,
}

/// The stages of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RecoveryStage"))]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 催收.
    Collection,
    /// 停止供货.
    SupplyStop,
    /// 追加担保.
    Security,
    /// 主张担保、保险理赔.
    CoverClaim,
    /// 诉讼、仲裁.
    Litigation,
    /// 强制执行.
    Enforcement,
    /// 破产申报.
    Insolvency,
    /// 核销.
    WriteOff,
    /// 结案.
    Closed,
}

/// A stage began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StageMove {
    /// When.
    pub date: Date,
    /// Which.
    pub stage: Stage,
}

/// A task was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TaskDone {
    /// When.
    pub date: Date,
    /// Its name.
    pub name: String,
}
