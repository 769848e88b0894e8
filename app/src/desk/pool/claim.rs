//! Whose a receipt is: the proposals with their reasons, another customer looked up, or no customer at all.

use super::words;
use crate::data::client::{self, ClientError, Key};
use crate::desk::book::{Desk, Load};
use crate::desk::parts::{Failure, both};
use crate::lang::{lang, t};
use crate::ui::{Button, Chip, Dialog, Field, Skeleton, Tone};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::facts::id::{CustomerId, ReceiptId};
use shared::facts::money::Money;
use shared::record::api::bank::{Apply, ClaimCandidate, ClaimProposals, ClaimReceipt, SetAside};
use shared::record::bank::Pooled;
use std::sync::Arc;

/// How many customers a search shows.
const FOUND_MAX: usize = 6;

/// The question as it stands.
#[derive(Clone, Copy)]
struct State {
    desk: Desk,
    chosen: RwSignal<Option<Pooled>>,
    proposals: RwSignal<Load<ClaimProposals>>,
    customer: RwSignal<Option<CustomerId>>,
    /// Whether it settles what is proposed, or stays unapplied.
    applies: RwSignal<bool>,
    search: RwSignal<String>,
    reason: RwSignal<String>,
    busy: RwSignal<bool>,
    failed: RwSignal<Option<ClientError>>,
    key: StoredValue<Key>,
}

impl State {
    fn ask(self) {
        self.customer.set(None);
        self.applies.set(true);
        self.search.set(String::new());
        self.reason.set(String::new());
        self.failed.set(None);
        self.key.set_value(Key::new());
        self.proposals.set(Load::Waiting);
        let Some(receipt) = self.chosen.get_untracked().map(|pooled| pooled.money.receipt) else { return };
        spawn_local(async move {
            let heard = self.desk.keeper.heed(client::claim_proposals(receipt, None).await);
            if self.is_about(receipt) {
                match heard {
                    Ok(answer) => {
                        let first = answer.clear.or_else(|| answer.candidates.first().map(|one| one.customer.id));
                        self.customer.set(first);
                        self.proposals.set(Load::Ready(Arc::new(answer)));
                    }
                    Err(error) => self.proposals.set(Load::Failed(error)),
                }
            }
        });
    }

    fn is_about(self, receipt: ReceiptId) -> bool {
        self.chosen.try_get_untracked().flatten().is_some_and(|pooled| pooled.money.receipt == receipt)
    }

    /// Adds a customer that was looked up.
    fn add(self, customer: CustomerId) {
        let Some(receipt) = self.chosen.get_untracked().map(|pooled| pooled.money.receipt) else { return };
        self.failed.set(None);
        spawn_local(async move {
            match self.desk.keeper.heed(client::claim_proposals(receipt, Some(customer)).await) {
                Ok(found) if self.is_about(receipt) => {
                    let known = self.proposals.get_untracked().ready();
                    let mut whole = known.map_or_else(|| found.clone(), |known| (*known).clone());
                    whole.candidates.retain(|one| one.customer.id != customer);
                    whole.candidates.splice(0..0, found.candidates);
                    self.proposals.set(Load::Ready(Arc::new(whole)));
                    self.customer.set(Some(customer));
                    self.search.set(String::new());
                }
                Ok(_) => {}
                Err(error) => {
                    self.failed.try_set(Some(error));
                }
            }
        });
    }

    fn candidate(self) -> Option<ClaimCandidate> {
        let (answer, customer) = (self.proposals.get().ready()?, self.customer.get()?);
        answer.candidates.iter().find(|one| one.customer.id == customer).cloned()
    }

    fn send(self, on_done: Callback<()>) {
        let (Some(pooled), Some(candidate)) = (self.chosen.get_untracked(), untrack(|| self.candidate())) else {
            return;
        };
        let apply = match candidate.digest.filter(|_| self.applies.get_untracked()) {
            Some(digest) => Apply::AsProposed { digest },
            None => Apply::Documents { documents: Vec::new() },
        };
        let claim = ClaimReceipt { customer: candidate.customer.id, apply };
        let key = self.key.get_value();
        self.busy.set(true);
        self.failed.set(None);
        spawn_local(async move {
            let heard = self.desk.keeper.heed(client::claim_receipt(pooled.money.receipt, &claim, key).await);
            self.busy.try_set(false);
            match heard {
                Ok(_) => {
                    let lang = untrack(lang);
                    let with = [&*candidate.customer.name, &*lang.money(pooled.money.amount)];
                    self.desk.toaster.say(lang.fill("{1} 已认领给 {0}", "{1} claimed for {0}", &with));
                    self.desk.refresh();
                    self.chosen.try_set(None);
                    on_done.run(());
                }
                Err(error) => {
                    // Another proposal is another write.
                    self.key.set_value(Key::new());
                    self.failed.try_set(Some(error));
                }
            }
        });
    }

