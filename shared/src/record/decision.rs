//! The decision: a question, everything it was judged on, the answer, and a digest over all of it.
//!
//! A stored decision can be replayed years later ([`Decision::replays`]) and gives the same answer to the cent, because
//! the function that made it is pure and is named by its version. What binds is judged at the edge; a device that judged
//! the same inputs has the same digest. When they differ, [`what_changed`] names what moved in between.

use super::digest::digest;
use crate::facts::calendar::Date;
use crate::facts::id::DecisionId;
use crate::facts::ledger::Order;
use crate::facts::money::{Money, MoneyError};
use crate::questions::assess::{self, Assessment, Evidence, assess};
use crate::questions::full_assessment::{self, FullAssessError, FullAssessment, FullEvidence, assess_fully};
use crate::readings::standing::{Position, Standing};
use crate::rules::order_check::{
    self, Answer, Circumstances, OrderView, order_check_at, order_check_first, order_check_fourth, order_check_second,
    order_check_third,
};
use crate::rules::policy::{Policy, PolicyVersion};
use serde::{Deserialize, Serialize};

/// The format of stored decisions.
pub const FORMAT: &str = "xinheng.decision/1";

/// A decision as it is stored. Who deals with orders alone reads it as an [`OrderDecision`]; the JSON is the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DecisionOn{M}"))]
#[serde(deny_unknown_fields)]
pub struct Decision<M = Matter> {
    /// Its id.
    pub id: DecisionId,
    /// The version of the policy that it was judged by.
    pub policy_version: u32,
    /// What was judged, and how.
    pub judgement: Judgement<M>,
    /// The digest over the judgement.
    pub digest: String,
}

/// Everything that a decision's digest is taken over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "JudgementOf{M}"))]
#[serde(deny_unknown_fields)]
pub struct Judgement<M = Matter> {
    /// Always [`FORMAT`].
    pub format: String,
    /// The version of the function that judged.
    pub rule: String,
    /// The digest of the policy document.
    pub policy: String,
    /// The date of the judgement.
    pub as_of: Date,
    /// Question, input and answer.
    pub matter: M,
}

/// What was asked, on what facts, and what the answer was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "AnyMatter"))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[allow(clippy::large_enum_variant)] // one stands in a decision, and decisions are not kept in bulk
pub enum Matter {
    /// May we accept this order?
    OrderCheck {
        /// The input.
        standing: Standing,
        /// The question.
        order: Order,
        /// What was known of the order besides.
        #[serde(default, skip_serializing_if = "Circumstances::is_empty")]
        around: Circumstances,
        /// The answer.
        answer: Answer,
    },
    /// Which grade, limit and terms?
    Assessment {
        /// Whose, and the input.
        customer: crate::facts::id::CustomerId,
        /// The input.
        evidence: Evidence,
        /// The answer.
        assessment: Assessment,
    },
    /// Which grade, limit, terms and security, by all that is known?
    FullAssessment {
        /// Whose.
        customer: crate::facts::id::CustomerId,
        /// The input.
        evidence: Box<FullEvidence>,
        /// The answer.
        assessment: Box<FullAssessment>,
    },
}

/// The same where only orders are in question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum OrderMatter {
    /// May we accept this order?
    OrderCheck {
        /// The input.
        standing: Standing,
        /// The question.
        order: Order,
        /// What was known of the order besides.
        #[serde(default, skip_serializing_if = "Circumstances::is_empty")]
        around: Circumstances,
        /// The answer.
        answer: Answer,
    },
}

/// A decision on an order.
pub type OrderDecision = Decision<OrderMatter>;

impl From<OrderMatter> for Matter {
    fn from(OrderMatter::OrderCheck { standing, order, around, answer }: OrderMatter) -> Self {
        Self::OrderCheck { standing, order, around, answer }
    }
}

impl From<OrderDecision> for Decision {
    fn from(decision: OrderDecision) -> Self {
        let Judgement { format, rule, policy, as_of, matter } = decision.judgement;
        let judgement = Judgement { format, rule, policy, as_of, matter: matter.into() };
        Self { id: decision.id, policy_version: decision.policy_version, judgement, digest: decision.digest }
    }
}

