//! Ratios and points: decimals that are integers from the moment they are read.
//!
//! A [`Ratio`] is a count of millionths, [`Points`] a count of hundredths. Both are rounded once, when they are read from
//! the facts or from a policy; afterwards rules only compare and add integers, so that one customer judged alone and a
//! pass over a hundred thousand come out the same to the last digit. Both travel as decimal strings.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The text is no number of this kind, or is out of its range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no number with at most {1} decimals")]
pub struct NumberError(String, u32);

macro_rules! fixed {
    ($(#[doc = $doc:literal])* $name:ident, $decimals:literal, $inner:ident) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name($inner);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);

            /// So many of its smallest units.
            pub const fn from_units(units: $inner) -> Self {
                Self(units)
            }

            /// The count of its smallest units.
            pub const fn units(self) -> $inner {
                self.0
            }

            /// The number itself.
            pub fn to_decimal(self) -> Decimal {
                Decimal::new(i64::from(self.0), $decimals)
            }

            /// Rounds half away from zero to its decimals; `None` when it does not fit.
            pub fn round(value: Decimal) -> Option<Self> {
                let mut rounded = value.round_dp_with_strategy($decimals, RoundingStrategy::MidpointAwayFromZero);
                rounded.rescale($decimals);
                if rounded.scale() != $decimals {
                    return None;
                }
                $inner::try_from(rounded.mantissa()).ok().map(Self)
            }
        }

        impl FromStr for $name {
            type Err = NumberError;
            fn from_str(text: &str) -> Result<Self, NumberError> {
                let refused = || NumberError(text.to_owned(), $decimals);
                let value: Decimal = text.parse().map_err(|_| refused())?;
                if value.normalize().scale() > $decimals {
                    return Err(refused());
                }
                Self::round(value).ok_or_else(refused)
            }
        }

        /// Prints the shortest form: `0.05`, `12`.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.to_decimal().normalize().fmt(f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "description": concat!($($doc,)* " A decimal number as text."),
                    "type": "string",
                    "pattern": concat!(r"^-?[0-9]{1,15}(\.[0-9]{1,", $decimals, "})?$"),
                })
            }
        }
    };
}

fixed!(
    /// A ratio, to six decimals: `0.05` is five per cent.
    Ratio, 6, i64
);
fixed!(
    /// Score points, to two decimals.
    Points, 2, i32
);

impl Ratio {
    /// One, or 100 %.
    pub const ONE: Self = Self(1_000_000);

    /// `part / whole`, rounded half away from zero; `None` when `whole` is not positive or the ratio does not fit.
    pub fn of(part: i64, whole: i64) -> Option<Self> {
        if whole <= 0 {
            return None;
        }
        // Most amounts fit 64 bits here too, where a division takes a fraction of the time that it takes in 128.
        if let Some(scaled) = part.checked_mul(1_000_000) {
            let half = whole.checked_div(2)?;
            let shifted = if part < 0 { scaled.checked_sub(half) } else { scaled.checked_add(half) };
            if let Some(shifted) = shifted {
                return shifted.checked_div(whole).map(Self);
            }
        }
        let scaled = i128::from(part).checked_mul(1_000_000)?;
        let whole = i128::from(whole);
        let half = whole.checked_div(2)?;
        let shifted = if part < 0 { scaled.checked_sub(half)? } else { scaled.checked_add(half)? };
        i64::try_from(shifted.checked_div(whole)?).ok().map(Self)
    }

    /// [`Ratio::of`] for sums and products that leave 64 bits; `None` when the part is beyond 2^107 too.
    pub fn of_wide(part: i128, whole: i128) -> Option<Self> {
        if whole <= 0 {
            return None;
        }
        let scaled = part.checked_mul(1_000_000)?;
        let half = whole.checked_div(2)?;
        let shifted = if scaled < 0 { scaled.checked_sub(half)? } else { scaled.checked_add(half)? };
        i64::try_from(shifted.checked_div(whole)?).ok().map(Self)
    }

