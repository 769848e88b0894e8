//! The two languages of the pages, 中文 first, and how figures are written in each.
//!
//! A text stands at its place as a pair, so that no language can be forgotten: `t("暂缓", "Hold")`. Its result follows the
//! reader's choice. Texts with figures in them are built by [`say`]. Figures are written by the methods of [`Lang`], with
//! integers only, and the same in every browser.

use chrono::Datelike;
use leptos::prelude::*;
use shared::facts::calendar::Date;
use shared::facts::money::{Currency, Money};
use shared::facts::number::{Points, Ratio};
use shared::facts::terms::Terms;

/// The language of the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lang {
    /// 简体中文.
    Zh,
    /// English.
    En,
}

/// Keeps a number and its unit on one line.
const NBSP: char = '\u{a0}';
/// The minus sign, as wide as a digit.
const MINUS: char = '\u{2212}';
/// Where the choice is kept on the device.
const KEPT_AS: &str = "xinheng.lang";

thread_local! {
    // Not a context: texts are also made in event handlers and after an await, where a context cannot be found.
    static CURRENT: ArcRwSignal<Lang> = ArcRwSignal::new(Lang::Zh);
}

/// The language of the page. Reading it in a view or an effect makes that follow the reader's choice.
pub fn lang() -> Lang {
    CURRENT.with(Clone::clone).get()
}

/// Chooses the language, for this page and, kept on the device, for the next.
pub fn choose(lang: Lang) {
    if let Some(storage) = crate::ui::storage() {
        // A browser that keeps nothing still shows the language.
        let _ = storage.set_item(KEPT_AS, lang.tag());
    }
    show(lang);
}

/// Takes up the language kept on the device, else the browser's. A door calls this before it draws anything.
pub fn start() {
    let kept = crate::ui::storage().and_then(|storage| storage.get_item(KEPT_AS).ok().flatten());
    let tag = kept.or_else(|| window().navigator().language()).unwrap_or_default();
    show(if tag.is_empty() || tag.starts_with("zh") { Lang::Zh } else { Lang::En });
}

fn show(lang: Lang) {
    if let Some(root) = document().document_element() {
        // Setting an attribute whose name is valid cannot fail.
        let _ = root.set_attribute("lang", lang.tag());
    }
    CURRENT.with(Clone::clone).set(lang);
}

/// A text in both languages, for a view, an attribute or a property of a component.
pub fn t(zh: &'static str, en: &'static str) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    move || lang().pick(zh, en)
}

/// A text made of figures: `say(move |l| l.fill("超出 {0}", "{0} over", &[&l.money(m)]))`.
pub fn say<F>(text: F) -> impl Fn() -> String + Clone + Send + Sync + 'static
where
    F: Fn(Lang) -> String + Clone + Send + Sync + 'static,
{
    move || text(lang())
}

/// A unit large amounts are told in. A column has one, named in its head.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// 元.
    One,
    /// Thousand.
    Thousand,
    /// 万.
    Wan,
    /// Million.
    Million,
    /// 亿.
    Yi,
}

impl Unit {
    /// How many decimal places the unit moves the point.
    const fn places(self) -> u32 {
        match self {
            Self::One => 0,
            Self::Thousand => 3,
            Self::Wan => 4,
            Self::Million => 6,
            Self::Yi => 8,
        }
    }
}

