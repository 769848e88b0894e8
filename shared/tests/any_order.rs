//! No order of the same facts changes a result: whatever reads facts themselves gives the same for them in any order.
//!
//! The books are the ledgers of the shipped cases, which hold every kind of fact, several of them put together as one book.

use proptest::prelude::*;
use serde_json::Value;
use shared::facts::calendar::{Date, minus_days, plus_days};
use shared::facts::customer::Customer;
use shared::facts::id::FeedNumber;
use shared::facts::ledger::{Rate, Recorded};
use shared::questions::back_test::Ledger;
use shared::questions::collections::{collections, dso_trend};
use shared::questions::indicators::payments;
use shared::questions::statement::statement;
use shared::readings::exchange::RatesOn;
use shared::readings::journal::Journal;
use shared::readings::open_items::open_documents;
use shared::readings::revaluation::revaluation;
use shared::readings::standing::Standing;
use shared::record::cases::{Case, facts_of};
use shared::rules::policy::{DEFAULT, Policy};
use shared::rules::reissue::arising;
use std::path::Path;
use std::sync::LazyLock;

/// The ledgers of the cases: whose, what happened, at which rates, and the day of the question.
struct Book {
    customer: Customer,
    facts: Vec<Recorded>,
    rates: Vec<Rate>,
    as_of: Date,
}

static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::parse(DEFAULT).unwrap());
static BOOKS: LazyLock<Vec<Book>> = LazyLock::new(|| {
    let mut books = Vec::new();
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for case in serde_json::from_str::<Vec<Case>>(&text).unwrap() {
            if case.facts.ledger.len() < 2 {
                continue;
            }
            let (customer, mut facts) = facts_of(&case, &POLICY, &case.name);
            for fact in &mut facts {
                let mut told = serde_json::to_value(&fact.fact).unwrap();
                tell_apart(&mut told, books.len());
                fact.fact = serde_json::from_value(told).unwrap();
            }
            if Journal::of(&facts, None).is_ok() {
                books.push(Book { customer, facts, rates: case.facts.rates, as_of: case.as_of });
            }
        }
    }
    books
});

/// Every case numbers its documents from one; in a book of several each has its own id.
fn tell_apart(told: &mut Value, book: usize) {
    match told {
        Value::String(text) if text.len() == 36 && text.starts_with("00000000-") => {
            text.replace_range(..8, &format!("{:08x}", book + 1));
        }
        Value::Array(list) => list.iter_mut().for_each(|value| tell_apart(value, book)),
        Value::Object(fields) => fields.values_mut().for_each(|value| tell_apart(value, book)),
        _ => {}
    }
}

/// Some of the books as one, in which the facts were learned in turn.
fn together(chosen: &[prop::sample::Index]) -> (Vec<Customer>, Vec<Recorded>, Vec<Rate>, Date) {
    let (mut customers, mut facts, mut rates): (Vec<Customer>, Vec<Recorded>, Vec<Rate>) = Default::default();
    let mut as_of = Date::MIN;
    for index in chosen {
        let book = index.get(&BOOKS);
        // Cases that name the same customer tell of it differently: the first one counts.
        if customers.iter().any(|known| known.id == book.customer.id) {
            continue;
        }
        customers.push(book.customer.clone());
        facts.extend(book.facts.iter().cloned());
        rates.extend(book.rates.iter().cloned());
        as_of = as_of.max(book.as_of);
    }
    for (fact, feed) in facts.iter_mut().zip(1..) {
        fact.feed = FeedNumber(feed);
    }
    (customers, facts, rates, as_of)
}

#[test]
fn the_books_are_varied() {
    assert!(BOOKS.len() > 100, "only {} cases have a ledger", BOOKS.len());
    let kinds: std::collections::BTreeSet<String> = BOOKS
        .iter()
        .flat_map(|book| &book.facts)
        .map(|fact| serde_json::to_value(&fact.fact).unwrap()["kind"].to_string())
        .collect();
    assert!(kinds.len() > 10, "only {kinds:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_order_of_the_same_facts_changes_a_result(
        chosen in prop::collection::vec(any::<prop::sample::Index>(), 1..5),
        seed in any::<u64>(),
        days in 0_u32..60,
    ) {
        let (customers, facts, rates, as_of) = together(&chosen);
        let as_of = plus_days(as_of, days);
        let mut turned = facts.clone();
        let mut state = seed | 1;
        for i in (1..turned.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            turned.swap(i, usize::try_from(state >> 33).unwrap() % (i + 1));
        }
        let (policy, on) = (&*POLICY, RatesOn::new(&rates, as_of).all());

        prop_assert_eq!(Journal::of(&facts, None), Journal::of(&turned, None));
        prop_assert_eq!(open_documents(&facts, as_of), open_documents(&turned, as_of));
        prop_assert_eq!(payments(&facts), payments(&turned));
        prop_assert_eq!(arising(&facts), arising(&turned));
        for customer in &customers {
            let standing = |facts: &[Recorded]| Standing::of(customer, facts, &on, None);
            prop_assert_eq!(standing(&facts), standing(&turned));
            let account = |facts: &[Recorded]| {
                statement(customer.id, facts, &policy.aging, as_of, plus_days(as_of, 30)).map_err(|error| error.to_string())
            };
            prop_assert_eq!(account(&facts), account(&turned));
        }
        let worth = |facts: &[Recorded]| revaluation(facts, policy.currency, &rates, as_of).map_err(|error| error.to_string());
        prop_assert_eq!(worth(&facts), worth(&turned));
        let period = (minus_days(as_of, 60), as_of);
        let report = |facts: &[Recorded]| {
            collections(&customers, facts, (policy.currency, &rates), period).map_err(|error| error.to_string())
        };
        prop_assert_eq!(report(&facts), report(&turned));
        if let Some(rule) = policy.receivables.as_ref().map(|rule| &rule.dso) {
            let trend = |facts: &[Recorded]| {
                dso_trend(facts, rule, &policy.calendar, (policy.currency, &rates), 3, as_of).map_err(|error| error.to_string())
            };
            prop_assert_eq!(trend(&facts), trend(&turned));
        }
        prop_assert_eq!(Ledger::of(customers.clone(), &facts), Ledger::of(customers, &turned));
    }
}
