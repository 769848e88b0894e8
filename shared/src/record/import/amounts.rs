//! Amounts in files: thousands marks, decimal marks, signs, units.
//!
//! `1,234` is one thousand two hundred and thirty-four, or one and a bit. As with dates, the mark is decided for the
//! whole file from cells that can be read one way only, and asked where there are none. Nothing is ever rounded: an amount
//! with more decimals than its currency is refused.

use super::problem::What;
use super::text::{narrowed, shortened};
use crate::facts::money::{Currency, Money, MoneyError};
use serde::{Deserialize, Serialize};

/// What stands before the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DecimalMark {
    /// 1,234.56
    Point,
    /// 1.234,56
    Comma,
}

impl DecimalMark {
    const fn marks(self) -> (char, char) {
        match self {
            Self::Point => ('.', ','),
            Self::Comma => (',', '.'),
        }
    }
}

/// What the amounts of a file say about the decimal mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AmountEvidence {
    /// Cells that hold a number with a mark in it.
    pub cells: u32,
    /// Cells that are a number only with a decimal point.
    pub point: u32,
    /// The line of the first such cell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point_line: Option<u32>,
    /// Cells that are a number only with a decimal comma.
    pub comma: u32,
    /// The line of the first such cell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comma_line: Option<u32>,
    /// Cells that could be either.
    pub either: u32,
    /// What follows.
    pub verdict: MarkVerdict,
}

/// What follows from the evidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum MarkVerdict {
    /// No cell has a mark.
    #[default]
    NotNeeded,
    /// The evidence speaks for one mark only.
    Decided {
        /// Which.
        mark: DecimalMark,
    },
    /// Every cell reads both ways; somebody must say.
    Ambiguous,
    /// Some cells speak for one, some for the other; somebody must look.
    Contradicted,
}

impl MarkVerdict {
    /// The mark, where it is decided.
    pub const fn mark(self) -> Option<DecimalMark> {
        match self {
            Self::Decided { mark } => Some(mark),
            Self::NotNeeded | Self::Ambiguous | Self::Contradicted => None,
        }
    }
}

impl AmountEvidence {
    /// Hears one cell.
    pub fn hear(&mut self, line: u32, cell: &str) {
        if !cell.contains(['.', ',', '，', '．']) {
            return;
        }
        let text = narrowed(cell);
        let Ok(stripped) = strip(&text) else { return };
        let (point, comma) = (digits(stripped.number, DecimalMark::Point), digits(stripped.number, DecimalMark::Comma));
        match (point, comma) {
            (None, None) => return,
            (Some(_), Some(_)) => self.either = self.either.saturating_add(1),
            (Some(_), None) => {
                self.point = self.point.saturating_add(1);
                self.point_line.get_or_insert(line);
            }
            (None, Some(_)) => {
                self.comma = self.comma.saturating_add(1);
                self.comma_line.get_or_insert(line);
            }
        }
        self.cells = self.cells.saturating_add(1);
    }

    /// Weighs what was heard. A few cells of the other kind among very many are bad rows, not another mark.
    #[must_use]
    pub fn weighed(mut self) -> Self {
        let (point, comma) = (u64::from(self.point), u64::from(self.comma));
        self.verdict = if self.cells == 0 {
            MarkVerdict::NotNeeded
        } else if point > comma.saturating_mul(50) {
            MarkVerdict::Decided { mark: DecimalMark::Point }
        } else if comma > point.saturating_mul(50) {
            MarkVerdict::Decided { mark: DecimalMark::Comma }
        } else if point == 0 {
            MarkVerdict::Ambiguous
        } else {
            MarkVerdict::Contradicted
        };
        self
    }
}

/// How the amounts of a column are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AmountStyle {
    /// The decimal mark; absent as long as it isn't known.
    pub mark: Option<DecimalMark>,
    /// Whether the column's name says that it counts 万元.
    pub ten_thousands: bool,
}

