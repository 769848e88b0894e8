//! The card of either kind, and what caps a grade, as comparisons of codes.
//!
//! A line of a card is a figure that changes where a code reaches a bound, whatever the line looks at: bins, words, a
//! denominator that is zero or negative, a value that is missing. Points and known weight, both at most 10,000, travel in
//! one integer. A cap is an interval of codes. So a card is a handful of loops without branches over 32-bit integers, which
//! fit a vector unit, and both kinds of card run through the same ones.

use super::columns::{Column, FIRST, NEGATIVE, UNKNOWN, ZERO, code};
use super::layout::{BLOCK, Block, Group, Layout};
use crate::facts::number::Ratio;
use crate::rules::grade::GradeRule;
use crate::rules::policy::Policy;
use crate::rules::rating::RatingRules;
use crate::rules::scorecard::Scorecard;
use crate::rules::scoring::{CardLine, CardName, KnockOutWhen, Measure, Scale};

/// Known weight stands above points.
const KNOWN: u32 = 16;
const POINTS: i32 = 0xFFFF;

/// A figure that changes by `by` where a code reaches `from`.
#[derive(Clone, Copy)]
struct Step {
    from: i32,
    by: i32,
}

/// Steps that are taken together, so that codes and sums are read once for all of them.
const TOGETHER: usize = 4;
/// Nobody reaches it.
const NEVER: Step = Step { from: i32::MAX, by: 0 };

/// A line of a card for one group.
struct CodedLine<'p> {
    codes: &'p [i32],
    steps: Vec<[Step; TOGETHER]>,
    /// What a mark changes.
    mark: i32,
}

/// The card of one group.
pub(super) struct CodedCard<'p> {
    /// The points of a customer of whom nothing is known.
    base: i32,
    lines: Vec<CodedLine<'p>>,
    /// With less known weight than this the grade is capped.
    known_at_least: i32,
}

/// A cap that applies where a code lies in an interval.
struct CodedCap<'p> {
    codes: &'p [i32],
    from: i32,
    width: u32,
    cap: i32,
}

/// How scores become grades.
pub(super) struct CodedGrades<'p> {
    /// The grades' lower bounds but the last one's, which takes every score.
    bands: Vec<i32>,
    /// The cap of those of whom too little is known.
    unsure_cap: i32,
    /// A cap that everybody has.
    all: i32,
    caps: Vec<CodedCap<'p>>,
}

/// What a block's customers score.
pub(super) struct Scored {
    /// Points in the low half, known weight in the high one.
    packed: [i32; BLOCK],
    /// The place of the grade by score.
    pub by_score: [i32; BLOCK],
    /// The place of the worst cap; 0 without one.
    pub capped: [i32; BLOCK],
}

/// What a line is worth from a place on.
struct Segment {
    from: i32,
    share: Option<Ratio>,
}

/// A line of either kind of card.
struct Lowered<'a, 'p> {
    column: Option<&'p Column>,
    segments: Vec<Segment>,
    points: &'a dyn Fn(Ratio) -> i32,
    missing: Ratio,
    /// What counts as known of its weight, without and with a mark.
    known: [i32; 2],
}

impl<'p> CodedCard<'p> {
    fn empty(known_at_least: i32) -> Self {
        Self { base: 0, lines: Vec::new(), known_at_least }
    }

    /// The card of the first kind.
    pub(super) fn first(card: &Scorecard, grade: &GradeRule, layout: &'p Layout) -> Self {
        let most = card.lines.iter().fold(0_i32, |sum, line| sum.saturating_add(line.weight.units()));
        let mut coded = Self::empty(known_at_least(grade, most));
        for line in &card.lines {
            let column = layout.columns.get(&Measure::Figure { figure: line.characteristic });
            let bins = line.bins.iter().map(|bin| (bin.from, bin.share));
            let weight = line.weight.units();
            coded.add(&Lowered {
                column,
                segments: numbers(column, line.below, bins, None, None),
                points: &|share| line.points_of(share).units(),
                missing: line.missing,
                known: [weight, weight],
            });
        }
        coded
    }

    /// The card of the second kind, for one group.
    pub(super) fn second(rules: &RatingRules<'_>, group: Group, layout: &'p Layout) -> Self {
        let card = match group.card {
            CardName::Customer => &rules.scoring.customer,
            CardName::Prospect => &rules.scoring.prospect,
        };
        let most = card.lines.iter().fold(0_i32, |sum, line| sum.saturating_add(line.weight.units()));
        let mut coded = Self::empty(known_at_least(rules.grade, most));
        for line in &card.lines {
            let column = layout.columns.get(&line.measure);
            let segments = match &line.scale {
                Scale::Numbers { below, bins } => {
                    let bins = bins.iter().map(|bin| (bin.from, bin.share));
                    numbers(column, *below, bins, line.negative_denominator, line.zero_denominator)
                }
                Scale::Words { words } => column.map_or_else(Vec::new, |column| {
                    let own = column.words().map(|(from, word)| Segment { from, share: words.get(word).copied() });
                    let denominators = [(NEGATIVE, line.negative_denominator), (ZERO, line.zero_denominator)];
                    denominators.into_iter().map(|(from, share)| Segment { from, share }).chain(own).collect()
                }),
            };
            let known = [false, true].map(|marked| known_weight(rules, group, line, marked));
            let points = |share| line.points(share).units();
            coded.add(&Lowered { column, segments, points: &points, missing: line.missing, known });
        }
        coded
    }

