//! Logistic regression by Newton's method (iteratively reweighted least squares), with a ridge.
//!
//! The model: ln(p / (1 − p)) = intercept + Σ slope × x, where p is the chance that a case is good. What is maximised is
//! Σ ln(chance of what happened) − ½ · ridge · Σ slope²; the intercept is held by nothing. It is concave, so that the maximum
//! is one (without a ridge: if there is one). A step that would lower it is halved until it doesn't. The fit has converged
//! when no coefficient moved by more than 2⁻²⁴ (6 × 10⁻⁸) in the last step; the method being quadratic, what is left is below
//! the sixth decimal that coefficients are told to. All sums are of integers, so that the order of cases never shows.
//!
//! Where one combination of values separates good from bad the plain maximum lies at infinity: without a ridge such cases are
//! refused ([`FitError::Separated`]); with one the fit stands, held by it, and says so ([`Fit::separated`]). Without a ridge
//! coefficients that would tell a case apart by e²⁰ : 1 or more are taken for that too: then some of the
//! values lie on the border, and the slope grows without end.
//!
//! Sources: McCullagh and Nelder, Generalized Linear Models, 4.4; le Cessie and van Houwelingen, Ridge Estimators in Logistic
//! Regression, Applied Statistics 41 (1992); Albert and Anderson, Biometrika 71 (1984), for separation.

use super::fixed::{Fixed, PLACES, rounded, wide};
use serde::{Deserialize, Serialize};

/// Columns at most.
pub const COLUMNS_MAX: usize = 64;
/// Places of the equations that a step solves.
const SOLVING: u32 = 48;
/// 2⁻²⁴, in the units of [`Fixed`].
const SMALL_STEP: u64 = 1 << 16;
/// e²⁰ : 1, what no fit of finite cases comes near.
const CERTAIN: i64 = 20 << 40;

/// Cases to fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cases {
    columns: usize,
    values: Vec<i64>,
    good: Vec<bool>,
}

/// A fitted model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// The logarithm of the odds where every value is nil.
    pub intercept: Fixed,
    /// One for each column.
    pub slopes: Vec<Fixed>,
    /// How many steps it took.
    pub steps: u16,
    /// By how much a coefficient moved at most in the last.
    pub last_step: Fixed,
    /// Whether the model tells every good case from every bad one: only the ridge holds it.
    pub separated: bool,
}

/// Why there is no fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum FitError {
    /// All cases are good, or all are bad.
    #[error("all cases are of one class")]
    OneClass,
    /// Good and bad cases are separated, and no ridge holds the coefficients.
    #[error(
        "a combination of values separates good from bad after {steps} step(s): the plain maximum lies at infinity"
    )]
    Separated {
        /// After so many steps.
        steps: u16,
    },
    /// Two columns say the same, or one says nothing, and no ridge holds them.
    #[error("columns depend on each other: their coefficients cannot be told")]
    Dependent,
    /// It had not converged when the steps were used up.
    #[error("not converged after {steps} steps")]
    NotConverged {
        /// How many.
        steps: u16,
    },
    /// Too many columns, a row of another length, or a number beyond what can be worked with.
    #[error("the cases are beyond what can be fitted")]
    OutOfRange,
}

impl Cases {
    /// No cases yet, with so many columns.
    pub fn new(columns: usize) -> Self {
        Self { columns, ..Self::default() }
    }

    /// Adds a case; values lie within ±64.
    ///
    /// # Errors
    ///
    /// [`FitError::OutOfRange`] when a value lies beyond ±64, or a case has another number of values than there are
    /// columns.
    pub fn push(&mut self, values: &[Fixed], good: bool) -> Result<(), FitError> {
        let most = 64_u64.wrapping_shl(PLACES);
        let fits = values.len() == self.columns && values.iter().all(|value| value.units().unsigned_abs() <= most);
        if !fits || self.columns > COLUMNS_MAX {
            return Err(FitError::OutOfRange);
        }
        self.values.extend(values.iter().map(|value| value.units()));
        self.good.push(good);
        Ok(())
    }

    fn rows(&self) -> impl Iterator<Item = (&[i64], bool)> {
        let empty: &[i64] = &[];
        let place = move |index: usize| {
            let start = index.saturating_mul(self.columns);
            self.values.get(start..start.saturating_add(self.columns)).unwrap_or(empty)
        };
        self.good.iter().enumerate().map(move |(index, good)| (place(index), *good))
    }

