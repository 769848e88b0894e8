//! Laws of allocation: a payment's parts add up, nothing is applied beyond what is open, the order of the list never
//! shows, the law's order is kept, and an undo restores the ledger.

use proptest::prelude::*;
use shared::facts::calendar::{Date, plus_days};
use shared::facts::id::{CustomerId, FactId, FeedNumber, ItemId, ReceiptId};
use shared::facts::ledger::{Allocation, Document, Fact, Item, Rate, Receipt, Recorded};
use shared::facts::money::{Currency, Money};
use shared::facts::money_in::{Designated, Designation};
use shared::facts::number::Ratio;
use shared::readings::journal::Journal;
use shared::rules::allocation::{
    AllocationRule, By, Debt, Early, Incoming, Method, Nature, Order, Proposal, Setting, propose, undo,
};
use shared::rules::policy::{DEFAULT, Policy};
use std::collections::BTreeMap;

fn today() -> Date {
    "2026-06-30".parse().unwrap()
}

fn rates() -> Vec<Rate> {
    let (from, to) = (Currency::USD, Currency::CNY);
    let (rate, source) = ("7.1".parse().unwrap(), "test".to_owned());
    vec![Rate { feed: FeedNumber(0), date: "2026-01-01".parse().unwrap(), from, to, rate, source, kind: None }]
}

fn rule(methods: Vec<Method>, go_on: bool) -> AllocationRule {
    let rule = Policy::parse(DEFAULT).unwrap().allocation.unwrap();
    AllocationRule { methods, go_on_when_ambiguous: go_on, ..rule }
}

prop_compose! {
    fn debt()(
        number in 0_u32..40,
        minor in prop_oneof![8 => 1_i64..50, 4 => 1_i64..5_000_000, 2 => -2_000_000_i64..0],
        dollars in prop::bool::weighted(0.2),
        due in 0_u32..60,
        nature in 0_u8..8,
        of in prop::option::of(0_u32..40),
        secured in 0_i64..3,
        burden in 0_i64..3,
        disputed in prop::bool::weighted(0.1),
        early in prop::option::weighted(0.3, (0_u32..60, 1_i64..60)),
    ) -> Debt {
        let currency = if dollars { Currency::USD } else { Currency::CNY };
        let accessory = nature < 2;
        Debt {
            item: ItemId::derived(&[&number.to_string()]),
            number: format!("INV-{number}"),
            reference: None,
            due: plus_days("2026-06-01".parse().unwrap(), due),
            open: Money::from_minor(minor, currency).unwrap(),
            nature: match nature { 0 => Nature::Costs, 1 => Nature::Interest, _ => Nature::Principal },
            of: of.filter(|_| accessory).map(|of| ItemId::derived(&[&of.to_string()])),
            secured: Ratio::from_units(secured * 500_000),
            burden: Ratio::from_units(burden * 100_000),
            disputed,
            booked_rate: dollars.then(|| "7".parse().unwrap()),
            discount: early.map(|(until, minor)| Early {
                until: plus_days("2026-06-01".parse().unwrap(), until),
                saves: Money::from_minor(minor, currency).unwrap(),
            }),
        }
    }
}

fn debts() -> impl Strategy<Value = Vec<Debt>> {
    prop::collection::vec(debt(), 0..12).prop_map(|debts| {
        let by_id: BTreeMap<ItemId, Debt> = debts.into_iter().map(|debt| (debt.item, debt)).collect();
        by_id.into_values().collect()
    })
}

prop_compose! {
    fn incoming()(
        minor in prop_oneof![1_i64..200, 1_i64..9_000_000],
        dollars in prop::bool::weighted(0.2),
        from_abroad in any::<bool>(),
        charges in prop::option::of(0_i64..3_000),
        text in prop::option::of(0_u32..40),
        designated in prop::option::of(prop::collection::vec((0_u32..40, prop::option::of(0_i64..5_000_000)), 0..4)),
        late in 0_u32..2,
    ) -> (Incoming, Vec<(u32, Option<i64>)>) {
        let currency = if dollars { Currency::USD } else { Currency::CNY };
        let money = |minor| Money::from_minor(minor, currency).unwrap();
        let names = designated.clone().unwrap_or_default();
        let incoming = Incoming {
            receipt: ReceiptId::derived(&["receipt"]),
            date: today(),
            amount: money(minor),
            from_abroad,
            charges: charges.map(money),
            text: text.map(|number| format!("付运费 INV-{number}/尾款")),
            designation: designated.map(|_| Designation { made: plus_days(today(), late), debts: Vec::new() }),
        };
        (incoming, names)
    }
}

