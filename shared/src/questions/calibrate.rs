//! Calibration: does the card tell good customers from bad ones, and which card would, by the company's own history?
//!
//! From samples ([`samples`]) every characteristic is put into bins ([`binning`]); their weights of evidence and its
//! information value ([`contrast`]) say what it is worth; a logistic fit on the weights ([`logistic`]) says what it is worth
//! beside the others; from both a card is suggested ([`card`]). The present card and the suggested ones are then judged on the
//! same samples ([`discrimination`]), and two periods are compared for stability.
//!
//! - A characteristic below the least information value is left out, and so is one whose slope in the fit is zero or
//!   negative: beside the others it would turn its own order round. The lowest slope goes first, then the rest is fitted anew.
//! - Fewer bad cases than the rule's least (50), or fewer good ones, are refused with their number.
//! - A card judged on the cases that it was made from looks better than it is; judge it again on a later period.
//!
//! Everything comes out the same to the last digit in the browser and at the edge: counts and comparisons are integers,
//! logarithms are [`fixed`] numbers, and what is told is rounded to six decimals.

pub mod binning;
pub mod card;
pub mod contrast;
pub mod discrimination;
pub mod fixed;
pub mod logistic;
pub mod samples;

use crate::facts::calendar::Date;
use crate::facts::number::Ratio;
use crate::rules::calibration::CalibrationRule;
use crate::rules::scorecard::{Characteristic, Part};
use crate::rules::scoring::{Card, Measure, Value};
use binning::{Bin, Binning, Count, Trend, contrasts};
use card::{Suggestion, Worth, points, suggest};
use contrast::{Contrast, divergence};
use discrimination::{Band, Discrimination, Scores};
use fixed::Fixed;
use logistic::{COLUMNS_MAX, Cases, Fit, FitError};
use samples::{Class, LeftOut, Sample, Samples};
use serde::{Deserialize, Serialize};

/// Samples at most: a year of months for more customers than one book has.
pub const SAMPLES_MAX: usize = 1_000_000;

/// What the history says of the card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// The cases.
    pub count: Count,
    /// Those that say nothing.
    pub left_out: LeftOut,
    /// What each characteristic is worth, in the order of the samples' measures.
    pub characteristics: Vec<CharacteristicWorth>,
    /// The fit; absent when no characteristic is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fit: Option<FitReport>,
    /// The card by weights of evidence alone: as if no characteristic said what another says too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_evidence: Option<Suggestion>,
    /// The card by the fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_fit: Option<Suggestion>,
    /// How well each card tells good from bad, on these samples.
    pub quality: Quality,
    /// Bad cases expected by the fit and found, in tenths of the samples from the worst to the best.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tenths: Vec<Tenth>,
    /// How the later period differs from the earlier one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stability: Option<Stability>,
}

/// What a characteristic is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CharacteristicWorth {
    /// Which.
    pub measure: Measure,
    /// How the bad rate goes with its values.
    pub trend: Trend,
    /// Its bins.
    pub bins: Vec<BinWorth>,
    /// Its information value.
    pub information: Ratio,
    /// Why it stands in no suggested card; absent when it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropped: Option<Dropped>,
}

/// What a bin is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BinWorth {
    /// The bin.
    pub bin: Bin,
    /// Its weight of evidence; positive is better than all together. Absent without a good or bad case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<Ratio>,
    /// Its part of the information value.
    pub information: Ratio,
    /// Whether the counts were adjusted, because there is no good or no bad case.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub adjusted: bool,
    /// Whether there are too few cases to say: its weight counts as nothing in the fit and in a card.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub thin: bool,
}

/// Why a characteristic is left out of the fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Dropped {
    /// It says too little.
    Uninformative,
    /// Beside the others its slope is zero or negative.
    Reversed,
}

/// The fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FitReport {
    /// The logarithm of the odds where every weight is nil.
    pub intercept: Ratio,
    /// By characteristic; 1 is what one alone would have.
    pub slopes: Vec<Slope>,
    /// Steps to convergence.
    pub steps: u16,
    /// By how much a coefficient moved at most in the last of them.
    pub last_step: Ratio,
    /// Whether good and bad are wholly separated, so that only the ridge holds the slopes.
    pub separated: bool,
}

