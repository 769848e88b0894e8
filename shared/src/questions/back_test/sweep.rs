//! One customer's ledger, gone through once from its first day to its last.
//!
//! What a standing holds on a day is kept up as the days pass: each fact is taken in once, so that a verdict costs the same
//! whatever came before it. Sums are kept in minor units of the policy's currency; documents in other currencies are kept
//! by due date, because each of a standing's buckets is converted by itself.

use super::ledger::{Ledger, NONE};
use crate::facts::calendar::{Date, minus_days, month_end};
use crate::facts::ledger::{Document, Rate};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::questions::assess::Read;
use crate::readings::behaviour::Tally;
use crate::readings::exchange::{ConversionError, RatesOn, rates_on};
use crate::readings::standing::{Frozen, OpenBucket, OrderBucket, Standing};
use crate::rules::policy::Policy;
use chrono::{Datelike, Months};
use std::collections::BTreeMap;

/// A document on its way through time.
#[derive(Clone, Copy)]
#[allow(clippy::struct_excessive_bools)] // a row's flags, each of its own
pub(super) struct Paper {
    pub date: Date,
    pub due: Date,
    pub amount: Money,
    /// The order that it uses up, among this customer's; [`NONE`] without one.
    pub order: u32,
    /// Whether it is judged by itself when it is charged.
    pub judged: bool,
    /// What is open on it at the end of the test, and the day on which it was settled.
    pub left: i64,
    pub settled: Option<Date>,
    open: i64,
    /// Its place by due date.
    rank: u32,
    credit: bool,
    opening: bool,
    charged: bool,
    past: bool,
    /// How much is disputed of it at most.
    disputed: i64,
}

/// Something applied, by day.
#[derive(Clone, Copy)]
struct Applied {
    date: Date,
    paper: u32,
    minor: i64,
    cash: bool,
}

/// An order on its way through time.
#[derive(Clone, Copy)]
pub(super) struct Confirmed {
    pub date: Date,
    left: Money,
    ended: Option<Date>,
    taken: bool,
}

/// Sums of what a standing buckets, in minor units.
#[derive(Clone, Copy, Default)]
struct Bucket {
    documents: u32,
    minor: i128,
}

/// A customer's ledger at the beginning of a day.
pub(super) struct Sweep {
    currency: Currency,
    pub papers: Vec<Paper>,
    by_due: Vec<u32>,
    applied: Vec<Applied>,
    disputes: Vec<(Date, u32, i64)>,
    /// Payments that came back: on which day, when they had come, of which document, how much.
    back: Vec<(Date, Date, u32, i64)>,
    /// What was written off, by day.
    off: Vec<(Date, u32, i64)>,
    cash: Vec<(Date, Money)>,
    pub orders: Vec<Confirmed>,
    freezes: Vec<(Date, Option<String>)>,
    /// How far each list was taken in.
    next: Places,
    not_due: Bucket,
    overdue: Bucket,
    in_dispute: Bucket,
    /// Where the search for the oldest overdue document begins, by due date.
    oldest: usize,
    foreign: BTreeMap<(Currency, Date, bool), Bucket>,
    unapplied: i128,
    unapplied_foreign: BTreeMap<Currency, i128>,
    live: Vec<u32>,
    frozen: Option<Frozen>,
    any_charged: bool,
}

#[derive(Clone, Copy, Default)]
struct Places {
    papers: usize,
    due: usize,
    applied: usize,
    disputes: usize,
    cash: usize,
    orders: usize,
    freezes: usize,
}

/// Where a customer's rows begin in the ledger's lists.
#[derive(Clone, Copy, Default)]
pub(super) struct Cursor {
    pub items: usize,
    applied: usize,
    disputes: usize,
    back: usize,
    off: usize,
    cash: usize,
    orders: usize,
    freezes: usize,
}

impl Cursor {
    /// Where the orders of the customer began that was taken up last.
    pub fn first_order(&self, own: usize) -> usize {
        self.orders.saturating_sub(own)
    }
}

/// The rows of one customer from `start` on, and where the next one's begin.
fn rows<'a, T>(all: &'a [T], start: &mut usize, own: impl Fn(&T) -> bool) -> &'a [T] {
    let rest = all.get(*start..).unwrap_or_default();
    let count = rest.iter().take_while(|row| own(row)).count();
    *start = start.saturating_add(count);
    rest.get(..count).unwrap_or_default()
}

