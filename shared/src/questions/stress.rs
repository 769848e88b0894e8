//! Stress: everyone pays later, the largest fail, sales fall. What exposure, overdue, held orders, DSO, provision and cash
//! become.
//!
//! The book is supposed to have been so already: its ledger is changed (`ledger`) and read by the same readings before and
//! after, so that the two can be compared and each figure explained as any other.
//!
//! - **Paying n days later**: every payment is dated n days later; what would then come after the as-of date hasn't come.
//!   Credits and corrections stay where they are. A bill is a payment: it comes, is passed on, matures and is honoured so many
//!   days later.
//! - **The largest k fail**: k customers by exposure, of equal ones by id, pay nothing any more. What they owe stays in
//!   exposure and overdue, leaves the expected receipts, is provided for by itself, and their open orders are held. Nor do
//!   they honour what they accepted: such bills come back whole on whoever paid with them (票据法 61). A bill is lost when both
//!   fail, or when it was refused and whoever gave it fails.
//! - **Sales fall by x %**: the documents of the window of DSO, and what was applied to them, bills too, are less by that share;
//!   money that nobody applied stays what it was.
//!
//! Bills count until they are honoured, with recourse when they were passed on too, and on their acceptor where the policy says
//! so; they are receivables of the provision like documents.
//!
//! Limits, grades and terms are those in force.
//!
//! Units: those of the readings: minor units, millionths, days.
//!
//! Source: our own scenarios, the three that a supplier can explain in one sentence each; they are sensitivities, no
//! forecast, and say nothing of how likely they are.

mod bills;
mod ledger;

use super::acceptors::BillHeld;
use super::bad_debts::{Debtor, of_bill};
use crate::facts::bill::BillState;
use crate::facts::calendar::Date;
use crate::facts::id::{CustomerId, ItemId, OrderId};
use crate::facts::ledger::{Limit, Order, Rate};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use crate::facts::terms::Terms;
use crate::readings::dso::dso;
use crate::readings::exchange::{ConversionError, RatesOn};
use crate::readings::expected::{Expected, expected_receipts};
use crate::readings::exposure::Category;
use crate::readings::journal::Journal;
use crate::readings::standing::{CategoryBucket, Further, OpenBucket, Standing};
use crate::rules::order_check::{Verdict, order_check, position};
use crate::rules::policy::Policy;
use crate::rules::provision::{ProvisionError, Receivable, Settled, Specific, provision};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What happens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Stress {
    /// Everyone pays so many days later.
    #[serde(default)]
    pub later_days: u16,
    /// So many of the largest customers fail.
    #[serde(default)]
    pub fail_top: u32,
    /// What still comes in of what the failed owe.
    #[serde(default)]
    pub recovered: Ratio,
    /// Sales fall by this share.
    #[serde(default)]
    pub sales_fall: Ratio,
}

/// The book that is put under stress.
#[derive(Clone, Copy, Debug)]
pub struct Book<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// The ledger of all customers.
    pub journal: &'a Journal,
    /// What the order check sees of each, by its ledger; who has none has neither limit nor orders. What is in them of bills,
    /// and of money that came back, is read anew.
    pub standings: &'a [Standing],
    /// All bills of the same ledger (see [`super::acceptors::bills_held`]).
    pub bills: &'a [BillHeld],
    /// The portfolio of each one's receivables; without it there is no provision.
    pub debtors: &'a [Debtor],
    /// Exchange rates.
    pub rates: &'a [Rate],
}

/// Before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Stressed {
    /// As it is.
    pub before: BookPicture,
    /// As it would be.
    pub after: BookPicture,
    /// Who fails, the largest first.
    pub failed: Vec<CustomerId>,
}

/// A book on a day, in the policy's currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BookPicture {
    /// What counts against all limits.
    pub exposure: Money,
    /// What of it is open documents.
    pub open_items: Money,
    /// What is past due and not disputed.
    pub overdue: Money,
    /// How many customers owe more than their limit and its tolerance.
    pub over_limit: u32,
    /// How many customers' open orders are held or refused.
    pub held_customers: u32,
    /// What these orders come to.
    pub held_amount: Money,
    /// Days sales outstanding; absent without sales, or when the policy has no window for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dso: Option<Ratio>,
    /// What is provided for; absent when the policy has no rule, or a debtor's portfolio isn't known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provision: Option<Money>,
    /// Which money comes in which week, by currency; empty when the policy doesn't say how to expect it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expected: Vec<Expected>,
}

