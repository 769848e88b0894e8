//! What an officer does: assess everyone, stop and resume supply.

use crate::data::client::{self, ClientError, Key};
use crate::desk::book::Desk;
use crate::desk::parts::{AskReason, Failure};
use crate::lang::{lang, t};
use crate::ui::{Button, Dialog, Progress};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::facts::id::CustomerId;
use shared::record::api::{Assess, AssessAnswer, FreezeCustomer};

/// How many customers one request assesses, so that progress can be told.
const BATCH: usize = 100;

/// Where an assessment of everyone stands.
#[derive(Clone, Debug, Default)]
enum Run {
    /// Asked about.
    #[default]
    Asked,
    /// So many are done.
    Going(u32),
    /// Over.
    Done(AssessAnswer),
    /// Stopped after so many.
    Failed(u32, ClientError),
}

/// Assesses every customer by the policy in force and grants what it proposes.
#[component]
pub fn AssessAll() -> impl IntoView {
    let desk = Desk::here();
    let open = RwSignal::new(false);
    let run = RwSignal::new(Run::Asked);
    let busy = Signal::derive(move || run.with(|run| matches!(run, Run::Going(_))));
    let all =
        Signal::derive(move || u32::try_from(desk.customers.with(|customers| customers.len())).unwrap_or(u32::MAX));
    let start = Callback::new(move |()| {
        let customers: Vec<CustomerId> =
            desk.customers.with_untracked(|customers| customers.all().map(|(_, known)| known.customer.id).collect());
        run.set(Run::Going(0));
        spawn_local(async move {
            let mut sum = AssessAnswer { assessed: 0, changed: 0, proposed: 0, failed: Vec::new(), next: None };
            let mut done = 0_u32;
            for batch in customers.chunks(BATCH) {
                let whom = Assess { customers: batch.to_vec(), after: None };
                match desk.keeper.heed(client::assess(&whom, Key::new()).await) {
                    Ok(answer) => {
                        sum.assessed = sum.assessed.saturating_add(answer.assessed);
                        sum.changed = sum.changed.saturating_add(answer.changed);
                        sum.proposed = sum.proposed.saturating_add(answer.proposed);
                        sum.failed.extend(answer.failed);
                    }
                    Err(error) => {
                        run.set(Run::Failed(done, error));
                        desk.refresh();
                        return;
                    }
                }
                done = done.saturating_add(u32::try_from(batch.len()).unwrap_or_default());
                run.set(Run::Going(done));
            }
            run.set(Run::Done(sum));
            desk.refresh();
        });
    });
    let close = Callback::new(move |()| {
        // What is under way goes on; its result is shown when the dialog is opened again.
        open.set(false);
    });
    let ask = Callback::new(move |()| {
        if !busy.get_untracked() {
            run.set(Run::Asked);
        }
        open.set(true);
    });
    let version = move || desk.policy.with(|policy| policy.as_ref().map_or(0, |policy| policy.version));
    let number = move |count: u32| lang().number(i64::from(count));
    let title = Signal::derive(move || {
        lang().fill("重新评定 {0}\u{a0}户？", "Assess {0} customers again?", &[&number(all.get())])
    });
    let title = Signal::derive(move || match run.get() {
        Run::Asked => title.get(),
        Run::Going(_) => lang().pick("正在评定", "Assessing").to_owned(),
        Run::Done(_) => lang().pick("评定完了", "Assessed").to_owned(),
        Run::Failed(..) => lang().pick("评定停下了", "The assessment stopped").to_owned(),
    });
    let act = Signal::derive(move || match run.get() {
        Run::Asked | Run::Failed(..) => lang().fill("评定 {0}\u{a0}户", "Assess {0} customers", &[&number(all.get())]),
        Run::Going(_) | Run::Done(_) => String::new(),
    });
    let safe = Signal::derive(move || {
        let pair = if run.with(|run| matches!(run, Run::Done(_))) { ("好", "Done") } else { ("关闭", "Close") };
        lang().pick(pair.0, pair.1).to_owned()
    });
    let body = move || told(run.get(), all, version());
    view! {
        <Button on_press=ask busy=busy>{t("重新评定", "Assess all")}</Button>
        <Dialog open=open title=title safe=safe act=act on_act=start on_close=close>{body}</Dialog>
    }
}

