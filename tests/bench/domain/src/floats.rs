//! What the full what-if reads and comes to, for code that has no integers of ours: `tests/bench/full-floats.mjs`.
//!
//! Every amount is in whole units, every column is as long as there are customers, those by the customer's card come first
//! and the prospects after them.

// Being inexact is the point of floats here.
#![allow(clippy::cast_precision_loss)]

use crate::{book, the_policy};
use shared::facts::customer::Stage;
use shared::facts::financials::Audit;
use shared::facts::money::{Currency, Money};
use shared::questions::what_if::{Banded, FullMember, FullPortfolio};
use shared::readings::papers::ScreeningState;
use shared::rules::policy::Policy;
use shared::rules::provision::{Method, Settled};
use shared::rules::scoring::{KnockOutWhen, Measure, Scale, Value};
use wasm_bindgen::prelude::wasm_bindgen;

fn members(customers: usize) -> Vec<FullMember> {
    let mut members = book::full_members(customers);
    members.sort_by_key(|member| member.evidence.stage == Stage::Prospect);
    members
}

/// All that some line or knock-out looks at.
fn measures(policy: &Policy) -> Vec<Measure> {
    let scoring = policy.scoring.as_ref().expect("the shipped policy scores");
    let lines = scoring.customer.lines.iter().chain(&scoring.prospect.lines).map(|line| line.measure.clone());
    let first = policy.grade.knock_outs.iter().map(|rule| Measure::Figure { figure: rule.characteristic });
    let second = scoring.knock_outs.iter().map(|rule| match &rule.when {
        KnockOutWhen::Above { measure, .. }
        | KnockOutWhen::Below { measure, .. }
        | KnockOutWhen::NegativeDenominator { measure } => measure.clone(),
        KnockOutWhen::Zone { model, .. } => Measure::Altman { model: *model },
        KnockOutWhen::Word { category, .. } => Measure::Appraisal { category: category.clone() },
    });
    let mut measures: Vec<Measure> = lines.chain(first).chain(second).collect();
    measures.sort();
    measures.dedup();
    measures
}

/// The words that the cards know, by category.
fn words(policy: &Policy, measure: &Measure) -> Vec<String> {
    let scoring = policy.scoring.as_ref().expect("the shipped policy scores");
    let lines = scoring.customer.lines.iter().chain(&scoring.prospect.lines).filter(|line| line.measure == *measure);
    let mut words: Vec<String> = lines
        .filter_map(|line| if let Scale::Words { words } = &line.scale { Some(words.keys().cloned()) } else { None })
        .flatten()
        .collect();
    words.sort();
    words.dedup();
    words
}

/// The measures that the columns stand for, each with its words, as JSON.
#[must_use]
#[wasm_bindgen]
pub fn full_measures() -> String {
    let policy = the_policy();
    let named: Vec<_> = measures(&policy).into_iter().map(|measure| (words(&policy, &measure), measure)).collect();
    serde_json::to_string(&named).expect("measures are JSON")
}

