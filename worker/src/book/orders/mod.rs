//! Orders: may we accept this one, accept it, bring it on its way ([`moves`]), release what waits ([`holds`]), call it off.
//!
//! A check holds nothing. A confirmation judges on the newest facts at the book's date; only that binds, and only an order
//! that passes uses credit. Both happen in one transaction of a single-threaded object, so that of two orders for the last
//! credit exactly one passes. Every step is kept with its decision ([`entry`]); when money arrives, what is held is judged
//! again ([`retest`]).

pub mod entry;
pub mod holds;
pub mod list;
pub mod moves;
pub mod retest;

use shared::facts::calendar::Date;
use shared::facts::id::{CustomerId, DecisionId, FactId, OrderId};
use shared::facts::ledger::{Fact, Order, OrderEnd, OrderEndReason};
use shared::facts::money::Money;
use shared::readings::standing::Standing;
use shared::record::api::orders::{OrderAround, StepKind};
use shared::record::api::outbox::MessageBody;
use shared::record::api::{
    CheckOrder, ConfirmOrder, Confirmation, DeviceJudgement, DeviceReplay, OrderEntry, OrderStatus, Written,
};
use shared::record::decision::{OrderDecision, OrderMatter, decide_order_at, what_changed};
use shared::rules::authority::Release;
use shared::rules::order_check::{Answer as Judged, Checkpoint, Circumstances, Confirmed, EasedBy, Forbidden, Verdict};
use shared::rules::policy::Policy;

use self::entry::{Doing, Entry, Step};
use super::call::Call;
use super::ledger::standings::Known;
use super::ledger::{NewFact, customers, facts, further, rates, record_facts, standings};
use super::sql::Sql;
use super::{decisions, outbox, policies};
use crate::answer::Answer;
use crate::problem::{Failure, Kind, Refusal, RequestError};

/// How long a description may be.
const DESCRIPTION_MOST: usize = 500;

/// How many parts of an order may be told.
const PARTS_MOST: usize = 20;

/// Why an order cannot be judged, confirmed, brought on its way or called off.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// The amount is not positive.
    #[error("an order's amount must be positive")]
    Amount,
    /// The prepayment is negative, more than the order, or in another currency.
    #[error("a prepayment lies between zero and the order's amount, in its currency")]
    Prepayment,
    /// The description is too long.
    #[error("a description has {DESCRIPTION_MOST} characters at most")]
    Description,
    /// The order's id belongs to another order.
    #[error("the order {0} is another one")]
    Other(OrderId),
    /// It was called off.
    #[error("the order {0} was called off")]
    Cancelled(OrderId),
    /// A person holds it.
    #[error("somebody holds the order {0} by hand; it waits until they end that")]
    HeldByHand(OrderId),
    /// It isn't confirmed, or no longer.
    #[error("the order {0} is not confirmed, or no longer: put it to the book again")]
    NotConfirmed(OrderId),
    /// The checkpoint is not for this.
    #[error("this is not done at this checkpoint")]
    Checkpoint,
    /// A part is not positive, in another currency, stands twice, or they come to more than the order.
    #[error("parts are positive, in the order's currency, each category once, and no more than the order together")]
    Parts,
    /// An amount beside the order is negative.
    #[error("what is unpaid, earned, spent or covered is never negative, and what is earned has one currency")]
    Beside,
    /// It would be carried out before today.
    #[error("an order is not planned for a day that is over")]
    Planned,
    /// The device names a policy that was never in force.
    #[error("no version {0} of the policy was ever in force")]
    DevicePolicy(u32),
    /// The device knew something that the book doesn't.
    #[error("the book had not come to feed number {0}, or did not know the customer then")]
    DeviceFeed(u64),
}

impl Refusal for OrderError {
    fn kind(&self) -> Kind {
        match self {
            Self::Amount => (422, "order_amount", "unexpected amount"),
            Self::Prepayment => (422, "order_prepayment", "unexpected prepayment"),
            Self::Description => (422, "order_description", "description too long"),
            Self::Other(_) => (409, "order_known", "order id already used"),
            Self::Cancelled(_) => (409, "order_cancelled", "order called off"),
            Self::HeldByHand(_) => (409, "order_held_by_hand", "order held by hand"),
            Self::NotConfirmed(_) => (409, "order_not_confirmed", "order not confirmed"),
            Self::Checkpoint => (422, "order_checkpoint", "unexpected checkpoint"),
            Self::Parts => (422, "order_parts", "unexpected parts"),
            Self::Beside => (422, "order_beside", "unexpected amount"),
            Self::Planned => (422, "order_planned", "unexpected day"),
            Self::DevicePolicy(_) => (422, "device_policy", "unknown policy version"),
            Self::DeviceFeed(_) => (422, "device_feed", "unknown feed number"),
        }
    }

