//! An order on its way: to the next checkpoint, or to another amount or other terms.
//!
//! Every transition is judged again by [`shared::questions::recheck`], on the newest facts. A confirmed order that is held
//! there stays confirmed and keeps its credit, since we are bound to it: only what the checkpoint forbids waits, until it
//! passes by itself or somebody releases it. One that passes was acted upon; the release by which it was let through, if it
//! was, then runs out no more.

use shared::facts::id::DecisionId;
use shared::facts::ledger::Order;
use shared::facts::money::Money;
use shared::questions::recheck::{OnItsWay, OrderState, Recheck, recheck};
use shared::record::api::OrderStatus;
use shared::record::api::orders::{ChangeOrder, MoveOrder, OrderAround, OrderMoved, StepKind};
use shared::record::decision::{OrderDecision, decide_order_at};
use shared::rules::authority::Release;
use shared::rules::order_check::{Checkpoint, Circumstances, Verdict};
use shared::rules::policy::PolicyVersion;

use super::super::call::Call;
use super::super::ledger::standings;
use super::super::{decisions, policies};
use super::entry::{Doing, Entry, Step};
use super::{OrderError, found, judged, let_through_by, sound};
use crate::answer::Answer;
use crate::problem::{Failure, RequestError};

/// `POST orders/{id}/checkpoints`.
///
/// 1. It is there, its customer in sight: 404. It is confirmed and nobody holds it: 409.
/// 2. The checkpoint is no change, and what is said of the order is sound: 422.
/// 3. It is judged at the checkpoint, and the decision is kept.
/// 4. Passed, it goes on; else it waits there.
pub fn to_checkpoint(call: &Call) -> Result<Answer, Failure> {
    // 1
    let mut entry = found(call)?;
    let policy = policies::in_force(call.sql, call.cache)?;
    on_its_way(call, &policy, &entry)?;
    // 2
    let MoveOrder { at, decision: id, around } = call.body()?;
    if at == Checkpoint::Change {
        return Err(OrderError::Checkpoint.into());
    }
    let around = around.or(entry.around.clone());
    sound(&entry.order, &around)?;
    // 3
    let order = entry.remaining(&entry.order)?;
    let (decision, outcome) = rechecked(call, &policy, &entry, &order, &around, at, id)?;
    decisions::store(call.sql, entry.customer(), &decision)?;
    // 4
    let passed = judged(&decision).verdict <= Verdict::Warn;
    let doing = Doing::of(call);
    entry.around = around;
    (entry.decision, entry.change) = (id, None);
    entry.waits = Some(at).filter(|_| !passed);
    if passed {
        entry.until = None;
    }
    entry.keep_in_sight(call.sql, &policy.policy, call.today, Some(at).filter(|_| passed))?;
    entry.time(&doing, id)?;
    let feed = call.sql.take_feed(1)?;
    let kind = if passed { StepKind::Passed } else { StepKind::Waits };
    entry.save(&doing, feed, &Step { at: Some(at), decision: Some(id), ..Step::of(kind) })?;
    let moved = OrderMoved { decision, passed, forbids: outcome.forbids, version: entry.version, feed };
    Ok(Answer::json(&moved)?.about(&entry.order.id).versioned(entry.version))
}

