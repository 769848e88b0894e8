//! The credit file (信用档案): everything known of a customer beyond its own sheet and its ledger.
//!
//! Each piece is dated and names its source; what is unknown is absent. What follows from them on a day is read, not kept.

use super::financials::FinancialStatement;
use serde::{Deserialize, Serialize};

/// The credit file of one customer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditFile {
    /// Financial statements, in no particular order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<FinancialStatement>,
}
