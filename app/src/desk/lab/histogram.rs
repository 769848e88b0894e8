//! How many limits rise and fall, and by how much: up above the axis and solid, down below it and hatched.

use super::effect::{BINS, Effect, SAME};
use super::page::Bench;
use crate::lang::{Lang, fixed, lang, t};
use leptos::prelude::*;

/// The axis, and the longest bar, in pixels.
const AXIS: i64 = 96;
const LONGEST: i64 = 84;
/// A bin's width, and the width of the middle one, in tenths of a per cent.
const BIN: i64 = 104;
const MIDDLE: i64 = 168;

fn percent(tenths: i64) -> String {
    format!("{}%", fixed(tenths, 1, 1).replace('\u{2212}', "-"))
}

/// Where a bin begins, in tenths of a per cent.
fn begin(bin: usize) -> i64 {
    let place = i64::try_from(bin).unwrap_or_default();
    if bin <= SAME { place * BIN } else { 4 * BIN + MIDDLE + (place - 5) * BIN }
}

/// The chart.
#[component]
pub fn Histogram(bench: Bench) -> impl IntoView {
    let unit = move || {
        let (lang, currency) =
            (lang(), bench.in_force.with(|policy| policy.as_ref().map(|policy| policy.policy.currency)));
        currency.map(|_| lang.pick("每档户数", "customers per step"))
    };
    view! {
        <figure>
            <figcaption><b>{t("额度变化，%", "Limits, change in %")}</b><span>{unit}</span></figcaption>
            {move || bench.shown.with(|shown| shown.as_ref().map(|shown| draw(lang(), &shown.effect)))}
        </figure>
    }
}

fn draw(lang: Lang, effect: &Effect) -> impl IntoView + use<> {
    let bins = effect.bins;
    let most = bins
        .iter()
        .enumerate()
        .filter(|(bin, _)| *bin != SAME)
        .map(|(_, count)| i64::from(*count))
        .max()
        .unwrap_or(0)
        .max(1);
    let number = |count: u32| lang.number(i64::from(count));
    let bar = |bin: usize, count: u32| {
        let height = (i64::from(count) * LONGEST / most).max(2);
        let (x, middle, width) = (percent(begin(bin)), percent(begin(bin) + BIN / 2), percent(BIN));
        let text = number(count);
        if bin < SAME {
            view! {
                <rect class="fall" x=x y=AXIS.to_string() width=width height=height.to_string() />
                <text class="lead" x=middle y=(AXIS + height + 13).to_string() text-anchor="middle">{text}</text>
            }
            .into_any()
        } else {
            view! {
                <rect class="sound-fill bar" x=x y=(AXIS - height).to_string() width=width height=height.to_string() />
                <text class="lead" x=middle y=(AXIS - height - 5).to_string() text-anchor="middle">{text}</text>
            }
            .into_any()
        }
    };
    let bars = (0..BINS)
        .zip(bins)
        .filter(|(bin, count)| *bin != SAME && *count > 0)
        .map(|(bin, count)| bar(bin, count))
        .collect_view();
    let marks = [
        (BIN, "−50", "middle", AXIS - 6),
        (2 * BIN, "−25", "middle", AXIS - 6),
        (3 * BIN, "−10", "middle", AXIS - 6),
        (4 * BIN, "0", "end", AXIS - 6),
        (4 * BIN + MIDDLE, "0", "start", AXIS + 14),
        (5 * BIN + MIDDLE, "+10", "middle", AXIS + 14),
        (6 * BIN + MIDDLE, "+25", "middle", AXIS + 14),
        (7 * BIN + MIDDLE, "+50", "middle", AXIS + 14),
    ];
    let marks = marks
        .into_iter()
        .map(|(x, text, anchor, y)| view! { <text x=percent(x) y=y.to_string() text-anchor=anchor>{text}</text> })
        .collect_view();
    let unit = |money: shared::facts::money::Money| lang.unit_for(money);
    let sum = |money: shared::facts::money::Money| {
        if money.is_zero() {
            return "0".to_owned();
        }
        let unit = unit(money);
        let figure = lang.scaled(money, unit, 2);
        let figure = if money.minor() > 0 { format!("+{figure}") } else { figure };
        format!("{figure}\u{a0}{}", lang.unit(unit)).trim_end().to_owned()
    };
    let (down, up) = (number(effect.comparison.limits_down), number(effect.comparison.limits_up));
    let (fall, rise) = (sum(effect.fall), sum(effect.rise));
    let same = number(bins.get(SAME).copied().unwrap_or_default());
    let with = [&*down, &*fall, &*up, &*rise, &*same];
    let sentence = lang.fill(
        "{0} 户额度下降，共 {1}；{2} 户上升，共 {3}；{4} 户不变",
        "{0} limits fall, {1} in all; {2} rise, {3}; {4} stay",
        &with,
    );
    view! {
        <svg class="chart histogram" height="204" role="img" aria-label=sentence>
            {bars}
            <line class="axis" x1="0" x2="100%" y1=AXIS.to_string() y2=AXIS.to_string() />
            {marks}
            <text class="lead" x="50%" y=(AXIS - 7).to_string() text-anchor="middle">{same}</text>
            <text x="50%" y=(AXIS + 14).to_string() text-anchor="middle">{lang.pick("不变", "same")}</text>
            <text x="0" y="22"><tspan class="lead">{down}</tspan>" "{lang.pick("户下降", "fall")}</text>
            <text class="lead big stop" x="0" y="44">{fall}</text>
            <text x="100%" y=(AXIS + 62).to_string() text-anchor="end"><tspan class="lead">{up}</tspan>" "{lang.pick("户上升", "rise")}</text>
            <text class="lead big sound" x="100%" y=(AXIS + 84).to_string() text-anchor="end">{rise}</text>
        </svg>
    }
}
