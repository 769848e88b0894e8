//! What this device has confirmed and the book has not yet said: orders that wait count as if they were confirmed, so that
//! a second order is judged on what the first one leaves.
//!
//! Each is judged in the order in which they will be sent, on what those before it leave; only one that passes uses
//! credit, as at the edge. What is sent with a confirmation stays the judgement on the book's own facts, which the edge can
//! replay: the book names the earlier order itself among what has changed since.

use crate::data::local::Shelf;
use crate::data::outbox::{Entry, Fate};
use shared::facts::calendar::Date;
use shared::readings::standing::Standing;
use shared::record::api::OrderStatus;
use shared::rules::order_check::{Verdict, order_check};
use std::sync::Arc;

/// A standing with what waits of its customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The standing as if those that pass were confirmed.
    pub standing: Standing,
    /// How many orders of the customer wait.
    pub waiting: usize,
    /// How many of them pass and so use credit here.
    pub using: usize,
}

/// Counts what waits into a standing, and what the book has confirmed since this device last heard from it.
pub fn count_in(shelf: &Shelf, mut standing: Standing, entries: &[Arc<Entry>], today: Date) -> Counted {
    let (mut waiting, mut using) = (0_usize, 0_usize);
    let customer = standing.customer;
    for entry in entries.iter().filter(|entry| entry.confirm.order.customer == customer) {
        let order = &entry.confirm.order;
        let passes = match &entry.fate {
            Fate::Waiting { .. } => {
                waiting = waiting.saturating_add(1);
                let judged = order_check(&shelf.policy.policy, &standing, order, today);
                let passes = judged.is_ok_and(|answer| answer.verdict <= Verdict::Warn);
                using = using.saturating_add(usize::from(passes));
                passes
            }
            Fate::Answered { confirmation, .. } => {
                confirmation.status == OrderStatus::Confirmed && confirmation.feed > shelf.feed
            }
            Fate::Refused { .. } => false,
        };
        if passes && let Ok(next) = standing.clone().with_order(order, today) {
            standing = next.with_rates(&shelf.rates);
        }
    }
    Counted { standing, waiting, using }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::client::Key;
    use shared::facts::id::{CustomerId, DecisionId, FeedNumber, OrderId};
    use shared::facts::ledger::Order;
    use shared::facts::money::{Currency, Money};
    use shared::facts::terms::Terms;
    use shared::record::api::orders::OrderAround;
    use shared::record::api::{BookInfo, ConfirmOrder, SyncAnswer};
    use shared::record::decision::decide_order;
    use shared::rules::order_check::OrderPolicy;
    use shared::rules::policy::{DEFAULT, Policy, PolicyVersion};
    use uuid::Uuid;

    const TODAY: &str = "2026-11-20";

    fn today() -> Date {
        TODAY.parse().unwrap()
    }

    fn yuan(text: &str) -> Money {
        Money::parse(text, Currency::CNY).unwrap()
    }

    fn id() -> CustomerId {
        CustomerId::derived(&["a"])
    }

    /// A customer with a limit of 100,000 and nothing open.
    fn shelf() -> Shelf {
        let json = format!(
            r#"{{"customer":{{"id":"{id}","code":"a","name":"a","stage":"active","currency":"CNY"}},
                "standing":{{"customer":"{id}","feed":5,"stage":"active","currency":"CNY",
                "grade":{{"grade":"A","since":"2026-01-01"}},"limit":{{"limit":{{"kind":"amount","amount":{{"amount":"100000.00","currency":"CNY"}}}},"since":"2026-01-01"}},
                "terms":{{"kind":"net","days":30}},"open":[],"orders":[],"unapplied":[],"rates":[]}},"search":"a"}}"#,
            id = id()
        );
        let policy = OrderPolicy::from(&Policy::parse(DEFAULT).unwrap());
        let book = BookInfo {
            code: "demo".into(),
            name: "甬航".into(),
            name_en: None,
            currency: Currency::CNY,
            utc_offset_minutes: 480,
            today: today(),
            demo: true,
        };
        let answer = SyncAnswer {
            book,
            feed: FeedNumber(5),
            policy: Some(PolicyVersion { version: 1, digest: "d".into(), policy }),
            rates: None,
            people: None,
            customers: vec![serde_json::from_str(&json).unwrap()],
            gone: vec![],
        };
        Shelf::after(None, answer, 0).unwrap().0
    }

    fn entry(shelf: &Shelf, name: &str, amount: &str) -> Arc<Entry> {
        let order = Order {
            id: OrderId::derived(&[name]),
            customer: id(),
            amount: yuan(amount),
            terms: Terms::Net { days: 30 },
            prepayment: None,
            description: None,
        };
        let decision = DecisionId::derived(&[name]);
        let standing = shelf.standing(id()).unwrap();
        let judged = decide_order(decision, shelf.policy.as_ref(), standing, order.clone(), today()).unwrap();
        let confirm = ConfirmOrder { order, decision, at: None, around: OrderAround::default(), device: None };
        Arc::new(Entry {
            key: Key(Uuid::nil()),
            confirm,
            judged,
            seen: None,
            name: "a".into(),
            made: 0,
            fate: Fate::Waiting { tries: 0, not_before: 0, trouble: None },
        })
    }

    fn verdict(shelf: &Shelf, standing: &Standing, amount: &str) -> Verdict {
        let order = entry(shelf, "asked", amount).confirm.order.clone();
        order_check(&shelf.policy.policy, standing, &order, today()).unwrap().verdict
    }

    #[test]
    fn a_second_order_is_judged_on_what_the_first_one_leaves() {
        let shelf = shelf();
        let plain = shelf.standing(id()).unwrap();
        let first = entry(&shelf, "first", "60000");
        let counted = count_in(&shelf, plain.clone(), std::slice::from_ref(&first), today());
        assert_eq!((counted.waiting, counted.using), (1, 1));
        assert!(verdict(&shelf, &plain, "60000") <= Verdict::Warn);
        assert_eq!(verdict(&shelf, &counted.standing, "60000"), Verdict::Hold);
        // What would be held uses nothing, here as at the edge.
        let second = entry(&shelf, "second", "60000");
        let third = count_in(&shelf, plain.clone(), &[first, second], today());
        assert_eq!((third.waiting, third.using), (2, 1));
        assert_eq!(third.standing, counted.standing);
        assert_eq!(count_in(&shelf, plain.clone(), &[], today()).standing, plain);
    }
}
