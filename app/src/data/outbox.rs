//! Where confirmations wait until the edge has answered, and where its answers stay.
//!
//! A confirmation is written down before it is sent, with the key that makes every retry harmless, and is never forgotten
//! because a page was closed, a network failed or a release changed. They are sent in the order in which they were made,
//! by one tab at a time ([`exclusively`]): the earlier order has the better claim to the credit that is left. What stops one
//! for a while stops those behind it; what the edge refuses for good is kept with the reason, and the next one goes.

use super::client::{self, ClientError, Key};
use super::local::Local;
use super::session::now;
use super::store::{Row, StoreError};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use shared::record::api::{ConfirmOrder, Confirmation, Problem};
use shared::record::decision::{OrderDecision, OrderMatter};
use shared::rules::order_check::Verdict;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

/// A confirmation and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Sent with every try.
    pub key: Key,
    /// What is sent.
    pub confirm: ConfirmOrder,
    /// What this device judged.
    pub judged: OrderDecision,
    /// The verdict that was seen here when it was confirmed, where orders that waited before it made it another one than
    /// what was judged on the book's own facts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Verdict>,
    /// The customer's name, for whoever reads it after losing sight of the customer.
    pub name: String,
    /// When it was made, in seconds since 1970.
    pub made: i64,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a confirmation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fate", rename_all = "snake_case")]
pub enum Fate {
    /// Not answered yet.
    Waiting {
        /// How often it was tried.
        tries: u32,
        /// Not before this time, in seconds since 1970.
        not_before: i64,
        /// What the edge said, when it was reached.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trouble: Option<Problem>,
    },
    /// The edge judged, and that binds.
    Answered {
        /// Its answer.
        confirmation: Box<Confirmation>,
        /// When, in seconds since 1970.
        at: i64,
    },
    /// The edge would not judge it.
    Refused {
        /// Why.
        problem: Problem,
        /// When, in seconds since 1970.
        at: i64,
    },
}

impl Entry {
    /// Writes one down.
    pub fn new(confirm: ConfirmOrder, judged: OrderDecision, seen: Verdict, name: String) -> Self {
        let fate = Fate::Waiting { tries: 0, not_before: 0, trouble: None };
        let OrderMatter::OrderCheck { answer, .. } = &judged.judgement.matter;
        let seen = Some(seen).filter(|seen| *seen != answer.verdict);
        Self { key: Key::new(), confirm, judged, seen, name, made: now(), fate }
    }

    /// Whether it still waits.
    pub fn waits(&self) -> bool {
        matches!(self.fate, Fate::Waiting { .. })
    }

    fn row(&self) -> Row {
        // The types of the wire always become JSON.
        (self.key.0.to_string(), serde_json::to_string(self).unwrap_or_default())
    }
}

/// The outbox of one door, to hand around.
#[derive(Clone, Copy)]
pub struct Outbox {
    local: Local,
    /// What is in it, the oldest first.
    pub entries: RwSignal<Vec<Arc<Entry>>>,
    /// Rows that this release cannot read; they stay where they are.
    pub unreadable: RwSignal<usize>,
    /// Whether it is being sent.
    pub sending: RwSignal<bool>,
    channel: StoredValue<Option<web_sys::BroadcastChannel>, LocalStorage>,
    /// When a later try is due.
    timer: StoredValue<Option<TimeoutHandle>>,
}

/// The longest time between two tries, in seconds.
const PATIENCE: i64 = 300;

impl Outbox {
    /// An empty one; [`Outbox::open`] fills it.
    pub fn new(local: Local) -> Self {
        Self {
            local,
            entries: RwSignal::new(Vec::new()),
            unreadable: RwSignal::new(0),
            sending: RwSignal::new(false),
            channel: StoredValue::new_local(None),
            timer: StoredValue::new(None),
        }
    }

    /// Takes up what the device keeps, and listens to the other tabs.
    pub async fn open(self) {
        self.read().await;
        let Some(store) = self.local.store() else { return };
        let Ok(channel) = web_sys::BroadcastChannel::new(store.name()) else { return };
        let heard = Closure::<dyn FnMut()>::new(move || {
            spawn_local(async move {
                self.read().await;
                self.send(false);
            });
        });
        channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        // It listens as long as the page is there.
        heard.forget();
        self.channel.try_set_value(Some(channel));
    }

    /// Writes a confirmation down and sends it when it can be. An error means that the device could not write it down, and
    /// then it is not sent either.
    pub async fn put(self, entry: Entry) -> Result<(), StoreError> {
        if let Some(store) = self.local.store() {
            store.post(entry.row()).await?;
            ask_to_persist();
        }
        self.entries.try_update(|entries| entries.push(Arc::new(entry)));
        self.tell_others();
        self.send(false);
        Ok(())
    }

    /// Forgets what has been answered, or what a person gives up.
    pub async fn discard(self, key: Key) -> Result<(), StoreError> {
        if let Some(store) = self.local.store() {
            store.discard(&key.0.to_string()).await?;
        }
        self.entries.try_update(|entries| entries.retain(|entry| entry.key != key));
        self.tell_others();
        Ok(())
    }

    /// How many wait. Follows changes.
    pub fn waiting(self) -> usize {
        self.entries.with(|entries| entries.iter().filter(|entry| entry.waits()).count())
    }

