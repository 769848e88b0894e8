//! A bank's file: chosen, looked at, shown, and put into the pool.

use super::words;
use crate::data::client::{self, ClientError, Key, new_id};
use crate::desk::book::{Desk, Load};
use crate::desk::import::choices::evidence;
use crate::desk::import::file::{ReadError, Source};
use crate::desk::import::outcome::FileLine;
use crate::desk::import::problems::problem_list;
use crate::desk::import::table::sample_table;
use crate::desk::import::words as import_words;
use crate::desk::parts::{Failure, both};
use crate::lang::{lang, t};
use crate::ui::{Button, ErrorNote, Kind, SelectField, Skeleton};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::facts::id::ImportId;
use shared::record::api::bank::{BankPreview, PoolAnswer};
use shared::record::bank::{BankFormat, Passed, recognise};
use shared::record::import::{Choices, Defaults, FileError, FileKind, Inspection, Mapping, examine, inspect};
use std::rc::Rc;
use std::sync::Arc;

/// How far a file has come with the book.
#[derive(Clone, Debug)]
enum Step {
    /// Only looked at here.
    Here,
    /// The edge is asked.
    Asking,
    /// The edge has said what it would do.
    Shown(Arc<BankPreview>),
    /// It is being recorded.
    Recording(Arc<BankPreview>),
}

/// What the page holds of a file.
#[derive(Clone, Copy)]
struct Bringing {
    desk: Desk,
    pool: RwSignal<Load<PoolAnswer>>,
    source: RwSignal<Option<Rc<Source>>, LocalStorage>,
    reading: RwSignal<bool>,
    refused: RwSignal<Option<(String, ReadError)>>,
    /// Of a table: what was found in it.
    look: RwSignal<Option<Result<Arc<Inspection>, FileError>>>,
    step: RwSignal<Step>,
    error: RwSignal<Option<ClientError>>,
    key: StoredValue<Option<(ImportId, Key)>>,
}

impl Bringing {
    /// Nothing chosen yet.
    fn new(desk: Desk, pool: RwSignal<Load<PoolAnswer>>) -> Self {
        Self {
            desk,
            pool,
            source: RwSignal::new_local(None),
            reading: RwSignal::new(false),
            refused: RwSignal::new(None),
            look: RwSignal::new(None),
            step: RwSignal::new(Step::Here),
            error: RwSignal::new(None),
            key: StoredValue::new(None),
        }
    }

    fn defaults(self) -> Defaults {
        untrack(|| Defaults { today: self.desk.today(), currency: self.desk.book.with(|book| book.currency) })
    }

    /// Takes a staged file back; if that fails it is swept in time.
    fn take_back(self) {
        if let Step::Shown(preview) = self.step.get_untracked()
            && !preview.problems.is_refused()
        {
            spawn_local(async move {
                let _ = client::discard_bank(preview.file, Key::new()).await;
            });
        }
    }

    fn clear(self) {
        self.take_back();
        self.source.set(None);
        self.refused.set(None);
        self.look.set(None);
        self.error.set(None);
        self.step.set(Step::Here);
    }

    fn choose(self, file: web_sys::File) {
        self.clear();
        self.reading.set(true);
        let name = file.name();
        spawn_local(async move {
            let read = Source::read(file).await;
            if self.reading.try_set(false).is_some() {
                return;
            }
            match read {
                Ok(source) => self.take(source),
                Err(error) => self.refused.set(Some((name, error))),
            }
        });
    }

    /// Takes up a file, or another sheet of it: a table is looked at, the rest goes to the edge.
    fn take(self, source: Source) {
        self.take_back();
        self.step.set(Step::Here);
        self.error.set(None);
        self.look.set(None);
        let (text, sheet, waits) = (source.text.clone(), source.sheet.clone(), source.wants_sheet());
        self.source.set(Some(Rc::new(source)));
        if waits {
            return;
        }
        if sheet.is_none() && recognise(&text) != BankFormat::Table {
            self.ask(None);
            return;
        }
        let looked = inspect(&text, Some(FileKind::Bank), self.defaults(), |_| None).map(|mut found| {
            found.mapping.sheet = sheet;
            Arc::new(found)
        });
        let clear = looked.as_ref().ok().filter(|found| found.questions.is_empty()).map(|found| found.mapping.clone());
        self.look.set(Some(looked));
        if let Some(mapping) = clear {
            self.ask(Some(mapping));
        }
    }

