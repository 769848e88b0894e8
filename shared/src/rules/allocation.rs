//! Allocation: which debts a payment settles, and why.
//!
//! The methods of the policy are tried in its order, each on what the ones before it left. What the debtor designates when
//! paying binds; then what was agreed; without either the law says (民法典 560): debts already due first, of those the least
//! secured, then the most burdensome, then the earliest due, and what is equal in all of that in proportion. Within a debt
//! come the costs of enforcing it, then interest, then the principal (民法典 561); which of two debts comes first is settled
//! before. An amount that equals one open document, or one combination of them only, is read as a tacit designation;
//! when several fit, nothing is applied for that reason and the choices are named.
//!
//! Everything is a proposal: each line says why, lines and the rest add up to the payment, nothing is applied beyond what
//! is open, and [`undo`] takes it back. A short payment may be completed by a small difference or a bank charge; a payment
//! in another currency shows what it was worth and the exchange difference against the books.

mod answer;
mod combination;
mod discount;
mod order;
mod purse;

use super::policy::{Bilingual, Faults};
use crate::facts::calendar::Date;
use crate::facts::id::{ItemId, ReceiptId};
use crate::facts::ledger::Rate;
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::money_in::Designation;
use crate::facts::number::Ratio;
pub use answer::{By, Finding, Line, Outcome, Proposal, Why, undo};
use combination::Search;
pub use discount::Early;
pub use order::Order;
use purse::Purse;
use serde::{Deserialize, Serialize};

/// How payments are allocated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AllocationRule {
    /// Why these numbers.
    pub note: Bilingual,
    /// The methods, in the order in which they are tried.
    pub methods: Vec<Method>,
    /// Whether later methods go on when one found several choices; else the rest stays unapplied for a person to see.
    pub go_on_when_ambiguous: bool,
    /// What a payment may fall short of what it is matched with, at most this much …
    pub small_amount: Money,
    /// … and this share of it.
    pub small_share: Ratio,
    /// What banks on the way may have kept of a payment from abroad, at most.
    pub bank_charge: Money,
    /// A combination has at most so many documents.
    pub combination_parts: u8,
    /// The search for combinations ends after so many steps, and says so.
    pub combination_steps: u32,
}

/// A way to find what a payment settles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "AllocationMethod"))]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// What the debtor named when paying (民法典 560 一).
    Designation,
    /// The order that was agreed.
    Agreement,
    /// One document of the same amount.
    Exact,
    /// One combination of documents of the same amount.
    Combination,
    /// The order of the law (民法典 560 二, 561).
    Law,
    /// The oldest undisputed documents first, by due date: the habit of many ledgers, where the parties are content with it.
    OldestFirst,
}

/// A payment to be allocated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Incoming {
    /// Its id.
    pub receipt: ReceiptId,
    /// The day it came.
    pub date: Date,
    /// What of it isn't applied yet.
    pub amount: Money,
    /// Whether it came from abroad, so that banks on the way may have kept something.
    #[serde(default)]
    pub from_abroad: bool,
    /// What the bank says that banks kept; it settles like money where we bear it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charges: Option<Money>,
    /// What the debtor wrote to it; numbers of open documents in it are a designation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What the debtor named apart from that, in a remittance advice or on the portal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub designation: Option<Designation>,
}

/// An open document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Debt {
    /// Its id.
    pub item: ItemId,
    /// Its number.
    pub number: String,
    /// The customer's own reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// When it is due.
    pub due: Date,
    /// What is open; negative on a credit note.
    pub open: Money,
    /// What kind of claim it is.
    #[serde(default)]
    pub nature: Nature,
    /// Of interest and costs: the principal they belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<ItemId>,
    /// The share of it that is secured.
    #[serde(default)]
    pub secured: Ratio,
    /// What it costs the debtor a year while it is open: its rate of late interest.
    #[serde(default)]
    pub burden: Ratio,
    /// Whether it stands disputed.
    #[serde(default)]
    pub disputed: bool,
    /// What one unit of its currency was worth in the book's when it was booked; absent in the book's own currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booked_rate: Option<Ratio>,
    /// What was agreed for payment in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Early>,
}

/// What kind of claim a document is, in the order in which the law has them paid (民法典 561).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    /// Costs of enforcing the claim.
    Costs,
    /// Interest.
    Interest,
    /// The claim itself.
    #[default]
    Principal,
}

