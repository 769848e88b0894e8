//! Small parts that several pages of the desk use.

use super::book::Load;
use super::words::refusal;
use crate::data::client::ClientError;
use crate::download::Form;
use crate::lang::{Lang, lang, t};
use crate::ui::{Button, Dialog, ErrorNote, Field, Skeleton};
use crate::words::failure;
use leptos::{ev, prelude::*};
use shared::facts::calendar::{Date, plus_days};
use shared::facts::ledger::Limit;
use shared::facts::money::{Currency, Money};

/// What went wrong, where it happened, with a way to try again.
#[component]
pub fn Failure(
    /// What went wrong.
    #[prop(into)]
    error: Signal<Option<ClientError>>,
    /// The reader tries again.
    #[prop(optional)]
    on_retry: Option<Callback<()>>,
) -> impl IntoView {
    move || {
        error.get().map(|error| {
            let say = move |error: &ClientError| refusal(lang(), error).unwrap_or_else(|| failure(lang(), error));
            let what = error.clone();
            let (what, next) = (move || say(&what).what, move || say(&error).next);
            match on_retry {
                Some(retry) => view! { <ErrorNote what=what next=next on_retry=retry /> }.into_any(),
                None => view! { <ErrorNote what=what next=next /> }.into_any(),
            }
        })
    }
}

/// Shows what was read, bars until it is there, or why it isn't.
#[component]
pub fn Loaded<T: Send + Sync + 'static>(
    /// What was read.
    #[prop(into)]
    of: Signal<Load<T>>,
    /// The reader tries again.
    on_retry: Callback<()>,
    /// What to show; drawn once.
    children: ChildrenFn,
) -> impl IntoView {
    let state = Memo::new(move |_| {
        of.with(|load| match load {
            Load::Waiting => 0_u8,
            Load::Ready(_) => 1,
            Load::Failed(_) => 2,
        })
    });
    let error = Signal::derive(move || of.with(Load::error));
    move || match state.get() {
        0 => view! { <div class="waiting"><Skeleton lines=8 /></div> }.into_any(),
        1 => children().into_any(),
        _ => view! { <Failure error=error on_retry=on_retry /> }.into_any(),
    }
}

/// A limit in a column whose head names the currency: a figure or a word.
pub fn limit(lang: Lang, limit: Option<Limit>) -> String {
    match limit {
        None => lang.pick("未核定", "not set").to_owned(),
        Some(Limit::None) => lang.pick("不授信", "none").to_owned(),
        Some(Limit::Unlimited) => lang.pick("不限额", "unlimited").to_owned(),
        Some(Limit::Amount { amount }) => lang.brief(amount),
    }
}

/// An amount of a table in `home`: without its currency when it is that one.
pub fn in_column(lang: Lang, money: Money, home: Currency) -> String {
    if money.currency() == home { lang.amount(money) } else { lang.money(money) }
}

/// A choice among a few, of which one is always made.
#[component]
pub fn Picks<T: Copy + PartialEq + Send + Sync + 'static>(
    /// What is chosen.
    label: Signal<String>,
    /// What there is, with its name in both languages.
    choices: Vec<(T, &'static str, &'static str)>,
    /// What was chosen.
    chosen: RwSignal<T>,
) -> impl IntoView {
    let choice = move |(of, zh, en): (T, &'static str, &'static str)| {
        view! {
            <button
                type="button"
                class="pick"
                aria-pressed=move || if chosen.get() == of { "true" } else { "false" }
                on:click=move |_| chosen.set(of)
            >
                {t(zh, en)}
            </button>
        }
    };
    view! {
        <div class="picks screen-only" role="group" aria-label=move || label.get()>
            {choices.into_iter().map(choice).collect_view()}
        </div>
    }
}

/// A question that takes a reason: what is about to be done, why, and what went wrong with it.
#[component]
pub fn AskReason(
    /// Whether it is open.
    #[prop(into)]
    open: Signal<bool>,
    /// The question.
    #[prop(into)]
    title: Signal<String>,
    /// The words of the deed.
    #[prop(into)]
    act: Signal<String>,
    /// The deed refuses or stops.
    #[prop(into)]
    stop: Signal<bool>,
    /// The deed cannot be done yet for another want than the reason's.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// The reason.
    reason: RwSignal<String>,
    /// The reason is another one: another write.
    on_change: Callback<()>,
    /// The deed is on its way.
    #[prop(into)]
    busy: Signal<bool>,
    /// What went wrong with it.
    #[prop(into)]
    failed: Signal<Option<ClientError>>,
    /// The reader did it.
    on_act: Callback<()>,
    /// The reader left it.
    on_close: Callback<()>,
    /// What it means.
    children: ChildrenFn,
) -> impl IntoView {
    let stop = Memo::new(move |_| stop.get());
    let missing = Signal::derive(move || disabled.get() || reason.with(|reason| reason.trim().is_empty()));
    let children = StoredValue::new(children);
    move || {
        view! {
            <Dialog
                open=open
                title=title
                safe=both("再想想", "Think again")
                act=act
                stop=stop.get()
                writes=true
                disabled=missing
                busy=busy
                on_act=on_act
                on_close=on_close
            >
                {children.with_value(|children| children())}
                <Field
                    label=both("理由", "Reason")
                    value=reason
                    on_input=Callback::new(move |text| {
                        reason.set(text);
                        on_change.run(());
                    })
                    help=both("写给来问的人；记入账簿", "For those who will ask; recorded in the book")
                    required=true
                    first=true
                />
                <Failure error=failed />
            </Dialog>
        }
    }
}

