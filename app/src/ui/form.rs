//! What one writes into and presses: a line with its label, an amount, a choice, a weight on its rod, a button.
//!
//! A help line is always there and turns into the error, so that nothing jumps.

use super::name_of;
use super::typing::{Strange, Stroke, brings_a_comma, strange, tidy, well_grouped};
use crate::lang::{Lang, lang, shortest, unsigned};
use leptos::{ev, html, prelude::*};
use shared::facts::money::{Currency, Money, MoneyError};
use web_sys::wasm_bindgen::JsCast;

/// A line to write on.
#[component]
pub fn Field(
    /// What is asked.
    #[prop(into)]
    label: Signal<String>,
    /// What stands there.
    #[prop(into)]
    value: Signal<String>,
    /// What was typed; not during the composition of 汉字.
    on_input: Callback<String>,
    /// When the reader leaves: the time to judge what is there.
    #[prop(optional)]
    on_leave: Option<Callback<()>>,
    /// The help line.
    #[prop(optional, into)]
    help: Signal<String>,
    /// What is wrong; takes the place of the help.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// The help is a caution.
    #[prop(optional, into)]
    caution: Signal<bool>,
    /// The input's type.
    #[prop(optional)]
    kind: Option<&'static str>,
    /// The keyboard a phone shows.
    #[prop(optional)]
    inputmode: Option<&'static str>,
    /// What the browser may fill in.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    /// An example.
    #[prop(optional, into)]
    placeholder: Signal<String>,
    /// It cannot stay empty.
    #[prop(optional)]
    required: bool,
    /// It has the focus when it comes.
    #[prop(optional)]
    focus: bool,
    /// It has the focus first in the dialog that it stands in.
    #[prop(optional)]
    first: bool,
) -> impl IntoView {
    let id = name_of("field");
    let help_id = format!("{id}-help");
    let node = NodeRef::<html::Input>::new();
    if focus {
        node.on_load(|input| {
            // An input that is in the page takes the focus.
            let _ = input.focus();
        });
    }
    let take = move |event: ev::Event| on_input.run(event_target_value(&event));
    view! {
        <div class="field" data-state=state_of(error, caution)>
            <label class="label" for=id.clone()>{move || label.get()}</label>
            <input
                id=id
                node_ref=node
                type=kind.unwrap_or("text")
                inputmode=inputmode
                autocomplete=autocomplete.unwrap_or("off")
                placeholder=move || Some(placeholder.get()).filter(|text| !text.is_empty())
                required=required
                autofocus=first
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=help_id.clone()
                prop:value=move || value.get()
                on:input=move |event: ev::Event| {
                    if !composing(&event) {
                        take(event);
                    }
                }
                on:compositionend=move |event| take(event.into())
                on:blur=move |_| {
                    // A field that is taken off the page with the focus in it is left, too, when its page is gone already.
                    if let Some(leave) = on_leave {
                        leave.try_run(());
                    }
                }
            />
            <HelpLine id=help_id help=help error=error />
        </div>
    }
}

/// The line under a field: help, or what is wrong.
#[component]
pub(super) fn HelpLine(id: String, #[prop(into)] help: Signal<String>, error: Signal<Option<String>>) -> impl IntoView {
    view! { <p class="help" id=id aria-live="polite">{move || error.get().unwrap_or_else(|| help.get())}</p> }
}

pub(super) fn state_of(error: Signal<Option<String>>, caution: Signal<bool>) -> impl Fn() -> Option<&'static str> {
    move || {
        if error.with(Option::is_some) { Some("error") } else { caution.get().then_some("caution") }
    }
}

fn composing(event: &ev::Event) -> bool {
    event.dyn_ref::<web_sys::InputEvent>().is_some_and(web_sys::InputEvent::is_composing)
}

/// What keeps a text from being an amount of a currency.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Wrong {
    /// It isn't one number.
    Strange(Strange),
    /// It is one that the book cannot hold.
    Money(MoneyError),
}

/// Reads what stands in an amount field.
fn read(text: &str, currency: Currency) -> Result<Option<Money>, Wrong> {
    if let Some(strange) = strange(text) {
        return Err(Wrong::Strange(strange));
    }
    if !well_grouped(text) {
        return Err(Wrong::Strange(Strange::Letters));
    }
    let bare: String = text.chars().filter(|character| *character != ',').collect();
    let bare = bare.trim_end_matches('.');
    if bare.is_empty() { Ok(None) } else { Money::parse(bare, currency).map(Some).map_err(Wrong::Money) }
}

