//! The planner: what is kept while a file is read, and in which order its parts are planned.

mod customers;
mod documents;
mod receipts;

use super::columns::Field;
use super::mapping::{Column, Mapping, Mode, UnknownCustomers};
use super::plan::{BookView, Plan, PlannedCustomer, PlannedFact, Setting, Summary, Totals};
use super::problem::{FileError, Problem, Problems, Severity, What};
use super::rows::{CustomerRow, ReceiptRow, Row};
use crate::facts::calendar::Date;
use crate::facts::customer::Customer;
use crate::facts::id::{CustomerId, FactId, ItemId};
use crate::facts::ledger::Fact;
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::terms::Terms;
use std::collections::BTreeMap;

/// Plans row after row.
pub struct Planner<'b, B> {
    book: &'b B,
    setting: Setting<'b>,
    mode: Mode,
    unknown: UnknownCustomers,
    terms: Option<Terms>,
    opening_until: Option<Date>,
    first_snapshot: bool,
    columns: BTreeMap<Field, Column>,
    /// Customers by the number or name that the file gives them; `None` for those refused.
    customers: BTreeMap<String, Option<Party>>,
    /// Rows of a customer file, by number.
    customer_rows: BTreeMap<String, CustomerRow>,
    credit_codes: BTreeMap<String, u32>,
    planned_customers: Vec<PlannedCustomer>,
    /// Documents of the file: a digest of what they say, and the line.
    items: BTreeMap<ItemId, (u64, u32)>,
    receipts: Vec<(CustomerId, ReceiptRow)>,
    /// Documents that are open once the facts so far hold; kept only where money is to be applied to the oldest.
    open: BTreeMap<CustomerId, Vec<Open>>,
    /// What is open of documents that the book knows and to which this file has applied money.
    left: BTreeMap<ItemId, i64>,
    facts: Vec<PlannedFact>,
    summary: Summary,
    totals: BTreeMap<Currency, Totals>,
    problems: Problems,
}

/// What the planner keeps of a customer while it reads a file.
#[derive(Clone, Copy, Debug)]
struct Party {
    id: CustomerId,
    terms: Option<Terms>,
    new: bool,
}

/// A document with something open.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Open {
    due: Date,
    date: Date,
    number: String,
    id: ItemId,
    currency: Currency,
    minor: i64,
}

impl<'b, B: BookView> Planner<'b, B> {
    /// Begins.
    ///
    /// # Errors
    ///
    /// [`FileError::AsOfMissing`], [`FileError::AsOfInFuture`] or [`FileError::AsOfTooOld`] for a list of open items
    /// whose day isn't given, hasn't come, or is before the newest list's.
    pub fn new(mapping: &Mapping, book: &'b B, setting: Setting<'b>) -> Result<Self, FileError> {
        let choices = &mapping.choices;
        let newest = book.newest_snapshot();
        if let Mode::Snapshot { as_of } = choices.mode {
            let as_of = as_of.ok_or(FileError::AsOfMissing)?;
            if as_of > setting.today {
                return Err(FileError::AsOfInFuture { as_of, today: setting.today });
            }
            if let Some(newest) = newest.filter(|newest| as_of < *newest) {
                return Err(FileError::AsOfTooOld { as_of, newest });
            }
        }
        Ok(Self {
            book,
            setting,
            mode: choices.mode,
            unknown: choices.unknown_customers,
            terms: choices.terms,
            opening_until: choices.opening_until,
            first_snapshot: newest.is_none(),
            columns: mapping.columns.clone(),
            customers: BTreeMap::new(),
            customer_rows: BTreeMap::new(),
            credit_codes: BTreeMap::new(),
            planned_customers: Vec::new(),
            items: BTreeMap::new(),
            receipts: Vec::new(),
            open: BTreeMap::new(),
            left: BTreeMap::new(),
            facts: Vec::new(),
            summary: Summary::default(),
            totals: BTreeMap::new(),
            problems: Problems::default(),
        })
    }

