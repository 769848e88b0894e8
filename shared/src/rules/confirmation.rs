//! Confirmation of a statement of account: which lines the customer confirmed, disputes, or let pass in silence.
//!
//! Only an authorised person confirms, and only the statement that was sent: an answer with another digest is an answer to
//! something else. A dispute is heard from anyone. Silence is a declaration only where the law, the parties or their usage
//! say so (民法典 140): where the agreement has the clause, a line that nobody answered within the days of the rule is
//! deemed confirmed and shown as deemed; without the clause it is unanswered, which warns and changes nothing. A deemed
//! line is no acknowledgement. A later answer of the customer stands before an earlier one.

use super::policy::{Bilingual, Faults};
use crate::facts::account_statement::{AccountStatement, Answer, LineDispute, Says};
use crate::facts::calendar::{Calendar, Date, plus_days};
use crate::facts::id::ItemId;
use crate::facts::money::{Money, MoneyError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How statements are confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfirmationRule {
    /// Why these numbers.
    pub note: Bilingual,
    /// Days after sending within which an answer is expected.
    pub answer_days: u16,
    /// Whether only working days count.
    pub working_days: bool,
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LineState {
    /// An authorised person confirmed it.
    Confirmed,
    /// Nobody answered in time, and the agreement says what that means (视同确认).
    Deemed,
    /// An answer may still come.
    Awaited,
    /// Nobody answered in time, and the agreement doesn't say what that means.
    Unanswered,
    /// The customer disputes it, or part of it.
    Disputed,
}

/// A line and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LineStands {
    /// The line.
    pub item: ItemId,
    /// How much it is.
    pub amount: Money,
    /// Where it stands.
    pub state: LineState,
    /// Since when: the day of the answer, or the day on which silence told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Date>,
    /// The day from which terms that wait for the confirmation count: of confirmed and deemed lines, the earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts_from: Option<Date>,
    /// How much of it is disputed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disputed: Option<Money>,
    /// Why, in the customer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// An answer that confirms nothing, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AnswerSetAside {
    /// Its date.
    pub date: Date,
    /// Who gave it.
    pub by: String,
    /// Why.
    pub why: Aside,
}

/// Why an answer confirms nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Aside {
    /// They may not confirm in the customer's name; what they disputed is heard.
    NotAuthorised,
    /// It is an answer to another statement.
    OtherStatement,
    /// It is older than the statement.
    BeforeSent,
}

/// The admission of a debt: what the customer confirmed, knowing it. Whether that alone restarts the limitation period is
/// for the room of legal clocks; a signed statement with a promise to pay is the safer paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "StatementAcknowledgement"))]
#[serde(deny_unknown_fields)]
pub struct Acknowledgement {
    /// The day of the last confirmation.
    pub date: Date,
    /// How much was confirmed.
    pub amount: Money,
    /// The digest of what was confirmed.
    pub digest: String,
}

/// Where a statement stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "StatementConfirmation"))]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// The state of the line that is worst off; a statement without lines is confirmed by itself.
    pub state: LineState,
    /// The last day for an answer.
    pub answer_until: Date,
    /// The lines, in the statement's order.
    pub lines: Vec<LineStands>,
    /// What is confirmed.
    pub confirmed: Money,
    /// What is deemed confirmed.
    pub deemed: Money,
    /// What is disputed.
    pub disputed: Money,
    /// What nobody answered, in time or yet. The four add up to the statement.
    pub open: Money,
    /// What the customer acknowledged; absent without a confirmation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledgement: Option<Acknowledgement>,
    /// Answers that confirm nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_aside: Vec<AnswerSetAside>,
}

/// Why a statement cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfirmationError {
    /// More is disputed than the line has, or less than nothing.
    #[error("{disputed} of line {item} is disputed, which is {amount}")]
    Disputed {
        /// The line.
        item: ItemId,
        /// What was disputed.
        disputed: Money,
        /// What the line is.
        amount: Money,
    },
    /// A sum left the range, or currencies were mixed.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl ConfirmationRule {
    pub(super) fn check(&self, faults: &mut Faults) {
        faults.unless(self.answer_days > 0, "confirmation.answer_days", format_args!("must be at least 1"));
    }

    /// The last day for an answer to a statement sent on `sent`.
    pub fn answer_until(&self, sent: Date, calendar: &Calendar) -> Date {
        if !self.working_days {
            return plus_days(sent, u32::from(self.answer_days));
        }
        (0..self.answer_days).fold(sent, |day, _| calendar.next_working(plus_days(day, 1)))
    }
}

/// What the customer last said of a line.
#[derive(Clone, Copy)]
enum Word<'a> {
    Right,
    Wrong(&'a LineDispute),
}

