//! XML as workbooks and bank statements use it, read piece by piece.
//!
//! Elements and attributes are known by their local names; comments, processing instructions and the text between
//! elements that nobody asks for are passed over. A document type is refused, since it can define entities that burst; so
//! are tokens and nesting beyond all use. Only UTF-8 is read: what is written otherwise is decoded before.

use super::problem::FileError;
use std::borrow::Cow;

/// The longest tag or text, in bytes.
const TOKEN_MAX: usize = 1024 * 1024;
/// The deepest nesting.
const DEPTH_MAX: u32 = 64;

/// Where the bytes come from.
pub trait Source {
    /// Appends some more; whether there were any.
    ///
    /// # Errors
    ///
    /// [`FileError`] when what it is read from can't be unpacked.
    fn more(&mut self, into: &mut Vec<u8>) -> Result<bool, FileError>;
}

/// Bytes that are there already.
impl Source for &[u8] {
    fn more(&mut self, into: &mut Vec<u8>) -> Result<bool, FileError> {
        let (piece, rest) = self.split_at(self.len().min(64 * 1024));
        into.extend_from_slice(piece);
        *self = rest;
        Ok(!piece.is_empty())
    }
}

/// What comes next.
#[derive(Debug)]
pub enum Event<'x> {
    /// An element begins.
    Open(Tag<'x>),
    /// An element ends; its local name.
    Close(&'x str),
    /// Text, with entities resolved.
    Text(Cow<'x, str>),
}

/// An element's tag.
#[derive(Clone, Copy, Debug)]
pub struct Tag<'x> {
    name: &'x str,
    attributes: &'x str,
}

impl<'x> Tag<'x> {
    /// Its local name.
    pub fn name(self) -> &'x str {
        self.name
    }

    /// An attribute by its local name.
    pub fn attribute(self, name: &str) -> Option<Cow<'x, str>> {
        let mut rest = self.attributes;
        loop {
            let (key, after) = rest.split_once('=')?;
            let after = after.trim_start();
            let mark = after.chars().next().filter(|mark| matches!(mark, '"' | '\''))?;
            let (value, next) = after.get(1..)?.split_once(mark)?;
            if local(key.trim()) == name {
                return resolved(value);
            }
            rest = next;
        }
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, name)| name)
}

/// A document while it is read.
pub struct Xml<S> {
    source: S,
    buffer: Vec<u8>,
    at: usize,
    ended: bool,
    depth: u32,
    line: u32,
    /// Where the name of an element that ends with its own tag stands.
    closes: Option<(usize, usize)>,
}

impl<S: Source> Xml<S> {
    /// Begins.
    pub fn new(source: S) -> Self {
        Self { source, buffer: Vec::new(), at: 0, ended: false, depth: 0, line: 1, closes: None }
    }

    /// The line that was reached.
    pub fn line(&self) -> u32 {
        self.line
    }

    fn fault(&self) -> FileError {
        FileError::BrokenXml { line: self.line }
    }

    /// Looks for bytes from `from` on, fetching more as long as there are any; the place of the first.
    fn find(&mut self, from: usize, wanted: &[u8]) -> Result<Option<usize>, FileError> {
        let mut seen = from;
        loop {
            let found = self.buffer.get(seen..).and_then(|rest| find(rest, wanted));
            if let Some(found) = found {
                return Ok(Some(seen.saturating_add(found)));
            }
            seen = from.max(self.buffer.len().saturating_sub(wanted.len().saturating_sub(1)));
            if self.buffer.len().saturating_sub(self.at) > TOKEN_MAX {
                return Err(self.fault());
            }
            if self.ended || !self.source.more(&mut self.buffer)? {
                self.ended = true;
                return Ok(None);
            }
        }
    }

    /// Steps to a place and counts the lines on the way.
    fn step(&mut self, to: usize) {
        let passed = self.buffer.get(self.at..to).unwrap_or_default();
        for _ in passed.iter().filter(|byte| **byte == b'\n') {
            self.line = self.line.saturating_add(1);
        }
        self.at = to;
    }