/// Why no proposal can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AllocationError {
    /// The payment is nothing, or negative.
    #[error("a payment is more than nothing, not {0}")]
    NoPayment(Money),
    /// What banks kept is negative, or in another currency than the payment.
    #[error("bank charges are not negative and in the payment's currency, not {0:?}")]
    Charges(Money),
    /// A document stands in the list twice.
    #[error("document {0} stands in the list twice")]
    Twice(ItemId),
    /// An amount named for a document is in another currency than it, or negative.
    #[error("{amount:?} was named for document {number}, which is in another currency, or is negative")]
    Named {
        /// The document's number.
        number: String,
        /// What was named.
        amount: Money,
    },
    /// A sum left the range.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl AllocationRule {
    pub(super) fn check(&self, currency: Currency, faults: &mut Faults) {
        faults.amount(self.small_amount, currency, "allocation.small_amount");
        faults.amount(self.bank_charge, currency, "allocation.bank_charge");
        let share = super::policy::is_share(self.small_share);
        faults.unless(share, "allocation.small_share", format_args!("must lie between 0 and 1"));
        let parts = (2..=16).contains(&self.combination_parts);
        faults.unless(parts, "allocation.combination_parts", format_args!("must lie between 2 and 16"));
        let steps = self.combination_steps <= 10_000_000;
        faults.unless(steps, "allocation.combination_steps", format_args!("must be at most 10000000"));
        let twice = (1..)
            .zip(&self.methods)
            .any(|(after, method)| self.methods.iter().skip(after).any(|other| other == method));
        faults.unless(!twice, "allocation.methods", format_args!("must not name a method twice"));
    }
}

/// What is known beside payment and debts.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The rule.
    pub rule: &'a AllocationRule,
    /// The order agreed with this customer, if there is one.
    pub agreed: Option<Order>,
    /// The currency of the book.
    pub currency: Currency,
    /// Exchange rates; those dated later than the payment are not used.
    pub rates: &'a [Rate],
}

/// Proposes what a payment settles.
///
/// # Errors
///
/// [`AllocationError::NoPayment`] when the payment is nothing or negative, [`AllocationError::Charges`] when what banks
/// kept is negative or in another currency, [`AllocationError::Twice`] when a document stands in the list twice,
/// [`AllocationError::Named`] when an amount named for a document is negative or in another currency,
/// [`AllocationError::Money`] when a sum leaves the range.
pub fn propose(setting: &Setting<'_>, incoming: &Incoming, debts: &[Debt]) -> Result<Proposal, AllocationError> {
    if incoming.amount.minor() <= 0 {
        return Err(AllocationError::NoPayment(incoming.amount));
    }
    let mut purse = Purse::new(setting, incoming, debts)?;
    let mut findings = Vec::new();
    for method in &setting.rule.methods {
        if purse.left.minor() <= 0 {
            break;
        }
        let before = purse.left;
        let found = match method {
            Method::Designation => designated(&mut purse, incoming)?,
            Method::Agreement => match setting.agreed {
                Some(order) => {
                    purse.in_order(order)?;
                    Found::Applied(Vec::new())
                }
                None => Found::Nothing(Vec::new()),
            },
            Method::Exact => exact(&mut purse)?,
            Method::Combination => combined(&mut purse)?,
            Method::Law => {
                purse.by_law()?;
                Found::Applied(Vec::new())
            }
            Method::OldestFirst => {
                purse.oldest_first()?;
                Found::Applied(Vec::new())
            }
        };
        let paid = before.minus(purse.left)?;
        let (outcome, stop) = match found {
            Found::Applied(unknown) if paid.is_zero() => (Outcome::Nothing { unknown }, false),
            Found::Applied(unknown) => (Outcome::Applied { paid, unknown }, false),
            Found::Nothing(unknown) => (Outcome::Nothing { unknown }, false),
            Found::Late(made) => (Outcome::NamedTooLate { made }, false),
            Found::NoMatch => (Outcome::NoMatch, false),
            Found::Ambiguous(choices) => (Outcome::Ambiguous { choices }, !setting.rule.go_on_when_ambiguous),
            Found::Ended(steps) => (Outcome::SearchEnded { steps }, false),
        };
        findings.push(Finding { method: *method, outcome });
        if stop {
            break;
        }
    }
    let (lines, unapplied) = purse.finish(incoming)?;
    Ok(Proposal { lines, unapplied, findings })
}

