//! Bills as the ledger tells of them: what came in, was passed on, was paid or refused.

use crate::facts::bill::{Bill, Ended, PassedOn};
use crate::facts::id::BillId;
use crate::facts::ledger::{Fact, HowEnded, Recorded};
use std::collections::BTreeMap;

/// Every bill of these facts with all that became of it, by day of receipt and id. The ledger has settled what they settle;
/// whoever counts these bills beside open items of the same ledger must not take it off again. What is withdrawn must be
/// left out before.
pub fn bills<'a>(facts: impl IntoIterator<Item = &'a Recorded>) -> Vec<Bill> {
    let mut known: BTreeMap<BillId, Bill> = BTreeMap::new();
    let mut later: Vec<&Recorded> = Vec::new();
    for recorded in facts {
        match &recorded.fact {
            Fact::BillReceived(received) => {
                let bill = Bill { received: recorded.date, passed_on: None, ended: None, ..received.bill.clone() };
                known.insert(bill.id, bill);
            }
            Fact::BillPassedOn(_) | Fact::BillEnded(_) => later.push(recorded),
            _ => {}
        }
    }
    // The later word stands.
    later.sort_by_key(|recorded| (recorded.date, recorded.feed, recorded.id));
    for recorded in later {
        let date = recorded.date;
        match &recorded.fact {
            Fact::BillPassedOn(passed) => {
                if let Some(bill) = known.get_mut(&passed.bill) {
                    bill.passed_on = Some(PassedOn { date, recourse: passed.recourse });
                }
            }
            Fact::BillEnded(end) => {
                if let Some(bill) = known.get_mut(&end.bill) {
                    bill.ended = Some(match end.how {
                        HowEnded::Honoured => Ended::Honoured { date },
                        HowEnded::Dishonoured => Ended::Dishonoured { date, reopened: Some(date) },
                        HowEnded::DishonouredAlone => Ended::Dishonoured { date, reopened: None },
                    });
                }
            }
            _ => {}
        }
    }
    let mut bills: Vec<Bill> = known.into_values().collect();
    bills.sort_by_key(|bill| (bill.received, bill.id));
    bills
}
