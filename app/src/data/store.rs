//! What stays on the device: one IndexedDB for each book and person.
//!
//! Two rooms. The *cache* holds what the edge sent and can be thrown away at any time: it is written in whole batches, each one
//! request list in one transaction, because a transaction does not outlive an await of anything else and commits when it is
//! dropped. The *outbox* holds what people did; no upgrade, clearing or unreadable row ever removes from it.
//!
//! Rows are JSON texts. [`sealed`] and [`opened`] are the only two places through which they pass to the disk and back: there
//! they are to be encrypted.

use rexie::{ObjectStore, Rexie, TransactionMode};
use shared::facts::id::PersonId;
use std::rc::Rc;
use web_sys::wasm_bindgen::JsValue;

/// The version of the rooms, not of the rows: raise it only to add a room.
const ROOMS: u32 = 1;
const CACHE: &str = "cache";
const OUTBOX: &str = "outbox";

/// The device does not keep what it should: no IndexedDB here, no space left, or broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this device does not keep data: {0}")]
pub struct StoreError(String);

impl From<rexie::Error> for StoreError {
    fn from(error: rexie::Error) -> Self {
        Self(error.to_string())
    }
}

/// A row: its name and its JSON.
pub type Row = (String, String);

/// The store of one book and person. Clones share it.
#[derive(Clone)]
pub struct Store {
    rooms: Rc<Rexie>,
    name: Rc<str>,
}

impl Store {
    /// Opens it, making it if need be.
    pub async fn open(book: &str, person: PersonId) -> Result<Self, StoreError> {
        let name = format!("xinheng.{book}.{person}");
        let rooms = Rexie::builder(&name)
            .version(ROOMS)
            .add_object_store(ObjectStore::new(CACHE))
            .add_object_store(ObjectStore::new(OUTBOX))
            .build()
            .await?;
        Ok(Self { rooms: Rc::new(rooms), name: name.into() })
    }

    /// Its name: no other book or person has it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Everything in the cache, by name.
    pub async fn cached(&self) -> Result<Vec<Row>, StoreError> {
        self.rows(CACHE).await
    }

    /// Writes a batch into the cache: all of it or nothing.
    pub async fn cache(&self, rows: &[Row]) -> Result<(), StoreError> {
        self.write(CACHE, rows).await
    }

    /// Empties the cache.
    pub async fn drop_cache(&self) -> Result<(), StoreError> {
        self.clear(CACHE).await
    }

    /// Everything in the outbox, in the order in which it was put there.
    pub async fn outbox(&self) -> Result<Vec<Row>, StoreError> {
        self.rows(OUTBOX).await
    }

    /// Puts a row into the outbox or replaces it there.
    pub async fn post(&self, row: Row) -> Result<(), StoreError> {
        self.write(OUTBOX, &[row]).await
    }

    /// Takes a row out of the outbox, because a person said so.
    pub async fn discard(&self, name: &str) -> Result<(), StoreError> {
        let transaction = self.rooms.transaction(&[OUTBOX], TransactionMode::ReadWrite)?;
        transaction.store(OUTBOX)?.delete(name.into()).await?;
        transaction.done().await?;
        Ok(())
    }

    /// Empties everything: whoever used this device signed out.
    pub async fn wipe(&self) -> Result<(), StoreError> {
        self.clear(CACHE).await?;
        self.clear(OUTBOX).await
    }

    async fn rows(&self, room: &str) -> Result<Vec<Row>, StoreError> {
        let transaction = self.rooms.transaction(&[room], TransactionMode::ReadOnly)?;
        let store = transaction.store(room)?;
        // Both come in the order of the names.
        let names = store.get_all_keys(None, None).await?;
        let rows = store.get_all(None, None).await?;
        let row = |(name, row): (JsValue, JsValue)| Some((name.as_string()?, opened(&row)?));
        Ok(names.into_iter().zip(rows).filter_map(row).collect())
    }

    async fn write(&self, room: &str, rows: &[Row]) -> Result<(), StoreError> {
        let transaction = self.rooms.transaction(&[room], TransactionMode::ReadWrite)?;
        let rows = rows.iter().map(|(name, text)| (sealed(text), Some(name.into())));
        transaction.store(room)?.put_all(rows).await?;
        transaction.done().await?;
        Ok(())
    }

    async fn clear(&self, room: &str) -> Result<(), StoreError> {
        let transaction = self.rooms.transaction(&[room], TransactionMode::ReadWrite)?;
        transaction.store(room)?.clear().await?;
        transaction.done().await?;
        Ok(())
    }
}

/// A row as it lies on the disk.
fn sealed(text: &str) -> JsValue {
    JsValue::from_str(text)
}

/// A row as it was before [`sealed`].
fn opened(row: &JsValue) -> Option<String> {
    row.as_string()
}
