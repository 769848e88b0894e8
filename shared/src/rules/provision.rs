//! Provision for bad debts (坏账准备): what of the receivables will probably not come in.
//!
//! Receivables without a significant financing component are provided for over their whole life (企业会计准则第22号, simplified
//! approach; IFRS 9, 5.5.15), collectively by portfolio or one by one:
//!
//! - **matrix**: a loss rate by aging band (IFRS 9, B5.5.35), by days past due or by months since the receivable arose;
//! - **migration**: the bands' loss rates come from how balances rolled from band to band: the loss rate of a band is the
//!   product of the roll rates from it to the last one, times what the last one loses, times a forward-looking factor;
//!   what was written off counts as rolled on, never as collected;
//! - **by grade**: ECL = EAD × PD × LGD;
//! - **rate**: one rate for all (related parties, say);
//! - **specific**: amount less what is expected to be recovered; such a receivable leaves its portfolio.
//!
//! A commercial bill (商业承兑汇票) keeps the age of the receivable that it settled: exchanging one promise of the debtor for
//! another makes no debt younger. A small firm under 小企业会计准则 makes no provision: a loss is booked when it happens
//! (第十条). The movement of the allowance ties out: opening + charge − reversal − written off + recovered = closing.

mod answer;
mod assign;
mod migration;
mod movement;

use super::policy::{Bilingual, Faults, is_share};
use crate::facts::calendar::{Date, days_between};
use crate::facts::ledger::Rate;
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use crate::readings::age::band_of_months;
use crate::readings::exchange::{ConversionError, RatesOn};
pub use answer::{LineOf, PortfolioProvision, Provision, ProvisionLine, SpecificLine};
pub use assign::{Assignment, Nature};
pub use migration::{Average, Snapshot, loss_rates, roll_rates};
pub use movement::{Movement, movement};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The version of this function, written into every answer.
pub const VERSION: &str = "provision/1";

/// How a company provides for bad debts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProvisionRule {
    /// Why its numbers are what they are.
    pub note: Bilingual,
    /// Which accounting standard the company follows.
    pub standard: Standard,
    /// The portfolios; receivables that name none of them are an error.
    pub portfolios: Vec<Portfolio>,
    /// Which receivable belongs where; absent: whoever asks says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assign: Option<Vec<Assignment>>,
}

/// An accounting standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Standard {
    /// 企业会计准则: expected credit losses.
    Enterprise,
    /// 小企业会计准则: no provision.
    SmallFirm,
}

/// Receivables that are provided for alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Portfolio {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: Bilingual,
    /// The share that we bear ourselves where an insurer bears the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Ratio>,
    /// How its loss is estimated.
    pub method: Method,
}

/// How a portfolio's loss is estimated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ProvisionMethod"))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Method {
    /// A rate by band.
    Matrix {
        /// The bands.
        bands: Bands,
        /// A rate for each.
        rates: Vec<Ratio>,
    },
    /// Rates from how balances rolled.
    Migration {
        /// The bands.
        bands: Bands,
        /// What the last band loses.
        last_loss: Ratio,
        /// Times this, for what is expected and hasn't been seen yet.
        forward: Ratio,
        /// How the periods' roll rates are averaged.
        average: Average,
        /// What was seen.
        history: Vec<Snapshot>,
    },
    /// By grade.
    ByGrade {
        /// The grades.
        grades: Vec<GradeRisk>,
        /// Probability of default of whoever has none of them.
        other_pd: Ratio,
        /// Loss given default of the same.
        other_lgd: Ratio,
    },
    /// One rate.
    Rate {
        /// The rate.
        rate: Ratio,
    },
}

/// Aging bands, ascending; what is later falls into one more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum Bands {
    /// By days past due; a first band holds what is not due.
    PastDue {
        /// The last day of each.
        days: Vec<u16>,
    },
    /// By months since the receivable arose.
    SinceArising {
        /// The last month of each.
        months: Vec<u16>,
    },
}

