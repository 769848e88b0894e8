//! Sending what is queued: one message after the other, each asked for and told about in a transaction of its own.
//!
//! Before a message goes, it is put where it is tried again; so one whose fate nobody came back to tell is sent again, with the
//! same id. A receiver that doesn't take one gets the next only at the next alarm. Tries are further and further apart; after
//! the last the book gives up, until an admin has it tried again.

use chrono::{DateTime, Utc};
use futures_util::future::{Either, select};
use serde::Deserialize;
use shared::facts::id::MessageId;
use shared::record::api::outbox::HookFault;
use std::pin::pin;
use wasm_bindgen::JsValue;
use worker::{AbortController, Delay, Fetch, Headers, Method, Request, RequestInit, RequestRedirect, Storage};

use super::super::sql::Sql;
use super::super::{atomically, settings};
use super::hook;
use crate::clock;
use crate::problem::Failure;

/// How many messages go out at one alarm.
const AT_ONCE: usize = 20;
/// For how many seconds an answer is waited for.
const PATIENCE: u64 = 10;
/// How many seconds lie between the first try and the second; between later ones four times as many each, …
const APART: i64 = 30;
/// … and so many at most: six hours.
const APART_MOST: i64 = 6 * 3600;
/// How often a message is tried: for more than two days.
const TRIES: u32 = 15;

/// A message on its way.
#[derive(Deserialize)]
struct Going {
    number: u64,
    id: MessageId,
    document: String,
    tries: u32,
}

/// From when on there is something to send, in seconds since 1970.
pub fn due_from(sql: &Sql) -> Result<Option<i64>, Failure> {
    if !settings::has_hook(sql)? {
        return Ok(None);
    }
    Ok(sql.first("SELECT json(next_at) FROM message WHERE next_at IS NOT NULL ORDER BY next_at LIMIT 1", &[])?)
}

/// Sends what is due. `near` lets it go to this machine.
pub async fn deliver(storage: &Storage, near: bool) -> Result<(), Failure> {
    let sql = Sql::of(storage);
    for _ in 0..AT_ONCE {
        let Some((going, hook)) = atomically(storage, || next(&sql, clock::now()))? else { break };
        let outcome =
            if hook::may_go_to(&hook.url, near) { send(&going, &hook).await } else { Err(HookFault::Unreachable) };
        atomically(storage, || went(&sql, &going, outcome, clock::now()))?;
        if outcome.is_err() {
            break;
        }
    }
    Ok(())
}

/// When a message is tried again that was tried so often.
fn again(tries: u32, now: i64) -> i64 {
    let apart = 4_i64.checked_pow(tries.saturating_sub(1)).and_then(|times| times.checked_mul(APART));
    now.saturating_add(apart.unwrap_or(APART_MOST).min(APART_MOST))
}

/// Takes the next message that is due, and puts it where it is tried again.
fn next(sql: &Sql, now: DateTime<Utc>) -> Result<Option<(Going, settings::Hook)>, Failure> {
    let Some(hook) = settings::hook(sql)? else { return Ok(None) };
    let now = now.timestamp();
    let going: Option<Going> = sql.first(
        "SELECT json_object('number', number, 'id', id, 'document', document, 'tries', tries + 1)
         FROM message WHERE next_at <= ? ORDER BY next_at, number LIMIT 1",
        &[&now],
    )?;
    let Some(going) = going else { return Ok(None) };
    sql.run(
        "UPDATE message SET tries = ?, next_at = ? WHERE number = ?",
        &[&going.tries, &again(going.tries, now), &going.number],
    )?;
    Ok(Some((going, hook)))
}

/// Writes down what became of a message, unless it was called off meanwhile.
fn went(sql: &Sql, going: &Going, outcome: Result<(), HookFault>, now: DateTime<Utc>) -> Result<(), Failure> {
    let now = now.timestamp();
    let open = "WHERE number = ? AND state IN ('queued', 'failed')";
    let Err(fault) = outcome else {
        let sent = format!("UPDATE message SET state = 'sent', next_at = NULL, done_at = ?, fault = NULL {open}");
        return Ok(sql.run(&sent, &[&now, &going.number])?);
    };
    let fault = serde_json::to_string(&fault)?;
    if going.tries >= TRIES {
        let given_up = format!("UPDATE message SET state = 'given_up', next_at = NULL, done_at = ?, fault = ? {open}");
        return Ok(sql.run(&given_up, &[&now, &fault, &going.number])?);
    }
    let failed = format!("UPDATE message SET state = 'failed', next_at = ?, fault = ? {open}");
    Ok(sql.run(&failed, &[&again(going.tries, now), &fault, &going.number])?)
}

/// Sends a message, and waits for the receiver to say that it took it.
async fn send(going: &Going, hook: &settings::Hook) -> Result<(), HookFault> {
    let request = request(going, hook).map_err(|_| HookFault::Unreachable)?;
    let controller = AbortController::default();
    let (signal, fetch) = (controller.signal(), Fetch::Request(request));
    let sending = pin!(fetch.send_with_signal(&signal));
    let outcome = match select(sending, Delay::from(clock::patience(PATIENCE))).await {
        Either::Left((Ok(response), _)) => match response.status_code() {
            200..=299 => Ok(()),
            status => Err(HookFault::Status { status }),
        },
        Either::Left((Err(_), _)) => Err(HookFault::Unreachable),
        Either::Right(_) => Err(HookFault::TimedOut),
    };
    // What else it says is of no interest.
    controller.abort();
    outcome
}

fn request(going: &Going, hook: &settings::Hook) -> worker::Result<Request> {
    let at = clock::now().timestamp();
    let signature = hook::signature(&hook.secret, at, &going.document).ok_or("a message cannot be signed")?;
    let headers = Headers::new();
    headers.set("content-type", "application/json")?;
    headers.set("user-agent", concat!("xinheng/", env!("CARGO_PKG_VERSION")))?;
    headers.set("xinheng-message", &going.id.to_string())?;
    headers.set("xinheng-signature", &signature)?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_headers(headers).with_redirect(RequestRedirect::Manual);
    init.with_body(Some(JsValue::from_str(&going.document)));
    Request::new_with_init(&hook.url, &init)
}
