//! Risk appetite (风险偏好): how much credit the company is willing to give in all, and proposals scaled to fit.
//!
//! Every proposal is first rounded down to the policy's step, then no group of customers may have more than its share of
//! the total, then all are scaled alike to the total, then to the ceiling of expected loss. Scaling is by largest
//! remainder in whole steps, so that what is given adds up exactly to what there is, and nobody gets more than was
//! proposed. Expected loss = (limit − secured) × probability of default × loss given default. What limits can't cure
//! (overdue share, DSO, cost of funds) is measured against its ceiling and pointed out.
//!
//! Units: amounts in minor units of the step's currency, shares in millionths, DSO in days.
//!
//! Source: expected loss = EAD × PD × LGD is that of Basel II's internal ratings; largest remainder is Hamilton's
//! method of apportionment. The order of the squeezes is ours: what one group may have doesn't depend on the others, so
//! that it comes before the total, and the total before the loss that is left under it.

use super::policy::{Bilingual, Faults, is_share};
use crate::facts::id::CustomerId;
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use crate::facts::relations::Party;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How much credit the company is willing to give; what has no ceiling is absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AppetiteRule {
    /// Why its numbers are what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Bilingual>,
    /// All limits together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Money>,
    /// The most of that total that one group of customers may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concentration: Option<Ratio>,
    /// Expected loss of a year, were all limits used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_loss: Option<Money>,
    /// The overdue share of what is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdue_share: Option<Ratio>,
    /// Days sales outstanding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dso: Option<Ratio>,
    /// What financing receivables may cost in a year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_of_funds: Option<CostOfFunds>,
    /// Limits are multiples of this.
    pub step: Money,
    /// The probability of default within a year, by grade.
    pub default_rates: Vec<DefaultRate>,
    /// For a grade that isn't named.
    pub default_rate_otherwise: Ratio,
    /// The share of what is owed and unsecured that is lost in a default.
    pub loss_given_default: Ratio,
}

/// What financing receivables may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CostOfFunds {
    /// The rate that we pay, by year.
    pub yearly_rate: Ratio,
    /// The most that it may come to in a year.
    pub most: Money,
}

/// The probability of default of a grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DefaultRate {
    /// The grade.
    pub grade: String,
    /// Within a year.
    pub rate: Ratio,
}

/// A limit that is proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "AppetiteCandidate"))]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// Whose.
    pub customer: CustomerId,
    /// Who controls it; absent: itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<Party>,
    /// Its grade.
    pub grade: String,
    /// The limit.
    pub limit: Money,
    /// How much of what it owes is secured.
    pub secured: Money,
}

/// What limits can't cure, as it is today.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PortfolioFigures {
    /// The overdue share of what is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdue_share: Option<Ratio>,
    /// Days sales outstanding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dso: Option<Ratio>,
    /// What all customers owe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receivables: Option<Money>,
}

/// What made a limit smaller than proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Squeeze {
    /// Whole steps only.
    Rounding,
    /// The group's share of the total.
    Concentration,
    /// The total.
    Total,
    /// Expected loss.
    ExpectedLoss,
}

/// A proposal scaled to fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FittedLimit {
    /// Whose.
    pub customer: CustomerId,
    /// As proposed.
    pub proposed: Money,
    /// As it fits.
    pub fitted: Money,
    /// What made it smaller, in the order in which it did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub squeezed_by: Vec<Squeeze>,
}

/// A ceiling and what is measured against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Ceiling {
    /// All limits together, as proposed.
    Total {
        /// What it is.
        value: Money,
        /// What it may be.
        most: Money,
    },
    /// Expected loss of the proposals.
    ExpectedLoss {
        /// What it is.
        value: Money,
        /// What it may be.
        most: Money,
    },
    /// The overdue share of what is open.
    OverdueShare {
        /// What it is.
        value: Ratio,
        /// What it may be.
        most: Ratio,
    },
    /// Days sales outstanding.
    Dso {
        /// What it is.
        value: Ratio,
        /// What it may be.
        most: Ratio,
    },
    /// What financing receivables costs in a year.
    CostOfFunds {
        /// What it is.
        value: Money,
        /// What it may be.
        most: Money,
    },
}

/// Proposals scaled to fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Fitted {
    /// By customer.
    pub limits: Vec<FittedLimit>,
    /// What they add up to.
    pub total: Money,
    /// Their expected loss, each customer's rounded half up to the minor unit.
    pub expected_loss: Money,
    /// Ceilings that the proposals, or the figures of today, are beyond.
    pub exceeded: Vec<Ceiling>,
}

