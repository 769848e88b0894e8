//! Why, what next, and whether it was recomputed: the rows under a verdict.

use super::seal::{Mark, Seal};
use super::{Tone, amount};
use crate::lang::{lang, t};
use leptos::prelude::*;
use shared::facts::money::Money;

/// One reason: the seal it alone would give, the sentence, its figure, and the rule with its own numbers. Inside
/// `<ul class="reasons">`, worst first.
#[component]
pub fn ReasonRow(
    /// The verdict it leads to; `None` for a rule that passed, which gets a tick.
    #[prop(into)]
    mark: Signal<Option<Mark>>,
    /// What was found.
    #[prop(into)]
    text: Signal<String>,
    /// The rule behind it, with its numbers: `614,300 + 286,400 > 800,000 × 105%`.
    #[prop(optional, into)]
    why: Signal<String>,
    /// The colour of the figure.
    #[prop(optional, into)]
    tone: Signal<Tone>,
    /// The figure.
    children: Children,
) -> impl IntoView {
    let sign = move || match mark.get() {
        Some(mark) => view! { <Seal of=mark /> }.into_any(),
        None => view! {
            <svg class="tick" width="20" height="20" role="img" aria-label=t("通过", "Passed")>
                <path d="M4 10.5 8.5 15 17 5" fill="none" stroke="currentColor" stroke-width="2" />
            </svg>
        }
        .into_any(),
    };
    view! {
        <li>
            {sign}
            <span class="found">{move || text.get()}</span>
            <span class=move || format!("num by {}", tone.get().class())>{children()}</span>
            <span class="why">{move || why.get()}</span>
        </li>
    }
}

/// One way to pass: what to do, what follows, and the seal it would give. A tap tries it, a second tap takes it back.
/// Inside a `<ul>`.
#[component]
pub fn SuggestRow(
    /// What follows.
    #[prop(into)]
    then: Signal<String>,
    /// The verdict it would give.
    #[prop(into)]
    mark: Signal<Mark>,
    /// It is being tried.
    #[prop(into)]
    pressed: Signal<bool>,
    /// It was tapped.
    on_press: Callback<()>,
    /// What to do, with its amount.
    children: Children,
) -> impl IntoView {
    view! {
        <li>
            <button
                class="suggest"
                type="button"
                aria-pressed=move || if pressed.get() { "true" } else { "false" }
                on:click=move |_| on_press.run(())
            >
                <span class="do">{children()}</span>
                <span class="then">{move || then.get()}</span>
                // A reader of English cannot read the seal: the verdict stands beside it in a word.
                <span class="arrow" aria-hidden="true">"→ "{move || lang().pick("", short(mark.get()))}</span>
                <Seal of=mark />
            </button>
        </li>
    }
}

/// A verdict in as few words as fit beside its seal.
const fn short(mark: Mark) -> &'static str {
    match mark {
        Mark::Approve => "Approve",
        Mark::Warn => "Warning",
        Mark::Hold => "Hold",
        Mark::Refuse => "Refuse",
        Mark::House => "",
    }
}

/// How a recomputation on this device came out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProofState {
    /// Still at it.
    Running,
    /// The same, to the cent.
    Same,
    /// Not the same.
    Differs {
        /// What this device found.
        here: Money,
        /// What the book says.
        book: Money,
    },
}

/// Says that the figures were recomputed here; if they differ, shows both and how to report it. Never hidden.
#[component]
pub fn Proof(
    /// How it came out.
    #[prop(into)]
    of: Signal<ProofState>,
    /// The reader reports a difference.
    on_report: Callback<()>,
) -> impl IntoView {
    move || {
        match of.get() {
        ProofState::Running => {
            view! { <p class="proof quiet" role="status">{t("正在您的浏览器里重算", "Recomputing in your browser")}</p> }
                .into_any()
        }
        ProofState::Same => view! {
            <p class="proof" role="status">
                <svg width="14" height="14" aria-hidden="true">
                    <path d="M2 7.5 5.5 11 12 3" fill="none" stroke="currentColor" stroke-width="2" />
                </svg>
                {t("已在您的浏览器里重算，与账簿一致", "Recomputed in your browser: same as the book")}
            </p>
        }
        .into_any(),
        ProofState::Differs { here, book } => view! {
            <p class="proof stop" role="alert">
                <span>
                    {t("重算结果与账簿不符：这里 ", "Recomputed, not the same: here ")}{amount(here)}
                    {move || lang().pick("，账簿 ", ", book ")}{amount(book)}
                </span>
                <button class="btn btn--bare" type="button" on:click=move |_| on_report.run(())>
                    {t("报告给我们", "Report it")}
                </button>
            </p>
        }
        .into_any(),
    }
    }
}
