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

use super::names;
use chrono::{Datelike, Days, NaiveDate};
use shared::facts::calendar::{Calendar, Date, days_between, month_end};
use shared::facts::id::derived;
use shared::facts::identifiers::CreditCode;
use shared::facts::money::{Currency, Money};
use shared::facts::terms::Terms;
use std::collections::BTreeMap;
use std::fmt::Write;

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

/// A source of numbers: SplitMix64 (Steele, Lea, Flood 2014).
struct Chance(u64);

impl Chance {
    /// A source of its own for each name.
    fn of(name: &str) -> Self {
        Self(derived(&["xinheng demo 1", name]).as_u128() as u64)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// One of the numbers from `low` to `high`, both included.
    fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % (high - low + 1) as u64) as i64
    }

    fn percent(&mut self, share: i64) -> bool {
        self.between(1, 100) <= share
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.between(0, of.len() as i64 - 1) as usize]
    }
}

/// How a customer pays.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Habit {
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

struct Customer {
    index: usize,
    name: String,
    name_en: String,
    credit_code: Option<String>,
    stage: &'static str,
    segment: &'static str,
    industry: &'static str,
    salesperson: &'static str,
    founded: Date,
    since: Date,
    /// In 万元.
    capital: Option<i64>,
    currency: Currency,
    contact: String,
    phone: String,
    terms: Terms,
    limit: String,
    limit_until: Option<Date>,
    habit: Habit,
    /// Documents per month, in hundredths.
    pace: i64,
    /// Change of pace per month, in thousandths.
    growth: i64,
    /// Boxes per shipment at most.
    boxes: i64,
}

struct Document {
    customer: usize,
    order: u32,
    number: String,
    date: Date,
    due: Date,
    amount: Money,
    settled: Option<Date>,
    disputed: Option<Date>,
    reference: String,
    description: String,
}

