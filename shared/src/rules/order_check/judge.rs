//! The judging: every rule that the checkpoint asks, what trial and release ease, and what follows from the verdict.

use super::credit::{self, OwnLimit, order_counts};
use super::second::{frozen, grade, size, stage, terms};
use super::{
    Answer, AtCheckpoint, Circumstances, EasedBy, Finding, Forbidden, NeedsRelease, OrderRules, OrderView, OverdueRule,
    Reason, Rule, Verdict, Version, Withholding, conduct, file, position,
};
use crate::facts::calendar::Date;
use crate::facts::cover::Works;
use crate::facts::ledger::{Limit, Order};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::readings::exchange::{ConversionError, RatesOn};
use crate::readings::standing::{Position, Standing};
use crate::rules::authority::NotReleased;
use crate::rules::availability::{Headroom, Use, available};
use crate::rules::margin::{Margin, OrderCost};
use std::borrow::Cow;

/// What lies before the judge.
pub(super) struct Bench<'a> {
    pub policy: OrderView<'a>,
    pub rules: &'a OrderRules,
    pub standing: &'a Standing,
    pub order: &'a Order,
    pub around: &'a Circumstances,
    pub as_of: Date,
    /// Whether the order asks for credit.
    pub asks: bool,
    /// Which version judges.
    pub version: Version,
}

impl Bench<'_> {
    /// A verdict that matters only where credit is asked for.
    pub fn on_credit(&self, verdict: Verdict) -> Verdict {
        if self.asks { verdict } else { Verdict::Approve }
    }

    fn missing(&self, from: Currency, to: Currency) -> Reason {
        let verdict = self.policy.order_check.verdicts().missing_rate;
        let verdict = if self.asks { verdict } else { verdict.min(Verdict::Warn) };
        Reason::of(Rule::Data, verdict, Finding::MissingRate { from, to })
    }
}

/// Says what a rate is missing for, or passes another error on.
macro_rules! or_missing {
    ($bench:expr, $reasons:expr, $judged:expr) => {
        match $judged {
            Ok(judged) => Some(judged),
            Err(ConversionError::MissingRate { from, to, .. }) => {
                let missing = $bench.missing(from, to);
                if !$reasons.contains(&missing) {
                    $reasons.push(missing);
                }
                None
            }
            Err(ConversionError::Money(error)) => return Err(error),
        }
    };
}

pub(super) fn judge(
    policy: OrderView<'_>,
    rules: &OrderRules,
    standing: &Standing,
    order: &Order,
    around: &Circumstances,
    as_of: Date,
    version: Version,
) -> Result<Answer, MoneyError> {
    let on_credit = order.prepayment.map_or(Ok(order.amount), |prepaid| order.amount.minus(prepaid))?;
    let on_credit = on_credit.max(Money::zero(order.amount.currency()))?;
    let asks = !on_credit.is_zero() && !order.terms.is_prepaid();
    let credit = if asks { on_credit } else { Money::zero(on_credit.currency()) };
    let bench = Bench { policy, rules, standing, order, around, as_of, asks, version };
    let verdicts = policy.order_check.verdicts();
    let mut reasons = vec![frozen(verdicts, standing), stage(verdicts, standing)];
    reasons.extend(file::agreement(&bench));
    reasons.extend(file::licences(&bench));
    reasons.extend(file::screenings(&bench));
    reasons.extend([file::file(&bench), file::review(&bench)].into_iter().flatten());
    reasons.extend([conduct::dunning(&bench), conduct::promise(&bench)].into_iter().flatten());
    reasons.extend(conduct::cover(&bench)?);
    reasons.push(terms(&policy.order_check.terms, standing, order, asks));
    // The order's own rate may be missing from the standing when it is the first in its currency.
    let Some(added) = or_missing!(bench, reasons, standing.in_own(credit, as_of)) else {
        return answer(&bench, reasons, on_credit, None, None);
    };
    reasons.push(grade(policy.order_check, standing, asks));
    let found = position(policy, standing, as_of).and_then(|position| without_own(&bench, position));
    let position = or_missing!(bench, reasons, found);
    let mut left = None;
    if let Some(position) = &position {
        let exposure = position.exposure.total;
        let own = credit::own_limit(&bench)?;
        let rated = or_missing!(bench, reasons, credit::revalued(&bench)).unwrap_or(Money::zero(standing.currency));
        let limit = |exposure| credit::limit(&bench, &own, exposure, added);
        reasons.push(unless_by_rates(limit(exposure)?, exposure, rated, limit)?);
        let overdue = overdue_rule(&bench)?;
        reasons.push(conduct::overdue(&overdue, position));
        if let Some(Limit::Amount { amount }) = own.effective.limit {
            reasons.push(size(policy.order_check, added, amount));
        }
        let sub_limits = or_missing!(bench, reasons, credit::sub_limits(&bench, position, rated));
        reasons.extend(sub_limits.into_iter().flatten());
        let concentration = or_missing!(bench, reasons, credit::concentration(&bench, exposure, added, rated));
        reasons.extend(concentration.flatten());
        let mut group = None;
        if let Some(stands) = &standing.further.group {
            group = or_missing!(bench, reasons, credit::group_limit(&bench, stands));
            if let Some(limit) = group {
                let group = |exposure| credit::group(&bench, stands, limit, exposure, added);
                reasons.push(unless_by_rates(group(exposure)?, exposure, rated, group)?);
            }
        }
        left = headroom(standing.currency, &own, group, exposure)?;
    }
    answer(&bench, reasons, added, position, left)
}

