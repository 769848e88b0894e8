//! Times the back-test natively: `cargo run --release -p shared --example back_test [DOCUMENTS…]`. One line for each size, with
//! how much of it was held, so that two runs can be seen to have done the same.

// A stopwatch is what this is; the work itself reads no clock. Figures of a seeded book are small.
#![allow(
    clippy::disallowed_types,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::float_arithmetic
)]

use shared::facts::calendar::{Date, plus_days};
use shared::facts::customer::Customer;
use shared::facts::id::CustomerId;
use shared::facts::ledger::Document;
use shared::facts::money::{Currency, Money, MoneyError};
use shared::questions::back_test::{BackTest, Ledger, Period};
use shared::readings::journal::{AllocationRow, CashRow, ItemRow, Journal};
use shared::rules::policy::{DEFAULT, Policy};
use std::time::Instant;

/// Documents to a customer in three years.
const EACH: usize = 50;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sizes: Vec<usize> = std::env::args().skip(1).filter_map(|size| size.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1_000, 10_000, 100_000, 1_000_000] } else { sizes };
    let policy = Policy::parse(DEFAULT)?;
    let rule = policy.back_test.clone().ok_or("the shipped policy has no such section")?;
    let day = |year, month, day| Date::from_ymd_opt(year, month, day).unwrap_or_default();
    // 24 months are judged; the year before them is what the first assessments look at.
    let period = Period { from: day(2024, 11, 1), to: day(2026, 10, 31), known: day(2026, 11, 20) };
    for documents in sizes {
        for challenger in [None, Some(policy.clone())] {
            let (customers, journal) = book(documents, day(2024, 11, 1))?;
            let count = customers.len();
            let ledger = Ledger::of_journal(customers, journal)?;
            let two = challenger.is_some();
            let challenger = challenger.map(|mut policy| {
                policy.order_check.overdue.hold_days = 30;
                policy
            });
            let start = Instant::now();
            let mut test = BackTest::new(rule.clone(), period, policy.clone(), challenger, ledger, Vec::new())?;
            let (mut steps, mut slowest) = (0, 0.0_f64);
            loop {
                let step = Instant::now();
                let progress = test.step(500)?;
                (steps, slowest) = (steps + 1, slowest.max(step.elapsed().as_secs_f64() * 1e3));
                if progress.done == progress.of {
                    break;
                }
            }
            let took = start.elapsed().as_secs_f64() * 1e3;
            let total = test.report()?.champion.total;
            println!(
                "{documents} documents, {count} customers, {} policies: {took:.1} ms in {steps} steps, the slowest {slowest:.1} ms; judged {}, held {}, refused {}",
                1 + u8::from(two),
                total.approved.count + total.warned.count + total.held.count + total.refused.count,
                total.held.count,
                total.refused.count
            );
        }
    }
    Ok(())
}

/// A book whose documents all lie in 24 months; most are paid, some late, a few never.
fn book(documents: usize, from: Date) -> Result<(Vec<Customer>, Journal), MoneyError> {
    let mut state = 7_u64;
    let mut random = |below: u64| {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % below
    };
    let yuan = |minor: i64| Money::from_minor(minor, Currency::CNY);
    let mut customers: Vec<Customer> = (0..(documents / EACH).max(1)).map(customer).collect();
    customers.sort_by_key(|customer| customer.id);
    let mut journal =
        Journal { customers: customers.iter().map(|customer| customer.id).collect(), ..Journal::default() };
    for place in 0..customers.len() {
        let slow = random(60) as u32;
        let mut dates: Vec<Date> = (0..EACH).map(|_| plus_days(from, random(730) as u32)).collect();
        dates.sort_unstable();
        for date in dates {
            let (item, customer) = (journal.items.len() as u32, place as u32);
            let (amount, due) = (yuan(random(3_000_000) as i64 + 100)?, plus_days(date, 30 * (1 + random(2) as u32)));
            journal.items.push(ItemRow { customer, document: Document::Invoice, date, due, amount, opening: false });
            if random(100) < 97 {
                let paid = plus_days(due, random(u64::from(slow) + 5) as u32);
                let (minor, cash) = (amount.minor(), true);
                journal.allocations.push(AllocationRow { item, date: paid, minor, cash });
                journal.cash.push(CashRow { customer, date: paid, amount: amount.negated(), received: false });
                journal.cash.push(CashRow { customer, date: paid, amount, received: true });
            }
        }
    }
    journal.cash.sort_by_key(|row| (row.customer, row.date, row.amount.minor()));
    Ok((customers, journal))
}

fn customer(number: usize) -> Customer {
    let id = CustomerId::derived(&["bench", &number.to_string()]);
    Customer {
        founded: Date::from_ymd_opt(2012, 3, 1),
        since: Date::from_ymd_opt(2020, 3, 1),
        registered_capital: Money::from_minor(500_000_000, Currency::CNY).ok(),
        ..Customer::plain(id, format!("C-{number}"), format!("客户 {number}"), Currency::CNY)
    }
}
