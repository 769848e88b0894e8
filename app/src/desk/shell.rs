//! What surrounds every page: the way in, the rail with its places, and the head of a page.

use super::address::BASE;
use super::book::Desk;
use super::words;
use crate::data::session::{self, Access, Doorkeeper};
use crate::lang::{lang, t};
use crate::ui::{
    Age, Brand, Button, Chip, Empty, ErrorNote, Kind, LangSwitch, Skeleton, ThemeSwitch, Tone, page_title,
};
use crate::words::failure;
use leptos::prelude::*;
use leptos_router::components::A;
use shared::record::access::Operation;
use std::time::Duration;

/// Where one signs in: a link brought the token, a button spends it.
#[component]
pub fn WayIn(
    /// The door.
    keeper: Doorkeeper,
) -> impl IntoView {
    page_title(move || lang().pick("信用管理 · 信衡", "Credit desk · Xinheng").to_owned());
    let words = move || match keeper.access() {
        Access::Looking | Access::In(_) => view! { <Skeleton lines=3 /> }.into_any(),
        Access::Out { invited, refused } => {
            let error = refused.map(|error| {
                let what = error.clone();
                view! { <ErrorNote what=move || failure(lang(), &what).what next=move || failure(lang(), &error).next /> }
            });
            let act = if invited {
                view! {
                    <p>{t("这条链接会让您登录信用管理。", "This link signs you in to the credit desk.")}</p>
                    <Button
                        kind=Kind::Main
                        busy=Signal::derive(move || keeper.is_busy())
                        on_press=Callback::new(move |()| keeper.enter())
                    >
                        {t("登录", "Sign in")}
                    </Button>
                }
                .into_any()
            } else {
                view! {
                    <p>{t("请打开发给您的登录链接。一条链接只能用一次。", "Open the sign-in link that was sent to you. A link works once.")}</p>
                    <Button on_press=Callback::new(move |()| keeper.look())>{t("再看一次", "Look again")}</Button>
                }
                .into_any()
            };
            view! { {error}{act} }.into_any()
        }
    };
    view! {
        <main class="way-in" id="main">
            <header><Brand /><LangSwitch /></header>
            <div class="rule"></div>
            <h1>{t("信用管理", "Credit desk")}</h1>
            {words}
        </main>
    }
}

/// The places of the desk, and who sits there.
#[component]
pub fn Rail() -> impl IntoView {
    let desk = Desk::here();
    let place = move |path: &'static str, zh: &'static str, en: &'static str, count: Option<Signal<String>>| {
        view! {
            <li>
                <A href=format!("{BASE}/{path}")>
                    {t(zh, en)}
                    {count.map(|count| view! { <span class="num">{move || count.get()}</span> })}
                </A>
            </li>
        }
    };
    let customers = Signal::derive(move || {
        let count = desk.customers.with(|customers| customers.len());
        if count == 0 { String::new() } else { lang().number(i64::try_from(count).unwrap_or_default()) }
    });
    let version = Signal::derive(move || {
        desk.policy.with(|policy| policy.as_ref().map(|policy| format!("v{}", policy.version)).unwrap_or_default())
    });
    let imports = desk.may(Operation::ReadImports).then(|| place("import", "导入", "Import", None));
    let (name, role) = desk.session.with_value(|session| (session.name.clone(), session.role));
    let company = move || {
        desk.book.with(|book| match (lang(), &book.name_en) {
            (crate::lang::Lang::En, Some(name)) => name.clone(),
            _ => book.name.clone(),
        })
    };
    let demo = move || desk.book.with(|book| book.demo);
    let (now, set_now) = signal(session::now());
    if let Ok(timer) = set_interval_with_handle(move || set_now.set(session::now()), Duration::from_secs(5)) {
        on_cleanup(move || timer.clear());
    }
    let seconds = Signal::derive(move || desk.heard.get().map(|heard| now.get().saturating_sub(heard).max(0)));
    view! {
        <section class="rail" aria-label=t("信衡", "Xinheng")>
            <Brand />
            <nav aria-label=t("主导航", "Main")>
                <ul>
                    <li>
                        <p class="label">{t("账簿", "Book")}</p>
                        <ul>
                            {place("customers", "客户", "Customers", Some(customers))}
                            {place("aging", "账龄", "Aging", None)}
                            {imports}
                        </ul>
                    </li>
                    <li>
                        <p class="label">{t("政策", "Policy")}</p>
                        <ul>
                            {place("what-if", "试算", "What-if", None)}
                            {place("policy", "版本", "Versions", Some(version))}
                        </ul>
                    </li>
                </ul>
            </nav>
            <div class="me">
                <Show when=demo>
                    <Chip text=Signal::derive(move || lang().pick("演示账簿", "Demo book").to_owned()) tone=Tone::Caution />
                </Show>
                <p>{name}</p>
                <p class="label">{move || words::role(lang(), role)}<br />{company}</p>
                <Age of=desk.freshness seconds=seconds />
                <ThemeSwitch />
                <p class="ways">
                    <LangSwitch />
                    <Button kind=Kind::Bare on_press=Callback::new(move |()| desk.keeper.leave())>
                        {t("退出", "Sign out")}
                    </Button>
                </p>
            </div>
        </section>
    }
}

/// The head of a page: its name, a line about it, and what can be done.
#[component]
pub fn Bar(
    /// The page's name.
    #[prop(into)]
    title: Signal<String>,
    /// A line about it.
    #[prop(optional, into)]
    about: Signal<String>,
    /// What can be done.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    page_title(move || lang().fill("{0} · 信衡", "{0} · Xinheng", &[&title.get()]));
    view! {
        <header class="bar">
            <h1>{move || title.get()}</h1>
            <p class="quiet about">{move || about.get()}</p>
            {children.map(|children| view! { <div class="acts screen-only">{children()}</div> })}
        </header>
    }
}

/// An address that leads nowhere.
#[component]
pub fn Nowhere() -> impl IntoView {
    let title = Signal::derive(move || lang().pick("没有这一页", "No such page").to_owned());
    view! {
        <Bar title=title />
        <main class="page" id="main">
            <Empty
                what=Signal::derive(move || lang().pick("这个地址没有页面", "Nothing is at this address").to_owned())
                next=Signal::derive(move || lang().pick("从导航里选一处继续", "Choose a place in the navigation").to_owned())
            />
        </main>
    }
}
