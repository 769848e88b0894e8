//! Measures every case natively and prints one JSON line for each: name, size, median and least time of one run in
//! microseconds, and the digest of what it came to; then a line with the most memory that it took. The page measures in the
//! same way. What it is at goes to the other channel.
//!
//! `domain-bench [MOST]` leaves out sizes above.

// A stopwatch is what this is; the work itself reads no clock.
#![allow(clippy::disallowed_types)]

use domain_bench::{CASES, Case};
use std::time::{Duration, Instant};

/// How long a batch runs at least, so that a coarse clock tells it; and how many batches there are.
const BATCH: Duration = Duration::from_millis(30);
const BATCHES: usize = 9;
/// Work that takes longer is measured in fewer batches.
const LONG: Duration = Duration::from_millis(500);
const BATCHES_OF_LONG: usize = 3;

fn main() {
    let most = std::env::args().nth(1).and_then(|most| most.parse().ok()).unwrap_or(usize::MAX);
    for (name, what, sizes) in CASES {
        for &size in sizes.iter().filter(|size| **size <= most) {
            eprintln!("  native: {name}, {size} {what}");
            let case = Case::new(name, size);
            let (micros, least) = measure(&case);
            let line = serde_json::json!({
                "name": name, "size": size, "micros": micros, "least": least, "outcome": case.outcome(),
            });
            println!("{line}");
        }
    }
    // Linux tells the most that was ever resident.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    println!("{}", serde_json::json!({ "peak_kib": peak }));
}

fn measure(case: &Case) -> (f64, f64) {
    let time = |times: u32| {
        let start = Instant::now();
        case.run(times);
        start.elapsed()
    };
    let mut times = 1;
    let mut took = time(times);
    while took < BATCH {
        times *= 2;
        took = time(times);
    }
    let count = if took > LONG { BATCHES_OF_LONG } else { BATCHES };
    let mut batches: Vec<f64> = (0..count).map(|_| time(times).as_secs_f64() * 1e6 / f64::from(times)).collect();
    batches.sort_by(f64::total_cmp);
    (batches[count / 2], batches[0])
}
