//! The wire of credit applications: a limit, terms or a temporary limit is asked for by one person and granted by another,
//! up to an authority; beyond it the next in the chain decides.

use crate::facts::calendar::Date;
use crate::facts::id::{ApplicationId, CustomerId, DecisionId, FeedNumber, PersonId};
use crate::facts::ledger::Limit;
use crate::facts::terms::Terms;
use crate::rules::granting::Grantors;
use serde::{Deserialize, Serialize};

/// How many applications a list names at most.
pub const APPLICATIONS_LISTED_MOST: u32 = 200;

/// What is asked for: a limit and terms, either of them, or a temporary limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AskedCredit {
    /// The limit, in the customer's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// The last day of that limit; without one it stands until it is changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// The loosest terms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Terms>,
    /// A limit for a season or a single deal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temporary: Option<AskedTemporary>,
    /// Why.
    pub reason: String,
}

/// A temporary limit that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AskedTemporary {
    /// How much, in the customer's currency.
    pub limit: Limit,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
}

/// `POST applications`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Apply {
    /// Its id, made by whoever applies.
    pub application: ApplicationId,
    /// For whom.
    pub customer: CustomerId,
    /// What is asked for.
    pub asked: AskedCredit,
}

/// `POST applications/{id}`, with its version in `If-Match`: whoever made it puts it another way, or answers a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReviseApplication {
    /// What is asked for now.
    pub asked: AskedCredit,
}

/// `POST applications/{id}/answer`, with its version in `If-Match`; by somebody else than who made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AnswerApplication {
    /// The answer.
    pub answer: CreditAnswer,
    /// Why.
    pub reason: String,
}

/// What can be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CreditAnswer {
    /// Granted, within the answerer's authority.
    Grant,
    /// Seen, and left to the next in the chain.
    Escalate,
    /// Back to whoever made it, with a question.
    AskBack,
    /// Refused.
    Refuse,
}

/// Where an application stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ApplicationState {
    /// It waits for somebody with authority.
    Open,
    /// It waits for whoever made it.
    AskedBack,
    /// Granted.
    Granted,
    /// Refused.
    Refused,
    /// Taken back by whoever made it, or overtaken by a newer proposal.
    Withdrawn,
}

/// An application in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ApplicationLine {
    /// Its id.
    pub application: ApplicationId,
    /// For whom.
    pub customer: CustomerId,
    /// The customer's name.
    pub customer_name: String,
    /// Where it stands.
    pub state: ApplicationState,
    /// What is asked for.
    pub asked: AskedCredit,
    /// The assessment that proposed it, or the last one before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionId>,
    /// Whether an assessment proposed it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub assessed: bool,
    /// Who made it.
    pub made_by: PersonId,
    /// The role whose turn it is, while it is open; higher ones may, too. Absent when nobody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The day on which it was made.
    pub date: Date,
    /// Its version, for `If-Match`.
    pub version: u32,
    /// When it last changed.
    pub feed: FeedNumber,
}

/// `GET applications?state=&customer=&role=&after=&limit=`: the newest change first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ApplicationsAnswer {
    /// The applications.
    pub applications: Vec<ApplicationLine>,
    /// Goes into `after` for those that follow; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// `GET applications/{id}`. Its version stands in the `ETag`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ApplicationAnswer {
    /// As lists show it.
    pub line: ApplicationLine,
    /// Who may grant it, by what is in force now; absent when the policy doesn't say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grantors: Option<Grantors>,
    /// All that happened to it, the newest last.
    pub steps: Vec<ApplicationStep>,
}

/// Something that happened to an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ApplicationStep {
    /// When the book learned it.
    pub feed: FeedNumber,
    /// The book's date.
    pub date: Date,
    /// What.
    pub kind: ApplicationStepKind,
    /// Who.
    pub person: PersonId,
    /// Their reason, or what was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What can happen to an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ApplicationStepKind {
    /// It was made.
    Made,
    /// It was put another way.
    Revised,
    /// It was left to the next in the chain.
    Escalated,
    /// A question went back.
    AskedBack,
    /// It was granted.
    Granted,
    /// It was refused.
    Refused,
    /// It was taken back.
    Withdrawn,
}
