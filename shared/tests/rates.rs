//! Laws of many currencies: the order of rates never shows, a later rate never counts, parts add up to their whole, and a
//! prepaid order uses no credit.

// A failed test is what a panic means here, and the figures are small.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

use proptest::prelude::*;
use shared::facts::calendar::{Date, plus_days};
use shared::facts::customer::Customer;
use shared::facts::id::{CustomerId, FactId, FeedNumber, ItemId, OrderId};
use shared::facts::ledger::{Document, Fact, Item, Order, Rate, RateKind, Recorded};
use shared::facts::money::{Currency, Money};
use shared::facts::number::Ratio;
use shared::facts::terms::Terms;
use shared::facts::terms::agreed::{Agreed, Base, Part, Parts, Roll};
use shared::readings::exchange::{ConversionError, Purpose, RateHistory, RatesOn};
use shared::readings::standing::Standing;
use shared::rules::order_check::order_check;
use shared::rules::policy::{DEFAULT, Policy};
use std::sync::LazyLock;

const DAYS: u32 = 40;

static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::parse(DEFAULT).unwrap());

fn first_day() -> Date {
    "2026-06-01".parse().unwrap()
}

fn today() -> Date {
    plus_days(first_day(), DAYS)
}

fn day() -> impl Strategy<Value = Date> {
    (0..=DAYS).prop_map(|days| plus_days(first_day(), days))
}

fn currency() -> impl Strategy<Value = Currency> {
    prop::sample::select(vec!["CNY", "USD", "EUR", "JPY", "KWD"]).prop_map(|code| code.parse().unwrap())
}

fn kind() -> impl Strategy<Value = Option<RateKind>> {
    use RateKind::{BankBuying, BankSelling, Contract, Manual, Middle};
    prop::option::of(prop::sample::select(vec![Middle, BankBuying, BankSelling, Contract, Manual]))
}

prop_compose! {
    fn rate()(
        from in currency(), to in currency(), date in day(), feed in 0_u64..6, units in 5_000_i64..9_000_000,
        kind in kind(), source in "[ab]",
    ) -> Rate {
        Rate { feed: FeedNumber(feed), date, from, to, rate: Ratio::from_units(units), source, kind }
    }
}

fn rates() -> impl Strategy<Value = Vec<Rate>> {
    prop::collection::vec(rate(), 0..30)
}

/// A list and the same in another order.
fn turned() -> impl Strategy<Value = (Vec<Rate>, Vec<Rate>)> {
    rates().prop_flat_map(|rates| (Just(rates.clone()), Just(rates).prop_shuffle()))
}

fn money(minor: i64, currency: Currency) -> Money {
    Money::from_minor(minor, currency).unwrap()
}

fn recorded(number: usize, date: Date, fact: Fact) -> Recorded {
    Recorded {
        id: FactId::derived(&[&number.to_string()]),
        customer: who(),
        feed: FeedNumber(u64::try_from(number).unwrap() + 1),
        date,
        fact,
    }
}

fn who() -> CustomerId {
    CustomerId::derived(&["rates"])
}

fn customer() -> Customer {
    serde_json::from_value(serde_json::json!({
        "id": who(), "code": "C-1", "name": "算例", "stage": "active", "currency": "CNY",
    }))
    .unwrap()
}

fn charged(number: usize, date: Date, amount: Money) -> Recorded {
    let document = if amount.minor() < 0 { Document::CreditNote } else { Document::Invoice };
    let id = ItemId::derived(&[&number.to_string()]);
    let (due, number_) = (plus_days(date, 60), format!("INV-{number}"));
    let item = Item {
        id,
        document,
        number: number_,
        due,
        amount,
        opening: false,
        order: None,
        reference: None,
        description: None,
    };
    recorded(number, date, Fact::Charged(item))
}

fn ledger() -> impl Strategy<Value = Vec<Recorded>> {
    let one = (day(), currency(), prop_oneof![3 => 1_i64..5_000_000, 1 => -900_000_i64..0]);
    prop::collection::vec(one, 0..12).prop_map(|all| {
        let fact = |(number, (date, currency, minor))| charged(number, date, money(minor, currency));
        all.into_iter().enumerate().map(fact).collect()
    })
}

