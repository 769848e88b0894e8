//! What a legal clock runs for, with what happened to it: debts, sureties, bills, judgments, insolvencies, insurances.

use super::calendar::Date;
use super::overdue::Pause;
use serde::{Deserialize, Serialize};

/// What a clock runs for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Matter {
    /// 诉讼时效 of a debt.
    Limitation {
        /// Its last day for performance; the last instalment's where there are several.
        due: Date,
        /// What began it anew.
        #[serde(default)]
        interruptions: Vec<Interruption>,
        /// What kept us from acting.
        #[serde(default)]
        obstacles: Vec<Pause>,
    },
    /// 保证期间.
    Suretyship {
        /// General or joint.
        surety: Surety,
        /// The debt's last day for performance.
        due: Date,
        /// The last day that was agreed.
        #[serde(default)]
        agreed: Option<Date>,
        /// When we sued the debtor (general) or turned to the surety (joint).
        #[serde(default)]
        exercised: Option<Date>,
    },
    /// 票据权利 against acceptor and drawer.
    Bill {
        /// Maturity; the day of issue for a bill at sight.
        from: Date,
        /// When it was honoured or sued upon.
        #[serde(default)]
        exercised: Option<Date>,
    },
    /// 支票 against its drawer.
    Cheque {
        /// The day of issue.
        from: Date,
        /// When it was honoured or sued upon.
        #[serde(default)]
        exercised: Option<Date>,
    },
    /// 追索权 against those before us.
    Recourse {
        /// The day of dishonour.
        from: Date,
        /// When we took it.
        #[serde(default)]
        exercised: Option<Date>,
    },
    /// 再追索权.
    FurtherRecourse {
        /// The day we paid or were sued.
        from: Date,
        /// When we took it.
        #[serde(default)]
        exercised: Option<Date>,
    },
    /// 申请执行.
    Enforcement {
        /// The last day for performance; where there is none, the day the judgment took effect.
        from: Date,
        /// What began it anew.
        #[serde(default)]
        interruptions: Vec<Interruption>,
    },
    /// 申报债权.
    BankruptcyFiling {
        /// The last day that the court set.
        until: Date,
        /// When we filed.
        #[serde(default)]
        exercised: Option<Date>,
        /// The day on which the court accepted the petition (受理): what bears interest bears none from it on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        accepted: Option<Date>,
    },
    /// 保险通知.
    InsurersNotice {
        /// The event.
        from: Date,
        /// Within so many days.
        days: u16,
        /// When we gave notice.
        #[serde(default)]
        exercised: Option<Date>,
    },
}

impl Matter {
    /// The day on which a petition for the debtor's bankruptcy was accepted, where this says so.
    pub const fn bankruptcy_accepted(&self) -> Option<Date> {
        match self {
            Self::BankruptcyFiling { accepted, .. } => *accepted,
            _ => None,
        }
    }
}

/// Something that begins a period anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Interruption {
    /// When; for a demand, when it arrived.
    pub date: Date,
    /// What.
    pub event: Event,
    /// Whether we can prove it.
    pub proven: bool,
    /// The end of the proceedings that it began; absent while they last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Date>,
}

/// What can begin a period anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// 提出履行请求: a demand arrived. A letter or message counts however politely it asks (诉讼时效规定 第八条), but only once
    /// the debt is due: before, the debtor is in no delay.
    Demand,
    /// 同意履行: a confirmed statement, a partial payment, a promise, a plan, security given, time asked for (第十四条).
    Acknowledgement,
    /// 起诉或仲裁, and what stands beside them: an order to pay, a claim filed in bankruptcy, enforcement … (第十、十一条).
    Proceedings,
}

/// The kinds of suretyship.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Surety {
    /// 一般保证; also where nothing clear was agreed (民法典 686).
    General,
    /// 连带责任保证.
    Joint,
}
