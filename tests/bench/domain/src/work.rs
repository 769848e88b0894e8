//! The pieces of work that are measured: what each starts from, what it does, what it comes to.

use crate::{CASES, book, many, the_policy};
use serde::Serialize;
use shared::facts::calendar::Date;
use shared::facts::customer::Customer;
use shared::facts::id::DecisionId;
use shared::facts::ledger::{Order, Recorded};
use shared::facts::money::Currency;
use shared::facts::number::Points;
use shared::questions::back_test::{BackTest, Ledger, Period};
use shared::questions::full_assessment::{FullEvidence, assess_fully};
use shared::questions::what_if::{Banded, FullOutcome, FullPortfolio, Outcome, Portfolio, compare, compare_fully};
use shared::readings::aging::aging;
use shared::readings::journal::Journal;
use shared::readings::standing::{Position, Standing};
use shared::record::decision::{decide_order, policy_digest};
use shared::record::digest::digest;
use shared::rules::allocation::{Debt, Incoming, Setting, propose};
use shared::rules::dunning::{Account, dunning};
use shared::rules::order_check::order_check;
use shared::rules::policy::{Policy, PolicyVersion};
use std::hint::black_box;
use wasm_bindgen::prelude::wasm_bindgen;

/// The days that a back-test goes over.
fn period() -> Period {
    let day = |year, month, day| Date::from_ymd_opt(year, month, day).unwrap_or_default();
    Period { from: day(2024, 11, 1), to: day(2026, 10, 31), known: book::today() }
}

/// A piece of work, ready to be done again and again.
#[wasm_bindgen]
pub struct Case {
    policy: PolicyVersion,
    input: Input,
}

/// What the work starts from.
enum Input {
    Check { standing: Standing, order: Order },
    Decide { standing: Standing, order: Order },
    Checks { asked: Vec<(Standing, Order)> },
    Assess { evidence: Vec<FullEvidence> },
    Standing { customer: Customer, facts: Vec<Recorded> },
    Exposure { standings: Vec<Standing> },
    Aging { journal: Journal },
    Dunning { accounts: Vec<Account> },
    Allocation { payments: Vec<(Incoming, Vec<Debt>)> },
    BackTest { ledger: Ledger },
    Pass { portfolio: Portfolio },
    Whole { portfolio: Portfolio, before: Vec<Outcome> },
    FullPass { book: FullPortfolio, banded: Option<Banded> },
    FullSums { book: FullPortfolio, banded: Banded, before: Vec<FullOutcome> },
    FullWhole { book: FullPortfolio, banded: Banded, before: Vec<FullOutcome> },
}

