//! Fuzzing of every entry point: inputs that are nearly right, altered where it hurts.
//!
//! A target is one question of the engine (its shipped cases are the seeds) or one reader of bytes: policies, decisions,
//! case files, imports. Inputs are altered as trees (a value becomes an extreme of its kind, a field goes, an element stands
//! twice, a piece of another input takes its place), bytes as bytes. What is looked for: a panic, an overflow, a
//! judgement that doesn't replay, an input that takes too long. `cargo run --profile fuzz -p shared --example fuzz` runs it
//! for as long as one likes; `make test` runs each target for a moment.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)] // a tool of the tests
#![allow(clippy::disallowed_types)] // it says how long an input took

mod alter;

pub use alter::Dice;

use alter::{alter_bytes, alter_tree, pieces};
use serde_json::{Value, json};
use shared::facts::calendar::Date;
use shared::facts::money::Currency;
use shared::record::cases::{Case, run_case};
use shared::record::decision::Decision;
use shared::record::import::{Defaults, Mapping, MemoryBook, Setting, UnknownCustomers, examine, inspect, plan, sniff};
use shared::rules::policy::{DEFAULT, Policy, PolicyVersion};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

/// What is altered, and what it is then given to.
pub struct Target {
    /// Its name: a topic of cases, or a reader of bytes.
    pub name: String,
    seeds: Vec<Seed>,
    try_one: fn(&Seed) -> bool,
}

/// An input.
#[derive(Clone)]
enum Seed {
    Tree(Value),
    Bytes(Vec<u8>),
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
    /// Inputs that ended in a panic, with its message.
    pub panics: Vec<(String, String)>,
}

/// All targets, from what is shipped.
pub fn targets() -> Vec<Target> {
    let mut by_topic: BTreeMap<String, Vec<Seed>> = BTreeMap::new();
    for (_, text) in files("cases") {
        let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
        for case in cases {
            let word = |name: &str| case["ask"][name].as_str().map(ToOwned::to_owned);
            let topic = [word("kind"), word("of")].into_iter().flatten().collect::<Vec<_>>().join(".");
            by_topic.entry(topic).or_default().push(Seed::Tree(case));
        }
    }
    let of_topic = |(name, seeds)| Target { name, seeds, try_one: try_case };
    let mut targets: Vec<Target> = by_topic.into_iter().map(of_topic).collect();
    let policy: Value = serde_json::from_str(DEFAULT).unwrap();
    targets.push(Target { name: "policy".to_owned(), seeds: vec![Seed::Tree(policy)], try_one: try_policy });
    let bytes = DEFAULT.as_bytes().to_vec();
    targets.push(Target { name: "policy.bytes".to_owned(), seeds: vec![Seed::Bytes(bytes)], try_one: try_policy });
    let mut decisions = Vec::new();
    for (_, text) in files("corpus") {
        let release: Value = serde_json::from_str(&text).unwrap();
        for decision in release["decisions"].as_array().unwrap() {
            decisions.push(Seed::Tree(json!({ "policy": release["policy"], "decision": decision })));
        }
    }
    targets.push(Target { name: "decision".to_owned(), seeds: decisions, try_one: try_decision });
    let tables = TABLES.iter().map(|table| Seed::Bytes(table.as_bytes().to_vec())).collect();
    targets.push(Target { name: "import".to_owned(), seeds: tables, try_one: try_import });
    targets
}

/// Tries one target for as long as `goes_on` says, given how many inputs were tried.
pub fn fuzz(target: &Target, dice: &mut Dice, mut goes_on: impl FnMut(u64) -> bool) -> Seen {
    let mut seen = Seen::default();
    let pool = pieces(target.seeds.iter().filter_map(|seed| match seed {
        Seed::Tree(tree) => Some(tree),
        Seed::Bytes(_) => None,
    }));
    while goes_on(seen.tried) {
        let mut input = dice.of(&target.seeds).clone();
        // One change finds what single checks miss; many find what they miss together.
        for _ in 0..=dice.below(4).pow(2) {
            match &mut input {
                Seed::Tree(tree) => alter_tree(tree, &pool, dice),
                Seed::Bytes(bytes) => alter_bytes(bytes, dice),
            }
        }
        let began = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| (target.try_one)(&input)));
        seen.slowest = seen.slowest.max(began.elapsed());
        seen.tried += 1;
        match outcome {
            Ok(understood) => seen.understood += u64::from(understood),
            Err(panic) => {
                let said = panic.downcast_ref::<String>().cloned();
                let said = said.or_else(|| panic.downcast_ref::<&str>().map(|said| (*said).to_owned()));
                let input = match &input {
                    Seed::Tree(tree) => tree.to_string(),
                    Seed::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                };
                if seen.panics.len() < 20 {
                    seen.panics.push((said.unwrap_or_default(), input));
                }
            }
        }
    }
    seen
}

