//! Conduct: reminders, broken promises, and cover that ends. Documents past due are judged by [`OverdueRule`], with disputes
//! left out as [`super::position`] reads them.

use super::judge::Bench;
use super::{Finding, OverdueRule, Reason, Rule, Verdict};
use crate::facts::calendar::{Date, days_between};
use crate::facts::cover::Works;
use crate::facts::money::{Money, MoneyError};
use crate::facts::number::Ratio;
use crate::readings::exchange::ConversionError;
use crate::readings::standing::Position;

pub(super) fn overdue(rule: &OverdueRule, position: &Position) -> Reason {
    let share = Ratio::of(position.overdue.minor(), position.exposure.open_items.minor()).unwrap_or_default();
    let verdict = rule.verdict(position.overdue, position.oldest_days, share);
    let finding = Finding::Overdue {
        amount: position.overdue,
        documents: position.overdue_documents,
        oldest_days: position.oldest_days,
        share,
        disputed: position.disputed,
        hold_days: rule.hold_days,
        hold_share: rule.hold_share,
        hold_amount: rule.hold_amount.filter(|most| most.currency() == position.overdue.currency()),
    };
    Reason::of(Rule::Overdue, verdict, finding)
}

/// How far reminders have come; a step that the policy doesn't name passes.
pub(super) fn dunning(bench: &Bench<'_>) -> Option<Reason> {
    let reached = bench.standing.further.dunning.as_ref()?;
    let named = |name: &str| bench.rules.dunning.iter().find(|line| line.step == name);
    let verdict = reached.step.as_deref().and_then(named).map_or(Verdict::Approve, |line| line.verdict);
    let title = reached.step.as_deref().and_then(|step| bench.policy.step_title(step)).cloned();
    let finding = Finding::Dunning { step: reached.step.clone(), title, since: reached.since };
    Some(Reason::of(Rule::Dunning, bench.on_credit(verdict), finding))
}

/// Broken promises of the last days: one warns, several lead to more.
pub(super) fn promise(bench: &Bench<'_>) -> Option<Reason> {
    let rule = bench.rules.promise?;
    let promises = bench.standing.further.broken.as_ref()?;
    let lately =
        |since: &Date| *since <= bench.as_of && days_between(*since, bench.as_of) <= i32::from(rule.window_days);
    let broken = || promises.iter().map(|promise| promise.since).filter(lately);
    let count = u32::try_from(broken().count()).unwrap_or(u32::MAX);
    let verdict = match count {
        0 => Verdict::Approve,
        several if several >= u32::from(rule.several) => rule.beyond,
        _ => Verdict::Warn.min(rule.beyond),
    };
    let finding = Finding::Promise { broken: count, since: broken().max(), window_days: rule.window_days };
    Some(Reason::of(Rule::Promise, bench.on_credit(verdict), finding))
}

/// Cover that has ended, or soon will.
pub(super) fn cover(bench: &Bench<'_>) -> Result<Option<Reason>, MoneyError> {
    let (Some(rule), Some(pieces)) = (bench.rules.cover, &bench.standing.further.cover) else { return Ok(None) };
    let as_of = bench.as_of;
    let uplift = super::credit::covered(bench.standing, Works::Uplift, as_of)?;
    let counted = uplift.plus(super::credit::covered(bench.standing, Works::Deduction, as_of)?)?;
    let mut lapsed = Money::zero(bench.standing.currency);
    let (mut first, mut next): (Option<Date>, Option<Date>) = (None, None);
    for (piece, until) in pieces.iter().filter_map(|piece| Some((piece, piece.until?))) {
        if as_of <= until {
            next = Some(next.map_or(until, |next| next.min(until)));
            continue;
        }
        first = Some(first.map_or(until, |first| first.min(until)));
        match bench.standing.in_own(piece.amount, as_of) {
            Ok(amount) => lapsed = lapsed.plus(amount)?,
            Err(ConversionError::MissingRate { .. }) => {}
            Err(ConversionError::Money(error)) => return Err(error),
        }
    }
    let soon = next.is_some_and(|next| days_between(as_of, next) <= i32::from(rule.ahead_days));
    let verdict = match first {
        Some(until) => rule.lapsed.verdict(days_between(until, as_of)),
        None if soon => Verdict::Warn,
        None => Verdict::Approve,
    };
    let finding = Finding::Cover { counted, lapsed, until: first.or(next) };
    Ok(Some(Reason::of(Rule::Cover, bench.on_credit(verdict), finding)))
}