fn methods() -> impl Strategy<Value = Vec<Method>> {
    use Method::{Agreement, Combination, Designation, Exact, Law, OldestFirst};
    Just(vec![Designation, Agreement, Exact, Combination, Law, OldestFirst])
        .prop_shuffle()
        .prop_flat_map(|all| (0..=all.len()).prop_map(move |count| all.iter().take(count).copied().collect()))
}

fn agreed() -> impl Strategy<Value = Option<Order>> {
    prop::option::of(prop::sample::select(vec![Order::EarliestDue, Order::PrincipalFirst, Order::InProportion]))
}

/// Fills in what was designated, in each document's own currency.
fn with_names(mut incoming: Incoming, names: &[(u32, Option<i64>)], debts: &[Debt]) -> Incoming {
    if let Some(designation) = &mut incoming.designation {
        for (number, minor) in names {
            let number = format!("INV-{number}");
            let currency =
                debts.iter().find(|debt| debt.number == number).map_or(Currency::CNY, |debt| debt.open.currency());
            let amount = minor.map(|minor| Money::from_minor(minor, currency).unwrap());
            designation.debts.push(Designated { number, amount });
        }
    }
    incoming
}

fn made(rule: &AllocationRule, agreed: Option<Order>, incoming: &Incoming, debts: &[Debt]) -> Proposal {
    let rates = rates();
    propose(&Setting { rule, agreed, currency: Currency::CNY, rates: &rates }, incoming, debts).unwrap()
}

