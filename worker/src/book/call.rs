//! One call of the API: who asks, whether they may, and which handler answers.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use shared::facts::calendar::Date;
use shared::facts::id::{CustomerId, FeedNumber, PersonId};
use shared::facts::money::Currency;
use shared::record::access::{Line, Operation, Role, Rows, may, program_may, route};
use shared::record::api::{BASE, BookInfo, Door};
use std::collections::BTreeMap;
use std::str::FromStr;
use uuid::Uuid;
use worker::Request;

use super::people::Visitor;
use super::sql::Sql;
use super::{
    applications, assess, attachments, audit, bank, decisions, file, imports, leases, losses, once, orders, outbox,
    people, policies, reads, report, sessions, settings, sync, writes,
};
use crate::answer::Answer;
use crate::api::parse;
use crate::problem::{Failure, RequestError};
use crate::random;
use crate::tokens::Seals;

/// Whose book it is.
#[derive(Clone, Debug, Deserialize)]
pub struct BookRow {
    /// Its code.
    pub code: String,
    /// The company's name.
    pub name: String,
    /// The same in Latin letters.
    pub name_en: Option<String>,
    /// The currency that it keeps its books in.
    pub currency: Currency,
    /// Minutes east of UTC.
    pub utc_offset_minutes: i16,
    /// The day at which a demo book stands still.
    pub demo_today: Option<Date>,
}

impl BookRow {
    /// Reads it.
    pub fn of(sql: &Sql) -> Result<Self, Failure> {
        let row = sql.first(
            "SELECT json_object('code', code, 'name', name, 'name_en', name_en, 'currency', currency,
                 'utc_offset_minutes', utc_offset_minutes, 'demo_today', demo_today) FROM book",
            &[],
        )?;
        row.ok_or_else(|| Failure::broken("the book has no row of its own"))
    }

    /// The date of what binds at this moment.
    pub fn today(&self, now: DateTime<Utc>) -> Date {
        self.demo_today.unwrap_or_else(|| {
            let local = now.naive_utc().checked_add_signed(Duration::minutes(i64::from(self.utc_offset_minutes)));
            local.map_or(NaiveDate::MIN, |local| local.date())
        })
    }

    /// As pages show it.
    pub fn info(&self, now: DateTime<Utc>) -> BookInfo {
        BookInfo {
            code: self.code.clone(),
            name: self.name.clone(),
            name_en: self.name_en.clone(),
            currency: self.currency,
            utc_offset_minutes: self.utc_offset_minutes,
            today: self.today(now),
            demo: self.demo_today.is_some(),
        }
    }
}

/// The customers whose file names a person, as SQL has it, among those who answer for them.
pub fn assigned(person: &str) -> String {
    format!(
        "SELECT piece.customer FROM piece JOIN piece_version ON piece_version.feed = piece.feed
         WHERE piece.kind = 'responsible' AND piece.state = 'stands' AND piece_version.body ->> '$.what.person' = {person}"
    )
}

/// True of the customers of a person who sees only their own, as SQL has it.
pub fn mine(rows: Rows, person: &str) -> String {
    match rows {
        Rows::Assigned => format!("customer.id IN ({})", assigned(person)),
        _ => format!("customer.salesperson IS {person}"),
    }
}

/// Who asks.
#[derive(Clone, Debug, Deserialize)]
pub struct Caller {
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// The customer that they act for, at the portal.
    pub customer: Option<CustomerId>,
    /// Where they came in; a program comes in nowhere.
    pub door: Option<Door>,
    /// When the session ends, in seconds since 1970.
    pub until: u64,
    /// What a program may do of what its role may.
    pub operations: Option<Vec<Operation>>,
    /// Devices that know less than this get everything anew: their role changed.
    pub sight_feed: FeedNumber,
}

impl Caller {
    /// On which rows they may do this; absent when they may not at all.
    pub fn may(&self, operation: Operation) -> Option<Rows> {
        match &self.operations {
            None => may(self.role, operation),
            Some(operations) => program_may(self.role, operation).filter(|_| operations.contains(&operation)),
        }
    }

    /// Whether a program asks, by a token.
    pub const fn is_program(&self) -> bool {
        self.operations.is_some()
    }
}

