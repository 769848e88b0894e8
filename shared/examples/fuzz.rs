//! Fuzzes every entry point for a while and says what it saw:
//!
//! `cargo run --profile fuzz -p shared --example fuzz -- SECONDS [SEED] [TARGET…]`
//!
//! The seconds are shared out among the targets, and each core takes one target after the other. What is found is printed
//! with a small input that leads there, and the exit code is 1. A run with the same seed tries the same inputs first.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::arithmetic_side_effects)] // a tool of the tests
#![allow(clippy::disallowed_types)] // it runs for so long

#[path = "../tests/fuzz/mod.rs"]
mod fuzz;

use fuzz::{Dice, Seen, fuzz as run, targets};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, usual: u64| arguments.get(at).and_then(|given| given.parse().ok()).unwrap_or(usual);
    let (seconds, start) = (number(0, 60), number(1, 1));
    let wanted = arguments.get(2..).unwrap_or_default();
    let mut targets = targets();
    targets.retain(|target| wanted.is_empty() || wanted.iter().any(|name| target.name.starts_with(name.as_str())));
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get().min(targets.len().max(1)));
    let each =
        Duration::from_secs(seconds) * u32::try_from(cores).unwrap() / u32::try_from(targets.len().max(1)).unwrap();
    let began = Instant::now();
    let (next, all) = (Mutex::new(0_usize), Mutex::new(Vec::<Seen>::new()));
    std::thread::scope(|scope| {
        for _ in 0..cores {
            let work = || loop {
                let number = {
                    let mut next = next.lock().unwrap();
                    *next += 1;
                    *next - 1
                };
                let Some(target) = targets.get(number) else { break };
                let began = Instant::now();
                let seen = run(target, &mut Dice::new(start), |_| began.elapsed() < each);
                println!(
                    "{:>3}/{} {:<34} {:>9} tried {:>9} understood, slowest {:>6} ms{}",
                    number + 1,
                    targets.len(),
                    target.name,
                    seen.tried,
                    seen.understood,
                    seen.slowest.as_millis(),
                    if seen.found.is_empty() { String::new() } else { format!(", {} FINDINGS", seen.found.len()) },
                );
                for finding in &seen.found {
                    println!("    {}: {}\n      {}", target.name, finding.said, finding.input);
                }
                all.lock().unwrap().push(seen);
            };
            scope.spawn(work);
        }
    });
    let all = all.into_inner().unwrap();
    let (tried, understood) =
        all.iter().fold((0, 0), |(tried, understood), seen| (tried + seen.tried, understood + seen.understood));
    let found: usize = all.iter().map(|seen| seen.found.len()).sum();
    println!(
        "{} targets, {tried} inputs ({understood} understood) in {} s on {cores} cores, {found} findings",
        targets.len(),
        began.elapsed().as_secs(),
    );
    if found == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
