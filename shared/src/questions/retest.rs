//! Re-test: which held orders go through when money arrives.
//!
//! Held orders are judged again in a stated order, each on the standing that the ones before it leave: what one takes, the
//! next no longer has, of the limit and of what a category has of its own (duty, say). The order check itself decides; an
//! order that a person held stays held whatever it says.

use crate::facts::calendar::Date;
use crate::facts::ledger::Order;
use crate::facts::money::MoneyError;
use crate::readings::exchange::ConversionError;
use crate::readings::exposure::Category;
use crate::readings::standing::{CategoryBucket, OrderBucket, Standing};
use crate::rules::order_check::{Added, Answer, Circumstances, Verdict, added, order_check_at};
use crate::rules::policy::Policy;
use crate::rules::retest::{RetestOrder, RetestRule};
use serde::{Deserialize, Serialize};

/// An order that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "HeldOrder"))]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// The order.
    pub order: Order,
    /// Since when it waits.
    pub since: Date,
    /// When it is to be shipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ships: Option<Date>,
    /// Whether a person holds it.
    #[serde(default)]
    pub by_hand: bool,
    /// What is known of it besides.
    #[serde(default, skip_serializing_if = "Circumstances::is_empty")]
    pub around: Circumstances,
}

/// What becomes of a held order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Retested {
    /// Which.
    pub order: crate::facts::id::OrderId,
    /// What becomes of it.
    pub outcome: RetestOutcome,
    /// What the order check says now; absent where it wasn't asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
}

/// What can become of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RetestOutcome {
    /// It goes through.
    Released,
    /// It still waits.
    StillHeld,
    /// A person holds it.
    HeldByHand,
    /// One before it still waits, and the rule lets none pass it.
    Behind,
}

/// Judges held orders again, in the rule's order.
///
/// # Errors
///
/// As [`order_check_at`]; also when what is released takes the standing out of the range of money.
pub fn retest(
    policy: &Policy,
    rule: &RetestRule,
    standing: &Standing,
    held: &[Held],
    as_of: Date,
) -> Result<Vec<Retested>, MoneyError> {
    let mut queue: Vec<&Held> = held.iter().collect();
    queue.sort_by_key(|held| {
        let first = match rule.order {
            // Without a day to ship by there is no hurry.
            RetestOrder::ShipDate => (held.ships.unwrap_or(Date::MAX), 0),
            RetestOrder::HeldLongest => (held.since, 0),
            RetestOrder::SmallestFirst => (Date::MIN, held.order.amount.minor()),
        };
        (first, held.since, held.order.id)
    });
    let mut standing = standing.clone();
    let (mut blocked, mut outcomes) = (false, Vec::new());
    for held in queue {
        let id = held.order.id;
        if held.by_hand {
            outcomes.push(Retested { order: id, outcome: RetestOutcome::HeldByHand, answer: None });
            continue;
        }
        if blocked {
            outcomes.push(Retested { order: id, outcome: RetestOutcome::Behind, answer: None });
            continue;
        }
        let answer = order_check_at(policy, &standing, &held.order, &held.around, as_of)?;
        let released = answer.verdict <= Verdict::Warn;
        if released && !answer.order.is_zero() {
            let on_credit =
                held.order.prepayment.map_or(Ok(held.order.amount), |prepaid| held.order.amount.minus(prepaid))?;
            standing.orders.push(OrderBucket { date: as_of, planned: None, until: None, amount: on_credit });
            take_up(policy, &mut standing, held, as_of)?;
        } else if !released {
            blocked = !rule.smaller_may_pass;
        }
        let outcome = if released { RetestOutcome::Released } else { RetestOutcome::StillHeld };
        outcomes.push(Retested { order: id, outcome, answer: Some(answer) });
    }
    Ok(outcomes)
}

/// What an order adds to categories with a limit of their own stands in them from now on. What counts there is taken off
/// the open orders again, so that it counts once.
fn take_up(policy: &Policy, standing: &mut Standing, held: &Held, as_of: Date) -> Result<(), MoneyError> {
    let all = match added(policy, standing, &held.order, &held.around.parts, as_of) {
        Ok(all) => all,
        // The check that let it through had every rate that it needs.
        Err(ConversionError::MissingRate { .. }) => return Ok(()),
        Err(ConversionError::Money(error)) => return Err(error),
    };
    let mut buckets = Vec::new();
    for Added { category, adds, counts, .. } in all.into_iter().filter(|added| !added.adds.is_zero()) {
        // Open orders know it already; and an order is no open item yet.
        if !matches!(category, Category::Orders | Category::OpenItems) {
            buckets.push(CategoryBucket { category, due: None, amount: adds });
            if counts {
                buckets.push(CategoryBucket { category: Category::Orders, due: None, amount: adds.negated() });
            }
        }
    }
    if !buckets.is_empty() {
        standing.further.categories.get_or_insert_default().extend(buckets);
    }
    Ok(())
}
