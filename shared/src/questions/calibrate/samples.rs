//! Samples: what was known of a customer on a day, and what became of it.
//!
//! A sample is a customer on a day of observation. Its values are read from the facts dated up to that day, as the book knows
//! them now; the performance window is the months after it, (day, day + months]. In the window each document's balance is
//! followed day by day: the most days that one was past due while more than the small amount of it was open decides.
//! Bad: at least the rule's days (90), or written off in the window. Good: fewer than 30. Between the two: neither.
//!
//! No sample is made where nothing can be said: the window ends after the last day that the ledger is complete for, the
//! customer was bad already, or nothing was open on any day of the window. How many these were is told.

use crate::facts::calendar::{Date, days_between};
use crate::facts::credit_file::CreditFile;
use crate::facts::customer::Customer;
use crate::facts::id::{BillId, CustomerId, ItemId};
use crate::facts::ledger::{BillReceipt, Fact, Rate, Recorded, Source, Withdrawn};
use crate::facts::money::Money;
use crate::questions::assess::{AssessError, evidence};
use crate::questions::dossier::dossier;
use crate::readings::exchange::{ConversionError, RatesOn};
use crate::readings::journal::{Journal, JournalError};
use crate::rules::calibration::CalibrationRule;
use crate::rules::policy::Policy;
use crate::rules::scoring::{Measure, Value};
use chrono::Months;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What became of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// It paid.
    Good,
    /// It didn't.
    Bad,
    /// Neither can be said.
    Indeterminate,
}

/// A customer on a day, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// Who.
    pub customer: CustomerId,
    /// The day of observation.
    pub date: Date,
    /// What became of it.
    pub class: Class,
    /// The values in the order of [`Samples::measures`]; what is unknown is absent.
    pub values: Vec<Option<Value>>,
}

/// Samples, and why there are not more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Samples {
    /// What is looked at.
    pub measures: Vec<Measure>,
    /// By customer and date.
    pub samples: Vec<Sample>,
    /// Those that were left out.
    pub left_out: LeftOut,
}

/// Customers on days that make no sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// The window isn't over.
    pub too_young: u32,
    /// The customer was bad already.
    pub already_bad: u32,
    /// Nothing was open on any day of the window, so that there was nothing to pay.
    pub nothing_open: u32,
}

/// One customer's history.
#[derive(Clone, Copy, Debug)]
pub struct History<'a> {
    /// Who.
    pub customer: &'a Customer,
    /// Its ledger.
    pub facts: &'a [Recorded],
    /// Its credit file.
    pub file: &'a CreditFile,
}

impl History<'_> {
    /// The days on which something of it was written off, by its ledger.
    fn write_offs(&self) -> Vec<Date> {
        let withdrawn = Withdrawn::by(self.facts);
        let mut sums: BTreeMap<ItemId, (Date, i64)> = BTreeMap::new();
        for recorded in self.facts.iter().filter(|recorded| withdrawn.spares(recorded)) {
            if let Fact::WrittenOff(off) = &recorded.fact {
                let (date, sum) = sums.entry(off.item).or_insert((Date::MAX, 0));
                *date = recorded.date.min(*date);
                *sum = sum.saturating_add(off.amount.minor());
            }
        }
        sums.into_values().filter(|(_, sum)| *sum > 0).map(|(date, _)| date).collect()
    }
}

/// Why samples cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SampleError {
    /// A ledger doesn't fit together.
    #[error("customer {0}: {1}")]
    Journal(CustomerId, JournalError),
    /// The values of a day cannot be read.
    #[error("customer {0} on {1}: {2}")]
    Assess(CustomerId, Date, AssessError),
    /// An amount has no rate into the policy's currency.
    #[error("customer {0}: {1}")]
    Conversion(CustomerId, ConversionError),
}

