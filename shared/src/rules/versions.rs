//! The versions of a policy through time (制度版本): which one was in force on a day, and when the newest is due for review.
//!
//! A version holds from its first day until the next one's; of two that begin on one day the later version holds. What was
//! done keeps the version of its day: late interest accrues under each day's rule, and a notice's fee is the one that stood
//! in the version in force when the notice went out, whatever the policy says today.

use super::interest::{InterestError, InterestRule, RateRule, RuleInForce};
use super::policy::{Policy, PolicyVersion};
use crate::facts::calendar::{Date, days_between};
use crate::facts::id::ItemId;
use crate::facts::money::Money;
use crate::facts::notice::Notice;
use crate::facts::number::Ratio;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A version with its days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DatedVersion {
    /// The version.
    pub version: PolicyVersion,
    /// The first day on which it is in force (生效日).
    pub from: Date,
    /// The day by which somebody looks at it again (复审日).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_by: Option<Date>,
}

/// The version in force on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InForce {
    /// Its number.
    pub version: u32,
    /// Its digest.
    pub digest: String,
    /// Its first day.
    pub from: Date,
    /// Its last day, as far as a next version is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// By when it is to be reviewed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_by: Option<Date>,
    /// Days until then; negative when it has passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_days_left: Option<i32>,
}

/// A notice with what decided on its ladder when it went out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NoticeOnDay {
    /// The notice.
    pub notice: Notice,
    /// The customer's grade on that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// What was collectable and overdue on that day.
    pub overdue: Money,
}

/// What a notice cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NoticeFee {
    /// When it went out.
    pub date: Date,
    /// Its step.
    pub step: String,
    /// The version in force then; absent before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// The fee; absent where that version has none for the step, or every document had come to the step before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<Money>,
}

/// The versions of a book, in whatever order.
#[derive(Clone, Copy, Debug)]
pub struct Versions<'a>(pub &'a [DatedVersion]);

impl<'a> Versions<'a> {
    /// The version in force on a day; absent before the first.
    pub fn on(&self, day: Date) -> Option<&'a DatedVersion> {
        let begun = self.0.iter().filter(|version| version.from <= day);
        begun.max_by_key(|version| (version.from, version.version.version))
    }

    /// The policy in force on a day.
    pub fn policy_on(&self, day: Date) -> Option<&'a Policy> {
        self.on(day).map(|version| &version.version.policy)
    }

    /// The version in force on a day with its days, seen from that day.
    pub fn in_force(&self, day: Date) -> Option<InForce> {
        let version = self.on(day)?;
        let next = self.0.iter().map(|other| other.from).filter(|from| *from > day).min();
        Some(InForce {
            version: version.version.version,
            digest: version.version.digest.clone(),
            from: version.from,
            until: next.and_then(|next| next.pred_opt()),
            review_by: version.review_by,
            review_days_left: version.review_by.map(|by| days_between(day, by)),
        })
    }

    /// The rules of late interest that followed each other, by a method's name or each version's default: what
    /// [`super::interest::late_interest`] takes. A version without interest charges none on its days; without any
    /// version that charges there are no rules.
    ///
    /// # Errors
    ///
    /// [`InterestError::UnknownMethod`] when a version that charges has no method of the name.
    pub fn interest(&self, method: Option<&str>) -> Result<Vec<RuleInForce>, InterestError> {
        let begins: BTreeSet<Date> = self.0.iter().map(|version| version.from).collect();
        let mut rules: Vec<RuleInForce> = Vec::new();
        for from in begins {
            let Some(policy) = self.policy_on(from) else { continue };
            match (&policy.interest, rules.last()) {
                (Some(interest), _) => rules.push(RuleInForce { from, rule: interest.method(method)?.clone() }),
                (None, Some(before)) => {
                    let none = InterestRule {
                        rate: RateRule::Yearly { rate: Ratio::ZERO },
                        floor: None,
                        cap: None,
                        ..before.rule.clone()
                    };
                    rules.push(RuleInForce { from, rule: none });
                }
                (None, None) => {}
            }
        }
        Ok(rules)
    }

    /// What notices cost, each under the version of its day, by date: a step's fee is due when a document comes to it that
    /// never stood in a notice of it. `before` are the documents that one was issued anew for, the newest first: it is no other
    /// document.
    pub fn fees(&self, notices: &[NoticeOnDay], before: &BTreeMap<ItemId, Vec<ItemId>>) -> Vec<NoticeFee> {
        let first = |item: &ItemId| before.get(item).and_then(|before| before.last()).copied().unwrap_or(*item);
        let mut sorted: Vec<&NoticeOnDay> = notices.iter().collect();
        sorted.sort_by(|a, b| (a.notice.date, &a.notice.step).cmp(&(b.notice.date, &b.notice.step)));
        let mut known: BTreeSet<(ItemId, &str)> = BTreeSet::new();
        let mut fees = Vec::new();
        for NoticeOnDay { notice, grade, overdue } in sorted {
            let mut new_here = false;
            for item in &notice.items {
                new_here |= known.insert((first(item), &notice.step));
            }
            let version = self.on(notice.date);
            let rule = version.and_then(|version| version.version.policy.dunning.as_ref());
            let ladder = rule.and_then(|rule| rule.ladder(grade.as_deref(), *overdue));
            let step = ladder.and_then(|ladder| ladder.steps.iter().find(|step| step.name == notice.step));
            fees.push(NoticeFee {
                date: notice.date,
                step: notice.step.clone(),
                version: version.map(|version| version.version.version),
                fee: step.and_then(|step| step.fee).filter(|_| new_here),
            });
        }
        fees
    }
}