    /// Sends what waits, in order, unless it is being done. What could not be sent a while ago waits for its time, unless
    /// there is `hurry`: a person asks, or the edge was just reached.
    pub fn send(self, hurry: bool) {
        if self.sending.try_get_untracked() != Some(false) || self.next(hurry).is_none() {
            return;
        }
        self.sending.set(true);
        spawn_local(async move {
            let name = self.local.store().map(|store| store.name().to_owned()).unwrap_or_default();
            exclusively(&name, self.work_off(hurry)).await;
            self.sending.try_set(false);
            self.set_timer();
            // What was confirmed now uses credit.
            super::sync::sync(self.local).await;
        });
    }

    /// The first that waits, if its time has come.
    fn next(self, hurry: bool) -> Option<Arc<Entry>> {
        let first =
            self.entries.try_with_untracked(|entries| entries.iter().find(|entry| entry.waits()).cloned()).flatten()?;
        match first.fate {
            Fate::Waiting { not_before, .. } if hurry || not_before <= now() => Some(first),
            _ => None,
        }
    }

    async fn work_off(self, hurry: bool) {
        // Another tab may have sent some of it since.
        self.read().await;
        while let Some(entry) = self.next(hurry) {
            let answer = self.local.keeper.heed(client::confirm_order(&entry.confirm, entry.key).await);
            let passes = answer.as_ref().is_err_and(ClientError::passes);
            let stop = passes || matches!(answer, Err(ClientError::SignedOut));
            self.settle(&entry, answer).await;
            if stop {
                break;
            }
        }
    }

    /// Writes down what became of one.
    async fn settle(self, entry: &Arc<Entry>, answer: Result<Confirmation, ClientError>) {
        let mut entry = Entry::clone(entry);
        let tries = match entry.fate {
            Fate::Waiting { tries, .. } => tries.saturating_add(1),
            _ => 0,
        };
        let at = now();
        entry.fate = match answer {
            Ok(confirmation) => Fate::Answered { confirmation: Box::new(confirmation), at },
            Err(ClientError::SignedOut) => return,
            Err(ClientError::Problem(problem)) if !ClientError::Problem(problem.clone()).passes() => {
                Fate::Refused { problem: *problem, at }
            }
            Err(error) => {
                let trouble = match error {
                    ClientError::Problem(problem) => Some(*problem),
                    _ => None,
                };
                Fate::Waiting { tries, not_before: at.saturating_add(pause(tries)), trouble }
            }
        };
        if let Some(store) = self.local.store() {
            // If the answer cannot be kept, the next try with the same key gets the same one.
            let _ = store.post(entry.row()).await;
        }
        self.entries.try_update(|entries| {
            if let Some(place) = entries.iter_mut().find(|other| other.key == entry.key) {
                *place = Arc::new(entry);
            }
        });
        self.tell_others();
    }

    async fn read(self) {
        let Some(store) = self.local.store() else { return };
        let Ok(rows) = store.outbox().await else { return };
        let all = rows.len();
        let entries: Vec<Arc<Entry>> =
            rows.iter().filter_map(|(_, text)| serde_json::from_str(text).ok()).map(Arc::new).collect();
        self.unreadable.try_set(all.saturating_sub(entries.len()));
        self.entries.try_set(entries);
    }

    fn tell_others(self) {
        self.channel.try_with_value(|channel| {
            if let Some(channel) = channel {
                // A tab that doesn't hear it finds out when it next reads.
                let _ = channel.post_message(&JsValue::TRUE);
            }
        });
    }

    /// Wakes when the first that waits may be tried again.
    fn set_timer(self) {
        if let Some(timer) = self.timer.try_get_value().flatten() {
            timer.clear();
        }
        let first = self.entries.try_with_untracked(|entries| entries.iter().find(|entry| entry.waits()).cloned());
        let Some(Fate::Waiting { not_before, .. }) = first.flatten().map(|entry| entry.fate.clone()) else { return };
        let wait = u64::try_from(not_before.saturating_sub(now())).unwrap_or(0).max(1);
        let timer = set_timeout_with_handle(move || self.send(false), Duration::from_secs(wait)).ok();
        self.timer.try_set_value(timer);
    }
}

/// How long to wait after so many tries, in seconds: 2, 4, 8 … [`PATIENCE`].
fn pause(tries: u32) -> i64 {
    2_i64.checked_pow(tries.min(16)).unwrap_or(PATIENCE).min(PATIENCE)
}

/// Does something while no other tab of this store does. Where the browser has no locks it is done all the same: the key
/// keeps it from happening twice.
async fn exclusively(name: &str, work: impl Future<Output = ()> + 'static) {
    let locks = js_sys::Reflect::get(&window().navigator(), &"locks".into()).unwrap_or(JsValue::UNDEFINED);
    let request = js_sys::Reflect::get(&locks, &"request".into()).ok();
    let Some(request) = request.and_then(|request| request.dyn_into::<js_sys::Function>().ok()) else {
        return work.await;
    };
    let held = Closure::once_into_js(move |_lock: JsValue| {
        future_to_promise(async move {
            work.await;
            Ok(JsValue::UNDEFINED)
        })
    });
    if let Ok(done) = request.call2(&locks, &format!("{name}.outbox").into(), &held) {
        // Whatever the lock's end says, the work is over or the page is gone.
        let _ = JsFuture::from(js_sys::Promise::from(done)).await;
    }
}

/// Asks the browser not to clear this site's data on its own.
fn ask_to_persist() {
    // It may refuse, and an old one cannot; nothing depends on it.
    let _ = window().navigator().storage().persist();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        assert_eq!((0..10).map(pause).collect::<Vec<_>>(), [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
        assert_eq!(pause(u32::MAX), PATIENCE);
    }
}