    /// Whether `part` is strictly more than this share of `whole`: exactly, nothing is rounded.
    pub fn is_exceeded_by(self, part: i64, whole: i64) -> bool {
        // A product of two 64-bit integers fits 128 bits.
        i128::from(part).saturating_mul(1_000_000) > i128::from(self.0).saturating_mul(i128::from(whole))
    }

    /// This share of an integer, rounded half away from zero.
    pub fn times(self, value: i64) -> Option<i64> {
        if let Some(product) = self.0.checked_mul(value) {
            let half = if product < 0 { -500_000 } else { 500_000 };
            if let Some(shifted) = product.checked_add(half) {
                return shifted.checked_div(1_000_000);
            }
        }
        let product = i128::from(self.0).checked_mul(i128::from(value))?;
        let half: i128 = if product < 0 { -500_000 } else { 500_000 };
        i64::try_from(product.checked_add(half)?.checked_div(1_000_000)?).ok()
    }

    /// This share of an integer, rounded down: of integers exactly those are beyond the true product that are beyond this.
    pub fn times_down(self, value: i64) -> Option<i64> {
        let product = i128::from(self.0).checked_mul(i128::from(value))?;
        i64::try_from(product.div_euclid(1_000_000)).ok()
    }
}

impl Points {
    /// A share of them, rounded half up to the hundredth.
    #[must_use]
    pub fn times(self, share: Ratio) -> Self {
        let units = share.times(i64::from(self.units())).unwrap_or(0);
        Self::from_units(i32::try_from(units).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_and_reads() {
        for text in ["0.05", "1", "-0.5", "0.000001"] {
            assert_eq!(text.parse::<Ratio>().unwrap().to_string(), text);
        }
        assert!("0.0000001".parse::<Ratio>().is_err());
        assert_eq!(serde_json::to_string(&"12.50".parse::<Points>().unwrap()).unwrap(), "\"12.5\"");
    }

    #[test]
    fn a_share_is_exceeded_by_one_unit() {
        let share: Ratio = "0.3".parse().unwrap();
        assert!(!share.is_exceeded_by(21_000_000, 70_000_000));
        assert!(share.is_exceeded_by(21_000_001, 70_000_000));
        assert_eq!(Ratio::of(21_000_001, 70_000_000), Some(share), "too little to show");
        assert!(!Ratio::ONE.is_exceeded_by(i64::MAX, i64::MAX));
    }

    #[test]
    fn halves_leave_zero() {
        assert_eq!(Ratio::of(1, 3).unwrap().units(), 333_333);
        assert_eq!(Ratio::of(2, 3).unwrap().units(), 666_667);
        assert_eq!(Ratio::of(-2, 3).unwrap().units(), -666_667);
        assert_eq!(Ratio::of(1, 2_000_000).unwrap().units(), 1);
        assert_eq!(Ratio::of(1, 0), None);
        assert_eq!(Ratio::from_units(500_000).times(3), Some(2));
        assert_eq!(Ratio::from_units(500_000).times(-3), Some(-2));
    }

    #[test]
    fn what_leaves_64_bits_on_the_way_comes_out_the_same() {
        // The same thing worked out in 128 bits only.
        let wide_of = |part: i64, whole: i64| {
            let (part, whole) = (i128::from(part) * 1_000_000, i128::from(whole));
            i64::try_from((part + if part < 0 { -(whole / 2) } else { whole / 2 }) / whole).ok().map(Ratio)
        };
        let wide_times = |ratio: i64, value: i64| {
            let product = i128::from(ratio) * i128::from(value);
            i64::try_from((product + if product < 0 { -500_000 } else { 500_000 }) / 1_000_000).ok()
        };
        let edge = i64::MAX / 1_000_000;
        let around = |value: i64| [value - 1, value, value + 1, -value - 1, -value, -value + 1];
        for part in [0, 1, 7, 500_000, 1 << 40, edge, edge * 2, 1 << 53].into_iter().flat_map(around) {
            for whole in [1, 2, 3, 1_000_000, 1 << 40, edge, 1 << 53, i64::MAX] {
                assert_eq!(Ratio::of(part, whole), wide_of(part, whole), "{part} / {whole}");
                assert_eq!(Ratio::from_units(part).times(whole), wide_times(part, whole), "{part} × {whole}");
            }
        }
    }
}
