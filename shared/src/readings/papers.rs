//! What the papers of a credit file say on a day: how old a check is, whether a licence or an agreement is in force.
//!
//! Nothing is judged here: how old is too old, and what is asked for, comes as an argument. A check that was not made, or
//! is too old, reads missing. A finding stays a finding until a newer check finds nothing: not looking again never makes a
//! customer better.

use crate::facts::calendar::{Date, days_between, plus_days};
use crate::facts::credit_file::{
    Agreement, Appraisal, Breach, CreditFile, Licence, Screening, ScreeningKind, StageChange,
};
use crate::facts::customer::Stage;
use chrono::{Datelike, Months};
use serde::{Deserialize, Serialize};

/// What the newest check of a kind says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum ScreeningState {
    /// Nothing was found, and that is new enough.
    Clear {
        /// When it was looked up.
        date: Date,
        /// Days since then.
        age_days: i32,
    },
    /// Something was found, and nothing since says otherwise.
    Hit {
        /// When it was looked up.
        date: Date,
        /// Days since then.
        age_days: i32,
        /// Whether it is time to look again.
        stale: bool,
        /// What was found.
        found: String,
        /// Where.
        source: String,
    },
    /// It was never looked up.
    NotChecked,
    /// Nothing was found, too long ago to tell anything.
    TooOld {
        /// When it was looked up.
        date: Date,
        /// Days since then.
        age_days: i32,
    },
}

/// Whether a licence is good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum LicenceState {
    /// It is.
    Valid {
        /// Its last day; absent when it doesn't end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
        /// Days left after this one; absent when it doesn't end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        days_left: Option<i32>,
    },
    /// It is not yet.
    NotYet {
        /// Its first day.
        from: Date,
    },
    /// It no longer is.
    Expired {
        /// Its last day.
        until: Date,
        /// Days since then.
        days: i32,
    },
    /// It was taken away.
    Revoked {
        /// When.
        date: Date,
    },
    /// None of the kind is on file.
    NotOnFile,
}

/// Whether an agreement is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum AgreementState {
    /// It is.
    InForce {
        /// Its last day as things stand, renewals counted; absent when it doesn't end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
        /// Days left after this one; absent when it doesn't end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        days_left: Option<i32>,
    },
    /// Not both have signed it by this day.
    NotSigned,
    /// It begins later.
    NotYet {
        /// Its first day.
        from: Date,
    },
    /// It is over.
    Over {
        /// Its last day.
        until: Date,
        /// Days since then.
        days: i32,
    },
}

/// Reads the newest check of a kind. Of two checks of one day, one that found something counts.
pub fn screening(file: &CreditFile, kind: ScreeningKind, max_age_days: u16, as_of: Date) -> ScreeningState {
    let made = file.screenings.iter().filter(|check| check.kind == kind && check.date <= as_of);
    let newest = made.max_by_key(|check| (check.date, check.found.clone(), check.source.clone()));
    let Some(Screening { date, source, found, .. }) = newest else { return ScreeningState::NotChecked };
    let age_days = days_between(*date, as_of);
    let stale = age_days > i32::from(max_age_days);
    match found {
        Some(found) => {
            ScreeningState::Hit { date: *date, age_days, stale, found: found.clone(), source: source.clone() }
        }
        None if stale => ScreeningState::TooOld { date: *date, age_days },
        None => ScreeningState::Clear { date: *date, age_days },
    }
}

impl Licence {
    /// Whether it is good on a day. Its last day still is.
    pub fn state(&self, as_of: Date) -> LicenceState {
        if let Some(date) = self.revoked.filter(|date| *date <= as_of) {
            return LicenceState::Revoked { date };
        }
        if let Some(from) = self.from.filter(|from| as_of < *from) {
            return LicenceState::NotYet { from };
        }
        match self.until {
            Some(until) if as_of > until => LicenceState::Expired { until, days: days_between(until, as_of) },
            until => LicenceState::Valid { until, days_left: until.map(|until| days_between(as_of, until)) },
        }
    }
}

