//! The pass over a portfolio and the single judgement are one: random members (unknown values, denominators that are zero or
//! negative, marks, words nobody knows, amounts up to the edge of money) under random policies come out alike, customer by
//! customer, and the totals are what the single rules give for all together.

// One throw of the dice decides whether the next is made.
#![allow(clippy::filter_map_bool_then)]

use proptest::prelude::*;
use shared::facts::calendar::{Date, minus_days, plus_days};
use shared::facts::credit_file::ScreeningKind;
use shared::facts::customer::Stage;
use shared::facts::financials::{Audit, StatementSource};
use shared::facts::id::{CustomerId, DecisionId, PersonId};
use shared::facts::ledger::Limit;
use shared::facts::money::{Currency, MINOR_MAX, Money};
use shared::facts::number::{Points, Ratio};
use shared::questions::full_assessment::{FullEvidence, assess_fully};
use shared::questions::what_if::{Banded, FullMember, FullOutcome, FullPortfolio, WhatIfError, compare_fully};
use shared::readings::altman::{AltmanModel, Zone};
use shared::readings::behaviour::Behaviour;
use shared::readings::exposure::Exposure;
use shared::readings::papers::ScreeningState;
use shared::readings::ratios::{FORMULAS, FinancialRatio, Mark};
use shared::readings::standing::Position;
use shared::record::decision::{Decision, Matter, decide_full_assessment, policy_digest};
use shared::record::digest::digest;
use shared::rules::limit::Need;
use shared::rules::limit_methods::LimitBasis;
use shared::rules::order_check::{Verdict, tolerated};
use shared::rules::policy::{DEFAULT, Policy, PolicyVersion};
use shared::rules::provision::{
    Average, Bands, GradeRisk, Method, Receivable, Settled, Snapshot, Specific, Standard, provision,
};
use shared::rules::rating::{GradeOverride, OverrideOutcome};
use shared::rules::scorecard::{Characteristic, Profile};
use shared::rules::scoring::{Dossier, KnockOutWhen, Measure, Measured, Scale, ScoringKnockOut, StatementBasis};
use std::collections::BTreeMap;
use uuid::Uuid;

const AS_OF: &str = "2026-03-31";

fn today() -> Date {
    AS_OF.parse().unwrap()
}

fn cny(minor: i64) -> Money {
    Money::from_minor(minor, Currency::CNY).unwrap()
}

/// Numbers that look random (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From `low` to below `high`.
    fn within(&mut self, low: i64, high: i64) -> i64 {
        low + ((u128::from(self.next()) * ((high - low) as u128)) >> 64) as i64
    }

    fn one_in(&mut self, many: i64) -> bool {
        self.within(0, many) == 0
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.within(0, from.len() as i64) as usize].clone()
    }

    fn share(&mut self) -> Ratio {
        match self.within(0, 6) {
            0 => Ratio::ZERO,
            1 => Ratio::ONE,
            _ => Ratio::from_units(self.within(0, 1_000_001)),
        }
    }

    fn number(&mut self) -> Ratio {
        Ratio::from_units(match self.within(0, 8) {
            0 => self.next() as i64,
            1 => self.within(-3, 4),
            2 | 3 => self.within(0, 60) * 1_000_000,
            _ => self.within(-3_000_000, 12_000_000),
        })
    }

    /// Small, ordinary, large, at the edge, below zero.
    fn minor(&mut self) -> i64 {
        match self.within(0, 24) {
            0 => self.within(-MINOR_MAX, MINOR_MAX + 1),
            1 => self.within(0, MINOR_MAX + 1),
            2 => self.within(-1_000, 1_000),
            3 => self.within(-50_000_000_000, 0),
            4 => self.within(0, 20_000_000_000_000),
            _ => self.within(0, 3_000_000_000),
        }
    }

    fn amount(&mut self) -> Option<Money> {
        (!self.one_in(6)).then(|| cny(self.minor()))
    }
}

