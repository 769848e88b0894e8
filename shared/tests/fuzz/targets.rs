//! What is fuzzed: the shipped cases by question, and the readers.

use super::alter::{Dice, pieces};
use super::wire::wire;
use super::{Seed, Target, files, readers};
use serde_json::{Value, json};
use shared::record::cases::{Case, run, run_case};
use shared::record::decision::Decision;
use shared::rules::policy::{DEFAULT, PolicyVersion};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// All targets, from what is shipped.
pub fn targets() -> Vec<Target> {
    let mut by_topic: BTreeMap<String, Vec<Seed>> = BTreeMap::new();
    let mut all: Vec<Value> = Vec::new();
    for (_, text) in files("cases") {
        let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
        for case in cases {
            let word = |name: &str| case["ask"][name].as_str().map(ToOwned::to_owned);
            let topic = [word("kind"), word("of")].into_iter().flatten().collect::<Vec<_>>().join(".");
            by_topic.entry(topic).or_default().push(Seed::Tree(case.clone()));
            all.push(case);
        }
    }
    let policy: Value = serde_json::from_str(DEFAULT).unwrap();
    let world = Arc::new(pieces(all.iter().chain([&policy])));
    let mut targets = Vec::new();
    let mut add = |name: &str, seeds: Vec<Seed>, try_one: fn(&Seed) -> bool| {
        assert!(!seeds.is_empty(), "{name}: no example was found to begin with");
        targets.push(Target { name: name.to_owned(), seeds, world: world.clone(), try_one });
    };
    for (topic, seeds) in by_topic {
        add(&topic, seeds, try_case);
    }
    // What is read as a file.
    let few: Vec<Value> = all.iter().filter(|case| case.to_string().len() < 2_000).take(8).cloned().collect();
    let texts = few.iter().map(|case| Seed::Bytes(json!([case]).to_string().into_bytes())).collect();
    add("cases.bytes", texts, try_cases);
    add("policy", vec![Seed::Tree(policy.clone())], readers::try_policy);
    add("policy.bytes", vec![Seed::Bytes(DEFAULT.as_bytes().to_vec())], readers::try_policy);
    let mut own = policy;
    own["cases"] = json!(few.iter().take(3).collect::<Vec<_>>());
    add("publish", vec![Seed::Tree(own)], readers::try_publish);
    add(
        "import",
        readers::TABLES.iter().map(|table| Seed::Bytes(table.as_bytes().to_vec())).collect(),
        readers::try_import,
    );
    // Decisions by the version of the rule that made them: each must replay for ever.
    let mut decisions: BTreeMap<String, Vec<Seed>> = BTreeMap::new();
    for (_, text) in files("corpus") {
        let release: Value = serde_json::from_str(&text).unwrap();
        for decision in release["decisions"].as_array().unwrap() {
            let rule = decision["judgement"]["rule"].as_str().unwrap();
            let seed = Seed::Tree(json!({ "policy": release["policy"], "decision": decision }));
            decisions.entry(format!("replay.{rule}")).or_default().push(seed);
        }
    }
    for (name, seeds) in decisions {
        add(&name, seeds, try_decision);
    }
    let mut dice = Dice::new(7);
    for (name, seeds, try_one) in readers::targets(&all, &world, &mut dice).into_iter().chain(files::targets()) {
        add(name, seeds, try_one);
    }
    let mut ungrown = Vec::new();
    for (name, grow, try_one) in wire() {
        let seeds: Vec<Seed> = (0..4).filter_map(|_| grow(&world, &mut dice)).map(Seed::Tree).collect();
        if seeds.is_empty() {
            ungrown.push(name);
        } else {
            add(&format!("wire.{name}"), seeds, try_one);
        }
    }
    if !ungrown.is_empty() {
        println!("no example was found of {}", ungrown.join(", "));
    }
    targets
}

fn try_case(seed: &Seed) -> bool {
    let Ok(case) = serde_json::from_str::<Case>(&seed.text()) else { return false };
    let outcome = run_case(&case);
    assert!(!outcome.digest.is_empty(), "an answer has no digest");
    let again = run_case(&case);
    assert_eq!(outcome.digest, again.digest, "the same case has two answers");
    true
}

fn try_cases(seed: &Seed) -> bool {
    run(&seed.text()).is_ok()
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

fn files(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
        let path = entry.unwrap().path();
        found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
    }
    found.sort();
    found
}
