//! A back-test says what the order check would have said, ties out, and moves with every section of the policy.

use super::{N_CUSTOMERS, all_credit, book, deal, earnest, files, looser, member, period, policy, rates, yuan};
use crate::common::customer;
use proptest::prelude::*;
use serde_json::{Value, json};
use shared::facts::calendar::{Date, month_start, plus_days};
use shared::facts::customer::Customer;
use shared::facts::ledger::{Fact, Limit, Recorded};
use shared::facts::money::Currency;
use shared::facts::terms::Terms;
use shared::questions::assess::{assess, evidence};
use shared::questions::back_test::{BackTest, BackTestReport, Judged, Ledger, OnFile, Subject};
use shared::questions::full_assessment;
use shared::readings::exchange::rates_on;
use shared::readings::journal::Journal;
use shared::readings::standing::{Further, GradeInForce, LimitInForce, Standing};
use shared::rules::order_check::order_check;
use shared::rules::policy::Policy;
use shared::rules::segments::merge;
use shared::rules::standing::{complete, cover, exposure, judges_files};

fn run(
    facts: &[Recorded],
    chunk: usize,
    champion: Policy,
    challenger: Option<Policy>,
) -> (BackTestReport, Vec<Judged>) {
    let ledger = Ledger::of((0..N_CUSTOMERS).map(member).collect(), facts).unwrap();
    let ledger = ledger.with_files(files()).with_portfolio(all_credit());
    let rule = policy().back_test.unwrap();
    let mut test = BackTest::new(rule, period(), champion, challenger, ledger, rates()).unwrap();
    let mut seen = Vec::new();
    loop {
        let progress = test.step_with(chunk, |judged| seen.push(judged.clone())).unwrap();
        if progress.done == progress.of {
            break;
        }
    }
    (test.report().unwrap(), seen)
}

/// What the full assessment would have granted on a day, else the plain one.
fn grant_on(policy: &Policy, who: &Customer, before: &[Recorded], assessed: Date) -> Option<(String, Limit, Terms)> {
    let journal = Journal::of(before, None).unwrap();
    let rates = rates_on(&rates(), Currency::CNY, assessed);
    if policy.scoring.is_none() {
        let assessment = assess(policy, &evidence(policy, who, &journal, &rates, assessed).ok()?).unwrap();
        return Some((assessment.grade.grade, assessment.proposal.limit, assessment.proposal.terms));
    }
    let (mut files, nothing) = (files(), OnFile::default());
    let on_file = files.remove(&who.id);
    let begun = on_file.is_some() || judges_files(policy);
    let OnFile { file, covers, given } = on_file.as_ref().unwrap_or(&nothing);
    let read = full_assessment::Sources {
        customer: who,
        journal: &journal,
        file,
        covers,
        market_value: None,
        portfolio: Some(all_credit()),
        given: given.as_ref(),
        rates: &rates,
    };
    let mut evidence = full_assessment::evidence(policy, &read, assessed).ok()?;
    evidence.terms_at_most = evidence.terms_at_most.filter(|_| begun);
    let made = full_assessment::assess_fully(policy, &evidence, assessed).unwrap();
    let limit = made.proposal.security.map_or(made.proposal.limit, |security| security.limit_until_then);
    Some((made.rating.grade, limit, made.terms))
}

