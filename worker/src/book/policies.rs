//! The policy's versions: drafted by one person, put in force by another.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::facts::id::{FeedNumber, PersonId};
use shared::record::api::outbox::MessageBody;
use shared::record::api::{DraftPolicy, POLICIES_LISTED_MOST, PoliciesAnswer, PolicyEntry, Written};
use shared::record::decision::policy_digest;
use shared::rules::policy::{DEFAULT, Policy, PolicyError, PolicyVersion};
use std::cell::RefCell;
use std::rc::Rc;

use super::call::Call;
use super::outbox;
use super::sql::{Sql, read as read_stored};
use crate::answer::Answer;
use crate::problem::{Failure, Kind, Refusal, RequestError};

/// Who is named where nobody was: the policy that a book begins with.
const HOUSE: &str = "Xinheng";

/// Puts a policy in force as version 1 of a new book: the one that begins on trial, or for a demonstration the shipped one.
pub fn begin(sql: &Sql, demo: bool, now: DateTime<Utc>) -> Result<(), Failure> {
    let policy = if demo { Policy::parse(DEFAULT) } else { Policy::starting() }.map_err(Failure::broken)?;
    let (digest, document) = (policy_digest(&policy)?, serde_json::to_string(&policy)?);
    let (at, feed) = (now.timestamp(), sql.take_feed(1)?);
    Ok(sql.run(
        "INSERT INTO policy_version (version, digest, document, drafted_at, approved_at, feed)
         VALUES (1, ?, ?, ?, ?, ?)",
        &[&digest, &document, &at, &at, &feed],
    )?)
}

#[derive(Deserialize)]
struct Row {
    version: u32,
    digest: String,
    document: String,
    drafted_by: Option<String>,
    approved_by: Option<String>,
    approved: u8,
    in_force: u8,
}

const ROW: &str = "
    SELECT json_object('version', version, 'digest', digest, 'document', document,
        'drafted_by', drafter.name, 'approved_by', approver.name, 'approved', approved_at IS NOT NULL,
        'in_force', policy_version.feed IS (SELECT max(feed) FROM policy_version))
    FROM policy_version LEFT JOIN person AS drafter ON drafter.id = drafted_by
        LEFT JOIN person AS approver ON approver.id = approved_by";

impl Row {
    fn version(&self) -> Result<PolicyVersion, Failure> {
        Ok(PolicyVersion { version: self.version, digest: self.digest.clone(), policy: read_stored(&self.document)? })
    }

    fn entry(self) -> Result<PolicyEntry, Failure> {
        let house = || HOUSE.to_owned();
        Ok(PolicyEntry {
            version: self.version()?,
            drafted_by: self.drafted_by.unwrap_or_else(house),
            approved_by: (self.approved != 0).then(|| self.approved_by.unwrap_or_else(house)),
            in_force: self.in_force != 0,
        })
    }
}

/// The version in force as it was last read, so that a check doesn't parse a document that hardly ever changes. Which one is
/// in force is asked each time; dropping this loses nothing.
#[derive(Default)]
pub struct Cache(RefCell<Option<Rc<PolicyVersion>>>);

/// The version in force.
pub fn in_force(sql: &Sql, cache: &Cache) -> Result<Rc<PolicyVersion>, Failure> {
    let version: Option<u32> =
        sql.first("SELECT json(version) FROM policy_version WHERE feed IS NOT NULL ORDER BY feed DESC LIMIT 1", &[])?;
    let kept = cache.0.borrow().clone();
    if let Some(kept) = kept.filter(|kept| Some(kept.version) == version) {
        return Ok(kept);
    }
    let found = Rc::new(newest(sql)?);
    *cache.0.borrow_mut() = Some(Rc::clone(&found));
    Ok(found)
}

fn newest(sql: &Sql) -> Result<PolicyVersion, Failure> {
    let row: Option<Row> = sql.first(
        &format!("{ROW} WHERE policy_version.feed IS NOT NULL ORDER BY policy_version.feed DESC LIMIT 1"),
        &[],
    )?;
    row.ok_or_else(|| Failure::broken("no policy is in force"))?.version()
}

/// The version in force, when the book learned of it after a feed number.
pub fn changed_after(sql: &Sql, since: FeedNumber) -> Result<Option<PolicyVersion>, Failure> {
    let newer = sql.finds("SELECT 1 FROM policy_version WHERE feed > ?", &[&since])?;
    if newer { newest(sql).map(Some) } else { Ok(None) }
}

/// A version that was in force at some time; absent when there is none by that number.
pub fn approved(sql: &Sql, version: u32) -> Result<Option<PolicyVersion>, Failure> {
    let row: Option<Row> =
        sql.first(&format!("{ROW} WHERE version = ? AND policy_version.feed IS NOT NULL"), &[&version])?;
    row.map(|row| row.version()).transpose()
}

