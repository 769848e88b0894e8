//! Laws of the ledger with all that can happen in it: returns, write-offs, recoveries, bills, instalments, disputes in part.
//! Here stand the books that the laws are tried on.

mod moved;
mod told;

use proptest::prelude::*;
use shared::facts::bill::{Bill, BillKind, Settled};
use shared::facts::calendar::{Date, plus_days};
use shared::facts::customer::{Customer, Stage};
use shared::facts::id::{BillId, CustomerId, FactId, FeedNumber, ItemId, PersonId, ReceiptId};
use shared::facts::ledger::{
    Allocation, BillEnd, BillReceipt, DifferenceCause, Dispute, Document, Fact, HowEnded, Instalment, Item, Receipt,
    Recorded, Recovery, Return, Source, WriteOff,
};
use shared::facts::money::{Currency, Money};
use shared::readings::journal::settling::{Does, settled};
use shared::rules::policy::{DEFAULT, Policy};

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
