//! Legal clocks from facts: what of a customer's debts, sureties, bills and insurances runs out, and by when to act.
//!
//! [`crate::rules::clock`] reads one clock from what happened to it; here that is put together from ledger, statements,
//! promises, plans, notices, cover and bills:
//!
//! - **Limitation** of each document that is past due and owed, written off or not: of one that is paid by instalments a
//!   single one, from the last of them (民法典 189); of one issued anew that of the first, for it is the same debt. It begins
//!   anew with a confirmed statement of account that names the document (a deemed one is no acknowledgement), a payment or a
//!   bill on a part of it (民法典 195 第二项: 同意履行义务; 诉讼时效规定 法释〔2020〕17号 第十四条: 部分履行), after it was written off
//!   too, for a write-off is an entry of our books and changes nothing between creditor and debtor; a promise or a plan
//!   (同条: 请求延期履行、制定清偿债务计划), a notice that arrived, and proceedings. A payment that went back performed nothing; a
//!   bill says that the debtor means to pay, honoured or not. A promise or a notice that can't be proven is shown and doesn't count. A plan
//!   counts from the day it was agreed, not from its last part: that is the earlier end, and the safe one. Security given
//!   acknowledges too when the debtor gives it (第十四条: 提供担保); cover doesn't say who gave it, so that it is left out, on
//!   the safe side again.
//! - **Suretyship** for each such document that arose while a guarantee held. Of a guarantee up to a maximum (最高额保证) there is
//!   one clock: from the day on which its debts are settled, or from the last due date where that is later (担保制度解释
//!   法释〔2020〕28号 第三十条).
//! - **Bills** from maturity until they are honoured; recourse from dishonour; further recourse from the day we paid. An
//!   electronic receivable is no bill: it is a debt like others.
//! - **Insurer's notice** for each insured document past due, by the days that the insurance names.

use super::order_monitor::SentStatement;
use crate::facts::bill::{Bill, BillKind, BillState, Ended};
use crate::facts::calendar::{Calendar, Date};
use crate::facts::cover::{Cover, CoverKind};
use crate::facts::id::{BillId, CoverId, ItemId};
use crate::facts::insurance::LossNotice;
use crate::facts::ledger::{Recorded, Withdrawn};
use crate::facts::matter::{Event, Interruption, Matter, Surety};
use crate::facts::money::Money;
use crate::facts::notice::Notice;
use crate::facts::overdue::Pause;
use crate::facts::promise::{Covering, Plan, Promise};
use crate::readings::bills::bills;
use crate::readings::journal::{Journal, JournalError};
use crate::readings::open_items::{OpenDocument, owed_documents};
use crate::rules::clock::{ClockRule, ClockState, demands};
use crate::rules::confirmation::{ConfirmationError, ConfirmationRule, LineState, confirmation};
use crate::rules::insurance::{insures, notified, terms};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What happened to a customer's debts, beside the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Dealings {
    /// Statements of account with their answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<SentStatement>,
    /// Promises.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<Given<Promise>>,
    /// Plans.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<Given<Plan>>,
    /// What we sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    /// Suits, arbitrations and what stands beside them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proceedings: Vec<Covering<Interruption>>,
    /// What kept us from acting.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub obstacles: Vec<Covering<Pause>>,
    /// Cover.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covers: Vec<Cover>,
    /// When we turned to a surety, or sued the debtor of one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub called: Vec<Covering<Called>>,
    /// Bills.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bills: Vec<Bill>,
    /// What was done about bills.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bill_acts: Vec<BillAct>,
    /// Notices of probable loss.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loss_notices: Vec<LossNotice>,
}

/// Something that the debtor gave, and whether we can show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Given{T}"))]
#[serde(deny_unknown_fields)]
pub struct Given<T> {
    /// What, and for which documents.
    pub given: Covering<T>,
    /// What shows it: a paper, a message; absent when it was only said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
}

/// A guarantee was called on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Called {
    /// Which.
    pub cover: CoverId,
    /// When.
    pub date: Date,
}

/// Something done about a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BillAct {
    /// Which.
    pub bill: BillId,
    /// When.
    pub date: Date,
    /// What.
    pub act: BillDone,
}

/// What can be done about a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BillDone {
    /// We sued acceptor or drawer.
    Sued,
    /// We took recourse against those before us.
    Recourse,
    /// We paid those after us.
    WePaid,
    /// Having paid, we took recourse in turn.
    FurtherRecourse,
}

/// What a clock runs for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum RunsFor {
    /// A document.
    Document {
        /// Which.
        item: ItemId,
        /// Its number.
        number: String,
    },
    /// A guarantee or insurance; for all its documents together, or for one.
    Cover {
        /// Which.
        cover: CoverId,
        /// The document.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<ItemId>,
    },
    /// A bill.
    Bill {
        /// Which.
        bill: BillId,
    },
}

/// A clock, with what it was put together from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LegalClock {
    /// What it runs for.
    pub of: RunsFor,
    /// What is at stake.
    pub amount: Money,
    /// What happened to it.
    pub matter: Matter,
    /// How it stands.
    pub state: ClockState,
}