#[wasm_bindgen]
impl Case {
    /// Lays out what the work needs.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new(name: &str, size: usize) -> Self {
        let mut policy = the_policy();
        assert!(CASES.iter().any(|(known, ..)| *known == name), "{name} is no case");
        let standing = || {
            let facts = book::ledger(1, size);
            Standing::of(&book::customer(0), &facts, &[], None).expect("the facts are sound")
        };
        let portfolio = || Portfolio::of(&book::members(size));
        let input = match name {
            "order check" => Input::Check { standing: standing(), order: book::order() },
            "order check with its digest" => Input::Decide { standing: standing(), order: book::order() },
            "order checks, one each" => {
                let asked = |standing: Standing| {
                    let order = many::order_of(&standing);
                    (standing, order)
                };
                Input::Checks { asked: many::standings(size).into_iter().map(asked).collect() }
            }
            "full assessments" => {
                Input::Assess { evidence: book::full_members(size).into_iter().map(|member| member.evidence).collect() }
            }
            "standing from its facts" => Input::Standing { customer: book::customer(0), facts: book::ledger(1, size) },
            "exposure" => Input::Exposure { standings: many::standings(size.div_ceil(many::EACH)) },
            "aging" => Input::Aging { journal: many::open_documents(size) },
            "dunning run" => Input::Dunning { accounts: many::accounts(&policy, size, false) },
            "dunning run, nothing new" => Input::Dunning { accounts: many::accounts(&policy, size, true) },
            "allocation, a payment of each" => Input::Allocation { payments: many::payments(size) },
            "back-test, 24 months" => {
                let (customers, journal) = many::past(size, period().from);
                Input::BackTest { ledger: Ledger::of_journal(customers, journal).expect("each customer has a file") }
            }
            "what-if: score, grade, limit, verdict" => Input::Pass { portfolio: portfolio() },
            "what-if: totals and migration too" => {
                Input::Whole { portfolio: portfolio(), before: portfolio().pass(&policy) }
            }
            "full what-if: score, grade, limit, verdict" => Input::FullPass { book: full(size), banded: None },
            "full what-if: cards of one line, no caps" => {
                bare(&mut policy);
                Input::FullPass { book: full(size), banded: None }
            }
            "full what-if: the pass with provision" => {
                let (book, banded) = full_banded(size, &policy);
                Input::FullPass { book, banded: Some(banded) }
            }
            sums => {
                let (book, banded) = full_banded(size, &policy);
                let before = book.pass(&policy, Some(&banded)).expect("the policy has its sections");
                if sums == "full what-if: provision and totals too" {
                    Input::FullWhole { book, banded, before }
                } else {
                    Input::FullSums { book, banded, before }
                }
            }
        };
        let digest = policy_digest(&policy).expect("a policy is JSON");
        Self { policy: PolicyVersion { version: 1, digest, policy }, input }
    }

    /// Does the work so many times.
    pub fn run(&self, times: u32) {
        for _ in 0..times {
            self.work(false);
        }
    }

    /// The digest of what it comes to.
    #[must_use]
    pub fn outcome(&self) -> String {
        self.work(true)
    }

    /// Does the work once; digests what it comes to only when somebody wants to know.
    #[allow(clippy::too_many_lines)] // an arm for each piece of work
    fn work(&self, told: bool) -> String {
        let (policy, today) = (&self.policy.policy, book::today());
        match &self.input {
            Input::Check { standing, order } => {
                tell(told, &order_check(policy, standing, order, today).expect("the order can be judged"))
            }
            Input::Decide { standing, order } => {
                let id = DecisionId(order.id.0);
                let decision = decide_order(id, &self.policy, standing.clone(), order.clone(), today);
                tell(told, &decision.expect("the order can be judged"))
            }
            Input::Checks { asked } => {
                let verdict = |(standing, order): &(Standing, Order)| {
                    order_check(policy, standing, order, today).expect("the order can be judged").verdict
                };
                tell(told, &asked.iter().map(verdict).collect::<Vec<_>>())
            }
            Input::Assess { evidence } => {
                let assessed = |evidence: &FullEvidence| {
                    let made = assess_fully(policy, evidence, today).expect("the customer can be assessed");
                    (made.rating.grade, made.score.points, made.proposal.limit)
                };
                tell(told, &evidence.iter().map(assessed).collect::<Vec<_>>())
            }
            Input::Standing { customer, facts } => {
                tell(told, &Standing::of(customer, facts, &[], None).expect("the facts are sound"))
            }
            Input::Exposure { standings } => {
                let position = |standing: &Standing| {
                    let position = Position::of(standing, &policy.exposure, today).expect("the sums fit");
                    (position.exposure.total.minor(), position.overdue.minor(), position.oldest_days)
                };
                tell(told, &standings.iter().map(position).collect::<Vec<_>>())
            }
            Input::Aging { journal } => tell(told, &aging(journal, &policy.aging, today).expect("the bands fit")),
            Input::Dunning { accounts } => {
                let rule = policy.dunning.as_ref().expect("the shipped policy dunns");
                let message = |account: &Account| {
                    let stands = dunning(rule, account, &policy.calendar, &[], today);
                    stands.expect("the account can be dunned").message
                };
                tell(told, &accounts.iter().map(message).collect::<Vec<_>>())
            }
            Input::Allocation { payments } => {
                let rule = policy.allocation.as_ref().expect("the shipped policy allocates");
                let setting = Setting { rule, agreed: None, currency: Currency::CNY, rates: &[] };
                let proposed = |(incoming, debts): &(Incoming, Vec<Debt>)| {
                    let made = propose(&setting, incoming, debts).expect("the payment can be allocated");
                    (made.lines.len(), made.unapplied.minor())
                };
                tell(told, &payments.iter().map(proposed).collect::<Vec<_>>())
            }
            Input::BackTest { ledger } => {
                let rule = policy.back_test.clone().expect("the shipped policy tests back");
                // The ledger is copied for each run; that is a part of a hundred or less.
                let test = BackTest::new(rule, period(), policy.clone(), None, ledger.clone(), Vec::new());
                let mut test = test.expect("the period is known");
                while test.step(500).map(|progress| progress.done < progress.of).expect("the sums fit") {}
                tell(told, &test.report().expect("the sums fit"))
            }
            Input::Pass { portfolio } => {
                let outcomes = portfolio.pass(policy);
                let plain = |outcome: &Outcome| (outcome.rank, outcome.limit, outcome.over, outcome.verdict);
                if told { tell(true, &outcomes.iter().map(plain).collect::<Vec<_>>()) } else { done(&outcomes) }
            }
            Input::Whole { portfolio, before } => {
                let after = portfolio.pass(policy);
                let totals = portfolio.totals(policy, &after).expect("the totals fit");
                let grades = policy.grade.bands.len();
                tell(told, &(totals, compare(before, &after, grades, grades)))
            }
            Input::FullPass { book, banded } => {
                let outcomes = book.pass(policy, banded.as_ref()).expect("the policy has its sections");
                let plain = |outcome: &FullOutcome| {
                    (outcome.points, outcome.rank, outcome.limit, outcome.over, outcome.verdict)
                };
                if told { tell(true, &outcomes.iter().map(plain).collect::<Vec<_>>()) } else { done(&outcomes) }
            }
            Input::FullSums { book, banded, before } => {
                let totals = book.totals(policy, Some(banded), before).expect("the totals fit");
                let compared = compare_fully(book, (before, policy), (before, policy), 20).expect("the changes fit");
                tell(told, &(totals, compared))
            }
            Input::FullWhole { book, banded, before } => {
                let after = book.pass(policy, Some(banded)).expect("the policy has its sections");
                let totals = book.totals(policy, Some(banded), &after).expect("the totals fit");
                let compared = compare_fully(book, (before, policy), (&after, policy), 20).expect("the changes fit");
                tell(told, &(totals, compared))
            }
        }
    }
}

