//! What if the policy were another: grade, limit and held orders of every customer, at once.
//!
//! [`Portfolio`] keeps one column per figure, read once from the facts; [`Portfolio::pass`] runs a policy over them with
//! integers only and without allocating per customer. It gives the same grade and limit as [`super::assess::assess`] and
//! the same hold as the order check would on the customer's open orders: a property says so.

use crate::facts::id::CustomerId;
use crate::facts::ledger::Limit;
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use crate::readings::standing::Position;
use crate::rules::limit::Need;
use crate::rules::order_check::Verdict;
use crate::rules::policy::Policy;
use crate::rules::scorecard::Profile;
use serde::{Deserialize, Serialize};

/// One customer as the portfolio takes it in; amounts in the policy's currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Who.
    pub customer: CustomerId,
    /// What is scored.
    pub profile: Profile,
    /// What the limit methods look at.
    pub need: Need,
    /// Where it stands.
    pub position: Position,
}

/// A book's customers in columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portfolio {
    customers: Vec<CustomerId>,
    profiles: Vec<Profile>,
    per_day: Vec<Option<i64>>,
    capital: Vec<Option<i64>>,
    exposure: Vec<i64>,
    orders: Vec<i64>,
    open_items: Vec<i64>,
    overdue: Vec<i64>,
    oldest_days: Vec<i32>,
}

/// What a policy gives one customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The place of the grade in the policy's bands, 0 being the best.
    pub rank: u8,
    /// The limit in minor units; zero when there is none.
    pub limit: i64,
    /// Whether exposure is beyond limit and tolerance.
    pub over: bool,
    /// The verdict on the customer's open orders; approve when there are none.
    pub verdict: Verdict,
}

/// What a policy gives all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// Customers by grade, the best first.
    pub by_grade: Vec<u32>,
    /// All limits together.
    pub limit: Money,
    /// All exposure together.
    pub exposure: Money,
    /// How many customers are beyond limit and tolerance.
    pub over_customers: u32,
    /// By how much they exceed their limits.
    pub over_amount: Money,
    /// How many customers' open orders would be held or refused.
    pub held_customers: u32,
    /// What these orders come to.
    pub held_amount: Money,
}

/// Two passes compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// Rows are grades before, columns after; how many customers moved from one to the other.
    pub migration: Vec<Vec<u32>>,
    /// How many limits rise.
    pub limits_up: u32,
    /// How many limits fall.
    pub limits_down: u32,
}

impl Portfolio {
    /// Lays out members in columns.
    pub fn of(members: &[Member]) -> Self {
        let minor = |amount: Option<Money>| amount.map(Money::minor);
        Self {
            customers: members.iter().map(|member| member.customer).collect(),
            profiles: members.iter().map(|member| member.profile).collect(),
            per_day: members.iter().map(|member| minor(member.need.per_day)).collect(),
            capital: members.iter().map(|member| minor(member.need.capital)).collect(),
            exposure: members.iter().map(|member| member.position.exposure.total.minor()).collect(),
            orders: members.iter().map(|member| member.position.exposure.orders.minor()).collect(),
            open_items: members.iter().map(|member| member.position.exposure.open_items.minor()).collect(),
            overdue: members.iter().map(|member| member.position.overdue.minor()).collect(),
            oldest_days: members.iter().map(|member| member.position.oldest_days).collect(),
        }
    }

    /// The customers, in the order of every pass.
    pub fn customers(&self) -> &[CustomerId] {
        &self.customers
    }

