//! A goal that was sought passes, and a cent less doesn't.

use super::{asked, book, deal, first_day, granted, policy, rate, yuan};
use proptest::prelude::*;
use shared::facts::calendar::plus_days;
use shared::facts::id::PersonId;
use shared::facts::ledger::{Limit, Order, TemporaryLimit};
use shared::facts::money::Money;
use shared::facts::number::Ratio;
use shared::facts::terms::Terms;
use shared::questions::goal::{Least, Settled, WayKind, counting, seek, shortened, with_cover};
use shared::readings::exposure::Category;
use shared::readings::standing::{CategoryBucket, GroupStands, Standing};
use shared::rules::cover::Works;
use shared::rules::order_check::{Verdict, order_check};
use shared::rules::policy::Policy;

/// A standing after some documents were settled, less one cent of the last of them when `short`.
fn settled(standing: &Standing, parts: &[Settled], short: bool) -> Standing {
    let mut standing = standing.clone();
    for (place, part) in parts.iter().enumerate() {
        let one = i64::from(short && place + 1 == parts.len());
        let bucket = standing.open.iter_mut().find(|bucket| {
            (bucket.due, bucket.disputed, bucket.amount.currency()) == (part.due, part.disputed, part.amount.currency())
        });
        let bucket = bucket.unwrap();
        let left = bucket.amount.minor() - part.amount.minor() + one;
        bucket.amount = Money::from_minor(left, part.amount.currency()).unwrap();
    }
    standing.open.retain(|bucket| !bucket.amount.is_zero());
    standing
}

fn some_terms() -> impl Strategy<Value = Terms> {
    prop_oneof![
        (0_u16..150).prop_map(|days| Terms::Net { days }),
        (0_u16..90).prop_map(|days| Terms::MonthEnd { days }),
        Just(Terms::OnDelivery),
        (0_u16..90).prop_map(|days| Terms::Agreed(Terms::MonthEnd { days }.written_out())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn a_goal_passes_and_one_less_does_not(
        deals in prop::collection::vec(deal(), 0..25),
        limit in 0_i64..400_000_000,
        tolerance in 0_i64..300_000,
        minor in 1_i64..90_000_000,
        terms in (some_terms(), some_terms()),
        dollars in prop::bool::weighted(0.2),
        warn in any::<bool>(),
        later in 0_u32..500,
        kept in (prop::option::of(0_i64..400_000_000), prop::option::of(0_i64..400_000_000), prop::option::of(0_i64..400_000_000)),
    ) {
        let mut policy = policy();
        policy.order_check.tolerance = Ratio::from_units(tolerance);
        policy.exposure.unapplied = minor % 3 != 0;
        let (standing, as_of) = (granted(&book(&deals), limit, terms.0), plus_days(first_day(), later));
        let mut standing = standing;
        if standing.rates.is_empty() {
            standing.rates = vec![rate(first_day(), "7.253")];
        }
        let (uninvoiced, temporary, others) = kept;
        let further = &mut standing.further;
        further.categories = uninvoiced.map(|minor| {
            vec![CategoryBucket { category: Category::Uninvoiced, due: None, amount: yuan(minor) }]
        });
        further.temporary = temporary.map(|minor| {
            let limit = Limit::Amount { amount: yuan(minor) };
            vec![TemporaryLimit { limit, from: first_day(), until: plus_days(first_day(), 300), reason: "test".into(), approved_by: PersonId::derived(&["test"]) }]
        });
        further.group = others.map(|minor| {
            let limit = Limit::Amount { amount: yuan(500_000_000) };
            GroupStands { others: 1, exposure: yuan(minor), limit, until: None }
        });
        let order = asked(minor, terms.1, dollars);
        let wanted = if warn { Verdict::Warn } else { Verdict::Approve };
        let check = |policy: &Policy, standing: &Standing, order: &Order| {
            order_check(policy, standing, order, as_of).unwrap().verdict
        };
        let goals = seek(&policy, &standing, &order, wanted, as_of).unwrap();
        prop_assert_eq!(goals.now, check(&policy, &standing, &order));
        prop_assert_eq!(goals.ways.is_empty(), goals.now <= wanted);
        for way in &goals.ways {
            let Some(least) = &way.least else {
                prop_assert!(!way.in_the_way.is_empty());
                // More than was tried doesn't help either.
                for (kind, works) in [(WayKind::Uplift, Works::Uplift), (WayKind::Deduction, Works::Deduction)] {
                    if way.kind == kind {
                        let more = with_cover(&policy, &standing, works, yuan(1_000_000_000_000)).unwrap();
                        prop_assert!(check(&counting(&policy, works), &more, &order) > wanted);
                    }
                }
                if way.kind == WayKind::Prepay {
                    let all = Order { prepayment: Some(order.amount), ..order.clone() };
                    prop_assert!(check(&policy, &standing, &all) > wanted);
                }
                continue;
            };
            prop_assert!(way.verdict <= wanted);
            let one_less = |amount: &Money| Money::from_minor(amount.minor() - 1, amount.currency()).unwrap();
            match least {
                Least::Prepay { amount } => {
                    let with = |amount: Money| Order { prepayment: Some(amount), ..order.clone() };
                    prop_assert_eq!(check(&policy, &standing, &with(*amount)), way.verdict);
                    prop_assert!(check(&policy, &standing, &with(one_less(amount))) > wanted);
                }
                Least::Cover { counted, worth } => {
                    let works = if way.kind == WayKind::Uplift { Works::Uplift } else { Works::Deduction };
                    let with = |counted: Money| {
                        let standing = with_cover(&policy, &standing, works, counted).unwrap();
                        check(&counting(&policy, works), &standing, &order)
                    };
                    prop_assert_eq!(with(*counted), way.verdict);
                    prop_assert!(with(one_less(counted)) > wanted);
                    for one in worth {
                        let rule = policy.cover.as_ref().unwrap();
                        let share = rule.kinds.iter().find(|line| line.kind == one.kind).unwrap().share;
                        prop_assert!(share.times(one.worth.minor()).unwrap() >= counted.minor());
                        prop_assert!(share.times(one.worth.minor() - 1).unwrap() < counted.minor());
                    }
                }
                Least::Term { terms, shorter_days } => {
                    let with = |terms: Terms| check(&policy, &standing, &Order { terms, ..order.clone() });
                    prop_assert_eq!(with(*terms), way.verdict);
                    prop_assert_eq!(*shorter_days, order.terms.days_at_most() - terms.days_at_most());
                    let by = (0..=order.terms.days_at_most()).find(|by| shortened(order.terms, *by) == *terms);
                    if let Some(by) = by {
                        prop_assert!(with(shortened(order.terms, by - 1)) > wanted);
                    } else if let Terms::Net { days } = terms {
                        let longer = Terms::Net { days: days + 1 };
                        prop_assert!(with(longer) > wanted);
                    }
                }
                Least::Settle { parts, .. } => {
                    prop_assert_eq!(check(&policy, &settled(&standing, parts, false), &order), way.verdict);
                    prop_assert!(check(&policy, &settled(&standing, parts, true), &order) > wanted);
                }
            }
        }
    }
}
