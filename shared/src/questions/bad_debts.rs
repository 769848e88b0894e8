//! Bad debts: the provision for a whole book, from its ledger.
//!
//! Every document that is open on the day is a receivable of its debtor's portfolio; opening items keep their dates, so
//! that a book which begins doesn't make old debts young.

use crate::facts::calendar::Date;
use crate::facts::id::{CustomerId, ItemId};
use crate::facts::ledger::{Fact, Rate, Recorded};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::readings::journal::{Journal, JournalError};
use crate::rules::provision::{Provision, ProvisionError, ProvisionRule, Receivable, Specific, provision};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a provision has to know of a debtor beside its ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// A document that is assessed by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// The receivables that are open at the end of `as_of`, by customer, date and document.
pub fn receivables(facts: &[Recorded], debtors: &[Debtor], as_of: Date) -> Result<Vec<Receivable>, BadDebtsError> {
    let journal = Journal::of(facts, None)?;
    let debtors: BTreeMap<CustomerId, &Debtor> = debtors.iter().map(|debtor| (debtor.customer, debtor)).collect();
    let numbers: BTreeMap<ItemId, &str> = facts
        .iter()
        .filter_map(|recorded| match &recorded.fact {
            Fact::Charged(item) => Some((item.id, item.number.as_str())),
            _ => None,
        })
        .collect();
    let rows = journal.ids.iter().zip(&journal.items).zip(journal.open_at(as_of)).filter(|(_, minor)| *minor != 0);
    rows.map(|((id, row), minor)| {
        let customer = journal.customers.get(row.customer as usize).copied();
        let missing = || BadDebtsError::MissingDebtor(customer.unwrap_or(CustomerId(id.0)));
        let debtor = customer.and_then(|customer| debtors.get(&customer)).ok_or_else(missing)?;
        let specific = debtor.specific.iter().find(|specific| specific.item == *id);
        Ok(Receivable {
            number: numbers.get(id).copied().unwrap_or_default().to_owned(),
            portfolio: debtor.portfolio.clone(),
            amount: money(minor, row.amount.currency())?,
            arose: row.date,
            due: row.due,
            grade: debtor.grade.clone(),
            settled: None,
            specific: specific.map(|specific| specific.assessment.clone()),
        })
    })
    .collect()
}

/// Provides for everything that is open in a book at the end of `as_of`.
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

fn money(minor: i64, currency: Currency) -> Result<Money, JournalError> {
    Money::from_minor(minor, currency).map_err(|error: MoneyError| error.into())
}
