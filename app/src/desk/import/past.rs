//! What was brought in before, taking back what nobody recorded, and undoing what somebody did.

use super::outcome::counts;
use super::words;
use crate::data::client::{self, ClientError, Key};
use crate::data::session::Doorkeeper;
use crate::desk::book::{Desk, Load};
use crate::desk::parts::{Failure, Loaded, both, moment};
use crate::lang::{Lang, lang, t};
use crate::ui::{Button, Chip, Dialog, Empty, Kind, Tone};
use crate::words::limit as words_of_limit;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::facts::id::ImportId;
use shared::record::access::Operation;
use shared::record::api::imports::{ImportEntry, ImportState, ImportUndone, ImportedLimit, ImportsAnswer};
use shared::record::import::{FileKind, Mapping, Summary};

/// The list of imports, with the mappings they left, as last read.
#[derive(Clone, Copy)]
pub struct Imports {
    keeper: Doorkeeper,
    load: RwSignal<Load<ImportsAnswer>>,
    asked: StoredValue<u32>,
    shown: StoredValue<u32>,
}

impl Imports {
    /// A list that is yet to be read.
    pub fn new(desk: Desk) -> Self {
        let load = RwSignal::new(Load::Waiting);
        Self { keeper: desk.keeper, load, asked: StoredValue::new(0), shown: StoredValue::new(0) }
    }

    /// Reads the list. What was asked for earlier and comes later doesn't replace it.
    pub async fn refresh(self) {
        let Some(turn) = self.asked.try_update_value(|asked| {
            *asked = asked.wrapping_add(1);
            *asked
        }) else {
            return;
        };
        let load = match self.keeper.heed(client::imports().await) {
            Ok(answer) => Load::Ready(std::sync::Arc::new(answer)),
            Err(error) => Load::Failed(error),
        };
        let newer = self.shown.try_update_value(|shown| {
            let newer = turn > *shown;
            if newer {
                *shown = turn;
            }
            newer
        });
        if newer == Some(true) {
            self.load.try_set(load);
        }
    }

    /// Has the list read.
    pub fn read(self) {
        spawn_local(self.refresh());
    }

    /// How the columns of such a file were read the last time.
    pub fn mapping(self, signature: &str) -> Option<Mapping> {
        let known = self.load.with_untracked(Load::ready)?;
        known.mappings.iter().find(|mapping| mapping.source == signature).cloned()
    }
}

/// The list.
#[component]
pub fn Past(
    /// The imports made.
    imports: Imports,
) -> impl IntoView {
    let desk = Desk::here();
    let offset = desk.book.with_untracked(|book| book.utc_offset_minutes);
    let discard = Callback::new(move |import: ImportId| {
        spawn_local(async move {
            let answer = desk.keeper.heed(client::discard_import(import, Key::new()).await);
            if answer.is_ok() {
                desk.toaster.say(lang().pick("已丢弃预检", "Taken back"));
            }
            imports.read();
        });
    });
    let (asked, left) = (RwSignal::new(None::<ImportEntry>), RwSignal::new(None::<ImportEntry>));
    // Whoever brings files in goes on with one that was left; whoever doesn't is the second person for limits.
    let second = !desk.may(Operation::StageImport);
    let deeds = Deeds {
        record: desk.may(Operation::CommitImport).then_some(Callback::new(move |entry| left.set(Some(entry)))),
        second,
        discard: desk.may(Operation::DiscardImport).then_some(discard),
        undo: desk.may(Operation::UndoImport).then_some(Callback::new(move |entry| asked.set(Some(entry)))),
    };
    // A file that was only looked at and would add nothing is no import; it is swept in time.
    let entries = move || -> Vec<ImportEntry> {
        let told = |entry: &ImportEntry| entry.state != ImportState::Staged || !entry.summary.is_nothing_new();
        let entries = imports.load.with(Load::ready).map(|answer| answer.imports.clone()).unwrap_or_default();
        entries.into_iter().filter(told).collect()
    };
    let rows = move || entries().into_iter().map(|entry| row(entry, offset, deeds)).collect_view();
    let none = move || entries().is_empty();
    view! {
        <section class="past" aria-label=t("导入记录", "Imports")>
            <h2>{t("导入记录", "Imports")}</h2>
            <Loaded of=imports.load on_retry=Callback::new(move |()| imports.read())>
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
            <Undo asked=asked imports=imports />
            <Record asked=left imports=imports second=second />
        </section>
    }
}

/// What the reader may do with an import.
#[derive(Clone, Copy)]
struct Deeds {
    record: Option<Callback<ImportEntry>>,
    second: bool,
    discard: Option<Callback<ImportId>>,
    undo: Option<Callback<ImportEntry>>,
}