/// Two columns for each measure (a number or the place of a word; and 0 for a number, 1 for unknown, 2 and 3 for a zero and
/// a negative denominator, 4 more with a mark), then one for whether it is a prospect, the audit (-1 none, 0 unqualified,
/// 1 qualified, 2 unaudited), three checks (0 unknown, 1 clear, 2 hit) and the amounts.
#[must_use]
#[wasm_bindgen]
pub fn full_columns(customers: usize) -> Vec<f64> {
    let policy = the_policy();
    let scoring = policy.scoring.as_ref().expect("the shipped policy scores");
    let members = members(customers);
    let mut columns = Vec::new();
    for measure in measures(&policy) {
        let words = words(&policy, &measure);
        let read = |member: &FullMember| {
            let dossier = &member.evidence.dossier;
            let mark = if dossier.is_marked(&measure) { 4.0 } else { 0.0 };
            match dossier.value(&measure) {
                Some(Value::Number { number }) => (number.units() as f64 / 1e6, mark),
                Some(Value::Word { word }) => match words.iter().position(|known| *known == word) {
                    Some(place) => (place as f64, 0.0),
                    None => (f64::NAN, 1.0),
                },
                Some(Value::ZeroDenominator) => (f64::NAN, 2.0),
                Some(Value::NegativeDenominator) => (f64::NAN, 3.0),
                None => (f64::NAN, 1.0),
            }
        };
        columns.extend(members.iter().map(|member| read(member).0));
        columns.extend(members.iter().map(|member| read(member).1));
    }
    let mut column = |of: &dyn Fn(&FullMember) -> f64| columns.extend(members.iter().map(of));
    column(&|member| if member.evidence.stage == Stage::Prospect { 1.0 } else { 0.0 });
    column(&|member| {
        member.evidence.dossier.statement.map_or(-1.0, |basis| match basis.audit {
            Audit::Unqualified => 0.0,
            Audit::Qualified => 1.0,
            _ => 2.0,
        })
    });
    for kind in &scoring.must_screen {
        column(&|member| match member.evidence.dossier.screenings.get(kind) {
            Some(ScreeningState::Hit { .. }) => 2.0,
            Some(ScreeningState::Clear { .. }) => 1.0,
            _ => 0.0,
        });
    }
    let yuan = |money: Money| money.minor() as f64 / 100.0;
    let known = |money: Option<Money>| money.map_or(f64::NAN, yuan);
    column(&|member| known(member.evidence.basis.need.per_day));
    column(&|member| known(member.evidence.basis.need.capital));
    column(&|member| known(member.evidence.basis.tangible_net_worth));
    column(&|member| known(member.evidence.basis.working_capital));
    column(&|member| known(member.evidence.basis.turnover));
    column(&|member| known(member.evidence.basis.yearly_sales));
    column(&|member| known(member.evidence.basis.portfolio));
    column(&|member| member.evidence.basis.security.map_or(0.0, yuan));
    column(&|member| yuan(member.position.exposure.total));
    column(&|member| yuan(member.position.exposure.orders));
    column(&|member| yuan(member.position.exposure.open_items));
    column(&|member| yuan(member.position.overdue));
    column(&|member| f64::from(member.position.oldest_days));
    columns
}

/// The receivables: four numbers each, whose (the place of the customer), the place of the portfolio, that of the band, and
/// the amount.
#[must_use]
#[wasm_bindgen]
pub fn full_debts(customers: usize) -> Vec<f64> {
    let policy = the_policy();
    let rule = policy.provision.as_ref().expect("the shipped policy provides");
    let mut debts = Vec::new();
    for (row, member) in members(customers).iter().enumerate() {
        for debt in &member.receivables {
            let place = rule.portfolios.iter().position(|known| known.name == debt.portfolio);
            let place = place.expect("the book names portfolios of the policy");
            let band = match &rule.portfolios[place].method {
                Method::Matrix { bands, .. } | Method::Migration { bands, .. } => {
                    bands.band_of_age(&Settled { arose: debt.arose, due: debt.due }, book::today())
                }
                Method::ByGrade { .. } | Method::Rate { .. } => 0,
            };
            debts.extend([row as f64, place as f64, band as f64, debt.amount.minor() as f64 / 100.0]);
        }
    }
    debts
}

/// The exact totals, as JSON.
#[must_use]
#[wasm_bindgen]
pub fn full_totals(customers: usize) -> String {
    let policy = the_policy();
    let book = FullPortfolio::of(&members(customers), Currency::CNY, &[], book::today()).expect("one currency");
    let rule = policy.provision.as_ref().expect("the shipped policy provides");
    let banded = Banded::of(&book, rule).expect("every portfolio is known");
    let outcomes = book.pass(&policy, Some(&banded)).expect("the policy has its sections");
    let totals = book.totals(&policy, Some(&banded), &outcomes).expect("the totals fit");
    serde_json::to_string(&totals).expect("totals are JSON")
}
