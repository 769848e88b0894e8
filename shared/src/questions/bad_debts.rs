//! Bad debts: the provision for a whole book, from its ledger.
//!
//! Every document that is open on the day is a receivable of its debtor's portfolio; opening items keep their dates, so
//! that a book which begins doesn't make old debts young.

use crate::facts::calendar::Date;
use crate::facts::id::{CustomerId, ItemId};
use crate::facts::ledger::{Rate, Recorded};
use crate::facts::money::Currency;
use crate::readings::journal::JournalError;
use crate::readings::open_items::{OpenDocument, open_documents};
use crate::rules::provision::{Provision, ProvisionError, ProvisionRule, Receivable, Specific, provision};
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
}

/// The receivables that are open at the end of `as_of`, by customer, date and document.
pub fn receivables(facts: &[Recorded], debtors: &[Debtor], as_of: Date) -> Result<Vec<Receivable>, BadDebtsError> {
    let debtors: BTreeMap<CustomerId, &Debtor> = debtors.iter().map(|debtor| (debtor.customer, debtor)).collect();
    let receivable = |open: OpenDocument| {
        let debtor = debtors.get(&open.customer).ok_or(BadDebtsError::MissingDebtor(open.customer))?;
        let specific = debtor.specific.iter().find(|specific| specific.item == open.item);
        Ok(Receivable {
            number: open.number,
            portfolio: debtor.portfolio.clone(),
            amount: open.open,
            arose: open.date,
            due: open.due,
            grade: debtor.grade.clone(),
            settled: None,
            specific: specific.map(|specific| specific.assessment.clone()),
        })
    };
    open_documents(facts, as_of)?.into_iter().map(receivable).collect()
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