/// Shows what a staged file comes to, and records it: to the second person whom its limits want, or to whoever left it.
#[component]
fn Record(asked: RwSignal<Option<ImportEntry>>, imports: Imports, second: bool) -> impl IntoView {
    let desk = Desk::here();
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<ClientError>));
    let key = StoredValue::new(Key::new());
    Effect::new(move |_| {
        asked.track();
        key.set_value(Key::new());
        failed.set(None);
    });
    let name = move || asked.with(|asked| asked.as_ref().map(|entry| entry.name.clone()).unwrap_or_default());
    let title = Signal::derive(move || lang().fill("导入“{0}”？", "Record “{0}”?", &[&name()]));
    let send = Callback::new(move |()| {
        let Some(import) = asked.with_untracked(|asked| asked.as_ref().map(|entry| entry.import)) else { return };
        busy.set(true);
        spawn_local(async move {
            let answer = desk.keeper.heed(client::commit_import(import, key.get_value()).await);
            busy.set(false);
            match answer {
                Ok(_) => {
                    asked.set(None);
                    desk.toaster.say(lang().pick("已导入", "Imported"));
                    desk.refresh();
                }
                Err(error) => failed.set(Some(error)),
            }
            imports.read();
        });
    });
    let shown = move || {
        asked.get().map(|entry| {
            if !second {
                let does = contents(lang(), entry.kind, &entry.summary);
                let moved = t(
                    "对照之后账簿若有变动，不会导入；请再选一次文件。",
                    "If the book has moved since it was compared, nothing is imported: choose the file again.",
                );
                return view! { <p>{does}</p><p class="quiet">{moved}</p> }.into_any();
            }
            let by = entry.by;
            let limits = entry.limits.into_iter().map(|ImportedLimit { customer, limit }| {
                view! { <li>{customer}" "{move || words_of_limit(lang(), limit)}</li> }
            });
            let fact = |(zh, en, count): (&'static str, &'static str, u32)| {
                view! { <dt>{t(zh, en)}</dt><dd>{move || lang().number(i64::from(count))}</dd> }
            };
            view! {
                <p>{move || lang().fill("{0} 预检了它。您来导入，里面的额度、账期和状态就生效。", "{0} staged it. By recording it you put its limits, terms and stages in force.", &[&by])}</p>
                <dl class="facts">{counts(&entry.summary).into_iter().map(fact).collect_view()}</dl>
                <p>{t("其中最大的额度", "The largest limits among them")}</p>
                <ul class="newcomers">{limits.collect_view()}</ul>
            }
            .into_any()
        })
    };
    let act = if second { both("导入", "Record") } else { both("确认导入", "Import") };
    view! {
        <Dialog
            open=Signal::derive(move || asked.with(Option::is_some))
            title=title
            safe=both("再想想", "Think again")
            act=act
            busy=busy
            on_act=send
            on_close=Callback::new(move |()| asked.set(None))
        >
            {shown}
            <Failure error=failed />
        </Dialog>
    }
}

/// Asks whether an import is to be undone, and does it.
#[component]
fn Undo(asked: RwSignal<Option<ImportEntry>>, imports: Imports) -> impl IntoView {
    let desk = Desk::here();
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<ClientError>));
    // A new question is a new write; a retry of the same one keeps its key.
    let key = StoredValue::new(Key::new());
    Effect::new(move |_| {
        asked.track();
        key.set_value(Key::new());
        failed.set(None);
    });
    let name = move || asked.with(|asked| asked.as_ref().map(|entry| entry.name.clone()).unwrap_or_default());
    let title = Signal::derive(move || lang().fill("撤销导入“{0}”？", "Undo the import of “{0}”?", &[&name()]));
    let send = Callback::new(move |()| {
        let Some(import) = asked.with_untracked(|asked| asked.as_ref().map(|entry| entry.import)) else { return };
        busy.set(true);
        spawn_local(async move {
            let answer = desk.keeper.heed(client::undo_import(import, key.get_value()).await);
            busy.set(false);
            match answer {
                Ok(ImportUndone { .. }) => {
                    asked.set(None);
                    desk.toaster.say(lang().pick("已撤销导入", "The import is undone"));
                    desk.refresh();
                }
                Err(error) => failed.set(Some(error)),
            }
            imports.read();
        });
    });
    let open = Signal::derive(move || asked.with(Option::is_some));
    view! {
        <Dialog
            open=open
            title=title
            safe=both("再想想", "Think again")
            act=both("撤销导入", "Undo the import")
            stop=true
            busy=busy
            on_act=send
            on_close=Callback::new(move |()| asked.set(None))
        >
            {move || asked.get().map(|entry| consequences(&entry.summary))}
            <Failure error=failed />
        </Dialog>
    }
}

