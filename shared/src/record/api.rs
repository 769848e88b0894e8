//! The wire: requests and answers that are no domain thing of their own.
//!
//! Domain types travel as they are; what is here only frames them. Everything is JSON under `/api/v1`; the routes stand in
//! [`super::access::TABLE`]. A write carries an `Idempotency-Key` header; the same key with another body is refused.
//!
//! By topic:
//!
//! - [`people`]: signing in, links, passwords, sessions, tokens
//! - [`file`](mod@file): making and changing customers, and the pieces of their files
//! - [`applications`]: credit asked for by one person and granted by another
//! - [`orders`]: what is asked at each checkpoint, and what waits
//! - [`leases`]: credit set aside for devices without a signal
//! - [`imports`]: files of customers, documents and payments
//! - [`bank`]: bank files, and the pool of receipts to be claimed
//! - [`attachments`]: files attached to what the book holds; what is set for the whole book
//! - [`losses`]: payments that came back, write-offs, and what was recovered of them
//! - [`outbox`]: what goes out to the company's own receiver, and what became of it
//! - [`audit`]: the trail of who did what, a chain of digests
//! - [`book`]: how large and how old a book is, and how its own work goes

pub mod applications;
pub mod attachments;
pub mod audit;
pub mod bank;
pub mod book;
pub mod file;
pub mod imports;
pub mod leases;
pub mod losses;
pub mod orders;
pub mod outbox;
pub mod people;

pub use orders::{CheckOrder, ConfirmOrder};

use super::access::Role;
use super::decision::{Change, Decision, OrderDecision};
use crate::facts::calendar::Date;
use crate::facts::customer::Customer;
use crate::facts::id::{CustomerId, DecisionId, FeedNumber, ItemId, OrderId, PersonId, ReceiptId};
use crate::facts::ledger::{Rate, Recorded};
use crate::facts::money::{Currency, Money};
use crate::facts::number::Ratio;
use crate::questions::statement::Statement;
use crate::questions::what_if::Member;
use crate::readings::journal::Columns;
use crate::readings::standing::Standing;
use crate::rules::policy::{Policy, PolicyVersion};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where the API lives.
pub const BASE: &str = "/api/v1/";

/// A failure, as RFC 9457 describes it, with what a page needs to say it in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Problem {
    /// `urn:xinheng:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// One short English sentence about the kind.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What exactly, in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The stable name of the kind, for the page.
    pub code: String,
    /// The field that it is about, as a path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The values behind it, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
}

/// The three doors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// The salesperson's phone.
    Field,
    /// The credit department's browser.
    Desk,
    /// The customer's own page.
    Portal,
}

impl Door {
    /// The path of its page.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Field => "/field/",
            Self::Desk => "/desk/",
            Self::Portal => "/portal/",
        }
    }
}

/// `POST session`, the only operation that needs no session: spends a link's token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// `<book>.<random>`, from the link's fragment.
    pub token: String,
}

/// Who is signed in, and to which book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// The book.
    pub book: BookInfo,
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// What they are here.
    pub role: Role,
    /// Where they came in.
    pub door: Door,
    /// The customer that they act for, at the portal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// When the session ends, in seconds since 1970.
    pub until: u64,
}

/// What every page shows of its book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BookInfo {
    /// Its code.
    pub code: String,
    /// The company's name.
    pub name: String,
    /// The company's name in Latin letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// The currency that it keeps its books in.
    pub currency: Currency,
    /// Minutes east of UTC; sets the date of what binds.
    pub utc_offset_minutes: i16,
    /// Its date now.
    pub today: Date,
    /// A demo book, whose date stands still.
    pub demo: bool,
}

