//! The form: amount, terms, and what few orders need besides; and the ways to pass, which fill it in.

use super::ask::{Ask, DESCRIPTION_MOST, choices, currencies};
use super::check::{Ground, Judged};
use crate::lang::{lang, t};
use crate::ui::{AmountField, Field, SelectField, SuggestRow};
use crate::words::{mark, remedy};
use leptos::prelude::*;
use shared::facts::ledger::Order;
use shared::facts::money::Money;
use shared::facts::terms::Terms;
use shared::questions::remedy::Remedy;

/// What is asked.
#[component]
pub fn Question(
    /// What is typed.
    ask: RwSignal<Ask>,
    /// What it is judged on.
    ground: Memo<Ground>,
    /// The way out that is being tried.
    tried: RwSignal<Option<Remedy>>,
    /// The judgement.
    judged: Memo<Option<Judged>>,
) -> impl IntoView {
    let granted = Memo::new(move |_| ground.with(|ground| ground.standing.terms));
    let offered = Memo::new(move |_| ground.with(|ground| choices(&ground.shelf.policy.policy, ground.standing.terms)));
    let currency = Memo::new(move |_| ask.with(|ask| ask.currency));
    // What is being tried stands in the form, and goes again with it.
    let order = move || judged.get().map(|judged| judged.order);
    let terms = Memo::new(move |_| order().map_or_else(|| ask.with(|ask| ask.terms), |order| order.terms));
    let prepaid = Memo::new(move |_| {
        if tried.with(Option::is_some) {
            order().and_then(|order| order.prepayment)
        } else {
            ask.with(|ask| ask.prepayment)
        }
    });
    let change = move |change: &dyn Fn(&mut Ask)| {
        tried.set(None);
        ask.update(change);
    };
    let options = move || {
        let lang = lang();
        offered
            .get()
            .into_iter()
            .enumerate()
            .map(|(index, terms)| (index.to_string(), lang.terms(terms)))
            .collect::<Vec<_>>()
    };
    let chosen = move || {
        let terms = terms.get();
        offered.with(|offered| offered.iter().position(|offer| *offer == terms)).unwrap_or(0).to_string()
    };
    let looser = move || granted.get().is_none_or(|granted| terms.get().looseness(granted).is_gt());
    let help = move || {
        let lang = lang();
        match granted.get() {
            Some(Terms::Prepaid) => lang.pick("只可预付", "Prepaid only").to_owned(),
            Some(granted) if granted == terms.get() => lang.pick("同授予账期", "As granted").to_owned(),
            Some(granted) => lang.fill("授予{0}", "Granted: {0}", &[&lang.terms(granted)]),
            None => lang.pick("还没有授予账期", "None granted yet").to_owned(),
        }
    };
    let unit = move || lang().currency(currency.get());
    view! {
        <form class="ask" aria-label=t("本单", "This order") on:submit=|event| event.prevent_default()>
            <AmountField
                label=Signal::derive(move || lang().fill("本单金额（{0}）", "Amount ({0})", &[&unit()]))
                currency=currency
                value=Signal::derive(move || ask.with(|ask| ask.amount))
                on_change=Callback::new(move |amount| change(&|ask| ask.amount = amount))
            />
            <SelectField
                label=Signal::derive(t("账期", "Terms"))
                options=Signal::derive(options)
                value=Signal::derive(chosen)
                on_change=Callback::new(move |index: String| {
                    let terms = offered.with_untracked(|offered| index.parse::<usize>().ok().and_then(|index| offered.get(index).copied()));
                    if let Some(terms) = terms {
                        change(&|ask: &mut Ask| ask.terms = terms);
                    }
                })
                help=Signal::derive(help)
                caution=Signal::derive(move || looser() && !matches!(terms.get(), Terms::Prepaid))
            />
            <Rest ask=ask ground=ground tried=tried prepaid=prepaid />
        </form>
    }
}

