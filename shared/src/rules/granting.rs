//! Granting: who may grant which limit, and what the policy grants by itself.
//!
//! The chain goes from the lowest role to the highest; each may grant limits up to an amount, the last usually any. What is
//! at stake is the limit that would stand: the one asked for where it is more than the one in force, or where terms become
//! looser under it. Less credit puts nothing at stake, and anybody in the chain may decide it. A limit that an assessment
//! proposes is the policy's own word, which two people put in force: up to an amount it needs no third.

use super::authority::RoleMay;
use super::policy::{Bilingual, Faults};
use crate::facts::ledger::Limit;
use crate::facts::money::{Currency, Money, MoneyError};
use serde::{Deserialize, Serialize};

/// Who may grant what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GrantingRule {
    /// Why these numbers.
    pub note: Bilingual,
    /// From the lowest role to the highest.
    pub steps: Vec<GrantingStep>,
    /// Up to this limit an assessment grants by itself; without it, whatever it proposes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessed_up_to: Option<Money>,
}

/// What one role may grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GrantingStep {
    /// The role.
    pub role: String,
    /// Up to this limit; without one any, an unlimited one too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<Money>,
}

/// Who may grant something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Grantors {
    /// What is at stake, in the policy's currency.
    pub stake: Limit,
    /// The lowest role that may; absent when none may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowest: Option<String>,
    /// What each role may grant, from the lowest to the highest.
    pub roles: Vec<RoleMay>,
}

impl GrantingRule {
    pub(super) fn check(&self, currency: Currency, faults: &mut Faults) {
        for (i, step) in self.steps.iter().enumerate() {
            let path = format!("granting.steps[{i}]");
            if let Some(up_to) = step.up_to {
                faults.amount(up_to, currency, &format!("{path}.up_to"));
            }
            let twice = self.steps.iter().take(i).any(|other| other.role == step.role);
            faults.unless(!twice, &format!("{path}.role"), format_args!("'{}' stands twice", step.role));
        }
        let rising = self.steps.is_sorted_by(|a, b| match (a.up_to, b.up_to) {
            (Some(a), Some(b)) => a.minor() <= b.minor(),
            (None, Some(_)) => false,
            _ => true,
        });
        faults.unless(rising, "granting.steps", format_args!("must rise, from the lowest role to the highest"));
        if let Some(up_to) = self.assessed_up_to {
            faults.amount(up_to, currency, "granting.assessed_up_to");
        }
    }

    /// Who may grant what is at stake, which is in the policy's currency.
    ///
    /// # Errors
    ///
    /// [`MoneyError::MixedCurrencies`] when the stake is in another currency than the steps.
    pub fn grantors(&self, stake: Limit) -> Result<Grantors, MoneyError> {
        let mut roles = Vec::new();
        for GrantingStep { role, up_to } in &self.steps {
            let may = fits(stake, *up_to)?;
            roles.push(RoleMay { role: role.clone(), up_to: *up_to, may });
        }
        let lowest = roles.iter().find(|role| role.may).map(|role| role.role.clone());
        Ok(Grantors { stake, lowest, roles })
    }

    /// Whether an assessment grants a limit by itself that puts this at stake.
    ///
    /// # Errors
    ///
    /// [`MoneyError::MixedCurrencies`] when the stake is in another currency than the policy's amount.
    pub fn grants_assessed(&self, stake: Limit) -> Result<bool, MoneyError> {
        Ok(self.assessed_up_to.is_none() || fits(stake, self.assessed_up_to)?)
    }

    /// Where a role stands in the chain, from 0; absent when it isn't part of it.
    pub fn place(&self, role: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.role == role)
    }
}

/// What is at stake when a limit is asked for beside the one in force, both in one currency.
///
/// # Errors
///
/// [`MoneyError::MixedCurrencies`] when the two limits are in different currencies.
pub fn at_stake(asked: Limit, in_force: Option<Limit>, loosens: bool) -> Result<Limit, MoneyError> {
    let more = match (asked, in_force.unwrap_or(Limit::None)) {
        (Limit::Amount { amount }, Limit::Amount { amount: now }) => amount.minus(now)?.minor() > 0,
        (asked, now) => size(asked) > size(now),
    };
    Ok(if more || loosens { asked } else { Limit::None })
}

const fn size(limit: Limit) -> u8 {
    match limit {
        Limit::None => 0,
        Limit::Amount { .. } => 1,
        Limit::Unlimited => 2,
    }
}

fn fits(stake: Limit, up_to: Option<Money>) -> Result<bool, MoneyError> {
    match (stake, up_to) {
        (Limit::None, _) | (_, None) => Ok(true),
        (Limit::Unlimited, Some(_)) => Ok(false),
        (Limit::Amount { amount }, Some(up_to)) => Ok(amount.minus(up_to)?.minor() <= 0),
    }
}
