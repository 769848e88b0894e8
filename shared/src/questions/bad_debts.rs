//! Bad debts: the provision for a whole book, from its ledger.
//!
//! Every document that is open on the day is a receivable of its debtor's portfolio; opening items keep their dates, so
//! that a book which begins doesn't make old debts young, and one issued anew keeps the age of the first. Bills that can
//! still come back are receivables too: a commercial bill, and a receivable in electronic form, with the age of what it
//! settled, part by part; one that a bank or a finance company accepted with its own. What of a bill settled nothing has
//! the bill's own age.

use crate::facts::bill::{Bill, BillKind, BillState};
use crate::facts::calendar::Date;
use crate::facts::id::{BillId, CustomerId, ItemId};
use crate::facts::ledger::{Fact, Rate, Recorded, Withdrawn};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::readings::arising::arising;
use crate::readings::bills::bills;
use crate::readings::journal::JournalError;
use crate::readings::open_items::{OpenDocument, open_documents};
use crate::rules::provision::{Provision, ProvisionError, ProvisionRule, Receivable, Settled, Specific, provision};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a provision has to know of a debtor beside its ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Debtor {
    /// Who.
    pub customer: CustomerId,
    /// The portfolio of its receivables.
    pub portfolio: String,
    /// Its grade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// Documents that are assessed by themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub specific: Vec<SpecificItem>,
    /// The portfolio of its bills by who accepted them; a kind that isn't named is in the same as its documents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bills: Vec<BillPortfolio>,
}

/// Where bills of a kind belong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BillPortfolio {
    /// The kind.
    pub kind: BillKind,
    /// The portfolio.
    pub portfolio: String,
}

/// A document that is assessed by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SpecificItem {
    /// Which.
    pub item: ItemId,
    /// What is expected of it.
    pub assessment: Specific,
}

/// Why a book's provision cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadDebtsError {
    /// A customer owes something and nobody said in which portfolio.
    #[error("debtors: customer {0} has open documents and no portfolio")]
    MissingDebtor(CustomerId),
    /// The ledger doesn't fit together.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The rule and the receivables don't fit together.
    #[error(transparent)]
    Provision(#[from] ProvisionError),
    /// A sum left the range, or a bill settles a document in another currency.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// The receivables that are open at the end of `as_of`, by customer, date and document, and then bills.
///
/// # Errors
///
/// [`BadDebtsError::MissingDebtor`] when a document's customer isn't among the debtors; [`BadDebtsError::Journal`] when
/// the facts make no journal; [`BadDebtsError::Money`] when a bill settles a document in another currency.
pub fn receivables(facts: &[Recorded], debtors: &[Debtor], as_of: Date) -> Result<Vec<Receivable>, BadDebtsError> {
    let debtors: BTreeMap<CustomerId, &Debtor> = debtors.iter().map(|debtor| (debtor.customer, debtor)).collect();
    let receivable = |open: OpenDocument| {
        let debtor = debtors.get(&open.customer).ok_or(BadDebtsError::MissingDebtor(open.customer))?;
        let specific = debtor.specific.iter().find(|specific| open.is_among(&[specific.item]));
        Ok(Receivable {
            number: open.number,
            portfolio: debtor.portfolio.clone(),
            amount: open.open,
            arose: open.arose,
            due: open.due,
            grade: debtor.grade.clone(),
            settled: None,
            specific: specific.map(|specific| specific.assessment.clone()),
        })
    };
    let mut all: Vec<Receivable> =
        open_documents(facts, as_of)?.into_iter().map(receivable).collect::<Result<_, BadDebtsError>>()?;
    all.extend(of_bills(facts, &debtors, as_of)?);
    Ok(all)
}

/// Bills that can still come back at the end of `as_of`, each in the parts of which it has the age.
fn of_bills(
    facts: &[Recorded],
    debtors: &BTreeMap<CustomerId, &Debtor>,
    as_of: Date,
) -> Result<Vec<Receivable>, BadDebtsError> {
    let withdrawn = Withdrawn::by(facts);
    let held: Vec<&Recorded> = facts.iter().filter(|fact| fact.date <= as_of && withdrawn.spares(fact)).collect();
    let mut owners: BTreeMap<BillId, CustomerId> = BTreeMap::new();
    let mut ages: BTreeMap<ItemId, Settled> = BTreeMap::new();
    for recorded in &held {
        match &recorded.fact {
            Fact::BillReceived(received) => {
                owners.insert(received.bill.id, recorded.customer);
            }
            Fact::Charged(item) => {
                ages.insert(item.id, Settled { arose: recorded.date, due: item.due });
            }
            _ => {}
        }
    }
    for (item, arose) in arising(held.iter().copied()) {
        if let Some(age) = ages.get_mut(&item) {
            age.arose = arose;
        }
    }
    let mut receivables = Vec::new();
    for bill in bills(held.iter().copied()) {
        let state = bill.state(as_of);
        if !matches!(state, BillState::Outstanding | BillState::Dishonoured) {
            continue;
        }
        let Some(customer) = owners.get(&bill.id) else { continue };
        let debtor = debtors.get(customer).ok_or(BadDebtsError::MissingDebtor(*customer))?;
        receivables.extend(of_bill(&bill, debtor, &ages)?);
    }
    Ok(receivables)
}

/// A bill that can still come back, in the parts of which it has the age; `ages` are those of what it settled.
///
/// # Errors
///
/// [`MoneyError`] when it settles a document in another currency.
pub(super) fn of_bill(
    bill: &Bill,
    debtor: &Debtor,
    ages: &BTreeMap<ItemId, Settled>,
) -> Result<Vec<Receivable>, MoneyError> {
    let named = debtor.bills.iter().find(|line| line.kind == bill.kind).map(|line| &line.portfolio);
    let part = |amount: Money, settled: Option<Settled>| Receivable {
        number: bill.id.to_string(),
        portfolio: named.unwrap_or(&debtor.portfolio).clone(),
        amount,
        arose: bill.received,
        due: bill.matures,
        grade: debtor.grade.clone(),
        settled,
        specific: None,
    };
    let keeps_age = matches!(bill.kind, BillKind::Commercial | BillKind::ElectronicReceivable);
    let mut receivables = Vec::new();
    let mut rest = bill.amount;
    for settled in bill.settles.iter().filter(|_| keeps_age) {
        receivables.push(part(settled.amount, ages.get(&settled.item).copied()));
        rest = rest.minus(settled.amount)?;
    }
    if !rest.is_zero() {
        receivables.push(part(rest, None));
    }
    Ok(receivables)
}

/// Provides for everything that is open in a book at the end of `as_of`.
///
/// # Errors
///
/// As [`receivables`] and [`provision`].
pub fn bad_debts(
    rule: &ProvisionRule,
    facts: &[Recorded],
    debtors: &[Debtor],
    currency: Currency,
    rates: &[Rate],
    as_of: Date,
) -> Result<Provision, BadDebtsError> {
    Ok(provision(rule, &receivables(facts, debtors, as_of)?, currency, rates, as_of)?)
}
