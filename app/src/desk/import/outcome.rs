//! What the book makes of a file, and recording it.

use super::problems::problem_list;
use super::words;
use crate::lang::{Lang, lang, t};
use crate::ui::Button;
use leptos::prelude::*;
use shared::facts::money::Money;
use shared::record::api::imports::ImportPreview;
use shared::record::import::{FileKind, Summary, Totals};
use std::sync::Arc;

/// What recording it would do, or did; of a file with errors, that is nothing, and only they are shown.
pub fn outcome(preview: &ImportPreview, done: bool) -> impl IntoView + use<> {
    let summary = &preview.summary;
    let counts = counts(summary);
    let fact = |(zh, en, count): (&'static str, &'static str, u32)| {
        view! { <dt>{t(zh, en)}</dt><dd>{move || lang().number(i64::from(count))}</dd> }
    };
    let totals: Vec<Totals> = summary.totals.values().copied().collect();
    let money = |of: Money| move || if of.is_zero() { "–".to_owned() } else { lang().amount(of) };
    let total = move |totals: Totals| {
        let code = totals.charged.currency();
        view! {
            <tr>
                <th scope="row">{code.code().to_owned()}</th>
                <td class="num">{money(totals.charged)}</td>
                <td class="num">{money(totals.settled)}</td>
                <td class="num">{money(totals.received)}</td>
            </tr>
        }
    };
    let moves = totals
        .iter()
        .any(|totals| [totals.charged, totals.settled, totals.received].iter().any(|amount| !amount.is_zero()));
    let (named, all) = (preview.new_customers.clone(), summary.new_customers as usize);
    let more = all.saturating_sub(named.len());
    let nothing = summary.is_nothing_new();
    let heading = move || {
        if done {
            lang().pick("已导入", "Imported")
        } else if nothing {
            lang().pick(
                "文件里的内容，账簿里都有了；导入不会增加什么",
                "The book holds all of this already: importing adds nothing",
            )
        } else {
            lang().pick("导入后会这样", "What importing does")
        }
    };
    view! {
        {(!preview.problems.is_refused()).then(|| view! {
            <section class="outcome" aria-label=t("对照账簿", "Against the book")>
                <h2>{heading}</h2>
                <dl class="facts">{counts.into_iter().map(fact).collect_view()}</dl>
                {moves.then(|| view! {
                    <table class="data">
                        <thead>
                            <tr>
                                <th scope="col">{t("币种", "Currency")}</th>
                                <th scope="col" class="num">{t("新增应收", "Charged")}</th>
                                <th scope="col" class="num">{t("结清与更正", "Settled and corrected")}</th>
                                <th scope="col" class="num">{t("到款", "Received")}</th>
                            </tr>
                        </thead>
                        <tbody>{totals.into_iter().map(total).collect_view()}</tbody>
                    </table>
                })}
                {(!named.is_empty()).then(|| view! {
                    <details>
                        <summary>{move || lang().fill("新客户 {0} 个", "{0} new customers", &[&lang().number(i64::try_from(all).unwrap_or(0))])}</summary>
                        <ul class="newcomers">
                            {named.into_iter().map(|new| {
                                let name = (new.name != new.code).then_some(new.name);
                                view! { <li>{new.code}" "{name}</li> }
                            }).collect_view()}
                            {(more > 0).then(|| view! { <li class="quiet">{move || lang().fill("还有 {0} 个", "and {0} more", &[&lang().number(i64::try_from(more).unwrap_or(0))])}</li> })}
                        </ul>
                    </details>
                })}
            </section>
        })}
        {(!preview.problems.listed.is_empty()).then(|| problem_list(&Arc::new(preview.problems.clone()), preview.name.clone()))}
    }
}

/// The counts that say something; rows read always do.
pub fn counts(summary: &Summary) -> Vec<(&'static str, &'static str, u32)> {
    let all = [
        ("新客户", "New customers", summary.new_customers),
        ("资料有变的客户", "Customers changed", summary.changed_customers),
        ("新单据", "New documents", summary.new_items),
        ("已有且一致", "Known and the same", summary.unchanged),
        ("结清", "Settled", summary.settled),
        ("余额更正", "Corrected", summary.corrected),
        ("到款", "Receipts", summary.receipts),
        ("已有的到款", "Known receipts", summary.unchanged_receipts),
        ("核销", "Allocations", summary.allocations),
        ("争议", "Disputes", summary.disputes),
        ("额度和账期", "Limits and terms", summary.grants),
    ];
    std::iter::once(("读到的行", "Rows read", summary.rows))
        .chain(all.into_iter().filter(|(_, _, count)| *count > 0))
        .collect()
}

/// What one press of the button records, with its amounts.
pub fn deed(lang: Lang, preview: &ImportPreview) -> String {
    let summary = &preview.summary;
    let number = |count: u32| lang.number(i64::from(count));
    let what = match preview.mapping.kind {
        FileKind::Customers => lang.fill(
            "{0} 个客户",
            "{0} customers",
            &[&number(summary.new_customers.saturating_add(summary.changed_customers))],
        ),
        FileKind::Receivables if summary.new_items == 0 => lang.fill(
            "{0} 张单据的变动",
            "changes of {0} documents",
            &[&number(summary.settled.saturating_add(summary.corrected))],
        ),
        FileKind::Receivables => lang.fill("{0} 张单据", "{0} documents", &[&number(summary.new_items)]),
        FileKind::Receipts | FileKind::Bank => lang.fill("{0} 笔到款", "{0} receipts", &[&number(summary.receipts)]),
    };
    let amounts: Vec<String> = summary
        .totals
        .values()
        .map(|totals| if preview.mapping.kind == FileKind::Receipts { totals.received } else { totals.charged })
        .filter(|amount| !amount.is_zero())
        .map(|amount| lang.money(amount))
        .collect();
    let text = lang.fill("确认导入 {0}", "Import {0}", &[&what]);
    if amounts.is_empty() {
        text
    } else {
        format!("{text}{}{}", lang.pick("，", ", "), amounts.join(lang.pick("、", ", ")))
    }
}

/// The file's name, size and form in a line.
#[component]
pub fn FileLine(
    /// Its name.
    name: String,
    /// How many bytes it has.
    bytes: usize,
    /// How it was decoded and what stands between cells.
    form: Signal<String>,
    /// Another file is to be chosen.
    on_other: Callback<()>,
) -> impl IntoView {
    let kilobytes = i64::try_from(bytes.div_ceil(1024)).unwrap_or(i64::MAX);
    let size = move || {
        let lang = lang();
        if kilobytes < 1024 {
            format!("{}\u{a0}KB", lang.number(kilobytes))
        } else {
            format!("{}\u{a0}MB", crate::lang::fixed(kilobytes.saturating_mul(10) / 1024, 1, 1))
        }
    };
    view! {
        <div class="file-line">
            <h2>{name}</h2>
            <p class="quiet">{size}{move || lang().pick("，", ", ")}{move || form.get()}</p>
            <Button on_press=on_other>{t("换一个文件", "Another file")}</Button>
        </div>
    }
}

/// That a file is recorded, and what it was.
pub fn recorded(lang: Lang, kind: FileKind, rows: u32) -> String {
    let (zh, en) = words::kind(kind);
    lang.fill("已导入{0}，{1} 行", "{0} imported, {1} rows", &[lang.pick(zh, en), &lang.number(i64::from(rows))])
}
