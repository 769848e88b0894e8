//! The standing: all that an order check needs of one customer, at a feed number.
//!
//! It is small whatever the size of the ledger (open amounts are bucketed by due date), carries no statement and no score
//! and so is safe for the sales role to hold on a phone, and is what a decision stores as its input. The edge keeps one
//! per customer in step with the facts; [`Standing::of`] builds the same from the facts alone, and a property holds the
//! two together.
//!
//! A standing has no date. It holds everything that is known, the check brings the date; the book refuses facts dated
//! later than its own today, so that nothing in it lies in the future of a check.
//! [`Position`] is the standing read at a date, in the limit's currency: what the rules compare.

mod further;

pub use further::{
    AcceptedDispute, AgreementOnFile, BreachOnFile, BrokenPromise, CategoryBucket, CoverStands, DisputeAcceptance,
    DunningReached, Further, GroupStands, LicenceOnFile, ReviewStands, ScreeningOnFile,
};

use super::bills::bills;
use super::exchange::{ConversionError, RatesOn};
use super::exposure::{Category, Exposure, ExposureRule};
use super::journal::{Journal, JournalError};
use crate::facts::bill::{Bill, BillState};
use crate::facts::calendar::{Date, days_between};
use crate::facts::customer::{Customer, Stage};
use crate::facts::id::CustomerId;
use crate::facts::id::{FeedNumber, OrderId};
use crate::facts::ledger::{
    AcceptanceOfDispute, Document, Fact, Limit, Order, OrderEnd, OrderTiming, Rate, Recorded, Withdrawn,
};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::terms::Terms;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// All that an order check needs of one customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// Whose.
    pub customer: CustomerId,
    /// The newest fact that it holds, or the newest change of what follows from file and group; zero when there is none.
    pub feed: FeedNumber,
    /// Where the customer stands in its life with us.
    pub stage: Stage,
    /// The currency of its limit.
    pub currency: Currency,
    /// The grade in force; absent when it was never assessed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<GradeInForce>,
    /// The limit in force; absent when none was ever granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<LimitInForce>,
    /// The terms granted; absent when none ever were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Terms>,
    /// Set while a person has stopped supply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<Frozen>,
    /// What is open, by currency and due date.
    pub open: Vec<OpenBucket>,
    /// Confirmed orders not used up, by currency and day of confirmation.
    pub orders: Vec<OrderBucket>,
    /// Money and credit notes not applied, by currency; positive.
    pub unapplied: Vec<Money>,
    /// The rates that express the above in the limit's currency.
    pub rates: Vec<Rate>,
    /// What an order check looks at besides. Each part is absent while the book doesn't keep it, and then isn't judged.
    #[serde(default, skip_serializing_if = "Further::is_empty")]
    pub further: Further,
}

/// The grade in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GradeInForce {
    /// The grade.
    pub grade: String,
    /// Since when.
    pub since: Date,
}

/// The limit in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LimitInForce {
    /// How much.
    pub limit: Limit,
    /// Since when.
    pub since: Date,
    /// The last day on which it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// A stop to supply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Frozen {
    /// Since when.
    pub since: Date,
    /// Why.
    pub reason: String,
}

/// Open documents that fall due on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OpenBucket {
    /// The day.
    pub due: Date,
    /// Whether the customer disputes them.
    pub disputed: bool,
    /// How many there are.
    pub documents: u32,
    /// What is open on them.
    pub amount: Money,
}

/// Orders confirmed on one day that are to be carried out on one day and count until the same day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderBucket {
    /// The day of confirmation.
    pub date: Date,
    /// The day on which they are to be carried out, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<Date>,
    /// The last day on which they count, where they have one: they were released until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// What is not yet invoiced of them.
    pub amount: Money,
}

impl OrderBucket {
    /// Whether the day until which they were released, if they were, is not over.
    pub fn stands(&self, as_of: Date) -> bool {
        self.until.is_none_or(|until| as_of <= until)
    }
}

