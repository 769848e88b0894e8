//! Laws of the ledger with all that can happen in it: returns, write-offs, recoveries, bills, instalments, disputes in part.
//! Money ties out, as-of is pure, the order of facts never shows, a return undoes what its receipt did, and the standing
//! tells what the journal does.

use proptest::prelude::*;
use shared::facts::bill::{Bill, BillKind, Settled};
use shared::facts::calendar::{Date, plus_days};
use shared::facts::customer::{Customer, Stage};
use shared::facts::id::{BillId, CustomerId, FactId, FeedNumber, ItemId, PersonId, ReceiptId, StatementId};
use shared::facts::ledger::{
    Allocation, BillEnd, BillReceipt, DifferenceCause, Dispute, Document, Fact, HowEnded, Instalment, Item, Receipt,
    Recorded, Recovery, Return, Source, WriteOff,
};
use shared::facts::money::{Currency, Money};
use shared::facts::period::PeriodChange;
use shared::facts::relations::{Link, Relation};
use shared::facts::terms::agreed::Cycle;
use shared::questions::account_statement::drafts;
use shared::questions::statement::{for_the_customer, statement};
use shared::questions::tie_out::{Control, ControlDocument, tie_out};
use shared::questions::write_offs::write_offs;
use shared::readings::age::by_age;
use shared::readings::aging::aging;
use shared::readings::behaviour::behaviour;
use shared::readings::exposure::Category;
use shared::readings::groups::Groups;
use shared::readings::journal::settling::{Does, settled};
use shared::readings::journal::{Columns, Journal};
use shared::readings::liable::facts_of;
use shared::readings::open_items::open_documents;
use shared::readings::standing::Standing;
use shared::record::sealing::seal;
use shared::rules::closing::admits;
use shared::rules::policy::{DEFAULT, Policy};
use std::collections::BTreeMap;

fn first_day() -> Date {
    "2026-01-01".parse().unwrap()
}

fn policy() -> Policy {
    Policy::parse(DEFAULT).unwrap()
}

fn cny(minor: i64) -> Money {
    Money::from_minor(minor, Currency::CNY).unwrap()
}

fn owner() -> Customer {
    Customer {
        id: CustomerId::derived(&["owner"]),
        code: "C-1".into(),
        name: "客户".into(),
        name_en: None,
        stage: Stage::Active,
        credit_code: None,
        segment: None,
        industry: None,
        salesperson: None,
        founded: None,
        since: None,
        registered_capital: None,
        currency: Currency::CNY,
        contact: None,
    }
}

/// What a random clerk does on a random day.
#[derive(Clone, Debug)]
enum Act {
    Charge { day: u32, term: u32, minor: i64, parts: u8, note: bool },
    Pay { item: usize, later: u32, share: i64, extra: i64, second: usize, difference: bool },
    Return { receipt: usize, later: u32, share: i64 },
    WriteOff { item: usize, later: u32, share: i64 },
    Recover { item: usize, later: u32, share: i64 },
    Bill { item: usize, later: u32, share: i64, extra: i64 },
    EndBill { bill: usize, later: u32, how: u8 },
    Dispute { item: usize, later: u32, share: Option<i64>, open: bool },
}

fn act() -> impl Strategy<Value = Act> {
    let (which, later, share) = (0_usize..1000, 0_u32..90, 1_i64..=100);
    prop_oneof![
        6 => (0_u32..200, 0_u32..60, 1_i64..1_000_000, 0_u8..4, prop::bool::weighted(0.1))
            .prop_map(|(day, term, minor, parts, note)| Act::Charge { day, term, minor, parts, note }),
        5 => (which.clone(), later.clone(), share.clone(), 0_i64..5_000, which.clone(), any::<bool>())
            .prop_map(|(item, later, share, extra, second, difference)| Act::Pay { item, later, share, extra, second, difference }),
        3 => (which.clone(), later.clone(), share.clone()).prop_map(|(receipt, later, share)| Act::Return { receipt, later, share }),
        2 => (which.clone(), later.clone(), share.clone()).prop_map(|(item, later, share)| Act::WriteOff { item, later, share }),
        2 => (which.clone(), later.clone(), share.clone()).prop_map(|(item, later, share)| Act::Recover { item, later, share }),
        2 => (which.clone(), later.clone(), share.clone(), 0_i64..5_000).prop_map(|(item, later, share, extra)| Act::Bill { item, later, share, extra }),
        1 => (which.clone(), later.clone(), 0_u8..3).prop_map(|(bill, later, how)| Act::EndBill { bill, later, how }),
        1 => (which, later, prop::option::of(share), any::<bool>()).prop_map(|(item, later, share, open)| Act::Dispute { item, later, share, open }),
    ]
}

