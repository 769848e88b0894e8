//! Who may do what: one table of operations that the API, the pages and the tests read.
//!
//! A role is a set of operations with a row rule. An [`Operation`] is also a route: the edge finds the operation from
//! method and path, asks [`may`], and only then looks at the body. An operation without a line in [`TABLE`] cannot be
//! reached. The worker decides; pages use the table only to hide what would be refused.

mod pieces;

pub use pieces::{may_read_piece, may_write_piece};

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a person, or a token acting for one, is in this book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 销售.
    Sales,
    /// 操作, 客服.
    Ops,
    /// 销售主管.
    SalesLead,
    /// 信用专员.
    Officer,
    /// 催收.
    Collector,
    /// 信用经理.
    Manager,
    /// 财务.
    Finance,
    /// 法务.
    Legal,
    /// 总经理.
    Director,
    /// 审计.
    Auditor,
    /// 管理员.
    Admin,
    /// 客户.
    Customer,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Sales,
        Self::Ops,
        Self::SalesLead,
        Self::Officer,
        Self::Collector,
        Self::Manager,
        Self::Finance,
        Self::Legal,
        Self::Director,
        Self::Auditor,
        Self::Admin,
        Self::Customer,
    ];
}

/// Which customers' rows an operation reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Rows {
    /// No customer's rows are involved.
    Free,
    /// Those for whom the caller is the responsible salesperson.
    Own,
    /// Those whose file names the caller among the people who answer for it.
    Assigned,
    /// The caller is the customer.
    Itself,
    /// Every customer.
    All,
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "HttpMethod"))]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Reads.
    Get,
    /// Asks or acts.
    Post,
    /// Withdraws.
    Delete,
}

