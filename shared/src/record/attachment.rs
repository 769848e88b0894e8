//! Files that are attached to what the book holds: which are taken, by what they are and by what they are called.
//!
//! What a file is shows in its bytes, never in its name; a name that says otherwise is refused, because whoever opens the
//! file later goes by it. Taken is what people file: documents, pictures, tables, plain text. Not taken is what runs: files
//! with macros, pages, programs, archives. Nothing is unpacked.

use super::import::{container_lists, is_gb18030};
use serde::{Deserialize, Serialize};

/// The most bytes of one file.
pub const ATTACHMENT_BYTES_MOST: usize = 10 * 1024 * 1024;
/// The most characters of its name.
pub const ATTACHMENT_NAME_MOST: usize = 200;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// A PDF document.
    Pdf,
    /// A picture.
    Png,
    /// A photograph.
    Jpeg,
    /// A workbook without macros.
    Xlsx,
    /// A text document without macros.
    Docx,
    /// A document as 电子发票 come (GB/T 33190).
    Ofd,
    /// Plain text or a table of it.
    Text,
}

impl AttachmentKind {
    /// How names of such files end.
    pub const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Xlsx => &["xlsx"],
            Self::Docx => &["docx"],
            Self::Ofd => &["ofd"],
            Self::Text => &["txt", "csv"],
        }
    }

    /// What the bytes are; absent when it is nothing that is taken.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"%PDF-") {
            return Some(Self::Pdf);
        }
        if bytes.starts_with(b"\x89PNG\r\n\x1A\n") {
            return Some(Self::Png);
        }
        if bytes.starts_with(b"\xFF\xD8\xFF") {
            return Some(Self::Jpeg);
        }
        if bytes.starts_with(b"PK\x03\x04") {
            return Self::of_container(bytes);
        }
        is_text(bytes).then_some(Self::Text)
    }

    fn of_container(bytes: &[u8]) -> Option<Self> {
        const PARTS: [&str; 5] =
            ["xl/workbook.xml", "word/document.xml", "OFD.xml", "xl/vbaProject.bin", "word/vbaProject.bin"];
        let [workbook, document, ofd, macros_of_one, macros_of_other] = container_lists(bytes, PARTS)?;
        match (workbook, document, ofd) {
            _ if macros_of_one || macros_of_other => None,
            (true, false, false) => Some(Self::Xlsx),
            (false, true, false) => Some(Self::Docx),
            (false, false, true) => Some(Self::Ofd),
            _ => None,
        }
    }
}

/// Why a file isn't taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "snake_case", deny_unknown_fields)]
pub enum AttachmentFault {
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It is too large.
    #[error("the file has {bytes} bytes, and {ATTACHMENT_BYTES_MOST} are taken")]
    TooLarge {
        /// How many it has.
        bytes: usize,
    },
    /// The name is none.
    #[error("a file's name has 1 to {ATTACHMENT_NAME_MOST} characters, none of which hides others or parts folders")]
    Name,
    /// It is nothing that is taken.
    #[error("the file is no PDF, PNG, JPEG, XLSX, DOCX, OFD or plain text; files with macros are not taken either")]
    Kind,
    /// The name says that it is something else.
    #[error("the file's name should end in .{}, for that is what it is", kind.endings().join(" or ."))]
    Ending {
        /// What it is.
        kind: AttachmentKind,
    },
}

/// What a file by this name is.
///
/// # Errors
///
/// [`AttachmentFault`]: empty, too large, a name that is none or says otherwise than the bytes, or nothing that is taken.
pub fn kind_of(name: &str, bytes: &[u8]) -> Result<AttachmentKind, AttachmentFault> {
    if bytes.is_empty() {
        return Err(AttachmentFault::Empty);
    }
    if bytes.len() > ATTACHMENT_BYTES_MOST {
        return Err(AttachmentFault::TooLarge { bytes: bytes.len() });
    }
    if !is_name(name) {
        return Err(AttachmentFault::Name);
    }
    let kind = AttachmentKind::of(bytes).ok_or(AttachmentFault::Kind)?;
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    if kind.endings().contains(&ending.as_str()) { Ok(kind) } else { Err(AttachmentFault::Ending { kind }) }
}

