//! A customer's orders, and the decision behind each.

use crate::desk::address::BASE;
use crate::desk::book::Desk;
use crate::desk::decision::DecisionSheet;
use crate::desk::parts::both;
use crate::desk::words;
use crate::lang::{lang, t};
use crate::ui::{Empty, amount};
use leptos::prelude::*;
use leptos_router::components::A;
use shared::facts::id::DecisionId;
use shared::record::access::Operation;
use shared::record::api::{CustomerAnswer, OrderEntry, OrderStatus};
use std::sync::Arc;

/// All of them, the newest first; a press opens the decision under its row.
#[component]
pub fn Orders(answer: Signal<Option<Arc<CustomerAnswer>>>) -> impl IntoView {
    let orders = Memo::new(move |_| answer.get().map(|answer| answer.orders.clone()).unwrap_or_default());
    let open = RwSignal::new(None::<DecisionId>);
    let none = Memo::new(move |_| orders.with(Vec::is_empty));
    view! {
        <Show
            when=move || !none.get()
            fallback=|| view! {
                <Empty
                    what=both("还没有订单", "No orders yet")
                    next=both("销售在“信用检查”里确认的订单会出现在这里", "Orders confirmed at the field door appear here")
                />
            }
        >
            <table class="data data--pick orders">
                <thead>
                    <tr>
                        <th scope="col">{t("日期", "Date")}</th>
                        <th scope="col">{t("结果", "Outcome")}</th>
                        <th scope="col" class="num">{t("金额", "Amount")}</th>
                        <th scope="col" class="screen-only">{t("决定", "Decision")}</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || orders.get() key=|order| (order.id, order.status as u8) let:order>
                        <OrderRow order=order open=open />
                    </For>
                </tbody>
            </table>
        </Show>
    }
}

#[component]
fn OrderRow(order: OrderEntry, open: RwSignal<Option<DecisionId>>) -> impl IntoView {
    let desk = Desk::here();
    let (id, status) = (order.decision, order.status);
    let mine = Memo::new(move |_| open.get() == Some(id));
    let class = match status {
        OrderStatus::Held | OrderStatus::Refused => "stop",
        OrderStatus::Cancelled => "quiet",
        OrderStatus::Confirmed => "",
    };
    let button = desk.may(Operation::ReadDecision).then(|| {
        view! {
            <button
                type="button"
                class="btn btn--bare"
                aria-expanded=move || if mine.get() { "true" } else { "false" }
                on:click=move |_| open.set((!mine.get_untracked()).then_some(id))
            >
                {t("看理由", "Why")}
            </button>
        }
    });
    let way = desk.may(Operation::ReadOrders).then(|| {
        view! { <A attr:class="btn btn--bare" href=format!("{BASE}/orders/{}", order.id)>{t("打开", "Open")}</A> }
    });
    view! {
        <tr>
            <td>{move || lang().date(order.date)}</td>
            <td class=class>{move || words::order_status(lang(), status)}</td>
            <td class="num">{amount(order.amount)}</td>
            <td class="screen-only">{button}{way}</td>
        </tr>
        <Show when=move || mine.get()>
            <tr class="under"><td colspan="4"><DecisionSheet id=id /></td></tr>
        </Show>
    }
}
