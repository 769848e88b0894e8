//! Exposure: what the customer owes or will owe, by category, in the currency of its limit.
//!
//! Exposure = open items + open orders + what counts besides by category − unapplied cash and credit notes − cover used as
//! a deduction. Each category is on or off by policy ([`ExposureRule`]) and each counts once: an invoice that names its
//! order uses the order up by amount.
//!
//! Here stand the categories, their sum and the rule of the plain ones. Open items, orders and unapplied cash are counted by
//! [`super::standing::Position::of`]; shipments, charges, bills and returned payments, each thing once, by
//! [`crate::rules::commitments`]; what an order check compares with a limit is put together by
//! [`crate::rules::order_check::position`].
//!
//! Units: minor units of the limit's currency; days for the lapse of an order.
//!
//! Source: our own composition of what credit management systems commonly count (receivables, bills and special items,
//! orders, deliveries not invoiced). That an order lapses is ours: one that nobody delivers must not hold credit for
//! ever.

use crate::facts::bilingual::Bilingual;
use crate::facts::calendar::{Date, days_between};
use crate::facts::money::Money;
use serde::{Deserialize, Serialize};

/// Which categories count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ExposureRule {
    /// Why its numbers are what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Bilingual>,
    /// Whether confirmed orders count before they are invoiced.
    pub orders: bool,
    /// Whether money not yet applied lowers the exposure.
    pub unapplied: bool,
    /// After how many days a confirmed order that nobody invoiced no longer counts.
    pub order_lapse_days: u16,
}

impl ExposureRule {
    /// Whether an order confirmed on `confirmed` still counts at `as_of`.
    pub fn order_counts(&self, confirmed: Date, as_of: Date) -> bool {
        self.orders && days_between(confirmed, as_of) <= i32::from(self.order_lapse_days)
    }
}

/// Where something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Invoices and debit notes that are open.
    OpenItems,
    /// Our own charges, not yet invoiced.
    Uninvoiced,
    /// Advanced freight, not yet invoiced.
    AdvancedFreight,
    /// Advanced duty, not yet invoiced.
    AdvancedDuty,
    /// Container deposits that are out.
    ContainerDeposit,
    /// Demurrage, not yet invoiced.
    Demurrage,
    /// Orders that nothing has used up yet.
    Orders,
    /// Bills that aren't honoured yet.
    Bills,
    /// Payments and bills that came back and stand by themselves.
    Returned,
}

impl Category {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 9] = [
        Self::OpenItems,
        Self::Uninvoiced,
        Self::AdvancedFreight,
        Self::AdvancedDuty,
        Self::ContainerDeposit,
        Self::Demurrage,
        Self::Orders,
        Self::Bills,
        Self::Returned,
    ];
}

/// What stands in a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CategoryAmount {
    /// The category.
    pub category: Category,
    /// How much.
    pub amount: Money,
}

/// Exposure by category, in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Exposure {
    /// Documents that are open.
    pub open_items: Money,
    /// Orders that are confirmed and not invoiced.
    pub orders: Money,
    /// Money and credits not yet applied, as a positive amount; it is deducted.
    pub unapplied: Money,
    /// What counts besides, by category: uninvoiced charges, advances, bills, returned payments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<CategoryAmount>,
    /// What cover takes off; absent when none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<Money>,
    /// All of it together, less unapplied and cover.
    pub total: Money,
}
