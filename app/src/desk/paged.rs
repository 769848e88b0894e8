//! A list that the edge gives in pages: read anew when the book moves on or another kind is asked for, longer on demand.

use super::book::{Desk, Load};
use crate::data::client::ClientError;
use crate::data::session::Doorkeeper;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

/// What there is so far.
#[derive(Clone, Debug)]
pub struct Listed<K, T> {
    /// What it is a list of.
    pub kind: K,
    /// The rows.
    pub rows: Vec<T>,
    /// Where it goes on; absent at the end.
    pub next: Option<String>,
}

/// A page of rows, and where the list goes on.
pub type Page<T> = (Vec<T>, Option<String>);
type Asks<K, T> = Rc<dyn Fn(K, Option<String>) -> Pin<Box<dyn Future<Output = Result<Page<T>, ClientError>>>>>;

/// A list with what is needed to read it.
pub struct Paged<K: 'static, T: 'static> {
    /// What there is so far.
    pub load: RwSignal<Load<Listed<K, T>>>,
    /// More of it is on its way.
    pub busy: RwSignal<bool>,
    kind: RwSignal<K>,
    keeper: Doorkeeper,
    asks: StoredValue<Asks<K, T>, LocalStorage>,
    turn: StoredValue<u32>,
}

impl<K, T> Clone for Paged<K, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, T> Copy for Paged<K, T> {}

impl<K: Copy + Send + Sync + 'static, T: Clone + Send + Sync + 'static> Paged<K, T> {
    /// A list of the kind that is chosen, kept up with the book as long as the page that calls lives.
    pub fn new<F>(desk: Desk, kind: RwSignal<K>, asks: impl Fn(K, Option<String>) -> F + 'static) -> Self
    where
        F: Future<Output = Result<Page<T>, ClientError>> + 'static,
    {
        let asks: Asks<K, T> = Rc::new(move |kind, after| Box::pin(asks(kind, after)));
        let paged = Self {
            load: RwSignal::new(Load::Waiting),
            busy: RwSignal::new(false),
            kind,
            keeper: desk.keeper,
            asks: StoredValue::new_local(asks),
            turn: StoredValue::new(0),
        };
        Effect::new(move |_| {
            kind.track();
            desk.feed.track();
            paged.read();
        });
        paged
    }

    /// Reads it from its beginning. What was asked for earlier and comes later is dropped.
    pub fn read(self) {
        self.turn.update_value(|turn| *turn = turn.wrapping_add(1));
        self.ask(None);
    }

    /// Reads what follows.
    pub fn more(self) {
        if let Some(known) = self.load.get_untracked().ready() {
            self.busy.set(true);
            self.ask(Some(known));
        }
    }

    /// Whether more follows.
    pub fn goes_on(self) -> bool {
        self.load.with(Load::ready).is_some_and(|rows| rows.next.is_some())
    }

    fn ask(self, known: Option<Arc<Listed<K, T>>>) {
        let kind = known.as_ref().map_or_else(|| self.kind.get_untracked(), |known| known.kind);
        let after = known.as_ref().and_then(|known| known.next.clone());
        let (turn, asks) = (self.turn.get_value(), self.asks.get_value());
        spawn_local(async move {
            let heard = self.keeper.heed(asks(kind, after).await);
            self.busy.try_set(false);
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            self.load.set(match heard {
                Ok((page, next)) => {
                    let mut rows = known.map_or_else(Vec::new, |known| known.rows.clone());
                    rows.extend(page);
                    Load::Ready(Arc::new(Listed { kind, rows, next }))
                }
                Err(error) => Load::Failed(error),
            });
        });
    }
}
