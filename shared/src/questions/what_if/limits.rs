//! Limits of all methods, over-limit and the verdict on open orders, from rows of amounts.
//!
//! Rounding keeps the order, so the least product is found first and rounded once; a method binds when its product rounds
//! to the least. Where a product could leave 64 bits (amounts beyond some ten thousand millions), the row is handed to the
//! single rule itself, which is exact at any size and slower.

use super::layout::{GRADES, Reach, Row, UNTOLD};
use crate::facts::ledger::Limit;
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use crate::rules::limit::{LimitRule, Need};
use crate::rules::limit_methods::{LimitBasis, LimitMethod, LimitMethodsRule, over_the_term_share};
use crate::rules::order_check::{OrderCheckRule, RuleVerdicts, Verdict};
use crate::rules::policy::Policy;

/// Millionths.
const UNIT: i64 = 1_000_000;
/// For rounding half up.
const HALF: i64 = 500_000;
/// A method that a grade doesn't use.
const UNUSED: i64 = -1;

/// The methods in the order in which equal amounts bind.
pub(super) const METHODS: [LimitMethod; 9] = [
    LimitMethod::Need,
    LimitMethod::Trial,
    LimitMethod::Capital,
    LimitMethod::Cap,
    LimitMethod::NetWorth,
    LimitMethod::WorkingCapital,
    LimitMethod::Turnover,
    LimitMethod::Sales,
    LimitMethod::Concentration,
];
/// Nothing binds: the grade gets no limit.
pub(super) const NONE: u8 = 9;
/// The methods cannot be told: an amount leaves the range of money.
pub(super) const BEYOND: u8 = 10;

/// One grade's methods, in millionths.
#[derive(Clone, Copy)]
struct CodedGrade {
    named: bool,
    /// For each unit billed a day, on the grade's terms.
    need: i64,
    /// For each unit billed a day and each day.
    need_factor: i64,
    /// Minor units × [`UNIT`].
    trial: i64,
    cap: i64,
    capital: i64,
    net_worth: i64,
    working_capital: i64,
    turnover: i64,
    sales_term: i64,
    sales: i64,
    concentration: i64,
    security: i64,
    refused: bool,
}

const NO_GRADE: CodedGrade = CodedGrade {
    named: false,
    need: 0,
    need_factor: 0,
    trial: 0,
    cap: 0,
    capital: 0,
    net_worth: UNUSED,
    working_capital: UNUSED,
    turnover: UNUSED,
    sales_term: 0,
    sales: UNUSED,
    concentration: UNUSED,
    security: 0,
    refused: false,
};

/// A limit as a pass tells it.
#[derive(Clone, Copy, Default)]
pub(super) struct Given {
    /// In minor units; zero when there is none.
    pub limit: i64,
    /// What security is lacking, in minor units.
    pub short: i64,
    /// The place of the binding method among [`METHODS`], or [`NONE`], or [`BEYOND`].
    pub binding: u8,
}

/// A policy's limits, ready to be applied with integers.
pub(super) struct CodedLimits<'p> {
    grades: Vec<CodedGrade>,
    names: Vec<&'p str>,
    rule: &'p LimitRule,
    methods: Option<&'p LimitMethodsRule>,
    check: &'p OrderCheckRule,
    currency: Currency,
    step: i64,
    /// Within this every product fits.
    pub most: Reach,
    small_amount: i64,
    /// The largest amount when none holds.
    hold_amount: i64,
    verdicts: RuleVerdicts,
    /// Days beside those of terms.
    beside: i64,
}

