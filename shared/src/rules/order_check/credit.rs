//! Credit: what counts, and the limits that it is measured by.
//!
//! Exposure = open items + open orders + what counts by category − unapplied − cover used as a deduction. The own limit is
//! the temporary one where one is in force, and cover used as uplift comes on top of it. The group's limit is measured by
//! what all members owe together; a category's own limit by what stands in it. Tolerance is the policy's, for own and group.

use super::judge::Bench;
use super::{Finding, Reason, Rule, Verdict};
use crate::facts::calendar::{Date, days_between, plus_days};
use crate::facts::cover::Works;
use crate::facts::ledger::{Limit, LimitGrant};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use crate::readings::exposure::{Category, CategoryAmount, ConversionError, convert};
use crate::readings::standing::{GroupStands, Position, Standing};
use crate::rules::availability::{EffectiveLimit, effective_limit};
use crate::rules::policy::Policy;
use std::collections::BTreeMap;

/// What the tolerance adds to a limit, rounded half up to the minor unit.
pub fn tolerated(limit: Money, tolerance: Ratio) -> Result<Money, MoneyError> {
    Money::from_minor(tolerance.times(limit.minor()).ok_or(MoneyError::OutOfRange)?, limit.currency())
}

/// Whether an order confirmed on one day, to be carried out on another, counts: until it lapses, which a planned day that
/// is still to come puts off, and not before that day is within the horizon.
pub fn order_counts(policy: &Policy, confirmed: Date, planned: Option<Date>, as_of: Date) -> bool {
    let Some(planned) = planned.filter(|_| policy.exposure.orders) else {
        return policy.exposure.order_counts(confirmed, as_of);
    };
    let horizon = policy.commitments.as_ref().map_or(Date::MAX, |rule| plus_days(as_of, u32::from(rule.horizon_days)));
    (planned >= as_of || policy.exposure.order_counts(confirmed, as_of)) && planned <= horizon
}

/// Reads a standing at a date with all that counts besides the ledger.
pub fn position(policy: &Policy, standing: &Standing, as_of: Date) -> Result<Position, ConversionError> {
    let mut position = Position::of(standing, &policy.exposure, as_of)?;
    let to = |amount: Money| convert(amount, standing.currency, &standing.rates);
    let further = &standing.further;
    let exposure = &mut position.exposure;
    if standing.orders.iter().any(|bucket| bucket.planned.is_some()) {
        exposure.orders = Money::zero(standing.currency);
        let stands = standing.orders.iter().filter(|bucket| bucket.stands(as_of));
        let counts = stands.filter(|bucket| order_counts(policy, bucket.date, bucket.planned, as_of));
        for bucket in counts {
            exposure.orders = exposure.orders.plus(to(bucket.amount)?)?;
        }
    }
    let mut categories: BTreeMap<Category, Money> = BTreeMap::new();
    for bucket in further.categories.iter().flatten() {
        let amount = to(bucket.amount)?;
        match bucket.category {
            Category::OpenItems => exposure.open_items = exposure.open_items.plus(amount)?,
            Category::Orders if policy.exposure.orders => exposure.orders = exposure.orders.plus(amount)?,
            Category::Orders => {}
            category => {
                let sum = categories.entry(category).or_insert(Money::zero(standing.currency));
                *sum = sum.plus(amount)?;
            }
        }
    }
    let mut total = exposure.open_items.plus(exposure.orders)?.minus(exposure.unapplied)?;
    for (category, amount) in categories {
        exposure.categories.push(CategoryAmount { category, amount });
        let lines = policy.commitments.iter().flat_map(|rule| &rule.categories);
        // Without a word on it a category counts.
        if lines.clone().find(|line| line.category == category).is_none_or(|line| line.counts) {
            total = total.plus(amount)?;
        }
    }
    let deduction = covered(standing, Works::Deduction, as_of)?;
    if !deduction.is_zero() {
        // It takes off no more than there is.
        let deduction = deduction.min(total.max(Money::zero(standing.currency))?)?;
        exposure.cover = Some(deduction);
        total = total.minus(deduction)?;
    }
    exposure.total = total;
    disputes(policy, standing, &mut position, as_of)?;
    Ok(position)
}

