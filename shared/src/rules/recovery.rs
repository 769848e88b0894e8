//! Recovery (风险处置): a case from the first talk to its end, its deadlines, what it cost and what it brought.
//!
//! A case moves through the stages that the policy names; each has tasks with deadlines counted from the day the stage
//! began. Where it stands on a day follows from the moves, the tasks done, the costs and the money up to that day.
//! Over many cases each stage has a recovery rate: what came in during it over what was owed when it began; the parts of
//! all stages add up to what came in at all. For emergencies (a debtor that disappears, a run on a warehouse) the policy
//! holds playbooks in four parts: identify, assess, respond, follow up.
//!
//! Units: amounts in minor units, rates in millionths, deadlines in days.
//!
//! - **Recovery rate** = recovered / claim; **net** = (recovered − costs) / claim
//! - **Of a stage, over many cases** = Σ came in during it / Σ owed when it began
//!
//! Source: our own definitions. They are of nominal amounts: the workout loss of Basel II discounts them, which a
//! department that asks what a letter or a lawyer brings has no use for.

use super::policy::{Bilingual, Faults};
use crate::facts::calendar::{Calendar, Date, days_between, plus_days};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use crate::facts::overdue::Payment;
use crate::facts::recovery::{CaseDocument, CaseOutcome, PlaybookOpened, RecoveryCase, Stage, StageMove, TaskDone};
use serde::{Deserialize, Serialize};

/// How a company pursues what is owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecoveryRule {
    /// Why its numbers are what they are.
    pub note: Bilingual,
    /// The stages, in their usual order.
    pub stages: Vec<StageRule>,
    /// What to do in an emergency.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub playbooks: Vec<Playbook>,
}

/// A stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StageRule {
    /// Which.
    pub stage: Stage,
    /// What people call it.
    pub title: Bilingual,
    /// How many days it should last at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most_days: Option<u16>,
    /// What has to be done in it.
    pub tasks: Vec<TaskRule>,
}

/// A task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TaskRule {
    /// Its name, unique in the stage.
    pub name: String,
    /// What is to be done.
    pub title: Bilingual,
    /// Within so many days of the stage's beginning.
    pub days: u16,
}

/// What to do in an emergency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Playbook {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: Bilingual,
    /// 识别.
    pub identify: Vec<TaskRule>,
    /// 评估.
    pub assess: Vec<TaskRule>,
    /// 应对.
    pub respond: Vec<TaskRule>,
    /// 跟进.
    pub follow_up: Vec<TaskRule>,
}

/// How a case stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CaseState {
    /// Its stage; absent before it was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<StageMove>,
    /// By when the stage should end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage_until: Option<Date>,
    /// The stage's tasks, the next deadline first.
    pub tasks: Vec<TaskState>,
    /// What came in.
    pub recovered: Money,
    /// What it cost.
    pub costs: Money,
    /// What is still owed.
    pub left: Money,
    /// Recovered over claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Ratio>,
    /// Recovered less costs, over claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net_rate: Option<Ratio>,
    /// Its papers, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<CaseDocument>,
    /// What security given in the course of it is worth; absent without any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security: Option<Money>,
    /// What is owed and not secured by it; absent without such security.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsecured: Option<Money>,
    /// The emergency playbook that was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub playbook: Option<PlaybookState>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<CaseOutcome>,
}

/// How a playbook stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PlaybookState {
    /// Which.
    pub name: String,
    /// What people call it.
    pub title: Bilingual,
    /// When it was opened.
    pub opened: Date,
    /// Its four parts, in their order.
    pub parts: Vec<PartState>,
    /// The first part in which something is left to do; absent when all is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Part>,
    /// Tasks whose deadline has passed.
    pub late: u32,
}

/// A part of a playbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PartState {
    /// Which.
    pub part: Part,
    /// What has to be done, the next deadline first.
    pub tasks: Vec<TaskState>,
}

/// The parts of a playbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// 识别.
    Identify,
    /// 评估.
    Assess,
    /// 应对.
    Respond,
    /// 跟进.
    FollowUp,
}

/// Why a case has no state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseError {
    /// The policy has no such playbook.
    #[error("playbook: the policy has none named '{0}'")]
    UnknownPlaybook(String),
    /// A sum left the range, or currencies were mixed.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// How a task stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TaskState {
    /// Its name.
    pub name: String,
    /// What is to be done.
    pub title: Bilingual,
    /// Its deadline.
    pub due: Date,
    /// Days until then; negative when it has passed.
    pub days_left: i32,
    /// When it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<Date>,
}

