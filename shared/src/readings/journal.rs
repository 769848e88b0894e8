//! The journal: the ledger's facts laid out in rows that every reading runs over.
//!
//! One customer's facts or a whole book's make the same [`Journal`]; aging, behaviour, the statement and the standing read
//! nothing else of the ledger. That is why one customer read alone and a pass over all of them agree. Rows keep the order
//! of (date, id), so that the order in which facts were recorded never shows in a result.
//!
//! Open at day D means: the document is dated D or earlier, less what was applied to it by D. A document on instalments has
//! a row for each of them, and what is applied to it pays the earliest due first. What a return, a dishonoured bill, a
//! write-off and a recovery do to which document is told in [`settling`].

mod beside;
mod columns;
pub mod settling;

pub use columns::{AllocationColumns, CashColumns, Columns, ColumnsError, DisputeColumns, ItemColumns};

use crate::facts::calendar::Date;
use crate::facts::id::{BillId, CustomerId, FeedNumber, ItemId, ReceiptId};
use crate::facts::ledger::{Document, Fact, Instalment, Recorded, Withdrawn};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::readings::arising::{arising, predecessors};
use serde::{Deserialize, Serialize};
use settling::{Does, Movement, settled};
use std::collections::{BTreeMap, BTreeSet};

/// Why facts make no journal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// An application names a document that is not there.
    #[error("an allocation names document {0}, which is not in the ledger")]
    UnknownItem(ItemId),
    /// An application names money that is not there.
    #[error("an allocation names receipt {0}, which is not in the ledger")]
    UnknownReceipt(ReceiptId),
    /// A bill was passed on or ended that never came in.
    #[error("bill {0} is not in the ledger")]
    UnknownBill(BillId),
    /// The instalments of a document don't add up to it, or have another sign than it.
    #[error("the instalments of document {0} do not add up to it")]
    Instalments(ItemId),
    /// A sum left the range, or currencies were mixed.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// A document, or one instalment of it, as a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemRow {
    /// Which of the journal's customers.
    pub customer: u32,
    /// What it is.
    pub document: Document,
    /// Its date.
    pub date: Date,
    /// When it falls due.
    pub due: Date,
    /// What was charged; negative on a credit note.
    pub amount: Money,
    /// Brought along from before this book, or issued anew; no sale.
    pub opening: bool,
}

/// Something applied to a document, as a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AllocationRow {
    /// Which of the journal's items.
    pub item: u32,
    /// The day.
    pub date: Date,
    /// Minor units of the item's currency by which the open amount falls; negative when it rises.
    pub minor: i64,
    /// Whether money or a bill (and not a credit or a correction) settled it.
    pub cash: bool,
}

/// A payment that came back, as a row: its application, which stands among the applications with both signs, never was
/// a payment. Of a bill that was refused likewise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TakenBack {
    /// Which of the journal's items.
    pub item: u32,
    /// The day on which it came back.
    pub date: Date,
    /// The day on which it had come.
    pub paid: Date,
    /// Minor units of the item's currency.
    pub minor: i64,
}

/// Something written off, as a row; a recovery is negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WrittenOffRow {
    /// Which of the journal's items.
    pub item: u32,
    /// The day.
    pub date: Date,
    /// Minor units of the item's currency.
    pub minor: i64,
    /// Whether money came in for it, or went back again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recovery: bool,
}

/// A document that is older than its date, because it was issued anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Arose {
    /// Which of the journal's items.
    pub item: u32,
    /// When the debt arose.
    pub date: Date,
}

/// Money that came in, or was used, as a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CashRow {
    /// Which of the journal's customers.
    pub customer: u32,
    /// The day.
    pub date: Date,
    /// Received is positive, applied is negative.
    pub amount: Money,
    /// Whether this is the money coming in.
    pub received: bool,
}

/// A dispute opened or closed, as a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DisputeRow {
    /// Which of the journal's items.
    pub item: u32,
    /// From which day.
    pub date: Date,
    /// Whether it is open from then on.
    pub open: bool,
    /// Minor units of the item that it is about; all of it when absent.
    pub minor: Option<i64>,
}

/// The ledger of some customers, in rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journal {
    /// The customers, in the order of their ids.
    pub customers: Vec<CustomerId>,
    /// Documents by customer, date and id.
    pub items: Vec<ItemRow>,
    /// The documents' ids, in the order of `items`; empty in a journal that was read from [`Columns`].
    pub ids: Vec<ItemId>,
    /// Applications by item and date.
    pub allocations: Vec<AllocationRow>,
    /// Money by customer and date.
    pub cash: Vec<CashRow>,
    /// Disputes by item and date.
    pub disputes: Vec<DisputeRow>,
    /// Payments that came back, by item and date.
    pub taken_back: Vec<TakenBack>,
    /// Write-offs and recoveries, by item and date.
    pub written_off: Vec<WrittenOffRow>,
    /// Documents issued anew, by item.
    pub arose: Vec<Arose>,
    /// The documents that each of these took the place of, the newest first; like the ids, empty in a journal that was read
    /// from [`Columns`].
    pub before: BTreeMap<ItemId, Vec<ItemId>>,
}

