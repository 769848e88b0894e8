//! How an input is altered: trees as trees, so that most of what comes out is still understood, bytes as bytes.

use serde_json::{Map, Value, json};
use shared::record::cases::merge;
use shared::rules::policy::DEFAULT;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What stands under a name.
pub type Pool = BTreeMap<String, Vec<Value>>;

/// Random numbers with a seed (SplitMix64), so that a run can be repeated.
pub struct Dice(u64);

impl Dice {
    /// From a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `most`.
    pub fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(most.max(1)).unwrap()).unwrap()
    }

    /// One of them.
    pub fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// What stands under a name anywhere in the seeds, so that a value can be replaced by another of its kind.
pub fn pieces<'a>(seeds: impl Iterator<Item = &'a Value>) -> Pool {
    fn gather(value: &Value, found: &mut Pool) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let known = found.entry(name.clone()).or_default();
                    if known.len() < 200 && !known.contains(value) {
                        known.push(value.clone());
                    }
                    gather(value, found);
                }
            }
            Value::Array(elements) => elements.iter().for_each(|element| gather(element, found)),
            _ => {}
        }
    }
    let mut found = BTreeMap::new();
    seeds.for_each(|seed| gather(seed, &mut found));
    found
}

/// Alters one place of a tree: `own` is what stands in trees like it, `world` what stands in any.
pub fn alter_tree(tree: &mut Value, own: &Pool, world: &Pool, dice: &mut Dice) {
    descend(tree, "", own, world, dice);
}

/// Alters a section of the policy that a case or a book is judged by: the default one's, where the tree patches none.
pub fn alter_policy(tree: &mut Value, world: &Pool, dice: &mut Dice) {
    static SHIPPED: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(DEFAULT).unwrap());
    let sections = SHIPPED.as_object().unwrap();
    let Some(tree) = tree.as_object_mut() else { return };
    let patch = tree.entry("policy").or_insert_with(|| json!({}));
    let Some(patch) = patch.as_object_mut() else { return };
    // Rather one that the case patches itself: it is what matters there.
    let touched: Vec<String> = patch.keys().cloned().collect();
    let (name, shipped) = match dice.below(3) {
        0 if !touched.is_empty() => {
            let name = dice.of(&touched).clone();
            let shipped = sections.get(&name).cloned().unwrap_or(Value::Null);
            (name, shipped)
        }
        _ => {
            let (name, shipped) = sections.iter().nth(dice.below(sections.len())).unwrap();
            (name.clone(), shipped.clone())
        }
    };
    let mut section = shipped;
    if let Some(own) = patch.get(&name) {
        merge(&mut section, own);
    }
    descend(&mut section, &name, &Pool::new(), world, dice);
    patch.insert(name, section);
}

/// Goes down to a place (at every level the walk may stop) and alters it; `name` is the field that it stands under.
fn descend(place: &mut Value, name: &str, own: &Pool, world: &Pool, dice: &mut Dice) {
    let stops = dice.below(6) == 0;
    match place {
        Value::Object(fields) if !fields.is_empty() && !stops => {
            let at = dice.below(fields.len());
            if let Some((name, value)) = fields.iter_mut().nth(at) {
                descend(value, name, own, world, dice);
            }
        }
        Value::Array(elements) if !elements.is_empty() && !stops => {
            let at = dice.below(elements.len());
            descend(&mut elements[at], name, own, world, dice);
        }
        _ => alter(place, name, own, world, dice),
    }
}

fn alter(place: &mut Value, name: &str, own: &Pool, world: &Pool, dice: &mut Dice) {
    if dice.below(4) == 0 {
        let pool = if dice.below(3) == 0 { world } else { own };
        if let Some(others) = pool.get(name) {
            *place = dice.of(others).clone();
            return;
        }
    }
    match place {
        Value::String(text) => *text = alter_text(text, dice),
        Value::Number(number) => {
            let was = number.as_i64().unwrap_or(0);
            let near = [
                was.wrapping_sub(1),
                was.wrapping_add(1),
                was.wrapping_mul(2),
                was.wrapping_neg(),
                0,
                1,
                -1,
                255,
                256,
                65_535,
                65_536,
            ];
            let far = [i64::MAX, i64::MIN, i64::from(i32::MAX), i64::from(i32::MIN), i64::from(u32::MAX), 1 << 53];
            *place = json!(if dice.below(3) == 0 { *dice.of(&far) } else { *dice.of(&near) });
        }
        Value::Bool(value) => *value = !*value,
        Value::Null => *place = dice.of(&[json!(0), json!(""), json!(true)]).clone(),
        Value::Array(elements) => alter_list(elements, dice),
        Value::Object(fields) => alter_fields(fields, own, dice),
    }
}

