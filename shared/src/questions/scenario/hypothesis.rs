//! The customer as it is supposed to be.

use super::{Change, Scenario, ScenarioError, Sources};
use crate::facts::calendar::Date;
use crate::facts::cover::Cover;
use crate::facts::credit_file::{Appraisal, CreditFile};
use crate::facts::financials::{FinancialStatement, Line, TOTALS};
use crate::facts::id::PersonId;
use crate::facts::money::{Money, MoneyError};
use crate::facts::number::Ratio;
use crate::questions::dossier::usable_accounts;
use crate::rules::rating::GradeOverride;
use crate::rules::scorecard::{Characteristic, Profile};

/// What an assessment looks at, changed.
pub(super) struct Supposed {
    pub file: CreditFile,
    pub covers: Vec<Cover>,
    figures: Vec<(Characteristic, Option<Ratio>)>,
    /// The daily billing; absent when it isn't another.
    pub per_day: Option<DailyBilling>,
    pub market_value: Option<Money>,
    pub portfolio: Option<Money>,
    pub given: Option<GradeOverride>,
}

/// A daily billing; none where nothing was sold.
#[derive(Clone, Copy)]
pub(super) struct DailyBilling(pub Option<Money>);

impl Supposed {
    /// A profile with the changed figures.
    pub fn profile(&self, mut profile: Profile) -> Profile {
        for (figure, value) in &self.figures {
            profile.set(*figure, *value);
        }
        profile
    }
}

pub(super) fn suppose(sources: &Sources<'_>, scenario: &Scenario, as_of: Date) -> Result<Supposed, ScenarioError> {
    let mut supposed = Supposed {
        file: sources.file.clone(),
        covers: sources.covers.to_vec(),
        figures: Vec::new(),
        per_day: None,
        market_value: sources.market_value,
        portfolio: sources.portfolio,
        given: sources.given.cloned(),
    };
    let cards = || sources.policy.scoring.as_ref().ok_or(ScenarioError::MissingSection("scoring"));
    let methods = || sources.policy.limit_methods.as_ref().ok_or(ScenarioError::MissingSection("limit_methods"));
    let current = usable_accounts(sources.policy, &sources.file.statements, as_of).map(|accounts| accounts.current);
    let place = current.and_then(|current| sources.file.statements.iter().position(|one| one == current));
    let mut changed = false;
    for change in &scenario.changes {
        match change {
            Change::Statement { line, amount } => {
                let statement = place.and_then(|place| supposed.file.statements.get_mut(place));
                let statement = statement.ok_or(ScenarioError::NoStatement { line: *line })?;
                set(statement, *line, *amount)?;
                changed = true;
            }
            Change::Figure { figure, value } => supposed.figures.push((*figure, *value)),
            Change::DailyBilling { amount } => supposed.per_day = Some(DailyBilling(*amount)),
            Change::Word { category, value } => {
                cards()?;
                supposed.file.appraisals.retain(|word| word.category != *category);
                supposed.file.appraisals.extend(value.as_ref().map(|value| Appraisal {
                    category: category.clone(),
                    value: value.clone(),
                    date: as_of,
                    by: PersonId::derived(&["supposed"]),
                }));
            }
            Change::MarketValue { amount } => {
                cards()?;
                supposed.market_value = *amount;
            }
            Change::Portfolio { amount } => {
                methods()?;
                supposed.portfolio = *amount;
            }
            Change::Override { given } => {
                methods()?;
                supposed.given = given.as_deref().cloned();
            }
            Change::Cover { cover } => {
                supposed.covers.retain(|other| other.id != cover.id);
                supposed.covers.push((**cover).clone());
            }
            Change::WithoutCover { cover } => supposed.covers.retain(|other| other.id != *cover),
            _ => {}
        }
    }
    if changed && let Some(statement) = place.and_then(|place| supposed.file.statements.get_mut(place)) {
        balance(statement)?;
    }
    Ok(supposed)
}

/// Sets a line, and moves the stated totals above it by as much.
fn set(statement: &mut FinancialStatement, line: Line, amount: Money) -> Result<(), MoneyError> {
    let before = statement.amount(line)?.unwrap_or(Money::zero(statement.currency));
    let by = amount.minus(before)?;
    statement.lines.insert(line, amount);
    raise(statement, line, by)
}

fn raise(statement: &mut FinancialStatement, line: Line, by: Money) -> Result<(), MoneyError> {
    for total in TOTALS {
        let by = if total.plus.contains(&line) {
            by
        } else if total.minus.contains(&line) {
            by.negated()
        } else {
            continue;
        };
        // A total that isn't stated adds itself up; those above it may be stated.
        if let Some(stated) = statement.lines.get_mut(&total.line) {
            *stated = stated.plus(by)?;
        }
        raise(statement, total.line, by)?;
    }
    Ok(())
}

/// What assets have more than the other side is the owners'.
fn balance(statement: &mut FinancialStatement) -> Result<(), MoneyError> {
    let (assets, other) = (statement.amount(Line::TotalAssets)?, statement.amount(Line::LiabilitiesAndEquity)?);
    let (Some(assets), Some(other)) = (assets, other) else { return Ok(()) };
    let difference = assets.minus(other)?;
    if difference.is_zero() {
        return Ok(());
    }
    if let Some(profit) = statement.lines.get_mut(&Line::UndistributedProfit) {
        *profit = profit.plus(difference)?;
    }
    raise(statement, Line::UndistributedProfit, difference)
}
