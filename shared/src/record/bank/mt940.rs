//! MT940 (SWIFT category 9, customer statement message).
//!
//! A statement is a sequence of fields, each a tag between colons at the start of a line. `:61:` is an entry: value date,
//! perhaps the booking day, the side (`C`, `D`, and `RC`, `RD` for what takes one of these back), amount with a decimal
//! comma, type, the payer's reference and behind `//` the bank's. `:86:` says in words who paid and what for: free, in
//! German banks' subfields (`?20` to `?33`) or in code words between slashes.

use super::{
    BankError, BankFile, BankFormat, ENTRIES_MAX, Entry, NAME_MAX, TEXT_MAX, amount, currency, reference, shortened,
    tidy, tie_out,
};
use crate::facts::calendar::Date;
use crate::facts::money::{Currency, Money};
use crate::record::import::{Problems, What};
use chrono::Datelike;

/// A field of a message.
struct Field<'t> {
    line: u32,
    tag: &'t str,
    content: Vec<&'t str>,
}

/// A statement while it is read.
#[derive(Default)]
struct Statement {
    own: Option<String>,
    opening: Option<(u32, Money)>,
    entries: Vec<Entry>,
}

/// Reads a file of one or more statements.
///
/// # Errors
///
/// [`BankError::NoStatement`] without a statement, [`BankError::CutOff`] when one has no closing balance,
/// [`BankError::Unreadable`] and [`BankError::Value`] for what can't be read, [`BankError::Balance`] when entries don't
/// lead from balance to balance, [`BankError::TooMany`] beyond [`ENTRIES_MAX`].
pub fn mt940(text: &str) -> Result<BankFile, BankError> {
    let mut file =
        BankFile { format: BankFormat::Mt940, entries: Vec::new(), tied_out: 0, problems: Problems::default() };
    let mut now = Statement::default();
    let mut statements = 0_u32;
    let mut after_entry = false;
    for field in fields(text) {
        let is_entry = field.tag == "61";
        match field.tag {
            "20" => {
                if let Some((line, _)) = now.opening {
                    return Err(BankError::CutOff { line });
                }
                now = Statement::default();
            }
            "25" | "25P" => now.own = reference(field.content.first().copied().unwrap_or_default()),
            "60F" | "60M" => {
                let (_, opening) = balance(&field)?;
                now.opening = Some((field.line, opening));
                statements = statements.saturating_add(1);
            }
            "61" => {
                let (_, opening) = now.opening.ok_or_else(|| unreadable(&field))?;
                now.entries.push(entry(&field, opening.currency(), now.own.as_ref())?);
            }
            "86" if after_entry => {
                if let Some(entry) = now.entries.last_mut() {
                    describe(entry, &field.content);
                }
            }
            "62F" | "62M" => {
                let (_, opening) = now.opening.take().ok_or_else(|| unreadable(&field))?;
                let (_, stated) = balance(&field)?;
                tie_out(opening, &now.entries, stated, field.line)?;
                file.tied_out = file.tied_out.saturating_add(1);
                file.entries.append(&mut now.entries);
            }
            _ => {}
        }
        after_entry = is_entry;
        if file.entries.len().saturating_add(now.entries.len()) > ENTRIES_MAX {
            return Err(BankError::TooMany { max: ENTRIES_MAX });
        }
    }
    if let Some((line, _)) = now.opening {
        return Err(BankError::CutOff { line });
    }
    if statements == 0 { Err(BankError::NoStatement) } else { Ok(file) }
}

/// The fields of all messages; envelopes and what stands before the first field are passed over.
fn fields(text: &str) -> Vec<Field<'_>> {
    let mut fields: Vec<Field<'_>> = Vec::new();
    let mut open = false;
    for (line, number) in text.trim_start_matches('\u{FEFF}').lines().zip(1_u32..) {
        // A message may begin on the line that ends its header.
        let line = line.trim_end().rsplit_once("{4:").map_or(line.trim_end(), |(_, rest)| rest);
        let begun = line.strip_prefix(':').and_then(|rest| rest.split_once(':')).filter(|(tag, _)| is_tag(tag));
        if let Some((tag, content)) = begun {
            fields.push(Field { line: number, tag, content: vec![content] });
            open = true;
        } else if line == "-" || line.starts_with("-}") || line.starts_with('{') {
            open = false;
        } else if let Some(field) = fields.last_mut().filter(|_| open) {
            field.content.push(line);
        }
    }
    fields
}

