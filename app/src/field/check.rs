//! The check: an amount is typed, the verdict follows in the same frame, one tap tries a way out, one confirms.

use super::ask::{Ask, followed};
use super::place::Place;
use super::question::{Question, Way};
use super::queue::{Counted, count_in};
use super::verdict::{Reasons, Standings, VerdictBand};
use super::{Shared, Top, list::TooOld};
use crate::data::client::new_id;
use crate::data::local::{Shelf, TOO_OLD};
use crate::data::outbox::Entry;
use crate::lang::{Lang, lang, t};
use crate::ui::{Amount, Beam, BeamLegend, Button, Empty, ErrorNote, Freshness, Grade, Kind, Load, Skeleton};
use crate::words::limit;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::facts::calendar::Date;
use shared::facts::id::{CustomerId, DecisionId, OrderId};
use shared::facts::ledger::{Limit, Order};
use shared::facts::money::Money;
use shared::questions::remedy::{Remedy, remedies};
use shared::readings::standing::Standing;
use shared::record::api::orders::OrderAround;
use shared::record::api::{ConfirmOrder, DeviceJudgement, SyncCustomer};
use shared::record::decision::decide_order;
use shared::rules::order_check::{Answer, Verdict, order_check};
use std::sync::Arc;

/// The page of one customer.
#[component]
pub fn Check(
    /// Whom.
    id: CustomerId,
) -> impl IntoView {
    let Shared { local, .. } = Shared::get();
    let known =
        Memo::new(move |_| local.shelf.with(|shelf| shelf.as_ref().map(|shelf| shelf.customers.get(&id).cloned())));
    // The form outlives a sync that brings the customer anew.
    let stage = Memo::new(move |_| match (known.get(), local.age.get()) {
        (None, _) => Stage::Waiting,
        (Some(_), Some(age)) if age > TOO_OLD => Stage::TooOld,
        (Some(None), _) => Stage::Unknown,
        (Some(Some(_)), _) => Stage::Here,
    });
    let body = move || {
        match stage.get() {
        Stage::Waiting => view! { <div class="body find"><Skeleton lines=6 /></div> }.into_any(),
        Stage::TooOld => view! { <div class="body"><TooOld /></div> }.into_any(),
        Stage::Unknown => view! {
            <div class="body">
                <Empty
                    what=Signal::derive(t("您看不到这位客户", "This customer is not in your sight"))
                    next=Signal::derive(t("可能已经交给别的同事。回到列表再找一次", "It may have gone to a colleague. Look again in the list"))
                />
            </div>
        }
        .into_any(),
        Stage::Here => match (known.get_untracked().flatten(), local.shelf.get_untracked()) {
            (Some(first), Some(shelf)) => view! { <Form id=id first=first shelf=shelf /> }.into_any(),
            _ => ().into_any(),
        },
    }
    };
    view! {
        <div class="phone check">
            <Top title=|| lang().pick("信用检查", "Credit check") back=Place::List />
            {body}
        </div>
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Waiting,
    TooOld,
    Unknown,
    Here,
}

/// Everything that a judgement takes.
#[derive(Clone)]
pub struct Ground {
    /// What the device knows.
    pub shelf: Arc<Shelf>,
    /// The customer's standing as the book has said it: what a confirmation is judged on, so that it can be replayed.
    pub known: Standing,
    /// The same with the orders that wait here, as if they were confirmed: what is shown.
    pub standing: Standing,
    /// How many of the customer's orders wait, and how many of them pass and so use credit here.
    pub queue: (usize, usize),
    /// The book's date.
    pub today: Date,
}

impl Ground {
    fn of(shelf: Arc<Shelf>, known: Standing, entries: &[Arc<Entry>], today: Date) -> Self {
        let Counted { standing, waiting, using } = count_in(&shelf, known.clone(), entries, today);
        Self { shelf, known, standing, queue: (waiting, using), today }
    }
}

impl PartialEq for Ground {
    fn eq(&self, other: &Self) -> bool {
        // What is heard again without a change is the same ground.
        self.today == other.today
            && self.shelf.feed == other.shelf.feed
            && self.shelf.policy.digest == other.shelf.policy.digest
            && self.known == other.known
            && self.standing == other.standing
            && self.queue == other.queue
    }
}

/// A judgement of what is typed, as it would be with the way out that is being tried.
#[derive(Clone, PartialEq)]
pub struct Judged {
    /// The order.
    pub order: Order,
    /// The answer.
    pub answer: Arc<Answer>,
    /// It takes a payment that hasn't come.
    pub supposed: bool,
}

#[component]
fn Form(id: CustomerId, first: Arc<SyncCustomer>, shelf: Arc<Shelf>) -> impl IntoView {
    let Shared { local, outbox, route, .. } = Shared::get();
    let ask = RwSignal::new(Ask::new(OrderId(new_id()), &first.standing));
    let tried = RwSignal::new(None::<Remedy>);
    let all = RwSignal::new(false);
    let trouble = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let start = {
        let today = crate::data::session::today(&shelf.book);
        outbox.entries.with_untracked(|entries| Ground::of(shelf.clone(), first.standing.clone(), entries, today))
    };
    // A customer who goes out of sight takes this page with it.
    let ground = Memo::new(move |before: Option<&Ground>| {
        let now = || {
            let shelf = local.shelf.get()?;
            let (known, today) = (shelf.standing(id)?, local.today.get()?);
            Some(outbox.entries.with(|entries| Ground::of(shelf, known, entries, today)))
        };
        now().or_else(|| before.cloned()).unwrap_or_else(|| start.clone())
    });
    let customer = {
        let first = first.clone();
        Memo::new(move |_| {
            local
                .shelf
                .with(|shelf| shelf.as_ref().and_then(|shelf| shelf.customers.get(&id).cloned()))
                .unwrap_or(first.clone())
        })
    };
    let judge = move |order: &Order, standing: &Standing, ground: &Ground| {
        let policy = &ground.shelf.policy.policy;
        order_check(policy, standing, order, ground.today).ok().map(Arc::new)
    };
    // Whatever the amount: what stands against the customer, and its position.
    let plain =
        Memo::new(move |_| ground.with(|ground| judge(&ask.with_untracked(Ask::nothing), &ground.standing, ground)));
    let order = Memo::new(move |_| ask.with(Ask::order));
    let judged = Memo::new(move |_| {
        let order = order.get()?;
        ground.with(|ground| {
            let (order, standing, supposed) = match tried.get() {
                Some(remedy) => {
                    followed(&ground.shelf.policy.policy, &remedy, order, ground.standing.clone(), ground.today)
                }
                None => (order, ground.standing.clone(), false),
            };
            Some(Judged { answer: judge(&order, &standing, ground)?, order, supposed })
        })
    });
    let asked = Memo::new(move |_| judged.with(Option::is_some));
    let ways = Memo::new(move |_| {
        let Some(order) = order.get() else { return Vec::new() };
        ground.with(|ground| {
            remedies(&ground.shelf.policy.policy, &ground.standing, &order, ground.today).unwrap_or_default()
        })
    });
    // What passes with a remark needs no way to pass, but one to be rid of the remark.
    let passes = Memo::new(move |_| {
        let Some(order) = order.get() else { return false };
        ground
            .with(|ground| judge(&order, &ground.standing, ground))
            .is_some_and(|answer| answer.verdict <= Verdict::Warn)
    });
    let wanted = move || {
        if passes.get() {
            lang().pick("怎样去掉这条提示", "What would clear the remark")
        } else {
            lang().pick("怎样能通过", "What would pass")
        }
    };
    // A way out belongs to the question that it was found for.
    Effect::new(move |_| {
        let gone =
            ways.with(|ways| tried.with_untracked(|tried| tried.as_ref().is_some_and(|tried| !ways.contains(tried))));
        if gone {
            tried.set(None);
        }
    });
    let beam = Memo::new(move |_| {
        let answer = judged.get().map(|judged| judged.answer).or_else(|| plain.get());
        ground.with(|Ground { shelf, standing, today, .. }| {
            let position = answer.as_ref().and_then(|answer| Some((answer, answer.position.as_ref()?)));
            let tolerance = shelf.policy.policy.order_check.tolerance;
            position.map_or_else(
                || Load::bare(standing.currency),
                |(answer, position)| Load::of(standing, position, answer.order, tolerance, *today),
            )
        })
    });
    let confirm = move |()| {
        if busy.get_untracked() {
            return;
        }
        // The page may have slept over midnight.
        local.look_at_clock();
        let Some(Judged { order, answer, supposed: false }) = judged.get_untracked() else { return };
        let Ground { shelf, known, today, .. } = ground.get_untracked();
        let decision = DecisionId(new_id());
        let Ok(judgement) = decide_order(decision, shelf.policy.as_ref(), known, order.clone(), today) else {
            trouble.set(Some(lang().pick("金额太大，账簿记不下", "Too large for the book").to_owned()));
            return;
        };
        let device = DeviceJudgement {
            as_of: today,
            feed: shelf.feed,
            policy_version: shelf.policy.version,
            digest: judgement.digest.clone(),
        };
        let name = customer.with_untracked(|known| known.customer.name.clone());
        let around = OrderAround::default();
        let confirm = ConfirmOrder { order, decision, at: None, around, device: Some(device) };
        let entry = Entry::new(confirm, judgement, answer.verdict, name);
        let key = entry.key;
        busy.set(true);
        spawn_local(async move {
            if outbox.put(entry).await.is_ok() {
                route.go(Place::Entry(key.0));
            } else {
                let words = lang().pick(
                    "手机存不下，没有送出。清出一些空间再确认",
                    "No room on this device; nothing was sent. Make room, then confirm again",
                );
                trouble.try_set(Some(words.to_owned()));
            }
            busy.try_set(false);
        });
    };
    let queue = Memo::new(move |_| ground.with(|ground| ground.queue));
    let counted_in = move || {
        let (lang, (waiting, using)) = (lang(), queue.get());
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let orders = |count: usize| lang.count(number(count), "笔", "order", "orders");
        if using == waiting {
            lang.fill(
                "这位客户还有 {0}待发，当作已经确认算进来了",
                "{0} of this customer waiting, counted here as if confirmed",
                &[&orders(waiting)],
            )
        } else {
            lang.fill(
                "这位客户还有 {0}待发；能通过的 {1}当作已经确认算进来了",
                "{0} of this customer waiting; {2} would pass and count here as if confirmed",
                &[&orders(waiting), &orders(using), &lang.number(number(using))],
            )
        }
    };
    view! {
        <div class="body">
            <Who customer=customer ground=ground />
            <section class="credit" aria-label=t("可用额度", "Available credit")>
                <div class="head">
                    <p class="label">{t("可用额度", "Available credit")}</p>
                    <p class="figure">{move || available(plain.get().as_deref(), &ground.get())}</p>
                </div>
                <Beam of=beam />
                <BeamLegend of=beam />
            </section>
            <Question ask=ask ground=ground tried=tried judged=judged />
            <Show when=move || { queue.get().0 > 0 }>
                <p class="unsent">{counted_in}</p>
            </Show>
            {move || {
                if asked.get() {
                    let answer = Signal::derive(move || {
                        judged.get().map(|judged| judged.answer).or_else(|| plain.get()).unwrap_or_else(nothing)
                    });
                    let note = Signal::derive(move || note(lang(), judged.get().as_ref(), &ground.get(), local.freshness.get()));
                    view! {
                        <VerdictBand of=answer note=note all=all />
                        <section class="why-list" aria-label=t("理由", "Reasons")><Reasons of=answer all=all /></section>
                    }
                    .into_any()
                } else {
                    let answer = Signal::derive(move || plain.get().unwrap_or_else(nothing));
                    view! {
                        <section class="verdict verdict--none" aria-live="polite">
                            <p>{t("填上金额，结论马上出来", "Type an amount; the verdict follows at once")}</p>
                        </section>
                        <section class="why-list" aria-label=t("客户现状", "How the customer stands")><Standings of=answer /></section>
                    }
                    .into_any()
                }
            }}
            <Show when=move || ways.with(|ways| !ways.is_empty())>
                <section class="ways" aria-label=wanted>
                    <h2 class="head-2">{wanted}</h2>
                    <ul>
                        {move || ways.get().into_iter().map(|way| view! { <Way way=way order=order tried=tried /> }).collect_view()}
                    </ul>
                </section>
            </Show>
        </div>
        <footer class="confirm">
            <div class="acts">
                {move || trouble.get().map(|text| view! { <ErrorNote what=Signal::stored(text) /> })}
                <Button
                    kind=Kind::Main
                    thumb=true
                    disabled=Signal::derive(move || judged.get().is_none_or(|judged| judged.supposed))
                    busy=busy
                    on_press=Callback::new(confirm)
                >
                    {move || act(lang(), judged.get().as_ref())}
                </Button>
            </div>
        </footer>
    }
}

/// No answer can be told: a sum left the range of money.
fn nothing() -> Arc<Answer> {
    use shared::facts::money::Currency;
    Arc::new(Answer::plain(Verdict::Hold, Money::zero(Currency::CNY), None, None, Vec::new()))
}

/// What the button does, with its amount.
fn act(lang: Lang, judged: Option<&Judged>) -> String {
    let Some(Judged { order, answer, supposed }) = judged else {
        return lang.pick("先填金额", "Type an amount first").to_owned();
    };
    let amount = lang.money(order.amount);
    if *supposed {
        return lang.pick("逾期付清后再确认", "Confirm once the overdue is settled").to_owned();
    }
    match answer.verdict {
        Verdict::Hold => lang.fill("送出 {0}，记为暂缓", "Send {0}, to be held", &[&amount]),
        Verdict::Refuse => lang.fill("送出 {0}，记为不予", "Send {0}, to be refused", &[&amount]),
        _ if answer.order.is_zero() => lang.fill("确认 {0}，不占用额度", "Confirm {0}, using no credit", &[&amount]),
        _ => lang.fill("确认，占用 {0}", "Confirm, using {0}", &[&lang.money(answer.order)]),
    }
}

/// What the verdict rests on.
fn note(lang: Lang, judged: Option<&Judged>, ground: &Ground, freshness: Freshness) -> String {
    if judged.is_some_and(|judged| judged.supposed) {
        return lang.pick("假设逾期已经付清", "Supposing that the overdue is settled").to_owned();
    }
    match freshness {
        Freshness::Offline | Freshness::Stale => {
            lang.pick("离线预判，联网后以账簿为准", "Judged offline; the book decides once online").to_owned()
        }
        _ => {
            let version = ground.shelf.policy.version.to_string();
            lang.fill("按 {0}、政策第 {1} 版", "As of {0}, policy version {1}", &[&lang.date(ground.today), &version])
        }
    }
}

/// The figure of the screen: an amount, or the word that stands for none.
fn available(answer: Option<&Answer>, ground: &Ground) -> AnyView {
    match (answer.and_then(|answer| answer.available), ground.standing.limit_at(ground.today)) {
        (Some(amount), _) => view! { <Amount of=Signal::stored(Some(amount)) /> }.into_any(),
        (None, Some(granted @ (Limit::None | Limit::Unlimited))) => limit(lang(), granted).into_any(),
        (None, Some(Limit::Amount { .. })) => t("缺", "missing").into_any(),
        (None, None) => t("没有额度", "No limit").into_any(),
    }
}

/// Who it is.
#[component]
fn Who(customer: Memo<Arc<SyncCustomer>>, ground: Memo<Ground>) -> impl IntoView {
    let name = move || {
        let lang = lang();
        customer.with(|known| {
            let own = &known.customer;
            lang.pick(own.name.clone(), own.name_en.clone().unwrap_or_else(|| own.name.clone()))
        })
    };
    let grade =
        Memo::new(move |_| ground.with(|ground| ground.standing.grade.as_ref().map(|grade| grade.grade.clone())));
    let rank = move |grade: &str| {
        ground.with(|ground| ground.shelf.policy.policy.grades.iter().position(|known| known == grade))
    };
    let more = move || {
        let lang = lang();
        let mut parts = Vec::new();
        customer.with(|known| {
            parts.push(known.customer.code.clone());
            // A trade that the file names in Chinese has no place in an English sentence.
            let trade = known.customer.industry.clone();
            parts.extend(trade.filter(|trade| lang.pick(true, trade.is_ascii())));
        });
        ground.with(|ground| {
            if let Some(since) = customer.with(|known| known.customer.since) {
                let years = i64::from(ground.today.years_since(since).unwrap_or(0));
                if years > 0 {
                    parts.push(lang.fill("合作 {0}", "{0} with us", &[&lang.count(years, "年", "year", "years")]));
                }
            }
            if let Some(until) = ground.standing.limit.as_ref().and_then(|limit| limit.until) {
                parts.push(lang.fill("额度有效至 {0}", "limit valid to {0}", &[&lang.date(until)]));
            }
        });
        parts.join(lang.pick("，", ", "))
    };
    view! {
        <section class="who" aria-label=t("客户", "Customer")>
            <h1>{name}</h1>
            {move || grade.get().map(|grade| {
                let rank = rank(&grade).and_then(|rank| u8::try_from(rank).ok());
                view! { <Grade of=Signal::stored(grade) rank=Signal::stored(rank) /> }
            })}
            <p>{more}</p>
        </section>
    }
}
