//! What a back-test runs over: the journal's rows, of the facts that it leaves out those that a verdict looks at, and what is
//! on file of the customers. A document on instalments that no order stands behind is judged instalment by instalment.

use crate::facts::calendar::Date;
use crate::facts::cover::Cover;
use crate::facts::credit_file::CreditFile;
use crate::facts::customer::Customer;
use crate::facts::id::{CustomerId, ItemId, OrderId};
use crate::facts::ledger::{Fact, Order, OrderEnd, Recorded, Withdrawn};
use crate::facts::money::Money;
use crate::readings::journal::{Journal, JournalError};
use crate::rules::rating::GradeOverride;
use std::collections::BTreeMap;

/// No order.
pub(super) const NONE: u32 = u32::MAX;

/// A book's past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// The customers, in the order of the journal's.
    pub(super) customers: Vec<Customer>,
    pub(super) journal: Journal,
    /// Orders by customer, date and id.
    pub(super) orders: Vec<OrderRow>,
    /// For each of the journal's documents the order that it uses up, or [`NONE`]; empty without orders.
    pub(super) uses: Vec<u32>,
    /// Stops to supply by customer and date.
    pub(super) freezes: Vec<FreezeRow>,
    /// What is on file, in the order of the customers; empty where nobody told.
    pub(super) files: Vec<Option<Box<OnFile>>>,
    /// All credit that we give.
    pub(super) portfolio: Option<Money>,
}

/// What is on file of a customer whose file was begun. Every piece counts from its own day on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnFile {
    /// Statements, agreements, licences, checks, our own words, stages.
    pub file: CreditFile,
    /// What stands in for it.
    pub covers: Vec<Cover>,
    /// A grade that a person gave.
    pub given: Option<GradeOverride>,
}

/// An order that was confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OrderRow {
    pub customer: u32,
    pub date: Date,
    pub order: Order,
    /// From which day it no longer uses credit.
    pub ended: Option<Date>,
}

/// Supply stopped or resumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FreezeRow {
    pub customer: u32,
    pub date: Date,
    pub frozen: bool,
    pub reason: String,
}

/// Why a back-test cannot be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// The ledger names a customer without a file.
    #[error("customer {0} has no file")]
    UnknownCustomer(CustomerId),
    /// The facts make no journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl Ledger {
    /// A ledger without orders, as a browser keeps it: every document on credit is judged.
    ///
    /// # Errors
    ///
    /// [`LedgerError::UnknownCustomer`] when the journal has one that isn't among `customers`.
    pub fn of_journal(customers: Vec<Customer>, journal: Journal) -> Result<Self, LedgerError> {
        let mut known: BTreeMap<CustomerId, Customer> =
            customers.into_iter().map(|customer| (customer.id, customer)).collect();
        let file = |id: &CustomerId| known.remove(id).ok_or(LedgerError::UnknownCustomer(*id));
        let customers = journal.customers.iter().map(file).collect::<Result<_, _>>()?;
        let (orders, uses, freezes, files) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Ok(Self { customers, journal, orders, uses, freezes, files, portfolio: None })
    }

    /// The same with what is on file. A customer that isn't named has a file that nobody has begun.
    #[must_use]
    pub fn with_files(mut self, mut files: BTreeMap<CustomerId, OnFile>) -> Self {
        self.files = self.customers.iter().map(|customer| files.remove(&customer.id).map(Box::new)).collect();
        self
    }

    /// The same with all credit that we give: what caps on one customer are shares of. Without it they don't bind.
    #[must_use]
    pub const fn with_portfolio(mut self, portfolio: Money) -> Self {
        self.portfolio = Some(portfolio);
        self
    }

    pub(super) fn on_file(&self, customer: u32) -> Option<&OnFile> {
        self.files.get(customer as usize)?.as_deref()
    }

    /// A ledger from its facts, orders included.
    ///
    /// # Errors
    ///
    /// As [`Ledger::of_journal`]; [`LedgerError::Journal`] when the facts make no journal.
    pub fn of(customers: Vec<Customer>, facts: &[Recorded]) -> Result<Self, LedgerError> {
        let mut ledger = Self::of_journal(customers, Journal::of(facts, None)?)?;
        let place: BTreeMap<CustomerId, u32> = ledger.journal.customers.iter().copied().zip(0_u32..).collect();
        let withdrawn = Withdrawn::by(facts);
        let mut facts: Vec<&Recorded> = facts.iter().filter(|fact| withdrawn.spares(fact)).collect();
        facts.sort_by_key(|fact| (fact.date, fact.feed, fact.id));
        // An order entered twice is the later one.
        let mut orders: BTreeMap<(u32, OrderId), OrderRow> = BTreeMap::new();
        for recorded in &facts {
            let (Some(&customer), date) = (place.get(&recorded.customer), recorded.date) else { continue };
            match &recorded.fact {
                Fact::Ordered(order) => {
                    let row = OrderRow { customer, date, order: order.clone(), ended: None };
                    orders.insert((customer, order.id), row);
                }
                Fact::Frozen(freeze) => {
                    let (frozen, reason) = (freeze.frozen, freeze.reason.clone());
                    ledger.freezes.push(FreezeRow { customer, date, frozen, reason });
                }
                _ => {}
            }
        }
        for recorded in &facts {
            if let (Fact::OrderEnded(OrderEnd { order, .. }), Some(&customer)) =
                (&recorded.fact, place.get(&recorded.customer))
                && let Some(row) = orders.get_mut(&(customer, *order))
            {
                row.ended = Some(row.ended.map_or(recorded.date, |ended| ended.min(recorded.date)));
            }
        }
        ledger.freezes.sort_by_key(|row| (row.customer, row.date));
        ledger.orders = orders.into_values().collect();
        ledger.orders.sort_by_key(|row| (row.customer, row.date, row.order.id));
        if !ledger.orders.is_empty() {
            ledger.link(&facts, &place);
        }
        Ok(ledger)
    }

    fn link(&mut self, facts: &[&Recorded], place: &BTreeMap<CustomerId, u32>) {
        let orders: BTreeMap<(u32, OrderId), u32> =
            self.orders.iter().map(|row| (row.customer, row.order.id)).zip(0_u32..).collect();
        let mut of_item: BTreeMap<ItemId, u32> = BTreeMap::new();
        for recorded in facts {
            if let (Fact::Charged(item), Some(&customer)) = (&recorded.fact, place.get(&recorded.customer))
                && let Some(&order) = item.order.and_then(|order| orders.get(&(customer, order)))
            {
                of_item.insert(item.id, order);
            }
        }
        // Every instalment uses up the order of its document.
        let uses = self.journal.ids.iter().map(|id| of_item.get(id).copied().unwrap_or(NONE));
        self.uses = uses.collect();
    }

    /// How many customers there are.
    pub fn customers(&self) -> usize {
        self.customers.len()
    }
}
