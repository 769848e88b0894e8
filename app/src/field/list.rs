//! My customers: found by name, code or initials; grade, what is left, what is late, at a glance.

use super::place::{Link, Place};
use super::{AgeNow, Bar, Shared};
use crate::data::local::{Shelf, TOO_OLD};
use crate::lang::{Lang, lang, say, t};
use crate::ui::{Brand, Button, Empty, ErrorNote, Field, Grade, Skeleton, amount};
use crate::words::{failure, limit};
use leptos::prelude::*;
use shared::facts::calendar::Date;
use shared::facts::ledger::Limit;
use shared::facts::money::Money;
use shared::readings::standing::Position;
use shared::record::api::SyncCustomer;
use std::sync::Arc;

/// So many rows are drawn at first, and with each press of the button below them.
const PAGE: usize = 60;

/// A customer with what the row shows.
#[derive(Clone, PartialEq)]
struct Row {
    known: Arc<SyncCustomer>,
    /// In lower case: what a search looks through.
    text: String,
    left: Left,
    overdue: Option<(Money, i32)>,
}

/// What may still be owed.
#[derive(Clone, Copy, PartialEq)]
enum Left {
    Stopped,
    /// No limit was granted, or it expired.
    Without,
    Limit(Limit),
    Amount(Money),
    /// A rate is missing.
    Unknown,
}

impl Row {
    fn of(shelf: &Shelf, known: &Arc<SyncCustomer>, today: Date) -> Self {
        let standing = known.standing.clone().with_rates(&shelf.rates);
        let position = Position::of(&standing, &shelf.policy.policy.exposure, today).ok();
        let left = match (standing.limit_at(today), &position) {
            _ if standing.frozen.is_some() => Left::Stopped,
            (None, _) => Left::Without,
            (Some(Limit::Amount { amount }), Some(position)) => {
                amount.minus(position.exposure.total).map_or(Left::Unknown, Left::Amount)
            }
            (Some(Limit::Amount { .. }), None) => Left::Unknown,
            (Some(other), _) => Left::Limit(other),
        };
        let overdue = position
            .filter(|position| position.overdue.minor() > 0)
            .map(|position| (position.overdue, position.oldest_days));
        let customer = &known.customer;
        let english = customer.name_en.as_deref().unwrap_or_default();
        let text = format!("{} {} {english} {}", customer.name, customer.code, known.search).to_lowercase();
        Self { known: known.clone(), text, left, overdue }
    }

    /// Whether every word of a search occurs.
    fn fits(&self, words: &[String]) -> bool {
        words.iter().all(|word| self.text.contains(word.as_str()))
    }
}

/// The words of a search.
fn words(search: &str) -> Vec<String> {
    search.to_lowercase().split_whitespace().map(str::to_owned).collect()
}

