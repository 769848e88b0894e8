//! Approval chains (审批流): who must agree to this, now, given its amount, who is away, and how long it has waited.
//!
//! A chain has steps from the lowest role to the highest; a step is needed when the amount is more than its `above`, so that a
//! larger amount never needs fewer. The steps follow each other. At each, one person of the role decides; when everyone of
//! the role is away, their deputies may. Nobody decides on what they asked for themselves, nor twice on the same request
//! (四眼原则). A step that has waited longer than its days goes to the role that it names as well (升级); the first ones may
//! still decide. A refusal ends it. Where a request stands follows from what was said up to a day, nothing is scheduled;
//! who decides on the release of a held order, and who waives, is [`super::authority`]; who grants limits and terms is
//! [`super::granting`], and a policy with that section has no chain for them.

use super::policy::{Bilingual, Faults};
use crate::facts::calendar::{Calendar, Date, plus_days};
use crate::facts::id::PersonId;
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::overdue::Pause;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Who agrees to what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ApprovalRule {
    /// Why these numbers.
    pub note: Bilingual,
    /// A chain for each kind of request; a kind without one can't be approved.
    pub chains: Vec<Chain>,
}

/// The chain of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Chain {
    /// Of what.
    pub kind: ApprovalKind,
    /// From the lowest role to the highest.
    pub steps: Vec<ApprovalStep>,
}

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ApprovalKind {
    /// A limit.
    Limit,
    /// A temporary limit.
    TemporaryLimit,
    /// A grade by hand.
    GradeOverride,
    /// Terms looser than the grade's.
    Terms,
    /// An instalment plan.
    Plan,
    /// Interest or fees waived.
    Waiver,
    /// A write-off.
    WriteOff,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ApprovalStep {
    /// Whose business it is.
    pub role: String,
    /// Needed for more than this; nothing: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<Money>,
    /// Working days that it may wait.
    pub days: u16,
    /// The role that may decide too once it has waited longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<String>,
}

/// A person who can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Approver {
    /// Who.
    pub person: PersonId,
    /// In which roles.
    pub roles: BTreeSet<String>,
    /// Who stands in while they are away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deputy: Option<PersonId>,
    /// When they are away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub away: Vec<Pause>,
}

/// Something that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// What.
    pub kind: ApprovalKind,
    /// How much: of a limit all of it, not what is added.
    pub amount: Money,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub date: Date,
}

/// What somebody said to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// When.
    pub date: Date,
    /// Who.
    pub by: PersonId,
    /// Yes or no.
    pub agrees: bool,
    /// Why; a refusal without a reason doesn't count.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Where a request stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ApprovalState {
    /// The roles whose word is needed, in their order.
    pub needs: Vec<String>,
    /// Where it is.
    pub at: At,
    /// Who has agreed, in the order of the steps.
    pub agreed: Vec<Agreed>,
    /// What was said and didn't count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_aside: Vec<Said>,
}

/// Where a request is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ApprovalAt"))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum At {
    /// Everybody agreed.
    Approved {
        /// When the last one did.
        date: Date,
    },
    /// Somebody refused.
    Refused {
        /// When.
        date: Date,
        /// Who.
        by: PersonId,
        /// Why.
        reason: String,
    },
    /// Somebody's word is awaited.
    Waits {
        /// Whose.
        role: String,
        /// Since when.
        since: Date,
        /// The last day before it goes to another role too.
        until: Date,
        /// Whether it has.
        escalated: bool,
        /// Who may decide today; nobody: it is stuck.
        may: Vec<PersonId>,
    },
}

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ApprovalAgreed"))]
#[serde(deny_unknown_fields)]
pub struct Agreed {
    /// The step's role.
    pub role: String,
    /// Who.
    pub by: PersonId,
    /// When.
    pub date: Date,
}

