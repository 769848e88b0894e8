//! Prints a corpus file for this release: the decisions of the shipped cases with the policy they were judged by.
//! `cargo run -p shared --example corpus > shared/corpus/VERSION.json`

use serde_json::json;
use shared::facts::customer::Customer;
use shared::facts::id::{CustomerId, DecisionId, FactId, FeedNumber};
use shared::facts::ledger::Recorded;
use shared::questions::assess::evidence;
use shared::readings::journal::Journal;
use shared::record::cases::{Ask, AssessingAsk, Case, CaseRun, decision};
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
        let plain = json!({"id": CustomerId::derived(&["corpus"]), "code": "C-1", "name": "算例客户", "stage": "active", "currency": "CNY"});
        let customer: Customer = case.facts.customer.clone().map_or_else(|| serde_json::from_value(plain), Ok)?;
        let facts: Vec<Recorded> = case
            .facts
            .ledger
            .iter()
            .zip(1_u64..)
            .map(|(fact, number)| Recorded {
                id: FactId::derived(&["corpus", &number.to_string()]),
                customer: customer.id,
                feed: FeedNumber(number),
                date: fact.date,
                fact: fact.fact.clone(),
            })
            .collect();
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
