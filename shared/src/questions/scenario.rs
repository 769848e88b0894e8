//! What if this one customer were different: any figure of its assessment or of its order changed, and what moves.
//!
//! A [`Scenario`] is data: a list of changes that can be stored, sent and tried on another customer. It is told before and
//! after side by side: score, grade, limit and verdict, with every line and rule that moved. Nothing is judged here; the
//! questions are those of the assessment and the order check, asked twice.
//!
//! A changed statement figure moves the totals above it, so that the statement still adds up, and what then is missing
//! between the two sides of the balance sheet is taken up by undistributed profit (未分配利润): assets that grow without a
//! liability are the owners'. What only a policy with cards, or with further limit methods, looks at can't be changed under
//! one without them: that would move nothing, and say so to nobody. Cover that is added or taken away counts for the difference to what is held.
//!
//! Units: those of what is changed: minor units, millionths, days.
//!
//! Source: our own. Undistributed profit takes up a difference because it is the one line that nobody pays out or puts
//! in: whatever else closed the gap would invent a loan or a payment.

mod assessed;
mod hypothesis;

pub use self::assessed::{LinePoints, Rated};

use super::goal::{counting, with_cover};
use crate::facts::calendar::{Date, days_between};
use crate::facts::cover::Cover;
use crate::facts::credit_file::CreditFile;
use crate::facts::customer::Customer;
use crate::facts::financials::Line;
use crate::facts::id::CoverId;
use crate::facts::ledger::{Limit, Order, Rate};
use crate::facts::money::{Money, MoneyError};
use crate::facts::number::{Points, Ratio};
use crate::facts::terms::Terms;
use crate::readings::exchange::ConversionError;
use crate::readings::journal::Journal;
use crate::readings::standing::{GradeInForce, LimitInForce, Standing};
use crate::rules::cover::Works;
use crate::rules::order_check::{Answer, Rule, Verdict, order_check};
use crate::rules::policy::Policy;
use crate::rules::rating::GradeOverride;
use crate::rules::scorecard::Characteristic;
use crate::rules::scoring::Measure;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What is supposed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What people call it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Whether the order is judged as if what is proposed were granted, before and after; else by what is in force.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub as_proposed: bool,
    /// The changes; a later one of the same thing stands.
    pub changes: Vec<Change>,
}

/// One thing that is different.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScenarioChange"))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// A figure of the newest statement.
    Statement {
        /// Which.
        line: Line,
        /// What it is.
        amount: Money,
    },
    /// A figure of the file or of how the customer pays.
    Figure {
        /// Which.
        figure: Characteristic,
        /// What it is; absent: unknown.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<Ratio>,
    },
    /// The peak of daily billings that the need is measured by.
    DailyBilling {
        /// How much; absent: nothing was sold.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
    },
    /// Our own word on something is another.
    Word {
        /// On what.
        category: String,
        /// The word; absent: nobody said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<String>,
    },
    /// A listed customer's equity is worth this: Altman's Z looks at it.
    MarketValue {
        /// How much, in the currency of its statement; absent: it isn't listed, or nobody knows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
    },
    /// All credit that we give comes to this: the limit by concentration and the order check's cap look at it.
    Portfolio {
        /// How much; absent: nobody said, and neither binds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
    },
    /// A person gives another grade than the rule's.
    Override {
        /// As it would be asked for and approved; absent: nobody does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        given: Option<Box<GradeOverride>>,
    },
    /// Cover is added, or is another.
    Cover {
        /// It.
        cover: Box<Cover>,
    },
    /// Cover is gone.
    WithoutCover {
        /// Which.
        cover: CoverId,
    },
    /// Another grade is in force.
    Grade {
        /// Which.
        grade: String,
    },
    /// Another limit is in force.
    Limit {
        /// How much.
        limit: Limit,
    },
    /// Other terms are granted.
    Terms {
        /// Which.
        terms: Terms,
    },
    /// What is past due and undisputed is settled.
    OverdueSettled,
    /// The order has another amount.
    OrderAmount {
        /// How much.
        amount: Money,
    },
    /// The order asks for other terms.
    OrderTerms {
        /// Which.
        terms: Terms,
    },
    /// So much of the order is prepaid.
    Prepayment {
        /// How much.
        amount: Money,
    },
}

/// What both pictures are drawn from.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// The policy.
    pub policy: &'a Policy,
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
    /// All credit that we give; absent: nobody said.
    pub portfolio: Option<Money>,
    /// A grade that a person gave.
    pub given: Option<&'a GradeOverride>,
    /// What the order check sees.
    pub standing: &'a Standing,
    /// The order.
    pub order: &'a Order,
    /// Exchange rates.
    pub rates: &'a [Rate],
}

/// Before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WhatIf {
    /// As it is.
    pub before: Picture,
    /// As it would be.
    pub after: Picture,
    /// What moved, in the order of the questions.
    pub moved: Vec<Moved>,
}

/// Assessment and verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Picture {
    /// Score, grade, limit and terms as they are proposed.
    pub rated: Rated,
    /// What the order check says.
    pub answer: Answer,
}

