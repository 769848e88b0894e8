//! The cells of a sheet.

use super::super::mapping::COLUMNS_MAX;
use super::super::problem::FileError;
use super::super::sniff::BYTES_MAX;
use super::super::xml::{Event, Source, Tag, Xml};
use super::format::{Shape, written};

/// The last row that a spreadsheet has.
const ROW_LAST: u32 = 1_048_576;
/// How many merged cells are minded.
const MERGED_MAX: usize = 200_000;

/// The texts that cells share, by number.
#[derive(Debug, Default)]
pub struct Strings {
    all: String,
    ends: Vec<usize>,
}

impl Strings {
    /// Reads them. How a text is to be pronounced is no part of it.
    pub fn read<S: Source>(mut xml: Xml<S>) -> Result<Self, FileError> {
        let mut strings = Self::default();
        let (mut in_text, mut spoken) = (false, 0_u32);
        while let Some(event) = xml.read()? {
            match event {
                Event::Open(tag) if tag.name() == "rPh" => spoken = spoken.saturating_add(1),
                Event::Close("rPh") => spoken = spoken.saturating_sub(1),
                Event::Open(tag) if tag.name() == "t" => in_text = true,
                Event::Close("t") => in_text = false,
                Event::Close("si") => strings.ends.push(strings.all.len()),
                Event::Text(text) if in_text && spoken == 0 => strings.all.push_str(&text),
                Event::Open(_) | Event::Close(_) | Event::Text(_) => {}
            }
            if strings.all.len() > BYTES_MAX {
                return Err(FileError::WorkbookTooLarge { max: BYTES_MAX as u64 });
            }
        }
        Ok(strings)
    }

    fn get(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)?;
        let begin = number.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.all.get(begin..end)
    }
}

/// A cell while it is read.
#[derive(Default)]
struct Cell {
    column: usize,
    shape: Shape,
    kind: Kind,
    formula: bool,
    value: String,
    inline: String,
}

/// What a cell's value is.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Number,
    Shared,
    Text,
    Truth,
    Date,
    Inline,
}

/// Merged cells that span rows: first and last row, column.
struct Merged {
    first: u32,
    last: u32,
    column: usize,
}

/// A sheet's text.
pub fn text<S: Source>(
    mut xml: Xml<S>,
    strings: &Strings,
    shapes: &[Shape],
    from_1904: bool,
) -> Result<String, FileError> {
    let fault = |xml: &Xml<S>| FileError::BrokenXml { line: xml.line() };
    let (mut out, mut merged, mut row, mut width, mut widest) = (String::new(), Vec::new(), 0_u32, 0_usize, 0_usize);
    let (mut cell, mut next_column): (Option<Cell>, usize) = (None, 0);
    // What the text that comes belongs to.
    let mut within = Within::Nothing;
    while let Some(event) = xml.read()? {
        match event {
            Event::Open(tag) => match tag.name() {
                "row" => {
                    let number = tag.attribute("r").map_or(Some(row.saturating_add(1)), |r| r.parse::<u32>().ok());
                    let number = number.filter(|number| *number > row && *number <= ROW_LAST);
                    let Some(number) = number else { return Err(fault(&xml)) };
                    // Line 1 is there from the start.
                    out.extend(std::iter::repeat_n('\n', line_ends(row, number)));
                    (row, width, next_column) = (number, 0, 0);
                }
                "c" if row > 0 => {
                    let begun = begin_cell(tag, next_column, shapes);
                    let Some(begun) = begun else { return Err(fault(&xml)) };
                    next_column = begun.column.saturating_add(1);
                    cell = Some(begun);
                }
                "v" => within = Within::Value,
                "f" => {
                    if let Some(cell) = &mut cell {
                        cell.formula = true;
                    }
                    within = Within::Nothing;
                }
                "t" if within != Within::Spoken => within = Within::Inline,
                "rPh" => within = Within::Spoken,
                "mergeCell" => {
                    let range = tag.attribute("ref");
                    let Some(area) = range.as_deref().and_then(area) else { return Err(fault(&xml)) };
                    if area.last > area.first && merged.len() < MERGED_MAX {
                        merged.push(area);
                    }
                }
                _ => {}
            },
            Event::Text(text) => {
                if let Some(cell) = &mut cell {
                    match within {
                        Within::Value => cell.value.push_str(&text),
                        Within::Inline => cell.inline.push_str(&text),
                        Within::Nothing | Within::Spoken => {}
                    }
                }
            }
            Event::Close(name) => match name {
                "v" | "rPh" => within = Within::Nothing,
                "t" if within != Within::Spoken => within = Within::Nothing,
                "c" => {
                    if let Some(cell) = cell.take() {
                        let shown = shown(&cell, strings, from_1904);
                        if !shown.trim().is_empty() {
                            if cell.column >= COLUMNS_MAX {
                                return Err(FileError::TooManyColumns { max: COLUMNS_MAX });
                            }
                            if cell.column.saturating_add(1) <= width {
                                return Err(fault(&xml));
                            }
                            put(&mut out, cell.column.saturating_sub(width.saturating_sub(1)), &shown);
                            width = cell.column.saturating_add(1);
                            widest = widest.max(width);
                        }
                    }
                }
                _ => {}
            },
        }
        if out.len() > BYTES_MAX {
            return Err(FileError::WorkbookTooLarge { max: BYTES_MAX as u64 });
        }
    }
    Ok(arranged(&out, merged, widest))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Nothing,
    Value,
    Inline,
    Spoken,
}