    /// Runs a policy over every customer.
    pub fn pass(&self, policy: &Policy) -> Vec<Outcome> {
        let refused: Vec<bool> =
            policy.grade.bands.iter().map(|band| policy.order_check.refused_grades.contains(&band.grade)).collect();
        let limits: Vec<_> = policy.grade.bands.iter().map(|band| policy.limit.of_grade(&band.grade)).collect();
        let card = policy.scorecard.table();
        let figures = self.exposure.iter().zip(&self.orders).zip(&self.open_items);
        let late = self.overdue.iter().zip(&self.oldest_days);
        let bases = self.per_day.iter().zip(&self.capital);
        self.profiles
            .iter()
            .zip(bases)
            .zip(figures)
            .zip(late)
            .map(|(((profile, (per_day, capital)), ((exposure, orders), open_items)), (overdue, oldest_days))| {
                let (points, confidence) = card.points(profile);
                let rank = policy.grade.rank_of(points, confidence, profile);
                let limit = limits.get(rank).copied().flatten().map_or(0, |line| {
                    let methods = policy.limit.minor_by_method(line, *per_day, *capital);
                    policy.limit.rounded_down(methods.into_iter().flatten().min().unwrap_or(0))
                });
                let bound = limit.saturating_add(policy.order_check.tolerance.times(limit).unwrap_or(0));
                let share = Ratio::of(*overdue, *open_items).unwrap_or_default();
                let late = Money::from_minor(*overdue, policy.currency)
                    .map_or(Verdict::Hold, |overdue| policy.order_check.overdue.verdict(overdue, *oldest_days, share));
                let by_limit = match () {
                    () if limit == 0 => policy.order_check.no_limit,
                    () if *exposure > bound => Verdict::Hold,
                    () if *exposure > limit => Verdict::Warn,
                    () => Verdict::Approve,
                };
                let by_grade =
                    if refused.get(rank).copied().unwrap_or(false) { Verdict::Refuse } else { Verdict::Approve };
                let verdict = if *orders > 0 { late.max(by_limit).max(by_grade) } else { Verdict::Approve };
                Outcome { rank: u8::try_from(rank).unwrap_or(u8::MAX), limit, over: *exposure > bound, verdict }
            })
            .collect()
    }

    /// Adds up a pass.
    pub fn totals(&self, policy: &Policy, outcomes: &[Outcome]) -> Result<Totals, MoneyError> {
        let zero = Money::zero(policy.currency);
        let mut totals = Totals {
            by_grade: vec![0; policy.grade.bands.len()],
            limit: zero,
            exposure: zero,
            over_customers: 0,
            over_amount: zero,
            held_customers: 0,
            held_amount: zero,
        };
        let money = |minor: i64, currency: Currency| Money::from_minor(minor, currency);
        for ((outcome, exposure), orders) in outcomes.iter().zip(&self.exposure).zip(&self.orders) {
            if let Some(count) = totals.by_grade.get_mut(usize::from(outcome.rank)) {
                *count = count.saturating_add(1);
            }
            totals.limit = totals.limit.plus(money(outcome.limit, policy.currency)?)?;
            totals.exposure = totals.exposure.plus(money(*exposure, policy.currency)?)?;
            if outcome.over {
                totals.over_customers = totals.over_customers.saturating_add(1);
                let over = exposure.saturating_sub(outcome.limit);
                totals.over_amount = totals.over_amount.plus(money(over, policy.currency)?)?;
            }
            if outcome.verdict >= Verdict::Hold {
                totals.held_customers = totals.held_customers.saturating_add(1);
                totals.held_amount = totals.held_amount.plus(money(*orders, policy.currency)?)?;
            }
        }
        Ok(totals)
    }
}

/// Compares two passes over the same portfolio.
pub fn compare(before: &[Outcome], after: &[Outcome], grades_before: usize, grades_after: usize) -> Comparison {
    let mut comparison =
        Comparison { migration: vec![vec![0; grades_after]; grades_before], limits_up: 0, limits_down: 0 };
    for (old, new) in before.iter().zip(after) {
        let row = comparison.migration.get_mut(usize::from(old.rank));
        if let Some(count) = row.and_then(|row| row.get_mut(usize::from(new.rank))) {
            *count = count.saturating_add(1);
        }
        if new.limit > old.limit {
            comparison.limits_up = comparison.limits_up.saturating_add(1);
        }
        if new.limit < old.limit {
            comparison.limits_down = comparison.limits_down.saturating_add(1);
        }
    }
    comparison
}

/// The limit of an outcome as the ledger tells it: no limit is `none`, never zero.
pub fn limit_of(outcome: &Outcome, currency: Currency) -> Result<Limit, MoneyError> {
    if outcome.limit == 0 {
        Ok(Limit::None)
    } else {
        Ok(Limit::Amount { amount: Money::from_minor(outcome.limit, currency)? })
    }
}
