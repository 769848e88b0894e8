//! Laws that hold for whatever is watched: days and parts add up, later facts never change an earlier day, the order of what
//! is given never shows, and nobody approves twice.

use proptest::prelude::*;
use shared::facts::calendar::{Calendar, Date, days_between, plus_days};
use shared::facts::cover::{Cover, CoverKind, Step};
use shared::facts::credit_file::CreditFile;
use shared::facts::customer::{Customer, Stage};
use shared::facts::id::{
    ChargeId, CoverId, CustomerId, FactId, FeedNumber, ItemId, OrderId, PersonId, ReceiptId, ShipmentId,
};
use shared::facts::ledger::{
    Allocation, Document, Fact, Item, Limit, LimitGrant, Order, OrderEnd, OrderEndReason, Receipt, Recorded, Source,
};
use shared::facts::money::{Currency, Money};
use shared::facts::notice::{Channel, Delivered, Notice, Sent};
use shared::facts::number::Ratio;
use shared::facts::observation::{Indicator, Observation};
use shared::facts::overdue::{Overdue, Pause};
use shared::facts::reference_rate::published;
use shared::facts::shipment::{Billing, Charge, ChargeKind, Shipment};
use shared::facts::terms::Terms;
use shared::questions::acceptors::acceptors;
use shared::questions::collections::collections;
use shared::questions::credit_use::{UserOfCredit, credit_use};
use shared::questions::holds::{OrderEvent, OrderWhat, holds};
use shared::questions::indicators::{Beside, Watched, indicators};
use shared::questions::legal_clocks::{ClockRules, Dealings, legal_clocks};
use shared::questions::order_monitor::{Goods, MonitorRules, order_monitor};
use shared::questions::warning_report::{Observed, warning_report};
use shared::readings::behaviour::behaviour;
use shared::readings::exchange::RatesOn;
use shared::readings::journal::Journal;
use shared::readings::standing::Standing;
use shared::rules::approval::{ApprovalKind, Approver, At, Request, Said};
use shared::rules::commitments::OnAcceptor;
use shared::rules::cover::covered;
use shared::rules::interest::late_interest;
use shared::rules::monitoring::Milestone;
use shared::rules::order_check::{Rule, Verdict};
use shared::rules::policy::{DEFAULT, Policy, PolicyVersion};
use shared::rules::versions::{DatedVersion, Versions};
use shared::rules::warning::Colour;
use std::collections::BTreeSet;

fn policy() -> Policy {
    Policy::parse(DEFAULT).unwrap()
}

fn cny(minor: i64) -> Money {
    Money::from_minor(minor, Currency::CNY).unwrap()
}

fn first_day() -> Date {
    "2026-01-01".parse().unwrap()
}

fn on(days: u32) -> Date {
    plus_days(first_day(), days)
}

fn who(index: usize) -> CustomerId {
    CustomerId::derived(&["watched", &index.to_string()])
}

fn customer(index: usize) -> Customer {
    Customer {
        id: who(index),
        code: format!("C-{index}"),
        name: format!("客户{index}"),
        name_en: None,
        stage: Stage::Active,
        credit_code: None,
        segment: None,
        industry: None,
        salesperson: (!index.is_multiple_of(3)).then(|| PersonId::derived(&[&(index % 3).to_string()])),
        founded: None,
        since: None,
        registered_capital: None,
        currency: Currency::CNY,
        contact: None,
    }
}

/// An order on its way: confirmed, amount, shipped and delivered after so many days, billed share, paid share, cancelled.
type Way = (u32, i64, Option<u32>, Option<u32>, u8, u8, bool, bool);

fn way() -> impl Strategy<Value = Way> {
    let later = || prop::option::weighted(0.8, 0_u32..40);
    (0_u32..200, 1_i64..1_000_000, later(), later(), 0_u8..=120, 0_u8..=100, prop::bool::weighted(0.1), any::<bool>())
}

