//! Open items: every document of a ledger that isn't settled at the end of a day, with the number that people know it by.

use crate::facts::calendar::Date;
use crate::facts::id::{CustomerId, ItemId};
use crate::facts::ledger::{Fact, Recorded};
use crate::facts::money::Money;
use crate::readings::journal::{Journal, JournalError};
use std::collections::BTreeMap;

/// A document that is open, or an instalment of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDocument {
    /// Whose.
    pub customer: CustomerId,
    /// Which.
    pub item: ItemId,
    /// The documents that it was issued anew for, the newest first: the same debt under other numbers.
    pub before: Vec<ItemId>,
    /// Its number.
    pub number: String,
    /// Its date.
    pub date: Date,
    /// When the debt arose: before its date, when it was issued anew.
    pub arose: Date,
    /// When it falls due.
    pub due: Date,
    /// What is open; negative on a credit note.
    pub open: Money,
    /// How much of it stands disputed; absent when nothing does.
    pub disputed: Option<Money>,
}

impl OpenDocument {
    /// The debt by all its numbers.
    pub fn numbers(&self) -> impl Iterator<Item = ItemId> {
        std::iter::once(self.item).chain(self.before.iter().copied())
    }

    /// Whether one of these is the debt by any of its numbers.
    pub fn is_among(&self, items: &[ItemId]) -> bool {
        self.numbers().any(|item| items.contains(&item))
    }
}

/// What is open at the end of `as_of`, by customer, date and document.
///
/// # Errors
///
/// [`JournalError`] when the facts make no [`Journal`].
pub fn open_documents(facts: &[Recorded], as_of: Date) -> Result<Vec<OpenDocument>, JournalError> {
    documents(facts, as_of, Journal::open_at)
}

/// The same with what our books wrote off and nobody paid: the customer goes on owing it.
///
/// # Errors
///
/// As [`open_documents`].
pub fn owed_documents(facts: &[Recorded], as_of: Date) -> Result<Vec<OpenDocument>, JournalError> {
    documents(facts, as_of, Journal::owed_at)
}

fn documents(
    facts: &[Recorded],
    as_of: Date,
    counted: impl Fn(&Journal, Date) -> Vec<i64>,
) -> Result<Vec<OpenDocument>, JournalError> {
    let journal = Journal::of(facts, None)?;
    let numbers: BTreeMap<ItemId, &str> = facts
        .iter()
        .filter_map(|recorded| match &recorded.fact {
            Fact::Charged(item) => Some((item.id, item.number.as_str())),
            _ => None,
        })
        .collect();
    let open = counted(&journal, as_of);
    let disputed = journal.disputed_of(&open, as_of);
    let rows = journal.ids.iter().zip(&journal.items).zip(journal.arisings()).zip(open).zip(disputed);
    rows.filter(|((_, minor), _)| *minor != 0)
        .filter_map(|((((id, row), arose), minor), disputed)| {
            let customer = journal.customers.get(row.customer as usize)?;
            Some((*customer, id, row, arose, minor, disputed))
        })
        .map(|(customer, id, row, arose, minor, disputed)| {
            let currency = row.amount.currency();
            Ok(OpenDocument {
                customer,
                item: *id,
                before: journal.before.get(id).cloned().unwrap_or_default(),
                number: numbers.get(id).copied().unwrap_or_default().to_owned(),
                date: row.date,
                arose,
                due: row.due,
                open: Money::from_minor(minor, currency)?,
                disputed: (disputed != 0).then(|| Money::from_minor(disputed, currency)).transpose()?,
            })
        })
        .collect()
}
