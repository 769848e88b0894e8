//! Goal seek: the smallest change of one kind that turns a hold into what is wanted, each kind alone.
//!
//! Nothing here knows a rule: the order check itself says whether a candidate passes, so that an answer holds to the last
//! cent, the tolerance's rounding included. The least is found by halving, which is right because none of these changes ever
//! makes a verdict worse when it is made larger:
//!
//! - a larger **prepayment** asks for less credit, and so for less of the limit and a smaller share of it;
//! - more **cover** raises the limit (with its tolerance, which grows too) or is deducted from the exposure;
//! - a shorter **term** is looser than what was granted by fewer days;
//! - **settling** takes from what is past due first, the oldest first: that leaves the youngest oldest document and, of the
//!   same amount, nothing else can leave less; exposure falls by it. The share past due falls too, because (o − x) / (O − x)
//!   falls with x while o ≤ O. What isn't due yet comes after that, then what is disputed: of it only the exposure hears.
//!
//! When even all of a kind doesn't do, the answer names the rules that still stand in the way.
//!
//! Units: amounts in minor units of the currency of order or limit, terms in days.
//!
//! Source: our own; the search is bisection over whole minor units or days.

use crate::facts::calendar::Date;
use crate::facts::ledger::{Limit, Order};
use crate::facts::money::{Money, MoneyError};
use crate::facts::terms::Terms;
use crate::facts::terms::agreed::{Agreed, Parts};
use crate::readings::exchange::ConversionError;
use crate::readings::standing::{CoverStands, OpenBucket, Standing};
use crate::rules::cover::{KindOfCover, Works};
use crate::rules::order_check::{Answer, Circumstances, Rule, Verdict, order_check_at, position};
use crate::rules::policy::Policy;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What would do, kind by kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Goals {
    /// What the check says now.
    pub now: Verdict,
    /// What is wanted.
    pub wanted: Verdict,
    /// Kind by kind; empty when it passes already.
    pub ways: Vec<Way>,
}

/// One kind of change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// Which.
    pub kind: WayKind,
    /// The least that does; absent when nothing of the kind does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<Least>,
    /// What the check would then say.
    pub verdict: Verdict,
    /// The rules that all of it leaves in the way; empty when it does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub in_the_way: Vec<Rule>,
}

/// The kinds of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum WayKind {
    /// The customer pays a part of the order before we perform.
    Prepay,
    /// Cover that raises the limit.
    Uplift,
    /// Cover that is deducted from the exposure.
    Deduction,
    /// A shorter term for this order.
    Term,
    /// The customer settles what is open.
    Settle,
}

/// The least change of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Least {
    /// A prepayment, in the order's currency.
    Prepay {
        /// How much in all.
        amount: Money,
    },
    /// Cover.
    Cover {
        /// What has to count, in the limit's currency.
        counted: Money,
        /// What it has to be worth by kind, where the policy lets the kind work so.
        worth: Vec<CoverWorth>,
    },
    /// A shorter term.
    Term {
        /// Which.
        terms: Terms,
        /// Days shorter than asked for, at their longest.
        shorter_days: u32,
    },
    /// Open documents settled.
    Settle {
        /// By due date, in the order in which they have to be.
        parts: Vec<Settled>,
        /// All of it, in the limit's currency.
        amount: Money,
    },
}

/// What cover of a kind has to be worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CoverWorth {
    /// The kind.
    pub kind: KindOfCover,
    /// At least this, after what ranks before us.
    pub worth: Money,
}

/// What of the documents due on a day has to be settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "GoalSettled"))]
#[serde(deny_unknown_fields)]
pub struct Settled {
    /// The day.
    pub due: Date,
    /// Whether they are disputed.
    pub disputed: bool,
    /// How much, in their own currency.
    pub amount: Money,
    /// Whether that is all of them.
    pub whole: bool,
}

/// Seeks what would bring an order to the verdict that is wanted, where nothing more is known of it.
///
/// # Errors
///
/// As [`crate::rules::order_check::order_check`].
pub fn seek(
    policy: &Policy,
    standing: &Standing,
    order: &Order,
    wanted: Verdict,
    as_of: Date,
) -> Result<Goals, MoneyError> {
    seek_at(policy, standing, order, &Circumstances::default(), wanted, as_of)
}

/// The same for an order in its circumstances: its parts, its checkpoint, a release.
///
/// # Errors
///
/// As [`crate::rules::order_check::order_check_at`].
pub fn seek_at(
    policy: &Policy,
    standing: &Standing,
    order: &Order,
    around: &Circumstances,
    wanted: Verdict,
    as_of: Date,
) -> Result<Goals, MoneyError> {
    let seek = Seek { policy, standing, order, around, wanted, as_of };
    let now = seek.check(standing, order)?.verdict;
    if now <= wanted {
        return Ok(Goals { now, wanted, ways: Vec::new() });
    }
    let ways = vec![seek.prepay()?, seek.uplift()?, seek.deduction()?, seek.term()?, seek.settle()?];
    Ok(Goals { now, wanted, ways })
}

