//! Stress: everyone pays later, the largest fail, sales fall. What exposure, overdue, held orders, DSO, provision and cash
//! become.
//!
//! The book is supposed to have been so already: its ledger is changed (`ledger`) and read by the same readings before and
//! after, so that the two can be compared and each figure explained as any other.
//!
//! - **Paying n days later**: every payment is dated n days later; what would then come after the as-of date hasn't come.
//!   Credits and corrections stay where they are.
//! - **The largest k fail**: k customers by exposure, of equal ones by id, pay nothing any more. What they owe stays in
//!   exposure and overdue, leaves the expected receipts, is provided for by itself, and their open orders are held.
//! - **Sales fall by x %**: the documents of the window of DSO, and what was applied to them, are less by that share; money
//!   that nobody applied stays what it was.
//!
//! Limits, grades and terms are those in force.
//!
//! Units: those of the readings: minor units, millionths, days.
//!
//! Source: our own scenarios, the three that a supplier can explain in one sentence each; they are sensitivities, no
//! forecast, and say nothing of how likely they are.

mod ledger;

use super::bad_debts::Debtor;
use crate::facts::calendar::Date;
use crate::facts::id::{CustomerId, OrderId};
use crate::facts::ledger::{Limit, Order, Rate};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use crate::facts::terms::Terms;
use crate::readings::dso::dso;
use crate::readings::exchange::{ConversionError, RatesOn};
use crate::readings::expected::{Expected, expected_receipts};
use crate::readings::exposure::Category;
use crate::readings::journal::Journal;
use crate::readings::standing::{Further, OpenBucket, Standing};
use crate::rules::order_check::{Verdict, order_check, position};
use crate::rules::policy::Policy;
use crate::rules::provision::{ProvisionError, Receivable, Specific, provision};
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
    /// What the order check sees of each; who has none has neither limit nor orders.
    pub standings: &'a [Standing],
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
    let before = view.picture(book.journal, &nobody)?;
    let failed = view.largest(stress.fail_top)?;
    let window = book.policy.receivables.as_ref().map_or(0, |setting| setting.dso.window_days);
    let changed = ledger::changed(book.journal, stress, window, as_of);
    let after = view.picture(&changed, &failed.iter().copied().collect())?;
    Ok(Stressed { before, after, failed })
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
}

impl View<'_> {
    fn currency(&self) -> Currency {
        self.book.policy.currency
    }

    fn own(&self, amount: Money) -> Result<Money, ConversionError> {
        self.rates.convert(amount, self.currency())
    }

    fn picture(&self, journal: &Journal, failed: &BTreeSet<CustomerId>) -> Result<BookPicture, StressError> {
        let (policy, zero) = (self.book.policy, Money::zero(self.currency()));
        let mut picture = BookPicture {
            exposure: zero,
            open_items: zero,
            overdue: zero,
            over_limit: 0,
            held_customers: 0,
            held_amount: zero,
            dso: None,
            provision: self.provided(journal, failed)?,
            expected: Vec::new(),
        };
        for standing in self.standings(journal)? {
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
            picture.expected = expected_receipts(&paying, &setting.expected, self.as_of)?;
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
    fn standings(&self, journal: &Journal) -> Result<Vec<Standing>, StressError> {
        let mut open = self.open(journal)?;
        let mut standings = Vec::new();
        for standing in self.book.standings {
            let Open { buckets, unapplied } = open.remove(&standing.customer).unwrap_or_default();
            let changed = Standing { open: buckets, unapplied, ..standing.clone() };
            standings.push(changed.with_rates(&self.carried));
        }
        let Some(any) = self.book.standings.first() else { return Ok(standings) };
        for (customer, Open { buckets, unapplied }) in open {
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
                further: Further::default(),
                ..any.clone()
            };
            standings.push(nothing.with_rates(&self.carried));
        }
        Ok(standings)
    }

    fn open(&self, journal: &Journal) -> Result<BTreeMap<CustomerId, Open>, MoneyError> {
        let customer = |place: u32| journal.customers.get(place as usize).copied();
        let mut buckets: BTreeMap<(CustomerId, Currency, Date, bool), (u32, Money)> = BTreeMap::new();
        let mut unapplied: BTreeMap<(CustomerId, Currency), Money> = BTreeMap::new();
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
        Ok(open)
    }

    fn largest(&self, count: u32) -> Result<Vec<CustomerId>, StressError> {
        let mut by_exposure = Vec::new();
        for standing in self.standings(self.book.journal)? {
            let position = position(self.book.policy, &standing, self.as_of)?;
            by_exposure.push((self.own(position.exposure.total)?.minor(), standing.customer));
        }
        by_exposure.retain(|(minor, _)| *minor > 0);
        by_exposure.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        Ok(by_exposure.into_iter().take(count as usize).map(|(_, customer)| customer).collect())
    }

    fn provided(&self, journal: &Journal, failed: &BTreeSet<CustomerId>) -> Result<Option<Money>, StressError> {
        let Some(rule) = &self.book.policy.provision else { return Ok(None) };
        let debtors: BTreeMap<CustomerId, &Debtor> =
            self.book.debtors.iter().map(|debtor| (debtor.customer, debtor)).collect();
        let mut receivables = Vec::new();
        let rows = journal.items.iter().zip(journal.arisings()).zip(journal.open_at(self.as_of));
        for ((item, arose), minor) in rows.filter(|(_, minor)| *minor != 0) {
            let customer = journal.customers.get(item.customer as usize);
            let Some(debtor) = customer.and_then(|customer| debtors.get(customer)) else { return Ok(None) };
            let amount = Money::from_minor(minor, item.amount.currency())?;
            let specific = if failed.contains(&debtor.customer) && minor > 0 {
                let recoverable = self.recovered.times(minor).ok_or(MoneyError::OutOfRange)?;
                let recoverable = Money::from_minor(recoverable, amount.currency())?;
                Some(Specific { recoverable, reason: String::new() })
            } else {
                None
            };
            receivables.push(Receivable {
                number: debtor.customer.to_string(),
                portfolio: debtor.portfolio.clone(),
                amount,
                arose,
                due: item.due,
                grade: debtor.grade.clone(),
                settled: None,
                specific,
            });
        }
        let all = provision(rule, &receivables, self.currency(), self.book.rates, self.as_of)?;
        Ok(Some(all.amount))
    }
}
