//! How receivables as a whole are measured: the policy's settings for the DSO family, the payment index, concentration and
//! expected receipts. The figures themselves are readings; here stand only their numbers, with the reason for each.

use super::policy::{Bilingual, Faults};
use crate::facts::number::Points;
use crate::readings::concentration::ConcentrationRule;
use crate::readings::dso::DsoRule;
use crate::readings::expected::ExpectedRule;
use crate::readings::payment_index::PaymentIndexRule;
use serde::{Deserialize, Serialize};

/// The settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReceivablesSetting {
    /// Why these numbers.
    pub note: Bilingual,
    /// DSO and its family.
    pub dso: DsoRule,
    /// The payment index.
    pub payment_index: PaymentIndexRule,
    /// Concentration.
    pub concentration: ConcentrationRule,
    /// Expected receipts.
    pub expected: ExpectedRule,
}

impl ReceivablesSetting {
    pub(super) fn check(&self, faults: &mut Faults) {
        let mut positive = |value: u16, path: &str| {
            faults.unless(value > 0, &format!("receivables.{path}"), format_args!("must be at least 1"));
        };
        positive(self.dso.window_days, "dso.window_days");
        positive(self.dso.year_days, "dso.year_days");
        positive(self.payment_index.window_days, "payment_index.window_days");
        positive(self.concentration.top, "concentration.top");
        positive(self.expected.weeks.into(), "expected.weeks");
        positive(self.expected.window_days, "expected.window_days");
        let table = &self.payment_index.table;
        let path = "receivables.payment_index.table";
        faults.unless(!table.is_empty(), path, format_args!("must have a line"));
        let rising = table.is_sorted_by(|a, b| a.days_late < b.days_late);
        faults.unless(rising, path, format_args!("days must rise"));
        let falling = table.is_sorted_by(|a, b| a.index > b.index);
        faults.unless(falling, path, format_args!("the index must fall"));
        let sound = table.iter().all(|point| point.index >= Points::ZERO);
        faults.unless(sound, path, format_args!("the index must not be negative"));
    }
}
