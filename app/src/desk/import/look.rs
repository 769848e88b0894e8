//! What a file comes to by itself: its columns, what it leaves open, and what is wrong with its rows.

use shared::record::import::{Defaults, FileError, Inspection, Mapping, Problems, Row, Rows, examine};

/// A file looked at by a mapping.
#[derive(Clone, Debug)]
pub struct Look {
    /// What was found.
    pub inspection: Inspection,
    /// What is wrong with rows by themselves; absent as long as something is to be asked.
    pub rows: Option<RowsRead>,
}

/// Its rows, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowsRead {
    /// Documents, customers or receipts that could be read.
    pub good: u32,
    /// What is wrong.
    pub problems: Problems,
}

impl Look {
    /// Looks at a text by a mapping.
    pub fn at(text: &str, mapping: Mapping, defaults: Defaults) -> Result<Self, FileError> {
        Self::from(text, examine(text, mapping, defaults)?)
    }

    /// Reads the rows when nothing is left to ask.
    pub fn from(text: &str, inspection: Inspection) -> Result<Self, FileError> {
        if !inspection.questions.is_empty() {
            return Ok(Self { inspection, rows: None });
        }
        let mut rows = Rows::open(text, &inspection.mapping)?;
        let mut good = 0_u32;
        while let Some(row) = rows.read()? {
            let _: Row = row;
            good = good.saturating_add(1);
        }
        Ok(Self { inspection, rows: Some(RowsRead { good, problems: rows.into_problems() }) })
    }

    /// Whether it can be compared with the book.
    pub fn is_ready(&self) -> bool {
        self.rows.as_ref().is_some_and(|rows| !rows.problems.is_refused() && rows.good > 0)
    }
}