    fn set_aside(self, on_done: Callback<()>) {
        let Some(pooled) = self.chosen.get_untracked() else { return };
        let reason = SetAside { reason: self.reason.get_untracked().trim().to_owned() };
        self.busy.set(true);
        self.failed.set(None);
        spawn_local(async move {
            let heard =
                self.desk.keeper.heed(client::set_receipt_aside(pooled.money.receipt, &reason, Key::new()).await);
            self.busy.try_set(false);
            match heard {
                Ok(_) => {
                    self.desk.toaster.say(untrack(lang).pick("已搁置", "Set aside"));
                    self.chosen.try_set(None);
                    on_done.run(());
                }
                Err(error) => {
                    self.failed.try_set(Some(error));
                }
            }
        });
    }
}

/// The dialog in which a receipt is claimed.
#[component]
pub fn Claim(
    /// The receipt asked about.
    chosen: RwSignal<Option<Pooled>>,
    /// It no longer waits.
    on_done: Callback<()>,
) -> impl IntoView {
    let state = State {
        desk: Desk::here(),
        chosen,
        proposals: RwSignal::new(Load::Waiting),
        customer: RwSignal::new(None),
        applies: RwSignal::new(true),
        search: RwSignal::new(String::new()),
        reason: RwSignal::new(String::new()),
        busy: RwSignal::new(false),
        failed: RwSignal::new(None),
        key: StoredValue::new(Key::new()),
    };
    Effect::new(move |_| {
        if chosen.with(Option::is_some) {
            state.ask();
        }
    });
    let title = Signal::derive(move || {
        chosen.get().map_or_else(String::new, |pooled| {
            lang().fill("{0} 是谁的？", "Whose is {0}?", &[&lang().money(pooled.money.amount)])
        })
    });
    let act = Signal::derive(move || match state.candidate() {
        Some(one) => lang().fill("认领给 {0}", "Claim for {0}", &[&one.customer.name]),
        None => lang().pick("认领", "Claim").to_owned(),
    });
    let nobody = Signal::derive(move || state.candidate().is_none());
    let open = Signal::derive(move || chosen.with(Option::is_some));
    let about = move || {
        chosen.get().map(|pooled| {
            let money = pooled.money;
            view! {
                <dl class="facts">
                    <dt>{t("日期", "Date")}</dt><dd>{move || lang().date(money.date)}</dd>
                    <dt>{t("对方", "Payer")}</dt><dd>{move || words::payer(lang(), &money.payer)}</dd>
                    {money.account.map(|account| view! { <dt>{t("账号", "Account")}</dt><dd class="num">{account}</dd> })}
                    {(!money.text.is_empty()).then(|| view! { <dt>{t("附言", "Text")}</dt><dd class="said">{money.text}</dd> })}
                </dl>
            }
        })
    };
    view! {
        <Dialog
            open=open
            title=title
            safe=both("先不认领", "Not now")
            act=act
            disabled=nobody
            busy=state.busy
            on_act=Callback::new(move |()| state.send(on_done))
            on_close=Callback::new(move |()| chosen.set(None))
        >
            <div class="claim">
                {about}
                <Candidates state=state />
                <Lookup state=state />
                <Failure error=state.failed />
                <Aside state=state on_done=on_done />
            </div>
        </Dialog>
    }
}

/// Whose it may be.
#[component]
fn Candidates(state: State) -> impl IntoView {
    let one = move |candidate: ClaimCandidate, clear: bool| {
        let id = candidate.customer.id;
        let signs = candidate.signs.clone().map(|found| found.signs).unwrap_or_default();
        let reasons = move || {
            let lang = lang();
            if signs.is_empty() {
                return lang.pick("没有什么指向它", "nothing points to it").to_owned();
            }
            signs.iter().map(|sign| words::sign(lang, sign)).collect::<Vec<_>>().join(lang.pick("；", "; "))
        };
        let is_it = move || state.customer.get() == Some(id);
        view! {
            <li>
                <label>
                    <input type="radio" name="claim-for" prop:checked=is_it on:change=move |_| state.customer.set(Some(id)) />
                    <span>
                        <b>{candidate.customer.name.clone()}</b>" "<span class="num quiet">{candidate.customer.code.clone()}</span>
                        {clear.then(|| view! { " "<Chip text=both("把握大", "clear") tone=Tone::Sound /> })}
                        <small class="quiet">{reasons}</small>
                    </span>
                </label>
                <Show when=is_it><Settles state=state /></Show>
            </li>
        }
    };
    move || {
        match state.proposals.get() {
        Load::Waiting => view! { <Skeleton lines=3 /> }.into_any(),
        Load::Failed(error) => view! { <Failure error=Signal::stored(Some(error)) /> }.into_any(),
        Load::Ready(answer) if answer.candidates.is_empty() => {
            view! { <p class="quiet">{t("没有什么指向哪个客户；请在下面找", "Nothing points to a customer; look one up below")}</p> }.into_any()
        }
        Load::Ready(answer) => {
            let clear = answer.clear;
            let items = answer.candidates.iter().cloned().map(|found| {
                let is_clear = clear == Some(found.customer.id);
                one(found, is_clear)
            });
            view! {
                <fieldset>
                    <legend class="label">{t("可能是", "It may be from")}</legend>
                    <ul class="candidates">{items.collect_view()}</ul>
                </fieldset>
            }
            .into_any()
        }
    }
    }
}

