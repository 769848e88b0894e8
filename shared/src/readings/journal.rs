//! The journal: the ledger's facts laid out in rows that every reading runs over.
//!
//! One customer's facts or a whole book's make the same [`Journal`]; aging, behaviour, the statement and the standing read
//! nothing else of the ledger. That is why one customer read alone and a pass over all of them agree. Rows keep the order
//! of (date, id), so that the order in which facts were recorded never shows in a result.
//!
//! Open at day D means: the document is dated D or earlier, less what was applied to it by D.

use crate::facts::calendar::Date;
use crate::facts::id::{CustomerId, FeedNumber, ItemId, ReceiptId};
use crate::facts::ledger::{Document, Fact, Recorded, Source, Withdrawn};
use crate::facts::money::{Currency, Money, MoneyError};
use chrono::Datelike;
use serde::{Deserialize, Serialize};
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
    /// A sum left the range, or currencies were mixed.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// A document as a row.
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
    /// Whether money (and not a credit or a correction) settled it.
    pub cash: bool,
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
}

impl Journal {
    /// Lays out what the book knew at `known` (everything, when absent).
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
        let mut receipts: BTreeMap<ReceiptId, (u32, Currency)> = BTreeMap::new();
        let mut cash = Vec::new();
        for recorded in &facts {
            let Some(&customer) = place.get(&recorded.customer) else { continue };
            match &recorded.fact {
                Fact::Charged(item) => items.push((
                    item.id,
                    ItemRow {
                        customer,
                        document: item.document,
                        date: recorded.date,
                        due: item.due,
                        amount: item.amount,
                        opening: item.opening || no_sale.contains(&item.id),
                    },
                )),
                Fact::Received(receipt) => {
                    receipts.insert(receipt.id, (customer, receipt.amount.currency()));
                    cash.push(CashRow { customer, date: recorded.date, amount: receipt.amount, received: true });
                }
                _ => {}
            }
        }
        items.sort_by_key(|(id, item)| (item.customer, item.date, *id));
        let (ids, items): (Vec<ItemId>, Vec<ItemRow>) = items.into_iter().unzip();
        let row_of: BTreeMap<ItemId, u32> = ids.iter().copied().zip(0_u32..).collect();
        let find = |id: ItemId| row_of.get(&id).copied().ok_or(JournalError::UnknownItem(id));

        let mut allocations = Vec::new();
        let mut disputes = Vec::new();
        for recorded in &facts {
            match &recorded.fact {
                Fact::Allocated(allocation) => {
                    let (date, minor) = (recorded.date, allocation.amount.minor());
                    let cash_source = matches!(allocation.source, Source::Receipt { .. } | Source::Converted { .. });
                    allocations.push(AllocationRow { item: find(allocation.item)?, date, minor, cash: cash_source });
                    match allocation.source {
                        Source::Receipt { receipt } | Source::Converted { receipt, .. } => {
                            let used = match allocation.source {
                                Source::Converted { paid, .. } => paid,
                                _ => allocation.amount,
                            };
                            let (customer, _) = *receipts.get(&receipt).ok_or(JournalError::UnknownReceipt(receipt))?;
                            cash.push(CashRow { customer, date, amount: used.negated(), received: false });
                        }
                        Source::CreditNote { item } => allocations.push(AllocationRow {
                            item: find(item)?,
                            date,
                            minor: minor.saturating_neg(),
                            cash: false,
                        }),
                        Source::Snapshot { .. } | Source::Difference { .. } => {}
                    }
                }
                Fact::Disputed(dispute) => {
                    disputes.push(DisputeRow { item: find(dispute.item)?, date: recorded.date, open: dispute.open });
                }
                _ => {}
            }
        }
        allocations.sort_by_key(|row| (row.item, row.date, row.minor, row.cash));
        cash.sort_by_key(|row| (row.customer, row.date, row.amount.currency(), row.amount.minor(), row.received));
        // A stable sort: of one day's disputes the later word stands.
        disputes.sort_by_key(|row| (row.item, row.date));
        Ok(Self { customers, items, ids, allocations, cash, disputes })
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

    /// Unapplied cash by customer and currency at the end of `as_of`; nothing is listed where there is none.
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

/// A journal on the wire: parallel columns. Dates are days of the common era, amounts minor units as plain numbers (they
/// stay within 2^53), currencies places in `currencies`. Ids of documents stay behind; a reading needs none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// The customers.
    pub customers: Vec<CustomerId>,
    /// The currencies.
    pub currencies: Vec<Currency>,
    /// Documents.
    pub items: ItemColumns,
    /// Applications.
    pub allocations: AllocationColumns,
    /// Money.
    pub cash: CashColumns,
    /// Disputes.
    pub disputes: DisputeColumns,
}

/// The columns of documents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ItemColumns {
    /// Place of the customer.
    pub customer: Vec<u32>,
    /// 0 invoice, 1 debit note, 2 credit note; 4 more when opening.
    pub kind: Vec<u8>,
    /// Date.
    pub date: Vec<i32>,
    /// Days from date to due date.
    pub term: Vec<i32>,
    /// Minor units.
    pub minor: Vec<i64>,
    /// Place of the currency.
    pub currency: Vec<u8>,
}

/// The columns of applications.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AllocationColumns {
    /// Place of the document.
    pub item: Vec<u32>,
    /// Date.
    pub date: Vec<i32>,
    /// Minor units.
    pub minor: Vec<i64>,
    /// 1 when it was cash.
    pub cash: Vec<u8>,
}

/// The columns of money.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CashColumns {
    /// Place of the customer.
    pub customer: Vec<u32>,
    /// Date.
    pub date: Vec<i32>,
    /// Minor units.
    pub minor: Vec<i64>,
    /// Place of the currency.
    pub currency: Vec<u8>,
    /// 1 when it came in.
    pub received: Vec<u8>,
}