/// Whether a text can be a file's name wherever it is saved, and reads as what it is.
fn is_name(name: &str) -> bool {
    let plain = |char: char| {
        // What turns the direction of writing makes "fdp.exe" of "exe.pdf".
        let turns = matches!(char, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
        !char.is_control() && !turns && !r#"/\:*?"<>|"#.contains(char)
    };
    let long = name.chars().count();
    name == name.trim()
        && !name.starts_with('.')
        && (1..=ATTACHMENT_NAME_MOST).contains(&long)
        && name.chars().all(plain)
}

/// Whether bytes are text: UTF-8, UTF-16 that says so, or GB18030, without control characters but those of lines.
fn is_text(bytes: &[u8]) -> bool {
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        return is_utf16(rest, u16::from_le_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        return is_utf16(rest, u16::from_be_bytes);
    }
    let controls = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r' | b'\x0C');
    !bytes.iter().any(controls) && (std::str::from_utf8(bytes).is_ok() || is_gb18030(bytes))
}

fn is_utf16(bytes: &[u8], read: fn([u8; 2]) -> u16) -> bool {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let plain = |char: char| !char.is_control() || matches!(char, '\t' | '\n' | '\r' | '\u{C}');
    rest.is_empty() && char::decode_utf16(pairs.iter().map(|pair| read(*pair))).all(|char| char.is_ok_and(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A container of empty stored parts.
    fn container(names: &[&str]) -> Vec<u8> {
        let (mut bytes, mut directory) = (Vec::new(), Vec::new());
        for name in names {
            let at = u32::try_from(bytes.len()).unwrap();
            let length = u16::try_from(name.len()).unwrap().to_le_bytes();
            let mut head = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            head.extend([0; 12]);
            head.extend(length);
            head.extend([0, 0]);
            bytes.extend(b"PK\x03\x04");
            bytes.extend(&head);
            bytes.extend(name.as_bytes());
            directory.extend(b"PK\x01\x02\x14\0");
            directory.extend(&head);
            directory.extend([0; 10]);
            directory.extend(at.to_le_bytes());
            directory.extend(name.as_bytes());
        }
        let (at, size) = (u32::try_from(bytes.len()).unwrap(), u32::try_from(directory.len()).unwrap());
        let count = u16::try_from(names.len()).unwrap().to_le_bytes();
        bytes.extend(directory);
        bytes.extend(b"PK\x05\x06\0\0\0\0");
        bytes.extend(count);
        bytes.extend(count);
        bytes.extend(size.to_le_bytes());
        bytes.extend(at.to_le_bytes());
        bytes.extend([0, 0]);
        bytes
    }

    #[test]
    fn what_a_file_is_shows_in_its_bytes() {
        use AttachmentKind as Kind;
        let gbk = [0xCD, 0xB6, 0xCB, 0xDF, 0x0A];
        for (bytes, kind) in [
            (b"%PDF-1.7\n".to_vec(), Some(Kind::Pdf)),
            (b"\x89PNG\r\n\x1A\n\0\0".to_vec(), Some(Kind::Png)),
            (b"\xFF\xD8\xFF\xE0\0".to_vec(), Some(Kind::Jpeg)),
            (container(&["[Content_Types].xml", "xl/workbook.xml"]), Some(Kind::Xlsx)),
            (container(&["[Content_Types].xml", "word/document.xml"]), Some(Kind::Docx)),
            (container(&["OFD.xml", "Doc_0/Document.xml"]), Some(Kind::Ofd)),
            ("单号,金额\n1,2.00\n".as_bytes().to_vec(), Some(Kind::Text)),
            (gbk.to_vec(), Some(Kind::Text)),
            (b"\xFF\xFEA\0\n\0".to_vec(), Some(Kind::Text)),
            // Macros, two things at once, an archive, one cut off; a program; text that breaks off or rings.
            (container(&["xl/workbook.xml", "xl/vbaProject.bin"]), None),
            (container(&["word/document.xml", "word/vbaProject.bin"]), None),
            (container(&["xl/workbook.xml", "word/document.xml"]), None),
            (container(&["readme.txt"]), None),
            (b"PK\x03\x04".to_vec(), None),
            (b"MZ\x90\0\x03".to_vec(), None),
            (b"\x7FELF\x02".to_vec(), None),
            (b"GIF89a\x01\0".to_vec(), None),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(), None),
            (vec![0xCD], None),
            (vec![0x41, 0x07], None),
            (b"\xFF\xFE\0\xD8".to_vec(), None),
            (b"\xFF\xFEA".to_vec(), None),
        ] {
            assert_eq!(AttachmentKind::of(&bytes), kind, "{bytes:?}");
        }
    }

    #[test]
    fn a_name_says_what_the_file_is() {
        let pdf = b"%PDF-1.7\n";
        assert_eq!(kind_of("合同 2026.PDF", pdf), Ok(AttachmentKind::Pdf));
        assert_eq!(kind_of("a.png", pdf), Err(AttachmentFault::Ending { kind: AttachmentKind::Pdf }));
        // A page is text, and no name of one is taken.
        for name in ["a.html", "a.svg", "a.js", "txt", "a.txt.html"] {
            assert_eq!(
                kind_of(name, b"<script>"),
                Err(AttachmentFault::Ending { kind: AttachmentKind::Text }),
                "{name}"
            );
        }
        let long = format!("{}.pdf", "长".repeat(197));
        for name in
            ["", " a.pdf", ".pdf", "../a.pdf", "a\\b.pdf", "a\u{202E}exe.pdf", "a\n.pdf", "a\".pdf", long.as_str()]
        {
            assert_eq!(kind_of(name, pdf), Err(AttachmentFault::Name), "{name:?}");
        }
        assert_eq!(kind_of("a.txt", b""), Err(AttachmentFault::Empty));
        assert_eq!(kind_of("a.zip", b"PK\x03\x04"), Err(AttachmentFault::Kind));
        let (most, more) = (vec![b' '; ATTACHMENT_BYTES_MOST], vec![b' '; ATTACHMENT_BYTES_MOST + 1]);
        assert_eq!(kind_of("a.txt", &most), Ok(AttachmentKind::Text));
        assert_eq!(kind_of("a.txt", &more), Err(AttachmentFault::TooLarge { bytes: most.len() + 1 }));
    }
}
