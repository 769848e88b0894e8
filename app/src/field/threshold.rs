//! Before the door: a link's button, a link's form, or company, login and password.

use crate::data::client::ClientError;
use crate::data::session::Doorkeeper;
use crate::lang::{lang, t};
use crate::ui::{Brand, Button, ErrorNote, Kind, LangSwitch};
use crate::way_in::{ByPassword, Joining};
use crate::words::failure;
use leptos::prelude::*;

/// How somebody stands before the door.
#[derive(Clone, PartialEq, Eq)]
pub enum Before {
    /// A link brought them; perhaps the last try failed.
    Invited(Option<ClientError>),
    /// A link brought them that lets them set their password.
    Joining,
    /// Nothing brought them; perhaps the last try failed.
    Alone(Option<ClientError>),
}

/// Who is not in: whom a link brought may enter or join, everyone else signs in.
#[component]
pub fn Threshold(
    /// The door.
    keeper: Doorkeeper,
    /// How they stand before it.
    before: Before,
) -> impl IntoView {
    // Without a link a network that is back is all that is needed.
    let offline = before == Before::Alone(Some(ClientError::Offline));
    let retry = offline.then(|| Callback::new(move |()| keeper.look()));
    let trouble = |refused: Option<ClientError>| {
        refused.map(|error| {
            let error = StoredValue::new(error);
            let said = move || error.with_value(|error| failure(lang(), error));
            let (what, next) = (Signal::derive(move || said().what), Signal::derive(move || said().next));
            match retry {
                Some(retry) => view! { <ErrorNote what=what next=next on_retry=retry /> }.into_any(),
                None => view! { <ErrorNote what=what next=next /> }.into_any(),
            }
        })
    };
    let way = match before {
        Before::Invited(refused) => view! {
            <p>{t(
                "这个链接能登录一次。点“进入”，之后在这台设备上一直有效，直到退出或到期。",
                "This link signs you in once. Press Enter; after that this device stays signed in until you sign out or the session ends.",
            )}</p>
            {trouble(refused)}
            <Button
                kind=Kind::Main
                thumb=true
                busy=Signal::derive(move || keeper.is_busy())
                on_press=Callback::new(move |()| keeper.enter())
            >
                {t("进入", "Enter")}
            </Button>
        }
        .into_any(),
        Before::Joining => view! { <Joining keeper=keeper /> }.into_any(),
        Before::Alone(refused) => view! { {trouble(refused)}<ByPassword keeper=keeper /> }.into_any(),
    };
    view! {
        <main class="phone threshold">
            <Brand />
            <h1>{t("信用检查", "Credit check")}</h1>
            {way}
            <LangSwitch />
        </main>
    }
}
