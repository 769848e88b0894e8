//! Altman's Z-scores: how close a company's statement is to those of companies that failed.
//!
//! - **Z** (1968), for listed manufacturers: 1.2 X1 + 1.4 X2 + 3.3 X3 + 0.6 X4 + 1.0 X5, X4 by market value; distress below
//!   1.81, safe above 2.99. Altman, *Financial Ratios, Discriminant Analysis and the Prediction of Corporate Bankruptcy*,
//!   Journal of Finance 23 (1968).
//! - **Z′**, for private manufacturers: 0.717 X1 + 0.847 X2 + 3.107 X3 + 0.420 X4 + 0.998 X5, X4 by book value; 1.23, 2.90.
//! - **Z″**, for all others: 6.56 X1 + 3.26 X2 + 6.72 X3 + 1.05 X4 by book value; 1.10, 2.60. With the constant 3.25, as for
//!   emerging markets, the bounds are 4.35 and 5.85. Both of Altman and Hotchkiss, *Corporate Financial Distress and
//!   Bankruptcy*; some web pages give Z″ the bounds of Z′.
//!
//! X1 working capital, X2 retained earnings (盈余公积 + 未分配利润), X3 EBIT, X5 sales, each over total assets; X4 equity over
//! total liabilities. The boundary values themselves are grey. Sales and EBIT of a part of a year are scaled to twelve
//! months and marked. The score is worked out from the exact quotients and rounded once; the X shown are rounded each.

use super::ratios::{At, Input, Item, Mark, RatioError, ebit, missing_of};
use crate::facts::financials::{FinancialStatement, Line};
use crate::facts::money::{Money, MoneyError};
use crate::facts::number::Ratio;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// One of the models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AltmanModel {
    /// Z, for listed manufacturers.
    Z,
    /// Z′, for private manufacturers.
    ZPrime,
    /// Z″, for all others.
    ZDoublePrime,
    /// Z″ + 3.25, for emerging markets.
    ZDoublePrimeConstant,
}

/// Where a score lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// Below the lower bound.
    Distress,
    /// From the lower bound to the upper one, both included.
    Grey,
    /// Above the upper bound.
    Safe,
}

/// A score and what it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AltmanScore {
    /// The model.
    pub model: AltmanModel,
    /// The score.
    pub score: Ratio,
    /// Where it lies.
    pub zone: Zone,
    /// Below this it is distress.
    pub lower: Ratio,
    /// Above this it is safe.
    pub upper: Ratio,
    /// X1 to X4, and X5 where the model has it, each rounded to six decimals.
    pub factors: Vec<Ratio>,
    /// What to bear in mind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
}