/// A payment as behaviour counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paid<'a> {
    /// What was paid.
    pub item: &'a ItemRow,
    /// Its place among the items.
    pub place: u32,
    /// When.
    pub date: Date,
    /// Minor units of the item's currency; negative when an earlier one is taken off again.
    pub minor: i64,
}

impl Journal {
    /// Lays out what the book knew at `known` (everything, when absent).
    ///
    /// # Errors
    ///
    /// [`JournalError`] when an application names a document, money or a bill that isn't there, when instalments don't
    /// add up to their document, and when a sum leaves the range.
    pub fn of(facts: &[Recorded], known: Option<FeedNumber>) -> Result<Self, JournalError> {
        let mut facts: Vec<&Recorded> =
            facts.iter().filter(|fact| known.is_none_or(|known| fact.feed <= known)).collect();
        // In whatever order they come: facts of one day are told apart by when the book learned them.
        facts.sort_by_key(|fact| (fact.feed, fact.id));
        let customers: Vec<CustomerId> =
            facts.iter().map(|fact| fact.customer).collect::<BTreeSet<_>>().into_iter().collect();
        let place: BTreeMap<CustomerId, u32> = customers.iter().copied().zip(0_u32..).collect();
        let withdrawn = Withdrawn::by(facts.iter().copied());
        facts.retain(|fact| withdrawn.spares(fact));

        let mut journal = Self { customers, ..Self::default() };
        let rows = journal.lay_out_items(&facts, &place)?;
        let settled = settled(&facts)?;
        for moved in settled.money {
            let Some(&customer) = place.get(&moved.customer) else { continue };
            let (date, amount, received) = (moved.date, moved.amount, moved.received);
            journal.cash.push(CashRow { customer, date, amount, received });
        }
        journal.apply(&settled.movements, &rows)?;
        for recorded in &facts {
            if let Fact::Disputed(dispute) = &recorded.fact {
                let (first, last) = *rows.get(&dispute.item).ok_or(JournalError::UnknownItem(dispute.item))?;
                let mut left = dispute.amount.map(Money::minor);
                // Of instalments those are disputed first that fall due last.
                for item in (first..=last).rev() {
                    let whole = journal.items.get(item as usize).map_or(0, |row| row.amount.minor());
                    let minor = left.map(|left| if first == last { left } else { left.min(whole) });
                    left = left.zip(minor).map(|(left, minor)| left.saturating_sub(minor));
                    journal.disputes.push(DisputeRow { item, date: recorded.date, open: dispute.open, minor });
                }
            }
        }
        let anew = arising(facts.iter().copied());
        let arose = anew.iter().filter_map(|(item, date)| Some((rows.get(item)?, *date)));
        journal.arose =
            arose.flat_map(|(&(first, last), date)| (first..=last).map(move |item| Arose { item, date })).collect();
        journal.before = predecessors(facts.iter().copied());
        journal.sort();
        Ok(journal)
    }

    /// Documents and their instalments as rows; answers where each document's rows stand, the first and the last.
    fn lay_out_items(
        &mut self,
        facts: &[&Recorded],
        place: &BTreeMap<CustomerId, u32>,
    ) -> Result<BTreeMap<ItemId, (u32, u32)>, JournalError> {
        // Red and new invoice of one issued anew are no sale.
        let no_sale: BTreeSet<ItemId> = facts
            .iter()
            .filter_map(|recorded| match recorded.fact {
                Fact::Reissued(reissue) => Some([reissue.red, reissue.new]),
                _ => None,
            })
            .flatten()
            .collect();
        let mut items = Vec::new();
        for recorded in facts {
            let (Fact::Charged(item), Some(&customer)) = (&recorded.fact, place.get(&recorded.customer)) else {
                continue;
            };
            let row = |due: Date, amount: Money| ItemRow {
                customer,
                document: item.document,
                date: recorded.date,
                due,
                amount,
                opening: item.opening || no_sale.contains(&item.id),
            };
            if item.parts.is_empty() {
                items.push((item.id, row(item.due, item.amount)));
                continue;
            }
            let sum = Money::sum(item.amount.currency(), item.parts.iter().map(|part| part.amount));
            let sign = item.amount.minor().signum();
            let own = item.parts.iter().all(|part| [0, sign].contains(&part.amount.minor().signum()));
            if !own || sum.ok() != Some(item.amount) {
                return Err(JournalError::Instalments(item.id));
            }
            items.extend(item.parts.iter().map(|Instalment { due, amount }| (item.id, row(*due, *amount))));
        }
        items.sort_by_key(|(id, item)| (item.customer, item.date, *id, item.due));
        (self.ids, self.items) = items.into_iter().unzip();
        let mut rows: BTreeMap<ItemId, (u32, u32)> = BTreeMap::new();
        for (id, row) in self.ids.iter().zip(0_u32..) {
            let (_, last) = rows.entry(*id).or_insert((row, row));
            *last = row;
        }
        Ok(rows)
    }