impl Lang {
    /// The language tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// One of a pair.
    pub fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// One of a pair of templates, with `{0}`, `{1}` … replaced.
    pub fn fill(self, zh: &str, en: &str, with: &[&str]) -> String {
        let template = self.pick(zh, en);
        let mut out = String::with_capacity(template.len().saturating_add(16));
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((slot, after)) = after.split_once('}') else { break };
            let index = slot.bytes().fold(0_usize, |n, b| n * 10 + usize::from(b.wrapping_sub(b'0') % 10));
            out.push_str(with.get(index).copied().unwrap_or_default());
            rest = after;
        }
        out.push_str(rest);
        out
    }

    /// An amount within a sentence: `¥60,700.00`, `CNY 60,700.00`; the minus comes before the currency.
    pub fn money(self, money: Money) -> String {
        let mut out = String::new();
        if money.minor() < 0 {
            out.push(MINUS);
        }
        match self {
            Self::Zh => out.push_str(currency_sign(money.currency())),
            Self::En => {
                out.push_str(money.currency().code());
                out.push(NBSP);
            }
        }
        out.push_str(&unsigned(money));
        out
    }

    /// An amount without its currency, for columns whose head names it: `−20,000.00`.
    pub fn amount(self, money: Money) -> String {
        signed(money.minor() < 0, &unsigned(money))
    }

    /// As [`Lang::amount`], but whole amounts without decimals, for the formula behind a rule: `614,300`.
    pub fn brief(self, money: Money) -> String {
        let text = self.amount(money);
        match text.split_once('.') {
            Some((whole, decimals)) if decimals.bytes().all(|digit| digit == b'0') => whole.to_owned(),
            _ => text,
        }
    }

    /// An amount with its sign, for changes: `+1,200.00`, `−20,000.00`, `0.00`.
    pub fn change(self, money: Money) -> String {
        let text = self.amount(money);
        if money.minor() > 0 { format!("+{text}") } else { text }
    }

    /// The unit that suits an amount: 元, 万, 亿; one, thousand, million.
    pub fn unit_for(self, money: Money) -> Unit {
        let whole = money.minor().unsigned_abs() / 10_u64.pow(money.currency().decimals());
        match self {
            Self::Zh if whole >= 100_000_000 => Unit::Yi,
            Self::Zh if whole >= 100_000 => Unit::Wan,
            Self::En if whole >= 1_000_000 => Unit::Million,
            Self::En if whole >= 10_000 => Unit::Thousand,
            _ => Unit::One,
        }
    }

    /// An amount in a larger unit, without the unit's name, rounded half away from zero.
    pub fn scaled(self, money: Money, unit: Unit, places: u32) -> String {
        fixed(money.minor(), money.currency().decimals() + unit.places(), places)
    }

    /// The name of a unit, as it stands after a figure or in a head.
    pub fn unit(self, unit: Unit) -> &'static str {
        match (self, unit) {
            (_, Unit::One) => "",
            (Self::Zh, Unit::Thousand) => "千",
            (Self::En, Unit::Thousand) => "K",
            (_, Unit::Wan) => "万",
            (Self::Zh, Unit::Million) => "百万",
            (Self::En, Unit::Million) => "M",
            (_, Unit::Yi) => "亿",
        }
    }

    /// The unit of a column, for its head: `万元`, `CNY million`.
    pub fn unit_of_column(self, currency: Currency, unit: Unit) -> String {
        let name = match (self, unit) {
            (Self::En, Unit::Thousand) => "thousand",
            (Self::En, Unit::Million) => "million",
            _ => self.unit(unit),
        };
        let text = self.fill("{1}{0}", "{0} {1}", &[&self.currency(currency), name]);
        text.trim_end().to_owned()
    }

    /// What a person commits to, said once more so that no nought is misread: 大写 in Chinese, a rounded unit in English.
    pub fn in_words(self, money: Money) -> String {
        match self {
            Self::Zh => capital(money),
            Self::En => {
                let unit = self.unit_for(money);
                let figure = self.scaled(money, unit, if unit == Unit::One { money.currency().decimals() } else { 2 });
                let name = match unit {
                    Unit::Thousand => "thousand",
                    Unit::Million => "million",
                    _ => "",
                };
                let text = format!("{}{NBSP}{figure}{NBSP}{name}", money.currency().code());
                text.trim_end_matches(NBSP).to_owned()
            }
        }
    }

    /// A day: `2026-11-20`, `20 Nov 2026`.
    pub fn date(self, date: Date) -> String {
        let (year, month, day) = civil(date);
        match self {
            Self::Zh => format!("{year}-{}-{}", two(month), two(day)),
            Self::En => format!("{day}{NBSP}{}{NBSP}{year}", month_name(month)),
        }
    }

    /// A day of the year at hand: `11-20`, `20 Nov`.
    pub fn day(self, date: Date) -> String {
        let (_, month, day) = civil(date);
        match self {
            Self::Zh => format!("{}-{}", two(month), two(day)),
            Self::En => format!("{day}{NBSP}{}", month_name(month)),
        }
    }

    /// A month: `2026-11`, `Nov 2026`.
    pub fn month(self, date: Date) -> String {
        let (year, month, _) = civil(date);
        match self {
            Self::Zh => format!("{year}-{}", two(month)),
            Self::En => format!("{}{NBSP}{year}", month_name(month)),
        }
    }

    /// A measured share, rounded half away from zero: `9.6%`, `9.6 %`.
    pub fn percent(self, ratio: Ratio, places: u32) -> String {
        self.percent_sign(fixed(ratio.units(), 4, places))
    }

    /// A share that somebody set, exactly and as short as it goes: `5%`, `0.05%`.
    pub fn rate(self, ratio: Ratio) -> String {
        self.percent_sign(shortest(ratio.units(), 4))
    }

    fn percent_sign(self, mut figure: String) -> String {
        figure.push_str(self.pick("%", "\u{a0}%"));
        figure
    }

    /// Points of a score: `78.9`.
    pub fn points(self, points: Points, places: u32) -> String {
        fixed(i64::from(points.units()), 2, places)
    }

    /// A count of things, with the thing's name: `count(3, "笔", "invoice", "invoices")`.
    pub fn count(self, count: i64, zh: &str, one: &str, many: &str) -> String {
        let name = self.pick(zh, if count == 1 { one } else { many });
        format!("{}{NBSP}{name}", fixed(count, 0, 0))
    }

    /// Days: `15 天`, `15 days`.
    pub fn days(self, days: i64) -> String {
        self.count(days, "天", "day", "days")
    }

    /// A bare whole number, grouped: `2,418`.
    pub fn number(self, number: i64) -> String {
        fixed(number, 0, 0)
    }

    /// How long ago, in the one unit that matters.
    pub fn ago(self, seconds: i64) -> String {
        match seconds {
            i64::MIN..=4 => self.pick("刚刚", "just now").to_owned(),
            5..=119 => self.fill("{0}\u{a0}秒前", "{0}\u{a0}s ago", &[&self.number(seconds)]),
            120..=7_199 => self.fill("{0}\u{a0}分钟前", "{0}\u{a0}min ago", &[&self.number(seconds / 60)]),
            7_200..=172_799 => self.fill("{0}\u{a0}小时前", "{0}\u{a0}h ago", &[&self.number(seconds / 3_600)]),
            _ => self.fill("{0}\u{a0}天前", "{0}\u{a0}days ago", &[&self.number(seconds / 86_400)]),
        }
    }

    /// Payment terms in words.
    pub fn terms(self, terms: Terms) -> String {
        match terms {
            Terms::Prepaid => self.pick("预付", "Prepaid").to_owned(),
            Terms::OnDelivery => self.pick("货到付款", "On delivery").to_owned(),
            Terms::Net { days: 0 } => self.pick("票到即付", "Due on invoice").to_owned(),
            Terms::Net { days } => self.fill("票结\u{a0}{0}\u{a0}天", "Net\u{a0}{0}", &[&self.number(i64::from(days))]),
            Terms::MonthEnd { days: 0 } => self.pick("月底付", "Month-end").to_owned(),
            Terms::MonthEnd { days: 1 } => self.pick("月结\u{a0}1\u{a0}天", "Month-end + 1\u{a0}day").to_owned(),
            Terms::MonthEnd { days } => {
                self.fill("月结\u{a0}{0}\u{a0}天", "Month-end + {0}\u{a0}days", &[&self.number(i64::from(days))])
            }
            // What the contract says of events and cycles takes a page of its own; how long it can take is what ranks it.
            Terms::Agreed(agreed) => self.fill(
                "按合同，最长\u{a0}{0}\u{a0}天",
                "As agreed, {0}\u{a0}days at most",
                &[&self.number(i64::from(agreed.days_at_most()))],
            ),
        }
    }

    /// The name of a currency as a unit of a field or a column: 元, CNY.
    pub fn currency(self, currency: Currency) -> String {
        match self {
            Self::Zh => match currency.code() {
                "CNY" => "元".to_owned(),
                "USD" => "美元".to_owned(),
                "EUR" => "欧元".to_owned(),
                "HKD" => "港元".to_owned(),
                "JPY" => "日元".to_owned(),
                "GBP" => "英镑".to_owned(),
                code => code.to_owned(),
            },
            Self::En => currency.code().to_owned(),
        }
    }
}

