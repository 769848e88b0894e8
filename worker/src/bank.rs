//! The entry's part of a bank's file: from its bytes to clean entries for the Book, as [`crate::imports`] does with others.

use shared::record::api::bank::StagedBank;
use shared::record::api::imports::StageSetting;
use shared::record::bank::{BankError, BankFormat, camt, mt940, recognise, table};
use shared::record::digest::digest_of_bytes;
use shared::record::import::{FileKind, sniff};
use worker::{Env, Headers, Method, Request, Response};

use crate::api::{ask, has_type};
use crate::imports::{Asked, ReadError, Stage, key_of, text_of, whole};
use crate::problem::{Failure, Kind, Refusal, RequestError};
use crate::tokens::Seals;

/// A bank's file that isn't taken.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Unread(BankError);

impl Refusal for Unread {
    fn kind(&self) -> Kind {
        (422, "bank_file", "the bank's file cannot be taken")
    }

    fn values(&self) -> Vec<(String, String)> {
        vec![("error".to_owned(), serde_json::to_string(&self.0).unwrap_or_default())]
    }
}

/// What is wrong with a file as such is said as it is of any other.
fn refused(error: BankError) -> Failure {
    match error {
        BankError::File { error } => ReadError::File(error).into(),
        other => Unread(other).into(),
    }
}

/// `POST bank`: reads a bank's file into the stage and says what it would put into the pool.
///
/// 1. The Book says whether the caller may: 401, 403.
/// 2. The file comes as bytes, with an id and a name: 415, 422. A write needs its key: 400.
/// 3. The bytes, bounded: 413, 408. They are decoded, and read by their format: 422.
/// 4. The Book compares and answers.
pub async fn stage(request: &mut Request, token: &str, env: &Env) -> Result<Response, Failure> {
    // 1
    let seals = Seals::of(env);
    let book = Stage { env, code: seals.book_of(token).ok_or(RequestError::SignedOut)?, token };
    let setting: StageSetting = match book.call("/stage/bank", Vec::new()).await? {
        Ok(setting) => setting,
        Err(refusal) => return Ok(refusal),
    };
    // 2
    if !has_type(request, "application/octet-stream")? {
        return Err(RequestError::BodyType("application/octet-stream").into());
    }
    let key = key_of(request)?;
    let asked = Asked::of(request)?;
    if asked.is_for_other(|kind| kind == FileKind::Bank) {
        return Err(RequestError::Parameter { name: "mapping", expected: "one of a bank's list" }.into());
    }
    // 3
    let bytes = whole(request).await?;
    let encoding = sniff(&bytes).map_err(ReadError::File)?;
    let digest = digest_of_bytes(&bytes);
    let (text, sheet) = text_of(bytes, encoding, asked.sheet())?;
    let format = if sheet.is_some() { BankFormat::Table } else { recognise(&text) };
    let (content, mapping) = match format {
        BankFormat::Mt940 => (mt940(&text).map_err(refused)?, None),
        BankFormat::Camt053 => (camt(&text).map_err(refused)?, None),
        BankFormat::Table => {
            let looked = asked.look(&text, sheet, Some(FileKind::Bank), &setting).map_err(ReadError::File)?;
            if !looked.questions.is_empty() {
                return Err(ReadError::Questions(looked.questions, Box::new(looked.mapping)).into());
            }
            (table(&text, &looked.mapping).map_err(refused)?, Some(looked.mapping))
        }
    };
    // 4
    let file = StagedBank { file: asked.import, name: asked.name, digest, encoding, mapping, content };
    let headers = Headers::new();
    headers.set("x-token", token)?;
    headers.set("idempotency-key", &key.to_string())?;
    ask(env, book.code, Method::Post, "/api/v1/bank", headers, serde_json::to_vec(&file)?).await
}