    fn by_sheet(self, sheet: &str) {
        let Some(source) = self.source.get_untracked() else { return };
        match source.by_sheet(sheet) {
            Ok(source) => self.take(source),
            Err(error) => self.look.set(Some(Err(error))),
        }
    }

    /// Looks again by a mapping that somebody has changed.
    fn change(self, mapping: Mapping) {
        let Some(source) = self.source.get_untracked() else { return };
        self.take_back();
        self.step.set(Step::Here);
        self.error.set(None);
        self.look.set(Some(examine(&source.text, mapping, self.defaults()).map(Arc::new)));
    }

    fn ask(self, mapping: Option<Mapping>) {
        let Some(source) = self.source.get_untracked() else { return };
        let file = ImportId(new_id());
        self.step.set(Step::Asking);
        self.error.set(None);
        spawn_local(async move {
            let answer = client::stage_bank(&source.file, file, &source.name, mapping.as_ref(), Key::new()).await;
            match self.desk.keeper.heed(answer) {
                Ok(preview) => self.step.set(Step::Shown(Arc::new(preview))),
                Err(error) => self.fail(Step::Here, error),
            }
        });
    }

    fn record(self, preview: Arc<BankPreview>) {
        let file = preview.file;
        let key = self.key.get_value().filter(|(of, _)| *of == file).map_or_else(Key::new, |(_, key)| key);
        self.key.set_value(Some((file, key)));
        self.step.set(Step::Recording(Arc::clone(&preview)));
        self.error.set(None);
        spawn_local(async move {
            match self.desk.keeper.heed(client::commit_bank(file, key).await) {
                Ok(recorded) => {
                    let lang = untrack(lang);
                    let count = lang.count(i64::from(recorded.new), "笔到款", "receipt", "receipts");
                    self.desk.toaster.say(lang.fill("{0}已放进待认领", "{0} put into the pool", &[&count]));
                    self.step.set(Step::Here);
                    self.clear();
                    super::page::read(self.desk, self.pool);
                }
                // Others were at work meanwhile: what it would do now is asked again.
                Err(ClientError::Problem(problem)) if problem.code == "bank_moved" => {
                    let mapping = preview.mapping.clone();
                    self.step.set(Step::Shown(preview));
                    self.take_back();
                    self.ask(mapping);
                }
                Err(error) => self.fail(Step::Shown(preview), error),
            }
        });
    }

    fn fail(self, step: Step, error: ClientError) {
        self.step.set(step);
        self.error.set(Some(error));
    }
}

/// Where a bank's file is chosen, and what becomes of it.
#[component]
pub fn Bring(
    /// The pool, which is read again once a file is in it.
    pool: RwSignal<Load<PoolAnswer>>,
) -> impl IntoView {
    let state = Bringing::new(Desk::here(), pool);
    on_cleanup(move || state.take_back());
    let chosen = move || state.source.with(Option::is_some);
    let refused = move || {
        state.refused.get().map(|(name, error)| {
            let next = Signal::derive(move || match &error {
                ReadError::File(error) => import_words::file_error(lang(), error),
                ReadError::Gone => {
                    lang().pick("浏览器读不到它，请再选一次", "The browser cannot read it; choose it again").to_owned()
                }
            });
            let what = Signal::derive(move || lang().fill("“{0}”没有读进来", "“{0}” was not read", &[&name]));
            view! { <ErrorNote what=what next=next /> }
        })
    };
    view! {
        <section aria-label=t("银行文件", "Bank file")>
            <Show when=move || !chosen()><Drop state=state /></Show>
            {refused}
            <Show when=chosen><Chosen state=state /></Show>
        </section>
    }
}

#[component]
fn Drop(state: Bringing) -> impl IntoView {
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
                accept=".csv,.tsv,.txt,.xlsx,.xlsm,.sta,.940,.mt940,.xml,.053,text/csv,text/plain,text/xml,application/xml"
                on:change:target=move |event| {
                    let input = event.target();
                    if let Some(file) = first(input.files()) {
                        input.set_value("");
                        state.choose(file);
                    }
                }
            />
            <b>{t("把银行文件拖到这里，或点一下选择", "Drop a bank’s file here, or press to choose one")}</b>
            <span class="quiet">{t("流水 CSV 或 Excel，MT940，camt.053。同一笔只进一次，支出不进", "List as CSV or Excel, MT940, camt.053. Each entry comes in once; what went out doesn’t")}</span>
        </label>
        <Show when=move || state.reading.get()>
            <div role="status"><Skeleton lines=3 /><span class="visually-hidden">{t("正在读取", "Reading")}</span></div>
        </Show>
    }
}

