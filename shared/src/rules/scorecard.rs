//! The scorecard: weighted characteristics, each binned into points.
//!
//! A characteristic's value falls into the last bin whose lower bound it reaches; the bin gives a share of the weight.
//! Missing data is neutral: it earns the share that the card names for it and lowers the confidence, and it is listed.
//! Points are integers in hundredths, so that a card adds up without rounding.
//!
//! Source: our own card; the reasons of its bins and weights are the policy's note. How well it tells good from bad is
//! measured by [`crate::questions::calibrate`].

use super::policy::Bilingual;
use crate::facts::number::{Points, Ratio};
use serde::{Deserialize, Serialize};

/// What a scorecard can look at. Every value is a plain number to six decimals; days are days, money is whole units of
/// the limit's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Characteristic {
    /// Registered capital, in whole units of the limit's currency.
    RegisteredCapital,
    /// Full years since foundation.
    YearsInBusiness,
    /// Sales of the last three full months over those of the three before.
    SalesTrend,
    /// Amount-weighted days from due date to payment.
    DaysBeyondTerms,
    /// The share of open items that is overdue.
    OverdueShare,
    /// How long the oldest undisputed document is past due, in days.
    OldestOverdueDays,
    /// Full years since we began to do business.
    YearsWithUs,
    /// Sales of the last twelve full months, in whole units of the limit's currency.
    YearlySales,
}

impl Characteristic {
    /// All of them, in the order in which a [`Profile`] keeps them.
    pub const ALL: [Self; 8] = [
        Self::RegisteredCapital,
        Self::YearsInBusiness,
        Self::SalesTrend,
        Self::DaysBeyondTerms,
        Self::OverdueShare,
        Self::OldestOverdueDays,
        Self::YearsWithUs,
        Self::YearlySales,
    ];
}

/// The four parts of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScorecardPart"))]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// 财务实力.
    FinancialStrength,
    /// 经营稳定.
    OperatingStability,
    /// 付款行为.
    PaymentBehaviour,
    /// 合作关系.
    Relationship,
}

/// One customer's values for a card; what is unknown is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Values in the order of [`Characteristic::ALL`].
    pub values: [Option<Ratio>; 8],
}

impl Profile {
    /// One value.
    pub fn get(&self, characteristic: Characteristic) -> Option<Ratio> {
        self.values.get(characteristic as usize).copied().flatten()
    }

    /// Sets one value.
    pub fn set(&mut self, characteristic: Characteristic, value: Option<Ratio>) {
        if let Some(place) = self.values.get_mut(characteristic as usize) {
            *place = value;
        }
    }
}

/// A scorecard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Scorecard {
    /// Why its numbers are what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Bilingual>,
    /// Its lines, in the order in which they are shown.
    pub lines: Vec<Line>,
}

/// One characteristic of a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScorecardLine"))]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Which part it belongs to.
    pub part: Part,
    /// What it looks at.
    pub characteristic: Characteristic,
    /// The most points that it gives.
    pub weight: Points,
    /// The share of the weight when the value is unknown.
    pub missing: Ratio,
    /// The share of the weight below the first bin's bound.
    pub below: Ratio,
    /// Bins by ascending lower bound.
    pub bins: Vec<Bin>,
}

/// From this value on, this share of the weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScorecardBin"))]
#[serde(deny_unknown_fields)]
pub struct Bin {
    /// Lower bound; the value itself belongs to the bin.
    pub from: Ratio,
    /// Share of the weight.
    pub share: Ratio,
}

/// A score with everything that it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// The sum of the lines' points.
    pub points: Points,
    /// The most that the card gives.
    pub most: Points,
    /// The share of the weight that stood on known values.
    pub confidence: Ratio,
    /// Line by line.
    pub lines: Vec<ScoreLine>,
}

/// What one characteristic gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScoreLine {
    /// Which part it belongs to.
    pub part: Part,
    /// What was looked at.
    pub characteristic: Characteristic,
    /// Its value; absent when unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Ratio>,
    /// The points that it gave.
    pub points: Points,
    /// The most that it could give.
    pub weight: Points,
}

impl Line {
    /// The points for a value.
    pub fn points(&self, value: Option<Ratio>) -> Points {
        let share = value.map_or(self.missing, |value| {
            self.bins.iter().rev().find(|bin| bin.from <= value).map_or(self.below, |bin| bin.share)
        });
        self.points_of(share)
    }

    /// A share of the weight in points.
    pub fn points_of(&self, share: Ratio) -> Points {
        self.weight.times(share)
    }
}

impl Scorecard {
    /// Only the points and the confidence: what a pass over a portfolio needs. Equal to [`Scorecard::score`]'s.
    pub fn points(&self, profile: &Profile) -> (Points, Ratio) {
        let (mut points, mut most, mut known) = (0_i32, 0_i32, 0_i32);
        for line in &self.lines {
            let value = profile.get(line.characteristic);
            points = points.saturating_add(line.points(value).units());
            most = most.saturating_add(line.weight.units());
            if value.is_some() {
                known = known.saturating_add(line.weight.units());
            }
        }
        (Points::from_units(points), Ratio::of(i64::from(known), i64::from(most)).unwrap_or_default())
    }

    /// Scores a customer, line by line.
    pub fn score(&self, profile: &Profile) -> Score {
        let (points, confidence) = self.points(profile);
        let most = self.lines.iter().fold(0_i32, |sum, line| sum.saturating_add(line.weight.units()));
        let line = |line: &Line| {
            let value = profile.get(line.characteristic);
            ScoreLine {
                part: line.part,
                characteristic: line.characteristic,
                value,
                points: line.points(value),
                weight: line.weight,
            }
        };
        Score { points, most: Points::from_units(most), confidence, lines: self.lines.iter().map(line).collect() }
    }
}