enum Found {
    Applied(Vec<String>),
    Nothing(Vec<String>),
    Late(Date),
    NoMatch,
    Ambiguous(Vec<Vec<ItemId>>),
    Ended(u32),
}

fn designated(purse: &mut Purse<'_>, incoming: &Incoming) -> Result<Found, AllocationError> {
    let mut late = None;
    let (mut named, mut unknown) = (Vec::new(), Vec::new());
    if let Some(designation) = &incoming.designation {
        if designation.made > incoming.date {
            late = Some(designation.made);
        } else {
            for wanted in &designation.debts {
                match purse.find(&wanted.number) {
                    Some(place) => {
                        purse.checks(place, wanted)?;
                        let why = Why::Named { number: wanted.number.clone(), in_text: false };
                        named.push((place, wanted.amount, why));
                    }
                    None => unknown.push(wanted.number.clone()),
                }
            }
        }
    }
    // What is written to the payment counts when nothing was named apart from it.
    if named.is_empty()
        && let Some(text) = &incoming.text
    {
        for (place, number) in purse.named_in(text) {
            named.push((place, None, Why::Named { number, in_text: true }));
        }
    }
    if named.is_empty() {
        return Ok(late.map_or(Found::Nothing(unknown), Found::Late));
    }
    purse.settle(&named)?;
    Ok(Found::Applied(unknown))
}

fn exact(purse: &mut Purse<'_>) -> Result<Found, AllocationError> {
    let candidates = purse.candidates();
    let zero = Money::zero(purse.left.currency());
    // To the cent, to the cent less a discount, nearly.
    for (within, discounted) in [(zero, false), (zero, true), (purse.tolerance()?, false)] {
        let mut fitting = Vec::new();
        for place in &candidates {
            let short = purse.short(&[*place])?;
            let near = |short: Money| (0..=within.minor()).contains(&short.minor());
            let fits = if discounted {
                purse.is_discounted(*place)?
            } else {
                short.is_some_and(near) && purse.small(&[*place])?
            };
            if fits {
                fitting.push(*place);
            }
        }
        match fitting.as_slice() {
            [] => {}
            [place] => {
                purse.settle(&[(*place, None, Why::SameAmount)])?;
                return Ok(Found::Applied(Vec::new()));
            }
            [first, second, ..] => {
                return Ok(Found::Ambiguous(vec![purse.ids(&[*first]), purse.ids(&[*second])]));
            }
        }
    }
    Ok(Found::NoMatch)
}

fn combined(purse: &mut Purse<'_>) -> Result<Found, AllocationError> {
    let rule = purse.setting.rule;
    let (places, amounts) = purse.comparable()?;
    let search = Search::new(&amounts, rule.combination_parts, rule.combination_steps).run(purse.left.minor());
    let of =
        |choice: &Vec<usize>| -> Vec<usize> { choice.iter().filter_map(|index| places.get(*index).copied()).collect() };
    match search.found.as_slice() {
        [first, second, ..] => return Ok(Found::Ambiguous(vec![purse.ids(&of(first)), purse.ids(&of(second))])),
        [only] if search.complete => {
            let chosen = of(only);
            let documents = u32::try_from(chosen.len()).unwrap_or(u32::MAX);
            purse.settle_all(&chosen, &Why::OnlyCombination { documents })?;
            return Ok(Found::Applied(Vec::new()));
        }
        _ => {}
    }
    // All that is open, or due, may be more documents than the search tries, and a little short.
    let today = purse.today;
    for due_only in [false, true] {
        let set: Vec<usize> = places
            .iter()
            .copied()
            .filter(|place| !due_only || purse.debt(*place).is_some_and(|debt| debt.due < today))
            .collect();
        let within = 0..=purse.tolerance()?.minor();
        let fits = purse.short(&set)?.is_some_and(|short| within.contains(&short.minor()));
        if set.len() > 1 && fits && purse.small(&set)? {
            purse.settle_all(&set, &Why::WholeBalance { due_only })?;
            return Ok(Found::Applied(Vec::new()));
        }
    }
    Ok(if search.complete { Found::NoMatch } else { Found::Ended(search.steps) })
}
