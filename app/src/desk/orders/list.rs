//! The list: the queue of what waits first, the longest waiting on top; a row opens the order beside it.

use super::words;
use crate::data::client::{self, ClientError};
use crate::desk::address::Address;
use crate::desk::book::{Desk, Load};
use crate::desk::paged::{self, Paged};
use crate::desk::parts::{Loaded, Picks, both, current, on_escape};
use crate::desk::shell::Bar;
use crate::lang::{lang, t};
use crate::ui::{Button, Empty, Seal, amount};
use leptos::prelude::*;
use leptos_router::components::Outlet;
use shared::facts::id::OrderId;
use shared::record::api::OrderStatus;
use shared::record::api::orders::{ORDERS_LISTED_MOST, OrderLine, OrdersAnswer};
use std::sync::Arc;

/// Which orders are listed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Only {
    Waiting,
    Open,
    Refused,
    Cancelled,
    All,
}

/// Each with its name in the address, in both languages, and what the edge is asked for.
const ONLY: [(Only, &str, &str, &str, Option<&str>); 5] = [
    (Only::Waiting, "", "待处理", "Waiting", Some("held")),
    (Only::Open, "open", "在途", "On their way", Some("open")),
    (Only::Refused, "refused", "不予", "Refused", Some("refused")),
    (Only::Cancelled, "cancelled", "已取消", "Cancelled", Some("cancelled")),
    (Only::All, "all", "全部", "All", None),
];

fn read_only(text: &str) -> Option<Only> {
    ONLY.iter().find(|(_, key, ..)| *key == text).map(|(only, ..)| *only)
}

#[allow(clippy::trivially_copy_pass_by_ref)] // the form that an address asks for
fn write_only(only: &Only) -> String {
    ONLY.iter().find(|(of, ..)| of == only).map(|(_, key, ..)| (*key).to_owned()).unwrap_or_default()
}

fn asked(only: Only) -> Option<&'static str> {
    ONLY.iter().find(|(of, ..)| *of == only).and_then(|(.., status)| *status)
}

/// A page of orders. The whole queue comes as people work it: what ships first, then what waits longest.
async fn page(only: Only, after: Option<String>) -> Result<paged::Page<OrderLine>, ClientError> {
    let OrdersAnswer { mut orders, next } = client::orders(asked(only), after.as_deref(), ORDERS_LISTED_MOST).await?;
    if only == Only::Waiting && after.is_none() && next.is_none() {
        orders.sort_by_key(|line| (line.planned.unwrap_or(line.date), line.date, line.order.id));
    }
    Ok((orders, next))
}

type List = Paged<Only, OrderLine>;

/// The list, and beside it the order that is open.
#[component]
pub fn Page() -> impl IntoView {
    let desk = Desk::here();
    let address = Address::here();
    let only = address.keep("only", Only::Waiting, read_only, write_only);
    let list: List = Paged::new(desk, only, page);
    let open = address.open_one::<OrderId>("/orders/");
    on_escape(open, move || address.go("/orders"));
    let about = Signal::derive(move || {
        let Some(known) = list.load.with(Load::ready) else { return String::new() };
        let lang = lang();
        let count = i64::try_from(known.rows.len()).unwrap_or_default();
        if known.next.is_some() {
            return lang.fill("最近的 {0} 单", "the latest {0} orders", &[&lang.number(count)]);
        }
        lang.count(count, "单", "order", "orders")
    });
    view! {
        <Bar title=both("订单", "Orders") about=about />
        <main class="page orders-page" id="main" class:with-order=move || open.get().is_some()>
            <section class="list" aria-label=t("订单清单", "List of orders")>
                <Picks
                    label=both("看哪些", "Which ones")
                    choices=ONLY.map(|(only, _, zh, en, _)| (only, zh, en)).to_vec()
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
fn Queue(list: List, open: Memo<Option<OrderId>>, address: Address) -> impl IntoView {
    let lines = Memo::new(move |_| list.load.with(Load::ready).map(|known| known.rows.clone()).unwrap_or_default());
    let none = Memo::new(move |_| lines.with(Vec::is_empty));
    let empty = move || match list.load.with(Load::ready).map(|known| known.kind) {
        Some(Only::Waiting) | None => view! {
            <Empty
                what=both("没有订单在等", "Nothing waits")
                next=both("被暂缓的订单会出现在这里，等有权限的人放行", "Held orders appear here, until somebody with authority lets them through")
            />
        },
        Some(_) => view! {
            <Empty
                what=both("没有这样的订单", "No such orders")
                next=both("销售在“信用检查”里确认的订单会出现在这里", "Orders confirmed at the field door appear here")
            />
        },
    };
    view! {
        <Show when=move || !none.get() fallback=empty>
            <ul class="queue" tabindex="-1">
                <For each=move || lines.get() key=|line| (line.order.id, line.version, line.status as u8) let:line>
                    <Row line=line open=open address=address />
                </For>
            </ul>
            <Show when=move || list.goes_on()>
                <Button busy=list.busy on_press=Callback::new(move |()| list.more())>{t("再显示一些", "Show more")}</Button>
            </Show>
        </Show>
    }
}

/// An order as a row of another page.
pub fn row(line: OrderLine) -> impl IntoView {
    view! { <Row line=line open=Memo::new(|_| None) address=Address::here() /> }
}

#[component]
fn Row(line: OrderLine, open: Memo<Option<OrderId>>, address: Address) -> impl IntoView {
    let desk = Desk::here();
    let id = line.order.id;
    let href = move || address.link(&format!("/orders/{id}"));
    let mark = words::seal(&line);
    let (customer, name, sum) = (line.order.customer, line.customer_name.clone(), line.order.amount);
    let quiet = line.status == OrderStatus::Cancelled || line.lapsed;
    let line = Arc::new(line);
    let why = {
        let line = Arc::clone(&line);
        move || words::why(lang(), &line)
    };
    let waits = move || words::since(lang(), &line, desk.today());
    view! {
        <li class:quiet=quiet>
            <a href=href aria-current=move || current(open.get() == Some(id))>
                <Seal of=mark />
                <b class="name">{move || desk.customer(customer, &name)}</b>
                <span class="num">{amount(sum)}</span>
                <span class="why">{why}</span>
                <span class="since">{waits}</span>
            </a>
        </li>
    }
}

/// Beside the list, while no order is open.
#[component]
pub fn Nothing() -> impl IntoView {
    view! {
        <section class="file order none" aria-label=t("订单", "Order")>
            <Empty what=both("没有打开的订单", "No order is open") next=both("选一单，看理由和出路", "Choose one to see why, and what would help") />
        </section>
    }
}
