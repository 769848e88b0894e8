//! Made-up books as a whole: what each customer's documents come to for the passes that go over all of them.
//!
//! They are laid out as the work takes them in, customer by customer, so that a million documents never stand in memory as
//! facts as well.

use crate::book::{Seeded, customer, today, yuan};
use shared::facts::calendar::{Date, minus_days, plus_days};
use shared::facts::customer::Customer;
use shared::facts::id::{CustomerId, DecisionId, FactId, FeedNumber, ItemId, ReceiptId};
use shared::facts::ledger::{Document, Fact, Grading, Item, Limit, LimitGrant, Order, Recorded, TermsGrant};
use shared::facts::money::Currency;
use shared::facts::notice::Notice;
use shared::facts::number::{Points, Ratio};
use shared::facts::terms::Terms;
use shared::readings::journal::{AllocationRow, CashRow, ItemRow, Journal};
use shared::readings::standing::Standing;
use shared::rules::allocation::{Debt, Incoming, Nature};
use shared::rules::dunning::{Account, DunningItem, dunning};
use shared::rules::policy::Policy;

/// Open documents to a customer.
pub const EACH: usize = 10;
/// Documents to a customer in the 24 months of a back-test.
const EACH_IN_THE_PAST: usize = 50;
const GRADES: [&str; 4] = ["AA", "A", "B", "C"];

/// A journal of open documents, from half a year past due to two months ahead; a third of them is paid in part.
pub fn open_documents(documents: usize) -> Journal {
    let mut seeded = Seeded::new(4);
    let mut journal = Journal { customers: ids(documents.div_ceil(EACH)), ..Journal::default() };
    let mut dates = Vec::with_capacity(EACH);
    while journal.items.len() < documents {
        let customer = place(journal.items.len() / EACH);
        dates.clear();
        dates.extend((0..EACH.min(documents - journal.items.len())).map(|_| minus_days(today(), seeded.below(240))));
        dates.sort_unstable();
        for &date in &dates {
            let (item, amount) = (place(journal.items.len()), yuan(seeded.minor(5_000_000) + 100));
            let due = plus_days(date, 30 * seeded.below(3));
            journal.items.push(ItemRow { customer, document: Document::Invoice, date, due, amount, opening: false });
            if seeded.one_in(3) {
                journal.allocations.push(AllocationRow { item, date: today(), minor: amount.minor() / 2, cash: true });
            }
        }
    }
    journal
}

/// A book whose documents all lie in 24 months; most are paid, some late, a few never.
pub fn past(documents: usize, from: Date) -> (Vec<Customer>, Journal) {
    let mut seeded = Seeded::new(7);
    let mut customers: Vec<Customer> = (0..(documents / EACH_IN_THE_PAST).max(1)).map(known_customer).collect();
    customers.sort_by_key(|customer| customer.id);
    let mut journal =
        Journal { customers: customers.iter().map(|customer| customer.id).collect(), ..Journal::default() };
    for number in 0..customers.len() {
        let customer = place(number);
        let slow = seeded.below(60);
        let mut dates: Vec<Date> = (0..EACH_IN_THE_PAST).map(|_| plus_days(from, seeded.below(730))).collect();
        dates.sort_unstable();
        for date in dates {
            let (item, amount) = (place(journal.items.len()), yuan(seeded.minor(3_000_000) + 100));
            let due = plus_days(date, 30 * (1 + seeded.below(2)));
            journal.items.push(ItemRow { customer, document: Document::Invoice, date, due, amount, opening: false });
            if !seeded.one_in(33) {
                let date = plus_days(due, seeded.below(slow + 5));
                journal.allocations.push(AllocationRow { item, date, minor: amount.minor(), cash: true });
                journal.cash.push(CashRow { customer, date, amount: amount.negated(), received: false });
                journal.cash.push(CashRow { customer, date, amount, received: true });
            }
        }
    }
    journal.cash.sort_by_key(|row| (row.customer, row.date, row.amount.minor()));
    (customers, journal)
}

/// The standings of so many customers, each with its open documents, a grade, a limit and terms.
pub fn standings(customers: usize) -> Vec<Standing> {
    let mut seeded = Seeded::new(5);
    (0..customers).map(|number| standing(&mut seeded, number)).collect()
}

fn standing(seeded: &mut Seeded, number: usize) -> Standing {
    let owner = customer(number);
    let mut facts: Vec<Recorded> = Vec::with_capacity(EACH + 3);
    let mut record = |date: Date, fact: Fact| {
        let feed = FeedNumber(facts.len() as u64 + 1);
        let id = FactId::derived(&["many", &number.to_string(), &feed.0.to_string()]);
        facts.push(Recorded { id, customer: owner.id, feed, date, fact });
    };
    let granted = minus_days(today(), 300);
    let decision = DecisionId::derived(&["many", &number.to_string()]);
    let (score, confidence) = (Points::from_units(7_000), Ratio::ONE);
    let grade = GRADES[seeded.below(4) as usize].to_owned();
    record(granted, Fact::Graded(Grading { grade, score, confidence, decision }));
    let limit = Limit::Amount { amount: yuan(seeded.minor(60_000_000)) };
    record(granted, Fact::LimitGranted(LimitGrant { limit, until: None, decision: None }));
    record(granted, Fact::TermsGranted(TermsGrant { terms: Terms::Net { days: 30 } }));
    for place in 0..EACH {
        let date = minus_days(today(), seeded.below(100));
        let item = Item {
            id: ItemId::derived(&["many", &number.to_string(), &place.to_string()]),
            document: Document::Invoice,
            number: place.to_string(),
            due: plus_days(date, 30 * seeded.below(3)),
            amount: yuan(seeded.minor(5_000_000) + 1),
            parts: Vec::new(),
            opening: false,
            order: None,
            reference: None,
            description: None,
        };
        record(date, Fact::Charged(item));
    }
    Standing::of(&owner, &facts, &[], None).expect("the facts are sound")
}

