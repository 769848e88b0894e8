//! What a bank says came in and went out: from a file to receipts that wait to be claimed.
//!
//! Banks hand out MT940 (SWIFT), camt.053 (ISO 20022), and tables as CSV or workbook. Each is read into the same
//! [`Entry`]s: [`mt940`] and [`camt`] by their own rooms, tables by the columns that [`super::import`] recognises. Where a
//! file states balances, its entries must lead from the one to the other, else all of it is refused.
//!
//! [`sort`] says what becomes of each entry. What came in goes into the pool of receipts to be claimed (待认领到款), once:
//! its id is derived from the bank's reference, day and amount, or from all that is known of it where the bank gives no
//! reference, so that the same file, or another one that overlaps it, adds nothing twice. What went out, what takes an
//! earlier entry back and what isn't booked yet is passed over, and listed with the reason.

mod camt;
mod mt940;
mod table;

pub use camt::camt;
pub use mt940::mt940;
pub use table::table;

use super::import::{FileError, Problems, What};
use crate::facts::calendar::Date;
use crate::facts::id::ReceiptId;
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::money_in::Unclaimed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most entries that one file may hold.
pub const ENTRIES_MAX: usize = 10_000;
/// The most characters that are kept of a name or an account …
const NAME_MAX: usize = 200;
/// … and of what was written to a payment.
const TEXT_MAX: usize = 500;
/// The most characters of a reference.
const REFERENCE_MAX: usize = 64;

/// How a bank's file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BankFormat {
    /// SWIFT MT940.
    Mt940,
    /// ISO 20022 camt.053.
    Camt053,
    /// A table: CSV or a workbook.
    Table,
}

/// Why a bank's file as a whole is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum BankError {
    /// As any other file might be.
    #[error("{error}")]
    File {
        /// Why.
        error: FileError,
    },
    /// There is no statement in it.
    #[error("there is no statement in the file")]
    NoStatement,
    /// It is another message of the same family.
    #[error("the file holds {name}, no statement (camt.053): ask the bank for that")]
    OtherMessage {
        /// Which.
        name: String,
    },
    /// A field cannot be read.
    #[error("line {line}, {field}: '{content}' cannot be read")]
    Unreadable {
        /// Where.
        line: u32,
        /// The field's name in the format.
        field: String,
        /// What stands there, shortened.
        content: String,
    },
    /// A field's value cannot be taken.
    #[error("line {line}, {field}: {what}")]
    Value {
        /// Where.
        line: u32,
        /// The field's name in the format.
        field: String,
        /// Why.
        what: What,
    },
    /// The entries don't lead from the opening balance to the closing one: some are missing, or too many.
    #[error("line {line}: opening balance and entries come to {computed}, the closing balance is {stated}")]
    Balance {
        /// Where the closing balance stands.
        line: u32,
        /// What they come to.
        computed: Money,
        /// What the bank says.
        stated: Money,
    },
    /// A statement ends without its closing balance: the file was cut off.
    #[error("line {line}: the statement that begins here has no closing balance; the file is cut off")]
    CutOff {
        /// Where it begins.
        line: u32,
    },
    /// Too many entries.
    #[error("the file has more than {max} entries: divide it")]
    TooMany {
        /// How many are taken.
        max: usize,
    },
}

impl From<FileError> for BankError {
    fn from(error: FileError) -> Self {
        Self::File { error }
    }
}

/// A line of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "BankEntry"))]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Where it stands in the file.
    pub line: u32,
    /// The day on which it was booked.
    pub date: Date,
    /// How much; never negative.
    pub amount: Money,
    /// Whether it came in.
    pub came_in: bool,
    /// Whether it takes an earlier entry back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reversal: bool,
    /// Whether it isn't booked yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pending: bool,
    /// The account of ours, where the file names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<String>,
    /// The other side's name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub payer: String,
    /// Its account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// What was written to it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The bank's reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BankFile {
    /// How it is written.
    pub format: BankFormat,
    /// Its entries, in its order.
    pub entries: Vec<Entry>,
    /// How many statements state balances that their entries tie out to.
    pub tied_out: u32,
    /// What is wrong with rows of a table.
    #[serde(default)]
    pub problems: Problems,
}

/// A receipt to be claimed, as the pool keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Pooled {
    /// What claiming looks at.
    pub money: Unclaimed,
    /// The bank's reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The account of ours that it came to, where the file names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<String>,
    /// Where it stood in the file.
    pub line: u32,
}

/// Why an entry is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PassedOver"))]
#[serde(rename_all = "snake_case")]
pub enum Passed {
    /// The pool holds it already.
    Known,
    /// It went out.
    WentOut,
    /// It takes an earlier entry back; somebody has to see to what that one did.
    Reversal,
    /// The bank hasn't booked it yet.
    Pending,
    /// It is of nothing.
    Nothing,
    /// It is of a day that hasn't come.
    InFuture,
}

/// What becomes of a file's entries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sorted {
    /// New receipts to be claimed, in the order of the file.
    pub new: Vec<Pooled>,
    /// Entries passed over, with the reason.
    pub passed: Vec<(Entry, Passed)>,
    /// What the new receipts come to, by currency.
    pub totals: BTreeMap<String, Money>,
}

