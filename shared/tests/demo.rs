//! The demo book is the same on any machine, and goes in through the product's own import without a word.

#[path = "../examples/demo/book/mod.rs"]
mod book;
#[path = "../examples/demo/names.rs"]
mod names;

use shared::facts::calendar::Calendar;
use shared::facts::customer::Stage;
use shared::facts::id::{ImportId, PersonId};
use shared::facts::money::Currency;
use shared::record::digest::digest_of_bytes;
use shared::record::import::{Defaults, FileKind, MemoryBook, Plan, Problems, Setting, inspect, plan, sniff};

/// What the clerk does: looks, finds nothing to answer, imports.
fn take_in(book: &mut MemoryBook, text: &str, kind: FileKind) -> Plan {
    sniff(text.as_bytes()).unwrap();
    let defaults = Defaults { today: "2026-11-20".parse().unwrap(), currency: Currency::CNY };
    let inspection = inspect(text, None, defaults, |_| None).unwrap();
    assert_eq!((inspection.mapping.kind, inspection.questions), (kind, vec![]));
    let setting = Setting {
        import: ImportId::derived(&[text]),
        today: defaults.today,
        currency: defaults.currency,
        calendar: &Calendar::default(),
    };
    let plan = plan(text, &inspection.mapping, book, setting).unwrap();
    assert_eq!(plan.problems, Problems::default());
    book.record(&plan).unwrap();
    plan
}

#[test]
fn any_clone_gets_the_same_files() {
    let digests = book::files().map(|(name, text)| format!("{name} {}", digest_of_bytes(text.as_bytes())));
    assert_eq!(
        digests,
        [
            "customers.csv 477a4f2a1378a3499c35a8d7f2605cdcc8fa10cb5eb4419e0ccd90e67178c3f1",
            "receivables.csv 345611d16e771901aa5089c1f183bb60819d4505ed3772ffb3632c36042a864f",
            "receipts.csv 1c2c745bcf88563790ea0f21f33fac292df3fdc0b4289ceaf94fd4933ee80477",
        ]
    );
}

#[test]
fn it_goes_in_through_the_import_and_comes_to_something() {
    let [(_, customers), (_, receivables), (_, receipts)] = book::files();
    let mut book = MemoryBook::default();
    for login in names::SALES {
        book.add_person(login, PersonId::derived(&[login]));
    }
    let plan = take_in(&mut book, &customers, FileKind::Customers);
    assert_eq!(plan.summary.new_customers, 300);
    assert!(plan.customers.iter().filter(|planned| planned.customer.currency == Currency::USD).count() >= 15);
    assert!(plan.customers.iter().any(|planned| planned.customer.stage == Stage::Prospect));

    let plan = take_in(&mut book, &receivables, FileKind::Receivables);
    assert!((10_000..15_000).contains(&plan.summary.new_items), "{}", plan.summary.new_items);
    assert!(plan.summary.disputes > 50);

    let plan = take_in(&mut book, &receipts, FileKind::Receipts);
    assert!(plan.summary.receipts >= 10 && plan.summary.allocations >= 5, "{:?}", plan.summary);

    for text in [&receivables, &receipts, &customers] {
        let defaults = Defaults { today: "2026-11-20".parse().unwrap(), currency: Currency::CNY };
        let inspection = inspect(text, None, defaults, |_| None).unwrap();
        take_in(&mut book, text, inspection.mapping.kind);
    }
}
