//! Signing in by company, login and password, and by a code where there is a second factor.

use super::{Refused, fault};
use crate::data::client::ClientError;
use crate::data::session::{Doorkeeper, now, remembered_company};
use crate::lang::{lang, t};
use crate::ui::{Button, ErrorNote, Field, Kind, PasswordField};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::record::api::Door;
use shared::record::api::people::PasswordSignIn;
use std::time::Duration;

/// Signs in. Says nothing about which of the three was wrong.
#[component]
pub fn ByPassword(
    /// The door.
    keeper: Doorkeeper,
) -> impl IntoView {
    let company = RwSignal::new(remembered_company());
    let known = !company.with_untracked(String::is_empty);
    let (login, password, code) =
        (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (refused, busy) = (RwSignal::new(None::<ClientError>), RwSignal::new(false));
    let (code_asked, recovery) = (RwSignal::new(false), RwSignal::new(false));
    let pause = Pause::new();
    let send = move || {
        if busy.get_untracked() || pause.seconds.get_untracked() > 0 {
            return;
        }
        busy.set(true);
        refused.set(None);
        let who = PasswordSignIn {
            company: company.get_untracked().trim().to_owned(),
            door: keeper.door(),
            login: login.get_untracked(),
            password: password.get_untracked(),
            code: code_asked.get_untracked().then(|| code.get_untracked()),
        };
        spawn_local(async move {
            let Err(error) = keeper.sign_in(who).await else { return };
            // The door may have shown another page since.
            if busy.try_set(false).is_some() {
                return;
            }
            let problem = match &error {
                ClientError::Problem(problem) => problem.code.as_str(),
                _ => "",
            };
            match problem {
                "code_needed" => code_asked.set(true),
                "throttled" => {
                    let ClientError::Problem(problem) = &error else { return };
                    pause.until(problem.values.get("seconds").and_then(|text| text.parse().ok()).unwrap_or(60));
                }
                _ => refused.set(Some(error)),
            }
        });
    };
    let back = Callback::new(move |()| {
        refused.set(None);
        code.set(String::new());
        password.set(String::new());
        code_asked.set(false);
    });
    let fields = move || {
        if code_asked.get() {
            view! { <Code code=code refused=refused recovery=recovery /> }.into_any()
        } else {
            view! {
                <Three company=company login=login password=password known=known />
            }
            .into_any()
        }
    };
    let other =
        move || refused.with(|error| matches!(error, Some(ClientError::Problem(of)) if of.code == "other_door"));
    let seen = Signal::derive(move || refused.get().filter(|error| fault(Some(error), "code").is_none()));
    view! {
        <form
            class="sign-in"
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            {fields}
            <Refused error=seen />
            <Show when=other>
                <a class="btn" href=Door::Desk.path() rel="external">{t("去信用管理", "Go to the credit desk")}</a>
            </Show>
            <Wait pause=pause />
            <Button
                kind=Kind::Main
                thumb=true
                submit=true
                busy=busy
                disabled=Signal::derive(move || pause.seconds.get() > 0)
            >
                {t("登录", "Sign in")}
                {move || Some(pause.seconds.get()).filter(|left| *left > 0).map(|left| {
                    view! { <span class="num" aria-hidden="true">{clock(left)}</span> }
                })}
            </Button>
            <Show when=move || code_asked.get()>
                <Ways code=code refused=refused recovery=recovery on_back=back />
            </Show>
        </form>
        <Show when=move || !code_asked.get()>
            <p class="quiet">{t("第一次来，或忘了密码：请管理员给您发一个链接。", "First time here, or forgot your password? Ask your administrator for a link.")}</p>
        </Show>
    }
}

/// Company, login and password.
#[component]
fn Three(company: RwSignal<String>, login: RwSignal<String>, password: RwSignal<String>, known: bool) -> impl IntoView {
    view! {
        <Field
            label=Signal::derive(move || lang().pick("公司代码", "Company code").to_owned())
            value=company
            on_input=Callback::new(move |text| company.set(text))
            autocomplete="organization"
            required=true
            focus=!known
        />
        <Field
            label=Signal::derive(move || lang().pick("邮箱或手机号", "E-mail or phone").to_owned())
            value=login
            on_input=Callback::new(move |text| login.set(text))
            autocomplete="username"
            required=true
            focus=known
        />
        <PasswordField
            label=Signal::derive(move || lang().pick("密码", "Password").to_owned())
            value=password
            autocomplete="current-password"
        />
    }
}

/// The second factor's code, or one of the codes for when it is lost.
#[component]
fn Code(code: RwSignal<String>, refused: RwSignal<Option<ClientError>>, recovery: RwSignal<bool>) -> impl IntoView {
    let error = Signal::derive(move || refused.with(|refused| fault(refused.as_ref(), "code")));
    let take = Callback::new(move |text| {
        code.set(text);
        refused.set(None);
    });
    move || {
        if recovery.get() {
            view! {
                <p>{t("打开您存下的恢复码，填一个没用过的。", "Enter one of the recovery codes you kept, not used before.")}</p>
                <Field
                    label=Signal::derive(move || lang().pick("恢复码", "Recovery code").to_owned())
                    value=code
                    on_input=take
                    error=error
                    placeholder=Signal::stored("ABCD-EFGH-IJKL-MNOP".to_owned())
                    required=true
                    focus=true
                />
            }
            .into_any()
        } else {
            view! {
                <p>{t("密码对了。请填验证器里的六位验证码。", "The password is right. Enter the six digits of your authenticator.")}</p>
                <Field
                    label=Signal::derive(move || lang().pick("验证码", "Code").to_owned())
                    value=code
                    on_input=take
                    error=error
                    inputmode="numeric"
                    autocomplete="one-time-code"
                    required=true
                    focus=true
                />
            }
            .into_any()
        }
    }
}

/// What else one can do when a code is asked for.
#[component]
fn Ways(
    code: RwSignal<String>,
    refused: RwSignal<Option<ClientError>>,
    recovery: RwSignal<bool>,
    on_back: Callback<()>,
) -> impl IntoView {
    let turn = Callback::new(move |()| {
        code.set(String::new());
        refused.set(None);
        recovery.update(|recovery| *recovery = !*recovery);
    });
    view! {
        <p class="ways">
            <Button kind=Kind::Bare on_press=turn>
                {move || if recovery.get() { t("用验证码", "Use a code")() } else { t("用恢复码", "Use a recovery code")() }}
            </Button>
            <Button kind=Kind::Bare on_press=on_back>{t("返回", "Back")}</Button>
        </p>
    }
}

/// How long somebody who tried too often must wait.
#[derive(Clone, Copy)]
struct Pause {
    /// When it is over, in seconds since 1970; nought when there is none.
    until: RwSignal<i64>,
    /// Seconds left.
    seconds: RwSignal<i64>,
}

impl Pause {
    fn new() -> Self {
        let pause = Self { until: RwSignal::new(0), seconds: RwSignal::new(0) };
        let tick = move || {
            let left = pause.until.get_untracked().saturating_sub(now()).max(0);
            if pause.seconds.get_untracked() != left {
                pause.seconds.set(left);
            }
        };
        if let Ok(timer) = set_interval_with_handle(tick, Duration::from_millis(500)) {
            on_cleanup(move || timer.clear());
        }
        pause
    }

    fn until(self, seconds: i64) {
        self.until.set(now().saturating_add(seconds));
        self.seconds.set(seconds);
    }
}

/// Says when to try again; once, not at every second.
#[component]
fn Wait(pause: Pause) -> impl IntoView {
    let waits = Memo::new(move |_| pause.seconds.get() > 0);
    move || {
        waits.get().then(|| {
            let at = time_of_day(pause.until.get_untracked());
            view! {
                <ErrorNote
                    what=Signal::derive(move || lang().pick("试得太多了", "Too many tries").to_owned())
                    next=Signal::derive(move || lang().fill("{0} 以后再试", "Try again after {0}", &[&at]))
                />
            }
        })
    }
}

/// Minutes and seconds: `1:05`.
fn clock(seconds: i64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// The time of day on the reader's clock.
fn time_of_day(seconds: i64) -> String {
    #[allow(clippy::cast_precision_loss)] // any date is far below 2^53
    let date = js_sys::Date::new(&((seconds as f64) * 1000.0).into());
    format!("{:02}:{:02}:{:02}", date.get_hours(), date.get_minutes(), date.get_seconds())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_in_minutes() {
        assert_eq!([clock(0), clock(5), clock(65), clock(900)], ["0:00", "0:05", "1:05", "15:00"]);
    }
}
