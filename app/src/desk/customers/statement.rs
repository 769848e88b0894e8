//! A customer's account: what is open, and what came and went in a period, made again in this browser.

use crate::data::client;
use crate::desk::address::Address;
use crate::desk::book::{Desk, Load};
use crate::desk::parts::{Failure, both};
use crate::desk::words;
use crate::lang::{Lang, lang, t};
use crate::ui::{AgingBand, AgingBar, Chip, Empty, Proof, ProofState, Skeleton, Tone, amount};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::facts::calendar::{Date, month_start};
use shared::facts::id::CustomerId;
use shared::facts::money::Money;
use shared::questions::statement::{Account as Side, OpenItem, Statement, StatementLine, statement};
use shared::readings::aging::AgingRule;
use shared::record::api::StatementAnswer;
use shared::record::digest::digest;
use std::sync::Arc;

/// What is open and what happened.
#[component]
pub fn Account(id: CustomerId) -> impl IntoView {
    let desk = Desk::here();
    let address = Address::here();
    let today = desk.today();
    // The quarter up to today, unless the address says otherwise.
    let first = month_start(today).checked_sub_months(chrono::Months::new(2)).unwrap_or(today);
    let day = |text: &str| text.parse::<Date>().ok();
    let from = address.keep("from", first, day, ToString::to_string);
    let to = address.keep("to", today, day, ToString::to_string);
    let answer = RwSignal::new(Load::<StatementAnswer>::Waiting);
    let asked = StoredValue::new(0_u32);
    let read = Callback::new(move |()| {
        let (from, to) = (from.get_untracked(), to.get_untracked());
        let number = asked.get_value().wrapping_add(1);
        asked.set_value(number);
        spawn_local(async move {
            let load = match desk.keeper.heed(client::statement(id, from, to).await) {
                Ok(found) => Load::Ready(Arc::new(found)),
                Err(error) => Load::Failed(error),
            };
            // A later question may have overtaken this answer.
            if asked.try_get_value() == Some(number) {
                answer.try_set(load);
            }
        });
    });
    Effect::new(move |_| {
        desk.feed.track();
        if from.get() <= to.get() {
            read.run(());
        }
    });
    let turned = move || from.get() > to.get();
    let date = move |label: Signal<String>, value: RwSignal<Date>| {
        view! {
            <label class="day">
                <span class="label">{move || label.get()}</span>
                <input
                    type="date"
                    required
                    prop:value=move || value.get().to_string()
                    on:change:target=move |event| {
                        if let Ok(date) = event.target().value().parse() {
                            value.set(date);
                        }
                    }
                />
            </label>
        }
    };
    let shown = move || match answer.get() {
        Load::Waiting => view! { <Skeleton lines=8 /> }.into_any(),
        Load::Failed(error) => view! { <Failure error=Signal::stored(Some(error)) on_retry=read /> }.into_any(),
        Load::Ready(answer) => view! { <Sheet answer=answer /> }.into_any(),
    };
    view! {
        <div class="tools screen-only">{date(both("从", "From"), from)}{date(both("到", "To"), to)}</div>
        <Show when=turned>
            <p class="stop" role="alert">{t("起始日晚于截止日", "The first day is after the last")}</p>
        </Show>
        {shown}
    }
}

/// Makes the statement again from its facts and compares.
fn proof(answer: &StatementAnswer) -> ProofState {
    let book = &answer.statement;
    let here = statement(book.customer, &answer.facts, &answer.aging, book.from, book.to);
    let same = |here: &Statement| digest(here).is_ok_and(|digest| digest == answer.digest);
    match here {
        Ok(here) if same(&here) => ProofState::Same,
        Ok(here) => ProofState::Differs { here: closing(&here), book: closing(book) },
        // What cannot be made here is not the same: nothing against what the book says.
        Err(_) => {
            let book = closing(book);
            ProofState::Differs { here: Money::zero(book.currency()), book }
        }
    }
}

/// The first account's closing balance.
fn closing(statement: &Statement) -> Money {
    let zero = Money::zero(shared::facts::money::Currency::CNY);
    statement.accounts.first().map_or(zero, |account| account.closing)
}

#[component]
fn Sheet(answer: Arc<StatementAnswer>) -> impl IntoView {
    let desk = Desk::here();
    let state = proof(&answer);
    let report = Callback::new(move |()| {
        desk.toaster.say(untrack(lang).pick("请把这一页截图交给管理员", "Please show this page to the administrator"));
    });
    let rule = answer.aging.clone();
    let accounts = answer.statement.accounts.clone();
    let none = accounts.is_empty();
    view! {
        {none.then(|| view! { <Empty what=both("没有往来", "No account yet") next=both("导入应收后会出现在这里", "It appears once receivables are imported") /> })}
        {move || accounts.iter().map(|side| account(lang(), side, &rule)).collect_view()}
        <Proof of=state on_report=report />
    }
}

