//! What an order earns once its credit is paid for: margin, cost of credit and expected loss.
//!
//! Revenue and cost are without VAT; what is owed is with it, since the customer's credit pays the tax too. The credit costs
//! owed × yearly cost of funds × days / days of the year, for the days until the money is expected (terms and the
//! customer's usual lateness). Expected loss = owed × probability of default of the grade × loss given default, less what
//! cover takes. An order earns when something is left.
//!
//! Units: amounts in minor units, rates and probabilities in millionths, days whole.
//!
//! Source: EL = PD × LGD × EAD is that of Basel II's internal ratings; the cost of credit is simple interest, as an
//! invoice is.

use super::policy::{Bilingual, Faults, is_share};
use crate::facts::money::{Money, MoneyError};
use crate::facts::number::Ratio;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What credit costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MarginRule {
    /// Why these numbers.
    pub note: Bilingual,
    /// What money costs us a year.
    pub cost_of_funds: Ratio,
    /// Days of the year.
    pub year_days: u16,
    /// Probability of default within a year, by grade.
    pub default_by_grade: Vec<GradeDefault>,
    /// The share of what is owed that is lost in a default.
    pub loss_given_default: Ratio,
}

/// The probability of default of a grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GradeDefault {
    /// The grade.
    pub grade: String,
    /// The probability.
    pub probability: Ratio,
}

/// An order with its cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderCost {
    /// What we charge, without VAT and without what is only laid out.
    pub revenue: Money,
    /// What it costs us; absent when unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// What the customer will owe, with VAT and advances, less prepayment.
    pub owed: Money,
    /// Days until the money is expected.
    pub days: u32,
    /// The customer's grade; absent when it was never assessed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// What cover takes of a loss.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covered: Option<Money>,
}

/// What an order earns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Margin {
    /// Revenue less cost; absent when the cost is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<Money>,
    /// Its share of revenue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin_share: Option<Ratio>,
    /// What the credit costs.
    pub cost_of_credit: Money,
    /// The loss to be expected; absent when the grade is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_loss: Option<Money>,
    /// What is left after both; absent when cost or grade is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earns: Option<Money>,
    /// After how many days the cost of credit has eaten what the margin leaves after the expected loss, rounded down;
    /// absent when it is eaten from the start, or never is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub break_even_days: Option<u32>,
}

impl MarginRule {
    pub(super) fn check(&self, known: impl Fn(&str) -> bool, faults: &mut Faults) {
        faults.unless(self.cost_of_funds >= Ratio::ZERO, "margin.cost_of_funds", format_args!("must not be negative"));
        faults.unless(self.year_days > 0, "margin.year_days", format_args!("must be at least 1"));
        let share = is_share(self.loss_given_default);
        faults.unless(share, "margin.loss_given_default", format_args!("must lie between 0 and 1"));
        for (i, line) in self.default_by_grade.iter().enumerate() {
            let path = format!("margin.default_by_grade[{i}]");
            let is = known(&line.grade);
            faults.unless(is, &format!("{path}.grade"), format_args!("'{}' is no grade of this policy", line.grade));
            let share = is_share(line.probability);
            faults.unless(share, &format!("{path}.probability"), format_args!("must lie between 0 and 1"));
        }
    }

    /// What credit of this size costs for so many days, rounded half up.
    ///
    /// # Errors
    ///
    /// [`MoneyError::OutOfRange`] when the product leaves the range, or the policy's year has no days.
    pub fn cost_of_credit(&self, owed: Money, days: u32) -> Result<Money, MoneyError> {
        let rate = self.cost_of_funds.to_decimal();
        let cost = owed
            .to_decimal()
            .checked_mul(rate)
            .and_then(|yearly| yearly.checked_mul(Decimal::from(days)))
            .and_then(|cost| cost.checked_div(Decimal::from(self.year_days)))
            .ok_or(MoneyError::OutOfRange)?;
        Money::round(cost, owed.currency())
    }

    /// What an order earns.
    ///
    /// # Errors
    ///
    /// [`MoneyError`] when revenue, cost, what is owed and cover are in several currencies, or a figure leaves the
    /// range.
    pub fn margin(&self, order: &OrderCost) -> Result<Margin, MoneyError> {
        let cost_of_credit = self.cost_of_credit(order.owed, order.days)?;
        let line =
            order.grade.as_ref().and_then(|grade| self.default_by_grade.iter().find(|line| line.grade == *grade));
        let expected_loss = match line {
            Some(line) => {
                let uncovered = order.covered.map_or(Ok(order.owed), |covered| order.owed.minus(covered))?;
                let uncovered = uncovered.max(Money::zero(order.owed.currency()))?;
                let factor = line.probability.to_decimal().checked_mul(self.loss_given_default.to_decimal());
                Some(uncovered.scaled(factor.ok_or(MoneyError::OutOfRange)?)?)
            }
            None => None,
        };
        let margin = order.cost.map(|cost| order.revenue.minus(cost)).transpose()?;
        let left = match (margin, expected_loss) {
            (Some(margin), Some(loss)) => Some(margin.minus(loss)?),
            _ => None,
        };
        let earns = left.map(|left| left.minus(cost_of_credit)).transpose()?;
        Ok(Margin {
            margin,
            margin_share: margin.and_then(|margin| Ratio::of(margin.minor(), order.revenue.minor())),
            cost_of_credit,
            expected_loss,
            earns,
            break_even_days: left.and_then(|left| self.break_even(left, order.owed)),
        })
    }

    /// left × days of the year / (owed × cost of funds), rounded down.
    fn break_even(&self, left: Money, owed: Money) -> Option<u32> {
        let yearly = owed.to_decimal().checked_mul(self.cost_of_funds.to_decimal())?;
        if left.minor() < 0 || yearly <= Decimal::ZERO {
            return None;
        }
        let days = left.to_decimal().checked_mul(Decimal::from(self.year_days))?.checked_div(yearly)?;
        u32::try_from(days.floor().mantissa().checked_div(10_i128.checked_pow(days.floor().scale())?)?).ok()
    }
}