/// Why a stress cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StressError {
    /// A share lies outside 0 to 1.
    #[error("{field} is {share}, and must lie between 0 and 1")]
    Share {
        /// Which.
        field: &'static str,
        /// As given.
        share: Ratio,
    },
    /// An amount cannot be expressed in the policy's currency.
    #[error(transparent)]
    Conversion(#[from] ConversionError),
    /// The provision's rule and the receivables don't fit together.
    #[error(transparent)]
    Provision(#[from] ProvisionError),
    /// A sum left the range.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// Puts a book under stress.
///
/// # Errors
///
/// [`StressError::Share`] for a share outside 0 to 1, [`StressError::Conversion`] when a rate is missing,
/// [`StressError::Provision`] when the provision can't be made, [`StressError::Money`] when a sum leaves the range.
pub fn stress(book: &Book<'_>, stress: &Stress, as_of: Date) -> Result<Stressed, StressError> {
    for (field, share) in [("sales_fall", stress.sales_fall), ("recovered", stress.recovered)] {
        if share < Ratio::ZERO || share > Ratio::ONE {
            return Err(StressError::Share { field, share });
        }
    }
    let rates = RatesOn::new(book.rates, as_of);
    let carried = rates.all();
    let view = View { book, rates, carried, as_of, recovered: stress.recovered };
    let nobody = BTreeSet::new();
    let now = Supposed { journal: book.journal, bills: book.bills, failed: &nobody };
    let before = view.picture(now)?;
    let failed = view.largest(now, stress.fail_top)?;
    let window = book.policy.receivables.as_ref().map_or(0, |setting| setting.dso.window_days);
    let journal = ledger::changed(book.journal, stress, window, as_of);
    let bills = bills::changed(book.bills, book.journal, stress, window, as_of)?;
    let fail = failed.iter().copied().collect();
    let after = view.picture(Supposed { journal: &journal, bills: &bills, failed: &fail })?;
    Ok(Stressed { before, after, failed })
}

/// How the book is supposed to be.
#[derive(Clone, Copy)]
struct Supposed<'a> {
    journal: &'a Journal,
    bills: &'a [BillHeld],
    failed: &'a BTreeSet<CustomerId>,
}

struct View<'a> {
    book: &'a Book<'a>,
    /// The rates of the day, and all of them for standings to carry.
    rates: RatesOn<'a>,
    carried: Vec<Rate>,
    as_of: Date,
    recovered: Ratio,
}

/// What is open of one customer.
#[derive(Default)]
struct Open {
    buckets: Vec<OpenBucket>,
    unapplied: Vec<Money>,
    /// Bills, and what came back and stands by itself.
    categories: Vec<CategoryBucket>,
}

