//! The exact parts of which interest is made: cut off where a cap is reached, and rounded so that they add up.

use super::InterestLine;
use crate::facts::calendar::plus_days;
use crate::facts::money::MoneyError;

/// All fractions have this denominator: millionths of the rate × days of either base (the least common multiple of 365 and
/// 360), so that sums are exact and are rounded once.
pub(super) const DENOMINATOR: i128 = 1_000_000 * 26_280;

/// Cuts the stretches off on the day on which their sum reaches `most`; says whether that left anything out.
pub(super) fn bound(stretches: &mut Vec<(InterestLine, i128)>, most: i128) -> bool {
    let mut left = most;
    let mut reached = false;
    stretches.retain_mut(|(line, exact)| {
        if *exact > left {
            reached = true;
            // Every day of a stretch costs the same. The last one that counts is the one that fills the rest.
            let a_day = exact.checked_div(i128::from(line.days)).unwrap_or(0);
            let whole = left.checked_div(a_day).unwrap_or(0);
            let rest = left.checked_rem(a_day).unwrap_or(0) > 0;
            line.days = i32::try_from(whole).unwrap_or(i32::MAX).saturating_add(i32::from(rest)).min(line.days);
            line.to = plus_days(line.from, u32::try_from(line.days).unwrap_or(0).saturating_sub(1));
            *exact = left;
        }
        left = left.saturating_sub(*exact);
        line.days > 0
    });
    reached
}

/// Rounds every part on its own. Where there is a most, the parts that come after it is full get nothing: rounding up never
/// carries their sum beyond it.
pub(super) fn rounded_each(exact: &[i128], most: Option<i128>) -> Vec<i128> {
    let mut left = most.unwrap_or(i128::MAX);
    let round = |exact: &i128| {
        let part = half_up(*exact).min(left);
        left = left.saturating_sub(part);
        part
    };
    exact.iter().map(round).collect()
}

/// Over [`DENOMINATOR`], rounded half up; `exact` is never negative.
fn half_up(exact: i128) -> i128 {
    exact.saturating_add(DENOMINATOR / 2).checked_div(DENOMINATOR).unwrap_or(0)
}

/// Rounds the sum once and splits it over the lines (largest remainder; of equal remainders the earlier line gets the unit).
pub(super) fn rounded_once(exact: &[i128]) -> Result<Vec<i128>, MoneyError> {
    let sum = exact.iter().try_fold(0_i128, |sum, part| sum.checked_add(*part)).ok_or(MoneyError::OutOfRange)?;
    let mut parts: Vec<i128> = exact.iter().map(|part| part.checked_div(DENOMINATOR).unwrap_or(0)).collect();
    let given = parts.iter().fold(0_i128, |given, part| given.saturating_add(*part));
    let left = usize::try_from(half_up(sum).saturating_sub(given)).unwrap_or(0);
    let mut order: Vec<usize> = (0..exact.len()).collect();
    order.sort_by_key(|index| {
        let remainder = exact.get(*index).and_then(|part| part.checked_rem(DENOMINATOR)).unwrap_or(0);
        (std::cmp::Reverse(remainder), *index)
    });
    for index in order.into_iter().take(left) {
        if let Some(part) = parts.get_mut(index) {
            *part = part.saturating_add(1);
        }
    }
    Ok(parts)
}
