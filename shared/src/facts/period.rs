//! Accounting periods closed and opened again (关账, 反关账), as facts of the book.

use super::calendar::Date;
use super::id::{FeedNumber, PersonId};
use serde::{Deserialize, Serialize};

/// A period that was closed, or opened again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PeriodChange {
    /// When the book learned it.
    pub feed: FeedNumber,
    /// The period's first day.
    pub from: Date,
    /// Its last.
    pub to: Date,
    /// Whether it is closed from then on.
    pub closed: bool,
    /// Who did it.
    pub by: PersonId,
    /// Why; a period is opened again for a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
