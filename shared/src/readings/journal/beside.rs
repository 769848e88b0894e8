//! Two journals side by side: of a book's customers some are laid out from facts, others from tables.

use super::{AllocationRow, Arose, CashRow, DisputeRow, Journal, TakenBack, WrittenOffRow};
use crate::facts::id::CustomerId;
use std::collections::BTreeMap;

impl Journal {
    /// The journal of both's customers, the same as one laid out from all their facts together. No customer is in both.
    #[must_use]
    pub fn beside(self, other: Self) -> Self {
        if other.customers.is_empty() {
            return self;
        }
        let both = [self, other];
        let mut customers: Vec<CustomerId> = both.iter().flat_map(|journal| &journal.customers).copied().collect();
        customers.sort_unstable();
        let place: BTreeMap<CustomerId, u32> = customers.iter().copied().zip(0_u32..).collect();
        let customer_of = |journal: &Self, customer: u32| {
            let id = journal.customers.get(customer as usize);
            id.and_then(|id| place.get(id)).copied().unwrap_or_default()
        };
        // Documents are in the order of their customers, and each journal's own order is right within one of them.
        let mut order: Vec<(u32, usize, usize)> = Vec::new();
        for (which, journal) in both.iter().enumerate() {
            let rows = journal.items.iter().enumerate();
            order.extend(rows.map(|(row, item)| (customer_of(journal, item.customer), which, row)));
        }
        order.sort_unstable();
        let mut moved: Vec<Vec<u32>> = both.iter().map(|journal| vec![0; journal.items.len()]).collect();
        let mut together = Self { customers: customers.clone(), ..Self::default() };
        for (&(customer, which, row), now) in order.iter().zip(0_u32..) {
            let Some(journal) = both.get(which) else { continue };
            if let Some(place) = moved.get_mut(which).and_then(|rows| rows.get_mut(row)) {
                *place = now;
            }
            together.items.extend(journal.items.get(row).map(|item| super::ItemRow { customer, ..*item }));
            together.ids.extend(journal.ids.get(row));
        }
        for (journal, moved) in both.iter().zip(&moved) {
            together.before.extend(journal.before.clone());
            let item = |row: u32| moved.get(row as usize).copied().unwrap_or_default();
            let (applied, off) = (&journal.allocations, &journal.written_off);
            together.allocations.extend(applied.iter().map(|row| AllocationRow { item: item(row.item), ..*row }));
            together.disputes.extend(journal.disputes.iter().map(|row| DisputeRow { item: item(row.item), ..*row }));
            together.taken_back.extend(journal.taken_back.iter().map(|row| TakenBack { item: item(row.item), ..*row }));
            together.written_off.extend(off.iter().map(|row| WrittenOffRow { item: item(row.item), ..*row }));
            together.arose.extend(journal.arose.iter().map(|row| Arose { item: item(row.item), ..*row }));
            let customer = |row: &CashRow| customer_of(journal, row.customer);
            together.cash.extend(journal.cash.iter().map(|row| CashRow { customer: customer(row), ..*row }));
        }
        together.sort();
        together
    }
}