/// What a stage brings, over many cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StageRecovery {
    /// Which.
    pub stage: Stage,
    /// How many cases went through it.
    pub cases: u32,
    /// What was owed when it began.
    pub owed: Money,
    /// What came in during it.
    pub recovered: Money,
    /// Recovered over owed; absent where nothing was owed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Ratio>,
}

impl RecoveryRule {
    /// Reports what is wrong with the rule.
    pub(super) fn check(&self, faults: &mut Faults) {
        for (i, rule) in self.stages.iter().enumerate() {
            let twice = self.stages.iter().take(i).any(|other| other.stage == rule.stage);
            faults.unless(!twice, &format!("recovery.stages[{i}].stage"), format_args!("stands twice"));
            for (j, task) in rule.tasks.iter().enumerate() {
                let twice = rule.tasks.iter().take(j).any(|other| other.name == task.name);
                let path = format!("recovery.stages[{i}].tasks[{j}].name");
                faults.unless(!twice, &path, format_args!("'{}' stands twice", task.name));
            }
        }
        for (i, playbook) in self.playbooks.iter().enumerate() {
            let twice = self.playbooks.iter().take(i).any(|other| other.name == playbook.name);
            let path = format!("recovery.playbooks[{i}].name");
            faults.unless(!twice, &path, format_args!("'{}' stands twice", playbook.name));
            let tasks: Vec<&TaskRule> = playbook.parts().into_iter().flat_map(|(_, tasks)| tasks).collect();
            for (j, task) in tasks.iter().enumerate() {
                let twice = tasks.iter().take(j).any(|other| other.name == task.name);
                let path = format!("recovery.playbooks[{i}]");
                faults.unless(!twice, &path, format_args!("task '{}' stands twice", task.name));
            }
        }
    }

    /// How a playbook stands at the end of `as_of`. Deadlines count from the day it was opened and move on to a working
    /// day; what was done before it was opened was done for something else.
    ///
    /// # Errors
    ///
    /// [`CaseError::UnknownPlaybook`] when the policy has none of the name.
    pub fn playbook(
        &self,
        opened: &PlaybookOpened,
        done: &[TaskDone],
        calendar: &Calendar,
        as_of: Date,
    ) -> Result<PlaybookState, CaseError> {
        let found = self.playbooks.iter().find(|playbook| playbook.name == opened.name);
        let playbook = found.ok_or_else(|| CaseError::UnknownPlaybook(opened.name.clone()))?;
        let parts: Vec<PartState> = playbook
            .parts()
            .into_iter()
            .map(|(part, rules)| PartState { part, tasks: tasks(rules, opened.date, done, calendar, as_of) })
            .collect();
        let waits = |task: &&TaskState| task.done.is_none();
        let at = parts.iter().find(|part| part.tasks.iter().any(|task| task.done.is_none())).map(|part| part.part);
        let late = parts.iter().flat_map(|part| &part.tasks).filter(waits).filter(|task| task.days_left < 0).count();
        Ok(PlaybookState {
            name: playbook.name.clone(),
            title: playbook.title.clone(),
            opened: opened.date,
            parts,
            at,
            late: u32::try_from(late).unwrap_or(u32::MAX),
        })
    }

