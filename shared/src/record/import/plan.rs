//! What a file would change in the book: rows in, facts out.
//!
//! The [`Planner`] takes row after row, asks a [`BookView`] what is known, and gives back facts whose ids are derived from
//! what identifies them. So the same file twice adds nothing, a retry is harmless, and the order of rows doesn't matter.
//! It is all or nothing: a plan with an error holds no facts. Whoever stages a large file takes the facts away as they
//! come ([`Planner::take`]) and throws them away when the finished plan [`Plan::is_refused`].
//!
//! What is deliberately absent: the planner writes nothing, and it never changes a document that the book holds. A list of
//! open items settles or corrects by allocations that name the list.

use super::columns::Field;
use super::mapping::{Column, Mapping, Mode, UnknownCustomers};
use super::problem::{FileError, Problem, Problems, Severity, What};
use super::rows::{CustomerRow, ReceiptRow, ReceivableRow, Row, Rows};
use crate::facts::calendar::{Calendar, Date};
use crate::facts::customer::{Customer, Stage};
use crate::facts::id::{CustomerId, FactId, ImportId, ItemId, PersonId, ReceiptId};
use crate::facts::ledger::{Allocation, Dispute, Fact, Item, Limit, LimitGrant, Receipt, Source, TermsGrant};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::terms::Terms;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// What the planner needs to know of the book. The edge answers from SQL, [`super::MemoryBook`] from memory.
pub trait BookView {
    /// The customer with this number, else the only one with this registered name.
    fn customer(&self, code_or_name: &str) -> Option<KnownCustomer>;
    /// Whoever signs in by this name.
    fn person(&self, sign_in: &str) -> Option<PersonId>;
    /// The document of this customer with this number.
    fn item(&self, customer: CustomerId, number: &str) -> Option<KnownItem>;
    /// Whether this receipt is known.
    fn has_receipt(&self, receipt: ReceiptId) -> bool;
    /// Everything open: of one customer, or of all.
    fn open_items(&self, customer: Option<CustomerId>) -> Vec<KnownItem>;
    /// What has come in from a customer and isn't applied yet.
    fn unapplied(&self, customer: CustomerId) -> Vec<KnownReceipt>;
    /// The day of the newest list of open items that was imported.
    fn newest_snapshot(&self) -> Option<Date>;
}

/// A customer that the book knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownCustomer {
    /// Its file.
    pub customer: Customer,
    /// The terms granted to it.
    pub terms: Option<Terms>,
    /// The limit granted to it.
    pub limit: Option<LimitGrant>,
}

/// A document that the book knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownItem {
    /// Its id.
    pub id: ItemId,
    /// Whose.
    pub customer: CustomerId,
    /// Its number.
    pub number: String,
    /// Its date.
    pub date: Date,
    /// When it falls due.
    pub due: Date,
    /// What it is for.
    pub amount: Money,
    /// What is open of it by all that is known.
    pub open: Money,
    /// Whether the customer disputes it.
    pub disputed: bool,
    /// The date of the newest allocation to it.
    pub moved: Option<Date>,
}

/// Money that the book knows and hasn't applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownReceipt {
    /// Its id.
    pub id: ReceiptId,
    /// When it came.
    pub date: Date,
    /// What is left of it.
    pub left: Money,
}

/// What a plan depends on beside the file and the book.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// This import.
    pub import: ImportId,
    /// Today, in the book's time zone.
    pub today: Date,
    /// The book's currency.
    pub currency: Currency,
    /// The book's working days, for due dates that follow from terms.
    pub calendar: &'a Calendar,
}

/// A fact to be recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedFact {
    /// Its id, derived from what identifies it.
    pub id: FactId,
    /// Whose ledger it belongs to.
    pub customer: CustomerId,
    /// When it holds.
    pub date: Date,
    /// What happened.
    pub fact: Fact,
    /// Whether it was concluded by us and isn't said by the file: money applied to the oldest document first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub derived: bool,
}

/// A customer's file to be recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedCustomer {
    /// The file.
    pub customer: Customer,
    /// Whether the book doesn't know it yet.
    pub new: bool,
}

/// What importing a file would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The import.
    pub import: ImportId,
    /// Customers to be recorded before the facts.
    pub customers: Vec<PlannedCustomer>,
    /// Facts to be recorded, those taken away before aside.
    pub facts: Vec<PlannedFact>,
    /// What it comes to.
    pub summary: Summary,
    /// What is wrong.
    pub problems: Problems,
}

impl Plan {
    /// Whether an error keeps the whole file out.
    pub const fn is_refused(&self) -> bool {
        self.problems.is_refused()
    }
}

