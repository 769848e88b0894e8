//! The entry's part of attaching a file: from its bytes to parts in the Book, named by their digest. What the file is, is
//! judged here, where the work keeps nobody else waiting.

use shared::facts::id::AttachmentId;
use shared::record::api::BASE;
use shared::record::api::attachments::{ATTACHMENT_PART, AttachedTo, StagedAttachment};
use shared::record::attachment::{ATTACHMENT_BYTES_MOST, AttachmentFault, kind_of};
use shared::record::digest::digest_of_bytes;
use std::collections::BTreeMap;
use uuid::Uuid;
use worker::{Env, Headers, Method, Request, Response};

use crate::api::{ask, bounded, has_type, let_by};
use crate::imports::{Stage, key_of};
use crate::problem::{Failure, Kind, Refusal, RequestError};
use crate::tokens::Seals;

/// For how many seconds a file may come in: 10 MiB at 60 KB a second.
const FILE_SECONDS: u64 = 180;

impl Refusal for AttachmentFault {
    fn kind(&self) -> Kind {
        match self {
            Self::Empty => (422, "attachment_empty", "the file is empty"),
            Self::TooLarge { .. } => (413, "too_long", "body too long"),
            Self::Name => (422, "attachment_name", "unexpected name"),
            Self::Kind => (422, "attachment_kind", "the file is nothing that is taken"),
            Self::Ending { .. } => (422, "attachment_ending", "the name says that the file is something else"),
        }
    }

    fn field(&self) -> Option<String> {
        matches!(self, Self::Name | Self::Ending { .. }).then(|| "name".to_owned())
    }
}

/// `POST customers/{id}/attachments`: attaches a file.
///
/// 1. The Book says whether the caller may, and whether what it is attached to is there: 401, 403, 404.
/// 2. The file comes as bytes, with an id and a name: 415, 422. A write needs its key: 400.
/// 3. The bytes, bounded: 413, 408. What they are is taken, and the name says so: 422.
/// 4. They go to the Book in parts, unless it has no room: 409.
/// 5. The Book attaches it.
pub async fn add(path: &str, request: &mut Request, token: &str, env: &Env) -> Result<Response, Failure> {
    // 1
    let seals = Seals::of(env);
    let book = Stage { env, code: seals.book_of(token).ok_or(RequestError::SignedOut)?, token };
    let query: BTreeMap<String, String> = request.url()?.query_pairs().into_owned().collect();
    let asked: String =
        ["to", "object"].into_iter().filter_map(|name| Some(passed_on(name, query.get(name)?))).collect();
    let room = format!("/stage/attachments/{path}?step=room{asked}");
    if let Err(refusal) = book.call::<bool>(&room, Vec::new()).await? {
        return Ok(refusal);
    }
    // 2
    if !has_type(request, "application/octet-stream")? {
        return Err(RequestError::BodyType("application/octet-stream").into());
    }
    let wrong = |name, expected| RequestError::Parameter { name, expected };
    let id: Option<AttachmentId> = query.get("id").and_then(|id| id.parse().ok());
    let id = id.ok_or_else(|| wrong("id", "a UUID"))?;
    let name = query.get("name").cloned().ok_or_else(|| wrong("name", "the file's name"))?;
    let key = key_of(request)?;
    // 3
    let_by(request, ATTACHMENT_BYTES_MOST, FILE_SECONDS).await?;
    let bytes = bounded(request, ATTACHMENT_BYTES_MOST, FILE_SECONDS).await?;
    let kind = kind_of(&name, &bytes)?;
    let digest = digest_of_bytes(&bytes);
    // 4
    let (length, parts) = (bytes.len(), bytes.len().div_ceil(ATTACHMENT_PART));
    for (part, data) in (1..).zip(bytes.chunks(ATTACHMENT_PART)) {
        let part: u32 = part;
        let path =
            format!("/stage/attachments/{path}?step=part&digest={digest}&bytes={length}&parts={parts}&part={part}");
        if let Err(refusal) = book.call::<bool>(&path, data.to_vec()).await? {
            return Ok(refusal);
        }
    }
    // 5
    let customer: Option<Uuid> = path.split('/').nth(1).and_then(|id| id.parse().ok());
    let to = query.get("to").map_or(Ok(AttachedTo::Customer), |to| serde_json::from_value(to.as_str().into()))?;
    let object = query.get("object").and_then(|object| object.parse().ok()).or(customer);
    let staged = StagedAttachment {
        attachment: id,
        to,
        object: object.ok_or(RequestError::NotFound)?,
        name,
        kind,
        bytes: u64::try_from(length).unwrap_or_default(),
        parts: u32::try_from(parts).unwrap_or_default(),
        digest,
    };
    let headers = Headers::new();
    headers.set("x-token", token)?;
    headers.set("idempotency-key", &key.to_string())?;
    ask(env, book.code, Method::Post, &format!("{BASE}{path}"), headers, serde_json::to_vec(&staged)?).await
}

/// A parameter on its way to the Book. One that is neither a name nor an id is none there either.
fn passed_on(name: &str, value: &str) -> String {
    let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    format!("&{name}={}", if plain { value } else { "-" })
}