/// What few orders need besides: a prepayment, another currency, what it is for.
#[component]
fn Rest(
    ask: RwSignal<Ask>,
    ground: Memo<Ground>,
    tried: RwSignal<Option<Remedy>>,
    prepaid: Memo<Option<Money>>,
) -> impl IntoView {
    let money = Memo::new(move |_| ground.with(|ground| currencies(&ground.standing)));
    let currency = Memo::new(move |_| ask.with(|ask| ask.currency));
    let change = move |change: &dyn Fn(&mut Ask)| {
        tried.set(None);
        ask.update(change);
    };
    let too_long = move || {
        let length = ask.with(|ask| ask.description.chars().count());
        let most = DESCRIPTION_MOST.to_string();
        (length > DESCRIPTION_MOST).then(|| lang().fill("最多 {0} 个字", "{0} characters at most", &[&most]))
    };
    let too_much = move || {
        let (amount, prepaid) = (ask.with(|ask| ask.amount)?, prepaid.get()?);
        (prepaid.minor() > amount.minor()).then(|| lang().pick("预付不能多于本单", "No more than the order").to_owned())
    };
    let unit = move || lang().currency(currency.get());
    view! {
        <details class="ask-more" open=move || tried.with(Option::is_some)>
                <summary class="label">{t("预付、说明", "Prepayment, description")}</summary>
                <div class="ask-rest">
                    <AmountField
                        label=Signal::derive(move || lang().fill("其中预付（{0}）", "Of which prepaid ({0})", &[&unit()]))
                        currency=currency
                        value=prepaid
                        on_change=Callback::new(move |prepaid| change(&|ask| ask.prepayment = prepaid))
                        error=Signal::derive(too_much)
                    />
                    <Show when=move || { money.with(Vec::len) > 1 }>
                        <SelectField
                            label=Signal::derive(t("币种", "Currency"))
                            options=Signal::derive(move || {
                                money.get().into_iter().map(|c| (c.code().to_owned(), c.code().to_owned())).collect::<Vec<_>>()
                            })
                            value=Signal::derive(move || currency.get().code().to_owned())
                            on_change=Callback::new(move |code: String| {
                                if let Ok(currency) = code.parse() {
                                    let moved = move |money: Money| Money::parse(&money.to_string(), currency).ok();
                                    change(&|ask: &mut Ask| {
                                        ask.currency = currency;
                                        ask.amount = ask.amount.and_then(moved);
                                        ask.prepayment = ask.prepayment.and_then(moved);
                                    });
                                }
                            })
                        />
                    </Show>
                    <Field
                        label=Signal::derive(t("货物或服务", "Goods or service"))
                        value=Signal::derive(move || ask.with(|ask| ask.description.clone()))
                        on_input=Callback::new(move |text: String| ask.update(|ask| ask.description = text))
                        error=Signal::derive(too_long)
                    />
                </div>
        </details>
    }
}

/// A way to pass: one tap tries it, a second takes it back.
#[component]
pub fn Way(
    /// The way.
    way: Remedy,
    /// The order as it was typed.
    order: Memo<Option<Order>>,
    /// The way out that is being tried.
    tried: RwSignal<Option<Remedy>>,
) -> impl IntoView {
    let way = StoredValue::new(way);
    let said = move || order.with(|order| order.as_ref().map(|order| way.with_value(|way| remedy(lang(), way, order))));
    let pressed =
        Memo::new(move |_| tried.with(|tried| tried.as_ref().is_some_and(|tried| way.with_value(|way| way == tried))));
    let verdict = way.with_value(|way| way.verdict);
    let press = move |()| tried.set(if pressed.get_untracked() { None } else { Some(way.get_value()) });
    view! {
        <SuggestRow
            then=Signal::derive(move || said().map(|said| said.next).unwrap_or_default())
            mark=Signal::stored(mark(verdict))
            pressed=pressed
            on_press=Callback::new(press)
        >
            {move || said().map(|said| said.what)}
        </SuggestRow>
    }
}