impl Method {
    /// As HTTP writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// Everything that can be asked of a book by someone who is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Who am I, and which book is this?
    ReadSession,
    /// Sign out.
    EndSession,
    /// What changed since a feed number, for a device: customers, standings, policy, rates.
    Sync,
    /// One customer's file and standing.
    ReadCustomer,
    /// The ledger in columns, for aging at any date.
    ReadJournal,
    /// Profiles, needs and positions of all customers, for the what-if.
    ReadPortfolio,
    /// A customer's statement for a period, with its facts, so that the reader can make it again.
    ReadStatement,
    /// Ask whether an order would pass; holds nothing.
    CheckOrder,
    /// Confirm an order: judge it on the newest facts and, if it passes, let it use credit.
    ConfirmOrder,
    /// Read orders: one's own, or those that wait for somebody.
    ReadOrders,
    /// Read one order with its way so far.
    ReadOrder,
    /// Bring a confirmed order to its next checkpoint.
    MoveOrder,
    /// Change an order's amount or terms.
    ChangeOrder,
    /// Let an order through that waits; not by whoever asked for it.
    ReleaseOrder,
    /// Refuse an order that waits; not by whoever asked for it.
    RefuseOrder,
    /// Hold an order by hand, or end such a hold.
    HoldOrder,
    /// Call off a confirmed order.
    CancelOrder,
    /// Read the leases of devices.
    ReadLeases,
    /// Set credit of a customer aside for a device.
    TakeLease,
    /// Deliver an order that a device approved on a lease.
    ConfirmLeased,
    /// Give back what is left of a lease.
    ReturnLease,
    /// Read a decision.
    ReadDecision,
    /// Judge a stored decision again and say whether it comes out the same.
    ReplayDecision,
    /// Read the policy's versions.
    ReadPolicies,
    /// Submit a new version of the policy.
    DraftPolicy,
    /// Put a submitted version in force; not by whoever drafted it.
    ApprovePolicy,
    /// Assess customers by the policy in force and grant what it proposes, or propose it where somebody must grant it.
    Assess,
    /// Ask for a limit, terms or a temporary limit.
    Apply,
    /// Read applications.
    ReadApplications,
    /// Read one application with all that happened to it.
    ReadApplication,
    /// Put one's own application another way.
    ReviseApplication,
    /// Take one's own application back.
    WithdrawApplication,
    /// Grant an application, leave it to the next in the chain, ask back or refuse; not by whoever made it.
    AnswerApplication,
    /// Stop or resume supply to a customer.
    Freeze,
    /// Read the imports made.
    ReadImports,
    /// Read a file into the stage and see what it would do.
    StageImport,
    /// Record what was staged, all or nothing.
    CommitImport,
    /// Discard what was staged.
    DiscardImport,
    /// Withdraw what an import recorded, while nothing refers to it.
    UndoImport,
    /// Record money that came in, and what it is applied to.
    RecordReceipt,
    /// Record that money went back.
    RecordReturn,
    /// Record that money came in for what was written off.
    RecordRecovery,
    /// Ask to write off what is open of a document.
    AskWriteOff,
    /// Say yes or no to a write-off; not by whoever asked for it.
    DecideWriteOff,
    /// Read write-offs: those that wait, and what was decided.
    ReadWriteOffs,
    /// Record exchange rates.
    RecordRates,
    /// Make an invitation link for a customer's portal.
    InviteCustomer,
    /// Read the audit trail.
    ReadAudit,
    /// Check the chain of the audit trail.
    VerifyAudit,
    /// How large and how old the book is, and how what it does by itself goes.
    ReadBook,
    /// Where am I signed in, and by what?
    ReadSessions,
    /// Sign out everywhere.
    EndSessions,
    /// End one of one's own sessions.
    EndOneSession,
    /// Set another password.
    ChangePassword,
    /// Begin to use a second factor.
    BeginSecondFactor,
    /// Use it from now on: its first code.
    ConfirmSecondFactor,
    /// Use none any more.
    RemoveSecondFactor,
    /// Read who the company's people are.
    ReadPeople,
    /// Invite somebody of the company.
    InvitePerson,
    /// Change what somebody of the company is, or whether they may come in.
    ChangePerson,
    /// Make a new link for somebody of the company.
    RenewLink,
    /// Read the tokens of programs.
    ReadTokens,
    /// Make a token for a program.
    MakeToken,
    /// Revoke a token.
    RevokeToken,
    /// Read a customer's links and sessions at the portal.
    ReadPortalAccess,
    /// End all of a customer's links and sessions at the portal.
    EndPortalAccess,
    /// End one link or session of a customer at the portal.
    EndOnePortalAccess,
    /// Make a prospect by hand.
    MakeCustomer,
    /// Change a customer's own sheet.
    ChangeCustomer,
    /// Read a customer's file, as of a feed number.
    ReadFile,
    /// Read one piece of a file in all its versions.
    ReadPiece,
    /// Add a piece to a customer's file.
    AddPiece,
    /// Put another version of a piece in place of the one that stands.
    CorrectPiece,
    /// Take a piece out of the file; its versions stay.
    WithdrawPiece,
    /// Erase the personal data of a piece.
    ErasePiece,
    /// Ask for a step in a customer's life: admitted, active, suspended, ended.
    AskStep,
    /// Approve or refuse such a step; not by whoever asked for it.
    DecideStep,
    /// A customer's credit report, as data.
    ReadReport,
    /// Which pieces changed since a feed number, for a device.
    SyncPieces,
    /// Read which files are attached to a customer's file and to what hangs on it.
    ReadAttachments,
    /// Attach a file.
    AddAttachment,
    /// Read an attached file's content, to be saved.
    ReadAttachment,
    /// Remove an attached file; that it was there stays.
    RemoveAttachment,
    /// Read what is set for the whole book.
    ReadSettings,
    /// Set it.
    ChangeSettings,
    /// Read the messages that went out and go out; what they say only of customers in sight.
    ReadMessages,
    /// Try a message again at once.
    RetryMessage,
    /// Call a message off.
    CancelMessage,
    /// Read a bank's file into the stage and see what it would put into the pool of receipts to be claimed.
    StageBank,
    /// Put it there, all or nothing.
    CommitBank,
    /// Discard what was staged.
    DiscardBank,
    /// Read the pool of receipts to be claimed.
    ReadPool,
    /// Read whose a receipt may be, with reasons, and what it would settle.
    ReadClaim,
    /// Claim a receipt for a customer.
    ClaimReceipt,
    /// Set a receipt aside that is no customer's.
    SetReceiptAside,
}

