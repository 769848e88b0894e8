//! What a plan asks of the book, answered from its tables.
//!
//! The planner's questions have no room for a failure, so that one is kept aside and raised when the plan is made.

use serde::Deserialize;
use shared::facts::calendar::Date;
use shared::facts::customer::Customer;
use shared::facts::id::{CustomerId, ItemId, PersonId, ReceiptId};
use shared::facts::ledger::{Limit, LimitGrant};
use shared::facts::money::{Currency, Money, MoneyError};
use shared::facts::terms::Terms;
use shared::record::api::people::login_of;
use shared::record::import::{BookView, KnownCustomer, KnownItem, KnownReceipt, Row};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::super::sql::Sql;
use crate::problem::Failure;

/// A document as a row: id, customer, number, date, due, currency, minor, open, disputed, last moved.
type ItemRow = (ItemId, CustomerId, String, Date, Date, Currency, i64, i64, u8, Option<Date>);

const ITEM: &str = "json_array(item.id, item.customer, item.number, item.date, item.due, item.currency, item.minor,
    item.open_minor, item.disputed, (SELECT max(date) FROM allocation WHERE allocation.item = item.id))";

/// The book as a plan sees it.
pub struct View<'a> {
    sql: &'a Sql,
    customers: RefCell<BTreeMap<String, Option<KnownCustomer>>>,
    /// Documents that the rows at hand name; `None` for those that the book doesn't hold.
    items: RefCell<BTreeMap<(CustomerId, String), Option<KnownItem>>>,
    failure: RefCell<Option<Failure>>,
}

impl<'a> View<'a> {
    /// The book of these tables.
    pub const fn of(sql: &'a Sql) -> Self {
        Self {
            sql,
            customers: RefCell::new(BTreeMap::new()),
            items: RefCell::new(BTreeMap::new()),
            failure: RefCell::new(None),
        }
    }

    /// What went wrong while questions were answered.
    pub fn checked(&self) -> Result<(), Failure> {
        self.failure.take().map_or(Ok(()), Err)
    }

    /// Looks up all documents that these rows name at once.
    pub fn prepare(&self, rows: &[Row]) -> Result<(), Failure> {
        let mut wanted: BTreeSet<(CustomerId, &str)> = BTreeSet::new();
        for row in rows {
            let Row::Receivable(row) = row else { continue };
            let named = || row.customer_name.as_deref().and_then(|name| self.customer(name));
            if let Some(known) = self.customer(&row.customer).or_else(named) {
                wanted.insert((known.customer.id, &row.number));
            }
        }
        let mut items = self.items.borrow_mut();
        *items = wanted.iter().map(|(customer, number)| ((*customer, (*number).to_owned()), None)).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let query = format!(
            "SELECT {ITEM} FROM json_each(?) AS wanted
             JOIN item ON item.customer = wanted.value ->> 0 AND item.number = wanted.value ->> 1"
        );
        for row in self.sql.rows::<ItemRow>(&query, &[&serde_json::to_string(&wanted)?])? {
            let item = item(row).map_err(Failure::broken)?;
            items.insert((item.customer, item.number.clone()), Some(item));
        }
        Ok(())
    }

    fn find_customer(&self, code_or_name: &str) -> Result<Option<KnownCustomer>, Failure> {
        #[derive(Deserialize)]
        struct Found {
            file: Customer,
            terms: Option<Terms>,
            limit: Option<Granted>,
        }
        #[derive(Deserialize)]
        struct Granted {
            limit: Limit,
            until: Option<Date>,
        }
        let query = |by: &str| {
            format!(
                "SELECT json_object('file', json(file), 'terms', json(terms), 'limit', json(credit_limit))
                 FROM customer JOIN standing ON standing.customer = customer.id WHERE {by} LIMIT 2"
            )
        };
        let mut found: Vec<Found> = self.sql.rows(&query("code = ?"), &[&code_or_name])?;
        if found.is_empty() {
            found = self.sql.rows(&query("file ->> '$.name' = ?"), &[&code_or_name])?;
        }
        // Two customers of one name are told apart by number only.
        let only = if found.len() == 1 { found.pop() } else { None };
        Ok(only.map(|Found { file, terms, limit }| KnownCustomer {
            customer: file,
            terms,
            limit: limit.map(|Granted { limit, until }| LimitGrant { limit, until, decision: None }),
        }))
    }

