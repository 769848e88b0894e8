//! What a case can ask about a bank's file: what it holds, and what becomes of its entries.

use super::{CaseRun, text, to_value};
use crate::facts::id::ReceiptId;
use crate::record::bank::{BankError, BankFile, BankFormat, camt, mt940, recognise, sort, table};
use crate::record::import::{Defaults, FileKind, inspect};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A question. Its date is today: what is dated later hasn't come yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum BankAsk {
    /// What does an MT940 hold?
    Mt940(BankText),
    /// What does a camt.053 hold?
    Camt053(BankText),
    /// What does a table hold, read as it proposes itself?
    Table(BankText),
}

/// A file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BankText {
    /// Its lines.
    lines: Vec<String>,
    /// Lines of a file that was taken in before it, of the same format.
    #[serde(default)]
    before: Vec<String>,
}

impl BankAsk {
    /// Answers the file as it is recognised and read, and its entries sorted; a file that is refused with the reason.
    pub(super) fn answer(&self, run: &CaseRun<'_>) -> Result<Value, String> {
        let given = match self {
            Self::Mt940(given) | Self::Camt053(given) | Self::Table(given) => given,
        };
        let before = match self.read(run, &given.before)? {
            Ok(file) if !given.before.is_empty() => {
                text(sort(file.entries, run.case.as_of, |_| false))?.new.iter().map(|one| one.money.receipt).collect()
            }
            _ => BTreeSet::<ReceiptId>::new(),
        };
        let recognised: BankFormat = recognise(&given.lines.join("\n"));
        match self.read(run, &given.lines)? {
            Ok(file) => {
                let sorted = text(sort(file.entries.clone(), run.case.as_of, |receipt| before.contains(&receipt)))?;
                to_value(&json!({ "recognised": recognised, "file": file, "sorted": sorted }))
            }
            Err(error) => {
                to_value(&json!({ "recognised": recognised, "refused": error, "message": error.to_string() }))
            }
        }
    }

    fn read(&self, run: &CaseRun<'_>, lines: &[String]) -> Result<Result<BankFile, BankError>, String> {
        let file = lines.join("\n");
        Ok(match self {
            Self::Mt940(_) => mt940(&file),
            Self::Camt053(_) => camt(&file),
            Self::Table(_) if file.is_empty() => Err(BankError::NoStatement),
            Self::Table(_) => {
                let defaults = Defaults { today: run.case.as_of, currency: run.policy.currency };
                match inspect(&file, Some(FileKind::Bank), defaults, |_| None) {
                    Ok(looked) if looked.questions.is_empty() => table(&file, &looked.mapping),
                    Ok(looked) => return Err(format!("questions: {}", to_value(&looked.questions)?)),
                    Err(error) => Err(error.into()),
                }
            }
        })
    }
}
