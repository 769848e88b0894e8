//! Provision for bad debts of all customers, by band: what stays when a rate moves.
//!
//! Which receivable falls into which band depends on the policy's portfolios and bands, not on its rates. [`Banded`] sorts
//! a book's receivables once for these; a pass then multiplies a few amounts per customer by the rates of the day. A
//! customer's figure is what [`provision`](crate::rules::provision::provision) would give for its receivables alone; the
//! book's is what it gives for all of them, each line rounded once, so that it is not the sum of the customers' figures
//! where roundings or credit notes meet.

use super::WhatIfError;
use super::full::FullPortfolio;
use crate::facts::number::Ratio;
use crate::rules::grade::GradeRule;
use crate::rules::provision::{
    Bands, Method, ProvisionError, ProvisionRule, Settled, Standard, loss_rates, roll_rates,
};

/// One receivable as it is laid out, in minor units of the book's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Debt {
    /// Whose.
    pub row: u32,
    /// The place of the portfolio's name.
    pub portfolio: u32,
    /// What is open.
    pub amount: i64,
    /// How old it is; for a commercial bill what it settled.
    pub age: Settled,
    /// What is expected of it where it is assessed by itself.
    pub recoverable: Option<i64>,
}

/// What a portfolio's lines are: all that decides where a receivable belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shape {
    name: String,
    retention: Option<Ratio>,
    bands: Option<Bands>,
    by_grade: bool,
    /// The place of its first line.
    first: u32,
}

/// What one customer has in one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    line: u32,
    /// After retention, and never negative: a line where credit notes outweigh provides for nothing.
    exposed: i64,
    /// Before both.
    balance: i64,
}

/// A book's receivables by band.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Banded {
    standard: Standard,
    shapes: Vec<Shape>,
    entries: Vec<Entry>,
    /// By row, the first of its entries; one more at the end.
    starts: Vec<u32>,
    /// By row, what is provided for receivables assessed by themselves.
    specific: Vec<i64>,
    /// Balances by line; a portfolio by grade has one line here.
    balances: Vec<i128>,
    /// Whether every product fits 64 bits.
    short: bool,
}

/// The rates of a policy for the lines of a [`Banded`], by line and rank.
pub(super) struct Rates {
    ranks: usize,
    /// Millionths.
    rates: Vec<i64>,
}

impl Banded {
    /// Sorts a book's receivables into the bands of a rule.
    ///
    /// # Errors
    ///
    /// [`WhatIfError::UnknownPortfolio`] when a receivable names a portfolio that the rule lacks;
    /// [`WhatIfError::Money`] when what counts of a balance leaves the range.
    pub fn of(book: &FullPortfolio, rule: &ProvisionRule) -> Result<Self, WhatIfError> {
        let (shapes, lines) = shapes(rule);
        let by_name: Vec<Option<&Shape>> =
            book.portfolios.iter().map(|name| shapes.iter().find(|shape| shape.name == *name)).collect();
        let rows = book.len();
        let mut made = Self {
            standard: rule.standard,
            entries: Vec::with_capacity(rows),
            starts: Vec::with_capacity(rows.saturating_add(1)),
            specific: vec![0; rows],
            balances: vec![0; lines],
            short: true,
            shapes: Vec::new(),
        };
        let provides = rule.standard == Standard::Enterprise;
        let mut debts = book.debts.iter().peekable();
        for (row, specific) in (0_u32..).zip(&mut made.specific) {
            let first = made.entries.len();
            made.starts.push(u32::try_from(first).unwrap_or(u32::MAX));
            while let Some(debt) = debts.next_if(|debt| debt.row == row) {
                let shape = by_name.get(debt.portfolio as usize).copied().flatten();
                let shape = shape.ok_or_else(|| WhatIfError::UnknownPortfolio {
                    customer: book.customer(row as usize),
                    portfolio: book.portfolios.get(debt.portfolio as usize).cloned().unwrap_or_default(),
                })?;
                if !provides {
                    continue;
                }
                if let Some(recoverable) = debt.recoverable {
                    // Nobody recovers less than nothing, or more than is owed.
                    let missing = debt.amount.saturating_sub(recoverable.max(0).min(debt.amount));
                    *specific = specific.saturating_add(missing);
                    continue;
                }
                let band = shape.bands.as_ref().map_or(0, |bands| bands.band_of_age(&debt.age, book.as_of));
                let line = shape.first.saturating_add(u32::try_from(band).unwrap_or(u32::MAX));
                if let Some(balance) = made.balances.get_mut(line as usize) {
                    *balance = balance.saturating_add(debt.amount.into());
                }
                let own = made.entries.get_mut(first..).unwrap_or_default();
                match own.iter_mut().find(|entry| entry.line == line) {
                    Some(entry) => entry.balance = entry.balance.saturating_add(debt.amount),
                    None => made.entries.push(Entry { line, exposed: 0, balance: debt.amount }),
                }
            }
        }
        made.starts.push(u32::try_from(made.entries.len()).unwrap_or(u32::MAX));
        made.shapes = shapes;
        for entry in &mut made.entries {
            let shape = made.shapes.iter().rev().find(|shape| shape.first <= entry.line);
            let exposed = shape.and_then(|shape| shape.exposed(entry.balance)).ok_or(MONEY)?;
            entry.exposed = exposed.max(0);
            made.short &=
                entry.exposed.checked_mul(UNIT).is_some_and(|product| product < i64::MAX.saturating_sub(UNIT));
        }
        Ok(made)
    }

