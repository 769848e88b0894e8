//! Files attached to customers, applications, pieces of a file and decisions.
//!
//! Who sees a thing sees what is attached to it, and may attach to it where the table of operations lets them. The content is
//! kept by its digest, in parts ([`content`]), and goes out as a file to be saved, never as a page. Of a file that was removed
//! it stays that it was there; its name and content go, but for content that is attached elsewhere, too.

pub mod content;

use serde::Deserialize;
use shared::facts::id::{AttachmentId, CustomerId, FeedNumber, PersonId, PieceId};
use shared::facts::piece::PieceKind;
use shared::record::access::{Operation, Role, may, may_read_piece};
use shared::record::api::attachments::{
    ATTACHMENTS_EACH, ATTACHMENTS_LISTED_MOST, AttachedTo, AttachmentLine, AttachmentsAnswer, StagedAttachment,
};
use uuid::Uuid;

use super::call::Call;
use super::orders::entry::name_of;
use super::sql::{Bind, Sql};
use crate::answer::{Answer, Download};
use crate::problem::{Failure, Kind, Refusal, RequestError};

/// How many files a list names unless it is asked for another number.
const LISTED: u32 = 50;

/// Why a file isn't attached or removed.
#[derive(Debug, thiserror::Error)]
pub enum AttachmentError {
    /// The id is taken.
    #[error("the id is taken")]
    Known,
    /// Enough is attached to it.
    #[error("{ATTACHMENTS_EACH} files are attached to it, which is the most: remove one first")]
    Full,
    /// The book has no room.
    #[error("the book has room for {left} more bytes of attached files; an admin sets how many")]
    NoRoom {
        /// How many fit.
        left: u64,
    },
    /// Parts of the file didn't arrive.
    #[error("the file did not arrive whole: send it again")]
    Torn,
    /// Somebody else attached it.
    #[error("who attached it removes it, an officer or a manager")]
    NotYours,
}

impl Refusal for AttachmentError {
    fn kind(&self) -> Kind {
        match self {
            Self::Known => (409, "known", "already recorded"),
            Self::Full => (409, "attachments_full", "too many files"),
            Self::NoRoom { .. } => (409, "no_room", "no room for the file"),
            Self::Torn => (409, "attachment_torn", "the file did not arrive whole"),
            Self::NotYours => (403, "not_yours", "somebody else attached it"),
        }
    }

    fn values(&self) -> Vec<(String, String)> {
        match self {
            Self::NoRoom { left } => vec![("left".to_owned(), left.to_string())],
            _ => Vec::new(),
        }
    }
}

/// `POST /stage/attachments/…`: the entry's calls while a file comes in, on behalf of whoever sent it, whose call this is.
///
/// - `step=room`: whether there is such a thing for them to attach to: 404.
/// - `step=part`: a part of the content: 409 when the book has no room for it.
pub fn stage(call: &Call, body: &[u8]) -> Result<Answer, Failure> {
    match call.parameter::<String>("step", "a step")?.as_deref() {
        Some("room") => {
            let (customer, to, object) = asked(call)?;
            in_sight(call, customer, to, object)?;
        }
        Some("part") => content::take_in(call, body)?,
        _ => return Err(RequestError::NotFound.into()),
    }
    Answer::json(&true)
}

/// The customer in the path, and what of theirs the query names.
fn asked(call: &Call) -> Result<(CustomerId, AttachedTo, Uuid), Failure> {
    let customer: CustomerId = call.id()?;
    call.sees(customer)?;
    let expected = "customer, application, piece or decision";
    let to: Option<String> = call.parameter("to", expected)?;
    let to = to.map_or(Ok(AttachedTo::Customer), |to| serde_json::from_value(to.into()));
    let to = to.map_err(|_| RequestError::Parameter { name: "to", expected })?;
    let object: Option<Uuid> = call.parameter("object", "a UUID")?;
    let object = match (to, object) {
        (AttachedTo::Customer, None) => customer.0,
        (_, Some(object)) => object,
        (_, None) => return Err(RequestError::Parameter { name: "object", expected: "what it is attached to" }.into()),
    };
    Ok((customer, to, object))
}

