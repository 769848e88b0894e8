//! One order: what the check says of it now, what would let it pass, what people may do, and all that happened to it.

use super::deeds::{Asked, Deeds, Question};
use super::words;
use crate::data::client;
use crate::desk::address::{Address, BASE};
use crate::desk::book::{Desk, Load};
use crate::desk::decision::{Said, Sealed};
use crate::desk::parts::{CloseButton, Loaded, both};
use crate::desk::words as desk_words;
use crate::lang::{lang, t};
use crate::ui::{Beam, BeamLegend, Chip, Empty, Load as Weights, Tone, amount};
use crate::words::remedy;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;
use shared::facts::id::OrderId;
use shared::facts::money::Money;
use shared::questions::remedy::{Remedy, WaysOut};
use shared::record::access::Operation;
use shared::record::api::OrderStatus;
use shared::record::api::orders::{OrderAnswer, OrderStep};
use shared::record::decision::OrderMatter;
use shared::rules::authority::Release;
use shared::rules::order_check::{Answer, Forbidden, Reason, Verdict};
use std::sync::Arc;

/// The order that the address names.
#[component]
pub fn One() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| id.parse::<OrderId>().ok())));
    move || match id.get() {
        Some(id) => view! { <Order id=id /> }.into_any(),
        None => view! { <section class="file order none"><Empty what=both("没有这一单", "No such order") /></section> }
            .into_any(),
    }
}

/// What the check says of it: now, of what waits; else what it said last.
pub fn said(answer: &OrderAnswer) -> Answer {
    let OrderMatter::OrderCheck { answer: last, .. } = &answer.decision.judgement.matter;
    answer.now.clone().unwrap_or_else(|| last.clone())
}

#[component]
fn Order(id: OrderId) -> impl IntoView {
    let desk = Desk::here();
    let address = Address::here();
    let answer = RwSignal::new(Load::<OrderAnswer>::Waiting);
    let read = Callback::new(move |()| {
        spawn_local(async move {
            answer.try_set(match desk.keeper.heed(client::order(id).await) {
                Ok(answer) => Load::Ready(Arc::new(answer)),
                Err(error) => Load::Failed(error),
            });
        });
    });
    Effect::new(move |_| {
        desk.feed.track();
        read.run(());
    });
    // Drawn anew only when it is another one.
    let shown = Memo::new(move |_| answer.with(Load::ready));
    let asked: Asked = RwSignal::new(None);
    let body = move || shown.get().map(|answer| view! { <Body answer=answer asked=asked /> });
    view! {
        <section class="file order" aria-label=t("订单", "Order")>
            <CloseButton label=both("关上订单", "Close the order") on_press=Callback::new(move |()| address.go("/orders")) />
            <Loaded of=answer on_retry=read>{body}</Loaded>
            <Question asked=asked on_done=read />
        </section>
    }
}

#[component]
fn Body(answer: Arc<OrderAnswer>, asked: Asked) -> impl IntoView {
    let desk = Desk::here();
    let check = said(&answer);
    let waits = answer.now.is_some();
    let forbids: Vec<Forbidden> =
        check.checkpoint.as_ref().filter(|_| waits).map(|at| at.forbids.clone()).unwrap_or_default();
    let forbids = (!forbids.is_empty()).then_some(move || {
        let words: Vec<&str> = forbids.iter().map(|of| words::forbidden(lang(), *of)).collect();
        view! { <p class="stop">{words.join(lang().pick("、", ", "))}</p> }
    });
    let by_hand = answer.line.by_hand.clone().map(|held| {
        let who = move || {
            let name = desk.person(Some(held.by)).unwrap_or_default();
            lang().fill(
                "{0} 于 {1} 手工冻结：{2}",
                "{0} holds it by hand since {1}: {2}",
                &[&name, &lang().date(held.since), &held.reason],
            )
        };
        view! { <p class="note stop">{who}</p> }
    });
    let helps = answer.ways_out.clone().filter(|_| waits && check.verdict > Verdict::Warn);
    let (decision, digest) = (answer.line.decision, answer.decision.digest.clone());
    let (as_of, version) = (answer.decision.judgement.as_of, answer.decision.policy_version);
    view! {
        {heading(&answer, desk)}
        {by_hand}
        <div class="found">
            <h3>{if waits { t("现在检查", "Checked now") } else { t("最后一次检查", "The last check") }}</h3>
            <Said answer=check.clone() />
            {forbids}
        </div>
        {weigh(&answer, &check, desk)}
        <Deeds answer=Arc::clone(&answer) asked=asked />
        {helps.map(|helps| ways(&answer, helps))}
        {released(answer.releases.clone(), desk)}
        {steps(answer.steps.clone(), desk)}
        {desk.may(Operation::ReadDecision).then(|| view! {
            <div class="decision">
                <h3>{t("最后一次决定", "The last decision")}</h3>
                <p class="quiet">{move || lang().fill("{0}，政策 v{1}", "{0}, policy v{1}", &[&lang().date(as_of), &version.to_string()])}</p>
                <Sealed id=decision digest=digest />
            </div>
        })}
    }
}

