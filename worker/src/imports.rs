//! The entry's part of an import: from the bytes of a file to clean rows for the Book.
//!
//! Reading a file is work that no other caller of the Book should wait for, so it is done here, where every request has a
//! place of its own. The Book is asked first whether the caller may; what it gets then is rows in parts, which nobody sees
//! until they are recorded, and last the call that compares them with the ledger.

use js_sys::{Array, Function, Object, Reflect, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::facts::id::ImportId;
use shared::record::api::imports::{StageSetting, StagedFile};
use shared::record::digest::digest_of_bytes;
use shared::record::import::{
    BYTES_MAX, Defaults, FileError, FileKind, Inspection, Mapping, Problems, Question, Row, Rows, Sniffed, Workbook,
    examine, inspect, sniff,
};
use std::collections::BTreeMap;
use uuid::Uuid;
use wasm_bindgen::{JsCast, JsValue};
use worker::{Env, Headers, Method, Request, Response};

use crate::api::{ask, bounded, has_type, let_by};
use crate::problem::{Failure, Kind, Refusal, RequestError};
use crate::tokens::Seals;

/// From how many bytes on a part is sent: far below what SQLite takes for one value, whatever the last row adds.
const PART_BYTES: usize = 256 * 1024;
/// For how many seconds a file may come in: 32 MiB at 60 KB a second.
const FILE_SECONDS: u64 = 600;
/// The most characters of a file's name.
const NAME_MAX: usize = 200;

/// Why a file isn't read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file as a whole cannot be taken.
    #[error("{0}")]
    File(FileError),
    /// The file leaves something open that somebody has to say; the mapping as far as it goes is there to be completed.
    #[error("the file leaves open: {}", .0.iter().map(asked).collect::<Vec<_>>().join("; "))]
    Questions(Vec<Question>, Box<Mapping>),
}

/// A question in English; pages ask in the reader's language from the typed question.
fn asked(question: &Question) -> String {
    match question {
        Question::Column { any_of } => {
            format!("which column is {}", any_of.iter().map(|field| field.code()).collect::<Vec<_>>().join(" or "))
        }
        Question::DateOrder => "whether the day or the month comes first".to_owned(),
        Question::DecimalMark => "whether the decimal mark is a point or a comma".to_owned(),
        Question::SerialDates => "whether five-digit numbers are a spreadsheet's dates".to_owned(),
        Question::AsOf => "the day of the list of open items".to_owned(),
        Question::Terms => "the terms of documents without a due date".to_owned(),
    }
}

impl Refusal for ReadError {
    fn kind(&self) -> Kind {
        match self {
            Self::File(FileError::TooLarge { .. }) => (413, "import_file", "the file is too large"),
            Self::File(_) => (422, "import_file", "the file cannot be taken"),
            Self::Questions(..) => (422, "import_questions", "the file leaves something open"),
        }
    }

    fn values(&self) -> Vec<(String, String)> {
        let json = |value: Result<String, serde_json::Error>| value.unwrap_or_default();
        match self {
            Self::File(error) => vec![("error".to_owned(), json(serde_json::to_string(error)))],
            Self::Questions(questions, mapping) => vec![
                ("questions".to_owned(), json(serde_json::to_string(questions))),
                ("mapping".to_owned(), json(serde_json::to_string(mapping))),
            ],
        }
    }
}

