//! What a pass of the second kind comes to, and what a change of policy does: who moves, who wins, who loses.
//!
//! Totals and comparisons are plain values, so that a digest can be taken over them.

use super::WhatIfError;
use super::full::{FullOutcome, FullPortfolio};
use super::limits::METHODS;
use super::reserves::Banded;
use crate::facts::id::CustomerId;
use crate::facts::money::{Currency, Money, MoneyError};
use crate::rules::limit_methods::LimitMethod;
use crate::rules::order_check::Verdict;
use crate::rules::policy::Policy;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What a policy gives all customers together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FullTotals {
    /// How many customers there are.
    pub customers: u32,
    /// By grade, the best first.
    pub by_grade: Vec<u32>,
    /// By the grade that the score alone would give.
    pub by_score: Vec<u32>,
    /// Whose grade a knock-out, a check or too little confidence makes worse.
    pub capped: u32,
    /// By the method that binds.
    pub by_method: BTreeMap<LimitMethod, u32>,
    /// Whose limit cannot be told, since an amount leaves the range of money.
    pub untold: u32,
    /// All limits together.
    pub limit: Money,
    /// All exposure together.
    pub exposure: Money,
    /// How many are beyond limit and tolerance.
    pub over_customers: u32,
    /// By how much they exceed their limits.
    pub over_amount: Money,
    /// Those with open orders, by the verdict on these: approve, warn, hold, refuse.
    pub by_verdict: [u32; 4],
    /// What the orders come to that would be held or refused.
    pub held_amount: Money,
    /// How many lack security for their limit.
    pub short_customers: u32,
    /// What they lack.
    pub short_amount: Money,
    /// What is provided for the book, each line of the rule rounded once; absent when the bands were not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provision: Option<Money>,
}

/// How many, and by how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "TotalsChange"))]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// How many customers.
    pub customers: u32,
    /// By how much together; never negative.
    pub amount: Money,
}

/// A customer whose limit moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "TotalsMoved"))]
#[serde(deny_unknown_fields)]
pub struct Moved {
    /// Who.
    pub customer: CustomerId,
    /// The place of its grade before.
    pub rank_before: u8,
    /// And after.
    pub rank_after: u8,
    /// Its limit before.
    pub limit_before: Money,
    /// And after.
    pub limit_after: Money,
}

/// Two passes of the second kind compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FullComparison {
    /// Rows are grades before, columns after; how many customers moved from one to the other.
    pub migration: Vec<Vec<u32>>,
    /// Limits that rise.
    pub limits_up: Change,
    /// Limits that fall.
    pub limits_down: Change,
    /// Whose open orders were let through and no longer are.
    pub newly_held: u32,
    /// Whose open orders were held and no longer are.
    pub freed: u32,
    /// Whose provision rises, each customer taken alone.
    pub provision_up: Change,
    /// Whose provision falls.
    pub provision_down: Change,
    /// Those whose limits rise most, the most first.
    pub winners: Vec<Moved>,
    /// Those whose limits fall most, the most first.
    pub losers: Vec<Moved>,
}

