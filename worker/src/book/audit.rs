//! The audit trail: what was done, by whom, in a chain that shows when somebody meddled with it.
//!
//! Whatever is audited appends its entry in the transaction that does it. What an entry is sealed with, and how a chain is
//! checked, is in [`shared::record::api::audit`], so that others can check it too.

use chrono::{DateTime, Utc};
use shared::facts::id::{FeedNumber, PersonId};
use shared::record::access::Role;
use shared::record::api::audit::{
    AuditAnswer, AuditEntry, AuditRecord, AuditVerdict, BEFORE_THE_FIRST, follow, personal_digest,
};

use super::call::Call;
use super::sql::Sql;
use crate::answer::Answer;
use crate::problem::Failure;
use crate::random;

/// How many entries are read at once.
const PAGE: usize = 100;
/// How many entries are checked in one call: some milliseconds of work.
const CHECKED_AT_ONCE: usize = 5000;

/// No entry has a greater number: it is the greatest that goes through JavaScript unharmed.
const NUMBER_MAX: u64 = (1 << 53) - 1;

/// What is to be written down.
#[derive(Default)]
pub struct Deed<'a> {
    /// Who; absent for whoever runs the deployment.
    pub person: Option<PersonId>,
    /// As what.
    pub role: Option<Role>,
    /// The digest of the session's token.
    pub session: Option<&'a str>,
    /// What.
    pub action: &'a str,
    /// To what.
    pub subject: Option<&'a str>,
    /// Personal data that belongs to it, as JSON.
    pub personal: Option<String>,
}

/// What a session is called where its digest is nobody's business.
pub fn session_name(digest: &str) -> String {
    digest.chars().take(32).collect()
}

/// Appends an entry.
pub fn append(sql: &Sql, now: DateTime<Utc>, deed: &Deed) -> Result<(), Failure> {
    let feed = sql.feed()?;
    let role = deed.role.map(serde_json::to_value).transpose()?;
    let role = role.as_ref().and_then(|role| role.as_str()).map(str::to_owned);
    let salt = deed.personal.as_ref().map(|_| random::secret()).transpose()?;
    let personal = salt.as_deref().zip(deed.personal.as_deref());
    let entry = AuditEntry {
        number: 0,
        at: now.timestamp(),
        person: deed.person.map(|person| person.to_string()),
        role,
        session: deed.session.map(session_name),
        action: deed.action.to_owned(),
        subject: deed.subject.map(str::to_owned),
        personal: personal.map(|(salt, value)| personal_digest(salt, value)),
        feed,
        previous: String::new(),
    };
    let number = seal(sql, entry)?;
    if let Some((salt, value)) = personal {
        sql.run("INSERT INTO audit_personal (number, salt, value) VALUES (?, ?, ?)", &[&number, &salt, &value])?;
    }
    Ok(())
}

/// Gives an entry its place at the end of the chain.
fn seal(sql: &Sql, entry: AuditEntry) -> Result<u64, Failure> {
    let last: Option<(u64, String)> =
        sql.first("SELECT json_array(number, digest) FROM audit ORDER BY number DESC LIMIT 1", &[])?;
    let (last, previous) = last.unwrap_or_else(|| (0, BEFORE_THE_FIRST.to_owned()));
    let entry = AuditEntry { number: last.saturating_add(1), previous, ..entry };
    sql.run(
        "INSERT INTO audit (number, at, person, role, session, action, subject, personal, feed, previous, digest)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        &[
            &entry.number,
            &entry.at,
            &entry.person,
            &entry.role,
            &entry.session,
            &entry.action,
            &entry.subject,
            &entry.personal,
            &entry.feed,
            &entry.previous,
            &entry.digest()?,
        ],
    )?;
    Ok(entry.number)
}

/// Seals what was written down before there was a chain: the second half of step 7.
pub fn seal_what_was_there(sql: &Sql) -> worker::Result<()> {
    let entries: Vec<(i64, String, String, String, Option<String>, FeedNumber)> = sql.rows(
        "SELECT json_array(at, person, role, operation, subject, feed) FROM audit_unsealed ORDER BY number",
        &[],
    )?;
    for (at, person, role, action, subject, feed) in entries {
        let entry = AuditEntry {
            number: 0,
            at,
            person: Some(person),
            role: Some(role),
            session: None,
            action,
            subject,
            personal: None,
            feed,
            previous: String::new(),
        };
        seal(sql, entry).map_err(|_| "an entry of the audit trail cannot be sealed")?;
    }
    sql.run("DROP TABLE audit_unsealed", &[])
}

