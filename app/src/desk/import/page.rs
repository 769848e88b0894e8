//! The page: a file, what it says, what the book makes of it, and what was brought in before.

use super::choices::{evidence, handling};
use super::file::{ReadError, Source};
use super::look::Look;
use super::outcome::{FileLine, deed, outcome, recorded};
use super::past::{Imports, Past};
use super::problems::{problem_list, summary};
use super::table::{self, sample_table};
use super::words;
use crate::data::client::{self, ClientError, Key, new_id};
use crate::desk::book::Desk;
use crate::desk::parts::{Failure, both};
use crate::desk::shell::Bar;
use crate::lang::{lang, t};
use crate::ui::{Button, ErrorNote, Kind, SelectField, Skeleton};
use leptos::task::spawn_local;
use leptos::{html, prelude::*};
use shared::facts::id::ImportId;
use shared::record::access::Operation;
use shared::record::api::imports::{ImportPreview, ImportRecorded};
use shared::record::import::{
    Choices, Defaults, FileError, FileKind, GaveWay, Inspection, Mapping, Problem, Severity, UnknownCustomers, What,
    inspect,
};
use std::rc::Rc;
use std::sync::Arc;

/// How far a file has come with the book.
#[derive(Clone, Debug)]
enum Step {
    /// Only looked at here.
    Here,
    /// The edge is asked what the book makes of it.
    Asking,
    /// The book has said so.
    Shown(Arc<ImportPreview>),
    /// It is being recorded.
    Recording(Arc<ImportPreview>),
    /// It is recorded.
    Recorded(Arc<ImportPreview>),
}

/// What the page holds. A file and its text stay in this browser's one thread.
#[derive(Clone, Copy)]
struct State {
    desk: Desk,
    source: RwSignal<Option<Rc<Source>>, LocalStorage>,
    reading: RwSignal<bool>,
    refused: RwSignal<Option<(String, ReadError)>>,
    look: RwSignal<Option<Result<Arc<Look>, FileError>>>,
    step: RwSignal<Step>,
    moved: RwSignal<bool>,
    error: RwSignal<Option<ClientError>>,
    imports: Imports,
    /// The key of the write on its way, kept until it is answered.
    key: StoredValue<Option<(ImportId, Key)>>,
    /// Whether what is staged waits for another person to record it.
    waits: StoredValue<bool>,
}

impl State {
    fn new(desk: Desk) -> Self {
        Self {
            desk,
            source: RwSignal::new_local(None),
            reading: RwSignal::new(false),
            refused: RwSignal::new(None),
            look: RwSignal::new(None),
            step: RwSignal::new(Step::Here),
            moved: RwSignal::new(false),
            error: RwSignal::new(None),
            imports: Imports::new(desk),
            key: StoredValue::new(None),
            waits: StoredValue::new(false),
        }
    }

    fn defaults(self) -> Defaults {
        Defaults { today: self.desk.today(), currency: self.desk.book.with(|book| book.currency) }
    }

    /// Begins anew; what was staged and not recorded is taken back.
    fn clear(self) {
        self.take_back();
        self.source.set(None);
        self.refused.set(None);
        self.look.set(None);
        self.error.set(None);
        self.moved.set(false);
        self.step.set(Step::Here);
    }

    /// Takes a staged file back, unless another person is to record it. If that fails it is swept in time, and stands in the
    /// list until then.
    fn take_back(self) {
        let waits = self.waits.get_value();
        self.waits.set_value(false);
        if waits {
            return;
        }
        if let Step::Shown(preview) = self.step.get_untracked()
            && !preview.problems.is_refused()
        {
            let import = preview.import;
            spawn_local(async move {
                let _ = client::discard_import(import, Key::new()).await;
                self.imports.read();
            });
        }
    }

