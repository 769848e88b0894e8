//! Bills that count on their acceptor too (商承并计承兑人): who of our customers accepted what others paid with.
//!
//! A bill names its acceptor in words; [`crate::rules::commitments::Committed::on_acceptors`] sums by these words. Here the words are matched with
//! customers: by code, registered name, name in Latin letters, or a former name or alias of the file, all folded to one
//! spelling. What fits exactly one customer counts on it; what fits several or none is shown and counts on nobody, so that a
//! person can say whose it is. Nothing gets lost: matched and unmatched add up to all.

use crate::facts::credit_file::CreditFile;
use crate::facts::customer::Customer;
use crate::facts::id::CustomerId;
use crate::facts::money::{Currency, Money};
use crate::facts::naming::plain_name;
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
    let mut known: BTreeMap<String, BTreeSet<CustomerId>> = BTreeMap::new();
    for (customer, file) in customers {
        let names = [&customer.code, &customer.name].into_iter().chain(&customer.name_en).chain(&file.aliases);
        for name in names.chain(file.former_names.iter().map(|former| &former.name)) {
            let name = plain_name(name);
            if !name.is_empty() {
                known.entry(name).or_default().insert(customer.id);
            }
        }
    }
    let mut accepted: BTreeMap<CustomerId, Money> = BTreeMap::new();
    let mut unmatched: BTreeMap<&str, (Money, Vec<CustomerId>)> = BTreeMap::new();
    for each in on_acceptors {
        let amount = on.convert(each.amount, currency)?;
        let fits = known.get(&plain_name(&each.acceptor)).map(|fits| fits.iter().copied().collect::<Vec<_>>());
        if let Some([customer]) = fits.as_deref() {
            let sum = accepted.entry(*customer).or_insert(Money::zero(currency));
            *sum = sum.plus(amount)?;
        } else {
            let fits = fits.unwrap_or_default();
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

impl Accepted {
    /// Adds it to what a standing keeps of the acceptor, so that its order checks count it as bills.
    #[must_use]
    pub fn counted_in(self, mut further: Further) -> Further {
        let bucket = CategoryBucket { category: Category::Bills, due: None, amount: self.amount };
        further.categories.get_or_insert_default().push(bucket);
        further
    }
}
