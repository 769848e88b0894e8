//! What a draft does to the book: two passes over all customers, compared.

use shared::facts::money::{Money, MoneyError};
use shared::facts::number::Ratio;
use shared::questions::what_if::{Comparison, Member, Outcome, Portfolio, Totals, compare};
use shared::rules::order_check::Verdict;
use shared::rules::policy::Policy;
use std::cmp::Reverse;
use std::sync::Arc;

/// A policy's pass over a portfolio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// What every member gets, in their order.
    pub outcomes: Vec<Outcome>,
    /// What they come to.
    pub totals: Totals,
}

impl Pass {
    /// Runs a policy.
    pub fn of(portfolio: &Portfolio, policy: &Policy) -> Result<Self, MoneyError> {
        let outcomes = portfolio.pass(policy);
        let totals = portfolio.totals(policy, &outcomes)?;
        Ok(Self { outcomes, totals })
    }

    /// Exposure over limits; absent when nobody has a limit.
    pub fn limit_use(&self) -> Option<Ratio> {
        Ratio::of(self.totals.exposure.minor(), self.totals.limit.minor())
    }
}

/// How many customers' limits change by how much. Nothing moves in the middle one.
pub const BINS: usize = 9;
/// The bin of limits that stay.
pub const SAME: usize = 4;

/// What a draft changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The policy in force.
    pub before: Arc<Pass>,
    /// The draft.
    pub after: Pass,
    /// Who moves from grade to grade, and how many limits rise and fall.
    pub comparison: Comparison,
    /// How many customers' limits change by how much: down by 50 % and more, 25, 10, less; the same; up alike.
    pub bins: [u32; BINS],
    /// By how much the limits that fall do so, together; never positive.
    pub fall: Money,
    /// By how much the limits that rise do so, together.
    pub rise: Money,
    /// Members for whom anything changes, the most affected first.
    pub moved: Vec<u32>,
}

impl Effect {
    /// Compares the draft's pass with the one of the policy in force.
    pub fn of(before: &Arc<Pass>, after: Pass, in_force: &Policy, draft: &Policy) -> Result<Self, MoneyError> {
        let grades = (in_force.grade.bands.len(), draft.grade.bands.len());
        let comparison = compare(&before.outcomes, &after.outcomes, grades.0, grades.1);
        let mut bins = [0_u32; BINS];
        let (mut fall, mut rise) = (0_i64, 0_i64);
        let mut moved = Vec::new();
        for ((index, old), new) in (0_u32..).zip(&before.outcomes).zip(&after.outcomes) {
            let change = new.limit.saturating_sub(old.limit);
            if let Some(bin) = bins.get_mut(bin(old.limit, new.limit)) {
                *bin = bin.saturating_add(1);
            }
            if change < 0 {
                fall = fall.saturating_add(change);
            } else {
                rise = rise.saturating_add(change);
            }
            if old != new {
                let steps = (i16::from(new.rank) - i16::from(old.rank)).abs();
                let worse = (new.verdict as u8).abs_diff(old.verdict as u8);
                moved.push((Reverse((change.saturating_abs(), steps, worse)), index));
            }
        }
        moved.sort_unstable();
        Ok(Self {
            before: Arc::clone(before),
            after,
            comparison,
            bins,
            fall: Money::from_minor(fall, in_force.currency)?,
            rise: Money::from_minor(rise, in_force.currency)?,
            moved: moved.into_iter().map(|(_, index)| index).collect(),
        })
    }

    /// What one member gets by the policy in force and by the draft.
    pub fn member(&self, index: u32) -> Option<(Outcome, Outcome)> {
        let index = index as usize;
        Some((*self.before.outcomes.get(index)?, *self.after.outcomes.get(index)?))
    }

    /// Members who move from one grade to another, the most affected first; with equal grades those who stay.
    pub fn between(&self, row: usize, column: usize) -> Vec<u32> {
        let fits = |index: &u32| {
            let ranks = self.member(*index).map(|(old, new)| (usize::from(old.rank), usize::from(new.rank)));
            ranks == Some((row, column))
        };
        let moved: Vec<u32> = self.moved.iter().copied().filter(fits).collect();
        if row != column {
            return moved;
        }
        let unmoved = (0_u32..).zip(&self.before.outcomes).map(|(index, _)| index);
        let rest: Vec<u32> = unmoved.filter(fits).filter(|index| !moved.contains(index)).collect();
        moved.into_iter().chain(rest).collect()
    }
}

