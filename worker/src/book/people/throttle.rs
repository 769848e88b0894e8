//! Guessing is slow: what was tried too often must wait, longer each time. Every try is counted before it is made, so that
//! many at once count as many.
//!
//! Three things are counted: tries from one address for one login, tries for one login from everywhere, tries from one
//! address for any login. The second is what somebody could use to keep another out; so its wait is short, and it doesn't
//! hold for an address from which that login came in before. A link from the admin comes in past all three.

use chrono::{DateTime, Utc};

use super::super::sql::Sql;
use super::{Visitor, peppered};
use crate::passwords::PasswordError;
use crate::problem::Failure;

/// After so many seconds without a try it is forgotten.
const FORGOTTEN_SECONDS: i64 = 3600;
/// For how long an address is known, in seconds: 90 days.
const KNOWN_SECONDS: i64 = 90 * 24 * 3600;

/// How many tries are free, and how long the longest wait is in seconds. Between them it doubles from one second.
struct Patience {
    free: i64,
    longest: i64,
}

const PAIR: Patience = Patience { free: 5, longest: 900 };
const LOGIN: Patience = Patience { free: 10, longest: 60 };
const ADDRESS: Patience = Patience { free: 50, longest: 900 };

/// Counts a try, or says how long to wait.
pub fn charge(sql: &Sql, login: &str, visitor: &Visitor, now: DateTime<Utc>) -> Result<(), Failure> {
    let at = now.timestamp();
    sql.run("DELETE FROM throttle WHERE at < ?", &[&at.saturating_sub(FORGOTTEN_SECONDS)])?;
    let counted = counted(sql, login, visitor, at)?;
    let mut wait = 0;
    for (key, _) in &counted {
        let until: i64 = sql.first("SELECT json(until) FROM throttle WHERE key = ?", &[key])?.unwrap_or_default();
        wait = wait.max(until.saturating_sub(at));
    }
    if wait > 0 {
        return Err(PasswordError::Throttled(wait).into());
    }
    for (key, patience) in counted {
        let count: i64 = sql
            .first(
                "INSERT INTO throttle (key, count, at, until) VALUES (?1, 1, ?2, 0)
                 ON CONFLICT (key) DO UPDATE SET count = count + 1, at = ?2 RETURNING json(count)",
                &[&key, &at],
            )?
            .unwrap_or(1);
        let over = u32::try_from(count.saturating_sub(patience.free)).unwrap_or(0);
        let seconds =
            if over == 0 { 0 } else { 1_i64.checked_shl(over).unwrap_or(i64::MAX).clamp(1, patience.longest) };
        sql.run("UPDATE throttle SET until = ? WHERE key = ?", &[&at.saturating_add(seconds), &key])?;
    }
    Ok(())
}

/// Somebody came in: their tries are forgotten, and their address is known. Returns how often it had been tried.
pub fn succeed(sql: &Sql, login: &str, visitor: &Visitor, now: DateTime<Utc>) -> Result<i64, Failure> {
    let at = now.timestamp();
    let of_login = peppered(sql, &["login", login])?;
    let tries: i64 = sql.first("SELECT json(count) FROM throttle WHERE key = ?", &[&of_login])?.unwrap_or(1);
    sql.run("DELETE FROM throttle WHERE key = ?", &[&of_login])?;
    if let Some(address) = &visitor.address {
        let pair = peppered(sql, &["pair", login, address])?;
        sql.run("DELETE FROM throttle WHERE key = ?", &[&pair])?;
        let of_address = peppered(sql, &["address", address])?;
        sql.run("UPDATE throttle SET count = max(0, count - 1) WHERE key = ?", &[&of_address])?;
        sql.run("DELETE FROM known_address WHERE at < ?", &[&at.saturating_sub(KNOWN_SECONDS)])?;
        sql.run(
            "INSERT INTO known_address (key, at) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET at = ?2",
            &[&pair, &at],
        )?;
    }
    Ok(tries)
}

/// What is counted of a try.
fn counted(sql: &Sql, login: &str, visitor: &Visitor, at: i64) -> Result<Vec<(String, Patience)>, Failure> {
    let of_login = (peppered(sql, &["login", login])?, LOGIN);
    let Some(address) = &visitor.address else { return Ok(vec![of_login]) };
    let pair = peppered(sql, &["pair", login, address])?;
    let since = at.saturating_sub(KNOWN_SECONDS);
    let known = sql.finds("SELECT 1 FROM known_address WHERE key = ? AND at > ?", &[&pair, &since])?;
    let mut counted = vec![(pair, PAIR), (peppered(sql, &["address", address])?, ADDRESS)];
    if !known {
        counted.push(of_login);
    }
    Ok(counted)
}
