//! Financial statements (财务报表) of one period: what a company says it owns, owes, earned and received, who says so and
//! who audited it.
//!
//! A statement is kept as it was given; nothing is corrected here. A line that was left empty is unknown, unless whoever
//! keyed the form in says that it is [`FinancialStatement::complete`]: then an empty line is nil, as on paper.
//! [`FinancialStatement::amount`] reads a line, working a total out from its parts where it isn't stated, and
//! [`FinancialStatement::faults`] says where the statement doesn't add up. What follows from the figures is read by
//! [`crate::readings::ratios`] and [`crate::readings::altman`].

mod line;

pub use line::{Form, Line, TOTALS, Total};

use super::calendar::{Date, month_end, month_start};
use super::money::{Currency, Money, MoneyError};
use chrono::Months;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The statements of one period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FinancialStatement {
    /// Its last day, the last of a month.
    pub end: Date,
    /// How many months it covers: 12 for a year, 9 for the first three quarters.
    pub months: u8,
    /// One company, or the group under it.
    pub scope: Scope,
    /// Where it came from.
    pub source: StatementSource,
    /// What an auditor says of it.
    pub audit: Audit,
    /// The currency of all its amounts.
    pub currency: Currency,
    /// The unit that it is printed in, when its figures are rounded (千元, 万元): then a total may differ from its parts by
    /// half a unit for each figure involved. Absent when it is exact to the cent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub printed_in: Option<Money>,
    /// The forms that were gone through line by line, so that an empty line is nil. An empty line of the opening column is
    /// unknown all the same.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub complete: BTreeSet<Form>,
    /// The lines that were stated: balances at the end, flows of the period.
    pub lines: BTreeMap<Line, Money>,
    /// The balance sheet's opening column (年初余额, 上年年末余额): what stood there on the day before the period began.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub opening: BTreeMap<Line, Money>,
}

/// What a statement covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// 单体报表, 母公司报表: the company that owes us.
    Company,
    /// 合并报表: it and its subsidiaries, which don't owe us.
    Consolidated,
}

/// Where a statement came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StatementSource {
    /// With an auditor's report.
    AuditReport,
    /// As published by a listed company or in a public register.
    Published,
    /// As filed with the tax office (税务申报表).
    TaxFiling,
    /// From a credit bureau or another third party's report.
    Bureau,
    /// Handed over by the customer.
    Customer,
    /// Estimated by our own people.
    Estimate,
}

/// The auditor's opinion (审计意见; 中国注册会计师审计准则第1501号, 第1502号, 第1503号).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Audit {
    /// 无保留意见.
    Unqualified,
    /// 带强调事项段或与持续经营相关的重大不确定性段的无保留意见.
    Emphasis,
    /// 保留意见.
    Qualified,
    /// 否定意见.
    Adverse,
    /// 无法表示意见.
    Disclaimer,
    /// 审阅: reviewed, not audited.
    Reviewed,
    /// 未经审计.
    Unaudited,
}

/// Where a statement doesn't add up or can't be right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum StatementFault {
    /// A period has 1 to 12 months.
    #[error("a period has 1 to 12 months, not {months}")]
    Months {
        /// As stated.
        months: u8,
    },
    /// A period ends with a month.
    #[error("{end} is not the last day of a month")]
    NotMonthEnd {
        /// As stated.
        end: Date,
    },
    /// An amount is in another currency than the statement.
    #[error("{line:?} is in {currency}")]
    Currency {
        /// Where.
        line: Line,
        /// Its currency.
        currency: Currency,
    },
    /// The printing unit is not positive.
    #[error("the printing unit {unit} is not positive")]
    Unit {
        /// As stated.
        unit: Money,
    },
    /// A form that is said to be complete has no line at all.
    #[error("{form:?} is said to be complete and is empty")]
    Empty {
        /// Which.
        form: Form,
    },
    /// The opening column belongs to the balance sheet; this line isn't one of it.
    #[error("{line:?} has no opening balance")]
    NotABalance {
        /// Which.
        line: Line,
    },
    /// Assets are not what liabilities and equity add up to.
    #[error("assets {assets} are not liabilities and equity {liabilities_and_equity}; {difference} apart")]
    Unbalanced {
        /// Whether it is the opening column.
        opening: bool,
        /// 资产总计.
        assets: Money,
        /// 负债和所有者权益总计.
        liabilities_and_equity: Money,
        /// Assets less the other side.
        difference: Money,
    },
    /// A stated total is not what its parts add up to.
    #[error("{line:?} is stated as {stated} and adds up to {summed}")]
    TotalDiffers {
        /// Which.
        line: Line,
        /// Whether it is the opening column.
        opening: bool,
        /// As stated.
        stated: Money,
        /// What the parts come to.
        summed: Money,
        /// Stated less summed.
        difference: Money,
    },
    /// A line that can't be below zero is.
    #[error("{line:?} is {amount}")]
    Negative {
        /// Which.
        line: Line,
        /// Whether it is the opening column.
        opening: bool,
        /// As stated.
        amount: Money,
    },
    /// The opening column is not what the statement of the period before ended with: a restatement, or a mistake.
    #[error("{line:?} opens with {opening} and had closed with {closing}")]
    OpeningDiffers {
        /// Which.
        line: Line,
        /// As this statement opens.
        opening: Money,
        /// As the one before closed.
        closing: Money,
    },
    /// A sum left the range of money.
    #[error("a sum of {line:?} is beyond what can be held")]
    OutOfRange {
        /// Of which line.
        line: Line,
    },
}

