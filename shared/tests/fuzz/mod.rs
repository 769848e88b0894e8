//! Fuzzing of every entry point: inputs that are nearly right, altered where it hurts.
//!
//! A target is one question of the engine (its shipped cases are the seeds) or one reader: policies, decisions, pieces of a
//! file, what crosses the wire, imports. Inputs are altered as trees (a value becomes an extreme of its kind, a field goes,
//! an element stands many times, a piece of another input takes its place, a section of the policy changes), bytes as bytes.
//! What is looked for: a panic, an overflow, a judgement that doesn't replay, an input that takes too long. What is found is
//! made as small as it goes. `make prove` runs it for as long as one likes; `make test` runs each target for a moment.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)] // a tool of the tests
#![allow(clippy::disallowed_types)] // it says how long an input took

mod alter;
mod files;
mod grow;
mod readers;
mod shrink;
mod targets;
mod watch;
mod wire;

pub use alter::Dice;
pub use targets::targets;

use alter::{Pool, alter_bytes, alter_policy, alter_tree, pieces};
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Once};
use std::time::{Duration, Instant};

/// What is altered, and what it is then given to.
pub struct Target {
    /// Its name: a topic of cases, or a reader.
    pub name: String,
    seeds: Vec<Seed>,
    /// What stands under a name in the seeds of all targets.
    world: Arc<Pool>,
    try_one: fn(&Seed) -> bool,
}

/// An input.
#[derive(Clone)]
enum Seed {
    Tree(Value),
    Bytes(Vec<u8>),
}

impl Seed {
    /// As it comes in at the edge: what JSON cannot say cannot come.
    fn text(&self) -> String {
        match self {
            Self::Tree(tree) => tree.to_string(),
            Self::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        }
    }
}

/// What a run over one target saw.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// How many inputs were tried.
    pub tried: u64,
    /// How many of them were understood: read as a case, a policy, a table.
    pub understood: u64,
    /// The longest that one of them took.
    pub slowest: Duration,
    /// What went wrong, each place in the code once.
    pub found: Vec<Finding>,
}

/// Something that may not happen.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What was said, and where.
    pub said: String,
    /// A small input that leads there.
    pub input: String,
}

/// How long an input may take before it is told of: far more than any needs.
const LONG: Duration = Duration::from_secs(10);
/// After so many findings a target is left.
const FINDINGS_MOST: usize = 20;

/// Tries one target for as long as `goes_on` says, given how many inputs were tried.
pub fn fuzz(target: &Target, dice: &mut Dice, mut goes_on: impl FnMut(u64) -> bool) -> Seen {
    let mut seen = Seen::default();
    let own = pieces(target.seeds.iter().filter_map(|seed| match seed {
        Seed::Tree(tree) => Some(tree),
        Seed::Bytes(_) => None,
    }));
    while goes_on(seen.tried) && seen.found.len() < FINDINGS_MOST {
        // Now and then an example as it is: what it was altered from must be understood.
        let as_it_is = seen.tried % 8 == 0;
        let input = if as_it_is { dice.of(&target.seeds).clone() } else { altered(target, &own, dice) };
        let began = Instant::now();
        let outcome = attempt(target, &input);
        let took = began.elapsed();
        seen.slowest = seen.slowest.max(took);
        seen.tried += 1;
        let said = match outcome {
            Ok(understood) => {
                seen.understood += u64::from(understood);
                if took < LONG {
                    continue;
                }
                format!("took {} s", took.as_secs())
            }
            Err(said) => said,
        };
        // A place in the code is told once, however many inputs lead there.
        let place = |said: &str| said.rsplit_once(" at ").map_or(said.to_owned(), |(_, place)| place.to_owned());
        if seen.found.iter().any(|known| place(&known.said) == place(&said)) {
            continue;
        }
        let leads_there = |smaller: &Seed| attempt(target, smaller).is_err_and(|other| place(&other) == place(&said));
        let small = if took < LONG { shrink::smallest(input, leads_there) } else { input };
        seen.found.push(Finding { said, input: small.text() });
    }
    seen
}

/// A seed with one change, which finds what single checks miss, or many, which find what these miss together.
fn altered(target: &Target, own: &Pool, dice: &mut Dice) -> Seed {
    let mut input = dice.of(&target.seeds).clone();
    for _ in 0..=dice.below(4).pow(2) {
        match &mut input {
            Seed::Tree(tree) if tree.get("ask").is_some() || tree.get("members").is_some() => {
                if dice.below(4) == 0 {
                    alter_policy(tree, &target.world, dice);
                } else {
                    alter_tree(tree, own, &target.world, dice);
                }
            }
            Seed::Tree(tree) => alter_tree(tree, own, &target.world, dice),
            Seed::Bytes(bytes) => alter_bytes(bytes, dice),
        }
    }
    input
}

thread_local! {
    static LOOKED_FOR: Cell<bool> = const { Cell::new(false) };
    static SAID: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Gives an input to its target. A panic comes back as what it said, with its place; other threads' panics are printed as ever.
fn attempt(target: &Target, input: &Seed) -> Result<bool, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !LOOKED_FOR.get() {
                return usual(panic);
            }
            let text = panic.payload().downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.payload().downcast_ref::<&str>().map(|said| (*said).to_owned()));
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            SAID.set(format!("{} at {place}", text.unwrap_or_default()));
        }));
    });
    let watched = watch::begin(&target.name, input);
    LOOKED_FOR.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(|| (target.try_one)(input)));
    LOOKED_FOR.set(false);
    drop(watched);
    outcome.map_err(|_| SAID.take())
}
