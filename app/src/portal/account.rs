//! One currency of the statement: what it comes to, how old it is, what is open and what happened.

use super::find::kind_name;
use crate::lang::{Lang, lang, say, t};
use crate::ui::{AgingBand, AgingBar, Chip, Tone, amount};
use leptos::prelude::*;
use shared::facts::money::Money;
use shared::questions::statement::{Account, LineKind, OpenItem, PaidPart, StatementLine};
use shared::readings::aging::AgingRule;
use std::sync::Arc;

/// Rows that are shown before the reader asks for more; paper always gets all.
const ROWS_FIRST: usize = 200;

/// One currency of the statement.
#[component]
pub fn AccountView(
    /// The account.
    account: Account,
    /// The bands it is aged by.
    aging: Arc<AgingRule>,
    /// Whether all rows are wanted, for paper.
    all: RwSignal<bool>,
) -> impl IntoView {
    let currency = account.currency;
    let account = Arc::new(account);
    let name = say(move |l| l.fill("{0}账户", "{0} account", &[&l.currency(currency)]));
    let (open, lines) = (Arc::clone(&account), Arc::clone(&account));
    view! {
        <section class="account" aria-label=name>
            <Sums account=Arc::clone(&account) />
            {aged(&account, aging)}
            <OpenItems account=open all=all />
            <Movements account=lines all=all />
        </section>
    }
}

/// Opening + charged − credited = closing, the closing as the figure of the page.
#[component]
fn Sums(account: Arc<Account>) -> impl IntoView {
    let closing = account.closing;
    let label = move || match closing.minor() {
        1.. => lang().pick("应付总额", "Total due"),
        0 => lang().pick("应付总额，已结清", "Total due, settled"),
        _ => lang().pick("多付余额", "In your favour"),
    };
    let shown = if closing.minor() < 0 { closing.negated() } else { closing };
    let part = |zh, en, of: Money| {
        view! {
            <div>
                <p class="label">{t(zh, en)}</p>
                <p class="v">{amount(of)}</p>
            </div>
        }
    };
    view! {
        <div class="sums">
            {part("期初余额", "Opening balance", account.opening)}
            {part("本期应收", "Charged", account.charged)}
            {part("本期已付", "Paid and credited", account.credited.negated())}
            <div>
                <p class="label"><b>{label}</b>" "<span>{move || lang().pick(lang().in_words(shown), String::new())}</span></p>
                <p class="total figure">{amount(shown)}</p>
            </div>
        </div>
    }
}

/// The bands' names: 未到期, 1–30 天 …, 365 天以上.
fn band_names(rule: &AgingRule, lang: Lang) -> Vec<String> {
    let mut names = vec![lang.pick("未到期", "Not due").to_owned()];
    let mut first = 1_u32;
    for last in &rule.bands {
        names.push(lang.fill("{0}–{1}\u{a0}天", "{0}–{1}\u{a0}days", &[&first.to_string(), &last.to_string()]));
        first = u32::from(*last) + 1;
    }
    let oldest = rule.bands.last().copied().unwrap_or(0).to_string();
    names.push(lang.fill("{0}\u{a0}天以上", "over {0}\u{a0}days", &[&oldest]));
    names
}

fn aged(account: &Account, rule: Arc<AgingRule>) -> Option<impl IntoView + use<>> {
    let row = account.aging.clone()?;
    let currency = account.currency;
    let bands = Signal::derive(move || {
        let names = band_names(&rule, lang());
        let amounts = row.bands.iter().map(|minor| Money::from_minor(*minor, currency));
        names
            .into_iter()
            .zip(amounts)
            .filter_map(|(name, amount)| Some(AgingBand { name, amount: amount.ok()? }))
            .collect()
    });
    let overdue = Money::from_minor(row.overdue, currency).ok().filter(|overdue| overdue.minor() > 0);
    let oldest = i64::from(row.oldest_days);
    Some(view! {
        <section class="ages">
            <header>
                <h2 class="head-2">{t("账龄", "Aging")}</h2>
                <p class="label">
                    {match overdue {
                        Some(overdue) => view! {
                            {t("已逾期 ", "Overdue ")}<b class="stop">{move || lang().amount(overdue)}</b>
                            {move || lang().fill("，最久 {0}", ", oldest {0}", &[&lang().days(oldest)])}
                        }.into_any(),
                        None => t("没有逾期", "Nothing is overdue").into_any(),
                    }}
                </p>
            </header>
            <AgingBar bands=bands />
        </section>
    })
}

