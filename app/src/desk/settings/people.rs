//! The company's people: who may come in, as what, and since when they were seen. A name opens what can be done.

use super::invite::InviteButton;
use super::person::Person;
use super::words::seen;
use crate::data::client;
use crate::desk::address::Address;
use crate::desk::book::{Desk, Load};
use crate::desk::parts::{Loaded, both, current};
use crate::desk::shell::Bar;
use crate::lang::{Lang, lang, t};
use crate::ui::{Chip, Empty, Tone};
use crate::words::role;
use leptos::task::spawn_local;
use leptos::{html, prelude::*};
use shared::facts::id::PersonId;
use shared::record::api::people::{PeopleAnswer, PersonEntry};
use std::sync::Arc;

/// How somebody stands to the door.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// They come in.
    Active,
    /// They have a link that they haven't spent.
    Invited,
    /// Their link ended, and they never came.
    Lapsed,
    /// They may not come in.
    Out,
}

impl State {
    /// How somebody stands.
    pub fn of(person: &PersonEntry) -> Self {
        // Whoever an operator's link let in was seen without a password.
        match person {
            PersonEntry { active: false, .. } => Self::Out,
            PersonEntry { password: true, .. } | PersonEntry { seen_at: Some(_), .. } => Self::Active,
            PersonEntry { invited_until: Some(_), .. } => Self::Invited,
            _ => Self::Lapsed,
        }
    }

    fn word(self, lang: Lang) -> &'static str {
        match self {
            Self::Active => lang.pick("在用", "Active"),
            Self::Invited => lang.pick("待加入", "Invited"),
            Self::Lapsed => lang.pick("没有链接", "No link"),
            Self::Out => lang.pick("已停用", "Shut out"),
        }
    }

    const fn tone(self) -> Tone {
        match self {
            Self::Active => Tone::Sound,
            Self::Invited => Tone::Info,
            Self::Lapsed => Tone::Caution,
            Self::Out => Tone::Stop,
        }
    }
}

/// The page.
#[component]
pub fn People() -> impl IntoView {
    let desk = Desk::here();
    let answer = RwSignal::new(Load::<PeopleAnswer>::Waiting);
    let read = Callback::new(move |()| {
        spawn_local(async move {
            let load = match desk.keeper.heed(client::people().await) {
                Ok(answer) => Load::Ready(Arc::new(answer)),
                Err(error) => Load::Failed(error),
            };
            answer.try_set(load);
        });
    });
    read.run(());
    let about = Signal::derive(move || {
        let lang = lang();
        let of = |state: State| {
            let people = answer.with(Load::ready);
            let count =
                people.map_or(0, |answer| answer.people.iter().filter(|person| State::of(person) == state).count());
            i64::try_from(count).unwrap_or_default()
        };
        let parts = [
            (of(State::Active), "人在用", "active"),
            (of(State::Invited), "人待加入", "invited"),
            (of(State::Out), "人已停用", "shut out"),
        ];
        let parts = parts.into_iter().filter(|(count, ..)| *count > 0);
        let parts = parts.map(|(count, zh, en)| {
            lang.fill(&format!("{{0}}\u{a0}{zh}"), &format!("{{0}} {en}"), &[&lang.number(count)])
        });
        parts.collect::<Vec<_>>().join(lang.pick("，", ", "))
    });
    view! {
        <Bar title=both("人员", "People") about=about>
            <InviteButton read=read />
        </Bar>
        <main class="page settings-page" id="main">
            <Loaded of=answer on_retry=read>
                <List answer=answer read=read />
            </Loaded>
        </main>
    }
}

#[component]
fn List(answer: RwSignal<Load<PeopleAnswer>>, read: Callback<()>) -> impl IntoView {
    let address = Address::here();
    let open = address.keep(
        "who",
        None,
        |text| text.parse::<PersonId>().ok().map(Some),
        |id: &Option<PersonId>| id.map(|id| id.to_string()).unwrap_or_default(),
    );
    let people = Memo::new(move |_| answer.with(Load::ready).map(|answer| answer.people.clone()).unwrap_or_default());
    let alone = move || people.with(|people| people.len() < 2);
    // Who has changed is drawn anew; the others' rows stay, with whatever is open below them.
    let key = |person: &PersonEntry| serde_json::to_string(person).unwrap_or_default();
    let row = move |person| view! { <Row person=person open=open read=read /> };
    view! {
        <table class="data data--pick people">
            <thead>
                <tr>
                    <th scope="col">{t("姓名", "Name")}</th>
                    <th scope="col">{t("登录名", "Login")}</th>
                    <th scope="col">{t("角色", "Role")}</th>
                    <th scope="col">{t("状态", "State")}</th>
                    <th scope="col">{t("两步验证", "Second factor")}</th>
                    <th scope="col">{t("最近一次", "Last seen")}</th>
                </tr>
            </thead>
            <tbody><For each=move || people.get() key=key children=row /></tbody>
        </table>
        <Show when=alone>
            <Empty
                what=both("现在只有您一个人", "You are alone here so far")
                next=both(
                    "先邀请信用专员和财务：专员管额度和政策，财务导入客户和应收。",
                    "Invite a credit officer and finance first: one looks after limits and policy, the other imports customers and receivables.",
                )
            />
        </Show>
    }
}

/// Somebody, and below them what can be done.
#[component]
fn Row(person: PersonEntry, open: RwSignal<Option<PersonId>>, read: Callback<()>) -> impl IntoView {
    let desk = Desk::here();
    let offset = desk.book.with_untracked(|book| book.utc_offset_minutes);
    let me = desk.session.with_value(|session| session.person);
    let (id, state, seen_at, second) = (person.id, State::of(&person), person.seen_at, person.second_factor);
    let what = person.role;
    let mine = Memo::new(move |_| open.get() == Some(id));
    // Whoever was open and has changed keeps the focus.
    let node = NodeRef::<html::Button>::new();
    if open.get_untracked() == Some(id) {
        node.on_load(|button| {
            // A button that is in the page takes the focus.
            let _ = button.focus();
        });
    }
    let below = format!("person-{id}");
    let entry = StoredValue::new(person.clone());
    let own = below.clone();
    let panel = move || {
        mine.get().then(|| {
            view! {
                <tr class="under" id=own.clone()>
                    <td colspan="6"><Person person=entry.get_value() read=read /></td>
                </tr>
            }
        })
    };
    view! {
        <tr aria-current=move || current(mine.get())>
            <th scope="row">
                <button
                    type="button"
                    class="name"
                    node_ref=node
                    aria-expanded=move || if mine.get() { "true" } else { "false" }
                    aria-controls=below
                    on:click=move |_| open.set((!mine.get_untracked()).then_some(id))
                >
                    {person.name}
                </button>
                {(id == me).then(|| view! { " "<span class="quiet">{t("（您）", "(you)")}</span> })}
            </th>
            <td class="c-login">{person.login.unwrap_or_else(|| "–".to_owned())}</td>
            <td>{move || role(lang(), what)}</td>
            <td class="c-state"><Chip text=Signal::derive(move || state.word(lang()).to_owned()) tone=state.tone() /></td>
            <td class="c-second">{move || if second { lang().pick("已开启", "on") } else { lang().pick("–", "–") }}</td>
            <td class="c-seen">{move || seen_at.map_or_else(|| lang().pick("还没来过", "never").to_owned(), |at| seen(lang(), at, offset))}</td>
        </tr>
        {panel}
    }
}
