//! Credit applications: one person asks for a limit, terms or a temporary limit, another grants it, up to an authority.
//!
//! The policy's section `granting` is the chain. Whose turn it is follows from what is at stake; whoever may not, or would
//! rather not, leaves it to the next. What is granted becomes facts that name the assessment behind them, and what is held
//! of the customer's orders is judged again. Nobody answers their own application, whatever their authority; the table of
//! applications refuses it, too. An assessment that proposes more than the policy grants by itself makes an application
//! ([`propose`]); limits that come in by a file have a rule of their own ([`super::imports`]).

mod list;

pub use list::{list, read};

use serde::Deserialize;
use shared::facts::calendar::Date;
use shared::facts::id::{ApplicationId, CustomerId, DecisionId, FactId, FeedNumber, PersonId};
use shared::facts::ledger::{Fact, Limit, LimitGrant, TemporaryLimit, TermsGrant};
use shared::facts::money::Currency;
use shared::facts::terms::Terms;
use shared::readings::exchange::RatesOn;
use shared::readings::standing::Standing;
use shared::record::api::applications::{
    AnswerApplication, ApplicationState, ApplicationStepKind, Apply, AskedCredit, CreditAnswer, ReviseApplication,
};
use shared::record::api::outbox::MessageBody;
use shared::rules::availability::TemporaryCounts;
use shared::rules::granting::{GrantingRule, Grantors, at_stake};
use shared::rules::policy::Policy;

use super::call::Call;
use super::ledger::standings::{self, Known};
use super::ledger::{NewFact, rates, record_facts};
use super::orders::entry::name_of;
use super::orders::retest;
use super::sql::Sql;
use super::writes::text;
use super::{decisions, outbox, policies};
use crate::answer::Answer;
use crate::problem::{Failure, Kind, Refusal, RequestError};

/// Why an application isn't made, changed or answered.
#[derive(Debug, thiserror::Error)]
pub enum ApplicationError {
    /// It asks for nothing, or for a temporary limit and something else.
    #[error("an application asks for a limit, terms or both, or for a temporary limit")]
    Nothing,
    /// A limit is negative or in another currency than the customer's.
    #[error("a limit is never negative, and in the customer's currency, {0}")]
    Limit(Currency),
    /// A day is over, or they are in the wrong order.
    #[error("a limit ends today or later, and a temporary one not before it begins")]
    Days,
    /// The policy knows no temporary limits.
    #[error("the policy knows no temporary limits")]
    NoTemporary,
    /// Another application has this id.
    #[error("the application {0} is there already")]
    Known(ApplicationId),
    /// It doesn't wait for this.
    #[error("the application {0} doesn't wait for this any more")]
    Decided(ApplicationId),
    /// Somebody else made it.
    #[error("only whoever made an application changes it or takes it back")]
    NotMaker,
    /// Whoever made it cannot answer it.
    #[error("someone other than whoever made it must answer an application")]
    Own,
    /// What is at stake is beyond what this role may grant, or it was left to a higher one.
    #[error("this is beyond your authority")]
    Authority {
        /// The lowest role that may; absent when none may.
        lowest: Option<String>,
    },
    /// There is nobody above.
    #[error("there is nobody to leave it to: you are the last of the chain, or not part of it")]
    Last,
    /// By the policy nobody may.
    #[error("the policy doesn't say who may grant limits")]
    NoRule,
}

impl Refusal for ApplicationError {
    fn kind(&self) -> Kind {
        match self {
            Self::Nothing => (422, "application_nothing", "nothing asked for"),
            Self::Limit(_) => (422, "application_limit", "unexpected limit"),
            Self::Days => (422, "application_days", "unexpected days"),
            Self::NoTemporary => (409, "no_temporary_limits", "no temporary limits"),
            Self::Known(_) => (409, "application_known", "application id already used"),
            Self::Decided(_) => (409, "application_decided", "application decided"),
            Self::NotMaker => (403, "not_maker", "somebody else's application"),
            Self::Own => (403, "own_application", "someone else must answer"),
            Self::Authority { .. } => (403, "beyond_authority", "beyond authority"),
            Self::Last => (409, "end_of_chain", "end of the chain"),
            Self::NoRule => (409, "no_authority", "nobody may"),
        }
    }

