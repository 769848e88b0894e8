//! A book in memory, as far as an import needs one: for previews where the edge isn't asked, and for tests.

use super::plan::{BookView, KnownCustomer, KnownItem, KnownReceipt, Plan, PlannedFact};
use crate::facts::calendar::Date;
use crate::facts::id::{CustomerId, FactId, ItemId, PersonId, ReceiptId};
use crate::facts::ledger::{Fact, Source};
use crate::facts::money::MoneyError;
use std::collections::{BTreeMap, BTreeSet};

/// A book that answers an import's questions from memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryBook {
    customers: BTreeMap<CustomerId, KnownCustomer>,
    codes: BTreeMap<String, CustomerId>,
    people: BTreeMap<String, PersonId>,
    items: BTreeMap<ItemId, KnownItem>,
    numbers: BTreeMap<(CustomerId, String), ItemId>,
    receipts: BTreeMap<ReceiptId, (CustomerId, KnownReceipt)>,
    facts: BTreeSet<FactId>,
    newest_snapshot: Option<Date>,
}

impl MemoryBook {
    /// Somebody with a sign-in.
    pub fn add_person(&mut self, sign_in: impl Into<String>, person: PersonId) {
        self.people.insert(sign_in.into(), person);
    }

    /// A list of open items of this day was imported.
    pub fn add_snapshot(&mut self, as_of: Date) {
        self.newest_snapshot = self.newest_snapshot.max(Some(as_of));
    }

    /// A customer's file, with what was granted to it.
    pub fn add_customer(&mut self, known: KnownCustomer) {
        self.codes.insert(known.customer.code.clone(), known.customer.id);
        self.customers.insert(known.customer.id, known);
    }

    /// Records a plan that isn't refused. A fact that the book holds already changes nothing.
    ///
    /// # Errors
    ///
    /// [`MoneyError`] when something is applied in another currency, or what is left leaves the range.
    pub fn record(&mut self, plan: &Plan) -> Result<(), MoneyError> {
        for planned in &plan.customers {
            let customer = planned.customer.clone();
            let before = self.customers.get(&customer.id);
            let (terms, limit) = before.map_or((None, None), |before| (before.terms, before.limit.clone()));
            self.add_customer(KnownCustomer { customer, terms, limit });
        }
        plan.facts.iter().try_for_each(|fact| self.learn(fact))
    }

    /// Every document, by id.
    pub fn items(&self) -> impl Iterator<Item = &KnownItem> {
        self.items.values()
    }

    /// The ids of all facts recorded.
    pub const fn fact_ids(&self) -> &BTreeSet<FactId> {
        &self.facts
    }

    fn learn(&mut self, planned: &PlannedFact) -> Result<(), MoneyError> {
        if !self.facts.insert(planned.id) {
            return Ok(());
        }
        match &planned.fact {
            Fact::Charged(item) => {
                let known = KnownItem {
                    id: item.id,
                    customer: planned.customer,
                    number: item.number.clone(),
                    date: planned.date,
                    due: item.due,
                    amount: item.amount,
                    open: item.amount,
                    disputed: false,
                    moved: None,
                };
                self.numbers.insert((planned.customer, item.number.clone()), item.id);
                self.items.insert(item.id, known);
            }
            Fact::Received(receipt) => {
                let known = KnownReceipt { id: receipt.id, date: planned.date, left: receipt.amount };
                self.receipts.insert(receipt.id, (planned.customer, known));
            }
            Fact::Allocated(allocation) => {
                if let Some(item) = self.items.get_mut(&allocation.item) {
                    item.open = item.open.minus(allocation.amount)?;
                    item.moved = item.moved.max(Some(planned.date));
                }
                match allocation.source {
                    Source::Receipt { receipt } => {
                        if let Some((_, known)) = self.receipts.get_mut(&receipt) {
                            known.left = known.left.minus(allocation.amount)?;
                        }
                    }
                    Source::Converted { receipt, paid } => {
                        if let Some((_, known)) = self.receipts.get_mut(&receipt) {
                            known.left = known.left.minus(paid)?;
                        }
                    }
                    Source::CreditNote { item } => {
                        if let Some(note) = self.items.get_mut(&item) {
                            note.open = note.open.plus(allocation.amount)?;
                            note.moved = note.moved.max(Some(planned.date));
                        }
                    }
                    Source::Snapshot { .. } | Source::Difference { .. } => {}
                }
            }
            Fact::Disputed(dispute) => {
                if let Some(item) = self.items.get_mut(&dispute.item) {
                    item.disputed = dispute.open;
                }
            }
            Fact::TermsGranted(grant) => {
                if let Some(known) = self.customers.get_mut(&planned.customer) {
                    known.terms = Some(grant.terms);
                }
            }
            Fact::LimitGranted(grant) => {
                if let Some(known) = self.customers.get_mut(&planned.customer) {
                    known.limit = Some(grant.clone());
                }
            }
            // An import doesn't ask about anything else.
            _ => {}
        }
        Ok(())
    }
}

impl BookView for MemoryBook {
    fn customer(&self, code_or_name: &str) -> Option<KnownCustomer> {
        if let Some(id) = self.codes.get(code_or_name) {
            return self.customers.get(id).cloned();
        }
        let mut named = self.customers.values().filter(|known| known.customer.name == code_or_name);
        named.next().filter(|_| named.next().is_none()).cloned()
    }

    fn person(&self, sign_in: &str) -> Option<PersonId> {
        self.people.get(sign_in).copied()
    }

    fn item(&self, customer: CustomerId, number: &str) -> Option<KnownItem> {
        let id = self.numbers.get(&(customer, number.to_owned()))?;
        self.items.get(id).cloned()
    }

    fn has_receipt(&self, receipt: ReceiptId) -> bool {
        self.receipts.contains_key(&receipt)
    }

    fn open_items(&self, customer: Option<CustomerId>) -> Vec<KnownItem> {
        let asked =
            |item: &&KnownItem| !item.open.is_zero() && customer.is_none_or(|customer| item.customer == customer);
        self.items.values().filter(asked).cloned().collect()
    }

    fn unapplied(&self, customer: CustomerId) -> Vec<KnownReceipt> {
        let asked = self.receipts.values().filter(|(party, known)| *party == customer && !known.left.is_zero());
        asked.map(|(_, known)| *known).collect()
    }

    fn newest_snapshot(&self) -> Option<Date> {
        self.newest_snapshot
    }
}