impl View<'_> {
    fn currency(&self) -> Currency {
        self.book.policy.currency
    }

    fn own(&self, amount: Money) -> Result<Money, ConversionError> {
        self.rates.convert(amount, self.currency())
    }

    fn picture(&self, supposed: Supposed<'_>) -> Result<BookPicture, StressError> {
        let Supposed { journal, bills, failed } = supposed;
        let (policy, zero) = (self.book.policy, Money::zero(self.currency()));
        let mut picture = BookPicture {
            exposure: zero,
            open_items: zero,
            overdue: zero,
            over_limit: 0,
            held_customers: 0,
            held_amount: zero,
            dso: None,
            provision: self.provided(supposed)?,
            expected: Vec::new(),
        };
        for standing in self.standings(supposed)? {
            let position = position(policy, &standing, self.as_of)?;
            picture.exposure = picture.exposure.plus(self.own(position.exposure.total)?)?;
            picture.open_items = picture.open_items.plus(self.own(position.exposure.open_items)?)?;
            picture.overdue = picture.overdue.plus(self.own(position.overdue)?)?;
            if let Some(Limit::Amount { amount }) = standing.limit_at(self.as_of) {
                let bound = amount.plus(crate::rules::order_check::tolerated(amount, policy.order_check.tolerance)?)?;
                let over = position.exposure.total.minus(bound)?.minor() > 0;
                picture.over_limit = picture.over_limit.saturating_add(u32::from(over));
            }
            let orders = position.exposure.orders;
            if orders.minor() > 0 && (failed.contains(&standing.customer) || self.held(&standing, orders)?) {
                picture.held_customers = picture.held_customers.saturating_add(1);
                picture.held_amount = picture.held_amount.plus(self.own(orders)?)?;
            }
        }
        if let Some(setting) = &policy.receivables {
            let read = dso(journal, &setting.dso, &policy.calendar, self.currency(), self.book.rates, self.as_of)?;
            picture.dso = read.dso;
            let paying = ledger::without(journal, failed);
            let bills = bills::to_come(bills, failed, self.as_of);
            picture.expected = expected_receipts(&paying, &bills, &setting.expected, self.as_of)?;
        }
        Ok(picture)
    }

    /// Whether the order check would hold a customer's open orders, asked as one order on the terms granted.
    fn held(&self, standing: &Standing, orders: Money) -> Result<bool, MoneyError> {
        let mut asking = standing.clone();
        asking.orders.clear();
        if let Some(kept) = &mut asking.further.categories {
            kept.retain(|bucket| bucket.category != Category::Orders);
        }
        let order = Order {
            id: OrderId(standing.customer.0),
            customer: standing.customer,
            amount: orders,
            terms: standing.terms.unwrap_or(Terms::OnDelivery),
            prepayment: None,
            description: None,
        };
        let policy = self.book.policy;
        let answer = order_check(policy, &asking, &order, self.as_of)?;
        Ok(answer.verdict >= Verdict::Hold)
    }

    /// The customers' standings with what is open in this ledger. Who has none stands without limit in the policy's
    /// currency.
    fn standings(&self, supposed: Supposed<'_>) -> Result<Vec<Standing>, StressError> {
        let mut open = self.open(supposed)?;
        let mut standings = Vec::new();
        for standing in self.book.standings {
            let Open { buckets, unapplied, mut categories } = open.remove(&standing.customer).unwrap_or_default();
            let mut changed = Standing { open: buckets, unapplied, ..standing.clone() };
            if let Some(kept) = &mut changed.further.categories {
                kept.retain(|bucket| !matches!(bucket.category, Category::Bills | Category::Returned));
            }
            if !categories.is_empty() {
                changed.further.categories.get_or_insert_default().append(&mut categories);
            }
            standings.push(changed.with_rates(&self.carried));
        }
        let Some(any) = self.book.standings.first() else { return Ok(standings) };
        for (customer, Open { buckets, unapplied, categories }) in open {
            let nothing = Standing {
                customer,
                currency: self.currency(),
                grade: None,
                limit: None,
                terms: None,
                frozen: None,
                open: buckets,
                orders: Vec::new(),
                unapplied,
                // What is kept of another customer isn't its.
                further: Further { categories: Some(categories).filter(|kept| !kept.is_empty()), ..Further::default() },
                ..any.clone()
            };
            standings.push(nothing.with_rates(&self.carried));
        }
        Ok(standings)
    }

    fn open(&self, supposed: Supposed<'_>) -> Result<BTreeMap<CustomerId, Open>, MoneyError> {
        let Supposed { journal, bills, failed } = supposed;
        let customer = |place: u32| journal.customers.get(place as usize).copied();
        let mut buckets: BTreeMap<(CustomerId, Currency, Date, bool), (u32, Money)> = BTreeMap::new();
        let mut unapplied: BTreeMap<(CustomerId, Currency), Money> = BTreeMap::new();
        let mut back: Vec<(CustomerId, Money)> = Vec::new();
        let minors = journal.open_at(self.as_of);
        let parts = journal.disputed_of(&minors, self.as_of);
        let rows = journal.items.iter().zip(minors).zip(parts).flat_map(|((item, open), disputed)| {
            [(item, open.saturating_sub(disputed), false), (item, disputed, true)]
        });
        for (item, minor, disputed) in rows.filter(|(_, minor, _)| *minor != 0) {
            let Some(customer) = customer(item.customer) else { continue };
            let currency = item.amount.currency();
            let amount = Money::from_minor(minor, currency)?;
            if item.document == crate::facts::ledger::Document::CreditNote || minor < 0 {
                let sum = unapplied.entry((customer, currency)).or_insert(Money::zero(currency));
                *sum = sum.minus(amount)?;
            } else {
                let key = (customer, currency, item.due, disputed);
                let (count, sum) = buckets.entry(key).or_insert((0, Money::zero(currency)));
                *count = count.saturating_add(1);
                *sum = sum.plus(amount)?;
            }
        }
        for ((place, currency), amount) in journal.unapplied_at(self.as_of)? {
            let Some(customer) = customer(place) else { continue };
            if amount.minor() < 0 {
                // More went back than there was: it stands by itself.
                back.push((customer, amount.negated()));
                continue;
            }
            let sum = unapplied.entry((customer, currency)).or_insert(Money::zero(currency));
            *sum = sum.plus(amount)?;
        }
        let mut open: BTreeMap<CustomerId, Open> = BTreeMap::new();
        for ((customer, _, due, disputed), (documents, amount)) in buckets {
            open.entry(customer).or_default().buckets.push(OpenBucket { due, disputed, documents, amount });
        }
        for ((customer, _), amount) in unapplied.into_iter().filter(|(_, amount)| !amount.is_zero()) {
            open.entry(customer).or_default().unapplied.push(amount);
        }
        for (customer, amount) in back {
            let bucket = CategoryBucket { category: Category::Returned, due: None, amount };
            open.entry(customer).or_default().categories.push(bucket);
        }
        for (customer, buckets) in bills::counted(self.book.policy.commitments.as_ref(), bills, failed, self.as_of)? {
            open.entry(customer).or_default().categories.extend(buckets);
        }
        Ok(open)
    }

    fn largest(&self, now: Supposed<'_>, count: u32) -> Result<Vec<CustomerId>, StressError> {
        let mut by_exposure = Vec::new();
        for standing in self.standings(now)? {
            let position = position(self.book.policy, &standing, self.as_of)?;
            by_exposure.push((self.own(position.exposure.total)?.minor(), standing.customer));
        }
        by_exposure.retain(|(minor, _)| *minor > 0);
        by_exposure.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        Ok(by_exposure.into_iter().take(count as usize).map(|(_, customer)| customer).collect())
    }

    /// What comes in of an amount that is lost.
    fn lost(&self, amount: Money) -> Result<Specific, MoneyError> {
        let recoverable = self.recovered.times(amount.minor()).ok_or(MoneyError::OutOfRange)?;
        let recoverable = Money::from_minor(recoverable, amount.currency())?;
        Ok(Specific { recoverable, reason: String::new() })
    }

    fn provided(&self, supposed: Supposed<'_>) -> Result<Option<Money>, StressError> {
        let Supposed { journal, bills, failed } = supposed;
        let Some(rule) = &self.book.policy.provision else { return Ok(None) };
        let debtors: BTreeMap<CustomerId, &Debtor> =
            self.book.debtors.iter().map(|debtor| (debtor.customer, debtor)).collect();
        let mut receivables = Vec::new();
        let rows = journal.items.iter().zip(journal.arisings()).zip(journal.open_at(self.as_of));
        for ((item, arose), minor) in rows.filter(|(_, minor)| *minor != 0) {
            let customer = journal.customers.get(item.customer as usize);
            let Some(debtor) = customer.and_then(|customer| debtors.get(customer)) else { return Ok(None) };
            let amount = Money::from_minor(minor, item.amount.currency())?;
            let fails = failed.contains(&debtor.customer) && minor > 0;
            receivables.push(Receivable {
                number: debtor.customer.to_string(),
                portfolio: debtor.portfolio.clone(),
                amount,
                arose,
                due: item.due,
                grade: debtor.grade.clone(),
                settled: None,
                specific: fails.then(|| self.lost(amount)).transpose()?,
            });
        }
        let rows = journal.ids.iter().zip(&journal.items).zip(journal.arisings());
        let ages: BTreeMap<ItemId, Settled> =
            rows.map(|((id, row), arose)| (*id, Settled { arose, due: row.due })).collect();
        for held in bills {
            if !matches!(held.bill.state(self.as_of), BillState::Outstanding | BillState::Dishonoured) {
                continue;
            }
            let Some(debtor) = debtors.get(&held.customer) else { return Ok(None) };
            for mut part in of_bill(&held.bill, debtor, &ages)? {
                if bills::is_lost(held, failed, self.as_of) {
                    part.specific = Some(self.lost(part.amount)?);
                }
                receivables.push(part);
            }
        }
        let all = provision(rule, &receivables, self.currency(), self.book.rates, self.as_of)?;
        Ok(Some(all.amount))
    }
}
