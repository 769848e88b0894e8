//! camt.053 (ISO 20022, bank to customer statement), versions 2 to 13.
//!
//! An entry (`Ntry`) has a side, an amount, a booking date and a status; what is known of who paid stands in its details
//! (`TxDtls`). Where an entry holds several payments whose amounts add up to it, each is an entry of its own.

use super::{
    BankError, BankFile, BankFormat, ENTRIES_MAX, Entry, NAME_MAX, TEXT_MAX, amount, currency, reference, shortened,
    tidy, tie_out,
};
use crate::facts::calendar::Date;
use crate::facts::money::Money;
use crate::record::import::xml::{Event, Xml};
use crate::record::import::{FileError, Problems, What};

/// The most payments in one entry.
const DETAILS_MAX: usize = 10_000;

/// An amount as it stands: currency and figures.
type Written = (String, String);

/// An entry while it is read.
#[derive(Default)]
struct Ntry {
    line: u32,
    amount: Option<Written>,
    side: String,
    reversal: bool,
    status: String,
    booked: String,
    value: String,
    reference: String,
    more: String,
    details: Vec<Details>,
}

/// A payment of an entry.
#[derive(Default)]
struct Details {
    amount: Option<Written>,
    servicer: String,
    end_to_end: String,
    debtor: Party,
    creditor: Party,
    text: Vec<String>,
    more: String,
}

#[derive(Default)]
struct Party {
    name: String,
    account: String,
}

/// A balance while it is read.
#[derive(Default)]
struct Balance {
    line: u32,
    code: String,
    amount: Option<Written>,
    side: String,
}

/// A statement while it is read.
#[derive(Default)]
struct Statement {
    line: u32,
    own: Option<String>,
    opening: Option<Money>,
    closing: Option<(u32, Money)>,
    entries: Vec<Entry>,
}

/// Reads a document.
///
/// # Errors
///
/// [`BankError::File`] when the XML is broken, [`BankError::OtherMessage`] for another message than a statement,
/// [`BankError::NoStatement`] without one, [`BankError::Value`] and [`BankError::Unreadable`] for what can't be read,
/// [`BankError::Balance`] when entries don't lead from balance to balance, [`BankError::TooMany`] beyond
/// [`ENTRIES_MAX`].
pub fn camt(text: &str) -> Result<BankFile, BankError> {
    let mut reader = Reader::default();
    let mut xml = Xml::new(text.as_bytes());
    let (mut path, mut said): (Vec<String>, String) = (Vec::new(), String::new());
    let mut unit = String::new();
    while let Some(event) = xml.read().map_err(BankError::from)? {
        match event {
            Event::Open(tag) => {
                said.clear();
                unit = tag.attribute("Ccy").map(std::borrow::Cow::into_owned).unwrap_or_default();
                path.push(tag.name().to_owned());
                let line = xml.line();
                reader.open(&path, line);
            }
            Event::Text(text) => {
                if said.len() < 4096 {
                    said.push_str(&text);
                }
            }
            Event::Close(name) => {
                let matches = path.last().is_some_and(|open| open == name);
                let line = xml.line();
                if !matches {
                    return Err(FileError::BrokenXml { line }.into());
                }
                reader.close(&path, said.trim(), &unit, line)?;
                path.pop();
                said.clear();
            }
        }
    }
    if !reader.is_statement {
        return Err(BankError::OtherMessage { name: shortened(&reader.message) });
    }
    if reader.statements == 0 {
        return Err(BankError::NoStatement);
    }
    let (entries, tied_out) = (reader.entries, reader.tied_out);
    Ok(BankFile { format: BankFormat::Camt053, entries, tied_out, problems: Problems::default() })
}

#[derive(Default)]
struct Reader {
    message: String,
    is_statement: bool,
    statements: u32,
    tied_out: u32,
    entries: Vec<Entry>,
    now: Statement,
    ntry: Option<Ntry>,
    balance: Option<Balance>,
}

