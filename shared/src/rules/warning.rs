//! Warnings (信用预警): indicators over their thresholds, in three colours.
//!
//! An indicator rises to a colour as soon as an observation reaches its threshold, and falls back only when an observation
//! is better than the threshold by the margin (hysteresis), so that a value that trembles around a threshold doesn't raise a
//! warning every day. The colour at a date is computed from the observations dated up to it, never stored; the order in
//! which they are given doesn't show, and of several on one day the worst counts. An observation that is too old is no green
//! light: the indicator reads stale.
//!
//! Who owns a warning and what it leads to are the rule's data. An acknowledgement quiets a warning until it gets worse.
//!
//! Units: those of the indicator: shares in millionths, days and counts whole.
//!
//! Source: two thresholds in place of one are O. H. Schmitt's trigger (1938), as every thermostat has it. The three
//! colours, and that of one day the worst counts, are ours: a warning overlooked costs more than one too many.

use super::policy::{Bilingual, Faults};
use crate::facts::calendar::{Date, days_between};
use crate::facts::ledger::Limit;
use crate::facts::number::Ratio;
use crate::facts::observation::{Acknowledgement, Indicator, Observation};
use crate::readings::behaviour::Behaviour;
use crate::readings::standing::{Position, Standing};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The indicators that a company watches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WarningRule {
    /// Why its numbers are what they are.
    pub note: Bilingual,
    /// The indicators.
    pub indicators: Vec<IndicatorRule>,
}

/// One indicator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct IndicatorRule {
    /// Which.
    pub indicator: Indicator,
    /// Which way is worse.
    pub worse: Worse,
    /// 黄.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yellow: Option<Ratio>,
    /// 橙.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orange: Option<Ratio>,
    /// 红.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub red: Option<Ratio>,
    /// A value must be better than a threshold by this for the colour to fall back.
    pub margin: Ratio,
    /// An observation older than so many days says nothing any more.
    pub fresh_days: u16,
    /// Whose business it is: a role.
    pub owner: String,
    /// What it leads to.
    pub actions: Vec<ActionRule>,
}

/// What a colour leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ActionRule {
    /// From this colour on.
    pub from: Colour,
    /// What.
    pub action: FollowOn,
}

/// Which way is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Worse {
    /// A colour begins at its threshold and above.
    Higher,
    /// A colour begins at its threshold and below.
    Lower,
}

/// The colours; later is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    /// Nothing to warn of.
    Green,
    /// 黄.
    Yellow,
    /// 橙.
    Orange,
    /// 红.
    Red,
}

/// What a warning can lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FollowOn {
    /// Look more closely.
    Watch,
    /// Ask for what is missing.
    AskForDocuments,
    /// Assess anew.
    Reassess,
    /// Lower the limit.
    LowerLimit,
    /// Stop supply.
    Freeze,
    /// Open a recovery case.
    OpenCase,
}

/// How an indicator stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Warning {
    /// Which.
    pub indicator: Indicator,
    /// Its colour.
    pub colour: Colour,
    /// The day on which this colour began; absent when it was never observed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Date>,
    /// The newest observation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<Observation>,
    /// The threshold of this colour; absent when green.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Ratio>,
    /// A value better than this lets the colour fall back; absent when green.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<Ratio>,
    /// Whether it was never observed, or too long ago.
    pub stale: bool,
    /// Whose business it is.
    pub owner: String,
    /// What it leads to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<FollowOn>,
    /// Who has seen it since it became this bad.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Acknowledgement>,
}

/// A warning that changed its colour between two days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "WarningChange"))]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Which.
    pub indicator: Indicator,
    /// Its colour on the first day.
    pub before: Colour,
    /// Its colour on the last.
    pub after: Colour,
}

/// The warnings of a customer on a day, and what changed since another: a line of the weekly report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WarningReport {
    /// The worst colour.
    pub colour: Colour,
    /// Every indicator, the worst first.
    pub warnings: Vec<Warning>,
    /// What got worse.
    pub raised: Vec<Change>,
    /// What got better.
    pub eased: Vec<Change>,
}

impl IndicatorRule {
    const fn thresholds(&self) -> [(Colour, Option<Ratio>); 3] {
        [(Colour::Red, self.red), (Colour::Orange, self.orange), (Colour::Yellow, self.yellow)]
    }

    /// The threshold of a colour.
    fn threshold(&self, colour: Colour) -> Option<Ratio> {
        self.thresholds().into_iter().find(|(of, _)| *of == colour).and_then(|(_, threshold)| threshold)
    }

    fn reaches(&self, value: Ratio, threshold: Ratio) -> bool {
        match self.worse {
            Worse::Higher => value >= threshold,
            Worse::Lower => value <= threshold,
        }
    }

    /// What a value has to be better than for a colour to fall back.
    fn release(&self, threshold: Ratio) -> Ratio {
        let margin = self.margin.units();
        Ratio::from_units(match self.worse {
            Worse::Higher => threshold.units().saturating_sub(margin),
            Worse::Lower => threshold.units().saturating_add(margin),
        })
    }

    /// The colour after an observation, from the one before it: the worst colour whose threshold the value reaches, or, of
    /// the colours no worse than the one before, whose release it hasn't passed.
    fn next(&self, before: Colour, value: Ratio) -> Colour {
        let holds = |(colour, threshold): (Colour, Option<Ratio>)| {
            let threshold = threshold?;
            let kept = colour <= before && self.reaches(value, self.release(threshold));
            (self.reaches(value, threshold) || kept).then_some(colour)
        };
        self.thresholds().into_iter().find_map(holds).unwrap_or(Colour::Green)
    }

