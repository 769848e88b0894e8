//! The limit: several methods side by side, the smallest binding.
//!
//! - **Need**: peak of daily billings × (longest days of the terms + lag + tolerated lateness) × the grade's factor. A
//!   customer on 月结 who pays on time must not be held by its own cycle, so the cycle is part of the terms' days.
//! - **Capital**: a share of registered capital, by grade.
//! - **Cap**: the most that a grade may have.
//! - **Trial**: what a grade may have while there are no sales to measure a need by; it takes the place of the need.
//!
//! The result is rounded down to a round amount, so that nobody gets more than a method allows. A grade without a line gets
//! no limit.

use crate::facts::ledger::Limit;
use crate::facts::money::{Money, MoneyError};
use crate::facts::number::Ratio;
use crate::facts::terms::Terms;
use serde::{Deserialize, Serialize};

/// How limits and terms are proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LimitRule {
    /// Days between the end of a cycle and the invoice's confirmation.
    pub lag_days: u16,
    /// Lateness that a sound customer is not punished for, in days.
    pub late_days: u16,
    /// Limits are multiples of this.
    pub round_to: Money,
    /// For how many days a proposed limit stands.
    pub valid_days: u16,
    /// What each grade may have; a grade that isn't named gets no limit.
    pub grades: Vec<GradeLimit>,
}

/// What one grade may have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GradeLimit {
    /// The grade.
    pub grade: String,
    /// Factor on the need.
    pub need_factor: Ratio,
    /// Share of registered capital.
    pub capital_share: Ratio,
    /// The most.
    pub cap: Money,
    /// Without sales to measure by.
    pub trial: Money,
    /// The loosest terms.
    pub terms: Terms,
}

/// A way to arrive at a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "LimitRuleMethod"))]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Peak need.
    Need,
    /// No sales yet.
    Trial,
    /// Share of registered capital.
    Capital,
    /// The grade's cap.
    Cap,
}

/// What a method allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MethodResult {
    /// The method.
    pub method: Method,
    /// What it allows; absent when its input is unknown, and then it doesn't bind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
}

/// A limit and how it was arrived at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "LimitRuleProposal"))]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// The limit.
    pub limit: Limit,
    /// The terms that go with it.
    pub terms: Terms,
    /// The method that binds; absent when the grade gets no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binding: Option<Method>,
    /// All methods.
    pub methods: Vec<MethodResult>,
}

/// What the limit methods look at, in the limit's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "LimitNeed"))]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// Peak of daily billings; absent without sales.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_day: Option<Money>,
    /// Registered capital; absent when unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capital: Option<Money>,
}

impl LimitRule {
    /// What a grade may have.
    pub fn of_grade(&self, grade: &str) -> Option<&GradeLimit> {
        self.grades.iter().find(|line| line.grade == grade)
    }

    /// For how many days a grade's customer needs credit: its terms at their longest, the lag, tolerated lateness.
    pub fn days(&self, line: &GradeLimit) -> u32 {
        line.terms.days_at_most().saturating_add(u32::from(self.lag_days)).saturating_add(self.late_days.into())
    }

    /// The methods' results in minor units (need or trial, capital, cap): the kernel of both the single proposal and the
    /// pass over a portfolio.
    pub fn minor_by_method(&self, line: &GradeLimit, per_day: Option<i64>, capital: Option<i64>) -> [Option<i64>; 3] {
        let days = self.days(line);
        let need = per_day.map_or(Some(line.trial.minor()), |per_day| {
            line.need_factor.times(per_day.saturating_mul(i64::from(days)))
        });
        [need, capital.and_then(|capital| line.capital_share.times(capital)), Some(line.cap.minor())]
    }

    /// Rounds down to a multiple of the round amount.
    pub fn rounded_down(&self, minor: i64) -> i64 {
        let step = self.round_to.minor().max(1);
        minor.max(0).checked_div(step).unwrap_or(0).saturating_mul(step)
    }

    /// Proposes a limit for a grade. Amounts are in the currency of the policy's amounts.
    pub fn propose(&self, grade: &str, need: &Need) -> Result<Proposal, MoneyError> {
        let Some(line) = self.of_grade(grade) else {
            return Ok(Proposal { limit: Limit::None, terms: Terms::Prepaid, binding: None, methods: Vec::new() });
        };
        let currency = line.cap.currency();
        let first = if need.per_day.is_some() { Method::Need } else { Method::Trial };
        let minor = self.minor_by_method(line, need.per_day.map(Money::minor), need.capital.map(Money::minor));
        let methods: Vec<MethodResult> = [first, Method::Capital, Method::Cap]
            .into_iter()
            .zip(minor)
            .map(|(method, minor)| {
                let amount = minor.map(|minor| Money::from_minor(minor, currency)).transpose()?;
                Ok(MethodResult { method, amount })
            })
            .collect::<Result<_, MoneyError>>()?;
        // Of equal amounts the first named binds.
        let binding = methods
            .iter()
            .filter_map(|result| result.amount.map(|amount| (amount.minor(), result.method)))
            .reduce(|best, next| if next.0 < best.0 { next } else { best });
        let minor = self.rounded_down(binding.map_or(0, |(minor, _)| minor));
        let limit =
            if minor == 0 { Limit::None } else { Limit::Amount { amount: Money::from_minor(minor, currency)? } };
        Ok(Proposal { limit, terms: line.terms, binding: binding.map(|(_, method)| method), methods })
    }
}
