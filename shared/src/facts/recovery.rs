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
    /// Its papers: evidence, letters, judgments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<CaseDocument>,
    /// Security that was given in the course of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub security: Vec<FurtherSecurity>,
    /// The emergency playbook that was opened for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub playbook: Option<PlaybookOpened>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<CaseOutcome>,
}

/// A paper of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CaseDocument {
    /// When it came in or went out.
    pub date: Date,
    /// What it is.
    pub name: String,
    /// Where it lies: a file's name or number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// Security given in the course of a case (追加担保).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FurtherSecurity {
    /// When.
    pub date: Date,
    /// What, and by whom.
    pub what: String,
    /// What it is worth.
    pub worth: Money,
}

/// A playbook was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PlaybookOpened {
    /// Which, by its name in the policy.
    pub name: String,
    /// When.
    pub date: Date,
}

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RecoveryOutcome"))]
#[serde(deny_unknown_fields)]
pub struct CaseOutcome {
    /// When.
    pub date: Date,
    /// How.
    pub kind: OutcomeKind,
    /// In a few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How a case can end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OutcomeKind {
    /// 全额收回.
    Recovered,
    /// 和解、部分收回: the rest was given up.
    Settled,
    /// 分期还款: a plan took its place.
    Plan,
    /// 核销.
    WrittenOff,
    /// 债权转让.
    Sold,
    /// 撤回: it was no debt, or no case.
    Dropped,
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
