//! The forms: a piece of a file, a customer's own sheet, a new prospect. All of them ask by the lists of [`super::fields`].

use super::fields::{self, Ask, Field as Asked, KINDS, PROSPECT, SHEET, Texts, Wrong};
use super::words;
use crate::data::client::{self, ClientError, Key};
use crate::desk::address::Address;
use crate::desk::book::Desk;
use crate::desk::parts::{Failure, both};
use crate::lang::{lang, t};
use crate::ui::{Button, Dialog, Field, SelectField};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;
use shared::facts::customer::{Customer, Stage};
use shared::facts::id::{CustomerId, FeedNumber, PieceId};
use shared::facts::money::Currency;
use shared::facts::piece::{Piece, PieceKind};
use shared::record::access::{Operation, may_write_piece};
use shared::record::api::file::{AddPiece, ChangeCustomer, CorrectPiece, FiledPiece, MakeCustomer};
use std::sync::Arc;

/// A form as it stands, and the write that it becomes.
#[derive(Clone, Copy)]
struct Form {
    texts: RwSignal<Texts>,
    busy: RwSignal<bool>,
    failed: RwSignal<Option<ClientError>>,
    /// One form, one write: a retry of it keeps its key.
    key: StoredValue<Key>,
}

impl Form {
    fn new() -> Self {
        Self {
            texts: RwSignal::default(),
            busy: RwSignal::new(false),
            failed: RwSignal::new(None),
            key: StoredValue::new(Key::new()),
        }
    }

    fn begin(self, texts: Texts) {
        self.texts.set(texts);
        self.failed.set(None);
        self.key.set_value(Key::new());
    }

    fn write(self, key: &'static str, text: String) {
        self.texts.update(|texts| {
            texts.insert(key, text);
        });
        self.key.set_value(Key::new());
    }
}

/// The fields of a form.
#[component]
fn Fields(
    /// What is asked.
    #[prop(into)]
    of: Signal<&'static [Asked]>,
    form: Form,
) -> impl IntoView {
    let desk = Desk::here();
    let one = move |field: &'static Asked| {
        let key = field.key;
        let value = Signal::derive(move || form.texts.with(|texts| texts.get(key).cloned().unwrap_or_default()));
        let label = Signal::derive(move || lang().pick(field.zh, field.en).to_owned());
        let write = Callback::new(move |text: String| form.write(key, text));
        match field.ask {
            Ask::Text => view! { <Field label=label value=value on_input=write required=field.required /> }.into_any(),
            Ask::List => {
                let help = both("几个用顿号或逗号隔开", "Separate several by commas");
                view! { <Field label=label value=value on_input=write help=help required=field.required /> }.into_any()
            }
            Ask::Day => {
                view! { <Field label=label value=value on_input=write kind="date" required=field.required /> }.into_any()
            }
            Ask::Amount => view! {
                <Field label=label value=value on_input=write inputmode="decimal" required=field.required />
            }
            .into_any(),
            Ask::Choice(choices) => {
                let options = Signal::derive(move || {
                    let lang = lang();
                    let first = (String::new(), lang.pick("请选", "choose").to_owned());
                    let all = choices.iter().map(|(key, zh, en)| ((*key).to_owned(), lang.pick(*zh, *en).to_owned()));
                    // What came in by another way may be none of them, and stays.
                    let own = Some(value.get()).filter(|own| !own.is_empty() && choices.iter().all(|(key, ..)| key != own));
                    let own = own.map(|own| (own.clone(), own));
                    std::iter::once(first).chain(all).chain(own).collect::<Vec<_>>()
                });
                view! { <SelectField label=label options=options value=value on_change=write /> }.into_any()
            }
            Ask::Person => {
                let options = Signal::derive(move || {
                    let first = (String::new(), lang().pick("没有", "nobody").to_owned());
                    let people = desk.people.get();
                    let all = people.iter().map(|(id, name)| (id.to_string(), name.clone()));
                    std::iter::once(first).chain(all).collect::<Vec<_>>()
                });
                view! { <SelectField label=label options=options value=value on_change=write /> }.into_any()
            }
            Ask::Flag => {
                let yes = move || value.get() == "true";
                let turn = move |on: bool| form.write(key, if on { "true".to_owned() } else { String::new() });
                view! {
                    <label class="flag">
                        <input
                            type="checkbox"
                            prop:checked=yes
                            on:change:target=move |event| turn(event.target().checked())
                        />
                        {move || label.get()}
                    </label>
                }
                .into_any()
            }
            Ask::Lines => view! {
                <label class="field lines">
                    <span class="label">{move || label.get()}</span>
                    <textarea
                        rows="8"
                        placeholder="流动资产合计	1,200,000.00"
                        prop:value=move || value.get()
                        on:input:target=move |event| form.write(key, event.target().value())
                    ></textarea>
                    <span class="help">{t("从表格粘贴：每行一个科目和金额，科目用报表上的中文名", "Paste from a spreadsheet: one line each, its name as the Chinese form prints it, then the amount")}</span>
                </label>
            }
            .into_any(),
        }
    };
    view! { <div class="asked">{move || of.get().iter().map(one).collect_view()}</div> }
}

