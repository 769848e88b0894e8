//! One confirmation: what was sent, what the book said, and how that compares with what this device had judged.

use super::place::{Link, Place};
use super::verdict::{Reasons, VerdictBand};
use super::{Shared, Top};
use crate::data::client::ClientError;
use crate::data::outbox::{Entry, Fate};
use crate::lang::{Lang, lang, t};
use crate::ui::{Button, Dialog, Empty, ErrorNote, Kind, Seal, Skeleton, amount};
use crate::words::{change, failure, mark};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::readings::standing::Standing;
use shared::record::api::{Confirmation, DeviceReplay, OrderStatus};
use shared::record::decision::{OrderDecision, OrderMatter};
use shared::rules::order_check::Answer;
use std::sync::Arc;
use uuid::Uuid;

/// The page of one confirmation.
#[component]
pub fn EntryPage(
    /// Its key.
    key: Uuid,
) -> impl IntoView {
    let Shared { local, outbox, .. } = Shared::get();
    let entry =
        Memo::new(move |_| outbox.entries.with(|entries| entries.iter().find(|entry| entry.key.0 == key).cloned()));
    let body = move || {
        match entry.get() {
        Some(entry) => view! { <Known entry=entry /> }.into_any(),
        None if local.ready.get() => view! {
            <div class="body">
                <Empty
                    what=Signal::derive(t("这台设备上没有这一笔", "This device has no such confirmation"))
                    next=Signal::derive(t("可能已经清除，账簿里的不受影响", "It may have been cleared here; the book still has it"))
                />
            </div>
        }
        .into_any(),
        None => view! { <div class="body find"><Skeleton lines=6 /></div> }.into_any(),
    }
    };
    view! {
        <div class="phone entry">
            <Top title=|| lang().pick("确认结果", "Confirmation") back=Place::Sent />
            {body}
        </div>
    }
}

/// What a decision stood on, and its answer.
pub fn answer_of(decision: &OrderDecision) -> (&Standing, &Answer) {
    let OrderMatter::OrderCheck { standing, answer, .. } = &decision.judgement.matter;
    (standing, answer)
}

#[component]
fn Known(entry: Arc<Entry>) -> impl IntoView {
    let order = entry.confirm.order.clone();
    let terms = order.terms;
    let prepaid = order.prepayment;
    let name = super::name_of(Shared::get().local, &entry);
    let more = move || {
        let lang = lang();
        let mut text = lang.terms(terms);
        if let Some(prepaid) = prepaid {
            text.push_str(&lang.fill("，其中预付 {0}", ", {0} of it prepaid", &[&lang.money(prepaid)]));
        }
        text
    };
    let what = match &entry.fate {
        Fate::Waiting { .. } => view! { <WaitingView entry=entry.clone() /> }.into_any(),
        Fate::Answered { confirmation, .. } => {
            view! { <AnsweredView entry=entry.clone() confirmation=Arc::new(Confirmation::clone(confirmation)) /> }
                .into_any()
        }
        Fate::Refused { problem, .. } => {
            let error = ClientError::Problem(Box::new(problem.clone()));
            let error = StoredValue::new(error);
            let said = move || error.with_value(|error| failure(lang(), error));
            view! {
                <div class="told">
                    <ErrorNote what=Signal::derive(move || said().what) next=Signal::derive(move || said().next) />
                </div>
                <Clear entry=entry.clone() />
            }
            .into_any()
        }
    };
    view! {
        <div class="body">
            <section class="who" aria-label=t("本单", "This order")>
                <h1><Link to=Place::Check(order.customer)>{name}</Link></h1>
                <p>{more}{order.description.clone().map(|text| format!(" · {text}"))}</p>
            </section>
            <section class="credit">
                <div class="head"><p class="label">{t("本单金额", "Amount")}</p><p class="figure">{amount(order.amount)}</p></div>
            </section>
            {what}
        </div>
    }
}

