//! The page of the policy's versions.

use super::diff::differences;
use super::text::Whole;
use crate::data::client::{self, ClientError, Key};
use crate::desk::book::{Desk, Load};
use crate::desk::lab::Differences;
use crate::desk::paged::Paged;
use crate::desk::parts::{Failure, Loaded, both};
use crate::desk::shell::Bar;
use crate::lang::{lang, t};
use crate::ui::{Button, Chip, Dialog, Empty, Kind, Tone};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::record::access::Operation;
use shared::record::api::{PoliciesAnswer, PolicyEntry};
use shared::rules::policy::Policy;

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    let desk = Desk::here();
    let list: Paged<(), PolicyEntry> = Paged::new(desk, RwSignal::new(()), |(), after| async move {
        let PoliciesAnswer { versions, next } = client::policies(after.as_deref()).await?;
        Ok((versions, next.map(|next| next.to_string())))
    });
    let read = Callback::new(move |()| list.read());
    let all = Memo::new(move |_| list.load.with(Load::ready).map(|known| known.rows.clone()).unwrap_or_default());
    let about = Signal::derive(move || {
        let in_force = desk.policy.with(|policy| policy.as_ref().map(|policy| policy.version));
        in_force.map(|version| lang().fill("v{0} 生效", "v{0} in force", &[&version.to_string()])).unwrap_or_default()
    });
    let none = Memo::new(move |_| all.with(Vec::is_empty));
    // Of an older version it is shown what it changed against the one before it; of a new one, against the one in force.
    let shown = move || {
        let all = all.get();
        let in_force = desk.policy.get().map(|policy| (*policy).clone());
        all.iter()
            .map(|entry| {
                let waiting = entry.approved_by.is_none();
                let older = all
                    .iter()
                    .filter(|other| other.version.version < entry.version.version && other.approved_by.is_some());
                let before = older.max_by_key(|other| other.version.version).map(|other| other.version.clone());
                let base = if waiting { in_force.clone().or(before) } else { before };
                let base = base.map(|base| (base.version, base.policy));
                view! { <Version entry=entry.clone() base=base on_done=read /> }
            })
            .collect_view()
    };
    view! {
        <Bar title=both("政策版本", "Policy versions") about=about />
        <main class="page versions" id="main">
            <Loaded of=list.load on_retry=read>
                <Show when=move || !none.get() fallback=|| view! { <Empty what=both("还没有政策", "No policy yet") /> }>
                    <ol reversed>{shown}</ol>
                    <Show when=move || list.goes_on()>
                        <Button busy=list.busy on_press=Callback::new(move |()| list.more())>{t("再显示一些", "Show more")}</Button>
                    </Show>
                </Show>
            </Loaded>
        </main>
    }
}

#[component]
fn Version(entry: PolicyEntry, base: Option<(u32, Policy)>, on_done: Callback<()>) -> impl IntoView {
    let desk = Desk::here();
    let version = entry.version.version;
    let (zh, en) = (entry.version.policy.name.zh.clone(), entry.version.policy.name.en.clone());
    let waiting = entry.approved_by.is_none();
    let state = match (entry.in_force, waiting) {
        (true, _) => Some((both("生效", "In force"), Tone::Sound)),
        (_, true) => Some((both("等人批准", "Waits for approval"), Tone::Caution)),
        _ => None,
    };
    let state = state.map(|(text, tone)| view! { <Chip text=text tone=tone /> });
    let (drafted, approved) = (entry.drafted_by.clone(), entry.approved_by.clone());
    let by = move || {
        let lang = lang();
        // Nobody approves what they drafted: the first version came with the book.
        if approved.as_ref() == Some(&drafted) {
            return lang.pick("随账簿附带的标准政策", "The standard policy that came with the book").to_owned();
        }
        let drafted = lang.fill("{0} 起草", "Drafted by {0}", &[&drafted]);
        match &approved {
            Some(approved) => lang.fill("{0}，{1} 批准", "{0}, approved by {1}", &[&drafted, approved]),
            None => drafted,
        }
    };
    let changes = base.map(|(before, policy)| {
        let found = differences(&policy, &entry.version.policy).unwrap_or_default();
        let head = move || lang().fill("与 v{0} 相比", "Against v{0}", &[&before.to_string()]);
        let body = if found.is_empty() {
            view! { <p class="quiet">{t("没有不同", "Nothing differs")}</p> }.into_any()
        } else {
            view! { <Differences of=found /> }.into_any()
        };
        view! { <h3 class="quiet">{head}</h3>{body} }
    });
    let mine = desk.session.with_value(|session| session.name == entry.drafted_by);
    let approve = (waiting && desk.may(Operation::ApprovePolicy))
        .then(|| view! { <Approve version=version mine=mine on_done=on_done /> });
    let whole = entry.version.policy.clone();
    let digest: String = entry.version.digest.chars().take(12).collect();
    view! {
        <li class="version">
            <header>
                <h2>{format!("v{version}")}" "<span>{move || lang().pick(zh.clone(), en.clone())}</span></h2>
                {state}
                <p class="quiet">{by}" "<code>{digest}</code></p>
                <div class="acts screen-only">{approve}</div>
            </header>
            {changes}
            <Whole policy=whole />
        </li>
    }
}

/// Puts a version in force; the drafter sees why not.
#[component]
fn Approve(version: u32, mine: bool, on_done: Callback<()>) -> impl IntoView {
    let desk = Desk::here();
    let (open, busy) = (RwSignal::new(false), RwSignal::new(false));
    let failed = RwSignal::new(None::<ClientError>);
    let key = StoredValue::new(Key::new());
    let send = Callback::new(move |()| {
        busy.set(true);
        spawn_local(async move {
            let answer = desk.keeper.heed(client::approve_policy(version, key.get_value()).await);
            busy.try_set(false);
            match answer {
                Ok(_) => {
                    desk.toaster.say(untrack(lang).fill("v{0} 已生效", "v{0} is in force", &[&version.to_string()]));
                    open.try_set(false);
                    desk.refresh();
                    on_done.run(());
                }
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
        });
    });
    let title = Signal::derive(move || lang().fill("批准 v{0}？", "Approve v{0}?", &[&version.to_string()]));
    let act = Signal::derive(move || lang().fill("批准，即日生效", "Approve, in force today", &[]));
    view! {
        {mine.then(|| view! { <p class="quiet">{t("您起草的，要请别人批准", "You drafted it; somebody else approves")}</p> })}
        <Button
            kind=Kind::Main
            disabled=Signal::stored(mine)
            on_press=Callback::new(move |()| {
                failed.set(None);
                open.set(true);
            })
        >
            {t("批准", "Approve")}
        </Button>
        <Dialog
            open=open
            title=title
            safe=both("再想想", "Think again")
            act=act
            busy=busy
            on_act=send
            on_close=Callback::new(move |()| open.set(false))
        >
            <p>
                {t(
                    "从今天起新的订单和评定都按它来；已作的决定不变，仍可重放。",
                    "From today orders and assessments go by it; decisions already made stay as they are.",
                )}
            </p>
            <Failure error=failed />
        </Dialog>
    }
}
