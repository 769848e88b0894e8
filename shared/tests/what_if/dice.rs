//! Random members and random policies: unknown values, denominators that are zero or negative, marks, words nobody knows,
//! amounts up to the edge of money.

// One throw of the dice decides whether the next is made.
#![allow(clippy::filter_map_bool_then)]

use super::{cny, today};
use shared::facts::calendar::{minus_days, plus_days};
use shared::facts::credit_file::ScreeningKind;
use shared::facts::customer::Stage;
use shared::facts::financials::{Audit, StatementSource};
use shared::facts::id::{CustomerId, PersonId};
use shared::facts::money::{MINOR_MAX, Money};
use shared::facts::number::{Points, Ratio};
use shared::questions::full_assessment::FullEvidence;
use shared::questions::what_if::FullMember;
use shared::readings::altman::{AltmanModel, Zone};
use shared::readings::behaviour::Behaviour;
use shared::readings::exposure::Exposure;
use shared::readings::papers::ScreeningState;
use shared::readings::ratios::{FORMULAS, FinancialRatio, Mark};
use shared::readings::standing::Position;
use shared::rules::limit::Need;
use shared::rules::limit_methods::LimitBasis;
use shared::rules::order_check::Verdict;
use shared::rules::policy::{DEFAULT, Policy};
use shared::rules::provision::{Average, Bands, GradeRisk, Method, Receivable, Settled, Snapshot, Specific, Standard};
use shared::rules::rating::GradeOverride;
use shared::rules::scorecard::{Characteristic, Profile};
use shared::rules::scoring::{Dossier, KnockOutWhen, Measure, Measured, Scale, ScoringKnockOut, StatementBasis};
use uuid::Uuid;

/// Numbers that look random (splitmix64).
pub(super) struct Dice(pub u64);

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

pub(super) fn receivable(dice: &mut Dice, policy: &Policy) -> Receivable {
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

pub(super) fn member(dice: &mut Dice, policy: &Policy, number: usize) -> FullMember {
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
pub(super) fn policy(dice: &mut Dice) -> Policy {
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
