//! The one place that reads a clock. A request reads it once and passes the moment on, so that all it does has one time;
//! rules take a date and never ask. Where the clock can be set, it is a build for tests.

use chrono::{DateTime, Utc};
use std::time::Duration;
use worker::Date;

/// The moment a request is answered.
pub fn now() -> DateTime<Utc> {
    let millis = i64::try_from(Date::now().as_millis()).unwrap_or_default();
    #[cfg(feature = "testing")]
    let millis = millis.saturating_add(shift::get());
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

/// For how long to wait for something that may take so many seconds.
pub fn patience(seconds: u64) -> Duration {
    let whole = Duration::from_secs(seconds);
    #[cfg(feature = "testing")]
    let whole = whole.min(Duration::from_millis(shift::patience()));
    whole
}

/// How far tests have moved the clock, for all that runs in this process.
#[cfg(feature = "testing")]
pub mod shift {
    use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

    static MILLIS: AtomicI64 = AtomicI64::new(0);
    static PATIENCE: AtomicU64 = AtomicU64::new(u64::MAX);

    /// The shift in milliseconds.
    pub fn get() -> i64 {
        MILLIS.load(Ordering::Relaxed)
    }

    /// Moves the clock by so many milliseconds against the real one.
    pub fn set(millis: i64) {
        MILLIS.store(millis, Ordering::Relaxed);
    }

    /// How many milliseconds anything is waited for, at most.
    pub fn patience() -> u64 {
        PATIENCE.load(Ordering::Relaxed)
    }

    /// Bounds for how many milliseconds anything is waited for.
    pub fn set_patience(millis: u64) {
        PATIENCE.store(millis, Ordering::Relaxed);
    }
}
