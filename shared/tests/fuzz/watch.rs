//! A guard against inputs that never end: whoever waits for one learns which it is, and the run ends.

use super::Seed;
use std::collections::BTreeMap;
use std::sync::{Mutex, Once};
use std::time::{Duration, Instant};

/// After so long an input is taken to hang.
const HANGS: Duration = Duration::from_mins(2);

static NEXT: Mutex<u64> = Mutex::new(0);
static UNDER_WAY: Mutex<BTreeMap<u64, (Instant, String, String)>> = Mutex::new(BTreeMap::new());

/// Says that an input is being tried until the answer is dropped.
pub fn begin(target: &str, input: &Seed) -> Watched {
    static WATCH: Once = Once::new();
    WATCH.call_once(|| drop(std::thread::spawn(look)));
    let number = {
        let mut next = NEXT.lock().unwrap();
        *next += 1;
        *next
    };
    UNDER_WAY.lock().unwrap().insert(number, (Instant::now(), target.to_owned(), input.text()));
    Watched(number)
}

/// An input under way.
pub struct Watched(u64);

impl Drop for Watched {
    fn drop(&mut self) {
        UNDER_WAY.lock().unwrap().remove(&self.0);
    }
}

fn look() {
    loop {
        std::thread::sleep(Duration::from_secs(1));
        let hanging = UNDER_WAY.lock().unwrap().values().find(|(began, ..)| began.elapsed() > HANGS).cloned();
        if let Some((_, target, input)) = hanging {
            println!("{target}: still not done after {} s\n  {input}", HANGS.as_secs());
            std::process::exit(2);
        }
    }
}