/// What a file adds and changes, each by its own name; customers are no documents.
fn contents(lang: Lang, kind: FileKind, summary: &Summary) -> String {
    let (zh, en) = words::kind(kind);
    let moved = summary.settled.saturating_add(summary.corrected);
    let parts = [
        (summary.new_items, "张新单据", "new document", "new documents"),
        (summary.receipts, "笔新到款", "new receipt", "new receipts"),
        (summary.new_customers, "个新客户", "new customer", "new customers"),
        (moved, "笔结清或更正", "settlement or correction", "settlements and corrections"),
        (summary.changed_customers, "个客户有变", "customer changed", "customers changed"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, zh, en, many)| lang.count(i64::from(count), zh, en, many))
        .collect();
    let what = if parts.is_empty() {
        lang.pick("没有新内容", "nothing new").to_owned()
    } else {
        parts.join(lang.pick("，", ", "))
    };
    lang.fill("{0}：{1}", "{0}: {1}", &[lang.pick(zh, en), &what])
}

/// What undoing takes back, and what it leaves.
fn consequences(summary: &Summary) -> impl IntoView + use<> {
    let (new_items, receipts) = (summary.new_items, summary.receipts);
    let (moved, customers) = (summary.settled.saturating_add(summary.corrected), summary.new_customers);
    let taken = move || {
        let lang = lang();
        let parts = [
            (new_items, "张单据", "document", "documents"),
            (receipts, "笔到款", "receipt", "receipts"),
            (moved, "笔结清或更正", "settlement or correction", "settlements and corrections"),
        ];
        let parts = parts.into_iter().filter(|(count, ..)| *count > 0);
        let parts: Vec<String> =
            parts.map(|(count, zh, en, many)| lang.count(i64::from(count), zh, en, many)).collect();
        lang.fill(
            "{0}从账簿里撤回，好像没有导入过；改好的文件可以再导入。原来的记录和这次撤销都留在账簿里备查。",
            "{0} are withdrawn as if they had never come in; a mended file can be imported again. The entries and their withdrawal stay in the book for audit.",
            &[&parts.join(lang.pick("、", ", "))],
        )
    };
    let kept = move || {
        let made = lang().count(i64::from(customers), "个新客户", "new customer", "new customers");
        (customers > 0).then(|| lang().fill("这次建的{0}保留。", "The {0} it made stay.", &[&made]))
    };
    view! {
        <p>{taken}</p>
        <p>{kept}</p>
    }
}

fn row(entry: ImportEntry, offset: i16, Deeds { record, second, discard, undo }: Deeds) -> impl IntoView {
    let (again, left) = (entry.clone(), entry.clone());
    let ImportEntry { import, name, kind, state, by, at, summary, .. } = entry;
    let staged = state == ImportState::Staged;
    // Files of customers are versions, corrected by the next; what is undone is facts.
    let undo = undo.filter(|_| state == ImportState::Recorded && kind != FileKind::Customers);
    let undo = undo.filter(|_| !summary.is_nothing_new());
    let what = move || contents(lang(), kind, &summary);
    let word = Signal::derive(move || {
        let (zh, en) = match state {
            ImportState::Staged => ("待确认", "Waiting"),
            ImportState::Recorded => ("已导入", "Recorded"),
            ImportState::Undone => ("已撤销", "Undone"),
        };
        lang().pick(zh, en).to_owned()
    });
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td>{what}</td>
            <td>{move || moment(lang(), i64::try_from(at).unwrap_or(i64::MAX), offset)}</td>
            <td>{by}</td>
            <td>
                <Chip text=word tone=if staged { Tone::Caution } else { Tone::Plain } />
                {record.filter(|_| staged).map(|record| view! {
                    " "<Button kind=Kind::Bare on_press=Callback::new(move |()| record.run(left.clone()))>
                        {if second { t("导入", "Record").into_any() } else { t("继续导入", "Go on").into_any() }}
                    </Button>
                })}
                {discard.filter(|_| staged).map(|discard| view! {
                    " "<Button kind=Kind::Bare on_press=Callback::new(move |()| discard.run(import))>{t("丢弃", "Discard")}</Button>
                })}
                {undo.map(|undo| view! {
                    " "<Button kind=Kind::Bare on_press=Callback::new(move |()| undo.run(again.clone()))>{t("撤销", "Undo")}</Button>
                })}
            </td>
        </tr>
    }
}