/// A slope of the fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Slope {
    /// Of what.
    pub measure: Measure,
    /// How much.
    pub slope: Ratio,
}

/// How well cards tell good from bad. Scores and cut-offs are hundredths of points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Quality {
    /// The present one.
    pub present: Discrimination,
    /// That by weights of evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_evidence: Option<Discrimination>,
    /// That by the fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_fit: Option<Discrimination>,
}

/// A tenth of the samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Tenth {
    /// Its cases.
    pub count: Count,
    /// The share of bad ones among good and bad.
    pub bad_rate: Ratio,
    /// The share that the fit expects.
    pub expected: Ratio,
}

/// How two periods differ: stability indices. Below 0.1 hardly, from 0.25 much (the usual reading).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Stability {
    /// The first day of the later period.
    pub from: Date,
    /// Samples before.
    pub before: u32,
    /// Samples from then on.
    pub after: u32,
    /// By characteristic, over its bins; absent where a period has no case.
    pub characteristics: Vec<Option<Ratio>>,
    /// Of the present card's points, over tenths of the earlier period.
    pub present: Option<Ratio>,
    /// Of those by the fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_fit: Option<Ratio>,
}

/// Why a card cannot be calibrated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalibrateError {
    /// There are too few bad cases.
    #[error("{bad} bad case(s): it takes {needed} to calibrate")]
    TooFewBad {
        /// So many there are.
        bad: u32,
        /// So many it takes.
        needed: u32,
    },
    /// There are too few good cases.
    #[error("{good} good case(s): it takes {needed} to calibrate")]
    TooFewGood {
        /// So many there are.
        good: u32,
        /// So many it takes.
        needed: u32,
    },
    /// There is more than can be worked with.
    #[error("{samples} samples of {measures} characteristics: at most {SAMPLES_MAX} of {COLUMNS_MAX}")]
    TooMany {
        /// So many samples.
        samples: usize,
        /// Of so many characteristics.
        measures: usize,
    },
    /// A characteristic stands among the measures twice.
    #[error("measures[{0}] stands there twice")]
    Twice(usize),
    /// The fit failed.
    #[error("fit: {0}")]
    Fit(#[from] FitError),
    /// A figure left the range that can be worked with.
    #[error("a figure is out of range")]
    OutOfRange,
}

