//! A link lets somebody set name, login and password.

use super::{Refused, fault};
use crate::data::client::ClientError;
use crate::data::session::Doorkeeper;
use crate::lang::{lang, say, t};
use crate::ui::{Button, Field, Kind, PasswordField, Skeleton};
use crate::words::role;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::record::api::people::{LinkAnswer, PASSWORD_LEAST};

/// What the link is for, then the form. A link that opens nothing is the door's to say.
#[component]
pub fn Joining(
    /// The door.
    keeper: Doorkeeper,
) -> impl IntoView {
    let found = RwSignal::new(None::<Result<LinkAnswer, ClientError>>);
    let look = Callback::new(move |()| {
        found.set(None);
        spawn_local(async move {
            let answer = keeper.invitation().await;
            // The door may have shown another page since.
            found.try_set(Some(answer));
        });
    });
    look.run(());
    move || match found.get() {
        None => view! { <Skeleton lines=5 /> }.into_any(),
        Some(Ok(link)) => view! { <Form keeper=keeper link=link /> }.into_any(),
        Some(Err(error)) => view! {
            <Refused error=Signal::stored(Some(error)) />
            <Button on_press=look>{t("再试一次", "Try again")}</Button>
        }
        .into_any(),
    }
}

#[component]
fn Form(keeper: Doorkeeper, link: LinkAnswer) -> impl IntoView {
    let LinkAnswer { book, name, role: what, login, .. } = link;
    // Who has a login was here before.
    let again = login.is_some();
    let login = RwSignal::new(login.unwrap_or_default());
    let name = RwSignal::new(name);
    let password = RwSignal::new(String::new());
    let (refused, busy, left) = (RwSignal::new(None::<ClientError>), RwSignal::new(false), RwSignal::new(false));
    let missing = Memo::new(move |_| password.with(|password| PASSWORD_LEAST.saturating_sub(password.chars().count())));
    let wrong =
        move |field: &'static str| Signal::derive(move || refused.with(|refused| fault(refused.as_ref(), field)));
    let of_password = Signal::derive(move || {
        let short = left.get() && missing.get() > 0 && password.with(|password| !password.is_empty());
        let count = i64::try_from(missing.get()).unwrap_or_default();
        let words = || {
            let lang = lang();
            let (one, many) = ("character is missing", "characters are missing");
            lang.pick(format!("还差 {count} 个字"), lang.count(count, "", one, many))
        };
        wrong("password").get().or_else(|| short.then(words))
    });
    // A fault that stands at its field needs no note; and it goes when the field is written anew.
    let elsewhere = Signal::derive(move || {
        let known = ["name", "login", "password"];
        refused.get().filter(|error| known.iter().all(|field| fault(Some(error), field).is_none()))
    });
    Effect::new(move |_| {
        name.track();
        login.track();
        password.track();
        refused.set(None);
    });
    let send = move || {
        if busy.get_untracked() || missing.get_untracked() > 0 {
            return left.set(true);
        }
        busy.set(true);
        refused.set(None);
        spawn_local(async move {
            let answer = keeper.join(name.get_untracked(), login.get_untracked(), password.get_untracked()).await;
            // Whoever is in has left this page.
            busy.try_set(false);
            refused.try_set(answer.err());
        });
    };
    let (zh, en) = (book.name.clone(), book.name_en.clone().unwrap_or_else(|| book.name.clone()));
    let lead = say(move |lang| {
        let company = lang.pick(&zh, &en);
        if again {
            lang.fill(
                "设一个新密码，再进入{0}。旧密码随即失效。",
                "Set a new password to enter {0}. The old one ends.",
                &[company],
            )
        } else {
            lang.fill("{0}请您设好登录名和密码。", "{0} asks you to set your login and password.", &[company])
        }
    });
    view! {
        <form
            class="sign-in"
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            <p>{lead}</p>
            <dl class="told">
                <dt>{t("公司代码", "Company code")}</dt>
                <dd><b>{book.code}</b>" "<span class="quiet">{t("以后登录要用", "needed to sign in")}</span></dd>
                <dt>{t("您的角色", "Your role")}</dt>
                <dd>{move || role(lang(), what)}</dd>
            </dl>
            <Field
                label=Signal::derive(move || lang().pick("姓名", "Name").to_owned())
                value=name
                on_input=Callback::new(move |text| name.set(text))
                error=wrong("name")
                autocomplete="name"
                required=true
                focus=!again
            />
            <Field
                label=Signal::derive(move || lang().pick("邮箱或手机号", "E-mail or phone").to_owned())
                value=login
                on_input=Callback::new(move |text| login.set(text))
                help=Signal::derive(move || lang().pick("这是您的登录名", "This is your login").to_owned())
                error=wrong("login")
                autocomplete="username"
                required=true
            />
            <PasswordField
                label=Signal::derive(move || lang().pick("密码", "Password").to_owned())
                value=password
                autocomplete="new-password"
                on_leave=Callback::new(move |()| left.set(true))
                help=Signal::derive(move || {
                    let rule = ("至少 10 个字，怎么组合都行；几个不相干的词最好记", "At least 10 characters of any kind; a few unrelated words do well");
                    lang().pick(rule.0, rule.1).to_owned()
                })
                error=of_password
                focus=again
            />
            <Refused error=elsewhere />
            <Button kind=Kind::Main thumb=true submit=true busy=busy>{t("设好并进入", "Set and enter")}</Button>
        </form>
    }
}