/// A ledger with these documents and this payment, and what was applied.
fn ledger(debts: &[Debt], incoming: &Incoming, applied: &[Allocation]) -> Vec<Recorded> {
    let document = |debt: &Debt| if debt.open.minor() < 0 { Document::CreditNote } else { Document::Invoice };
    let charged = debts.iter().map(|debt| {
        Fact::Charged(Item {
            id: debt.item,
            document: document(debt),
            number: debt.number.clone(),
            due: debt.due,
            amount: debt.open,
            parts: Vec::new(),
            opening: false,
            order: None,
            reference: None,
            description: None,
        })
    });
    let received = Fact::Received(Receipt { id: incoming.receipt, amount: incoming.amount, reference: None });
    let facts = charged.chain([received]).chain(applied.iter().cloned().map(Fact::Allocated));
    facts
        .zip(1_u64..)
        .map(|(fact, number)| Recorded {
            id: FactId::derived(&[&number.to_string()]),
            customer: CustomerId::derived(&["customer"]),
            feed: FeedNumber(number),
            date: today(),
            fact,
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn parts_add_up_and_nothing_is_over_applied(
        debts in debts(),
        (incoming, names) in incoming(),
        methods in methods(),
        agreed in agreed(),
        go_on in any::<bool>(),
    ) {
        let incoming = with_names(incoming, &names, &debts);
        let proposal = made(&rule(methods, go_on), agreed, &incoming, &debts);
        let paid = Money::sum(incoming.amount.currency(), proposal.lines.iter().map(|line| line.paid)).unwrap();
        prop_assert_eq!(paid.plus(proposal.unapplied).unwrap(), incoming.amount);
        prop_assert!(proposal.unapplied.minor() >= 0);
        let mut open: BTreeMap<ItemId, i64> = debts.iter().map(|debt| (debt.item, debt.open.minor())).collect();
        for line in &proposal.lines {
            prop_assert!(line.amount.minor() > 0 && line.paid.minor() >= 0, "{line:?}");
            *open.get_mut(&line.item).unwrap() -= line.amount.minor();
            if line.by == By::Discount {
                let debt = debts.iter().find(|debt| debt.item == line.item).unwrap();
                let early = debt.discount.unwrap();
                prop_assert!(incoming.date <= early.until && line.amount.minor() <= early.saves.minor());
            }
            if let By::CreditNote { item } = line.by {
                *open.get_mut(&item).unwrap() += line.amount.minor();
            }
        }
        for debt in &debts {
            let left = open[&debt.item];
            let (low, high) = (debt.open.minor().min(0), debt.open.minor().max(0));
            prop_assert!((low..=high).contains(&left), "{debt:?} {left}");
        }

        // The ledger says the same, and an undo restores it.
        let applied = proposal.allocations(incoming.receipt);
        let journal = Journal::of(&ledger(&debts, &incoming, &applied), None).unwrap();
        let by_id: BTreeMap<ItemId, i64> = journal.ids.iter().copied().zip(journal.open_at(today())).collect();
        prop_assert_eq!(&by_id, &open);
        let unapplied = journal.unapplied_at(today()).unwrap();
        let left = unapplied.get(&(0, incoming.amount.currency())).map_or(0, |money| money.minor());
        prop_assert_eq!(left, proposal.unapplied.minor());
        prop_assert!(unapplied.len() <= 1);

        let back = undo(&applied, incoming.receipt).unwrap();
        let both: Vec<Allocation> = applied.iter().chain(&back).cloned().collect();
        let journal = Journal::of(&ledger(&debts, &incoming, &both), None).unwrap();
        let unapplied = journal.unapplied_at(today()).unwrap();
        prop_assert_eq!(unapplied.get(&(0, incoming.amount.currency())), Some(&incoming.amount));
        let notes = |line: &Allocation| matches!(line.source, shared::facts::ledger::Source::CreditNote { .. });
        if !applied.iter().any(notes) {
            let open: Vec<i64> = journal.items.iter().map(|item| item.amount.minor()).collect();
            prop_assert_eq!(journal.open_at(today()), open);
        }
        prop_assert!(undo(&both, incoming.receipt).unwrap().is_empty());
    }

    #[test]
    fn the_order_of_the_list_never_shows(
        debts in debts(),
        (incoming, names) in incoming(),
        methods in methods(),
        agreed in agreed(),
        seed in any::<u64>(),
    ) {
        let incoming = with_names(incoming, &names, &debts);
        let rule = rule(methods, true);
        let mut shuffled = debts.clone();
        let mut state = seed | 1;
        for i in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(i, usize::try_from(state >> 33).unwrap() % (i + 1));
        }
        prop_assert_eq!(made(&rule, agreed, &incoming, &debts), made(&rule, agreed, &incoming, &shuffled));
    }

    #[test]
    fn the_law_ranks(debts in debts(), (incoming, _) in incoming()) {
        let incoming = Incoming { charges: None, designation: None, text: None, ..incoming };
        let proposal = made(&rule(vec![Method::Law], false), None, &incoming, &debts);
        let paid = |debt: &Debt| proposal.lines.iter().filter(|line| line.item == debt.item).map(|line| line.amount.minor()).sum::<i64>();
        let plain = |debt: &&Debt| debt.open.minor() > 0 && debt.nature == Nature::Principal
            && debt.open.currency() == incoming.amount.currency()
            && !debts.iter().any(|other| other.of == Some(debt.item));
        let rank = |debt: &Debt| (debt.due >= today(), debt.secured, std::cmp::Reverse(debt.burden), debt.due);
        for better in debts.iter().filter(plain) {
            for worse in debts.iter().filter(plain).filter(|worse| rank(worse) > rank(better)) {
                prop_assert!(paid(worse) == 0 || paid(better) == better.open.minor(), "{better:?} {worse:?}");
            }
        }
        // Interest is paid before its principal, costs before both.
        for accessory in debts.iter().filter(|debt| debt.nature != Nature::Principal && debt.open.minor() > 0 && debt.open.currency() == incoming.amount.currency()) {
            let principal = debts.iter().find(|debt| Some(debt.item) == accessory.of && debt.nature == Nature::Principal);
            if let Some(principal) = principal.filter(|principal| principal.open.currency() == accessory.open.currency()) {
                prop_assert!(paid(principal) <= 0 || paid(accessory) == accessory.open.minor());
            }
        }
    }
}
