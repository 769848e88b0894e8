//! How a scorecard is calibrated on the company's own history: what counts as bad, how values are put into bins, and how many
//! bad cases it takes. The calibration itself is a question: [`crate::questions::calibrate`].

use super::policy::{Bilingual, Faults, is_share};
use crate::facts::money::{Currency, Money};
use crate::facts::number::Ratio;
use serde::{Deserialize, Serialize};

/// How a scorecard is calibrated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CalibrationRule {
    /// Why these numbers.
    pub note: Bilingual,
    /// The performance window: so many months after the day of observation.
    pub window_months: u16,
    /// Bad is who was so many days past due in the window, or was written off.
    pub bad_days: u16,
    /// Who was so many days past due, and not bad, is neither good nor bad: counted, and kept apart.
    pub indeterminate_days: u16,
    /// What is open by this much or less is ignored.
    pub small_amount: Money,
    /// So many bad cases it takes, and so many good ones.
    pub at_least_bad: u32,
    /// Into so many fine bins values are put first.
    pub fine_bins: u16,
    /// So many bins are left at most.
    pub bins_at_most: u16,
    /// The share of all good and bad cases that a bin must hold.
    pub bin_at_least: Ratio,
    /// What is added to both counts of a bin in which one is zero.
    pub adjustment: Ratio,
    /// The information value that a characteristic must have to stand in the card.
    pub information_at_least: Ratio,
    /// How strongly the fit is held towards zero: half of this times the sum of the squared slopes is taken off the
    /// logarithm of the likelihood. Zero is the plain maximum.
    pub ridge: Ratio,
    /// After so many steps the fit gives up.
    pub steps_at_most: u16,
}

impl CalibrationRule {
    /// Faults of this section of a policy.
    pub(super) fn check(&self, currency: Currency, faults: &mut Faults) {
        let positive = [
            ("window_months", u32::from(self.window_months)),
            ("indeterminate_days", u32::from(self.indeterminate_days)),
            ("at_least_bad", self.at_least_bad),
            ("steps_at_most", u32::from(self.steps_at_most)),
        ];
        for (field, value) in positive {
            faults.unless(value > 0, &format!("calibration.{field}"), format_args!("must be at least 1"));
        }
        faults.unless(self.window_months <= 120, "calibration.window_months", format_args!("must be at most 120"));
        faults.unless(self.steps_at_most <= 1000, "calibration.steps_at_most", format_args!("must be at most 1000"));
        faults.unless(
            self.indeterminate_days <= self.bad_days,
            "calibration.indeterminate_days",
            format_args!("must be at most bad_days ({})", self.bad_days),
        );
        faults.amount(self.small_amount, currency, "calibration.small_amount");
        for (field, value) in [("fine_bins", self.fine_bins), ("bins_at_most", self.bins_at_most)] {
            let fits = (2..=100).contains(&value);
            faults.unless(fits, &format!("calibration.{field}"), format_args!("must lie between 2 and 100"));
        }
        faults.unless(
            is_share(self.bin_at_least),
            "calibration.bin_at_least",
            format_args!("must lie between 0 and 1"),
        );
        let adjusts = self.adjustment > Ratio::ZERO && self.adjustment <= Ratio::ONE;
        faults.unless(adjusts, "calibration.adjustment", format_args!("must be positive and at most 1"));
        let informs = self.information_at_least >= Ratio::ZERO;
        faults.unless(informs, "calibration.information_at_least", format_args!("must not be negative"));
        let holds = (Ratio::ZERO..=Ratio::from_units(1_000_000_000)).contains(&self.ridge);
        faults.unless(holds, "calibration.ridge", format_args!("must lie between 0 and 1000"));
    }
}
