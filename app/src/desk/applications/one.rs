//! One application: what is asked for beside what is in force, who may grant it, and all that happened to it.

use super::deeds::{Asked, Deeds, Question};
use super::words;
use crate::data::client;
use crate::desk::address::{Address, BASE};
use crate::desk::book::{Desk, Load};
use crate::desk::decision::DecisionSheet;
use crate::desk::parts::{CloseButton, Loaded, both};
use crate::lang::{lang, t};
use crate::ui::{Chip, Empty, Grade};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;
use shared::facts::id::{ApplicationId, CustomerId};
use shared::record::access::Operation;
use shared::record::api::applications::{ApplicationAnswer, ApplicationStep, ApplicationStepKind, AskedCredit};
use std::sync::Arc;

/// The application that the address names.
#[component]
pub fn One() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| id.parse::<ApplicationId>().ok())));
    move || match id.get() {
        Some(id) => view! { <Application id=id /> }.into_any(),
        None => view! {
            <section class="file order none"><Empty what=both("没有这个申请", "No such application") /></section>
        }
        .into_any(),
    }
}

#[component]
fn Application(id: ApplicationId) -> impl IntoView {
    let desk = Desk::here();
    let address = Address::here();
    let answer = RwSignal::new(Load::<ApplicationAnswer>::Waiting);
    let read = Callback::new(move |()| {
        spawn_local(async move {
            answer.try_set(match desk.keeper.heed(client::application(id).await) {
                Ok(heard) => Load::Ready(Arc::new(heard)),
                Err(error) => Load::Failed(error),
            });
        });
    });
    Effect::new(move |_| {
        desk.feed.track();
        read.run(());
    });
    let asked: Asked = RwSignal::new(None);
    // Drawn anew only when it is another one: what is being written under it stays.
    let shown = Memo::new(move |_| answer.with(Load::ready));
    let body = move || shown.get().map(|answer| view! { <Body answer=answer asked=asked /> });
    view! {
        <section class="file order" aria-label=t("申请", "Application")>
            <CloseButton label=both("关上申请", "Close the application") on_press=Callback::new(move |()| address.go("/applications")) />
            <Loaded of=answer on_retry=read>{body}</Loaded>
            <Question asked=asked on_done=read />
        </section>
    }
}

#[component]
fn Body(answer: Arc<ApplicationAnswer>, asked: Asked) -> impl IntoView {
    let desk = Desk::here();
    let line = &answer.line;
    let (name, state, date, made_by) = (line.customer_name.clone(), line.state, line.date, line.made_by);
    let (customer, assessed) = (line.customer, line.assessed);
    let decision = line.decision.filter(|_| desk.may(Operation::ReadDecision));
    let made = move || {
        let lang = lang();
        let who = if assessed {
            lang.pick("评定提出", "proposed by an assessment").to_owned()
        } else {
            desk.person(Some(made_by)).unwrap_or_default()
        };
        lang.fill("{0}，{1}", "{0}, {1}", &[&who, &lang.date(date)])
    };
    let seen = RwSignal::new(false);
    view! {
        <header class="names">
            <h2><A href=format!("{BASE}/customers/{customer}")>{move || desk.customer(customer, &name)}</A></h2>
            <p class="chips"><Chip text=Signal::derive(move || words::state(lang(), state).to_owned()) tone=words::tone(state) /></p>
            <p class="quiet">{made}</p>
        </header>
        <Compared customer=customer asked=line.asked.clone() />
        {(!assessed).then(|| view! { <p class="wanted">{line.asked.reason.clone()}</p> })}
        {desk.may(Operation::ReadDecision).then(|| view! {
            <p><A href=format!("{BASE}/customers/{customer}?tab=score")>{t("看评分和额度怎样算出", "See the score and how the limit comes about")}</A></p>
        })}
        <Deeds answer=Arc::clone(&answer) asked=asked />
        {steps(answer.steps.clone(), assessed, desk)}
        {decision.map(|id| view! {
            <details class="screen-only" on:toggle=move |_| seen.set(true)>
                <summary>{t("之前的评定", "The assessment before it")}</summary>
                <Show when=move || seen.get()><DecisionSheet id=id /></Show>
            </details>
        })}
    }
}