/// What a grade risks in the life of a receivable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GradeRisk {
    /// The grade.
    pub grade: String,
    /// Probability of default (PD).
    pub pd: Ratio,
    /// Loss given default (LGD).
    pub lgd: Ratio,
}

/// A receivable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Receivable {
    /// Its number.
    pub number: String,
    /// Its portfolio.
    pub portfolio: String,
    /// What is open; negative on a credit note.
    pub amount: Money,
    /// When it arose; for a bill, when the bill was received.
    pub arose: Date,
    /// When it falls due; for a bill, its maturity.
    pub due: Date,
    /// The debtor's grade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// What it settled, when it is a commercial bill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Settled>,
    /// What is expected to be recovered, when it is assessed by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specific: Option<Specific>,
}

/// The receivable that a commercial bill settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ProvisionSettled"))]
#[serde(deny_unknown_fields)]
pub struct Settled {
    /// When it arose.
    pub arose: Date,
    /// When it fell due.
    pub due: Date,
}

/// One receivable's own assessment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Specific {
    /// What will probably come in, from cover and from the estate too.
    pub recoverable: Money,
    /// Why.
    pub reason: String,
}

/// Why a provision cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProvisionError {
    /// A receivable names no portfolio of the policy.
    #[error("receivables[{number}].portfolio: '{portfolio}' is no portfolio of this policy")]
    UnknownPortfolio {
        /// The receivable.
        number: String,
        /// What it names.
        portfolio: String,
    },
    /// Not one period shows how a band rolled.
    #[error("history: no period shows how band {0} rolled")]
    NoHistory(usize),
    /// A snapshot has another number of bands.
    #[error("history[{index}]: {given} bands, not {expected}")]
    Bands {
        /// Which snapshot.
        index: usize,
        /// What it has.
        given: usize,
        /// What it needs.
        expected: usize,
    },
    /// An amount has no rate into the book's currency.
    #[error(transparent)]
    Conversion(#[from] ConversionError),
    /// A sum left the range, or currencies were mixed.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl Bands {
    /// How many there are.
    pub fn count(&self) -> usize {
        match self {
            Self::PastDue { days } => days.len().saturating_add(2),
            Self::SinceArising { months } => months.len().saturating_add(1),
        }
    }

    fn limits(&self) -> &[u16] {
        match self {
            Self::PastDue { days } => days,
            Self::SinceArising { months } => months,
        }
    }

    /// Which band a receivable falls into. A commercial bill keeps the age of what it settled. A month ends on the day of
    /// the same number, or on the last day of a shorter month (民法典 202).
    pub fn band(&self, receivable: &Receivable, as_of: Date) -> usize {
        let own = Settled { arose: receivable.arose, due: receivable.due };
        self.band_of_age(&receivable.settled.unwrap_or(own), as_of)
    }

    /// Which band an age falls into.
    pub fn band_of_age(&self, age: &Settled, as_of: Date) -> usize {
        match self {
            Self::PastDue { days } => {
                let late = days_between(age.due, as_of);
                if late <= 0 {
                    return 0;
                }
                days.iter().position(|last| late <= i32::from(*last)).unwrap_or(days.len()).saturating_add(1)
            }
            Self::SinceArising { months } => band_of_months(months, age.arose, as_of),
        }
    }
}

