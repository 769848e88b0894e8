//! Cards of the second kind: numbers, financial ratios, Z-scores and words, with one card for prospects and one for customers.
//!
//! It stands beside [`super::scorecard`], whose answers stay as they are. A line looks at one [`Measure`]; its scale turns
//! the value into a share of the line's weight. A number falls into the last bin whose lower bound it reaches, a word has
//! its share by name. What is missing earns the share that the line names for it, is listed, and lowers the confidence; so
//! does a statement that nobody audited. A ratio whose denominator is zero or negative isn't missing: a company without
//! interest to pay is sound, one without equity is not, and the line can say what each is worth. Points are integers in
//! hundredths, so that a card adds up without rounding.

use super::policy::{Bilingual, Faults, is_share};
use super::scorecard::{Bin, Characteristic, Part, Profile};
use crate::facts::calendar::Date;
use crate::facts::credit_file::ScreeningKind;
use crate::facts::customer::Stage;
use crate::facts::financials::{Audit, StatementSource};
use crate::facts::number::{Points, Ratio};
use crate::readings::altman::{AltmanModel, Zone};
use crate::readings::papers::ScreeningState;
use crate::readings::ratios::{FinancialRatio, Mark};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How customers and prospects are scored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScoringRule {
    /// Why its numbers are what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Bilingual>,
    /// The card of those who buy from us.
    pub customer: Card,
    /// The card of those who might: it can't look at how they pay.
    pub prospect: Card,
    /// How far statements are trusted.
    pub trust: StatementTrust,
    /// What caps the grade beyond the knock-outs of [`super::grade`].
    pub knock_outs: Vec<ScoringKnockOut>,
    /// Checks without which the grade is capped …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub must_screen: Vec<ScreeningKind>,
    /// … at this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unscreened_cap: Option<String>,
    /// What people may change.
    pub overrides: OverrideRule,
}

/// A card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Its lines, in the order in which they are shown; their weights add up to 100.
    pub lines: Vec<CardLine>,
}

/// One line of a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CardLine {
    /// Which part it belongs to.
    pub part: Part,
    /// What it looks at.
    pub measure: Measure,
    /// The most points that it gives.
    pub weight: Points,
    /// The share of the weight when the value is unknown.
    pub missing: Ratio,
    /// The share when a ratio's denominator is zero; absent: as when it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zero_denominator: Option<Ratio>,
    /// The share when a ratio's denominator is negative; absent: as when it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub negative_denominator: Option<Ratio>,
    /// What a value is worth.
    pub scale: Scale,
}

/// What a line looks at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Measure {
    /// A figure of the file or the ledger.
    Figure {
        /// Which.
        figure: Characteristic,
    },
    /// A ratio of the newest financial statement.
    Ratio {
        /// Which.
        ratio: FinancialRatio,
    },
    /// A Z-score of that statement.
    Altman {
        /// Which.
        model: AltmanModel,
    },
    /// Our own word on something.
    Appraisal {
        /// On what.
        category: String,
    },
}

/// What a value is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Scale {
    /// Numbers, by bins.
    Numbers {
        /// The share below the first bin's bound.
        below: Ratio,
        /// Bins by ascending lower bound.
        bins: Vec<Bin>,
    },
    /// Words, by name. A word that isn't named is as good as unknown.
    Words {
        /// The share of each.
        words: BTreeMap<String, Ratio>,
    },
}

/// How far a financial statement is trusted: the share of a line's weight that counts as known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StatementTrust {
    /// By what the auditor says.
    pub audit: BTreeMap<Audit, Ratio>,
    /// By where it came from; a source that isn't named is trusted by its audit alone.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub source: BTreeMap<StatementSource, Ratio>,
    /// For a figure with a mark: estimated, scaled to a year, closing for mean.
    pub marked: Ratio,
}

/// A value or a state that caps the grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScoringKnockOut {
    /// When it applies.
    pub when: KnockOutWhen,
    /// The best grade that is left.
    pub cap: String,
}

/// When a knock-out applies; an unknown value never knocks out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum KnockOutWhen {
    /// A number is strictly greater.
    Above {
        /// Of what.
        measure: Measure,
        /// The bound.
        bound: Ratio,
    },
    /// A number is strictly less.
    Below {
        /// Of what.
        measure: Measure,
        /// The bound.
        bound: Ratio,
    },
    /// A ratio's denominator is negative: equity below zero (资不抵债).
    NegativeDenominator {
        /// Of what.
        measure: Measure,
    },
    /// A Z-score lies in this zone, or a worse one.
    Zone {
        /// Which.
        model: AltmanModel,
        /// The zone.
        zone: Zone,
    },
    /// Our own word is this one.
    Word {
        /// On what.
        category: String,
        /// The word.
        word: String,
    },
}

