//! The score, point by point, and how grade, limit and terms follow from it.

use crate::desk::book::Desk;
use crate::desk::words;
use crate::lang::{Lang, fixed, lang, t};
use crate::ui::{Empty, Grade, amount};
use leptos::prelude::*;
use shared::facts::ledger::Limit;
use shared::facts::number::Points;
use shared::questions::assess::{Assessment, Evidence};
use shared::record::api::CustomerAnswer;
use shared::record::decision::{Decision, Matter};
use shared::rules::grade::Cap;
use shared::rules::limit::MethodResult;
use shared::rules::policy::Policy;
use shared::rules::scorecard::{Part, Score, ScoreLine};
use std::sync::Arc;

/// Where the bars begin, and how wide a hundred points are, in per cent of the chart.
const START: i64 = 42;
const SPAN: i64 = 38;

/// A place on the points' scale, in per cent of the chart.
fn at(points: Points, most: Points) -> String {
    let width = i64::from(points.units()).saturating_mul(SPAN * 100) / i64::from(most.units().max(1));
    percent(START * 100 + width)
}

fn width(points: Points, most: Points) -> String {
    percent(i64::from(points.units()).saturating_mul(SPAN * 100) / i64::from(most.units().max(1)))
}

/// Hundredths of a per cent, for SVG.
fn percent(hundredths: i64) -> String {
    format!("{}%", fixed(hundredths, 2, 2).replace('\u{2212}', "-"))
}

fn minus(a: Points, b: Points) -> Points {
    Points::from_units(a.units().saturating_sub(b.units()))
}

fn plus(a: Points, b: Points) -> Points {
    Points::from_units(a.units().saturating_add(b.units()))
}

/// One row of the chart.
enum Row {
    /// A part with its sum.
    Part { part: Part, points: Points, before: Option<Points> },
    /// A line, and where its bar begins.
    Line { line: ScoreLine, from: Points },
}

fn rows(score: &Score, before: Option<&Score>) -> Vec<Row> {
    let sum = |score: &Score, part: Part| {
        score.lines.iter().filter(|line| line.part == part).fold(Points::ZERO, |sum, line| plus(sum, line.points))
    };
    let mut parts: Vec<Part> = Vec::new();
    for line in &score.lines {
        if !parts.contains(&line.part) {
            parts.push(line.part);
        }
    }
    let mut rows = Vec::new();
    let mut from = Points::ZERO;
    for part in parts {
        rows.push(Row::Part { part, points: sum(score, part), before: before.map(|before| sum(before, part)) });
        for line in score.lines.iter().filter(|line| line.part == part) {
            rows.push(Row::Line { line: line.clone(), from });
            from = plus(from, line.points);
        }
    }
    rows
}

/// A score as a waterfall: every line's points lie where the sum before it ends, points not earned are dashed, the bounds
/// of the grades around the sum are dashed lines. With another score, what moved stands at the right.
#[component]
pub fn Waterfall(
    /// The score.
    #[prop(into)]
    of: Signal<Option<Score>>,
    /// The score to compare with.
    #[prop(optional, into)]
    before: Signal<Option<Score>>,
    /// Bounds of the grades, the best first.
    #[prop(into)]
    bounds: Signal<Vec<(String, Points)>>,
) -> impl IntoView {
    move || of.get().map(|score| draw(&score, before.get().as_ref(), &bounds.get(), lang()))
}

