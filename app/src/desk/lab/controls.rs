//! The figures that can be moved, as weights on their rods.

use super::draft::Knob;
use super::page::{Bench, draft_name};
use crate::desk::words;
use crate::lang::{Lang, fixed, lang, shortest, t};
use crate::ui::{Grade, RangeField};
use leptos::prelude::*;
use shared::rules::policy::Fault;

/// The draft policy.
#[component]
pub fn Controls(bench: Bench) -> impl IntoView {
    let knobs = Memo::new(move |_| {
        bench.in_force.with(|policy| policy.as_ref().map(|policy| Knob::all(&policy.policy)).unwrap_or_default())
    });
    let of = move |kind: fn(&Knob) -> bool| knobs.get().into_iter().filter(kind).collect::<Vec<_>>();
    let bands = move || of(|knob| matches!(knob, Knob::Band(_)));
    let needs = move || of(|knob| matches!(knob, Knob::Need(_)));
    let rules = move || of(|knob| !matches!(knob, Knob::Band(_) | Knob::Need(_)));
    let touched = move || {
        let count = bench.draft.with(super::draft::Draft::len);
        let lang = lang();
        match count {
            0 => lang.pick("秤砣可拖动，数字可改写。", "Drag a weight, or type a number.").to_owned(),
            count => {
                let figures = lang.count(i64::try_from(count).unwrap_or_default(), "处", "figure", "figures");
                let with = [&*figures, &*bench.before()];
                lang.fill(
                    "{0}与 {1} 不同，刻痕是现行的值。",
                    "Changed against {1}: {0}. A notch marks the value in force.",
                    &with,
                )
            }
        }
    };
    let knob = move |knob: Knob| view! { <One knob=knob bench=bench /> };
    view! {
        <section class="policy" aria-label=t("政策草案", "Draft policy")>
            <div>
                <h2>{t("等级分数线", "Grade bands")}<small>{t("得分不低于", "score from")}</small></h2>
                {move || view! { <Bands knobs=bands() bench=bench /> }}
            </div>
            <div class="factors">
                <h2>{t("额度系数", "Limit factor")}<small>{t("× 业务需求", "× need")}</small></h2>
                {move || needs().into_iter().map(knob).collect_view()}
            </div>
            <div>
                <h2>{t("规则", "Rules")}</h2>
                {move || rules().into_iter().map(knob).collect_view()}
            </div>
            <p class="quiet touched" role="status">{touched}</p>
        </section>
    }
}

/// What is wrong with a draft, above the results that it doesn't have.
#[component]
pub fn Faults(bench: Bench) -> impl IntoView {
    let lines = move |fault: &Fault| {
        let overdue = bench.policy.with(|policy| policy.as_ref().map(|policy| policy.order_check.overdue.clone()));
        match overdue.filter(|_| fault.path == "order_check.overdue") {
            Some(overdue) => words::overdue_days(lang(), &overdue),
            None => vec![words::fault(lang(), fault)],
        }
    };
    move || {
        let faults = bench.faults.get();
        (!faults.is_empty()).then(|| {
            let said = faults.iter().flat_map(lines).map(|line| view! { <p>{line}</p> }).collect_view();
            view! {
                <div class="note faults" role="alert">
                    <p><b>{t("这份草案不成立", "This draft does not hold together")}</b></p>
                    {said}
                    <p class="quiet">{t("总数和下面仍是上一份成立的结果。", "Totals and what follows are still those of the last draft that did.")}</p>
                </div>
            }
        })
    }
}

fn name(lang: Lang, knob: &Knob) -> String {
    let pair = match knob {
        Knob::Band(grade) => return lang.fill("{0} 起", "{0} from", &[grade]),
        Knob::Need(grade) => return grade.clone(),
        Knob::Tolerance => ("超额容忍度", "Tolerance over limit"),
        Knob::GraceDays => ("逾期宽限", "Overdue, grace"),
        Knob::HoldDays => ("逾期暂缓", "Overdue, hold"),
        Knob::RefuseDays => ("逾期不予", "Overdue, refuse"),
        Knob::HoldShare => ("逾期占比暂缓", "Overdue share, hold"),
        Knob::Payment => ("付款行为权重", "Weight of payment behaviour"),
    };
    lang.pick(pair.0, pair.1).to_owned()
}

fn unit(lang: Lang, knob: &Knob) -> String {
    match knob {
        Knob::Tolerance | Knob::HoldShare | Knob::Payment => "%".to_owned(),
        Knob::GraceDays | Knob::HoldDays | Knob::RefuseDays => lang.pick("天", "days").to_owned(),
        Knob::Band(_) | Knob::Need(_) => String::new(),
    }
}

