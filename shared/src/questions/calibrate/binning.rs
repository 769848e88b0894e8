//! Binning: values put into classes whose bad rates differ and are in order.
//!
//! Fine first: numbers by quantiles of the cases, equal values always together; words each by itself. Then coarse: neighbours
//! are merged until the bad rate is strictly monotone, every bin holds the least share of the cases and both classes, and no
//! more bins are left than wanted. The direction is the one with the greater information value (of equal ones: worse with
//! rising values). Words are put in order by their bad rate first. What is missing is a bin of its own, and so is a ratio whose
//! denominator is zero or negative; these are never merged.
//!
//! Bad rates are compared as fractions of integers, so that the bins don't depend on any rounding.
//!
//! Source: coarse classing with monotone weights of evidence is that of Siddiqi, Credit Risk Scorecards (Wiley 2006),
//! chapter 6; that neighbours are merged from quantiles, and the order of merging, are ours.

use super::contrast::{Contrast, information_part};
use super::samples::Class;
use crate::facts::number::Ratio;
use crate::rules::calibration::CalibrationRule;
use crate::rules::scoring::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// What a bin holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Holds {
    /// Numbers from one bound on, and below another.
    Numbers {
        /// At least this; absent: however low.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Ratio>,
        /// Less than this; absent: however high.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        below: Option<Ratio>,
    },
    /// These words.
    Words {
        /// In the order of the alphabet.
        words: Vec<String>,
    },
    /// What is unknown.
    Missing,
    /// Ratios whose denominator is zero.
    ZeroDenominator,
    /// Ratios whose denominator is negative.
    NegativeDenominator,
}

/// How many cases there are of each class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// Good ones.
    pub good: u32,
    /// Bad ones.
    pub bad: u32,
    /// Those that are neither: they are counted and decide nothing.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub indeterminate: u32,
}

/// A bin with its cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CalibrationBin"))]
#[serde(deny_unknown_fields)]
pub struct Bin {
    /// What it holds.
    pub holds: Holds,
    /// Its cases.
    pub count: Count,
}

/// How the bad rate goes with the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// The higher, the worse.
    Worse,
    /// The higher, the better.
    Better,
    /// By word.
    Words,
}

/// The bins of a characteristic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Binning {
    /// How the bad rate goes.
    pub trend: Trend,
    /// Values in order, then what is no value.
    pub bins: Vec<Bin>,
}

impl Count {
    /// Good and bad ones.
    pub fn cases(self) -> u64 {
        u64::from(self.good).saturating_add(u64::from(self.bad))
    }

    /// With one more case.
    pub(super) fn add(&mut self, class: Class) {
        let count = match class {
            Class::Good => &mut self.good,
            Class::Bad => &mut self.bad,
            Class::Indeterminate => &mut self.indeterminate,
        };
        *count = count.saturating_add(1);
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            good: self.good.saturating_add(other.good),
            bad: self.bad.saturating_add(other.bad),
            indeterminate: self.indeterminate.saturating_add(other.indeterminate),
        }
    }

    /// Orders by bad rate; without cases it is nil.
    fn by_bad_rate(self, other: Self) -> Ordering {
        let cross = |bad: u32, cases: u64| u128::from(bad).saturating_mul(u128::from(cases.max(1)));
        cross(self.bad, other.cases()).cmp(&cross(other.bad, self.cases()))
    }
}

