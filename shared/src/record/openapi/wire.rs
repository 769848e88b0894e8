//! What every operation takes and answers, a line each.
//!
//! The access table says who may ask what; this says in which shape. An operation that is added there doesn't compile here
//! until it has its line:
//!
//! ```text
//! Op::NewThing => answers::<ThingAnswer>().takes::<NewThing>().refuses(&[404]),
//! ```
//!
//! `refuses` names only the statuses that don't follow from the rest: a path with an id may not find it (404), a body may
//! not be one (400, 408, 413, 415, 422; of a length and type also where none is taken), a parameter neither (422), a write wants its key (400) and may contradict an earlier one
//! (409), what changes a version names it (412, 428), and everything may be refused to whoever asks (400, 401, 403).

use super::super::access::{Operation, WayIn};
use super::super::api::applications::{
    AnswerApplication, ApplicationAnswer, ApplicationLine, ApplicationState, ApplicationsAnswer, Apply,
    ReviseApplication,
};
use super::super::api::attachments::{AttachedTo, AttachmentLine, AttachmentsAnswer, ChangeSettings, SettingsAnswer};
use super::super::api::audit::{AuditAnswer, AuditVerdict};
use super::super::api::bank::{
    BankPreview, BankRecorded, ClaimProposals, ClaimReceipt, PoolAnswer, ReceiptEnded, SetAside,
};
use super::super::api::book::BookReport;
use super::super::api::file::{
    AddPiece, AskStep, ChangeCustomer, CorrectPiece, DecideStep, EndPiece, FileAnswer, MakeCustomer, PieceAnswer,
    PiecesAnswer, VersionWritten,
};
use super::super::api::imports::{ImportPreview, ImportRecorded, ImportUndone, ImportsAnswer};
use super::super::api::leases::{ConfirmLeased, LeaseLine, LeasedConfirmation, LeasesAnswer, TakeLease};
use super::super::api::losses::{AskWriteOff, DecideWriteOff, RecordRecovery, RecordReturn, WriteOffsAnswer};
use super::super::api::orders::{
    ChangeOrder, CheckOrder, ConfirmOrder, HoldOrder, MoveOrder, OrderAnswer, OrderMoved, OrderReleased, OrdersAnswer,
    RefuseOrder, ReleaseOrder,
};
use super::super::api::outbox::{MessageLine, MessageState, MessagesAnswer};
use super::super::api::people::{
    ChangePassword, ChangePerson, ConfirmSecondFactor, InvitePerson, Invited, Join, LinkAnswer, MadeToken, MakeToken,
    PasswordSignIn, PeopleAnswer, PortalAnswer, ProvePassword, RecoveryCodes, SecondFactorBegun, SessionsAnswer,
    TokensAnswer,
};
use super::super::api::{
    Assess, AssessAnswer, Confirmation, CustomerAnswer, DraftPolicy, FreezeCustomer, JournalAnswer, Link,
    PoliciesAnswer, PolicyEntry, PortfolioAnswer, RecordRate, RecordReceipt, ReplayAnswer, Session, SignIn,
    StatementAnswer, SyncAnswer, Written,
};
use super::super::decision::Decision;
use super::super::import::FileKind;
use crate::facts::calendar::Date;
use crate::facts::id::{AttachmentId, CustomerId, FeedNumber, ImportId, PersonId};
use crate::facts::piece::PieceKind;
use crate::questions::credit_report::CreditReport;
use crate::rules::order_check::OrderPolicy;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use uuid::Uuid;

/// How the schema of a type is written.
pub(super) type WriteSchema = fn(&mut SchemaGenerator) -> Schema;

/// What an operation takes.
#[derive(Clone, Copy)]
pub(super) enum Body {
    /// Nothing.
    None,
    /// JSON of this shape.
    Json(WriteSchema),
    /// The bytes of a file.
    File,
}

/// A parameter of the query.
#[derive(Clone, Copy)]
pub(super) struct Parameter {
    pub name: &'static str,
    pub about: &'static str,
    pub required: bool,
    pub schema: WriteSchema,
}

