//! Orders: may we accept this one, accept it, call it off.
//!
//! A check holds nothing. A confirmation judges on the newest facts at the book's date; only that binds, and only an order
//! that passes uses credit. Both happen in one transaction of a single-threaded object, so that of two orders for the last
//! credit exactly one passes.

use serde::Deserialize;
use shared::facts::calendar::Date;
use shared::facts::id::{CustomerId, DecisionId, FactId, OrderId};
use shared::facts::ledger::{Fact, Order, OrderEnd, OrderEndReason};
use shared::facts::money::Money;
use shared::readings::standing::Standing;
use shared::record::api::{
    CheckOrder, ConfirmOrder, Confirmation, DeviceJudgement, DeviceReplay, OrderEntry, OrderStatus, Written,
};
use shared::record::decision::{OrderDecision, OrderMatter, decide_order, what_changed};
use shared::rules::order_check::Verdict;

use super::call::Call;
use super::ledger::standings::Known;
use super::ledger::{NewFact, customers, facts, further, rates, record_facts, standings};
use super::sql::{Sql, read as read_stored};
use super::{decisions, policies};
use crate::answer::Answer;
use crate::problem::{Failure, Kind, Refusal, RequestError};

/// How long a description may be.
const DESCRIPTION_MOST: usize = 500;

/// Why an order cannot be judged, confirmed or called off.
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
            Self::DevicePolicy(_) => "device.policy_version",
            Self::DeviceFeed(_) => "device.feed",
        };
        Some(field.to_owned())
    }
}

/// `POST checks`: would this order pass?
pub fn check(call: &Call) -> Result<Answer, Failure> {
    let CheckOrder { order } = call.body()?;
    let known = standing_for(call, &order)?;
    let policy = policies::in_force(call.sql, call.cache)?;
    let id = DecisionId(call.new_id()?);
    Answer::json(&decide_order(id, policy.as_ref(), known.standing, order, call.today).map_err(decisions::failure)?)
}

/// `POST orders`: confirms an order.
///
/// 1. The order is sound and its customer in sight: 422, 404.
/// 2. Confirmed before, it gets the answer that it got then; another order by its id, or one called off: 409.
/// 3. What a device judged is judged again on what the device knew.
/// 4. It is judged on the newest facts at the book's date, and the decision is kept.
/// 5. If it passes it uses credit from now on; else it is kept with what became of it.
pub fn confirm(call: &Call) -> Result<Answer, Failure> {
    // 1
    let ConfirmOrder { order, decision: id, device } = call.body()?;
    let known = standing_for(call, &order)?;
    // 2
    if let Some(confirmation) = before(call.sql, &order)? {
        return Ok(Answer::of(200, confirmation).about(&order.id));
    }
    // 3
    let at_device = device.map(|device| as_known(call, &order, &device, &known).map(|decision| (device, decision)));
    let at_device = at_device.transpose()?;
    // 4
    let policy = policies::in_force(call.sql, call.cache)?;
    let decision =
        decide_order(id, policy.as_ref(), known.standing, order.clone(), call.today).map_err(decisions::failure)?;
    decisions::store(call.sql, order.customer, &decision)?;
    // 5
    let status = match verdict(&decision) {
        Verdict::Approve | Verdict::Warn => OrderStatus::Confirmed,
        Verdict::Hold => OrderStatus::Held,
        Verdict::Refuse => OrderStatus::Refused,
    };
    let mut authorisation = None;
    if status == OrderStatus::Confirmed {
        let fact = NewFact {
            id: FactId::derived(&["ordered", &order.id.to_string()]),
            customer: order.customer,
            date: call.today,
            fact: Fact::Ordered(order.clone()),
        };
        let feed = record_facts(call.sql, call.today, &[fact])?.map(|range| range.start().0).unwrap_or_default();
        authorisation = Some(authorisation_number(call.today, feed));
    }
    let device = at_device.map(|(device, at_device)| DeviceReplay {
        same: at_device.digest == device.digest,
        changes: what_changed(&at_device, &decision),
        digest: at_device.digest,
    });
    let feed = call.sql.feed()?;
    let confirmation = Confirmation { decision, status, authorisation, device, feed };
    keep(call, &order, &confirmation)?;
    Ok(Answer::json(&confirmation)?.about(&order.id))
}

