//! Imports: rows come in parts and wait unseen; a plan says what they would do; one transaction records them all.
//!
//! What is staged is a copy of the file's good rows and the plan made of them. The plan names the feed number and the day by
//! which it was made. As long as neither moves it stands, and is recorded as it is; else it is made again in the
//! transaction that records, and recorded only if it is the same. So nothing is ever recorded that nobody has seen.
//!
//! A file that brings limits or terms along, or moves customers that the book knows to another stage of their life with us,
//! takes two people: one stages it, another with authority over its largest limit records it (`granting` in the policy).
//! The file is the draft, what was shown of it is what the second person approves, and both stand in the audit trail.

mod past;
mod plan;
mod record;
mod stage;
mod undo;
mod view;

pub use past::{read, take_back};
pub use record::record;
pub use stage::{answer, stage};
pub use undo::undo;

use shared::record::api::imports::ImportPreview;
use shared::record::import::FileError;

use crate::problem::{Kind, Refusal};

/// Why an import isn't staged, recorded or discarded.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file as a whole cannot be taken, by what the book holds.
    #[error("{0}")]
    File(FileError),
    /// Rows of the file didn't arrive.
    #[error("the file did not arrive whole: send it again")]
    Torn,
    /// It is recorded already.
    #[error("this import is recorded; what was recorded stays, and is corrected by later files")]
    Recorded,
    /// It is undone already.
    #[error("this import is undone already")]
    Undone,
    /// What it recorded is used by what was recorded later.
    #[error("{documents} documents of this import, {first} first, were paid, credited or disputed since")]
    InUse {
        /// How many documents are in the way.
        documents: usize,
        /// The number of the first.
        first: String,
    },
    /// Money that it recorded went back, or was used for what was written off, since.
    #[error("money of this import went back or was used since")]
    MoneyInUse,
    /// A file was recorded later, and was compared with a book that held this import.
    #[error("{name} was imported after it and compared with it: undo that first")]
    Compared {
        /// The later file's name.
        name: String,
    },
    /// The id belongs to another file.
    #[error("this id belongs to another file")]
    OtherFile,
    /// By what the book holds now, rows of it are wrong.
    #[error("the book has moved: {} rows of the file are now wrong", .0.problems.errors)]
    Refused(Box<ImportPreview>),
    /// It brings along what takes a second person.
    #[error("it brings limits, terms or stages along: somebody else who may grant them records it")]
    Second {
        /// The lowest role that may; absent when none may, or when anybody else may.
        lowest: Option<String>,
    },
    /// By what the book holds now, it would do something else than was shown.
    #[error("the book has moved: the file would now do something else; look again")]
    Moved(Box<ImportPreview>),
}

impl Refusal for ImportError {
    fn kind(&self) -> Kind {
        match self {
            Self::File(_) => (422, "import_file", "the file cannot be taken"),
            Self::Torn => (409, "import_torn", "the file did not arrive whole"),
            Self::Recorded => (409, "import_recorded", "the import is recorded"),
            Self::Undone => (409, "import_undone", "the import is undone"),
            Self::InUse { .. } | Self::MoneyInUse => (409, "import_in_use", "later entries refer to the import"),
            Self::Compared { .. } => (409, "import_compared", "a later import was compared with it"),
            Self::OtherFile => (409, "import_other_file", "the id belongs to another file"),
            Self::Second { .. } => (403, "import_second", "somebody else must record it"),
            Self::Refused(_) => (409, "import_refused", "the book has moved"),
            Self::Moved(_) => (409, "import_moved", "the book has moved"),
        }
    }

    fn values(&self) -> Vec<(String, String)> {
        match self {
            Self::File(error) => vec![("error".to_owned(), serde_json::to_string(error).unwrap_or_default())],
            Self::Refused(preview) | Self::Moved(preview) => {
                vec![("preview".to_owned(), serde_json::to_string(preview).unwrap_or_default())]
            }
            Self::InUse { documents, first } => {
                vec![("documents".to_owned(), documents.to_string()), ("first".to_owned(), first.clone())]
            }
            Self::Second { lowest } => lowest.iter().map(|lowest| ("lowest".to_owned(), lowest.clone())).collect(),
            Self::Compared { name } => vec![("name".to_owned(), name.clone())],
            Self::Torn | Self::Recorded | Self::Undone | Self::MoneyInUse | Self::OtherFile => Vec::new(),
        }
    }
}
