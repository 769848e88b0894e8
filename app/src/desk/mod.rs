//! The door `desk`: the credit department's pages. One folder for each page; what they share stands beside them:
//! [`book`] holds what the edge told, [`address`] what a page keeps in its address, [`shell`] the rail and the way in.

pub mod address;
pub mod aging;
pub mod applications;
pub mod book;
pub mod customers;
mod decision;
pub mod import;
pub mod lab;
pub mod orders;
mod paged;
mod parts;
pub mod policy;
pub mod pool;
pub mod settings;
pub mod shell;
pub mod today;
pub mod words;

use crate::data::session::{Access, Doorkeeper};
use crate::ui::{Sprite, Toasts};
use address::BASE;
use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Redirect, Route, Router, Routes};
use leptos_router::path;
use shared::record::access::Operation;
use shared::record::api::{Door, Session};
use std::sync::Arc;

/// Opens the door.
pub fn open() {
    crate::ui::start();
    crate::door::open(|| view! { <Entrance /> });
}

/// The way in, and behind it the house.
#[component]
fn Entrance() -> impl IntoView {
    let keeper = Doorkeeper::new(Door::Desk, None);
    let inside = Memo::new(move |_| match keeper.access() {
        Access::In(session) => Some(session),
        _ => None,
    });
    view! {
        <Sprite />
        {move || match inside.get() {
            Some(session) => view! { <House keeper=keeper session=session /> }.into_any(),
            None => view! { <shell::WayIn keeper=keeper /> }.into_any(),
        }}
    }
}

/// A page for those whose role may see it, and a word for the others.
fn guard<V: IntoView + 'static>(
    operation: Operation,
    zh: &'static str,
    en: &'static str,
    page: impl Fn() -> V + Clone + Send + Sync + 'static,
) -> impl Fn() -> AnyView + Clone + Send + Sync + 'static {
    move || {
        if book::Desk::here().may(operation) {
            page().into_any()
        } else {
            view! { <shell::NotYours title=parts::both(zh, en) /> }.into_any()
        }
    }
}

/// All pages, for somebody who is signed in.
#[component]
fn House(keeper: Doorkeeper, session: Arc<Session>) -> impl IntoView {
    let desk = book::Desk::open(keeper, &session);
    provide_context(desk);
    let home = desk.home();
    view! {
        <Router base=BASE>
            <a class="skip" href="#main">{crate::lang::t("跳到正文", "Skip to content")}</a>
            <div class="desk">
                <shell::Rail />
                <Routes fallback=shell::Nowhere>
                    <Route path=path!("/") view=move || view! { <Redirect path=home /> } />
                    <Route path=path!("/today") view=guard(Operation::Sync, "今天", "Today", today::Page) />
                    <ParentRoute path=path!("/customers") view=guard(Operation::Sync, "客户", "Customers", customers::Page)>
                        <Route path=path!("") view=|| () />
                        <Route path=path!(":id") view=customers::File />
                    </ParentRoute>
                    <ParentRoute path=path!("/orders") view=guard(Operation::ReadOrders, "订单", "Orders", orders::Page)>
                        <Route path=path!("") view=orders::Nothing />
                        <Route path=path!(":id") view=orders::One />
                    </ParentRoute>
                    <ParentRoute path=path!("/applications") view=guard(Operation::ReadApplications, "授信申请", "Applications", applications::Page)>
                        <Route path=path!("") view=applications::Nothing />
                        <Route path=path!(":id") view=applications::One />
                    </ParentRoute>
                    <Route path=path!("/aging") view=guard(Operation::ReadJournal, "账龄", "Aging", aging::Page) />
                    <Route path=path!("/import") view=guard(Operation::ReadImports, "导入", "Import", import::Page) />
                    <Route path=path!("/pool") view=guard(Operation::ReadPool, "到款认领", "Money in", pool::Page) />
                    <Route path=path!("/what-if") view=guard(Operation::ReadPortfolio, "试算", "What-if", lab::Page) />
                    <Route path=path!("/policy") view=guard(Operation::ReadPolicies, "政策版本", "Policy versions", policy::Page) />
                    <Route path=path!("/people") view=guard(Operation::ReadPeople, "人员", "People", settings::People) />
                    <Route path=path!("/tokens") view=guard(Operation::ReadTokens, "程序令牌", "Tokens for programs", settings::Tokens) />
                    <Route path=path!("/account") view=settings::Account />
                </Routes>
            </div>
            <Toasts from=desk.toaster />
        </Router>
    }
}
