//! How the allowance moved in a period; its parts tie out.

use crate::facts::money::{Money, MoneyError};
use serde::{Deserialize, Serialize};

/// How the allowance moved in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Movement {
    /// At its beginning.
    pub opening: Money,
    /// 计提.
    pub charge: Money,
    /// 转回.
    pub reversal: Money,
    /// 核销.
    pub written_off: Money,
    /// 收回已核销的款项.
    pub recovered: Money,
    /// At its end.
    pub closing: Money,
}

/// How the allowance came from its opening to what is required now: the difference that write-offs and recoveries don't
/// explain is charged or reversed.
///
/// # Errors
///
/// [`MoneyError`] when the four are in different currencies, or a sum leaves the range.
pub fn movement(opening: Money, required: Money, written_off: Money, recovered: Money) -> Result<Movement, MoneyError> {
    let zero = Money::zero(opening.currency());
    let difference = required.minus(opening.minus(written_off)?.plus(recovered)?)?;
    Ok(Movement {
        opening,
        charge: difference.max(zero)?,
        reversal: difference.negated().max(zero)?,
        written_off,
        recovered,
        closing: required,
    })
}

impl Movement {
    /// Whether opening + charge − reversal − written off + recovered is the closing allowance.
    ///
    /// # Errors
    ///
    /// As [`movement`].
    pub fn ties_out(&self) -> Result<bool, MoneyError> {
        let grown = self.opening.plus(self.charge)?.minus(self.reversal)?;
        Ok(grown.minus(self.written_off)?.plus(self.recovered)? == self.closing)
    }
}
