//! Recording a staged file: all of it or nothing, and only what somebody has seen.

use serde::Deserialize;
use shared::facts::customer::Customer;
use shared::facts::id::{FactId, FeedNumber, ImportId, PersonId};
use shared::facts::ledger::Limit;
use shared::record::access::Role;
use shared::record::api::imports::{ImportPreview, ImportRecorded, StagedFile};
use shared::record::import::{Mapping, PlannedCustomer, PlannedFact};
use std::collections::BTreeSet;

use super::super::applications::stake;
use super::super::call::Call;
use super::super::ledger::{NewFact, customers, record_facts};
use super::super::orders::entry::name_of;
use super::super::orders::retest;
use super::super::policies;
use super::super::sql::{Sql, read};
use super::ImportError;
use super::plan::{Basis, make};
use super::stage::empty;
use crate::answer::Answer;
use crate::problem::{Failure, RequestError};

/// How many facts are recorded together: enough that what follows from them is brought along few times.
const TOGETHER: usize = 10_000;

#[derive(Deserialize)]
struct Staged {
    state: String,
    person: PersonId,
    file: String,
    preview: String,
    #[serde(flatten)]
    basis: Basis,
    digest: String,
}

/// `POST imports/{id}/commit`.
///
/// 1. It is staged: 404, 409.
/// 2. The book is as it was when it was shown, or the plan comes out the same: else 409, and it can be looked at again.
/// 3. What grants credit is recorded by somebody else than who staged it, who may grant it: 403.
/// 4. Customers, then facts; what is held of those to whom money came is judged again; the mapping is remembered; what was
///    kept for planning goes.
pub fn record(call: &Call) -> Result<Answer, Failure> {
    let (sql, import) = (call.sql, call.id::<ImportId>()?);
    // 1
    let staged: Staged = sql
        .first(
            "SELECT json_object('state', state, 'person', person, 'file', file, 'preview', preview, 'feed', planned_feed,
                 'today', planned_on, 'digest', plan_digest) FROM import WHERE id = ?",
            &[&import],
        )?
        .ok_or(RequestError::NotFound)?;
    if staged.state == "recorded" {
        return Err(ImportError::Recorded.into());
    }
    // 2
    let file: StagedFile = read(&staged.file)?;
    let mut preview: ImportPreview = read(&staged.preview)?;
    let basis = Basis::now(call)?;
    if basis != staged.basis {
        let made = make(call, &file)?;
        if made.preview.problems.is_refused() {
            return Err(ImportError::Refused(Box::new(made.preview)).into());
        }
        if made.digest != staged.digest {
            return Err(ImportError::Moved(Box::new(made.preview)).into());
        }
        preview = made.preview;
    }
    // 3
    second(call, &file, &preview, staged.person)?;
    // 4
    let planned = "SELECT customers FROM import_plan WHERE import = ? AND customers IS NOT NULL ORDER BY part";
    for part in sql.texts(planned, &[&import])? {
        let part: Vec<PlannedCustomer> = read(&part)?;
        let files: Vec<Customer> = part.into_iter().map(|planned| planned.customer).collect();
        customers::record(sql, &files, call.now)?;
    }
    let first = FeedNumber(sql.feed()?.0.saturating_add(1));
    record_planned(call, import)?;
    // What is judged again is no part of the import: it isn't undone with it.
    let feed = sql.feed()?;
    retest::due_by_facts(sql, first, feed)?;
    retest::now(call)?;
    remember(call, &file.mapping)?;
    empty(sql, import)?;
    sql.run(
        "UPDATE import SET state = 'recorded', person = ?, at = ?, first_feed = ?, feed = ?, preview = ? WHERE id = ?",
        &[&call.caller.person, &call.now.timestamp(), &first, &feed, &serde_json::to_string(&preview)?, &import],
    )?;
    Ok(Answer::json(&ImportRecorded { import, summary: preview.summary, feed })?.about(&import))
}

