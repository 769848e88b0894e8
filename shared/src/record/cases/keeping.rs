//! What a case can ask about what is kept: all parts of a customer from the pieces of its file and group, a lease.

use super::{CaseRun, text, to_value};
use crate::facts::calendar::Date;
use crate::facts::id::CustomerId;
use crate::facts::money::Money;
use crate::facts::overdue::Payment;
use crate::facts::piece::{Filed, GroupLimit, Piece};
use crate::readings::groups::Groups;
use crate::readings::standing::Standing;
use crate::rules::lease::Minute;
use crate::rules::standing::{Held, Members, further, judges_files};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A question. Its date is the case's.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum KeepingAsk {
    /// Which parts does the book keep of the case's customer for the order check?
    Parts(Box<CasePieces>),
    /// When does a lease end that is given now, for the device and for the edge?
    LeaseEnds {
        /// Now.
        given: Minute,
    },
}

/// What the parts are read from.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CasePieces {
    /// The pieces of its file, each with the day on which it was written down.
    #[serde(default)]
    pub pieces: Vec<(Date, Piece)>,
    /// What came in from it.
    #[serde(default)]
    pub payments: Vec<Payment>,
    /// When it was assessed.
    #[serde(default)]
    pub assessed: Vec<Date>,
    /// What its leases keep reserved.
    #[serde(default)]
    pub leased: Vec<Money>,
    /// What others owe and will owe; who is of its group follows from the case's relations. It stands alone without them.
    #[serde(default)]
    pub others: Option<Vec<(CustomerId, Money)>>,
    /// Limits given to its group.
    #[serde(default)]
    pub limits: Vec<GroupLimit>,
}

impl KeepingAsk {
    /// Answers the question at the case's date.
    pub(super) fn answer(&self, run: &CaseRun<'_>) -> Result<Value, String> {
        let (policy, as_of, rates) = (run.policy, run.case.as_of, &run.case.facts.rates);
        match self {
            Self::Parts(from) => {
                let filed = Filed::of(from.pieces.iter().cloned());
                let standing = text(Standing::of(run.customer, run.facts, &run.case.rates(), None))?;
                let groups = Groups::of(&run.case.facts.relations, as_of);
                let group =
                    from.others.as_ref().map(|exposures| Members { groups: &groups, exposures, limits: &from.limits });
                let held = Held {
                    customer: run.customer,
                    filed: &filed,
                    standing: &standing,
                    journal: run.journal,
                    payments: &from.payments,
                    assessed: &from.assessed,
                    leased: &from.leased,
                    group,
                    rates,
                };
                let parts = text(further(policy, &held, as_of))?;
                to_value(&json!({ "parts": parts, "judges_files": judges_files(policy) }))
            }
            Self::LeaseEnds { given } => {
                let rule = policy.lease.as_ref().ok_or("the policy has no section 'lease'")?;
                let (device, edge) = rule.ends(*given);
                to_value(&json!({ "device": device, "edge": edge }))
            }
        }
    }
}
