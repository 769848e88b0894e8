//! Authority: who may release a held order, up to which overage, and for how long.
//!
//! The overage is what exposure and order come to beyond the limit. A role may release up to an amount and up to a share of
//! the limit, whichever is less; the lowest role that may is named. A release has a number, a reason and an end: it is good
//! for one order and no more than the overage that was looked at.

use super::policy::{Bilingual, Faults};
use crate::facts::calendar::{Date, plus_days};
use crate::facts::id::{OrderId, PersonId};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use serde::{Deserialize, Serialize};

/// Who may release what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AuthorityRule {
    /// Why these numbers.
    pub note: Bilingual,
    /// From the lowest role to the highest.
    pub steps: Vec<AuthorityStep>,
    /// For how many days a release is good.
    pub valid_days: u16,
}

/// What one role may release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AuthorityStep {
    /// The role.
    pub role: String,
    /// Up to this overage; without one there is no such bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<Money>,
    /// Up to this share of the limit; without one there is no such bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to_share: Option<Ratio>,
}

/// Who may release an overage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// The lowest role that may; absent when nobody may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowest: Option<String>,
    /// What each role may release here; absent where it has no bound.
    pub roles: Vec<RoleMay>,
    /// The last day of a release given today.
    pub until: Date,
}

/// What a role may release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RoleMay {
    /// The role.
    pub role: String,
    /// Up to this overage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<Money>,
    /// Whether that is enough.
    pub may: bool,
}

/// A release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Its number, which people quote.
    pub number: String,
    /// The order that it is for.
    pub order: OrderId,
    /// The overage that was looked at.
    pub overage: Money,
    /// Who gave it.
    pub by: PersonId,
    /// Why.
    pub reason: String,
    /// When.
    pub given: Date,
    /// Its last day.
    pub until: Date,
}

/// Why a release doesn't let an order through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum NotReleased {
    /// It is for another order.
    OtherOrder,
    /// It isn't good yet.
    NotYet,
    /// It has run out.
    Expired {
        /// When.
        until: Date,
    },
    /// The overage has grown beyond what was looked at.
    Grown {
        /// What was looked at.
        released: Money,
        /// What it is now.
        overage: Money,
    },
}

impl AuthorityRule {
    pub(super) fn check(&self, currency: Currency, faults: &mut Faults) {
        for (i, step) in self.steps.iter().enumerate() {
            let path = format!("authority.steps[{i}]");
            if let Some(up_to) = step.up_to {
                faults.amount(up_to, currency, &format!("{path}.up_to"));
            }
            let share = step.up_to_share.is_none_or(|share| share >= Ratio::ZERO);
            faults.unless(share, &format!("{path}.up_to_share"), format_args!("must not be negative"));
        }
        let rising = self.steps.is_sorted_by(|a, b| match (a.up_to, b.up_to) {
            (Some(a), Some(b)) => a.minor() <= b.minor(),
            (None, Some(_)) => false,
            _ => true,
        });
        faults.unless(rising, "authority.steps", format_args!("must rise, from the lowest role to the highest"));
    }

    /// Who may release this overage over this limit. An overage of nothing still needs the lowest role: something else
    /// held the order.
    pub fn authority(&self, overage: Money, limit: Money, as_of: Date) -> Result<Authority, MoneyError> {
        let mut roles = Vec::new();
        for step in &self.steps {
            let by_share = step
                .up_to_share
                .map(|share| {
                    let minor = share.times(limit.minor().max(0)).ok_or(MoneyError::OutOfRange)?;
                    Money::from_minor(minor, limit.currency())
                })
                .transpose()?;
            let up_to = match (step.up_to, by_share) {
                (Some(amount), Some(share)) => Some(amount.min(share)?),
                (amount, share) => amount.or(share),
            };
            let may = match up_to {
                Some(up_to) => overage.minus(up_to)?.minor() <= 0,
                None => true,
            };
            roles.push(RoleMay { role: step.role.clone(), up_to, may });
        }
        let lowest = roles.iter().find(|role| role.may).map(|role| role.role.clone());
        Ok(Authority { lowest, roles, until: plus_days(as_of, u32::from(self.valid_days)) })
    }
}

impl Release {
    /// Why it doesn't let an order with this overage through on a day; `None` when it does.
    pub fn refuses(&self, order: OrderId, overage: Money, as_of: Date) -> Result<Option<NotReleased>, MoneyError> {
        if order != self.order {
            return Ok(Some(NotReleased::OtherOrder));
        }
        if as_of < self.given {
            return Ok(Some(NotReleased::NotYet));
        }
        if as_of > self.until {
            return Ok(Some(NotReleased::Expired { until: self.until }));
        }
        let grown = overage.minus(self.overage)?.minor() > 0;
        Ok(grown.then_some(NotReleased::Grown { released: self.overage, overage }))
    }
}
