//! What people do about orders that wait: release them up to their authority, refuse them, hold them by hand.
//!
//! A release says who, why, up to which overage and until when; its number is what people quote. It lets one order through,
//! no more than the overage that was looked at, and nothing that other rules hold since. Nobody releases or refuses what they asked for themselves, at any time,
//! not even a change of it or
//! that it pass a checkpoint; a program decides nothing. Of two people who act on the same version of an order, one is told that it has moved.

use shared::facts::id::{DecisionId, OrderId};
use shared::facts::ledger::Order;
use shared::facts::money::Money;
use shared::record::api::orders::{HeldByHand, HoldOrder, OrderReleased, RefuseOrder, ReleaseOrder, StepKind};
use shared::record::api::outbox::MessageBody;
use shared::record::api::{Confirmation, OrderStatus, Written};
use shared::record::decision::{OrderDecision, decide_order_at};
use shared::rules::authority::{Authority, Release};
use shared::rules::order_check::{Checkpoint, Circumstances, Rule, Verdict};
use shared::rules::policy::PolicyVersion;
use std::collections::BTreeSet;

use super::super::call::Call;
use super::super::ledger::standings;
use super::super::outbox;
use super::super::writes::text;
use super::super::{decisions, policies};
use super::entry::{Doing, Entry, Step, name_of};
use super::moves::on_way;
use super::{OrderError, authorisation_number, found, judged, status_of};
use crate::answer::Answer;
use crate::problem::{Failure, Kind, Refusal, RequestError};

/// Why an order that waits isn't released, refused or held.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// Nothing of it waits.
    #[error("nothing of the order {0} waits for anybody")]
    NotHeld(OrderId),
    /// It is refused, and that isn't anybody's to release.
    #[error("the order {0} is refused, not held: a release lets nothing through that is refused")]
    Refused(OrderId),
    /// It is held by hand already, or isn't.
    #[error("the order {0} is so already")]
    Same(OrderId),
    /// Whoever asked for it cannot decide it.
    #[error("someone other than whoever asked must decide an order")]
    Own,
    /// The overage is beyond what this role may release, or nobody may.
    #[error("the overage of {overage} is beyond your authority")]
    Authority {
        /// By how much it goes beyond what is allowed.
        overage: Money,
        /// Up to which one the caller may.
        up_to: Option<Money>,
        /// The lowest role that may; absent when none may.
        lowest: Option<String>,
    },
    /// The overage is larger than the one that was looked at.
    #[error("the overage is {overage} by now, more than was looked at")]
    Grown {
        /// By how much it goes beyond what is allowed now.
        overage: Money,
    },
    /// By the policy nobody may, or a rate is missing to tell.
    #[error("nobody may release this: the policy names no authority, or a rate is missing")]
    NoAuthority,
}

impl Refusal for HoldError {
    fn kind(&self) -> Kind {
        match self {
            Self::NotHeld(_) => (409, "order_not_held", "order not held"),
            Self::Refused(_) => (409, "order_refused", "order refused"),
            Self::Same(_) => (409, "order_same", "nothing to change"),
            Self::Own => (403, "own_order", "someone else must decide"),
            Self::Authority { .. } => (403, "beyond_authority", "beyond authority"),
            Self::Grown { .. } => (409, "overage_grown", "overage grown"),
            Self::NoAuthority => (409, "no_authority", "nobody may"),
        }
    }

    fn field(&self) -> Option<String> {
        matches!(self, Self::Grown { .. }).then(|| "overage".to_owned())
    }

    fn values(&self) -> Vec<(String, String)> {
        let pair = |name: &str, value: String| (name.to_owned(), value);
        match self {
            Self::Authority { overage, up_to, lowest } => {
                let up_to = up_to.map(|up_to| pair("up_to", up_to.to_string()));
                let lowest = lowest.as_ref().map(|lowest| pair("lowest", lowest.clone()));
                [Some(pair("overage", overage.to_string())), up_to, lowest].into_iter().flatten().collect()
            }
            Self::Grown { overage } => vec![pair("overage", overage.to_string())],
            _ => Vec::new(),
        }
    }
}

/// What waits of an order, as it is to be judged.
pub struct Waiting {
    /// The order, as it is to be.
    pub order: Order,
    /// In which circumstances, its release aside.
    pub around: Circumstances,
    /// The checkpoint at which a confirmed one waits.
    pub at: Option<Checkpoint>,
}

