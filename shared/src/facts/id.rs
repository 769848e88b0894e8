//! Names of things: UUIDs made by whoever creates the thing, so that a retry is harmless.
//!
//! A thing made by a person gets a UUID v7. A thing read from a file gets an id derived from what identifies it there
//! ([`derived`]), so that the same row read twice, or in another order, is the same thing.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// A UUID v8 over the SHA-256 of the parts, each preceded by its length so that no two lists of parts read the same.
pub fn derived(parts: &[&str]) -> Uuid {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let digest = hasher.finalize();
    let mut bytes = [0_u8; 16];
    for (target, source) in bytes.iter_mut().zip(digest.iter()) {
        *target = *source;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// An id derived from what identifies the thing where it comes from; see [`derived`].
            pub fn derived(parts: &[&str]) -> Self {
                Self(derived(parts))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }
    };
}

id!(
    /// A customer or prospect.
    CustomerId
);
id!(
    /// A document in the ledger: an invoice, a charge, a credit note.
    ItemId
);
id!(
    /// Money that came in.
    ReceiptId
);
id!(
    /// A fact of the ledger.
    FactId
);
id!(
    /// An order or booking.
    OrderId
);
id!(
    /// A stored decision.
    DecisionId
);
id!(
    /// Somebody's asking for a limit or terms.
    ApplicationId
);
id!(
    /// A person with a sign-in.
    PersonId
);
id!(
    /// One import of a file.
    ImportId
);

id!(
    /// A statement of account that was sent.
    StatementId
);

id!(
    /// A transport job.
    ShipmentId
);
id!(
    /// Something charged on a shipment.
    ChargeId
);
id!(
    /// A bill that a customer paid with.
    BillId
);
id!(
    /// A piece of cover.
    CoverId
);
id!(
    /// Credit set aside for a device.
    LeaseId
);

id!(
    /// A piece of a customer's file.
    PieceId
);
id!(
    /// A step in a customer's life that waits for approval.
    StepId
);
id!(
    /// A file attached to something.
    AttachmentId
);
id!(
    /// A message that goes out.
    MessageId
);
id!(
    /// A write-off that waits for approval.
    WriteOffId
);

/// When the book learned something: facts are numbered in the order in which they were recorded, without gaps that mean
/// anything. Zero is before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct FeedNumber(pub u64);