/// The sign before an amount. No two currencies share one.
pub fn currency_sign(currency: Currency) -> &'static str {
    match currency.code() {
        "CNY" => "¥",
        "USD" => "US$",
        "EUR" => "€",
        "GBP" => "£",
        "HKD" => "HK$",
        "JPY" => "JP¥",
        "KRW" => "₩",
        "SGD" => "S$",
        "AUD" => "A$",
        "CAD" => "C$",
        "NZD" => "NZ$",
        "INR" => "₹",
        "THB" => "฿",
        "VND" => "₫",
        "AED" => "AED\u{a0}",
        "CHF" => "CHF\u{a0}",
        "DKK" => "DKK\u{a0}",
        "IDR" => "IDR\u{a0}",
        "KWD" => "KWD\u{a0}",
        "MYR" => "MYR\u{a0}",
        "NOK" => "NOK\u{a0}",
        "SEK" => "SEK\u{a0}",
        _ => "¤",
    }
}

/// The digits of an amount, grouped, without sign and currency: `60,700.00`.
pub fn unsigned(money: Money) -> String {
    let decimals = money.currency().decimals();
    digits(i128::from(money.minor().unsigned_abs()), decimals, decimals)
}

/// A whole number of `10^-scale`, written with `places` decimals, rounded half away from zero: `fixed(-20500, 2, 1)` is
/// `−205.0`. What rounds to nothing has no sign.
pub fn fixed(value: i64, scale: u32, places: u32) -> String {
    let text = digits(i128::from(value).abs(), scale, places);
    signed(value < 0 && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)), &text)
}

