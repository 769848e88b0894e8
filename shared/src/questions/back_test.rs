//! Back-test: what a policy would have held, refused and lost over our own ledger, and champion against challenger.
//!
//! Judged is every order of the period, and every document that names none. The question is always the same: what would
//! the order check have said on that day, on what was known then? Known at a day's beginning is what is dated before it;
//! of the day's orders and documents each sees those that were judged before it. Grade, limit and terms are what the policy
//! itself would have granted at its last assessment: on the first day of the period, then on the first of every so many
//! months, by its cards, limit methods and the patch of the customer's segment, on the file and the cover of that day. A
//! document's own term is what it asks for; one due on its own day was sold for cash.
//!
//! What the order check looks at besides is what the ledger and the files tell by day: agreements, licences, checks, how
//! complete a file is, cover. Group limits, temporary limits, reminders, promises and what counts by category leave no dated
//! trace in them and aren't judged; nor is the review, since everyone is assessed anew all the time.
//!
//! Each verdict stands on what the ledger really held: an order that is turned away stays in it for those that follow, so
//! that every verdict can be checked by itself. What became of an order is told by its documents at the end of the test:
//! paid in time or late, lost, or still open.
//!
//! Customers are gone through one by one and each one's facts once (`sweep`); [`BackTest::step`] does so many and says
//! how far it is, for whoever shows progress or stops.

mod judge;
mod ledger;
mod report;
mod subjects;
mod sweep;

pub use self::ledger::{Ledger, LedgerError, OnFile};
pub use self::report::{BackTestReport, Difference, Effect, Fate, Fates, PolicyEffect, Subject, Sum};

use self::judge::{Judge, Known};
use self::report::Tallied;
use self::subjects::{Asked, Hindsight, Turn, turns};
use self::sweep::{Cursor, Sweep};
use crate::facts::calendar::{Date, days_between, month_start};
use crate::facts::customer::Customer;
use crate::facts::ledger::{Order, Rate};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::readings::exchange::{ConversionError, RatesOn};
use crate::rules::back_test::BackTestRule;
use crate::rules::order_check::{Rule, Verdict};
use crate::rules::policy::{Policy, PolicyError};
use chrono::{Datelike, Months};
use serde::{Deserialize, Serialize};

/// Over which days a policy is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The first day of which orders are judged.
    pub from: Date,
    /// The last one.
    pub to: Date,
    /// The day up to which it is known what became of them.
    pub known: Date,
}

/// A longer period is a mistake: every month of it has its line.
const DAYS_MOST: i32 = 36_525;

/// How far a back-test is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// Customers gone through.
    pub done: usize,
    /// All of them.
    pub of: usize,
}

/// A single verdict, for whoever checks one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The place of the customer.
    pub customer: u32,
    /// What was judged.
    pub subject: Subject,
    /// The order that was asked for.
    pub order: Order,
    /// When.
    pub date: Date,
    /// What the champion says, then the challenger.
    pub verdicts: Vec<(Verdict, Option<Rule>)>,
    /// What became of it.
    pub fate: Fate,
}

/// Why a back-test cannot be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BackTestError {
    /// The period ends before it begins, is longer than what is known, or than any ledger: a hundred years.
    #[error("a period from {from} to {to}, known up to {known}")]
    Period {
        /// Its first day.
        from: Date,
        /// Its last day.
        to: Date,
        /// What is known.
        known: Date,
    },
    /// The policies count in different currencies.
    #[error("the champion counts in {0}, the challenger in {1}")]
    Currencies(Currency, Currency),
    /// A segment's patch makes an unsound policy.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// A sum left the range.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// A back-test under way.
pub struct BackTest {
    rule: BackTestRule,
    period: Period,
    currency: Currency,
    ledger: Ledger,
    rates: Vec<Rate>,
    judges: Vec<Judge>,
    tallied: Vec<Tallied>,
    differing: u64,
    differences: Vec<Difference>,
    cursor: Cursor,
    sweep: Sweep,
    turns: Vec<Turn>,
    next: u32,
}

