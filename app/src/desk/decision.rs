//! A stored decision: why, by which policy, and whether it comes out the same today.

use super::book::{Desk, Load};
use super::parts::Failure;
use crate::data::client::{self, ClientError};
use crate::lang::{lang, t};
use crate::ui::{Button, ReasonRow, Seal, Skeleton, amount};
use crate::words::{Figure, Told, headline, mark, reason};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::facts::id::DecisionId;
use shared::record::access::Operation;
use shared::record::api::ReplayAnswer;
use shared::record::decision::{Decision, Matter};
use shared::rules::order_check::{Answer, Reason};
use std::sync::Arc;

/// A stored decision: verdict, reasons, what it was judged by, and its replay.
#[component]
pub fn DecisionSheet(
    /// Which.
    id: DecisionId,
) -> impl IntoView {
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
    let (as_of, version, rule) = (decision.judgement.as_of, decision.policy_version, decision.judgement.rule.clone());
    view! {
        <div class="decision">
            {answer.map(|answer| view! { <Said answer=answer /> })}
            <p class="quiet">
                {move || lang().fill(
                    "{0}，政策 v{1}，规则 {2}",
                    "{0}, policy v{1}, rule {2}",
                    &[&lang().date(as_of), &version.to_string(), &rule],
                )}
            </p>
            <Sealed id=id digest=decision.digest.clone() />
        </div>
    }
}

/// An order check's verdict, with the fact that it rests on and every reason.
#[component]
pub fn Said(
    /// What the check said.
    answer: Answer,
) -> impl IntoView {
    let seal = mark(answer.verdict);
    let row = |of: Reason| {
        let told: Told = reason(lang(), &of);
        let (text, why) = (told.text, told.why);
        let figure = match told.figure {
            Figure::Nothing => ().into_any(),
            Figure::Amount(money) => amount(money).into_any(),
            Figure::Text(text) => text.into_any(),
        };
        view! { <ReasonRow mark=told.mark text=text why=why tone=told.tone>{figure}</ReasonRow> }
    };
    let reasons = answer.reasons.clone();
    view! {
        <p class="judged">
            <Seal of=seal beside=true />
            <b>{move || seal.word()}</b>
            <span>{move || headline(lang(), &answer)}</span>
        </p>
        {move || view! { <ul class="reasons">{reasons.clone().into_iter().map(row).collect_view()}</ul> }}
    }
}

/// A decision's digest, and the button that recomputes it.
#[component]
pub fn Sealed(
    /// Which decision.
    id: DecisionId,
    /// Its digest.
    digest: String,
) -> impl IntoView {
    let first = short(&digest);
    view! {
        <p class="quiet">{t("摘要", "Digest")}" "<code title=digest>{first}</code></p>
        <Replay id=id />
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