/// The rule on overdue documents, in the currency of the limit.
fn overdue_rule<'a>(bench: &Bench<'a>) -> Result<Cow<'a, OverdueRule>, MoneyError> {
    let rule = &bench.policy.order_check.overdue;
    if bench.version < Version::Fifth { Ok(Cow::Borrowed(rule)) } else { rule.in_own(bench.standing, bench.as_of) }
}

/// Lets what holds only because rates moved since documents were booked warn: revaluation alone never holds an order. `rated`
/// is what rates have added to the exposure.
fn unless_by_rates(
    mut reason: Reason,
    exposure: Money,
    rated: Money,
    at: impl Fn(Money) -> Result<Reason, MoneyError>,
) -> Result<Reason, MoneyError> {
    if reason.verdict > Verdict::Warn && rated.minor() > 0 && at(exposure.minus(rated)?)?.verdict <= Verdict::Warn {
        reason.ease(EasedBy::Revaluation);
    }
    Ok(reason)
}

/// The position without what it holds of this very order.
fn without_own(bench: &Bench<'_>, mut position: Position) -> Result<Position, ConversionError> {
    if let Some(confirmed) = &bench.around.confirmed
        && order_counts(bench.policy, confirmed.on, confirmed.planned, bench.as_of)
    {
        let counted = bench.standing.in_own(confirmed.counted, bench.as_of)?;
        // No more than there is: the rest was used up meanwhile.
        let counted = counted.min(position.exposure.orders)?.max(Money::zero(bench.standing.currency))?;
        position.exposure.orders = position.exposure.orders.minus(counted)?;
        position.exposure.total = position.exposure.total.minus(counted)?;
    }
    Ok(position)
}

/// What may still be owed under own and group limit, where there is an amount to tell.
fn headroom(
    currency: Currency,
    own: &OwnLimit,
    group: Option<(Option<Limit>, Money)>,
    exposure: Money,
) -> Result<Option<Money>, MoneyError> {
    let (Some(Limit::Amount { .. } | Limit::Unlimited), limit) = (own.effective.limit, own.effective.limit) else {
        return Ok(None);
    };
    let group = match group {
        Some((limit, others)) => Some(Use { limit, exposure: exposure.plus(others)? }),
        None => None,
    };
    Ok(match available(&Use { limit, exposure }, group.as_ref(), currency)?.available {
        Headroom::Amount { amount } => Some(amount),
        Headroom::Unlimited => None,
    })
}

fn answer(
    bench: &Bench<'_>,
    mut reasons: Vec<Reason>,
    order: Money,
    position: Option<Position>,
    available: Option<Money>,
) -> Result<Answer, MoneyError> {
    let asked = bench.rules.checkpoint(bench.around.at);
    if let Some(asked) = asked {
        // What isn't known is told at every checkpoint.
        reasons.retain(|reason| reason.rule == Rule::Data || asked.rules.contains(&reason.rule));
    }
    let trial = |reason: &Reason| bench.rules.trial.contains(&reason.rule);
    ease(&mut reasons, EasedBy::Trial, trial);
    let overage = overage(&reasons, order)?;
    let mut not_released = None;
    if let (Some(release), Some(overage)) = (&bench.around.release, overage) {
        match in_currency(bench, overage, release.overage.currency())? {
            Some(overage) => not_released = release.refuses(bench.order.id, overage, bench.as_of)?,
            None => not_released = Some(NotReleased::Grown { released: release.overage, overage }),
        }
        if not_released.is_none() {
            // Somebody with authority has seen it. What is refused stays refused, and what came up since still holds.
            let lets = |rule: &Rule| release.rules.as_ref().is_none_or(|rules| rules.contains(rule));
            ease(&mut reasons, EasedBy::Released, |reason| reason.verdict == Verdict::Hold && lets(&reason.rule));
        }
    }
    reasons.sort_by(|a, b| b.verdict.cmp(&a.verdict).then(a.rule.cmp(&b.rule)));
    let verdict = reasons.first().map_or(Verdict::Approve, |reason| reason.verdict);
    let release = match overage.filter(|_| verdict == Verdict::Hold) {
        Some(overage) => needs_release(bench, overage)?,
        None => None,
    };
    let checkpoint = bench.around.at.map(|at| {
        let mut forbids = Vec::new();
        let mut withholding = None;
        if verdict >= Verdict::Hold {
            forbids = asked.map_or_else(Vec::new, |asked| asked.forbids.clone());
            if forbids.contains(&Forbidden::ReleaseDocuments) {
                let (clause, unpaid) = (file::clause(bench), bench.around.unpaid);
                let may = clause == Some(true) && unpaid.is_some_and(|unpaid| unpaid.minor() > 0);
                withholding = Some(Withholding { clause, unpaid, ask_legal: !may });
                forbids.retain(|act| may || *act != Forbidden::ReleaseDocuments);
            }
        }
        AtCheckpoint { at, forbids, withholding }
    });
    let margin = margin(bench, position.as_ref())?;
    Ok(Answer {
        checkpoint,
        release,
        not_released,
        margin,
        ..Answer::plain(verdict, order, position, available, reasons)
    })
}

