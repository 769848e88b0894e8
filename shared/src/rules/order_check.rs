//! The order check: may we sell this much, on these terms, to this customer, today, and why?
//!
//! Each rule looks at one thing and says pass, warn, hold or refuse with the figures it stood on ([`Finding`]); all are
//! shown and the worst decides. A check asks and holds nothing. A limit is exceeded when exposure + order is strictly
//! greater than limit × (1 + tolerance).

use crate::facts::calendar::{Date, days_between};
use crate::facts::customer::Stage;
use crate::facts::ledger::{Limit, Order};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use crate::facts::terms::Terms;
use crate::readings::exposure::{ConversionError, ExposureRule, convert};
use crate::readings::standing::{Position, Standing};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// The version of this function, written into every decision. A change that alters an answer gets a new one, and the old
/// code stays.
pub const VERSION: &str = "order_check/2";

/// The version before: it compared the size of an order by its share rounded to six decimals, so that an order could pass
/// by what the rounding took off.
pub const FIRST: &str = "order_check/1";

/// What a rule, and the whole check, can say; later is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// 准: nothing against it.
    Approve,
    /// 警: go ahead, and know this.
    Warn,
    /// 缓: not until someone with authority, or a payment, releases it.
    Hold,
    /// 拒: no.
    Refuse,
}

/// What the order check compares with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderCheckRule {
    /// How far beyond the limit is let through with a warning.
    pub tolerance: Ratio,
    /// Overdue documents.
    pub overdue: OverdueRule,
    /// Terms looser than granted.
    pub terms: TermsRule,
    /// When the limit has expired.
    pub limit_expired: Verdict,
    /// When no limit was ever granted, or it is none, and the order asks for credit.
    pub no_limit: Verdict,
    /// Grades that get no credit.
    pub refused_grades: Vec<String>,
    /// A single order above this share of the limit is warned about.
    pub size_share: Ratio,
}

/// When overdue documents warn and hold. Amounts at or below either small difference are ignored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverdueRule {
    /// Ignored up to this amount …
    pub small_amount: Money,
    /// … or this share of open items.
    pub small_share: Ratio,
    /// The oldest document may be this many days late without a warning (宽限).
    pub grace_days: u16,
    /// An older one holds.
    pub hold_days: u16,
    /// An older one refuses.
    pub refuse_days: u16,
    /// A share of open items above this holds.
    pub hold_share: Ratio,
}

/// What looser terms lead to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermsRule {
    /// Terms looser by up to so many days …
    pub warn_days: u16,
    /// … are let through with a warning; looser ones lead to this.
    pub beyond: Verdict,
}

/// The rules of a check, in the order in which equal verdicts are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Supply stopped by a person.
    Frozen,
    /// The customer's stage.
    Stage,
    /// Everything that is needed is known.
    Data,
    /// The grade.
    Grade,
    /// The limit.
    Limit,
    /// Overdue documents.
    Overdue,
    /// The terms asked for.
    Terms,
    /// The size of the order.
    Size,
}

/// What one rule says, and the figures behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// The rule.
    pub rule: Rule,
    /// What it says.
    pub verdict: Verdict,
    /// The figures.
    pub finding: Finding,
}

/// The figures that a rule stood on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Finding {
    /// Supply was stopped.
    Frozen {
        /// Since when.
        since: Date,
        /// Why.
        reason: String,
    },
    /// Supply was not stopped.
    NotFrozen,
    /// Where the customer stands in its life with us.
    Stage {
        /// Where.
        stage: Stage,
    },
    /// No rate is known between two currencies, so that exposure cannot be told.
    MissingRate {
        /// From.
        from: Currency,
        /// To.
        to: Currency,
    },
    /// The grade; absent when the customer was never assessed.
    Grade {
        /// The grade.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grade: Option<String>,
    },
    /// Exposure and order against the limit.
    Limit {
        /// What is owed or will be.
        exposure: Money,
        /// What this order adds.
        order: Money,
        /// The limit.
        limit: Money,
        /// The tolerance.
        tolerance: Ratio,
        /// Exposure + order − limit; negative when it fits.
        over_limit: Money,
        /// Exposure + order − limit × (1 + tolerance); negative when it fits.
        over_tolerance: Money,
    },
    /// There is no upper bound.
    Unlimited,
    /// Nothing may be owed.
    NoLimit {
        /// Whether that was decided, or no limit was ever granted.
        decided: bool,
        /// What this order would owe.
        order: Money,
    },
    /// The limit has run out.
    LimitExpired {
        /// Its last day.
        until: Date,
        /// What this order would owe.
        order: Money,
    },
    /// The order asks for no credit.
    NoCreditAsked,
    /// Overdue documents.
    Overdue {
        /// What is past due and undisputed.
        amount: Money,
        /// How many documents.
        documents: u32,
        /// How long the oldest is past due, in days.
        oldest_days: i32,
        /// Its share of open items.
        share: Ratio,
        /// What is past due and disputed; not counted.
        disputed: Money,
        /// From how many days it holds.
        hold_days: u16,
        /// From which share it holds.
        hold_share: Ratio,
    },
    /// Terms asked for and granted; absent when none were granted.
    Terms {
        /// Asked for.
        asked: Terms,
        /// Granted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        granted: Option<Terms>,
        /// By how many days the asked are looser; zero when they are not.
        looser_days: u32,
    },
    /// The size of the order against the limit.
    Size {
        /// Its share of the limit.
        share: Ratio,
        /// From which share it is warned about.
        warn_share: Ratio,
    },
}

