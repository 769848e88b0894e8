//! What may be done about an order: let it through, refuse it, hold it by hand or end that; each with a reason, after a
//! second look.

use super::one::said;
use crate::data::client::{self, ClientError, Key};
use crate::desk::book::Desk;
use crate::desk::parts::AskReason;
use crate::desk::words::{is_role, role_named};
use crate::lang::{Lang, lang, t};
use crate::ui::{Button, Kind};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::facts::id::DecisionId;
use shared::facts::money::Money;
use shared::record::access::Operation;
use shared::record::api::OrderStatus;
use shared::record::api::orders::{HoldOrder, OrderAnswer, OrderLine, RefuseOrder, ReleaseOrder};
use shared::rules::order_check::{NeedsRelease, Verdict};
use std::sync::Arc;

/// What somebody may be about to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deed {
    /// Let it through.
    Release,
    /// Refuse what waits.
    Refuse,
    /// Hold it by hand.
    Hold,
    /// End that.
    Resume,
}

/// A question that is open, about the order as it was when it was asked: what moves meanwhile is for the edge to say.
pub type Asked = RwSignal<Option<(Deed, Arc<OrderAnswer>)>>;

/// The buttons.
#[component]
pub fn Deeds(
    /// The order.
    answer: Arc<OrderAnswer>,
    /// The question that a button opens.
    asked: Asked,
) -> impl IntoView {
    let desk = Desk::here();
    let line = &answer.line;
    let waits = answer.now.is_some();
    let by_hand = line.by_hand.is_some();
    let verdict = answer.now.as_ref().map(|now| now.verdict);
    let needs = needs(&answer).cloned();
    let own = desk.session.with_value(|session| line.asked_by == Some(session.person));
    let within = needs.as_ref().is_none_or(|needs| is_mine(needs, desk));
    let may_release = desk.may(Operation::ReleaseOrder);
    let can_release = waits && !by_hand && verdict != Some(Verdict::Refuse);
    let can_hold = matches!(line.status, OrderStatus::Confirmed | OrderStatus::Held);
    // Why somebody who may release in general may not here.
    let bar = {
        let needs = needs.clone();
        move || {
            let lang = lang();
            if !may_release || !can_release {
                return None;
            }
            if own {
                return Some(
                    lang.pick("您自己提交的，要由别人放行或驳回", "You asked for it yourself: somebody else decides")
                        .to_owned(),
                );
            }
            let needs = needs.as_ref().filter(|_| !within)?;
            Some(match &needs.authority.lowest {
                Some(lowest) => lang.fill(
                    "超出您的权限，{0}可以放行",
                    "Beyond your authority; {0} may",
                    &[&role_named(lang, lowest)],
                ),
                None => lang.pick("按政策没有人可以放行", "By the policy nobody may let it through").to_owned(),
            })
        }
    };
    // Those who may not are told who may.
    let whose = {
        let lowest = needs.as_ref().and_then(|needs| needs.authority.lowest.clone());
        move || {
            let lowest = lowest.as_ref().filter(|_| !may_release && can_release)?;
            Some(lang().fill("{0}可以放行", "{0} may let it through", &[&role_named(lang(), lowest)]))
        }
    };
    let ask = move |deed: Deed| {
        let answer = Arc::clone(&answer);
        Callback::new(move |()| asked.set(Some((deed, Arc::clone(&answer)))))
    };
    let refused = (waits && verdict == Some(Verdict::Refuse)).then(|| {
        view! { <p class="quiet">{t("规则不予的订单，放行不了：先解决上面的理由", "What the rules refuse cannot be let through: the reasons above must go first")}</p> }
    });
    let release = (may_release && can_release).then(|| {
        view! { <Button kind=Kind::Main disabled=Signal::stored(own || !within) on_press=ask(Deed::Release)>{t("放行", "Let through")}</Button> }
    });
    let refuse = (desk.may(Operation::RefuseOrder) && waits && !by_hand).then(|| {
        view! { <Button kind=Kind::Stop disabled=Signal::stored(own) on_press=ask(Deed::Refuse)>{t("驳回", "Refuse")}</Button> }
    });
    let hold = (desk.may(Operation::HoldOrder) && can_hold).then(|| {
        let (deed, zh, en) = if by_hand {
            (Deed::Resume, "解除冻结", "End the hold")
        } else {
            (Deed::Hold, "手工冻结", "Hold by hand")
        };
        view! { <Button on_press=ask(deed)>{t(zh, en)}</Button> }
    });
    let any = release.is_some() || refuse.is_some() || hold.is_some();
    view! {
        <div class="deeds screen-only">
            {refused}
            {move || bar().map(|bar| view! { <p class="caution">{bar}</p> })}
            {move || whose().map(|whose| view! { <p class="quiet">{whose}</p> })}
            {any.then(|| view! { <p class="acts">{release}{refuse}{hold}</p> })}
        </div>
    }
}

