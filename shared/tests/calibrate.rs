//! Laws of calibration: what is counted adds up, the order of samples never shows, a suggested card is sound, and what is
//! fitted is where the likelihood is flat.

// Floating point is what fixed point is checked against.
#![allow(clippy::cast_precision_loss, clippy::float_arithmetic)]

use proptest::prelude::*;
use shared::facts::calendar::{Date, plus_days};
use shared::facts::id::CustomerId;
use shared::facts::number::{Points, Ratio};
use shared::questions::calibrate::binning::{Binning, Count, Holds, Trend};
use shared::questions::calibrate::card::{card_of, points, scorecard_of};
use shared::questions::calibrate::contrast::{Contrast, divergence};
use shared::questions::calibrate::discrimination::Scores;
use shared::questions::calibrate::fixed::Fixed;
use shared::questions::calibrate::logistic::Cases;
use shared::questions::calibrate::samples::{Class, Sample, Samples};
use shared::questions::calibrate::{CalibrateError, Calibration, calibrate};
use shared::rules::calibration::CalibrationRule;
use shared::rules::policy::{DEFAULT, Policy};
use shared::rules::scorecard::Characteristic;
use shared::rules::scoring::{Measure, Value};

fn policy() -> Policy {
    Policy::parse(DEFAULT).unwrap()
}

fn rule() -> CalibrationRule {
    policy().calibration.unwrap()
}

fn float(fixed: Fixed) -> f64 {
    fixed.units() as f64 / (1_u64 << 40) as f64
}

fn number(units: i64) -> Value {
    Value::Number { number: Ratio::from_units(units * 10_000) }
}

fn class() -> impl Strategy<Value = Class> {
    prop_oneof![5 => Just(Class::Good), 3 => Just(Class::Bad), 1 => Just(Class::Indeterminate)]
}

fn value() -> impl Strategy<Value = Option<Value>> {
    prop_oneof![
        8 => (0_i64..60).prop_map(|units| Some(number(units))),
        1 => Just(None),
        1 => Just(Some(Value::NegativeDenominator)),
    ]
}

fn first_day() -> Date {
    "2025-01-31".parse().unwrap()
}

/// Samples whose outcome has something to do with their values, by digits that come from nowhere.
fn made(count: usize, measures: &[Measure], seed: u64) -> Samples {
    let mut state = seed | 1;
    let mut next = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let samples = (0..count).map(|index| {
        let risk = next(100);
        let values = measures.iter().enumerate().map(|(place, measure)| {
            if next(20) == 0 {
                return None;
            }
            let own = (risk + next(30 + 20 * place as u64)) as i64;
            Some(match measure {
                Measure::Appraisal { .. } => {
                    Value::Word { word: ["leading", "sound", "weak"][(own / 45).min(2) as usize].into() }
                }
                _ => number(if place % 2 == 0 { own } else { 200 - own }),
            })
        });
        let values = values.collect();
        let class = match next(220) {
            lot if lot < risk => Class::Bad,
            lot if lot > 210 => Class::Indeterminate,
            _ => Class::Good,
        };
        let customer = CustomerId::derived(&["calibrate", &index.to_string()]);
        Sample { customer, date: plus_days(first_day(), next(400) as u32), class, values }
    });
    Samples { measures: measures.to_vec(), samples: samples.collect(), ..Samples::default() }
}

fn figures() -> Vec<Measure> {
    Characteristic::ALL.into_iter().map(|figure| Measure::Figure { figure }).collect()
}

fn run(samples: &Samples) -> Calibration {
    calibrate(&rule(), &card_of(&policy().scorecard), samples, Some("2025-08-01".parse().unwrap())).unwrap()
}

#[test]
fn the_reference_cases_pass() {
    for outcome in shared::record::cases::run(include_str!("../cases/calibrate.json")).unwrap() {
        assert!(outcome.differences.is_empty(), "{}: {:#?}", outcome.name, outcome.differences);
    }
}

#[test]
fn a_suggested_card_is_a_sound_policy() {
    let calibration = run(&made(2_000, &figures(), 7));
    for suggestion in [calibration.by_fit.as_ref().unwrap(), calibration.by_evidence.as_ref().unwrap()] {
        let weights: i32 = suggestion.card.lines.iter().map(|line| line.weight.units()).sum();
        assert_eq!(Points::from_units(weights).to_string(), "100");
        let mut policy = policy();
        policy.scorecard = scorecard_of(&suggestion.card).unwrap();
        policy.scoring.as_mut().unwrap().customer = suggestion.card.clone();
        policy.check().unwrap();
        assert_eq!(card_of(&policy.scorecard), suggestion.card);
    }
    let (by_fit, present) = (calibration.quality.by_fit.unwrap(), calibration.quality.present);
    assert!(by_fit.auc > present.auc && by_fit.auc > "0.65".parse().unwrap(), "{by_fit:?} {present:?}");
    assert!(calibration.fit.unwrap().slopes.iter().all(|slope| slope.slope > Ratio::ZERO));
    // The fit is calibrated as a whole: what it expects is what was found, when each tenth counts by its cases.
    let sum = |of: &dyn Fn(&shared::questions::calibrate::Tenth) -> f64| calibration.tenths.iter().map(of).sum::<f64>();
    let cases = |count: Count| f64::from(count.good + count.bad);
    let found = sum(&|tenth| f64::from(tenth.count.bad));
    let expected = sum(&|tenth| tenth.expected.units() as f64 / 1e6 * cases(tenth.count));
    assert!((found - expected).abs() < 0.01, "{found} {expected}");
}

