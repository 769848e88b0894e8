//! Who the customers are, and how each pays.

use super::by_hand::{BRAND_NEW, BY_HAND, ByHand};
use super::chance::Chance;
use super::names;
use super::{CUSTOMERS, code, date, later};
use shared::facts::calendar::Date;
use shared::facts::id::derived;
use shared::facts::identifiers::CreditCode;
use shared::facts::money::Currency;
use shared::facts::terms::Terms;

/// How a customer pays.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Habit {
    /// On the day or a little before.
    Prompt,
    /// Within a week.
    Sound,
    /// Some weeks late, always.
    Slow,
    /// Later every month, and at last not at all.
    Sinking,
    /// Late at first, on time now.
    Mending,
    /// Nothing since the middle of 2026, and no more business.
    Stopped,
}

pub(super) struct Customer {
    pub(super) index: usize,
    pub(super) name: String,
    pub(super) name_en: String,
    pub(super) credit_code: Option<String>,
    pub(super) stage: &'static str,
    pub(super) segment: &'static str,
    pub(super) industry: &'static str,
    pub(super) salesperson: &'static str,
    pub(super) founded: Date,
    pub(super) since: Date,
    /// In 万元.
    pub(super) capital: Option<i64>,
    pub(super) currency: Currency,
    pub(super) contact: String,
    pub(super) phone: String,
    pub(super) terms: Terms,
    pub(super) limit: String,
    pub(super) limit_until: Option<Date>,
    pub(super) habit: Habit,
    /// Documents per month, in hundredths.
    pub(super) pace: i64,
    /// Change of pace per month, in thousandths.
    pub(super) growth: i64,
    /// Boxes per shipment at most.
    pub(super) boxes: i64,
}

pub(super) fn customers() -> Vec<Customer> {
    // Every pair of halves once, in an order of its own, without those that are well-known firms or odd words.
    let mut pairs: Vec<(usize, usize)> = (0..20).flat_map(|first| (0..20).map(move |second| (first, second))).collect();
    pairs.retain(|(first, second)| {
        let name = format!("{}{}", names::FIRST[*first].0, names::SECOND[*second].0);
        !names::AVOIDED.contains(&name.as_str())
    });
    pairs.sort_by_key(|(first, second)| derived(&["xinheng demo pairs", &first.to_string(), &second.to_string()]));
    (0..CUSTOMERS).map(|index| customer(index, pairs[index])).collect()
}