/// Whether a text is written in one of the bank's own formats; a table is none of them.
pub fn recognise(text: &str) -> BankFormat {
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    if text.starts_with('<') {
        return BankFormat::Camt053;
    }
    let starts = [":20:", ":25:", ":60F:", ":61:", "{1:F01"];
    let swift = text.lines().take(40).any(|line| starts.iter().any(|start| line.trim_start().starts_with(start)));
    if swift { BankFormat::Mt940 } else { BankFormat::Table }
}

/// Says what becomes of each entry. `known` tells whether the pool holds a receipt.
///
/// # Errors
///
/// [`MoneyError::OutOfRange`] when the new receipts of one currency leave the range.
pub fn sort(entries: Vec<Entry>, today: Date, known: impl Fn(ReceiptId) -> bool) -> Result<Sorted, MoneyError> {
    let mut sorted = Sorted::default();
    let mut counts: BTreeMap<Vec<String>, u32> = BTreeMap::new();
    let mut order: Vec<usize> = (0..entries.len()).collect();
    // Which of several that are alike is which doesn't depend on where they stand.
    order.sort_by_key(|index| entries.get(*index).map(|entry| (identity(entry), &entry.payer, &entry.text)));
    let mut ids: BTreeMap<usize, ReceiptId> = BTreeMap::new();
    for index in order {
        let Some(entry) = entries.get(index).filter(|entry| reason(entry, today).is_none()) else { continue };
        let mut parts = identity(entry);
        let count = counts.entry(parts.clone()).or_insert(0);
        parts.push(count.to_string());
        *count = count.saturating_add(1);
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        ids.insert(index, ReceiptId::derived(&parts));
    }
    for (index, entry) in entries.into_iter().enumerate() {
        let Some(receipt) = ids.get(&index).copied() else {
            let why = reason(&entry, today).unwrap_or(Passed::Nothing);
            sorted.passed.push((entry, why));
            continue;
        };
        if known(receipt) {
            sorted.passed.push((entry, Passed::Known));
            continue;
        }
        let currency = entry.amount.currency();
        let total = sorted.totals.entry(currency.code().to_owned()).or_insert(Money::zero(currency));
        *total = total.plus(entry.amount)?;
        let Entry { line, date, amount, own, payer, account, text, reference, .. } = entry;
        let money = Unclaimed { receipt, date, amount, payer, account, text };
        sorted.new.push(Pooled { money, reference, own, line });
    }
    Ok(sorted)
}

/// Why an entry is no receipt, as far as it says itself.
fn reason(entry: &Entry, today: Date) -> Option<Passed> {
    if entry.reversal {
        Some(Passed::Reversal)
    } else if !entry.came_in {
        Some(Passed::WentOut)
    } else if entry.pending {
        Some(Passed::Pending)
    } else if entry.amount.is_zero() {
        Some(Passed::Nothing)
    } else if entry.date > today {
        Some(Passed::InFuture)
    } else {
        None
    }
}

/// What a receipt is known by.
fn identity(entry: &Entry) -> Vec<String> {
    let mut parts = vec!["bank".to_owned(), entry.date.to_string(), format!("{:?}", entry.amount)];
    if let Some(reference) = &entry.reference {
        parts.push(reference.clone());
    } else {
        parts.extend([String::new(), entry.payer.clone()]);
        parts.extend([entry.account.clone().unwrap_or_default(), entry.text.clone()]);
    }
    parts
}

/// A text of a bank: one line without control characters, bounded.
fn tidy(text: &str, max: usize) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ").chars().take(max).collect()
}

/// A reference that says something.
fn reference(text: &str) -> Option<String> {
    let text = tidy(text, REFERENCE_MAX);
    let says = !matches!(text.to_ascii_uppercase().as_str(), "" | "NONREF" | "NOTPROVIDED" | "NOT PROVIDED" | "NONE");
    says.then_some(text)
}

fn shortened(text: &str) -> String {
    tidy(text, 60)
}

/// An amount with a decimal point.
fn amount(text: &str, currency: Currency, line: u32, field: &str) -> Result<Money, BankError> {
    let plain = text.trim_end_matches('.');
    Money::parse(plain, currency).map_err(|error| {
        let cell = shortened(text);
        let what = match error {
            MoneyError::TooManyDecimals { decimals, .. } => What::TooManyDecimals { cell, currency, decimals },
            MoneyError::OutOfRange => What::OutOfRange { cell },
            _ => What::NotAnAmount { cell },
        };
        BankError::Value { line, field: field.to_owned(), what }
    })
}

fn currency(code: &str, line: u32, field: &str) -> Result<Currency, BankError> {
    let unknown =
        || BankError::Value { line, field: field.to_owned(), what: What::UnknownCurrency { cell: shortened(code) } };
    code.parse().map_err(|_| unknown())
}

/// Opening balance and entries against the closing balance.
fn tie_out(opening: Money, entries: &[Entry], stated: Money, line: u32) -> Result<(), BankError> {
    let beyond = |_| BankError::Value { line, field: String::new(), what: What::SumOutOfRange };
    let mut computed = opening;
    for entry in entries.iter().filter(|entry| !entry.pending) {
        let signed = if entry.came_in { entry.amount } else { entry.amount.negated() };
        computed = computed.plus(signed).map_err(beyond)?;
    }
    if computed == stated { Ok(()) } else { Err(BankError::Balance { line, computed, stated }) }
}
