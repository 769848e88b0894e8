//! Inviting a colleague: a name and a role, then the link, shown once.

use super::person::{LinkOnce, Refusal, RolePick};
use super::words::{key, role_of};
use crate::data::client::{self, ClientError, Key};
use crate::desk::book::Desk;
use crate::desk::parts::both;
use crate::lang::{lang, t};
use crate::ui::{Button, Dialog, Field, Kind};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::record::access::Role;
use shared::record::api::Link;
use shared::record::api::people::InvitePerson;

/// The button and its dialog.
#[component]
pub fn InviteButton(
    /// Reads the list again.
    read: Callback<()>,
) -> impl IntoView {
    let desk = Desk::here();
    let (open, busy) = (RwSignal::new(false), RwSignal::new(false));
    let (name, role) = (RwSignal::new(String::new()), RwSignal::new(key(Role::Officer)));
    let failed = RwSignal::new(None::<ClientError>);
    let made = RwSignal::new(None::<Link>);
    let write = StoredValue::new(Key::new());
    let ask = Callback::new(move |()| {
        write.set_value(Key::new());
        name.set(String::new());
        failed.set(None);
        made.set(None);
        open.set(true);
    });
    let send = Callback::new(move |()| {
        let Some(role) = role.with_untracked(|role| role_of(role)) else { return };
        let who = InvitePerson { name: name.get_untracked().trim().to_owned(), role };
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let answer = desk.keeper.heed(client::invite_person(&who, write.get_value()).await);
            if busy.try_set(false).is_some() {
                // The page is gone.
                return;
            }
            match answer {
                Ok(answer) => {
                    made.set(Some(answer.link));
                    read.run(());
                }
                Err(error) => failed.set(Some(error)),
            }
        });
    });
    let is_made = move || made.with(Option::is_some);
    let title = Signal::derive(move || {
        if is_made() {
            name.with(|name| lang().fill("把链接发给{0}", "Send the link to {0}", &[name]))
        } else {
            lang().pick("邀请同事", "Invite a colleague").to_owned()
        }
    });
    let act = Signal::derive(move || {
        if is_made() { String::new() } else { lang().pick("做邀请链接", "Make the link").to_owned() }
    });
    let safe = Signal::derive(move || {
        let pair = if is_made() { ("好", "Done") } else { ("取消", "Cancel") };
        lang().pick(pair.0, pair.1).to_owned()
    });
    let body = move || match made.get() {
        Some(link) => view! { <LinkOnce link=link /> }.into_any(),
        None => view! {
            <Field
                label=both("姓名", "Name")
                value=name
                on_input=Callback::new(move |text| {
                    write.set_value(Key::new());
                    name.set(text);
                })
                help=both("对方加入时可以改", "They can change it when they join")
                required=true
            />
            <RolePick role=role />
            <p class="quiet">{t(
                "链接由您发给对方，他用它设自己的登录名和密码。您不会知道密码。",
                "You send them the link; by it they set their own login and password, which you never learn.",
            )}</p>
        }
        .into_any(),
    };
    view! {
        <Button kind=Kind::Main on_press=ask>{t("邀请同事", "Invite a colleague")}</Button>
        <Dialog
            open=open
            title=title
            safe=safe
            act=act
            disabled=Signal::derive(move || name.with(|name| name.trim().is_empty()))
            busy=busy
            on_act=send
            on_close=Callback::new(move |()| open.set(false))
        >
            {body}
            <Refusal error=failed />
        </Dialog>
    }
}