/// The verdict by the order check itself, on the standing of the facts that were known.
fn by_the_check(
    policy: &Policy,
    facts: &[Recorded],
    judged: &Judged,
    earlier: &[Subject],
) -> shared::rules::order_check::Answer {
    let who = customer_of(facts, judged);
    let policy = &policy.effective(who.segment.as_deref(), None).unwrap();
    let date = judged.date;
    let known: Vec<Recorded> = facts
        .iter()
        .filter(|fact| fact.customer == who.id)
        .filter(|fact| {
            let named = match &fact.fact {
                Fact::Charged(item) => {
                    earlier.iter().any(|one| matches!(one, Subject::Document { item: Some(id), .. } if *id == item.id))
                }
                Fact::Ordered(order) => earlier.contains(&Subject::Order { order: order.id }),
                _ => false,
            };
            fact.date < date || (fact.date == date && named)
        })
        .cloned()
        .collect();
    let assessed = month_start(date).max(period().from);
    let before: Vec<Recorded> =
        facts.iter().filter(|fact| fact.customer == who.id && fact.date < assessed).cloned().collect();
    let today = rates_on(&rates(), Currency::CNY, date);
    let mut standing = Standing::of(&who, &known, &today, None).unwrap();
    (standing.grade, standing.limit, standing.terms) = (None, None, None);
    if let Some((grade, limit, terms)) = grant_on(policy, &who, &before, assessed) {
        let until = Some(plus_days(assessed, policy.limit.valid_days.into()));
        standing.grade = Some(GradeInForce { grade, since: assessed });
        standing.limit = Some(LimitInForce { limit, since: assessed, until });
        standing.terms = Some(terms);
    }
    let on_file = files().remove(&who.id);
    if on_file.is_some() || judges_files(policy) {
        let mut file = on_file.clone().unwrap_or_default().file;
        let rule = policy.credit_file.as_ref().unwrap();
        let complete = complete(rule, &who, &file, assessed);
        file.screenings.retain(|check| check.date <= date);
        standing.further = Further { complete: Some(complete), ..Further::default().with_file(&file) };
    }
    standing.further.portfolio = Some(all_credit());
    if let Some(on_file) = on_file.filter(|on_file| !on_file.covers.is_empty()) {
        let exposed = exposure(&standing, &policy.exposure, date).unwrap();
        let exposed = if exposed.currency() == Currency::CNY { exposed } else { yuan(0) };
        let rule = policy.cover.as_ref().unwrap();
        standing.further.cover = Some(cover(rule, &on_file.covers, exposed, &rates(), date).unwrap());
    }
    if standing.rates.is_empty() {
        standing.rates = today;
    }
    order_check(policy, &standing, &judged.order, date).unwrap()
}