/// Reads where a statement stands. `clause` is whether the agreement says that silence confirms.
///
/// # Errors
///
/// [`ConfirmationError::Disputed`] when more of a line is disputed than it has; [`ConfirmationError::Money`] when lines
/// are in several currencies or a sum leaves the range.
pub fn confirmation(
    rule: &ConfirmationRule,
    calendar: &Calendar,
    clause: bool,
    statement: &AccountStatement,
    answers: &[Answer],
    as_of: Date,
) -> Result<Confirmation, ConfirmationError> {
    let answer_until = rule.answer_until(statement.sent, calendar);
    // A deemed confirmation stands from the first day on which no answer can come in time any more.
    let silent_from = plus_days(answer_until, 1);
    let (words, set_aside) = heard(statement, answers, as_of);
    let zero = Money::zero(statement.currency);
    let (mut confirmed, mut deemed, mut disputed, mut open) = (zero, zero, zero, zero);
    let mut acknowledged: Option<Date> = None;
    let mut lines = Vec::new();
    for line in &statement.lines {
        let silent = if as_of < silent_from {
            (LineState::Awaited, None)
        } else if clause {
            (LineState::Deemed, Some(silent_from))
        } else {
            (LineState::Unanswered, Some(silent_from))
        };
        let deemed_from = (clause && as_of >= silent_from).then_some(silent_from);
        let mut stands = LineStands {
            item: line.item,
            amount: line.amount,
            state: silent.0,
            since: silent.1,
            counts_from: deemed_from,
            disputed: None,
            reason: None,
        };
        let mut left = line.amount;
        match words.get(&line.item) {
            Some((date, Word::Right)) => {
                stands.state = LineState::Confirmed;
                stands.since = Some(*date);
                stands.counts_from = Some(deemed_from.map_or(*date, |deemed| deemed.min(*date)));
                acknowledged = acknowledged.max(Some(*date));
                confirmed = confirmed.plus(left)?;
                left = zero;
            }
            Some((date, Word::Wrong(dispute))) => {
                let part = part_of(line.amount, dispute)?;
                stands.state = LineState::Disputed;
                stands.since = Some(*date);
                stands.counts_from = None;
                stands.disputed = Some(part);
                stands.reason = Some(dispute.reason.clone());
                disputed = disputed.plus(part)?;
                left = left.minus(part)?;
            }
            None => {}
        }
        // What isn't spoken of: the line, or the rest of a line disputed in part.
        if silent.0 == LineState::Deemed {
            deemed = deemed.plus(left)?;
        } else {
            open = open.plus(left)?;
        }
        lines.push(stands);
    }
    let state = lines.iter().map(|line| line.state).max().unwrap_or(LineState::Confirmed);
    let acknowledgement =
        acknowledged.map(|date| Acknowledgement { date, amount: confirmed, digest: statement.digest.clone() });
    Ok(Confirmation { state, answer_until, lines, confirmed, deemed, disputed, open, acknowledgement, set_aside })
}

fn part_of(amount: Money, dispute: &LineDispute) -> Result<Money, ConfirmationError> {
    let part = dispute.amount.unwrap_or(amount);
    // A line can be a credit: the part lies between nothing and the line, on whichever side that is.
    let (low, high) = (amount.minor().min(0), amount.minor().max(0));
    if part.currency() == amount.currency() && (low..=high).contains(&part.minor()) {
        Ok(part)
    } else {
        Err(ConfirmationError::Disputed { item: dispute.item, disputed: part, amount })
    }
}

/// The last word on each line, and the answers that confirm nothing.
fn heard<'a>(
    statement: &AccountStatement,
    answers: &'a [Answer],
    as_of: Date,
) -> (BTreeMap<ItemId, (Date, Word<'a>)>, Vec<AnswerSetAside>) {
    let mut known: Vec<&Answer> = answers.iter().filter(|answer| answer.date <= as_of).collect();
    // Of one day's answers the one recorded later stands: a stable sort.
    known.sort_by_key(|answer| answer.date);
    let (mut words, mut set_aside) = (BTreeMap::new(), Vec::new());
    for answer in known {
        let aside = |why| AnswerSetAside { date: answer.date, by: answer.by.clone(), why };
        if answer.date < statement.sent {
            set_aside.push(aside(Aside::BeforeSent));
            continue;
        }
        if answer.digest != statement.digest {
            set_aside.push(aside(Aside::OtherStatement));
            continue;
        }
        let (right, wrong): (Vec<ItemId>, &[LineDispute]) = match &answer.says {
            Says::Whole => (statement.lines.iter().map(|line| line.item).collect(), &[]),
            Says::Lines { confirmed, disputed } => (confirmed.clone(), disputed),
        };
        if answer.authorised {
            words.extend(right.into_iter().map(|item| (item, (answer.date, Word::Right))));
        } else if !right.is_empty() {
            set_aside.push(aside(Aside::NotAuthorised));
        }
        words.extend(wrong.iter().map(|dispute| (dispute.item, (answer.date, Word::Wrong(dispute)))));
    }
    (words, set_aside)
}
