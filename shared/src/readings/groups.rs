//! Who is liable, and who belongs together, on a day.
//!
//! A duplicate is followed to the customer that goes on in its stead, a branch to the legal entity that is liable for it,
//! and a controlled company to the last one who controls. What these steps come to doesn't depend on the order of the
//! facts. A circle (A is a branch of B, B of A) is an error that names its members, never an endless walk.

use crate::facts::calendar::Date;
use crate::facts::id::CustomerId;
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::relations::{Link, Party, Relation};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Relations in force on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    merged: BTreeMap<CustomerId, CustomerId>,
    branch: BTreeMap<CustomerId, CustomerId>,
    control: BTreeMap<CustomerId, Party>,
}

/// Where one customer belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The customer that goes on in its stead; itself when it is no duplicate.
    pub survivor: CustomerId,
    /// The legal entity that is liable for what it owes.
    pub liable: CustomerId,
    /// Who controls that entity in the end; the entity itself when nobody does.
    pub head: Party,
}

/// What so many customers owe together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Together<K> {
    /// Who answers for it.
    pub of: K,
    /// Whose amounts it holds, in the order of their ids.
    pub members: Vec<CustomerId>,
    /// The sum.
    pub amount: Money,
}

/// Why customers can't be put together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GroupError {
    /// Relations go round in a circle.
    #[error("relations go in a circle: {0:?}")]
    Circle(Vec<CustomerId>),
    /// Amounts of several currencies, or a sum out of range.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// Follows a chain to its end.
fn follow(links: &BTreeMap<CustomerId, CustomerId>, from: CustomerId) -> Result<CustomerId, GroupError> {
    let mut seen = vec![from];
    let mut at = from;
    while let Some(next) = links.get(&at) {
        if let Some(start) = seen.iter().position(|other| other == next) {
            return Err(circle(seen.split_off(start)));
        }
        seen.push(*next);
        at = *next;
    }
    Ok(at)
}

/// The same circle is told the same way, wherever one entered it.
fn circle(mut members: Vec<CustomerId>) -> GroupError {
    members.sort_unstable();
    GroupError::Circle(members)
}

impl Groups {
    /// The relations in force at the end of a day. Of two facts of one day that contradict each other the one that comes
    /// last by content counts, so that their order never shows.
    pub fn of(relations: &[Relation], as_of: Date) -> Self {
        let mut sorted: Vec<&Relation> = relations.iter().filter(|relation| relation.date <= as_of).collect();
        sorted.sort_by_cached_key(|relation| (relation.date, format!("{:?}", relation.link), relation.source.clone()));
        let mut groups = Self::default();
        for relation in sorted {
            let customer = relation.customer;
            match &relation.link {
                Link::Branch { of } => set(&mut groups.branch, customer, *of),
                Link::Merged { into } => set(&mut groups.merged, customer, *into),
                Link::Control { by, .. } => set(&mut groups.control, customer, by.clone()),
            }
        }
        groups
    }

    /// Where a customer belongs. One without relations stands alone.
    ///
    /// # Errors
    ///
    /// [`GroupError::Circle`] when following duplicates, branches or controllers comes back to where it was.
    pub fn place(&self, customer: CustomerId) -> Result<Place, GroupError> {
        let survivor = follow(&self.merged, customer)?;
        let liable = self.liable(survivor)?;
        let mut seen = vec![liable];
        let mut at = liable;
        loop {
            match self.control.get(&at) {
                None => return Ok(Place { survivor, liable, head: Party::Customer { customer: at } }),
                Some(Party::Customer { customer }) => {
                    let next = self.liable(follow(&self.merged, *customer)?)?;
                    if let Some(start) = seen.iter().position(|other| *other == next) {
                        return Err(circle(seen.split_off(start)));
                    }
                    seen.push(next);
                    at = next;
                }
                Some(outside @ Party::Outside { .. }) => return Ok(Place { survivor, liable, head: outside.clone() }),
            }
        }
    }

    /// Follows branches, and the duplicates of what they belong to, to the entity that is liable.
    fn liable(&self, customer: CustomerId) -> Result<CustomerId, GroupError> {
        let mut seen = vec![customer];
        let mut at = customer;
        while let Some(of) = self.branch.get(&at) {
            let next = follow(&self.merged, *of)?;
            if let Some(start) = seen.iter().position(|other| *other == next) {
                return Err(circle(seen.split_off(start)));
            }
            seen.push(next);
            at = next;
        }
        Ok(at)
    }

    /// Amounts rolled up to the legal entities that are liable for them. The sum of what comes out is the sum of what
    /// went in.
    ///
    /// # Errors
    ///
    /// As [`Groups::place`]; [`GroupError::Money`] when an amount is in another currency or a sum leaves the range.
    pub fn by_liable(
        &self,
        amounts: &[(CustomerId, Money)],
        currency: Currency,
    ) -> Result<Vec<Together<CustomerId>>, GroupError> {
        self.rolled_up(amounts, currency, |place| place.liable)
    }

    /// Amounts rolled up to those who control in the end.
    ///
    /// # Errors
    ///
    /// As [`Groups::by_liable`].
    pub fn by_head(
        &self,
        amounts: &[(CustomerId, Money)],
        currency: Currency,
    ) -> Result<Vec<Together<Party>>, GroupError> {
        self.rolled_up(amounts, currency, |place| place.head)
    }

    fn rolled_up<K: Ord>(
        &self,
        amounts: &[(CustomerId, Money)],
        currency: Currency,
        key: impl Fn(Place) -> K,
    ) -> Result<Vec<Together<K>>, GroupError> {
        let mut sums: BTreeMap<K, (Vec<CustomerId>, Money)> = BTreeMap::new();
        for (customer, amount) in amounts {
            let of = key(self.place(*customer)?);
            let (members, sum) = sums.entry(of).or_insert_with(|| (Vec::new(), Money::zero(currency)));
            members.push(*customer);
            *sum = sum.plus(*amount)?;
        }
        let together = |(of, (mut members, amount)): (K, (Vec<CustomerId>, Money))| {
            members.sort_unstable();
            members.dedup();
            Together { of, members, amount }
        };
        Ok(sums.into_iter().map(together).collect())
    }
}

/// The later word stands; nothing takes away what stood before.
fn set<V>(links: &mut BTreeMap<CustomerId, V>, customer: CustomerId, to: Option<V>) {
    match to {
        Some(to) => {
            links.insert(customer, to);
        }
        None => {
            links.remove(&customer);
        }
    }
}
