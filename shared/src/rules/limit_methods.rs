//! Further limit methods, side by side with those of [`super::limit`], and the security that a grade has to put up.
//!
//! - **Net worth**: a share of tangible net worth (有形净资产): what is left for creditors when nothing that can't be sold counts.
//! - **Working capital**: a share of what is left of current assets after current liabilities.
//! - **Turnover**: a share of the customer's own yearly revenue.
//! - **Sales**: monthly sales to it × term in months × the grade's factor; a month is 30 days here, a year 12 of them.
//! - **Concentration**: a share of all credit that we give, so that no customer's failure is our own.
//!
//! The smallest binds, of equal ones the first named. A method whose input is unknown doesn't bind and is shown without an
//! amount. Net worth or working capital below zero allow nothing: a company whose creditors already exceed what it has
//! gets credit against security or none. The result is rounded down to the policy's round amount.
//!
//! Units: amounts in minor units of the policy's currency, shares in millionths, terms in days.
//!
//! Source: "the lower of 10 % of net worth or 20 % of working capital" is the customary rule of trade credit (so the
//! guide of the British Pay on Time campaign), and no customer beyond a tenth of one's own business another. That the
//! grade moves the shares, that intangible assets come off first, and the share of turnover are ours: the rule is meant
//! for an average risk, and what can't be sold pays nobody.

use super::limit::{GradeLimit, LimitRule, Need, PeakNeed};
use super::policy::{Bilingual, Faults};
use crate::facts::ledger::Limit;
use crate::facts::money::{Money, MoneyError};
use crate::facts::number::Ratio;
use crate::facts::terms::Terms;
use serde::{Deserialize, Serialize};

/// Further methods, by grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LimitMethodsRule {
    /// Why its numbers are what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Bilingual>,
    /// The most that one customer may have of all credit that we give; absent: no such cap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concentration_share: Option<Ratio>,
    /// By grade; a grade that isn't named has none of the methods and needs no security.
    pub grades: Vec<GradeMethods>,
}

/// What one grade may have by each method; a method without a figure isn't used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GradeMethods {
    /// The grade.
    pub grade: String,
    /// Share of tangible net worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net_worth_share: Option<Ratio>,
    /// Share of working capital.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_capital_share: Option<Ratio>,
    /// Share of the customer's yearly revenue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnover_share: Option<Ratio>,
    /// Factor on monthly sales × term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sales_factor: Option<Ratio>,
    /// The share of the limit that has to be secured; zero: none of it.
    pub security_share: Ratio,
}

/// What the methods look at, in the policy's currency; what is unknown is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LimitBasis {
    /// What the methods of [`super::limit`] look at.
    pub need: Need,
    /// What we sold it in twelve months.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yearly_sales: Option<Money>,
    /// Equity less intangible assets, development expenditure and goodwill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tangible_net_worth: Option<Money>,
    /// Current assets less current liabilities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_capital: Option<Money>,
    /// Its own revenue of twelve months.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnover: Option<Money>,
    /// All credit that we give.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portfolio: Option<Money>,
    /// Security held that counts: complete and in force; absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security: Option<Money>,
}

/// A way to arrive at a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LimitMethod {
    /// Peak need.
    Need,
    /// No sales yet.
    Trial,
    /// Share of registered capital.
    Capital,
    /// The grade's cap.
    Cap,
    /// Share of tangible net worth.
    NetWorth,
    /// Share of working capital.
    WorkingCapital,
    /// Share of the customer's revenue.
    Turnover,
    /// Monthly sales × term × factor.
    Sales,
    /// Share of all credit that we give.
    Concentration,
}

/// What a method allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MethodAmount {
    /// The method.
    pub method: LimitMethod,
    /// What it allows, before rounding; absent when its input is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
}

/// A limit, how it was arrived at, and what has to secure it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LimitProposal {
    /// The limit, once what it needs is secured.
    pub limit: Limit,
    /// The terms that go with it.
    pub terms: Terms,
    /// The method that binds; absent when the grade gets no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binding: Option<LimitMethod>,
    /// All methods that the grade uses.
    pub methods: Vec<MethodAmount>,
    /// What has to be secured; absent when nothing has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security: Option<SecurityNeed>,
    /// The day on which the need is greatest; absent without sales.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak: Option<PeakNeed>,
}

