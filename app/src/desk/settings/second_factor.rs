//! The second factor: an authenticator's codes, and recovery codes for when it is lost.

use super::account::wrong_password;
use super::once::copy;
use super::qr::Qr;
use crate::data::client::{self, ClientError};
use crate::desk::book::{Desk, Load};
use crate::desk::parts::{Failure, both};
use crate::download::hand_over;
use crate::lang::{lang, t};
use crate::ui::{Button, Chip, Dialog, Field, Kind, PasswordField, Tone};
use crate::way_in::fault;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::record::api::people::{ConfirmSecondFactor, ProvePassword, SecondFactorBegun, SessionsAnswer};

/// How far somebody is with it.
#[derive(Clone, PartialEq)]
enum Step {
    /// As the book says.
    Rest,
    /// Types the password again.
    Proves,
    /// Shows the first code.
    Confirms(SecondFactorBegun),
    /// Puts the recovery codes away.
    Keeps(Vec<String>),
}

/// What the book says of it.
#[derive(Clone, Copy, PartialEq)]
struct Now {
    password: bool,
    on: bool,
    codes: u32,
}

/// The section.
#[component]
pub fn SecondFactor(answer: RwSignal<Load<SessionsAnswer>>, read: Callback<()>) -> impl IntoView {
    let step = RwSignal::new(Step::Rest);
    let now = Memo::new(move |_| {
        let answer = answer.with(Load::ready)?;
        Some(Now { password: answer.password, on: answer.second_factor, codes: answer.recovery_codes })
    });
    let inside = move || match (step.get(), now.get()) {
        (Step::Proves, _) => view! { <Prove step=step /> }.into_any(),
        (Step::Confirms(begun), _) => view! { <Confirm begun=begun step=step read=read /> }.into_any(),
        (Step::Keeps(codes), _) => view! { <Codes codes=codes step=step /> }.into_any(),
        (Step::Rest, Some(now)) if now.on => view! { <On codes=now.codes read=read /> }.into_any(),
        (Step::Rest, Some(now)) => view! { <Off password=now.password step=step /> }.into_any(),
        (Step::Rest, None) => ().into_any(),
    };
    view! {
        <section class="group second-factor" aria-labelledby="second-factor">
            <h2 id="second-factor">{t("两步验证", "Second factor")}</h2>
            {inside}
        </section>
    }
}

#[component]
fn Off(password: bool, step: RwSignal<Step>) -> impl IntoView {
    view! {
        <p>{t(
            "登录时除了密码，再填一次手机验证器里的六位码：密码被人知道了也进不来。",
            "Besides the password you enter six digits from an authenticator on your phone: whoever learns your password still cannot come in.",
        )}</p>
        {if password {
            view! { <p><Button on_press=Callback::new(move |()| step.set(Step::Proves))>{t("开启两步验证", "Turn it on")}</Button></p> }.into_any()
        } else {
            view! { <p class="quiet">{t("先要有密码。", "It needs a password first.")}</p> }.into_any()
        }}
    }
}