/// The answer to an order check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The worst of the reasons.
    pub verdict: Verdict,
    /// What the order adds to exposure, in the limit's currency.
    pub order: Money,
    /// The customer's position before the order; absent when a rate is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// Limit less exposure, before the order; absent when there is no amount to tell. Negative when overdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<Money>,
    /// What every rule says, worst first.
    pub reasons: Vec<Reason>,
}

/// Judges an order. Errors only when a sum leaves the range of money.
pub fn order_check(
    rule: &OrderCheckRule,
    exposure: &ExposureRule,
    standing: &Standing,
    order: &Order,
    as_of: Date,
) -> Result<Answer, MoneyError> {
    judge(rule, exposure, standing, order, as_of, size)
}

/// Judges an order as [`FIRST`] did, for the replay of what it decided. Errors as [`order_check`].
pub fn order_check_first(
    rule: &OrderCheckRule,
    exposure: &ExposureRule,
    standing: &Standing,
    order: &Order,
    as_of: Date,
) -> Result<Answer, MoneyError> {
    judge(rule, exposure, standing, order, as_of, size_first)
}

fn judge(
    rule: &OrderCheckRule,
    exposure: &ExposureRule,
    standing: &Standing,
    order: &Order,
    as_of: Date,
    size: fn(Ratio, Money, Money) -> Reason,
) -> Result<Answer, MoneyError> {
    let mut reasons = vec![frozen(standing), stage(standing)];
    let on_credit = order.prepayment.map_or(Ok(order.amount), |prepaid| order.amount.minus(prepaid))?;
    let on_credit = on_credit.max(Money::zero(order.amount.currency()))?;
    let asks = !on_credit.is_zero() && !order.terms.is_prepaid();
    let credit = if asks { on_credit } else { Money::zero(on_credit.currency()) };
    let missing = |from, to| Reason {
        rule: Rule::Data,
        verdict: if asks { Verdict::Hold } else { Verdict::Warn },
        finding: Finding::MissingRate { from, to },
    };
    // The order's own rate may be missing from the standing when it is the first in its currency.
    let credit = match convert(credit, standing.currency, &standing.rates) {
        Ok(credit) => credit,
        Err(ConversionError::MissingRate { from, to }) => {
            reasons.push(missing(from, to));
            reasons.push(terms(&rule.terms, standing, order, asks));
            return Ok(answer(reasons, on_credit, None, None));
        }
        Err(ConversionError::Money(error)) => return Err(error),
    };
    let position = match Position::of(standing, exposure, as_of) {
        Ok(position) => Some(position),
        Err(ConversionError::MissingRate { from, to }) => {
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
        reasons.push(limit(rule, standing, position, credit, as_of)?);
        reasons.push(overdue(&rule.overdue, position));
        if let Some(Limit::Amount { amount }) = standing.limit_at(as_of) {
            reasons.push(size(rule.size_share, credit, amount));
        }
    }
    reasons.push(terms(&rule.terms, standing, order, asks));
    Ok(answer(reasons, credit, position, available))
}

fn answer(mut reasons: Vec<Reason>, order: Money, position: Option<Position>, available: Option<Money>) -> Answer {
    reasons.sort_by(|a, b| b.verdict.cmp(&a.verdict).then(a.rule.cmp(&b.rule)));
    let verdict = reasons.first().map_or(Verdict::Approve, |reason| reason.verdict);
    Answer { verdict, order, position, available, reasons }
}

fn frozen(standing: &Standing) -> Reason {
    match &standing.frozen {
        Some(frozen) => Reason {
            rule: Rule::Frozen,
            verdict: Verdict::Refuse,
            finding: Finding::Frozen { since: frozen.since, reason: frozen.reason.clone() },
        },
        None => Reason { rule: Rule::Frozen, verdict: Verdict::Approve, finding: Finding::NotFrozen },
    }
}

fn stage(standing: &Standing) -> Reason {
    let verdict = match standing.stage {
        Stage::Active | Stage::Admitted | Stage::Prospect => Verdict::Approve,
        Stage::Suspended => Verdict::Hold,
        Stage::Ended => Verdict::Refuse,
    };
    Reason { rule: Rule::Stage, verdict, finding: Finding::Stage { stage: standing.stage } }
}

fn grade(rule: &OrderCheckRule, standing: &Standing, asks: bool) -> Reason {
    let grade = standing.grade.as_ref().map(|grade| grade.grade.clone());
    let refused = grade.as_ref().is_some_and(|grade| rule.refused_grades.contains(grade));
    let verdict = match (asks, &grade) {
        (true, Some(_)) if refused => Verdict::Refuse,
        (true, None) => Verdict::Warn,
        _ => Verdict::Approve,
    };
    Reason { rule: Rule::Grade, verdict, finding: Finding::Grade { grade } }
}

fn limit(
    rule: &OrderCheckRule,
    standing: &Standing,
    position: &Position,
    order: Money,
    as_of: Date,
) -> Result<Reason, MoneyError> {
    let reason = |verdict, finding| Reason { rule: Rule::Limit, verdict, finding };
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
        (Ordering::Greater, _) => Verdict::Hold,
        (_, Ordering::Greater) => Verdict::Warn,
        _ => Verdict::Approve,
    };
    let finding =
        Finding::Limit { exposure, order, limit: amount, tolerance: rule.tolerance, over_limit, over_tolerance };
    Ok(reason(verdict, finding))
}

