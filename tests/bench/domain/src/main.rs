//! Measures every case natively and prints one JSON line for each: name, size, median and least time of one run in
//! microseconds, and the digest of what it came to. The page measures in the same way.

// A stopwatch is what this is; the work itself reads no clock.
#![allow(clippy::disallowed_types)]

use domain_bench::{CASES, Case};
use std::time::{Duration, Instant};

/// How long a batch runs at least, so that a coarse clock tells it; and how many batches there are.
const BATCH: Duration = Duration::from_millis(30);
const BATCHES: usize = 9;

fn main() {
    for (name, _, sizes) in CASES {
        for &size in sizes {
            let case = Case::new(name, size);
            let (micros, least) = measure(&case);
            let line = serde_json::json!({
                "name": name, "size": size, "micros": micros, "least": least, "outcome": case.outcome(),
            });
            println!("{line}");
        }
    }
}

fn measure(case: &Case) -> (f64, f64) {
    let time = |times: u32| {
        let start = Instant::now();
        case.run(times);
        start.elapsed()
    };
    let mut times = 1;
    while time(times) < BATCH {
        times *= 2;
    }
    let mut batches: Vec<f64> = (0..BATCHES).map(|_| time(times).as_secs_f64() * 1e6 / f64::from(times)).collect();
    batches.sort_by(f64::total_cmp);
    (batches[BATCHES / 2], batches[0])
}