/// One figure on its rod.
#[component]
fn One(knob: Knob, bench: Bench) -> impl IntoView {
    let scale = knob.scale();
    let knob = StoredValue::new(knob);
    let value = Memo::new(move |_| {
        let in_force = bench.in_force.get();
        let read =
            |knob: &Knob| in_force.map_or(0, |policy| bench.draft.with(|draft| draft.value(&policy.policy, knob)));
        knob.with_value(read)
    });
    let was = Memo::new(move |_| {
        bench.in_force.with(|policy| policy.as_ref().map(|policy| knob.with_value(|knob| knob.value(&policy.policy))))
    });
    view! {
        <RangeField
            label=Signal::derive(move || knob.with_value(|knob| name(lang(), knob)))
            unit=Signal::derive(move || knob.with_value(|knob| unit(lang(), knob)))
            value=value
            was=was
            min=scale.min
            max=scale.max
            step=scale.step
            decimals=scale.decimals
            on_change=Callback::new(move |value| bench.turn(knob.get_value(), value))
        />
    }
}

/// All bounds on one rod, and under it what is in force and what is drafted.
#[component]
fn Bands(knobs: Vec<Knob>, bench: Bench) -> impl IntoView {
    let scale = Knob::Band(String::new()).scale();
    let span = scale.max - scale.min;
    let grade = |knob: &Knob| match knob {
        Knob::Band(grade) => grade.clone(),
        _ => String::new(),
    };
    let value = move |knob: &Knob| {
        let in_force = bench.in_force.get();
        in_force.map_or(0, |policy| bench.draft.with(|draft| draft.value(&policy.policy, knob)))
    };
    let was = move |knob: &Knob| bench.in_force.get().map_or(0, |policy| knob.value(&policy.policy));
    // The best grade stands at the right, as on the rod.
    let knobs: Vec<Knob> = knobs.into_iter().rev().collect();
    let rod = |knob: &Knob| {
        let (shown, own, notch) = (knob.clone(), knob.clone(), knob.clone());
        let label = name(untrack(lang), knob);
        view! {
            <input
                class="range"
                type="range"
                min=scale.min.to_string()
                max=scale.max.to_string()
                step=scale.step.to_string()
                aria-label=label
                style:--was=move || {
                    let (was, value) = (was(&notch), value(&notch));
                    if was == value { "-1".to_owned() } else { shortest((was - scale.min) * 10_000 / span, 4) }
                }
                prop:value=move || value(&shown).to_string()
                on:input:target=move |event| {
                    if let Ok(figure) = event.target().value().parse() {
                        bench.turn(own.clone(), figure);
                        // A weight that its neighbour stopped goes back to where it may stand.
                        event.target().set_value(&untrack(|| value(&own)).to_string());
                    }
                }
            />
        }
    };
    let head = |knob: &Knob| view! { <th scope="col"><Grade of=grade(knob) /></th> };
    let old = |knob: &Knob| {
        let knob = knob.clone();
        view! { <td>{move || shortest(was(&knob), 1)}</td> }
    };
    let new = |knob: &Knob| {
        let (shown, own, changed) = (knob.clone(), knob.clone(), knob.clone());
        let label = name(untrack(lang), knob);
        view! {
            <td>
                <input
                    class="inline"
                    class:chg=move || value(&changed) != was(&changed)
                    type="text"
                    inputmode="decimal"
                    size="4"
                    aria-label=label
                    prop:value=move || shortest(value(&shown), 1)
                    on:change:target=move |event| {
                        if let Some(figure) = tenths(&event.target().value()) {
                            bench.turn(own.clone(), figure);
                        }
                        event.target().set_value(&shortest(untrack(|| value(&own)), 1));
                    }
                />
            </td>
        }
    };
    view! {
        <div class="bands">{knobs.iter().map(rod).collect_view()}</div>
        <table class="bounds">
            <thead><tr><td></td>{knobs.iter().map(head).collect_view()}</tr></thead>
            <tbody>
                <tr class="quiet"><th scope="row">{move || bench.before()}</th>{knobs.iter().map(old).collect_view()}</tr>
                <tr><th scope="row">{move || draft_name(lang())}</th>{knobs.iter().map(new).collect_view()}</tr>
            </tbody>
        </table>
    }
}

/// Reads `88.5` as tenths.
fn tenths(text: &str) -> Option<i64> {
    let points: shared::facts::number::Points = text.trim().parse().ok()?;
    fixed(i64::from(points.units()), 2, 1).replace([',', '.'], "").replace('\u{2212}', "-").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_bounds() {
        assert_eq!(tenths("88.5"), Some(885));
        assert_eq!(tenths(" 90 "), Some(900));
        assert_eq!(tenths("88.54"), Some(885));
        assert_eq!(tenths("ninety"), None);
    }
}
