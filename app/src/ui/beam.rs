//! The steelyard: the rod with its stars is the scale, a post is the limit, the order lies on the rod and ends in the weight.
//!
//! The drawing is worked out by [`draw`] in whole numbers and then only drawn. Places are in per cent and heights in
//! pixels, so that the chart stretches and its text does not.

use super::geometry;
use crate::lang::{Lang, lang};
use leptos::prelude::*;
use shared::facts::calendar::Date;
use shared::facts::ledger::Limit;
use shared::facts::money::{Currency, MINOR_MAX, Money};
use shared::facts::number::Ratio;
use shared::readings::standing::{Position, Standing};

/// What may be owed at once. Three different things, and none of them is a code for another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ceiling {
    /// 不授信.
    Nothing,
    /// 不限额.
    Unlimited,
    /// So many minor units.
    Amount(i64),
}

/// One category of exposure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    /// Its name, 中文 and English, as short as the legend needs.
    pub name: (&'static str, &'static str),
    /// Minor units.
    pub minor: i64,
}

/// What lies on the beam.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Load {
    /// The currency of all amounts.
    pub currency: Currency,
    /// Exposure by category, in the house's order, darkest ink first.
    pub pieces: Vec<Piece>,
    /// Unapplied cash and other deductions, as a positive count of minor units, and their name.
    pub deduction: Piece,
    /// The effective limit.
    pub ceiling: Ceiling,
    /// How far beyond the limit is tolerated.
    pub tolerance: Ratio,
    /// The order, zero when there is none yet.
    pub order: i64,
}

impl Load {
    /// What a customer's position and an order weigh, in the customer's currency.
    pub fn of(standing: &Standing, position: &Position, order: Money, tolerance: Ratio, as_of: Date) -> Self {
        let exposure = &position.exposure;
        let piece = |name, amount: Money| Piece { name, minor: amount.minor() };
        Self {
            currency: standing.currency,
            pieces: vec![piece(("未清", "Open"), exposure.open_items), piece(("订单", "Orders"), exposure.orders)],
            deduction: piece(("未核销", "Unapplied"), exposure.unapplied),
            ceiling: match standing.limit_at(as_of) {
                Some(Limit::Amount { amount }) => Ceiling::Amount(amount.minor()),
                Some(Limit::Unlimited) => Ceiling::Unlimited,
                Some(Limit::None) | None => Ceiling::Nothing,
            },
            tolerance,
            order: order.minor(),
        }
    }

    /// Nothing on an empty beam.
    pub fn bare(currency: Currency) -> Self {
        Self {
            currency,
            pieces: Vec::new(),
            deduction: Piece { name: ("", ""), minor: 0 },
            ceiling: Ceiling::Nothing,
            tolerance: Ratio::ZERO,
            order: 0,
        }
    }

    /// Exposure after deductions, without the order.
    fn net(&self) -> i64 {
        self.gross().saturating_sub(self.deduction.minor)
    }

    fn gross(&self) -> i64 {
        self.pieces.iter().fold(0, |sum: i64, piece| sum.saturating_add(piece.minor))
    }

    fn total(&self) -> i64 {
        self.net().saturating_add(self.order)
    }

    /// Where the tolerance ends.
    fn end_of_tolerance(&self, limit: i64) -> i64 {
        limit.saturating_add(self.tolerance.times(limit).unwrap_or(0))
    }

    fn place(&self) -> Place {
        match self.ceiling {
            Ceiling::Unlimited => Place::Within,
            Ceiling::Nothing => {
                if self.total() > 0 {
                    Place::Beyond
                } else {
                    Place::Within
                }
            }
            Ceiling::Amount(limit) => {
                if self.total() <= limit {
                    Place::Within
                } else if self.total() <= self.end_of_tolerance(limit) {
                    Place::Tolerated
                } else {
                    Place::Beyond
                }
            }
        }
    }

    fn money(&self, minor: i64) -> Money {
        Money::from_minor(minor.clamp(-MINOR_MAX, MINOR_MAX), self.currency).unwrap_or(Money::zero(self.currency))
    }

