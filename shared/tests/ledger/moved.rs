//! Money ties out, as-of is pure, the order of facts never shows, a return undoes what its receipt did, and a refused bill
//! what it settled.

use super::{day, differences, facts, first_day, ids, owed, owner, policy};
use proptest::prelude::*;
use shared::facts::bill::Bill;
use shared::facts::calendar::plus_days;
use shared::facts::id::{FactId, FeedNumber, ItemId};
use shared::facts::ledger::{BillEnd, Fact, HowEnded, Receipt, Recorded, Return, Source};
use shared::facts::money::Currency;
use shared::questions::statement::statement;
use shared::questions::write_offs::write_offs;
use shared::readings::aging::aging;
use shared::readings::behaviour::behaviour;
use shared::readings::exposure::Category;
use shared::readings::journal::{Columns, Journal};
use shared::readings::standing::Standing;
use std::collections::BTreeMap;

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn money_ties_out_at_any_date(facts in facts(), as_of in day()) {
        let (policy, journal) = (policy(), Journal::of(&facts, None).unwrap());
        let (open, off) = (journal.open_at(as_of), journal.written_off_at(as_of));
        let unapplied: i64 = journal.unapplied_at(as_of).unwrap().values().map(|sum| sum.minor()).sum();
        let booked = open.iter().sum::<i64>() + off.iter().sum::<i64>() - unapplied;
        prop_assert_eq!(booked, owed(&facts, as_of) - differences(&facts, as_of));
        for row in aging(&journal, &policy.aging, as_of).unwrap() {
            prop_assert_eq!(row.bands.iter().sum::<i64>(), open.iter().sum::<i64>());
        }
        let moved = write_offs(&facts, (first_day(), as_of), Currency::CNY, &[]).unwrap();
        prop_assert_eq!(moved.written_off.minor() - moved.recovered.minor(), off.iter().sum::<i64>());
        for account in statement(owner().id, &facts, &policy.aging, first_day(), as_of).unwrap().accounts {
            prop_assert!(account.ties_out().unwrap(), "{:?}", account);
            prop_assert_eq!(account.closing.minor(), booked);
        }
        // Nothing is ever settled beyond what it was, but by a bill or a payment that the clerk had right.
        for (item, open) in journal.items.iter().zip(&open) {
            prop_assert!(*open <= item.amount.minor().max(0) || item.amount.minor() < 0, "{:?} {}", item, open);
        }
    }

    /// Ledgers laid out apart and put side by side are those laid out together, whoever is in which.
    #[test]
    fn journals_side_by_side_are_one(books in prop::collection::vec((facts(), any::<bool>()), 1..6)) {
        let own = |number: usize, facts: &[Recorded]| {
            let mut text = serde_json::to_string(facts).unwrap();
            // The same clerk wrote them all: other customers, documents and money.
            for id in ids(&text) {
                text = text.replace(&id, &FactId::derived(&["book", &number.to_string(), &id]).to_string());
            }
            serde_json::from_str::<Vec<Recorded>>(&text).unwrap()
        };
        let [mut all, mut left, mut right] = [const { Vec::new() }; 3];
        for (number, (facts, first)) in books.iter().enumerate() {
            let facts = own(number, facts);
            all.extend(facts.clone());
            if *first { left.extend(facts) } else { right.extend(facts) }
        }
        let of = |facts: &[Recorded]| Journal::of(facts, None).unwrap();
        prop_assert_eq!(of(&left).beside(of(&right)), of(&all));
    }

    #[test]
    fn as_of_is_pure_and_order_never_shows(facts in facts(), as_of in day(), turn in 0_usize..50) {
        let policy = policy();
        let until: Vec<Recorded> = facts.iter().filter(|fact| fact.date <= as_of).cloned().collect();
        let mut turned = facts.clone();
        turned.rotate_left(turn.min(facts.len()));
        turned.reverse();
        let read = |facts: &[Recorded]| {
            let journal = Journal::of(facts, None).unwrap();
            let paid = behaviour(&journal, &policy.behaviour, Currency::CNY, &[], as_of).unwrap();
            (aging(&journal, &policy.aging, as_of).unwrap(), paid, journal.disputed_of(&journal.open_at(as_of), as_of).into_iter().sum::<i64>())
        };
        let made = |facts: &[Recorded]| statement(owner().id, facts, &policy.aging, first_day(), as_of).unwrap();
        prop_assert_eq!(read(&facts), read(&until));
        prop_assert_eq!(made(&facts), made(&until));
        prop_assert_eq!(Journal::of(&facts, None), Journal::of(&turned, None));
        let standing = |facts: &[Recorded]| Standing::of(&owner(), facts, &[], None).unwrap();
        prop_assert_eq!(standing(&facts), standing(&turned));
        prop_assert_eq!(made(&facts), made(&turned));
    }

    /// A payment that went back whole might as well never have been, for documents, behaviour and balance.
    #[test]
    fn a_return_undoes_exactly_what_the_receipt_did(facts in facts(), which in 0_usize..1000, later in 0_u32..60, after in 0_u32..90) {
        let policy = policy();
        // Of books in which nothing else goes back.
        let facts: Vec<Recorded> = facts.into_iter().filter(|fact| !matches!(fact.fact, Fact::Returned(_))).collect();
        let receipts: Vec<(&Recorded, &Receipt)> = facts
            .iter()
            .filter_map(|fact| match &fact.fact {
                Fact::Received(receipt) if receipt.amount.minor() > 0 => Some((fact, receipt)),
                _ => None,
            })
            .collect();
        prop_assume!(!receipts.is_empty());
        let (fact, receipt) = receipts[which % receipts.len()];
        let date = plus_days(fact.date, later);
        let mut returned = facts.clone();
        returned.push(Recorded {
            id: FactId::derived(&["return"]),
            feed: FeedNumber(facts.len() as u64 + 1000),
            date,
            fact: Fact::Returned(Return { receipt: receipt.id, amount: receipt.amount, reason: "退汇".into() }),
            ..fact.clone()
        });
        let without: Vec<Recorded> = facts
            .iter()
            .filter(|fact| match &fact.fact {
                Fact::Received(other) => other.id != receipt.id,
                Fact::Recovered(recovery) => recovery.receipt != receipt.id,
                Fact::Allocated(allocation) => match allocation.source {
                    Source::Receipt { receipt: of } | Source::Difference { with: of, .. } => of != receipt.id,
                    _ => true,
                },
                _ => true,
            })
            .cloned()
            .collect();
        let as_of = plus_days(date, after);
        let read = |facts: &[Recorded], as_of| {
            let journal = Journal::of(facts, None).unwrap();
            let unapplied = journal.unapplied_at(as_of).unwrap();
            // Instalments keep the money that others paid: their documents are compared whole.
            let mut open: BTreeMap<ItemId, i64> = BTreeMap::new();
            for (id, minor) in journal.ids.iter().zip(journal.open_at(as_of)) {
                *open.entry(*id).or_default() += minor;
            }
            let plain = !facts.iter().any(|fact| matches!(&fact.fact, Fact::Charged(item) if !item.parts.is_empty()));
            let paid = plain.then(|| behaviour(&journal, &policy.behaviour, Currency::CNY, &[], as_of).unwrap());
            (open, unapplied, journal.written_off_at(as_of).into_iter().sum::<i64>(), paid)
        };
        prop_assert_eq!(read(&returned, as_of), read(&without, as_of));
        let before = fact.date.max(first_day());
        if later > 0 {
            prop_assert_eq!(read(&returned, before), read(&facts, before));
        }
    }

    #[test]
    fn a_refused_bill_opens_what_it_settled(facts in facts(), after in 0_u32..90) {
        let bills: Vec<(&Recorded, &Bill)> = facts
            .iter()
            .filter_map(|fact| match &fact.fact {
                Fact::BillReceived(received) => Some((fact, &received.bill)),
                _ => None,
            })
            .collect();
        prop_assume!(!bills.is_empty());
        let (fact, bill) = bills[0];
        let mut plain: Vec<Recorded> = facts.clone();
        plain.retain(|other| !matches!(&other.fact, Fact::BillEnded(end) if end.bill == bill.id));
        let mut refused = plain.clone();
        let date = plus_days(fact.date, after);
        refused.push(Recorded {
            id: FactId::derived(&["refused"]),
            feed: FeedNumber(facts.len() as u64 + 1000),
            date,
            fact: Fact::BillEnded(BillEnd { bill: bill.id, how: HowEnded::Dishonoured }),
            ..fact.clone()
        });
        let open = |facts: &[Recorded]| Journal::of(facts, None).unwrap().open_at(date).into_iter().sum::<i64>();
        let settled: i64 = bill.settles.iter().map(|part| part.amount.minor()).sum();
        prop_assert_eq!(open(&refused), open(&plain) + settled);
        let stands = |facts: &[Recorded]| {
            let standing = Standing::of(&owner(), facts, &[], None).unwrap();
            let buckets = standing.further.categories.unwrap_or_default().into_iter();
            buckets.filter(|bucket| bucket.category == Category::Bills).map(|bucket| bucket.amount.minor()).sum::<i64>()
        };
        prop_assert_eq!(stands(&refused), stands(&plain) - bill.amount.minor());
    }

    #[test]
    fn columns_carry_all_of_it(facts in facts()) {
        let journal = Journal::of(&facts, None).unwrap();
        let json = serde_json::to_string(&Columns::from(&journal)).unwrap();
        let back = Journal::try_from(&serde_json::from_str::<Columns>(&json).unwrap()).unwrap();
        prop_assert_eq!(back, Journal { ids: Vec::new(), before: BTreeMap::new(), ..journal });
        let plain = facts.iter().all(|fact| matches!(fact.fact, Fact::Charged(_) | Fact::Received(_) | Fact::Allocated(_)));
        prop_assert!(!plain || !json.contains("taken_back"));
        for fact in &facts {
            let json = serde_json::to_string(fact).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Recorded>(&json).unwrap(), fact);
        }
    }
}

/// Facts written before instalments, parts of disputes and their like were known read and write as they did.
#[test]
fn old_facts_keep_their_bytes() {
    for json in [
        r#"{"kind":"charged","id":"00000000-0000-0000-0000-000000000001","document":"invoice","number":"1","due":"2026-01-31","amount":{"amount":"1.00","currency":"CNY"}}"#,
        r#"{"kind":"disputed","item":"00000000-0000-0000-0000-000000000001","open":true}"#,
    ] {
        assert_eq!(serde_json::to_string(&serde_json::from_str::<Fact>(json).unwrap()).unwrap(), json);
    }
}
