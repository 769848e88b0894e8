//! The API as an OpenAPI 3.1 document: the access table, what each operation takes and answers (`wire`), the ways in, and
//! what whoever runs the deployment may do.
//!
//! It is served to everybody, so it holds nothing but shapes. Who may do what stands in `x-who`, role by role with the
//! customers whose rows it reaches; `x-four-eyes` marks what nobody may do to a draft of their own.

mod wire;

use super::access::{Line, Method, Operation, TABLE, WAYS_IN, WayIn, may};
use super::api::{BASE, BookInfo, CreateBook, Link, OperatorLink, Problem};
use super::schema::generator;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use wire::{Body, Version, Wire, wire, wire_of_way_in};

/// What refuses, by status.
const REFUSALS: [(u16, &str); 12] = [
    (400, "The request cannot be read: no JSON, two tokens at once, or a write without its Idempotency-Key"),
    (401, "Nobody is signed in, or what was to sign them in is wrong or spent"),
    (403, "Whoever asks may not do this, or the request comes from another site"),
    (404, "There is nothing here that the caller may know of"),
    (408, "The body came in too slowly"),
    (409, "It contradicts what the book holds, or the key belongs to another request"),
    (412, "What it would change was changed meanwhile: the problem names the version that stands"),
    (413, "The body is too long"),
    (415, "The body is of another type"),
    (422, "The request can be read, and a field or parameter of it cannot be taken"),
    (428, "A change needs an If-Match with the version that it was made from"),
    (429, "Too many tries: wait"),
];

/// The document.
pub fn document() -> Value {
    let mut schemas = generator("/components/schemas");
    let mut paths = Paths::default();
    let about = descriptions::<Operation>(&mut schemas);
    for line in TABLE {
        let name = line.operation.name();
        let operation = of_line(line, &name, about.get(&name), &mut schemas);
        paths.add(&format!("{BASE}{}", line.path), line.method, operation);
    }
    let about = descriptions::<WayIn>(&mut schemas);
    for (way, path) in WAYS_IN {
        let name = plain(way);
        let operation = of_way_in(*way, &name, about.get(&name), &mut schemas);
        paths.add(&format!("{BASE}{path}"), Method::Post, operation);
    }
    for (path, name, summary) in OPEN {
        paths.add(&format!("{BASE}{path}"), Method::Get, open(name, summary));
    }
    paths.add(
        "/operator/v1/books",
        Method::Post,
        of_operator::<CreateBook, BookInfo>(
            "create_book",
            "Make a company's book, with its people and the default policy in force.",
            &[409],
            &mut schemas,
        ),
    );
    paths.add(
        "/operator/v1/books/{code}/links",
        Method::Post,
        of_operator::<OperatorLink, Link>(
            "make_link",
            "Make a link for somebody of the company or, at the portal, for a customer.",
            &[404],
            &mut schemas,
        ),
    );
    let problem = schemas.subschema_for::<Problem>().to_value();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Xinheng 信衡",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
            "description": "Customer credit management: may we sell this much, on these terms, to this customer, today, and \
                why? A program asks with a token that the company's admin makes; a page with the cookie of its door. Money is \
                an amount as text with exactly its currency's decimals. A write carries an Idempotency-Key, a UUID made by \
                whoever writes: sent again it gets the same answer, with another body it is refused. What has versions is \
                changed with an If-Match that names the one that was read. Failures are problem \
                documents (RFC 9457) whose code is stable.",
        },
        "servers": [{ "url": "/" }],
        "tags": [
            { "name": "book", "description": "What can be asked of a book by somebody who is signed in, or by their program" },
            { "name": "own", "description": "One's own way in; not for programs" },
            { "name": "in", "description": "The ways in" },
            { "name": "open", "description": "What everybody may read" },
            { "name": "operator", "description": "What whoever runs the deployment may do" },
        ],
        "paths": paths.0,
        "components": {
            "securitySchemes": security_schemes(),
            "parameters": {
                "IdempotencyKey": {
                    "name": "Idempotency-Key", "in": "header", "required": true,
                    "description": "Made by whoever writes and kept for every retry",
                    "schema": { "type": "string", "format": "uuid" },
                },
                "IfNoneMatch": {
                    "name": "If-None-Match", "in": "header", "required": false,
                    "description": "The entity tag of the answer that the caller holds",
                    "schema": { "type": "string" },
                },
                "IfMatch": {
                    "name": "If-Match", "in": "header", "required": true,
                    "description": "The version that the change was made from, in quotes as an entity tag has it",
                    "schema": { "type": "string" },
                },
                "Id": {
                    "name": "id", "in": "path", "required": true,
                    "description": "What the operation is about: a UUID, a policy's version, or the name of a session",
                    "schema": { "type": "string" },
                },
                "Code": {
                    "name": "code", "in": "path", "required": true, "description": "The company's code",
                    "schema": { "type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,30}[a-z0-9]$" },
                },
            },
            "responses": refusals(&problem),
            "schemas": schemas.take_definitions(true),
        },
    })
}