/// `GET sync?since=N`: what changed for this caller since a feed number. With `policy=orders` the policy is what the order
/// check needs of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SyncAnswerWith{P}"))]
#[serde(deny_unknown_fields, bound(deserialize = "P: Deserialize<'de>"))]
pub struct SyncAnswer<P = Policy> {
    /// The book.
    pub book: BookInfo,
    /// Up to which feed number this goes; the next `since`.
    pub feed: FeedNumber,
    /// The policy in force, when it changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyVersion<P>>,
    /// The rates, when one changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rates: Option<Vec<Rate>>,
    /// The people of the book, when one changed; only for callers who see every customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<Vec<Person>>,
    /// Customers whose file or standing changed, or who came into sight.
    pub customers: Vec<SyncCustomer>,
    /// Customers who went out of sight.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<CustomerId>,
}

/// Somebody of the company, as a customer's file names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// Their name.
    pub name: String,
}

/// A customer as a device keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SyncCustomer {
    /// The file.
    pub customer: Customer,
    /// The standing.
    pub standing: Standing,
    /// Initials and single characters to find it by.
    pub search: String,
}

/// `GET journal`: the ledger in columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct JournalAnswer {
    /// Up to which feed number this goes.
    pub feed: FeedNumber,
    /// The rows.
    pub columns: Columns,
}

/// `GET portfolio`: all customers as the what-if takes them in, read at the book's today by the policy in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PortfolioAnswer {
    /// Up to which feed number this goes.
    pub feed: FeedNumber,
    /// The date at which it was read.
    pub as_of: Date,
    /// The members.
    pub members: Vec<Member>,
    /// Customers left out because a rate is missing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<CustomerId>,
}

/// `GET customers/{id}/statement?from=&to=`: a statement and the facts that it was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StatementAnswer {
    /// The customer.
    pub customer: Customer,
    /// The statement as the book made it.
    pub statement: Statement,
    /// Its digest.
    pub digest: String,
    /// The facts: with them the reader's own browser makes the statement again.
    pub facts: Vec<Recorded>,
    /// The bands it was aged by.
    pub aging: crate::readings::aging::AgingRule,
}

/// What a device judged, so that the edge can judge the same again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeviceJudgement {
    /// The date that it judged at.
    pub as_of: Date,
    /// Up to which feed number it knew the book.
    pub feed: FeedNumber,
    /// The version of the policy.
    pub policy_version: u32,
    /// The digest that it arrived at.
    pub digest: String,
}

/// What became of a confirmation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// The decision that binds.
    pub decision: OrderDecision,
    /// What the order is now.
    pub status: OrderStatus,
    /// The number to quote, when it was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorisation: Option<String>,
    /// How the device's judgement compares, when it sent one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceReplay>,
    /// The feed number after it.
    pub feed: FeedNumber,
}

/// What an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Accepted; it uses credit.
    Confirmed,
    /// Held; it uses none.
    Held,
    /// Refused; it uses none.
    Refused,
    /// Called off.
    Cancelled,
}

/// The device's judgement, judged again at the edge on what the device knew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeviceReplay {
    /// Whether the edge arrives at the device's digest: the device judged rightly.
    pub same: bool,
    /// The digest that the edge arrives at.
    pub digest: String,
    /// What moved between then and now; empty when the binding decision has the same digest.
    pub changes: Vec<Change>,
}

/// `POST decisions/{id}/replay`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReplayAnswer {
    /// Whether it comes out the same.
    pub equal: bool,
    /// The digest that was stored.
    pub stored: String,
    /// The digest now.
    pub now: String,
}

/// How many versions of the policy one list has at most: each is a whole document.
pub const POLICIES_LISTED_MOST: u32 = 50;

/// `GET policies?after=&limit=`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PoliciesAnswer {
    /// The versions, the newest first.
    pub versions: Vec<PolicyEntry>,
    /// Where the list goes on: those before this version; absent when it doesn't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u32>,
}

/// A version of the policy and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PolicyEntry {
    /// The version.
    #[serde(flatten)]
    pub version: PolicyVersion,
    /// Who drafted it.
    pub drafted_by: String,
    /// Who approved it; absent while nobody has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// Whether it is in force.
    pub in_force: bool,
}

