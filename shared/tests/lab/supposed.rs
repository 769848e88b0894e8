//! What is supposed of one customer or of a whole book: volumes, stress, scenarios.

use super::{N_CUSTOMERS, asked, book, deal, first_day, granted, policy, rate, yuan};
use crate::common::customer;
use proptest::prelude::*;
use shared::facts::calendar::{Calendar, Date, plus_days};
use shared::facts::credit_file::CreditFile;
use shared::facts::ledger::{Fact, Order, Recorded};
use shared::facts::number::Ratio;
use shared::facts::terms::Terms;
use shared::questions::full_assessment;
use shared::questions::scenario::{Change, Scenario, Sources, what_if};
use shared::questions::stress::{Book, Stress, stress};
use shared::questions::volume::{Spread, Volume, volume};
use shared::readings::journal::Journal;
use shared::readings::standing::Standing;
use shared::rules::order_check::order_check;

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn a_volume_is_what_adding_up_by_hand_gives(
        boxes in 0_u32..500, price in 1_i64..1_000_000, days in 0_u16..70, lags in (0_u16..15, 0_u16..15, 0_u16..20),
        limit in 0_i64..900_000_000, month_end in any::<bool>(), start in 0_u32..700,
    ) {
        let terms = if month_end { Terms::MonthEnd { days } } else { Terms::Net { days } };
        let (confirm_days, invoice_days, late_days) = lags;
        let asked = Volume {
            boxes, price: yuan(price), spread: Spread::EveryDay, terms, cut_off: None, confirm_days, invoice_days, late_days,
        };
        let (calendar, from, tolerance) = (Calendar::default(), plus_days(first_day(), start), Ratio::from_units(50_000));
        let told = |boxes: u32| volume(&Volume { boxes, ..asked.clone() }, Some(yuan(limit)), tolerance, &calendar, from).unwrap();
        let answer = told(boxes);
        let waits = u32::from(confirm_days + invoice_days + late_days);
        let sold = |day: Date| {
            use chrono::Datelike;
            let of = u64::from(shared::facts::calendar::month_end(day, 0).day());
            let until = |n: u32| u64::from(boxes) * u64::from(n) / of;
            (until(day.day()) - until(day.day() - 1)) as i64 * price
        };
        for day in answer.days.iter().step_by(37) {
            let before = (0..300).map(|back| shared::facts::calendar::minus_days(day.date, back));
            let owed = before.filter(|sale| plus_days(terms.due(*sale, &calendar), waits) > day.date).map(sold).sum::<i64>();
            prop_assert_eq!(day.owed.minor(), owed, "{}", day.date);
        }
        prop_assert_eq!(answer.peak.minor(), answer.days.iter().map(|day| day.owed.minor()).max().unwrap());
        let bound = limit + tolerance.times_down(limit).unwrap();
        let beside = answer.limit.unwrap();
        prop_assert_eq!(beside.days_over as usize, answer.days.iter().filter(|day| day.owed.minor() > bound).count());
        if let Some(most) = beside.boxes {
            prop_assert!(told(most).peak.minor() <= bound);
            prop_assert!(told(most + 1).peak.minor() > bound);
        } else {
            prop_assert_eq!(answer.peak.minor(), 0);
        }
    }

    #[test]
    fn stress_moves_what_it_says(deals in prop::collection::vec(deal(), 1..40), later in 0_u16..120, day in 0_u32..400, top in 0_u32..4) {
        let facts = book(&deals);
        let (journal, policy, as_of) = (Journal::of(&facts, None).unwrap(), policy(), plus_days(first_day(), day));
        let rates = vec![rate(first_day(), "7.1")];
        let standings: Vec<Standing> = (0..N_CUSTOMERS).map(|index| Standing::of(&customer(index), &facts, &rates, None).unwrap()).collect();
        let book = Book { policy: &policy, journal: &journal, standings: &standings, debtors: &[], rates: &rates };
        let calm = stress(&book, &Stress::default(), as_of).unwrap();
        prop_assert_eq!(&calm.before, &calm.after);
        let slow = stress(&book, &Stress { later_days: later, ..Stress::default() }, as_of).unwrap();
        prop_assert_eq!(&slow.before, &calm.before);
        // What comes back comes back later too.
        if journal.taken_back.is_empty() {
            prop_assert!(slow.after.open_items.minor() >= slow.before.open_items.minor());
            prop_assert!(slow.after.overdue.minor() >= slow.before.overdue.minor());
        }
        // What is open then is what was open with the payments of the last days taken back.
        let paid: Vec<Recorded> = facts.iter().filter(|fact| {
            let money = matches!(fact.fact, Fact::Received(_) | Fact::Allocated(_) | Fact::Returned(_) | Fact::Recovered(_));
            !money || plus_days(fact.date, later.into()) <= as_of
        }).cloned().collect();
        let unpaid = Journal::of(&paid, None).unwrap();
        let same = Book { journal: &unpaid, ..book };
        prop_assert_eq!(stress(&same, &Stress::default(), as_of).unwrap().before.exposure, slow.after.exposure);
        let fails = stress(&book, &Stress { fail_top: top, ..Stress::default() }, as_of).unwrap();
        prop_assert!(fails.failed.len() <= top as usize);
        prop_assert_eq!(fails.after.exposure, calm.before.exposure);
        let expected = |picture: &shared::questions::stress::BookPicture| picture.expected.iter().map(|one| one.open.minor()).sum::<i64>();
        if fails.failed.len() == 3 || fails.failed.is_empty() {
            prop_assert_eq!(expected(&fails.after) == expected(&fails.before), fails.failed.is_empty() || expected(&fails.before) == 0);
        }
        let gone = stress(&book, &Stress { sales_fall: Ratio::ONE, ..Stress::default() }, as_of).unwrap();
        prop_assert!(gone.after.open_items.minor() <= calm.before.open_items.minor());
    }

    #[test]
    fn a_scenario_without_changes_changes_nothing(
        deals in prop::collection::vec(deal(), 0..25), limit in 1_i64..300_000_000, minor in 1_i64..90_000_000, as_proposed in any::<bool>(), day in 0_u32..400,
    ) {
        let (policy, facts, as_of) = (policy(), book(&deals), plus_days(first_day(), day));
        let own: Vec<Recorded> = facts.iter().filter(|fact| fact.customer == customer(0).id).cloned().collect();
        let (journal, standing) = (Journal::of(&own, None).unwrap(), granted(&facts, limit, Terms::MonthEnd { days: 30 }));
        let (who, file, rates) = (customer(0), CreditFile::default(), vec![rate(first_day(), "7.1")]);
        let order = asked(minor, Terms::Net { days: 30 }, false);
        let sources = Sources {
            policy: &policy, customer: &who, journal: &journal, file: &file, covers: &[], standing: &standing, order: &order, rates: &rates,
        };
        let same = what_if(&sources, &Scenario { as_proposed, ..Scenario::default() }, as_of).unwrap();
        prop_assert_eq!(&same.before, &same.after);
        prop_assert!(same.moved.is_empty());
        // As it is, it is rated as the full assessment rates it.
        let read = full_assessment::Sources {
            customer: &who, journal: &journal, file: &file, covers: &[], market_value: None, portfolio: None, given: None, rates: &rates,
        };
        let full = full_assessment::evidence(&policy, &read, as_of).unwrap();
        let full = full_assessment::assess_fully(&policy, &full, as_of).unwrap();
        let rated = &same.before.rated;
        prop_assert_eq!((rated.points, rated.terms, &rated.grade), (full.score.points, full.terms, &full.rating.grade));
        prop_assert_eq!(&rated.methods, &full.proposal.methods);
        let amount = yuan(minor / 2 + 1);
        let scenario = Scenario { changes: vec![Change::OrderAmount { amount }], ..Scenario::default() };
        let half = what_if(&sources, &scenario, as_of).unwrap();
        prop_assert_eq!(&half.before.rated, &half.after.rated);
        let alone = order_check(&policy, &standing, &Order { amount, ..order.clone() }, as_of).unwrap();
        prop_assert_eq!(half.after.answer, alone);
        // A scenario is data.
        let json = serde_json::to_string(&scenario).unwrap();
        prop_assert_eq!(serde_json::from_str::<Scenario>(&json).unwrap(), scenario);
    }
}
