//! What the page says back: a question before something happens, a word after it, how far it is, and what is missing.

use super::{Button, Kind, name_of};
use crate::lang::t;
use leptos::{ev, html, prelude::*};
use std::time::Duration;
use web_sys::wasm_bindgen::JsCast;

/// Asks before something happens: what, why it is allowed, until when. The safe choice has the focus; Esc and the backdrop
/// cancel.
#[component]
pub fn Dialog(
    /// Whether it is open.
    #[prop(into)]
    open: Signal<bool>,
    /// The question.
    #[prop(into)]
    title: Signal<String>,
    /// The words of the safe choice.
    #[prop(into)]
    safe: Signal<String>,
    /// The words of the deed, with its amount. Empty when there is nothing to do but read.
    #[prop(optional, into)]
    act: Signal<String>,
    /// The deed refuses or deletes.
    #[prop(optional)]
    stop: bool,
    /// Something is written first: the focus belongs there, not on the safe choice.
    #[prop(optional)]
    writes: bool,
    /// The deed cannot be done yet.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// The deed is on its way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// The reader did it.
    #[prop(optional)]
    on_act: Option<Callback<()>>,
    /// The reader left it.
    on_close: Callback<()>,
    /// The rest of the question.
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let title_id = name_of("dialog");
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        if open.get() && !dialog.open() {
            // It fails only for a dialog that is open already.
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog
            class="dialog"
            node_ref=node
            aria-labelledby=title_id.clone()
            on:cancel=move |event: ev::Event| {
                event.prevent_default();
                on_close.run(());
            }
            // A browser closes a dialog by itself when Esc is pressed twice.
            on:close=move |_| {
                if open.get_untracked() {
                    on_close.run(());
                }
            }
            // Its content fills the dialog without a gap, so a click on the dialog itself is a click on the backdrop.
            on:click=move |event| {
                if event.target().is_some_and(|target| target.has_type::<web_sys::HtmlDialogElement>()) {
                    on_close.run(());
                }
            }
        >
            <div class="inside">
                <h2 id=title_id.clone()>{move || title.get()}</h2>
                <div class="body">{children()}</div>
                <div class="acts">
                    <Button autofocus=!writes on_press=on_close>{move || safe.get()}</Button>
                    <Show when=move || act.with(|act| !act.is_empty())>
                        <Button
                            kind=if stop { Kind::Stop } else { Kind::Main }
                            disabled=disabled
                            busy=busy
                            on_press=Callback::new(move |()| {
                                if let Some(act) = on_act {
                                    act.run(());
                                }
                            })
                        >
                            {move || act.get()}
                        </Button>
                    </Show>
                </div>
            </div>
        </dialog>
    }
}

/// How long a word stays.
const STAYS: Duration = Duration::from_secs(6);

#[derive(Clone, Debug)]
struct Toast {
    number: u32,
    text: String,
    undo: Option<(String, Callback<()>)>,
}

/// Says what was done. A page makes one with [`Toaster::new`], shows it with [`Toasts`] and hands copies of it around.
/// Errors are never said this way: they stay where they happened ([`ErrorNote`]).
#[derive(Clone, Copy, Debug)]
pub struct Toaster {
    list: RwSignal<Vec<Toast>>,
    last: StoredValue<u32>,
}

impl Toaster {
    /// An empty one, which lives as long as the page that makes it.
    pub fn new() -> Self {
        Self { list: RwSignal::new(Vec::new()), last: StoredValue::new(0) }
    }

    /// Says it, with its number: 已放行，授权号 R-26-1127.
    pub fn say(self, text: impl Into<String>) {
        self.add(text.into(), None);
    }

    /// Says it and offers to take it back.
    pub fn say_with_undo(self, text: impl Into<String>, undo: impl Into<String>, on_undo: Callback<()>) {
        self.add(text.into(), Some((undo.into(), on_undo)));
    }

    fn add(self, text: String, undo: Option<(String, Callback<()>)>) {
        let number = self.last.get_value().wrapping_add(1);
        self.last.set_value(number);
        self.list.update(|list| {
            // Three are read, more are not.
            while list.len() >= 3 {
                list.remove(0);
            }
            list.push(Toast { number, text, undo });
        });
    }

    fn drop(self, number: u32) {
        self.list.update(|list| list.retain(|toast| toast.number != number));
    }
}

