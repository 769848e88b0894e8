//! The full assessment: from file, statements, ledger and cover to score, rating, limit, terms and the security needed.
//!
//! [`super::assess`] looks at the ledger and a few figures of the file; this looks at all that is known, by the policy's
//! sections `scoring` and `limit_methods`. A policy without them has no full assessment. In this order:
//!
//! 1. [`evidence`] reads the [`Dossier`], what the limit methods look at, what cover is good for and how the customer
//!    pays. It is what a decision stores, so that nothing has to be read again for a replay.
//! 2. [`assess_fully`] scores it by the card of the customer's stage ([`ScoringRule::score`]), rates the score with caps
//!    and an override ([`RatingRules::rate`]), proposes a limit by all methods ([`LimitMethodsRule::propose`]) and says
//!    which terms may go with it: those of the grade, unless the file has no agreement that allows them.
//!
//! Cover counts at what it is good for up to the highest limit that the policy knows ([`covered`]): before there is a
//! limit nobody can tell how much of it an insurer would bear.

use super::assess::{self, AssessError, Evidence};
use super::dossier::{dossier, usable_accounts};
use crate::facts::calendar::Date;
use crate::facts::cover::Cover;
use crate::facts::credit_file::CreditFile;
use crate::facts::customer::{Customer, Stage};
use crate::facts::ledger::{Limit, Rate};
use crate::facts::money::{Money, MoneyError};
use crate::facts::terms::Terms;
use crate::readings::behaviour::Behaviour;
use crate::readings::exchange::{ConversionError, RatesOn};
use crate::readings::journal::Journal;
use crate::readings::papers::agreement;
use crate::rules::cover::{CoverCounted, covered};
use crate::rules::limit::Need;
use crate::rules::limit_methods::{LimitBasis, LimitMethodsRule, LimitProposal};
use crate::rules::policy::Policy;
use crate::rules::rating::{GradeOverride, Rating, RatingRules};
use crate::rules::scoring::{CardScore, Dossier, ScoringRule};
use serde::{Deserialize, Serialize};

/// The version of this function; see [`crate::rules::order_check::VERSION`].
pub const VERSION: &str = "assess/2";

/// What an assessment is read from.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// The customer.
    pub customer: &'a Customer,
    /// Its ledger and nobody else's.
    pub journal: &'a Journal,
    /// Its credit file.
    pub file: &'a CreditFile,
    /// What stands in for it.
    pub covers: &'a [Cover],
    /// What a listed customer's equity was worth at the end of its newest statement.
    pub market_value: Option<Money>,
    /// All credit that we give; absent: nobody said, and the method that asks for it doesn't bind.
    pub portfolio: Option<Money>,
    /// A grade that a person asks for.
    pub given: Option<&'a GradeOverride>,
    /// Exchange rates.
    pub rates: &'a [Rate],
}

/// All that a full assessment looks at. Amounts are in the policy's currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FullEvidence {
    /// Where the customer stands in its life with us: which card it is scored by.
    pub stage: Stage,
    /// What is scored.
    pub dossier: Dossier,
    /// What the limit methods look at, security held among it.
    pub basis: LimitBasis,
    /// What each piece of cover counts for, and why not for more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covers: Vec<CoverCounted>,
    /// The loosest terms without an agreement in force; absent when there is one, or the policy asks for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms_at_most: Option<Terms>,
    /// The grade that a person asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<GradeOverride>,
    /// How the customer pays.
    pub behaviour: Behaviour,
}

/// A full assessment's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FullAssessment {
    /// The score, line by line.
    pub score: CardScore,
    /// The grade, its caps, an override and what the next grade takes.
    pub rating: Rating,
    /// The limit by all methods, with the security it needs; its terms are those of the grade.
    pub proposal: LimitProposal,
    /// The terms that may be granted.
    pub terms: Terms,
}

