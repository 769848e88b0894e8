//! How the book stands, read from the customers that the desk holds: the figures, and the customers to look at.

use super::page::Card;
use crate::desk::address::BASE;
use crate::desk::book::{Desk, Known};
use crate::desk::parts::both;
use crate::lang::{Lang, Unit, lang, t};
use crate::ui::{Grade, Kpi, Tone, amount};
use leptos::prelude::*;
use shared::facts::calendar::{Date, days_between};
use shared::facts::ledger::Limit;
use shared::facts::money::{Currency, Money};
use shared::facts::number::Ratio;
use shared::readings::exchange::RatesOn;
use std::sync::Arc;

/// So many customers stand on a card.
const SHOWN: usize = 5;
/// A limit that ends within so many days is named.
const SOON_DAYS: i32 = 30;

/// The book in sums, in its own currency, and the customers to look at.
#[derive(Clone, PartialEq, Eq)]
pub struct Whole {
    currency: Currency,
    exposure: Money,
    /// What the limits that are amounts come to, and what is owed under them.
    granted: Money,
    used: Money,
    overdue: Money,
    customers: usize,
    over: Vec<(Arc<Known>, Money)>,
    late: Vec<(Arc<Known>, Money)>,
    ending: Vec<(Arc<Known>, Date)>,
    /// Customers that no rate tells anything of.
    left_out: usize,
}

impl Whole {
    /// Sums the book up.
    pub fn of(desk: Desk) -> Self {
        let today = desk.today();
        let currency = desk.book.with(|book| book.currency);
        let rates = desk.rates.get();
        let rates = RatesOn::new(&rates, today);
        let zero = Money::zero(currency);
        let mut whole = Self {
            currency,
            exposure: zero,
            granted: zero,
            used: zero,
            overdue: zero,
            customers: 0,
            over: Vec::new(),
            late: Vec::new(),
            ending: Vec::new(),
            left_out: 0,
        };
        desk.customers.with(|customers| {
            for (_, known) in customers.all() {
                whole.customers = whole.customers.saturating_add(1);
                if whole.add(known, &rates, today).is_none() {
                    whole.left_out = whole.left_out.saturating_add(1);
                }
            }
        });
        // The worst first; of equals the one that stands first in the book.
        whole.over.sort_by_key(|(_, over)| std::cmp::Reverse(over.minor()));
        whole.late.sort_by_key(|(_, late)| std::cmp::Reverse(late.minor()));
        whole.ending.sort_by_key(|(_, until)| *until);
        whole
    }

    /// Adds a customer; nothing of one whose amounts cannot be told in the book's currency.
    fn add(&mut self, known: &Arc<Known>, rates: &RatesOn<'_>, today: Date) -> Option<()> {
        let home = |money: Money| rates.convert(money, self.currency).ok();
        let position = known.position.as_ref()?;
        let (exposure, overdue) = (home(position.exposure.total)?, home(position.overdue)?);
        let limit = known.limit(today);
        let granted = match limit {
            Some(Limit::Amount { amount }) => Some(home(amount)?),
            _ => None,
        };
        let add = |sum: Money, more: Money| sum.plus(more).ok();
        let (all, late) = (add(self.exposure, exposure)?, add(self.overdue, overdue)?);
        if let Some(granted) = granted {
            let owed = if exposure.minor() > 0 { exposure } else { Money::zero(self.currency) };
            (self.granted, self.used) = (add(self.granted, granted)?, add(self.used, owed)?);
            let over = exposure.minus(granted).ok()?;
            if over.minor() > 0 {
                self.over.push((Arc::clone(known), over));
            }
        }
        (self.exposure, self.overdue) = (all, late);
        if overdue.minor() > 0 {
            self.late.push((Arc::clone(known), overdue));
        }
        let until = known.standing.limit.as_ref().filter(|of| of.limit != Limit::None).and_then(|of| of.until);
        if let Some(until) = until.filter(|until| days_between(today, *until) <= SOON_DAYS) {
            self.ending.push((Arc::clone(known), until));
        }
        Some(())
    }

