//! Discrimination: how well a score tells the good from the bad, by counting only.
//!
//! - AUC: the share of all pairs of a good and a bad case in which the good one has more points; equal points count half
//!   (Mann and Whitney 1947; Hanley and McNeil 1982). Twice the count of pairs is an integer, so that ties need no fraction.
//! - Gini = 2 × AUC − 1, from the same integers.
//! - KS: the greatest difference between the shares of bad and of good cases that have at most so many points, and the lowest
//!   points at which it is reached (Kolmogorov and Smirnov). Negative differences count as they are: a card that puts the good
//!   below the bad has a KS near zero, and an AUC below a half.
//! - Bands: cases in order of their points in ten parts of about the same size, equal points together.

use super::binning::Count;
use super::samples::Class;
use crate::facts::number::Ratio;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How well a score tells good from bad.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Discrimination {
    /// Twice the count of pairs that are told rightly, equal ones counted half; of 2 × good × bad.
    pub twice_right: String,
    /// The area under the curve.
    pub auc: Ratio,
    /// 2 × AUC − 1.
    pub gini: Ratio,
    /// The greatest difference of the shares.
    pub ks: Ratio,
    /// The points at which it is reached: who has at most these is told bad.
    pub cut_off: i64,
}

/// A band of scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScoreBand"))]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// From this score …
    pub from: i64,
    /// … to this one.
    pub to: i64,
    /// The cases.
    pub count: Count,
}

/// Scores with the cases that have them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scores(BTreeMap<i64, Count>);

impl FromIterator<(i64, Count)> for Scores {
    fn from_iter<I: IntoIterator<Item = (i64, Count)>>(counts: I) -> Self {
        let mut scores = Self::default();
        for (score, count) in counts {
            let known = scores.0.entry(score).or_default();
            *known = known.plus(count);
        }
        scores
    }
}

impl Scores {
    /// Counts cases by score.
    pub fn of(cases: impl IntoIterator<Item = (i64, Class)>) -> Self {
        let mut scores = Self::default();
        for (score, class) in cases {
            scores.0.entry(score).or_default().add(class);
        }
        scores
    }

    /// How well they tell good from bad. Absent without a good or without a bad case.
    pub fn discrimination(&self) -> Option<Discrimination> {
        let total = self.0.values().fold(Count::default(), |sum, count| sum.plus(*count));
        if total.good == 0 || total.bad == 0 {
            return None;
        }
        let product = |a: u32, b: u32| i128::from(a).saturating_mul(i128::from(b));
        let (mut below, mut twice_right) = (Count::default(), 0_i128);
        // A difference of shares times good × bad: an integer.
        let mut greatest: Option<(i128, i64)> = None;
        for (score, count) in &self.0 {
            let certain = product(count.good, below.bad).saturating_mul(2);
            twice_right = twice_right.saturating_add(certain).saturating_add(product(count.good, count.bad));
            below = below.plus(*count);
            let apart = product(below.bad, total.good).saturating_sub(product(below.good, total.bad));
            if greatest.is_none_or(|(most, _)| apart > most) {
                greatest = Some((apart, *score));
            }
        }
        let (apart, cut_off) = greatest?;
        let pairs = product(total.good, total.bad);
        Some(Discrimination {
            twice_right: twice_right.to_string(),
            auc: Ratio::of_wide(twice_right, pairs.saturating_mul(2))?,
            gini: Ratio::of_wide(twice_right.saturating_sub(pairs), pairs)?,
            ks: Ratio::of_wide(apart, pairs)?,
            cut_off,
        })
    }

    /// So many bands of about as many good and bad cases each, from the lowest score up; equal scores stay together.
    pub fn bands(&self, wanted: u32) -> Vec<Band> {
        let total = self.0.values().fold(0_u64, |sum, count| sum.saturating_add(count.cases()));
        let mut bands: Vec<Band> = Vec::new();
        let (mut before, mut open) = (0_u64, true);
        for (score, count) in &self.0 {
            match bands.last_mut().filter(|_| !open) {
                Some(band) => (band.to, band.count) = (*score, band.count.plus(*count)),
                None => bands.push(Band { from: *score, to: *score, count: *count }),
            }
            before = before.saturating_add(count.cases());
            let ended = u64::try_from(bands.len()).unwrap_or(u64::MAX);
            // What comes after the last good or bad case belongs to the last band.
            open = before < total && before.saturating_mul(u64::from(wanted)) >= total.saturating_mul(ended);
        }
        bands
    }
}