impl StatementFault {
    /// Whether figures read from the statement can't be relied on. A negative line or a restated opening balance is to be
    /// looked into, and the sums still hold.
    pub const fn is_grave(&self) -> bool {
        !matches!(self, Self::Negative { .. } | Self::OpeningDiffers { .. })
    }
}

/// The end of the period, or the start of its year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Closing,
    Opening,
}

impl FinancialStatement {
    /// The day before its period begins: the one whose balances its opening column shows.
    pub fn day_before(&self) -> Date {
        month_start(self.end)
            .checked_sub_months(Months::new(u32::from(self.months.saturating_sub(1))))
            .and_then(|start| start.pred_opt())
            .unwrap_or(Date::MIN)
    }

    /// What a line comes to: as stated, else added up from its parts where all of these are known, else nil on a form
    /// that is complete. Absent when unknown.
    ///
    /// # Errors
    ///
    /// [`MoneyError`] when the parts of a total leave the range of money or are in several currencies.
    pub fn amount(&self, line: Line) -> Result<Option<Money>, MoneyError> {
        self.read(Column::Closing, line)
    }

    /// What a line of the opening column comes to, as [`FinancialStatement::amount`]; absent when there is no such column.
    ///
    /// # Errors
    ///
    /// As [`FinancialStatement::amount`].
    pub fn opening_amount(&self, line: Line) -> Result<Option<Money>, MoneyError> {
        if self.opening.is_empty() { Ok(None) } else { self.read(Column::Opening, line) }
    }

    fn column(&self, column: Column) -> &BTreeMap<Line, Money> {
        match column {
            Column::Closing => &self.lines,
            Column::Opening => &self.opening,
        }
    }

    fn read(&self, column: Column, line: Line) -> Result<Option<Money>, MoneyError> {
        if let Some(stated) = self.column(column).get(&line) {
            return Ok(Some(*stated));
        }
        match line.total() {
            Some(total) => Ok(self.sum(column, total)?.map(|(sum, _)| sum)),
            // Of the opening column people often key in a few lines only.
            None if column == Column::Closing && self.complete.contains(&line.form()) && !line.is_of_which() => {
                Ok(Some(Money::zero(self.currency)))
            }
            None => Ok(None),
        }
    }

    /// A total's parts added up, and how many of them are not nil; absent when a part is unknown.
    fn sum(&self, column: Column, total: &Total) -> Result<Option<(Money, u32)>, MoneyError> {
        let mut sum = Money::zero(self.currency);
        let mut figures = 0_u32;
        let signed = total.plus.iter().map(|line| (line, true)).chain(total.minus.iter().map(|line| (line, false)));
        for (line, plus) in signed {
            let Some(amount) = self.read(column, *line)? else { return Ok(None) };
            sum = if plus { sum.plus(amount)? } else { sum.minus(amount)? };
            figures = figures.saturating_add(u32::from(!amount.is_zero()));
        }
        Ok(Some((sum, figures)))
    }

    /// By how much a sum of so many figures may differ, each rounded to the printing unit: half a unit for each.
    fn tolerance(&self, figures: u32) -> i64 {
        let unit = self.printed_in.map_or(0, Money::minor).max(0);
        unit.saturating_mul(i64::from(figures)).checked_div(2).unwrap_or(0)
    }