/// Calibrates: `present` is the card in use (see [`card::card_of`] for a plain scorecard); from `split` on samples are of the
/// later period.
///
/// # Errors
///
/// [`CalibrateError::TooFewBad`] and [`CalibrateError::TooFewGood`] below the rule's least, [`CalibrateError::TooMany`]
/// beyond [`SAMPLES_MAX`] samples or too many measures, [`CalibrateError::Twice`] when a measure stands twice,
/// [`CalibrateError::Fit`] when the fit fails, [`CalibrateError::OutOfRange`] when a figure can't be expressed.
pub fn calibrate(
    rule: &CalibrationRule,
    present: &Card,
    samples: &Samples,
    split: Option<Date>,
) -> Result<Calibration, CalibrateError> {
    let (measures, rows) = (&samples.measures, &samples.samples);
    if rows.len() > SAMPLES_MAX || measures.len() > COLUMNS_MAX {
        return Err(CalibrateError::TooMany { samples: rows.len(), measures: measures.len() });
    }
    let twice = measures
        .iter()
        .enumerate()
        .find(|(place, measure)| measures.iter().take(*place).any(|other| other == *measure));
    if let Some((place, _)) = twice {
        return Err(CalibrateError::Twice(place));
    }
    let mut count = Count::default();
    for sample in rows {
        count.add(sample.class);
    }
    let needed = rule.at_least_bad.max(1);
    if count.bad < needed {
        return Err(CalibrateError::TooFewBad { bad: count.bad, needed });
    }
    if count.good < needed {
        return Err(CalibrateError::TooFewGood { good: count.good, needed });
    }
    let mut read: Vec<Characterised> = Vec::with_capacity(measures.len());
    for place in 0..measures.len() {
        read.push(Characterised::of(place, rows, count, rule)?);
    }
    let (fit, kept) = fitted(rule, rows, &mut read)?;
    let ones = vec![Fixed::ONE; kept.len()];
    let prior = Fixed::ln_quotient(u64::from(count.good), u64::from(count.bad)).unwrap_or_default();
    let suggestion = |slopes: &[Fixed], intercept: Fixed| -> Result<Option<Suggestion>, CalibrateError> {
        let worths = kept.iter().zip(slopes).filter_map(|(place, slope)| {
            let (read, measure) = (read.get(*place)?, measures.get(*place)?);
            Some(read.worth(part_of(measure, present), measure, *slope))
        });
        let worths: Vec<Worth<'_>> = worths.collect::<Option<_>>().ok_or(CalibrateError::OutOfRange)?;
        Ok(suggest(&worths, intercept))
    };
    let by_evidence = suggestion(&ones, prior)?;
    let by_fit = match &fit {
        Some(fit) => suggestion(&fit.slopes, fit.intercept)?,
        None => None,
    };
    let score = |card: &Card| rows.iter().map(|row| points(card, measures, &row.values)).collect::<Vec<_>>();
    let present_points = score(present);
    let fit_points = by_fit.as_ref().map(|suggestion| score(&suggestion.card));
    let told =
        |points: &[i64]| Scores::of(points.iter().copied().zip(rows.iter().map(|row| row.class))).discrimination();
    let quality = Quality {
        present: told(&present_points).ok_or(CalibrateError::OutOfRange)?,
        by_evidence: by_evidence.as_ref().and_then(|suggestion| told(&score(&suggestion.card))),
        by_fit: fit_points.as_deref().and_then(told),
    };
    let stability = split.map(|from| {
        let of_points = |points: &[i64]| score_stability(rows, points, from, rule.adjustment);
        Stability {
            from,
            before: counted(rows, |row| row.date < from),
            after: counted(rows, |row| row.date >= from),
            characteristics: read.iter().map(|read| read.stability(rows, from, rule.adjustment)).collect(),
            present: of_points(&present_points),
            by_fit: fit_points.as_deref().and_then(of_points),
        }
    });
    Ok(Calibration {
        count,
        left_out: samples.left_out,
        tenths: fit.as_ref().map(|fit| tenths(fit, &kept, &read, rows)).unwrap_or_default(),
        fit: fit.map(|fit| report(&fit, &kept, measures)),
        characteristics: read.into_iter().zip(measures).map(|(read, measure)| read.told(measure.clone())).collect(),
        by_evidence,
        by_fit,
        quality,
        stability,
    })
}

/// A characteristic in bins.
struct Characterised {
    binning: Binning,
    contrasts: Vec<Option<Contrast>>,
    thin: Vec<bool>,
    information: Fixed,
    /// Each sample's bin.
    places: Vec<usize>,
    dropped: Option<Dropped>,
}

impl Characterised {
    fn of(place: usize, rows: &[Sample], total: Count, rule: &CalibrationRule) -> Result<Self, CalibrateError> {
        let value = |row: &'_ Sample| -> Option<Value> { row.values.get(place).cloned().flatten() };
        let cases: Vec<(Option<&Value>, Class)> =
            rows.iter().map(|row| (row.values.get(place).and_then(Option::as_ref), row.class)).collect();
        let binning = Binning::of(&cases, rule);
        let contrasts = contrasts(&binning.bins, total, rule.adjustment);
        let information = contrasts.iter().flatten().try_fold(Fixed::ZERO, |sum, contrast| sum.plus(contrast.part));
        let least = rule.bin_at_least.times(i64::try_from(total.cases()).unwrap_or(i64::MAX)).unwrap_or(i64::MAX);
        let thin = |bin: &Bin| !bin.holds.is_value() && i64::try_from(bin.count.cases()).unwrap_or(i64::MAX) < least;
        Ok(Self {
            thin: binning.bins.iter().map(thin).collect(),
            places: rows.iter().map(|row| binning.place(value(row).as_ref()).unwrap_or(usize::MAX)).collect(),
            information: information.ok_or(CalibrateError::OutOfRange)?,
            binning,
            contrasts,
            dropped: None,
        })
    }

