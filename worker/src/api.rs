//! The entry's part of the API: finds the operation, refuses what comes from another site or is too long, and hands the rest
//! to the Book that the session's token names. It keeps nothing and knows no rule; the Book decides who may.

use futures_util::StreamExt;
use futures_util::future::{Either, select};
use shared::record::access::{Line, Operation, WayIn, route, way_in};
use shared::record::api::SignIn;
use std::net::Ipv6Addr;
use wasm_bindgen::JsValue;
use worker::{ByteStream, Delay, Env, Headers, Method, Request, RequestInit, Response};

use crate::answer::LARGE_HEADER;
use crate::assets::accepts;
use crate::book::LinkSpent;
use crate::problem::{Failure, RequestError};
use crate::tokens::Seals;
use crate::{attachments, bank, clock, imports, passwords};

/// How long a body may be. Files have a bound of their own.
const BODY_MOST: usize = 256 * 1024;
/// For how many seconds it may come in.
pub const BODY_SECONDS: u64 = 60;

/// The doors in the order in which a request without a referring page is taken to come from one.
const DOORS: [&str; 3] = ["desk", "field", "portal"];

/// Answers `/api/v1/{path}`.
///
/// 1. The operation is found by method and path: 404, 405.
/// 2. What changes something must come from a page of ours: 403.
/// 3. A file that is brought in is read here ([`imports::stage`], [`bank::stage`], [`attachments::add`]); any other body is JSON of bounded length and time: 415, 413, 408.
/// 4. A way in is opened by what the body holds, everything else by the token of a session or a program. It names the Book,
///    which answers: 401 without one, 400 with two. Passwords are hashed on the way ([`passwords`]).
pub async fn answer(path: &str, mut request: Request, env: &Env) -> Result<Response, Failure> {
    // 1
    let method = request.method();
    let way_in = way_in(method.as_ref(), path);
    let operation = if way_in.is_some() { None } else { Some(found(method.as_ref(), path)?.0.operation) };
    // 2
    if method != Method::Get {
        from_our_pages(&request)?;
    }
    // 3
    if let Some(file @ (Operation::StageImport | Operation::StageBank | Operation::AddAttachment)) = operation {
        let token = token_of_caller(&request)?;
        let response = match file {
            Operation::StageBank => bank::stage(&mut request, &token, env).await?,
            Operation::AddAttachment => attachments::add(path, &mut request, &token, env).await?,
            _ => imports::stage(&mut request, &token, env).await?,
        };
        return compressed(&request, response);
    }
    let body = bounded(&mut request, BODY_MOST, BODY_SECONDS).await?;
    if !body.is_empty() && !has_type(&request, "application/json")? {
        return Err(RequestError::BodyType("application/json").into());
    }
    // 4
    let response = match way_in {
        Some(WayIn::SpendLink | WayIn::ReadLink) => {
            let SignIn { token } = parse(&body)?;
            let book = Seals::of(env).book_of(&token).ok_or(LinkSpent)?.to_owned();
            ask(env, &book, method, &request.path(), caller_headers(&request, env)?, body).await?
        }
        Some(WayIn::Join) => passwords::join(&request, &body, env).await?,
        Some(WayIn::SignIn) => passwords::sign_in(&request, &body, env).await?,
        None => {
            let token = token_of_caller(&request)?;
            if operation.is_some_and(Operation::takes_password) {
                passwords::prove(&request, &token, &body, env).await?
            } else {
                forward(&request, &token, body, env).await?
            }
        }
    };
    compressed(&request, response)
}

/// The line of the table that a method and a path mean.
fn found<'path>(method: &str, path: &'path str) -> Result<(&'static Line, Option<&'path str>), RequestError> {
    route(method, path).map_err(|error| RequestError::of_route(error, path))
}