    fn choose(self, file: web_sys::File) {
        self.clear();
        self.reading.set(true);
        let name = file.name();
        spawn_local(async move {
            // How such a file was read before is known first, though the last import was recorded a moment ago.
            self.imports.refresh().await;
            let read = Source::read(file).await;
            if self.reading.try_set(false).is_some() {
                return;
            }
            match read {
                Ok(source) => {
                    let source = Rc::new(source);
                    let waits = source.wants_sheet();
                    self.source.set(Some(source));
                    if !waits {
                        self.inspect(None);
                    }
                }
                Err(error) => self.refused.set(Some((name, error))),
            }
        });
    }

    /// Reads another sheet of a workbook.
    fn by_sheet(self, sheet: &str) {
        let Some(source) = self.source.get_untracked() else { return };
        match source.by_sheet(sheet) {
            Ok(source) => {
                self.source.set(Some(Rc::new(source)));
                self.inspect(None);
            }
            Err(error) => self.show(Err(error)),
        }
    }

    /// Recognises the columns, for a kind of file that somebody has named, or for any.
    fn inspect(self, kind: Option<FileKind>) {
        let Some(source) = self.source.get_untracked() else { return };
        let defaults = untrack(|| self.defaults());
        let look = inspect(&source.text, kind, defaults, |signature| self.imports.mapping(signature))
            .map(|inspection| by_sheet(inspection, source.sheet.clone()))
            .and_then(|inspection| Look::from(&source.text, inspection));
        self.show(look.map(Arc::new));
    }

    /// Looks again by a mapping that somebody has changed.
    fn change(self, mapping: Mapping) {
        let Some(source) = self.source.get_untracked() else { return };
        let defaults = untrack(|| self.defaults());
        // What gave way to this file's evidence stays told for as long as the evidence is followed.
        let told = self.look.with_untracked(|look| look.as_ref()?.as_ref().ok().map(|look| look.inspection.gave_way));
        let look = Look::at(&source.text, mapping, defaults).map(|mut look| {
            let (choices, told) = (&look.inspection.mapping.choices, told.unwrap_or_default());
            look.inspection.gave_way = GaveWay {
                date_order: told.date_order.filter(|before| choices.date_order.is_some_and(|now| now != *before)),
                decimal_mark: told.decimal_mark.filter(|before| choices.decimal_mark.is_some_and(|now| now != *before)),
            };
            look
        });
        self.show(look.map(Arc::new));
    }

    fn show(self, look: Result<Arc<Look>, FileError>) {
        self.take_back();
        self.step.set(Step::Here);
        self.error.set(None);
        self.moved.set(false);
        self.look.set(Some(look));
    }

    /// Asks what the book makes of the file.
    fn ask(self) {
        let Some(source) = self.source.get_untracked() else { return };
        let Some(Ok(look)) = self.look.get_untracked() else { return };
        let import = ImportId(new_id());
        self.step.set(Step::Asking);
        self.error.set(None);
        spawn_local(async move {
            let mapping = &look.inspection.mapping;
            let answer = client::stage_import(&source.file, import, &source.name, mapping, Key::new()).await;
            match self.desk.keeper.heed(answer) {
                Ok(preview) => self.step.set(Step::Shown(Arc::new(preview))),
                Err(error) => self.fail(Step::Here, error),
            }
            self.imports.read();
        });
    }

    /// Has the customers that the book doesn't know created from the file, and asks again.
    fn create_customers(self) {
        let Some(Ok(look)) = self.look.get_untracked() else { return };
        let mut mapping = look.inspection.mapping.clone();
        mapping.choices.unknown_customers = UnknownCustomers::Create;
        self.change(mapping);
        self.ask();
    }

