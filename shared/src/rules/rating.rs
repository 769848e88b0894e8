//! From a score to the grade: caps, what the next grade takes, and what people changed.
//!
//! The grade is the band of the score ([`super::grade`]), capped by everything that knocks out whatever the score: the
//! values of the policy, findings of checks, checks that are missing, too little that is known. The worst cap counts, all
//! are shown. [`NextStep`] says of each line alone what value would earn the next better grade. A person may override the
//! grade ([`GradeOverride`]) with a reason and somebody else's approval, for a time: down freely, up within the policy's
//! bounds and never past a cap.

use super::credit_file::CreditFileRule;
use super::grade::{self, GradeRule};
use super::scoring::{CardLine, CardScore, Dossier, KnockOutWhen, Measure, Scale, ScoringRule, Value};
use crate::facts::calendar::{Date, days_between};
use crate::facts::credit_file::ScreeningKind;
use crate::facts::customer::Stage;
use crate::facts::id::PersonId;
use crate::facts::number::{Points, Ratio};
use crate::readings::papers::ScreeningState;
use serde::{Deserialize, Serialize};

/// A grade and what it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rating {
    /// The grade in the end.
    pub grade: String,
    /// The grade that the score alone would give.
    pub by_score: String,
    /// The grade after caps, before anybody changed it.
    pub by_rule: String,
    /// What caps it, the worst first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caps: Vec<RatingCap>,
    /// What became of an override.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<OverrideOutcome>,
    /// What the next better grade than that by rule takes; absent at the best.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<NextRating>,
}

/// What caps a grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RatingCap {
    /// Why.
    pub reason: CapReason,
    /// The best grade that is left.
    pub cap: String,
}

/// Why a grade is capped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum CapReason {
    /// A knock-out or too little confidence, by the rule of grades.
    Grade {
        /// As that rule tells it.
        cap: grade::Cap,
    },
    /// A knock-out of the scoring rule.
    KnockOut {
        /// Its condition.
        when: KnockOutWhen,
        /// What was found.
        value: Value,
    },
    /// A check found something.
    Screening {
        /// Which.
        screening: ScreeningKind,
        /// What.
        state: ScreeningState,
    },
    /// Checks are missing or too old.
    Unscreened {
        /// Which.
        screenings: Vec<ScreeningKind>,
    },
}

/// What the next better grade takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NextRating {
    /// That grade.
    pub grade: String,
    /// Points still missing; zero when only caps are in the way.
    pub points: Points,
    /// How many caps stand in the way: those that leave less than that grade.
    pub caps: u32,
    /// Line by line, those that would do alone first, and of these the ones that ask for less.
    pub steps: Vec<NextStep>,
}

/// What one line could add.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NextStep {
    /// Which line.
    pub measure: Measure,
    /// The value to reach.
    pub target: Target,
    /// The points that it would add.
    pub gain: Points,
    /// Whether it alone is enough.
    pub enough: bool,
}

/// A value to reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Target {
    /// A number from one bound on, and below another.
    Number {
        /// At least this; absent: however low.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Ratio>,
        /// Less than this; absent: however high.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        below: Option<Ratio>,
    },
    /// A word.
    Word {
        /// Which.
        word: String,
    },
}

/// A grade that a person gave instead of the rule's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GradeOverride {
    /// The grade.
    pub grade: String,
    /// Why.
    pub reason: String,
    /// Who asked for it.
    pub asked_by: PersonId,
    /// Who approved it.
    pub approved_by: PersonId,
    /// The first day on which it stands.
    pub from: Date,
    /// The last one.
    pub until: Date,
}

/// What became of an override.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum OverrideOutcome {
    /// It stands.
    Stands {
        /// It, as it was given.
        given: GradeOverride,
        /// By how many grades it raises the rule's; negative when it lowers it.
        notches: i32,
    },
    /// It doesn't.
    Refused {
        /// It, as it was given.
        given: GradeOverride,
        /// Why not.
        why: OverrideRefused,
    },
}

/// Why an override doesn't stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OverrideRefused {
    /// The policy has no such grade.
    UnknownGrade,
    /// No reason is given.
    NoReason,
    /// It was approved by whoever asked for it.
    SamePerson,
    /// Its day hasn't come, or is past.
    NotInForce,
    /// It stands for longer than the policy allows.
    TooLong,
    /// It raises the grade by more than the policy allows.
    TooHigh,
    /// It would lift the grade above a cap.
    AboveCap,
}

/// What a rating is made by.
#[derive(Clone, Copy, Debug)]
pub struct RatingRules<'a> {
    /// Bands, knock-outs, confidence.
    pub grade: &'a GradeRule,
    /// Cards and knock-outs.
    pub scoring: &'a ScoringRule,
    /// What a check's finding does; absent: nothing.
    pub file: Option<&'a CreditFileRule>,
}