#[component]
fn Prove(step: RwSignal<Step>) -> impl IntoView {
    let desk = Desk::here();
    let password = RwSignal::new(String::new());
    let (refused, busy) = (RwSignal::new(None::<ClientError>), RwSignal::new(false));
    let wrong = Signal::derive(move || refused.with(|refused| wrong_password(refused.as_ref())));
    let elsewhere = Signal::derive(move || refused.get().filter(|error| wrong_password(Some(error)).is_none()));
    Effect::new(move |_| {
        password.track();
        refused.set(None);
    });
    let send = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let proof = ProvePassword { password: password.get_untracked() };
        spawn_local(async move {
            let answer = desk.keeper.heed(client::begin_second_factor(&proof).await);
            if busy.try_set(false).is_some() {
                // The page is gone.
                return;
            }
            match answer {
                Ok(begun) => step.set(Step::Confirms(begun)),
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
            <p>{t("先再填一次密码，证明是您本人。", "Enter your password again first, to show that it is you.")}</p>
            <PasswordField label=both("您的密码", "Your password") value=password autocomplete="current-password" error=wrong focus=true />
            <Failure error=elsewhere />
            <p class="acts">
                <Button kind=Kind::Main submit=true busy=busy>{t("继续", "Continue")}</Button>
                <Button kind=Kind::Bare on_press=Callback::new(move |()| step.set(Step::Rest))>{t("不开启了", "Leave it off")}</Button>
            </p>
        </form>
    }
}

#[component]
fn Confirm(begun: SecondFactorBegun, step: RwSignal<Step>, read: Callback<()>) -> impl IntoView {
    let desk = Desk::here();
    let code = RwSignal::new(String::new());
    let (refused, busy) = (RwSignal::new(None::<ClientError>), RwSignal::new(false));
    let wrong = Signal::derive(move || refused.with(|refused| fault(refused.as_ref(), "code")));
    let elsewhere = Signal::derive(move || refused.get().filter(|error| fault(Some(error), "code").is_none()));
    let send = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        refused.set(None);
        let proof = ConfirmSecondFactor { code: code.with_untracked(|code| code.split_whitespace().collect()) };
        spawn_local(async move {
            let answer = desk.keeper.heed(client::confirm_second_factor(&proof).await);
            if busy.try_set(false).is_some() {
                // The page is gone.
                return;
            }
            match answer {
                Ok(answer) => {
                    step.set(Step::Keeps(answer.codes));
                    read.run(());
                }
                Err(error) => refused.set(Some(error)),
            }
        });
    };
    let SecondFactorBegun { secret, uri } = begun;
    let groups: Vec<String> =
        secret.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    view! {
        <form
            class="enrol"
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            <Qr text=Signal::stored(uri.clone()) label=both("给验证器扫的二维码", "The code for your authenticator") />
            <div class="steps">
                <p>{t(
                    "1. 用验证器（如 Microsoft Authenticator、微信小程序里的动态验证码）扫这个二维码。",
                    "1. Scan the code with an authenticator, such as Microsoft or Google Authenticator.",
                )}</p>
                <p>{t("扫不了，就输入这串密钥：", "If you cannot scan it, enter this key:")}</p>
                <code class="secret">{groups.join(" ")}</code>
                <p class="here"><a href=uri rel="external">{t("在这台手机的验证器里打开", "Open in an authenticator on this phone")}</a></p>
                <p>{t("2. 填验证器现在显示的六位码。", "2. Enter the six digits that it shows now.")}</p>
                <Field
                    label=both("验证码", "Code")
                    value=code
                    on_input=Callback::new(move |text| {
                        code.set(text);
                        refused.set(None);
                    })
                    error=wrong
                    inputmode="numeric"
                    autocomplete="one-time-code"
                    required=true
                    focus=true
                />
                <Failure error=elsewhere />
                <p class="acts">
                    <Button kind=Kind::Main submit=true busy=busy>{t("开启", "Turn it on")}</Button>
                    <Button kind=Kind::Bare on_press=Callback::new(move |()| step.set(Step::Rest))>{t("不开启了", "Leave it off")}</Button>
                </p>
            </div>
        </form>
    }
}

#[component]
fn Codes(codes: Vec<String>, step: RwSignal<Step>) -> impl IntoView {
    let desk = Desk::here();
    let text = StoredValue::new(codes.join("\n"));
    let take = Callback::new(move |()| {
        spawn_local(async move {
            let done = copy(&text.get_value()).await;
            let pair = if done {
                ("已复制", "Copied")
            } else {
                ("浏览器不让复制，请下载或打印", "The browser refused; download or print them")
            };
            desk.toaster.say(untrack(lang).pick(pair.0, pair.1));
        });
    });
    let file = Callback::new(move |()| {
        let company = desk.session.with_value(|session| session.book.code.clone());
        text.with_value(|text| hand_over(&format!("xinheng-{company}-recovery-codes.txt"), "text/plain", text));
    });
    view! {
        <div class="keeps">
            <p class="sound" role="status"><b>{t("两步验证已开启。", "The second factor is on.")}</b></p>
            <p>{t(
                "存好这些恢复码。手机不在身边时，每个能代替验证码登录一次。只显示这一次。",
                "Keep these recovery codes. Without your phone each opens once in the place of a code. Shown this once.",
            )}</p>
            <ol class="codes">{codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view()}</ol>
            <p class="acts screen-only">
                <Button on_press=take>{t("复制", "Copy")}</Button>
                <Button on_press=file>{t("下载", "Download")}</Button>
                <Button on_press=Callback::new(|()| {
                    // A browser that cannot print leaves the page as it is.
                    let _ = window().print();
                })>{t("打印", "Print")}</Button>
                <Button kind=Kind::Main on_press=Callback::new(move |()| step.set(Step::Rest))>{t("已存好", "I have kept them")}</Button>
            </p>
        </div>
    }
}

#[component]
fn On(codes: u32, read: Callback<()>) -> impl IntoView {
    let desk = Desk::here();
    let (asking, busy) = (RwSignal::new(false), RwSignal::new(false));
    let password = RwSignal::new(String::new());
    let refused = RwSignal::new(None::<ClientError>);
    let wrong = Signal::derive(move || refused.with(|refused| wrong_password(refused.as_ref())));
    let elsewhere = Signal::derive(move || refused.get().filter(|error| wrong_password(Some(error)).is_none()));
    Effect::new(move |_| {
        password.track();
        refused.set(None);
    });
    let send = Callback::new(move |()| {
        busy.set(true);
        let proof = ProvePassword { password: password.get_untracked() };
        spawn_local(async move {
            let answer = desk.keeper.heed(client::remove_second_factor(&proof).await);
            if busy.try_set(false).is_some() {
                // The page is gone.
                return;
            }
            match answer {
                Ok(()) => {
                    asking.set(false);
                    desk.toaster.say(untrack(lang).pick("两步验证已关闭", "The second factor is off"));
                    read.run(());
                }
                Err(error) => refused.set(Some(error)),
            }
        });
    });
    let left = move || {
        let lang = lang();
        lang.fill(
            "还剩 {0}",
            "{0} left",
            &[&lang.count(i64::from(codes), "个恢复码", "recovery code", "recovery codes")],
        )
    };
    view! {
        <p class="state">
            <Chip text=both("已开启", "On") tone=Tone::Sound />
            <span class:caution=codes < 3>{left}</span>
        </p>
        <p class="quiet">{t("恢复码用完或丢了：先关闭，再开启一次，就有新的。", "When they are spent or lost: turn it off and on again for new ones.")}</p>
        <p><Button on_press=Callback::new(move |()| {
            password.set(String::new());
            asking.set(true);
        })>{t("关闭两步验证", "Turn it off")}</Button></p>
        <Dialog
            open=asking
            title=both("关闭两步验证？", "Turn the second factor off?")
            safe=both("保持开启", "Keep it on")
            act=both("关闭", "Turn it off")
            stop=true
            disabled=Signal::derive(move || password.with(String::is_empty))
            busy=busy
            on_act=send
            on_close=Callback::new(move |()| asking.set(false))
        >
            <p>{t("以后只凭密码就能登录，恢复码全部作废。", "From then on the password alone lets you in; all recovery codes end.")}</p>
            <PasswordField label=both("您的密码", "Your password") value=password autocomplete="current-password" error=wrong />
            <Failure error=elsewhere />
        </Dialog>
    }
}
