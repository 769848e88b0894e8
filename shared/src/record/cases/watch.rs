//! What a case can ask about watching: orders on their way, indicators worked out, the weekly report.

use super::{CaseRun, text, to_value};
use crate::facts::calendar::Date;
use crate::facts::cover::Cover;
use crate::facts::insurance::{Declaration, LossNotice};
use crate::facts::money::Money;
use crate::facts::observation::Observation;
use crate::questions::indicators::{Beside, Watched, indicators};
use crate::questions::legal_clocks::{ClockRules, Dealings, legal_clocks};
use crate::questions::order_monitor::{Goods, MonitorRules, order_monitor};
use crate::questions::triggers::{Heard, triggers};
use crate::questions::warning_report::{Observed, warning_report};
use crate::readings::open_items::open_documents;
use crate::rules::cover::covered_beside;
use crate::rules::insurance::{InsuranceState, insurance_state, uninsured};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A question. Its date is the case's.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum WatchAsk {
    /// Where do orders and shipments stand, and what is late?
    OrderMonitor {
        /// What is known beside the ledger.
        #[serde(default)]
        goods: Goods,
        /// What was through before this day is left out.
        #[serde(default)]
        from: Option<Date>,
    },
    /// What do ledger, file and all else show?
    Indicators {
        /// What is known beside ledger and file.
        #[serde(default)]
        beside: Beside,
    },
    /// How do the warnings stand, worked out on some days and, on the case's date, compared with the first of these?
    WatchedWarnings {
        /// What is known beside ledger and file.
        #[serde(default)]
        beside: Beside,
        /// The days on which somebody looked, besides the case's date.
        days: Vec<Date>,
    },
    /// What changed over a book since a day?
    WarningReport {
        /// What was observed.
        book: Vec<Observed>,
        /// The day to compare with.
        before: Date,
    },
    /// Which legal clocks run?
    LegalClocks {
        /// What happened beside the ledger.
        #[serde(default)]
        dealings: Dealings,
    },
    /// What asks for a review at once?
    Triggers {
        /// What is known beside ledger and relations.
        #[serde(default)]
        heard: Heard,
    },
    /// Where do insurances stand, and what is all cover good for then?
    Insurance {
        /// The cover.
        covers: Vec<Cover>,
        /// What was declared.
        #[serde(default)]
        declared: Vec<Declaration>,
        /// What was reported.
        #[serde(default)]
        loss_notices: Vec<LossNotice>,
        /// The exposure.
        exposure: Money,
    },
}

impl WatchAsk {
    /// Answers the question at the case's date.
    pub(super) fn answer(&self, run: &CaseRun<'_>) -> Result<Value, String> {
        let (policy, as_of, rates) = (run.policy, run.case.as_of, &run.case.facts.rates);
        match self {
            Self::OrderMonitor { goods, from } => {
                let rules = MonitorRules {
                    monitoring: section(policy.monitoring.as_ref(), "monitoring")?,
                    confirmation: policy.confirmation.as_ref(),
                    calendar: &policy.calendar,
                    currency: policy.currency,
                    rates,
                };
                to_value(&text(order_monitor(rules, run.facts, goods, *from, as_of))?)
            }
            Self::Indicators { beside } => to_value(&observed(run, beside, as_of)?),
            Self::WatchedWarnings { beside, days } => {
                let rule = section(policy.warnings.as_ref(), "warnings")?;
                let mut seen = observed(run, beside, as_of)?;
                for day in days {
                    seen.extend(observed(run, beside, *day)?);
                }
                let before = days.iter().copied().min().unwrap_or(as_of);
                to_value(&rule.report(&seen, &[], before, as_of))
            }
            Self::WarningReport { book, before } => {
                let rule = section(policy.warnings.as_ref(), "warnings")?;
                to_value(&warning_report(rule, book, *before, as_of))
            }
            Self::LegalClocks { dealings } => {
                let rules = ClockRules {
                    clocks: section(policy.clocks.as_ref(), "clocks")?,
                    confirmation: policy.confirmation.as_ref(),
                    calendar: &policy.calendar,
                };
                to_value(&text(legal_clocks(rules, run.facts, dealings, as_of))?)
            }
            Self::Triggers { heard } => {
                let relations = &run.case.facts.relations;
                to_value(&text(triggers(policy, run.customer, run.facts, relations, heard, rates, as_of))?)
            }
            Self::Insurance { covers, declared, loss_notices, exposure } => {
                let rule = section(policy.cover.as_ref(), "cover")?;
                let open = text(open_documents(run.facts, as_of))?;
                let known = run.journal.items.iter().filter(|item| !item.opening && item.date <= as_of);
                let sold: Vec<Date> = known.map(|item| item.date).collect();
                let acts = (declared.as_slice(), loss_notices.as_slice());
                let states: Vec<InsuranceState> =
                    covers.iter().filter_map(|cover| insurance_state(cover, &open, &sold, acts, as_of)).collect();
                let beside = states.iter().map(|state| (state.cover, uninsured(state))).collect();
                let covered = text(covered_beside(rule, covers, &beside, *exposure, rates, as_of))?;
                to_value(&json!({ "insurances": states, "covered": covered }))
            }
        }
    }
}

fn observed(run: &CaseRun<'_>, beside: &Beside, as_of: Date) -> Result<Vec<Observation>, String> {
    let facts = &run.case.facts;
    let watched = Watched { customer: run.customer, facts: run.facts, file: &facts.file, beside, rates: &facts.rates };
    text(indicators(run.policy, watched, as_of))
}

/// A section that a policy may leave out.
pub(super) fn section<'a, T>(section: Option<&'a T>, name: &str) -> Result<&'a T, String> {
    section.ok_or_else(|| format!("the policy has no section '{name}'"))
}