/// `GET policies?after=&limit=`: the newest first.
pub fn read(call: &Call) -> Result<Answer, Failure> {
    let after: u32 = call.parameter("after", "what a list before gave as next")?.unwrap_or(u32::MAX);
    let most: u32 = call.parameter("limit", "a number")?.unwrap_or(POLICIES_LISTED_MOST).clamp(1, POLICIES_LISTED_MOST);
    let rows = format!("{ROW} WHERE version < ? ORDER BY version DESC LIMIT ?");
    let mut rows: Vec<Row> = call.sql.rows(&rows, &[&after, &most.saturating_add(1)])?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    let next = rows.last().filter(|_| more).map(|row| row.version);
    let versions = rows.into_iter().map(Row::entry).collect::<Result<_, Failure>>()?;
    Answer::json(&PoliciesAnswer { versions, next })
}

/// Why a policy is refused.
#[derive(Debug, thiserror::Error)]
pub enum PolicyRefused {
    /// It has faults.
    #[error(transparent)]
    Faults(#[from] PolicyError),
    /// Nothing was drafted that could be approved: it is in force, or a later one was approved since.
    #[error("version {0} is no draft that waits for approval")]
    NoDraft(u32),
    /// Whoever drafted it cannot approve it.
    #[error("someone other than its drafter must approve a version")]
    OwnDraft,
}

impl Refusal for PolicyRefused {
    fn kind(&self) -> Kind {
        match self {
            Self::Faults(_) => (422, "policy_faults", "the policy has faults"),
            Self::NoDraft(_) => (409, "no_draft", "no draft"),
            Self::OwnDraft => (403, "own_draft", "someone else must approve"),
        }
    }

    /// The path of the first fault; all stand in the values.
    fn field(&self) -> Option<String> {
        match self {
            Self::Faults(PolicyError(faults)) => faults.first().map(|fault| fault.path.clone()),
            _ => None,
        }
    }

    fn values(&self) -> Vec<(String, String)> {
        match self {
            Self::Faults(PolicyError(faults)) => {
                faults.iter().map(|fault| (fault.path.clone(), fault.message.clone())).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// `POST policies`: keeps a sound document as the next version, to be approved: 422 with every fault.
pub fn draft(call: &Call) -> Result<Answer, Failure> {
    let DraftPolicy { policy } = call.body()?;
    policy.check().map_err(PolicyRefused::from)?;
    let newest: u32 = call.sql.first("SELECT json(max(version)) FROM policy_version", &[])?.unwrap_or_default();
    let version = newest.saturating_add(1);
    call.sql.run(
        "INSERT INTO policy_version (version, digest, document, drafted_by, drafted_at) VALUES (?, ?, ?, ?, ?)",
        &[
            &version,
            &policy_digest(&policy)?,
            &serde_json::to_string(&policy)?,
            &call.caller.person,
            &call.now.timestamp(),
        ],
    )?;
    let entry = find(call.sql, version)?.ok_or(RequestError::NotFound)?.entry()?;
    Ok(Answer::json(&entry)?.about(&version))
}

/// `POST policies/{id}/approval`: puts a version in force.
///
/// 1. It is there: 404.
/// 2. It waits for approval, and no later one was approved: 409.
/// 3. Someone else drafted it: 403.
/// 4. From now on decisions are made by it, and devices learn of it.
pub fn approve(call: &Call) -> Result<Answer, Failure> {
    // 1
    let version: u32 = call.id()?;
    let row = find(call.sql, version)?.ok_or(RequestError::NotFound)?;
    // 2
    if row.approved != 0 || in_force(call.sql, call.cache)?.version > version {
        return Err(PolicyRefused::NoDraft(version).into());
    }
    // 3
    let drafted = "SELECT json_quote(drafted_by) FROM policy_version WHERE version = ? AND drafted_by IS NOT NULL";
    let drafted: Option<PersonId> = call.sql.first(drafted, &[&version])?;
    if drafted.map(|person| call.did(person)).transpose()? == Some(true) {
        return Err(PolicyRefused::OwnDraft.into());
    }
    // 4
    let feed = call.sql.take_feed(1)?;
    call.sql.run(
        "UPDATE policy_version SET approved_by = ?, approved_at = ?, feed = ? WHERE version = ?",
        &[&call.caller.person, &call.now.timestamp(), &feed, &version],
    )?;
    outbox::tell(call.sql, call.now, None, MessageBody::PolicyInForce { version })?;
    Ok(Answer::json(&Written { feed })?.about(&version))
}

fn find(sql: &Sql, version: u32) -> Result<Option<Row>, Failure> {
    Ok(sql.first(&format!("{ROW} WHERE version = ?"), &[&version])?)
}
