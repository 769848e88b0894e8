//! Bills that count on their acceptor too (商承并计承兑人): who of our customers accepted what others paid with.
//!
//! A bill names its acceptor in words; [`crate::rules::commitments::Committed::on_acceptors`] sums by these words. Here the words are matched with
//! customers: by code, registered name, name in Latin letters, or a former name or alias of the file, all folded to one
//! spelling. What fits exactly one customer counts on it; what fits several or none is shown and counts on nobody, so that a
//! person can say whose it is. Nothing gets lost: matched and unmatched add up to all that others gave. A bill that its own
//! acceptor gave counts on it as the giver already, and not twice.

use crate::facts::bill::Bill;
use crate::facts::calendar::Date;
use crate::facts::credit_file::CreditFile;
use crate::facts::customer::Customer;
use crate::facts::id::{BillId, CustomerId};
use crate::facts::ledger::{Fact, Recorded, Withdrawn};
use crate::facts::money::{Currency, Money};
use crate::facts::naming::plain_name;
use crate::readings::bills::bills;
use crate::readings::exchange::{ConversionError, RatesOn};
use crate::readings::exposure::Category;
use crate::readings::standing::{CategoryBucket, Further};
use crate::rules::commitments::OnAcceptor;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What counts on one customer as acceptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// Who.
    pub customer: CustomerId,
    /// What it accepted, with all others.
    pub amount: Money,
}

/// Words that fit nobody, or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Unmatched {
    /// The acceptor as the bills name it.
    pub acceptor: String,
    /// How much.
    pub amount: Money,
    /// Whom it fits; empty when nobody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fits: Vec<CustomerId>,
}

/// All acceptors of a book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Acceptors {
    /// On customers, in the order of their ids.
    pub accepted: Vec<Accepted>,
    /// On nobody yet, by name.
    pub unmatched: Vec<Unmatched>,
}

/// Matches what counts on acceptors, of all customers' commitments together, with customers and their files, in one
/// currency.
///
/// # Errors
///
/// [`ConversionError::MissingRate`] when an amount has no rate; [`ConversionError::Money`] when a sum leaves the range.
pub fn acceptors(
    on_acceptors: &[OnAcceptor],
    customers: &[(&Customer, &CreditFile)],
    (currency, on): (Currency, &RatesOn<'_>),
) -> Result<Acceptors, ConversionError> {
    let names = Names::of(customers);
    let mut accepted: BTreeMap<CustomerId, Money> = BTreeMap::new();
    let mut unmatched: BTreeMap<&str, (Money, Vec<CustomerId>)> = BTreeMap::new();
    for each in on_acceptors {
        let amount = on.convert(each.amount, currency)?;
        if let Some(customer) = names.only(&each.acceptor) {
            if each.given_by != Some(customer) {
                let sum = accepted.entry(customer).or_insert(Money::zero(currency));
                *sum = sum.plus(amount)?;
            }
        } else {
            let fits = names.fits(&each.acceptor).collect();
            let (sum, _) = unmatched.entry(&each.acceptor).or_insert((Money::zero(currency), fits));
            *sum = sum.plus(amount)?;
        }
    }
    Ok(Acceptors {
        accepted: accepted.into_iter().map(|(customer, amount)| Accepted { customer, amount }).collect(),
        unmatched: unmatched
            .into_iter()
            .map(|(acceptor, (amount, fits))| Unmatched { acceptor: acceptor.to_owned(), amount, fits })
            .collect(),
    })
}

/// The names by which customers are known, each folded to one spelling.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(BTreeMap<String, BTreeSet<CustomerId>>);

impl Names {
    /// Of some customers and their files.
    pub fn of(customers: &[(&Customer, &CreditFile)]) -> Self {
        let mut known = Self::default();
        for (customer, file) in customers {
            let names = [&customer.code, &customer.name].into_iter().chain(&customer.name_en).chain(&file.aliases);
            for name in names.chain(file.former_names.iter().map(|former| &former.name)) {
                let name = plain_name(name);
                if !name.is_empty() {
                    known.0.entry(name).or_default().insert(customer.id);
                }
            }
        }
        known
    }

    /// Whom a name fits.
    pub fn fits(&self, name: &str) -> impl Iterator<Item = CustomerId> {
        self.0.get(&plain_name(name)).into_iter().flatten().copied()
    }

    /// The one customer whom a name fits; absent when it fits nobody, or several.
    pub fn only(&self, name: &str) -> Option<CustomerId> {
        let mut fits = self.fits(name);
        fits.next().filter(|_| fits.next().is_none())
    }
}

/// A bill, whom it came from, and who of our customers accepted it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillHeld {
    /// Who paid with it.
    pub customer: CustomerId,
    /// Who has to honour it; absent when it isn't a customer of ours, or its name fits several.
    pub acceptor: Option<CustomerId>,
    /// The bill.
    pub bill: Bill,
}

/// All bills of a ledger by the end of `as_of`, by day of receipt and id.
pub fn bills_held(facts: &[Recorded], names: &Names, as_of: Date) -> Vec<BillHeld> {
    let withdrawn = Withdrawn::by(facts);
    let held = || facts.iter().filter(|fact| fact.date <= as_of && withdrawn.spares(fact));
    let givers = held().filter_map(|recorded| match &recorded.fact {
        Fact::BillReceived(received) => Some((received.bill.id, recorded.customer)),
        _ => None,
    });
    let givers: BTreeMap<BillId, CustomerId> = givers.collect();
    let with_both = |bill: Bill| {
        let customer = *givers.get(&bill.id)?;
        Some(BillHeld { customer, acceptor: names.only(&bill.acceptor), bill })
    };
    bills(held()).into_iter().filter_map(with_both).collect()
}

impl Accepted {
    /// Adds it to what a standing keeps of the acceptor, so that its order checks count it as bills.
    #[must_use]
    pub fn counted_in(self, mut further: Further) -> Further {
        let bucket = CategoryBucket { category: Category::Bills, due: None, amount: self.amount };
        further.categories.get_or_insert_default().push(bucket);
        further
    }
}