    fn field(&self) -> Option<String> {
        let field = match self {
            Self::Nothing => "asked",
            Self::Limit(_) => "asked.limit",
            Self::Days => "asked.until",
            _ => return None,
        };
        Some(field.to_owned())
    }

    fn values(&self) -> Vec<(String, String)> {
        match self {
            Self::Authority { lowest: Some(lowest) } => vec![("lowest".to_owned(), lowest.clone())],
            _ => Vec::new(),
        }
    }
}

/// An application as the book keeps it.
#[derive(Clone, Debug, Deserialize)]
struct Kept {
    id: ApplicationId,
    customer: CustomerId,
    state: ApplicationState,
    version: u32,
    asked: AskedCredit,
    decision: Option<DecisionId>,
    assessed: u8,
    made_by: PersonId,
    role: Option<String>,
    date: Date,
    feed: FeedNumber,
}

const KEPT: &str =
    "json_object('id', application.id, 'customer', application.customer, 'state', state, 'version', version,
    'asked', json(asked), 'decision', decision, 'assessed', assessed, 'made_by', made_by, 'role', role,
    'date', application.date, 'feed', application.feed)";

impl Kept {
    fn find(call: &Call) -> Result<Self, Failure> {
        let id: ApplicationId = call.id()?;
        let kept: Option<Self> = call.sql.first(&format!("SELECT {KEPT} FROM application WHERE id = ?"), &[&id])?;
        let kept = kept.ok_or(RequestError::NotFound)?;
        call.sees(kept.customer)?;
        Ok(kept)
    }

    /// Keeps it as it is now, with the step that made it so. Returns the step's feed number.
    fn save(
        &mut self,
        sql: &Sql,
        today: Date,
        kind: ApplicationStepKind,
        person: PersonId,
        reason: Option<&str>,
    ) -> Result<(), Failure> {
        self.feed = sql.take_feed(1)?;
        self.version = self.version.saturating_add(1);
        let decided = matches!(self.state, ApplicationState::Granted | ApplicationState::Refused);
        let (state, asked) = (name_of(&self.state)?, serde_json::to_string(&self.asked)?);
        sql.run(
            "INSERT INTO application (id, customer, state, version, asked, decision, assessed, made_by, role, date, feed,
                 decided_by)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET state = excluded.state, version = excluded.version, asked = excluded.asked,
                 role = excluded.role, feed = excluded.feed, decided_by = excluded.decided_by",
            &[
                &self.id,
                &self.customer,
                &state,
                &self.version,
                &asked,
                &self.decision,
                &u16::from(self.assessed),
                &self.made_by,
                &self.role,
                &self.date,
                &self.feed,
                &Some(person).filter(|_| decided),
            ],
        )?;
        Ok(sql.run(
            "INSERT INTO application_step (feed, application, date, kind, person, reason) VALUES (?, ?, ?, ?, ?, ?)",
            &[&self.feed, &self.id, &today, &name_of(&kind)?, &person, &reason],
        )?)
    }
}

/// `POST applications`.
///
/// 1. The customer is in sight: 404. What is asked for is sound: 422, and the id is new: 409.
/// 2. It waits for the lowest role that may grant it.
pub fn apply(call: &Call) -> Result<Answer, Failure> {
    // 1
    let Apply { application: id, customer, asked } = call.body()?;
    call.sees(customer)?;
    let known = standings::of(call, customer)?.ok_or(RequestError::NotFound)?;
    let policy = policies::in_force(call.sql, call.cache)?;
    sound(&policy.policy, &known, &asked, call.today)?;
    if call.sql.finds("SELECT 1 FROM application WHERE id = ?", &[&id])? {
        return Err(ApplicationError::Known(id).into());
    }
    // 2
    let decision = decisions::last_assessment(call.sql, customer)?.map(|decision| decision.id);
    let kept = made(call, &policy.policy, &known, id, asked, decision, false)?;
    list::line(call, kept.id)
}

