//! Laws of dunning: what is asked for is net to the cent, time alone never makes a step milder, and a fee is charged once
//! for a document whatever the days on which dunning runs.

use proptest::prelude::*;
use shared::facts::calendar::{Calendar, Date, plus_days};
use shared::facts::id::{CustomerId, ItemId};
use shared::facts::money::{Currency, Money};
use shared::facts::notice::{Block, Notice};
use shared::facts::overdue::Payment;
use shared::facts::promise::{Covering, Instalment, Plan, Promise};
use shared::rules::dunning::{Account, DunningItem, DunningRule, Held, dunning};
use shared::rules::policy::{DEFAULT, Policy};
use std::collections::{BTreeMap, BTreeSet};

fn rule() -> DunningRule {
    Policy::parse(DEFAULT).unwrap().dunning.unwrap()
}

fn cny(minor: i64) -> Money {
    Money::from_minor(minor, Currency::CNY).unwrap()
}

fn day(span: u32) -> impl Strategy<Value = Date> {
    (0..span).prop_map(|days| plus_days("2026-01-01".parse().unwrap(), days))
}

fn id(number: usize) -> ItemId {
    ItemId::derived(&["item", &number.to_string()])
}

/// The documents that a bit set names; none is all of them.
fn some(bits: u8) -> Vec<ItemId> {
    (0..6).filter(|bit| bits & (1 << bit) != 0).map(id).collect()
}

/// A customer in one currency with everything that may speak against asking.
fn account() -> impl Strategy<Value = Account> {
    let items = prop::collection::vec((day(200), -3_000_000_i64..90_000_000, 0_i64..9_000_000), 0..6);
    let money = (0_i64..20_000_000, prop::collection::vec((day(250), 1_i64..9_000_000), 0..4));
    let promises = prop::collection::vec((day(250), 0_u32..90, 1_i64..90_000_000, 0_u8..64), 0..4);
    let plans = prop::collection::vec((day(250), 1_u32..60, 1_i64..30_000_000, 0_u8..64), 0..3);
    let blocks = prop::collection::vec((day(250), 0_u32..60, 1_u8..64), 0..2);
    (items, money, promises, plans, blocks).prop_map(|(items, (unapplied, payments), promises, plans, blocks)| {
        Account {
            customer: CustomerId::derived(&["customer"]),
            grade: Some("B".into()),
            items: items
                .into_iter()
                .enumerate()
                .map(|(number, (due, open, disputed))| DunningItem {
                    item: id(number),
                    before: Vec::new(),
                    number: number.to_string(),
                    due,
                    open: cny(open),
                    disputed: (disputed > 4_000_000).then(|| cny(disputed)),
                })
                .collect(),
            unapplied: vec![cny(unapplied)],
            payments: payments.into_iter().map(|(date, minor)| Payment { date, amount: cny(minor) }).collect(),
            promises: promises
                .into_iter()
                .map(|(made, later, minor, bits)| Covering {
                    what: Promise { made, due: plus_days(made, later), amount: cny(minor) },
                    items: some(bits),
                })
                .collect(),
            plans: plans
                .into_iter()
                .map(|(agreed, later, minor, bits)| Covering {
                    what: Plan {
                        agreed,
                        instalments: [1, 2]
                            .map(|part| Instalment { due: plus_days(agreed, later * part), amount: cny(minor) })
                            .into(),
                    },
                    items: some(bits),
                })
                .collect(),
            blocks: blocks
                .into_iter()
                .map(|(from, days, bits)| Covering {
                    what: Block { from, until: plus_days(from, days), reason: "test".into() },
                    items: some(bits),
                })
                .collect(),
            notices: Vec::new(),
            waivers: Vec::new(),
        }
    })
}

