//! The wire of the credit file: making and changing customers, pieces in their versions, steps in a customer's life.

use crate::facts::calendar::Date;
use crate::facts::customer::{Customer, Stage};
use crate::facts::id::{CustomerId, FeedNumber, PersonId, PieceId, StepId};
use crate::facts::piece::{Piece, PieceKind};
use crate::rules::credit_file::{Completeness, StepAnswer};
use serde::{Deserialize, Serialize};

/// How long a piece may be, in bytes of its JSON.
pub const PIECE_MOST: usize = 64 * 1024;
/// How many pieces the file of one customer may hold.
pub const PIECES_MOST: usize = 5000;
/// How long a reason may be, in characters.
pub const REASON_MOST: usize = 500;

/// `POST customers`: a prospect, made by hand. Its id is a UUID v7.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MakeCustomer {
    /// Its sheet.
    pub customer: Customer,
}

/// `POST customers/{id}`: another version of a customer's sheet; `If-Match` names the one that stands. Its stage changes by
/// approved steps only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeCustomer {
    /// Its sheet.
    pub customer: Customer,
}

/// `POST customers/{id}/pieces`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AddPiece {
    /// Its id, a UUID v7.
    pub id: PieceId,
    /// What it says.
    pub piece: Piece,
}

/// `POST pieces/{id}`: another version, of the same kind; `If-Match` names the one that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CorrectPiece {
    /// What it says from now on.
    pub piece: Piece,
}

/// `POST pieces/{id}/withdrawal` and `POST pieces/{id}/erasure`; `If-Match` names the version that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EndPiece {
    /// Why.
    pub reason: String,
}

/// What a version of a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PieceState {
    /// It stands, or stood.
    Stands,
    /// The piece was taken out of the file.
    Withdrawn,
    /// The piece was taken out and its personal data erased, that of its versions too.
    Erased,
}

/// One version of a piece.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PieceVersion {
    /// Counted from 1; it goes into `If-Match`.
    pub version: u32,
    /// When the book learned it.
    pub feed: FeedNumber,
    /// The day on which it was written down.
    pub recorded: Date,
    /// By whom.
    pub person: PersonId,
    /// What it is.
    pub state: PieceState,
    /// What it says; absent when the piece is out of the file, or its personal data was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub piece: Option<Piece>,
    /// Why the piece was taken out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A piece of a file with the version that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FiledPiece {
    /// Its id.
    pub id: PieceId,
    /// The version.
    #[serde(flatten)]
    pub version: PieceVersion,
}

/// `GET pieces/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PieceAnswer {
    /// Its id.
    pub id: PieceId,
    /// Whose.
    pub customer: CustomerId,
    /// What kind it is.
    pub kind: PieceKind,
    /// Its versions, the newest first.
    pub versions: Vec<PieceVersion>,
}

/// How many pieces one call of `GET pieces` brings.
pub const PIECES_AT_ONCE: usize = 500;

/// `GET pieces?since=N`: which pieces changed for this caller since a feed number, in the order in which the book learned it.
/// A piece that came into sight with its customer is in the customer's file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PiecesAnswer {
    /// Up to which feed number this goes; the next `since`.
    pub feed: FeedNumber,
    /// Whether there is more to ask for.
    pub more: bool,
    /// The pieces in the version that stands, those taken out among them.
    pub pieces: Vec<ChangedPiece>,
}

/// A piece that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangedPiece {
    /// Whose.
    pub customer: CustomerId,
    /// What kind it is.
    pub kind: PieceKind,
    /// The piece.
    pub piece: FiledPiece,
}

/// The answer to a write of a piece or a customer's sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct VersionWritten {
    /// The version that stands now; it goes into the next `If-Match`. A customer's sheet counts by feed numbers.
    pub version: u64,
    /// The feed number after it.
    pub feed: FeedNumber,
}

/// `GET customers/{id}/file?at=N&kind=K`: what stands in a customer's file, as the book knew it at a feed number. Only what
/// the caller may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FileAnswer {
    /// Its sheet.
    pub customer: Customer,
    /// The version of the sheet.
    pub version: FeedNumber,
    /// Up to which feed number this goes.
    pub feed: FeedNumber,
    /// The day at which it was read.
    pub as_of: Date,
    /// The pieces, in the order in which the book learned them.
    pub pieces: Vec<FiledPiece>,
    /// How complete the file is; absent when the policy asks for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completeness: Option<Completeness>,
    /// Which steps the customer can take, and what each still lacks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepAnswer>,
    /// Steps that were asked for, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<StepAsked>,
}

/// `POST customers/{id}/steps`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AskStep {
    /// Its id, a UUID v7.
    pub id: StepId,
    /// To which stage.
    pub to: Stage,
    /// Why.
    pub reason: String,
}

/// `POST steps/{id}/decision`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DecideStep {
    /// Whether it is approved.
    pub approve: bool,
    /// Why.
    pub reason: String,
}

/// A step that was asked for, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StepAsked {
    /// Its id.
    pub id: StepId,
    /// From here …
    pub from: Stage,
    /// … to here.
    pub to: Stage,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub asked_by: PersonId,
    /// When.
    pub asked: Date,
    /// What became of it; absent while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<StepDecided>,
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StepDecided {
    /// Whether it was approved.
    pub approved: bool,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub date: Date,
    /// Why.
    pub reason: String,
}