    fn add(&mut self, line: &Lowered<'_, 'p>) {
        let missing = (line.points)(line.missing);
        self.base = self.base.saturating_add(missing);
        let Some(column) = line.column else { return };
        let [plain, marked] = line.known;
        let worth = |share: Option<Ratio>| match share {
            None => missing,
            Some(share) => pack((line.points)(share), plain),
        };
        let mut reached = missing;
        let mut steps = Vec::with_capacity(line.segments.len());
        for segment in &line.segments {
            let next = worth(segment.share);
            let (from, by) = (code(segment.from), next.wrapping_sub(reached));
            if by != 0 && segment.from < column.end() {
                steps.push(Step { from, by });
            }
            reached = next;
        }
        let four = |steps: &[Step]| {
            let mut four = [NEVER; TOGETHER];
            for (place, step) in four.iter_mut().zip(steps) {
                *place = *step;
            }
            four
        };
        let mark = if column.marked() { pack(0, marked).wrapping_sub(pack(0, plain)) } else { 0 };
        self.lines.push(CodedLine { codes: column.codes(), steps: steps.chunks(TOGETHER).map(four).collect(), mark });
    }
}

/// The segments of numbers by bins.
fn numbers(
    column: Option<&Column>,
    below: Ratio,
    bins: impl Iterator<Item = (Ratio, Ratio)>,
    negative: Option<Ratio>,
    zero: Option<Ratio>,
) -> Vec<Segment> {
    let Some(column) = column else { return Vec::new() };
    let before = [(NEGATIVE, negative), (ZERO, zero), (FIRST, Some(below))];
    let own = bins.map(|(from, share)| (column.reaching(from), Some(share)));
    before.into_iter().chain(own).map(|(from, share)| Segment { from, share }).collect()
}

/// What counts as known of a line's weight.
fn known_weight(rules: &RatingRules<'_>, group: Group, line: &CardLine, marked: bool) -> i32 {
    let trust = rules.scoring.trust.of(&line.measure, group.statement, marked);
    let units = trust.times(i64::from(line.weight.units())).unwrap_or(0);
    i32::try_from(units).unwrap_or(0)
}

const fn pack(points: i32, known: i32) -> i32 {
    points.wrapping_add(known.wrapping_shl(KNOWN))
}

/// The confidence rises with the known weight, so one weight divides the sure from the unsure.
fn known_at_least(grade: &GradeRule, most: i32) -> i32 {
    let sure = |known: i32| Ratio::of(known.into(), most.into()).unwrap_or_default() >= grade.confidence_at_least;
    let (mut low, mut high) = (0_i32, most.max(0).saturating_add(1));
    while low < high {
        let middle = low.midpoint(high);
        if sure(middle) { high = middle } else { low = middle.saturating_add(1) }
    }
    low
}

impl<'p> CodedGrades<'p> {
    /// The bands and the knock-outs of the rule of grades.
    pub(super) fn first(grade: &GradeRule, layout: &'p Layout) -> Self {
        let bands = &grade.bands;
        let mut coded = Self {
            bands: bands.iter().take(bands.len().saturating_sub(1)).map(|band| band.from.units()).collect(),
            unsure_cap: rank(grade, &grade.unsure_cap),
            all: 0,
            caps: Vec::new(),
        };
        for rule in &grade.knock_outs {
            let measure = Measure::Figure { figure: rule.characteristic };
            coded.cap(grade, layout, &measure, &rule.cap, |column| (column.above(rule.above), column.numbers_end()));
        }
        coded
    }

