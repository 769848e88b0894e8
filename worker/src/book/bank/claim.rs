//! Whose a receipt is: what is proposed, and what a person says.

use shared::facts::calendar::Date;
use shared::facts::id::{CustomerId, FactId, ItemId, ReceiptId};
use shared::facts::ledger::{Allocation, Fact, Receipt};
use shared::facts::money::Money;
use shared::facts::money_in::Unclaimed;
use shared::record::api::bank::{
    APPLY_MAX, Apply, ClaimCandidate, ClaimProposals, ClaimReceipt, ReceiptEnded, SetAside,
};
use shared::record::bank::Pooled;
use shared::record::digest::digest;
use shared::rules::allocation::{By, Debt, Incoming, Proposal, Setting, propose};
use shared::rules::claiming::claim as judge;
use shared::rules::policy::Policy;
use std::collections::BTreeSet;

use super::super::call::Call;
use super::super::ledger::{NewFact, record_facts};
use super::super::orders::retest;
use super::super::policies;
use super::super::writes::{applied, text};
use super::BankError;
use super::candidates::{self, Found};
use crate::answer::Answer;
use crate::problem::{Failure, RequestError};

/// How many customers are proposed.
const PROPOSED_MAX: usize = 8;

/// The receipt of the path, waiting or not.
fn pooled(call: &Call) -> Result<Pooled, Failure> {
    let receipt = call.id::<ReceiptId>()?;
    let pooled = call.sql.first("SELECT body FROM pool WHERE id = ?", &[&receipt])?;
    Ok(pooled.ok_or(RequestError::NotFound)?)
}

/// The receipt of the path, if it waits: 404, 409.
fn waiting(call: &Call) -> Result<Pooled, Failure> {
    let pooled = pooled(call)?;
    if call.sql.finds("SELECT 1 FROM pool_end WHERE receipt = ?", &[&pooled.money.receipt])? {
        return Err(BankError::Ended.into());
    }
    Ok(pooled)
}

/// `GET pool/{id}?customer=`: whose it may be, with reasons.
///
/// 1. It waits: 404, 409.
/// 2. Customers to whom anything points, weighed by the policy; or the one asked about, in sight: 404.
/// 3. For each, what the policy's methods would settle.
pub fn proposals(call: &Call) -> Result<Answer, Failure> {
    // 1
    let receipt = waiting(call)?;
    // 2
    let asked: Option<CustomerId> = call.parameter("customer", "a UUID")?;
    let version = policies::in_force(call.sql, call.cache)?;
    let policy = &version.policy;
    let found = match asked {
        Some(customer) => {
            call.sees(customer)?;
            candidates::one(call, customer)?.into_iter().collect()
        }
        None => candidates::find(call, &receipt.money)?,
    };
    let all: Vec<_> = found.iter().map(|found| found.candidate.clone()).collect();
    let judged = policy.claiming.as_ref().map(|rule| judge(rule, &receipt.money, &all));
    let (clear, matches) = judged.map_or((None, Vec::new()), |claim| (claim.clear, claim.matches));
    let mut found = candidates::by_id(found);
    // 3
    let mut proposed = Vec::new();
    for signs in matches.into_iter().take(PROPOSED_MAX) {
        if let Some(found) = found.remove(&signs.customer) {
            let candidate = candidate(call, policy, &receipt.money, found)?;
            proposed.push(ClaimCandidate { signs: Some(signs), ..candidate });
        }
    }
    if let Some(found) = asked.and_then(|customer| found.remove(&customer)) {
        proposed.push(candidate(call, policy, &receipt.money, found)?);
    }
    let subject = receipt.money.receipt;
    Ok(Answer::json(&ClaimProposals { receipt, clear, candidates: proposed })?.about(&subject))
}

fn candidate(call: &Call, policy: &Policy, money: &Unclaimed, found: Found) -> Result<ClaimCandidate, Failure> {
    let Found { named, candidate } = found;
    let open = same_currency(candidate.open, money);
    let proposal = proposal(call, policy, money, &open).map_err(BankError::Allocation)?;
    let digest = proposal.as_ref().map(digest).transpose()?;
    Ok(ClaimCandidate { customer: named, signs: None, open, proposal, digest })
}

fn same_currency(open: Vec<Debt>, money: &Unclaimed) -> Vec<Debt> {
    open.into_iter().filter(|debt| debt.open.currency() == money.amount.currency()).collect()
}

/// What the policy's methods would settle.
fn proposal(
    call: &Call,
    policy: &Policy,
    money: &Unclaimed,
    open: &[Debt],
) -> Result<Option<Proposal>, shared::rules::allocation::AllocationError> {
    let Some(rule) = &policy.allocation else { return Ok(None) };
    let setting = Setting { rule, agreed: None, currency: call.book.currency, rates: &[] };
    let incoming = Incoming {
        receipt: money.receipt,
        date: money.date,
        amount: money.amount,
        from_abroad: false,
        charges: None,
        text: Some(money.text.clone()).filter(|text| !text.is_empty()),
        designation: None,
    };
    propose(&setting, &incoming, open).map(Some)
}

