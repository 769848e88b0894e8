//! What asks for a review at once, derived from facts (复评触发): nobody has to write it down.
//!
//! - **Red warning**: on the day on which an indicator turned red
//! - **Broken promise**: on the day on which a promise or plan broke
//! - **Cover lost**: on the day from which all cover together counts for less, because a piece ended; what was replaced in time
//!   isn't lost
//! - **Limit asked**: when more was asked for than the limit in force on that day
//! - **Owner changed**: when somebody else came to control the customer; the first word on who does is no change
//!
//! What was heard from outside stays a fact that people enter. A review of the same day or later has seen the event, see
//! [`crate::rules::review`].

use super::indicators::payments;
use crate::facts::calendar::{Date, plus_days};
use crate::facts::cover::Cover;
use crate::facts::customer::Customer;
use crate::facts::ledger::{Fact, Limit, Rate, Recorded, Withdrawn};
use crate::facts::money::{Money, MoneyError};
use crate::facts::observation::{LimitRequest, Observation, Trigger, TriggerEvent};
use crate::facts::promise::{Plan, Promise};
use crate::facts::relations::{Link, Party, Relation};
use crate::readings::exchange::{ConversionError, RatesOn};
use crate::rules::cover::covered;
use crate::rules::policy::Policy;
use crate::rules::promise::{Outcome, PlanError};
use crate::rules::warning::Colour;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What triggers are read from, beside the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Heard {
    /// What was observed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observations: Vec<Observation>,
    /// Promises.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<Promise>,
    /// Plans.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<Plan>,
    /// Cover.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covers: Vec<Cover>,
    /// Limits that were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<LimitRequest>,
    /// What people entered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entered: Vec<TriggerEvent>,
}

