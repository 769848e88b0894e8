//! Exchange rates as they were published.

use shared::facts::calendar::Date;
use shared::facts::id::FeedNumber;
use shared::facts::ledger::Rate;
use shared::facts::money::Currency;
use shared::facts::number::Ratio;
use worker::Result;

use super::super::sql::Sql;

/// The rates that the book knew at a feed number (all of them, when absent): of each pair the one that holds last.
pub fn known(sql: &Sql, at: Option<FeedNumber>) -> Result<Vec<Rate>> {
    type Row = (FeedNumber, Date, Currency, Currency, Ratio, String);
    let rows: Vec<Row> = sql.rows(
        "SELECT json_array(feed, date, from_currency, to_currency, rate, source) FROM (
             SELECT *, row_number() OVER (PARTITION BY from_currency, to_currency ORDER BY date DESC, feed DESC) AS place
             FROM rate WHERE ?1 IS NULL OR feed <= ?1
         ) WHERE place = 1 ORDER BY feed",
        &[&at],
    )?;
    let rate = |(feed, date, from, to, rate, source)| Rate { feed, date, from, to, rate, source, kind: None };
    Ok(rows.into_iter().map(rate).collect())
}

/// The feed number of the rate that the book learned last; zero without one.
pub fn newest(sql: &Sql) -> Result<FeedNumber> {
    Ok(FeedNumber(sql.first("SELECT json(coalesce(max(feed), 0)) FROM rate", &[])?.unwrap_or_default()))
}

/// Records a rate.
pub fn record(sql: &Sql, date: Date, from: Currency, to: Currency, rate: Ratio, source: &str) -> Result<FeedNumber> {
    let feed = sql.take_feed(1)?;
    sql.run(
        "INSERT INTO rate (feed, date, from_currency, to_currency, rate, source) VALUES (?, ?, ?, ?, ?, ?)",
        &[&feed, &date, &from, &to, &rate.to_string(), &source],
    )?;
    Ok(feed)
}