#[component]
fn Chosen(state: Bringing) -> impl IntoView {
    let line = move || {
        state.source.get().map(|source| {
            let encoding = source.encoding;
            let form = Signal::derive(move || match state.step.get() {
                Step::Shown(preview) | Step::Recording(preview) => {
                    let (zh, en) = words::format(preview.format);
                    let entries = lang().count(i64::from(preview.entries), "笔", "entry", "entries");
                    lang().fill("{0}，{1}", "{0}, {1}", &[lang().pick(zh, en), &entries])
                }
                Step::Here | Step::Asking => import_words::encoding(encoding).to_owned(),
            });
            let other = Callback::new(move |()| state.clear());
            view! { <FileLine name=source.name.clone() bytes=source.bytes form=form on_other=other /> }
        })
    };
    let sheets = move || {
        let source = state.source.get().filter(|source| source.sheets.len() > 1)?;
        let asked = source.wants_sheet();
        let names = source.sheets.clone();
        let options = Signal::derive(move || {
            let choose = asked.then(|| (String::new(), lang().pick("请选一张", "choose one").to_owned()));
            choose.into_iter().chain(names.iter().map(|name| (name.clone(), name.clone()))).collect::<Vec<_>>()
        });
        let pick = Callback::new(move |sheet: String| {
            if !sheet.is_empty() {
                state.by_sheet(&sheet);
            }
        });
        let value = source.sheet.clone().unwrap_or_default();
        Some(
            view! { <div class="handling"><SelectField label=both("工作表", "Sheet") options=options value=value on_change=pick caution=asked /></div> },
        )
    };
    let looked = move || match state.look.get() {
        None => ().into_any(),
        Some(Err(error)) => {
            let next = Signal::derive(move || import_words::file_error(lang(), &error));
            view! { <ErrorNote what=both("这个文件没有读进来", "This file was not read") next=next /> }.into_any()
        }
        Some(Ok(found)) => table(&state, &found).into_any(),
    };
    let said = move || {
        state.error.get().map(|error| {
            let about = error.clone();
            match words::refusal(lang(), &error) {
                Some(_) => {
                    let next = Signal::derive(move || words::refusal(lang(), &about).unwrap_or_default());
                    view! { <ErrorNote what=both("这个文件没有读进来", "This file was not taken") next=next /> }
                        .into_any()
                }
                None => view! { <Failure error=Signal::stored(Some(error)) /> }.into_any(),
            }
        })
    };
    let shown = move || match state.step.get() {
        Step::Shown(preview) | Step::Recording(preview) => Some(outcome(&state, &preview)),
        Step::Here | Step::Asking => None,
    };
    let asking = move || matches!(state.step.get(), Step::Asking);
    view! {
        {line}
        {sheets}
        {looked}
        {said}
        <Show when=asking>
            <div role="status"><Skeleton lines=3 /><span class="visually-hidden">{t("正在核对", "Being compared")}</span></div>
        </Show>
        {shown}
    }
}

/// A table's columns, what it leaves open, and the way on.
fn table(state: &Bringing, found: &Arc<Inspection>) -> impl IntoView + use<> {
    let state = *state;
    let mapping = found.mapping.clone();
    let by_choices = {
        let mapping = mapping.clone();
        Callback::new(move |choices: Choices| state.change(Mapping { choices, ..mapping.clone() }))
    };
    let by_mapping = Callback::new(move |mapping: Mapping| state.change(mapping));
    let questions = found.questions.clone();
    let open = questions.len();
    let asked = move || {
        let lang = lang();
        questions.iter().map(|question| view! { <li>{import_words::question(lang, question)}</li> }).collect_view()
    };
    let here = move || matches!(state.step.get(), Step::Here);
    let ask = Callback::new(move |()| state.ask(Some(mapping.clone())));
    view! {
        <section class="columns" aria-label=t("各列", "Columns")>
            <div class="cap"><h2>{t("各列", "Columns")}</h2></div>
            {sample_table(found, by_mapping)}
            {evidence(found, by_choices)}
        </section>
        {(open > 0).then(|| view! { <ul class="caution">{asked}</ul> })}
        <Show when=here>
            <footer class="import-foot">
                <Button kind=Kind::Main disabled=Signal::stored(open > 0) on_press=ask>{t("看看会放进什么", "See what it would add")}</Button>
            </footer>
        </Show>
    }
}

