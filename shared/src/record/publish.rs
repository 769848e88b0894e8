//! Publishing a policy: a version that people may be judged by.
//!
//! A policy carries its own examples (`cases`), in the format of [`super::cases`]. It is published only when the document is
//! sound and every one of them comes out as it says, run on this very document: what the officer meant is then what the policy
//! does. A case may patch the policy like any other, so that it can show what a value is for.

use super::cases::{Case, Difference, run_case_on};
use super::decision::policy_digest;
use crate::facts::document::read_value;
use crate::rules::policy::{Policy, PolicyError, PolicyVersion};
use serde::{Deserialize, Serialize};

/// Bytes of a document at most.
pub const LENGTH_MAX: usize = 8 * 1024 * 1024;

/// A case that did not come out as it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FailedCase {
    /// Where it stands: `cases[3]`.
    pub path: String,
    /// Its name.
    pub name: String,
    /// Where the answer differs from what was expected.
    pub differences: Vec<Difference>,
}

/// Why a policy is not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The document is longer than what is read.
    #[error("the policy has {0} bytes: at most {LENGTH_MAX}")]
    TooLong(usize),
    /// The document is not sound, or a case of it cannot be read.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// Cases failed.
    #[error("{} case(s) failed; the first: {}", .0.len(), .0.first().map(|case| format!("{} ({})", case.path, case.name)).unwrap_or_default())]
    Cases(Vec<FailedCase>),
    /// The document could not be written as JSON.
    #[error("the policy cannot be written: {0}")]
    Json(#[from] serde_json::Error),
}

/// Makes a version of a policy document.
///
/// 1. It is read and checked; every fault names its path.
/// 2. Its cases are read; one that cannot be is a fault under its path (`cases[3].ask`).
/// 3. They are run on the document without its cases, and each that fails is named with what was expected and what came.
///
/// # Errors
///
/// [`PublishError::TooLong`], [`PublishError::Policy`] with every fault's path, or [`PublishError::Cases`] with every
/// case that fails; [`PublishError::Json`] when the policy cannot be written.
pub fn publish(json: &str, version: u32) -> Result<PolicyVersion, PublishError> {
    // 1.
    if json.len() > LENGTH_MAX {
        return Err(PublishError::TooLong(json.len()));
    }
    let policy = Policy::parse(json)?;
    // 2.
    let (mut cases, mut faults): (Vec<Case>, Vec<_>) = (Vec::new(), Vec::new());
    for (place, case) in policy.cases.iter().flatten().enumerate() {
        match read_value(case) {
            Ok(case) => cases.push(case),
            Err(mut error) => {
                let within = if error.path.is_empty() { "" } else { "." };
                error.path = format!("cases[{place}]{within}{}", error.path);
                faults.push(error.into());
            }
        }
    }
    if !faults.is_empty() {
        return Err(PolicyError(faults).into());
    }
    // 3.
    let base = serde_json::to_value(Policy { cases: None, ..policy.clone() })?;
    let outcomes = cases.iter().map(|case| run_case_on(&base, case)).enumerate();
    let failed = outcomes.filter(|(_, outcome)| !outcome.differences.is_empty()).map(|(place, outcome)| FailedCase {
        path: format!("cases[{place}]"),
        name: outcome.name,
        differences: outcome.differences,
    });
    let failed: Vec<FailedCase> = failed.collect();
    if !failed.is_empty() {
        return Err(PublishError::Cases(failed));
    }
    Ok(PolicyVersion { version, digest: policy_digest(&policy)?, policy })
}