/// Lets what some rules hold or refuse only warn.
fn ease(reasons: &mut [Reason], by: EasedBy, which: impl Fn(&Reason) -> bool) {
    for reason in reasons.iter_mut().filter(|reason| reason.verdict > Verdict::Warn && which(reason)) {
        reason.ease(by);
    }
}

/// By how much the order goes beyond what is allowed, by the rules that hold; absent when none does.
fn overage(reasons: &[Reason], order: Money) -> Result<Option<Money>, MoneyError> {
    let mut worst: Option<Money> = None;
    for reason in reasons.iter().filter(|reason| reason.verdict == Verdict::Hold) {
        let over = match &reason.finding {
            Finding::Limit { over_limit, .. } | Finding::Group { over_limit, .. } => *over_limit,
            Finding::SubLimit { over, .. } => *over,
            Finding::NoLimit { order, .. } | Finding::LimitExpired { order, .. } => *order,
            Finding::MissingRate { .. } => order,
            _ => Money::zero(order.currency()),
        };
        // All of them are in the currency of the limit, or of the order when no rate leads there.
        worst = Some(over.max(worst.unwrap_or(Money::zero(over.currency())))?);
    }
    Ok(worst)
}

/// An amount in another currency; absent when no rate is known.
fn in_currency(bench: &Bench<'_>, amount: Money, to: Currency) -> Result<Option<Money>, MoneyError> {
    match RatesOn::carried(&bench.standing.rates, bench.as_of).convert(amount, to) {
        Ok(amount) => Ok(Some(amount)),
        Err(ConversionError::MissingRate { .. }) => Ok(None),
        Err(ConversionError::Money(error)) => Err(error),
    }
}

/// Who may let it through, in the policy's currency; absent when no rate into it is known.
fn needs_release(bench: &Bench<'_>, overage: Money) -> Result<Option<NeedsRelease>, MoneyError> {
    let Some(rule) = bench.policy.authority else { return Ok(None) };
    let to = bench.policy.currency;
    let limit = match bench.standing.limit_at(bench.as_of) {
        Some(Limit::Amount { amount }) => amount,
        _ => Money::zero(to),
    };
    let (Some(overage), Some(limit)) = (in_currency(bench, overage, to)?, in_currency(bench, limit, to)?) else {
        return Ok(None);
    };
    Ok(Some(NeedsRelease { overage, authority: rule.authority(overage, limit, bench.as_of)? }))
}

/// What the order earns, on the days that its terms give and the customer usually takes besides. What cover takes of a loss
/// is what the asker says, else what counts today of the customer's cover and isn't needed for what it owes already.
fn margin(bench: &Bench<'_>, position: Option<&Position>) -> Result<Option<Margin>, MoneyError> {
    let (Some(rule), Some(earning)) = (bench.policy.margin, bench.around.earning) else { return Ok(None) };
    let prepaid = bench.order.prepayment.unwrap_or(Money::zero(bench.order.amount.currency()));
    let zero = Money::zero(prepaid.currency());
    let owed = if bench.asks { bench.order.amount.minus(prepaid)?.max(zero)? } else { zero };
    let late_days = bench.standing.further.late_days.unwrap_or(0);
    let cost = OrderCost {
        revenue: earning.revenue,
        cost: earning.cost,
        owed,
        days: bench.order.terms.days_at_most().saturating_add(late_days.into()),
        grade: bench.standing.grade.as_ref().map(|grade| grade.grade.clone()),
        covered: match earning.covered {
            None if bench.version >= Version::Fifth => cover_left(bench, position, prepaid.currency())?,
            said => said,
        },
    };
    rule.margin(&cost).map(Some)
}

/// What counts of cover beyond what the customer owes already, in a currency; absent when no cover is kept, or it can't be
/// told. Cover that is deducted has been taken off the exposure.
fn cover_left(bench: &Bench<'_>, position: Option<&Position>, to: Currency) -> Result<Option<Money>, MoneyError> {
    let (Some(position), Some(_)) = (position, &bench.standing.further.cover) else { return Ok(None) };
    let zero = Money::zero(bench.standing.currency);
    let both = [Works::Uplift, Works::Deduction].map(|works| credit::covered(bench.standing, works, bench.as_of));
    let [uplift, deduction] = both;
    let owed = position.exposure.total.plus(position.exposure.cover.unwrap_or(zero))?.max(zero)?;
    let left = uplift?.plus(deduction?)?.minus(owed)?.max(zero)?;
    in_currency(bench, left, to)
}