impl BackTest {
    /// Begins one. Rates count from their day on.
    ///
    /// # Errors
    ///
    /// [`BackTestError::Period`] when the period runs backwards, beyond what is known, or over more than a hundred
    /// years; [`BackTestError::Currencies`] when the two policies are in different ones; [`BackTestError::Policy`] when
    /// a segment's patch makes an unsound policy.
    pub fn new(
        rule: BackTestRule,
        period: Period,
        champion: Policy,
        challenger: Option<Policy>,
        ledger: Ledger,
        rates: Vec<Rate>,
    ) -> Result<Self, BackTestError> {
        let Period { from, to, known } = period;
        if from > to || to > known || days_between(from, to) > DAYS_MOST {
            return Err(BackTestError::Period { from, to, known });
        }
        let currency = champion.currency;
        if let Some(other) = challenger.as_ref().map(|policy| policy.currency).filter(|other| *other != currency) {
            return Err(BackTestError::Currencies(currency, other));
        }
        let judges = [Some(champion), challenger].into_iter().flatten().map(Judge::new);
        let judges: Vec<Judge> = judges.collect::<Result<_, _>>()?;
        let mut tallied: Vec<Tallied> = judges.iter().map(|_| Tallied::default()).collect();
        let months = (0_u32..).map_while(|month| month_start(from).checked_add_months(Months::new(month)));
        for month in months.take_while(|month| *month <= to) {
            for tallied in &mut tallied {
                tallied.open(month);
            }
        }
        Ok(Self {
            rule,
            period,
            currency,
            ledger,
            rates,
            judges,
            tallied,
            differing: 0,
            differences: Vec::new(),
            cursor: Cursor::default(),
            sweep: Sweep::new(currency),
            turns: Vec::new(),
            next: 0,
        })
    }

    /// Goes through so many customers and says how far it is.
    ///
    /// # Errors
    ///
    /// [`BackTestError::Money`] when a sum leaves the range.
    pub fn step(&mut self, customers: usize) -> Result<Progress, BackTestError> {
        self.step_with(customers, |_| {})
    }

    /// [`BackTest::step`] that shows each verdict.
    ///
    /// # Errors
    ///
    /// As [`BackTest::step`].
    pub fn step_with(&mut self, customers: usize, mut see: impl FnMut(&Judged)) -> Result<Progress, BackTestError> {
        let of = self.ledger.customers();
        for _ in 0..customers {
            if self.next as usize >= of {
                break;
            }
            self.customer(self.next, &mut see)?;
            self.next = self.next.saturating_add(1);
        }
        self.keep_largest();
        Ok(Progress { done: self.next as usize, of })
    }

    /// What it comes to, over the customers gone through so far.
    ///
    /// # Errors
    ///
    /// [`BackTestError::Money`] when a total leaves the range.
    pub fn report(&self) -> Result<BackTestReport, BackTestError> {
        let (from, share) = (self.period.from, self.rule.margin_share);
        let mut effects = self.tallied.iter().map(|tallied| tallied.effect(from, share, self.currency));
        let champion = effects.next().unwrap_or(Err(MoneyError::OutOfRange))?;
        let challenger = effects.next().transpose()?;
        let (differing, differences) = (self.differing, self.differences.clone());
        Ok(BackTestReport { champion, challenger, differing, differences })
    }

    fn customer(&mut self, number: u32, see: &mut impl FnMut(&Judged)) -> Result<(), BackTestError> {
        let Some(customer) = self.ledger.customers.get(number as usize).cloned() else { return Ok(()) };
        let first = self.cursor.items;
        self.sweep.load(&self.ledger, number, &mut self.cursor, self.period.known);
        for judge in &mut self.judges {
            judge.turn_to(Known::of(&self.ledger, &self.rates, &customer, number));
        }
        let mut listed = std::mem::take(&mut self.turns);
        turns(&self.sweep, self.period.from, self.period.to, &mut listed);
        let mut assessed: Option<Date> = None;
        for turn in &listed {
            let day = self.assessed_on(turn.date);
            if assessed != Some(day) {
                self.sweep.advance(day);
                for judge in &mut self.judges {
                    judge.assess(Known::of(&self.ledger, &self.rates, &customer, number), &self.sweep, day)?;
                }
                assessed = Some(day);
            }
            self.sweep.advance(turn.date);
            let Some(asked) = self.asked(&customer, *turn, first)? else { continue };
            let judged = self.judge((&customer, number), *turn, &asked)?;
            see(&judged);
            self.tally(&customer, &judged, asked.loss)?;
        }
        self.turns = listed;
        Ok(())
    }

