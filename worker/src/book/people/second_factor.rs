//! One-time codes from an authenticator (RFC 6238: HMAC-SHA-1, six digits, steps of 30 seconds), and recovery codes for when
//! it is lost. A code is good once: after it, only later steps are.

use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use serde::Deserialize;
use sha1::Sha1;
use shared::facts::id::PersonId;
use shared::record::api::people::{ConfirmSecondFactor, RecoveryCodes, SecondFactorBegun};

use super::super::call::Call;
use super::super::sql::Sql;
use super::{credentials, peppered};
use crate::answer::Answer;
use crate::passwords::PasswordError;
use crate::problem::Failure;
use crate::random;

/// The length of a step, in seconds.
const STEP_SECONDS: i64 = 30;
/// How many recovery codes there are.
const RECOVERY_CODES: usize = 10;
/// RFC 4648.
const BASE_32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

#[derive(Deserialize)]
struct Factor {
    secret: String,
    confirmed_at: Option<i64>,
    last_step: i64,
}

impl Factor {
    fn of(sql: &Sql, person: PersonId) -> Result<Option<Self>, Failure> {
        Ok(sql.first(
            "SELECT json_object('secret', secret, 'confirmed_at', confirmed_at, 'last_step', last_step)
             FROM second_factor WHERE person = ?",
            &[&person],
        )?)
    }

    /// The step whose code this is: now's, the one before or the one after, and later than the last that was used.
    fn step_of(&self, code: &str, now: DateTime<Utc>) -> Option<i64> {
        let secret = from_base_32(&self.secret);
        let step = now.timestamp().div_euclid(STEP_SECONDS);
        let near = [step, step.saturating_sub(1), step.saturating_add(1)];
        near.into_iter().find(|step| *step > self.last_step && code_at(&secret, *step).as_deref() == Some(code))
    }
}

/// Somebody who comes in shows their code, if they have a second factor: 401.
pub fn check(sql: &Sql, person: PersonId, code: Option<&str>, now: DateTime<Utc>) -> Result<(), Failure> {
    let Some(factor) = Factor::of(sql, person)?.filter(|factor| factor.confirmed_at.is_some()) else { return Ok(()) };
    let code: String = code.ok_or(PasswordError::CodeNeeded)?.chars().filter(|char| !char.is_whitespace()).collect();
    if let Some(step) = factor.step_of(&code, now) {
        return Ok(sql.run("UPDATE second_factor SET last_step = ? WHERE person = ?", &[&step, &person])?);
    }
    let digest = digest_of(sql, &code)?;
    let unspent = "SELECT 1 FROM recovery_code WHERE person = ? AND digest = ? AND spent_at IS NULL";
    if !sql.finds(unspent, &[&person, &digest])? {
        return Err(PasswordError::CodeWrong.into());
    }
    Ok(sql.run(
        "UPDATE recovery_code SET spent_at = ? WHERE person = ? AND digest = ?",
        &[&now.timestamp(), &person, &digest],
    )?)
}

/// `POST second-factor`: a secret that waits for its first code. One that is in use stays until then.
pub fn begin(call: &Call) -> Result<Answer, Failure> {
    credentials::proven(call)?;
    let person = call.caller.person;
    if Factor::of(call.sql, person)?.is_some_and(|factor| factor.confirmed_at.is_some()) {
        return Err(PasswordError::CodeWrong.into());
    }
    let secret = base_32(&random::bytes::<20>()?);
    call.sql.run(
        "INSERT INTO second_factor (person, secret) VALUES (?1, ?2)
         ON CONFLICT (person) DO UPDATE SET secret = ?2, confirmed_at = NULL, last_step = 0",
        &[&person, &secret],
    )?;
    let login: String =
        call.sql.first("SELECT json_quote(login) FROM person WHERE id = ?", &[&person])?.unwrap_or_default();
    let label: String = login.bytes().map(escaped).collect();
    let uri = format!("otpauth://totp/Xinheng:{label}?secret={secret}&issuer=Xinheng");
    Ok(Answer::json(&SecondFactorBegun { secret, uri })?.about(&person))
}

/// `POST second-factor/confirmation`: from now on it is asked for. The recovery codes are told once.
pub fn confirm(call: &Call) -> Result<Answer, Failure> {
    let ConfirmSecondFactor { code } = call.body()?;
    let person = call.caller.person;
    let factor = Factor::of(call.sql, person)?.filter(|factor| factor.confirmed_at.is_none());
    let step = factor.and_then(|factor| factor.step_of(code.trim(), call.now)).ok_or(PasswordError::CodeWrong)?;
    call.sql.run(
        "UPDATE second_factor SET confirmed_at = ?, last_step = ? WHERE person = ?",
        &[&call.now.timestamp(), &step, &person],
    )?;
    call.sql.run("DELETE FROM recovery_code WHERE person = ?", &[&person])?;
    let mut codes = Vec::new();
    for _ in 0..RECOVERY_CODES {
        let code = base_32(&random::bytes::<10>()?);
        let digest = digest_of(call.sql, &code)?;
        call.sql.run("INSERT INTO recovery_code (person, digest) VALUES (?, ?)", &[&person, &digest])?;
        let groups: Vec<String> =
            code.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into()).collect();
        codes.push(groups.join("-"));
    }
    Ok(Answer::json(&RecoveryCodes { codes })?.about(&person))
}

/// `POST second-factor/removal`.
pub fn remove(call: &Call) -> Result<Answer, Failure> {
    credentials::proven(call)?;
    forget(call.sql, call.caller.person)?;
    Ok(Answer::nothing().about(&call.caller.person))
}

/// Takes a person's second factor off.
pub fn forget(sql: &Sql, person: PersonId) -> Result<(), Failure> {
    sql.run("DELETE FROM recovery_code WHERE person = ?", &[&person])?;
    Ok(sql.run("DELETE FROM second_factor WHERE person = ?", &[&person])?)
}

/// A recovery code as it is kept, however its groups were typed.
fn digest_of(sql: &Sql, code: &str) -> Result<String, Failure> {
    let plain: String =
        code.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_uppercase()).collect();
    peppered(sql, &["recovery", &plain])
}

/// The code of a step. Source: RFC 4226, 5.3 and RFC 6238, 4.
fn code_at(secret: &[u8], step: i64) -> Option<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).ok()?;
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest.last()? & 15);
    let four = digest.get(offset..offset.saturating_add(4))?;
    let number = four.iter().fold(0_u32, |number, byte| (number << 8) | u32::from(*byte)) & 0x7fff_ffff;
    Some(format!("{:06}", number % 1_000_000))
}

/// Bytes in base 32, without padding: five bytes are eight characters.
fn base_32(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(5) {
        let bits = group.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        for place in (0..8_u32).rev() {
            let index = usize::try_from((bits >> place.saturating_mul(5)) & 31).unwrap_or_default();
            text.extend(BASE_32.get(index).map(|byte| char::from(*byte)));
        }
    }
    text
}

fn from_base_32(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for group in text.as_bytes().chunks(8) {
        let value = |char: &u8| BASE_32.iter().position(|known| known == char).unwrap_or_default();
        let bits = group.iter().fold(0_u64, |bits, char| (bits << 5) | u64::try_from(value(char)).unwrap_or_default());
        bytes.extend(bits.to_be_bytes().iter().skip(3));
    }
    bytes
}

/// A byte of an address, percent-encoded unless it stands for itself.
fn escaped(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'@') {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}