    /// What a bin weighs; nothing where the cases are too few to say.
    fn weight(&self, place: usize) -> Fixed {
        let thin = self.thin.get(place).copied().unwrap_or(true);
        let contrast = self.contrasts.get(place).copied().flatten().filter(|_| !thin);
        contrast.map_or(Fixed::ZERO, |contrast| contrast.weight)
    }

    fn weight_of(&self, sample: usize) -> Fixed {
        self.places.get(sample).map_or(Fixed::ZERO, |place| self.weight(*place))
    }

    fn worth<'a>(&'a self, part: Part, measure: &'a Measure, slope: Fixed) -> Option<Worth<'a>> {
        let bins = self.binning.bins.iter().enumerate();
        let bins =
            bins.map(|(place, bin)| Some((bin, self.weight(place).times(slope)?))).collect::<Option<Vec<_>>>()?;
        Some(Worth { part, measure, bins })
    }

    fn stability(&self, rows: &[Sample], from: Date, adjustment: Ratio) -> Option<Ratio> {
        let mut classes = vec![(0_u32, 0_u32); self.binning.bins.len()];
        for (row, place) in rows.iter().zip(&self.places) {
            if let Some((after, before)) = classes.get_mut(*place) {
                let count = if row.date >= from { after } else { before };
                *count = count.saturating_add(1);
            }
        }
        divergence(&classes, adjustment).map(Fixed::to_ratio)
    }

    fn told(self, measure: Measure) -> CharacteristicWorth {
        let bins = self.binning.bins.into_iter().zip(self.contrasts).zip(self.thin);
        let bin = |((bin, contrast), thin): ((Bin, Option<Contrast>), bool)| BinWorth {
            bin,
            weight: contrast.map(|contrast| contrast.weight.to_ratio()),
            information: contrast.map(|contrast| contrast.part.to_ratio()).unwrap_or_default(),
            adjusted: contrast.is_some_and(|contrast| contrast.adjusted),
            thin,
        };
        CharacteristicWorth {
            measure,
            trend: self.binning.trend,
            bins: bins.map(bin).collect(),
            information: self.information.to_ratio(),
            dropped: self.dropped,
        }
    }
}

/// Fits what is informative until no slope is reversed; marks what is dropped. Answers the fit and whose slopes it has.
fn fitted(
    rule: &CalibrationRule,
    rows: &[Sample],
    read: &mut [Characterised],
) -> Result<(Option<Fit>, Vec<usize>), CalibrateError> {
    let least = Fixed::of_ratio(rule.information_at_least).unwrap_or_default();
    for read in read.iter_mut() {
        let flat = read.binning.bins.len() < 2;
        read.dropped = (flat || read.information < least).then_some(Dropped::Uninformative);
    }
    let ridge = Fixed::of_ratio(rule.ridge).ok_or(CalibrateError::OutOfRange)?;
    loop {
        let kept: Vec<usize> =
            (0..).zip(read.iter()).filter(|(_, read)| read.dropped.is_none()).map(|(place, _)| place).collect();
        if kept.is_empty() {
            return Ok((None, kept));
        }
        let mut cases = Cases::new(kept.len());
        for (sample, row) in rows.iter().enumerate().filter(|(_, row)| row.class != Class::Indeterminate) {
            let values: Vec<Fixed> =
                kept.iter().filter_map(|place| Some(read.get(*place)?.weight_of(sample))).collect();
            cases.push(&values, row.class == Class::Good)?;
        }
        let fit = cases.fit(ridge, rule.steps_at_most)?;
        let lowest = fit.slopes.iter().zip(&kept).min().filter(|(slope, _)| **slope <= Fixed::ZERO);
        match lowest.and_then(|(_, place)| read.get_mut(*place)) {
            Some(read) => read.dropped = Some(Dropped::Reversed),
            None => return Ok((Some(fit), kept)),
        }
    }
}

