//! Leases for offline devices: credit reserved, spent, given back, run out ([`shared::rules::lease`]).
//!
//! What an open lease reserves counts among the customer's orders to come, in the part of the standing that follows from more
//! than the ledger, so that whatever is judged meanwhile is judged beside it. One transaction gives a lease or confirms an
//! order, never both of the last credit. An approval that comes in time is honoured whatever the book would say by now; its
//! decision says what the book says all the same. What runs out does so on the alarm, and before anything is judged by it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use shared::facts::calendar::Date;
use shared::facts::id::{CustomerId, FeedNumber, LeaseId, OrderId, PersonId};
use shared::facts::ledger::{Limit, Order};
use shared::facts::money::{Currency, Money, MoneyError};
use shared::facts::terms::Terms;
use shared::readings::standing::Standing;
use shared::record::access::{Role, Rows};
use shared::record::api::leases::{
    ApprovalOnLease, ConfirmLeased, DEVICE_MOST, LEASES_LISTED_MOST, LeaseLine, LeaseState, LeasedConfirmation,
    LeasesAnswer, TakeLease,
};
use shared::record::api::{ConfirmOrder, Confirmation};
use shared::rules::lease::{Honour, Lease, LeaseRefusal, LeasedApproval, Minute};
use shared::rules::order_check::{Verdict, order_check};
use shared::rules::policy::Policy;

use super::call::{Call, mine};
use super::ledger::{further, standings};
use super::orders::entry::name_of;
use super::orders::{self, entry};
use super::policies;
use super::sql::{Bind, Sql};
use crate::answer::Answer;
use crate::problem::{Failure, Kind, Refusal, RequestError};

/// How many leases a list names unless it is asked for another number.
const LISTED: u32 = 50;

/// Why a lease isn't given, spent or given back.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// The policy or the customer's credit gives none.
    #[error("no lease is given: {}", refusal(.0))]
    Refused(LeaseRefusal),
    /// The id is taken.
    #[error("the id is taken")]
    Known,
    /// The device's name is none.
    #[error("a device's name has 1 to {DEVICE_MOST} characters")]
    Device,
    /// Another currency than the limit's and the policy's.
    #[error("leases are in {0}, the currency of the policy, and for customers whose limit is in it")]
    Currency(Currency),
    /// It is somebody else's.
    #[error("the lease is somebody else's")]
    NotYours,
    /// It is another device's, or of another customer.
    #[error("the lease is for another device or customer")]
    Other,
    /// The order is confirmed.
    #[error("the order {0} is confirmed already")]
    Confirmed(OrderId),
    /// It has ended.
    #[error("the lease has ended")]
    Ended,
}

fn refusal(refusal: &LeaseRefusal) -> &'static str {
    match refusal {
        LeaseRefusal::Off => "the policy gives none",
        LeaseRefusal::NothingAsked => "nothing was asked for",
        _ => "no credit is left for one, or an order would be held by now",
    }
}

impl Refusal for LeaseError {
    fn kind(&self) -> Kind {
        match self {
            Self::Refused(_) => (409, "no_lease", "no lease is given"),
            Self::Known => (409, "known", "already recorded"),
            Self::Device => (422, "device", "unexpected name"),
            Self::Currency(_) => (422, "other_currency", "unexpected currency"),
            Self::NotYours => (403, "not_yours", "somebody else's lease"),
            Self::Other => (409, "other_lease", "another device's or customer's lease"),
            Self::Confirmed(_) => (409, "order_known", "order id already used"),
            Self::Ended => (409, "lease_ended", "the lease has ended"),
        }
    }

    fn field(&self) -> Option<String> {
        let field = match self {
            Self::Device => "device",
            Self::Currency(_) => "amount",
            _ => return None,
        };
        Some(field.to_owned())
    }

    fn values(&self) -> Vec<(String, String)> {
        match self {
            Self::Refused(refusal) => {
                let reason = serde_json::to_value(refusal).ok();
                let reason = reason.and_then(|reason| reason.get("kind")?.as_str().map(str::to_owned));
                reason.into_iter().map(|reason| ("reason".to_owned(), reason)).collect()
            }
            _ => Vec::new(),
        }
    }
}

const fn minute(now: DateTime<Utc>) -> Minute {
    Minute(now.timestamp().div_euclid(60))
}

