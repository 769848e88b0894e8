//! Outgoing messages: written in the transaction of what causes them, sent by the alarm to the company's receiver
//! ([`delivery`]), listed, tried again at once, called off. Without a receiver none are written: nobody would ever read them.

pub mod delivery;
pub mod hook;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::facts::id::{CustomerId, MessageId};
use shared::record::access::Rows;
use shared::record::api::outbox::{
    HookFault, MESSAGES_LISTED_MOST, Message, MessageBody, MessageCustomer, MessageLine, MessageState, MessagesAnswer,
};

use super::call::{BookRow, Call};
use super::orders::entry::name_of;
use super::settings;
use super::sql::{Bind, Sql};
use crate::answer::Answer;
use crate::problem::{Failure, Kind, Refusal, RequestError};
use crate::random;

/// How many messages a list names unless it is asked for another number.
const LISTED: u32 = 50;
/// For how many seconds messages are kept that have ended: 90 days.
const KEPT: i64 = 90 * 24 * 3600;
/// How many of those are taken away at once.
const FORGOTTEN_AT_ONCE: u32 = 500;

/// Why a message is not tried again or called off.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// It was sent or called off.
    #[error("the message was sent or called off")]
    Ended,
}

impl Refusal for MessageError {
    fn kind(&self) -> Kind {
        match self {
            Self::Ended => (409, "message_ended", "the message has ended"),
        }
    }
}

/// Writes a message, if there is a receiver for it.
pub fn tell(sql: &Sql, now: DateTime<Utc>, about: Option<CustomerId>, body: MessageBody) -> Result<(), Failure> {
    if !settings::has_hook(sql)? {
        return Ok(());
    }
    let customer: Option<MessageCustomer> = match &about {
        None => None,
        Some(id) => sql.first(
            "SELECT json_object('id', id, 'code', code, 'name', file ->> '$.name') FROM customer WHERE id = ?",
            &[id],
        )?,
    };
    let kind = serde_json::to_value(&body)?.get("kind").and_then(|kind| kind.as_str().map(str::to_owned));
    let (id, at) = (MessageId(random::id(now.timestamp_millis())?), now.timestamp());
    let message = Message { id, book: BookRow::of(sql)?.code, at, customer, body };
    Ok(sql.run(
        "INSERT INTO message (id, customer, kind, document, made_at, state, next_at) VALUES (?, ?, ?, ?, ?, 'queued', ?)",
        &[&id, &about, &kind, &serde_json::to_string(&message)?, &at, &at],
    )?)
}

#[derive(Deserialize)]
struct Row {
    number: u64,
    id: MessageId,
    customer: Option<CustomerId>,
    kind: String,
    content: Message,
    made_at: i64,
    state: MessageState,
    tries: u32,
    next_at: Option<i64>,
    done_at: Option<i64>,
    fault: Option<HookFault>,
}

const ROW: &str = "SELECT json_object('number', number, 'id', id, 'customer', customer, 'kind', kind,
        'content', json(document), 'made_at', made_at, 'state', state, 'tries', tries, 'next_at', next_at,
        'done_at', done_at, 'fault', json(fault)) FROM message";

impl Row {
    /// As somebody may read it who sees these customers' rows.
    fn line(self, rows: Rows) -> MessageLine {
        let seen = rows == Rows::All || self.customer.is_none();
        let Self { id, kind, content, made_at, state, tries, next_at, done_at, fault, .. } = self;
        let content = Some(content).filter(|_| seen);
        MessageLine { message: id, kind, made_at, state, tries, next_at, done_at, fault, content }
    }
}

