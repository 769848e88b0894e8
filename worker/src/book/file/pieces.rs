//! Pieces: added, corrected, taken out, erased. And read back, by whoever needs them.

use serde::Deserialize;
use shared::facts::calendar::Date;
use shared::facts::customer::Customer;
use shared::facts::id::{CustomerId, FactId, FeedNumber, PersonId, PieceId};
use shared::facts::ledger::{Dispute, Fact};
use shared::facts::notice::{Notice, Sent};
use shared::facts::piece::{Day, Filed, Piece, PieceKind};
use shared::facts::relations::Relation;
use shared::record::access::may_write_piece;
use shared::record::api::audit::personal_digest;
use shared::record::api::file::{
    AddPiece, CorrectPiece, EndPiece, PIECE_MOST, PIECES_MOST, PieceState, PieceVersion, VersionWritten,
};
use shared::record::api::outbox::MessageBody;

use super::super::attachments;
use super::super::call::Call;
use super::super::ledger::{NewFact, further, record_facts};
use super::super::outbox;
use super::super::sql::{Bind, Sql};
use super::{FileError, body, made, reason};
use crate::answer::Answer;
use crate::problem::{Failure, RequestError};
use crate::random;

/// A version as the tables hold it.
#[derive(Clone, Debug, Deserialize)]
pub struct Stored {
    /// The piece.
    pub id: PieceId,
    /// Whose.
    pub customer: CustomerId,
    /// What kind it is.
    pub kind: PieceKind,
    version: u32,
    /// When the book learned it.
    pub feed: FeedNumber,
    recorded: Date,
    person: PersonId,
    state: PieceState,
    piece: Option<Piece>,
    reason: Option<String>,
}

impl Stored {
    /// The day on which it was written down.
    pub const fn recorded(&self) -> Date {
        self.recorded
    }

    /// What it says; absent when it is out of the file.
    pub const fn piece(&self) -> Option<&Piece> {
        self.piece.as_ref()
    }

    /// As it travels.
    pub fn version(self) -> PieceVersion {
        let Self { version, feed, recorded, person, state, piece, reason, .. } = self;
        PieceVersion { version, feed, recorded, person, state, piece, reason }
    }
}

const STORED: &str = "
    SELECT json_object('id', version.piece, 'customer', version.customer, 'kind', version.kind, 'version', version.version,
        'feed', version.feed, 'recorded', version.recorded, 'person', version.person, 'state', version.state,
        'piece', json(coalesce(version.body, piece_personal.value)), 'reason', version.reason)
    FROM piece_version AS version LEFT JOIN piece_personal ON piece_personal.feed = version.feed";

/// Versions that fit a condition on `version`.
pub fn select(sql: &Sql, condition: &str, binds: &[&dyn Bind]) -> Result<Vec<Stored>, Failure> {
    Ok(sql.rows(&format!("{STORED} WHERE {condition}"), binds)?)
}

/// The pieces that stand in a file, in the order in which the book learned them.
pub fn standing(sql: &Sql, customer: CustomerId) -> Result<Vec<Stored>, Failure> {
    select(
        sql,
        "version.feed IN (SELECT feed FROM piece WHERE customer = ? AND state = 'stands') ORDER BY version.feed",
        &[&customer],
    )
}

/// The same as they stood when the book had come to a feed number.
pub fn standing_at(sql: &Sql, customer: CustomerId, at: FeedNumber) -> Result<Vec<Stored>, Failure> {
    select(
        sql,
        "version.customer = ?1 AND version.feed <= ?2 AND version.state = 'stands' AND NOT EXISTS (
             SELECT 1 FROM piece_version AS later
             WHERE later.piece = version.piece AND later.version > version.version AND later.feed <= ?2
         ) ORDER BY version.feed",
        &[&customer, &at],
    )
}

