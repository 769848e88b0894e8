//! Keeps what the device knows in step with the book: at the start, on coming back to the page, on coming online, every
//! minute, and after something was sent.

use super::client::{self, ClientError};
use super::local::{Contact, Local, Shelf};
use super::session::now;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::facts::id::FeedNumber;
use std::time::Duration;

/// Starts keeping in step, for as long as the component that calls it lives. `after` runs after every contact.
pub fn keep_in_step(local: Local, after: impl Fn() + Copy + 'static) {
    let go = move || {
        let hidden = document().visibility_state() == web_sys::VisibilityState::Hidden;
        if !hidden {
            spawn_local(async move {
                if sync(local).await {
                    after();
                }
            });
        }
    };
    let minute = set_interval_with_handle(go, Duration::from_mins(1));
    let focus = window_event_listener(leptos::ev::focus, move |_| go());
    let online = window_event_listener(leptos::ev::online, move |_| go());
    let offline = window_event_listener(leptos::ev::offline, move |_| {
        local.contact.update(|contact| contact.failed = Some(ClientError::Offline));
    });
    on_cleanup(move || {
        if let Ok(minute) = minute {
            minute.clear();
        }
        focus.remove();
        online.remove();
        offline.remove();
    });
    go();
}

/// Asks what changed, shows and keeps it. Says whether the edge was reached.
pub async fn sync(local: Local) -> bool {
    // The page may be gone by the time an answer comes; then nothing is left to show it.
    let Some(contact) = local.contact.try_get_untracked() else { return false };
    if contact.syncing {
        return false;
    }
    local.contact.try_set(Contact { syncing: true, ..contact });
    let known = local.shelf.try_get_untracked().flatten();
    let since = known.as_ref().map_or(FeedNumber(0), |shelf| shelf.feed);
    let mut answer = local.keeper.heed(client::sync_orders(since).await);
    let mut before = known;
    // A book that knows less than this device is another one by the same name: begin anew.
    if matches!(&answer, Ok(answer) if answer.feed < since) {
        before = None;
        if let Some(store) = local.store() {
            // What stays behind is replaced row by row, or was never readable.
            let _ = store.drop_cache().await;
        }
        answer = local.keeper.heed(client::sync_orders(FeedNumber(0)).await);
    }
    local.contact.try_set(Contact { syncing: false, failed: answer.as_ref().err().cloned() });
    let Ok(answer) = answer else { return false };
    let Some((shelf, rows)) = Shelf::after(before.as_deref(), answer, now()) else { return false };
    local.show(shelf);
    if let Some(store) = local.store() {
        // A device that cannot keep it still shows it, and says that it keeps nothing.
        local.keeps_nothing.try_set(store.cache(&rows).await.is_err());
    }
    true
}
