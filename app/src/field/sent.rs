//! What was confirmed from this device: what waits, and what the book answered.

use super::entry::answer_of;
use super::place::{Link, Place};
use super::{Bar, Shared, Top};
use crate::data::outbox::{Entry, Fate};
use crate::data::session::now;
use crate::lang::{Lang, lang, say, t};
use crate::ui::{Button, Chip, Empty, ErrorNote, Kind, Seal, Tone, amount};
use crate::words::mark;
use leptos::prelude::*;
use shared::record::api::OrderStatus;
use std::sync::Arc;

/// The outbox.
#[component]
pub fn Sent() -> impl IntoView {
    let Shared { local, outbox, .. } = Shared::get();
    let newest = move || outbox.entries.with(|entries| entries.iter().rev().cloned().collect::<Vec<_>>());
    let empty = move || local.ready.get() && outbox.entries.with(Vec::is_empty);
    let waiting = Memo::new(move |_| outbox.waiting());
    view! {
        <div class="phone sent">
            <Top title=|| lang().pick("确认过的", "Confirmations") back=Place::List />
            <div class="body">
                <h1 class="visually-hidden">{t("确认过的", "Confirmations")}</h1>
                <Show when=move || local.keeps_nothing.get()>
                    <div class="told">
                        <ErrorNote
                            what=Signal::derive(t("这个浏览器不保存数据", "This browser keeps no data"))
                            next=Signal::derive(t("关掉页面前，请等每一笔都有结果", "Wait for every result before you close the page"))
                        />
                    </div>
                </Show>
                <Show when=move || { outbox.unreadable.get() > 0 }>
                    <div class="told">
                        <ErrorNote
                            what=Signal::derive(move || lang().fill("有 {0} 笔这个版本读不出来，原样留着", "{0} cannot be read by this version and are kept as they are", &[&outbox.unreadable.get().to_string()]))
                            next=Signal::derive(t("换到新版本后再看", "Look again after an update"))
                        />
                    </div>
                </Show>
                <Show when=move || { waiting.get() > 0 }>
                    <div class="queue">
                        <p>{move || {
                            let lang = lang();
                            lang.fill("{0} 笔待发，联网后按次序送出", "{0} waiting; they are sent in order when online", &[&waiting.get().to_string()])
                        }}</p>
                        <Button kind=Kind::Main busy=outbox.sending on_press=Callback::new(move |()| outbox.send(true))>
                            {t("现在送出", "Send now")}
                        </Button>
                    </div>
                </Show>
                <Show when=empty>
                    <Empty
                        what=Signal::derive(t("还没有确认过订单", "Nothing confirmed yet"))
                        next=Signal::derive(t("在客户页填金额并确认，这里会留下每一笔的结果", "Confirm an order on a customer's page; every result is kept here"))
                    />
                </Show>
                <ul class="found-list">
                    <For each=newest key=|entry| (entry.key.0, state(entry)) children=|entry| view! { <li><Row entry=entry /></li> } />
                </ul>
            </div>
            <Bar />
        </div>
    }
}

/// Changes when the row has to be drawn anew.
fn state(entry: &Entry) -> u8 {
    match &entry.fate {
        Fate::Waiting { .. } => 0,
        Fate::Answered { .. } => 1,
        Fate::Refused { .. } => 2,
    }
}

#[component]
fn Row(entry: Arc<Entry>) -> impl IntoView {
    let verdict = match &entry.fate {
        Fate::Answered { confirmation, .. } => Some(answer_of(&confirmation.decision).1.verdict),
        _ => None,
    };
    let seal = verdict.map(|verdict| view! { <Seal of=Signal::stored(mark(verdict)) beside=true />" " });
    let made = entry.made;
    let (tone, word) = match &entry.fate {
        Fate::Waiting { .. } => (Tone::Caution, ("待发", "waiting")),
        Fate::Refused { .. } => (Tone::Stop, ("未接受", "not accepted")),
        Fate::Answered { confirmation, .. } => status(confirmation.status),
    };
    let number = match &entry.fate {
        Fate::Answered { confirmation, .. } => confirmation.authorisation.clone(),
        _ => None,
    };
    let when = say(move |l: Lang| l.ago(now().saturating_sub(made)));
    view! {
        <Link to=Place::Entry(entry.key.0)>
            <span class="line">
                <span class="name">{seal}{super::name_of(Shared::get().local, &entry)}</span>
                <span class="num">{amount(entry.confirm.order.amount)}</span>
            </span>
            <span class="line">
                <span class="more">{when}{number.map(|number| format!(" · {number}"))}</span>
                <Chip text=Signal::derive(t(word.0, word.1)) tone=Signal::stored(tone) />
            </span>
        </Link>
    }
}

const fn status(status: OrderStatus) -> (Tone, (&'static str, &'static str)) {
    match status {
        OrderStatus::Confirmed => (Tone::Sound, ("已确认", "confirmed")),
        OrderStatus::Held => (Tone::Caution, ("暂缓", "held")),
        OrderStatus::Refused => (Tone::Stop, ("不予", "refused")),
        OrderStatus::Cancelled => (Tone::Plain, ("已取消", "cancelled")),
    }
}
