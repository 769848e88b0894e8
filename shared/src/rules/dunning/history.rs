//! What went out by a day, and the reminders for what falls due soon.

use super::answer::{DunnedItem, Silence};
use super::{Account, DunningRule, Step};
use crate::facts::calendar::{Date, days_between, minus_days};
use crate::facts::id::ItemId;
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::notice::Notice;
use crate::readings::exchange::{ConversionError, RatesOn};
use std::collections::BTreeMap;

/// What went out by a day, by document. What named a document before it was issued anew is a notice of the new one.
pub(super) struct History<'a> {
    pub all: Vec<&'a Notice>,
    by_item: BTreeMap<ItemId, Vec<&'a Notice>>,
    /// Which open document an earlier number stands for.
    anew: BTreeMap<ItemId, ItemId>,
    pub last: Option<Date>,
}

impl<'a> History<'a> {
    pub(super) fn of(account: &'a Account, as_of: Date) -> Self {
        let all: Vec<&Notice> = account.notices.iter().filter(|notice| notice.date <= as_of).collect();
        let earlier = account.items.iter().flat_map(|item| item.before.iter().map(|before| (*before, item.item)));
        let anew: BTreeMap<ItemId, ItemId> = earlier.collect();
        let mut by_item: BTreeMap<ItemId, Vec<&Notice>> = BTreeMap::new();
        for notice in &all {
            for item in &notice.items {
                by_item.entry(now(&anew, *item)).or_default().push(notice);
            }
        }
        let last = all.iter().map(|notice| notice.date).max();
        Self { all, by_item, anew, last }
    }

    /// Whether a notice speaks of a document, by any of its numbers.
    pub(super) fn names(&self, notice: &Notice, item: ItemId) -> bool {
        notice.items.iter().any(|named| now(&self.anew, *named) == item)
    }

    pub(super) fn of_item(&self, item: ItemId) -> impl Iterator<Item = &&'a Notice> {
        self.by_item.get(&item).into_iter().flatten()
    }
}

/// A reminder and what it names, or why there is none.
pub(super) type Reminder<'a> = Result<(&'a Step, Vec<&'a DunnedItem>), Silence>;

/// The document that stands for a number today.
fn now(anew: &BTreeMap<ItemId, ItemId>, item: ItemId) -> ItemId {
    anew.get(&item).copied().unwrap_or(item)
}

/// The reminder for what falls due soon: one message names all of it, at the nearest reminder that a document has come to
/// and wasn't reminded by yet.
pub(super) fn reminder<'a>(
    rule: &'a DunningRule,
    history: &History<'_>,
    items: &'a [DunnedItem],
    rates: &RatesOn<'_>,
    as_of: Date,
) -> Result<Reminder<'a>, ConversionError> {
    // The nearest reminder whose days a document has come to.
    let reached = |item: &DunnedItem| {
        let left = days_between(as_of, item.due);
        let within = rule.reminders.iter().filter(|step| left >= 0 && left <= i32::from(step.days));
        within.min_by_key(|step| step.days)
    };
    // A reminder that went out before these days began was for an earlier one.
    let reminded = |item: &DunnedItem, step: &Step| {
        let from = minus_days(item.due, u32::from(step.days));
        history.of_item(item.item).any(|notice| notice.date >= from)
    };
    let asked = items.iter().filter(|item| item.held.is_none() && item.collectable.minor() > 0);
    let soon: Vec<(&DunnedItem, &Step)> = asked.filter_map(|item| Some((item, reached(item)?))).collect();
    let mut amount = Money::zero(rule.minimum.currency());
    for (item, _) in &soon {
        amount = amount.plus(rates.convert(item.collectable, amount.currency())?)?;
    }
    let fresh = soon.iter().filter(|(item, step)| !reminded(item, step)).map(|(_, step)| *step);
    let nearest = fresh.min_by_key(|step| step.days);
    let minimum = rule.minimum;
    Ok(match (nearest, history.last) {
        (Some(_), _) if amount.minor() < minimum.minor() => Err(Silence::BelowMinimum { amount, minimum }),
        (Some(step), _) => Ok((step, soon.into_iter().map(|(item, _)| item).collect())),
        (None, Some(last)) if !soon.is_empty() => Err(Silence::NothingNew { last }),
        _ => Err(Silence::NothingDue),
    })
}

pub(super) fn by_currency(items: &[&DunnedItem]) -> Result<Vec<Money>, MoneyError> {
    let mut sums: BTreeMap<Currency, Money> = BTreeMap::new();
    for item in items {
        let sum = sums.entry(item.collectable.currency()).or_insert(Money::zero(item.collectable.currency()));
        *sum = sum.plus(item.collectable)?;
    }
    Ok(sums.into_values().collect())
}