/// What a plan comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// Rows that were read.
    pub rows: u32,
    /// Customers that are new.
    pub new_customers: u32,
    /// Customers whose file changes.
    pub changed_customers: u32,
    /// Documents that are new.
    pub new_items: u32,
    /// Documents that the book holds already as the file has them.
    pub unchanged: u32,
    /// Documents that are settled by this file.
    pub settled: u32,
    /// Documents whose open balance is corrected by this list.
    pub corrected: u32,
    /// Receipts that are new, those by which the file says that a document was paid aside.
    pub receipts: u32,
    /// Receipts that the book holds already.
    pub unchanged_receipts: u32,
    /// Allocations of receipts and credit notes to documents, settlements aside.
    pub allocations: u32,
    /// Disputes opened or closed.
    pub disputes: u32,
    /// Limits and terms granted.
    pub grants: u32,
    /// What is added, per currency.
    pub totals: BTreeMap<String, Totals>,
}

impl Summary {
    /// Whether the file tells the book nothing new.
    pub const fn is_nothing_new(&self) -> bool {
        self.new_customers == 0
            && self.changed_customers == 0
            && self.new_items == 0
            && self.settled == 0
            && self.corrected == 0
            && self.receipts == 0
            && self.allocations == 0
            && self.disputes == 0
            && self.grants == 0
    }
}

/// What a plan adds in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// New documents, credit notes taken off.
    pub charged: Money,
    /// Documents settled, and balances corrected downwards less upwards.
    pub settled: Money,
    /// Receipts, those by which documents were paid aside.
    pub received: Money,
}