/// Writes down what a call did, unless nothing was handed out that the caller hadn't.
pub fn of_call(call: &Call, answer: &Answer) -> Result<(), Failure> {
    let nothing_new = answer.status == 304 || answer.delivers_nothing;
    if nothing_new {
        return Ok(());
    }
    let operation = serde_json::to_value(call.operation)?;
    let deed = Deed {
        person: Some(call.caller.person),
        role: Some(call.caller.role),
        session: Some(&call.session),
        action: operation.as_str().unwrap_or_default(),
        subject: answer.subject.as_deref(),
        personal: None,
    };
    append(call.sql, call.now, &deed)
}

/// Entries of the trail, where `condition` chooses and orders.
fn records(sql: &Sql, condition: &str, binds: &[&dyn super::sql::Bind]) -> Result<Vec<AuditRecord>, Failure> {
    // An absent part must be absent: the seal is over what is there.
    let query = format!(
        "SELECT json_object(
             'entry', json_patch('{{}}', json_object('number', audit.number, 'at', audit.at, 'person', audit.person,
                 'role', audit.role, 'session', audit.session, 'action', audit.action, 'subject', audit.subject,
                 'personal', audit.personal, 'feed', audit.feed, 'previous', audit.previous)),
             'digest', audit.digest, 'name', person.name,
             'personal', CASE WHEN audit_personal.number IS NOT NULL
                 THEN json_object('salt', audit_personal.salt, 'value', audit_personal.value) END)
         FROM audit LEFT JOIN person ON person.id = audit.person
             LEFT JOIN audit_personal ON audit_personal.number = audit.number
         WHERE {condition}"
    );
    Ok(sql.rows(&query, binds)?)
}

/// `GET audit?before=N&subject=S`: the newest first.
pub fn read(call: &Call) -> Result<Answer, Failure> {
    let before: u64 = call.parameter("before", "an entry's number")?.unwrap_or(NUMBER_MAX).min(NUMBER_MAX);
    let subject: Option<String> = call.parameter("subject", "an id")?;
    let order = "ORDER BY audit.number DESC LIMIT ?2";
    let most = PAGE.saturating_add(1);
    let mut entries = match &subject {
        Some(subject) => {
            let condition = format!("audit.number < ?1 AND audit.subject = ?3 {order}");
            records(call.sql, &condition, &[&before, &most, subject])?
        }
        None => records(call.sql, &format!("audit.number < ?1 {order}"), &[&before, &most])?,
    };
    let more = entries.len() > PAGE;
    entries.truncate(PAGE);
    let next = entries.last().filter(|_| more).map(|record| record.entry.number);
    Answer::json(&AuditAnswer { entries, next })
}

/// So many entries after a number as are checked at once, in their order.
fn part_after(sql: &Sql, number: u64) -> Result<Vec<AuditRecord>, Failure> {
    records(sql, "audit.number > ?1 ORDER BY audit.number LIMIT ?2", &[&number, &CHECKED_AT_ONCE])
}

/// The first entry at which the whole chain is broken.
pub fn broken(sql: &Sql) -> Result<Option<u64>, Failure> {
    let mut sound = (0, BEFORE_THE_FIRST.to_owned());
    loop {
        let part = part_after(sql, sound.0)?;
        let (to, broken) = follow(sound, &part);
        sound = to;
        if broken.is_some() || part.len() < CHECKED_AT_ONCE {
            return Ok(broken.map(|broken| broken.number));
        }
    }
}

/// `GET audit/verification?after=N`: checks the next part of the chain.
pub fn verify(call: &Call) -> Result<Answer, Failure> {
    let after: u64 = call.parameter("after", "an entry's number")?.unwrap_or_default();
    let after = after.min(NUMBER_MAX);
    let digest: Option<String> = call.sql.first("SELECT json_quote(digest) FROM audit WHERE number = ?", &[&after])?;
    let (start, digest) = digest.map_or((0, BEFORE_THE_FIRST.to_owned()), |digest| (after, digest));
    let part = part_after(call.sql, start)?;
    let ((sound_to, digest), broken) = follow((start, digest), &part);
    let more = broken.is_none() && part.len() == CHECKED_AT_ONCE;
    Answer::json(&AuditVerdict { sound_to, digest, broken, next: more.then_some(sound_to) })
}
