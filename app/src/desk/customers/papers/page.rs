//! The page: completeness with what is missing, the pieces by kind, and the customer's way through its stages.

use super::fields;
use super::form::{About, PieceForm, SheetButton, writable};
use super::stages::Stages;
use super::words;
use crate::data::client::{self, ClientError, Key};
use crate::desk::book::{Desk, Load};
use crate::desk::parts::{AskReason, Loaded};
use crate::lang::{Lang, lang, t};
use crate::ui::{Button, Chip, Empty, Kind, Tone};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;
use shared::facts::calendar::Date;
use shared::facts::customer::Customer;
use shared::facts::id::CustomerId;
use shared::facts::piece::PieceKind;
use shared::record::access::{Operation, may_write_piece};
use shared::record::api::file::{EndPiece, FileAnswer, FiledPiece};
use shared::rules::credit_file::MissingNeed;
use std::sync::Arc;

/// The papers of a customer.
#[component]
pub fn Papers(
    /// Whose.
    id: CustomerId,
) -> impl IntoView {
    let desk = Desk::here();
    let file = RwSignal::new(Load::<FileAnswer>::Waiting);
    let read = Callback::new(move |()| {
        spawn_local(async move {
            file.try_set(match desk.keeper.heed(client::file(id).await) {
                Ok(answer) => Load::Ready(Arc::new(answer)),
                Err(error) => Load::Failed(error),
            });
        });
    });
    Effect::new(move |_| {
        desk.feed.track();
        read.run(());
    });
    let about = RwSignal::new(None::<About>);
    let ending = RwSignal::new(None::<Arc<FiledPiece>>);
    // Drawn anew only when it is another one.
    let answer = Memo::new(move |_| file.with(Load::ready));
    let version = Signal::derive(move || answer.get().map(|answer| answer.version));
    let may_add = Memo::new(move |_| {
        desk.customers.with(|all| !writable(desk, all.get(id).map(|known| &known.customer)).is_empty())
    });
    let sheet =
        desk.may(Operation::ChangeCustomer).then(|| view! { <SheetButton id=id version=version on_done=read /> });
    let body = move || {
        answer.get().map(|answer| {
            view! {
                <Complete answer=Arc::clone(&answer) about=about />
                <Stages id=id answer=Arc::clone(&answer) on_done=read />
                <Pieces answer=answer about=about ending=ending />
            }
        })
    };
    view! {
        <div class="papers">
            <p class="acts screen-only">
                <Show when=move || may_add.get()>
                    <Button kind=Kind::Main on_press=Callback::new(move |()| about.set(Some(About::New(None))))>
                        {t("添加", "Add")}
                    </Button>
                </Show>
                {sheet}
            </p>
            <Loaded of=file on_retry=read>{body}</Loaded>
            <PieceForm id=id about=about on_done=read />
            <Withdraw ending=ending on_done=read />
        </div>
    }
}

/// How complete the file is, and what is missing, each a press from where it is written down.
#[component]
fn Complete(answer: Arc<FileAnswer>, about: RwSignal<Option<About>>) -> impl IntoView {
    let desk = Desk::here();
    let may = writable(desk, Some(&answer.customer));
    answer.completeness.clone().map(|whole| {
        let share = whole.share;
        let row = move |of: MissingNeed| {
            let kind = words::meets(&of.need).filter(|kind| may.contains(kind));
            let text = move || words::missing(lang(), &of);
            match kind {
                Some(kind) => view! {
                    <li>
                        <button type="button" class="btn btn--bare" on:click=move |_| about.set(Some(About::New(Some(kind))))>
                            {text}
                        </button>
                    </li>
                }
                .into_any(),
                None => view! { <li class="quiet">{text}</li> }.into_any(),
            }
        };
        let none = whole.missing.is_empty();
        view! {
            <section class="complete" aria-label=t("档案完整度", "Completeness")>
                <h3>{t("档案完整度", "Completeness")}" "<b>{move || lang().percent(share, 0)}</b></h3>
                {if none {
                    view! { <p class="quiet">{t("政策要的都有", "All that the policy asks for is there")}</p> }.into_any()
                } else {
                    view! { <ul class="lacking">{whole.missing.into_iter().map(row).collect_view()}</ul> }.into_any()
                }}
            </section>
        }
    })
}

/// The pieces, kind by kind, the newest of each first.
#[component]
fn Pieces(
    answer: Arc<FileAnswer>,
    about: RwSignal<Option<About>>,
    ending: RwSignal<Option<Arc<FiledPiece>>>,
) -> impl IntoView {
    let (as_of, customer) = (answer.as_of, answer.customer.clone());
    let filed: Vec<Arc<FiledPiece>> =
        answer.pieces.iter().filter(|filed| filed.version.piece.is_some()).cloned().map(Arc::new).collect();
    if filed.is_empty() {
        let next = || {
            lang()
                .pick(
                    "联系人、合同、证照、报表、查询，一件一件写",
                    "Contacts, agreements, licences, statements, checks, one by one",
                )
                .to_owned()
        };
        return view! {
            <Empty what=Signal::derive(|| lang().pick("档案里还没有内容", "Nothing is on file yet").to_owned()) next=Signal::derive(next) />
        }
        .into_any();
    }
    // Those that have a form come first, in its order; the rest as the book names them.
    let known = fields::KINDS.iter().map(|(kind, _)| *kind);
    let others = PieceKind::ALL.iter().copied().filter(|kind| fields::of(*kind).is_empty());
    let parts = known.chain(others).filter_map(|kind| {
        let of_kind = |filed: &&Arc<FiledPiece>| filed.version.piece.as_ref().is_some_and(|piece| piece.kind() == kind);
        let mut own: Vec<Arc<FiledPiece>> = filed.iter().filter(of_kind).cloned().collect();
        own.reverse();
        let rows = own.into_iter().map(|filed| {
            view! { <Piece filed=filed customer=customer.clone() as_of=as_of about=about ending=ending /> }
        });
        let rows = rows.collect_view();
        (!rows.is_empty()).then(|| {
            view! { <section class="pieces"><h3>{move || words::kind(lang(), kind)}</h3><ul>{rows}</ul></section> }
        })
    });
    parts.collect_view().into_any()
}

