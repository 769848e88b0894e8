//! How an amount is tidied while it is typed: thousands marks come and go, the caret stays where the hand is. What could
//! be another amount than the one meant (a sign, a second point, a letter among the figures) is left as it was typed and
//! said to be wrong: nothing is dropped in silence that would change the figure.

/// A text and where the caret stands in it, in characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Typed {
    pub text: String,
    pub caret: usize,
}

/// What the last key did, as far as it matters here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stroke {
    /// Anything that only adds or replaces.
    Other,
    /// Backspace.
    Back,
    /// Delete.
    Forward,
}

/// Why a text cannot be tidied into an amount.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Strange {
    /// A minus sign, or brackets as bookkeepers write one.
    Negative,
    /// More than one decimal point.
    Points,
    /// Something that is neither figure nor mark.
    Letters,
}

const UNITS: [&str; 4] = ["万", "W", "K", "M"];
const CODES: [&str; 5] = ["CNY", "USD", "EUR", "GBP", "JPY"];

/// Whether the thousands marks of a text stand before groups of three, so that none of them can be a decimal comma.
pub(super) fn well_grouped(text: &str) -> bool {
    let whole = text.split('.').next().unwrap_or_default();
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let digits = |group: &str| group.chars().filter(|character| figure(*character).is_some()).count();
    let mut rest = groups.peekable();
    rest.peek().is_none() || (1..=3).contains(&digits(first)) && rest.all(|group| digits(group) == 3)
}

/// Whether what was put in brought a mark along that is none of thousands: `1,5` as a whole. One mark typed by itself is
/// no such thing; it goes, and the hand sees it go.
pub(super) fn brings_a_comma(raw: &str, before: &str) -> bool {
    let commas = |text: &str| text.matches(',').count();
    let bare = |text: &str| text.replace(',', "");
    commas(raw) > commas(before) && bare(raw) != bare(before) && !well_grouped(raw)
}

/// The figure of a character: digits in full width count, and so does the full stop of a Chinese keyboard.
fn figure(character: char) -> Option<u8> {
    match character {
        '０'..='９' => Some(u8::try_from(u32::from(character) - u32::from('０')).unwrap_or(0) + b'0'),
        '。' | '．' => Some(b'.'),
        '0'..='9' | '.' => u8::try_from(character).ok(),
        _ => None,
    }
}

/// What keeps a text from being one amount; nothing when it can be tidied. Thousands marks, blanks and the signs and names
/// of money stand around an amount without changing it; 万, w, k and m multiply when they stand behind its figures.
pub(super) fn strange(raw: &str) -> Option<Strange> {
    let (mut points, mut figures, mut multiplied, mut closed) = (0_u32, false, false, false);
    let mut name = String::new();
    for character in raw.chars() {
        if let Some(byte) = figure(character) {
            points += u32::from(byte == b'.');
            // Figures behind a unit, or behind a letter that follows figures, belong to another number.
            if multiplied || closed || (figures && !name.is_empty()) || UNITS.contains(&name.as_str()) {
                return Some(Strange::Letters);
            }
            figures = true;
            continue;
        }
        match character {
            '-' | '\u{2212}' | '－' | '–' | '—' | '(' | '（' => return Some(Strange::Negative),
            '万' | 'w' | 'W' | 'k' | 'K' | 'm' | 'M' if figures && name.is_empty() => {
                if multiplied {
                    return Some(Strange::Letters);
                }
                multiplied = true;
            }
            ',' | '，' | '\'' | '’' | ')' | '）' | '￥' | '¥' | '$' | '€' | '£' => {}
            '元' | '整' | '圆' => closed = true,
            blank if blank.is_whitespace() => {}
            letter if letter.is_alphabetic() => name.push(letter.to_ascii_uppercase()),
            _ => return Some(Strange::Letters),
        }
    }
    // A code that holds none of the letters that multiply may stand before or behind; a unit alone is not yet an amount.
    let named = name.is_empty() || CODES.contains(&name.as_str()) || UNITS.contains(&name.as_str());
    match (named, points) {
        (false, _) => Some(Strange::Letters),
        (true, 2..) => Some(Strange::Points),
        (true, _) => None,
    }
}

/// Tidies what stands in the field. Digits in full width count as digits, what stands around them ([`strange`] lets it
/// pass) goes, and 万 (or w), k, m multiply. A deletion that took only a thousands mark takes the digit beside it instead.
pub(super) fn tidy(raw: &str, caret: usize, before: &str, stroke: Stroke) -> Typed {
    let mut kept: Vec<u8> = Vec::with_capacity(raw.len());
    let mut at = 0;
    let mut shift = 0;
    let mut pointed = false;
    for (index, character) in raw.chars().enumerate() {
        let plain = match character {
            '万' | 'w' | 'W' => {
                shift = 4;
                continue;
            }
            'k' | 'K' => {
                shift = 3;
                continue;
            }
            'm' | 'M' => {
                shift = 6;
                continue;
            }
            other => figure(other).unwrap_or(b' '),
        };
        if !plain.is_ascii_digit() && (plain != b'.' || pointed) {
            continue;
        }
        pointed |= plain == b'.';
        kept.push(plain);
        if index < caret {
            at = kept.len();
        }
    }
    let unchanged = || kept.iter().copied().eq(before.bytes().filter(|byte| *byte != b','));
    if stroke == Stroke::Back && at > 0 && unchanged() {
        at -= 1;
        kept.remove(at);
    } else if stroke == Stroke::Forward && at < kept.len() && unchanged() {
        kept.remove(at);
    }
    if shift > 0 && !kept.is_empty() {
        multiply(&mut kept, shift);
        at = kept.len();
    }
    while kept.len() > 1 && kept.first() == Some(&b'0') && kept.get(1).is_some_and(u8::is_ascii_digit) {
        kept.remove(0);
        at = at.saturating_sub(1);
    }
    if kept.first() == Some(&b'.') {
        kept.insert(0, b'0');
        at += 1;
    }
    grouped(&kept, at)
}

