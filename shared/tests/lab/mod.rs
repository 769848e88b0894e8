//! Laws of the what-if questions: a back-test says what the order check would have said, a goal that was sought passes and a
//! cent less doesn't, and what is simulated ties out. Here stand the books that the laws are tried on.

mod back_test;
mod goal;
mod supposed;

use crate::common::customer;
use proptest::prelude::*;
use serde_json::json;
use shared::facts::calendar::{Date, plus_days};
use shared::facts::customer::Customer;
use shared::facts::id::{CoverId, CustomerId, FactId, FeedNumber, ItemId, OrderId, PersonId, ReceiptId};
use shared::facts::ledger::{
    Allocation, Dispute, Document, Fact, Freeze, Instalment, Item, Limit, Order, OrderEnd, OrderEndReason, Rate,
    Receipt, Recorded, Recovery, Return, Source, WriteOff,
};
use shared::facts::money::{Currency, Money};
use shared::facts::terms::Terms;
use shared::questions::back_test::{OnFile, Period};
use shared::readings::standing::{GradeInForce, LimitInForce, Standing};
use shared::rules::policy::{Bilingual, DEFAULT, Policy};
use shared::rules::segments::SegmentPatch;
use std::collections::BTreeMap;

const N_CUSTOMERS: usize = 3;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn first_day() -> Date {
    day("2025-01-01")
}

fn policy() -> Policy {
    Policy::parse(DEFAULT).unwrap()
}

fn yuan(minor: i64) -> Money {
    Money::from_minor(minor, Currency::CNY).unwrap()
}

fn rate(date: Date, rate: &str) -> Rate {
    let (from, to, rate) = (Currency::USD, Currency::CNY, rate.parse().unwrap());
    Rate { feed: FeedNumber(0), date, from, to, rate, source: "test".into(), kind: None }
}

fn rates() -> Vec<Rate> {
    vec![rate(day("2025-03-01"), "7.1"), rate(day("2025-06-15"), "7.253")]
}

/// A document or an order, and what follows it.
#[derive(Clone, Debug)]
struct Deal {
    customer: usize,
    day: u32,
    term: u32,
    minor: i64,
    dollars: bool,
    credit_note: bool,
    opening: bool,
    order: Option<u32>,
    paid: Vec<(u32, i64)>,
    disputed: Option<u32>,
}

fn deal() -> impl Strategy<Value = Deal> {
    let what = (0..N_CUSTOMERS, 0_u32..330, 0_u32..90, 1_i64..60_000_000, 0_u8..20);
    let follows = (
        prop::option::weighted(0.3, 0_u32..20),
        prop_oneof![
            3 => (0_u32..110).prop_map(|later| vec![(later, i64::MAX)]),
            2 => prop::collection::vec((0_u32..150, 1_i64..40_000_000), 0..3),
        ],
        prop::option::weighted(0.1, 0_u32..80),
    );
    (what, follows).prop_map(|((customer, day, term, minor, kind), (order, paid, disputed))| Deal {
        customer,
        day,
        term: if kind == 3 { 0 } else { term },
        minor,
        dollars: kind < 3,
        credit_note: kind == 4 || kind == 5,
        opening: kind == 6,
        order,
        paid,
        disputed,
    })
}

/// Two instalments, the second due on the document's own due date.
fn parts(amount: Money, date: Date, term: u32) -> Vec<Instalment> {
    let dues = [plus_days(date, term / 2), plus_days(date, term)];
    amount.split(&[1, 2]).into_iter().zip(dues).map(|(amount, due)| Instalment { due, amount }).collect()
}

