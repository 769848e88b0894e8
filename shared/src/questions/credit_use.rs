//! How the limits of a book are used (额度使用情况), and which good payers could buy more.
//!
//! Used is what an order check would count against the limit; the part beyond a limit is shown by itself, so that one
//! customer's excess never hides another's room: **limits = used within limits + unused**, and what is counted is what is used
//! within limits, beyond them, on no limit and without bound. Everything is in one currency.

use crate::facts::calendar::Date;
use crate::facts::id::CustomerId;
use crate::facts::ledger::{Limit, Rate};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use crate::readings::behaviour::Behaviour;
use crate::readings::exchange::{ConversionError, RatesOn};
use crate::readings::standing::Standing;
use crate::rules::order_check::position;
use crate::rules::policy::Policy;
use crate::rules::reports::ReportRule;
use serde::{Deserialize, Serialize};

/// A customer as the report sees it.
#[derive(Clone, Copy, Debug)]
pub struct UserOfCredit<'a> {
    /// Its standing.
    pub standing: &'a Standing,
    /// How it pays.
    pub behaviour: &'a Behaviour,
}

/// A line of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UseLine {
    /// Who.
    pub customer: CustomerId,
    /// Its grade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// Its limit in force, in its own currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// What counts against it.
    pub exposure: Money,
    /// What is past due.
    pub overdue: Money,
    /// Exposure over limit; absent without an amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<Ratio>,
    /// What is left; absent without an amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unused: Option<Money>,
    /// By how much the limit is exceeded; absent when it isn't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<Money>,
}

/// A good payer with room to buy more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GoodPayer {
    /// Who.
    pub customer: CustomerId,
    /// How many days beyond terms it pays.
    pub days_beyond_terms: Ratio,
    /// What it bought in twelve months.
    pub sales: Money,
    /// What of its limit it doesn't use.
    pub unused: Money,
    /// The share that it uses.
    pub used: Ratio,
}

/// The report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CreditUse {
    /// Every customer, the highest use first.
    pub lines: Vec<UseLine>,
    /// Limits that are amounts.
    pub limits: Money,
    /// What is used of them, each up to its limit.
    pub within: Money,
    /// What is left of them.
    pub unused: Money,
    /// What is used beyond them.
    pub beyond: Money,
    /// What is used where no limit is in force.
    pub without_limit: Money,
    /// What is used where there is no bound.
    pub unbounded: Money,
    /// Within over limits; absent without any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<Ratio>,
    /// Good payers with room, the largest room first.
    pub good_payers: Vec<GoodPayer>,
}

/// Reports on a book at the end of `as_of`. Credit that nobody owes (money not applied beyond what is open) uses
/// nothing.
///
/// # Errors
///
/// [`ConversionError::MissingRate`] when an amount has no rate into the policy's currency; [`ConversionError::Money`]
/// when a sum leaves the range.
pub fn credit_use(
    policy: &Policy,
    rule: &ReportRule,
    book: &[UserOfCredit<'_>],
    rates: &[Rate],
    as_of: Date,
) -> Result<CreditUse, ConversionError> {
    let (currency, on) = (policy.currency, RatesOn::new(rates, as_of));
    let zero = Money::zero(currency);
    let mut report = CreditUse {
        lines: Vec::new(),
        limits: zero,
        within: zero,
        unused: zero,
        beyond: zero,
        without_limit: zero,
        unbounded: zero,
        used: None,
        good_payers: Vec::new(),
    };
    for user in book {
        let line = use_line(policy, user.standing, &on, as_of)?;
        let exposed = line.exposure.max(zero)?;
        match line.limit.map(|limit| amount_of(limit, currency, &on)).transpose()? {
            Some(Some(limit)) => {
                let within = exposed.min(limit)?;
                report.limits = report.limits.plus(limit)?;
                report.within = report.within.plus(within)?;
                report.unused = report.unused.plus(limit.minus(within)?)?;
                report.beyond = report.beyond.plus(exposed.minus(within)?)?;
            }
            Some(None) => report.unbounded = report.unbounded.plus(exposed)?,
            None => report.without_limit = report.without_limit.plus(exposed)?,
        }
        report.good_payers.extend(good_payer(rule, &line, user.behaviour, &on)?);
        report.lines.push(line);
    }
    report.used = Ratio::of(report.within.minor(), report.limits.minor());
    // Beyond any share come those who owe without a limit.
    let share = |line: &UseLine| line.used.map_or(i64::from(line.limit.is_none()), |_| 0);
    report
        .lines
        .sort_by_key(|line| (std::cmp::Reverse((share(line), line.used, line.exposure.minor())), line.customer));
    report.good_payers.sort_by_key(|payer| (std::cmp::Reverse(payer.unused.minor()), payer.customer));
    Ok(report)
}

/// The amount of a limit; nothing may be owed without one, and `None` is no bound.
fn amount_of(limit: Limit, currency: Currency, on: &RatesOn<'_>) -> Result<Option<Money>, ConversionError> {
    Ok(match limit {
        Limit::Amount { amount } => Some(on.convert(amount, currency)?),
        Limit::None => Some(Money::zero(currency)),
        Limit::Unlimited => None,
    })
}

fn use_line(policy: &Policy, standing: &Standing, on: &RatesOn<'_>, as_of: Date) -> Result<UseLine, ConversionError> {
    let position = position(policy, standing, as_of)?;
    let exposure = on.convert(position.exposure.total, policy.currency)?;
    let overdue = on.convert(position.overdue, policy.currency)?;
    let limit = standing.limit_at(as_of);
    let amount = limit.map(|limit| amount_of(limit, policy.currency, on)).transpose()?.flatten();
    let zero = Money::zero(policy.currency);
    let left = amount.map(|amount| amount.minus(exposure.max(zero)?)).transpose()?;
    Ok(UseLine {
        customer: standing.customer,
        grade: standing.grade.as_ref().map(|grade| grade.grade.clone()),
        limit,
        exposure,
        overdue,
        used: amount.and_then(|amount| Ratio::of(exposure.minor().max(0), amount.minor())),
        unused: left.map(|left| left.max(zero)).transpose()?,
        over: left.filter(|left| left.minor() < 0).map(Money::negated),
    })
}

fn good_payer(
    rule: &ReportRule,
    line: &UseLine,
    behaviour: &Behaviour,
    on: &RatesOn<'_>,
) -> Result<Option<GoodPayer>, ConversionError> {
    let most = Ratio::from_units(i64::from(rule.good_days).saturating_mul(Ratio::ONE.units()));
    let in_time = behaviour.days_beyond_terms.filter(|days| *days <= most && line.overdue.minor() <= 0);
    let (Some(days_beyond_terms), Some(used), Some(unused)) = (in_time, line.used, line.unused) else {
        return Ok(None);
    };
    let sales = on.convert(behaviour.sales, line.exposure.currency())?;
    let room = used <= rule.unused_below && unused.minor() > 0 && sales.minor() > 0;
    Ok(room.then_some(GoodPayer { customer: line.customer, days_beyond_terms, sales, unused, used }))
}

impl CreditUse {
    /// Everything that counts, wherever it stands.
    ///
    /// # Errors
    ///
    /// [`MoneyError::OutOfRange`] when the sum leaves the range.
    pub fn exposure(&self) -> Result<Money, MoneyError> {
        self.within.plus(self.beyond)?.plus(self.without_limit)?.plus(self.unbounded)
    }
}
