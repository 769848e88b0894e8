//! Facts that no longer count: what was derived from them goes, and what they had moved moves back. The facts stay.

use shared::facts::id::FeedNumber;

use super::super::sql::Sql;
use super::refused;
use crate::problem::Failure;

/// True of a fact that still counts.
pub const COUNTS: &str = "NOT EXISTS (
    SELECT 1 FROM withdrawn WHERE withdrawn.customer = fact.customer AND fact.feed BETWEEN withdrawn.first AND withdrawn.last
)";

/// The feed numbers that the withdrawals `?1` to `?2` withdraw.
const GONE: &str = "SELECT fact.feed FROM withdrawn JOIN fact
    ON fact.customer = withdrawn.customer AND fact.feed BETWEEN withdrawn.first AND withdrawn.last
    WHERE withdrawn.feed BETWEEN ?1 AND ?2";

/// Takes back what follows from the facts that the withdrawals `first` to `last` name. Whoever withdraws has seen that nothing
/// later refers to them; if something does, the tables refuse.
pub fn follow(sql: &Sql, first: FeedNumber, last: FeedNumber) -> Result<(), Failure> {
    let run = |query: &str| sql.run(query, &[&first, &last]);
    run("INSERT INTO withdrawn (feed, customer, first, last)
         SELECT feed, customer, body ->> '$.first', body ->> '$.last'
         FROM fact WHERE feed BETWEEN ?1 AND ?2 AND kind = 'withdrawn'")?;
    let other = format!(
        "SELECT 1 FROM fact LEFT JOIN item ON item.feed = fact.feed WHERE fact.feed IN ({GONE}) AND (
             item.order_id IS NOT NULL
             OR kind NOT IN ('charged', 'received', 'allocated', 'disputed', 'limit_granted', 'terms_granted')
         ) LIMIT 1"
    );
    if sql.finds(&other, &[&first, &last])? {
        return Err(Failure::broken("only what an import records can be withdrawn"));
    }
    run(&format!(
        "UPDATE item SET open_minor = open_minor + applied.minor
         FROM (SELECT item, sum(minor) AS minor FROM allocation WHERE feed IN ({GONE}) GROUP BY item) AS applied
         WHERE item.id = applied.item"
    ))?;
    run(&format!(
        "UPDATE receipt SET unapplied_minor = unapplied_minor + applied.minor
         FROM (
             SELECT receipt, sum(minor) AS minor FROM allocation
             WHERE feed IN ({GONE}) AND receipt IS NOT NULL GROUP BY receipt
         ) AS applied
         WHERE receipt.id = applied.receipt"
    ))?;
    run(&format!("DELETE FROM allocation WHERE feed IN ({GONE})"))?;
    run(&format!("DELETE FROM dispute WHERE feed IN ({GONE})"))?;
    run(&format!("DELETE FROM receipt WHERE feed IN ({GONE})")).map_err(refused)?;
    run(&format!("DELETE FROM item WHERE feed IN ({GONE})")).map_err(refused)?;
    // Of documents that stay, the last word that still counts stands.
    run(&format!(
        "UPDATE item SET disputed = coalesce(
             (SELECT open FROM dispute WHERE dispute.item = item.id ORDER BY date DESC, feed DESC LIMIT 1), 0)
         WHERE id IN (SELECT body ->> '$.item' FROM fact WHERE feed IN ({GONE}) AND kind = 'disputed')"
    ))?;
    Ok(())
}
