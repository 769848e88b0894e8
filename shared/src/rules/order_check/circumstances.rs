//! What is known of an order beyond its amount and terms: where it stands on its way, what it consists of, what it earns,
//! who released it. All of it is optional.

use crate::facts::calendar::Date;
use crate::facts::money::Money;
use crate::readings::exposure::Category;
use crate::rules::authority::Release;
use serde::{Deserialize, Serialize};

/// The circumstances of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Circumstances {
    /// The checkpoint; without one every rule is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Checkpoint>,
    /// Set when the order was confirmed before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Confirmed>,
    /// What of the order falls into categories with a limit of their own: advanced duty, advanced freight.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<OrderPart>,
    /// What is unpaid of this very shipment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unpaid: Option<Money>,
    /// What it brings and costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earning: Option<Earning>,
    /// A release that was given for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<Release>,
}

/// An order that uses credit already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Confirmed {
    /// Since when.
    pub on: Date,
    /// The day on which it is to be carried out, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<Date>,
    /// What the standing holds of it among confirmed orders, so that it doesn't count twice.
    pub counted: Money,
}

/// A part of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderPart {
    /// Where it will stand.
    pub category: Category,
    /// How much, within the order's amount.
    pub amount: Money,
}

/// What an order brings and costs, without VAT and without what is only laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Earning {
    /// What we charge.
    pub revenue: Money,
    /// What it costs us; absent when unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// What cover takes of a loss.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covered: Option<Money>,
}

/// Where an order can be checked on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Checkpoint {
    /// 订舱.
    Booking,
    /// 垫付: before we lay out freight or duty.
    Advances,
    /// 交单, 电放, 换单.
    Documents,
    /// 放货, 派送.
    Delivery,
    /// 开票.
    Invoicing,
    /// 下单.
    Entry,
    /// 改单.
    Change,
    /// 发货.
    Release,
}

impl Circumstances {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
