//! Bills under stress: when they come and are honoured, on whom they count, what is lost of them and what still comes.

use super::Stress;
use super::ledger::{falls, left};
use crate::facts::bill::{Bill, BillState, Ended};
use crate::facts::calendar::{Date, plus_days};
use crate::facts::id::{CustomerId, ItemId};
use crate::facts::money::{Money, MoneyError};
use crate::questions::acceptors::BillHeld;
use crate::readings::exposure::Category;
use crate::readings::journal::Journal;
use crate::readings::standing::CategoryBucket;
use crate::rules::commitments::CommitmentRule;
use std::collections::{BTreeMap, BTreeSet};

/// The same bills, each with its whole life so many days later, and less where it settled what is less now.
pub(super) fn changed(
    bills: &[BillHeld],
    journal: &Journal,
    stress: &Stress,
    window: u16,
    as_of: Date,
) -> Result<Vec<BillHeld>, MoneyError> {
    let falls = falls(journal, stress, window, as_of);
    let falling = journal.ids.iter().zip(&falls).filter(|(_, falls)| **falls);
    let falling: BTreeSet<ItemId> = falling.map(|(id, _)| *id).collect();
    let mut bills = bills.to_vec();
    for held in &mut bills {
        later(&mut held.bill, stress.later_days);
        for part in held.bill.settles.iter_mut().filter(|part| falling.contains(&part.item)) {
            let amount = Money::from_minor(left(stress, part.amount.minor()), part.amount.currency())?;
            held.bill.amount = held.bill.amount.minus(part.amount.minus(amount)?)?;
            part.amount = amount;
        }
    }
    Ok(bills)
}

fn later(bill: &mut Bill, days: u16) {
    let later = |date: Date| plus_days(date, u32::from(days));
    (bill.received, bill.matures) = (later(bill.received), later(bill.matures));
    if let Some(passed) = &mut bill.passed_on {
        passed.date = later(passed.date);
    }
    match &mut bill.ended {
        Some(Ended::Honoured { date }) => *date = later(*date),
        Some(Ended::Dishonoured { date, reopened }) => (*date, *reopened) = (later(*date), reopened.map(later)),
        None => {}
    }
}

/// What counts of bills on each customer: on whoever paid with one until it is honoured, on its acceptor too where the rule
/// says so. A bill whose acceptor fails is as good as refused, and comes back whole.
pub(super) fn counted(
    rule: Option<&CommitmentRule>,
    bills: &[BillHeld],
    failed: &BTreeSet<CustomerId>,
    as_of: Date,
) -> Result<BTreeMap<CustomerId, Vec<CategoryBucket>>, MoneyError> {
    let mut counted: BTreeMap<CustomerId, Vec<CategoryBucket>> = BTreeMap::new();
    for BillHeld { customer, acceptor, bill } in bills {
        let mut add = |customer: CustomerId, category: Category, amount: Money| {
            if !amount.is_zero() {
                let bucket = CategoryBucket { category, due: Some(bill.matures), amount };
                counted.entry(customer).or_default().push(bucket);
            }
        };
        match bill.state(as_of) {
            BillState::Outstanding => {
                if fails(*acceptor, failed) {
                    add(*customer, Category::Returned, bill.amount);
                } else {
                    let amount = rule.map_or(Ok(bill.amount), |rule| rule.counted_of(bill))?;
                    add(*customer, Category::Bills, amount);
                }
                let on_acceptor = rule.and_then(|rule| rule.bill(bill.kind)).is_some_and(|line| line.on_acceptor);
                // Its own bill counts on a customer already.
                if let Some(acceptor) = acceptor.filter(|acceptor| on_acceptor && acceptor != customer) {
                    add(acceptor, Category::Bills, bill.amount);
                }
            }
            BillState::Dishonoured => add(*customer, Category::Returned, bill.amount),
            BillState::NotReceived | BillState::Gone | BillState::Reopened => {}
        }
    }
    Ok(counted)
}

/// Whether nobody is left to pay a bill: whoever gave it fails, and it was refused or its acceptor fails too.
pub(super) fn is_lost(held: &BillHeld, failed: &BTreeSet<CustomerId>, as_of: Date) -> bool {
    let refused = held.bill.state(as_of) == BillState::Dishonoured || fails(held.acceptor, failed);
    refused && failed.contains(&held.customer)
}

/// The bills whose money is still expected: not those that are lost. One whose acceptor fails has to be paid by whoever gave it,
/// and nobody knows when.
pub(super) fn to_come(bills: &[BillHeld], failed: &BTreeSet<CustomerId>, as_of: Date) -> Vec<Bill> {
    let expected = |held: &BillHeld| {
        let mut bill = held.bill.clone();
        if fails(held.acceptor, failed) {
            bill.matures = bill.matures.min(as_of);
        }
        bill
    };
    bills.iter().filter(|held| !is_lost(held, failed, as_of)).map(expected).collect()
}

fn fails(acceptor: Option<CustomerId>, failed: &BTreeSet<CustomerId>) -> bool {
    acceptor.is_some_and(|acceptor| failed.contains(&acceptor))
}
