//! Laws of what is sold: a thing counts once through its life, cover never works twice, and a lease never holds more than
//! it was given.

use proptest::prelude::*;
use shared::facts::bill::{Bill, BillKind, Ended, PassedOn, Settled};
use shared::facts::calendar::{Date, plus_days};
use shared::facts::cover::{Cover, CoverKind, Step};
use shared::facts::id::{BillId, ChargeId, CoverId, CustomerId, ItemId, LeaseId, OrderId, ShipmentId};
use shared::facts::money::{Currency, Money};
use shared::facts::number::Ratio;
use shared::facts::shipment::{Billing, Charge, ChargeKind, Demurrage, DemurrageStep};
use shared::rules::commitments::{Category, Commitments, OpenInvoice, OpenOrder, committed};
use shared::rules::cover::{Works, covered};
use shared::rules::lease::{Lease, LeaseRefusal, Minute, Spender, Spending, Spent};
use shared::rules::policy::{DEFAULT, Policy};

fn policy() -> Policy {
    Policy::parse(DEFAULT).unwrap()
}

fn day() -> Date {
    "2026-06-30".parse().unwrap()
}

fn yuan(minor: i64) -> Money {
    Money::from_minor(minor, Currency::CNY).unwrap()
}

prop_compose! {
    fn charge(order: OrderId)(
        number in any::<u32>(),
        nature in 0_u8..5,
        minor in 1_i64..1_000_000,
        billed in 0_i64..=100,
    ) -> (Charge, i64) {
        let amount = yuan(minor);
        let what = match nature {
            0 => ChargeKind::AdvancedFreight { amount },
            1 => ChargeKind::AdvancedDuty { amount },
            2 => ChargeKind::ContainerDeposit { amount, returned: None },
            3 => ChargeKind::Demurrage(Demurrage {
                free_until: plus_days(day(), 0).pred_opt().unwrap(),
                returned: None,
                steps: vec![DemurrageStep { days: 0, per_day: amount }],
            }),
            _ => ChargeKind::Own { amount },
        };
        let id = ChargeId::derived(&[&number.to_string()]);
        let shipment = ShipmentId::derived(&["shipment"]);
        (Charge { id, shipment, order: Some(order), committed: day(), what }, minor * billed / 100)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    /// An order, the charges that name it, and an unpaid invoice of some of them: what counts is the order or what was
    /// charged, whichever is more.
    #[test]
    fn a_thing_counts_once_through_its_life(
        ordered in 1_i64..3_000_000,
        charges in prop::collection::vec(charge(OrderId::derived(&["order"])), 0..6),
        names_order in any::<bool>(),
    ) {
        let order = OrderId::derived(&["order"]);
        let mut seen = std::collections::BTreeSet::new();
        let charges: Vec<(Charge, i64)> = charges.into_iter().filter(|(charge, _)| seen.insert(charge.id)).collect();
        let item = ItemId::derived(&["invoice"]);
        let billings: Vec<Billing> = charges
            .iter()
            .map(|(charge, billed)| Billing { item, charge: charge.id, date: day(), amount: yuan(*billed) })
            .collect();
        let billed: i64 = charges.iter().map(|(_, billed)| billed).sum();
        let charged: i64 = charges.iter().map(|(charge, _)| charge.amount_at(day()).unwrap().unwrap().minor()).sum();
        let invoice = OpenInvoice { item, order: names_order.then_some(order), amount: yuan(billed), open: yuan(billed) };
        let all = Commitments {
            items: vec![invoice],
            charges: charges.into_iter().map(|(charge, _)| charge).collect(),
            billings,
            orders: vec![OpenOrder { order, confirmed: day(), planned: None, amount: yuan(ordered) }],
            ..Commitments::default()
        };
        let found = committed(&policy().commitments.unwrap(), &policy().exposure, &all, yuan(0), &[], day()).unwrap();
        prop_assert_eq!(found.total.minor(), ordered.max(charged));
        let mut turned = all.clone();
        turned.charges.reverse();
        turned.billings.reverse();
        prop_assert_eq!(found, committed(&policy().commitments.unwrap(), &policy().exposure, &turned, yuan(0), &[], day()).unwrap());
    }

    /// A bill that settled a document: the two together count what the document was, or less where the bill's own risk does.
    #[test]
    fn a_bill_never_counts_beside_what_it_settled(
        minor in 1_i64..1_000_000,
        settled in 0_i64..=100,
        kind in prop::sample::select(vec![BillKind::Bank, BillKind::FinanceCompany, BillKind::Commercial]),
        passed in prop::option::of(any::<bool>()),
        ended in 0_u8..4,
    ) {
        let item = ItemId::derived(&["invoice"]);
        let amount = yuan(minor * settled / 100);
        let bill = Bill {
            id: BillId::derived(&["bill"]),
            kind,
            acceptor: "银行".into(),
            amount,
            received: day(),
            matures: plus_days(day(), 180),
            settles: vec![Settled { item, amount }],
            passed_on: passed.map(|recourse| PassedOn { date: day(), recourse }),
            ended: match ended {
                0 => None,
                1 => Some(Ended::Honoured { date: day() }),
                2 => Some(Ended::Dishonoured { date: day(), reopened: None }),
                _ => Some(Ended::Dishonoured { date: day(), reopened: Some(day()) }),
            },
        };
        let items = vec![OpenInvoice { item, order: None, amount: yuan(minor), open: yuan(minor) }];
        let all = Commitments { items, bills: vec![bill], ..Commitments::default() };
        let found = committed(&policy().commitments.unwrap(), &policy().exposure, &all, yuan(0), &[], day()).unwrap();
        prop_assert!(found.total.minor() <= minor && found.total.minor() >= minor - amount.minor());
        if ended >= 2 {
            prop_assert_eq!(found.total.minor(), minor);
        }
        let sum: i64 = found.categories.iter().map(|line| line.counted.minor()).sum();
        prop_assert_eq!(sum, found.gross.minor());
        prop_assert!(found.categories.iter().all(|line| Category::ALL.contains(&line.category)));
    }

    #[test]
    fn cover_works_one_way_and_never_beyond_what_is_owed(
        exposure in -1_000_000_i64..50_000_000,
        covers in prop::collection::vec((0_u8..6, 0_i64..40_000_000, 0_i64..40_000_000, 0_i64..=1_000_000, any::<u16>(), any::<bool>()), 0..6),
        deduct in any::<bool>(),
    ) {
        let steps = [
            Step::Signed, Step::Resolution, Step::Registered, Step::Delivered, Step::Received,
            Step::BuyerApproved, Step::PremiumPaid, Step::Declared, Step::Confirmed,
        ];
        let covers: Vec<Cover> = covers
            .iter()
            .enumerate()
            .map(|(number, (kind, a, b, share, done, flag))| Cover {
                id: CoverId::derived(&[&number.to_string()]),
                what: match kind {
                    0 => CoverKind::Guarantee { amount: yuan(*a), by_company: *flag, surety: None, suretyship_until: None, settled_on: None },
                    1 => CoverKind::Mortgage { value: yuan(*a), before_us: flag.then(|| yuan(*b)) },
                    2 => CoverKind::Pledge { value: yuan(*a) },
                    3 => CoverKind::Deposit { amount: yuan(*a) },
                    4 => CoverKind::BankLetter { amount: yuan(*a) },
                    _ => CoverKind::Insurance { buyer_limit: yuan(*a), share: Ratio::from_units(*share), policy_left: yuan(*b), terms: None },
                },
                from: day(),
                until: None,
                done: steps.iter().enumerate().filter(|(bit, _)| *flag || done >> bit & 1 == 1).map(|(_, step)| *step).collect(),
            })
            .collect();
        let mut rule = policy().cover.unwrap();
        if deduct {
            rule.kinds.iter_mut().for_each(|line| line.works = Works::Deduction);
        }
        let found = covered(&rule, &covers, yuan(exposure), &[], day()).unwrap();
        prop_assert!(found.deduction.minor() <= exposure.max(0) && found.deduction.minor() >= 0);
        let of = |works: Works| -> i64 {
            found.pieces.iter().filter(|piece| piece.works == Some(works)).map(|piece| piece.counted.minor()).sum()
        };
        prop_assert_eq!(of(Works::Uplift), found.uplift.minor());
        prop_assert_eq!(of(Works::Deduction).min(exposure.max(0)), found.deduction.minor());
        prop_assert!(found.pieces.iter().all(|piece| piece.gaps.is_empty() || piece.counted.is_zero()));
    }

    #[test]
    fn a_lease_never_spends_more_than_it_holds(
        amount in 1_i64..1_000_000,
        asks in prop::collection::vec((0_i64..400_000, -5_i64..60), 0..40),
    ) {
        let lease = Lease {
            id: LeaseId::derived(&["lease"]),
            customer: CustomerId::derived(&["customer"]),
            device: "phone".into(),
            policy: "p".into(),
            amount: yuan(amount),
            given: Minute(0),
            ends: Minute(480),
            reserved_until: Minute(1200),
        };
        let (mut now, mut spent) = (0_i64, Spent { amount: yuan(0), latest: Minute(0), closed: false });
        let (mut latest, mut backwards) = (0_i64, false);
        for (minor, later) in asks {
            let before = spent;
            now += later;
            backwards |= now < latest;
            latest = latest.max(now);
            let by = |device| Spender { device, policy: "p", now: Minute(now) };
            let other = lease.spend(spent, yuan(minor), by("another")).unwrap();
            prop_assert_eq!(other, Spending { spent, refused: Some(LeaseRefusal::OtherDevice) });
            let spending = lease.spend(spent, yuan(minor), by("phone")).unwrap();
            spent = spending.spent;
            // Once it ran backwards nothing is spent any more, whatever the clock says afterwards.
            prop_assert_eq!(spent.closed, backwards);
            if spending.refused.is_none() {
                prop_assert!(!backwards && now < 480 && minor > 0);
                prop_assert_eq!(spent.amount.minor(), before.amount.minor() + minor);
            } else {
                prop_assert_eq!(spent.amount, before.amount);
            }
            prop_assert!(spent.amount.minor() <= amount);
            let reserved = lease.reserved(spent.amount, Minute(now)).unwrap();
            prop_assert!(reserved.minor() + spent.amount.minor() <= amount);
        }
    }
}