/// What keeps a form from being sent, once something stands in it.
#[component]
fn Amiss(
    /// What is wrong.
    #[prop(into)]
    wrong: Signal<Option<Wrong>>,
) -> impl IntoView {
    // What is merely missing yet is told by the button that cannot be pressed.
    move || {
        let wrong = wrong.get().filter(|wrong| !matches!(wrong, Wrong::Missing(_)))?;
        Some(view! { <p class="caution" role="status">{move || words::wrong(lang(), &wrong)}</p> })
    }
}

/// What a piece's form is about.
#[derive(Clone, PartialEq)]
pub enum About {
    /// A new piece, of a kind when one was asked for.
    New(Option<PieceKind>),
    /// One that stands.
    Standing(Arc<FiledPiece>),
}

/// The form of a piece.
#[component]
pub fn PieceForm(
    /// Whose.
    id: CustomerId,
    /// What it is about; closed while absent.
    about: RwSignal<Option<About>>,
    /// It was written.
    on_done: Callback<()>,
) -> impl IntoView {
    let desk = Desk::here();
    let form = Form::new();
    let kind = RwSignal::new(PieceKind::Contact);
    let piece_id = StoredValue::new(PieceId(client::new_id()));
    let customer = move || desk.customers.with(|all| all.get(id).map(|known| known.customer.clone()));
    let currency = move || customer().map_or(Currency::CNY, |customer| customer.currency);
    let me = desk.session.with_value(|session| session.person);
    let stands = move || match about.get() {
        Some(About::Standing(filed)) => Some(filed),
        _ => None,
    };
    Effect::new(move |_| match about.get() {
        Some(About::New(wanted)) => {
            kind.set(wanted.unwrap_or(PieceKind::Contact));
            piece_id.set_value(PieceId(client::new_id()));
            form.begin(Texts::new());
        }
        Some(About::Standing(filed)) => {
            if let Some(piece) = &filed.version.piece {
                kind.set(piece.kind());
                let what = serde_json::to_value(piece).ok().and_then(|piece| piece.get("what").cloned());
                form.begin(fields::texts(fields::of(piece.kind()), &what.unwrap_or(Value::Null)));
            }
        }
        None => {}
    });
    let made = Memo::new(move |_| {
        let before = stands().and_then(|filed| filed.version.piece.clone());
        form.texts.with(|texts| fields::piece(kind.get(), texts, before.as_ref(), me, currency()))
    });
    let send = Callback::new(move |()| {
        let Ok(piece) = made.get_untracked() else { return };
        let stands = untrack(stands);
        form.busy.set(true);
        form.failed.set(None);
        spawn_local(async move {
            let key = form.key.get_value();
            let heard = if let Some(filed) = stands {
                client::correct_piece(filed.id, &CorrectPiece { piece }, filed.version.version, key).await
            } else {
                client::add_piece(id, &AddPiece { id: piece_id.get_value(), piece }, key).await
            };
            form.busy.try_set(false);
            match desk.keeper.heed(heard) {
                Ok(_) => {
                    about.try_set(None);
                    desk.toaster.say(untrack(lang).pick("已写进档案", "Written into the file"));
                    desk.refresh();
                    on_done.run(());
                }
                Err(error) => {
                    form.failed.try_set(Some(error));
                }
            }
        });
    });
    let title = Signal::derive(move || {
        let (lang, name) = (lang(), words::kind(lang(), kind.get()));
        if stands().is_some() {
            lang.fill("更正{0}", "Correct: {0}", &[name])
        } else {
            lang.fill("添加{0}", "Add: {0}", &[name])
        }
    });
    let faults = move || made.with(|made| made.as_ref().map_or(0, fields::faults));
    view! {
        <Dialog
            open=Signal::derive(move || about.with(Option::is_some))
            title=title
            safe=both("先不写", "Not now")
            act=both("写进档案", "Write it down")
            disabled=Signal::derive(move || made.with(Result::is_err))
            busy=form.busy
            on_act=send
            on_close=Callback::new(move |()| about.set(None))
        >
            <Show when=move || stands().is_none()>
                <PickKind id=id kind=kind form=form />
            </Show>
            <Fields of=Signal::derive(move || fields::of(kind.get())) form=form />
            <Amiss wrong=Signal::derive(move || made.get().err()) />
            <Show when=move || { faults() > 0 }>
                <p class="caution" role="status">
                    {move || {
                        let count = lang().count(i64::try_from(faults()).unwrap_or_default(), "处", "place", "places");
                        lang().fill("报表有 {0}勾稽不上，仍可写进档案，评定时会说", "The statement does not add up in {0}; it can be filed all the same, and an assessment will say so", &[&count])
                    }}
                </p>
            </Show>
            <Failure error=form.failed />
        </Dialog>
    }
}

