//! What the Book answers, before it becomes a response.

use serde::Serialize;
use shared::record::digest::digest_of_bytes;
use worker::{Response, Result};

use crate::headers;
use crate::problem::Failure;
use crate::tokens::hex;

/// From how many bytes on an answer is worth compressing.
const LARGE: usize = 1024;

/// The header by which a Book tells the entry that its answer is worth compressing; it never leaves the edge.
pub const LARGE_HEADER: &str = "x-large";

/// A file that goes out to be saved.
#[derive(Debug)]
pub struct Download {
    /// Its name.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// JSON, or nothing.
    pub body: String,
    /// A file instead of JSON.
    pub file: Option<Download>,
    /// What it is about, for the audit trail.
    pub subject: Option<String>,
    /// Whether it holds a secret, which is not kept for a retry.
    pub secret: bool,
    /// What tells one state of it from the next; with it a reader may keep the answer and ask whether it still stands.
    pub etag: Option<String>,
    /// Whether the caller held all of it before, so that nothing new went out.
    pub delivers_nothing: bool,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
}

impl Answer {
    /// 200 with a value.
    pub fn json(value: &impl Serialize) -> std::result::Result<Self, Failure> {
        Ok(Self::of(200, serde_json::to_string(value)?))
    }

    /// A status with a body that is JSON already.
    pub const fn of(status: u16, body: String) -> Self {
        Self {
            status,
            body,
            file: None,
            subject: None,
            secret: false,
            etag: None,
            delivers_nothing: false,
            headers: Vec::new(),
        }
    }

    /// 204.
    pub const fn nothing() -> Self {
        Self::of(204, String::new())
    }

    /// Names what it is about.
    #[must_use]
    pub fn about(mut self, subject: &impl ToString) -> Self {
        self.subject = Some(subject.to_string());
        self
    }

    /// Tells the version that stands.
    #[must_use]
    pub fn versioned(mut self, version: impl Into<u64>) -> Self {
        self.etag = Some(format!("\"{}\"", version.into()));
        self
    }

    /// Becomes a response.
    pub fn respond(mut self) -> Result<Response> {
        if let Some(file) = self.file.take() {
            return file.respond();
        }
        let (large, empty) = (self.body.len() >= LARGE, self.body.is_empty());
        let response = if empty { Response::empty()? } else { Response::ok(self.body)? };
        let response = response.with_status(self.status);
        let head = response.headers();
        if !empty {
            head.set("content-type", "application/json")?;
        }
        if large {
            head.set(LARGE_HEADER, "1")?;
        }
        if let Some(etag) = self.etag {
            head.set("etag", &etag)?;
            head.set("cache-control", "private, no-cache")?;
        } else {
            head.set("cache-control", "no-store")?;
        }
        headers::harden(head)?;
        for (name, value) in self.headers {
            head.append(name, &value)?;
        }
        Ok(response)
    }
}

impl Download {
    /// Becomes a response that no browser shows, whatever is in it: bytes of no type that it knows, to be saved, and should it
    /// be opened all the same, in a box where nothing runs and nothing is fetched.
    fn respond(self) -> Result<Response> {
        let Self { name, bytes } = self;
        let response = Response::from_bytes(bytes)?;
        let head = response.headers();
        headers::harden(head)?;
        head.set("content-type", "application/octet-stream")?;
        head.set("content-security-policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox")?;
        head.set("cache-control", "no-store")?;
        head.set("content-disposition", &disposition(&name))?;
        Ok(response)
    }
}

/// A file to be saved under a name (RFC 6266): in UTF-8 as RFC 8187 writes it, and for old browsers in ASCII.
fn disposition(name: &str) -> String {
    let plain = |char: char| if char.is_ascii_alphanumeric() || ".-_ ".contains(char) { char } else { '_' };
    let coded = name.bytes().fold(String::new(), |mut coded, byte| {
        if byte.is_ascii_alphanumeric() || b".-_".contains(&byte) {
            coded.push(char::from(byte));
        } else {
            coded.push('%');
            coded.push_str(&hex(&[byte]).to_uppercase());
        }
        coded
    });
    format!("attachment; filename=\"{}\"; filename*=UTF-8''{coded}", name.chars().map(plain).collect::<String>())
}

/// An entity tag over what an answer follows from. Weak, because the same answer may go out compressed.
pub fn etag_of(parts: &[&str]) -> String {
    format!("W/\"{}\"", digest_of_bytes(parts.join("\n").as_bytes()).get(..32).unwrap_or_default())
}
