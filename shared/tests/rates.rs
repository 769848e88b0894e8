//! Laws of many currencies: the order of rates never shows, a later rate never counts, parts add up to their whole, a settlement
//! ties out in the book's currency, revaluation alone never holds an order, and a prepaid order uses no credit.

use proptest::prelude::*;
use shared::facts::calendar::{Date, plus_days};
use shared::facts::customer::Customer;
use shared::facts::id::{CustomerId, FactId, FeedNumber, ItemId, OrderId, ReceiptId};
use shared::facts::ledger::{Document, Fact, Item, Limit, LimitGrant, Order, Rate, RateKind, Recorded, TermsGrant};
use shared::facts::money::{Currency, Money};
use shared::facts::number::Ratio;
use shared::facts::terms::Terms;
use shared::facts::terms::agreed::{Agreed, Base, Part, Parts, Roll};
use shared::readings::exchange::{ConversionError, Purpose, RateHistory, RatesOn};
use shared::readings::journal::Journal;
use shared::readings::revaluation::revaluation;
use shared::readings::standing::{Further, Standing};
use shared::rules::allocation::{Debt, Early, Incoming, Nature, Setting, propose};
use shared::rules::order_check::{Answer, EasedBy, Rule, Verdict, order_check};
use shared::rules::policy::{DEFAULT, Policy};
use shared::rules::settlement::settle;
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
        parts: Vec::new(),
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
    fn revaluation_adds_up_and_forgets_nothing((one, other) in turned(), facts in ledger()) {
        let made = revaluation(&facts, Currency::CNY, &one, today()).unwrap();
        prop_assert_eq!(&made, &revaluation(&facts, Currency::CNY, &other, today()).unwrap());
        let sum = |amounts: Vec<Money>| Money::sum(Currency::CNY, amounts).unwrap();
        let mut documents = made.unvalued.len();
        for of in &made.currencies {
            documents += of.items.len();
            prop_assert_eq!(sum(of.items.iter().map(|item| item.booked).collect()), of.booked);
            prop_assert_eq!(sum(of.items.iter().map(|item| item.worth).collect()), of.worth);
            prop_assert_eq!(sum(of.items.iter().map(|item| item.gain).collect()), of.gain);
            prop_assert_eq!(of.worth, RatesOn::new(&one, today()).convert(of.open, Currency::CNY).unwrap());
            for item in &of.items {
                prop_assert_eq!(item.booked, RatesOn::new(&one, item.date).convert(item.open, Currency::CNY).unwrap());
            }
        }
        prop_assert_eq!(sum(made.currencies.iter().map(|of| of.booked).collect()), made.booked);
        prop_assert_eq!(sum(made.currencies.iter().map(|of| of.worth).collect()), made.worth);
        prop_assert_eq!(made.worth.minus(made.booked).unwrap(), made.gain);
        let foreign = |fact: &&Recorded| matches!(&fact.fact, Fact::Charged(item) if item.amount.currency() != Currency::CNY);
        prop_assert_eq!(documents, facts.iter().filter(foreign).count());
        for left in &made.unvalued {
            prop_assert!(RatesOn::new(&one, left.day).find(left.open.currency(), Currency::CNY).is_none());
        }
    }

    #[test]
    fn a_settlement_ties_out(
        debts in prop::collection::vec((1_i64..3_000_000, prop::sample::select(vec!["CNY", "USD", "JPY"]), 10_000_i64..9_000_000, prop::bool::weighted(0.2)), 1..7),
        (paid_in, minor) in (prop::sample::select(vec!["CNY", "USD", "JPY"]), 1_i64..6_000_000),
        charges in prop::option::of(1_i64..4_000),
        credited in prop::option::of(1_i64..40_000_000),
        usd in 6_000_000_i64..8_000_000,
        jpy in 40_000_i64..60_000,
    ) {
        let currency = |code: &str| -> Currency { code.parse().unwrap() };
        let rate = |from: &str, units| Rate {
            feed: FeedNumber(1), date: first_day(), from: currency(from), to: Currency::CNY,
            rate: Ratio::from_units(units), source: "test".into(), kind: None,
        };
        let rates = [rate("USD", usd), rate("JPY", jpy)];
        let debts: Vec<Debt> = debts.into_iter().enumerate().map(|(number, (minor, code, booked, credit))| Debt {
            item: ItemId::derived(&[&number.to_string()]),
            number: format!("INV-{number}"),
            reference: None,
            due: first_day(),
            open: money(if credit { -minor } else { minor }, currency(code)),
            nature: Nature::Principal,
            of: None,
            secured: Ratio::ZERO,
            burden: Ratio::ZERO,
            disputed: false,
            booked_rate: (code != "CNY").then(|| Ratio::from_units(booked)),
            discount: (!credit && minor >= 50).then(|| Early { until: today(), saves: money(minor / 50, currency(code)) }),
        }).collect();
        // Some pay a document less its discount, to the cent.
        let discounted = debts[0].discount.filter(|_| minor % 2 == 0).map(|early| debts[0].open.minus(early.saves).unwrap());
        let incoming = Incoming {
            receipt: ReceiptId::derived(&["r"]),
            date: today(),
            amount: discounted.unwrap_or_else(|| money(minor, currency(paid_in))),
            from_abroad: true,
            charges: charges.filter(|_| discounted.is_none()).map(|minor| money(minor, currency(paid_in))),
            text: None,
            designation: None,
        };
        let rule = POLICY.allocation.as_ref().unwrap();
        let setting = Setting { rule, agreed: None, currency: Currency::CNY, rates: &rates };
        let proposal = propose(&setting, &incoming, &debts).unwrap();
        let credited = credited.map(|minor| money(minor, Currency::CNY));
        let made = settle(Currency::CNY, &incoming, &debts, &proposal, credited, &rates).unwrap();
        let yuan = |amounts: &[Money]| Money::sum(Currency::CNY, amounts.iter().copied()).unwrap();
        let mut received = made.unapplied_worth;
        for document in &made.documents {
            let lines = document.lines;
            let discounts = lines.discounts.unwrap_or(Money::zero(Currency::CNY));
            prop_assert_eq!(yuan(&[lines.received, lines.charges, lines.small, discounts, lines.credits]), yuan(&[lines.released, lines.exchange_difference]));
            prop_assert_eq!(document.settled.plus(document.left).unwrap(), document.open);
            if document.left.is_zero() {
                prop_assert_eq!(lines.released, document.booked);
            }
            prop_assert!(lines.released.minor() <= document.booked.minor() && lines.released.minor() >= 0);
            received = received.plus(lines.received).unwrap();
        }
        // What the payment is worth goes nowhere but to documents and what is left of it.
        let worth = credited.unwrap_or_else(|| RatesOn::new(&rates, today()).convert(incoming.amount, Currency::CNY).unwrap());
        prop_assert_eq!(received, worth);
        let sum = made.sum;
        let discounts = sum.discounts.unwrap_or(Money::zero(Currency::CNY));
        prop_assert_eq!(yuan(&[sum.received, sum.charges, sum.small, discounts, sum.credits]), yuan(&[sum.released, sum.exchange_difference]));
        prop_assert_eq!(sum.released, yuan(&made.documents.iter().map(|document| document.lines.released).collect::<Vec<_>>()));
        let settled: i64 = proposal.lines.iter().map(|line| line.amount.minor()).sum();
        prop_assert_eq!(settled, made.documents.iter().map(|document| document.settled.minor()).sum::<i64>());
    }

    #[test]
    fn revaluation_alone_never_holds_an_order(
        dollars in prop::collection::vec(1_i64..2_000_000, 0..4),
        yuan in 0_i64..5_000_000,
        limit in 1_i64..30_000_000,
        asked in 1_i64..5_000_000,
        (booked, today_at) in (6_000_000_i64..8_000_000, 6_000_000_i64..8_000_000),
    ) {
        let rate = |date, units| Rate {
            feed: FeedNumber(1), date, from: Currency::USD, to: Currency::CNY,
            rate: Ratio::from_units(units), source: "test".into(), kind: Some(RateKind::Middle),
        };
        let rates = [rate(first_day(), booked), rate(today(), today_at)];
        let mut facts = vec![charged(0, first_day(), money(yuan + 1, Currency::CNY))];
        for minor in dollars {
            facts.push(charged(facts.len(), first_day(), money(minor, Currency::USD)));
        }
        let limit = LimitGrant { limit: Limit::Amount { amount: money(limit, Currency::CNY) }, until: None, decision: None };
        facts.push(recorded(facts.len(), first_day(), Fact::LimitGranted(limit)));
        facts.push(recorded(facts.len(), first_day(), Fact::TermsGranted(TermsGrant { terms: Terms::Net { days: 30 } })));
        let journal = Journal::of(&facts, None).unwrap();
        let further = Further::default().with_booked(&journal, Currency::CNY, &rates).unwrap();
        let standing = Standing::of(&customer(), &facts, &rates, None).unwrap();
        let before = Standing::of(&customer(), &facts, &rates[..1], None).unwrap();
        let order = order(money(asked, Currency::CNY), Terms::Net { days: 30 }, None);
        let verdict = |standing: &Standing| limit_verdict(&order_check(&*POLICY, standing, &order, today()).unwrap());
        let (plain, at_booking) = (verdict(&standing).0, verdict(&before).0);
        let (kept, eased) = verdict(&Standing { further, ..standing });
        // Each bucket is rounded by itself on either side, so that a few cents can lie between the two.
        prop_assert!(kept <= plain);
        if plain == Verdict::Hold && at_booking == Verdict::Hold {
            prop_assert_eq!((kept, eased), (Verdict::Hold, None));
        } else if plain == Verdict::Hold {
            prop_assert_eq!((kept, eased), (Verdict::Warn, Some(EasedBy::Revaluation)));
        } else {
            prop_assert_eq!((kept, eased), (plain, None));
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
        let asked = order_check(&*POLICY, &nothing, &order, today()).unwrap().order;
        let facts = [recorded(0, today(), Fact::Ordered(order))];
        let standing = Standing::of(&customer(), &facts, &[], None).unwrap();
        let counted = Money::sum(Currency::CNY, standing.orders.iter().map(|bucket| bucket.amount)).unwrap();
        prop_assert_eq!(counted, asked);
    }
}

fn order(amount: Money, terms: Terms, prepayment: Option<Money>) -> Order {
    Order { id: OrderId::derived(&["o"]), customer: who(), amount, terms, prepayment, description: None }
}

fn limit_verdict(answer: &Answer) -> (Verdict, Option<EasedBy>) {
    let reason = answer.reasons.iter().find(|reason| reason.rule == Rule::Limit).unwrap();
    (reason.verdict, reason.eased.map(|eased| eased.by))
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
