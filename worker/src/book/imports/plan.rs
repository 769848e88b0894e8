//! Making a plan of a staged file's parts.

use serde::Deserialize;
use shared::facts::calendar::Date;
use shared::facts::id::{FeedNumber, ImportId};
use shared::record::api::imports::{ImportPreview, NewCustomer, StagedFile};
use shared::record::digest::digest_of_bytes;
use shared::record::import::{PlannedCustomer, PlannedFact, Planner, Row, Setting};

use super::super::call::Call;
use super::super::policies;
use super::super::sql::Sql;
use super::ImportError;
use super::view::View;
use crate::problem::Failure;

/// The most facts or files that are kept in one row of the tables.
const KEPT_TOGETHER: usize = 500;

/// By what a plan was made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Basis {
    /// The newest feed number.
    pub feed: FeedNumber,
    /// The day.
    pub today: Date,
}

impl Basis {
    /// What a plan would be made by now.
    pub fn now(call: &Call) -> Result<Self, Failure> {
        Ok(Self { feed: call.sql.feed()?, today: call.today })
    }
}

/// What a plan came to. The plan itself is in the tables, unless it is refused.
pub struct Made {
    /// What it would do.
    pub preview: ImportPreview,
    /// The digest over everything that it would record.
    pub digest: String,
}

/// Plans a staged file by what the book holds now, and keeps the plan.
pub fn make(call: &Call, file: &StagedFile) -> Result<Made, Failure> {
    let (sql, import) = (call.sql, file.import);
    sql.run("DELETE FROM import_plan WHERE import = ?", &[&import])?;
    let version = policies::in_force(sql, call.cache)?;
    let policy = &version.policy;
    let view = View::of(sql);
    let setting = Setting { import, today: call.today, currency: call.book.currency, calendar: &policy.calendar };
    let mut planner = Planner::new(&file.mapping, &view, setting).map_err(ImportError::File)?;
    let mut keep = Keep { sql, import, part: 0, digest: String::new(), facts: Vec::new() };
    for number in 1..=file.parts {
        let rows: Option<Vec<Row>> =
            sql.first("SELECT rows FROM import_part WHERE import = ? AND part = ?", &[&import, &number])?;
        let rows = rows.ok_or(ImportError::Torn)?;
        view.prepare(&rows)?;
        for row in rows {
            planner.add(row);
        }
        keep.facts(planner.take())?;
    }
    let plan = planner.finish(file.rows, file.problems.clone());
    view.checked()?;
    let new_customers = NewCustomer::among(&plan.customers);
    if plan.is_refused() {
        sql.run("DELETE FROM import_plan WHERE import = ?", &[&import])?;
    } else {
        keep.facts(plan.facts)?;
        keep.customers(&plan.customers)?;
    }
    let digest = keep.end()?;
    let preview = ImportPreview {
        import,
        name: file.name.clone(),
        encoding: file.encoding,
        mapping: file.mapping.clone(),
        dates: file.dates,
        amounts: file.amounts,
        summary: plan.summary,
        new_customers,
        problems: plan.problems,
    };
    Ok(Made { preview, digest })
}

/// Writes a plan into the tables as it is made, with a digest over all of it.
struct Keep<'a> {
    sql: &'a Sql,
    import: ImportId,
    part: u32,
    digest: String,
    facts: Vec<PlannedFact>,
}

impl Keep<'_> {
    fn facts(&mut self, facts: Vec<PlannedFact>) -> Result<(), Failure> {
        self.facts.extend(facts);
        while self.facts.len() >= KEPT_TOGETHER {
            let rest = self.facts.split_off(KEPT_TOGETHER);
            let full = std::mem::replace(&mut self.facts, rest);
            self.write("facts", &serde_json::to_string(&full)?)?;
        }
        Ok(())
    }

    fn customers(&mut self, customers: &[PlannedCustomer]) -> Result<(), Failure> {
        for chunk in customers.chunks(KEPT_TOGETHER) {
            self.write("customers", &serde_json::to_string(chunk)?)?;
        }
        Ok(())
    }

    fn end(mut self) -> Result<String, Failure> {
        let last = std::mem::take(&mut self.facts);
        if !last.is_empty() {
            self.write("facts", &serde_json::to_string(&last)?)?;
        }
        Ok(self.digest)
    }

    fn write(&mut self, what: &str, document: &str) -> Result<(), Failure> {
        self.part = self.part.saturating_add(1);
        self.digest = digest_of_bytes(format!("{}\n{what}\n{document}", self.digest).as_bytes());
        let query = format!("INSERT INTO import_plan (import, part, {what}) VALUES (?, ?, ?)");
        Ok(self.sql.run(&query, &[&self.import, &self.part, &document])?)
    }
}
