//! The page: a bank's file, what waits to be claimed, and what became of the rest.

use super::bring::Bring;
use super::claim::Claim;
use super::words;
use crate::data::client;
use crate::desk::book::{Desk, Load};
use crate::desk::parts::{Loaded, both, moment};
use crate::desk::shell::Bar;
use crate::lang::{lang, t};
use crate::ui::{Button, Empty};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::record::access::Operation;
use shared::record::api::bank::{BankFileEntry, PoolAnswer, PoolEnded, PoolEntry};
use shared::record::bank::Pooled;
use std::sync::Arc;

/// Reads the pool.
pub fn read(desk: Desk, pool: RwSignal<Load<PoolAnswer>>) {
    spawn_local(async move {
        let load = match desk.keeper.heed(client::pool(None).await) {
            Ok(answer) => Load::Ready(Arc::new(answer)),
            Err(error) => Load::Failed(error),
        };
        pool.try_set(load);
    });
}

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    let desk = Desk::here();
    let pool = RwSignal::new(Load::<PoolAnswer>::Waiting);
    read(desk, pool);
    let (may_bring, may_claim) = (desk.may(Operation::StageBank), desk.may(Operation::ClaimReceipt));
    let chosen = RwSignal::new(None::<Pooled>);
    let about = Signal::derive(move || {
        let Some(answer) = pool.with(Load::ready) else { return String::new() };
        let lang = lang();
        if answer.waiting == 0 {
            return lang.pick("没有到款等着认领", "nothing waits to be claimed").to_owned();
        }
        let sums: Vec<String> = answer.totals.values().map(|total| lang.money(*total)).collect();
        let count = lang.count(i64::from(answer.waiting), "笔等着认领", "receipt waits", "receipts wait");
        lang.fill("{0}，{1}", "{0}; {1}", &[&count, &sums.join(lang.pick("、", ", "))])
    });
    let again = Callback::new(move |()| read(desk, pool));
    view! {
        <Bar title=both("到款认领", "Money in") about=about />
        <main class="page import pool" id="main">
            {may_bring.then(|| view! { <Bring pool=pool /> })}
            <Loaded of=pool on_retry=again>
                <Waiting pool=pool may_claim=may_claim chosen=chosen />
                <Ended pool=pool />
                <Files pool=pool />
            </Loaded>
            <Claim chosen=chosen on_done=again />
        </main>
    }
}

/// What waits.
#[component]
fn Waiting(pool: RwSignal<Load<PoolAnswer>>, may_claim: bool, chosen: RwSignal<Option<Pooled>>) -> impl IntoView {
    let desk = Desk::here();
    let more_busy = RwSignal::new(false);
    let answer = Memo::new(move |_| pool.with(Load::ready));
    let next = move || answer.get().and_then(|answer| answer.next);
    let more = Callback::new(move |()| {
        let Some(known) = answer.get_untracked() else { return };
        let Some(after) = known.next else { return };
        more_busy.set(true);
        spawn_local(async move {
            let heard = desk.keeper.heed(client::pool(Some(after)).await);
            more_busy.try_set(false);
            if let Ok(page) = heard {
                let mut whole = (*known).clone();
                whole.receipts.extend(page.receipts);
                whole.next = page.next;
                pool.try_set(Load::Ready(Arc::new(whole)));
            }
        });
    });
    let none = move || answer.get().is_none_or(|answer| answer.receipts.is_empty());
    let row = move |entry: PoolEntry| {
        let money = entry.receipt.money.clone();
        let label = {
            let money = money.clone();
            move || {
                let payer = words::payer(lang(), &money.payer);
                lang().fill("认领 {0} 的 {1}", "Claim {1} from {0}", &[&payer, &lang().money(money.amount)])
            }
        };
        let (receipt, payer) = (entry.receipt.clone(), money.payer.clone());
        view! {
            <tr>
                <td>{move || lang().date(money.date)}</td>
                <th scope="row">{move || words::payer(lang(), &payer)}<small class="quiet">{money.account.clone()}</small></th>
                <td class="num">{move || lang().money(money.amount)}</td>
                <td class="said">{money.text.clone()}<small class="quiet">{entry.receipt.reference.clone()}</small></td>
                <td class="act">
                    {may_claim.then(|| view! {
                        <button type="button" class="btn" aria-label=label on:click=move |_| chosen.set(Some(receipt.clone()))>
                            {t("认领", "Claim")}
                        </button>
                    })}
                </td>
            </tr>
        }
    };
    let rows = move || {
        let receipts = answer.get().map(|answer| answer.receipts.clone()).unwrap_or_default();
        receipts.into_iter().map(row).collect_view()
    };
    view! {
        <section aria-label=t("待认领", "To be claimed")>
            <h2>{t("待认领", "To be claimed")}</h2>
            <Show
                when=move || !none()
                fallback=|| view! {
                    <Empty what=both("没有到款等着认领", "Nothing waits to be claimed") next=both("把银行文件拖到上面，到款会出现在这里", "Drop a bank’s file above; what came in appears here") />
                }
            >
                <div class="scroll" tabindex="0" role="region" aria-label=t("待认领的到款", "Receipts to be claimed")>
                    <table class="data pooled">
                        <thead><tr>
                            <th scope="col">{t("日期", "Date")}</th>
                            <th scope="col">{t("对方", "Payer")}</th>
                            <th scope="col" class="num">{t("金额", "Amount")}</th>
                            <th scope="col">{t("附言", "Text")}</th>
                            <th scope="col"><span class="visually-hidden">{t("认领", "Claim")}</span></th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
                <Show when=move || next().is_some()>
                    <Button busy=more_busy on_press=more>{t("再显示一些", "Show more")}</Button>
                </Show>
            </Show>
        </section>
    }
}