/// Why a customer cannot be assessed in full.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FullAssessError {
    /// The policy lacks a section that the assessment needs.
    #[error("{0}: the policy has no such section")]
    MissingSection(&'static str),
    /// An amount cannot be expressed in the policy's currency.
    #[error(transparent)]
    Conversion(#[from] ConversionError),
    /// A sum left the range, or currencies were mixed.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl From<AssessError> for FullAssessError {
    fn from(error: AssessError) -> Self {
        match error {
            AssessError::Conversion(error) => Self::Conversion(error),
            AssessError::Money(error) => Self::Money(error),
        }
    }
}

/// The sections of a policy that a full assessment needs beyond those that every policy has.
///
/// # Errors
///
/// [`FullAssessError::MissingSection`] names the first that the policy lacks.
pub fn sections(policy: &Policy) -> Result<(&ScoringRule, &LimitMethodsRule), FullAssessError> {
    let scoring = policy.scoring.as_ref().ok_or(FullAssessError::MissingSection("scoring"))?;
    let methods = policy.limit_methods.as_ref().ok_or(FullAssessError::MissingSection("limit_methods"))?;
    Ok((scoring, methods))
}

/// Reads what a full assessment looks at.
///
/// # Errors
///
/// [`FullAssessError::MissingSection`] as [`sections`]; [`FullAssessError::Conversion`] when an amount has no rate into
/// the policy's currency; [`FullAssessError::Money`] when a sum leaves the range.
pub fn evidence(policy: &Policy, sources: &Sources<'_>, as_of: Date) -> Result<FullEvidence, FullAssessError> {
    sections(policy)?;
    let first = assess::evidence(policy, sources.customer, sources.journal, sources.rates, as_of)?;
    evidence_beside(policy, sources, first, as_of)
}

/// What an assessment is read from beside the ledger.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// Where the customer stands in its life with us.
    pub stage: Stage,
    /// Its credit file.
    pub file: &'a CreditFile,
    /// What stands in for it.
    pub covers: &'a [Cover],
    /// What a listed customer's equity was worth at the end of its newest statement.
    pub market_value: Option<Money>,
    /// All credit that we give.
    pub portfolio: Option<Money>,
    /// A grade that a person asks for.
    pub given: Option<&'a GradeOverride>,
    /// Exchange rates.
    pub rates: &'a [Rate],
}

/// The same with what the ledger and the few figures of the file say given: as read, or as somebody supposes.
///
/// # Errors
///
/// As [`evidence_from`].
pub fn evidence_beside(
    policy: &Policy,
    sources: &Sources<'_>,
    first: Evidence,
    as_of: Date,
) -> Result<FullEvidence, FullAssessError> {
    let Sources { customer, file, covers, market_value, portfolio, given, rates, .. } = *sources;
    let beside = Beside { stage: customer.stage, file, covers, market_value, portfolio, given, rates };
    evidence_from(policy, &beside, first, as_of)
}

/// The same when the ledger was read already.
///
/// # Errors
///
/// [`FullAssessError::Conversion`] when a figure of the statement or the portfolio has no rate into the policy's
/// currency; [`FullAssessError::Money`] when a sum leaves the range.
pub fn evidence_from(
    policy: &Policy,
    beside: &Beside<'_>,
    first: Evidence,
    as_of: Date,
) -> Result<FullEvidence, FullAssessError> {
    let Beside { stage, file, market_value, rates, .. } = *beside;
    let (currency, on) = (policy.currency, RatesOn::new(rates, as_of));
    let mut basis = LimitBasis {
        need: Need { days: agreed_days(file, as_of), ..first.need },
        yearly_sales: yearly_sales(&first.behaviour),
        tangible_net_worth: None,
        working_capital: None,
        turnover: None,
        portfolio: beside.portfolio.map(|amount| on.convert(amount, currency)).transpose()?,
        security: None,
    };
    if let Some(accounts) = usable_accounts(policy, &file.statements, as_of) {
        let in_ours = |amount: Option<Money>| amount.map(|amount| on.convert(amount, currency)).transpose();
        basis.tangible_net_worth = in_ours(accounts.tangible_net_worth()?)?;
        basis.working_capital = in_ours(accounts.working_capital()?)?;
        basis.turnover = in_ours(accounts.yearly_revenue()?)?;
    }
    let mut covers = Vec::new();
    if let Some(rule) = policy.cover.as_ref().filter(|_| !beside.covers.is_empty()) {
        let caps = policy.limit.grades.iter().map(|line| line.cap);
        let highest = caps.max_by_key(|cap| cap.minor()).unwrap_or(Money::zero(currency));
        covers = covered(rule, beside.covers, highest, rates, as_of)?.pieces;
        basis.security = Some(Money::sum(currency, covers.iter().map(|piece| piece.counted))?);
    }
    Ok(FullEvidence {
        stage,
        dossier: dossier(policy, first.profile, file, market_value, as_of),
        basis,
        covers,
        terms_at_most: policy.credit_file.as_ref().and_then(|rule| rule.terms_at_most(file, as_of)),
        given: beside.given.cloned(),
        behaviour: first.behaviour,
    })
}