fn ratios() -> Vec<FinancialRatio> {
    FORMULAS.iter().map(|formula| formula.ratio).chain([FinancialRatio::CashCycle]).collect()
}

fn measured(dice: &mut Dice) -> Option<Measured> {
    Some(match dice.within(0, 10) {
        0 => return None,
        1 => Measured::Unknown,
        2 => Measured::ZeroDenominator,
        3 => Measured::NegativeDenominator,
        kind => {
            Measured::Known { value: dice.number(), marks: if kind < 7 { vec![Mark::Annualised] } else { Vec::new() } }
        }
    })
}

const AUDITS: [Audit; 7] = [
    Audit::Unqualified,
    Audit::Emphasis,
    Audit::Qualified,
    Audit::Adverse,
    Audit::Disclaimer,
    Audit::Reviewed,
    Audit::Unaudited,
];
const SOURCES: [StatementSource; 3] =
    [StatementSource::AuditReport, StatementSource::Customer, StatementSource::Estimate];
const STAGES: [Stage; 5] = [Stage::Prospect, Stage::Admitted, Stage::Active, Stage::Suspended, Stage::Ended];
const CHECKS: [ScreeningKind; 4] = [
    ScreeningKind::DishonestDebtor,
    ScreeningKind::LicenceRevoked,
    ScreeningKind::Bankruptcy,
    ScreeningKind::TaxArrears,
];
const WORDS: [&str; 8] = ["leading", "sound", "weak", "good", "poor", "clean", "overdue", "nonsense"];
const CATEGORIES: [&str; 4] = ["market_position", "reputation", "loan_record", "weather"];

fn dossier(dice: &mut Dice) -> Dossier {
    let mut figures = Profile::default();
    for figure in Characteristic::ALL {
        figures.set(figure, (!dice.one_in(6)).then(|| dice.number()));
    }
    let screening = |dice: &mut Dice| match dice.within(0, 12) {
        0 => ScreeningState::NotChecked,
        1 => ScreeningState::TooOld { date: minus_days(today(), 900), age_days: 900 },
        2 => ScreeningState::Hit {
            date: today(),
            age_days: 0,
            stale: false,
            found: "(2026)沪0101执1号".into(),
            source: "register".into(),
        },
        _ => ScreeningState::Clear { date: today(), age_days: 0 },
    };
    Dossier {
        figures,
        ratios: ratios().into_iter().filter_map(|ratio| Some((ratio, measured(dice)?))).collect(),
        altman: AltmanModel::ALL.into_iter().filter_map(|model| Some((model, measured(dice)?))).collect(),
        words: CATEGORIES
            .into_iter()
            .filter_map(|category| (!dice.one_in(4)).then(|| (category.to_owned(), dice.pick(&WORDS).to_owned())))
            .collect(),
        statement: (!dice.one_in(5)).then(|| StatementBasis {
            end: "2025-12-31".parse().unwrap(),
            audit: dice.pick(&AUDITS),
            source: dice.pick(&SOURCES),
        }),
        screenings: CHECKS.into_iter().filter_map(|kind| (!dice.one_in(9)).then(|| (kind, screening(dice)))).collect(),
    }
}

fn receivable(dice: &mut Dice, policy: &Policy) -> Receivable {
    let names: Vec<String> =
        policy.provision.as_ref().unwrap().portfolios.iter().map(|portfolio| portfolio.name.clone()).collect();
    let days = |dice: &mut Dice| minus_days(today(), dice.within(0, 2_500) as u32);
    let arose = days(dice);
    let amount = match dice.within(0, 30) {
        0 => dice.within(0, 9_000_000_000_000_000),
        1..6 => dice.within(-40_000_000, 0),
        _ => dice.within(0, 90_000_000),
    };
    Receivable {
        number: "R".into(),
        portfolio: dice.pick(&names),
        amount: cny(amount),
        arose,
        due: plus_days(arose, dice.within(0, 120) as u32),
        grade: None,
        settled: dice.one_in(8).then(|| Settled { arose: days(dice), due: days(dice) }),
        specific: dice
            .one_in(10)
            .then(|| Specific { recoverable: cny(dice.within(-1_000, 90_000_000)), reason: "抵押".into() }),
    }
}