/// An order of whoever's standing it is.
pub fn order_of(standing: &Standing) -> Order {
    Order { customer: standing.customer, ..crate::book::order() }
}

/// What dunning sees of so many customers. When told, every message that is due has gone out already, so that nothing is new.
pub fn accounts(policy: &Policy, documents: usize, told: bool) -> Vec<Account> {
    let mut seeded = Seeded::new(6);
    let rule = policy.dunning.as_ref().expect("the shipped policy dunns");
    let mut left = documents;
    let account = |(number, customer): (usize, CustomerId)| {
        let count = EACH.min(left);
        left -= count;
        let items = (0..count).map(|place| DunningItem {
            before: Vec::new(),
            item: ItemId::derived(&["many", &number.to_string(), &place.to_string()]),
            number: format!("{number}-{place}"),
            due: plus_days(minus_days(today(), seeded.below(200)), 60),
            open: yuan(seeded.minor(5_000_000) + 1),
            disputed: None,
        });
        let items = items.collect();
        let unapplied = if seeded.one_in(4) { vec![yuan(seeded.minor(1_000_000))] } else { Vec::new() };
        let mut account = Account {
            customer,
            grade: Some(GRADES[seeded.below(4) as usize].to_owned()),
            items,
            unapplied,
            payments: Vec::new(),
            promises: Vec::new(),
            plans: Vec::new(),
            blocks: Vec::new(),
            notices: Vec::new(),
            waivers: Vec::new(),
        };
        if told {
            let due = dunning(rule, &account, &policy.calendar, &[], today()).expect("the account can be dunned");
            if let Some(message) = due.message {
                let notice =
                    Notice { date: today(), step: message.step, items: message.items, fee: message.fee, sent: None };
                account.notices.push(notice);
            }
        }
        account
    };
    ids(documents.div_ceil(EACH)).into_iter().enumerate().map(account).collect()
}

/// A payment of each customer, with the documents it may be for: some equal one document, some several, some none; some
/// name what they are for.
pub fn payments(documents: usize) -> Vec<(Incoming, Vec<Debt>)> {
    let mut seeded = Seeded::new(8);
    let payment = |number: usize| {
        let debts: Vec<Debt> = (0..EACH)
            .map(|place| Debt {
                item: ItemId::derived(&["many", &number.to_string(), &place.to_string()]),
                number: format!("INV-{number}-{place}"),
                reference: None,
                due: plus_days(minus_days(today(), seeded.below(120)), 30),
                open: yuan(seeded.minor(5_000_000) + 1),
                nature: Nature::Principal,
                of: None,
                secured: Ratio::ZERO,
                burden: Ratio::ZERO,
                disputed: false,
                booked_rate: None,
                discount: None,
            })
            .collect();
        let first = |count: usize| debts.iter().take(count).map(|debt| debt.open.minor()).sum::<i64>();
        let minor = match seeded.below(3) {
            0 => first(1),
            1 => first(3),
            _ => seeded.minor(9_000_000) + 1,
        };
        let incoming = Incoming {
            receipt: ReceiptId::derived(&["many", &number.to_string()]),
            date: today(),
            amount: yuan(minor),
            from_abroad: false,
            charges: None,
            text: seeded.one_in(4).then(|| format!("货款 INV-{number}-{}", seeded.below(10))),
            designation: None,
        };
        (incoming, debts)
    };
    (0..documents.div_ceil(EACH)).map(payment).collect()
}

fn known_customer(number: usize) -> Customer {
    Customer {
        founded: Date::from_ymd_opt(2012, 3, 1),
        since: Date::from_ymd_opt(2020, 3, 1),
        registered_capital: Some(yuan(500_000_000)),
        ..Customer::plain(
            CustomerId::derived(&["past", &number.to_string()]),
            format!("C-{number}"),
            format!("客户 {number}"),
            Currency::CNY,
        )
    }
}

/// The ids of so many customers, in their order.
fn ids(customers: usize) -> Vec<CustomerId> {
    let mut ids: Vec<CustomerId> = (0..customers).map(|number| customer(number).id).collect();
    ids.sort_unstable();
    ids
}

/// A place in a list as rows name it.
fn place(at: usize) -> u32 {
    u32::try_from(at).expect("a book has fewer rows than that")
}
