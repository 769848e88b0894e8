//! Money that came in: how much, from whom, and which documents it settles. What is not applied stays with the customer.

use crate::data::client::{self, ClientError, Key, new_id};
use crate::desk::book::{Desk, Load};
use crate::desk::parts::{Failure, both};
use crate::lang::{Lang, lang, t};
use crate::ui::{AmountField, Button, Field, Kind, SelectField, Skeleton};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::facts::calendar::Date;
use shared::facts::id::{CustomerId, ItemId, ReceiptId};
use shared::facts::money::{Currency, Money};
use shared::questions::statement::OpenItem;
use shared::record::api::{RecordReceipt, StatementAnswer};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is being typed.
#[derive(Clone, Copy)]
struct Form {
    date: RwSignal<Date>,
    currency: RwSignal<Currency>,
    amount: RwSignal<Option<Money>>,
    reference: RwSignal<String>,
    applied: RwSignal<BTreeMap<ItemId, Money>>,
    /// Names of the receipt and of the write; new ones after each change that could make it another.
    receipt: StoredValue<(ReceiptId, Key)>,
}

impl Form {
    fn renew(self) {
        self.receipt.set_value((ReceiptId(new_id()), Key::new()));
    }

    /// What is applied altogether.
    fn sum(self) -> Option<Money> {
        self.applied.with(|applied| Money::sum(self.currency.get(), applied.values().copied()).ok())
    }

    /// What stays unapplied; negative when more was applied than came in.
    fn rest(self) -> Option<Money> {
        self.amount.get()?.minus(self.sum()?).ok()
    }

    /// Applies the money to the oldest documents first.
    fn oldest_first(self, open: &[OpenItem]) {
        let currency = self.currency.get_untracked();
        let Some(mut left) = self.amount.get_untracked().map(Money::minor) else { return };
        let mut applied = BTreeMap::new();
        for item in open.iter().filter(|item| item.open.currency() == currency && item.open.minor() > 0) {
            let part = left.min(item.open.minor());
            if let (true, Ok(money)) = (part > 0, Money::from_minor(part, currency)) {
                applied.insert(item.item, money);
                left -= part;
            }
        }
        self.renew();
        self.applied.set(applied);
    }
}

/// What keeps a receipt from being recorded.
fn obstacle(lang: Lang, form: Form, open: &[OpenItem]) -> Option<String> {
    let Some(money) = form.amount.get().filter(|money| money.minor() > 0) else {
        return Some(lang.pick("请填金额", "Enter the amount").to_owned());
    };
    let beyond = form.applied.with(|applied| {
        open.iter().find(|item| applied.get(&item.item).is_some_and(|part| part.minor() > item.open.minor())).cloned()
    });
    if let Some(item) = beyond {
        let with = [&*item.number, &*lang.money(item.open)];
        return Some(lang.fill("{0} 只剩 {1} 未清", "Only {1} is open on {0}", &with));
    }
    match form.rest() {
        Some(rest) if rest.minor() >= 0 => None,
        Some(rest) => {
            let with = [&*lang.money(rest.negated()), &*lang.money(money)];
            Some(lang.fill(
                "核销比到款多 {0}，请调到 {1} 以内",
                "{0} more applied than came in; bring it within {1}",
                &with,
            ))
        }
        None => Some(lang.pick("金额太大，账簿记不下", "Too large for the book").to_owned()),
    }
}

/// Records money from a customer.
#[component]
pub fn RecordMoney(id: CustomerId) -> impl IntoView {
    let desk = Desk::here();
    let home = desk.customers.with_untracked(|all| all.get(id).map(|known| known.customer.currency));
    let form = Form {
        date: RwSignal::new(desk.today()),
        currency: RwSignal::new(home.unwrap_or(desk.book.with_untracked(|book| book.currency))),
        amount: RwSignal::new(None),
        reference: RwSignal::new(String::new()),
        applied: RwSignal::new(BTreeMap::new()),
        receipt: StoredValue::new((ReceiptId(new_id()), Key::new())),
    };
    let answer = RwSignal::new(Load::<StatementAnswer>::Waiting);
    let read = Callback::new(move |()| {
        let today = untrack(|| desk.today());
        spawn_local(async move {
            answer.try_set(match desk.keeper.heed(client::statement(id, today, today).await) {
                Ok(found) => Load::Ready(Arc::new(found)),
                Err(error) => Load::Failed(error),
            });
        });
    });
    Effect::new(move |_| {
        desk.feed.track();
        read.run(());
    });
    let open = Memo::new(move |_| {
        let accounts = answer.get().ready().map(|answer| answer.statement.accounts.clone()).unwrap_or_default();
        let currency = form.currency.get();
        let own = accounts.into_iter().filter(|account| account.currency == currency);
        own.flat_map(|account| account.open).filter(|item| item.open.minor() > 0).collect::<Vec<_>>()
    });
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<ClientError>));
    let record = Callback::new(move |()| {
        let Some(amount) = form.amount.get_untracked() else { return };
        let (receipt, key) = form.receipt.get_value();
        let body = RecordReceipt {
            receipt,
            customer: id,
            date: form.date.get_untracked(),
            amount,
            reference: Some(form.reference.get_untracked().trim().to_owned()).filter(|text| !text.is_empty()),
            apply: form.applied.get_untracked().into_iter().filter(|(_, part)| part.minor() > 0).collect(),
        };
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let heard = desk.keeper.heed(client::record_receipt(&body, key).await);
            busy.try_set(false);
            match heard {
                Ok(_) => {
                    let lang = untrack(lang);
                    desk.toaster.say(lang.fill("已登记到款 {0}", "Receipt of {0} recorded", &[&lang.money(amount)]));
                    form.renew();
                    form.amount.try_set(None);
                    form.reference.try_set(String::new());
                    form.applied.try_set(BTreeMap::new());
                    desk.refresh();
                }
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
        });
    });
    let wrong = Memo::new(move |_| open.with(|open| obstacle(lang(), form, open)));
    let act = move || match form.amount.get() {
        Some(money) => lang().fill("登记到款 {0}", "Record {0}", &[&lang().money(money)]),
        None => lang().pick("登记到款", "Record the receipt").to_owned(),
    };
    let rest = move || form.rest().map(|rest| lang().fill("未核销 {0}", "{0} stays unapplied", &[&lang().money(rest)]));
    let waiting = move || answer.with(|answer| matches!(answer, Load::Waiting));
    let error = Signal::derive(move || answer.with(Load::error));
    view! {
        <div class="money-in">
            <Heading form=form />
            <div class="cap">
                <h3>{t("核销到", "Apply to")}</h3>
                <button
                    type="button"
                    class="btn"
                    disabled=move || form.amount.get().is_none() || open.with(Vec::is_empty)
                    on:click=move |_| open.with_untracked(|open| form.oldest_first(open))
                >
                    {t("从最早的开始", "Oldest first")}
                </button>
            </div>
            <Show when=waiting><Skeleton lines=4 /></Show>
            <Failure error=error on_retry=read />
            <Applications form=form open=open />
            <p class="rest" class:stop=move || form.rest().is_some_and(|rest| rest.minor() < 0)>{rest}</p>
            <Failure error=failed />
            <div class="acts">
                <p class="quiet" role="status">{move || wrong.get()}</p>
                <Button kind=Kind::Main busy=busy disabled=Signal::derive(move || wrong.with(Option::is_some)) on_press=record>
                    {act}
                </Button>
            </div>
        </div>
    }
}

