//! The ledger of a legal entity: its own facts, and those of its branches and of duplicates that were merged into it.
//!
//! A branch has no debts of its own: the entity answers for them (公司法 13, 民法典 74), and a duplicate is the same customer.
//! So their documents, money and orders count where the entity's standing is counted: against its limit, as its overdue
//! documents and in its aging. What was decided about the entity (grade, limit, terms, stop) is the entity's; what was once
//! decided about a branch or a duplicate doesn't count for it.

use super::groups::{GroupError, Groups};
use crate::facts::id::CustomerId;
use crate::facts::ledger::{Fact, Recorded};
use std::collections::BTreeMap;

/// The facts that count for one customer on the day of `groups`, all of them written on its name. For one that isn't
/// liable itself these are none: ask for the one in whose place it stands.
///
/// # Errors
///
/// [`GroupError::Circle`] when relations go round in a circle.
pub fn facts_of(groups: &Groups, customer: CustomerId, facts: &[Recorded]) -> Result<Vec<Recorded>, GroupError> {
    let mut liable: BTreeMap<CustomerId, CustomerId> = BTreeMap::new();
    let mut own = Vec::new();
    for recorded in facts {
        let of = if let Some(of) = liable.get(&recorded.customer) {
            *of
        } else {
            let of = groups.place(recorded.customer)?.liable;
            liable.insert(recorded.customer, of);
            of
        };
        let counts = of == customer && (recorded.customer == customer || !is_decision(&recorded.fact));
        if counts {
            own.push(Recorded { customer, ..recorded.clone() });
        }
    }
    Ok(own)
}

/// Whether a fact was decided about a customer; what isn't happened with it.
const fn is_decision(fact: &Fact) -> bool {
    matches!(fact, Fact::Graded(_) | Fact::LimitGranted(_) | Fact::TermsGranted(_) | Fact::Frozen(_))
}
