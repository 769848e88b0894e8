//! The policy's section `order_rules`: what the order check asks of file, group, conduct and cover, at which checkpoint, and
//! which rules are still on trial.

use super::circumstances::Checkpoint;
use super::{Rule, Verdict};
use crate::facts::credit_file::ScreeningKind;
use crate::facts::number::Ratio;
use crate::rules::policy::{Bilingual, Faults, is_share};
use serde::{Deserialize, Serialize};

/// The section. What is absent in it isn't asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderRules {
    /// Why these numbers.
    pub note: Bilingual,
    /// Rules that aren't switched on yet: what they hold or refuse only warns (试运行).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trial: Vec<Rule>,
    /// A dispute that was accepted keeps its document out of the overdue rules for so many days.
    pub dispute_days: u16,
    /// What an expired limit leads to for an order that was confirmed before.
    pub limit_expired_confirmed: Verdict,
    /// What a category beyond its own limit leads to.
    pub sub_limit: Verdict,
    /// How much of all that is owed may hang on one customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concentration: Option<ConcentrationRule>,
    /// What each step of reminders leads to; one that isn't named passes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dunning: Vec<DunningVerdict>,
    /// The agreement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<AgreementRule>,
    /// The licences that are asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub licences: Vec<LicenceRule>,
    /// The checks that are asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screenings: Option<ScreeningsRule>,
    /// How complete a file must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileRule>,
    /// A review that is overdue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Late>,
    /// Broken promises.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<PromiseVerdicts>,
    /// Cover that has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<CoverLapseRule>,
    /// The checkpoints; at one that isn't named every rule is asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checkpoints: Vec<CheckpointRule>,
}

/// What being late leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Late {
    /// So many days only warn (宽限).
    pub grace_days: u16,
    /// More lead to this.
    pub beyond: Verdict,
}

/// How much may hang on one customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "OrderConcentrationRule"))]
#[serde(deny_unknown_fields)]
pub struct ConcentrationRule {
    /// The largest share of all that is owed.
    pub most: Ratio,
    /// What more leads to.
    pub beyond: Verdict,
}

/// What a step of reminders leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DunningVerdict {
    /// The step, by its name in the ladders.
    pub step: String,
    /// What it leads to.
    pub verdict: Verdict,
}

/// Without a valid signed agreement: cash only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AgreementRule {
    /// What an order on looser terms than cash leads to where no agreement was ever in force.
    pub missing: Verdict,
    /// The same where one has ended.
    pub ended: Late,
    /// The same while a breach of the one in force isn't made good; absent: as without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breached: Option<Verdict>,
}

/// A licence that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LicenceRule {
    /// Which.
    pub licence: String,
    /// What one that isn't on file, not good yet or taken away leads to.
    pub missing: Verdict,
    /// What one that has run out leads to.
    pub ended: Late,
}

/// The checks that are asked for; how old each may be stands in the section `credit_file`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScreeningsRule {
    /// Which.
    pub kinds: Vec<ScreeningKind>,
    /// What one that was never made leads to.
    pub missing: Verdict,
    /// What one that is too old leads to.
    pub stale: Late,
    /// What something found leads to.
    pub hit: Verdict,
}

/// How complete a file must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FileRule {
    /// The least share.
    pub least: Ratio,
    /// What less leads to.
    pub below: Verdict,
}

/// What broken promises lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PromiseVerdicts {
    /// So many days back are looked at.
    pub window_days: u16,
    /// One warns; so many lead to what follows.
    pub several: u16,
    /// What they lead to.
    pub beyond: Verdict,
}

/// Cover that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CoverLapseRule {
    /// Cover that ends within so many days is pointed out.
    pub ahead_days: u16,
    /// What cover that has ended leads to. It no longer counts from its first day without.
    pub lapsed: Late,
}

/// What is asked at a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CheckpointRule {
    /// The checkpoint.
    pub at: Checkpoint,
    /// What people call it.
    pub name: Bilingual,
    /// Whose way passes it.
    pub business: Vec<Business>,
    /// Which rules are asked.
    pub rules: Vec<Rule>,
    /// What a hold forbids.
    pub forbids: Vec<Forbidden>,
}

/// A kind of business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Business {
    /// 货运.
    Freight,
    /// 贸易.
    Trade,
}

/// What a hold can forbid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Forbidden {
    /// 接单, 订舱.
    Accept,
    /// 改单.
    Change,
    /// 垫付运费, 税金.
    Advance,
    /// 交单, 电放, 换单.
    ReleaseDocuments,
    /// 发货, 放货, 派送.
    Deliver,
    /// 按账期开票: on credit; cash invoices stay possible.
    InvoiceOnCredit,
}

impl Late {
    /// What so many days lead to; none or less pass.
    pub fn verdict(self, days: i32) -> Verdict {
        if days <= 0 {
            Verdict::Approve
        } else if days <= i32::from(self.grace_days) {
            Verdict::Warn.min(self.beyond)
        } else {
            self.beyond
        }
    }
}

impl OrderRules {
    /// What is asked at a checkpoint; absent where the policy names none.
    pub fn checkpoint(&self, at: Option<Checkpoint>) -> Option<&CheckpointRule> {
        self.checkpoints.iter().find(|line| Some(line.at) == at)
    }

    pub(in crate::rules) fn check(&self, known_step: impl Fn(&str) -> bool, faults: &mut Faults) {
        for (i, rule) in self.trial.iter().enumerate() {
            let twice = self.trial.iter().take(i).any(|other| other == rule);
            faults.unless(!twice, &format!("order_rules.trial[{i}]"), format_args!("stands twice"));
        }
        if let Some(rule) = &self.concentration {
            let sound = is_share(rule.most) && rule.most > Ratio::ZERO;
            let path = "order_rules.concentration.most";
            faults.unless(sound, path, format_args!("must lie between 0 and 1 and be more than 0"));
        }
        for (i, line) in self.dunning.iter().enumerate() {
            let path = format!("order_rules.dunning[{i}].step");
            faults.unless(known_step(&line.step), &path, format_args!("'{}' is no step of the ladders", line.step));
            let twice = self.dunning.iter().take(i).any(|other| other.step == line.step);
            faults.unless(!twice, &path, format_args!("'{}' stands twice", line.step));
        }
        for (i, line) in self.licences.iter().enumerate() {
            let twice = self.licences.iter().take(i).any(|other| other.licence == line.licence);
            let path = format!("order_rules.licences[{i}].licence");
            faults.unless(!twice, &path, format_args!("'{}' stands twice", line.licence));
        }
        if let Some(rule) = &self.file {
            let path = "order_rules.file.least";
            faults.unless(is_share(rule.least), path, format_args!("must lie between 0 and 1"));
        }
        if let Some(rule) = &self.promise {
            let path = "order_rules.promise.several";
            faults.unless(rule.several > 0, path, format_args!("must be at least 1"));
        }
        for (i, line) in self.checkpoints.iter().enumerate() {
            let path = format!("order_rules.checkpoints[{i}]");
            let twice = self.checkpoints.iter().take(i).any(|other| other.at == line.at);
            faults.unless(!twice, &format!("{path}.at"), format_args!("stands twice"));
            let some = !line.business.is_empty();
            faults.unless(some, &format!("{path}.business"), format_args!("must name one"));
        }
    }
}