/// Makes an application of what an assessment proposes, unless the same is open already; another one of an assessment is
/// overtaken by it. Returns whether something waits for approval.
pub fn propose(
    call: &Call,
    policy: &Policy,
    known: &Known,
    asked: AskedCredit,
    decision: DecisionId,
) -> Result<(), Failure> {
    let open: Vec<Kept> = call.sql.rows(
        &format!(
            "SELECT {KEPT} FROM application WHERE customer = ? AND state IN ('open', 'asked_back') AND assessed = 1"
        ),
        &[&known.customer.id],
    )?;
    let same = |kept: &Kept| kept.asked.limit == asked.limit && kept.asked.terms == asked.terms;
    if open.iter().any(same) {
        return Ok(());
    }
    for mut kept in open {
        kept.state = ApplicationState::Withdrawn;
        let kind = ApplicationStepKind::Withdrawn;
        kept.save(call.sql, call.today, kind, call.caller.person, None)?;
    }
    let id = ApplicationId(call.new_id()?);
    made(call, policy, known, id, asked, Some(decision), true).map(drop)
}

fn made(
    call: &Call,
    policy: &Policy,
    known: &Known,
    id: ApplicationId,
    asked: AskedCredit,
    decision: Option<DecisionId>,
    assessed: bool,
) -> Result<Kept, Failure> {
    let mut kept = Kept {
        id,
        customer: known.customer.id,
        state: ApplicationState::Open,
        version: 0,
        decision,
        assessed: u8::from(assessed),
        made_by: call.caller.person,
        role: grantors(call, policy, &known.standing, &asked)?.and_then(|grantors| grantors.lowest),
        date: call.today,
        feed: FeedNumber::default(),
        asked,
    };
    let reason = kept.asked.reason.clone();
    kept.save(call.sql, call.today, ApplicationStepKind::Made, call.caller.person, Some(&reason))?;
    Ok(kept)
}

/// `POST applications/{id}`, with its version in `If-Match`.
///
/// 1. It is there, its customer in sight: 404. It is the version that the caller looked at: 412, 428.
/// 2. The caller made it: 403; it isn't decided: 409. What is asked for now is sound: 422.
/// 3. It waits for the lowest role that may grant it, anew.
pub fn revise(call: &Call) -> Result<Answer, Failure> {
    // 1
    let mut kept = Kept::find(call)?;
    call.expects(kept.version)?;
    // 2
    let ReviseApplication { asked } = call.body()?;
    own(call, &kept)?;
    let known = standings::of(call, kept.customer)?.ok_or(RequestError::NotFound)?;
    let policy = policies::in_force(call.sql, call.cache)?;
    sound(&policy.policy, &known, &asked, call.today)?;
    // 3
    kept.state = ApplicationState::Open;
    kept.role = grantors(call, &policy.policy, &known.standing, &asked)?.and_then(|grantors| grantors.lowest);
    kept.asked = asked;
    let reason = kept.asked.reason.clone();
    kept.save(call.sql, call.today, ApplicationStepKind::Revised, call.caller.person, Some(&reason))?;
    list::line(call, kept.id)
}

/// `DELETE applications/{id}`: whoever made it takes it back. Refusals as of [`revise`]; the version is optional.
pub fn withdraw(call: &Call) -> Result<Answer, Failure> {
    let mut kept = Kept::find(call)?;
    if call.names_version() {
        call.expects(kept.version)?;
    }
    own(call, &kept)?;
    kept.state = ApplicationState::Withdrawn;
    kept.save(call.sql, call.today, ApplicationStepKind::Withdrawn, call.caller.person, None)?;
    list::line(call, kept.id)
}

