//! One customer's file: what is known, where it stands, and what can be done.

use super::actions::FreezeButton;
use super::orders::Orders;
use super::papers::Papers;
use super::portal::PortalAccess;
use super::receipt::RecordMoney;
use super::score::ScoreSheet;
use super::statement::Account;
use crate::data::client;
use crate::desk::address::Address;
use crate::desk::applications::ApplyButton;
use crate::desk::book::{Desk, Known, Load};
use crate::desk::parts::{self, CloseButton, Loaded, both, current};
use crate::desk::words;
use crate::lang::{Lang, lang, t};
use crate::ui::{Beam, BeamLegend, Chip, Empty, Grade, Load as Weights, Tone, amount};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use shared::facts::customer::Stage;
use shared::facts::id::CustomerId;
use shared::facts::ledger::Limit;
use shared::facts::money::{Currency, Money};
use shared::facts::number::Ratio;
use shared::record::access::Operation;
use shared::record::api::CustomerAnswer;
use std::sync::Arc;

/// The parts of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Tab {
    Standing,
    Papers,
    Account,
    Score,
    Orders,
    Money,
    Portal,
}

const TABS: [(Tab, &str, &str, &str); 7] = [
    (Tab::Standing, "", "现状", "Standing"),
    (Tab::Papers, "papers", "档案", "Papers"),
    (Tab::Account, "account", "往来", "Account"),
    (Tab::Score, "score", "评分", "Score"),
    (Tab::Orders, "orders", "订单", "Orders"),
    (Tab::Money, "money", "登记到款", "Record a receipt"),
    (Tab::Portal, "portal", "门户", "Portal"),
];

fn read_tab(text: &str) -> Option<Tab> {
    TABS.iter().find(|(_, key, ..)| *key == text).map(|(tab, ..)| *tab)
}

#[allow(clippy::trivially_copy_pass_by_ref)] // the form that an address asks for
fn write_tab(tab: &Tab) -> String {
    TABS.iter().find(|(of, ..)| of == tab).map(|(_, key, ..)| (*key).to_owned()).unwrap_or_default()
}

/// The file that the address names.
#[component]
pub fn File() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| id.parse::<CustomerId>().ok())));
    let address = Address::here();
    let tab = address.keep("tab", Tab::Standing, read_tab, write_tab);
    move || match id.get() {
        Some(id) => view! { <OneFile id=id tab=tab address=address /> }.into_any(),
        None => view! { <Empty what=both("没有这个客户", "No such customer") /> }.into_any(),
    }
}

#[component]
fn OneFile(id: CustomerId, tab: RwSignal<Tab>, address: Address) -> impl IntoView {
    let desk = Desk::here();
    let known = Memo::new(move |_| desk.customers.with(|customers| customers.get(id).cloned()));
    let answer = RwSignal::new(Load::<CustomerAnswer>::Waiting);
    let read = Callback::new(move |()| {
        spawn_local(async move {
            let load = match desk.keeper.heed(client::customer(id).await) {
                Ok(answer) => Load::Ready(Arc::new(answer)),
                Err(error) => Load::Failed(error),
            };
            answer.try_set(load);
        });
    });
    Effect::new(move |_| {
        desk.feed.track();
        read.run(());
    });
    let may_see = move |(of, ..): &(Tab, &str, &str, &str)| match of {
        Tab::Papers => desk.may(Operation::ReadFile),
        Tab::Score => desk.may(Operation::ReadDecision),
        Tab::Money => desk.may(Operation::RecordReceipt),
        Tab::Portal => desk.may(Operation::ReadPortalAccess),
        _ => true,
    };
    let link = move |(of, _, zh, en): (Tab, &'static str, &'static str, &'static str)| {
        view! {
            <button type="button" aria-current=move || current(tab.get() == of) on:click=move |_| tab.set(of)>
                {t(zh, en)}
            </button>
        }
    };
    let shown = move || match tab.get() {
        Tab::Standing => view! { <Standing known=known /> }.into_any(),
        Tab::Papers => view! { <Papers id=id /> }.into_any(),
        Tab::Account => view! { <Account id=id /> }.into_any(),
        Tab::Score => view! {
            <Loaded of=answer on_retry=read>
                <ScoreSheet answer=Signal::derive(move || answer.with(Load::ready)) />
            </Loaded>
        }
        .into_any(),
        Tab::Orders => view! {
            <Loaded of=answer on_retry=read>
                <Orders answer=Signal::derive(move || answer.with(Load::ready)) />
            </Loaded>
        }
        .into_any(),
        Tab::Money => view! { <RecordMoney id=id /> }.into_any(),
        Tab::Portal => view! { <PortalAccess id=id /> }.into_any(),
    };
    let frozen =
        Signal::derive(move || known.with(|known| known.as_ref().is_some_and(|known| known.standing.frozen.is_some())));
    let ask = desk.may(Operation::Apply).then(|| view! { <ApplyButton id=id /> });
    let freeze = desk.may(Operation::Freeze).then(|| view! { <FreezeButton id=id frozen=frozen on_done=read /> });
    view! {
        <section class="file" aria-label=t("客户档案", "Customer file")>
            <header>
                {move || known.get().map(|known| heading(&known))}
                <div class="acts screen-only">{ask}{freeze}</div>
                <CloseButton label=both("关上档案", "Close the file") on_press=Callback::new(move |()| address.close_file()) />
            </header>
            <nav class="tabs screen-only" aria-label=t("档案的各部分", "Parts of the file")>
                {TABS.into_iter().filter(may_see).map(link).collect_view()}
            </nav>
            <div class="leaf">{shown}</div>
        </section>
    }
}

