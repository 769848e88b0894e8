//! The container of a workbook: a zip file, read from its directory, each part unpacked piece by piece.
//!
//! What is unpacked is counted for the workbook as a whole, so that a file made to burst ends at the bound and not at the
//! end of memory. Length and checksum of every part are compared with what the directory says of it.

use super::super::problem::FileError;
use super::super::xml::Source;
use super::{UNPACKED_MAX, broken};
use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZFlush, MZStatus};
use std::cell::Cell;

/// How much is unpacked at a time.
const PIECE: usize = 32 * 1024;
/// How many parts a container may list.
const PARTS_MAX: usize = 4096;

/// A container.
pub struct Zip<'b> {
    bytes: &'b [u8],
    parts: Vec<Part>,
    unpacked: Cell<u64>,
}

/// A part, as the directory lists it.
#[derive(Debug)]
struct Part {
    name: String,
    encrypted: bool,
    method: u16,
    crc: u32,
    packed: usize,
    size: u64,
    at: usize,
}

fn number16(bytes: &[u8], at: usize) -> Option<u16> {
    let end = at.checked_add(2)?;
    bytes.get(at..end)?.try_into().ok().map(u16::from_le_bytes)
}

fn number32(bytes: &[u8], at: usize) -> Option<u32> {
    let end = at.checked_add(4)?;
    bytes.get(at..end)?.try_into().ok().map(u32::from_le_bytes)
}

impl<'b> Zip<'b> {
    /// Reads the directory.
    pub fn open(bytes: &'b [u8]) -> Result<Self, FileError> {
        let parts = directory(bytes).ok_or_else(|| broken("zip"))?;
        Ok(Self { bytes, parts, unpacked: Cell::new(0) })
    }

    /// Whether there is such a part.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn find(&self, name: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.name.eq_ignore_ascii_case(name))
    }

    /// Begins to unpack a part; `None` when there is none of this name.
    pub fn part(&self, name: &str) -> Result<Option<Unpack<'_, 'b>>, FileError> {
        let Some(part) = self.find(name) else { return Ok(None) };
        if part.encrypted {
            return Err(FileError::EncryptedWorkbook);
        }
        let packed = content(self.bytes, part).ok_or_else(|| broken(&part.name))?;
        let state = match part.method {
            0 => None,
            8 => Some(InflateState::new_boxed(DataFormat::Raw)),
            _ => return Err(broken(&part.name)),
        };
        Ok(Some(Unpack { zip: self, part, packed, state, size: 0, crc: !0, done: false }))
    }
}

/// The directory at the end of the container; `None` when there is none, or when it spans several files or needs the form
/// for more than 4 GB.
fn directory(bytes: &[u8]) -> Option<Vec<Part>> {
    let tail = bytes.len().saturating_sub(65_557);
    let end = bytes.get(tail..)?.windows(4).rposition(|window| window == b"PK\x05\x06")?.checked_add(tail)?;
    let count = usize::from(number16(bytes, end.checked_add(10)?)?);
    let mut at = usize::try_from(number32(bytes, end.checked_add(16)?)?).ok()?;
    let mut parts = Vec::new();
    if count > PARTS_MAX {
        return None;
    }
    for _ in 0..count {
        let header = bytes.get(at..at.checked_add(46)?)?;
        if !header.starts_with(b"PK\x01\x02") {
            return None;
        }
        let length = |offset| number16(header, offset).map(usize::from);
        let (name, extra, comment) = (length(28)?, length(30)?, length(32)?);
        let begin = at.checked_add(46)?;
        let end = begin.checked_add(name)?;
        let name = String::from_utf8_lossy(bytes.get(begin..end)?).replace('\\', "/");
        parts.push(Part {
            name,
            encrypted: number16(header, 8)? & 1 != 0,
            method: number16(header, 10)?,
            crc: number32(header, 16)?,
            packed: usize::try_from(number32(header, 20)?).ok()?,
            size: u64::from(number32(header, 24)?),
            at: usize::try_from(number32(header, 42)?).ok()?,
        });
        at = end.checked_add(extra)?.checked_add(comment)?;
    }
    Some(parts)
}