/// The pieces of one kind that stand, of customers that fit a condition on `piece`.
pub fn of_kind(sql: &Sql, kind: PieceKind, condition: &str, binds: &[&dyn Bind]) -> Result<Vec<Piece>, Failure> {
    let condition = format!(
        "version.feed IN (
             SELECT feed FROM piece WHERE kind = '{}' AND kind IN ('relation', 'responsible', 'group_limit')
                 AND state = 'stands' AND ({condition})
         ) ORDER BY version.feed",
        kind.name()
    );
    Ok(select(sql, &condition, binds)?.into_iter().filter_map(|stored| stored.piece).collect())
}

/// What is filed of a customer, each piece in its place.
pub fn filed(sql: &Sql, customer: CustomerId) -> Result<Filed, Failure> {
    let pieces = standing(sql, customer)?;
    Ok(Filed::of(pieces.into_iter().filter_map(|stored| Some((stored.recorded, stored.piece?)))))
}

/// Who belongs to whom, as all files together say.
pub fn relations(sql: &Sql) -> Result<Vec<Relation>, Failure> {
    relations_of(sql, "true", &[])
}

/// The same of customers that fit a condition on `piece`.
pub fn relations_of(sql: &Sql, condition: &str, binds: &[&dyn Bind]) -> Result<Vec<Relation>, Failure> {
    let relation = |piece| if let Piece::Relation(relation) = piece { Some(relation) } else { None };
    Ok(of_kind(sql, PieceKind::Relation, condition, binds)?.into_iter().filter_map(relation).collect())
}

/// `POST customers/{id}/pieces`.
///
/// 1. The customer is in sight: 404. The piece is one, and sound: 422. Its kind is the caller's to write: 403.
/// 2. Its id is new: 409; so is the file not full.
/// 3. What it names is there, and it doesn't lie ahead: 422.
/// 4. It is recorded.
pub fn add(call: &Call) -> Result<Answer, Failure> {
    // 1
    let customer: CustomerId = call.id()?;
    call.sees(customer)?;
    let AddPiece { id, piece } = body(call)?;
    made(id.0)?;
    may_write(call, customer, &piece)?;
    // 2
    if call.sql.finds("SELECT 1 FROM piece WHERE id = ?", &[&id])? {
        return Err(FileError::Known(id.0).into());
    }
    let held: usize = call
        .sql
        .first("SELECT json(count(*)) FROM piece WHERE customer = ? AND state = 'stands'", &[&customer])?
        .unwrap_or_default();
    if held >= PIECES_MOST {
        return Err(FileError::Full.into());
    }
    // 3
    fits(call, customer, &piece)?;
    // 4
    if let Piece::Notice(Notice { step, sent: Some(sent @ Sent { delivered: None, .. }), .. }) = &piece {
        let (step, Sent { channel, recipient, text, .. }) = (step.clone(), sent.clone());
        let body = MessageBody::Notice { piece: id, step, channel, recipient, text };
        outbox::tell(call.sql, call.now, Some(customer), body)?;
    }
    write(call, &New { id, customer, version: 1, kind: piece.kind(), before: None, content: Ok(&piece) })
}

/// `POST pieces/{id}`: another version.
///
/// 1. The piece is there and its customer in sight: 404; it is the caller's to write: 403. The body is sound: 422.
/// 2. It stands: 409, in the version that was changed: 428, 412.
/// 3. As for a new one.
pub fn correct(call: &Call) -> Result<Answer, Failure> {
    // 1
    let stored = mine(call)?;
    let CorrectPiece { piece } = body(call)?;
    may_write(call, stored.customer, &piece)?;
    // 2
    call.expects(stored.version)?;
    if stored.state != PieceState::Stands {
        return Err(FileError::Gone.into());
    }
    if piece.kind() != stored.kind {
        return Err(FileError::OtherKind.into());
    }
    // 3
    fits(call, stored.customer, &piece)?;
    write(call, &New { content: Ok(&piece), ..New::after(&stored) })
}

/// `POST pieces/{id}/withdrawal`: takes it out of the file. Its versions stay.
pub fn withdraw(call: &Call) -> Result<Answer, Failure> {
    let stored = mine(call)?;
    let EndPiece { reason: why } = body(call)?;
    reason(&why)?;
    call.expects(stored.version)?;
    if stored.state != PieceState::Stands {
        return Err(FileError::Gone.into());
    }
    write(call, &New { content: Err((PieceState::Withdrawn, &why)), ..New::after(&stored) })
}