/// Why nobody can be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalError {
    /// The policy has no chain for this kind.
    #[error("approvals.chains: there is none for {0:?}")]
    NoChain(ApprovalKind),
    /// No step is needed for so little: the chain's first step has a bound.
    #[error("approvals.chains: no step for {0}")]
    NoStep(Money),
    /// The amount is in another currency than the chain's.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl ApprovalRule {
    /// Reports what is wrong with the rule. `elsewhere` names the section that says already who decides on a kind: there
    /// are no two truths about it.
    pub(super) fn check(
        &self,
        currency: Currency,
        elsewhere: impl Fn(ApprovalKind) -> Option<&'static str>,
        faults: &mut Faults,
    ) {
        for (i, chain) in self.chains.iter().enumerate() {
            let path = format!("approvals.chains[{i}]");
            if let Some(section) = elsewhere(chain.kind) {
                faults.unless(
                    false,
                    &format!("{path}.kind"),
                    format_args!("'{section}' says already who decides on it"),
                );
            }
            let twice = self.chains.iter().take(i).any(|other| other.kind == chain.kind);
            faults.unless(!twice, &format!("{path}.kind"), format_args!("stands twice"));
            let first = chain.steps.first().is_some_and(|step| step.above.is_none());
            faults.unless(
                first,
                &format!("{path}.steps"),
                format_args!("the first step must be needed for every amount"),
            );
            let above = |step: &ApprovalStep| step.above.map_or(-1, Money::minor);
            let rising = chain.steps.is_sorted_by(|a, b| above(a) < above(b));
            faults.unless(
                rising,
                &format!("{path}.steps"),
                format_args!("must rise, from the lowest role to the highest"),
            );
            for (j, step) in chain.steps.iter().enumerate() {
                if let Some(above) = step.above {
                    faults.amount(above, currency, &format!("{path}.steps[{j}].above"));
                }
            }
        }
    }

    /// The steps that an amount needs, in their order.
    ///
    /// # Errors
    ///
    /// [`ApprovalError::NoChain`] when the policy has no chain for the kind, [`ApprovalError::NoStep`] when none of its
    /// steps is needed, [`ApprovalError::Money`] when the amount is in another currency than the steps.
    pub fn steps(&self, kind: ApprovalKind, amount: Money) -> Result<Vec<&ApprovalStep>, ApprovalError> {
        let chain = self.chains.iter().find(|chain| chain.kind == kind).ok_or(ApprovalError::NoChain(kind))?;
        let mut steps = Vec::new();
        for step in &chain.steps {
            let needed = step.above.map_or(Ok(true), |above| amount.minus(above).map(|over| over.minor() > 0))?;
            if needed {
                steps.push(step);
            }
        }
        if steps.is_empty() { Err(ApprovalError::NoStep(amount)) } else { Ok(steps) }
    }

    /// Where a request stands at the end of `as_of`. Words count in the order of their days; what was said by somebody who
    /// might not decide on that day is set aside.
    ///
    /// # Errors
    ///
    /// As [`ApprovalRule::steps`].
    pub fn state(
        &self,
        request: &Request,
        said: &[Said],
        people: &[Approver],
        calendar: &Calendar,
        as_of: Date,
    ) -> Result<ApprovalState, ApprovalError> {
        let steps = self.steps(request.kind, request.amount)?;
        let needs = steps.iter().map(|step| step.role.clone()).collect();
        let mut words: Vec<&Said> = said.iter().filter(|said| said.date <= as_of).collect();
        // Of one day's words the one that was given first counts first: a stable sort.
        words.sort_by_key(|said| said.date);
        let (mut agreed, mut set_aside): (Vec<Agreed>, Vec<Said>) = (Vec::new(), Vec::new());
        let mut since = request.date;
        let mut refused = None;
        for word in words {
            let step = steps.get(agreed.len()).filter(|_| refused.is_none());
            let Some(step) =
                step.filter(|step| may(step, since, request, &agreed, people, calendar, word.date).contains(&word.by))
            else {
                set_aside.push(word.clone());
                continue;
            };
            if word.date < since {
                set_aside.push(word.clone());
            } else if word.agrees {
                agreed.push(Agreed { role: step.role.clone(), by: word.by, date: word.date });
                since = word.date;
            } else if word.reason.trim().is_empty() {
                set_aside.push(word.clone());
            } else {
                refused = Some(word);
            }
        }
        let at = match (refused, steps.get(agreed.len())) {
            (Some(word), _) => At::Refused { date: word.date, by: word.by, reason: word.reason.clone() },
            (None, None) => At::Approved { date: since },
            (None, Some(step)) => {
                let until = last_day(step, since, calendar);
                At::Waits {
                    role: step.role.clone(),
                    since,
                    until,
                    escalated: as_of > until && step.then.is_some(),
                    may: may(step, since, request, &agreed, people, calendar, as_of).into_iter().collect(),
                }
            }
        };
        Ok(ApprovalState { needs, at, agreed, set_aside })
    }
}

/// The last day on which a step waits for its own role alone.
fn last_day(step: &ApprovalStep, since: Date, calendar: &Calendar) -> Date {
    (0..step.days).fold(since, |day, _| calendar.next_working(plus_days(day, 1)))
}

/// Who may decide on a step on a day.
fn may(
    step: &ApprovalStep,
    since: Date,
    request: &Request,
    agreed: &[Agreed],
    people: &[Approver],
    calendar: &Calendar,
    day: Date,
) -> BTreeSet<PersonId> {
    let mut may = of_role(&step.role, people, day);
    if let Some(then) = step.then.as_ref().filter(|_| day > last_day(step, since, calendar)) {
        may.extend(of_role(then, people, day));
    }
    may.retain(|person| *person != request.by && agreed.iter().all(|agreed| agreed.by != *person));
    may
}

/// The people of a role who are there on a day; when none is, those of their deputies who are.
fn of_role(role: &str, people: &[Approver], day: Date) -> BTreeSet<PersonId> {
    let there = |person: &Approver| !person.away.iter().any(|away| (away.from..=away.to).contains(&day));
    let (present, away): (Vec<&Approver>, Vec<&Approver>) =
        people.iter().filter(|person| person.roles.contains(role)).partition(|person| there(person));
    if !present.is_empty() {
        return present.into_iter().map(|person| person.person).collect();
    }
    let deputy = |person: &&Approver| {
        let deputy = person.deputy?;
        // A deputy who isn't listed holds no role and is never known to be away.
        let listed = people.iter().find(|other| other.person == deputy);
        listed.is_none_or(there).then_some(deputy)
    };
    away.iter().filter_map(deputy).collect()
}