/// What people may change about a grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OverrideRule {
    /// By how many grades at most it may be raised; lowering is always allowed.
    pub up_at_most: u8,
    /// For how many days at most.
    pub days_at_most: u16,
}

/// All that is scored, read once from the facts: what a decision stores.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Dossier {
    /// Figures of the file and the ledger.
    pub figures: Profile,
    /// Ratios of the newest statement; empty without one that is new enough and adds up.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ratios: BTreeMap<FinancialRatio, Measured>,
    /// Its Z-scores.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub altman: BTreeMap<AltmanModel, Measured>,
    /// Our own words by category.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<String, String>,
    /// The statement that these were read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<StatementBasis>,
    /// What the checks say.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub screenings: BTreeMap<ScreeningKind, ScreeningState>,
}

/// The statement that numbers were read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StatementBasis {
    /// Its last day.
    pub end: Date,
    /// What its auditor says.
    pub audit: Audit,
    /// Where it came from.
    pub source: StatementSource,
}

/// A number read from a statement, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum Measured {
    /// It is known.
    Known {
        /// The number.
        value: Ratio,
        /// What to bear in mind.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        marks: Vec<Mark>,
    },
    /// Figures are missing, or it doesn't fit.
    Unknown,
    /// What it is divided by is zero.
    ZeroDenominator,
    /// What it is divided by is negative.
    NegativeDenominator,
}

/// A value as a card sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Value {
    /// A number.
    Number {
        /// The number.
        number: Ratio,
    },
    /// A word.
    Word {
        /// The word.
        word: String,
    },
    /// No number: what it is divided by is zero.
    ZeroDenominator,
    /// No number: what it is divided by is negative.
    NegativeDenominator,
}

/// A score with everything that it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CardScore {
    /// Which card.
    pub card: CardName,
    /// The sum of the lines' points.
    pub points: Points,
    /// The most that the card gives.
    pub most: Points,
    /// The share of the weight that stood on known and trusted values.
    pub confidence: Ratio,
    /// The sums by part, in the order of the parts.
    pub parts: Vec<PartScore>,
    /// Line by line.
    pub lines: Vec<CardScoreLine>,
}

/// One of the two cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CardName {
    /// Of those who buy from us.
    Customer,
    /// Of those who might.
    Prospect,
}

/// What one part of a card gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PartScore {
    /// Which.
    pub part: Part,
    /// The sum of its lines' points.
    pub points: Points,
    /// The most that they could give.
    pub weight: Points,
}

/// What one line gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CardScoreLine {
    /// Which part it belongs to.
    pub part: Part,
    /// What was looked at.
    pub measure: Measure,
    /// What was found; absent when unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// The points that it gave.
    pub points: Points,
    /// The most that it could give.
    pub weight: Points,
    /// How far the value is trusted; zero when unknown.
    pub trust: Ratio,
}

impl Dossier {
    /// What a measure comes to; absent when unknown.
    pub fn value(&self, measure: &Measure) -> Option<Value> {
        let measured = |measured: Option<&Measured>| match measured? {
            Measured::Known { value, .. } => Some(Value::Number { number: *value }),
            Measured::Unknown => None,
            Measured::ZeroDenominator => Some(Value::ZeroDenominator),
            Measured::NegativeDenominator => Some(Value::NegativeDenominator),
        };
        match measure {
            Measure::Figure { figure } => self.figures.get(*figure).map(|number| Value::Number { number }),
            Measure::Ratio { ratio } => measured(self.ratios.get(ratio)),
            Measure::Altman { model } => measured(self.altman.get(model)),
            Measure::Appraisal { category } => self.words.get(category).map(|word| Value::Word { word: word.clone() }),
        }
    }

    /// The number that a measure comes to, if it comes to one.
    pub fn number(&self, measure: &Measure) -> Option<Ratio> {
        match self.value(measure)? {
            Value::Number { number } => Some(number),
            _ => None,
        }
    }

    /// How far what a measure says is trusted.
    fn trust(&self, rule: &StatementTrust, measure: &Measure) -> Ratio {
        rule.of(measure, self.statement.map(|basis| (basis.audit, basis.source)), self.is_marked(measure))
    }

