//! Tokens for programs: an ERP that asks for a verdict or hands in receipts. Each acts as a role, for the operations that were
//! named, until its day; the secret is shown once.

use super::once::Once;
use super::person::Refusal;
use super::words::{for_programs, key, operation, role_of, roles, seen};
use crate::data::client::{self, ClientError, Key};
use crate::data::session::now;
use crate::desk::book::{Desk, Load};
use crate::desk::parts::{Loaded, both, moment};
use crate::desk::shell::Bar;
use crate::lang::{lang, t};
use crate::ui::{Button, Chip, Dialog, Empty, Field, Kind, SelectField, Tone};
use crate::words::role as role_name;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::record::access::{Operation, Role, line};
use shared::record::api::people::{MadeToken, MakeToken, TokenEntry, TokensAnswer};
use std::collections::BTreeSet;
use std::sync::Arc;

/// For how many days a token is good, unless somebody says otherwise.
const DAYS: u32 = 365;

/// The page.
#[component]
pub fn Tokens() -> impl IntoView {
    let desk = Desk::here();
    let answer = RwSignal::new(Load::<TokensAnswer>::Waiting);
    let read = Callback::new(move |()| {
        spawn_local(async move {
            let load = match desk.keeper.heed(client::tokens().await) {
                Ok(answer) => Load::Ready(Arc::new(answer)),
                Err(error) => Load::Failed(error),
            };
            answer.try_set(load);
        });
    });
    read.run(());
    let making = RwSignal::new(false);
    view! {
        <Bar title=both("程序令牌", "Tokens for programs") about=both("ERP 等程序凭令牌代某个角色办事", "An ERP or another program acts as a role by its token")>
            <Show when=move || !making.get()>
                <Button kind=Kind::Main on_press=Callback::new(move |()| making.set(true))>{t("做令牌", "Make a token")}</Button>
            </Show>
        </Bar>
        <main class="page settings-page" id="main">
            <Show when=move || making.get()><Make making=making read=read /></Show>
            <Loaded of=answer on_retry=read>
                <List answer=answer read=read />
            </Loaded>
        </main>
    }
}