    /// How much of the limits is used; absent when none is an amount.
    fn use_of_limits(&self) -> Option<Ratio> {
        Ratio::of(self.used.minor(), self.granted.minor())
    }
}

/// A figure in a unit: of larger ones a tenth tells enough.
fn scaled(lang: Lang, money: Money, unit: Unit) -> String {
    lang.scaled(money, unit, u32::from(unit != Unit::One))
}

/// The figures of the book.
#[component]
pub fn Figures(of: Memo<Whole>) -> impl IntoView {
    // The unit is the largest one's, so that the figures can be compared.
    let money = move |pick: fn(&Whole) -> Money| {
        Signal::derive(move || {
            let whole = of.get();
            let lang = lang();
            scaled(lang, pick(&whole), lang.unit_for(whole.exposure))
        })
    };
    let unit = Signal::derive(move || {
        let whole = of.get();
        let lang = lang();
        lang.unit_of_column(whole.currency, lang.unit_for(whole.exposure))
    });
    let count = move |pick: fn(&Whole) -> usize| {
        Signal::derive(move || of.with(|of| lang().number(i64::try_from(pick(of)).unwrap_or_default())))
    };
    let share = Signal::derive(move || {
        of.with(Whole::use_of_limits).map_or_else(|| "–".to_owned(), |share| lang().percent(share, 1))
    });
    let late = Signal::derive(move || {
        let share = of.with(|of| Ratio::of(of.overdue.minor(), of.exposure.minor()));
        share
            .filter(|share| *share > Ratio::ZERO)
            .map(|share| lang().fill("敞口的 {0}", "{0} of exposure", &[&lang().percent(share, 1)]))
            .unwrap_or_default()
    });
    let granted = Signal::derive(move || {
        let whole = of.get();
        let lang = lang();
        let unit = lang.unit_for(whole.exposure);
        let sum = scaled(lang, whole.granted, unit);
        lang.fill("额度合计 {0}", "limits {0}", &[&sum])
    });
    let customers = Signal::derive(move || {
        of.with(|of| lang().count(i64::try_from(of.customers).unwrap_or_default(), "户客户", "customer", "customers"))
    });
    let left_out = move || of.with(|of| i64::try_from(of.left_out).unwrap_or_default());
    view! {
        <div class="kpis">
            <Kpi label=both("敞口", "Exposure") value=money(|of| of.exposure) unit=unit was=customers />
            <Kpi label=both("额度使用率", "Use of limits") value=share was=granted />
            <Kpi label=both("逾期", "Overdue") value=money(|of| of.overdue) unit=unit was=late />
            <Kpi label=both("逾期客户", "Customers overdue") value=count(|of| of.late.len()) unit=both("户", "") />
            <Kpi label=both("超额度客户", "Over their limit") value=count(|of| of.over.len()) unit=both("户", "") />
        </div>
        <Show when=move || { left_out() > 0 }>
            <p class="caution">
                {move || lang().fill("{0}\u{a0}户缺汇率，没有计入", "{0} customers left out: a rate is missing", &[&lang().number(left_out())])}
            </p>
        </Show>
    }
}

/// A customer on a card: grade, name, what it is about.
fn row(known: &Arc<Known>, figure: AnyView, why: String, since: String) -> AnyView {
    let (id, known) = (known.customer.id, Arc::clone(known));
    let grade = known.standing.grade.clone();
    view! {
        <li>
            <a href=format!("{BASE}/customers/{id}")>
                {match grade {
                    Some(grade) => view! { <Grade of=grade.grade /> }.into_any(),
                    None => view! { <span>"–"</span> }.into_any(),
                }}
                <b class="name">{move || known.name(lang()).to_owned()}</b>
                <span class="num">{figure}</span>
                <span class="why">{why}</span>
                <span class="since">{since}</span>
            </a>
        </li>
    }
    .into_any()
}

