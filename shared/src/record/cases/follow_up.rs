//! What a case can ask about what follows a sale.

use super::{CaseRun, text, to_value};
use crate::facts::calendar::Date;
use crate::facts::money::Money;
use crate::facts::reference_rate::{ReferenceRate, published};
use crate::rules::dunning::{Account, DunningRule, dunning, open_items};
use crate::rules::interest::{InterestRule, Overdue, Payment, RuleInForce, late_interest};
use crate::rules::letter::{CreditNotice, CustomerReason, Parties};
use crate::rules::order_check::Reason;
use crate::rules::policy::Policy;
use crate::rules::promise::{Plan, Promise, Rhythm};
use crate::rules::worklist::{Contact, work_item, worklist};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A question. Its date is the case's.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum FollowUpAsk {
    /// How much late interest came together?
    LateInterest {
        /// What is overdue.
        overdue: Overdue,
        /// The policy's method; its default one when left out.
        #[serde(default)]
        method: Option<String>,
        /// An agreement's own rule, in place of a method.
        #[serde(default)]
        rule: Option<InterestRule>,
        /// Rules that followed each other, in place of one.
        #[serde(default)]
        rules: Vec<RuleInForce>,
        /// The publications that are known; those of a new book when left out.
        #[serde(default)]
        rates: Option<Vec<ReferenceRate>>,
    },
    /// How does dunning stand, and which message goes out? Documents come from the case's ledger when none are given.
    Dunning {
        /// What dunning sees.
        account: Account,
    },
    /// What became of promises?
    Promises {
        /// The promises.
        promises: Vec<Promise>,
        /// What came in.
        #[serde(default)]
        payments: Vec<Payment>,
    },
    /// How does a plan stand?
    Plan {
        /// The plan.
        plan: Plan,
        /// What came in.
        #[serde(default)]
        payments: Vec<Payment>,
    },
    /// Which parts make a plan that is agreed on the case's date?
    ProposePlan {
        /// In all.
        total: Money,
        /// Parts.
        count: u16,
        /// The first part's day.
        first: Date,
        /// The rhythm.
        rhythm: Rhythm,
    },
    /// In which order are customers called, and what is said?
    Worklist {
        /// The customers.
        accounts: Vec<Account>,
        /// The contacts with each, in the same order; none when left out.
        #[serde(default)]
        contacts: Vec<Vec<Contact>>,
    },
    /// The demand for the message that dunning proposes.
    Demand {
        /// Who writes to whom.
        parties: Parties,
        /// What dunning sees.
        account: Account,
    },
    /// The letter about a decision on credit.
    CreditLetter {
        /// Who writes to whom.
        parties: Parties,
        /// What was decided.
        notice: CreditNotice,
    },
    /// What a customer may be told of what an order check found.
    CustomerReasons {
        /// The findings.
        reasons: Vec<Reason>,
    },
}

impl FollowUpAsk {
    /// Answers the question at the case's date.
    pub(super) fn answer(&self, run: &CaseRun<'_>) -> Result<Value, String> {
        let (policy, as_of, rates) = (run.policy, run.case.as_of, &run.case.facts.rates);
        match self {
            Self::LateInterest { overdue, method, rule, rules, rates } => {
                let section = policy.interest.as_ref().ok_or("the policy charges no interest")?;
                let rates = match rates {
                    Some(rates) => rates.clone(),
                    None => text(published())?,
                };
                let rules = match (rules.as_slice(), rule) {
                    ([], Some(rule)) => vec![RuleInForce { from: Date::MIN, rule: rule.clone() }],
                    ([], None) => {
                        let rule = text(section.method(method.as_deref()))?;
                        vec![RuleInForce { from: Date::MIN, rule: rule.clone() }]
                    }
                    (rules, _) => rules.to_vec(),
                };
                to_value(&text(late_interest(overdue, &rules, &rates, section.quote_days, as_of))?)
            }
            Self::Dunning { account } => {
                let mut account = account.clone();
                if account.items.is_empty() {
                    account.items = text(open_items(run.facts, as_of))?;
                }
                to_value(&text(dunning(rule(policy)?, &account, &policy.calendar, rates, as_of))?)
            }
            Self::Promises { promises, payments } => {
                to_value(&text(rule(policy)?.promise.promises(promises, payments, as_of))?)
            }
            Self::Plan { plan, payments } => to_value(&text(rule(policy)?.promise.plan(plan, payments, as_of))?),
            Self::ProposePlan { total, count, first, rhythm } => {
                let plan = rule(policy)?.promise.propose(*total, *count, as_of, *first, *rhythm, &policy.calendar);
                to_value(&text(plan)?)
            }
            Self::Worklist { accounts, contacts } => {
                let mut items = Vec::new();
                for (index, account) in accounts.iter().enumerate() {
                    let dunning = text(dunning(rule(policy)?, account, &policy.calendar, rates, as_of))?;
                    let contacts = contacts.get(index).map(Vec::as_slice).unwrap_or_default();
                    items.push(work_item(rule(policy)?, account, &dunning, contacts, as_of));
                }
                to_value(&worklist(items, |step| rule(policy).map_or(0, |rule| rule.firmness(step))))
            }
            Self::Demand { parties, account } => {
                let dunning = text(dunning(rule(policy)?, account, &policy.calendar, rates, as_of))?;
                let letters = policy.letters.as_ref().ok_or("the policy has no letters")?;
                let message = dunning.message.as_ref().ok_or("no message is due")?;
                let ladder = rule(policy)?.ladder(account.grade.as_deref(), dunning.overdue);
                let step = ladder.and_then(|ladder| ladder.steps.iter().find(|step| step.name == message.step));
                to_value(&letters.demand(parties, step.ok_or("a reminder is no demand")?, message, &dunning, as_of))
            }
            Self::CreditLetter { parties, notice } => {
                let letters = policy.letters.as_ref().ok_or("the policy has no letters")?;
                to_value(&letters.credit(parties, notice, as_of))
            }
            Self::CustomerReasons { reasons } => {
                to_value(&reasons.iter().filter_map(CustomerReason::of).collect::<Vec<_>>())
            }
        }
    }
}

fn rule(policy: &Policy) -> Result<&DunningRule, String> {
    policy.dunning.as_ref().ok_or_else(|| "the policy doesn't dun".to_owned())
}
