//! Whom a receipt may be from: those whom a search of the tables finds, by whatever of it could point to somebody. How much
//! each sign is worth is the policy's, and judged in [`shared::rules::claiming`].

use serde::Deserialize;
use shared::facts::calendar::Date;
use shared::facts::id::{CustomerId, ItemId};
use shared::facts::money::{Currency, Money};
use shared::facts::money_in::Unclaimed;
use shared::facts::naming::{folded, plain_name};
use shared::facts::number::Ratio;
use shared::record::api::bank::Named;
use shared::rules::allocation::{Debt, Nature};
use shared::rules::claiming::Candidate;
use std::collections::BTreeMap;

use super::super::call::Call;
use super::super::sql::Bind;
use crate::problem::Failure;

/// How many customers one way of searching may find.
const FOUND_MAX: u32 = 50;
/// How many open documents of a customer are looked at, the earliest due first.
const OPEN_MAX: u32 = 2000;
/// How many pairs of neighbouring characters of a name are searched for.
const PAIRS_MAX: usize = 24;

/// A customer that was found, with its number.
pub struct Found {
    /// As lists name it.
    pub named: Named,
    /// As far as money can point to it.
    pub candidate: Candidate,
}

/// Everyone whom the receipt could point to.
pub fn find(call: &Call, money: &Unclaimed) -> Result<Vec<Found>, Failure> {
    let sql = call.sql;
    let mut ids: Vec<CustomerId> = Vec::new();
    let mut search = |query: &str, binds: &[&dyn Bind]| -> Result<(), Failure> {
        let query = format!("SELECT json_quote(customer) FROM ({query}) ORDER BY customer LIMIT {FOUND_MAX}");
        for id in sql.rows::<CustomerId>(&query, binds)? {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(())
    };
    if let Some(account) = &money.account {
        search(
            "SELECT DISTINCT pool_end.customer FROM pool JOIN pool_end ON pool_end.receipt = pool.id
             WHERE pool.account = ? AND pool_end.customer IS NOT NULL",
            &[account],
        )?;
    }
    let payer: Vec<char> = plain_name(&money.payer).chars().collect();
    let pairs: Vec<String> = payer.windows(2).take(PAIRS_MAX).map(|pair| pair.iter().collect()).collect();
    if !pairs.is_empty() {
        let pairs = serde_json::to_string(&pairs)?;
        // Half of the pairs stand in every name that is alike enough to say something.
        let alike = |name: &str| {
            format!(
                "2 * (SELECT count(*) FROM json_each(?1) WHERE instr(upper({name}), value) > 0) >= json_array_length(?1)"
            )
        };
        let query = format!(
            "SELECT id AS customer FROM customer WHERE {} OR {}",
            alike("file ->> '$.name'"),
            alike("coalesce(file ->> '$.name_en', '')")
        );
        search(&query, &[&pairs])?;
        let query = format!(
            "SELECT DISTINCT piece.customer FROM piece JOIN piece_version ON piece_version.feed = piece.feed
             WHERE piece.kind IN ('alias', 'former_name') AND piece.state = 'stands' AND {}",
            alike("coalesce(piece_version.body ->> '$.what.name', '')")
        );
        search(&query, &[&pairs])?;
    }
    let text = folded(&money.text);
    if !text.is_empty() {
        search(
            "SELECT DISTINCT customer FROM item
             WHERE open_minor <> 0 AND length(number) >= 4 AND instr(?, upper(number)) > 0",
            &[&text],
        )?;
    }
    let (currency, minor) = (money.amount.currency(), money.amount.minor());
    search(
        "SELECT DISTINCT customer FROM item WHERE open_minor = ? AND open_minor <> 0 AND currency = ?",
        &[&minor, &currency],
    )?;
    search(
        "SELECT customer FROM item WHERE open_minor <> 0 AND currency = ?1 GROUP BY customer
         HAVING sum(open_minor) = ?2 OR sum(open_minor) FILTER (WHERE due < ?3) = ?2",
        &[&currency, &minor, &money.date],
    )?;
    let mut found = Vec::new();
    for id in ids {
        found.extend(one(call, id)?);
    }
    Ok(found)
}

/// One customer, as far as money can point to it.
pub fn one(call: &Call, id: CustomerId) -> Result<Option<Found>, Failure> {
    #[derive(Deserialize)]
    struct Row(String, String, Option<String>);
    let query = "SELECT json_array(code, file ->> '$.name', file ->> '$.name_en') FROM customer WHERE id = ?";
    let Some(Row(code, name, name_en)) = call.sql.first(query, &[&id])? else { return Ok(None) };
    let mut aliases: Vec<String> = call.sql.texts(
        "SELECT piece_version.body ->> '$.what.name' FROM piece JOIN piece_version ON piece_version.feed = piece.feed
         WHERE piece.customer = ? AND piece.kind IN ('alias', 'former_name') AND piece.state = 'stands'
         ORDER BY piece.feed",
        &[&id],
    )?;
    aliases.extend(name_en);
    let accounts = call.sql.texts(
        "SELECT DISTINCT pool.account FROM pool_end JOIN pool ON pool.id = pool_end.receipt
         WHERE pool_end.customer = ? ORDER BY pool.account",
        &[&id],
    )?;
    let open = open(call, id)?;
    let named = Named { id, code, name: name.clone() };
    let candidate = Candidate { customer: id, name, aliases, accounts, on_behalf: Vec::new(), open };
    Ok(Some(Found { named, candidate }))
}

/// What a customer has open, the earliest due first.
fn open(call: &Call, customer: CustomerId) -> Result<Vec<Debt>, Failure> {
    #[derive(Deserialize)]
    struct Row(ItemId, String, Option<String>, Date, Currency, i64, u8);
    let rows: Vec<Row> = call.sql.rows(
        "SELECT json_array(item.id, number, fact.body ->> '$.reference', due, currency, open_minor, disputed)
         FROM item JOIN fact ON fact.feed = item.feed
         WHERE item.customer = ? AND open_minor <> 0 ORDER BY due, item.date, number LIMIT ?",
        &[&customer, &OPEN_MAX],
    )?;
    let debt = |Row(item, number, reference, due, currency, minor, disputed)| {
        Ok(Debt {
            item,
            number,
            reference,
            due,
            open: Money::from_minor(minor, currency).map_err(Failure::broken)?,
            nature: Nature::Principal,
            of: None,
            secured: Ratio::ZERO,
            burden: Ratio::ZERO,
            disputed: disputed != 0,
            booked_rate: None,
            discount: None,
        })
    };
    rows.into_iter().map(debt).collect()
}

/// Customers by id.
pub fn by_id(found: Vec<Found>) -> BTreeMap<CustomerId, Found> {
    found.into_iter().map(|found| (found.named.id, found)).collect()
}
