//! What surrounds every page: the way in, the rail with its places, and the head of a page.

use super::address::BASE;
use super::book::Desk;
use super::parts::{Failure, both};
use crate::data::client::{self, ClientError};
use crate::data::session::{self, Access, Doorkeeper};
use crate::lang::{lang, t};
use crate::ui::{Age, Brand, Button, Chip, Empty, Kind, LangSwitch, Skeleton, ThemeSwitch, Tone, page_title};
use crate::way_in::{ByPassword, Joining};
use crate::words::role as role_name;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
use leptos_router::hooks::use_location;
use shared::record::access::Operation;
use std::time::Duration;

/// Where one signs in: by a link's button or form, or by company, login and password.
#[component]
pub fn WayIn(
    /// The door.
    keeper: Doorkeeper,
) -> impl IntoView {
    page_title(move || lang().pick("信用管理 · 信衡", "Credit desk · Xinheng").to_owned());
    // Without a link a network that is back is all that is needed.
    let retry = Callback::new(move |()| keeper.look());
    let words = move || match keeper.access() {
        Access::Looking | Access::In(_) => view! { <Skeleton lines=3 /> }.into_any(),
        Access::Out { invited: true, refused } => view! {
            <Failure error=Signal::stored(refused) />
            <p>{t("这条链接会让您登录信用管理。", "This link signs you in to the credit desk.")}</p>
            <Button
                kind=Kind::Main
                thumb=true
                busy=Signal::derive(move || keeper.is_busy())
                on_press=Callback::new(move |()| keeper.enter())
            >
                {t("登录", "Sign in")}
            </Button>
        }
        .into_any(),
        Access::Out { invited: false, refused: Some(ClientError::Offline) } => view! {
            <Failure error=Signal::stored(Some(ClientError::Offline)) on_retry=retry />
            <ByPassword keeper=keeper />
        }
        .into_any(),
        Access::Out { invited: false, refused } => {
            view! { <Failure error=Signal::stored(refused) /><ByPassword keeper=keeper /> }.into_any()
        }
        Access::Joining => view! { <Joining keeper=keeper /> }.into_any(),
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
    let waiting = waiting(desk.may(Operation::ReadOrders));
    let version = Signal::derive(move || {
        desk.policy.with(|policy| policy.as_ref().map(|policy| format!("v{}", policy.version)).unwrap_or_default())
    });
    let known = |operation, path, zh, en, count| desk.may(operation).then(|| place(path, zh, en, count));
    let book = [
        known(Operation::Sync, "today", "今天", "Today", None),
        known(Operation::Sync, "customers", "客户", "Customers", Some(customers)),
        known(Operation::ReadOrders, "orders", "订单", "Orders", Some(waiting)),
        known(Operation::ReadApplications, "applications", "授信申请", "Applications", None),
        known(Operation::ReadJournal, "aging", "账龄", "Aging", None),
        known(Operation::ReadPool, "pool", "到款认领", "Money in", None),
        known(Operation::ReadImports, "import", "导入", "Import", None),
    ];
    let policy = [
        known(Operation::ReadPortfolio, "what-if", "试算", "What-if", None),
        known(Operation::ReadPolicies, "policy", "版本", "Versions", Some(version)),
    ];
    let settings = [
        known(Operation::ReadPeople, "people", "人员", "People", None),
        known(Operation::ReadTokens, "tokens", "程序令牌", "Tokens", None),
        known(Operation::ReadSessions, "account", "我的账户", "My account", None),
    ];
    let parts = [
        (t("账簿", "Book"), book.into_iter().flatten().collect_view()),
        (t("政策", "Policy"), policy.into_iter().flatten().collect_view()),
        (t("设置", "Settings"), settings.into_iter().flatten().collect_view()),
    ];
    let part = |(name, places): (_, Vec<_>)| {
        (!places.is_empty()).then(|| view! { <li><p class="label">{name}</p><ul>{places}</ul></li> })
    };
    let demo = Signal::derive(move || desk.book.with(|book| book.demo));
    // On a phone the places unfold, until one is chosen.
    let (unfolded, path) = (RwSignal::new(false), use_location().pathname);
    Effect::new(move |_| {
        path.track();
        unfolded.set(false);
    });
    view! {
        <section class="rail" class:open=move || unfolded.get() aria-label=t("信衡", "Xinheng")>
            <Brand />
            <Show when=move || demo.get()>
                <p class="of-demo"><Chip text=both("演示账簿", "Demo book") tone=Tone::Caution /></p>
            </Show>
            <button
                type="button"
                class="btn btn--bare menu"
                aria-expanded=move || if unfolded.get() { "true" } else { "false" }
                aria-controls="places"
                on:click=move |_| unfolded.update(|unfolded| *unfolded = !*unfolded)
            >
                {move || if unfolded.get() { lang().pick("收起", "Close") } else { lang().pick("菜单", "Menu") }}
            </button>
            <nav id="places" aria-label=t("主导航", "Main")>
                <ul>
                    {parts.into_iter().map(part).collect_view()}
                </ul>
            </nav>
            <Me demo=demo />
        </section>
    }
}

/// Who sits there, how fresh what they see is, and the ways out.
#[component]
fn Me(demo: Signal<bool>) -> impl IntoView {
    let desk = Desk::here();
    let (name, role) = desk.session.with_value(|session| (session.name.clone(), session.role));
    let company = move || {
        desk.book.with(|book| match (lang(), &book.name_en) {
            (crate::lang::Lang::En, Some(name)) => name.clone(),
            _ => book.name.clone(),
        })
    };
    let (now, set_now) = signal(session::now());
    if let Ok(timer) = set_interval_with_handle(move || set_now.set(session::now()), Duration::from_secs(5)) {
        on_cleanup(move || timer.clear());
    }
    let seconds = Signal::derive(move || desk.heard.get().map(|heard| now.get().saturating_sub(heard).max(0)));
    view! {
        <div class="me">
            <Show when=move || demo.get()>
                <p class="label">{move || {
                    let lang = lang();
                    lang.fill("日期停在 {0}", "Its date stands at {0}", &[&lang.date(desk.today())])
                }}</p>
            </Show>
            <p>{name}</p>
            <p class="label">{move || role_name(lang(), role)}<br />{company}</p>
            <Age of=desk.freshness seconds=seconds />
            <ThemeSwitch />
            <p class="ways">
                <LangSwitch />
                <Button kind=Kind::Bare on_press=Callback::new(move |()| desk.keeper.leave())>
                    {t("退出", "Sign out")}
                </Button>
            </p>
        </div>
    }
}

/// So many orders that wait are counted; more are more.
const COUNTED: u32 = 99;

/// How many orders wait for somebody with authority, counted anew whenever the book has moved on; empty when none does.
fn waiting(may: bool) -> Signal<String> {
    let desk = Desk::here();
    let count = RwSignal::new(0_usize);
    Effect::new(move |_| {
        desk.feed.track();
        if !may {
            return;
        }
        spawn_local(async move {
            let heard = client::orders(Some("held"), None, COUNTED.saturating_add(1)).await;
            // Out of reach: the rail says so at its foot, and what moves next counts anew.
            if let Ok(answer) = desk.keeper.heed(heard) {
                count.try_set(answer.orders.len());
            }
        });
    });
    Signal::derive(move || match u32::try_from(count.get()) {
        Ok(0) => String::new(),
        Ok(count) if count <= COUNTED => count.to_string(),
        _ => format!("{COUNTED}+"),
    })
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

/// A page that isn't for the reader's role.
#[component]
pub fn NotYours(
    /// The page's name.
    #[prop(into)]
    title: Signal<String>,
) -> impl IntoView {
    let role = Desk::here().role();
    let what =
        move || lang().fill("“{0}”这个角色不看这一页", "This page is not for the role {0}", &[role_name(lang(), role)]);
    view! {
        <Bar title=title />
        <main class="page" id="main">
            <Empty
                what=Signal::derive(what)
                next=Signal::derive(move || lang().pick("从导航里选一处继续", "Choose a place in the navigation").to_owned())
            />
        </main>
    }
}