/// The best that a file has of a kind of licence: a valid one before any other, and of these the one that lasts longest;
/// else the one that comes next, or ended last.
pub fn licence(file: &CreditFile, kind: &str, as_of: Date) -> LicenceState {
    best_licence(file.licences.iter().filter(|licence| licence.kind == kind).map(|licence| licence.state(as_of)))
}

/// The best of some licences of one kind, in the order that [`licence`] says.
pub fn best_licence(states: impl Iterator<Item = LicenceState>) -> LicenceState {
    let rank = |state: &LicenceState| match state {
        LicenceState::Valid { until, .. } => (4, until.unwrap_or(Date::MAX)),
        LicenceState::NotYet { from } => (3, *from),
        LicenceState::Expired { until, .. } => (2, *until),
        LicenceState::Revoked { date } => (1, *date),
        LicenceState::NotOnFile => (0, Date::MIN),
    };
    states.max_by_key(rank).unwrap_or(LicenceState::NotOnFile)
}

/// How many months lie from the month of one day to that of another; none when it is earlier.
fn months_between(from: Date, to: Date) -> u32 {
    let place = |date: Date| date.year().saturating_mul(12).saturating_add_unsigned(date.month0());
    u32::try_from(place(to).saturating_sub(place(from))).unwrap_or(0)
}

impl Agreement {
    /// Its last day as things stand on a day: what it ends by itself, renewed as often as it has been by then. Renewal is
    /// stopped by a notice given by the day on which it would renew.
    pub fn last_day(&self, as_of: Date) -> Option<Date> {
        let first = self.until?;
        let last = match self.renews_months.filter(|months| *months > 0) {
            None => first,
            Some(months) => {
                // Whole renewals that are certainly over, so that an end long ago costs no more than one of last year.
                let target = self.notice.map_or(as_of, |notice| notice.min(as_of));
                let passed = months_between(first, target).checked_div(u32::from(months)).unwrap_or(0);
                let mut times = passed.saturating_sub(1);
                let certain = first.checked_add_months(Months::new(u32::from(months).saturating_mul(times)));
                let mut last = certain.unwrap_or(first);
                while last < as_of && self.notice.is_none_or(|notice| notice > last) {
                    times = times.saturating_add(1);
                    // From the first end each time, so that an end of month doesn't wander.
                    let added = u32::from(months).saturating_mul(times);
                    match first.checked_add_months(Months::new(added)).filter(|next| *next > last) {
                        Some(next) => last = next,
                        None => break,
                    }
                }
                last
            }
        };
        Some(last)
    }

    /// Whether it is in force on a day. Its last day still is.
    pub fn state(&self, as_of: Date) -> AgreementState {
        if self.signed.is_none_or(|signed| as_of < signed) {
            return AgreementState::NotSigned;
        }
        if as_of < self.from {
            return AgreementState::NotYet { from: self.from };
        }
        let ended = [self.ended, self.last_day(as_of)].into_iter().flatten().min();
        match ended {
            Some(until) if as_of > until => AgreementState::Over { until, days: days_between(until, as_of) },
            until => AgreementState::InForce { until, days_left: until.map(|until| days_between(as_of, until)) },
        }
    }

    /// Breaches up to a day that were not made good by then.
    pub fn open_breaches(&self, as_of: Date) -> Vec<&Breach> {
        let open = |breach: &&Breach| breach.date <= as_of && breach.cured.is_none_or(|cured| cured > as_of);
        self.breaches.iter().filter(open).collect()
    }
}

/// The agreement in force on a day; of several the one that began last, then by number.
pub fn agreement(file: &CreditFile, as_of: Date) -> Option<&Agreement> {
    let in_force = |agreement: &&Agreement| matches!(agreement.state(as_of), AgreementState::InForce { .. });
    file.agreements.iter().filter(in_force).max_by_key(|agreement| (agreement.from, &agreement.number))
}

