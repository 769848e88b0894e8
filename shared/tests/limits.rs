//! Laws that hold for every set of proposals: what is given adds up, nobody gets more than was proposed, no ceiling is
//! passed, and the order in which proposals are told never shows. And for every limit: no method is passed.

use proptest::prelude::*;
use shared::facts::calendar::plus_days;
use shared::facts::id::CustomerId;
use shared::facts::ledger::Limit;
use shared::facts::money::{Currency, MINOR_MAX, Money};
use shared::facts::number::Ratio;
use shared::facts::relations::Party;
use shared::rules::appetite::{AppetiteRule, Candidate, PortfolioFigures};
use shared::rules::availability::{Headroom, Use, available};
use shared::rules::limit::Need;
use shared::rules::limit_methods::{LimitBasis, LimitMethod};
use shared::rules::policy::{DEFAULT, Policy};
use std::collections::BTreeMap;

fn yuan(minor: i64) -> Money {
    Money::from_minor(minor, Currency::CNY).unwrap()
}

fn candidate() -> impl Strategy<Value = Candidate> {
    (0_usize..1000, 0_usize..4, 0_usize..6, 0_i64..500_000_000, 0_i64..200_000_000).prop_map(
        |(customer, head, grade, limit, secured)| Candidate {
            customer: CustomerId::derived(&["limits", &customer.to_string()]),
            head: (head > 0).then(|| Party::Outside { name: format!("控制人{head}") }),
            grade: ["AAA", "AA", "A", "B", "C", "D"][grade].to_owned(),
            limit: yuan(limit),
            secured: yuan(secured),
        },
    )
}

fn rule(total: Option<i64>, concentration: Option<i64>, loss: Option<i64>, step: i64) -> AppetiteRule {
    AppetiteRule {
        note: None,
        total: total.map(yuan),
        concentration: concentration.map(Ratio::from_units).filter(|_| total.is_some()),
        expected_loss: loss.map(yuan),
        overdue_share: None,
        dso: None,
        cost_of_funds: None,
        step: yuan(step),
        default_rates: Vec::new(),
        default_rate_otherwise: Ratio::from_units(30_000),
        loss_given_default: Ratio::from_units(600_000),
    }
}

