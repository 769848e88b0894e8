//! The policy's versions: drafted by one person, put in force by another.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::record::api::{PoliciesAnswer, PolicyEntry};
use shared::record::decision::policy_digest;
use shared::rules::policy::{DEFAULT, Policy, PolicyVersion};

use super::call::Call;
use super::sql::{Sql, read as read_stored};
use crate::answer::Answer;
use crate::problem::Failure;

/// Who is named where nobody was: the policy that a book begins with.
const HOUSE: &str = "Xinheng";

/// Puts the default policy in force as version 1 of a new book.
pub fn begin(sql: &Sql, now: DateTime<Utc>) -> Result<(), Failure> {
    let policy = Policy::parse(DEFAULT).map_err(Failure::broken)?;
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
        'in_force', feed IS (SELECT max(feed) FROM policy_version))
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

/// The version in force.
pub fn in_force(sql: &Sql) -> Result<PolicyVersion, Failure> {
    let row: Option<Row> = sql.first(&format!("{ROW} WHERE feed IS NOT NULL ORDER BY feed DESC LIMIT 1"), &[])?;
    row.ok_or_else(|| Failure::broken("no policy is in force"))?.version()
}

/// A version that was in force at some time; absent when there is none by that number.
pub fn approved(sql: &Sql, version: u32) -> Result<Option<PolicyVersion>, Failure> {
    let row: Option<Row> = sql.first(&format!("{ROW} WHERE version = ? AND feed IS NOT NULL"), &[&version])?;
    row.map(|row| row.version()).transpose()
}

/// `GET policies`.
pub fn read(call: &Call) -> Result<Answer, Failure> {
    let rows: Vec<Row> = call.sql.rows(&format!("{ROW} ORDER BY version DESC"), &[])?;
    let versions = rows.into_iter().map(Row::entry).collect::<Result<_, Failure>>()?;
    Answer::json(&PoliciesAnswer { versions })
}