fn member(dice: &mut Dice, policy: &Policy, number: usize) -> FullMember {
    let person = |n: u128| PersonId(Uuid::from_u128(n));
    let given = dice.one_in(6).then(|| GradeOverride {
        grade: dice.pick(&["AAA", "AA", "A", "B", "C", "D", "Z"]).into(),
        reason: dice.pick(&["担保", " "]).into(),
        asked_by: person(1),
        approved_by: person(dice.within(1, 4) as u128),
        from: "2026-01-01".parse().unwrap(),
        until: dice.pick(&["2026-03-30", "2026-03-31", "2026-12-31"]).parse().unwrap(),
    });
    let basis = LimitBasis {
        need: Need {
            per_day: dice.amount().map(|money| cny(money.minor() / 30)),
            capital: dice.amount(),
            month: None,
            days: (dice.one_in(3)).then(|| u32::try_from(dice.within(0, 200)).unwrap()),
        },
        yearly_sales: dice.amount(),
        tangible_net_worth: dice.amount(),
        working_capital: dice.amount(),
        turnover: dice.amount(),
        portfolio: dice.amount(),
        security: dice.amount(),
    };
    let (total, orders, open_items) = (dice.minor(), if dice.one_in(3) { 0 } else { dice.minor() }, dice.minor());
    let overdue = dice.minor();
    FullMember {
        customer: CustomerId::derived(&["what-if", &number.to_string()]),
        evidence: FullEvidence {
            stage: dice.pick(&STAGES),
            dossier: dossier(dice),
            basis,
            covers: Vec::new(),
            terms_at_most: None,
            given,
            behaviour: Behaviour {
                days_beyond_terms: None,
                overdue_share: None,
                sales_trend: None,
                peak_daily_billing: None,
                sales: cny(0),
            },
        },
        position: Position {
            exposure: Exposure {
                open_items: cny(open_items),
                orders: cny(orders),
                unapplied: cny(0),
                categories: Vec::new(),
                cover: None,
                total: cny(total),
            },
            overdue: cny(overdue),
            overdue_documents: 1,
            oldest_days: dice.within(-30, 400) as i32,
            disputed: cny(0),
        },
        receivables: (0..dice.within(0, 5)).map(|_| receivable(dice, policy)).collect(),
    }
}

fn measure(dice: &mut Dice) -> Measure {
    match dice.within(0, 3) {
        0 => Measure::Figure { figure: dice.pick(&Characteristic::ALL) },
        1 => Measure::Ratio { ratio: dice.pick(&ratios()) },
        _ => Measure::Altman { model: dice.pick(&AltmanModel::ALL) },
    }
}

