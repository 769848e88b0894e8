//! Laws that hold for what follows every sale: parts add up, the order of what is given never shows, and a state at a day
//! is what the facts up to that day say.

use proptest::prelude::*;
use shared::facts::calendar::{Calendar, Date, days_between, plus_days};
use shared::facts::id::{CustomerId, ItemId};
use shared::facts::matter::{Event, Interruption, Matter};
use shared::facts::money::{Currency, Money};
use shared::facts::notice::Notice;
use shared::facts::number::Ratio;
use shared::facts::observation::{DocumentReceived, Indicator, Observation};
use shared::facts::overdue::{Overdue, Pause, Payment};
use shared::facts::promise::{Covering, Instalment, Plan, Promise};
use shared::facts::recovery::{RecoveryCase, Stage, StageMove};
use shared::facts::reference_rate::published;
use shared::rules::clock::Urgency;
use shared::rules::dunning::{Account, DunningItem, dunning};
use shared::rules::interest::{Caveat, InterestCap, RateRule, Rounding, RuleInForce, late_interest};
use shared::rules::policy::{DEFAULT, Policy};
use shared::rules::promise::{Outcome, Rhythm};
use shared::rules::provision::{Average, Bands, Method, Receivable, Settled, Snapshot, Specific, movement, provision};
use shared::rules::recovery::recovery_by_stage;
use shared::rules::review::ReviewFile;
use shared::rules::warning::Colour;

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
    fn a_cap_on_the_whole_is_never_passed(
        overdue in overdue(),
        method in 0_usize..4,
        each in any::<bool>(),
        units in 1_i64..300_000,
        to in day(1000),
    ) {
        let rates = published().unwrap();
        let mut rules = [rule(method, if each { Rounding::EachLine } else { Rounding::Once })];
        let free = late_interest(&overdue, &rules, &rates, 40, to).unwrap();
        let share = Ratio::from_units(units);
        rules[0].rule.cap = Some(InterestCap { of_principal: Some(share), ..Default::default() });
        let made = late_interest(&overdue, &rules, &rates, 40, to).unwrap();
        let cap = share.times(overdue.principal.minor()).unwrap();
        prop_assert!(made.accrued.minor() <= cap);
        for line in &made.lines {
            prop_assert_eq!(line.days, days_between(line.from, line.to) + 1);
        }
        let reached = made.caveats.iter().any(|caveat| matches!(caveat, Caveat::CapReached { .. }));
        if !each && !reached {
            prop_assert_eq!(made.lines, free.lines);
        } else if !each {
            prop_assert_eq!(made.accrued.minor(), cap);
            // The day before the last line ends, there was still room.
            let end = made.lines.last().map_or(overdue.due, |line| line.to);
            let before = late_interest(&overdue, &rules, &rates, 40, end.pred_opt().unwrap()).unwrap();
            let was = before.caveats.iter().any(|caveat| matches!(caveat, Caveat::CapReached { .. }));
            prop_assert!(!was);
        }
    }

    #[test]
    fn a_moving_rate_costs_what_each_day_costs(overdue in overdue(), to in day(1000)) {
        // The same interest day by day: the rate in force on the day, over 365, of what is owed on it.
        let rates = published().unwrap();
        let ruled = rule(1, Rounding::Once);
        let RateRule::LprSplit(lpr) = ruled.rule.rate else { panic!("the second method moves with the LPR") };
        prop_assert_eq!(u16::from(ruled.rule.day_base), 365);
        let made = late_interest(&overdue, &[ruled], &rates, 40, to).unwrap();
        let mut units = 0_i128;
        let mut date = plus_days(overdue.due, 1);
        while date <= to {
            let paid: i64 = overdue.payments.iter().filter(|paid| paid.date < date).map(|paid| paid.amount.minor()).sum();
            let balance = (overdue.principal.minor() - paid).max(0);
            let quote = rates.iter().filter(|rate| rate.tenor == lpr.tenor && rate.date <= date).max_by_key(|rate| rate.date);
            let rate = lpr.multiple.times(quote.unwrap().rate.units()).unwrap();
            units += i128::from(balance) * i128::from(rate);
            date = plus_days(date, 1);
        }
        let whole = 1_000_000 * 365;
        prop_assert_eq!(i128::from(made.accrued.minor()), (2 * units + whole) / (2 * whole));
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
                before: Vec::new(),
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
        waivers: Vec::new(),
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
        again.notices.push(Notice { date: as_of, step: message.step, items: message.items, fee: message.fee, sent: None });
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
    fn shortages_within_the_tolerance_never_add_up(short in 0_i64..=5_000, count in 1_u16..=24, part in 1_000_000_i64..9_000_000) {
        let rule = policy().dunning.unwrap().promise;
        let monthly = Rhythm::Monthly;
        let plan: Plan =
            rule.propose(cny(part * i64::from(count)), count, first_day(), first_day(), monthly, &Calendar::default()).unwrap();
        let pay = |instalment: &Instalment| Payment {
            date: instalment.due,
            amount: cny(instalment.amount.minor() - short),
        };
        let payments: Vec<Payment> = plan.instalments.iter().map(pay).collect();
        let state = rule.plan(&plan, &payments, plus_days(first_day(), 900)).unwrap();
        let kept = state.outcomes.iter().all(|outcome| matches!(outcome, Outcome::Kept { .. }));
        prop_assert!(kept, "{:?}", state);
        prop_assert_eq!((state.left, state.broken, state.next), (cny(0), None, None));
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

fn receivable() -> impl Strategy<Value = Receivable> {
    let own = (0_usize..4, -9_000_000_i64..90_000_000, day(1500), 0_u32..120);
    let also = (prop::option::of(0_u32..400), prop::option::weighted(0.2, 0_i64..90_000_000), 0_usize..7);
    (own, also).prop_map(|((portfolio, minor, arose, term), (settled, specific, grade))| {
        let policy = policy();
        Receivable {
            number: format!("{minor}-{term}"),
            portfolio: policy.provision.unwrap().portfolios[portfolio].name.clone(),
            amount: cny(minor),
            arose,
            due: plus_days(arose, term),
            grade: policy.grade.bands.get(grade).map(|band| band.grade.clone()),
            settled: settled.map(|days| Settled { arose: first_day(), due: plus_days(first_day(), days) }),
            specific: specific.map(|minor| Specific { recoverable: cny(minor), reason: "test".into() }),
        }
    })
}

fn snapshots(bands: usize) -> impl Strategy<Value = Vec<Snapshot>> {
    let row = prop::collection::vec(0_i64..9_000_000, bands);
    prop::collection::vec((row.clone(), row, 0_i64..1_000), 0..4).prop_map(|rows| {
        let snapshot = |(index, (balances, written, stayed)): (u32, (Vec<i64>, Vec<i64>, i64))| Snapshot {
            date: plus_days(first_day(), index),
            balances: balances.into_iter().map(cny).collect(),
            written_off: written.into_iter().map(|minor| cny(minor / 100)).collect(),
            stayed: cny(stayed),
        };
        (0_u32..).zip(rows).map(snapshot).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn a_provision_adds_up_whatever_the_order(
        receivables in prop::collection::vec(receivable(), 0..12),
        history in snapshots(3),
        simple in any::<bool>(),
        opening in 0_i64..9_000_000,
        written_off in 0_i64..900_000,
        recovered in 0_i64..900_000,
        as_of in day(2000),
    ) {
        let mut rule = policy().provision.unwrap();
        let mut made = vec![provision(&rule, &receivables, Currency::CNY, &[], as_of).unwrap()];
        rule.portfolios[0].method = Method::Migration {
            bands: Bands::PastDue { days: vec![30] },
            last_loss: Ratio::ONE,
            forward: "1.1".parse().unwrap(),
            average: if simple { Average::Simple } else { Average::Weighted },
            history,
        };
        // Without history there is no rate, and that is said.
        made.extend(provision(&rule, &receivables, Currency::CNY, &[], as_of).ok());
        for made in &made {
            let lines = made.portfolios.iter().flat_map(|portfolio| &portfolio.lines);
            let specific: i64 = made.specific.iter().map(|line| line.amount.minor()).sum();
            prop_assert_eq!(lines.clone().map(|line| line.amount.minor()).sum::<i64>() + specific, made.amount.minor());
            let balance: i64 = lines.map(|line| line.balance.minor()).sum();
            let assessed: i64 = made.specific.iter().map(|line| line.balance.minor()).sum();
            prop_assert_eq!(balance + assessed, made.balance.minor());
            prop_assert_eq!(made.balance.minor(), receivables.iter().map(|one| one.amount.minor()).sum::<i64>());
            // A rate may round up to the next cent, never beyond what is open.
            for line in made.portfolios.iter().flat_map(|portfolio| &portfolio.lines) {
                prop_assert!(line.amount.minor() >= 0 && line.amount.minor() <= line.balance.minor().max(0));
            }
            let moved = movement(cny(opening), made.amount, cny(written_off), cny(recovered)).unwrap();
            prop_assert!(moved.ties_out().unwrap());
            prop_assert!(moved.charge.is_zero() || moved.reversal.is_zero());
        }
        let turned: Vec<Receivable> = receivables.into_iter().rev().collect();
        let amount = provision(&policy().provision.unwrap(), &turned, Currency::CNY, &[], as_of).unwrap().amount;
        prop_assert_eq!(amount, made[0].amount);
    }

    #[test]
    fn a_colour_is_read_from_the_past_alone(values in prop::collection::vec((day(200), 0_i64..1_000_000), 0..20), as_of in day(250)) {
        let rule = policy().warnings.unwrap();
        let observations: Vec<Observation> = values
            .iter()
            .map(|(date, value)| Observation {
                date: *date,
                indicator: Indicator::OverdueRate,
                value: Ratio::from_units(*value),
                source: "test".into(),
            })
            .collect();
        let report = rule.report(&observations, &[], first_day(), as_of);
        let past: Vec<Observation> = observations.iter().rev().filter(|seen| seen.date <= as_of).cloned().collect();
        prop_assert_eq!(&report, &rule.report(&past, &[], first_day(), as_of));
        let read = report.warnings.iter().find(|warning| warning.indicator == Indicator::OverdueRate).unwrap();
        // Never milder than the newest value alone, and never worse than the worst value seen.
        let own = rule.indicators.iter().find(|rule| rule.indicator == Indicator::OverdueRate).unwrap();
        let alone = |seen: &Observation| own.read(std::slice::from_ref(seen), &[], as_of).colour;
        prop_assert!(read.colour >= past.iter().max().map_or(Colour::Green, alone));
        prop_assert!(read.colour <= past.iter().map(alone).max().unwrap_or(Colour::Green));
    }

    #[test]
    fn a_clock_only_runs_down(
        due in day(400),
        events in prop::collection::vec((day(2500), 0_u8..3, any::<bool>(), prop::option::of(0_u32..900)), 0..6),
        hindrances in prop::collection::vec((day(2500), 0_u32..400), 0..4),
        as_of in day(4000),
    ) {
        let (rule, calendar) = (policy().clocks.unwrap(), Calendar::default());
        let interruptions: Vec<Interruption> = events
            .into_iter()
            .map(|(date, event, proven, later)| Interruption {
                date,
                event: [Event::Demand, Event::Acknowledgement, Event::Proceedings][usize::from(event)],
                proven,
                ended: later.map(|later| plus_days(date, later)),
            })
            .collect();
        let obstacles: Vec<Pause> =
            hindrances.into_iter().map(|(from, days)| Pause { from, to: plus_days(from, days) }).collect();
        let (mut turned, mut hindered) = (interruptions.clone(), obstacles.clone());
        turned.reverse();
        hindered.reverse();
        let turned = Matter::Limitation { due, interruptions: turned, obstacles: hindered };
        let clock = |interruptions| Matter::Limitation { due, interruptions, obstacles: obstacles.clone() };
        let read = rule.read(&clock(interruptions.clone()), &calendar, as_of);
        prop_assert_eq!(&read, &rule.read(&turned, &calendar, as_of));
        // An obstacle only ever gives more time.
        let free = Matter::Limitation { due, interruptions: interruptions.clone(), obstacles: Vec::new() };
        prop_assert!(read.last_day >= rule.read(&free, &calendar, as_of).last_day);
        prop_assert!(read.urgency != Urgency::Expired || as_of > read.moved);
        prop_assert_eq!(read.days_left, days_between(as_of, read.last_day));
        prop_assert!(read.last_day >= rule.read(&clock(Vec::new()), &calendar, as_of).last_day);
        // Unless something happens on it, the next day is a day less.
        let tomorrow = plus_days(as_of, 1);
        let quiet = obstacles.iter().all(|obstacle| obstacle.from != tomorrow);
        if quiet && !interruptions.iter().any(|event| event.date == tomorrow || event.ended == Some(tomorrow)) {
            let next = rule.read(&clock(interruptions), &calendar, tomorrow);
            prop_assert_eq!(next.days_left, read.days_left - 1);
            prop_assert!(read.urgency != Urgency::Expired || next.urgency == Urgency::Expired);
        }
    }

    #[test]
    fn stages_bring_what_came_in(
        moves in prop::collection::vec((day(500), 0_u8..4), 1..5),
        recovered in prop::collection::vec((day(900), 0_i64..900_000), 0..8),
        as_of in day(1000),
    ) {
        let stages = [Stage::Collection, Stage::Security, Stage::Litigation, Stage::Enforcement];
        let case = RecoveryCase {
            claim: cny(9_000_000),
            moves: moves.into_iter().map(|(date, stage)| StageMove { date, stage: stages[usize::from(stage)] }).collect(),
            done: Vec::new(),
            costs: Vec::new(),
            recovered: recovered.into_iter().map(|(date, minor)| Payment { date, amount: cny(minor) }).collect(),
            documents: Vec::new(),
            security: Vec::new(),
            playbook: None,
            outcome: None,
        };
        let opened = case.moves.iter().map(|step| step.date).min().unwrap();
        let by_stage: i64 = recovery_by_stage(std::slice::from_ref(&case), Currency::CNY, as_of)
            .unwrap()
            .iter()
            .map(|line| line.recovered.minor())
            .sum();
        let came = case.recovered.iter().filter(|paid| paid.date >= opened && paid.date <= as_of && opened <= as_of);
        prop_assert_eq!(by_stage, came.map(|paid| paid.amount.minor()).sum::<i64>());
        let state = policy().recovery.unwrap().state(&case, &Calendar::default(), as_of).unwrap();
        let all = case.recovered.iter().filter(|paid| paid.date <= as_of).map(|paid| paid.amount.minor()).sum::<i64>();
        prop_assert_eq!(state.recovered.minor() + state.left.minor(), 9_000_000_i64.max(all));
    }

    #[test]
    fn what_is_due_for_review_doesnt_see_the_order(
        dates in prop::collection::vec(day(900), 0..6),
        assessed in prop::collection::vec(day(900), 0..4),
        grade in 0_usize..7,
        as_of in day(1000),
    ) {
        let policy = policy();
        let rule = policy.review.unwrap();
        let names: Vec<&str> = rule.documents.iter().map(|document| document.document.as_str()).collect();
        let document = |(index, date): (usize, Date)| DocumentReceived { document: names[index % 3].into(), date };
        let file = ReviewFile {
            grade: policy.grade.bands.get(grade).map(|band| band.grade.clone()),
            since: first_day(),
            assessed,
            documents: dates.into_iter().enumerate().map(document).collect(),
            events: Vec::new(),
            lapses: Vec::new(),
        };
        let mut turned = file.clone();
        turned.documents.reverse();
        turned.assessed.reverse();
        let tasks = rule.tasks(&file, &Calendar::default(), as_of);
        prop_assert_eq!(&tasks, &rule.tasks(&turned, &Calendar::default(), as_of));
        prop_assert!(tasks.iter().all(|task| task.days_left <= i32::from(rule.ahead_days)));
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
    let Method::Matrix { rates, .. } = &mut policy.provision.as_mut().unwrap().portfolios[0].method else {
        unreachable!()
    };
    rates.pop();
    policy.warnings.as_mut().unwrap().indicators[0].red = Some(Ratio::ZERO);
    policy.clocks.as_mut().unwrap().warn_days.reverse();
    policy.review.as_mut().unwrap().full[0].months = 0;
    let stage = policy.recovery.as_ref().unwrap().stages[0].clone();
    policy.recovery.as_mut().unwrap().stages.push(stage);
    let faults = policy.check().unwrap_err().0;
    let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    let expected = [
        "interest.default",
        "interest.methods[0].rule.cap.yearly",
        "dunning.ladders[0].steps",
        "dunning.ladders[1].steps[0].text.en",
        "dunning.ladders[2].grades",
        "provision.portfolios[0].method.rates",
        "warnings.indicators[0].red",
        "clocks.warn_days",
        "review.full[0].months",
        "recovery.stages[9].stage",
    ];
    assert_eq!(paths, expected);
}