/// Name, other name, code and the states that one must not overlook.
fn heading(known: &Known) -> impl IntoView + use<> {
    let customer = &known.customer;
    let lang = lang();
    let (first, second) = match (lang, customer.name_en.clone()) {
        (Lang::En, Some(name)) => (name, Some(customer.name.clone())),
        (_, other) => (customer.name.clone(), other),
    };
    let stage = customer.stage;
    let tone = match stage {
        Stage::Active => Tone::Sound,
        Stage::Prospect | Stage::Admitted => Tone::Info,
        Stage::Suspended => Tone::Caution,
        Stage::Ended => Tone::Stop,
    };
    let frozen = known.standing.frozen.clone().map(|frozen| {
        let text = lang.fill("停止供货 {0} 起", "Supply stopped since {0}", &[&lang.date(frozen.since)]);
        view! { <Chip text=text tone=Tone::Stop /> }
    });
    view! {
        <div class="names">
            <h2>{first}</h2>
            <p class="quiet">{customer.code.clone()}{second.map(|name| format!(" · {name}"))}</p>
            <p class="chips">
                {known.standing.grade.clone().map(|grade| view! { <Grade of=grade.grade /> })}
                <Chip text=words::stage(lang, stage).to_owned() tone=tone />
                {frozen}
            </p>
        </div>
    }
}

/// Where the customer stands: exposure against the limit, and what is known of it.
#[component]
fn Standing(known: Memo<Option<Arc<Known>>>) -> impl IntoView {
    let desk = Desk::here();
    let tolerance = move || {
        desk.policy.with(|policy| policy.as_ref().map_or(Ratio::ZERO, |policy| policy.policy.order_check.tolerance))
    };
    let weights = Memo::new(move |_| {
        let known = known.get()?;
        let (standing, position) = (&known.standing, known.position.as_ref()?);
        Some(Weights::of(standing, position, Money::zero(standing.currency), tolerance(), desk.today()))
    });
    let beam = move || {
        weights.with(Option::is_some).then(|| {
            let of = Signal::derive(move || weights.get().unwrap_or_else(|| Weights::bare(Currency::CNY)));
            view! { <figure class="weigh"><Beam of=of /><BeamLegend of=of /></figure> }
        })
    };
    view! {
        {beam}
        {move || known.get().map(|known| figures(&known, desk))}
        {move || known.get().map(|known| facts(&known, desk))}
    }
}

