//! The domain's figures: the same work natively (`main.rs`) and in a browser page (`tests/bench/domain.mjs`).
//!
//! Whoever measures brings the clock; a [`Case`] lays out its input once, does its work so many times and says what it
//! comes to, so that both can be seen to have done the same. Never deployed.

// Figures of a seeded book are small, and a case that cannot be judged has nothing to measure.
#![allow(clippy::arithmetic_side_effects, clippy::missing_panics_doc)]

mod book;
mod floats;

use shared::facts::customer::Customer;
use shared::facts::id::DecisionId;
use shared::facts::ledger::{Order, Recorded};
use shared::facts::money::Currency;
use shared::facts::number::Points;
use shared::questions::what_if::{
    Banded, FullComparison, FullOutcome, FullPortfolio, FullTotals, Outcome, Portfolio, compare, compare_fully,
};
use shared::readings::aging::aging;
use shared::readings::journal::Journal;
use shared::readings::standing::Standing;
use shared::record::decision::{decide_order, policy_digest};
use shared::record::digest::digest;
use shared::rules::order_check::order_check;
use shared::rules::policy::{DEFAULT, Policy, PolicyVersion};
use std::hint::black_box;
use wasm_bindgen::prelude::wasm_bindgen;

/// What is measured, and with how much of what.
pub const CASES: [(&str, &str, &[usize]); 11] = [
    ("order check", "open items", &[10, 10_000]),
    ("order check with its digest", "open items", &[10, 10_000]),
    ("what-if: score, grade, limit, verdict", "customers", &[1_000, 10_000, 100_000]),
    ("what-if: the same, totals and migration", "customers", &[1_000, 10_000, 100_000]),
    ("full what-if: score, grade, limit, verdict", "customers", &[1_000, 10_000, 100_000]),
    ("full what-if: the same, provision, totals, migration", "customers", &[1_000, 10_000, 100_000]),
    ("aging", "open items", &[500, 5_000, 50_000]),
    ("standing from its facts", "open items", &[10, 10_000]),
    // What the full pass without sums takes, taken apart: what is left without the cards, what provision adds, and the sums.
    ("full what-if: cards of one line, no caps", "customers", &[100_000]),
    ("full what-if: the pass with provision", "customers", &[100_000]),
    ("full what-if: totals and migration alone", "customers", &[100_000]),
];

/// Open items per customer where aging is measured.
const ITEMS_EACH: usize = 10;

/// The list of cases as JSON.
#[must_use]
#[wasm_bindgen]
pub fn cases() -> String {
    serde_json::to_string(&CASES).expect("a list of names and numbers is JSON")
}

/// The policy that every case is judged by, as JSON.
#[must_use]
#[wasm_bindgen]
pub fn policy() -> String {
    DEFAULT.to_owned()
}

/// What the what-if reads, for code that has no integers of ours: one column after the other, each `customers` long.
/// First the eight values of a profile, then billing by day, capital, exposure, orders, open items, overdue, all in
/// whole units, and the days of the oldest; what is unknown is no number.
#[must_use]
#[wasm_bindgen]
#[allow(clippy::cast_precision_loss)] // being inexact is the point of it
pub fn float_columns(customers: usize) -> Vec<f64> {
    let members = book::members(customers);
    let mut columns = Vec::with_capacity(15 * customers);
    for place in 0..8 {
        let value = |values: &[Option<shared::facts::number::Ratio>; 8]| {
            values[place].map_or(f64::NAN, |value| value.units() as f64 / 1e6)
        };
        columns.extend(members.iter().map(|member| value(&member.profile.values)));
    }
    let yuan = |money: shared::facts::money::Money| money.minor() as f64 / 100.0;
    columns.extend(members.iter().map(|member| member.need.per_day.map_or(f64::NAN, yuan)));
    columns.extend(members.iter().map(|member| member.need.capital.map_or(f64::NAN, yuan)));
    columns.extend(members.iter().map(|member| yuan(member.position.exposure.total)));
    columns.extend(members.iter().map(|member| yuan(member.position.exposure.orders)));
    columns.extend(members.iter().map(|member| yuan(member.position.exposure.open_items)));
    columns.extend(members.iter().map(|member| yuan(member.position.overdue)));
    columns.extend(members.iter().map(|member| f64::from(member.position.oldest_days)));
    columns
}

/// The exact what-if beside them: the place of the grade and the limit in minor units, customer by customer.
#[must_use]
#[wasm_bindgen]
pub fn exact(customers: usize) -> Vec<i64> {
    let outcomes = Portfolio::of(&book::members(customers)).pass(&the_policy());
    outcomes.iter().flat_map(|outcome| [i64::from(outcome.rank), outcome.limit]).collect()
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
    Pass { portfolio: Portfolio },
    Whole { portfolio: Portfolio, before: Vec<Outcome> },
    FullPass { book: FullPortfolio, banded: Option<Banded> },
    FullSums { book: FullPortfolio, banded: Banded, before: Vec<FullOutcome> },
    FullWhole { book: FullPortfolio, banded: Banded, before: Vec<FullOutcome> },
    Aging { journal: Journal },
    Standing { customer: Customer, facts: Vec<Recorded> },
}

