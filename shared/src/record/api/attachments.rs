//! The wire of files attached to what the book holds, and of the book's settings.

use super::super::attachment::AttachmentKind;
use super::outbox::{HookState, SetHook};
use crate::facts::id::{AttachmentId, CustomerId, FeedNumber, PersonId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How many files can be attached to one thing.
pub const ATTACHMENTS_EACH: u32 = 50;
/// How many a list names at most.
pub const ATTACHMENTS_LISTED_MOST: u32 = 200;
/// The most bytes in one part of a file on its way into the book, and in the book.
pub const ATTACHMENT_PART: usize = 256 * 1024;
/// How many bytes all files of a book may have until its settings say otherwise: 1 GiB.
pub const ATTACHED_BYTES: u64 = 1 << 30;
/// How many they can say at most: most of what a book holds, which is 10 GB.
pub const ATTACHED_BYTES_MOST: u64 = 8 << 30;

/// What a file is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AttachedTo {
    /// The customer's file as such.
    Customer,
    /// A credit application.
    Application,
    /// A piece of the file: a dispute, an agreement, a statement.
    Piece,
    /// A decision.
    Decision,
}

/// A file, as lists name it. The content comes by `GET attachments/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AttachmentLine {
    /// Its id.
    pub attachment: AttachmentId,
    /// Whose.
    pub customer: CustomerId,
    /// What it is attached to …
    pub to: AttachedTo,
    /// … and which.
    pub object: Uuid,
    /// Its name; absent once it was removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is.
    pub kind: AttachmentKind,
    /// How long it is.
    pub bytes: u64,
    /// SHA-256 of its content.
    pub digest: String,
    /// Who attached it.
    pub added_by: PersonId,
    /// When, in seconds since 1970.
    pub added_at: i64,
    /// Who removed it; absent while it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_by: Option<PersonId>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_at: Option<i64>,
    /// The feed number of the last that happened to it.
    pub feed: FeedNumber,
}

/// `GET customers/{id}/attachments`: the newest first, of those things that the caller may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AttachmentsAnswer {
    /// The files, removed ones among them.
    pub attachments: Vec<AttachmentLine>,
    /// Where the list goes on: those before this feed number; absent when it doesn't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<FeedNumber>,
}

/// A file whose content has come into the book, as the entry hands it over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StagedAttachment {
    /// Its id, made by whoever attaches it.
    pub attachment: AttachmentId,
    /// What it is attached to …
    pub to: AttachedTo,
    /// … and which.
    pub object: Uuid,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: AttachmentKind,
    /// How long it is.
    pub bytes: u64,
    /// In how many parts it came.
    pub parts: u32,
    /// SHA-256 of its content.
    pub digest: String,
}

/// `GET settings`: what the admin sets for the whole book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SettingsAnswer {
    /// How often they were changed.
    pub version: u64,
    /// How many bytes all attached files may have together.
    pub attached_bytes: u64,
    /// How many they have.
    pub attached_bytes_used: u64,
    /// Where messages go; absent when they go nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hook: Option<HookState>,
}

/// `POST settings`, with the version in `If-Match`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeSettings {
    /// How many bytes all attached files may have together; fewer than there are keeps further ones out.
    pub attached_bytes: u64,
    /// Where messages go; absent: nowhere from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hook: Option<SetHook>,
}
