//! The order check as it was before rules on the file, the group and the way of an order: what `order_check/1` and
//! `order_check/2` decided is replayed by it, and a policy without such rules still judges like this.

use super::credit::{tolerated, tolerated_third};
use super::{
    Answer, Finding, OrderCheckRule, OrderView, Reason, Rule, RuleVerdicts, TermsRule, Verdict, Version, conduct,
};
use crate::facts::calendar::Date;
use crate::facts::customer::Stage;
use crate::facts::ledger::{Limit, Order};
use crate::facts::money::{Money, MoneyError};
use crate::facts::number::Ratio;
use crate::facts::terms::Terms;
use crate::readings::exchange::ConversionError;
use crate::readings::exposure::ExposureRule;
use crate::readings::standing::{Position, Standing};
use std::borrow::Cow;
use std::cmp::Ordering;

/// What the tolerance adds to a limit.
type Tolerated = fn(Money, Ratio) -> Result<Money, MoneyError>;

/// Whether an order is large for its limit.
type SizeRule = fn(&OrderCheckRule, Money, Money) -> Reason;

/// Judges an order by a policy without rules on file, group and conduct.
pub(super) fn without_rules(
    policy: OrderView<'_>,
    standing: &Standing,
    order: &Order,
    as_of: Date,
    version: Version,
) -> Result<Answer, MoneyError> {
    let (rule, exposure) = (policy.order_check, policy.exposure);
    if version < Version::Fifth {
        return judge(rule, exposure, standing, order, as_of, (size, tolerated));
    }
    match rule.overdue.in_own(standing, as_of)? {
        Cow::Borrowed(_) => judge(rule, exposure, standing, order, as_of, (size, tolerated)),
        Cow::Owned(overdue) => {
            let rule = OrderCheckRule { overdue, ..rule.clone() };
            judge(&rule, exposure, standing, order, as_of, (size, tolerated))
        }
    }
}

/// Judges an order as [`super::SECOND`] did.
///
/// # Errors
///
/// [`MoneyError`] only when a sum leaves the range of money; a missing rate is a finding.
pub fn order_check_second(
    rule: &OrderCheckRule,
    exposure: &ExposureRule,
    standing: &Standing,
    order: &Order,
    as_of: Date,
) -> Result<Answer, MoneyError> {
    judge(rule, exposure, standing, order, as_of, (size, tolerated_third))
}

/// Judges an order as [`super::FIRST`] did.
///
/// # Errors
///
/// As [`order_check_second`].
pub fn order_check_first(
    rule: &OrderCheckRule,
    exposure: &ExposureRule,
    standing: &Standing,
    order: &Order,
    as_of: Date,
) -> Result<Answer, MoneyError> {
    judge(rule, exposure, standing, order, as_of, (size_first, tolerated_third))
}

fn judge(
    rule: &OrderCheckRule,
    exposure: &ExposureRule,
    standing: &Standing,
    order: &Order,
    as_of: Date,
    (size, tolerated): (SizeRule, Tolerated),
) -> Result<Answer, MoneyError> {
    let verdicts = rule.verdicts();
    let mut reasons = vec![frozen(verdicts, standing), stage(verdicts, standing)];
    let on_credit = order.prepayment.map_or(Ok(order.amount), |prepaid| order.amount.minus(prepaid))?;
    let on_credit = on_credit.max(Money::zero(order.amount.currency()))?;
    let asks = !on_credit.is_zero() && !order.terms.is_prepaid();
    let credit = if asks { on_credit } else { Money::zero(on_credit.currency()) };
    let missing = |from, to| {
        let verdict = if asks { verdicts.missing_rate } else { verdicts.missing_rate.min(Verdict::Warn) };
        Reason::of(Rule::Data, verdict, Finding::MissingRate { from, to })
    };
    // The order's own rate may be missing from the standing when it is the first in its currency.
    let credit = match standing.in_own(credit, as_of) {
        Ok(credit) => credit,
        Err(ConversionError::MissingRate { from, to, .. }) => {
            reasons.push(missing(from, to));
            reasons.push(terms(&rule.terms, standing, order, asks));
            return Ok(answer(reasons, on_credit, None, None));
        }
        Err(ConversionError::Money(error)) => return Err(error),
    };
    let position = match Position::of(standing, exposure, as_of) {
        Ok(position) => Some(position),
        Err(ConversionError::MissingRate { from, to, .. }) => {
            reasons.push(missing(from, to));
            None
        }
        Err(ConversionError::Money(error)) => return Err(error),
    };
    reasons.push(grade(rule, standing, asks));
    let mut available = None;
    if let Some(position) = &position {
        if let Some(Limit::Amount { amount }) = standing.limit_at(as_of) {
            available = Some(amount.minus(position.exposure.total)?);
        }
        reasons.push(limit(rule, standing, position, credit, (as_of, tolerated))?);
        reasons.push(conduct::overdue(&rule.overdue, position));
        if let Some(Limit::Amount { amount }) = standing.limit_at(as_of) {
            reasons.push(size(rule, credit, amount));
        }
    }
    reasons.push(terms(&rule.terms, standing, order, asks));
    Ok(answer(reasons, credit, position, available))
}