fn book(deals: &[Deal]) -> Vec<Recorded> {
    let mut facts: Vec<Recorded> = Vec::new();
    for (number, deal) in deals.iter().enumerate() {
        let name = number.to_string();
        let mut record = |date: Date, fact: Fact| {
            let feed = FeedNumber(facts.len() as u64 + 1);
            let id = FactId::derived(&["fact", &feed.0.to_string()]);
            facts.push(Recorded { id, customer: customer(deal.customer).id, feed, date, fact });
        };
        let currency = if deal.dollars { Currency::USD } else { Currency::CNY };
        let amount = Money::from_minor(if deal.credit_note { -deal.minor } else { deal.minor }, currency).unwrap();
        let (item, date) = (ItemId::derived(&["item", &name]), plus_days(first_day(), deal.day));
        let order = deal.order.map(|before| {
            let id = OrderId::derived(&["order", &name]);
            let confirmed = shared::facts::calendar::minus_days(date, before);
            let prepayment = (number.is_multiple_of(5)).then(|| Money::from_minor(deal.minor / 3, currency).unwrap());
            let amount = Money::from_minor(deal.minor + 1_000, currency).unwrap();
            let terms = Terms::MonthEnd { days: 30 };
            let (customer, description) = (customer(deal.customer).id, None);
            record(confirmed, Fact::Ordered(Order { id, customer, amount, terms, prepayment, description }));
            if number.is_multiple_of(4) {
                let end = OrderEnd { order: id, reason: OrderEndReason::Cancelled };
                record(plus_days(confirmed, 9), Fact::OrderEnded(end));
            }
            id
        });
        let document = if deal.credit_note { Document::CreditNote } else { Document::Invoice };
        record(
            date,
            Fact::Charged(Item {
                id: item,
                document,
                number: name.clone(),
                due: plus_days(date, deal.term),
                amount,
                parts: if number % 5 == 1 && order.is_some() { parts(amount, date, deal.term) } else { Vec::new() },
                opening: deal.opening,
                order,
                reference: None,
                description: None,
            }),
        );
        let mut open = amount.minor();
        for (times, (later, minor)) in deal.paid.iter().enumerate().filter(|_| !deal.credit_note) {
            // What is paid whole is what is still open.
            let minor = if *minor == i64::MAX { open } else { *minor };
            let (paid, date) = (Money::from_minor(minor, currency).unwrap(), plus_days(date, *later));
            let receipt = ReceiptId::derived(&["receipt", &name, &times.to_string()]);
            record(date, Fact::Received(Receipt { id: receipt, amount: paid, reference: None }));
            let applied = open.min(minor);
            if applied > 0 {
                open -= applied;
                let amount = Money::from_minor(applied, currency).unwrap();
                record(date, Fact::Allocated(Allocation { item, source: Source::Receipt { receipt }, amount }));
            }
            // Some payments come back, whole or in part; what they had settled is written off or stays open.
            if number % 7 == 3 && paid.minor() > 0 {
                let back = if number.is_multiple_of(2) { paid.minor() } else { (paid.minor() / 3).max(1) };
                let amount = Money::from_minor(back, currency).unwrap();
                let reason = "退票".to_owned();
                record(plus_days(date, 15), Fact::Returned(Return { receipt, amount, reason }));
            }
        }
        if number % 11 == 2 && open > 1 {
            let amount = Money::from_minor(open / 2, currency).unwrap();
            let (reason, approved_by) = ("核销".to_owned(), PersonId::derived(&["manager"]));
            record(plus_days(date, 100), Fact::WrittenOff(WriteOff { item, amount, reason, approved_by }));
            let (receipt, date) = (ReceiptId::derived(&["recovered", &name]), plus_days(date, 130));
            record(date, Fact::Received(Receipt { id: receipt, amount, reference: None }));
            record(date, Fact::Recovered(Recovery { item, receipt, amount }));
        }
        if let Some(later) = deal.disputed {
            let part = (number.is_multiple_of(2)).then(|| Money::from_minor(deal.minor / 2, currency).unwrap());
            record(plus_days(date, later), Fact::Disputed(Dispute { item, open: true, amount: part, raised_by: None }));
            record(
                plus_days(date, later + 30),
                Fact::Disputed(Dispute { item, open: false, amount: None, raised_by: None }),
            );
        }
        if number % 17 == 5 {
            let freeze = |frozen| Fact::Frozen(Freeze { frozen, reason: "test".into() });
            record(plus_days(date, 20), freeze(true));
            record(plus_days(date, 27), freeze(false));
        }
    }
    facts
}

/// A policy that lets enough through for every kind of verdict to occur.
fn looser() -> Policy {
    let mut policy = policy();
    for line in &mut policy.limit.grades {
        line.need_factor = "6".parse().unwrap();
        line.capital_share = "9".parse().unwrap();
        line.trial = yuan(90_000_000);
        line.cap = yuan(5_000_000_000);
    }
    let overdue = &mut policy.order_check.overdue;
    (overdue.hold_days, overdue.refuse_days, overdue.hold_amount) = (200, 300, None);
    (overdue.grace_days, overdue.hold_share, overdue.small_share) =
        (10, "0.95".parse().unwrap(), "0.1".parse().unwrap());
    policy.order_check.refused_grades.clear();
    policy.order_check.size_share = "0.05".parse().unwrap();
    policy.exposure.order_lapse_days = 12;
    policy.behaviour.window_days = 120;
    let methods = policy.limit_methods.as_mut().unwrap();
    methods.concentration_share = Some("0.9".parse().unwrap());
    for line in &mut methods.grades {
        (line.net_worth_share, line.working_capital_share) = (None, Some("2".parse().unwrap()));
        (line.sales_factor, line.turnover_share) = (Some("9".parse().unwrap()), Some("9".parse().unwrap()));
        line.security_share = "0".parse().unwrap();
    }
    let vip = json!({ "limit": { "late_days": 60 }, "order_check": { "tolerance": "0.4" } });
    let name = Bilingual { zh: "贵宾".into(), en: "VIP".into() };
    policy.segments = Some(vec![SegmentPatch { segment: "vip".into(), name, patch: vip }]);
    policy.check().unwrap();
    policy
}

