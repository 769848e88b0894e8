//! The ledger: what was charged, what came in, what was applied to what.
//!
//! A [`Fact`] is dated (when it holds) and numbered (when the book learned it) and never changes. What a customer owed on
//! a day follows from the facts dated up to that day; what the book knew of it then, from those with a feed number up to
//! that one. A correction, an undo and a withdrawal are further facts. Balances, aging and state are readings of this and
//! are never stored here.

mod settling;

pub use settling::{
    AcceptanceOfDispute, BillEnd, BillPassed, BillReceipt, HowEnded, RaisedBy, Recovery, Return, WriteOff,
};

use super::calendar::Date;
use super::id::{CustomerId, DecisionId, FactId, FeedNumber, ImportId, ItemId, OrderId, PersonId, ReceiptId};
use super::money::{Currency, Money, MoneyError};
use super::number::{Points, Ratio};
use super::terms::Terms;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A fact as the book holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// Its id.
    pub id: FactId,
    /// Whose ledger it belongs to.
    pub customer: CustomerId,
    /// When the book learned it.
    pub feed: FeedNumber,
    /// When it holds.
    pub date: Date,
    /// What happened.
    pub fact: Fact,
}

/// What can happen to a customer's ledger and standing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// A document that the customer owes, or a credit note that it is owed.
    Charged(Item),
    /// Money that came in.
    Received(Receipt),
    /// Money, or a credit, applied to a document.
    Allocated(Allocation),
    /// The customer disputes a document, or no longer does.
    Disputed(Dispute),
    /// An order that now uses credit.
    Ordered(Order),
    /// An order that no longer does.
    OrderEnded(OrderEnd),
    /// When such an order is to be carried out, and until when it counts.
    OrderTimed(OrderTiming),
    /// A grade given.
    Graded(Grading),
    /// A limit granted, or withdrawn.
    LimitGranted(LimitGrant),
    /// A limit for a season or a single deal.
    TemporaryGranted(TemporaryLimit),
    /// Payment terms granted.
    TermsGranted(TermsGrant),
    /// Supply stopped, or resumed.
    Frozen(Freeze),
    /// An import that was undone: its facts no longer count, on whatever day they would hold.
    Withdrawn(Withdrawal),
    /// An invoice taken back by a red one and issued anew (红冲重开).
    Reissued(Reissue),
    /// Money that came in and went back: a cheque that bounced, a transfer called back (退票, 退汇).
    Returned(Return),
    /// A document that our books no longer count on (核销).
    WrittenOff(WriteOff),
    /// Money that came in for what was written off (核销后收回).
    Recovered(Recovery),
    /// A bill that the customer paid with (承兑汇票).
    BillReceived(BillReceipt),
    /// A bill that we passed on (背书, 贴现).
    BillPassedOn(BillPassed),
    /// A bill that was paid, or refused.
    BillEnded(BillEnd),
    /// Somebody's word that a dispute is one.
    DisputeAccepted(AcceptanceOfDispute),
}

/// A document in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Its id.
    pub id: ItemId,
    /// What it is.
    pub document: Document,
    /// Its number, unique for the customer.
    pub number: String,
    /// When it falls due; of instalments the last.
    pub due: Date,
    /// What is owed; negative on a credit note.
    pub amount: Money,
    /// Its instalments, the earliest first; they add up to the amount. Without any all of it is due on one day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Instalment>,
    /// Where it came from before this book began; such items keep their dates and are no sales.
    #[serde(default, skip_serializing_if = "is_false")]
    pub opening: bool,
    /// The order that it uses up, by amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// The customer's own reference: bill of lading, container or purchase order number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What it is for, in a few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A part of a document with a due date of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Instalment {
    /// When it falls due.
    pub due: Date,
    /// How much of the document it is.
    pub amount: Money,
}

/// What kind of document an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Document {
    /// An invoice (or a fee note that is collected like one).
    Invoice,
    /// A note that raises what is owed.
    DebitNote,
    /// A note that lowers it.
    CreditNote,
}

/// Money that came in from a customer. What is not allocated is unapplied cash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Its id.
    pub id: ReceiptId,
    /// How much; never negative.
    pub amount: Money,
    /// The bank's reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// So much of a source applied to a document; negative takes an application back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Allocation {
    /// The document.
    pub item: ItemId,
    /// What was applied to it.
    pub source: Source,
    /// How much, in the document's currency.
    pub amount: Money,
}

/// What can settle a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum Source {
    /// Money that came in.
    Receipt {
        /// Which.
        receipt: ReceiptId,
    },
    /// A credit note, which is used up by as much.
    CreditNote {
        /// Which.
        item: ItemId,
    },
    /// The document was no longer in a later list of open items, or stood there with another amount.
    Snapshot {
        /// Which list.
        import: ImportId,
    },
    /// Money that came in, in another currency than the document's.
    Converted {
        /// Which.
        receipt: ReceiptId,
        /// What of it that uses up, in its own currency; negative takes an application back.
        paid: Money,
    },
    /// What fell short of the document and isn't asked for.
    Difference {
        /// Why.
        cause: DifferenceCause,
        /// The money that fell short.
        with: ReceiptId,
    },
}

/// Why a document is settled by less than was open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DifferenceCause {
    /// Too small to ask for.
    Small,
    /// What banks on the way kept, where we bear it.
    BankCharge,
    /// What was agreed for payment in time (现金折扣).
    Discount,
}

/// The customer's disagreement with a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Dispute {
    /// The document.
    pub item: ItemId,
    /// Whether the disagreement stands from this day on.
    pub open: bool,
    /// How much of the document it is about; all of it when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Who raised it. Where that is told, it leaves the overdue rules only once somebody other than sales accepted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raised_by: Option<RaisedBy>,
}