/// Refuses whoever may not be the second person that a file with limits, terms or new stages takes.
fn second(call: &Call, file: &StagedFile, preview: &ImportPreview, first: PersonId) -> Result<(), Failure> {
    let (sql, import) = (call.sql, file.import);
    let moved = sql.finds(
        "SELECT 1 FROM import_plan JOIN json_each(import_plan.customers) AS planned
             JOIN customer ON customer.id = planned.value ->> '$.customer.id'
         WHERE import_plan.import = ? AND customers IS NOT NULL
             AND planned.value ->> '$.customer.stage' <> customer.file ->> '$.stage' LIMIT 1",
        &[&import],
    )?;
    if !moved && preview.summary.grants == 0 {
        return match call.caller.role {
            Role::Finance => Ok(()),
            // What is no more than bookkeeping is for those who keep the books.
            _ => Err(RequestError::Forbidden.into()),
        };
    }
    let policy = policies::in_force(sql, call.cache)?;
    let other = !call.did(first)? && !call.caller.is_program();
    let Some(chain) = &policy.policy.granting else {
        return if other { Ok(()) } else { Err(ImportError::Second { lowest: None }.into()) };
    };
    let limits: Vec<Limit> = sql.rows(
        "SELECT DISTINCT json(planned.value -> '$.fact.limit') FROM import_plan
             JOIN json_each(import_plan.facts) AS planned
         WHERE import_plan.import = ? AND facts IS NOT NULL AND planned.value ->> '$.fact.kind' = 'limit_granted'",
        &[&import],
    )?;
    let role = name_of(&call.caller.role)?;
    let (mut may, mut lowest) = (chain.place(&role).is_some(), chain.steps.first().map(|step| step.role.clone()));
    let mut highest = 0;
    for limit in limits {
        let grantors = stake(call, &policy.policy, chain, limit, None, true)?;
        may &= grantors.roles.iter().any(|line| line.role == role && line.may);
        let place = grantors.lowest.as_ref().map_or(usize::MAX, |lowest| chain.place(lowest).unwrap_or_default());
        if place > highest {
            (highest, lowest) = (place, grantors.lowest);
        }
    }
    if may && other { Ok(()) } else { Err(ImportError::Second { lowest }.into()) }
}

/// Records the facts of the plan in the tables, in its order.
fn record_planned(call: &Call, import: ImportId) -> Result<(), Failure> {
    let (sql, mut waiting, mut part) = (call.sql, Vec::new(), 0_u32);
    loop {
        // One part after the other, so that a large plan is never whole in memory.
        let next: Option<(u32, String)> = sql.first(
            "SELECT json_array(part, facts) FROM import_plan
             WHERE import = ? AND part > ? AND facts IS NOT NULL ORDER BY part LIMIT 1",
            &[&import, &part],
        )?;
        let end = next.is_none();
        if let Some((number, facts)) = next {
            part = number;
            let facts: Vec<PlannedFact> = read(&facts)?;
            let new = |PlannedFact { id, customer, date, fact, .. }| NewFact { id, customer, date, fact };
            waiting.extend(facts.into_iter().map(new));
        }
        if end || waiting.len() >= TOGETHER {
            anew(sql, import, &mut waiting)?;
            record_facts(sql, call.today, &waiting)?;
            waiting.clear();
        }
        if end {
            return Ok(());
        }
    }
}

/// Gives facts that were recorded once and withdrawn an id of their own: they come in again.
fn anew(sql: &Sql, import: ImportId, facts: &mut [NewFact]) -> Result<(), Failure> {
    if !sql.finds("SELECT 1 FROM withdrawn LIMIT 1", &[])? {
        return Ok(());
    }
    let ids: Vec<FactId> = facts.iter().map(|fact| fact.id).collect();
    let withdrawn: BTreeSet<FactId> = sql
        .rows::<FactId>(
            "SELECT json_quote(fact.id) FROM json_each(?) AS new JOIN fact ON fact.id = new.value
             JOIN withdrawn ON withdrawn.customer = fact.customer
                 AND fact.feed BETWEEN withdrawn.first AND withdrawn.last",
            &[&serde_json::to_string(&ids)?],
        )?
        .into_iter()
        .collect();
    for fact in facts.iter_mut().filter(|fact| withdrawn.contains(&fact.id)) {
        fact.id = FactId::derived(&["again", &import.to_string(), &fact.id.to_string()]);
    }
    Ok(())
}

/// The next file with these column names is read the same way. What belongs to one file only is not remembered.
fn remember(call: &Call, mapping: &Mapping) -> Result<(), Failure> {
    let mapping = mapping.remembered();
    Ok(call.sql.run(
        "INSERT INTO import_mapping (source, at, document) VALUES (?, ?, ?)
         ON CONFLICT (source) DO UPDATE SET at = excluded.at, document = excluded.document",
        &[&mapping.source, &call.now.timestamp(), &serde_json::to_string(&mapping)?],
    )?)
}