/// `POST imports`: reads a file into the stage and says what it would do.
///
/// 1. The Book says whether the caller may, and what it has to know to read the file: 401, 403.
/// 2. The file comes as bytes, with an id and a name: 415, 422. A write needs its key: 400.
/// 3. The bytes, bounded: 413, 408.
/// 4. They are decoded, the columns matched, and what is open asked: 422.
/// 5. Row after row goes to the Book in parts.
/// 6. The Book compares and answers.
pub async fn stage(request: &mut Request, token: &str, env: &Env) -> Result<Response, Failure> {
    // 1
    let seals = Seals::of(env);
    let book = Stage { env, code: seals.book_of(token).ok_or(RequestError::SignedOut)?, token };
    let setting: StageSetting = match book.call("/stage/setting", Vec::new()).await? {
        Ok(setting) => setting,
        Err(refusal) => return Ok(refusal),
    };
    // 2
    if !has_type(request, "application/octet-stream")? {
        return Err(RequestError::BodyType("application/octet-stream").into());
    }
    let key = key_of(request)?;
    let asked = Asked::of(request)?;
    if asked.is_for_other(|kind| FileKind::ALL.contains(&kind)) {
        return Err(RequestError::Parameter { name: "kind", expected: "customers, receivables or receipts" }.into());
    }
    // 3
    let bytes = whole(request).await?;
    // 4
    let encoding = sniff(&bytes).map_err(ReadError::File)?;
    let digest = digest_of_bytes(&bytes);
    let (text, sheet) = text_of(bytes, encoding, asked.sheet())?;
    let looked = asked.look(&text, sheet, asked.kind, &setting).map_err(ReadError::File)?;
    let Inspection { mapping, dates, amounts, questions, .. } = looked;
    if !questions.is_empty() {
        return Err(ReadError::Questions(questions, Box::new(mapping)).into());
    }
    // 5
    let mut rows = Rows::open(&text, &mapping).map_err(ReadError::File)?;
    let mut part = Part::default();
    let mut parts: u32 = 0;
    while let Some(row) = rows.read().map_err(ReadError::File)? {
        part.add(&row)?;
        if part.json.len() > PART_BYTES {
            parts = parts.saturating_add(1);
            if let Err(refusal) = book.send(asked.import, key, parts, &mut part).await? {
                return Ok(refusal);
            }
        }
    }
    if !part.json.is_empty() {
        parts = parts.saturating_add(1);
        if let Err(refusal) = book.send(asked.import, key, parts, &mut part).await? {
            return Ok(refusal);
        }
    }
    // 6
    let (rows, problems): (u32, Problems) = (rows.rows_read(), rows.into_problems());
    let (import, name) = (asked.import, asked.name);
    let file = StagedFile { import, name, digest, encoding, mapping, dates, amounts, rows, parts, problems };
    let headers = Headers::new();
    headers.set("x-token", token)?;
    headers.set("idempotency-key", &key.to_string())?;
    ask(env, book.code, Method::Post, "/api/v1/imports", headers, serde_json::to_vec(&file)?).await
}

/// The key of a write.
pub fn key_of(request: &Request) -> Result<Uuid, Failure> {
    let key = request.headers().get("idempotency-key")?.and_then(|key| key.parse().ok());
    key.ok_or_else(|| RequestError::Key.into())
}

/// What the query says.
pub struct Asked {
    /// The id that whoever chose the file made for it.
    pub import: ImportId,
    /// The file's name.
    pub name: String,
    /// What kind of file it is, where somebody has said so.
    pub kind: Option<FileKind>,
    sheet: Option<String>,
    mapping: Option<Mapping>,
}

impl Asked {
    /// Reads it.
    pub fn of(request: &Request) -> Result<Self, Failure> {
        let query: BTreeMap<String, String> = request.url()?.query_pairs().into_owned().collect();
        let wrong = |name, expected| RequestError::Parameter { name, expected };
        let import = query.get("id").and_then(|id| id.parse().ok()).ok_or_else(|| wrong("id", "a UUID"))?;
        let name = query.get("name").map(|name| name.trim().to_owned()).unwrap_or_default();
        let plain = !name.is_empty() && name.chars().count() <= NAME_MAX && !name.chars().any(char::is_control);
        if !plain {
            return Err(wrong("name", "the file's name, 200 characters at most").into());
        }
        let kind = query.get("kind").map(|kind| serde_json::from_value(kind.as_str().into())).transpose();
        let kind = kind.map_err(|_| wrong("kind", "customers, receivables or receipts"))?;
        let mapping = query.get("mapping").map(|mapping| serde_json::from_str(mapping)).transpose();
        let mapping: Option<Mapping> = mapping.map_err(|_| wrong("mapping", "a mapping as JSON"))?;
        let sheet = query.get("sheet").cloned();
        Ok(Self { import, name, kind, sheet, mapping })
    }

    /// The sheet of a workbook, where somebody has said which.
    pub fn sheet(&self) -> Option<&str> {
        self.mapping.as_ref().and_then(|mapping| mapping.sheet.as_deref()).or(self.sheet.as_deref())
    }

    /// Whether a mapping is given, and not one for such files.
    pub fn is_for_other(&self, fits: impl Fn(FileKind) -> bool) -> bool {
        let kinds = self.mapping.as_ref().map(|mapping| mapping.kind).into_iter().chain(self.kind);
        kinds.into_iter().any(|kind| !fits(kind))
    }