    /// Records what was shown.
    fn record(self, preview: Arc<ImportPreview>) {
        let import = preview.import;
        let key = self.key.get_value().filter(|(of, _)| *of == import).map_or_else(Key::new, |(_, key)| key);
        self.key.set_value(Some((import, key)));
        self.step.set(Step::Recording(Arc::clone(&preview)));
        self.error.set(None);
        self.moved.set(false);
        spawn_local(async move {
            match self.desk.keeper.heed(client::commit_import(import, key).await) {
                Ok(ImportRecorded { .. }) => {
                    self.step.set(Step::Recorded(preview));
                    self.desk.refresh();
                }
                // Others were at work meanwhile: what it would do now is shown, and asked again.
                Err(ClientError::Problem(problem))
                    if problem.code == "import_moved" || problem.code == "import_refused" =>
                {
                    self.step.set(Step::Shown(preview));
                    self.take_back();
                    self.moved.set(true);
                    self.ask();
                }
                Err(error) => {
                    let second = matches!(&error, ClientError::Problem(problem) if problem.code == "import_second");
                    self.waits.set_value(second);
                    self.fail(Step::Shown(preview), error);
                }
            }
            self.imports.read();
        });
    }

    fn fail(self, step: Step, error: ClientError) {
        self.step.set(step);
        self.error.set(Some(error));
    }
}

/// What was found, with the sheet in which.
fn by_sheet(mut inspection: Inspection, sheet: Option<String>) -> Inspection {
    inspection.mapping.sheet = sheet;
    inspection
}

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    let desk = Desk::here();
    let state = State::new(desk);
    state.imports.read();
    // What was staged and not recorded doesn't wait for somebody who has left.
    on_cleanup(move || state.take_back());
    let may = desk.may(Operation::StageImport);
    let chosen = move || state.source.with(Option::is_some);
    let begin = move || may && !chosen();
    view! {
        <Bar
            title=both("导入", "Import")
            about=Signal::derive(move || {
                if may { lang().pick("CSV 或 Excel，客户、应收或到款；先看清楚，再一次全部导入", "CSV or Excel of customers, receivables or receipts; looked at first, then recorded all at once") }
                else { lang().pick("由财务导入", "Finance imports") }.to_owned()
            })
        />
        <main class="page import" id="main">
            <Show when=begin><Drop state=state /></Show>
            <Refusal state=state />
            <Show when=chosen><Chosen state=state /></Show>
            <Show when=move || !chosen()><Past imports=state.imports /></Show>
        </main>
    }
}

/// Where a file is chosen or dropped.
#[component]
fn Drop(state: State) -> impl IntoView {
    let over = RwSignal::new(false);
    let first = |files: Option<web_sys::FileList>| files.and_then(|files| files.get(0));
    view! {
        <label
            class="drop"
            class:over=move || over.get()
            on:dragover=move |event| {
                event.prevent_default();
                over.set(true);
            }
            on:dragleave=move |_| over.set(false)
            on:drop=move |event| {
                event.prevent_default();
                over.set(false);
                if let Some(file) = first(event.data_transfer().and_then(|dropped| dropped.files())) {
                    state.choose(file);
                }
            }
        >
            <input
                type="file"
                accept=".csv,.tsv,.txt,.xlsx,.xlsm,text/csv,text/plain,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                on:change:target=move |event| {
                    let input = event.target();
                    if let Some(file) = first(input.files()) {
                        // The same file can be chosen again once it is mended.
                        input.set_value("");
                        state.choose(file);
                    }
                }
            />
            <b>{t("把文件拖到这里，或点一下选择", "Drop a file here, or press to choose one")}</b>
            <span class="quiet">{t("CSV（UTF-8 或 GBK，最多 32 MB）或 Excel .xlsx（最多 16 MB）。文件在您的浏览器里读，确认之前账簿不动", "CSV (UTF-8 or GBK, 32 MB at most) or Excel .xlsx (16 MB at most). It is read in your browser; the book is untouched until you confirm")}</span>
        </label>
        <Show when=move || state.reading.get()>
            <div role="status"><Skeleton lines=3 /><span class="visually-hidden">{t("正在读取", "Reading")}</span></div>
        </Show>
    }
}

