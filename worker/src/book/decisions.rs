//! Decisions: kept as they were made, read, and judged again.

use serde::Serialize;
use shared::facts::id::{CustomerId, DecisionId};
use shared::record::access::Rows;
use shared::record::api::ReplayAnswer;
use shared::record::decision::{Decision, DecisionError, Matter, OrderMatter};

use super::call::Call;
use super::ledger::further;
use super::policies;
use super::sql::{Sql, read as read_stored};
use crate::answer::Answer;
use crate::problem::{Failure, Kind, Refusal, RequestError};

/// Why a decision cannot be made or judged again.
#[derive(Debug, thiserror::Error)]
pub enum JudgementError {
    /// An amount left the range, or two currencies met.
    #[error("{0}")]
    Amount(String),
    /// This release cannot judge it again.
    #[error("{0}")]
    Replay(String),
    /// Another decision has this id.
    #[error("the decision {0} was made already")]
    Known(DecisionId),
}

impl Refusal for JudgementError {
    fn kind(&self) -> Kind {
        match self {
            Self::Amount(_) => (422, "amount", "amount out of bounds"),
            Self::Replay(_) => (409, "cannot_replay", "cannot be judged again"),
            Self::Known(_) => (409, "decision_known", "decision id already used"),
        }
    }
}

/// What an error of the judgement means to whoever asked.
pub fn failure(error: DecisionError) -> Failure {
    match error {
        DecisionError::Money(error) => JudgementError::Amount(error.to_string()).into(),
        DecisionError::FullAssessment(error) => JudgementError::Amount(error.to_string()).into(),
        DecisionError::UnknownRule(_) | DecisionError::OtherPolicy { .. } => {
            JudgementError::Replay(error.to_string()).into()
        }
        DecisionError::Json(error) => error.into(),
    }
}

/// What a decision can be on, as the book sorts them.
pub trait Kinded: Serialize {
    /// The word for it in the book.
    fn kind(&self) -> &'static str;
}

impl Kinded for Matter {
    fn kind(&self) -> &'static str {
        match self {
            Self::OrderCheck { .. } => "order_check",
            Self::Assessment { .. } | Self::FullAssessment { .. } => "assessment",
        }
    }
}

impl Kinded for OrderMatter {
    fn kind(&self) -> &'static str {
        "order_check"
    }
}

/// Keeps a decision as it was made.
pub fn store<M: Kinded>(sql: &Sql, customer: CustomerId, decision: &Decision<M>) -> Result<(), Failure> {
    if sql.finds("SELECT 1 FROM decision WHERE id = ?", &[&decision.id])? {
        return Err(JudgementError::Known(decision.id).into());
    }
    sql.run(
        "INSERT INTO decision (id, customer, kind, date, policy_version, digest, document, feed)
         VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT feed FROM book))",
        &[
            &decision.id,
            &customer,
            &decision.judgement.matter.kind(),
            &decision.judgement.as_of,
            &decision.policy_version,
            &decision.digest,
            &serde_json::to_string(decision)?,
        ],
    )?;
    // When the next review is due follows from the last assessment.
    if decision.judgement.matter.kind() == "assessment" { further::moved(sql, customer) } else { Ok(()) }
}

/// The last assessment of a customer.
pub fn last_assessment(sql: &Sql, customer: CustomerId) -> Result<Option<Decision>, Failure> {
    let document = sql.first(
        "SELECT document FROM decision WHERE customer = ? AND kind = 'assessment' ORDER BY feed DESC, rowid DESC LIMIT 1",
        &[&customer],
    )?;
    Ok(document)
}

/// `GET decisions/{id}`.
pub fn read(call: &Call) -> Result<Answer, Failure> {
    let (_, document) = find(call)?;
    Ok(Answer::of(200, document))
}

/// `POST decisions/{id}/replay`: judges it again from what is stored, by the policy that it names.
pub fn replay(call: &Call) -> Result<Answer, Failure> {
    let (decision, _) = find(call)?;
    let policy = policies::approved(call.sql, decision.policy_version)?
        .ok_or_else(|| Failure::broken("a decision's policy is gone"))?;
    let again = decision.replay(&policy).map_err(failure)?;
    let (equal, id) = (again.digest == decision.digest, decision.id);
    Ok(Answer::json(&ReplayAnswer { equal, stored: decision.digest, now: again.digest })?.about(&id))
}

/// The decision in the path, if the caller may see it, and its bytes. Who sees only their own customers sees order checks:
/// an assessment shows the score's detail.
fn find(call: &Call) -> Result<(Decision, String), Failure> {
    let id: DecisionId = call.id()?;
    let (customer, kind, document): (CustomerId, String, String) = call
        .sql
        .first("SELECT json_array(customer, kind, document) FROM decision WHERE id = ?", &[&id])?
        .ok_or(RequestError::NotFound)?;
    call.sees(customer)?;
    if call.rows != Rows::All && kind != "order_check" {
        return Err(RequestError::NotFound.into());
    }
    Ok((read_stored(&document)?, document))
}
