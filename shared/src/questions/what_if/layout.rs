//! A book laid out for passes, whatever the policy: a column of codes for each measure, a row of amounts for each customer.
//!
//! Rows are ordered by what a card's trust turns on (which card, whose statement, audited how), so that within a block of
//! rows all of that is constant and the loops have nothing to look up.

use super::columns::Column;
use crate::facts::credit_file::ScreeningKind;
use crate::facts::financials::{Audit, StatementSource};
use crate::facts::id::CustomerId;
use crate::rules::limit::Need;
use crate::rules::scoring::{CardName, Measure};
use std::collections::BTreeMap;

/// Rows to a block: the sums of one stay in the nearest cache.
pub(super) const BLOCK: usize = 512;

/// An amount that is not known; no amount of money is this one.
pub(super) const UNTOLD: i64 = i64::MIN;

/// No terms of its own.
pub(super) const GRADES: i32 = -1;

/// A book's customers, laid out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// By row.
    pub customers: Vec<CustomerId>,
    /// By measure; a measure that nobody has a value of is absent.
    pub columns: BTreeMap<Measure, Column>,
    /// What checks found, as places: unknown, clear, hit.
    pub screenings: BTreeMap<ScreeningKind, Vec<i32>>,
    /// What rows of a block have in common.
    pub groups: Vec<Group>,
    /// The rows in blocks, each within one group.
    pub blocks: Vec<Block>,
    /// By row.
    pub rows: Vec<Row>,
}

/// What trust turns on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Group {
    /// Which card.
    pub card: CardName,
    /// What its statement is: audited how, and whose.
    pub statement: Option<(Audit, StatementSource)>,
}

/// Some rows of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// The place of the group.
    pub group: usize,
    /// The first row.
    pub start: usize,
    /// How many.
    pub len: usize,
    /// The largest amounts.
    pub reach: Reach,
}

/// The largest amounts of some rows: what decides whether products fit 64 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reach {
    /// Billed by day, times the days of terms of its own.
    pub per_day: i64,
    /// Any other that is multiplied.
    pub amount: i64,
}

/// One customer's amounts in minor units; [`UNTOLD`] where not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub per_day: i64,
    pub capital: i64,
    pub net_worth: i64,
    pub working_capital: i64,
    pub turnover: i64,
    pub sales: i64,
    pub portfolio: i64,
    /// Held; zero when there is none.
    pub security: i64,
    pub exposure: i64,
    pub orders: i64,
    pub overdue: i64,
    /// In millionths of open items.
    pub overdue_share: i64,
    pub oldest_days: i32,
    /// The days of the customer's own terms; [`GRADES`] where its need is measured by the grade's.
    pub own_days: i32,
}

impl Row {
    /// How far its amounts reach. Those that a method takes as they are must not be negative for the short way: what is
    /// below zero reaches farther than anything fits.
    pub fn reach(&self) -> Reach {
        let plain = |amount: i64| match amount {
            UNTOLD | 0 => 0,
            1.. => amount,
            _ => i64::MAX,
        };
        let size = |amount: i64| if amount == UNTOLD { 0 } else { amount.saturating_abs() };
        let amounts = [
            plain(self.capital),
            plain(self.security),
            size(self.net_worth),
            size(self.working_capital),
            size(self.turnover),
            size(self.sales),
            size(self.portfolio),
            size(self.exposure),
        ];
        // Days of its own multiply what is billed a day: see where the bounds are worked out.
        let per_day = plain(self.per_day).saturating_mul(self.own_days.max(1).into());
        Reach { per_day, amount: amounts.into_iter().max().unwrap_or(0) }
    }
}

impl Reach {
    /// Whether all amounts are within bounds.
    pub const fn within(&self, most: Self) -> bool {
        self.per_day <= most.per_day && self.amount <= most.amount
    }
}

/// The days of the customer's own terms.
pub(super) fn own_days(need: &Need) -> i32 {
    need.days.map_or(GRADES, |days| i32::try_from(days).unwrap_or(i32::MAX))
}

/// Cuts rows, already ordered by group, into blocks.
pub(super) fn blocks(groups: &[Group], of_row: &[usize], rows: &[Row]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::with_capacity(groups.len().saturating_add(rows.len().div_ceil(BLOCK)));
    for (place, (group, row)) in of_row.iter().zip(rows).enumerate() {
        let reach = row.reach();
        match blocks.last_mut() {
            Some(block) if block.group == *group && block.len < BLOCK => {
                block.len = block.len.saturating_add(1);
                block.reach.per_day = block.reach.per_day.max(reach.per_day);
                block.reach.amount = block.reach.amount.max(reach.amount);
            }
            _ => blocks.push(Block { group: *group, start: place, len: 1, reach }),
        }
    }
    blocks
}
