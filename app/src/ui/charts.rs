//! Charts by hand: how old the debt is, who moved between grades, how the days went. Every one says its result in words.

use super::geometry;
use crate::lang::{fixed, lang};
use leptos::prelude::*;
use shared::facts::money::Money;
use std::cmp::Ordering;
use std::sync::Arc;

/// One band of age.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AgingBand {
    /// Its name in the language of the page: 未到期, 1–30 天 …
    pub name: String,
    /// What is owed in it.
    pub amount: Money,
}

/// What is owed by age: not due is empty, then five inks, darker with age, the oldest hatched; amounts below.
#[component]
pub fn AgingBar(
    /// The seven bands, youngest first.
    #[prop(into)]
    bands: Signal<Vec<AgingBand>>,
) -> impl IntoView {
    const INKS: [&str; 7] = ["plain", "bar t5", "bar t4", "bar t3", "bar t2", "bar t1", "bar old"];
    let ink = |index: usize| INKS.get(index).or(INKS.last()).copied().unwrap_or_default();
    let whole = move || bands.with(|bands| bands.iter().fold(0_i64, |sum, band| sum.saturating_add(positive(band))));
    let pieces = move || {
        let whole = whole();
        let mut start = 0_i64;
        bands.with(|bands| {
            bands
                .iter()
                .enumerate()
                .filter(|(_, band)| positive(band) > 0)
                .map(|(index, band)| {
                    let (x, width) = (geometry(start, whole), geometry(positive(band), whole));
                    start = start.saturating_add(positive(band));
                    view! { <rect class=ink(index) x=x y=".5" width=width height="19" /> }
                })
                .collect_view()
        })
    };
    let sentence = move || {
        let (lang, whole) = (lang(), whole());
        let mut text = String::new();
        bands.with(|bands| {
            for band in bands.iter().filter(|band| positive(band) > 0) {
                let thousandths = i128::from(positive(band)) * 1_000 / i128::from(whole.max(1));
                let share = fixed(i64::try_from(thousandths).unwrap_or(0), 1, 1);
                if !text.is_empty() {
                    text.push_str(lang.pick("，", ", "));
                }
                text.push_str(&lang.fill("{0} {1}%", "{0} {1} %", &[&band.name, &share]));
            }
        });
        text
    };
    let entry = move |(index, band): (usize, AgingBand)| {
        let zero = band.amount.is_zero();
        let figure = move || if zero { "–".to_owned() } else { lang().amount(band.amount) };
        view! {
            <li class=if zero { "none" } else { "" }>
                <span class="k">
                    <svg class="swatch" aria-hidden="true"><rect class=ink(index) x=".5" y=".5" width="9" height="9" /></svg>
                    {band.name}
                </span>
                <span class="num">{figure}</span>
            </li>
        }
    };
    view! {
        <div class="aging">
            <svg class="chart" height="20" role="img" aria-label=sentence>{pieces}</svg>
            <ul>{move || bands.get().into_iter().enumerate().map(entry).collect_view()}</ul>
        </div>
    }
}

/// What of a band can be drawn: a credit balance has no length.
fn positive(band: &AgingBand) -> i64 {
    band.amount.minor().max(0)
}

/// Who moves between grades: rows before, columns after; left of the framed diagonal is up, right is down. A cell is a
/// button that filters.
#[component]
pub fn MigrationMatrix(
    /// The grades, best first.
    #[prop(into)]
    grades: Signal<Arc<[String]>>,
    /// Customers from grade (row) to grade (column), as one run of rows.
    #[prop(into)]
    counts: Signal<Arc<[u32]>>,
    /// What the rows are: the policy in force.
    #[prop(into)]
    before: Signal<String>,
    /// What the columns are: the draft.
    #[prop(into)]
    after: Signal<String>,
    /// The cell that filters, row and column.
    #[prop(into)]
    pressed: Signal<Option<(usize, usize)>>,
    /// A cell was pressed; `None` when the filter was taken back.
    on_press: Callback<Option<(usize, usize)>>,
) -> impl IntoView {
    let size = Memo::new(move |_| grades.with(|grades| grades.len()));
    let count = move |row: usize, column: usize| {
        counts.with(|counts| counts.get(row * size.get() + column).copied().unwrap_or(0))
    };
    // The most that stay and the most that move in one cell: what the washes are measured against.
    let most = Memo::new(move |_| {
        let size = size.get().max(1);
        counts.with(|counts| {
            counts.iter().enumerate().fold((1, 1), |(stay, moved): (u32, u32), (index, count)| {
                if index / size == index % size { (stay.max(*count), moved) } else { (stay, moved.max(*count)) }
            })
        })
    });
    let cell = move |row: usize, column: usize| {
        let of = Signal::derive(move || count(row, column));
        let most = Signal::derive(move || if row == column { most.get().0 } else { most.get().1 });
        view! { <MatrixCell row=row column=column of=of most=most grades=grades pressed=pressed on_press=on_press /> }
    };
    let head = |grade: String| view! { <super::Grade of=grade /> };
    let sum_of_row = move |row: usize| (0..size.get()).map(|column| count(row, column)).sum::<u32>();
    let sum_of_column = move |column: usize| (0..size.get()).map(|row| count(row, column)).sum::<u32>();
    let all = move || (0..size.get()).map(sum_of_row).sum::<u32>();
    let corner = move || lang().fill("行：{0}；列：{1}", "rows: {0}; columns: {1}", &[&before.get(), &after.get()]);
    let body = move || {
        let names = grades.get();
        names
            .iter()
            .enumerate()
            .map(|(row, grade)| {
                view! {
                    <tr>
                        <th scope="row">{head(grade.clone())}</th>
                        {(0..names.len()).map(|column| cell(row, column)).collect_view()}
                        <td class="sum">{move || number(sum_of_row(row))}</td>
                    </tr>
                }
            })
            .collect_view()
    };
    view! {
        <table class="matrix">
            <thead>
                <tr>
                    <th scope="col"><span class="visually-hidden">{corner}</span></th>
                    {move || grades.get().iter().map(|grade| view! { <th scope="col">{head(grade.clone())}</th> }).collect_view()}
                    <th scope="col">{move || before.get()}</th>
                </tr>
            </thead>
            <tbody>{body}</tbody>
            <tfoot>
                <tr>
                    <th scope="row">{move || after.get()}</th>
                    {move || (0..size.get()).map(|column| view! { <td class="sum">{move || number(sum_of_column(column))}</td> }).collect_view()}
                    <td class="sum"><b>{move || number(all())}</b></td>
                </tr>
            </tfoot>
        </table>
    }
}

