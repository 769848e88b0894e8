//! What settles documents besides plain money, and what takes it back: returns, write-offs, recoveries, bills, and the word
//! that a dispute is one.

use crate::facts::bill::Bill;
use crate::facts::id::{BillId, ItemId, PersonId, ReceiptId};
use crate::facts::money::Money;
use serde::{Deserialize, Serialize};

/// Money that went back, all of it or a part. From its day on what it had settled is open again with its old due date, the
/// last application first, after what was not applied; what nothing was settled with stands by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Return {
    /// The money that came in.
    pub receipt: ReceiptId,
    /// How much of it went back; in its currency and more than nothing.
    pub amount: Money,
    /// Why, in the bank's words.
    pub reason: String,
}

/// A document, or a part of it, that our books no longer count on. It is an entry of ours and no waiver (民法典 575): the
/// customer goes on owing it, and a debt that is forgiven is a credit note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WriteOff {
    /// The document.
    pub item: ItemId,
    /// How much of what is open of it; negative takes a write-off back.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// Who approved it.
    pub approved_by: PersonId,
}

/// Money that came in, used for what was written off of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Recovery {
    /// The document.
    pub item: ItemId,
    /// The money.
    pub receipt: ReceiptId,
    /// How much, in the document's currency, which is the money's.
    pub amount: Money,
}

/// A bill that came in. How it ended and that it was passed on are facts of their own, and absent here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BillReceipt {
    /// The bill; it settles its documents on the fact's day.
    pub bill: Bill,
}

/// A bill that we passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BillPassed {
    /// Which.
    pub bill: BillId,
    /// Whether it can come back to us.
    pub recourse: bool,
}

/// The end of a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BillEnd {
    /// Which.
    pub bill: BillId,
    /// How it ended.
    pub how: HowEnded,
}

/// How a bill ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HowEnded {
    /// It was paid.
    Honoured,
    /// It was refused, and what it settled is open again.
    Dishonoured,
    /// It was refused and stands by itself: we hold on to the rights of the bill.
    DishonouredAlone,
}

/// Who raised a dispute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RaisedBy {
    /// The customer.
    Customer,
    /// Our sales, in the customer's name.
    Sales,
}

/// Somebody's word that a dispute is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AcceptanceOfDispute {
    /// The document.
    pub item: ItemId,
    /// Whether it was sales that accepted it: that doesn't count.
    pub by_sales: bool,
}
