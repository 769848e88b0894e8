//! Figures and small marks: amounts, grades, chips, the age of data, and one figure with its change.

use crate::lang::{currency_sign, lang, say, t, unsigned};
use leptos::prelude::*;
use shared::facts::calendar::Date;
use shared::facts::money::Money;

/// An amount: the figure loud, currency and decimals quiet. For a value that does not change while it stands.
pub fn amount(of: Money) -> impl IntoView {
    let text = unsigned(of);
    let (whole, decimals) = text.split_at(text.find('.').unwrap_or(text.len()));
    view! {
        <span class="money">
            {(of.minor() < 0).then_some("\u{2212}")}
            <span class="cur">{currency_sign(of.currency())}</span>
            {whole.to_owned()}
            <span class="dec">{decimals.to_owned()}</span>
        </span>
    }
}

/// An amount that follows its signal; nothing is `–`. Put it into an element of class `figure` when it is the figure of
/// the screen.
#[component]
pub fn Amount(
    /// The amount.
    #[prop(into)]
    of: Signal<Option<Money>>,
) -> impl IntoView {
    move || match of.get() {
        Some(money) => amount(money).into_any(),
        None => "–".into_any(),
    }
}

/// A credit grade in its ink.
#[component]
pub fn Grade(
    /// `AAA` to `D`, or what the policy calls it.
    #[prop(into)]
    of: Signal<String>,
    /// Its place in the policy's order from the best, when the names are not the usual ones: 0 is the darkest ink.
    #[prop(optional, into)]
    rank: Signal<Option<u8>>,
) -> impl IntoView {
    let ink = move || match rank.get() {
        Some(rank) => ["AAA", "AA", "A", "B", "C"].get(usize::from(rank)).copied().unwrap_or("D").to_owned(),
        None => of.get(),
    };
    let label = move || lang().fill("信用等级 {0}", "Grade {0}", &[&of.get()]);
    view! { <span class="grade" data-g=ink role="img" aria-label=label>{move || of.get()}</span> }
}

/// What a colour means. Nothing else is coloured.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tone {
    /// No judgement.
    #[default]
    Plain,
    /// Sound, better.
    Sound,
    /// Caution, looser.
    Caution,
    /// Stop, overdue, worse.
    Stop,
    /// Information.
    Info,
}

impl Tone {
    /// The class that colours.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Sound => "sound",
            Self::Caution => "caution",
            Self::Stop => "stop",
            Self::Info => "info",
        }
    }
}

/// A state in a word or two.
#[component]
pub fn Chip(
    /// The word.
    #[prop(into)]
    text: Signal<String>,
    /// What the state means.
    #[prop(optional, into)]
    tone: Signal<Tone>,
) -> impl IntoView {
    view! { <span class=move || format!("chip {}", tone.get().class())>{move || text.get()}</span> }
}

/// Says on every page of a demo book that nothing here is real.
#[component]
pub fn DemoMark(
    /// The day at which the book's date stands.
    today: Date,
) -> impl IntoView {
    let words = say(move |l| l.fill("演示账簿，日期停在 {0}", "Demo book; its date stands at {0}", &[&l.date(today)]));
    view! { <aside class="demo" aria-label=t("演示", "Demo")>{words}</aside> }
}

/// How the page's data stands to the book.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Freshness {
    /// In step with the book.
    Live,
    /// Catching up.
    Sync,
    /// Cut off.
    Offline,
    /// Too old to rely on.
    Stale,
}

/// The age of what is shown.
#[component]
pub fn Age(
    /// How the data stands.
    #[prop(into)]
    of: Signal<Freshness>,
    /// Seconds since the last contact, where known.
    #[prop(optional, into)]
    seconds: Signal<Option<i64>>,
) -> impl IntoView {
    let data = move || match of.get() {
        Freshness::Live => "live",
        Freshness::Sync => "sync",
        Freshness::Offline => "offline",
        Freshness::Stale => "stale",
    };
    let word = move || match of.get() {
        Freshness::Offline => lang().pick("离线", "Offline"),
        Freshness::Stale => lang().pick("数据过期", "Out of date"),
        _ => "",
    };
    let rest = move || {
        let (lang, of) = (lang(), of.get());
        let ago = seconds.get().map(|seconds| lang.ago(seconds));
        match (of, ago) {
            (Freshness::Live, Some(ago)) => lang.fill("{0}同步", "Synced {0}", &[&ago]),
            (Freshness::Live, None) => lang.pick("已同步", "In step").to_owned(),
            (Freshness::Sync, _) => lang.pick("正在同步", "Syncing").to_owned(),
            (_, Some(ago)) => lang.fill("，{0}的数据", ", data from {0}", &[&ago]),
            (_, None) => String::new(),
        }
    };
    view! { <p class="age" role="status" data-s=data><span><b>{word}</b>{rest}</span></p> }
}

/// One figure of the book, and what it was.
#[component]
pub fn Kpi(
    /// What is counted.
    #[prop(into)]
    label: Signal<String>,
    /// The figure, without its unit.
    #[prop(into)]
    value: Signal<String>,
    /// The unit, if any.
    #[prop(optional, into)]
    unit: Signal<String>,
    /// The value in force, with its name: `v14: 486.20`.
    #[prop(optional, into)]
    was: Signal<String>,
    /// The change, with its sign.
    #[prop(optional, into)]
    change: Signal<String>,
    /// Coloured only when better or worse is certain.
    #[prop(optional, into)]
    tone: Signal<Tone>,
) -> impl IntoView {
    view! {
        <div class="kpi">
            <p class="label">{move || label.get()}</p>
            <p class="value">{move || value.get()}" "<span class="unit">{move || unit.get()}</span></p>
            <p class="delta">
                <span>{move || was.get()}</span>
                <b class=move || tone.get().class()>{move || change.get()}</b>
            </p>
        </div>
    }
}