    fn text(&self, from: usize, to: usize) -> Result<&str, FileError> {
        let bytes = self.buffer.get(from..to).ok_or_else(|| self.fault())?;
        std::str::from_utf8(bytes).map_err(|_| self.fault())
    }

    /// The next event; `None` at the end of a document whose elements are all closed.
    ///
    /// # Errors
    ///
    /// [`FileError::BrokenXml`] with the line, when elements don't nest, a text doesn't end, or there is a document
    /// type; and as [`Source::more`].
    pub fn read(&mut self) -> Result<Option<Event<'_>>, FileError> {
        if let Some((from, to)) = self.closes.take() {
            self.depth = self.depth.saturating_sub(1);
            return Ok(Some(Event::Close(self.text(from, to)?)));
        }
        if self.at > 256 * 1024 || self.at == self.buffer.len() {
            self.buffer.drain(..self.at.min(self.buffer.len()));
            self.at = 0;
        }
        loop {
            let begin = self.at;
            let Some(open) = self.find(begin, b"<")? else {
                let rest = self.text(begin, self.buffer.len())?;
                let over = self.depth == 0 && rest.trim().is_empty();
                return if over { Ok(None) } else { Err(self.fault()) };
            };
            if open > begin {
                self.step(open);
                if self.depth == 0 {
                    let between = self.text(begin, open)?.trim_start_matches('\u{FEFF}').trim().is_empty();
                    if !between {
                        return Err(self.fault());
                    }
                    continue;
                }
                let text = resolved(self.text(begin, open)?).ok_or_else(|| self.fault())?;
                return Ok(Some(Event::Text(text)));
            }
            self.find(begin, b">")?.ok_or_else(|| self.fault())?;
            let head = self.buffer.get(begin..).unwrap_or_default();
            let (ending, skipped): (&[u8], bool) = if head.starts_with(b"<!--") {
                (b"-->", true)
            } else if head.starts_with(b"<![CDATA[") {
                (b"]]>", false)
            } else if head.starts_with(b"<?") {
                (b"?>", true)
            } else if head.starts_with(b"<!") {
                return Err(self.fault());
            } else {
                return self.tag(begin);
            };
            let end = self.find(begin.saturating_add(2), ending)?.ok_or_else(|| self.fault())?;
            self.step(end.saturating_add(ending.len()));
            if !skipped {
                let text = self.text(begin.saturating_add(9), end)?;
                return Ok(Some(Event::Text(Cow::Borrowed(text))));
            }
        }
    }

    /// A tag that begins here.
    fn tag(&mut self, begin: usize) -> Result<Option<Event<'_>>, FileError> {
        // A mark inside an attribute's value is no end.
        let mut end = begin;
        loop {
            end = self.find(end.saturating_add(1), b">")?.ok_or_else(|| self.fault())?;
            let inside = self.buffer.get(begin..end).unwrap_or_default();
            let open = inside.iter().fold(None, |open, byte| match (open, byte) {
                (None, b'"' | b'\'') => Some(*byte),
                (Some(mark), byte) if mark == *byte => None,
                (open, _) => open,
            });
            if open.is_none() {
                break;
            }
        }
        self.step(end.saturating_add(1));
        let inside = begin.saturating_add(1);
        if self.buffer.get(inside) == Some(&b'/') {
            self.depth = self.depth.checked_sub(1).ok_or_else(|| self.fault())?;
            let name = self.text(inside.saturating_add(1), end)?.trim();
            return Ok(Some(Event::Close(local(name))));
        }
        self.depth = self.depth.saturating_add(1);
        if self.depth > DEPTH_MAX {
            return Err(self.fault());
        }
        let closed = end > inside && self.buffer.get(end.saturating_sub(1)) == Some(&b'/');
        let text = self.text(inside, if closed { end.saturating_sub(1) } else { end })?;
        let whole = text.split(|c: char| c.is_ascii_whitespace()).next().unwrap_or(text);
        let (name, length) = (local(whole), whole.len());
        if name.is_empty() {
            return Err(self.fault());
        }
        let from = inside.saturating_add(length.saturating_sub(name.len()));
        if closed {
            self.closes = Some((from, inside.saturating_add(length)));
        }
        let text = self.text(inside, if closed { end.saturating_sub(1) } else { end })?;
        let (whole, attributes) = text.split_at_checked(length).ok_or_else(|| self.fault())?;
        Ok(Some(Event::Open(Tag { name: local(whole), attributes })))
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    match wanted {
        [only] => bytes.iter().position(|byte| byte == only),
        _ => bytes.windows(wanted.len()).position(|window| window == wanted),
    }
}

