//! What is wrong with the rows, worst first, by line and column; as a file for whoever mends them.

use super::words;
use crate::desk::parts::both;
use crate::download::{Cell, csv, hand_over};
use crate::lang::{Lang, lang, t};
use crate::ui::{Button, Chip, Kind, Tone, VirtualTable};
use leptos::prelude::*;
use shared::record::import::{Problem, Problems, Severity};
use std::sync::Arc;

/// The problems; the file's name goes into the name of the list.
pub fn problem_list(problems: &Arc<Problems>, file: String) -> impl IntoView + use<> {
    let counted = {
        let problems = Arc::clone(problems);
        move || summary(lang(), &problems)
    };
    let rows: Arc<[u32]> = (0..u32::try_from(problems.listed.len()).unwrap_or(u32::MAX)).collect();
    let row = {
        let problems = Arc::clone(problems);
        Callback::new(move |index: u32| match problems.listed.get(index as usize) {
            Some(problem) => row(problem.clone()).into_any(),
            None => ().into_any(),
        })
    };
    let download = {
        let problems = Arc::clone(problems);
        Callback::new(move |()| {
            let text = csv(&cells(lang(), &problems));
            hand_over(&format!("problems-{file}"), "text/csv;charset=utf-8", &text);
        })
    };
    let few = problems.listed.len() <= 8;
    view! {
        <section class="problems" class:few=few aria-label=t("问题", "Problems")>
            <div class="cap">
                <h2>{t("问题", "Problems")}</h2>
                <span role="status">{counted}</span>
                <Button kind=Kind::Bare on_press=download>{t("下载清单", "Download the list")}</Button>
            </div>
            <VirtualTable label=both("有问题的行", "Rows with problems") rows=Signal::stored(rows) row=row>
                <th scope="col" class="num">{t("行", "Line")}</th>
                <th scope="col">{t("列", "Column")}</th>
                <th scope="col">{t("程度", "Kind")}</th>
                <th scope="col">{t("问题", "Problem")}</th>
            </VirtualTable>
        </section>
    }
}

fn row(problem: Problem) -> impl IntoView {
    let line = problem.line;
    let severity = problem.severity;
    let tone = match severity {
        Severity::Error => Tone::Stop,
        Severity::Warning => Tone::Caution,
        Severity::Note => Tone::Plain,
    };
    let place = problem.clone();
    let word = Signal::derive(move || {
        let (zh, en) = words::severity(severity);
        lang().pick(zh, en).to_owned()
    });
    view! {
        <tr>
            <td class="num">{move || line.map_or_else(|| "–".to_owned(), |line| lang().number(i64::from(line)))}</td>
            <td>{move || words::place(lang(), &place)}</td>
            <td><Chip text=word tone=tone /></td>
            <td>{move || words::what(lang(), &problem.what)}</td>
        </tr>
    }
}

/// How many of each kind, and whether the list is whole.
pub fn summary(lang: Lang, problems: &Problems) -> String {
    let counts = [
        (problems.errors, lang.count(i64::from(problems.errors), "个错误", "error", "errors")),
        (problems.warnings, lang.count(i64::from(problems.warnings), "个提醒", "warning", "warnings")),
        (problems.notes, lang.count(i64::from(problems.notes), "个说明", "note", "notes")),
    ];
    let said: Vec<String> = counts.into_iter().filter(|(count, _)| *count > 0).map(|(_, text)| text).collect();
    let mut said = said.join(lang.pick("，", ", "));
    let all = u64::from(problems.errors) + u64::from(problems.warnings) + u64::from(problems.notes);
    let listed = problems.listed.len();
    if all > u64::try_from(listed).unwrap_or(u64::MAX) {
        let listed = lang.number(i64::try_from(listed).unwrap_or(i64::MAX));
        said.push_str(&lang.fill("；列出前 {0} 个", "; the first {0} listed", &[&listed]));
    }
    said
}

fn cells(lang: Lang, problems: &Problems) -> Vec<Vec<Cell>> {
    let head = lang.pick(["行", "列", "程度", "问题"], ["Line", "Column", "Kind", "Problem"]).map(Cell::text).to_vec();
    let row = |problem: &Problem| {
        let (zh, en) = words::severity(problem.severity);
        vec![
            problem.line.map_or_else(|| Cell::text(""), Cell::figure),
            Cell::text(words::place(lang, problem)),
            Cell::text(lang.pick(zh, en)),
            Cell::text(words::what(lang, &problem.what)),
        ]
    };
    std::iter::once(head).chain(problems.listed.iter().map(row)).collect()
}