/// A browser says where a request comes from; what is no browser holds no cookie that it could be tricked into sending.
fn from_our_pages(request: &Request) -> Result<(), Failure> {
    let headers = request.headers();
    let site = headers.get("sec-fetch-site")?;
    if let Some(site) = &site
        && site != "same-origin"
    {
        return Err(RequestError::OtherSite.into());
    }
    if site.is_none()
        && let Some(origin) = headers.get("origin")?
    {
        let host = headers.get("host")?.unwrap_or_default();
        if origin.split_once("://").is_none_or(|(_, origin)| origin != host) {
            return Err(RequestError::OtherSite.into());
        }
    }
    Ok(())
}

/// Whether the body is of this type.
pub fn has_type(request: &Request, kind: &str) -> Result<bool, Failure> {
    let given = request.headers().get("content-type")?.unwrap_or_default();
    Ok(given.split(';').next().is_some_and(|given| given.trim().eq_ignore_ascii_case(kind)))
}

/// The parts of a body, as they come in.
pub struct Parts {
    stream: ByteStream,
    over: Delay,
    seconds: u64,
}

impl Parts {
    /// All of them come in within so many seconds: who sends a byte now and then doesn't hold a request open for ever.
    pub fn of(request: &mut Request, seconds: u64) -> Result<Self, Failure> {
        Ok(Self { stream: request.stream()?, over: Delay::from(clock::patience(seconds)), seconds })
    }

    /// The next one; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        match select(self.stream.next(), &mut self.over).await {
            Either::Left((part, _)) => Ok(part.transpose()?),
            Either::Right(_) => Err(RequestError::TooSlow(self.seconds).into()),
        }
    }
}

/// Reads a body of so many bytes at most.
pub async fn bounded(request: &mut Request, most: usize, seconds: u64) -> Result<Vec<u8>, Failure> {
    let announced = request.headers().get("content-length")?.and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > most) {
        return Err(RequestError::TooLong(most).into());
    }
    // Room is made for what comes, not for what was announced: many who announce and wait would take all memory.
    let mut body = Vec::new();
    if request.inner().body().is_none() {
        return Ok(body);
    }
    let mut parts = Parts::of(request, seconds)?;
    while let Some(part) = parts.next().await? {
        body.extend_from_slice(&part);
        // What was announced need not be true.
        if body.len() > most {
            return Err(RequestError::TooLong(most).into());
        }
    }
    Ok(body)
}

/// Of a body that is announced as too long so much is let by, times what is taken: who is cut off while sending sees a broken
/// connection, not the answer.
const LET_BY: usize = 4;

/// Lets a body by that is announced as too long, unless it is far too long.
pub async fn let_by(request: &mut Request, most: usize, seconds: u64) -> Result<(), Failure> {
    let announced = request.headers().get("content-length")?.and_then(|length| length.parse::<usize>().ok());
    let bound = most.saturating_mul(LET_BY);
    if announced.is_some_and(|bytes| bytes > most && bytes <= bound) {
        let mut parts = Parts::of(request, seconds)?;
        let mut seen = 0_usize;
        while let Some(part) = parts.next().await? {
            seen = seen.saturating_add(part.len());
            if seen > bound {
                break;
            }
        }
    }
    Ok(())
}

/// Reads a JSON body.
pub fn parse<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, RequestError> {
    serde_json::from_slice(body).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => RequestError::Body(error.to_string()),
        _ => RequestError::NoJson(error.to_string()),
    })
}

/// The token of a program, or that of the door's session. Whoever sends both says two things at once, and is refused.
fn token_of_caller(request: &Request) -> Result<String, Failure> {
    let session = token_of_session(request)?;
    match (request.headers().get("authorization")?, session) {
        (Some(_), Some(_)) => Err(RequestError::TwoTokens.into()),
        (Some(given), None) => {
            let token = given.strip_prefix("Bearer ").map(|token| token.trim().to_owned());
            token.ok_or_else(|| RequestError::SignedOut.into())
        }
        (None, session) => session.ok_or_else(|| RequestError::SignedOut.into()),
    }
}