impl<'p> CodedLimits<'p> {
    /// By the methods of [`LimitRule`] alone, or by all.
    pub(super) fn of(policy: &'p Policy, methods: Option<&'p LimitMethodsRule>) -> Self {
        let beside = policy.limit.beside_terms();
        let mut factors = (1_i64, UNIT);
        let mut fits = true;
        let mut product = |minor: i64| {
            let product = minor.checked_mul(UNIT).filter(|product| *product < i64::MAX.saturating_sub(UNIT));
            fits &= product.is_some();
            product.unwrap_or(0)
        };
        let mut grades = Vec::with_capacity(policy.grade.bands.len());
        for band in &policy.grade.bands {
            let refused = policy.order_check.refused_grades.contains(&band.grade);
            let Some(line) = policy.limit.of_grade(&band.grade) else {
                grades.push(CodedGrade { refused, ..NO_GRADE });
                continue;
            };
            let own = methods.and_then(|methods| methods.grades.iter().find(|own| own.grade == band.grade));
            let share = |share: Option<Ratio>| share.map_or(UNUSED, Ratio::units);
            let need = line.need_factor.units().checked_mul(policy.limit.days(line, None).into());
            // Days of its own, d ≥ 1, and b beside them: d + b ≤ d × (1 + b), and what a row is bounded by has d in it.
            let by_day = line.need_factor.units().checked_mul(i64::from(beside).saturating_add(1));
            let coded = CodedGrade {
                named: true,
                need: need.unwrap_or(i64::MAX),
                need_factor: line.need_factor.units(),
                trial: product(line.trial.minor()),
                cap: product(line.cap.minor()),
                capital: line.capital_share.units(),
                net_worth: share(own.and_then(|own| own.net_worth_share)),
                working_capital: share(own.and_then(|own| own.working_capital_share)),
                turnover: share(own.and_then(|own| own.turnover_share)),
                sales_term: over_the_term_share(line.terms).map_or(i64::MAX, Ratio::units),
                sales: share(own.and_then(|own| own.sales_factor)),
                concentration: share(methods.and_then(|methods| methods.concentration_share)),
                security: own.map_or(0, |own| own.security_share.units()),
                refused,
            };
            factors.0 = factors.0.max(coded.need).max(by_day.unwrap_or(i64::MAX));
            for factor in [
                coded.capital,
                coded.net_worth,
                coded.working_capital,
                coded.turnover,
                coded.sales_term,
                coded.concentration,
                // The sales of a term are multiplied again.
                coded
                    .sales
                    .max(0)
                    .checked_mul(coded.sales_term.max(UNIT).saturating_add(UNIT))
                    .map_or(i64::MAX, |both| both.checked_div(UNIT).unwrap_or(i64::MAX)),
            ] {
                factors.1 = factors.1.max(factor);
            }
            grades.push(coded);
        }
        let most = |factor: i64| i64::MAX.saturating_sub(UNIT).checked_div(factor).unwrap_or(0);
        let tolerance = policy.order_check.tolerance;
        let plain = fits && tolerance >= Ratio::ZERO && tolerance <= Ratio::ONE;
        // Where not even the policy's own amounts fit, no row takes the short way.
        let nothing = Reach { per_day: -1, amount: -1 };
        let small = policy.order_check.overdue.small_amount;
        let hold = policy.order_check.overdue.hold_amount.filter(|most| most.currency() == policy.currency);
        Self {
            grades,
            names: policy.grade.bands.iter().map(|band| band.grade.as_str()).collect(),
            rule: &policy.limit,
            methods,
            check: &policy.order_check,
            currency: policy.currency,
            step: policy.limit.round_to.minor().max(1),
            most: if plain { Reach { per_day: most(factors.0), amount: most(factors.1) } } else { nothing },
            beside: beside.into(),
            hold_amount: hold.map_or(i64::MAX, Money::minor),
            verdicts: policy.order_check.verdicts(),
            small_amount: if small.currency() == policy.currency { small.minor() } else { 0 },
        }
    }

    fn grade(&self, rank: usize) -> &CodedGrade {
        self.grades.get(rank).unwrap_or(&NO_GRADE)
    }

    /// The limit of a row whose amounts are within [`CodedLimits::most`].
    #[inline]
    pub(super) fn short_way(&self, rank: usize, row: &Row) -> Given {
        let grade = self.grade(rank);
        let by = |amount: i64, factor: i64| {
            let product = amount.max(0).wrapping_mul(factor);
            if amount == UNTOLD || factor < 0 { i64::MAX } else { product }
        };
        let trial = row.per_day == UNTOLD;
        let own = grade.need_factor.wrapping_mul(i64::from(row.own_days).wrapping_add(self.beside));
        let by_day = if row.own_days == GRADES { grade.need } else { own };
        let need = if trial { grade.trial } else { row.per_day.wrapping_mul(by_day) };
        let in_term = row.sales.max(0).wrapping_mul(grade.sales_term).wrapping_add(HALF).wrapping_div(UNIT);
        let products = [
            need,
            by(row.capital, grade.capital),
            grade.cap,
            by(row.net_worth, grade.net_worth),
            by(row.working_capital, grade.working_capital),
            by(row.turnover, grade.turnover),
            by(if row.sales == UNTOLD { UNTOLD } else { in_term }, grade.sales),
            by(row.portfolio, grade.concentration),
        ];
        let least = products.into_iter().fold(i64::MAX, i64::min);
        let rounded = least.wrapping_add(HALF).wrapping_div(UNIT);
        // What is below this rounds to the least.
        let bound = rounded.wrapping_mul(UNIT).wrapping_add(HALF);
        let mut binding = NONE;
        for (place, product) in (1_u8..9).zip(products).rev() {
            binding = if product < bound { place } else { binding };
        }
        // The first of the products is the need or the trial.
        binding = if binding == 1 && !trial { 0 } else { binding };
        let limit = rounded.checked_div(self.step).unwrap_or(0).wrapping_mul(self.step);
        let limit = if grade.named { limit } else { 0 };
        let required = limit.wrapping_mul(grade.security).wrapping_add(HALF).wrapping_div(UNIT);
        let short = if grade.security > 0 { required.wrapping_sub(row.security).max(0) } else { 0 };
        Given { limit, short, binding: if grade.named { binding } else { NONE } }
    }

