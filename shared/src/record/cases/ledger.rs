//! What cases can ask about the ledger's own figures: what all its readings say of one day, write-offs, bills, ages, closed
//! periods, the tie-out with the ERP, statements of account, and who is liable.

use super::{CaseFact, CaseRun, text, to_value};
use crate::facts::account_statement::{AccountStatement, Answer, Says};
use crate::facts::calendar::Date;
use crate::facts::id::{CustomerId, FactId, FeedNumber, StatementId};
use crate::facts::ledger::Recorded;
use crate::facts::money::Money;
use crate::facts::period::PeriodChange;
use crate::facts::shipment::{Billing, Charge, Shipment};
use crate::facts::terms::agreed::Cycle;
use crate::questions::account_statement::{Draft, drafts};
use crate::questions::statement::statement;
use crate::questions::tie_out::{Control, tie_out};
use crate::questions::write_offs::{allowance_moved, write_offs};
use crate::readings::age::{by_age, by_service, uninvoiced};
use crate::readings::aging::aging;
use crate::readings::behaviour::behaviour;
use crate::readings::bills::bills;
use crate::readings::dso::dso;
use crate::readings::groups::Groups;
use crate::readings::journal::Journal;
use crate::readings::liable::facts_of;
use crate::readings::payment_index::payment_index;
use crate::readings::standing::Standing;
use crate::record::sealing::seal;
use crate::rules::ages::{AgesSetting, unconfirmed};
use crate::rules::closing::admits;
use crate::rules::confirmation::confirmation;
use crate::rules::dunning::open_items;
use crate::rules::order_check::position;
use crate::rules::policy::Policy;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A question.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum LedgerAsk {
    /// What do all readings say of the day? Answers aging, open items, unapplied money, behaviour, payment index, days to
    /// pay, the order check's position and the statement from a first day on.
    Books {
        /// The statement's first day.
        from: Date,
    },
    /// What was written off and recovered since a day?
    WriteOffs {
        /// The day.
        from: Date,
    },
    /// How did the allowance move by the ledger?
    AllowanceMoved {
        /// The first day.
        from: Date,
        /// At its beginning.
        opening: Money,
        /// What is needed at the case's date.
        required: Money,
    },
    /// Where do the ledger's bills stand? Answers each with its state.
    Bills,
    /// What of the ledger's bills counts on the customer? Answers the order check's position.
    BillsCounted,
    /// How old are open debts since they arose?
    ByAge,
    /// How long have services waited for their invoice, and statements for their confirmation?
    BeforeInvoice {
        /// Charges.
        #[serde(default)]
        charges: Vec<Charge>,
        /// What was billed of them.
        #[serde(default)]
        billings: Vec<Billing>,
        /// Their shipments.
        #[serde(default)]
        shipments: Vec<Shipment>,
        /// A statement that was sent.
        #[serde(default)]
        statement: Option<AccountStatement>,
        /// What the customer answered to it.
        #[serde(default)]
        answers: Vec<Answer>,
        /// Whether the agreement says that silence confirms.
        #[serde(default)]
        clause: bool,
    },
    /// May a fact of this date be recorded?
    Admits {
        /// Periods closed and opened again.
        changes: Vec<PeriodChange>,
        /// The fact's date.
        date: Date,
    },
    /// Does our aging tie out to the ERP?
    TieOut {
        /// What the ERP says.
        control: Control,
    },
    /// Which statement of account does a cycle make, and where does it stand once it is answered?
    AccountStatement {
        /// The cycle.
        cycle: Cycle,
        /// A day in it.
        day: Date,
        /// When it is sent.
        sent: Date,
        /// When an authorised person says that all of it is right.
        #[serde(default)]
        answered: Option<Date>,
        /// Whether that answer is to a statement with another figure.
        #[serde(default)]
        to_another: bool,
    },
    /// What counts for the case's customer with those for whom it is liable? Answers position and aging.
    Liable {
        /// Other customers' facts.
        others: Vec<OtherLedger>,
    },
}

/// The ledger of another customer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OtherLedger {
    /// Whose.
    pub customer: CustomerId,
    /// Its facts.
    pub ledger: Vec<CaseFact>,
}

