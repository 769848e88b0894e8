//! What everybody may read of the API: its document and the schema of a policy. Both are made from the types and checked in,
//! and hold nothing but shapes.

use std::collections::BTreeSet;
use worker::{Method, Request, Response};

use crate::answer::{Answer, etag_of};
use crate::api::compressed;
use crate::problem::{Failure, RequestError};

const PUBLISHED: [(&str, &str); 2] = [
    ("openapi.json", include_str!("../openapi.json")),
    ("schemas/policy", include_str!("../../shared/policy/schema.json")),
];

/// Answers `/api/v1/{call}` if it is one of these: 405 for anything but reading, 304 for who holds it already.
pub fn answer(call: &str, request: &Request) -> Result<Option<Response>, Failure> {
    let Some((_, text)) = PUBLISHED.iter().find(|(path, _)| *path == call) else { return Ok(None) };
    if request.method() != Method::Get {
        return Err(RequestError::takes(BTreeSet::from(["GET"])).into());
    }
    let etag = etag_of(&[text]);
    let known = request.headers().get("if-none-match")?.unwrap_or_default();
    let held = known.split(',').any(|known| known.trim() == etag);
    let answer = if held { Answer::of(304, String::new()) } else { Answer::of(200, (*text).to_owned()) };
    Ok(Some(compressed(request, Answer { etag: Some(etag), ..answer }.respond()?)?))
}
