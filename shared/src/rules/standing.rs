//! The standing's further parts, which take a rule to tell: what a book keeps of file, review, promises, cover, categories and
//! group for the order check, each part of [`Further`] from its facts.
//!
//! [`crate::readings::standing`] reads the rest from the ledger alone. A book that keeps a part calls its function whenever the facts behind it change, and once a day where the part says so.

mod whole;

pub use whole::{Held, KeptError, Members, exposure, further, judges_files};

use super::commitments::{CommitmentRule, Committed};
use super::cover::{CoverRule, Gap, covered_beside};
use super::credit_file::CreditFileRule;
use super::promise::{Outcome, PromiseRule};
use super::review::{ReviewFile, ReviewRule};
use crate::facts::bill::{Bill, BillState};
use crate::facts::calendar::{Calendar, Date};
use crate::facts::cover::Cover;
use crate::facts::credit_file::CreditFile;
use crate::facts::customer::Customer;
use crate::facts::id::{CoverId, CustomerId};
use crate::facts::ledger::{Limit, Rate};
use crate::facts::money::{Money, MoneyError};
use crate::facts::number::Ratio;
use crate::facts::overdue::Payment;
use crate::facts::promise::Promise;
use crate::readings::exposure::Category;
use crate::readings::groups::{GroupError, Groups};
use crate::readings::standing::{
    BrokenPromise, CategoryBucket, CoverStands, Further, GroupStands, Position, ReviewStands,
};
use std::collections::BTreeMap;

#[cfg(doc)]
use crate::rules::commitments::committed;

/// How complete a file is on a day; once a day, since papers run out.
pub fn complete(rule: &CreditFileRule, customer: &Customer, file: &CreditFile, as_of: Date) -> Ratio {
    rule.completeness(customer, file, as_of).share
}

/// The review that comes first, however far ahead; absent when nothing comes round.
pub fn review(rule: &ReviewRule, file: &ReviewFile, calendar: &Calendar, as_of: Date) -> Option<ReviewStands> {
    let all = ReviewRule { ahead_days: u16::MAX, ..rule.clone() };
    let due = all.tasks(file, calendar, as_of).first()?.due;
    let last = file.assessed.iter().copied().filter(|date| *date <= as_of).max();
    Some(ReviewStands { last, due })
}

/// The promises that were broken up to a day; once a day, since a promise breaks by time passing.
///
/// # Errors
///
/// As [`PromiseRule::promises`].
pub fn broken(
    rule: &PromiseRule,
    promises: &[Promise],
    payments: &[Payment],
    as_of: Date,
) -> Result<Vec<BrokenPromise>, MoneyError> {
    let states = rule.promises(promises, payments, as_of)?;
    let broken = states.into_iter().filter_map(|state| match state.outcome {
        Outcome::Broken { since, missing } => Some(BrokenPromise { since, missing }),
        Outcome::Kept { .. } | Outcome::Open { .. } => None,
    });
    Ok(broken.collect())
}

/// Cover that is good on a day, or was until it ended: with what it counted for on its last day. What never was good isn't
/// kept: nobody relied on it.
///
/// # Errors
///
/// As [`super::cover::covered`].
pub fn cover(
    rule: &CoverRule,
    covers: &[Cover],
    exposure: Money,
    rates: &[Rate],
    as_of: Date,
) -> Result<Vec<CoverStands>, MoneyError> {
    cover_beside(rule, covers, &BTreeMap::new(), exposure, rates, as_of)
}

/// The same with what the conditions of insurances come to, see [`super::insurance::uninsured`]; once a day, since a document
/// passes its days by itself.
///
/// # Errors
///
/// As [`cover`].
pub fn cover_beside(
    rule: &CoverRule,
    covers: &[Cover],
    beside: &BTreeMap<CoverId, Vec<Gap>>,
    exposure: Money,
    rates: &[Rate],
    as_of: Date,
) -> Result<Vec<CoverStands>, MoneyError> {
    let mut kept = Vec::new();
    for piece in covers {
        let day = piece.until.map_or(as_of, |until| until.min(as_of));
        for counted in covered_beside(rule, std::slice::from_ref(piece), beside, exposure, rates, day)?.pieces {
            if let Some(works) = counted.works.filter(|_| counted.counted.minor() > 0) {
                kept.push(CoverStands { works, amount: counted.counted, until: piece.until });
            }
        }
    }
    Ok(kept)
}

/// What counts by category, from everything that is open (see [`committed`]) and what the ledger's buckets already hold of
/// it. Both in the currency of the limit; together they are the gross exposure.
///
/// # Errors
///
/// [`MoneyError`] when the two are in different currencies, or a difference leaves the range.
pub fn categories(committed: &Committed, ledger: &Position) -> Result<Vec<CategoryBucket>, MoneyError> {
    let mut kept = Vec::new();
    let zero = Money::zero(committed.gross.currency());
    for category in Category::ALL {
        let stands = committed.categories.iter().find(|line| line.category == category);
        let amount = stands.map_or(zero, |line| line.amount);
        let amount = match category {
            Category::OpenItems => amount.minus(ledger.exposure.open_items)?,
            Category::Orders => amount.minus(ledger.exposure.orders)?,
            _ => amount,
        };
        if !amount.is_zero() {
            kept.push(CategoryBucket { category, due: None, amount });
        }
    }
    Ok(kept)
}

/// The other members of a customer's group, by who controls them in the end, from what each owes and will owe; absent when
/// it stands alone. Amounts are in the currency of the customer's limit.
///
/// # Errors
///
/// [`GroupError::Circle`] when relations go in a circle; [`GroupError::Money`] when an exposure isn't in the currency
/// of `zero` or the sum leaves the range.
pub fn group(
    groups: &Groups,
    customer: CustomerId,
    exposures: &[(CustomerId, Money)],
    (limit, until): (Limit, Option<Date>),
    zero: Money,
) -> Result<Option<GroupStands>, GroupError> {
    let head = groups.place(customer)?.head;
    let (mut others, mut exposure) = (0_u32, zero);
    for (member, amount) in exposures.iter().filter(|(member, _)| *member != customer) {
        if groups.place(*member)?.head == head {
            others = others.saturating_add(1);
            exposure = exposure.plus(*amount)?;
        }
    }
    Ok((others > 0).then_some(GroupStands { others, exposure, limit, until }))
}

impl Further {
    /// Keeps of the ledger's bills the share that the rule counts on the customer by who accepted them; without this
    /// each counts whole.
    ///
    /// # Errors
    ///
    /// [`MoneyError::OutOfRange`] when a bill's share leaves the range.
    pub fn with_bills(mut self, rule: &CommitmentRule, bills: &[Bill], as_of: Date) -> Result<Self, MoneyError> {
        let mut kept = self.categories.take().unwrap_or_default();
        kept.retain(|bucket| bucket.category != Category::Bills);
        for bill in bills.iter().filter(|bill| bill.state(as_of) == BillState::Outstanding) {
            let amount = rule.counted_of(bill)?;
            if !amount.is_zero() {
                kept.push(CategoryBucket { category: Category::Bills, due: Some(bill.matures), amount });
            }
        }
        self.categories = Some(kept);
        Ok(self)
    }

    /// Keeps all that a credit file says on a day: agreements, licences, checks, completeness.
    #[must_use]
    pub fn with_whole_file(self, rule: &CreditFileRule, customer: &Customer, file: &CreditFile, as_of: Date) -> Self {
        Self { complete: Some(complete(rule, customer, file, as_of)), ..self.with_file(file) }
    }
}