/// Why triggers cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TriggerError {
    /// A rate is missing, or a sum leaves the range.
    #[error(transparent)]
    Conversion(#[from] ConversionError),
    /// A plan has no parts.
    #[error(transparent)]
    Plan(#[from] PlanError),
}

impl From<MoneyError> for TriggerError {
    fn from(error: MoneyError) -> Self {
        Self::Conversion(error.into())
    }
}

/// All events up to the end of `as_of`, by date, each once.
///
/// # Errors
///
/// [`TriggerError::Conversion`] when cover or a limit asked for has no rate, or a sum leaves the range;
/// [`TriggerError::Plan`] when a plan has no instalments.
pub fn triggers(
    policy: &Policy,
    customer: &Customer,
    facts: &[Recorded],
    relations: &[Relation],
    heard: &Heard,
    rates: &[Rate],
    as_of: Date,
) -> Result<Vec<TriggerEvent>, TriggerError> {
    let mut events: BTreeSet<(Date, Trigger)> = heard.entered.iter().map(|event| (event.date, event.trigger)).collect();
    events.extend(turned_red(policy, &heard.observations).map(|date| (date, Trigger::RedWarning)));
    let withdrawn = Withdrawn::by(facts);
    let own = |fact: &&Recorded| fact.customer == customer.id && fact.date <= as_of && withdrawn.spares(fact);
    let facts: Vec<Recorded> = facts.iter().filter(own).cloned().collect();
    if let Some(rule) = policy.dunning.as_ref().map(|dunning| &dunning.promise) {
        let payments = payments(&facts);
        for state in rule.promises(&heard.promises, &payments, as_of)? {
            if let Outcome::Broken { since, .. } = state.outcome {
                events.insert((since, Trigger::BrokenPromise));
            }
        }
        let plans: Vec<&Plan> = heard.plans.iter().filter(|plan| plan.agreed <= as_of).collect();
        let broken = rule.plans(&plans, &payments, as_of)?.into_iter().filter_map(|state| state.broken);
        events.extend(broken.map(|since| (since, Trigger::BrokenPromise)));
    }
    for date in lost(policy, &heard.covers, customer, rates)? {
        events.insert((date, Trigger::CoverLost));
    }
    for request in &heard.asked {
        if asks_for_more(request, customer, &facts, rates)? {
            events.insert((request.date, Trigger::LimitAsked));
        }
    }
    events.extend(changed_hands(customer, relations).into_iter().map(|date| (date, Trigger::OwnerChanged)));
    Ok(events
        .into_iter()
        .filter(|(date, _)| *date <= as_of)
        .map(|(date, trigger)| TriggerEvent { date, trigger })
        .collect())
}

/// The days on which an indicator turned red.
fn turned_red<'a>(policy: &'a Policy, observations: &'a [Observation]) -> impl Iterator<Item = Date> + 'a {
    let rules = policy.warnings.iter().flat_map(|warnings| &warnings.indicators);
    rules.flat_map(move |rule| {
        let days: BTreeSet<Date> =
            observations.iter().filter(|seen| seen.indicator == rule.indicator).map(|seen| seen.date).collect();
        days.into_iter().filter(move |day| {
            let warning = rule.read(observations, &[], *day);
            warning.colour == Colour::Red && warning.since == Some(*day)
        })
    })
}

/// The days from which all cover together counts for less than the day before, because a piece ended.
fn lost(
    policy: &Policy,
    covers: &[Cover],
    customer: &Customer,
    rates: &[Rate],
) -> Result<BTreeSet<Date>, TriggerError> {
    let mut days = BTreeSet::new();
    let Some(rule) = &policy.cover else { return Ok(days) };
    // Against an exposure that no cover reaches, each piece counts for all that it can.
    let most = Money::from_minor(i64::from(u32::MAX).saturating_mul(100_000), customer.currency)?;
    let counted = |day: Date| -> Result<Money, MoneyError> {
        let covered = covered(rule, covers, most, rates, day)?;
        covered.uplift.plus(covered.deduction)
    };
    for until in covers.iter().filter_map(|cover| cover.until) {
        let after = plus_days(until, 1);
        if counted(after)?.minor() < counted(until)?.minor() {
            days.insert(after);
        }
    }
    Ok(days)
}

/// Whether a request goes beyond the limit in force on its day; without one, anything does.
fn asks_for_more(
    request: &LimitRequest,
    customer: &Customer,
    facts: &[Recorded],
    rates: &[Rate],
) -> Result<bool, ConversionError> {
    let granted = facts.iter().filter_map(|recorded| match &recorded.fact {
        Fact::LimitGranted(grant) if recorded.date <= request.date => {
            Some(((recorded.date, recorded.feed, recorded.id), grant))
        }
        _ => None,
    });
    let newest = granted.max_by_key(|(order, _)| *order).map(|(_, grant)| grant);
    let in_force = newest.filter(|grant| grant.until.is_none_or(|until| request.date <= until));
    let on = RatesOn::new(rates, request.date);
    let asked = on.convert(request.amount, customer.currency)?;
    Ok(match in_force.map(|grant| grant.limit) {
        Some(Limit::Unlimited) => false,
        Some(Limit::Amount { amount }) => asked.minor() > on.convert(amount, customer.currency)?.minor(),
        Some(Limit::None) | None => asked.minor() > 0,
    })
}

/// The days on which the control of a customer passed to somebody else.
fn changed_hands(customer: &Customer, relations: &[Relation]) -> BTreeSet<Date> {
    let mut words: Vec<(Date, &Option<Party>, &str)> = relations
        .iter()
        .filter(|relation| relation.customer == customer.id)
        .filter_map(|relation| match &relation.link {
            Link::Control { by, .. } => Some((relation.date, by, relation.source.as_str())),
            _ => None,
        })
        .collect();
    words.sort_unstable();
    // Of several words of one day the last counts, as in the reading of groups.
    let mut by_day: Vec<(Date, &Option<Party>)> = Vec::new();
    for (date, by, _) in words {
        match by_day.last_mut().filter(|(last, _)| *last == date) {
            Some(last) => last.1 = by,
            None => by_day.push((date, by)),
        }
    }
    let pairs = by_day.iter().zip(by_day.iter().skip(1));
    pairs.filter(|((_, before), (_, after))| before != after).map(|(_, (date, _))| *date).collect()
}
