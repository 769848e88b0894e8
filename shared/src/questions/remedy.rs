//! What would make the order pass: the smallest change of each kind, each tried on the rules before it is offered.
//!
//! Nothing here knows a rule. A candidate is a changed order or a changed standing; the order check itself says what
//! would come of it, so that a remedy never promises what the check would not give.
//!
//! Units: amounts in minor units, terms as they are granted.
//!
//! Source: our own. Steps are tried from the least that can be asked to the most: settling what is overdue, terms as
//! granted, prepayment, cover. [`super::goal`] asks each kind alone and goes on to the last cent of it.

use super::goal::smallest;
use crate::facts::calendar::{Date, days_between};
use crate::facts::cover::Works;
use crate::facts::ledger::Order;
use crate::facts::money::{Money, MoneyError};
use crate::facts::terms::Terms;
use crate::readings::exchange::ConversionError;
use crate::readings::standing::{CoverStands, OpenBucket, Standing};
use crate::rules::order_check::{Answer, Circumstances, OrderView, Rule, Verdict, order_check_at, position};
use serde::{Deserialize, Serialize};

/// Something that one can do, and what the check would then say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    /// What to do; all of it together.
    pub steps: Vec<Step>,
    /// What the check would then say.
    pub verdict: Verdict,
}

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RemedyStep"))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// The customer pays so much of the order before we perform, in the order's currency.
    Prepay {
        /// How much.
        amount: Money,
    },
    /// The order asks for these terms instead.
    Terms {
        /// Which.
        terms: Terms,
    },
    /// The customer settles what is past due and not rightly disputed, in the limit's currency.
    SettleOverdue {
        /// How much.
        amount: Money,
    },
    /// Further cover that raises the limit by so much: a guarantee, a bank's letter.
    Cover {
        /// How much it must count for, in the limit's currency.
        amount: Money,
    },
}

/// What helps an order, and what nothing of its own does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WaysOut {
    /// What helps, best verdict first; empty when nothing of the kind does.
    pub remedies: Vec<Remedy>,
    /// The rules that still object when all of it is done together: paid in advance, on the tightest terms, everything
    /// overdue settled. They take the file, a review, a person. Empty when none does.
    pub beyond: Vec<Rule>,
}

/// The remedies of an order that is not simply approved, best verdict first, then those that ask for less. Nothing is
/// offered that doesn't lead to a better verdict.
///
/// # Errors
///
/// As [`order_check_at`].
pub fn remedies<'a>(
    policy: impl Into<OrderView<'a>>,
    standing: &Standing,
    order: &Order,
    as_of: Date,
) -> Result<Vec<Remedy>, MoneyError> {
    remedies_at(policy, standing, order, &Circumstances::default(), as_of)
}

/// The same for an order in its circumstances.
///
/// # Errors
///
/// As [`order_check_at`].
pub fn remedies_at<'a>(
    policy: impl Into<OrderView<'a>>,
    standing: &Standing,
    order: &Order,
    around: &Circumstances,
    as_of: Date,
) -> Result<Vec<Remedy>, MoneyError> {
    let policy = policy.into();
    let check = |standing: &Standing, order: &Order| {
        order_check_at(policy, standing, order, around, as_of).map(|answer| answer.verdict)
    };
    let now = check(standing, order)?;
    if now == Verdict::Approve {
        return Ok(Vec::new());
    }
    let overdue = overdue(policy, standing, as_of)?;
    let mut found: Vec<Remedy> = Vec::new();
    // From the least that can be asked to the most: each combination of the two plain steps, then with a prepayment.
    for settle in [false, true] {
        for terms in std::iter::once(None).chain(tighter(policy, standing, order).into_iter().map(Some)) {
            let mut steps = Vec::new();
            let mut standing = standing.clone();
            let mut order = order.clone();
            if settle {
                let Some(amount) = overdue.filter(|amount| amount.minor() > 0) else { continue };
                standing = settled(policy, standing, as_of);
                steps.push(Step::SettleOverdue { amount });
            }
            if let Some(terms) = terms {
                order.terms = terms;
                steps.push(Step::Terms { terms });
            }
            let plain = check(&standing, &order)?;
            offer(&mut found, &steps, plain, now);
            for wanted in [Verdict::Warn, Verdict::Approve] {
                if wanted >= plain {
                    continue;
                }
                if let Some(prepay) = smallest_prepayment(&order, |order| Ok(check(&standing, order)? <= wanted))? {
                    order.prepayment = Some(prepay);
                    let verdict = check(&standing, &order)?;
                    order.prepayment = None;
                    let with_prepayment: Vec<Step> =
                        steps.iter().copied().chain([Step::Prepay { amount: prepay }]).collect();
                    offer(&mut found, &with_prepayment, verdict, now);
                }
            }
        }
    }
    found.sort_by_key(|remedy| (remedy.verdict, remedy.steps.len()));
    Ok(found)
}