struct Paper {
    id: ItemId,
    date: Date,
    amount: i64,
    open: i64,
    off: i64,
}

struct Cash {
    id: ReceiptId,
    date: Date,
    minor: i64,
    back: bool,
}

/// Facts of one customer in the order in which a clerk would write them, each not before what it speaks of.
fn book(acts: &[Act]) -> Vec<Recorded> {
    let mut facts: Vec<Recorded> = Vec::new();
    let mut papers: Vec<Paper> = Vec::new();
    let mut receipts: Vec<Cash> = Vec::new();
    let mut bills: Vec<(BillId, Date)> = Vec::new();
    for (number, act) in acts.iter().enumerate() {
        let name = number.to_string();
        let mut record = |date: Date, fact: Fact| {
            let feed = FeedNumber(facts.len() as u64 + 1);
            let id = FactId::derived(&["fact", &feed.0.to_string()]);
            facts.push(Recorded { id, customer: owner().id, feed, date, fact });
        };
        match *act {
            Act::Charge { day, term, minor, parts, note } => {
                let (date, id) = (plus_days(first_day(), day), ItemId::derived(&["item", &name]));
                let minor = if note { -minor } else { minor };
                let split = cny(minor).split(&vec![1; usize::from(parts)]);
                let parts: Vec<Instalment> = split
                    .into_iter()
                    .filter(|_| !note && parts > 1)
                    .zip(1_u32..)
                    .map(|(amount, n)| Instalment { due: plus_days(date, term * n), amount })
                    .collect();
                let due = parts.last().map_or(plus_days(date, term), |part| part.due);
                record(
                    date,
                    Fact::Charged(Item {
                        id,
                        document: if note { Document::CreditNote } else { Document::Invoice },
                        number: name,
                        due,
                        amount: cny(minor),
                        parts,
                        opening: false,
                        order: None,
                        reference: None,
                        description: None,
                    }),
                );
                papers.push(Paper { id, date, amount: minor, open: minor, off: 0 });
            }
            Act::Pay { item, later, share, extra, second, difference } if !papers.is_empty() => {
                let count = papers.len();
                let (first, second) = (item % count, second % count);
                let id = ReceiptId::derived(&["receipt", &name]);
                let date = plus_days(papers[first].date.max(papers[second].date), later);
                let mut used = Vec::new();
                for place in [first, second] {
                    let paper = &mut papers[place];
                    let minor = if paper.open > 0 { (paper.open * share / 100).max(1) } else { 0 };
                    if minor > 0 {
                        used.push((paper.id, minor, Source::Receipt { receipt: id }));
                        paper.open -= minor;
                    }
                    if difference && minor > 0 && paper.open > 0 {
                        let cause = DifferenceCause::Small;
                        used.push((paper.id, paper.open, Source::Difference { cause, with: id }));
                        paper.open = 0;
                    }
                }
                let cash = used.iter().filter(|(_, _, source)| matches!(source, Source::Receipt { .. }));
                let minor = cash.map(|(_, minor, _)| minor).sum::<i64>() + extra;
                record(date, Fact::Received(Receipt { id, amount: cny(minor), reference: None }));
                for (item, minor, source) in used {
                    record(date, Fact::Allocated(Allocation { item, source, amount: cny(minor) }));
                }
                receipts.push(Cash { id, date, minor, back: false });
            }
            Act::Return { receipt, later, share } if !receipts.is_empty() => {
                let place = receipt % receipts.len();
                let money = &mut receipts[place];
                if money.minor > 0 && !money.back {
                    money.back = true;
                    let amount = cny((money.minor * share / 100).max(1));
                    let returned = Return { receipt: money.id, amount, reason: "退票".into() };
                    record(plus_days(money.date, later), Fact::Returned(returned));
                }
            }
            Act::WriteOff { item, later, share } if !papers.is_empty() => {
                let place = item % papers.len();
                let paper = &mut papers[place];
                let minor = paper.open * share / 100;
                if minor > 0 {
                    let off = WriteOff {
                        item: paper.id,
                        amount: cny(minor),
                        reason: "核销".into(),
                        approved_by: PersonId::derived(&["manager"]),
                    };
                    record(plus_days(paper.date, later), Fact::WrittenOff(off));
                    (paper.open, paper.off) = (paper.open - minor, paper.off + minor);
                }
            }
            Act::Recover { item, later, share } if !papers.is_empty() => {
                let place = item % papers.len();
                let paper = &mut papers[place];
                let minor = paper.off * share / 100;
                if minor > 0 {
                    let (id, date) = (ReceiptId::derived(&["receipt", &name]), plus_days(paper.date, 90 + later));
                    record(date, Fact::Received(Receipt { id, amount: cny(minor), reference: None }));
                    record(date, Fact::Recovered(Recovery { item: paper.id, receipt: id, amount: cny(minor) }));
                    paper.off -= minor;
                    receipts.push(Cash { id, date, minor, back: false });
                }
            }
            Act::Bill { item, later, share, extra } if !papers.is_empty() => {
                let place = item % papers.len();
                let paper = &mut papers[place];
                let minor = paper.open * share / 100;
                if minor > 0 {
                    let (id, date) = (BillId::derived(&["bill", &name]), plus_days(paper.date, later));
                    let bill = Bill {
                        id,
                        kind: BillKind::Commercial,
                        acceptor: "甲".into(),
                        amount: cny(minor + extra),
                        received: date,
                        matures: plus_days(date, 180),
                        settles: vec![Settled { item: paper.id, amount: cny(minor) }],
                        passed_on: None,
                        ended: None,
                    };
                    record(date, Fact::BillReceived(BillReceipt { bill }));
                    paper.open -= minor;
                    bills.push((id, date));
                }
            }
            Act::EndBill { bill, later, how } if !bills.is_empty() => {
                let (bill, date) = bills.remove(bill % bills.len());
                let how = [HowEnded::Honoured, HowEnded::Dishonoured, HowEnded::DishonouredAlone][usize::from(how)];
                record(plus_days(date, later), Fact::BillEnded(BillEnd { bill, how }));
            }
            Act::Dispute { item, later, share, open } if !papers.is_empty() => {
                let paper = &papers[item % papers.len()];
                let amount = share.filter(|_| paper.amount > 0).map(|share| cny(paper.amount * share / 100));
                let dispute = Dispute { item: paper.id, open, amount, raised_by: None };
                record(plus_days(paper.date, later), Fact::Disputed(dispute));
            }
            _ => {}
        }
    }
    facts
}