fn draw(score: &Score, before: Option<&Score>, bounds: &[(String, Points)], lang: Lang) -> impl IntoView + use<> {
    const TONES: [&str; 4] = ["bar t1", "bar t2", "bar t3", "bar t4"];
    let most = score.most;
    let rows = rows(score, before);
    let mut y = 30_i64;
    let mut tone = 0_usize;
    let mut drawn: Vec<AnyView> = Vec::new();
    for row in rows {
        let place = y.to_string();
        match row {
            Row::Part { part, points, before } => {
                tone = match part {
                    Part::FinancialStrength => 0,
                    Part::OperatingStability => 1,
                    Part::PaymentBehaviour => 2,
                    Part::Relationship => 3,
                };
                drawn.push(
                    view! {
                        <text class="lead" x="0" y=place.clone()>{words::part(lang, part)}</text>
                        <text class="lead" x="91%" y=place.clone() text-anchor="end">{lang.points(points, 1)}</text>
                        {before.map(|before| moved(minus(points, before), place))}
                    }
                    .into_any(),
                );
            }
            Row::Line { line, from } => {
                let name = words::characteristic(lang, line.characteristic);
                let value = match line.value {
                    Some(value) => words::value(lang, line.characteristic, value),
                    None => lang.pick("缺", "missing").to_owned(),
                };
                let lost = minus(line.weight, line.points);
                // A weight that was shared out anew has two decimals; one is enough beside the points.
                let weight = lang.points(line.weight, 1);
                let of = format!("/{}", weight.trim_end_matches(".0"));
                let bar = (y - 8).to_string();
                let tone = TONES.get(tone).copied().unwrap_or("bar t4");
                let marked = if line.value.is_none() { "caution" } else { "value" };
                drawn.push(
                    view! {
                        <text x="0" y=place.clone()>
                            {name}" "<tspan class=marked>{value}</tspan>
                        </text>
                        <rect class=tone x=at(from, most) y=bar width=width(line.points, most) height="10" />
                        {(lost > Points::ZERO).then(|| view! {
                            <rect class="void" x=at(plus(from, line.points), most) y=(y - 8).to_string() width=width(lost, most) height="9" />
                        })}
                        <text x="91%" y=place.clone() text-anchor="end">{lang.points(line.points, 1)}</text>
                        <text x="92%" y=place>{of}</text>
                    }
                    .into_any(),
                );
            }
        }
        y += 17;
    }
    let foot = y + 6;
    let lines = near(score.points, bounds).into_iter().map(|(grade, from, anchor)| {
        let x = at(from, most);
        let label = format!("{grade} {}", words::points(from));
        view! {
            <line class="dash" x1=x.clone() x2=x.clone() y1="13" y2=(foot + 4).to_string() />
            <text class="lead" x=x y="10" text-anchor=anchor>{label}</text>
        }
    });
    let sentence =
        lang.fill("得分 {0}，满分 {1}", "Score {0} of {1}", &[&lang.points(score.points, 1), &words::points(most)]);
    let sentence = match before {
        Some(before) if before.points != score.points => {
            let was = lang.fill("，现行 {0}", "; {0} in force", &[&lang.points(before.points, 1)]);
            format!("{sentence}{was}")
        }
        _ => sentence,
    };
    view! {
        <svg class="chart waterfall" height=(foot + 8).to_string() role="img" aria-label=sentence>
            {lines.collect_view()}
            {drawn}
            <line class="axis" x1="0" x2="100%" y1=(foot - 13).to_string() y2=(foot - 13).to_string() />
            <text class="lead" x="0" y=(foot + 2).to_string()>{lang.pick("总分", "Score")}</text>
            <rect class="t1" x=at(Points::ZERO, most) y=(foot - 7).to_string() width=width(score.points, most) height="11" />
            <text class="lead" x="91%" y=(foot + 2).to_string() text-anchor="end">{lang.points(score.points, 1)}</text>
            {before.map(|before| moved(minus(score.points, before.points), (foot + 2).to_string()))}
        </svg>
    }
}

/// What moved, at the right edge.
fn moved(change: Points, y: String) -> Option<impl IntoView> {
    let units = change.units();
    (units != 0).then(|| {
        let sign = if units > 0 { "+" } else { "" };
        let text = format!("{sign}{}", fixed(i64::from(units), 2, 1));
        let tone = if units > 0 { "sound" } else { "stop" };
        view! { <text class=tone x="100%" y=y text-anchor="end">{text}</text> }
    })
}

/// The bound that the score reached and the next one, with the side their names stand on.
fn near(points: Points, bounds: &[(String, Points)]) -> Vec<(String, Points, &'static str)> {
    let above = bounds.iter().rev().find(|(_, from)| *from > points);
    let below = bounds.iter().find(|(_, from)| *from <= points && *from > Points::ZERO);
    let mut near = Vec::new();
    if let Some((grade, from)) = below {
        near.push((grade.clone(), *from, "end"));
    }
    if let Some((grade, from)) = above {
        near.push((grade.clone(), *from, "start"));
    }
    near
}

/// The bounds of a policy's grades.
pub fn bounds(policy: &Policy) -> Vec<(String, Points)> {
    policy.grade.bands.iter().map(|band| (band.grade.clone(), band.from)).collect()
}

/// The last assessment: score, grade, limit and terms, with what each stood on.
#[component]
pub fn ScoreSheet(answer: Signal<Option<Arc<CustomerAnswer>>>) -> impl IntoView {
    let desk = Desk::here();
    let decision = Memo::new(move |_| answer.get().and_then(|answer| answer.assessment.clone()));
    let assessed = move || {
        decision.get().and_then(|decision| match decision.judgement.matter.clone() {
            Matter::Assessment { evidence, assessment, .. } => Some((decision, evidence, assessment)),
            Matter::OrderCheck { .. } | Matter::FullAssessment { .. } => None,
        })
    };
    let bounds = Signal::derive(move || {
        desk.policy.with(|policy| policy.as_ref().map(|p| bounds(&p.policy)).unwrap_or_default())
    });
    move || {
        match assessed() {
        Some((decision, evidence, assessment)) => sheet(&decision, &evidence, assessment, bounds).into_any(),
        None => view! {
            <Empty
                what=Signal::derive(move || lang().pick("还没有评定", "Not assessed yet").to_owned())
                next=Signal::derive(move || {
                    lang().pick("信用专员可以在名单上方“重新评定”", "An officer can assess everyone above the list").to_owned()
                })
            />
        }
        .into_any(),
    }
    }
}