/// Why a file isn't taken.
#[component]
fn Refusal(state: State) -> impl IntoView {
    move || {
        state.refused.get().map(|(name, error)| {
            let next = Signal::derive(move || match &error {
                ReadError::File(error) => words::file_error(lang(), error),
                ReadError::Gone => lang()
                    .pick(
                        "浏览器读不到它：可能刚被移动或改动。请再选一次",
                        "The browser cannot read it: it may have been moved or changed. Choose it again",
                    )
                    .to_owned(),
            });
            let what = Signal::derive(move || lang().fill("“{0}”没有导入", "“{0}” was not imported", &[&name]));
            view! { <ErrorNote what=what next=next /> }
        })
    }
}

/// A file that was read.
#[component]
fn Chosen(state: State) -> impl IntoView {
    let line = move || {
        state.source.get().map(|source| {
            let encoding = source.encoding;
            let form = Signal::derive(move || {
                let lang = lang();
                let mut form = words::encoding(encoding).to_owned();
                if let Some(Ok(look)) = state.look.get() {
                    let rows = lang.number(i64::from(look.inspection.rows));
                    if let Some(sheet) = &look.inspection.mapping.sheet {
                        return lang.fill("{0}，“{1}”，{2} 行", "{0}, “{1}”, {2} rows", &[&form, sheet, &rows]);
                    }
                    let (zh, en) = words::separator(look.inspection.mapping.separator);
                    form = lang.fill(
                        "{0}，{1}分隔，{2} 行",
                        "{0}, separated by {1}, {2} rows",
                        &[&form, lang.pick(zh, en), &rows],
                    );
                }
                form
            });
            let other = Callback::new(move |()| state.clear());
            view! { <FileLine name=source.name.clone() bytes=source.bytes form=form on_other=other /> }
        })
    };
    let body = move || match state.look.get() {
        None => ().into_any(),
        Some(Err(error)) => {
            let next = Signal::derive(move || words::file_error(lang(), &error));
            view! { <ErrorNote what=both("这个文件没有导入", "This file was not imported") next=next /> }.into_any()
        }
        Some(Ok(look)) => view! { <Looked state=state look=look /> }.into_any(),
    };
    view! {
        {line}
        <Sheets state=state />
        {body}
    }
}

/// Which sheet of a workbook is read, where there are several.
#[component]
fn Sheets(state: State) -> impl IntoView {
    move || {
        let source = state.source.get().filter(|source| source.sheets.len() > 1)?;
        let asked = source.wants_sheet();
        let sheets = source.sheets.clone();
        let options = Signal::derive(move || {
            let choose = asked.then(|| (String::new(), lang().pick("请选一张", "choose one").to_owned()));
            choose.into_iter().chain(sheets.iter().map(|sheet| (sheet.clone(), sheet.clone()))).collect::<Vec<_>>()
        });
        let pick = Callback::new(move |sheet: String| {
            if !sheet.is_empty() {
                state.by_sheet(&sheet);
            }
        });
        let value = source.sheet.clone().unwrap_or_default();
        let settled = move || !matches!(state.step.get(), Step::Recorded(_));
        Some(view! {
            <Show when=settled>
                <div class="handling">
                    <SelectField label=both("工作表", "Sheet") options=options value=value.clone() on_change=pick caution=asked />
                </div>
            </Show>
        })
    }
}