    /// The sentence a screen reader says.
    fn sentence(&self, lang: Lang) -> String {
        let amount = |minor| lang.money(self.money(minor));
        let mut text = lang.fill("敞口 {0}", "Exposure {0}", &[&amount(self.net())]);
        if self.order > 0 {
            text.push_str(&lang.fill(
                "，加本单 {0} 共 {1}",
                ", with this order of {0}: {1}",
                &[&amount(self.order), &amount(self.total())],
            ));
        }
        let rate = lang.rate(self.tolerance);
        text.push_str(&match (self.ceiling, self.place()) {
            (Ceiling::Unlimited, _) => lang.pick("；不限额", "; unlimited").to_owned(),
            (Ceiling::Nothing, _) => lang.pick("；不授信", "; no credit").to_owned(),
            (Ceiling::Amount(limit), Place::Within) => {
                lang.fill("，在额度 {0} 之内", ", within the limit of {0}", &[&amount(limit)])
            }
            (Ceiling::Amount(limit), Place::Tolerated) => lang.fill(
                "，超过额度 {0}，在 {1} 容忍度之内",
                ", over the limit of {0}, within the tolerance of {1}",
                &[&amount(limit), &rate],
            ),
            (Ceiling::Amount(limit), Place::Beyond) => lang.fill(
                "，超过额度 {0} 及 {1} 容忍度",
                ", over the limit of {0} and the tolerance of {1}",
                &[&amount(limit), &rate],
            ),
        });
        text
    }
}

/// Where the weight hangs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    Within,
    Tolerated,
    Beyond,
}

impl Place {
    const fn fill(self) -> &'static str {
        match self {
            Self::Within => "t1",
            Self::Tolerated => "caution-fill",
            Self::Beyond => "stop-fill",
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Within => "lead",
            Self::Tolerated => "lead caution",
            Self::Beyond => "lead stop",
        }
    }
}

/// The parts that stand still while an order is typed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Scale {
    /// Minor units at the right end.
    whole: i64,
    /// Category bars: tone, place, width.
    bars: Vec<(&'static str, String, String)>,
    /// The dashed piece at the end of the bars.
    void: Option<(String, String)>,
    /// Stars: place and whether it is a larger one.
    stars: Vec<(i64, bool)>,
    /// The post and its tolerance.
    posts: Option<(String, String)>,
    /// What stands over the post, where, and how it is anchored.
    caption: (String, String, &'static str),
    /// What stands over the tolerance.
    tolerance: Option<String>,
}

/// The parts that move with the order.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Weight {
    from: String,
    length: String,
    at: String,
    place: Place,
    caption: &'static str,
    total: String,
    before: bool,
    shown: bool,
}

/// The amount at the right end of the rod. It changes in steps, so that the rod does not crawl with every key.
fn reach(load: &Load) -> i64 {
    let need = load.total().max(load.gross()).max(1);
    let roomy = |minor: i64| minor.saturating_add(minor / 5);
    match load.ceiling {
        Ceiling::Amount(limit) if limit > 0 => {
            let mut whole = roomy(limit).max(load.end_of_tolerance(limit).saturating_add(limit / 12));
            while whole < need.saturating_add(need / 24) {
                whole = whole.saturating_add(whole / 2 + 1);
            }
            whole
        }
        _ => {
            let step = round_step(roomy(need));
            (roomy(need) / step).saturating_add(1).saturating_mul(step)
        }
    }
}

