//! A bank's list as a table.

use super::{BankError, BankFile, BankFormat, ENTRIES_MAX, Entry, NAME_MAX, TEXT_MAX, reference, tidy};
use crate::record::import::{Mapping, Row, Rows};

/// Reads a table by its mapping, which is one of a bank's list.
///
/// # Errors
///
/// [`BankError::File`] as [`Rows`] refuses a file; [`BankError::TooMany`] beyond [`ENTRIES_MAX`].
pub fn table(text: &str, mapping: &Mapping) -> Result<BankFile, BankError> {
    let mut rows = Rows::open(text, mapping)?;
    let mut entries = Vec::new();
    while let Some(row) = rows.read()? {
        let Row::Bank(row) = row else { continue };
        let came_in = row.amount.minor() >= 0;
        entries.push(Entry {
            line: row.line,
            date: row.date,
            amount: if came_in { row.amount } else { row.amount.negated() },
            came_in,
            reversal: row.reversal,
            pending: false,
            own: None,
            payer: tidy(&row.name.unwrap_or_default(), NAME_MAX),
            account: row.account.map(|account| tidy(&account, NAME_MAX)),
            text: tidy(&row.text.unwrap_or_default(), TEXT_MAX),
            reference: row.reference.as_deref().and_then(reference),
        });
        if entries.len() > ENTRIES_MAX {
            return Err(BankError::TooMany { max: ENTRIES_MAX });
        }
    }
    Ok(BankFile { format: BankFormat::Table, entries, tied_out: 0, problems: rows.into_problems() })
}