/// An amount without its sign, its unit and its currency.
struct Stripped<'c> {
    number: &'c str,
    negative: bool,
    ten_thousands: Option<bool>,
    currency: Option<Sign>,
}

/// What the cell says about the currency.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Code(Currency),
    /// `¥`: yuan or yen.
    Yuan,
    /// `$`: one of the dollars.
    Dollar,
    /// 元: yuan, unless the row says otherwise.
    Unit,
}

impl Sign {
    fn fits(self, currency: Currency) -> bool {
        match self {
            Self::Code(code) => code == currency,
            Self::Yuan => matches!(currency.code(), "CNY" | "JPY"),
            Self::Dollar => matches!(currency.code(), "USD" | "HKD" | "AUD" | "CAD" | "SGD" | "NZD"),
            Self::Unit => true,
        }
    }
}

/// Reads a currency's code or name: CNY, RMB, 人民币, 美元, US$.
pub fn read_currency(cell: &str) -> Option<Currency> {
    const NAMES: [(&str, &[&str]); 12] = [
        ("CNY", &["RMB", "人民币", "人民币元", "元", "¥", "CNH", "RMB¥"]),
        ("USD", &["美元", "美金", "US$", "$", "USDOLLAR", "U.S.DOLLAR"]),
        ("EUR", &["欧元", "€", "EURO"]),
        ("HKD", &["港币", "港元", "HK$"]),
        ("JPY", &["日元", "日圆", "JP¥"]),
        ("GBP", &["英镑", "£", "STG"]),
        ("AUD", &["澳元", "A$"]),
        ("CAD", &["加元", "C$"]),
        ("SGD", &["新加坡元", "新币", "S$"]),
        ("KRW", &["韩元", "₩"]),
        ("CHF", &["瑞士法郎"]),
        ("THB", &["泰铢"]),
    ];
    let text = narrowed(cell);
    let text = text.as_ref();
    if let Ok(currency) = text.parse() {
        return Some(currency);
    }
    let upper: String = text.to_uppercase().split_whitespace().collect();
    let (code, _) = NAMES.iter().find(|(_, names)| names.contains(&upper.as_str()))?;
    code.parse().ok()
}

fn strip(text: &str) -> Result<Stripped<'_>, ()> {
    let mut stripped = Stripped { number: text.trim(), negative: false, ten_thousands: None, currency: None };
    let mut signs = 0_u8;
    // Signs, brackets, units and currencies stand around the number in any order; each pass takes one away.
    for _ in 0..8 {
        let before = stripped.number;
        let negate = |stripped: &mut Stripped<'_>, signs: &mut u8| {
            stripped.negative = true;
            *signs = signs.saturating_add(1);
        };
        if let Some(inside) = before.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            stripped.number = inside.trim();
            negate(&mut stripped, &mut signs);
        } else if let Some(rest) = before.strip_prefix('-').or_else(|| before.strip_suffix('-')) {
            stripped.number = rest.trim();
            negate(&mut stripped, &mut signs);
        } else if let Some(rest) = before.strip_prefix('+') {
            stripped.number = rest.trim();
            signs = signs.saturating_add(1);
        } else if let Some((rest, credit)) = side(before) {
            stripped.number = rest.trim();
            if credit {
                negate(&mut stripped, &mut signs);
            }
        } else if let Some((rest, sign)) = currency_sign(before) {
            stripped.number = rest.trim();
            stripped.currency = Some(sign);
        } else if let Some((rest, tens)) = unit(before) {
            stripped.number = rest.trim();
            stripped.ten_thousands = Some(tens);
            stripped.currency.get_or_insert(Sign::Unit);
        } else {
            break;
        }
    }
    if signs > 1 { Err(()) } else { Ok(stripped) }
}

