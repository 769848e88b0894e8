//! The mechanics of a credit insurance: what has to be declared or reported by when, since when further sales aren't
//! insured, and from when the insurer pays.
//!
//! A document is insured when it arose while the insurance held. Days run from the day after the due date, and from a month's
//! end. Whether something was late is told for ever: a declaration after its last day doesn't mend the insurance of that
//! month, and a notice after its last day may cost the claim.

use super::cover::Gap;
use crate::facts::calendar::{Date, days_between, month_end, plus_days};
use crate::facts::cover::{Cover, CoverKind};
use crate::facts::id::{CoverId, ItemId};
use crate::facts::insurance::{Declaration, InsuranceTerms, LossNotice};
use crate::facts::money::Money;
use crate::readings::open_items::OpenDocument;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Where an insurance stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InsuranceState {
    /// Which.
    pub cover: CoverId,
    /// The first day on which further sales aren't insured, because of what is past due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Date>,
    /// The declarations of months that have ended, the earliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub declarations: Vec<DeclarationState>,
    /// The documents that are past due, the first deadline first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<LossState>,
}

/// Where the declaration of a month stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeclarationState {
    /// The month's last day.
    pub month: Date,
    /// The last day for it.
    pub until: Date,
    /// Days until then; negative when it has passed.
    pub days_left: i32,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<Date>,
    /// Whether it came, or will come, too late.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
}

/// Where a document past due stands with the insurer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LossState {
    /// Which.
    pub item: ItemId,
    /// Its number.
    pub number: String,
    /// When it fell due.
    pub due: Date,
    /// What is open of it.
    pub open: Money,
    /// The last day for the notice of probable loss.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify_until: Option<Date>,
    /// Days until then; negative when it has passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_left: Option<i32>,
    /// When it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notified: Option<Date>,
    /// The first day on which the insurer pays: the one after the waiting period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payable_from: Option<Date>,
}

/// The conditions of an insurance; absent of other cover and where nobody wrote them down.
pub fn terms(cover: &Cover) -> Option<InsuranceTerms> {
    match &cover.what {
        CoverKind::Insurance { terms, .. } => *terms,
        _ => None,
    }
}

/// Whether something that arose on a day is insured.
pub fn insures(cover: &Cover, arose: Date) -> bool {
    arose >= cover.from && cover.until.is_none_or(|until| arose <= until)
}

/// When probable loss on a document, by any of its numbers, was first reported to an insurance.
pub fn notified(cover: CoverId, document: &OpenDocument, notices: &[LossNotice], as_of: Date) -> Option<Date> {
    let names = |notice: &&LossNotice| {
        let for_all = notice.items.is_empty() && notice.date > document.due;
        notice.cover == cover && notice.date <= as_of && (for_all || document.is_among(&notice.items))
    };
    notices.iter().filter(names).map(|notice| notice.date).min()
}

/// Reads where an insurance stands at the end of `as_of`. `open` are the customer's open documents, `sold` the days on which
/// something was sold to it. Absent for cover without conditions.
pub fn insurance_state(
    cover: &Cover,
    open: &[OpenDocument],
    sold: &[Date],
    (declared, notices): (&[Declaration], &[LossNotice]),
    as_of: Date,
) -> Option<InsuranceState> {
    let terms = terms(cover)?;
    let insured: Vec<&OpenDocument> =
        open.iter().filter(|document| document.open.minor() > 0 && insures(cover, document.arose)).collect();
    let stops = |days: u16| {
        let first = insured.iter().map(|document| document.due).min()?;
        let since = plus_days(first, u32::from(days).saturating_add(1));
        (since <= as_of).then_some(since)
    };
    let months: BTreeSet<Date> = sold
        .iter()
        .filter(|day| insures(cover, **day))
        .map(|day| month_end(*day, 0))
        .filter(|end| *end < as_of)
        .collect();
    let declaration = |days: u16, month: Date| {
        let until = plus_days(month, u32::from(days));
        let made = declared.iter().filter(|one| one.cover == cover.id && one.month == month && one.date <= as_of);
        let declared = made.map(|one| one.date).min();
        let late = declared.map_or(as_of > until, |date| date > until);
        DeclarationState { month, until, days_left: days_between(as_of, until), declared, late }
    };
    let mut losses: Vec<LossState> = insured
        .iter()
        .filter(|document| document.due < as_of)
        .map(|document| {
            let notify_until = terms.notice_days.map(|days| plus_days(document.due, u32::from(days)));
            let after = |days: u16| plus_days(document.due, u32::from(days).saturating_add(1));
            LossState {
                item: document.item,
                number: document.number.clone(),
                due: document.due,
                open: document.open,
                notify_until,
                days_left: notify_until.map(|until| days_between(as_of, until)),
                notified: notified(cover.id, document, notices, as_of),
                payable_from: terms.waiting_days.map(after),
            }
        })
        .collect();
    losses.sort_by(|a, b| (a.due, &a.number, a.item).cmp(&(b.due, &b.number, b.item)));
    Some(InsuranceState {
        cover: cover.id,
        stopped: terms.stop_days.and_then(stops),
        declarations: terms
            .declare_days
            .map(|days| months.into_iter().map(|month| declaration(days, month)).collect())
            .unwrap_or_default(),
        losses,
    })
}

/// Why further sales aren't insured, for [`super::cover::covered_beside`]: what is past due stopped them, or the newest month
/// that should have been declared by now wasn't.
pub fn uninsured(state: &InsuranceState) -> Vec<Gap> {
    let stopped = state.stopped.map(|since| Gap::ShipmentStopped { since });
    let missing = state.declarations.iter().rfind(|month| month.late && month.declared.is_none());
    let undeclared = missing.map(|month| Gap::Undeclared { month: month.month, until: month.until });
    stopped.into_iter().chain(undeclared).collect()
}
