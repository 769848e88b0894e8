//! The customer's door: the one-time link, and behind it the customer's own statement of account. It keeps nothing on the
//! device but the reader's language and theme.

mod account;
mod find;
mod page;
mod period;
mod recount;
mod words;

use crate::data::client::ClientError;
use crate::data::session::{Access, Doorkeeper};
use crate::lang::{lang, t};
use crate::ui::{Brand, Button, DemoMark, Kind, LangSwitch, Skeleton, Sprite};
use leptos::prelude::*;
use page::StatementPage;
use shared::record::api::Door;

/// The door.
#[component]
pub fn Portal() -> impl IntoView {
    let door = Doorkeeper::new(Door::Portal, None);
    crate::ui::page_title(|| lang().pick("对账单 · 信衡", "Statement · Xinheng").to_owned());
    let inside = move || {
        match door.access() {
        Access::Looking => view! { <main class="leaf"><h1 class="visually-hidden">{t("对账单", "Statement")}</h1><Skeleton lines=4 /></main> }.into_any(),
        Access::Out { invited, refused } => view! { <Threshold door=door invited=invited refused=refused /> }.into_any(),
        // Whoever works for the company has doors of their own.
        Access::Joining => view! { <Threshold door=door invited=false refused=None /> }.into_any(),
        Access::In(session) => match session.customer {
            Some(customer) => view! {
                {session.book.demo.then(|| view! { <DemoMark today=session.book.today /> })}
                <nav class="door screen-only" aria-label=t("栏目", "Sections")>
                    <a href="#" aria-current="page" on:click=|event| event.prevent_default()>{t("对账单", "Statement")}</a>
                    <span class="tools">
                        <LangSwitch />
                        <Button kind=Kind::Bare on_press=Callback::new(move |()| door.leave())>{t("退出", "Sign out")}</Button>
                    </span>
                </nav>
                <StatementPage session=session customer=customer door=door />
            }
            .into_any(),
            None => view! { <Threshold door=door invited=false refused=None /> }.into_any(),
        },
    }
    };
    view! {
        <Sprite />
        {inside}
    }
}

/// Who is not in: whom a link brought may open it; everyone else hears how to come by a link.
#[component]
fn Threshold(door: Doorkeeper, invited: bool, refused: Option<ClientError>) -> impl IntoView {
    let spent = matches!(&refused, Some(ClientError::Problem(_)));
    let refused = refused.map(|error| move || words::failure(lang(), &error));
    let (heading, text) = match (invited, spent) {
        (true, _) => (
            t("您的对账单", "Your statement of account"),
            t(
                "有人给您发来了对账链接。点一下打开；链接只能用一次，打开后您可以一直看到会话结束。",
                "Someone has sent you a link to your statement. Press to open it: the link works once, and stays open until the session ends.",
            ),
        ),
        (false, true) => (
            t("链接已经用过，或者过期了", "This link has been used or has expired"),
            t(
                "每条链接只能打开一次。请向给您发链接的人再要一条，几秒钟就好。",
                "A link opens once. Ask whoever sent it for a new one; it takes seconds.",
            ),
        ),
        (false, false) => (
            t("对账单", "Statement"),
            t(
                "请用对方发给您的链接打开。没有链接，请向您的业务联系人要一条。",
                "Open this page from the link that you were sent. Without one, ask the person you do business with.",
            ),
        ),
    };
    view! {
        <main class="threshold">
            <Brand />
            <h1>{heading}</h1>
            <p>{text}</p>
            {refused.filter(|_| !spent).map(|words| view! { <p class="stop" role="alert">{words}</p> })}
            {invited.then(|| view! {
                <Button
                    kind=Kind::Main
                    thumb=true
                    busy=Signal::derive(move || door.is_busy())
                    on_press=Callback::new(move |()| door.enter())
                >
                    {t("打开对账单", "Open the statement")}
                </Button>
            })}
            <LangSwitch />
        </main>
    }
}
