//! Prints a corpus file for this release: the decisions of the shipped cases with the policy they were judged by.
//! `cargo run -p shared --example corpus > shared/corpus/VERSION.json`

use shared::facts::id::DecisionId;
use shared::questions::assess::evidence;
use shared::readings::journal::Journal;
use shared::record::cases::{Ask, AssessingAsk, Case, CaseRun, decision, facts_of};
use shared::record::decision::{decide_assessment, decide_full_assessment, policy_digest};
use shared::rules::policy::{DEFAULT, Policy, PolicyVersion};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let policy = Policy::parse(DEFAULT)?;
    let policy = PolicyVersion { version: 1, digest: policy_digest(&policy)?, policy };
    let mut cases: Vec<Case> = serde_json::from_str(include_str!("../cases/first.json"))?;
    cases.extend(serde_json::from_str::<Vec<Case>>(include_str!("../cases/assessment.json"))?);
    cases.extend(serde_json::from_str::<Vec<Case>>(include_str!("../cases/order_check.json"))?);
    let mut decisions = Vec::new();
    for case in cases.iter().filter(|case| case.policy.is_null()) {
        let (customer, facts) = facts_of(case, &policy.policy, "corpus");
        let id = DecisionId::derived(&["corpus", &case.name]);
        match &case.ask {
            Ask::Assessment => {
                let journal = Journal::of(&facts, None)?;
                let evidence = evidence(&policy.policy, &customer, &journal, &case.facts.rates, case.as_of)?;
                decisions.push(decide_assessment(id, &policy, customer.id, evidence, case.as_of)?);
            }
            Ask::Assessing(AssessingAsk::Full(beside)) => {
                let journal = Journal::of(&facts, None)?;
                let run =
                    CaseRun { case, policy: &policy.policy, journal: &journal, customer: &customer, facts: &facts };
                let evidence = beside.evidence(&run)?;
                decisions.push(decide_full_assessment(id, &policy, customer.id, evidence, case.as_of)?);
            }
            _ => decisions.extend(decision(case, id)?),
        }
    }
    println!("{{\"policy\":{},\"decisions\":{}}}", serde_json::to_string(&policy)?, serde_json::to_string(&decisions)?);
    Ok(())
}
