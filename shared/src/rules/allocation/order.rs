//! In which order debts are paid when nobody named them: the law's, an agreed one, the oldest first.

use super::purse::Purse;
use super::{AllocationError, Debt, Nature, Why};
use crate::facts::id::ItemId;
use crate::facts::money::Money;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// An order that can be agreed (民法典 560 and 561 give way to agreement).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "AllocationOrder"))]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// By due date, the earliest first; of one day costs, interest, principal.
    EarliestDue,
    /// All principal by due date before any interest and costs (先本后息).
    PrincipalFirst,
    /// All in proportion.
    InProportion,
}

/// A principal with its interest and costs, by their places.
struct Claim {
    places: Vec<usize>,
    open: i64,
}

impl Purse<'_> {
    /// Pays in an agreed order.
    pub(super) fn in_order(&mut self, order: Order) -> Result<(), AllocationError> {
        let mut places = self.candidates();
        if order == Order::InProportion {
            let parts: Vec<(usize, Why)> = places.into_iter().map(|place| (place, Why::Agreed { order })).collect();
            return self.in_proportion(&parts);
        }
        places.sort_by_key(|place| {
            self.debt(*place).map(|debt| {
                let accessory = order == Order::PrincipalFirst && debt.nature != Nature::Principal;
                (accessory, debt.due, debt.nature, debt.number.clone(), debt.item)
            })
        });
        for place in places {
            self.pay(place, None, Why::Agreed { order })?;
        }
        Ok(())
    }

    /// Pays the oldest undisputed documents first, by due date, then number.
    pub(super) fn oldest_first(&mut self) -> Result<(), AllocationError> {
        let mut places = self.candidates();
        places.retain(|place| self.debt(*place).is_some_and(|debt| !debt.disputed));
        places.sort_by_key(|place| self.debt(*place).map(|debt| (debt.due, debt.number.clone(), debt.item)));
        for place in places {
            self.pay(place, None, Why::Oldest)?;
        }
        Ok(())
    }

    /// Pays in the law's order. What isn't due comes after all that is, in the same order.
    pub(super) fn by_law(&mut self) -> Result<(), AllocationError> {
        let today = self.today;
        let key = |debt: &Debt| (debt.due >= today, debt.secured, Reverse(debt.burden), debt.due);
        let mut claims: BTreeMap<_, Vec<Claim>> = BTreeMap::new();
        for claim in self.claims() {
            // The principal speaks for its interest and costs; where it is paid already, the first of them does.
            let speaks = claim.places.last().and_then(|place| self.debt(*place));
            if let Some(debt) = speaks {
                claims.entry(key(debt)).or_default().push(claim);
            }
        }
        for equals in claims.into_values() {
            self.equals(&equals)?;
        }
        Ok(())
    }

    /// Pays claims of one rank: all of each when the money lasts, else in proportion to what is open on them.
    fn equals(&mut self, equals: &[Claim]) -> Result<(), AllocationError> {
        let places = || equals.iter().flat_map(|claim| &claim.places).copied();
        let enough = self.short(&places().collect::<Vec<_>>())?.is_some_and(|short| short.minor() <= 0);
        let shared = !enough && equals.len() > 1;
        let weights: Vec<u64> = equals.iter().map(|claim| claim.open.unsigned_abs()).collect();
        let parts = if shared { self.left.split(&weights) } else { Vec::new() };
        for (index, claim) in equals.iter().enumerate() {
            let mut part = parts.get(index).copied();
            for place in &claim.places {
                let Some(why) = self.debt(*place).map(|debt| self.law(debt, shared)) else { continue };
                let before = self.left;
                self.pay(*place, part, why)?;
                part = part.map(|part| part.minus(before.minus(self.left)?)).transpose()?;
            }
        }
        Ok(())
    }

    fn in_proportion(&mut self, parts: &[(usize, Why)]) -> Result<(), AllocationError> {
        let places: Vec<usize> = parts.iter().map(|(place, _)| *place).collect();
        let enough = self.short(&places)?.is_some_and(|short| short.minor() <= 0);
        let weights: Vec<u64> =
            places.iter().map(|place| self.open(*place).map_or(0, |open| open.minor().unsigned_abs())).collect();
        let shares = if enough { Vec::new() } else { self.left.split(&weights) };
        for (index, (place, why)) in parts.iter().enumerate() {
            self.pay(*place, shares.get(index).copied(), why.clone())?;
        }
        Ok(())
    }

    /// Debts with what belongs to them, each in the order of 民法典 561, the principal last.
    fn claims(&self) -> Vec<Claim> {
        let mut by_principal: BTreeMap<ItemId, Vec<usize>> = BTreeMap::new();
        for place in self.candidates() {
            if let Some(debt) = self.debt(place) {
                let principal = if debt.nature == Nature::Principal { debt.item } else { debt.of.unwrap_or(debt.item) };
                by_principal.entry(principal).or_default().push(place);
            }
        }
        let whole = |mut places: Vec<usize>| {
            places.sort_by_key(|place| self.debt(*place).map(|debt| (debt.nature, debt.due, debt.item)));
            let open = places.iter().filter_map(|place| self.open(*place)).map(Money::minor);
            Claim { open: open.fold(0_i64, i64::saturating_add), places }
        };
        by_principal.into_values().map(whole).collect()
    }

    fn law(&self, debt: &Debt, in_proportion: bool) -> Why {
        Why::Law {
            due: debt.due < self.today,
            secured: debt.secured,
            burden: debt.burden,
            due_date: debt.due,
            nature: debt.nature,
            in_proportion,
        }
    }
}
