//! How two distributions differ, class by class: weight of evidence, information value, stability index.
//!
//! Of two lots of A and B cases, a class holds a and b. Its weight is ln((a / A) / (b / B)), its part (a / A − b / B) × weight;
//! the parts add up to the divergence of the two (Jeffreys, Kullback and Leibler). With good and bad cases the weight is the
//! *weight of evidence* (positive: better than all together) and the sum the *information value*; with the cases of two
//! periods, the later first, the sum is the *population stability index*. Where a class holds none of one lot, the rule's
//! adjustment (½) is added to both of its counts and the totals stay; the shares before the logarithm are the true ones.
//!
//! Sources: Siddiqi, Credit Risk Scorecards (Wiley 2006), chapters 6 and 8; Kullback and Leibler, On Information and
//! Sufficiency, Annals of Mathematical Statistics 22 (1951).

use super::binning::Count;
use super::fixed::Fixed;
use crate::facts::number::Ratio;

/// How one class weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contrast {
    /// The logarithm of the two shares' quotient.
    pub weight: Fixed,
    /// What the class adds to the divergence; never negative but for an adjusted class.
    pub part: Fixed,
    /// Whether the counts were adjusted.
    pub adjusted: bool,
}

impl Contrast {
    /// A class that holds `a` of all `a_all` cases of one lot and `b` of all `b_all` of the other. Absent when a lot, or the
    /// class, is empty.
    pub fn of(a: u32, b: u32, a_all: u32, b_all: u32, adjustment: Ratio) -> Option<Self> {
        if a_all == 0 || b_all == 0 || (a == 0 && b == 0) {
            return None;
        }
        let adjusted = a == 0 || b == 0;
        let added = if adjusted { u64::try_from(adjustment.units()).ok()? } else { 0 };
        // Millionths of a case: fewer than 2⁵³.
        let millionths = |count: u32| u64::from(count).saturating_mul(1_000_000).saturating_add(added);
        let of_lots = Fixed::ln_quotient(u64::from(b_all), u64::from(a_all))?;
        let weight = Fixed::ln_quotient(millionths(a), millionths(b))?.plus(of_lots)?;
        let share = |count: u32, all: u32| Fixed::quotient(i64::from(count), i64::from(all));
        let part = share(a, a_all)?.minus(share(b, b_all)?)?.times(weight)?;
        Some(Self { weight, part, adjusted })
    }

    /// A bin's good cases against its bad ones.
    pub fn of_count(count: Count, total: Count, adjustment: Ratio) -> Option<Self> {
        Self::of(count.good, count.bad, total.good, total.bad, adjustment)
    }
}

/// A bin's part of the information value, for comparing; nothing for an empty bin.
pub(super) fn information_part(count: Count, total: Count, adjustment: Ratio) -> i64 {
    Contrast::of_count(count, total, adjustment).map_or(0, |contrast| contrast.part.units())
}

/// The divergence of two distributions over the same classes: the stability index when they are the cases of two periods.
/// A class that neither has adds nothing. Absent when one of the two has no case at all.
pub fn divergence(classes: &[(u32, u32)], adjustment: Ratio) -> Option<Fixed> {
    let sum = |pick: fn(&(u32, u32)) -> u32| classes.iter().map(pick).fold(0_u32, u32::saturating_add);
    let (a_all, b_all) = (sum(|class| class.0), sum(|class| class.1));
    if a_all == 0 || b_all == 0 {
        return None;
    }
    let parts = classes.iter().filter_map(|(a, b)| Contrast::of(*a, *b, a_all, b_all, adjustment));
    parts.into_iter().try_fold(Fixed::ZERO, |sum, contrast| sum.plus(contrast.part))
}
