//! Authority: who may release a held order, up to which overage, and for how long; who may waive what a customer owes beside
//! the debt itself.
//!
//! The overage is what exposure and order come to beyond the limit. A role may release up to an amount and up to a share of
//! the limit, whichever is less; the lowest role that may is named. A release has a number, a reason and an end: it is good
//! for one order and no more than the overage that was looked at.
//!
//! A waiver ([`crate::facts::waiver`]) climbs a ladder of the same kind. What counts is all that would then be waived of the
//! sum, earlier waivers included, so that small waivers don't add up to a large one unseen; its share is of the gross sum.
//! Nobody approves what they asked for themselves (四眼原则).

use super::order_check::Rule;
use super::policy::{Bilingual, Faults};
use crate::facts::calendar::{Date, plus_days};
use crate::facts::id::{OrderId, PersonId};
use crate::facts::ledger::Rate;
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use crate::facts::waiver::{AfterWaiver, Waiver};
use crate::readings::exchange::{ConversionError, RatesOn};
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
    /// Who may waive late interest and fees, from the lowest role to the highest; without any, nobody may.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<AuthorityStep>,
}

/// What one role may release or waive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AuthorityStep {
    /// The role.
    pub role: String,
    /// Up to this overage, or this much waived; without one there is no such bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<Money>,
    /// Up to this share of the limit, or of what could be waived; without one there is no such bound.
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
    /// The rules that held when it was given: what others hold since, it doesn't let through. Absent: it lets all through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<Vec<Rule>>,
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