/// How many of `count` rows are shown, and the button for the rest.
fn shown(count: usize, all: RwSignal<bool>) -> (impl Fn() -> usize + Copy, impl IntoView) {
    let many = move || if all.get() { count } else { count.min(ROWS_FIRST) };
    let more = move || {
        (count > ROWS_FIRST && !all.get()).then(|| {
            let text = say(move |l| l.fill("全部 {0} 行", "All {0} rows", &[&l.number(i64::try_from(count).unwrap_or(i64::MAX))]));
            view! { <button type="button" class="btn btn--bare screen-only" on:click=move |_| all.set(true)>{text}</button> }
        })
    };
    (many, more)
}

#[component]
fn OpenItems(account: Arc<Account>, all: RwSignal<bool>) -> impl IntoView {
    if account.open.is_empty() && account.unapplied.is_zero() {
        return view! { <p class="nothing quiet">{t("没有未清账单", "Nothing is open")}</p> }.into_any();
    }
    let count = account.open.len();
    let (many, more) = shown(count, all);
    let sum = |of: fn(&OpenItem) -> Money| {
        Money::sum(account.currency, account.open.iter().map(of)).map(|sum| move || lang().amount(sum)).ok()
    };
    let (charged, open) = (sum(|item| item.amount), sum(|item| item.open));
    let paid = Money::sum(account.currency, account.open.iter().filter_map(|item| item.amount.minus(item.open).ok()));
    let paid = paid.ok().map(|paid| move || if paid.is_zero() { "–".to_owned() } else { lang().amount(paid) });
    let (unapplied, closing) = (account.unapplied, account.closing);
    let count_text = say(move |l| {
        l.fill("合计，{0}", "Total, {0}", &[&l.count(i64::try_from(count).unwrap_or(0), "笔", "document", "documents")])
    });
    let rows = {
        let account = Arc::clone(&account);
        move || account.open.iter().take(many()).cloned().map(open_row).collect_view()
    };
    view! {
        <section>
            <h2 class="head-2">{t("未清账单", "Open documents")}</h2>
            <table class="data items">
                <thead>
                    <tr>
                        <th scope="col">{t("开单日", "Date")}</th>
                        <th scope="col">{t("摘要", "Document")}</th>
                        <th scope="col">{t("到期", "Due")}</th>
                        <th scope="col">{t("逾期", "Overdue")}</th>
                        <th scope="col" class="num">{t("金额", "Amount")}</th>
                        <th scope="col" class="num">{t("已付", "Paid")}</th>
                        <th scope="col" class="num">{t("未清", "Open")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
                <tfoot>
                    <tr>
                        <td class="d"></td>
                        <th scope="row">{count_text}</th>
                        <td class="du"></td>
                        <td class="l"></td>
                        <td class="num a">{charged}</td>
                        <td class="num p">{paid}</td>
                        <td class="num o">{open}</td>
                    </tr>
                    {(!unapplied.is_zero()).then(|| view! {
                        <tr>
                            <td class="d"></td>
                            <th scope="row">{t("减：未核销收款", "Less: payments not yet applied")}</th>
                            <td class="du"></td><td class="l"></td><td class="a"></td><td class="p"></td>
                            <td class="num o">{move || lang().amount(unapplied.negated())}</td>
                        </tr>
                        <tr>
                            <td class="d"></td>
                            <th scope="row">{t("应付总额", "Total due")}</th>
                            <td class="du"></td><td class="l"></td><td class="a"></td><td class="p"></td>
                            <td class="num o">{move || lang().amount(closing)}</td>
                        </tr>
                    })}
                </tfoot>
            </table>
            {more}
        </section>
    }
    .into_any()
}

fn open_row(item: OpenItem) -> impl IntoView {
    let paid = item.amount.minus(item.open).ok().filter(|paid| !paid.is_zero());
    let (date, due, days, of, open) = (item.date, item.due, item.days_past_due, item.amount, item.open);
    let late = move || {
        if days > 0 {
            view! { <span class="late">{move || lang().days(i64::from(days))}</span> }.into_any()
        } else {
            view! { <span class="quiet">{t("未到期", "Not due")}</span> }.into_any()
        }
    };
    view! {
        <tr>
            <td class="d">{move || lang().date(date)}</td>
            <th scope="row">
                {what(item.description, item.number, item.reference)}
                {item.disputed.then(|| view! { " "<Chip text=Signal::derive(t("争议中", "Disputed")) tone=Tone::Caution /> })}
            </th>
            <td class="du"><span class="narrow-only">{t("到期 ", "Due ")}</span>{move || lang().date(due)}</td>
            <td class="l">{late()}</td>
            <td class="num a">{move || lang().amount(of)}</td>
            <td class="num p">{move || paid.map_or_else(|| "–".to_owned(), |paid| lang().amount(paid))}</td>
            <td class="num o">{move || lang().amount(open)}</td>
        </tr>
    }
}

/// What a document is for, and its numbers.
pub(super) fn what(description: Option<String>, number: String, reference: Option<String>) -> impl IntoView {
    let lead = description.unwrap_or_else(|| number.clone());
    let small = (lead != number).then_some(number);
    view! {
        {lead}
        {small.map(|number| view! { " "<small>{number}</small> })}
        {reference.map(|reference| view! { " "<small>{reference}</small> })}
    }
}

/// What happened in the period, from the opening balance to the closing one.
#[component]
fn Movements(account: Arc<Account>, all: RwSignal<bool>) -> impl IntoView {
    let (opening, closing) = (account.opening, account.closing);
    let (charged, credited) = (account.charged, account.credited);
    let (many, more) = shown(account.lines.len(), all);
    let rows = move || account.lines.iter().take(many()).cloned().map(movement_row).collect_view();
    view! {
        <section>
            <h2 class="head-2">{t("本期往来", "This period")}</h2>
            <table class="data items moves">
                <thead>
                    <tr>
                        <th scope="col">{t("日期", "Date")}</th>
                        <th scope="col">{t("摘要", "Entry")}</th>
                        <th scope="col" class="num">{t("应收", "Charged")}</th>
                        <th scope="col" class="num">{t("已付", "Paid and credited")}</th>
                        <th scope="col" class="num">{t("余额", "Balance")}</th>
                    </tr>
                </thead>
                <tbody>
                    <tr class="carried">
                        <td class="d"></td>
                        <th scope="row">{t("期初余额", "Opening balance")}</th>
                        <td class="a"></td><td class="p"></td>
                        <td class="num b">{move || lang().amount(opening)}</td>
                    </tr>
                    {rows}
                </tbody>
                <tfoot>
                    <tr>
                        <td class="d"></td>
                        <th scope="row">{t("期末余额", "Closing balance")}</th>
                        <td class="num a">{move || lang().amount(charged)}</td>
                        <td class="num p">{move || lang().amount(credited)}</td>
                        <td class="num b">{move || lang().amount(closing)}</td>
                    </tr>
                </tfoot>
            </table>
            {more}
        </section>
    }
}

/// What a line is, in both languages.
pub(super) const fn line_name(kind: LineKind) -> (&'static str, &'static str) {
    match kind {
        LineKind::Invoice => kind_name(shared::facts::ledger::Document::Invoice),
        LineKind::DebitNote => kind_name(shared::facts::ledger::Document::DebitNote),
        LineKind::CreditNote => kind_name(shared::facts::ledger::Document::CreditNote),
        LineKind::Payment => ("收到您的付款", "Payment received"),
        LineKind::Correction => ("按清单更正", "Corrected by a later list"),
        LineKind::Exchange => ("以另一币种付款折算", "Exchanged to pay in another currency"),
        LineKind::Difference => ("尾差不再收取", "Small difference, not asked for"),
        LineKind::Discount => ("提前付款折扣", "Discount for payment in time"),
        LineKind::Bill => ("承兑汇票", "Bill"),
        LineKind::Returned => ("付款被退回", "Payment returned"),
    }
}

/// What a payment has settled, below it: one document by its number, several with what went to each.
fn settles(of: Vec<PaidPart>) -> Option<impl IntoView> {
    let one = of.len() == 1;
    (!of.is_empty()).then(|| {
        let words = say(move |l| {
            let each = |settled: &PaidPart| {
                if one { settled.number.clone() } else { format!("{} {}", settled.number, l.amount(settled.amount)) }
            };
            let all: Vec<String> = of.iter().map(each).collect();
            l.fill("付 {0}", "for {0}", &[&all.join(l.pick("、", ", "))])
        });
        view! { <small class="settles">{words}</small> }
    })
}

fn movement_row(line: StatementLine) -> impl IntoView {
    let (zh, en) = line_name(line.kind);
    let (date, of, balance) = (line.date, line.amount, line.balance);
    let charge = of.minor() >= 0;
    let side = move |own: bool| own.then_some(move || lang().amount(if charge { of } else { of.negated() }));
    let text = match line.description {
        Some(description) => view! { {description} }.into_any(),
        None => view! { {t(zh, en)} }.into_any(),
    };
    view! {
        <tr>
            <td class="d">{move || lang().date(date)}</td>
            <th scope="row">
                {text}
                {(!line.number.is_empty()).then(|| view! { " "<small>{line.number}</small> })}
                {line.reference.map(|reference| view! { " "<small>{reference}</small> })}
                {settles(line.settles)}
            </th>
            <td class="num a">{side(charge)}</td>
            <td class="num p">{side(!charge)}</td>
            <td class="num b">{move || lang().amount(balance)}</td>
        </tr>
    }
}
