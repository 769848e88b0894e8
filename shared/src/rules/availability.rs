//! What may still be owed: the limit in force on a day, a temporary one in its place, and the group's limit beside it.
//!
//! Available = min(own limit − own exposure, group limit − group exposure). `none`, `unlimited` and an amount are three
//! different things: without a limit nothing may be owed, so that what is owed already is below zero; without bounds
//! nothing is subtracted from. What is available may be negative: by so much the limit is exceeded.
//!
//! Units: minor units of one currency; the tolerance in millionths.
//!
//! Source: our own definition. The smaller of two rooms is what neither limit is exceeded by; that a temporary limit
//! takes the other's place and gets no tolerance is the policy's choice, with its reason there.

use super::policy::Bilingual;
use crate::facts::calendar::Date;
use crate::facts::ledger::{Limit, LimitGrant};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use serde::{Deserialize, Serialize};

pub use crate::facts::ledger::TemporaryLimit;

/// How a temporary limit counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TemporaryLimitRule {
    /// Why it is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Bilingual>,
    /// Whether it stands in the limit's place or on top of it.
    pub counts: TemporaryCounts,
    /// Whether the tolerance of order checks goes on top of it too.
    pub tolerance: bool,
}

/// Whether a temporary limit stands in the limit's place or on top of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TemporaryCounts {
    /// In its place, be it more or less.
    Replaces,
    /// On top of it.
    Adds,
}

/// The limit in force on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EffectiveLimit {
    /// How much; absent when none was ever granted, or the one granted has expired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// Whether a temporary limit is part of it.
    pub temporary: bool,
    /// The last day on which it stands as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// By what share it may be exceeded.
    pub tolerance: Ratio,
}

/// The limit in force on a day. Of several temporary limits the one that began last counts, of these the smallest.
///
/// # Errors
///
/// [`MoneyError`] when a temporary limit that adds is in another currency, or the two together leave the range.
pub fn effective_limit(
    rule: &TemporaryLimitRule,
    granted: Option<&LimitGrant>,
    temporary: &[TemporaryLimit],
    tolerance: Ratio,
    as_of: Date,
) -> Result<EffectiveLimit, MoneyError> {
    let granted = granted.filter(|grant| grant.until.is_none_or(|until| as_of <= until));
    let (limit, until) = (granted.map(|grant| grant.limit), granted.and_then(|grant| grant.until));
    let size = |limit: Limit| match limit {
        Limit::None => (0, 0),
        Limit::Amount { amount } => (1, amount.minor()),
        Limit::Unlimited => (2, 0),
    };
    let in_force = temporary
        .iter()
        .filter(|temporary| temporary.from <= as_of && as_of <= temporary.until)
        .max_by_key(|temporary| (temporary.from, std::cmp::Reverse(size(temporary.limit)), temporary.until));
    let Some(in_force) = in_force else { return Ok(EffectiveLimit { limit, temporary: false, until, tolerance }) };
    let together = match (rule.counts, limit) {
        (TemporaryCounts::Adds, Some(Limit::Unlimited)) => Limit::Unlimited,
        (TemporaryCounts::Adds, Some(Limit::Amount { amount })) => match in_force.limit {
            Limit::None => Limit::Amount { amount },
            Limit::Amount { amount: more } => Limit::Amount { amount: amount.plus(more)? },
            Limit::Unlimited => Limit::Unlimited,
        },
        (TemporaryCounts::Replaces, _) | (TemporaryCounts::Adds, None | Some(Limit::None)) => in_force.limit,
    };
    Ok(EffectiveLimit {
        limit: Some(together),
        temporary: true,
        until: Some(until.map_or(in_force.until, |until| until.min(in_force.until))),
        tolerance: if rule.tolerance { tolerance } else { Ratio::ZERO },
    })
}

/// A limit and what is owed under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Use {
    /// The limit; absent when none is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// What is owed and will be.
    pub exposure: Money,
}

/// What may still be owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Headroom {
    /// So much; negative when the limit is exceeded.
    Amount {
        /// How much.
        amount: Money,
    },
    /// Any amount.
    Unlimited,
}

/// Whose limit leaves the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BoundBy {
    /// The customer's own.
    Own,
    /// Its group's.
    Group,
}

/// Available credit, and whose limit leaves the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Available {
    /// What may still be owed.
    pub available: Headroom,
    /// Whose limit that is; of equal ones the customer's own. Absent when there is no bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound_by: Option<BoundBy>,
    /// Under the customer's own limit.
    pub own: Headroom,
    /// Under the group's; absent when it belongs to none with a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Headroom>,
}

impl Use {
    /// What may still be owed under this limit.
    ///
    /// # Errors
    ///
    /// [`MoneyError`] when limit and exposure are in different currencies, or their difference leaves the range.
    pub fn headroom(&self) -> Result<Headroom, MoneyError> {
        match self.limit {
            Some(Limit::Unlimited) => Ok(Headroom::Unlimited),
            Some(Limit::Amount { amount }) => Ok(Headroom::Amount { amount: amount.minus(self.exposure)? }),
            Some(Limit::None) | None => Ok(Headroom::Amount { amount: self.exposure.negated() }),
        }
    }
}

/// What may still be owed under a customer's own limit and its group's, both expressed in `currency`.
///
/// # Errors
///
/// [`MoneyError`] when an amount isn't in `currency`, or a difference leaves the range.
pub fn available(own: &Use, group: Option<&Use>, currency: Currency) -> Result<Available, MoneyError> {
    let in_currency = |headroom: Headroom| match headroom {
        Headroom::Amount { amount } => amount.plus(Money::zero(currency)).map(|amount| Headroom::Amount { amount }),
        Headroom::Unlimited => Ok(Headroom::Unlimited),
    };
    let own = in_currency(own.headroom()?)?;
    let group = group.map(|group| in_currency(group.headroom()?)).transpose()?;
    let (available, bound_by) = match (own, group) {
        (Headroom::Unlimited, None | Some(Headroom::Unlimited)) => (Headroom::Unlimited, None),
        (Headroom::Unlimited, Some(bound)) => (bound, Some(BoundBy::Group)),
        (bound, None | Some(Headroom::Unlimited)) => (bound, Some(BoundBy::Own)),
        (Headroom::Amount { amount: left }, Some(Headroom::Amount { amount: right })) => {
            if right.minor() < left.minor() {
                (Headroom::Amount { amount: right }, Some(BoundBy::Group))
            } else {
                (Headroom::Amount { amount: left }, Some(BoundBy::Own))
            }
        }
    };
    Ok(Available { available, bound_by, own, group })
}