    /// The limit of any row, by the single rule.
    #[cold]
    pub(super) fn long_way(&self, rank: usize, row: &Row) -> Given {
        let Some(methods) = self.methods else {
            let limit = self.rule.grades.iter().find(|line| Some(&line.grade.as_str()) == self.names.get(rank));
            let limit = limit.zip(need(row, self.currency).ok()).map_or(0, |(line, need)| {
                let methods = self.rule.minor_by_method(line, &need);
                self.rule.rounded_down(methods.into_iter().flatten().min().unwrap_or(0))
            });
            return Given { limit, short: 0, binding: NONE };
        };
        let told = || -> Result<Given, MoneyError> {
            let name = self.names.get(rank).copied().unwrap_or_default();
            let made = methods.propose(self.rule, name, &basis(row, self.currency)?)?;
            let limit = match made.limit {
                Limit::Amount { amount } => amount.minor(),
                Limit::None | Limit::Unlimited => 0,
            };
            let place = |method: LimitMethod| METHODS.iter().position(|known| *known == method);
            let binding = made.binding.and_then(place).and_then(|place| u8::try_from(place).ok()).unwrap_or(NONE);
            Ok(Given { limit, short: made.security.map_or(0, |need| need.short.minor()), binding })
        };
        told().unwrap_or(Given { limit: 0, short: 0, binding: BEYOND })
    }

    /// Whether exposure is beyond limit and tolerance, for a row within [`CodedLimits::most`].
    #[inline]
    pub(super) fn over_short(&self, row: &Row, limit: i64) -> bool {
        let beyond = row.exposure.wrapping_sub(limit).max(0).wrapping_mul(UNIT);
        beyond > self.check.tolerance.units().wrapping_mul(limit)
    }

    /// The same for any row.
    pub(super) fn over_long(&self, row: &Row, limit: i64) -> bool {
        row.exposure > limit.saturating_add(self.check.tolerance.times_down(limit).unwrap_or(0))
    }

    /// The verdict on open orders under a limit: that of the order check's rules on grade, limit and overdue documents.
    #[inline]
    pub(super) fn verdict(&self, row: &Row, rank: usize, limit: i64, over: bool) -> Verdict {
        let rule = &self.check.overdue;
        let (oldest, share) = (row.oldest_days, row.overdue_share);
        let small = row.overdue <= self.small_amount.max(0)
            || share <= rule.small_share.units()
            || oldest <= i32::from(rule.grace_days);
        let holds = oldest > i32::from(rule.hold_days) || share > rule.hold_share.units();
        let holds = holds || row.overdue > self.hold_amount;
        let late = if holds { Verdict::Hold } else { Verdict::Warn };
        let late = if oldest > i32::from(rule.refuse_days) { Verdict::Refuse } else { late };
        let late = if small { Verdict::Approve } else { late };
        let beyond = if row.exposure > limit { self.verdicts.within_tolerance } else { Verdict::Approve };
        let by_limit = if over { self.verdicts.beyond_limit } else { beyond };
        let by_limit = if limit == 0 { self.check.no_limit } else { by_limit };
        let by_grade = if self.grade(rank).refused { Verdict::Refuse } else { Verdict::Approve };
        let verdict = late.max(by_limit).max(by_grade);
        if row.orders > 0 { verdict } else { Verdict::Approve }
    }
}

/// What the first methods look at.
fn need(row: &Row, currency: Currency) -> Result<Need, MoneyError> {
    let known = |minor: i64| (minor != UNTOLD).then(|| Money::from_minor(minor, currency)).transpose();
    let days = u32::try_from(row.own_days).ok();
    Ok(Need { per_day: known(row.per_day)?, capital: known(row.capital)?, month: None, days })
}

/// What the single rule looks at.
fn basis(row: &Row, currency: Currency) -> Result<LimitBasis, MoneyError> {
    let known = |minor: i64| (minor != UNTOLD).then(|| Money::from_minor(minor, currency)).transpose();
    Ok(LimitBasis {
        need: need(row, currency)?,
        yearly_sales: known(row.sales)?,
        tangible_net_worth: known(row.net_worth)?,
        working_capital: known(row.working_capital)?,
        turnover: known(row.turnover)?,
        portfolio: known(row.portfolio)?,
        security: known(row.security)?,
    })
}
