//! Bills (承兑汇票) and electronic receivables that a customer paid with.
//!
//! A bill replaces the documents that it settled and is itself owed until it is honoured: by its acceptor, and where it was
//! passed on with recourse (有追索权) by us. One that is dishonoured stands by itself until a document is open again.

use super::calendar::Date;
use super::id::{BillId, ItemId};
use super::money::Money;
use serde::{Deserialize, Serialize};

/// A bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Bill {
    /// Its id.
    pub id: BillId,
    /// What kind it is.
    pub kind: BillKind,
    /// Who accepted it, by name.
    pub acceptor: String,
    /// How much.
    pub amount: Money,
    /// The day we got it.
    pub received: Date,
    /// The day it matures.
    pub matures: Date,
    /// The documents that it settled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settles: Vec<Settled>,
    /// We passed it on (背书, 贴现).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed_on: Option<PassedOn>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
}

/// Who stands behind a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BillKind {
    /// A bank (银承).
    Bank,
    /// A group's finance company (财务公司承兑).
    FinanceCompany,
    /// A trader (商承).
    Commercial,
    /// No bill, but a receivable in electronic form (应收账款电子凭证, 供应链凭证).
    ElectronicReceivable,
}

impl BillKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Bank, Self::FinanceCompany, Self::Commercial, Self::ElectronicReceivable];
}

/// So much of a document settled by a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Settled {
    /// The document.
    pub item: ItemId,
    /// How much.
    pub amount: Money,
}

/// A bill passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PassedOn {
    /// When.
    pub date: Date,
    /// Whether it can come back to us.
    pub recourse: bool,
}

/// How a bill ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Ended {
    /// It was paid.
    Honoured {
        /// When.
        date: Date,
    },
    /// It was refused.
    Dishonoured {
        /// When.
        date: Date,
        /// The day on which the documents that it settled were opened again; until then it stands by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reopened: Option<Date>,
    },
}

/// Where a bill stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BillState {
    /// We don't have it yet.
    NotReceived,
    /// We hold it, or it can come back to us.
    Outstanding,
    /// It was paid, or passed on for good.
    Gone,
    /// It was refused and stands by itself.
    Dishonoured,
    /// It was refused, and what it settled is open again.
    Reopened,
}

impl Bill {
    /// Where it stands at the end of `as_of`.
    pub fn state(&self, as_of: Date) -> BillState {
        if as_of < self.received {
            return BillState::NotReceived;
        }
        match self.ended {
            Some(Ended::Honoured { date }) if date <= as_of => BillState::Gone,
            Some(Ended::Dishonoured { reopened: Some(reopened), .. }) if reopened <= as_of => BillState::Reopened,
            Some(Ended::Dishonoured { date, .. }) if date <= as_of => BillState::Dishonoured,
            _ if self.passed_on.is_some_and(|passed| passed.date <= as_of && !passed.recourse) => BillState::Gone,
            _ => BillState::Outstanding,
        }
    }

    /// What it takes off the documents that it settled.
    pub fn settles(&self, as_of: Date) -> &[Settled] {
        match self.state(as_of) {
            BillState::NotReceived | BillState::Reopened => &[],
            BillState::Outstanding | BillState::Gone | BillState::Dishonoured => &self.settles,
        }
    }
}
