//! What a case can ask of the what-if: one customer changed, a monthly volume, goals to seek, a policy on the past, a book under
//! stress.

use super::assessing::Beside;
use super::orders::Kept;
use super::{CaseRun, merge, text, to_value};
use crate::facts::cover::Cover;
use crate::facts::ledger::Order;
use crate::facts::money::Money;
use crate::questions::acceptors::{Names, bills_held};
use crate::questions::back_test::{BackTest, Ledger, OnFile, Period};
use crate::questions::bad_debts::Debtor;
use crate::questions::goal::seek_at;
use crate::questions::scenario::{Scenario, Sources, what_if};
use crate::questions::stress::{Book, Stress, stress};
use crate::questions::volume::{Volume, volume};
use crate::readings::standing::Standing;
use crate::rules::order_check::{Circumstances, Verdict};
use crate::rules::policy::Policy;
use crate::rules::rating::GradeOverride;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The questions of this topic.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum LabAsk {
    /// What if this customer were different?
    Scenario {
        /// What is supposed.
        scenario: Box<Scenario>,
        /// The order.
        order: Box<Order>,
        /// What stands in for the customer.
        #[serde(default)]
        covers: Vec<Cover>,
        /// What is kept of the customer.
        #[serde(default)]
        kept: Box<Kept>,
        /// What a listed customer's equity was worth.
        #[serde(default)]
        market_value: Option<Money>,
        /// All credit that we give.
        #[serde(default)]
        portfolio: Option<Money>,
        /// A grade that a person gave.
        #[serde(default)]
        given: Option<Box<GradeOverride>>,
    },
    /// What is owed day by day with so much a month? From the first of the case's month; without its days unless asked for.
    Volume {
        /// How much, and how it is paid.
        volume: Box<Volume>,
        /// The limit.
        #[serde(default)]
        limit: Option<Money>,
        /// Whether to answer every day.
        #[serde(default)]
        days: bool,
    },
    /// What is the least that would make the order pass?
    Goals {
        /// The order.
        order: Box<Order>,
        /// What is known of it besides.
        #[serde(default)]
        around: Box<Circumstances>,
        /// What is kept of the customer.
        #[serde(default)]
        kept: Box<Kept>,
        /// What is wanted.
        wanted: Verdict,
    },
    /// What would the policy have done? The case's date is what is known.
    BackTest {
        /// The first day judged.
        from: crate::facts::calendar::Date,
        /// The last one.
        to: crate::facts::calendar::Date,
        /// A patch that makes a challenger of the policy.
        #[serde(default)]
        challenger: Option<Value>,
        /// Whether the case's file is kept, with what stands beside it.
        #[serde(default)]
        on_file: Option<Box<Beside>>,
        /// All credit that we give.
        #[serde(default)]
        portfolio: Option<Money>,
    },
    /// What would become of the book? Of one customer, whose receivables belong to this portfolio.
    Stress {
        /// What happens.
        stress: Stress,
        /// The portfolio.
        portfolio: String,
    },
}

impl LabAsk {
    pub(super) fn answer(&self, run: &CaseRun<'_>) -> Result<Value, String> {
        let CaseRun { case, policy, journal, customer, facts } = *run;
        let (rates, as_of) = (&case.facts.rates, case.as_of);
        let standing = || text(Standing::of(customer, facts, &case.rates(), None));
        let with = |kept: &Kept| {
            let standing = standing()?;
            let further = kept.further(run, &standing)?;
            Ok::<_, String>(Standing { further, ..standing }.with_rates(&case.rates()))
        };
        match self {
            Self::Scenario { scenario, order, covers, kept, market_value, portfolio, given } => {
                let (standing, file) = (&with(kept)?, &case.facts.file);
                let (market_value, portfolio, given) = (*market_value, *portfolio, given.as_deref());
                let sources = Sources {
                    policy,
                    customer,
                    journal,
                    file,
                    covers,
                    market_value,
                    portfolio,
                    given,
                    standing,
                    order,
                    rates,
                };
                to_value(&text(what_if(&sources, scenario, as_of))?)
            }
            Self::Volume { volume: asked, limit, days } => {
                let tolerance = policy.order_check.tolerance;
                let mut answer = text(volume(asked, *limit, tolerance, &policy.calendar, as_of))?;
                if !days {
                    answer.days.clear();
                }
                to_value(&answer)
            }
            Self::Goals { order, around, kept, wanted } => {
                to_value(&text(seek_at(policy, &with(kept)?, order, around, *wanted, as_of))?)
            }
            Self::BackTest { from, to, challenger, on_file, portfolio } => {
                let rule = policy.back_test.clone().ok_or("the policy has no such section")?;
                let period = Period { from: *from, to: *to, known: as_of };
                let challenger = challenger.as_ref().map(|patch| patched(policy, patch)).transpose()?;
                let mut ledger = text(Ledger::of(vec![customer.clone()], facts))?;
                if let Some(beside) = on_file {
                    let Beside { covers, given, .. } = Beside::clone(beside);
                    let on_file = OnFile { file: case.facts.file.clone(), covers, given };
                    ledger = ledger.with_files([(customer.id, on_file)].into());
                }
                if let Some(portfolio) = portfolio {
                    ledger = ledger.with_portfolio(*portfolio);
                }
                let test = BackTest::new(rule, period, policy.clone(), challenger, ledger, rates.clone());
                let mut test = text(test)?;
                text(test.step(usize::MAX))?;
                to_value(&text(test.report())?)
            }
            Self::Stress { stress: asked, portfolio } => {
                let debtor = Debtor {
                    customer: customer.id,
                    portfolio: portfolio.clone(),
                    grade: None,
                    specific: Vec::new(),
                    bills: Vec::new(),
                };
                let standings = [standing()?];
                let bills = bills_held(facts, &Names::of(&[(customer, &case.facts.file)]), as_of);
                let (standings, debtors) = (standings.as_slice(), &[debtor] as &[Debtor]);
                let book = Book { policy, journal, standings, bills: &bills, debtors, rates };
                to_value(&text(stress(&book, asked, as_of))?)
            }
        }
    }
}

fn patched(policy: &Policy, patch: &Value) -> Result<Policy, String> {
    let mut document = to_value(policy)?;
    merge(&mut document, patch);
    text(serde_json::from_value(document))
}