/// The default policy with most of what the pass reads thrown anew, sound all the same.
fn policy(dice: &mut Dice) -> Policy {
    let mut policy = Policy::parse(DEFAULT).unwrap();
    let grades: Vec<String> = policy.grade.bands.iter().map(|band| band.grade.clone()).collect();
    let mut from = 10_000;
    for band in &mut policy.grade.bands {
        from -= dice.within(1, 2_500) as i32;
        band.from = Points::from_units(from);
    }
    policy.grade.confidence_at_least = dice.share();
    policy.grade.unsure_cap = dice.pick(&grades);
    for rule in &mut policy.grade.knock_outs {
        rule.above = dice.number();
        rule.cap = dice.pick(&grades);
    }
    let scoring = policy.scoring.as_mut().unwrap();
    for line in scoring.customer.lines.iter_mut().chain(&mut scoring.prospect.lines) {
        line.missing = dice.share();
        line.zero_denominator = dice.one_in(2).then(|| dice.share());
        line.negative_denominator = dice.one_in(2).then(|| dice.share());
        if let Scale::Numbers { below, bins } = &mut line.scale {
            *below = dice.share();
            for bin in bins {
                bin.share = dice.share();
            }
        }
    }
    for share in scoring.trust.audit.values_mut().chain(scoring.trust.source.values_mut()) {
        *share = dice.share();
    }
    scoring.trust.source.insert(StatementSource::Estimate, dice.share());
    scoring.trust.marked = dice.share();
    scoring.knock_outs = (0..dice.within(0, 8))
        .map(|_| ScoringKnockOut {
            when: match dice.within(0, 5) {
                0 => KnockOutWhen::Above { measure: measure(dice), bound: dice.number() },
                1 => KnockOutWhen::Below { measure: measure(dice), bound: dice.number() },
                2 => KnockOutWhen::NegativeDenominator { measure: measure(dice) },
                3 => KnockOutWhen::Zone {
                    model: dice.pick(&AltmanModel::ALL),
                    zone: dice.pick(&[Zone::Distress, Zone::Grey, Zone::Safe]),
                },
                _ => KnockOutWhen::Word { category: dice.pick(&CATEGORIES).into(), word: dice.pick(&WORDS).into() },
            },
            cap: dice.pick(&grades),
        })
        .collect();
    scoring.unscreened_cap = Some(dice.pick(&grades));
    scoring.must_screen = CHECKS.into_iter().filter(|_| dice.one_in(3)).collect();
    policy.limit.round_to = cny(dice.pick(&[1, 100, 1_000_000, 1_234_567]));
    if dice.one_in(4) {
        policy.limit.grades.remove(1);
    }
    for line in &mut policy.limit.grades {
        line.need_factor = Ratio::from_units(dice.within(0, 3_000_000));
        line.capital_share = dice.share();
        line.cap = cny(if dice.one_in(9) { dice.within(0, MINOR_MAX) } else { dice.within(0, 900_000_000) });
        line.trial = cny(dice.within(0, 30_000_000));
    }
    let methods = policy.limit_methods.as_mut().unwrap();
    methods.concentration_share = dice.one_in(2).then(|| Ratio::from_units(dice.within(1, 1_000_001)));
    for line in &mut methods.grades {
        let mut factor = || dice.one_in(2).then(|| Ratio::from_units(dice.within(0, 2_500_000)));
        line.net_worth_share = factor();
        line.working_capital_share = factor();
        line.turnover_share = factor();
        line.sales_factor = factor();
        line.security_share = dice.share();
    }
    let check = &mut policy.order_check;
    check.tolerance = dice.share();
    check.no_limit = dice.pick(&[Verdict::Approve, Verdict::Warn, Verdict::Hold, Verdict::Refuse]);
    check.refused_grades = vec![dice.pick(&grades)];
    check.overdue.small_share = dice.share();
    check.overdue.hold_share = dice.share();
    reprovide(dice, &mut policy, &grades);
    policy.check().unwrap();
    policy
}

fn reprovide(dice: &mut Dice, policy: &mut Policy, grades: &[String]) {
    let rule = policy.provision.as_mut().unwrap();
    if dice.one_in(12) {
        rule.standard = Standard::SmallFirm;
    }
    for portfolio in &mut rule.portfolios {
        portfolio.retention = dice.one_in(2).then(|| dice.share());
        match dice.within(0, 4) {
            0 => {
                let balances = |dice: &mut Dice| (0..4).map(|_| cny(dice.within(1, 9_000_000))).collect();
                let snapshot = |dice: &mut Dice, date: &str| Snapshot {
                    date: date.parse().unwrap(),
                    balances: balances(dice),
                    written_off: Vec::new(),
                    stayed: cny(dice.within(0, 1_000)),
                };
                portfolio.method = Method::Migration {
                    bands: Bands::PastDue { days: vec![30, 90] },
                    last_loss: dice.share(),
                    forward: Ratio::from_units(dice.within(1, 3_000_000)),
                    average: dice.pick(&[Average::Simple, Average::Weighted]),
                    history: vec![snapshot(dice, "2025-12-31"), snapshot(dice, "2026-01-31")],
                };
            }
            1 => {
                let risk = |dice: &mut Dice, grade: &String| GradeRisk {
                    grade: grade.clone(),
                    pd: dice.share(),
                    lgd: dice.share(),
                };
                portfolio.method = Method::ByGrade {
                    grades: grades.iter().skip(dice.within(0, 4) as usize).map(|grade| risk(dice, grade)).collect(),
                    other_pd: dice.share(),
                    other_lgd: dice.share(),
                };
            }
            _ => {}
        }
        if let Method::Matrix { rates, .. } = &mut portfolio.method {
            for rate in rates {
                *rate = dice.share();
            }
        }
    }
}

