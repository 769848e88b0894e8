//! The form to ask with: a limit, terms or both, or a temporary limit; with a reason. An application is put another way with
//! the same form.

use crate::data::client::{self, ClientError, Key};
use crate::desk::address::Address;
use crate::desk::book::Desk;
use crate::desk::parts::{Failure, Picks, both};
use crate::lang::{lang, t};
use crate::ui::{AmountField, Button, Dialog, Field, SelectField};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::facts::calendar::Date;
use shared::facts::id::{ApplicationId, CustomerId};
use shared::facts::ledger::Limit;
use shared::facts::money::Money;
use shared::facts::terms::Terms;
use shared::record::api::applications::{ApplicationLine, Apply, AskedCredit, AskedTemporary, ReviseApplication};
use shared::rules::order_check::OrderPolicy;
use std::sync::Arc;

/// What a limit is to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Wanted {
    AsItIs,
    Amount,
    Unlimited,
    None,
}

const WANTED: [(Wanted, &str, &str, &str); 4] = [
    (Wanted::Amount, "amount", "一个金额", "An amount"),
    (Wanted::AsItIs, "as_it_is", "不变", "As it is"),
    (Wanted::None, "none", "不授信", "No credit"),
    (Wanted::Unlimited, "unlimited", "不限额", "Unlimited"),
];

/// What stands in the form.
#[derive(Clone, Copy)]
struct Draft {
    /// Whether a temporary limit is asked for.
    temporary: RwSignal<bool>,
    wanted: RwSignal<Wanted>,
    amount: RwSignal<Option<Money>>,
    /// The first day of a temporary limit.
    from: RwSignal<String>,
    /// The last day; empty for a limit without one.
    until: RwSignal<String>,
    terms: RwSignal<Option<Terms>>,
    reason: RwSignal<String>,
}

impl Draft {
    fn new() -> Self {
        Self {
            temporary: RwSignal::new(false),
            wanted: RwSignal::new(Wanted::Amount),
            amount: RwSignal::new(None),
            from: RwSignal::new(String::new()),
            until: RwSignal::new(String::new()),
            terms: RwSignal::new(None),
            reason: RwSignal::new(String::new()),
        }
    }

    fn take(self, asked: &AskedCredit) {
        let limit = asked.temporary.map(|temporary| temporary.limit).or(asked.limit);
        self.temporary.set(asked.temporary.is_some());
        self.wanted.set(match limit {
            Some(Limit::Amount { .. }) => Wanted::Amount,
            Some(Limit::None) => Wanted::None,
            Some(Limit::Unlimited) => Wanted::Unlimited,
            None => Wanted::AsItIs,
        });
        self.amount.set(match limit {
            Some(Limit::Amount { amount }) => Some(amount),
            _ => None,
        });
        let day = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
        self.from.set(day(asked.temporary.map(|temporary| temporary.from)));
        self.until.set(day(asked.temporary.map(|temporary| temporary.until).or(asked.until)));
        self.terms.set(asked.terms);
        self.reason.set(asked.reason.clone());
    }

    fn limit(self) -> Option<Limit> {
        match self.wanted.get() {
            Wanted::AsItIs => None,
            Wanted::Amount => self.amount.get().map(|amount| Limit::Amount { amount }),
            Wanted::Unlimited => Some(Limit::Unlimited),
            Wanted::None => Some(Limit::None),
        }
    }

    /// What is asked for; absent while something is missing.
    fn asked(self) -> Option<AskedCredit> {
        let reason = self.reason.get().trim().to_owned();
        if reason.is_empty() {
            return None;
        }
        let day = |text: String| text.parse::<Date>().ok();
        if self.temporary.get() {
            let limit = self.amount.get().map(|amount| Limit::Amount { amount })?;
            let temporary = AskedTemporary { limit, from: day(self.from.get())?, until: day(self.until.get())? };
            return Some(AskedCredit { limit: None, until: None, terms: None, temporary: Some(temporary), reason });
        }
        let (limit, terms) = (self.limit(), self.terms.get());
        // An amount that is to come is no limit left as it is.
        let incomplete = limit.is_none() && (self.wanted.get() == Wanted::Amount || terms.is_none());
        let until = limit.and(day(self.until.get()));
        (!incomplete).then_some(AskedCredit { limit, until, terms, temporary: None, reason })
    }
}

