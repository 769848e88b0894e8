//! What a number in a cell stands for: an amount, a day, a code with leading zeros.
//!
//! A workbook keeps numbers as the shortest decimals of binary fractions: 0.1 + 0.2 is stored as 0.30000000000000004. A
//! spreadsheet shows and vouches for fifteen digits, so that is what is read, by the digits themselves and without any
//! binary arithmetic. A whole number with more digits than that has lost some, and is written so that its reader says so.

use super::super::problem::FileError;
use super::super::xml::{Event, Source, Xml};
use crate::facts::calendar::Date;
use chrono::Days;
use std::collections::BTreeMap;

/// How many digits of a number a spreadsheet vouches for.
const DIGITS: usize = 15;
/// Decimals beyond this place are what adding binary fractions leaves behind.
const PLACES: i32 = 10;
/// How many formats and styles are read.
const SHAPES_MAX: usize = 65_536;

/// What a style makes of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// A number.
    #[default]
    Number,
    /// A day.
    Date,
    /// A code of at least so many digits.
    Code(u8),
}

/// The shapes of a workbook's styles, by number.
pub fn shapes<S: Source>(mut xml: Xml<S>) -> Result<Vec<Shape>, FileError> {
    let mut formats: BTreeMap<u32, Shape> = BTreeMap::new();
    let mut shapes = Vec::new();
    let mut in_cells = false;
    while let Some(event) = xml.read()? {
        match event {
            Event::Open(tag) if tag.name() == "cellXfs" => in_cells = true,
            Event::Close("cellXfs") => in_cells = false,
            Event::Open(tag) if tag.name() == "numFmt" && formats.len() < SHAPES_MAX => {
                let id = tag.attribute("numFmtId").and_then(|id| id.parse().ok());
                if let (Some(id), Some(code)) = (id, tag.attribute("formatCode")) {
                    formats.insert(id, shape(&code));
                }
            }
            Event::Open(tag) if in_cells && tag.name() == "xf" && shapes.len() < SHAPES_MAX => {
                let id: u32 = tag.attribute("numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                shapes.push(formats.get(&id).copied().unwrap_or_else(|| built_in(id)));
            }
            Event::Open(_) | Event::Close(_) | Event::Text(_) => {}
        }
    }
    Ok(shapes)
}

/// The formats that every spreadsheet has, those of Chinese, Japanese and Korean ones included (ECMA-376 part 1, 18.8.30).
const fn built_in(id: u32) -> Shape {
    match id {
        14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58 => Shape::Date,
        _ => Shape::Number,
    }
}

/// What a format's code makes of a number.
fn shape(code: &str) -> Shape {
    let mut plain = String::new();
    let mut characters = code.chars();
    while let Some(character) = characters.next() {
        match character {
            // Text of its own, an escaped character, what another takes as room or repeats.
            '"' => drop(characters.by_ref().find(|end| *end == '"')),
            '[' => {
                let inner: String = characters.by_ref().take_while(|end| *end != ']').collect();
                // Hours, minutes or seconds that run on: a length of time, which no day is.
                if inner.chars().all(|c| matches!(c.to_ascii_lowercase(), 'h' | 'm' | 's')) {
                    plain.push_str(&inner.to_lowercase());
                }
            }
            '\\' | '_' | '*' => drop(characters.next()),
            ';' => break,
            other => plain.extend(other.to_lowercase()),
        }
    }
    let plain = plain.trim();
    if plain.len() > 1 && plain.len() <= 30 && plain.chars().all(|c| c == '0') {
        return Shape::Code(u8::try_from(plain.len()).unwrap_or(0));
    }
    let has = |c: char| plain.contains(c);
    if plain == "general" || has('0') || has('#') || has('?') {
        return Shape::Number;
    }
    if has('y') || has('d') || (has('m') && !has('h') && !has('s')) { Shape::Date } else { Shape::Number }
}

/// A number as it stands in the file, in the shape of its cell.
pub fn written(number: &str, shape: Shape, from_1904: bool) -> String {
    let Some(decimal) = Decimal::read(number) else { return number.to_owned() };
    match shape {
        Shape::Date => decimal.day(from_1904).map_or_else(|| decimal.written(), |day| day.to_string()),
        Shape::Code(digits) => {
            let plain = decimal.written();
            let whole = plain.bytes().all(|byte| byte.is_ascii_digit());
            if whole { format!("{plain:0>width$}", width = usize::from(digits)) } else { plain }
        }
        Shape::Number => decimal.written(),
    }
}

/// A decimal number: digits without leading zeros, and how many of them stand before the point.
struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    point: i32,
}

