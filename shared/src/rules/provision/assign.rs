//! Which portfolio a receivable belongs to: by whether the debtor is our own related party, an insurance covers it, or it is a
//! bill of some kind. The first line that fits decides; a last line without conditions takes the rest.

use super::ProvisionRule;
use crate::facts::bill::BillKind;
use crate::rules::policy::Faults;
use serde::{Deserialize, Serialize};

/// A line: what it asks, and the portfolio. What is absent isn't asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// The portfolio.
    pub portfolio: String,
    /// Whether the debtor is related to ourselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_related: Option<bool>,
    /// Whether an insurance that counts covers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub insured: Option<bool>,
    /// It is a bill of one of these kinds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bills: Option<Vec<BillKind>>,
}

/// What is known of a receivable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ProvisionNature"))]
#[serde(deny_unknown_fields)]
pub struct Nature {
    /// The debtor is related to ourselves.
    #[serde(default)]
    pub own_related: bool,
    /// An insurance that counts covers it.
    #[serde(default)]
    pub insured: bool,
    /// The kind of bill that it is; absent for a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill: Option<BillKind>,
}

impl Assignment {
    fn fits(&self, nature: Nature) -> bool {
        let bill = |kinds: &Vec<BillKind>| nature.bill.is_some_and(|kind| kinds.contains(&kind));
        self.own_related.is_none_or(|asked| asked == nature.own_related)
            && self.insured.is_none_or(|asked| asked == nature.insured)
            && self.bills.as_ref().is_none_or(bill)
    }

    const fn takes_all(&self) -> bool {
        self.own_related.is_none() && self.insured.is_none() && self.bills.is_none()
    }
}

impl ProvisionRule {
    /// The portfolio of a receivable; absent when no line fits, or the policy has none.
    pub fn portfolio_of(&self, nature: Nature) -> Option<&str> {
        self.assign.iter().flatten().find(|line| line.fits(nature)).map(|line| line.portfolio.as_str())
    }

    /// Reports what is wrong with the lines.
    pub(super) fn check_assign(&self, faults: &mut Faults) {
        let Some(lines) = &self.assign else { return };
        for (i, line) in lines.iter().enumerate() {
            let known = self.portfolios.iter().any(|portfolio| portfolio.name == line.portfolio);
            let path = format!("provision.assign[{i}].portfolio");
            faults.unless(known, &path, format_args!("'{}' is no portfolio of this policy", line.portfolio));
        }
        let last = lines.last().is_some_and(Assignment::takes_all);
        faults.unless(last, "provision.assign", format_args!("the last line must take what no other does"));
    }
}