    /// Whether there is something to bear in mind about what a measure says.
    pub fn is_marked(&self, measure: &Measure) -> bool {
        let read = match measure {
            Measure::Ratio { ratio } => self.ratios.get(ratio),
            Measure::Altman { model } => self.altman.get(model),
            Measure::Figure { .. } | Measure::Appraisal { .. } => None,
        };
        matches!(read, Some(Measured::Known { marks, .. }) if !marks.is_empty())
    }
}

impl StatementTrust {
    /// How far what a measure says is trusted, given what the statement is and whether the figure is marked: figures and
    /// words wholly, a ratio or a Z-score by the product of what audit, source and mark are worth.
    pub fn of(&self, measure: &Measure, statement: Option<(Audit, StatementSource)>, marked: bool) -> Ratio {
        if matches!(measure, Measure::Figure { .. } | Measure::Appraisal { .. }) {
            return Ratio::ONE;
        }
        let Some((audit, source)) = statement else { return Ratio::ZERO };
        let factors = [
            self.audit.get(&audit).copied().unwrap_or(Ratio::ZERO),
            self.source.get(&source).copied().unwrap_or(Ratio::ONE),
            if marked { self.marked } else { Ratio::ONE },
        ];
        let product = factors.into_iter().try_fold(Ratio::ONE.units(), |product, factor| factor.times(product));
        Ratio::from_units(product.unwrap_or(0))
    }
}

impl CardLine {
    /// The share of the weight that a value is worth; absent for one that the scale doesn't know, which is as good as
    /// unknown.
    pub fn share(&self, value: Option<&Value>) -> Option<Ratio> {
        match (value?, &self.scale) {
            (Value::ZeroDenominator, _) => self.zero_denominator,
            (Value::NegativeDenominator, _) => self.negative_denominator,
            (Value::Number { number }, Scale::Numbers { below, bins }) => {
                Some(bins.iter().rev().find(|bin| bin.from <= *number).map_or(*below, |bin| bin.share))
            }
            (Value::Word { word }, Scale::Words { words }) => words.get(word).copied(),
            (Value::Number { .. } | Value::Word { .. }, _) => None,
        }
    }

    /// The points of a share of this line's weight.
    pub fn points(&self, share: Ratio) -> Points {
        self.weight.times(share)
    }
}

impl ScoringRule {
    /// The card for a customer at this stage.
    pub fn card(&self, stage: Stage) -> (CardName, &Card) {
        match card_name(stage) {
            CardName::Prospect => (CardName::Prospect, &self.prospect),
            CardName::Customer => (CardName::Customer, &self.customer),
        }
    }

    /// Scores a dossier by the card of a stage, line by line.
    pub fn score(&self, stage: Stage, dossier: &Dossier) -> CardScore {
        let (name, card) = self.card(stage);
        let mut lines = Vec::with_capacity(card.lines.len());
        let mut parts: BTreeMap<Part, (i32, i32)> = BTreeMap::new();
        let mut sums = Sums::default();
        for line in &card.lines {
            let Weighed { value, points, trust } = self.weighed(line, dossier);
            sums.add(line, points, trust);
            let part = parts.entry(line.part).or_default();
            *part = (part.0.saturating_add(points.units()), part.1.saturating_add(line.weight.units()));
            let (part, measure, weight) = (line.part, line.measure.clone(), line.weight);
            lines.push(CardScoreLine { part, measure, value, points, weight, trust });
        }
        let part = |(part, (points, weight)): (Part, (i32, i32))| PartScore {
            part,
            points: Points::from_units(points),
            weight: Points::from_units(weight),
        };
        CardScore {
            card: name,
            points: Points::from_units(sums.points),
            most: Points::from_units(sums.most),
            confidence: sums.confidence(),
            parts: parts.into_iter().map(part).collect(),
            lines,
        }
    }

    /// Points and confidence alone: [`ScoringRule::score`] for whoever scores many dossiers and explains none.
    pub fn points(&self, stage: Stage, dossier: &Dossier) -> (Points, Ratio) {
        let (_, card) = self.card(stage);
        let mut sums = Sums::default();
        for line in &card.lines {
            let Weighed { points, trust, .. } = self.weighed(line, dossier);
            sums.add(line, points, trust);
        }
        (Points::from_units(sums.points), sums.confidence())
    }