fn facts() -> impl Strategy<Value = Vec<Recorded>> {
    prop::collection::vec(act(), 0..50).prop_map(|acts| book(&acts))
}

/// The ids that a text names.
fn ids(text: &str) -> Vec<String> {
    let is_id = |word: &&str| word.len() == 36 && word.matches('-').count() == 4;
    let mut ids: Vec<String> = text.split('"').filter(is_id).map(str::to_owned).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn day() -> impl Strategy<Value = Date> {
    (0_u32..420).prop_map(|days| plus_days(first_day(), days))
}

/// What the customer owes by plain addition: charges less money and bills that came, with what went back, less differences
/// that still stand; and what our books say, which is less by what they wrote off.
fn owed(facts: &[Recorded], as_of: Date) -> i64 {
    let known = || facts.iter().filter(|fact| fact.date <= as_of);
    let mut sum = 0;
    for recorded in known() {
        sum += match &recorded.fact {
            Fact::Charged(item) => item.amount.minor(),
            Fact::Received(receipt) => -receipt.amount.minor(),
            Fact::Returned(returned) => returned.amount.minor(),
            Fact::BillReceived(received) => -received.bill.amount.minor(),
            Fact::BillEnded(end) if end.how == HowEnded::Dishonoured => known()
                .find_map(|other| match &other.fact {
                    Fact::BillReceived(received) if received.bill.id == end.bill => Some(received.bill.amount.minor()),
                    _ => None,
                })
                .unwrap(),
            _ => 0,
        };
    }
    sum
}

/// Differences that stand, by what the journal says of documents: the one figure that addition doesn't give.
fn differences(facts: &[Recorded], as_of: Date) -> i64 {
    let mut ordered: Vec<&Recorded> = facts.iter().filter(|fact| fact.date <= as_of).collect();
    ordered.sort_by_key(|fact| fact.feed);
    let moved = settled(&ordered).unwrap().movements;
    moved.iter().filter(|moved| matches!(moved.does, Does::Differs(_))).map(|moved| moved.minor).sum()
}

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

    /// What our books wrote off never shows on a customer's statement.
    #[test]
    fn a_customer_sees_the_same_statement_without_our_write_offs(facts in facts(), from in day(), to in day()) {
        let (policy, seen) = (policy(), for_the_customer(facts.clone()));
        prop_assert!(!seen.iter().any(|fact| matches!(fact.fact, Fact::WrittenOff(_) | Fact::Recovered(_))));
        let made = |facts: &[Recorded]| statement(owner().id, facts, &policy.aging, from.min(to), to).unwrap();
        prop_assert_eq!(made(&facts), made(&seen));
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
    fn the_standing_tells_what_the_journal_does(facts in facts()) {
        let standing = Standing::of(&owner(), &facts, &[], None).unwrap();
        let journal = Journal::of(&facts, None).unwrap();
        let open = journal.open_at(Date::MAX);
        let owed: i64 = journal.items.iter().zip(&open).filter(|(item, open)| item.document != Document::CreditNote && **open > 0).map(|(_, open)| open).sum();
        let disputed: i64 = journal.disputed_of(&open, Date::MAX).into_iter().sum();
        let of = |disputed: Option<bool>| {
            let buckets = standing.open.iter().filter(|bucket| disputed.is_none_or(|is| bucket.disputed == is));
            buckets.map(|bucket| bucket.amount.minor()).sum::<i64>()
        };
        prop_assert_eq!(of(None), owed);
        prop_assert_eq!(of(Some(true)), disputed);
        let notes: i64 = journal.items.iter().zip(&open).filter(|(item, open)| item.document == Document::CreditNote || **open < 0).map(|(_, open)| open).sum();
        let cash: i64 = journal.unapplied_at(Date::MAX).unwrap().values().map(|sum| sum.minor()).sum();
        let unapplied: i64 = standing.unapplied.iter().map(|amount| amount.minor()).sum();
        prop_assert_eq!(unapplied, cash.max(0) - notes);
    }

    #[test]
    fn ages_tie_out_to_the_same_balance(facts in facts(), as_of in day(), months in prop::collection::btree_set(1_u16..30, 1..4)) {
        let journal = Journal::of(&facts, None).unwrap();
        let months: Vec<u16> = months.into_iter().collect();
        let aged = by_age(&journal, &months, as_of).unwrap();
        let due = aging(&journal, &policy().aging, as_of).unwrap();
        prop_assert_eq!(aged.len(), due.len());
        for (aged, due) in aged.iter().zip(&due) {
            prop_assert_eq!(aged.open.minor(), due.open);
            prop_assert_eq!(aged.bands.iter().map(|band| band.minor()).sum::<i64>(), due.open);
        }
    }

    #[test]
    fn statements_of_cycles_follow_on(facts in facts(), as_of in day(), cut_off in 1_u8..=31) {
        let policy = policy();
        let cycle = Cycle { cut_off: cut_off.try_into().unwrap(), months: 0 };
        let made = |day| drafts(owner().id, &facts, &policy.aging, cycle, day).unwrap();
        for draft in made(as_of) {
            let lines: i64 = draft.lines.iter().map(|line| line.amount.minor()).sum();
            prop_assert_eq!(draft.opening.minor() + lines + draft.moved.minor(), draft.closing.minor());
            prop_assert_eq!(draft.closing.minor(), owed(&facts, draft.to) - differences(&facts, draft.to));
            let next = made(plus_days(draft.to, 1));
            prop_assert_eq!((next[0].from, next[0].opening), (plus_days(draft.to, 1), draft.closing));
            let sent = seal(&draft, StatementId::derived(&["s"]), draft.to).unwrap();
            let mut other = draft.clone();
            other.closing = cny(draft.closing.minor() + 1);
            prop_assert_ne!(seal(&other, sent.id, sent.sent).unwrap().digest, sent.digest);
        }
    }

    /// Against the ERP's own list of the same documents nothing differs; what is put wrong in it is named, to the cent.
    #[test]
    fn a_difference_is_told_document_by_document(facts in facts(), as_of in day(), wrong in 0_usize..1000, by in -500_i64..500) {
        let same = open_documents(&facts, as_of).unwrap();
        let mut documents: Vec<ControlDocument> =
            same.iter().map(|open| ControlDocument { number: open.number.clone(), open: open.open }).collect();
        prop_assume!(!documents.is_empty());
        let unapplied = Journal::of(&facts, None).unwrap().unapplied_at(as_of).unwrap();
        let unapplied: i64 = unapplied.values().map(|sum| sum.minor()).sum();
        let balance: i64 = same.iter().map(|open| open.open.minor()).sum::<i64>() - unapplied;
        let told = tie_out(&facts, &Control { balance: cny(balance), documents: documents.clone() }, as_of).unwrap();
        prop_assert!(told.difference.is_zero());
        prop_assert!(told.causes.iter().all(|cause| cause.number.is_empty()), "{:?}", told.causes);
        let place = wrong % documents.len();
        documents[place].open = cny(documents[place].open.minor() + by);
        let told = tie_out(&facts, &Control { balance: cny(balance + by), documents: documents.clone() }, as_of).unwrap();
        prop_assert_eq!(told.difference.minor(), by);
        let explained: i64 = told.causes.iter().map(|cause| cause.amount.minor()).sum();
        prop_assert_eq!(explained + told.unexplained.unwrap().minor(), by);
        let named: Vec<&str> = told.causes.iter().map(|cause| cause.number.as_str()).filter(|number| !number.is_empty()).collect();
        prop_assert_eq!(named, if by == 0 { Vec::new() } else { vec![documents[place].number.as_str()] });
    }

    /// However an entity's facts are spread over its branches, its standing is the same.
    #[test]
    fn a_branch_counts_for_the_entity(facts in facts(), spread in prop::collection::vec(0_u8..3, 1..20)) {
        let (branch, duplicate) = (CustomerId::derived(&["branch"]), CustomerId::derived(&["duplicate"]));
        let link = |customer, link| Relation { customer, date: first_day(), link, source: "test".into() };
        let relations = [
            link(branch, Link::Branch { of: Some(owner().id) }),
            link(duplicate, Link::Merged { into: Some(branch) }),
        ];
        let spread: Vec<Recorded> = facts
            .iter()
            .zip(spread.iter().cycle())
            .map(|(fact, to)| Recorded { customer: [owner().id, branch, duplicate][usize::from(*to)], ..fact.clone() })
            .collect();
        let groups = Groups::of(&relations, first_day());
        let own = facts_of(&groups, owner().id, &spread).unwrap();
        prop_assert_eq!(&own, &facts);
        prop_assert_eq!(Standing::of(&owner(), &own, &[], None), Standing::of(&owner(), &facts, &[], None));
        prop_assert!(facts_of(&groups, branch, &spread).unwrap().is_empty());
    }

    #[test]
    fn the_last_word_on_a_period_counts(changes in prop::collection::vec((0_u32..60, 0_u32..60, any::<bool>()), 0..8), day in 0_u32..120, turn in 0_usize..8) {
        let change = |((from, length, closed), feed): (&(u32, u32, bool), u64)| PeriodChange {
            feed: FeedNumber(feed),
            from: plus_days(first_day(), *from),
            to: plus_days(first_day(), from + length),
            closed: *closed,
            by: PersonId::derived(&["p"]),
            reason: None,
        };
        let mut all: Vec<PeriodChange> = changes.iter().zip(1_u64..).map(change).collect();
        let date = plus_days(first_day(), day);
        let mut open = true;
        for (from, length, closed) in &changes {
            if (*from..=from + length).contains(&day) {
                open = !closed;
            }
        }
        prop_assert_eq!(admits(&all, date, None).is_ok(), open);
        let told = admits(&all, date, None);
        let by = turn.min(all.len());
        all.rotate_left(by);
        prop_assert_eq!(admits(&all, date, None), told);
        prop_assert_eq!(admits(&all, date, Some(FeedNumber(0))), Ok(()));
    }

    #[test]
    fn columns_carry_all_of_it(facts in facts()) {
        let journal = Journal::of(&facts, None).unwrap();
        let json = serde_json::to_string(&Columns::from(&journal)).unwrap();
        let back = Journal::try_from(&serde_json::from_str::<Columns>(&json).unwrap()).unwrap();
        prop_assert_eq!(back, Journal { ids: Vec::new(), ..journal });
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