fn try_case(seed: &Seed) -> bool {
    let Seed::Tree(tree) = seed else { return false };
    // As text, as it comes in at the edge: what JSON cannot say cannot come.
    let Ok(case) = serde_json::from_str::<Case>(&tree.to_string()) else { return false };
    let outcome = run_case(&case);
    assert!(!outcome.digest.is_empty(), "an answer has no digest");
    let again = run_case(&case);
    assert_eq!(outcome.digest, again.digest, "the same case has two answers");
    true
}

fn try_policy(seed: &Seed) -> bool {
    let text = match seed {
        Seed::Tree(tree) => tree.to_string(),
        Seed::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    };
    let Ok(policy) = Policy::parse(&text) else { return false };
    // What was taken can be written, and reads the same.
    let written = serde_json::to_string(&policy).unwrap();
    assert_eq!(Policy::parse(&written).unwrap(), policy, "a policy reads otherwise than it was written");
    true
}

fn try_decision(seed: &Seed) -> bool {
    let Seed::Tree(tree) = seed else { return false };
    let policy = serde_json::from_str::<PolicyVersion>(&tree["policy"].to_string());
    let decision = serde_json::from_str::<Decision>(&tree["decision"].to_string());
    let (Ok(policy), Ok(decision)) = (policy, decision) else { return false };
    if let Ok(again) = decision.replay(&policy) {
        assert!(again.replays(&policy).unwrap(), "what was replayed doesn't replay");
    }
    true
}

/// Files as people bring them in.
const TABLES: [&str; 4] = [
    "客户编号,客户名称,发票号,发票日期,到期日,金额,币种\nC001,甲公司,INV-1,2026-01-05,2026-02-04,\"1,234.56\",CNY\nC002,乙公司,INV-2,2026-01-31,2026-03-02,(88.00),CNY\n",
    "customer;invoice;date;due;amount\nA;1;13/01/2012;12/02/2012;1.234,56\nB;2;02/03/2012;01/04/2012;-7,00\n",
    "Code\tName\tLimit\tSince\tCurrency\nC1\tFirst & Co\t100000\t2020-02-29\tUSD\nC2\t第二\t0\t2019-12-31\tCNY\n",
    "到款日期,客户,金额,核销发票\n2026-03-01,C001,500.00,INV-1\n2026-03-02,C002,0.01,INV-2\n",
];

fn try_import(seed: &Seed) -> bool {
    let Seed::Bytes(bytes) = seed else { return false };
    let Ok(sniffed) = sniff(bytes) else { return false };
    assert!(format!("{sniffed:?}").len() > 1);
    let text = String::from_utf8_lossy(bytes);
    let today: Date = "2026-11-20".parse().unwrap();
    let defaults = Defaults { today, currency: Currency::CNY };
    let Ok(inspection) = inspect(&text, None, defaults, |_| None) else { return false };
    let mut mapping: Mapping = inspection.mapping;
    mapping.choices.unknown_customers = UnknownCustomers::Create;
    let _ = examine(&text, mapping.clone(), defaults);
    let policy = Policy::parse(DEFAULT).unwrap();
    let setting = || Setting {
        import: shared::facts::id::ImportId::derived(&["fuzz"]),
        today,
        currency: Currency::CNY,
        calendar: &policy.calendar,
    };
    let mut book = MemoryBook::default();
    let Ok(first) = plan(&text, &mapping, &book, setting()) else { return false };
    if first.is_refused() || book.record(&first).is_err() {
        return true;
    }
    // The same file twice adds nothing.
    if let Ok(second) = plan(&text, &mapping, &book, setting()) {
        assert!(second.facts.is_empty(), "the same file added {} facts again", second.facts.len());
    }
    true
}

fn files(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
        let path = entry.unwrap().path();
        found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
    }
    found.sort();
    found
}