/// Says what is wrong with an amount, and what to write instead.
fn complaint(lang: Lang, text: &str, wrong: &Wrong) -> String {
    let error = match wrong {
        Wrong::Money(error) => error,
        Wrong::Strange(strange) => {
            let (zh, en) = match strange {
                Strange::Negative => ("不能是负数，请只写数字", "Not a negative amount: write figures only"),
                Strange::Points => ("只能有一个小数点", "One decimal point only"),
                Strange::Letters => {
                    ("请只写数字，可以带一个小数点，或以万结尾", "Write figures only, with one decimal point at most")
                }
            };
            return lang.pick(zh, en).to_owned();
        }
    };
    let MoneyError::TooManyDecimals { currency, decimals, .. } = error else {
        return lang.pick("金额太大，账簿记不下", "Too large for the book").to_owned();
    };
    let bare: String = text.chars().filter(|character| *character != ',').collect();
    // One digit more than allowed decides how the rest is rounded.
    let cut = bare.find('.').map_or(bare.len(), |point| (point + 2 + *decimals as usize).min(bare.len()));
    let minor = bare
        .get(..cut)
        .unwrap_or_default()
        .bytes()
        .filter(u8::is_ascii_digit)
        .fold(0_i64, |sum, digit| sum.saturating_mul(10).saturating_add(i64::from(digit - b'0')));
    let mended = Money::from_minor(minor.saturating_add(5) / 10, *currency).map(unsigned).unwrap_or_default();
    let (zh, en) = match decimals {
        0 => ("不带小数，请改成 {0}", "No decimals: enter {0}"),
        3 => ("最多三位小数，请改成 {0}", "Three decimals at most: enter {0}"),
        _ => ("最多两位小数，请改成 {0}", "Two decimals at most: enter {0}"),
    };
    lang.fill(zh, en, &[&mended])
}

/// An amount being typed: thousands marks come by themselves, the caret stays, 汉字 are composed in peace, and what was
/// written is said again below (大写). `28.64万` becomes 286,400.
#[component]
pub fn AmountField(
    /// What is asked; names the currency: 本单金额（元）.
    #[prop(into)]
    label: Signal<String>,
    /// The currency of the amount.
    #[prop(into)]
    currency: Signal<Currency>,
    /// The amount as the page holds it. Setting it from outside writes it into the field.
    #[prop(into)]
    value: Signal<Option<Money>>,
    /// The amount after each key; `None` while the field is empty or wrong.
    on_change: Callback<Option<Money>>,
    /// What the page has against the amount.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let id = name_of("amount");
    let help_id = format!("{id}-help");
    let text = RwSignal::new(String::new());
    Effect::new(move |_| {
        let (outside, currency) = (value.get(), currency.get());
        if read(&text.get_untracked(), currency).ok().flatten() != outside {
            text.set(outside.map(unsigned).unwrap_or_default());
        }
    });
    let own = Memo::new(move |_| read(&text.get(), currency.get()));
    let wrong = Signal::derive(move || {
        own.with(|own| own.as_ref().err().map(|error| complaint(lang(), &text.get(), error))).or_else(|| error.get())
    });
    let words =
        Signal::derive(move || own.get().ok().flatten().map(|money| lang().in_words(money)).unwrap_or_default());
    let typed = move |input: &web_sys::HtmlInputElement, stroke: Stroke| {
        let raw = input.value();
        let caret = input.selection_start().ok().flatten().map_or(usize::MAX, |caret| caret as usize);
        if strange(&raw).is_some() || text.with_untracked(|before| brings_a_comma(&raw, before)) {
            // It stays as it was typed, with what is wrong below it, and is no amount.
            text.set(raw);
            return on_change.run(None);
        }
        let tidied = text.with_untracked(|before| tidy(&raw, caret, before, stroke));
        input.set_value(&tidied.text);
        let caret = u32::try_from(tidied.caret).unwrap_or(u32::MAX);
        // A field that lost the focus in between has no caret to set.
        let _ = input.set_selection_range(caret, caret);
        let outcome = read(&tidied.text, currency.get_untracked()).ok().flatten();
        text.set(tidied.text);
        on_change.run(outcome);
    };
    view! {
        <div class="field field--amount" data-state=state_of(wrong, Signal::stored(false))>
            <label class="label" for=id.clone()>{move || label.get()}</label>
            <input
                id=id
                type="text"
                inputmode="decimal"
                autocomplete="off"
                enterkeyhint="done"
                aria-invalid=move || wrong.with(Option::is_some).then_some("true")
                aria-describedby=help_id.clone()
                prop:value=move || text.get()
                on:input:target=move |event| {
                    let change = event.dyn_ref::<web_sys::InputEvent>();
                    if change.is_some_and(web_sys::InputEvent::is_composing) {
                        return;
                    }
                    let stroke = match change.map(web_sys::InputEvent::input_type).as_deref() {
                        Some("deleteContentBackward") => Stroke::Back,
                        Some("deleteContentForward") => Stroke::Forward,
                        _ => Stroke::Other,
                    };
                    typed(&event.target(), stroke);
                }
                on:compositionend:target=move |event| typed(&event.target(), Stroke::Other)
                on:blur=move |_| {
                    if let Ok(Some(money)) = own.get_untracked() {
                        text.set(unsigned(money));
                    }
                }
            />
            <HelpLine id=help_id help=words error=wrong />
        </div>
    }
}

