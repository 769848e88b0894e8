//! The Book: one company's whole data, in one Durable Object with SQLite inside. It is single-threaded, and every command is
//! one synchronous transaction ([`atomically`]), so that checking credit and reserving it cannot be parted.
//!
//! A request passes three gates: who is it ([`sessions`]), may they ([`shared::record::access`]), and was this answered
//! before ([`once`]). Then one handler reads, judges with `shared`, and writes. A Book that was never created answers 404 and
//! writes nothing. It keeps no ledger in memory.

mod alarm;
mod applications;
mod assess;
mod atomically;
mod attachments;
mod audit;
mod backup;
mod bank;
mod call;
mod create;
mod decisions;
mod directory;
mod file;
mod imports;
mod leases;
mod ledger;
mod losses;
mod once;
mod orders;
mod outbox;
mod people;
mod policies;
mod reads;
mod report;
mod schema;
mod sessions;
mod settings;
mod sql;
mod sync;
#[cfg(feature = "testing")]
mod testing;
mod writes;

pub use atomically::atomically;
pub use sessions::LinkSpent;

use chrono::{DateTime, Utc};
use std::cell::Cell;
use worker::{DurableObject, Env, Method, Request, Response, State, durable_object};

use crate::answer::Answer;
use crate::clock;
use crate::problem::{Failure, RequestError};
use crate::tokens::Seals;
use people::Visitor;
use sql::Sql;

/// One company's book.
#[durable_object]
pub struct Book {
    state: State,
    /// Whether the tables are known to be up to date; asked once in the life of the object.
    ready: Cell<bool>,
    /// Whether the alarm was looked after in the life of the object.
    armed: Cell<bool>,
    policy: policies::Cache,
    seals: Seals,
    /// Whether messages may go to this machine: in development only.
    local_hooks: bool,
}

impl DurableObject for Book {
    fn new(state: State, env: Env) -> Self {
        Self {
            state,
            ready: Cell::new(false),
            armed: Cell::new(false),
            policy: policies::Cache::default(),
            seals: Seals::of(&env),
            local_hooks: env.var("LOCAL_HOOKS").is_ok_and(|set| set.to_string() == "1"),
        }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        match self.answer(request).await {
            Ok(answer) => answer.respond(),
            Err(failure) => failure.answer(),
        }
    }

    /// What the book does by itself ([`alarm`]). What fails is told to the log.
    async fn alarm(&self) -> worker::Result<Response> {
        let storage = self.state.storage();
        let rung = match self.is_ready(&storage) {
            Ok(true) => alarm::ring(&storage, &self.policy, self.local_hooks).await,
            Ok(false) => Ok(()),
            Err(error) => Err(error.into()),
        };
        if let Err(failure) = rung {
            failure.log();
        }
        Response::empty()
    }
}

impl Book {
    /// Answers a call that the entry passed on. The body is read first; from then on nothing waits, so that no other request
    /// comes in between.
    async fn answer(&self, mut request: Request) -> Result<Answer, Failure> {
        let body = request.bytes().await?;
        let (path, now, storage) = (request.path(), clock::now(), self.state.storage());
        let sql = Sql::of(&storage);
        if path == "/operator/books" {
            return create::book(&storage, &sql, &body, now);
        }
        if let Some(code) = path.strip_prefix("/operator/restore/") {
            return backup::restore::answer(&storage, &sql, code, &body).await;
        }
        if let Some(call) = path.strip_prefix("/directory/") {
            return directory::answer(&storage, &sql, call, &request);
        }
        #[cfg(feature = "testing")]
        if let Some(call) = path.strip_prefix("/testing/") {
            return testing::answer(call, &storage, &request, &body);
        }
        if !self.is_ready(&storage)? {
            // A token that names no book opens nothing, and doesn't say why.
            let signs = ["/api/", "/stage/", "/inner/"].iter().any(|start| path.starts_with(start));
            return Err(if signs { RequestError::SignedOut } else { RequestError::NotFound }.into());
        }
        match (path.as_str(), request.method()) {
            ("/operator/export", _) => backup::export::answer(&storage, &sql, &body, now),
            ("/operator/links", _) => atomically(&storage, || create::link(&sql, &self.seals, &body, now)),
            (path, Method::Post) if path.starts_with("/api/v1/session") || path.starts_with("/inner/") => {
                let visitor = Visitor::of(&request)?;
                atomically(&storage, || people::way_in(&sql, &self.seals, path, &visitor, &body, now))
            }
            (path, _) if path.starts_with("/stage/attachments/") => {
                let path = path.trim_start_matches("/stage/attachments/");
                let here = self.here(&sql, now);
                let answer = atomically(&storage, || call::answer_stage(here, &request, path, &body))?;
                alarm::arm(&storage).await?;
                Ok(answer)
            }
            (path, _) if path.starts_with("/stage/") => {
                let call = path.trim_start_matches("/stage/");
                atomically(&storage, || imports::answer(&sql, &request, call, &body, now))
            }
            _ => {
                let here = self.here(&sql, now);
                let answer = atomically(&storage, || call::answer(here, &request, &path, &body))?;
                if request.method() != Method::Get || !self.armed.replace(true) {
                    alarm::arm(&storage).await?;
                }
                Ok(answer)
            }
        }
    }

    /// The book as a call finds it.
    const fn here<'a>(&'a self, sql: &'a Sql, now: DateTime<Utc>) -> call::Here<'a> {
        call::Here { sql, cache: &self.policy, seals: &self.seals, now, local_hooks: self.local_hooks }
    }

    /// Whether the book exists; its tables are then up to date.
    fn is_ready(&self, storage: &worker::Storage) -> worker::Result<bool> {
        let sql = Sql::of(storage);
        if !self.ready.get() && schema::exists(storage)? && !backup::restore::runs(&sql)? {
            schema::bring_up_to_date(storage)?;
            backup::export::tidy(&sql, clock::now())?;
            self.ready.set(true);
        }
        Ok(self.ready.get())
    }
}