/// What has to secure a limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SecurityNeed {
    /// The share of the limit.
    pub share: Ratio,
    /// What that comes to.
    pub required: Money,
    /// What is held.
    pub held: Money,
    /// What is lacking; zero when enough is held.
    pub short: Money,
    /// The limit that what is held is enough for.
    pub limit_until_then: Limit,
}

impl LimitMethodsRule {
    /// Proposes a limit for a grade by all methods.
    ///
    /// # Errors
    ///
    /// [`MoneyError`] when what a method allows leaves the range, or an amount of the basis is in another currency.
    pub fn propose(&self, limit: &LimitRule, grade: &str, basis: &LimitBasis) -> Result<LimitProposal, MoneyError> {
        let Some(line) = limit.of_grade(grade) else {
            let (limit, terms) = (Limit::None, Terms::Prepaid);
            return Ok(LimitProposal { limit, terms, binding: None, methods: Vec::new(), security: None, peak: None });
        };
        let Worked { methods, binding, minor, security } = self.worked(limit, line, basis)?;
        Ok(LimitProposal {
            limit: amount_or_none(minor, line.cap)?,
            terms: line.terms,
            binding,
            methods: methods.into_iter().flatten().collect(),
            security,
            peak: limit.peak(line, &basis.need),
        })
    }

    /// What is granted by that at once: the limit that is proposed, or, as long as security is short, the one that what is
    /// held is enough for; and the grade's terms. For whoever works out many and explains none.
    ///
    /// # Errors
    ///
    /// As [`LimitMethodsRule::propose`].
    pub fn granted(&self, limit: &LimitRule, grade: &str, basis: &LimitBasis) -> Result<(Limit, Terms), MoneyError> {
        let Some(line) = limit.of_grade(grade) else { return Ok((Limit::None, Terms::Prepaid)) };
        let Worked { minor, security, .. } = self.worked(limit, line, basis)?;
        let proposed = amount_or_none(minor, line.cap)?;
        Ok((security.map_or(proposed, |security| security.limit_until_then), line.terms))
    }

    /// The methods of a grade without allocating: the kernel of the proposal and of what is granted.
    fn worked(&self, limit: &LimitRule, line: &GradeLimit, basis: &LimitBasis) -> Result<Worked, MoneyError> {
        let currency = line.cap.currency();
        let own = self.grades.iter().find(|own| own.grade == line.grade);
        let [need, capital, cap] = limit.minor_by_method(line, &basis.need);
        let first = if basis.need.per_day.is_some() { LimitMethod::Need } else { LimitMethod::Trial };
        let plain = |method: LimitMethod, minor: Option<i64>| -> Result<Option<MethodAmount>, MoneyError> {
            let amount = minor.map(|minor| Money::from_minor(minor, currency)).transpose()?;
            Ok(Some(MethodAmount { method, amount }))
        };
        let by_share = |method: LimitMethod, share: Option<Ratio>, of: Option<Money>| {
            let Some(share) = share else { return Ok(None) };
            let amount = match of {
                None => None,
                Some(of) => {
                    // Adding zero of the policy's currency refuses an amount in another one.
                    let of = of.plus(Money::zero(currency))?.minor().max(0);
                    let minor = share.times(of).ok_or(MoneyError::OutOfRange)?;
                    Some(Money::from_minor(minor, currency)?)
                }
            };
            Ok::<_, MoneyError>(Some(MethodAmount { method, amount }))
        };
        let sales = basis.yearly_sales.filter(|_| own.is_some());
        let sales = sales.map(|sales| over_the_term(sales, line.terms)).transpose()?;
        let methods = [
            plain(first, need)?,
            plain(LimitMethod::Capital, capital)?,
            plain(LimitMethod::Cap, cap)?,
            by_share(LimitMethod::NetWorth, own.and_then(|own| own.net_worth_share), basis.tangible_net_worth)?,
            by_share(
                LimitMethod::WorkingCapital,
                own.and_then(|own| own.working_capital_share),
                basis.working_capital,
            )?,
            by_share(LimitMethod::Turnover, own.and_then(|own| own.turnover_share), basis.turnover)?,
            by_share(LimitMethod::Sales, own.and_then(|own| own.sales_factor), sales)?,
            by_share(LimitMethod::Concentration, self.concentration_share, basis.portfolio)?,
        ];
        // Of equal amounts the first named binds.
        let binding = methods
            .iter()
            .flatten()
            .filter_map(|result| result.amount.map(|amount| (amount.minor(), result.method)))
            .reduce(|best, next| if next.0 < best.0 { next } else { best });
        let minor = limit.rounded_down(binding.map_or(0, |(minor, _)| minor));
        let share = own.map_or(Ratio::ZERO, |own| own.security_share);
        let held = basis.security.map_or(Ok(Money::zero(currency)), |held| held.plus(Money::zero(currency)))?;
        let security = if share > Ratio::ZERO { Some(need_of(limit, share, minor, held)?) } else { None };
        Ok(Worked { methods, binding: binding.map(|(_, method)| method), minor, security })
    }