/// Refuses what isn't there, isn't the customer's, or is nothing that the caller may see, all in the same words.
fn in_sight(call: &Call, customer: CustomerId, to: AttachedTo, object: Uuid) -> Result<(), Failure> {
    call.sees(customer)?;
    let role = call.caller.role;
    let there = match to {
        AttachedTo::Customer => object == customer.0,
        AttachedTo::Application => {
            let there = "SELECT 1 FROM application WHERE id = ? AND customer = ?";
            may(role, Operation::ReadApplication).is_some() && call.sql.finds(there, &[&object, &customer])?
        }
        AttachedTo::Decision => {
            let there = "SELECT 1 FROM decision WHERE id = ? AND customer = ?";
            may(role, Operation::ReadDecision).is_some() && call.sql.finds(there, &[&object, &customer])?
        }
        AttachedTo::Piece => {
            let kind = "SELECT json_quote(kind) FROM piece WHERE id = ? AND customer = ?";
            let kind: Option<PieceKind> = call.sql.first(kind, &[&object, &customer])?;
            kind.is_some_and(|kind| may_read_piece(role, kind))
        }
    };
    if there { Ok(()) } else { Err(RequestError::NotFound.into()) }
}

/// `POST customers/{id}/attachments`, once its content has come in.
///
/// 1. What it is attached to is there, and in sight: 404.
/// 2. The id is new, and there is room for one more: 409. The content is whole: 409.
/// 3. It is attached.
pub fn add(call: &Call) -> Result<Answer, Failure> {
    // 1
    let customer: CustomerId = call.id()?;
    let StagedAttachment { attachment: id, to, object, name, kind, bytes, parts, digest } = call.body()?;
    in_sight(call, customer, to, object)?;
    // 2
    if call.sql.finds("SELECT 1 FROM attachment WHERE id = ?", &[&id])? {
        return Err(AttachmentError::Known.into());
    }
    let held = "SELECT json(count(*)) FROM attachment WHERE object = ? AND removed_by IS NULL";
    let held: u32 = call.sql.first(held, &[&object])?.unwrap_or_default();
    if held >= ATTACHMENTS_EACH {
        return Err(AttachmentError::Full.into());
    }
    if !content::close(call.sql, &digest, bytes, parts)? {
        return Err(AttachmentError::Torn.into());
    }
    // 3
    let feed = call.sql.take_feed(1)?;
    call.sql.run(
        "INSERT INTO attachment (id, customer, attached_to, object, name, kind, bytes, digest, added_by, added_at, feed)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        &[
            &id,
            &customer,
            &name_of(&to)?,
            &object,
            &name,
            &name_of(&kind)?,
            &bytes,
            &digest,
            &call.caller.person,
            &call.now.timestamp(),
            &feed,
        ],
    )?;
    Ok(Answer::json(&find(call, id)?)?.about(&id))
}

/// `GET attachments/{id}`: the content, as a file to be saved.
///
/// 1. It is there, and what it is attached to in sight: 404.
/// 2. Its content goes out under its name.
pub fn read(call: &Call) -> Result<Answer, Failure> {
    // 1
    let line = find(call, call.id()?)?;
    let name = line.name.ok_or(RequestError::NotFound)?;
    // 2
    let bytes = content::read(call.sql, &line.digest, line.bytes)?;
    Ok(Answer { file: Some(Download { name, bytes }), ..Answer::of(200, String::new()) }.about(&line.attachment))
}

/// `DELETE attachments/{id}`.
///
/// 1. It is there, and what it is attached to in sight: 404.
/// 2. The caller attached it, or keeps files: 403.
/// 3. It is removed: its name, and its content unless that is attached elsewhere, too.
pub fn remove(call: &Call) -> Result<Answer, Failure> {
    // 1
    let line = find(call, call.id()?)?;
    if line.removed_by.is_some() {
        return Err(RequestError::NotFound.into());
    }
    // 2
    let keeps = matches!(call.caller.role, Role::Officer | Role::Manager);
    if !keeps && !call.did(line.added_by)? {
        return Err(AttachmentError::NotYours.into());
    }
    // 3
    end(call, line.attachment, &line.digest)?;
    Ok(Answer::json(&find(call, line.attachment)?)?.about(&line.attachment))
}

/// Removes all that is attached to a piece whose personal data is erased.
pub fn end_all_of(call: &Call, piece: PieceId) -> Result<(), Failure> {
    let attached = "SELECT json_array(id, digest) FROM attachment WHERE object = ? AND removed_by IS NULL";
    let attached: Vec<(AttachmentId, String)> = call.sql.rows(attached, &[&piece])?;
    attached.into_iter().try_for_each(|(id, digest)| end(call, id, &digest))
}

