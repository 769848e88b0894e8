//! Credit: what counts, and the limits that it is measured by.
//!
//! Exposure = open items + open orders + what counts by category − unapplied − cover used as a deduction. The own limit is
//! the temporary one where one is in force, and cover used as uplift comes on top of it. The group's limit is measured by
//! what all members owe together; a category's own limit by what stands in it. Tolerance is the policy's, for own and group.

use super::judge::Bench;
use super::{EasedBy, Finding, OrderPart, OrderView, Reason, Rule, Verdict, Version};
use crate::facts::calendar::{Date, days_between, plus_days};
use crate::facts::cover::Works;
use crate::facts::ledger::{Limit, LimitGrant, Order};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use crate::readings::exchange::ConversionError;
use crate::readings::exposure::{Category, CategoryAmount};
use crate::readings::standing::{GroupStands, Position, Standing};
use crate::rules::availability::{EffectiveLimit, effective_limit};
use std::collections::BTreeMap;

/// What the tolerance adds to a limit, in whole minor units: what is beyond it is strictly greater than
/// limit × (1 + tolerance).
///
/// # Errors
///
/// [`MoneyError::OutOfRange`] when the product leaves the range.
pub fn tolerated(limit: Money, tolerance: Ratio) -> Result<Money, MoneyError> {
    Money::from_minor(tolerance.times_down(limit.minor()).ok_or(MoneyError::OutOfRange)?, limit.currency())
}

/// The same up to [`super::THIRD`], rounded half up, so that half a minor unit too much could pass.
pub(super) fn tolerated_third(limit: Money, tolerance: Ratio) -> Result<Money, MoneyError> {
    Money::from_minor(tolerance.times(limit.minor()).ok_or(MoneyError::OutOfRange)?, limit.currency())
}

/// Whether an order confirmed on one day, to be carried out on another, counts: until it lapses, which a planned day that
/// is still to come puts off, and not before that day is within the horizon.
pub fn order_counts<'a>(policy: impl Into<OrderView<'a>>, confirmed: Date, planned: Option<Date>, as_of: Date) -> bool {
    let policy = policy.into();
    let Some(planned) = planned.filter(|_| policy.exposure.orders) else {
        return policy.exposure.order_counts(confirmed, as_of);
    };
    let horizon = policy.horizon_days.map_or(Date::MAX, |days| plus_days(as_of, u32::from(days)));
    (planned >= as_of || policy.exposure.order_counts(confirmed, as_of)) && planned <= horizon
}

/// Reads a standing at a date with all that counts besides the ledger.
///
/// # Errors
///
/// [`ConversionError::MissingRate`] when something that counts is in a currency that the standing carries no rate for;
/// [`ConversionError::Money`] when a sum leaves the range.
pub fn position<'a>(
    policy: impl Into<OrderView<'a>>,
    standing: &Standing,
    as_of: Date,
) -> Result<Position, ConversionError> {
    let policy = policy.into();
    let mut position = Position::of(standing, policy.exposure, as_of)?;
    let to = |amount: Money| standing.in_own(amount, as_of);
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
        // Without a word on it a category counts.
        if policy.categories.iter().find(|line| line.category == category).is_none_or(|line| line.counts) {
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
        match standing.in_own(piece.amount, as_of) {
            Ok(amount) => sum = sum.plus(amount)?,
            Err(ConversionError::MissingRate { .. }) => {}
            Err(ConversionError::Money(error)) => return Err(error),
        }
    }
    Ok(sum)
}