fn is_tag(tag: &str) -> bool {
    let digits = tag.bytes().take_while(u8::is_ascii_digit).count();
    digits == 2 && tag.len() <= 3 && tag.bytes().skip(2).all(|byte| byte.is_ascii_uppercase())
}

fn unreadable(field: &Field<'_>) -> BankError {
    let content = shortened(field.content.first().copied().unwrap_or_default());
    BankError::Unreadable { line: field.line, field: format!(":{}:", field.tag), content }
}

/// Takes so many characters off the front.
fn take<'t>(rest: &mut &'t str, count: usize) -> Option<&'t str> {
    let (head, tail) = rest.split_at_checked(count)?;
    *rest = tail;
    Some(head)
}

/// `C261120CNY1234,56`.
fn balance(field: &Field<'_>) -> Result<(Date, Money), BankError> {
    let fault = || unreadable(field);
    let mut rest = field.content.first().copied().unwrap_or_default().trim();
    let negative = match take(&mut rest, 1) {
        Some("C") => false,
        Some("D") => true,
        _ => return Err(fault()),
    };
    let date = day(take(&mut rest, 6).ok_or_else(fault)?).ok_or_else(fault)?;
    let name = format!(":{}:", field.tag);
    let currency = currency(take(&mut rest, 3).ok_or_else(fault)?, field.line, &name)?;
    let money = amount(&rest.trim().replacen(',', ".", 1), currency, field.line, &name)?;
    Ok((date, if negative { money.negated() } else { money }))
}

fn digits(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// `YYMMDD`, of this century.
fn day(text: &str) -> Option<Date> {
    let mut rest = text;
    let (year, month, day) = (take(&mut rest, 2)?, take(&mut rest, 2)?, take(&mut rest, 2)?);
    let year = i32::try_from(digits(year)?).ok()?.checked_add(2000)?;
    Date::from_ymd_opt(year, digits(month)?, digits(day)?)
}

/// The booking day `MMDD` that is nearest to the value date: about New Year it is of another year.
fn booked(text: &str, value: Date) -> Option<Date> {
    let mut rest = text;
    let (month, day) = (digits(take(&mut rest, 2)?)?, digits(take(&mut rest, 2)?)?);
    let near = [value.year().saturating_sub(1), value.year(), value.year().saturating_add(1)];
    let days = near.into_iter().filter_map(|year| Date::from_ymd_opt(year, month, day));
    days.min_by_key(|day| day.signed_duration_since(value).num_days().unsigned_abs())
}

fn entry(field: &Field<'_>, currency: Currency, own: Option<&String>) -> Result<Entry, BankError> {
    let fault = || unreadable(field);
    let mut rest = field.content.first().copied().unwrap_or_default().trim();
    let written = take(&mut rest, 6).ok_or_else(fault)?;
    let no_date = || BankError::Value {
        line: field.line,
        field: ":61:".to_owned(),
        what: What::NotADate { cell: shortened(written) },
    };
    let value = day(written).ok_or_else(no_date)?;
    let date = match rest.get(..4).filter(|text| digits(text).is_some()) {
        Some(text) => {
            take(&mut rest, 4);
            booked(text, value).ok_or_else(no_date)?
        }
        None => value,
    };
    let (came_in, reversal, pending) = if let Some(tail) = rest.strip_prefix("RC") {
        rest = tail;
        (false, true, false)
    } else if let Some(tail) = rest.strip_prefix("RD") {
        rest = tail;
        (true, true, false)
    } else if let Some(tail) = rest.strip_prefix("EC") {
        rest = tail;
        (true, false, true)
    } else if let Some(tail) = rest.strip_prefix("ED") {
        rest = tail;
        (false, false, true)
    } else {
        match take(&mut rest, 1) {
            Some("C") => (true, false, false),
            Some("D") => (false, false, false),
            _ => return Err(fault()),
        }
    };
    // The third letter of the currency may follow.
    if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
        take(&mut rest, 1);
    }
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != ',').unwrap_or(rest.len());
    let written = take(&mut rest, end).ok_or_else(fault)?;
    let amount = amount(&written.replacen(',', ".", 1), currency, field.line, ":61:")?;
    // Four letters and digits of the type, then the references.
    let references = if rest.is_empty() { "" } else { rest.get(4..).ok_or_else(fault)? };
    let (theirs, banks) = references.split_once("//").unwrap_or((references, ""));
    let reference = reference(banks).or_else(|| reference(theirs));
    let more = field.content.iter().skip(1).copied().collect::<Vec<_>>().join(" ");
    Ok(Entry {
        line: field.line,
        date,
        amount,
        came_in,
        reversal,
        pending,
        own: own.cloned(),
        payer: String::new(),
        account: None,
        text: tidy(&more, TEXT_MAX),
        reference,
    })
}