/// What waits of an order on a day for somebody with authority; absent when nothing does.
pub fn waiting(entry: &Entry, policy: &PolicyVersion, call: &Call) -> Result<Option<Waiting>, Failure> {
    if entry.status_at(call.today) == OrderStatus::Held {
        let around = entry.around.at(entry.asked_at);
        return Ok(Some(Waiting { order: entry.order.clone(), around, at: None }));
    }
    let Some(at) = entry.waits.filter(|_| entry.in_force(&policy.policy, call.today)) else { return Ok(None) };
    let order = entry.remaining(entry.change.as_ref().unwrap_or(&entry.order))?;
    let around = on_way(entry, &order, &entry.around, None)?.circumstances(&policy.policy, at, call.today);
    Ok(Some(Waiting { order, around, at: Some(at) }))
}

/// `POST orders/{id}/release`, with the version in `If-Match`.
///
/// 1. It is there, its customer in sight: 404. It is the version that the caller looked at: 412, 428.
/// 2. Something of it waits, and nobody holds it by hand: 409. The reason has words: 422.
/// 3. Somebody else asked: 403.
/// 4. By now it may pass by itself; what is refused is not released: 409; an overage beyond the caller's authority neither:
///    403, nor one larger than they looked at: 409.
/// 5. Judged with the release it passes, and the decision is kept. A held order uses credit from now on, until the release's
///    last day unless something comes of it; at a checkpoint it may pass when it comes there again.
pub fn release(call: &Call) -> Result<Answer, Failure> {
    // 1
    let mut entry = found(call)?;
    call.expects(entry.version)?;
    // 2
    let ReleaseOrder { decision: id, overage: looked_at, reason } = call.body()?;
    let policy = policies::in_force(call.sql, call.cache)?;
    let waiting = for_somebody_else(call, &policy, &entry, &reason)?;
    // 4
    let known = standings::of(call, entry.customer())?.ok_or(RequestError::NotFound)?;
    let judge = |release: Option<Release>| {
        let around = Circumstances { release, ..waiting.around.clone() };
        let (standing, order) = (known.standing.clone(), waiting.order.clone());
        decide_order_at(id, policy.as_ref(), standing, order, around, call.today).map_err(decisions::failure)
    };
    let plain = judge(None)?;
    let needs = match judged(&plain).verdict {
        Verdict::Approve | Verdict::Warn => None,
        Verdict::Refuse => return Err(HoldError::Refused(entry.order.id).into()),
        Verdict::Hold => Some(judged(&plain).release.clone().ok_or(HoldError::NoAuthority)?),
    };
    let feed = call.sql.take_feed(1)?;
    let release = match needs {
        None => None,
        Some(needs) => {
            within_authority(call, &needs.authority, needs.overage)?;
            if needs.overage.minus(looked_at).is_ok_and(|more| more.minor() > 0)
                || needs.overage.currency() != looked_at.currency()
            {
                return Err(HoldError::Grown { overage: needs.overage }.into());
            }
            Some(Release {
                number: authorisation_number(call.today, feed.0),
                order: entry.order.id,
                overage: needs.overage,
                by: call.caller.person,
                reason: reason.clone(),
                given: call.today,
                until: needs.authority.until,
                rules: Some(holding(&plain)),
            })
        }
    };
    // 5
    let decision = if release.is_some() { judge(release.clone())? } else { plain };
    if judged(&decision).verdict > Verdict::Warn {
        return Err(Failure::broken("a release that lets nothing through"));
    }
    decisions::store(call.sql, entry.customer(), &decision)?;
    let doing = Doing::of(call);
    let before = entry.asked_by;
    entry.decision = id;
    let number = release.as_ref().map(|release| release.number.clone());
    let mut told = None;
    if waiting.at.is_some() {
        (entry.waits, entry.change) = (None, None);
    } else {
        let ordered = entry.take(&doing, id, release.as_ref().map(|release| release.until))?;
        let number = number.clone().unwrap_or_else(|| authorisation_number(call.today, ordered.0));
        told = Some(number.clone());
        let confirmation = Confirmation {
            decision: decision.clone(),
            status: entry.status,
            authorisation: Some(number),
            device: None,
            feed,
        };
        entry.confirmation = serde_json::to_string(&confirmation)?;
    }
    let step = Step {
        at: waiting.at,
        decision: Some(id),
        reason: Some(&reason),
        number: number.as_deref(),
        ..Step::of(StepKind::Released)
    };
    entry.save(&doing, feed, &step)?;
    if let Some(release) = &release {
        call.sql.run(
            "INSERT INTO release (number, order_id, feed, given_by, asked_by, document) VALUES (?, ?, ?, ?, ?, ?)",
            &[&release.number, &entry.order.id, &feed, &release.by, &before, &serde_json::to_string(release)?],
        )?;
    }
    if waiting.at.is_none() {
        decided(call, &entry, told, &reason)?;
    }
    let released = OrderReleased { decision, status: entry.status, release, version: entry.version, feed };
    Ok(Answer::json(&released)?.about(&entry.order.id).versioned(entry.version))
}