    /// Fits them.
    ///
    /// # Errors
    ///
    /// [`FitError::OneClass`] without a good or without a bad case; [`FitError::Separated`] without a ridge when a line
    /// parts the two; [`FitError::Dependent`] when columns follow from each other; [`FitError::NotConverged`] after
    /// `steps_at_most`; [`FitError::OutOfRange`] when a figure leaves what forty binary places hold.
    pub fn fit(&self, ridge: Fixed, steps_at_most: u16) -> Result<Fit, FitError> {
        let good = self.good.iter().filter(|good| **good).count();
        if good == 0 || good == self.good.len() {
            return Err(FitError::OneClass);
        }
        // The first coefficient is the intercept.
        let mut coefficients = vec![0_i64; self.columns.saturating_add(1)];
        let mut height = self.height(&coefficients, ridge)?;
        for steps in 1..=steps_at_most {
            let mut step = self.step(&coefficients, ridge)?;
            let (mut next, mut next_height);
            let mut halvings = 0_u32;
            loop {
                next = coefficients.iter().zip(&step).map(|(a, b)| a.saturating_add(*b)).collect::<Vec<_>>();
                next_height = self.height(&next, ridge)?;
                // Rounding may take as much as a unit of each case.
                let noise = i128::try_from(self.good.len()).unwrap_or(i128::MAX).saturating_add(1024);
                if next_height >= height.saturating_sub(noise) || halvings == 40 {
                    break;
                }
                for part in &mut step {
                    *part = part.wrapping_shr(1);
                }
                halvings = halvings.saturating_add(1);
            }
            (coefficients, height) = (next, next_height);
            let moved = step.iter().map(|part| part.unsigned_abs()).max().unwrap_or(0);
            let (certain, separated) = self.spread(&coefficients);
            if ridge == Fixed::ZERO && (certain || separated) {
                return Err(FitError::Separated { steps });
            }
            if moved <= SMALL_STEP {
                let mut rest = coefficients.into_iter().map(Fixed::from_units);
                return Ok(Fit {
                    intercept: rest.next().unwrap_or_default(),
                    slopes: rest.collect(),
                    steps,
                    last_step: Fixed::from_units(i64::try_from(moved).unwrap_or(i64::MAX)),
                    separated,
                });
            }
        }
        Err(FitError::NotConverged { steps: steps_at_most })
    }

    /// The logarithm of the likelihood, less the ridge, in 2⁻⁴⁰.
    fn height(&self, coefficients: &[i64], ridge: Fixed) -> Result<i128, FitError> {
        let likelihood = self.rows().fold(0_i128, |sum, (row, good)| {
            let log_odds = log_odds(coefficients, row);
            let of_what_happened = if good { log_odds } else { log_odds.wrapping_neg() };
            sum.saturating_add(i128::from(Fixed::from_units(of_what_happened).ln_logistic().units()))
        });
        let squares = coefficients
            .iter()
            .skip(1)
            .try_fold(0_i128, |sum, slope| sum.checked_add(rounded(wide(*slope, *slope), PLACES)));
        let held = squares.and_then(|squares| squares.checked_mul(i128::from(ridge.units())));
        let held = held.map(|held| rounded(held, PLACES.saturating_add(1))).ok_or(FitError::OutOfRange)?;
        Ok(likelihood.saturating_sub(held))
    }

    /// Newton's step: the solution of (Xᵀ W X + ridge) · step = Xᵀ (y − p) − ridge · slopes, both sides divided by the count of
    /// cases so that they keep their size whatever it is.
    fn step(&self, coefficients: &[i64], ridge: Fixed) -> Result<Vec<i64>, FitError> {
        let width = coefficients.len();
        // In 2⁻⁸⁰. A product is below 2⁶ · 2⁶ / 4, and there are fewer than 2³² cases: the sums fit.
        let mut matrix = vec![0_i128; width.saturating_mul(width)];
        let mut gradient = vec![0_i128; width];
        let mut full = vec![1_i64.wrapping_shl(PLACES); width];
        for (row, good) in self.rows() {
            let chance = Fixed::from_units(log_odds(coefficients, row)).logistic().units();
            let one = Fixed::ONE.units();
            let other = one.wrapping_sub(chance);
            let weight = narrow(rounded(wide(chance, other), PLACES));
            let residual = if good { other } else { chance.wrapping_neg() };
            if let Some(rest) = full.get_mut(1..) {
                rest.copy_from_slice(row);
            }
            for ((value, line), sum) in full.iter().zip(matrix.chunks_exact_mut(width)).zip(&mut gradient) {
                *sum = sum.wrapping_add(wide(*value, residual));
                let weighed = narrow(rounded(wide(*value, weight), PLACES));
                for (other, cell) in full.iter().zip(line) {
                    *cell = cell.wrapping_add(wide(weighed, *other));
                }
            }
        }
        let cases = i128::try_from(self.good.len()).map_err(|_| FitError::OutOfRange)?.max(1);
        let mean = |sum: i128| rounded(sum, 80 - SOLVING).checked_div(cases).unwrap_or(0);
        let ridge_per_case =
            |times: i64| rounded(wide(ridge.units(), times), 80 - SOLVING).checked_div(cases).unwrap_or(0);
        let mut equations: Vec<Vec<i128>> = matrix
            .chunks_exact(width)
            .zip(&gradient)
            .map(|(line, sum)| line.iter().map(|cell| mean(*cell)).chain([mean(*sum)]).collect())
            .collect();
        for (place, (equation, slope)) in equations.iter_mut().zip(coefficients).enumerate().skip(1) {
            if let Some(cell) = equation.get_mut(place) {
                *cell = cell.saturating_add(ridge_per_case(Fixed::ONE.units()));
            }
            if let Some(side) = equation.last_mut() {
                *side = side.saturating_sub(ridge_per_case(*slope));
            }
        }
        let step = solve(equations)?;
        step.into_iter()
            .map(|part| i64::try_from(rounded(part, SOLVING - PLACES)).map_err(|_| FitError::OutOfRange))
            .collect()
    }

