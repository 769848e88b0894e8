//! Grades: bands of the score, and the facts that cap a grade whatever the score (一票否决).

use super::policy::Bilingual;
use super::scorecard::{Characteristic, Profile};
use crate::facts::number::{Points, Ratio};
use serde::{Deserialize, Serialize};

/// The grades and what caps them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GradeRule {
    /// Why its numbers are what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Bilingual>,
    /// Bands from the best grade to the worst; the last one takes every score.
    pub bands: Vec<Band>,
    /// Facts that cap the grade.
    pub knock_outs: Vec<KnockOut>,
    /// Below this confidence the grade is capped …
    pub confidence_at_least: Ratio,
    /// … at this one.
    pub unsure_cap: String,
}

/// From this score on, this grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "GradeBand"))]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// The grade's name.
    pub grade: String,
    /// The lowest score that earns it.
    pub from: Points,
}

/// A value above this caps the grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct KnockOut {
    /// What is looked at.
    pub characteristic: Characteristic,
    /// A value strictly greater caps the grade; an unknown one doesn't.
    pub above: Ratio,
    /// The best grade that is left.
    pub cap: String,
}

/// A grade and what it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Grade {
    /// The grade.
    pub grade: String,
    /// The grade that the score alone would give.
    pub by_score: String,
    /// What capped it, if anything did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caps: Vec<Cap>,
    /// What the next better grade by score takes; absent at the best.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<NextGrade>,
}

/// What capped a grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Cap {
    /// A knock-out.
    KnockOut {
        /// What was looked at.
        characteristic: Characteristic,
        /// Its value.
        value: Ratio,
        /// The value that it must not exceed.
        above: Ratio,
        /// The cap.
        cap: String,
    },
    /// Too little is known.
    Unsure {
        /// The confidence.
        confidence: Ratio,
        /// The least that is asked.
        at_least: Ratio,
        /// The cap.
        cap: String,
    },
}

/// The distance to the next better grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NextGrade {
    /// That grade.
    pub grade: String,
    /// Points still missing.
    pub points: Points,
}

impl GradeRule {
    /// The place of a grade, 0 being the best; absent for a name that the rule doesn't know.
    pub fn rank(&self, grade: &str) -> Option<usize> {
        self.bands.iter().position(|band| band.grade == grade)
    }

    /// The place of the grade that a score earns.
    pub fn rank_by_score(&self, points: Points) -> usize {
        let last = self.bands.len().saturating_sub(1);
        self.bands.iter().position(|band| points >= band.from).unwrap_or(last)
    }

    /// The place of the grade that a customer earns, caps considered: what a pass over a portfolio needs.
    pub fn rank_of(&self, points: Points, confidence: Ratio, profile: &Profile) -> usize {
        self.rank_by_score(points).max(self.capped(confidence, profile))
    }

    /// The place of the best grade that knock-outs and confidence leave; 0 when they leave all.
    pub fn capped(&self, confidence: Ratio, profile: &Profile) -> usize {
        let mut rank = 0;
        let mut cap = |grade: &str| rank = rank.max(self.rank(grade).unwrap_or(0));
        for rule in &self.knock_outs {
            if profile.get(rule.characteristic).is_some_and(|value| value > rule.above) {
                cap(&rule.cap);
            }
        }
        if confidence < self.confidence_at_least {
            cap(&self.unsure_cap);
        }
        rank
    }

    /// The grade that a customer earns, explained.
    pub fn grade(&self, points: Points, confidence: Ratio, profile: &Profile) -> Grade {
        let name = |rank: usize| self.bands.get(rank).map_or_else(String::new, |band| band.grade.clone());
        let by_score = self.rank_by_score(points);
        let mut caps: Vec<Cap> = self
            .knock_outs
            .iter()
            .filter_map(|rule| {
                let value = profile.get(rule.characteristic).filter(|value| *value > rule.above)?;
                let (characteristic, above, cap) = (rule.characteristic, rule.above, rule.cap.clone());
                Some(Cap::KnockOut { characteristic, value, above, cap })
            })
            .collect();
        if confidence < self.confidence_at_least {
            let (at_least, cap) = (self.confidence_at_least, self.unsure_cap.clone());
            caps.push(Cap::Unsure { confidence, at_least, cap });
        }
        let next = by_score.checked_sub(1).and_then(|rank| self.bands.get(rank)).map(|band| NextGrade {
            grade: band.grade.clone(),
            points: Points::from_units(band.from.units().saturating_sub(points.units())),
        });
        Grade { grade: name(self.rank_of(points, confidence, profile)), by_score: name(by_score), caps, next }
    }
}
