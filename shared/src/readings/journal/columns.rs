//! The journal on the wire: parallel columns.

use super::{AllocationRow, Arose, CashRow, DisputeRow, ItemRow, Journal, TakenBack, WrittenOffRow};
use crate::facts::calendar::Date;
use crate::facts::id::CustomerId;
use crate::facts::ledger::Document;
use crate::facts::money::{Currency, Money};
use chrono::Datelike;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

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
    /// Payments that came back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken_back: Vec<TakenBack>,
    /// What was written off, and recovered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub written_off: Vec<WrittenOffRow>,
    /// What is older than its date.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arose: Vec<Arose>,
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
    /// Minor units that are disputed, −1 for all of the document; left out when every dispute is about all of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub minor: Vec<i64>,
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
        if journal.disputes.iter().any(|row| row.minor.is_some()) {
            columns.disputes.minor = journal.disputes.iter().map(|row| row.minor.unwrap_or(-1)).collect();
        }
        columns.taken_back.clone_from(&journal.taken_back);
        columns.written_off.clone_from(&journal.written_off);
        columns.arose.clone_from(&journal.arose);
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
        ) && same(dispute.item.len(), &[dispute.date.len(), dispute.open.len()])
            && (dispute.minor.is_empty() || dispute.minor.len() == dispute.item.len());
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
        let parts = dispute.minor.iter().copied().chain(std::iter::repeat(-1));
        let disputes = dispute.item.iter().zip(&dispute.date).zip(&dispute.open).zip(parts);
        let disputes = disputes.map(|(((item, day), open), minor)| {
            let minor = (minor >= 0).then_some(minor);
            Ok(DisputeRow { item: *item, date: date(*day)?, open: *open != 0, minor })
        });
        Ok(Self {
            customers: columns.customers.clone(),
            ids: Vec::new(),
            items: items.collect::<Result<_, ColumnsError>>()?,
            allocations: allocations.collect::<Result<_, ColumnsError>>()?,
            cash: cash.collect::<Result<_, ColumnsError>>()?,
            disputes: disputes.collect::<Result<_, ColumnsError>>()?,
            taken_back: columns.taken_back.clone(),
            written_off: columns.written_off.clone(),
            arose: columns.arose.clone(),
            before: BTreeMap::new(),
        })
    }
}