/// Whose it is, how much, on which terms, and what it is now.
fn heading(answer: &OrderAnswer, desk: Desk) -> impl IntoView + use<> {
    let line = &answer.line;
    let (order, name, status) = (line.order.clone(), line.customer_name.clone(), line.status);
    let href = format!("{BASE}/customers/{}", order.customer);
    let tone = match status {
        OrderStatus::Confirmed => Tone::Sound,
        OrderStatus::Held => Tone::Caution,
        OrderStatus::Refused => Tone::Stop,
        OrderStatus::Cancelled => Tone::Plain,
    };
    let (until, planned, waits) = (line.until, line.planned, line.waits);
    let chips = move || {
        let lang = lang();
        let chip = |text: String, tone| view! { <Chip text=text tone=tone /> };
        [
            Some(chip(desk_words::order_status(lang, status).to_owned(), tone)),
            waits.map(|at| chip(lang.fill("停在{0}", "waits at {0}", &[words::checkpoint(lang, at)]), Tone::Caution)),
            planned.map(|day| chip(lang.fill("{0} 发货", "ships {0}", &[&lang.date(day)]), Tone::Plain)),
            until.map(|day| chip(lang.fill("授权至 {0}", "authorised until {0}", &[&lang.date(day)]), Tone::Info)),
        ]
        .into_iter()
        .flatten()
        .collect_view()
    };
    let (sum, terms, prepaid) = (order.amount, order.terms, order.prepayment);
    let change = line.change.clone().map(|change| {
        let (sum, terms) = (change.amount, change.terms);
        view! {
            <p>{move || lang().fill("要改成 {0}，{1}", "Asked to become {0}, {1}", &[&lang().money(sum), &lang().terms(terms)])}</p>
        }
    });
    view! {
        <header class="names">
            <h2><A href=href>{move || desk.customer(order.customer, &name)}</A></h2>
            <p class="sum"><b>{amount(sum)}</b>" "{move || lang().terms(terms)}
                {prepaid.map(|prepaid| view! { ", " {move || lang().fill("预付 {0}", "{0} in advance", &[&lang().money(prepaid)])} })}
            </p>
            {order.description.map(|text| view! { <p class="quiet">{text}</p> })}
            {change}
            <p class="chips">{chips}</p>
        </header>
    }
}

/// The order on the beam, beside what its customer owes. One that uses credit already lies among the orders.
fn weigh(answer: &OrderAnswer, check: &Answer, desk: Desk) -> impl IntoView + use<> {
    let (customer, status) = (answer.line.order.customer, answer.line.status);
    let order = (status == OrderStatus::Held).then_some(check.order);
    let weights = Memo::new(move |_| {
        let known = desk.customers.with(|customers| customers.get(customer).cloned())?;
        let (standing, position) = (&known.standing, known.position.as_ref()?);
        let tolerance = desk.policy.with(|policy| policy.as_ref().map(|policy| policy.policy.order_check.tolerance))?;
        let order = order.unwrap_or(Money::zero(standing.currency));
        Some(Weights::of(standing, position, order, tolerance, desk.today()))
    });
    move || {
        let bare = weights.get_untracked()?;
        let of = Signal::derive(move || weights.get().unwrap_or_else(|| Weights::bare(bare.currency)));
        Some(view! { <figure class="weigh"><Beam of=of /><BeamLegend of=of /></figure> })
    }
}

