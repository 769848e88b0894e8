//! JSON Schemas (2020-12) of the documents that people write: a policy, a file of cases.
//!
//! They are made from the types, so that neither can say what the other doesn't; what is checked in beside the documents is
//! what [`files`] gives, and a test says so. A schema knows shapes, not sense: that weights add up and bands ascend is asked
//! by [`Policy::check`]. A field may be absent or null where the type says so; what is published accepts the same.

use super::cases::Case;
use super::openapi;
use crate::rules::policy::Policy;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::transform::transform_subschemas;
use schemars::{JsonSchema, Schema};
use serde_json::Value;

/// The files that are made from the types: their places in the repository and what they hold.
pub fn files() -> [(&'static str, String); 3] {
    [
        ("shared/policy/schema.json", readable(&policy())),
        ("shared/policy/cases.schema.json", readable(&cases())),
        ("worker/openapi.json", readable(&openapi::document())),
    ]
}

/// The schema of a policy.
pub fn policy() -> Value {
    published::<Policy>("urn:xinheng:schema:policy", "A policy of Xinheng")
}

/// The schema of a file of cases.
pub fn cases() -> Value {
    published::<Vec<Case>>("urn:xinheng:schema:cases", "Reference cases of Xinheng")
}

fn published<T: JsonSchema>(id: &str, title: &str) -> Value {
    let mut schema = generator("/$defs").into_root_schema_for::<T>();
    schema.insert("$id".to_owned(), id.into());
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}

/// What writes schemas, with the definitions at a place of the document.
pub(super) fn generator(definitions: &'static str) -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = definitions.into());
    settings.with_transform(in_plain_words).into_generator()
}

/// Descriptions are doc comments: without their line breaks and links.
fn in_plain_words(schema: &mut Schema) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        let paragraphs: Vec<String> = text.split("\n\n").map(|part| part.replace('\n', " ")).collect();
        *text = paragraphs.join("\n\n").replace("[`", "`").replace("`]", "`");
    }
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
    transform_subschemas(&mut in_plain_words, schema);
}

/// How wide a line may be.
const WIDTH: usize = 120;
/// What stands first in an object; the rest follows by name.
const FIRST: [&str; 13] = [
    "$schema",
    "$id",
    "$ref",
    "openapi",
    "info",
    "title",
    "type",
    "description",
    "in",
    "name",
    "operationId",
    "summary",
    "const",
];

/// A document to be read by people, the same for the same value: what fits a line stands on one.
pub fn readable(document: &Value) -> String {
    let mut text = String::new();
    write(document, 0, 0, &mut text);
    text.push('\n');
    text
}

/// Writes a value whose line is indented so far and has so many characters before it.
fn write(value: &Value, indent: usize, before: usize, text: &mut String) {
    let line = on_one_line(value);
    if line.chars().count().saturating_add(before) < WIDTH || !(value.is_array() || value.is_object()) {
        text.push_str(&line);
        return;
    }
    let inner = indent.saturating_add(2);
    let next = |text: &mut String, first: bool| {
        text.push_str(if first { "\n" } else { ",\n" });
        text.push_str(&" ".repeat(inner));
    };
    let (open, close) = if value.is_array() { ('[', ']') } else { ('{', '}') };
    text.push(open);
    for (i, element) in value.as_array().into_iter().flatten().enumerate() {
        next(text, i == 0);
        write(element, inner, inner, text);
    }
    for (i, (name, member)) in members(value).into_iter().enumerate() {
        next(text, i == 0);
        let key = format!("{}: ", Value::from(name));
        text.push_str(&key);
        write(member, inner, inner.saturating_add(key.chars().count()), text);
    }
    text.push('\n');
    text.push_str(&" ".repeat(indent));
    text.push(close);
}

fn on_one_line(value: &Value) -> String {
    let listed = |parts: Vec<String>, open: &str, close: &str| format!("{open}{}{close}", parts.join(", "));
    match value {
        Value::Array(elements) => listed(elements.iter().map(on_one_line).collect(), "[", "]"),
        Value::Object(object) if object.is_empty() => "{}".to_owned(),
        Value::Object(_) => {
            let member = |(name, member)| format!("{}: {}", Value::from(name), on_one_line(member));
            listed(members(value).into_iter().map(member).collect::<Vec<String>>(), "{ ", " }")
        }
        plain => plain.to_string(),
    }
}

fn members(value: &Value) -> Vec<(&str, &Value)> {
    let mut members: Vec<(&str, &Value)> =
        value.as_object().into_iter().flatten().map(|(name, member)| (name.as_str(), member)).collect();
    let rank = |name: &str| FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len());
    members.sort_by_key(|(name, _)| (rank(name), *name));
    members
}