/// The ledger and goods of some orders; half of them are shipments without an order.
fn laid_out(ways: &[Way], of: usize) -> (Vec<Recorded>, Goods) {
    let (mut facts, mut goods) = (Vec::new(), Goods::default());
    let mut push = |date: Date, fact: Fact| {
        let feed = facts.len() as u64 + 1;
        facts.push(Recorded {
            id: FactId::derived(&[&feed.to_string()]),
            customer: who(of),
            feed: FeedNumber(feed),
            date,
            fact,
        });
    };
    for (index, (confirmed, minor, shipped, delivered, billed, paid, cancelled, ordered)) in ways.iter().enumerate() {
        let name = index.to_string();
        let (order, shipment) = (OrderId::derived(&[&name]), ShipmentId::derived(&[&name]));
        let (charge, item, receipt) =
            (ChargeId::derived(&[&name]), ItemId::derived(&[&name]), ReceiptId::derived(&[&name]));
        if *ordered {
            push(
                on(*confirmed),
                Fact::Ordered(Order {
                    id: order,
                    customer: who(of),
                    amount: cny(*minor),
                    terms: Terms::Net { days: 30 },
                    prepayment: None,
                    description: None,
                }),
            );
            if *cancelled {
                push(on(*confirmed + 5), Fact::OrderEnded(OrderEnd { order, reason: OrderEndReason::Cancelled }));
            }
        }
        let shipped = shipped.map(|days| on(*confirmed + days));
        goods.shipments.push(Shipment {
            id: shipment,
            number: name.clone(),
            order: ordered.then_some(order),
            booked: on(*confirmed),
            deliver_by: ordered.then(|| on(*confirmed + 20)),
            shipped,
            delivered: shipped.zip(*delivered).map(|(shipped, days)| plus_days(shipped, days)),
        });
        goods.charges.push(Charge {
            id: charge,
            shipment,
            order: None,
            committed: on(*confirmed),
            what: ChargeKind::Own { amount: cny(*minor) },
        });
        let invoiced = minor * i64::from(*billed) / 100;
        if invoiced > 0 {
            let date = on(*confirmed + 25);
            push(
                date,
                Fact::Charged(Item {
                    id: item,
                    document: Document::Invoice,
                    number: name,
                    due: plus_days(date, 30),
                    amount: cny(invoiced),
                    parts: Vec::new(),
                    opening: false,
                    order: None,
                    reference: None,
                    description: None,
                }),
            );
            goods.billings.push(Billing { item, charge, date, amount: cny(invoiced) });
            let cash = invoiced * i64::from(*paid) / 100;
            if cash > 0 {
                let date = plus_days(date, u32::from(*paid));
                push(date, Fact::Received(Receipt { id: receipt, amount: cny(cash), reference: None }));
                push(
                    date,
                    Fact::Allocated(Allocation { item, source: Source::Receipt { receipt }, amount: cny(cash) }),
                );
            }
        }
    }
    (facts, goods)
}