/// A member's receivables with the grade that the pass gives.
fn graded(member: &FullMember, policy: &Policy, outcome: &FullOutcome) -> Vec<Receivable> {
    let grade = policy.grade.bands[usize::from(outcome.rank)].grade.clone();
    let with = |receivable: &Receivable| Receivable { grade: Some(grade.clone()), ..receivable.clone() };
    member.receivables.iter().map(with).collect()
}

/// The order check's rules, put singly.
fn verdict(policy: &Policy, member: &FullMember, grade: &str, limit: i64, over: bool) -> Verdict {
    let Position { exposure, overdue, oldest_days, .. } = &member.position;
    if exposure.orders.minor() <= 0 {
        return Verdict::Approve;
    }
    let rule = &policy.order_check;
    let share = Ratio::of(overdue.minor(), exposure.open_items.minor()).unwrap_or_default();
    let by_limit = match () {
        () if limit == 0 => rule.no_limit,
        () if over => Verdict::Hold,
        () if exposure.total.minor() > limit => Verdict::Warn,
        () => Verdict::Approve,
    };
    let refused = rule.refused_grades.iter().any(|refused| refused == grade);
    let by_grade = if refused { Verdict::Refuse } else { Verdict::Approve };
    rule.overdue.verdict(*overdue, *oldest_days, share).max(by_limit).max(by_grade)
}