/// The four figures that people ask for first.
fn figures(known: &Known, desk: Desk) -> impl IntoView + use<> {
    let (lang, today) = (lang(), desk.today());
    let none = || "–".into_any();
    let position = known.position.as_ref();
    let limit = match known.limit(today) {
        Some(Limit::Amount { amount: limit }) => amount(limit).into_any(),
        other => parts::limit(lang, other).into_any(),
    };
    let until = known.standing.limit.as_ref().and_then(|limit| limit.until);
    let until = until.map(|until| lang.fill("至 {0}", "until {0}", &[&lang.date(until)]));
    let over = known.is_over(today);
    let overdue = known.overdue();
    let late = overdue.is_some_and(|amount| amount.minor() > 0);
    let oldest = position.filter(|_| late).map(|position| {
        let documents = lang.count(i64::from(position.overdue_documents), "笔", "item", "items");
        lang.fill("{0}，最久 {1}", "{0}, oldest {1}", &[&documents, &lang.days(i64::from(position.oldest_days))])
    });
    let disputed = position
        .filter(|position| position.disputed.minor() > 0)
        .map(|position| lang.fill("另有争议 {0}", "{0} more disputed", &[&lang.money(position.disputed)]));
    let figure = |label: &'static str, value: AnyView, tone: &'static str, note: Option<String>| {
        view! {
            <div class="fig">
                <p class="label">{label}</p>
                <p class=format!("value {tone}")>{value}</p>
                <p class="label">{note}</p>
            </div>
        }
    };
    let exposure = position.map_or_else(none, |position| amount(position.exposure.total).into_any());
    let available = known.available(today).map_or_else(none, |money| amount(money).into_any());
    view! {
        <div class="figs">
            {figure(lang.pick("额度", "Limit"), limit, "", until)}
            {figure(lang.pick("敞口", "Exposure"), exposure, "", None)}
            {figure(
                lang.pick("可用", "Available"),
                available,
                if over { "stop" } else { "" },
                over.then(|| lang.pick("已超额度", "over the limit").to_owned()),
            )}
            {figure(
                lang.pick("逾期", "Overdue"),
                overdue.map_or_else(none, |money| amount(money).into_any()),
                if late { "stop" } else { "" },
                [oldest, disputed].into_iter().flatten().reduce(|oldest, disputed| {
                    lang.fill("{0}；{1}", "{0}; {1}", &[&oldest, &disputed])
                }),
            )}
        </div>
    }
}

/// What is known of the customer; what isn't says so.
fn facts(known: &Known, desk: Desk) -> impl IntoView + use<> {
    let lang = lang();
    let customer = known.customer.clone();
    let missing = || view! { <span class="caution">{lang.pick("缺", "missing")}</span> }.into_any();
    let text = move |text: Option<String>| text.map_or_else(missing, IntoAny::into_any);
    let frozen = known.standing.frozen.clone().map(|frozen| frozen.reason);
    let contact = customer.contact.map(|contact| match contact.phone {
        Some(phone) => format!("{} {phone}", contact.name),
        None => contact.name,
    });
    let terms = known.standing.terms.map(|terms| lang.terms(terms));
    let row = |label: &'static str, value: AnyView| view! { <dt>{label}</dt><dd>{value}</dd> };
    view! {
        <dl class="facts wide">
            {frozen.map(|reason| row(lang.pick("停供理由", "Why supply stopped"), reason.into_any()))}
            {row(lang.pick("账期", "Terms"), text(terms))}
            {row(lang.pick("销售", "Salesperson"), text(desk.person(customer.salesperson)))}
            {row(lang.pick("联系人", "Contact"), text(contact))}
            {row(lang.pick("统一社会信用代码", "Credit code"), text(customer.credit_code.map(|code| code.to_string())))}
            {row(lang.pick("行业", "Industry"), text(customer.industry))}
            {row(lang.pick("客户类别", "Segment"), text(customer.segment))}
            {row(lang.pick("成立", "Founded"), text(customer.founded.map(|date| lang.date(date))))}
            {row(lang.pick("合作自", "With us since"), text(customer.since.map(|date| lang.date(date))))}
            {row(
                lang.pick("注册资本", "Registered capital"),
                customer.registered_capital.map_or_else(missing, |money| amount(money).into_any()),
            )}
        </dl>
    }
}
