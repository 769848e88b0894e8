//! Hands the draft in as a new version: what differs is read once more before it goes.

use super::page::Bench;
use crate::data::client::{self, ClientError, Key};
use crate::desk::book::Desk;
use crate::desk::parts::{Failure, both};
use crate::desk::policy::diff::{Difference, differences};
use crate::lang::{lang, t};
use crate::ui::{Button, Dialog, Kind};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::record::api::DraftPolicy;
use shared::rules::policy::Policy;

/// The button and what it asks.
#[component]
pub fn Submit(bench: Bench) -> impl IntoView {
    let desk = Desk::here();
    let (open, busy) = (RwSignal::new(false), RwSignal::new(false));
    let failed = RwSignal::new(None::<ClientError>);
    // What was shown when it was asked is what is sent, under one key.
    let asked = RwSignal::new(None::<(Policy, Key)>);
    let found = move || {
        let in_force = bench.in_force.get()?;
        asked.with(|asked| asked.as_ref().map(|(policy, _)| differences(&in_force.policy, policy).unwrap_or_default()))
    };
    let ask = Callback::new(move |()| {
        failed.set(None);
        asked.set(bench.policy.get_untracked().map(|policy| (Policy::clone(&policy), Key::new())));
        open.set(true);
    });
    let send = Callback::new(move |()| {
        let Some((policy, key)) = asked.get_untracked() else { return };
        busy.set(true);
        spawn_local(async move {
            let answer = desk.keeper.heed(client::draft_policy(&DraftPolicy { policy }, key).await);
            busy.try_set(false);
            match answer {
                Ok(entry) => {
                    let version = entry.version.version.to_string();
                    desk.toaster.say(untrack(lang).fill(
                        "v{0} 已提交，等人批准",
                        "v{0} submitted; it waits for approval",
                        &[&version],
                    ));
                    open.try_set(false);
                    bench.address.leave_for("/policy");
                }
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
        });
    });
    let blocked = Signal::derive(move || {
        bench.draft.with(super::draft::Draft::is_empty) || bench.faults.with(|faults| !faults.is_empty())
    });
    let list = move || found().map(|found| view! { <Differences of=found /> });
    view! {
        <Button kind=Kind::Main disabled=blocked on_press=ask>{t("提交为新版本", "Submit as a version")}</Button>
        <Dialog
            open=open
            title=both("提交这份草案？", "Submit this draft?")
            safe=both("再想想", "Think again")
            act=both("提交", "Submit")
            busy=busy
            on_act=send
            on_close=Callback::new(move |()| open.set(false))
        >
            <p>{t("别人批准以后才生效，起草人不能自己批准。", "It comes into force when somebody else approves it; not the drafter.")}</p>
            {list}
            <Failure error=failed />
        </Dialog>
    }
}

/// What differs, old → new, in the words of the policy.
#[component]
pub fn Differences(of: Vec<Difference>) -> impl IntoView {
    let row = |found: Difference| {
        let (place, old, new) = (found.clone(), found.clone(), found);
        view! {
            <tr>
                <th scope="row">{move || place.place(lang())}</th>
                <td class="num quiet">{move || old.old_text(lang())}</td>
                <td aria-hidden="true">"→"</td>
                <td class="num"><b>{move || new.new_text(lang())}</b></td>
            </tr>
        }
    };
    view! {
        <table class="data differences">
            <caption class="visually-hidden">{t("改了什么", "What changes")}</caption>
            <tbody>{of.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}
