//! The assessment: from a customer's file and ledger to score, grade, limit and terms.
//!
//! It is made where the facts may be seen (at the edge, at the desk), and its result is granted as facts; an order check
//! reads only these.

use crate::facts::calendar::Date;
use crate::facts::customer::Customer;
use crate::facts::ledger::Rate;
use crate::facts::money::{Money, MoneyError};
use crate::facts::number::Ratio;
use crate::readings::aging::aging;
use crate::readings::behaviour::{Behaviour, behaviour};
use crate::readings::exchange::{ConversionError, RatesOn};
use crate::readings::journal::Journal;
use crate::rules::grade::Grade;
use crate::rules::limit::{Need, Proposal};
use crate::rules::policy::Policy;
use crate::rules::scorecard::{Characteristic, Profile, Score};
use chrono::Datelike;
use serde::{Deserialize, Serialize};

/// The version of this function; see [`crate::rules::order_check::VERSION`].
pub const VERSION: &str = "assess/1";

/// All that an assessment looks at: read once from the facts, and what its decision stores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The values that are scored.
    pub profile: Profile,
    /// What the limit methods look at.
    pub need: Need,
    /// How the customer pays.
    pub behaviour: Behaviour,
}

/// An assessment's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// The score, line by line.
    pub score: Score,
    /// The grade.
    pub grade: Grade,
    /// Limit and terms.
    pub proposal: Proposal,
}

/// Why a customer cannot be assessed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssessError {
    /// An amount cannot be expressed in the policy's currency.
    #[error(transparent)]
    Conversion(#[from] ConversionError),
    /// A sum left the range.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// Reads what an assessment looks at. Amounts are in the policy's currency; `journal` holds this customer only.
///
/// # Errors
///
/// [`AssessError::Conversion`] when an amount has no rate into the policy's currency on `as_of`; [`AssessError::Money`]
/// when a sum leaves the range.
pub fn evidence(
    policy: &Policy,
    customer: &Customer,
    journal: &Journal,
    rates: &[Rate],
    as_of: Date,
) -> Result<Evidence, AssessError> {
    let behaviour = behaviour(journal, &policy.behaviour, policy.currency, rates, as_of)?;
    let sold = !journal.items.is_empty();
    let oldest_days = aging(journal, &policy.aging, as_of)?.iter().map(|row| row.oldest_days).max();
    evidence_of(policy, customer, Read { behaviour, sold, oldest_days }, rates, as_of)
}

/// What an assessment reads of a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// How the customer pays.
    pub behaviour: Behaviour,
    /// Whether anything was ever charged.
    pub sold: bool,
    /// How long the oldest open document is past due, in days; absent when nothing is open.
    pub oldest_days: Option<i32>,
}

/// [`evidence`] of a ledger that was read already.
///
/// # Errors
///
/// [`AssessError::Conversion`] when the registered capital has no rate into the policy's currency.
pub fn evidence_of(
    policy: &Policy,
    customer: &Customer,
    read: Read,
    rates: &[Rate],
    as_of: Date,
) -> Result<Evidence, AssessError> {
    let Read { behaviour, sold, oldest_days } = read;
    let capital = customer.registered_capital;
    let capital = capital.map(|capital| RatesOn::new(rates, as_of).convert(capital, policy.currency)).transpose()?;
    let mut profile = Profile::default();
    let whole_units = |amount: Money| Ratio::round(amount.to_decimal());
    profile.set(Characteristic::RegisteredCapital, capital.and_then(whole_units));
    profile.set(Characteristic::YearsInBusiness, customer.founded.and_then(|date| full_years(date, as_of)));
    profile.set(Characteristic::SalesTrend, behaviour.sales_trend);
    profile.set(Characteristic::DaysBeyondTerms, behaviour.days_beyond_terms);
    profile.set(Characteristic::OverdueShare, behaviour.overdue_share.or(sold.then_some(Ratio::ZERO)));
    profile.set(Characteristic::OldestOverdueDays, oldest_days.and_then(days).or(sold.then_some(Ratio::ZERO)));
    profile.set(Characteristic::YearsWithUs, customer.since.and_then(|date| full_years(date, as_of)));
    profile.set(Characteristic::YearlySales, sold.then(|| whole_units(behaviour.sales)).flatten());
    let peak = behaviour.peak_daily_billing.as_ref();
    let (per_day, month) = (peak.map(|peak| peak.per_day), peak.map(|peak| peak.month));
    let need = Need { per_day, capital, month, days: None };
    Ok(Evidence { profile, need, behaviour })
}

/// Scores, grades and proposes.
///
/// # Errors
///
/// As [`crate::rules::limit::LimitRule::propose`].
pub fn assess(policy: &Policy, evidence: &Evidence) -> Result<Assessment, MoneyError> {
    let score = policy.scorecard.score(&evidence.profile);
    let grade = policy.grade.grade(score.points, score.confidence, &evidence.profile);
    let proposal = policy.limit.propose(&grade.grade, &evidence.need)?;
    Ok(Assessment { score, grade, proposal })
}

/// Full years from one day to another; a 29 February is reached on 1 March of other years. Absent when negative.
fn full_years(from: Date, to: Date) -> Option<Ratio> {
    let years = to.year().checked_sub(from.year())?;
    let reached = (to.month(), to.day()) >= (from.month(), from.day());
    let years = if reached { years } else { years.checked_sub(1)? };
    (years >= 0).then(|| i64::from(years).checked_mul(1_000_000).map(Ratio::from_units)).flatten()
}

fn days(days: i32) -> Option<Ratio> {
    i64::from(days).checked_mul(1_000_000).map(Ratio::from_units)
}