/// Asks for more credit, or less, for a customer.
#[component]
pub fn ApplyButton(
    /// For whom.
    id: CustomerId,
) -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <Button on_press=Callback::new(move |()| open.set(true))>{t("申请授信", "Ask for credit")}</Button>
        <Form customer=id open=open />
    }
}

/// The form, in a dialog.
#[component]
pub fn Form(
    /// For whom.
    customer: CustomerId,
    /// The application that is put another way; without one a new one is made.
    #[prop(optional)]
    of: Option<Arc<ApplicationLine>>,
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let desk = Desk::here();
    let address = Address::here();
    let draft = Draft::new();
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<ClientError>));
    // One form, one write: a retry of it keeps its key and its id.
    let key = StoredValue::new(Key::new());
    let application = StoredValue::new(ApplicationId(client::new_id()));
    let changed = Callback::new(move |()| {
        key.set_value(Key::new());
        application.set_value(ApplicationId(client::new_id()));
    });
    let known = Memo::new(move |_| desk.customers.with(|customers| customers.get(customer).cloned()));
    let currency = move || {
        known.with(|known| {
            known.as_ref().map_or_else(|| desk.book.with(|book| book.currency), |known| known.customer.currency)
        })
    };
    let revised = of.as_ref().map(|line| (line.application, line.version));
    Effect::new(move |_| {
        if open.get() {
            changed.run(());
            failed.set(None);
            if let Some(line) = &of {
                draft.take(&line.asked);
            }
        }
    });
    let send = Callback::new(move |()| {
        let Some(asked) = untrack(|| draft.asked()) else { return };
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let key = key.get_value();
            let heard = if let Some((id, version)) = revised {
                client::revise_application(id, &ReviseApplication { asked }, version, key).await
            } else {
                let application = application.get_value();
                client::apply(&Apply { application, customer, asked }, key).await
            };
            busy.try_set(false);
            match desk.keeper.heed(heard) {
                Ok(ApplicationLine { application: id, .. }) => {
                    open.try_set(false);
                    desk.toaster
                        .say(untrack(lang).pick("已提交，等有权限的人批", "Sent: somebody with authority decides"));
                    desk.refresh();
                    address.leave_for(&format!("/applications/{id}"));
                }
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
        });
    });
    let name =
        move || known.with(|known| known.as_ref().map(|known| known.name(lang()).to_owned())).unwrap_or_default();
    let title = Signal::derive(move || lang().fill("为 {0} 申请授信", "Ask for credit for {0}", &[&name()]));
    let missing = Signal::derive(move || draft.asked().is_none());
    view! {
        <Dialog
            open=open
            title=title
            safe=both("先不申请", "Not now")
            act=both("提交", "Send")
            disabled=missing
            busy=busy
            on_act=send
            on_close=Callback::new(move |()| open.set(false))
        >
            <Fields draft=draft currency=Signal::derive(currency) on_change=changed />
            <Failure error=failed />
        </Dialog>
    }
}

