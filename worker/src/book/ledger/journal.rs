//! The journal, read from the derived tables: the same rows as [`Journal::of`] lays out from the facts, without reading a
//! fact again. Ledgers that sums alone don't tell ([`settling`]) are laid out from their facts. The call
//! `verify` of the testing build holds the two together.

use shared::facts::calendar::Date;
use shared::facts::id::{CustomerId, ItemId};
use shared::facts::ledger::Document;
use shared::facts::money::{Currency, Money};
use shared::readings::journal::{AllocationRow, CashRow, DisputeRow, ItemRow, Journal};
use std::collections::BTreeMap;

use super::super::sql::{Bind, Sql};
use super::{facts, settling};
use crate::problem::Failure;

/// One customer's journal.
pub fn of_customer(sql: &Sql, customer: CustomerId) -> Result<Journal, Failure> {
    if settling::holds(sql, customer)? {
        return Journal::of(&facts::of_customer(sql, customer)?, None).map_err(Failure::broken);
    }
    read(sql, "customer = ?", &[&customer])
}

/// The whole book's journal.
pub fn of_book(sql: &Sql) -> Result<Journal, Failure> {
    let settling = Journal::of(&facts::of_settling(sql)?, None).map_err(Failure::broken)?;
    Ok(read(sql, "customer NOT IN (SELECT customer FROM settling)", &[])?.beside(settling))
}

/// Feed number, id, customer, document, date, due date, currency, minor units, opening.
type Item = (u64, ItemId, CustomerId, Document, Date, Date, Currency, i64, u8);

fn read(sql: &Sql, which: &str, binds: &[&dyn Bind]) -> Result<Journal, Failure> {
    let customers: Vec<CustomerId> =
        sql.rows(&format!("SELECT DISTINCT json_quote(customer) FROM fact WHERE {which} ORDER BY customer"), binds)?;
    let place: BTreeMap<CustomerId, u32> = customers.iter().copied().zip(0_u32..).collect();
    let place_of =
        |customer: &CustomerId| place.get(customer).copied().ok_or_else(|| Failure::broken("a lost customer"));
    let money = |minor: i64, currency: Currency| Money::from_minor(minor, currency).map_err(Failure::broken);

    let rows: Vec<Item> = sql.rows(
        &format!(
            "SELECT json_array(feed, id, customer, document, date, due, currency, minor, opening) FROM item
             WHERE {which} ORDER BY customer, date, id"
        ),
        binds,
    )?;
    // An item's feed number is its short name below.
    let row_of: BTreeMap<u64, u32> = rows.iter().map(|row| row.0).zip(0_u32..).collect();
    let item_of = |feed: u64| row_of.get(&feed).copied().ok_or_else(|| Failure::broken("a lost document"));
    let ids: Vec<ItemId> = rows.iter().map(|row| row.1).collect();
    let items = rows.into_iter().map(|(_, _, customer, document, date, due, currency, minor, opening)| {
        let (customer, amount) = (place_of(&customer)?, money(minor, currency)?);
        Ok(ItemRow { customer, document, date, due, amount, opening: opening != 0 })
    });
    let items: Vec<ItemRow> = items.collect::<Result<_, Failure>>()?;

    let rows: Vec<(u64, Date, i64, u8)> = sql.rows(
        &format!(
            "SELECT json_array(item.feed, allocation.date, allocation.minor, allocation.receipt IS NOT NULL)
             FROM item JOIN allocation ON allocation.item = item.id WHERE {which}"
        ),
        binds,
    )?;
    let allocations = rows
        .into_iter()
        .map(|(item, date, minor, cash)| Ok(AllocationRow { item: item_of(item)?, date, minor, cash: cash != 0 }));
    let mut allocations: Vec<AllocationRow> = allocations.collect::<Result<_, Failure>>()?;
    allocations.sort_by_key(|row| (row.item, row.date, row.minor, row.cash));

    let rows: Vec<(CustomerId, Date, Currency, i64, u8)> = sql.rows(
        &format!(
            "SELECT json_array(customer, date, currency, minor, received) FROM (
                 SELECT customer, date, currency, minor, 1 AS received FROM receipt
                 UNION ALL
                 SELECT item.customer, allocation.date, item.currency, -allocation.minor, 0
                 FROM item JOIN allocation ON allocation.item = item.id WHERE allocation.receipt IS NOT NULL
             ) WHERE {which}"
        ),
        binds,
    )?;
    let cash = rows.into_iter().map(|(customer, date, currency, minor, received)| {
        let (customer, amount) = (place_of(&customer)?, money(minor, currency)?);
        Ok(CashRow { customer, date, amount, received: received != 0 })
    });
    let mut cash: Vec<CashRow> = cash.collect::<Result<_, Failure>>()?;
    cash.sort_by_key(|row| (row.customer, row.date, row.amount.currency(), row.amount.minor(), row.received));

    let rows: Vec<(u64, Date, u8)> = sql.rows(
        &format!(
            "SELECT json_array(item.feed, dispute.date, dispute.open) FROM item JOIN dispute ON dispute.item = item.id
             WHERE {which} ORDER BY dispute.feed"
        ),
        binds,
    )?;
    let disputes = rows
        .into_iter()
        .map(|(item, date, open)| Ok(DisputeRow { item: item_of(item)?, date, open: open != 0, minor: None }));
    let mut disputes: Vec<DisputeRow> = disputes.collect::<Result<_, Failure>>()?;
    disputes.sort_by_key(|row| (row.item, row.date));
    Ok(Journal { customers, items, ids, allocations, cash, disputes, ..Journal::default() })
}
