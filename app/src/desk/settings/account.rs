//! My account: where I am signed in, my password, my second factor.

use super::second_factor::SecondFactor;
use super::words::{browser, seen};
use crate::data::client::{self, ClientError};
use crate::desk::book::{Desk, Load};
use crate::desk::parts::{Failure, Loaded, both, moment};
use crate::desk::shell::Bar;
use crate::lang::{lang, t};
use crate::ui::{Button, Chip, Dialog, PasswordField, Tone};
use crate::way_in::fault;
use crate::words::role;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::record::api::Door;
use shared::record::api::people::{ChangePassword, PASSWORD_LEAST, SessionEntry, SessionsAnswer};
use std::sync::Arc;

/// The page.
#[component]
pub fn Account() -> impl IntoView {
    let desk = Desk::here();
    let answer = RwSignal::new(Load::<SessionsAnswer>::Waiting);
    let read = Callback::new(move |()| {
        spawn_local(async move {
            let load = match desk.keeper.heed(client::sessions().await) {
                Ok(answer) => Load::Ready(Arc::new(answer)),
                Err(error) => Load::Failed(error),
            };
            answer.try_set(load);
        });
    });
    read.run(());
    let session = desk.session.get_value();
    let about = Signal::derive(move || {
        let company = lang()
            .pick(session.book.name.clone(), session.book.name_en.clone().unwrap_or_else(|| session.book.name.clone()));
        lang().fill("{0}，{1}，{2}", "{0}, {1}, {2}", &[&session.name, role(lang(), session.role), &company])
    });
    view! {
        <Bar title=both("我的账户", "My account") about=about />
        <main class="page settings-page" id="main">
            <Loaded of=answer on_retry=read>
                <Sessions answer=answer read=read />
                <Password answer=answer read=read />
                <SecondFactor answer=answer read=read />
            </Loaded>
        </main>
    }
}

/// Where somebody is signed in: the browser, the door, since when; of a person or of a customer.
pub fn where_from(entry: &SessionEntry, offset: i16) -> impl IntoView + use<> {
    let SessionEntry { agent, door, made_at, seen_at, until, .. } = entry.clone();
    let name = move || browser(lang(), agent.as_deref());
    let more = move || {
        let lang = lang();
        let door = match door {
            Door::Field => lang.pick("信用检查", "credit check"),
            Door::Desk => lang.pick("信用管理", "credit desk"),
            Door::Portal => lang.pick("对账单", "statement"),
        };
        let times = [seen(lang, seen_at, offset), moment(lang, made_at, offset), moment(lang, until, offset)];
        lang.fill(
            "{0}，{1}用过；{2} 登录，最晚 {3} 到期",
            "{0}, used {1}; since {2}, until {3} at the latest",
            &[door, &times[0], &times[1], &times[2]],
        )
    };
    view! {
        <b>{name}</b>
        <span class="more">{more}</span>
    }
}

