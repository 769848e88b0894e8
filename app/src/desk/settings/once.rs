//! A secret on the page: told once, to be copied.

use crate::lang::{lang, t};
use crate::ui::{Button, Kind};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

/// A secret and the button that copies it.
#[component]
pub fn Once(
    /// What it is.
    #[prop(into)]
    label: Signal<String>,
    /// The secret.
    #[prop(into)]
    text: String,
    /// What to do with it, and until when it is good.
    #[prop(into)]
    note: Signal<String>,
) -> impl IntoView {
    let secret = StoredValue::new(text.clone());
    let name = StoredValue::new(());
    let copied = RwSignal::new(None::<bool>);
    let copy = Callback::new(move |()| {
        spawn_local(async move {
            let done = copy(&secret.get_value()).await;
            // The page may be another one by now.
            if name.try_get_value().is_some() {
                copied.set(Some(done));
            }
        });
    });
    let said = move || {
        let pair = if copied.get()? {
            ("已复制", "Copied")
        } else {
            ("浏览器不让复制：点一下上面的文字，再复制", "The browser refused: press the text above, then copy it")
        };
        Some(lang().pick(pair.0, pair.1))
    };
    view! {
        <div class="once">
            <p class="label">{move || label.get()}</p>
            <code class="secret">{text}</code>
            <p class="acts">
                <Button kind=Kind::Main on_press=copy>{t("复制", "Copy")}</Button>
                <span role="status" class=move || if copied.get() == Some(false) { "caution" } else { "sound" }>{said}</span>
            </p>
            <p class="quiet">{move || note.get()}</p>
            <p class="caution">{t("只显示这一次。关上以后谁也看不到它，只能另做一个。", "Shown this once. Nobody can see it again; only a new one can be made.")}</p>
        </div>
    }
}

/// Puts a text on the clipboard; says whether the browser did.
pub async fn copy(text: &str) -> bool {
    // Without a secure address there is no clipboard to ask.
    if !window().is_secure_context() {
        return false;
    }
    JsFuture::from(window().navigator().clipboard().write_text(text)).await.is_ok()
}
