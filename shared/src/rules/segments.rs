//! Policy by group of customers: base, then the segment's patch, then the customer's own.
//!
//! A patch is a JSON merge patch (RFC 7396): objects merge, null removes, everything else replaces whole. The policy that
//! results is checked like any other, so that no patch makes an unsound one, and its digest is what a decision names. It
//! holds no patches of its own: a change to one segment leaves the digest of another as it was. A customer that no patch
//! touches is judged by the policy as it stands.

use super::policy::{Bilingual, Fault, Faults, Policy, PolicyError};
use crate::facts::document;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How a segment differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SegmentPatch {
    /// The segment, as customers' files name it.
    pub segment: String,
    /// What people call it, and why it differs.
    pub name: Bilingual,
    /// The difference.
    pub patch: Value,
}

/// What no patch may change: the format, the currency that all amounts are in, the patches themselves, and the policy's
/// cases, which are run on the policy as a whole.
const FIXED: [&str; 4] = ["format", "currency", "segments", "cases"];

/// RFC 7396: objects merge, null removes, everything else replaces whole.
pub fn merge(target: &mut Value, patch: &Value) {
    match patch {
        Value::Null => {}
        Value::Object(fields) => {
            if !target.is_object() {
                *target = Value::Object(Map::new());
            }
            let Value::Object(object) = target else { return };
            for (name, value) in fields {
                if value.is_null() {
                    object.remove(name);
                } else {
                    merge(object.entry(name.clone()).or_insert(Value::Null), value);
                }
            }
        }
        other => *target = other.clone(),
    }
}

impl Policy {
    /// The policy for a customer of this segment with this patch of its own.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] when a patch is no object, changes what no patch may, or what comes out is unsound: with the
    /// path.
    pub fn effective(&self, segment: Option<&str>, own: Option<&Value>) -> Result<Self, PolicyError> {
        let of_segment = self.segments.iter().flatten().find(|patch| Some(patch.segment.as_str()) == segment);
        let patches: Vec<&Value> = of_segment.map(|patch| &patch.patch).into_iter().chain(own).collect();
        if patches.is_empty() {
            return Ok(self.clone());
        }
        let fault = |message: String| PolicyError(vec![Fault { path: String::new(), message }]);
        let mut base = self.clone();
        base.segments = None;
        base.cases = None;
        let mut document = serde_json::to_value(&base).map_err(|error| fault(error.to_string()))?;
        for patch in patches {
            let Value::Object(fields) = patch else { return Err(fault("a patch must be an object".to_owned())) };
            if let Some(name) = FIXED.into_iter().find(|name| fields.contains_key(*name)) {
                return Err(PolicyError(vec![Fault {
                    path: name.to_owned(),
                    message: "no patch may change this".to_owned(),
                }]));
            }
            merge(&mut document, patch);
        }
        let merged: Self = document::read_value(&document).map_err(|error| PolicyError(vec![error.into()]))?;
        let Err(PolicyError(mut found)) = merged.check() else { return Ok(merged) };
        // A policy in force may be older than a check: only what the patches brought is held against them.
        let before = base.check().err().map(|error| error.0).unwrap_or_default();
        found.retain(|fault| !before.contains(fault));
        if found.is_empty() { Ok(merged) } else { Err(PolicyError(found)) }
    }

    /// Faults of the patches; each fault of a policy that results is named under its patch.
    pub(super) fn check_segments(&self, faults: &mut Faults) {
        let patches: Vec<&SegmentPatch> = self.segments.iter().flatten().collect();
        for (i, patch) in patches.iter().enumerate() {
            let path = format!("segments[{i}]");
            let twice = patches.iter().take(i).any(|other| other.segment == patch.segment);
            faults.unless(!twice, &format!("{path}.segment"), format_args!("'{}' stands twice", patch.segment));
            let result = self.effective(Some(&patch.segment), None);
            for fault in result.err().map(|error| error.0).unwrap_or_default() {
                let path = if fault.path.is_empty() {
                    format!("{path}.patch")
                } else {
                    format!("{path}.patch.{}", fault.path)
                };
                faults.unless(false, &path, format_args!("{}", fault.message));
            }
        }
    }
}