/// Who paid and what for.
fn describe(entry: &mut Entry, lines: &[&str]) {
    let whole = lines.concat();
    let (mut payer, mut account, mut text) = (String::new(), String::new(), String::new());
    let subfields = whole.get(3..4) == Some("?") && digits(whole.get(..3).unwrap_or("x")).is_some();
    if subfields {
        for part in whole.split('?').skip(1) {
            let (code, said) = part.split_at_checked(2).unwrap_or((part, ""));
            match code {
                "20" | "21" | "22" | "23" | "24" | "25" | "26" | "27" | "28" | "29" | "60" | "61" | "62" | "63" => {
                    text.push_str(said);
                }
                "31" => account.push_str(said),
                "32" | "33" => payer.push_str(said),
                _ => {}
            }
        }
    } else if let Some(words) = code_words(&whole) {
        for (word, said) in words {
            match word {
                "NAME" if payer.is_empty() => payer.push_str(said),
                "IBAN" | "ACCT" if account.is_empty() => account.push_str(said),
                "REMI" | "EREF" | "MARF" | "PREF" => {
                    text.push_str(said);
                    text.push(' ');
                }
                _ => {}
            }
        }
    } else {
        text = lines.join(" ");
    }
    if !text.trim().is_empty() {
        entry.text = tidy(&text, TEXT_MAX);
    }
    entry.payer = tidy(&payer, NAME_MAX);
    entry.account = Some(tidy(&account, NAME_MAX)).filter(|account| !account.is_empty());
}

/// `/ORDP//NAME/…/REMI/…`: each code word with what follows it. `None` where the text is free.
fn code_words(text: &str) -> Option<Vec<(&str, &str)>> {
    const WORDS: [&str; 12] =
        ["ORDP", "BENM", "NAME", "IBAN", "ACCT", "BIC", "REMI", "EREF", "MARF", "PREF", "CDTRREF", "RTRN"];
    let mut found: Vec<(&str, usize, usize)> = Vec::new();
    for word in WORDS {
        for (at, _) in text.match_indices(word) {
            let end = at.saturating_add(word.len());
            let alone = at.checked_sub(1).is_some_and(|before| text.get(before..at) == Some("/"));
            if alone && text.get(end..end.saturating_add(1)) == Some("/") {
                found.push((word, at, end.saturating_add(1)));
            }
        }
    }
    found.sort_by_key(|(_, at, _)| *at);
    if found.is_empty() || !text.starts_with('/') {
        return None;
    }
    let ends = found.iter().skip(1).map(|(_, at, _)| at.saturating_sub(1)).chain([text.len()]);
    let said = |((word, _, begin), end): (&(&'static str, usize, usize), usize)| {
        (*word, text.get(*begin..end).unwrap_or_default().trim_matches('/'))
    };
    Some(found.iter().zip(ends.collect::<Vec<_>>()).map(said).collect())
}
