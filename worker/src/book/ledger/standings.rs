//! Standings, put together from what is kept: the derived parts, the customer's file, the rates, and what follows from file
//! and group ([`super::further`]).

use serde::Deserialize;
use shared::facts::calendar::Date;
use shared::facts::customer::Customer;
use shared::facts::id::{CustomerId, FeedNumber};
use shared::facts::ledger::{Rate, TemporaryLimit};
use shared::facts::money::{Currency, Money, MoneyError};
use shared::facts::terms::Terms;
use shared::readings::standing::{Frozen, Further, GradeInForce, LimitInForce, OpenBucket, OrderBucket, Standing};
use std::collections::BTreeMap;

use super::super::call::Call;
use super::super::sql::{Bind, Sql};
use super::further::{self, Basis};
use super::rates;
use crate::problem::Failure;

/// A customer's file with its standing.
#[derive(Clone, Debug)]
pub struct Known {
    /// The file.
    pub customer: Customer,
    /// The feed number of this version of it.
    pub version: FeedNumber,
    /// What it is found by.
    pub search: String,
    /// A feed number that rises with every fact that a journal is laid out from.
    pub journal_feed: FeedNumber,
    /// The standing, with the newest rates.
    pub standing: Standing,
}

/// Orders of one day: their currency, the day, what is left of them, and the days until they are planned and count.
type Ordered = (Currency, Date, i64, Option<Date>, Option<Date>);

/// What a row of the tables holds of it.
#[derive(Deserialize)]
struct Kept {
    customer: Customer,
    version: FeedNumber,
    search: String,
    feed: FeedNumber,
    journal_feed: FeedNumber,
    grade: Option<GradeInForce>,
    limit: Option<LimitInForce>,
    terms: Option<Terms>,
    frozen: Option<Frozen>,
    open: Vec<(Currency, Date, u8, u32, i64)>,
    orders: Vec<Ordered>,
    unapplied: Vec<(Currency, i64)>,
    temporary: Option<Vec<TemporaryLimit>>,
    parts: Option<Further>,
    further: Option<Further>,
    further_feed: Option<FeedNumber>,
    marked: bool,
}

/// How many customers' parts one list reads anew at most: the rest of a book on its first request of a day waits for the next.
const RENEWED_AT_ONCE: usize = 200;

const KEPT: &str = "
    SELECT json_object(
        'customer', json(customer.file), 'version', customer.feed, 'search', customer.search, 'feed', standing.feed,
        'journal_feed', standing.journal_feed,
        'grade', json(standing.grade), 'limit', json(standing.credit_limit), 'terms', json(standing.terms),
        'frozen', json(standing.frozen), 'open', json(standing.open), 'orders', json(standing.orders),
        'unapplied', json(standing.unapplied), 'temporary', json(standing.temporary),
        'parts', json(standing.parts), 'further', json(further_version.document), 'further_feed', further.feed,
        'marked', json(iif({marked}, 'true', 'false')))
    FROM customer JOIN standing ON standing.customer = customer.id
        LEFT JOIN further ON further.customer = customer.id
        LEFT JOIN further_version ON further_version.customer = customer.id AND further_version.feed = further.feed";

impl Kept {
    fn known(self, rates: &[Rate]) -> Result<Known, MoneyError> {
        let open = self.open.into_iter().map(|(currency, due, disputed, documents, minor)| {
            let amount = Money::from_minor(minor, currency)?;
            Ok(OpenBucket { due, disputed: disputed != 0, documents, amount })
        });
        let orders = self.orders.into_iter().map(|(currency, date, minor, planned, until)| {
            Ok(OrderBucket { date, planned, until, amount: Money::from_minor(minor, currency)? })
        });
        let unapplied = self.unapplied.into_iter().map(|(currency, minor)| Money::from_minor(minor, currency));
        let standing = Standing {
            customer: self.customer.id,
            feed: self.feed.max(self.further_feed.unwrap_or_default()),
            stage: self.customer.stage,
            currency: self.customer.currency,
            grade: self.grade,
            limit: self.limit,
            terms: self.terms,
            frozen: self.frozen,
            open: open.collect::<Result<_, MoneyError>>()?,
            orders: orders.collect::<Result<_, MoneyError>>()?,
            unapplied: unapplied.collect::<Result<_, MoneyError>>()?,
            rates: Vec::new(),
            further: Further { temporary: self.temporary, ..self.further.or(self.parts).unwrap_or_default() },
        };
        let standing = standing.with_rates(rates);
        Ok(Known {
            customer: self.customer,
            version: self.version,
            search: self.search,
            journal_feed: self.journal_feed,
            standing,
        })
    }
}

/// One customer; absent when there is none by that id.
pub fn of(call: &Call, customer: CustomerId) -> Result<Option<Known>, Failure> {
    let mut found = select(call, "customer.id = ?", &[&customer])?;
    Ok(found.pop())
}

/// All customers that fit a condition on `customer`, `standing` and `further`, by id.
pub fn select(call: &Call, condition: &str, binds: &[&dyn Bind]) -> Result<Vec<Known>, Failure> {
    by(call.sql, &Basis::now(call)?, condition, binds)
}

/// The same by a day, policy and rates.
pub fn by(sql: &Sql, basis: &Basis, condition: &str, binds: &[&dyn Bind]) -> Result<Vec<Known>, Failure> {
    let mut kept = rows(sql, &basis.marked(), condition, binds)?;
    let marked = kept.iter().filter(|kept| kept.marked).map(|kept| kept.customer.id);
    let marked: Vec<CustomerId> = marked.take(RENEWED_AT_ONCE).collect();
    if !marked.is_empty() {
        further::renew(sql, basis, &marked)?;
        let listed = serde_json::to_string(&marked)?;
        let renewed = rows(sql, "false", "customer.id IN (SELECT value FROM json_each(?))", &[&listed])?.into_iter();
        let mut renewed: BTreeMap<CustomerId, Kept> = renewed.map(|kept| (kept.customer.id, kept)).collect();
        for kept in &mut kept {
            if let Some(renewed) = renewed.remove(&kept.customer.id) {
                *kept = renewed;
            }
        }
    }
    if kept.is_empty() {
        return Ok(Vec::new());
    }
    known(kept, &rates::known(sql, None)?)
}

/// The same by the ledger alone, with these rates: what follows from files and groups is left out.
pub fn by_ledger(sql: &Sql, rates: &[Rate], condition: &str, binds: &[&dyn Bind]) -> Result<Vec<Known>, Failure> {
    let kept = rows(sql, "false", condition, binds)?;
    let alone = kept.into_iter().map(|kept| Kept { further: None, further_feed: None, ..kept });
    known(alone.collect(), rates)
}

fn rows(sql: &Sql, marked: &str, condition: &str, binds: &[&dyn Bind]) -> Result<Vec<Kept>, Failure> {
    let kept = KEPT.replace("{marked}", marked);
    Ok(sql.rows(&format!("{kept} WHERE {condition} ORDER BY customer.id"), binds)?)
}

fn known(kept: Vec<Kept>, rates: &[Rate]) -> Result<Vec<Known>, Failure> {
    kept.into_iter().map(|kept| kept.known(rates)).collect::<Result<_, MoneyError>>().map_err(Failure::broken)
}
