//! What goes wrong, and the one place that turns it into an answer.
//!
//! A use case has an error type of its own that implements [`Refusal`]: it names its kind, the field it is about and the
//! values behind it. What breaks inside ([`Failure::Broken`]) is for the log, never for whoever asked.

use shared::record::access::{RouteError, methods_at};
use shared::record::api::Problem;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use worker::{Response, Result, console_error};

use crate::headers;

/// A kind of problem: HTTP status, stable name, one short sentence.
pub type Kind = (u16, &'static str, &'static str);

/// Why a request was refused.
pub trait Refusal: Error {
    /// Its kind.
    fn kind(&self) -> Kind;

    /// The field that it is about, as a path.
    fn field(&self) -> Option<String> {
        None
    }

    /// The values behind it, by name.
    fn values(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Failure {
    /// The request was refused.
    Refused(Box<Problem>),
    /// Something broke on our side.
    Broken(worker::Error),
}

impl<E: Refusal> From<E> for Failure {
    fn from(refusal: E) -> Self {
        let (status, code, title) = refusal.kind();
        let values = refusal.values().into_iter().collect();
        Self::Refused(Box::new(Problem {
            kind: format!("urn:xinheng:problem:{code}"),
            title: title.to_owned(),
            status,
            detail: Some(refusal.to_string()),
            code: code.to_owned(),
            field: refusal.field(),
            values,
        }))
    }
}

impl From<worker::Error> for Failure {
    fn from(error: worker::Error) -> Self {
        Self::Broken(error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Broken(worker::Error::RustError(error.to_string()))
    }
}

impl Failure {
    /// Something broke on our side, in these words for the log.
    #[allow(clippy::needless_pass_by_value)] // the form that `map_err` asks for
    pub fn broken(what: impl ToString) -> Self {
        Self::Broken(worker::Error::RustError(what.to_string()))
    }

    /// Tells the log, where nobody asked.
    pub fn log(self) {
        match self {
            Self::Refused(problem) => console_error!("{}: {}", problem.code, problem.detail.unwrap_or_default()),
            Self::Broken(error) => console_error!("{error}"),
        }
    }

    /// What broke, without what was quoted from anybody's file.
    pub fn in_brief(&self) -> String {
        let said = match self {
            Self::Refused(problem) => problem.code.clone(),
            Self::Broken(error) => error.to_string(),
        };
        // Every other part of a text split at its quotes stands between two of them.
        let parts = said.split(['"', '`']).enumerate();
        parts
            .map(|(place, part)| if place % 2 == 0 { part } else { "…" })
            .collect::<String>()
            .chars()
            .take(300)
            .collect()
    }

    /// The answer to whoever asked.
    pub fn answer(self) -> Result<Response> {
        let problem = match self {
            Self::Refused(problem) => *problem,
            Self::Broken(error) => {
                console_error!("{error}");
                Problem {
                    kind: "urn:xinheng:problem:internal".to_owned(),
                    title: "something went wrong on our side".to_owned(),
                    status: 500,
                    detail: None,
                    code: "internal".to_owned(),
                    field: None,
                    values: BTreeMap::new(),
                }
            }
        };
        let response = Response::from_json(&problem)?.with_status(problem.status);
        if let Some(allowed) = problem.values.get(ALLOWED).filter(|_| problem.status == 405) {
            response.headers().set("allow", allowed)?;
        }
        response.headers().set("content-type", "application/problem+json")?;
        response.headers().set("cache-control", "no-store")?;
        headers::harden(response.headers())?;
        Ok(response)
    }
}

/// The value that names the methods which an address takes; HTTP wants them in a header, too.
const ALLOWED: &str = "allowed";

impl RequestError {
    /// Why a method and a path mean nothing.
    pub fn of_route(error: RouteError, path: &str) -> Self {
        match error {
            RouteError::Unknown => Self::NotFound,
            RouteError::OtherMethod => Self::takes(methods_at(path)),
        }
    }

    /// That an address takes these methods, and no other.
    pub fn takes(methods: BTreeSet<&str>) -> Self {
        Self::Method(methods.into_iter().collect::<Vec<_>>().join(", "))
    }
}

/// What is refused before anyone is asked what they want: the same for every operation.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// Nothing is there, or nothing that the caller may know of.
    #[error("there is nothing at this address")]
    NotFound,
    /// Something is there, and it takes another method.
    #[error("this address takes {0}")]
    Method(String),
    /// Nobody is signed in.
    #[error("sign in first")]
    SignedOut,
    /// A session's cookie and a program's token at once.
    #[error("send a session's cookie or a program's token, not both")]
    TwoTokens,
    /// The role may not do this.
    #[error("your role may not do this")]
    Forbidden,
    /// The request came from another site.
    #[error("requests from other sites are refused")]
    OtherSite,
    /// The body is of another type.
    #[error("send the body as {0}")]
    BodyType(&'static str),
    /// The body is too long.
    #[error("the body may have {0} bytes at most")]
    TooLong(usize),
    /// The body came in too slowly.
    #[error("the body may take {0} seconds to come in")]
    TooSlow(u64),
    /// The body is no JSON.
    #[error("the body is no JSON: {0}")]
    NoJson(String),
    /// The body's JSON is not what the operation takes.
    #[error("the body is not what this operation takes: {0}")]
    Body(String),
    /// A parameter of the query is missing or wrong.
    #[error("the parameter {name} must be {expected}")]
    Parameter {
        /// Its name.
        name: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// A write without a key.
    #[error("a write needs an Idempotency-Key header that holds a UUID")]
    Key,
    /// A change without the version that it was made from.
    #[error("a change needs an If-Match header with the version that it was made from")]
    Version,
    /// Somebody changed it meanwhile.
    #[error("version {current} stands now: look at it, and change that one")]
    Moved {
        /// The version that stands.
        current: u64,
    },
    /// The key was used for another request.
    #[error("this Idempotency-Key belongs to another request")]
    KeyReused,
}

impl Refusal for RequestError {
    fn kind(&self) -> Kind {
        match self {
            Self::NotFound => (404, "not_found", "not found"),
            Self::Method(_) => (405, "other_method", "method not allowed"),
            Self::SignedOut => (401, "signed_out", "nobody is signed in"),
            Self::TwoTokens => (400, "two_tokens", "two tokens at once"),
            Self::Forbidden => (403, "forbidden", "not allowed"),
            Self::OtherSite => (403, "other_site", "request from another site"),
            Self::BodyType(_) => (415, "body_type", "unsupported body"),
            Self::TooLong(_) => (413, "too_long", "body too long"),
            Self::TooSlow(_) => (408, "too_slow", "body too slow"),
            Self::NoJson(_) => (400, "no_json", "malformed body"),
            Self::Body(_) => (422, "body", "unexpected body"),
            Self::Parameter { .. } => (422, "parameter", "unexpected parameter"),
            Self::Key => (400, "idempotency_key", "idempotency key missing"),
            Self::Version => (428, "no_version", "version missing"),
            Self::Moved { .. } => (412, "other_version", "changed meanwhile"),
            Self::KeyReused => (409, "idempotency_key_reused", "idempotency key reused"),
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::Parameter { name, .. } => Some((*name).to_owned()),
            _ => None,
        }
    }

    fn values(&self) -> Vec<(String, String)> {
        match self {
            Self::Method(allowed) => vec![(ALLOWED.to_owned(), allowed.clone())],
            Self::TooLong(most) => vec![("most".to_owned(), most.to_string())],
            Self::TooSlow(seconds) => vec![("seconds".to_owned(), seconds.to_string())],
            Self::Parameter { expected, .. } => vec![("expected".to_owned(), (*expected).to_owned())],
            Self::Moved { current } => vec![("current".to_owned(), current.to_string())],
            _ => Vec::new(),
        }
    }
}