    /// Looks at the text by the mapping given, else by what is recognised or remembered.
    pub fn look(
        &self,
        text: &str,
        sheet: Option<String>,
        kind: Option<FileKind>,
        setting: &StageSetting,
    ) -> Result<Inspection, FileError> {
        let defaults = Defaults { today: setting.today, currency: setting.currency };
        let remembered = |source: &str| setting.mappings.iter().find(|mapping| mapping.source == source).cloned();
        let mut inspection = match &self.mapping {
            Some(mapping) => examine(text, mapping.clone(), defaults),
            None => inspect(text, kind, defaults, remembered),
        }?;
        inspection.mapping.sheet = sheet;
        Ok(inspection)
    }
}

/// Reads the file, or says how large it is.
pub async fn whole(request: &mut Request) -> Result<Vec<u8>, Failure> {
    let announced = request.headers().get("content-length")?.and_then(|length| length.parse::<usize>().ok());
    if let Some(bytes) = announced.filter(|bytes| *bytes > BYTES_MAX) {
        let_by(request, BYTES_MAX, FILE_SECONDS).await?;
        return Err(ReadError::File(FileError::TooLarge { bytes, max: BYTES_MAX }).into());
    }
    bounded(request, BYTES_MAX, FILE_SECONDS).await
}

/// The text of a file, and of a workbook the sheet that it is of.
pub fn text_of(bytes: Vec<u8>, encoding: Sniffed, sheet: Option<&str>) -> Result<(String, Option<String>), Failure> {
    let Some(label) = encoding.label() else {
        let sheet = Workbook::open(&bytes).and_then(|workbook| workbook.text(sheet)).map_err(ReadError::File)?;
        return Ok((sheet.text, Some(sheet.sheet)));
    };
    Ok((decode(bytes, encoding, label)?, None))
}

/// UTF-8 is taken as it is; anything else goes through the platform's decoder, which refuses what it cannot read.
fn decode(bytes: Vec<u8>, encoding: Sniffed, label: &str) -> Result<String, Failure> {
    let broken = || Failure::from(ReadError::File(FileError::BrokenEncoding));
    if matches!(encoding, Sniffed::Utf8 | Sniffed::Utf8Bom) {
        return String::from_utf8(bytes).map_err(|_| broken());
    }
    let decoder: Function = Reflect::get(&js_sys::global(), &"TextDecoder".into())
        .ok()
        .and_then(|decoder| decoder.dyn_into().ok())
        .ok_or_else(|| Failure::broken("the platform has no TextDecoder"))?;
    let options = Object::new();
    Reflect::set(&options, &"fatal".into(), &JsValue::TRUE).map_err(worker::Error::from)?;
    let decoder = Reflect::construct(&decoder, &Array::of2(&label.into(), &options)).map_err(worker::Error::from)?;
    let decode: Function = Reflect::get(&decoder, &"decode".into())
        .ok()
        .and_then(|decode| decode.dyn_into().ok())
        .ok_or_else(|| Failure::broken("the platform's TextDecoder cannot decode"))?;
    let text = decode.call1(&decoder, &Uint8Array::from(bytes.as_slice())).map_err(|_| broken())?;
    text.as_string().ok_or_else(broken)
}

/// Rows on their way, as one JSON list.
#[derive(Default)]
struct Part {
    json: Vec<u8>,
}

impl Part {
    fn add(&mut self, row: &Row) -> Result<(), Failure> {
        self.json.push(if self.json.is_empty() { b'[' } else { b',' });
        row.serialize(&mut serde_json::Serializer::new(&mut self.json))?;
        Ok(())
    }

    fn take(&mut self) -> Vec<u8> {
        self.json.push(b']');
        std::mem::take(&mut self.json)
    }
}

/// The Book's side of the stage.
pub struct Stage<'a> {
    /// Where it runs.
    pub env: &'a Env,
    /// The book's code.
    pub code: &'a str,
    /// The caller's token.
    pub token: &'a str,
}

impl Stage<'_> {
    async fn send(
        &self,
        import: ImportId,
        key: Uuid,
        number: u32,
        part: &mut Part,
    ) -> Result<Result<(), Response>, Failure> {
        let path = format!("/stage/part?import={import}&key={key}&part={number}");
        Ok(self.call::<bool>(&path, part.take()).await?.map(drop))
    }

    /// Asks the Book; its refusal is the caller's.
    pub async fn call<T: DeserializeOwned>(&self, path: &str, body: Vec<u8>) -> Result<Result<T, Response>, Failure> {
        let headers = Headers::new();
        headers.set("x-token", self.token)?;
        let mut response = ask(self.env, self.code, Method::Post, path, headers, body).await?;
        if response.status_code() != 200 {
            return Ok(Err(response));
        }
        Ok(Ok(serde_json::from_slice(&response.bytes().await?)?))
    }
}