/// What the file says, what is open, and the way on.
#[component]
fn Looked(state: State, look: Arc<Look>) -> impl IntoView {
    let inspection = Arc::new(look.inspection.clone());
    let mapping = StoredValue::new(inspection.mapping.clone());
    let change_choices = Callback::new(move |choices: Choices| {
        state.change(Mapping { choices, ..mapping.get_value() });
    });
    let change_mapping = Callback::new(move |mapping: Mapping| state.change(mapping));
    let kind = inspection.mapping.kind;
    let kinds = Signal::derive(|| {
        FileKind::ALL
            .map(|kind| {
                let (zh, en) = words::kind(kind);
                (words::kind(kind).1.to_owned(), lang().pick(zh, en).to_owned())
            })
            .to_vec()
    });
    let change_kind = Callback::new(move |name: String| {
        state.inspect(FileKind::ALL.into_iter().find(|kind| words::kind(*kind).1 == name));
    });
    let columns = {
        let inspection = Arc::clone(&inspection);
        move || table::summary(lang(), &inspection)
    };
    let questions = inspection.questions.clone();
    let asked = move || {
        let lang = lang();
        questions.iter().map(|question| view! { <li>{words::question(lang, question)}</li> }).collect_view()
    };
    let open = inspection.questions.len();
    let today = state.desk.today();
    let local = look.rows.clone().map(|rows| rows.problems).filter(|problems| !problems.listed.is_empty());
    let name =
        state.source.with_untracked(|source| source.as_ref().map(|source| source.name.clone())).unwrap_or_default();
    let problems = local.map(Arc::new);
    let own = move || {
        // Once the book has spoken, its list holds these too.
        let here = matches!(state.step.get(), Step::Here | Step::Asking);
        problems.as_ref().filter(|_| here).map(|problems| problem_list(problems, name.clone()))
    };
    let made = move || match state.step.get() {
        Step::Here | Step::Asking => None,
        Step::Shown(preview) | Step::Recording(preview) => Some(outcome(&preview, false)),
        Step::Recorded(preview) => Some(outcome(&preview, true)),
    };
    let settled = move || !matches!(state.step.get(), Step::Recorded(_));
    // What the book says stands below the columns and choices: it is brought into sight, and read out from there.
    let said = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if matches!(state.step.get(), Step::Shown(_) | Step::Recorded(_)) {
            request_animation_frame(move || {
                if let Some(said) = said.try_get_untracked().flatten() {
                    // What cannot take the focus is brought into sight all the same.
                    let _ = said.focus();
                    said.scroll_into_view();
                }
            });
        }
    });
    let (for_table, for_evidence, for_handling) =
        (Arc::clone(&inspection), Arc::clone(&inspection), Arc::clone(&inspection));
    view! {
        <Show when=settled>
            <section class="columns" aria-label=t("各列", "Columns")>
                <div class="cap">
                    <h2>{t("各列是什么", "What the columns are")}</h2>
                    <span>{columns.clone()}</span>
                </div>
                {sample_table(&for_table, change_mapping)}
            </section>
            <section class="settings" aria-label=t("怎么读", "How to read it")>
                <div>
                    <h2>{t("依据", "Evidence")}</h2>
                    {evidence(&for_evidence, change_choices)}
                </div>
                <div>
                    <h2>{t("选择", "Choices")}</h2>
                    <SelectField label=both("文件内容", "What the file holds") options=kinds value=words::kind(kind).1.to_owned() on_change=change_kind />
                    {handling(&for_handling, today, change_choices)}
                </div>
            </section>
        </Show>
        {(open > 0).then(|| view! {
            <section class="note" aria-label=t("还要回答", "To be answered")>
                <p><b>{move || {
                    let count = i64::try_from(open).unwrap_or(0);
                    let questions = lang().count(count, "个问题", "question", "questions");
                    lang().fill("还要回答 {0}", "{0} to answer", &[&questions])
                }}</b></p>
                <ul>{asked}</ul>
            </section>
        })}
        {own}
        <div class="made" tabindex="-1" node_ref=said>{made}</div>
        <Foot state=state look=look />
    }
}

/// Whether the file is refused for customers that the book doesn't know, and could create them instead.
fn strangers(preview: &ImportPreview) -> bool {
    let unknown =
        |problem: &Problem| problem.severity == Severity::Error && matches!(problem.what, What::UnknownCustomer { .. });
    preview.mapping.choices.unknown_customers == UnknownCustomers::Refuse && preview.problems.listed.iter().any(unknown)
}