impl Sweep {
    pub fn new(currency: Currency) -> Self {
        Self {
            currency,
            papers: Vec::new(),
            by_due: Vec::new(),
            applied: Vec::new(),
            disputes: Vec::new(),
            back: Vec::new(),
            off: Vec::new(),
            cash: Vec::new(),
            orders: Vec::new(),
            freezes: Vec::new(),
            next: Places::default(),
            not_due: Bucket::default(),
            overdue: Bucket::default(),
            in_dispute: Bucket::default(),
            oldest: 0,
            foreign: BTreeMap::new(),
            unapplied: 0,
            unapplied_foreign: BTreeMap::new(),
            live: Vec::new(),
            frozen: None,
            any_charged: false,
        }
    }

    /// Takes up the next customer; what became of its documents is read as of `known`. Customers must come in order.
    pub fn load(&mut self, ledger: &Ledger, customer: u32, cursor: &mut Cursor, known: Date) {
        let (first, first_order) = (cursor.items, cursor.orders);
        let items = rows(&ledger.journal.items, &mut cursor.items, |row| row.customer == customer);
        let end = cursor.items;
        let orders = rows(&ledger.orders, &mut cursor.orders, |row| row.customer == customer);
        let local = |item: u32| u32::try_from((item as usize).saturating_sub(first)).unwrap_or(NONE);
        let offset = u32::try_from(first_order).unwrap_or(NONE);
        let uses = ledger.uses.get(first..end).unwrap_or_default();
        self.papers.clear();
        self.papers.extend(items.iter().enumerate().map(|(place, row)| {
            let order = uses.get(place).map_or(NONE, |order| order.saturating_sub(offset));
            let order = if (order as usize) < orders.len() { order } else { NONE };
            let credit = row.document == Document::CreditNote;
            Paper {
                date: row.date,
                due: row.due,
                amount: row.amount,
                order,
                judged: !row.opening && !credit && row.amount.minor() > 0 && order == NONE,
                left: row.amount.minor(),
                settled: None,
                open: row.amount.minor(),
                rank: 0,
                credit,
                opening: row.opening,
                charged: false,
                past: false,
                disputed: 0,
            }
        }));
        let applied = rows(&ledger.journal.allocations, &mut cursor.applied, |row| (row.item as usize) < end);
        self.applied.clear();
        for row in applied {
            let paper = local(row.item);
            self.applied.push(Applied { date: row.date, paper, minor: row.minor, cash: row.cash });
            if row.date <= known
                && let Some(paper) = self.papers.get_mut(paper as usize)
            {
                paper.left = paper.left.saturating_sub(row.minor);
                paper.settled = (paper.left <= 0).then(|| paper.settled.unwrap_or(row.date));
            }
        }
        self.applied.sort_unstable_by_key(|row| row.date);
        self.by_due.clear();
        self.by_due.extend((0_u32..).take(items.len()));
        let papers = &mut self.papers;
        self.by_due.sort_unstable_by_key(|place| papers.get(*place as usize).map(|paper| (paper.due, *place)));
        for (rank, place) in (0_u32..).zip(&self.by_due) {
            if let Some(paper) = papers.get_mut(*place as usize) {
                paper.rank = rank;
            }
        }
        let disputes = rows(&ledger.journal.disputes, &mut cursor.disputes, |row| (row.item as usize) < end);
        self.disputes.clear();
        self.disputes.extend(disputes.iter().map(|row| {
            let minor = if row.open { row.minor.unwrap_or(i64::MAX) } else { 0 };
            (row.date, local(row.item), minor)
        }));
        let back = rows(&ledger.journal.taken_back, &mut cursor.back, |row| (row.item as usize) < end);
        self.back.clear();
        self.back.extend(back.iter().map(|row| (row.date, row.paid, local(row.item), row.minor)));
        let off = rows(&ledger.journal.written_off, &mut cursor.off, |row| (row.item as usize) < end);
        self.off.clear();
        self.off.extend(off.iter().map(|row| (row.date, local(row.item), row.minor)));
        // A stable sort: of one document's disputes of one day the later word stands.
        self.disputes.sort_by_key(|(date, ..)| *date);
        let cash = rows(&ledger.journal.cash, &mut cursor.cash, |row| row.customer == customer);
        self.cash.clear();
        self.cash.extend(cash.iter().map(|row| (row.date, row.amount)));
        self.orders.clear();
        self.orders.extend(orders.iter().map(|row| Confirmed {
            date: row.date,
            left: row.order.on_credit().unwrap_or(row.order.amount),
            ended: row.ended,
            taken: false,
        }));
        let freezes = rows(&ledger.freezes, &mut cursor.freezes, |row| row.customer == customer);
        self.freezes.clear();
        self.freezes.extend(freezes.iter().map(|row| (row.date, row.frozen.then(|| row.reason.clone()))));
        self.next = Places::default();
        (self.not_due, self.overdue, self.in_dispute) = (Bucket::default(), Bucket::default(), Bucket::default());
        self.oldest = 0;
        self.foreign.clear();
        self.unapplied = 0;
        self.unapplied_foreign.clear();
        self.live.clear();
        self.frozen = None;
        self.any_charged = false;
    }