    /// Plans one row.
    pub fn add(&mut self, row: Row) {
        match row {
            Row::Customer(row) => self.customer(*row),
            Row::Receivable(row) => self.receivable(row),
            // A bank's list names no customers: its credits wait to be claimed.
            Row::Bank(_) => {}
            Row::Receipt(row) => {
                if let Some(party) = self.party(&row.customer, row.customer_name.as_deref(), row.line) {
                    if row.date > self.setting.today {
                        self.report(row.line, Field::Date, Severity::Error, What::InFuture { date: row.date });
                    }
                    self.receipts.push((party.id, row));
                }
            }
        }
    }

    /// Takes away the facts planned so far, so that a large file needn't be held. They are good only if the finished plan
    /// isn't refused.
    pub fn take(&mut self) -> Vec<PlannedFact> {
        std::mem::take(&mut self.facts)
    }

    /// Plans what needs the whole file and ends: how many rows were read, and what was wrong with them by themselves.
    pub fn finish(mut self, rows_read: u32, mut problems: Problems) -> Plan {
        self.summary.rows = rows_read;
        let as_of = match self.mode {
            Mode::Snapshot { as_of } => as_of,
            Mode::Events | Mode::Unallocated => None,
        };
        if let Some(as_of) = as_of {
            self.vanished(as_of);
        }
        self.receive();
        if self.mode == Mode::Unallocated {
            self.apply_oldest_first();
        }
        problems.append(std::mem::take(&mut self.problems));
        if problems.is_refused() {
            self.facts.clear();
            self.planned_customers.clear();
        }
        let totals = std::mem::take(&mut self.totals);
        self.summary.totals = totals.into_iter().map(|(currency, sums)| (currency.code().to_owned(), sums)).collect();
        Plan {
            import: self.setting.import,
            customers: self.planned_customers,
            facts: self.facts,
            summary: self.summary,
            problems,
        }
    }

    fn report(&mut self, line: u32, field: Field, severity: Severity, what: What) {
        let column = self.columns.get(&field).map(|column| column.name.clone());
        self.problems.add(Problem { line: Some(line), column, field: Some(field), severity, what });
    }

    fn fact(&mut self, id: FactId, customer: CustomerId, date: Date, fact: Fact) {
        self.facts.push(PlannedFact { id, customer, date, fact, derived: false });
    }

    fn tally(&mut self, currency: Currency, add: impl Fn(&mut Totals) -> Result<(), MoneyError>) {
        let zero = Money::zero(currency);
        let totals = self.totals.entry(currency).or_insert(Totals { charged: zero, settled: zero, received: zero });
        if add(totals).is_err() {
            self.problems.add(Problem {
                line: None,
                column: None,
                field: None,
                severity: Severity::Error,
                what: What::SumOutOfRange,
            });
        }
    }

    /// Who the row is about. An unknown customer is reported once.
    fn party(&mut self, code: &str, name: Option<&str>, line: u32) -> Option<Party> {
        if let Some(known) = self.customers.get(code) {
            return *known;
        }
        let known = self.book.customer(code).or_else(|| name.and_then(|name| self.book.customer(name)));
        let party = match (known, self.unknown) {
            (Some(known), _) => Some(Party { id: known.customer.id, terms: known.terms, new: false }),
            (None, UnknownCustomers::Create) => {
                let id = CustomerId::derived(&["customer", code]);
                let customer = Customer::plain(id, code, name.unwrap_or(code), self.setting.currency);
                self.planned_customers.push(PlannedCustomer { customer, new: true });
                self.summary.new_customers = self.summary.new_customers.saturating_add(1);
                Some(Party { id, terms: None, new: true })
            }
            (None, UnknownCustomers::Refuse) => {
                let what = What::UnknownCustomer { customer: code.to_owned() };
                self.report(line, Field::Customer, Severity::Error, what);
                None
            }
        };
        self.customers.insert(code.to_owned(), party);
        party
    }
}
