//! Promises and instalment plans: what the customer said it would pay, and whether it did.
//!
//! Neither is ever marked kept or broken: at any date that follows from the payments up to it. A payment counts once; of
//! several promises the one that falls due first is served first. A promise or an instalment may be a few days late and a
//! little short ([`PromiseRule`]); beyond that it is broken, and stays broken when the money comes later. What has come to
//! enough waits for no more: the next payment never makes up a shortage within the tolerance, or shortages would add up over
//! a plan; they stay owed on the documents. The instalments of a plan add up to its total to the last unit.
//!
//! A promise, a partial payment and a plan acknowledge the debt, and limitation begins anew (民法典 195, 第二项;
//! 诉讼时效规定, 法释〔2020〕17号, 第十四条): [`super::clock`] goes on from there.

use super::policy::{Bilingual, Faults, is_share};
use crate::facts::calendar::{Calendar, Date, days_between, plus_days};
use crate::facts::money::{Money, MoneyError};
use crate::facts::number::Ratio;
use crate::facts::overdue::Payment;
use crate::facts::promise::{Instalment, Plan, Promise};
use chrono::Months;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// When a promise or an instalment counts as kept, and what may be agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PromiseRule {
    /// So many days late is still kept (a transfer takes its time).
    pub late_days: u16,
    /// So much short is still kept, as a share of what was promised (bank charges).
    pub short_share: Ratio,
    /// A plan has at most so many instalments.
    pub at_most_instalments: u16,
    /// How far promises hold dunning off; without it each does until its last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<HoldRule>,
}

/// How far promises hold dunning off: nobody can promise for ever. A promise that was kept counts no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HoldRule {
    /// Why its numbers are what they are.
    pub note: Bilingual,
    /// So many promises for a document hold, while none of them is kept.
    pub at_most: u16,
    /// They hold until so many days after the first of them was made.
    pub days: u16,
}

/// What became of a promise at a date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PromiseState {
    /// The promise.
    pub promise: Promise,
    /// What came in on it, in time.
    pub paid: Money,
    /// What became of it.
    pub outcome: Outcome,
}

/// What can become of a promise or an instalment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PromiseOutcome"))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// 履行: enough came in time.
    Kept {
        /// On the day it became enough.
        on: Date,
    },
    /// 待履行: there is time left.
    Open {
        /// The last day, tolerance included.
        until: Date,
        /// What is still to come.
        missing: Money,
    },
    /// 违背: the time passed.
    Broken {
        /// Since the first day after the last one.
        since: Date,
        /// What was missing on that day.
        missing: Money,
    },
}

/// How the instalments of a plan follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Rhythm {
    /// On the same day of every month; on its last day where the month is shorter.
    Monthly,
    /// Every so many days.
    Days {
        /// How many.
        days: u16,
    },
}

/// How a plan stands at a date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PlanState {
    /// What became of each instalment.
    pub outcomes: Vec<Outcome>,
    /// What came in on it.
    pub paid: Money,
    /// What is still to come; a part to which enough came waits for nothing.
    pub left: Money,
    /// Since when it is broken; then all that is left falls due at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken: Option<Date>,
    /// The next instalment to which enough hasn't come yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Instalment>,
}