/// The first few of a list of customers, or that there is none.
fn few<T>(
    of: &[(Arc<Known>, T)],
    none: (&'static str, &'static str),
    draw: impl Fn(&Arc<Known>, &T) -> AnyView,
) -> AnyView {
    if of.is_empty() {
        return view! { <p class="quiet">{t(none.0, none.1)}</p> }.into_any();
    }
    let rows: Vec<AnyView> = of.iter().take(SHOWN).map(|(known, about)| draw(known, about)).collect();
    view! { <ul class="queue">{rows}</ul> }.into_any()
}

fn counted(lang: Lang, count: usize) -> String {
    lang.number(i64::try_from(count).unwrap_or_default())
}

/// Those whose limit ends soon, or has ended.
#[component]
pub fn RunningOut(of: Memo<Whole>) -> impl IntoView {
    let desk = Desk::here();
    let count = Signal::derive(move || of.with(|of| counted(lang(), of.ending.len())));
    let body = move || {
        let (lang, today) = (lang(), desk.today());
        let draw = |known: &Arc<Known>, until: &Date| {
            let days = days_between(today, *until);
            let why = if days < 0 {
                lang.fill("{0} 已到期", "ended on {0}", &[&lang.date(*until)])
            } else {
                lang.fill("{0} 到期", "ends on {0}", &[&lang.date(*until)])
            };
            // One that has ended is named as it was.
            let limit = match known.standing.limit.as_ref().map(|of| of.limit) {
                Some(Limit::Amount { amount: limit }) => amount(limit).into_any(),
                other => crate::desk::parts::limit(lang, other).into_any(),
            };
            let left = if days < 0 { String::new() } else { lang.days(i64::from(days)) };
            row(known, limit, why, left)
        };
        of.with(|of| few(&of.ending, ("30\u{a0}天内没有额度到期", "No limit ends within 30 days"), draw))
    };
    view! { <Card title=both("额度快到期", "Limits about to end") count=count href=format!("{BASE}/customers")>{body}</Card> }
}

/// Those who owe more than their limit.
#[component]
pub fn Over(of: Memo<Whole>) -> impl IntoView {
    let count = Signal::derive(move || of.with(|of| counted(lang(), of.over.len())));
    let body = move || {
        let lang = lang();
        let draw = |known: &Arc<Known>, over: &Money| {
            let with = known.standing.limit.as_ref().map(|of| crate::desk::parts::limit(lang, Some(of.limit)));
            let why = with.map(|limit| lang.fill("额度 {0}", "limit {0}", &[&limit])).unwrap_or_default();
            let sum = *over;
            row(known, view! { <span class=Tone::Stop.class()>{amount(sum)}</span> }.into_any(), why, String::new())
        };
        of.with(|of| few(&of.over, ("没有客户超额度", "Nobody is over their limit"), draw))
    };
    view! { <Card title=both("超额度", "Over their limit") count=count href=format!("{BASE}/customers?only=over")>{body}</Card> }
}

/// Those who owe most too late.
#[component]
pub fn Overdue(of: Memo<Whole>) -> impl IntoView {
    let count = Signal::derive(move || of.with(|of| counted(lang(), of.late.len())));
    let body = move || {
        let lang = lang();
        let draw = |known: &Arc<Known>, late: &Money| {
            let position = known.position.as_ref();
            let oldest =
                position.map(|of| lang.fill("最久 {0}", "oldest {0}", &[&lang.days(i64::from(of.oldest_days))]));
            let documents = position.map(|of| lang.count(i64::from(of.overdue_documents), "笔", "item", "items"));
            row(known, amount(*late).into_any(), oldest.unwrap_or_default(), documents.unwrap_or_default())
        };
        of.with(|of| few(&of.late, ("没有逾期", "Nothing is overdue"), draw))
    };
    view! { <Card title=both("逾期最多", "Most overdue") count=count href=format!("{BASE}/customers?only=overdue")>{body}</Card> }
}