impl AppetiteRule {
    /// Scales proposals to fit. Their order doesn't matter; a customer named twice counts as two.
    ///
    /// # Errors
    ///
    /// [`MoneyError::MixedCurrencies`] when an amount is in another currency than the step, [`MoneyError::OutOfRange`]
    /// when a sum leaves the range.
    pub fn fit(&self, candidates: &[Candidate], figures: &PortfolioFigures) -> Result<Fitted, MoneyError> {
        let currency = self.step.currency();
        let zero = Money::zero(currency);
        let mut sorted: Vec<&Candidate> = candidates.iter().collect();
        sorted.sort_by(|a, b| (a.customer, &a.grade, a.limit.minor()).cmp(&(b.customer, &b.grade, b.limit.minor())));
        for candidate in &sorted {
            candidate.limit.plus(zero)?;
            candidate.secured.plus(zero)?;
        }
        let step = self.step.minor().max(1);
        let whole = |minor: i64| minor.max(0).checked_div(step).unwrap_or(0);
        let mut steps: Vec<i64> = sorted.iter().map(|candidate| whole(candidate.limit.minor())).collect();
        let mut squeezed: Vec<Vec<Squeeze>> = sorted
            .iter()
            .zip(&steps)
            .map(|(candidate, steps)| {
                if steps.saturating_mul(step) < candidate.limit.minor() { vec![Squeeze::Rounding] } else { Vec::new() }
            })
            .collect();
        let mut squeeze = |steps: &mut Vec<i64>, fitted: Vec<i64>, by: Squeeze| {
            for ((old, new), squeezed) in steps.iter().zip(&fitted).zip(&mut squeezed) {
                if new < old {
                    squeezed.push(by);
                }
            }
            *steps = fitted;
        };
        if let (Some(share), Some(total)) = (self.concentration, self.total) {
            let most = whole(share.times(total.minor()).ok_or(MoneyError::OutOfRange)?);
            let fitted = concentrated(&sorted, &steps, most, currency)?;
            squeeze(&mut steps, fitted, Squeeze::Concentration);
        }
        if let Some(total) = self.total {
            let fitted = scaled(&steps, whole(total.minor()), currency)?;
            squeeze(&mut steps, fitted, Squeeze::Total);
        }
        if let Some(most) = self.expected_loss {
            let fitted = self.within_loss(&sorted, &steps, step, most)?;
            squeeze(&mut steps, fitted, Squeeze::ExpectedLoss);
        }
        let proposed: Vec<i64> = sorted.iter().map(|candidate| candidate.limit.minor().max(0)).collect();
        let exceeded = self.exceeded(&sorted, &proposed, figures)?;
        let fitted: Vec<i64> = steps.iter().map(|steps| steps.saturating_mul(step)).collect();
        let expected_loss = self.loss(&sorted, &fitted)?;
        let limits = sorted
            .iter()
            .zip(&fitted)
            .zip(squeezed)
            .map(|((candidate, minor), squeezed_by)| {
                let fitted = Money::from_minor(*minor, currency)?;
                Ok(FittedLimit { customer: candidate.customer, proposed: candidate.limit, fitted, squeezed_by })
            })
            .collect::<Result<Vec<_>, MoneyError>>()?;
        let total = Money::sum(currency, limits.iter().map(|limit| limit.fitted))?;
        Ok(Fitted { limits, total, expected_loss, exceeded })
    }

    /// The probability of default of a grade.
    fn default_rate(&self, grade: &str) -> Ratio {
        let named = self.default_rates.iter().find(|line| line.grade == grade);
        named.map_or(self.default_rate_otherwise, |line| line.rate)
    }

    /// Expected loss of limits, each customer's rounded half up to the minor unit.
    fn loss(&self, candidates: &[&Candidate], limits: &[i64]) -> Result<Money, MoneyError> {
        let mut sum = Money::zero(self.step.currency());
        for (candidate, limit) in candidates.iter().zip(limits) {
            let open = limit.saturating_sub(candidate.secured.minor().max(0)).max(0);
            let rate = self.default_rate(&candidate.grade).to_decimal();
            let rate = rate.checked_mul(self.loss_given_default.to_decimal()).ok_or(MoneyError::OutOfRange)?;
            sum = sum.plus(Money::from_minor(open, sum.currency())?.scaled(rate)?)?;
        }
        Ok(sum)
    }

    /// The most steps, shared out alike, whose expected loss is within the ceiling.
    fn within_loss(
        &self,
        candidates: &[&Candidate],
        steps: &[i64],
        step: i64,
        most: Money,
    ) -> Result<Vec<i64>, MoneyError> {
        let currency = self.step.currency();
        let shared_out = |total: i64| scaled(steps, total, currency);
        let fits = |total: i64| -> Result<bool, MoneyError> {
            let limits: Vec<i64> = shared_out(total)?.iter().map(|steps| steps.saturating_mul(step)).collect();
            Ok(self.loss(candidates, &limits)?.minus(most)?.minor() <= 0)
        };
        let all = steps.iter().fold(0_i64, |sum, steps| sum.saturating_add(*steps));
        if fits(all)? {
            return Ok(steps.to_vec());
        }
        // The range halves each time. Sharing out by largest remainder may give a riskier customer a step that another
        // gives up, so that a smaller total is looked for until one fits; none at all always does.
        let (mut good, mut bad) = (0_i64, all);
        while bad.saturating_sub(good) > 1 {
            let middle = good.midpoint(bad);
            if fits(middle)? { good = middle } else { bad = middle }
        }
        shared_out(good)
    }

