//! Expected receipts: which of the open money comes in which week.
//!
//! A document is expected as late as its customer has usually paid: due date + the customer's mean days beyond terms
//! (amount-weighted over the window, rounded to whole days, never early), the book's mean for a customer without payments.
//! What is already later than that is listed apart and no week is guessed for it; so is what is disputed. A bill that we
//! hold brings its money on the day on which it matures, for its acceptor is known to pay then or not at all; one that we
//! passed on has brought it. Weeks, the rest and credits add up to what is open and what bills are still to bring, currency
//! by currency.
//!
//! Units: amounts in minor units, lateness in whole days.
//!
//! Source: our own rule. It takes the mean that [`super::behaviour`] tells and no spread, for a forecast of cash is
//! read by weeks, and a customer's mean explains each line of it by one figure that can be checked.

use super::journal::Journal;
use crate::facts::bill::{Bill, BillState};
use crate::facts::calendar::{Date, days_between, minus_days, plus_days};
use crate::facts::money::{Currency, Money, MoneyError};
use chrono::Datelike;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How receipts are expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ExpectedRule {
    /// For how many weeks.
    pub weeks: u8,
    /// Days before the as-of date over which the usual lateness is read.
    pub window_days: u16,
}

/// What is expected in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The currency.
    pub currency: Currency,
    /// The coming weeks, the first being that of the day after the as-of date.
    pub weeks: Vec<Week>,
    /// Expected after the last of them.
    pub later: Money,
    /// Already later than its customer usually is: no week is guessed.
    pub slower_than_usual: Money,
    /// Disputed: no week is guessed.
    pub disputed: Money,
    /// Open credit notes; negative.
    pub credits: Money,
    /// What is open.
    pub open: Money,
    /// What bills that we hold are still to bring; absent when there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bills: Option<Money>,
}

/// A week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Week {
    /// Its Monday.
    pub monday: Date,
    /// What is expected in it.
    pub amount: Money,
}

/// Expects the journal's open money, and what bills of the same ledger are to bring.
///
/// # Errors
///
/// [`MoneyError::OutOfRange`] when a sum leaves the range.
pub fn expected_receipts(
    journal: &Journal,
    bills: &[Bill],
    rule: &ExpectedRule,
    as_of: Date,
) -> Result<Vec<Expected>, MoneyError> {
    let (usual, of_book) = usual_lateness(journal, rule, as_of);
    let tomorrow = plus_days(as_of, 1);
    let monday = minus_days(tomorrow, tomorrow.weekday().num_days_from_monday());
    let mut found: BTreeMap<Currency, Expected> = BTreeMap::new();
    let open = journal.open_at(as_of);
    let disputed = journal.disputed_of(&open, as_of);
    // Of a document disputed in part the rest is expected.
    let rows =
        journal.items.iter().zip(open).zip(disputed).flat_map(|((item, open), disputed)| {
            [(item, open.saturating_sub(disputed), false), (item, disputed, true)]
        });
    for (item, minor, disputed) in rows.filter(|(_, minor, _)| *minor != 0) {
        let currency = item.amount.currency();
        let amount = Money::from_minor(minor, currency)?;
        let expected = found.entry(currency).or_insert_with(|| Expected::nothing(currency, monday, rule.weeks));
        expected.open = expected.open.plus(amount)?;
        let late = usual.get(&item.customer).copied().unwrap_or(of_book);
        let day = plus_days(item.due, late);
        let place = if minor < 0 {
            &mut expected.credits
        } else if disputed {
            &mut expected.disputed
        } else {
            expected.on(day, monday, as_of)
        };
        *place = place.plus(amount)?;
    }
    for bill in bills {
        let passed_on = bill.passed_on.is_some_and(|passed| passed.date <= as_of);
        let day = match bill.state(as_of) {
            BillState::Outstanding if !passed_on => bill.matures,
            // It was refused, and is late already.
            BillState::Dishonoured => as_of,
            _ => continue,
        };
        let currency = bill.amount.currency();
        let expected = found.entry(currency).or_insert_with(|| Expected::nothing(currency, monday, rule.weeks));
        expected.bills = Some(expected.bills.map_or(Ok(bill.amount), |sum| sum.plus(bill.amount))?);
        let place = expected.on(day, monday, as_of);
        *place = place.plus(bill.amount)?;
    }
    Ok(found.into_values().collect())
}

impl Expected {
    fn nothing(currency: Currency, monday: Date, weeks: u8) -> Self {
        let zero = Money::zero(currency);
        let week = |number: u8| Week { monday: plus_days(monday, u32::from(number).saturating_mul(7)), amount: zero };
        Self {
            currency,
            weeks: (0..weeks).map(week).collect(),
            later: zero,
            slower_than_usual: zero,
            disputed: zero,
            credits: zero,
            open: zero,
            bills: None,
        }
    }

    /// Where money stands that is expected on a day.
    fn on(&mut self, day: Date, monday: Date, as_of: Date) -> &mut Money {
        if day <= as_of {
            return &mut self.slower_than_usual;
        }
        let weeks = days_between(monday, day).checked_div(7).and_then(|weeks| usize::try_from(weeks).ok());
        let week = weeks.and_then(|weeks| self.weeks.get_mut(weeks));
        week.map_or(&mut self.later, |week| &mut week.amount)
    }
}

/// Mean whole days beyond terms by customer, and of the book; nobody is expected early. Currencies are told apart by
/// nothing here: lateness is weighted by minor units within each customer, which is as near as a forecast needs.
fn usual_lateness(journal: &Journal, rule: &ExpectedRule, as_of: Date) -> (BTreeMap<u32, u32>, u32) {
    let from = minus_days(as_of, u32::from(rule.window_days));
    let mut sums: BTreeMap<u32, (i128, i128)> = BTreeMap::new();
    let (mut all, mut weight) = (0_i128, 0_i128);
    for row in journal.payments(from, as_of) {
        let minor = i128::from(row.minor);
        let weighted = minor.saturating_mul(i128::from(days_between(row.item.due, row.date)));
        let sum = sums.entry(row.item.customer).or_default();
        *sum = (sum.0.saturating_add(weighted), sum.1.saturating_add(minor));
        (all, weight) = (all.saturating_add(weighted), weight.saturating_add(minor));
    }
    let mean = |weighted: i128, weight: i128| -> u32 {
        if weight <= 0 || weighted <= 0 {
            return 0;
        }
        let half = weight.checked_div(2).unwrap_or(0);
        let days = weighted.saturating_add(half).checked_div(weight).unwrap_or(0);
        // Ten years are later than any forecast looks.
        u32::try_from(days).unwrap_or(u32::MAX).min(3_650)
    };
    let by_customer = sums
        .into_iter()
        .filter(|(_, (_, weight))| *weight > 0)
        .map(|(customer, (weighted, weight))| (customer, mean(weighted, weight)))
        .collect();
    (by_customer, mean(all, weight))
}
