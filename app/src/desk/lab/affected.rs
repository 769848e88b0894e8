//! Those who are affected, the most first; a cell of the matrix filters them.

use super::effect::verdict;
use super::page::{Bench, draft_name};
use crate::desk::book::Desk;
use crate::desk::parts::{both, current};
use crate::lang::{Lang, Unit, lang, t};
use crate::ui::{Empty, Grade, Seal, VirtualTable};
use crate::words::mark;
use leptos::prelude::*;
use shared::facts::id::CustomerId;
use shared::facts::money::Money;
use shared::facts::number::Ratio;
use shared::questions::what_if::Outcome;
use shared::rules::order_check::Verdict;
use shared::rules::policy::Policy;
use std::sync::Arc;

/// The list.
#[component]
pub fn Affected(bench: Bench) -> impl IntoView {
    let rows = Memo::new(move |_| {
        let Some(shown) = bench.shown.get() else { return Arc::<[u32]>::from([]) };
        match bench.cell.get() {
            Some((row, column)) => shown.effect.between(row, column).into(),
            None => shown.effect.moved.clone().into(),
        }
    });
    let unit = move || bench.in_force.with(|policy| policy.as_ref().map(|policy| unit(lang(), &policy.policy)));
    let caption = move || {
        let lang = lang();
        let count = i64::try_from(rows.with(|rows| rows.len())).unwrap_or_default();
        let customers = lang.count(count, "户", "customer", "customers");
        let currency = bench.in_force.with(|policy| policy.as_ref().map(|policy| policy.policy.currency))?;
        let column = lang.unit_of_column(currency, unit()?.0);
        Some(lang.fill("{0}，额度单位{1}", "{0}; limits in {1}", &[&customers, &column]))
    };
    let title = move || {
        let names = bench.in_force.with(|policy| {
            let bands = policy.as_ref().map(|policy| policy.policy.grade.bands.iter());
            bands.into_iter().flatten().map(|band| band.grade.clone()).collect::<Vec<_>>()
        });
        match bench.cell.get() {
            Some((row, column)) => {
                let name = |place: usize| names.get(place).cloned().unwrap_or_default();
                lang().fill("{0} → {1} 的客户", "Customers from {0} to {1}", &[&name(row), &name(column)])
            }
            None => lang().pick("影响最大的客户", "Most affected").to_owned(),
        }
    };
    let all = move || {
        bench.cell.get().map(|_| {
            view! { <button type="button" class="btn btn--bare" on:click=move |_| bench.cell.set(None)>{t("看全部", "Show all")}</button> }
        })
    };
    let row = Callback::new(move |index: u32| view! { <Row index=index bench=bench /> }.into_any());
    let none = Memo::new(move |_| rows.with(|rows| rows.is_empty()));
    let head = move |name: Signal<String>| view! { <th scope="col" class="num">{move || name.get()}</th> };
    view! {
        <section class="affected">
            <div class="cap"><h2>{title}{all}</h2><span>{caption}</span></div>
            <Show
                when=move || !none.get()
                fallback=|| view! {
                    <Empty
                        what=both("没有客户受影响", "Nobody is affected")
                        next=both("移动一个秤砣，看谁会变", "Move a weight and see who changes")
                    />
                }
            >
                <VirtualTable label=both("受影响的客户", "Customers affected") rows=rows row=row height=31 phone_height=57>
                    <th scope="col">{t("客户", "Customer")}</th>
                    <th scope="col">{t("等级", "Grade")}</th>
                    {head(Signal::derive(move || lang().fill("额度 {0}", "Limit {0}", &[&bench.before()])))}
                    {head(both("草案", "Draft"))}
                    {head(both("变化", "Change"))}
                    <th scope="col" class="c-use">{move || lang().fill("{0}使用率", "Use of {0}", &[&draft_name(lang())])}</th>
                    <th scope="col">{t("订单", "Orders")}</th>
                </VirtualTable>
            </Show>
        </section>
    }
}

/// The unit of the limits' columns, and how many decimals the policy's round amount needs in it.
fn unit(lang: Lang, policy: &Policy) -> (Unit, u32) {
    let (unit, power) = lang.pick((Unit::Wan, 4), (Unit::Thousand, 3));
    let step = policy.limit.round_to;
    let minor = 10_i64.pow(power + step.currency().decimals());
    let places = (0..=power).find(|places| step.minor() % (minor / 10_i64.pow(*places)) == 0);
    (unit, places.unwrap_or(power))
}

/// What one row shows.
#[derive(Clone, PartialEq, Eq)]
struct Shape {
    customer: CustomerId,
    old: Outcome,
    new: Outcome,
    grades: (String, String),
    exposure: Money,
    tolerance: Ratio,
    verdicts: Option<(Verdict, Verdict)>,
}