fn alter_list(elements: &mut Vec<Value>, dice: &mut Dice) {
    if elements.is_empty() {
        return;
    }
    let (at, other) = (dice.below(elements.len()), dice.below(elements.len()));
    match dice.below(5) {
        0 => elements.swap(at, other),
        1 => drop(elements.remove(at)),
        2 => elements.clear(),
        // Absurdly many of the same.
        3 if dice.below(8) == 0 => {
            let times = *dice.of(&[30, 300]);
            let one = elements[at].clone();
            elements.splice(at..at, std::iter::repeat_n(one, times));
            elements.truncate(400);
        }
        _ if elements.len() < 400 => elements.insert(other, elements[at].clone()),
        _ => {}
    }
}

fn alter_fields(fields: &mut Map<String, Value>, pool: &Pool, dice: &mut Dice) {
    let names: Vec<&String> = pool.keys().collect();
    if dice.below(3) == 0 && !names.is_empty() {
        let name = (*dice.of(&names)).clone();
        let value = dice.of(&pool[&name]).clone();
        fields.insert(name, value);
    } else if !fields.is_empty() {
        let at = dice.below(fields.len());
        let name = fields.keys().nth(at).unwrap().clone();
        fields.remove(&name);
    }
}

/// Texts of the kinds that the wire knows, at their ends.
const AMOUNTS: [&str; 13] = [
    "0.00",
    "0.01",
    "-0.01",
    "0",
    "1",
    "90071992547409.91",
    "-90071992547409.91",
    "90071992547409.92",
    "9007199254740991",
    "-1.00",
    "1e9",
    "0.005",
    "99999999999999999999.99",
];
const RATIOS: [&str; 12] = [
    "0",
    "1",
    "-1",
    "0.000001",
    "-0.000001",
    "0.5",
    "9223372036854.775807",
    "-9223372036854.775808",
    "1000000",
    "0.333333",
    "100",
    "79228162514264337593543950335",
];
const DATES: [&str; 12] = [
    "0001-01-01",
    "9999-12-31",
    "1970-01-01",
    "2024-02-29",
    "2023-02-28",
    "2026-11-20",
    "1999-12-31",
    "2019-08-20",
    "-0001-01-01",
    "+262142-12-31",
    "-262143-01-01",
    "2026-12-31",
];
const CURRENCIES: [&str; 5] = ["CNY", "USD", "JPY", "KWD", "XXX"];
const WORDS: [&str; 8] = ["", " ", "\u{0}", "甲", "\u{202E}abc", "AAA", "D", "=1+1"];

fn alter_text(text: &str, dice: &mut Dice) -> String {
    let is_date = text.len() == 10 && text.as_bytes()[4] == b'-' && text.is_ascii();
    let is_number = text.parse::<f64>().is_ok();
    // Long, but not longer and longer: what was altered is altered again.
    if dice.below(60) == 0 && text.len() < 1_000 {
        return text.repeat(*dice.of(&[2, 50, 3_000]));
    }
    let is_currency = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    let chosen = match () {
        () if dice.below(20) == 0 => dice.of(&WORDS),
        () if is_date => {
            // Mostly a date nearby: what depends on order and distance shows there.
            if dice.below(3) > 0
                && let Ok(date) = text.parse::<chrono::NaiveDate>()
            {
                let days = chrono::Days::new(*dice.of(&[1, 30, 31, 90, 365, 366, 1_095]));
                let date = if dice.below(2) == 0 { date.checked_sub_days(days) } else { date.checked_add_days(days) };
                return date.map_or_else(String::new, |date| date.to_string());
            }
            dice.of(&DATES)
        }
        () if is_currency => dice.of(&CURRENCIES),
        () if is_number && text.contains('.') && dice.below(2) == 0 => dice.of(&AMOUNTS),
        () if is_number => dice.of(&RATIOS),
        () => dice.of(&WORDS),
    };
    (*chosen).to_owned()
}

/// Alters bytes in one place.
pub fn alter_bytes(bytes: &mut Vec<u8>, dice: &mut Dice) {
    const BITS: [&[u8]; 16] = [
        b"\"",
        b",",
        b";",
        b"\t",
        b"\n",
        b"\r\n",
        b"-",
        b"(",
        b".",
        b"9999999999999999",
        b"=",
        b"\xff",
        b"\xef\xbb\xbf",
        "，".as_bytes(),
        "１２".as_bytes(),
        b"0",
    ];
    if bytes.is_empty() {
        bytes.push(b'a');
    }
    let (at, other) = (dice.below(bytes.len()), dice.below(bytes.len()));
    match dice.below(7) {
        0 => bytes[at] = u8::try_from(dice.below(256)).unwrap(),
        1 => bytes[at] ^= 1 << dice.below(8),
        2 => drop(bytes.remove(at)),
        3 => bytes.truncate(at.max(1)),
        4 if bytes.len() < 1 << 16 => {
            let piece: Vec<u8> = bytes[at.min(other)..at.max(other)].to_vec();
            bytes.splice(at..at, piece);
        }
        5 => bytes.swap(at, other),
        _ => {
            let piece: Vec<u8> = dice.of(&BITS).to_vec();
            bytes.splice(at..at, piece);
        }
    }
}