/// `POST orders/{id}/refusal`, with the version in `If-Match`: a held order is refused, of a confirmed one what waits.
/// Refusals as of [`release`].
pub fn refuse(call: &Call) -> Result<Answer, Failure> {
    let mut entry = found(call)?;
    call.expects(entry.version)?;
    let RefuseOrder { reason } = call.body()?;
    let policy = policies::in_force(call.sql, call.cache)?;
    let waiting = for_somebody_else(call, &policy, &entry, &reason)?;
    if waiting.at.is_none() {
        (entry.status, entry.date) = (OrderStatus::Refused, call.today);
    }
    (entry.waits, entry.change) = (None, None);
    let feed = call.sql.take_feed(1)?;
    let step = Step { at: waiting.at, reason: Some(&reason), ..Step::of(StepKind::Refused) };
    entry.save(&Doing::of(call), feed, &step)?;
    if waiting.at.is_none() {
        decided(call, &entry, None, &reason)?;
    }
    Ok(Answer::json(&Written { feed })?.about(&entry.order.id).versioned(entry.version))
}

/// Tells what somebody decided on a held order.
fn decided(call: &Call, entry: &Entry, number: Option<String>, reason: &str) -> Result<(), Failure> {
    let (order, amount, status) = (entry.order.id, entry.order.amount, entry.status);
    let body = MessageBody::OrderDecided { order, amount, status, number, reason: Some(reason.to_owned()) };
    outbox::tell(call.sql, call.now, Some(entry.customer()), body)
}

/// `POST orders/{id}/hold`: holds an order by hand, or ends that. It lifts by nothing else: no money, no release.
///
/// 1. It is there, its customer in sight: 404. The reason has words: 422.
/// 2. It is confirmed or held, and not so already: 409.
/// 3. Whoever asked for it may hold it, and not let it go: 403.
pub fn by_hand(call: &Call) -> Result<Answer, Failure> {
    // 1
    let mut entry = found(call)?;
    let id = entry.order.id;
    let HoldOrder { held, reason } = call.body()?;
    text("reason", Some(&reason))?;
    // 2
    if !matches!(entry.status, OrderStatus::Confirmed | OrderStatus::Held) {
        return Err(HoldError::NotHeld(id).into());
    }
    if held == entry.by_hand.is_some() {
        return Err(HoldError::Same(id).into());
    }
    // 3
    if !held && entry.was_asked_by(call)? {
        return Err(HoldError::Own.into());
    }
    let hold = HeldByHand { by: call.caller.person, since: call.today, reason: reason.clone() };
    entry.by_hand = held.then_some(hold);
    let feed = call.sql.take_feed(1)?;
    let kind = if held { StepKind::Held } else { StepKind::Resumed };
    entry.save(&Doing::of(call), feed, &Step { reason: Some(&reason), ..Step::of(kind) })?;
    Ok(Answer::json(&Written { feed })?.about(&id).versioned(entry.version))
}

/// What waits of an order for the caller, who must be somebody else than whoever asked.
fn for_somebody_else(call: &Call, policy: &PolicyVersion, entry: &Entry, reason: &str) -> Result<Waiting, Failure> {
    text("reason", Some(reason))?;
    let id = entry.order.id;
    if entry.by_hand.is_some() {
        return Err(OrderError::HeldByHand(id).into());
    }
    let waiting = waiting(entry, policy, call)?.ok_or(HoldError::NotHeld(id))?;
    // 3
    if entry.was_asked_by(call)? {
        return Err(HoldError::Own.into());
    }
    Ok(waiting)
}

/// The rules that hold an order: what a release of it is about. What others hold later, it doesn't let through.
fn holding(decision: &OrderDecision) -> Vec<Rule> {
    let holds = judged(decision).reasons.iter().filter(|reason| reason.verdict == Verdict::Hold);
    holds.map(|reason| reason.rule).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Refuses an overage that is beyond what the caller's role may release.
fn within_authority(call: &Call, authority: &Authority, overage: Money) -> Result<(), Failure> {
    let role = name_of(&call.caller.role)?;
    let mine = authority.roles.iter().find(|line| line.role == role);
    if mine.is_some_and(|line| line.may) {
        return Ok(());
    }
    let up_to = mine.and_then(|line| line.up_to);
    Err(HoldError::Authority { overage, up_to, lowest: authority.lowest.clone() }.into())
}

/// What a held order becomes when it is judged again, by the book or by somebody.
pub fn judged_again(entry: &mut Entry, doing: &Doing, id: DecisionId, decision: &OrderDecision) -> Result<(), Failure> {
    entry.decision = id;
    if status_of(judged(decision).verdict) == OrderStatus::Confirmed {
        let by = super::let_through_by(decision, entry.release(doing.sql)?);
        entry.take(doing, id, by.map(|release| release.until))?;
    }
    Ok(())
}
