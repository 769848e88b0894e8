//! Runs case files and says what failed: `cargo run --release -p shared --example cases -- FILE…`. With `--json` it prints
//! every outcome instead, for those who compare it with the same cases run elsewhere.

#![allow(clippy::arithmetic_side_effects)] // a tool that counts to a few thousand
use shared::record::cases::run;
use shared::record::digest::digest_of_bytes;
use std::collections::BTreeMap;
use std::process::ExitCode;

fn main() -> ExitCode {
    let (mut passed, mut failed) = (0, 0);
    let mut topics: BTreeMap<String, usize> = BTreeMap::new();
    let mut digests = String::new();
    let json = std::env::args().any(|argument| argument == "--json");
    for file in std::env::args().skip(1).filter(|argument| argument != "--json") {
        let outcomes = match std::fs::read_to_string(&file).map_err(|error| error.to_string()) {
            Ok(text) => run(&text).map_err(|error| error.to_string()),
            Err(error) => Err(error),
        };
        let outcomes = match outcomes {
            Ok(outcomes) => outcomes,
            Err(error) => {
                println!("{file}: {error}");
                failed += 1;
                continue;
            }
        };
        if json {
            println!("{}", serde_json::to_string(&outcomes).unwrap_or_default());
            failed += outcomes.iter().filter(|outcome| !outcome.differences.is_empty()).count();
            continue;
        }
        for outcome in outcomes {
            *topics.entry(outcome.topic.clone()).or_default() += 1;
            digests.push_str(&outcome.digest);
            if outcome.differences.is_empty() {
                passed += 1;
                continue;
            }
            failed += 1;
            println!("{file}: {}", outcome.name);
            for difference in &outcome.differences {
                println!(
                    "  {}\n    expected {}\n    actual   {}",
                    difference.path, difference.expected, difference.actual
                );
            }
        }
    }
    if json {
        return if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    for (topic, count) in topics {
        println!("{topic}: {count}");
    }
    println!("digest over all answers: {}", digest_of_bytes(digests.as_bytes()));
    println!("{passed} passed, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
