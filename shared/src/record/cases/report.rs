//! What a case can ask that puts much together: the credit report, what two versions of a policy say differently, and
//! what one says as a text.

use super::{CaseRun, patched, text, to_value};
use crate::facts::matter::Matter;
use crate::facts::promise::Promise;
use crate::questions::credit_report::{ReportInput, credit_report};
use crate::record::policy_diff::policy_diff;
use crate::record::policy_text::policy_text;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The questions of this topic.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum ReportAsk {
    /// The credit report of the case's customer.
    CreditReport {
        /// What it promised.
        #[serde(default)]
        promises: Vec<Promise>,
        /// What legal clocks run for.
        #[serde(default)]
        matters: Vec<Matter>,
    },
    /// What does another version of the case's policy say differently? Answers the changes, each with its sentence.
    PolicyDiff {
        /// A patch that makes the other version.
        patch: Value,
    },
    /// What does the case's policy say as a text? Of one section where it is named.
    PolicyText {
        /// The section.
        #[serde(default)]
        section: Option<String>,
    },
}

impl ReportAsk {
    pub(super) fn answer(&self, run: &CaseRun<'_>) -> Result<Value, String> {
        match self {
            Self::CreditReport { promises, matters } => {
                let facts = &run.case.facts;
                let input = ReportInput {
                    customer: run.customer,
                    file: &facts.file,
                    facts: run.facts,
                    rates: &facts.rates,
                    reference_rates: &[],
                    relations: &facts.relations,
                    promises,
                    waivers: &[],
                    observations: &[],
                    acknowledged: &[],
                    matters,
                    grade_override: None,
                    market_value: None,
                    portfolio: None,
                    security: None,
                };
                to_value(&credit_report(run.policy, &input, run.case.as_of))
            }
            Self::PolicyDiff { patch } => {
                let other = patched(&text(serde_json::to_value(run.policy))?, patch)?;
                let changes = text(policy_diff(run.policy, &other))?;
                let told = changes.iter().map(|change| json!({ "change": change, "sentence": change.sentence() }));
                Ok(told.collect())
            }
            Self::PolicyText { section } => {
                let whole = text(policy_text(run.policy))?;
                match section {
                    Some(section) => to_value(&whole.chapters.iter().find(|chapter| chapter.section == *section)),
                    None => to_value(&whole),
                }
            }
        }
    }
}
