//! Laws of the order check: the worst reason decides, a tighter rule never approves what a looser one holds, what isn't
//! kept isn't judged, old and new agree where no new rule applies, and a check never walks documents.

use proptest::prelude::*;
use shared::facts::calendar::{Date, plus_days};
use shared::facts::cover::Works;
use shared::facts::credit_file::ScreeningKind;
use shared::facts::customer::Stage;
use shared::facts::id::{CustomerId, DecisionId, FeedNumber, OrderId, PersonId};
use shared::facts::ledger::{Limit, Order, TemporaryLimit};
use shared::facts::money::{Currency, Money};
use shared::facts::number::Ratio;
use shared::facts::terms::Terms;
use shared::questions::remedy::{Step, followed, ways_out};
use shared::readings::exposure::Category;
use shared::readings::standing::{
    AcceptedDispute, AgreementOnFile, BreachOnFile, BrokenPromise, CategoryBucket, CoverStands, DunningReached,
    Further, GradeInForce, GroupStands, LicenceOnFile, LimitInForce, OpenBucket, OrderBucket, ReviewStands,
    ScreeningOnFile, Standing,
};
use shared::record::decision::{Decision, OrderDecision, decide_order_at, policy_digest};
use shared::rules::order_check::{
    Answer, Checkpoint, Circumstances, Confirmed, OrderPart, OrderPolicy, Rule, Verdict, order_check, order_check_at,
    order_check_fourth, order_check_second, order_check_third,
};
use shared::rules::policy::{DEFAULT, Policy, PolicyVersion};

fn policy() -> Policy {
    Policy::parse(DEFAULT).unwrap()
}

/// The default with every rule switched on.
fn strict() -> Policy {
    let mut policy = policy();
    policy.order_rules.as_mut().unwrap().trial.clear();
    policy
}

fn day() -> Date {
    "2026-06-30".parse().unwrap()
}

fn ago(days: u32) -> Date {
    day() - chrono::Days::new(u64::from(days))
}

fn yuan(minor: i64) -> Money {
    Money::from_minor(minor, Currency::CNY).unwrap()
}

fn around_today() -> impl Strategy<Value = Date> {
    (0_u32..200).prop_map(|days| plus_days(ago(100), days))
}

fn amount() -> impl Strategy<Value = Money> {
    (0_i64..50_000_000).prop_map(yuan)
}

fn limit() -> impl Strategy<Value = Limit> {
    prop_oneof![
        1 => Just(Limit::None),
        1 => Just(Limit::Unlimited),
        8 => amount().prop_map(|amount| Limit::Amount { amount }),
    ]
}

prop_compose! {
    fn standing()(
        grade in prop::option::of(prop::sample::select(vec!["AAA", "A", "C", "D"])),
        limit in prop::option::of((limit(), prop::option::of(around_today()))),
        terms in prop::option::of((0_u16..60).prop_map(|days| Terms::Net { days })),
        open in prop::collection::vec((around_today(), any::<bool>(), 1_u32..5, amount()), 0..8),
        orders in prop::collection::vec((around_today(), prop::option::of(around_today()), amount()), 0..4),
        unapplied in amount(),
    ) -> Standing {
        Standing {
            customer: CustomerId::derived(&["order_check"]),
            feed: FeedNumber(1),
            stage: Stage::Active,
            currency: Currency::CNY,
            grade: grade.map(|grade| GradeInForce { grade: grade.to_owned(), since: ago(90) }),
            limit: limit.map(|(limit, until)| LimitInForce { limit, since: ago(90), until }),
            terms,
            frozen: None,
            open: open
                .into_iter()
                .map(|(due, disputed, documents, amount)| OpenBucket { due, disputed, documents, amount })
                .collect(),
            orders: orders
                .into_iter()
                .map(|(date, planned, amount)| OrderBucket { date: date.min(day()), planned, until: None, amount })
                .collect(),
            unapplied: vec![unapplied],
            rates: Vec::new(),
            further: Further::default(),
        }
    }
}