impl Reader {
    fn open(&mut self, path: &[String], line: u32) {
        let name = path.last().map_or("", String::as_str);
        let inside = |outer: &str| path.iter().any(|name| name == outer);
        // The message is the first element, or stands within `Document`, whatever envelope is around it.
        let parent = path.len().checked_sub(2).and_then(|at| path.get(at)).map(String::as_str);
        if self.message.is_empty() || parent == Some("Document") {
            name.clone_into(&mut self.message);
        }
        match name {
            "BkToCstmrStmt" => self.is_statement = true,
            "Stmt" if inside("BkToCstmrStmt") => {
                self.now = Statement { line, ..Statement::default() };
                self.statements = self.statements.saturating_add(1);
            }
            "Bal" => self.balance = Some(Balance { line, ..Balance::default() }),
            "Ntry" if inside("Stmt") => self.ntry = Some(Ntry { line, ..Ntry::default() }),
            "TxDtls" => {
                if let Some(ntry) = self.ntry.as_mut().filter(|ntry| ntry.details.len() < DETAILS_MAX) {
                    ntry.details.push(Details::default());
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, path: &[String], said: &str, unit: &str, line: u32) -> Result<(), BankError> {
        let ends = |tail: &[&str]| {
            path.len() >= tail.len() && path.iter().rev().zip(tail.iter().rev()).all(|(name, tail)| name == tail)
        };
        let name = path.last().map_or("", String::as_str);
        match name {
            "Stmt" if self.is_statement => return self.end_statement(line),
            "Ntry" => return self.end_entry(),
            "Bal" => return self.end_balance(),
            _ => {}
        }
        let written = || Some((unit.to_owned(), said.to_owned()));
        if let Some(ntry) = &mut self.ntry {
            if let Some(details) = ntry.details.last_mut().filter(|_| path.iter().any(|name| name == "TxDtls")) {
                details.hear(&ends, said, written);
                return Ok(());
            }
            if ends(&["Ntry", "Amt"]) {
                ntry.amount = written();
            } else if ends(&["Ntry", "CdtDbtInd"]) {
                said.clone_into(&mut ntry.side);
            } else if ends(&["Ntry", "RvslInd"]) {
                ntry.reversal = matches!(said, "true" | "1");
            } else if (ends(&["Ntry", "Sts"]) || ends(&["Ntry", "Sts", "Cd"])) && !said.is_empty() {
                said.clone_into(&mut ntry.status);
            } else if ends(&["Ntry", "BookgDt", "Dt"]) || ends(&["Ntry", "BookgDt", "DtTm"]) {
                said.clone_into(&mut ntry.booked);
            } else if ends(&["Ntry", "ValDt", "Dt"]) || ends(&["Ntry", "ValDt", "DtTm"]) {
                said.clone_into(&mut ntry.value);
            } else if ends(&["Ntry", "AcctSvcrRef"]) {
                said.clone_into(&mut ntry.reference);
            } else if ends(&["Ntry", "AddtlNtryInf"]) {
                said.clone_into(&mut ntry.more);
            }
        } else if let Some(balance) = &mut self.balance {
            if ends(&["Bal", "Tp", "CdOrPrtry", "Cd"]) {
                said.clone_into(&mut balance.code);
            } else if ends(&["Bal", "Amt"]) {
                balance.amount = written();
            } else if ends(&["Bal", "CdtDbtInd"]) {
                said.clone_into(&mut balance.side);
            }
        } else if ends(&["Stmt", "Acct", "Id", "IBAN"]) || ends(&["Stmt", "Acct", "Id", "Othr", "Id"]) {
            self.now.own = reference(said);
        }
        Ok(())
    }

    fn end_balance(&mut self) -> Result<(), BankError> {
        let Some(balance) = self.balance.take() else { return Ok(()) };
        let is_closing = balance.code == "CLBD";
        if !is_closing && !matches!(balance.code.as_str(), "OPBD" | "PRCD") {
            return Ok(());
        }
        let money = money(balance.amount.as_ref(), balance.line, "Bal")?;
        let money = if balance.side == "DBIT" { money.negated() } else { money };
        if is_closing {
            self.now.closing = Some((balance.line, money));
        } else if balance.code == "OPBD" || self.now.opening.is_none() {
            self.now.opening = Some(money);
        }
        Ok(())
    }

    fn end_entry(&mut self) -> Result<(), BankError> {
        let Some(ntry) = self.ntry.take() else { return Ok(()) };
        let unreadable = |field: &str, content: &str| BankError::Unreadable {
            line: ntry.line,
            field: field.to_owned(),
            content: shortened(content),
        };
        let whole = money(ntry.amount.as_ref(), ntry.line, "Ntry/Amt")?;
        let came_in = match ntry.side.as_str() {
            "CRDT" => true,
            "DBIT" => false,
            other => return Err(unreadable("Ntry/CdtDbtInd", other)),
        };
        let written = if ntry.booked.is_empty() { &ntry.value } else { &ntry.booked };
        let date = written.get(..10).and_then(|day| day.parse::<Date>().ok());
        let date = date.ok_or_else(|| BankError::Value {
            line: ntry.line,
            field: "Ntry/BookgDt".to_owned(),
            what: What::NotADate { cell: shortened(written) },
        })?;
        let entry = |amount: Money, details: Option<&Details>| {
            let none = Details::default();
            let details = details.unwrap_or(&none);
            let other = if came_in { &details.debtor } else { &details.creditor };
            let mut text = details.text.join(" ");
            if text.is_empty() {
                text =
                    [&details.more, &ntry.more].into_iter().find(|text| !text.is_empty()).cloned().unwrap_or_default();
            }
            let references = [&details.servicer, &ntry.reference, &details.end_to_end];
            Entry {
                line: ntry.line,
                date,
                amount,
                came_in,
                reversal: ntry.reversal,
                pending: matches!(ntry.status.as_str(), "PDNG" | "INFO" | "FUTR"),
                own: self.now.own.clone(),
                payer: tidy(&other.name, NAME_MAX),
                account: Some(tidy(&other.account, NAME_MAX)).filter(|account| !account.is_empty()),
                text: tidy(&text, TEXT_MAX),
                reference: references.into_iter().find_map(|text| reference(text)),
            }
        };
        let parts: Option<Vec<Money>> =
            ntry.details.iter().map(|details| money(details.amount.as_ref(), ntry.line, "TxDtls/Amt").ok()).collect();
        let zero = Money::zero(whole.currency());
        let sum = parts.as_ref().and_then(|parts| parts.iter().try_fold(zero, |sum, part| sum.plus(*part).ok()));
        let entries: Vec<Entry> = match (&parts, sum) {
            (Some(parts), Some(sum)) if parts.len() > 1 && sum == whole => {
                parts.iter().zip(&ntry.details).map(|(part, details)| entry(*part, Some(details))).collect()
            }
            // One payment, or several of which the bank doesn't say how much each was.
            _ => vec![entry(whole, ntry.details.first())],
        };
        self.now.entries.extend(entries);
        if self.entries.len().saturating_add(self.now.entries.len()) > ENTRIES_MAX {
            return Err(BankError::TooMany { max: ENTRIES_MAX });
        }
        Ok(())
    }

    fn end_statement(&mut self, line: u32) -> Result<(), BankError> {
        let now = std::mem::take(&mut self.now);
        if let (Some(opening), Some((line, stated))) = (now.opening, now.closing) {
            tie_out(opening, &now.entries, stated, line)?;
            self.tied_out = self.tied_out.saturating_add(1);
        } else if now.opening.is_some() && now.line <= line {
            return Err(BankError::CutOff { line: now.line });
        }
        self.entries.extend(now.entries);
        Ok(())
    }
}

impl Details {
    fn hear(&mut self, ends: &impl Fn(&[&str]) -> bool, said: &str, written: impl Fn() -> Option<Written>) {
        let set = |to: &mut String| {
            if to.is_empty() {
                said.clone_into(to);
            }
        };
        if ends(&["TxDtls", "Amt"]) || (ends(&["TxDtls", "AmtDtls", "TxAmt", "Amt"]) && self.amount.is_none()) {
            self.amount = written();
        } else if ends(&["Refs", "AcctSvcrRef"]) {
            set(&mut self.servicer);
        } else if ends(&["Refs", "EndToEndId"]) {
            set(&mut self.end_to_end);
        } else if ends(&["RltdPties", "Dbtr", "Nm"]) || ends(&["RltdPties", "Dbtr", "Pty", "Nm"]) {
            set(&mut self.debtor.name);
        } else if ends(&["RltdPties", "Cdtr", "Nm"]) || ends(&["RltdPties", "Cdtr", "Pty", "Nm"]) {
            set(&mut self.creditor.name);
        } else if ends(&["DbtrAcct", "Id", "IBAN"]) || ends(&["DbtrAcct", "Id", "Othr", "Id"]) {
            set(&mut self.debtor.account);
        } else if ends(&["CdtrAcct", "Id", "IBAN"]) || ends(&["CdtrAcct", "Id", "Othr", "Id"]) {
            set(&mut self.creditor.account);
        } else if ends(&["RmtInf", "Ustrd"]) || ends(&["CdtrRefInf", "Ref"]) || ends(&["RfrdDocInf", "Nb"]) {
            self.text.push(said.to_owned());
        } else if ends(&["TxDtls", "AddtlTxInf"]) {
            set(&mut self.more);
        }
    }
}

fn money(written: Option<&Written>, line: u32, field: &str) -> Result<Money, BankError> {
    let none = || BankError::Unreadable { line, field: field.to_owned(), content: String::new() };
    let (unit, figures) = written.ok_or_else(none)?;
    amount(figures, currency(unit, line, field)?, line, field)
}
