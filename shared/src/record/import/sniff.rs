//! What a file is, judged by its bytes: the decision how to decode it is ours, the decoding is the platform's.
//!
//! Page and edge both have a `TextDecoder`; both ask [`sniff`] first and then decode *fatally*, so that a file reads the
//! same in either place. Valid UTF-8 is taken as such without a decoder. What isn't valid UTF-8 is tried as GB18030, of
//! which GBK and GB2312 are parts; if that fails too, the encoding is broken and the file is refused. A workbook is no text,
//! and read by its own room.

use super::problem::FileError;
use super::workbook::is_encrypted;
use serde::{Deserialize, Serialize};

/// The largest file that is taken, in bytes.
pub const BYTES_MAX: usize = 32 * 1024 * 1024;

/// The largest workbook, which is packed, in bytes.
pub const WORKBOOK_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The most rows that one file may hold.
pub const ROWS_MAX: u32 = 1_000_000;

/// How the bytes of a file are to be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Sniffed {
    /// Valid UTF-8 without a byte order mark.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Bom,
    /// UTF-16, little end first, with a byte order mark.
    Utf16Le,
    /// UTF-16, big end first, with a byte order mark.
    Utf16Be,
    /// Not UTF-8, so GB18030 (国标), which holds GBK and GB2312.
    Gb18030,
    /// A workbook (.xlsx): no text, but sheets of cells.
    Workbook,
}

impl Sniffed {
    /// The label for `new TextDecoder(label, { fatal: true })`, which leaves a byte order mark out by itself; a workbook has
    /// none.
    pub const fn label(self) -> Option<&'static str> {
        match self {
            Self::Utf8 | Self::Utf8Bom => Some("utf-8"),
            Self::Utf16Le => Some("utf-16le"),
            Self::Utf16Be => Some("utf-16be"),
            Self::Gb18030 => Some("gb18030"),
            Self::Workbook => None,
        }
    }
}

/// What a file is that isn't text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Binary {
    /// A zip file that is no workbook of ours: .ods, .docx, an archive.
    Workbook,
    /// An old workbook (.xls).
    OldWorkbook,
    /// A PDF document.
    Pdf,
    /// An image.
    Image,
    /// Compressed with gzip, 7-Zip or RAR.
    Archive,
    /// Something with zero bytes in it.
    Unknown,
}

/// Leading bytes by which files are known.
const SIGNATURES: [(&[u8], Binary); 11] = [
    (b"PK\x05\x06", Binary::Workbook),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Binary::OldWorkbook),
    (b"%PDF-", Binary::Pdf),
    (b"\x89PNG\r\n\x1A\n", Binary::Image),
    (b"\xFF\xD8\xFF", Binary::Image),
    (b"GIF8", Binary::Image),
    (b"II*\0", Binary::Image),
    (b"MM\0*", Binary::Image),
    (b"\x1F\x8B", Binary::Archive),
    (b"7z\xBC\xAF\x27\x1C", Binary::Archive),
    (b"Rar!\x1A\x07", Binary::Archive),
];

/// Says how a file is to be decoded, or why it is refused.
///
/// # Errors
///
/// [`FileError`]: too large, empty, an encrypted or old workbook, another binary file, or UTF-8 that is broken.
pub fn sniff(bytes: &[u8]) -> Result<Sniffed, FileError> {
    if bytes.len() > BYTES_MAX {
        return Err(FileError::TooLarge { bytes: bytes.len(), max: BYTES_MAX });
    }
    if bytes.starts_with(b"PK\x03\x04") {
        if bytes.len() > WORKBOOK_BYTES_MAX {
            return Err(FileError::TooLarge { bytes: bytes.len(), max: WORKBOOK_BYTES_MAX });
        }
        return Ok(Sniffed::Workbook);
    }
    if let Some((_, what)) = SIGNATURES.iter().find(|(signature, _)| bytes.starts_with(signature)) {
        let locked = *what == Binary::OldWorkbook && is_encrypted(bytes);
        return Err(if locked { FileError::EncryptedWorkbook } else { FileError::Binary { what: *what } });
    }
    let sniffed = if bytes.starts_with(b"\xFF\xFE") {
        Sniffed::Utf16Le
    } else if bytes.starts_with(b"\xFE\xFF") {
        Sniffed::Utf16Be
    } else {
        // UTF-16 aside, no text holds a zero byte.
        if bytes.contains(&0) {
            return Err(FileError::Binary { what: Binary::Unknown });
        }
        match (std::str::from_utf8(bytes), bytes.starts_with(b"\xEF\xBB\xBF")) {
            (Ok(_), true) => Sniffed::Utf8Bom,
            (Ok(_), false) => Sniffed::Utf8,
            (Err(_), true) => return Err(FileError::BrokenEncoding),
            (Err(_), false) => Sniffed::Gb18030,
        }
    };
    let mark = match sniffed {
        Sniffed::Utf8Bom => 3,
        Sniffed::Utf16Le | Sniffed::Utf16Be => 2,
        Sniffed::Utf8 | Sniffed::Gb18030 | Sniffed::Workbook => 0,
    };
    if bytes.iter().skip(mark).all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
        return Err(FileError::Empty);
    }
    Ok(sniffed)
}