    fn find_items(&self, query: &str, customer: Option<CustomerId>) -> Result<Vec<KnownItem>, Failure> {
        let rows: Vec<ItemRow> = self.sql.rows(query, &[&customer])?;
        rows.into_iter().map(item).collect::<Result<_, MoneyError>>().map_err(Failure::broken)
    }

    fn find_item(&self, customer: CustomerId, number: &str) -> Result<Option<KnownItem>, Failure> {
        let query = format!("SELECT {ITEM} FROM item WHERE customer = ? AND number = ?");
        let row: Option<ItemRow> = self.sql.first(&query, &[&customer, &number])?;
        row.map(item).transpose().map_err(Failure::broken)
    }

    fn find_unapplied(&self, customer: CustomerId) -> Result<Vec<KnownReceipt>, Failure> {
        let rows: Vec<(ReceiptId, Date, Currency, i64)> = self.sql.rows(
            "SELECT json_array(id, date, currency, unapplied_minor) FROM receipt
             WHERE customer = ? AND unapplied_minor <> 0 ORDER BY date, id",
            &[&customer],
        )?;
        let known =
            |(id, date, currency, left)| Ok(KnownReceipt { id, date, left: Money::from_minor(left, currency)? });
        rows.into_iter().map(known).collect::<Result<_, MoneyError>>().map_err(Failure::broken)
    }

    /// The answer, or nothing and a failure kept aside.
    fn kept<T: Default, E: Into<Failure>>(&self, answer: Result<T, E>) -> T {
        answer.unwrap_or_else(|error| {
            self.failure.borrow_mut().get_or_insert(error.into());
            T::default()
        })
    }
}

fn item(row: ItemRow) -> Result<KnownItem, MoneyError> {
    let (id, customer, number, date, due, currency, minor, open, disputed, moved) = row;
    let (amount, open) = (Money::from_minor(minor, currency)?, Money::from_minor(open, currency)?);
    Ok(KnownItem { id, customer, number, date, due, amount, open, disputed: disputed != 0, moved })
}

impl BookView for View<'_> {
    fn customer(&self, code_or_name: &str) -> Option<KnownCustomer> {
        if let Some(known) = self.customers.borrow().get(code_or_name) {
            return known.clone();
        }
        let known = self.kept(self.find_customer(code_or_name));
        self.customers.borrow_mut().insert(code_or_name.to_owned(), known.clone());
        known
    }

    /// By login, however it is typed, else by a name that only one of the people has.
    fn person(&self, named: &str) -> Option<PersonId> {
        let login = login_of(named).unwrap_or_else(|| named.to_owned());
        let query = "SELECT json_quote(id) FROM person WHERE login IN (?1, ?2) AND customer IS NULL LIMIT 1";
        let by_login = self.kept(self.sql.first(query, &[&named, &login]));
        by_login.or_else(|| {
            let query =
                "SELECT json_quote(min(id)) FROM person WHERE name = ? AND customer IS NULL HAVING count(*) = 1";
            self.kept(self.sql.first(query, &[&named]))
        })
    }

    fn item(&self, customer: CustomerId, number: &str) -> Option<KnownItem> {
        if let Some(known) = self.items.borrow().get(&(customer, number.to_owned())) {
            return known.clone();
        }
        self.kept(self.find_item(customer, number))
    }

    fn has_receipt(&self, receipt: ReceiptId) -> bool {
        self.kept(self.sql.finds("SELECT 1 FROM receipt WHERE id = ?", &[&receipt]))
    }

    fn open_items(&self, customer: Option<CustomerId>) -> Vec<KnownItem> {
        let query = format!(
            "SELECT {ITEM} FROM item WHERE open_minor <> 0 AND {} ORDER BY customer, due, date, number",
            if customer.is_some() { "customer = ?1" } else { "?1 IS NULL" }
        );
        self.kept(self.find_items(&query, customer))
    }

    fn unapplied(&self, customer: CustomerId) -> Vec<KnownReceipt> {
        self.kept(self.find_unapplied(customer))
    }

    fn newest_snapshot(&self) -> Option<Date> {
        let query = "SELECT json_quote(max(as_of)) FROM import WHERE state = 'recorded' AND undone_feed IS NULL";
        self.kept(self.sql.first::<Option<Date>>(query, &[]).map(Option::flatten))
    }
}
