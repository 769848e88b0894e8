//! Assessments: score, grade, limit and terms by the policy in force, granted as facts where they differ from what stands.
//! A limit beyond what the policy grants by itself is proposed with its terms, for somebody with authority to grant.

use shared::facts::calendar::plus_days;
use shared::facts::id::{CustomerId, DecisionId, FactId};
use shared::facts::ledger::{Fact, Grading, Limit, LimitGrant, TermsGrant};
use shared::facts::terms::Terms;
use shared::questions::assess::{Assessment, Evidence};
use shared::readings::exchange::RatesOn;
use shared::record::api::applications::AskedCredit;
use shared::record::api::{ASSESSED_AT_ONCE, Assess, AssessAnswer};
use shared::record::decision::{Decision, Matter, decide_assessment};
use std::collections::BTreeSet;
use uuid::Uuid;

use super::call::Call;
use super::ledger::standings::{self, Known};
use super::ledger::{NewFact, record_facts};
use super::reads::EvidenceReader;
use super::{applications, decisions};
use crate::answer::Answer;
use crate::problem::{Failure, RequestError};

/// `POST assessments`: assesses those named, or everyone, so many at a time that other requests need not wait long.
///
/// 1. All that are named are there and in sight: 404. They are not too many: 422.
/// 2. Each is judged on its own evidence. One that cannot be is named with the reason, and the others go on.
/// 3. A decision is kept where it says something new; grade, limit and terms are granted where they differ, or proposed where
///    somebody must grant them.
pub fn assess(call: &Call) -> Result<Answer, Failure> {
    // 1
    let asked: Assess = call.body()?;
    let (known, next) = wanted(call, &asked)?;
    let reader = EvidenceReader::new(call)?;
    let mut answer = AssessAnswer { assessed: 0, changed: 0, proposed: 0, failed: Vec::new(), next };
    let mut facts = Vec::new();
    for known in known {
        // 2
        let evidence = match reader.evidence(&known)? {
            Ok(evidence) => evidence,
            Err(error) => {
                answer.failed.push((known.customer.id, error.to_string()));
                continue;
            }
        };
        let (decision, assessment) = judge(call, &reader, known.customer.id, evidence)?;
        let Some(limit) = in_currency(&reader, &known, assessment.proposal.limit) else {
            let reason = format!("the limit cannot be expressed in {}", known.customer.currency);
            answer.failed.push((known.customer.id, reason));
            continue;
        };
        // 3
        answer.assessed = answer.assessed.saturating_add(1);
        let last = decisions::last_assessment(call.sql, known.customer.id)?;
        let decision = if let Some(same) = last.filter(|last| last.digest == decision.digest) {
            same
        } else {
            decisions::store(call.sql, known.customer.id, &decision)?;
            decision
        };
        let granted = by_itself(call, &reader, &known, &assessment, limit)?;
        let (new, changed) = grants(call, &reader, &known, &decision, &assessment, limit, granted)?;
        facts.extend(new);
        answer.changed = answer.changed.saturating_add(u32::from(changed));
        if !granted {
            let asked = proposal(call, &reader, &assessment, limit);
            applications::propose(call, &reader.policy.policy, &known, asked, decision.id)?;
            answer.proposed = answer.proposed.saturating_add(1);
        }
    }
    record_facts(call.sql, call.today, &facts)?;
    Answer::json(&answer)
}

/// Whom a call assesses, and after whom the next one goes on.
fn wanted(call: &Call, asked: &Assess) -> Result<(Vec<Known>, Option<CustomerId>), Failure> {
    if asked.customers.is_empty() {
        let after = asked.after.unwrap_or(CustomerId(Uuid::nil()));
        let condition = "customer.id IN (SELECT id FROM customer WHERE id > ? ORDER BY id LIMIT ?)";
        let known = standings::select(call, condition, &[&after, &ASSESSED_AT_ONCE])?;
        let next = (known.len() == ASSESSED_AT_ONCE).then(|| known.last().map(|known| known.customer.id)).flatten();
        return Ok((known, next));
    }
    let ids: BTreeSet<CustomerId> = asked.customers.iter().copied().collect();
    if ids.len() > ASSESSED_AT_ONCE {
        return Err(RequestError::Body(format!("customers: name {ASSESSED_AT_ONCE} at most, not {}", ids.len())).into());
    }
    let listed = serde_json::to_string(&ids).map_err(Failure::broken)?;
    let known = standings::select(call, "customer.id IN (SELECT value FROM json_each(?))", &[&listed])?;
    if known.len() < ids.len() {
        return Err(RequestError::NotFound.into());
    }
    Ok((known, None))
}