/// Whether bytes are built as GB18030 builds its characters: one byte, two, or four. Whether each of them stands for a
/// character, only a decoder knows.
pub fn is_gb18030(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    loop {
        rest = match rest {
            [] => return true,
            [0..=0x7F, rest @ ..]
            | [0x81..=0xFE, 0x40..=0x7E | 0x80..=0xFE, rest @ ..]
            | [0x81..=0xFE, b'0'..=b'9', 0x81..=0xFE, b'0'..=b'9', rest @ ..] => rest,
            _ => return false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[allow(clippy::needless_pass_by_value)] // reads better at the call
    #[track_caller]
    fn check(bytes: &[u8], expected: Result<Sniffed, FileError>) {
        assert_eq!(sniff(bytes), expected);
    }

    #[test]
    fn text_is_told_by_its_bytes() {
        check("客户,金额\n".as_bytes(), Ok(Sniffed::Utf8));
        check(b"\xEF\xBB\xBFa,b\n", Ok(Sniffed::Utf8Bom));
        check(b"\xFF\xFEa\0,\0", Ok(Sniffed::Utf16Le));
        check(b"\xFE\xFF\0a\0,", Ok(Sniffed::Utf16Be));
        check(b"\xBF\xCD\xBB\xA7,1\n", Ok(Sniffed::Gb18030)); // 客户
        check(b"\xEF\xBB\xBF\xBF\xCD", Err(FileError::BrokenEncoding));
    }

    #[test]
    fn characters_of_gb18030_have_one_byte_or_two_or_four() {
        for (bytes, fits) in [
            (b"a,1\n".as_slice(), true),
            (b"\xBF\xCD\xBB\xA7", true),
            (b"\x82\x35\x8F\x33", true),
            (b"\xBF", false),
            (b"\xBF\x7F", false),
            (b"\x80\x40", false),
            (b"\xFF\x40", false),
            (b"\x82\x35\x8F", false),
            (b"\x82\x35\x8F\x40", false),
        ] {
            assert_eq!(is_gb18030(bytes), fits, "{bytes:?}");
        }
    }

    #[test]
    fn what_is_no_text_is_named() {
        check(b"", Err(FileError::Empty));
        check(b" \r\n\t\n", Err(FileError::Empty));
        check(b"\xEF\xBB\xBF\r\n", Err(FileError::Empty));
        check(b"\xFF\xFE\r\0\n\0", Err(FileError::Empty));
        check(b"PK\x03\x04rest", Ok(Sniffed::Workbook));
        check(b"PK\x05\x06rest", Err(FileError::Binary { what: Binary::Workbook }));
        check(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Err(FileError::Binary { what: Binary::OldWorkbook }));
        let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let locked = [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &[0; 600], &name].concat();
        check(&locked, Err(FileError::EncryptedWorkbook));
        check(b"%PDF-1.7", Err(FileError::Binary { what: Binary::Pdf }));
        check(b"a,b\n1,\0\n", Err(FileError::Binary { what: Binary::Unknown }));
        let large = vec![b'a'; BYTES_MAX + 1];
        check(&large, Err(FileError::TooLarge { bytes: BYTES_MAX + 1, max: BYTES_MAX }));
    }

    proptest! {
        #[test]
        fn any_bytes_get_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(Sniffed::Utf8 | Sniffed::Utf8Bom) = sniff(&bytes) {
                prop_assert!(std::str::from_utf8(&bytes).is_ok());
            }
        }
    }
}