fn end(call: &Call, id: AttachmentId, digest: &str) -> Result<(), Failure> {
    let feed = call.sql.take_feed(1)?;
    call.sql.run(
        "UPDATE attachment SET name = NULL, removed_by = ?, removed_at = ?, feed = ? WHERE id = ?",
        &[&call.caller.person, &call.now.timestamp(), &feed, &id],
    )?;
    content::drop_unless_attached(call.sql, digest)
}

#[derive(Deserialize)]
struct Row {
    id: AttachmentId,
    customer: CustomerId,
    attached_to: AttachedTo,
    object: Uuid,
    name: Option<String>,
    kind: shared::record::attachment::AttachmentKind,
    bytes: u64,
    digest: String,
    added_by: PersonId,
    added_at: i64,
    removed_by: Option<PersonId>,
    removed_at: Option<i64>,
    feed: FeedNumber,
}

const ROW: &str = "SELECT json_object('id', id, 'customer', customer, 'attached_to', attached_to, 'object', object,
        'name', name, 'kind', kind, 'bytes', bytes, 'digest', digest, 'added_by', added_by, 'added_at', added_at,
        'removed_by', removed_by, 'removed_at', removed_at, 'feed', feed) FROM attachment";

impl Row {
    fn line(self) -> AttachmentLine {
        AttachmentLine {
            attachment: self.id,
            customer: self.customer,
            to: self.attached_to,
            object: self.object,
            name: self.name,
            kind: self.kind,
            bytes: self.bytes,
            digest: self.digest,
            added_by: self.added_by,
            added_at: self.added_at,
            removed_by: self.removed_by,
            removed_at: self.removed_at,
            feed: self.feed,
        }
    }
}

/// A file, when what it is attached to is in sight.
fn find(call: &Call, id: AttachmentId) -> Result<AttachmentLine, Failure> {
    let row: Option<Row> = call.sql.first(&format!("{ROW} WHERE id = ?"), &[&id])?;
    let line = row.ok_or(RequestError::NotFound)?.line();
    in_sight(call, line.customer, line.to, line.object)?;
    Ok(line)
}

/// `GET customers/{id}/attachments?object=&after=&limit=`: the last that happened first.
pub fn list(call: &Call) -> Result<Answer, Failure> {
    let customer: CustomerId = call.id()?;
    call.sees(customer)?;
    let object: Option<Uuid> = call.parameter("object", "a UUID")?;
    let after = call.after()?;
    let most: u32 = call.parameter("limit", "a number")?.unwrap_or(LISTED).clamp(1, ATTACHMENTS_LISTED_MOST);
    let mut conditions = format!("customer = ? AND ({})", seen_by(call.caller.role));
    let mut binds: Vec<&dyn Bind> = vec![&customer];
    if let Some(object) = &object {
        conditions.push_str(" AND object = ?");
        binds.push(object);
    }
    if let Some(after) = &after {
        conditions.push_str(" AND feed < ?");
        binds.push(after);
    }
    let limit = most.saturating_add(1);
    binds.push(&limit);
    let mut rows: Vec<Row> = call.sql.rows(&format!("{ROW} WHERE {conditions} ORDER BY feed DESC LIMIT ?"), &binds)?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    let next = rows.last().filter(|_| more).map(|row| row.feed);
    Answer::json(&AttachmentsAnswer { attachments: rows.into_iter().map(Row::line).collect(), next })
}

/// True of what is attached to something that a role may see, as SQL has it.
fn seen_by(role: Role) -> String {
    let kinds: Vec<String> = PieceKind::ALL
        .iter()
        .filter(|kind| may_read_piece(role, **kind))
        .map(|kind| format!("'{}'", kind.name()))
        .collect();
    let of =
        |to: &str, operation| may(role, operation).map(|_| format!(" OR attached_to = '{to}'")).unwrap_or_default();
    format!(
        "attached_to = 'customer'{}{} OR (attached_to = 'piece' AND EXISTS (
             SELECT 1 FROM piece WHERE piece.id = object AND piece.kind IN ({})))",
        of("application", Operation::ReadApplication),
        of("decision", Operation::ReadDecision),
        kinds.join(", ")
    )
}

/// How many bytes all that is attached has, as it is kept.
pub fn bytes_used(sql: &Sql) -> Result<u64, Failure> {
    Ok(sql.first("SELECT json(coalesce(sum(bytes), 0)) FROM content", &[])?.unwrap_or_default())
}