/// The smallest of 1, 2, 5 × 10ⁿ that puts at most sixteen stars on the rod.
fn round_step(whole: i64) -> i64 {
    let mut power = 1_i64;
    loop {
        for digit in [1, 2, 5] {
            let step = power.saturating_mul(digit);
            if whole / step <= 16 {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
}

fn scale(load: &Load, lang: Lang) -> Scale {
    const TONES: [&str; 5] = ["bar t1", "bar t2", "bar t3", "bar t4", "bar t5"];
    let whole = reach(load);
    let mut edge = 0_i64;
    let mut bars = Vec::with_capacity(load.pieces.len());
    for (index, piece) in load.pieces.iter().enumerate() {
        let tone = TONES.get(index).or(TONES.last()).copied().unwrap_or_default();
        if piece.minor > 0 {
            bars.push((tone, geometry(edge, whole), geometry(piece.minor, whole)));
        }
        edge = edge.saturating_add(piece.minor.max(0));
    }
    let deduction = load.deduction.minor.min(load.gross());
    let void = (deduction > 0).then(|| (geometry(load.gross() - deduction, whole), geometry(deduction, whole)));
    let step = round_step(whole);
    let count = whole / step;
    let stars = (1..=count).map(|n| (n * step, n % 5 == 0)).filter(|(at, _)| *at < whole - whole / 100).collect();
    let word = lang.pick("额度", "Limit");
    let tolerance = || format!("+{}", lang.rate(load.tolerance));
    match load.ceiling {
        Ceiling::Unlimited => Scale {
            caption: (lang.pick("不限额", "Unlimited").to_owned(), "100%".to_owned(), "end"),
            ..Scale { whole, bars, void, stars, ..Scale::default() }
        },
        Ceiling::Nothing => Scale {
            posts: Some((geometry(0, whole), geometry(0, whole))),
            caption: (lang.pick("不授信", "No credit").to_owned(), "0%".to_owned(), "start"),
            ..Scale { whole, bars, void, stars, ..Scale::default() }
        },
        Ceiling::Amount(limit) => {
            let end = geometry(load.end_of_tolerance(limit), whole);
            let figure = lang.brief(load.money(limit));
            let (caption, tolerance) = if limit > whole / 5 * 2 {
                let apart = (load.tolerance.units() > 0).then(tolerance);
                ((format!("{word} {figure}"), geometry(limit, whole), "end"), apart)
            } else if load.tolerance.units() > 0 {
                ((format!("{word} {figure} {}", tolerance()), geometry(limit, whole), "start"), None)
            } else {
                ((format!("{word} {figure}"), geometry(limit, whole), "start"), None)
            };
            let posts = Some((geometry(limit, whole), end));
            Scale { posts, caption, tolerance, ..Scale { whole, bars, void, stars, ..Scale::default() } }
        }
    }
}

fn weight(load: &Load, lang: Lang) -> Weight {
    let whole = reach(load);
    let net = load.net().max(0);
    let at = load.total().clamp(0, whole);
    Weight {
        from: geometry(net, whole),
        length: geometry((at - net).max(0), whole),
        at: geometry(at, whole),
        place: load.place(),
        caption: match (load.order > 0, net > 0) {
            (true, true) => lang.pick("敞口 + 本单 ", "Exposure + order "),
            (true, false) => lang.pick("本单 ", "This order "),
            (false, _) => lang.pick("敞口 ", "Exposure "),
        },
        total: lang.brief(load.money(load.total())),
        before: at > whole / 100 * 45,
        shown: load.order > 0,
    }
}

/// Exposure against the limit, with the order as a weight on the rod.
#[component]
pub fn Beam(
    /// What lies on it.
    #[prop(into)]
    of: Signal<Load>,
) -> impl IntoView {
    let scale = Memo::new(move |_| scale(&of.get(), lang()));
    let weight = Memo::new(move |_| weight(&of.get(), lang()));
    let still = move || {
        let Scale { whole, bars, void, stars, posts, caption, tolerance } = scale.get();
        let star = move |(at, large): (i64, bool)| {
            let class = move || {
                let load = of.get();
                let total = load.total();
                // The weight's hook covers the star it hangs at.
                if load.order > 0 && (at - total).abs() < whole / 100 {
                    "hidden"
                } else if at > load.net() && at <= total {
                    "star-in"
                } else {
                    "star"
                }
            };
            view! {
                <circle
                    class=class
                    cx=geometry(at, whole)
                    cy="39"
                    r=if large { "2" } else { "1.25" }
                />
            }
        };
        let (words, place, anchor) = caption;
        view! {
            {bars.into_iter().map(|(tone, x, width)| view! { <rect class=tone x=x y="19" width=width height="13" /> }).collect_view()}
            {void.map(|(x, width)| view! {
                <rect class="erase" x=x.clone() y="19.5" width=width.clone() height="12" />
                <rect class="void" x=x y="19.5" width=width height="12" />
            })}
            {stars.into_iter().map(star).collect_view()}
            {posts.map(|(limit, end)| view! {
                <line class="dash" x1=end.clone() x2=end.clone() y1="14" y2="48" />
                <line class="post" x1=limit.clone() x2=limit y1="14" y2="48" />
                {tolerance.map(|text| view! { <text x=end y="9">{text}</text> })}
            })}
            <text class="lead" x=place y="9" text-anchor=anchor>{words}</text>
        }
    };
    view! {
        <svg class="chart beam" height="66" role="img" aria-label=move || of.get().sentence(lang())>
            <svg y="35" width="100%" height="8" viewBox="0 0 100 8" preserveAspectRatio="none">
                <path class="rod" d="M0 0 100 1.5V6.5L0 8Z" />
            </svg>
            <rect
                class=move || weight.get().place.fill()
                x=move || weight.get().from
                y="37"
                width=move || weight.get().length
                height="4"
            />
            {still}
            <svg class="weight" x=move || weight.get().at y="41" overflow="visible">
                <path
                    class=move || weight.get().place.fill()
                    visibility=move || (!weight.get().shown).then_some("hidden")
                    d="M-.75 0H.75V10H4.5L7.5 24H-7.5L-4.5 10H-.75Z"
                />
                <text
                    y="20"
                    x=move || if weight.get().before { "-13" } else { "13" }
                    text-anchor=move || if weight.get().before { "end" } else { "start" }
                >
                    {move || weight.get().caption}
                    <tspan class=move || weight.get().place.text()>{move || weight.get().total}</tspan>
                </text>
            </svg>
        </svg>
    }
}

/// The categories of the beam with their amounts, in 万元 or thousands, tying out to the exposure as shown.
#[component]
pub fn BeamLegend(
    /// What lies on the beam.
    #[prop(into)]
    of: Signal<Load>,
) -> impl IntoView {
    let entries = Memo::new(move |_| legend(&of.get(), lang()));
    let unit = move || {
        let lang = lang();
        lang.fill("万{0}", "{0} thousand", &[&lang.currency(of.get().currency)])
    };
    let entry = |(index, name, figure): (Option<usize>, &'static str, String)| {
        const TONES: [&str; 5] = ["t1", "t2", "t3", "t4", "t5"];
        let swatch = match index {
            Some(index) => TONES.get(index).or(TONES.last()).copied().unwrap_or_default(),
            None => "void",
        };
        view! {
            <li>
                <svg class="swatch" aria-hidden="true"><rect class=swatch x=".5" y=".5" width="9" height="9" /></svg>
                {name}
                <b>{figure}</b>
            </li>
        }
    };
    // Without a category there is nothing that the unit would be of.
    move || {
        let entries = entries.get();
        (!entries.is_empty()).then(|| {
            view! { <ul class="legend">{entries.into_iter().map(entry).collect_view()}<li>{unit}</li></ul> }
        })
    }
}

/// Figures of the legend to one decimal of their unit, by largest remainder so that they add up to the rounded exposure.
fn legend(load: &Load, lang: Lang) -> Vec<(Option<usize>, &'static str, String)> {
    let minor = 10_i64.pow(load.currency.decimals());
    let tenth = minor.saturating_mul(lang.pick(1_000, 100));
    let mut parts: Vec<(Option<usize>, (&'static str, &'static str), i64)> =
        load.pieces.iter().enumerate().map(|(i, piece)| (Some(i), piece.name, piece.minor)).collect();
    parts.push((None, load.deduction.name, load.deduction.minor.saturating_neg()));
    parts.retain(|(_, _, value)| *value != 0);
    let mut floors: Vec<i64> = parts.iter().map(|(_, _, value)| value.div_euclid(tenth)).collect();
    let total = load.net().saturating_add(tenth / 2).div_euclid(tenth);
    let missing = total - floors.iter().sum::<i64>();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(parts.get(*i).map_or(0, |(_, _, value)| value.rem_euclid(tenth))));
    for index in order.into_iter().take(usize::try_from(missing).unwrap_or(0)) {
        if let Some(floor) = floors.get_mut(index) {
            *floor += 1;
        }
    }
    parts
        .into_iter()
        .zip(floors)
        .map(|((index, (zh, en), _), figure)| (index, lang.pick(zh, en), crate::lang::fixed(figure, 1, 1)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(ceiling: Ceiling, order: i64) -> Load {
        let piece = |name: &'static str, yuan: i64| Piece { name: (name, name), minor: yuan * 100 };
        Load {
            currency: Currency::CNY,
            pieces: vec![piece("未清", 441_300), piece("运单", 98_000), piece("订单", 45_000), piece("票据", 50_000)],
            deduction: piece("未核销", 20_000),
            ceiling,
            tolerance: Ratio::from_units(50_000),
            order: order * 100,
        }
    }

    #[test]
    fn the_weight_says_where_it_hangs() {
        let place = |ceiling, order| load(ceiling, order).place();
        let limit = Ceiling::Amount(80_000_000);
        assert_eq!(place(limit, 185_700), Place::Within);
        assert_eq!(place(limit, 185_701), Place::Tolerated);
        assert_eq!(place(limit, 225_700), Place::Tolerated);
        assert_eq!(place(limit, 225_701), Place::Beyond);
        assert_eq!(place(Ceiling::Unlimited, 90_000_000), Place::Within);
        assert_eq!(place(Ceiling::Nothing, 1), Place::Beyond);
    }

    #[test]
    fn the_rod_is_as_the_pictures_show() {
        let load = load(Ceiling::Amount(80_000_000), 286_400);
        let drawn = scale(&load, Lang::Zh);
        assert_eq!(drawn.posts, Some(("83.33%".to_owned(), "87.50%".to_owned())));
        assert_eq!(drawn.void, Some(("63.98%".to_owned(), "2.08%".to_owned())));
        assert_eq!(drawn.stars.len(), 9);
        assert_eq!(weight(&load, Lang::Zh).at, "93.82%");
        assert_eq!(
            load.sentence(Lang::Zh),
            "敞口 ¥614,300.00，加本单 ¥286,400.00 共 ¥900,700.00，超过额度 ¥800,000.00 及 5% 容忍度"
        );
    }

    #[test]
    fn everything_stays_on_the_rod() {
        for ceiling in
            [Ceiling::Nothing, Ceiling::Unlimited, Ceiling::Amount(0), Ceiling::Amount(1), Ceiling::Amount(MINOR_MAX)]
        {
            for order in [0, 1, 4_000_000, MINOR_MAX / 100] {
                let load = load(ceiling, order);
                let drawn = scale(&load, Lang::En);
                assert!(drawn.whole >= load.total().max(load.gross()), "{ceiling:?} {order}");
                assert!(drawn.stars.len() <= 16, "{ceiling:?} {order}");
            }
        }
    }

    #[test]
    fn the_legend_ties_out() {
        let mut load = load(Ceiling::Unlimited, 0);
        for (piece, minor) in load.pieces.iter_mut().zip([44_134_900, 9_834_900, 4_534_900, 5_034_900]) {
            piece.minor = minor;
        }
        let tenths = |figure: &str| figure.replace('.', "").replace('−', "-").parse::<i64>().unwrap();
        let shown: i64 = legend(&load, Lang::Zh).iter().map(|(_, _, figure)| tenths(figure)).sum();
        assert_eq!(shown, (load.net() + 50_000) / 100_000);
    }
}
