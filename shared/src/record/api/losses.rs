//! The wire of what lowers or raises a ledger besides payments: money that came back, write-offs, recoveries.

use crate::facts::calendar::Date;
use crate::facts::id::{CustomerId, ItemId, PersonId, ReceiptId, WriteOffId};
use crate::facts::money::Money;
use crate::rules::approval::{ApprovalState, Said};
use serde::{Deserialize, Serialize};

/// `POST receipts/{id}/returns`: money that went back, all of it or a part. What it had settled is open again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordReturn {
    /// The day on which it went back.
    pub date: Date,
    /// How much, in the money's currency.
    pub amount: Money,
    /// Why, in the bank's words.
    pub reason: String,
}

/// `POST items/{id}/write-offs`: asks to write off so much of a document. It is done once everybody agreed whose word the
/// policy's chain needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AskWriteOff {
    /// The request's id, made by whoever asks.
    pub id: WriteOffId,
    /// How much of what is open.
    pub amount: Money,
    /// Why.
    pub reason: String,
}

/// `POST write-offs/{id}/decision`: somebody's word on a write-off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DecideWriteOff {
    /// Yes or no.
    pub agrees: bool,
    /// Why.
    pub reason: String,
}

/// `POST items/{id}/recoveries`: money that came in, used for what was written off of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordRecovery {
    /// The money.
    pub receipt: ReceiptId,
    /// The day.
    pub date: Date,
    /// How much.
    pub amount: Money,
}

/// `GET write-offs`: those that wait, and the newest of those that were decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WriteOffsAnswer {
    /// The newest first.
    pub write_offs: Vec<WriteOffAsked>,
}

/// A write-off that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WriteOffAsked {
    /// The request.
    pub id: WriteOffId,
    /// Whose document.
    pub customer: CustomerId,
    /// Which.
    pub item: ItemId,
    /// Its number.
    pub number: String,
    /// How much.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub asked_by: PersonId,
    /// When.
    pub asked: Date,
    /// Whether it was done; absent while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<bool>,
    /// What was said.
    pub said: Vec<Said>,
    /// Whose word is needed, and whose is awaited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<ApprovalState>,
}
