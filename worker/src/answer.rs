//! What the Book answers, before it becomes a response.

use serde::Serialize;
use shared::record::digest::digest_of_bytes;
use worker::{Response, Result};

use crate::headers;
use crate::problem::Failure;

/// From how many bytes on an answer is worth compressing.
const LARGE: usize = 1024;

/// The header by which a Book tells the entry that its answer is worth compressing; it never leaves the edge.
pub const LARGE_HEADER: &str = "x-large";

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// JSON, or nothing.
    pub body: String,
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
        Self { status, body, subject: None, secret: false, etag: None, delivers_nothing: false, headers: Vec::new() }
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
    pub fn respond(self) -> Result<Response> {
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

/// An entity tag over what an answer follows from. Weak, because the same answer may go out compressed.
pub fn etag_of(parts: &[&str]) -> String {
    format!("W/\"{}\"", digest_of_bytes(parts.join("\n").as_bytes()).get(..32).unwrap_or_default())
}
