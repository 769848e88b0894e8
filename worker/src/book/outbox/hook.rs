//! The company's receiver: which addresses may be one, and how what goes there is signed.
//!
//! An admin names an address that the edge then asks, so it must not be one that only the edge can reach. Taken is `https` and
//! a host by name; numbers, names without a dot and names that private networks use are not. What a name stands for is looked
//! up when it is asked: there the platform, and plain workerd as it is configured here, connect to public addresses only.
//! Redirections are never followed. In development this machine is allowed, without TLS.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use worker::Url;

use crate::tokens::hex;

/// The most characters of an address.
const URL_MOST: usize = 500;
/// How names end that are none of the public network's.
const PRIVATE: [&str; 9] =
    [".localhost", ".local", ".internal", ".intranet", ".private", ".corp", ".home", ".lan", ".arpa"];

/// Whether messages may go to an address; `near` lets them go to this machine.
pub fn may_go_to(text: &str, near: bool) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let plain = text.chars().count() <= URL_MOST && url.username().is_empty() && url.password().is_none();
    if !plain || url.fragment().is_some() {
        return false;
    }
    let Some(host) = url.host_str() else { return false };
    if near && url.scheme() == "http" && matches!(host, "localhost" | "127.0.0.1") {
        return true;
    }
    // A number, however it is written, is one by now; a dot at the end says the same name.
    let host = host.trim_end_matches('.');
    let named = host.contains('.') && !host.starts_with('[') && !host.split('.').all(|part| part.parse::<u8>().is_ok());
    url.scheme() == "https" && named && !PRIVATE.iter().any(|end| host.ends_with(end))
}

/// What stands in the signature's header for a body sent at a time.
pub fn signature(secret: &str, at: i64, body: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(at.to_string().as_bytes());
    mac.update(b".");
    mac.update(body.as_bytes());
    Some(format!("t={at},v1={}", hex(&mac.finalize().into_bytes())))
}
