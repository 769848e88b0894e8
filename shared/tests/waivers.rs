//! Laws of waivers: gross is what was waived and what is left, to the cent; no chain of waivers gets past its approver's
//! authority; and the order in which they are known never shows.

use proptest::prelude::*;
use shared::facts::calendar::{Calendar, Date, plus_days};
use shared::facts::id::{CustomerId, ItemId, PersonId};
use shared::facts::money::{Currency, Money};
use shared::facts::notice::Notice;
use shared::facts::overdue::Overdue;
use shared::facts::reference_rate::published;
use shared::facts::waiver::{AfterWaiver, FeeWaiver, Waiver};
use shared::rules::authority::{AuthorityRule, WaiverError};
use shared::rules::dunning::{Account, DunningItem, dunning};
use shared::rules::interest::{RuleInForce, late_interest};
use shared::rules::policy::{DEFAULT, Policy};
use std::collections::BTreeMap;

fn policy() -> Policy {
    Policy::parse(DEFAULT).unwrap()
}

fn cny(minor: i64) -> Money {
    Money::from_minor(minor, Currency::CNY).unwrap()
}

fn day(span: u32) -> impl Strategy<Value = Date> {
    (0..span).prop_map(|days| plus_days("2026-01-01".parse().unwrap(), days))
}

fn waiver(date: Date, minor: i64, role: &str) -> Waiver {
    Waiver {
        date,
        amount: cny(minor),
        asked_by: PersonId::derived(&["who asks"]),
        approved_by: PersonId::derived(&["who approves"]),
        role: role.to_owned(),
        reason: "一次性减免".to_owned(),
    }
}

fn waivers() -> impl Strategy<Value = Vec<Waiver>> {
    let made = prop::collection::vec((day(400), 1_i64..300_000), 0..6);
    made.prop_map(|made| made.into_iter().map(|(date, minor)| waiver(date, minor, "director")).collect())
}

/// What was waived by a day.
fn sum(waivers: &[Waiver], as_of: Date) -> i64 {
    waivers.iter().filter(|waiver| waiver.date <= as_of).map(|waiver| waiver.amount.minor()).sum()
}

