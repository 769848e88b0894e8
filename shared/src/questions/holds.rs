//! Holds and releases (冻结与放行): over a period, what order checks held or refused, by which rule, and what became of it.
//!
//! An order is counted once, by the first check in the period that held or refused it; each rule that held it is counted, so
//! that the rules' figures can add up to more than the orders. What became of it is what was known by the end of `to`: a
//! person released it, a later check let it through, it was cancelled, or it is still held. These four add up to all orders.

use crate::facts::calendar::{Date, days_between};
use crate::facts::id::{CustomerId, OrderId};
use crate::facts::ledger::Rate;
use crate::facts::money::{Currency, Money};
use crate::facts::number::Ratio;
use crate::readings::exchange::{ConversionError, RatesOn};
use crate::rules::order_check::{Rule, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What happened to an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderEvent {
    /// When.
    pub date: Date,
    /// Which order.
    pub order: OrderId,
    /// Whose.
    pub customer: CustomerId,
    /// What it comes to.
    pub amount: Money,
    /// What happened.
    pub what: OrderWhat,
}

/// What can happen to an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum OrderWhat {
    /// It was checked.
    Checked {
        /// What came of it.
        verdict: Verdict,
        /// The rules that said so.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        by: BTreeSet<Rule>,
    },
    /// A person released it.
    Released {
        /// In which role.
        role: String,
    },
    /// It was called off.
    Cancelled,
}

/// So many orders and what they come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "HeldCount"))]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// How many.
    pub orders: u32,
    /// What they come to.
    pub amount: Money,
}

/// What a rule held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RuleHeld {
    /// Which.
    pub rule: Rule,
    /// How much it held.
    pub held: Count,
    /// How much of that a person released: where it is nearly all, the rule holds for nothing.
    pub released: Count,
}

/// Releases in a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RoleReleased {
    /// Which.
    pub role: String,
    /// How much.
    pub released: Count,
}

/// The report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "HeldOrders"))]
#[serde(deny_unknown_fields)]
pub struct Holds {
    /// Held, when they were held first.
    pub held: Count,
    /// Refused, when they were refused first.
    pub refused: Count,
    /// Released by a person.
    pub released: Count,
    /// Let through by a later check.
    pub passed: Count,
    /// Called off.
    pub cancelled: Count,
    /// Still held or refused.
    pub waiting: Count,
    /// Released over held and refused; absent when nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_rate: Option<Ratio>,
    /// Days from hold to release, in the mean; absent without a release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_days: Option<Ratio>,
    /// By rule, in the order of the rules.
    pub rules: Vec<RuleHeld>,
    /// By the role that released.
    pub roles: Vec<RoleReleased>,
}

/// How an order ended.
enum End<'a> {
    Released(&'a str, Date),
    Passed,
    Cancelled,
    Waiting,
}

/// Reports on the orders that were first held or refused from `from` to `to`, both included.
///
/// # Errors
///
/// [`ConversionError::MissingRate`] when an order's amount has no rate on `to`; [`ConversionError::Money`] when a sum
/// leaves the range.
pub fn holds(
    events: &[OrderEvent],
    (currency, rates): (Currency, &[Rate]),
    (from, to): (Date, Date),
) -> Result<Holds, ConversionError> {
    let on = RatesOn::new(rates, to);
    let mut by_order: BTreeMap<OrderId, Vec<&OrderEvent>> = BTreeMap::new();
    for event in events.iter().filter(|event| event.date <= to) {
        by_order.entry(event.order).or_default().push(event);
    }
    let none = Count { orders: 0, amount: Money::zero(currency) };
    let mut report = Holds {
        held: none,
        refused: none,
        released: none,
        passed: none,
        cancelled: none,
        waiting: none,
        release_rate: None,
        mean_days: None,
        rules: Vec::new(),
        roles: Vec::new(),
    };
    let mut rules: BTreeMap<Rule, RuleHeld> = BTreeMap::new();
    let mut released_by: BTreeMap<&str, Count> = BTreeMap::new();
    let mut days = 0_i64;
    for mut course in by_order.into_values() {
        // Of one day's events the one that was given later is the later one: a stable sort.
        course.sort_by_key(|event| event.date);
        let stops = |event: &&OrderEvent| match &event.what {
            OrderWhat::Checked { verdict, .. } => *verdict >= Verdict::Hold,
            _ => false,
        };
        let Some(first) = course.iter().position(stops) else { continue };
        let Some((stopped, later)) = course.get(first..).and_then(<[_]>::split_first) else { continue };
        let OrderWhat::Checked { verdict, by } = &stopped.what else { continue };
        if stopped.date < from {
            continue;
        }
        let amount = on.convert(stopped.amount, currency)?;
        add(if *verdict == Verdict::Hold { &mut report.held } else { &mut report.refused }, amount)?;
        let end = end(later);
        let sum = match end {
            End::Released(role, date) => {
                add(released_by.entry(role).or_insert(none), amount)?;
                days = days.saturating_add(i64::from(days_between(stopped.date, date)));
                &mut report.released
            }
            End::Passed => &mut report.passed,
            End::Cancelled => &mut report.cancelled,
            End::Waiting => &mut report.waiting,
        };
        add(sum, amount)?;
        for rule in by {
            let line = rules.entry(*rule).or_insert(RuleHeld { rule: *rule, held: none, released: none });
            add(&mut line.held, amount)?;
            if matches!(end, End::Released(..)) {
                add(&mut line.released, amount)?;
            }
        }
    }
    let stopped = report.held.orders.saturating_add(report.refused.orders);
    report.release_rate = Ratio::of(report.released.orders.into(), stopped.into());
    report.mean_days = Ratio::of(days, report.released.orders.into());
    report.rules = rules.into_values().collect();
    report.roles =
        released_by.into_iter().map(|(role, released)| RoleReleased { role: role.to_owned(), released }).collect();
    Ok(report)
}

/// What became of an order after it was stopped: the last word on it, a release before a check that it led to.
fn end<'a>(later: &[&'a OrderEvent]) -> End<'a> {
    let mut end = End::Waiting;
    for event in later {
        end = match (&event.what, end) {
            (OrderWhat::Cancelled, _) => End::Cancelled,
            (OrderWhat::Released { role }, _) => End::Released(role, event.date),
            (OrderWhat::Checked { verdict, .. }, before) if *verdict < Verdict::Hold => match before {
                released @ End::Released(..) => released,
                _ => End::Passed,
            },
            (OrderWhat::Checked { .. }, _) => End::Waiting,
        };
    }
    end
}

fn add(count: &mut Count, amount: Money) -> Result<(), ConversionError> {
    count.orders = count.orders.saturating_add(1);
    count.amount = count.amount.plus(amount)?;
    Ok(())
}