/// The rules by which clocks are put together and read.
#[derive(Clone, Copy, Debug)]
pub struct ClockRules<'a> {
    /// The legal periods.
    pub clocks: &'a ClockRule,
    /// How statements are confirmed; without it none acknowledges anything.
    pub confirmation: Option<&'a ConfirmationRule>,
    /// Which days are worked.
    pub calendar: &'a Calendar,
}

/// Why clocks cannot be put together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClockError {
    /// The ledger doesn't fit together.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A statement can't be read.
    #[error(transparent)]
    Confirmation(#[from] ConfirmationError),
}

/// All clocks that run for a customer at the end of `as_of`, the one that runs out first at the head.
///
/// # Errors
///
/// [`ClockError::Journal`] when the facts make no journal; [`ClockError::Confirmation`] when a statement's answers
/// can't be read.
pub fn legal_clocks(
    rules: ClockRules<'_>,
    facts: &[Recorded],
    dealings: &Dealings,
    as_of: Date,
) -> Result<Vec<LegalClock>, ClockError> {
    let past_due: Vec<OpenDocument> = owed_documents(facts, as_of)?
        .into_iter()
        .filter(|document| document.open.minor() > 0 && document.due < as_of)
        .collect();
    let mut matters = limitations(rules, facts, dealings, &past_due, as_of)?;
    matters.extend(covers(dealings, &past_due, as_of));
    matters.extend(dealings.bills.iter().flat_map(|bill| of_bill(bill, &dealings.bill_acts, as_of)));
    let mut clocks: Vec<LegalClock> = matters
        .into_iter()
        .map(|(of, amount, matter)| {
            let state = rules.clocks.read(&matter, rules.calendar, as_of);
            LegalClock { of, amount, matter, state }
        })
        .collect();
    clocks.sort_by(|a, b| (a.state.last_day, &a.of).cmp(&(b.state.last_day, &b.of)));
    Ok(clocks)
}

type Found = (RunsFor, Money, Matter);

fn limitations(
    rules: ClockRules<'_>,
    facts: &[Recorded],
    dealings: &Dealings,
    past_due: &[OpenDocument],
    as_of: Date,
) -> Result<Vec<Found>, ClockError> {
    let journal = Journal::of(facts, None)?;
    let acknowledged = acknowledged(rules, &dealings.statements, as_of)?;
    let paid = performed(&journal, facts, &dealings.bills, as_of);
    let mut last_due: BTreeMap<ItemId, Date> = BTreeMap::new();
    for (id, row) in journal.ids.iter().zip(&journal.items) {
        let due = last_due.entry(*id).or_insert(row.due);
        *due = row.due.max(*due);
    }
    let limitation = |document: &OpenDocument| {
        let item = document.item;
        let due = last_due.get(&item).copied().unwrap_or(document.due);
        // The debt by all its numbers.
        let same: Vec<ItemId> = document.numbers().collect();
        let numbers = || same.iter().copied();
        let event = |date: Date, event: Event, proven: bool| Interruption { date, event, proven, ended: None };
        let sure = |date: &Date| event(*date, Event::Acknowledgement, true);
        let of_debt = |dates: &BTreeMap<ItemId, Vec<Date>>| -> Vec<Interruption> {
            same.iter().filter_map(|item| dates.get(item)).flatten().map(sure).collect()
        };
        let mut interruptions = of_debt(&acknowledged);
        interruptions.extend(of_debt(&paid));
        let shown = |proof: &Option<String>| proof.as_ref().is_some_and(|proof| !proof.trim().is_empty());
        let promises = dealings.promises.iter().filter(|one| one.given.covers(numbers()));
        interruptions.extend(promises.map(|one| event(one.given.what.made, Event::Acknowledgement, shown(&one.proof))));
        let plans = dealings.plans.iter().filter(|one| one.given.covers(numbers()));
        interruptions.extend(plans.map(|one| event(one.given.what.agreed, Event::Acknowledgement, shown(&one.proof))));
        interruptions.extend(demands(&dealings.notices, &same, due));
        let proceedings = dealings.proceedings.iter().filter(|one| one.covers(numbers()));
        interruptions.extend(proceedings.map(|one| one.what.clone()));
        interruptions.retain(|event| event.date <= as_of);
        interruptions.sort_by_key(|event| (event.date, event.event, event.proven, event.ended));
        interruptions.dedup();
        let hinders = dealings.obstacles.iter().filter(|one| one.covers(numbers()));
        let obstacles: Vec<Pause> = hinders.map(|one| one.what).collect();
        let matter = Matter::Limitation { due, interruptions, obstacles };
        (RunsFor::Document { item, number: document.number.clone() }, document.open, matter)
    };
    // What is past due of a document's instalments is one debt.
    let mut debts: Vec<OpenDocument> = Vec::new();
    for document in past_due {
        match debts.last_mut().filter(|last| last.item == document.item) {
            Some(debt) => debt.open = debt.open.plus(document.open).map_err(JournalError::from)?,
            None => debts.push(document.clone()),
        }
    }
    Ok(debts.iter().map(limitation).collect())
}