impl Operation {
    /// The JSON name.
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Whether it is about one's own way in, and so is for people and never for a program.
    pub const fn is_ones_own(self) -> bool {
        matches!(
            self,
            Self::ReadSession
                | Self::EndSession
                | Self::ReadSessions
                | Self::EndSessions
                | Self::EndOneSession
                | Self::ChangePassword
                | Self::BeginSecondFactor
                | Self::ConfirmSecondFactor
                | Self::RemoveSecondFactor
        )
    }

    /// Whether it takes the caller's password, which the entry hashes.
    pub const fn takes_password(self) -> bool {
        matches!(self, Self::ChangePassword | Self::BeginSecondFactor | Self::RemoveSecondFactor)
    }
}

/// What can be asked by nobody yet: the ways in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum WayIn {
    /// Spend a link that opens a door.
    SpendLink,
    /// See what a link is good for.
    ReadLink,
    /// Spend a link that lets somebody set their password.
    Join,
    /// Sign in by company, login and password.
    SignIn,
}

/// The ways in and their paths. All are POSTs.
pub const WAYS_IN: &[(WayIn, &str)] = &[
    (WayIn::SpendLink, "session"),
    (WayIn::ReadLink, "session/link"),
    (WayIn::Join, "session/join"),
    (WayIn::SignIn, "session/password"),
];

/// The way in at a path.
pub fn way_in(method: &str, path: &str) -> Option<WayIn> {
    let found = WAYS_IN.iter().find(|(_, known)| *known == path);
    found.filter(|_| method == "POST").map(|(way, _)| *way)
}

/// A line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The operation.
    pub operation: Operation,
    /// Its method.
    pub method: Method,
    /// Its path under `/api/v1`; `{id}` stands for one segment.
    pub path: &'static str,
    /// Who may, and on which rows.
    pub who: &'static [(Role, Rows)],
    /// Whether it changes anything, and so needs an idempotency key.
    pub writes: bool,
    /// Whether it takes a person other than whoever asked for what it decides, and so never a program.
    pub four_eyes: bool,
    /// Whether doing it leaves an entry in the audit trail: what changes something, judges again, or hands out what the
    /// caller then keeps.
    pub audited: bool,
}

use Method::{Delete, Get, Post};
use Operation as Op;
use Role::{Admin, Auditor, Collector, Customer, Director, Finance, Legal, Manager, Officer, Ops, Sales, SalesLead};
use Rows::{All, Assigned, Free, Itself, Own};