/// `POST pieces/{id}/erasure`: takes out a piece about a person and erases what its versions said, with their salts, and the
/// files that are attached to it.
pub fn erase(call: &Call) -> Result<Answer, Failure> {
    let stored = found(call)?;
    let EndPiece { reason: why } = body(call)?;
    reason(&why)?;
    call.expects(stored.version)?;
    if !stored.kind.is_personal() {
        return Err(FileError::Impersonal.into());
    }
    if stored.state == PieceState::Erased {
        return Err(FileError::Gone.into());
    }
    let versions = "DELETE FROM piece_personal WHERE feed IN (SELECT feed FROM piece_version WHERE piece = ?)";
    call.sql.run(versions, &[&stored.id])?;
    attachments::end_all_of(call, stored.id)?;
    write(call, &New { content: Err((PieceState::Erased, &why)), ..New::after(&stored) })
}

/// The newest version of the piece in the path, if its customer is in sight.
pub fn found(call: &Call) -> Result<Stored, Failure> {
    let id: PieceId = call.id()?;
    let condition = "version.feed = (SELECT feed FROM piece WHERE id = ?)";
    let stored = select(call.sql, condition, &[&id])?.pop().ok_or(RequestError::NotFound)?;
    call.sees(stored.customer)?;
    Ok(stored)
}

/// The same, if it is the caller's to write.
fn mine(call: &Call) -> Result<Stored, Failure> {
    let stored = found(call)?;
    match &stored.piece {
        Some(piece) => may_write(call, stored.customer, piece)?,
        // One that says nothing any more is out of the file for everybody.
        None if stored.state == PieceState::Stands => return Err(RequestError::Forbidden.into()),
        None => {}
    }
    Ok(stored)
}

fn may_write(call: &Call, customer: CustomerId, piece: &Piece) -> Result<(), Failure> {
    let sheet: Customer =
        call.sql.first("SELECT file FROM customer WHERE id = ?", &[&customer])?.ok_or(RequestError::NotFound)?;
    if may_write_piece(call.caller.role, sheet.stage, piece) { Ok(()) } else { Err(RequestError::Forbidden.into()) }
}

/// Whether what a piece names is there, and its day has come.
fn fits(call: &Call, customer: CustomerId, piece: &Piece) -> Result<(), Failure> {
    if let Day::Happened(date) = piece.day()
        && date > call.today
    {
        return Err(FileError::Future { date, today: call.today }.into());
    }
    let people = "SELECT 1 FROM person WHERE id = ? AND customer IS NULL AND token = 0";
    for person in piece.people() {
        if !call.sql.finds(people, &[&person])? {
            return Err(FileError::Person(person.0).into());
        }
    }
    for item in piece.items() {
        if !call.sql.finds("SELECT 1 FROM item WHERE id = ? AND customer = ?", &[&item, &customer])? {
            return Err(FileError::Item(item.0).into());
        }
    }
    if let Piece::Dispute(dispute) = piece
        && let Some(amount) = dispute.amount
    {
        let (currency, minor) = (amount.currency(), amount.minor());
        let whole = "SELECT 1 FROM item WHERE id = ? AND currency = ? AND ? BETWEEN 1 AND minor";
        if !call.sql.finds(whole, &[&dispute.item, &currency, &minor])? {
            return Err(FileError::Disputed.into());
        }
    }
    let named = piece.customers();
    let (first, others) = (named.first(), named.get(1..).unwrap_or_default());
    if first.is_some_and(|first| *first != customer) || others.contains(&customer) {
        return Err(FileError::Customer.into());
    }
    for other in others {
        if !call.sql.finds("SELECT 1 FROM customer WHERE id = ?", &[other])? {
            return Err(FileError::Customer.into());
        }
    }
    Ok(())
}

