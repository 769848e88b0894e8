//! The indicators that can be worked out (信用预警指标): what ledger, file, cover, promises and goods show of a customer on a day.
//!
//! Each is an observation like one made by hand, so that [`crate::rules::warning`] reads all of them alike. What can't be
//! told (no statement on file, never an order) is not observed; what can be told and is nothing (no promise broken, no order
//! late) is observed as zero, so that a warning that is over goes away.
//!
//! - **Bad-debt rate** = written off in the window / sold in the window
//! - **Score drop** = score before − score now, points, never below zero
//! - **Ratio fall**: the largest share by which a watched ratio got worse since the last statement of the same length
//! - **Concentration** = receivables of the customer, or of its group / receivables of the book
//! - **Statement age**: days since the newest financial statement's last day
//! - **Cover days left**: until the first cover in force ends; when none is in force any more, since the last one ended (negative)
//! - **Licence days left**: the fewest over the licences that the policy asks for, or all on file; negative when one is over
//! - **Broken promises**: promises and plans broken in the window
//! - **Order undelivered**: days past the delivery day of the order that is latest
//! - **Statement unconfirmed**: days since the oldest statement of account was sent that nobody has answered
//! - **Dormant**: days since the last sale, order or booking

use super::order_monitor::{Goods, MonitorError, MonitorRules, order_monitor};
use crate::facts::calendar::{Date, days_between, minus_days};
use crate::facts::cover::Cover;
use crate::facts::credit_file::CreditFile;
use crate::facts::customer::Customer;
use crate::facts::financials::FinancialStatement;
use crate::facts::id::{BillId, CustomerId, ReceiptId};
use crate::facts::ledger::{Document, Fact, HowEnded, Rate, Recorded, Withdrawn};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use crate::facts::observation::{Indicator, Observation};
use crate::facts::overdue::Payment;
use crate::facts::promise::{Plan, Promise};
use crate::readings::behaviour::behaviour;
use crate::readings::exchange::{ConversionError, RatesOn};
use crate::readings::groups::{GroupError, Groups};
use crate::readings::journal::{Journal, JournalError};
use crate::readings::papers::{LicenceState, licence};
use crate::readings::ratios::Accounts;
use crate::readings::standing::{Position, Standing};
use crate::rules::confirmation::{ConfirmationError, LineState, confirmation};
use crate::rules::policy::Policy;
use crate::rules::promise::{Outcome, PlanError};
use crate::rules::warning::observe;
use crate::rules::watch::WatchedRatio;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of a customer beside its sheet and its ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "KnownBeside"))]
#[serde(deny_unknown_fields)]
pub struct Beside {
    /// Its cover.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covers: Vec<Cover>,
    /// Its promises.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<Promise>,
    /// Its plans.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<Plan>,
    /// What was written off beside what the ledger tells of, dated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub written_off: Vec<Payment>,
    /// Shipments, charges and statements of account.
    #[serde(default)]
    pub goods: Goods,
    /// Its share of what is owed to the book; absent when the book wasn't looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<ShareOfBook>,
}

/// What a customer, or its group, owes of all that is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ShareOfBook {
    /// Receivables of the customer's group; of itself when it stands alone.
    pub group: Money,
    /// Receivables of the book.
    pub book: Money,
}

/// A customer to watch.
#[derive(Clone, Copy, Debug)]
pub struct Watched<'a> {
    /// Its sheet.
    pub customer: &'a Customer,
    /// Its ledger.
    pub facts: &'a [Recorded],
    /// Its file.
    pub file: &'a CreditFile,
    /// What else is known.
    pub beside: &'a Beside,
    /// Exchange rates.
    pub rates: &'a [Rate],
}