const EVERYONE: &[(Role, Rows)] = &[
    (Sales, Free),
    (Ops, Free),
    (SalesLead, Free),
    (Officer, Free),
    (Collector, Free),
    (Manager, Free),
    (Finance, Free),
    (Legal, Free),
    (Director, Free),
    (Auditor, Free),
    (Admin, Free),
    (Customer, Free),
];
/// Everyone but the customer, who stands last.
const STAFF: &[(Role, Rows)] = match EVERYONE.split_last() {
    Some(((Customer, Free), staff)) => staff,
    _ => &[],
};
const ADMIN: &[(Role, Rows)] = &[(Admin, Free)];
const INVITE: &[(Role, Rows)] = &[(Sales, Own), (Officer, All), (Finance, All)];
const SEE_ALL: &[(Role, Rows)] = &[(Officer, All), (Manager, All), (Finance, All), (Director, All), (Auditor, All)];
const OVERSEE: &[(Role, Rows)] = &[(Officer, All), (Manager, All), (Director, All), (Auditor, All)];
const SELL: &[(Role, Rows)] = &[(Sales, Own), (Officer, All), (Manager, All)];
const DECIDE: &[(Role, Rows)] = &[(Officer, All), (Manager, All), (Director, All)];
const FINANCE: &[(Role, Rows)] = &[(Finance, All)];
/// Who carries orders out.
const CARRY_OUT: &[(Role, Rows)] = &[(Sales, Own), (Officer, All), (Manager, All), (Ops, Assigned)];
/// Who decides on orders that wait, each up to the policy's authority.
const RELEASE: &[(Role, Rows)] = &[(Officer, All), (Manager, All), (Director, All), (SalesLead, Assigned)];
/// Who follows orders on their way.
const FOLLOW: &[(Role, Rows)] = &[
    (Sales, Own),
    (Ops, Assigned),
    (SalesLead, Assigned),
    (Officer, All),
    (Manager, All),
    (Finance, All),
    (Director, All),
    (Auditor, All),
];
/// A file that brings limits along is recorded by somebody who may grant them.
const RECORD: &[(Role, Rows)] = &[(Finance, All), (Officer, All), (Manager, All), (Director, All)];
/// Who has a part in the credit file; which part, [`may_write_piece`] says.
const FILE: &[(Role, Rows)] = &[
    (Sales, Own),
    (Ops, Assigned),
    (SalesLead, Assigned),
    (Officer, All),
    (Collector, Assigned),
    (Manager, All),
    (Finance, All),
    (Legal, Assigned),
    (Director, All),
];
/// Who reads of it; what, [`may_read_piece`] says.
const READ_FILE: &[(Role, Rows)] = &[
    (Sales, Own),
    (Ops, Assigned),
    (SalesLead, Assigned),
    (Officer, All),
    (Collector, Assigned),
    (Manager, All),
    (Finance, All),
    (Legal, Assigned),
    (Director, All),
    (Auditor, All),
];

const fn reads(operation: Operation, path: &'static str, who: &'static [(Role, Rows)]) -> Line {
    Line { operation, method: Get, path, who, writes: false, four_eyes: false, audited: false }
}

const fn delivers(operation: Operation, path: &'static str, who: &'static [(Role, Rows)]) -> Line {
    Line { audited: true, ..reads(operation, path, who) }
}

const fn asks(operation: Operation, path: &'static str, who: &'static [(Role, Rows)]) -> Line {
    Line { method: Post, ..reads(operation, path, who) }
}

const fn writes(operation: Operation, method: Method, path: &'static str, who: &'static [(Role, Rows)]) -> Line {
    Line { method, writes: true, audited: true, ..reads(operation, path, who) }
}

/// What can be done again without harm and needs no key: its answer must not be kept, because it is about secrets.
const fn acts(operation: Operation, method: Method, path: &'static str, who: &'static [(Role, Rows)]) -> Line {
    Line { method, audited: true, ..reads(operation, path, who) }
}