    /// The day of the last assessment before a day of the period.
    fn assessed_on(&self, day: Date) -> Date {
        let from = self.period.from;
        let place = |date: Date| date.year().saturating_mul(12).saturating_add_unsigned(date.month0());
        let every = u32::from(self.rule.every_months.max(1));
        let months = u32::try_from(place(day).saturating_sub(place(from))).unwrap_or(0);
        let back = months.checked_rem(every).unwrap_or(0);
        let start = month_start(day).checked_sub_months(Months::new(back));
        start.map_or(from, |start| start.max(from))
    }

    fn asked(&self, customer: &Customer, turn: Turn, first: usize) -> Result<Option<Asked>, MoneyError> {
        let BackTestRule { late_days, lost_days, .. } = self.rule;
        let (late_days, lost_days, known) = (i32::from(late_days), i32::from(lost_days), self.period.known);
        let hindsight = Hindsight { late_days, lost_days, known };
        let place = turn.place as usize;
        if turn.is_document {
            let item = self.ledger.journal.ids.get(first.saturating_add(place)).copied();
            let paper = self.sweep.papers.get(place);
            return paper.map(|paper| hindsight.document(customer.id, paper, turn.place, item)).transpose();
        }
        let row = self.ledger.orders.get(self.cursor.first_order(self.sweep.orders.len()).saturating_add(place));
        row.map(|row| hindsight.order(row, turn.place, &self.sweep.papers)).transpose()
    }

    fn judge(&mut self, (customer, number): (&Customer, u32), turn: Turn, asked: &Asked) -> Result<Judged, MoneyError> {
        let day = turn.date;
        let judges = &self.judges;
        self.sweep.prune(day, |date| judges.iter().any(|judge| judge.counts(date, day)));
        let mut verdicts = Vec::with_capacity(self.judges.len());
        for judge in &mut self.judges {
            let known = Known::of(&self.ledger, &self.rates, customer, number);
            verdicts.push(judge.verdict(known, &mut self.sweep, &asked.order, day)?);
        }
        if turn.is_document {
            self.sweep.charge(turn.place);
        } else {
            self.sweep.confirm(turn.place);
        }
        let (subject, order, fate) = (asked.subject, asked.order.clone(), asked.fate);
        Ok(Judged { customer: number, subject, order, date: day, verdicts, fate })
    }

    fn tally(&mut self, customer: &Customer, judged: &Judged, loss: Money) -> Result<(), MoneyError> {
        let (date, fate) = (judged.date, judged.fate);
        let amount = self.own(judged.order.amount, date)?;
        let loss = self.own(loss, date)?;
        for (tallied, (verdict, rule)) in self.tallied.iter_mut().zip(&judged.verdicts) {
            tallied.add(date, amount.minor(), *verdict, *rule, fate, loss.minor());
        }
        let [(champion, Some(champion_by)), (challenger, Some(challenger_by))] = *judged.verdicts else {
            return Ok(());
        };
        if (champion >= Verdict::Hold) == (challenger >= Verdict::Hold) {
            return Ok(());
        }
        let (customer, subject) = (customer.id, judged.subject);
        self.differing = self.differing.saturating_add(1);
        self.differences.push(Difference {
            customer,
            subject,
            date,
            amount,
            champion,
            champion_by,
            challenger,
            challenger_by,
            fate,
        });
        Ok(())
    }

    /// An amount in the policies' currency; what no rate is known for is counted and adds nothing.
    fn own(&self, amount: Money, day: Date) -> Result<Money, MoneyError> {
        if amount.currency() == self.currency {
            return Ok(amount);
        }
        match RatesOn::new(&self.rates, day).convert(amount, self.currency) {
            Ok(amount) => Ok(amount),
            Err(ConversionError::MissingRate { .. }) => Ok(Money::zero(self.currency)),
            Err(ConversionError::Money(error)) => Err(error),
        }
    }

    /// Keeps as many of the differences as are listed: the largest, and of equal ones the earlier.
    fn keep_largest(&mut self) {
        let most = usize::from(self.rule.list_most);
        let key = |one: &Difference| (std::cmp::Reverse(one.amount.minor()), one.date, one.customer, one.subject);
        self.differences.sort_by_key(key);
        self.differences.truncate(most);
    }
}