/// `DELETE orders/{id}`: calls an order off. What documents have used up of it stays owed.
///
/// 1. It is there and its customer in sight: 404.
/// 2. It was not called off before: 409.
/// 3. A confirmed one stops using credit.
pub fn cancel(call: &Call) -> Result<Answer, Failure> {
    // 1
    let id: OrderId = call.id()?;
    let (customer, status): (CustomerId, OrderStatus) = call
        .sql
        .first("SELECT json_array(customer, status) FROM order_entry WHERE id = ?", &[&id])?
        .ok_or(RequestError::NotFound)?;
    call.sees(customer)?;
    // 2
    if status == OrderStatus::Cancelled {
        return Err(OrderError::Cancelled(id).into());
    }
    // 3
    if status == OrderStatus::Confirmed {
        let fact = NewFact {
            id: FactId::derived(&["order_ended", &id.to_string()]),
            customer,
            date: call.today,
            fact: Fact::OrderEnded(OrderEnd { order: id, reason: OrderEndReason::Cancelled }),
        };
        record_facts(call.sql, call.today, &[fact])?;
    }
    call.sql.run("UPDATE order_entry SET status = 'cancelled' WHERE id = ?", &[&id])?;
    Ok(Answer::json(&Written { feed: call.sql.feed()? })?.about(&id))
}

/// A customer's orders, the newest first.
pub fn of_customer(sql: &Sql, customer: CustomerId) -> Result<Vec<OrderEntry>, Failure> {
    let rows: Vec<(OrderId, OrderStatus, DecisionId, Date, Money)> = sql.rows(
        "SELECT json_array(id, status, decision, date, json(document -> '$.amount')) FROM order_entry
         WHERE customer = ? ORDER BY feed DESC, rowid DESC LIMIT 50",
        &[&customer],
    )?;
    let entry = |(id, status, decision, date, amount)| OrderEntry { id, status, decision, date, amount };
    Ok(rows.into_iter().map(entry).collect())
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

/// The answer that this order got before. One that was held or refused may be put again.
fn before(sql: &Sql, order: &Order) -> Result<Option<String>, Failure> {
    #[derive(Deserialize)]
    struct Row {
        status: OrderStatus,
        document: String,
        confirmation: String,
    }
    let row: Option<Row> = sql.first(
        "SELECT json_object('status', status, 'document', document, 'confirmation', confirmation)
         FROM order_entry WHERE id = ?",
        &[&order.id],
    )?;
    let Some(row) = row else { return Ok(None) };
    let known: Order = read_stored(&row.document)?;
    match row.status {
        _ if known.customer != order.customer => Err(OrderError::Other(order.id).into()),
        OrderStatus::Cancelled => Err(OrderError::Cancelled(order.id).into()),
        OrderStatus::Confirmed if known == *order => Ok(Some(row.confirmation)),
        OrderStatus::Confirmed => Err(OrderError::Other(order.id).into()),
        OrderStatus::Held | OrderStatus::Refused => Ok(None),
    }
}

/// Judges an order as a device did: on what the book knew at the device's feed number, by the device's policy, at its date.
fn as_known(call: &Call, order: &Order, device: &DeviceJudgement, now: &Known) -> Result<OrderDecision, Failure> {
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
    decide_order(id, &policy, standing, order.clone(), device.as_of).map_err(decisions::failure)
}

fn keep(call: &Call, order: &Order, confirmation: &Confirmation) -> Result<(), Failure> {
    let status = serde_json::to_value(confirmation.status)?;
    Ok(call.sql.run(
        "INSERT INTO order_entry (id, customer, status, decision, date, document, confirmation, feed)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET status = excluded.status, decision = excluded.decision, date = excluded.date,
             document = excluded.document, confirmation = excluded.confirmation, feed = excluded.feed",
        &[
            &order.id,
            &order.customer,
            &status.as_str(),
            &confirmation.decision.id,
            &call.today,
            &serde_json::to_string(order)?,
            &serde_json::to_string(confirmation)?,
            &confirmation.feed,
        ],
    )?)
}

fn verdict(decision: &OrderDecision) -> Verdict {
    let OrderMatter::OrderCheck { answer, .. } = &decision.judgement.matter;
    answer.verdict
}

/// The number that a customer can quote: the day, and the feed number of the order, which no other order has.
fn authorisation_number(today: Date, feed: u64) -> String {
    format!("{}-{feed:04}", today.format("%y%m%d"))
}