/// The table: one line for each operation.
pub const TABLE: &[Line] = &[
    reads(Op::ReadSession, "session", EVERYONE),
    acts(Op::EndSession, Delete, "session", EVERYONE),
    delivers(Op::Sync, "sync", READ_FILE),
    reads(Op::ReadCustomer, "customers/{id}", READ_FILE),
    delivers(Op::ReadJournal, "journal", SEE_ALL),
    delivers(Op::ReadPortfolio, "portfolio", SEE_ALL),
    delivers(
        Op::ReadStatement,
        "customers/{id}/statement",
        &[
            (Sales, Own),
            (Officer, All),
            (Manager, All),
            (Finance, All),
            (Director, All),
            (Auditor, All),
            (Customer, Itself),
        ],
    ),
    asks(Op::CheckOrder, "checks", SELL),
    writes(Op::ConfirmOrder, Post, "orders", SELL),
    reads(Op::ReadOrders, "orders", FOLLOW),
    reads(Op::ReadOrder, "orders/{id}", FOLLOW),
    writes(Op::ChangeOrder, Post, "orders/{id}", SELL),
    writes(Op::MoveOrder, Post, "orders/{id}/checkpoints", CARRY_OUT),
    Line { four_eyes: true, ..writes(Op::ReleaseOrder, Post, "orders/{id}/release", RELEASE) },
    Line { four_eyes: true, ..writes(Op::RefuseOrder, Post, "orders/{id}/refusal", RELEASE) },
    Line { four_eyes: true, ..writes(Op::HoldOrder, Post, "orders/{id}/hold", RELEASE) },
    writes(Op::CancelOrder, Delete, "orders/{id}", SELL),
    reads(Op::ReadLeases, "leases", SELL),
    writes(Op::TakeLease, Post, "leases", SELL),
    writes(Op::ConfirmLeased, Post, "leases/{id}/orders", SELL),
    writes(Op::ReturnLease, Delete, "leases/{id}", SELL),
    reads(
        Op::ReadDecision,
        "decisions/{id}",
        &[(Sales, Own), (Officer, All), (Manager, All), (Director, All), (Auditor, All)],
    ),
    Line { audited: true, ..asks(Op::ReplayDecision, "decisions/{id}/replay", OVERSEE) },
    reads(
        Op::ReadPolicies,
        "policies",
        &[
            (Sales, Free),
            (SalesLead, Free),
            (Officer, Free),
            (Manager, Free),
            (Finance, Free),
            (Legal, Free),
            (Director, Free),
            (Auditor, Free),
        ],
    ),
    writes(Op::DraftPolicy, Post, "policies", &[(Officer, Free)]),
    Line {
        four_eyes: true,
        ..writes(Op::ApprovePolicy, Post, "policies/{id}/approval", &[(Manager, Free), (Director, Free)])
    },
    writes(Op::Assess, Post, "assessments", &[(Officer, All), (Manager, All)]),
    writes(Op::Apply, Post, "applications", SELL),
    reads(
        Op::ReadApplications,
        "applications",
        &[(Sales, Own), (Officer, All), (Manager, All), (Finance, All), (Director, All), (Auditor, All)],
    ),
    reads(
        Op::ReadApplication,
        "applications/{id}",
        &[(Sales, Own), (Officer, All), (Manager, All), (Finance, All), (Director, All), (Auditor, All)],
    ),
    writes(Op::ReviseApplication, Post, "applications/{id}", SELL),
    writes(Op::WithdrawApplication, Delete, "applications/{id}", SELL),
    Line { four_eyes: true, ..writes(Op::AnswerApplication, Post, "applications/{id}/answer", DECIDE) },
    writes(Op::Freeze, Post, "customers/{id}/freeze", DECIDE),
    reads(
        Op::ReadImports,
        "imports",
        &[(Finance, All), (Officer, All), (Manager, All), (Director, All), (Auditor, All)],
    ),
    writes(Op::StageImport, Post, "imports", FINANCE),
    writes(Op::CommitImport, Post, "imports/{id}/commit", RECORD),
    writes(Op::DiscardImport, Delete, "imports/{id}", FINANCE),
    writes(Op::UndoImport, Post, "imports/{id}/undo", FINANCE),
    writes(Op::RecordReceipt, Post, "receipts", FINANCE),
    writes(Op::RecordReturn, Post, "receipts/{id}/returns", FINANCE),
    writes(Op::RecordRecovery, Post, "items/{id}/recoveries", FINANCE),
    writes(Op::AskWriteOff, Post, "items/{id}/write-offs", FINANCE),
    Line {
        four_eyes: true,
        ..writes(Op::DecideWriteOff, Post, "write-offs/{id}/decision", &[(Manager, All), (Director, All)])
    },
    reads(Op::ReadWriteOffs, "write-offs", SEE_ALL),
    writes(Op::RecordRates, Post, "rates", FINANCE),
    writes(Op::InviteCustomer, Post, "customers/{id}/links", INVITE),
    reads(Op::ReadAudit, "audit", OVERSEE),
    reads(
        Op::VerifyAudit,
        "audit/verification",
        &[(Officer, Free), (Manager, Free), (Director, Free), (Auditor, Free), (Admin, Free)],
    ),
    reads(Op::ReadBook, "book", &[(Auditor, Free), (Admin, Free)]),
    reads(Op::ReadSessions, "sessions", STAFF),
    acts(Op::EndSessions, Delete, "sessions", STAFF),
    acts(Op::EndOneSession, Delete, "sessions/{id}", STAFF),
    acts(Op::ChangePassword, Post, "password", STAFF),
    acts(Op::BeginSecondFactor, Post, "second-factor", STAFF),
    acts(Op::ConfirmSecondFactor, Post, "second-factor/confirmation", STAFF),
    acts(Op::RemoveSecondFactor, Post, "second-factor/removal", STAFF),
    reads(Op::ReadPeople, "people", ADMIN),
    writes(Op::InvitePerson, Post, "people", ADMIN),
    writes(Op::ChangePerson, Post, "people/{id}", ADMIN),
    writes(Op::RenewLink, Post, "people/{id}/links", ADMIN),
    reads(Op::ReadTokens, "tokens", ADMIN),
    writes(Op::MakeToken, Post, "tokens", ADMIN),
    writes(Op::RevokeToken, Delete, "tokens/{id}", ADMIN),
    reads(Op::ReadPortalAccess, "customers/{id}/links", INVITE),
    writes(Op::EndPortalAccess, Delete, "customers/{id}/links", INVITE),
    writes(Op::EndOnePortalAccess, Delete, "portal/{id}", INVITE),
    writes(Op::MakeCustomer, Post, "customers", SELL),
    writes(Op::ChangeCustomer, Post, "customers/{id}", SELL),
    reads(Op::ReadFile, "customers/{id}/file", READ_FILE),
    reads(Op::ReadPiece, "pieces/{id}", READ_FILE),
    writes(Op::AddPiece, Post, "customers/{id}/pieces", FILE),
    writes(Op::CorrectPiece, Post, "pieces/{id}", FILE),
    writes(Op::WithdrawPiece, Post, "pieces/{id}/withdrawal", FILE),
    writes(Op::ErasePiece, Post, "pieces/{id}/erasure", &[(Officer, All), (Manager, All)]),
    writes(Op::AskStep, Post, "customers/{id}/steps", SELL),
    Line { four_eyes: true, ..writes(Op::DecideStep, Post, "steps/{id}/decision", &[(Manager, All), (Director, All)]) },
    delivers(Op::SyncPieces, "pieces", READ_FILE),
    delivers(Op::ReadReport, "customers/{id}/report", OVERSEE),
    reads(Op::ReadAttachments, "customers/{id}/attachments", READ_FILE),
    writes(Op::AddAttachment, Post, "customers/{id}/attachments", FILE),
    delivers(Op::ReadAttachment, "attachments/{id}", READ_FILE),
    writes(Op::RemoveAttachment, Delete, "attachments/{id}", FILE),
    reads(Op::ReadSettings, "settings", ADMIN),
    writes(Op::ChangeSettings, Post, "settings", ADMIN),
    reads(
        Op::ReadMessages,
        "messages",
        &[(Officer, All), (Manager, All), (Director, All), (Auditor, All), (Admin, Free)],
    ),
    writes(Op::RetryMessage, Post, "messages/{id}/retry", ADMIN),
    writes(Op::CancelMessage, Delete, "messages/{id}", ADMIN),
    writes(Op::StageBank, Post, "bank", FINANCE),
    writes(Op::CommitBank, Post, "bank/{id}/commit", FINANCE),
    writes(Op::DiscardBank, Delete, "bank/{id}", FINANCE),
    delivers(Op::ReadPool, "pool", &[(Finance, All), (Officer, All), (Manager, All), (Auditor, All)]),
    delivers(Op::ReadClaim, "pool/{id}", FINANCE),
    writes(Op::ClaimReceipt, Post, "pool/{id}/claim", FINANCE),
    writes(Op::SetReceiptAside, Post, "pool/{id}/aside", FINANCE),
];