fn basis() -> impl Strategy<Value = LimitBasis> {
    let amount = || prop::option::of((-MINOR_MAX..=MINOR_MAX).prop_map(yuan));
    let small = || prop::option::of((0_i64..100_000_000).prop_map(yuan));
    let days = prop::option::of(0_u32..400);
    (small(), small(), amount(), amount(), amount(), small(), small(), days).prop_map(
        |(per_day, capital, tangible_net_worth, working_capital, turnover, portfolio, security, days)| LimitBasis {
            need: Need { per_day, capital, month: "2026-02-28".parse().ok(), days },
            yearly_sales: per_day,
            tangible_net_worth,
            working_capital,
            turnover,
            portfolio,
            security,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn proposals_fit_and_add_up(
        candidates in prop::collection::vec(candidate(), 0..25),
        total in prop::option::of(0_i64..2_000_000_000),
        concentration in prop::option::of(0_i64..=1_000_000),
        loss in prop::option::of(0_i64..20_000_000),
        step in prop::sample::select(vec![1_i64, 100, 1_000_000]),
    ) {
        let rule = rule(total, concentration, loss, step);
        let fitted = rule.fit(&candidates, &PortfolioFigures::default()).unwrap();
        let turned: Vec<Candidate> = candidates.iter().rev().cloned().collect();
        prop_assert_eq!(&rule.fit(&turned, &PortfolioFigures::default()).unwrap().total, &fitted.total);
        let mut sum = 0;
        for limit in &fitted.limits {
            prop_assert!(limit.fitted.minor() <= limit.proposed.minor());
            prop_assert_eq!(limit.fitted.minor() % step, 0);
            prop_assert_eq!(limit.squeezed_by.is_empty(), limit.fitted == limit.proposed);
            sum += limit.fitted.minor();
        }
        prop_assert_eq!(sum, fitted.total.minor());
        if let Some(total) = total {
            prop_assert!(sum <= total);
            let whole: i64 = candidates.iter().map(|candidate| candidate.limit.minor() / step * step).sum();
            // Where only the total squeezes, everything there is is given.
            if rule.concentration.is_none() && loss.is_none() {
                prop_assert_eq!(sum, whole.min(total / step * step));
            }
        }
        if let Some(loss) = loss {
            prop_assert!(fitted.expected_loss.minor() <= loss);
        }
        if let (Some(share), Some(total)) = (rule.concentration, total) {
            let mut heads: BTreeMap<CustomerId, Option<Party>> = BTreeMap::new();
            let alone = candidates.iter().filter(|candidate| candidate.head.is_none());
            let count = |id: CustomerId| candidates.iter().filter(|candidate| candidate.customer == id).count();
            heads.extend(alone.map(|candidate| (candidate.customer, None)));
            for limit in fitted.limits.iter().filter(|limit| heads.contains_key(&limit.customer) && count(limit.customer) == 1) {
                prop_assert!(limit.fitted.minor() <= share.times(total).unwrap());
            }
        }
    }

    #[test]
    fn no_method_is_passed_and_security_is_enough(basis in basis(), grade in 0_usize..6) {
        let policy = Policy::parse(DEFAULT).unwrap();
        let grade = &policy.grade.bands[grade].grade;
        let Ok(proposal) = policy.limit_methods.as_ref().unwrap().propose(&policy.limit, grade, &basis) else {
            return Ok(());
        };
        let size = |limit: Limit| match limit {
            Limit::Amount { amount } => amount.minor(),
            Limit::None => 0,
            Limit::Unlimited => i64::MAX,
        };
        for method in &proposal.methods {
            prop_assert!(method.amount.is_none_or(|amount| size(proposal.limit) <= amount.minor()));
        }
        if let Some(need) = &proposal.security {
            prop_assert!(size(need.limit_until_then) <= size(proposal.limit));
            prop_assert!(need.share.times(size(need.limit_until_then)).unwrap() <= need.held.minor());
            prop_assert_eq!(need.short.is_zero(), need.held.minor() >= need.required.minor());
        }
        // What is granted without explaining it is the same.
        let (limit, terms) = policy.limit_methods.as_ref().unwrap().granted(&policy.limit, grade, &basis).unwrap();
        let at_once = proposal.security.as_ref().map_or(proposal.limit, |need| need.limit_until_then);
        prop_assert_eq!((limit, terms), (at_once, proposal.terms));
        // Days of its own measure the need, and the peak is the last day on which all since the month's first is owed.
        if let (Some(line), Some(per_day), Some(peak)) = (policy.limit.of_grade(grade), basis.need.per_day, proposal.peak) {
            let beside = u32::from(policy.limit.lag_days) + u32::from(policy.limit.late_days);
            let days = basis.need.days.unwrap_or(line.terms.days_at_most()) + beside;
            prop_assert_eq!((peak.days, peak.owed.minor()), (days, per_day.minor() * i64::from(days)));
            prop_assert_eq!(plus_days("2026-02-01".parse().unwrap(), days - 1), peak.day);
            let need = proposal.methods.iter().find(|method| method.method == LimitMethod::Need).unwrap();
            prop_assert_eq!(need.amount.map(Money::minor), line.need_factor.times(peak.owed.minor()));
        }
        prop_assert_eq!(proposal.peak.is_none(), policy.limit.of_grade(grade).is_none() || basis.need.per_day.is_none());
    }

    #[test]
    fn what_is_available_is_the_least(own in -1_i64..1_000_000, group in -1_i64..1_000_000, owes in 0_i64..500_000, all in 0_i64..900_000) {
        let limit = |minor: i64| (minor >= 0).then(|| Limit::Amount { amount: yuan(minor) });
        let own = Use { limit: limit(own), exposure: yuan(owes) };
        let group = Use { limit: limit(group), exposure: yuan(all) };
        let left = available(&own, Some(&group), Currency::CNY).unwrap();
        let (Headroom::Amount { amount }, Headroom::Amount { amount: alone }, Headroom::Amount { amount: together }) =
            (left.available, own.headroom().unwrap(), group.headroom().unwrap())
        else {
            return Err(TestCaseError::fail("amounts have amounts left"));
        };
        prop_assert_eq!(amount.minor(), alone.minor().min(together.minor()));
    }
}

/// A policy in force may be older than a check that was added since: its customers are judged by it all the same, and only
/// what a patch itself brings is refused.
#[test]
fn a_policy_from_before_a_check_still_serves_its_segments() {
    let mut document: serde_json::Value = serde_json::from_str(DEFAULT).unwrap();
    document["commitments"]["lapse_days"] = 31.into();
    let patch = |tolerance: &str| serde_json::json!({ "order_check": { "tolerance": tolerance } });
    let policy: Policy = serde_json::from_value(document).unwrap();
    assert_eq!(policy.check().unwrap_err().0[0].path, "commitments.lapse_days");
    let effective = policy.effective(None, Some(&patch("0.1"))).unwrap();
    assert_eq!(effective.order_check.tolerance, Ratio::from_units(100_000));
    let faults = policy.effective(None, Some(&patch("1.5"))).unwrap_err().0;
    assert_eq!(faults.iter().map(|fault| fault.path.as_str()).collect::<Vec<_>>(), ["order_check.tolerance"]);
}