impl Standing {
    /// Builds the standing of one customer from its facts as they were known at `known` (all of them, when absent) and
    /// the rates known then. Of each pair the newest rate counts: who reads a past day hands in the rates of that day.
    /// Bills that aren't honoured, and what came back and stands by itself, are in its categories; where the ledger
    /// tells who raised or accepted disputes, it holds what was accepted.
    ///
    /// # Errors
    ///
    /// [`JournalError`] when the facts make no journal, or a sum leaves the range.
    pub fn of(
        customer: &Customer,
        facts: &[Recorded],
        rates: &[Rate],
        known: Option<FeedNumber>,
    ) -> Result<Self, JournalError> {
        let mut facts: Vec<&Recorded> = facts
            .iter()
            .filter(|fact| fact.customer == customer.id && known.is_none_or(|known| fact.feed <= known))
            .collect();
        // The later word stands: by the day it holds, then by when the book learned it.
        facts.sort_by_key(|fact| (fact.date, fact.feed, fact.id));
        let mut standing = Self {
            customer: customer.id,
            feed: facts.iter().map(|fact| fact.feed).max().unwrap_or_default(),
            stage: customer.stage,
            currency: customer.currency,
            grade: None,
            limit: None,
            terms: None,
            frozen: None,
            open: Vec::new(),
            orders: Vec::new(),
            unapplied: Vec::new(),
            rates: Vec::new(),
            further: Further::default(),
        };
        let withdrawn = Withdrawn::by(facts.iter().copied());
        facts.retain(|fact| withdrawn.spares(fact));
        for recorded in &facts {
            let since = recorded.date;
            match &recorded.fact {
                Fact::Graded(grading) => {
                    standing.grade = Some(GradeInForce { grade: grading.grade.clone(), since });
                }
                Fact::LimitGranted(grant) => {
                    standing.limit = Some(LimitInForce { limit: grant.limit, since, until: grant.until });
                }
                Fact::TermsGranted(grant) => standing.terms = Some(grant.terms),
                Fact::TemporaryGranted(limit) => {
                    standing.further.temporary.get_or_insert_default().push(limit.clone());
                }
                Fact::Frozen(freeze) => {
                    standing.frozen = freeze.frozen.then(|| Frozen { since, reason: freeze.reason.clone() });
                }
                _ => {}
            }
        }
        let own: Vec<Recorded> = facts.into_iter().cloned().collect();
        let journal = Journal::of(&own, None)?;
        standing.fill_open(&journal)?;
        standing.fill_bills(&bills(own.iter()));
        if words_of_disputes(&own) {
            standing.further = standing.further.with_acceptances(&journal, &acceptances(&own))?;
        }
        standing.orders = open_orders(&own)?;
        Ok(standing.with_rates(rates))
    }

    /// The same standing with those of the book's rates that it needs: for each of its currencies other than the limit's
    /// the newest one of those handed in. The limit's currency is quoted in the book's where it is another one: what the
    /// policy says in that is compared too.
    #[must_use]
    pub fn with_rates(mut self, rates: &[Rate]) -> Self {
        let to = self.currency;
        let mut foreign: Vec<Currency> = self
            .open
            .iter()
            .map(|bucket| bucket.amount)
            .chain(self.orders.iter().map(|bucket| bucket.amount))
            .chain(self.unapplied.iter().copied())
            .chain(self.further.amounts())
            .map(Money::currency)
            .chain(rates.iter().filter(|rate| rate.from == to).map(|rate| rate.to))
            .filter(|currency| *currency != to)
            .collect();
        foreign.sort_unstable();
        foreign.dedup();
        self.rates.clear();
        if !foreign.is_empty() {
            let known = RatesOn::new(rates, Date::MAX);
            self.rates.extend(foreign.into_iter().filter_map(|from| known.find(from, to).cloned()));
        }
        self
    }

    /// The standing as it would be with one more order confirmed on a day, and nothing else changed; it keeps its feed
    /// number, because no fact says so yet. With a currency that is new to it, it needs [`Standing::with_rates`] again.
    ///
    /// # Errors
    ///
    /// [`MoneyError`] when the prepayment is in another currency than the order, or the day's orders leave the range.
    pub fn with_order(mut self, order: &Order, date: Date) -> Result<Self, MoneyError> {
        let amount = order.on_credit()?;
        if amount.minor() <= 0 {
            return Ok(self);
        }
        let key = |bucket: &OrderBucket| (bucket.amount.currency(), bucket.date, bucket.planned, bucket.until);
        let own = (amount.currency(), date, None, None);
        match self.orders.binary_search_by_key(&own, key) {
            Ok(place) => {
                if let Some(bucket) = self.orders.get_mut(place) {
                    bucket.amount = bucket.amount.plus(amount)?;
                }
            }
            Err(place) => self.orders.insert(place, OrderBucket { date, planned: None, until: None, amount }),
        }
        Ok(self)
    }