/// The same customer, to whom nothing happens after a day: nothing is paid, promised, agreed or blocked.
fn until(mut account: Account, day: Date) -> Account {
    account.payments.retain(|paid| paid.date <= day);
    account.promises.retain(|promise| promise.what.made <= day);
    account.plans.retain(|plan| plan.what.agreed <= day);
    account.blocks.retain(|block| block.what.from <= day);
    account
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn every_document_ties_out_and_no_sum_is_used_twice(account in account(), as_of in day(300)) {
        let made = dunning(&rule(), &account, &Calendar::default(), &[], as_of).unwrap();
        let mut used: BTreeMap<&str, i64> = BTreeMap::new();
        for item in &made.items {
            let open = account.items.iter().find(|open| open.item == item.item).unwrap().open.minor().max(0);
            let less: i64 = item.less.iter().map(|less| less.amount.minor()).sum();
            prop_assert_eq!(item.collectable.minor() + less, open);
            prop_assert!(item.collectable.minor() >= 0 && item.less.iter().all(|less| less.amount.minor() > 0));
            prop_assert_eq!(item.held.is_some(), open > 0 && item.collectable.is_zero());
            for less in &item.less {
                let kind = match less.why {
                    Held::Disputed => "disputed",
                    Held::Promised { until } => {
                        prop_assert!(until >= as_of);
                        "promised"
                    }
                    Held::Plan => "plan",
                    Held::Covered => "covered",
                    Held::Blocked { .. } => "blocked",
                };
                *used.entry(kind).or_default() += less.amount.minor();
            }
        }
        let credits: i64 = account.items.iter().map(|item| (-item.open.minor()).max(0)).sum();
        let money = account.unapplied[0].minor() + credits;
        let of = |kind: &str| used.get(kind).copied().unwrap_or(0);
        prop_assert!(of("covered") <= money);
        // Money is only left when nothing is left to ask for.
        let asked: i64 = made.items.iter().map(|item| item.collectable.minor()).sum();
        prop_assert!(of("covered") == money || asked == 0);
        prop_assert!(of("plan") <= made.plans.iter().filter(|plan| plan.broken.is_none()).map(|plan| plan.left.minor()).sum());
        let promised = |state: &shared::rules::promise::PromiseState| match state.outcome {
            shared::rules::promise::Outcome::Open { missing, .. } => missing.minor(),
            _ => 0,
        };
        prop_assert!(of("promised") <= made.promises.iter().map(promised).sum());
        let mut turned = account;
        turned.items.reverse();
        turned.promises.reverse();
        turned.blocks.reverse();
        turned.payments.reverse();
        prop_assert_eq!(made.items, dunning(&rule(), &turned, &Calendar::default(), &[], as_of).unwrap().items);
    }

    #[test]
    fn time_alone_never_makes_it_milder(account in account(), as_of in day(250), later in 1_u32..60) {
        let (rule, then) = (rule(), plus_days(as_of, later));
        let account = until(account, as_of);
        let firm = |at: Date| {
            let made = dunning(&rule, &account, &Calendar::default(), &[], at).unwrap();
            made.items.into_iter().map(|item| (item.item, (item.collectable.minor(), item.step.map_or(0, |step| rule.firmness(&step))))).collect::<BTreeMap<_, _>>()
        };
        let (now, then) = (firm(as_of), firm(then));
        for (item, (_, step)) in &now {
            prop_assert!(then[item].1 >= *step);
        }
        let asked = |all: &BTreeMap<ItemId, (i64, usize)>| all.values().map(|(asked, _)| asked).sum::<i64>();
        prop_assert!(asked(&then) >= asked(&now));
    }

    #[test]
    fn a_fee_is_charged_once_for_a_document(account in account(), runs in prop::collection::btree_set(0_u32..300, 1..25)) {
        let mut rule = rule();
        for ladder in &mut rule.ladders {
            for step in &mut ladder.steps {
                (step.fee, step.repeat_days) = (Some(cny(5_000)), Some(5));
            }
        }
        let mut account = account;
        let mut charged: BTreeSet<(String, ItemId)> = BTreeSet::new();
        for days in runs {
            let as_of = plus_days("2026-01-01".parse().unwrap(), days);
            let Some(message) = dunning(&rule, &account, &Calendar::default(), &[], as_of).unwrap().message else { continue };
            if message.fee.is_some() {
                // At least one of the documents bears it for the first time.
                let fresh = message.items.iter().any(|item| !charged.contains(&(message.step.clone(), *item)));
                prop_assert!(fresh, "{message:?}");
            }
            charged.extend(message.items.iter().map(|item| (message.step.clone(), *item)));
            account.notices.push(Notice { date: as_of, step: message.step, items: message.items, fee: message.fee, sent: None });
            // Run again on the same day, nothing more goes out.
            prop_assert_eq!(dunning(&rule, &account, &Calendar::default(), &[], as_of).unwrap().message, None);
        }
    }

    /// Under other numbers it is the same debt: what went out, was promised, planned or blocked before holds.
    #[test]
    fn an_invoice_issued_anew_is_dunned_as_the_old_one_was(
        account in account(), sent in prop::collection::vec((day(250), 0_usize..6, 1_u8..64), 0..6), as_of in day(300), twice in any::<bool>(),
    ) {
        let (rule, mut old) = (rule(), account);
        let steps: Vec<String> = rule.ladders[0].steps.iter().map(|step| step.name.clone()).collect();
        old.notices = sent
            .into_iter()
            .map(|(date, step, bits)| Notice { date, step: steps[step].clone(), items: some(bits), fee: Some(cny(5_000)), sent: None })
            .collect();
        let mut anew = old.clone();
        let mut earlier: BTreeMap<String, String> = BTreeMap::new();
        for (item, number) in anew.items.iter_mut().zip(100..) {
            item.before = vec![item.item];
            if twice {
                item.before.insert(0, id(number + 100));
            }
            earlier.insert(id(number).to_string(), item.item.to_string());
            item.item = id(number);
        }
        let told = |account: &Account| serde_json::to_string(&dunning(&rule, account, &Calendar::default(), &[], as_of).unwrap()).unwrap();
        let mut renamed = told(&anew);
        for (new, old) in &earlier {
            renamed = renamed.replace(new, old);
        }
        prop_assert_eq!(renamed, told(&old));
    }
}