/// `POST leases`.
///
/// 1. The customer is in sight: 404. Device and currency are sound: 422. The id is new: 409.
/// 2. The policy gives leases, and as much of what is asked as leaves room under cap and share; an order of that much would
///    pass by now: 409.
/// 3. It is reserved from now on.
pub fn take(call: &Call) -> Result<Answer, Failure> {
    // 1
    let TakeLease { lease: id, customer, device, amount: asked } = call.body()?;
    call.sees(customer)?;
    let named = device.trim() == device && (1..=DEVICE_MOST).contains(&device.chars().count());
    if !named || device.chars().any(char::is_control) {
        return Err(LeaseError::Device.into());
    }
    let policy = policies::in_force(call.sql, call.cache)?;
    run_out(call.sql, call.now, Some(customer))?;
    let standing = standings::of(call, customer)?.ok_or(RequestError::NotFound)?.standing;
    let currency = policy.policy.currency;
    if standing.currency != currency || asked.currency() != currency {
        return Err(LeaseError::Currency(currency).into());
    }
    if call.sql.finds("SELECT 1 FROM lease WHERE id = ?", &[&id])? {
        return Err(LeaseError::Known.into());
    }
    // 2
    let amount = given(call, &policy.policy, &standing, asked)?;
    let rule = policy.policy.lease.as_ref().ok_or(LeaseError::Refused(LeaseRefusal::Off))?;
    // 3
    let given = minute(call.now);
    let (ends, reserved_until) = rule.ends(given);
    let feed = call.sql.take_feed(1)?;
    call.sql.run(
        "INSERT INTO lease (id, customer, person, device, policy, currency, minor, given, ends, reserved_until, state, feed)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?)",
        &[
            &id,
            &customer,
            &call.caller.person,
            &device,
            &policy.digest,
            &currency,
            &amount.minor(),
            &given.0,
            &ends.0,
            &reserved_until.0,
            &feed,
        ],
    )?;
    further::begin(call.sql, customer)?;
    Ok(Answer::json(&Row::find(call.sql, id)?.line(call.sql)?)?.about(&customer))
}

/// How much a lease may hold.
fn given(call: &Call, policy: &Policy, standing: &Standing, asked: Money) -> Result<Money, Failure> {
    let refused = |refusal| Failure::from(LeaseError::Refused(refusal));
    let broken = |error: MoneyError| Failure::broken(error);
    let rule = policy.lease.as_ref().filter(|rule| rule.on).ok_or_else(|| refused(LeaseRefusal::Off))?;
    if asked.minor() <= 0 {
        return Err(refused(LeaseRefusal::NothingAsked));
    }
    let leased = Money::sum(asked.currency(), reserved(call.sql, standing.customer)?).map_err(broken)?;
    // What an order like this would come to: what is available before it, and whether it would pass.
    let judge = |amount| {
        let (id, terms) = (OrderId::derived(&["lease"]), standing.terms.unwrap_or(Terms::Prepaid));
        let order = Order { id, customer: standing.customer, amount, terms, prepayment: None, description: None };
        order_check(policy, standing, &order, call.today).map_err(broken)
    };
    let amount = match (judge(asked)?.available, standing.limit_at(call.today)) {
        (Some(available), _) => rule.amount(asked, available, leased).map_err(broken)?,
        // Of credit without bounds there is no share; the cap stays.
        (None, Some(Limit::Unlimited)) => Ok(asked.min(rule.cap).map_err(broken)?),
        (None, _) => Err(LeaseRefusal::NoCredit),
    };
    let amount = amount.map_err(refused)?;
    if judge(amount)?.verdict > Verdict::Warn || standing.terms.is_none_or(Terms::is_prepaid) {
        return Err(refused(LeaseRefusal::NoCredit));
    }
    Ok(amount)
}

/// What a customer's leases reserve.
pub fn reserved(sql: &Sql, customer: CustomerId) -> Result<Vec<Money>, Failure> {
    let rows: Vec<(Currency, i64)> = sql.rows(
        "SELECT json_array(currency, minor - honoured_minor) FROM lease WHERE customer = ? AND state = 'open' ORDER BY id",
        &[&customer],
    )?;
    let money = |(currency, minor)| Money::from_minor(minor, currency);
    rows.into_iter().map(money).collect::<Result<_, MoneyError>>().map_err(Failure::broken)
}

