//! Banks' files and the pool of receipts to be claimed.
//!
//! A file's entries wait unseen until somebody records them; then what came in stands in the pool, each receipt once. There
//! it stays until a person claims it for a customer, which books it into that customer's ledger in the same transaction, or
//! sets it aside. Nothing in the pool counts for anybody: it is no customer's money yet.

mod candidates;
mod claim;
mod pool;
mod stage;

pub use claim::{aside, claim, proposals};
pub use pool::read;
pub use stage::{record, stage, take_back};

use shared::record::api::bank::BankPreview;
use shared::rules::allocation::AllocationError;

use crate::problem::{Kind, Refusal};

/// Why a bank's file isn't recorded, or a receipt not claimed.
#[derive(Debug, thiserror::Error)]
pub enum BankError {
    /// The id belongs to another file.
    #[error("this id belongs to another file")]
    OtherFile,
    /// The file is recorded already.
    #[error("this file is recorded; what was recorded stays")]
    Recorded,
    /// By what the book holds now it would do something else than was shown.
    #[error("the book has moved: the file would now do something else; look again")]
    Moved(Box<BankPreview>),
    /// It doesn't wait any more.
    #[error("this receipt was claimed or set aside already")]
    Ended,
    /// What is proposed now isn't what was shown.
    #[error("the proposal has changed since it was shown; look again")]
    OtherProposal,
    /// The policy names no methods.
    #[error("the policy has no methods of allocation: name the documents")]
    NoMethods,
    /// Nothing can be proposed.
    #[error("{0}")]
    Allocation(AllocationError),
}

impl Refusal for BankError {
    fn kind(&self) -> Kind {
        match self {
            Self::OtherFile => (409, "bank_other_file", "the id belongs to another file"),
            Self::Recorded => (409, "bank_recorded", "the file is recorded"),
            Self::Moved(_) => (409, "bank_moved", "the book has moved"),
            Self::Ended => (409, "pool_ended", "the receipt no longer waits"),
            Self::OtherProposal => (409, "pool_other_proposal", "the proposal has changed"),
            Self::NoMethods => (422, "pool_no_methods", "no methods of allocation"),
            Self::Allocation(_) => (422, "pool_allocation", "nothing can be proposed"),
        }
    }

    fn values(&self) -> Vec<(String, String)> {
        match self {
            Self::Moved(preview) => {
                vec![("preview".to_owned(), serde_json::to_string(preview).unwrap_or_default())]
            }
            _ => Vec::new(),
        }
    }
}
