//! From a file that somebody chose to its text.

use js_sys::{ArrayBuffer, Uint8Array};
use shared::record::import::{BYTES_MAX, FileError, Sniffed, sniff};
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
    /// What they say.
    pub text: String,
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
        let text = decode(content, encoding).ok_or(ReadError::File(FileError::BrokenEncoding))?;
        Ok(Self { name: file.name(), file, bytes, encoding, text })
    }
}

/// The text, as the edge decodes it too.
fn decode(content: Vec<u8>, encoding: Sniffed) -> Option<String> {
    if matches!(encoding, Sniffed::Utf8 | Sniffed::Utf8Bom) {
        return String::from_utf8(content).ok();
    }
    let options = TextDecoderOptions::new();
    options.set_fatal(true);
    let decoder = TextDecoder::new_with_label_and_options(encoding.label(), &options).ok()?;
    decoder.decode_with_js_u8_array(&Uint8Array::from(content.as_slice())).ok()
}
