//! Ledgers that sums alone don't tell: money came back, a bill was refused, something was written off or recovered, a
//! document is on instalments or disputed in part. What came back opens what it had settled, the last application first, and
//! that depends on everything before it. So such a ledger is read from its facts as a whole, by the same functions that
//! pages use, whenever one is added; what follows is kept where that of all others is.

use shared::facts::calendar::Date;
use shared::facts::customer::Customer;
use shared::facts::id::{CustomerId, FeedNumber, ItemId, ReceiptId};
use shared::facts::ledger::{Fact, Recorded, Withdrawn};
use shared::facts::money::Currency;
use shared::readings::journal::settling::{MoneyOf, settled};
use shared::readings::journal::{Journal, JournalError};
use shared::readings::standing::{Further, Standing};
use std::collections::{BTreeMap, BTreeSet};

use super::super::sql::Sql;
use super::{LedgerError, NewFact, facts, refused};
use crate::problem::Failure;

/// The kinds of facts that a journal is laid out from, as SQL lists them.
pub const OF_JOURNAL: [&str; 13] = [
    "charged",
    "received",
    "allocated",
    "disputed",
    "withdrawn",
    "reissued",
    "returned",
    "written_off",
    "recovered",
    "bill_received",
    "bill_passed_on",
    "bill_ended",
    "dispute_accepted",
];

/// Whether a ledger that holds this can't be told by sums.
fn beyond_sums(fact: &Fact) -> bool {
    match fact {
        Fact::Charged(item) => !item.parts.is_empty(),
        Fact::Disputed(dispute) => dispute.amount.is_some() || dispute.raised_by.is_some(),
        Fact::Reissued(_)
        | Fact::Returned(_)
        | Fact::WrittenOff(_)
        | Fact::Recovered(_)
        | Fact::BillReceived(_)
        | Fact::BillPassedOn(_)
        | Fact::BillEnded(_)
        | Fact::DisputeAccepted(_) => true,
        _ => false,
    }
}

/// Whether a customer's ledger is one of these.
pub fn holds(sql: &Sql, customer: CustomerId) -> Result<bool, Failure> {
    Ok(sql.finds("SELECT 1 FROM settling WHERE customer = ?", &[&customer])?)
}

/// Brings along what follows from such ledgers after the facts `first` to `last` were appended.
pub fn follow(sql: &Sql, first: FeedNumber, last: FeedNumber, new: &[NewFact]) -> Result<(), Failure> {
    let begun: BTreeSet<CustomerId> = new.iter().filter(|new| beyond_sums(&new.fact)).map(|new| new.customer).collect();
    if !begun.is_empty() {
        sql.run(
            "INSERT INTO settling (customer) SELECT value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING",
            &[&serde_json::to_string(&begun)?],
        )
        .map_err(refused)?;
    }
    if !sql.finds("SELECT 1 FROM settling LIMIT 1", &[])? {
        return Ok(());
    }
    let kinds = OF_JOURNAL.map(|kind| format!("'{kind}'")).join(", ");
    let touched: Vec<CustomerId> = sql.rows(
        &format!(
            "SELECT DISTINCT json_quote(fact.customer) FROM fact JOIN settling ON settling.customer = fact.customer
             WHERE fact.feed BETWEEN ? AND ? AND fact.kind IN ({kinds})"
        ),
        &[&first, &last],
    )?;
    touched.into_iter().try_for_each(|customer| rebuild(sql, customer))
}