/// An order, booking or shipment that asks for credit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Its id, made by whoever enters it.
    pub id: OrderId,
    /// Whose.
    pub customer: CustomerId,
    /// What it will come to, with VAT and advances.
    pub amount: Money,
    /// The terms asked for.
    pub terms: Terms,
    /// What is to be paid before we perform; it uses no credit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prepayment: Option<Money>,
    /// Goods or service, in a few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Order {
    /// What it asks on credit: its amount less what is paid before we perform, never less than nothing, and nothing at all
    /// where the terms have everything paid before.
    ///
    /// # Errors
    ///
    /// [`MoneyError::MixedCurrencies`] when the prepayment is in another currency than the order.
    pub fn on_credit(&self) -> Result<Money, MoneyError> {
        let nothing = Money::zero(self.amount.currency());
        if self.terms.is_prepaid() {
            return Ok(nothing);
        }
        self.prepayment.map_or(Ok(self.amount), |prepaid| self.amount.minus(prepaid))?.max(nothing)
    }
}

/// Why and when an order no longer uses credit. An invoice that names the order uses it up without this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderEnd {
    /// The order.
    pub order: OrderId,
    /// Why.
    pub reason: OrderEndReason,
}

/// When an order is to be carried out, and until when it counts. The later word about an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderTiming {
    /// The order.
    pub order: OrderId,
    /// The day on which it is to be carried out, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<Date>,
    /// The last day on which it counts: an order that was released is let through until then, and counts as held again
    /// when nothing came of it. Without one it counts until it is used up, called off or lapses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// Why an order no longer uses credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderEndReason {
    /// It was called off.
    Cancelled,
    /// Everything was invoiced.
    Invoiced,
}

/// A grade given by an assessment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Grading {
    /// The grade, by the name that the policy gives it.
    pub grade: String,
    /// The score behind it.
    pub score: Points,
    /// The share of the score's weight that stood on known data.
    pub confidence: Ratio,
    /// The decision that explains it.
    pub decision: DecisionId,
}

/// How much may be owed at once. `none`, `unlimited` and an amount are three different things; zero is never a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Limit {
    /// 不授信: nothing may be owed.
    None,
    /// Up to this much.
    Amount {
        /// How much; never negative.
        amount: Money,
    },
    /// 不限额.
    Unlimited,
}

/// A limit granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LimitGrant {
    /// How much.
    pub limit: Limit,
    /// The last day on which it stands; without one it stands until it is changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// The decision that explains it; a limit brought along from another system has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionId>,
}

/// A limit for a season or a single deal (临时额度).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TemporaryLimit {
    /// How much.
    pub limit: Limit,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// Why.
    pub reason: String,
    /// Who approved it.
    pub approved_by: PersonId,
}

/// Payment terms granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TermsGrant {
    /// The loosest terms that need no further asking.
    pub terms: Terms,
}

/// Supply stopped or resumed by a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// Whether supply is stopped from this day on.
    pub frozen: bool,
    /// Why.
    pub reason: String,
}

/// Facts of one customer's ledger that no longer count, because the import that brought them was undone. They never held,
/// as far as is known from then on; what was known before the withdrawal stays answerable, because they stay where they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// The import.
    pub import: ImportId,
    /// The feed number of the first fact that it brought …
    pub first: FeedNumber,
    /// … and of the last; an import's facts stand together.
    pub last: FeedNumber,
}

/// What is withdrawn of some facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Withdrawn(BTreeMap<CustomerId, Vec<(FeedNumber, FeedNumber)>>);

impl Withdrawn {
    /// By the withdrawals among these facts.
    pub fn by<'a>(facts: impl IntoIterator<Item = &'a Recorded>) -> Self {
        let mut withdrawn = Self::default();
        for recorded in facts {
            if let Fact::Withdrawn(Withdrawal { first, last, .. }) = recorded.fact {
                withdrawn.0.entry(recorded.customer).or_default().push((first, last));
            }
        }
        withdrawn
    }

    /// Whether this fact still counts.
    pub fn spares(&self, fact: &Recorded) -> bool {
        let within = |(first, last): &(FeedNumber, FeedNumber)| *first <= fact.feed && fact.feed <= *last;
        !self.0.get(&fact.customer).is_some_and(|ranges| ranges.iter().any(within))
    }
}

/// An invoice issued anew. Red and new invoice are no sale: the old one was. The new one keeps the day from which the old
/// one's age counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Reissue {
    /// The invoice that was taken back.
    pub old: ItemId,
    /// The red invoice (红字发票) that takes it back: a credit note in the ledger.
    pub red: ItemId,
    /// The new invoice.
    pub new: ItemId,
}

/// What one unit of a currency is worth in another, on a day, and who says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// When the book learned it.
    pub feed: FeedNumber,
    /// The day it holds from.
    pub date: Date,
    /// One unit of this currency …
    pub from: Currency,
    /// … is worth so many of this one.
    pub to: Currency,
    /// How many.
    pub rate: Ratio,
    /// Who published it.
    pub source: String,
    /// What kind of rate it is; absent when nobody stated it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<RateKind>,
}

/// What kind of rate an exchange rate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RateKind {
    /// 中间价: the day's central parity, for the yuan as the People's Bank has it published.
    Middle,
    /// 买入价: what the bank gives for the currency.
    BankBuying,
    /// 卖出价: what the bank takes for it.
    BankSelling,
    /// 合同汇率: what was agreed with a customer or locked with the bank.
    Contract,
    /// 手工汇率: set by a person of the company.
    Manual,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // the form that serde asks for
fn is_false(value: &bool) -> bool {
    !*value
}
