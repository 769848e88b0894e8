//! The customer's way: the stage it is in, the steps it may take with what each still lacks, and steps that wait for
//! somebody else's approval.

use super::words;
use crate::data::client::{self, ClientError, Key};
use crate::desk::book::Desk;
use crate::desk::parts::AskReason;
use crate::desk::words::stage;
use crate::lang::{lang, t};
use crate::ui::{Button, Kind};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::facts::customer::Stage;
use shared::facts::id::{CustomerId, StepId};
use shared::record::access::Operation;
use shared::record::api::file::{AskStep, DecideStep, FileAnswer, StepAsked};
use shared::rules::credit_file::StepAnswer;
use std::sync::Arc;

/// What somebody is about to do.
#[derive(Clone, PartialEq)]
enum Deed {
    /// Ask for a step.
    Ask(Stage, Stage),
    /// Decide on one.
    Decide(StepAsked, bool),
}

/// The stage, the steps, and what waits.
#[component]
pub fn Stages(
    /// Whose.
    id: CustomerId,
    /// The file.
    answer: Arc<FileAnswer>,
    /// Something was done.
    on_done: Callback<()>,
) -> impl IntoView {
    let desk = Desk::here();
    let deed = RwSignal::new(None::<Deed>);
    let me = desk.session.with_value(|session| session.person);
    let FileAnswer { customer, asked, steps, .. } = Arc::unwrap_or_clone(answer);
    let now = customer.stage;
    let waiting: Vec<StepAsked> = asked.into_iter().filter(|step| step.decided.is_none()).collect();
    let free = waiting.is_empty() && desk.may(Operation::AskStep);
    let step = move |of: StepAnswer| {
        let (from, to, ready) = (of.from, of.to, of.ready);
        let lacks = move || {
            let lang = lang();
            let missing = of.missing.iter().map(|of| words::missing(lang, of));
            let faults = of.faults.iter().map(|of| words::fault(lang, of));
            let all: Vec<String> = missing.chain(faults).collect();
            (!all.is_empty()).then(|| lang.fill("还缺：{0}", "Still lacks: {0}", &[&all.join(lang.pick("、", "; "))]))
        };
        let may = desk.may(Operation::AskStep).then(|| {
            let press = Callback::new(move |()| deed.set(Some(Deed::Ask(from, to))));
            view! { <Button disabled=Signal::stored(!free || !ready) on_press=press>{move || words::step(lang(), from, to)}</Button> }
        });
        let plain = may.is_none().then(|| view! { <span>{move || words::step(lang(), from, to)}</span> });
        view! {
            <li>
                {may}
                {plain}
                <span class="quiet">{lacks}</span>
            </li>
        }
    };
    let wait = move |of: StepAsked| {
        let decide = desk.may(Operation::DecideStep);
        let own = of.asked_by == me;
        let (yes, no) = (of.clone(), of.clone());
        let told = move || {
            let lang = lang();
            let name = desk.person(Some(of.asked_by)).unwrap_or_default();
            let step = words::step(lang, of.from, of.to);
            lang.fill("{0} 申请 {1}：{2}", "{0} asks for {1}: {2}", &[&name, &step, &of.reason])
        };
        view! {
            <li>
                <span>{told}</span>
                {(decide && own).then(|| view! { <span class="caution">{t("自己申请的，要由别人批", "Somebody else decides")}</span> })}
                {(decide && !own).then(|| view! {
                    <Button kind=Kind::Main on_press=Callback::new(move |()| deed.set(Some(Deed::Decide(yes.clone(), true))))>{t("批准", "Approve")}</Button>
                    <Button on_press=Callback::new(move |()| deed.set(Some(Deed::Decide(no.clone(), false))))>{t("不批准", "Refuse")}</Button>
                })}
            </li>
        }
    };
    let steps: Vec<StepAnswer> = steps.into_iter().filter(|step| step.known).collect();
    view! {
        <section class="stages" aria-label=t("合作阶段", "Stage")>
            <h3>{t("合作阶段", "Stage")}" "<b>{move || stage(lang(), now)}</b></h3>
            <ul class="waiting-steps">{waiting.into_iter().map(wait).collect_view()}</ul>
            {(!steps.is_empty()).then(|| view! { <ul class="steps-ahead">{steps.into_iter().map(step).collect_view()}</ul> })}
            <Question id=id deed=deed on_done=on_done />
        </section>
    }
}

#[component]
fn Question(id: CustomerId, deed: RwSignal<Option<Deed>>, on_done: Callback<()>) -> impl IntoView {
    let desk = Desk::here();
    let (reason, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let failed = RwSignal::new(None::<ClientError>);
    let key = StoredValue::new(Key::new());
    let step = StoredValue::new(StepId(client::new_id()));
    let renew = move || {
        key.set_value(Key::new());
        step.set_value(StepId(client::new_id()));
    };
    let open = Memo::new(move |_| deed.with(Option::is_some));
    Effect::new(move |_| {
        if open.get() {
            reason.set(String::new());
            failed.set(None);
            renew();
        }
    });
    let send = Callback::new(move |()| {
        let Some(doing) = deed.get_untracked() else { return };
        let reason = reason.get_untracked().trim().to_owned();
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let key = key.get_value();
            let heard = match doing {
                Deed::Ask(_, to) => client::ask_step(id, &AskStep { id: step.get_value(), to, reason }, key).await,
                Deed::Decide(of, approve) => client::decide_step(of.id, &DecideStep { approve, reason }, key).await,
            };
            busy.try_set(false);
            match desk.keeper.heed(heard) {
                Ok(_) => {
                    deed.try_set(None);
                    desk.toaster.say(untrack(lang).pick("已记入账簿", "Recorded in the book"));
                    desk.refresh();
                    on_done.run(());
                }
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
        });
    });
    let title = Signal::derive(move || {
        let lang = lang();
        match deed.get() {
            Some(Deed::Ask(from, to)) => lang.fill("申请 {0}？", "Ask for {0}?", &[&words::step(lang, from, to)]),
            Some(Deed::Decide(of, true)) => {
                lang.fill("批准 {0}？", "Approve {0}?", &[&words::step(lang, of.from, of.to)])
            }
            Some(Deed::Decide(of, false)) => {
                lang.fill("不批准 {0}？", "Refuse {0}?", &[&words::step(lang, of.from, of.to)])
            }
            None => String::new(),
        }
    });
    let act = Signal::derive(move || {
        let (zh, en) = match deed.get() {
            Some(Deed::Decide(_, true)) => ("批准", "Approve"),
            Some(Deed::Decide(_, false)) => ("不批准", "Refuse"),
            Some(Deed::Ask(..)) | None => ("申请", "Ask"),
        };
        lang().pick(zh, en).to_owned()
    });
    let said = move || match deed.get()? {
        Deed::Ask(..) => Some(
            lang().pick("由信用经理或总经理批准后生效。", "In force once the credit manager or the director approves."),
        ),
        Deed::Decide(..) => None,
    };
    view! {
        <AskReason
            open=open
            title=title
            act=act
            stop=Signal::derive(move || matches!(deed.get(), Some(Deed::Decide(_, false))))
            reason=reason
            on_change=Callback::new(move |()| renew())
            busy=busy
            failed=failed
            on_act=send
            on_close=Callback::new(move |()| deed.set(None))
        >
            <p>{said}</p>
        </AskReason>
    }
}
