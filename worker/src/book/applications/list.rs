//! Reading applications: what waits for whom, and one with all that happened to it.

use serde::Deserialize;
use shared::facts::id::{ApplicationId, CustomerId, FeedNumber};
use shared::record::access::Rows;
use shared::record::api::applications::{
    APPLICATIONS_LISTED_MOST, ApplicationAnswer, ApplicationLine, ApplicationState, ApplicationsAnswer,
};

use super::super::call::{Call, mine};
use super::super::ledger::standings;
use super::super::orders::entry::name_of;
use super::super::policies;
use super::super::sql::Bind;
use super::{KEPT, Kept, grantors};
use crate::answer::Answer;
use crate::problem::{Failure, RequestError};

/// How many applications a list names unless it is asked for another number.
const LISTED: u32 = 50;

#[derive(Deserialize)]
struct Row {
    kept: Kept,
    name: String,
}

fn rows(condition: &str) -> String {
    format!(
        "SELECT json_object('kept', {KEPT}, 'name', customer.file ->> '$.name')
         FROM application JOIN customer ON customer.id = application.customer WHERE {condition}"
    )
}

impl Row {
    fn line(self) -> ApplicationLine {
        let Kept { id, customer, state, version, asked, decision, assessed, made_by, role, date, feed } = self.kept;
        let role = role.filter(|_| state == ApplicationState::Open);
        ApplicationLine {
            application: id,
            customer,
            customer_name: self.name,
            state,
            asked,
            decision,
            assessed: assessed == 1,
            made_by,
            role,
            date,
            version,
            feed,
        }
    }
}

/// `GET applications?state=&customer=&role=&after=&limit=`: the newest change first.
pub fn list(call: &Call) -> Result<Answer, Failure> {
    let state: Option<Wanted> = call.parameter("state", "open, asked_back, granted, refused or withdrawn")?;
    let customer: Option<CustomerId> = call.parameter("customer", "a customer's id")?;
    let role: Option<String> = call.parameter("role", "a role")?;
    let after: Option<After> = call.parameter("after", "what a list before gave as next")?;
    let most: u32 = call.parameter("limit", "a number")?.unwrap_or(LISTED).clamp(1, APPLICATIONS_LISTED_MOST);
    let state = state.map(|Wanted(state)| name_of(&state)).transpose()?;
    let sight = mine(call.rows, "?");
    let mut conditions = vec!["true"];
    let mut binds: Vec<&dyn Bind> = Vec::new();
    if call.rows != Rows::All {
        conditions.push(&sight);
        binds.push(&call.caller.person);
    }
    for (condition, bind) in [
        ("application.state = ?", state.as_ref().map(|state| state as &dyn Bind)),
        ("application.customer = ?", customer.as_ref().map(|id| id as &dyn Bind)),
        ("application.role = ?", role.as_ref().map(|role| role as &dyn Bind)),
    ] {
        if let Some(bind) = bind {
            conditions.push(condition);
            binds.push(bind);
        }
    }
    if let Some(After(feed, id)) = &after {
        conditions.push("(application.feed, application.id) < (?, ?)");
        binds.push(feed);
        binds.push(id);
    }
    let limit = most.saturating_add(1);
    binds.push(&limit);
    let order = "ORDER BY application.feed DESC, application.id DESC LIMIT ?";
    let query = rows(&format!("{} {order}", conditions.join(" AND ")));
    let mut found: Vec<Row> = call.sql.rows(&query, &binds)?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| more).map(|row| format!("{}:{}", row.kept.feed.0, row.kept.id));
    Answer::json(&ApplicationsAnswer { applications: found.into_iter().map(Row::line).collect(), next })
}

/// `GET applications/{id}`: with its version as the tag.
pub fn read(call: &Call) -> Result<Answer, Failure> {
    let kept = Kept::find(call)?;
    let policy = policies::in_force(call.sql, call.cache)?;
    let known = standings::of(call, kept.customer)?.ok_or(RequestError::NotFound)?;
    let grantors = grantors(call, &policy.policy, &known.standing, &kept.asked)?;
    let steps = call.sql.rows(
        "SELECT json_patch('{}', json_object('feed', feed, 'date', date, 'kind', kind, 'person', person,
             'reason', reason))
         FROM application_step WHERE application = ? ORDER BY feed",
        &[&kept.id],
    )?;
    let version = kept.version;
    let line = Row { kept, name: known.customer.name }.line();
    Ok(Answer::json(&ApplicationAnswer { line, grantors, steps })?.versioned(version))
}

/// One application as lists show it, after a write about it.
pub fn line(call: &Call, application: ApplicationId) -> Result<Answer, Failure> {
    let row: Option<Row> = call.sql.first(&rows("application.id = ?"), &[&application])?;
    let line = row.ok_or(RequestError::NotFound)?.line();
    Ok(Answer::json(&line)?.about(&application).versioned(line.version))
}

/// The state that a list is asked for.
struct Wanted(ApplicationState);

impl std::str::FromStr for Wanted {
    type Err = serde_json::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        serde_json::from_value(serde_json::Value::String(text.to_owned())).map(Self)
    }
}

/// Where a list goes on: after the application with this feed number and id.
struct After(FeedNumber, ApplicationId);

impl std::str::FromStr for After {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (feed, id) = text.split_once(':').ok_or(())?;
        let feed = feed.parse().ok().filter(|feed: &u64| *feed < (1 << 53)).ok_or(())?;
        Ok(Self(FeedNumber(feed), id.parse().map_err(drop)?))
    }
}
