//! What of each document may be asked for: net of everything that speaks against asking.
//!
//! From what is open comes off, in this order: what is disputed; money and credit notes that aren't applied yet, in their
//! own currency; of documents under a plan that is kept, what is still to come on it; what is promised, as far as promises
//! hold. Each of these is a sum that is used up by the oldest documents first, as money is (民法典 560). Of a plan and a
//! promise for one document the larger holds, so that the promise to pay an instalment holds nothing twice. What is blocked
//! isn't asked for at all and uses up nothing.
//!
//! Promises hold dunning off within a bound ([`super::super::promise::HoldRule`]): of those that weren't kept only the
//! first few for a document count, and only for so many days from the first of them on.

use super::DunningError;
use super::account::{Account, DunningItem};
use super::answer::{DunnedItem, Held, Less};
use crate::facts::calendar::{Date, days_between, plus_days};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::notice::Block;
use crate::facts::promise::{Covering, Plan, Promise};
use crate::readings::exchange::{ConversionError, RatesOn};
use crate::rules::promise::{Outcome, PlanState, PromiseRule, PromiseState};
use std::collections::BTreeMap;

/// How a customer's documents stand net, with what became of its promises and plans.
pub(super) struct Net {
    /// Every document, oldest first.
    pub items: Vec<DunnedItem>,
    /// Money and credits that no document took.
    pub left: Vec<Money>,
    pub promises: Vec<PromiseState>,
    pub plans: Vec<PlanState>,
}

/// What a sum is for, and what is left of it.
struct Given<'a, T> {
    of: &'a Covering<T>,
    left: Money,
}

/// Takes off everything that speaks against asking.
pub(super) fn net(rule: &PromiseRule, account: &Account, as_of: Date) -> Result<Net, DunningError> {
    let mut pledged: Vec<&Covering<Promise>> =
        account.promises.iter().filter(|promise| promise.what.made <= as_of).collect();
    // In the order in which their payments count, so that states and promises stand side by side.
    pledged.sort_by_key(|promise| {
        let Promise { made, due, amount } = promise.what;
        (due, made, amount.currency(), amount.minor(), &promise.items)
    });
    let given: Vec<Promise> = pledged.iter().map(|promise| promise.what.clone()).collect();
    let promises = rule.promises(&given, &account.payments, as_of)?;
    let mut plans_made: Vec<&Covering<Plan>> = account.plans.iter().filter(|plan| plan.what.agreed <= as_of).collect();
    plans_made.sort_by_key(|plan| plan.what.agreed);
    let agreed: Vec<&Plan> = plans_made.iter().map(|plan| &plan.what).collect();
    let plans = rule.plans(&agreed, &account.payments, as_of)?;

    let mut kept: Vec<Given<'_, Plan>> = plans_made
        .iter()
        .zip(&plans)
        .filter(|(_, state)| state.broken.is_none() && !state.left.is_zero())
        .map(|(of, state)| Given { of, left: state.left })
        .collect();
    let unkept: Vec<&Covering<Promise>> = pledged
        .iter()
        .zip(&promises)
        .filter(|(_, state)| !matches!(state.outcome, Outcome::Kept { .. }))
        .map(|(of, _)| *of)
        .collect();
    let mut open: Vec<Given<'_, Promise>> = pledged
        .iter()
        .zip(&promises)
        .filter_map(|(of, state)| match state.outcome {
            Outcome::Open { missing, .. } => Some(Given { of, left: missing }),
            _ => None,
        })
        .collect();
    let mut money = unapplied(account)?;

    let mut documents: Vec<&DunningItem> = account.items.iter().collect();
    documents.sort_by(|a, b| (a.due, &a.number, a.item).cmp(&(b.due, &b.number, b.item)));
    let mut items = Vec::new();
    for item in documents {
        let mut rest = Rest::of(item, as_of)?;
        let undisputed = rest.item.collectable;
        if let Some(block) = blocked(&account.blocks, item, as_of).filter(|_| undisputed.minor() > 0) {
            rest.take(undisputed, Held::Blocked { until: block.until, reason: block.reason.clone() })?;
        }
        if let Some(sum) = money.get_mut(&item.open.currency()) {
            let part = rest.take(*sum, Held::Covered)?;
            *sum = sum.minus(part)?;
        }
        // What a plan holds already, a promise for the same document isn't held again for.
        let mut planned = Money::zero(item.open.currency());
        for plan in kept.iter_mut().filter(|plan| plan.of.covers(item.numbers())) {
            let part = rest.take(plan.left, Held::Plan)?;
            plan.left = plan.left.minus(part)?;
            if part.minor() > 0 {
                planned = planned.plus(part)?;
            }
        }
        for promise in open.iter_mut().filter(|promise| promise.of.covers(item.numbers())) {
            if let Some(until) = holds_until(rule, promise.of, &unkept, item).filter(|until| *until >= as_of) {
                if promise.left.currency() == planned.currency() {
                    let both = promise.left.min(planned)?;
                    planned = planned.minus(both)?;
                    promise.left = promise.left.minus(both)?;
                }
                let part = rest.take(promise.left, Held::Promised { until })?;
                promise.left = promise.left.minus(part)?;
            }
        }
        items.push(rest.item);
    }
    let left = money.into_values().filter(|sum| sum.minor() > 0).collect();
    Ok(Net { items, left, promises, plans })
}

