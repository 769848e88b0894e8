//! What may be done about an application: whoever has authority answers it, whoever made it takes it back or puts it another
//! way.

use super::form::Form;
use super::words;
use crate::data::client::{self, ClientError, Key};
use crate::desk::book::Desk;
use crate::desk::parts::AskReason;
use crate::desk::words::{is_role, role_named};
use crate::lang::{lang, t};
use crate::ui::{Button, Kind};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::record::access::Operation;
use shared::record::api::applications::{
    AnswerApplication, ApplicationAnswer, ApplicationLine, ApplicationState, CreditAnswer,
};
use shared::rules::authority::RoleMay;
use std::sync::Arc;

/// A question that is open, about the application as it was when it was asked.
pub type Asked = RwSignal<Option<(CreditAnswer, Arc<ApplicationLine>)>>;

/// The buttons.
#[component]
pub fn Deeds(
    /// The application.
    answer: Arc<ApplicationAnswer>,
    /// The question that a button opens.
    asked: Asked,
) -> impl IntoView {
    let desk = Desk::here();
    let ApplicationAnswer { line, grantors, .. } = Arc::unwrap_or_clone(answer);
    let line = Arc::new(line);
    let own = desk.session.with_value(|session| line.made_by == session.person) && !line.assessed;
    let waits = line.state == ApplicationState::Open;
    let is_mine = |line: &RoleMay| is_role(&line.role, desk.role());
    let within = grantors.as_ref().is_some_and(|of| of.roles.iter().any(|line| line.may && is_mine(line)));
    let place = grantors.as_ref().and_then(|of| of.roles.iter().position(is_mine));
    let last = grantors.as_ref().is_none_or(|of| place.is_none_or(|place| place.saturating_add(1) >= of.roles.len()));
    let may = desk.may(Operation::AnswerApplication) && waits;
    let lowest = grantors.and_then(|of| of.lowest);
    let note = move || {
        let lang = lang();
        if !waits {
            return None;
        }
        if own && may {
            return Some(
                lang.pick("您自己申请的，要由别人批", "You asked for it yourself: somebody else decides").to_owned(),
            );
        }
        match &lowest {
            Some(_) if within => None,
            Some(lowest) if may => Some(lang.fill(
                "超出您的权限，{0}可以批；您可以上报",
                "Beyond your authority: {0} may grant it; you can leave it to the next",
                &[&role_named(lang, lowest)],
            )),
            Some(lowest) => Some(lang.fill("{0}可以批", "{0} may grant it", &[&role_named(lang, lowest)])),
            None => Some(lang.pick("按政策没有人可以批", "By the policy nobody may grant it").to_owned()),
        }
    };
    let button = |of: CreditAnswer, kind: Kind, off: bool| {
        let line = Arc::clone(&line);
        let ask = Callback::new(move |()| asked.set(Some((of, Arc::clone(&line)))));
        view! { <Button kind=kind disabled=Signal::stored(off) on_press=ask>{move || words::answer(lang(), of)}</Button> }
    };
    let answers = (may && !own).then(|| {
        view! {
            {button(CreditAnswer::Grant, Kind::Main, !within)}
            {(!last).then(|| button(CreditAnswer::Escalate, Kind::Plain, false))}
            {button(CreditAnswer::AskBack, Kind::Plain, false)}
            {button(CreditAnswer::Refuse, Kind::Stop, false)}
        }
    });
    let open = matches!(line.state, ApplicationState::Open | ApplicationState::AskedBack);
    let mine = (own && open).then(|| view! { <Mine line=Arc::clone(&line) /> });
    view! {
        <div class="deeds screen-only">
            {move || note().map(|note| view! { <p class="caution">{note}</p> })}
            <p class="acts">{answers}{mine}</p>
        </div>
    }
}

