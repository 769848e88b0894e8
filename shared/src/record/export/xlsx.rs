//! A workbook of one sheet (ECMA-376). Its parts are stored unpacked in the container, so that no packer is needed and the
//! same table gives the same bytes.

use super::Cell;
use crate::facts::calendar::Date;
use crate::record::import::crc;
use std::fmt::Write;

/// The longest text that a cell takes.
const TEXT_MAX: usize = 32_767;
/// The widest column, in characters.
const WIDTH_MAX: usize = 48;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"#;
const ROOT: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;
/// Styles by number: 0 plain, 1 heading, 2 day, 3 to 5 figures with none, two and three decimals, 6 text.
const STYLES: &str = r##"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/><numFmt numFmtId="165" formatCode="#,##0.000"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="7"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyNumberFormat="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="1" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>"##;

/// Writes rows, of which the first is the heading, as a workbook with one sheet of this name.
pub fn xlsx(name: &str, rows: &[Vec<Cell>]) -> Vec<u8> {
    let name = sheet_name(name);
    let workbook = format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="{}" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
        escaped(&name)
    );
    container(&[
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", ROOT),
        ("xl/workbook.xml", &workbook),
        ("xl/_rels/workbook.xml.rels", RELATIONS),
        ("xl/styles.xml", STYLES),
        ("xl/worksheets/sheet1.xml", &sheet(rows)),
    ])
}

/// A name that a spreadsheet takes: 31 characters, none of those that stand in references.
fn sheet_name(name: &str) -> String {
    let plain: String = name.chars().filter(|c| !c.is_control() && !r"[]:*?/\'".contains(*c)).take(31).collect();
    if plain.trim().is_empty() { "Sheet1".to_owned() } else { plain }
}

fn sheet(rows: &[Vec<Cell>]) -> String {
    let mut out = String::from(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>"#,
    );
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    if columns > 0 {
        out.push_str("<cols>");
        for (index, number) in (0..columns).zip(1_u32..) {
            let cells = rows.iter().take(200).filter_map(|row| row.get(index));
            let width = cells.map(width).max().unwrap_or(0).saturating_add(2).clamp(8, WIDTH_MAX);
            // Writing into a string cannot fail.
            let _ = write!(out, r#"<col min="{number}" max="{number}" width="{width}" customWidth="1"/>"#);
        }
        out.push_str("</cols>");
    }
    out.push_str("<sheetData>");
    for (row, number) in rows.iter().zip(1_u32..) {
        let _ = write!(out, r#"<row r="{number}">"#);
        for cell in row {
            write_cell(&mut out, cell, number == 1);
        }
        out.push_str("</row>");
    }
    out.push_str("</sheetData></worksheet>");
    out
}

/// How wide a cell is: a Chinese character takes the room of two.
fn width(cell: &Cell) -> usize {
    let (Cell::Text(text) | Cell::Figure(text)) = cell;
    text.chars().take(WIDTH_MAX).map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

fn write_cell(out: &mut String, cell: &Cell, heading: bool) {
    let text = match cell {
        Cell::Figure(figure) => {
            if let Some((style, number)) = figure_of(figure) {
                let _ = write!(out, r#"<c s="{style}"><v>{number}</v></c>"#);
                return;
            }
            figure
        }
        Cell::Text(text) => text,
    };
    if text.is_empty() {
        out.push_str("<c/>");
        return;
    }
    let style = if heading { 1 } else { 6 };
    let text: String = text.chars().take(TEXT_MAX).collect();
    let _ = write!(out, r#"<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{}</t></is></c>"#, escaped(&text));
}

/// The style and the number of a figure; none where it is no number or has more digits than a spreadsheet keeps.
fn figure_of(figure: &str) -> Option<(u8, String)> {
    if let Ok(day) = figure.parse::<Date>() {
        let start = Date::from_ymd_opt(1899, 12, 30)?;
        let count = day.signed_duration_since(start).num_days();
        return (figure.len() == 10 && count > 60).then(|| (2, count.to_string()));
    }
    let digits = figure.strip_prefix('-').unwrap_or(figure);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let number = !whole.is_empty() && plain(whole) && plain(fraction) && !digits.ends_with('.');
    if !number || whole.len().saturating_add(fraction.len()) > 15 {
        return None;
    }
    let style = match fraction.len() {
        0 => 3,
        2 => 4,
        3 => 5,
        _ => 0,
    };
    Some((style, figure.to_owned()))
}

/// Text as XML holds it; what XML cannot hold as the format writes it.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            // A text that looks like the format's own way of writing a character.
            '_' if is_code(rest) => out.push_str("_x005F_"),
            '\n' | '\t' => out.push(character),
            control if control.is_control() || matches!(control, '\u{FFFE}' | '\u{FFFF}') => {
                let _ = write!(out, "_x{:04X}_", u32::from(control));
            }
            other => out.push(other),
        }
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
    }
    out
}

fn is_code(text: &str) -> bool {
    let code = text.strip_prefix("_x").and_then(|rest| rest.get(..5));
    code.is_some_and(|code| code.ends_with('_') && code.bytes().take(4).all(|byte| byte.is_ascii_hexdigit()))
}

/// A zip file with its parts stored as they are, dated at the beginning of the format's time.
fn container(parts: &[(&str, &str)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes();
    let short = |count: usize| u16::try_from(count).unwrap_or(u16::MAX).to_le_bytes();
    for (name, content) in parts {
        let at = number(out.len());
        let mut head = Vec::new();
        // Version 2.0, names in UTF-8, stored, 1980-01-01 00:00.
        head.extend([20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0]);
        head.extend((!crc(!0, content.as_bytes())).to_le_bytes());
        head.extend(number(content.len()));
        head.extend(number(content.len()));
        head.extend(short(name.len()));
        head.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&head);
        out.extend(name.as_bytes());
        out.extend(content.as_bytes());
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&head);
        // No comment, first disk, no attributes.
        directory.extend([0; 10]);
        directory.extend(at);
        directory.extend(name.as_bytes());
    }
    let at = number(out.len());
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(short(parts.len()));
    out.extend(short(parts.len()));
    out.extend(number(directory.len()));
    out.extend(at);
    out.extend([0, 0]);
    out
}