/// How many lines end between two rows; the first row is on the first line.
fn line_ends(row: u32, next: u32) -> usize {
    usize::try_from(next.saturating_sub(row.max(1))).unwrap_or(0)
}

fn begin_cell(tag: Tag<'_>, next: usize, shapes: &[Shape]) -> Option<Cell> {
    let column = match tag.attribute("r") {
        Some(reference) => place(&reference)?.0,
        None => next,
    };
    let style = tag.attribute("s").and_then(|style| style.parse::<usize>().ok()).unwrap_or(0);
    let kind = match tag.attribute("t").as_deref() {
        Some("s") => Kind::Shared,
        Some("str" | "e") => Kind::Text,
        Some("b") => Kind::Truth,
        Some("d") => Kind::Date,
        Some("inlineStr") => Kind::Inline,
        _ => Kind::Number,
    };
    Some(Cell { column, kind, shape: shapes.get(style).copied().unwrap_or_default(), ..Cell::default() })
}

/// What a cell shows.
fn shown(cell: &Cell, strings: &Strings, from_1904: bool) -> String {
    let value = cell.value.as_str();
    let shown = match cell.kind {
        Kind::Shared => {
            let text = value.trim().parse().ok().and_then(|number| strings.get(number));
            return unescaped(text.unwrap_or_default());
        }
        Kind::Inline => return unescaped(&cell.inline),
        Kind::Text => unescaped(value),
        Kind::Truth => if value.trim() == "1" { "TRUE" } else { "FALSE" }.to_owned(),
        Kind::Date => value.split('T').next().unwrap_or_default().to_owned(),
        Kind::Number if value.trim().is_empty() => String::new(),
        Kind::Number => written(value, cell.shape, from_1904),
    };
    // A program that writes formulas without computing them leaves nothing to read: that is said where the cell is read.
    if cell.formula && shown.is_empty() { "=?".to_owned() } else { shown }
}

/// `_x000D_` stands for a character that XML cannot hold.
fn unescaped(text: &str) -> String {
    if !text.contains("_x") {
        return text.to_owned();
    }
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("_x") {
        whole.push_str(before);
        let code = after.get(..4).filter(|_| after.get(4..5) == Some("_"));
        let character = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        if let (Some(character), Some(next)) = (character, after.get(5..)) {
            whole.push(character);
            rest = next;
        } else {
            whole.push_str("_x");
            rest = after;
        }
    }
    whole.push_str(rest);
    whole
}

/// Writes a cell behind so many tabs. What would end cell or line is a space; a quotation mark at the start is quoted, so
/// that it isn't taken as one of the text's own.
fn put(out: &mut String, tabs: usize, shown: &str) {
    out.extend(std::iter::repeat_n('\t', tabs));
    let quoted = shown.trim_start().starts_with('"');
    if quoted {
        out.push('"');
    }
    for character in shown.trim().chars() {
        match character {
            '\t' | '\n' | '\r' => out.push(' '),
            '"' if quoted => out.push_str("\"\""),
            other => out.push(other),
        }
    }
    if quoted {
        out.push('"');
    }
}

/// Every line with as many cells as the widest, texts of merged cells in each of their rows.
fn arranged(text: &str, mut merged: Vec<Merged>, widest: usize) -> String {
    merged.sort_by_key(|area| (area.first, area.column));
    let mut coming = merged.into_iter().peekable();
    let mut standing: Vec<(Merged, String)> = Vec::new();
    let mut out = String::with_capacity(text.len());
    for (line, number) in text.split('\n').zip(1_u32..) {
        standing.retain(|(area, _)| number <= area.last);
        let mut cells: Vec<&str> = line.split('\t').collect();
        while let Some(area) = coming.next_if(|area| area.first <= number) {
            let cell = cells.get(area.column).copied().unwrap_or_default();
            // A number would multiply.
            if area.first == number && cell.chars().any(char::is_alphabetic) {
                standing.push((area, cell.to_owned()));
            }
        }
        let blank = line.trim().is_empty();
        for (area, said) in standing.iter().filter(|(area, _)| area.first < number && !blank) {
            while cells.len() <= area.column {
                cells.push("");
            }
            if let Some(cell) = cells.get_mut(area.column).filter(|cell| cell.is_empty()) {
                *cell = said;
            }
        }
        if number > 1 {
            out.push('\n');
        }
        if !blank {
            let missing = widest.saturating_sub(cells.len());
            for (cell, at) in cells.into_iter().zip(0_usize..) {
                if at > 0 {
                    out.push('\t');
                }
                out.push_str(cell);
            }
            out.extend(std::iter::repeat_n('\t', missing));
        }
    }
    out
}

/// Column from 0 and row of a reference such as `AB12`.
fn place(reference: &str) -> Option<(usize, u32)> {
    let start = reference.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = reference.split_at_checked(start)?;
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let column = letters.bytes().try_fold(0_usize, |column, byte| {
        let digit = byte.to_ascii_uppercase().checked_sub(b'A').filter(|digit| *digit < 26)?;
        column.checked_mul(26)?.checked_add(usize::from(digit))?.checked_add(1)
    })?;
    let row = digits.parse().ok().filter(|row| (1..=ROW_LAST).contains(row))?;
    Some((column.checked_sub(1)?, row))
}

fn area(range: &str) -> Option<Merged> {
    let (from, to) = range.split_once(':').unwrap_or((range, range));
    let ((column, first), (_, last)) = (place(from)?, place(to)?);
    Some(Merged { first, last, column })
}