/// An operation on the wire.
#[derive(Clone, Copy)]
pub(super) struct Wire {
    /// What it answers; absent: nothing, with 204.
    pub answers: Option<WriteSchema>,
    /// Whether it answers the bytes of a file.
    pub gives_file: bool,
    pub takes: Body,
    pub query: &'static [Parameter],
    /// Further statuses of refusals.
    pub refuses: &'static [u16],
    /// Whether a reader may keep the answer and ask by its entity tag whether it still stands.
    pub kept: bool,
    /// What its answer has a version of, that the next change names.
    pub version: Version,
}

/// How an operation deals with versions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// Not at all.
    None,
    /// The entity tag of its answer is the version that stands.
    Told,
    /// It needs the version that stands, and tells the next.
    Changed,
}

const NOTHING: Wire = Wire {
    answers: None,
    gives_file: false,
    takes: Body::None,
    query: &[],
    refuses: &[],
    kept: false,
    version: Version::None,
};

fn answers<T: JsonSchema>() -> Wire {
    Wire { answers: Some(SchemaGenerator::subschema_for::<T>), ..NOTHING }
}

/// One of two shapes, by what was asked.
fn either<One: JsonSchema, Other: JsonSchema>(schemas: &mut SchemaGenerator) -> Schema {
    json_schema!({ "anyOf": [schemas.subschema_for::<One>(), schemas.subschema_for::<Other>()] })
}

/// The one word that a parameter can be.
fn orders(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "const": "orders" })
}

/// What a list of orders can be asked for.
fn order_status(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": ["confirmed", "held", "refused", "cancelled", "open"] })
}

impl Wire {
    fn takes<T: JsonSchema>(self) -> Self {
        Self { takes: Body::Json(SchemaGenerator::subschema_for::<T>), ..self }
    }

    fn takes_file(self) -> Self {
        Self { takes: Body::File, ..self }
    }

    fn gives_file(self) -> Self {
        Self { gives_file: true, ..self }
    }

    fn query(self, query: &'static [Parameter]) -> Self {
        Self { query, ..self }
    }

    fn refuses(self, refuses: &'static [u16]) -> Self {
        Self { refuses, ..self }
    }

    fn kept(self) -> Self {
        Self { kept: true, ..self }
    }

    fn tells_version(self) -> Self {
        Self { version: Version::Told, ..self }
    }

    fn changes_version(self) -> Self {
        Self { version: Version::Changed, ..self }
    }
}

const fn optional<T: JsonSchema>(name: &'static str, about: &'static str) -> Parameter {
    Parameter { name, about, required: false, schema: SchemaGenerator::subschema_for::<T> }
}

const fn required<T: JsonSchema>(name: &'static str, about: &'static str) -> Parameter {
    Parameter { required: true, ..optional::<T>(name, about) }
}

const SINCE: &[Parameter] = &[optional::<FeedNumber>("since", "The feed number up to which the caller knows the book")];
const SYNC: &[Parameter] = &[
    optional::<FeedNumber>("since", "The feed number up to which the caller knows the book"),
    Parameter {
        name: "policy",
        about: "Of the policy only what the order check needs",
        required: false,
        schema: orders,
    },
];
const AS_OF: &[Parameter] = &[
    optional::<FeedNumber>("at", "As the book knew it at this feed number; by default as it stands now"),
    optional::<PieceKind>("kind", "Only pieces of this kind"),
];
const ORDERS: &[Parameter] = &[
    Parameter {
        name: "status",
        about: "Only orders that are so by the book's date; 'held' is the queue of what waits, 'open' what is on its way",
        required: false,
        schema: order_status,
    },
    optional::<CustomerId>("customer", "Only this customer's"),
    optional::<PersonId>("salesperson", "Only of this salesperson's customers"),
    optional::<Date>("from", "Only those confirmed, held or refused on this day or later"),
    optional::<Date>("to", "Only those confirmed, held or refused on this day or before"),
    optional::<String>("after", "What a list before gave as next"),
    optional::<u32>("limit", "How many at most"),
];
const APPLICATIONS: &[Parameter] = &[
    optional::<ApplicationState>("state", "Only those that are so"),
    optional::<CustomerId>("customer", "Only this customer's"),
    optional::<String>("role", "Only those whose turn it is of this role"),
    optional::<String>("after", "What a list before gave as next"),
    optional::<u32>("limit", "How many at most"),
];
const POLICIES: &[Parameter] =
    &[optional::<u32>("after", "What a list before gave as next"), optional::<u32>("limit", "How many at most")];