fn answer(mut reasons: Vec<Reason>, order: Money, position: Option<Position>, available: Option<Money>) -> Answer {
    reasons.sort_by(|a, b| b.verdict.cmp(&a.verdict).then(a.rule.cmp(&b.rule)));
    let verdict = reasons.first().map_or(Verdict::Approve, |reason| reason.verdict);
    Answer::plain(verdict, order, position, available, reasons)
}

pub(super) fn frozen(verdicts: RuleVerdicts, standing: &Standing) -> Reason {
    match &standing.frozen {
        Some(frozen) => Reason::of(
            Rule::Frozen,
            verdicts.frozen,
            Finding::Frozen { since: frozen.since, reason: frozen.reason.clone() },
        ),
        None => Reason::of(Rule::Frozen, Verdict::Approve, Finding::NotFrozen),
    }
}

pub(super) fn stage(verdicts: RuleVerdicts, standing: &Standing) -> Reason {
    let verdict = match standing.stage {
        Stage::Active | Stage::Admitted | Stage::Prospect => Verdict::Approve,
        Stage::Suspended => verdicts.suspended,
        Stage::Ended => verdicts.exited,
    };
    Reason::of(Rule::Stage, verdict, Finding::Stage { stage: standing.stage })
}

pub(super) fn grade(rule: &OrderCheckRule, standing: &Standing, asks: bool) -> Reason {
    let grade = standing.grade.as_ref().map(|grade| grade.grade.clone());
    let refused = grade.as_ref().is_some_and(|grade| rule.refused_grades.contains(grade));
    let verdict = match (asks, &grade) {
        (true, Some(_)) if refused => Verdict::Refuse,
        (true, None) => rule.verdicts().no_grade,
        _ => Verdict::Approve,
    };
    Reason::of(Rule::Grade, verdict, Finding::Grade { grade })
}

fn limit(
    rule: &OrderCheckRule,
    standing: &Standing,
    position: &Position,
    order: Money,
    (as_of, tolerated): (Date, Tolerated),
) -> Result<Reason, MoneyError> {
    let reason = |verdict, finding| Reason::of(Rule::Limit, verdict, finding);
    if order.is_zero() {
        return Ok(reason(Verdict::Approve, Finding::NoCreditAsked));
    }
    let Some(in_force) = &standing.limit else {
        return Ok(reason(rule.no_limit, Finding::NoLimit { decided: false, order }));
    };
    if let Some(until) = in_force.until.filter(|until| as_of > *until) {
        return Ok(reason(rule.limit_expired, Finding::LimitExpired { until, order }));
    }
    let amount = match in_force.limit {
        Limit::Unlimited => return Ok(reason(Verdict::Approve, Finding::Unlimited)),
        Limit::None => return Ok(reason(rule.no_limit, Finding::NoLimit { decided: true, order })),
        Limit::Amount { amount } => amount,
    };
    let exposure = position.exposure.total;
    let after = exposure.plus(order)?;
    let over_limit = after.minus(amount)?;
    let over_tolerance = after.minus(amount.plus(tolerated(amount, rule.tolerance)?)?)?;
    let verdict = match (over_tolerance.minor().cmp(&0), over_limit.minor().cmp(&0)) {
        (Ordering::Greater, _) => rule.verdicts().beyond_limit,
        (_, Ordering::Greater) => rule.verdicts().within_tolerance,
        _ => Verdict::Approve,
    };
    let finding = Finding::Limit {
        exposure,
        order,
        limit: amount,
        tolerance: rule.tolerance,
        over_limit,
        over_tolerance,
        uplift: None,
        temporary_until: None,
    };
    Ok(reason(verdict, finding))
}

pub(super) fn terms(rule: &TermsRule, standing: &Standing, order: &Order, asks: bool) -> Reason {
    let asked = order.terms;
    let granted = standing.terms;
    // What was never granted is as tight as can be.
    let against = granted.unwrap_or(Terms::Prepaid);
    let looser = asks && asked.looseness(against) == Ordering::Greater;
    let looser_days = if looser { asked.days_at_most().saturating_sub(against.days_at_most()) } else { 0 };
    let verdict = match looser {
        false => Verdict::Approve,
        true if looser_days <= u32::from(rule.warn_days) => Verdict::Warn,
        true => rule.beyond,
    };
    Reason::of(Rule::Terms, verdict, Finding::Terms { asked, granted, looser_days })
}

/// The amounts themselves are compared; the share is for showing.
pub(super) fn size(rule: &OrderCheckRule, order: Money, limit: Money) -> Reason {
    let large = limit.minor() > 0 && rule.size_share.is_exceeded_by(order.minor(), limit.minor());
    sized(rule, order, limit, |_| large)
}

fn size_first(rule: &OrderCheckRule, order: Money, limit: Money) -> Reason {
    sized(rule, order, limit, |share| share > rule.size_share)
}

fn sized(rule: &OrderCheckRule, order: Money, limit: Money, large: impl Fn(Ratio) -> bool) -> Reason {
    let share = Ratio::of(order.minor(), limit.minor()).unwrap_or_default();
    let verdict = if large(share) { rule.verdicts().size } else { Verdict::Approve };
    Reason::of(Rule::Size, verdict, Finding::Size { share, warn_share: rule.size_share })
}