/// Which bin a change of a limit falls into.
fn bin(old: i64, new: i64) -> usize {
    let change = i128::from(new) - i128::from(old);
    let beyond = |percent: i128| change.abs() * 100 > i128::from(old) * percent;
    let step = match () {
        () if change == 0 => return SAME,
        () if beyond(50) => 4,
        () if beyond(25) => 3,
        () if beyond(10) => 2,
        () => 1,
    };
    if change < 0 { SAME - step } else { SAME + step }
}

/// The verdict on a member's open orders; absent when it has none.
pub fn verdict(member: &Member, outcome: &Outcome) -> Option<Verdict> {
    (member.position.exposure.orders.minor() > 0).then_some(outcome.verdict)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::facts::id::CustomerId;
    use shared::facts::money::Currency;
    use shared::readings::exposure::Exposure;
    use shared::readings::standing::Position;
    use shared::rules::limit::Need;
    use shared::rules::policy::DEFAULT;
    use shared::rules::scorecard::{Characteristic, Profile};

    fn cny(yuan: i64) -> Money {
        Money::from_minor(yuan * 100, Currency::CNY).unwrap()
    }

    fn member(number: u32, late: i64) -> Member {
        let mut profile = Profile::default();
        for characteristic in Characteristic::ALL {
            profile.set(characteristic, Some(Ratio::from_units(3_000_000)));
        }
        profile.set(Characteristic::DaysBeyondTerms, Some(Ratio::from_units(late * 1_000_000)));
        let exposure = Exposure {
            open_items: cny(100_000),
            orders: cny(20_000),
            unapplied: cny(0),
            categories: Vec::new(),
            cover: None,
            total: cny(120_000),
        };
        let position = Position { exposure, overdue: cny(0), overdue_documents: 0, oldest_days: 0, disputed: cny(0) };
        let need = Need { per_day: Some(cny(3_000)), ..Need::default() };
        Member { customer: CustomerId::derived(&[&number.to_string()]), profile, need, position }
    }

    #[test]
    fn a_limit_change_finds_its_bin() {
        let check = |old: i64, new: i64, expected: usize| assert_eq!(bin(old, new), expected, "{old} to {new}");
        check(100, 100, SAME);
        check(0, 0, SAME);
        check(0, 1, 8);
        check(100, 0, 0);
        check(100, 50, 1);
        check(100, 49, 0);
        check(100, 110, 5);
        check(100, 111, 6);
        check(100, 200, 8);
    }

    #[test]
    fn counts_and_lists_agree() {
        let policy = Policy::parse(DEFAULT).unwrap();
        let members: Vec<Member> = (0..80).map(|number| member(number, i64::from(number))).collect();
        let portfolio = Portfolio::of(&members);
        let before = Arc::new(Pass::of(&portfolio, &policy).unwrap());
        let mut draft = policy.clone();
        for line in &mut draft.limit.grades {
            line.need_factor = Ratio::from_units(line.need_factor.units() / 2);
        }
        draft.grade.bands[2].from = shared::facts::number::Points::from_units(7_800);
        let after = Pass::of(&portfolio, &draft).unwrap();
        let effect = Effect::of(&before, after, &policy, &draft).unwrap();

        assert_eq!(effect.bins.iter().sum::<u32>(), 80);
        let change = effect.after.totals.limit.minus(effect.before.totals.limit).unwrap();
        assert_eq!(effect.fall.plus(effect.rise).unwrap(), change);
        assert_eq!(effect.bins[..SAME].iter().sum::<u32>(), effect.comparison.limits_down);
        for (row, counts) in effect.comparison.migration.iter().enumerate() {
            for (column, count) in counts.iter().enumerate() {
                assert_eq!(effect.between(row, column).len(), *count as usize, "{row} {column}");
            }
        }
        let limits: Vec<i64> = effect
            .moved
            .iter()
            .filter_map(|index| effect.member(*index))
            .map(|(a, b)| (b.limit - a.limit).abs())
            .collect();
        assert!(limits.is_sorted_by(|a, b| a >= b));

        let same = Effect::of(&before, Pass::of(&portfolio, &policy).unwrap(), &policy, &policy).unwrap();
        assert!(same.moved.is_empty());
    }
}
