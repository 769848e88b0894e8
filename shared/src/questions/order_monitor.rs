//! The monitor of orders and shipments: where each stands between confirmation and payment, and what is late.
//!
//! A line is an order with the shipments, charges and invoices that name it, or a shipment without an order. An order is
//! shipped and delivered when all its shipments are. It is invoiced when invoices that name it, or bill its charges, come to
//! its amount (the larger of what was ordered and what was charged), or when it was closed as invoiced; and paid when each
//! of these invoices is settled, one issued anew in place of the one taken back. A cancelled order counts for what was
//! charged on it, and without charges and shipments not at all. Nothing is stored: the same facts tell where everything
//! stood on any day.

use crate::facts::account_statement::{AccountStatement, Answer};
use crate::facts::calendar::{Calendar, Date};
use crate::facts::id::{ChargeId, CustomerId, ItemId, OrderId, ShipmentId};
use crate::facts::ledger::{Fact, Item, Order, OrderEndReason, Rate, Recorded, Withdrawn};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use crate::facts::shipment::{Billing, Charge, DeliverBy, Shipment};
use crate::readings::exchange::{ConversionError, RatesOn};
use crate::readings::journal::{Journal, JournalError};
use crate::rules::confirmation::{ConfirmationError, ConfirmationRule, LineState, confirmation};
use crate::rules::monitoring::{Course, Late, LateKind, Milestone, MonitoringRule, StageDays};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What is known of orders beside the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Goods {
    /// By when orders are to be delivered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deliver_by: Vec<DeliverBy>,
    /// Shipments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shipments: Vec<Shipment>,
    /// What was charged on them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges: Vec<Charge>,
    /// Which invoice bills which charge.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub billings: Vec<Billing>,
    /// Statements of account.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<SentStatement>,
}

/// A statement of account and what came back. Its lines name documents, or charges by the same id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SentStatement {
    /// What was sent.
    pub statement: AccountStatement,
    /// The answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answer>,
    /// Whether the agreement says that silence confirms.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub clause: bool,
}

/// The rules and rates by which the monitor reads.
#[derive(Clone, Copy, Debug)]
pub struct MonitorRules<'a> {
    /// When something is late.
    pub monitoring: &'a MonitoringRule,
    /// How statements are confirmed; without it none is.
    pub confirmation: Option<&'a ConfirmationRule>,
    /// Which days are worked.
    pub calendar: &'a Calendar,
    /// The currency of the sums.
    pub currency: Currency,
    /// The rates into it.
    pub rates: &'a [Rate],
}

/// Where an order or shipment stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MonitorLine {
    /// Whose, where an order says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// The order; absent on a shipment without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// Its shipments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shipments: Vec<ShipmentId>,
    /// What it comes to, in the currency of the sums.
    pub amount: Money,
    /// What is invoiced of it.
    pub invoiced: Money,
    /// When what happened.
    pub course: Course,
    /// Days from confirmation until it was through, or until today.
    pub days: i32,
    /// Stage by stage; they add up to `days`.
    pub stages: Vec<StageDays>,
    /// What it waits for; absent when it is through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<Milestone>,
    /// What is late.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub late: Vec<Late>,
}

/// A stage over all lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StageSummary {
    /// What it ends with.
    pub to: Milestone,
    /// How many went through it.
    pub done: u32,
    /// How many days that took them together.
    pub days: i64,
    /// The mean; absent when none did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_days: Option<Ratio>,
    /// How many are in it.
    pub waiting: u32,
    /// For how many days together.
    pub waiting_days: i64,
    /// The longest of them.
    pub longest_days: i32,
    /// What they come to.
    pub amount: Money,
}

/// Something late over all lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LateSummary {
    /// What.
    pub kind: LateKind,
    /// How many.
    pub lines: u32,
    /// What they come to.
    pub amount: Money,
    /// The longest.
    pub longest_days: i32,
}

/// The monitor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Monitor {
    /// Every order and shipment, by confirmation.
    pub lines: Vec<MonitorLine>,
    /// How many are through.
    pub through: u32,
    /// Stage by stage; `through` and those waiting are all lines.
    pub stages: Vec<StageSummary>,
    /// What is late, by kind.
    pub late: Vec<LateSummary>,
}