    fn field(&self) -> Option<String> {
        let field = match self {
            Self::Amount => "order.amount",
            Self::Prepayment => "order.prepayment",
            Self::Description => "order.description",
            Self::Other(_) | Self::Cancelled(_) => "order.id",
            Self::HeldByHand(_) | Self::NotConfirmed(_) => return None,
            Self::Checkpoint => "at",
            Self::Parts => "around.parts",
            Self::Beside => "around",
            Self::Planned => "around.planned",
            Self::DevicePolicy(_) => "device.policy_version",
            Self::DeviceFeed(_) => "device.feed",
        };
        Some(field.to_owned())
    }
}

/// `POST checks`: would this order pass, at a checkpoint?
pub fn check(call: &Call) -> Result<Answer, Failure> {
    let CheckOrder { order, at, around } = call.body()?;
    let known = standing_for(call, &order)?;
    sound(&order, &around)?;
    let policy = policies::in_force(call.sql, call.cache)?;
    let mut around = around.at(at);
    // What it uses already isn't counted twice.
    if let Some(entry) = entry::find(call.sql, order.id)?.filter(|entry| entry.customer() == order.customer)
        && entry.in_force(&policy.policy, call.today)
        && let Some(counted) = entry.left()?
    {
        around.confirmed = Some(Confirmed { on: entry.date, planned: entry.around.planned, counted });
    }
    let id = DecisionId(call.new_id()?);
    let decision = decide_order_at(id, policy.as_ref(), known.standing, order, around, call.today);
    Answer::json(&decision.map_err(decisions::failure)?)
}

/// `POST orders`: confirms an order.
///
/// 1. The order and what is said of it are sound, its customer in sight, and the checkpoint one at which orders are
///    accepted: 422, 404.
/// 2. Confirmed before, it gets the answer that it got then; another order by its id, one called off or held by hand: 409.
/// 3. What a device judged is judged again on what the device knew.
/// 4. It is judged on the newest facts at the book's date, and the decision is kept. A release that was given for it and is
///    still good lets it through.
/// 5. If it passes it uses credit from now on; else it is kept with what became of it.
pub fn confirm(call: &Call) -> Result<Answer, Failure> {
    put(call, call.body()?, false)
}

/// The same for an order in hand. One that a lease stands for is confirmed whatever is found, and may be late.
pub fn put(call: &Call, asked: ConfirmOrder, honoured: bool) -> Result<Answer, Failure> {
    // 1
    let ConfirmOrder { order, decision: id, at, around, device } = asked;
    let known = standing_for(call, &order)?;
    sound(&order, &around)?;
    if !honoured && around.planned.is_some_and(|planned| planned < call.today) {
        return Err(OrderError::Planned.into());
    }
    let policy = policies::in_force(call.sql, call.cache)?;
    accepts(&policy.policy, at)?;
    // 2
    let before = entry::find(call.sql, order.id)?;
    if let Some(entry) = &before
        && let Some(confirmation) = answered(call, &policy.policy, entry, &order)?
    {
        return Ok(Answer::of(200, confirmation).about(&order.id));
    }
    // 3
    let circumstances = around.at(at);
    let at_device =
        device.map(|device| as_known(call, &order, &circumstances, &device, &known).map(|decision| (device, decision)));
    let at_device = at_device.transpose()?;
    // 4
    let release = before.as_ref().map(|entry| entry.release(call.sql)).transpose()?.flatten();
    let circumstances = Circumstances { release: release.clone(), ..circumstances };
    let decision = decide_order_at(id, policy.as_ref(), known.standing, order.clone(), circumstances, call.today);
    let decision = decision.map_err(decisions::failure)?;
    decisions::store(call.sql, order.customer, &decision)?;
    // 5
    let doing = Doing::of(call);
    let mut entry = before.unwrap_or_else(|| Entry::new(order.clone(), id, call.today));
    (entry.order, entry.decision, entry.date) = (order, id, call.today);
    (entry.around, entry.asked_at, entry.asked_by) = (around, at, Some(call.caller.person));
    (entry.waits, entry.change, entry.until) = (None, None, None);
    entry.keep_in_sight(call.sql, &policy.policy, call.today, None)?;
    entry.status = if honoured { OrderStatus::Confirmed } else { status_of(judged(&decision).verdict) };
    let mut authorisation = None;
    if entry.status == OrderStatus::Confirmed {
        let by = let_through_by(&decision, release);
        let feed = entry.take(&doing, id, by.as_ref().map(|release| release.until))?;
        let number = || authorisation_number(call.today, feed.0);
        authorisation = Some(by.map_or_else(number, |release| release.number));
    }
    let device = at_device.map(|(device, at_device)| DeviceReplay {
        same: at_device.digest == device.digest,
        changes: what_changed(&at_device, &decision),
        digest: at_device.digest,
    });
    let feed = call.sql.take_feed(1)?;
    let confirmation = Confirmation { decision, status: entry.status, authorisation, device, feed };
    entry.confirmation = serde_json::to_string(&confirmation)?;
    let number = confirmation.authorisation.as_deref();
    entry.save(&doing, feed, &Step { at, decision: Some(id), number, ..Step::of(StepKind::Asked) })?;
    if entry.status == OrderStatus::Held {
        let (order, amount) = (entry.order.id, entry.order.amount);
        outbox::tell(call.sql, call.now, Some(entry.customer()), MessageBody::OrderHeld { order, amount })?;
    }
    Ok(Answer::json(&confirmation)?.about(&entry.order.id))
}