/// Why nothing is waived.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WaiverError {
    /// A waiver is of more than nothing.
    #[error("amount: a waiver is of more than nothing, not {0}")]
    Amount(Money),
    /// A waiver says why.
    #[error("reason: a waiver says why")]
    Reason,
    /// Nobody approves their own.
    #[error("approved_by: {0:?} asked for it, so somebody else approves it")]
    Own(PersonId),
    /// There isn't that much.
    #[error("amount: {amount} is waived, and {left} is left to waive")]
    MoreThanLeft {
        /// What would be waived.
        amount: Money,
        /// What there is.
        left: Money,
    },
    /// The role has no authority to waive.
    #[error("role: '{0}' waives nothing under this policy")]
    Role(String),
    /// It takes more authority.
    #[error("role: '{role}' waives up to {up_to}, and {waived} would be waived{}", may(.lowest.as_deref()))]
    BeyondAuthority {
        /// The role.
        role: String,
        /// What it may waive here, in the policy's currency.
        up_to: Money,
        /// What would be waived in all, in the policy's currency.
        waived: Money,
        /// The lowest role that may; absent when nobody may.
        lowest: Option<String>,
    },
    /// An amount has no rate into the policy's currency.
    #[error(transparent)]
    Conversion(#[from] ConversionError),
    /// A sum left the range, or currencies were mixed.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

fn may(lowest: Option<&str>) -> String {
    lowest.map_or_else(|| ": nobody may".to_owned(), |role| format!(": '{role}' may"))
}

/// Reports what is wrong with a ladder.
fn check_ladder(steps: &[AuthorityStep], currency: Currency, path: &str, faults: &mut Faults) {
    for (i, step) in steps.iter().enumerate() {
        let path = format!("{path}[{i}]");
        if let Some(up_to) = step.up_to {
            faults.amount(up_to, currency, &format!("{path}.up_to"));
        }
        let share = step.up_to_share.is_none_or(|share| share >= Ratio::ZERO);
        faults.unless(share, &format!("{path}.up_to_share"), format_args!("must not be negative"));
    }
    let rising = steps.is_sorted_by(|a, b| match (a.up_to, b.up_to) {
        (Some(a), Some(b)) => a.minor() <= b.minor(),
        (None, Some(_)) => false,
        _ => true,
    });
    faults.unless(rising, path, format_args!("must rise, from the lowest role to the highest"));
}

/// What each role of a ladder may give of an amount, the shares being of `whole`.
fn climb(steps: &[AuthorityStep], amount: Money, whole: Money) -> Result<Vec<RoleMay>, MoneyError> {
    let mut roles = Vec::new();
    for step in steps {
        let by_share = step
            .up_to_share
            .map(|share| {
                let minor = share.times(whole.minor().max(0)).ok_or(MoneyError::OutOfRange)?;
                Money::from_minor(minor, whole.currency())
            })
            .transpose()?;
        let up_to = match (step.up_to, by_share) {
            (Some(amount), Some(share)) => Some(amount.min(share)?),
            (amount, share) => amount.or(share),
        };
        let may = match up_to {
            Some(up_to) => amount.minus(up_to)?.minor() <= 0,
            None => true,
        };
        roles.push(RoleMay { role: step.role.clone(), up_to, may });
    }
    Ok(roles)
}

impl AuthorityRule {
    pub(super) fn check(&self, currency: Currency, faults: &mut Faults) {
        check_ladder(&self.steps, currency, "authority.steps", faults);
        check_ladder(&self.waivers, currency, "authority.waivers", faults);
    }

    /// Approves a waiver of a sum, and says how the sum then stands. `currency` is the policy's, which the amounts of the
    /// ladder are in.
    ///
    /// # Errors
    ///
    /// [`WaiverError`] says why it isn't approved: an amount of nothing or more than is left, no reason, the asker's
    /// own approval, a role that may not or not so much, a rate that is missing.
    pub fn waive(
        &self,
        sum: AfterWaiver,
        waiver: &Waiver,
        currency: Currency,
        rates: &[Rate],
    ) -> Result<AfterWaiver, WaiverError> {
        if waiver.amount.minor() <= 0 {
            return Err(WaiverError::Amount(waiver.amount));
        }
        if waiver.reason.trim().is_empty() {
            return Err(WaiverError::Reason);
        }
        if waiver.approved_by == waiver.asked_by {
            return Err(WaiverError::Own(waiver.approved_by));
        }
        if waiver.amount.minus(sum.net)?.minor() > 0 {
            return Err(WaiverError::MoreThanLeft { amount: waiver.amount, left: sum.net });
        }
        let after = AfterWaiver::of(sum.gross, sum.waived.plus(waiver.amount)?)?;
        let on = RatesOn::new(rates, waiver.date);
        let given_up = on.convert(after.waived, currency)?;
        let roles = climb(&self.waivers, given_up, on.convert(sum.gross, currency)?)?;
        let own = roles.iter().find(|may| may.role == waiver.role);
        match own.ok_or_else(|| WaiverError::Role(waiver.role.clone()))? {
            RoleMay { may: false, up_to: Some(up_to), .. } => {
                let lowest = roles.iter().find(|role| role.may).map(|role| role.role.clone());
                let (role, up_to) = (waiver.role.clone(), *up_to);
                Err(WaiverError::BeyondAuthority { role, up_to, waived: given_up, lowest })
            }
            _ => Ok(after),
        }
    }

    /// Who may release this overage over this limit. An overage of nothing still needs the lowest role: something else
    /// held the order.
    ///
    /// # Errors
    ///
    /// [`MoneyError`] when overage, limit and the steps' amounts are in different currencies, or a share of the limit
    /// leaves the range.
    pub fn authority(&self, overage: Money, limit: Money, as_of: Date) -> Result<Authority, MoneyError> {
        let roles = climb(&self.steps, overage, limit)?;
        let lowest = roles.iter().find(|role| role.may).map(|role| role.role.clone());
        Ok(Authority { lowest, roles, until: plus_days(as_of, u32::from(self.valid_days)) })
    }
}

impl Release {
    /// Why it doesn't let an order with this overage through on a day; `None` when it does.
    ///
    /// # Errors
    ///
    /// [`MoneyError::MixedCurrencies`] when the overage is in another currency than the one released.
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
