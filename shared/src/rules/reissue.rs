//! Red invoices (红字发票): an invoice with a mistake is taken back whole and issued anew (红冲重开).
//!
//! The customer owes what it owed before, but for what was wrong: the red invoice settles the old one, what was already
//! paid of the old one moves to the new one with the rest of the red, and the new one keeps the due date and the day from
//! which the old one's age counts. Neither is a sale. A credit for returned goods or a price that fell is no reissue: it is
//! a credit note and lowers sales.

use crate::facts::calendar::Date;
use crate::facts::id::ItemId;
use crate::facts::ledger::{Allocation, Document, Fact, Instalment, Item, Recorded, Reissue, Source, Withdrawn};
use crate::facts::money::{Money, MoneyError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What an invoice is issued anew with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Anew {
    /// The red invoice's id.
    pub red: ItemId,
    /// The red invoice's number.
    pub red_number: String,
    /// The new invoice's id.
    pub new: ItemId,
    /// The new invoice's number.
    pub new_number: String,
    /// What the new invoice is for.
    pub amount: Money,
}

/// Why an invoice cannot be issued anew.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReissueError {
    /// Only a document that is owed can be.
    #[error("document {0} is not owed and has no red invoice")]
    NotOwed(ItemId),
    /// The new amount is nothing, negative or in another currency.
    #[error("a new invoice is for more than nothing in the old one's currency, not {0:?}")]
    Amount(Money),
    /// More is open than was charged, or less than nothing.
    #[error("{open:?} of {amount:?} cannot be open")]
    Open {
        /// What was said to be open.
        open: Money,
        /// What was charged.
        amount: Money,
    },
    /// A sum left the range.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// The facts, all of one day, that take an invoice back and issue it anew. `open` is what is open of the old one.
///
/// # Errors
///
/// [`ReissueError::NotOwed`] when the old document is a credit note or owes nothing, [`ReissueError::Amount`] when the
/// new amount is nothing, less, or in another currency, [`ReissueError::Open`] when more is open of the old one than it
/// had.
pub fn reissue(old: &Item, open: Money, anew: &Anew) -> Result<Vec<Fact>, ReissueError> {
    if old.amount.minor() <= 0 || old.document == Document::CreditNote {
        return Err(ReissueError::NotOwed(old.id));
    }
    if anew.amount.minor() <= 0 || anew.amount.currency() != old.amount.currency() {
        return Err(ReissueError::Amount(anew.amount));
    }
    let whole = open.currency() == old.amount.currency() && (0..=old.amount.minor()).contains(&open.minor());
    if !whole {
        return Err(ReissueError::Open { open, amount: old.amount });
    }
    // The order was used up by the old invoice and stays so.
    let like_old = |id, document, number: &String, amount| Item {
        id,
        document,
        number: number.clone(),
        amount,
        parts: Vec::new(),
        order: None,
        opening: false,
        ..old.clone()
    };
    let red = like_old(anew.red, Document::CreditNote, &anew.red_number, old.amount.negated());
    let mut new = like_old(anew.new, old.document, &anew.new_number, anew.amount);
    // Instalments keep their due dates and their shares.
    let shares: Vec<u64> = old.parts.iter().map(|part| part.amount.minor().unsigned_abs()).collect();
    let parts = old.parts.iter().zip(anew.amount.split(&shares));
    new.parts = parts.map(|(part, amount)| Instalment { due: part.due, amount }).collect();
    let mut facts = vec![
        Fact::Charged(red),
        Fact::Charged(new),
        Fact::Reissued(Reissue { old: old.id, red: anew.red, new: anew.new }),
    ];
    // What was paid of the old invoice is credit that the new one takes; should it be smaller, the rest stays open.
    let moved = old.amount.minus(open)?.min(anew.amount)?;
    for (item, amount) in [(old.id, open), (anew.new, moved)] {
        if !amount.is_zero() {
            facts.push(Fact::Allocated(Allocation { item, source: Source::CreditNote { item: anew.red }, amount }));
        }
    }
    Ok(facts)
}

/// The day from which each reissued document's age counts: its oldest predecessor's. Documents that aren't named count from
/// their own.
pub fn arising(facts: &[Recorded]) -> BTreeMap<ItemId, Date> {
    let withdrawn = Withdrawn::by(facts);
    crate::readings::arising::arising(facts.iter().filter(|recorded| withdrawn.spares(recorded)))
}