impl RatingRules<'_> {
    /// Rates a score.
    pub fn rate(
        &self,
        stage: Stage,
        dossier: &Dossier,
        score: &CardScore,
        given: Option<&GradeOverride>,
        as_of: Date,
    ) -> Rating {
        let by_score = self.grade.rank_by_score(score.points);
        let mut caps = self.caps(dossier, score);
        let rank_of = |cap: &RatingCap| self.grade.rank(&cap.cap).unwrap_or(0);
        caps.sort_by_key(|cap| std::cmp::Reverse(rank_of(cap)));
        let capped = caps.first().map_or(0, rank_of);
        let by_rule = by_score.max(capped);
        let (rank, overridden) = match given {
            None => (by_rule, None),
            Some(given) => match self.judge(given, by_rule, capped, as_of) {
                Ok((rank, notches)) => (rank, Some(OverrideOutcome::Stands { given: given.clone(), notches })),
                Err(why) => (by_rule, Some(OverrideOutcome::Refused { given: given.clone(), why })),
            },
        };
        let next = by_rule.checked_sub(1).and_then(|better| self.next(better, stage, dossier, score, &caps));
        Rating {
            grade: self.name(rank),
            by_score: self.name(by_score),
            by_rule: self.name(by_rule),
            caps,
            overridden,
            next,
        }
    }

    /// The place of the grade in the end: [`RatingRules::rate`] for whoever rates many and explains none.
    pub fn rank(
        &self,
        dossier: &Dossier,
        (points, confidence): (Points, Ratio),
        given: Option<&GradeOverride>,
        as_of: Date,
    ) -> usize {
        let mut capped = self.grade.capped(confidence, &dossier.figures);
        let mut cap = |grade: &str| capped = capped.max(self.grade.rank(grade).unwrap_or(0));
        for rule in &self.scoring.knock_outs {
            if knocked_out(&rule.when, dossier).is_some() {
                cap(&rule.cap);
            }
        }
        for (kind, _) in dossier.screenings.iter().filter(|(_, state)| matches!(state, ScreeningState::Hit { .. })) {
            if let Some(grade) = self.file.and_then(|file| file.screening(*kind)).and_then(|rule| rule.cap.as_ref()) {
                cap(grade);
            }
        }
        if let Some(grade) = &self.scoring.unscreened_cap
            && self.scoring.must_screen.iter().any(|kind| !is_known(dossier, *kind))
        {
            cap(grade);
        }
        let by_rule = self.grade.rank_by_score(points).max(capped);
        given.and_then(|given| self.judge(given, by_rule, capped, as_of).ok()).map_or(by_rule, |(rank, _)| rank)
    }

    fn name(&self, rank: usize) -> String {
        self.grade.bands.get(rank).map_or_else(String::new, |band| band.grade.clone())
    }

    fn caps(&self, dossier: &Dossier, score: &CardScore) -> Vec<RatingCap> {
        let by_grade = self.grade.grade(score.points, score.confidence, &dossier.figures).caps.into_iter().map(|cap| {
            let (grade::Cap::KnockOut { cap: name, .. } | grade::Cap::Unsure { cap: name, .. }) = &cap;
            RatingCap { cap: name.clone(), reason: CapReason::Grade { cap } }
        });
        let by_value = self.scoring.knock_outs.iter().filter_map(|rule| {
            let value = knocked_out(&rule.when, dossier)?;
            Some(RatingCap { cap: rule.cap.clone(), reason: CapReason::KnockOut { when: rule.when.clone(), value } })
        });
        let by_finding = dossier.screenings.iter().filter_map(|(screening, state)| {
            let cap = self.file?.screening(*screening)?.cap.clone()?;
            let found = matches!(state, ScreeningState::Hit { .. });
            found.then(|| RatingCap {
                cap,
                reason: CapReason::Screening { screening: *screening, state: state.clone() },
            })
        });
        let missing = self.scoring.must_screen.iter().filter(|kind| !is_known(dossier, **kind));
        let unknown: Vec<ScreeningKind> = missing.copied().collect();
        let unscreened = self.scoring.unscreened_cap.clone().filter(|_| !unknown.is_empty());
        let by_gap = unscreened.map(|cap| RatingCap { cap, reason: CapReason::Unscreened { screenings: unknown } });
        by_grade.chain(by_value).chain(by_finding).chain(by_gap).collect()
    }

    /// Whether an override stands: the place of its grade, and by how many grades it raises the rule's; `capped` is the
    /// place of the worst cap.
    ///
    /// # Errors
    ///
    /// [`OverrideRefused`] says why it doesn't: its grade is unknown, no reason, the same person twice, not in force on
    /// the day, too long, above a cap, or up by too many grades.
    pub fn judge(
        &self,
        given: &GradeOverride,
        by_rule: usize,
        capped: usize,
        as_of: Date,
    ) -> Result<(usize, i32), OverrideRefused> {
        let rank = self.grade.rank(&given.grade).ok_or(OverrideRefused::UnknownGrade)?;
        let rule = &self.scoring.overrides;
        let place = |rank: usize| i32::try_from(rank).unwrap_or(i32::MAX);
        let notches = place(by_rule).saturating_sub(place(rank));
        match () {
            () if given.reason.trim().is_empty() => Err(OverrideRefused::NoReason),
            () if given.asked_by == given.approved_by => Err(OverrideRefused::SamePerson),
            () if as_of < given.from || as_of > given.until => Err(OverrideRefused::NotInForce),
            () if days_between(given.from, given.until) >= i32::from(rule.days_at_most) => {
                Err(OverrideRefused::TooLong)
            }
            () if rank < capped => Err(OverrideRefused::AboveCap),
            () if notches > i32::from(rule.up_at_most) => Err(OverrideRefused::TooHigh),
            () => Ok((rank, notches)),
        }
    }

    fn next(
        &self,
        better: usize,
        stage: Stage,
        dossier: &Dossier,
        score: &CardScore,
        caps: &[RatingCap],
    ) -> Option<NextRating> {
        let band = self.grade.bands.get(better)?;
        let missing = band.from.units().saturating_sub(score.points.units()).max(0);
        let in_the_way = caps.iter().filter(|cap| self.grade.rank(&cap.cap).is_some_and(|rank| rank > better)).count();
        let (_, card) = self.scoring.card(stage);
        let mut steps: Vec<NextStep> = if missing == 0 {
            Vec::new()
        } else {
            card.lines.iter().filter_map(|line| step(line, dossier, missing)).collect()
        };
        // A stable sort: of steps alike the card's order stays.
        steps.sort_by_key(|step| {
            let gain = step.gain.units();
            (!step.enough, if step.enough { gain } else { gain.saturating_neg() })
        });
        Some(NextRating {
            grade: band.grade.clone(),
            points: Points::from_units(missing),
            caps: u32::try_from(in_the_way).unwrap_or(u32::MAX),
            steps,
        })
    }
}