/// Which kind of piece it is to be.
#[component]
fn PickKind(id: CustomerId, kind: RwSignal<PieceKind>, form: Form) -> impl IntoView {
    let desk = Desk::here();
    let kinds = Signal::derive(move || {
        let lang = lang();
        let customer = desk.customers.with(|all| all.get(id).map(|known| known.customer.clone()));
        let option = |kind: PieceKind| (kind.name(), words::kind(lang, kind).to_owned());
        writable(desk, customer.as_ref()).into_iter().map(option).collect::<Vec<_>>()
    });
    let pick = Callback::new(move |name: String| {
        if let Some((chosen, _)) = KINDS.iter().find(|(kind, _)| kind.name() == name) {
            kind.set(*chosen);
            form.begin(Texts::new());
        }
    });
    view! {
        <SelectField
            label=both("是什么", "What it is")
            options=kinds
            value=Signal::derive(move || kind.get().name())
            on_change=pick
        />
    }
}

/// The kinds that the reader may write of a customer.
pub fn writable(desk: Desk, customer: Option<&Customer>) -> Vec<PieceKind> {
    let stage = customer.map_or(Stage::Active, |customer| customer.stage);
    let may = |kind: PieceKind| {
        // Which role may what depends on little more than the kind: a blank one of it tells.
        sample(kind).is_some_and(|piece| may_write_piece(desk.role(), stage, &piece))
    };
    let all = KINDS.iter().map(|(kind, _)| *kind);
    all.filter(|kind| desk.may(Operation::AddPiece) && may(*kind)).collect()
}

/// A piece of a kind with as little in it as there can be; of what roles may in part, the part that most may.
fn sample(kind: PieceKind) -> Option<Piece> {
    let mut texts = Texts::new();
    for field in fields::of(kind).iter().filter(|field| field.required) {
        let text = match (kind, field.ask) {
            (PieceKind::Activity, Ask::Choice(_)) => "call",
            (_, Ask::Choice(choices)) => choices.first().map_or("", |(key, ..)| key),
            (_, Ask::Day) => "2026-01-31",
            (_, Ask::Amount) => "1",
            (_, Ask::Lines) => "资产总计 1",
            _ => "-",
        };
        texts.insert(field.key, text.to_owned());
    }
    let nobody = shared::facts::id::PersonId::derived(&["sample"]);
    fields::piece(kind, &texts, None, nobody, Currency::CNY).ok()
}

