//! Shipments (票) and what is charged on them: our own charges, money laid out for the customer, and what a container costs
//! for every day that it is kept too long.
//!
//! A charge is committed before it is invoiced. An invoice says which charges it bills, and how much of each, many to many,
//! so that nothing counts as charged and as invoiced at once.

use super::calendar::{Date, days_between, plus_days};
use super::id::{ChargeId, ItemId, OrderId, ShipmentId};
use super::money::{Money, MoneyError};
use serde::{Deserialize, Serialize};

/// A transport job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Shipment {
    /// Its id.
    pub id: ShipmentId,
    /// Its number: bill of lading, waybill or job number.
    pub number: String,
    /// The order that it carries out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// The day it was booked.
    pub booked: Date,
    /// The day by which it is to be delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deliver_by: Option<Date>,
    /// The day it left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipped: Option<Date>,
    /// The day on which goods or documents were handed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered: Option<Date>,
}

/// By when an order is to be delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeliverBy {
    /// The order.
    pub order: OrderId,
    /// The last day.
    pub by: Date,
}

/// Something charged on a shipment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Charge {
    /// Its id.
    pub id: ChargeId,
    /// On which shipment.
    pub shipment: ShipmentId,
    /// The order that it uses up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// From which day it counts: the day on which we are bound to it.
    pub committed: Date,
    /// What it is and how much.
    pub what: ChargeKind,
}

/// What a charge is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "nature", rename_all = "snake_case", deny_unknown_fields)]
pub enum ChargeKind {
    /// Our own service.
    Own {
        /// How much.
        amount: Money,
    },
    /// Freight that we lay out (代垫运费).
    AdvancedFreight {
        /// How much.
        amount: Money,
    },
    /// Duty and import VAT that we lay out (代垫税金).
    AdvancedDuty {
        /// How much.
        amount: Money,
    },
    /// A deposit that we leave for the customer's containers (押箱); it counts until it is given back.
    ContainerDeposit {
        /// How much.
        amount: Money,
        /// The day on which it was given back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        returned: Option<Date>,
    },
    /// Demurrage or detention (滞箱, 滞港): it grows by the day.
    Demurrage(Demurrage),
}

/// What a kept container costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Demurrage {
    /// The last free day.
    pub free_until: Date,
    /// The day on which the container came back; it is still charged. Absent while it is out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<Date>,
    /// Rates by step, the first step beginning on the day after the last free one; the last step has no end.
    pub steps: Vec<DemurrageStep>,
}

/// A step of a demurrage tariff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DemurrageStep {
    /// For how many days it holds; of the last step it is not looked at.
    pub days: u16,
    /// What each day costs.
    pub per_day: Money,
}

/// So much of a charge billed by an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Billing {
    /// The invoice.
    pub item: ItemId,
    /// The charge.
    pub charge: ChargeId,
    /// When.
    pub date: Date,
    /// How much; negative takes it back.
    pub amount: Money,
}

impl Demurrage {
    /// Charged days up to the end of `as_of`.
    pub fn days(&self, as_of: Date) -> u32 {
        let last = self.returned.map_or(as_of, |returned| returned.min(as_of));
        u32::try_from(days_between(self.free_until, last)).unwrap_or(0)
    }

    /// What it has come to by the end of `as_of`; absent without a step.
    ///
    /// # Errors
    ///
    /// [`MoneyError`] when the sum leaves the range, or steps are in different currencies.
    pub fn accrued(&self, as_of: Date) -> Result<Option<Money>, MoneyError> {
        let Some(first) = self.steps.first() else { return Ok(None) };
        let mut left = self.days(as_of);
        let mut sum = Money::zero(first.per_day.currency());
        for (number, step) in (1_usize..).zip(&self.steps) {
            let days = if number == self.steps.len() { left } else { left.min(u32::from(step.days)) };
            let minor = step.per_day.minor().checked_mul(i64::from(days)).ok_or(MoneyError::OutOfRange)?;
            sum = sum.plus(Money::from_minor(minor, step.per_day.currency())?)?;
            left = left.saturating_sub(days);
        }
        Ok(Some(sum))
    }

    /// The day after which it costs something.
    pub fn begins(&self) -> Date {
        plus_days(self.free_until, 1)
    }
}

impl Charge {
    /// What it has come to by the end of `as_of`: nothing before it was committed, and nothing of a deposit that was given
    /// back.
    ///
    /// # Errors
    ///
    /// As [`Demurrage::accrued`]; the other kinds never fail.
    pub fn amount_at(&self, as_of: Date) -> Result<Option<Money>, MoneyError> {
        if as_of < self.committed {
            return Ok(None);
        }
        Ok(match &self.what {
            ChargeKind::Own { amount }
            | ChargeKind::AdvancedFreight { amount }
            | ChargeKind::AdvancedDuty { amount } => Some(*amount),
            ChargeKind::ContainerDeposit { amount, returned } => {
                Some(*amount).filter(|_| returned.is_none_or(|returned| as_of < returned))
            }
            ChargeKind::Demurrage(demurrage) => demurrage.accrued(as_of)?,
        })
    }
}
