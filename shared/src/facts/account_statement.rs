//! A statement of account as it was sent (对账单), and what the customer answered to it.
//!
//! A statement covers one billing cycle in one currency. Its digest is over what was sent, so that an answer can say
//! which statement it is an answer to.

use super::calendar::Date;
use super::id::{ItemId, StatementId};
use super::money::{Currency, Money, MoneyError};
use super::terms::agreed::Cycle;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A statement that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AccountStatement {
    /// Its id.
    pub id: StatementId,
    /// The first day of the cycle.
    pub from: Date,
    /// The last.
    pub to: Date,
    /// The day it was sent.
    pub sent: Date,
    /// The digest of what was sent.
    pub digest: String,
    /// Its currency.
    pub currency: Currency,
    /// The balance before the first day, where it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening: Option<Money>,
    /// The balance at the end of the last day, where it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<Money>,
    /// What was charged.
    pub lines: Vec<AccountLine>,
}

/// A line of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AccountLine {
    /// The document or charge.
    pub item: ItemId,
    /// Its date.
    pub date: Date,
    /// How much.
    pub amount: Money,
}

/// What the customer answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "AccountStatementAnswer"))]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// When.
    pub date: Date,
    /// Who, in the customer's words.
    pub by: String,
    /// Whether that person may confirm in the customer's name (授权对账人).
    pub authorised: bool,
    /// The digest of the statement that they had before them.
    pub digest: String,
    /// What they said.
    pub says: Says,
}

/// What an answer can say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Says {
    /// All of it is right.
    Whole,
    /// Some lines are right, some aren't; the others are left open.
    Lines {
        /// These are right.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        confirmed: Vec<ItemId>,
        /// These aren't.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        disputed: Vec<LineDispute>,
    },
}

/// A line that the customer disputes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LineDispute {
    /// Which.
    pub item: ItemId,
    /// How much of it; all of it when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Why.
    pub reason: String,
}

/// What was charged in one cycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CycleCharges {
    /// The first day of the cycle.
    pub from: Date,
    /// The last.
    pub to: Date,
    /// The currency.
    pub currency: Currency,
    /// What was charged, by date and id.
    pub lines: Vec<AccountLine>,
    /// Their sum.
    pub total: Money,
}

/// Sorts charges into cycles, the earliest first: what a statement of each cycle has to show.
///
/// # Errors
///
/// [`MoneyError::OutOfRange`] when the charges of a cycle add up to more than money can hold.
pub fn by_cycle(charges: &[AccountLine], cycle: Cycle) -> Result<Vec<CycleCharges>, MoneyError> {
    let mut cycles: BTreeMap<(Date, Currency), Vec<AccountLine>> = BTreeMap::new();
    for charge in charges {
        cycles.entry((cycle.end(charge.date), charge.amount.currency())).or_default().push(charge.clone());
    }
    let whole = |((to, currency), mut lines): ((Date, Currency), Vec<AccountLine>)| {
        lines.sort_by_key(|line| (line.date, line.item));
        let total = Money::sum(currency, lines.iter().map(|line| line.amount))?;
        Ok(CycleCharges { from: cycle.start(to), to, currency, lines, total })
    };
    cycles.into_iter().map(whole).collect()
}