    /// These, the knock-outs of the scoring rule, what checks found and which are missing.
    pub(super) fn second(policy: &Policy, rules: &RatingRules<'_>, layout: &'p Layout) -> Self {
        let grade = rules.grade;
        let mut coded = Self::first(grade, layout);
        for rule in &rules.scoring.knock_outs {
            let cap = &rule.cap;
            match &rule.when {
                KnockOutWhen::Above { measure, bound } => {
                    coded.cap(grade, layout, measure, cap, |column| (column.above(*bound), column.numbers_end()));
                }
                KnockOutWhen::Below { measure, bound } => {
                    coded.cap(grade, layout, measure, cap, |column| (FIRST, column.reaching(*bound)));
                }
                KnockOutWhen::NegativeDenominator { measure } => {
                    coded.cap(grade, layout, measure, cap, |_| (NEGATIVE, ZERO));
                }
                KnockOutWhen::Zone { model, zone } => {
                    let measure = Measure::Altman { model: *model };
                    let within = |column: &Column| (FIRST, column.beyond(|score| model.zone(score) <= *zone));
                    coded.cap(grade, layout, &measure, cap, within);
                }
                KnockOutWhen::Word { category, word } => {
                    let measure = Measure::Appraisal { category: category.clone() };
                    coded.cap(grade, layout, &measure, cap, |column| {
                        column.of_word(word).map_or((FIRST, FIRST), |place| (place, place.saturating_add(1)))
                    });
                }
            }
        }
        for (kind, codes) in &layout.screenings {
            let rule = policy.credit_file.as_ref().and_then(|file| file.screening(*kind));
            if let Some(cap) = rule.and_then(|rule| rule.cap.as_ref()) {
                coded.caps.push(CodedCap { codes, from: HIT, width: 1, cap: rank(grade, cap) });
            }
        }
        if let Some(cap) = &rules.scoring.unscreened_cap {
            let cap = rank(grade, cap);
            for kind in &rules.scoring.must_screen {
                match layout.screenings.get(kind) {
                    Some(places) => coded.caps.push(CodedCap { codes: places, from: UNKNOWN, width: 1, cap }),
                    None => coded.all = coded.all.max(cap),
                }
            }
        }
        coded
    }

    fn cap(
        &mut self,
        grade: &GradeRule,
        layout: &'p Layout,
        measure: &Measure,
        cap: &str,
        places: impl Fn(&Column) -> (i32, i32),
    ) {
        let Some(column) = layout.columns.get(measure) else { return };
        let (from, until) = places(column);
        let (from, until) = (code(from), code(until));
        if let Ok(width) = u32::try_from(until.saturating_sub(from))
            && width > 0
        {
            self.caps.push(CodedCap { codes: column.codes(), from, width, cap: rank(grade, cap) });
        }
    }
}

/// The place of a check that found nothing.
pub(super) const CLEAR: i32 = 1;
/// The place of a check that found something.
pub(super) const HIT: i32 = 2;

fn rank(grade: &GradeRule, name: &str) -> i32 {
    grade.rank(name).and_then(|rank| i32::try_from(rank).ok()).unwrap_or(0)
}

impl Scored {
    pub(super) const fn new() -> Self {
        Self { packed: [0; BLOCK], by_score: [0; BLOCK], capped: [0; BLOCK] }
    }

    /// Points and known weight of a customer of the block.
    pub(super) fn score(packed: i32) -> (i32, i32) {
        (packed & POINTS, packed.wrapping_shr(KNOWN))
    }

    /// By customer of the block.
    pub(super) fn packed(&self) -> &[i32] {
        &self.packed
    }

    /// Scores a block.
    pub(super) fn run(&mut self, block: &Block, card: &CodedCard<'_>, grades: &CodedGrades<'_>) {
        let Block { start, len, .. } = *block;
        let end = start.saturating_add(len);
        let packed = self.packed.get_mut(..len).unwrap_or_default();
        packed.fill(card.base);
        for line in &card.lines {
            let codes = line.codes.get(start..end).unwrap_or_default();
            for steps in &line.steps {
                add_where(packed, codes, steps);
            }
            if line.mark != 0 {
                for (sum, code) in packed.iter_mut().zip(codes) {
                    *sum = sum.wrapping_add((code & 1).wrapping_neg() & line.mark);
                }
            }
        }
        let by_score = self.by_score.get_mut(..len).unwrap_or_default();
        by_score.fill(0);
        for band in &grades.bands {
            for (rank, packed) in by_score.iter_mut().zip(&*packed) {
                *rank = rank.wrapping_add(i32::from((packed & POINTS) < *band));
            }
        }
        let capped = self.capped.get_mut(..len).unwrap_or_default();
        let least = card.known_at_least;
        for (capped, packed) in capped.iter_mut().zip(&*packed) {
            let unsure = i32::from(packed.wrapping_shr(KNOWN) < least).wrapping_neg();
            *capped = (unsure & grades.unsure_cap).max(grades.all);
        }
        for rule in &grades.caps {
            let codes = rule.codes.get(start..end).unwrap_or_default();
            for (capped, code) in capped.iter_mut().zip(codes) {
                let inside = code.wrapping_sub(rule.from).cast_unsigned() < rule.width;
                *capped = (*capped).max(i32::from(inside).wrapping_neg() & rule.cap);
            }
        }
    }
}

/// Adds what every step adds where a code reaches it. A card's weights add up to 10,000: nothing wraps in the end.
fn add_where(sums: &mut [i32], codes: &[i32], steps: &[Step; TOGETHER]) {
    for (sum, code) in sums.iter_mut().zip(codes) {
        for Step { from, by } in steps {
            *sum = sum.wrapping_add(i32::from(code >= from).wrapping_neg() & by);
        }
    }
}