impl FullPortfolio {
    /// Adds up a pass, made by the same policy and bands.
    ///
    /// # Errors
    ///
    /// [`WhatIfError::Money`] when a total leaves the range; [`WhatIfError::OtherBands`] and [`WhatIfError::Provision`]
    /// as [`FullPortfolio::pass`].
    pub fn totals(
        &self,
        policy: &Policy,
        banded: Option<&Banded>,
        outcomes: &[FullOutcome],
    ) -> Result<FullTotals, WhatIfError> {
        let mut sums = Sums::new(policy.grade.bands.len());
        for (outcome, row) in outcomes.iter().zip(&self.layout.rows) {
            sums.add(outcome, row.exposure, row.orders);
        }
        let provision = match (banded, &policy.provision) {
            (Some(banded), Some(rule)) => {
                let rates = banded.rates(rule, &policy.grade)?;
                let rank = |row: usize| outcomes.get(row).map_or(0, |outcome| usize::from(outcome.rank));
                Some(money(banded.of_all(rule, &policy.grade, &rates, rank)?, self.currency)?)
            }
            _ => None,
        };
        let methods = METHODS.into_iter().zip(sums.by_method).filter(|(_, count)| *count > 0);
        Ok(FullTotals {
            customers: u32::try_from(outcomes.len()).unwrap_or(u32::MAX),
            by_grade: sums.by_grade,
            by_score: sums.by_score,
            capped: sums.capped,
            by_method: methods.collect(),
            untold: sums.untold,
            limit: money(sums.limit, self.currency)?,
            exposure: money(sums.exposure, self.currency)?,
            over_customers: sums.over_customers,
            over_amount: money(sums.over, self.currency)?,
            by_verdict: sums.by_verdict,
            held_amount: money(sums.held, self.currency)?,
            short_customers: sums.short_customers,
            short_amount: money(sums.short, self.currency)?,
            provision,
        })
    }
}

/// Sums on their way; 128 bits hold any number of amounts, and whether a sum is one is asked once, at the end.
struct Sums {
    by_grade: Vec<u32>,
    by_score: Vec<u32>,
    by_method: [u32; METHODS.len()],
    by_verdict: [u32; 4],
    capped: u32,
    untold: u32,
    over_customers: u32,
    short_customers: u32,
    limit: i128,
    exposure: i128,
    over: i128,
    held: i128,
    short: i128,
}

impl Sums {
    fn new(grades: usize) -> Self {
        Self {
            by_grade: vec![0; grades],
            by_score: vec![0; grades],
            by_method: [0; METHODS.len()],
            by_verdict: [0; 4],
            capped: 0,
            untold: 0,
            over_customers: 0,
            short_customers: 0,
            limit: 0,
            exposure: 0,
            over: 0,
            held: 0,
            short: 0,
        }
    }

    fn add(&mut self, outcome: &FullOutcome, exposure: i64, orders: i64) {
        count(&mut self.by_grade, outcome.rank.into(), 1);
        count(&mut self.by_score, outcome.by_score.into(), 1);
        count(&mut self.by_method, outcome.binding.into(), 1);
        count(&mut self.by_verdict, outcome.verdict as usize, u32::from(orders > 0));
        self.capped = self.capped.wrapping_add(u32::from(outcome.capped > outcome.by_score));
        self.untold = self.untold.wrapping_add(u32::from(outcome.untold()));
        self.over_customers = self.over_customers.wrapping_add(u32::from(outcome.over));
        self.short_customers = self.short_customers.wrapping_add(u32::from(outcome.short > 0));
        let over = if outcome.over { exposure.saturating_sub(outcome.limit) } else { 0 };
        let held = if outcome.verdict >= Verdict::Hold { orders } else { 0 };
        self.limit = self.limit.wrapping_add(outcome.limit.into());
        self.exposure = self.exposure.wrapping_add(exposure.into());
        self.over = self.over.wrapping_add(over.into());
        self.held = self.held.wrapping_add(held.into());
        self.short = self.short.wrapping_add(outcome.short.into());
    }
}

fn count(counts: &mut [u32], place: usize, by: u32) {
    if let Some(count) = counts.get_mut(place) {
        *count = count.wrapping_add(by);
    }
}

fn money(minor: i128, currency: Currency) -> Result<Money, MoneyError> {
    Money::from_minor(i64::try_from(minor).map_err(|_| MoneyError::OutOfRange)?, currency)
}