/// `POST pool/{id}/claim`: it is this customer's.
///
/// 1. It waits: 404, 409. The customer is in sight: 404.
/// 2. As proposed: what would be proposed now is what was shown: 409. By hand: each document is the customer's, and as much
///    is open on it: 422.
/// 3. Money and applications go into the customer's ledger, and the receipt no longer waits.
pub fn claim(call: &Call) -> Result<Answer, Failure> {
    // 1
    let pooled = waiting(call)?;
    let money = &pooled.money;
    let ClaimReceipt { customer, apply } = call.body()?;
    call.sees(customer)?;
    // 2
    let (facts, applied) = match apply {
        Apply::AsProposed { digest: shown } => as_proposed(call, customer, money, &shown)?,
        Apply::Documents { documents } => {
            let items: BTreeSet<ItemId> = documents.iter().map(|(item, _)| *item).collect();
            let count = items.len();
            let (facts, sum) = applied(call, customer, money.receipt, money.date, money.amount, documents, APPLY_MAX)?;
            (facts, (count, sum))
        }
    };
    let (settles, sum) = applied;
    let unapplied = money.amount.minus(sum).map_err(Failure::broken)?;
    // 3
    let received = Receipt { id: money.receipt, amount: money.amount, reference: pooled.reference.clone() };
    let facts = std::iter::once((money.date, Fact::Received(received))).chain(facts);
    let new = |(date, fact)| Ok(NewFact { id: FactId(call.new_id()?), customer, date, fact });
    let facts: Vec<NewFact> = facts.map(new).collect::<Result<_, Failure>>()?;
    record_facts(call.sql, call.today, &facts)?;
    retest::due(call.sql, customer)?;
    retest::now(call)?;
    end(call, &pooled, Some(customer), None, settles, unapplied)
}

/// Dated facts, and how many documents are settled by how much of the money.
type Applied = (Vec<(Date, Fact)>, (usize, Money));

fn as_proposed(call: &Call, customer: CustomerId, money: &Unclaimed, shown: &str) -> Result<Applied, Failure> {
    let version = policies::in_force(call.sql, call.cache)?;
    let found = candidates::one(call, customer)?.ok_or(RequestError::NotFound)?;
    let open = same_currency(found.candidate.open, money);
    let proposal = proposal(call, &version.policy, money, &open).map_err(BankError::Allocation)?;
    let proposal = proposal.ok_or(BankError::NoMethods)?;
    if digest(&proposal)? != shown {
        return Err(BankError::OtherProposal.into());
    }
    let mut facts = Vec::new();
    for Allocation { item, source, amount } in proposal.allocations(money.receipt) {
        let charged: Option<Date> = call.sql.first("SELECT json_quote(date) FROM item WHERE id = ?", &[&item])?;
        // Money that came before the document is applied on the document's day.
        let date = charged.map_or(money.date, |charged| money.date.max(charged));
        facts.push((date, Fact::Allocated(Allocation { item, source, amount })));
    }
    let mut sum = Money::zero(money.amount.currency());
    for line in proposal.lines.iter().filter(|line| line.by == By::Payment) {
        sum = sum.plus(line.paid).map_err(Failure::broken)?;
    }
    let items: BTreeSet<ItemId> = proposal.lines.iter().map(|line| line.item).collect();
    Ok((facts, (items.len(), sum)))
}

/// `POST pool/{id}/aside`: it is no customer's.
pub fn aside(call: &Call) -> Result<Answer, Failure> {
    let pooled = waiting(call)?;
    let SetAside { reason } = call.body()?;
    text("reason", Some(&reason))?;
    call.sql.take_feed(1)?;
    let unapplied = pooled.money.amount;
    end(call, &pooled, None, Some(&reason), 0, unapplied)
}

fn end(
    call: &Call,
    pooled: &Pooled,
    customer: Option<CustomerId>,
    reason: Option<&str>,
    settles: usize,
    unapplied: Money,
) -> Result<Answer, Failure> {
    let (receipt, feed) = (pooled.money.receipt, call.sql.feed()?);
    call.sql.run(
        "INSERT INTO pool_end (receipt, customer, reason, person, at, feed) VALUES (?, ?, ?, ?, ?, ?)",
        &[&receipt, &customer, &reason, &call.caller.person, &call.now.timestamp(), &feed],
    )?;
    let settles = u32::try_from(settles).unwrap_or(u32::MAX);
    let ended = ReceiptEnded { receipt, date: pooled.money.date, settles, unapplied, feed };
    Ok(Answer::json(&ended)?.about(&receipt))
}