    /// Where it doesn't add up or can't be right, in the order of the forms; empty when it is sound. A total whose parts
    /// aren't all known is not checked.
    pub fn faults(&self) -> Vec<StatementFault> {
        let mut faults = Vec::new();
        if !(1..=12).contains(&self.months) {
            faults.push(StatementFault::Months { months: self.months });
        }
        if self.end != month_end(self.end, 0) {
            faults.push(StatementFault::NotMonthEnd { end: self.end });
        }
        if let Some(unit) = self.printed_in.filter(|unit| unit.minor() <= 0 || unit.currency() != self.currency) {
            faults.push(StatementFault::Unit { unit });
        }
        let stray = self.opening.keys().filter(|line| line.form() != Form::BalanceSheet);
        faults.extend(stray.map(|line| StatementFault::NotABalance { line: *line }));
        let empty = self.complete.iter().filter(|form| !self.lines.keys().any(|line| line.form() == **form));
        faults.extend(empty.map(|form| StatementFault::Empty { form: *form }));
        let foreign = self.lines.iter().chain(&self.opening).filter(|(_, amount)| amount.currency() != self.currency);
        let foreign: Vec<StatementFault> = foreign
            .map(|(line, amount)| StatementFault::Currency { line: *line, currency: amount.currency() })
            .collect();
        if !foreign.is_empty() {
            // Amounts of two currencies don't add up to anything.
            faults.extend(foreign);
            return faults;
        }
        self.check_column(Column::Closing, &mut faults);
        if !self.opening.is_empty() {
            self.check_column(Column::Opening, &mut faults);
        }
        faults
    }

    /// Whether any fault makes its figures unreliable.
    pub fn is_sound(&self) -> bool {
        !self.faults().iter().any(StatementFault::is_grave)
    }

    fn check_column(&self, column: Column, faults: &mut Vec<StatementFault>) {
        let opening = column == Column::Opening;
        for (line, amount) in self.column(column) {
            if line.is_never_negative() && amount.minor() < 0 {
                faults.push(StatementFault::Negative { line: *line, opening, amount: *amount });
            }
        }
        for total in TOTALS {
            let Some(stated) = self.column(column).get(&total.line).copied() else { continue };
            match self.sum(column, total) {
                Ok(Some((summed, figures))) => match stated.minus(summed) {
                    Ok(difference) => {
                        if difference.minor().saturating_abs() > self.tolerance(figures.saturating_add(1)) {
                            let line = total.line;
                            faults.push(StatementFault::TotalDiffers { line, opening, stated, summed, difference });
                        }
                    }
                    Err(_) => faults.push(StatementFault::OutOfRange { line: total.line }),
                },
                Ok(None) => {}
                Err(_) => faults.push(StatementFault::OutOfRange { line: total.line }),
            }
        }
        let sides = (self.read(column, Line::TotalAssets), self.read(column, Line::LiabilitiesAndEquity));
        if let (Ok(Some(assets)), Ok(Some(liabilities_and_equity))) = sides
            && let Ok(difference) = assets.minus(liabilities_and_equity)
            && difference.minor().saturating_abs() > self.tolerance(2)
        {
            faults.push(StatementFault::Unbalanced { opening, assets, liabilities_and_equity, difference });
        }
    }

    /// Where its opening column is not what the statement before it ended with. Nothing is compared when the other one
    /// isn't the one before, or has another currency or scope.
    pub fn faults_after(&self, before: &Self) -> Vec<StatementFault> {
        if before.end != self.day_before() || before.currency != self.currency || before.scope != self.scope {
            return Vec::new();
        }
        let differing = |(line, opening): (&Line, &Money)| {
            let closing = before.amount(*line).ok().flatten().filter(|closing| closing != opening)?;
            Some(StatementFault::OpeningDiffers { line: *line, opening: *opening, closing })
        };
        self.opening.iter().filter_map(differing).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_total_is_made_of_lines_of_its_own_form() {
        for total in TOTALS {
            for part in total.plus.iter().chain(total.minus) {
                assert_eq!(part.form(), total.line.form(), "{:?}", total.line);
                assert_ne!(*part, total.line);
            }
        }
        // Each line belongs to one total at most, and nothing but these stands alone.
        for line in Line::ALL {
            let uses = TOTALS.iter().filter(|total| total.plus.contains(line) || total.minus.contains(line)).count();
            let top =
                matches!(line, Line::TotalAssets | Line::LiabilitiesAndEquity | Line::NetProfit | Line::ClosingCash);
            assert_eq!(uses, usize::from(!top && !line.is_of_which()), "{line:?}");
        }
    }

    #[test]
    fn json_is_pinned() {
        assert_eq!(serde_json::to_string(&Line::AccountsReceivable).unwrap(), "\"accounts_receivable\"");
        let fault = StatementFault::NotMonthEnd { end: "2026-06-29".parse().unwrap() };
        assert_eq!(serde_json::to_string(&fault).unwrap(), r#"{"kind":"not_month_end","end":"2026-06-29"}"#);
    }
}
