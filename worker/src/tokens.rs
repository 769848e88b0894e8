//! Tokens of links, sessions and programs: `<book>.<random>.<seal>`.
//!
//! The seal is a short MAC over the rest, keyed by the deployment's secret. The entry checks it before it touches any Book,
//! so that made-up tokens cost no Book anything and leave none behind. It proves nothing more: what a token opens, only the
//! Book knows, which keeps its SHA-256.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use worker::Env;

use crate::random;

/// How many hexadecimal digits a seal has: 64 bits.
const SEAL_DIGITS: usize = 16;

/// What seals tokens of this deployment.
#[derive(Clone)]
pub struct Seals(Vec<u8>);

impl Seals {
    /// Those of a deployment.
    pub fn of(env: &Env) -> Self {
        Self(env.secret("OPERATOR_SECRET").map(|secret| secret.to_string()).unwrap_or_default().into_bytes())
    }

    /// A new token for a book.
    pub fn make(&self, book: &str) -> worker::Result<String> {
        let body = format!("{book}.{}", random::secret()?);
        let seal = self.seal(&body).ok_or("a token cannot be sealed")?;
        Ok(format!("{body}.{seal}"))
    }

    /// The book that a token names, when it is one of ours.
    pub fn book_of<'token>(&self, token: &'token str) -> Option<&'token str> {
        let (body, seal) = token.rsplit_once('.')?;
        let (book, random) = body.split_once('.')?;
        let is_random = random.len() == 64 && random.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_code(book) || !is_random || seal.len() != SEAL_DIGITS {
            return None;
        }
        // Every digit is looked at, so that the time says nothing about how many were right.
        let expected = self.seal(body)?;
        let differing = expected.bytes().zip(seal.bytes()).fold(0, |differing, (one, other)| differing | (one ^ other));
        (differing == 0).then_some(book)
    }

    fn seal(&self, body: &str) -> Option<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(b"xinheng token\n");
        mac.update(body.as_bytes());
        let mut seal = hex(&mac.finalize().into_bytes());
        seal.truncate(SEAL_DIGITS);
        Some(seal)
    }
}

/// Whether a text can be the code of a book.
pub fn is_code(code: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (2..=32).contains(&code.len()) && code.bytes().all(plain) && !code.starts_with('-') && !code.ends_with('-')
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        for nibble in [byte >> 4, byte & 15] {
            hex.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
        hex
    })
}
