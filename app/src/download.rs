//! Tables that leave the page as files: CSV as a spreadsheet opens it without asking, with nothing in it that it would run.

use leptos::prelude::*;
use web_sys::wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url, js_sys};

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Words from the book; a formula in them stays words.
    Text(String),
    /// A figure that we wrote ourselves, such as `-20.00`.
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

/// Hands a text to the reader as a file. Says whether the browser took it.
pub fn hand_over(name: &str, kind: &str, text: &str) -> bool {
    save(name, kind, text).is_ok()
}

fn save(name: &str, kind: &str, text: &str) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let url = Url::create_object_url_with_blob(&Blob::new_with_str_sequence_and_options(&parts, &options)?)?;
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    Url::revoke_object_url(&url)
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