/// On which rows a role may do this; absent when it may not at all.
pub fn may(role: Role, operation: Operation) -> Option<Rows> {
    let line = line(operation)?;
    line.who.iter().find(|(who, _)| *who == role).map(|(_, rows)| *rows)
}

/// On which rows a program of a role may do this: what the role may, but for one's own way in and for what takes a second
/// person, because whoever holds its token could be the first.
pub fn program_may(role: Role, operation: Operation) -> Option<Rows> {
    let second = line(operation)?.four_eyes;
    may(role, operation).filter(|_| !second && !operation.is_ones_own())
}

/// The line of an operation.
pub fn line(operation: Operation) -> Option<&'static Line> {
    TABLE.iter().find(|line| line.operation == operation)
}

/// What a method and a path under `/api/v1/` mean, with the segments that stand for `{id}`. Tells an unknown path (no
/// line at all) from a known one with another method, because HTTP does.
///
/// # Errors
///
/// [`RouteError::Unknown`] for a path that no line has, [`RouteError::OtherMethod`] for one that has another method.
pub fn route<'path>(method: &str, path: &'path str) -> Result<(&'static Line, Option<&'path str>), RouteError> {
    for line in TABLE {
        if let Some(id) = matches(line.path, path)
            && line.method.name() == method
        {
            return Ok((line, id));
        }
    }
    Err(if methods_at(path).is_empty() { RouteError::Unknown } else { RouteError::OtherMethod })
}

