//! The reader's own choices: language and theme, kept on the device.

use super::{name_of, storage};
use crate::lang::{self, Lang, t};
use leptos::prelude::*;

const KEPT_AS: &str = "xinheng.theme";
/// Value, 中文, English. Without a value the system decides.
const THEMES: [(&str, &str, &str); 3] = [("", "随系统", "System"), ("light", "亮", "Light"), ("dark", "暗", "Dark")];

fn kept() -> String {
    storage().and_then(|storage| storage.get_item(KEPT_AS).ok().flatten()).unwrap_or_default()
}

/// Puts the theme on the page; anything unknown leaves it to the system.
fn show(theme: &str) {
    if let Some(root) = document().document_element() {
        // Valid names cannot be refused.
        let _ = match theme {
            "light" | "dark" => root.set_attribute("data-theme", theme),
            _ => root.remove_attribute("data-theme"),
        };
    }
    // The bars of the browser follow: of the page's two colours the one whose medium holds.
    for own in ["light", "dark"] {
        let Ok(Some(meta)) = document().query_selector(&format!("meta[data-of={own}]")) else { continue };
        let media = match theme {
            "light" | "dark" if theme == own => "all".to_owned(),
            "light" | "dark" => "not all".to_owned(),
            _ => format!("(prefers-color-scheme: {own})"),
        };
        // As above.
        let _ = meta.set_attribute("media", &media);
    }
}

/// Takes up the theme kept on the device.
pub(super) fn start() {
    show(&kept());
}

/// Light, dark, or as the system has it.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let name = name_of("theme");
    let chosen = RwSignal::new(kept());
    let choose = move |value: &'static str| {
        if let Some(storage) = storage() {
            // A browser that keeps nothing still changes its theme.
            let _ = storage.set_item(KEPT_AS, value);
        }
        show(value);
        chosen.set(value.to_owned());
    };
    let choice = |(value, zh, en): (&'static str, &'static str, &'static str)| {
        view! {
            <label>
                <input
                    type="radio"
                    name=name.clone()
                    prop:checked=move || chosen.with(|chosen| chosen == value)
                    on:change=move |_| choose(value)
                />
                <span>{t(zh, en)}</span>
            </label>
        }
    };
    view! {
        <fieldset class="segment">
            <legend class="visually-hidden">{t("明暗", "Theme")}</legend>
            {THEMES.map(choice).into_iter().collect_view()}
        </fieldset>
    }
}

/// The other language, by its own name.
#[component]
pub fn LangSwitch() -> impl IntoView {
    let other = || if lang::lang() == Lang::Zh { Lang::En } else { Lang::Zh };
    view! {
        <button
            class="btn btn--bare"
            type="button"
            lang=move || other().tag()
            on:click=move |_| lang::choose(untrack(other))
        >
            {move || other().pick("中文", "English")}
        </button>
    }
}
