//! What each customer is charged over the two years, and when it pays.

use super::by_hand::DISPUTING;
use super::chance::Chance;
use super::customers::{Customer, Habit};
use super::{FIRST, LAST, code, date, later, names};
use chrono::Datelike;
use shared::facts::calendar::{Calendar, Date, days_between, month_end};
use shared::facts::money::{Currency, Money};
use std::collections::BTreeMap;

pub(super) struct Document {
    pub(super) customer: usize,
    pub(super) order: u32,
    pub(super) number: String,
    pub(super) date: Date,
    pub(super) due: Date,
    pub(super) amount: Money,
    pub(super) settled: Option<Date>,
    pub(super) disputed: Option<Date>,
    pub(super) reference: String,
    pub(super) description: String,
}

/// Trade by month, in thousandths: quiet around the Spring Festival, busy before Christmas.
const SEASON: [i64; 12] = [1_020, 610, 900, 960, 1_000, 1_020, 1_060, 1_120, 1_140, 1_080, 1_060, 1_030];

/// A customer's documents over the two years.
pub(super) fn business(customer: &mut Customer) -> Vec<Document> {
    let (first, last) = (date(FIRST), date(LAST));
    let mut chance = Chance::of(&format!("{} business", code(customer.index)));
    let mut documents = Vec::new();
    // Who came within the two years has no business before.
    let begins = first.max(customer.since);
    let ends = if customer.habit == Habit::Stopped { date((2026, 6, 30)) } else { last };
    let mut month = first;
    let mut months = 0_i64;
    while month <= last {
        let (from, to) = (month.max(begins), month_end(month, 0).min(ends));
        if from <= to {
            let days = i64::from(days_between(from, to)) + 1;
            let season = SEASON[month.month0() as usize];
            let grown = (1_000 + customer.growth * months).max(250);
            let expected = customer.pace * season * grown * days / 30 / 1_000 / 1_000;
            let count = expected / 100 + i64::from(chance.between(0, 99) < expected % 100);
            for _ in 0..count {
                let day = working_day(later(from, chance.between(0, days - 1)), from, to);
                let mut document = document(customer, day, &mut chance);
                document.order = documents.len() as u32;
                documents.push(document);
            }
        }
        month = later(month_end(month, 0), 1);
        months += 1;
    }
    pay(customer, &mut documents, &mut chance);
    documents
}

/// The day itself, or the nearest working day that the span still holds.
pub(super) fn working_day(day: Date, from: Date, to: Date) -> Date {
    let calendar = Calendar::default();
    let next = calendar.next_working(day);
    if next <= to {
        return next;
    }
    (1..=3).map(|back| later(day, -back)).find(|day| calendar.is_working(*day) && *day >= from).unwrap_or(day)
}

fn document(customer: &Customer, day: Date, chance: &mut Chance) -> Document {
    let currency = customer.currency;
    let (minor, description) =
        if currency == Currency::USD { in_dollars(customer, chance) } else { in_yuan(customer, chance) };
    Document {
        customer: customer.index,
        order: 0,
        number: String::new(),
        date: day,
        due: customer.terms.due(day, &Calendar::default()),
        amount: Money::from_minor(minor, currency).unwrap_or(Money::zero(currency)),
        settled: None,
        disputed: None,
        reference: format!("{}{}", chance.pick(&names::CARRIERS), chance.between(600_000_000, 699_999_999)),
        description,
    }
}

