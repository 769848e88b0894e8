//! Fuzzes every entry point for a while and says what it saw:
//!
//! `cargo run --profile fuzz -p shared --example fuzz -- SECONDS [SEED] [TARGET…]`
//!
//! The seconds are shared out among the targets. What panics is printed with its input, and the exit code is 1.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)] // a tool of the tests
#![allow(clippy::disallowed_types)] // it runs for so long

#[path = "../tests/fuzz/mod.rs"]
mod fuzz;

use fuzz::{Dice, fuzz as run, targets};
use std::process::ExitCode;
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, usual: u64| arguments.get(at).and_then(|given| given.parse().ok()).unwrap_or(usual);
    let (seconds, start) = (number(0, 60), number(1, 1));
    let wanted = arguments.get(2..).unwrap_or_default();
    let mut targets = targets();
    targets.retain(|target| wanted.is_empty() || wanted.iter().any(|name| target.name.starts_with(name.as_str())));
    let each = Duration::from_secs(seconds) / u32::try_from(targets.len().max(1)).unwrap();
    // Panics are what is looked for; they are printed with their inputs, once.
    std::panic::set_hook(Box::new(|_| {}));
    let (mut tried, mut panics) = (0, 0);
    for target in &targets {
        let began = Instant::now();
        let seen = run(target, &mut Dice::new(start), |_| began.elapsed() < each);
        println!(
            "{:<34} {:>9} tried {:>9} understood, slowest {:>6} ms, {} panics",
            target.name,
            seen.tried,
            seen.understood,
            seen.slowest.as_millis(),
            seen.panics.len(),
        );
        for (said, input) in &seen.panics {
            println!("  {said}\n    {input}");
        }
        tried += seen.tried;
        panics += seen.panics.len();
    }
    println!("{} targets, {tried} inputs in {seconds} s, {panics} panics", targets.len());
    if panics == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