    fn exceeded(
        &self,
        candidates: &[&Candidate],
        proposed: &[i64],
        figures: &PortfolioFigures,
    ) -> Result<Vec<Ceiling>, MoneyError> {
        let currency = self.step.currency();
        let mut exceeded = Vec::new();
        let value = proposed
            .iter()
            .try_fold(Money::zero(currency), |sum, minor| sum.plus(Money::from_minor(*minor, currency)?))?;
        if let Some(most) = self.total.filter(|most| value.minor() > most.minor()) {
            exceeded.push(Ceiling::Total { value, most });
        }
        if let Some(most) = self.expected_loss {
            let value = self.loss(candidates, proposed)?;
            if value.minor() > most.minor() {
                exceeded.push(Ceiling::ExpectedLoss { value, most });
            }
        }
        if let (Some(value), Some(most)) = (figures.overdue_share, self.overdue_share)
            && value > most
        {
            exceeded.push(Ceiling::OverdueShare { value, most });
        }
        if let (Some(value), Some(most)) = (figures.dso, self.dso)
            && value > most
        {
            exceeded.push(Ceiling::Dso { value, most });
        }
        if let (Some(receivables), Some(CostOfFunds { yearly_rate, most })) = (figures.receivables, self.cost_of_funds)
        {
            let value = receivables.plus(Money::zero(currency))?.scaled(yearly_rate.to_decimal())?;
            if value.minor() > most.minor() {
                exceeded.push(Ceiling::CostOfFunds { value, most });
            }
        }
        Ok(exceeded)
    }

    /// Faults of this section of a policy.
    pub(super) fn check(&self, currency: Currency, knows_grade: impl Fn(&str) -> bool, faults: &mut Faults) {
        faults.amount(self.step, currency, "appetite.step");
        faults.unless(self.step.minor() > 0, "appetite.step", format_args!("must be positive"));
        for (path, amount) in [
            ("appetite.total", self.total),
            ("appetite.expected_loss", self.expected_loss),
            ("appetite.cost_of_funds.most", self.cost_of_funds.map(|cost| cost.most)),
        ] {
            if let Some(amount) = amount {
                faults.amount(amount, currency, path);
            }
        }
        let concentrated = self.concentration.is_none_or(|share| is_share(share) && self.total.is_some());
        faults.unless(
            concentrated,
            "appetite.concentration",
            format_args!("must be a share between 0 and 1 of a total"),
        );
        for (path, share) in [
            ("appetite.overdue_share", self.overdue_share.unwrap_or_default()),
            ("appetite.default_rate_otherwise", self.default_rate_otherwise),
            ("appetite.loss_given_default", self.loss_given_default),
        ] {
            faults.unless(is_share(share), path, format_args!("must lie between 0 and 1"));
        }
        for (i, line) in self.default_rates.iter().enumerate() {
            let path = format!("appetite.default_rates[{i}]");
            faults.unless(is_share(line.rate), &path, format_args!("must lie between 0 and 1"));
            faults.unless(knows_grade(&line.grade), &path, format_args!("'{}' is no grade of this policy", line.grade));
        }
    }
}

/// Shares out at most so many steps in proportion (largest remainder); what is within stays as it is. Nobody gets more
/// than before: a share below one, rounded up, is at most the whole.
fn scaled(steps: &[i64], most: i64, currency: Currency) -> Result<Vec<i64>, MoneyError> {
    let sum = steps.iter().fold(0_i64, |sum, steps| sum.saturating_add(*steps));
    if sum <= most {
        return Ok(steps.to_vec());
    }
    let weights: Vec<u64> = steps.iter().map(|steps| u64::try_from(*steps).unwrap_or(0)).collect();
    Ok(Money::from_minor(most, currency)?.split(&weights).into_iter().map(Money::minor).collect())
}

/// No group gets more than so many steps.
fn concentrated(
    candidates: &[&Candidate],
    steps: &[i64],
    most: i64,
    currency: Currency,
) -> Result<Vec<i64>, MoneyError> {
    let mut groups: BTreeMap<Party, Vec<usize>> = BTreeMap::new();
    for (i, candidate) in candidates.iter().enumerate() {
        let alone = Party::Customer { customer: candidate.customer };
        groups.entry(candidate.head.clone().unwrap_or(alone)).or_default().push(i);
    }
    let mut fitted = steps.to_vec();
    for members in groups.into_values() {
        let own: Vec<i64> = members.iter().filter_map(|i| steps.get(*i).copied()).collect();
        for (i, steps) in members.iter().zip(scaled(&own, most, currency)?) {
            if let Some(place) = fitted.get_mut(*i) {
                *place = steps;
            }
        }
    }
    Ok(fitted)
}