/// Why there is no such plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Too few or too many parts.
    #[error("count: a plan has between 1 and {at_most} instalments, not {count}")]
    Count {
        /// Asked for.
        count: u16,
        /// Allowed.
        at_most: u16,
    },
    /// There is nothing to pay.
    #[error("total: {0} is nothing to be paid by instalments")]
    Total(Money),
    /// A sum left the range, or currencies were mixed.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl PromiseRule {
    pub(super) fn check(&self, faults: &mut Faults) {
        let path = "dunning.promise";
        faults.unless(
            is_share(self.short_share),
            &format!("{path}.short_share"),
            format_args!("must lie between 0 and 1"),
        );
        let some = self.at_most_instalments > 0;
        faults.unless(some, &format!("{path}.at_most_instalments"), format_args!("must be at least 1"));
        if let Some(hold) = &self.hold {
            for (number, field) in [(hold.at_most, "at_most"), (hold.days, "days")] {
                faults.unless(number > 0, &format!("{path}.hold.{field}"), format_args!("must be at least 1"));
            }
        }
    }

    /// The last day on which what was promised for `due` may come in.
    pub fn last_day(&self, due: Date) -> Date {
        plus_days(due, u32::from(self.late_days))
    }

    /// The least that keeps a promise of `amount`.
    fn enough(&self, amount: Money) -> Result<Money, MoneyError> {
        let short = self.short_share.times(amount.minor()).ok_or(MoneyError::OutOfRange)?;
        amount.minus(Money::from_minor(short, amount.currency())?)
    }

    /// What became of the promises, at the end of `as_of`, in the order in which they fall due. Only payments in a
    /// promise's own currency, of the day it was given or later, count for it, and each counts once.
    ///
    /// # Errors
    ///
    /// [`MoneyError::OutOfRange`] when what was paid on a promise, or its tolerance, leaves the range.
    pub fn promises(
        &self,
        promises: &[Promise],
        payments: &[Payment],
        as_of: Date,
    ) -> Result<Vec<PromiseState>, MoneyError> {
        let mut given: Vec<&Promise> = promises.iter().filter(|promise| promise.made <= as_of).collect();
        given.sort_by_key(|promise| (promise.due, promise.made, promise.amount.currency(), promise.amount.minor()));
        let mut pool = sorted(payments, as_of);
        given
            .into_iter()
            .map(|promise| {
                let last = self.last_day(promise.due);
                let taken = take(&mut pool, promise.amount, self.enough(promise.amount)?, promise.made..=last)?;
                let outcome = self.outcome(promise.amount, &taken, last, as_of)?;
                let paid = Money::sum(promise.amount.currency(), taken.iter().map(|paid| paid.amount))?;
                Ok(PromiseState { promise: promise.clone(), paid, outcome })
            })
            .collect()
    }

    /// How a plan stands at the end of `as_of`. Payments since it was agreed fill the instalments in their order.
    ///
    /// # Errors
    ///
    /// [`PlanError::Count`] when it has no instalments, [`PlanError::Money`] when instalments are in several
    /// currencies, or a sum leaves the range.
    pub fn plan(&self, plan: &Plan, payments: &[Payment], as_of: Date) -> Result<PlanState, PlanError> {
        self.plan_from(plan, &mut sorted(payments, as_of), as_of)
    }

    /// How plans stand beside each other: a payment counts once, for the plan that stands first.
    ///
    /// # Errors
    ///
    /// As [`PromiseRule::plan`].
    pub fn plans(&self, plans: &[&Plan], payments: &[Payment], as_of: Date) -> Result<Vec<PlanState>, PlanError> {
        let mut pool = sorted(payments, as_of);
        plans.iter().map(|plan| self.plan_from(plan, &mut pool, as_of)).collect()
    }

    fn plan_from(&self, plan: &Plan, pool: &mut [Payment], as_of: Date) -> Result<PlanState, PlanError> {
        let at_most = self.at_most_instalments;
        let first = plan.instalments.first().ok_or(PlanError::Count { count: 0, at_most })?;
        let currency = first.amount.currency();
        let mut state = PlanState {
            outcomes: Vec::new(),
            paid: Money::zero(currency),
            left: Money::zero(currency),
            broken: None,
            next: None,
        };
        for part in &plan.instalments {
            let last = self.last_day(part.due);
            // What comes late still fills the instalment; it only doesn't mend the plan.
            let enough = self.enough(part.amount)?;
            let taken = take(pool, part.amount, enough, plan.agreed..=as_of)?;
            let outcome = self.outcome(part.amount, &taken, last, as_of)?;
            let paid = Money::sum(currency, taken.iter().map(|paid| paid.amount))?;
            state.paid = state.paid.plus(paid)?;
            let missing =
                if paid.minor() >= enough.minor() { Money::zero(currency) } else { part.amount.minus(paid)? };
            state.left = state.left.plus(missing)?;
            if let Outcome::Broken { since, .. } = outcome {
                state.broken = Some(state.broken.map_or(since, |before| before.min(since)));
            }
            if state.next.is_none() && !matches!(outcome, Outcome::Kept { .. }) && !missing.is_zero() {
                state.next = Some(*part);
            }
            state.outcomes.push(outcome);
        }
        Ok(state)
    }

    fn outcome(&self, amount: Money, taken: &[Payment], last: Date, as_of: Date) -> Result<Outcome, MoneyError> {
        let enough = self.enough(amount)?;
        let mut sum = Money::zero(amount.currency());
        for paid in taken.iter().filter(|paid| paid.date <= last) {
            sum = sum.plus(paid.amount)?;
            if sum.minor() >= enough.minor() {
                return Ok(Outcome::Kept { on: paid.date });
            }
        }
        let missing = amount.minus(sum)?;
        Ok(if days_between(last, as_of) > 0 {
            Outcome::Broken { since: plus_days(last, 1), missing }
        } else {
            Outcome::Open { until: last, missing }
        })
    }

    /// Proposes a plan: `count` parts of `total`, the first on `first`, each moved on to a working day. The parts differ
    /// by at most one unit, the earlier ones being the larger.
    ///
    /// # Errors
    ///
    /// [`PlanError::Count`] for no instalments or more than the policy allows, [`PlanError::Total`] for nothing to pay.
    pub fn propose(
        &self,
        total: Money,
        count: u16,
        agreed: Date,
        first: Date,
        rhythm: Rhythm,
        calendar: &Calendar,
    ) -> Result<Plan, PlanError> {
        if count == 0 || count > self.at_most_instalments {
            return Err(PlanError::Count { count, at_most: self.at_most_instalments });
        }
        if total.minor() <= 0 {
            return Err(PlanError::Total(total));
        }
        let due = |index: u32| match rhythm {
            Rhythm::Monthly => first.checked_add_months(Months::new(index)).unwrap_or(Date::MAX),
            Rhythm::Days { days } => plus_days(first, index.saturating_mul(u32::from(days))),
        };
        let parts = total.split(&vec![1; usize::from(count)]);
        let instalments = (0_u32..)
            .zip(parts)
            .map(|(index, amount)| Instalment { due: calendar.next_working(due(index)), amount })
            .collect();
        Ok(Plan { agreed, instalments })
    }
}

