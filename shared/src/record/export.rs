//! Tables going out: as CSV that a spreadsheet opens without asking, and as workbooks; with nothing in them that a
//! spreadsheet would run.
//!
//! A cell is words of the book or a figure that we wrote ourselves. Words never become a formula: CSV has no types, so an
//! apostrophe stands before what a spreadsheet would take for one; a workbook's cell says itself that it is text.

mod xlsx;

pub use xlsx::xlsx;

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Words from the book; a formula in them stays words.
    Text(String),
    /// A figure that we wrote ourselves, such as `-20.00` or `2026-11-20`.
    Figure(String),
}

impl Cell {
    /// A cell of words.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A cell with a figure.
    #[allow(clippy::needless_pass_by_value)] // reads better without a reference at every cell
    pub fn figure(figure: impl ToString) -> Self {
        Self::Figure(figure.to_string())
    }

    fn write(&self, out: &mut String) {
        let text = match self {
            Self::Figure(figure) => figure.clone(),
            // A spreadsheet takes these for the start of a formula, whatever stands in quotes around them.
            Self::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) => {
                format!("'{text}")
            }
            Self::Text(text) => text.clone(),
        };
        if text.contains(['"', ',', '\n', '\r', ';', '\t']) {
            out.push('"');
            out.push_str(&text.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&text);
        }
    }
}

/// Writes rows with a byte order mark, by which Excel knows UTF-8.
pub fn csv(rows: &[Vec<Cell>]) -> String {
    let mut out = String::from('\u{feff}');
    for row in rows {
        for (index, cell) in row.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            cell.write(&mut out);
        }
        out.push_str("\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_runs_and_figures_stay_figures() {
        let cells = ["=1+1", "+86 21", "-2", "@SUM(A1)", "＝1", "宁波, \"恒茂\"", "plain"];
        let row = cells.into_iter().map(Cell::text).chain([Cell::figure("-20.00")]).collect();
        assert_eq!(csv(&[row]), "\u{feff}'=1+1,'+86 21,'-2,'@SUM(A1),'＝1,\"宁波, \"\"恒茂\"\"\",plain,-20.00\r\n");
    }
}
