//! Bad policy, bad facts: a typed error that names the path and the value.

use serde_json::{Value, json};
use shared::facts::document::read_value;
use shared::facts::ledger::Recorded;
use shared::record::cases::run;
use shared::rules::policy::{DEFAULT, Policy};

/// Puts a value at a pointer of the default policy and says which paths are at fault.
#[track_caller]
fn policy(pointer: &str, value: Value, path: &str, shown: &str) {
    let mut document: Value = serde_json::from_str(DEFAULT).unwrap();
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer} is not there"));
    match parent {
        Value::Array(list) => *list.get_mut(field.parse::<usize>().unwrap()).unwrap() = value,
        parent => {
            parent.as_object_mut().unwrap().insert(field.to_owned(), value);
        }
    }
    let faults = Policy::parse(&document.to_string()).unwrap_err().0;
    let found = faults.iter().any(|fault| fault.path == path && fault.message.contains(shown));
    assert!(found, "{pointer}: no '{path}' with '{shown}' in {faults:#?}");
}

#[test]
fn every_section_of_a_policy_names_its_fault() {
    let yuan = |amount: &str| json!({ "amount": amount, "currency": "CNY" });
    // What doesn't fit its type.
    policy("/format", json!(7), "format", "7");
    policy("/currency", json!("XYZ"), "currency", "XYZ");
    policy("/name/zh", json!(null), "name.zh", "null");
    policy("/calendar/holidays", json!(["2026-02-30"]), "calendar.holidays[0]", "2026-02-30");
    policy("/aging/bands/1", json!(-3), "aging.bands[1]", "-3");
    policy("/behaviour/window_days", json!("ninety"), "behaviour.window_days", "ninety");
    policy("/exposure/orders", json!("yes"), "exposure.orders", "yes");
    policy("/scorecard/lines/2/weight", json!("twelve"), "scorecard.lines[2].weight", "twelve");
    policy("/grade/bands/0/from", json!("90.001"), "grade.bands[0].from", "90.001");
    policy("/limit/grades/1/cap/amount", json!("1.234"), "limit.grades[1].cap", "1.234");
    policy("/order_check/tolerance", json!(0.05), "order_check.tolerance", "0.05");
    policy("/order_check/tolerence", json!("0.05"), "order_check.tolerence", "tolerence");
    policy("/retest/order", json!("biggest_first"), "retest.order", "biggest_first");
    policy("/calibration/window_months", json!(70_000), "calibration.window_months", "70000");
    // What fits and makes no sense.
    policy("/format", json!("xinheng.policy/9"), "format", "must be");
    policy("/aging/bands/0", json!(999), "aging.bands", "rise");
    policy("/behaviour/window_days", json!(0), "behaviour.window_days", "at least 1");
    policy("/scorecard/lines/0/weight", json!("1"), "scorecard.lines", "100");
    policy("/grade/unsure_cap", json!("Z"), "grade.unsure_cap", "Z");
    policy("/limit/round_to", yuan("0.00"), "limit.round_to", "positive");
    policy("/order_check/size_share", json!("0"), "order_check.size_share", "positive");
    policy("/receivables/dso/window_days", json!(0), "receivables.dso.window_days", "at least 1");
    policy("/scoring/unscreened_cap", json!("Z"), "scoring.unscreened_cap", "no grade");
    policy("/scoring/trust/marked", json!("1.5"), "scoring.trust", "between 0 and 1");
    policy("/dunning/promise/short_share", json!("2"), "dunning.promise.short_share", "between 0 and 1");
    policy("/clocks/limitation_longest_months", json!(1), "clocks.limitation_longest_months", "limitation_months");
    policy("/calibration/indeterminate_days", json!(91), "calibration.indeterminate_days", "90");
    policy("/calibration/adjustment", json!("0"), "calibration.adjustment", "positive");
    policy("/calibration/fine_bins", json!(1), "calibration.fine_bins", "between 2 and 100");
    policy("/calibration/small_amount/currency", json!("USD"), "calibration.small_amount", "CNY");
    policy("/calibration/ridge", json!("-1"), "calibration.ridge", "between 0 and 1000");
}

#[test]
fn whatever_a_section_is_a_word_in_its_place_names_it() {
    let document: Value = serde_json::from_str(DEFAULT).unwrap();
    for (section, value) in document.as_object().unwrap() {
        if value.is_object() || value.is_array() {
            policy(&format!("/{section}"), json!("nonsense"), section, "nonsense");
        }
        if value.is_object() && section != "name" && section != "note" {
            policy(&format!("/{section}/nonsense"), json!(1), &format!("{section}.nonsense"), "unknown field");
        }
    }
}

#[test]
fn a_policy_that_is_no_json_says_so() {
    let error = Policy::parse("{\"format\": ").unwrap_err();
    assert_eq!(error.0.first().map(|fault| fault.path.as_str()), Some("format"));
    assert!(error.to_string().contains("line 1"), "{error}");
    let error = Policy::parse(&format!("{DEFAULT} and more")).unwrap_err();
    assert!(error.to_string().contains("trailing"), "{error}");
}

#[test]
fn bad_facts_name_their_path_and_value() {
    let fact = |change: &dyn Fn(&mut Value)| {
        let mut fact = json!({
            "id": "00000000-0000-0000-0000-000000000001",
            "customer": "00000000-0000-0000-0000-000000000002",
            "feed": 1,
            "date": "2026-11-01",
            "fact": {
                "kind": "charged",
                "id": "00000000-0000-0000-0000-000000000003",
                "document": "invoice",
                "number": "INV-1",
                "due": "2026-12-01",
                "amount": { "amount": "100.00", "currency": "CNY" },
            },
        });
        change(&mut fact);
        read_value::<Vec<Recorded>>(&json!([fact]))
    };
    fact(&|_| {}).unwrap();
    let check = |change: &dyn Fn(&mut Value), path: &str, shown: &str| {
        let error = fact(change).unwrap_err();
        assert!(error.path == path && error.message.contains(shown), "{path}, {shown}: {error}");
    };
    check(&|fact| *fact.pointer_mut("/date").unwrap() = json!("2026-13-01"), "[0].date", "2026-13-01");
    check(&|fact| *fact.pointer_mut("/customer").unwrap() = json!("nobody"), "[0].customer", "nobody");
    check(&|fact| *fact.pointer_mut("/feed").unwrap() = json!(-1), "[0].feed", "-1");
    check(&|fact| *fact.pointer_mut("/fact/kind").unwrap() = json!("chargd"), "[0].fact.kind", "chargd");
    check(&|fact| *fact.pointer_mut("/fact/due").unwrap() = json!("soon"), "[0].fact", "invalid characters");
    check(&|fact| *fact.pointer_mut("/fact/amount/amount").unwrap() = json!("1.001"), "[0].fact", "1.001");
    check(&|fact| *fact.pointer_mut("/fact/amount/currency").unwrap() = json!("XXX"), "[0].fact", "XXX");
}

#[test]
fn the_cases_of_report_pass() {
    for outcome in run(include_str!("../cases/report.json")).unwrap() {
        assert!(outcome.differences.is_empty(), "{}: {:#?}", outcome.name, outcome.differences);
    }
}