/// A choice among a few.
#[component]
pub fn SelectField(
    /// What is asked.
    #[prop(into)]
    label: Signal<String>,
    /// Value and text of each choice.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    /// The value chosen.
    #[prop(into)]
    value: Signal<String>,
    /// The value that was chosen.
    on_change: Callback<String>,
    /// The help line.
    #[prop(optional, into)]
    help: Signal<String>,
    /// What is wrong.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// The help is a caution.
    #[prop(optional, into)]
    caution: Signal<bool>,
) -> impl IntoView {
    let id = name_of("select");
    let help_id = format!("{id}-help");
    let choices = move || {
        let chosen = value.get_untracked();
        options
            .get()
            .into_iter()
            .map(|(key, text)| view! { <option selected=key == chosen value=key>{text}</option> })
            .collect_view()
    };
    view! {
        <div class="field field--select" data-state=state_of(error, caution)>
            <label class="label" for=id.clone()>{move || label.get()}</label>
            <select
                id=id
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=help_id.clone()
                prop:value=move || value.get()
                on:change:target=move |event| on_change.run(event.target().value())
            >
                {choices}
            </select>
            <HelpLine id=help_id help=help error=error />
        </div>
    }
}

/// A figure of the policy as a weight on its rod; a notch marks the value in force, and the number can be typed too.
#[component]
pub fn RangeField(
    /// What is weighed.
    #[prop(into)]
    label: Signal<String>,
    /// The figure, in units of `10^-decimals`.
    #[prop(into)]
    value: Signal<i64>,
    /// The value in force.
    #[prop(optional, into)]
    was: Signal<Option<i64>>,
    /// The least.
    min: i64,
    /// The most.
    max: i64,
    /// The step of the rod; typing may be finer.
    #[prop(default = 1)]
    step: i64,
    /// How many decimals the figure is typed with.
    #[prop(default = 0)]
    decimals: u32,
    /// The unit after the figure.
    #[prop(optional, into)]
    unit: Signal<String>,
    /// The figure while the weight moves, and when the number was typed.
    on_change: Callback<i64>,
) -> impl IntoView {
    let id = name_of("range");
    let name_id = format!("{id}-name");
    let part = move |of: i64| {
        let span = (max - min).max(1);
        shortest((of.clamp(min, max) - min).saturating_mul(10_000) / span, 4)
    };
    let notch = move || was.get().filter(|was| *was != value.get()).map_or_else(|| "-1".to_owned(), part);
    let moved = move || was.get().filter(|was| *was != value.get());
    let plain = move |of: i64| shortest(of, decimals).replace('\u{2212}', "-").replace(',', "");
    let typed = move |input: &web_sys::HtmlInputElement| match parse_figure(&input.value(), decimals) {
        Some(figure) => on_change.run(figure.clamp(min, max)),
        None => input.set_value(&plain(value.get_untracked())),
    };
    view! {
        <div class="ctl">
            <label class="name" id=name_id.clone() for=id.clone()>{move || label.get()}</label>
            <input
                class="range"
                id=id
                type="range"
                min=min.to_string()
                max=max.to_string()
                step=step.to_string()
                style:--was=notch
                aria-valuetext=move || format!("{}\u{a0}{}", plain(value.get()), unit.get())
                prop:value=move || value.get().to_string()
                on:input:target=move |event| {
                    if let Ok(figure) = event.target().value().parse() {
                        on_change.run(figure);
                    }
                }
            />
            <span class="read">
                {move || moved().map(|was| view! { <span class="quiet">{plain(was)} " → "</span> })}
                <input
                    class="inline"
                    class:chg=move || moved().is_some()
                    type="text"
                    inputmode="decimal"
                    aria-labelledby=name_id
                    size=plain(max).len().max(2).to_string()
                    prop:value=move || plain(value.get())
                    on:change:target=move |event| typed(&event.target())
                />
                <span class="unit">{move || unit.get()}</span>
            </span>
        </div>
    }
}

