//! What may stand in a piece of a file, whatever its kind: texts that a page can show as they are, dates that people live
//! through, lists that somebody wrote.
//!
//! A text has at least one character that can be seen, and none that hides or turns what is read: no control characters but
//! line feed and tab, no bidirectional controls (UAX #9), no zero-width characters, no noncharacters.

use crate::facts::calendar::Date;
use chrono::Datelike;
use serde_json::Value;
use std::fmt::Write;

/// How long a text may be, in characters.
pub const TEXT_MOST: usize = 2000;
/// How many entries a list may have.
pub const ITEMS_MOST: usize = 500;
/// Between which years dates lie.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

/// What is wrong with a value, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsound {
    /// A text without a character that can be seen.
    #[error("{path} is empty")]
    Empty {
        /// Where.
        path: String,
    },
    /// A text is too long.
    #[error("{path} has more than {TEXT_MOST} characters")]
    Long {
        /// Where.
        path: String,
    },
    /// A character that hides or turns what is read.
    #[error("{path} holds the character U+{character:04X}, which cannot be shown")]
    Character {
        /// Where.
        path: String,
        /// Which.
        character: u32,
    },
    /// A list is too long.
    #[error("{path} has more than {ITEMS_MOST} entries")]
    Many {
        /// Where.
        path: String,
    },
    /// A date that nobody lives to see.
    #[error("{path} is {date}: dates lie between {} and {}", YEARS.start(), YEARS.end())]
    Date {
        /// Where.
        path: String,
        /// Which.
        date: Date,
    },
}

impl Unsound {
    /// Where.
    pub fn path(&self) -> &str {
        match self {
            Self::Empty { path }
            | Self::Long { path }
            | Self::Character { path, .. }
            | Self::Many { path }
            | Self::Date { path, .. } => path,
        }
    }
}

/// The first thing that is wrong with a value: the JSON of a domain type, so that every text in it is looked at.
pub fn unsound(value: &Value) -> Option<Unsound> {
    look(value, &mut String::new())
}

fn look(value: &Value, path: &mut String) -> Option<Unsound> {
    let before = path.len();
    match value {
        Value::String(text) => look_at_text(text, path),
        Value::Array(list) if list.len() > ITEMS_MOST => Some(Unsound::Many { path: path.clone() }),
        Value::Array(list) => list.iter().enumerate().find_map(|(place, value)| {
            // Writing to a string cannot fail.
            let _ = write!(path, "[{place}]");
            let found = look(value, path);
            path.truncate(before);
            found
        }),
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            if before > 0 {
                path.push('.');
            }
            path.push_str(name);
            let found = look(value, path);
            path.truncate(before);
            found
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn look_at_text(text: &str, path: &str) -> Option<Unsound> {
    let path = || path.to_owned();
    if text.chars().all(char::is_whitespace) {
        return Some(Unsound::Empty { path: path() });
    }
    if text.chars().count() > TEXT_MOST {
        return Some(Unsound::Long { path: path() });
    }
    if let Some(character) = text.chars().find(|character| hides(*character)) {
        return Some(Unsound::Character { path: path(), character: u32::from(character) });
    }
    let date = text.parse::<Date>().ok().filter(|date| !YEARS.contains(&date.year()));
    date.map(|date| Unsound::Date { path: path(), date })
}

/// Whether a character hides or turns what is read.
fn hides(character: char) -> bool {
    let code = u32::from(character);
    let turns = matches!(
        character,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{fdd0}'..='\u{fdef}' | '\u{e0000}'..='\u{e007f}'
    );
    turns || code & 0xfffe == 0xfffe || (character.is_control() && !matches!(character, '\n' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(value: &Value, path: &str) {
        assert_eq!(unsound(&json!({ "what": value })).map(|fault| fault.path().to_owned()), Some(path.to_owned()));
    }

    #[test]
    fn what_hides_is_found() {
        for text in ["", " \u{3000}", "a\0b", "admin\u{202e}gpj.exe", "\u{2066}x", "\u{feff}x", "x\u{7f}", "\u{200b}"] {
            check(&json!({ "list": [{ "text": "好" }, { "text": text }] }), "what.list[1].text");
        }
        check(&json!("长".repeat(TEXT_MOST + 1)), "what");
        check(&json!(vec![0; ITEMS_MOST + 1]), "what");
    }

    #[test]
    fn dates_are_of_our_times() {
        for (date, sound) in [
            ("1900-01-01", true),
            ("1899-12-31", false),
            ("2199-12-31", true),
            ("2200-01-01", false),
            ("+12026-01-01", false),
        ] {
            assert_eq!(unsound(&json!({ "date": date })).is_none(), sound, "{date}");
        }
    }

    #[test]
    fn plain_texts_are_sound() {
        let value = json!({ "text": "第一行\n\t第二行 “引号” — 😀 ½", "none": null, "number": 1, "list": [] });
        assert_eq!(unsound(&value), None);
        assert_eq!(unsound(&json!("长".repeat(TEXT_MOST))), None);
    }
}