fn sheet(
    decision: &Decision,
    evidence: &Evidence,
    assessment: Assessment,
    bounds: Signal<Vec<(String, Points)>>,
) -> impl IntoView + use<> {
    let lang = lang();
    let Assessment { score, grade, proposal } = assessment;
    let missing: Vec<&str> = score
        .lines
        .iter()
        .filter(|line| line.value.is_none())
        .map(|line| words::characteristic(lang, line.characteristic))
        .collect();
    let missing = (!missing.is_empty()).then(|| {
        let list = missing.join(lang.pick("、", ", "));
        let confidence = lang.percent(score.confidence, 0);
        lang.fill(
            "缺{0}，按中性计分；置信度 {1}",
            "Missing, scored as neutral: {0}. Confidence {1}",
            &[&list, &confidence],
        )
    });
    let caps: Vec<String> = grade.caps.iter().map(|cap| cap_text(lang, cap)).collect();
    let next = grade.next.as_ref().map(|next| {
        lang.fill(
            "离 {0} 还差 {1}\u{a0}分",
            "{1}\u{a0}points short of {0}",
            &[&next.grade, &words::points(next.points)],
        )
    });
    let peak = evidence.behaviour.peak_daily_billing.as_ref().map(|peak| {
        let with = [&*lang.month(peak.month), &*lang.money(peak.per_day)];
        lang.fill("高峰在 {0}，每天 {1}", "Peak in {0}, {1} a day", &with)
    });
    let as_of = lang.date(decision.judgement.as_of);
    let by = lang.fill(
        "{0} 按政策 v{1} 评定",
        "Assessed on {0} by policy v{1}",
        &[&as_of, &decision.policy_version.to_string()],
    );
    let binding = proposal.binding;
    let method = move |result: MethodResult| {
        let binds = binding == Some(result.method);
        view! {
            <tr class:binds=binds>
                <th scope="row">{words::method(lang, result.method)}</th>
                <td class="num">{match result.amount {
                    Some(money) => amount(money).into_any(),
                    None => view! { <span class="caution">{lang.pick("缺", "missing")}</span> }.into_any(),
                }}</td>
                <td class="quiet">{binds.then(|| lang.pick("最小，起作用", "smallest: binds"))}</td>
            </tr>
        }
    };
    let limit = match proposal.limit {
        Limit::Amount { amount: limit } => amount(limit).into_any(),
        Limit::None => lang.pick("不授信", "none").into_any(),
        Limit::Unlimited => lang.pick("不限额", "unlimited").into_any(),
    };
    // A grade without a line in the policy gets no limit, and no method is asked.
    let how = if proposal.methods.is_empty() {
        let text = lang.fill(
            "{0} 级没有额度，{1}",
            "Grade {0} gets no limit: {1}",
            &[&grade.grade, &lang.terms(proposal.terms)],
        );
        view! { <p><b>{text}</b></p> }.into_any()
    } else {
        view! {
            <table class="data methods">
                <caption class="visually-hidden">{t("额度怎样得来", "How the limit was arrived at")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t("额度的算法", "Limit by method")}</th>
                        <th scope="col" class="num">{t("允许", "Allows")}</th>
                        <th scope="col">{peak}</th>
                    </tr>
                </thead>
                <tbody>{proposal.methods.into_iter().map(method).collect_view()}</tbody>
                <tfoot>
                    <tr>
                        <th scope="row"><Grade of=grade.grade />" "{t("额度", "Limit")}</th>
                        <td class="num">{limit}</td>
                        <td>{lang.terms(proposal.terms)}</td>
                    </tr>
                </tfoot>
            </table>
        }
        .into_any()
    };
    let score = Signal::stored(Some(score));
    view! {
        <div class="score">
            <p class="quiet">{by}</p>
            <figure>
                <figcaption><b>{t("得分，一项一项", "Score, point by point")}</b><span>{next}</span></figcaption>
                <Waterfall of=score bounds=bounds />
            </figure>
            {missing.map(|text| view! { <p class="caution">{text}</p> })}
            {(!caps.is_empty()).then(|| view! {
                <ul class="caps">{caps.into_iter().map(|text| view! { <li>{text}</li> }).collect_view()}</ul>
            })}
            {how}
        </div>
    }
}

/// What capped a grade.
fn cap_text(lang: Lang, cap: &Cap) -> String {
    match cap {
        Cap::KnockOut { characteristic, value, above, cap } => {
            let name = words::characteristic(lang, *characteristic);
            let (value, above) =
                (words::value(lang, *characteristic, *value), words::value(lang, *characteristic, *above));
            let with = [name, &*value, &*above, cap];
            lang.fill("一票否决：{0} {1}，超过 {2}，最高 {3}", "Knock-out: {0} {1}, above {2}: {3} at best", &with)
        }
        Cap::Unsure { confidence, at_least, cap } => {
            let with = [&*lang.percent(*confidence, 0), &*lang.percent(*at_least, 0), cap];
            lang.fill("置信度 {0}，不到 {1}，最高 {2}", "Confidence {0}, below {1}: {2} at best", &with)
        }
    }
}
