//! Digests: SHA-256 over canonical JSON.
//!
//! Canonical means: fields in declared order, maps sorted (the house uses `BTreeMap` only), amounts and ratios as strings,
//! no floats, nothing absent written as null. Two values that mean the same therefore have the same bytes, in the browser
//! and at the edge.

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::fmt::Write;

/// The digest of a value, as 64 hexadecimal digits.
///
/// # Errors
///
/// Only when the value cannot be written as JSON: a map whose keys are no texts.
pub fn digest(value: &impl Serialize) -> Result<String, serde_json::Error> {
    Ok(digest_of_bytes(&serde_json::to_vec(value)?))
}

/// The digest of bytes, as 64 hexadecimal digits.
pub fn digest_of_bytes(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