/// What it would settle of the chosen customer's.
#[component]
fn Settles(state: State) -> impl IntoView {
    move || {
        let candidate = state.candidate()?;
        let proposal = candidate.proposal?;
        let number = |item| {
            let found = candidate.open.iter().find(|debt| debt.item == item);
            found.map(|debt| debt.number.clone()).unwrap_or_default()
        };
        let rows = proposal
            .lines
            .iter()
            .map(|line| {
                let (amount, why) = (line.amount, line.clone());
                view! {
                    <tr>
                        <th scope="row">{number(line.item)}</th>
                        <td class="num">{move || lang().amount(amount)}</td>
                        <td class="quiet">{move || words::why(lang(), &why)}</td>
                    </tr>
                }
            })
            .collect_view();
        let rest: Money = proposal.unapplied;
        let has = !proposal.lines.is_empty();
        let left = move || {
            if rest.is_zero() {
                lang().pick("正好用完", "all of it is used").to_owned()
            } else {
                lang().fill("{0} 留着未核销", "{0} stays unapplied", &[&lang().money(rest)])
            }
        };
        let pick = move |applies: bool, zh, en| {
            view! {
                <label>
                    <input type="radio" name="claim-how" prop:checked=move || state.applies.get() == applies on:change=move |_| state.applies.set(applies) />
                    <span>{t(zh, en)}</span>
                </label>
            }
        };
        Some(view! {
            {has.then(|| view! {
                <fieldset class="segment">
                    <legend class="visually-hidden">{t("怎么核销", "How to apply it")}</legend>
                    {pick(true, "按建议核销", "Apply as proposed")}
                    {pick(false, "先不核销", "Leave it unapplied")}
                </fieldset>
            })}
            <Show when=move || state.applies.get() && has>
                <p class="quiet">{left}</p>
            </Show>
            <table class="data" class:struck=move || !state.applies.get()>
                <tbody>{rows}</tbody>
            </table>
        })
    }
}

/// Another customer, by number or name.
#[component]
fn Lookup(state: State) -> impl IntoView {
    let found = move || {
        let word = state.search.get().trim().to_lowercase();
        if word.is_empty() {
            return Vec::new();
        }
        state.desk.customers.with(|all| {
            let fits = all.all().filter(|(_, known)| {
                let customer = &known.customer;
                customer.code.to_lowercase().contains(&word)
                    || customer.name.to_lowercase().contains(&word)
                    || known.search.contains(word.as_str())
            });
            fits.take(FOUND_MAX)
                .map(|(_, known)| (known.customer.id, known.customer.code.clone(), known.customer.name.clone()))
                .collect()
        })
    };
    let items = move || {
        let one = |(id, code, name): (CustomerId, String, String)| {
            view! { <li><button type="button" class="btn" on:click=move |_| state.add(id)>{name}" "{code}</button></li> }
        };
        found().into_iter().map(one).collect_view()
    };
    view! {
        <Field
            label=both("换一个客户", "Another customer")
            value=state.search
            on_input=Callback::new(move |text| state.search.set(text))
            placeholder=both("客户编号、名称或拼音首字母", "number, name or initials")
        />
        <ul class="found">{items}</ul>
    }
}

/// It is no customer's.
#[component]
fn Aside(state: State, on_done: Callback<()>) -> impl IntoView {
    let empty = Signal::derive(move || state.reason.with(|reason| reason.trim().is_empty()));
    view! {
        <details>
            <summary>{t("不是客户的款", "It is no customer’s")}</summary>
            <Field
                label=both("是什么", "What it is")
                value=state.reason
                on_input=Callback::new(move |text| state.reason.set(text))
                placeholder=both("银行利息、退税、股东往来", "interest, a tax refund, a shareholder’s loan")
            />
            <Button disabled=empty busy=state.busy on_press=Callback::new(move |()| state.set_aside(on_done))>
                {t("搁置", "Set aside")}
            </Button>
        </details>
    }
}