/// The rate as a reader with a finger on the list would find it.
fn by_hand(rates: &[Rate], purpose: Purpose, (from, to): (Currency, Currency), day: Date) -> Option<Rate> {
    use RateKind::{BankBuying, BankSelling, Contract, Manual, Middle};
    let order = match purpose {
        Purpose::Valuation => vec![Some(Middle), None, Some(Manual), Some(BankBuying), Some(BankSelling)],
        Purpose::Settlement => {
            vec![Some(Contract), Some(BankBuying), Some(Manual), None, Some(Middle), Some(BankSelling)]
        }
    };
    let of_pair = |rate: &&Rate| [(from, to), (to, from)].contains(&(rate.from, rate.to)) && rate.date <= day;
    let counted: Vec<&Rate> = rates.iter().filter(of_pair).filter(|rate| order.contains(&rate.kind)).collect();
    let newest = counted.iter().map(|rate| rate.date).max()?;
    let of_day: Vec<&Rate> = counted.into_iter().filter(|rate| rate.date == newest).collect();
    let kind = order.into_iter().find(|kind| of_day.iter().any(|rate| rate.kind == *kind))?;
    let of_kind: Vec<&Rate> = of_day.into_iter().filter(|rate| rate.kind == kind).collect();
    let learned = of_kind.iter().map(|rate| rate.feed).max()?;
    let last: Vec<&Rate> = of_kind.into_iter().filter(|rate| rate.feed == learned).collect();
    last.into_iter()
        .max_by(|a, b| (a.from, a.rate.units(), &a.source).cmp(&(b.from, b.rate.units(), &b.source)))
        .cloned()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_rate_found_is_the_one_a_reader_would_find((one, other) in turned(), from in currency(), to in currency(), day in day()) {
        prop_assume!(from != to);
        for purpose in [Purpose::Valuation, Purpose::Settlement] {
            let found = RatesOn::of(&one, purpose, day).find(from, to).cloned();
            prop_assert_eq!(&found, &by_hand(&one, purpose, (from, to), day));
            prop_assert_eq!(&found, &RatesOn::of(&other, purpose, day).find(from, to).cloned());
        }
        let history = RateHistory::new(&one).find(from, to, day).cloned();
        prop_assert_eq!(history, RatesOn::new(&other, day).find(from, to).cloned());
    }

    #[test]
    fn what_is_dated_later_changes_nothing(rates in rates(), later in rate(), minor in -9_000_000_i64..9_000_000, from in currency(), to in currency(), day in day()) {
        let mut more = rates.clone();
        more.push(Rate { date: plus_days(day, 1), ..later });
        let convert = |rates: &[Rate]| RatesOn::new(rates, day).convert(money(minor, from), to);
        prop_assert_eq!(convert(&rates), convert(&more));
        if let Err(ConversionError::MissingRate { day: named, .. }) = convert(&rates) {
            prop_assert_eq!(named, day);
        }
    }

    #[test]
    fn amounts_converted_together_add_up(rates in rates(), minors in prop::collection::vec(-9_000_000_i64..9_000_000, 0..9), from in currency(), to in currency()) {
        let on = RatesOn::new(&rates, today());
        let amounts: Vec<Money> = minors.iter().map(|minor| money(*minor, from)).collect();
        let Ok((total, parts)) = on.convert_together(from, &amounts, to) else {
            prop_assert!(on.find(from, to).is_none());
            return Ok(());
        };
        prop_assert_eq!(total, on.convert(Money::sum(from, amounts.clone()).unwrap(), to).unwrap());
        prop_assert_eq!(parts.len(), amounts.len());
        prop_assert_eq!(Money::sum(to, parts.iter().copied()).unwrap(), total);
        for (amount, part) in amounts.into_iter().zip(parts) {
            prop_assert!((on.convert(amount, to).unwrap().minor() - part.minor()).abs() <= 1);
        }
    }

    #[test]
    fn a_standing_carries_the_same_rates_in_whatever_order_they_came((one, other) in turned(), facts in ledger()) {
        let standing = Standing::of(&customer(), &facts, &one, None).unwrap();
        prop_assert_eq!(&standing, &Standing::of(&customer(), &facts, &other, None).unwrap());
        // What it carries converts as the list itself does.
        for bucket in &standing.open {
            let by_list = RatesOn::new(&one, Date::MAX).convert(bucket.amount, standing.currency);
            prop_assert_eq!(standing.in_own(bucket.amount, Date::MAX), by_list);
        }
    }

    #[test]
    fn an_order_counts_in_the_standing_for_what_its_check_asked(
        amount in 1_i64..5_000_000,
        prepaid in prop::option::of(0_i64..6_000_000),
        terms in 0_usize..4,
    ) {
        let part = |share: &str, base| Part { share: share.parse().unwrap(), base, days: 0 };
        let agreed = |last| Terms::Agreed(Agreed {
            parts: Parts::try_from(vec![part("0.3", Base::Order), part("0.7", last)]).unwrap(),
            cycle: None, pay_day: None, roll: Roll::Next, deemed_days: 15, discount: None,
        });
        let terms = [Terms::Prepaid, Terms::Net { days: 30 }, agreed(Base::Order), agreed(Base::Delivery)][terms];
        let prepayment = prepaid.map(|minor| money(minor.min(amount), Currency::CNY));
        let order = order(money(amount, Currency::CNY), terms, prepayment);
        let nothing = Standing::of(&customer(), &[], &[], None).unwrap();
        let asked = order_check(&POLICY, &nothing, &order, today()).unwrap().order;
        let facts = [recorded(0, today(), Fact::Ordered(order))];
        let standing = Standing::of(&customer(), &facts, &[], None).unwrap();
        let counted = Money::sum(Currency::CNY, standing.orders.iter().map(|bucket| bucket.amount)).unwrap();
        prop_assert_eq!(counted, asked);
    }
}

fn order(amount: Money, terms: Terms, prepayment: Option<Money>) -> Order {
    Order { id: OrderId::derived(&["o"]), customer: who(), amount, terms, prepayment, description: None }
}

#[test]
fn json_of_a_rate_is_pinned() {
    // Changing this needs a migration: standings in stored decisions carry rates.
    let old =
        r#"{"feed":3,"date":"2026-11-01","from":"USD","to":"CNY","rate":"7.1234","source":"中国外汇交易中心中间价"}"#;
    let rate: Rate = serde_json::from_str(old).unwrap();
    assert_eq!(rate.kind, None);
    assert_eq!(serde_json::to_string(&rate).unwrap(), old);
    let kinds = [RateKind::Middle, RateKind::BankBuying, RateKind::BankSelling, RateKind::Contract, RateKind::Manual];
    let names = serde_json::to_string(&kinds).unwrap();
    assert_eq!(names, r#"["middle","bank_buying","bank_selling","contract","manual"]"#);
}