/// The remedies with further cover among them, and the rules that none of them satisfies.
///
/// # Errors
///
/// As [`order_check_at`].
pub fn ways_out<'a>(
    policy: impl Into<OrderView<'a>>,
    standing: &Standing,
    order: &Order,
    around: &Circumstances,
    as_of: Date,
) -> Result<WaysOut, MoneyError> {
    let policy = policy.into();
    let now = order_check_at(policy, standing, order, around, as_of)?;
    if now.verdict == Verdict::Approve {
        return Ok(WaysOut::default());
    }
    let mut remedies = remedies_at(policy, standing, order, around, as_of)?;
    for wanted in [Verdict::Warn, Verdict::Approve] {
        if wanted < now.verdict
            && let Some(remedy) = smallest_cover(policy, standing, order, around, (&now, wanted), as_of)?
            && !remedies.contains(&remedy)
        {
            remedies.push(remedy);
        }
    }
    remedies.sort_by_key(|remedy| (remedy.verdict, remedy.steps.len()));
    let mut best = order.clone();
    best.prepayment = Some(order.amount);
    best.terms = tighter(policy, standing, order).last().copied().unwrap_or(order.terms);
    let answer = order_check_at(policy, &settled(policy, standing.clone(), as_of), &best, around, as_of)?;
    let objects = answer.reasons.iter().filter(|reason| reason.verdict > Verdict::Approve);
    let mut beyond: Vec<Rule> = objects.map(|reason| reason.rule).collect();
    beyond.dedup();
    Ok(WaysOut { remedies, beyond })
}

/// The least further cover, as an uplift of the limit in its currency, that leads to a verdict.
fn smallest_cover(
    policy: OrderView<'_>,
    standing: &Standing,
    order: &Order,
    around: &Circumstances,
    (now, wanted): (&Answer, Verdict),
    as_of: Date,
) -> Result<Option<Remedy>, MoneyError> {
    let Some(position) = &now.position else { return Ok(None) };
    let currency = standing.currency;
    let check = |minor: i64| -> Result<Verdict, MoneyError> {
        let amount = Money::from_minor(minor, currency)?;
        let standing = with_cover(standing.clone(), amount);
        Ok(order_check_at(policy, &standing, order, around, as_of)?.verdict)
    };
    // Cover for all that is owed is the most that can matter.
    let (mut fails, mut fits) = (0, position.exposure.total.plus(now.order)?.minor());
    if fits <= 0 || check(fits)? > wanted {
        return Ok(None);
    }
    while fits.saturating_sub(fails) > 1 {
        let middle = fails.midpoint(fits);
        if check(middle)? <= wanted { fits = middle } else { fails = middle }
    }
    let amount = Money::from_minor(fits, currency)?;
    Ok(Some(Remedy { steps: vec![Step::Cover { amount }], verdict: check(fits)? }))
}

/// Tighter terms that one may ask for instead: those granted, then what is possible without an agreement where that is
/// judged.
fn tighter(policy: OrderView<'_>, standing: &Standing, order: &Order) -> Vec<Terms> {
    let asked = |rules: &crate::rules::order_check::OrderRules| rules.agreement.is_some();
    let judged = policy.order_rules().is_some_and(asked) && standing.further.agreements.is_some();
    let cash = policy.without_agreement().filter(|_| judged);
    let mut terms: Vec<Terms> = Vec::new();
    for candidate in standing.terms.into_iter().chain(cash).filter(|terms| order.terms.looseness(*terms).is_gt()) {
        if !terms.contains(&candidate) {
            terms.push(candidate);
        }
    }
    terms
}

