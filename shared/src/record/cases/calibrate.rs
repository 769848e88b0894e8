//! What a case can ask about calibration: weights of evidence, discrimination, fits, bins, samples and the whole of it.

use super::{CaseRun, text, to_value};
use crate::facts::calendar::Date;
use crate::facts::number::Ratio;
use crate::questions::calibrate::binning::{Binning, Count};
use crate::questions::calibrate::calibrate;
use crate::questions::calibrate::card::card_of;
use crate::questions::calibrate::contrast::{Contrast, divergence};
use crate::questions::calibrate::discrimination::Scores;
use crate::questions::calibrate::fixed::Fixed;
use crate::questions::calibrate::logistic::{Cases, FitError};
use crate::questions::calibrate::samples::{Class, History, Samples, samples};
use crate::rules::calibration::CalibrationRule;
use crate::rules::scoring::{Measure, Value as Found};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The questions of this topic.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum CalibrateAsk {
    /// How do two distributions differ, class by class: good and bad, or two periods?
    Contrast {
        /// The counts of both in each class.
        classes: Vec<(u32, u32)>,
    },
    /// How well do scores tell good from bad? Answers the figures and bands.
    Discrimination {
        /// The scores.
        scores: Vec<Scored>,
        /// So many bands.
        #[serde(default = "ten")]
        bands: u32,
    },
    /// Into which bins does a characteristic fall?
    Bins {
        /// Its values.
        values: Vec<Valued>,
    },
    /// Which model fits best?
    Fit {
        /// The cases.
        rows: Vec<Row>,
        /// How strongly it is held.
        ridge: Ratio,
    },
    /// Which samples does the case's ledger make?
    Samples {
        /// On these days.
        dates: BTreeSet<Date>,
        /// The last day that the ledger is complete for.
        until: Date,
        /// What is looked at.
        measures: Vec<Measure>,
    },
    /// What do samples say of the policy's plain card?
    Calibration {
        /// What is looked at.
        measures: Vec<Measure>,
        /// The samples' values, how many of each class.
        samples: Vec<Sampled>,
        /// The first day of the later period.
        #[serde(default)]
        split: Option<Date>,
    },
}

/// A score with its cases.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Scored {
    /// The score.
    score: i64,
    /// Good cases.
    good: u32,
    /// Bad cases.
    bad: u32,
}

/// A value with its cases.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Valued {
    /// The value; unknown, when left out.
    #[serde(default)]
    value: Option<Found>,
    /// Good cases.
    good: u32,
    /// Bad cases.
    bad: u32,
    /// Those that are neither.
    #[serde(default)]
    indeterminate: u32,
}

/// Values with the cases that have them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CalibrationRow"))]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// One for each column.
    x: Vec<Ratio>,
    /// Good cases.
    good: u32,
    /// Bad cases.
    bad: u32,
}

/// Values of several characteristics with the cases that have them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Sampled {
    /// When they were observed.
    date: Date,
    /// In the order of the measures.
    values: Vec<Option<Found>>,
    /// Good cases.
    good: u32,
    /// Bad cases.
    bad: u32,
}

const fn ten() -> u32 {
    10
}

/// Cases at most that a question may spell out.
const CASES_MAX: u32 = 10_000;

/// So many good, bad and other cases, one by one.
fn classes(good: u32, bad: u32, indeterminate: u32) -> impl Iterator<Item = Class> {
    let of = |class, count: u32| std::iter::repeat_n(class, count.min(CASES_MAX) as usize);
    of(Class::Good, good).chain(of(Class::Bad, bad)).chain(of(Class::Indeterminate, indeterminate))
}

impl CalibrateAsk {
    pub(super) fn answer(&self, run: &CaseRun<'_>) -> Result<Value, String> {
        let rule = run.policy.calibration.as_ref().ok_or("the policy has no calibration")?;
        match self {
            Self::Contrast { classes } => contrast(classes, rule.adjustment),
            Self::Discrimination { scores, bands } => {
                let count = |one: &Scored| (one.score, Count { good: one.good, bad: one.bad, indeterminate: 0 });
                let scores: Scores = scores.iter().map(count).collect();
                Ok(json!({ "figures": scores.discrimination(), "bands": scores.bands(*bands) }))
            }
            Self::Bins { values } => {
                let cases = values.iter().flat_map(|one| {
                    classes(one.good, one.bad, one.indeterminate).map(|class| (one.value.as_ref(), class))
                });
                to_value(&Binning::of(&cases.collect::<Vec<_>>(), rule))
            }
            Self::Fit { rows, ridge } => text(fit(rows, *ridge, rule)),
            Self::Samples { dates, until, measures } => {
                let file = &run.case.facts.file;
                let history = History { customer: run.customer, facts: run.facts, file };
                let rates = &run.case.facts.rates;
                to_value(&text(samples(run.policy, rule, measures, &[history], dates, rates, *until))?)
            }
            Self::Calibration { measures, samples: given, split } => {
                let mut samples = Samples { measures: measures.clone(), ..Samples::default() };
                for one in given {
                    samples.samples.extend(classes(one.good, one.bad, 0).map(|class| {
                        let (customer, date, values) = (run.customer.id, one.date, one.values.clone());
                        crate::questions::calibrate::samples::Sample { customer, date, class, values }
                    }));
                }
                to_value(&text(calibrate(rule, &card_of(&run.policy.scorecard), &samples, *split))?)
            }
        }
    }
}

fn contrast(classes: &[(u32, u32)], adjustment: Ratio) -> Result<Value, String> {
    let all = |pick: fn(&(u32, u32)) -> u32| classes.iter().map(pick).fold(0_u32, u32::saturating_add);
    let (a_all, b_all) = (all(|class| class.0), all(|class| class.1));
    let told = classes.iter().map(|(a, b)| {
        Contrast::of(*a, *b, a_all, b_all, adjustment).map(|contrast| {
            let (weight, part) = (contrast.weight.to_ratio(), contrast.part.to_ratio());
            json!({ "weight": weight, "part": part, "adjusted": contrast.adjusted })
        })
    });
    let told: Vec<Option<Value>> = told.collect();
    to_value(&json!({ "classes": told, "divergence": divergence(classes, adjustment).map(Fixed::to_ratio) }))
}

fn fit(rows: &[Row], ridge: Ratio, rule: &CalibrationRule) -> Result<Value, FitError> {
    let number = |ratio: &Ratio| Fixed::of_ratio(*ratio).ok_or(FitError::OutOfRange);
    let mut cases = Cases::new(rows.first().map_or(0, |row| row.x.len()));
    for row in rows {
        let values = row.x.iter().map(number).collect::<Result<Vec<_>, _>>()?;
        for class in classes(row.good, row.bad, 0) {
            cases.push(&values, class == Class::Good)?;
        }
    }
    let fit = cases.fit(number(&ridge)?, rule.steps_at_most)?;
    let slopes: Vec<Ratio> = fit.slopes.iter().map(|slope| slope.to_ratio()).collect();
    let (intercept, separated) = (fit.intercept.to_ratio(), fit.separated);
    Ok(json!({ "intercept": intercept, "slopes": slopes, "separated": separated, "steps": fit.steps }))
}