    /// Adds or takes away what one document counts for.
    fn count(&mut self, place: u32, add: bool) {
        let Some(paper) = self.papers.get(place as usize).filter(|paper| paper.charged && paper.open != 0) else {
            return;
        };
        let currency = paper.amount.currency();
        let signed = |minor: i64| if add { i128::from(minor) } else { i128::from(minor).saturating_neg() };
        let own = currency == self.currency;
        if paper.credit || paper.open < 0 {
            let sum = if own { &mut self.unapplied } else { self.unapplied_foreign.entry(currency).or_default() };
            *sum = sum.saturating_sub(signed(paper.open));
            return;
        }
        let part = paper.disputed.clamp(0, paper.open);
        for (minor, disputed) in [(paper.open.saturating_sub(part), false), (part, true)] {
            if minor == 0 {
                continue;
            }
            let bucket = match (own, paper.past, disputed) {
                (false, ..) => self.foreign.entry((currency, paper.due, disputed)).or_default(),
                (true, false, _) => &mut self.not_due,
                (true, true, true) => &mut self.in_dispute,
                (true, true, false) => {
                    self.oldest = self.oldest.min(paper.rank as usize);
                    &mut self.overdue
                }
            };
            bucket.minor = bucket.minor.saturating_add(signed(minor));
            let documents = bucket.documents;
            bucket.documents = if add { documents.saturating_add(1) } else { documents.saturating_sub(1) };
        }
    }

    fn change(&mut self, place: u32, change: impl FnOnce(&mut Paper)) {
        self.count(place, false);
        if let Some(paper) = self.papers.get_mut(place as usize) {
            change(paper);
        }
        self.count(place, true);
    }

    /// Charges a document; once is enough.
    pub fn charge(&mut self, place: u32) {
        let Some(paper) = self.papers.get(place as usize).copied().filter(|paper| !paper.charged) else { return };
        self.change(place, |paper| paper.charged = true);
        self.any_charged = true;
        if let Some(order) = self.orders.get_mut(paper.order as usize)
            && let Ok(left) = order.left.minus(paper.amount)
        {
            order.left = left;
        }
    }

    /// Confirms an order; once is enough.
    pub fn confirm(&mut self, place: u32) {
        if let Some(order) = self.orders.get_mut(place as usize).filter(|order| !order.taken) {
            order.taken = true;
            self.live.push(place);
        }
    }

    /// Takes in everything dated before a day.
    pub fn advance(&mut self, day: Date) {
        while let Some(paper) = self.papers.get(self.next.papers).filter(|paper| paper.date < day) {
            if !paper.charged {
                self.charge(u32::try_from(self.next.papers).unwrap_or(NONE));
            }
            self.next.papers = self.next.papers.saturating_add(1);
        }
        while let Some(&place) = self.by_due.get(self.next.due) {
            if self.papers.get(place as usize).is_none_or(|paper| paper.due >= day) {
                break;
            }
            self.change(place, |paper| paper.past = true);
            self.next.due = self.next.due.saturating_add(1);
        }
        while let Some(&row) = self.applied.get(self.next.applied).filter(|row| row.date < day) {
            self.change(row.paper, |paper| paper.open = paper.open.saturating_sub(row.minor));
            self.next.applied = self.next.applied.saturating_add(1);
        }
        while let Some(&(_, place, minor)) = self.disputes.get(self.next.disputes).filter(|(date, ..)| *date < day) {
            self.change(place, |paper| paper.disputed = minor);
            self.next.disputes = self.next.disputes.saturating_add(1);
        }
        while let Some(&(_, amount)) = self.cash.get(self.next.cash).filter(|(date, _)| *date < day) {
            let own = amount.currency() == self.currency;
            let sum =
                if own { &mut self.unapplied } else { self.unapplied_foreign.entry(amount.currency()).or_default() };
            *sum = sum.saturating_add(amount.minor().into());
            self.next.cash = self.next.cash.saturating_add(1);
        }
        while self.orders.get(self.next.orders).is_some_and(|order| order.date < day) {
            self.confirm(u32::try_from(self.next.orders).unwrap_or(NONE));
            self.next.orders = self.next.orders.saturating_add(1);
        }
        while let Some((since, reason)) = self.freezes.get(self.next.freezes).filter(|(date, _)| *date < day) {
            self.frozen = reason.clone().map(|reason| Frozen { since: *since, reason });
            self.next.freezes = self.next.freezes.saturating_add(1);
        }
    }