/// What was claimed or set aside last.
#[component]
fn Ended(pool: RwSignal<Load<PoolAnswer>>) -> impl IntoView {
    let desk = Desk::here();
    let offset = desk.book.with_untracked(|book| book.utc_offset_minutes);
    let row = move |ended: PoolEnded| {
        let PoolEnded { receipt, customer, reason, by, at } = ended;
        let money = receipt.money;
        let became = move || match (&customer, &reason) {
            (Some(customer), _) => format!("{} {}", customer.code, customer.name),
            (None, Some(reason)) => lang().fill("不是客户的款：{0}", "no customer’s: {0}", &[reason]),
            (None, None) => String::new(),
        };
        view! {
            <tr>
                <td>{move || lang().date(money.date)}</td>
                <th scope="row">{move || words::payer(lang(), &money.payer)}</th>
                <td class="num">{move || lang().money(money.amount)}</td>
                <td class="said">{became}</td>
                <td class="quiet">{by}" "{move || moment(lang(), i64::try_from(at).unwrap_or(0), offset)}</td>
            </tr>
        }
    };
    move || {
        let ended = pool.with(Load::ready).map(|answer| answer.ended.clone()).filter(|ended| !ended.is_empty())?;
        Some(view! {
            <section aria-label=t("已认领和搁置", "Claimed and set aside")>
                <h2>{t("最近认领和搁置的", "Claimed and set aside lately")}</h2>
                <div class="scroll" tabindex="0" role="region" aria-label=t("最近认领和搁置的", "Claimed and set aside lately")>
                    <table class="data pooled">
                        <thead><tr>
                            <th scope="col">{t("日期", "Date")}</th>
                            <th scope="col">{t("对方", "Payer")}</th>
                            <th scope="col" class="num">{t("金额", "Amount")}</th>
                            <th scope="col">{t("归属", "Whose")}</th>
                            <th scope="col">{t("经手", "By")}</th>
                        </tr></thead>
                        <tbody>{ended.into_iter().map(row).collect_view()}</tbody>
                    </table>
                </div>
            </section>
        })
    }
}

/// Files recorded.
#[component]
fn Files(pool: RwSignal<Load<PoolAnswer>>) -> impl IntoView {
    let desk = Desk::here();
    let offset = desk.book.with_untracked(|book| book.utc_offset_minutes);
    let row = move |entry: BankFileEntry| {
        let (zh, en) = words::format(entry.format);
        let count = entry.new;
        view! {
            <tr>
                <th scope="row">{entry.name}</th>
                <td>{t(zh, en)}</td>
                <td class="num">{move || lang().number(i64::from(count))}</td>
                <td class="quiet">{entry.by}" "{move || moment(lang(), i64::try_from(entry.at).unwrap_or(0), offset)}</td>
            </tr>
        }
    };
    move || {
        let files = pool.with(Load::ready).map(|answer| answer.files.clone()).filter(|files| !files.is_empty())?;
        Some(view! {
            <section aria-label=t("银行文件记录", "Bank files so far")>
                <h2>{t("银行文件记录", "Bank files so far")}</h2>
                <div class="scroll" tabindex="0" role="region" aria-label=t("读进来的银行文件", "Bank files that were read")>
                    <table class="data">
                        <thead><tr>
                            <th scope="col">{t("文件", "File")}</th>
                            <th scope="col">{t("格式", "Form")}</th>
                            <th scope="col" class="num">{t("新到款", "New receipts")}</th>
                            <th scope="col">{t("经手", "By")}</th>
                        </tr></thead>
                        <tbody>{files.into_iter().map(row).collect_view()}</tbody>
                    </table>
                </div>
            </section>
        })
    }
}
