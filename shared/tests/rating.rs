//! Laws that hold for every dossier: parts and lines add up, a step keeps its promise, caps hold, and more is never worse
//! by accident of missing data.

use proptest::prelude::*;
use shared::facts::customer::Stage;
use shared::facts::financials::{Audit, StatementSource};
use shared::facts::id::PersonId;
use shared::facts::number::Ratio;
use shared::readings::altman::AltmanModel;
use shared::rules::policy::{DEFAULT, Policy};
use shared::rules::rating::{GradeOverride, OverrideOutcome, RatingRules, Target};
use shared::rules::scorecard::{Characteristic, Profile};
use shared::rules::scoring::{CardName, Dossier, Measure, Measured, Scale, StatementBasis};
use uuid::Uuid;

fn number() -> impl Strategy<Value = Ratio> {
    prop_oneof![
        4 => (-5_000_000_i64..20_000_000).prop_map(Ratio::from_units),
        1 => (0_i64..20_000_000).prop_map(|whole| Ratio::from_units(whole * 1_000_000)),
        1 => any::<i64>().prop_map(Ratio::from_units),
    ]
}

fn measured() -> impl Strategy<Value = Option<Measured>> {
    prop_oneof![
        1 => Just(None),
        1 => Just(Some(Measured::Unknown)),
        1 => Just(Some(Measured::ZeroDenominator)),
        1 => Just(Some(Measured::NegativeDenominator)),
        6 => number().prop_map(|value| Some(Measured::Known { value, marks: Vec::new() })),
    ]
}

fn policy() -> Policy {
    Policy::parse(DEFAULT).unwrap()
}

/// A dossier with any value, or none, for everything that a card looks at.
fn dossier() -> impl Strategy<Value = Dossier> {
    let policy = policy();
    let scoring = policy.scoring.unwrap();
    let mut ratios = Vec::new();
    let mut words = Vec::new();
    for line in scoring.customer.lines.into_iter().chain(scoring.prospect.lines) {
        match (line.measure, line.scale) {
            (Measure::Ratio { ratio }, _) => ratios.push(ratio),
            (Measure::Appraisal { category }, Scale::Words { words: known }) => {
                words.push((category, known.into_keys().chain(["nonsense".to_owned()]).collect::<Vec<_>>()));
            }
            _ => {}
        }
    }
    let figures = prop::array::uniform8(prop::option::of(number())).prop_map(|values| Profile { values });
    let ratios = prop::collection::vec(measured(), ratios.len()).prop_map(move |values| {
        ratios.iter().copied().zip(values).filter_map(|(ratio, value)| Some((ratio, value?))).collect()
    });
    let altman =
        measured().prop_map(|value| value.map(|value| (AltmanModel::ZDoublePrime, value)).into_iter().collect());
    let words =
        prop::collection::vec(prop::option::of(any::<prop::sample::Index>()), words.len()).prop_map(move |picks| {
            let picked = words.iter().zip(picks);
            picked.filter_map(|((category, known), pick)| Some((category.clone(), pick?.get(known).clone()))).collect()
        });
    (figures, ratios, altman, words).prop_map(|(figures, ratios, altman, words)| Dossier {
        figures,
        ratios,
        altman,
        words,
        statement: Some(StatementBasis {
            end: "2025-12-31".parse().unwrap(),
            audit: Audit::Unaudited,
            source: StatementSource::Customer,
        }),
        screenings: std::collections::BTreeMap::new(),
    })
}