fn ties(after: AfterWaiver) -> bool {
    let AfterWaiver { gross, waived, net } = after;
    waived.plus(net).unwrap() == gross && waived.minor() >= 0 && net.minor() >= 0
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn interest_is_what_was_waived_and_what_is_left(
        minor in 1_i64..900_000_000, due in day(200), method in 0_usize..4, made in waivers(), to in day(500),
    ) {
        let rules = policy().interest.unwrap();
        let rule = [RuleInForce { from: Date::MIN, rule: rules.methods[method].rule.clone() }];
        let overdue = |waivers: Vec<Waiver>| Overdue {
            principal: cny(minor),
            due,
            contracted: None,
            payments: Vec::new(),
            paused: Vec::new(),
            bankrupt: None,
            waivers,
        };
        let charged = |waivers| late_interest(&overdue(waivers), &rule, &published().unwrap(), 40, to).unwrap();
        let interest = charged(made.clone());
        prop_assert!(ties(interest.sum()));
        prop_assert_eq!(interest.waived.minor(), sum(&made, to).min(interest.accrued.minor()));
        // A waiver moves no line, and the one known last counts as if it had been known first.
        prop_assert_eq!(&interest.lines, &charged(Vec::new()).lines);
        prop_assert_eq!(interest, charged(made.into_iter().rev().collect()));
    }

    #[test]
    fn fees_are_what_was_waived_and_what_is_left(
        sent in prop::collection::vec((day(300), 0_usize..2, -50_i64..90_000), 0..8),
        made in prop::collection::vec((day(400), 0_usize..2, 1_i64..120_000), 0..6),
        as_of in day(400),
    ) {
        let mut rule = policy().dunning.unwrap();
        for step in rule.ladders.iter_mut().flat_map(|ladder| &mut ladder.steps) {
            step.fee = Some(cny(5_000));
        }
        let names = ["reminder_1", "reminder_2"];
        let item = ItemId::derived(&["item"]);
        let notice = |(date, step, minor): &(Date, usize, i64)| Notice {
            date: *date,
            step: names[*step].to_owned(),
            items: vec![item],
            fee: Some(cny(*minor)),
            sent: None,
        };
        let fee_waiver = |(date, step, minor): &(Date, usize, i64)| FeeWaiver {
            step: names[*step].to_owned(),
            waiver: waiver(*date, *minor, "director"),
        };
        let fresh = DunningItem {
            item: ItemId::derived(&["new"]),
            before: Vec::new(),
            number: "2".to_owned(),
            due: plus_days(as_of, 0) - chrono::Days::new(4),
            open: cny(900_000),
            disputed: None,
        };
        let account = Account {
            customer: CustomerId::derived(&["customer"]),
            grade: None,
            items: vec![fresh],
            unapplied: Vec::new(),
            payments: Vec::new(),
            promises: Vec::new(),
            plans: Vec::new(),
            blocks: Vec::new(),
            notices: sent.iter().map(notice).collect(),
            waivers: made.iter().map(fee_waiver).collect(),
        };
        let read = |account: &Account| dunning(&rule, account, &Calendar::default(), &[], as_of).unwrap();
        let answer = read(&account);
        let charged = sent.iter().filter(|(date, _, minor)| *date <= as_of && *minor > 0).count();
        prop_assert_eq!(answer.fees.len(), charged);
        // Of each step: what was waived by the day, as far as there are fees for it.
        let mut lines: BTreeMap<&str, Vec<AfterWaiver>> = BTreeMap::new();
        for fee in &answer.fees {
            lines.entry(&fee.step).or_default().push(fee.sum);
        }
        if let Some(message) = &answer.message {
            let whole = message.fee.map(|gross| AfterWaiver { gross, waived: cny(0), net: gross });
            lines.entry(&message.step).or_default().extend(message.after_waiver.or(whole));
        }
        for (step, sums) in lines {
            prop_assert!(sums.iter().all(|sum| ties(*sum)));
            let gross: i64 = sums.iter().map(|sum| sum.gross.minor()).sum();
            let waived: i64 = sums.iter().map(|sum| sum.waived.minor()).sum();
            let of_step = made.iter().filter(|(date, of, _)| names[*of] == step && *date <= as_of);
            prop_assert_eq!(waived, of_step.map(|(_, _, minor)| minor).sum::<i64>().min(gross));
            // The oldest first: after one that isn't waived in full, nothing is.
            let first = sums.iter().position(|sum| sum.net.minor() > 0).unwrap_or(sums.len());
            prop_assert!(sums.iter().skip(first + 1).all(|sum| sum.waived.minor() == 0));
        }
        let turned = Account {
            notices: account.notices.iter().rev().cloned().collect(),
            waivers: account.waivers.iter().rev().cloned().collect(),
            ..account
        };
        prop_assert_eq!(answer, read(&turned));
    }

    #[test]
    fn no_chain_of_waivers_gets_past_the_authority(
        gross in 1_i64..20_000_000,
        asked in prop::collection::vec((0_usize..3, 1_i64..6_000_000), 1..12),
    ) {
        let rule: AuthorityRule = policy().authority.unwrap();
        let date = "2026-03-31".parse().unwrap();
        let mut stands = AfterWaiver::of(cny(gross), cny(0)).unwrap();
        for (step, minor) in asked {
            let role = rule.waivers[step].clone();
            let share = role.up_to_share.map(|share| share.times(gross).unwrap());
            let most = [role.up_to.map(Money::minor), share].into_iter().flatten().min();
            let (before, would) = (stands, stands.waived.minor() + minor);
            match rule.waive(stands, &waiver(date, minor, &role.role), Currency::CNY, &[]) {
                Ok(after) => {
                    prop_assert!(ties(after) && after.gross == before.gross);
                    prop_assert_eq!(after.waived.minor(), would);
                    prop_assert!(would <= gross && most.is_none_or(|most| would <= most));
                    stands = after;
                }
                Err(WaiverError::MoreThanLeft { .. }) => prop_assert!(would > gross),
                Err(WaiverError::BeyondAuthority { lowest, .. }) => {
                    prop_assert!(would <= gross && most.is_some_and(|most| would > most));
                    // Whoever is named may.
                    let higher = waiver(date, minor, &lowest.unwrap());
                    prop_assert!(rule.waive(stands, &higher, Currency::CNY, &[]).is_ok());
                }
                Err(other) => prop_assert!(false, "{}", other),
            }
        }
    }
}