/// `DELETE orders/{id}`: calls an order off. What documents have used up of it stays owed.
///
/// 1. It is there and its customer in sight: 404.
/// 2. It was not called off before: 409; and it is the version that the caller names, where they name one: 412.
/// 3. A confirmed one stops using credit.
pub fn cancel(call: &Call) -> Result<Answer, Failure> {
    // 1
    let mut entry = found(call)?;
    let id = entry.order.id;
    // 2
    if entry.status == OrderStatus::Cancelled {
        return Err(OrderError::Cancelled(id).into());
    }
    if call.names_version() {
        call.expects(entry.version)?;
    }
    // 3
    if entry.status == OrderStatus::Confirmed {
        let fact = NewFact {
            id: FactId::derived(&["order_ended", &id.to_string()]),
            customer: entry.customer(),
            date: call.today,
            fact: Fact::OrderEnded(OrderEnd { order: id, reason: OrderEndReason::Cancelled }),
        };
        record_facts(call.sql, call.today, &[fact])?;
    }
    (entry.status, entry.waits, entry.change, entry.until) = (OrderStatus::Cancelled, None, None, None);
    let feed = call.sql.take_feed(1)?;
    entry.save(&Doing::of(call), feed, &Step::of(StepKind::Cancelled))?;
    Ok(Answer::json(&Written { feed })?.about(&id))
}

/// A customer's orders, the newest first.
pub fn of_customer(sql: &Sql, customer: CustomerId, today: Date) -> Result<Vec<OrderEntry>, Failure> {
    let entries: Vec<Entry> = sql.rows(
        &format!("SELECT {} FROM order_entry WHERE customer = ? ORDER BY rowid DESC LIMIT 50", entry::columns()),
        &[&customer],
    )?;
    let line = |entry: Entry| OrderEntry {
        id: entry.order.id,
        status: entry.status_at(today),
        decision: entry.decision,
        date: entry.date,
        amount: entry.order.amount,
    };
    Ok(entries.into_iter().map(line).collect())
}

/// The order in the path, its customer in sight.
fn found(call: &Call) -> Result<Entry, Failure> {
    let id: OrderId = call.id()?;
    let entry = entry::find(call.sql, id)?.ok_or(RequestError::NotFound)?;
    call.sees(entry.customer())?;
    Ok(entry)
}

/// Refuses what is said of an order beyond its amount and terms, where it can't be.
fn sound(order: &Order, around: &OrderAround) -> Result<(), OrderError> {
    let currency = order.amount.currency();
    let mut all = Money::zero(currency);
    for (i, part) in around.parts.iter().enumerate() {
        let twice = around.parts.iter().take(i).any(|other| other.category == part.category);
        if twice || i >= PARTS_MOST || part.amount.currency() != currency || part.amount.minor() <= 0 {
            return Err(OrderError::Parts);
        }
        all = all.plus(part.amount).map_err(|_| OrderError::Parts)?;
    }
    if all.minor() > order.amount.minor() {
        return Err(OrderError::Parts);
    }
    let earning = around.earning.as_ref();
    let earned = earning.map(|earning| earning.revenue);
    let beside = [around.unpaid, earned, earning.and_then(|e| e.cost), earning.and_then(|e| e.covered)];
    let one_currency = earning.is_none_or(|earning| {
        let others = [earning.cost, earning.covered].into_iter().flatten();
        others.chain([earning.revenue]).all(|amount| amount.currency() == currency)
    });
    let unpaid = around.unpaid.is_none_or(|unpaid| unpaid.currency() == currency);
    if !one_currency || !unpaid || beside.into_iter().flatten().any(|amount| amount.minor() < 0) {
        return Err(OrderError::Beside);
    }
    Ok(())
}

