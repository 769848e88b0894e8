//! Undoing an import that was recorded: its facts are withdrawn by further facts, as long as nothing refers to them.

use serde::Deserialize;
use shared::facts::id::{CustomerId, FactId, FeedNumber, ImportId};
use shared::facts::ledger::{Fact, Withdrawal};
use shared::record::api::imports::ImportUndone;
use shared::record::import::FileKind;

use super::super::call::Call;
use super::super::ledger::{NewFact, record_facts};
use super::super::sql::Sql;
use super::ImportError;
use crate::answer::Answer;
use crate::problem::{Failure, RequestError};

#[derive(Deserialize)]
struct Recorded {
    kind: FileKind,
    undone: Option<FeedNumber>,
    first: Option<FeedNumber>,
    last: FeedNumber,
}

/// `POST imports/{id}/undo`.
///
/// 1. It is recorded, and of a kind that can be undone: 404, 409.
/// 2. Nothing that came later refers to it: 409.
/// 3. A withdrawal for each ledger that it touched. Customers that it made stay: others may have come to know them.
pub fn undo(call: &Call) -> Result<Answer, Failure> {
    let (sql, import) = (call.sql, call.id::<ImportId>()?);
    // 1
    let recorded: Option<Recorded> = sql.first(
        "SELECT json_object('kind', kind, 'undone', undone_feed, 'first', first_feed, 'last', feed)
         FROM import WHERE id = ? AND state = 'recorded'",
        &[&import],
    )?;
    let Recorded { kind, undone, first, last } = recorded.ok_or(RequestError::NotFound)?;
    if undone.is_some() {
        return Err(ImportError::Undone.into());
    }
    let first = first.filter(|_| kind != FileKind::Customers).ok_or(ImportError::Recorded)?;
    // 2
    unreferred(sql, &import, first, last)?;
    // 3
    let ledgers: Vec<CustomerId> = sql.rows(
        "SELECT DISTINCT json_quote(customer) FROM fact WHERE feed BETWEEN ? AND ? ORDER BY customer",
        &[&first, &last],
    )?;
    let withdrawal = |customer: CustomerId| NewFact {
        id: FactId::derived(&["withdrawn", &import.to_string(), &customer.to_string()]),
        customer,
        date: call.today,
        fact: Fact::Withdrawn(Withdrawal { import, first, last }),
    };
    let withdrawals: Vec<NewFact> = ledgers.into_iter().map(withdrawal).collect();
    record_facts(sql, call.today, &withdrawals)?;
    let feed = sql.feed()?;
    sql.run(
        "UPDATE import SET undone_by = ?, undone_at = ?, undone_feed = ? WHERE id = ?",
        &[&call.caller.person, &call.now.timestamp(), &feed, &import],
    )?;
    let facts = last.0.saturating_add(1).saturating_sub(first.0);
    Ok(Answer::json(&ImportUndone { import, facts, feed })?.about(&import))
}

/// Refuses when something that was recorded later names what is to be withdrawn, or was worked out with it in the book.
fn unreferred(sql: &Sql, import: &ImportId, first: FeedNumber, last: FeedNumber) -> Result<(), Failure> {
    // In two, for workerd takes no more than five in a row.
    let documents: Vec<String> = sql.rows(
        "SELECT DISTINCT json_quote(item.number) FROM (
             SELECT item FROM (
                 SELECT write_off.item AS item FROM write_off JOIN item ON item.id = write_off.item
                 WHERE write_off.feed > ?2 AND item.feed BETWEEN ?1 AND ?2
                 UNION ALL
                 SELECT fact.body ->> '$.item' FROM settling JOIN fact ON fact.customer = settling.customer
                 JOIN item ON item.id = fact.body ->> '$.item'
                 WHERE fact.feed > ?2 AND fact.kind IN ('written_off', 'recovered') AND item.feed BETWEEN ?1 AND ?2
                 UNION ALL
                 SELECT allocation.item FROM settling JOIN fact ON fact.customer = settling.customer
                 JOIN receipt ON receipt.id = fact.body ->> '$.receipt'
                 JOIN allocation ON allocation.receipt = receipt.id
                 WHERE fact.feed > ?2 AND fact.kind IN ('returned', 'recovered') AND receipt.feed BETWEEN ?1 AND ?2
             )
             UNION ALL
             SELECT item FROM allocation JOIN item ON item.id = allocation.item
             WHERE allocation.feed > ?2 AND item.feed BETWEEN ?1 AND ?2
             UNION ALL
             SELECT item FROM allocation JOIN receipt ON receipt.id = allocation.receipt
             WHERE allocation.feed > ?2 AND receipt.feed BETWEEN ?1 AND ?2
             UNION ALL
             SELECT item FROM dispute JOIN item ON item.id = dispute.item
             WHERE dispute.feed > ?2 AND item.feed BETWEEN ?1 AND ?2
         ) AS later JOIN item ON item.id = later.item ORDER BY item.number",
        &[&first, &last],
    )?;
    // Money that was applied to nothing has no document to name.
    let money = "SELECT 1 FROM settling JOIN fact ON fact.customer = settling.customer
        JOIN receipt ON receipt.id = fact.body ->> '$.receipt'
        WHERE fact.feed > ?2 AND fact.kind IN ('returned', 'recovered') AND receipt.feed BETWEEN ?1 AND ?2 LIMIT 1";
    if documents.is_empty() && sql.finds(money, &[&first, &last])? {
        return Err(ImportError::MoneyInUse.into());
    }
    if let Some(document) = documents.first() {
        return Err(ImportError::InUse { documents: documents.len(), first: document.clone() }.into());
    }
    if first > last {
        return Ok(());
    }
    // A later file that found some of it in the book recorded only the rest, and a list of open items was compared with all.
    // One that had nothing to record shares the feed number of what it was compared with.
    let compared: Option<String> = sql.first(
        "SELECT json_quote(name) FROM import
         WHERE state = 'recorded' AND undone_feed IS NULL AND feed >= ?1 AND id <> ?2 AND (
             as_of IS NOT NULL OR preview ->> '$.summary.unchanged' > 0
             OR preview ->> '$.summary.unchanged_receipts' > 0
         ) ORDER BY feed DESC LIMIT 1",
        &[&last, import],
    )?;
    compared.map_or(Ok(()), |name| Err(ImportError::Compared { name }.into()))
}
