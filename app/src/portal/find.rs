//! Finding a document by the customer's own number for it: invoice, bill of lading, container or purchase order.

use shared::facts::calendar::Date;
use shared::facts::ledger::{Document, Fact, Item, Recorded, Withdrawn};
use shared::facts::money::Money;
use shared::readings::journal::Journal;

/// The most documents that a search lists.
pub const FOUND_MAX: usize = 50;

/// A document that was found, whatever the period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The document.
    pub item: Item,
    /// Its date.
    pub date: Date,
    /// What is open of it at the end of the statement.
    pub open: Money,
    /// The day of the last application that left nothing open.
    pub settled: Option<Date>,
}

/// Documents whose number, reference or description holds the words, the newest first, and how many there are in all.
pub fn find(facts: &[Recorded], words: &str, as_of: Date) -> (Vec<Found>, usize) {
    let wanted = plain(words);
    let Ok(journal) = Journal::of(facts, None) else { return (Vec::new(), 0) };
    if wanted.is_empty() {
        return (Vec::new(), 0);
    }
    let matches = |item: &Item| {
        let texts = [Some(&item.number), item.reference.as_ref(), item.description.as_ref()];
        texts.into_iter().flatten().any(|text| plain(text).contains(&wanted))
    };
    let open = journal.open_at(as_of);
    let withdrawn = Withdrawn::by(facts);
    let mut found: Vec<Found> = facts
        .iter()
        .filter(|recorded| recorded.date <= as_of && withdrawn.spares(recorded))
        .filter_map(|recorded| match &recorded.fact {
            Fact::Charged(item) if matches(item) => {
                let place = journal.ids.iter().position(|id| *id == item.id)?;
                let minor = *open.get(place)?;
                let applied = journal.allocations.iter().filter(|row| row.item as usize == place && row.date <= as_of);
                let settled = if minor == 0 { applied.map(|row| row.date).max() } else { None };
                let open = Money::from_minor(minor, item.amount.currency()).ok()?;
                Some(Found { item: item.clone(), date: recorded.date, open, settled })
            }
            _ => None,
        })
        .collect();
    found.sort_by(|a, b| (b.date, &b.item.number).cmp(&(a.date, &a.item.number)));
    let all = found.len();
    found.truncate(FOUND_MAX);
    (found, all)
}

/// Letters and digits only, so that `MSKU 123-4567` finds `msku1234567`.
fn plain(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The name of a document's kind, in both languages.
pub const fn kind_name(document: Document) -> (&'static str, &'static str) {
    match document {
        Document::Invoice => ("账单", "Invoice"),
        Document::DebitNote => ("调增单", "Debit note"),
        Document::CreditNote => ("冲减单", "Credit note"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::recount::tests::{answer, yuan};
    use super::*;

    #[test]
    fn a_document_is_found_by_any_of_its_numbers() {
        let answer = answer();
        let numbers = |words: &str| {
            let (found, _) = find(&answer.facts, words, answer.statement.to);
            found.into_iter().map(|found| (found.item.number, found.open)).collect::<Vec<_>>()
        };
        assert_eq!(numbers("inv1"), [("INV-1".to_owned(), yuan("40.00"))]);
        assert_eq!(numbers("bl inv 2"), [("INV-2".to_owned(), yuan("50.00"))]);
        assert_eq!(numbers("海运").len(), 2);
        assert!(numbers("nothing").is_empty());
        assert!(numbers(" - ").is_empty());
    }
}
