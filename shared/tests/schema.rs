//! What is published says what the types say, and nothing is without its line.

use serde_json::Value;
use shared::record::access::{Role, TABLE, WAYS_IN, may};
use shared::record::api::BASE;
use shared::record::openapi::document;
use shared::record::schema::{cases, files, policy, readable};
use std::path::Path;

#[test]
fn what_is_checked_in_is_what_the_types_say() {
    for (path, text) in files() {
        let kept = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap();
        assert!(kept == text, "{path} is stale: cargo run -p shared --features schema --example schema");
    }
}

#[test]
fn what_is_readable_is_the_same_document() {
    for document in [policy(), cases(), document()] {
        let text = readable(&document);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), document);
    }
}

#[test]
fn every_line_of_the_access_table_is_an_operation_and_every_operation_a_line() {
    let document = document();
    for line in TABLE {
        let operation = &document["paths"][format!("{BASE}{}", line.path)][line.method.name().to_lowercase()];
        assert_eq!(operation["operationId"], line.operation.name());
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{line:?}");
        for role in Role::ALL {
            let rows = operation["x-who"].get(serde_json::to_value(role).unwrap().as_str().unwrap());
            let expected = may(role, line.operation).map(|rows| serde_json::to_value(rows).unwrap());
            assert_eq!(rows, expected.as_ref(), "{role:?} {line:?}");
        }
    }
    let operations: Vec<&Value> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .filter_map(Value::as_object)
        .flat_map(|path| path.values())
        .collect();
    let of_table = operations.iter().filter(|operation| operation.get("x-who").is_some()).count();
    assert_eq!(of_table, TABLE.len());
    assert_eq!(operations.iter().filter(|operation| operation["tags"][0] == "in").count(), WAYS_IN.len());
}

/// Every reference leads somewhere, and no two types share a name (the second would get a number).
#[test]
fn references_lead_somewhere_and_names_are_the_types_own() {
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(object) => {
                found.extend(object.get("$ref").and_then(Value::as_str));
                object.values().for_each(|member| references(member, found));
            }
            Value::Array(elements) => elements.iter().for_each(|element| references(element, found)),
            _ => {}
        }
    }
    for (document, definitions) in [(policy(), "/$defs"), (cases(), "/$defs"), (document(), "/components/schemas")] {
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > 50);
        for reference in found {
            assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference} leads nowhere");
        }
        for name in document.pointer(definitions).unwrap().as_object().unwrap().keys() {
            assert!(!name.ends_with(|char: char| char.is_ascii_digit()), "{name}: another type has its name");
        }
    }
}
