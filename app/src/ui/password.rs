//! A line for a password, which its writer may look at.

use super::form::{HelpLine, state_of};
use super::name_of;
use crate::lang::t;
use leptos::{ev, html, prelude::*};

/// A password being typed: hidden, until its writer asks to see it. Password managers know it by `autocomplete`.
#[component]
pub fn PasswordField(
    /// What is asked.
    #[prop(into)]
    label: Signal<String>,
    /// What stands there.
    value: RwSignal<String>,
    /// `current-password` or `new-password`.
    autocomplete: &'static str,
    /// When the reader leaves: the time to judge what is there.
    #[prop(optional)]
    on_leave: Option<Callback<()>>,
    /// The help line.
    #[prop(optional, into)]
    help: Signal<String>,
    /// What is wrong; takes the place of the help.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// It has the focus when it comes.
    #[prop(optional)]
    focus: bool,
) -> impl IntoView {
    let id = name_of("password");
    let help_id = format!("{id}-help");
    let shown = RwSignal::new(false);
    let node = NodeRef::<html::Input>::new();
    if focus {
        node.on_load(|input| {
            // An input that is in the page takes the focus.
            let _ = input.focus();
        });
    }
    view! {
        <div class="field field--password" data-state=state_of(error, Signal::stored(false))>
            <label class="label" for=id.clone()>{move || label.get()}</label>
            <input
                id=id.clone()
                node_ref=node
                type=move || if shown.get() { "text" } else { "password" }
                autocomplete=autocomplete
                autocapitalize="off"
                spellcheck="false"
                required=true
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=help_id.clone()
                prop:value=move || value.get()
                on:input:target=move |event| value.set(event.target().value())
                on:blur=move |_: ev::FocusEvent| {
                    // As with any field.
                    if let Some(leave) = on_leave {
                        leave.try_run(());
                    }
                }
            />
            <button
                type="button"
                class="see"
                aria-controls=id
                on:click=move |_| shown.update(|shown| *shown = !*shown)
            >
                {move || if shown.get() { t("隐藏", "Hide")() } else { t("显示", "Show")() }}
                <span class="visually-hidden">{t("密码", " password")}</span>
            </button>
            <HelpLine id=help_id help=help error=error />
        </div>
    }
}