/// Moves the point to the right, filling with noughts.
fn multiply(kept: &mut Vec<u8>, shift: usize) {
    let point = kept.iter().position(|byte| *byte == b'.').unwrap_or(kept.len());
    let mut fraction = kept.split_off(point);
    fraction.retain(|byte| *byte != b'.');
    let moved = fraction.len().min(shift);
    kept.extend(fraction.drain(..moved));
    kept.extend(std::iter::repeat_n(b'0', shift - moved));
    if !fraction.is_empty() {
        kept.push(b'.');
        kept.append(&mut fraction);
    }
}

/// Sets thousands marks; the caret keeps the same digits on its left.
fn grouped(kept: &[u8], at: usize) -> Typed {
    let whole = kept.iter().position(|byte| *byte == b'.').unwrap_or(kept.len());
    let mut typed = Typed { text: String::with_capacity(kept.len() + 6), caret: 0 };
    for (index, byte) in kept.iter().enumerate() {
        if index == at {
            typed.caret = typed.text.len();
        }
        if index > 0 && index < whole && (whole - index).is_multiple_of(3) {
            typed.text.push(',');
        }
        typed.text.push(char::from(*byte));
    }
    if at >= kept.len() {
        typed.caret = typed.text.len();
    }
    typed
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `|` is the caret.
    fn check(raw: &str, stroke: Stroke, before: &str, tidied: &str) {
        let caret = raw.chars().position(|character| character == '|').unwrap();
        let typed = tidy(&raw.replace('|', ""), caret, before, stroke);
        let mut shown = typed.text;
        shown.insert(typed.caret, '|');
        assert_eq!(shown, tidied, "{raw}");
    }

    #[test]
    fn marks_come_and_the_caret_stays() {
        check("1234|", Stroke::Other, "123", "1,234|");
        check("1,2345|", Stroke::Other, "1,234", "12,345|");
        check("1,9|234", Stroke::Other, "1,234", "19|,234");
        check("286400.5|", Stroke::Other, "", "286,400.5|");
        check("|", Stroke::Back, "1", "|");
        check("0|05", Stroke::Other, "", "|5");
        check(".|", Stroke::Other, "", "0.|");
        check("0.0|", Stroke::Other, "", "0.0|");
    }

    #[test]
    fn deleting_a_mark_deletes_the_digit_beside_it() {
        check("1|234", Stroke::Back, "1,234", "|234");
        check("12|345,678", Stroke::Back, "12,345,678", "1|,345,678");
        check("1|234", Stroke::Forward, "1,234", "1|34");
        check("1,23|", Stroke::Back, "1,234", "123|");
    }

    #[test]
    fn nothing_is_dropped_that_would_change_the_figure() {
        let told = |raw: &str| strange(raw);
        for raw in ["-5", "−5", "－５", "(5)", "5-", "1-2"] {
            assert_eq!(told(raw), Some(Strange::Negative), "{raw}");
        }
        for raw in ["1.2.3", "1.2.", "1..2", "1。2．3"] {
            assert_eq!(told(raw), Some(Strange::Points), "{raw}");
        }
        for raw in
            ["1e5", "0x10", "5 or 6", "1/2", "5%", "5万3", "3k5", "abc", "1=1", "五", "5kk", "5元3", "M5", "HKD 5"]
        {
            assert_eq!(told(raw), Some(Strange::Letters), "{raw}");
        }
        for raw in [
            "",
            "5",
            "1,234.50",
            "￥２８６，４００．５０",
            " 12 000 元",
            "28.64万",
            "5w",
            "1.2k",
            "3m",
            "CNY 5",
            "5 USD",
            ".",
        ] {
            assert_eq!(told(raw), None, "{raw}");
        }
        assert!(brings_a_comma("1,5", "") && brings_a_comma("1234,56", "") && brings_a_comma("12,34,567", ""));
        assert!(!brings_a_comma("1,", "1") && !brings_a_comma("1,234.5", "") && !brings_a_comma("1,2345", "1,234"));
    }

    #[test]
    fn what_people_paste_and_speak() {
        check("￥２８６，４００．５０|", Stroke::Other, "", "286,400.50|");
        check(" 12 000 元|", Stroke::Other, "", "12,000|");
        check("28.64万|", Stroke::Other, "28.64", "286,400|");
        check("5w|", Stroke::Other, "5", "50,000|");
        check("1.23456k|", Stroke::Other, "", "1,234.56|");
        check("万|", Stroke::Other, "", "|");
        check("2。5|", Stroke::Other, "2", "2.5|");
    }
}
