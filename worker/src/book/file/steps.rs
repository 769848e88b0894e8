//! Steps in a customer's life (潜在 → 准入 → 合作 → 暂停 → 退出): asked for by one person, decided by another, with the policy's
//! checklist. An approved step is a piece of the file and another version of the sheet.

use serde::Deserialize;
use shared::facts::calendar::Date;
use shared::facts::credit_file::StageChange;
use shared::facts::customer::{Customer, Stage};
use shared::facts::id::{CustomerId, PersonId, PieceId, StepId};
use shared::facts::piece::{Piece, PieceKind};
use shared::record::api::Written;
use shared::record::api::file::{AskStep, DecideStep, StepAsked, StepDecided};
use shared::rules::credit_file::StepAnswer;

use super::super::call::Call;
use super::super::policies;
use super::super::sql::Sql;
use super::{FileError, body, customers, made, pieces, reason};
use crate::answer::Answer;
use crate::problem::{Failure, RequestError};

/// What can be asked for.
const STAGES: [Stage; 5] = [Stage::Prospect, Stage::Admitted, Stage::Active, Stage::Suspended, Stage::Ended];

/// `POST customers/{id}/steps`.
///
/// 1. The customer is in sight: 404. The policy knows such a step: 422.
/// 2. The id is new, and no other step waits: 409.
pub fn ask(call: &Call) -> Result<Answer, Failure> {
    // 1
    let id: CustomerId = call.id()?;
    call.sees(id)?;
    let AskStep { id: step, to, reason: why } = body(call)?;
    made(step.0)?;
    reason(&why)?;
    let sheet = sheet(call.sql, id)?;
    let answer = judge(call, &sheet, to)?;
    if !answer.known {
        return Err(FileError::NoStep { from: answer.from, to }.into());
    }
    // 2
    if call.sql.finds("SELECT 1 FROM step WHERE id = ?", &[&step])? {
        return Err(FileError::Known(step.0).into());
    }
    if call.sql.finds("SELECT 1 FROM step WHERE customer = ? AND approved IS NULL", &[&id])? {
        return Err(FileError::StepWaits.into());
    }
    let feed = call.sql.take_feed(1)?;
    let name = |stage: Stage| serde_json::to_value(stage).map(|name| name.as_str().map(str::to_owned));
    call.sql.run(
        "INSERT INTO step (id, customer, from_stage, to_stage, reason, asked_by, asked, feed)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        &[&step, &id, &name(answer.from)?, &name(to)?, &why, &call.caller.person, &call.today, &feed],
    )?;
    Ok(Answer::json(&Written { feed })?.about(&id))
}

/// `POST steps/{id}/decision`.
///
/// 1. The step is there and its customer in sight: 404. It waits: 409. Someone else asked for it: 403.
/// 2. An approved one has its checklist met: 409 with what is missing.
/// 3. It is a piece of the file, and the sheet has the new stage.
pub fn decide(call: &Call) -> Result<Answer, Failure> {
    // 1
    let step: StepId = call.id()?;
    let row: Option<Row> = call.sql.first(&format!("{ROW} WHERE id = ?"), &[&step])?;
    let row = row.ok_or(RequestError::NotFound)?;
    call.sees(row.customer)?;
    let DecideStep { approve, reason: why } = body(call)?;
    reason(&why)?;
    if row.approved.is_some() {
        return Err(FileError::Decided.into());
    }
    if call.did(row.asked_by)? {
        return Err(FileError::OwnStep.into());
    }
    // 2
    let sheet = sheet(call.sql, row.customer)?;
    if approve {
        let answer = judge(call, &sheet, row.to_stage)?;
        if !answer.known || answer.from != row.from_stage {
            return Err(FileError::NoStep { from: answer.from, to: row.to_stage }.into());
        }
        if !answer.ready {
            return Err(FileError::NotReady(answer.missing).into());
        }
    }
    // 3
    call.sql.run(
        "UPDATE step SET approved = ?, decided_by = ?, decided = ?, decided_reason = ? WHERE id = ?",
        &[&u32::from(approve), &call.caller.person, &call.today, &why, &step],
    )?;
    if approve {
        let change = Piece::Stage(StageChange {
            date: call.today,
            from: row.from_stage,
            to: row.to_stage,
            asked_by: row.asked_by,
            approved_by: call.caller.person,
            reason: row.reason,
        });
        let id = PieceId(call.new_id()?);
        let new = pieces::New {
            id,
            customer: row.customer,
            version: 1,
            kind: PieceKind::Stage,
            before: None,
            content: Ok(&change),
        };
        pieces::write(call, &new)?;
        customers::record(call, &Customer { stage: row.to_stage, ..sheet })?;
    }
    Ok(Answer::json(&Written { feed: call.sql.feed()? })?.about(&row.customer))
}