/// The same with what a file says judged in earnest.
fn earnest() -> Policy {
    let mut policy = looser();
    policy.order_rules.as_mut().unwrap().trial.clear();
    policy
}

fn period() -> Period {
    Period { from: day("2025-04-11"), to: day("2025-11-20"), known: day("2026-02-01") }
}

/// The second customer's file is full, the third's was begun; of the first nobody has begun one. The third has a segment.
fn files() -> BTreeMap<CustomerId, OnFile> {
    let money = |amount: &str| json!({ "amount": amount, "currency": "CNY" });
    let clear = |kind: &str, date: &str| json!({ "kind": kind, "date": date, "source": "register" });
    let file = json!({
        "statements": [{
            "end": "2024-12-31", "months": 12, "scope": "company", "source": "customer", "audit": "unqualified",
            "currency": "CNY", "lines": {
                "monetary_funds": money("20000000.00"),
                "current_assets": money("20000000.00"),
                "total_assets": money("20000000.00"),
                "short_term_borrowings": money("5000000.00"),
                "current_liabilities": money("5000000.00"),
                "total_liabilities": money("5000000.00"),
                "paid_in_capital": money("10000000.00"),
                "undistributed_profit": money("5000000.00"),
                "total_equity": money("15000000.00"),
                "liabilities_and_equity": money("20000000.00"),
            },
        }],
        "agreements": [{
            "number": "1", "signed": "2025-01-02", "from": "2025-01-02", "until": "2025-05-20",
            "terms": { "kind": "month_end", "days": 75 },
        }],
        "licences": [{ "kind": "business_licence", "number": "1", "until": "2025-08-20" }],
        "screenings": [
            clear("dishonest_debtor", "2025-03-20"), clear("licence_revoked", "2025-03-20"),
            clear("bankruptcy", "2025-03-20"), clear("dishonest_debtor", "2025-07-20"),
        ],
    });
    let guarantee = json!({
        "id": CoverId::derived(&["guarantee"]), "from": "2025-06-10", "until": "2025-10-05", "done": ["signed"],
        "what": { "kind": "guarantee", "amount": money("20000000.00"), "by_company": false },
    });
    let deposit = json!({
        "id": CoverId::derived(&["deposit"]), "from": "2025-05-02", "done": ["received"],
        "what": { "kind": "deposit", "amount": money("15000000.00") },
    });
    let full = OnFile {
        file: serde_json::from_value(file).unwrap(),
        covers: serde_json::from_value(json!([guarantee, deposit])).unwrap(),
        given: None,
    };
    [(customer(1).id, full), (customer(2).id, OnFile::default())].into()
}

fn member(index: usize) -> Customer {
    let segment = (index == 2).then(|| "vip".to_owned());
    Customer { segment, ..customer(index) }
}

fn all_credit() -> Money {
    yuan(30_000_000_000)
}

/// A customer's standing with something granted.
fn granted(facts: &[Recorded], limit: i64, terms: Terms) -> Standing {
    let mut standing = Standing::of(&customer(0), facts, &rates(), None).unwrap();
    let since = first_day();
    standing.frozen = None;
    standing.grade = Some(GradeInForce { grade: "B".into(), since });
    standing.limit = Some(LimitInForce { limit: Limit::Amount { amount: yuan(limit) }, since, until: None });
    standing.terms = Some(terms);
    standing
}

fn asked(minor: i64, terms: Terms, dollars: bool) -> Order {
    let currency = if dollars { Currency::USD } else { Currency::CNY };
    Order {
        id: OrderId::derived(&["asked"]),
        customer: customer(0).id,
        amount: Money::from_minor(minor, currency).unwrap(),
        terms,
        prepayment: None,
        description: None,
    }
}
