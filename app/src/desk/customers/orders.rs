//! A customer's orders, and the decision behind each: why, by which policy, and whether it comes out the same today.

use crate::data::client::{self, ClientError};
use crate::desk::book::{Desk, Load};
use crate::desk::parts::{Failure, both};
use crate::desk::words;
use crate::lang::{lang, t};
use crate::ui::{Button, Empty, ReasonRow, Seal, Skeleton, amount};
use crate::words::{Figure, Told, headline, mark, reason};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::facts::id::DecisionId;
use shared::record::access::Operation;
use shared::record::api::{CustomerAnswer, OrderEntry, OrderStatus, ReplayAnswer};
use shared::record::decision::{Decision, Matter};
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
                        <th scope="col">{t("决定", "Decision")}</th>
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
    view! {
        <tr>
            <td>{move || lang().date(order.date)}</td>
            <td class=class>{move || words::order_status(lang(), status)}</td>
            <td class="num">{amount(order.amount)}</td>
            <td>{button}</td>
        </tr>
        <Show when=move || mine.get()>
            <tr class="under"><td colspan="4"><DecisionSheet id=id /></td></tr>
        </Show>
    }
}

/// A stored decision: verdict, reasons, what it was judged by, and its replay.
#[component]
fn DecisionSheet(id: DecisionId) -> impl IntoView {
    let desk = Desk::here();
    let decision = RwSignal::new(Load::<Decision>::Waiting);
    let read = Callback::new(move |()| {
        spawn_local(async move {
            decision.try_set(match desk.keeper.heed(client::decision(id).await) {
                Ok(found) => Load::Ready(Arc::new(found)),
                Err(error) => Load::Failed(error),
            });
        });
    });
    read.run(());
    move || match decision.get() {
        Load::Waiting => view! { <Skeleton lines=4 /> }.into_any(),
        Load::Failed(error) => view! { <Failure error=Signal::stored(Some(error)) on_retry=read /> }.into_any(),
        Load::Ready(decision) => view! { <Judged decision=decision /> }.into_any(),
    }
}

#[component]
fn Judged(decision: Arc<Decision>) -> impl IntoView {
    let id = decision.id;
    let answer = match &decision.judgement.matter {
        Matter::OrderCheck { answer, .. } => Some(answer.clone()),
        Matter::Assessment { .. } | Matter::FullAssessment { .. } => None,
    };
    let reasons = answer.clone().map(|answer| {
        let row = |of: shared::rules::order_check::Reason| {
            let told: Told = reason(lang(), &of);
            let (text, why) = (told.text, told.why);
            let figure = match told.figure {
                Figure::Nothing => ().into_any(),
                Figure::Amount(money) => amount(money).into_any(),
                Figure::Text(text) => text.into_any(),
            };
            view! { <ReasonRow mark=told.mark text=text why=why tone=told.tone>{figure}</ReasonRow> }
        };
        move || view! { <ul class="reasons">{answer.reasons.clone().into_iter().map(row).collect_view()}</ul> }
    });
    let head = answer.map(|answer| {
        let seal = mark(answer.verdict);
        view! {
            <p class="judged">
                <Seal of=seal beside=true />
                <b>{move || seal.word()}</b>
                <span>{move || headline(lang(), &answer)}</span>
            </p>
        }
    });
    let (as_of, version, rule) = (decision.judgement.as_of, decision.policy_version, decision.judgement.rule.clone());
    let digest = decision.digest.clone();
    view! {
        <div class="decision">
            {head}
            {reasons}
            <p class="quiet">
                {move || lang().fill(
                    "{0}，政策 v{1}，规则 {2}",
                    "{0}, policy v{1}, rule {2}",
                    &[&lang().date(as_of), &version.to_string(), &rule],
                )}
                " " <code title=digest.clone()>{short(&digest)}</code>
            </p>
            <Replay id=id />
        </div>
    }
}

/// The first characters of a digest, enough to compare by eye.
fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}

/// Judges the decision again and says whether it comes out the same.
#[component]
fn Replay(id: DecisionId) -> impl IntoView {
    let desk = Desk::here();
    let busy = RwSignal::new(false);
    let answer = RwSignal::new(None::<Result<ReplayAnswer, ClientError>>);
    let replay = Callback::new(move |()| {
        busy.set(true);
        spawn_local(async move {
            let heard = desk.keeper.heed(client::replay(id).await);
            busy.try_set(false);
            answer.try_set(Some(heard));
        });
    });
    let said = move || match answer.get()? {
        Ok(answer) if answer.equal => Some(
            view! {
                <p class="proof" role="status">
                    <svg width="14" height="14" aria-hidden="true">
                        <path d="M2 7.5 5.5 11 12 3" fill="none" stroke="currentColor" stroke-width="2" />
                    </svg>
                    {t("重放一致，摘要相同", "Replayed: the same, digest and all")}
                </p>
            }
            .into_any(),
        ),
        Ok(answer) => Some(
            view! {
                <p class="proof stop" role="alert">
                    {move || lang().fill(
                        "重放不一致：原来 {0}，现在 {1}",
                        "Replayed: not the same. Stored {0}, now {1}",
                        &[&short(&answer.stored), &short(&answer.now)],
                    )}
                </p>
            }
            .into_any(),
        ),
        Err(error) => Some(view! { <Failure error=Signal::stored(Some(error)) /> }.into_any()),
    };
    desk.may(Operation::ReplayDecision).then(|| {
        view! {
            <div class="replay screen-only">
                <Button busy=busy on_press=replay>{t("重放", "Replay")}</Button>
                {said}
            </div>
        }
    })
}
