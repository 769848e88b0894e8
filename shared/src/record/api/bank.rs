//! The wire of bank files and of the pool of receipts to be claimed (待认领到款).
//!
//! `POST bank` carries a bank's file as `POST imports` carries others: the bytes as they are, `id`, `name` and perhaps
//! `sheet` and `mapping` in the query. What it would put into the pool comes back; `POST bank/{id}/commit` does it. Each
//! receipt in the pool has proposals whose it may be, with the signs that point there and what it would settle; a person
//! claims it for a customer, or sets it aside because it is no customer's.

use crate::facts::calendar::Date;
use crate::facts::id::{CustomerId, FeedNumber, ImportId, ItemId, ReceiptId};
use crate::facts::money::Money;
use crate::record::bank::{BankFile, BankFormat, Entry, Passed, Pooled};
use crate::record::import::{Mapping, Problems, Sniffed};
use crate::rules::allocation::{Debt, Proposal};
use crate::rules::claiming::Match;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many entries of each kind a preview lists; all are counted.
pub const ENTRIES_LISTED: usize = 300;
/// How many receipts a page of the pool has.
pub const POOL_PAGE: usize = 200;
/// To how many documents one receipt may be applied by hand.
pub const APPLY_MAX: usize = 1000;

/// What a bank's file would do, by what the book holds now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BankPreview {
    /// The file.
    pub file: ImportId,
    /// Its name.
    pub name: String,
    /// How it is written.
    pub format: BankFormat,
    /// How its bytes were decoded.
    pub encoding: Sniffed,
    /// How a table was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<Mapping>,
    /// How many statements state balances that their entries tie out to.
    pub tied_out: u32,
    /// All entries of the file.
    pub entries: u32,
    /// New receipts to be claimed.
    pub new: u32,
    /// The first of them.
    pub listed: Vec<Pooled>,
    /// What they come to, by currency.
    pub totals: BTreeMap<String, Money>,
    /// How many entries are passed over, by reason.
    pub passed: BTreeMap<Passed, u32>,
    /// The first of them.
    pub passed_listed: Vec<(Entry, Passed)>,
    /// What is wrong with rows of a table. With an error nothing is kept of the file.
    pub problems: Problems,
}

/// `POST bank/{id}/commit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BankRecorded {
    /// The file.
    pub file: ImportId,
    /// How many receipts went into the pool.
    pub new: u32,
    /// The feed number after it.
    pub feed: FeedNumber,
}

/// `GET pool`: what waits to be claimed, the oldest first. `after` goes on behind a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PoolAnswer {
    /// Receipts of this page.
    pub receipts: Vec<PoolEntry>,
    /// Where the next page begins behind; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<FeedNumber>,
    /// How many wait in all.
    pub waiting: u32,
    /// What they come to, by currency.
    pub totals: BTreeMap<String, Money>,
    /// What was claimed or set aside last, the newest first.
    pub ended: Vec<PoolEnded>,
    /// Files recorded, the newest first.
    pub files: Vec<BankFileEntry>,
}

/// A receipt that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PoolEntry {
    /// When the book learned of it.
    pub feed: FeedNumber,
    /// The receipt.
    pub receipt: Pooled,
    /// The name of the file that brought it.
    pub file: String,
}

/// A receipt that no longer waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PoolEnded {
    /// The receipt.
    pub receipt: Pooled,
    /// For whom it was claimed …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Named>,
    /// … or why it was set aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// By whom.
    pub by: String,
    /// When: seconds since 1970.
    pub at: u64,
}

/// A customer, as lists name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "NamedCustomer"))]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Its id.
    pub id: CustomerId,
    /// Our number for it.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// A bank's file that was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BankFileEntry {
    /// The file.
    pub file: ImportId,
    /// Its name.
    pub name: String,
    /// How it was written.
    pub format: BankFormat,
    /// How many receipts it brought.
    pub new: u32,
    /// Who recorded it.
    pub by: String,
    /// When: seconds since 1970.
    pub at: u64,
}

/// `GET pool/{id}`: whose a receipt may be, and what it would settle. With `customer` only for that one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClaimProposals {
    /// The receipt.
    pub receipt: Pooled,
    /// The customer whose it clearly is, by the policy's weights; absent when it isn't clear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clear: Option<CustomerId>,
    /// Customers that something points to, the likeliest first.
    pub candidates: Vec<ClaimCandidate>,
}

/// A customer whose money it may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ReceiptCandidate"))]
#[serde(deny_unknown_fields)]
pub struct ClaimCandidate {
    /// Who.
    pub customer: Named,
    /// What points to it; absent for one that nothing points to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signs: Option<Match>,
    /// Its open documents in the receipt's currency.
    pub open: Vec<Debt>,
    /// What the policy's methods would settle; absent where the policy has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Proposal>,
    /// The digest of the proposal, by which it is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// `POST pool/{id}/claim`: it is this customer's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClaimReceipt {
    /// Whose.
    pub customer: CustomerId,
    /// What it settles.
    pub apply: Apply,
}

/// What a claimed receipt settles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ApplyReceipt"))]
#[serde(tag = "how", rename_all = "snake_case", deny_unknown_fields)]
pub enum Apply {
    /// What was proposed, if it is still what would be.
    AsProposed {
        /// The proposal's digest.
        digest: String,
    },
    /// These documents, each by so much; the rest stays unapplied.
    Documents {
        /// Document and amount.
        documents: Vec<(ItemId, Money)>,
    },
}

/// `POST pool/{id}/aside`: it is no customer's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SetAside {
    /// Why.
    pub reason: String,
}

/// The answer to a claim, or to setting aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReceiptEnded {
    /// The receipt.
    pub receipt: ReceiptId,
    /// The day on which it came.
    pub date: Date,
    /// How many documents it settles in whole or in part.
    pub settles: u32,
    /// What of it stays unapplied.
    pub unapplied: Money,
    /// The feed number after it.
    pub feed: FeedNumber,
}

/// A bank's file on its way from the entry to its book: not part of the public wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StagedBank {
    /// The file.
    pub file: ImportId,
    /// Its name.
    pub name: String,
    /// The digest of its bytes.
    pub digest: String,
    /// How its bytes were decoded.
    pub encoding: Sniffed,
    /// How a table was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<Mapping>,
    /// What it holds.
    pub content: BankFile,
}
