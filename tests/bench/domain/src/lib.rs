//! The domain's figures: the same work natively (`main.rs`) and in a browser page (`tests/bench/domain.mjs`).
//!
//! Whoever measures brings the clock; a [`Case`] lays out its input once, does its work so many times and says what it
//! comes to, so that both can be seen to have done the same. Never deployed.

// Figures of a seeded book are small, and a case that cannot be judged has nothing to measure.
#![allow(clippy::arithmetic_side_effects, clippy::missing_panics_doc)]

mod book;
mod floats;
mod ledger_floats;
mod many;
mod work;

use shared::questions::what_if::Portfolio;
use shared::rules::policy::{DEFAULT, Policy};
use wasm_bindgen::prelude::wasm_bindgen;
pub use work::Case;

/// Sizes of whole books: customers, and their documents at ten each.
const CUSTOMERS: &[usize] = &[1_000, 10_000, 100_000];
const DOCUMENTS: &[usize] = &[10_000, 100_000, 1_000_000];
/// The same with the size that the bars are set for.
const WITH_THE_BAR: &[usize] = &[10_000, 50_000, 100_000, 1_000_000];

/// What is measured, and with how much of what.
pub const CASES: [(&str, &str, &[usize]); 18] = [
    ("order check", "open items", &[10, 10_000]),
    ("order check with its digest", "open items", &[10, 10_000]),
    ("order checks, one each", "customers", CUSTOMERS),
    ("full assessments", "customers", CUSTOMERS),
    ("standing from its facts", "open items", &[10, 10_000]),
    ("exposure", "documents", DOCUMENTS),
    ("aging", "documents", WITH_THE_BAR),
    ("dunning run", "documents", WITH_THE_BAR),
    ("dunning run, nothing new", "documents", WITH_THE_BAR),
    ("allocation, a payment of each", "documents", DOCUMENTS),
    ("back-test, 24 months", "documents", DOCUMENTS),
    ("what-if: score, grade, limit, verdict", "customers", CUSTOMERS),
    ("what-if: totals and migration too", "customers", CUSTOMERS),
    ("full what-if: score, grade, limit, verdict", "customers", CUSTOMERS),
    ("full what-if: provision and totals too", "customers", CUSTOMERS),
    // What the full pass without sums takes, taken apart: what is left without the cards, what provision adds, and the sums.
    ("full what-if: cards of one line, no caps", "customers", &[100_000]),
    ("full what-if: the pass with provision", "customers", &[100_000]),
    ("full what-if: totals and migration alone", "customers", &[100_000]),
];

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

fn the_policy() -> Policy {
    Policy::parse(DEFAULT).expect("the shipped policy is sound")
}

#[cfg(test)]
mod tests {
    use super::{CASES, Case};

    /// Every case can be laid out and done, and comes to the same each time: what is measured is work.
    #[test]
    fn every_case_comes_to_the_same_again() {
        for (name, _, sizes) in CASES {
            let size = sizes[0].min(2_000);
            let (once, again) = (Case::new(name, size), Case::new(name, size));
            once.run(1);
            assert_eq!(once.outcome(), again.outcome(), "{name}");
            assert_eq!(once.outcome().len(), 64, "{name}");
        }
    }
}
