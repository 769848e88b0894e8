//! The first rows as they stand, with what each column is taken for; a choice above a column says otherwise.

use super::words;
use crate::lang::{Lang, lang, t};
use leptos::prelude::*;
use shared::record::import::{Column, Field, Inspection, Mapping};

/// How many rows are shown.
const SHOWN: usize = 8;

/// The table. `on_change` hears when a column was given another meaning.
pub fn sample_table(inspection: &Inspection, on_change: Callback<Mapping>) -> impl IntoView + use<> {
    let heads = (0..inspection.header.len()).map(|index| head(index, inspection, on_change)).collect_view();
    let width = inspection.header.len();
    let rows = inspection.sample.iter().take(SHOWN).map(|row| {
        let cells = (0..width).map(|index| {
            let cell = row.cells.get(index).cloned().unwrap_or_default();
            view! { <td>{cell}</td> }
        });
        view! { <tr><th scope="row" class="num">{row.line}</th>{cells.collect_view()}</tr> }
    });
    let rows = rows.collect_view();
    view! {
        <div class="scroll sample" tabindex="0" role="region" aria-label=t("文件的前几行", "The first rows of the file")>
            <table class="data">
                <thead><tr><th scope="col" class="num">{t("行", "Line")}</th>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// What one column is called and taken for.
fn head(index: usize, inspection: &Inspection, on_change: Callback<Mapping>) -> impl IntoView + use<> {
    let name = inspection.header.get(index).cloned().unwrap_or_default();
    let mapping = &inspection.mapping;
    let taken = mapping.columns.iter().find(|(_, column)| column.index == index).map(|(field, _)| *field);
    let kind = mapping.kind;
    let fields: Vec<Field> = kind.fields().collect();
    let options = {
        let fields = fields.clone();
        move || {
            let lang = lang();
            let option = |field: &Field| {
                let (zh, en) = words::field_of(kind, *field);
                view! { <option value=field.code() selected=taken == Some(*field)>{lang.pick(zh, en)}</option> }
            };
            view! {
                <option value="" selected=taken.is_none()>{lang.pick("不导入", "not imported")}</option>
                {fields.iter().map(option).collect_view()}
            }
        }
    };
    let label = {
        let name = name.clone();
        move || lang().fill("“{0}”列是什么", "What the column “{0}” is", &[&name])
    };
    let change = {
        let (mapping, name) = (mapping.clone(), name.clone());
        move |code: String| {
            let chosen = fields.iter().copied().find(|field| field.code() == code);
            on_change.run(with(&mapping, index, &name, chosen));
        }
    };
    view! {
        <th scope="col" class:left-out=taken.is_none()>
            <select class="pick" aria-label=label on:change:target=move |event| change(event.target().value())>
                {options}
            </select>
            <span class="given">{name}</span>
        </th>
    }
}

/// The mapping with a column taken for something else, or for nothing. Two columns never stand for the same.
fn with(mapping: &Mapping, index: usize, name: &str, field: Option<Field>) -> Mapping {
    let mut mapping = mapping.clone();
    mapping.columns.retain(|_, column| column.index != index);
    if let Some(field) = field {
        mapping.columns.insert(field, Column { index, name: name.to_owned() });
    }
    mapping
}

/// Columns that are taken for something, in a sentence.
pub fn summary(lang: Lang, inspection: &Inspection) -> String {
    let taken = inspection.mapping.columns.len();
    let number = |count: usize| lang.number(i64::try_from(count).unwrap_or(i64::MAX));
    lang.fill(
        "{0} 列中认出 {1} 列，列头可以改",
        "{1} of {0} columns recognised; change them in their heads",
        &[&number(inspection.header.len()), &number(taken)],
    )
}