/// The newest word on a category by a day, not older than so many days; absent when there is none.
pub fn appraisal<'a>(file: &'a CreditFile, category: &str, max_age_days: u16, as_of: Date) -> Option<&'a Appraisal> {
    let oldest = i64::from(max_age_days);
    let counts = |word: &&Appraisal| {
        word.category == category && word.date <= as_of && i64::from(days_between(word.date, as_of)) <= oldest
    };
    file.appraisals.iter().filter(counts).max_by_key(|word| (word.date, word.by, &word.value))
}

/// The day on which somebody should be in touch again: the earliest next date of an activity that no later activity
/// followed up. Absent when nothing is pending.
pub fn next_contact(file: &CreditFile, as_of: Date) -> Option<Date> {
    let done: Vec<Date> = file.activities.iter().map(|activity| activity.date).filter(|date| *date <= as_of).collect();
    let newest = done.iter().max().copied();
    file.activities
        .iter()
        .filter(|activity| activity.date <= as_of && newest.is_none_or(|newest| activity.date >= newest))
        .filter_map(|activity| activity.next)
        .min()
}

/// Where a customer stands on a day: what the last approved step says; absent before the first.
pub fn stage(file: &CreditFile, as_of: Date) -> Option<Stage> {
    steps(file, as_of).last().map(|step| step.to)
}

/// What is wrong with a customer's way through its stages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum StageFault {
    /// A step begins where the one before did not end.
    Gap {
        /// When.
        date: Date,
        /// Where the one before ended.
        stood: Stage,
        /// Where this one begins.
        from: Stage,
    },
    /// A step was approved by whoever asked for it.
    SamePerson {
        /// When.
        date: Date,
    },
    /// A step leads nowhere.
    NoMove {
        /// When.
        date: Date,
    },
}

/// What is wrong with the steps up to a day; empty when nothing is.
pub fn stage_faults(file: &CreditFile, as_of: Date) -> Vec<StageFault> {
    let mut faults = Vec::new();
    let mut stood: Option<Stage> = None;
    for step in steps(file, as_of) {
        let date = step.date;
        if let Some(stood) = stood.filter(|stood| *stood != step.from) {
            faults.push(StageFault::Gap { date, stood, from: step.from });
        }
        if step.asked_by == step.approved_by {
            faults.push(StageFault::SamePerson { date });
        }
        if step.from == step.to {
            faults.push(StageFault::NoMove { date });
        }
        stood = Some(step.to);
    }
    faults
}

/// The steps up to a day in their order. Of two on one day the one that goes on from the other comes after it, as the
/// stages follow each other.
fn steps(file: &CreditFile, as_of: Date) -> Vec<&StageChange> {
    let mut steps: Vec<&StageChange> = file.stages.iter().filter(|step| step.date <= as_of).collect();
    steps.sort_by_key(|step| (step.date, step.from, step.to, &step.reason));
    let mut stood: Option<Stage> = None;
    let mut chain = Vec::new();
    for day in steps.chunk_by(|a, b| a.date == b.date) {
        let mut left = day.to_vec();
        while let Some(first) = left.first() {
            // The first of all goes on from no other of its day.
            let goes_on = left.iter().position(|step| match stood {
                Some(stood) => step.from == stood,
                None => step.from == step.to || !day.iter().any(|other| other.to == step.from),
            });
            let step = *goes_on.and_then(|place| left.get(place)).unwrap_or(first);
            left.retain(|other| !std::ptr::eq(*other, step));
            stood = Some(step.to);
            chain.push(step);
        }
    }
    chain
}

/// Whether a day falls within so many days from another, for what is about to end.
pub fn ends_within(days_left: Option<i32>, days: u16) -> bool {
    days_left.is_some_and(|left| left <= i32::from(days))
}

/// The day on which a check of this date becomes too old.
pub fn check_again_on(date: Date, max_age_days: u16) -> Date {
    plus_days(date, u32::from(max_age_days).saturating_add(1))
}
