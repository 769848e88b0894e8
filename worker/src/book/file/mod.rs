//! The credit file: customers made and changed by hand, the pieces of their files in versions, the steps of their lives.
//!
//! A piece is checked by reading it as its type of `shared`, then for what may stand in any ([`unsound`]), then for what only
//! the book knows: its people, documents and customers, and its day. A correction and a removal are versions too. What the
//! order check needs of a file is marked in the same transaction and read anew by [`super::ledger::further`] before anybody
//! sees it or judges by it. Nothing here judges.

pub mod customers;
pub mod pieces;
pub mod read;
pub mod steps;

use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::facts::calendar::Date;
use shared::facts::customer::Stage;
use shared::facts::document::{self, DocumentError};
use shared::facts::piece::{Unsound, unsound};
use shared::record::api::file::{PIECE_MOST, PIECES_MOST, REASON_MOST};
use shared::rules::credit_file::MissingNeed;
use uuid::Uuid;

use super::call::Call;
use crate::problem::{Failure, Kind, Refusal};

/// Why something cannot be written into a file.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The body is not what the operation takes.
    #[error("{0}")]
    Body(DocumentError),
    /// A text, list or date that may not stand in a file.
    #[error("{0}")]
    Unsound(Unsound),
    /// An id that is no UUID v7.
    #[error("an id is a UUID of version 7, made by whoever makes the thing")]
    Id,
    /// A piece is too long.
    #[error("a piece has {PIECE_MOST} bytes at most")]
    Long,
    /// The file is full.
    #[error("a file holds {PIECES_MOST} pieces at most")]
    Full,
    /// It would have happened later than the book's today.
    #[error("{date} is later than the book's today, {today}")]
    Future {
        /// When it would hold.
        date: Date,
        /// The book's date.
        today: Date,
    },
    /// The id names something else.
    #[error("the id is taken: {0}")]
    Known(Uuid),
    /// A version is of another kind than the piece.
    #[error("a piece stays of its kind")]
    OtherKind,
    /// The piece is out of the file.
    #[error("the piece was taken out of the file")]
    Gone,
    /// The piece holds no personal data.
    #[error("the piece is about nobody: withdraw it instead")]
    Impersonal,
    /// It names somebody who is not of the company.
    #[error("nobody of the company is {0}")]
    Person(Uuid),
    /// It names a document that is not the customer's.
    #[error("the customer has no document {0}")]
    Item(Uuid),
    /// More of a document is disputed than it is for, or another currency.
    #[error("a part of a document is disputed in its currency, and no more than it is for")]
    Disputed,
    /// It names a customer who is not there, or is about another one.
    #[error("it is about another customer, or names one that the book does not hold")]
    Customer,
    /// Customers would belong to each other in a circle.
    #[error("customers would belong to each other in a circle")]
    Circle,
    /// A reason is empty or too long.
    #[error("a reason has 1 to {REASON_MOST} characters")]
    Reason,
    /// A sheet's field is not the caller's to set.
    #[error("{0} is not yours to set here")]
    Field(&'static str),
    /// The policy knows no such step.
    #[error("no step leads from {from:?} to {to:?}")]
    NoStep {
        /// From here …
        from: Stage,
        /// … to here.
        to: Stage,
    },
    /// Another step waits for its decision.
    #[error("another step of this customer waits for its decision")]
    StepWaits,
    /// The checklist of a step lacks something.
    #[error("the checklist of this step lacks {} things", .0.len())]
    NotReady(Vec<MissingNeed>),
    /// Whoever asked for a step cannot decide it.
    #[error("someone other than who asked for it decides a step")]
    OwnStep,
    /// A step was decided.
    #[error("the step was decided")]
    Decided,
}

impl Refusal for FileError {
    fn kind(&self) -> Kind {
        match self {
            Self::Body(_) => (422, "body", "unexpected body"),
            Self::Unsound(_) => (422, "unsound", "unexpected text, list or date"),
            Self::Id => (422, "id", "unexpected id"),
            Self::Long => (422, "piece_long", "piece too long"),
            Self::Full => (409, "file_full", "file full"),
            Self::Future { .. } => (422, "future", "dated after the book's today"),
            Self::Known(_) => (409, "known", "already recorded"),
            Self::OtherKind => (422, "other_kind", "another kind of piece"),
            Self::Gone => (409, "piece_gone", "piece taken out"),
            Self::Impersonal => (409, "impersonal", "no personal data"),
            Self::Person(_) => (422, "unknown_person", "unknown person"),
            Self::Item(_) => (422, "no_document", "unknown document"),
            Self::Disputed => (422, "disputed_amount", "unexpected amount"),
            Self::Customer => (422, "unknown_reference", "refers to something unknown"),
            Self::Circle => (422, "circle", "a circle of relations"),
            Self::Reason => (422, "text", "unexpected text"),
            Self::Field(_) => (422, "field", "unexpected field"),
            Self::NoStep { .. } => (422, "no_step", "unknown step"),
            Self::StepWaits => (409, "step_waits", "another step waits"),
            Self::NotReady(_) => (409, "step_not_ready", "checklist not met"),
            Self::OwnStep => (403, "own_step", "someone else must decide"),
            Self::Decided => (409, "step_decided", "already decided"),
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::Body(error) => Some(error.path.clone()).filter(|path| !path.is_empty()),
            Self::Unsound(fault) => Some(fault.path().to_owned()),
            Self::Id | Self::Known(_) => Some("id".to_owned()),
            Self::Future { .. } | Self::Person(_) | Self::Item(_) | Self::Customer | Self::Circle | Self::Long => {
                Some("piece".to_owned())
            }
            Self::Disputed => Some("piece.what.amount".to_owned()),
            Self::OtherKind => Some("piece.kind".to_owned()),
            Self::Reason => Some("reason".to_owned()),
            Self::Field(field) => Some((*field).to_owned()),
            Self::NoStep { .. } => Some("to".to_owned()),
            _ => None,
        }
    }

    fn values(&self) -> Vec<(String, String)> {
        let pair = |name: &str, value: String| (name.to_owned(), value);
        match self {
            Self::Future { date, today } => vec![pair("date", date.to_string()), pair("today", today.to_string())],
            Self::Person(id) | Self::Item(id) | Self::Known(id) => vec![pair("id", id.to_string())],
            Self::NotReady(missing) => missing
                .iter()
                .filter_map(|need| {
                    Some((serde_json::to_string(&need.need).ok()?, serde_json::to_string(&need.reason).ok()?))
                })
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// The body, with the path of what doesn't fit, and nothing in it that may not stand in a file.
fn body<T: DeserializeOwned>(call: &Call) -> Result<T, Failure> {
    let value: Value = call.body()?;
    let read = document::read_value(&value).map_err(FileError::Body)?;
    match unsound(&value) {
        Some(fault) => Err(FileError::Unsound(fault).into()),
        None => Ok(read),
    }
}

/// An id that somebody made: a UUID v7.
fn made(id: Uuid) -> Result<(), FileError> {
    if id.get_version_num() == 7 { Ok(()) } else { Err(FileError::Id) }
}

fn reason(text: &str) -> Result<(), FileError> {
    if text.chars().count() <= REASON_MOST { Ok(()) } else { Err(FileError::Reason) }
}
