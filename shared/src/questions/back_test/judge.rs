//! A policy at work on the past: what it would have granted, and what it would have said.

use super::sweep::Sweep;
use crate::facts::calendar::{Date, plus_days};
use crate::facts::customer::{Customer, Stage};
use crate::facts::ledger::{Limit, Order, Rate};
use crate::facts::money::{Money, MoneyError};
use crate::facts::terms::Terms;
use crate::questions::assess::{AssessError, Evidence, evidence_of};
use crate::readings::exchange::ConversionError;
use crate::readings::standing::{GradeInForce, LimitInForce, Standing};
use crate::rules::order_check::{Rule, Verdict, order_check};
use crate::rules::policy::Policy;

/// A policy with what it has granted the customer who is gone through.
pub(super) struct Judge {
    pub policy: Policy,
    standing: Option<Standing>,
}

impl Judge {
    pub fn new(policy: Policy) -> Self {
        Self { policy, standing: None }
    }

    /// Turns to another customer, who has nothing yet. Stages are not dated: all are taken to have been in business.
    pub fn turn_to(&mut self, customer: &Customer) {
        let nothing = Standing::of(customer, &[], &[], None);
        self.standing =
            nothing.ok().map(|standing| Standing { stage: Stage::Active, currency: self.policy.currency, ..standing });
    }

    /// Assesses the customer at the beginning of a day and grants what comes of it. Where a rate is missing nothing is.
    pub fn assess(&mut self, customer: &Customer, sweep: &Sweep, rates: &[Rate], day: Date) -> Result<(), MoneyError> {
        let policy = &self.policy;
        let evidence = sweep
            .read(policy, rates, day)
            .map_err(AssessError::from)
            .and_then(|read| evidence_of(policy, customer, read, rates, day));
        let granted = match evidence {
            Ok(evidence) => Some(granted(policy, &evidence, day)?),
            Err(AssessError::Conversion(ConversionError::MissingRate { .. })) => None,
            Err(AssessError::Conversion(ConversionError::Money(error)) | AssessError::Money(error)) => {
                return Err(error);
            }
        };
        if let Some(standing) = &mut self.standing {
            (standing.grade, standing.limit, standing.terms) = match granted {
                Some((grade, limit, terms)) => (Some(grade), Some(limit), Some(terms)),
                None => (None, None, None),
            };
        }
        Ok(())
    }

    /// What the order check says, and the rule that decides.
    pub fn verdict(
        &mut self,
        sweep: &mut Sweep,
        order: &Order,
        rates: &[Rate],
        day: Date,
    ) -> Result<(Verdict, Option<Rule>), MoneyError> {
        let Some(standing) = &mut self.standing else { return Ok((Verdict::Hold, None)) };
        sweep.fill(standing, &self.policy, rates, order.amount.currency(), day)?;
        let answer = order_check(&self.policy, standing, order, day)?;
        Ok((answer.verdict, answer.reasons.first().map(|reason| reason.rule)))
    }
}

type Granted = (GradeInForce, LimitInForce, Terms);

/// What [`crate::questions::assess::assess`] would propose, without the lines that explain it.
fn granted(policy: &Policy, evidence: &Evidence, day: Date) -> Result<Granted, MoneyError> {
    let (points, confidence) = policy.scorecard.points(&evidence.profile);
    let rank = policy.grade.rank_of(points, confidence, &evidence.profile);
    let grade = policy.grade.bands.get(rank).map(|band| band.grade.clone()).unwrap_or_default();
    let rule = &policy.limit;
    let (mut limit, mut terms) = (Limit::None, Terms::Prepaid);
    if let Some(line) = rule.of_grade(&grade) {
        let need = &evidence.need;
        let methods = rule.minor_by_method(line, need.per_day.map(Money::minor), need.capital.map(Money::minor));
        let minor = rule.rounded_down(methods.into_iter().flatten().min().unwrap_or(0));
        terms = line.terms;
        if minor > 0 {
            limit = Limit::Amount { amount: Money::from_minor(minor, line.cap.currency())? };
        }
    }
    let until = Some(plus_days(day, u32::from(rule.valid_days)));
    Ok((GradeInForce { grade, since: day }, LimitInForce { limit, since: day, until }, terms))
}