/// The form, and then the secret.
#[component]
fn Make(making: RwSignal<bool>, read: Callback<()>) -> impl IntoView {
    let desk = Desk::here();
    let offset = desk.book.with_untracked(|book| book.utc_offset_minutes);
    let (name, role, days) =
        (RwSignal::new(String::new()), RwSignal::new(key(Role::Finance)), RwSignal::new(DAYS.to_string()));
    let chosen = RwSignal::new(BTreeSet::<Operation>::new());
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<ClientError>));
    let made = RwSignal::new(None::<MadeToken>);
    let write = StoredValue::new(Key::new());
    Effect::new(move |_| {
        name.track();
        role.track();
        days.track();
        chosen.track();
        write.set_value(Key::new());
        failed.set(None);
    });
    let options = Signal::derive(move || {
        let lang = lang();
        roles()
            .filter(|role| !for_programs(*role).is_empty())
            .map(|role| (key(role), role_name(lang, role).to_owned()))
            .collect::<Vec<_>>()
    });
    let missing = Signal::derive(move || {
        let days_fit = days.with(|days| days.trim().parse::<u32>().is_ok_and(|days| (1..=730).contains(&days)));
        name.with(|name| name.trim().is_empty()) || chosen.with(BTreeSet::is_empty) || !days_fit
    });
    let days_wrong = Signal::derive(move || {
        let fits = days.with(|days| days.trim().parse::<u32>().is_ok_and(|days| (1..=730).contains(&days)));
        (!fits).then(|| lang().pick("填 1 到 730", "Enter 1 to 730").to_owned())
    });
    let send = move || {
        let (Some(role), Ok(days)) =
            (role.with_untracked(|role| role_of(role)), days.with_untracked(|days| days.trim().parse()))
        else {
            return;
        };
        if busy.get_untracked() || missing.get_untracked() {
            return;
        }
        busy.set(true);
        let operations = chosen.with_untracked(|chosen| chosen.iter().copied().collect());
        let token = MakeToken { name: name.get_untracked().trim().to_owned(), role, operations, days };
        spawn_local(async move {
            let answer = desk.keeper.heed(client::make_token(&token, write.get_value()).await);
            if busy.try_set(false).is_some() {
                // The page is gone.
                return;
            }
            match answer {
                Ok(token) => {
                    made.set(Some(token));
                    read.run(());
                }
                Err(error) => failed.set(Some(error)),
            }
        });
    };
    let tick = move |of: Operation| {
        view! {
            <label class="tick-line">
                <input
                    type="checkbox"
                    prop:checked=move || chosen.with(|chosen| chosen.contains(&of))
                    on:change:target=move |event| {
                        let on = event.target().checked();
                        chosen.update(|chosen| {
                            if on { chosen.insert(of) } else { chosen.remove(&of) };
                        });
                    }
                />
                <span>{move || operation(lang(), of)}</span>
            </label>
        }
    };
    let scopes = move || {
        let (writes, reads): (Vec<_>, Vec<_>) = role
            .with(|role| role_of(role))
            .map(for_programs)
            .unwrap_or_default()
            .into_iter()
            .partition(|operation| line(*operation).is_some_and(|line| line.writes));
        view! {
            <fieldset class="scopes"><legend>{t("只问不改", "Asks")}</legend>{reads.into_iter().map(tick).collect_view()}</fieldset>
            <fieldset class="scopes"><legend>{t("会改账簿", "Writes")}</legend>{writes.into_iter().map(tick).collect_view()}</fieldset>
        }
    };
    let form = move || {
        match made.get() {
        Some(token) => {
            let until = token.until;
            view! {
                <Once
                    label=Signal::derive(move || name.with(|name| lang().fill("令牌：{0}", "Token: {0}", &[name])))
                    text=token.token
                    note=Signal::derive(move || lang().fill(
                        "程序在请求头里带上 Authorization: Bearer 和它。有效到 {0}。",
                        "The program sends it as the header Authorization: Bearer …. Good until {0}.",
                        &[&moment(lang(), until, offset)],
                    ))
                />
                <p><Button on_press=Callback::new(move |()| making.set(false))>{t("已存好", "I have kept it")}</Button></p>
            }
            .into_any()
        }
        None => view! {
            <form
                class="token-form"
                on:submit=move |event| {
                    event.prevent_default();
                    send();
                }
            >
                <div class="line">
                    <Field label=both("给谁用", "What it is for") value=name on_input=Callback::new(move |text| name.set(text)) placeholder=both("金蝶 ERP", "Our ERP") required=true focus=true />
                    <SelectField
                        label=both("代哪个角色", "Acts as")
                        options=options
                        value=role
                        on_change=Callback::new(move |key| {
                            chosen.set(BTreeSet::new());
                            role.set(key);
                        })
                    />
                    <Field label=both("有效天数", "Days it is good") value=days on_input=Callback::new(move |text| days.set(text)) error=days_wrong inputmode="numeric" />
                </div>
                <p class="quiet">{t("只勾程序真要用的。", "Tick only what the program really needs.")}</p>
                {scopes}
                <Refusal error=failed />
                <p class="acts">
                    <Button kind=Kind::Main submit=true busy=busy disabled=missing>
                        {move || {
                            let count = i64::try_from(chosen.with(BTreeSet::len)).unwrap_or_default();
                            if count == 0 {
                                lang().pick("做令牌", "Make the token").to_owned()
                            } else {
                                lang().fill("做令牌，可办 {0}\u{a0}项", "Make the token for {0}", &[lang().count(count, "", "operation", "operations").trim()])
                            }
                        }}
                    </Button>
                    <Button kind=Kind::Bare on_press=Callback::new(move |()| making.set(false))>{t("取消", "Cancel")}</Button>
                </p>
            </form>
        }
        .into_any(),
    }
    };
    view! {
        <section class="make" aria-label=t("新令牌", "New token")>
            <h2>{t("新令牌", "New token")}</h2>
            {form}
        </section>
    }
}