/// The cross that closes what stands beside a list.
#[component]
pub fn CloseButton(
    /// What it does, for those who don't see it.
    label: Signal<String>,
    /// It was pressed.
    on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="btn btn--bare close screen-only"
            aria-label=move || label.get()
            on:click=move |_| on_press.run(())
        >
            <svg width="14" height="14" aria-hidden="true">
                <path d="m2 2 10 10M12 2 2 12" stroke="currentColor" stroke-width="1.5" />
            </svg>
        </button>
    }
}

/// Esc closes what is open beside a list; a dialog or a field takes its own Esc first.
pub fn on_escape<T: Send + Sync + 'static>(open: Memo<Option<T>>, close: impl Fn() + 'static) {
    let keys = window_event_listener(ev::keydown, move |event| {
        let ours = event.key() == "Escape" && !event.default_prevented() && !is_writing(&event);
        if ours && open.with_untracked(Option::is_some) {
            close();
        }
    });
    on_cleanup(move || keys.remove());
}

/// The two buttons by which a table leaves the page.
#[component]
pub fn SaveAs(
    /// The reader wants it in this form.
    on_press: Callback<Form>,
) -> impl IntoView {
    view! {
        <Button on_press=Callback::new(move |()| on_press.run(Form::Csv))>{t("下载 CSV", "Download CSV")}</Button>
        <Button on_press=Callback::new(move |()| on_press.run(Form::Workbook))>{t("下载 Excel", "Download Excel")}</Button>
    }
}

/// A signal of a text in both languages.
pub fn both(zh: &'static str, en: &'static str) -> Signal<String> {
    Signal::derive(move || lang().pick(zh, en).to_owned())
}

/// A moment in the book's time zone, to the minute; in seconds since 1970.
pub fn moment(lang: Lang, at: i64, offset_minutes: i16) -> String {
    let seconds = at.saturating_add(i64::from(offset_minutes).saturating_mul(60));
    let days = u32::try_from(seconds.div_euclid(86_400)).unwrap_or(0);
    let day = Date::from_ymd_opt(1970, 1, 1).map_or(Date::MIN, |first| plus_days(first, days));
    let minutes = seconds.rem_euclid(86_400) / 60;
    format!("{} {:02}:{:02}", lang.date(day), minutes / 60, minutes % 60)
}

/// The current row or tab.
pub const fn current(yes: bool) -> Option<&'static str> {
    if yes { Some("true") } else { None }
}

/// Whether a key goes into a field, or to a dialog that is open: then it is no shortcut.
pub fn is_writing(event: &web_sys::KeyboardEvent) -> bool {
    use web_sys::wasm_bindgen::JsCast;
    let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    element.is_some_and(|element| {
        matches!(element.closest("input:not([type=range]), select, textarea, dialog"), Ok(Some(_)))
    })
}

/// Does something and tells how long it took, in milliseconds.
pub fn timed<T>(run: impl FnOnce() -> T) -> (T, f64) {
    let clock = window().performance();
    let start = clock.as_ref().map(web_sys::Performance::now);
    let made = run();
    let end = clock.as_ref().map(web_sys::Performance::now);
    (made, end.zip(start).map_or(0.0, |(end, start)| end - start))
}

/// So many milliseconds in words; what is too short for the browser's clock says so.
pub fn milliseconds(lang: Lang, took: f64) -> String {
    if took < 0.1 {
        return lang.pick("不到 0.1\u{a0}毫秒", "under 0.1\u{a0}ms").to_owned();
    }
    lang.fill("{0}\u{a0}毫秒", "{0}\u{a0}ms", &[&format!("{took:.1}")])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_the_books() {
        assert_eq!(moment(Lang::Zh, 1_795_363_199, 480), "2026-11-22 23:59");
        assert_eq!(moment(Lang::Zh, 1_795_363_200, 480), "2026-11-23 00:00");
    }
}
