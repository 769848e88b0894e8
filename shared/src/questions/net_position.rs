//! What a customer owes less what we owe it (应收应付净额): for those who are our suppliers too.
//!
//! The net is a view, not a rule: debts are set off only where law and agreement let them (民法典 568, 569), so that the limit is
//! still compared with the gross. Payables of a later day than the question's are left out.

use crate::facts::calendar::{Date, days_between};
use crate::facts::credit_file::CreditFile;
use crate::facts::ledger::Rate;
use crate::facts::money::Money;
use crate::readings::exchange::{ConversionError, RatesOn};
use crate::readings::standing::Position;
use serde::{Deserialize, Serialize};

/// Both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NetPosition {
    /// What it owes us: open documents less money not applied.
    pub receivable: Money,
    /// What we owe it.
    pub payable: Money,
    /// Receivable less payable: below zero when we owe more.
    pub net: Money,
    /// What of the receivable the payable would cover.
    pub set_off: Money,
    /// The day of the payable.
    pub payable_on: Date,
    /// How old that is, in days.
    pub age_days: i32,
}

/// Both sides in the currency of the limit; absent where we owe it nothing that is known.
///
/// # Errors
///
/// [`ConversionError::MissingRate`] when the payables have no rate into the currency of the limit;
/// [`ConversionError::Money`] when a difference leaves the range.
pub fn net_position(
    file: &CreditFile,
    position: &Position,
    rates: &[Rate],
    as_of: Date,
) -> Result<Option<NetPosition>, ConversionError> {
    let Some(payables) = file.payables.filter(|payables| payables.date <= as_of) else { return Ok(None) };
    let receivable = position.exposure.open_items.minus(position.exposure.unapplied)?;
    let payable = RatesOn::new(rates, as_of).convert(payables.amount, receivable.currency())?;
    let zero = Money::zero(receivable.currency());
    Ok(Some(NetPosition {
        receivable,
        payable,
        net: receivable.minus(payable)?,
        set_off: receivable.max(zero)?.min(payable.max(zero)?)?,
        payable_on: payables.date,
        age_days: days_between(payables.date, as_of),
    }))
}