/// A whole number of `10^-scale`, exactly, without decimals that say nothing.
pub fn shortest(value: i64, scale: u32) -> String {
    let text = fixed(value, scale, scale);
    if scale == 0 { text } else { text.trim_end_matches('0').trim_end_matches('.').to_owned() }
}

fn signed(negative: bool, text: &str) -> String {
    if negative { format!("{MINUS}{text}") } else { text.to_owned() }
}

/// `value` units of `10^-scale` with `places` decimals, grouped by thousands.
fn digits(value: i128, scale: u32, places: u32) -> String {
    let ten = |power: u32| 10_i128.saturating_pow(power);
    let kept = if scale > places {
        let step = ten(scale - places);
        (value + step / 2) / step
    } else {
        value.saturating_mul(ten(places - scale))
    };
    let (whole, fraction) = (kept / ten(places), kept % ten(places));
    let bare = whole.to_string();
    let mut out = String::with_capacity(bare.len() + bare.len() / 3 + 8);
    for (index, digit) in bare.chars().enumerate() {
        if index > 0 && (bare.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if places > 0 {
        let fraction = fraction.to_string();
        out.push('.');
        (fraction.len()..places as usize).for_each(|_| out.push('0'));
        out.push_str(&fraction);
    }
    out
}

fn two(number: u32) -> String {
    if number < 10 { format!("0{number}") } else { number.to_string() }
}

fn civil(date: Date) -> (i32, u32, u32) {
    (date.year(), date.month(), date.day())
}

fn month_name(month: u32) -> &'static str {
    const NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    NAMES.get(month.saturating_sub(1) as usize).copied().unwrap_or_default()
}

const CAPITAL: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];

/// 大写 of an amount, exactly, by the rules for bills and settlement documents (《支付结算办法》附件一): one 零 for noughts in
/// the middle, 整 when it ends at 元 or 角. Other currencies than the 人民币 are named first; one that does not divide into
/// a hundred has no 大写 and gives an empty text.
pub fn capital(money: Money) -> String {
    let name = match money.currency().code() {
        "CNY" => "",
        "USD" => "美元",
        "EUR" => "欧元",
        "HKD" => "港元",
        "GBP" => "英镑",
        _ => return String::new(),
    };
    let cents = money.minor().unsigned_abs();
    let (yuan, jiao, fen) = (cents / 100, cents / 10 % 10, cents % 10);
    let mut out = String::from(if money.minor() < 0 { "负" } else { "" });
    out.push_str(name);
    if yuan > 0 || cents == 0 {
        capital_whole(yuan, &mut out);
        out.push('元');
    }
    if jiao > 0 {
        out.push(capital_digit(jiao));
        out.push('角');
    } else if yuan > 0 && fen > 0 {
        out.push('零');
    }
    if fen > 0 {
        out.push(capital_digit(fen));
        out.push('分');
    } else {
        out.push('整');
    }
    out
}

fn capital_digit(digit: u64) -> char {
    usize::try_from(digit).ok().and_then(|index| CAPITAL.get(index)).copied().unwrap_or('零')
}

