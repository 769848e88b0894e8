//! Concentration: how much of the whole hangs on a few.
//!
//! Shares are of the positive balances; who is in credit adds nothing to anyone's share. The Herfindahl–Hirschman index is
//! the sum of the squared shares: 1 when one customer owes everything, 1/n when n owe the same (often written × 10,000).
//!
//! Units: balances in minor units, shares and index in millionths.
//!
//! Source: A. O. Hirschman, *The Paternity of an Index*, American Economic Review 54 (1964), who took the root of it;
//! as the plain sum it is Herfindahl's, and that of the merger guidelines of many countries. That balances in credit
//! count as nothing is ours: a negative share would make the others add up to more than the whole.

use crate::facts::id::CustomerId;
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use serde::{Deserialize, Serialize};

/// How concentration is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConcentrationRule {
    /// How many of the largest are named.
    pub top: u16,
}

/// What a customer owes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Balance {
    /// Who.
    pub customer: CustomerId,
    /// How much.
    pub amount: Money,
}

/// The concentration of some balances.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Concentration {
    /// The positive balances together.
    pub total: Money,
    /// How many customers that is.
    pub customers: u32,
    /// The largest, largest first; of equal ones the smaller id.
    pub largest: Vec<Share>,
    /// The share of the largest together; absent when nothing is owed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_share: Option<Ratio>,
    /// The Herfindahl–Hirschman index, between 0 and 1; absent when nothing is owed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub herfindahl: Option<Ratio>,
}

/// One customer's share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// Who.
    pub customer: CustomerId,
    /// How much.
    pub amount: Money,
    /// Its share of the whole.
    pub share: Ratio,
}

/// Reads the concentration of balances in one currency, one for each customer.
///
/// # Errors
///
/// [`MoneyError`] when a balance is in another currency or the total leaves the range.
pub fn concentration(
    balances: &[Balance],
    rule: &ConcentrationRule,
    currency: Currency,
) -> Result<Concentration, MoneyError> {
    let mut owing: Vec<&Balance> = balances.iter().filter(|balance| balance.amount.minor() > 0).collect();
    owing.sort_by(|a, b| b.amount.minor().cmp(&a.amount.minor()).then(a.customer.cmp(&b.customer)));
    let total = Money::sum(currency, owing.iter().map(|balance| balance.amount))?;
    let top = owing.iter().take(usize::from(rule.top));
    let top_sum = Money::sum(currency, top.clone().map(|balance| balance.amount))?;
    let largest = top
        .filter_map(|balance| {
            let share = Ratio::of(balance.amount.minor(), total.minor())?;
            Some(Share { customer: balance.customer, amount: balance.amount, share })
        })
        .collect();
    // The total stays within 2^53, so that its square times a million stays within 2^126.
    let squares = owing.iter().fold(0_i128, |sum, balance| {
        let minor = i128::from(balance.amount.minor());
        sum.saturating_add(minor.saturating_mul(minor))
    });
    let whole = i128::from(total.minor());
    Ok(Concentration {
        total,
        customers: u32::try_from(owing.len()).unwrap_or(u32::MAX),
        largest,
        top_share: Ratio::of(top_sum.minor(), total.minor()),
        herfindahl: Ratio::of_wide(squares, whole.saturating_mul(whole)),
    })
}
