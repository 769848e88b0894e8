//! Migration: loss rates from how balances rolled from band to band.

use super::ProvisionError;
use crate::facts::calendar::Date;
use crate::facts::money::{Money, MoneyError};
use crate::facts::number::Ratio;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// How roll rates of several periods become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Average {
    /// The mean of the rates.
    Simple,
    /// Weighted by balance.
    Weighted,
}

/// Balances by band at the end of a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// The day.
    pub date: Date,
    /// The balances.
    pub balances: Vec<Money>,
    /// What was written off since the snapshot before, by the band in which it stood there; none when left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub written_off: Vec<Money>,
    /// What of the last band stood in it at the snapshot before already.
    pub stayed: Money,
}

/// How much of each band but the last rolled on into the next, from one snapshot to the one after it: (the next band's
/// balance + what was written off) / the band's balance before, never more than 1. A period in which a band was empty says
/// nothing about it. The rates are exact fractions here.
///
/// # Errors
///
/// [`ProvisionError::Bands`] when a snapshot has another number of bands, [`ProvisionError::NoHistory`] when a band was
/// empty in every period.
pub fn roll_rates(bands: usize, history: &[Snapshot], average: Average) -> Result<Vec<Decimal>, ProvisionError> {
    for (index, snapshot) in history.iter().enumerate() {
        let lengths = [Some(snapshot.balances.len()), Some(snapshot.written_off.len()).filter(|length| *length > 0)];
        if let Some(given) = lengths.into_iter().flatten().find(|length| *length != bands) {
            return Err(ProvisionError::Bands { index, given, expected: bands });
        }
    }
    let last = bands.saturating_sub(1);
    let minor = |amounts: &[Money], band: usize| amounts.get(band).map_or(0, |amount| amount.minor());
    (0..last)
        .map(|band| {
            let next = band.saturating_add(1);
            let seen: Vec<(Decimal, Decimal)> = history
                .iter()
                .zip(history.iter().skip(1))
                .filter_map(|(before, after)| {
                    let from = minor(&before.balances, band);
                    let stayed = if next == last { after.stayed.minor() } else { 0 };
                    let rolled = minor(&after.balances, next)
                        .saturating_sub(stayed)
                        .saturating_add(minor(&after.written_off, band));
                    (from > 0).then(|| (Decimal::from(rolled.clamp(0, from)), Decimal::from(from)))
                })
                .collect();
            let rate = match average {
                Average::Simple => {
                    let rates = seen.iter().filter_map(|(rolled, from)| rolled.checked_div(*from));
                    let sum = rates.fold(Decimal::ZERO, Decimal::saturating_add);
                    sum.checked_div(Decimal::from(seen.len()))
                }
                Average::Weighted => {
                    let sum = |pick: fn(&(Decimal, Decimal)) -> Decimal| {
                        seen.iter().map(pick).fold(Decimal::ZERO, Decimal::saturating_add)
                    };
                    sum(|(rolled, _)| *rolled).checked_div(sum(|(_, from)| *from))
                }
            };
            rate.ok_or(ProvisionError::NoHistory(band))
        })
        .collect()
}

/// The loss rate of each band: the product of the roll rates from it on, times what the last band loses, times the forward
/// factor; never more than 1, rounded half up to six decimals.
///
/// # Errors
///
/// [`MoneyError::OutOfRange`] when a product can't be expressed.
pub fn loss_rates(rolls: &[Decimal], last_loss: Ratio, forward: Ratio) -> Result<Vec<Ratio>, MoneyError> {
    let mut product = last_loss.to_decimal();
    let mut rates = vec![product];
    for roll in rolls.iter().rev() {
        product = product.checked_mul(*roll).ok_or(MoneyError::OutOfRange)?;
        rates.push(product);
    }
    rates.reverse();
    let bounded = |rate: Decimal| {
        let rate = rate.checked_mul(forward.to_decimal())?.min(Decimal::ONE);
        Ratio::round(rate)
    };
    rates.into_iter().map(|rate| bounded(rate).ok_or(MoneyError::OutOfRange)).collect()
}