/// Whether a check was made that still says something.
fn is_known(dossier: &Dossier, kind: ScreeningKind) -> bool {
    matches!(dossier.screenings.get(&kind), Some(ScreeningState::Clear { .. } | ScreeningState::Hit { .. }))
}

/// Whether a condition applies, and what was found.
fn knocked_out(when: &KnockOutWhen, dossier: &Dossier) -> Option<Value> {
    let number = |measure: &Measure, applies: &dyn Fn(Ratio) -> bool| {
        dossier.number(measure).filter(|number| applies(*number)).map(|number| Value::Number { number })
    };
    match when {
        KnockOutWhen::Above { measure, bound } => number(measure, &|number| number > *bound),
        KnockOutWhen::Below { measure, bound } => number(measure, &|number| number < *bound),
        KnockOutWhen::NegativeDenominator { measure } => {
            dossier.value(measure).filter(|value| *value == Value::NegativeDenominator)
        }
        KnockOutWhen::Zone { model, zone } => {
            number(&Measure::Altman { model: *model }, &|number| model.zone(number) <= *zone)
        }
        KnockOutWhen::Word { category, word } => {
            let found = dossier.words.get(category).filter(|found| *found == word)?;
            Some(Value::Word { word: found.clone() })
        }
    }
}

/// What a line could add: the least that is enough alone, else the most that it can. Absent when it can add nothing.
fn step(line: &CardLine, dossier: &Dossier, missing: i32) -> Option<NextStep> {
    let value = dossier.value(&line.measure);
    let now = line.points(line.share(value.as_ref()).unwrap_or(line.missing)).units();
    let candidates: Vec<(Ratio, Target)> = match &line.scale {
        Scale::Numbers { below, bins } => {
            let first = bins.first().map(|bin| bin.from);
            let bounds = bins.iter().skip(1).map(|bin| Some(bin.from)).chain([None]);
            let of_bin = |(bin, below): (&super::scorecard::Bin, Option<Ratio>)| {
                (bin.share, Target::Number { from: Some(bin.from), below })
            };
            let lowest = (*below, Target::Number { from: None, below: first });
            [lowest].into_iter().chain(bins.iter().zip(bounds).map(of_bin)).collect()
        }
        Scale::Words { words } => {
            words.iter().map(|(word, share)| (*share, Target::Word { word: word.clone() })).collect()
        }
    };
    let gains = candidates.into_iter().filter_map(|(share, target)| {
        let gain = line.points(share).units().saturating_sub(now);
        (gain > 0).then_some((gain, target))
    });
    // The least that is enough; where nothing is, the most there is. Of equal gains the first.
    let (gain, target) = gains.reduce(|best, next| match (best.0 >= missing, next.0 >= missing) {
        (true, true) if next.0 < best.0 => next,
        (false, true) => next,
        (false, false) if next.0 > best.0 => next,
        _ => best,
    })?;
    let enough = gain >= missing;
    Some(NextStep { measure: line.measure.clone(), target, gain: Points::from_units(gain), enough })
}