/// Reads a ledger anew and keeps what follows: what is open on documents, what is left of money, the standing.
fn rebuild(sql: &Sql, customer: CustomerId) -> Result<(), Failure> {
    let facts = facts::of_customer(sql, customer)?;
    let Amounts { open, left } = Amounts::of(&facts)?;
    let rows = |sums: Vec<(String, i64)>| serde_json::to_string(&sums);
    let named = |(id, minor): (ItemId, i64)| (id.to_string(), minor);
    sql.run(
        "UPDATE item SET open_minor = now.minor
         FROM (SELECT value ->> 0 AS id, value ->> 1 AS minor FROM json_each(?2)) AS now
         WHERE item.customer = ?1 AND item.id = now.id AND item.open_minor <> now.minor",
        &[&customer, &rows(open.into_iter().map(named).collect())?],
    )?;
    let named = |(id, minor): (ReceiptId, i64)| (id.to_string(), minor);
    sql.run(
        "UPDATE receipt SET unapplied_minor = now.minor
         FROM (SELECT value ->> 0 AS id, value ->> 1 AS minor FROM json_each(?2)) AS now
         WHERE receipt.customer = ?1 AND receipt.id = now.id AND receipt.unapplied_minor <> now.minor",
        &[&customer, &rows(left.into_iter().map(named).collect())?],
    )
    .map_err(refused)?;
    let sheet: Option<Customer> = sql.first("SELECT file FROM customer WHERE id = ?", &[&customer])?;
    let sheet = sheet.ok_or(LedgerError::Unknown)?;
    let standing = Standing::of(&sheet, &facts, &[], None).map_err(|error| unfit(&error))?;
    let buckets: Vec<(Currency, Date, u8, u32, i64)> = standing
        .open
        .iter()
        .map(|bucket| {
            let amount = bucket.amount;
            (amount.currency(), bucket.due, u8::from(bucket.disputed), bucket.documents, amount.minor())
        })
        .collect();
    let unapplied: Vec<(Currency, i64)> =
        standing.unapplied.iter().map(|amount| (amount.currency(), amount.minor())).collect();
    // Temporary limits have a column of their own.
    let further = Further { temporary: None, ..standing.further };
    let parts = if further == Further::default() { None } else { Some(serde_json::to_string(&further)?) };
    Ok(sql.run(
        "UPDATE standing SET open = ?2, unapplied = ?3, parts = ?4 WHERE customer = ?1",
        &[&customer, &serde_json::to_string(&buckets)?, &serde_json::to_string(&unapplied)?, &parts],
    )?)
}

/// What is left of everything that has an amount, in minor units.
#[derive(Debug, PartialEq, Eq)]
pub struct Amounts {
    /// What is open on documents.
    pub open: BTreeMap<ItemId, i64>,
    /// What isn't applied of money.
    pub left: BTreeMap<ReceiptId, i64>,
}

impl Amounts {
    /// What a customer's facts give.
    pub fn of(facts: &[Recorded]) -> Result<Self, Failure> {
        let withdrawn = Withdrawn::by(facts);
        let own: Vec<&Recorded> = facts.iter().filter(|recorded| withdrawn.spares(recorded)).collect();
        of_own_currency(&own)?;
        let journal = Journal::of(facts, None).map_err(|error| unfit(&error))?;
        let (mut open, mut left) = (BTreeMap::new(), BTreeMap::new());
        for (id, minor) in journal.ids.iter().zip(journal.open_at(Date::MAX)) {
            let sum: &mut i64 = open.entry(*id).or_default();
            *sum = sum.saturating_add(minor);
        }
        for moved in settled(&own).map_err(|error| unfit(&error))?.money {
            if let MoneyOf::Receipt(receipt) = moved.of {
                let sum: &mut i64 = left.entry(receipt).or_default();
                *sum = sum.saturating_add(moved.amount.minor());
            }
        }
        Ok(Self { open, left })
    }

    /// What is kept of it.
    #[cfg(feature = "testing")]
    pub fn kept(sql: &Sql, customer: CustomerId) -> Result<Self, Failure> {
        let open: Vec<(ItemId, i64)> =
            sql.rows("SELECT json_array(id, open_minor) FROM item WHERE customer = ?", &[&customer])?;
        let left: Vec<(ReceiptId, i64)> =
            sql.rows("SELECT json_array(id, unapplied_minor) FROM receipt WHERE customer = ?", &[&customer])?;
        Ok(Self { open: open.into_iter().collect(), left: left.into_iter().collect() })
    }
}

/// Refuses a write-off, a recovery or a dispute about a part in another currency than the document's.
fn of_own_currency(facts: &[&Recorded]) -> Result<(), LedgerError> {
    let mut currencies: BTreeMap<ItemId, Currency> = BTreeMap::new();
    for recorded in facts {
        if let Fact::Charged(item) = &recorded.fact {
            currencies.insert(item.id, item.amount.currency());
        }
    }
    for recorded in facts {
        let (item, amount) = match &recorded.fact {
            Fact::WrittenOff(off) => (off.item, off.amount),
            Fact::Recovered(recovery) => (recovery.item, recovery.amount),
            Fact::Disputed(dispute) => match dispute.amount {
                Some(amount) => (dispute.item, amount),
                None => continue,
            },
            _ => continue,
        };
        if currencies.get(&item).is_some_and(|currency| *currency != amount.currency()) {
            return Err(LedgerError::Foreign(recorded.id.to_string()));
        }
    }
    Ok(())
}

fn unfit(error: &JournalError) -> Failure {
    match error {
        JournalError::UnknownItem(_) | JournalError::UnknownReceipt(_) | JournalError::UnknownBill(_) => {
            LedgerError::Unknown
        }
        JournalError::Instalments(_) | JournalError::Money(_) => LedgerError::Amount,
    }
    .into()
}
