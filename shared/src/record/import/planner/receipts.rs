//! Receipts, and money applied to the oldest document first where a ledger doesn't say what settles what.

use super::{Open, Planner};
use crate::facts::id::{CustomerId, FactId, ItemId, ReceiptId};
use crate::facts::ledger::{Allocation, Fact, Receipt, Source};
use crate::facts::money::{Currency, Money};
use crate::record::import::columns::Field;
use crate::record::import::mapping::Mode;
use crate::record::import::plan::{BookView, PlannedFact};
use crate::record::import::problem::{Severity, What};
use crate::record::import::rows::ReceiptRow;
use std::collections::{BTreeMap, VecDeque};

impl<B: BookView> Planner<'_, B> {
    /// Receipts, in an order that doesn't depend on the file's: two that are alike in everything are told apart by count.
    pub(super) fn receive(&mut self) {
        let mut receipts = std::mem::take(&mut self.receipts);
        let key = |(customer, row): &(CustomerId, ReceiptRow)| {
            (*customer, row.date, row.amount, row.reference.clone(), row.invoice.clone(), row.line)
        };
        receipts.sort_by_cached_key(key);
        let mut count = 0_u32;
        let mut previous: Option<(CustomerId, ReceiptRow)> = None;
        for (customer, row) in receipts {
            let alike = previous.as_ref().filter(|(party, before)| {
                *party == customer
                    && (before.date, before.amount, &before.reference) == (row.date, row.amount, &row.reference)
            });
            // One bank reference is one payment.
            if let Some((_, first)) = alike.filter(|(_, b)| row.reference.is_some() && b.invoice == row.invoice) {
                let first = first.line;
                self.report(row.line, Field::BankReference, Severity::Warning, What::Repeated { first });
                continue;
            }
            count = if alike.is_some() { count.saturating_add(1) } else { 0 };
            self.receipt(customer, &row, count);
            previous = Some((customer, row));
        }
    }

    fn receipt(&mut self, customer: CustomerId, row: &ReceiptRow, count: u32) {
        let amount = row.amount.money();
        let id = ReceiptId::derived(&[
            "receipt",
            &customer.to_string(),
            &row.date.to_string(),
            &format!("{amount:?}"),
            row.reference.as_deref().unwrap_or(""),
            &count.to_string(),
        ]);
        if self.book.has_receipt(id) {
            self.summary.unchanged_receipts = self.summary.unchanged_receipts.saturating_add(1);
            return;
        }
        let receipt = Receipt { id, amount, reference: row.reference.clone() };
        let fact_id = FactId::derived(&["received", &id.to_string()]);
        self.fact(fact_id, customer, row.date, Fact::Received(receipt));
        self.summary.receipts = self.summary.receipts.saturating_add(1);
        self.tally(amount.currency(), |totals| {
            totals.received = totals.received.plus(amount)?;
            Ok(())
        });
        let mut unapplied = amount.minor();
        if let Some(number) = &row.invoice {
            let known = self.book.item(customer, number).filter(|item| item.open.currency() == amount.currency());
            let applied = known.and_then(|item| {
                let open = self.left.entry(item.id).or_insert(item.open.minor());
                let minor = unapplied.min(*open);
                let part = Money::from_minor(minor, amount.currency()).ok().filter(|_| minor > 0)?;
                *open = open.saturating_sub(minor);
                Some((item, part))
            });
            if let Some((item, part)) = applied {
                let source = Source::Receipt { receipt: id };
                let fact = Fact::Allocated(Allocation { item: item.id, source, amount: part });
                let fact_id = FactId::derived(&["allocated", &id.to_string(), &item.id.to_string()]);
                self.fact(fact_id, customer, row.date.max(item.date), fact);
                self.summary.allocations = self.summary.allocations.saturating_add(1);
                unapplied = unapplied.saturating_sub(part.minor());
            } else {
                let what = What::NotApplied { number: number.clone() };
                self.report(row.line, Field::Invoice, Severity::Warning, what);
            }
        }
        if self.mode == Mode::Unallocated && unapplied > 0 {
            let (date, currency, number) = (row.date, amount.currency(), String::new());
            let open = Open { due: date, date, number, id: ItemId(id.0), currency, minor: unapplied.saturating_neg() };
            self.open.entry(customer).or_default().push(open);
        }
    }

    /// Money and credit notes settle the oldest documents first: by due date, then date, then number. Marked derived.
    pub(super) fn apply_oldest_first(&mut self) {
        for (customer, mut open) in std::mem::take(&mut self.open) {
            for item in self.book.open_items(Some(customer)) {
                let currency = item.open.currency();
                let minor = self.left.get(&item.id).copied().unwrap_or(item.open.minor());
                open.push(Open { due: item.due, date: item.date, number: item.number, id: item.id, currency, minor });
            }
            let mut receipts: BTreeMap<ItemId, ReceiptId> = BTreeMap::new();
            for receipt in self.book.unapplied(customer) {
                let (date, currency, number) = (receipt.date, receipt.left.currency(), String::new());
                let minor = receipt.left.minor().saturating_neg();
                open.push(Open { due: date, date, number, id: ItemId(receipt.id.0), currency, minor });
            }
            // Only receipts have no number.
            for source in open.iter().filter(|open| open.number.is_empty() && open.minor < 0) {
                receipts.insert(source.id, ReceiptId(source.id.0));
            }
            open.sort();
            let (mut sources, mut items): (Vec<Open>, Vec<Open>) = open.into_iter().partition(|open| open.minor < 0);
            sources.sort_by(|a, b| (a.date, &a.number, a.id).cmp(&(b.date, &b.number, b.id)));
            let mut waiting: BTreeMap<Currency, VecDeque<Open>> = BTreeMap::new();
            for item in items.drain(..).filter(|item| item.minor > 0) {
                waiting.entry(item.currency).or_default().push_back(item);
            }
            for mut source in sources {
                let Some(queue) = waiting.get_mut(&source.currency) else { continue };
                let mut applied = Vec::new();
                while source.minor < 0 {
                    let Some(item) = queue.front_mut() else { break };
                    let minor = item.minor.min(source.minor.saturating_neg());
                    item.minor = item.minor.saturating_sub(minor);
                    source.minor = source.minor.saturating_add(minor);
                    applied.push((item.id, source.date.max(item.date), minor));
                    if item.minor == 0 {
                        queue.pop_front();
                    }
                }
                let by = receipts
                    .get(&source.id)
                    .map_or(Source::CreditNote { item: source.id }, |receipt| Source::Receipt { receipt: *receipt });
                for (item, date, minor) in applied {
                    let Ok(amount) = Money::from_minor(minor, source.currency) else { continue };
                    let import = self.setting.import.to_string();
                    let id = FactId::derived(&["oldest", &import, &source.id.to_string(), &item.to_string()]);
                    let fact = Fact::Allocated(Allocation { item, source: by, amount });
                    self.facts.push(PlannedFact { id, customer, date, fact, derived: true });
                    self.summary.allocations = self.summary.allocations.saturating_add(1);
                }
            }
        }
    }
}