prop_compose! {
    fn file()(
        agreements in prop::option::of(prop::collection::vec((prop::option::of(around_today()), prop::option::of(around_today()), any::<bool>(), prop::option::of((around_today(), prop::option::of(around_today())))), 0..3)),
        licences in prop::option::of(prop::collection::vec(prop::option::of(around_today()), 0..2)),
        screenings in prop::option::of(prop::collection::vec((around_today(), any::<bool>()), 0..3)),
        complete in prop::option::of((0_i64..=1_000_000).prop_map(Ratio::from_units)),
        review in prop::option::of(around_today()),
        broken in prop::option::of(prop::collection::vec(around_today(), 0..4)),
        dunning in prop::option::of(prop::option::of(prop::sample::select(vec!["reminder_1", "call", "formal", "lawyer"]))),
    ) -> Further {
        let kinds = [ScreeningKind::Sanctions, ScreeningKind::DishonestDebtor, ScreeningKind::Bankruptcy];
        Further {
            agreements: agreements.map(|all| all.into_iter().map(|(signed, until, withholding, breach)| AgreementOnFile {
                signed, from: ago(300), until, renews_months: None, notice: None, ended: None, withholding,
                breaches: breach.into_iter().map(|(date, cured)| BreachOnFile { date, cured }).collect(),
            }).collect()),
            licences: licences.map(|all| all.into_iter().map(|until| LicenceOnFile {
                kind: "business_licence".to_owned(), from: None, until, revoked: None,
            }).collect()),
            screenings: screenings.map(|all| all.into_iter().zip(kinds).map(|((date, hit), kind)| ScreeningOnFile {
                kind, date, hit,
            }).collect()),
            complete,
            review: review.map(|due| ReviewStands { last: None, due }),
            broken: broken.map(|all| all.into_iter().map(|since| BrokenPromise { since, missing: yuan(1) }).collect()),
            dunning: dunning.map(|step| DunningReached { step: step.map(str::to_owned), since: None }),
            ..Further::default()
        }
    }
}

prop_compose! {
    fn further()(
        file in file(),
        categories in prop::option::of(prop::collection::vec((1_usize..9, amount()), 0..4)),
        temporary in prop::option::of(prop::collection::vec((limit(), around_today(), 0_u32..60), 0..3)),
        group in prop::option::of((limit(), amount(), prop::option::of(around_today()))),
        portfolio in prop::option::of(amount()),
        cover in prop::option::of(prop::collection::vec((any::<bool>(), amount(), prop::option::of(around_today())), 0..3)),
        accepted in prop::option::of(prop::collection::vec((around_today(), around_today(), amount()), 0..3)),
    ) -> Further {
        Further {
            categories: categories.map(|all| all.into_iter().filter(|(at, _)| *at != 6).map(|(at, amount)| CategoryBucket {
                category: Category::ALL[at], due: None, amount,
            }).collect()),
            temporary: temporary.map(|all| all.into_iter().map(|(limit, from, days)| TemporaryLimit {
                limit, from, until: plus_days(from, days), reason: "旺季".to_owned(), approved_by: PersonId::derived(&["a"]),
            }).collect()),
            group: group.map(|(limit, exposure, until)| GroupStands { others: 2, exposure, limit, until }),
            portfolio,
            cover: cover.map(|all| all.into_iter().map(|(uplift, amount, until)| CoverStands {
                works: if uplift { Works::Uplift } else { Works::Deduction }, amount, until,
            }).collect()),
            accepted: accepted.map(|all| all.into_iter().map(|(due, accepted, amount)| AcceptedDispute {
                due, accepted, documents: 1, amount,
            }).collect()),
            ..file
        }
    }
}

prop_compose! {
    fn order()(minor in 1_i64..30_000_000, days in 0_u16..90, prepaid in 0_i64..=100, cash in prop::bool::weighted(0.2)) -> Order {
        let terms = if cash { Terms::OnDelivery } else { Terms::Net { days } };
        Order {
            id: OrderId::derived(&["order_check"]),
            customer: CustomerId::derived(&["order_check"]),
            amount: yuan(minor),
            terms,
            prepayment: (prepaid > 50).then(|| yuan(minor * (prepaid - 50) / 100)),
            description: None,
        }
    }
}