/// A call that may be made.
pub struct Call<'a> {
    /// The tables.
    pub sql: &'a Sql,
    /// The policy as it was last read.
    pub cache: &'a policies::Cache,
    /// What seals tokens.
    pub seals: &'a Seals,
    /// The book.
    pub book: BookRow,
    /// The moment.
    pub now: DateTime<Utc>,
    /// Whether messages may go to this machine.
    pub local_hooks: bool,
    /// The date of what binds.
    pub today: Date,
    /// Who asks.
    pub caller: Caller,
    /// The digest of the session's token.
    pub session: String,
    /// What the entry says of them.
    pub visitor: Visitor,
    /// What they ask.
    pub operation: Operation,
    /// On which customers' rows they may.
    pub rows: Rows,
    /// The key of a write.
    pub key: Option<Uuid>,
    id: Option<String>,
    query: BTreeMap<String, String>,
    body: &'a [u8],
    known_etag: Option<String>,
    known_version: Option<String>,
}

/// A Book, as a call finds it.
#[derive(Clone, Copy)]
pub struct Here<'a> {
    /// The tables.
    pub sql: &'a Sql,
    /// The policy as it was last read.
    pub cache: &'a policies::Cache,
    /// What seals tokens.
    pub seals: &'a Seals,
    /// The moment.
    pub now: DateTime<Utc>,
    /// Whether messages may go to this machine.
    pub local_hooks: bool,
}

/// Answers a call.
///
/// 1. Who is it, what do they want, and may they: 401, 404, 405, 403.
/// 2. A write that was answered before gets the same answer.
/// 3. The operation's handler, and its entry in the audit trail.
pub fn answer(here: Here, request: &Request, path: &str, body: &[u8]) -> Result<Answer, Failure> {
    // 1
    let (call, line) = admitted(here, request, path.strip_prefix(BASE), body)?;
    // 2, 3
    if line.writes {
        return once::answer(&call, path, body, || handle(&call));
    }
    let answer = handle(&call)?;
    if line.audited {
        audit::of_call(&call, &answer)?;
    }
    Ok(answer)
}

/// Answers what the entry asks while a file comes in, on behalf of whoever may attach it, at the operation's path. Refusals
/// as of [`answer`].
pub fn answer_stage(here: Here, request: &Request, path: &str, body: &[u8]) -> Result<Answer, Failure> {
    let (call, _) = admitted(here, request, Some(path), body)?;
    attachments::stage(&call, body)
}

/// A call that may be made, with its line in the table of operations.
fn admitted<'a>(
    here: Here<'a>,
    request: &Request,
    path: Option<&str>,
    body: &'a [u8],
) -> Result<(Call<'a>, &'static Line), Failure> {
    let Here { sql, cache, seals, now, local_hooks } = here;
    let token = request.headers().get("x-token")?.unwrap_or_default();
    let (caller, session) = sessions::authenticate(sql, &token, now)?;
    let path = path.ok_or(RequestError::NotFound)?;
    let (line, id) = route(request.method().as_ref(), path).map_err(|error| RequestError::of_route(error, path))?;
    let rows = caller.may(line.operation).ok_or(RequestError::Forbidden)?;
    let key = request.headers().get("idempotency-key")?.and_then(|key| Uuid::from_str(&key).ok());
    let book = BookRow::of(sql)?;
    let call = Call {
        sql,
        cache,
        seals,
        now,
        local_hooks,
        today: book.today(now),
        book,
        caller,
        session,
        visitor: Visitor::of(request)?,
        operation: line.operation,
        rows,
        key,
        id: id.map(str::to_owned),
        query: request.url()?.query_pairs().into_owned().collect(),
        body,
        known_etag: request.headers().get("if-none-match")?,
        known_version: request.headers().get("if-match")?,
    };
    Ok((call, line))
}

