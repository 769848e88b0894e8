//! The review calendar (定期复评): what of a customer's file is due for another look, and when.
//!
//! A full assessment comes round by grade, documents go out of date by grade, and an event (a broken promise, an outside
//! event, a jump in exposure) asks for an assessment at once. Licences, agreements and checks run out by themselves
//! ([`super::credit_file::CreditFileRule::lapses`]). What is due follows from the last dates in the file; nothing
//! is scheduled. Due days move on to a working day; a paper's last day stays where it is.
//!
//! Units: months and days, as the policy says.
//!
//! Source: our own rule; the rhythm is the policy's, with its reason there. That a day moves on to a working day
//! follows from who does the work, no law asks for it.

use super::credit_file::{Lapse, Paper};
use super::policy::{Bilingual, Faults};
use crate::facts::calendar::{Calendar, Date, days_between};
use crate::facts::observation::{DocumentReceived, Trigger, TriggerEvent};
use crate::readings::papers::ends_within;
use chrono::Months;
use serde::{Deserialize, Serialize};

/// What comes round how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReviewRule {
    /// Why its numbers are what they are.
    pub note: Bilingual,
    /// The full assessment.
    pub full: Vec<Every>,
    /// The documents.
    pub documents: Vec<DocumentRule>,
    /// The events that ask for an assessment at once.
    pub triggers: Vec<Trigger>,
    /// Shown so many days ahead.
    pub ahead_days: u16,
}

/// How often, for some grades.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Every {
    /// The grades; without any: for those that no other line names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grades: Vec<String>,
    /// Months from one to the next.
    pub months: u16,
}

/// A kind of document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DocumentRule {
    /// Its name in the file.
    pub document: String,
    /// What people call it.
    pub title: Bilingual,
    /// How often it is renewed.
    pub every: Vec<Every>,
}

/// What is known of a customer's reviews.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReviewFile {
    /// Its grade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// When it became a customer: what never was there is due from this day.
    pub since: Date,
    /// The full assessments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assessed: Vec<Date>,
    /// The documents, by name and the day they were received.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<DocumentReceived>,
    /// The events.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<TriggerEvent>,
    /// Papers that run out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lapses: Vec<Lapse>,
}

/// Something that is due for another look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReviewTask {
    /// What.
    pub what: ReviewWhat,
    /// When it was done last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Date>,
    /// When it is due.
    pub due: Date,
    /// Days until then; negative when it has passed.
    pub days_left: i32,
}

/// What is due.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ReviewWhat {
    /// An assessment because of an event.
    Triggered {
        /// The event.
        trigger: Trigger,
    },
    /// The full assessment.
    Full,
    /// A document.
    Document {
        /// Its name.
        document: String,
    },
    /// A paper that runs out, or has.
    Lapse {
        /// Which.
        paper: Paper,
    },
}

impl ReviewWhat {
    /// Whether it ends on a day of its own, that was chosen to be pointed out already.
    const fn has_last_day(&self) -> bool {
        matches!(self, Self::Lapse { paper: Paper::Licence { .. } | Paper::Agreement { .. } })
    }
}

/// How many months apart, for a grade; absent when no line is for it.
fn months(every: &[Every], grade: Option<&str>) -> Option<u16> {
    let named = every.iter().find(|every| grade.is_some_and(|grade| every.grades.iter().any(|name| name == grade)));
    named.or_else(|| every.iter().find(|every| every.grades.is_empty())).map(|every| every.months)
}

impl ReviewRule {
    /// Reports what is wrong with the rule.
    pub(super) fn check(&self, grades: impl Fn(&str) -> bool, faults: &mut Faults) {
        let mut lines = |every: &[Every], path: &str| {
            for (i, line) in every.iter().enumerate() {
                faults.unless(line.months > 0, &format!("{path}[{i}].months"), format_args!("must be at least 1"));
                for grade in line.grades.iter().filter(|grade| !grades(grade)) {
                    let path = format!("{path}[{i}].grades");
                    faults.unless(false, &path, format_args!("'{grade}' is no grade of this policy"));
                }
            }
        };
        lines(&self.full, "review.full");
        for (i, document) in self.documents.iter().enumerate() {
            lines(&document.every, &format!("review.documents[{i}].every"));
        }
    }

    /// What is due at the end of `as_of`, or will be within the days shown ahead, the earliest first; of licences and
    /// agreements all that are handed in.
    pub fn tasks(&self, file: &ReviewFile, calendar: &Calendar, as_of: Date) -> Vec<ReviewTask> {
        let grade = file.grade.as_deref();
        let assessed = file.assessed.iter().copied().filter(|date| *date <= as_of).max();
        let mut tasks = Vec::new();
        let mut add = |what: ReviewWhat, last: Option<Date>, due: Date| {
            let due = if what.has_last_day() { due } else { calendar.next_working(due) };
            tasks.push(ReviewTask { what, last, due, days_left: days_between(as_of, due) });
        };
        let round = |last: Option<Date>, months: u16| {
            last.map_or(file.since, |last| last.checked_add_months(Months::new(u32::from(months))).unwrap_or(Date::MAX))
        };
        if let Some(months) = months(&self.full, grade) {
            add(ReviewWhat::Full, assessed, round(assessed, months));
        }
        for rule in &self.documents {
            let Some(months) = months(&rule.every, grade) else { continue };
            let received = file.documents.iter().filter(|kept| kept.document == rule.document && kept.date <= as_of);
            let last = received.map(|kept| kept.date).max();
            add(ReviewWhat::Document { document: rule.document.clone() }, last, round(last, months));
        }
        for trigger in &self.triggers {
            // An assessment of the same day has seen the event already.
            let unseen = |event: &&TriggerEvent| {
                event.trigger == *trigger && event.date <= as_of && assessed.is_none_or(|last| event.date > last)
            };
            if let Some(first) = file.events.iter().filter(unseen).map(|event| event.date).min() {
                add(ReviewWhat::Triggered { trigger: *trigger }, assessed, first);
            }
        }
        for lapse in &file.lapses {
            add(ReviewWhat::Lapse { paper: lapse.paper.clone() }, lapse.last, lapse.due);
        }
        tasks.retain(|task| task.what.has_last_day() || ends_within(Some(task.days_left), self.ahead_days));
        tasks.sort_by(|a, b| (a.due, &a.what).cmp(&(b.due, &b.what)));
        tasks
    }
}