/// The dossier with a measure at a value that lies in the target.
fn moved(dossier: &Dossier, measure: &Measure, target: &Target) -> Dossier {
    let mut moved = dossier.clone();
    let value = match target {
        Target::Number { from: Some(from), .. } => Some(*from),
        Target::Number { from: None, below } => below.map(|below| Ratio::from_units(below.units() - 1)),
        Target::Word { .. } => None,
    };
    let known = value.map(|value| Measured::Known { value, marks: Vec::new() });
    match (measure, target) {
        (Measure::Figure { figure }, _) => moved.figures.set(*figure, value),
        (Measure::Ratio { ratio }, _) => drop(moved.ratios.insert(*ratio, known.unwrap())),
        (Measure::Altman { model }, _) => drop(moved.altman.insert(*model, known.unwrap())),
        (Measure::Appraisal { category }, Target::Word { word }) => {
            moved.words.insert(category.clone(), word.clone());
        }
        (Measure::Appraisal { .. }, Target::Number { .. }) => unreachable!("a word has no number"),
    }
    moved
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_score_adds_up_and_a_step_keeps_its_promise(dossier in dossier(), prospect in any::<bool>()) {
        let policy = policy();
        let scoring = policy.scoring.as_ref().unwrap();
        let rules = RatingRules { grade: &policy.grade, scoring, file: policy.credit_file.as_ref() };
        let stage = if prospect { Stage::Prospect } else { Stage::Active };
        let score = scoring.score(stage, &dossier);
        prop_assert_eq!(score.card, if prospect { CardName::Prospect } else { CardName::Customer });
        let units = |points: shared::facts::number::Points| points.units();
        prop_assert_eq!(score.lines.iter().map(|line| units(line.points)).sum::<i32>(), units(score.points));
        prop_assert_eq!(score.parts.iter().map(|part| units(part.points)).sum::<i32>(), units(score.points));
        prop_assert_eq!(score.parts.iter().map(|part| units(part.weight)).sum::<i32>(), 10_000);
        prop_assert!((Ratio::ZERO..=Ratio::ONE).contains(&score.confidence));
        let rating = rules.rate(stage, &dossier, &score, None, "2026-03-31".parse().unwrap());
        prop_assert_eq!(&rating.grade, &rating.by_rule);
        // The worst cap decides, and all hold.
        let rank = |grade: &str| policy.grade.rank(grade).unwrap();
        for cap in &rating.caps {
            prop_assert!(rank(&rating.grade) >= rank(&cap.cap));
        }
        let Some(next) = &rating.next else { return Ok(()) };
        prop_assert_eq!(rank(&next.grade) + 1, rank(&rating.by_rule));
        let band = policy.grade.bands.get(rank(&next.grade)).unwrap();
        for step in &next.steps {
            let after = scoring.score(stage, &moved(&dossier, &step.measure, &step.target));
            prop_assert_eq!(units(after.points) - units(score.points), units(step.gain), "{:?}", step);
            prop_assert_eq!(after.points >= band.from, step.enough, "{:?}", step);
        }
    }

    #[test]
    fn nobody_lifts_a_grade_past_a_cap_or_the_policy_s_bound(dossier in dossier(), to in 0_usize..6, same in any::<bool>()) {
        let policy = policy();
        let scoring = policy.scoring.as_ref().unwrap();
        let rules = RatingRules { grade: &policy.grade, scoring, file: policy.credit_file.as_ref() };
        let score = scoring.score(Stage::Active, &dossier);
        let person = |n: u128| PersonId(Uuid::from_u128(n));
        let given = GradeOverride {
            grade: policy.grade.bands.get(to).unwrap().grade.clone(),
            reason: "担保".into(),
            asked_by: person(1),
            approved_by: person(if same { 1 } else { 2 }),
            from: "2026-01-01".parse().unwrap(),
            until: "2026-06-30".parse().unwrap(),
        };
        let rating = rules.rate(Stage::Active, &dossier, &score, Some(&given), "2026-03-31".parse().unwrap());
        let rank = |grade: &str| policy.grade.rank(grade).unwrap();
        for cap in &rating.caps {
            prop_assert!(rank(&rating.grade) >= rank(&cap.cap));
        }
        prop_assert!(rank(&rating.grade) + usize::from(scoring.overrides.up_at_most) >= rank(&rating.by_rule));
        let stands = matches!(rating.overridden, Some(OverrideOutcome::Stands { .. }));
        prop_assert_eq!(&rating.grade, if stands { &given.grade } else { &rating.by_rule });
        prop_assert!(!(stands && same));
    }
}

#[test]
fn the_figures_of_both_cards_are_figures_that_the_first_card_knows() {
    assert_eq!(Characteristic::ALL.len(), Profile::default().values.len());
}
