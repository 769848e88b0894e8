//! Financial ratios: what a statement says of a company's liquidity, solvency, profit, efficiency, cash flow and growth.
//!
//! A ratio is data ([`Formula`]): what is added up above the line and below it, and in which unit the result is. One
//! function works all of them out in integers and rounds once, half away from zero, to six decimals. Where something is
//! missing, or the figure below the line is zero or negative, the reading says which, instead of a number.
//!
//! Definitions are those of 国务院国资委《中央企业综合绩效评价实施细则》(国资发评价〔2006〕157号), 附件1, where it has the ratio, and
//! of the Chinese textbooks otherwise; what differs between books is said at the ratio. Days are over a year of 365.
//!
//! - Balances below or above a flow are the mean of opening and closing. When only the closing one is known it stands in,
//!   and the reading is marked ([`Mark::ClosingForMean`]).
//! - The flow of a part of a year over a balance is scaled to twelve months and marked ([`Mark::Annualised`]).
//! - EBIT is 利润总额 + 利息费用. Where 利息费用 isn't stated, 财务费用 takes its place; it holds exchange differences and
//!   charges too, so that the reading is marked ([`Mark::Estimated`]).

mod formula;

pub use formula::{At, FORMULAS, FinancialRatio, Formula, Group, Input, Item, Sign, Term, Unit};

use crate::facts::calendar::{Date, month_end};
use crate::facts::financials::{FinancialStatement, Line};
use crate::facts::money::{Money, MoneyError};
use crate::facts::number::Ratio;
use chrono::Months;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A statement with those that it is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Accounts<'a> {
    /// The statement that is read.
    pub current: &'a FinancialStatement,
    /// The one that ended the day before its period began, for opening balances that it doesn't show itself.
    pub before: Option<&'a FinancialStatement>,
    /// The one of the same length a year earlier, for growth.
    pub year_ago: Option<&'a FinancialStatement>,
}

/// One ratio of one statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RatioReading {
    /// Which.
    pub ratio: FinancialRatio,
    /// What it tells of.
    pub group: Group,
    /// What its value counts.
    pub unit: Unit,
    /// The value; absent when there is none, and then `error` says why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Ratio>,
    /// Why there is no value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<RatioError>,
    /// What to bear in mind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// The figures that it was worked out from, as far as they are known.
    pub inputs: Vec<InputValue>,
}

/// A figure that went into a ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InputValue {
    /// Whether it is below the line.
    pub below: bool,
    /// Whether it is added or taken off.
    pub sign: Sign,
    /// Which figure.
    pub input: Input,
    /// Its amount; a mean is rounded half up to the cent here, and exact in the ratio.
    pub amount: Money,
}

/// Why a ratio has no value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum RatioError {
    /// Figures are unknown.
    #[error("not stated: {inputs:?}")]
    Missing {
        /// Which.
        inputs: Vec<Input>,
    },
    /// What is below the line adds up to zero.
    #[error("{denominator:?} is zero")]
    ZeroDenominator {
        /// What is below the line.
        denominator: Vec<Input>,
    },
    /// What is below the line is negative, which turns the ratio's meaning round.
    #[error("{denominator:?} is negative")]
    NegativeDenominator {
        /// What is below the line.
        denominator: Vec<Input>,
    },
    /// The value doesn't fit.
    #[error("the value is beyond what can be held")]
    OutOfRange,
}

/// What to bear in mind about a ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// The closing balance stands in for the mean of opening and closing.
    ClosingForMean,
    /// A part of a year was scaled to twelve months; business with seasons is misjudged by that.
    Annualised,
    /// 财务费用 stands in for 利息费用.
    Estimated,
}

impl<'a> Accounts<'a> {
    /// The newest statement that ended by `as_of`, with those that it is compared with. Of several for the same end, the
    /// longest period counts, then that of the company before its group's, then the better source and audit. Absent when
    /// there is none.
    pub fn at(statements: &'a [FinancialStatement], as_of: Date) -> Option<Self> {
        let rank = |statement: &&FinancialStatement| {
            (statement.end, statement.months, std::cmp::Reverse((statement.scope, statement.source, statement.audit)))
        };
        let current = statements.iter().filter(|statement| statement.end <= as_of).max_by_key(rank)?;
        let same = |other: &&FinancialStatement| other.currency == current.currency && other.scope == current.scope;
        let day_before = current.day_before();
        let year_before = current.end.checked_sub_months(Months::new(12)).map(|day| month_end(day, 0));
        let before = statements.iter().filter(same).filter(|other| other.end == day_before).max_by_key(rank);
        let year_ago = statements
            .iter()
            .filter(same)
            .filter(|other| Some(other.end) == year_before && other.months == current.months)
            .max_by_key(rank);
        Some(Self { current, before, year_ago })
    }

    /// Every ratio, in the order of [`FORMULAS`], the cash cycle last.
    pub fn ratios(&self) -> Vec<RatioReading> {
        let mut readings: Vec<RatioReading> = FORMULAS.iter().map(|formula| self.read(formula)).collect();
        readings.push(cash_cycle(&readings));
        readings
    }

