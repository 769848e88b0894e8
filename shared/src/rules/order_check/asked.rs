//! What of a policy the order check reads.
//!
//! A phone judges orders and nothing else: it holds these parts ([`OrderPolicy`]) rather than the whole document. The check
//! looks at either through the same eyes ([`OrderView`]), so that both come to the same answer. Decisions name the digest of
//! the whole document all the same.

use super::{OrderCheckRule, OrderRules};
use crate::facts::credit_file::ScreeningKind;
use crate::facts::money::Currency;
use crate::facts::terms::Terms;
use crate::readings::exposure::ExposureRule;
use crate::rules::authority::AuthorityRule;
use crate::rules::availability::TemporaryLimitRule;
use crate::rules::commitments::CategoryLine;
use crate::rules::dunning::Ladder;
use crate::rules::margin::MarginRule;
use crate::rules::policy::{Bilingual, Policy};
use serde::{Deserialize, Serialize};

/// The parts of a policy that the order check reads, and what a person who asks chooses from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderPolicy {
    /// The currency of the policy's amounts.
    pub currency: Currency,
    /// The grades, the best first.
    pub grades: Vec<String>,
    /// The terms that they get.
    pub terms: Vec<Terms>,
    /// The section of that name.
    pub exposure: ExposureRule,
    /// The section of that name.
    pub order_check: OrderCheckRule,
    /// The section of that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_rules: Option<OrderRules>,
    /// Of the section of that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commitments: Option<OrderCommitments>,
    /// Of the section of that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_file: Option<OrderPapers>,
    /// The section of that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temporary_limit: Option<TemporaryLimitRule>,
    /// The section of that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<AuthorityRule>,
    /// The section of that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<MarginRule>,
    /// The steps of reminders, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepTitle>,
}

/// What counts beside the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderCommitments {
    /// Orders count that are to be carried out within so many days.
    pub horizon_days: u16,
    /// By category.
    pub categories: Vec<CategoryLine>,
}

/// What papers are measured by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderPapers {
    /// The loosest terms without an agreement in force.
    pub without_agreement: Terms,
    /// How old checks may be.
    pub screenings: Vec<ScreeningAge>,
}

/// How old a check may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScreeningAge {
    /// Of what.
    pub kind: ScreeningKind,
    /// In days.
    pub max_age_days: u16,
}

/// What a step of reminders is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StepTitle {
    /// Its name in the ladders.
    pub name: String,
    /// What people call it.
    pub title: Bilingual,
}

impl From<&Policy> for OrderPolicy {
    fn from(policy: &Policy) -> Self {
        let ladders = policy.dunning.iter().flat_map(|rule| &rule.ladders);
        Self {
            currency: policy.currency,
            grades: policy.grade.bands.iter().map(|band| band.grade.clone()).collect(),
            terms: policy.limit.grades.iter().map(|line| line.terms).collect(),
            // Why the numbers are what they are isn't for a phone to carry.
            exposure: ExposureRule { note: None, ..policy.exposure.clone() },
            order_check: OrderCheckRule { note: None, ..policy.order_check.clone() },
            order_rules: policy.order_rules.clone(),
            commitments: policy
                .commitments
                .as_ref()
                .map(|rule| OrderCommitments { horizon_days: rule.horizon_days, categories: rule.categories.clone() }),
            credit_file: policy.credit_file.as_ref().map(|rule| OrderPapers {
                without_agreement: rule.without_agreement,
                screenings: rule
                    .screenings
                    .iter()
                    .map(|rule| ScreeningAge { kind: rule.kind, max_age_days: rule.max_age_days })
                    .collect(),
            }),
            temporary_limit: policy.temporary_limit.clone(),
            authority: policy.authority.clone(),
            margin: policy.margin.clone(),
            steps: ladders
                .flat_map(|ladder| &ladder.steps)
                .map(|step| StepTitle { name: step.name.clone(), title: step.title.clone() })
                .collect(),
        }
    }
}

/// A policy as the order check looks at it: the whole document, or what a phone holds of it.
#[derive(Clone, Copy, Debug)]
pub struct OrderView<'a> {
    pub(super) currency: Currency,
    pub(super) exposure: &'a ExposureRule,
    pub(super) order_check: &'a OrderCheckRule,
    pub(super) order_rules: Option<&'a OrderRules>,
    pub(super) horizon_days: Option<u16>,
    pub(super) categories: &'a [CategoryLine],
    pub(super) without_agreement: Option<Terms>,
    pub(super) temporary_limit: Option<&'a TemporaryLimitRule>,
    pub(super) authority: Option<&'a AuthorityRule>,
    pub(super) margin: Option<&'a MarginRule>,
    source: Source<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Source<'a> {
    Whole(&'a Policy),
    Extract(&'a OrderPolicy),
}

impl<'a> OrderView<'a> {
    /// What the order check compares with beside the first rules.
    pub const fn order_rules(&self) -> Option<&'a OrderRules> {
        self.order_rules
    }

    /// The loosest terms without an agreement in force, where files are kept.
    pub const fn without_agreement(&self) -> Option<Terms> {
        self.without_agreement
    }

    /// How old a check may be; absent where the policy doesn't say.
    pub(super) fn screening_max_age_days(&self, kind: ScreeningKind) -> Option<u16> {
        match self.source {
            Source::Whole(policy) => Some(policy.credit_file.as_ref()?.screening(kind)?.max_age_days),
            Source::Extract(policy) => {
                let mut ages = policy.credit_file.iter().flat_map(|rule| &rule.screenings);
                ages.find(|age| age.kind == kind).map(|age| age.max_age_days)
            }
        }
    }

    /// What people call a step of reminders.
    pub(super) fn step_title(&self, name: &str) -> Option<&'a Bilingual> {
        match self.source {
            Source::Whole(policy) => {
                let ladders: &[Ladder] = policy.dunning.as_ref().map_or(&[], |rule| &rule.ladders);
                let mut steps = ladders.iter().flat_map(|ladder| &ladder.steps);
                steps.find(|step| step.name == name).map(|step| &step.title)
            }
            Source::Extract(policy) => policy.steps.iter().find(|step| step.name == name).map(|step| &step.title),
        }
    }
}

/// Both sources name what they share alike.
macro_rules! view_of {
    ($source:ty, $variant:ident) => {
        impl<'a> From<&'a $source> for OrderView<'a> {
            fn from(policy: &'a $source) -> Self {
                Self {
                    currency: policy.currency,
                    exposure: &policy.exposure,
                    order_check: &policy.order_check,
                    order_rules: policy.order_rules.as_ref(),
                    horizon_days: policy.commitments.as_ref().map(|rule| rule.horizon_days),
                    categories: policy.commitments.as_ref().map_or(&[], |rule| &rule.categories),
                    without_agreement: policy.credit_file.as_ref().map(|rule| rule.without_agreement),
                    temporary_limit: policy.temporary_limit.as_ref(),
                    authority: policy.authority.as_ref(),
                    margin: policy.margin.as_ref(),
                    source: Source::$variant(policy),
                }
            }
        }
    };
}

view_of!(Policy, Whole);
view_of!(OrderPolicy, Extract);