/// What the Book is told of whoever asks: their address, where a header can be trusted to name it, and their browser.
pub fn caller_headers(request: &Request, env: &Env) -> Result<Headers, Failure> {
    let headers = Headers::new();
    let trusted = env.var("ADDRESS_HEADER").map(|name| name.to_string()).unwrap_or_default();
    if !trusted.is_empty()
        && let Some(address) = request.headers().get(&trusted)?
    {
        headers.set("x-address", &network(&address))?;
    }
    if let Some(agent) = request.headers().get("user-agent")? {
        let agent: String = agent.chars().filter(|char| char.is_ascii_graphic() || *char == ' ').take(200).collect();
        headers.set("x-agent", &agent)?;
    }
    Ok(headers)
}

/// What of an address belongs to one household: all of an IPv4 address, the first half of an IPv6 one.
fn network(address: &str) -> String {
    let address = address.split(',').next_back().unwrap_or_default().trim();
    match address.parse::<Ipv6Addr>() {
        Ok(long) => match long.segments() {
            [one, two, three, four, ..] => format!("{one:x}:{two:x}:{three:x}:{four:x}"),
        },
        Err(_) => address.chars().filter(char::is_ascii_graphic).take(64).collect(),
    }
}

/// The token of the door's session. Each door has a cookie of its own, so that one browser can stand at several; the page
/// that asks tells which.
fn token_of_session(request: &Request) -> Result<Option<String>, Failure> {
    let cookies = request.headers().get("cookie")?.unwrap_or_default();
    let of_door = |door: &str| {
        let name = cookie_name(door);
        cookies.split(';').find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then(|| value.to_owned())
        })
    };
    let referrer = request.headers().get("referer")?.unwrap_or_default();
    let page = referrer.split_once("://").and_then(|(_, rest)| rest.split('/').nth(1)).unwrap_or_default();
    if let Some(door) = DOORS.iter().find(|door| **door == page) {
        return Ok(of_door(door));
    }
    Ok(DOORS.iter().find_map(|door| of_door(door)))
}

/// The name of a door's cookie.
pub fn cookie_name(door: &str) -> String {
    format!("__Host-session-{door}")
}

/// Asks the Book that a token names. Only what is set here reaches it.
async fn forward(request: &Request, token: &str, body: Vec<u8>, env: &Env) -> Result<Response, Failure> {
    let seals = Seals::of(env);
    let book = seals.book_of(token).ok_or(RequestError::SignedOut)?;
    let headers = Headers::new();
    headers.set("x-token", token)?;
    for name in ["idempotency-key", "if-none-match", "if-match"] {
        if let Some(value) = request.headers().get(name)? {
            headers.set(name, &value)?;
        }
    }
    let url = request.url().map_err(Failure::Broken)?;
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    ask(env, book, request.method(), &format!("{}{query}", request.path()), headers, body).await
}

/// Sends a request to a Book. The path says what kind of call it is: `/api/v1/…`, `/operator/…` or `/testing/…`.
pub async fn ask(
    env: &Env,
    book: &str,
    method: Method,
    path: &str,
    headers: Headers,
    body: Vec<u8>,
) -> Result<Response, Failure> {
    let mut init = RequestInit::new();
    let has_body = !body.is_empty() && method != Method::Get;
    init.with_method(method).with_headers(headers);
    if has_body {
        let bytes = js_sys::Uint8Array::from(body.as_slice());
        init.with_body(Some(JsValue::from(bytes)));
    }
    let inner = Request::new_with_init(&format!("https://book{path}"), &init)?;
    Ok(env.durable_object("BOOK")?.get_by_name(book)?.fetch_with_request(inner).await?)
}

/// Compresses an answer that is worth it on its way out.
pub fn compressed(request: &Request, response: Response) -> Result<Response, Failure> {
    let large = response.headers().get(LARGE_HEADER)?.is_some();
    let headers = response.headers().clone();
    headers.delete(LARGE_HEADER)?;
    let accepted = request.headers().get("accept-encoding")?.unwrap_or_default();
    if large {
        headers.set("vary", "accept-encoding")?;
    }
    if large && accepts(&accepted, "gzip") {
        headers.set("content-encoding", "gzip")?;
    }
    let (builder, body) = response.into_parts();
    Ok(builder.with_headers(headers).body(body))
}