/// Reads a whole text and plans it.
pub fn plan<B: BookView>(text: &str, mapping: &Mapping, book: &B, setting: Setting<'_>) -> Result<Plan, FileError> {
    let mut rows = Rows::open(text, mapping)?;
    let mut planner = Planner::new(mapping, book, setting)?;
    while let Some(row) = rows.read()? {
        planner.add(row);
    }
    Ok(planner.finish(rows))
}

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
    /// Begins. Refuses a list of open items whose day isn't given, hasn't come, or is before the newest list's.
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

    /// Plans what needs the whole file and ends.
    pub fn finish(mut self, rows: Rows<'_>) -> Plan {
        self.summary.rows = rows.rows_read();
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
        let mut problems = rows.into_problems();
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
                let customer = Customer {
                    id,
                    code: code.to_owned(),
                    name: name.unwrap_or(code).to_owned(),
                    name_en: None,
                    stage: Stage::Active,
                    credit_code: None,
                    segment: None,
                    industry: None,
                    salesperson: None,
                    founded: None,
                    since: None,
                    registered_capital: None,
                    currency: self.setting.currency,
                    contact: None,
                };
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

    fn customer(&mut self, row: CustomerRow) {
        if let Some(first) = self.customer_rows.get(&row.code) {
            let same = CustomerRow { line: first.line, ..row.clone() } == *first;
            let (first, line, number) = (first.line, row.line, row.code);
            if same {
                self.report(line, Field::Customer, Severity::Warning, What::Repeated { first });
            } else {
                self.report(line, Field::Customer, Severity::Error, What::DuplicateDiffers { number, first });
            }
            return;
        }
        if let Some(code) = &row.credit_code {
            let first = *self.credit_codes.entry(code.as_str().to_owned()).or_insert(row.line);
            if first != row.line {
                self.report(row.line, Field::CreditCode, Severity::Warning, What::SameCreditCode { first });
            }
        }
        let known = self.book.customer(&row.code).filter(|known| known.customer.code == row.code);
        let salesperson = row.salesperson.as_deref().and_then(|name| {
            let person = self.book.person(name);
            if person.is_none() {
                self.report(
                    row.line,
                    Field::Salesperson,
                    Severity::Warning,
                    What::UnknownPerson { name: name.to_owned() },
                );
            }
            person
        });
        let before = known.as_ref().map(|known| &known.customer);
        let keep = |new: &Option<String>, old: fn(&Customer) -> &Option<String>| {
            new.clone().or_else(|| before.and_then(|before| old(before).clone()))
        };
        let customer = Customer {
            id: before.map_or_else(|| CustomerId::derived(&["customer", &row.code]), |before| before.id),
            code: row.code.clone(),
            name: row.name.clone(),
            name_en: keep(&row.name_en, |customer| &customer.name_en),
            stage: row.stage.or_else(|| before.map(|before| before.stage)).unwrap_or(Stage::Active),
            credit_code: row.credit_code.clone().or_else(|| before.and_then(|before| before.credit_code.clone())),
            segment: keep(&row.segment, |customer| &customer.segment),
            industry: keep(&row.industry, |customer| &customer.industry),
            salesperson: salesperson.or_else(|| before.and_then(|before| before.salesperson)),
            founded: row.founded.or_else(|| before.and_then(|before| before.founded)),
            since: row.since.or_else(|| before.and_then(|before| before.since)),
            registered_capital: row.registered_capital.or_else(|| before.and_then(|before| before.registered_capital)),
            currency: row.currency.or_else(|| before.map(|before| before.currency)).unwrap_or(self.setting.currency),
            contact: row.contact.clone().or_else(|| before.and_then(|before| before.contact.clone())),
        };
        self.grants(&row, customer.id, known.as_ref());
        match before {
            None => {
                self.summary.new_customers = self.summary.new_customers.saturating_add(1);
                self.planned_customers.push(PlannedCustomer { customer, new: true });
            }
            Some(before) if *before != customer => {
                self.summary.changed_customers = self.summary.changed_customers.saturating_add(1);
                self.planned_customers.push(PlannedCustomer { customer, new: false });
            }
            Some(_) => self.summary.unchanged = self.summary.unchanged.saturating_add(1),
        }
        self.customer_rows.insert(row.code.clone(), row);
    }

    /// Terms and limit that a customer file brings along: granted from the day on which business began for a new
    /// customer, from today where they change.
    fn grants(&mut self, row: &CustomerRow, customer: CustomerId, known: Option<&KnownCustomer>) {
        let today = self.setting.today;
        let date = match known {
            None => row.since.filter(|since| *since <= today).unwrap_or(today),
            Some(_) => today,
        };
        let day = date.to_string();
        if let Some(terms) = row.terms.filter(|terms| known.and_then(|known| known.terms) != Some(*terms)) {
            let id = FactId::derived(&["terms", &customer.to_string(), &day, &format!("{terms:?}")]);
            self.fact(id, customer, date, Fact::TermsGranted(TermsGrant { terms }));
            self.summary.grants = self.summary.grants.saturating_add(1);
        }
        let Some(limit) = row.limit else { return };
        let grant = LimitGrant { limit, until: row.limit_until, decision: None };
        let before = known.and_then(|known| known.limit.as_ref());
        if before.is_none_or(|before| (before.limit, before.until) != (grant.limit, grant.until)) {
            let amount = match limit {
                Limit::None => "none".to_owned(),
                Limit::Unlimited => "unlimited".to_owned(),
                Limit::Amount { amount } => format!("{amount:?}"),
            };
            let until = grant.until.map(|until| until.to_string()).unwrap_or_default();
            let id = FactId::derived(&["limit", &customer.to_string(), &day, &amount, &until]);
            self.fact(id, customer, date, Fact::LimitGranted(grant));
            self.summary.grants = self.summary.grants.saturating_add(1);
        }
    }

    fn receivable(&mut self, row: ReceivableRow) {
        let Some(party) = self.party(&row.customer, row.customer_name.as_deref(), row.line) else { return };
        for (field, date) in [(Field::Date, Some(row.date)), (Field::Settled, row.settled)] {
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
            let id = FactId::derived(&["disputed", &item.id.to_string(), &since.to_string()]);
            self.fact(id, item.customer, since, Fact::Disputed(Dispute { item: item.id, open: true }));
            self.summary.disputes = self.summary.disputes.saturating_add(1);
            stands = true;
        }
        let snapshot = matches!(self.mode, Mode::Snapshot { .. });
        let withdrawn = (snapshot && row.disputed == Some(false)).then_some(as_of);
        if let Some(ended) = settled.or(withdrawn).filter(|_| stands) {
            let id = FactId::derived(&["undisputed", &item.id.to_string(), &ended.to_string()]);
            self.fact(id, item.customer, ended, Fact::Disputed(Dispute { item: item.id, open: false }));
            self.summary.disputes = self.summary.disputes.saturating_add(1);
        }
    }

    /// Documents that were open and aren't in the list: proposed as settled on its day.
    fn vanished(&mut self, as_of: Date) {
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

    /// Receipts, in an order that doesn't depend on the file's: two that are alike in everything are told apart by count.
    fn receive(&mut self) {
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
    fn apply_oldest_first(&mut self) {
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
            let mut waiting: BTreeMap<Currency, std::collections::VecDeque<Open>> = BTreeMap::new();
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

/// What a row says, for telling a repeated row from one that differs. Never stored, so that its form may change.
fn digest(row: &ReceivableRow) -> u64 {
    let mut hasher = DefaultHasher::new();
    (row.date, row.due, row.settled, row.disputed, row.disputed_on, row.opening).hash(&mut hasher);
    (row.amount, row.balance, &row.reference, &row.description).hash(&mut hasher);
    hasher.finish()
}
