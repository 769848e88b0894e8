//! Sealing: a drafted statement of account becomes the one that is sent, with a digest over all that it says.

use super::digest::digest;
use crate::facts::account_statement::AccountStatement;
use crate::facts::calendar::Date;
use crate::facts::id::StatementId;
use crate::questions::account_statement::Draft;

/// The statement that is sent on a day. Its digest is over the draft: the same draft has the same digest whenever it is
/// sent, and any figure that differs has another.
///
/// # Errors
///
/// As [`digest`].
pub fn seal(draft: &Draft, id: StatementId, sent: Date) -> Result<AccountStatement, serde_json::Error> {
    Ok(AccountStatement {
        id,
        from: draft.from,
        to: draft.to,
        sent,
        digest: digest(draft)?,
        currency: draft.currency,
        opening: Some(draft.opening),
        closing: Some(draft.closing),
        lines: draft.lines.clone(),
    })
}
