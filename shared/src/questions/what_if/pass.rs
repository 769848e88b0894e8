//! The pass of the first kind: one policy over all customers, by the card, grades and limits of [`super::super::assess`].

use super::coded::{CodedCard, CodedGrades, Scored};
use super::limits::CodedLimits;
use super::{Outcome, Portfolio};
use crate::rules::policy::Policy;

impl Portfolio {
    /// Runs a policy over every customer.
    pub fn pass(&self, policy: &Policy) -> Vec<Outcome> {
        let layout = &self.layout;
        let card = CodedCard::first(&policy.scorecard, &policy.grade, layout);
        let grades = CodedGrades::first(&policy.grade, layout);
        let limits = CodedLimits::of(policy, None);
        let mut outcomes = Vec::with_capacity(layout.rows.len());
        let mut scored = Scored::new();
        for block in &layout.blocks {
            scored.run(block, &card, &grades);
            let rows = layout.rows.get(block.start..block.start.saturating_add(block.len)).unwrap_or_default();
            let plain = block.reach.within(limits.most);
            outcomes.extend(rows.iter().zip(scored.by_score.iter().zip(&scored.capped)).map(|(row, ranks)| {
                let rank = usize::try_from(*ranks.0.max(ranks.1)).unwrap_or_default();
                let short = plain || row.reach().within(limits.most);
                let given = if short { limits.short_way(rank, row) } else { limits.long_way(rank, row) };
                let limit = given.limit;
                let over = if short { limits.over_short(row, limit) } else { limits.over_long(row, limit) };
                let verdict = limits.verdict(row, rank, limit, over);
                Outcome { rank: u8::try_from(rank).unwrap_or(u8::MAX), limit, over, verdict }
            }));
        }
        outcomes
    }
}
#[cfg(test)]
mod tests {
    use super::super::Member;
    use super::*;
    use crate::facts::id::CustomerId;
    use crate::facts::money::{Currency, Money};
    use crate::facts::number::Ratio;
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
        let days = prop_oneof![Just(None), Just(Some(0)), (1_u32..200).prop_map(Some), (1_u32..200_000).prop_map(Some)];
        let need = (prop::option::of(minor()), prop::option::of(minor()), days);
        (values, need, minor(), minor(), minor(), minor(), -50_i32..400).prop_map(
            |(values, (per_day, capital, days), total, orders, open_items, overdue, oldest_days)| {
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
                    need: Need { per_day: per_day.map(cny), capital: capital.map(cny), days, ..Need::default() },
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
                let limit = policy.limit.of_grade(&policy.grade.bands[rank].grade).map_or(0, |line| {
                    let methods = policy.limit.minor_by_method(line, &member.need);
                    policy.limit.rounded_down(methods.into_iter().flatten().min().unwrap())
                });
                prop_assert_eq!(outcome.limit, limit);
                let bound = limit.saturating_add(policy.order_check.tolerance.times_down(limit).unwrap_or(0));
                prop_assert_eq!(outcome.over, member.position.exposure.total.minor() > bound);
            }
        }
    }
}