/// Who may let through what waits, and by how much it goes beyond what is allowed.
fn needs(answer: &OrderAnswer) -> Option<&NeedsRelease> {
    answer.now.as_ref()?.release.as_ref()
}

/// What a release comes to.
fn release_means(lang: Lang, needs: &NeedsRelease) -> String {
    let until = lang.fill(
        "授权到 {0} 为止，之后又算暂缓。",
        "The authorisation is good until {0}; from then on it counts as held again.",
        &[&lang.date(needs.authority.until)],
    );
    if needs.overage.minor() <= 0 {
        return until;
    }
    let over = lang.fill("超出额度 {0}。", "It goes {0} beyond the limit. ", &[&lang.money(needs.overage)]);
    over + &until
}

/// Whether the reader's role may let this through.
fn is_mine(needs: &NeedsRelease, desk: Desk) -> bool {
    needs.authority.roles.iter().any(|line| line.may && is_role(&line.role, desk.role()))
}

/// The question, with the reason that is asked for.
#[component]
pub fn Question(
    /// The question.
    asked: Asked,
    /// It was done.
    on_done: Callback<()>,
) -> impl IntoView {
    let desk = Desk::here();
    let deed = Memo::new(move |_| asked.with(|asked| asked.as_ref().map(|(deed, _)| *deed)));
    let (reason, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let failed = RwSignal::new(None::<ClientError>);
    let key = StoredValue::new(Key::new());
    let decision = StoredValue::new(DecisionId(client::new_id()));
    Effect::new(move |_| {
        if deed.get().is_some() {
            // A new question is a new write; a retry of the same one keeps its key.
            key.set_value(Key::new());
            decision.set_value(DecisionId(client::new_id()));
            reason.set(String::new());
            failed.set(None);
        }
    });
    let send = Callback::new(move |()| {
        let Some((deed, answer)) = asked.get_untracked() else { return };
        let (id, version, sum) = (answer.line.order.id, answer.line.version, answer.line.order.amount);
        let overage = needs(&answer).map_or(Money::zero(sum.currency()), |needs| needs.overage);
        let reason = reason.get_untracked().trim().to_owned();
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let key = key.get_value();
            let heard = match deed {
                Deed::Release => {
                    let release = ReleaseOrder { decision: decision.get_value(), overage, reason };
                    let heard = client::release_order(id, &release, version, key).await;
                    heard.map(|done| done.release.map(|release| release.number))
                }
                Deed::Refuse => client::refuse_order(id, &RefuseOrder { reason }, version, key).await.map(|_| None),
                Deed::Hold | Deed::Resume => {
                    let hold = HoldOrder { held: deed == Deed::Hold, reason };
                    client::hold_order(id, &hold, key).await.map(|_| None)
                }
            };
            busy.try_set(false);
            match desk.keeper.heed(heard) {
                Ok(number) => {
                    asked.try_set(None);
                    desk.toaster.say(done(deed, number));
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
        asked.get().map(|(deed, answer)| title(lang(), deed, &answer, desk)).unwrap_or_default()
    });
    let act = Signal::derive(move || deed.get().map(|deed| act(lang(), deed).to_owned()).unwrap_or_default());
    let what = move || asked.get().map(|(deed, answer)| means(lang(), deed, &answer));
    let open = Signal::derive(move || deed.get().is_some());
    // What holds it is looked at once more before it is let through.
    let found = move || {
        let (_, answer) = asked.get().filter(|(deed, _)| *deed == Deed::Release)?;
        let told = |of| crate::words::reason(lang(), of).text;
        let check = said(&answer);
        let all: Vec<_> = check.reasons.iter().filter(|of| of.verdict >= Verdict::Hold).map(told).collect();
        Some(view! { <ul>{all.into_iter().map(|text| view! { <li>{text}</li> }).collect_view()}</ul> })
    };
    view! {
        <AskReason
            open=open
            title=title
            act=act
            stop=Signal::derive(move || matches!(deed.get(), Some(Deed::Refuse | Deed::Hold)))
            reason=reason
            on_change=Callback::new(move |()| {
                key.set_value(Key::new());
                decision.set_value(DecisionId(client::new_id()));
            })
            busy=busy
            failed=failed
            on_act=send
            on_close=Callback::new(move |()| asked.set(None))
        >
            {found}
            <p>{what}</p>
        </AskReason>
    }
}

/// The question in words.
fn title(lang: Lang, deed: Deed, answer: &OrderAnswer, desk: Desk) -> String {
    let OrderLine { customer_name, order, .. } = &answer.line;
    let with = [&*desk.customer(order.customer, customer_name), &*lang.money(order.amount)];
    match deed {
        Deed::Release => lang.fill("放行 {0} 的 {1}？", "Let {1} of {0} through?", &with),
        Deed::Refuse => lang.fill("驳回 {0} 的 {1}？", "Refuse {1} of {0}?", &with),
        Deed::Hold => lang.fill("手工冻结 {0} 的 {1}？", "Hold {1} of {0} by hand?", &with),
        Deed::Resume => lang.fill("解除 {0} 的 {1} 的冻结？", "End the hold of {1} of {0}?", &with),
    }
}

/// The deed in a word.
fn act(lang: Lang, deed: Deed) -> &'static str {
    let (zh, en) = match deed {
        Deed::Release => ("放行", "Let through"),
        Deed::Refuse => ("驳回", "Refuse"),
        Deed::Hold => ("手工冻结", "Hold by hand"),
        Deed::Resume => ("解除冻结", "End the hold"),
    };
    lang.pick(zh, en)
}

/// What follows from it.
fn means(lang: Lang, deed: Deed, answer: &OrderAnswer) -> String {
    let (zh, en) = match deed {
        Deed::Release => return needs(answer).map(|needs| release_means(lang, needs)).unwrap_or_default(),
        Deed::Refuse => (
            "销售会看到理由；要再做，得重新提交。",
            "The salesperson sees the reason; to go on it must be asked for again.",
        ),
        Deed::Hold => {
            ("付了款、放行了都不会自动解除，只有人能解除。", "No money and no release lifts it; only a person does.")
        }
        Deed::Resume => ("之后重新按规则处理。", "From then on the rules decide again."),
    };
    lang.pick(zh, en).to_owned()
}

fn done(deed: Deed, number: Option<String>) -> String {
    let lang = untrack(lang);
    match (deed, number) {
        (Deed::Release, Some(number)) => lang.fill("已放行，授权号 {0}", "Let through, authorisation {0}", &[&number]),
        (Deed::Release, None) => lang.pick("已放行", "Let through").to_owned(),
        (Deed::Refuse, _) => lang.pick("已驳回", "Refused").to_owned(),
        (Deed::Hold, _) => lang.pick("已冻结", "Held").to_owned(),
        (Deed::Resume, _) => lang.pick("已解除冻结", "The hold is ended").to_owned(),
    }
}
