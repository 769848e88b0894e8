//! The edge: routes requests, serves the doors' files, and hands everything about a company to its `Book`.
//! The entry point keeps no state and holds no rule: judgement is in `shared`, memory is in the Book.

mod answer;
mod api;
mod assets;
mod attachments;
mod bank;
mod book;
mod clock;
mod headers;
mod imports;
mod operator;
mod passwords;
mod problem;
mod published;
mod random;
#[cfg(feature = "testing")]
mod testing;
mod tokens;

use serde::Serialize;
use shared::record::access::methods_at;
use std::collections::BTreeSet;
use worker::{Context, Env, Method, Request, Response, Result, event};

use answer::Answer;
use problem::{Failure, RequestError};

/// Panics are bugs; at least they say where.
#[event(start)]
fn start() {
    console_error_panic_hook::set_once();
}

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    match route(request, env).await {
        Ok(response) => Ok(response),
        Err(failure) => failure.answer(),
    }
}

async fn route(request: Request, env: Env) -> std::result::Result<Response, Failure> {
    let path = request.path();
    // The platform's crate takes a method that it doesn't know for GET.
    if request.inner().method() != request.method().as_ref() {
        return Err(RequestError::takes(taken_at(&path)).into());
    }
    if let Some(call) = path.strip_prefix("/operator/v1/") {
        return operator::answer(call, request, &env).await;
    }
    let Some(call) = path.strip_prefix("/api/") else {
        return Ok(assets::serve(&request, &env).await?);
    };
    let Some(call) = call.strip_prefix("v1/") else {
        return Err(RequestError::NotFound.into());
    };
    #[cfg(feature = "testing")]
    if let Some(call) = call.strip_prefix("testing/") {
        return testing::answer(call, request, &env).await;
    }
    if call == "health" {
        if request.method() != Method::Get {
            return Err(RequestError::takes(BTreeSet::from(["GET"])).into());
        }
        let health = Health { status: "ok", version: env!("CARGO_PKG_VERSION"), testing: cfg!(feature = "testing") };
        return Ok(Answer::json(&health)?.respond()?);
    }
    if let Some(response) = published::answer(call, &request)? {
        return Ok(response);
    }
    api::answer(call, request, &env).await
}

/// The methods that a path takes.
fn taken_at(path: &str) -> BTreeSet<&'static str> {
    if path.starts_with("/operator/") {
        return BTreeSet::from(["POST"]);
    }
    let Some(call) = path.strip_prefix("/api/v1/") else { return BTreeSet::from(["GET", "HEAD"]) };
    let known = methods_at(call);
    if known.is_empty() { BTreeSet::from(["GET"]) } else { known }
}

/// The answer of `/api/v1/health`: this build is up and can answer.
#[derive(Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
    /// A build that carries what only tests need; never deployed.
    testing: bool,
}
