//! Reading facts back.

use shared::facts::id::CustomerId;
use shared::facts::ledger::Recorded;
use shared::questions::statement::for_the_customer;
use worker::Result;

use super::super::sql::Sql;
use super::withdraw::COUNTS;

/// A fact as it stands on the wire, put together from its columns; none of them but the body can hold a quotation mark.
const RECORDED: &str =
    "'{\"id\":\"' || id || '\",\"customer\":\"' || customer || '\",\"feed\":' || feed || ',\"date\":\"' || date
    || '\",\"fact\":' || body || '}'";

/// All facts of one customer, in the order in which the book learned them.
pub fn of_customer(sql: &Sql, customer: CustomerId) -> Result<Vec<Recorded>> {
    sql.rows(&format!("SELECT {RECORDED} FROM fact WHERE customer = ? ORDER BY feed"), &[&customer])
}

/// All facts of a book.
#[cfg(feature = "testing")]
pub fn of_book(sql: &Sql) -> Result<Vec<Recorded>> {
    sql.rows(&format!("SELECT {RECORDED} FROM fact ORDER BY feed"), &[])
}

/// All facts of those customers whose ledgers sums alone don't tell.
pub fn of_settling(sql: &Sql) -> Result<Vec<Recorded>> {
    let query = format!("SELECT {RECORDED} FROM fact WHERE customer IN (SELECT customer FROM settling) ORDER BY feed");
    sql.rows(&query, &[])
}

/// Those facts of one customer that its statement is made from: nothing of what was decided about it, and nothing that was
/// withdrawn, and what our books wrote off told as the customer sees it.
pub fn of_statement(sql: &Sql, customer: CustomerId) -> Result<Vec<Recorded>> {
    let query = format!(
        "SELECT {RECORDED} FROM fact
         WHERE customer = ? AND kind IN ('charged', 'received', 'allocated', 'disputed', 'returned', 'recovered',
             'bill_received', 'bill_ended') AND {COUNTS} ORDER BY feed"
    );
    Ok(for_the_customer(sql.rows(&query, &[&customer])?))
}