impl Binning {
    /// Puts a characteristic's values into bins.
    pub fn of(cases: &[(Option<&Value>, Class)], rule: &CalibrationRule) -> Self {
        let total = cases.iter().fold(Count::default(), |mut total, (_, class)| {
            total.add(*class);
            total
        });
        let least = rule.bin_at_least.times(i64::try_from(total.cases()).unwrap_or(i64::MAX)).unwrap_or(i64::MAX);
        let bounds = Bounds {
            total,
            least: u64::try_from(least).unwrap_or(0).max(1),
            most: usize::from(rule.bins_at_most),
            adjustment: rule.adjustment,
        };
        let mut numbers: BTreeMap<Ratio, Count> = BTreeMap::new();
        let mut words: BTreeMap<&str, Count> = BTreeMap::new();
        let (mut missing, mut zero, mut negative) = (Count::default(), Count::default(), Count::default());
        for (value, class) in cases {
            match value {
                None => missing.add(*class),
                Some(Value::ZeroDenominator) => zero.add(*class),
                Some(Value::NegativeDenominator) => negative.add(*class),
                Some(Value::Number { number }) => numbers.entry(*number).or_default().add(*class),
                Some(Value::Word { word }) => words.entry(word).or_default().add(*class),
            }
        }
        let (trend, mut bins) = if words.is_empty() {
            bin_numbers(&numbers, usize::from(rule.fine_bins), &bounds)
        } else {
            (Trend::Words, bin_words(&words, &bounds))
        };
        let others =
            [(Holds::ZeroDenominator, zero), (Holds::NegativeDenominator, negative), (Holds::Missing, missing)];
        let others = others.into_iter().filter(|(_, count)| *count != Count::default());
        bins.extend(others.map(|(holds, count)| Bin { holds, count }));
        Self { trend, bins }
    }

    /// The bin that a value falls into; absent for a word that no bin holds, and for what is no value where no case was so.
    pub fn place(&self, value: Option<&Value>) -> Option<usize> {
        self.bins.iter().position(|bin| bin.holds.holds(value))
    }
}

impl Holds {
    /// Whether a value belongs here.
    pub fn holds(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Self::Numbers { from, below }, Some(Value::Number { number })) => {
                from.is_none_or(|from| from <= *number) && below.is_none_or(|below| *number < below)
            }
            (Self::Words { words }, Some(Value::Word { word })) => words.contains(word),
            (Self::Missing, None)
            | (Self::ZeroDenominator, Some(Value::ZeroDenominator))
            | (Self::NegativeDenominator, Some(Value::NegativeDenominator)) => true,
            _ => false,
        }
    }

    /// Whether it holds values, and not what is none.
    pub const fn is_value(&self) -> bool {
        matches!(self, Self::Numbers { .. } | Self::Words { .. })
    }
}

/// What coarse bins must fulfil.
struct Bounds {
    total: Count,
    least: u64,
    most: usize,
    adjustment: Ratio,
}

/// Neighbours that stand for one bin: how many fine ones, and their cases.
type Run = (usize, Count);

impl Bounds {
    /// Merges neighbours until all is fulfilled; bad rates must rise strictly.
    fn merge(&self, fine: impl Iterator<Item = Count>) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for count in fine {
            runs.push((1, count));
            // Pool adjacent violators.
            while let [.., (_, before), (_, last)] = runs.as_slice()
                && before.by_bad_rate(*last).is_ge()
            {
                let place = runs.len().saturating_sub(2);
                join(&mut runs, place);
            }
        }
        // The result of a merge lies between its parts, so that what was monotone stays so.
        while let Some(place) = self.too_small(&runs) {
            let cases = |place: Option<usize>| place.and_then(|place| runs.get(place)).map(|(_, count)| count.cases());
            let (before, after) = (place.checked_sub(1), place.checked_add(1));
            let with_before = match (cases(before), cases(after)) {
                (Some(before), Some(after)) => before <= after,
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (None, None) => break,
            };
            join(&mut runs, if with_before { place.saturating_sub(1) } else { place });
        }
        while runs.len() > self.most.max(1) {
            let place = self.least_loss(&runs);
            join(&mut runs, place);
        }
        runs
    }

    /// The first of the smallest bins that hold too little.
    fn too_small(&self, runs: &[Run]) -> Option<usize> {
        let small = |count: &Count| count.cases() < self.least || count.good == 0 || count.bad == 0;
        let places = runs.iter().enumerate().filter(|(_, (_, count))| small(count));
        places.min_by_key(|(_, (_, count))| count.cases()).map(|(place, _)| place)
    }

    /// The first of the pairs whose merging costs the least information.
    fn least_loss(&self, runs: &[Run]) -> usize {
        let part = |count: Count| information_part(count, self.total, self.adjustment);
        let losses = runs.windows(2).enumerate().map(|(place, pair)| match pair {
            [(_, a), (_, b)] => (part(*a).saturating_add(part(*b)).saturating_sub(part(a.plus(*b))), place),
            _ => (i64::MAX, place),
        });
        losses.min().map_or(0, |(_, place)| place)
    }
}