/// Not answered yet.
#[component]
fn WaitingView(entry: Arc<Entry>) -> impl IntoView {
    let Shared { outbox, .. } = Shared::get();
    let judged = entry.seen.unwrap_or(answer_of(&entry.judged).1.verdict);
    let (tries, trouble) = match &entry.fate {
        Fate::Waiting { tries, trouble, .. } => (*tries, trouble.clone()),
        _ => (0, None),
    };
    let heading = move || {
        if outbox.sending.get() { lang().pick("正在送出", "Sending") } else { lang().pick("已存下", "Saved") }
    };
    let line = move || {
        let (lang, count) = (lang(), i64::try_from(outbox.waiting()).unwrap_or(i64::MAX));
        lang.fill("联网后送出（待发 {0} 笔）", "Will be sent when online ({0} waiting)", &[&lang.number(count)])
    };
    let tried = move || {
        let lang = lang();
        match tries {
            0 => lang.pick("结果以账簿为准", "The book decides").to_owned(),
            _ => lang.fill(
                "试过 {0}，编号不变，不会重复",
                "Tried {0} under one number, so it cannot happen twice",
                &[&lang.count(i64::from(tries), "次", "time", "times")],
            ),
        }
    };
    let trouble = trouble.map(|problem| {
        let error = StoredValue::new(ClientError::Problem(Box::new(problem)));
        let said = move || error.with_value(|error| failure(lang(), error));
        view! {
            <div class="told">
                <ErrorNote what=Signal::derive(move || said().what) next=Signal::derive(move || said().next) />
            </div>
        }
    });
    let asking = RwSignal::new(false);
    let key = entry.key;
    let withdraw = Callback::new(move |()| {
        asking.set(false);
        spawn_local(async move {
            // What cannot be taken out stays, and is seen to stay.
            let _ = outbox.discard(key).await;
        });
    });
    let warning = move || {
        if tries > 0 {
            lang().pick(
                "这一笔试送过，账簿可能已经收到；撤下后这里不再显示结果。",
                "It was tried and may have reached the book; its result will no longer be shown here.",
            )
        } else {
            lang().pick("这一笔还没有送出，撤下就不再送。", "It has not been sent; withdrawn, it never will be.")
        }
    };
    view! {
        <section class="verdict verdict--waits" aria-live="polite">
            <Seal of=Signal::stored(mark(judged)) beside=true />
            <div>
                <h2>{heading}</h2>
                <p>{line}</p>
                <p class="note-line">{move || lang().fill("本机预判：{0}", "Judged here: {0}", &[mark(judged).word()])}</p>
                <p class="note-line">{tried}</p>
            </div>
        </section>
        {trouble}
        <p class="acts acts--row">
            <Button on_press=Callback::new(move |()| asking.set(true))>{t("撤下不送", "Withdraw")}</Button>
            <Button kind=Kind::Main busy=outbox.sending on_press=Callback::new(move |()| outbox.send(true))>
                {t("现在送出", "Send now")}
            </Button>
        </p>
        <Dialog
            open=asking
            title=Signal::derive(t("撤下这一笔？", "Withdraw this one?"))
            safe=Signal::derive(t("留着", "Keep it"))
            act=Signal::derive(t("撤下", "Withdraw"))
            stop=true
            on_act=withdraw
            on_close=Callback::new(move |()| asking.set(false))
        >
            <p>{warning}</p>
        </Dialog>
    }
}

/// What the book said.
#[component]
fn AnsweredView(entry: Arc<Entry>, confirmation: Arc<Confirmation>) -> impl IntoView {
    let all = RwSignal::new(false);
    let answer = Signal::stored(Arc::new(answer_of(&confirmation.decision).1.clone()));
    let (status, as_of, version) =
        (confirmation.status, confirmation.decision.judgement.as_of, confirmation.decision.policy_version);
    let note = Signal::derive(move || status_word(lang(), status).to_owned());
    let basis = move || {
        let lang = lang();
        lang.fill(
            "账簿按 {0}、政策第 {1} 版判",
            "Judged by the book as of {0}, policy version {1}",
            &[&lang.date(as_of), &version.to_string()],
        )
    };
    let number = confirmation.authorisation.clone().map(|number| {
        view! {
            <section class="stub-number">
                <p class="label">{t("授权号", "Authorisation")}</p>
                <p class="figure">{number}</p>
            </section>
        }
    });
    let compared = confirmation.device.clone().map(|device| {
        let judged = Arc::new(entry.judged.clone());
        view! { <Compared judged=judged device=device binding=confirmation.decision.clone() /> }
    });
    view! {
        <VerdictBand of=answer note=note all=all />
        {number}
        {compared}
        <p class="basis label">{basis}</p>
        <section class="why-list" aria-label=t("理由", "Reasons")><Reasons of=answer all=all /></section>
        <Clear entry=entry />
    }
}

