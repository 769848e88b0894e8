//! Write-offs: asked for by one person, agreed to by all those whose word the policy's chain needs for such an amount
//! ([`shared::rules::approval`]). The last word makes it a fact of the ledger.

use serde::Deserialize;
use shared::facts::calendar::Date;
use shared::facts::id::{CustomerId, ItemId, PersonId, WriteOffId};
use shared::facts::ledger::{Fact, Rate, WriteOff};
use shared::facts::money::{Currency, Money};
use shared::readings::exchange::RatesOn;
use shared::record::access::{Operation, Role, may};
use shared::record::api::Written;
use shared::record::api::losses::{AskWriteOff, DecideWriteOff, WriteOffAsked, WriteOffsAnswer};
use shared::rules::approval::{ApprovalError, ApprovalKind, ApprovalState, Approver, At, Request, Said};
use shared::rules::policy::PolicyVersion;
use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::call::Call;
use super::super::ledger::rates;
use super::super::policies;
use super::super::sql::Sql;
use super::super::writes::record;
use super::{Document, LossError, at_most, positive, reasoned};
use crate::answer::Answer;
use crate::problem::{Failure, RequestError};

/// How many decided ones a list shows.
const DECIDED_MOST: usize = 200;

/// `POST items/{id}/write-offs`.
///
/// 1. The document is there, and its customer in sight: 404. So much is open on it, and why is said: 422.
/// 2. The policy says who agrees: 409. The id is new, and no other write-off of the document waits: 409.
/// 3. It waits for them.
pub fn ask(call: &Call) -> Result<Answer, Failure> {
    // 1
    let item: ItemId = call.id()?;
    let document = Document::find(call.sql, item)?.ok_or(RequestError::NotFound)?;
    call.sees(document.customer)?;
    let AskWriteOff { id, amount, reason } = call.body()?;
    if document.credit {
        return Err(LossError::NotOwed(item).into());
    }
    positive(amount, document.open.currency())?;
    at_most(document.open, amount)?;
    reasoned(&reason)?;
    // 2
    let asked = Row {
        id,
        customer: document.customer,
        item,
        number: String::new(),
        currency: amount.currency(),
        minor: amount.minor(),
        reason,
        asked_by: call.caller.person,
        asked: call.today,
        ended: None,
    };
    Judge::new(call)?.state(&asked, &[])?.ok_or(LossError::NoChain(amount))?;
    if call.sql.finds("SELECT 1 FROM write_off WHERE id = ?", &[&id])? {
        return Err(LossError::Known.into());
    }
    if call.sql.finds("SELECT 1 FROM write_off WHERE item = ? AND ended IS NULL", &[&item])? {
        return Err(LossError::Waits.into());
    }
    // 3
    let feed = call.sql.take_feed(1)?;
    call.sql.run(
        "INSERT INTO write_off (id, customer, item, currency, minor, reason, asked_by, asked, feed)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        &[
            &id,
            &asked.customer,
            &item,
            &asked.currency,
            &asked.minor,
            &asked.reason,
            &asked.asked_by,
            &asked.asked,
            &feed,
        ],
    )?;
    Ok(Answer::json(&Written { feed })?.about(&asked.customer))
}

/// `POST write-offs/{id}/decision`.
///
/// 1. It is there and its customer in sight: 404. It waits: 409. Somebody else asked for it, and the caller's word is the one
///    that is awaited: 403.
/// 2. The word is kept. The last one that is needed writes off; by then so much must still be open: 422.
pub fn decide(call: &Call) -> Result<Answer, Failure> {
    // 1
    let id: WriteOffId = call.id()?;
    let asked: Option<Row> = call.sql.first(&format!("{ROW} WHERE write_off.id = ?"), &[&id])?;
    let asked = asked.ok_or(RequestError::NotFound)?;
    call.sees(asked.customer)?;
    let DecideWriteOff { agrees, reason } = call.body()?;
    reasoned(&reason)?;
    if asked.ended.is_some() {
        return Err(LossError::Decided.into());
    }
    if asked.asked_by == call.caller.person {
        return Err(LossError::Own.into());
    }
    let (mut said, amount) = (said(call.sql, id)?, asked.amount()?);
    let judge = Judge::new(call)?;
    let at = |said: &[Said]| -> Result<At, Failure> {
        let state = judge.state(&asked, said)?.ok_or(LossError::NoChain(amount))?;
        Ok(state.at)
    };
    if let At::Waits { role, may, .. } = at(&said)?
        && !may.contains(&call.caller.person)
    {
        return Err(LossError::NotAwaited { role }.into());
    }
    // 2
    let feed = call.sql.take_feed(1)?;
    call.sql.run(
        "INSERT INTO write_off_word (write_off, feed, person, date, agrees, reason) VALUES (?, ?, ?, ?, ?, ?)",
        &[&id, &feed, &call.caller.person, &call.today, &u32::from(agrees), &reason],
    )?;
    said.push(Said { date: call.today, by: call.caller.person, agrees, reason });
    let end = |how: &str| call.sql.run("UPDATE write_off SET ended = ? WHERE id = ?", &[&how, &id]);
    match at(&said)? {
        At::Waits { .. } => {}
        At::Refused { .. } => end("refused")?,
        At::Approved { .. } => {
            end("approved")?;
            let document = Document::find(call.sql, asked.item)?.ok_or(RequestError::NotFound)?;
            at_most(document.open, amount)?;
            let (item, reason, approved_by) = (asked.item, asked.reason.clone(), call.caller.person);
            let fact = Fact::WrittenOff(WriteOff { item, amount, reason, approved_by });
            return record(call, asked.customer, call.today, vec![fact]);
        }
    }
    Ok(Answer::json(&Written { feed: call.sql.feed()? })?.about(&asked.customer))
}