/// `POST applications/{id}/answer`, with its version in `If-Match`.
///
/// 1. It is there, its customer in sight: 404. It is the version that the caller looked at: 412, 428.
/// 2. It waits: 409. The reason has words: 422. Somebody else made it: 403.
/// 3. Granting takes the authority over what is at stake by what is in force now, and no lower place than that of whose turn
///    it is: 403. Leaving it to the next takes a place in the chain: 409.
/// 4. What is granted becomes facts that name the decision behind it; what is held of the customer's orders is judged again.
pub fn answer(call: &Call) -> Result<Answer, Failure> {
    // 1
    let mut kept = Kept::find(call)?;
    call.expects(kept.version)?;
    // 2
    let AnswerApplication { answer, reason } = call.body()?;
    if kept.state != ApplicationState::Open {
        return Err(ApplicationError::Decided(kept.id).into());
    }
    text("reason", Some(&reason))?;
    if call.did(kept.made_by)? {
        return Err(ApplicationError::Own.into());
    }
    // 3
    let policy = policies::in_force(call.sql, call.cache)?;
    let chain = policy.policy.granting.as_ref().ok_or(ApplicationError::NoRule)?;
    let role = name_of(&call.caller.role)?;
    let turn = kept.role.as_deref().and_then(|role| chain.place(role)).unwrap_or_default();
    let place = chain.place(&role);
    let kind = match answer {
        CreditAnswer::AskBack => {
            kept.state = ApplicationState::AskedBack;
            ApplicationStepKind::AskedBack
        }
        CreditAnswer::Refuse => {
            place.filter(|place| *place >= turn).ok_or(ApplicationError::Authority { lowest: kept.role.clone() })?;
            kept.state = ApplicationState::Refused;
            ApplicationStepKind::Refused
        }
        CreditAnswer::Escalate => {
            let place = place.ok_or(ApplicationError::Last)?.max(turn);
            let next = chain.steps.get(place.saturating_add(1)).ok_or(ApplicationError::Last)?;
            kept.role = Some(next.role.clone());
            ApplicationStepKind::Escalated
        }
        CreditAnswer::Grant => {
            let known = standings::of(call, kept.customer)?.ok_or(RequestError::NotFound)?;
            sound(&policy.policy, &known, &kept.asked, call.today)?;
            let grantors = grantors(call, &policy.policy, &known.standing, &kept.asked)?;
            let grantors = grantors.ok_or(ApplicationError::NoRule)?;
            let may = grantors.roles.iter().any(|line| line.role == role && line.may);
            if !may || place.is_none_or(|place| place < turn) {
                let lowest = if may { kept.role.clone() } else { grantors.lowest };
                return Err(ApplicationError::Authority { lowest }.into());
            }
            kept.state = ApplicationState::Granted;
            ApplicationStepKind::Granted
        }
    };
    // 4
    if kept.state == ApplicationState::Granted {
        record_facts(call.sql, call.today, &facts(call, &kept)?)?;
    }
    kept.save(call.sql, call.today, kind, call.caller.person, Some(&reason))?;
    // One that goes to the next in the chain isn't decided.
    if kept.state != ApplicationState::Open {
        let body = MessageBody::ApplicationDecided { application: kept.id, state: kept.state, reason };
        outbox::tell(call.sql, call.now, Some(kept.customer), body)?;
    }
    if kept.state == ApplicationState::Granted {
        retest::due(call.sql, kept.customer)?;
        retest::now(call)?;
    }
    list::line(call, kept.id)
}

/// What is granted, as facts of today.
fn facts(call: &Call, kept: &Kept) -> Result<Vec<NewFact>, Failure> {
    let AskedCredit { limit, until, terms, temporary, reason } = kept.asked.clone();
    let limit = limit.map(|limit| Fact::LimitGranted(LimitGrant { limit, until, decision: kept.decision }));
    let terms = terms.map(|terms| Fact::TermsGranted(TermsGrant { terms }));
    let temporary = temporary.map(|temporary| {
        let approved_by = call.caller.person;
        let (limit, from, until) = (temporary.limit, temporary.from, temporary.until);
        Fact::TemporaryGranted(TemporaryLimit { limit, from, until, reason, approved_by })
    });
    let new = |fact: Fact| Ok(NewFact { id: FactId(call.new_id()?), customer: kept.customer, date: call.today, fact });
    [limit, terms, temporary].into_iter().flatten().map(new).collect()
}