    /// Drops orders that can no longer count under any policy: used up, ended before `day`, or lapsed.
    pub fn prune(&mut self, day: Date, counts: impl Fn(Date) -> bool) {
        let orders = &self.orders;
        self.live.retain(|place| {
            orders.get(*place as usize).is_some_and(|order| {
                let ended = order.ended.is_some_and(|ended| ended < day);
                !ended && order.left.minor() > 0 && counts(order.date)
            })
        });
    }

    /// Writes what is open on `day` into a standing: the buckets of its own currency drawn together as far as a position
    /// doesn't tell them apart, so that it is read as the whole standing would be.
    pub fn fill(
        &mut self,
        standing: &mut Standing,
        policy: &Policy,
        rates: &[Rate],
        asked: Currency,
        day: Date,
    ) -> Result<(), MoneyError> {
        standing.frozen.clone_from(&self.frozen);
        standing.open.clear();
        standing.orders.clear();
        standing.unapplied.clear();
        standing.rates.clear();
        let oldest = self.oldest_overdue();
        let before = day.pred_opt().unwrap_or(Date::MIN);
        let own = [
            (day, false, self.not_due),
            (oldest.unwrap_or(before), false, self.overdue),
            (before, true, self.in_dispute),
        ];
        for (due, disputed, bucket) in own.into_iter().filter(|(.., bucket)| bucket.documents > 0) {
            let amount = money(bucket.minor, self.currency)?;
            standing.open.push(OpenBucket { due, disputed, documents: bucket.documents, amount });
        }
        for ((currency, due, disputed), bucket) in self.foreign.iter().filter(|(_, bucket)| bucket.documents > 0) {
            let amount = money(bucket.minor, *currency)?;
            standing.open.push(OpenBucket { due: *due, disputed: *disputed, documents: bucket.documents, amount });
        }
        let mut orders = 0_i128;
        let mut foreign: BTreeMap<(Currency, Date), i128> = BTreeMap::new();
        for order in self.live.iter().filter_map(|place| self.orders.get(*place as usize)) {
            let counts = order.left.minor() > 0 && order.ended.is_none_or(|ended| ended >= day);
            if counts && policy.exposure.order_counts(order.date, day) {
                let currency = order.left.currency();
                let own = currency == self.currency;
                let sum = if own { &mut orders } else { foreign.entry((currency, order.date)).or_default() };
                *sum = sum.saturating_add(order.left.minor().into());
            }
        }
        if orders > 0 {
            standing.orders.push(OrderBucket {
                date: day,
                planned: None,
                until: None,
                amount: money(orders, self.currency)?,
            });
        }
        for ((currency, date), minor) in foreign {
            standing.orders.push(OrderBucket { date, planned: None, until: None, amount: money(minor, currency)? });
        }
        if self.unapplied != 0 {
            standing.unapplied.push(money(self.unapplied, self.currency)?);
        }
        for (currency, minor) in self.unapplied_foreign.iter().filter(|(_, minor)| **minor != 0) {
            standing.unapplied.push(money(*minor, *currency)?);
        }
        let amounts = standing.open.iter().map(|bucket| bucket.amount);
        let amounts =
            amounts.chain(standing.orders.iter().map(|bucket| bucket.amount)).chain(standing.unapplied.iter().copied());
        if amounts.map(Money::currency).chain([asked]).any(|currency| currency != self.currency) {
            standing.rates = rates_on(rates, self.currency, day);
        }
        Ok(())
    }

    fn oldest_overdue(&mut self) -> Option<Date> {
        if self.overdue.documents == 0 {
            return None;
        }
        loop {
            let paper = self.papers.get(*self.by_due.get(self.oldest)? as usize)?;
            let own = paper.amount.currency() == self.currency;
            if own && paper.charged && paper.past && !paper.credit && paper.open > paper.disputed.max(0) {
                return Some(paper.due);
            }
            self.oldest = self.oldest.saturating_add(1);
        }
    }

