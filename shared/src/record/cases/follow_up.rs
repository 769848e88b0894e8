//! What a case can ask about what follows a sale.

use super::{CaseRun, text, to_value};
use crate::facts::calendar::Date;
use crate::facts::id::ItemId;
use crate::facts::matter::Matter;
use crate::facts::money::Money;
use crate::facts::notice::{Contact, Notice};
use crate::facts::observation::{Acknowledgement, Observation};
use crate::facts::overdue::{Overdue, Payment};
use crate::facts::promise::{Plan, Promise};
use crate::facts::recovery::RecoveryCase;
use crate::facts::reference_rate::{ReferenceRate, published};
use crate::facts::waiver::{AfterWaiver, InterestWaiver, Waiver, given_up};
use crate::questions::bad_debts::{BillPortfolio, Debtor, bad_debts};
use crate::questions::late_interest::{Charging, customer_interest};
use crate::readings::behaviour::behaviour;
use crate::readings::standing::{Position, Standing};
use crate::rules::clock::demands;
use crate::rules::dunning::{Account, DunningRule, dunning, open_items};
use crate::rules::interest::{InterestRule, InterestRules, RuleInForce, late_interest};
use crate::rules::letter::{CreditNotice, CustomerReason, Parties};
use crate::rules::order_check::Reason;
use crate::rules::policy::Policy;
use crate::rules::promise::Rhythm;
use crate::rules::provision::{Receivable, movement, provision};
use crate::rules::recovery::recovery_by_stage;
use crate::rules::review::ReviewFile;
use crate::rules::warning::observe;
use crate::rules::worklist::{work_item, worklist};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A question. Its date is the case's.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// What has each document of the case's ledger cost, under a method of the policy?
    CustomerInterest {
        /// The policy's method; its default one when left out.
        #[serde(default)]
        method: Option<String>,
        /// What was waived.
        #[serde(default)]
        waivers: Vec<InterestWaiver>,
        /// What is known of its bankruptcy, among all that runs out.
        #[serde(default)]
        matters: Vec<Matter>,
    },
    /// May so much of a sum be waived, and how does it stand then?
    Waive {
        /// Late interest or a fee.
        gross: Money,
        /// What was waived of it before.
        #[serde(default)]
        earlier: Vec<Waiver>,
        /// What is to be waived.
        waiver: Waiver,
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
    /// What must be provided for receivables?
    Provision {
        /// The receivables.
        receivables: Vec<Receivable>,
    },
    /// What must be provided for the case's ledger?
    BadDebts {
        /// The portfolio of the case's customer; nobody said, when left out.
        #[serde(default)]
        portfolio: Option<String>,
        /// The portfolios of its bills.
        #[serde(default)]
        bills: Vec<BillPortfolio>,
    },
    /// How did the allowance move?
    AllowanceMovement {
        /// At the beginning.
        opening: Money,
        /// What is needed at the end.
        required: Money,
        /// What was written off.
        written_off: Money,
        /// What came in after all.
        recovered: Money,
    },
    /// How do the indicators stand, and what changed since a day?
    Warnings {
        /// What was observed.
        observations: Vec<Observation>,
        /// What somebody has seen.
        #[serde(default)]
        acknowledged: Vec<Acknowledgement>,
        /// The day to compare with.
        before: Date,
    },
    /// The same for what the ledger itself shows on the day.
    LedgerWarnings,
    /// How does a legal clock stand?
    Clock {
        /// What it runs for.
        matter: Matter,
    },
    /// How does limitation of a document stand, by the messages that went out?
    Demanded {
        /// The document.
        item: ItemId,
        /// When it fell due.
        due: Date,
        /// What went out.
        notices: Vec<Notice>,
    },
    /// What is due for another look?
    Review {
        /// What is known.
        file: ReviewFile,
        /// Whether the papers of the case's credit file are looked at too.
        #[serde(default)]
        papers: bool,
    },
    /// How does a recovery case stand?
    RecoveryCase {
        /// The case.
        case: RecoveryCase,
    },
    /// What did each stage bring?
    RecoveryRates {
        /// The cases.
        cases: Vec<RecoveryCase>,
    },
}

