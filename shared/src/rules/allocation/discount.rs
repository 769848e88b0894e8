//! Discounts for payment in time (现金折扣): a payment that is short by what was agreed, on or before the offer's last day,
//! settles in full, and what was agreed stands as a line of its own.
//!
//! Where the debtor names documents, what is short goes to their discounts in the order named, each up to what was agreed
//! for it; more than all of them together is a part payment, and so is anything paid later. A payment that nothing names is
//! matched with one document less its discount. A discount is taken in the document's own currency only.

use super::purse::Purse;
use super::{AllocationError, By, Line, Why};
use crate::facts::calendar::Date;
use crate::facts::money::Money;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What was agreed for payment in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Early {
    /// The last day on which it is given.
    pub until: Date,
    /// What is saved, in the document's currency.
    pub saves: Money,
}

impl Purse<'_> {
    /// What paying a document today saves; absent when nothing was agreed for today.
    fn saves(&self, place: usize) -> Option<Money> {
        let (debt, open) = (self.debt(place)?, self.open(place)?);
        let early = debt.discount.filter(|early| self.today <= early.until && early.saves.minor() > 0)?;
        let own = early.saves.currency() == open.currency() && open.currency() == self.left.currency();
        (own && early.saves.minor() < open.minor()).then_some(early.saves)
    }

    /// Whether the payment is the document less its discount, to the cent.
    pub(super) fn is_discounted(&self, place: usize) -> Result<bool, AllocationError> {
        Ok(self.short(&[place])?.is_some_and(|short| self.saves(place) == Some(short)))
    }

    /// Settles documents named whole, in full, when what is short of them was agreed for payment in time; else does nothing.
    pub(super) fn settle_discounted(&mut self, named: &[(usize, Option<Money>, Why)]) -> Result<(), AllocationError> {
        let places: Vec<usize> = named.iter().map(|(place, ..)| *place).collect();
        let Some(mut short) = self.short(&places)?.filter(|short| short.minor() > 0) else { return Ok(()) };
        let saves: Vec<Option<Money>> = places.iter().map(|place| self.saves(*place)).collect();
        let agreed = saves.iter().flatten().fold(0_i64, |sum, saves| sum.saturating_add(saves.minor()));
        let once = places.iter().collect::<BTreeSet<_>>().len() == places.len();
        if !once || named.iter().any(|(_, amount, _)| amount.is_some()) || short.minor() > agreed {
            return Ok(());
        }
        for ((place, _, why), saves) in named.iter().zip(saves) {
            let (Some(debt), Some(open), Some(saves)) = (self.debt(*place), self.open(*place), saves) else { continue };
            let taken = saves.min(short)?;
            if taken.minor() > 0 {
                short = short.minus(taken)?;
                self.pay(*place, Some(open.minus(taken)?), why.clone())?;
                let (paid, by) = (Money::zero(self.left.currency()), By::Discount);
                let line =
                    Line { item: debt.item, by, amount: taken, paid, why: why.clone(), exchange_difference: None };
                self.write(*place, line)?;
            }
        }
        Ok(())
    }
}