/// The methods that a path takes, ways in among them; none where nothing is.
pub fn methods_at(path: &str) -> BTreeSet<&'static str> {
    let lines = TABLE.iter().filter(|line| matches(line.path, path).is_some()).map(|line| line.method.name());
    let ways = WAYS_IN.iter().filter(|(_, known)| *known == path).map(|_| Method::Post.name());
    lines.chain(ways).collect()
}

/// A request that means no operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// Nothing is there.
    #[error("there is nothing at this address")]
    Unknown,
    /// Something is there, and it takes another method.
    #[error("this address takes another method")]
    OtherMethod,
}

/// `Some(id)` when the path fits the pattern.
#[allow(clippy::option_option)] // outer: whether it fits; inner: whether the pattern names an id
fn matches<'path>(pattern: &str, path: &'path str) -> Option<Option<&'path str>> {
    let (mut id, mut segments) = (None, path.split('/'));
    for expected in pattern.split('/') {
        let segment = segments.next()?;
        if expected == "{id}" && !segment.is_empty() {
            id = Some(segment);
        } else if expected != segment {
            return None;
        }
    }
    segments.next().is_none().then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_one_line_and_one_route() {
        for line in TABLE {
            assert_eq!(TABLE.iter().filter(|other| other.operation == line.operation).count(), 1, "{line:?}");
            let path = line.path.replace("{id}", "42");
            let (found, id) = route(line.method.name(), &path).unwrap();
            assert_eq!(found.operation, line.operation);
            assert_eq!(id.is_some(), line.path.contains("{id}"));
            assert!(!line.who.is_empty());
            assert!(line.audited || !line.writes, "{line:?}: what changes something is audited");
        }
        assert_eq!((EVERYONE.len(), STAFF.len()), (Role::ALL.len(), Role::ALL.len() - 1));
        assert_eq!(route("GET", "nothing").unwrap_err(), RouteError::Unknown);
        assert_eq!(route("DELETE", "sync").unwrap_err(), RouteError::OtherMethod);
        assert_eq!(route("GET", "session/join").unwrap_err(), RouteError::OtherMethod);
        assert_eq!(methods_at("session"), BTreeSet::from(["DELETE", "GET", "POST"]));
        assert_eq!(methods_at("customers/1"), BTreeSet::from(["GET", "POST"]));
        assert_eq!(methods_at("customers/"), BTreeSet::new());
    }

    #[test]
    fn programs_decide_nothing_that_takes_a_second_person() {
        for line in TABLE {
            for role in Role::ALL {
                let program = program_may(role, line.operation);
                assert!(program.is_none() || (program == may(role, line.operation) && !line.four_eyes), "{line:?}");
            }
        }
        assert_eq!(program_may(Role::Officer, Operation::ConfirmOrder), Some(Rows::All));
        assert_eq!(program_may(Role::Director, Operation::ReleaseOrder), None);
        assert_eq!(program_may(Role::Manager, Operation::ReadSession), None);
    }

    #[test]
    fn customers_only_ever_reach_themselves() {
        for line in TABLE {
            let rows = may(Role::Customer, line.operation);
            assert!(matches!(rows, None | Some(Rows::Itself | Rows::Free)), "{line:?}");
        }
    }
}
