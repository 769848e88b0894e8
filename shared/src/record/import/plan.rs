//! What a file would change in the book: rows in, facts out.
//!
//! The [`Planner`] takes row after row, asks a [`BookView`] what is known, and gives back facts whose ids are derived from
//! what identifies them. So the same file twice adds nothing, a retry is harmless, and the order of rows doesn't matter.
//! It is all or nothing: a plan with an error holds no facts. Whoever stages a large file takes the facts away as they
//! come ([`Planner::take`]) and throws them away when the finished plan [`Plan::is_refused`].
//!
//! What is deliberately absent: the planner writes nothing, and it never changes a document that the book holds. A list of
//! open items settles or corrects by allocations that name the list.

use super::mapping::Mapping;
use super::planner::Planner;
use super::problem::{FileError, Problems};
use super::rows::Rows;
use crate::facts::calendar::{Calendar, Date};
use crate::facts::customer::Customer;
use crate::facts::id::{CustomerId, FactId, ImportId, ItemId, PersonId, ReceiptId};
use crate::facts::ledger::{Fact, LimitGrant};
use crate::facts::money::{Currency, Money};
use crate::facts::terms::Terms;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PlannedCustomer {
    /// The file.
    pub customer: Customer,
    /// Whether the book doesn't know it yet.
    pub new: bool,
}

/// What importing a file would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ImportPlan"))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ImportTotals"))]
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
///
/// # Errors
///
/// As [`Rows::open`], [`Planner::new`] and [`Rows::read`].
pub fn plan<B: BookView>(text: &str, mapping: &Mapping, book: &B, setting: Setting<'_>) -> Result<Plan, FileError> {
    let mut rows = Rows::open(text, mapping)?;
    let mut planner = Planner::new(mapping, book, setting)?;
    while let Some(row) = rows.read()? {
        planner.add(row);
    }
    Ok(planner.finish(rows.rows_read(), rows.into_problems()))
}
