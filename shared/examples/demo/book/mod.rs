//! The demo book: a forwarder in Ningbo, about 300 customers, 24 months up to 20 November 2026.
//!
//! Everything follows from one seed by integer arithmetic, so that any clone gets the same bytes. Each customer draws from
//! a source of its own: changing one leaves the others as they are. The first dozen are set by hand, so that each story
//! that the product tells has a customer to tell it with.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::indexing_slicing
)] // a tool over figures that are known to be small

mod business;
mod by_hand;
mod chance;
mod customers;
mod files;
mod money;

use super::names;
use business::{business, number};
use chrono::{Days, NaiveDate};
use customers::customers;
use files::{customer_file, receipt_file, receivable_file};
use money::{limits, receipts};
use shared::facts::calendar::Date;

/// How many customers there are.
const CUSTOMERS: usize = 300;
/// The first day of business in the book, and its last: 2024-11-21 to 2026-11-20.
const FIRST: (i32, u32, u32) = (2024, 11, 21);
const LAST: (i32, u32, u32) = (2026, 11, 20);

/// The files, by name.
pub fn files() -> [(&'static str, String); 3] {
    let mut customers = customers();
    let mut documents = Vec::new();
    for customer in &mut customers {
        documents.extend(business(customer));
    }
    documents.sort_by_key(|document| (document.date, document.customer, document.order));
    number(&mut documents);
    let receipts = receipts(&customers, &documents);
    limits(&mut customers, &documents);
    [
        ("customers.csv", customer_file(&customers)),
        ("receivables.csv", receivable_file(&customers, &documents)),
        ("receipts.csv", receipt_file(&customers, &receipts)),
    ]
}

fn date((year, month, day): (i32, u32, u32)) -> Date {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or(Date::MIN)
}

fn later(day: Date, days: i64) -> Date {
    let moved = if days < 0 {
        day.checked_sub_days(Days::new(days.unsigned_abs()))
    } else {
        day.checked_add_days(Days::new(days as u64))
    };
    moved.unwrap_or(day)
}

fn code(index: usize) -> String {
    format!("C{:04}", index + 1)
}