impl FollowUpAsk {
    /// Answers the question at the case's date.
    pub(super) fn answer(&self, run: &CaseRun<'_>) -> Result<Value, String> {
        let (policy, as_of, rates) = (run.policy, run.case.as_of, &run.case.facts.rates);
        match self {
            Self::LateInterest { overdue, method, rule, rules, rates } => {
                let interest = section(policy.interest.as_ref(), "interest")?;
                let rates = match rates {
                    Some(rates) => rates.clone(),
                    None => text(published())?,
                };
                let rules = rules_in_force(interest, method.as_deref(), rule.as_ref(), rules)?;
                to_value(&text(late_interest(overdue, &rules, &rates, interest.quote_days, as_of))?)
            }
            Self::CustomerInterest { method, waivers, matters } => {
                of_customer(run, method.as_deref(), (waivers, matters))
            }
            Self::Waive { gross, earlier, waiver } => {
                let authority = section(policy.authority.as_ref(), "authority")?;
                let sum =
                    text(given_up(*gross, earlier, as_of).and_then(|given_up| AfterWaiver::of(*gross, given_up)))?;
                to_value(&text(authority.waive(sum, waiver, policy.currency, rates))?)
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
            Self::Demand { parties, account } => demand(run, parties, account),
            Self::CreditLetter { parties, notice } => {
                let letters = section(policy.letters.as_ref(), "letters")?;
                to_value(&letters.credit(parties, notice, as_of))
            }
            Self::CustomerReasons { reasons } => {
                to_value(&reasons.iter().filter_map(CustomerReason::of).collect::<Vec<_>>())
            }
            Self::Provision { receivables } => {
                let rule = section(policy.provision.as_ref(), "provision")?;
                to_value(&text(provision(rule, receivables, policy.currency, rates, as_of))?)
            }
            Self::BadDebts { portfolio, bills } => {
                let rule = section(policy.provision.as_ref(), "provision")?;
                let customer = run.customer.id;
                let debtor = portfolio.clone().map(|portfolio| Debtor {
                    customer,
                    portfolio,
                    grade: None,
                    specific: Vec::new(),
                    bills: bills.clone(),
                });
                let debtors: Vec<Debtor> = debtor.into_iter().collect();
                to_value(&text(bad_debts(rule, run.facts, &debtors, policy.currency, rates, as_of))?)
            }
            Self::AllowanceMovement { opening, required, written_off, recovered } => {
                to_value(&text(movement(*opening, *required, *written_off, *recovered))?)
            }
            Self::Warnings { observations, acknowledged, before } => {
                let rule = section(policy.warnings.as_ref(), "warnings")?;
                to_value(&rule.report(observations, acknowledged, *before, as_of))
            }
            Self::LedgerWarnings => {
                let standing = text(Standing::of(run.customer, run.facts, &run.case.rates(), None))?;
                let position = text(Position::of(&standing, &policy.exposure, as_of))?;
                let paid = text(behaviour(run.journal, &policy.behaviour, policy.currency, rates, as_of))?;
                let rule = section(policy.warnings.as_ref(), "warnings")?;
                to_value(&rule.report(&observe(&standing, &position, &paid, as_of), &[], Date::MIN, as_of))
            }
            Self::Clock { matter } => {
                to_value(&section(policy.clocks.as_ref(), "clocks")?.read(matter, &policy.calendar, as_of))
            }
            Self::Demanded { item, due, notices } => {
                let interruptions = demands(notices, &[*item], *due);
                let matter = Matter::Limitation { due: *due, interruptions, obstacles: Vec::new() };
                to_value(&section(policy.clocks.as_ref(), "clocks")?.read(&matter, &policy.calendar, as_of))
            }
            Self::Review { file, papers } => review(run, file.clone(), *papers),
            Self::RecoveryCase { case } => {
                let rule = section(policy.recovery.as_ref(), "recovery")?;
                to_value(&text(rule.state(case, &policy.calendar, as_of))?)
            }
            Self::RecoveryRates { cases } => to_value(&text(recovery_by_stage(cases, policy.currency, as_of))?),
        }
    }
}

fn of_customer(
    run: &CaseRun<'_>,
    method: Option<&str>,
    (waivers, matters): (&[InterestWaiver], &[Matter]),
) -> Result<Value, String> {
    let interest = section(run.policy.interest.as_ref(), "interest")?;
    let rule = text(interest.method(method))?.clone();
    let (rules, lpr) = ([RuleInForce { from: Date::MIN, rule }], text(published())?);
    let bankrupt = matters.iter().filter_map(Matter::bankruptcy_accepted).min();
    let by = Charging { rules: &rules, rates: &lpr, quote_days: interest.quote_days, bankrupt };
    let file = &run.case.facts.file;
    to_value(&text(customer_interest(run.customer.id, run.facts, file, waivers, by, run.case.as_of))?)
}

fn review(run: &CaseRun<'_>, mut file: ReviewFile, papers: bool) -> Result<Value, String> {
    let (policy, as_of) = (run.policy, run.case.as_of);
    if papers {
        let rule = section(policy.credit_file.as_ref(), "credit_file")?;
        file.lapses.extend(rule.lapses(&run.case.facts.file, as_of));
    }
    to_value(&section(policy.review.as_ref(), "review")?.tasks(&file, &policy.calendar, as_of))
}

fn demand(run: &CaseRun<'_>, parties: &Parties, account: &Account) -> Result<Value, String> {
    let (policy, as_of) = (run.policy, run.case.as_of);
    let dunning = text(dunning(rule(policy)?, account, &policy.calendar, &run.case.facts.rates, as_of))?;
    let letters = section(policy.letters.as_ref(), "letters")?;
    let message = dunning.message.as_ref().ok_or("no message is due")?;
    let grade = account.grade.as_deref();
    to_value(&text(letters.demand(parties, rule(policy)?, grade, message, &dunning, as_of))?)
}

fn rule(policy: &Policy) -> Result<&DunningRule, String> {
    section(policy.dunning.as_ref(), "dunning")
}

/// The rules that were asked for: those that followed each other, else an agreement's own, else a method of the policy.
fn rules_in_force(
    interest: &InterestRules,
    method: Option<&str>,
    own: Option<&InterestRule>,
    rules: &[RuleInForce],
) -> Result<Vec<RuleInForce>, String> {
    if !rules.is_empty() {
        return Ok(rules.to_vec());
    }
    let rule = match own {
        Some(rule) => rule,
        None => text(interest.method(method))?,
    };
    Ok(vec![RuleInForce { from: Date::MIN, rule: rule.clone() }])
}

/// A section that a policy may leave out.
fn section<'a, T>(section: Option<&'a T>, name: &str) -> Result<&'a T, String> {
    section.ok_or_else(|| format!("the policy has no section '{name}'"))
}