/// What a decision on an order is judged by: a version of the policy, whole or as a phone holds it.
#[derive(Clone, Copy, Debug)]
pub struct JudgedBy<'a> {
    version: u32,
    digest: &'a str,
    rules: OrderView<'a>,
}

impl<'a, P> From<&'a PolicyVersion<P>> for JudgedBy<'a>
where
    OrderView<'a>: From<&'a P>,
{
    fn from(policy: &'a PolicyVersion<P>) -> Self {
        Self { version: policy.version, digest: &policy.digest, rules: (&policy.policy).into() }
    }
}

/// Why a decision could not be made or replayed.
#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    /// A sum left the range of money.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The customer cannot be assessed in full.
    #[error(transparent)]
    FullAssessment(#[from] FullAssessError),
    /// It could not be written as JSON.
    #[error("the decision cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    /// The function that made it is not in this release.
    #[error("this release has no '{0}'")]
    UnknownRule(String),
    /// The policy given is not the one that it was judged by.
    #[error("judged by the policy {expected}, not by {given}")]
    OtherPolicy {
        /// The digest that the decision names.
        expected: String,
        /// The digest of the policy given.
        given: String,
    },
}

/// Judges an order: the one function that phone, desk and edge call.
///
/// # Errors
///
/// [`DecisionError::Money`] as [`order_check_at`]; [`DecisionError::Json`] when the decision can't be written.
pub fn decide_order<'a>(
    id: DecisionId,
    policy: impl Into<JudgedBy<'a>>,
    standing: Standing,
    order: Order,
    as_of: Date,
) -> Result<OrderDecision, DecisionError> {
    decide_order_at(id, policy, standing, order, Circumstances::default(), as_of)
}

/// Judges an order in its circumstances.
///
/// # Errors
///
/// As [`decide_order`].
pub fn decide_order_at<'a>(
    id: DecisionId,
    policy: impl Into<JudgedBy<'a>>,
    standing: Standing,
    order: Order,
    around: Circumstances,
    as_of: Date,
) -> Result<OrderDecision, DecisionError> {
    let policy = policy.into();
    let answer = order_check_at(policy.rules, &standing, &order, &around, as_of)?;
    let matter = OrderMatter::OrderCheck { standing, order, around, answer };
    seal(id, (policy.version, policy.digest), order_check::VERSION, as_of, matter)
}

/// Assesses a customer.
///
/// # Errors
///
/// [`DecisionError::Money`] when a limit leaves the range; [`DecisionError::Json`] when the decision can't be written.
pub fn decide_assessment(
    id: DecisionId,
    policy: &PolicyVersion,
    customer: crate::facts::id::CustomerId,
    evidence: Evidence,
    as_of: Date,
) -> Result<Decision, DecisionError> {
    let assessment = assess(&policy.policy, &evidence)?;
    seal(
        id,
        (policy.version, &policy.digest),
        assess::VERSION,
        as_of,
        Matter::Assessment { customer, evidence, assessment },
    )
}

/// Assesses a customer by all that is known.
///
/// # Errors
///
/// [`DecisionError::FullAssessment`] when the policy lacks a section for it or a limit leaves the range;
/// [`DecisionError::Json`] when the decision can't be written.
pub fn decide_full_assessment(
    id: DecisionId,
    policy: &PolicyVersion,
    customer: crate::facts::id::CustomerId,
    evidence: FullEvidence,
    as_of: Date,
) -> Result<Decision, DecisionError> {
    let assessment = Box::new(assess_fully(&policy.policy, &evidence, as_of)?);
    let matter = Matter::FullAssessment { customer, evidence: Box::new(evidence), assessment };
    seal(id, (policy.version, &policy.digest), full_assessment::VERSION, as_of, matter)
}

fn seal<M: Serialize>(
    id: DecisionId,
    (version, policy): (u32, &str),
    rule: &str,
    as_of: Date,
    matter: M,
) -> Result<Decision<M>, DecisionError> {
    let judgement =
        Judgement { format: FORMAT.to_owned(), rule: rule.to_owned(), policy: policy.to_owned(), as_of, matter };
    Ok(Decision { id, policy_version: version, digest: digest(&judgement)?, judgement })
}

