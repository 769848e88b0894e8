//! One person: a new link, another role, in or out. Each asks before it happens and says what follows.

use super::once::Once;
use super::people::State;
use super::words::{key, may_do, refusal, role_of, roles};
use crate::data::client::{self, ClientError, Key};
use crate::data::session::address_of;
use crate::desk::book::Desk;
use crate::desk::parts::{both, moment};
use crate::lang::{lang, t};
use crate::ui::{Button, Dialog, ErrorNote, SelectField};
use crate::words::role as role_name;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::record::access::Role;
use shared::record::api::Link;
use shared::record::api::people::{ChangePerson, PersonEntry, Purpose};

/// What is asked before it happens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Role,
    Link,
    Out,
    In,
    SecondFactor,
}

/// What can be done with somebody.
#[component]
pub fn Person(
    /// Who.
    person: PersonEntry,
    /// Reads the list again.
    read: Callback<()>,
) -> impl IntoView {
    let desk = Desk::here();
    let offset = desk.book.with_untracked(|book| book.utc_offset_minutes);
    let deed = RwSignal::new(None::<Deed>);
    let ask = move |of: Deed| Callback::new(move |()| deed.set(Some(of)));
    let me = desk.session.with_value(|session| session.person) == person.id;
    let what = person.role;
    let until = person.invited_until;
    let state = State::of(&person);
    let (active, password, second) = (person.active, person.password, person.second_factor);
    view! {
        <div class="person">
            <p class="quiet">
                {move || may_do(lang(), what)}
                {move || lang().pick("。", ".")}
                {move || until.map(|until| lang().fill("链接有效到 {0}。", " The link is good until {0}.", &[&moment(lang(), until, offset)]))}
            </p>
            <p class="acts">
                <Button on_press=ask(Deed::Role)>{t("改角色", "Change the role")}</Button>
                {active.then(|| view! {
                    <Button on_press=ask(Deed::Link)>
                        {if password || state == State::Active { t("发新密码链接", "New password link") } else { t("重发邀请链接", "Renew the invitation") }}
                    </Button>
                })}
                {second.then(|| view! { <Button on_press=ask(Deed::SecondFactor)>{t("取消两步验证", "Take the second factor off")}</Button> })}
                {(active && !me).then(|| view! { <Button on_press=ask(Deed::Out)>{t("停用", "Shut out")}</Button> })}
                {(!active).then(|| view! { <Button on_press=ask(Deed::In)>{t("恢复", "Let in again")}</Button> })}
            </p>
            <Ask person=person deed=deed read=read />
        </div>
    }
}

/// The dialog of the deed that was asked for.
#[component]
fn Ask(person: PersonEntry, deed: RwSignal<Option<Deed>>, read: Callback<()>) -> impl IntoView {
    let desk = Desk::here();
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<ClientError>));
    let made = RwSignal::new(None::<Link>);
    // A new question is a new write; a retry of the same one keeps its key.
    let write = StoredValue::new(Key::new());
    let role = RwSignal::new(key(person.role));
    let (id, old, pending) = (person.id, person.role, !person.password);
    let name = StoredValue::new(person.name.clone());
    Effect::new(move |_| {
        deed.track();
        write.set_value(Key::new());
        failed.set(None);
        made.set(None);
        role.set(key(old));
    });
    let words = move || match deed.get().unwrap_or(Deed::Link) {
        Deed::Role => [("改{0}的角色", "Change the role of {0}"), ("改角色", "Change the role")],
        Deed::Link if pending => [("给{0}重发邀请链接？", "Renew the invitation of {0}?"), ("做链接", "Make the link")],
        Deed::Link => [("给{0}发新密码链接？", "Make {0} a link for a new password?"), ("做链接", "Make the link")],
        Deed::Out => [("停用{0}？", "Shut {0} out?"), ("停用", "Shut out")],
        Deed::In => [("恢复{0}？", "Let {0} in again?"), ("恢复", "Let in again")],
        Deed::SecondFactor => {
            [("取消{0}的两步验证？", "Take the second factor of {0} off?"), ("取消两步验证", "Take it off")]
        }
    };
    let title = Signal::derive(move || {
        let [(zh, en), _] = words();
        let (zh, en) = if made.with(Option::is_some) { ("{0}的链接", "The link of {0}") } else { (zh, en) };
        name.with_value(|name| lang().fill(zh, en, &[name]))
    });
    let act = Signal::derive(move || {
        let [_, (zh, en)] = words();
        if made.with(Option::is_some) { String::new() } else { lang().pick(zh, en).to_owned() }
    });
    let safe = Signal::derive(move || {
        let pair = if made.with(Option::is_some) { ("好", "Done") } else { ("再想想", "Think again") };
        lang().pick(pair.0, pair.1).to_owned()
    });
    let same = Signal::derive(move || deed.get() == Some(Deed::Role) && role.with(|role| *role == key(old)));
    let close = Callback::new(move |()| {
        let link = made.with_untracked(Option::is_some);
        deed.set(None);
        if link {
            read.run(());
        }
    });
    let send = Callback::new(move |()| {
        let Some(of) = deed.get_untracked() else { return };
        busy.set(true);
        failed.set(None);
        let change = match of {
            Deed::Role => ChangePerson { role: role.with_untracked(|role| role_of(role)), ..ChangePerson::default() },
            Deed::Out => ChangePerson { active: Some(false), ..ChangePerson::default() },
            Deed::In => ChangePerson { active: Some(true), ..ChangePerson::default() },
            Deed::SecondFactor => ChangePerson { remove_second_factor: true, ..ChangePerson::default() },
            Deed::Link => ChangePerson::default(),
        };
        spawn_local(async move {
            let write = write.get_value();
            let answer = match of {
                Deed::Link => desk.keeper.heed(client::renew_link(id, write).await).map(|answer| Some(answer.link)),
                _ => desk.keeper.heed(client::change_person(id, &change, write).await).map(|_| None),
            };
            if busy.try_set(false).is_some() {
                // The page is gone.
                return;
            }
            match answer {
                Ok(Some(link)) => made.set(Some(link)),
                Ok(None) => {
                    let said = match of {
                        Deed::Role => ("角色已改", "The role is changed"),
                        Deed::Out => ("已停用", "Shut out"),
                        Deed::In => ("已恢复", "Let in again"),
                        Deed::SecondFactor | Deed::Link => ("已取消两步验证", "The second factor is off"),
                    };
                    desk.toaster.say(untrack(lang).pick(said.0, said.1));
                    deed.set(None);
                    read.run(());
                }
                Err(error) => failed.set(Some(error)),
            }
        });
    });
    let body = move || match (made.get(), deed.get()) {
        (Some(link), _) => view! { <LinkOnce link=link /> }.into_any(),
        (None, Some(Deed::Role)) => view! { <RolePick role=role /><p>{t(
            "改后在各处退出，要重新登录；没用过的邀请链接作废，要重发。",
            "They are signed out everywhere and sign in anew; an unspent invitation ends and must be renewed.",
        )}</p> }
        .into_any(),
        (None, Some(of)) => view! { <p>{follows(of, pending)}</p> }.into_any(),
        (None, None) => ().into_any(),
    };
    // A dialog that closes stays the one it was, so that the focus goes back to where it came from.
    let stops = Memo::new(move |was: Option<&bool>| match deed.get() {
        Some(of) => matches!(of, Deed::Out | Deed::SecondFactor),
        None => was.copied().unwrap_or_default(),
    });
    view! {
        {move || {
            let stop = stops.get();
            view! {
                <Dialog
                    open=Signal::derive(move || deed.with(Option::is_some))
                    title=title
                    safe=safe
                    act=act
                    stop=stop
                    disabled=same
                    busy=busy
                    on_act=send
                    on_close=close
                >
                    {body}
                    <Refusal error=failed />
                </Dialog>
            }
        }}
    }
}