/// The digest of an outcome, or nothing when only the work counts.
fn tell(told: bool, outcome: &impl Serialize) -> String {
    if told { digest(outcome).expect("an outcome is JSON") } else { done(outcome) }
}

/// Keeps the compiler from leaving the work undone.
fn done<T: ?Sized>(outcome: &T) -> String {
    black_box(outcome);
    String::new()
}

fn full(size: usize) -> FullPortfolio {
    let members = book::full_members(size);
    FullPortfolio::of(&members, Currency::CNY, &[], book::today()).expect("the members are in one currency")
}

fn full_banded(size: usize, policy: &Policy) -> (FullPortfolio, Banded) {
    let book = full(size);
    let rule = policy.provision.as_ref().expect("the shipped policy provides");
    let banded = Banded::of(&book, rule).expect("every portfolio is known");
    (book, banded)
}

/// Leaves one line of each card, and no knock-outs.
fn bare(policy: &mut Policy) {
    let scoring = policy.scoring.as_mut().expect("the shipped policy scores");
    for card in [&mut scoring.customer, &mut scoring.prospect] {
        card.lines.truncate(1);
        card.lines[0].weight = Points::from_units(10_000);
    }
    scoring.knock_outs.clear();
    scoring.must_screen.clear();
    policy.grade.knock_outs.clear();
}