fn judge(
    call: &Call,
    reader: &EvidenceReader,
    customer: CustomerId,
    evidence: Evidence,
) -> Result<(Decision, Assessment), Failure> {
    let id = DecisionId(call.new_id()?);
    let decision = decide_assessment(id, &reader.policy, customer, evidence, call.today).map_err(decisions::failure)?;
    match &decision.judgement.matter {
        Matter::Assessment { assessment, .. } => {
            let assessment = assessment.clone();
            Ok((decision, assessment))
        }
        Matter::OrderCheck { .. } | Matter::FullAssessment { .. } => {
            Err(Failure::broken("an assessment of another kind"))
        }
    }
}

/// A proposed limit in the currency of the customer's limit; absent when no rate is known.
fn in_currency(reader: &EvidenceReader, known: &Known, limit: Limit) -> Option<Limit> {
    match limit {
        Limit::Amount { amount } => {
            let amount = RatesOn::new(&reader.rates, reader.as_of).convert(amount, known.customer.currency).ok()?;
            Some(Limit::Amount { amount })
        }
        Limit::None | Limit::Unlimited => Some(limit),
    }
}

/// Whether the policy grants by itself what it proposes.
fn by_itself(
    call: &Call,
    reader: &EvidenceReader,
    known: &Known,
    assessment: &Assessment,
    limit: Limit,
) -> Result<bool, Failure> {
    let policy = &reader.policy.policy;
    let Some(rule) = &policy.granting else { return Ok(true) };
    let in_force = known.standing.limit_at(call.today);
    let before = known.standing.terms.unwrap_or(Terms::Prepaid);
    let loosens = known.standing.limit.is_some() && assessment.proposal.terms.looseness(before).is_gt();
    let stake = applications::stake(call, policy, rule, limit, in_force, loosens)?.stake;
    rule.grants_assessed(stake).map_err(Failure::broken)
}

/// What an assessment proposes, as somebody would ask for it.
fn proposal(call: &Call, reader: &EvidenceReader, assessment: &Assessment, limit: Limit) -> AskedCredit {
    let until = plus_days(call.today, u32::from(reader.policy.policy.limit.valid_days));
    AskedCredit {
        limit: Some(limit),
        until: Some(until),
        terms: Some(assessment.proposal.terms),
        temporary: None,
        reason: format!("评估 Assessment: {}", assessment.grade.grade),
    }
}

/// The facts that make an assessment hold, and whether grade, limit or terms become others. A limit that stays the same is
/// granted anew for its full time. What isn't granted by itself is left out.
fn grants(
    call: &Call,
    reader: &EvidenceReader,
    known: &Known,
    decision: &Decision,
    assessment: &Assessment,
    limit: Limit,
    granted: bool,
) -> Result<(Vec<NewFact>, bool), Failure> {
    let standing = &known.standing;
    let mut facts = Vec::new();
    let mut grant = |fact: Fact| -> Result<(), Failure> {
        let id = FactId(call.new_id()?);
        facts.push(NewFact { id, customer: known.customer.id, date: call.today, fact });
        Ok(())
    };
    let mut changed = false;
    if standing.grade.as_ref().is_none_or(|standing| standing.grade != assessment.grade.grade) {
        changed = true;
        grant(Fact::Graded(Grading {
            grade: assessment.grade.grade.clone(),
            score: assessment.score.points,
            confidence: assessment.score.confidence,
            decision: decision.id,
        }))?;
    }
    if !granted {
        return Ok((facts, changed));
    }
    let until = Some(plus_days(call.today, u32::from(reader.policy.policy.limit.valid_days)));
    let same_limit = standing.limit.as_ref().is_some_and(|standing| standing.limit == limit);
    if !same_limit || standing.limit.as_ref().is_some_and(|standing| standing.until != until) {
        changed |= !same_limit;
        grant(Fact::LimitGranted(LimitGrant { limit, until, decision: Some(decision.id) }))?;
    }
    if standing.terms != Some(assessment.proposal.terms) {
        changed = true;
        grant(Fact::TermsGranted(TermsGrant { terms: assessment.proposal.terms }))?;
    }
    Ok((facts, changed))
}
