//! Numbers with forty binary places, for logarithms and fits: the same digits in the browser, at the edge and in a test.
//!
//! A [`Fixed`] is a count of 2⁻⁴⁰ (about 9 × 10⁻¹³) in 64 bits, so that it reaches to ±2²³. Products and quotients go
//! through 128 bits and are rounded once. Logarithm and exponential are worked out with sixty places:
//!
//! - ln x = k · ln 2 + 2 · artanh((m − 1) / (m + 1)) with x = m · 2ᵏ and m between √½ and √2; the series is cut after its
//!   twelfth term, where the rest is below 2⁻⁶². Every term is off by less than two units of 2⁻⁶⁰ and ln 2 by half of one, so that
//!   the whole is off by less than 2⁻⁵³; rounded to forty places it is the nearest or, rarely, the next to it.
//! - e⁻ˣ = 2⁻ᵏ · e⁻ʳ with 0 ≤ r < ln 2; Taylor's series is cut after its twentieth term, where the rest is below 2⁻⁷⁰.
//!
//! Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 4.1.27 and 4.2.1.

use crate::facts::number::Ratio;

/// Binary places of a [`Fixed`].
pub(super) const PLACES: u32 = 40;
/// 2⁶⁰: one, in the sixty places that the series are worked out in.
const ONE_60: i64 = 1 << 60;
/// ln 2 in sixty places.
const LN2_60: i64 = 799_144_290_325_165_979;
/// √2 in sixty places.
const SQRT2_60: i64 = 1_630_477_228_166_597_777;

/// A number with forty binary places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fixed(i64);

impl Fixed {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// One.
    pub const ONE: Self = Self(1 << PLACES);

    /// So many 2⁻⁴⁰.
    pub const fn from_units(units: i64) -> Self {
        Self(units)
    }

    /// The count of 2⁻⁴⁰.
    pub const fn units(self) -> i64 {
        self.0
    }

    /// A ratio, rounded to forty places; absent beyond ±2²³.
    pub fn of_ratio(ratio: Ratio) -> Option<Self> {
        Self::quotient(ratio.units(), 1_000_000)
    }

    /// `part / whole`, rounded; absent when `whole` is not positive, or beyond ±2²³.
    pub fn quotient(part: i64, whole: i64) -> Option<Self> {
        let whole = i128::from(whole);
        if whole <= 0 {
            return None;
        }
        let scaled = i128::from(part).wrapping_shl(PLACES).checked_add(whole.wrapping_shr(1))?;
        i64::try_from(scaled.div_euclid(whole)).ok().map(Self)
    }

    /// The nearest ratio, halves away from zero.
    pub fn to_ratio(self) -> Ratio {
        let scaled = i128::from(self.0.unsigned_abs()).wrapping_mul(1_000_000);
        // A millionth of 2⁻⁴⁰ more or less fits 64 bits again.
        let units = i64::try_from(rounded(scaled, PLACES)).unwrap_or(i64::MAX);
        Ratio::from_units(if self.0 < 0 { units.wrapping_neg() } else { units })
    }

