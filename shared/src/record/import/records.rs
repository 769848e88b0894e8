//! Text into records: separators, quotation marks, line ends.
//!
//! RFC 4180 and what programs make of it: `\r\n`, `\n` or `\r` end a record, a cell in double quotes may hold separators,
//! line ends and doubled quotes. Blank lines are passed over, but counted, so that a line number is the one an editor
//! shows. Unlike the usual readers this one says where a quotation mark was opened and never closed, instead of reading
//! the rest of the file into one cell. Cells are borrowed from the text wherever possible.

use super::problem::FileError;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What stands between two cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Separator {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// Tabulator.
    Tab,
    /// `|`
    Pipe,
}

impl Separator {
    /// Every separator that is tried, the likeliest first.
    pub const ALL: [Self; 4] = [Self::Comma, Self::Tab, Self::Semicolon, Self::Pipe];

    const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Pipe => b'|',
        }
    }
}

/// The cells of one record.
pub type Cells<'t> = Vec<Cow<'t, str>>;

/// The records of a text, one after the other.
#[derive(Clone, Debug)]
pub struct Records<'t> {
    rest: &'t str,
    line: u32,
    separator: u8,
}

impl<'t> Records<'t> {
    /// Begins at the start of a text; a byte order mark is passed over.
    pub fn new(text: &'t str, separator: Separator) -> Self {
        Self { rest: text.strip_prefix('\u{FEFF}').unwrap_or(text), line: 1, separator: separator.byte() }
    }

    /// Reads the next record that isn't blank into `cells` and returns the line on which it begins.
    pub fn read(&mut self, cells: &mut Cells<'t>) -> Result<Option<u32>, FileError> {
        loop {
            cells.clear();
            if self.rest.is_empty() {
                return Ok(None);
            }
            let line = self.line;
            while self.cell(cells)? {}
            if cells.iter().any(|cell| !cell.trim().is_empty()) {
                return Ok(Some(line));
            }
        }
    }

    /// Reads one cell; whether another follows in the same record.
    fn cell(&mut self, cells: &mut Cells<'t>) -> Result<bool, FileError> {
        let Some(quoted) = self.rest.strip_prefix('"') else {
            let cell = self.take_to_end_of_cell();
            cells.push(Cow::Borrowed(cell));
            return Ok(self.step_over_end());
        };
        let opened = self.line;
        self.rest = quoted;
        let mut cell = Cow::Borrowed("");
        loop {
            let Some((inside, after)) = self.rest.split_once('"') else {
                return Err(FileError::UnclosedQuote { line: opened });
            };
            self.count_lines(inside);
            append(&mut cell, inside);
            self.rest = after;
            let Some(doubled) = after.strip_prefix('"') else { break };
            append(&mut cell, "\"");
            self.rest = doubled;
        }
        // What a careless writer put after the closing mark belongs to the cell.
        let tail = self.take_to_end_of_cell();
        append(&mut cell, tail.trim_end());
        cells.push(cell);
        Ok(self.step_over_end())
    }

    fn take_to_end_of_cell(&mut self) -> &'t str {
        let separator = self.separator;
        let end = self
            .rest
            .bytes()
            .position(|byte| byte == separator || byte == b'\n' || byte == b'\r')
            .unwrap_or(self.rest.len());
        let (cell, rest) = self.rest.split_at(end);
        self.rest = rest;
        cell
    }

    /// Steps over a separator, a line end or the end of the text; whether it was a separator.
    fn step_over_end(&mut self) -> bool {
        let mut rest = self.rest.chars();
        match rest.next() {
            None => return false,
            Some('\n') => self.line = self.line.saturating_add(1),
            Some('\r') => {
                self.line = self.line.saturating_add(1);
                let after = rest.as_str();
                self.rest = after.strip_prefix('\n').unwrap_or(after);
                return false;
            }
            Some(_) => {
                self.rest = rest.as_str();
                return true;
            }
        }
        self.rest = rest.as_str();
        false
    }

    fn count_lines(&mut self, text: &str) {
        let mut previous = 0_u8;
        for byte in text.bytes() {
            if byte == b'\r' || (byte == b'\n' && previous != b'\r') {
                self.line = self.line.saturating_add(1);
            }
            previous = byte;
        }
    }
}

fn append<'t>(cell: &mut Cow<'t, str>, more: &'t str) {
    if cell.is_empty() {
        *cell = Cow::Borrowed(more);
    } else if !more.is_empty() {
        cell.to_mut().push_str(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Lines = Vec<(u32, Vec<String>)>;

    fn all(text: &str, separator: Separator) -> Result<Lines, FileError> {
        let mut records = Records::new(text, separator);
        let (mut cells, mut read) = (Cells::new(), Vec::new());
        while let Some(line) = records.read(&mut cells)? {
            read.push((line, cells.iter().map(|cell| cell.clone().into_owned()).collect()));
        }
        Ok(read)
    }

    #[track_caller]
    fn check(text: &str, expected: &[(u32, &[&str])]) {
        let expected: Lines = expected.iter().map(|(l, c)| (*l, c.iter().map(ToString::to_string).collect())).collect();
        assert_eq!(all(text, Separator::Comma), Ok(expected), "{text:?}");
    }

    #[test]
    fn records_and_lines() {
        check("\u{FEFF}a,b\r\n1,2", &[(1, &["a", "b"]), (2, &["1", "2"])]);
        check("a,b\r1,\r", &[(1, &["a", "b"]), (2, &["1", ""])]);
        check("\n\n , \na\n", &[(4, &["a"])]);
        check("\"a,\"\"b\"\"\",c\n", &[(1, &["a,\"b\"", "c"])]);
        check("\"two\r\nlines\",x\r\ny,z\n", &[(1, &["two\r\nlines", "x"]), (3, &["y", "z"])]);
        check("5\" pipe,x\n", &[(1, &["5\" pipe", "x"])]);
        check("\"a\" ,\"b\"c\n", &[(1, &["a", "bc"])]);
        assert_eq!(all("a,b\n1,\"2\n3,4\n", Separator::Comma), Err(FileError::UnclosedQuote { line: 2 }));
        assert_eq!(all("a;b|c\td", Separator::Semicolon), Ok(vec![(1, vec!["a".into(), "b|c\td".into()])]));
    }

    proptest! {
        #[test]
        fn what_the_csv_crate_writes_is_read_back(
            rows in prop::collection::vec(prop::collection::vec("[a客,;\"\r\n1 ]{0,6}", 2..5), 1..8),
        ) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let read: Vec<Vec<String>> = all(&text, Separator::Comma).unwrap().into_iter().map(|(_, cells)| cells).collect();
            let written: Vec<Vec<String>> =
                rows.into_iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).collect();
            prop_assert_eq!(read, written);
        }

        #[test]
        fn any_text_gets_an_answer(text in any::<String>()) {
            for separator in Separator::ALL {
                let _ = all(&text, separator);
            }
        }
    }
}
