//! Grows an example of a type from nothing, by what its reader says is missing or wrong: where no shipped case holds one.

use super::alter::{Dice, Pool};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use shared::facts::document::{DocumentError, read_value};

/// A document that reads as a `T`. Absent when none was found in a reasonable number of steps.
pub fn grow<T: DeserializeOwned>(pool: &Pool, dice: &mut Dice) -> Option<Value> {
    for _ in 0..100 {
        let mut document = json!({});
        for _ in 0..120 {
            match read_value::<T>(&document) {
                Ok(_) => return Some(document),
                Err(error) => mend(&mut document, &error, pool, dice),
            }
        }
    }
    None
}

/// Does what the reader asks for, at the place that it names.
fn mend(document: &mut Value, error: &DocumentError, pool: &Pool, dice: &mut Dice) {
    let message = error.message.as_str();
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let name = error.path.rsplit(['.', ']']).next().unwrap_or_default();
    let place = at(document, &error.path);
    if dice.below(15) == 0 {
        // Out of a corner that nothing else leads out of.
        *place = leaf(dice);
    } else if message.contains("missing field") {
        // Inside an enum the reader names only the enum's own place: a field may be missing further down.
        let place = somewhere(place, dice);
        let value = match pool.get(quoted[0]) {
            Some(known) if dice.below(5) > 0 => dice.of(known).clone(),
            _ => leaf(dice),
        };
        match place {
            Value::Object(fields) => drop(fields.insert(quoted[0].to_owned(), value)),
            other => *other = json!({ quoted[0]: value }),
        }
    } else if message.contains("unknown field") {
        let named = place.as_object_mut().and_then(|fields| fields.remove(quoted[0])).is_some();
        let parent = error.path.strip_suffix(quoted[0]).map(|path| path.trim_end_matches('.'));
        if let (false, Some(Value::Object(fields))) = (named, parent.map(|parent| at(document, parent))) {
            fields.remove(quoted[0]);
        }
    } else if message.contains("unknown variant") && quoted.len() > 1 {
        *place = json!(*dice.of(&quoted[1..]));
    } else if let Some(length) = message.split("array of length ").nth(1) {
        let digits: String = length.chars().take_while(char::is_ascii_digit).collect();
        *place = Value::Array(vec![Value::Null; digits.parse().unwrap_or(0)]);
    } else {
        *place = match pool.get(name) {
            Some(known) if dice.below(2) == 0 => dice.of(known).clone(),
            _ if message.contains("string") && dice.below(2) == 0 => json!("2026-11-20"),
            _ if message.contains("bool") => json!(dice.below(2) == 0),
            _ if message.contains("sequence") || message.contains("array") => json!([]),
            _ if message.contains("expected struct") || message.contains("expected a map") => json!({}),
            _ => leaf(dice),
        };
    }
}

fn leaf(dice: &mut Dice) -> Value {
    let leaves = [
        json!("甲"),
        json!("2026-11-20"),
        json!("2026-11-20T08:00:00Z"),
        json!("0.5"),
        json!("CNY"),
        json!({ "amount": "100.00", "currency": "CNY" }),
        json!("67e55044-10b1-426f-9247-bb680e5fe0c8"),
        json!(1),
        json!(true),
        json!([]),
        json!({}),
        json!(null),
    ];
    dice.of(&leaves).clone()
}

/// The place that a path names; where it leads nowhere, as far as it goes.
fn at<'a>(document: &'a mut Value, path: &str) -> &'a mut Value {
    let mut pointer = String::new();
    for segment in path.split(['.', '[']).filter(|segment| !segment.is_empty()) {
        let next = format!("{pointer}/{}", segment.trim_end_matches(']'));
        if document.pointer(&next).is_none() {
            break;
        }
        pointer = next;
    }
    document.pointer_mut(&pointer).unwrap()
}

/// Mostly the place itself, now and then one of what it holds.
fn somewhere<'a>(place: &'a mut Value, dice: &mut Dice) -> &'a mut Value {
    let below = inner(place).count();
    if below == 0 || dice.below(2) > 0 {
        return place;
    }
    let chosen = dice.below(below);
    somewhere(inner(place).nth(chosen).unwrap(), dice)
}

/// What a place holds that holds something itself.
fn inner(place: &mut Value) -> Box<dyn Iterator<Item = &mut Value> + '_> {
    let holds = |value: &&mut Value| value.is_object() || value.is_array();
    match place {
        Value::Object(fields) => Box::new(fields.values_mut().filter(holds)),
        Value::Array(elements) => Box::new(elements.iter_mut().filter(holds)),
        _ => Box::new(std::iter::empty()),
    }
}