/// Every operation's handler. An operation that is added to the table doesn't compile until it has one.
fn handle(call: &Call) -> Result<Answer, Failure> {
    use Operation as Op;
    match call.operation {
        Op::ReadSession => sessions::read(call),
        Op::EndSession => sessions::end(call),
        Op::Sync => sync::sync(call),
        Op::ReadCustomer => reads::customer(call),
        Op::ReadJournal => reads::whole_journal(call),
        Op::ReadPortfolio => reads::portfolio(call),
        Op::ReadStatement => reads::customer_statement(call),
        Op::CheckOrder => orders::check(call),
        Op::ConfirmOrder => orders::confirm(call),
        Op::ReadOrders => orders::list::list(call),
        Op::ReadOrder => orders::list::read(call),
        Op::MoveOrder => orders::moves::to_checkpoint(call),
        Op::ChangeOrder => orders::moves::change(call),
        Op::ReleaseOrder => orders::holds::release(call),
        Op::RefuseOrder => orders::holds::refuse(call),
        Op::HoldOrder => orders::holds::by_hand(call),
        Op::CancelOrder => orders::cancel(call),
        Op::ReadLeases => leases::list(call),
        Op::TakeLease => leases::take(call),
        Op::ConfirmLeased => leases::confirm(call),
        Op::ReturnLease => leases::give_back(call),
        Op::ReadDecision => decisions::read(call),
        Op::ReplayDecision => decisions::replay(call),
        Op::ReadPolicies => policies::read(call),
        Op::DraftPolicy => policies::draft(call),
        Op::ApprovePolicy => policies::approve(call),
        Op::Assess => assess::assess(call),
        Op::Apply => applications::apply(call),
        Op::ReadApplications => applications::list(call),
        Op::ReadApplication => applications::read(call),
        Op::ReviseApplication => applications::revise(call),
        Op::WithdrawApplication => applications::withdraw(call),
        Op::AnswerApplication => applications::answer(call),
        Op::Freeze => writes::freeze(call),
        Op::RecordReceipt => writes::receipt(call),
        Op::RecordReturn => losses::returned(call),
        Op::RecordRecovery => losses::recovered(call),
        Op::AskWriteOff => losses::write_offs::ask(call),
        Op::DecideWriteOff => losses::write_offs::decide(call),
        Op::ReadWriteOffs => losses::write_offs::read(call),
        Op::RecordRates => writes::rate(call),
        Op::InviteCustomer => writes::invite(call),
        Op::ReadImports => imports::read(call),
        Op::StageImport => imports::stage(call),
        Op::CommitImport => imports::record(call),
        Op::DiscardImport => imports::take_back(call),
        Op::UndoImport => imports::undo(call),
        Op::ReadAudit => audit::read(call),
        Op::VerifyAudit => audit::verify(call),
        Op::ReadBook => report::read(call),
        Op::ReadSessions => people::devices::read(call),
        Op::EndSessions => people::devices::end_all(call),
        Op::EndOneSession => people::devices::end_one(call),
        Op::ChangePassword => people::credentials::change(call),
        Op::BeginSecondFactor => people::second_factor::begin(call),
        Op::ConfirmSecondFactor => people::second_factor::confirm(call),
        Op::RemoveSecondFactor => people::second_factor::remove(call),
        Op::ReadPeople => people::read(call),
        Op::InvitePerson => people::invite(call),
        Op::ChangePerson => people::change(call),
        Op::RenewLink => people::renew(call),
        Op::ReadTokens => people::programs::read(call),
        Op::MakeToken => people::programs::make(call),
        Op::RevokeToken => people::programs::revoke(call),
        Op::ReadPortalAccess => people::portal::read(call),
        Op::EndPortalAccess => people::portal::end(call),
        Op::EndOnePortalAccess => people::portal::end_one(call),
        Op::MakeCustomer => file::customers::make(call),
        Op::ChangeCustomer => file::customers::change(call),
        Op::ReadFile => file::read::file(call),
        Op::ReadPiece => file::read::piece(call),
        Op::AddPiece => file::pieces::add(call),
        Op::CorrectPiece => file::pieces::correct(call),
        Op::WithdrawPiece => file::pieces::withdraw(call),
        Op::ErasePiece => file::pieces::erase(call),
        Op::AskStep => file::steps::ask(call),
        Op::DecideStep => file::steps::decide(call),
        Op::SyncPieces => file::read::changed(call),
        Op::ReadReport => file::read::report(call),
        Op::ReadAttachments => attachments::list(call),
        Op::AddAttachment => attachments::add(call),
        Op::ReadAttachment => attachments::read(call),
        Op::RemoveAttachment => attachments::remove(call),
        Op::ReadSettings => settings::read(call),
        Op::ChangeSettings => settings::change(call),
        Op::ReadMessages => outbox::list(call),
        Op::RetryMessage => outbox::retry(call),
        Op::CancelMessage => outbox::cancel(call),
        Op::StageBank => bank::stage(call),
        Op::CommitBank => bank::record(call),
        Op::DiscardBank => bank::take_back(call),
        Op::ReadPool => bank::read(call),
        Op::ReadClaim => bank::proposals(call),
        Op::ClaimReceipt => bank::claim(call),
        Op::SetReceiptAside => bank::aside(call),
    }
}

