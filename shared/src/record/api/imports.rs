//! The wire of imports: a file goes in as it is, what it would do comes back, and a second call records it.
//!
//! `POST imports` carries the bytes of the file (`application/octet-stream`); what goes with them stands in the query:
//! `id`, made by whoever chose the file; `name`, the file's; `kind`, when somebody has said what it is; `mapping`, the
//! [`Mapping`] as JSON, when somebody has looked at the columns. Without one the columns are recognised, or read as the last
//! file with the same column names was. What the file leaves open is refused with the questions, never guessed.

use crate::facts::calendar::Date;
use crate::facts::customer::Customer;
use crate::facts::id::{CustomerId, FeedNumber, ImportId};
use crate::facts::ledger::Limit;
use crate::record::import::{
    AmountEvidence, DateEvidence, FileKind, Mapping, Mode, PlannedCustomer, Problems, Sniffed, Summary,
};
use serde::{Deserialize, Serialize};

/// How many new customers a preview names; all are counted.
pub const NEW_CUSTOMERS_NAMED: usize = 200;

/// What an import would do, by what the book holds now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportPreview {
    /// The import.
    pub import: ImportId,
    /// The file's name.
    pub name: String,
    /// How the file's bytes were decoded.
    pub encoding: Sniffed,
    /// How the file was read.
    pub mapping: Mapping,
    /// What its dates say.
    pub dates: DateEvidence,
    /// What its amounts say.
    pub amounts: AmountEvidence,
    /// What it comes to.
    pub summary: Summary,
    /// The first of the customers that it creates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub new_customers: Vec<NewCustomer>,
    /// What is wrong. With an error nothing is kept of the file.
    pub problems: Problems,
}

/// A customer that an import creates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCustomer {
    /// Its id.
    pub id: CustomerId,
    /// Our number for it.
    pub code: String,
    /// Its name.
    pub name: String,
}

impl NewCustomer {
    /// The new ones among those planned, as many as a preview names.
    pub fn among(planned: &[PlannedCustomer]) -> Vec<Self> {
        let named =
            |Customer { id, code, name, .. }: &Customer| Self { id: *id, code: code.clone(), name: name.clone() };
        let new = planned.iter().filter(|planned| planned.new).map(|planned| named(&planned.customer));
        new.take(NEW_CUSTOMERS_NAMED).collect()
    }
}

/// `GET imports`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportsAnswer {
    /// Imports staged and recorded, the newest first, 200 at most.
    pub imports: Vec<ImportEntry>,
    /// How files with known column names were read last.
    pub mappings: Vec<Mapping>,
}

/// An import as the book lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportEntry {
    /// Its id.
    pub import: ImportId,
    /// The file's name.
    pub name: String,
    /// What kind of file it was.
    pub kind: FileKind,
    /// How its rows became facts.
    pub mode: Mode,
    /// What became of it.
    pub state: ImportState,
    /// Who staged, recorded or undid it last.
    pub by: String,
    /// When that was: seconds since 1970.
    pub at: u64,
    /// What it comes to.
    pub summary: Summary,
    /// Warnings that it had.
    pub warnings: u32,
    /// Of one that is staged, the largest limits that it brings along: what a second person puts in force.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<ImportedLimit>,
}

/// A limit that a file brings along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportedLimit {
    /// The customer's name.
    pub customer: String,
    /// The limit.
    pub limit: Limit,
}

/// How many limits of a staged file are shown at most.
pub const IMPORT_LIMITS_MOST: u32 = 20;

/// What became of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// Read and compared with the book; nobody sees anything of it.
    Staged,
    /// Recorded.
    Recorded,
    /// Recorded, and withdrawn since.
    Undone,
}

/// `POST imports/{id}/commit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportRecorded {
    /// The import.
    pub import: ImportId,
    /// What it came to.
    pub summary: Summary,
    /// The feed number after it.
    pub feed: FeedNumber,
}

/// `POST imports/{id}/undo`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportUndone {
    /// The import.
    pub import: ImportId,
    /// How many facts are withdrawn.
    pub facts: u64,
    /// The feed number after it.
    pub feed: FeedNumber,
}

/// The part of a staged file that travels from the entry to its book: not part of the public wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StagedFile {
    /// The import.
    pub import: ImportId,
    /// The file's name.
    pub name: String,
    /// The digest of the file's bytes.
    pub digest: String,
    /// How its bytes were decoded.
    pub encoding: Sniffed,
    /// How it was read.
    pub mapping: Mapping,
    /// What its dates say.
    pub dates: DateEvidence,
    /// What its amounts say.
    pub amounts: AmountEvidence,
    /// Rows that were read, those with errors included.
    pub rows: u32,
    /// In how many parts the good rows were sent.
    pub parts: u32,
    /// What is wrong with rows by themselves.
    pub problems: Problems,
}

/// What the entry has to know of a book before it reads a file: not part of the public wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StageSetting {
    /// The book's date.
    pub today: Date,
    /// The book's currency.
    pub currency: crate::facts::money::Currency,
    /// Mappings remembered by the signatures of column names.
    pub mappings: Vec<Mapping>,
}