/// One currency of the account.
fn account(lang: Lang, side: &Side, rule: &AgingRule) -> impl IntoView + use<> {
    let currency = side.currency;
    let names = words::bands(lang, &rule.bands);
    let bands: Vec<AgingBand> = side
        .aging
        .iter()
        .flat_map(|row| row.bands.iter().zip(&names))
        .map(|(minor, name)| AgingBand {
            name: name.clone(),
            amount: Money::from_minor(*minor, currency).unwrap_or(Money::zero(currency)),
        })
        .collect();
    let aged = (!bands.is_empty()).then(|| view! { <AgingBar bands=bands /> });
    let open = side.open.clone();
    let lines = side.lines.clone();
    let (opening, charged, credited, closing, unapplied) =
        (side.opening, side.charged, side.credited, side.closing, side.unapplied);
    let open_total = Money::sum(currency, open.iter().map(|item| item.open)).unwrap_or(Money::zero(currency));
    let sum = |label: &'static str, value: Money| view! { <dt>{label}</dt><dd>{amount(value)}</dd> };
    view! {
        <section class="account">
            <h3>{lang.fill("未清（{0}）", "Open items ({0})", &[&lang.currency(currency)])}</h3>
            {aged}
            <table class="data items">
                <thead>
                    <tr>
                        <th scope="col">{lang.pick("单据", "Document")}</th>
                        <th scope="col">{lang.pick("日期", "Date")}</th>
                        <th scope="col">{lang.pick("到期", "Due")}</th>
                        <th scope="col" class="num">{lang.pick("逾期", "Late")}</th>
                        <th scope="col" class="num">{lang.pick("原额", "Amount")}</th>
                        <th scope="col" class="num">{lang.pick("未清", "Open")}</th>
                    </tr>
                </thead>
                <tbody>{open.into_iter().map(|item| open_row(lang, item)).collect_view()}</tbody>
                <tfoot>
                    <tr><th scope="row" colspan="5">{lang.pick("未清合计", "Open")}</th><td class="num">{lang.amount(open_total)}</td></tr>
                    {(!unapplied.is_zero()).then(|| view! {
                        <tr><th scope="row" colspan="5">{lang.pick("减未核销", "Less unapplied")}</th><td class="num">{lang.amount(unapplied.negated())}</td></tr>
                        <tr><th scope="row" colspan="5">{lang.pick("余额", "Balance")}</th><td class="num">{lang.amount(closing)}</td></tr>
                    })}
                </tfoot>
            </table>
            <h3>{lang.pick("期间往来", "In the period")}</h3>
            <dl class="facts">
                {sum(lang.pick("期初余额", "Opening balance"), opening)}
                {sum(lang.pick("本期应收", "Charged"), charged)}
                {sum(lang.pick("本期已付", "Paid and credited"), credited.negated())}
                {sum(lang.pick("期末余额", "Closing balance"), closing)}
            </dl>
            {if lines.is_empty() {
                view! { <p class="quiet">{lang.pick("这段时间没有往来", "Nothing happened in this period")}</p> }.into_any()
            } else {
                view! {
                    <table class="data moves">
                        <thead>
                            <tr>
                                <th scope="col">{lang.pick("日期", "Date")}</th>
                                <th scope="col">{lang.pick("摘要", "What")}</th>
                                <th scope="col" class="num">{lang.pick("金额", "Amount")}</th>
                                <th scope="col" class="num">{lang.pick("余额", "Balance")}</th>
                            </tr>
                        </thead>
                        <tbody>{lines.into_iter().map(|line| line_row(lang, line)).collect_view()}</tbody>
                    </table>
                }
                .into_any()
            }}
        </section>
    }
}

fn open_row(lang: Lang, item: OpenItem) -> impl IntoView {
    let late = item.days_past_due > 0;
    let disputed = item.disputed.then(|| view! { <Chip text=both("争议", "Disputed") tone=Tone::Caution /> });
    let note = [item.reference, item.description].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    view! {
        <tr>
            <th scope="row">{item.number}" "<span class="quiet">{note}</span>" "{disputed}</th>
            <td>{lang.date(item.date)}</td>
            <td><span class="phone-only">{lang.pick("到期 ", "Due ")}</span>{lang.date(item.due)}</td>
            <td class="num" class:stop=late>{if late { lang.days(i64::from(item.days_past_due)) } else { "–".to_owned() }}</td>
            <td class="num quiet">{lang.amount(item.amount)}</td>
            <td class="num">{lang.amount(item.open)}</td>
        </tr>
    }
}

fn line_row(lang: Lang, line: StatementLine) -> impl IntoView {
    let one = line.settles.len() == 1;
    let settled = line.settles.iter().map(|settled| {
        if one { settled.number.clone() } else { format!("{} {}", settled.number, lang.amount(settled.amount)) }
    });
    let settled = settled.collect::<Vec<_>>().join(lang.pick("、", ", "));
    let settled = (!settled.is_empty()).then(|| lang.fill("付 {0}", "for {0}", &[&settled]));
    let note = [line.reference, line.description, settled].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    view! {
        <tr>
            <td>{lang.date(line.date)}</td>
            <th scope="row">{words::line_kind(lang, line.kind)}" "{line.number}" "<span class="quiet">{note}</span></th>
            <td class="num">{lang.amount(line.amount)}</td>
            <td class="num">{lang.amount(line.balance)}</td>
        </tr>
    }
}
