//! Reading a document: JSON into a type, with the path of what doesn't fit.
//!
//! A policy, a list of facts, a case: whatever is read, an error names where the fault is and what stands there. Inside an
//! enum that is told by a field (`kind`), the path ends at the enum's own place.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};
use std::fmt::Write;

/// A document doesn't fit its type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct DocumentError {
    /// Where: `limit.grades[2].cap`; empty for the document as a whole, or when it is no JSON.
    pub path: String,
    /// What is wrong, with the value that stands there where it is a single one.
    pub message: String,
}

/// Reads a document from its text; the message names line and column.
///
/// # Errors
///
/// [`DocumentError`] when the text is no JSON, something doesn't fit the type, or more follows the document: with the
/// path and what stands there.
pub fn read<T: DeserializeOwned>(json: &str) -> Result<T, DocumentError> {
    let mut text = serde_json::Deserializer::from_str(json);
    let read: T = serde_path_to_error::deserialize(&mut text).map_err(|error| {
        // The text is read again only to show what stood there; where it is no JSON, nothing does.
        let document = serde_json::from_str(json).unwrap_or(Value::Null);
        fault(error.path(), &error.inner().to_string(), &document)
    })?;
    text.end().map_err(|error| DocumentError { path: String::new(), message: error.to_string() })?;
    Ok(read)
}

/// Reads a document that is parsed already.
///
/// # Errors
///
/// [`DocumentError`] with the path of what doesn't fit the type.
pub fn read_value<T: DeserializeOwned>(document: &Value) -> Result<T, DocumentError> {
    serde_path_to_error::deserialize(document)
        .map_err(|error| fault(error.path(), &error.inner().to_string(), document))
}

fn fault(path: &Path, message: &str, document: &Value) -> DocumentError {
    let mut text = String::new();
    let mut place = Some(document);
    for segment in path {
        match segment {
            Segment::Seq { index } => {
                // Writing to a string cannot fail.
                let _ = write!(text, "[{index}]");
                place = place.and_then(|place| place.get(index));
            }
            Segment::Map { key } => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(key);
                place = place.and_then(|place| place.get(key));
            }
            // The variant of an enum has no place of its own; what is unknown has none that could be named.
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    let value = place.filter(|value| !value.is_object() && !value.is_array()).map(Value::to_string);
    let message = match value.filter(|value| !message.contains(value.trim_matches('"'))) {
        Some(value) => format!("{message}; found {}", value.chars().take(80).collect::<String>()),
        None => message.to_owned(),
    };
    DocumentError { path: text, message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn the_path_and_the_value_are_named() {
        type Table = BTreeMap<String, Vec<BTreeMap<String, u8>>>;
        let error = read::<Table>("{\"a\":[{\"x\":1},{\"y\":\"two\"}]}").unwrap_err();
        assert_eq!(error.path, "a[1].y");
        assert!(error.message.contains("two") && error.message.contains("line 1"), "{error}");
        let error = read_value::<Table>(&serde_json::json!({ "a": [{ "x": true }] })).unwrap_err();
        assert_eq!((error.path.as_str(), error.message.contains("true")), ("a[0].x", true), "{error}");
        assert_eq!(read::<Table>("{").unwrap_err().path, "");
        assert!(read::<Table>("{} {}").unwrap_err().message.contains("trailing"));
    }
}