/// What an order is, in a word.
pub fn status_word(lang: Lang, status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Confirmed => lang.pick("账簿已确认，占用额度", "Confirmed in the book; it uses credit"),
        OrderStatus::Held => lang.pick("账簿已记为暂缓，不占用额度", "Held in the book; it uses no credit"),
        OrderStatus::Refused => lang.pick("账簿已记为不予，不占用额度", "Refused in the book; it uses no credit"),
        OrderStatus::Cancelled => lang.pick("已取消", "Cancelled"),
    }
}

/// How the book's judgement compares with the device's. Never hidden.
#[component]
fn Compared(judged: Arc<OrderDecision>, device: DeviceReplay, binding: OrderDecision) -> impl IntoView {
    let short = |digest: &str| digest.chars().take(12).collect::<String>();
    let (here, there) = (short(&judged.digest), short(&device.digest));
    if !device.same {
        return view! {
            <section class="compared" aria-label=t("与本机判断比较", "Compared with this device")>
                <p class="stop" role="alert">
                    {t("账簿重算的结果与本机判断不符，请告诉管理员", "The book recomputed something else than this device; please tell the administrator")}
                </p>
                <p class="note-line">{move || lang().fill("本机 {0}，账簿 {1}", "Here {0}, book {1}", &[&here, &there])}</p>
            </section>
        }
        .into_any();
    }
    if device.changes.is_empty() {
        return view! {
            <section class="compared" aria-label=t("与本机判断比较", "Compared with this device")>
                <p class="proof">
                    <Tick />
                    {move || lang().fill("与本机判断一致 {0}", "Same as judged on this device {0}", &[&here])}
                </p>
            </section>
        }
        .into_any();
    }
    let changes = device.changes;
    let (judged_standing, binding_standing) = (answer_of(&judged).0.clone(), answer_of(&binding).0.clone());
    let lines = move || {
        let lang = lang();
        let standings = Some((&judged_standing, &binding_standing));
        changes.iter().map(|moved| view! { <li>{change(lang, moved, standings)}</li> }).collect_view()
    };
    view! {
        <section class="compared" aria-label=t("与本机判断比较", "Compared with this device")>
            <p class="proof">
                <Tick />
                {move || lang().fill("本机判断无误 {0}", "This device judged rightly {0}", &[&here])}
            </p>
            <h2 class="head-2">{t("此后账簿里变了", "What has changed in the book since")}</h2>
            <ul class="changes">{lines}</ul>
        </section>
    }
    .into_any()
}

#[component]
fn Tick() -> impl IntoView {
    view! {
        <svg width="14" height="14" aria-hidden="true">
            <path d="M2 7.5 5.5 11 12 3" fill="none" stroke="currentColor" stroke-width="2" />
        </svg>
    }
}

/// Takes what has been answered off this device.
#[component]
fn Clear(entry: Arc<Entry>) -> impl IntoView {
    let Shared { outbox, route, .. } = Shared::get();
    let key = entry.key;
    let clear = Callback::new(move |()| {
        spawn_local(async move {
            if outbox.discard(key).await.is_ok() {
                route.go(Place::Sent);
            }
        });
    });
    view! {
        <p class="acts acts--row">
            <Button kind=Kind::Bare on_press=clear>{t("从这台设备上清除", "Clear from this device")}</Button>
        </p>
    }
}