/// Steps that were asked for, the newest first.
pub fn asked(sql: &Sql, customer: CustomerId) -> Result<Vec<StepAsked>, Failure> {
    let rows: Vec<Row> = sql.rows(&format!("{ROW} WHERE customer = ? ORDER BY feed DESC LIMIT 50"), &[&customer])?;
    Ok(rows.into_iter().map(Row::asked).collect())
}

/// The steps that a customer can take, with what each lacks.
pub fn possible(call: &Call, sheet: &Customer) -> Result<Vec<StepAnswer>, Failure> {
    let policy = policies::in_force(call.sql, call.cache)?;
    let Some(rule) = &policy.policy.credit_file else { return Ok(Vec::new()) };
    let filed = pieces::filed(call.sql, sheet.id)?;
    let sheet = filed.with_contact(sheet);
    let steps = STAGES.into_iter().map(|to| rule.step(&sheet, &filed.file, to, call.today));
    Ok(steps.filter(|step| step.known).collect())
}

/// Whether a customer may take a step. Without a rule any step will do.
fn judge(call: &Call, sheet: &Customer, to: Stage) -> Result<StepAnswer, Failure> {
    let policy = policies::in_force(call.sql, call.cache)?;
    let Some(rule) = &policy.policy.credit_file else {
        let (from, known) = (sheet.stage, sheet.stage != to);
        return Ok(StepAnswer { from, to, known, missing: Vec::new(), faults: Vec::new(), ready: known });
    };
    let filed = pieces::filed(call.sql, sheet.id)?;
    Ok(rule.step(&filed.with_contact(sheet), &filed.file, to, call.today))
}

fn sheet(sql: &Sql, customer: CustomerId) -> Result<Customer, Failure> {
    Ok(sql.first("SELECT file FROM customer WHERE id = ?", &[&customer])?.ok_or(RequestError::NotFound)?)
}

#[derive(Deserialize)]
struct Row {
    id: StepId,
    customer: CustomerId,
    from_stage: Stage,
    to_stage: Stage,
    reason: String,
    asked_by: PersonId,
    asked: Date,
    approved: Option<u8>,
    decided_by: Option<PersonId>,
    decided: Option<Date>,
    decided_reason: Option<String>,
}

const ROW: &str = "
    SELECT json_object('id', id, 'customer', customer, 'from_stage', from_stage, 'to_stage', to_stage, 'reason', reason,
        'asked_by', asked_by, 'asked', asked, 'approved', approved, 'decided_by', decided_by, 'decided', decided,
        'decided_reason', decided_reason)
    FROM step";

impl Row {
    fn asked(self) -> StepAsked {
        let decided = match (self.approved, self.decided_by, self.decided, self.decided_reason) {
            (Some(approved), Some(by), Some(date), Some(reason)) => {
                Some(StepDecided { approved: approved != 0, by, date, reason })
            }
            _ => None,
        };
        let (id, from, to, reason) = (self.id, self.from_stage, self.to_stage, self.reason);
        StepAsked { id, from, to, reason, asked_by: self.asked_by, asked: self.asked, decided }
    }
}
