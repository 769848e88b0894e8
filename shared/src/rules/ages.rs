//! Ages: the bands by which open debts are shown by age, and what isn't invoiced or confirmed yet by days since the service.
//! The figures are readings (see [`crate::readings::age`]); here stand their numbers, and what of a statement of account
//! waits for its confirmation.

use super::confirmation::{Confirmation, LineState};
use super::policy::{Bilingual, Faults};
use crate::facts::account_statement::AccountStatement;
use crate::readings::age::{Before, Pending};
use serde::{Deserialize, Serialize};

/// The bands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AgesSetting {
    /// Why these numbers.
    pub note: Bilingual,
    /// The last month of each band of open debts; what is older falls into one more.
    pub months: Vec<u16>,
    /// The last day since the service of each band of what isn't invoiced or confirmed; what is older falls into one more.
    pub service_days: Vec<u16>,
}

impl AgesSetting {
    pub(super) fn check(&self, faults: &mut Faults) {
        let rises = |bands: &[u16]| !bands.is_empty() && bands.is_sorted_by(|a, b| a < b) && bands.first() != Some(&0);
        faults.unless(rises(&self.months), "ages.months", format_args!("must rise, from 1"));
        faults.unless(rises(&self.service_days), "ages.service_days", format_args!("must rise, from 1"));
    }
}

/// The lines of a statement of account that nobody confirmed, and that aren't deemed confirmed: a line disputed in part is
/// among them whole. `stands` is where that statement stands.
pub fn unconfirmed(statement: &AccountStatement, stands: &Confirmation) -> Vec<Pending> {
    let waits = |state: LineState| !matches!(state, LineState::Confirmed | LineState::Deemed);
    let lines = statement.lines.iter().zip(&stands.lines).filter(|(_, stands)| waits(stands.state));
    lines.map(|(line, _)| Pending { before: Before::Confirmation, service: line.date, amount: line.amount }).collect()
}