/// Makes samples of every history on every day. `until` is the last day that the ledgers are complete for.
///
/// # Errors
///
/// [`SampleError`] names the customer: its facts make no journal, the values of a day can't be read, or an amount has
/// no rate.
pub fn samples(
    policy: &Policy,
    rule: &CalibrationRule,
    measures: &[Measure],
    histories: &[History<'_>],
    dates: &BTreeSet<Date>,
    rates: &[Rate],
    until: Date,
) -> Result<Samples, SampleError> {
    let mut made = Samples { measures: measures.to_vec(), ..Samples::default() };
    for history in histories {
        let id = history.customer.id;
        let journal = Journal::of(history.facts, None).map_err(|error| SampleError::Journal(id, error))?;
        for date in dates {
            let end = date.checked_add_months(Months::new(u32::from(rule.window_months))).unwrap_or(Date::MAX);
            if end > until {
                made.left_out.too_young = made.left_out.too_young.saturating_add(1);
                continue;
            }
            let performance = performance(rule, policy, history, &journal, rates, (*date, end));
            let class = match performance.map_err(|error| SampleError::Conversion(id, error))? {
                Performance::Class(class) => class,
                Performance::AlreadyBad => {
                    made.left_out.already_bad = made.left_out.already_bad.saturating_add(1);
                    continue;
                }
                Performance::NothingOpen => {
                    made.left_out.nothing_open = made.left_out.nothing_open.saturating_add(1);
                    continue;
                }
            };
            let values = values(policy, measures, history, rates, *date)?;
            made.samples.push(Sample { customer: id, date: *date, class, values });
        }
    }
    made.samples.sort_by_key(|sample| (sample.customer, sample.date));
    Ok(made)
}

/// The values as of a day.
fn values(
    policy: &Policy,
    measures: &[Measure],
    history: &History<'_>,
    rates: &[Rate],
    date: Date,
) -> Result<Vec<Option<Value>>, SampleError> {
    let id = history.customer.id;
    let facts = facts_by(history.facts, date);
    let journal = Journal::of(&facts, None).map_err(|error| SampleError::Journal(id, error))?;
    let evidence = evidence(policy, history.customer, &journal, rates, date)
        .map_err(|error| SampleError::Assess(id, date, error))?;
    let dossier = dossier(policy, evidence.profile, history.file, None, date);
    Ok(measures.iter().map(|measure| dossier.value(measure)).collect())
}

/// The facts that hold by a day, without what was applied to documents or from money that came only later. A withdrawal
/// counts whatever its day: what it takes back never held.
pub fn facts_by(facts: &[Recorded], date: Date) -> Vec<Recorded> {
    let held = |recorded: &&Recorded| recorded.date <= date || matches!(recorded.fact, Fact::Withdrawn(_));
    let charged: BTreeSet<ItemId> = facts
        .iter()
        .filter(held)
        .filter_map(|recorded| match &recorded.fact {
            Fact::Charged(item) => Some(item.id),
            _ => None,
        })
        .collect();
    let received: BTreeSet<_> = facts
        .iter()
        .filter(held)
        .filter_map(|recorded| match &recorded.fact {
            Fact::Received(receipt) => Some(receipt.id),
            _ => None,
        })
        .collect();
    let bill_stands = |receipt: &BillReceipt| receipt.bill.settles.iter().all(|part| charged.contains(&part.item));
    let bills: BTreeSet<BillId> = facts
        .iter()
        .filter(held)
        .filter_map(|recorded| match &recorded.fact {
            Fact::BillReceived(receipt) if bill_stands(receipt) => Some(receipt.bill.id),
            _ => None,
        })
        .collect();
    let stands = |recorded: &&Recorded| match &recorded.fact {
        Fact::Allocated(allocation) => {
            let source = match allocation.source {
                Source::Receipt { receipt } | Source::Converted { receipt, .. } => received.contains(&receipt),
                Source::CreditNote { item } => charged.contains(&item),
                Source::Snapshot { .. } | Source::Difference { .. } => true,
            };
            source && charged.contains(&allocation.item)
        }
        Fact::Disputed(dispute) => charged.contains(&dispute.item),
        Fact::DisputeAccepted(accepted) => charged.contains(&accepted.item),
        Fact::WrittenOff(off) => charged.contains(&off.item),
        Fact::Recovered(recovery) => charged.contains(&recovery.item) && received.contains(&recovery.receipt),
        Fact::Returned(returned) => received.contains(&returned.receipt),
        Fact::BillReceived(receipt) => bill_stands(receipt),
        Fact::BillPassedOn(passed) => bills.contains(&passed.bill),
        Fact::BillEnded(end) => bills.contains(&end.bill),
        _ => true,
    };
    facts.iter().filter(held).filter(stands).cloned().collect()
}

/// What can be said of a window.
enum Performance {
    Class(Class),
    AlreadyBad,
    NothingOpen,
}

fn performance(
    rule: &CalibrationRule,
    policy: &Policy,
    history: &History<'_>,
    journal: &Journal,
    rates: &[Rate],
    (start, end): (Date, Date),
) -> Result<Performance, ConversionError> {
    let bad_days = i32::from(rule.bad_days);
    let rates = RatesOn::new(rates, end);
    let small = |minor: i64, item_currency| -> Result<bool, ConversionError> {
        let open = Money::from_minor(minor, item_currency)?;
        Ok(rates.convert(open, policy.currency)?.minor() <= rule.small_amount.minor())
    };
    let (mut worst, mut open_at_all) = (i32::MIN, false);
    let mut allocations = journal.allocations.as_slice();
    for (place, item) in (0_u32..).zip(&journal.items) {
        // Both lists come by document.
        let own = allocations.partition_point(|row| row.item <= place);
        let (of_item, rest) = allocations.split_at_checked(own).unwrap_or((&[], &[]));
        allocations = rest;
        if item.amount.minor() <= 0 || item.date > end {
            continue;
        }
        let currency = item.amount.currency();
        let mut minor = item.amount.minor();
        let mut from = item.date;
        let days = of_item.iter().map(|row| (row.date, row.minor)).chain([(Date::MAX, 0)]);
        for (date, applied) in days {
            // From one day to the one before the next change the balance stands; the day itself ends with the new one.
            if date > from {
                let last = date.pred_opt().unwrap_or(date);
                if minor > 0 && !small(minor, currency)? {
                    if from <= start && last >= start && days_between(item.due, start) >= bad_days {
                        return Ok(Performance::AlreadyBad);
                    }
                    let (first, last) = (from.max(start.succ_opt().unwrap_or(start)), last.min(end));
                    if first <= last {
                        open_at_all = true;
                        worst = worst.max(days_between(item.due, last));
                    }
                }
                from = date;
            }
            minor = minor.saturating_sub(applied);
        }
    }
    // A write-off that was taken back is one no more; one that was recovered is.
    let days = history.write_offs();
    if days.iter().any(|date| *date <= start) {
        return Ok(Performance::AlreadyBad);
    }
    let written_off = days.iter().any(|date| *date <= end);
    Ok(match () {
        () if written_off || (open_at_all && worst >= bad_days) => Performance::Class(Class::Bad),
        () if !open_at_all => Performance::NothingOpen,
        () if worst >= i32::from(rule.indeterminate_days) => Performance::Class(Class::Indeterminate),
        () => Performance::Class(Class::Good),
    })
}