/// `POST leases/{id}/orders`.
///
/// 1. The lease is there and its customer in sight: 404; it is the caller's: 403, for this device and customer: 409.
/// 2. The order wasn't confirmed before: 409.
/// 3. Whether the lease stands for it is judged; if so, so much of it is spent.
/// 4. The order is judged on the newest facts, without what it took of the lease. One that the lease stands for is confirmed
///    whatever is found; any other like one that was never approved.
pub fn confirm(call: &Call) -> Result<Answer, Failure> {
    // 1
    let row = Row::find(call.sql, call.id()?)?;
    call.sees(row.customer)?;
    let ConfirmLeased { order, decision, at, around, device, made, judgement } = call.body()?;
    if !call.did(row.person)? {
        return Err(LeaseError::NotYours.into());
    }
    if order.customer != row.customer || device != row.device {
        return Err(LeaseError::Other.into());
    }
    // 2
    let policy = policies::in_force(call.sql, call.cache)?;
    let before = entry::find(call.sql, order.id)?;
    if before.is_some_and(|entry| entry.in_force(&policy.policy, call.today)) {
        return Err(LeaseError::Confirmed(order.id).into());
    }
    // 3
    let lease = row.lease()?;
    let (id, amount, delivered) = (order.id, order.on_credit(), minute(call.now));
    let wrong = |_: MoneyError| LeaseError::Currency(lease.amount.currency());
    let amount = amount.map_err(wrong)?;
    let approval = LeasedApproval { made, delivered, amount, before: row.honoured()? };
    let standing = standings::of(call, row.customer)?.ok_or(RequestError::NotFound)?.standing;
    let frozen = standing.frozen.map(|frozen| begins(frozen.since, call.book.utc_offset_minutes));
    let honour = match lease.honour(&approval, frozen).map_err(wrong)? {
        // What was given back is there for others.
        Honour::Honoured { .. } if row.state != LeaseState::Open => {
            Honour::NotEnough { left: Money::zero(lease.amount.currency()) }
        }
        honour => honour,
    };
    let honoured = if let Honour::Honoured { flagged } = honour { Some(flagged) } else { None };
    if honoured.is_some() {
        call.sql.run(
            "UPDATE lease SET honoured_minor = honoured_minor + ?1, feed = ?2,
                 state = iif(honoured_minor + ?1 = minor, 'spent', state) WHERE id = ?3",
            &[&amount.minor(), &call.sql.take_feed(1)?, &lease.id],
        )?;
        further::begin(call.sql, row.customer)?;
    }
    run_out(call.sql, call.now, Some(row.customer))?;
    // 4
    let asked = ConfirmOrder { order, decision, at, around, device: judgement };
    let confirmation = orders::put(call, asked, honoured.is_some())?;
    let confirmation: Confirmation = serde_json::from_str(&confirmation.body)?;
    if let Some(flagged) = honoured {
        call.sql.run(
            "INSERT INTO lease_approval (order_id, lease, made, delivered, minor, flagged, feed)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
            &[&id, &lease.id, &made.0, &delivered.0, &amount.minor(), &u32::from(flagged), &call.sql.take_feed(1)?],
        )?;
    }
    let lease = Row::find(call.sql, lease.id)?.line(call.sql)?;
    Ok(Answer::json(&LeasedConfirmation { honour, confirmation, lease })?.about(&id))
}

/// The minute at which a day begins where the book is.
fn begins(day: Date, utc_offset_minutes: i16) -> Minute {
    let days = day.signed_duration_since(NaiveDate::default()).num_days();
    Minute(days.saturating_mul(24 * 60).saturating_sub(i64::from(utc_offset_minutes)))
}

/// `DELETE leases/{id}`: gives back what is left.
///
/// 1. It is there and its customer in sight: 404. It is the caller's, or they keep credit: 403. It is open: 409.
/// 2. Nothing of it is reserved any more.
pub fn give_back(call: &Call) -> Result<Answer, Failure> {
    // 1
    let row = Row::find(call.sql, call.id()?)?;
    call.sees(row.customer)?;
    if !matches!(call.caller.role, Role::Officer | Role::Manager) && !call.did(row.person)? {
        return Err(LeaseError::NotYours.into());
    }
    if row.state != LeaseState::Open {
        return Err(LeaseError::Ended.into());
    }
    // 2
    end(call.sql, row.id, row.customer, LeaseState::Returned)?;
    Ok(Answer::json(&Row::find(call.sql, row.id)?.line(call.sql)?)?.about(&row.customer))
}

fn end(sql: &Sql, id: LeaseId, customer: CustomerId, how: LeaseState) -> Result<(), Failure> {
    let ended = "UPDATE lease SET state = ?, feed = ? WHERE id = ?";
    sql.run(ended, &[&name_of(&how)?, &sql.take_feed(1)?, &id])?;
    further::begin(sql, customer)
}

/// From when on a lease has run out, in seconds since 1970.
pub fn run_out_from(sql: &Sql) -> Result<Option<i64>, Failure> {
    let first = "SELECT json(reserved_until) FROM lease WHERE state = 'open' ORDER BY reserved_until LIMIT 1";
    let first: Option<i64> = sql.first(first, &[])?;
    Ok(first.map(|first| first.saturating_mul(60)))
}