fn customer_of(facts: &[Recorded], judged: &Judged) -> Customer {
    let journal = Journal::of(facts, None).unwrap();
    let id = journal.customers[judged.customer as usize];
    (0..N_CUSTOMERS).map(member).find(|customer| customer.id == id).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn a_back_test_says_what_the_check_would_have_said(
        deals in prop::collection::vec(deal(), 1..50), chunk in 1_usize..5, plain in prop::bool::weighted(0.2),
    ) {
        let facts = book(&deals);
        let policies = if plain {
            let plain = |policy: Policy| Policy { scoring: None, limit_methods: None, ..policy };
            [plain(policy()), plain(looser())]
        } else {
            [earnest(), looser()]
        };
        let (_, seen) = run(&facts, chunk, policies[0].clone(), Some(policies[1].clone()));
        let mut earlier: Vec<Subject> = Vec::new();
        for (place, judged) in seen.iter().enumerate() {
            let before = place.checked_sub(1).map(|before| &seen[before]);
            if before.is_none_or(|before| (before.customer, before.date) != (judged.customer, judged.date)) {
                earlier.clear();
            }
            for (policy, (verdict, rule)) in policies.iter().zip(&judged.verdicts) {
                let answer = by_the_check(policy, &facts, judged, &earlier);
                prop_assert_eq!((*verdict, *rule), (answer.verdict, answer.reasons.first().map(|reason| reason.rule)), "{:?} {:?}", judged, answer);
            }
            earlier.push(judged.subject);
        }
    }

    #[test]
    fn a_back_test_ties_out(deals in prop::collection::vec(deal(), 1..60), chunk in 1_usize..5) {
        let facts = book(&deals);
        let (report, seen) = run(&facts, chunk, policy(), Some(looser()));
        // However it is cut into steps.
        prop_assert_eq!(&run(&facts, 100, policy(), Some(looser())).0, &report);
        let effect = &report.champion;
        let all = |sums: &[shared::questions::back_test::Sum]| {
            sums.iter().fold((0_u64, 0_i64), |(count, minor), sum| (count + sum.count, minor + sum.amount.minor()))
        };
        let total = &effect.total;
        let verdicts = all(&[total.approved, total.warned, total.held, total.refused]);
        let fates = |fates: &shared::questions::back_test::Fates| [fates.good, fates.late, fates.lost, fates.open, fates.uncharged];
        prop_assert_eq!(verdicts, all(&[fates(&total.turned_away), fates(&total.let_through)].concat()));
        prop_assert_eq!(all(&[total.held, total.refused]), all(&fates(&total.turned_away)));
        prop_assert_eq!(verdicts.0, seen.len() as u64);
        let by_rule: Vec<_> = effect.turned_away_by.values().copied().collect();
        prop_assert_eq!(all(&by_rule), all(&[total.held, total.refused]));
        let months: Vec<_> = effect.months.iter().flat_map(|month| [month.approved, month.warned, month.held, month.refused]).collect();
        prop_assert_eq!(all(&months), verdicts);
        // Every subject of the period, and nothing else.
        let within = |date: Date| date >= period().from && date <= period().to;
        let subjects = facts.iter().filter(|fact| within(fact.date)).filter(|fact| match &fact.fact {
            Fact::Ordered(_) => true,
            Fact::Charged(item) => item.order.is_none() && !item.opening && item.amount.minor() > 0,
            _ => false,
        });
        prop_assert_eq!(subjects.count(), seen.len());
        // The ledger's rows alone judge every document on credit.
        let journal = Journal::of(&facts, None).unwrap();
        let ledger = Ledger::of_journal((0..N_CUSTOMERS).map(customer).collect(), journal).unwrap();
        let mut test = BackTest::new(policy().back_test.unwrap(), period(), policy(), None, ledger, rates()).unwrap();
        test.step(usize::MAX).unwrap();
        let total = test.report().unwrap().champion.total;
        // Each instalment of a document by itself.
        let documents = facts.iter().filter(|fact| within(fact.date)).map(|fact| match &fact.fact {
            Fact::Charged(item) if item.opening => 0,
            Fact::Charged(item) if item.parts.is_empty() => usize::from(item.amount.minor() > 0),
            Fact::Charged(item) => item.parts.iter().filter(|part| part.amount.minor() > 0).count(),
            _ => 0,
        });
        prop_assert_eq!(documents.sum::<usize>() as u64, total.approved.count + total.warned.count + total.held.count + total.refused.count);
    }
}

/// The books above are such that every verdict and every fate occurs, or their laws would say little.
#[test]
fn the_books_are_varied() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let deals = prop::collection::vec(deal(), 90).new_tree(&mut runner).unwrap().current();
    let (report, _) = run(&book(&deals), 1, policy(), Some(looser()));
    let total = &report.challenger.unwrap().total;
    for sum in [total.approved, total.warned, total.held, total.refused] {
        assert!(sum.count > 0, "{total:?}");
    }
    assert!(
        report.differing > 0 && total.let_through.loss.minor() > 0 && report.champion.total.turned_away.good.count > 0
    );
}

