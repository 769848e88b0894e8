//! The pass: one policy over all customers, with integers only.
//!
//! Points, confidence and grade are found by comparing codes ([`super::columns`]) block by block, one line of the card
//! after the other: the loops have no branches and fit a vector unit. The limit takes two divisions a customer, since
//! rounding keeps the order: the least of the methods is found first and rounded once.

use super::columns::{Codes, UNKNOWN};
use super::{Figures, Outcome, Portfolio};
use crate::facts::money::Money;
use crate::facts::number::Ratio;
use crate::rules::limit::{GradeLimit, LimitRule};
use crate::rules::order_check::Verdict;
use crate::rules::policy::Policy;

/// Customers to a block: the sums of one stay in the nearest cache.
const BLOCK: usize = 512;

/// A figure that rises (or falls) by `by` where a code reaches `from`.
#[derive(Clone, Copy)]
struct Step {
    from: i32,
    by: i32,
}

/// A card's line with its bounds as codes.
struct CodedLine<'p> {
    codes: &'p [i32],
    weight: i32,
    steps: Vec<Step>,
}

/// A knock-out with its bound as a code and its cap as a place among the grades.
struct CodedKnockOut<'p> {
    codes: &'p [i32],
    from: i32,
    cap: i32,
}

/// A policy's rules, laid out for one portfolio.
struct Coded<'p> {
    /// The points of a customer of whom nothing is known.
    base: i32,
    lines: Vec<CodedLine<'p>>,
    knock_outs: Vec<CodedKnockOut<'p>>,
    /// The grades' lower bounds but the last one's, which takes every score.
    bands: Vec<i32>,
    /// With less known weight than this the grade is capped at `unsure_cap`.
    known_at_least: i32,
    unsure_cap: i32,
}

impl<'p> Coded<'p> {
    fn of(policy: &Policy, characteristics: &'p [Codes]) -> Self {
        let column = |place: usize| characteristics.get(place);
        let (mut base, mut most) = (0_i32, 0_i32);
        let mut lines = Vec::with_capacity(policy.scorecard.lines.len());
        for line in &policy.scorecard.lines {
            let units = |share: Ratio| line.points_of(share).units();
            base = base.saturating_add(units(line.missing));
            most = most.saturating_add(line.weight.units());
            let Some(codes) = column(line.characteristic as usize) else { continue };
            let mut steps = vec![Step {
                from: UNKNOWN.saturating_add(1),
                by: units(line.below).saturating_sub(units(line.missing)),
            }];
            let mut reached = units(line.below);
            for bin in &line.bins {
                let points = units(bin.share);
                steps.push(Step { from: codes.reaching(bin.from), by: points.saturating_sub(reached) });
                reached = points;
            }
            lines.push(CodedLine { codes: codes.codes(), weight: line.weight.units(), steps });
        }
        let rank = |grade: &str| policy.grade.rank(grade).and_then(|rank| i32::try_from(rank).ok()).unwrap_or(0);
        let knock_outs = policy.grade.knock_outs.iter().filter_map(|rule| {
            let codes = column(rule.characteristic as usize)?;
            Some(CodedKnockOut { codes: codes.codes(), from: codes.above(rule.above), cap: rank(&rule.cap) })
        });
        let bands = &policy.grade.bands;
        let sure =
            |known: i32| Ratio::of(known.into(), most.into()).unwrap_or_default() >= policy.grade.confidence_at_least;
        // The confidence rises with the known weight, so one weight divides the sure from the unsure.
        let weights: Vec<i32> = (0..=most.clamp(0, 10_000)).collect();
        let known_at_least = weights.partition_point(|known| !sure(*known));
        Self {
            base,
            lines,
            knock_outs: knock_outs.collect(),
            bands: bands.iter().take(bands.len().saturating_sub(1)).map(|band| band.from.units()).collect(),
            known_at_least: i32::try_from(known_at_least).unwrap_or(i32::MAX),
            unsure_cap: rank(&policy.grade.unsure_cap),
        }
    }