/// What follows from a deed.
fn follows(deed: Deed, pending: bool) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    let (zh, en) = match deed {
        Deed::Link if pending => (
            "新链接有效七天，只能用一次；以前的链接随即作废。",
            "The new link is good once and for seven days; earlier ones end now.",
        ),
        Deed::Link => (
            "对方用这个链接设一个新密码；设好之前旧密码照常能用，设好后别处都退出。以前的链接随即作废。",
            "They set a new password by it. Until then the old one works; then they are signed out elsewhere. Earlier links end now.",
        ),
        Deed::Out => (
            "立即生效：在各处退出，链接作废，不能再登录。做过的事留在账簿里。",
            "In force at once: signed out everywhere, links end, no signing in. What they did stays in the book.",
        ),
        Deed::In => ("又能用原来的密码登录。", "They sign in by their password again."),
        Deed::SecondFactor | Deed::Role => (
            "以后只凭密码就能登录。先当面或打电话确认是本人要求的。",
            "The password alone lets them in from now on. Make sure, in person or by phone, that they asked for it.",
        ),
    };
    t(zh, en)
}

/// A link to send to somebody.
#[allow(clippy::needless_pass_by_value)] // a component owns what it shows
#[component]
pub fn LinkOnce(
    /// The link.
    link: Link,
) -> impl IntoView {
    let offset = Desk::here().book.with_untracked(|book| book.utc_offset_minutes);
    let Link { until, .. } = link;
    let until = i64::try_from(until).unwrap_or(i64::MAX);
    view! {
        <Once
            label=both("链接", "Link")
            text=address_of(&link, Purpose::Join)
            note=Signal::derive(move || {
                lang().fill(
                    "发给对方本人，只能用一次，有效到 {0}。",
                    "Send it to them alone: good once, until {0}.",
                    &[&moment(lang(), until, offset)],
                )
            })
        />
    }
}

/// Which role, and what it may do.
#[component]
pub fn RolePick(
    /// The role's name on the wire.
    role: RwSignal<String>,
) -> impl IntoView {
    let options = Signal::derive(move || {
        let lang = lang();
        roles().map(|role| (key(role), role_name(lang, role).to_owned())).collect::<Vec<_>>()
    });
    let help = Signal::derive(move || may_do(lang(), role.with(|role| role_of(role)).unwrap_or(Role::Auditor)));
    view! {
        <SelectField
            label=both("角色", "Role")
            options=options
            value=role
            on_change=Callback::new(move |key| role.set(key))
            help=help
        />
    }
}

/// Why it was refused, in the words of settings.
#[component]
pub fn Refusal(
    /// Why.
    error: RwSignal<Option<ClientError>>,
) -> impl IntoView {
    move || {
        error.get().map(|error| {
            let what = error.clone();
            view! { <ErrorNote what=move || refusal(lang(), &what).what next=move || refusal(lang(), &error).next /> }
        })
    }
}
