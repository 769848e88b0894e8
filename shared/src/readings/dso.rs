//! How fast receivables turn into money: DSO and its family, over a whole book or one customer.
//!
//! Sales are what was charged on credit, VAT and advances included, as receivables are; opening items and cash sales are
//! none. Receivables are the open documents, open credit notes deducted; money that nobody has applied yet stands beside
//! them. A figure without data is absent, never zero, and every one is rounded once, to six decimals.
//!
//! - **DSO** = receivables(D) / sales in (D − N, D] × N
//! - **Count-back DSO**: whole months' sales are taken off the receivables from the newest on, each counting its days; the
//!   month that isn't used up counts its days in proportion (also called the exhaustion method)
//! - **Best possible DSO** = receivables not yet due / sales × N; **ADD** = DSO − best possible DSO
//! - **CEI** = (opening + sales − closing) / (opening + sales − closing not due): 1 when all that fell due was collected
//! - **Days to pay**: from the day on which a debt arose (of one issued anew: for the first time) to its payment,
//!   amount-weighted over what was paid in the window and didn't come back
//! - **Turnover** = sales × days of the year / N / mean of opening and closing receivables
//!
//! Units: receivables and sales in minor units, days and shares in millionths.
//!
//! Source: the measures of the Credit Research Foundation (*Performance Measures for Credit, Collections and Accounts
//! Receivable*; its National Summary of Domestic Trade Receivables reports DSO, best possible DSO, ADD and CEI). CEI is
//! a share here, there × 100. The Foundation takes sales as invoiced; that VAT and advances count in both, and opening
//! items in neither, is ours: a ratio needs the same thing above and below its line. Count-back is the usual practice
//! of months exhausted one by one; a month begun counts in proportion.

use super::exchange::{ConversionError, RatesOn};
use super::journal::{ItemRow, Journal};
use crate::facts::calendar::{Calendar, Date, days_between, minus_days, month_start};
use crate::facts::ledger::Rate;
use crate::facts::money::{Currency, Money};
use crate::facts::number::Ratio;
use chrono::{Datelike, Months};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Over which days the figures are read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DsoRule {
    /// Days before the as-of date: N.
    pub window_days: u16,
    /// Days of the year by which a turnover is expressed.
    pub year_days: u16,
}

/// The figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Dso {
    /// Open at the end of the as-of date.
    pub receivables: Money,
    /// The part of it that is not yet due.
    pub not_due: Money,
    /// Open N days before.
    pub opening: Money,
    /// Credit sales in between.
    pub sales: Money,
    /// Money not applied to any document; in none of the figures.
    pub unapplied: Money,
    /// Days sales outstanding; absent without sales.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dso: Option<Ratio>,
    /// Days sales outstanding by count-back; absent when the book's sales don't explain its receivables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count_back: Option<Ratio>,
    /// What the count-back took from which month, newest first.
    pub counted: Vec<MonthCounted>,
    /// Best possible DSO; absent without sales.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_possible: Option<Ratio>,
    /// Average days delinquent; absent without sales.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_days_delinquent: Option<Ratio>,
    /// Collection effectiveness index as a share; absent when nothing could have been collected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collection_effectiveness: Option<Ratio>,
    /// Days from a document's date to its payment; absent when nothing was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_to_pay: Option<Ratio>,
    /// Times a year that receivables turn over; absent when there were none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnover: Option<Ratio>,
}

/// A month as the count-back used it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MonthCounted {
    /// Its first day.
    pub month: Date,
    /// Its credit sales, up to the as-of date.
    pub sales: Money,
    /// How much of the receivables it explains.
    pub taken: Money,
    /// Its days, up to the as-of date.
    pub days: u32,
}

/// What everything is read from.
struct Reading<'a> {
    journal: &'a Journal,
    calendar: &'a Calendar,
    currency: Currency,
    rates: RatesOn<'a>,
}

/// Reads the figures of all of the journal's customers together, in one currency: everything at the rates of `as_of`, so that
/// a move of the rates within the window doesn't look like slower payment.
///
/// # Errors
///
/// [`ConversionError::MissingRate`] when a document or money in another currency has no rate on `as_of`;
/// [`ConversionError::Money`] when a sum leaves the range.
pub fn dso(
    journal: &Journal,
    rule: &DsoRule,
    calendar: &Calendar,
    currency: Currency,
    rates: &[Rate],
    as_of: Date,
) -> Result<Dso, ConversionError> {
    let reading = Reading { journal, calendar, currency, rates: RatesOn::new(rates, as_of) };
    let from = minus_days(as_of, u32::from(rule.window_days));
    let receivables = reading.open(as_of, |_| true)?;
    let not_due = reading.open(as_of, |item| item.due >= as_of)?;
    let opening = reading.open(from, |_| true)?;
    let sales = reading.sales(journal.items.iter().filter(|item| item.date > from && item.date <= as_of))?;
    let unapplied = reading.unapplied(as_of)?;

    let (ar, current, begin, sold) = (wide(receivables), wide(not_due), wide(opening), wide(sales));
    let window = i128::from(rule.window_days);
    let by_sales = |amount: i128| Ratio::of_wide(amount.saturating_mul(window), sold);
    let (days, best_possible) = (by_sales(ar), by_sales(current));
    let collectable = begin.saturating_add(sold);
    // sales × year / N / ((opening + closing) / 2), in one fraction.
    let yearly = sold.saturating_mul(i128::from(rule.year_days)).saturating_mul(2);
    let turnover = Ratio::of_wide(yearly, begin.saturating_add(ar).saturating_mul(window));
    let (count_back, counted) = reading.count_back(receivables, as_of)?;
    Ok(Dso {
        receivables,
        not_due,
        opening,
        sales,
        unapplied,
        dso: days,
        count_back,
        counted,
        best_possible,
        // The difference of two rounded figures would not be rounded once.
        average_days_delinquent: by_sales(ar.saturating_sub(current)),
        collection_effectiveness: Ratio::of_wide(collectable.saturating_sub(ar), collectable.saturating_sub(current)),
        days_to_pay: reading.days_to_pay(from, as_of)?,
        turnover,
    })
}