impl Decimal {
    /// Reads `-1.2345E-3`, rounded half up to the digits that count.
    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent: i32 = exponent.strip_prefix('+').unwrap_or(exponent).parse().ok()?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let short = mantissa.len() <= 400 && (-400..=400).contains(&exponent);
        if !short || (whole.is_empty() && fraction.is_empty()) || !plain(whole) || !plain(fraction) {
            return None;
        }
        let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|byte| byte.wrapping_sub(b'0')).collect();
        let mut point = i32::try_from(whole.len()).ok()?.saturating_add(exponent);
        let zeros = digits.iter().take_while(|digit| **digit == 0).count();
        digits.drain(..zeros);
        point = point.saturating_sub(i32::try_from(zeros).ok()?);
        let places = point.saturating_add(PLACES);
        let kept = DIGITS.min(usize::try_from(places).unwrap_or(0));
        // An integer keeps its digits as they are; that it has too many is for its reader to say.
        if digits.len() > kept {
            // Less than a tenth of the last place rounds to nothing, whatever its digits.
            let up = places >= 0 && digits.get(kept).is_some_and(|next| *next >= 5);
            digits.truncate(kept);
            if up {
                let nines = digits.iter().rev().take_while(|digit| **digit == 9).count();
                digits.truncate(digits.len().saturating_sub(nines));
                if let Some(last) = digits.last_mut() {
                    *last = last.saturating_add(1);
                } else {
                    digits.push(1);
                    point = if kept == 0 { PLACES.saturating_neg().saturating_add(1) } else { point.saturating_add(1) };
                }
            }
        }
        while digits.last() == Some(&0) {
            digits.pop();
        }
        if digits.is_empty() {
            point = 1;
        }
        Some(Self { negative: negative && !digits.is_empty(), digits, point })
    }

    /// As people write it; where digits before the point are lost, as a spreadsheet shows that: 1.23E+20.
    fn written(&self) -> String {
        let mut text = String::new();
        if self.negative {
            text.push('-');
        }
        let digit = |index: usize| self.digits.get(index).map_or('0', |digit| char::from(digit.saturating_add(b'0')));
        if let Ok(whole) = usize::try_from(self.point)
            && whole > DIGITS
        {
            text.push(digit(0));
            text.push('.');
            text.extend((1..self.digits.len().max(2)).map(digit));
            return format!("{text}E+{:02}", whole.saturating_sub(1));
        }
        let whole = usize::try_from(self.point).unwrap_or(0);
        if whole == 0 {
            text.push('0');
        }
        text.extend((0..whole).map(digit));
        if self.digits.len() > whole {
            text.push('.');
            let zeros = usize::try_from(self.point.saturating_neg()).unwrap_or(0);
            text.extend(std::iter::repeat_n('0', zeros));
            text.extend((whole..self.digits.len()).map(digit));
        }
        text
    }

    /// The day that it counts; the time of day is left out. The first day is 1900-01-01, and the twenty-ninth of February
    /// of that year, which spreadsheets count and which never was, is none.
    fn day(&self, from_1904: bool) -> Option<Date> {
        let whole = usize::try_from(self.point).ok().filter(|whole| *whole <= 7 && !self.negative)?;
        let digits = (0..whole).map(|index| self.digits.get(index).copied().unwrap_or(0));
        let count = digits.fold(0_u64, |count, digit| count.saturating_mul(10).saturating_add(u64::from(digit)));
        let start = match (from_1904, count) {
            (true, _) => Date::from_ymd_opt(1904, 1, 1)?,
            (false, 1..=59) => Date::from_ymd_opt(1899, 12, 31)?,
            (false, 61..) => Date::from_ymd_opt(1899, 12, 30)?,
            (false, _) => return None,
        };
        // The last day that a spreadsheet knows is the last of the year 9999.
        start.checked_add_days(Days::new(count)).filter(|_| count <= 2_958_465)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(number: &str, shape: Shape, expected: &str) {
        assert_eq!(written(number, shape, false), expected);
    }

    #[test]
    fn numbers_have_the_digits_that_count() {
        check("1234.5599999999999", Shape::Number, "1234.56");
        check("0.30000000000000004", Shape::Number, "0.3");
        check("-1.2E3", Shape::Number, "-1200");
        check("99999999999999.996", Shape::Number, "100000000000000");
        check("1.5E-3", Shape::Number, "0.0015");
        check("-5.5511151231257827E-17", Shape::Number, "0");
        check("6E-11", Shape::Number, "0.0000000001");
        check("0", Shape::Number, "0");
        check("-0", Shape::Number, "0");
        check("123456789012345", Shape::Number, "123456789012345");
        check("2.5332000000112345E+19", Shape::Number, "2.53320000001123E+19");
        check("1E+15", Shape::Number, "1.0E+15");
        check("33.333333333333336", Shape::Number, "33.3333333333");
        check("abc", Shape::Number, "abc");
        check("1e999999999999", Shape::Number, "1e999999999999");
    }

    #[test]
    fn days_are_counted_as_spreadsheets_do() {
        check("46346", Shape::Date, "2026-11-20");
        check("46346.9999", Shape::Date, "2026-11-20");
        check("1", Shape::Date, "1900-01-01");
        check("59", Shape::Date, "1900-02-28");
        check("60", Shape::Date, "60");
        check("61", Shape::Date, "1900-03-01");
        check("-1", Shape::Date, "-1");
        check("2958466", Shape::Date, "2958466");
        assert_eq!(written("44884", Shape::Date, true), "2026-11-20");
    }

    #[test]
    fn codes_keep_their_zeros() {
        check("123", Shape::Code(6), "000123");
        check("1234567", Shape::Code(6), "1234567");
        check("1.5", Shape::Code(6), "1.5");
    }

    #[test]
    fn formats_are_told_apart() {
        for code in ["yyyy-mm-dd", "yyyy\"年\"m\"月\"d\"日\"", "[$-804]yyyy/m/d;@", "m/d/yy h:mm", "mmm-yy", "d\\-mmm"]
        {
            assert_eq!(shape(code), Shape::Date, "{code}");
        }
        for code in
            ["General", "#,##0.00", "[Red]0.00", "0.00_ ;[Red]\\-0.00", "h:mm:ss", "[h]:mm", "\"day\"0", "@", ""]
        {
            assert_eq!(shape(code), Shape::Number, "{code}");
        }
        assert_eq!(shape("000000"), Shape::Code(6));
    }

    /// What a spreadsheet stores for an amount of cents: seventeen digits of the nearest binary fraction of 53 bits (IEEE 754,
    /// ties to even), worked out in integers.
    #[allow(clippy::arithmetic_side_effects)] // of amounts, in 128 bits
    fn stored(minor: i64) -> String {
        let nearest = |over: i128, under: i128| {
            let (whole, rest) = (over / under, over % under);
            whole + i128::from(2 * rest > under || (2 * rest == under && whole % 2 == 1))
        };
        let cents = i128::from(minor.abs());
        let Some(places) = cents.checked_ilog10() else { return "0.0000000000000000E0".to_owned() };
        let bits = (0_u32..64).find(|bits| (cents << bits) / 100 >= 1 << 52).unwrap();
        let binary = nearest(cents << bits, 100);
        let digits = nearest(binary * 10_i128.pow(18 - places), 1 << bits);
        let (sign, one) = (if minor < 0 { "-" } else { "" }, 10_i128.pow(16));
        format!("{sign}{}.{:016}E{}", digits / one, digits % one, i64::from(places) - 2)
    }

    #[test]
    fn a_tenth_is_stored_as_its_nearest_binary_fraction() {
        assert_eq!(stored(10), "1.0000000000000001E-1");
        assert_eq!(stored(-1_005), "-1.0050000000000001E1");
    }

    proptest! {
        #[test]
        fn an_amount_comes_back_to_the_cent(minor in -99_999_999_999_999_i64..=99_999_999_999_999) {
            let sign = if minor < 0 { "-" } else { "" };
            let (whole, cents) = (minor.abs() / 100, minor.abs() % 100);
            let expected = format!("{sign}{whole}.{cents:02}");
            let expected = expected.trim_end_matches('0').trim_end_matches('.');
            prop_assert_eq!(written(&stored(minor), Shape::Number, false), expected);
        }

        #[test]
        fn any_text_gets_an_answer(text in "[-0-9.eE+]{0,12}") {
            for shape in [Shape::Number, Shape::Date, Shape::Code(8)] {
                let _ = written(&text, shape, false);
            }
        }
    }
}