/// The policy by which a standing with supposed cover is read: where the check keeps no cover, what is deducted counts like
/// money not applied yet, so that such money has to count.
pub fn counting(policy: &Policy, works: Works) -> Cow<'_, Policy> {
    if works == Works::Uplift || policy.exposure.unapplied || policy.order_rules.is_some() {
        return Cow::Borrowed(policy);
    }
    let mut counting = policy.clone();
    counting.exposure.unapplied = true;
    Cow::Owned(counting)
}

/// A standing as if cover had been added to it: a further piece beside those that it holds, which raises whatever limit is in
/// force, a temporary one too. Cover that raises the limit adds to one that is an amount; nothing can be added to none. A
/// policy without the section `order_rules` looks at no cover: there the limit is raised itself, and cover that is deducted
/// counts like money not applied yet; it is read by the policy of [`counting`].
///
/// # Errors
///
/// [`MoneyError`] when the cover is in another currency than the limit that it raises, or a sum leaves the range.
pub fn with_cover(policy: &Policy, standing: &Standing, works: Works, counted: Money) -> Result<Standing, MoneyError> {
    let mut standing = standing.clone();
    if policy.order_rules.is_some() {
        let piece = CoverStands { works, amount: counted, until: None };
        standing.further.cover.get_or_insert_default().push(piece);
        return Ok(standing);
    }
    match works {
        Works::Uplift => {
            if let Some(in_force) = &mut standing.limit
                && let Limit::Amount { amount } = &mut in_force.limit
            {
                *amount = amount.plus(counted)?;
            }
        }
        Works::Deduction => {
            if !policy.exposure.unapplied {
                standing.unapplied.clear();
            }
            let own = standing.unapplied.iter_mut().find(|amount| amount.currency() == counted.currency());
            match own {
                Some(own) => *own = own.plus(counted)?,
                None => standing.unapplied.push(counted),
            }
        }
    }
    Ok(standing)
}

/// The same terms, so many days shorter: every part that isn't paid with the order loses as much as it has.
pub fn shortened(terms: Terms, by: u32) -> Terms {
    let less = |days: u16| u16::try_from(u32::from(days).saturating_sub(by)).unwrap_or(0);
    match terms {
        Terms::Prepaid | Terms::OnDelivery => terms,
        Terms::Net { days } => Terms::Net { days: less(days) },
        Terms::MonthEnd { days } => Terms::MonthEnd { days: less(days) },
        Terms::Agreed(agreed) => {
            let mut parts: Vec<_> = agreed.parts.iter().copied().collect();
            for part in &mut parts {
                part.days = less(part.days);
            }
            // Shares stay as they are, so that the parts still make terms.
            Parts::try_from(parts).map_or(terms, |parts| Terms::Agreed(Agreed { parts, ..agreed }))
        }
    }
}

struct Seek<'a> {
    policy: &'a Policy,
    standing: &'a Standing,
    order: &'a Order,
    around: &'a Circumstances,
    wanted: Verdict,
    as_of: Date,
}