    /// Whether a case is as good as certain, and whether every good case is above every bad one.
    fn spread(&self, coefficients: &[i64]) -> (bool, bool) {
        let (mut certain, mut worst_good, mut best_bad) = (false, i64::MAX, i64::MIN);
        for (row, good) in self.rows() {
            let log_odds = log_odds(coefficients, row);
            certain |= log_odds.unsigned_abs() >= CERTAIN.unsigned_abs();
            if good {
                worst_good = worst_good.min(log_odds);
            } else {
                best_bad = best_bad.max(log_odds);
            }
        }
        (certain, worst_good > best_bad)
    }
}

impl Fit {
    /// The logarithm of the odds that a case is good.
    pub fn log_odds(&self, values: &[Fixed]) -> Fixed {
        let sum =
            self.slopes.iter().zip(values).fold(wide(self.intercept.units(), Fixed::ONE.units()), |sum, (a, b)| {
                sum.saturating_add(wide(a.units(), b.units()))
            });
        Fixed::from_units(narrow(rounded(sum, PLACES)))
    }
}

/// intercept + Σ slope × x; bounded by the type.
fn log_odds(coefficients: &[i64], row: &[i64]) -> i64 {
    let (intercept, slopes) = coefficients.split_first().map_or((0, coefficients), |(first, rest)| (*first, rest));
    let products = slopes.iter().zip(row).map(|(slope, value)| wide(*slope, *value));
    // At most 64 products below 2⁶³ · 2⁴⁶, and one more.
    let sum = products.fold(wide(intercept, Fixed::ONE.units()), i128::wrapping_add);
    narrow(rounded(sum, PLACES))
}

fn narrow(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN.saturating_add(1) } else { i64::MAX })
}

/// Gauss's elimination with the largest pivot; each equation ends with its right side.
fn solve(mut equations: Vec<Vec<i128>>) -> Result<Vec<i128>, FitError> {
    let width = equations.len();
    let cell = |equation: &[i128], place: usize| equation.get(place).copied().unwrap_or(0);
    let times =
        |a: i128, b: i128| a.checked_mul(b).map(|product| rounded(product, SOLVING)).ok_or(FitError::OutOfRange);
    for column in 0..width {
        let pivots = equations.iter().enumerate().skip(column);
        let best =
            pivots.max_by_key(|(place, equation)| (cell(equation, column).unsigned_abs(), std::cmp::Reverse(*place)));
        let (best, _) = best.ok_or(FitError::Dependent)?;
        equations.swap(column, best);
        let pivot_line = equations.get(column).cloned().unwrap_or_default();
        let pivot = cell(&pivot_line, column);
        // Less than 2⁻³⁶ is what rounding leaves of nothing.
        if pivot.unsigned_abs() < 1 << 12 {
            return Err(FitError::Dependent);
        }
        for equation in equations.iter_mut().skip(column.saturating_add(1)) {
            let factor = cell(equation, column).checked_shl(SOLVING).and_then(|part| part.checked_div(pivot));
            let factor = factor.ok_or(FitError::OutOfRange)?;
            for (own, above) in equation.iter_mut().zip(&pivot_line).skip(column) {
                *own = own.checked_sub(times(factor, *above)?).ok_or(FitError::OutOfRange)?;
            }
        }
    }
    let mut solution = vec![0_i128; width];
    for (place, equation) in equations.iter().enumerate().rev() {
        let mut rest = cell(equation, width);
        for (known, value) in solution.iter().zip(equation).skip(place.saturating_add(1)) {
            rest = rest.checked_sub(times(*known, *value)?).ok_or(FitError::OutOfRange)?;
        }
        let scaled = rest.checked_mul(1_i128.wrapping_shl(SOLVING)).ok_or(FitError::OutOfRange)?;
        let value = scaled.checked_div(cell(equation, place)).ok_or(FitError::Dependent)?;
        if let Some(target) = solution.get_mut(place) {
            *target = value;
        }
    }
    Ok(solution)
}