/// Joins the run at a place with the next.
fn join(runs: &mut Vec<Run>, place: usize) {
    let next = place.saturating_add(1);
    if next >= runs.len() {
        return;
    }
    let (length, count) = runs.remove(next);
    if let Some(run) = runs.get_mut(place) {
        *run = (run.0.saturating_add(length), run.1.plus(count));
    }
}

fn bin_numbers(numbers: &BTreeMap<Ratio, Count>, fine_bins: usize, bounds: &Bounds) -> (Trend, Vec<Bin>) {
    let fine = fine(numbers, fine_bins);
    let counts = || fine.iter().map(|(_, count)| *count);
    let worse = bounds.merge(counts());
    let mut better = bounds.merge(counts().rev());
    better.reverse();
    let information = |runs: &[Run]| {
        let parts = runs.iter().map(|(_, count)| information_part(*count, bounds.total, bounds.adjustment));
        parts.fold(0_i64, i64::saturating_add)
    };
    let is_better = information(&better) > information(&worse);
    let (trend, runs) = if is_better { (Trend::Better, better) } else { (Trend::Worse, worse) };
    let mut bins: Vec<Bin> = Vec::with_capacity(runs.len());
    let mut start = 0_usize;
    for (length, count) in runs {
        let end = start.saturating_add(length);
        // The lowest and the highest bin are open: a card meets values that no case had.
        let from = if start == 0 { None } else { fine.get(start).map(|(from, _)| *from) };
        let below = fine.get(end).map(|(from, _)| *from);
        bins.push(Bin { holds: Holds::Numbers { from, below }, count });
        start = end;
    }
    (trend, bins)
}

/// Numbers in so many bins of about as many cases each, by their lowest number; equal numbers stay together.
fn fine(numbers: &BTreeMap<Ratio, Count>, fine_bins: usize) -> Vec<(Ratio, Count)> {
    let all = |count: &Count| count.cases().saturating_add(u64::from(count.indeterminate));
    if numbers.len() <= fine_bins {
        return numbers.iter().map(|(from, count)| (*from, *count)).collect();
    }
    let total: u64 = numbers.values().map(all).fold(0, u64::saturating_add);
    let wanted = u64::try_from(fine_bins).unwrap_or(1).max(1);
    let mut bins: Vec<(Ratio, Count)> = Vec::with_capacity(fine_bins);
    let (mut before, mut open) = (0_u64, true);
    for (number, count) in numbers {
        match bins.last_mut().filter(|_| !open) {
            Some((_, sum)) => *sum = sum.plus(*count),
            None => bins.push((*number, *count)),
        }
        before = before.saturating_add(all(count));
        // A bin ends where the cases so far reach its share: before / total ≥ bins / wanted.
        let ended = u64::try_from(bins.len()).unwrap_or(u64::MAX);
        open = before.saturating_mul(wanted) >= total.saturating_mul(ended);
    }
    bins
}

fn bin_words(words: &BTreeMap<&str, Count>, bounds: &Bounds) -> Vec<Bin> {
    let mut fine: Vec<(&str, Count)> = words.iter().map(|(word, count)| (*word, *count)).collect();
    fine.sort_by(|(a, a_count), (b, b_count)| a_count.by_bad_rate(*b_count).then(a.cmp(b)));
    let runs = bounds.merge(fine.iter().map(|(_, count)| *count));
    let mut rest = fine.into_iter();
    let bin = |(length, count): Run| {
        let mut words: Vec<String> = rest.by_ref().take(length).map(|(word, _)| word.to_owned()).collect();
        words.sort();
        Bin { holds: Holds::Words { words }, count }
    };
    runs.into_iter().map(bin).collect()
}

/// What the bins say; see [`Contrast`].
pub(super) fn contrasts(bins: &[Bin], total: Count, adjustment: Ratio) -> Vec<Option<Contrast>> {
    bins.iter().map(|bin| Contrast::of_count(bin.count, total, adjustment)).collect()
}

#[allow(clippy::trivially_copy_pass_by_ref)] // the form that serde asks for
fn is_zero(value: &u32) -> bool {
    *value == 0
}