/// The payments up to a day, oldest first.
fn sorted(payments: &[Payment], as_of: Date) -> Vec<Payment> {
    let mut pool: Vec<Payment> = payments.iter().filter(|paid| paid.date <= as_of).copied().collect();
    pool.sort_by_key(|paid| (paid.date, paid.amount.currency(), paid.amount.minor()));
    pool
}

/// Takes up to `amount` out of the pool, from the payments dated on some days, oldest first, until there is `enough`.
fn take(
    pool: &mut [Payment],
    amount: Money,
    enough: Money,
    days: RangeInclusive<Date>,
) -> Result<Vec<Payment>, MoneyError> {
    let mut taken = Vec::new();
    let mut wanted = amount;
    let tolerated = amount.minus(enough)?;
    for paid in pool.iter_mut().filter(|paid| days.contains(&paid.date)) {
        let waits = wanted.minor() > 0 && (wanted.minor() > tolerated.minor() || taken.is_empty());
        if paid.amount.currency() != amount.currency() || paid.amount.minor() <= 0 || !waits {
            continue;
        }
        let part = wanted.min(paid.amount)?;
        taken.push(Payment { date: paid.date, amount: part });
        paid.amount = paid.amount.minus(part)?;
        wanted = wanted.minus(part)?;
    }
    Ok(taken)
}
