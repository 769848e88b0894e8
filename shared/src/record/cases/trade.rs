//! What cases can ask about terms, money coming in and what is sold: the questions of the rooms that stand beside the
//! order check.

use super::{CaseRun, text, to_value};
use crate::facts::money::Money;
use crate::facts::terms::Terms;
use crate::readings::concentration::{Balance, concentration};
use crate::readings::dso::dso;
use crate::readings::expected::expected_receipts;
use crate::readings::payment_index::payment_index;
use crate::rules::policy::Policy;
use crate::rules::receivables::ReceivablesSetting;
use crate::rules::terms::{Events, compare, schedule};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A question.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum TradeAsk {
    /// What is due when of an amount?
    TermsSchedule {
        /// The terms.
        terms: Terms,
        /// The amount.
        amount: Money,
        /// What has come to pass.
        events: Events,
    },
    /// Which of two terms is looser?
    TermsRanked {
        /// Asked for.
        asked: Terms,
        /// Granted.
        #[serde(default)]
        granted: Option<Terms>,
    },
    /// How fast do receivables turn into money?
    Dso,
    /// How promptly are bills paid?
    PaymentIndex,
    /// How much of the whole hangs on a few?
    Concentration {
        /// What each owes, in the policy's currency.
        balances: Vec<Balance>,
    },
    /// What comes in which week?
    ExpectedReceipts,
}

impl TradeAsk {
    pub(super) fn answer(&self, run: &CaseRun<'_>) -> Result<Value, String> {
        let (policy, as_of) = (run.policy, run.case.as_of);
        match self {
            Self::TermsSchedule { terms, amount, events } => {
                let setting = policy.terms.as_ref().ok_or("the policy has no section 'terms'")?;
                to_value(&text(schedule(*terms, *amount, events, &policy.calendar, setting.year_days, as_of))?)
            }
            Self::Dso => {
                let (rule, rates) = (&receivables(policy)?.dso, &run.case.facts.rates);
                to_value(&text(dso(run.journal, rule, &policy.calendar, policy.currency, rates, as_of))?)
            }
            Self::PaymentIndex => {
                let (rule, rates) = (&receivables(policy)?.payment_index, &run.case.facts.rates);
                to_value(&text(payment_index(run.journal, rule, policy.currency, rates, as_of))?)
            }
            Self::Concentration { balances } => {
                to_value(&text(concentration(balances, &receivables(policy)?.concentration, policy.currency))?)
            }
            Self::ExpectedReceipts => {
                to_value(&text(expected_receipts(run.journal, &receivables(policy)?.expected, as_of))?)
            }
            Self::TermsRanked { asked, granted } => to_value(&compare(*asked, *granted)),
        }
    }
}

fn receivables(policy: &Policy) -> Result<&ReceivablesSetting, &'static str> {
    policy.receivables.as_ref().ok_or("the policy has no section 'receivables'")
}