    fn weighed(&self, line: &CardLine, dossier: &Dossier) -> Weighed {
        let value = dossier.value(&line.measure);
        let share = line.share(value.as_ref());
        let trust = if share.is_some() { dossier.trust(&self.trust, &line.measure) } else { Ratio::ZERO };
        Weighed { value, points: line.points(share.unwrap_or(line.missing)), trust }
    }

    /// Faults of this section of a policy.
    pub(super) fn check(&self, knows_grade: impl Fn(&str) -> bool, faults: &mut Faults) {
        check_card("scoring.customer", &self.customer, faults);
        check_card("scoring.prospect", &self.prospect, faults);
        let shares = self.trust.audit.values().chain(self.trust.source.values()).chain([&self.trust.marked]);
        faults.unless(
            shares.copied().all(is_share),
            "scoring.trust",
            format_args!("every share must lie between 0 and 1"),
        );
        for (i, rule) in self.knock_outs.iter().enumerate() {
            let path = format!("scoring.knock_outs[{i}].cap");
            faults.unless(knows_grade(&rule.cap), &path, format_args!("'{}' is no grade of this policy", rule.cap));
        }
        let cap = self.unscreened_cap.as_deref();
        faults.unless(
            cap.is_none_or(&knows_grade),
            "scoring.unscreened_cap",
            format_args!("is no grade of this policy"),
        );
        faults.unless(
            cap.is_some() || self.must_screen.is_empty(),
            "scoring.unscreened_cap",
            format_args!("must say which grade is left without the checks of must_screen"),
        );
    }
}

/// What one line comes to.
struct Weighed {
    value: Option<Value>,
    points: Points,
    trust: Ratio,
}

/// The sums of a card.
#[derive(Default)]
struct Sums {
    points: i32,
    known: i64,
    most: i32,
}

impl Sums {
    fn add(&mut self, line: &CardLine, points: Points, trust: Ratio) {
        let weight = line.weight.units();
        self.known = self.known.saturating_add(trust.times(i64::from(weight)).unwrap_or(0));
        self.points = self.points.saturating_add(points.units());
        self.most = self.most.saturating_add(weight);
    }

    fn confidence(&self) -> Ratio {
        Ratio::of(self.known, i64::from(self.most)).unwrap_or_default()
    }
}

/// Which card a customer is scored by.
pub const fn card_name(stage: Stage) -> CardName {
    match stage {
        Stage::Prospect | Stage::Admitted => CardName::Prospect,
        Stage::Active | Stage::Suspended | Stage::Ended => CardName::Customer,
    }
}

fn check_card(path: &str, card: &Card, faults: &mut Faults) {
    let sum = card.lines.iter().fold(0_i32, |sum, line| sum.saturating_add(line.weight.units()));
    let whole = format_args!("weights must add up to 100, not {}", Points::from_units(sum)).to_string();
    faults.unless(sum == 10_000, &format!("{path}.lines"), format_args!("{whole}"));
    for (i, line) in card.lines.iter().enumerate() {
        let at = |field: &str| format!("{path}.lines[{i}].{field}");
        faults.unless(line.weight > Points::ZERO, &at("weight"), format_args!("must be positive"));
        let twice = card.lines.iter().take(i).any(|other| other.measure == line.measure);
        faults.unless(!twice, &at("measure"), format_args!("stands in the card twice"));
        let ends = [Some(line.missing), line.zero_denominator, line.negative_denominator];
        faults.unless(
            ends.into_iter().flatten().all(is_share),
            &at("missing"),
            format_args!("must lie between 0 and 1"),
        );
        let is_word = matches!(line.measure, Measure::Appraisal { .. });
        match &line.scale {
            Scale::Numbers { below, bins } => {
                faults.unless(!is_word, &at("scale"), format_args!("a word has no bins"));
                let shares = bins.iter().map(|bin| bin.share).chain([*below]);
                faults.unless(
                    shares.into_iter().all(is_share),
                    &at("scale.bins"),
                    format_args!("every share must lie between 0 and 1"),
                );
                let rising = bins.is_sorted_by(|a, b| a.from < b.from);
                faults.unless(rising, &at("scale.bins"), format_args!("lower bounds must rise"));
            }
            Scale::Words { words } => {
                faults.unless(is_word, &at("scale"), format_args!("a number has no words"));
                let fits = !words.is_empty() && words.values().copied().all(is_share);
                faults.unless(fits, &at("scale.words"), format_args!("every share must lie between 0 and 1"));
            }
        }
    }
}