    /// An amount in the currency of the limit, by the rates that the standing carries.
    ///
    /// # Errors
    ///
    /// [`ConversionError::MissingRate`] when the standing carries no rate of the pair; [`ConversionError::Money`] when
    /// the result leaves the range.
    pub fn in_own(&self, amount: Money, as_of: Date) -> Result<Money, ConversionError> {
        RatesOn::carried(&self.rates, as_of).convert(amount, self.currency)
    }

    /// The limit in force on a day: absent when none was granted, or the one granted has expired.
    pub fn limit_at(&self, as_of: Date) -> Option<Limit> {
        let in_force = self.limit.as_ref()?;
        in_force.until.is_none_or(|until| as_of <= until).then_some(in_force.limit)
    }

    /// Bills that can still come back, and those that were refused and stand by themselves.
    fn fill_bills(&mut self, bills: &[Bill]) {
        for bill in bills {
            let category = match bill.state(Date::MAX) {
                BillState::Outstanding => Category::Bills,
                BillState::Dishonoured => Category::Returned,
                BillState::NotReceived | BillState::Gone | BillState::Reopened => continue,
            };
            let bucket = CategoryBucket { category, due: Some(bill.matures), amount: bill.amount };
            self.further.categories.get_or_insert_default().push(bucket);
        }
    }

    fn fill_open(&mut self, journal: &Journal) -> Result<(), MoneyError> {
        let mut open: BTreeMap<(Currency, Date, bool), (u32, Money)> = BTreeMap::new();
        let mut unapplied: BTreeMap<Currency, Money> = BTreeMap::new();
        let minors = journal.open_at(Date::MAX);
        let disputed = journal.disputed_of(&minors, Date::MAX);
        for ((item, minor), disputed) in
            journal.items.iter().zip(minors).zip(disputed).filter(|((_, minor), _)| *minor != 0)
        {
            let currency = item.amount.currency();
            if item.document == Document::CreditNote || minor < 0 {
                let sum = unapplied.entry(currency).or_insert(Money::zero(currency));
                *sum = sum.minus(Money::from_minor(minor, currency)?)?;
                continue;
            }
            // Of a document disputed in part the rest stands beside it.
            for (minor, disputed) in [(minor.saturating_sub(disputed), false), (disputed, true)] {
                if minor != 0 {
                    let (count, sum) = open.entry((currency, item.due, disputed)).or_insert((0, Money::zero(currency)));
                    *count = count.saturating_add(1);
                    *sum = sum.plus(Money::from_minor(minor, currency)?)?;
                }
            }
        }
        for ((_, currency), amount) in journal.unapplied_at(Date::MAX)? {
            if amount.minor() < 0 {
                // More went back than there was: it stands by itself.
                let back = CategoryBucket { category: Category::Returned, due: None, amount: amount.negated() };
                self.further.categories.get_or_insert_default().push(back);
                continue;
            }
            let sum = unapplied.entry(currency).or_insert(Money::zero(currency));
            *sum = sum.plus(amount)?;
        }
        self.open = open
            .into_iter()
            .map(|((_, due, disputed), (documents, amount))| OpenBucket { due, disputed, documents, amount })
            .collect();
        self.unapplied = unapplied.into_values().filter(|amount| !amount.is_zero()).collect();
        Ok(())
    }
}

/// Whether a ledger tells who raised disputes, or who accepted them.
fn words_of_disputes(facts: &[Recorded]) -> bool {
    facts.iter().any(|recorded| match &recorded.fact {
        Fact::DisputeAccepted(_) => true,
        Fact::Disputed(dispute) => dispute.raised_by.is_some(),
        _ => false,
    })
}

/// Who accepted which dispute.
fn acceptances(facts: &[Recorded]) -> Vec<DisputeAcceptance> {
    let word = |recorded: &Recorded| match recorded.fact {
        Fact::DisputeAccepted(AcceptanceOfDispute { item, by_sales }) => {
            Some(DisputeAcceptance { item, date: recorded.date, by_sales })
        }
        _ => None,
    };
    facts.iter().filter_map(word).collect()
}

