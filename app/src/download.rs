//! Tables that leave the page as files; what stands in them is made by [`shared::record::export`].

use leptos::prelude::*;
use shared::record::export::xlsx;
pub use shared::record::export::{Cell, csv};
use web_sys::wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url, js_sys};

/// Hands a text to the reader as a file. Says whether the browser took it.
pub fn hand_over(name: &str, kind: &str, text: &str) -> bool {
    save(name, kind, text).is_ok()
}

fn save(name: &str, kind: &str, text: &str) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    offer(name, &Blob::new_with_str_sequence_and_options(&js_sys::Array::of1(&JsValue::from_str(text)), &options)?)
}

/// How a table leaves the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// CSV.
    Csv,
    /// A workbook (.xlsx).
    Workbook,
}

/// Hands a table to the reader as a file of this name. Says whether the browser took it.
pub fn hand_over_table(name: &str, form: Form, rows: &[Vec<Cell>]) -> bool {
    match form {
        Form::Csv => hand_over(&format!("{name}.csv"), "text/csv;charset=utf-8", &csv(rows)),
        Form::Workbook => {
            let save = || {
                let options = BlobPropertyBag::new();
                options.set_type("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
                let bytes = js_sys::Array::of1(&js_sys::Uint8Array::from(xlsx(name, rows).as_slice()));
                let blob = Blob::new_with_u8_array_sequence_and_options(&bytes, &options)?;
                offer(&format!("{name}.xlsx"), &blob)
            };
            save().is_ok()
        }
    }
}

fn offer(name: &str, blob: &Blob) -> Result<(), JsValue> {
    let url = Url::create_object_url_with_blob(blob)?;
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    Url::revoke_object_url(&url)
}
