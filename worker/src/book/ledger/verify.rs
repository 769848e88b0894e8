//! Whether every standing and journal kept is the one that its facts alone give.

use serde::Serialize;
use shared::facts::id::CustomerId;
use shared::readings::journal::Journal;
use shared::readings::standing::Standing;

use super::super::sql::Sql;
use super::settling::Amounts;
use super::{facts, further, journal, rates, standings};
use crate::problem::Failure;

/// What was compared, and what differs.
#[derive(Serialize)]
pub struct Report {
    /// How many standings.
    pub standings: usize,
    /// How many facts they follow from.
    pub facts: usize,
    /// Whose journal, read from the tables, is not the one that the facts give, or whose documents and money say something
    /// else of what is left of them.
    pub journals: Vec<CustomerId>,
    /// Those standings that differ: kept, and rebuilt.
    pub differing: Vec<(CustomerId, Standing, Standing)>,
    /// Whether the whole book's journal, of which some ledgers come from tables and others from facts, is what all facts
    /// give. Looked at when there are such others.
    pub book: bool,
    /// The parts that follow from files and groups that differ: kept, and rebuilt.
    pub further: Vec<further::Differs>,
    /// How many of those wait to be read anew before anybody sees them.
    pub marked: usize,
}

/// Rebuilds and compares.
pub fn verify(sql: &Sql) -> Result<Report, Failure> {
    let rates = rates::known(sql, None)?;
    let kept = standings::by_ledger(sql, &rates, "true", &[])?;
    let (further, marked) = further::verify(sql)?;
    let (journals, differing) = (Vec::new(), Vec::new());
    let mut report = Report { standings: kept.len(), facts: 0, journals, differing, book: true, further, marked };
    for known in kept {
        let facts = facts::of_customer(sql, known.customer.id)?;
        report.facts = report.facts.saturating_add(facts.len());
        let rebuilt = Standing::of(&known.customer, &facts, &rates, None).map_err(Failure::broken)?;
        if Journal::of(&facts, None).map_err(Failure::broken)? != journal::of_customer(sql, known.customer.id)? {
            report.journals.push(known.customer.id);
        }
        if Amounts::of(&facts)? != Amounts::kept(sql, known.customer.id)? {
            report.journals.push(known.customer.id);
        }
        if rebuilt != known.standing {
            report.differing.push((known.customer.id, known.standing, rebuilt));
        }
    }
    if sql.finds("SELECT 1 FROM settling LIMIT 1", &[])? {
        let journal = Journal::of(&facts::of_book(sql)?, None).map_err(Failure::broken)?;
        report.book = journal == journal::of_book(sql)?;
    }
    Ok(report)
}