/// `GET write-offs`: those that wait, and the newest that were decided.
pub fn read(call: &Call) -> Result<Answer, Failure> {
    let rows: Vec<Row> = call.sql.rows(
        &format!(
            "{ROW} WHERE write_off.ended IS NULL OR write_off.id IN (
                 SELECT id FROM write_off WHERE ended IS NOT NULL ORDER BY feed DESC LIMIT ?
             ) ORDER BY write_off.feed DESC"
        ),
        &[&DECIDED_MOST],
    )?;
    let judge = Judge::new(call)?;
    let asked = |row: Row| {
        let said = said(call.sql, row.id)?;
        let state = if row.ended.is_none() { judge.state(&row, &said)? } else { None };
        let amount = row.amount()?;
        let Row { id, customer, item, number, reason, asked_by, asked, ended, .. } = row;
        let done = ended.map(|ended| ended == "approved");
        Ok(WriteOffAsked { id, customer, item, number, amount, reason, asked_by, asked, done, said, state })
    };
    let write_offs = rows.into_iter().map(asked).collect::<Result<_, Failure>>()?;
    Answer::json(&WriteOffsAnswer { write_offs })
}

#[derive(Deserialize)]
struct Row {
    id: WriteOffId,
    customer: CustomerId,
    item: ItemId,
    number: String,
    currency: Currency,
    minor: i64,
    reason: String,
    asked_by: PersonId,
    asked: Date,
    ended: Option<String>,
}

const ROW: &str = "
    SELECT json_object('id', write_off.id, 'customer', write_off.customer, 'item', write_off.item,
        'number', item.number, 'currency', write_off.currency, 'minor', write_off.minor, 'reason', write_off.reason,
        'asked_by', write_off.asked_by, 'asked', write_off.asked, 'ended', write_off.ended)
    FROM write_off JOIN item ON item.id = write_off.item";

impl Row {
    fn amount(&self) -> Result<Money, Failure> {
        Money::from_minor(self.minor, self.currency).map_err(Failure::broken)
    }
}

/// What tells where requests stand today: the policy in force, the rates, the people.
struct Judge {
    policy: Rc<PolicyVersion>,
    rates: Vec<Rate>,
    people: Vec<Approver>,
    today: Date,
}

impl Judge {
    fn new(call: &Call) -> Result<Self, Failure> {
        let policy = policies::in_force(call.sql, call.cache)?;
        let people: Vec<(PersonId, String)> =
            call.sql.rows("SELECT json_array(id, role) FROM person WHERE active = 1 AND token = 0 ORDER BY id", &[])?;
        let approver =
            |(person, role)| Approver { person, roles: BTreeSet::from([role]), deputy: None, away: Vec::new() };
        let people = people.into_iter().map(approver).collect();
        Ok(Self { policy, rates: rates::known(call.sql, None)?, people, today: call.today })
    }

    /// Where a request stands, its amount in the policy's currency; absent when the policy names nobody for such, or somebody
    /// who doesn't decide on write-offs.
    fn state(&self, asked: &Row, said: &[Said]) -> Result<Option<ApprovalState>, Failure> {
        let policy = &self.policy.policy;
        let Some(rule) = &policy.approvals else { return Ok(None) };
        let amount = RatesOn::new(&self.rates, asked.asked).convert(asked.amount()?, policy.currency);
        let amount = amount.map_err(|_| LossError::NoRate(asked.currency))?;
        let request = Request { kind: ApprovalKind::WriteOff, amount, by: asked.asked_by, date: asked.asked };
        match rule.state(&request, said, &self.people, &policy.calendar, self.today) {
            Ok(state) => Ok(state.needs.iter().all(|role| decides(role)).then_some(state)),
            Err(ApprovalError::NoChain(_) | ApprovalError::NoStep(_)) => Ok(None),
            Err(ApprovalError::Money(error)) => Err(Failure::broken(error)),
        }
    }
}

/// Whether people of a role decide on write-offs.
fn decides(role: &str) -> bool {
    let role = serde_json::from_value::<Role>(role.into());
    role.is_ok_and(|role| may(role, Operation::DecideWriteOff).is_some())
}

/// What was said, in its order.
fn said(sql: &Sql, id: WriteOffId) -> Result<Vec<Said>, Failure> {
    let rows: Vec<(Date, PersonId, u8, String)> = sql.rows(
        "SELECT json_array(date, person, agrees, reason) FROM write_off_word WHERE write_off = ? ORDER BY feed",
        &[&id],
    )?;
    Ok(rows.into_iter().map(|(date, by, agrees, reason)| Said { date, by, agrees: agrees != 0, reason }).collect())
}
