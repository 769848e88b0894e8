//! What cases can ask about terms, money coming in and what is sold: the questions of the rooms that stand beside the
//! order check.

use super::{CaseRun, text, to_value};
use crate::facts::account_statement::{AccountLine, AccountStatement, Answer, by_cycle};
use crate::facts::id::ReceiptId;
use crate::facts::ledger::{Allocation, Item};
use crate::facts::money::Money;
use crate::facts::money_in::Unclaimed;
use crate::facts::terms::Terms;
use crate::facts::terms::agreed::Cycle;
use crate::readings::bills::bills;
use crate::readings::concentration::{Balance, concentration};
use crate::readings::dso::dso;
use crate::readings::expected::expected_receipts;
use crate::readings::payment_index::payment_index;
use crate::readings::revaluation::revaluation;
use crate::rules::allocation::{Debt, Incoming, Order, Setting, propose, undo};
use crate::rules::claiming::{Candidate, claim};
use crate::rules::confirmation::confirmation;
use crate::rules::policy::Policy;
use crate::rules::receivables::ReceivablesSetting;
use crate::rules::reissue::{Anew, arising, reissue};
use crate::rules::settlement::settle;
use crate::rules::terms::{Events, compare, schedule};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A question.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// What does a payment settle? Answers the proposal.
    Allocate {
        /// The payment.
        incoming: Incoming,
        /// What is open.
        debts: Vec<Debt>,
        /// The order agreed with the customer.
        #[serde(default)]
        agreed: Option<Order>,
    },
    /// What does an allocated payment come to in the books? Answers the settlement of what is proposed.
    Settle {
        /// The payment.
        incoming: Incoming,
        /// What is open.
        debts: Vec<Debt>,
        /// What the bank credited for it in the book's currency.
        #[serde(default)]
        credited: Option<Money>,
    },
    /// What are open documents in other currencies worth on the day, against what they were booked at?
    Revaluation,
    /// Where does a statement of account stand?
    Confirmation {
        /// The statement.
        statement: AccountStatement,
        /// What the customer answered.
        answers: Vec<Answer>,
        /// Whether the agreement says that silence confirms.
        clause: bool,
    },
    /// Which statements do charges make?
    Cycles {
        /// The cycle.
        cycle: Cycle,
        /// The charges.
        charges: Vec<AccountLine>,
    },
    /// Whose money is this?
    Claim {
        /// The money.
        money: Unclaimed,
        /// Whose it may be.
        candidates: Vec<Candidate>,
    },
    /// How is an invoice taken back and issued anew?
    Reissue {
        /// The old invoice.
        old: Item,
        /// What is open of it.
        open: Money,
        /// What it is issued anew with.
        anew: Anew,
    },
    /// From which day does the age of what was issued anew count?
    Arising,
    /// What takes a payment's allocations back?
    UndoAllocation {
        /// The payment.
        receipt: ReceiptId,
        /// What was applied so far.
        allocations: Vec<Allocation>,
    },
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
                let bills = bills(run.facts.iter().filter(|fact| fact.date <= as_of));
                to_value(&text(expected_receipts(run.journal, &bills, &receivables(policy)?.expected, as_of))?)
            }
            Self::Allocate { incoming, debts, agreed } => {
                let rule = policy.allocation.as_ref().ok_or("the policy has no section 'allocation'")?;
                let (currency, rates) = (policy.currency, &run.case.facts.rates);
                to_value(&text(propose(&Setting { rule, agreed: *agreed, currency, rates }, incoming, debts))?)
            }
            Self::Settle { incoming, debts, credited } => {
                let rule = policy.allocation.as_ref().ok_or("the policy has no section 'allocation'")?;
                let (currency, rates) = (policy.currency, &run.case.facts.rates);
                let proposal = text(propose(&Setting { rule, agreed: None, currency, rates }, incoming, debts))?;
                to_value(&text(settle(currency, incoming, debts, &proposal, *credited, rates))?)
            }
            Self::Revaluation => {
                to_value(&text(revaluation(run.facts, policy.currency, &run.case.facts.rates, as_of))?)
            }
            Self::Confirmation { statement, answers, clause } => {
                let rule = policy.confirmation.as_ref().ok_or("the policy has no section 'confirmation'")?;
                to_value(&text(confirmation(rule, &policy.calendar, *clause, statement, answers, as_of))?)
            }
            Self::Cycles { cycle, charges } => to_value(&text(by_cycle(charges, *cycle))?),
            Self::Claim { money, candidates } => {
                let rule = policy.claiming.as_ref().ok_or("the policy has no section 'claiming'")?;
                to_value(&claim(rule, money, candidates))
            }
            Self::Reissue { old, open, anew } => to_value(&text(reissue(old, *open, anew))?),
            Self::Arising => to_value(&arising(run.facts)),
            Self::UndoAllocation { receipt, allocations } => to_value(&text(undo(allocations, *receipt))?),
            Self::TermsRanked { asked, granted } => to_value(&compare(*asked, *granted)),
        }
    }
}

fn receivables(policy: &Policy) -> Result<&ReceivablesSetting, &'static str> {
    policy.receivables.as_ref().ok_or("the policy has no section 'receivables'")
}
