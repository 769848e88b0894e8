//! What an admin sets for the whole book.

use serde::Deserialize;
use shared::record::api::attachments::{ATTACHED_BYTES, ATTACHED_BYTES_MOST, ChangeSettings, SettingsAnswer};

use super::attachments::bytes_used;
use super::call::Call;
use super::sql::Sql;
use crate::answer::Answer;
use crate::problem::{Failure, Kind, Refusal};

/// The fewest bytes of files that can be set: a few files.
const ATTACHED_BYTES_LEAST: u64 = 1 << 20;

/// Why something cannot be set so.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Too few or too many bytes.
    #[error("a book holds {ATTACHED_BYTES_LEAST} to {ATTACHED_BYTES_MOST} bytes of attached files")]
    AttachedBytes,
}

impl Refusal for SettingsError {
    fn kind(&self) -> Kind {
        match self {
            Self::AttachedBytes => (422, "attached_bytes", "unexpected number of bytes"),
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::AttachedBytes => Some("attached_bytes".to_owned()),
        }
    }
}

/// The settings, as they stand.
#[derive(Deserialize)]
pub struct Settings {
    version: u64,
    /// How many bytes attached files may have together.
    pub attached_bytes: u64,
}

/// Those of a book; the shipped ones until somebody sets others.
pub fn of(sql: &Sql) -> Result<Settings, Failure> {
    let set = "SELECT json_object('version', version, 'attached_bytes', attached_bytes) FROM settings";
    Ok(sql.first(set, &[])?.unwrap_or(Settings { version: 0, attached_bytes: ATTACHED_BYTES }))
}

/// `GET settings`.
pub fn read(call: &Call) -> Result<Answer, Failure> {
    let Settings { version, attached_bytes } = of(call.sql)?;
    let attached_bytes_used = bytes_used(call.sql)?;
    Ok(Answer::json(&SettingsAnswer { version, attached_bytes, attached_bytes_used })?.versioned(version))
}

/// `POST settings`, with the version in `If-Match`: 412, 428. What is set is within bounds: 422.
pub fn change(call: &Call) -> Result<Answer, Failure> {
    let Settings { version, .. } = of(call.sql)?;
    call.expects(version)?;
    let ChangeSettings { attached_bytes } = call.body()?;
    if !(ATTACHED_BYTES_LEAST..=ATTACHED_BYTES_MOST).contains(&attached_bytes) {
        return Err(SettingsError::AttachedBytes.into());
    }
    call.sql.run(
        "INSERT INTO settings (id, version, attached_bytes) VALUES (1, ?, ?)
         ON CONFLICT (id) DO UPDATE SET version = excluded.version, attached_bytes = excluded.attached_bytes",
        &[&version.saturating_add(1), &attached_bytes],
    )?;
    read(call)
}
