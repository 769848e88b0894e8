//! The audit trail: a chain of entries, each sealed by the digest of the one before and of its own content.
//!
//! The content is canonical JSON ([`super::super::digest`]), so that whoever holds entries can check them without the book.
//! Personal data stands in the content only as a digest over a random salt and the value; both are kept apart, and erasing
//! them leaves the chain whole. What an entry names (`action`, `role`, ids) is text, so that it can be read for ever and one
//! that was meddled with is found to be broken rather than unreadable.

use super::super::digest::{digest, digest_of_bytes};
use crate::facts::id::FeedNumber;
use serde::{Deserialize, Serialize};

/// What stands before the first entry.
pub const BEFORE_THE_FIRST: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AuditEntry {
    /// Its place in the chain, from 1.
    pub number: u64,
    /// When, in seconds since 1970.
    pub at: i64,
    /// Who: the id of a person. Absent for whoever runs the deployment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// As what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The session or token by which they asked; with it, the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// What was done: an operation's name, or the name of a way in.
    pub action: String,
    /// To what: an id, or what was delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The digest of the personal data that belongs to it ([`personal_digest`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal: Option<String>,
    /// The book's feed number after it.
    pub feed: FeedNumber,
    /// The digest of the entry before.
    pub previous: String,
}

impl AuditEntry {
    /// The digest that seals it.
    ///
    /// # Errors
    ///
    /// As [`digest`](fn@digest).
    pub fn digest(&self) -> Result<String, serde_json::Error> {
        digest(self)
    }
}

/// The digest that stands for personal data in an entry.
pub fn personal_digest(salt: &str, value: &str) -> String {
    digest_of_bytes(format!("{salt}\n{value}").as_bytes())
}

/// An entry as the trail keeps and shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AuditRecord {
    /// The entry.
    pub entry: AuditEntry,
    /// What it was sealed with.
    pub digest: String,
    /// Who did it, by the name that they have now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The personal data behind the entry's digest, with its salt, until it is erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal: Option<Personal>,
}

/// Personal data of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Personal {
    /// Random, so that nobody finds the value by trying.
    pub salt: String,
    /// What it is, as JSON.
    pub value: String,
}

/// `GET audit?before=N&subject=S`: entries, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AuditAnswer {
    /// The entries.
    pub entries: Vec<AuditRecord>,
    /// The next `before`; absent when these were the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// `GET audit/verification?after=N`: a part of the chain, checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AuditVerdict {
    /// The last entry that was found sound; zero when none was.
    pub sound_to: u64,
    /// What seals it. Noted down elsewhere, it shows later that nothing was cut off the end.
    pub digest: String,
    /// Where the chain breaks, when it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken: Option<AuditBreak>,
    /// The next `after`; absent at the end of the chain and where it breaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// Where a chain breaks, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AuditBreak {
    /// The number that the entry has or should have.
    pub number: u64,
    /// What is wrong there.
    pub how: AuditFault,
}

/// What can be wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AuditFault {
    /// It isn't there.
    Missing,
    /// It names another entry before it than the one that is there.
    Unlinked,
    /// Its content is not what it was sealed with.
    Changed,
    /// The personal data kept for it is not what its digest is over.
    PersonalChanged,
}

/// Checks that `records`, in their order, follow on an entry with this number and digest. The first that doesn't breaks the
/// chain. Returns the last sound entry's number and digest beside it.
pub fn follow(after: (u64, String), records: &[AuditRecord]) -> ((u64, String), Option<AuditBreak>) {
    let (mut number, mut last) = after;
    for AuditRecord { entry, digest, personal, .. } in records {
        let expected = number.saturating_add(1);
        let opened = personal.as_ref().map(|Personal { salt, value }| personal_digest(salt, value));
        let how = if entry.number != expected {
            Some(AuditFault::Missing)
        } else if entry.previous != last {
            Some(AuditFault::Unlinked)
        } else if entry.digest().ok().as_ref() != Some(digest) {
            Some(AuditFault::Changed)
        } else if opened.is_some() && opened != entry.personal {
            Some(AuditFault::PersonalChanged)
        } else {
            None
        };
        if let Some(how) = how {
            return ((number, last), Some(AuditBreak { number: expected, how }));
        }
        (number, last) = (expected, digest.clone());
    }
    ((number, last), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(length: u64) -> Vec<AuditRecord> {
        let (mut previous, mut records) = (BEFORE_THE_FIRST.to_owned(), Vec::new());
        for number in 1..=length {
            let personal = Personal { salt: number.to_string(), value: "{\"login\":\"a@b.cn\"}".to_owned() };
            let entry = AuditEntry {
                number,
                at: 1_795_000_000,
                person: Some("p".to_owned()),
                role: Some("officer".to_owned()),
                session: None,
                action: "assess".to_owned(),
                subject: Some(number.to_string()),
                personal: Some(personal_digest(&personal.salt, &personal.value)),
                feed: FeedNumber(number),
                previous,
            };
            let digest = entry.digest().unwrap();
            previous = digest.clone();
            records.push(AuditRecord { entry, digest, name: None, personal: Some(personal) });
        }
        records
    }

    #[track_caller]
    fn breaks(records: &[AuditRecord], at: u64, how: AuditFault) {
        let ((sound, _), broken) = follow((0, BEFORE_THE_FIRST.to_owned()), records);
        assert_eq!(broken, Some(AuditBreak { number: at, how }));
        assert_eq!(sound.checked_add(1), Some(at));
    }

    #[test]
    fn a_whole_chain_follows_and_one_that_was_meddled_with_breaks_where_it_was() {
        let whole = chain(5);
        let ((to, digest), broken) = follow((0, BEFORE_THE_FIRST.to_owned()), &whole);
        assert_eq!((to, &digest, broken), (5, &whole[4].digest, None));
        assert_eq!(follow((2, whole[1].digest.clone()), &whole[2..]).1, None);

        let mut changed = whole.clone();
        changed[2].entry.subject = None;
        breaks(&changed, 3, AuditFault::Changed);
        // Sealed again, it no longer fits what follows.
        changed[2].digest = changed[2].entry.digest().unwrap();
        breaks(&changed, 4, AuditFault::Unlinked);

        let mut shortened = whole.clone();
        shortened.remove(1);
        breaks(&shortened, 2, AuditFault::Missing);

        let mut opened = whole.clone();
        opened[3].personal.as_mut().unwrap().value.push(' ');
        breaks(&opened, 4, AuditFault::PersonalChanged);
        // Erased, the chain stays whole.
        opened[3].personal = None;
        assert_eq!(follow((0, BEFORE_THE_FIRST.to_owned()), &opened).1, None);
    }

    #[test]
    fn what_a_seal_is_over() {
        let AuditRecord { entry, .. } = &chain(1)[0];
        // Changing this breaks every chain there is.
        assert_eq!(
            serde_json::to_string(entry).unwrap(),
            format!(
                r#"{{"number":1,"at":1795000000,"person":"p","role":"officer","action":"assess","subject":"1","personal":"{}","feed":1,"previous":"{BEFORE_THE_FIRST}"}}"#,
                entry.personal.as_deref().unwrap()
            )
        );
    }
}
