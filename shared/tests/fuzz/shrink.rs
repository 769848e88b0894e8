//! Makes an input that leads somewhere as small as it goes, so that one sees what matters in it.

use super::Seed;
use serde_json::Value;
use std::time::{Duration, Instant};

/// How long it may take.
const MOST: Duration = Duration::from_secs(10);

/// The smallest input found that still leads there.
pub fn smallest(mut input: Seed, leads_there: impl Fn(&Seed) -> bool) -> Seed {
    let began = Instant::now();
    loop {
        let mut smaller = false;
        let mut at = 0;
        while began.elapsed() < MOST {
            let Some(next) = without(&input, at) else { break };
            if leads_there(&next) {
                input = next;
                smaller = true;
            } else {
                at += 1;
            }
        }
        if !smaller || began.elapsed() >= MOST {
            return input;
        }
    }
}

/// The input without its part of this number; absent when there is none.
fn without(input: &Seed, at: usize) -> Option<Seed> {
    match input {
        Seed::Tree(tree) => {
            let mut tree = tree.clone();
            let mut left = at;
            cut(&mut tree, &mut left).then_some(Seed::Tree(tree))
        }
        Seed::Bytes(bytes) => {
            // Halves, quarters and so on down to single bytes.
            let mut size = bytes.len().div_ceil(2);
            let mut left = at;
            while size > 0 {
                let parts = bytes.len().div_ceil(size);
                if left < parts {
                    let mut bytes = bytes.clone();
                    bytes.drain(left * size..((left + 1) * size).min(bytes.len()));
                    return Some(Seed::Bytes(bytes));
                }
                left -= parts;
                size = if size == 1 { 0 } else { size.div_ceil(2) };
            }
            None
        }
    }
}

/// Takes away the part of this number, counted from the top: fields and elements before what they hold.
fn cut(tree: &mut Value, left: &mut usize) -> bool {
    match tree {
        Value::Object(fields) => {
            if *left < fields.len() {
                let name = fields.keys().nth(*left).unwrap().clone();
                fields.remove(&name);
                return true;
            }
            *left -= fields.len();
            fields.values_mut().any(|value| cut(value, left))
        }
        Value::Array(elements) => {
            if *left < elements.len() {
                elements.remove(*left);
                return true;
            }
            *left -= elements.len();
            elements.iter_mut().any(|value| cut(value, left))
        }
        _ => false,
    }
}