/// The tokens made.
#[component]
fn List(answer: RwSignal<Load<TokensAnswer>>, read: Callback<()>) -> impl IntoView {
    let asked = RwSignal::new(None::<TokenEntry>);
    let tokens = Memo::new(move |_| answer.with(Load::ready).map(|answer| answer.tokens.clone()).unwrap_or_default());
    let rows = move || tokens.get().into_iter().map(|token| view! { <Row token=token asked=asked /> }).collect_view();
    view! {
        <Show
            when=move || tokens.with(|tokens| !tokens.is_empty())
            fallback=|| view! {
                <Empty
                    what=both("还没有程序令牌", "No tokens yet")
                    next=both("ERP 要查额度、报到款，就给它做一个。", "Make one for an ERP that asks for verdicts or hands in receipts.")
                />
            }
        >
            <table class="data tokens">
                <thead>
                    <tr>
                        <th scope="col">{t("给谁用", "What for")}</th>
                        <th scope="col">{t("角色", "Acts as")}</th>
                        <th scope="col">{t("可办", "May do")}</th>
                        <th scope="col">{t("最近一次", "Last used")}</th>
                        <th scope="col">{t("到期", "Ends")}</th>
                        <th scope="col">{t("状态", "State")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Show>
        <Revoke asked=asked read=read />
    }
}

#[component]
fn Row(token: TokenEntry, asked: RwSignal<Option<TokenEntry>>) -> impl IntoView {
    let offset = Desk::here().book.with_untracked(|book| book.utc_offset_minutes);
    let entry = StoredValue::new(token.clone());
    let TokenEntry { name, role, operations, made_by, made_at, until, revoked_at, seen_at, .. } = token;
    let over = revoked_at.is_some() || until <= now();
    let word = Signal::derive(move || {
        let pair = match (revoked_at, over) {
            (Some(_), _) => ("已作废", "Revoked"),
            (None, true) => ("已到期", "Ended"),
            (None, false) => ("有效", "Good"),
        };
        lang().pick(pair.0, pair.1).to_owned()
    });
    let count = i64::try_from(operations.len()).unwrap_or_default();
    let names =
        move || operations.iter().map(|of| operation(lang(), *of)).collect::<Vec<_>>().join(lang().pick("、", ", "));
    view! {
        <tr>
            <th scope="row">
                {name}
                <span class="more">{move || lang().fill("{0} 做于 {1}", "made by {0}, {1}", &[&made_by, &moment(lang(), made_at, offset)])}</span>
            </th>
            <td>{move || role_name(lang(), role)}</td>
            <td class="c-scopes">
                <details>
                    <summary>{move || lang().count(count, "项", "operation", "operations")}</summary>
                    <p>{names}</p>
                </details>
            </td>
            <td class="c-used">{move || seen_at.map_or_else(|| lang().pick("没用过", "never").to_owned(), |at| seen(lang(), at, offset))}</td>
            <td class="c-ends">{move || moment(lang(), until, offset)}</td>
            <td class="c-state">
                <Chip text=word tone=if over { Tone::Plain } else { Tone::Sound } />
                {(!over).then(|| view! {
                    " "<Button kind=Kind::Bare on_press=Callback::new(move |()| asked.set(Some(entry.get_value())))>{t("作废", "Revoke")}</Button>
                })}
            </td>
        </tr>
    }
}

/// Asks whether a token is to end, and ends it.
#[component]
fn Revoke(asked: RwSignal<Option<TokenEntry>>, read: Callback<()>) -> impl IntoView {
    let desk = Desk::here();
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<ClientError>));
    let write = StoredValue::new(Key::new());
    Effect::new(move |_| {
        asked.track();
        write.set_value(Key::new());
        failed.set(None);
    });
    let name = move || asked.with(|asked| asked.as_ref().map(|token| token.name.clone()).unwrap_or_default());
    let send = Callback::new(move |()| {
        let Some(id) = asked.with_untracked(|asked| asked.as_ref().map(|token| token.id)) else { return };
        busy.set(true);
        spawn_local(async move {
            let answer = desk.keeper.heed(client::revoke_token(id, write.get_value()).await);
            if busy.try_set(false).is_some() {
                // The page is gone.
                return;
            }
            match answer {
                Ok(()) => {
                    asked.set(None);
                    desk.toaster.say(untrack(lang).pick("令牌已作废", "The token is revoked"));
                    read.run(());
                }
                Err(error) => failed.set(Some(error)),
            }
        });
    });
    view! {
        <Dialog
            open=Signal::derive(move || asked.with(Option::is_some))
            title=Signal::derive(move || lang().fill("作废令牌“{0}”？", "Revoke the token “{0}”?", &[&name()]))
            safe=both("再想想", "Think again")
            act=both("作废", "Revoke")
            stop=true
            busy=busy
            on_act=send
            on_close=Callback::new(move |()| asked.set(None))
        >
            <p>{t("立即生效：程序的下一个请求就被拒绝，不能恢复。", "In force at once: the program's next request is refused. It cannot be taken back.")}</p>
            <Refusal error=failed />
        </Dialog>
    }
}
