//! Where one is within the door: a page for each address, told by the browser's history.

use crate::lang::t;
use crate::ui::Button;
use leptos::{ev, prelude::*};
use shared::facts::id::CustomerId;
use shared::record::api::Door;
use web_sys::wasm_bindgen::{JsCast, JsValue};

/// A page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// My customers.
    List,
    /// Checking an order of one of them.
    Check(CustomerId),
    /// What was confirmed, and what waits.
    Sent,
    /// One confirmation, by its key.
    Entry(uuid::Uuid),
    /// Whoever is signed in.
    Reader,
}

impl Place {
    /// Its address.
    pub fn path(self) -> String {
        let door = Door::Field.path();
        match self {
            Self::List => door.to_owned(),
            Self::Check(id) => format!("{door}customers/{id}"),
            Self::Sent => format!("{door}sent"),
            Self::Entry(key) => format!("{door}sent/{key}"),
            Self::Reader => format!("{door}me"),
        }
    }

    /// The page at an address; the list at any that names none.
    pub fn at(path: &str) -> Self {
        let mut parts = path.strip_prefix(Door::Field.path()).unwrap_or_default().split('/');
        match (parts.next(), parts.next()) {
            (Some("customers"), Some(id)) => id.parse().map_or(Self::List, Self::Check),
            (Some("sent"), Some(key)) => key.parse().map_or(Self::Sent, Self::Entry),
            (Some("sent"), None) => Self::Sent,
            (Some("me"), None) => Self::Reader,
            _ => Self::List,
        }
    }
}

/// The way through the pages, to hand around.
#[derive(Clone, Copy)]
pub struct Route(RwSignal<Place>);

impl Route {
    /// Starts where the address says, and follows the browser's back and forward.
    pub fn new() -> Self {
        let here = || Place::at(&window().location().pathname().unwrap_or_default());
        let place = RwSignal::new(here());
        let listener = window_event_listener(ev::popstate, move |_| place.set(here()));
        on_cleanup(move || listener.remove());
        Self(place)
    }

    /// Where one is. Follows changes.
    pub fn get(self) -> Place {
        self.0.get()
    }

    /// Goes there.
    pub fn go(self, to: Place) {
        if self.0.get_untracked() == to {
            return;
        }
        if let Ok(history) = window().history() {
            // An address of one's own page is always allowed.
            let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&to.path()));
        }
        self.0.set(to);
        window().scroll_to_with_x_and_y(0.0, 0.0);
    }
}

/// A link to another page of this door.
#[component]
pub fn Link(
    /// Where to.
    to: Place,
    /// A class.
    #[prop(optional)]
    class: Option<&'static str>,
    /// What it is called, when that isn't written on it.
    #[prop(optional, into)]
    label: Signal<Option<&'static str>>,
    /// `page` when one is there.
    #[prop(optional, into)]
    current: Signal<Option<&'static str>>,
    /// What is written on it.
    children: Children,
) -> impl IntoView {
    let route = super::Shared::get().route;
    let follow = move |event: ev::MouseEvent| {
        // With a key held the browser opens it elsewhere, as always.
        if !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key()) {
            event.prevent_default();
            route.go(to);
        }
    };
    view! {
        <a href=to.path() class=class aria-label=move || label.get() aria-current=move || current.get() on:click=follow>
            {children()}
        </a>
    }
}

/// A new release of this door is on the device and waits for the reader to take it.
#[component]
pub fn Update() -> impl IntoView {
    let waiting = RwSignal::new_local(None::<JsValue>);
    let name = ev::Custom::<web_sys::CustomEvent>::new("xinheng:update");
    let listener = window_event_listener(name, move |event| waiting.set(Some(event.detail())));
    on_cleanup(move || listener.remove());
    let take = move |()| {
        let worker = waiting.get_untracked().and_then(|worker| worker.dyn_into::<web_sys::ServiceWorker>().ok());
        let Some(worker) = worker else { return };
        let workers = window().navigator().service_worker();
        let reload = wasm_bindgen::closure::Closure::once_into_js(|| {
            // A page that cannot be loaded again keeps working as it is.
            let _ = window().location().reload();
        });
        workers.set_oncontrollerchange(reload.dyn_ref());
        // It answers by taking over; if it is gone already there is nothing to take.
        let _ = worker.post_message(&"take over".into());
    };
    view! {
        <Show when=move || waiting.with(Option::is_some)>
            <div class="update screen-only" role="status">
                <span>{t("新版本已经备好", "A new version is ready")}</span>
                <Button on_press=Callback::new(take)>{t("换到新版本", "Use it")}</Button>
            </div>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_back_to_their_pages() {
        let id = CustomerId::derived(&["1"]);
        for place in [Place::List, Place::Check(id), Place::Sent, Place::Entry(id.0), Place::Reader] {
            assert_eq!(Place::at(&place.path()), place);
        }
        for elsewhere in ["/field/customers/1", "/field/nowhere", "/", ""] {
            assert_eq!(Place::at(elsewhere), Place::List, "{elsewhere}");
        }
    }
}