/// One cell of the matrix.
#[component]
fn MatrixCell(
    row: usize,
    column: usize,
    of: Signal<u32>,
    most: Signal<u32>,
    grades: Signal<Arc<[String]>>,
    pressed: Signal<Option<(usize, usize)>>,
    on_press: Callback<Option<(usize, usize)>>,
) -> impl IntoView {
    let class = move || match (of.get(), row.cmp(&column)) {
        (_, Ordering::Equal) => "same",
        (0, _) => "none",
        (_, Ordering::Greater) => "up",
        (_, Ordering::Less) => "down",
    };
    // Washes from 8 to 40 per cent; nothing has none.
    let wash = move || match u64::from(of.get()) {
        0 => "0".to_owned(),
        count => (8 + count * 32 / u64::from(most.get().max(1))).to_string(),
    };
    let label = move || {
        let grade = |index: usize| grades.with(|grades| grades.get(index).cloned().unwrap_or_default());
        let (from, to, count) = (grade(row), grade(column), number(of.get()));
        if row == column {
            lang().fill("{0} 不变，{1} 户", "{0} unchanged, {1} customers", &[&from, &count])
        } else {
            lang().fill("{0} 变为 {1}，{2} 户", "{0} to {1}, {2} customers", &[&from, &to, &count])
        }
    };
    let on = move || pressed.get() == Some((row, column));
    let button = move || {
        view! {
            <button
                type="button"
                aria-label=label
                aria-pressed=move || if on() { "true" } else { "false" }
                on:click=move |_| on_press.run((!untrack(on)).then_some((row, column)))
            >
                {move || number(of.get())}
            </button>
        }
    };
    let some = Memo::new(move |_| of.get() > 0);
    view! { <td class=class style:--v=wash><Show when=move || some.get() fallback=|| "·">{button()}</Show></td> }
}

fn number(count: u32) -> String {
    lang().number(i64::from(count))
}

/// A run of figures in 58 × 20 px; the dashed line is the terms, the dot is now.
#[component]
pub fn Sparkline(
    /// The figures, oldest first.
    #[prop(into)]
    of: Signal<Vec<i64>>,
    /// Lowest and highest figure of the whole column, so that rows compare.
    #[prop(into)]
    between: Signal<(i64, i64)>,
    /// The figure to compare with, such as the terms.
    #[prop(optional, into)]
    terms: Signal<Option<i64>>,
    /// What it says: 付款天数，38 到 51.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    // Tenths of a pixel, written with one decimal.
    let px = |tenths: i64| fixed(tenths, 1, 1);
    let height = move |figure: i64| {
        let (low, high) = between.get();
        180 - (figure.clamp(low, high) - low).saturating_mul(160) / (high - low).max(1)
    };
    let places = move || {
        let figures = of.get();
        let gaps = i64::try_from(figures.len()).unwrap_or(2).saturating_sub(1).max(1);
        let mut at = -1;
        figures
            .into_iter()
            .map(|figure| {
                at += 1;
                (20 + at * 520 / gaps, height(figure))
            })
            .collect::<Vec<_>>()
    };
    let points = move || {
        let mut text = String::new();
        for (x, y) in places() {
            text.push_str(&px(x));
            text.push(',');
            text.push_str(&px(y));
            text.push(' ');
        }
        text
    };
    let now = move || places().last().copied();
    view! {
        <svg class="chart spark" width="58" height="20" role="img" aria-label=move || label.get()>
            {move || terms.get().map(|figure| {
                let y = px(height(figure));
                view! { <line class="dash" x1="0" x2="56" y1=y.clone() y2=y /> }
            })}
            <polyline class="line" points=points />
            {move || now().map(|(x, y)| view! { <circle class="now" cx=px(x) cy=px(y) r="2" /> })}
        </svg>
    }
}