/// The way on: ask the book, then record.
#[component]
fn Foot(state: State, look: Arc<Look>) -> impl IntoView {
    let rows = look.inspection.rows;
    let ready = look.is_ready();
    let status = {
        let look = Arc::clone(&look);
        move || {
            let lang = lang();
            match (state.step.get(), &look.rows) {
                (Step::Asking, _) => lang.pick("正在对照账簿", "Comparing with the book").to_owned(),
                (Step::Recording(_), _) => {
                    lang.pick("正在导入，全部成功或全不导入", "Recording: all of it or nothing").to_owned()
                }
                (Step::Recorded(preview), _) => recorded(lang, preview.mapping.kind, preview.summary.rows),
                (Step::Shown(preview), _) if strangers(&preview) => lang.fill(
                    "{0}，整个文件不导入。文件里有账簿没有的客户：可以按文件新建",
                    "{0}: nothing of the file is imported. It names customers that the book doesn't know; they can be created from it",
                    &[&summary(lang, &preview.problems)],
                ),
                (Step::Shown(preview), _) if preview.problems.is_refused() => lang.fill(
                    "{0}，整个文件不导入。改好文件再选一次",
                    "{0}: nothing of the file is imported. Mend it and choose it again",
                    &[&summary(lang, &preview.problems)],
                ),
                (Step::Shown(_), _) if state.moved.get() => lang
                    .pick(
                        "账簿刚有变动，已重新对照；请再看一遍",
                        "The book has just moved: compared again, please look once more",
                    )
                    .to_owned(),
                (Step::Shown(_), _) => lang.pick("账簿还没有变动", "The book is untouched so far").to_owned(),
                (Step::Here, None) => {
                    lang.pick("答完上面的问题就能对照账簿", "Answer the questions above to go on").to_owned()
                }
                (Step::Here, Some(read)) if read.problems.is_refused() => lang.fill(
                    "{0}，整个文件不导入。改好文件再选一次",
                    "{0}: nothing of the file is imported. Mend it and choose it again",
                    &[&summary(lang, &read.problems)],
                ),
                (Step::Here, Some(read)) => lang.fill(
                    "{0} 行里读出 {1} 行",
                    "{1} of {0} rows read",
                    &[&lang.number(i64::from(rows)), &lang.number(i64::from(read.good))],
                ),
            }
        }
    };
    let act = move || {
        match state.step.get() {
        Step::Here | Step::Asking => {
            let busy = matches!(state.step.get_untracked(), Step::Asking);
            let press = Callback::new(move |()| state.ask());
            view! {
                <Button kind=Kind::Main disabled=!ready busy=busy on_press=press>{t("对照账簿预检", "Check against the book")}</Button>
            }
            .into_any()
        }
        // A first file names customers that nobody has entered yet: the cure is one press away.
        Step::Shown(preview) if strangers(&preview) => {
            let press = Callback::new(move |()| state.create_customers());
            view! {
                <Button on_press=Callback::new(move |()| state.clear())>{t("换一个文件", "Another file")}</Button>
                <Button kind=Kind::Main on_press=press>{t("按文件新建这些客户，再对照", "Create these customers from the file and check again")}</Button>
            }
            .into_any()
        }
        Step::Shown(preview) if preview.problems.is_refused() || preview.summary.is_nothing_new() => {
            view! { <Button on_press=Callback::new(move |()| state.clear())>{t("换一个文件", "Another file")}</Button> }.into_any()
        }
        Step::Shown(preview) | Step::Recording(preview) => {
            let busy = matches!(state.step.get_untracked(), Step::Recording(_));
            let words = Arc::clone(&preview);
            let press = Callback::new(move |()| state.record(Arc::clone(&preview)));
            view! { <Button kind=Kind::Main busy=busy on_press=press>{move || deed(lang(), &words)}</Button> }.into_any()
        }
        Step::Recorded(_) => {
            view! { <Button kind=Kind::Main on_press=Callback::new(move |()| state.clear())>{t("导入下一个文件", "Import another file")}</Button> }
                .into_any()
        }
    }
    };
    view! {
        <Failure error=state.error />
        <footer class="import-foot">
            <p role="status">{status}</p>
            {act}
        </footer>
    }
}