impl ProvisionRule {
    /// Reports what is wrong with the rule.
    pub(super) fn check(&self, known: impl Fn(&str) -> bool, faults: &mut Faults) {
        self.check_assign(faults);
        for (i, portfolio) in self.portfolios.iter().enumerate() {
            let at = |field: &str| format!("provision.portfolios[{i}].{field}");
            let twice = self.portfolios.iter().take(i).any(|other| other.name == portfolio.name);
            faults.unless(!twice, &at("name"), format_args!("'{}' stands twice", portfolio.name));
            if let Method::ByGrade { grades, .. } = &portfolio.method {
                let names: BTreeSet<&str> = grades.iter().map(|risk| risk.grade.as_str()).collect();
                let once = names.len() == grades.len();
                faults.unless(once, &at("method.grades"), format_args!("a grade stands twice"));
            }
            let mut share = |ratio: Ratio, field: &str| {
                faults.unless(is_share(ratio), &at(field), format_args!("must lie between 0 and 1"));
            };
            share(portfolio.retention.unwrap_or(Ratio::ONE), "retention");
            match &portfolio.method {
                Method::Matrix { bands, rates } => {
                    for rate in rates {
                        share(*rate, "method.rates");
                    }
                    let (given, needed) = (rates.len(), bands.count());
                    faults.unless(
                        given == needed,
                        &at("method.rates"),
                        format_args!("{needed} bands need as many rates, not {given}"),
                    );
                    bands.check(&at("method.bands"), faults);
                }
                Method::Migration { bands, last_loss, forward, history, .. } => {
                    share(*last_loss, "method.last_loss");
                    faults.unless(*forward > Ratio::ZERO, &at("method.forward"), format_args!("must be positive"));
                    bands.check(&at("method.bands"), faults);
                    let rising = history.is_sorted_by(|a, b| a.date < b.date);
                    faults.unless(rising, &at("method.history"), format_args!("must be in the order of its dates"));
                }
                Method::ByGrade { grades, other_pd, other_lgd } => {
                    for (j, risk) in grades.iter().enumerate() {
                        let (path, grade) = (at(&format!("method.grades[{j}]")), &risk.grade);
                        faults.unless(known(grade), &path, format_args!("'{grade}' is no grade of this policy"));
                        let twice = grades.iter().take(j).any(|other| other.grade == *grade);
                        faults.unless(!twice, &path, format_args!("'{grade}' stands twice"));
                    }
                    let mut share = |ratio: Ratio, field: &str| {
                        faults.unless(is_share(ratio), &at(field), format_args!("must lie between 0 and 1"));
                    };
                    for risk in grades {
                        share(risk.pd, "method.grades");
                        share(risk.lgd, "method.grades");
                    }
                    share(*other_pd, "method.other_pd");
                    share(*other_lgd, "method.other_lgd");
                }
                Method::Rate { rate } => share(*rate, "method.rate"),
            }
        }
    }
}

impl Bands {
    fn check(&self, path: &str, faults: &mut Faults) {
        let limits = self.limits();
        let rising = limits.is_sorted_by(|a, b| a < b) && limits.first() != Some(&0);
        faults.unless(rising, path, format_args!("must rise, from 1"));
    }
}

/// Provides for receivables at the end of `as_of`. Each is expressed in `currency` first; each line is rounded once.
///
/// # Errors
///
/// [`ProvisionError::UnknownPortfolio`] when a receivable names a portfolio that the rule lacks,
/// [`ProvisionError::NoHistory`] and [`ProvisionError::Bands`] as [`migration::roll_rates`],
/// [`ProvisionError::Conversion`] when a rate is missing on `as_of`, [`ProvisionError::Money`] when a sum leaves the
/// range.
pub fn provision(
    rule: &ProvisionRule,
    receivables: &[Receivable],
    currency: Currency,
    rates: &[Rate],
    as_of: Date,
) -> Result<Provision, ProvisionError> {
    let (zero, rates) = (Money::zero(currency), RatesOn::new(rates, as_of));
    let mut all = Provision {
        version: VERSION.to_owned(),
        standard: rule.standard,
        portfolios: Vec::new(),
        specific: Vec::new(),
        balance: zero,
        amount: zero,
    };
    let provides = rule.standard == Standard::Enterprise;
    let mut members: Vec<Vec<(&Receivable, Money)>> = vec![Vec::new(); rule.portfolios.len()];
    for receivable in receivables {
        let place = rule.portfolios.iter().position(|portfolio| portfolio.name == receivable.portfolio);
        let place = place.ok_or_else(|| ProvisionError::UnknownPortfolio {
            number: receivable.number.clone(),
            portfolio: receivable.portfolio.clone(),
        })?;
        let amount = rates.convert(receivable.amount, currency)?;
        all.balance = all.balance.plus(amount)?;
        match &receivable.specific {
            Some(specific) if provides => {
                // Nobody recovers less than nothing, or more than is owed.
                let recoverable = rates.convert(specific.recoverable, currency)?.max(zero)?.min(amount)?;
                let missing = amount.minus(recoverable)?;
                all.amount = all.amount.plus(missing)?;
                all.specific.push(SpecificLine {
                    number: receivable.number.clone(),
                    balance: amount,
                    recoverable,
                    amount: missing,
                    reason: specific.reason.clone(),
                });
            }
            _ => {
                if let Some(members) = members.get_mut(place) {
                    members.push((receivable, amount));
                }
            }
        }
    }
    if !provides {
        return Ok(all);
    }
    all.specific.sort_by(|a, b| a.number.cmp(&b.number));
    for (portfolio, members) in rule.portfolios.iter().zip(&members) {
        let made = portfolio.provide(members, currency, as_of)?;
        all.amount = all.amount.plus(made.amount)?;
        all.portfolios.push(made);
    }
    Ok(all)
}