/// What cover of a kind counts for on a day; a piece whose rate isn't known counts for nothing.
pub(super) fn covered(standing: &Standing, works: Works, as_of: Date) -> Result<Money, MoneyError> {
    let mut sum = Money::zero(standing.currency);
    let pieces = standing.further.cover.iter().flatten();
    for piece in pieces.filter(|piece| piece.works == works && piece.until.is_none_or(|until| as_of <= until)) {
        match convert(piece.amount, standing.currency, &standing.rates) {
            Ok(amount) => sum = sum.plus(amount)?,
            Err(ConversionError::MissingRate { .. }) => {}
            Err(ConversionError::Money(error)) => return Err(error),
        }
    }
    Ok(sum)
}

/// Where acceptances are kept, a disputed document is overdue like any other unless its dispute was accepted lately.
fn disputes(policy: &Policy, standing: &Standing, position: &mut Position, as_of: Date) -> Result<(), ConversionError> {
    let (Some(accepted), Some(rules)) = (&standing.further.accepted, &policy.order_rules) else { return Ok(()) };
    let days = i32::from(rules.dispute_days);
    let mut excused: BTreeMap<(Currency, Date), (u32, Money)> = BTreeMap::new();
    let lately = |date: Date| date <= as_of && days_between(date, as_of) <= days;
    for dispute in accepted.iter().filter(|dispute| dispute.due < as_of && lately(dispute.accepted)) {
        let currency = dispute.amount.currency();
        let (documents, sum) = excused.entry((currency, dispute.due)).or_insert((0, Money::zero(currency)));
        *documents = documents.saturating_add(dispute.documents);
        *sum = sum.plus(dispute.amount)?;
    }
    let mut disputed = Money::zero(standing.currency);
    for bucket in standing.open.iter().filter(|bucket| bucket.disputed && bucket.due < as_of) {
        let zero = Money::zero(bucket.amount.currency());
        let (documents, out) = excused.get(&(zero.currency(), bucket.due)).copied().unwrap_or((0, zero));
        let out = out.min(bucket.amount)?;
        let left = bucket.amount.minus(out)?;
        disputed = disputed.plus(convert(out, standing.currency, &standing.rates)?)?;
        if left.minor() > 0 {
            position.overdue = position.overdue.plus(convert(left, standing.currency, &standing.rates)?)?;
            let late = bucket.documents.saturating_sub(documents).max(1);
            position.overdue_documents = position.overdue_documents.saturating_add(late);
            position.oldest_days = position.oldest_days.max(days_between(bucket.due, as_of));
        }
    }
    position.disputed = disputed;
    Ok(())
}

/// The own limit in force, and what cover adds to it.
pub(super) struct OwnLimit {
    /// What is in force, with what cover adds.
    pub effective: EffectiveLimit,
    /// What cover adds; absent when it adds nothing.
    pub uplift: Option<Money>,
}

pub(super) fn own_limit(bench: &Bench<'_>) -> Result<OwnLimit, MoneyError> {
    let (standing, as_of, tolerance) = (bench.standing, bench.as_of, bench.policy.order_check.tolerance);
    let mut effective =
        if let (Some(temporary), Some(rule)) = (&standing.further.temporary, &bench.policy.temporary_limit) {
            let granted = standing.limit.as_ref();
            let granted = granted.map(|limit| LimitGrant { limit: limit.limit, until: limit.until, decision: None });
            effective_limit(rule, granted.as_ref(), temporary, tolerance, as_of)?
        } else {
            let until = standing.limit.as_ref().and_then(|limit| limit.until);
            EffectiveLimit { limit: standing.limit_at(as_of), temporary: false, until, tolerance }
        };
    let uplift = covered(standing, Works::Uplift, as_of)?;
    let uplift = match &mut effective.limit {
        Some(Limit::Amount { amount }) if !uplift.is_zero() => {
            *amount = amount.plus(uplift)?;
            Some(uplift)
        }
        _ => None,
    };
    Ok(OwnLimit { effective, uplift })
}

