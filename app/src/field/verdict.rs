//! The answer: seal, headline and reasons.

use crate::lang::{lang, t};
use crate::ui::{ReasonRow, Seal, amount};
use crate::words::{Figure, Told, headline, mark, reason};
use leptos::prelude::*;
use shared::rules::order_check::{Answer, Reason, Rule, Verdict};
use std::sync::Arc;

/// So many reasons are shown before all of them are asked for.
const FIRST: usize = 3;

/// The verdict with its headline. What it rests on, or what follows, is its child.
#[component]
pub fn VerdictBand(
    /// The answer.
    #[prop(into)]
    of: Signal<Arc<Answer>>,
    /// How it rests: a supposition, a guess made offline.
    #[prop(into)]
    note: Signal<String>,
    /// All reasons are shown; absent when there is nothing to unfold.
    #[prop(optional)]
    all: Option<RwSignal<bool>>,
) -> impl IntoView {
    let verdict = Memo::new(move |_| of.with(|answer| answer.verdict));
    let seal = Signal::derive(move || mark(verdict.get()));
    let count = move || i64::try_from(of.with(|answer| answer.reasons.len())).unwrap_or(i64::MAX);
    let unfold = all.map(|all| {
        let words = move || {
            let lang = lang();
            if all.get() {
                lang.pick("收起", "Fewer").to_owned()
            } else {
                lang.fill("全部 {0} 项", "All {0}", &[&lang.number(count())])
            }
        };
        let folded = move || of.with(|answer| answer.reasons.len() > FIRST);
        view! {
            <Show when=folded>
                <button
                    class="all"
                    type="button"
                    aria-expanded=move || if all.get() { "true" } else { "false" }
                    on:click=move |_| all.update(|all| *all = !*all)
                >
                    {words}
                </button>
            </Show>
        }
    });
    view! {
        <section class="verdict" aria-live="polite" aria-label=t("结论", "Verdict")>
            <Seal of=seal big=true beside=true />
            <div>
                <h2>{move || word(verdict.get())}</h2>
                <p>{move || of.with(|answer| headline(lang(), answer))}</p>
                <p class="note-line">{move || note.get()}</p>
            </div>
            {unfold}
        </section>
    }
}

/// A verdict in a word as large as it is.
fn word(verdict: Verdict) -> &'static str {
    match verdict {
        // The headline says what the warning is about.
        Verdict::Warn => lang().pick("准予", "Approve"),
        other => mark(other).word(),
    }
}

/// The reasons, worst first: the first three, or all.
#[component]
pub fn Reasons(
    /// The answer.
    #[prop(into)]
    of: Signal<Arc<Answer>>,
    /// Whether all are shown.
    #[prop(into)]
    all: Signal<bool>,
) -> impl IntoView {
    let shown = move || {
        let most = if all.get() { usize::MAX } else { FIRST };
        of.with(|answer| ranked(answer).into_iter().take(most).cloned().collect::<Vec<_>>())
    };
    rows(shown)
}

/// What stands against a customer whatever is ordered.
#[component]
pub fn Standings(
    /// The answer to an order for nothing.
    #[prop(into)]
    of: Signal<Arc<Answer>>,
) -> impl IntoView {
    let shown = move || {
        let tells = |reason: &&Reason| matches!(reason.rule, Rule::Frozen | Rule::Overdue | Rule::Stage | Rule::Data);
        of.with(|answer| {
            answer.reasons.iter().filter(tells).filter(|reason| reason.verdict > Verdict::Approve).cloned().collect()
        })
    };
    rows(shown)
}

/// Of rules that passed, the limit is what people look for first, then what is overdue, then the terms.
fn ranked(answer: &Answer) -> Vec<&Reason> {
    let place = |rule: Rule| match rule {
        Rule::Limit => 0,
        Rule::Overdue => 1,
        Rule::Terms => 2,
        _ => 3,
    };
    let mut reasons: Vec<&Reason> = answer.reasons.iter().collect();
    reasons.sort_by_key(|reason| {
        let passed = reason.verdict == Verdict::Approve;
        (std::cmp::Reverse(reason.verdict), if passed { place(reason.rule) } else { 0 })
    });
    reasons
}

fn rows(shown: impl Fn() -> Vec<Reason> + Send + Sync + 'static) -> impl IntoView {
    let list = Memo::new(move |_| shown());
    let row = move |of: Reason| {
        let told = Memo::new(move |_| reason(lang(), &of));
        let figure = move || match told.with(|told| told.figure.clone()) {
            Figure::Nothing => ().into_any(),
            Figure::Amount(money) => amount(money).into_any(),
            Figure::Text(text) => text.into_any(),
        };
        let part = move |read: fn(&Told) -> String| Signal::derive(move || told.with(read));
        view! {
            <ReasonRow
                mark=Signal::derive(move || told.with(|told| told.mark))
                text=part(|told| told.text.clone())
                why=part(|told| told.why.clone())
                tone=Signal::derive(move || told.with(|told| told.tone))
            >
                {figure}
            </ReasonRow>
        }
    };
    view! { <ul class="reasons">{move || list.get().into_iter().map(row).collect_view()}</ul> }
}
