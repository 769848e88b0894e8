//! Workbooks (.xlsx): a sheet as a table of text, as the other rooms read it.
//!
//! A sheet becomes lines of cells with tabs between them, a line for each of its rows, so that a problem's line is the row
//! that the spreadsheet shows. What a cell holds is written as the spreadsheet shows it to within its own exactness:
//! numbers with the fifteen digits that a spreadsheet vouches for, dates as 2026-11-20, a formula as the value computed when
//! the file was saved. A text merged over several rows stands in each of them: such are the headings of two storeys and the
//! customers of many reports. A merged number stands once, because amounts must not multiply.
//!
//! Nothing here trusts the file: what it unpacks to is bounded, encrypted and broken ones are refused by name.

mod format;
mod sheet;
mod zip;

pub use zip::crc;

use super::problem::FileError;
use super::sniff::Binary;
use super::xml::{Event, Xml};
use format::Shape;
use zip::Zip;

/// The most bytes to which the parts of a workbook may unpack, those read twice counted twice.
pub const UNPACKED_MAX: u64 = 256 * 1024 * 1024;
/// How many sheets a workbook may have.
const SHEETS_MAX: usize = 256;

/// A workbook whose directory and contents list were read.
pub struct Workbook<'b> {
    zip: Zip<'b>,
    sheets: Vec<Sheet>,
    /// Whether its days are counted from 1904.
    from_1904: bool,
    folder: String,
}

/// A sheet, as the contents list it.
#[derive(Debug)]
struct Sheet {
    name: String,
    part: String,
}

fn broken(part: &str) -> FileError {
    FileError::BrokenWorkbook { part: part.chars().take(80).collect() }
}

/// Whether an old container holds an encrypted new workbook: the name of its stream stands in its directory as UTF-16.
pub fn is_encrypted(bytes: &[u8]) -> bool {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(name.len()).any(|window| window == name)
}

/// Which of these parts a container lists; absent when its directory cannot be read. Nothing is unpacked.
pub fn container_lists<const N: usize>(bytes: &[u8], parts: [&str; N]) -> Option<[bool; N]> {
    let zip = Zip::open(bytes).ok()?;
    Some(parts.map(|part| zip.has(part)))
}

impl<'b> Workbook<'b> {
    /// Reads the list of sheets. Another zip file is refused as what it is.
    ///
    /// # Errors
    ///
    /// [`FileError::Binary`] for another zip file, [`FileError::BrokenWorkbook`] when a part is missing or broken,
    /// [`FileError::WorkbookTooLarge`] when it unpacks to too much, [`FileError::Empty`] without a sheet.
    pub fn open(bytes: &'b [u8]) -> Result<Self, FileError> {
        let zip = Zip::open(bytes)?;
        let parts = relations(&zip, "_rels/.rels", "")?;
        let main = parts.iter().find(|relation| relation.is("officeDocument")).map(|relation| relation.part.clone());
        let main = main.unwrap_or_else(|| "xl/workbook.xml".to_owned());
        let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let is_workbook = zip.has(&main) && !zip.has("word/document.xml") && !zip.has("ppt/presentation.xml");
        if !is_workbook {
            return Err(FileError::Binary { what: Binary::Workbook });
        }
        let name = main.rsplit_once('/').map_or(main.as_str(), |(_, name)| name);
        let parts = relations(&zip, &inside(&folder, &format!("_rels/{name}.rels")), &folder)?;
        let mut xml = Xml::new(zip.part(&main)?.ok_or_else(|| broken(&main))?);
        let (mut sheets, mut from_1904) = (Vec::new(), false);
        while let Some(event) = xml.read().map_err(|error| here(error, &main))? {
            let Event::Open(tag) = event else { continue };
            match tag.name() {
                "workbookPr" => from_1904 = tag.attribute("date1904").is_some_and(|said| said == "1" || said == "true"),
                "sheet" => {
                    let visible = tag.attribute("state").is_none_or(|state| state == "visible");
                    let (name, id) = (tag.attribute("name"), tag.attribute("id"));
                    let found = parts.iter().find(|relation| Some(relation.id.as_str()) == id.as_deref());
                    // Charts on a sheet of their own hold no table.
                    let found = found.filter(|relation| visible && relation.is("worksheet"));
                    if let (Some(name), Some(relation)) = (name, found) {
                        sheets.push(Sheet { name: name.into_owned(), part: relation.part.clone() });
                    }
                }
                _ => {}
            }
        }
        if sheets.len() > SHEETS_MAX {
            return Err(broken(&main));
        }
        if sheets.is_empty() {
            return Err(FileError::Empty);
        }
        Ok(Self { zip, sheets, from_1904, folder })
    }

