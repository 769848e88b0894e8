//! Laws that hold for what follows every sale: parts add up, the order of what is given never shows, and a state at a day
//! is what the facts up to that day say.

// A failed test is what a panic means here, and the figures are small.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

use proptest::prelude::*;
use shared::facts::calendar::{Calendar, Date, days_between, plus_days};
use shared::facts::id::{CustomerId, ItemId};
use shared::facts::money::{Currency, Money};
use shared::facts::number::Ratio;
use shared::facts::reference_rate::published;
use shared::rules::dunning::{Account, Covering, DunningItem, Notice, dunning};
use shared::rules::interest::{Overdue, Payment, Rounding, RuleInForce, late_interest};
use shared::rules::policy::{DEFAULT, Policy};
use shared::rules::promise::{Outcome, Promise, Rhythm};

fn policy() -> Policy {
    Policy::parse(DEFAULT).unwrap()
}

fn cny(minor: i64) -> Money {
    Money::from_minor(minor, Currency::CNY).unwrap()
}

fn first_day() -> Date {
    "2023-01-01".parse().unwrap()
}

fn day(span: u32) -> impl Strategy<Value = Date> {
    (0..span).prop_map(|days| plus_days(first_day(), days))
}

/// A debt with payments that may overpay it or come early.
fn overdue() -> impl Strategy<Value = Overdue> {
    let payments = prop::collection::vec((day(900), -20_000_i64..4_000_000), 0..6);
    (1_i64..9_000_000_000, day(400), payments).prop_map(|(principal, due, payments)| Overdue {
        principal: cny(principal),
        due,
        contracted: Some(first_day()),
        payments: payments.into_iter().map(|(date, minor)| Payment { date, amount: cny(minor) }).collect(),
        paused: Vec::new(),
        bankrupt: None,
        waivers: Vec::new(),
    })
}

fn rule(index: usize, rounding: Rounding) -> RuleInForce {
    let mut rule = policy().interest.unwrap().methods[index].rule.clone();
    rule.rounding = rounding;
    RuleInForce { from: Date::MIN, rule }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn interest_lines_add_up_and_cover_each_day_once(overdue in overdue(), method in 0_usize..4, to in day(1000)) {
        let rates = published().unwrap();
        let made = late_interest(&overdue, &[rule(method, Rounding::Once)], &rates, 40, to).unwrap();
        let sum = Money::sum(Currency::CNY, made.lines.iter().map(|line| line.amount)).unwrap();
        prop_assert_eq!(sum, made.accrued);
        for pair in made.lines.windows(2) {
            prop_assert!(pair[0].to < pair[1].from);
        }
        for line in &made.lines {
            prop_assert!(line.from > overdue.due && line.to <= to && line.balance.minor() > 0);
            prop_assert_eq!(line.days, days_between(line.from, line.to) + 1);
        }
        // Day by day, each rounded on its own, is never further off than half a cent a day.
        let by_line = late_interest(&overdue, &[rule(method, Rounding::EachLine)], &rates, 40, to).unwrap();
        prop_assert!((by_line.accrued.minor() - made.accrued.minor()).unsigned_abs() <= made.lines.len() as u64);
    }

    #[test]
    fn interest_never_shrinks_and_never_sees_the_order(overdue in overdue(), method in 0_usize..4, to in day(1000)) {
        let (rates, rules) = (published().unwrap(), [rule(method, Rounding::Once)]);
        let made = late_interest(&overdue, &rules, &rates, 40, to).unwrap();
        let next = late_interest(&overdue, &rules, &rates, 40, plus_days(to, 1)).unwrap();
        prop_assert!(next.accrued.minor() >= made.accrued.minor());
        let mut shuffled = overdue.clone();
        shuffled.payments.reverse();
        let turned: Vec<_> = rates.iter().rev().cloned().collect();
        prop_assert_eq!(&made, &late_interest(&shuffled, &rules, &turned, 40, to).unwrap());
    }

    #[test]
    fn a_split_period_costs_what_its_days_cost(overdue in overdue(), to in day(1000)) {
        // The same interest day by day, in millionths of a minor unit, from the definition alone.
        let rates = published().unwrap();
        let made = late_interest(&overdue, &[rule(2, Rounding::Once)], &rates, 40, to).unwrap();
        let mut millionths = 0_i128;
        let mut date = plus_days(overdue.due, 1);
        while date <= to {
            let paid: i64 = overdue.payments.iter().filter(|paid| paid.date < date).map(|paid| paid.amount.minor()).sum();
            let balance = (overdue.principal.minor() - paid).max(0);
            millionths += i128::from(balance) * i128::from("0.0005".parse::<Ratio>().unwrap().units());
            date = plus_days(date, 1);
        }
        prop_assert_eq!(i128::from(made.accrued.minor()), (millionths + 500_000) / 1_000_000);
    }
}

