//! The salesperson's door: find a customer, type an amount, see the verdict, confirm, with or without a network.
//!
//! Everything that is shown is read from the device ([`crate::data::local`]); everything that is done goes through the outbox
//! ([`crate::data::outbox`]). On a phone one page is seen at a time, on a tablet the list stays beside it.

mod ask;
mod check;
mod entry;
mod list;
mod place;
mod question;
mod queue;
mod reader;
mod sent;
mod threshold;
mod verdict;

use crate::data::client::Key;
use crate::data::local::Local;
use crate::data::outbox::{Entry, Outbox};
use crate::data::session::{Access, Doorkeeper};
use crate::data::store::Store;
use crate::data::sync::keep_in_step;
use crate::lang::{lang, t};
use crate::ui::{Age, DemoMark, Skeleton, Sprite, Toaster, Toasts};
use leptos::prelude::*;
use leptos::task::spawn_local;
use place::{Link, Place, Route};
use shared::facts::id::PersonId;
use shared::record::api::{Door, Session};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use threshold::Before;

/// The door.
#[component]
pub fn Field() -> impl IntoView {
    let keeper = Doorkeeper::new(Door::Field, Some(wipe));
    crate::ui::page_title(|| lang().pick("信用检查 · 信衡", "Credit check · Xinheng").to_owned());
    // The house is built once for each person, however often the session is heard of again.
    let stands = Memo::new(move |_| match keeper.access() {
        Access::Looking => Stands::Looking,
        Access::Out { invited: true, refused } => Stands::Out(Before::Invited(refused)),
        Access::Out { invited: false, refused } => Stands::Out(Before::Alone(refused)),
        Access::Joining => Stands::Out(Before::Joining),
        Access::In(session) => Stands::In(session.book.code.clone(), session.person),
    });
    let inside = move || match stands.get() {
        Stands::Looking => view! {
            <main class="phone threshold">
                <h1 class="visually-hidden">{t("信用检查", "Credit check")}</h1>
                <Skeleton lines=4 />
            </main>
        }
        .into_any(),
        Stands::Out(before) => view! { <threshold::Threshold keeper=keeper before=before /> }.into_any(),
        Stands::In(..) => view! { <House keeper=keeper /> }.into_any(),
    };
    view! {
        <Sprite />
        {inside}
    }
}

/// Who stands at the door, as far as another page is due.
#[derive(Clone, PartialEq)]
enum Stands {
    Looking,
    Out(Before),
    In(String, PersonId),
}

/// What signing out takes off this device.
fn wipe(session: Arc<Session>) -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async move {
        if let Ok(store) = Store::open(&session.book.code, session.person).await {
            // The page that asks for it has warned of what is not sent; a store that cannot be emptied cannot be read either.
            let _ = store.wipe().await;
        }
    })
}

/// What the pages share.
#[derive(Clone, Copy)]
struct Shared {
    keeper: Doorkeeper,
    local: Local,
    outbox: Outbox,
    route: Route,
}

impl Shared {
    /// Where it was put by the house.
    fn get() -> Self {
        expect_context()
    }
}

/// Behind the door.
#[component]
fn House(keeper: Doorkeeper) -> impl IntoView {
    let local = Local::new(keeper);
    let outbox = Outbox::new(local);
    let route = Route::new();
    let toaster = Toaster::new();
    provide_context(Shared { keeper, local, outbox, route });
    announce(local, outbox, route, toaster);
    let owner = Owner::current();
    spawn_local(async move {
        local.open().await;
        outbox.open().await;
        let start = move || keep_in_step(local, move || outbox.send(true));
        match owner {
            Some(owner) => owner.with(start),
            None => start(),
        }
    });
    let page = move || match route.get() {
        Place::List => view! { <list::Nothing /> }.into_any(),
        Place::Check(id) => view! { <check::Check id=id /> }.into_any(),
        Place::Sent => view! { <sent::Sent /> }.into_any(),
        Place::Entry(key) => view! { <entry::EntryPage key=key /> }.into_any(),
        Place::Reader => view! { <reader::Reader /> }.into_any(),
    };
    let alone = move || route.get() == Place::List;
    view! {
        <Mark />
        <main class="pair" data-list=move || alone().then_some("")>
            <list::List />
            <div class="pane">{page}</div>
        </main>
        <Toasts from=toaster />
        <crate::field::place::Update />
    }
}