/// `POST orders/{id}`, with the version in `If-Match`.
///
/// 1. It is there, its customer in sight: 404. It is confirmed and nobody holds it: 409.
/// 2. It is the version that the caller looked at: 412, 428. The change is sound, and of this order: 422, 409.
/// 3. It is judged as it is to be, without what it uses already, and the decision is kept.
/// 4. Passed, it is the new order from now on; else it stays as it was, and the change waits.
pub fn change(call: &Call) -> Result<Answer, Failure> {
    // 1
    let mut entry = found(call)?;
    let policy = policies::in_force(call.sql, call.cache)?;
    on_its_way(call, &policy, &entry)?;
    // 2
    call.expects(entry.version)?;
    let ChangeOrder { order, decision: id, around } = call.body()?;
    if order.id != entry.order.id || order.customer != entry.customer() {
        return Err(OrderError::Other(order.id).into());
    }
    if order.amount.currency() != entry.order.amount.currency() {
        return Err(OrderError::Amount.into());
    }
    super::standing_for(call, &order)?;
    let around = around.or(entry.around.clone());
    sound(&order, &around)?;
    // 3
    let asked = entry.remaining(&order)?;
    let (decision, outcome) = rechecked(call, &policy, &entry, &asked, &around, Checkpoint::Change, id)?;
    decisions::store(call.sql, entry.customer(), &decision)?;
    // 4
    let passed = judged(&decision).verdict <= Verdict::Warn;
    let doing = Doing::of(call);
    (entry.decision, entry.asked_by) = (id, Some(call.caller.person));
    if passed {
        let by = let_through_by(&decision, entry.release(call.sql)?);
        let acted = call
            .sql
            .finds("SELECT 1 FROM order_step WHERE order_id = ? AND kind = 'passed' LIMIT 1", &[&entry.order.id])?;
        (entry.order, entry.around, entry.waits, entry.change) = (order, around, None, None);
        entry.keep_in_sight(call.sql, &policy.policy, call.today, None)?;
        entry.take(&doing, id, by.map(|release| release.until).filter(|_| !acted))?;
    } else {
        (entry.waits, entry.change) = (Some(Checkpoint::Change), Some(order));
    }
    let feed = call.sql.take_feed(1)?;
    let step = Step { at: Some(Checkpoint::Change), decision: Some(id), ..Step::of(StepKind::Changed) };
    entry.save(&doing, feed, &step)?;
    let moved = OrderMoved { decision, passed, forbids: outcome.forbids, version: entry.version, feed };
    Ok(Answer::json(&moved)?.about(&entry.order.id).versioned(entry.version))
}

/// Refuses an order that isn't confirmed or that a person holds.
fn on_its_way(call: &Call, policy: &PolicyVersion, entry: &Entry) -> Result<(), Failure> {
    let id = entry.order.id;
    match entry.status {
        OrderStatus::Cancelled => Err(OrderError::Cancelled(id).into()),
        _ if !entry.in_force(&policy.policy, call.today) => Err(OrderError::NotConfirmed(id).into()),
        _ if entry.by_hand.is_some() => Err(OrderError::HeldByHand(id).into()),
        _ => Ok(()),
    }
}

/// A confirmed order as the re-check takes it.
pub fn on_way(
    entry: &Entry,
    order: &Order,
    around: &OrderAround,
    release: Option<Release>,
) -> Result<OnItsWay, Failure> {
    Ok(OnItsWay {
        order: order.clone(),
        state: OrderState::Confirmed,
        since: entry.date,
        planned: entry.around.planned,
        left: Some(entry.left()?.unwrap_or(Money::zero(order.amount.currency()))),
        around: Circumstances { release, ..around.at(None) },
    })
}

/// Judges a confirmed order at a checkpoint.
fn rechecked(
    call: &Call,
    policy: &PolicyVersion,
    entry: &Entry,
    order: &Order,
    around: &OrderAround,
    at: Checkpoint,
    id: DecisionId,
) -> Result<(OrderDecision, Recheck), Failure> {
    let known = standings::of(call, entry.customer())?.ok_or(RequestError::NotFound)?;
    let way = on_way(entry, order, around, entry.release(call.sql)?)?;
    let (standing, today) = (known.standing, call.today);
    let outcome = recheck(&policy.policy, &standing, &way, at, today);
    let outcome = outcome.map_err(|error| decisions::failure(error.into()))?;
    let circumstances = way.circumstances(&policy.policy, at, today);
    let decision = decide_order_at(id, policy, standing, order.clone(), circumstances, today);
    Ok((decision.map_err(decisions::failure)?, outcome))
}