/// A version that is to be written.
pub struct New<'a> {
    /// What it said before.
    pub before: Option<&'a Piece>,
    /// The piece.
    pub id: PieceId,
    /// Whose.
    pub customer: CustomerId,
    /// Counted from 1.
    pub version: u32,
    /// What kind it is.
    pub kind: PieceKind,
    /// What it says, or why it is out of the file.
    pub content: Result<&'a Piece, (PieceState, &'a str)>,
}

impl<'a> New<'a> {
    fn after(stored: &'a Stored) -> Self {
        let Stored { id, customer, version, kind, .. } = *stored;
        let (version, content) = (version.saturating_add(1), Err((PieceState::Withdrawn, "")));
        Self { before: stored.piece.as_ref(), id, customer, version, kind, content }
    }
}

/// Writes a version and brings along what follows from it.
pub fn write(call: &Call, new: &New) -> Result<Answer, Failure> {
    let (sql, feed) = (call.sql, call.sql.take_feed(1)?);
    let text = new.content.ok().map(serde_json::to_string).transpose()?;
    if text.as_ref().is_some_and(|text| text.len() > PIECE_MOST) {
        return Err(FileError::Long.into());
    }
    let (mut apart, mut plain, mut digest) = (None, text, None);
    if new.kind.is_personal()
        && let Some(value) = plain.take()
    {
        let salt = random::secret()?;
        digest = Some(personal_digest(&salt, &value));
        apart = Some((salt, value));
    }
    let (state, why) = match new.content {
        Ok(_) => (PieceState::Stands, None),
        Err((state, why)) => (state, Some(why)),
    };
    let dated = match new.content.map(Piece::day) {
        Ok(Day::Happened(date) | Day::Holds(date)) => date,
        Ok(Day::Undated) | Err(_) => call.today,
    };
    let state = serde_json::to_value(state)?;
    sql.run(
        "INSERT INTO piece_version (feed, piece, customer, kind, version, state, dated, recorded, person, body, personal,
             reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        &[
            &feed,
            &new.id,
            &new.customer,
            &new.kind.name(),
            &new.version,
            &state.as_str(),
            &dated,
            &call.today,
            &call.caller.person,
            &plain,
            &digest,
            &why,
        ],
    )?;
    if let Some((salt, value)) = apart {
        sql.run("INSERT INTO piece_personal (feed, salt, value) VALUES (?, ?, ?)", &[&feed, &salt, &value])?;
    }
    further::begin(sql, new.customer)?;
    if new.kind == PieceKind::Relation {
        further::regroup(sql, call.today)?;
    }
    if new.kind == PieceKind::Dispute {
        disputed(call, new)?;
    }
    let written = VersionWritten { version: u64::from(new.version), feed: sql.feed()? };
    let etag = Some(format!("\"{}\"", new.version));
    Ok(Answer { etag, ..Answer::json(&written)?.about(&new.customer) })
}

/// What a dispute says of its document goes into the ledger: open from its day on, closed on the day it was settled or taken
/// out of the file.
fn disputed(call: &Call, new: &New) -> Result<(), Failure> {
    let word = |piece: Option<&Piece>| match piece {
        Some(Piece::Dispute(said)) => {
            let (open, date) = (said.closed.is_none(), said.closed.unwrap_or(said.date));
            Some((said.item, open, date, said.amount.filter(|_| open)))
        }
        _ => None,
    };
    let (before, now) = (word(new.before), word(new.content.ok()));
    let left = before.filter(|(item, open, ..)| *open && now.is_none_or(|(now, ..)| now != *item));
    let left = left.map(|(item, ..)| (item, false, call.today, None));
    let said = now.filter(|_| now != before);
    let fact = |(item, open, date, amount)| {
        let (id, fact) = (FactId(call.new_id()?), Fact::Disputed(Dispute { item, open, amount, raised_by: None }));
        Ok(NewFact { id, customer: new.customer, date, fact })
    };
    let facts: Vec<NewFact> = left.into_iter().chain(said).map(fact).collect::<Result<_, Failure>>()?;
    record_facts(call.sql, call.today, &facts)?;
    Ok(())
}