/// What whoever made it may do.
#[component]
fn Mine(line: Arc<ApplicationLine>) -> impl IntoView {
    let desk = Desk::here();
    let (open, busy) = (RwSignal::new(false), RwSignal::new(false));
    let (id, customer) = (line.application, line.customer);
    let key = StoredValue::new(Key::new());
    let withdraw = desk.may(Operation::WithdrawApplication).then(|| {
        let press = Callback::new(move |()| {
            busy.set(true);
            spawn_local(async move {
                let heard = client::withdraw_application(id, key.get_value()).await;
                busy.try_set(false);
                if desk.keeper.heed(heard).is_ok() {
                    desk.toaster.say(untrack(lang).pick("已撤回", "Withdrawn"));
                }
                desk.refresh();
            });
        });
        view! { <Button busy=busy on_press=press>{t("撤回", "Withdraw")}</Button> }
    });
    view! {
        {desk.may(Operation::ReviseApplication).then(|| view! {
            <Button kind=Kind::Main on_press=Callback::new(move |()| open.set(true))>{t("改申请", "Put it another way")}</Button>
            <Form customer=customer of=line open=open />
        })}
        {withdraw}
    }
}

/// The question, with the reason that is asked for.
#[component]
pub fn Question(
    /// The question.
    asked: Asked,
    /// It was answered.
    on_done: Callback<()>,
) -> impl IntoView {
    let desk = Desk::here();
    let deed = Memo::new(move |_| asked.with(|asked| asked.as_ref().map(|(deed, _)| *deed)));
    let (reason, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let failed = RwSignal::new(None::<ClientError>);
    let key = StoredValue::new(Key::new());
    Effect::new(move |_| {
        if deed.get().is_some() {
            key.set_value(Key::new());
            reason.set(String::new());
            failed.set(None);
        }
    });
    let send = Callback::new(move |()| {
        let Some((answer, line)) = asked.get_untracked() else { return };
        let body = AnswerApplication { answer, reason: reason.get_untracked().trim().to_owned() };
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let heard = client::answer_application(line.application, &body, line.version, key.get_value()).await;
            busy.try_set(false);
            match desk.keeper.heed(heard) {
                Ok(_) => {
                    asked.try_set(None);
                    let lang = untrack(lang);
                    let (zh, en) = match answer {
                        CreditAnswer::Grant => ("已批准，立即生效", "Granted, in force at once"),
                        CreditAnswer::Escalate => ("已上报", "Left to the next"),
                        CreditAnswer::AskBack => ("已退回", "Asked back"),
                        CreditAnswer::Refuse => ("没有批准", "Refused"),
                    };
                    desk.toaster.say(lang.pick(zh, en));
                    desk.refresh();
                    on_done.run(());
                }
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
        });
    });
    let title = Signal::derive(move || {
        let Some((deed, line)) = asked.get() else { return String::new() };
        let lang = lang();
        let with = [words::answer(lang, deed), &*desk.customer(line.customer, &line.customer_name)];
        lang.fill("{1}：{0}？", "{1}: {0}?", &with)
    });
    let what = move || {
        let lang = lang();
        let (deed, line) = asked.get()?;
        let asked = words::asked(lang, &line.asked);
        Some(match deed {
            CreditAnswer::Grant => lang.fill("生效：{0}", "In force from now on: {0}", &[&asked]),
            CreditAnswer::Escalate => lang.fill("交给下一级批：{0}", "The next in the chain decides: {0}", &[&asked]),
            CreditAnswer::AskBack => lang.fill("退给申请人补充：{0}", "Back to whoever asked: {0}", &[&asked]),
            CreditAnswer::Refuse => lang.fill("不给：{0}", "Not given: {0}", &[&asked]),
        })
    };
    let act = Signal::derive(move || deed.get().map(|deed| words::answer(lang(), deed).to_owned()).unwrap_or_default());
    view! {
        <AskReason
            open=Signal::derive(move || deed.get().is_some())
            title=title
            act=act
            stop=Signal::derive(move || deed.get() == Some(CreditAnswer::Refuse))
            reason=reason
            on_change=Callback::new(move |()| key.set_value(Key::new()))
            busy=busy
            failed=failed
            on_act=send
            on_close=Callback::new(move |()| asked.set(None))
        >
            <p>{what}</p>
        </AskReason>
    }
}
