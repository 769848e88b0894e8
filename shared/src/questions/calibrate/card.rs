//! From log odds to a card: every bin's part of the log odds becomes its share of the line's points.
//!
//! A line's range is what its best bin adds to the log odds over what its worst does. The 100 points are split by the ranges
//! (to hundredths, by largest remainder, so that they add up to exactly 100; of equal remainders the earlier line gets more),
//! and a bin gets (its part − the worst part) / range of its line's weight. So points rise with the log odds of being good in
//! a straight line, but for what rounding takes. A line that would get less than a hundredth of a point is left out. What is
//! missing, or has no denominator, earns what such cases showed; where they were too few to say, it is neutral: as good as all
//! cases together.
//!
//! Source: our own scaling. Points straight in the log odds are Siddiqi's (Credit Risk Scorecards, chapter 6); that the
//! lines share exactly 100 points, in place of points to double the odds, is what the house's cards look like.

use super::binning::{Bin, Holds};
use super::fixed::Fixed;
use crate::facts::number::{Points, Ratio};
use crate::rules::scorecard::{self, Part, Scorecard};
use crate::rules::scoring::{Card, CardLine, Measure, Scale, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A card that the history suggests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Suggestion {
    /// The card; its weights add up to 100.
    pub card: Card,
    /// By so many points more the odds of being good are twice as high.
    pub points_to_double: Ratio,
    /// The logarithm of the odds at no points.
    pub log_odds_at_zero: Ratio,
}

/// What the bins of a characteristic add to the log odds.
#[derive(Clone, Debug)]
pub(super) struct Worth<'a> {
    pub part: Part,
    pub measure: &'a Measure,
    /// With what each adds; nothing where the cases are too few to say.
    pub bins: Vec<(&'a Bin, Fixed)>,
}

impl Worth<'_> {
    /// The least and the most that it adds.
    fn ends(&self) -> (i64, i64) {
        let parts = || self.bins.iter().map(|(_, part)| part.units());
        (parts().min().unwrap_or(0), parts().max().unwrap_or(0))
    }

    fn range(&self) -> u64 {
        let (least, most) = self.ends();
        most.abs_diff(least)
    }

    /// The share of the line's weight for what adds so much.
    fn share(&self, part: Fixed) -> Ratio {
        let (least, most) = self.ends();
        let within = part.units().clamp(least, most);
        Ratio::of(within.saturating_sub(least), most.saturating_sub(least)).unwrap_or_default()
    }

    fn line(&self, weight: Points) -> CardLine {
        let special =
            |wanted: &Holds| self.bins.iter().find(|(bin, _)| bin.holds == *wanted).map(|(_, part)| self.share(*part));
        let mut below = Ratio::ZERO;
        let (mut numbers, mut words) = (Vec::new(), BTreeMap::new());
        for (bin, part) in &self.bins {
            let share = self.share(*part);
            match &bin.holds {
                Holds::Numbers { from: None, .. } => below = share,
                Holds::Numbers { from: Some(from), .. } => numbers.push(scorecard::Bin { from: *from, share }),
                Holds::Words { words: held } => words.extend(held.iter().map(|word| (word.clone(), share))),
                Holds::Missing | Holds::ZeroDenominator | Holds::NegativeDenominator => {}
            }
        }
        let is_word = matches!(self.measure, Measure::Appraisal { .. });
        CardLine {
            part: self.part,
            measure: self.measure.clone(),
            weight,
            missing: special(&Holds::Missing).unwrap_or_else(|| self.share(Fixed::ZERO)),
            zero_denominator: special(&Holds::ZeroDenominator),
            negative_denominator: special(&Holds::NegativeDenominator),
            scale: if is_word { Scale::Words { words } } else { Scale::Numbers { below, bins: numbers } },
        }
    }
}

