//! Closed periods: a fact dated in one is refused.
//!
//! Of all changes that cover a day the one that the book learned last counts. A closed period doesn't change any more: what
//! is learned later is dated after it, or the period is opened again by somebody who says why.

use crate::facts::calendar::Date;
use crate::facts::id::FeedNumber;
use crate::facts::period::PeriodChange;

/// A fact is dated in a closed period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{date} lies in the closed period from {from} to {to}")]
pub struct PeriodClosed {
    /// The fact's date.
    pub date: Date,
    /// The period's first day.
    pub from: Date,
    /// Its last.
    pub to: Date,
}

/// Whether a fact of this date may be recorded, as the book knew its periods at `known` (now, when absent).
///
/// # Errors
///
/// [`PeriodClosed`] with the period, when the last change that covers the date closed it.
pub fn admits(changes: &[PeriodChange], date: Date, known: Option<FeedNumber>) -> Result<(), PeriodClosed> {
    let heard = changes.iter().filter(|change| known.is_none_or(|known| change.feed <= known));
    let covers = heard.filter(|change| (change.from..=change.to).contains(&date));
    match covers.max_by_key(|change| change.feed) {
        Some(last) if last.closed => Err(PeriodClosed { date, from: last.from, to: last.to }),
        _ => Ok(()),
    }
}