/// The list.
#[component]
pub fn List() -> impl IntoView {
    let Shared { local, route, .. } = Shared::get();
    let search = RwSignal::new(String::new());
    let shown = RwSignal::new(PAGE);
    let rows = Memo::new(move |_| {
        let today = local.today.get()?;
        local.shelf.with(|shelf| shelf.as_ref().map(|shelf| Arc::new(sorted(shelf, today))))
    });
    let found = Memo::new(move |_| {
        let words = words(&search.get());
        let rows = rows.get().unwrap_or_default();
        rows.iter().filter(|row| row.fits(&words)).cloned().collect::<Vec<_>>()
    });
    let count = Memo::new(move |_| found.with(Vec::len));
    let here = Memo::new(move |_| match route.get() {
        Place::Check(id) => Some(id),
        _ => None,
    });
    let row = move |row: Row| {
        let id = row.known.customer.id;
        view! {
            <li>
                <Link to=Place::Check(id) current=Signal::derive(move || (here.get() == Some(id)).then_some("true"))>
                    <RowView row=row />
                </Link>
            </li>
        }
    };
    let more = move || {
        let rest = count.get().saturating_sub(shown.get());
        (rest > 0).then(|| {
            let rest = i64::try_from(rest).unwrap_or(i64::MAX);
            let words = say(move |l| l.fill("再看，还有 {0} 位", "Show more of {0}", &[&l.number(rest)]));
            let next = Callback::new(move |()| shown.update(|shown| *shown = shown.saturating_add(PAGE)));
            view! { <p class="more-rows"><Button on_press=next>{words}</Button></p> }
        })
    };
    let body = move || {
        match (rows.get(), local.age.get()) {
        (None, _) => view! { <Waiting /> }.into_any(),
        (Some(_), Some(age)) if age > TOO_OLD => view! { <TooOld /> }.into_any(),
        (Some(rows), _) if rows.is_empty() => view! {
            <Empty
                what=Signal::derive(t("还没有归您负责的客户", "No customer is yours yet"))
                next=Signal::derive(t("请信用部门把客户指给您，同步后就在这里", "Ask the credit department to assign some; they appear here after the next sync"))
            />
        }
        .into_any(),
        _ => view! {
            <Show when=move || { count.get() == 0 }>
                <Empty
                    what=Signal::derive(t("没有找到", "Nothing found"))
                    next=Signal::derive(t("试试名称里的一个字、客户编号或拼音首字母", "Try one character of the name, the code, or the pinyin initials"))
                />
            </Show>
            <ul class="found-list">
                <For each=move || found.get().into_iter().take(shown.get()) key=Row::key children=row />
            </ul>
            {more}
        }
        .into_any(),
    }
    };
    view! {
        <div class="phone list">
            <header class="top">
                <Brand />
                <span class="title"></span>
                <AgeNow />
            </header>
            <div class="body">
                <h1 class="visually-hidden">{t("我的客户", "My customers")}</h1>
                <div class="find" role="search">
                    <Field
                        label=Signal::derive(t("找客户", "Find a customer"))
                        value=search
                        on_input=Callback::new(move |text: String| {
                            search.set(text);
                            shown.set(PAGE);
                        })
                        kind="search"
                        placeholder=Signal::derive(t("名称、编号或拼音首字母", "Name, code or initials"))
                        help=Signal::derive(move || {
                            let lang = lang();
                            if rows.with(Option::is_none) { return String::new() }
                            lang.count(i64::try_from(count.get()).unwrap_or(i64::MAX), "位客户", "customer", "customers")
                        })
                    />
                </div>
                {body}
            </div>
            <Bar />
        </div>
    }
}

impl Row {
    /// Another key draws the row anew.
    fn key(&self) -> String {
        let overdue = self.overdue.map_or((0, 0), |(overdue, days)| (overdue.minor(), days));
        // What was synced anew lies elsewhere in memory.
        format!("{:p} {overdue:?} {}", Arc::as_ptr(&self.known), self.left.key())
    }
}

impl Left {
    fn key(self) -> i64 {
        match self {
            Self::Amount(amount) => amount.minor(),
            Self::Stopped => i64::MIN,
            Self::Without => i64::MIN + 1,
            Self::Limit(Limit::None) => i64::MIN + 2,
            Self::Limit(_) => i64::MIN + 3,
            Self::Unknown => i64::MIN + 4,
        }
    }

    fn words(self, lang: Lang) -> String {
        match self {
            Self::Stopped => lang.pick("已停止供货", "supply stopped").to_owned(),
            Self::Without => lang.pick("没有额度", "no limit in force").to_owned(),
            Self::Limit(granted) => limit(lang, granted),
            Self::Unknown => lang.pick("缺汇率", "rate missing").to_owned(),
            Self::Amount(amount) => lang.money(amount),
        }
    }
}