    /// The places of the grades of one block of customers, from `start` on.
    fn ranks(&self, start: usize, ranks: &mut [i32]) {
        let (mut points, mut known) = ([self.base; BLOCK], [0_i32; BLOCK]);
        for line in &self.lines {
            let codes = line.codes.get(start..).unwrap_or_default();
            for Step { from, by } in &line.steps {
                add_where(&mut points, codes, *from, *by);
            }
            add_where(&mut known, codes, UNKNOWN.saturating_add(1), line.weight);
        }
        ranks.fill(0);
        for band in &self.bands {
            for (rank, points) in ranks.iter_mut().zip(&points) {
                *rank = rank.wrapping_add(i32::from(points < band));
            }
        }
        for (rank, known) in ranks.iter_mut().zip(&known) {
            let cap = if *known < self.known_at_least { self.unsure_cap } else { 0 };
            *rank = (*rank).max(cap);
        }
        for rule in &self.knock_outs {
            let codes = rule.codes.get(start..).unwrap_or_default();
            for (rank, code) in ranks.iter_mut().zip(codes) {
                let cap = if *code >= rule.from { rule.cap } else { 0 };
                *rank = (*rank).max(cap);
            }
        }
    }
}

/// Adds `by` to every figure whose code reaches `from`. A card's weights add up to 10,000: nothing wraps.
fn add_where(figures: &mut [i32; BLOCK], codes: &[i32], from: i32, by: i32) {
    for (figure, code) in figures.iter_mut().zip(codes) {
        *figure = figure.wrapping_add(if *code >= from { by } else { 0 });
    }
}

/// One grade's limit methods, ready to be applied with integers.
struct CodedLimit<'p> {
    line: &'p GradeLimit,
    /// Millionths of the need for each unit billed a day.
    per_day: i64,
    /// The highest daily billing, and the highest capital, whose product fits 64 bits.
    per_day_most: i64,
    capital_most: i64,
}

impl<'p> CodedLimit<'p> {
    /// Half a unit, for rounding half up, in millionths.
    const HALF: i64 = 500_000;
    const UNIT: i64 = 1_000_000;

    fn of(rule: &LimitRule, line: &'p GradeLimit) -> Self {
        let most = |factor: i64| i64::MAX.saturating_sub(Self::HALF).checked_div(factor).unwrap_or(i64::MAX);
        let per_day = line.need_factor.units().checked_mul(rule.days(line).into());
        Self {
            line,
            per_day: per_day.unwrap_or(0),
            per_day_most: per_day.map_or(-1, most),
            capital_most: most(line.capital_share.units()),
        }
    }

    /// The same as [`LimitRule::minor_by_method`]'s least, in minor units.
    fn least(&self, rule: &LimitRule, per_day: Option<i64>, capital: Option<i64>) -> i64 {
        let fits = |value: Option<i64>, most: i64| value.is_none_or(|value| (0..=most).contains(&value));
        if !fits(per_day, self.per_day_most) || !fits(capital, self.capital_most) {
            return rule.minor_by_method(self.line, per_day, capital).into_iter().flatten().min().unwrap_or(0);
        }
        let need = per_day.map(|per_day| per_day.wrapping_mul(self.per_day));
        let by_capital = capital.map(|capital| capital.wrapping_mul(self.line.capital_share.units()));
        let product = match (need, by_capital) {
            (Some(need), Some(by_capital)) => Some(need.min(by_capital)),
            (one, other) => one.or(other),
        };
        let rounded = product.map_or(i64::MAX, |product| product.wrapping_add(Self::HALF).wrapping_div(Self::UNIT));
        let cap = self.line.cap.minor();
        rounded.min(if need.is_some() { cap } else { cap.min(self.line.trial.minor()) })
    }
}

impl Portfolio {
    /// Runs a policy over every customer.
    pub fn pass(&self, policy: &Policy) -> Vec<Outcome> {
        let coded = Coded::of(policy, &self.characteristics);
        let bands = &policy.grade.bands;
        let refused: Vec<bool> =
            bands.iter().map(|band| policy.order_check.refused_grades.contains(&band.grade)).collect();
        let limits: Vec<Option<CodedLimit>> = bands
            .iter()
            .map(|band| policy.limit.of_grade(&band.grade).map(|line| CodedLimit::of(&policy.limit, line)))
            .collect();
        let mut outcomes = Vec::with_capacity(self.figures.len());
        let mut ranks = [0_i32; BLOCK];
        for (block, figures) in self.figures.chunks(BLOCK).enumerate() {
            coded.ranks(block.saturating_mul(BLOCK), &mut ranks);
            outcomes.extend(figures.iter().zip(&ranks).map(|(figures, rank)| {
                let rank = usize::try_from(*rank).unwrap_or_default();
                let limit = limits.get(rank).and_then(Option::as_ref).map_or(0, |limit| {
                    policy.limit.rounded_down(limit.least(&policy.limit, figures.per_day, figures.capital))
                });
                let refused = refused.get(rank).copied().unwrap_or(false);
                outcome(policy, figures, rank, limit, refused)
            }));
        }
        outcomes
    }
}

