//! Which portfolio a book's receivables go to, by the provision rule's own lines, and bills as receivables.
//!
//! A debtor's documents are of one nature: related to ourselves or not, covered by an insurance that counts on the day or not.
//! A bill in hand, or passed on with recourse, is a receivable of its own until it is honoured; a commercial one keeps the
//! age of the oldest document that it settled.

use super::bad_debts::{BillPortfolio, Debtor};
use crate::facts::bill::{Bill, BillKind, BillState};
use crate::facts::calendar::Date;
use crate::facts::cover::Cover;
use crate::facts::credit_file::CreditFile;
use crate::facts::id::{CustomerId, ItemId};
use crate::facts::ledger::{Rate, Recorded};
use crate::facts::money::{Money, MoneyError};
use crate::readings::journal::{Journal, JournalError};
use crate::rules::cover::{CoverRule, KindOfCover, covered};
use crate::rules::provision::{Nature, ProvisionRule, Receivable, Settled};
use std::collections::BTreeMap;

/// What decides on a debtor's portfolio.
#[derive(Clone, Copy, Debug)]
pub struct DebtorFile<'a> {
    /// Who.
    pub customer: CustomerId,
    /// Its grade.
    pub grade: Option<&'a str>,
    /// Its file.
    pub file: &'a CreditFile,
    /// Its cover.
    pub covers: &'a [Cover],
    /// What it owes and will owe.
    pub exposure: Money,
}

/// Why receivables have no portfolio.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortfolioError {
    /// No line of the rule fits.
    #[error("provision.assign: no line fits {0:?}")]
    NoLine(Nature),
    /// The ledger doesn't fit together.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A sum leaves the range.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// What is known of a debtor's documents on a day.
///
/// # Errors
///
/// [`PortfolioError::Money`] as [`covered`].
pub fn nature(
    rule: Option<&CoverRule>,
    debtor: &DebtorFile<'_>,
    rates: &[Rate],
    as_of: Date,
) -> Result<Nature, PortfolioError> {
    let pieces = match rule {
        Some(rule) => covered(rule, debtor.covers, debtor.exposure, rates, as_of)?.pieces,
        None => Vec::new(),
    };
    let insures = |kind: KindOfCover, counted: Money| kind == KindOfCover::Insurance && counted.minor() > 0;
    Ok(Nature {
        own_related: debtor.file.own_related_party,
        insured: pieces.iter().any(|piece| insures(piece.kind, piece.counted)),
        bill: None,
    })
}

/// The debtor as [`super::bad_debts`] takes it, with the portfolio that the rule's lines give it.
///
/// # Errors
///
/// As [`nature`]; [`PortfolioError::NoLine`] when no line of the rule takes documents of this nature.
pub fn debtor(
    rule: &ProvisionRule,
    cover: Option<&CoverRule>,
    known: &DebtorFile<'_>,
    rates: &[Rate],
    as_of: Date,
) -> Result<Debtor, PortfolioError> {
    let nature = nature(cover, known, rates, as_of)?;
    let portfolio = rule.portfolio_of(nature).ok_or(PortfolioError::NoLine(nature))?;
    // A kind of bill that goes where the documents go needs no line.
    let of_kind = |kind: BillKind| {
        let of = rule.portfolio_of(Nature { bill: Some(kind), ..nature }).filter(|of| *of != portfolio)?;
        Some(BillPortfolio { kind, portfolio: of.to_owned() })
    };
    Ok(Debtor {
        customer: known.customer,
        portfolio: portfolio.to_owned(),
        grade: known.grade.map(ToOwned::to_owned),
        specific: Vec::new(),
        bills: BillKind::ALL.into_iter().filter_map(of_kind).collect(),
    })
}

/// A debtor's bills that its ledger doesn't tell of as receivables at the end of `as_of`, by maturity; those in the ledger
/// are among [`super::bad_debts::receivables`]. `facts` hold the documents that they settled.
///
/// # Errors
///
/// [`PortfolioError::Journal`] when the facts make no journal; [`PortfolioError::NoLine`] when no line of the rule
/// takes a bill of its kind.
pub fn bill_receivables(
    rule: &ProvisionRule,
    debtor: Nature,
    grade: Option<&str>,
    bills: &[Bill],
    facts: &[Recorded],
    as_of: Date,
) -> Result<Vec<Receivable>, PortfolioError> {
    let journal = Journal::of(facts, None)?;
    let documents: BTreeMap<ItemId, (Date, Date)> = journal
        .ids
        .iter()
        .copied()
        .zip(journal.arisings().into_iter().zip(journal.items.iter().map(|item| item.due)))
        .collect();
    let mut held: Vec<&Bill> = bills.iter().filter(|bill| bill.state(as_of) == BillState::Outstanding).collect();
    held.sort_by_key(|bill| (bill.matures, bill.id));
    held.into_iter()
        .map(|bill| {
            let nature = Nature { bill: Some(bill.kind), ..debtor };
            let portfolio = rule.portfolio_of(nature).ok_or(PortfolioError::NoLine(nature))?;
            let ages = matches!(bill.kind, BillKind::Commercial | BillKind::ElectronicReceivable);
            let oldest = bill.settles.iter().filter_map(|part| documents.get(&part.item)).min();
            Ok(Receivable {
                number: bill.id.to_string(),
                portfolio: portfolio.to_owned(),
                amount: bill.amount,
                arose: bill.received,
                due: bill.matures,
                grade: grade.map(ToOwned::to_owned),
                settled: oldest.filter(|_| ages).map(|(arose, due)| Settled { arose: *arose, due: *due }),
                specific: None,
            })
        })
        .collect()
}
