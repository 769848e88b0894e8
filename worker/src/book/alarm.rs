//! What the book does by itself, on its object's alarm.
//!
//! The next alarm is armed first, so that one that dies is followed by another. Each job is its own transaction, safe to run
//! twice and after missed days; a job that fails leaves what it began undone, says so in its row, and is tried again, later
//! each time. Nothing is thrown: the platform gives up on an alarm that throws. Which job is due when follows from the
//! tables, so every call that changed something, and the first of any kind after the object woke up, arms the alarm anew.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::record::api::book::JobReport;
use std::time::Duration;
use worker::{Date, Storage};

use super::atomically;
use super::attachments::content;
use super::orders::retest;
use super::outbox::{self, delivery};
use super::sql::Sql;
use super::{leases, policies};
use crate::clock;
use crate::problem::Failure;

/// How soon an alarm goes off for what is due already: what is left to it should come soon, and not at once.
const SOON_MILLIS: i64 = 200;
/// When the alarm goes off again if this one dies.
const ELSE: Duration = Duration::from_mins(1);
/// How long a job that failed waits, in seconds: twice as long each time, …
const WAITS: i64 = 1;
/// … and so long at most.
const WAITS_MOST: i64 = 3600;

/// Something that is done by itself.
#[derive(Clone, Copy)]
enum Job {
    /// Held orders are judged again that no request had room for.
    Retest,
    /// Leases run out.
    Leases,
    /// Messages go out.
    Deliver,
    /// Content that came in and that nothing was attached by is taken away, and messages that ended long ago.
    Sweep,
}

impl Job {
    const ALL: [Self; 4] = [Self::Retest, Self::Leases, Self::Deliver, Self::Sweep];

    const fn name(self) -> &'static str {
        match self {
            Self::Retest => "retest",
            Self::Leases => "leases",
            Self::Deliver => "deliver",
            Self::Sweep => "sweep",
        }
    }

    /// From when on there is something to do, in seconds since 1970; absent when there is nothing.
    fn asked(self, sql: &Sql, now: i64) -> Result<Option<i64>, Failure> {
        match self {
            Self::Retest => Ok(retest::is_due(sql)?.then_some(now)),
            Self::Leases => leases::run_out_from(sql),
            Self::Deliver => delivery::due_from(sql),
            Self::Sweep => {
                let (content, messages) = (content::swept_from(sql)?, outbox::forgotten_from(sql)?);
                Ok(content.into_iter().chain(messages).min())
            }
        }
    }

    /// The same for a job that may have failed: it waits before it is tried again.
    fn due(self, sql: &Sql, now: i64) -> Result<Option<i64>, Failure> {
        let Some(asked) = self.asked(sql, now)? else { return Ok(None) };
        let failed: Option<(i64, u32)> = sql.first(
            "SELECT json_array(failed_at, failures) FROM job WHERE name = ? AND failures > 0",
            &[&self.name()],
        )?;
        let again = failed.map_or(asked, |(at, failures)| {
            let waits = WAITS.checked_shl(failures.min(32)).unwrap_or(WAITS_MOST).min(WAITS_MOST);
            at.saturating_add(waits)
        });
        Ok(Some(asked.max(again)))
    }

    /// Does what is due, or a part of it.
    async fn run(
        self,
        storage: &Storage,
        cache: &policies::Cache,
        near: bool,
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        match self {
            Self::Retest => retest::by_itself(storage, cache, now),
            Self::Leases => atomically(storage, || leases::run_out(&Sql::of(storage), now, None)),
            Self::Deliver => delivery::deliver(storage, near).await,
            Self::Sweep => atomically(storage, || {
                let sql = Sql::of(storage);
                content::sweep(&sql, now)?;
                outbox::forget(&sql, now)
            }),
        }
    }

    /// Writes down how it went.
    fn went(self, sql: &Sql, now: i64, how: Result<(), Failure>) -> worker::Result<()> {
        match how {
            Ok(()) => {
                sql.run("UPDATE job SET done_at = ?, failures = 0, error = NULL WHERE name = ?", &[&now, &self.name()])
            }
            Err(failure) => {
                let brief = failure.in_brief();
                failure.log();
                sql.run(
                    "UPDATE job SET failed_at = ?, failures = failures + 1, error = ? WHERE name = ?",
                    &[&now, &brief, &self.name()],
                )
            }
        }
    }
}

/// The alarm went off: does what is due, and arms the next for what is left. `near` lets messages go to this machine.
pub async fn ring(storage: &Storage, cache: &policies::Cache, near: bool) -> Result<(), Failure> {
    let sql = Sql::of(storage);
    storage.set_alarm(ELSE).await?;
    for job in Job::ALL {
        let now = clock::now();
        if job.due(&sql, now.timestamp())?.is_some_and(|due| due <= now.timestamp()) {
            let how = job.run(storage, cache, near, now).await;
            atomically(storage, || job.went(&sql, now.timestamp(), how))?;
        }
    }
    match next(&sql, clock::now())? {
        Some(millis) => storage.set_alarm(wait(millis)).await?,
        None => storage.delete_alarm().await?,
    }
    Ok(())
}

/// Sees to it that an alarm goes off when the next job is due.
pub async fn arm(storage: &Storage) -> Result<(), Failure> {
    let Some(millis) = next(&Sql::of(storage), clock::now())? else { return Ok(()) };
    let at = i64::try_from(Date::now().as_millis()).unwrap_or_default().saturating_add(millis);
    // One that comes no later will see to it.
    if storage.get_alarm().await?.is_none_or(|armed| armed > at) {
        storage.set_alarm(wait(millis)).await?;
    }
    Ok(())
}

/// In how many milliseconds the next job is due.
fn next(sql: &Sql, now: DateTime<Utc>) -> Result<Option<i64>, Failure> {
    let mut next: Option<i64> = None;
    for job in Job::ALL {
        if let Some(due) = job.due(sql, now.timestamp())? {
            next = Some(next.map_or(due, |next| next.min(due)));
        }
    }
    Ok(next.map(|due| due.saturating_mul(1000).saturating_sub(now.timestamp_millis()).max(SOON_MILLIS)))
}

fn wait(millis: i64) -> Duration {
    Duration::from_millis(u64::try_from(millis).unwrap_or_default())
}

#[derive(Deserialize)]
struct Row {
    done_at: Option<i64>,
    failed_at: Option<i64>,
    failures: u32,
    error: Option<String>,
}

/// How each job goes.
pub fn reports(sql: &Sql, now: DateTime<Utc>) -> Result<Vec<JobReport>, Failure> {
    let report = |job: Job| {
        let row: Option<Row> = sql.first(
            "SELECT json_object('done_at', done_at, 'failed_at', failed_at, 'failures', failures, 'error', error)
             FROM job WHERE name = ?",
            &[&job.name()],
        )?;
        let Row { done_at, failed_at, failures, error } =
            row.ok_or_else(|| Failure::broken("a job has no row of its own"))?;
        let (name, due_at) = (job.name().to_owned(), job.due(sql, now.timestamp())?);
        Ok(JobReport { name, done_at, due_at, failures, failed_at, error })
    };
    Job::ALL.into_iter().map(report).collect()
}
