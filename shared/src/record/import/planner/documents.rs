//! Documents: charged, settled, corrected, disputed; and those that vanished from a list of open items.

use super::{Open, Party, Planner};
use crate::facts::calendar::Date;
use crate::facts::id::{FactId, ItemId, ReceiptId};
use crate::facts::ledger::{Allocation, Dispute, Fact, Item, Receipt, Source};
use crate::facts::money::Money;
use crate::record::import::columns::Field;
use crate::record::import::mapping::Mode;
use crate::record::import::plan::{BookView, KnownItem, PlannedFact};
use crate::record::import::problem::{Problem, Severity, What};
use crate::record::import::rows::ReceivableRow;
use std::hash::{DefaultHasher, Hash, Hasher};

impl<B: BookView> Planner<'_, B> {
    pub(super) fn receivable(&mut self, row: ReceivableRow) {
        let Some(party) = self.party(&row.customer, row.customer_name.as_deref(), row.line) else { return };
        let dates =
            [(Field::Date, Some(row.date)), (Field::Settled, row.settled), (Field::DisputedOn, row.disputed_on)];
        for (field, date) in dates {
            if let Some(date) = date.filter(|date| *date > self.setting.today) {
                self.report(row.line, field, Severity::Error, What::InFuture { date });
            }
        }
        let known = if party.new { None } else { self.book.item(party.id, &row.number) };
        let id = match &known {
            Some(known) => known.id,
            None => ItemId::derived(&["item", &party.id.to_string(), &row.number]),
        };
        let digest = digest(&row);
        if let Some((before, first)) = self.items.get(&id).copied() {
            if before == digest {
                self.report(row.line, Field::Number, Severity::Warning, What::Repeated { first });
            } else {
                let what = What::DuplicateDiffers { number: row.number, first };
                self.report(row.line, Field::Number, Severity::Error, what);
            }
            return;
        }
        self.items.insert(id, (digest, row.line));
        let item = if let Some(known) = known {
            if !self.agrees(&row, &known) {
                return;
            }
            known
        } else {
            let Some(item) = self.charge(&row, party, id) else { return };
            item
        };
        self.settle(&row, &item);
        self.dispute(&row, &item);
    }

    /// Whether the book holds the document as the file has it.
    fn agrees(&mut self, row: &ReceivableRow, known: &KnownItem) -> bool {
        let number = || row.number.clone();
        let snapshot = matches!(self.mode, Mode::Snapshot { .. });
        // A list that has balances only says nothing about what a document was for.
        let says_amount = !snapshot || (row.balance.is_some() && row.balance != Some(row.amount));
        let other_currency = known.amount.currency() != row.amount.currency();
        if other_currency || (says_amount && known.amount != row.amount) {
            let what = What::BookAmountDiffers { number: number(), book: known.amount, file: row.amount };
            self.report(row.line, Field::Amount, Severity::Error, what);
            return false;
        }
        if known.date != row.date {
            let severity = if snapshot { Severity::Warning } else { Severity::Error };
            let what = What::BookDateDiffers { number: number(), book: known.date, file: row.date };
            self.report(row.line, Field::Date, severity, what);
        }
        if let Some(file) = row.due.filter(|due| *due != known.due) {
            let what = What::BookDueDiffers { number: number(), book: known.due, file };
            self.report(row.line, Field::Due, Severity::Warning, what);
        }
        true
    }

    /// A document that the book doesn't know.
    fn charge(&mut self, row: &ReceivableRow, party: Party, id: ItemId) -> Option<KnownItem> {
        let terms = party.terms.or(self.terms);
        let due = row.due.or_else(|| terms.map(|terms| terms.due(row.date, self.setting.calendar)));
        let Some(due) = due else {
            self.report(row.line, Field::Due, Severity::Error, What::Blank);
            return None;
        };
        // The first list of a book brings along what arose before; later lists bring what arose since.
        let first_list = matches!(self.mode, Mode::Snapshot { .. }) && self.first_snapshot;
        let before = self.opening_until.is_some_and(|until| row.date <= until);
        let item = Item {
            id,
            document: row.document,
            number: row.number.clone(),
            due,
            amount: row.amount,
            parts: Vec::new(),
            opening: row.opening.unwrap_or(first_list || before),
            order: None,
            reference: row.reference.clone(),
            description: row.description.clone(),
        };
        self.fact(FactId::derived(&["charged", &id.to_string()]), party.id, row.date, Fact::Charged(item));
        self.summary.new_items = self.summary.new_items.saturating_add(1);
        self.tally(row.amount.currency(), |totals| {
            totals.charged = totals.charged.plus(row.amount)?;
            Ok(())
        });
        if self.mode == Mode::Unallocated && row.settled.is_none() {
            self.open.entry(party.id).or_default().push(Open {
                due,
                date: row.date,
                number: row.number.clone(),
                id,
                currency: row.amount.currency(),
                minor: row.amount.minor(),
            });
        }
        Some(KnownItem {
            id,
            customer: party.id,
            number: row.number.clone(),
            date: row.date,
            due,
            amount: row.amount,
            open: row.amount,
            disputed: false,
            moved: None,
        })
    }

    /// What the row says about what is open.
    fn settle(&mut self, row: &ReceivableRow, item: &KnownItem) {
        if let Mode::Snapshot { as_of: Some(as_of) } = self.mode {
            let balance = row.balance.unwrap_or(row.amount);
            if balance == item.open {
                self.unchanged_unless_charged(item.id);
            } else if let Some(moved) = item.moved.filter(|moved| *moved > as_of) {
                let what = What::MovedSince { number: row.number.clone(), moved };
                self.report(row.line, Field::Number, Severity::Warning, what);
            } else {
                let beyond = balance.minor().saturating_abs() > item.amount.minor().saturating_abs();
                if beyond || (!balance.is_zero() && (balance.minor() < 0) != (item.amount.minor() < 0)) {
                    let what = What::BalanceBeyondAmount { balance, amount: item.amount };
                    self.report(row.line, Field::Balance, Severity::Error, what);
                    return;
                }
                let Ok(amount) = item.open.minus(balance) else { return };
                self.by_list(item, amount, as_of.max(item.date));
                let count = if balance.is_zero() { &mut self.summary.settled } else { &mut self.summary.corrected };
                *count = count.saturating_add(1);
            }
            return;
        }
        let Some(settled) = row.settled.filter(|_| !item.open.is_zero()) else {
            self.unchanged_unless_charged(item.id);
            return;
        };
        self.summary.settled = self.summary.settled.saturating_add(1);
        self.tally(item.open.currency(), |totals| {
            totals.settled = totals.settled.plus(item.open)?;
            Ok(())
        });
        if item.open.minor() < 0 {
            // A credit note was used up, and the file doesn't say by what.
            let id = FactId::derived(&["settled", &item.id.to_string()]);
            let source = Source::Snapshot { import: self.setting.import };
            let fact = Fact::Allocated(Allocation { item: item.id, source, amount: item.open });
            self.fact(id, item.customer, settled, fact);
            return;
        }
        let receipt = ReceiptId::derived(&["settled", &item.id.to_string()]);
        let received = Fact::Received(Receipt { id: receipt, amount: item.open, reference: None });
        self.fact(FactId::derived(&["received", &receipt.to_string()]), item.customer, settled, received);
        let source = Source::Receipt { receipt };
        let allocated = Fact::Allocated(Allocation { item: item.id, source, amount: item.open });
        let id = FactId::derived(&["allocated", &receipt.to_string(), &item.id.to_string()]);
        self.fact(id, item.customer, settled, allocated);
    }

    /// Counts a document as unchanged, unless this plan has just charged it.
    fn unchanged_unless_charged(&mut self, item: ItemId) {
        let charged = |fact: &PlannedFact| matches!(&fact.fact, Fact::Charged(charged) if charged.id == item);
        if !self.facts.last().is_some_and(charged) {
            self.summary.unchanged = self.summary.unchanged.saturating_add(1);
        }
    }

    /// So much less is open by the list.
    fn by_list(&mut self, item: &KnownItem, amount: Money, date: Date) {
        let import = self.setting.import;
        let id = FactId::derived(&["snapshot", &import.to_string(), &item.id.to_string()]);
        let source = Source::Snapshot { import };
        self.fact(id, item.customer, date, Fact::Allocated(Allocation { item: item.id, source, amount }));
        self.tally(amount.currency(), |totals| {
            totals.settled = totals.settled.plus(amount)?;
            Ok(())
        });
    }

    /// A dispute begins on the day that the file gives; without one, on the document's date where the document is
    /// settled, for it must have been before that, and else on the day of the list or today, when it is known to stand.
    fn dispute(&mut self, row: &ReceivableRow, item: &KnownItem) {
        let as_of = match self.mode {
            Mode::Snapshot { as_of: Some(as_of) } => as_of,
            Mode::Snapshot { as_of: None } | Mode::Events | Mode::Unallocated => self.setting.today,
        };
        let settled = row.settled.filter(|_| !item.open.is_zero());
        let opens = row.disputed == Some(true) && !item.disputed && !item.open.is_zero();
        let mut stands = item.disputed;
        if opens {
            let since = row.disputed_on.unwrap_or(if settled.is_some() { item.date } else { as_of.max(item.date) });
            let since = settled.map_or(since, |settled| settled.min(since));
            let id = FactId::derived(&["disputed", &item.id.to_string(), &since.to_string()]);
            self.fact(
                id,
                item.customer,
                since,
                Fact::Disputed(Dispute { item: item.id, open: true, amount: None, raised_by: None }),
            );
            self.summary.disputes = self.summary.disputes.saturating_add(1);
            stands = true;
        }
        let snapshot = matches!(self.mode, Mode::Snapshot { .. });
        let withdrawn = (snapshot && row.disputed == Some(false)).then_some(as_of);
        if let Some(ended) = settled.or(withdrawn).filter(|_| stands) {
            let id = FactId::derived(&["undisputed", &item.id.to_string(), &ended.to_string()]);
            self.fact(
                id,
                item.customer,
                ended,
                Fact::Disputed(Dispute { item: item.id, open: false, amount: None, raised_by: None }),
            );
            self.summary.disputes = self.summary.disputes.saturating_add(1);
        }
    }

    /// Documents that were open and aren't in the list: proposed as settled on its day.
    pub(super) fn vanished(&mut self, as_of: Date) {
        let mut open = self.book.open_items(None);
        open.sort_by_key(|item| item.id);
        for item in open {
            let gone = !self.items.contains_key(&item.id) && item.date <= as_of && !item.open.is_zero();
            if !gone {
                continue;
            }
            if let Some(moved) = item.moved.filter(|moved| *moved > as_of) {
                let what = What::MovedSince { number: item.number, moved };
                let (column, field) = (None, Some(Field::Number));
                self.problems.add(Problem { line: None, column, field, severity: Severity::Warning, what });
                continue;
            }
            self.by_list(&item, item.open, as_of);
            self.summary.settled = self.summary.settled.saturating_add(1);
        }
    }
}

/// What a row says, for telling a repeated row from one that differs. Never stored, so that its form may change.
fn digest(row: &ReceivableRow) -> u64 {
    let mut hasher = DefaultHasher::new();
    (row.date, row.due, row.settled, row.disputed, row.disputed_on, row.opening).hash(&mut hasher);
    (row.amount, row.balance, &row.reference, &row.description).hash(&mut hasher);
    hasher.finish()
}
