//! What an admin sets for the whole book: how much may be attached, and where messages go.

use serde::Deserialize;
use shared::record::api::attachments::{ATTACHED_BYTES, ATTACHED_BYTES_MOST, ChangeSettings, SettingsAnswer};
use shared::record::api::outbox::{HookState, SetHook};

use super::attachments::bytes_used;
use super::call::Call;
use super::outbox::hook::may_go_to;
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
    /// Messages can't go there.
    #[error("messages go to an https address with a host by its public name, without a user")]
    HookUrl,
    /// Nothing to sign with.
    #[error("messages are signed with a secret of 32 to 200 characters; another address needs another")]
    HookSecret,
}

impl Refusal for SettingsError {
    fn kind(&self) -> Kind {
        match self {
            Self::AttachedBytes => (422, "attached_bytes", "unexpected number of bytes"),
            Self::HookUrl => (422, "hook_url", "unexpected address"),
            Self::HookSecret => (422, "hook_secret", "unexpected secret"),
        }
    }

    fn field(&self) -> Option<String> {
        let field = match self {
            Self::AttachedBytes => "attached_bytes",
            Self::HookUrl => "hook.url",
            Self::HookSecret => "hook.secret",
        };
        Some(field.to_owned())
    }
}

/// The settings, as they stand.
#[derive(Deserialize)]
pub struct Settings {
    version: u64,
    /// How many bytes attached files may have together.
    pub attached_bytes: u64,
    hook_url: Option<String>,
    hook_secret: Option<String>,
}

/// Where messages go, and what they are signed with.
pub struct Hook {
    /// The address.
    pub url: String,
    /// The secret.
    pub secret: String,
}

/// Those of a book; the shipped ones until somebody sets others.
pub fn of(sql: &Sql) -> Result<Settings, Failure> {
    let set = "SELECT json_object('version', version, 'attached_bytes', attached_bytes, 'hook_url', hook_url,
        'hook_secret', hook_secret) FROM settings";
    let shipped = Settings { version: 0, attached_bytes: ATTACHED_BYTES, hook_url: None, hook_secret: None };
    Ok(sql.first(set, &[])?.unwrap_or(shipped))
}

/// Where messages go; absent when they go nowhere.
pub fn hook(sql: &Sql) -> Result<Option<Hook>, Failure> {
    let Settings { hook_url, hook_secret, .. } = of(sql)?;
    Ok(hook_url.zip(hook_secret).map(|(url, secret)| Hook { url, secret }))
}

/// Whether they go anywhere.
pub fn has_hook(sql: &Sql) -> Result<bool, Failure> {
    Ok(sql.finds("SELECT 1 FROM settings WHERE hook_url IS NOT NULL AND hook_secret IS NOT NULL", &[])?)
}

/// `GET settings`. The secret is never told.
pub fn read(call: &Call) -> Result<Answer, Failure> {
    let Settings { version, attached_bytes, hook_url, hook_secret } = of(call.sql)?;
    let attached_bytes_used = bytes_used(call.sql)?;
    let hook = hook_url.map(|url| HookState { url, signs: hook_secret.is_some() });
    Ok(Answer::json(&SettingsAnswer { version, attached_bytes, attached_bytes_used, hook })?.versioned(version))
}

/// `POST settings`, with the version in `If-Match`: 412, 428. What is set is within bounds: 422.
pub fn change(call: &Call) -> Result<Answer, Failure> {
    let before = of(call.sql)?;
    call.expects(before.version)?;
    let ChangeSettings { attached_bytes, hook } = call.body()?;
    if !(ATTACHED_BYTES_LEAST..=ATTACHED_BYTES_MOST).contains(&attached_bytes) {
        return Err(SettingsError::AttachedBytes.into());
    }
    let hook = hook.map(|hook| checked(hook, &before, call.local_hooks)).transpose()?;
    let (url, secret) = hook.map(|Hook { url, secret }| (url, secret)).unzip();
    call.sql.run(
        "INSERT INTO settings (id, version, attached_bytes, hook_url, hook_secret) VALUES (1, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET version = excluded.version, attached_bytes = excluded.attached_bytes,
             hook_url = excluded.hook_url, hook_secret = excluded.hook_secret",
        &[&before.version.saturating_add(1), &attached_bytes, &url, &secret],
    )?;
    read(call)
}

/// Where messages may go. What they are signed with stays only where they went.
fn checked(SetHook { url, secret }: SetHook, before: &Settings, near: bool) -> Result<Hook, SettingsError> {
    if !may_go_to(&url, near) {
        return Err(SettingsError::HookUrl);
    }
    let same = before.hook_url.as_ref() == Some(&url);
    let secret = secret.or_else(|| before.hook_secret.clone().filter(|_| same)).ok_or(SettingsError::HookSecret)?;
    let fits = (32..=200).contains(&secret.chars().count()) && !secret.chars().any(char::is_control);
    if fits { Ok(Hook { url, secret }) } else { Err(SettingsError::HookSecret) }
}