/// What the tolerance adds to a limit, rounded half up to the minor unit.
pub fn tolerated(limit: Money, tolerance: Ratio) -> Result<Money, MoneyError> {
    Money::from_minor(tolerance.times(limit.minor()).ok_or(MoneyError::OutOfRange)?, limit.currency())
}

fn overdue(rule: &OverdueRule, position: &Position) -> Reason {
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
    };
    Reason { rule: Rule::Overdue, verdict, finding }
}

impl OverdueRule {
    /// What overdue documents lead to: the kernel of both the single check and the pass over a portfolio.
    pub fn verdict(&self, overdue: Money, oldest_days: i32, share: Ratio) -> Verdict {
        // A small difference is told in the rule's own currency; in another one only the share tells it.
        let small_amount =
            overdue.currency() == self.small_amount.currency() && overdue.minor() <= self.small_amount.minor();
        if overdue.minor() <= 0
            || small_amount
            || share <= self.small_share
            || oldest_days <= i32::from(self.grace_days)
        {
            Verdict::Approve
        } else if oldest_days > i32::from(self.refuse_days) {
            Verdict::Refuse
        } else if oldest_days > i32::from(self.hold_days) || share > self.hold_share {
            Verdict::Hold
        } else {
            Verdict::Warn
        }
    }
}

fn terms(rule: &TermsRule, standing: &Standing, order: &Order, asks: bool) -> Reason {
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
    Reason { rule: Rule::Terms, verdict, finding: Finding::Terms { asked, granted, looser_days } }
}

/// The amounts themselves are compared; the share is for showing.
fn size(warn_share: Ratio, order: Money, limit: Money) -> Reason {
    let share = Ratio::of(order.minor(), limit.minor()).unwrap_or_default();
    let large = limit.minor() > 0 && warn_share.is_exceeded_by(order.minor(), limit.minor());
    let verdict = if large { Verdict::Warn } else { Verdict::Approve };
    Reason { rule: Rule::Size, verdict, finding: Finding::Size { share, warn_share } }
}

fn size_first(warn_share: Ratio, order: Money, limit: Money) -> Reason {
    let share = Ratio::of(order.minor(), limit.minor()).unwrap_or_default();
    let verdict = if share > warn_share { Verdict::Warn } else { Verdict::Approve };
    Reason { rule: Rule::Size, verdict, finding: Finding::Size { share, warn_share } }
}

/// How many days a limit still stands at a date; absent when it has no end.
pub fn days_left(until: Option<Date>, as_of: Date) -> Option<i32> {
    until.map(|until| days_between(as_of, until))
}