impl Call<'_> {
    /// The body, as what the operation takes.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        Ok(parse(self.body)?)
    }

    /// The id in the path. One that is no id names nothing.
    pub fn id<T: FromStr>(&self) -> Result<T, Failure> {
        let id = self.id.as_deref().and_then(|id| id.parse().ok());
        id.ok_or_else(|| RequestError::NotFound.into())
    }

    /// A parameter of the query; absent when it isn't given.
    pub fn parameter<T: FromStr>(&self, name: &'static str, expected: &'static str) -> Result<Option<T>, Failure> {
        let given = self.query.get(name).map(|text| text.parse());
        given.transpose().map_err(|_| RequestError::Parameter { name, expected }.into())
    }

    /// Where a list goes on, as one before gave it; a number that goes through JavaScript unharmed, as all that are given do.
    pub fn after(&self) -> Result<Option<u64>, Failure> {
        let after: Option<u64> = self.parameter("after", "what a list before gave as next")?;
        Ok(after.map(|after| after.min((1 << 53) - 1)))
    }

    /// Whether the caller already holds the answer with this tag.
    pub fn holds(&self, etag: &str) -> bool {
        self.known_etag.as_deref().is_some_and(|known| known.split(',').any(|known| known.trim() == etag))
    }

    /// Whether the caller names a version in `If-Match`: what they take to be the newest of what they change.
    pub const fn names_version(&self) -> bool {
        self.known_version.is_some()
    }

    /// Refuses unless the caller names the newest version of what they change: 428, 412.
    pub fn expects(&self, current: impl Into<u64>) -> Result<(), Failure> {
        let current = current.into();
        let given = self.known_version.as_deref().ok_or(RequestError::Version)?;
        let given = given.trim().trim_start_matches("W/").trim_matches('"');
        if given == current.to_string() { Ok(()) } else { Err(RequestError::Moved { current }.into()) }
    }

    /// Refuses a customer who is out of the caller's sight, in the words for one that doesn't exist.
    pub fn sees(&self, customer: CustomerId) -> Result<(), Failure> {
        let sees = match self.rows {
            Rows::Free => false,
            Rows::Itself => self.caller.customer == Some(customer),
            Rows::All => self.sql.finds("SELECT 1 FROM customer WHERE id = ?", &[&customer])?,
            Rows::Own => self
                .sql
                .finds("SELECT 1 FROM customer WHERE id = ? AND salesperson = ?", &[&customer, &self.caller.person])?,
            Rows::Assigned => self
                .sql
                .finds(&format!("SELECT 1 WHERE ?1 IN ({})", assigned("?2")), &[&customer, &self.caller.person])?,
        };
        if sees { Ok(()) } else { Err(RequestError::NotFound.into()) }
    }

    /// Whether what a person did is the caller's own doing: theirs, or that of a program whose token they made.
    pub fn did(&self, person: PersonId) -> Result<bool, Failure> {
        let made = "SELECT 1 FROM api_token WHERE person = ? AND made_by = ?";
        Ok(self.caller.person == person || self.sql.finds(made, &[&person, &self.caller.person])?)
    }

    /// A new id for something that the book makes now.
    pub fn new_id(&self) -> Result<Uuid, Failure> {
        Ok(random::id(self.now.timestamp_millis())?)
    }
}