impl LedgerAsk {
    pub(super) fn answer(&self, run: &CaseRun<'_>) -> Result<Value, String> {
        let (policy, as_of, rates) = (run.policy, run.case.as_of, &run.case.facts.rates);
        match self {
            Self::Books { from } => {
                let receivables = policy.receivables.as_ref().ok_or("the policy has no section 'receivables'")?;
                let (journal, currency) = (run.journal, policy.currency);
                let by_then: Vec<_> = run.facts.iter().filter(|fact| fact.date <= as_of).cloned().collect();
                let standing = text(Standing::of(run.customer, &by_then, rates, None))?;
                let unapplied: Vec<Money> = text(journal.unapplied_at(as_of))?.into_values().collect();
                let index = text(payment_index(journal, &receivables.payment_index, currency, rates, as_of))?;
                let dso = text(dso(journal, &receivables.dso, &policy.calendar, currency, rates, as_of))?;
                let made = text(statement(run.customer.id, run.facts, &policy.aging, *from, as_of))?;
                let position = text(position(policy, &standing, as_of))?;
                to_value(&json!({
                    "aging": text(aging(journal, &policy.aging, as_of))?,
                    "open": text(open_items(run.facts, as_of))?,
                    "unapplied": unapplied,
                    "behaviour": text(behaviour(journal, &policy.behaviour, currency, rates, as_of))?,
                    "payment_index": index,
                    "dso": dso,
                    "position": position,
                    "categories": standing.further.categories,
                    "statement": made.accounts,
                }))
            }
            Self::WriteOffs { from } => to_value(&text(write_offs(run.facts, (*from, as_of), policy.currency, rates))?),
            Self::AllowanceMoved { from, opening, required } => {
                to_value(&text(allowance_moved(run.facts, (*opening, *required), (*from, as_of), rates))?)
            }
            Self::Bills => {
                let all = bills(run.facts.iter().filter(|fact| fact.date <= as_of));
                let all = all.iter().map(|bill| json!({ "bill": bill, "state": bill.state(as_of) }));
                Ok(all.collect())
            }
            Self::BillsCounted => {
                let rule = policy.commitments.as_ref().ok_or("the policy has no section 'commitments'")?;
                let by_then: Vec<_> = run.facts.iter().filter(|fact| fact.date <= as_of).cloned().collect();
                let standing = text(Standing::of(run.customer, &by_then, rates, None))?;
                let further = text(standing.further.clone().with_bills(rule, &bills(&by_then), as_of))?;
                to_value(&text(position(policy, &Standing { further, ..standing }.with_rates(rates), as_of))?)
            }
            Self::ByAge => to_value(&text(by_age(run.journal, &ages(policy)?.months, as_of))?),
            Self::BeforeInvoice { charges, billings, shipments, statement, answers, clause } => {
                let mut pending = text(uninvoiced(charges, billings, shipments, as_of))?;
                if let Some(statement) = statement {
                    let rule = policy.confirmation.as_ref().ok_or("the policy has no section 'confirmation'")?;
                    let stands = text(confirmation(rule, &policy.calendar, *clause, statement, answers, as_of))?;
                    pending.extend(unconfirmed(statement, &stands));
                }
                to_value(&text(by_service(&pending, &ages(policy)?.service_days, as_of))?)
            }
            Self::Admits { changes, date } => {
                text(admits(changes, *date, None))?;
                Ok(json!({ "admitted": date }))
            }
            Self::TieOut { control } => to_value(&text(tie_out(run.facts, control, as_of))?),
            Self::AccountStatement { cycle, day, sent, answered, to_another } => {
                let mut made = Vec::new();
                for draft in text(drafts(run.customer.id, run.facts, &policy.aging, *cycle, *day))? {
                    let id = StatementId::derived(&["case"]);
                    let statement = text(seal(&draft, id, *sent))?;
                    let other = Draft { closing: text(draft.closing.plus(draft.closing))?, ..draft.clone() };
                    let answer = answered.map(|date| {
                        let of = if *to_another { text(seal(&other, id, *sent))? } else { statement.clone() };
                        let (by, says) = ("授权对账人".to_owned(), Says::Whole);
                        Ok::<_, String>(Answer { date, by, authorised: true, digest: of.digest, says })
                    });
                    let answers: Vec<Answer> = answer.transpose()?.into_iter().collect();
                    let rule = policy.confirmation.as_ref().ok_or("the policy has no section 'confirmation'")?;
                    let stands = text(confirmation(rule, &policy.calendar, false, &statement, &answers, as_of))?;
                    let named = stands.acknowledgement.as_ref().map(|paper| paper.digest == statement.digest);
                    made.push(json!({
                        "draft": draft, "statement": statement, "confirmation": stands, "acknowledges_it": named,
                    }));
                }
                to_value(&made)
            }
            Self::Liable { others } => liable(run, others),
        }
    }
}

fn ages(policy: &Policy) -> Result<&AgesSetting, &'static str> {
    policy.ages.as_ref().ok_or("the policy has no section 'ages'")
}

/// What counts for the case's customer with those for whom it is liable.
fn liable(run: &CaseRun<'_>, others: &[OtherLedger]) -> Result<Value, String> {
    let (policy, as_of, rates) = (run.policy, run.case.as_of, &run.case.facts.rates);
    let mut facts = run.facts.to_vec();
    for other in others {
        for fact in &other.ledger {
            let number = u64::try_from(facts.len()).unwrap_or(u64::MAX).saturating_add(1);
            facts.push(Recorded {
                id: FactId::derived(&["other", &number.to_string()]),
                customer: other.customer,
                feed: FeedNumber(number),
                date: fact.date,
                fact: fact.fact.clone(),
            });
        }
    }
    let groups = Groups::of(&run.case.facts.relations, as_of);
    let own = text(facts_of(&groups, run.customer.id, &facts))?;
    let standing = text(Standing::of(run.customer, &own, rates, None))?;
    let journal = text(Journal::of(&own, None))?;
    to_value(&json!({
        "position": text(position(policy, &standing, as_of))?,
        "limit": standing.limit,
        "aging": text(aging(&journal, &policy.aging, as_of))?,
    }))
}