/// Where acceptances are kept, a disputed document is overdue like any other unless its dispute was accepted lately.
fn disputes(
    policy: OrderView<'_>,
    standing: &Standing,
    position: &mut Position,
    as_of: Date,
) -> Result<(), ConversionError> {
    let (Some(accepted), Some(rules)) = (&standing.further.accepted, policy.order_rules) else { return Ok(()) };
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
        disputed = disputed.plus(standing.in_own(out, as_of)?)?;
        if left.minor() > 0 {
            position.overdue = position.overdue.plus(standing.in_own(left, as_of)?)?;
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
        if let (Some(temporary), Some(rule)) = (&standing.further.temporary, bench.policy.temporary_limit) {
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
fn beyond(
    bench: &Bench<'_>,
    after: Money,
    limit: Money,
    tolerance: Ratio,
) -> Result<(Money, Money, Verdict), MoneyError> {
    let over_limit = after.minus(limit)?;
    let tolerated = if bench.version < Version::Fourth { tolerated_third } else { tolerated };
    let over_tolerance = after.minus(limit.plus(tolerated(limit, tolerance)?)?)?;
    let verdicts = bench.policy.order_check.verdicts();
    let verdict = match (over_tolerance.minor() > 0, over_limit.minor() > 0) {
        (true, _) => verdicts.beyond_limit,
        (false, true) => verdicts.within_tolerance,
        (false, false) => Verdict::Approve,
    };
    Ok((over_limit, over_tolerance, verdict))
}

pub(super) fn limit(bench: &Bench<'_>, own: &OwnLimit, exposure: Money, order: Money) -> Result<Reason, MoneyError> {
    let reason = |verdict, finding| Ok(Reason::of(Rule::Limit, verdict, finding));
    let rule = bench.policy.order_check;
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
    let (over_limit, over_tolerance, verdict) = beyond(bench, exposure.plus(order)?, amount, tolerance)?;
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
    let to = |amount: Money| bench.standing.in_own(amount, bench.as_of);
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
    let rule = bench.policy.order_check;
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
    let (over_limit, over_tolerance, verdict) = beyond(bench, after, limit, rule.tolerance)?;
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

/// What rates have added to the exposure since its open documents were booked: by currency what they are worth today less
/// what they were booked at, as far as money and credits not applied don't stand against them. Negative when rates have
/// taken something off; nothing where it isn't kept what they were booked at.
pub(super) fn revalued(bench: &Bench<'_>) -> Result<Money, ConversionError> {
    let standing = bench.standing;
    let mut sum = Money::zero(standing.currency);
    for bucket in standing.further.booked.iter().flatten() {
        let (foreign, own) = (bucket.open.currency(), bucket.booked.currency());
        if own != standing.currency || foreign == own {
            continue;
        }
        let minor = |amounts: &mut dyn Iterator<Item = Money>| {
            let amounts = amounts.filter(|amount| amount.currency() == foreign);
            amounts.fold(0_i128, |sum, amount| sum.saturating_add(amount.minor().into()))
        };
        let open = minor(&mut standing.open.iter().map(|bucket| bucket.amount));
        let counts = bench.policy.exposure.unapplied;
        let unapplied = if counts { minor(&mut standing.unapplied.iter().copied()) } else { 0 };
        let owed = open.saturating_sub(unapplied.max(0)).max(0);
        let gain = standing.in_own(bucket.open, bench.as_of)?.minus(bucket.booked)?;
        // Part of a minor unit eases nothing: towards zero.
        let part = i128::from(gain.minor()).saturating_mul(owed).checked_div(open).unwrap_or(0);
        sum = sum.plus(Money::from_minor(i64::try_from(part).map_err(|_| MoneyError::OutOfRange)?, own)?)?;
    }
    Ok(sum)
}

/// What an order adds to a category that has a limit of its own.
#[derive(Clone, Copy, Debug)]
pub struct Added {
    /// The category.
    pub category: Category,
    /// Its limit.
    pub sub_limit: Money,
    /// What the order adds that isn't prepaid.
    pub adds: Money,
    /// Whether the category counts against the customer's own limit.
    pub counts: bool,
}

/// What an order adds to each category with a limit of its own, in the currency of the customer's limit. A prepayment pays
/// what falls into them first.
///
/// # Errors
///
/// As [`position`], for the order's parts, its prepayment and the sub-limits.
pub fn added<'a>(
    policy: impl Into<OrderView<'a>>,
    standing: &Standing,
    order: &Order,
    parts: &[OrderPart],
    as_of: Date,
) -> Result<Vec<Added>, ConversionError> {
    let currency = standing.currency;
    let to = |amount: Money| standing.in_own(amount, as_of);
    let mut prepaid = order.prepayment.map(to).transpose()?.unwrap_or(Money::zero(currency));
    let mut all = Vec::new();
    let policy = policy.into();
    for (line, sub_limit) in policy.categories.iter().filter_map(|line| Some((line, line.sub_limit?))) {
        let (category, counts, sub_limit) = (line.category, line.counts, to(sub_limit)?);
        let mut adds = Money::zero(currency);
        for part in parts.iter().filter(|part| part.category == category) {
            adds = adds.plus(to(part.amount)?)?;
        }
        let paid = prepaid.min(adds)?;
        prepaid = prepaid.minus(paid)?;
        all.push(Added { category, sub_limit, adds: adds.minus(paid)?, counts });
    }
    Ok(all)
}

/// Categories with a limit of their own. `rated` is what rates have added to open items.
pub(super) fn sub_limits(bench: &Bench<'_>, position: &Position, rated: Money) -> Result<Vec<Reason>, ConversionError> {
    let (standing, around) = (bench.standing, bench.around);
    if standing.further.categories.is_none() && around.parts.is_empty() {
        return Ok(Vec::new());
    }
    let currency = standing.currency;
    let mut reasons = Vec::new();
    for Added { category, sub_limit, adds, .. } in
        added(bench.policy, standing, bench.order, &around.parts, bench.as_of)?
    {
        let adds = if bench.asks { adds } else { Money::zero(currency) };
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
        let mut reason = Reason::of(Rule::SubLimit, verdict, finding);
        let by_rates = category == Category::OpenItems && over.minus(rated)?.minor() <= 0;
        if verdict > Verdict::Warn && by_rates {
            reason.ease(EasedBy::Revaluation);
        }
        reasons.push(reason);
    }
    Ok(reasons)
}

pub(super) fn concentration(
    bench: &Bench<'_>,
    exposure: Money,
    order: Money,
    rated: Money,
) -> Result<Option<Reason>, ConversionError> {
    let (Some(rule), Some(portfolio)) = (bench.rules.concentration, bench.standing.further.portfolio) else {
        return Ok(None);
    };
    let portfolio = bench.standing.in_own(portfolio, bench.as_of)?;
    let after = exposure.plus(order)?;
    let share = Ratio::of(after.minor(), portfolio.minor()).unwrap_or_default();
    let over = portfolio.minor() > 0 && rule.most.is_exceeded_by(after.minor(), portfolio.minor());
    let verdict = if over && !order.is_zero() { rule.beyond } else { Verdict::Approve };
    let finding = Finding::Concentration { exposure: after, portfolio, share, most: rule.most };
    let mut reason = Reason::of(Rule::Concentration, verdict, finding);
    let booked = after.minus(rated)?;
    if verdict > Verdict::Warn && rated.minor() > 0 && !rule.most.is_exceeded_by(booked.minor(), portfolio.minor()) {
        reason.ease(EasedBy::Revaluation);
    }
    Ok(Some(reason))
}
