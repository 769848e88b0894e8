//! Laws of payment terms: parts add up, the written-out form of plain terms says the same, no due date lies before its
//! event, and nothing falls due later than terms are ranked by.

use proptest::prelude::*;
use shared::facts::calendar::{Calendar, Date, days_between, plus_days};
use shared::facts::money::{Currency, Money};
use shared::facts::number::Ratio;
use shared::facts::terms::Terms;
use shared::facts::terms::agreed::{Agreed, Base, Cycle, Discount, Part, Parts, Roll};
use shared::rules::policy::{DEFAULT, Policy};
use shared::rules::terms::{Events, schedule};

fn base() -> impl Strategy<Value = Base> {
    prop::sample::select(vec![
        Base::Order,
        Base::Document,
        Base::Shipment,
        Base::Delivery,
        Base::StatementConfirmed,
        Base::InvoiceReceived,
    ])
}

fn parts() -> impl Strategy<Value = Parts> {
    let part = (1_i64..100, base(), 0_u16..200);
    prop::collection::vec(part, 1..=6).prop_map(|drawn| {
        let total: i64 = drawn.iter().map(|(weight, _, _)| weight).sum();
        let mut parts: Vec<Part> = drawn
            .iter()
            .map(|(weight, base, days)| Part {
                share: Ratio::from_units(weight * 1_000_000 / total),
                base: *base,
                days: *days,
            })
            .collect();
        let given: i64 = parts.iter().map(|part| part.share.units()).sum();
        parts[0].share = Ratio::from_units(parts[0].share.units() + 1_000_000 - given);
        Parts::try_from(parts).unwrap()
    })
}

fn agreed() -> impl Strategy<Value = Agreed> {
    let cycle = prop::option::of((1_u8..=31, 0_u8..3));
    let roll = prop::sample::select(vec![Roll::Next, Roll::Previous, Roll::NextInMonth, Roll::Stay]);
    let discount = prop::option::of((0_i64..=1_000_000, 0_u16..100));
    (parts(), cycle, prop::option::of(1_u8..=31), roll, 0_u16..60, discount).prop_map(
        |(parts, cycle, pay_day, roll, deemed_days, discount)| Agreed {
            parts,
            cycle: cycle.map(|(day, months)| Cycle { cut_off: day.try_into().unwrap(), months }),
            pay_day: pay_day.map(|day| day.try_into().unwrap()),
            roll,
            deemed_days,
            discount: discount.map(|(share, days)| Discount { share: Ratio::from_units(share), days }),
        },
    )
}

fn terms() -> impl Strategy<Value = Terms> {
    prop_oneof![
        Just(Terms::Prepaid),
        Just(Terms::OnDelivery),
        (0_u16..400).prop_map(|days| Terms::Net { days }),
        (0_u16..400).prop_map(|days| Terms::MonthEnd { days }),
        agreed().prop_map(Terms::Agreed),
    ]
}

fn day() -> impl Strategy<Value = Date> {
    (0_u32..1500).prop_map(|days| plus_days("2024-01-01".parse().unwrap(), days))
}

fn calendar() -> Calendar {
    Policy::parse(DEFAULT).unwrap().calendar
}

/// Nothing is known but the document.
fn of_document(document: Date) -> Events {
    Events { document, order: None, shipment: None, delivery: None, statement_confirmed: None, invoice_received: None }
}

proptest! {
    #[test]
    fn plain_terms_written_out_say_the_same(terms in terms(), date in day()) {
        let agreed = Terms::Agreed(terms.written_out());
        prop_assert_eq!(agreed.due(date, &calendar()), terms.due(date, &calendar()));
        prop_assert_eq!(agreed.is_prepaid(), terms.is_prepaid());
    }

    #[test]
    fn parts_add_up_and_wait_for_their_event(
        terms in terms(),
        minor in -1_000_000_000_i64..1_000_000_000,
        document in day(),
        event in prop::option::of(day()),
        as_of in day(),
    ) {
        let amount = Money::from_minor(minor, Currency::CNY).unwrap();
        let events = Events {
            shipment: event,
            delivery: event,
            statement_confirmed: event,
            invoice_received: event,
            ..of_document(document)
        };
        let parts = schedule(terms, amount, &events, &calendar(), 365, as_of).unwrap();
        prop_assert_eq!(Money::sum(Currency::CNY, parts.iter().map(|part| part.amount)).unwrap(), amount);
        for part in &parts {
            prop_assert!(part.before_roll >= part.event);
            prop_assert!(days_between(document, part.before_roll) <= i32::try_from(terms.days_at_most()).unwrap());
            if let Some(offer) = part.discount {
                prop_assert!(offer.until < part.due && offer.saves.minor().abs() <= part.amount.minor().abs());
            }
        }
    }

    #[test]
    fn terms_survive_their_json(terms in terms()) {
        let json = serde_json::to_string(&terms).unwrap();
        prop_assert_eq!(serde_json::from_str::<Terms>(&json).unwrap(), terms);
    }

    #[test]
    fn nothing_breaks_at_the_ends_of_time(terms in terms(), amount in any::<bool>()) {
        for date in [Date::MIN, Date::MAX] {
            let amount = Money::from_minor(i64::from(amount), Currency::CNY).unwrap();
            terms.due(date, &calendar());
            schedule(terms, amount, &of_document(date), &calendar(), 365, date).unwrap();
        }
    }
}
