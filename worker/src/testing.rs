//! What only a build for tests answers: a clock that can be set, the table of operations, and a way into a Book without
//! signing in. The feature `testing` is never in a deployed build; the health endpoint tells the two apart.

use serde::Serialize;
use shared::record::access::{Operation, Role, Rows, TABLE};
use worker::{Env, Headers, Method, Request, Response};

use crate::answer::Answer;
use crate::api::ask;
use crate::clock;
use crate::problem::{Failure, RequestError};

/// Answers `/api/v1/testing/{call}`.
///
/// - `clock?shift=MILLIS` moves the clock against the real one.
/// - `patience?millis=N` bounds how long anything is waited for.
/// - `cases` runs the case file in the body and answers its outcomes.
/// - `operations` is the table of who may do what.
/// - `books/{code}/{call}` goes to that Book's own testing calls.
pub async fn answer(call: &str, mut request: Request, env: &Env) -> Result<Response, Failure> {
    let url = request.url()?;
    if let Some((code, call)) = call.strip_prefix("books/").and_then(|rest| rest.split_once('/')) {
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let body = request.bytes().await?;
        return ask(env, code, Method::Post, &format!("/testing/{call}{query}"), Headers::new(), body).await;
    }
    let shift = url.query_pairs().find(|(name, _)| name == "shift").and_then(|(_, value)| value.parse().ok());
    if call == "patience" {
        let millis = url.query_pairs().find(|(name, _)| name == "millis").and_then(|(_, value)| value.parse().ok());
        clock::shift::set_patience(millis.unwrap_or(u64::MAX));
        return Ok(Answer::nothing().respond()?);
    }
    let answer = match (call, shift) {
        ("clock", Some(millis)) => {
            clock::shift::set(millis);
            Answer::json(&clock::now())?
        }
        ("cases", _) => {
            let file = String::from_utf8_lossy(&request.bytes().await?).into_owned();
            let outcomes = shared::record::cases::run(&file).map_err(Failure::broken)?;
            Answer::json(&outcomes)?
        }
        ("operations", _) => Answer::json(&operations())?,
        _ => return Err(RequestError::NotFound.into()),
    };
    Ok(answer.respond()?)
}

/// A line of the table, for the tests that try every operation as every role.
#[derive(Serialize)]
struct Line {
    operation: Operation,
    method: &'static str,
    path: &'static str,
    writes: bool,
    four_eyes: bool,
    who: Vec<(Role, Rows)>,
    others: Vec<Role>,
}

fn operations() -> Vec<Line> {
    let line = |line: &shared::record::access::Line| Line {
        operation: line.operation,
        method: line.method.name(),
        path: line.path,
        writes: line.writes,
        four_eyes: line.four_eyes,
        who: line.who.to_vec(),
        others: Role::ALL.into_iter().filter(|role| line.who.iter().all(|(who, _)| who != role)).collect(),
    };
    TABLE.iter().map(line).collect()
}