/// When a part of each document was performed: money that stayed, for a document written off too, and bills whatever became of
/// them.
fn performed(journal: &Journal, facts: &[Recorded], beside: &[Bill], as_of: Date) -> BTreeMap<ItemId, Vec<Date>> {
    let mut paid: BTreeMap<(u32, Date), i64> = BTreeMap::new();
    for row in journal.payments(Date::MIN, as_of) {
        let sum = paid.entry((row.place, row.date)).or_default();
        *sum = sum.saturating_add(row.minor);
    }
    let mut dates: BTreeMap<ItemId, Vec<Date>> = BTreeMap::new();
    for ((place, date), _) in paid.into_iter().filter(|(_, minor)| *minor > 0) {
        if let Some(id) = journal.ids.get(place as usize) {
            dates.entry(*id).or_default().push(date);
        }
    }
    let withdrawn = Withdrawn::by(facts);
    let of_ledger = bills(facts.iter().filter(|fact| withdrawn.spares(fact)));
    for bill in of_ledger.iter().chain(beside).filter(|bill| bill.received <= as_of) {
        for part in &bill.settles {
            dates.entry(part.item).or_default().push(bill.received);
        }
    }
    dates
}

/// When each document was confirmed by somebody who may.
fn acknowledged(
    rules: ClockRules<'_>,
    statements: &[SentStatement],
    as_of: Date,
) -> Result<BTreeMap<ItemId, Vec<Date>>, ConfirmationError> {
    let mut dates: BTreeMap<ItemId, Vec<Date>> = BTreeMap::new();
    let Some(rule) = rules.confirmation else { return Ok(dates) };
    for sent in statements.iter().filter(|sent| sent.statement.sent <= as_of) {
        let read = confirmation(rule, rules.calendar, sent.clause, &sent.statement, &sent.answers, as_of)?;
        for line in read.lines.into_iter().filter(|line| line.state == LineState::Confirmed) {
            dates.entry(line.item).or_default().extend(line.since);
        }
    }
    Ok(dates)
}

fn covers(dealings: &Dealings, past_due: &[OpenDocument], as_of: Date) -> Vec<Found> {
    let mut found = Vec::new();
    for cover in dealings.covers.iter().filter(|cover| cover.from <= as_of) {
        let covered = past_due.iter().filter(|document| insures(cover, document.arose));
        let called = |document: Option<&OpenDocument>| {
            let names = |called: &&Covering<Called>| {
                called.what.cover == cover.id && document.is_none_or(|document| called.covers(document.numbers()))
            };
            let dates = dealings.called.iter().filter(names).map(|called| called.what.date);
            dates.filter(|date| *date <= as_of).min()
        };
        match &cover.what {
            CoverKind::Guarantee { amount, surety, suretyship_until, settled_on, .. } => {
                let surety = surety.unwrap_or(Surety::General);
                let matter = |due, exercised| Matter::Suretyship { surety, due, agreed: *suretyship_until, exercised };
                if let Some(settled) = settled_on {
                    let last = covered.map(|document| document.due).max();
                    let Some(due) = last.map(|due| due.max(*settled)).filter(|due| *due < as_of) else { continue };
                    let of = RunsFor::Cover { cover: cover.id, item: None };
                    found.push((of, *amount, matter(due, called(None))));
                } else {
                    found.extend(covered.map(|document| {
                        let of = RunsFor::Cover { cover: cover.id, item: Some(document.item) };
                        (of, document.open, matter(document.due, called(Some(document))))
                    }));
                }
            }
            CoverKind::Insurance { .. } => {
                let Some(days) = terms(cover).and_then(|terms| terms.notice_days) else { continue };
                found.extend(covered.map(|document| {
                    let exercised = notified(cover.id, document, &dealings.loss_notices, as_of);
                    let of = RunsFor::Cover { cover: cover.id, item: Some(document.item) };
                    (of, document.open, Matter::InsurersNotice { from: document.due, days, exercised })
                }));
            }
            _ => {}
        }
    }
    found
}

fn of_bill(bill: &Bill, acts: &[BillAct], as_of: Date) -> Vec<Found> {
    let mut found = Vec::new();
    if bill.kind == BillKind::ElectronicReceivable {
        return found;
    }
    let done = |what: BillDone| {
        let acts = acts.iter().filter(|act| act.bill == bill.id && act.act == what && act.date <= as_of);
        acts.map(|act| act.date).min()
    };
    let mut push = |matter: Matter| found.push((RunsFor::Bill { bill: bill.id }, bill.amount, matter));
    let ours = matches!(bill.state(as_of), BillState::Outstanding | BillState::Dishonoured | BillState::Reopened);
    if ours && bill.matures < as_of {
        push(Matter::Bill { from: bill.matures, exercised: done(BillDone::Sued) });
    }
    if let Some(Ended::Dishonoured { date, .. }) = bill.ended.filter(|_| ours)
        && date <= as_of
    {
        push(Matter::Recourse { from: date, exercised: done(BillDone::Recourse) });
        if let Some(paid) = done(BillDone::WePaid) {
            push(Matter::FurtherRecourse { from: paid, exercised: done(BillDone::FurtherRecourse) });
        }
    }
    found
}