/// What follows for a customer from its grade and limit.
fn outcome(policy: &Policy, figures: &Figures, rank: usize, limit: i64, refused: bool) -> Outcome {
    let rule = &policy.order_check;
    // Within the limit nobody needs to know how far tolerance would go.
    let beyond = figures.exposure > limit;
    let over = beyond && figures.exposure > limit.saturating_add(rule.tolerance.times(limit).unwrap_or(0));
    let verdict = || {
        let late = Money::from_minor(figures.overdue, policy.currency)
            .map_or(Verdict::Hold, |overdue| rule.overdue.verdict(overdue, figures.oldest_days, figures.overdue_share));
        let by_limit = match () {
            () if limit == 0 => rule.no_limit,
            () if over => Verdict::Hold,
            () if beyond => Verdict::Warn,
            () => Verdict::Approve,
        };
        late.max(by_limit).max(if refused { Verdict::Refuse } else { Verdict::Approve })
    };
    let verdict = if figures.orders > 0 { verdict() } else { Verdict::Approve };
    Outcome { rank: u8::try_from(rank).unwrap_or(u8::MAX), limit, over, verdict }
}

#[cfg(test)]
mod tests {
    use super::super::Member;
    use super::*;
    use crate::facts::id::CustomerId;
    use crate::facts::money::Currency;
    use crate::readings::exposure::Exposure;
    use crate::readings::standing::Position;
    use crate::rules::limit::Need;
    use crate::rules::policy::DEFAULT;
    use crate::rules::scorecard::{Characteristic, Profile};
    use proptest::prelude::*;

    /// Amounts around what bounds and roundings turn on, and as far out as money goes.
    fn minor() -> impl Strategy<Value = i64> {
        prop_oneof![-1_000_i64..1_000, 0_i64..50_000_000_000, -((1_i64 << 53) - 1)..(1 << 53)]
    }

    fn member() -> impl Strategy<Value = Member> {
        let value = prop_oneof![-3_i64..3, -2_000_000_i64..200_000_000, any::<i64>()];
        let values = prop::array::uniform8(prop::option::of(value));
        let need = (prop::option::of(minor()), prop::option::of(minor()));
        (values, need, minor(), minor(), minor(), minor(), -50_i32..400).prop_map(
            |(values, (per_day, capital), total, orders, open_items, overdue, oldest_days)| {
                let cny = |minor| Money::from_minor(minor, Currency::CNY).unwrap();
                let mut profile = Profile::default();
                for (characteristic, value) in Characteristic::ALL.into_iter().zip(values) {
                    profile.set(characteristic, value.map(Ratio::from_units));
                }
                let exposure = Exposure {
                    total: cny(total),
                    orders: cny(orders),
                    open_items: cny(open_items),
                    unapplied: cny(0),
                    categories: Vec::new(),
                    cover: None,
                };
                Member {
                    customer: CustomerId(uuid::Uuid::nil()),
                    profile,
                    need: Need { per_day: per_day.map(cny), capital: capital.map(cny) },
                    position: Position {
                        exposure,
                        overdue: cny(overdue),
                        overdue_documents: 1,
                        oldest_days,
                        disputed: cny(0),
                    },
                }
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn grade_and_limit_are_those_of_the_single_rules(members in prop::collection::vec(member(), 0..1_500), tolerance in 0_i64..2_000_000) {
            let mut policy = Policy::parse(DEFAULT).unwrap();
            policy.order_check.tolerance = Ratio::from_units(tolerance);
            let outcomes = Portfolio::of(&members).pass(&policy);
            prop_assert_eq!(outcomes.len(), members.len());
            for (member, outcome) in members.iter().zip(outcomes) {
                let (points, confidence) = policy.scorecard.points(&member.profile);
                let rank = policy.grade.rank_of(points, confidence, &member.profile);
                prop_assert_eq!(usize::from(outcome.rank), rank);
                let Need { per_day, capital } = member.need;
                let limit = policy.limit.of_grade(&policy.grade.bands[rank].grade).map_or(0, |line| {
                    let methods = policy.limit.minor_by_method(line, per_day.map(Money::minor), capital.map(Money::minor));
                    policy.limit.rounded_down(methods.into_iter().flatten().min().unwrap())
                });
                prop_assert_eq!(outcome.limit, limit);
                let bound = limit.saturating_add(policy.order_check.tolerance.times(limit).unwrap_or(0));
                prop_assert_eq!(outcome.over, member.position.exposure.total.minor() > bound);
            }
        }
    }
}
