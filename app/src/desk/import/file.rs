//! From a file that somebody chose to its text.

use js_sys::{ArrayBuffer, Uint8Array};
use shared::record::import::{BYTES_MAX, FileError, SheetText, Sniffed, Workbook, sniff};
use std::rc::Rc;
use wasm_bindgen_futures::JsFuture;
use web_sys::wasm_bindgen::JsCast;
use web_sys::{TextDecoder, TextDecoderOptions};

/// A file with its text.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file, which goes to the edge as it is.
    pub file: web_sys::File,
    /// Its name.
    pub name: String,
    /// How many bytes it has.
    pub bytes: usize,
    /// How they were decoded.
    pub encoding: Sniffed,
    /// What they say; nothing as long as a sheet is to be chosen.
    pub text: String,
    /// The sheets of a workbook.
    pub sheets: Vec<String>,
    /// The one that was read.
    pub sheet: Option<String>,
    /// A workbook's bytes, to read another sheet.
    content: Rc<Vec<u8>>,
}

/// Why a file has no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// It cannot be taken.
    File(FileError),
    /// The browser cannot read it: it was moved or changed since it was chosen.
    Gone,
}

impl Source {
    /// Reads a file. What is too large isn't read at all.
    pub async fn read(file: web_sys::File) -> Result<Self, ReadError> {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a count of bytes below 2^53
        let bytes = file.size() as usize;
        if bytes > BYTES_MAX {
            return Err(ReadError::File(FileError::TooLarge { bytes, max: BYTES_MAX }));
        }
        let buffer = JsFuture::from(file.array_buffer()).await.map_err(|_| ReadError::Gone)?;
        let content = Uint8Array::new(&buffer.unchecked_into::<ArrayBuffer>()).to_vec();
        let encoding = sniff(&content).map_err(ReadError::File)?;
        let name = file.name();
        let Some(label) = encoding.label() else {
            let workbook = Workbook::open(&content).map_err(ReadError::File)?;
            let sheets = workbook.sheets();
            let (text, sheet) = match workbook.text(None) {
                Ok(SheetText { text, sheet }) => (text, Some(sheet)),
                Err(FileError::WhichSheet { .. }) => (String::new(), None),
                Err(error) => return Err(ReadError::File(error)),
            };
            return Ok(Self { file, name, bytes, encoding, text, sheets, sheet, content: Rc::new(content) });
        };
        let text = decode(content, encoding, label).ok_or(ReadError::File(FileError::BrokenEncoding))?;
        Ok(Self { file, name, bytes, encoding, text, sheets: Vec::new(), sheet: None, content: Rc::default() })
    }

    /// The same workbook by another sheet.
    pub fn by_sheet(&self, sheet: &str) -> Result<Self, FileError> {
        let SheetText { text, sheet } = Workbook::open(&self.content)?.text(Some(sheet))?;
        Ok(Self { text, sheet: Some(sheet), ..self.clone() })
    }

    /// Whether somebody has to say which sheet it is.
    pub fn wants_sheet(&self) -> bool {
        self.encoding == Sniffed::Workbook && self.sheet.is_none()
    }
}

/// The text, as the edge decodes it too.
fn decode(content: Vec<u8>, encoding: Sniffed, label: &str) -> Option<String> {
    if matches!(encoding, Sniffed::Utf8 | Sniffed::Utf8Bom) {
        return String::from_utf8(content).ok();
    }
    let options = TextDecoderOptions::new();
    options.set_fatal(true);
    let decoder = TextDecoder::new_with_label_and_options(label, &options).ok()?;
    decoder.decode_with_js_u8_array(&Uint8Array::from(content.as_slice())).ok()
}
