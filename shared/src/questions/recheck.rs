//! Re-check: what an order is asked on each transition of its way, and what follows.
//!
//! Asked, held and refused orders use no credit. One that passes is confirmed and uses what it asks until documents have
//! used it up, it is called off, or it lapses: then it is asked anew like a new one. A confirmed order is judged again at
//! every checkpoint, without what the standing holds of it already; when it is held there, it stays confirmed and keeps its
//! credit, since we are bound to it, and what the checkpoint forbids waits. A hold by hand never lifts itself.

use crate::facts::calendar::{Date, days_between};
use crate::facts::ledger::Order;
use crate::facts::money::{Money, MoneyError};
use crate::readings::standing::Standing;
use crate::rules::order_check::{Answer, Checkpoint, Circumstances, Confirmed, Forbidden, Verdict, order_check_at};
use crate::rules::policy::Policy;
use serde::{Deserialize, Serialize};

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// It was asked about.
    Asked,
    /// It passed, and uses credit.
    Confirmed,
    /// It waits.
    Held,
    /// A person holds it.
    HeldByHand,
    /// It was refused.
    Refused,
    /// It was called off.
    Cancelled,
    /// Documents have used it up.
    UsedUp,
}

/// An order on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OnItsWay {
    /// The order, as it is to be from now on.
    pub order: Order,
    /// Where it stands.
    pub state: OrderState,
    /// Since when.
    pub since: Date,
    /// When it is to be carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<Date>,
    /// What the standing holds of it among confirmed orders; absent when nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Money>,
    /// What is known of it besides; checkpoint and confirmation are filled in here.
    #[serde(default, skip_serializing_if = "Circumstances::is_empty")]
    pub around: Circumstances,
}

/// What a transition comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Recheck {
    /// Where it stands from now on.
    pub state: OrderState,
    /// Whether it had lapsed, and was asked anew.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lapsed: bool,
    /// What it uses of the credit from now on, in the order's currency.
    pub uses: Money,
    /// What may not be done now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forbids: Vec<Forbidden>,
    /// What the order check says; absent where it wasn't asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
}

impl OnItsWay {
    /// The circumstances in which it is checked at a checkpoint: what is known of it, and whether it is confirmed already.
    pub fn circumstances(&self, policy: &Policy, at: Checkpoint, as_of: Date) -> Circumstances {
        let bound = self.state == OrderState::Confirmed && !lapsed(policy, self.since, self.planned, as_of);
        let counted = self.left.unwrap_or(Money::zero(self.order.amount.currency()));
        let confirmed = Confirmed { on: self.since, planned: self.planned, counted };
        Circumstances { at: Some(at), confirmed: Some(confirmed).filter(|_| bound), ..self.around.clone() }
    }
}

/// Whether a confirmed order has lapsed on a day: nobody used it within the days, and no planned day is still to come.
pub fn lapsed(policy: &Policy, confirmed: Date, planned: Option<Date>, as_of: Date) -> bool {
    let days = i32::from(policy.exposure.order_lapse_days);
    days_between(confirmed, as_of) > days && planned.is_none_or(|planned| planned < as_of)
}

/// Checks an order on its way to a checkpoint.
///
/// # Errors
///
/// As [`order_check_at`].
pub fn recheck(
    policy: &Policy,
    standing: &Standing,
    way: &OnItsWay,
    at: Checkpoint,
    as_of: Date,
) -> Result<Recheck, MoneyError> {
    let none = Money::zero(way.order.amount.currency());
    let unasked = |forbids| Recheck { state: way.state, lapsed: false, uses: none, forbids, answer: None };
    let waits = || {
        let line = policy.order_rules.as_ref().and_then(|rules| rules.checkpoint(Some(at)));
        line.map_or_else(Vec::new, |line| line.forbids.clone())
    };
    match way.state {
        OrderState::Cancelled | OrderState::UsedUp => return Ok(unasked(Vec::new())),
        OrderState::HeldByHand => return Ok(unasked(waits())),
        OrderState::Asked | OrderState::Confirmed | OrderState::Held | OrderState::Refused => {}
    }
    let bound = way.state == OrderState::Confirmed;
    let lapsed = bound && lapsed(policy, way.since, way.planned, as_of);
    let held = way.left.unwrap_or(none);
    let around = way.circumstances(policy, at, as_of);
    let answer = order_check_at(policy, standing, &way.order, &around, as_of)?;
    let passes = answer.verdict <= Verdict::Warn;
    let state = match answer.verdict {
        _ if bound && !lapsed => OrderState::Confirmed,
        Verdict::Approve | Verdict::Warn => OrderState::Confirmed,
        Verdict::Hold => OrderState::Held,
        Verdict::Refuse => OrderState::Refused,
    };
    let asks = !way.order.terms.is_prepaid();
    let uses = match state {
        // What documents have used up is owed already; a change that passes takes what it asks anew.
        OrderState::Confirmed if bound && !lapsed && !(passes && at == Checkpoint::Change) => held,
        OrderState::Confirmed if asks => {
            way.order.prepayment.map_or(Ok(way.order.amount), |prepaid| way.order.amount.minus(prepaid))?.max(none)?
        }
        _ => none,
    };
    let forbids = answer.checkpoint.as_ref().map_or_else(Vec::new, |checkpoint| checkpoint.forbids.clone());
    Ok(Recheck { state, lapsed, uses, forbids, answer: Some(answer) })
}