/// What the dialog says about a run.
fn told(run: Run, all: Signal<u32>, version: u32) -> AnyView {
    let number = move |count: u32| lang().number(i64::from(count));
    match run {
        Run::Asked => view! {
            <p>
                {move || lang().fill(
                    "按政策 v{0} 算出每户的等级、额度和账期，立即生效。每一项都留下可以重放的决定。",
                    "Policy v{0} gives every customer a grade, a limit and terms, in force at once. Each leaves a decision that can be replayed.",
                    &[&version.to_string()],
                )}
            </p>
            <p class="caution">
                {t(
                    "现有的额度会被替换，人工批准或导入的也一样：没有往来记录、资料不全的客户可能得不到额度。超过政策上限的提高要另行批准。先在“试算”里看看会怎样。",
                    "Limits in force are replaced, those that people granted or a file brought included: a customer without history or papers may get none. A rise beyond the policy’s bound waits for approval. Look at What-if first.",
                )}
            </p>
        }
        .into_any(),
        Run::Going(done) => {
            let text = move || {
                lang().fill("{0}\u{a0}户，已评定 {1}\u{a0}户", "{0} customers, {1} assessed", &[&number(all.get()), &number(done)])
            };
            view! { <Progress text=text done=done of=all /> }.into_any()
        }
        Run::Done(answer) => view! {
            <p>
                {move || lang().fill(
                    "评定了 {0}\u{a0}户，其中 {1}\u{a0}户的等级、额度或账期变了。",
                    "{0} customers assessed; {1} got another grade, limit or terms.",
                    &[&number(answer.assessed), &number(answer.changed)],
                )}
            </p>
            <Failures of=answer.failed />
        }
        .into_any(),
        Run::Failed(done, error) => view! {
            <p>{move || lang().fill("已评定 {0}\u{a0}户。", "{0} customers were assessed.", &[&number(done)])}</p>
            <Failure error=Signal::stored(Some(error)) />
        }
        .into_any(),
    }
}

/// Those who could not be assessed, each with the reason.
#[component]
fn Failures(of: Vec<(CustomerId, String)>) -> impl IntoView {
    let desk = Desk::here();
    let count = i64::try_from(of.len()).unwrap_or_default();
    (!of.is_empty()).then(|| {
        let row = move |(id, reason): (CustomerId, String)| {
            let name = move || desk.customers.with(|all| all.get(id).map(|known| known.name(lang()).to_owned()));
            view! { <li><b>{move || name().unwrap_or_else(|| id.to_string())}</b>" "<span class="quiet">{reason}</span></li> }
        };
        view! {
            <p class="caution">{move || lang().fill("{0}\u{a0}户没有评出：", "{0} could not be assessed:", &[&lang().number(count)])}</p>
            <ul class="failures">{of.into_iter().map(row).collect_view()}</ul>
        }
    })
}

/// Stops supply to a customer, or resumes it, with a reason for those who will ask.
#[component]
pub fn FreezeButton(
    /// Whom.
    id: CustomerId,
    /// Whether supply is stopped now.
    #[prop(into)]
    frozen: Signal<bool>,
    /// It was done.
    on_done: Callback<()>,
) -> impl IntoView {
    let desk = Desk::here();
    let (open, busy) = (RwSignal::new(false), RwSignal::new(false));
    let reason = RwSignal::new(String::new());
    let key = StoredValue::new(Key::new());
    let failed = RwSignal::new(None::<ClientError>);
    let name =
        move || desk.customers.with(|all| all.get(id).map(|known| known.name(lang()).to_owned())).unwrap_or_default();
    let title = Signal::derive(move || {
        if frozen.get() {
            lang().fill("恢复供货给{0}？", "Resume supply to {0}?", &[&name()])
        } else {
            lang().fill("停止供货给{0}？", "Stop supply to {0}?", &[&name()])
        }
    });
    let act = Signal::derive(move || {
        let pair = if frozen.get() { ("恢复供货", "Resume supply") } else { ("停止供货", "Stop supply") };
        lang().pick(pair.0, pair.1).to_owned()
    });
    let send = Callback::new(move |()| {
        let freeze =
            FreezeCustomer { frozen: !frozen.get_untracked(), reason: reason.get_untracked().trim().to_owned() };
        busy.set(true);
        spawn_local(async move {
            let answer = desk.keeper.heed(client::freeze(id, &freeze, key.get_value()).await);
            busy.set(false);
            match answer {
                Ok(_) => {
                    open.set(false);
                    let lang = untrack(lang);
                    let pair = if freeze.frozen {
                        ("已停止供货", "Supply stopped")
                    } else {
                        ("已恢复供货", "Supply resumed")
                    };
                    desk.toaster.say(lang.pick(pair.0, pair.1));
                    desk.refresh();
                    on_done.run(());
                }
                Err(error) => failed.set(Some(error)),
            }
        });
    });
    let ask = Callback::new(move |()| {
        // A new question is a new write; a retry of the same one keeps its key.
        key.set_value(Key::new());
        reason.set(String::new());
        failed.set(None);
        open.set(true);
    });
    let what = move || {
        let pair = if frozen.get() {
            ("以后的订单重新按规则检查。", "Orders are checked by the rules again.")
        } else {
            (
                "立即生效：以后的订单一律不予，直到有人恢复。",
                "In force at once: every order is refused until somebody resumes supply.",
            )
        };
        lang().pick(pair.0, pair.1)
    };
    view! {
        <Button on_press=ask>{move || act.get()}</Button>
        <AskReason
            open=open
            title=title
            act=act
            stop=Signal::derive(move || !frozen.get())
            reason=reason
            on_change=Callback::new(move |()| key.set_value(Key::new()))
            busy=busy
            failed=failed
            on_act=send
            on_close=Callback::new(move |()| open.set(false))
        >
            <p>{what}</p>
        </AskReason>
    }
}