impl Decision {
    /// Judges again from what is stored and says whether all of it comes out the same: answer and digest, so that a
    /// stored answer that was altered shows as well as an altered input.
    ///
    /// # Errors
    ///
    /// As [`Decision::replay`]: when it cannot be judged, not when it comes out differently.
    pub fn replays(&self, policy: &PolicyVersion) -> Result<bool, DecisionError> {
        Ok(self.replay(policy)? == *self)
    }

    /// Judges again from what is stored.
    ///
    /// # Errors
    ///
    /// [`DecisionError::OtherPolicy`] when the policy isn't the one it was judged by; [`DecisionError::UnknownRule`]
    /// when its function is gone; else as the function that judged it.
    pub fn replay(&self, policy: &PolicyVersion) -> Result<Self, DecisionError> {
        if policy.digest != self.judgement.policy {
            let (expected, given) = (self.judgement.policy.clone(), policy.digest.clone());
            return Err(DecisionError::OtherPolicy { expected, given });
        }
        let as_of = self.judgement.as_of;
        match (self.judgement.rule.as_str(), &self.judgement.matter) {
            (order_check::VERSION, Matter::OrderCheck { standing, order, around, .. }) => {
                decide_order_at(self.id, policy, standing.clone(), order.clone(), around.clone(), as_of).map(Into::into)
            }
            (
                rule @ (order_check::FOURTH | order_check::THIRD | order_check::SECOND | order_check::FIRST),
                Matter::OrderCheck { standing, order, around, .. },
            ) => {
                let rules = &policy.policy;
                let (first, exposure) = (&rules.order_check, &rules.exposure);
                let answer = match rule {
                    order_check::FOURTH => order_check_fourth(rules, standing, order, around, as_of),
                    order_check::THIRD => order_check_third(rules, standing, order, around, as_of),
                    order_check::SECOND => order_check_second(first, exposure, standing, order, as_of),
                    _ => order_check_first(first, exposure, standing, order, as_of),
                }?;
                let (standing, order, around) = (standing.clone(), order.clone(), around.clone());
                seal(
                    self.id,
                    (policy.version, &policy.digest),
                    rule,
                    as_of,
                    Matter::OrderCheck { standing, order, around, answer },
                )
            }
            (assess::VERSION, Matter::Assessment { customer, evidence, .. }) => {
                decide_assessment(self.id, policy, *customer, evidence.clone(), as_of)
            }
            (full_assessment::VERSION, Matter::FullAssessment { customer, evidence, .. }) => {
                decide_full_assessment(self.id, policy, *customer, FullEvidence::clone(evidence), as_of)
            }
            (other, _) => Err(DecisionError::UnknownRule(other.to_owned())),
        }
    }
}

/// A policy's digest.
///
/// # Errors
///
/// As [`digest`].
pub fn policy_digest(policy: &Policy) -> Result<String, serde_json::Error> {
    digest(policy)
}

/// Something that moved between two judgements of the same order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DecisionChange"))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// The date.
    Date {
        /// Before.
        before: Date,
        /// After.
        after: Date,
    },
    /// The policy in force.
    Policy {
        /// Version before.
        before: u32,
        /// Version after.
        after: u32,
    },
    /// An amount of the position; absent where it could not be told.
    Amount {
        /// Which.
        what: Figure,
        /// Before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Money>,
        /// After.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<Money>,
    },
    /// The oldest overdue document, in days.
    OldestDays {
        /// Before.
        before: i32,
        /// After.
        after: i32,
    },
    /// Something that was decided about the customer.
    Granted {
        /// What.
        what: Grant,
    },
    /// An exchange rate.
    Rates,
    /// What is known of the order itself: its checkpoint, parts, cost, a release.
    Circumstances,
}

/// An amount of a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// Open documents.
    OpenItems,
    /// Confirmed orders.
    Orders,
    /// Unapplied money.
    Unapplied,
    /// Past due and undisputed.
    Overdue,
    /// Past due and disputed.
    Disputed,
    /// What counts besides: uninvoiced charges, advances, bills, returned payments.
    Categories,
}

