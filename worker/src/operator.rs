//! What whoever runs the deployment may do: make a book, make links into one, export one whole, restore one. It needs the deployment's secret and no
//! session; nothing else does.

use shared::record::api::CreateBook;
use shared::record::digest::digest_of_bytes;
use std::collections::BTreeSet;
use worker::{Env, Headers, Method, Request, Response};

use crate::api::{BODY_SECONDS, ask, bounded, has_type, parse};
use crate::problem::{Failure, Kind, Refusal, RequestError};
use crate::tokens::is_code;

/// How long a request may be: a company's people fit.
const BODY_MOST: usize = 256 * 1024;
/// How long one may be that brings rows of a book.
const ROWS_MOST: usize = 8 * 1024 * 1024;

/// Why the operator is refused.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// The secret is missing or wrong, or the deployment has none.
    #[error("this needs the deployment's secret")]
    Secret,
    /// The code is none.
    #[error("a book's code has 2 to 32 lower-case letters, digits and inner hyphens")]
    Code,
}

impl Refusal for OperatorError {
    fn kind(&self) -> Kind {
        match self {
            Self::Secret => (401, "operator_secret", "operator's secret missing"),
            Self::Code => (422, "book_code", "unexpected code"),
        }
    }

    fn field(&self) -> Option<String> {
        matches!(self, Self::Code).then(|| "code".to_owned())
    }
}

/// Answers `/operator/v1/{path}`.
///
/// 1. `books` makes a book, `books/{code}/links` a link, `books/{code}/export` and `books/{code}/restore` take the steps of
///    those: 404, 405 for anything else.
/// 2. The secret: 401.
/// 3. The Book answers.
/// 4. That it is there is noted, so that its people can sign in by its code.
pub async fn answer(path: &str, mut request: Request, env: &Env) -> Result<Response, Failure> {
    // 1
    let place: Vec<&str> = path.split('/').collect();
    let (code_in_path, what) = match place.as_slice() {
        ["books"] => (None, "books"),
        ["books", code, what @ ("links" | "export" | "restore")] => (Some((*code).to_owned()), *what),
        _ => return Err(RequestError::NotFound.into()),
    };
    if request.method() != Method::Post {
        return Err(RequestError::takes(BTreeSet::from(["POST"])).into());
    }
    // 2
    if !is_operator(&request, env)? {
        return Err(OperatorError::Secret.into());
    }
    if !has_type(&request, "application/json")? {
        return Err(RequestError::BodyType("application/json").into());
    }
    let most = if what == "restore" { ROWS_MOST } else { BODY_MOST };
    let body = bounded(&mut request, most, BODY_SECONDS).await?;
    let code = match code_in_path {
        Some(code) => code,
        None => parse::<CreateBook>(&body)?.code,
    };
    if !is_code(&code) {
        return Err(OperatorError::Code.into());
    }
    // 3
    let call = if what == "restore" { format!("/operator/restore/{code}") } else { format!("/operator/{what}") };
    let response = ask(env, &code, Method::Post, &call, Headers::new(), body).await?;
    // 4
    let is_there = response.status_code() == 201 || (what == "books" && response.status_code() == 409);
    if is_there {
        directory(env, "add", &code).await?;
    }
    Ok(response)
}

/// The one Book that is no company's: it knows the codes of those that are. No code has a tilde.
const DIRECTORY: &str = "~companies";

/// Whether there is a company by this code. Asked before its Book is, because a Book that is asked is there, if empty.
pub async fn is_known(env: &Env, code: &str) -> Result<bool, Failure> {
    Ok(directory(env, "has", code).await?.status_code() == 200)
}

async fn directory(env: &Env, call: &str, code: &str) -> Result<Response, Failure> {
    let path = format!("/directory/{call}?code={code}");
    ask(env, DIRECTORY, Method::Post, &path, Headers::new(), Vec::new()).await
}

/// Compares digests, whose equality tells nothing by the time that it takes.
fn is_operator(request: &Request, env: &Env) -> Result<bool, Failure> {
    let given = request.headers().get("authorization")?.unwrap_or_default();
    let Some(given) = given.strip_prefix("Bearer ") else { return Ok(false) };
    let secret = env.secret("OPERATOR_SECRET").map(|secret| secret.to_string()).unwrap_or_default();
    Ok(!secret.is_empty() && digest_of_bytes(given.as_bytes()) == digest_of_bytes(secret.as_bytes()))
}
