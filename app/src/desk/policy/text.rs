//! A version as a person reads it: the whole policy, chapter by chapter, to print and to sign.

use crate::lang::{lang, t};
use leptos::prelude::*;
use shared::facts::bilingual::Bilingual;
use shared::record::policy_text::{Article, Chapter, PolicyText, policy_text};
use shared::rules::policy::Policy;

/// The whole policy, written out once it is asked for.
#[component]
pub fn Whole(
    /// The policy.
    policy: Policy,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let policy = StoredValue::new(policy);
    let text = move || open.get().then(|| policy.with_value(|policy| policy_text(policy).ok()).map(written));
    view! {
        <details class="whole" on:toggle:target=move |event| open.set(event.target().open())>
            <summary>{t("整份制度", "The whole policy")}</summary>
            {text}
        </details>
    }
}

fn in_words(of: Bilingual) -> impl Fn() -> String + Clone + Send + Sync + 'static {
    move || lang().pick(&of.zh, &of.en).clone()
}

fn written(text: PolicyText) -> impl IntoView {
    let chapter = move |of: Chapter| {
        let title = of.title.clone();
        // Under its chapter's head an article needn't name the chapter again.
        let article = move |of: Article| {
            let title = title.clone();
            let says = move || {
                let lang = lang();
                let (says, title) = (lang.pick(&of.says.zh, &of.says.en), lang.pick(&title.zh, &title.en));
                let rest = says.strip_prefix(title.as_str()).and_then(|rest| rest.strip_prefix(" › "));
                rest.unwrap_or(says).to_owned()
            };
            view! { <li value=of.number.to_string()>{says}</li> }
        };
        let reason = of.reason.map(|reason| view! { <p class="quiet">{in_words(reason)}</p> });
        view! {
            <section>
                <h4>{in_words(of.title)}</h4>
                {reason}
                <ol>{of.articles.into_iter().map(article).collect_view()}</ol>
            </section>
        }
    };
    view! {
        <article class="policy-text">
            <h3>{in_words(text.title)}</h3>
            <p>{in_words(text.preamble)}</p>
            {text.chapters.into_iter().map(chapter).collect_view()}
        </article>
    }
}