/// What recording it would do.
fn outcome(state: &Bringing, preview: &Arc<BankPreview>) -> impl IntoView + use<> {
    let state = *state;
    let refused = preview.problems.is_refused();
    let problems = (!preview.problems.listed.is_empty())
        .then(|| problem_list(&Arc::new(preview.problems.clone()), preview.name.clone()));
    let new = preview.new;
    let heading = move || {
        if new == 0 {
            lang().pick("没有新的到款", "No new receipts").to_owned()
        } else {
            let count = lang().count(i64::from(new), "笔到款", "receipt", "receipts");
            lang().fill("会放进待认领：{0}", "It would put {0} into the pool", &[&count])
        }
    };
    let totals: Vec<_> = preview.totals.values().copied().collect();
    let sums =
        move || totals.iter().map(|total| lang().money(*total)).collect::<Vec<_>>().join(lang().pick("，", ", "));
    let tied = preview.tied_out;
    let row = |date, amount: shared::facts::money::Money, payer: String, text: String, why: Option<Passed>| {
        view! {
            <tr>
                <td>{move || lang().date(date)}</td>
                <th scope="row">{move || words::payer(lang(), &payer)}</th>
                <td class="num">{move || lang().money(amount)}</td>
                <td class="said">{text}</td>
                <td class="quiet">{why.map(|why| { let (zh, en) = words::passed(why); t(zh, en) })}</td>
            </tr>
        }
    };
    let listed = preview.listed.iter().map(|pooled| {
        row(pooled.money.date, pooled.money.amount, pooled.money.payer.clone(), pooled.money.text.clone(), None)
    });
    let passed = preview.passed_listed.iter().map(|(entry, why)| {
        let amount = if entry.came_in { entry.amount } else { entry.amount.negated() };
        row(entry.date, amount, entry.payer.clone(), entry.text.clone(), Some(*why))
    });
    let (listed, passed) = (listed.collect_view(), passed.collect_view());
    let left_out: u32 = preview.passed.values().fold(0, |sum, count| sum.saturating_add(*count));
    let mention = move || {
        let count = lang().count(i64::from(left_out), "笔", "entry", "entries");
        lang().fill("不放进去的 {0}，各有原因", "{0} not put there, each with its reason", &[&count])
    };
    let head = || {
        view! {
            <thead><tr>
                <th scope="col">{t("日期", "Date")}</th>
                <th scope="col">{t("对方", "Payer")}</th>
                <th scope="col" class="num">{t("金额", "Amount")}</th>
                <th scope="col">{t("附言", "Text")}</th>
                <th scope="col">{t("原因", "Reason")}</th>
            </tr></thead>
        }
    };
    let busy = Signal::derive(move || matches!(state.step.get(), Step::Recording(_)));
    let press = {
        let preview = Arc::clone(preview);
        Callback::new(move |()| state.record(Arc::clone(&preview)))
    };
    let deed = move || {
        let count = lang().count(i64::from(new), "笔", "receipt", "receipts");
        lang().fill("放进待认领 {0}", "Put {0} into the pool", &[&count])
    };
    view! {
        {problems}
        {(!refused).then(|| view! {
            <section class="outcome" aria-label=t("会放进什么", "What it would add")>
                <h2>{heading}</h2>
                <p>{sums}</p>
                {(tied > 0).then(|| view! { <p class="quiet">{t("期初、各笔和期末对得上", "Opening balance, entries and closing balance tie out")}</p> })}
                {(new > 0).then(|| view! {
                    <div class="scroll" tabindex="0" role="region" aria-label=t("新的到款", "New receipts")>
                        <table class="data pooled">{head()}<tbody>{listed}</tbody></table>
                    </div>
                })}
                {(left_out > 0).then(|| view! {
                    <details>
                        <summary>{mention}</summary>
                        <div class="scroll" tabindex="0" role="region" aria-label=t("不放进去的", "Not put there")>
                            <table class="data pooled">{head()}<tbody>{passed}</tbody></table>
                        </div>
                    </details>
                })}
            </section>
        })}
        {(!refused && new > 0).then(|| view! {
            <footer class="import-foot"><Button kind=Kind::Main busy=busy on_press=press>{deed}</Button></footer>
        })}
    }
}