fn rules(policy: &Policy) -> MonitorRules<'_> {
    MonitorRules {
        monitoring: policy.monitoring.as_ref().unwrap(),
        confirmation: policy.confirmation.as_ref(),
        calendar: &policy.calendar,
        currency: Currency::CNY,
        rates: &[],
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn days_of_stages_add_up_and_every_line_is_somewhere(ways in prop::collection::vec(way(), 0..8), day in 0_u32..400) {
        let (policy, as_of) = (policy(), on(day));
        let (facts, goods) = laid_out(&ways, 0);
        let read = order_monitor(rules(&policy), &facts, &goods, None, as_of).unwrap();
        for line in &read.lines {
            prop_assert_eq!(line.stages.iter().map(|stage| stage.days).sum::<i32>(), line.days);
            let last = Milestone::ENDS.into_iter().filter_map(|to| line.course.at(to)).max();
            let end = if line.waits_for.is_some() { as_of } else { last.unwrap() };
            prop_assert_eq!(line.days, days_between(line.course.confirmed, end));
            prop_assert!(line.course.confirmed <= as_of && last.is_none_or(|last| last <= as_of));
            for late in &line.late {
                prop_assert_eq!(days_between(late.until, as_of), late.days);
            }
        }
        let waiting: u32 = read.stages.iter().map(|stage| stage.waiting).sum();
        prop_assert_eq!((read.through + waiting) as usize, read.lines.len());
        let days: i64 = read.stages.iter().map(|stage| stage.days + stage.waiting_days).sum();
        prop_assert_eq!(days, read.lines.iter().map(|line| i64::from(line.days)).sum::<i64>());
        // What comes later, and the order of what is given, never shows.
        let known: Vec<Recorded> = facts.iter().filter(|fact| fact.date <= as_of).rev().cloned().collect();
        let turned = Goods { shipments: goods.shipments.iter().rev().cloned().collect(), billings: goods.billings.iter().rev().copied().collect(), ..goods };
        prop_assert_eq!(&read, &order_monitor(rules(&policy), &known, &turned, None, as_of).unwrap());
    }

    #[test]
    fn what_is_observed_of_a_day_never_changes(ways in prop::collection::vec(way(), 0..6), day in 0_u32..300, until in 0_u32..400) {
        let (policy, as_of, customer) = (policy(), on(day), customer(0));
        let (facts, goods) = laid_out(&ways, 0);
        let cover = Cover {
            id: CoverId::derived(&["cover"]),
            what: CoverKind::Deposit { amount: cny(100) },
            from: first_day(),
            until: Some(on(until)),
            done: [Step::Received].into(),
        };
        let beside = Beside { goods, covers: vec![cover], ..Beside::default() };
        let file = CreditFile::default();
        let watched = |facts: &[Recorded], day: Date| {
            indicators(&policy, Watched { customer: &customer, facts, file: &file, beside: &beside, rates: &[] }, day).unwrap()
        };
        let seen = watched(&facts, as_of);
        let known: Vec<Recorded> = facts.iter().filter(|fact| fact.date <= as_of).cloned().collect();
        prop_assert_eq!(&seen, &watched(&known, as_of));
        let of = |seen: &[Observation], indicator: Indicator| seen.iter().find(|one| one.indicator == indicator).map(|one| one.value.units());
        // Each indicator stands once, and a day later one day less is left.
        let once: BTreeSet<Indicator> = seen.iter().map(|one| one.indicator).collect();
        prop_assert_eq!(once.len(), seen.len());
        let next = watched(&facts, plus_days(as_of, 1));
        let left = |seen: &[Observation]| of(seen, Indicator::CoverDaysLeft).unwrap();
        prop_assert_eq!(left(&seen) - left(&next), 1_000_000);
        prop_assert_eq!(left(&seen) / 1_000_000, i64::from(days_between(as_of, on(until))));
    }

    #[test]
    fn every_warning_of_a_book_stands_in_one_list(
        seen in prop::collection::vec((0_usize..4, 0_u32..60, 0_usize..19, -10_i64..700), 0..60),
        before in 0_u32..60,
        later in 0_u32..30,
    ) {
        let rule = policy().warnings.unwrap();
        let mut book: Vec<Observed> =
            (0..4).map(|index| Observed { customer: who(index), observations: Vec::new(), acknowledged: Vec::new() }).collect();
        for (index, day, indicator, value) in seen {
            let indicator = rule.indicators[indicator % rule.indicators.len()].indicator;
            let value = Ratio::from_units(value * 100_000);
            book[index].observations.push(Observation { date: on(day), indicator, value, source: "test".into() });
        }
        let (before, as_of) = (on(before), on(before + later));
        let report = warning_report(&rule, &book, before, as_of);
        let mut coloured = 0;
        let mut was = 0;
        for observed in &book {
            for indicator in &rule.indicators {
                coloured += usize::from(indicator.read(&observed.observations, &[], as_of).colour > Colour::Green);
                was += usize::from(indicator.read(&observed.observations, &[], before).colour > Colour::Green);
            }
        }
        let kept = report.worse.len() + report.better.len() + report.unchanged.len();
        prop_assert_eq!(coloured, report.new.len() + kept);
        prop_assert_eq!(was, report.gone.len() + kept);
        let sum = |pick: fn(&shared::questions::warning_report::OwnerFigures) -> u32| report.owners.iter().map(pick).sum::<u32>() as usize;
        prop_assert_eq!(sum(|owner| owner.new), report.new.len());
        prop_assert_eq!(sum(|owner| owner.worse), report.worse.len());
        prop_assert_eq!(sum(|owner| owner.better), report.better.len());
        prop_assert_eq!(sum(|owner| owner.gone), report.gone.len());
        prop_assert_eq!(sum(|owner| owner.unchanged), report.unchanged.len());
        prop_assert_eq!(sum(|owner| owner.unseen), coloured);
        prop_assert_eq!(report.colours.iter().map(|count| count.customers).sum::<u32>(), 4);
    }

    #[test]
    fn a_notice_that_arrived_never_shortens_a_limitation(ways in prop::collection::vec(way(), 1..5), sent in 0_u32..2000, day in 300_u32..2500) {
        let (policy, as_of) = (policy(), on(day));
        let (facts, _) = laid_out(&ways, 0);
        let read = |notices: Vec<Notice>| {
            let rules = ClockRules {
                clocks: policy.clocks.as_ref().unwrap(),
                confirmation: policy.confirmation.as_ref(),
                calendar: &policy.calendar,
            };
            let mut clocks = legal_clocks(rules, &facts, &Dealings { notices, ..Dealings::default() }, as_of).unwrap();
            clocks.sort_by(|a, b| a.of.cmp(&b.of));
            clocks
        };
        let items: Vec<ItemId> = (0..ways.len()).map(|index| ItemId::derived(&[&index.to_string()])).collect();
        let notice = |proof: &str| Notice {
            date: on(sent),
            step: "formal".into(),
            items: items.clone(),
            fee: None, sent: Some(Sent {
                channel: Channel::RegisteredLetter,
                recipient: "财务部".into(),
                text: "…".into(),
                delivered: Some(Delivered { date: on(sent), proof: proof.into() }),
            }),
        };
        let (plain, proven, unproven) = (read(Vec::new()), read(vec![notice("EMS 1")]), read(vec![notice("")]));
        prop_assert_eq!(plain.len(), proven.len());
        for ((plain, proven), unproven) in plain.iter().zip(&proven).zip(&unproven) {
            prop_assert!(proven.state.last_day >= plain.state.last_day);
            prop_assert_eq!(unproven.state.last_day, plain.state.last_day);
            // One that came in time moves the end to three years after it.
            let in_time = on(sent) <= as_of && on(sent) >= plain.state.from && on(sent) <= plain.state.last_day;
            if in_time {
                prop_assert_eq!(proven.state.from, on(sent));
            }
        }
    }

    #[test]
    fn what_was_collected_and_used_adds_up(
        books in prop::collection::vec((prop::collection::vec(way(), 0..4), prop::option::of(0_i64..2_000_000)), 1..5),
        from in 0_u32..200,
        length in 0_u32..120,
    ) {
        let (policy, from, to) = (policy(), on(from), on(from + length));
        let mut all: Vec<Recorded> = Vec::new();
        let (mut customers, mut read) = (Vec::new(), Vec::new());
        for (index, (ways, limit)) in books.iter().enumerate() {
            let (mut facts, _) = laid_out(ways, index);
            for recorded in &mut facts {
                // The same names in another ledger are other things.
                let other = |id: uuid::Uuid| shared::facts::id::derived(&[&index.to_string(), &id.to_string()]);
                match &mut recorded.fact {
                    Fact::Charged(item) => item.id = ItemId(other(item.id.0)),
                    Fact::Received(receipt) => receipt.id = ReceiptId(other(receipt.id.0)),
                    Fact::Allocated(allocation) => {
                        allocation.item = ItemId(other(allocation.item.0));
                        if let Source::Receipt { receipt } = &mut allocation.source {
                            *receipt = ReceiptId(other(receipt.0));
                        }
                    }
                    _ => {}
                }
            }
            if let Some(minor) = limit {
                let grant = LimitGrant { limit: Limit::Amount { amount: cny(*minor) }, until: None, decision: None };
                facts.push(Recorded { id: FactId::derived(&["limit"]), customer: who(index), feed: FeedNumber(900), date: first_day(), fact: Fact::LimitGranted(grant) });
            }
            let customer = customer(index);
            let standing = Standing::of(&customer, &facts, &[], None).unwrap();
            let paid = behaviour(&Journal::of(&facts, None).unwrap(), &policy.behaviour, Currency::CNY, &[], to).unwrap();
            read.push((standing, paid));
            customers.push(customer);
            all.extend(facts);
        }
        let report = collections(&customers, &all, (Currency::CNY, &[]), (from, to)).unwrap();
        let sum = |pick: fn(&shared::questions::collections::Collected) -> Money| report.lines.iter().map(|line| pick(line).minor()).sum::<i64>();
        prop_assert_eq!(sum(|line| line.past_due), report.total.past_due.minor());
        prop_assert_eq!(sum(|line| line.fell_due), report.total.fell_due.minor());
        prop_assert_eq!(sum(|line| line.collected), report.total.collected.minor());
        prop_assert_eq!(sum(|line| line.received), report.total.received.minor());
        prop_assert_eq!(report.total.customers as usize, customers.len());
        for line in report.lines.iter().chain([&report.total]) {
            prop_assert!(line.collected.minor() <= line.past_due.minor() + line.fell_due.minor());
            prop_assert!(line.rate.is_none_or(|rate| rate <= Ratio::ONE));
            prop_assert!(line.collected.minor() <= line.received.minor());
        }
        let users: Vec<UserOfCredit<'_>> = read.iter().map(|(standing, behaviour)| UserOfCredit { standing, behaviour }).collect();
        let usage = credit_use(&policy, policy.reports.as_ref().unwrap(), &users, &[], to).unwrap();
        prop_assert_eq!(usage.limits, usage.within.plus(usage.unused).unwrap());
        let counted: i64 = usage.lines.iter().map(|line| line.exposure.minor().max(0)).sum();
        prop_assert_eq!(usage.exposure().unwrap().minor(), counted);
        prop_assert_eq!(usage.lines.len(), customers.len());
        for payer in &usage.good_payers {
            prop_assert!(payer.unused.minor() > 0 && payer.used <= policy.reports.as_ref().unwrap().unused_below);
        }
    }

    #[test]
    fn what_was_held_ended_one_way(events in prop::collection::vec((0_u32..60, 0_usize..5, 0_u8..6), 0..40), from in 0_u32..40, length in 0_u32..40) {
        let event = |(day, order, what): (u32, usize, u8)| OrderEvent {
            date: on(day),
            order: OrderId::derived(&[&order.to_string()]),
            customer: who(order),
            amount: cny(100 << order),
            what: match what {
                0 | 1 => OrderWhat::Checked { verdict: Verdict::Hold, by: [Rule::Limit].into() },
                2 => OrderWhat::Checked { verdict: Verdict::Refuse, by: [Rule::Overdue].into() },
                3 => OrderWhat::Checked { verdict: Verdict::Approve, by: BTreeSet::new() },
                4 => OrderWhat::Released { role: "officer".into() },
                _ => OrderWhat::Cancelled,
            },
        };
        let events: Vec<OrderEvent> = events.into_iter().map(event).collect();
        let report = holds(&events, (Currency::CNY, &[]), (on(from), on(from + length))).unwrap();
        let stopped = [report.held, report.refused];
        let ended = [report.released, report.passed, report.cancelled, report.waiting];
        prop_assert_eq!(stopped.iter().map(|count| count.orders).sum::<u32>(), ended.iter().map(|count| count.orders).sum::<u32>());
        prop_assert_eq!(
            stopped.iter().map(|count| count.amount.minor()).sum::<i64>(),
            ended.iter().map(|count| count.amount.minor()).sum::<i64>()
        );
        prop_assert_eq!(report.roles.iter().map(|role| role.released.orders).sum::<u32>(), report.released.orders);
        // A rule released no more than it held.
        for rule in &report.rules {
            prop_assert!(rule.released.orders <= rule.held.orders);
        }
    }

    #[test]
    fn more_money_never_takes_fewer_and_nobody_speaks_twice(
        small in 1_i64..100_000_000,
        more in 0_i64..100_000_000,
        said in prop::collection::vec((0_u32..20, 0_usize..6, any::<bool>()), 0..12),
        away in prop::collection::vec((0_usize..5, 0_u32..20, 0_u32..6), 0..5),
        kind in 0_usize..3,
        asker in 0_usize..6,
        day in 0_u32..20,
    ) {
        let rule = policy().approvals.unwrap();
        // Who grants limits and terms, and who waives, is said by other sections.
        let kind = [ApprovalKind::GradeOverride, ApprovalKind::Plan, ApprovalKind::WriteOff][kind];
        let few = rule.steps(kind, cny(small)).unwrap().len();
        prop_assert!(few <= rule.steps(kind, cny(small + more)).unwrap().len());
        let person = |index: usize| PersonId::derived(&[&index.to_string()]);
        let roles = ["officer", "officer", "manager", "manager", "director"];
        let people: Vec<Approver> = roles
            .iter()
            .enumerate()
            .map(|(index, role)| Approver {
                person: person(index),
                roles: [(*role).to_owned()].into(),
                deputy: Some(person((index + 1) % 6)),
                away: away.iter().filter(|(who, ..)| *who == index).map(|(_, from, days)| Pause { from: on(*from), to: on(from + days) }).collect(),
            })
            .collect();
        let words: Vec<Said> = said
            .iter()
            .map(|(day, by, agrees)| Said { date: on(*day), by: person(*by), agrees: *agrees, reason: "因".into() })
            .collect();
        let request = Request { kind, amount: cny(small + more), by: person(asker), date: first_day() };
        let state = rule.state(&request, &words, &people, &Calendar::default(), on(day)).unwrap();
        let speakers: BTreeSet<PersonId> = state.agreed.iter().map(|agreed| agreed.by).collect();
        prop_assert_eq!(speakers.len(), state.agreed.len());
        prop_assert!(!speakers.contains(&request.by));
        prop_assert!(state.agreed.len() <= state.needs.len());
        prop_assert_eq!(matches!(state.at, At::Approved { .. }), state.agreed.len() == state.needs.len());
        let refused = usize::from(matches!(state.at, At::Refused { .. }));
        let heard = words.iter().filter(|word| word.date <= on(day)).count();
        prop_assert_eq!(state.agreed.len() + refused + state.set_aside.len(), heard);
        if let At::Waits { may, .. } = &state.at {
            prop_assert!(may.iter().all(|one| *one != request.by && !speakers.contains(one)));
            // Whoever may today is not away today.
            let there = |one: &PersonId| people.iter().filter(|known| known.person == *one).all(|known| {
                !known.away.iter().any(|away| (away.from..=away.to).contains(&on(day)))
            });
            prop_assert!(may.iter().all(there));
        }
    }

    #[test]
    fn what_an_insurance_pays_and_what_stays_make_the_exposure(limit in 0_i64..9_000_000, share in 0_i64..=1_000_000, exposure in 0_i64..9_000_000) {
        let policy = policy();
        let insurance = Cover {
            id: CoverId::derived(&["insurance"]),
            what: CoverKind::Insurance { buyer_limit: cny(limit), share: Ratio::from_units(share), policy_left: cny(i64::MAX >> 20), terms: None },
            from: first_day(),
            until: None,
            done: [Step::BuyerApproved, Step::PremiumPaid, Step::Declared].into(),
        };
        let mut rule = policy.cover.unwrap();
        let up = covered(&rule, std::slice::from_ref(&insurance), cny(exposure), &[], first_day()).unwrap();
        for line in &mut rule.kinds {
            line.works = shared::rules::cover::Works::Deduction;
        }
        let down = covered(&rule, &[insurance], cny(exposure), &[], first_day()).unwrap();
        // It pays the same whichever way the policy lets it work.
        prop_assert_eq!(up.own_retention, down.own_retention);
        if let Some(own) = down.own_retention {
            prop_assert_eq!(own.plus(down.deduction).unwrap(), cny(exposure));
            prop_assert_eq!(up.deduction, cny(0));
        }
    }

    #[test]
    fn acceptors_lose_nothing(bills in prop::collection::vec((0_usize..6, 0_i64..9_000_000, any::<bool>()), 0..12)) {
        let customers = [customer(0), customer(1), Customer { id: who(2), code: "C-X".into(), ..customer(1) }];
        let files: Vec<CreditFile> = customers.iter().map(|_| CreditFile::default()).collect();
        let known: Vec<(&Customer, &CreditFile)> = customers.iter().zip(&files).collect();
        let on = |(index, minor, own): &(usize, i64, bool)| OnAcceptor {
            acceptor: format!(" 客户 {index}"), amount: cny(*minor), given_by: own.then(|| customer(0).id),
        };
        let on_acceptors: Vec<OnAcceptor> = bills.iter().map(on).collect();
        let found = acceptors(&on_acceptors, &known, (Currency::CNY, &RatesOn::new(&[], first_day()))).unwrap();
        let matched: i64 = found.accepted.iter().map(|one| one.amount.minor()).sum();
        let unmatched: i64 = found.unmatched.iter().map(|one| one.amount.minor()).sum();
        let sum = |which: &dyn Fn(usize, bool) -> bool| bills.iter().filter(|one| which(one.0, one.2)).map(|one| one.1).sum::<i64>();
        // What the first gave itself counts on it already.
        prop_assert_eq!(matched + unmatched, sum(&|index, own| index != 0 || !own));
        prop_assert_eq!(matched, sum(&|index, own| index == 0 && !own));
    }

    #[test]
    fn a_version_that_changes_nothing_changes_no_interest(minor in 1_i64..900_000_000, due in 0_u32..200, cut in 0_u32..400, to in 0_u32..400) {
        let policy = policy();
        let version = |version: u32, from: Date| DatedVersion {
            version: PolicyVersion { version, digest: String::new(), policy: policy.clone() },
            from,
            review_by: None,
        };
        let overdue = Overdue {
            principal: cny(minor),
            due: on(due),
            contracted: Some(first_day()),
            payments: Vec::new(),
            paused: Vec::new(),
            bankrupt: None,
            waivers: Vec::new(),
        };
        let (one, two) = ([version(1, first_day())], [version(2, on(cut)), version(1, first_day())]);
        let rates = published().unwrap();
        let charged = |versions: &[DatedVersion]| {
            let rules = Versions(versions).interest(Some("small_firm")).unwrap();
            late_interest(&overdue, &rules, &rates, 40, on(to)).unwrap().accrued
        };
        prop_assert_eq!(charged(&one), charged(&two));
        let in_force = Versions(&two).in_force(on(to)).unwrap();
        prop_assert_eq!(in_force.version, if to >= cut { 2 } else { 1 });
        prop_assert!(in_force.until.is_none_or(|until| until >= on(to)));
    }
}
