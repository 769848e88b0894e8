//! What only a build for tests answers: a clock that can be set, and a way into a Book without signing in. The feature
//! `testing` is never in a deployed build; the health endpoint tells the two apart.

use worker::{Env, Request, Response, Result};

use crate::{clock, json, problem};

/// Answers `/api/v1/testing/{call}`.
///
/// - `clock?shift=MILLIS` moves the clock against the real one.
/// - `books/{code}/{call}` goes to that Book's own testing calls.
pub async fn answer(call: &str, request: Request, env: &Env) -> Result<Response> {
    if let Some((code, call)) = call.strip_prefix("books/").and_then(|rest| rest.split_once('/')) {
        let query = request.url()?.query().map(|query| format!("?{query}")).unwrap_or_default();
        let book = env.durable_object("BOOK")?.get_by_name(code)?;
        return book.fetch_with_str(&format!("https://book/testing/{call}{query}")).await;
    }
    let url = request.url()?;
    let shift = url.query_pairs().find(|(name, _)| name == "shift").and_then(|(_, value)| value.parse().ok());
    match (call, shift) {
        ("clock", Some(millis)) => {
            clock::shift::set(millis);
            json(200, &clock::now())
        }
        _ => problem(404, "not_found", "there is no such testing call"),
    }
}
