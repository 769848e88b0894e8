//! Decisions of every release must replay: a code change that alters an answer needs a new rule version, and the old code
//! stays. Each file of `corpus/` holds decisions as one release stored them, with the policies they were judged by.
//! A new release adds a file, made by the `corpus` example.

use serde::Deserialize;
use shared::record::decision::{Decision, policy_digest};
use shared::rules::policy::PolicyVersion;

#[derive(Deserialize)]
struct Release {
    policy: PolicyVersion,
    decisions: Vec<Decision>,
}

#[test]
fn every_stored_decision_replays() {
    let mut replayed = 0;
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus")).unwrap() {
        let path = entry.unwrap().path();
        let release: Release = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(policy_digest(&release.policy.policy).unwrap(), release.policy.digest, "{}", path.display());
        for decision in release.decisions {
            assert!(decision.replays(&release.policy).unwrap(), "{}: {}", path.display(), decision.id);
            replayed += 1;
        }
    }
    assert!(replayed > 0, "no decision was replayed");
}

#[test]
fn an_altered_decision_does_not_replay() {
    let text = include_str!("../corpus/0.1.0.json");
    // An answer, an input, the date, the digest itself: each altered alone.
    for (from, to) in [
        ("\"verdict\":\"hold\"", "\"verdict\":\"warn\""),
        ("\"amount\":\"614300.00\"", "\"amount\":\"614300.01\""),
        ("\"as_of\":\"2026-11-20\"", "\"as_of\":\"2026-11-21\""),
        ("\"digest\":\"", "\"digest\":\"0"),
    ] {
        let (before, after) = text.split_at(text.find("\"decisions\"").unwrap());
        let altered = format!("{before}{}", after.replacen(from, to, 1));
        assert_ne!(altered, text, "{from}");
        let release: Release = serde_json::from_str(&altered).unwrap();
        assert!(release.decisions.iter().any(|decision| !decision.replays(&release.policy).unwrap()), "{from}");
    }
}