prop_compose! {
    fn circumstances()(
        at in prop::option::of(prop::sample::select(vec![
            Checkpoint::Booking, Checkpoint::Advances, Checkpoint::Documents, Checkpoint::Delivery, Checkpoint::Invoicing,
            Checkpoint::Entry, Checkpoint::Change, Checkpoint::Release,
        ])),
        confirmed in prop::option::of((around_today(), amount())),
        duty in prop::option::of(0_i64..1_000_000),
        unpaid in prop::option::of(amount()),
    ) -> Circumstances {
        Circumstances {
            at,
            confirmed: confirmed.map(|(on, counted)| Confirmed { on: on.min(day()), planned: None, counted }),
            parts: duty.map(|minor| OrderPart { category: Category::AdvancedDuty, amount: yuan(minor) }).into_iter().collect(),
            unpaid,
            ..Circumstances::default()
        }
    }
}

fn judge(policy: &Policy, standing: &Standing, order: &Order, around: &Circumstances) -> Answer {
    order_check_at(policy, standing, order, around, day()).unwrap()
}

/// A change to the policy that is never looser than the policy it is made to.
fn tighten(policy: &mut Policy, what: usize, by: u16) {
    let less = |value: u16| value.saturating_sub(by);
    let worse = |verdict: Verdict| if verdict < Verdict::Hold { Verdict::Hold } else { Verdict::Refuse };
    let rules = policy.order_rules.as_mut().unwrap();
    match what {
        0 => rules.trial.clear(),
        1 => rules.dispute_days = less(rules.dispute_days),
        2 => rules.limit_expired_confirmed = worse(rules.limit_expired_confirmed),
        3 => rules.sub_limit = worse(rules.sub_limit),
        4 => rules.concentration.as_mut().unwrap().most = Ratio::from_units(200_000 / (1 + i64::from(by))),
        5 => rules.dunning[0].verdict = worse(rules.dunning[0].verdict),
        6 => rules.agreement.as_mut().unwrap().ended.grace_days = less(30),
        7 => rules.licences[0].ended.grace_days = less(30),
        8 => rules.screenings.as_mut().unwrap().stale.grace_days = less(30),
        9 => rules.screenings.as_mut().unwrap().missing = Verdict::Refuse,
        10 => rules.file.as_mut().unwrap().least = Ratio::from_units(600_000 + i64::from(by) * 1_000),
        11 => rules.review.as_mut().unwrap().grace_days = less(30),
        12 => rules.promise.as_mut().unwrap().several = 1,
        13 => rules.promise.as_mut().unwrap().window_days = 180 + by,
        14 => rules.cover.as_mut().unwrap().lapsed.beyond = Verdict::Refuse,
        15 => rules.cover.as_mut().unwrap().ahead_days = 30 + by,
        16 => policy.order_check.tolerance = Ratio::from_units(50_000 / (1 + i64::from(by))),
        17 => policy.order_check.overdue.hold_days = less(60).max(7),
        18 => policy.order_check.overdue.hold_amount = Some(yuan(100_000_000 / (1 + i64::from(by)))),
        19 => {
            let verdicts = policy.order_check.verdicts.as_mut().unwrap();
            verdicts.suspended = worse(verdicts.suspended);
            verdicts.no_grade = worse(verdicts.no_grade);
            verdicts.size = worse(verdicts.size);
            verdicts.beyond_limit = worse(verdicts.beyond_limit);
            verdicts.within_tolerance = worse(verdicts.within_tolerance);
        }
        20 => rules.agreement.as_mut().unwrap().breached = Some(Verdict::Refuse),
        _ => policy.order_check.no_limit = Verdict::Refuse,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn the_worst_reason_decides_and_it_replays(
        standing in standing(), further in further(), order in order(), around in circumstances(),
    ) {
        let policy = policy();
        let policy = PolicyVersion { version: 1, digest: policy_digest(&policy).unwrap(), policy };
        let standing = Standing { further, ..standing };
        let id = DecisionId::derived(&["order_check"]);
        let decision = decide_order_at(id, &policy, standing.clone(), order.clone(), around.clone(), day()).unwrap();
        let whole = Decision::from(decision.clone());
        prop_assert!(whole.replays(&policy).unwrap());
        // A device that holds a part of the policy comes to the same.
        let held = PolicyVersion { version: 1, digest: policy.digest.clone(), policy: OrderPolicy::from(&policy.policy) };
        let there = decide_order_at(id, &held, standing.clone(), order.clone(), around.clone(), day()).unwrap();
        prop_assert_eq!(&there, &decision);
        let json = serde_json::to_string(&decision).unwrap();
        prop_assert!(!json.contains("null"), "an absent value was written: {}", json);
        prop_assert_eq!(&serde_json::from_str::<OrderDecision>(&json).unwrap(), &decision);
        prop_assert_eq!(&serde_json::from_str::<Decision>(&json).unwrap(), &whole);
        prop_assert_eq!(serde_json::to_string(&whole).unwrap(), json);
        let answer = judge(&policy.policy, &standing, &order, &around);
        prop_assert_eq!(answer.verdict, answer.reasons.iter().map(|reason| reason.verdict).max().unwrap_or(Verdict::Approve));
        prop_assert!(answer.reasons.is_sorted_by(|a, b| a.verdict >= b.verdict));
        // Nothing is eased below a warning, and only what was worse.
        for (reason, eased) in answer.reasons.iter().filter_map(|reason| Some((reason, reason.eased?))) {
            prop_assert!(reason.verdict == Verdict::Warn && eased.from > Verdict::Warn);
        }
        if answer.verdict < Verdict::Hold {
            prop_assert!(answer.release.is_none());
            prop_assert!(answer.checkpoint.is_none_or(|checkpoint| checkpoint.forbids.is_empty()));
        }
    }

    #[test]
    fn a_tighter_rule_never_approves_what_a_looser_one_holds(
        standing in standing(), further in further(), order in order(), around in circumstances(),
        what in 0_usize..22, by in 0_u16..60, trial in any::<bool>(),
    ) {
        let loose = if trial { policy() } else { strict() };
        let mut tight = loose.clone();
        tighten(&mut tight, what, by);
        tight.check().unwrap();
        let standing = Standing { further, ..standing };
        let verdict = |policy: &Policy| judge(policy, &standing, &order, &around).verdict;
        prop_assert!(verdict(&tight) >= verdict(&loose), "{what} {by}");
    }

    #[test]
    fn old_and_new_agree_where_no_new_rule_applies(standing in standing(), order in order()) {
        let policy = policy();
        let mut standing = standing;
        for bucket in &mut standing.orders {
            bucket.planned = None;
        }
        let old = order_check_second(&policy.order_check, &policy.exposure, &standing, &order, day()).unwrap();
        let new = order_check_third(&policy, &standing, &order, &Circumstances::default(), day()).unwrap();
        prop_assert_eq!(&Answer { release: None, ..new }, &old);
        let without = Policy { order_rules: None, ..policy.clone() };
        let none = order_check_third(&without, &standing, &order, &Circumstances::default(), day()).unwrap();
        prop_assert_eq!(none, old);
        // With and without such rules a limit is exceeded from the same minor unit on.
        let (new, none) = (order_check(&policy, &standing, &order, day()), order_check(&without, &standing, &order, day()));
        prop_assert_eq!(Answer { release: None, ..new.unwrap() }, none.unwrap());
        // What isn't kept isn't stored either.
        let json = serde_json::to_string(&standing).unwrap();
        prop_assert!(!json.contains("further") && !json.contains("planned"), "{}", json);
        prop_assert_eq!(serde_json::from_str::<Standing>(&json).unwrap(), standing);
    }

    #[test]
    fn the_fifth_version_differs_from_the_fourth_by_breaches_alone_where_all_is_in_one_currency(
        standing in standing(), further in further(), order in order(), around in circumstances(),
    ) {
        let around = Circumstances { earning: None, ..around };
        let mut standing = Standing { further, ..standing };
        let policy = strict();
        let both = |standing: &Standing| {
            let fourth = order_check_fourth(&policy, standing, &order, &around, day()).unwrap();
            (fourth, judge(&policy, standing, &order, &around))
        };
        let (fourth, fifth) = both(&standing);
        // A breach makes nothing better.
        prop_assert!(fifth.verdict >= fourth.verdict);
        for agreement in standing.further.agreements.iter_mut().flatten() {
            agreement.breaches.clear();
        }
        let (without, fifth) = both(&standing);
        prop_assert_eq!(&fourth, &without);
        prop_assert_eq!(fourth, fifth);
    }

    #[test]
    fn a_part_that_is_taken_away_is_said_nowhere(standing in standing(), file in file(), order in order()) {
        let kept = Standing { further: file, ..standing.clone() };
        let new = [Rule::Dunning, Rule::Agreement, Rule::Licence, Rule::Screening, Rule::File, Rule::Review, Rule::Promise];
        let policy = strict();
        let mut with = order_check(&policy, &kept, &order, day()).unwrap();
        with.reasons.retain(|reason| !new.contains(&reason.rule));
        prop_assert_eq!(with.reasons, order_check(&policy, &standing, &order, day()).unwrap().reasons);
    }

    #[test]
    fn a_larger_prepayment_never_worsens_a_verdict(
        standing in standing(), further in further(), order in order(), around in circumstances(), more in 0_i64..=100,
    ) {
        let standing = Standing { further, ..standing };
        let paid = order.prepayment.map_or(0, Money::minor);
        let mut larger = order.clone();
        larger.prepayment = Some(yuan(paid + (order.amount.minor() - paid) * more / 100));
        let verdict = |order: &Order| judge(&strict(), &standing, order, &around).verdict;
        prop_assert!(verdict(&larger) <= verdict(&order));
    }

    #[test]
    fn a_way_out_keeps_its_promise_and_one_cent_less_cover_does_not(
        standing in standing(), further in further(), order in order(), around in circumstances(),
    ) {
        let policy = strict();
        let standing = Standing { further, ..standing };
        let now = judge(&policy, &standing, &order, &around).verdict;
        let ways = ways_out(&policy, &standing, &order, &around, day()).unwrap();
        for remedy in &ways.remedies {
            prop_assert!(remedy.verdict < now);
            let (changed, other) = followed(&policy, remedy, order.clone(), standing.clone(), day());
            prop_assert_eq!(judge(&policy, &other, &changed, &around).verdict, remedy.verdict);
            if let [Step::Cover { amount }] = remedy.steps[..] {
                let mut less = remedy.clone();
                less.steps = vec![Step::Cover { amount: yuan(amount.minor() - 1) }];
                let (changed, other) = followed(&policy, &less, order.clone(), standing.clone(), day());
                prop_assert!(judge(&policy, &other, &changed, &around).verdict > remedy.verdict);
            }
        }
        if !ways.beyond.is_empty() {
            prop_assert!(now > Verdict::Approve);
        }
    }
}

/// A bucket holds any number of documents: the check of a customer with ten thousand of them does what that of one with ten
/// does, down to the same answer but for the counts.
#[test]
fn a_check_never_walks_documents() {
    let bucket = |documents| OpenBucket { due: ago(70), disputed: false, documents, amount: yuan(5_000_000) };
    let base = |documents| Standing {
        customer: CustomerId::derived(&["flat"]),
        feed: FeedNumber(1),
        stage: Stage::Active,
        currency: Currency::CNY,
        grade: None,
        limit: None,
        terms: None,
        frozen: None,
        open: vec![bucket(documents)],
        orders: Vec::new(),
        unapplied: Vec::new(),
        rates: Vec::new(),
        further: Further::default(),
    };
    let order = Order {
        id: OrderId::derived(&["flat"]),
        customer: CustomerId::derived(&["flat"]),
        amount: yuan(100),
        terms: Terms::Net { days: 30 },
        prepayment: None,
        description: None,
    };
    let verdict = |documents| order_check(&policy(), &base(documents), &order, day()).unwrap().verdict;
    assert_eq!(verdict(10), verdict(10_000));
}
