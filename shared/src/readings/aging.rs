//! Aging: what is open, by how long it is past due.
//!
//! Days past due = as-of − due date; zero or less is not due. The bands are policy data ([`AgingRule`]); they partition
//! the open amount, so that their sum is the open balance to the cent, at any date. Credit notes that are still open
//! stand in the band of their own due date with their negative amount, so that the sum stays the balance.
//!
//! Units: minor units; days whole.
//!
//! Source: aging by due date is the general practice. That open credit notes stay in their band is ours: taken off the
//! newest or the oldest they would make a debtor look better or worse than any document says.

use super::journal::Journal;
use crate::facts::bilingual::Bilingual;
use crate::facts::calendar::{Date, days_between};
use crate::facts::id::CustomerId;
use crate::facts::ledger::Document;
use crate::facts::money::{Currency, Money, MoneyError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The bands: the last day of each; what is later falls into one more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AgingRule {
    /// Why its numbers are what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Bilingual>,
    /// Days past due on which each band ends, ascending: `[30, 60, 90, 180, 365]`.
    pub bands: Vec<u16>,
}

impl AgingRule {
    /// How many bands there are: not due, one for each limit, and what is older.
    pub fn count(&self) -> usize {
        self.bands.len().saturating_add(2)
    }

    /// Which band a number of days past due falls into; 0 is not due.
    pub fn band(&self, days_past_due: i32) -> usize {
        if days_past_due <= 0 {
            return 0;
        }
        self.bands
            .iter()
            .position(|last| days_past_due <= i32::from(*last))
            .unwrap_or(self.bands.len())
            .saturating_add(1)
    }
}

/// One customer's open amount in one currency, by band.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AgingRow {
    /// Whose.
    pub customer: CustomerId,
    /// In which currency.
    pub currency: Currency,
    /// Amounts by band, in minor units.
    pub bands: Vec<i64>,
    /// Their sum: what is open, in minor units.
    pub open: i64,
    /// The part that is past due, in minor units.
    pub overdue: i64,
    /// How long the oldest open document is past due, in days; zero when none is.
    pub oldest_days: i32,
    /// How many documents are open; each instalment counts for itself.
    pub documents: u32,
}

/// Ages every customer's open documents at the end of `as_of`. Rows come by customer, then currency; a customer with
/// nothing open has none.
///
/// # Errors
///
/// [`MoneyError::OutOfRange`] when a sum leaves the range.
pub fn aging(journal: &Journal, rule: &AgingRule, as_of: Date) -> Result<Vec<AgingRow>, MoneyError> {
    aging_of(journal, journal.open_at(as_of), rule, as_of)
}

/// The same of other amounts than what is open, in the order of the journal's items.
///
/// # Errors
///
/// As [`aging`].
pub fn aging_of(journal: &Journal, open: Vec<i64>, rule: &AgingRule, as_of: Date) -> Result<Vec<AgingRow>, MoneyError> {
    let mut rows: Vec<AgingRow> = Vec::new();
    // Items come by customer, so that a customer's rows are the last few of the list.
    for (item, open) in journal.items.iter().zip(open).filter(|(_, open)| *open != 0) {
        let Some(&customer) = journal.customers.get(item.customer as usize) else { continue };
        let currency = item.amount.currency();
        let own = rows.iter().enumerate().rev().take_while(|(_, row)| row.customer == customer);
        let known = own.filter(|(_, row)| row.currency == currency).map(|(index, _)| index).next();
        let index = known.unwrap_or_else(|| {
            rows.push(AgingRow {
                customer,
                currency,
                bands: vec![0; rule.count()],
                open: 0,
                overdue: 0,
                oldest_days: 0,
                documents: 0,
            });
            rows.len().saturating_sub(1)
        });
        let Some(row) = rows.get_mut(index) else { continue };
        let days = days_between(item.due, as_of);
        if let Some(band) = row.bands.get_mut(rule.band(days)) {
            *band = sum(*band, open, currency)?;
        }
        row.open = sum(row.open, open, currency)?;
        row.documents = row.documents.saturating_add(1);
        if days > 0 {
            row.overdue = sum(row.overdue, open, currency)?;
            row.oldest_days = row.oldest_days.max(days);
        }
    }
    rows.sort_by_key(|row| (row.customer, row.currency));
    Ok(rows)
}

/// What is past due of one customer in one currency, parted as the overdue rules see it; in minor units. The three add up
/// to [`AgingRow::overdue`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PastDue {
    /// What counts as overdue: the figure of lists, files and rules ([`super::standing::Position::overdue`]).
    pub counted: i64,
    /// What is disputed: it stays in aging and exposure and leaves the overdue rules.
    pub disputed: i64,
    /// Credit notes not yet applied, with their negative amounts: they count as unapplied.
    pub credit: i64,
    /// How long the oldest of what counts is past due, in days; zero when nothing does.
    pub oldest_days: i32,
}

/// Parts what is past due at the end of a day, by customer and currency; who has nothing past due isn't listed.
///
/// # Errors
///
/// [`MoneyError::OutOfRange`] when what one customer owes in one currency leaves the range.
pub fn past_due(journal: &Journal, as_of: Date) -> Result<BTreeMap<(CustomerId, Currency), PastDue>, MoneyError> {
    let mut parts: BTreeMap<(CustomerId, Currency), PastDue> = BTreeMap::new();
    let open = journal.open_at(as_of);
    let disputed = journal.disputed_of(&open, as_of);
    let rows = journal.items.iter().zip(open).zip(disputed);
    for ((item, open), disputed) in rows.filter(|((item, open), _)| *open != 0 && item.due < as_of) {
        let Some(&customer) = journal.customers.get(item.customer as usize) else { continue };
        let currency = item.amount.currency();
        let part = parts.entry((customer, currency)).or_default();
        if item.document == Document::CreditNote || open < 0 {
            part.credit = sum(part.credit, open, currency)?;
            continue;
        }
        // Of a document disputed in part the rest counts.
        part.disputed = sum(part.disputed, disputed, currency)?;
        part.counted = sum(part.counted, open.saturating_sub(disputed), currency)?;
        if open > disputed {
            part.oldest_days = part.oldest_days.max(days_between(item.due, as_of));
        }
    }
    Ok(parts)
}

/// Adds up rows by currency: the foot of the table.
///
/// # Errors
///
/// [`MoneyError::OutOfRange`] when a band of all customers together leaves the range.
pub fn totals(rows: &[AgingRow], rule: &AgingRule) -> Result<BTreeMap<Currency, Vec<Money>>, MoneyError> {
    let mut totals: BTreeMap<Currency, Vec<Money>> = BTreeMap::new();
    for row in rows {
        let bands = totals.entry(row.currency).or_insert_with(|| vec![Money::zero(row.currency); rule.count()]);
        for (total, minor) in bands.iter_mut().zip(&row.bands) {
            *total = total.plus(Money::from_minor(*minor, row.currency)?)?;
        }
    }
    Ok(totals)
}

fn sum(a: i64, b: i64, currency: Currency) -> Result<i64, MoneyError> {
    Ok(Money::from_minor(a, currency)?.plus(Money::from_minor(b, currency)?)?.minor())
}