/// The text with its entities resolved; `None` when one is not of XML's own five or a character's number.
fn resolved(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('&') {
        return Some(Cow::Borrowed(text));
    }
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        whole.push_str(before);
        let (name, next) = after.split_once(';')?;
        let character = match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let number = name.strip_prefix('#')?;
                let hex = number.strip_prefix(['x', 'X']);
                let code = hex.map_or_else(|| number.parse(), |hex| u32::from_str_radix(hex, 16)).ok()?;
                char::from_u32(code)?
            }
        };
        whole.push(character);
        rest = next;
    }
    whole.push_str(rest);
    Some(Cow::Owned(whole))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Bytes that come a few at a time.
    struct Few<'b>(&'b [u8], usize);

    impl Source for Few<'_> {
        fn more(&mut self, into: &mut Vec<u8>) -> Result<bool, FileError> {
            let (piece, rest) = self.0.split_at(self.0.len().min(self.1));
            into.extend_from_slice(piece);
            self.0 = rest;
            Ok(!piece.is_empty())
        }
    }

    fn events(text: &str, few: usize) -> Result<Vec<String>, FileError> {
        let mut xml = Xml::new(Few(text.as_bytes(), few));
        let mut events = Vec::new();
        while let Some(event) = xml.read()? {
            events.push(match event {
                Event::Open(tag) => match tag.attribute("id") {
                    Some(id) => format!("+{} {id}", tag.name()),
                    None => format!("+{}", tag.name()),
                },
                Event::Close(name) => format!("-{name}"),
                Event::Text(text) => format!("'{text}'"),
            });
        }
        Ok(events)
    }

    #[test]
    fn events_come_out_whatever_the_pieces() {
        let text = "\u{FEFF}<?xml version=\"1.0\"?>\n<!-- <a> --><x:a xmlns:x='u'><b r:id=\"1 &amp; > 2\" c='d'/>一 &lt;&#x4E8C;<![CDATA[<三>]]></x:a>\n";
        for few in [1, 2, 3, 7, 1000] {
            let expected = ["+a", "+b 1 & > 2", "-b", "'一 <二'", "'<三>'", "-a"].map(str::to_owned).to_vec();
            assert_eq!(events(text, few), Ok(expected), "{few}");
        }
    }

    #[test]
    fn what_is_no_document_is_refused_with_its_line() {
        for (text, line) in [
            ("<a>\n<b></b>", 2),
            ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", 1),
            ("<a>&b;</a>", 1),
            ("\n\nplain", 1),
            ("<a></a></b>", 1),
            ("<a", 1),
        ] {
            assert_eq!(events(text, 1000), Err(FileError::BrokenXml { line }), "{text}");
        }
        assert!(events(&"<a>".repeat(100), 1000).is_err());
    }

    proptest! {
        #[test]
        fn any_text_gets_an_answer_and_pieces_do_not_matter(text in "[<>a/&;\"'= !\\-?\n一]{0,60}", few in 1_usize..9) {
            let whole = events(&text, 1000);
            match (&whole, events(&text, few)) {
                (Ok(whole), Ok(parts)) => prop_assert_eq!(whole, &parts),
                (Err(_), Err(_)) => {}
                (whole, parts) => prop_assert!(false, "{:?} {:?}", whole, parts),
            }
        }
    }
}
