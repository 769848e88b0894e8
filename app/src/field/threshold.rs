//! Before the door: a link's button, or how to come by a link.

use crate::data::client::ClientError;
use crate::data::session::Doorkeeper;
use crate::lang::{lang, t};
use crate::ui::{Brand, Button, ErrorNote, Kind, LangSwitch};
use crate::words::failure;
use leptos::prelude::*;

/// Who is not in: whom a link brought may enter, everyone else hears how to.
#[component]
pub fn Threshold(
    /// The door.
    keeper: Doorkeeper,
    /// A link brought them.
    invited: bool,
    /// Why the last try failed.
    refused: Option<ClientError>,
) -> impl IntoView {
    let text = if invited {
        t(
            "这个链接能登录一次。点“进入”，之后在这台设备上一直有效，直到退出或到期。",
            "This link signs you in once. Press Enter; after that this device stays signed in until you sign out or the session ends.",
        )
    } else {
        t(
            "用公司发给您的登录链接打开这个页面。没有链接，请向管理员要一个。",
            "Open this page by the sign-in link that your company sent you. Without one, ask your administrator.",
        )
    };
    // Without a link a network that is back is all that is needed.
    let retry = (!invited && refused == Some(ClientError::Offline)).then(|| Callback::new(move |()| keeper.look()));
    let trouble = refused.map(|error| {
        let error = StoredValue::new(error);
        let said = move || error.with_value(|error| failure(lang(), error));
        let (what, next) = (Signal::derive(move || said().what), Signal::derive(move || said().next));
        match retry {
            Some(retry) => view! { <ErrorNote what=what next=next on_retry=retry /> }.into_any(),
            None => view! { <ErrorNote what=what next=next /> }.into_any(),
        }
    });
    view! {
        <main class="phone threshold">
            <Brand />
            <h1>{t("信用检查", "Credit check")}</h1>
            <p>{text}</p>
            {trouble}
            {invited.then(|| view! {
                <Button
                    kind=Kind::Main
                    thumb=true
                    busy=Signal::derive(move || keeper.is_busy())
                    on_press=Callback::new(move |()| keeper.enter())
                >
                    {t("进入", "Enter")}
                </Button>
            })}
            <LangSwitch />
        </main>
    }
}
