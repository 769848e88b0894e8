//! The limit: several methods side by side, the smallest binding. Here are those that every policy has; [`super::limit_methods`]
//! sets those beside them that look at statements, sales and all credit together.
//!
//! - **Need**: peak of daily billings × (longest days of the terms + lag + tolerated lateness) × the grade's factor. A
//!   customer on 月结 who pays on time must not be held by its own cycle, so the cycle is part of the terms' days, and the
//!   terms are the customer's own where an agreement names some: its cycle, cut-off and deemed days, not the grade's.
//! - **Capital**: a share of registered capital, by grade.
//! - **Cap**: the most that a grade may have.
//! - **Trial**: what a grade may have while there are no sales to measure a need by; it takes the place of the need.
//!
//! The result is rounded down to a round amount, so that nobody gets more than a method allows. A grade without a line gets
//! no limit.
//!
//! Units: amounts in minor units of the policy's currency, days whole, factors and shares in millionths.
//!
//! Source: need is the requirements approach of trade credit (what a customer owes at once when it buys as it does and
//! pays as agreed); with the longest days of the terms in place of the net days it is ours, for 月结. Capital, cap and
//! trial are our own, and each number's reason stands in the policy's note.

use super::policy::Bilingual;
use crate::facts::calendar::{Date, month_start, plus_days};
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
    /// Why its numbers are what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Bilingual>,
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
    /// The day on which the need is greatest; absent without sales.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak: Option<PeakNeed>,
}

/// The day on which most would be owed at once, and what it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PeakNeed {
    /// Billed a day in the month with the most billings.
    pub per_day: Money,
    /// That month's last day.
    pub month: Date,
    /// For how many days each billing is owed: the terms at their longest, the lag, tolerated lateness.
    pub days: u32,
    /// The peak: the last day on which all that was billed since the first of that month is still owed.
    pub day: Date,
    /// What is owed on it, before the grade's factor.
    pub owed: Money,
}

/// What the limit methods look at, in the limit's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "LimitNeed"))]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// Peak of daily billings; absent without sales.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_day: Option<Money>,
    /// Registered capital; absent when unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capital: Option<Money>,
    /// The last day of the month whose billings those are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<Date>,
    /// The days of the terms agreed with the customer itself, at their longest; absent: the grade's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
}

impl LimitRule {
    /// What a grade may have.
    pub fn of_grade(&self, grade: &str) -> Option<&GradeLimit> {
        self.grades.iter().find(|line| line.grade == grade)
    }

    /// For how many days a customer needs credit: its own terms at their longest, else the grade's; the lag; tolerated
    /// lateness.
    pub fn days(&self, line: &GradeLimit, own: Option<u32>) -> u32 {
        own.unwrap_or_else(|| line.terms.days_at_most()).saturating_add(self.beside_terms())
    }

    /// The days beside those of the terms.
    pub fn beside_terms(&self) -> u32 {
        u32::from(self.lag_days).saturating_add(self.late_days.into())
    }

    /// The methods' results in minor units (need or trial, capital, cap): the kernel of the single proposal, of what is
    /// granted, and of the pass over a portfolio.
    pub fn minor_by_method(&self, line: &GradeLimit, need: &Need) -> [Option<i64>; 3] {
        let by_need = need.per_day.map_or(Some(line.trial.minor()), |per_day| {
            line.need_factor.times(per_day.minor().saturating_mul(self.days(line, need.days).into()))
        });
        let by_capital = need.capital.and_then(|capital| line.capital_share.times(capital.minor()));
        [by_need, by_capital, Some(line.cap.minor())]
    }

    /// The day on which the need is greatest; absent without sales, when it isn't kept which month they were in, and when
    /// what would be owed leaves the range of money.
    pub fn peak(&self, line: &GradeLimit, need: &Need) -> Option<PeakNeed> {
        let (per_day, month) = (need.per_day?, need.month?);
        let days = self.days(line, need.days);
        let day = plus_days(month_start(month), days.saturating_sub(1));
        let owed = Money::from_minor(per_day.minor().checked_mul(days.into())?, per_day.currency()).ok()?;
        Some(PeakNeed { per_day, month, days, day, owed })
    }

    /// Rounds down to a multiple of the round amount.
    pub fn rounded_down(&self, minor: i64) -> i64 {
        let step = self.round_to.minor().max(1);
        minor.max(0).checked_div(step).unwrap_or(0).saturating_mul(step)
    }

    /// What is granted by that, for whoever works out many and explains none.
    ///
    /// # Errors
    ///
    /// [`MoneyError::OutOfRange`] when the limit leaves the range.
    pub fn granted(&self, grade: &str, need: &Need) -> Result<(Limit, Terms), MoneyError> {
        let Some(line) = self.of_grade(grade) else { return Ok((Limit::None, Terms::Prepaid)) };
        let methods = self.minor_by_method(line, need);
        let minor = self.rounded_down(methods.into_iter().flatten().min().unwrap_or(0));
        let limit = match minor {
            0 => Limit::None,
            minor => Limit::Amount { amount: Money::from_minor(minor, line.cap.currency())? },
        };
        Ok((limit, line.terms))
    }

    /// Proposes a limit for a grade. Amounts are in the currency of the policy's amounts.
    ///
    /// # Errors
    ///
    /// [`MoneyError::OutOfRange`] when what a method allows leaves the range.
    pub fn propose(&self, grade: &str, need: &Need) -> Result<Proposal, MoneyError> {
        let Some(line) = self.of_grade(grade) else {
            let (limit, terms) = (Limit::None, Terms::Prepaid);
            return Ok(Proposal { limit, terms, binding: None, methods: Vec::new(), peak: None });
        };
        let currency = line.cap.currency();
        let first = if need.per_day.is_some() { Method::Need } else { Method::Trial };
        let minor = self.minor_by_method(line, need);
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
        let (binding, peak) = (binding.map(|(_, method)| method), self.peak(line, need));
        Ok(Proposal { limit, terms: line.terms, binding, methods, peak })
    }
}
