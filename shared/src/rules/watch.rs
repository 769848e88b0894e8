//! What the indicators that are computed look at: over which days they count, and which financial ratios may not fall.
//!
//! The indicators' thresholds stand in [`super::warning`]; here stands what a value means.

use super::policy::{Bilingual, Faults};
use super::warning::Worse;
use crate::facts::number::Ratio;
use crate::readings::ratios::FinancialRatio;
use serde::{Deserialize, Serialize};

/// What is counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WatchRule {
    /// Why these numbers.
    pub note: Bilingual,
    /// Sales, losses and broken promises of so many days are counted.
    pub window_days: u16,
    /// The financial ratios that are compared with the statement before.
    pub ratios: Vec<WatchedRatio>,
}

/// A financial ratio that is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WatchedRatio {
    /// Which.
    pub ratio: FinancialRatio,
    /// Which way is worse.
    pub worse: Worse,
}

impl WatchedRatio {
    /// The share by which it got worse, of what it was; zero when it didn't. Absent where it was zero or negative, of
    /// which there is no share.
    pub fn fall(&self, before: Ratio, now: Ratio) -> Option<Ratio> {
        let change = match self.worse {
            Worse::Higher => now.units().saturating_sub(before.units()),
            Worse::Lower => before.units().saturating_sub(now.units()),
        };
        Ratio::of(change.max(0), before.units())
    }
}

impl WatchRule {
    /// Reports what is wrong with the rule.
    pub(super) fn check(&self, faults: &mut Faults) {
        faults.unless(self.window_days > 0, "watch.window_days", format_args!("must be at least 1"));
        for (i, line) in self.ratios.iter().enumerate() {
            let twice = self.ratios.iter().take(i).any(|other| other.ratio == line.ratio);
            faults.unless(!twice, &format!("watch.ratios[{i}].ratio"), format_args!("stands twice"));
        }
    }
}
