//! What reports look for: which customers pay well, and how far back a trend goes.

use super::policy::{Bilingual, Faults, is_share};
use crate::facts::number::Ratio;
use serde::{Deserialize, Serialize};

/// The numbers of reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReportRule {
    /// Why these numbers.
    pub note: Bilingual,
    /// Who pays no later than so many days beyond terms, amount-weighted, and owes nothing overdue, pays well.
    pub good_days: u16,
    /// Of these, whoever uses no more than this share of the limit could buy more.
    pub unused_below: Ratio,
    /// The month ends that a trend shows.
    pub trend_months: u8,
}

impl ReportRule {
    /// Reports what is wrong with the rule.
    pub(super) fn check(&self, faults: &mut Faults) {
        let share = is_share(self.unused_below);
        faults.unless(share, "reports.unused_below", format_args!("must lie between 0 and 1"));
        faults.unless(self.trend_months > 0, "reports.trend_months", format_args!("must be at least 1"));
    }
}