/// Changes the customer's own sheet.
#[component]
pub fn SheetButton(
    /// Whose.
    id: CustomerId,
    /// The sheet's version.
    #[prop(into)]
    version: Signal<Option<FeedNumber>>,
    /// It was changed.
    on_done: Callback<()>,
) -> impl IntoView {
    let desk = Desk::here();
    let (form, open) = (Form::new(), RwSignal::new(false));
    // The sheet and its version as they were when the form was opened.
    let before = RwSignal::new(None::<(Customer, FeedNumber)>);
    let ask = Callback::new(move |()| {
        let customer = desk.customers.with_untracked(|all| all.get(id).map(|known| known.customer.clone()));
        let (Some(customer), Some(version)) = (customer, version.get_untracked()) else { return };
        form.begin(fields::texts(SHEET, &serde_json::to_value(&customer).unwrap_or(Value::Null)));
        before.set(Some((customer, version)));
        open.set(true);
    });
    let made = Memo::new(move |_| {
        let (customer, _) = before.get().ok_or(Wrong::Other)?;
        form.texts.with(|texts| sheet(texts, &customer))
    });
    let send = Callback::new(move |()| {
        let (Ok(customer), Some((_, version))) = (made.get_untracked(), before.get_untracked()) else { return };
        form.busy.set(true);
        form.failed.set(None);
        spawn_local(async move {
            let change = ChangeCustomer { customer };
            let heard = client::change_customer(id, &change, version, form.key.get_value()).await;
            form.busy.try_set(false);
            match desk.keeper.heed(heard) {
                Ok(_) => {
                    open.try_set(false);
                    desk.toaster.say(untrack(lang).pick("已更新", "Changed"));
                    desk.refresh();
                    on_done.run(());
                }
                Err(error) => {
                    form.failed.try_set(Some(error));
                }
            }
        });
    });
    view! {
        <Button disabled=Signal::derive(move || version.get().is_none()) on_press=ask>{t("改资料", "Change")}</Button>
        <Dialog
            open=open
            title=both("客户资料", "The customer’s sheet")
            safe=both("先不改", "Not now")
            act=both("保存", "Save")
            disabled=Signal::derive(move || made.with(Result::is_err))
            busy=form.busy
            on_act=send
            on_close=Callback::new(move |()| open.set(false))
        >
            <Fields of=Signal::stored(SHEET) form=form />
            <Amiss wrong=Signal::derive(move || made.get().err()) />
            <Failure error=form.failed />
        </Dialog>
    }
}

/// A sheet with a form's texts over it.
fn sheet(texts: &Texts, before: &Customer) -> Result<Customer, Wrong> {
    let value = serde_json::to_value(before).map_err(|_| Wrong::Other)?;
    let value = fields::filled(SHEET, texts, &value, before.currency)?;
    serde_json::from_value(value).map_err(|_| Wrong::Other)
}

/// Makes a prospect.
#[component]
pub fn MakeProspect() -> impl IntoView {
    let desk = Desk::here();
    let address = Address::here();
    let (form, open) = (Form::new(), RwSignal::new(false));
    let id = StoredValue::new(CustomerId(client::new_id()));
    let made = Memo::new(move |_| {
        let currency = desk.book.with(|book| book.currency);
        form.texts.with(|texts| {
            let code = texts.get("code").map(|code| code.trim()).filter(|code| !code.is_empty());
            let (code, field) = (code, PROSPECT.first());
            let code = match (code, field) {
                (Some(code), _) => code,
                (None, Some(field)) => return Err(Wrong::Missing(field)),
                (None, None) => return Err(Wrong::Other),
            };
            let plain = Customer::plain(id.get_value(), code, String::new(), currency);
            sheet(texts, &Customer { stage: Stage::Prospect, ..plain })
        })
    });
    let send = Callback::new(move |()| {
        let Ok(customer) = made.get_untracked() else { return };
        let id = customer.id;
        form.busy.set(true);
        form.failed.set(None);
        spawn_local(async move {
            let heard = client::make_customer(&MakeCustomer { customer }, form.key.get_value()).await;
            form.busy.try_set(false);
            match desk.keeper.heed(heard) {
                Ok(_) => {
                    open.try_set(false);
                    desk.toaster.say(untrack(lang).pick("已建潜在客户", "The prospect is made"));
                    desk.refresh();
                    address.leave_for(&format!("/customers/{id}?tab=papers"));
                }
                Err(error) => {
                    form.failed.try_set(Some(error));
                }
            }
        });
    });
    let ask = Callback::new(move |()| {
        form.begin(Texts::new());
        id.set_value(CustomerId(client::new_id()));
        open.set(true);
    });
    view! {
        <Button on_press=ask>{t("新建潜在客户", "New prospect")}</Button>
        <Dialog
            open=open
            title=both("新建潜在客户", "New prospect")
            safe=both("先不建", "Not now")
            act=both("建立", "Make it")
            disabled=Signal::derive(move || made.with(Result::is_err))
            busy=form.busy
            on_act=send
            on_close=Callback::new(move |()| open.set(false))
        >
            <Fields of=Signal::stored(PROSPECT) form=form />
            <Fields of=Signal::stored(SHEET) form=form />
            <Amiss wrong=Signal::derive(move || made.get().err()) />
            <Failure error=form.failed />
        </Dialog>
    }
}
