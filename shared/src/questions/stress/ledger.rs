//! The ledger as it would be under stress.

use super::Stress;
use crate::facts::calendar::{Date, minus_days, plus_days};
use crate::facts::id::CustomerId;
use crate::facts::money::Money;
use crate::facts::number::Ratio;
use crate::readings::journal::Journal;
use std::collections::{BTreeMap, BTreeSet};

/// The same ledger with payments made later, and with less sold in the last `window` days.
///
/// What is applied to a document that is less is rounded at each step of its running sum, so that what was settled whole
/// stays settled whole and nothing is settled beyond what it was.
pub(super) fn changed(journal: &Journal, stress: &Stress, window: u16, as_of: Date) -> Journal {
    let mut journal = journal.clone();
    if stress.later_days > 0 {
        let later = |date: Date| plus_days(date, u32::from(stress.later_days));
        // What a recovery takes off a write-off moves with the money that came in for it.
        let mut recovered: BTreeMap<(u32, Date, i64), u32> = BTreeMap::new();
        for row in journal.written_off.iter_mut().filter(|row| row.recovery) {
            let count = recovered.entry((row.item, row.date, row.minor)).or_default();
            *count = count.saturating_add(1);
            row.date = later(row.date);
        }
        for row in &mut journal.allocations {
            let count = recovered.get_mut(&(row.item, row.date, row.minor)).filter(|count| !row.cash && **count > 0);
            if let Some(count) = count {
                *count = count.saturating_sub(1);
                row.date = later(row.date);
            } else if row.cash {
                row.date = later(row.date);
            }
        }
        for row in &mut journal.cash {
            row.date = later(row.date);
        }
        for row in &mut journal.taken_back {
            (row.date, row.paid) = (later(row.date), later(row.paid));
        }
        journal.allocations.sort_by_key(|row| (row.item, row.date, row.minor, row.cash));
    }
    if stress.sales_fall > Ratio::ZERO {
        let left = |minor: i64| left(stress, minor);
        let falls = falls(&journal, stress, window, as_of);
        for (item, _) in journal.items.iter_mut().zip(&falls).filter(|(_, falls)| **falls) {
            let minor = left(item.amount.minor());
            item.amount = Money::from_minor(minor, item.amount.currency()).unwrap_or(item.amount);
        }
        let (mut of, mut sum) = (None, 0_i64);
        for row in journal.allocations.iter_mut().filter(|row| falls.get(row.item as usize) == Some(&true)) {
            if of != Some(row.item) {
                (of, sum) = (Some(row.item), 0);
            }
            let before = left(sum);
            sum = sum.saturating_add(row.minor);
            row.minor = left(sum).saturating_sub(before);
        }
        let less = |item: u32, minor: i64| if falls.get(item as usize) == Some(&true) { left(minor) } else { minor };
        for row in &mut journal.taken_back {
            row.minor = less(row.item, row.minor);
        }
        for row in &mut journal.written_off {
            row.minor = less(row.item, row.minor);
        }
    }
    journal
}

/// Which documents are less, in the order of the journal's: those of the window of DSO when sales fall.
pub(super) fn falls(journal: &Journal, stress: &Stress, window: u16, as_of: Date) -> Vec<bool> {
    let (from, falls) = (minus_days(as_of, u32::from(window)), stress.sales_fall > Ratio::ZERO);
    journal.items.iter().map(|item| falls && !item.opening && item.date > from && item.date <= as_of).collect()
}

/// What is left of an amount when sales fall; at most what it was, so that it fits.
pub(super) fn left(stress: &Stress, minor: i64) -> i64 {
    minor.saturating_sub(stress.sales_fall.times(minor).unwrap_or(0))
}

/// The same ledger without anything that some customers owe.
pub(super) fn without(journal: &Journal, customers: &BTreeSet<CustomerId>) -> Journal {
    let mut journal = journal.clone();
    if customers.is_empty() {
        return journal;
    }
    let gone: Vec<bool> = journal.customers.iter().map(|customer| customers.contains(customer)).collect();
    let is_gone = |place: u32| gone.get(place as usize) == Some(&true);
    let items: Vec<bool> = journal.items.iter().map(|item| is_gone(item.customer)).collect();
    for item in journal.items.iter_mut().filter(|item| is_gone(item.customer)) {
        item.amount = Money::zero(item.amount.currency());
    }
    let stays = |item: u32| items.get(item as usize) != Some(&true);
    journal.allocations.retain(|row| stays(row.item));
    journal.taken_back.retain(|row| stays(row.item));
    journal.written_off.retain(|row| stays(row.item));
    journal
}