/// Date, currency, amount and reference.
#[component]
fn Heading(form: Form) -> impl IntoView {
    let desk = Desk::here();
    let currencies = Signal::derive(move || {
        Currency::all().map(|currency| (currency.code().to_owned(), lang().currency(currency))).collect::<Vec<_>>()
    });
    view! {
        <div class="line">
            <Field
                label=both("到款日", "Date")
                kind="date"
                value=Signal::derive(move || form.date.get().to_string())
                on_input=Callback::new(move |text: String| {
                    // The book refuses facts of a later day than its own.
                    if let Some(date) = text.parse::<Date>().ok().filter(|date| *date <= untrack(|| desk.today())) {
                        form.renew();
                        form.date.set(date);
                    }
                })
            />
            <SelectField
                label=both("币种", "Currency")
                options=currencies
                value=Signal::derive(move || form.currency.get().code().to_owned())
                on_change=Callback::new(move |code: String| {
                    if let Ok(currency) = code.parse() {
                        form.renew();
                        form.currency.set(currency);
                        form.amount.set(None);
                        form.applied.set(BTreeMap::new());
                    }
                })
            />
            <Field
                label=both("银行流水号", "Bank reference")
                value=form.reference
                on_input=Callback::new(move |text| {
                    form.renew();
                    form.reference.set(text);
                })
            />
        </div>
        <AmountField
            label=Signal::derive(move || {
                let lang = lang();
                lang.fill("到款金额（{0}）", "Amount ({0})", &[&lang.currency(form.currency.get())])
            })
            currency=form.currency
            value=form.amount
            on_change=Callback::new(move |amount| {
                form.renew();
                form.amount.set(amount);
            })
        />
    }
}

/// The open documents, each with what is applied to it.
#[component]
fn Applications(form: Form, open: Memo<Vec<OpenItem>>) -> impl IntoView {
    let row = move |item: OpenItem| {
        let id = item.item;
        let part = Signal::derive(move || form.applied.with(|applied| applied.get(&id).copied()));
        let beyond = Signal::derive(move || {
            let over = part.get().is_some_and(|part| part.minor() > item.open.minor());
            over.then(|| lang().pick("多于未清", "more than is open").to_owned())
        });
        let label = item.number.clone();
        let label = Signal::derive(move || lang().fill("核销到 {0}", "Apply to {0}", &[&label]));
        let late = item.days_past_due > 0;
        view! {
            <tr>
                <th scope="row">{item.number}</th>
                <td class:stop=late>{move || lang().date(item.due)}</td>
                <td class="num">{move || lang().amount(item.open)}</td>
                <td class="num apply">
                    <AmountField
                        label=label
                        currency=form.currency
                        value=part
                        error=beyond
                        on_change=Callback::new(move |part: Option<Money>| {
                            form.renew();
                            form.applied.update(|applied| {
                                match part {
                                    Some(part) => applied.insert(id, part),
                                    None => applied.remove(&id),
                                };
                            });
                        })
                    />
                </td>
            </tr>
        }
    };
    let none = Memo::new(move |_| open.with(Vec::is_empty));
    view! {
        <Show
            when=move || !none.get()
            fallback=|| view! { <p class="quiet">{t("没有未清的单据，到款先放着", "Nothing is open; the money stays unapplied")}</p> }
        >
            <table class="data applications">
                <thead>
                    <tr>
                        <th scope="col">{t("单据", "Document")}</th>
                        <th scope="col">{t("到期", "Due")}</th>
                        <th scope="col" class="num">{t("未清", "Open")}</th>
                        <th scope="col" class="num">{t("核销", "Apply")}</th>
                    </tr>
                </thead>
                <tbody><For each=move || open.get() key=|item| (item.item, item.open.minor()) children=row /></tbody>
            </table>
        </Show>
    }
}