fn side(text: &str) -> Option<(&str, bool)> {
    let ends = |word: &str| {
        let at = text.len().checked_sub(word.len())?;
        let (head, tail) = (text.get(..at)?, text.get(at..)?);
        tail.eq_ignore_ascii_case(word).then_some(head)
    };
    let starts = |word: &str| {
        let (head, tail) = (text.get(..word.len())?, text.get(word.len()..)?);
        head.eq_ignore_ascii_case(word).then_some(tail)
    };
    for (word, credit) in [("CR", true), ("DR", false), ("贷", true), ("借", false)] {
        if let Some(rest) = ends(word).or_else(|| starts(word)) {
            return Some((rest, credit));
        }
    }
    None
}

fn unit(text: &str) -> Option<(&str, bool)> {
    let head = |word: &str| text.strip_suffix(word);
    head("万元").or_else(|| head("万")).map(|rest| (rest, true)).or_else(|| head("元").map(|rest| (rest, false)))
}

fn currency_sign(text: &str) -> Option<(&str, Sign)> {
    let letters = |c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',' | '\'' | ' ' | '-' | '(' | ')' | '+' | '万');
    let named = |word: &str| match word {
        // 元 alone is the unit of whatever currency the row is in.
        "" | "元" => None,
        "¥" => Some(Sign::Yuan),
        "$" => Some(Sign::Dollar),
        _ if word.len() > 12 => None,
        _ => read_currency(word).map(Sign::Code),
    };
    let rest = text.trim_start_matches(letters);
    if rest.len() < text.len() {
        return named(text.strip_suffix(rest)?).map(|sign| (rest, sign));
    }
    let rest = text.trim_end_matches(letters);
    named(text.strip_prefix(rest)?).map(|sign| (rest, sign))
}

/// The digits before and after the decimal mark; `None` when the text is no number with this mark. Thousands marks must
/// stand before groups of three.
fn digits(text: &str, mark: DecimalMark) -> Option<(String, &str)> {
    let (decimal, thousands) = mark.marks();
    let (whole, fraction) = match text.split_once(decimal) {
        Some((_, "")) => return None,
        Some((whole, fraction)) => (whole, fraction),
        None => (text, ""),
    };
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let separator = [thousands, '\'', ' '].into_iter().find(|separator| whole.contains(*separator));
    let Some(separator) = separator else {
        return whole.bytes().all(|byte| byte.is_ascii_digit()).then(|| (whole.to_owned(), fraction));
    };
    let mut joined = String::with_capacity(whole.len());
    for (group, index) in whole.split(separator).zip(0_u32..) {
        let long_enough = if index == 0 { (1..=3).contains(&group.len()) } else { group.len() == 3 };
        if !long_enough || !group.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        joined.push_str(group);
    }
    Some((joined, fraction))
}

/// The currency that the cell itself names without doubt, if it names one.
pub fn named_currency(cell: &str) -> Option<Currency> {
    if cell.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'-' | b' ')) {
        return None;
    }
    let text = narrowed(cell);
    match strip(&text).ok()?.currency? {
        Sign::Code(currency) => Some(currency),
        Sign::Yuan | Sign::Dollar | Sign::Unit => None,
    }
}