/// How far exposure and order go beyond a limit and its tolerance, and what that leads to.
fn beyond(after: Money, limit: Money, tolerance: Ratio) -> Result<(Money, Money, Verdict), MoneyError> {
    let over_limit = after.minus(limit)?;
    let over_tolerance = after.minus(limit.plus(tolerated(limit, tolerance)?)?)?;
    let verdict = match (over_tolerance.minor() > 0, over_limit.minor() > 0) {
        (true, _) => Verdict::Hold,
        (false, true) => Verdict::Warn,
        (false, false) => Verdict::Approve,
    };
    Ok((over_limit, over_tolerance, verdict))
}

pub(super) fn limit(bench: &Bench<'_>, own: &OwnLimit, exposure: Money, order: Money) -> Result<Reason, MoneyError> {
    let reason = |verdict, finding| Ok(Reason::of(Rule::Limit, verdict, finding));
    let rule = &bench.policy.order_check;
    if order.is_zero() {
        return reason(Verdict::Approve, Finding::NoCreditAsked);
    }
    let amount = match (own.effective.limit, &bench.standing.limit) {
        (None, None) => return reason(rule.no_limit, Finding::NoLimit { decided: false, order }),
        (None, Some(granted)) => {
            let until = granted.until.unwrap_or(bench.as_of);
            // Hold new orders, ship released ones.
            let eases = bench.around.confirmed.is_some();
            let verdict =
                if eases { bench.rules.limit_expired_confirmed.min(rule.limit_expired) } else { rule.limit_expired };
            return reason(verdict, Finding::LimitExpired { until, order });
        }
        (Some(Limit::Unlimited), _) => return reason(Verdict::Approve, Finding::Unlimited),
        (Some(Limit::None), _) => return reason(rule.no_limit, Finding::NoLimit { decided: true, order }),
        (Some(Limit::Amount { amount }), _) => amount,
    };
    let tolerance = own.effective.tolerance;
    let (over_limit, over_tolerance, verdict) = beyond(exposure.plus(order)?, amount, tolerance)?;
    let temporary_until = own.effective.until.filter(|_| own.effective.temporary);
    let uplift = own.uplift;
    let limit = amount;
    reason(
        verdict,
        Finding::Limit { exposure, order, limit, tolerance, over_limit, over_tolerance, uplift, temporary_until },
    )
}

/// The group's limit on a day, and what the others owe, in the currency of the customer's own.
pub(super) fn group_limit(bench: &Bench<'_>, group: &GroupStands) -> Result<(Option<Limit>, Money), ConversionError> {
    let to = |amount: Money| convert(amount, bench.standing.currency, &bench.standing.rates);
    let limit = match group.limit {
        _ if group.until.is_some_and(|until| bench.as_of > until) => None,
        Limit::Amount { amount } => Some(Limit::Amount { amount: to(amount)? }),
        other => Some(other),
    };
    Ok((limit, to(group.exposure)?))
}