impl Seek<'_> {
    fn check(&self, standing: &Standing, order: &Order) -> Result<Answer, MoneyError> {
        order_check_at(self.policy, standing, order, self.around, self.as_of)
    }

    /// What the check says of one size of a change; a sum beyond all money passes nothing.
    fn way(
        &self,
        kind: WayKind,
        from: i64,
        to: i64,
        check: impl Fn(i64) -> Result<Answer, MoneyError>,
        least: impl FnOnce(i64) -> Result<Least, MoneyError>,
    ) -> Result<Way, MoneyError> {
        let passes = |size: i64| Ok(check(size)?.verdict <= self.wanted);
        if let Some(size) = smallest(from, to, passes)? {
            let verdict = check(size)?.verdict;
            return Ok(Way { kind, least: Some(least(size)?), verdict, in_the_way: Vec::new() });
        }
        let all = check(to.max(from))?;
        Ok(self.no_way(kind, &all))
    }

    fn no_way(&self, kind: WayKind, all: &Answer) -> Way {
        let in_the_way = all.reasons.iter().filter(|reason| reason.verdict > self.wanted);
        let mut in_the_way: Vec<Rule> = in_the_way.map(|reason| reason.rule).collect();
        in_the_way.dedup();
        Way { kind, least: None, verdict: all.verdict, in_the_way }
    }

    fn prepay(&self) -> Result<Way, MoneyError> {
        let currency = self.order.amount.currency();
        let with = |minor: i64| {
            let mut order = self.order.clone();
            order.prepayment = Some(Money::from_minor(minor, currency)?);
            self.check(self.standing, &order)
        };
        let from = self.order.prepayment.map_or(0, Money::minor);
        let least = |minor| Ok(Least::Prepay { amount: Money::from_minor(minor, currency)? });
        self.way(WayKind::Prepay, from, self.order.amount.minor(), with, least)
    }

    fn uplift(&self) -> Result<Way, MoneyError> {
        // More than exposure and order together is never needed; with a negative tolerance there would be no such bound,
        // and the policy has none.
        let most = self.exposed()?.saturating_add(self.credit()?).max(0);
        // An order that is large for its limit needs a larger one: its amount over the share that is warned of.
        let share = self.policy.order_check.size_share.units().max(1);
        let for_size = i128::from(self.credit()?).saturating_mul(1_000_000).checked_div(share.into()).unwrap_or(0);
        let most = i128::from(most).max(for_size.saturating_add(1)).min(i128::from(self.limit_room()));
        let most = i64::try_from(most).unwrap_or(0);
        self.cover(WayKind::Uplift, Works::Uplift, most)
    }

    fn deduction(&self) -> Result<Way, MoneyError> {
        self.cover(WayKind::Deduction, Works::Deduction, self.exposed()?.max(0))
    }

    fn cover(&self, kind: WayKind, works: Works, most: i64) -> Result<Way, MoneyError> {
        let currency = self.standing.currency;
        let policy = counting(self.policy, works);
        let with = |minor: i64| {
            let counted = Money::from_minor(minor, currency)?;
            let standing = with_cover(self.policy, self.standing, works, counted)?;
            order_check_at(policy.as_ref(), &standing, self.order, self.around, self.as_of)
        };
        let least = |minor| {
            let counted = Money::from_minor(minor, currency)?;
            Ok(Least::Cover { counted, worth: self.worth(works, counted)? })
        };
        self.way(kind, 0, most, with, least)
    }

    /// What cover has to be worth for its share to count for so much. Insurance depends on more than its worth.
    fn worth(&self, works: Works, counted: Money) -> Result<Vec<CoverWorth>, MoneyError> {
        let Some(rule) = &self.policy.cover else { return Ok(Vec::new()) };
        let lines = rule
            .kinds
            .iter()
            .filter(|line| line.works == works && line.kind != KindOfCover::Insurance && line.share.units() > 0);
        lines
            .map(|line| {
                // share × worth, rounded half up, is at least this much from (counted − ½) / share on.
                let share = i128::from(line.share.units());
                let half = i128::from(counted.minor()).saturating_mul(1_000_000).saturating_sub(500_000).max(0);
                let worth = half.saturating_add(share).saturating_sub(1).checked_div(share).unwrap_or(0);
                let worth = i64::try_from(worth).map_err(|_| MoneyError::OutOfRange)?;
                Ok(CoverWorth { kind: line.kind, worth: Money::from_minor(worth, counted.currency())? })
            })
            .collect()
    }

    /// First the same terms with fewer days, then so many days after the document, then on delivery.
    fn term(&self) -> Result<Way, MoneyError> {
        let asked = self.order.terms;
        let days = asked.days_at_most();
        let with = |terms: Terms| {
            let mut order = self.order.clone();
            order.terms = terms;
            self.check(self.standing, &order)
        };
        let net = |less: i64| {
            let days = i64::from(days).saturating_sub(less);
            Terms::Net { days: u16::try_from(days).unwrap_or(u16::MAX) }
        };
        let same = |less: i64| shortened(asked, u32::try_from(less).unwrap_or(0));
        let found =
            |terms: Terms| move |_| Ok(Least::Term { terms, shorter_days: days.saturating_sub(terms.days_at_most()) });
        let forms: [&dyn Fn(i64) -> Terms; 2] = [&same, &net];
        for form in forms {
            let passes = |less: i64| Ok(with(form(less))?.verdict <= self.wanted);
            if let Some(less) = smallest(0, days.into(), passes)? {
                return self.way(
                    WayKind::Term,
                    less.saturating_sub(1),
                    less,
                    |less| with(form(less)),
                    found(form(less)),
                );
            }
        }
        let most = with(Terms::OnDelivery)?;
        if most.verdict <= self.wanted && asked.looseness(Terms::OnDelivery).is_gt() {
            let least = Some(found(Terms::OnDelivery)(0)?);
            return Ok(Way { kind: WayKind::Term, least, verdict: most.verdict, in_the_way: Vec::new() });
        }
        Ok(self.no_way(WayKind::Term, &most))
    }

    fn settle(&self) -> Result<Way, MoneyError> {
        let mut open: Vec<OpenBucket> = self.standing.open.clone();
        open.retain(|bucket| bucket.amount.minor() > 0);
        open.sort_by_key(|bucket| (bucket.disputed, bucket.due, bucket.amount.currency()));
        // So many buckets whole, and so much of the next.
        let with = |whole: usize, minor: i64| -> Result<Standing, MoneyError> {
            let mut standing = self.standing.clone();
            standing.open = open.get(whole..).unwrap_or_default().to_vec();
            if let Some(first) = standing.open.first_mut() {
                first.amount = first.amount.minus(Money::from_minor(minor, first.amount.currency())?)?;
            }
            standing.open.retain(|bucket| !bucket.amount.is_zero());
            // Reminders are for what is past due.
            if let Some(reached) = &mut standing.further.dunning
                && standing.open.iter().all(|bucket| bucket.disputed || bucket.due >= self.as_of)
            {
                (reached.step, reached.since) = (None, None);
            }
            Ok(standing)
        };
        let check = |whole: usize, minor: i64| self.check(&with(whole, minor)?, self.order);
        let passes = |whole: i64| Ok(check(usize::try_from(whole).unwrap_or(0), 0)?.verdict <= self.wanted);
        let count = i64::try_from(open.len()).unwrap_or(0);
        let Some(last) = smallest(0, count, passes)? else {
            return Ok(self.no_way(WayKind::Settle, &check(open.len(), 0)?));
        };
        let last = usize::try_from(last.saturating_sub(1)).unwrap_or(0);
        let all = open.get(last).map_or(0, |bucket| bucket.amount.minor());
        let part = smallest(0, all, |minor| Ok(check(last, minor)?.verdict <= self.wanted))?.unwrap_or(all);
        let verdict = check(last, part)?.verdict;
        let mut amount = Money::zero(self.standing.currency);
        let mut parts = Vec::new();
        for (place, bucket) in open.iter().enumerate().take(last.saturating_add(1)) {
            let settled = if place == last { part } else { bucket.amount.minor() };
            let settled = Money::from_minor(settled, bucket.amount.currency())?;
            // A rate is known, or the check would hold whatever is settled.
            amount = amount.plus(self.own(settled)?.unwrap_or(Money::zero(amount.currency())))?;
            let whole = settled == bucket.amount;
            parts.push(Settled { due: bucket.due, disputed: bucket.disputed, amount: settled, whole });
        }
        let settled = Some(Least::Settle { parts, amount });
        Ok(Way { kind: WayKind::Settle, least: settled, verdict, in_the_way: Vec::new() })
    }

    fn own(&self, amount: Money) -> Result<Option<Money>, MoneyError> {
        known(self.standing.in_own(amount, self.as_of))
    }

    /// What counts against the limit, in minor units, with all that counts by category; nothing when a rate is missing, and
    /// then nothing helps.
    fn exposed(&self) -> Result<i64, MoneyError> {
        let position = known(position(self.policy, self.standing, self.as_of))?;
        Ok(position.map_or(0, |position| position.exposure.total.minor()))
    }

    /// What the order asks for.
    fn credit(&self) -> Result<i64, MoneyError> {
        Ok(self.own(self.order.on_credit()?)?.map_or(0, Money::minor))
    }

    /// By how much the limit can grow and, with its tolerance, still be money.
    fn limit_room(&self) -> i64 {
        let temporary = self.standing.further.temporary.iter().flatten().map(|temporary| temporary.limit);
        let limits = self.standing.limit.iter().map(|in_force| in_force.limit).chain(temporary);
        let minor = |limit| if let Limit::Amount { amount } = limit { amount.minor() } else { 0 };
        let limit = limits.map(minor).fold(0_i64, i64::saturating_add);
        let most = i128::from(crate::facts::money::MINOR_MAX).saturating_mul(1_000_000);
        let factor = i128::from(self.policy.order_check.tolerance.units().max(0)).saturating_add(1_000_000);
        let most = most.checked_div(factor).unwrap_or(0).saturating_sub(1);
        i64::try_from(most.saturating_sub(limit.into())).unwrap_or(0).max(0)
    }
}

/// The smallest size above `from` and up to `to` that passes; absent when `to` doesn't, or `from` is no less. Whatever passes
/// is taken to pass when it is larger; 63 steps at most.
pub(super) fn smallest(
    from: i64,
    to: i64,
    passes: impl Fn(i64) -> Result<bool, MoneyError>,
) -> Result<Option<i64>, MoneyError> {
    if to <= from || !passes(to)? {
        return Ok(None);
    }
    let (mut fails, mut fits) = (from, to);
    while fits.saturating_sub(fails) > 1 {
        let middle = fails.midpoint(fits);
        if passes(middle)? { fits = middle } else { fails = middle }
    }
    Ok(Some(fits))
}

fn known<T>(result: Result<T, ConversionError>) -> Result<Option<T>, MoneyError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(ConversionError::MissingRate { .. }) => Ok(None),
        Err(ConversionError::Money(error)) => Err(error),
    }
}