/// What everybody may read: path, name, and what it is.
const OPEN: [(&str, &str, &str); 3] = [
    ("health", "health", "Whether this build is up, and which it is."),
    ("openapi.json", "openapi", "This document."),
    ("schemas/policy", "policy_schema", "The JSON Schema of a policy."),
];

/// Paths with their methods.
#[derive(Default)]
struct Paths(BTreeMap<String, Map<String, Value>>);

impl Paths {
    fn add(&mut self, path: &str, method: Method, operation: Value) {
        self.0.entry(path.to_owned()).or_default().insert(method.name().to_lowercase(), operation);
    }
}

/// An operation of the access table.
fn of_line(line: &Line, name: &str, summary: Option<&String>, schemas: &mut SchemaGenerator) -> Value {
    let wire = wire(line.operation);
    let mut parameters = Vec::new();
    let mut refuses = BTreeSet::from([400, 401, 403]);
    if line.path.contains("{id}") {
        parameters.push(json!({ "$ref": "#/components/parameters/Id" }));
        refuses.insert(404);
    }
    if line.writes {
        parameters.push(json!({ "$ref": "#/components/parameters/IdempotencyKey" }));
        refuses.insert(409);
    }
    if line.method != Method::Get {
        refuses.extend([408, 413, 415]);
    }
    let mut operation = spoken(&wire, parameters, refuses, 200, schemas);
    let own = line.operation.is_ones_own();
    operation.insert("operationId".to_owned(), name.into());
    operation.insert("summary".to_owned(), summary.cloned().unwrap_or_default().into());
    operation.insert("tags".to_owned(), json!([if own { "own" } else { "book" }]));
    operation.insert("security".to_owned(), security(line.operation));
    let who: BTreeMap<String, Value> = line.who.iter().map(|(role, rows)| (plain(role), json!(rows))).collect();
    operation.insert("x-who".to_owned(), json!(who));
    if line.four_eyes {
        operation.insert("x-four-eyes".to_owned(), true.into());
    }
    Value::Object(operation)
}

/// A way in.
fn of_way_in(way: WayIn, name: &str, summary: Option<&String>, schemas: &mut SchemaGenerator) -> Value {
    let wire = wire_of_way_in(way);
    let mut operation = spoken(&wire, Vec::new(), BTreeSet::from([401, 403]), 200, schemas);
    operation.insert("operationId".to_owned(), name.into());
    operation.insert("summary".to_owned(), summary.cloned().unwrap_or_default().into());
    operation.insert("tags".to_owned(), json!(["in"]));
    operation.insert("security".to_owned(), json!([]));
    Value::Object(operation)
}

/// What everybody may read.
fn open(name: &str, summary: &str) -> Value {
    json!({
        "operationId": name,
        "summary": summary,
        "tags": ["open"],
        "security": [],
        "responses": {
            "200": { "description": "It", "content": { "application/json": { "schema": { "type": "object" } } } },
            "304": { "description": "What the caller holds still stands" },
        },
    })
}

/// A call with the deployment's secret.
fn of_operator<Takes: JsonSchema, Answers: JsonSchema>(
    name: &str,
    summary: &str,
    refuses: &[u16],
    schemas: &mut SchemaGenerator,
) -> Value {
    let wire = Wire {
        answers: Some(SchemaGenerator::subschema_for::<Answers>),
        gives_file: false,
        takes: Body::Json(SchemaGenerator::subschema_for::<Takes>),
        query: &[],
        refuses: &[],
        kept: false,
        version: Version::None,
    };
    let refuses = refuses.iter().copied().chain([401]).collect();
    let parameters =
        if name == "make_link" { vec![json!({ "$ref": "#/components/parameters/Code" })] } else { Vec::new() };
    let mut operation = spoken(&wire, parameters, refuses, 201, schemas);
    operation.insert("operationId".to_owned(), name.into());
    operation.insert("summary".to_owned(), summary.into());
    operation.insert("tags".to_owned(), json!(["operator"]));
    operation.insert("security".to_owned(), json!([{ "operator": [] }]));
    Value::Object(operation)
}

