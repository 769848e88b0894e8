//! What a case can ask about the full assessment, and about a change of policy for it.

use super::super::decision::{Matter, decide_full_assessment, policy_digest};
use super::super::digest::digest;
use super::{CaseRun, merge, text, to_value};
use crate::facts::cover::Cover;
use crate::facts::id::DecisionId;
use crate::facts::money::Money;
use crate::questions::full_assessment::{FullEvidence, Sources, evidence};
use crate::questions::what_if::{Banded, FullMember, FullPortfolio, compare_fully};
use crate::readings::standing::{Position, Standing};
use crate::rules::policy::{Policy, PolicyVersion};
use crate::rules::provision::Receivable;
use crate::rules::rating::GradeOverride;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The questions of this topic.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum AssessingAsk {
    /// Which score, rating, limit, terms and security, by all that is known? Answers evidence and assessment of a decision
    /// that replays.
    Full(Box<Beside>),
    /// What would a change of policy do, were the case's customer all of the book? Answers the totals of both policies
    /// with the digest over each, and what differs.
    WhatIf {
        /// What is known beside the file.
        #[serde(default)]
        beside: Box<Beside>,
        /// A patch on the policy.
        change: Value,
        /// What is provided for.
        #[serde(default)]
        receivables: Vec<Receivable>,
    },
}

/// What is known of the customer beside its file and ledger.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Beside {
    /// What stands in for it.
    #[serde(default)]
    pub covers: Vec<Cover>,
    /// What a listed customer's equity was worth.
    #[serde(default)]
    pub market_value: Option<Money>,
    /// All credit that we give.
    #[serde(default)]
    pub portfolio: Option<Money>,
    /// A grade that a person asks for.
    #[serde(default)]
    pub given: Option<GradeOverride>,
}

impl Beside {
    /// Reads the evidence.
    ///
    /// # Errors
    ///
    /// The message of [`evidence`]'s error.
    pub fn evidence(&self, run: &CaseRun<'_>) -> Result<FullEvidence, String> {
        let sources = Sources {
            customer: run.customer,
            journal: run.journal,
            file: &run.case.facts.file,
            covers: &self.covers,
            market_value: self.market_value,
            portfolio: self.portfolio,
            given: self.given.as_ref(),
            rates: &run.case.facts.rates,
        };
        text(evidence(run.policy, &sources, run.case.as_of))
    }
}

impl AssessingAsk {
    pub(super) fn answer(
        &self,
        run: &CaseRun<'_>,
        standing: impl Fn() -> Result<Standing, String>,
    ) -> Result<Value, String> {
        let (customer, as_of) = (run.customer.id, run.case.as_of);
        match self {
            Self::Full(beside) => {
                let digest = text(policy_digest(run.policy))?;
                let policy = PolicyVersion { version: 1, digest, policy: run.policy.clone() };
                let id = DecisionId::derived(&["case"]);
                let made = text(decide_full_assessment(id, &policy, customer, beside.evidence(run)?, as_of))?;
                if !text(made.replays(&policy))? {
                    return Err("the decision does not replay".to_owned());
                }
                match made.judgement.matter {
                    Matter::FullAssessment { evidence, assessment, .. } => {
                        to_value(&json!({ "evidence": evidence, "assessment": assessment }))
                    }
                    _ => Err("the decision is another one".to_owned()),
                }
            }
            Self::WhatIf { beside, change, receivables } => {
                let mut document = to_value(run.policy)?;
                merge(&mut document, change);
                let changed: Policy = serde_json::from_value(document).map_err(|error| error.to_string())?;
                let rates = &run.case.facts.rates;
                let position = text(Position::of(&standing()?, &run.policy.exposure, as_of))?;
                let receivables = receivables.clone();
                let member = FullMember { customer, evidence: beside.evidence(run)?, position, receivables };
                let book = text(FullPortfolio::of(&[member], run.policy.currency, rates, as_of))?;
                let pass = |policy: &Policy| {
                    let banded = policy.provision.as_ref().map(|rule| Banded::of(&book, rule));
                    let banded = text(banded.transpose())?;
                    let outcomes = text(book.pass(policy, banded.as_ref()))?;
                    let totals = text(book.totals(policy, banded.as_ref(), &outcomes))?;
                    Ok::<_, String>((outcomes, totals))
                };
                let ((before, old), (after, new)) = (pass(run.policy)?, pass(&changed)?);
                let compared = text(compare_fully(&book, (&before, run.policy), (&after, &changed), 3))?;
                let digests = [text(digest(&old))?, text(digest(&new))?];
                to_value(&json!({ "before": old, "after": new, "comparison": compared, "digests": digests }))
            }
        }
    }
}