    /// Reads how the customer pays at the beginning of a day, from the rows taken in.
    pub fn read(&self, policy: &Policy, rates: &[Rate], day: Date) -> Result<Read, ConversionError> {
        let currency = self.currency;
        let rates = RatesOn::new(rates, day);
        let minor = |minor: i64, of: Currency| -> Result<i64, ConversionError> {
            if of == currency { Ok(minor) } else { Ok(rates.convert(Money::from_minor(minor, of)?, currency)?.minor()) }
        };
        let today = day.num_days_from_ce();
        let this_month = months_of(day);
        let (mut weighted, mut weight, mut open, mut overdue) = (0_i128, 0_i128, 0_i128, 0_i128);
        let mut oldest = None;
        let mut months = [0_i128; 12];
        for paper in self.papers.iter().filter(|paper| paper.charged) {
            if paper.open != 0 {
                let late = today.saturating_sub(paper.due.num_days_from_ce());
                oldest = Some(oldest.unwrap_or(0).max(late));
                if paper.open > 0 {
                    let amount = i128::from(minor(paper.open, paper.amount.currency())?);
                    open = open.saturating_add(amount);
                    if late > 0 {
                        overdue = overdue.saturating_add(amount);
                        weighted = weighted.saturating_add(amount.saturating_mul(late.into()));
                        weight = weight.saturating_add(amount);
                    }
                }
            }
            let back = this_month.saturating_sub(months_of(paper.date)).saturating_sub(1);
            let month = usize::try_from(back).ok().and_then(|back| months.get_mut(back));
            if let Some(month) = month.filter(|_| !paper.opening) {
                let amount = minor(paper.amount.minor(), paper.amount.currency())?;
                *month = month.saturating_add(amount.into());
            }
        }
        let from = minus_days(day, u32::from(policy.behaviour.window_days));
        let taken = self.applied.get(..self.next.applied).unwrap_or_default();
        let start = taken.partition_point(|row| row.date <= from);
        for row in taken.get(start..).unwrap_or_default().iter().filter(|row| row.cash) {
            let Some(paper) = self.papers.get(row.paper as usize) else { continue };
            let amount = i128::from(minor(row.minor, paper.amount.currency())?);
            let days = row.date.num_days_from_ce().saturating_sub(paper.due.num_days_from_ce());
            weighted = weighted.saturating_add(amount.saturating_mul(days.into()));
            weight = weight.saturating_add(amount);
        }
        // A payment that came back never was one, and what was written off is as unpaid as it was.
        let back = self.back.iter().filter(|(date, ..)| *date < day);
        let back =
            back.flat_map(|&(date, paid, paper, minor)| [(date, paper, minor), (paid, paper, minor.saturating_neg())]);
        let mut off: BTreeMap<u32, i64> = BTreeMap::new();
        for (_, paper, minor) in self.off.iter().filter(|(date, ..)| *date < day) {
            let sum = off.entry(*paper).or_default();
            *sum = sum.saturating_add(*minor);
        }
        let off = off.into_iter().filter(|(_, minor)| *minor > 0).map(|(paper, minor)| (day, paper, minor));
        let off = off.filter(|(_, place, _)| self.papers.get(*place as usize).is_some_and(|paper| paper.due < day));
        for (date, paper, minor_units) in back.filter(|(date, ..)| *date > from && *date < day).chain(off) {
            let Some(paper) = self.papers.get(paper as usize) else { continue };
            let amount = i128::from(minor(minor_units, paper.amount.currency())?);
            let days = date.num_days_from_ce().saturating_sub(paper.due.num_days_from_ce());
            weighted = weighted.saturating_add(amount.saturating_mul(days.into()));
            weight = weight.saturating_add(amount);
        }
        let ends = (1_u32..=12).map(|back| {
            day.with_day(1)
                .and_then(|first| first.checked_sub_months(Months::new(back)))
                .map_or(Date::MIN, |month| month_end(month, 0))
        });
        let months = ends.zip(months).map(|(end, minor)| Ok((end, money(minor, currency)?)));
        let tally = Tally {
            weighted,
            weight,
            open: money(open, currency)?,
            overdue: money(overdue, currency)?,
            months: months.collect::<Result<_, MoneyError>>()?,
        };
        Ok(Read { behaviour: tally.behaviour()?, sold: self.any_charged, oldest_days: oldest })
    }
}

fn months_of(date: Date) -> i32 {
    let month = i32::try_from(date.month0()).unwrap_or(0);
    date.year().saturating_mul(12).saturating_add(month)
}

pub(super) fn money(minor: i128, currency: Currency) -> Result<Money, MoneyError> {
    Money::from_minor(i64::try_from(minor).map_err(|_| MoneyError::OutOfRange)?, currency)
}