#[component]
fn Piece(
    filed: Arc<FiledPiece>,
    customer: Customer,
    as_of: Date,
    about: RwSignal<Option<About>>,
    ending: RwSignal<Option<Arc<FiledPiece>>>,
) -> impl IntoView {
    let desk = Desk::here();
    let piece = filed.version.piece.clone()?;
    let kind = piece.kind();
    let what = serde_json::to_value(&piece).ok().and_then(|piece| piece.get("what").cloned()).unwrap_or(Value::Null);
    let ended = ["revoked", "until"].into_iter().find_map(|key| {
        let day = what.get(key)?.as_str()?.parse::<Date>().ok()?;
        (day < as_of).then_some(day)
    });
    let (recorded, person, versions) = (filed.version.recorded, filed.version.person, filed.version.version);
    let may = may_write_piece(desk.role(), customer.stage, &piece);
    let correct = may && desk.may(Operation::CorrectPiece) && !fields::of(kind).is_empty();
    let withdraw = may && desk.may(Operation::WithdrawPiece);
    let rows = move || details(lang(), kind, &what);
    let note = move || {
        let lang = lang();
        let name = desk.person(Some(person)).unwrap_or_default();
        let day = lang.date(recorded);
        match versions {
            1 => lang.fill("{0} {1} 写", "written by {0}, {1}", &[&name, &day]),
            _ => lang.fill(
                "{0} {1} 写，第 {2} 版",
                "written by {0}, {1}, version {2}",
                &[&name, &day, &versions.to_string()],
            ),
        }
    };
    let (one, other) = (Arc::clone(&filed), filed);
    Some(view! {
        <li>
            <dl>{rows}</dl>
            {ended.map(|day| view! { <Chip text=Signal::derive(move || lang().fill("{0} 已到期", "ended {0}", &[&lang().date(day)])) tone=Tone::Caution /> })}
            <p class="quiet by">
                <span>{note}</span>
                {correct.then(|| view! {
                    <button type="button" class="btn btn--bare screen-only" on:click=move |_| about.set(Some(About::Standing(Arc::clone(&one))))>{t("更正", "Correct")}</button>
                })}
                {withdraw.then(|| view! {
                    <button type="button" class="btn btn--bare screen-only" on:click=move |_| ending.set(Some(Arc::clone(&other)))>{t("移出", "Take out")}</button>
                })}
            </p>
        </li>
    })
}

/// What a piece says, field by field; of a kind without fields its day.
fn details(lang: Lang, kind: PieceKind, what: &Value) -> impl IntoView + use<> {
    let row = |label: String, text: String| view! { <div><dt>{label}</dt><dd>{text}</dd></div> };
    let own = fields::of(kind)
        .iter()
        .filter_map(|field| Some(row(lang.pick(field.zh, field.en).to_owned(), fields::shown(lang, field, what)?)));
    let mut rows: Vec<_> = own.collect();
    if rows.is_empty() {
        let day = ["date", "from", "made", "agreed"].into_iter().find_map(|key| {
            let of = what.get(key).or_else(|| what.get("what")?.get(key))?;
            of.as_str()?.parse::<Date>().ok()
        });
        rows.extend(day.map(|day| row(lang.pick("日期", "Date").to_owned(), lang.date(day))));
    }
    rows
}

/// Takes a piece out of the file, with a reason.
#[component]
fn Withdraw(ending: RwSignal<Option<Arc<FiledPiece>>>, on_done: Callback<()>) -> impl IntoView {
    let desk = Desk::here();
    let (reason, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let failed = RwSignal::new(None::<ClientError>);
    let key = StoredValue::new(Key::new());
    let open = Memo::new(move |_| ending.with(Option::is_some));
    Effect::new(move |_| {
        if open.get() {
            reason.set(String::new());
            failed.set(None);
            key.set_value(Key::new());
        }
    });
    let send = Callback::new(move |()| {
        let Some(filed) = ending.get_untracked() else { return };
        let end = EndPiece { reason: reason.get_untracked().trim().to_owned() };
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let heard = client::withdraw_piece(filed.id, &end, filed.version.version, key.get_value()).await;
            busy.try_set(false);
            match desk.keeper.heed(heard) {
                Ok(_) => {
                    ending.try_set(None);
                    desk.toaster.say(untrack(lang).pick("已移出档案", "Taken out of the file"));
                    desk.refresh();
                    on_done.run(());
                }
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
        });
    });
    let kind =
        move || ending.get().and_then(|filed| filed.version.piece.as_ref().map(shared::facts::piece::Piece::kind));
    let title = Signal::derive(move || {
        let name = kind().map(|kind| words::kind(lang(), kind)).unwrap_or_default();
        lang().fill("把这条{0}移出档案？", "Take this out of the file: {0}?", &[name])
    });
    view! {
        <AskReason
            open=open
            title=title
            act=Signal::derive(move || lang().pick("移出", "Take out").to_owned())
            stop=Signal::stored(true)
            reason=reason
            on_change=Callback::new(move |()| key.set_value(Key::new()))
            busy=busy
            failed=failed
            on_act=send
            on_close=Callback::new(move |()| ending.set(None))
        >
            <p>{t("以前的内容仍可查到，只是不再算数。", "What it said can still be looked up; it counts no more.")}</p>
        </AskReason>
    }
}