    /// The sum; absent beyond ±2²³.
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference; absent beyond ±2²³.
    pub fn minus(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The product, rounded; absent beyond ±2²³.
    pub fn times(self, other: Self) -> Option<Self> {
        i64::try_from(rounded(wide(self.0, other.0), PLACES)).ok().map(Self)
    }

    /// ln(a / b); absent when one of them is zero or from 2⁶⁰ on.
    pub fn ln_quotient(a: u64, b: u64) -> Option<Self> {
        let difference = ln_60(a)?.checked_sub(ln_60(b)?)?;
        i64::try_from(rounded(difference, 60 - PLACES)).ok().map(Self)
    }

    /// 1 / (1 + e⁻ˣ).
    #[must_use]
    pub fn logistic(self) -> Self {
        let power = exp_60(self.0.unsigned_abs());
        let whole = i128::from(ONE_60.saturating_add(power));
        let part = if self.0 < 0 { power } else { ONE_60 };
        let quotient = i128::from(part).wrapping_shl(PLACES).checked_div(whole).unwrap_or(0);
        Self(i64::try_from(quotient).unwrap_or(0))
    }

    /// ln(1 / (1 + e⁻ˣ)): the logarithm of [`Fixed::logistic`]; never positive.
    #[must_use]
    pub fn ln_logistic(self) -> Self {
        let rest = ln_mantissa_60(ONE_60.saturating_add(exp_60(self.0.unsigned_abs())));
        let rest = i64::try_from(rounded(i128::from(rest), 60 - PLACES)).unwrap_or(0);
        Self(self.0.min(0).saturating_sub(rest))
    }
}

/// A product that cannot leave its type: two 64-bit integers fit 128 bits.
pub(super) const fn wide(a: i64, b: i64) -> i128 {
    (a as i128).wrapping_mul(b as i128)
}

/// Takes places off a number, rounding halves up.
pub(super) const fn rounded(value: i128, places: u32) -> i128 {
    let half = 1_i128.wrapping_shl(places.saturating_sub(1));
    value.saturating_add(half).wrapping_shr(places)
}

/// A product in sixty places of two numbers below four.
fn times_60(a: i64, b: i64) -> i64 {
    i64::try_from(rounded(wide(a, b), 60)).unwrap_or(i64::MAX)
}

/// ln n in sixty places; absent for zero and from 2⁶⁰ on.
fn ln_60(n: u64) -> Option<i128> {
    let power = n.checked_ilog2().filter(|power| *power < 60)?;
    let mantissa = i64::try_from(n.wrapping_shl(60_u32.saturating_sub(power))).ok()?;
    Some(wide(i64::from(power), LN2_60).saturating_add(i128::from(ln_mantissa_60(mantissa))))
}

/// ln m in sixty places, for a mantissa from one to two.
fn ln_mantissa_60(mantissa: i64) -> i64 {
    let (mantissa, power) = if mantissa > SQRT2_60 { (mantissa.wrapping_shr(1), 1) } else { (mantissa, 0) };
    let part = i128::from(mantissa.saturating_sub(ONE_60)).wrapping_shl(60);
    let whole = i128::from(mantissa.saturating_add(ONE_60));
    let z = i64::try_from(part.checked_div(whole).unwrap_or(0)).unwrap_or(0);
    let square = times_60(z, z);
    let (mut term, mut sum) = (z, z);
    for n in (3_i64..=23).step_by(2) {
        term = times_60(term, square);
        sum = sum.saturating_add(term.checked_div(n).unwrap_or(0));
    }
    sum.saturating_mul(2).saturating_add(if power == 1 { LN2_60 } else { 0 })
}

/// e⁻ˣ in sixty places, for x in forty.
fn exp_60(x: u64) -> i64 {
    let x = i128::from(x).wrapping_shl(60 - PLACES);
    let halvings = u32::try_from(x.checked_div(i128::from(LN2_60)).unwrap_or(0)).unwrap_or(u32::MAX);
    if halvings >= 62 {
        return 0;
    }
    let rest = x.saturating_sub(wide(i64::from(halvings), LN2_60));
    let rest = i64::try_from(rest).unwrap_or(0);
    let mut sum = ONE_60;
    for n in (1_i64..=20).rev() {
        sum = ONE_60.saturating_sub(times_60(rest, sum).checked_div(n).unwrap_or(0));
    }
    sum.wrapping_shr(halvings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn near(actual: Fixed, units: i64) {
        assert!(actual.units().abs_diff(units) <= 1, "{} instead of {units}", actual.units());
    }

    #[test]
    fn logarithms_and_powers_to_forty_places() {
        // The units are floor(x × 2⁴⁰ + ½) of the published decimals.
        near(Fixed::ln_quotient(2, 1).unwrap(), 762_123_384_786); // 0.693147180559945309417232
        near(Fixed::ln_quotient(10, 1).unwrap(), 2_531_719_083_691); // 2.302585092994045684017991
        near(Fixed::ln_quotient(1, 3).unwrap(), -1_207_936_985_808); // −1.098612288668109691395245
        near(Fixed::ln_quotient(999_999, 1_000_000).unwrap(), -1_099_512); // −0.0000010000005
        assert_eq!(Fixed::ln_quotient(7, 7), Some(Fixed::ZERO));
        assert_eq!(Fixed::ln_quotient(0, 7), None);
        assert_eq!(Fixed::ln_quotient(1 << 60, 7), None);
        near(Fixed::ZERO.logistic(), 1 << 39);
        near(Fixed::ONE.logistic(), 803_807_407_789); // 1 / (1 + 1/e) = 0.731058578630004879251159
        near(Fixed::from_units(-5 << 40).logistic(), 7_358_867_414); // 0.006692850924284855559
        assert_eq!(Fixed::from_units(i64::MIN).logistic(), Fixed::ZERO);
        near(Fixed::from_units(i64::MAX).logistic(), 1 << 40);
        near(Fixed::ONE.ln_logistic(), -344_434_867_963); // −0.313261687518222834048995
        near(Fixed::from_units(-1 << 40).ln_logistic(), -1_443_946_495_739);
    }

    #[test]
    fn ratios_come_back() {
        for text in ["0.693147", "-1.5", "0.000001", "8000000"] {
            let ratio: Ratio = text.parse().unwrap();
            assert_eq!(Fixed::of_ratio(ratio).unwrap().to_ratio(), ratio);
        }
        assert_eq!(Fixed::of_ratio("9000000".parse().unwrap()), None);
    }
}