impl Default for Toaster {
    fn default() -> Self {
        Self::new()
    }
}

/// Where the words of a [`Toaster`] appear: each stays six seconds, longer under the pointer or with the focus.
#[component]
pub fn Toasts(
    /// Who speaks.
    from: Toaster,
) -> impl IntoView {
    let toast = move |toast: Toast| {
        let number = toast.number;
        let timer = StoredValue::new(None::<TimeoutHandle>);
        let hold = move || {
            if let Some(timer) = timer.get_value() {
                timer.clear();
            }
        };
        let run = move || {
            hold();
            timer.set_value(set_timeout_with_handle(move || from.drop(number), STAYS).ok());
        };
        run();
        on_cleanup(hold);
        view! {
            <div
                class="toast"
                on:mouseenter=move |_| hold()
                on:mouseleave=move |_| run()
                on:focusin=move |_| hold()
                on:focusout=move |_| run()
            >
                <span>{toast.text}</span>
                {toast.undo.map(|(words, undo)| view! {
                    <button
                        type="button"
                        on:click=move |_| {
                            from.drop(number);
                            undo.run(());
                        }
                    >
                        {words}
                    </button>
                })}
            </div>
        }
    };
    view! {
        <div class="toasts screen-only" role="status" aria-live="polite">
            <For each=move || from.list.get() key=|toast| toast.number children=toast />
        </div>
    }
}

/// How far something is, in words and as a bar. For what takes longer than 400 ms.
#[component]
pub fn Progress(
    /// In words: 回测 24 个月，已算 17 个月.
    #[prop(into)]
    text: Signal<String>,
    /// Steps done.
    #[prop(into)]
    done: Signal<u32>,
    /// Steps in all.
    #[prop(into)]
    of: Signal<u32>,
) -> impl IntoView {
    let share = move || {
        let thousandths = u64::from(done.get()) * 1_000 / u64::from(of.get().max(1));
        crate::lang::shortest(i64::try_from(thousandths.min(1_000)).unwrap_or(0), 3)
    };
    let text_id = name_of("progress");
    view! {
        <div
            class="progress"
            role="progressbar"
            aria-labelledby=text_id.clone()
            aria-valuemin="0"
            aria-valuemax=move || of.get().to_string()
            aria-valuenow=move || done.get().to_string()
        >
            <span id=text_id.clone()>{move || text.get()}</span>
            <i style:--done=share></i>
        </div>
    }
}

/// Bars where text will be; on first load only.
#[component]
pub fn Skeleton(
    /// How many lines.
    #[prop(default = 2)]
    lines: u8,
) -> impl IntoView {
    view! {
        <div class="skeletons" aria-hidden="true">
            {(0..lines).map(|_| view! { <span class="skeleton"></span> }).collect_view()}
        </div>
    }
}

/// An empty steelyard: what is missing, and what comes next.
#[component]
pub fn Empty(
    /// What is missing.
    #[prop(into)]
    what: Signal<String>,
    /// What comes next.
    #[prop(optional, into)]
    next: Signal<String>,
    /// A button, perhaps.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <svg width="120" height="28" aria-hidden="true">
                <path d="M4 12h112" stroke="currentColor" stroke-width="2" />
                <circle cx="28" cy="12" r="2" fill="currentColor" />
                <circle cx="60" cy="12" r="3" fill="currentColor" />
                <circle cx="92" cy="12" r="2" fill="currentColor" />
                <path d="M60 12v4M56 16h8l4 11H52z" fill="currentColor" stroke="currentColor" />
            </svg>
            <p><b>{move || what.get()}</b></p>
            <p class="quiet">{move || next.get()}</p>
            {children.map(|children| children())}
        </div>
    }
}

/// What went wrong and what to do, where it happened.
#[component]
pub fn ErrorNote(
    /// What went wrong.
    #[prop(into)]
    what: Signal<String>,
    /// What to do.
    #[prop(optional, into)]
    next: Signal<String>,
    /// The reader tries again.
    #[prop(optional)]
    on_retry: Option<Callback<()>>,
) -> impl IntoView {
    view! {
        <div class="note" role="alert">
            <p><b>{move || what.get()}</b></p>
            <p>{move || next.get()}</p>
            {on_retry.map(|retry| view! { <Button on_press=retry>{t("再试一次", "Try again")}</Button> })}
        </div>
    }
}