    /// Whether the receivables would be sorted alike for a rule.
    pub fn fits(&self, rule: &ProvisionRule) -> bool {
        self.standard == rule.standard && shapes(rule).0 == self.shapes
    }

    /// Expresses a rule's rates by line and rank. Errors when the rule sorts receivables in another way, or tells no rates.
    pub(super) fn rates(&self, rule: &ProvisionRule, grade: &GradeRule) -> Result<Rates, WhatIfError> {
        if !self.fits(rule) {
            return Err(WhatIfError::OtherBands);
        }
        let ranks = grade.bands.len().max(1);
        let mut rates = Vec::with_capacity(self.balances.len().saturating_mul(ranks));
        for portfolio in &rule.portfolios {
            let by_line = match &portfolio.method {
                Method::Matrix { rates, .. } => rates.clone(),
                Method::Migration { bands, last_loss, forward, average, history } => {
                    let rolls = roll_rates(bands.count(), history, *average)?;
                    loss_rates(&rolls, *last_loss, *forward)?
                }
                Method::Rate { rate } => vec![*rate],
                Method::ByGrade { grades, other_pd, other_lgd } => {
                    let places = 0..ranks;
                    rates.extend(places.map(|rank| {
                        let name = grade.bands.get(rank).map(|band| band.grade.as_str());
                        let risk = grades.iter().find(|risk| Some(risk.grade.as_str()) == name);
                        let (pd, lgd) = risk.map_or((*other_pd, *other_lgd), |risk| (risk.pd, risk.lgd));
                        pd.times(lgd.units()).unwrap_or(0)
                    }));
                    continue;
                }
            };
            rates.extend(by_line.iter().flat_map(|rate| std::iter::repeat_n(rate.units(), ranks)));
        }
        Ok(Rates { ranks, rates })
    }

    /// What is provided for one customer, in minor units.
    #[inline]
    pub(super) fn of_row(&self, rates: &Rates, row: usize, rank: usize) -> i64 {
        let bound = |place: usize| self.starts.get(place).map_or(0, |start| *start as usize);
        let entries = self.entries.get(bound(row)..bound(row.wrapping_add(1))).unwrap_or_default();
        let specific = self.specific.get(row).copied().unwrap_or(0);
        entries.iter().fold(specific, |sum, entry| {
            let rate = rates.of(entry.line, rank);
            let amount = if self.short {
                entry.exposed.wrapping_mul(rate).wrapping_add(HALF).wrapping_div(UNIT)
            } else {
                Ratio::from_units(rate).times(entry.exposed).unwrap_or(i64::MAX)
            };
            sum.saturating_add(amount)
        })
    }