/// The fields.
#[component]
fn Fields(draft: Draft, currency: Signal<shared::facts::money::Currency>, on_change: Callback<()>) -> impl IntoView {
    let desk = Desk::here();
    let temporary = draft.temporary;
    let kinds = vec![(false, "额度和账期", "Limit and terms"), (true, "临时额度", "Temporary limit")];
    let limits = Signal::derive(move || {
        let lang = lang();
        WANTED.iter().map(|(_, key, zh, en)| ((*key).to_owned(), lang.pick(*zh, *en).to_owned())).collect::<Vec<_>>()
    });
    let limit = Signal::derive(move || {
        let key = WANTED.iter().find(|(of, ..)| *of == draft.wanted.get()).map(|(_, key, ..)| *key);
        key.unwrap_or_default().to_owned()
    });
    let pick_limit = Callback::new(move |key: String| {
        if let Some((wanted, ..)) = WANTED.iter().find(|(_, of, ..)| *of == key) {
            draft.wanted.set(*wanted);
            on_change.run(());
        }
    });
    // The terms that the policy gives its grades, and those that stand in the form.
    let offered = Memo::new(move |_| {
        let of_policy =
            desk.policy.with(|policy| policy.as_ref().map(|policy| OrderPolicy::from(&policy.policy).terms));
        let mut terms = vec![Terms::Prepaid, Terms::OnDelivery];
        for offer in of_policy.into_iter().flatten().chain(draft.terms.get()) {
            if !terms.contains(&offer) {
                terms.push(offer);
            }
        }
        terms.sort_by(|a, b| a.looseness(*b));
        terms
    });
    let terms = Signal::derive(move || {
        let lang = lang();
        let first = (String::new(), lang.pick("不变", "As they are").to_owned());
        let others = offered.get().into_iter().enumerate().map(|(place, terms)| (place.to_string(), lang.terms(terms)));
        std::iter::once(first).chain(others).collect::<Vec<_>>()
    });
    let chosen = Signal::derive(move || {
        let place = draft.terms.get().and_then(|own| offered.with(|all| all.iter().position(|of| *of == own)));
        place.map(|place| place.to_string()).unwrap_or_default()
    });
    let pick_terms = Callback::new(move |place: String| {
        let place = place.parse::<usize>().ok();
        draft.terms.set(place.and_then(|place| offered.with_untracked(|all| all.get(place).copied())));
        on_change.run(());
    });
    let write = move |into: RwSignal<String>| {
        Callback::new(move |text: String| {
            into.set(text);
            on_change.run(());
        })
    };
    let amount_label = Signal::derive(move || {
        let unit = lang().currency(currency.get());
        lang().fill("额度（{0}）", "Limit ({0})", &[&unit])
    });
    let has_amount = move || temporary.get() || draft.wanted.get() == Wanted::Amount;
    let has_until = move || temporary.get() || matches!(draft.wanted.get(), Wanted::Amount | Wanted::Unlimited);
    let last = Signal::derive(move || {
        let pair = if temporary.get() {
            ("最后一天", "Last day")
        } else {
            ("有效到（可不填）", "Until (may stay empty)")
        };
        lang().pick(pair.0, pair.1).to_owned()
    });
    view! {
        <div class="ask-credit">
            <Picks label=both("要什么", "What is asked for") choices=kinds chosen=temporary />
            <Show when=move || !temporary.get()>
                <SelectField label=both("额度", "Limit") options=limits value=limit on_change=pick_limit />
            </Show>
            <Show when=has_amount>
                <AmountField
                    label=amount_label
                    currency=currency
                    value=draft.amount
                    on_change=Callback::new(move |amount| {
                        draft.amount.set(amount);
                        on_change.run(());
                    })
                />
            </Show>
            <Show when=move || temporary.get()>
                <Field label=both("第一天", "First day") kind="date" value=draft.from on_input=write(draft.from) />
            </Show>
            <Show when=has_until>
                <Field label=last kind="date" value=draft.until on_input=write(draft.until) />
            </Show>
            <Show when=move || !temporary.get()>
                <SelectField label=both("账期", "Terms") options=terms value=chosen on_change=pick_terms />
            </Show>
            <Field
                label=both("理由", "Reason")
                value=draft.reason
                on_input=write(draft.reason)
                help=both("批的人会看：用途、订单、担保", "For whoever decides: what for, which orders, what cover")
                required=true
            />
        </div>
    }
}