/// Ends leases whose grace is over: those of a customer, or all.
pub fn run_out(sql: &Sql, now: DateTime<Utc>, customer: Option<CustomerId>) -> Result<(), Failure> {
    let over: Vec<(LeaseId, CustomerId)> = sql.rows(
        "SELECT json_array(id, customer) FROM lease
         WHERE state = 'open' AND reserved_until <= ?1 AND (?2 IS NULL OR customer = ?2) ORDER BY reserved_until, id",
        &[&minute(now).0, &customer],
    )?;
    over.into_iter().try_for_each(|(id, customer)| end(sql, id, customer, LeaseState::Expired))
}

#[derive(Deserialize)]
struct Row {
    id: LeaseId,
    customer: CustomerId,
    person: PersonId,
    device: String,
    policy: String,
    currency: Currency,
    minor: i64,
    honoured_minor: i64,
    given: Minute,
    ends: Minute,
    reserved_until: Minute,
    state: LeaseState,
    feed: FeedNumber,
    stopped: u8,
}

const ROW: &str = "SELECT json_object('id', lease.id, 'customer', lease.customer, 'person', lease.person,
        'device', device, 'policy', lease.policy, 'currency', lease.currency, 'minor', minor,
        'honoured_minor', honoured_minor, 'given', given, 'ends', ends, 'reserved_until', reserved_until,
        'state', lease.state, 'feed', lease.feed, 'stopped', standing.frozen IS NOT NULL)
    FROM lease JOIN customer ON customer.id = lease.customer JOIN standing ON standing.customer = lease.customer";

impl Row {
    fn find(sql: &Sql, id: LeaseId) -> Result<Self, Failure> {
        let row: Option<Self> = sql.first(&format!("{ROW} WHERE lease.id = ?"), &[&id])?;
        row.ok_or_else(|| RequestError::NotFound.into())
    }

    fn money(&self, minor: i64) -> Result<Money, Failure> {
        Money::from_minor(minor, self.currency).map_err(Failure::broken)
    }

    fn honoured(&self) -> Result<Money, Failure> {
        self.money(self.honoured_minor)
    }

    fn lease(&self) -> Result<Lease, Failure> {
        Ok(Lease {
            id: self.id,
            customer: self.customer,
            device: self.device.clone(),
            policy: self.policy.clone(),
            amount: self.money(self.minor)?,
            given: self.given,
            ends: self.ends,
            reserved_until: self.reserved_until,
        })
    }

    fn line(self, sql: &Sql) -> Result<LeaseLine, Failure> {
        let approvals: Vec<(OrderId, Minute, Minute, i64, u8)> = sql.rows(
            "SELECT json_array(order_id, made, delivered, minor, flagged) FROM lease_approval WHERE lease = ? ORDER BY feed",
            &[&self.id],
        )?;
        let approvals = approvals.into_iter().map(|(order, made, delivered, minor, flagged)| {
            Ok(ApprovalOnLease { order, made, delivered, amount: self.money(minor)?, flagged: flagged != 0 })
        });
        Ok(LeaseLine {
            approvals: approvals.collect::<Result<_, Failure>>()?,
            lease: self.lease()?,
            honoured: self.honoured()?,
            person: self.person,
            state: self.state,
            stopped: self.stopped != 0,
            feed: self.feed,
        })
    }
}

/// `GET leases?customer=&after=&limit=`: what happened last first.
pub fn list(call: &Call) -> Result<Answer, Failure> {
    let customer: Option<CustomerId> = call.parameter("customer", "a customer's id")?;
    let after = call.after()?;
    let most: u32 = call.parameter("limit", "a number")?.unwrap_or(LISTED).clamp(1, LEASES_LISTED_MOST);
    let sight = mine(call.rows, "?");
    let mut conditions = vec!["true"];
    let mut binds: Vec<&dyn Bind> = Vec::new();
    if call.rows != Rows::All {
        conditions.push(&sight);
        binds.push(&call.caller.person);
    }
    for (condition, bind) in [
        ("lease.customer = ?", customer.as_ref().map(|customer| customer as &dyn Bind)),
        ("lease.feed < ?", after.as_ref().map(|after| after as &dyn Bind)),
    ] {
        if let Some(bind) = bind {
            conditions.push(condition);
            binds.push(bind);
        }
    }
    let limit = most.saturating_add(1);
    binds.push(&limit);
    let query = format!("{ROW} WHERE {} ORDER BY lease.feed DESC LIMIT ?", conditions.join(" AND "));
    let mut rows: Vec<Row> = call.sql.rows(&query, &binds)?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    let next = rows.last().filter(|_| more).map(|row| row.feed);
    let leases = rows.into_iter().map(|row| row.line(call.sql)).collect::<Result<_, Failure>>()?;
    Answer::json(&LeasesAnswer { leases, next })
}