impl Portfolio {
    fn provide(
        &self,
        members: &[(&Receivable, Money)],
        currency: Currency,
        as_of: Date,
    ) -> Result<PortfolioProvision, ProvisionError> {
        let sum = |keep: &dyn Fn(&Receivable) -> bool| {
            Money::sum(currency, members.iter().filter(|(receivable, _)| keep(receivable)).map(|(_, amount)| *amount))
        };
        let by_band = |bands: &Bands, rates: &[Ratio]| {
            let line = |(band, rate): (usize, &Ratio)| {
                let of = LineOf::Band { band: u32::try_from(band).unwrap_or(u32::MAX) };
                self.line(of, sum(&|receivable| bands.band(receivable, as_of) == band)?, *rate)
            };
            rates.iter().enumerate().map(line).collect::<Result<Vec<_>, MoneyError>>()
        };
        let lines = match &self.method {
            Method::Matrix { bands, rates } => by_band(bands, rates)?,
            Method::Migration { bands, last_loss, forward, average, history } => {
                let rolls = roll_rates(bands.count(), history, *average)?;
                by_band(bands, &loss_rates(&rolls, *last_loss, *forward)?)?
            }
            Method::ByGrade { grades, other_pd, other_lgd } => {
                let named = |receivable: &Receivable, grade: &str| receivable.grade.as_deref() == Some(grade);
                let mut lines = Vec::new();
                for risk in grades {
                    let of = LineOf::Grade { grade: Some(risk.grade.clone()) };
                    let balance = sum(&|receivable| named(receivable, &risk.grade))?;
                    lines.push(self.line(of, balance, product(risk.pd, risk.lgd)?)?);
                }
                let other = sum(&|receivable| !grades.iter().any(|risk| named(receivable, &risk.grade)))?;
                lines.push(self.line(LineOf::Grade { grade: None }, other, product(*other_pd, *other_lgd)?)?);
                lines
            }
            Method::Rate { rate } => vec![self.line(LineOf::All, sum(&|_| true)?, *rate)?],
        };
        Ok(PortfolioProvision {
            name: self.name.clone(),
            balance: Money::sum(currency, lines.iter().map(|line| line.balance))?,
            amount: Money::sum(currency, lines.iter().map(|line| line.amount))?,
            lines,
        })
    }

    fn line(&self, of: LineOf, balance: Money, rate: Ratio) -> Result<ProvisionLine, MoneyError> {
        let scaled = |amount: Money, ratio: Ratio| {
            let minor = ratio.times(amount.minor()).ok_or(MoneyError::OutOfRange)?;
            Money::from_minor(minor, amount.currency())
        };
        let exposed = self.retention.map_or(Ok(balance), |share| scaled(balance, share))?;
        let amount = scaled(exposed, rate)?.max(Money::zero(balance.currency()))?;
        Ok(ProvisionLine { of, balance, exposed, rate, amount })
    }
}

/// PD × LGD, to six decimals.
fn product(pd: Ratio, lgd: Ratio) -> Result<Ratio, MoneyError> {
    pd.times(lgd.units()).map(Ratio::from_units).ok_or(MoneyError::OutOfRange)
}
