//! Score, grade, limit and terms of a customer as it is or as it is supposed to be: by the full assessment where the policy
//! has its sections, else by its cards, else by the plain card.

use super::hypothesis::{DailyBilling, Supposed};
use super::{ScenarioError, Sources};
use crate::facts::calendar::Date;
use crate::facts::cover::Cover;
use crate::facts::ledger::Limit;
use crate::facts::money::{Money, MoneyError};
use crate::facts::number::{Points, Ratio};
use crate::facts::terms::Terms;
use crate::questions::assess::{AssessError, Evidence, assess, evidence};
use crate::questions::dossier::dossier;
use crate::questions::full_assessment::{self, FullAssessError, FullAssessment, assess_fully};
use crate::readings::standing::Position;
use crate::rules::cover::covered;
use crate::rules::limit_methods::MethodAmount;
use crate::rules::rating::RatingRules;
use crate::rules::scoring::{CardScore, CardScoreLine, Measure, ScoringRule, Value};
use serde::{Deserialize, Serialize};

/// What an assessment comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rated {
    /// The score.
    pub points: Points,
    /// The most that the card gives.
    pub most: Points,
    /// The share of the card that stood on known values.
    pub confidence: Ratio,
    /// Line by line.
    pub lines: Vec<LinePoints>,
    /// The grade.
    pub grade: String,
    /// The limit.
    pub limit: Limit,
    /// The terms.
    pub terms: Terms,
    /// What each limit method allows; empty for the plain card.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<MethodAmount>,
}

/// What one line gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LinePoints {
    /// What it looks at.
    pub measure: Measure,
    /// What was found; absent when unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// The points.
    pub points: Points,
    /// The most that it could give.
    pub weight: Points,
}

impl From<AssessError> for ScenarioError {
    fn from(error: AssessError) -> Self {
        match error {
            AssessError::Conversion(error) => Self::Conversion(error),
            AssessError::Money(error) => Self::Money(error),
        }
    }
}

impl From<FullAssessError> for ScenarioError {
    fn from(error: FullAssessError) -> Self {
        match error {
            FullAssessError::MissingSection(section) => Self::MissingSection(section),
            FullAssessError::Conversion(error) => Self::Conversion(error),
            FullAssessError::Money(error) => Self::Money(error),
        }
    }
}

pub(super) fn rate(sources: &Sources<'_>, supposed: &Supposed, as_of: Date) -> Result<Rated, ScenarioError> {
    let Sources { policy, customer, journal, rates, .. } = *sources;
    let mut evidence = evidence(policy, customer, journal, rates, as_of)?;
    evidence.profile = supposed.profile(evidence.profile);
    if let Some(DailyBilling(per_day)) = supposed.per_day {
        (evidence.need.per_day, evidence.need.month) = (per_day, None);
    }
    match &policy.scoring {
        Some(scoring) => by_cards(sources, supposed, scoring, evidence, as_of),
        None => Ok(plain(sources, &evidence)?),
    }
}

fn by_cards(
    sources: &Sources<'_>,
    supposed: &Supposed,
    scoring: &ScoringRule,
    evidence: Evidence,
    as_of: Date,
) -> Result<Rated, ScenarioError> {
    let Sources { policy, customer, journal, rates, .. } = *sources;
    if policy.limit_methods.is_none() {
        let dossier = dossier(policy, evidence.profile, &supposed.file, supposed.market_value, as_of);
        let score = scoring.score(customer.stage, &dossier);
        let rules = RatingRules { grade: &policy.grade, scoring, file: policy.credit_file.as_ref() };
        let grade = rules.rate(customer.stage, &dossier, &score, None, as_of).grade;
        let proposal = policy.limit.propose(&grade, &evidence.need)?;
        return Ok(Rated::of(score, grade, proposal.limit, proposal.terms, Vec::new()));
    }
    let (file, covers) = (&supposed.file, supposed.covers.as_slice());
    let read = full_assessment::Sources {
        customer,
        journal,
        file,
        covers,
        market_value: supposed.market_value,
        portfolio: supposed.portfolio,
        given: supposed.given.as_ref(),
        rates,
    };
    let evidence = full_assessment::evidence_beside(policy, &read, evidence, as_of)?;
    let FullAssessment { score, rating, proposal, terms } = assess_fully(policy, &evidence, as_of)?;
    // Until what has to be secured is secured, what is held bounds the limit.
    let limit = proposal.security.as_ref().map_or(proposal.limit, |security| security.limit_until_then);
    Ok(Rated::of(score, rating.grade, limit, terms, proposal.methods))
}

impl Rated {
    /// What a card with ratios comes to.
    fn of(score: CardScore, grade: String, limit: Limit, terms: Terms, methods: Vec<MethodAmount>) -> Self {
        let line = |line: CardScoreLine| LinePoints {
            measure: line.measure,
            value: line.value,
            points: line.points,
            weight: line.weight,
        };
        let (points, most, confidence) = (score.points, score.most, score.confidence);
        let lines = score.lines.into_iter().map(line).collect();
        Self { points, most, confidence, lines, grade, limit, terms, methods }
    }
}

fn plain(sources: &Sources<'_>, evidence: &Evidence) -> Result<Rated, MoneyError> {
    let assessment = assess(sources.policy, evidence)?;
    let (score, proposal) = (assessment.score, assessment.proposal);
    let lines = score.lines.into_iter().map(|line| LinePoints {
        measure: Measure::Figure { figure: line.characteristic },
        value: line.value.map(|number| Value::Number { number }),
        points: line.points,
        weight: line.weight,
    });
    Ok(Rated {
        points: score.points,
        most: score.most,
        confidence: score.confidence,
        lines: lines.collect(),
        grade: assessment.grade.grade,
        limit: proposal.limit,
        terms: proposal.terms,
        methods: Vec::new(),
    })
}

/// What supposed cover adds to what raises the limit and to what is deducted, in the limit's currency; negative when it
/// takes away.
pub(super) fn cover_gained(
    sources: &Sources<'_>,
    covers: &[Cover],
    as_of: Date,
) -> Result<(Money, Money), ScenarioError> {
    let zero = Money::zero(sources.standing.currency);
    if covers == sources.covers {
        return Ok((zero, zero));
    }
    let exposure = Position::of(sources.standing, &sources.policy.exposure, as_of)?.exposure.total;
    let (uplift, deduction) = counted(sources, covers, exposure, as_of)?;
    let (uplift_before, deduction_before) = counted(sources, sources.covers, exposure, as_of)?;
    Ok((uplift.minus(uplift_before)?, deduction.minus(deduction_before)?))
}

fn counted(
    sources: &Sources<'_>,
    covers: &[Cover],
    exposure: Money,
    as_of: Date,
) -> Result<(Money, Money), MoneyError> {
    let zero = Money::zero(exposure.currency());
    let Some(rule) = &sources.policy.cover else { return Ok((zero, zero)) };
    let covered = covered(rule, covers, exposure, sources.rates, as_of)?;
    Ok((covered.uplift, covered.deduction))
}
