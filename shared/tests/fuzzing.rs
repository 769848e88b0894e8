//! Nothing panics or overflows on any input: every entry point for a moment, with inputs that differ from day to day only
//! when the shipped cases do. `make prove` runs the same for longer.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::arithmetic_side_effects)] // a test may fail loudly

mod fuzz;
#[path = "fuzz/reach.rs"]
mod reach;

use fuzz::{Dice, fuzz, targets};
use reach::{Function, functions, reached, sources};
use std::path::Path;

/// How many inputs each target gets here.
const TRIES: u64 = 40;

#[test]
fn no_input_panics() {
    let targets = targets();
    assert!(targets.len() > 200, "only {} targets", targets.len());
    let mut found = Vec::new();
    for (target, seed) in targets.iter().zip(1..) {
        let seen = fuzz(target, &mut Dice::new(seed), |tried| tried < TRIES);
        // A target whose inputs are never understood tests nothing but the reader.
        assert!(seen.understood > 0, "{}: nothing was understood", target.name);
        found
            .extend(seen.found.iter().map(|finding| format!("{}: {}\n  {}", target.name, finding.said, finding.input)));
    }
    assert!(found.is_empty(), "{} findings:\n{}", found.len(), found.join("\n"));
}

/// What no input reaches, each with why that is so.
const NO_INPUT: [(&str, &str); 6] = [
    ("facts/financials/line.rs Line::name_zh", "a name"),
    ("facts/shipment.rs Demurrage::begins", "nobody asks"),
    ("record/import/dates.rs DateOrder::pattern", "a name"),
    ("record/import/problem.rs Problem::row", "a maker that only the tests of problems need"),
    ("rules/order_check.rs Rule::is_a_persons_word", "asked of the shipped rules only"),
    ("rules/policy.rs Policy::starting", "it takes nothing"),
];

#[test]
fn every_entry_point_has_a_target() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let all: Vec<Function> = sources(&here.join("src")).iter().flat_map(|(file, text)| functions(file, text)).collect();
    assert!(all.len() > 1_000, "only {} functions were found", all.len());
    let targets = sources(&here.join("tests/fuzz")).into_iter().filter(|(file, _)| file != "reach.rs");
    let outside: Vec<String> = targets.map(|(_, text)| text).collect();
    let by_targets = reached(&all, &outside);
    let missing: Vec<String> = all
        .iter()
        .zip(&by_targets)
        .filter(|(function, reached)| function.public && !**reached)
        // What writes down the documents that are published reads nothing.
        .filter(|(function, _)| !["record/openapi", "record/schema"].iter().any(|room| function.file.starts_with(room)))
        .map(|(function, _)| function.title())
        .filter(|title| !NO_INPUT.iter().any(|(known, _)| known == title))
        .collect();
    assert!(missing.is_empty(), "no target of tests/fuzz reaches:\n{}", missing.join("\n"));
    for (title, why) in NO_INPUT {
        let at = all.iter().position(|function| function.title() == title);
        assert!(at.is_some_and(|at| !by_targets[at]), "{title} ({why}) is gone, or reached");
    }
    // The test can see what is missing: without its name in the targets, one is reached by nobody.
    let title = "record/publish.rs publish";
    let publish = all.iter().position(|function| function.title() == title).unwrap();
    let without: Vec<String> = outside.iter().map(|text| text.replace("publish", "")).collect();
    assert!(by_targets[publish] && !reached(&all, &without)[publish]);
}

/// What crosses the wire is read by a target of its own.
#[test]
fn every_type_of_the_wire_has_a_target() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named = sources(&here.join("tests/fuzz")).into_iter().find(|(file, _)| file == "wire.rs").unwrap().1;
    let named: Vec<&str> = named.split(|c: char| !c.is_alphanumeric()).collect();
    let mut seen = 0;
    for (file, text) in sources(&here.join("src/record")) {
        if !file.starts_with("api") {
            continue;
        }
        let mut reads = false;
        for line in text.lines() {
            if line.starts_with("#[derive") {
                reads = line.contains("Deserialize");
            }
            let name = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum "));
            if let Some(name) = name {
                let name = name.split(|c: char| !c.is_alphanumeric()).next().unwrap();
                assert!(!reads || named.contains(&name), "{file}: no target of tests/fuzz/wire.rs reads a {name}");
                seen += usize::from(reads);
                reads = false;
            }
        }
    }
    assert!(seen > 80, "only {seen} types were found");
}