/// The packed bytes of a part.
fn content<'b>(bytes: &'b [u8], part: &Part) -> Option<&'b [u8]> {
    let header = bytes.get(part.at..part.at.checked_add(30)?)?;
    if !header.starts_with(b"PK\x03\x04") {
        return None;
    }
    let (name, extra) = (number16(header, 26)?, number16(header, 28)?);
    let begin = part.at.checked_add(30)?.checked_add(usize::from(name))?.checked_add(usize::from(extra))?;
    bytes.get(begin..begin.checked_add(part.packed)?)
}

/// A part while it is unpacked.
pub struct Unpack<'z, 'b> {
    zip: &'z Zip<'b>,
    part: &'z Part,
    packed: &'b [u8],
    /// Absent where the part is stored as it is.
    state: Option<Box<InflateState>>,
    size: u64,
    crc: u32,
    done: bool,
}

impl Unpack<'_, '_> {
    /// Counts a piece against the bounds of the workbook and of the part.
    fn count(&mut self, piece: &[u8]) -> Result<(), FileError> {
        let length = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        self.size = self.size.saturating_add(length);
        let unpacked = self.zip.unpacked.get().saturating_add(length);
        self.zip.unpacked.set(unpacked);
        if unpacked > UNPACKED_MAX {
            return Err(FileError::WorkbookTooLarge { max: UNPACKED_MAX });
        }
        if self.size > self.part.size {
            return Err(broken(&self.part.name));
        }
        self.crc = crc(self.crc, piece);
        Ok(())
    }
}

impl Source for Unpack<'_, '_> {
    fn more(&mut self, into: &mut Vec<u8>) -> Result<bool, FileError> {
        if self.done {
            return Ok(false);
        }
        let fault = || broken(&self.part.name);
        let before = into.len();
        if let Some(state) = &mut self.state {
            into.resize(before.saturating_add(PIECE), 0);
            let room = into.get_mut(before..).unwrap_or_default();
            let result = inflate(state, self.packed, room, MZFlush::None);
            into.truncate(before.saturating_add(result.bytes_written));
            self.packed = self.packed.get(result.bytes_consumed..).unwrap_or_default();
            self.done = result.status.map_err(|_| fault())? == MZStatus::StreamEnd;
            if !self.done && result.bytes_written == 0 {
                return Err(fault());
            }
        } else {
            let (piece, rest) = self.packed.split_at(self.packed.len().min(PIECE));
            into.extend_from_slice(piece);
            self.packed = rest;
            self.done = rest.is_empty();
        }
        let piece = into.split_off(before);
        self.count(&piece)?;
        into.extend_from_slice(&piece);
        if self.done && (self.size != self.part.size || !self.crc != self.part.crc) {
            return Err(broken(&self.part.name));
        }
        Ok(true)
    }
}

/// The checksum of zip (CRC-32 of ISO 3309, reflected), carried on over a piece: begin with all ones, invert at the end.
pub fn crc(before: u32, piece: &[u8]) -> u32 {
    piece.iter().fold(before, |crc, byte| {
        let index = usize::from(crc.to_le_bytes().first().copied().unwrap_or(0) ^ byte);
        (crc >> 8) ^ TABLE.get(index).copied().unwrap_or(0)
    })
}

#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)] // done by the compiler, and bounded there
const TABLE: [u32; 256] = {
    let mut table = [0_u32; 256];
    let mut index = 0_u32;
    while index < 256 {
        let mut value = index;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { (value >> 1) ^ 0xEDB8_8320 } else { value >> 1 };
            bit += 1;
        }
        table[index as usize] = value;
        index += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_usual_one() {
        // The check value of CRC-32/ISO-HDLC.
        assert_eq!(!crc(!0, b"123456789"), 0xCBF4_3926);
        assert_eq!(!crc(crc(!0, b"1234"), b"56789"), 0xCBF4_3926);
    }
}
