//! What is supposed of one customer or of a whole book: volumes, stress, scenarios.

use super::{N_CUSTOMERS, asked, book, deal, first_day, granted, rate, yuan};
use crate::common::customer;
use proptest::prelude::*;
use shared::facts::bill::{Bill, BillKind, Settled};
use shared::facts::calendar::{Calendar, Date, plus_days};
use shared::facts::credit_file::CreditFile;
use shared::facts::customer::Customer;
use shared::facts::id::{BillId, CustomerId, FactId, FeedNumber, ItemId};
use shared::facts::ledger::{BillEnd, BillReceipt, Document, Fact, HowEnded, Item, Order, Recorded};
use shared::facts::money::Money;
use shared::facts::number::Ratio;
use shared::facts::terms::Terms;
use shared::questions::acceptors::{Names, bills_held};
use shared::questions::full_assessment;
use shared::questions::scenario::{Change, Scenario, Sources, what_if};
use shared::questions::stress::{Book, Stress, stress};
use shared::questions::volume::{Spread, Volume, volume};
use shared::readings::journal::Journal;
use shared::readings::standing::Standing;
use shared::rules::order_check::order_check;
use shared::rules::policy::Policy;

/// A trader's bill that settles an invoice of the day before whole, and is honoured some days later.
#[derive(Clone, Debug)]
struct Dealt {
    giver: usize,
    /// Who accepted it; absent: nobody whom we know.
    acceptor: Option<usize>,
    came: u32,
    gone: u32,
    minor: i64,
}

fn bill() -> impl Strategy<Value = Dealt> {
    let who = (0..N_CUSTOMERS, prop::option::weighted(0.7, 0..N_CUSTOMERS));
    (who, 1_u32..350, 1_u32..200, 1_i64..90_000_000).prop_map(|((giver, acceptor), came, gone, minor)| Dealt {
        giver,
        acceptor,
        came,
        gone,
        minor,
    })
}

/// The default policy, in which half of a trader's bill counts on whoever gave it.
fn policy() -> Policy {
    let mut policy = super::policy();
    for line in &mut policy.commitments.as_mut().unwrap().bills {
        line.share = Ratio::from_units(500_000);
    }
    policy
}

/// Half of it, rounded half up.
fn half(minor: i64) -> i64 {
    (minor + 1) / 2
}

/// The ledger of these bills, with all that happens to them so many days later.
fn of_bills(dealt: &[Dealt], later: u32) -> Vec<Recorded> {
    let mut facts = Vec::new();
    for (one, number) in dealt.iter().zip(1_u32..) {
        let name = number.to_string();
        let (item, id) = (ItemId::derived(&["item", &name]), BillId::derived(&["bill", &name]));
        let came = plus_days(first_day(), one.came);
        let (charged, received) = (shared::facts::calendar::minus_days(came, 1), plus_days(came, later));
        let (amount, matures) = (yuan(one.minor), plus_days(received, one.gone));
        let acceptor = one.acceptor.map_or_else(|| "某某贸易公司".to_owned(), |index| customer(index).name);
        let invoice = Item {
            id: item,
            document: Document::Invoice,
            number: name,
            due: charged,
            amount,
            parts: Vec::new(),
            opening: false,
            order: None,
            reference: None,
            description: None,
        };
        let settles = vec![Settled { item, amount }];
        let kind = BillKind::Commercial;
        let bill = Bill { id, kind, acceptor, amount, received, matures, settles, passed_on: None, ended: None };
        let all = [
            (charged, Fact::Charged(invoice)),
            (received, Fact::BillReceived(BillReceipt { bill })),
            (matures, Fact::BillEnded(BillEnd { bill: id, how: HowEnded::Honoured })),
        ];
        for (date, fact) in all {
            let feed = FeedNumber(facts.len() as u64 + 1);
            let id = FactId::derived(&["fact", &feed.0.to_string()]);
            facts.push(Recorded { id, customer: customer(one.giver).id, feed, date, fact });
        }
    }
    facts
}

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
        let book = Book { policy: &policy, journal: &journal, standings: &standings, bills: &[], debtors: &[], rates: &rates };
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
    fn bills_under_stress_count_as_they_would_later_and_on_whom_they_must(
        dealt in prop::collection::vec(bill(), 1..12), later in 0_u16..60, day in 0_u32..400, top in 0_u32..3,
    ) {
        let (policy, as_of, rates) = (policy(), plus_days(first_day(), day), vec![]);
        let read = |facts: &[Recorded], asked: &Stress| {
            let journal = Journal::of(facts, None).unwrap();
            let customers: Vec<Customer> = (0..N_CUSTOMERS).map(customer).collect();
            let standings: Vec<Standing> = customers.iter().map(|one| Standing::of(one, facts, &rates, None).unwrap()).collect();
            let file = CreditFile::default();
            let known: Vec<(&Customer, &CreditFile)> = customers.iter().map(|one| (one, &file)).collect();
            let bills = bills_held(facts, &Names::of(&known), as_of);
            let book = Book { policy: &policy, journal: &journal, standings: &standings, bills: &bills, debtors: &[], rates: &rates };
            stress(&book, asked, as_of).unwrap()
        };
        let facts = of_bills(&dealt, 0);
        // Bills a time later are the same book with its bills a time later.
        let slow = read(&facts, &Stress { later_days: later, ..Stress::default() });
        let then = read(&of_bills(&dealt, later.into()), &Stress::default());
        prop_assert_eq!(slow.after.exposure, then.before.exposure);
        prop_assert_eq!(slow.after.open_items, then.before.open_items);
        // Bill by bill, by hand: half of a trader's bill on the giver and all of it on its acceptor, unless that is the giver.
        let fails = read(&facts, &Stress { fail_top: top, ..Stress::default() });
        let by_hand = |failed: &[CustomerId]| -> i64 {
            dealt.iter().map(|one| {
                let (came, gone) = (plus_days(first_day(), one.came), plus_days(first_day(), one.came + one.gone));
                if as_of < came {
                    let charged = shared::facts::calendar::minus_days(came, 1) <= as_of;
                    return if charged { one.minor } else { 0 };
                }
                if gone <= as_of {
                    return 0;
                }
                let acceptor = one.acceptor.map(|index| customer(index).id);
                let whole = acceptor.is_some_and(|acceptor| failed.contains(&acceptor));
                let giver = if whole { one.minor } else { half(one.minor) };
                giver + if acceptor.is_some_and(|acceptor| acceptor != customer(one.giver).id) { one.minor } else { 0 }
            }).sum()
        };
        prop_assert_eq!(fails.before.exposure.minor(), by_hand(&[]));
        prop_assert_eq!(fails.after.exposure.minor(), by_hand(&fails.failed));
        prop_assert_eq!(fails.before.open_items, fails.after.open_items);
        // What is expected ties out to what is open and what bills are to bring.
        for one in fails.before.expected.iter().chain(&fails.after.expected) {
            let weeks = one.weeks.iter().map(|week| week.amount.minor()).sum::<i64>();
            let rest = [one.later, one.slower_than_usual, one.disputed, one.credits].iter().map(|part| part.minor()).sum::<i64>();
            prop_assert_eq!(weeks + rest, one.open.minor() + one.bills.map_or(0, Money::minor));
        }
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
            policy: &policy, customer: &who, journal: &journal, file: &file, covers: &[], market_value: None, portfolio: None, given: None,
            standing: &standing, order: &order, rates: &rates,
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