/// How far back a count goes at most: a hundred years. What isn't used up by then never is; a date that somebody mistyped
/// would make it go on for ages.
const COUNT_BACK_MONTHS_MOST: usize = 1_200;

impl Reading<'_> {
    fn convert(&self, amount: Money) -> Result<Money, ConversionError> {
        self.rates.convert(amount, self.currency)
    }

    fn open(&self, as_of: Date, counts: impl Fn(&ItemRow) -> bool) -> Result<Money, ConversionError> {
        let mut sum = Money::zero(self.currency);
        let rows = self.journal.items.iter().zip(self.journal.open_at(as_of));
        for (item, minor) in rows.filter(|(item, minor)| *minor != 0 && counts(item)) {
            sum = sum.plus(self.convert(Money::from_minor(minor, item.amount.currency())?)?)?;
        }
        Ok(sum)
    }

    /// A document due on its own day, or on the working day that follows it, was sold for cash.
    fn is_credit_sale(&self, item: &ItemRow) -> bool {
        !item.opening && (item.amount.minor() < 0 || item.due > self.calendar.next_working(item.date))
    }

    fn sales<'i>(&self, of: impl Iterator<Item = &'i ItemRow>) -> Result<Money, ConversionError> {
        let mut sum = Money::zero(self.currency);
        for item in of.filter(|item| self.is_credit_sale(item)) {
            sum = sum.plus(self.convert(item.amount)?)?;
        }
        Ok(sum)
    }

    fn unapplied(&self, as_of: Date) -> Result<Money, ConversionError> {
        let mut sum = Money::zero(self.currency);
        for amount in self.journal.unapplied_at(as_of)?.into_values() {
            sum = sum.plus(self.convert(amount)?)?;
        }
        Ok(sum)
    }

    fn days_to_pay(&self, from: Date, as_of: Date) -> Result<Option<Ratio>, ConversionError> {
        let (mut weighted, mut weight) = (0_i128, 0_i128);
        let arose = self.journal.arisings();
        for row in self.journal.payments(from, as_of) {
            let amount = wide(self.convert(Money::from_minor(row.minor, row.item.amount.currency())?)?);
            let arose = arose.get(row.place as usize).copied().unwrap_or(row.item.date);
            let days = i128::from(days_between(arose, row.date));
            weighted = weighted.saturating_add(amount.saturating_mul(days));
            weight = weight.saturating_add(amount);
        }
        Ok(Ratio::of_wide(weighted, weight))
    }

    fn count_back(
        &self,
        receivables: Money,
        as_of: Date,
    ) -> Result<(Option<Ratio>, Vec<MonthCounted>), ConversionError> {
        let zero = Money::zero(self.currency);
        let (mut left, mut whole_days, mut counted) = (receivables, 0_u32, Vec::new());
        if left.minor() <= 0 {
            return Ok((Some(Ratio::ZERO), counted));
        }
        let first = self.journal.items.iter().map(|item| item.date).min().unwrap_or(as_of);
        // By month, once: a ledger of decades is not read again for each of its months.
        let mut by_month: BTreeMap<Date, Vec<&ItemRow>> = BTreeMap::new();
        for item in self.journal.items.iter().filter(|item| item.date <= as_of) {
            by_month.entry(month_start(item.date)).or_default().push(item);
        }
        let (mut month, mut last) = (month_start(as_of), as_of);
        while last >= first && counted.len() < COUNT_BACK_MONTHS_MOST {
            let rows = by_month.get(&month).map(Vec::as_slice).unwrap_or_default();
            let sales = self.sales(rows.iter().copied())?.max(zero)?;
            let (taken, days) = (sales.min(left)?, last.day());
            counted.push(MonthCounted { month, sales, taken, days });
            left = left.minus(taken)?;
            if left.is_zero() {
                // Whole months and the part of the last one, in one fraction.
                let whole = i128::from(whole_days).saturating_mul(wide(sales));
                let part = i128::from(days).saturating_mul(wide(taken));
                return Ok((Ratio::of_wide(whole.saturating_add(part), wide(sales)), counted));
            }
            whole_days = whole_days.saturating_add(days);
            let Some(before) = month.checked_sub_months(Months::new(1)) else { break };
            last = minus_days(month, 1);
            month = before;
        }
        Ok((None, counted))
    }
}

fn wide(amount: Money) -> i128 {
    i128::from(amount.minor())
}
