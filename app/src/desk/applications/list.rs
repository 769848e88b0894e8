//! The list: what waits first; a row opens the application beside it.

use super::words;
use crate::data::client::{self, ClientError};
use crate::desk::address::Address;
use crate::desk::book::{Desk, Load};
use crate::desk::paged::{self, Paged};
use crate::desk::parts::{Loaded, Picks, both, current, on_escape};
use crate::desk::shell::Bar;
use crate::desk::words::role_named;
use crate::lang::{lang, t};
use crate::ui::{Button, Empty, Seal};
use leptos::prelude::*;
use leptos_router::components::Outlet;
use shared::facts::id::ApplicationId;
use shared::record::api::applications::{
    APPLICATIONS_LISTED_MOST, ApplicationLine, ApplicationState, ApplicationsAnswer,
};
use std::sync::Arc;

/// Which applications are listed: in one state, or all.
type Only = Option<ApplicationState>;

/// Each with its name in the address, which is the edge's, and in both languages.
const ONLY: [(Only, &str, &str, &str); 5] = [
    (Some(ApplicationState::Open), "open", "待批", "Waiting"),
    (Some(ApplicationState::AskedBack), "asked_back", "退回补充", "Asked back"),
    (Some(ApplicationState::Granted), "granted", "已批准", "Granted"),
    (Some(ApplicationState::Refused), "refused", "未批准", "Refused"),
    (None, "all", "全部", "All"),
];

fn read_only(text: &str) -> Option<Only> {
    ONLY.iter().find(|(_, key, ..)| *key == text).map(|(only, ..)| *only)
}

#[allow(clippy::trivially_copy_pass_by_ref)] // the form that an address asks for
fn write_only(only: &Only) -> String {
    ONLY.iter().find(|(of, ..)| of == only).map(|(_, key, ..)| (*key).to_owned()).unwrap_or_default()
}

async fn page(only: Only, after: Option<String>) -> Result<paged::Page<ApplicationLine>, ClientError> {
    let state = only.map(|_| write_only(&only));
    let answer = client::applications(state.as_deref(), None, after.as_deref(), APPLICATIONS_LISTED_MOST).await?;
    let ApplicationsAnswer { applications, next } = answer;
    Ok((applications, next))
}

type List = Paged<Only, ApplicationLine>;

/// The list, and beside it the application that is open.
#[component]
pub fn Page() -> impl IntoView {
    let desk = Desk::here();
    let address = Address::here();
    let only = address.keep("only", Some(ApplicationState::Open), read_only, write_only);
    let list: List = Paged::new(desk, only, page);
    let open = address.open_one::<ApplicationId>("/applications/");
    on_escape(open, move || address.go("/applications"));
    let about = Signal::derive(move || {
        let Some(known) = list.load.with(Load::ready) else { return String::new() };
        let lang = lang();
        let count = i64::try_from(known.rows.len()).unwrap_or_default();
        if known.next.is_some() {
            return lang.fill("最近的 {0} 件", "the latest {0} applications", &[&lang.number(count)]);
        }
        lang.count(count, "件", "application", "applications")
    });
    view! {
        <Bar title=both("授信申请", "Applications") about=about />
        <main class="page orders-page" id="main" class:with-order=move || open.get().is_some()>
            <section class="list" aria-label=t("申请清单", "List of applications")>
                <Picks
                    label=both("看哪些", "Which ones")
                    choices=ONLY.map(|(only, _, zh, en)| (only, zh, en)).to_vec()
                    chosen=only
                />
                <Loaded of=list.load on_retry=Callback::new(move |()| list.read())>
                    <Queue list=list open=open address=address />
                </Loaded>
            </section>
            <Outlet />
        </main>
    }
}

/// The rows.
#[component]
fn Queue(list: List, open: Memo<Option<ApplicationId>>, address: Address) -> impl IntoView {
    let lines = Memo::new(move |_| list.load.with(Load::ready).map(|known| known.rows.clone()).unwrap_or_default());
    let none = Memo::new(move |_| lines.with(Vec::is_empty));
    let empty = || {
        view! {
            <Empty
                what=both("没有这样的申请", "No such applications")
                next=both("客户档案里可以申请额度和账期", "Limits and terms are asked for in a customer’s file")
            />
        }
    };
    view! {
        <Show when=move || !none.get() fallback=empty>
            <ul class="queue">
                <For each=move || lines.get() key=|line| (line.application, line.version) let:line>
                    <Row line=line open=open address=address />
                </For>
            </ul>
            <Show when=move || list.goes_on()>
                <Button busy=list.busy on_press=Callback::new(move |()| list.more())>{t("再显示一些", "Show more")}</Button>
            </Show>
        </Show>
    }
}

/// An application as a row of another page.
pub fn row(line: ApplicationLine) -> impl IntoView {
    view! { <Row line=line open=Memo::new(|_| None) address=Address::here() /> }
}

#[component]
fn Row(line: ApplicationLine, open: Memo<Option<ApplicationId>>, address: Address) -> impl IntoView {
    let id = line.application;
    let desk = Desk::here();
    let (customer, name) = (line.customer, line.customer_name.clone());
    let mark = words::seal(line.state);
    let line = Arc::new(line);
    let turn = {
        let line = Arc::clone(&line);
        move || {
            let lang = lang();
            match (line.state, &line.role) {
                (ApplicationState::Open, Some(role)) => lang.fill("{0}批", "{0} decides", &[&role_named(lang, role)]),
                (state, _) => words::state(lang, state).to_owned(),
            }
        }
    };
    let date = line.date;
    let what = move || words::asked(lang(), &line.asked);
    view! {
        <li>
            <a
                href=move || address.link(&format!("/applications/{id}"))
                aria-current=move || current(open.get() == Some(id))
            >
                <Seal of=mark beside=true />
                <b class="name">{move || desk.customer(customer, &name)}</b>
                <span class="since">{turn}</span>
                <span class="why">{what}</span>
                <span class="since">{move || lang().date(date)}</span>
            </a>
        </li>
    }
}

/// Beside the list, while no application is open.
#[component]
pub fn Nothing() -> impl IntoView {
    view! {
        <section class="file order none" aria-label=t("申请", "Application")>
            <Empty what=both("没有打开的申请", "No application is open") next=both("选一件，看要什么、谁来批", "Choose one to see what is asked, and who decides") />
        </section>
    }
}
