//! A customer's ways into the portal: make a link, see who is in, end one or all.

use crate::data::client::{self, ClientError, Key};
use crate::data::session::address_of;
use crate::desk::book::{Desk, Load};
use crate::desk::parts::{Failure, Loaded, both, moment};
use crate::desk::settings::{Once, where_from};
use crate::lang::{lang, t};
use crate::ui::{Button, Dialog, Empty};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::facts::id::CustomerId;
use shared::record::api::Link;
use shared::record::api::people::{PortalAnswer, Purpose};
use std::sync::Arc;

/// The sheet.
#[component]
pub fn PortalAccess(
    /// Whose.
    id: CustomerId,
) -> impl IntoView {
    let desk = Desk::here();
    let answer = RwSignal::new(Load::<PortalAnswer>::Waiting);
    let read = Callback::new(move |()| {
        spawn_local(async move {
            let load = match desk.keeper.heed(client::portal_access(id).await) {
                Ok(answer) => Load::Ready(Arc::new(answer)),
                Err(error) => Load::Failed(error),
            };
            answer.try_set(load);
        });
    });
    read.run(());
    view! {
        <div class="portal-access">
            <p>{t(
                "客户用链接打开自己的对账单，不需要密码。一条链接只能用一次。",
                "The customer opens their own statement by a link, without a password. A link works once.",
            )}</p>
            <Invite id=id read=read />
            <Loaded of=answer on_retry=read><Open id=id answer=answer read=read /></Loaded>
        </div>
    }
}

/// Makes a link and shows it once.
#[component]
fn Invite(id: CustomerId, read: Callback<()>) -> impl IntoView {
    let desk = Desk::here();
    let offset = desk.book.with_untracked(|book| book.utc_offset_minutes);
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<ClientError>));
    let made = RwSignal::new(None::<Link>);
    let make = Callback::new(move |()| {
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let answer = desk.keeper.heed(client::invite(id, Key::new()).await);
            if busy.try_set(false).is_some() {
                // The page is gone.
                return;
            }
            match answer {
                Ok(link) => {
                    made.set(Some(link));
                    read.run(());
                }
                Err(error) => failed.set(Some(error)),
            }
        });
    });
    let shown = move || {
        made.get().map(|link| {
            let until = i64::try_from(link.until).unwrap_or(i64::MAX);
            let note = move || {
                let until = moment(lang(), until, offset);
                lang().fill("发给客户的联系人，有效到 {0}。", "Send it to the customer's contact. Good until {0}.", &[&until])
            };
            view! { <Once label=both("对账链接", "Statement link") text=address_of(&link, Purpose::Enter) note=Signal::derive(note) /> }
        })
    };
    view! {
        <p><Button busy=busy on_press=make>{t("做对账链接", "Make a statement link")}</Button></p>
        {shown}
        <Failure error=failed />
    }
}

/// What is open, each with the way to end it.
#[component]
fn Open(id: CustomerId, answer: RwSignal<Load<PortalAnswer>>, read: Callback<()>) -> impl IntoView {
    let desk = Desk::here();
    let offset = desk.book.with_untracked(|book| book.utc_offset_minutes);
    let (busy, failed, asking) = (RwSignal::new(false), RwSignal::new(None::<ClientError>), RwSignal::new(false));
    let done = move |answer: Result<(), ClientError>| {
        if busy.try_set(false).is_some() {
            // The page is gone.
            return;
        }
        match answer {
            Ok(()) => {
                asking.set(false);
                desk.toaster.say(untrack(lang).pick("访问已结束", "Access ended"));
                read.run(());
            }
            Err(error) => failed.set(Some(error)),
        }
    };
    let end = Callback::new(move |name: String| {
        busy.set(true);
        failed.set(None);
        spawn_local(async move { done(desk.keeper.heed(client::end_one_portal_access(&name, Key::new()).await)) });
    });
    let end_all = Callback::new(move |()| {
        busy.set(true);
        failed.set(None);
        spawn_local(async move { done(desk.keeper.heed(client::end_portal_access(id, Key::new()).await)) });
    });
    let button = move |name: String| {
        view! { <Button busy=busy on_press=Callback::new(move |()| end.run(name.clone()))>{t("结束", "End")}</Button> }
    };
    let open = Memo::new(move |_| answer.with(Load::ready).map(|answer| PortalAnswer::clone(&answer)));
    let rows = move || {
        let PortalAnswer { links, sessions } = open.get()?;
        let links = links.into_iter().map(|link| {
            let more = move || {
                let lang = lang();
                let times = [moment(lang, link.made_at, offset), moment(lang, link.until, offset)];
                lang.fill("{0} 做的，有效到 {1}", "made {0}, good until {1}", &[&times[0], &times[1]])
            };
            view! {
                <li>
                    <div><b>{t("还没用的链接", "Link not used yet")}</b><span class="more">{more}</span></div>
                    {button(link.link)}
                </li>
            }
        });
        let links = links.collect_view();
        let sessions = sessions.into_iter().map(|entry| {
            let name = entry.session.clone();
            view! { <li><div>{where_from(&entry, offset)}</div>{button(name)}</li> }
        });
        Some(view! { {links}{sessions.collect_view()} })
    };
    let none =
        move || open.with(|open| open.as_ref().is_none_or(|open| open.links.is_empty() && open.sessions.is_empty()));
    view! {
        <Show
            when=move || !none()
            fallback=|| view! { <Empty what=both("现在没有人能进", "Nobody can come in now") next=both("做一条链接发给客户", "Make a link and send it to the customer") /> }
        >
            <h3>{t("开着的访问", "Open access")}</h3>
            <ul class="entries">{rows}</ul>
            <p><Button on_press=Callback::new(move |()| asking.set(true))>{t("结束全部", "End all")}</Button></p>
        </Show>
        <Failure error=failed />
        <Dialog
            open=asking
            title=both("结束客户的全部访问？", "End all of the customer's access?")
            safe=both("再想想", "Think again")
            act=both("结束全部", "End all")
            stop=true
            busy=busy
            on_act=end_all
            on_close=Callback::new(move |()| asking.set(false))
        >
            <p>{t("立即生效：链接作废，正在看的也退出。以后可以再做链接。", "In force at once: links end, and whoever is in is signed out. New links can be made later.")}</p>
        </Dialog>
    }
}
