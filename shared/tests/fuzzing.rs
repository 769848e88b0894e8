//! Nothing panics or overflows on any input: every entry point for a moment, with inputs that differ from day to day only
//! when the shipped cases do. `make prove` runs the same for longer.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)] // a test may fail loudly

mod fuzz;

use fuzz::{Dice, fuzz, targets};

#[test]
fn no_input_panics() {
    let targets = targets();
    assert!(targets.len() > 50, "only {} targets", targets.len());
    let mut found = Vec::new();
    for (target, seed) in targets.iter().zip(1..) {
        let seen = fuzz(target, &mut Dice::new(seed), |tried| tried < 60);
        // A target whose inputs are never understood tests nothing but the reader.
        assert!(seen.understood > 0, "{}: nothing was understood", target.name);
        found.extend(seen.panics.into_iter().map(|(said, input)| format!("{}: {said}\n  {input}", target.name)));
    }
    assert!(found.is_empty(), "{} panics:\n{}", found.len(), found.join("\n"));
}
