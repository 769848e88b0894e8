//! What was given up (豁免) of late interest or of a fee: a dated fact with who asked, who approved, by which authority, and why.
//!
//! It takes nothing of the debt itself: a principal is written off or credited, never waived here. Whether somebody may
//! waive is judged once, when it is approved ([`crate::rules::authority::AuthorityRule::waive`]); afterwards the waiver holds,
//! whatever the policy says later.

use super::calendar::Date;
use super::id::{ItemId, PersonId};
use super::money::{Money, MoneyError};
use serde::{Deserialize, Serialize};

/// A waiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The day from which it holds.
    pub date: Date,
    /// How much.
    pub amount: Money,
    /// Who asked for it.
    pub asked_by: PersonId,
    /// Who approved it: somebody else.
    pub approved_by: PersonId,
    /// The role whose authority it takes.
    pub role: String,
    /// Why.
    pub reason: String,
}

/// A waiver of late interest on one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InterestWaiver {
    /// The document.
    pub item: ItemId,
    /// What is waived.
    pub waiver: Waiver,
}

/// A waiver of a customer's fees for one step of dunning, the oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FeeWaiver {
    /// The step's name.
    pub step: String,
    /// What is waived.
    pub waiver: Waiver,
}

/// A sum and what was given up of it: waived + net = gross.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AfterWaiver {
    /// What there is without any waiver; never negative.
    pub gross: Money,
    /// What was given up of it.
    pub waived: Money,
    /// What is left.
    pub net: Money,
}

impl AfterWaiver {
    /// Takes what was given up off a sum, at most all of it.
    ///
    /// # Errors
    ///
    /// [`MoneyError::MixedCurrencies`] when sum and waiver are in different currencies.
    pub fn of(gross: Money, given_up: Money) -> Result<Self, MoneyError> {
        let waived = given_up.min(gross)?.max(Money::zero(gross.currency()))?;
        Ok(Self { gross, waived, net: gross.minus(waived)? })
    }

    /// Two sums together.
    ///
    /// # Errors
    ///
    /// [`MoneyError`] when the two are in different currencies or their sum leaves the range.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        Ok(Self {
            gross: self.gross.plus(other.gross)?,
            waived: self.waived.plus(other.waived)?,
            net: self.net.plus(other.net)?,
        })
    }
}

/// What is given up by a day, in the currency of what it is given up of.
///
/// # Errors
///
/// [`MoneyError`] when a waiver is in another currency than the sum, or all together leave the range.
pub fn given_up<'a>(
    gross: Money,
    waivers: impl IntoIterator<Item = &'a Waiver>,
    as_of: Date,
) -> Result<Money, MoneyError> {
    let by_then = waivers.into_iter().filter(|waiver| waiver.date <= as_of);
    Money::sum(gross.currency(), by_then.map(|waiver| waiver.amount))
}