/// What a year's sales to a customer come to for the limit methods; unknown as long as no full month has any: a first
/// invoice, or debts from before the book, say nothing about a year.
pub fn yearly_sales(behaviour: &Behaviour) -> Option<Money> {
    Some(behaviour.sales).filter(|sales| sales.minor() > 0)
}

/// Scores, rates, proposes a limit and says which terms may go with it.
///
/// # Errors
///
/// [`FullAssessError::MissingSection`] as [`sections`]; [`FullAssessError::Money`] when a limit leaves the range.
pub fn assess_fully(policy: &Policy, evidence: &FullEvidence, as_of: Date) -> Result<FullAssessment, FullAssessError> {
    let (scoring, methods) = sections(policy)?;
    let score = scoring.score(evidence.stage, &evidence.dossier);
    let rules = RatingRules { grade: &policy.grade, scoring, file: policy.credit_file.as_ref() };
    let rating = rules.rate(evidence.stage, &evidence.dossier, &score, evidence.given.as_ref(), as_of);
    let proposal = methods.propose(&policy.limit, &rating.grade, &evidence.basis)?;
    let terms = match evidence.terms_at_most {
        Some(most) if proposal.terms.looseness(most).is_gt() => most,
        _ => proposal.terms,
    };
    Ok(FullAssessment { score, rating, proposal, terms })
}

/// A grade, a limit and terms, without what explains them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// The grade.
    pub grade: String,
    /// The limit: as long as security is short, the one that what is held is enough for.
    pub limit: Limit,
    /// The terms.
    pub terms: Terms,
}

/// What would be granted by [`assess_fully`], for whoever assesses many and explains none. By a policy that has cards
/// and no further limit methods the limit is that of [`crate::rules::limit`], on the grade's terms.
///
/// # Errors
///
/// [`FullAssessError::MissingSection`] when the policy has no cards; [`FullAssessError::Money`] when a limit leaves the
/// range.
pub fn granted(policy: &Policy, evidence: &FullEvidence, as_of: Date) -> Result<Granted, FullAssessError> {
    let scoring = policy.scoring.as_ref().ok_or(FullAssessError::MissingSection("scoring"))?;
    let score = scoring.points(evidence.stage, &evidence.dossier);
    let rules = RatingRules { grade: &policy.grade, scoring, file: policy.credit_file.as_ref() };
    let Some(methods) = &policy.limit_methods else {
        let rank = rules.rank(&evidence.dossier, score, None, as_of);
        let grade = policy.grade.bands.get(rank).map(|band| band.grade.clone()).unwrap_or_default();
        let (limit, terms) = policy.limit.granted(&grade, &evidence.basis.need)?;
        return Ok(Granted { grade, limit, terms });
    };
    let rank = rules.rank(&evidence.dossier, score, evidence.given.as_ref(), as_of);
    let grade = policy.grade.bands.get(rank).map(|band| band.grade.clone()).unwrap_or_default();
    let (limit, terms) = methods.granted(&policy.limit, &grade, &evidence.basis)?;
    let terms = match evidence.terms_at_most {
        Some(most) if terms.looseness(most).is_gt() => most,
        _ => terms,
    };
    Ok(Granted { grade, limit, terms })
}

/// The days of the terms that an agreement in force without an open breach gives, at their longest.
pub(super) fn agreed_days(file: &CreditFile, as_of: Date) -> Option<u32> {
    let agreement = agreement(file, as_of).filter(|agreement| agreement.open_breaches(as_of).is_empty())?;
    agreement.terms.map(Terms::days_at_most)
}