/// Reads an amount in a currency. Never guesses and never rounds.
pub fn read_amount(cell: &str, style: AmountStyle, currency: Currency) -> Result<Money, What> {
    let trimmed = cell.trim();
    // Digits and at most one point with at most two decimals read the same either way.
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if style.mark == Some(DecimalMark::Point)
        && !style.ten_thousands
        && !trimmed.is_empty()
        && plain(trimmed)
        && let Ok(money) = Money::parse(trimmed, currency)
    {
        return Ok(money);
    }
    let refused = || What::NotAnAmount { cell: shortened(cell) };
    let text = narrowed(cell);
    if super::text::is_formula(&text) {
        return Err(What::Formula { cell: shortened(cell) });
    }
    let stripped = strip(&text).map_err(|()| refused())?;
    if is_scientific(stripped.number) {
        return Err(What::Scientific { cell: shortened(cell) });
    }
    let (whole, fraction) = match style.mark {
        Some(mark) => digits(stripped.number, mark).ok_or_else(refused)?,
        None => match (digits(stripped.number, DecimalMark::Point), digits(stripped.number, DecimalMark::Comma)) {
            (Some(point), Some(comma)) if point == comma => point,
            (None, None) => return Err(refused()),
            _ => return Err(What::AmbiguousAmount { cell: shortened(cell) }),
        },
    };
    if stripped.currency.is_some_and(|sign| !sign.fits(currency)) {
        return Err(What::OtherCurrency { cell: shortened(cell), currency });
    }
    let mut plain = whole;
    let mut fraction = fraction.to_owned();
    if stripped.ten_thousands.unwrap_or(style.ten_thousands) {
        while fraction.len() < 4 {
            fraction.push('0');
        }
        let (shifted, rest) = fraction.split_at_checked(4).ok_or_else(refused)?;
        plain.push_str(shifted);
        fraction = rest.to_owned();
    }
    if plain.is_empty() {
        plain.push('0');
    }
    if !fraction.is_empty() {
        plain.push('.');
        plain.push_str(&fraction);
    }
    let money = Money::parse(&plain, currency).map_err(|error| match error {
        MoneyError::TooManyDecimals { decimals, .. } => {
            What::TooManyDecimals { cell: shortened(cell), currency, decimals }
        }
        MoneyError::OutOfRange => What::OutOfRange { cell: shortened(cell) },
        MoneyError::NotANumber(_) | MoneyError::MixedCurrencies(..) | MoneyError::UnknownCurrency(_) => refused(),
    })?;
    Ok(if stripped.negative { money.negated() } else { money })
}