    /// One ratio.
    pub fn ratio(&self, ratio: FinancialRatio) -> RatioReading {
        match FORMULAS.iter().find(|formula| formula.ratio == ratio) {
            Some(formula) => self.read(formula),
            None => cash_cycle(&FORMULAS.iter().map(|formula| self.read(formula)).collect::<Vec<_>>()),
        }
    }

    /// 有形净资产: equity less intangible assets, development expenditure and goodwill. Absent when a part is unknown.
    ///
    /// # Errors
    ///
    /// As [`FinancialStatement::amount`]; also when the difference leaves the range.
    pub fn tangible_net_worth(&self) -> Result<Option<Money>, MoneyError> {
        let mut worth = self.current.amount(Line::TotalEquity)?;
        for line in [Line::IntangibleAssets, Line::DevelopmentExpenditure, Line::Goodwill] {
            worth = match (worth, self.current.amount(line)?) {
                (Some(worth), Some(part)) => Some(worth.minus(part)?),
                _ => None,
            };
        }
        Ok(worth)
    }

    /// 营运资本: current assets less current liabilities. Absent when either is unknown.
    ///
    /// # Errors
    ///
    /// As [`FinancialStatement::amount`]; also when the difference leaves the range.
    pub fn working_capital(&self) -> Result<Option<Money>, MoneyError> {
        let parts = (self.current.amount(Line::CurrentAssets)?, self.current.amount(Line::CurrentLiabilities)?);
        match parts {
            (Some(assets), Some(liabilities)) => assets.minus(liabilities).map(Some),
            _ => Ok(None),
        }
    }

    /// Revenue of twelve months, scaled from a part of a year, rounded half up. Absent when unknown.
    ///
    /// # Errors
    ///
    /// As [`FinancialStatement::amount`]; also when twelve months of it leave the range.
    pub fn yearly_revenue(&self) -> Result<Option<Money>, MoneyError> {
        let Some(revenue) = self.current.amount(Line::Revenue)? else { return Ok(None) };
        let scale = Decimal::from(12).checked_div(Decimal::from(self.current.months.max(1)));
        revenue.scaled(scale.ok_or(MoneyError::OutOfRange)?).map(Some)
    }

    fn read(&self, formula: &Formula) -> RatioReading {
        let mut marks = Vec::new();
        let mut inputs = Vec::new();
        let worked = self.work_out(formula, &mut marks, &mut inputs);
        marks.sort_unstable();
        marks.dedup();
        let (value, error) = match worked {
            Ok(value) => (Some(value), None),
            Err(error) => (None, Some(error)),
        };
        RatioReading { ratio: formula.ratio, group: formula.group, unit: formula.unit, value, error, marks, inputs }
    }

    fn work_out(
        &self,
        formula: &Formula,
        marks: &mut Vec<Mark>,
        inputs: &mut Vec<InputValue>,
    ) -> Result<Ratio, RatioError> {
        let mut missing = Vec::new();
        let mut side = |terms: &[Term], below: bool| -> Result<i128, RatioError> {
            let mut sum = 0_i128;
            for term in terms {
                let Some((doubled, amount)) = self.doubled(term.input, marks)? else {
                    missing.extend(missing_of(self.current, term.input));
                    continue;
                };
                inputs.push(InputValue { below, sign: term.sign, input: term.input, amount });
                sum = match term.sign {
                    Sign::Plus => sum.saturating_add(doubled),
                    Sign::Minus => sum.saturating_sub(doubled),
                };
            }
            Ok(sum)
        };
        let mut above = side(formula.numerator, false)?;
        let mut below = side(formula.denominator, true)?;
        if !missing.is_empty() {
            missing.sort_unstable();
            missing.dedup();
            return Err(RatioError::Missing { inputs: missing });
        }
        let denominator = || formula.denominator.iter().map(|term| term.input).collect();
        if below == 0 {
            return Err(RatioError::ZeroDenominator { denominator: denominator() });
        }
        if below < 0 {
            return Err(RatioError::NegativeDenominator { denominator: denominator() });
        }
        let months = i128::from(self.current.months.max(1));
        let is_flow = |terms: &[Term]| terms.iter().all(|term| term.input.at == At::Period);
        // Flow over balance: twelve months' worth of the flow. Balance over flow, in days: the other way round.
        match (is_flow(formula.numerator), is_flow(formula.denominator)) {
            (true, false) => {
                above = above.saturating_mul(12);
                below = below.saturating_mul(months);
            }
            (false, true) => {
                above = above.saturating_mul(months);
                below = below.saturating_mul(12);
            }
            _ => {}
        }
        if months != 12 && is_flow(formula.numerator) != is_flow(formula.denominator) {
            marks.push(Mark::Annualised);
        }
        if formula.unit == Unit::Days {
            above = above.saturating_mul(365);
        }
        Ratio::of_wide(above, below).ok_or(RatioError::OutOfRange)
    }

