//! A policy is published when it is sound and its own cases pass; what doesn't fit is named with its path and value.

use serde_json::{Value, json};
use shared::record::publish::{PublishError, publish};
use shared::rules::policy::{CASES_MAX, DEFAULT, Policy};

fn document(change: impl FnOnce(&mut Value)) -> String {
    let mut document: Value = serde_json::from_str(DEFAULT).unwrap();
    change(&mut document);
    document.to_string()
}

fn case(name: &str, days: u16, expected: &str) -> Value {
    json!({
        "name": name,
        "source": "By hand: 2026-11-01 and 30 days",
        "as_of": "2026-11-01",
        "ask": { "kind": "due_date", "terms": { "kind": "net", "days": days } },
        "expect": expected,
    })
}

/// The order check's tolerance decides whether 104 of 100 passes.
fn tolerance_case(expected: &str) -> Value {
    let amount = |amount: &str| json!({ "amount": amount, "currency": "CNY" });
    json!({
        "name": "Four per cent over the limit",
        "source": "By hand: 104,000 against 100,000",
        "as_of": "2026-11-20",
        "facts": { "ledger": [
            { "date": "2026-01-05", "kind": "graded", "grade": "A", "score": "75", "confidence": "1", "decision": "00000000-0000-0000-0000-000000009000" },
            { "date": "2026-01-05", "kind": "limit_granted", "limit": { "kind": "amount", "amount": amount("100000.00") } },
            { "date": "2026-01-05", "kind": "terms_granted", "terms": { "kind": "month_end", "days": 30 } },
        ] },
        "ask": { "kind": "order_check", "order": {
            "id": "00000000-0000-0000-0000-000000000500",
            "customer": "f0000000-0000-0000-0000-000000000001",
            "amount": amount("104000.00"),
            "terms": { "kind": "month_end", "days": 30 },
        } },
        "expect": { "answer": { "verdict": expected } },
    })
}

#[test]
fn a_policy_whose_cases_pass_is_published() {
    let version = publish(&document(|policy| policy["cases"] = json!([case("Net 30", 30, "2026-12-01")])), 3).unwrap();
    assert_eq!((version.version, version.policy.cases.as_ref().map(Vec::len)), (3, Some(1)));
    assert_eq!(publish(DEFAULT, 1).unwrap().policy.cases, None);
    // The cases are part of the document: with others it is another version.
    assert_ne!(version.digest, publish(DEFAULT, 3).unwrap().digest);
}

#[test]
fn cases_run_on_the_policy_that_carries_them() {
    let cases = |tolerance: &str| {
        document(|policy| {
            policy["order_check"]["tolerance"] = json!(tolerance);
            policy["cases"] = json!([case("Net 30", 30, "2026-12-01"), tolerance_case("warn")]);
        })
    };
    publish(&cases("0.05"), 1).unwrap();
    let Err(PublishError::Cases(failed)) = publish(&cases("0.03"), 1) else { panic!("published") };
    assert_eq!(failed.len(), 1);
    assert_eq!((failed[0].path.as_str(), failed[0].name.as_str()), ("cases[1]", "Four per cent over the limit"));
    let difference = &failed[0].differences[0];
    assert_eq!(
        (difference.path.as_str(), &difference.expected, &difference.actual),
        ("answer.verdict", &json!("warn"), &json!("hold"))
    );
}

#[test]
fn a_case_that_cannot_be_read_is_a_fault_with_its_path() {
    let mut odd = case("Net 30", 30, "2026-12-01");
    odd["as_of"] = json!("yesterday");
    let Err(PublishError::Policy(error)) = publish(&document(|policy| policy["cases"] = json!([odd])), 1) else {
        panic!("published")
    };
    assert_eq!(error.0[0].path, "cases[0].as_of");
    assert!(error.0[0].message.contains("yesterday"), "{error}");
}

#[test]
fn cases_are_bounded() {
    let many = vec![case("Net 30", 30, "2026-12-01"); CASES_MAX + 1];
    let error = Policy::parse(&document(|policy| policy["cases"] = many.into())).unwrap_err();
    assert_eq!(error.0[0].path, "cases");
    let long = case(&"x".repeat(40_000), 30, "2026-12-01");
    let error = Policy::parse(&document(|policy| policy["cases"] = json!([long]))).unwrap_err();
    assert_eq!(error.0[0].path, "cases[0]");
}