/// What is charged in yuan: fen, and for what.
fn in_yuan(customer: &Customer, chance: &mut Chance) -> (i64, String) {
    let (port, price, _) = chance.pick(&names::PORTS);
    // Freight moves by a fifth either way.
    let rate = |price: i64, chance: &mut Chance| price * chance.between(82, 121) / 100;
    match chance.between(1, 100) {
        1..=46 => {
            let boxes = chance.between(1, customer.boxes);
            let (kind, share) = chance.pick(&[("40HQ", 100), ("40HQ", 100), ("40GP", 97), ("20GP", 58)]);
            let minor = rate(price, chance) * share / 100 / 10 * 10 * boxes * 100;
            (minor, format!("海运费，宁波至{port}，{boxes}×{kind}"))
        }
        47..=60 => {
            let tenths = chance.between(15, 145);
            let minor = rate(price, chance) * tenths * 100 / 10 / 38;
            (minor, format!("海运拼箱费，宁波至{port}，{}.{} m³", tenths / 10, tenths % 10))
        }
        61..=68 => {
            let kilograms = chance.between(12, 180) * 10;
            let (airport, price) = chance.pick(&names::AIRPORTS);
            (rate(price, chance) * kilograms, format!("空运费，宁波至{airport}，{kilograms} kg"))
        }
        69..=88 => {
            let boxes = chance.between(1, customer.boxes);
            // With 6 % VAT.
            (chance.between(1_350, 3_400) * boxes * 106, "拖车费、报关费".to_owned())
        }
        89..=95 => (chance.between(380, 1_150) * 106, "文件费、操作费".to_owned()),
        _ => (chance.between(600, 7_800) * 100, "滞箱费、查验费".to_owned()),
    }
}

/// What is charged in dollars: cents, and for what.
fn in_dollars(customer: &Customer, chance: &mut Chance) -> (i64, String) {
    let (port, _, price) = chance.pick(&names::PORTS);
    let boxes = chance.between(1, customer.boxes);
    match chance.between(1, 100) {
        1..=70 => {
            let kind = chance.pick(&["40HQ", "40HQ", "40GP"]);
            (
                price * chance.between(82, 121) / 100 / 5 * 5 * boxes * 100,
                format!("海运费，宁波至{port}，{boxes}×{kind}"),
            )
        }
        71..=90 => (chance.between(65, 240) * boxes * 100, "起运港费用".to_owned()),
        _ => (chance.between(45, 130) * 100, "换单费、文件费".to_owned()),
    }
}

/// Days after the due date on which a customer pays what falls due on a day.
fn delay(habit: Habit, due: Date, chance: &mut Chance) -> i64 {
    let months = i64::from(days_between(date(FIRST), due)) / 30;
    match habit {
        Habit::Prompt => chance.between(-4, 1),
        Habit::Sound | Habit::Stopped => chance.between(-1, 7),
        Habit::Slow => chance.between(11, 34),
        // A week more every quarter at first, then steeply.
        Habit::Sinking => chance.between(0, 6) + months * months * 105 / 600,
        Habit::Mending => (30 - months * 2).max(0) + chance.between(-2, 4),
    }
}

/// When each document is settled. What falls due on one day is paid on one day, but for stragglers and disputes.
fn pay(customer: &Customer, documents: &mut [Document], chance: &mut Chance) {
    let last = date(LAST);
    let calendar = Calendar::default();
    let mut paid_on: BTreeMap<Date, i64> = BTreeMap::new();
    for document in &mut *documents {
        let due = document.due;
        let habit = customer.habit;
        let mut days = *paid_on.entry(due).or_insert_with(|| delay(habit, due, chance));
        if chance.percent(4) {
            days += chance.between(9, 28);
        }
        let detention = document.description.starts_with("滞箱费");
        let share = match (customer.index == DISPUTING, detention) {
            (true, true) => 95,
            (true, false) => 9,
            (false, true) => 12,
            (false, false) => 0,
        };
        if chance.percent(share) {
            document.disputed = Some(later(document.date, chance.between(3, 18))).filter(|day| *day <= last);
            days += chance.between(35, if customer.index == DISPUTING { 140 } else { 80 });
        }
        // Nobody pays before the document is there.
        let settled = calendar.next_working(later(due, days)).max(later(document.date, 1));
        let stopped = habit == Habit::Stopped && settled > date((2026, 4, 20));
        document.settled = Some(settled).filter(|settled| *settled <= last && !stopped);
    }
}

/// Numbers the documents of each month from 1.
pub(super) fn number(documents: &mut [Document]) {
    let mut months: BTreeMap<(i32, u32), u32> = BTreeMap::new();
    for document in documents {
        let (year, month) = (document.date.year(), document.date.month());
        let count = months.entry((year, month)).or_default();
        *count += 1;
        document.number = format!("INV-{:02}{month:02}-{count:04}", year % 100);
    }
}
