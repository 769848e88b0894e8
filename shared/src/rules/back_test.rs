//! How a policy is tried on the past: how often it would have assessed, and what counts as late and as lost.

use super::policy::{Bilingual, Faults, is_share};
use crate::facts::number::Ratio;
use serde::{Deserialize, Serialize};

/// The settings of a back-test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BackTestRule {
    /// Why these numbers.
    pub note: Bilingual,
    /// Every customer is assessed on the first day, then on the first of every so many months.
    pub every_months: u8,
    /// What was paid more than so many days after it was due was paid late.
    pub late_days: u16,
    /// What is still open more than so many days after it was due is lost.
    pub lost_days: u16,
    /// What good business earns, as a share of its amount, where its cost isn't known.
    pub margin_share: Ratio,
    /// How many of the orders on which two policies differ are listed, the largest first.
    pub list_most: u16,
}

impl BackTestRule {
    pub(super) fn check(&self, faults: &mut Faults) {
        let months = (1..=12).contains(&self.every_months);
        faults.unless(months, "back_test.every_months", format_args!("must lie between 1 and 12"));
        let rising = self.late_days < self.lost_days;
        faults.unless(rising, "back_test.lost_days", format_args!("must be more than late_days"));
        let share = is_share(self.margin_share);
        faults.unless(share, "back_test.margin_share", format_args!("must lie between 0 and 1"));
    }
}
