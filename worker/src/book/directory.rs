//! The codes of the companies of this deployment, in a Book that is no company's. Signing in by a company's code asks here
//! first, so that a code that nobody has makes no Book.

use worker::{Request, Storage};

use super::atomically;
use super::sql::Sql;
use crate::answer::Answer;
use crate::problem::{Failure, RequestError};

/// `add?code=` notes a company, `has?code=` answers 404 for one that isn't there.
pub fn answer(storage: &Storage, sql: &Sql, call: &str, request: &Request) -> Result<Answer, Failure> {
    let url = request.url()?;
    let code =
        url.query_pairs().find(|(name, _)| name == "code").map(|(_, code)| code.into_owned()).unwrap_or_default();
    match call {
        "add" => atomically(storage, || {
            sql.run("CREATE TABLE IF NOT EXISTS company (code TEXT PRIMARY KEY) STRICT, WITHOUT ROWID", &[])?;
            sql.run("INSERT INTO company (code) VALUES (?) ON CONFLICT DO NOTHING", &[&code])?;
            Ok(Answer::nothing())
        }),
        _ if is_known(sql, &code)? => Answer::json(&true),
        _ => Err(RequestError::NotFound.into()),
    }
}

fn is_known(sql: &Sql, code: &str) -> worker::Result<bool> {
    Ok(sql.finds("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'company'", &[])?
        && sql.finds("SELECT 1 FROM company WHERE code = ?", &[&code])?)
}