/// Orders are accepted only where accepting can be forbidden: other checkpoints ask fewer rules. At one that the policy
/// doesn't name every rule is asked.
fn accepts(policy: &Policy, at: Option<Checkpoint>) -> Result<(), OrderError> {
    let line = policy.order_rules.as_ref().and_then(|rules| rules.checkpoint(at));
    if line.is_none_or(|line| line.forbids.contains(&Forbidden::Accept)) { Ok(()) } else { Err(OrderError::Checkpoint) }
}

/// The answer that an order got before, while that stands. One that was held or refused, whose authorisation ran out or that
/// has lapsed may be put again.
fn answered(call: &Call, policy: &Policy, entry: &Entry, order: &Order) -> Result<Option<String>, Failure> {
    if entry.customer() != order.customer {
        return Err(OrderError::Other(order.id).into());
    }
    if entry.status == OrderStatus::Cancelled {
        return Err(OrderError::Cancelled(order.id).into());
    }
    if entry.in_force(policy, call.today) {
        let same = entry.order == *order;
        return if same { Ok(Some(entry.confirmation.clone())) } else { Err(OrderError::Other(order.id).into()) };
    }
    if entry.by_hand.is_some() {
        return Err(OrderError::HeldByHand(order.id).into());
    }
    Ok(None)
}

/// What an order is after a verdict.
const fn status_of(verdict: Verdict) -> OrderStatus {
    match verdict {
        Verdict::Approve | Verdict::Warn => OrderStatus::Confirmed,
        Verdict::Hold => OrderStatus::Held,
        Verdict::Refuse => OrderStatus::Refused,
    }
}

/// The release, when the order would not have passed without it.
fn let_through_by(decision: &OrderDecision, release: Option<Release>) -> Option<Release> {
    let eased =
        |reason: &shared::rules::order_check::Reason| reason.eased.is_some_and(|eased| eased.by == EasedBy::Released);
    let needed = judged(decision).reasons.iter().any(eased);
    release.filter(|_| needed)
}

/// The standing of an order's customer, when the order is sound and the customer in sight.
fn standing_for(call: &Call, order: &Order) -> Result<Known, Failure> {
    if order.amount.minor() <= 0 {
        return Err(OrderError::Amount.into());
    }
    if let Some(prepaid) = order.prepayment
        && (prepaid.currency() != order.amount.currency() || !(0..=order.amount.minor()).contains(&prepaid.minor()))
    {
        return Err(OrderError::Prepayment.into());
    }
    if order.description.as_ref().is_some_and(|text| text.chars().count() > DESCRIPTION_MOST) {
        return Err(OrderError::Description.into());
    }
    call.sees(order.customer)?;
    Ok(standings::of(call, order.customer)?.ok_or(RequestError::NotFound)?)
}

/// Judges an order as a device did: on what the book knew at the device's feed number, by the device's policy, at its date.
fn as_known(
    call: &Call,
    order: &Order,
    around: &Circumstances,
    device: &DeviceJudgement,
    now: &Known,
) -> Result<OrderDecision, Failure> {
    let sql = call.sql;
    let policy =
        policies::approved(sql, device.policy_version)?.ok_or(OrderError::DevicePolicy(device.policy_version))?;
    let unknown = || OrderError::DeviceFeed(device.feed.0);
    if device.feed > sql.feed()? {
        return Err(unknown().into());
    }
    let file = customers::known(sql, order.customer, device.feed)?.ok_or_else(unknown)?;
    let rates = rates::known(sql, Some(device.feed))?;
    let standing = if now.standing.feed <= device.feed {
        // No fact came since: what is kept is what was known, but for the file and the rates.
        Standing { stage: file.stage, currency: file.currency, ..now.standing.clone() }.with_rates(&rates)
    } else {
        let facts = facts::of_customer(sql, order.customer)?;
        let standing = Standing::of(&file, &facts, &rates, Some(device.feed)).map_err(Failure::broken)?;
        further::as_known(sql, standing, device.feed)?.with_rates(&rates)
    };
    let id = DecisionId::derived(&["device", &order.id.to_string()]);
    decide_order_at(id, &policy, standing, order.clone(), around.clone(), device.as_of).map_err(decisions::failure)
}

/// What the order check said.
const fn judged(decision: &OrderDecision) -> &Judged {
    let OrderMatter::OrderCheck { answer, .. } = &decision.judgement.matter;
    answer
}

/// The number that a customer can quote: the day, and the feed number of the order, which no other order has.
fn authorisation_number(today: Date, feed: u64) -> String {
    format!("{}-{feed:04}", today.format("%y%m%d"))
}