/// Compares one customer with the single judgement.
fn agree(policy: &Policy, member: &FullMember, outcome: &FullOutcome) -> Result<(), TestCaseError> {
    let rank = |grade: &str| policy.grade.rank(grade).unwrap();
    let name = &policy.grade.bands[usize::from(outcome.rank)].grade;
    let limit = match assess_fully(policy, &member.evidence, today()) {
        Err(_) => {
            prop_assert!(outcome.untold() && outcome.limit == 0);
            0
        }
        Ok(single) => {
            prop_assert!(!outcome.untold());
            prop_assert_eq!(outcome.points, single.score.points);
            prop_assert_eq!(outcome.confidence, single.score.confidence);
            prop_assert_eq!(usize::from(outcome.by_score), rank(&single.rating.by_score));
            let capped = single.rating.caps.iter().map(|cap| rank(&cap.cap)).max().unwrap_or(0);
            prop_assert_eq!(usize::from(outcome.capped), capped);
            prop_assert_eq!(name, &single.rating.grade);
            let limit = match single.proposal.limit {
                Limit::Amount { amount } => amount.minor(),
                Limit::None => 0,
                Limit::Unlimited => i64::MAX,
            };
            prop_assert_eq!(outcome.limit, limit);
            prop_assert_eq!(outcome.binding(), single.proposal.binding);
            prop_assert_eq!(outcome.short, single.proposal.security.map_or(0, |need| need.short.minor()));
            limit
        }
    };
    let bound = limit + tolerated(cny(limit), policy.order_check.tolerance).unwrap().minor();
    prop_assert_eq!(outcome.over, member.position.exposure.total.minor() > bound);
    prop_assert_eq!(outcome.verdict, verdict(policy, member, name, limit, outcome.over));
    let own = graded(member, policy, outcome);
    if let Ok(single) = provision(policy.provision.as_ref().unwrap(), &own, Currency::CNY, &[], today()) {
        prop_assert_eq!(outcome.provision, single.amount.minor());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_pass_and_the_single_judgement_are_one(seed in any::<u64>(), count in 0_usize..1_400) {
        let mut dice = Dice(seed);
        let policy = policy(&mut dice);
        let rule = policy.provision.as_ref().unwrap();
        let members: Vec<FullMember> = (0..count).map(|number| member(&mut dice, &policy, number)).collect();
        let by_customer: BTreeMap<CustomerId, &FullMember> =
            members.iter().map(|member| (member.customer, member)).collect();
        let book = FullPortfolio::of(&members, Currency::CNY, &[], today()).unwrap();
        prop_assert_eq!(book.len(), count);
        // A line beyond money is beyond it for the single rule too.
        let Ok(banded) = Banded::of(&book, rule) else { return Ok(()) };
        let outcomes = book.pass(&policy, Some(&banded)).unwrap();
        for (customer, outcome) in book.customers().iter().zip(&outcomes) {
            agree(&policy, by_customer[customer], outcome)?;
        }
        // All together.
        let all: Vec<Receivable> = book
            .customers()
            .iter()
            .zip(&outcomes)
            .flat_map(|(customer, outcome)| graded(by_customer[customer], &policy, outcome))
            .collect();
        let (Ok(whole), Ok(totals)) =
            (provision(rule, &all, Currency::CNY, &[], today()), book.totals(&policy, Some(&banded), &outcomes))
        else {
            return Ok(());
        };
        prop_assert_eq!(totals.provision, Some(whole.amount));
        prop_assert_eq!(totals.by_grade.iter().sum::<u32>() as usize, count);
        prop_assert_eq!(totals.limit.minor(), outcomes.iter().map(|outcome| outcome.limit).sum::<i64>());
    }

    #[test]
    fn a_full_assessment_replays_adds_up_and_binds_by_the_least(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let policy = policy(&mut dice);
        let member = member(&mut dice, &policy, 0);
        let version = PolicyVersion { version: 3, digest: policy_digest(&policy).unwrap(), policy };
        let id = DecisionId(Uuid::from_u128(1));
        let made = decide_full_assessment(id, &version, member.customer, member.evidence.clone(), today());
        let Ok(made) = made else { return Ok(()) };
        let stored: Decision = serde_json::from_str(&serde_json::to_string(&made).unwrap()).unwrap();
        prop_assert!(stored.replays(&version).unwrap());
        let mut altered = stored.clone();
        let Matter::FullAssessment { evidence, assessment, .. } = &mut altered.judgement.matter else { unreachable!() };
        let units = |points: Points| points.units();
        let score = &assessment.score;
        prop_assert_eq!(score.lines.iter().map(|line| units(line.points)).sum::<i32>(), units(score.points));
        prop_assert_eq!(score.lines.iter().map(|line| units(line.weight)).sum::<i32>(), 10_000);
        let told = assessment.proposal.methods.iter().filter_map(|method| Some((method.amount?.minor(), method.method)));
        let least = told.reduce(|best, next| if next.0 < best.0 { next } else { best });
        prop_assert_eq!(assessment.proposal.binding, least.map(|(_, method)| method));
        evidence.basis.portfolio = Some(cny(evidence.basis.portfolio.map_or(1, |amount| amount.minor() / 2 + 1)));
        prop_assert!(!altered.replays(&version).is_ok_and(|same| same));
    }

    #[test]
    fn a_comparison_adds_up_whatever_the_order_of_the_members(seed in any::<u64>(), count in 1_usize..300) {
        let mut dice = Dice(seed);
        let (before, after) = (policy(&mut dice), policy(&mut dice));
        let mut members: Vec<FullMember> = (0..count).map(|number| member(&mut dice, &before, number)).collect();
        for member in &mut members {
            // Exposures that add up.
            member.position.exposure.total = cny(member.position.exposure.total.minor() % 1_000_000_000_000);
            member.position.exposure.orders = cny(member.position.exposure.orders.minor() % 1_000_000_000_000);
            member.evidence.basis.security = None;
        }
        for policy in [&before, &after] {
            prop_assume!(policy.limit.grades.iter().all(|line| line.cap.minor() < 1_000_000_000_000));
        }
        let run = |members: &[FullMember]| {
            let book = FullPortfolio::of(members, Currency::CNY, &[], today()).unwrap();
            let (old, new) = (book.pass(&before, None).unwrap(), book.pass(&after, None).unwrap());
            let totals = (book.totals(&before, None, &old).unwrap(), book.totals(&after, None, &new).unwrap());
            let compared = compare_fully(&book, (&old, &before), (&new, &after), 10).unwrap();
            (totals, compared)
        };
        let (totals, compared) = run(&members);
        let (old, new) = &totals;
        let rows: Vec<u32> = compared.migration.iter().map(|row| row.iter().sum()).collect();
        prop_assert_eq!(&rows, &old.by_grade);
        for (column, count) in new.by_grade.iter().enumerate() {
            prop_assert_eq!(compared.migration.iter().map(|row| row[column]).sum::<u32>(), *count);
        }
        let change = new.limit.minor() - old.limit.minor();
        prop_assert_eq!(compared.limits_up.amount.minor() - compared.limits_down.amount.minor(), change);
        let gain = |moved: &shared::questions::what_if::Moved| moved.limit_after.minor() - moved.limit_before.minor();
        prop_assert!(compared.winners.iter().map(gain).is_sorted_by(|a, b| a >= b));
        prop_assert!(compared.winners.iter().all(|moved| gain(moved) > 0));
        prop_assert!(compared.losers.iter().map(gain).is_sorted_by(|a, b| a <= b));
        prop_assert_eq!(compared.winners.len(), 10.min(compared.limits_up.customers as usize));
        members.reverse();
        prop_assert_eq!(digest(&run(&members).0).unwrap(), digest(&totals).unwrap());
    }
}

#[test]
fn an_override_that_stands_is_seen_by_the_pass() {
    // So that the property above can be seen to reach it.
    let mut dice = Dice(7);
    let policy = policy(&mut dice);
    let members: Vec<FullMember> = (0..4_000).map(|number| member(&mut dice, &policy, number)).collect();
    let stands = |member: &&FullMember| {
        let made = assess_fully(&policy, &member.evidence, today());
        made.is_ok_and(
            |made| matches!(made.rating.overridden, Some(OverrideOutcome::Stands { notches, .. }) if notches != 0),
        )
    };
    assert!(members.iter().filter(stands).count() > 5);
}

#[test]
fn what_does_not_fit_together_is_a_typed_error() {
    let mut dice = Dice(1);
    let whole = policy(&mut dice);
    let members: Vec<FullMember> = (0..50).map(|number| member(&mut dice, &whole, number)).collect();
    let book = FullPortfolio::of(&members, Currency::CNY, &[], today()).unwrap();
    let mut without = whole.clone();
    without.limit_methods = None;
    let error = book.pass(&without, None).unwrap_err();
    assert_eq!(error.to_string(), "limit_methods: the policy has no such section");
    assert!(matches!(FullPortfolio::of(&members, Currency::USD, &[], today()), Err(WhatIfError::Currency { .. })));
    let rule = whole.provision.clone().unwrap();
    let banded = Banded::of(&book, &rule).unwrap();
    let mut other = whole.clone();
    other.provision.as_mut().unwrap().portfolios[0].retention = Some(Ratio::from_units(123_456));
    assert_eq!(book.pass(&other, Some(&banded)).unwrap_err(), WhatIfError::OtherBands);
    let mut fewer = rule;
    fewer.portfolios.truncate(1);
    assert!(matches!(Banded::of(&book, &fewer), Err(WhatIfError::UnknownPortfolio { .. })));
}