/// Makes a card. Absent when nothing adds anything.
pub(super) fn suggest(worths: &[Worth<'_>], intercept: Fixed) -> Option<Suggestion> {
    let mut kept: Vec<&Worth<'_>> = worths.iter().filter(|worth| worth.range() > 0).collect();
    let weights = loop {
        let weights = split(10_000, &kept.iter().map(|worth| worth.range()).collect::<Vec<_>>());
        if weights.is_empty() {
            return None;
        }
        let Some(nothing) = weights.iter().position(|weight| *weight == 0) else { break weights };
        kept.remove(nothing);
    };
    let lines = kept.iter().zip(weights).map(|(worth, weight)| worth.line(Points::from_units(weight))).collect();
    let ranges = kept.iter().fold(0_i64, |sum, worth| sum.saturating_add_unsigned(worth.range()));
    let least = kept.iter().try_fold(intercept, |sum, worth| sum.plus(Fixed::from_units(worth.ends().0)))?;
    let doubling = Fixed::ln_quotient(2, 1)?.units().checked_mul(100)?;
    Some(Suggestion {
        card: Card { lines },
        points_to_double: Ratio::of_wide(i128::from(doubling), i128::from(ranges))?,
        log_odds_at_zero: least.to_ratio(),
    })
}

/// Splits a whole by weights, by largest remainder.
fn split(whole: i32, weights: &[u64]) -> Vec<i32> {
    let sum = weights.iter().fold(0_u128, |sum, weight| sum.saturating_add(u128::from(*weight)));
    let scaled = |weight: &u64| u128::from(*weight).saturating_mul(u128::from(whole.unsigned_abs()));
    let quotient = |weight: &u64| {
        let units = scaled(weight).checked_div(sum).unwrap_or(0);
        i32::try_from(units).unwrap_or(0)
    };
    let mut parts: Vec<i32> = weights.iter().map(quotient).collect();
    let given = parts.iter().fold(0_i32, |sum, part| sum.saturating_add(*part));
    let mut order: Vec<usize> = (0..weights.len()).collect();
    let remainder =
        |place: &usize| weights.get(*place).map_or(0, |weight| scaled(weight).checked_rem(sum).unwrap_or(0));
    order.sort_by_key(|place| std::cmp::Reverse(remainder(place)));
    let rest = usize::try_from(whole.saturating_sub(given)).unwrap_or(0);
    for place in order.into_iter().take(rest) {
        if let Some(part) = parts.get_mut(place) {
            *part = part.saturating_add(1);
        }
    }
    parts
}

/// A plain scorecard as a card: the same points for the same values.
pub fn card_of(scorecard: &Scorecard) -> Card {
    let line = |line: &scorecard::Line| CardLine {
        part: line.part,
        measure: Measure::Figure { figure: line.characteristic },
        weight: line.weight,
        missing: line.missing,
        zero_denominator: None,
        negative_denominator: None,
        scale: Scale::Numbers { below: line.below, bins: line.bins.clone() },
    };
    Card { lines: scorecard.lines.iter().map(line).collect() }
}

/// A card as a plain scorecard; absent when it looks at more than figures.
pub fn scorecard_of(card: &Card) -> Option<Scorecard> {
    let line = |line: &CardLine| match (&line.measure, &line.scale) {
        (Measure::Figure { figure }, Scale::Numbers { below, bins }) => Some(scorecard::Line {
            part: line.part,
            characteristic: *figure,
            weight: line.weight,
            missing: line.missing,
            below: *below,
            bins: bins.clone(),
        }),
        _ => None,
    };
    Some(Scorecard { note: None, lines: card.lines.iter().map(line).collect::<Option<_>>()? })
}

/// The points that a card gives to values, in hundredths. `measures` says what the values are of; a measure that isn't among
/// them is missing.
pub fn points(card: &Card, measures: &[Measure], values: &[Option<Value>]) -> i64 {
    card.lines.iter().fold(0_i64, |sum, line| {
        let place = measures.iter().position(|measure| *measure == line.measure);
        let value = place.and_then(|place| values.get(place)?.as_ref());
        let share = line.share(value).unwrap_or(line.missing);
        sum.saturating_add(i64::from(line.points(share).units()))
    })
}