/// Something that people decide about a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// The grade.
    Grade,
    /// The limit.
    Limit,
    /// The terms.
    Terms,
    /// A stop to supply.
    Freeze,
    /// The stage.
    Stage,
    /// A temporary limit.
    TemporaryLimit,
    /// The limit of its group, and what the others owe.
    Group,
    /// Cover.
    Cover,
    /// Agreements.
    Agreement,
    /// Licences.
    Licence,
    /// Checks in public registers and lists.
    Screening,
    /// How complete the file is.
    File,
    /// The review.
    Review,
    /// How far reminders have come.
    Dunning,
    /// Broken promises.
    Promise,
    /// Which disputes are accepted.
    Dispute,
    /// What all customers owe together.
    Portfolio,
    /// How late it usually pays.
    Lateness,
}

/// Reads one amount of a position.
type Read = fn(&Position) -> Option<Money>;

/// Names what moved between two decisions on the same order, in the order in which people ask. Nothing is named when both
/// have the same digest.
pub fn what_changed(before: &OrderDecision, after: &OrderDecision) -> Vec<Change> {
    let OrderMatter::OrderCheck { standing: old, answer: old_answer, around: old_around, .. } =
        &before.judgement.matter;
    let OrderMatter::OrderCheck { standing: new, answer: new_answer, around: new_around, .. } = &after.judgement.matter;
    let mut changes = Vec::new();
    if before.judgement.as_of != after.judgement.as_of {
        changes.push(Change::Date { before: before.judgement.as_of, after: after.judgement.as_of });
    }
    if before.judgement.policy != after.judgement.policy {
        changes.push(Change::Policy { before: before.policy_version, after: after.policy_version });
    }
    let granted = [
        (Grant::Grade, old.grade != new.grade),
        (Grant::Limit, old.limit != new.limit),
        (Grant::Terms, old.terms != new.terms),
        (Grant::Freeze, old.frozen != new.frozen),
        (Grant::Stage, old.stage != new.stage),
    ];
    let (was, is) = (&old.further, &new.further);
    let further = [
        (Grant::TemporaryLimit, was.temporary != is.temporary),
        (Grant::Group, was.group != is.group),
        (Grant::Cover, was.cover != is.cover),
        (Grant::Agreement, was.agreements != is.agreements),
        (Grant::Licence, was.licences != is.licences),
        (Grant::Screening, was.screenings != is.screenings),
        (Grant::File, was.complete != is.complete),
        (Grant::Review, was.review != is.review),
        (Grant::Dunning, was.dunning != is.dunning),
        (Grant::Promise, was.broken != is.broken),
        (Grant::Dispute, was.accepted != is.accepted),
        (Grant::Portfolio, was.portfolio != is.portfolio),
        (Grant::Lateness, was.late_days != is.late_days),
    ];
    let granted = granted.into_iter().chain(further);
    changes.extend(granted.filter(|(_, moved)| *moved).map(|(what, _)| Change::Granted { what }));
    let (old_position, new_position) = (old_answer.position.as_ref(), new_answer.position.as_ref());
    let figures: [(Figure, Read); 6] = [
        (Figure::OpenItems, |position| Some(position.exposure.open_items)),
        (Figure::Orders, |position| Some(position.exposure.orders)),
        (Figure::Unapplied, |position| Some(position.exposure.unapplied)),
        (Figure::Overdue, |position| Some(position.overdue)),
        (Figure::Disputed, |position| Some(position.disputed)),
        (Figure::Categories, categories),
    ];
    for (what, read) in figures {
        let (before, after) = (old_position.and_then(read), new_position.and_then(read));
        if before != after {
            changes.push(Change::Amount { what, before, after });
        }
    }
    let oldest = |position: Option<&Position>| position.map_or(0, |position| position.oldest_days);
    if oldest(old_position) != oldest(new_position) {
        changes.push(Change::OldestDays { before: oldest(old_position), after: oldest(new_position) });
    }
    // The same documents, told by other rates of today or of their booking.
    if old.rates != new.rates || (old.open == new.open && was.booked != is.booked) {
        changes.push(Change::Rates);
    }
    if old_around != new_around {
        changes.push(Change::Circumstances);
    }
    changes
}

/// The sum of what counts besides; absent when nothing does.
fn categories(position: &Position) -> Option<Money> {
    let amounts = position.exposure.categories.iter().map(|category| category.amount);
    let first = position.exposure.categories.first()?.amount;
    Money::sum(first.currency(), amounts).ok()
}
