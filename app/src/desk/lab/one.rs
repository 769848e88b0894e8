//! One customer under the draft: what becomes of its orders, its limit and its score.

use super::affected::turn;
use super::effect::verdict;
use super::page::{Bench, draft_name};
use crate::desk::address::BASE;
use crate::desk::book::Desk;
use crate::desk::customers::Waterfall;
use crate::desk::parts::is_writing;
use crate::desk::words;
use crate::lang::{Lang, lang, t};
use crate::ui::{Seal, amount};
use crate::words::mark;
use leptos::{ev, prelude::*};
use shared::facts::id::CustomerId;
use shared::facts::ledger::Limit;
use shared::facts::money::Money;
use shared::questions::what_if::{Member, Outcome, limit_of};
use shared::rules::policy::Policy;

/// The leaf beside the book.
#[component]
pub fn One(bench: Bench) -> impl IntoView {
    let who = Memo::new(move |_| bench.address.get("who").and_then(|id| id.parse::<CustomerId>().ok()));
    let index = Memo::new(move |_| {
        let (lab, who) = (bench.lab.get()?, who.get()?);
        lab.0.members.iter().position(|member| member.customer == who).and_then(|index| u32::try_from(index).ok())
    });
    let close = move || bench.address.put([("who".to_owned(), None)], false);
    let keys = window_event_listener(ev::keydown, move |event| {
        let ours = event.key() == "Escape" && !event.default_prevented() && !is_writing(&event);
        if ours && who.get_untracked().is_some() {
            close();
        }
    });
    on_cleanup(move || keys.remove());
    view! {
        <Show when=move || index.get().is_some()>
            <aside class="one" aria-label=t("一户客户", "One customer")>
                <Leaf bench=bench index=index close=Callback::new(move |()| close()) />
            </aside>
        </Show>
    }
}

#[component]
fn Leaf(bench: Bench, index: Memo<Option<u32>>, close: Callback<()>) -> impl IntoView {
    let desk = Desk::here();
    let member = Memo::new(move |_| {
        let (lab, index) = (bench.lab.get()?, index.get()?);
        lab.0.members.get(index as usize).cloned()
    });
    let policy =
        Memo::new(move |_| bench.shown.with(|shown| shown.as_ref().map(|shown| std::sync::Arc::clone(&shown.policy))));
    let score = Signal::derive(move || Some(policy.get()?.scorecard.score(&member.get()?.profile)));
    let before = Signal::derive(move || {
        let in_force = bench.in_force.get()?;
        Some(in_force.policy.scorecard.score(&member.get()?.profile))
    });
    let bounds = Signal::derive(move || {
        policy.with(|policy| {
            let bands = policy.as_ref().map(|policy| policy.grade.bands.iter());
            bands.into_iter().flatten().map(|band| (band.grade.clone(), band.from)).collect::<Vec<_>>()
        })
    });
    let name = move || {
        let id = member.get()?.customer;
        desk.customers.with(|all| all.get(id).map(|known| known.name(lang()).to_owned()))
    };
    let link = move || member.get().map(|member| format!("{BASE}/customers/{}", member.customer)).unwrap_or_default();
    let outcomes = move || {
        let (shown, index) = (bench.shown.get()?, index.get()?);
        shown.effect.member(index)
    };
    let turned = move || {
        let (member, (old, new), policy) = (member.get()?, outcomes()?, policy.get()?);
        Some(verdicts(lang(), &member, &old, &new, &policy))
    };
    let figures = move || {
        let ((old, new), policy) = (outcomes()?, policy.get()?);
        let grade = |outcome: &Outcome| {
            policy.grade.bands.get(usize::from(outcome.rank)).map(|band| band.grade.clone()).unwrap_or_default()
        };
        let limit = |outcome: &Outcome| match limit_of(outcome, policy.currency) {
            Ok(Limit::Amount { amount: limit }) => amount(limit).into_any(),
            _ => t("不授信", "none").into_any(),
        };
        Some(view! {
            <dl class="facts">
                <dt>{t("等级", "Grade")}</dt><dd>{turn((grade(&old), grade(&new)))}</dd>
                <dt>{move || lang().fill("额度 {0}", "Limit {0}", &[&bench.before()])}</dt><dd>{limit(&old)}</dd>
                <dt>{move || lang().fill("额度 {0}", "Limit {0}", &[&draft_name(lang())])}</dt><dd><b>{limit(&new)}</b></dd>
            </dl>
        })
    };
    let next = move || {
        let (member, policy, lang) = (member.get()?, policy.get()?, lang());
        let score = policy.scorecard.score(&member.profile);
        let grade = policy.grade.grade(score.points, score.confidence, &member.profile);
        let next = grade.next?;
        Some(lang.fill(
            "离 {0} 还差 {1}\u{a0}分",
            "{1}\u{a0}points short of {0}",
            &[&next.grade, &words::points(next.points)],
        ))
    };
    view! {
        <header>
            <h2>{name}</h2>
            <button class="btn btn--bare" type="button" aria-label=t("关上", "Close") on:click=move |_| close.run(())>
                <svg width="12" height="12" aria-hidden="true">
                    <path d="m1 1 10 10M11 1 1 11" stroke="currentColor" stroke-width="1.5" />
                </svg>
            </button>
        </header>
        {turned}
        {figures}
        <figure>
            <figcaption>
                <b>{t("得分，一项一项", "Score, point by point")}</b>
                <span>{move || lang().fill("草案，对 {0}", "draft, against {0}", &[&bench.before()])}</span>
            </figcaption>
            <Waterfall of=score before=before bounds=bounds />
        </figure>
        <p><b>{next}</b></p>
        <div class="acts"><a class="btn" href=link>{t("打开档案", "Open the file")}</a></div>
    }
}

/// What becomes of the open orders, and the rule that says so with its own numbers.
fn verdicts(lang: Lang, member: &Member, old: &Outcome, new: &Outcome, policy: &Policy) -> impl IntoView + use<> {
    let text = match verdict(member, old).zip(verdict(member, new)) {
        None => lang.pick("没有未交的订单", "No open orders").to_owned(),
        Some((old, new)) if old == new => lang.fill("未交订单仍是{0}", "Open orders stay at {0}", &[mark(new).word()]),
        Some((_, new)) => lang.fill("未交订单变为{0}", "Open orders turn to {0}", &[mark(new).word()]),
    };
    let exposure = member.position.exposure.total;
    let limit = Money::from_minor(new.limit, policy.currency).unwrap_or(Money::zero(policy.currency));
    let why = if new.limit == 0 {
        lang.fill("敞口 {0}，没有额度", "{0} owed, no limit", &[&lang.brief(exposure)])
    } else {
        let share = shared::facts::number::Ratio::from_units(1_000_000 + policy.order_check.tolerance.units());
        let sign = if new.over { ">" } else { "≤" };
        let with = [&*lang.brief(exposure), sign, &*lang.brief(limit), &*lang.rate(share)];
        lang.fill("敞口 {0} {1} {2} × {3}", "{0} owed {1} {2} × {3}", &with)
    };
    let late = (member.position.overdue.minor() > 0).then(|| {
        let with = [&*lang.money(member.position.overdue), &*lang.days(i64::from(member.position.oldest_days))];
        lang.fill("逾期 {0}，最久 {1}", "{0} overdue, oldest {1}", &with)
    });
    view! {
        <div class="turn">
            <Seal of=mark(new.verdict) beside=true />
            <div><p><b>{text}</b></p><p class="quiet">{why}</p>{late.map(|late| view! { <p class="quiet">{late}</p> })}</div>
        </div>
    }
}
