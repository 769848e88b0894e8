//! The edge: routes requests, serves the doors' files, and hands everything about a company to its `Book`.
//! The entry point keeps no state and holds no rule: judgement is in `shared`, memory is in the Book.

mod assets;
mod book;
mod clock;
mod headers;
#[cfg(feature = "testing")]
mod testing;

use serde::Serialize;
use worker::{Context, Env, Request, Response, Result, console_error, event};

/// Panics are bugs; at least they say where.
#[event(start)]
fn start() {
    console_error_panic_hook::set_once();
}

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    match route(request, env).await {
        Ok(response) => Ok(response),
        // What went wrong inside is for the log, not for the stranger who asked.
        Err(error) => {
            console_error!("{error}");
            problem(500, "internal", "something went wrong on our side")
        }
    }
}

async fn route(request: Request, env: Env) -> Result<Response> {
    let path = request.path();
    let Some(api) = path.strip_prefix("/api/") else {
        return assets::serve(&request, &env).await;
    };
    #[cfg(feature = "testing")]
    if let Some(call) = api.strip_prefix("v1/testing/") {
        return testing::answer(call, request, &env).await;
    }
    match api {
        "v1/health" => {
            json(200, &Health { status: "ok", version: env!("CARGO_PKG_VERSION"), testing: cfg!(feature = "testing") })
        }
        _ => problem(404, "not_found", "there is no such endpoint"),
    }
}

/// The answer of `/api/v1/health`: this build is up and can answer.
#[derive(Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
    /// A build that carries what only tests need; never deployed.
    testing: bool,
}

/// What went wrong, in the one shape every refusal of the API has.
#[derive(Serialize)]
struct Problem<'a> {
    code: &'a str,
    message: &'a str,
}

fn problem(status: u16, code: &str, message: &str) -> Result<Response> {
    json(status, &Problem { code, message })
}

/// An answer of the API: never cached, never sniffed.
fn json(status: u16, body: &impl Serialize) -> Result<Response> {
    let response = Response::from_json(body)?.with_status(status);
    response.headers().set("cache-control", "no-store")?;
    headers::harden(response.headers())?;
    Ok(response)
}