/// A customer with some documents, payments and promises.
fn account() -> impl Strategy<Value = Account> {
    let item = (day(400), -300_000_i64..90_000_000, prop::option::of(0_i64..90_000_000));
    let items = prop::collection::vec(item, 0..8);
    let payments = prop::collection::vec((day(400), 1_i64..5_000_000), 0..4);
    let promises = prop::collection::vec((day(400), 0_u32..60, 1_i64..5_000_000), 0..3);
    (items, payments, promises, 0_usize..7).prop_map(|(items, payments, promises, grade)| Account {
        customer: CustomerId::derived(&["customer"]),
        grade: policy().grade.bands.get(grade).map(|band| band.grade.clone()),
        items: items
            .into_iter()
            .zip(1_u32..)
            .map(|((due, open, disputed), number)| DunningItem {
                item: ItemId::derived(&["item", &number.to_string()]),
                number: number.to_string(),
                due,
                open: cny(open),
                disputed: disputed.map(cny),
            })
            .collect(),
        unapplied: Vec::new(),
        payments: payments.into_iter().map(|(date, minor)| Payment { date, amount: cny(minor) }).collect(),
        promises: promises
            .into_iter()
            .map(|(made, later, minor)| Covering {
                what: Promise { made, due: plus_days(made, later), amount: cny(minor) },
                items: Vec::new(),
            })
            .collect(),
        plans: Vec::new(),
        blocks: Vec::new(),
        notices: Vec::new(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn a_message_asks_for_its_documents_and_once_sent_for_nothing_more(account in account(), as_of in day(500)) {
        let (policy, calendar) = (policy(), Calendar::default());
        let rule = policy.dunning.as_ref().unwrap();
        let made = dunning(rule, &account, &calendar, &[], as_of).unwrap();
        prop_assert_eq!(made.message.is_some(), made.silence.is_none());
        let mut turned = account.clone();
        turned.items.reverse();
        turned.payments.reverse();
        turned.promises.reverse();
        prop_assert_eq!(&made, &dunning(rule, &turned, &calendar, &[], as_of).unwrap());
        for (item, open) in made.items.iter().map(|item| (item, account.items.iter().find(|open| open.item == item.item).unwrap())) {
            prop_assert!(item.collectable.minor() <= open.open.minor().max(0));
        }
        let Some(message) = made.message else { return Ok(()) };
        let named = made.items.iter().filter(|item| message.items.contains(&item.item));
        let sum = Money::sum(Currency::CNY, named.map(|item| item.collectable)).unwrap();
        prop_assert_eq!(&message.amounts, &vec![sum]);
        prop_assert!(message.send_on >= as_of);
        let mut again = account;
        again.notices.push(Notice { date: as_of, step: message.step, items: message.items });
        prop_assert_eq!(dunning(rule, &again, &calendar, &[], as_of).unwrap().message, None);
    }

    #[test]
    fn promises_never_count_a_payment_twice(account in account(), as_of in day(500)) {
        let rule = policy().dunning.unwrap().promise;
        let promises: Vec<Promise> = account.promises.into_iter().map(|promise| promise.what).collect();
        let states = rule.promises(&promises, &account.payments, as_of).unwrap();
        let counted: i64 = states.iter().map(|state| state.paid.minor()).sum();
        let came: i64 = account.payments.iter().filter(|paid| paid.date <= as_of).map(|paid| paid.amount.minor()).sum();
        prop_assert!(counted <= came);
        // What was broken once stays broken, what was kept stays kept.
        let later = rule.promises(&promises, &account.payments, plus_days(as_of, 30)).unwrap();
        for state in states.iter().filter(|state| !matches!(state.outcome, Outcome::Open { .. })) {
            let then = later.iter().find(|then| then.promise == state.promise).unwrap();
            prop_assert_eq!(then.outcome, state.outcome);
        }
    }

    #[test]
    fn instalments_add_up(total in 1_i64..9_000_000_000, count in 1_u16..=24, first in day(400), days in 1_u16..60) {
        let rule = policy().dunning.unwrap().promise;
        for rhythm in [Rhythm::Monthly, Rhythm::Days { days }] {
            let plan = rule.propose(cny(total), count, first_day(), first, rhythm, &Calendar::default()).unwrap();
            let sum: i64 = plan.instalments.iter().map(|part| part.amount.minor()).sum();
            prop_assert_eq!(sum, total);
            prop_assert_eq!(plan.instalments.len(), usize::from(count));
            prop_assert!(plan.instalments.is_sorted_by_key(|part| part.due));
        }
    }
}

#[test]
fn a_rule_that_makes_no_sense_is_named_with_its_path() {
    let mut policy = policy();
    let interest = policy.interest.as_mut().unwrap();
    interest.default = "none".into();
    interest.methods[0].rule.cap =
        Some(shared::rules::interest::InterestCap { yearly: Some(Ratio::ZERO), ..Default::default() });
    let dunning = policy.dunning.as_mut().unwrap();
    dunning.ladders[0].steps[1].days = 1;
    dunning.ladders[1].steps[0].text.en = "pay {amont}".into();
    dunning.ladders[2].grades.push("Z".into());
    let faults = policy.check().unwrap_err().0;
    let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    let expected = [
        "interest.default",
        "interest.methods[0].rule.cap.yearly",
        "dunning.ladders[0].steps",
        "dunning.ladders[1].steps[0].text.en",
        "dunning.ladders[2].grades",
    ];
    assert_eq!(paths, expected);
}