pub(super) fn group(
    bench: &Bench<'_>,
    stands: &GroupStands,
    (limit, others): (Option<Limit>, Money),
    exposure: Money,
    order: Money,
) -> Result<Reason, MoneyError> {
    let reason = |verdict, finding| Ok(Reason::of(Rule::Group, verdict, finding));
    let rule = &bench.policy.order_check;
    let limit = match limit {
        _ if order.is_zero() => return reason(Verdict::Approve, Finding::NoCreditAsked),
        None => {
            let until = stands.until.unwrap_or(bench.as_of);
            let confirmed = bench.around.confirmed.is_some();
            let eased = bench.rules.limit_expired_confirmed.min(rule.limit_expired);
            let verdict = if confirmed { eased } else { rule.limit_expired };
            return reason(verdict, Finding::LimitExpired { until, order });
        }
        Some(Limit::None) => return reason(rule.no_limit, Finding::NoLimit { decided: true, order }),
        Some(Limit::Unlimited) => return reason(Verdict::Approve, Finding::Unlimited),
        Some(Limit::Amount { amount }) => amount,
    };
    let after = exposure.plus(others)?.plus(order)?;
    let (over_limit, over_tolerance, verdict) = beyond(after, limit, rule.tolerance)?;
    reason(
        verdict,
        Finding::Group {
            others: stands.others,
            others_exposure: others,
            exposure,
            order,
            limit,
            over_limit,
            over_tolerance,
        },
    )
}

/// Categories with a limit of their own. A prepayment pays what falls into them first.
pub(super) fn sub_limits(bench: &Bench<'_>, position: &Position) -> Result<Vec<Reason>, ConversionError> {
    let (standing, around) = (bench.standing, bench.around);
    if standing.further.categories.is_none() && around.parts.is_empty() {
        return Ok(Vec::new());
    }
    let currency = standing.currency;
    let to = |amount: Money| convert(amount, currency, &standing.rates);
    let mut prepaid = bench.order.prepayment.map(to).transpose()?.unwrap_or(Money::zero(currency));
    let mut reasons = Vec::new();
    let lines = bench.policy.commitments.iter().flat_map(|rule| &rule.categories);
    for (category, sub_limit) in lines.filter_map(|line| Some((line.category, line.sub_limit?))) {
        let sub_limit = to(sub_limit)?;
        let mut adds = Money::zero(currency);
        for part in around.parts.iter().filter(|part| part.category == category) {
            adds = adds.plus(to(part.amount)?)?;
        }
        let paid = prepaid.min(adds)?;
        prepaid = prepaid.minus(paid)?;
        adds = if bench.asks { adds.minus(paid)? } else { Money::zero(currency) };
        let stands = match category {
            Category::OpenItems => position.exposure.open_items,
            Category::Orders => position.exposure.orders,
            other => {
                let found = position.exposure.categories.iter().find(|line| line.category == other);
                found.map_or(Money::zero(currency), |line| line.amount)
            }
        };
        if stands.is_zero() && adds.is_zero() {
            continue;
        }
        let over = stands.plus(adds)?.minus(sub_limit)?;
        // What stands there already holds nobody's order that adds nothing to it.
        let exceeds = over.minor() > 0 && adds.minor() > 0;
        let verdict = if exceeds { bench.rules.sub_limit } else { Verdict::Approve };
        let finding = Finding::SubLimit { category, stands, order: adds, sub_limit, over };
        reasons.push(Reason::of(Rule::SubLimit, verdict, finding));
    }
    Ok(reasons)
}

pub(super) fn concentration(
    bench: &Bench<'_>,
    exposure: Money,
    order: Money,
) -> Result<Option<Reason>, ConversionError> {
    let (Some(rule), Some(portfolio)) = (bench.rules.concentration, bench.standing.further.portfolio) else {
        return Ok(None);
    };
    let portfolio = convert(portfolio, bench.standing.currency, &bench.standing.rates)?;
    let after = exposure.plus(order)?;
    let share = Ratio::of(after.minor(), portfolio.minor()).unwrap_or_default();
    let over = portfolio.minor() > 0 && rule.most.is_exceeded_by(after.minor(), portfolio.minor());
    let verdict = if over && !order.is_zero() { rule.beyond } else { Verdict::Approve };
    let finding = Finding::Concentration { exposure: after, portfolio, share, most: rule.most };
    Ok(Some(Reason::of(Rule::Concentration, verdict, finding)))
}