    /// Applications as rows, in the order in which they were made.
    fn apply(&mut self, movements: &[Movement], rows: &BTreeMap<ItemId, (u32, u32)>) -> Result<(), JournalError> {
        // What is open of instalments, and which of them each application went to.
        let mut open: BTreeMap<u32, i64> = BTreeMap::new();
        let mut spreads: BTreeMap<usize, Vec<(u32, i64)>> = BTreeMap::new();
        for (number, movement) in movements.iter().enumerate() {
            let (first, last) = *rows.get(&movement.item).ok_or(JournalError::UnknownItem(movement.item))?;
            let spread = if first == last {
                vec![(first, movement.minor)]
            } else {
                for row in first..=last {
                    let whole = self.items.get(row as usize).map_or(0, |item| item.amount.minor());
                    open.entry(row).or_insert(whole);
                }
                let spread = match movement.of.and_then(|of| spreads.get_mut(&of)) {
                    Some(of) => back(of, movement.minor),
                    None => self.spread(movement.minor, (first, last), &open),
                };
                for (row, minor) in &spread {
                    let open = open.entry(*row).or_default();
                    *open = open.saturating_sub(*minor);
                }
                spreads.insert(number, spread.clone());
                spread
            };
            let date = movement.date;
            for (item, minor) in spread {
                let cash = movement.does == Does::Pays;
                self.allocations.push(AllocationRow { item, date, minor, cash });
                match (movement.does, movement.paid) {
                    (Does::Pays, Some(paid)) => {
                        self.taken_back.push(TakenBack { item, date, paid, minor: minor.saturating_neg() });
                    }
                    (Does::WritesOff | Does::Recovers, _) => {
                        let recovery = movement.does == Does::Recovers;
                        self.written_off.push(WrittenOffRow { item, date, minor, recovery });
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Spreads an amount over a document's instalments: it pays what is open of the earliest, and what is beyond all of them
    /// goes to the last; what raises the document again raises the last that was paid.
    fn spread(&self, minor: i64, (first, last): (u32, u32), open: &BTreeMap<u32, i64>) -> Vec<(u32, i64)> {
        let mut left = minor;
        let mut spread = Vec::new();
        let of = |row: u32| open.get(&row).copied().unwrap_or(0);
        let whole = |row: u32| self.items.get(row as usize).map_or(0, |item| item.amount.minor());
        for step in 0..=last.saturating_sub(first) {
            let row = if minor >= 0 { first.saturating_add(step) } else { last.saturating_sub(step) };
            let part =
                if minor >= 0 { left.min(of(row).max(0)) } else { left.max(of(row).saturating_sub(whole(row)).min(0)) };
            if part != 0 {
                spread.push((row, part));
                left = left.saturating_sub(part);
            }
        }
        if left != 0 {
            spread.push((last, left));
        }
        spread
    }

    fn sort(&mut self) {
        self.allocations.sort_by_key(|row| (row.item, row.date, row.minor, row.cash));
        self.cash.sort_by_key(|row| (row.customer, row.date, row.amount.currency(), row.amount.minor(), row.received));
        // A stable sort: of one day's disputes the later word stands.
        self.disputes.sort_by_key(|row| (row.item, row.date));
        self.taken_back.sort_unstable();
        self.written_off.sort_unstable();
        self.arose.sort_unstable();
    }

    /// What is open on each document at the end of `as_of`, in minor units, in the order of [`Journal::items`]. Nothing
    /// is open on a document dated later.
    pub fn open_at(&self, as_of: Date) -> Vec<i64> {
        let mut open: Vec<i64> =
            self.items.iter().map(|item| if item.date <= as_of { item.amount.minor() } else { 0 }).collect();
        for row in &self.allocations {
            if row.date <= as_of
                && let Some(open) = open.get_mut(row.item as usize)
            {
                // A document holds at most 2^53, and a book far fewer than 2^10 applications of that size to it.
                *open = open.saturating_sub(row.minor);
            }
        }
        open
    }

    /// Whether each document stands disputed at the end of `as_of`, in the order of [`Journal::items`].
    pub fn disputed_at(&self, as_of: Date) -> Vec<bool> {
        let mut disputed = vec![false; self.items.len()];
        for row in self.disputes.iter().filter(|row| row.date <= as_of) {
            if let Some(flag) = disputed.get_mut(row.item as usize) {
                *flag = row.open;
            }
        }
        disputed
    }

    /// How much of what is open stands disputed at the end of `as_of`, in minor units, in the order of [`Journal::items`];
    /// `open` is what [`Journal::open_at`] says of that day. Nothing of a credit note is.
    pub fn disputed_of(&self, open: &[i64], as_of: Date) -> Vec<i64> {
        let mut disputed = vec![0; self.items.len()];
        for row in self.disputes.iter().filter(|row| row.date <= as_of) {
            if let Some(sum) = disputed.get_mut(row.item as usize) {
                *sum = if row.open { row.minor.unwrap_or(i64::MAX) } else { 0 };
            }
        }
        for (sum, open) in disputed.iter_mut().zip(open) {
            *sum = (*sum).clamp(0, (*open).max(0));
        }
        disputed
    }

    /// What was written off each document by the end of `as_of` and not recovered, in minor units, in the order of
    /// [`Journal::items`].
    pub fn written_off_at(&self, as_of: Date) -> Vec<i64> {
        let mut sums = vec![0_i64; self.items.len()];
        for row in self.written_off.iter().filter(|row| row.date <= as_of) {
            if let Some(sum) = sums.get_mut(row.item as usize) {
                *sum = sum.saturating_add(row.minor);
            }
        }
        sums
    }

    /// What the customer owes on each document at the end of `as_of`: what is open, and what our books wrote off.
    pub fn owed_at(&self, as_of: Date) -> Vec<i64> {
        let mut owed = self.open_at(as_of);
        if !self.written_off.is_empty() {
            for (owed, written_off) in owed.iter_mut().zip(self.written_off_at(as_of)) {
                *owed = owed.saturating_add(written_off);
            }
        }
        owed
    }

    /// From which day each document's age counts, in the order of [`Journal::items`]: its own date, or that of the oldest
    /// one that it was issued anew for.
    pub fn arisings(&self) -> Vec<Date> {
        let mut dates: Vec<Date> = self.items.iter().map(|item| item.date).collect();
        for row in &self.arose {
            if let Some(date) = dates.get_mut(row.item as usize) {
                *date = row.date;
            }
        }
        dates
    }

    /// A document by all its numbers: itself, and those that it was issued anew for.
    pub fn numbers(&self, item: ItemId) -> impl Iterator<Item = ItemId> {
        std::iter::once(item).chain(self.before.get(&item).into_iter().flatten().copied())
    }

    /// What was paid in (`from`, `as_of`], as it is known at the end of `as_of`. A payment that came back by then never
    /// was one: it is taken off with the day on which it came. Write-offs are no payments.
    pub fn payments(&self, from: Date, as_of: Date) -> impl Iterator<Item = Paid<'_>> {
        let within = move |date: Date| date > from && date <= as_of;
        let rows = self.allocations.iter().filter(move |row| row.cash && within(row.date));
        let rows = rows.map(|row| (row.item, row.date, row.minor));
        let back = self.taken_back.iter().filter(move |row| row.date <= as_of);
        let back =
            back.flat_map(|row| [(row.item, row.date, row.minor), (row.item, row.paid, row.minor.saturating_neg())]);
        let back = back.filter(move |(_, date, _)| within(*date));
        rows.chain(back)
            .filter_map(|(place, date, minor)| Some(Paid { item: self.items.get(place as usize)?, place, date, minor }))
    }

    /// Unapplied cash by customer and currency at the end of `as_of`; nothing is listed where there is none.
    ///
    /// # Errors
    ///
    /// [`MoneyError::OutOfRange`] when a customer's cash leaves the range.
    pub fn unapplied_at(&self, as_of: Date) -> Result<BTreeMap<(u32, Currency), Money>, MoneyError> {
        let mut unapplied: BTreeMap<(u32, Currency), Money> = BTreeMap::new();
        for row in self.cash.iter().filter(|row| row.date <= as_of) {
            let currency = row.amount.currency();
            let sum = unapplied.entry((row.customer, currency)).or_insert(Money::zero(currency));
            *sum = sum.plus(row.amount)?;
        }
        unapplied.retain(|_, sum| !sum.is_zero());
        Ok(unapplied)
    }
}

/// Takes so much off what an application went to, the last part first; `minor` is negative, and so are the parts.
fn back(of: &mut [(u32, i64)], minor: i64) -> Vec<(u32, i64)> {
    let mut left = minor.saturating_neg();
    let mut taken = Vec::new();
    for (row, part) in of.iter_mut().rev() {
        let take = left.min(*part);
        if take > 0 {
            taken.push((*row, take.saturating_neg()));
            (*part, left) = (part.saturating_sub(take), left.saturating_sub(take));
        }
    }
    taken
}
