//! What waits for a decision: orders, applications, money whose owner isn't known, files that a second person records.

use super::page::Card;
use crate::data::client;
use crate::desk::address::BASE;
use crate::desk::applications;
use crate::desk::book::{Desk, Load};
use crate::desk::orders;
use crate::desk::parts::{Failure, both};
use crate::lang::lang;
use crate::ui::Skeleton;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::record::api::applications::ApplicationsAnswer;
use shared::record::api::bank::PoolAnswer;
use shared::record::api::imports::{ImportState, ImportsAnswer};
use shared::record::api::orders::OrdersAnswer;
use std::future::Future;
use std::sync::Arc;

/// So many rows stand on a card.
const SHOWN: usize = 5;
/// So many are counted; more are more.
const COUNTED: u32 = 99;

/// Something of the edge's, read anew whenever the book has moved on.
fn kept<T, F>(read: impl Fn() -> F + 'static) -> RwSignal<Load<T>>
where
    T: Send + Sync + 'static,
    F: Future<Output = Result<T, client::ClientError>> + 'static,
{
    let desk = Desk::here();
    let load = RwSignal::new(Load::Waiting);
    Effect::new(move |_| {
        desk.feed.track();
        let asked = read();
        spawn_local(async move {
            load.try_set(match desk.keeper.heed(asked.await) {
                Ok(answer) => Load::Ready(Arc::new(answer)),
                Err(error) => Load::Failed(error),
            });
        });
    });
    load
}

/// A count of what is listed up to [`COUNTED`].
fn counted(count: usize) -> String {
    match u32::try_from(count) {
        Ok(count) if count <= COUNTED => count.to_string(),
        _ => format!("{COUNTED}+"),
    }
}

/// What was read as rows; what isn't there yet, or nothing, in its words.
fn rows<T: Clone + Send + Sync + 'static>(
    of: RwSignal<Load<T>>,
    none: (&'static str, &'static str),
    draw: impl Fn(&T) -> Vec<AnyView> + Send + 'static,
) -> impl IntoView {
    move || match of.get() {
        Load::Waiting => view! { <Skeleton lines=3 /> }.into_any(),
        Load::Failed(error) => view! { <Failure error=Signal::stored(Some(error)) /> }.into_any(),
        Load::Ready(answer) => {
            let rows = draw(&answer);
            if rows.is_empty() {
                view! { <p class="quiet">{move || lang().pick(none.0, none.1)}</p> }.into_any()
            } else {
                view! { <ul class="queue">{rows}</ul> }.into_any()
            }
        }
    }
}

/// Orders that wait.
#[component]
pub fn Orders() -> impl IntoView {
    let load = kept::<OrdersAnswer, _>(|| client::orders(Some("held"), None, COUNTED.saturating_add(1)));
    let count = Signal::derive(move || load.with(Load::ready).map(|of| counted(of.orders.len())).unwrap_or_default());
    let draw = |of: &OrdersAnswer| {
        let row = |line: &_| orders::row(Clone::clone(line)).into_any();
        of.orders.iter().take(SHOWN).map(row).collect()
    };
    view! {
        <Card title=both("等放行的订单", "Orders that wait") count=count href=format!("{BASE}/orders")>
            {rows(load, ("没有订单在等", "Nothing waits"), draw)}
        </Card>
    }
}

/// Applications that wait.
#[component]
pub fn Applications() -> impl IntoView {
    let most = COUNTED.saturating_add(1);
    let load = kept::<ApplicationsAnswer, _>(move || client::applications(Some("open"), None, None, most));
    let count =
        Signal::derive(move || load.with(Load::ready).map(|of| counted(of.applications.len())).unwrap_or_default());
    let draw = |of: &ApplicationsAnswer| {
        let row = |line: &_| applications::row(Clone::clone(line)).into_any();
        of.applications.iter().take(SHOWN).map(row).collect()
    };
    view! {
        <Card title=both("等批的申请", "Applications that wait") count=count href=format!("{BASE}/applications")>
            {rows(load, ("没有申请在等", "Nothing waits"), draw)}
        </Card>
    }
}

/// Money whose owner isn't known yet.
#[component]
pub fn Receipts() -> impl IntoView {
    let load = kept::<PoolAnswer, _>(|| client::pool(None));
    let count = Signal::derive(move || {
        load.with(Load::ready).map(|of| lang().number(i64::from(of.waiting))).unwrap_or_default()
    });
    let draw = |of: &PoolAnswer| {
        let line = |total: &shared::facts::money::Money| {
            let total = *total;
            view! { <li><a class="plain" href=format!("{BASE}/pool")><b class="name">{move || lang().money(total)}</b></a></li> }
                .into_any()
        };
        of.totals.values().filter(|total| !total.is_zero()).map(line).collect()
    };
    view! {
        <Card title=both("待认领到款", "Money to be claimed") count=count href=format!("{BASE}/pool")>
            {rows(load, ("没有到款等着认领", "Nothing waits to be claimed"), draw)}
        </Card>
    }
}

/// Files that were compared with the book and not recorded yet.
#[component]
pub fn Imports() -> impl IntoView {
    let load = kept::<ImportsAnswer, _>(client::imports);
    let staged = |of: &ImportsAnswer| {
        let staged = of.imports.iter().filter(|entry| entry.state == ImportState::Staged);
        staged.map(|entry| (entry.name.clone(), entry.by.clone())).collect::<Vec<_>>()
    };
    let count = Signal::derive(move || load.with(Load::ready).map(|of| counted(staged(&of).len())).unwrap_or_default());
    let any = Memo::new(move |_| {
        load.with(|load| load.error().is_some() || load.ready().is_some_and(|of| !staged(&of).is_empty()))
    });
    let draw = move |of: &ImportsAnswer| {
        let line = |(name, by): (String, String)| {
            view! {
                <li><a class="plain" href=format!("{BASE}/import")><b class="name">{name}</b><span class="since">{by}</span></a></li>
            }
            .into_any()
        };
        staged(of).into_iter().take(SHOWN).map(line).collect()
    };
    // Only while there are some: whoever imports sees them on that page as well.
    view! {
        <Show when=move || any.get()>
            <Card title=both("等确认的导入", "Imports to be recorded") count=count href=format!("{BASE}/import")>
                {rows(load, ("没有", "None"), draw)}
            </Card>
        </Show>
    }
}
