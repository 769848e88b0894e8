//! Money that came in and waits, and the limits that somebody granted by hand.

use super::business::{Document, working_day};
use super::by_hand::{BRAND_NEW, BY_HAND, NEARLY_USED};
use super::chance::Chance;
use super::customers::{Customer, Habit};
use super::{LAST, code, date, later};
use chrono::Datelike;
use shared::facts::calendar::Date;
use shared::facts::money::{Currency, Money};
use shared::facts::terms::Terms;
use std::collections::BTreeMap;

pub(super) struct Receipt {
    pub(super) customer: usize,
    pub(super) date: Date,
    pub(super) amount: Money,
    pub(super) reference: String,
    pub(super) invoice: String,
}

/// Money that came in and isn't applied in full: part payments that name their invoice, and some that name none.
pub(super) fn receipts(customers: &[Customer], documents: &[Document]) -> Vec<Receipt> {
    let mut receipts = Vec::new();
    let last = date(LAST);
    for customer in customers {
        let mut chance = Chance::of(&format!("{} receipts", code(customer.index)));
        let mut open =
            documents.iter().filter(|document| document.customer == customer.index && document.settled.is_none());
        let Some(oldest) = open.next() else { continue };
        let part = customer.habit != Habit::Prompt && oldest.disputed.is_none() && chance.percent(12);
        let unnamed = !part && chance.percent(9);
        if !part && !unnamed {
            continue;
        }
        let day = working_day(later(last, -chance.between(1, 24)), later(last, -30), last);
        if day <= oldest.date {
            continue;
        }
        // Whole hundreds, as people pay on account.
        let minor = (oldest.amount.minor() * chance.between(30, 70) / 100) / 10_000 * 10_000;
        let Ok(amount) = Money::from_minor(minor, oldest.amount.currency()) else { continue };
        if minor > 0 {
            let reference = format!("{}{:08}", day.format_compact(), chance.between(1, 99_999_999));
            let invoice = if part { oldest.number.clone() } else { String::new() };
            receipts.push(Receipt { customer: customer.index, date: day, amount, reference, invoice });
        }
    }
    receipts.sort_by_key(|receipt| (receipt.date, receipt.customer));
    receipts
}

trait Compact {
    fn format_compact(&self) -> String;
}

impl Compact for Date {
    fn format_compact(&self) -> String {
        format!("{:04}{:02}{:02}", self.year(), self.month(), self.day())
    }
}

/// Limits as somebody granted them by hand: by what was owed at the most in the last year.
pub(super) fn limits(customers: &mut [Customer], documents: &[Document]) {
    let mut of: BTreeMap<usize, Vec<&Document>> = BTreeMap::new();
    for document in documents {
        of.entry(document.customer).or_default().push(document);
    }
    for customer in customers {
        let mut chance = Chance::of(&format!("{} limit", code(customer.index)));
        let documents = of.remove(&customer.index).unwrap_or_default();
        let open_on = |day: Date| -> i64 {
            let open = documents.iter().filter(|d| d.date <= day && d.settled.is_none_or(|settled| settled > day));
            open.map(|document| document.amount.minor()).sum()
        };
        let now = open_on(date(LAST));
        let most = (0..12).map(|back| open_on(later(date(LAST), -30 * back))).max().unwrap_or(0);
        let unit = if customer.currency == Currency::USD { 500_000 } else { 1_000_000 };
        let up = |minor: i64| (minor + unit - 1) / unit * unit;
        let granted = match (customer.index, customer.habit) {
            (NEARLY_USED, _) => up(now * 100 / 96),
            // Granted when times were better.
            (_, Habit::Sinking | Habit::Stopped) => up(open_on(date((2025, 6, 30))) * 13 / 10),
            _ => up(most * chance.between(95, 150) / 100),
        };
        let until = match chance.between(1, 100) {
            1..=5 => date((2026, 9, 30)),
            6..=25 => date((2026, 12, 31)),
            26..=60 => date((2027, 3, 31)),
            _ => date((2027, 6, 30)),
        };
        let whole = granted / 100;
        let none = customer.stage == "潜在" || customer.index == BRAND_NEW || granted == 0;
        if customer.terms == Terms::OnDelivery && chance.percent(60) {
            "不授信".clone_into(&mut customer.limit);
        } else if !none {
            customer.limit = format!("{whole}.00");
            customer.limit_until = Some(if customer.index < BY_HAND.len() { date((2027, 3, 31)) } else { until });
        }
    }
}
