//! The case runner for a page of the tests: the same cases as natively and at the edge, so that their digests can be
//! compared. Never deployed.

use wasm_bindgen::prelude::wasm_bindgen;

/// Runs a case file and answers its outcomes as JSON, or why it could not be read.
#[must_use]
#[wasm_bindgen]
pub fn run_cases(file: &str) -> String {
    let outcomes = shared::record::cases::run(file).map_err(|error| error.to_string());
    match outcomes.and_then(|outcomes| serde_json::to_string(&outcomes).map_err(|error| error.to_string())) {
        Ok(outcomes) => outcomes,
        Err(error) => error,
    }
}