const LEASES: &[Parameter] = &[
    optional::<CustomerId>("customer", "Only this customer's"),
    optional::<FeedNumber>("after", "What a list before gave as next"),
    optional::<u32>("limit", "How many at most"),
];
const PERIOD: &[Parameter] = &[
    optional::<Date>("from", "The first day; by default the first of the month"),
    optional::<Date>("to", "The last day; by default the book's today"),
];
const ENTRIES: &[Parameter] = &[
    optional::<u64>("before", "Entries before this one; by default from the newest"),
    optional::<String>("subject", "Only entries about this"),
];
const CHAIN: &[Parameter] = &[optional::<u64>("after", "From the entry after this one; by default from the first")];
const FILE: &[Parameter] = &[
    required::<ImportId>("id", "The import's id, made by whoever chose the file"),
    required::<String>("name", "The file's name"),
    optional::<FileKind>("kind", "What the file is, when somebody has said it"),
    optional::<String>("mapping", "How the columns are read, as JSON, when somebody has looked at them"),
    optional::<String>("sheet", "The sheet of a workbook, when several hold something"),
];
const BANK_FILE: &[Parameter] = &[
    required::<ImportId>("id", "The file's id, made by whoever chose it"),
    required::<String>("name", "The file's name"),
    optional::<String>("mapping", "How a table's columns are read, as JSON, when somebody has looked at them"),
    optional::<String>("sheet", "The sheet of a workbook, when several hold something"),
];
const ATTACHED: &[Parameter] = &[
    required::<AttachmentId>("id", "The file's id, made by whoever attaches it"),
    required::<String>("name", "The file's name"),
    optional::<AttachedTo>("to", "What it is attached to; by default the customer's file as such"),
    optional::<Uuid>("object", "Which of those, where it isn't the customer"),
];
const ATTACHMENTS: &[Parameter] = &[
    optional::<Uuid>("object", "Only those attached to this"),
    optional::<FeedNumber>("after", "What a list before gave as next"),
    optional::<u32>("limit", "How many at most"),
];
const MESSAGES: &[Parameter] = &[
    optional::<MessageState>("state", "Only those that are so"),
    optional::<CustomerId>("customer", "Only those about this customer"),
    optional::<u64>("after", "What a list before gave as next"),
    optional::<u32>("limit", "How many at most"),
];
const BEHIND: &[Parameter] =
    &[optional::<FeedNumber>("after", "Receipts behind this feed number; by default from the first")];
const OF_CUSTOMER: &[Parameter] = &[optional::<CustomerId>("customer", "What it would settle of this customer's")];

