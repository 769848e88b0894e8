//! What would make the order pass: the smallest change of each kind, each tried on the rules before it is offered.
//!
//! Nothing here knows a rule. A candidate is a changed order or a changed standing; the order check itself says what
//! would come of it, so that a remedy never promises what the check would not give.

use super::goal::smallest;
use crate::facts::calendar::{Date, days_between};
use crate::facts::ledger::Order;
use crate::facts::money::{Money, MoneyError};
use crate::facts::terms::Terms;
use crate::readings::exposure::convert;
use crate::readings::standing::Standing;
use crate::rules::order_check::{Verdict, order_check};
use crate::rules::policy::Policy;
use serde::{Deserialize, Serialize};

/// Something that one can do, and what the check would then say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    /// What to do; all of it together.
    pub steps: Vec<Step>,
    /// What the check would then say.
    pub verdict: Verdict,
}

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The customer settles what is past due and undisputed, in the limit's currency.
    SettleOverdue {
        /// How much.
        amount: Money,
    },
}

/// The remedies of an order that is not simply approved, best verdict first, then those that ask for less. Nothing is
/// offered that doesn't lead to a better verdict.
pub fn remedies(policy: &Policy, standing: &Standing, order: &Order, as_of: Date) -> Result<Vec<Remedy>, MoneyError> {
    let check = |standing: &Standing, order: &Order| {
        order_check(&policy.order_check, &policy.exposure, standing, order, as_of).map(|answer| answer.verdict)
    };
    let now = check(standing, order)?;
    if now == Verdict::Approve {
        return Ok(Vec::new());
    }
    let granted = standing.terms.filter(|granted| order.terms.looseness(*granted).is_gt());
    let overdue = overdue(standing, as_of)?;
    let mut found: Vec<Remedy> = Vec::new();
    // From the least that can be asked to the most: each combination of the two plain steps, then with a prepayment.
    for (tighten, settle) in [(false, false), (true, false), (false, true), (true, true)] {
        let mut steps = Vec::new();
        let (mut standing, mut order) = (standing.clone(), order.clone());
        if settle {
            let Some(amount) = overdue.filter(|amount| amount.minor() > 0) else { continue };
            standing.open.retain(|bucket| bucket.disputed || days_between(bucket.due, as_of) <= 0);
            steps.push(Step::SettleOverdue { amount });
        }
        if tighten {
            let Some(terms) = granted else { continue };
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
    found.sort_by_key(|remedy| (remedy.verdict, remedy.steps.len()));
    Ok(found)
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

/// What is past due and undisputed, in the limit's currency; absent when a rate is missing.
fn overdue(standing: &Standing, as_of: Date) -> Result<Option<Money>, MoneyError> {
    let mut sum = Money::zero(standing.currency);
    for bucket in standing.open.iter().filter(|bucket| !bucket.disputed && days_between(bucket.due, as_of) > 0) {
        let Ok(amount) = convert(bucket.amount, standing.currency, &standing.rates) else { return Ok(None) };
        sum = sum.plus(amount)?;
    }
    Ok(Some(sum))
}