    /// How a case stands at the end of `as_of`.
    ///
    /// # Errors
    ///
    /// [`CaseError::UnknownPlaybook`] when the case opened one that the policy lacks; [`CaseError::Money`] when a sum
    /// leaves the range or amounts are in several currencies.
    pub fn state(&self, case: &RecoveryCase, calendar: &Calendar, as_of: Date) -> Result<CaseState, CaseError> {
        let currency = case.claim.currency();
        let stage = case.moves.iter().copied().filter(|step| step.date <= as_of).max();
        let rule = stage.and_then(|step| self.stages.iter().find(|rule| rule.stage == step.stage));
        let tasks = match (stage, rule) {
            (Some(began), Some(rule)) => tasks(&rule.tasks, began.date, &case.done, calendar, as_of),
            _ => Vec::new(),
        };
        let until = |list: &[Payment]| {
            Money::sum(currency, list.iter().filter(|paid| paid.date <= as_of).map(|paid| paid.amount))
        };
        let (recovered, costs) = (until(&case.recovered)?, until(&case.costs)?);
        let at_most = rule.and_then(|rule| rule.at_most_days);
        let zero = Money::zero(currency);
        let left = case.claim.minus(recovered)?.max(zero)?;
        let given: Vec<Money> =
            case.security.iter().filter(|given| given.date <= as_of).map(|given| given.worth).collect();
        let security = (!given.is_empty()).then(|| Money::sum(currency, given)).transpose()?;
        let unsecured = security.map(|worth| left.minus(worth)?.max(zero)).transpose()?;
        let mut documents: Vec<CaseDocument> =
            case.documents.iter().filter(|paper| paper.date <= as_of).cloned().collect();
        documents.sort_by(|a, b| (a.date, &a.name).cmp(&(b.date, &b.name)));
        let opened = case.playbook.as_ref().filter(|opened| opened.date <= as_of);
        Ok(CaseState {
            stage,
            stage_until: stage.zip(at_most).map(|(began, days)| plus_days(began.date, u32::from(days))),
            tasks,
            recovered,
            costs,
            left,
            rate: Ratio::of(recovered.minor(), case.claim.minor()),
            net_rate: Ratio::of(recovered.minus(costs)?.minor(), case.claim.minor()),
            documents,
            security,
            unsecured,
            playbook: opened.map(|opened| self.playbook(opened, &case.done, calendar, as_of)).transpose()?,
            outcome: case.outcome.clone().filter(|outcome| outcome.date <= as_of),
        })
    }
}

impl Playbook {
    /// Its parts with their tasks, in their order.
    fn parts(&self) -> [(Part, &[TaskRule]); 4] {
        [
            (Part::Identify, &self.identify),
            (Part::Assess, &self.assess),
            (Part::Respond, &self.respond),
            (Part::FollowUp, &self.follow_up),
        ]
    }
}

/// How tasks that began on a day stand, the next deadline first and what is done at the end. What was done before that day
/// was done for something else.
fn tasks(rules: &[TaskRule], began: Date, done: &[TaskDone], calendar: &Calendar, as_of: Date) -> Vec<TaskState> {
    let state = |task: &TaskRule| {
        let due = calendar.next_working(plus_days(began, u32::from(task.days)));
        let done = done.iter().filter(|done| done.name == task.name);
        let done = done.map(|done| done.date).filter(|date| (began..=as_of).contains(date)).min();
        let days_left = days_between(as_of, due);
        TaskState { name: task.name.clone(), title: task.title.clone(), due, days_left, done }
    };
    let mut tasks: Vec<TaskState> = rules.iter().map(state).collect();
    tasks.sort_by(|a, b| (a.done.is_some(), a.due, &a.name).cmp(&(b.done.is_some(), b.due, &b.name)));
    tasks
}

/// What each stage brought by the end of `as_of`, over cases in one currency. Money that came in on a day on which the stage
/// changed belongs to the new one; what came before the first stage belongs to none and is left out, as it was no recovery
/// of the case. Of two stages begun on one day the later in order counts.
///
/// # Errors
///
/// [`MoneyError`] when a case is in another currency, or a sum leaves the range.
pub fn recovery_by_stage(
    cases: &[RecoveryCase],
    currency: Currency,
    as_of: Date,
) -> Result<Vec<StageRecovery>, MoneyError> {
    let zero = Money::zero(currency);
    let mut stages: Vec<StageRecovery> = Vec::new();
    for case in cases {
        let mut moves: Vec<StageMove> = case.moves.iter().copied().filter(|step| step.date <= as_of).collect();
        moves.sort_unstable();
        let mut owed = case.claim;
        for (index, step) in moves.iter().enumerate() {
            let end = moves.get(index.saturating_add(1)).map(|next| next.date);
            let within =
                |paid: &&Payment| paid.date >= step.date && paid.date <= as_of && end.is_none_or(|end| paid.date < end);
            let came = Money::sum(currency, case.recovered.iter().filter(within).map(|paid| paid.amount))?;
            if !stages.iter().any(|line| line.stage == step.stage) {
                stages.push(StageRecovery { stage: step.stage, cases: 0, owed: zero, recovered: zero, rate: None });
            }
            if let Some(line) = stages.iter_mut().find(|line| line.stage == step.stage) {
                line.cases = line.cases.saturating_add(1);
                line.owed = line.owed.plus(owed)?;
                line.recovered = line.recovered.plus(came)?;
            }
            owed = owed.minus(came)?;
        }
    }
    for line in &mut stages {
        line.rate = Ratio::of(line.recovered.minor(), line.owed.minor());
    }
    stages.sort_by_key(|line| line.stage);
    Ok(stages)
}
