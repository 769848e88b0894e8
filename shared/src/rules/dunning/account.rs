//! What dunning sees of a customer, and how it is read from a ledger.

use crate::facts::calendar::Date;
use crate::facts::id::{CustomerId, ItemId};
use crate::facts::ledger::Recorded;
use crate::facts::money::Money;
use crate::facts::notice::{Block, Notice};
use crate::facts::overdue::Payment;
use crate::facts::promise::{Covering, Plan, Promise};
use crate::facts::waiver::FeeWaiver;
use crate::readings::journal::JournalError;
use crate::readings::open_items::{OpenDocument, open_documents};
use serde::{Deserialize, Serialize};

/// What dunning sees of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DunningAccount"))]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Who.
    pub customer: CustomerId,
    /// Its grade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// Its open documents; see [`open_items`]. A credit note among them lowers what is asked for like money.
    pub items: Vec<DunningItem>,
    /// Money not yet applied, by currency; it lowers what is asked for, the oldest document first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unapplied: Vec<Money>,
    /// What came in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<Payment>,
    /// What it promised.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<Covering<Promise>>,
    /// Its plans.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<Covering<Plan>>,
    /// What somebody asked to leave alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<Covering<Block>>,
    /// What went out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    /// What was waived of its fees.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<FeeWaiver>,
}

/// An open document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DunningItem {
    /// Which.
    pub item: ItemId,
    /// The documents that it was issued anew for: what was sent, promised or blocked of them holds for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<ItemId>,
    /// Its number.
    pub number: String,
    /// When it fell due.
    pub due: Date,
    /// What is open; negative on a credit note.
    pub open: Money,
    /// The part of it that is disputed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disputed: Option<Money>,
}

impl DunningItem {
    /// The debt by all its numbers.
    pub fn numbers(&self) -> impl Iterator<Item = ItemId> {
        std::iter::once(self.item).chain(self.before.iter().copied())
    }
}

/// A customer's open documents and instalments at the end of a day, with what is disputed of them.
///
/// # Errors
///
/// [`JournalError`] when the facts make no journal.
pub fn open_items(facts: &[Recorded], as_of: Date) -> Result<Vec<DunningItem>, JournalError> {
    let item = |open: OpenDocument| DunningItem {
        item: open.item,
        before: open.before,
        disputed: open.disputed,
        number: open.number,
        due: open.due,
        open: open.open,
    };
    Ok(open_documents(facts, as_of)?.into_iter().map(item).collect())
}