    /// How the indicator stands at the end of `as_of`.
    pub fn read(&self, observations: &[Observation], acknowledged: &[Acknowledgement], as_of: Date) -> Warning {
        let seen: BTreeSet<&Observation> =
            observations.iter().filter(|seen| seen.indicator == self.indicator && seen.date <= as_of).collect();
        let mut by_day: BTreeMap<Date, &Observation> = BTreeMap::new();
        for observation in seen {
            let worst = by_day.entry(observation.date).or_insert(observation);
            // They come by rising value.
            if self.worse == Worse::Higher {
                *worst = observation;
            }
        }
        let (mut colour, mut since) = (Colour::Green, None);
        for observation in by_day.values() {
            let next = self.next(colour, observation.value);
            if since.is_none() || next != colour {
                since = Some(observation.date);
            }
            colour = next;
        }
        let observed = by_day.into_values().last().cloned();
        let stale = observed
            .as_ref()
            .is_none_or(|observation| days_between(observation.date, as_of) > i32::from(self.fresh_days));
        let threshold = self.threshold(colour);
        let actions: BTreeSet<FollowOn> = self
            .actions
            .iter()
            .filter(|rule| colour > Colour::Green && colour >= rule.from)
            .map(|rule| rule.action)
            .collect();
        // What was acknowledged before the colour began was another, milder warning.
        let acknowledged = acknowledged.iter().filter(|seen| seen.indicator == self.indicator && seen.date <= as_of);
        let acknowledged = acknowledged
            .filter(|seen| colour > Colour::Green && since.is_some_and(|since| seen.date >= since))
            .max_by(|a, b| (a.date, &a.note).cmp(&(b.date, &b.note)));
        Warning {
            indicator: self.indicator,
            colour,
            since,
            observed,
            threshold,
            release: threshold.map(|threshold| self.release(threshold)),
            stale,
            owner: self.owner.clone(),
            actions: actions.into_iter().collect(),
            acknowledged: acknowledged.cloned(),
        }
    }
}

impl WarningRule {
    /// Reports what is wrong with the rule.
    pub(super) fn check(&self, faults: &mut Faults) {
        for (i, rule) in self.indicators.iter().enumerate() {
            let at = |field: &str| format!("warnings.indicators[{i}].{field}");
            let twice = self.indicators.iter().take(i).any(|other| other.indicator == rule.indicator);
            faults.unless(!twice, &at("indicator"), format_args!("stands twice"));
            faults.unless(rule.margin >= Ratio::ZERO, &at("margin"), format_args!("must not be negative"));
            let mut given: Vec<Ratio> = [rule.yellow, rule.orange, rule.red].into_iter().flatten().collect();
            faults.unless(!given.is_empty(), &at("yellow"), format_args!("there must be at least one threshold"));
            if rule.worse == Worse::Lower {
                given.reverse();
            }
            let rising = given.is_sorted_by(|a, b| a < b);
            faults.unless(rising, &at("red"), format_args!("thresholds must get worse from yellow to red"));
        }
    }

    /// How every indicator stands at the end of `as_of`, the worst first, and what changed since the end of `before`.
    pub fn report(
        &self,
        observations: &[Observation],
        acknowledged: &[Acknowledgement],
        before: Date,
        as_of: Date,
    ) -> WarningReport {
        let mut warnings: Vec<Warning> = Vec::new();
        let (mut raised, mut eased) = (Vec::new(), Vec::new());
        for rule in &self.indicators {
            let was = rule.read(observations, acknowledged, before).colour;
            let now = rule.read(observations, acknowledged, as_of);
            let change = Change { indicator: rule.indicator, before: was, after: now.colour };
            match now.colour.cmp(&was) {
                std::cmp::Ordering::Greater => raised.push(change),
                std::cmp::Ordering::Less => eased.push(change),
                std::cmp::Ordering::Equal => {}
            }
            warnings.push(now);
        }
        warnings.sort_by_key(|warning| (std::cmp::Reverse(warning.colour), warning.indicator));
        let colour = warnings.first().map_or(Colour::Green, |warning| warning.colour);
        WarningReport { colour, warnings, raised, eased }
    }
}

/// What the ledger itself shows on a day: the indicators that need no other source. What can't be told (no limit, nothing
/// open, never any sales) is not observed, rather than observed as zero.
pub fn observe(standing: &Standing, position: &Position, behaviour: &Behaviour, as_of: Date) -> Vec<Observation> {
    let whole = |number: i32| Some(Ratio::from_units(i64::from(number).saturating_mul(Ratio::ONE.units())));
    let utilisation = match standing.limit_at(as_of) {
        Some(Limit::Amount { amount }) => Ratio::of(position.exposure.total.minor(), amount.minor()),
        _ => None,
    };
    let until = standing.limit.as_ref().and_then(|limit| limit.until);
    let values = [
        (Indicator::OverdueRate, behaviour.overdue_share),
        (Indicator::OldestOverdueDays, whole(position.oldest_days)),
        (Indicator::Utilisation, utilisation),
        (Indicator::DaysBeyondTerms, behaviour.days_beyond_terms),
        (Indicator::LimitDaysLeft, until.and_then(|until| whole(days_between(as_of, until)))),
        (Indicator::SalesTrend, behaviour.sales_trend),
    ];
    let observation = |(indicator, value): (Indicator, Option<Ratio>)| {
        value.map(|value| Observation { date: as_of, indicator, value, source: "ledger".to_owned() })
    };
    values.into_iter().filter_map(observation).collect()
}
