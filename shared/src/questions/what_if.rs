//! What if the policy were another: grade, limit and held orders of every customer, at once.
//!
//! [`Portfolio`] keeps what a policy may look at, read once from the facts; [`Portfolio::pass`] runs a policy over it with
//! integers only and without allocating per customer. It gives the same grade and limit as [`super::assess::assess`] and
//! the same hold as the order check would on the customer's open orders: a property says so.
//!
//! [`FullPortfolio`] does the same for the full assessment: cards with ratios, Z-scores and words, all limit methods,
//! security and provision; its totals are [`FullTotals`], and [`compare_fully`] names winners and losers. Both kinds of
//! card run through the same loops.

mod coded;
mod columns;
mod full;
mod layout;
mod limits;
mod pass;
mod reserves;
mod totals;

pub use self::full::{FullMember, FullOutcome, FullPortfolio};
pub use self::reserves::Banded;
pub use self::totals::{Change, FullComparison, FullTotals, Moved, compare_fully};

use self::columns::Column;
use self::layout::{Group, Layout, Row, UNTOLD, blocks, own_days};
use super::full_assessment::FullAssessError;
use crate::facts::id::CustomerId;
use crate::facts::ledger::Limit;
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use crate::readings::exchange::ConversionError;
use crate::readings::standing::Position;
use crate::rules::limit::Need;
use crate::rules::order_check::Verdict;
use crate::rules::policy::Policy;
use crate::rules::provision::ProvisionError;
use crate::rules::scorecard::{Characteristic, Profile};
use crate::rules::scoring::{CardName, Measure, Value};
use serde::{Deserialize, Serialize};

/// One customer as the portfolio takes it in; amounts in the policy's currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

/// A book's customers, laid out for passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portfolio {
    layout: Layout,
}

/// Why a pass over a book cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WhatIfError {
    /// The policy lacks a section.
    #[error(transparent)]
    Assessment(#[from] FullAssessError),
    /// Amounts are in another currency than the book's.
    #[error("the book is in {expected}, not in {given}")]
    Currency {
        /// The book's.
        expected: Currency,
        /// The other.
        given: Currency,
    },
    /// An amount has no rate into the book's currency.
    #[error(transparent)]
    Conversion(#[from] ConversionError),
    /// A receivable names no portfolio of the policy.
    #[error("customer {customer}: '{portfolio}' is no portfolio of this policy")]
    UnknownPortfolio {
        /// Whose.
        customer: CustomerId,
        /// What it names.
        portfolio: String,
    },
    /// Receivables were sorted for another policy's bands.
    #[error("provision: the receivables were sorted into the bands of another policy")]
    OtherBands,
    /// The rule of provision tells no rates.
    #[error(transparent)]
    Provision(ProvisionError),
    /// A sum left the range.
    #[error(transparent)]
    Money(#[from] MoneyError),
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "WhatIfTotals"))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// Lays members out.
    pub fn of(members: &[Member]) -> Self {
        let column = |figure: Characteristic| {
            let value = |member: &Member| (member.profile.get(figure).map(|number| Value::Number { number }), false);
            let values: Vec<(Option<Value>, bool)> = members.iter().map(value).collect();
            (Measure::Figure { figure }, Column::of(&values))
        };
        let minor = |amount: Option<Money>| amount.map_or(UNTOLD, Money::minor);
        let row = |member: &Member| {
            let Position { exposure, overdue, oldest_days, .. } = &member.position;
            Row {
                per_day: minor(member.need.per_day),
                capital: minor(member.need.capital),
                net_worth: UNTOLD,
                working_capital: UNTOLD,
                turnover: UNTOLD,
                sales: UNTOLD,
                portfolio: UNTOLD,
                security: 0,
                exposure: exposure.total.minor(),
                orders: exposure.orders.minor(),
                overdue: overdue.minor(),
                overdue_share: Ratio::of(overdue.minor(), exposure.open_items.minor()).unwrap_or_default().units(),
                oldest_days: *oldest_days,
                own_days: own_days(&member.need),
            }
        };
        let rows: Vec<Row> = members.iter().map(row).collect();
        let groups = vec![Group { card: CardName::Customer, statement: None }];
        let layout = Layout {
            customers: members.iter().map(|member| member.customer).collect(),
            columns: Characteristic::ALL.into_iter().map(column).collect(),
            blocks: blocks(&groups, &vec![0; rows.len()], &rows),
            groups,
            rows,
            ..Layout::default()
        };
        Self { layout }
    }

    /// The customers, in the order of every pass.
    pub fn customers(&self) -> &[CustomerId] {
        &self.layout.customers
    }

    /// Adds up a pass.
    ///
    /// # Errors
    ///
    /// [`MoneyError::OutOfRange`] when a total leaves the range.
    pub fn totals(&self, policy: &Policy, outcomes: &[Outcome]) -> Result<Totals, MoneyError> {
        let mut by_grade = vec![0_u32; policy.grade.bands.len()];
        let (mut over_customers, mut held_customers) = (0_u32, 0_u32);
        // 128 bits hold any number of amounts; whether a sum is one is asked once, at the end.
        let (mut limit, mut exposure, mut over, mut held) = (0_i128, 0_i128, 0_i128, 0_i128);
        for (outcome, figures) in outcomes.iter().zip(&self.layout.rows) {
            if let Some(count) = by_grade.get_mut(usize::from(outcome.rank)) {
                *count = count.saturating_add(1);
            }
            limit = limit.saturating_add(outcome.limit.into());
            exposure = exposure.saturating_add(figures.exposure.into());
            if outcome.over {
                over_customers = over_customers.saturating_add(1);
                over = over.saturating_add(figures.exposure.saturating_sub(outcome.limit).into());
            }
            if outcome.verdict >= Verdict::Hold {
                held_customers = held_customers.saturating_add(1);
                held = held.saturating_add(figures.orders.into());
            }
        }
        let money = |minor: i128| {
            let minor = i64::try_from(minor).map_err(|_| MoneyError::OutOfRange)?;
            Money::from_minor(minor, policy.currency)
        };
        Ok(Totals {
            by_grade,
            limit: money(limit)?,
            exposure: money(exposure)?,
            over_customers,
            over_amount: money(over)?,
            held_customers,
            held_amount: money(held)?,
        })
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
///
/// # Errors
///
/// [`MoneyError::OutOfRange`] when the limit leaves the range.
pub fn limit_of(outcome: &Outcome, currency: Currency) -> Result<Limit, MoneyError> {
    if outcome.limit == 0 {
        Ok(Limit::None)
    } else {
        Ok(Limit::Amount { amount: Money::from_minor(outcome.limit, currency)? })
    }
}
