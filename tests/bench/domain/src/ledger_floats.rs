//! What aging and exposure read and come to, for code that has no integers of ours: `tests/bench/ledger-floats.mjs`.

// Being inexact is the point of floats here.
#![allow(clippy::cast_precision_loss)]

use crate::{book, many, the_policy};
use shared::facts::calendar::days_between;
use shared::readings::aging::{aging, totals};
use shared::readings::standing::Position;
use wasm_bindgen::prelude::wasm_bindgen;

/// The open documents that are aged: three numbers each, whose (the place of the customer), days past due, the amount in
/// whole units.
#[must_use]
#[wasm_bindgen]
pub fn aging_items(documents: usize) -> Vec<f64> {
    let journal = many::open_documents(documents);
    let row = |item: &shared::readings::journal::ItemRow| {
        let days = days_between(item.due, book::today());
        [f64::from(item.customer), f64::from(days), item.amount.minor() as f64 / 100.0]
    };
    journal.items.iter().flat_map(row).collect()
}

/// What was applied to them: two numbers each, the place of the document and the amount.
#[must_use]
#[wasm_bindgen]
pub fn aging_allocations(documents: usize) -> Vec<f64> {
    let journal = many::open_documents(documents);
    journal.allocations.iter().flat_map(|row| [f64::from(row.item), row.minor as f64 / 100.0]).collect()
}

/// The exact foot of the table, band by band, in minor units.
#[must_use]
#[wasm_bindgen]
pub fn aging_totals(documents: usize) -> Vec<f64> {
    let policy = the_policy();
    let rows = aging(&many::open_documents(documents), &policy.aging, book::today()).expect("the bands fit");
    let totals = totals(&rows, &policy.aging).expect("the totals fit");
    totals.into_values().flatten().map(|amount| amount.minor() as f64).collect()
}

/// What the exposures are summed from: three numbers for each due day of a customer, whose, days past due, the amount.
#[must_use]
#[wasm_bindgen]
pub fn exposure_items(documents: usize) -> Vec<f64> {
    let standings = many::standings(documents.div_ceil(many::EACH));
    let mut rows = Vec::new();
    for (place, standing) in standings.iter().enumerate() {
        for bucket in &standing.open {
            let days = days_between(bucket.due, book::today());
            rows.extend([place as f64, f64::from(days), bucket.amount.minor() as f64 / 100.0]);
        }
    }
    rows
}

/// The exact exposure and what is overdue of it, in minor units.
#[must_use]
#[wasm_bindgen]
pub fn exposure_totals(documents: usize) -> Vec<f64> {
    let rule = the_policy().exposure;
    let (mut total, mut overdue) = (0, 0);
    for standing in many::standings(documents.div_ceil(many::EACH)) {
        let position = Position::of(&standing, &rule, book::today()).expect("the sums fit");
        total += position.exposure.total.minor();
        overdue += position.overdue.minor();
    }
    vec![total as f64, overdue as f64]
}