/// Confirmed orders that are neither ended nor used up by documents that name them, by currency and days. Of one that was
/// changed the last word counts.
fn open_orders(facts: &[Recorded]) -> Result<Vec<OrderBucket>, MoneyError> {
    let mut open: BTreeMap<OrderId, (Date, Money)> = BTreeMap::new();
    let mut timings: BTreeMap<OrderId, OrderTiming> = BTreeMap::new();
    for recorded in facts {
        if let Fact::Ordered(order) = &recorded.fact {
            open.insert(order.id, (recorded.date, order.on_credit()?));
        }
    }
    for recorded in facts {
        match &recorded.fact {
            Fact::OrderEnded(OrderEnd { order, .. }) => {
                open.remove(order);
            }
            Fact::OrderTimed(timing) => {
                timings.insert(timing.order, *timing);
            }
            Fact::Charged(item) => {
                if let Some((_, left)) = item.order.and_then(|order| open.get_mut(&order))
                    && left.currency() == item.amount.currency()
                {
                    *left = left.minus(item.amount)?;
                }
            }
            _ => {}
        }
    }
    let mut buckets: BTreeMap<(Currency, Date, Option<Date>, Option<Date>), Money> = BTreeMap::new();
    for (order, (date, left)) in open.into_iter().filter(|(_, (_, left))| left.minor() > 0) {
        let (planned, until) = timings.get(&order).map_or((None, None), |timing| (timing.planned, timing.until));
        let sum = buckets.entry((left.currency(), date, planned, until)).or_insert(Money::zero(left.currency()));
        *sum = sum.plus(left)?;
    }
    let bucket = |((_, date, planned, until), amount)| OrderBucket { date, planned, until, amount };
    Ok(buckets.into_iter().map(bucket).collect())
}

/// A standing read at a date, in the limit's currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// What counts against the limit.
    pub exposure: Exposure,
    /// What is past due and not disputed.
    pub overdue: Money,
    /// How many documents that is.
    pub overdue_documents: u32,
    /// How long the oldest of them is past due, in days; zero when none is.
    pub oldest_days: i32,
    /// What is past due and disputed; it stays in the exposure and leaves the overdue rules.
    pub disputed: Money,
}

impl Position {
    /// Reads a standing at a date.
    ///
    /// # Errors
    ///
    /// [`ConversionError::MissingRate`] when a bucket is in a currency that the standing carries no rate for;
    /// [`ConversionError::Money`] when a sum leaves the range.
    pub fn of(standing: &Standing, rule: &ExposureRule, as_of: Date) -> Result<Self, ConversionError> {
        let currency = standing.currency;
        // Sums in minor units: a large customer has a bucket for each day of a year, and a check looks at all of them.
        let minor = |amount: Money| {
            let own = amount.currency() == currency;
            if own { Ok(amount.minor()) } else { standing.in_own(amount, as_of).map(Money::minor) }
        };
        let add = |sum: i64, minor: i64| sum.checked_add(minor).ok_or(MoneyError::OutOfRange);
        let (mut open_items, mut orders, mut unapplied, mut overdue, mut disputed) =
            (0_i64, 0_i64, 0_i64, 0_i64, 0_i64);
        let (mut overdue_documents, mut oldest) = (0_u32, None);
        for bucket in &standing.open {
            let amount = minor(bucket.amount)?;
            open_items = add(open_items, amount)?;
            if bucket.due < as_of && bucket.disputed {
                disputed = add(disputed, amount)?;
            } else if bucket.due < as_of {
                overdue = add(overdue, amount)?;
                overdue_documents = overdue_documents.saturating_add(bucket.documents);
                oldest = Some(oldest.map_or(bucket.due, |oldest: Date| oldest.min(bucket.due)));
            }
        }
        let counts = |bucket: &&OrderBucket| bucket.stands(as_of) && rule.order_counts(bucket.date, as_of);
        for bucket in standing.orders.iter().filter(counts) {
            orders = add(orders, minor(bucket.amount)?)?;
        }
        for amount in standing.unapplied.iter().filter(|_| rule.unapplied) {
            unapplied = add(unapplied, minor(*amount)?)?;
        }
        let money = |minor: i64| Money::from_minor(minor, currency);
        let (open_items, orders, unapplied) = (money(open_items)?, money(orders)?, money(unapplied)?);
        let (overdue, disputed) = (money(overdue)?, money(disputed)?);
        let oldest_days = oldest.map_or(0, |oldest| days_between(oldest, as_of));
        let total = open_items.plus(orders)?.minus(unapplied)?;
        Ok(Self {
            exposure: Exposure { open_items, orders, unapplied, categories: Vec::new(), cover: None, total },
            overdue,
            overdue_documents,
            oldest_days,
            disputed,
        })
    }
}