/// Reads a typed figure in units of `10^-decimals`, dropping finer digits' noughts only.
fn parse_figure(text: &str, decimals: u32) -> Option<i64> {
    let text = text.trim().replace('\u{2212}', "-");
    let (negative, digits) = text.strip_prefix('-').map_or((false, text.as_str()), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let short = fraction.len() <= decimals as usize;
    if whole.is_empty() || !short || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let padding = std::iter::repeat_n(b'0', (decimals as usize).saturating_sub(fraction.len()));
    let units = whole
        .bytes()
        .chain(fraction.bytes())
        .chain(padding)
        .try_fold(0_i64, |sum, digit| sum.checked_mul(10)?.checked_add(i64::from(digit - b'0')))?;
    Some(if negative { -units } else { units })
}

/// What a button is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Kind {
    /// One of several.
    #[default]
    Plain,
    /// The one thing to do here; names what happens and the amount.
    Main,
    /// Refuses or deletes; only inside the dialog that asks.
    Stop,
    /// A quiet word.
    Bare,
}

/// A button.
#[component]
pub fn Button(
    /// What it is for.
    #[prop(optional)]
    kind: Kind,
    /// In the bar at the bottom of a phone.
    #[prop(optional)]
    thumb: bool,
    /// It cannot be pressed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// It was pressed and works.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// It sends the form it stands in.
    #[prop(optional)]
    submit: bool,
    /// The safe choice of a dialog, which has the focus first.
    #[prop(optional)]
    autofocus: bool,
    /// It was pressed.
    #[prop(optional)]
    on_press: Option<Callback<()>>,
    /// Its words.
    children: Children,
) -> impl IntoView {
    let class = match kind {
        Kind::Plain => "btn",
        Kind::Main => "btn btn--main",
        Kind::Stop => "btn btn--stop",
        Kind::Bare => "btn btn--bare",
    };
    let node = NodeRef::<html::Button>::new();
    view! {
        <button
            node_ref=node
            class=class
            class:btn--thumb=thumb
            type=if submit { "submit" } else { "button" }
            autofocus=autofocus
            disabled=move || disabled.get()
            aria-busy=move || busy.get().then_some("true")
            on:click=move |event| {
                if busy.get_untracked() {
                    event.prevent_default();
                } else if let Some(press) = on_press {
                    press.run(());
                }
            }
        >
            {children()}
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_exactly() {
        assert_eq!(parse_figure("3", 1), Some(30));
        assert_eq!(parse_figure(" -2.50", 2), Some(-250));
        assert_eq!(parse_figure("2.500", 2), Some(250));
        for refused in ["", "2.505", "1,000", ".5", "3%"] {
            assert_eq!(parse_figure(refused, 2), None, "{refused}");
        }
    }

    #[test]
    fn complaints_say_what_to_write() {
        let complain = |text: &str, currency: Currency| complaint(Lang::Zh, text, &read(text, currency).err().unwrap());
        assert_eq!(complain("286,400.005", Currency::CNY), "最多两位小数，请改成 286,400.01");
        assert_eq!(complain("286,400.0049", Currency::CNY), "最多两位小数，请改成 286,400.00");
        assert_eq!(complain("12.6", "JPY".parse().unwrap()), "不带小数，请改成 13");
        assert_eq!(complain("99,999,999,999,999.00", Currency::CNY), "金额太大，账簿记不下");
        assert_eq!(read("286,400.", Currency::CNY), Ok(Some(Money::parse("286400", Currency::CNY).unwrap())));
        assert_eq!(read("", Currency::CNY), Ok(None));
    }
}