    /// Twice a figure in minor units (so that a mean stays whole), and the figure itself; absent when unknown.
    fn doubled(&self, input: Input, marks: &mut Vec<Mark>) -> Result<Option<(i128, Money)>, RatioError> {
        let closing = |statement: &FinancialStatement, marks: &mut Vec<Mark>| item(statement, input.item, marks);
        let twice = |amount: Money| (i128::from(amount.minor()).saturating_mul(2), amount);
        let found = match input.at {
            At::Period | At::End => closing(self.current, marks).map(|found| found.map(twice)),
            At::YearAgo => match self.year_ago {
                None => Ok(None),
                Some(year_ago) => closing(year_ago, marks).map(|found| found.map(twice)),
            },
            At::Mean => closing(self.current, marks).and_then(|end| {
                let Some(end) = end else { return Ok(None) };
                let Some(start) = self.opening(input.item)? else {
                    marks.push(Mark::ClosingForMean);
                    return Ok(Some(twice(end)));
                };
                let doubled = i128::from(end.minor()).saturating_add(i128::from(start.minor()));
                let half = doubled.saturating_add(if doubled < 0 { -1 } else { 1 }).checked_div(2).unwrap_or(0);
                let mean = Money::from_minor(i64::try_from(half).unwrap_or(i64::MAX), end.currency())?;
                Ok(Some((doubled, mean)))
            }),
        };
        found.map_err(|_| RatioError::OutOfRange)
    }

    fn opening(&self, item: Item) -> Result<Option<Money>, MoneyError> {
        let Item::Line(line) = item else { return Ok(None) };
        match (self.current.opening_amount(line)?, self.before) {
            (None, Some(before)) => before.amount(line),
            (found, _) => Ok(found),
        }
    }
}

/// A line, or a figure derived from several, of one statement.
fn item(statement: &FinancialStatement, item: Item, marks: &mut Vec<Mark>) -> Result<Option<Money>, MoneyError> {
    match item {
        Item::Line(line) => statement.amount(line),
        Item::Interest => interest(statement, marks),
        Item::Ebit => ebit(statement, marks),
        // No statement tells it.
        Item::MarketValue => Ok(None),
    }
}

/// 利息费用; where it isn't stated, 财务费用 and a mark.
fn interest(statement: &FinancialStatement, marks: &mut Vec<Mark>) -> Result<Option<Money>, MoneyError> {
    if let Some(interest) = statement.amount(Line::InterestExpense)? {
        return Ok(Some(interest));
    }
    let cost = statement.amount(Line::FinanceCost)?;
    if cost.is_some() {
        marks.push(Mark::Estimated);
    }
    Ok(cost)
}

/// Earnings before interest and tax of a Chinese statement: 利润总额 + 利息费用, or 利润总额 + 财务费用 and a mark.
pub(super) fn ebit(statement: &FinancialStatement, marks: &mut Vec<Mark>) -> Result<Option<Money>, MoneyError> {
    let (profit, interest) = (statement.amount(Line::TotalProfit)?, interest(statement, marks)?);
    match (profit, interest) {
        (Some(profit), Some(interest)) => profit.plus(interest).map(Some),
        _ => Ok(None),
    }
}

/// The unknown figures behind an unknown input: of EBIT those of its two parts that aren't stated.
pub(super) fn missing_of(statement: &FinancialStatement, input: Input) -> Vec<Input> {
    if input.item != Item::Ebit {
        return vec![input];
    }
    let at = input.at;
    let profit = Input { item: Item::Line(Line::TotalProfit), at };
    let known = |line| matches!(statement.amount(line), Ok(Some(_)));
    let mut missing = Vec::new();
    if !known(Line::TotalProfit) {
        missing.push(profit);
    }
    if !known(Line::InterestExpense) && !known(Line::FinanceCost) {
        missing.push(Input { item: Item::Interest, at });
    }
    missing
}

/// 现金周转期 = inventory days + receivable days − payable days, of the days as they are shown, so that the reader's own
/// sum agrees.
fn cash_cycle(readings: &[RatioReading]) -> RatioReading {
    use FinancialRatio::{InventoryDays, PayableDays, ReceivableDays};
    let of = |ratio| readings.iter().find(|reading| reading.ratio == ratio);
    let parts = [of(InventoryDays), of(ReceivableDays), of(PayableDays)];
    let units = |reading: Option<&RatioReading>| reading.and_then(|reading| reading.value).map(Ratio::units);
    let [inventory, receivable, payable] = parts.map(units);
    let days = (|| inventory?.checked_add(receivable?)?.checked_sub(payable?))();
    let marks = parts.iter().flatten().flat_map(|reading| reading.marks.iter().copied());
    let mut marks: Vec<Mark> = marks.collect();
    marks.sort_unstable();
    marks.dedup();
    RatioReading {
        ratio: FinancialRatio::CashCycle,
        group: Group::Efficiency,
        unit: Unit::Days,
        value: days.map(Ratio::from_units),
        // The first of its parts that has no value says why.
        error: match days {
            Some(_) => None,
            None => parts.iter().flatten().find_map(|reading| reading.error.clone()).or(Some(RatioError::OutOfRange)),
        },
        marks,
        inputs: Vec::new(),
    }
}