    /// What is provided for the whole book, in minor units: each line rounded once. `ranks` are by row.
    pub(super) fn of_all(
        &self,
        rule: &ProvisionRule,
        grade: &GradeRule,
        rates: &Rates,
        ranks: impl Fn(usize) -> usize,
    ) -> Result<i128, WhatIfError> {
        let mut sum = self.specific.iter().fold(0_i128, |sum, amount| sum.saturating_add((*amount).into()));
        if self.standard == Standard::SmallFirm {
            return Ok(0);
        }
        let mut add = |shape: &Shape, balance: i128, rate: i64| -> Result<(), WhatIfError> {
            let balance = i64::try_from(balance).map_err(|_| MONEY)?;
            let exposed = shape.exposed(balance).ok_or(MONEY)?;
            let amount = Ratio::from_units(rate).times(exposed).ok_or(MONEY)?.max(0);
            sum = sum.saturating_add(amount.into());
            Ok(())
        };
        for (shape, portfolio) in self.shapes.iter().zip(&rule.portfolios) {
            let Method::ByGrade { grades, .. } = &portfolio.method else {
                let count = shape.bands.as_ref().map_or(1, Bands::count);
                for (line, balance) in (shape.first..).zip(self.balances.iter().skip(shape.first as usize)).take(count)
                {
                    add(shape, *balance, rates.of(line, 0))?;
                }
                continue;
            };
            // Whoever has none of the grades that the rule names shares a line with all others of the kind.
            let named = |rank: usize| {
                let name = grade.bands.get(rank).map(|band| band.grade.as_str());
                grades.iter().position(|risk| Some(risk.grade.as_str()) == name).unwrap_or(grades.len())
            };
            let mut by_line = vec![(0_i128, 0_i64); grades.len().saturating_add(1)];
            for rank in 0..rates.ranks {
                if let Some(place) = by_line.get_mut(named(rank)) {
                    place.1 = rates.of(shape.first, rank);
                }
            }
            let lines: Vec<usize> = (0..rates.ranks).map(named).collect();
            for (row, ends) in self.starts.windows(2).enumerate() {
                let [start, end] = *ends else { continue };
                let own = self.entries.get(start as usize..end as usize).unwrap_or_default();
                for entry in own.iter().filter(|entry| entry.line == shape.first) {
                    let line = lines.get(ranks(row)).copied().unwrap_or(grades.len());
                    if let Some(place) = by_line.get_mut(line) {
                        place.0 = place.0.saturating_add(entry.balance.into());
                    }
                }
            }
            for (balance, rate) in by_line {
                add(shape, balance, rate)?;
            }
        }
        Ok(sum)
    }
}

const UNIT: i64 = 1_000_000;
const HALF: i64 = 500_000;
const MONEY: WhatIfError = WhatIfError::Money(crate::facts::money::MoneyError::OutOfRange);

impl Shape {
    /// What is exposed of a balance.
    fn exposed(&self, balance: i64) -> Option<i64> {
        self.retention.map_or(Some(balance), |share| share.times(balance))
    }
}

impl Rates {
    fn of(&self, line: u32, rank: usize) -> i64 {
        let place = (line as usize).wrapping_mul(self.ranks).wrapping_add(rank);
        self.rates.get(place).copied().unwrap_or(0)
    }
}

fn shapes(rule: &ProvisionRule) -> (Vec<Shape>, usize) {
    let mut first = 0_usize;
    let shapes = rule.portfolios.iter().map(|portfolio| {
        let bands = match &portfolio.method {
            Method::Matrix { bands, .. } | Method::Migration { bands, .. } => Some(bands.clone()),
            Method::ByGrade { .. } | Method::Rate { .. } => None,
        };
        let place = u32::try_from(first).unwrap_or(u32::MAX);
        first = first.saturating_add(bands.as_ref().map_or(1, Bands::count));
        let by_grade = matches!(portfolio.method, Method::ByGrade { .. });
        Shape { name: portfolio.name.clone(), retention: portfolio.retention, bands, by_grade, first: place }
    });
    (shapes.collect(), first)
}

impl From<ProvisionError> for WhatIfError {
    fn from(error: ProvisionError) -> Self {
        Self::Provision(error)
    }
}