/// The standing when everything past due is settled, but for what is rightly disputed.
#[must_use]
pub fn settled<'a>(policy: impl Into<OrderView<'a>>, mut standing: Standing, as_of: Date) -> Standing {
    let policy = policy.into();
    let late = |bucket: &OpenBucket| bucket.due < as_of;
    match (&standing.further.accepted, policy.order_rules()) {
        (Some(accepted), Some(rules)) => {
            let days = i32::from(rules.dispute_days);
            let lately = |date: Date| date <= as_of && days_between(date, as_of) <= days;
            standing.open.retain(|bucket| !late(bucket));
            let stay = accepted.iter().filter(|dispute| dispute.due < as_of && lately(dispute.accepted));
            standing.open.extend(stay.map(|dispute| OpenBucket {
                due: dispute.due,
                disputed: true,
                documents: dispute.documents,
                amount: dispute.amount,
            }));
        }
        _ => standing.open.retain(|bucket| bucket.disputed || !late(bucket)),
    }
    if let Some(reached) = &mut standing.further.dunning {
        (reached.step, reached.since) = (None, None);
    }
    standing
}

/// The standing with a further piece of cover that raises the limit.
fn with_cover(mut standing: Standing, amount: Money) -> Standing {
    let piece = CoverStands { works: Works::Uplift, amount, until: None };
    standing.further.cover.get_or_insert_default().push(piece);
    standing
}

/// Order and standing as they are when a remedy is followed.
pub fn followed<'a>(
    policy: impl Into<OrderView<'a>>,
    remedy: &Remedy,
    mut order: Order,
    mut standing: Standing,
    as_of: Date,
) -> (Order, Standing) {
    let policy = policy.into();
    for step in &remedy.steps {
        match step {
            Step::Prepay { amount } => order.prepayment = Some(*amount),
            Step::Terms { terms } => order.terms = *terms,
            Step::SettleOverdue { .. } => standing = settled(policy, standing, as_of),
            Step::Cover { amount } => standing = with_cover(standing, *amount),
        }
    }
    (order, standing)
}

/// Keeps a remedy that betters the verdict, unless one with fewer of the same steps already leads as far.
fn offer(found: &mut Vec<Remedy>, steps: &[Step], verdict: Verdict, now: Verdict) {
    let same_kind = |a: &Step, b: &Step| std::mem::discriminant(a) == std::mem::discriminant(b);
    let covers = |other: &Remedy| {
        other.verdict <= verdict
            && other.steps.iter().all(|step| match step {
                // A smaller prepayment is less to ask; of the other steps there is only one size.
                Step::Prepay { amount } => steps
                    .iter()
                    .any(|own| matches!(own, Step::Prepay { amount: more } if amount.minor() <= more.minor())),
                _ => steps.iter().any(|own| same_kind(own, step)),
            })
    };
    if !steps.is_empty() && verdict < now && !found.iter().any(covers) {
        found.push(Remedy { steps: steps.to_vec(), verdict });
    }
}

/// The smallest part of the order that, paid in advance, passes; absent when not even all of it does. One unit less does
/// not pass, because a larger prepayment never worsens a verdict.
fn smallest_prepayment(
    order: &Order,
    passes: impl Fn(&Order) -> Result<bool, MoneyError>,
) -> Result<Option<Money>, MoneyError> {
    let currency = order.amount.currency();
    let with = |minor: i64| -> Result<bool, MoneyError> {
        let mut changed = order.clone();
        changed.prepayment = Some(Money::from_minor(minor, currency)?);
        passes(&changed)
    };
    let from = order.prepayment.map_or(0, Money::minor);
    smallest(from, order.amount.minor(), with)?.map(|minor| Money::from_minor(minor, currency)).transpose()
}

/// What counts as overdue, in the limit's currency; absent when a rate is missing.
fn overdue(policy: OrderView<'_>, standing: &Standing, as_of: Date) -> Result<Option<Money>, MoneyError> {
    match position(policy, standing, as_of) {
        Ok(position) => Ok(Some(position.overdue)),
        Err(ConversionError::MissingRate { .. }) => Ok(None),
        Err(ConversionError::Money(error)) => Err(error),
    }
}