#[wasm_bindgen]
impl Case {
    /// Lays out what the work needs.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new(name: &str, size: usize) -> Self {
        let mut policy = the_policy();
        let standing = || {
            let facts = book::ledger(1, size);
            Standing::of(&book::customer(0), &facts, &[], None).expect("the facts are sound")
        };
        let portfolio = || Portfolio::of(&book::members(size));
        let input = match CASES.iter().position(|(known, _, _)| *known == name).expect("the name of a case") {
            0 => Input::Check { standing: standing(), order: book::order() },
            1 => Input::Decide { standing: standing(), order: book::order() },
            2 => Input::Pass { portfolio: portfolio() },
            3 => Input::Whole { portfolio: portfolio(), before: portfolio().pass(&policy) },
            4 => Input::FullPass { book: full(size), banded: None },
            place @ (5 | 10) => {
                let (book, banded) = full_banded(size, &policy);
                let before = book.pass(&policy, Some(&banded)).expect("the policy has its sections");
                if place == 5 {
                    Input::FullWhole { book, banded, before }
                } else {
                    Input::FullSums { book, banded, before }
                }
            }
            6 => {
                let facts = book::ledger(size / ITEMS_EACH, size);
                Input::Aging { journal: Journal::of(&facts, None).expect("the facts are sound") }
            }
            7 => Input::Standing { customer: book::customer(0), facts: book::ledger(1, size) },
            8 => {
                bare(&mut policy);
                Input::FullPass { book: full(size), banded: None }
            }
            _ => {
                let (book, banded) = full_banded(size, &policy);
                Input::FullPass { book, banded: Some(banded) }
            }
        };
        let digest = policy_digest(&policy).expect("a policy is JSON");
        Self { policy: PolicyVersion { version: 1, digest, policy }, input }
    }

    /// Does the work so many times.
    pub fn run(&self, times: u32) {
        for _ in 0..times {
            self.work(|outcome| drop(black_box(outcome)));
        }
    }

    /// The digest of what it comes to.
    #[must_use]
    pub fn outcome(&self) -> String {
        let mut text = String::new();
        self.work(|outcome| text = outcome.digest());
        text
    }

    fn work(&self, done: impl FnOnce(Done)) {
        let policy = &self.policy.policy;
        done(match &self.input {
            Input::Check { standing, order } => {
                let answer = order_check(policy, standing, order, book::today());
                Done::Answer(Box::new(answer.expect("the order can be judged")))
            }
            Input::Decide { standing, order } => {
                let id = DecisionId(order.id.0);
                let decision = decide_order(id, &self.policy, standing.clone(), order.clone(), book::today());
                Done::Decision(Box::new(decision.expect("the order can be judged").into()))
            }
            Input::Pass { portfolio } => Done::Outcomes(portfolio.pass(policy)),
            Input::Whole { portfolio, before } => {
                let after = portfolio.pass(policy);
                let totals = portfolio.totals(policy, &after).expect("the totals fit");
                let grades = policy.grade.bands.len();
                Done::Whole(Box::new((totals, compare(before, &after, grades, grades))))
            }
            Input::FullPass { book, banded } => {
                Done::FullOutcomes(book.pass(policy, banded.as_ref()).expect("the policy has its sections"))
            }
            Input::FullSums { book, banded, before } => {
                let totals = book.totals(policy, Some(banded), before).expect("the totals fit");
                let compared = compare_fully(book, (before, policy), (before, policy), 20).expect("the changes fit");
                Done::FullWhole(Box::new((totals, compared)))
            }
            Input::FullWhole { book, banded, before } => {
                let after = book.pass(policy, Some(banded)).expect("the policy has its sections");
                let totals = book.totals(policy, Some(banded), &after).expect("the totals fit");
                let compared = compare_fully(book, (before, policy), (&after, policy), 20).expect("the changes fit");
                Done::FullWhole(Box::new((totals, compared)))
            }
            Input::Aging { journal } => {
                Done::Aged(aging(journal, &policy.aging, book::today()).expect("the bands fit"))
            }
            Input::Standing { customer, facts } => {
                Done::Standing(Box::new(Standing::of(customer, facts, &[], None).expect("the facts are sound")))
            }
        });
    }
}

/// What work comes to.
enum Done {
    Answer(Box<shared::rules::order_check::Answer>),
    Decision(Box<shared::record::decision::Decision>),
    Outcomes(Vec<Outcome>),
    Whole(Box<(shared::questions::what_if::Totals, shared::questions::what_if::Comparison)>),
    FullOutcomes(Vec<FullOutcome>),
    FullWhole(Box<(FullTotals, FullComparison)>),
    Aged(Vec<shared::readings::aging::AgingRow>),
    Standing(Box<Standing>),
}

impl Done {
    fn digest(&self) -> String {
        match self {
            Self::Answer(answer) => digest(answer),
            Self::Decision(decision) => digest(decision),
            Self::Outcomes(outcomes) => {
                let plain = |outcome: &Outcome| (outcome.rank, outcome.limit, outcome.over, outcome.verdict);
                digest(&outcomes.iter().map(plain).collect::<Vec<_>>())
            }
            Self::Whole(whole) => digest(whole),
            Self::FullOutcomes(outcomes) => {
                let plain = |outcome: &FullOutcome| {
                    (outcome.points, outcome.rank, outcome.limit, outcome.over, outcome.verdict)
                };
                digest(&outcomes.iter().map(plain).collect::<Vec<_>>())
            }
            Self::FullWhole(whole) => digest(whole),
            Self::Aged(rows) => digest(rows),
            Self::Standing(standing) => digest(standing),
        }
        .expect("an outcome is JSON")
    }
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

fn the_policy() -> Policy {
    Policy::parse(DEFAULT).expect("the shipped policy is sound")
}