/// Whatever a policy says that assessment and order check read of ledger and file moves what a back-test says.
#[test]
fn a_change_in_any_section_moves_the_back_test() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let deals = prop::collection::vec(deal(), 220).new_tree(&mut runner).unwrap().current();
    let facts = book(&deals);
    let base = earnest();
    let document = serde_json::to_value(&base).unwrap();
    let at = |path: &str| path.split('.').fold(document.clone(), |value, name| value[name].clone());
    let with = |path: &str, change: &dyn Fn(&mut Value)| {
        let mut value = at(path);
        change(&mut value);
        path.rsplit('.').fold(value, |value, name| json!({ name: value }))
    };
    let each = |path: &str, field: &str, to: Value| {
        with(path, &|lines| lines.as_array_mut().unwrap().iter_mut().for_each(|line| line[field] = to.clone()))
    };
    let patches = [
        ("behaviour", json!({ "behaviour": { "window_days": 20 } })),
        ("exposure", json!({ "exposure": { "unapplied": false } })),
        (
            "grade",
            with("grade.bands", &|bands| {
                for (band, from) in bands.as_array_mut().unwrap().iter_mut().zip(["10", "8", "6", "4", "2"]) {
                    band["from"] = json!(from);
                }
            }),
        ),
        ("grade", json!({ "grade": { "confidence_at_least": "1", "unsure_cap": "D" } })),
        ("limit", each("limit.grades", "need_factor", json!("0.05"))),
        ("limit", each("limit.grades", "terms", json!({ "kind": "net", "days": 1 }))),
        ("order_check", json!({ "order_check": { "tolerance": "0.9" } })),
        ("order_check", json!({ "order_check": { "overdue": { "hold_days": 20 } } })),
        (
            "scoring",
            with("scoring.customer.lines", &|lines| {
                for line in lines.as_array_mut().unwrap() {
                    line["missing"] = json!("1");
                }
            }),
        ),
        ("scoring", json!({ "scoring": { "unscreened_cap": "D" }, "order_check": { "refused_grades": ["D"] } })),
        ("scoring", json!({ "scoring": null })),
        ("scorecard", json!({ "scoring": null, "limit_methods": null })),
        ("limit_methods", json!({ "limit_methods": { "concentration_share": "0.000001" } })),
        ("limit_methods", each("limit_methods.grades", "security_share", json!("1"))),
        ("limit_methods", each("limit_methods.grades", "working_capital_share", json!("0.01"))),
        ("credit_file", json!({ "credit_file": { "without_agreement": { "kind": "net", "days": 90 } } })),
        ("credit_file", json!({ "credit_file": { "statement_max_age_days": 1 } })),
        ("credit_file", each("credit_file.screenings", "max_age_days", json!(1))),
        ("cover", each("cover.kinds", "share", json!("0"))),
        ("segments", json!({ "segments": null })),
        ("order_rules", json!({ "order_rules": { "trial": ["agreement", "licence", "screening", "file"] } })),
        ("order_rules", json!({ "order_rules": { "agreement": { "ended": { "grace_days": 0 } } } })),
        ("order_rules", json!({ "order_rules": { "concentration": { "most": "0.02", "beyond": "hold" } } })),
        ("order_rules", json!({ "order_rules": { "cover": { "lapsed": { "beyond": "refuse" } } } })),
        ("order_rules", json!({ "order_rules": { "file": { "below": "refuse" } } })),
    ];
    // What files say is tried where it isn't drowned out by what is missing of the others.
    let mut quiet = document.clone();
    merge(&mut quiet, &json!({ "order_rules": { "trial": ["screening", "file", "licence"] } }));
    let mut still = Vec::new();
    // And where the plain scorecard grants, because there is no card that asks for a file.
    let mut plain = document.clone();
    merge(&mut plain, &json!({ "scoring": null, "limit_methods": null }));
    for (section, patch) in &patches {
        let moves = [&document, &quiet, &plain].into_iter().any(|base| {
            let mut changed = base.clone();
            merge(&mut changed, patch);
            // A patch of a section that the plain one has not is no policy there.
            let Ok(changed) = Policy::parse(&changed.to_string()) else { return false };
            let (report, _) = run(&facts, 10, Policy::parse(&base.to_string()).unwrap(), Some(changed));
            Some(report.champion) != report.challenger
        });
        if !moves {
            still.push(format!("{section}: {patch}"));
        }
    }
    assert!(still.is_empty(), "{still:#?}");
}