/// What is in force beside what is asked for.
#[component]
fn Compared(customer: CustomerId, asked: AskedCredit) -> impl IntoView {
    let desk = Desk::here();
    let known = Memo::new(move |_| desk.customers.with(|customers| customers.get(customer).cloned()));
    move || {
        let known = known.get()?;
        let (lang, today) = (lang(), desk.today());
        let unset = || lang.pick("未核定", "not set").to_owned();
        let until = known.standing.limit.as_ref().and_then(|limit| limit.until);
        let now = known.limit(today).map_or_else(unset, |limit| words::limit(lang, limit));
        let now = match until {
            Some(until) => lang.fill("{0}，至 {1}", "{0} until {1}", &[&now, &lang.date(until)]),
            None => now,
        };
        let terms = known.standing.terms.map_or_else(unset, |terms| lang.terms(terms));
        let position = known.position.as_ref();
        let money = |money: Option<shared::facts::money::Money>| {
            money.map_or_else(|| "–".to_owned(), |money| lang.money(money))
        };
        let row = |label: &'static str, now: String, then: Option<String>| {
            view! { <tr><th scope="row">{label}</th><td>{now}</td><td>{then.map(|then| view! { <b>{then}</b> })}</td></tr> }
        };
        let limit = asked.limit.map(|limit| match asked.until {
            Some(until) => lang.fill("{0}，至 {1}", "{0} until {1}", &[&words::limit(lang, limit), &lang.date(until)]),
            None => words::limit(lang, limit),
        });
        let temporary = asked.temporary.map(|of| {
            let with = [&*words::limit(lang, of.limit), &*lang.date(of.from), &*lang.date(of.until)];
            lang.fill("{0}，{1} 至 {2}", "{0}, {1} to {2}", &with)
        });
        Some(view! {
            <table class="data compared">
                <thead><tr>
                    <th scope="col">{match known.standing.grade.clone() {
                        Some(grade) => view! { <Grade of=grade.grade /> }.into_any(),
                        None => lang.pick("未评级", "Not graded").into_any(),
                    }}</th>
                    <th scope="col">{lang.pick("现在", "Now")}</th>
                    <th scope="col">{lang.pick("申请", "Asked for")}</th>
                </tr></thead>
                <tbody>
                    {row(lang.pick("额度", "Limit"), now, limit)}
                    {temporary.map(|temporary| row(lang.pick("临时额度", "Temporary limit"), "–".to_owned(), Some(temporary)))}
                    {row(lang.pick("账期", "Terms"), terms, asked.terms.map(|terms| lang.terms(terms)))}
                    {row(lang.pick("敞口", "Exposure"), money(position.map(|position| position.exposure.total)), None)}
                    {row(lang.pick("逾期", "Overdue"), money(known.overdue()), None)}
                </tbody>
            </table>
        })
    }
}

/// All that happened to it, the newest first.
fn steps(steps: Vec<ApplicationStep>, assessed: bool, desk: Desk) -> impl IntoView {
    let row = move |of: ApplicationStep| {
        let ApplicationStep { date, kind, person, reason, .. } = of;
        // What an assessment writes by itself names its grade only, which stands above.
        let reason = reason.filter(|_| !(assessed && kind == ApplicationStepKind::Made));
        view! {
            <li>
                <time>{move || lang().date(date)}</time>
                <b>{move || words::step(lang(), kind)}</b>
                <span>{move || desk.person(Some(person))}</span>
                {reason.map(|reason| view! { <span class="quiet">{reason}</span> })}
            </li>
        }
    };
    view! {
        <div class="steps">
            <h3>{t("经过", "What happened")}</h3>
            <ol>{steps.into_iter().rev().map(row).collect_view()}</ol>
        </div>
    }
}
