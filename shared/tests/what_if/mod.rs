//! The pass over a portfolio and the single judgement are one: random members under random policies come out alike, customer
//! by customer, and the totals are what the single rules give for all together.

mod dice;

use dice::{Dice, member, policy};
use proptest::prelude::*;
use shared::facts::calendar::Date;
use shared::facts::id::{CustomerId, DecisionId};
use shared::facts::ledger::Limit;
use shared::facts::money::{Currency, Money};
use shared::facts::number::{Points, Ratio};
use shared::questions::full_assessment::assess_fully;
use shared::questions::what_if::{Banded, FullMember, FullOutcome, FullPortfolio, WhatIfError, compare_fully};
use shared::readings::standing::Position;
use shared::record::decision::{Decision, Matter, decide_full_assessment, policy_digest};
use shared::record::digest::digest;
use shared::rules::order_check::{Verdict, tolerated};
use shared::rules::policy::{Policy, PolicyVersion};
use shared::rules::provision::{Receivable, provision};
use shared::rules::rating::OverrideOutcome;
use std::collections::BTreeMap;
use uuid::Uuid;

const AS_OF: &str = "2026-03-31";

fn today() -> Date {
    AS_OF.parse().unwrap()
}

fn cny(minor: i64) -> Money {
    Money::from_minor(minor, Currency::CNY).unwrap()
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
