//! Whether every standing kept is the one that its facts alone give.

use serde::Serialize;
use shared::facts::id::CustomerId;
use shared::readings::standing::Standing;

use super::super::sql::Sql;
use super::{facts, rates, standings};
use crate::problem::Failure;

/// What was compared, and what differs.
#[derive(Serialize)]
pub struct Report {
    /// How many standings.
    pub standings: usize,
    /// How many facts they follow from.
    pub facts: usize,
    /// Those that differ: kept, and rebuilt.
    pub differing: Vec<(CustomerId, Standing, Standing)>,
}

/// Rebuilds and compares.
pub fn verify(sql: &Sql) -> Result<Report, Failure> {
    let rates = rates::known(sql, None)?;
    let kept = standings::select(sql, "true", &[])?;
    let mut report = Report { standings: kept.len(), facts: 0, differing: Vec::new() };
    for known in kept {
        let facts = facts::of_customer(sql, known.customer.id)?;
        report.facts = report.facts.saturating_add(facts.len());
        let rebuilt = Standing::of(&known.customer, &facts, &rates, None).map_err(Failure::broken)?;
        if rebuilt != known.standing {
            report.differing.push((known.customer.id, known.standing, rebuilt));
        }
    }
    Ok(report)
}
