//! How an amount is tidied while it is typed: thousands marks come and go, the caret stays where the hand is.

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

/// Tidies what stands in the field. Digits in full width count as digits, everything that is no digit or point goes, and
/// 万 (or w), k, m multiply. A deletion that took only a thousands mark takes the digit beside it instead.
pub(super) fn tidy(raw: &str, caret: usize, before: &str, stroke: Stroke) -> Typed {
    let mut kept: Vec<u8> = Vec::with_capacity(raw.len());
    let mut at = 0;
    let mut shift = 0;
    let mut pointed = false;
    for (index, character) in raw.chars().enumerate() {
        let plain = match character {
            '０'..='９' => u8::try_from(u32::from(character) - u32::from('０')).unwrap_or(0) + b'0',
            '。' | '．' => b'.',
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
            other => u8::try_from(other).unwrap_or(b' '),
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
        check("1.2.|", Stroke::Other, "1.2", "1.2|");
    }

    #[test]
    fn deleting_a_mark_deletes_the_digit_beside_it() {
        check("1|234", Stroke::Back, "1,234", "|234");
        check("12|345,678", Stroke::Back, "12,345,678", "1|,345,678");
        check("1|234", Stroke::Forward, "1,234", "1|34");
        check("1,23|", Stroke::Back, "1,234", "123|");
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