    /// Faults of this section of a policy.
    pub(super) fn check(&self, knows_grade: impl Fn(&str) -> bool, faults: &mut Faults) {
        let share = self.concentration_share;
        let holds = share.is_none_or(|share| share > Ratio::ZERO && share <= Ratio::ONE);
        faults.unless(holds, "limit_methods.concentration_share", format_args!("must lie between 0 and 1"));
        for (i, line) in self.grades.iter().enumerate() {
            let at = |field: &str| format!("limit_methods.grades[{i}].{field}");
            faults.unless(
                knows_grade(&line.grade),
                &at("grade"),
                format_args!("'{}' is no grade of this policy", line.grade),
            );
            let twice = self.grades.iter().take(i).any(|other| other.grade == line.grade);
            faults.unless(!twice, &at("grade"), format_args!("stands twice"));
            for (field, share) in [
                ("net_worth_share", line.net_worth_share),
                ("working_capital_share", line.working_capital_share),
                ("turnover_share", line.turnover_share),
                ("sales_factor", line.sales_factor),
            ] {
                faults.unless(
                    share.is_none_or(|share| share >= Ratio::ZERO),
                    &at(field),
                    format_args!("must not be negative"),
                );
            }
            let secured = super::policy::is_share(line.security_share);
            faults.unless(secured, &at("security_share"), format_args!("must lie between 0 and 1"));
        }
    }
}

/// What the methods of a grade come to.
struct Worked {
    /// In the order in which they are named; absent where the grade doesn't use one.
    methods: [Option<MethodAmount>; 8],
    binding: Option<LimitMethod>,
    /// The limit in minor units, rounded down.
    minor: i64,
    security: Option<SecurityNeed>,
}

/// What is sold within the longest term: yearly sales / 12 × days / 30, rounded half up.
fn over_the_term(sales: Money, terms: Terms) -> Result<Money, MoneyError> {
    let share = over_the_term_share(terms).ok_or(MoneyError::OutOfRange)?;
    Money::from_minor(share.times(sales.minor()).ok_or(MoneyError::OutOfRange)?, sales.currency())
}

/// The share of a year's sales that falls into the longest term; a year has 360 days here.
pub fn over_the_term_share(terms: Terms) -> Option<Ratio> {
    Ratio::of(i64::from(terms.days_at_most()), 360)
}

fn amount_or_none(minor: i64, like: Money) -> Result<Limit, MoneyError> {
    Ok(if minor > 0 { Limit::Amount { amount: Money::from_minor(minor, like.currency())? } } else { Limit::None })
}

fn need_of(rule: &LimitRule, share: Ratio, minor: i64, held: Money) -> Result<SecurityNeed, MoneyError> {
    let required = Money::from_minor(share.times(minor).ok_or(MoneyError::OutOfRange)?, held.currency())?;
    let short = required.minus(held)?.max(Money::zero(held.currency()))?;
    let limit_until_then = if short.is_zero() {
        amount_or_none(minor, held)?
    } else {
        // held / share, in millionths; a limit that small never exceeds the one proposed.
        let scaled = i128::from(held.minor().max(0)).saturating_mul(1_000_000);
        let enough = scaled.checked_div(i128::from(share.units())).unwrap_or(0);
        let enough = i64::try_from(enough).unwrap_or(minor).min(minor);
        amount_or_none(rule.rounded_down(enough), held)?
    };
    Ok(SecurityNeed { share, required, held, short, limit_until_then })
}