/// Refuses whoever didn't make it, and what is decided.
fn own(call: &Call, kept: &Kept) -> Result<(), ApplicationError> {
    if kept.made_by != call.caller.person {
        return Err(ApplicationError::NotMaker);
    }
    match kept.state {
        ApplicationState::Open | ApplicationState::AskedBack => Ok(()),
        _ => Err(ApplicationError::Decided(kept.id)),
    }
}

/// Refuses what cannot be asked for.
fn sound(policy: &Policy, known: &Known, asked: &AskedCredit, today: Date) -> Result<(), Failure> {
    text("reason", Some(&asked.reason))?;
    let lasting = asked.limit.is_some() || asked.terms.is_some();
    if lasting == asked.temporary.is_some() || (asked.until.is_some() && asked.limit.is_none()) {
        return Err(ApplicationError::Nothing.into());
    }
    let currency = known.customer.currency;
    for limit in asked.limit.into_iter().chain(asked.temporary.map(|temporary| temporary.limit)) {
        if let Limit::Amount { amount } = limit
            && (amount.currency() != currency || amount.minor() < 0)
        {
            return Err(ApplicationError::Limit(currency).into());
        }
    }
    let over = |until: Date| until < today;
    let wrong = asked.temporary.is_some_and(|temporary| temporary.until < temporary.from || over(temporary.until));
    if wrong || asked.until.is_some_and(over) {
        return Err(ApplicationError::Days.into());
    }
    if asked.temporary.is_some() && policy.temporary_limit.is_none() {
        return Err(ApplicationError::NoTemporary.into());
    }
    Ok(())
}

/// Who may grant what is asked for, by what is in force; absent when the policy doesn't say. A limit for longer is more
/// credit, as looser terms are. Where no rate tells what a limit is in the policy's currency, it counts as unlimited.
fn grantors(
    call: &Call,
    policy: &Policy,
    standing: &Standing,
    asked: &AskedCredit,
) -> Result<Option<Grantors>, Failure> {
    let Some(rule) = &policy.granting else { return Ok(None) };
    let in_force = standing.limit_at(call.today);
    let adds = policy.temporary_limit.as_ref().is_some_and(|rule| rule.counts == TemporaryCounts::Adds);
    let temporary = asked.temporary.map(|temporary| match (temporary.limit, in_force) {
        (Limit::Amount { amount }, Some(Limit::Amount { amount: now })) if adds => {
            amount.plus(now).map_or(Limit::Unlimited, |amount| Limit::Amount { amount })
        }
        (limit, _) => limit,
    });
    let wanted = temporary.or(asked.limit).or(in_force);
    let granted = standing.terms.unwrap_or(Terms::Prepaid);
    let looser = asked.terms.is_some_and(|terms| terms.looseness(granted).is_gt());
    let until = standing.limit.as_ref().and_then(|in_force| in_force.until);
    let longer = asked.limit.is_some() && until.is_some_and(|until| asked.until.is_none_or(|asked| asked > until));
    stake(call, policy, rule, wanted.unwrap_or(Limit::None), in_force, looser || longer).map(Some)
}

/// Who may grant a limit beside the one in force.
pub fn stake(
    call: &Call,
    policy: &Policy,
    rule: &GrantingRule,
    wanted: Limit,
    in_force: Option<Limit>,
    loosens: bool,
) -> Result<Grantors, Failure> {
    let rates = rates::known(call.sql, None)?;
    let same_currency = match (wanted, in_force) {
        (Limit::Amount { amount }, Some(Limit::Amount { amount: now })) => amount.currency() == now.currency(),
        _ => true,
    };
    // Another currency than before is another limit.
    let in_force = in_force.filter(|_| same_currency);
    let stake = at_stake(wanted, in_force, loosens).map_err(Failure::broken)?;
    let stake = match stake {
        Limit::Amount { amount } => RatesOn::new(&rates, call.today)
            .convert(amount, policy.currency)
            .map_or(Limit::Unlimited, |amount| Limit::Amount { amount }),
        other => other,
    };
    rule.grantors(stake).map_err(Failure::broken)
}