impl AltmanModel {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Z, Self::ZPrime, Self::ZDoublePrime, Self::ZDoublePrimeConstant];

    /// The weights of X1 to X5, in thousandths.
    const fn weights(self) -> [i64; 5] {
        match self {
            Self::Z => [1200, 1400, 3300, 600, 1000],
            Self::ZPrime => [717, 847, 3107, 420, 998],
            Self::ZDoublePrime | Self::ZDoublePrimeConstant => [6560, 3260, 6720, 1050, 0],
        }
    }

    /// The bounds of the grey zone.
    pub const fn bounds(self) -> (Ratio, Ratio) {
        let (lower, upper) = match self {
            Self::Z => (1_810_000, 2_990_000),
            Self::ZPrime => (1_230_000, 2_900_000),
            Self::ZDoublePrime => (1_100_000, 2_600_000),
            Self::ZDoublePrimeConstant => (4_350_000, 5_850_000),
        };
        (Ratio::from_units(lower), Ratio::from_units(upper))
    }

    /// Which zone a score lies in.
    pub fn zone(self, score: Ratio) -> Zone {
        let (lower, upper) = self.bounds();
        match () {
            () if score < lower => Zone::Distress,
            () if score > upper => Zone::Safe,
            () => Zone::Grey,
        }
    }

    /// Scores a statement. `market_value` is that of the equity at the statement's end in its currency; only Z asks for
    /// it.
    ///
    /// # Errors
    ///
    /// [`RatioError::Missing`] names every line that is unknown; [`RatioError::ZeroDenominator`] and
    /// [`RatioError::NegativeDenominator`] name total assets or total liabilities; [`RatioError::OutOfRange`] when a
    /// figure can't be expressed.
    pub fn score(self, statement: &FinancialStatement, market_value: Option<Money>) -> Result<AltmanScore, RatioError> {
        let out_of_range = |_: MoneyError| RatioError::OutOfRange;
        let mut marks = Vec::new();
        let mut missing = Vec::new();
        let mut line = |line: Line| -> Result<Decimal, RatioError> {
            let found = statement.amount(line).map_err(out_of_range)?;
            if found.is_none() {
                missing.push(of(line));
            }
            Ok(found.map_or(Decimal::ZERO, Money::to_decimal))
        };
        let current_assets = line(Line::CurrentAssets)?;
        let current_liabilities = line(Line::CurrentLiabilities)?;
        let retained = [line(Line::SurplusReserve)?, line(Line::UndistributedProfit)?];
        let assets = line(Line::TotalAssets)?;
        let liabilities = line(Line::TotalLiabilities)?;
        let sales = if self.asks_for_sales() { line(Line::Revenue)? } else { Decimal::ZERO };
        let book = if self == Self::Z { Decimal::ZERO } else { line(Line::TotalEquity)? };
        let equity = match (self, market_value) {
            (Self::Z, Some(value)) if value.currency() == statement.currency => value.to_decimal(),
            (Self::Z, _) => return Err(RatioError::Missing { inputs: vec![MARKET_VALUE] }),
            _ => book,
        };
        let earnings = ebit(statement, &mut marks).map_err(out_of_range)?;
        if earnings.is_none() {
            missing.extend(missing_of(statement, Input { item: Item::Ebit, at: At::Period }));
        }
        if !missing.is_empty() {
            return Err(RatioError::Missing { inputs: missing });
        }
        for (amount, line) in [(assets, Line::TotalAssets), (liabilities, Line::TotalLiabilities)] {
            let denominator = vec![of(line)];
            match () {
                () if amount.is_zero() => return Err(RatioError::ZeroDenominator { denominator }),
                () if amount < Decimal::ZERO => return Err(RatioError::NegativeDenominator { denominator }),
                () => {}
            }
        }
        let earnings = earnings.map_or(Decimal::ZERO, Money::to_decimal);
        let yearly =
            |flow: Decimal| flow.checked_mul(Decimal::from(12))?.checked_div(Decimal::from(statement.months.max(1)));
        if statement.months != 12 {
            marks.push(Mark::Annualised);
        }
        let [surplus, undistributed] = retained;
        let worked = || {
            let factors = [
                current_assets.checked_sub(current_liabilities)?.checked_div(assets)?,
                surplus.checked_add(undistributed)?.checked_div(assets)?,
                yearly(earnings)?.checked_div(assets)?,
                equity.checked_div(liabilities)?,
                yearly(sales)?.checked_div(assets)?,
            ];
            let mut sum = match self {
                Self::ZDoublePrimeConstant => Decimal::new(325, 2),
                _ => Decimal::ZERO,
            };
            for (factor, weight) in factors.iter().zip(self.weights()) {
                sum = sum.checked_add(factor.checked_mul(Decimal::new(weight, 3))?)?;
            }
            let shown = if self.asks_for_sales() { 5 } else { 4 };
            let factors = factors.into_iter().take(shown).map(Ratio::round).collect::<Option<Vec<_>>>()?;
            Some((Ratio::round(sum)?, factors))
        };
        let (score, factors) = worked().ok_or(RatioError::OutOfRange)?;
        let (lower, upper) = self.bounds();
        marks.sort_unstable();
        marks.dedup();
        Ok(AltmanScore { model: self, score, zone: self.zone(score), lower, upper, factors, marks })
    }

    const fn asks_for_sales(self) -> bool {
        matches!(self, Self::Z | Self::ZPrime)
    }
}

/// What Z asks for beyond the statement.
const MARKET_VALUE: Input = Input { item: Item::MarketValue, at: At::End };

const fn of(line: Line) -> Input {
    Input { item: Item::Line(line), at: if matches!(line, Line::Revenue) { At::Period } else { At::End } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundary_values_are_grey() {
        for model in AltmanModel::ALL {
            let (lower, upper) = model.bounds();
            let next = |ratio: Ratio, by: i64| Ratio::from_units(ratio.units() + by);
            assert_eq!(model.zone(lower), Zone::Grey);
            assert_eq!(model.zone(upper), Zone::Grey);
            assert_eq!(model.zone(next(lower, -1)), Zone::Distress);
            assert_eq!(model.zone(next(upper, 1)), Zone::Safe);
        }
    }
}