/// The columns of disputes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DisputeColumns {
    /// Place of the document.
    pub item: Vec<u32>,
    /// Date.
    pub date: Vec<i32>,
    /// 1 when it is open from then on.
    pub open: Vec<u8>,
}

/// Columns that make no journal: one is shorter than its neighbours, or holds a value that means nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the journal's columns do not fit together")]
pub struct ColumnsError;

impl From<&Journal> for Columns {
    fn from(journal: &Journal) -> Self {
        let amounts = journal.items.iter().map(|row| row.amount).chain(journal.cash.iter().map(|row| row.amount));
        let currencies: Vec<Currency> = amounts.map(Money::currency).collect::<BTreeSet<_>>().into_iter().collect();
        let place = |amount: Money| {
            let found = currencies.iter().position(|currency| *currency == amount.currency());
            u8::try_from(found.unwrap_or_default()).unwrap_or_default()
        };
        let day = |date: Date| date.num_days_from_ce();
        let mut columns = Self { customers: journal.customers.clone(), ..Self::default() };
        for row in &journal.items {
            let kind = match row.document {
                Document::Invoice => 0,
                Document::DebitNote => 1,
                Document::CreditNote => 2,
            };
            columns.items.customer.push(row.customer);
            columns.items.kind.push(if row.opening { kind | 4 } else { kind });
            columns.items.date.push(day(row.date));
            columns.items.term.push(day(row.due).saturating_sub(day(row.date)));
            columns.items.minor.push(row.amount.minor());
            columns.items.currency.push(place(row.amount));
        }
        for row in &journal.allocations {
            columns.allocations.item.push(row.item);
            columns.allocations.date.push(day(row.date));
            columns.allocations.minor.push(row.minor);
            columns.allocations.cash.push(u8::from(row.cash));
        }
        for row in &journal.cash {
            columns.cash.customer.push(row.customer);
            columns.cash.date.push(day(row.date));
            columns.cash.minor.push(row.amount.minor());
            columns.cash.currency.push(place(row.amount));
            columns.cash.received.push(u8::from(row.received));
        }
        for row in &journal.disputes {
            columns.disputes.item.push(row.item);
            columns.disputes.date.push(day(row.date));
            columns.disputes.open.push(u8::from(row.open));
        }
        columns.currencies = currencies;
        columns
    }
}

impl TryFrom<&Columns> for Journal {
    type Error = ColumnsError;
    fn try_from(columns: &Columns) -> Result<Self, ColumnsError> {
        let date = |days: i32| Date::from_num_days_from_ce_opt(days).ok_or(ColumnsError);
        let money = |minor: i64, place: u8| {
            let currency = columns.currencies.get(usize::from(place)).ok_or(ColumnsError)?;
            Money::from_minor(minor, *currency).map_err(|_| ColumnsError)
        };
        let (item, application, cash, dispute) =
            (&columns.items, &columns.allocations, &columns.cash, &columns.disputes);
        let same = |length: usize, others: &[usize]| others.iter().all(|other| *other == length);
        let whole = same(
            item.customer.len(),
            &[item.kind.len(), item.date.len(), item.term.len(), item.minor.len(), item.currency.len()],
        ) && same(
            application.item.len(),
            &[application.date.len(), application.minor.len(), application.cash.len()],
        ) && same(
            cash.customer.len(),
            &[cash.date.len(), cash.minor.len(), cash.currency.len(), cash.received.len()],
        ) && same(dispute.item.len(), &[dispute.date.len(), dispute.open.len()]);
        if !whole {
            return Err(ColumnsError);
        }
        let items =
            item.customer.iter().zip(&item.kind).zip(&item.date).zip(&item.term).zip(&item.minor).zip(&item.currency);
        let items = items.map(|(((((customer, kind), day), term), minor), currency)| {
            let document = match kind & 3 {
                0 => Document::Invoice,
                1 => Document::DebitNote,
                2 => Document::CreditNote,
                _ => return Err(ColumnsError),
            };
            let due = date(day.checked_add(*term).ok_or(ColumnsError)?)?;
            let (date, amount) = (date(*day)?, money(*minor, *currency)?);
            Ok(ItemRow { customer: *customer, document, date, due, amount, opening: kind & 4 != 0 })
        });
        let allocations = application.item.iter().zip(&application.date).zip(&application.minor).zip(&application.cash);
        let allocations = allocations.map(|(((item, day), minor), cash)| {
            Ok(AllocationRow { item: *item, date: date(*day)?, minor: *minor, cash: *cash != 0 })
        });
        let money_rows = cash.customer.iter().zip(&cash.date).zip(&cash.minor).zip(&cash.currency).zip(&cash.received);
        let cash = money_rows.map(|((((customer, day), minor), currency), received)| {
            let amount = money(*minor, *currency)?;
            Ok(CashRow { customer: *customer, date: date(*day)?, amount, received: *received != 0 })
        });
        let disputes = dispute.item.iter().zip(&dispute.date).zip(&dispute.open);
        let disputes =
            disputes.map(|((item, day), open)| Ok(DisputeRow { item: *item, date: date(*day)?, open: *open != 0 }));
        Ok(Self {
            customers: columns.customers.clone(),
            ids: Vec::new(),
            items: items.collect::<Result<_, ColumnsError>>()?,
            allocations: allocations.collect::<Result<_, ColumnsError>>()?,
            cash: cash.collect::<Result<_, ColumnsError>>()?,
            disputes: disputes.collect::<Result<_, ColumnsError>>()?,
        })
    }
}