/// My sessions: end one, or all.
#[component]
fn Sessions(answer: RwSignal<Load<SessionsAnswer>>, read: Callback<()>) -> impl IntoView {
    let desk = Desk::here();
    let offset = desk.session.with_value(|session| session.book.utc_offset_minutes);
    let (failed, ending) = (RwSignal::new(None::<ClientError>), RwSignal::new(None::<String>));
    let (asking, busy) = (RwSignal::new(false), RwSignal::new(false));
    let end = Callback::new(move |name: String| {
        failed.set(None);
        ending.set(Some(name.clone()));
        spawn_local(async move {
            let answer = desk.keeper.heed(client::end_one_session(&name).await);
            ending.try_set(None);
            match answer {
                Ok(()) => {
                    desk.toaster.say(untrack(lang).pick("那里已经退出", "Signed out there"));
                    read.try_run(());
                }
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
        });
    });
    let everywhere = Callback::new(move |()| {
        busy.set(true);
        spawn_local(async move {
            match desk.keeper.heed(client::end_sessions().await) {
                // The session of this page is over, too: the door starts anew.
                Ok(()) => desk.keeper.leave(),
                Err(error) => {
                    busy.try_set(false);
                    asking.try_set(false);
                    failed.try_set(Some(error));
                }
            }
        });
    });
    let row = move |entry: SessionEntry| {
        let name = entry.session.clone();
        let of = name.clone();
        let act = if entry.current {
            view! { <Chip text=both("这里", "This one") tone=Tone::Sound /> }.into_any()
        } else {
            view! {
                <Button
                    busy=Signal::derive(move || ending.with(|ending| ending.as_ref() == Some(&of)))
                    on_press=Callback::new(move |()| end.run(name.clone()))
                >
                    {t("退出", "Sign out")}
                </Button>
            }
            .into_any()
        };
        view! { <li><div>{where_from(&entry, offset)}</div>{act}</li> }
    };
    let rows = move || {
        let sessions = answer.with(Load::ready).map(|answer| answer.sessions.clone()).unwrap_or_default();
        sessions.into_iter().map(row).collect_view()
    };
    view! {
        <section class="group" aria-labelledby="sessions">
            <h2 id="sessions">{t("登录过的地方", "Where I am signed in")}</h2>
            <ul class="entries">{rows}</ul>
            <Failure error=failed />
            <p><Button on_press=Callback::new(move |()| asking.set(true))>{t("退出所有设备", "Sign out everywhere")}</Button></p>
            <Dialog
                open=asking
                title=both("退出所有设备？", "Sign out everywhere?")
                safe=both("先不退出", "Stay signed in")
                act=both("全部退出", "Sign out everywhere")
                stop=true
                busy=busy
                on_act=everywhere
                on_close=Callback::new(move |()| asking.set(false))
            >
                <p>{t(
                    "这里也会退出，之后要重新登录。手机上还没送出的确认要先联网送出。",
                    "This browser, too: you sign in again afterwards. What a phone hasn't sent yet should be sent first.",
                )}</p>
            </Dialog>
        </section>
    }
}

/// Another password.
#[component]
fn Password(answer: RwSignal<Load<SessionsAnswer>>, read: Callback<()>) -> impl IntoView {
    let of = Memo::new(move |_| answer.with(|load| load.ready().map(|answer| (answer.login.clone(), answer.password))));
    let inside = move || match of.get() {
        Some((login, true)) => view! { <PasswordForm login=login read=read /> }.into_any(),
        _ => view! {
            <p>{t(
                "您用链接登录，没有密码。需要的话，请管理员发一个设密码的链接。",
                "You signed in by a link and have no password. Your administrator can send a link to set one.",
            )}</p>
        }
        .into_any(),
    };
    view! {
        <section class="group" aria-labelledby="password">
            <h2 id="password">{t("密码", "Password")}</h2>
            {inside}
        </section>
    }
}

#[component]
fn PasswordForm(login: String, read: Callback<()>) -> impl IntoView {
    let desk = Desk::here();
    let (old, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (refused, busy, left) = (RwSignal::new(None::<ClientError>), RwSignal::new(false), RwSignal::new(false));
    let short = Signal::derive(move || (1..PASSWORD_LEAST).contains(&new.with(|new| new.chars().count())));
    let of_old = Signal::derive(move || refused.with(|refused| wrong_password(refused.as_ref())));
    let of_new = Signal::derive(move || {
        let told = refused.with(|refused| fault(refused.as_ref(), "new_password"));
        told.or_else(|| (left.get() && short.get()).then(|| lang().pick("还太短", "Still too short").to_owned()))
    });
    let elsewhere = Signal::derive(move || {
        refused
            .get()
            .filter(|error| wrong_password(Some(error)).is_none() && fault(Some(error), "new_password").is_none())
    });
    Effect::new(move |_| {
        old.track();
        new.track();
        refused.set(None);
    });
    let send = move || {
        if busy.get_untracked() || new.with_untracked(|new| new.chars().count() < PASSWORD_LEAST) {
            return left.set(true);
        }
        busy.set(true);
        let change = ChangePassword { password: old.get_untracked(), new_password: new.get_untracked() };
        spawn_local(async move {
            let answer = desk.keeper.heed(client::change_password(&change).await);
            if busy.try_set(false).is_some() {
                // The page is gone.
                return;
            }
            match answer {
                Ok(()) => {
                    left.set(false);
                    old.set(String::new());
                    new.set(String::new());
                    desk.toaster.say(
                        untrack(lang).pick("密码已改，别处都已退出", "Password changed; signed out everywhere else"),
                    );
                    read.run(());
                }
                Err(error) => refused.set(Some(error)),
            }
        });
    };
    view! {
        <form
            class="sign-in narrow"
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            // So that a password manager knows whose password it is.
            <input class="visually-hidden" type="text" autocomplete="username" value=login readonly=true tabindex="-1" aria-hidden="true" />
            <PasswordField label=both("现在的密码", "Current password") value=old autocomplete="current-password" error=of_old />
            <PasswordField
                label=both("新密码", "New password")
                value=new
                autocomplete="new-password"
                on_leave=Callback::new(move |()| left.set(true))
                help=both("至少 10 个字；几个不相干的词最好记", "At least 10 characters; a few unrelated words do well")
                error=of_new
            />
            <Failure error=elsewhere />
            <Button submit=true busy=busy>{t("改密码，别处都退出", "Change it, sign out elsewhere")}</Button>
        </form>
    }
}

/// That the password typed again was wrong.
pub fn wrong_password(error: Option<&ClientError>) -> Option<String> {
    match error {
        Some(ClientError::Problem(problem)) if problem.code == "wrong_sign_in" => {
            Some(lang().pick("密码不对，再试一次", "This is not your password; try again").to_owned())
        }
        _ => None,
    }
}