/// Compares two passes over the same book, made by a policy `before` and another `after`, and names up to `most` winners
/// and losers.
///
/// # Errors
///
/// [`MoneyError::OutOfRange`] when a total leaves the range.
pub fn compare_fully(
    book: &FullPortfolio,
    (before, policy_before): (&[FullOutcome], &Policy),
    (after, policy_after): (&[FullOutcome], &Policy),
    most: usize,
) -> Result<FullComparison, MoneyError> {
    let currency = book.currency;
    let grades = (policy_before.grade.bands.len(), policy_after.grade.bands.len());
    let mut counts = vec![0_u32; grades.0.saturating_mul(grades.1)];
    let (mut newly_held, mut freed) = (0_u32, 0_u32);
    let mut limits = [(0_u32, 0_i128); 2];
    let mut provisions = [(0_u32, 0_i128); 2];
    let (mut winners, mut losers) = (Best::new(most), Best::new(most));
    for (row, (old, new)) in before.iter().zip(after).enumerate() {
        count(&mut counts, usize::from(old.rank).wrapping_mul(grades.1).wrapping_add(new.rank.into()), 1);
        let held = |outcome: &FullOutcome| outcome.verdict >= Verdict::Hold;
        newly_held = newly_held.wrapping_add(u32::from(!held(old) && held(new)));
        freed = freed.wrapping_add(u32::from(held(old) && !held(new)));
        let change = new.limit.saturating_sub(old.limit);
        add(&mut limits, change);
        add(&mut provisions, new.provision.saturating_sub(old.provision));
        winners.offer(change, row);
        losers.offer(change.saturating_neg(), row);
    }
    let change = |(customers, amount): (u32, i128)| -> Result<Change, MoneyError> {
        Ok(Change { customers, amount: money(amount, currency)? })
    };
    let moved = |best: Best| -> Result<Vec<Moved>, MoneyError> {
        let of = |(_, Reverse(row)): (i64, Reverse<usize>)| {
            let (Some(old), Some(new)) = (before.get(row), after.get(row)) else { return Err(MoneyError::OutOfRange) };
            Ok(Moved {
                customer: book.customer(row),
                rank_before: old.rank,
                rank_after: new.rank,
                limit_before: Money::from_minor(old.limit, currency)?,
                limit_after: Money::from_minor(new.limit, currency)?,
            })
        };
        best.found.into_iter().map(of).collect()
    };
    let ([up, down], [provision_up, provision_down]) = (limits, provisions);
    Ok(FullComparison {
        migration: counts.chunks(grades.1.max(1)).map(<[u32]>::to_vec).collect(),
        limits_up: change(up)?,
        limits_down: change(down)?,
        newly_held,
        freed,
        provision_up: change(provision_up)?,
        provision_down: change(provision_down)?,
        winners: moved(winners)?,
        losers: moved(losers)?,
    })
}

/// What rises first, then what falls.
fn add(sides: &mut [(u32, i128); 2], change: i64) {
    let [up, down] = sides;
    up.0 = up.0.wrapping_add(u32::from(change > 0));
    up.1 = up.1.wrapping_add(change.max(0).into());
    down.0 = down.0.wrapping_add(u32::from(change < 0));
    down.1 = down.1.wrapping_add(change.saturating_neg().max(0).into());
}

/// The largest few of many, of equal ones the first.
struct Best {
    most: usize,
    /// The largest first.
    found: Vec<(i64, Reverse<usize>)>,
    /// What has to be exceeded.
    bar: i64,
}

impl Best {
    fn new(most: usize) -> Self {
        Self {
            most,
            found: Vec::with_capacity(most.saturating_add(1).min(1_000)),
            bar: if most == 0 { i64::MAX } else { 0 },
        }
    }

    fn offer(&mut self, change: i64, row: usize) {
        if change <= self.bar {
            return;
        }
        let offered = (change, Reverse(row));
        let place = self.found.partition_point(|known| *known > offered);
        self.found.insert(place, offered);
        self.found.truncate(self.most);
        if self.found.len() == self.most {
            self.bar = self.found.last().map_or(0, |(change, _)| *change);
        }
    }
}