fn report(fit: &Fit, kept: &[usize], measures: &[Measure]) -> FitReport {
    let slope = |(slope, place): (&Fixed, &usize)| {
        Some(Slope { measure: measures.get(*place)?.clone(), slope: slope.to_ratio() })
    };
    FitReport {
        intercept: fit.intercept.to_ratio(),
        slopes: fit.slopes.iter().zip(kept).filter_map(slope).collect(),
        steps: fit.steps,
        last_step: fit.last_step.to_ratio(),
        separated: fit.separated,
    }
}

/// Bad cases expected and found, in tenths by the log odds of the fit.
fn tenths(fit: &Fit, kept: &[usize], read: &[Characterised], rows: &[Sample]) -> Vec<Tenth> {
    let log_odds = |sample: usize| {
        let values: Vec<Fixed> = kept.iter().filter_map(|place| Some(read.get(*place)?.weight_of(sample))).collect();
        fit.log_odds(&values).units()
    };
    let scored: Vec<(i64, Class)> =
        rows.iter().enumerate().map(|(sample, row)| (log_odds(sample), row.class)).collect();
    let bands = Scores::of(scored.iter().copied()).bands(10);
    let mut expected = vec![0_i128; bands.len()];
    for (score, _) in scored.into_iter().filter(|(_, class)| *class != Class::Indeterminate) {
        if let Some(sum) = expected.get_mut(band(&bands, score)) {
            let bad = Fixed::from_units(score.saturating_neg()).logistic();
            *sum = sum.saturating_add(i128::from(bad.units()));
        }
    }
    let told = |(band, expected): (&Band, i128)| {
        let cases = i64::try_from(band.count.cases()).unwrap_or(i64::MAX);
        Tenth {
            count: band.count,
            bad_rate: Ratio::of(i64::from(band.count.bad), cases).unwrap_or_default(),
            expected: Ratio::of_wide(expected, i128::from(cases).saturating_mul(1 << 40)).unwrap_or_default(),
        }
    };
    bands.iter().zip(expected).map(told).collect()
}

/// The stability of points over tenths of the earlier period.
fn score_stability(rows: &[Sample], points: &[i64], from: Date, adjustment: Ratio) -> Option<Ratio> {
    let earlier = rows.iter().zip(points).filter(|(row, _)| row.date < from);
    // Every sample counts, whatever became of it.
    let bands = Scores::of(earlier.map(|(_, points)| (*points, Class::Good))).bands(10);
    let mut classes = vec![(0_u32, 0_u32); bands.len()];
    for (row, points) in rows.iter().zip(points) {
        if let Some((after, before)) = classes.get_mut(band(&bands, *points)) {
            let count = if row.date >= from { after } else { before };
            *count = count.saturating_add(1);
        }
    }
    divergence(&classes, adjustment).map(Fixed::to_ratio)
}

/// The band that a score belongs to: the first that reaches it, else the last.
fn band(bands: &[Band], score: i64) -> usize {
    bands.partition_point(|band| band.to < score).min(bands.len().saturating_sub(1))
}

fn counted(rows: &[Sample], wanted: impl Fn(&Sample) -> bool) -> u32 {
    u32::try_from(rows.iter().filter(|row| wanted(row)).count()).unwrap_or(u32::MAX)
}

/// The part of a card that a measure stands in: as in the present card, else by what it is.
fn part_of(measure: &Measure, present: &Card) -> Part {
    let known = present.lines.iter().find(|line| line.measure == *measure).map(|line| line.part);
    known.unwrap_or(match measure {
        Measure::Ratio { .. } | Measure::Altman { .. } => Part::FinancialStrength,
        Measure::Appraisal { .. } => Part::OperatingStability,
        Measure::Figure { figure } => match figure {
            Characteristic::RegisteredCapital => Part::FinancialStrength,
            Characteristic::YearsInBusiness | Characteristic::SalesTrend => Part::OperatingStability,
            Characteristic::DaysBeyondTerms | Characteristic::OverdueShare | Characteristic::OldestOverdueDays => {
                Part::PaymentBehaviour
            }
            Characteristic::YearsWithUs | Characteristic::YearlySales => Part::Relationship,
        },
    })
}