/// What would let it pass, and what nothing of its own does.
fn ways(answer: &OrderAnswer, helps: WaysOut) -> impl IntoView + use<> {
    let order = answer.line.change.clone().unwrap_or_else(|| answer.line.order.clone());
    let reasons = said(answer).reasons;
    let row = move |of: Remedy| {
        let order = order.clone();
        let told = move || {
            let told = remedy(lang(), &of, &order);
            view! { <b>{told.what}</b><span class="quiet">{told.next}</span> }
        };
        view! { <li>{told}</li> }
    };
    let beyond: Vec<Reason> = reasons
        .into_iter()
        .filter(|reason| helps.beyond.contains(&reason.rule) && reason.verdict >= Verdict::Hold)
        .collect();
    let beyond = (!beyond.is_empty()).then_some(move || {
        let lang = lang();
        let all: Vec<String> = beyond.iter().map(|of| crate::words::reason(lang, of).text).collect();
        let all = all.join(lang.pick("；", "; "));
        view! {
            <p class="quiet">
                {lang.fill("预付、缩短账期、付清逾期都不够的：{0}", "Beyond prepaying, tighter terms and settling: {0}", &[&all])}
            </p>
        }
    });
    view! {
        <div class="ways">
            <h3>{t("怎样能过", "What would help")}</h3>
            {(!helps.remedies.is_empty()).then(|| view! { <ul class="remedies">{helps.remedies.into_iter().map(row).collect_view()}</ul> })}
            {beyond}
        </div>
    }
}

/// The releases that it was given.
fn released(releases: Vec<Release>, desk: Desk) -> impl IntoView {
    let row = move |of: Release| {
        let (by, given, until, overage) = (of.by, of.given, of.until, of.overage);
        let told = move || {
            let lang = lang();
            let name = desk.person(Some(by)).unwrap_or_default();
            let with = [&*name, &*lang.date(given), &*lang.date(until), &*lang.money(overage)];
            if overage.minor() > 0 {
                lang.fill("{0} {1} 放行超额 {3}，至 {2}", "{0}, {1}: {3} over, until {2}", &with)
            } else {
                lang.fill("{0} {1} 放行，至 {2}", "{0}, {1}, until {2}", &with)
            }
        };
        view! { <li><code>{of.number}</code>" "{told}<span class="quiet">{of.reason}</span></li> }
    };
    (!releases.is_empty()).then(|| {
        view! {
            <div class="releases">
                <h3>{t("放行授权", "Authorisations")}</h3>
                <ul>{releases.into_iter().rev().map(row).collect_view()}</ul>
            </div>
        }
    })
}

/// All that happened to it, the newest first.
fn steps(steps: Vec<OrderStep>, desk: Desk) -> impl IntoView {
    let row = move |of: OrderStep| {
        let OrderStep { date, kind, at, person, reason, number, .. } = of;
        let what = move || {
            let lang = lang();
            let word = words::step(lang, kind);
            match at {
                Some(at) => lang.fill("{0}（{1}）", "{0} ({1})", &[word, words::checkpoint(lang, at)]),
                None => word.to_owned(),
            }
        };
        let who = move || desk.person(person).unwrap_or_else(|| lang().pick("账簿", "the book").to_owned());
        view! {
            <li>
                <time>{move || lang().date(date)}</time>
                <b>{what}</b>
                <span>{who}</span>
                {reason.map(|reason| view! { <span class="quiet">{reason}</span> })}
                {number.map(|number| view! { <code>{number}</code> })}
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