    /// The names of the visible sheets, in their order.
    pub fn sheets(&self) -> Vec<String> {
        self.sheets.iter().map(|sheet| sheet.name.clone()).collect()
    }

    /// The text of a sheet. Without a name: of the only one that holds anything; where several do, a name is needed.
    ///
    /// # Errors
    ///
    /// [`FileError::NoSheet`] when none has the name, [`FileError::WhichSheet`] when several hold something and none is
    /// named, [`FileError::Empty`] when none does; also when a part is broken or unpacks to too much.
    pub fn text(&self, name: Option<&str>) -> Result<SheetText, FileError> {
        let strings = self.strings()?;
        let shapes = self.shapes()?;
        let read = |sheet: &Sheet| -> Result<String, FileError> {
            let part = self.zip.part(&sheet.part)?.ok_or_else(|| broken(&sheet.part))?;
            sheet::text(Xml::new(part), &strings, &shapes, self.from_1904).map_err(|error| here(error, &sheet.part))
        };
        if let Some(name) = name {
            let sheet = self.sheets.iter().find(|sheet| sheet.name == name);
            let sheet = sheet.ok_or_else(|| FileError::NoSheet { sheet: name.chars().take(80).collect() })?;
            return Ok(SheetText { sheet: sheet.name.clone(), text: read(sheet)? });
        }
        let mut filled = Vec::new();
        for sheet in &self.sheets {
            let text = read(sheet)?;
            if !text.trim().is_empty() {
                filled.push(SheetText { sheet: sheet.name.clone(), text });
            }
            if filled.len() > 1 {
                return Err(FileError::WhichSheet { sheets: self.sheets() });
            }
        }
        filled.pop().ok_or(FileError::Empty)
    }

    /// The texts that cells share.
    fn strings(&self) -> Result<sheet::Strings, FileError> {
        let part = inside(&self.folder, "sharedStrings.xml");
        let Some(unpack) = self.zip.part(&part)? else { return Ok(sheet::Strings::default()) };
        sheet::Strings::read(Xml::new(unpack)).map_err(|error| here(error, &part))
    }

    /// What the styles of cells make of a number.
    fn shapes(&self) -> Result<Vec<Shape>, FileError> {
        let part = inside(&self.folder, "styles.xml");
        let Some(unpack) = self.zip.part(&part)? else { return Ok(Vec::new()) };
        format::shapes(Xml::new(unpack)).map_err(|error| here(error, &part))
    }
}

/// A sheet's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetText {
    /// The sheet's name.
    pub sheet: String,
    /// Its lines.
    pub text: String,
}

/// A fault of the XML is one of the part that it is in.
fn here(error: FileError, part: &str) -> FileError {
    match error {
        FileError::BrokenXml { .. } => broken(part),
        other => other,
    }
}

/// A part that another one names.
struct Relation {
    id: String,
    kind: String,
    part: String,
}

impl Relation {
    fn is(&self, kind: &str) -> bool {
        self.kind.rsplit_once('/').is_some_and(|(_, name)| name == kind)
    }
}

fn relations(zip: &Zip<'_>, part: &str, folder: &str) -> Result<Vec<Relation>, FileError> {
    let mut relations = Vec::new();
    let Some(unpack) = zip.part(part)? else { return Ok(relations) };
    let mut xml = Xml::new(unpack);
    while let Some(event) = xml.read().map_err(|error| here(error, part))? {
        let Event::Open(tag) = event else { continue };
        if tag.name() == "Relationship" && relations.len() < 4 * SHEETS_MAX {
            let text = |name: &str| tag.attribute(name).map(std::borrow::Cow::into_owned).unwrap_or_default();
            relations.push(Relation { id: text("Id"), kind: text("Type"), part: inside(folder, &text("Target")) });
        }
    }
    Ok(relations)
}

/// The name of a part as another one in this folder writes it.
fn inside(folder: &str, target: &str) -> String {
    if let Some(whole) = target.strip_prefix('/') {
        return whole.to_owned();
    }
    let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.join("/")
}
