//! SQL with types on both ends.
//!
//! What is bound is checked to survive the way through JavaScript's numbers. What is read leaves SQLite as one JSON text a
//! row (`SELECT json_array(…)`), so that integers arrive exact beyond 2^53 and `serde` checks their shape. Reading never
//! throws past Rust: an exception that no one catches would reset the whole instance.

use serde::de::DeserializeOwned;
use shared::facts::calendar::Date;
use shared::facts::id::{
    ApplicationId, AttachmentId, CustomerId, DecisionId, FactId, FeedNumber, ImportId, ItemId, LeaseId, MessageId,
    OrderId, PersonId, PieceId, ReceiptId, StepId, WriteOffId,
};
use shared::facts::money::Currency;
use worker::{Error, Result, SqlStorage, SqlStorageValue, Storage};

/// A book's tables.
#[derive(Clone)]
pub struct Sql(SqlStorage);

impl Sql {
    /// The tables of this storage.
    pub fn of(storage: &Storage) -> Self {
        Self(storage.sql())
    }

    /// Runs a statement for what it does.
    pub fn run(&self, query: &str, binds: &[&dyn Bind]) -> Result<()> {
        self.0.exec(query, values(binds)?).map(drop)
    }

    /// The first column of every row, as text. A NULL is left out.
    pub fn texts(&self, query: &str, binds: &[&dyn Bind]) -> Result<Vec<String>> {
        let mut texts = Vec::new();
        for row in self.0.exec(query, values(binds)?)?.raw() {
            match row?.into_iter().next() {
                Some(SqlStorageValue::String(text)) => texts.push(text),
                Some(SqlStorageValue::Integer(number)) => texts.push(number.to_string()),
                Some(SqlStorageValue::Null) => {}
                other => return Err(Error::RustError(format!("a row holds {other:?} instead of text"))),
            }
        }
        Ok(texts)
    }

    /// The first column of every row, as bytes.
    pub fn blobs(&self, query: &str, binds: &[&dyn Bind]) -> Result<Vec<Vec<u8>>> {
        let mut blobs = Vec::new();
        for row in self.0.exec(query, values(binds)?)?.raw() {
            match row?.into_iter().next() {
                Some(SqlStorageValue::Blob(bytes)) => blobs.push(bytes),
                _ => return Err(Error::from("a row holds something else instead of bytes")),
            }
        }
        Ok(blobs)
    }

    /// Every row of a query that selects one JSON text.
    pub fn rows<T: DeserializeOwned>(&self, query: &str, binds: &[&dyn Bind]) -> Result<Vec<T>> {
        self.texts(query, binds)?.iter().map(|text| read(text)).collect()
    }

    /// The first row of a query that selects one JSON text.
    pub fn first<T: DeserializeOwned>(&self, query: &str, binds: &[&dyn Bind]) -> Result<Option<T>> {
        self.texts(query, binds)?.first().map(|text| read(text)).transpose()
    }

    /// Whether the query finds anything.
    pub fn finds(&self, query: &str, binds: &[&dyn Bind]) -> Result<bool> {
        Ok(!self.texts(query, binds)?.is_empty())
    }

    /// The names of a table's columns; none of a table that isn't there.
    pub fn columns(&self, table: &str) -> Result<Vec<String>> {
        if !self.finds("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", &[&table])? {
            return Ok(Vec::new());
        }
        Ok(self.0.exec(&format!("SELECT * FROM \"{table}\" LIMIT 0"), None)?.column_names())
    }

    /// How many bytes the pages in use take.
    pub fn bytes_taken(&self) -> u64 {
        u64::try_from(self.0.database_size()).unwrap_or_default()
    }

    /// Takes the next `count` feed numbers and returns the first of them.
    pub fn take_feed(&self, count: u64) -> Result<FeedNumber> {
        let last: u64 = self
            .first("UPDATE book SET feed = feed + ? RETURNING json(feed)", &[&count])?
            .ok_or("the book has no row of its own")?;
        Ok(FeedNumber(last.saturating_sub(count).saturating_add(1)))
    }

    /// The newest feed number given out.
    pub fn feed(&self) -> Result<FeedNumber> {
        Ok(FeedNumber(self.first("SELECT json(feed) FROM book", &[])?.unwrap_or_default()))
    }
}

/// Reads what this book wrote.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::RustError(format!("a stored row cannot be read: {error}")))
}

fn values(binds: &[&dyn Bind]) -> Result<Vec<SqlStorageValue>> {
    binds.iter().map(Bind::value).collect()
}

/// What can stand for a `?`.
pub trait Bind {
    /// As SQLite takes it.
    fn value(&self) -> Result<SqlStorageValue>;
}

impl Bind for str {
    fn value(&self) -> Result<SqlStorageValue> {
        Ok(self.into())
    }
}

impl Bind for [u8] {
    fn value(&self) -> Result<SqlStorageValue> {
        Ok(SqlStorageValue::Blob(self.to_vec()))
    }
}

impl Bind for String {
    fn value(&self) -> Result<SqlStorageValue> {
        Ok(self.as_str().into())
    }
}

impl<T: Bind + ?Sized> Bind for &T {
    fn value(&self) -> Result<SqlStorageValue> {
        (**self).value()
    }
}

impl<T: Bind> Bind for Option<T> {
    fn value(&self) -> Result<SqlStorageValue> {
        self.as_ref().map_or(Ok(SqlStorageValue::Null), Bind::value)
    }
}

macro_rules! bind_integers {
    ($($kind:ty),*) => {$(
        impl Bind for $kind {
            fn value(&self) -> Result<SqlStorageValue> {
                let integer = i64::try_from(*self).map_err(|error| Error::RustError(error.to_string()))?;
                SqlStorageValue::try_from_i64(integer)
            }
        }
    )*};
}
bind_integers!(i16, u16, i32, u32, i64, u64, usize);

impl Bind for FeedNumber {
    fn value(&self) -> Result<SqlStorageValue> {
        self.0.value()
    }
}

macro_rules! bind_texts {
    ($($kind:ty),*) => {$(
        impl Bind for $kind {
            fn value(&self) -> Result<SqlStorageValue> {
                Ok(self.to_string().into())
            }
        }
    )*};
}
bind_texts!(
    ApplicationId,
    AttachmentId,
    CustomerId,
    DecisionId,
    FactId,
    ImportId,
    ItemId,
    LeaseId,
    MessageId,
    OrderId,
    PersonId,
    PieceId,
    ReceiptId,
    StepId,
    WriteOffId
);
bind_texts!(Currency, Date, uuid::Uuid);