/// `POST policies`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DraftPolicy {
    /// The document.
    pub policy: Policy,
}

/// How many customers one call assesses at most: a book does one thing at a time, and other requests wait for it.
pub const ASSESSED_AT_ONCE: usize = 200;

/// `POST assessments`: at most [`ASSESSED_AT_ONCE`] customers a call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Assess {
    /// Whom; everyone, by id, when empty.
    #[serde(default)]
    pub customers: Vec<CustomerId>,
    /// With everyone: those after this one, which is where the call before left off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<CustomerId>,
}

/// What an assessment run did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AssessAnswer {
    /// How many were assessed.
    pub assessed: u32,
    /// How many got another grade, limit or terms.
    pub changed: u32,
    /// For how many a limit is proposed that somebody must grant.
    #[serde(default)]
    pub proposed: u32,
    /// Those that could not be, each with the reason.
    pub failed: Vec<(CustomerId, String)>,
    /// With everyone: ask again after this one; absent when all are done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<CustomerId>,
}

/// `POST customers/{id}/freeze`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FreezeCustomer {
    /// Whether supply stops or resumes.
    pub frozen: bool,
    /// Why.
    pub reason: String,
}

/// `POST receipts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordReceipt {
    /// Its id.
    pub receipt: ReceiptId,
    /// Whose money.
    pub customer: CustomerId,
    /// The day it came in.
    pub date: Date,
    /// How much.
    pub amount: Money,
    /// The bank's reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What it is applied to; the rest stays unapplied.
    pub apply: Vec<(ItemId, Money)>,
}

/// `POST rates`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordRate {
    /// The day it holds from.
    pub date: Date,
    /// One unit of this …
    pub from: Currency,
    /// … in units of this.
    pub to: Currency,
    /// How many.
    pub rate: Ratio,
    /// Who published it.
    pub source: String,
}

/// The answer to a plain write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// The feed number after it.
    pub feed: FeedNumber,
}

/// A link that opens a door once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The door.
    pub door: Door,
    /// The token: it stands in the fragment of the door's address, `#t=`, and is spent by a button.
    pub token: String,
    /// Until when it can be spent, in seconds since 1970.
    pub until: u64,
}

/// `POST /operator/v1/books`: makes a book. Needs the deployment's secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateBook {
    /// Its code: 2 to 32 lower-case letters, digits and hyphens.
    pub code: String,
    /// The company's name.
    pub name: String,
    /// The company's name in Latin letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// The currency that it keeps its books in.
    pub currency: Currency,
    /// Minutes east of UTC.
    pub utc_offset_minutes: i16,
    /// Makes it a demo book whose date stands still at this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demo_today: Option<Date>,
    /// The people who may sign in.
    pub people: Vec<NewPerson>,
}

/// A person of a new book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// Their sign-in name, unique in the book.
    pub login: String,
    /// Their name.
    pub name: String,
    /// What they are.
    pub role: Role,
}

/// `POST /operator/v1/books/{code}/links`: a link for a person or, at the portal, for a customer by its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OperatorLink {
    /// The door.
    pub door: Door,
    /// The person's sign-in name, or the customer's code at the portal.
    pub login: String,
    /// What the link does: opens the door, or lets them set a password first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<people::Purpose>,
}

/// An order as the book lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderEntry {
    /// Its id.
    pub id: OrderId,
    /// What it is.
    pub status: OrderStatus,
    /// The decision that binds.
    pub decision: DecisionId,
    /// The day it was confirmed, held or refused.
    pub date: Date,
    /// Its amount.
    pub amount: Money,
}

/// `GET customers/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CustomerAnswer {
    /// The file.
    pub customer: Customer,
    /// The standing.
    pub standing: Standing,
    /// Its orders, the newest first, 50 at most.
    pub orders: Vec<OrderEntry>,
    /// The last assessment, for those who may see its detail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessment: Option<Decision>,
}