fn customer(index: usize, pair: (usize, usize)) -> Customer {
    let mut chance = Chance::of(&code(index));
    let city = names::CITIES[chance.between(0, 13) as usize];
    let salesperson = chance.pick(&names::SALES);
    let contact = format!("{}{}", chance.pick(&names::SURNAMES), chance.pick(&names::GIVEN));
    let number = chance.between(1_000, 9_999);
    let since = later(date((2026, 9, 30)), -chance.between(60, 3_600));
    let founded = later(since, -chance.between(200, 6_500));
    let (pace, boxes, capital) = match chance.between(1, 100) {
        1..=3 => (chance.between(900, 1_500), 5, chance.between(50, 200) * 100),
        4..=13 => (chance.between(270, 460), 4, chance.between(20, 50) * 100),
        14..=45 => (chance.between(115, 215), 3, chance.between(5, 20) * 100),
        _ => (chance.between(24, 82), 2, chance.between(5, 50) * 10),
    };
    let habit = match chance.between(1, 100) {
        1..=38 => Habit::Prompt,
        39..=68 => Habit::Sound,
        69..=86 => Habit::Slow,
        87..=93 => Habit::Sinking,
        94..=97 => Habit::Mending,
        _ => Habit::Stopped,
    };
    let terms = match chance.between(1, 100) {
        1..=38 => Terms::MonthEnd { days: 30 },
        39..=52 => Terms::MonthEnd { days: 45 },
        53..=61 => Terms::MonthEnd { days: 60 },
        62..=82 => Terms::Net { days: 30 },
        83..=93 => Terms::Net { days: 15 },
        _ => Terms::OnDelivery,
    };
    let growth = chance.between(-22, 30);
    let mut customer = Customer {
        index,
        name: String::new(),
        name_en: String::new(),
        credit_code: Some(credit_code(city.2, &mut chance)),
        stage: "合作",
        segment: "直客",
        industry: "",
        salesperson,
        founded,
        since,
        capital: Some(capital).filter(|_| !chance.percent(6)),
        currency: Currency::CNY,
        contact,
        phone: format!("{}-5550 {number}", city.3),
        terms,
        limit: String::new(),
        limit_until: None,
        habit,
        pace,
        growth,
        boxes,
    };
    if let Some(by_hand) = BY_HAND.get(index) {
        set_by_hand(&mut customer, by_hand);
        return customer;
    }
    let abroad = index.checked_sub(CUSTOMERS - names::ABROAD.len());
    if let Some(name) = abroad.and_then(|place| names::ABROAD.get(place)) {
        (*name).clone_into(&mut customer.name);
        (*name).clone_into(&mut customer.name_en);
        (customer.segment, customer.industry) = ("海外代理", "货运代理");
        (customer.currency, customer.credit_code, customer.capital) = (Currency::USD, None, None);
        customer.phone = String::new();
        customer.terms = Terms::Net { days: chance.pick(&[30, 45, 60]) };
        return customer;
    }
    let (segment, trade) = match chance.between(1, 100) {
        1..=66 => ("直客", chance.pick(&names::TRADES)),
        67..=86 => ("同行", chance.pick(&names::FORWARDERS)),
        _ => ("电商", chance.pick(&names::SHOPS)),
    };
    let (first, second) = (names::FIRST[pair.0], names::SECOND[pair.1]);
    customer.name = format!("{}{}{}{}有限公司", city.0, first.0, second.0, trade.0);
    customer.name_en = format!("{} {}{} {} Co., Ltd.", city.1, first.1, second.1, trade.1);
    (customer.segment, customer.industry) = (segment, trade.2);
    // Some traders are billed in dollars.
    if segment == "直客" && chance.percent(4) {
        customer.currency = Currency::USD;
    }
    // A few that we only talk to as yet, and a few that no longer get anything.
    if (60..68).contains(&index) {
        (customer.stage, customer.pace) = ("潜在", 0);
    } else if customer.habit == Habit::Stopped {
        customer.stage = "暂停";
    }
    customer
}

fn set_by_hand(customer: &mut Customer, by_hand: &ByHand) {
    let (name, name_en, city, industry, segment, terms, habit, pace, boxes, capital) = *by_hand;
    let mut chance = Chance::of(name);
    let city = names::CITIES[city];
    name.clone_into(&mut customer.name);
    name_en.clone_into(&mut customer.name_en);
    customer.credit_code = Some(credit_code(city.2, &mut chance));
    customer.phone = format!("{}-5550 {}", city.3, chance.between(1_000, 9_999));
    (customer.industry, customer.segment, customer.terms, customer.habit) = (industry, segment, terms, habit);
    (customer.pace, customer.boxes, customer.capital) = (pace, boxes, Some(capital));
    (customer.growth, customer.currency) = (chance.between(-4, 12), Currency::CNY);
    customer.stage = if habit == Habit::Stopped { "暂停" } else { "合作" };
    customer.salesperson = names::SALES[customer.index % names::SALES.len()];
    customer.since = later(date((2020, 11, 2)), -chance.between(0, 1_500));
    customer.founded = later(customer.since, -chance.between(900, 4_000));
    if customer.index == BRAND_NEW {
        customer.since = date((2026, 11, 16));
        customer.founded = date((2026, 3, 9));
    }
}

/// A company's code in its district, with the right check digit.
fn credit_code(district: &str, chance: &mut Chance) -> String {
    let letters: Vec<char> = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().collect();
    let mut first = format!("91{district}MA");
    for _ in 0..7 {
        first.push(chance.pick(&letters));
    }
    let check = CreditCode::check_digit(&first).unwrap_or('0');
    first.push(check);
    first
}