/// Why there is no monitor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MonitorError {
    /// The ledger doesn't fit together.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A rate is missing, or a sum leaves the range.
    #[error(transparent)]
    Conversion(#[from] ConversionError),
    /// A statement can't be read.
    #[error(transparent)]
    Confirmation(#[from] ConfirmationError),
}

impl From<MoneyError> for MonitorError {
    fn from(error: MoneyError) -> Self {
        Self::Conversion(error.into())
    }
}

/// Where everything stands at the end of `as_of`. Lines that were through before `from` are left out.
///
/// # Errors
///
/// [`MonitorError::Journal`] when the facts make no journal, [`MonitorError::Confirmation`] when a statement's answers
/// can't be read, [`MonitorError::Conversion`] when an amount has no rate on `as_of` or a sum leaves the range.
pub fn order_monitor(
    rules: MonitorRules<'_>,
    facts: &[Recorded],
    goods: &Goods,
    from: Option<Date>,
    as_of: Date,
) -> Result<Monitor, MonitorError> {
    let sources = Sources::of(rules, facts, goods, as_of)?;
    let mut lines = Vec::new();
    for subject in sources.subjects() {
        let Some(line) = sources.line(&subject)? else { continue };
        let through = line.waits_for.is_none().then(|| Milestone::ENDS.into_iter().filter_map(|to| line.course.at(to)));
        let ended = through.and_then(Iterator::max);
        if from.is_none_or(|from| ended.is_none_or(|ended| ended >= from)) {
            lines.push(line);
        }
    }
    lines.sort_by(|a, b| (a.course.confirmed, a.order, &a.shipments).cmp(&(b.course.confirmed, b.order, &b.shipments)));
    summed(lines, rules.currency)
}

fn summed(lines: Vec<MonitorLine>, currency: Currency) -> Result<Monitor, MonitorError> {
    let zero = Money::zero(currency);
    let mut stages: Vec<StageSummary> = Milestone::ENDS
        .into_iter()
        .map(|to| StageSummary {
            to,
            done: 0,
            days: 0,
            mean_days: None,
            waiting: 0,
            waiting_days: 0,
            longest_days: 0,
            amount: zero,
        })
        .collect();
    let mut late: BTreeMap<LateKind, LateSummary> = BTreeMap::new();
    for line in &lines {
        for stage in &line.stages {
            let Some(sum) = stages.iter_mut().find(|sum| sum.to == stage.to) else { continue };
            if stage.lasts {
                sum.waiting = sum.waiting.saturating_add(1);
                sum.waiting_days = sum.waiting_days.saturating_add(i64::from(stage.days));
                sum.longest_days = sum.longest_days.max(stage.days);
                sum.amount = sum.amount.plus(line.amount)?;
            } else {
                sum.done = sum.done.saturating_add(1);
                sum.days = sum.days.saturating_add(i64::from(stage.days));
            }
        }
        for one in &line.late {
            let sum =
                late.entry(one.kind).or_insert(LateSummary { kind: one.kind, lines: 0, amount: zero, longest_days: 0 });
            sum.lines = sum.lines.saturating_add(1);
            sum.amount = sum.amount.plus(line.amount)?;
            sum.longest_days = sum.longest_days.max(one.days);
        }
    }
    for sum in &mut stages {
        sum.mean_days = Ratio::of(sum.days, i64::from(sum.done));
    }
    let through = lines.iter().filter(|line| line.waits_for.is_none()).count();
    Ok(Monitor {
        through: u32::try_from(through).unwrap_or(u32::MAX),
        stages,
        late: late.into_values().collect(),
        lines,
    })
}

/// What is followed: an order with its shipments, or a shipment by itself.
struct Subject<'a> {
    order: Option<(Date, &'a Order)>,
    shipments: Vec<&'a Shipment>,
}

/// The documents that invoice something, and what they invoice of it by day.
type Invoices = (BTreeSet<ItemId>, Vec<(Date, Money)>);

/// The facts up to the date, laid out so that a book's orders are each asked once.
struct Sources<'a> {
    rules: MonitorRules<'a>,
    goods: &'a Goods,
    as_of: Date,
    orders: BTreeMap<OrderId, (Date, &'a Order)>,
    ended: BTreeMap<OrderId, (Date, OrderEndReason)>,
    /// The documents that name an order, but for red and new ones, which stand for an old one.
    items: BTreeMap<OrderId, Vec<(Date, &'a Item)>>,
    /// What took a document's place.
    anew: BTreeMap<ItemId, ItemId>,
    settled: BTreeMap<ItemId, Option<Date>>,
    confirmed: BTreeMap<Uuid, Date>,
    /// A charge belongs to the order that it names, else to its shipment.
    by_order: BTreeMap<OrderId, Vec<&'a Charge>>,
    by_shipment: BTreeMap<ShipmentId, Vec<&'a Charge>>,
    billings: BTreeMap<ChargeId, Vec<&'a Billing>>,
    deliver_by: BTreeMap<OrderId, Date>,
}

impl<'a> Sources<'a> {
    fn of(rules: MonitorRules<'a>, facts: &'a [Recorded], goods: &'a Goods, as_of: Date) -> Result<Self, MonitorError> {
        let journal = Journal::of(facts, None)?;
        let mut sources = Self {
            rules,
            goods,
            as_of,
            orders: BTreeMap::new(),
            ended: BTreeMap::new(),
            items: BTreeMap::new(),
            anew: BTreeMap::new(),
            settled: settled(&journal, as_of),
            confirmed: confirmed(rules, &goods.statements, as_of)?,
            by_order: BTreeMap::new(),
            by_shipment: BTreeMap::new(),
            billings: BTreeMap::new(),
            deliver_by: goods.deliver_by.iter().map(|by| (by.order, by.by)).collect(),
        };
        let withdrawn = Withdrawn::by(facts);
        let (mut items, mut no_sale): (Vec<(Date, &Item)>, BTreeSet<ItemId>) = Default::default();
        for recorded in facts.iter().filter(|recorded| recorded.date <= as_of && withdrawn.spares(recorded)) {
            match &recorded.fact {
                Fact::Ordered(order) => {
                    sources.orders.insert(order.id, (recorded.date, order));
                }
                Fact::OrderEnded(end) => {
                    sources.ended.insert(end.order, (recorded.date, end.reason));
                }
                Fact::Charged(item) => items.push((recorded.date, item)),
                Fact::Reissued(reissue) => {
                    no_sale.extend([reissue.red, reissue.new]);
                    sources.anew.insert(reissue.old, reissue.new);
                }
                _ => {}
            }
        }
        for (date, item) in items.into_iter().filter(|(_, item)| !no_sale.contains(&item.id)) {
            if let Some(order) = item.order {
                sources.items.entry(order).or_default().push((date, item));
            }
        }
        for charge in &goods.charges {
            match charge.order.filter(|order| sources.orders.contains_key(order)) {
                Some(order) => sources.by_order.entry(order).or_default().push(charge),
                None => sources.by_shipment.entry(charge.shipment).or_default().push(charge),
            }
        }
        for billing in goods.billings.iter().filter(|billing| billing.date <= as_of) {
            sources.billings.entry(billing.charge).or_default().push(billing);
        }
        Ok(sources)
    }

    fn subjects(&self) -> Vec<Subject<'a>> {
        let booked = self.goods.shipments.iter().filter(|shipment| shipment.booked <= self.as_of);
        let (mut by_order, mut alone): (BTreeMap<OrderId, Vec<&Shipment>>, Vec<Subject<'a>>) = Default::default();
        for shipment in booked {
            match shipment.order.filter(|order| self.orders.contains_key(order)) {
                Some(order) => by_order.entry(order).or_default().push(shipment),
                None => alone.push(Subject { order: None, shipments: vec![shipment] }),
            }
        }
        let orders = self.orders.values().map(|(date, order)| Subject {
            order: Some((*date, order)),
            shipments: by_order.remove(&order.id).unwrap_or_default(),
        });
        let mut subjects: Vec<Subject<'a>> = orders.collect();
        subjects.append(&mut alone);
        subjects
    }

    fn convert(&self, amount: Money) -> Result<Money, ConversionError> {
        RatesOn::new(self.rules.rates, self.as_of).convert(amount, self.rules.currency)
    }

    fn line(&self, subject: &Subject<'a>) -> Result<Option<MonitorLine>, MonitorError> {
        let rule = self.rules.monitoring;
        let order = subject.order.map(|(_, order)| order);
        let ended = order.and_then(|order| self.ended.get(&order.id).copied());
        let cancelled = matches!(ended, Some((_, OrderEndReason::Cancelled)));
        let zero = Money::zero(self.rules.currency);
        let charges = self.charges_of(subject)?;
        if cancelled && charges.is_empty() && subject.shipments.is_empty() {
            return Ok(None);
        }
        let mut on_charges = zero;
        for (_, amount) in &charges {
            on_charges = on_charges.plus(*amount)?;
        }
        let ordered = match order.filter(|_| !cancelled) {
            Some(order) => self.convert(order.amount)?,
            None => zero,
        };
        let amount = ordered.max(on_charges)?;
        let (documents, events) = self.invoices_of(order, &charges)?;
        let (invoiced, mut whole) = reached(&events, amount)?;
        if let Some((date, OrderEndReason::Invoiced)) = ended {
            whole = whole.or(Some(date));
        }
        let settled: Option<Vec<Date>> =
            documents.iter().map(|item| self.settled.get(item).copied().flatten()).collect();
        let settled = settled.and_then(|dates| dates.into_iter().max());
        let last = |date: fn(&Shipment) -> Option<Date>| {
            let dates: Option<Vec<Date>> =
                subject.shipments.iter().map(|shipment| date(shipment).filter(|date| *date <= self.as_of)).collect();
            dates.and_then(|dates| dates.into_iter().max())
        };
        let agreed = |order: &Order| self.deliver_by.get(&order.id).copied();
        let planned = || subject.shipments.iter().filter_map(|shipment| shipment.deliver_by).max();
        let booked = subject.shipments.iter().map(|shipment| shipment.booked).min();
        let course = Course {
            confirmed: subject.order.map(|(date, _)| date).or(booked).unwrap_or(self.as_of),
            deliver_by: order.and_then(agreed).or_else(planned),
            shipped: last(|shipment| shipment.shipped),
            delivered: last(|shipment| shipment.delivered),
            statement_confirmed: self.confirmation_of(&charges, &documents),
            invoiced: whole,
            paid: whole.zip(settled).map(|(whole, settled)| whole.max(settled)),
        };
        let stages = rule.stages(&course, self.as_of);
        Ok(Some(MonitorLine {
            customer: order.map(|order| order.customer),
            order: order.map(|order| order.id),
            shipments: subject.shipments.iter().map(|shipment| shipment.id).collect(),
            amount,
            invoiced,
            days: stages.iter().fold(0, |sum, stage| stage.days.saturating_add(sum)),
            stages,
            waits_for: rule.waits_for(&course),
            late: rule.late(&course, self.as_of),
            course,
        }))
    }

    /// The charges of a subject with what each has come to, in the currency of the sums.
    fn charges_of(&self, subject: &Subject<'_>) -> Result<Vec<(ChargeId, Money)>, MonitorError> {
        let named = subject.order.and_then(|(_, order)| self.by_order.get(&order.id));
        let on_board = subject.shipments.iter().filter_map(|shipment| self.by_shipment.get(&shipment.id));
        let mut charges = Vec::new();
        for charge in named.into_iter().chain(on_board).flatten() {
            if let Some(amount) = charge.amount_at(self.as_of)? {
                charges.push((charge.id, self.convert(amount)?));
            }
        }
        Ok(charges)
    }

    fn billings_of(&self, charge: ChargeId) -> impl Iterator<Item = &&'a Billing> {
        self.billings.get(&charge).into_iter().flatten()
    }

    /// The documents that invoice a subject, and what they invoice of it by day.
    fn invoices_of(&self, order: Option<&Order>, charges: &[(ChargeId, Money)]) -> Result<Invoices, MonitorError> {
        let (mut documents, mut events) = (BTreeSet::new(), Vec::new());
        for billing in charges.iter().flat_map(|(charge, _)| self.billings_of(*charge)) {
            documents.insert(billing.item);
            events.push((billing.date, self.convert(billing.amount)?));
        }
        // A document that bills charges of the order is counted through them.
        for (date, item) in order.and_then(|order| self.items.get(&order.id)).into_iter().flatten() {
            if documents.insert(item.id) {
                events.push((*date, self.convert(item.amount)?));
            }
        }
        for old in documents.clone() {
            // A circle ends where it meets itself.
            let mut at = old;
            while let Some(new) = self.anew.get(&at).filter(|new| documents.insert(**new)) {
                at = *new;
            }
        }
        events.sort_by_key(|(date, amount)| (*date, std::cmp::Reverse(amount.minor())));
        Ok((documents, events))
    }

    /// When the last of the charges, or without charges the last of the documents, was confirmed.
    fn confirmation_of(&self, charges: &[(ChargeId, Money)], documents: &BTreeSet<ItemId>) -> Option<Date> {
        let dates: Option<Vec<Date>> = if charges.is_empty() {
            documents.iter().map(|item| self.confirmed.get(&item.0).copied()).collect()
        } else {
            let invoiced = |charge: ChargeId| {
                self.billings_of(charge).filter_map(|billing| self.confirmed.get(&billing.item.0).copied()).min()
            };
            let date = |charge: ChargeId| self.confirmed.get(&charge.0).copied().or_else(|| invoiced(charge));
            charges.iter().map(|(charge, _)| date(*charge)).collect()
        };
        dates.and_then(|dates| dates.into_iter().max())
    }
}

/// The sum of dated amounts, and since when it has been at least this much; of nothing, never.
fn reached(events: &[(Date, Money)], amount: Money) -> Result<(Money, Option<Date>), MoneyError> {
    let (mut sum, mut since) = (Money::zero(amount.currency()), None);
    for (date, event) in events {
        sum = sum.plus(*event)?;
        let whole = amount.minor() > 0 && sum.minor() >= amount.minor();
        since = if whole { since.or(Some(*date)) } else { None };
    }
    Ok((sum, since))
}

/// Since when each document has been settled, as far as it is. What our books wrote off is owed as it was.
fn settled(journal: &Journal, as_of: Date) -> BTreeMap<ItemId, Option<Date>> {
    let mut open: Vec<(i64, Option<Date>)> = journal
        .items
        .iter()
        .map(|item| (item.amount.minor(), (item.amount.minor() <= 0).then_some(item.date)))
        .collect();
    // By document and date.
    let mut moved: Vec<(u32, Date, i64)> =
        journal.allocations.iter().map(|row| (row.item, row.date, row.minor)).collect();
    moved.extend(journal.written_off.iter().map(|row| (row.item, row.date, row.minor.saturating_neg())));
    moved.sort_by_key(|(item, date, _)| (*item, *date));
    for (item, date, minor) in moved.into_iter().filter(|(_, date, _)| *date <= as_of) {
        let place = item as usize;
        if let (Some((left, since)), Some(item)) = (open.get_mut(place), journal.items.get(place)) {
            *left = left.saturating_sub(minor);
            *since = if *left > 0 { None } else { since.or(Some(date.max(item.date))) };
        }
    }
    journal.ids.iter().copied().zip(open.into_iter().map(|(_, since)| since)).collect()
}

/// When each line of the statements was confirmed, or deemed so; of several statements the first counts.
fn confirmed(
    rules: MonitorRules<'_>,
    statements: &[SentStatement],
    as_of: Date,
) -> Result<BTreeMap<Uuid, Date>, ConfirmationError> {
    let mut dates: BTreeMap<Uuid, Date> = BTreeMap::new();
    let Some(rule) = rules.confirmation else { return Ok(dates) };
    for sent in statements.iter().filter(|sent| sent.statement.sent <= as_of) {
        let read = confirmation(rule, rules.calendar, sent.clause, &sent.statement, &sent.answers, as_of)?;
        for line in read.lines.iter().filter(|line| matches!(line.state, LineState::Confirmed | LineState::Deemed)) {
            if let Some(date) = line.counts_from {
                dates.entry(line.item.0).and_modify(|first| *first = date.min(*first)).or_insert(date);
            }
        }
    }
    Ok(dates)
}