/// Something that moved.
#[allow(clippy::large_enum_variant)] // a handful of them at a time
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScenarioMoved"))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Moved {
    /// The points of a line of the card.
    Line {
        /// What it looks at.
        measure: Measure,
        /// Before.
        from: Points,
        /// After.
        to: Points,
    },
    /// The score.
    Score {
        /// Before.
        from: Points,
        /// After.
        to: Points,
    },
    /// The share of the card that stood on known values.
    Confidence {
        /// Before.
        from: Ratio,
        /// After.
        to: Ratio,
    },
    /// The grade.
    Grade {
        /// Before.
        from: String,
        /// After.
        to: String,
    },
    /// The limit that is proposed.
    Limit {
        /// Before.
        from: Limit,
        /// After.
        to: Limit,
    },
    /// The terms that are proposed.
    Terms {
        /// Before.
        from: Terms,
        /// After.
        to: Terms,
    },
    /// What a rule of the order check says; absent where it wasn't asked.
    Reason {
        /// The rule.
        rule: Rule,
        /// Before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Verdict>,
        /// After.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Verdict>,
    },
    /// The verdict.
    Verdict {
        /// Before.
        from: Verdict,
        /// After.
        to: Verdict,
    },
}

/// Why a scenario cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScenarioError {
    /// A statement's figure is changed, and there is no statement that counts.
    #[error("changes of {line:?}: there is no statement that is new enough and adds up")]
    NoStatement {
        /// Which.
        line: Line,
    },
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

/// Tells what would be different.
///
/// # Errors
///
/// [`ScenarioError::NoStatement`] when a figure of a statement is changed and there is none,
/// [`ScenarioError::MissingSection`] when the policy lacks a section that the assessment needs,
/// [`ScenarioError::Conversion`] when a rate is missing, [`ScenarioError::Money`] when a sum leaves the range.
pub fn what_if(sources: &Sources<'_>, scenario: &Scenario, as_of: Date) -> Result<WhatIf, ScenarioError> {
    let nothing = Scenario { changes: Vec::new(), ..scenario.clone() };
    let before = picture(sources, &nothing, as_of)?;
    let after = picture(sources, scenario, as_of)?;
    let moved = moved(&before, &after);
    Ok(WhatIf { before, after, moved })
}

fn picture(sources: &Sources<'_>, scenario: &Scenario, as_of: Date) -> Result<Picture, ScenarioError> {
    let supposed = hypothesis::suppose(sources, scenario, as_of)?;
    let rated = assessed::rate(sources, &supposed, as_of)?;
    let mut standing = sources.standing.clone();
    if scenario.as_proposed {
        standing.grade = Some(GradeInForce { grade: rated.grade.clone(), since: as_of });
        standing.limit = Some(LimitInForce { limit: rated.limit, since: as_of, until: None });
        standing.terms = Some(rated.terms);
    }
    let mut order = sources.order.clone();
    for change in &scenario.changes {
        match change {
            Change::Grade { grade } => standing.grade = Some(GradeInForce { grade: grade.clone(), since: as_of }),
            Change::Limit { limit } => {
                standing.limit = Some(LimitInForce { limit: *limit, since: as_of, until: None });
            }
            Change::Terms { terms } => standing.terms = Some(*terms),
            Change::OverdueSettled => {
                standing.open.retain(|bucket| bucket.disputed || days_between(bucket.due, as_of) <= 0);
            }
            Change::OrderAmount { amount } => order.amount = *amount,
            Change::OrderTerms { terms } => order.terms = *terms,
            Change::Prepayment { amount } => order.prepayment = Some(*amount),
            Change::Portfolio { amount } => standing.further.portfolio = *amount,
            Change::Statement { .. }
            | Change::Figure { .. }
            | Change::DailyBilling { .. }
            | Change::Word { .. }
            | Change::MarketValue { .. }
            | Change::Override { .. }
            | Change::Cover { .. }
            | Change::WithoutCover { .. } => {}
        }
    }
    let mut policy = Cow::Borrowed(sources.policy);
    let (uplift, deduction) = assessed::cover_gained(sources, &supposed.covers, as_of)?;
    for (works, counted) in [(Works::Uplift, uplift), (Works::Deduction, deduction)] {
        if !counted.is_zero() {
            standing = with_cover(&policy, &standing, works, counted)?;
            if let Cow::Owned(counting) = counting(&policy, works) {
                policy = Cow::Owned(counting);
            }
        }
    }
    let answer = order_check(policy.as_ref(), &standing, &order, as_of)?;
    Ok(Picture { rated, answer })
}

fn moved(before: &Picture, after: &Picture) -> Vec<Moved> {
    let (old, new) = (&before.rated, &after.rated);
    let mut moved = Vec::new();
    for line in &new.lines {
        let from =
            old.lines.iter().find(|other| other.measure == line.measure).map_or(Points::ZERO, |other| other.points);
        if from != line.points {
            moved.push(Moved::Line { measure: line.measure.clone(), from, to: line.points });
        }
    }
    if old.points != new.points {
        moved.push(Moved::Score { from: old.points, to: new.points });
    }
    if old.confidence != new.confidence {
        moved.push(Moved::Confidence { from: old.confidence, to: new.confidence });
    }
    if old.grade != new.grade {
        moved.push(Moved::Grade { from: old.grade.clone(), to: new.grade.clone() });
    }
    if old.limit != new.limit {
        moved.push(Moved::Limit { from: old.limit, to: new.limit });
    }
    if old.terms != new.terms {
        moved.push(Moved::Terms { from: old.terms, to: new.terms });
    }
    let says = |answer: &Answer, rule: Rule| {
        answer.reasons.iter().filter(|reason| reason.rule == rule).map(|reason| reason.verdict).max()
    };
    let mut rules: Vec<Rule> = before.answer.reasons.iter().chain(&after.answer.reasons).map(|one| one.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    for rule in rules {
        let (from, to) = (says(&before.answer, rule), says(&after.answer, rule));
        if from != to {
            moved.push(Moved::Reason { rule, from, to });
        }
    }
    if before.answer.verdict != after.answer.verdict {
        moved.push(Moved::Verdict { from: before.answer.verdict, to: after.answer.verdict });
    }
    moved
}