#[test]
fn words_and_ratios_make_a_card_too() {
    let mut measures = figures();
    measures.push(Measure::Appraisal { category: "market_position".into() });
    let calibration = run(&made(2_000, &measures, 11));
    let card = &calibration.by_evidence.unwrap().card;
    assert!(card.lines.iter().any(|line| matches!(line.measure, Measure::Appraisal { .. })));
    assert_eq!(scorecard_of(card), None);
    let mut policy = policy();
    policy.scoring.as_mut().unwrap().customer = card.clone();
    policy.check().unwrap();
}

#[test]
fn samples_that_cannot_be_calibrated_are_refused() {
    let card = card_of(&policy().scorecard);
    let mut samples = made(2_000, &figures(), 7);
    samples.measures[3] = samples.measures[0].clone();
    assert_eq!(calibrate(&rule(), &card, &samples, None), Err(CalibrateError::Twice(3)));
    let few = made(60, &figures(), 7);
    let bad = few.samples.iter().filter(|sample| sample.class == Class::Bad).count() as u32;
    assert_eq!(calibrate(&rule(), &card, &few, None), Err(CalibrateError::TooFewBad { bad, needed: 50 }));
}

#[test]
fn ten_thousand_samples_of_twelve_characteristics() {
    let mut measures = figures();
    measures.extend(["a", "b", "c", "d"].map(|category| Measure::Appraisal { category: category.into() }));
    let samples = made(10_000, &measures, 3);
    let calibration = run(&samples);
    assert_eq!(calibration.characteristics.len(), 12);
    assert!(calibration.fit.unwrap().steps < 15);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn logarithms_and_logistics_are_those_of_floating_point(a in 1_u64..1 << 50, b in 1_u64..1 << 50, x in -40_i64 << 40..40 << 40) {
        prop_assert!((float(Fixed::ln_quotient(a, b).unwrap()) - (a as f64 / b as f64).ln()).abs() < 2e-12);
        let x = Fixed::from_units(x);
        let expected = 1.0 / (1.0 + (-float(x)).exp());
        prop_assert!((float(x.logistic()) - expected).abs() < 2e-12);
        let logarithm = if float(x) < -30.0 { float(x) } else { expected.ln() };
        prop_assert!((float(x.ln_logistic()) - logarithm).abs() < 1e-11);
    }

    #[test]
    fn discrimination_is_what_counting_every_pair_gives(cases in prop::collection::vec((0_i64..12, class()), 1..60)) {
        let scores = Scores::of(cases.iter().copied());
        let of = |wanted: Class| cases.iter().filter(move |(_, class)| *class == wanted).map(|(score, _)| *score).collect::<Vec<_>>();
        let (good, bad) = (of(Class::Good), of(Class::Bad));
        let Some(found) = scores.discrimination() else {
            prop_assert!(good.is_empty() || bad.is_empty());
            return Ok(());
        };
        let twice: i64 = good.iter().flat_map(|g| bad.iter().map(move |b| 1 + (g - b).signum())).sum();
        prop_assert_eq!(found.twice_right, twice.to_string());
        let share = |lot: &[i64], score: i64| lot.iter().filter(|own| **own <= score).count() as f64 / lot.len() as f64;
        let apart = |score: i64| share(&bad, score) - share(&good, score);
        let ks = (0..12).map(apart).fold(f64::MIN, f64::max);
        prop_assert!((found.ks.units() as f64 / 1e6 - ks.max(0.0)).abs() < 1e-6);
        prop_assert!((apart(found.cut_off) - ks.max(0.0)).abs() < 1e-9);
        let upside_down = Scores::of(cases.iter().map(|(score, class)| (-score, *class))).discrimination().unwrap();
        prop_assert_eq!(found.gini.units(), -upside_down.gini.units());
        for wanted in [1, 3, 10] {
            let bands = scores.bands(wanted);
            prop_assert!(bands.len() <= wanted as usize);
            prop_assert_eq!(bands.iter().map(|band| band.count.cases()).sum::<u64>(), (good.len() + bad.len()) as u64);
            prop_assert!(bands.windows(2).all(|pair| pair[0].to < pair[1].from));
        }
    }

    #[test]
    fn bins_hold_every_case_once_and_are_in_order(cases in prop::collection::vec((value(), class()), 1..300), least in 0_i64..300_000, most in 2_u16..8) {
        let rule = CalibrationRule { bin_at_least: Ratio::from_units(least), bins_at_most: most, ..rule() };
        let cases: Vec<(Option<&Value>, Class)> = cases.iter().map(|(value, class)| (value.as_ref(), *class)).collect();
        let binning = Binning::of(&cases, &rule);
        for (place, bin) in binning.bins.iter().enumerate() {
            let own: Vec<Class> = cases.iter().filter(|(value, _)| bin.holds.holds(*value)).map(|(_, class)| *class).collect();
            let count = |wanted: Class| own.iter().filter(|class| **class == wanted).count() as u32;
            let (good, bad, indeterminate) = (count(Class::Good), count(Class::Bad), count(Class::Indeterminate));
            prop_assert_eq!(bin.count, Count { good, bad, indeterminate });
            prop_assert!(cases.iter().filter(|(value, _)| bin.holds.holds(*value)).all(|(value, _)| binning.place(*value) == Some(place)));
        }
        prop_assert!(cases.iter().all(|(value, _)| binning.bins.iter().filter(|bin| bin.holds.holds(*value)).count() == 1));
        let values: Vec<Count> = binning.bins.iter().filter(|bin| bin.holds.is_value()).map(|bin| bin.count).collect();
        prop_assert!(values.len() <= usize::from(most));
        let rate = |count: &Count| u64::from(count.bad) as f64 / count.cases() as f64;
        let better = binning.trend == Trend::Better;
        let ordered = |pair: &[Count]| if better { rate(&pair[0]) > rate(&pair[1]) } else { rate(&pair[0]) < rate(&pair[1]) };
        prop_assert!(values.windows(2).all(ordered));
        let total = cases.iter().filter(|(_, class)| *class != Class::Indeterminate).count() as i64;
        let least = rule.bin_at_least.times(total).unwrap() as u64;
        prop_assert!(values.len() < 2 || values.iter().all(|count| count.cases() >= least && count.good > 0 && count.bad > 0));
        // What was no value is never among the numbers.
        prop_assert!(binning.bins.iter().filter(|bin| bin.holds == Holds::Missing).count() <= 1);
    }

    #[test]
    fn a_divergence_is_never_negative_and_the_same_from_both_sides(classes in prop::collection::vec((1_u32..2000, 1_u32..2000), 1..12)) {
        let adjustment = rule().adjustment;
        let one = divergence(&classes, adjustment).unwrap();
        let turned: Vec<(u32, u32)> = classes.iter().map(|(a, b)| (*b, *a)).collect();
        let other = divergence(&turned, adjustment).unwrap();
        // Each part is rounded a few times to forty places.
        prop_assert!(one.units() >= -64 && one.units().abs_diff(other.units()) <= 256);
        let all: u32 = classes.iter().map(|(a, _)| *a).sum();
        let contrast = Contrast::of(classes[0].0, classes[0].0, all, all, adjustment).unwrap();
        prop_assert!(contrast.weight.units().abs() <= 1);
    }

    #[test]
    fn the_likelihood_is_flat_where_the_fit_stands(rows in prop::collection::vec((-30_i64..30, -30_i64..30, 1_u32..20, 1_u32..20), 2..12), ridge in 0_i64..3) {
        let fixed = |tenths: i64| Fixed::of_ratio(Ratio::from_units(tenths * 100_000)).unwrap();
        let mut cases = Cases::new(2);
        for (a, b, good, bad) in &rows {
            for (class, count) in [(true, *good), (false, *bad)] {
                for _ in 0..count {
                    cases.push(&[fixed(*a), fixed(*b)], class).unwrap();
                }
            }
        }
        // With a good and a bad case on every row nothing is separated; two columns may still say the same.
        let ridge = ridge as f64;
        let Ok(fit) = cases.fit(Fixed::from_units((ridge as i64) << 40), 50) else {
            prop_assert!(ridge == 0.0);
            return Ok(());
        };
        let (intercept, slopes) = (float(fit.intercept), [float(fit.slopes[0]), float(fit.slopes[1])]);
        let mut gradient = [0.0, -ridge * slopes[0], -ridge * slopes[1]];
        for (a, b, good, bad) in &rows {
            let (a, b) = (*a as f64 / 10.0, *b as f64 / 10.0);
            let chance = 1.0 / (1.0 + (-(intercept + slopes[0] * a + slopes[1] * b)).exp());
            let residual = f64::from(*good) - f64::from(good + bad) * chance;
            for (sum, x) in gradient.iter_mut().zip([1.0, a, b]) {
                *sum += residual * x;
            }
        }
        prop_assert!(gradient.iter().all(|part| part.abs() < 1e-5), "{:?}", gradient);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn the_order_of_samples_never_shows(seed in any::<u64>(), turn in 1_usize..700) {
        let samples = made(900, &figures(), seed);
        let calibration = run(&samples);
        let mut other = samples.clone();
        other.samples.rotate_left(turn);
        other.samples.reverse();
        prop_assert_eq!(&run(&other), &calibration);
        // More log odds, more points: twice the range away, twice the points, but for rounding.
        let card = &calibration.by_fit.unwrap().card;
        let scores: Vec<i64> = samples.samples.iter().map(|sample| points(card, &samples.measures, &sample.values)).collect();
        prop_assert!(scores.iter().all(|score| (0..=10_000).contains(score)));
    }
}