#[component]
fn Row(index: u32, bench: Bench) -> impl IntoView {
    let desk = Desk::here();
    let shape = Memo::new(move |_| {
        let (shown, lab) = (bench.shown.get()?, bench.lab.get()?);
        let member = lab.0.members.get(index as usize)?;
        let (old, new) = shown.effect.member(index)?;
        let name = |rank: u8| {
            shown.policy.grade.bands.get(usize::from(rank)).map(|band| band.grade.clone()).unwrap_or_default()
        };
        Some(Shape {
            customer: member.customer,
            old,
            new,
            grades: (name(old.rank), name(new.rank)),
            exposure: member.position.exposure.total,
            tolerance: shown.policy.order_check.tolerance,
            verdicts: verdict(member, &old).zip(verdict(member, &new)),
        })
    });
    let format = Memo::new(move |_| {
        bench
            .in_force
            .with(|policy| policy.as_ref().map(|policy| (unit(lang(), &policy.policy), policy.policy.currency)))
    });
    let who = move || bench.address.get("who");
    move || {
        let (shape, ((unit, places), currency)) = (shape.get()?, format.get()?);
        let lang = lang();
        let id = shape.customer;
        let name = desk.customers.with(|all| all.get(id).map(|known| known.name(lang).to_owned())).unwrap_or_default();
        let none = lang.pick("不授信", "none");
        let limit = |minor: i64| match Money::from_minor(minor, currency) {
            Ok(money) if minor != 0 => lang.scaled(money, unit, places),
            _ => none.to_owned(),
        };
        let change = shape.new.limit - shape.old.limit;
        let change_text =
            Money::from_minor(change, currency).map(|money| lang.scaled(money, unit, places)).unwrap_or_default();
        let (tone, change_text) = match change {
            0 => ("quiet", "–".to_owned()),
            1.. => ("sound", format!("+{change_text}")),
            _ => ("stop", change_text),
        };
        // The whole row opens the customer; the button is for the keyboard, and its press reaches the row.
        let open = move |_| bench.address.put([("who".to_owned(), Some(id.to_string()))], false);
        Some(view! {
            <tr aria-current=move || current(who() == Some(id.to_string())) on:click=open>
                <th scope="row"><button type="button" class="name">{name}</button></th>
                <td>{turn(shape.grades.clone())}</td>
                <td class="num quiet">{limit(shape.old.limit)}</td>
                <td class="num">{limit(shape.new.limit)}</td>
                <td class=format!("num {tone}")>{change_text}</td>
                <td class="c-use">{used(lang, &shape)}</td>
                <td>{seals(shape.verdicts)}</td>
            </tr>
        })
    }
}

/// A grade, and what it becomes.
pub fn turn((old, new): (String, String)) -> impl IntoView {
    let changed = old != new;
    view! {
        <span class="move">
            <Grade of=old />
            {changed.then(|| view! { <span aria-hidden="true">"→"</span><Grade of=new /> })}
        </span>
    }
}

/// The verdict on open orders, and what it becomes.
pub fn seals(verdicts: Option<(Verdict, Verdict)>) -> impl IntoView {
    match verdicts {
        None => "–".into_any(),
        Some((old, new)) => view! {
            <span class="move">
                <Seal of=mark(old) />
                {(old != new).then(|| view! { <span aria-hidden="true">"→"</span><Seal of=mark(new) /> })}
            </span>
        }
        .into_any(),
    }
}

/// The share of the new limit that is used, in figures and as a bar whose post is the limit.
fn used(lang: Lang, shape: &Shape) -> impl IntoView + use<> {
    let Some(used) = Ratio::of(shape.exposure.minor(), shape.new.limit) else {
        return lang.pick("无额度", "no limit").into_any();
    };
    let tolerated = Ratio::ONE.units() + shape.tolerance.units();
    let class = match used.units() {
        units if units > tolerated => "stop-fill",
        units if units > Ratio::ONE.units() => "caution-fill",
        _ => "t2",
    };
    // The post stands at 74 % of the little chart.
    let width = (used.units().max(0) / 100 * 74 / 100).min(10_000);
    let width = format!("{}%", crate::lang::fixed(width, 2, 2).replace(',', ""));
    view! {
        <span class="use">
            <span>{lang.percent(used, 0)}</span>
            <svg class="chart" width="44" height="12" aria-hidden="true">
                <rect class=class y="3" height="6" width=width />
                <line class="post" x1="74%" x2="74%" y1="0" y2="12" />
            </svg>
        </span>
    }
    .into_any()
}