struct Receipt {
    customer: usize,
    date: Date,
    amount: Money,
    reference: String,
    invoice: String,
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

/// Name, English name, city, trade, segment, terms, habit, pace, boxes, capital in 万元: the customers set by hand.
type ByHand = (&'static str, &'static str, usize, &'static str, &'static str, Terms, Habit, i64, i64, i64);
const BY_HAND: [ByHand; 12] = [
    (
        "宁波恒茂进出口有限公司",
        "Ningbo Hengmao Imp. & Exp. Co., Ltd.",
        0,
        "外贸",
        "直客",
        Terms::MonthEnd { days: 30 },
        Habit::Sound,
        640,
        3,
        500,
    ),
    (
        "嘉兴博远纺织科技有限公司",
        "Jiaxing Boyuan Textile Co., Ltd.",
        10,
        "纺织",
        "直客",
        Terms::MonthEnd { days: 30 },
        Habit::Prompt,
        760,
        3,
        2_000,
    ),
    (
        "浙江华锐机械制造有限公司",
        "Zhejiang Huarui Machinery Co., Ltd.",
        13,
        "机械",
        "直客",
        Terms::MonthEnd { days: 60 },
        Habit::Sound,
        1_800,
        5,
        12_000,
    ),
    (
        "宁波东海盛化工有限公司",
        "Ningbo Donghaisheng Chemical Co., Ltd.",
        1,
        "化工",
        "直客",
        Terms::MonthEnd { days: 45 },
        Habit::Sinking,
        1_100,
        4,
        3_000,
    ),
    (
        "苏州启达电子科技有限公司",
        "Suzhou Qida Electronics Co., Ltd.",
        11,
        "电子",
        "直客",
        Terms::MonthEnd { days: 45 },
        Habit::Prompt,
        1_500,
        4,
        8_000,
    ),
    (
        "上海凌云联汽车零部件有限公司",
        "Shanghai Lingyunlian Auto Parts Co., Ltd.",
        12,
        "汽车零部件",
        "直客",
        Terms::MonthEnd { days: 60 },
        Habit::Slow,
        1_400,
        4,
        6_000,
    ),
    (
        "杭州启明川光伏科技有限公司",
        "Hangzhou Qimingchuan Solar Co., Ltd.",
        7,
        "新能源",
        "直客",
        Terms::MonthEnd { days: 30 },
        Habit::Mending,
        900,
        5,
        5_000,
    ),
    (
        "义乌百禾汇商品有限公司",
        "Yiwu Baihehui Commodity Co., Ltd.",
        6,
        "外贸",
        "电商",
        Terms::Net { days: 30 },
        Habit::Stopped,
        380,
        2,
        100,
    ),
    // Disputes.
    (
        "余姚德润厨具有限公司",
        "Yuyao Derun Kitchenware Co., Ltd.",
        4,
        "家居",
        "直客",
        Terms::MonthEnd { days: 30 },
        Habit::Sound,
        450,
        2,
        800,
    ),
    // Fine, and its limit nearly used up.
    (
        "慈溪永联照明电器有限公司",
        "Cixi Yonglian Lighting Co., Ltd.",
        3,
        "照明",
        "直客",
        Terms::MonthEnd { days: 60 },
        Habit::Prompt,
        800,
        3,
        1_500,
    ),
    // Brand-new.
    (
        "宁波云川园林工具有限公司",
        "Ningbo Yunchuan Garden Tools Co., Ltd.",
        2,
        "园林机械",
        "直客",
        Terms::Net { days: 15 },
        Habit::Prompt,
        0,
        1,
        300,
    ),
    (
        "宁波盛航国际货运代理有限公司",
        "Ningbo Shenghang International Freight Co., Ltd.",
        0,
        "货运代理",
        "同行",
        Terms::Net { days: 30 },
        Habit::Sound,
        1_300,
        3,
        1_000,
    ),
];
/// Which of them are which story.
const DISPUTING: usize = 8;
const NEARLY_USED: usize = 9;
const BRAND_NEW: usize = 10;

fn customers() -> Vec<Customer> {
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

/// Trade by month, in thousandths: quiet around the Spring Festival, busy before Christmas.
const SEASON: [i64; 12] = [1_020, 610, 900, 960, 1_000, 1_020, 1_060, 1_120, 1_140, 1_080, 1_060, 1_030];

/// A customer's documents over the two years.
fn business(customer: &mut Customer) -> Vec<Document> {
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
fn working_day(day: Date, from: Date, to: Date) -> Date {
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
fn number(documents: &mut [Document]) {
    let mut months: BTreeMap<(i32, u32), u32> = BTreeMap::new();
    for document in documents {
        let (year, month) = (document.date.year(), document.date.month());
        let count = months.entry((year, month)).or_default();
        *count += 1;
        document.number = format!("INV-{:02}{month:02}-{count:04}", year % 100);
    }
}

/// Money that came in and isn't applied in full: part payments that name their invoice, and some that name none.
fn receipts(customers: &[Customer], documents: &[Document]) -> Vec<Receipt> {
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
fn limits(customers: &mut [Customer], documents: &[Document]) {
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

fn written(terms: Terms) -> String {
    match terms {
        Terms::Prepaid => "预付".to_owned(),
        Terms::OnDelivery => "付款放单".to_owned(),
        Terms::Net { days } => format!("票结{days}天"),
        Terms::MonthEnd { days } => format!("月结{days}天"),
        // The demo's customers have plain terms.
        Terms::Agreed(agreed) => format!("{}天", agreed.days_at_most()),
    }
}

fn day(date: Option<Date>) -> String {
    date.map(|date| date.to_string()).unwrap_or_default()
}

/// One line; a cell with a comma stands in quotation marks.
fn line(file: &mut String, cells: &[&str]) {
    for (place, cell) in cells.iter().enumerate() {
        let separator = if place == 0 { "" } else { "," };
        // Writing to a string can't fail.
        let _ =
            if cell.contains(',') { write!(file, "{separator}\"{cell}\"") } else { write!(file, "{separator}{cell}") };
    }
    file.push_str("\r\n");
}

fn customer_file(customers: &[Customer]) -> String {
    let mut file = String::from("\u{FEFF}");
    line(
        &mut file,
        &[
            "客户编号",
            "客户名称",
            "英文名称",
            "统一社会信用代码",
            "客户状态",
            "客户类别",
            "行业",
            "业务员",
            "成立日期",
            "合作日期",
            "注册资本（万元）",
            "币种",
            "联系人",
            "联系电话",
            "账期",
            "信用额度",
            "额度有效期",
        ],
    );
    for customer in customers {
        line(
            &mut file,
            &[
                &code(customer.index),
                &customer.name,
                &customer.name_en,
                customer.credit_code.as_deref().unwrap_or(""),
                customer.stage,
                customer.segment,
                customer.industry,
                customer.salesperson,
                &customer.founded.to_string(),
                &customer.since.to_string(),
                &customer.capital.map(|capital| capital.to_string()).unwrap_or_default(),
                customer.currency.code(),
                &customer.contact,
                &customer.phone,
                &written(customer.terms),
                &customer.limit,
                &day(customer.limit_until),
            ],
        );
    }
    file
}

fn receivable_file(customers: &[Customer], documents: &[Document]) -> String {
    let mut file = String::from("\u{FEFF}");
    line(
        &mut file,
        &[
            "客户编号",
            "客户名称",
            "发票号",
            "开票日期",
            "到期日",
            "币种",
            "价税合计",
            "结清日期",
            "是否争议",
            "争议日期",
            "提单号",
            "费用说明",
        ],
    );
    for document in documents {
        line(
            &mut file,
            &[
                &code(document.customer),
                &customers[document.customer].name,
                &document.number,
                &document.date.to_string(),
                &document.due.to_string(),
                document.amount.currency().code(),
                &document.amount.to_string(),
                &day(document.settled),
                if document.disputed.is_some() { "是" } else { "否" },
                &day(document.disputed),
                &document.reference,
                &document.description,
            ],
        );
    }
    file
}

fn receipt_file(customers: &[Customer], receipts: &[Receipt]) -> String {
    let mut file = String::from("\u{FEFF}");
    line(&mut file, &["客户编号", "客户名称", "到账日期", "到账金额", "币种", "银行流水号", "对应发票号"]);
    for receipt in receipts {
        line(
            &mut file,
            &[
                &code(receipt.customer),
                &customers[receipt.customer].name,
                &receipt.date.to_string(),
                &receipt.amount.to_string(),
                receipt.amount.currency().code(),
                &receipt.reference,
                &receipt.invoice,
            ],
        );
    }
    file
}
