//! What was brought in before, and taking back what nobody recorded.

use super::words;
use crate::data::client::{self, Key};
use crate::desk::book::{Desk, Load};
use crate::desk::parts::{Loaded, both};
use crate::lang::{Lang, lang, t};
use crate::ui::{Button, Chip, Empty, Kind, Tone};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::facts::calendar::{Date, plus_days};
use shared::facts::id::ImportId;
use shared::record::access::Operation;
use shared::record::api::imports::{ImportEntry, ImportState, ImportsAnswer};

/// Reads the list of imports.
pub fn read(desk: Desk, imports: RwSignal<Load<ImportsAnswer>>) {
    spawn_local(async move {
        let load = match desk.keeper.heed(client::imports().await) {
            Ok(answer) => Load::Ready(std::sync::Arc::new(answer)),
            Err(error) => Load::Failed(error),
        };
        imports.try_set(load);
    });
}

/// The list.
#[component]
pub fn Past(
    /// The imports made.
    imports: RwSignal<Load<ImportsAnswer>>,
) -> impl IntoView {
    let desk = Desk::here();
    let offset = desk.book.with_untracked(|book| book.utc_offset_minutes);
    let discard = Callback::new(move |import: ImportId| {
        spawn_local(async move {
            let answer = desk.keeper.heed(client::undo_import(import, Key::new()).await);
            if answer.is_ok() {
                desk.toaster.say(lang().pick("已丢弃预检", "Taken back"));
            }
            read(desk, imports);
        });
    });
    let may = desk.may(Operation::UndoImport);
    let rows = move || {
        let entries = imports.with(Load::ready).map(|answer| answer.imports.clone()).unwrap_or_default();
        entries.into_iter().map(|entry| row(entry, offset, may, discard)).collect_view()
    };
    let none = move || imports.with(Load::ready).is_none_or(|answer| answer.imports.is_empty());
    view! {
        <section class="past" aria-label=t("导入记录", "Imports")>
            <h2>{t("导入记录", "Imports")}</h2>
            <Loaded of=imports on_retry=Callback::new(move |()| read(desk, imports))>
                <Show
                    when=move || !none()
                    fallback=|| view! {
                        <Empty what=both("还没有导入过", "Nothing has been imported yet") next=both("先导客户资料，再导应收，最后导到款", "Customers first, then receivables, then receipts") />
                    }
                >
                    <div class="scroll" tabindex="0" role="region" aria-label=t("历次导入", "Imports so far")>
                        <table class="data">
                            <thead>
                                <tr>
                                    <th scope="col">{t("文件", "File")}</th>
                                    <th scope="col">{t("内容", "What")}</th>
                                    <th scope="col">{t("时间", "When")}</th>
                                    <th scope="col">{t("经手人", "Who")}</th>
                                    <th scope="col">{t("状态", "State")}</th>
                                </tr>
                            </thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                </Show>
            </Loaded>
        </section>
    }
}

fn row(entry: ImportEntry, offset: i16, may: bool, discard: Callback<ImportId>) -> impl IntoView {
    let ImportEntry { import, name, kind, state, by, at, summary, .. } = entry;
    let staged = state == ImportState::Staged;
    let what = move || {
        let lang = lang();
        let (zh, en) = words::kind(kind);
        let number = |count: u32| lang.number(i64::from(count));
        let new = summary.new_customers.saturating_add(summary.new_items).saturating_add(summary.receipts);
        let changed = summary.changed_customers.saturating_add(summary.settled).saturating_add(summary.corrected);
        lang.fill(
            "{0}：新 {1}，变动 {2}",
            "{0}: {1} new, {2} changed",
            &[lang.pick(zh, en), &number(new), &number(changed)],
        )
    };
    let word = Signal::derive(move || {
        if staged { lang().pick("待确认", "Waiting") } else { lang().pick("已导入", "Recorded") }.to_owned()
    });
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td>{what}</td>
            <td>{move || moment(lang(), at, offset)}</td>
            <td>{by}</td>
            <td>
                <Chip text=word tone=if staged { Tone::Caution } else { Tone::Plain } />
                {(staged && may).then(|| view! {
                    " "<Button kind=Kind::Bare on_press=Callback::new(move |()| discard.run(import))>{t("丢弃", "Discard")}</Button>
                })}
            </td>
        </tr>
    }
}

/// A moment in the book's time zone, to the minute.
fn moment(lang: Lang, at: u64, offset_minutes: i16) -> String {
    let seconds = i64::try_from(at).unwrap_or(i64::MAX).saturating_add(i64::from(offset_minutes).saturating_mul(60));
    let days = u32::try_from(seconds.div_euclid(86_400)).unwrap_or(0);
    let day = Date::from_ymd_opt(1970, 1, 1).map_or(Date::MIN, |first| plus_days(first, days));
    let minutes = seconds.rem_euclid(86_400) / 60;
    format!("{} {:02}:{:02}", lang.date(day), minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_the_books() {
        assert_eq!(moment(Lang::Zh, 1_795_363_199, 480), "2026-11-22 23:59");
        assert_eq!(moment(Lang::Zh, 1_795_363_200, 480), "2026-11-23 00:00");
    }
}