/// Parameters, body and answers.
fn spoken(
    wire: &Wire,
    mut parameters: Vec<Value>,
    mut refuses: BTreeSet<u16>,
    good: u16,
    schemas: &mut SchemaGenerator,
) -> Map<String, Value> {
    let mut operation = Map::new();
    for parameter in wire.query {
        parameters.push(json!({
            "name": parameter.name, "in": "query", "required": parameter.required, "description": parameter.about,
            "schema": (parameter.schema)(schemas),
        }));
        refuses.insert(422);
    }
    let content = match wire.takes {
        Body::None => None,
        Body::Json(schema) => Some(json!({ "application/json": { "schema": schema(schemas) } })),
        Body::File => Some(json!({ "application/octet-stream": { "schema": {} } })),
    };
    if let Some(content) = content {
        operation.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
        refuses.extend([400, 408, 413, 415, 422]);
    }
    refuses.extend(wire.refuses);
    let mut responses = Map::new();
    let mut answer = json!({ "description": "Done" });
    if let Some(schema) = wire.answers {
        answer =
            json!({ "description": "The answer", "content": { "application/json": { "schema": schema(schemas) } } });
    }
    if wire.gives_file {
        answer = json!({ "description": "The file, to be saved", "content": { "application/octet-stream": { "schema": {} } } });
    }
    if wire.kept || wire.version != Version::None {
        let about = if wire.kept { "Its entity tag" } else { "The version that stands" };
        let tag = json!({ "ETag": { "description": about, "schema": { "type": "string" } } });
        answer.as_object_mut().map(|answer| answer.insert("headers".to_owned(), tag));
    }
    if wire.version == Version::Changed {
        parameters.push(json!({ "$ref": "#/components/parameters/IfMatch" }));
        refuses.extend([412, 428]);
    }
    if wire.kept {
        parameters.push(json!({ "$ref": "#/components/parameters/IfNoneMatch" }));
        responses.insert("304".to_owned(), json!({ "description": "What the caller holds still stands" }));
    }
    let says = wire.answers.is_some() || wire.gives_file;
    responses.insert(if says { good } else { 204 }.to_string(), answer);
    for status in refuses {
        responses.insert(status.to_string(), refusal(status));
    }
    if !parameters.is_empty() {
        operation.insert("parameters".to_owned(), parameters.into());
    }
    operation.insert("responses".to_owned(), responses.into());
    operation
}

fn refusal(status: u16) -> Value {
    json!({ "$ref": format!("#/components/responses/{status}") })
}

fn refusals(problem: &Value) -> Map<String, Value> {
    let content = json!({ "application/problem+json": { "schema": problem } });
    let refused =
        |(status, about): &(u16, &str)| (status.to_string(), json!({ "description": about, "content": content }));
    REFUSALS.iter().map(refused).collect()
}

/// By what an operation can be asked: the cookies of the doors whose people may, or a program's token.
fn security(operation: Operation) -> Value {
    use super::access::Role;
    let portal = may(Role::Customer, operation).is_some();
    let staff = Role::ALL.into_iter().any(|role| role != Role::Customer && may(role, operation).is_some());
    let mut ways = Vec::new();
    if staff {
        ways.extend([json!({ "desk": [] }), json!({ "field": [] })]);
    }
    if portal {
        ways.push(json!({ "portal": [] }));
    }
    if !operation.is_ones_own() {
        ways.push(json!({ "program": [] }));
    }
    ways.into()
}

fn security_schemes() -> Value {
    let cookie = |door: &str| {
        json!({
            "type": "apiKey", "in": "cookie", "name": format!("__Host-session-{door}"),
            "description": "A session. Only pages of the same origin can write with it: requests that name another are refused",
        })
    };
    json!({
        "desk": cookie("desk"),
        "field": cookie("field"),
        "portal": cookie("portal"),
        "program": {
            "type": "http", "scheme": "bearer",
            "description": "A token of the company's admin; it acts as a role, with a part of what the role may",
        },
        "operator": { "type": "http", "scheme": "bearer", "description": "The deployment's secret" },
    })
}

/// What each value of an enum is called and means, by its schema.
fn descriptions<T: JsonSchema>(schemas: &mut SchemaGenerator) -> BTreeMap<String, String> {
    let schema = T::json_schema(schemas).to_value();
    let values = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    let described = |value: &Value| {
        let text = |name| value.get(name).and_then(Value::as_str).map(str::to_owned);
        Some((text("const")?, text("description")?.replace('\n', " ")))
    };
    values.filter_map(described).collect()
}

fn plain(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}