/// Why indicators cannot be worked out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndicatorError {
    /// The ledger doesn't fit together.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A rate is missing, or a sum leaves the range.
    #[error(transparent)]
    Conversion(#[from] ConversionError),
    /// The goods don't fit together.
    #[error(transparent)]
    Monitor(#[from] MonitorError),
    /// A plan has no parts.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Relations go in a circle.
    #[error(transparent)]
    Group(#[from] GroupError),
}

impl From<MoneyError> for IndicatorError {
    fn from(error: MoneyError) -> Self {
        Self::Conversion(error.into())
    }
}

impl From<ConfirmationError> for IndicatorError {
    fn from(error: ConfirmationError) -> Self {
        Self::Monitor(error.into())
    }
}

/// What can be observed of a customer at the end of `as_of`, by indicator.
///
/// # Errors
///
/// [`IndicatorError`] when the facts make no journal, an amount has no rate on `as_of`, a plan has no instalments,
/// relations go in a circle, or a sum leaves the range.
pub fn indicators(policy: &Policy, watched: Watched<'_>, as_of: Date) -> Result<Vec<Observation>, IndicatorError> {
    let Watched { customer, facts, file, beside, rates } = watched;
    let withdrawn = Withdrawn::by(facts);
    let facts: Vec<Recorded> =
        facts.iter().filter(|fact| fact.date <= as_of && withdrawn.spares(fact)).cloned().collect();
    let journal = Journal::of(&facts, None)?;
    let standing = Standing::of(customer, &facts, rates, None)?;
    let position = Position::of(&standing, &policy.exposure, as_of)?;
    let paid = behaviour(&journal, &policy.behaviour, policy.currency, rates, as_of)?;
    let mut seen = observe(&standing, &position, &paid, as_of);
    let whole = |number: i32| Some(Ratio::from_units(i64::from(number).saturating_mul(Ratio::ONE.units())));
    let counted = |number: usize| whole(i32::try_from(number).unwrap_or(i32::MAX));
    let newest = Accounts::at(&file.statements, as_of);
    let mut values = vec![
        (Indicator::ScoreDrop, score_drop(&facts), "assessment"),
        (Indicator::Concentration, beside.share.and_then(ShareOfBook::ratio), "ledger"),
        (
            Indicator::StatementAgeDays,
            newest.and_then(|accounts| whole(days_between(accounts.current.end, as_of))),
            "file",
        ),
        (Indicator::CoverDaysLeft, cover_days_left(&beside.covers, as_of).and_then(whole), "cover"),
        (Indicator::LicenceDaysLeft, licence_days_left(policy, file, as_of).and_then(whole), "file"),
        (Indicator::DormantDays, dormant_days(&facts, &beside.goods, as_of).and_then(whole), "ledger"),
        (
            Indicator::StatementUnconfirmedDays,
            unconfirmed_days(policy, &beside.goods, as_of)?.and_then(whole),
            "statement",
        ),
        (Indicator::OrderUndeliveredDays, undelivered_days(policy, &facts, watched, as_of)?.and_then(whole), "goods"),
    ];
    if let Some(rule) = &policy.watch {
        let from = minus_days(as_of, u32::from(rule.window_days));
        let rate = bad_debt_rate(&journal, &beside.written_off, policy.currency, rates, (from, as_of))?;
        values.push((Indicator::BadDebtRate, rate, "ledger"));
        values.push((Indicator::RatioFall, ratio_fall(&rule.ratios, &file.statements, as_of), "file"));
        values.push((
            Indicator::BrokenPromises,
            broken(policy, &facts, beside, (from, as_of))?.and_then(counted),
            "ledger",
        ));
    }
    seen.extend(values.into_iter().filter_map(|(indicator, value, source)| {
        Some(Observation { date: as_of, indicator, value: value?, source: source.to_owned() })
    }));
    seen.sort();
    seen.sort_by_key(|observation| observation.indicator);
    Ok(seen)
}

impl ShareOfBook {
    /// The share; absent when nothing is owed at all.
    pub fn ratio(self) -> Option<Ratio> {
        let same = self.group.currency() == self.book.currency();
        same.then(|| Ratio::of(self.group.minor().max(0), self.book.minor())).flatten()
    }

    /// Reads it from the ledger of the whole book: open documents, credit notes deducted, of those who are controlled by
    /// the same party as the customer, and of all.
    ///
    /// # Errors
    ///
    /// [`IndicatorError::Journal`] when the facts make no journal, [`IndicatorError::Group`] when relations go in a
    /// circle, [`IndicatorError::Conversion`] when an open amount has no rate on `as_of`.
    pub fn of(
        facts: &[Recorded],
        groups: &Groups,
        customer: CustomerId,
        (currency, rates): (Currency, &[Rate]),
        as_of: Date,
    ) -> Result<Self, IndicatorError> {
        let journal = Journal::of(facts, None)?;
        let head = groups.place(customer)?.head;
        let mut share = Self { group: Money::zero(currency), book: Money::zero(currency) };
        for (row, minor) in journal.items.iter().zip(journal.open_at(as_of)).filter(|(_, minor)| *minor != 0) {
            let amount =
                RatesOn::new(rates, as_of).convert(Money::from_minor(minor, row.amount.currency())?, currency)?;
            share.book = share.book.plus(amount)?;
            if let Some(owner) = journal.customers.get(row.customer as usize)
                && groups.place(*owner)?.head == head
            {
                share.group = share.group.plus(amount)?;
            }
        }
        Ok(share)
    }
}

/// By how many points the last score is below the one before.
fn score_drop(facts: &[Recorded]) -> Option<Ratio> {
    let mut scores: Vec<_> = facts
        .iter()
        .filter_map(|recorded| match &recorded.fact {
            Fact::Graded(grading) => Some(((recorded.date, recorded.feed, recorded.id), grading.score.units())),
            _ => None,
        })
        .collect();
    scores.sort_unstable();
    let (_, now) = scores.pop()?;
    let (_, before) = scores.pop()?;
    // A point has a hundred units, a ratio a million.
    Some(Ratio::from_units(i64::from(before.saturating_sub(now).max(0)).saturating_mul(10_000)))
}

fn ratio_fall(watched: &[WatchedRatio], statements: &[FinancialStatement], as_of: Date) -> Option<Ratio> {
    let now = Accounts::at(statements, as_of)?;
    let alike: Vec<FinancialStatement> = statements
        .iter()
        .filter(|other| other.months == now.current.months && other.scope == now.current.scope)
        .filter(|other| other.currency == now.current.currency && other.end < now.current.end)
        .cloned()
        .collect();
    let end = alike.iter().map(|statement| statement.end).max()?;
    // Ratios over means look at openings: all statements are at hand, the one of that day is read.
    let then = Accounts::at(statements, end).filter(|accounts| accounts.current.months == now.current.months);
    let then = then.or_else(|| Accounts::at(&alike, end))?;
    let fall = |line: &WatchedRatio| line.fall(then.ratio(line.ratio).value?, now.ratio(line.ratio).value?);
    watched.iter().filter_map(fall).max()
}

fn cover_days_left(covers: &[Cover], as_of: Date) -> Option<i32> {
    let begun = covers.iter().filter(|cover| cover.from <= as_of);
    let (in_force, over): (Vec<&Cover>, Vec<&Cover>) =
        begun.partition(|cover| cover.until.is_none_or(|until| as_of <= until));
    let ends = |covers: &[&Cover]| -> Vec<Date> { covers.iter().filter_map(|cover| cover.until).collect() };
    let end = if in_force.is_empty() { ends(&over).into_iter().max() } else { ends(&in_force).into_iter().min() };
    end.map(|end| days_between(as_of, end))
}

fn licence_days_left(policy: &Policy, file: &CreditFile, as_of: Date) -> Option<i32> {
    let asked: BTreeSet<&str> =
        policy.order_rules.iter().flat_map(|rules| &rules.licences).map(|rule| rule.licence.as_str()).collect();
    let on_file: BTreeSet<&str> = file.licences.iter().map(|licence| licence.kind.as_str()).collect();
    let kinds = if asked.is_empty() { on_file } else { asked };
    let left = |kind: &str| match licence(file, kind, as_of) {
        LicenceState::Valid { days_left, .. } => days_left,
        LicenceState::Expired { days, .. } => Some(days.saturating_neg()),
        LicenceState::Revoked { date } => Some(days_between(as_of, date)),
        LicenceState::NotYet { .. } | LicenceState::NotOnFile => None,
    };
    kinds.into_iter().filter_map(left).min()
}

fn dormant_days(facts: &[Recorded], goods: &Goods, as_of: Date) -> Option<i32> {
    let issued_anew: BTreeSet<_> = facts
        .iter()
        .filter_map(|recorded| match &recorded.fact {
            Fact::Reissued(reissue) => Some(reissue.new),
            _ => None,
        })
        .collect();
    let business = |recorded: &Recorded| match &recorded.fact {
        Fact::Charged(item) => {
            item.document != Document::CreditNote && !item.opening && !issued_anew.contains(&item.id)
        }
        Fact::Ordered(_) => true,
        _ => false,
    };
    let dates = facts.iter().filter(|recorded| business(recorded)).map(|recorded| recorded.date);
    let booked = goods.shipments.iter().map(|shipment| shipment.booked).filter(|date| *date <= as_of);
    dates.chain(booked).max().map(|last| days_between(last, as_of))
}

fn unconfirmed_days(policy: &Policy, goods: &Goods, as_of: Date) -> Result<Option<i32>, IndicatorError> {
    let Some(rule) = &policy.confirmation else { return Ok(None) };
    let (mut sent_any, mut longest) = (false, 0);
    for sent in goods.statements.iter().filter(|sent| sent.statement.sent <= as_of) {
        sent_any = true;
        let read = confirmation(rule, &policy.calendar, sent.clause, &sent.statement, &sent.answers, as_of)?;
        let waits = |state: LineState| matches!(state, LineState::Awaited | LineState::Unanswered);
        if read.lines.iter().any(|line| waits(line.state)) {
            longest = longest.max(days_between(sent.statement.sent, as_of));
        }
    }
    Ok(sent_any.then_some(longest))
}

fn undelivered_days(
    policy: &Policy,
    facts: &[Recorded],
    watched: Watched<'_>,
    as_of: Date,
) -> Result<Option<i32>, IndicatorError> {
    let Some(monitoring) = &policy.monitoring else { return Ok(None) };
    let rules = MonitorRules {
        monitoring,
        confirmation: policy.confirmation.as_ref(),
        calendar: &policy.calendar,
        currency: policy.currency,
        rates: watched.rates,
    };
    let monitor = order_monitor(rules, facts, &watched.beside.goods, None, as_of)?;
    if monitor.lines.is_empty() {
        return Ok(None);
    }
    let waiting = monitor.lines.iter().filter(|line| line.course.delivered.is_none());
    let days = waiting.filter_map(|line| monitoring.deliver_by(&line.course)).map(|by| days_between(by, as_of));
    Ok(Some(days.max().unwrap_or(0).max(0)))
}

fn bad_debt_rate(
    journal: &Journal,
    written_off: &[Payment],
    currency: Currency,
    rates: &[Rate],
    (from, as_of): (Date, Date),
) -> Result<Option<Ratio>, ConversionError> {
    let within = |date: Date| date > from && date <= as_of;
    let mut sold = Money::zero(currency);
    for item in journal.items.iter().filter(|item| !item.opening && within(item.date)) {
        sold = sold.plus(RatesOn::new(rates, as_of).convert(item.amount, currency)?)?;
    }
    let mut lost = Money::zero(currency);
    let rows = journal.written_off.iter().filter(|row| !row.recovery && within(row.date));
    let told = rows.filter_map(|row| Some((row.minor, journal.items.get(row.item as usize)?.amount.currency())));
    let told = told.map(|(minor, of)| Money::from_minor(minor, of));
    let beside = written_off.iter().filter(|loss| within(loss.date)).map(|loss| Ok(loss.amount));
    for amount in told.chain(beside) {
        lost = lost.plus(RatesOn::new(rates, as_of).convert(amount?, currency)?)?;
    }
    Ok(Ratio::of(lost.minor(), sold.minor()))
}

/// How many promises and plans were broken in the window.
fn broken(
    policy: &Policy,
    facts: &[Recorded],
    beside: &Beside,
    (from, as_of): (Date, Date),
) -> Result<Option<usize>, IndicatorError> {
    let Some(rule) = policy.dunning.as_ref().map(|dunning| &dunning.promise) else { return Ok(None) };
    let payments = payments(facts);
    let within = |since: Date| since > from && since <= as_of;
    let promises = rule.promises(&beside.promises, &payments, as_of)?;
    let promises = promises.iter().filter(|state| match state.outcome {
        Outcome::Broken { since, .. } => within(since),
        Outcome::Kept { .. } | Outcome::Open { .. } => false,
    });
    let agreed: Vec<&Plan> = beside.plans.iter().filter(|plan| plan.agreed <= as_of).collect();
    let plans = rule.plans(&agreed, &payments, as_of)?;
    let plans = plans.iter().filter(|state| state.broken.is_some_and(within));
    Ok(Some(promises.count().saturating_add(plans.count())))
}

/// The money and the bills that came in, the earliest first in whatever order the facts come; what went back or was refused by
/// then never was a payment.
pub fn payments<'a>(facts: impl IntoIterator<Item = &'a Recorded>) -> Vec<Payment> {
    let facts: Vec<&Recorded> = facts.into_iter().collect();
    let mut back: BTreeMap<ReceiptId, Vec<Money>> = BTreeMap::new();
    let mut refused: BTreeSet<BillId> = BTreeSet::new();
    for recorded in &facts {
        match &recorded.fact {
            Fact::Returned(returned) => back.entry(returned.receipt).or_default().push(returned.amount),
            Fact::BillEnded(end) if end.how != HowEnded::Honoured => {
                refused.insert(end.bill);
            }
            _ => {}
        }
    }
    let stayed = |recorded: &&Recorded| {
        let amount = match &recorded.fact {
            Fact::Received(receipt) => {
                let of = back.get(&receipt.id).into_iter().flatten();
                of.fold(receipt.amount, |left, back| left.minus(*back).unwrap_or(left))
            }
            Fact::BillReceived(received) if !refused.contains(&received.bill.id) => received.bill.amount,
            _ => return None,
        };
        (amount.minor() > 0).then_some(Payment { date: recorded.date, amount })
    };
    let mut payments: Vec<Payment> = facts.iter().filter_map(stayed).collect();
    payments.sort_by_key(|payment| (payment.date, payment.amount.currency(), payment.amount.minor()));
    payments
}
