//! Whoever is signed in: name and book, language and theme, and the way out.

use super::place::Place;
use super::{Bar, Shared, Top};
use crate::lang::{lang, t};
use crate::ui::{Button, Dialog, LangSwitch, ThemeSwitch};
use crate::words::role;
use leptos::prelude::*;

/// Where sessions, password and second factor are seen to: at the desk, by the same login. This door doesn't carry the page.
const ACCOUNT: &str = "/desk/account";

/// The page.
#[component]
pub fn Reader() -> impl IntoView {
    let Shared { keeper, local, outbox, .. } = Shared::get();
    let asking = RwSignal::new(false);
    let session = keeper.session();
    let who = session.clone().map(|session| {
        let (name, who, book) = (session.name.clone(), session.role, session.book.clone());
        let house = move || {
            let lang = lang();
            lang.pick(book.name.clone(), book.name_en.clone().unwrap_or_else(|| book.name.clone()))
        };
        view! {
            <section class="who">
                <h1>{name}</h1>
                <p>{house}{move || lang().pick("，", ", ")}{move || role(lang(), who)}</p>
            </section>
        }
    });
    let holds = move || {
        let lang = lang();
        local.shelf.with(|shelf| {
            shelf.as_ref().map(|shelf| {
                let count = i64::try_from(shelf.customers.len()).unwrap_or(i64::MAX);
                lang.fill(
                    "这台设备上有 {0}、政策第 {1} 版。退出后全部清除。",
                    "This device holds {0} and policy version {1}. Signing out clears it all.",
                    &[&lang.count(count, "位客户", "customer", "customers"), &shelf.policy.version.to_string()],
                )
            })
        })
    };
    let unsent = move || i64::try_from(outbox.waiting()).unwrap_or(i64::MAX);
    let leave = Callback::new(move |()| if unsent() > 0 { asking.set(true) } else { keeper.leave() });
    view! {
        <div class="phone reader">
            <Top title=|| lang().pick("我", "Me") back=Place::List />
            <div class="body">
                {who}
                <section class="settings">
                    <div><span class="label">{t("语言", "Language")}</span><LangSwitch /></div>
                    <div><span class="label">{t("明暗", "Theme")}</span><ThemeSwitch /></div>
                    <div>
                        <span class="label">{t("登录与密码", "Sign-in and password")}</span>
                        <a class="btn btn--bare" href=ACCOUNT target="_blank">{t("我的账户", "My account")}</a>
                    </div>
                    <p class="note-line">{holds}</p>
                    <Button thumb=true on_press=leave>{t("退出并清除", "Sign out and clear")}</Button>
                </section>
                <Dialog
                    open=asking
                    title=Signal::derive(move || {
                        let lang = lang();
                        lang.fill("还有 {0} 笔没送出", "{0} not sent yet", &[&lang.number(unsent())])
                    })
                    safe=Signal::derive(t("先不退出", "Stay signed in"))
                    act=Signal::derive(t("丢弃并退出", "Discard and sign out"))
                    stop=true
                    on_act=Callback::new(move |()| keeper.leave())
                    on_close=Callback::new(move |()| asking.set(false))
                >
                    <p>{t("现在退出，这些确认会丢失。联网送出后再退出就不会。", "Signing out now loses them. Once they are sent, it doesn't.")}</p>
                </Dialog>
            </div>
            <Bar />
        </div>
    }
}