/// `GET messages?state=&customer=&after=&limit=`: the newest first. Only those ask by customer who see customers.
pub fn list(call: &Call) -> Result<Answer, Failure> {
    let expected = "queued, failed, sent, given_up or cancelled";
    let state: Option<String> = call.parameter("state", expected)?;
    let state = state.map(|state| serde_json::from_value::<MessageState>(state.into())).transpose();
    let state = state.map_err(|_| RequestError::Parameter { name: "state", expected })?;
    let state = state.map(|state| name_of(&state)).transpose()?;
    let customer: Option<CustomerId> = call.parameter("customer", "a customer's id")?;
    let after = call.after()?;
    let most: u32 = call.parameter("limit", "a number")?.unwrap_or(LISTED).clamp(1, MESSAGES_LISTED_MOST);
    let mut conditions = vec!["true"];
    let mut binds: Vec<&dyn Bind> = Vec::new();
    for (condition, bind) in [
        ("state = ?", state.as_ref().map(|state| state as &dyn Bind)),
        ("customer = ?", customer.as_ref().map(|customer| customer as &dyn Bind)),
        ("number < ?", after.as_ref().map(|after| after as &dyn Bind)),
    ] {
        if let Some(bind) = bind {
            conditions.push(condition);
            binds.push(bind);
        }
    }
    if customer.is_some() && call.rows != Rows::All {
        conditions.push("false");
    }
    let limit = most.saturating_add(1);
    binds.push(&limit);
    let query = format!("{ROW} WHERE {} ORDER BY number DESC LIMIT ?", conditions.join(" AND "));
    let mut rows: Vec<Row> = call.sql.rows(&query, &binds)?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    let next = rows.last().filter(|_| more).map(|row| row.number);
    Answer::json(&MessagesAnswer { messages: rows.into_iter().map(|row| row.line(call.rows)).collect(), next })
}

/// `POST messages/{id}/retry`: tries one again at once, and as often as any. It is there: 404, and hasn't ended well: 409.
pub fn retry(call: &Call) -> Result<Answer, Failure> {
    let id = open(call)?;
    call.sql.run(
        "UPDATE message SET state = 'queued', tries = 0, next_at = ?, done_at = NULL, fault = NULL WHERE id = ?",
        &[&call.now.timestamp(), &id],
    )?;
    answer(call, id)
}

/// `DELETE messages/{id}`: calls one off. One that is on its way may arrive all the same. Refusals as of [`retry`].
pub fn cancel(call: &Call) -> Result<Answer, Failure> {
    let id = open(call)?;
    call.sql.run(
        "UPDATE message SET state = 'cancelled', next_at = NULL, done_at = ? WHERE id = ?",
        &[&call.now.timestamp(), &id],
    )?;
    answer(call, id)
}

/// The message in the path, when it was neither sent nor called off.
fn open(call: &Call) -> Result<MessageId, Failure> {
    let id: MessageId = call.id()?;
    let state: Option<MessageState> = call.sql.first("SELECT json_quote(state) FROM message WHERE id = ?", &[&id])?;
    match state.ok_or(RequestError::NotFound)? {
        MessageState::Sent | MessageState::Cancelled => Err(MessageError::Ended.into()),
        _ => Ok(id),
    }
}

fn answer(call: &Call, id: MessageId) -> Result<Answer, Failure> {
    let row: Row = call.sql.first(&format!("{ROW} WHERE id = ?"), &[&id])?.ok_or(RequestError::NotFound)?;
    Ok(Answer::json(&row.line(call.rows))?.about(&id))
}

/// From when on there are messages to forget, in seconds since 1970.
pub fn forgotten_from(sql: &Sql) -> Result<Option<i64>, Failure> {
    let oldest = "SELECT json(done_at) FROM message WHERE done_at IS NOT NULL ORDER BY done_at LIMIT 1";
    let oldest: Option<i64> = sql.first(oldest, &[])?;
    Ok(oldest.map(|oldest| oldest.saturating_add(KEPT)))
}

/// Forgets some messages that ended long ago.
pub fn forget(sql: &Sql, now: DateTime<Utc>) -> Result<(), Failure> {
    let before = now.timestamp().saturating_sub(KEPT);
    Ok(sql.run(
        &format!(
            "DELETE FROM message WHERE number IN (
                 SELECT number FROM message WHERE done_at <= ? ORDER BY done_at LIMIT {FORGOTTEN_AT_ONCE})"
        ),
        &[&before],
    )?)
}