/// All rows by name, as a Chinese reader expects names to follow.
fn sorted(shelf: &Shelf, today: Date) -> Vec<Row> {
    let mut rows: Vec<Row> = shelf.customers.values().map(|known| Row::of(shelf, known, today)).collect();
    let locales = js_sys::Array::of1(&"zh-CN".into());
    let collator = js_sys::Intl::Collator::new(&locales, &js_sys::Object::new());
    let compare = collator.compare();
    rows.sort_by_cached_key(|row| row.known.customer.code.clone());
    rows.sort_by(|a, b| {
        let names = (a.known.customer.name.as_str().into(), b.known.customer.name.as_str().into());
        let order = compare.call2(&wasm_bindgen::JsValue::UNDEFINED, &names.0, &names.1).ok();
        order
            .and_then(|order| order.as_f64())
            .and_then(|order| order.partial_cmp(&0.0))
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    rows
}

#[component]
fn RowView(row: Row) -> impl IntoView {
    let customer = &row.known.customer;
    let (name, english, code) = (customer.name.clone(), customer.name_en.clone(), customer.code.clone());
    let name = say(move |l| l.pick(name.clone(), english.clone().unwrap_or(name.clone())));
    let grade = row.known.standing.grade.as_ref().map(|grade| {
        let grade = grade.grade.clone();
        view! { " "<Grade of=Signal::stored(grade) /> }
    });
    let left = row.left;
    let figure = match left {
        Left::Amount(money) => {
            view! { <span class="num"><span class="quiet what">{t("可用 ", "Available ")}</span>{amount(money)}</span> }
                .into_any()
        }
        Left::Stopped => view! { <span class="num stop">{say(move |l| left.words(l))}</span> }.into_any(),
        _ => view! { <span class="num quiet">{say(move |l| left.words(l))}</span> }.into_any(),
    };
    let late = match row.overdue {
        Some((overdue, days)) => {
            let words = say(move |l| {
                l.fill("逾期 {0}，{1}", "{0} overdue, {1}", &[&l.money(overdue), &l.days(i64::from(days))])
            });
            view! { <span class="num more late">{words}</span> }.into_any()
        }
        None => view! { <span class="num more">{t("没有逾期", "nothing overdue")}</span> }.into_any(),
    };
    view! {
        <span class="line"><span class="name">{name}</span>{figure}</span>
        <span class="line"><span class="more">{code}{grade}</span>{late}</span>
    }
}

/// Before anything is known: bars, or why nothing came.
#[component]
fn Waiting() -> impl IntoView {
    let Shared { local, .. } = Shared::get();
    let trouble = move || local.contact.with(|contact| contact.failed.clone()).filter(|_| local.ready.get());
    move || match trouble() {
        Some(error) => {
            let error = StoredValue::new(error);
            let said = move || error.with_value(|error| failure(lang(), error));
            let retry = Callback::new(move |()| {
                leptos::task::spawn_local(async move {
                    crate::data::sync::sync(local).await;
                });
            });
            view! {
                <div class="find">
                    <ErrorNote
                        what=Signal::derive(move || said().what)
                        next=Signal::derive(move || said().next)
                        on_retry=retry
                    />
                </div>
            }
            .into_any()
        }
        None => view! {
            <div class="find" role="status">
                <p class="visually-hidden">{t("正在取客户", "Fetching customers")}</p>
                <Skeleton lines=9 />
            </div>
        }
        .into_any(),
    }
}

/// Why nothing is shown although it is known.
#[component]
pub fn TooOld() -> impl IntoView {
    view! {
        <Empty
            what=Signal::derive(t("超过 24 小时没有同步，数据不再显示", "Not synced for over 24 hours, so nothing is shown"))
            next=Signal::derive(t("联网后自动更新；已存下的确认不受影响", "It is brought up to date once online; saved confirmations are safe"))
        />
    }
}

/// Beside the list when nothing is chosen.
#[component]
pub fn Nothing() -> impl IntoView {
    view! {
        <div class="phone idle">
            <Empty
                what=Signal::derive(t("先选一位客户", "Choose a customer first"))
                next=Signal::derive(t("再填金额，结论马上出来", "Then type an amount; the verdict follows at once"))
            />
        </div>
    }
}