/// A document while things are taken off it.
struct Rest {
    item: DunnedItem,
}

impl Rest {
    /// What is open, less what is disputed of it; of a credit note nothing can be asked.
    fn of(item: &DunningItem, as_of: Date) -> Result<Self, MoneyError> {
        let zero = Money::zero(item.open.currency());
        let mut rest = Self {
            item: DunnedItem {
                item: item.item,
                number: item.number.clone(),
                due: item.due,
                days: days_between(item.due, as_of),
                collectable: item.open.max(zero)?,
                less: Vec::new(),
                held: None,
                step: None,
                sent: None,
            },
        };
        rest.take(item.disputed.unwrap_or(zero), Held::Disputed)?;
        Ok(rest)
    }

    /// Takes off up to `most` of what is left, in its own currency only, and says how much that was.
    fn take(&mut self, most: Money, why: Held) -> Result<Money, MoneyError> {
        let left = self.item.collectable;
        if most.currency() != left.currency() || most.minor() <= 0 || left.minor() <= 0 {
            return Ok(Money::zero(most.currency()));
        }
        let amount = most.min(left)?;
        self.item.collectable = left.minus(amount)?;
        if self.item.collectable.is_zero() {
            self.item.held = Some(why.clone());
        }
        self.item.less.push(Less { why, amount });
        Ok(amount)
    }
}

/// Money and credit notes that aren't applied yet, by currency.
fn unapplied(account: &Account) -> Result<BTreeMap<Currency, Money>, MoneyError> {
    let credits = account.items.iter().filter(|item| item.open.minor() < 0).map(|item| item.open.negated());
    let mut sums: BTreeMap<Currency, Money> = BTreeMap::new();
    for amount in account.unapplied.iter().copied().chain(credits) {
        let sum = sums.entry(amount.currency()).or_insert(Money::zero(amount.currency()));
        *sum = sum.plus(amount)?;
    }
    Ok(sums)
}

/// The block on a document that lasts longest.
fn blocked<'a>(blocks: &'a [Covering<Block>], item: &DunningItem, as_of: Date) -> Option<&'a Block> {
    let own = blocks.iter().filter(|block| block.covers(item.numbers())).map(|block| &block.what);
    own.filter(|block| (block.from..=block.until).contains(&as_of)).max_by_key(|block| block.until)
}

/// The last day on which a promise holds a document off; absent when too many weren't kept before it. Of promises for
/// everything only those count that were made after the document fell due.
fn holds_until(
    rule: &PromiseRule,
    promise: &Covering<Promise>,
    unkept: &[&Covering<Promise>],
    item: &DunningItem,
) -> Option<Date> {
    let last = rule.last_day(promise.what.due);
    let Some(hold) = &rule.hold else { return Some(last) };
    let for_item = |other: &&&Covering<Promise>| {
        let named = item.numbers().any(|item| other.items.contains(&item));
        named || (other.items.is_empty() && other.what.made > item.due)
    };
    let before = unkept.iter().filter(for_item).filter(|other| other.what.made < promise.what.made);
    let (count, first) = before.fold((0_usize, promise.what.made), |(count, first), other| {
        (count.saturating_add(1), first.min(other.what.made))
    });
    (count < usize::from(hold.at_most)).then(|| last.min(plus_days(first, u32::from(hold.days))))
}

/// What is overdue and may be asked for, less money in other currencies that no document took, in the policy's currency.
pub(super) fn overdue(net: &Net, currency: Currency, rates: &RatesOn<'_>) -> Result<Money, ConversionError> {
    let mut sum = Money::zero(currency);
    for item in net.items.iter().filter(|item| item.days > 0) {
        sum = sum.plus(rates.convert(item.collectable, currency)?)?;
    }
    for left in &net.left {
        sum = sum.minus(rates.convert(*left, currency)?)?;
    }
    Ok(sum)
}