/// Whether a spreadsheet has written a long number as `2.81E+11`.
pub fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let digit = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let plain = mantissa.strip_prefix('-').unwrap_or(mantissa).split(['.', ',']).all(digit);
    plain && exponent.strip_prefix(['+', '-']).is_some_and(digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const POINT: AmountStyle = AmountStyle { mark: Some(DecimalMark::Point), ten_thousands: false };
    const COMMA: AmountStyle = AmountStyle { mark: Some(DecimalMark::Comma), ten_thousands: false };
    const UNKNOWN: AmountStyle = AmountStyle { mark: None, ten_thousands: false };

    #[track_caller]
    fn check(cell: &str, style: AmountStyle, expected: &str) {
        assert_eq!(
            read_amount(cell, style, Currency::CNY).map(|money| money.to_string()),
            Ok(expected.into()),
            "{cell}"
        );
    }

    #[test]
    fn with_a_decimal_point() {
        for (cell, expected) in [
            ("50.39", "50.39"),
            ("97.6", "97.60"),
            ("1,234.56", "1234.56"),
            ("1,234,567", "1234567.00"),
            ("1 234.5", "1234.50"),
            ("1'234.50", "1234.50"),
            ("１，２３４．５６", "1234.56"),
            ("-5", "-5.00"),
            ("5-", "-5.00"),
            ("(1,234.56)", "-1234.56"),
            ("（100）", "-100.00"),
            ("¥1,234.56", "1234.56"),
            ("￥ -12.00", "-12.00"),
            ("-¥12", "-12.00"),
            ("CNY 12.50", "12.50"),
            ("12.50 RMB", "12.50"),
            ("人民币12.50元", "12.50"),
            ("12.5元", "12.50"),
            ("100 CR", "-100.00"),
            ("100.00DR", "100.00"),
            ("贷100", "-100.00"),
            ("1.5万元", "15000.00"),
            ("2万人民币", "20000.00"),
            ("12 人民币元", "12.00"),
            ("3万", "30000.00"),
            (".5", "0.50"),
            ("+7", "7.00"),
            ("0.00", "0.00"),
            ("1.2300", "1.23"),
        ] {
            check(cell, POINT, expected);
        }
    }

    #[test]
    fn with_a_decimal_comma() {
        for (cell, expected) in
            [("1.234,56", "1234.56"), ("1234,5", "1234.50"), ("-1.234", "-1234.00"), ("1 234,56", "1234.56")]
        {
            check(cell, COMMA, expected);
        }
    }

    #[test]
    fn ten_thousands_by_the_columns_name() {
        let style = AmountStyle { mark: Some(DecimalMark::Point), ten_thousands: true };
        check("500", style, "5000000.00");
        check("1.234567", style, "12345.67");
        check("0.5", style, "5000.00");
    }

    #[test]
    fn refusals_say_why() {
        let refusal = |cell: &str| read_amount(cell, POINT, Currency::CNY).unwrap_err();
        assert!(matches!(refusal("1.234"), What::TooManyDecimals { decimals: 2, .. }));
        assert!(matches!(refusal("$5"), What::OtherCurrency { .. }));
        assert!(matches!(refusal("USD 5"), What::OtherCurrency { .. }));
        assert!(matches!(refusal("2.81E+11"), What::Scientific { .. }));
        assert!(matches!(refusal("=A1*2"), What::Formula { .. }));
        assert!(matches!(refusal("999999999999999999"), What::OutOfRange { .. }));
        for cell in ["", "abc", "1,23", "12,34,567", "1.2.3", "5.", "--5", "(-5)", "-5-", "12abc", "1,2345"] {
            assert!(matches!(refusal(cell), What::NotAnAmount { .. }), "{cell}: {:?}", refusal(cell));
        }
    }

    #[test]
    fn the_mark_is_never_guessed() {
        assert!(matches!(read_amount("1,234", UNKNOWN, Currency::CNY), Err(What::AmbiguousAmount { .. })));
        assert!(matches!(read_amount("1.5", UNKNOWN, Currency::CNY), Err(What::AmbiguousAmount { .. })));
        check("1234", UNKNOWN, "1234.00");
    }

    fn verdict(cells: &[&str]) -> MarkVerdict {
        let mut evidence = AmountEvidence::default();
        for (cell, line) in cells.iter().zip(2..) {
            evidence.hear(line, cell);
        }
        evidence.weighed().verdict
    }

    #[test]
    fn the_mark_is_decided_from_the_column() {
        assert_eq!(verdict(&["12", "1,234", "99.5"]), MarkVerdict::Decided { mark: DecimalMark::Point });
        assert_eq!(verdict(&["1.234", "99,5"]), MarkVerdict::Decided { mark: DecimalMark::Comma });
        assert_eq!(verdict(&["1,234,567"]), MarkVerdict::Decided { mark: DecimalMark::Point });
        assert_eq!(verdict(&["1,234", "12"]), MarkVerdict::Ambiguous);
        assert_eq!(verdict(&["12", "7"]), MarkVerdict::NotNeeded);
        assert_eq!(verdict(&["1.5", "1,5"]), MarkVerdict::Contradicted);
    }

    #[test]
    fn currencies_by_name() {
        for (cell, code) in
            [("人民币", "CNY"), ("rmb", "CNY"), (" usd ", "USD"), ("美元", "USD"), ("HK$", "HKD"), ("ＵＳＤ", "USD")]
        {
            assert_eq!(read_currency(cell).map(|currency| currency.code().to_owned()), Some(code.into()), "{cell}");
        }
        assert_eq!(read_currency("abc"), None);
        assert_eq!(named_currency("USD 12.50"), Some(Currency::USD));
        assert_eq!(named_currency("12.50"), None);
        assert_eq!(named_currency("¥12.50"), None);
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(minor in -1_000_000_000_i64..1_000_000_000) {
            let money = Money::from_minor(minor, Currency::CNY).unwrap();
            prop_assert_eq!(read_amount(&money.to_string(), POINT, Currency::CNY), Ok(money));
            prop_assert_eq!(read_amount(&money.to_string().replace('.', ","), COMMA, Currency::CNY), Ok(money));
        }

        #[test]
        fn any_cell_gets_an_answer(cell in "\\PC{0,20}") {
            for style in [POINT, COMMA, UNKNOWN] {
                let _ = read_amount(&cell, style, Currency::CNY);
            }
        }
    }
}