/// The line of an operation.
#[allow(clippy::match_same_arms)] // a line each, in the order of the access table
pub(super) fn wire(operation: Operation) -> Wire {
    use Operation as Op;
    match operation {
        Op::ReadSession => answers::<Session>(),
        Op::EndSession => NOTHING,
        Op::Sync => Wire { answers: Some(either::<SyncAnswer, SyncAnswer<OrderPolicy>>), ..NOTHING }.query(SYNC),
        Op::ReadCustomer => answers::<CustomerAnswer>(),
        Op::ReadJournal => answers::<JournalAnswer>().kept(),
        Op::ReadPortfolio => answers::<PortfolioAnswer>().kept(),
        Op::ReadStatement => answers::<StatementAnswer>().query(PERIOD),
        Op::CheckOrder => answers::<Decision>().takes::<CheckOrder>().refuses(&[404]),
        Op::ConfirmOrder => answers::<Confirmation>().takes::<ConfirmOrder>().refuses(&[404]),
        Op::ReadOrders => answers::<OrdersAnswer>().query(ORDERS),
        Op::ReadOrder => answers::<OrderAnswer>().tells_version(),
        Op::ChangeOrder => answers::<OrderMoved>().takes::<ChangeOrder>().changes_version(),
        Op::MoveOrder => answers::<OrderMoved>().takes::<MoveOrder>().tells_version(),
        Op::ReleaseOrder => answers::<OrderReleased>().takes::<ReleaseOrder>().changes_version(),
        Op::RefuseOrder => answers::<Written>().takes::<RefuseOrder>().changes_version(),
        Op::HoldOrder => answers::<Written>().takes::<HoldOrder>().tells_version(),
        Op::CancelOrder => answers::<Written>().refuses(&[412]),
        Op::ReadLeases => answers::<LeasesAnswer>().query(LEASES),
        Op::TakeLease => answers::<LeaseLine>().takes::<TakeLease>().refuses(&[404]),
        Op::ConfirmLeased => answers::<LeasedConfirmation>().takes::<ConfirmLeased>(),
        Op::ReturnLease => answers::<LeaseLine>(),
        Op::ReadDecision => answers::<Decision>(),
        Op::ReplayDecision => answers::<ReplayAnswer>().refuses(&[409, 422]),
        Op::ReadPolicies => answers::<PoliciesAnswer>().query(POLICIES),
        Op::DraftPolicy => answers::<PolicyEntry>().takes::<DraftPolicy>(),
        Op::ApprovePolicy => answers::<Written>(),
        Op::Assess => answers::<AssessAnswer>().takes::<Assess>().refuses(&[404]),
        Op::Apply => answers::<ApplicationLine>().takes::<Apply>().refuses(&[404]).tells_version(),
        Op::ReadApplications => answers::<ApplicationsAnswer>().query(APPLICATIONS),
        Op::ReadApplication => answers::<ApplicationAnswer>().tells_version(),
        Op::ReviseApplication => answers::<ApplicationLine>().takes::<ReviseApplication>().changes_version(),
        Op::WithdrawApplication => answers::<ApplicationLine>().refuses(&[412]).tells_version(),
        Op::AnswerApplication => answers::<ApplicationLine>().takes::<AnswerApplication>().changes_version(),
        Op::Freeze => answers::<Written>().takes::<FreezeCustomer>(),
        Op::ReadImports => answers::<ImportsAnswer>(),
        Op::StageImport => answers::<ImportPreview>().takes_file().query(FILE),
        Op::CommitImport => answers::<ImportRecorded>(),
        Op::DiscardImport => NOTHING,
        Op::UndoImport => answers::<ImportUndone>(),
        Op::RecordReceipt => answers::<Written>().takes::<RecordReceipt>().refuses(&[404]),
        Op::RecordReturn => answers::<Written>().takes::<RecordReturn>(),
        Op::RecordRecovery => answers::<Written>().takes::<RecordRecovery>(),
        Op::AskWriteOff => answers::<Written>().takes::<AskWriteOff>(),
        Op::DecideWriteOff => answers::<Written>().takes::<DecideWriteOff>(),
        Op::ReadWriteOffs => answers::<WriteOffsAnswer>(),
        Op::RecordRates => answers::<Written>().takes::<RecordRate>(),
        Op::InviteCustomer => answers::<Link>(),
        Op::ReadAudit => answers::<AuditAnswer>().query(ENTRIES),
        Op::VerifyAudit => answers::<AuditVerdict>().query(CHAIN),
        Op::ReadBook => answers::<BookReport>(),
        Op::ReadSessions => answers::<SessionsAnswer>(),
        Op::EndSessions | Op::EndOneSession => NOTHING,
        Op::ChangePassword => NOTHING.takes::<ChangePassword>().refuses(&[429]),
        Op::BeginSecondFactor => answers::<SecondFactorBegun>().takes::<ProvePassword>().refuses(&[429]),
        Op::ConfirmSecondFactor => answers::<RecoveryCodes>().takes::<ConfirmSecondFactor>(),
        Op::RemoveSecondFactor => NOTHING.takes::<ProvePassword>().refuses(&[429]),
        Op::ReadPeople => answers::<PeopleAnswer>(),
        Op::InvitePerson => answers::<Invited>().takes::<InvitePerson>(),
        Op::ChangePerson => answers::<Written>().takes::<ChangePerson>(),
        Op::RenewLink => answers::<Invited>(),
        Op::ReadTokens => answers::<TokensAnswer>(),
        Op::MakeToken => answers::<MadeToken>().takes::<MakeToken>(),
        Op::RevokeToken => NOTHING,
        Op::ReadPortalAccess => answers::<PortalAnswer>(),
        Op::EndPortalAccess | Op::EndOnePortalAccess => NOTHING,
        Op::MakeCustomer => answers::<VersionWritten>().takes::<MakeCustomer>().tells_version(),
        Op::ChangeCustomer => answers::<VersionWritten>().takes::<ChangeCustomer>().changes_version(),
        Op::ReadFile => answers::<FileAnswer>().query(AS_OF),
        Op::ReadPiece => answers::<PieceAnswer>().tells_version(),
        Op::AddPiece => answers::<VersionWritten>().takes::<AddPiece>().tells_version(),
        Op::CorrectPiece => answers::<VersionWritten>().takes::<CorrectPiece>().changes_version(),
        Op::WithdrawPiece | Op::ErasePiece => answers::<VersionWritten>().takes::<EndPiece>().changes_version(),
        Op::AskStep => answers::<Written>().takes::<AskStep>(),
        Op::DecideStep => answers::<Written>().takes::<DecideStep>(),
        Op::ReadReport => answers::<CreditReport>(),
        Op::SyncPieces => answers::<PiecesAnswer>().query(SINCE),
        Op::ReadAttachments => answers::<AttachmentsAnswer>().query(ATTACHMENTS),
        Op::AddAttachment => answers::<AttachmentLine>().takes_file().query(ATTACHED),
        Op::ReadAttachment => NOTHING.gives_file(),
        Op::RemoveAttachment => answers::<AttachmentLine>(),
        Op::ReadSettings => answers::<SettingsAnswer>().tells_version(),
        Op::ChangeSettings => answers::<SettingsAnswer>().takes::<ChangeSettings>().changes_version(),
        Op::ReadMessages => answers::<MessagesAnswer>().query(MESSAGES),
        Op::RetryMessage | Op::CancelMessage => answers::<MessageLine>(),
        Op::StageBank => answers::<BankPreview>().takes_file().query(BANK_FILE),
        Op::CommitBank => answers::<BankRecorded>(),
        Op::DiscardBank => NOTHING,
        Op::ReadPool => answers::<PoolAnswer>().query(BEHIND),
        Op::ReadClaim => answers::<ClaimProposals>().query(OF_CUSTOMER).refuses(&[409]),
        Op::ClaimReceipt => answers::<ReceiptEnded>().takes::<ClaimReceipt>(),
        Op::SetReceiptAside => answers::<ReceiptEnded>().takes::<SetAside>(),
    }
}

/// The line of a way in.
pub(super) fn wire_of_way_in(way: WayIn) -> Wire {
    match way {
        WayIn::SpendLink => answers::<Session>().takes::<SignIn>(),
        WayIn::ReadLink => answers::<LinkAnswer>().takes::<SignIn>(),
        WayIn::Join => answers::<Session>().takes::<Join>().refuses(&[409]),
        WayIn::SignIn => answers::<Session>().takes::<PasswordSignIn>().refuses(&[429]),
    }
}
