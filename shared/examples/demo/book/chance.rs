//! Where the demo book draws from.

use shared::facts::id::derived;

/// A source of numbers: SplitMix64 (Steele, Lea, Flood 2014).
pub(super) struct Chance(u64);

impl Chance {
    /// A source of its own for each name.
    pub(super) fn of(name: &str) -> Self {
        Self(derived(&["xinheng demo 1", name]).as_u128() as u64)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// One of the numbers from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % (high - low + 1) as u64) as i64
    }

    pub(super) fn percent(&mut self, share: i64) -> bool {
        self.between(1, 100) <= share
    }

    pub(super) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.between(0, of.len() as i64 - 1) as usize]
    }
}