/// A whole number in 大写, by 亿, 万 and groups of four.
fn capital_whole(number: u64, out: &mut String) {
    for (unit, name) in [(100_000_000, '亿'), (10_000, '万')] {
        if number >= unit {
            capital_whole(number / unit, out);
            out.push(name);
            let rest = number % unit;
            if rest > 0 {
                if rest < unit / 10 {
                    out.push('零');
                }
                capital_whole(rest, out);
            }
            return;
        }
    }
    if number == 0 {
        out.push('零');
        return;
    }
    let (mut begun, mut gap) = (false, false);
    for (unit, name) in [(1_000, Some('仟')), (100, Some('佰')), (10, Some('拾')), (1, None)] {
        let digit = number / unit % 10;
        if digit == 0 {
            gap = begun;
            continue;
        }
        if gap {
            out.push('零');
        }
        out.push(capital_digit(digit));
        out.extend(name);
        (begun, gap) = (true, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yuan(text: &str) -> Money {
        Money::parse(text, Currency::CNY).unwrap()
    }

    #[test]
    fn amounts() {
        assert_eq!(Lang::Zh.money(yuan("60700")), "¥60,700.00");
        assert_eq!(Lang::En.money(yuan("60700")), "CNY\u{a0}60,700.00");
        assert_eq!(Lang::Zh.money(yuan("-20000")), "−¥20,000.00");
        assert_eq!(Lang::Zh.amount(yuan("0")), "0.00");
        assert_eq!(Lang::Zh.amount(yuan("-1234567.8")), "−1,234,567.80");
        assert_eq!(Lang::Zh.brief(yuan("614300")), "614,300");
        assert_eq!(Lang::Zh.brief(yuan("614300.50")), "614,300.50");
        assert_eq!(Lang::En.change(yuan("1200")), "+1,200.00");
        assert_eq!(Lang::Zh.money(Money::parse("1500", "JPY".parse().unwrap()).unwrap()), "JP¥1,500");
        assert_eq!(Lang::Zh.amount(yuan("90071992547409.91")), "90,071,992,547,409.91");
    }

    #[test]
    fn every_currency_has_a_sign_of_its_own() {
        let mut signs: Vec<&str> = Currency::all().map(currency_sign).collect();
        signs.sort_unstable();
        signs.dedup();
        assert_eq!(signs.len(), Currency::all().count());
        assert!(!signs.contains(&"¤"));
    }

    #[test]
    fn large_amounts() {
        let big = yuan("460600000");
        assert_eq!((Lang::Zh.unit_for(big), Lang::Zh.scaled(big, Unit::Yi, 2)), (Unit::Yi, "4.61".to_owned()));
        assert_eq!(
            (Lang::En.unit_for(big), Lang::En.scaled(big, Unit::Million, 2)),
            (Unit::Million, "460.60".to_owned())
        );
        assert_eq!(Lang::En.in_words(yuan("286400")), "CNY\u{a0}286.40\u{a0}thousand");
        assert_eq!(Lang::En.in_words(yuan("640.5")), "CNY\u{a0}640.50");
        assert_eq!(Lang::Zh.scaled(yuan("-4999"), Unit::Wan, 0), "0");
        assert_eq!(Lang::Zh.scaled(yuan("-5000"), Unit::Wan, 0), "−1");
    }

    #[test]
    fn shares_and_points() {
        let ratio = |text: &str| text.parse::<Ratio>().unwrap();
        assert_eq!(Lang::Zh.percent(ratio("0.0956"), 1), "9.6%");
        assert_eq!(Lang::En.percent(ratio("0.0956"), 1), "9.6\u{a0}%");
        assert_eq!(Lang::Zh.percent(ratio("0.6665"), 0), "67%");
        assert_eq!(Lang::Zh.percent(ratio("-0.0004"), 1), "0.0%");
        assert_eq!(Lang::Zh.rate(ratio("0.05")), "5%");
        assert_eq!(Lang::Zh.rate(ratio("0.0005")), "0.05%");
        assert_eq!(Lang::Zh.rate(ratio("1")), "100%");
        assert_eq!(Lang::Zh.points("78.85".parse().unwrap(), 1), "78.9");
    }

    #[test]
    fn days_and_terms() {
        let date = "2026-11-05".parse().unwrap();
        assert_eq!((Lang::Zh.date(date), Lang::En.date(date)), ("2026-11-05".into(), "5\u{a0}Nov\u{a0}2026".into()));
        assert_eq!((Lang::Zh.day(date), Lang::En.month(date)), ("11-05".into(), "Nov\u{a0}2026".into()));
        assert_eq!(Lang::Zh.terms(Terms::MonthEnd { days: 30 }), "月结\u{a0}30\u{a0}天");
        assert_eq!(Lang::En.terms(Terms::MonthEnd { days: 30 }), "Month-end + 30\u{a0}days");
        assert_eq!(Lang::En.terms(Terms::Net { days: 30 }), "Net\u{a0}30");
        assert_eq!(Lang::Zh.ago(2), "刚刚");
        assert_eq!(Lang::Zh.ago(42 * 60), "42\u{a0}分钟前");
        assert_eq!(Lang::En.ago(26 * 3600), "26\u{a0}h ago");
        assert_eq!(Lang::En.count(1, "笔", "invoice", "invoices"), "1\u{a0}invoice");
        assert_eq!(Lang::Zh.count(2418, "户", "customer", "customers"), "2,418\u{a0}户");
    }

    #[test]
    fn templates() {
        assert_eq!(Lang::En.fill("甲", "{1} of {0}, {2}", &["12", "3"]), "3 of 12, ");
        assert_eq!(Lang::Zh.fill("全部 {0} 项", "", &["12"]), "全部 12 项");
        assert_eq!(Lang::Zh.fill("没有括号", "", &[]), "没有括号");
    }

    /// The examples of the rule's own text, and noughts in every place.
    #[test]
    fn capital_amounts() {
        for (amount, words) in [
            ("0", "零元整"),
            ("0.05", "伍分"),
            ("0.5", "伍角整"),
            ("0.57", "伍角柒分"),
            ("10", "壹拾元整"),
            ("325.04", "叁佰贰拾伍元零肆分"),
            ("1409.50", "壹仟肆佰零玖元伍角整"),
            ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
            ("6007.14", "陆仟零柒元壹角肆分"),
            ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
            ("86000", "捌万陆仟元整"),
            ("60700", "陆万零柒佰元整"),
            ("100005", "壹拾万零伍元整"),
            ("286400", "贰拾捌万陆仟肆佰元整"),
            ("422344.59", "肆拾贰万贰仟叁佰肆拾肆元伍角玖分"),
            ("10001000", "壹仟万壹仟元整"),
            ("100000000", "壹亿元整"),
            ("100001000", "壹亿零壹仟元整"),
            ("100050000", "壹亿零伍万元整"),
            ("1000000000001.01", "壹万亿零壹元零壹分"),
            ("-20000", "负贰万元整"),
            ("90071992547409.91", "玖拾万零柒佰壹拾玖亿玖仟贰佰伍拾肆万柒仟肆佰零玖元玖角壹分"),
        ] {
            assert_eq!(capital(yuan(amount)), words, "{amount}");
        }
        assert_eq!(capital(Money::parse("5", Currency::USD).unwrap()), "美元伍元整");
        assert_eq!(capital(Money::parse("5", "JPY".parse().unwrap()).unwrap()), "");
    }

    /// Reading the words back gives the amount: nothing is dropped and nothing doubled, wherever the noughts stand.
    #[test]
    fn capital_amounts_read_back() {
        fn read(words: &str) -> i64 {
            let (mut yuan, mut wan, mut group, mut digit) = (0_i64, 0_i64, 0_i64, 0_i64);
            let mut cents = 0;
            for character in words.chars() {
                if let Some(value) = CAPITAL.iter().position(|c| *c == character) {
                    digit = i64::try_from(value).unwrap();
                    continue;
                }
                match character {
                    '仟' => group += digit * 1_000,
                    '佰' => group += digit * 100,
                    '拾' => group += digit * 10,
                    '万' => {
                        wan += (group + digit) * 10_000;
                        group = 0;
                    }
                    '亿' => {
                        yuan += (wan + group + digit) * 100_000_000;
                        (wan, group) = (0, 0);
                    }
                    '元' => {
                        yuan += wan + group + digit;
                        (wan, group) = (0, 0);
                    }
                    '角' => cents += digit * 10,
                    '分' => cents += digit,
                    _ => assert_eq!(character, '整'),
                }
                digit = 0;
            }
            yuan * 100 + cents
        }
        let mut seed = 7_u64;
        for _ in 0..200_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // Amounts of every size, with many noughts: digits of the seed masked by other digits of it.
            let mut minor = 0_i64;
            for place in 0..(seed >> 60) {
                let digit = i64::try_from(seed >> (place * 3 + 4) & 15).unwrap();
                minor = minor * 10 + if digit > 9 { 0 } else { digit };
            }
            let money = Money::from_minor(minor, Currency::CNY).unwrap();
            assert_eq!(read(&capital(money)), minor, "{}", capital(money));
            assert!(!capital(money).contains("零零"), "{}", capital(money));
        }
    }
}