/// Says when the book has answered what waited, unless one is looking at it.
fn announce(local: Local, outbox: Outbox, route: Route, toaster: Toaster) {
    Effect::new(move |waited: Option<Vec<Key>>| {
        let (waiting, answered): (Vec<_>, Vec<_>) = outbox.entries.get().into_iter().partition(|entry| entry.waits());
        for entry in answered.iter().filter(|entry| waited.as_ref().is_some_and(|waited| waited.contains(&entry.key))) {
            let place = Place::Entry(entry.key.0);
            if untrack(|| route.get()) != place {
                let lang = untrack(lang);
                let name = untrack(name_of(local, entry));
                // The amount tells two orders of one customer apart.
                let amount = lang.money(entry.confirm.order.amount);
                let text = lang.fill("{0} {1}：账簿已答复", "{0}, {1}: the book has answered", &[&name, &amount]);
                toaster.say_with_undo(text, lang.pick("看结果", "Look"), Callback::new(move |()| route.go(place)));
            }
        }
        waiting.iter().map(|entry| entry.key).collect()
    });
}

/// The name of a confirmation's customer in the reader's language, where the device still knows it.
fn name_of(local: Local, entry: &Entry) -> impl Fn() -> String + Send + Sync + 'static + use<> {
    let (id, name) = (entry.confirm.order.customer, entry.name.clone());
    move || {
        let known = local.shelf.with(|shelf| shelf.as_ref().and_then(|shelf| shelf.customers.get(&id).cloned()));
        let english = known.and_then(|known| known.customer.name_en.clone());
        lang().pick(name.clone(), english.unwrap_or_else(|| name.clone()))
    }
}

/// Marks a demo book, from what the device holds or, before that, from the session.
#[component]
fn Mark() -> impl IntoView {
    let Shared { keeper, local, .. } = Shared::get();
    let book = Memo::new(move |_| {
        let heard = local.shelf.with(|shelf| shelf.as_ref().map(|shelf| shelf.book.clone()));
        heard.or_else(|| keeper.session().map(|session| session.book.clone())).filter(|book| book.demo)
    });
    move || book.get().map(|book| view! { <DemoMark today=book.today /> })
}

/// The bar at the top of a page: the way back, its title, the age of what it shows.
#[component]
fn Top(
    /// The page's title.
    title: fn() -> &'static str,
    /// Where it leads back to.
    back: Place,
) -> impl IntoView {
    view! {
        <header class="top">
            <Link to=back class="back" label=Signal::derive(t("返回", "Back"))>
                <svg width="12" height="20" aria-hidden="true">
                    <path d="M10 2 2 10l8 8" fill="none" stroke="currentColor" stroke-width="1.75" />
                </svg>
            </Link>
            <p class="title">{move || title()}</p>
            <AgeNow />
        </header>
    }
}

/// The age of what the device knows.
#[component]
fn AgeNow() -> impl IntoView {
    let Shared { local, .. } = Shared::get();
    view! { <Age of=local.freshness seconds=local.age /> }
}

/// The places that are always in reach.
#[component]
fn Bar() -> impl IntoView {
    let Shared { outbox, route, .. } = Shared::get();
    let sent = move || {
        let waiting = i64::try_from(outbox.waiting()).unwrap_or(i64::MAX);
        let lang = lang();
        if waiting > 0 {
            lang.fill("待发 {0}", "{0} waiting", &[&lang.number(waiting)])
        } else {
            lang.pick("已确认", "Confirmed").to_owned()
        }
    };
    let here = move |place: Place| move || (route.get() == place).then_some("page");
    // Beside the list stands the page of one customer or one confirmation: one is among the customers, or among what was sent.
    let listed = Signal::derive(move || matches!(route.get(), Place::List | Place::Check(_)).then_some("page"));
    let sent_too = Signal::derive(move || matches!(route.get(), Place::Sent | Place::Entry(_)).then_some("page"));
    view! {
        <nav class="places screen-only" aria-label=t("栏目", "Sections")>
            <Link to=Place::List current=listed>{t("客户", "Customers")}</Link>
            <Link to=Place::Sent current=sent_too>
                <span class:caution=move || { outbox.waiting() > 0 }>{sent}</span>
            </Link>
            <Link to=Place::Reader current=Signal::derive(here(Place::Reader))>{t("我", "Me")}</Link>
        </nav>
    }
}
