//! What of a file runs out soon, or has: licences, agreements, checks.

use super::CreditFileRule;
use crate::facts::calendar::{Date, days_between, plus_days};
use crate::facts::credit_file::{Agreement, CreditFile, ScreeningKind};
use crate::readings::papers::{AgreementState, LicenceState, check_again_on, ends_within, licence};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A paper that runs out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Lapse {
    /// Which.
    pub paper: Paper,
    /// Since when there is this one: a licence's first day, an agreement's signing, the day of a check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Date>,
    /// The last day of a licence or an agreement; the first day on which a check is too old.
    pub due: Date,
}

/// What kind of paper.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "paper", rename_all = "snake_case", deny_unknown_fields)]
pub enum Paper {
    /// A licence.
    Licence {
        /// Which.
        licence: String,
    },
    /// An agreement.
    Agreement {
        /// Its number.
        number: String,
    },
    /// A check.
    Screening {
        /// Of what.
        screening: ScreeningKind,
    },
}

impl CreditFileRule {
    /// What of a file runs out: licences and agreements that end within the days that the rule points ahead, or ended, and
    /// every check whose age the rule bounds, with the day on which it becomes too old. An agreement that goes on by itself,
    /// or that another follows without a gap, doesn't run out. What was never on file doesn't either: completeness says what
    /// is missing.
    pub fn lapses(&self, file: &CreditFile, as_of: Date) -> Vec<Lapse> {
        let kinds: BTreeSet<&str> = file.licences.iter().map(|licence| licence.kind.as_str()).collect();
        let mut lapses: Vec<Lapse> =
            kinds.into_iter().filter_map(|kind| self.licence_lapses(file, kind, as_of)).collect();
        lapses.extend(self.agreement_lapses(file, as_of));
        let mut newest: BTreeMap<ScreeningKind, Date> = BTreeMap::new();
        for check in file.screenings.iter().filter(|check| check.date <= as_of) {
            let date = newest.entry(check.kind).or_insert(check.date);
            *date = check.date.max(*date);
        }
        lapses.extend(self.screenings.iter().filter_map(|rule| {
            let last = *newest.get(&rule.kind)?;
            let due = check_again_on(last, rule.max_age_days);
            Some(Lapse { paper: Paper::Screening { screening: rule.kind }, last: Some(last), due })
        }));
        lapses
    }

    fn licence_lapses(&self, file: &CreditFile, kind: &str, as_of: Date) -> Option<Lapse> {
        let due = match licence(file, kind, as_of) {
            LicenceState::Valid { until, days_left } => until.filter(|_| ends_within(days_left, self.warn_days))?,
            LicenceState::Expired { until, .. } => until,
            LicenceState::Revoked { date } => date,
            LicenceState::NotYet { .. } | LicenceState::NotOnFile => return None,
        };
        let own = file.licences.iter().filter(|licence| licence.kind == kind);
        let last = own.filter(|licence| licence.until == Some(due) || licence.revoked == Some(due));
        let last = last.filter_map(|licence| licence.from).max();
        Some(Lapse { paper: Paper::Licence { licence: kind.to_owned() }, last, due })
    }

    fn agreement_lapses(&self, file: &CreditFile, as_of: Date) -> Option<Lapse> {
        let ends = |agreement: &Agreement| match agreement.state(as_of) {
            AgreementState::InForce { until, .. } => Some(until.filter(|until| !goes_on(agreement, *until))),
            AgreementState::Over { until, .. } => Some(Some(until)),
            AgreementState::NotSigned | AgreementState::NotYet { .. } => None,
        };
        let mut begun = Vec::new();
        for agreement in &file.agreements {
            match ends(agreement) {
                Some(Some(until)) => begun.push((until, agreement)),
                // One goes on.
                Some(None) => return None,
                None => {}
            }
        }
        let (due, last) = begun.into_iter().max_by_key(|(until, agreement)| (*until, &agreement.number))?;
        let followed = file.agreements.iter().any(|next| {
            let coming = matches!(next.state(as_of), AgreementState::NotYet { .. });
            coming && next.from <= plus_days(due, 1)
        });
        let near = ends_within(Some(days_between(as_of, due)), self.warn_days);
        (near && !followed).then(|| Lapse {
            paper: Paper::Agreement { number: last.number.clone() },
            last: last.signed,
            due,
        })
    }
}

/// Whether an agreement in force renews by itself on the day on which it would end.
fn goes_on(agreement: &Agreement, until: Date) -> bool {
    let renews = agreement.renews_months.is_some_and(|months| months > 0);
    renews && agreement.ended.is_none() && agreement.notice.is_none_or(|notice| notice > until)
}
