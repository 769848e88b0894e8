// Workbooks for tests, as spreadsheet programs write them: parts packed in a zip file, texts shared by the cells.

import { crc32, deflateRawSync } from "node:zlib";

/** A zip file with these parts: name → text or bytes. */
export function zip(parts) {
  const body = [], directory = [];
  let at = 0;
  for (const [name, content] of Object.entries(parts)) {
    const bytes = Buffer.from(content), packed = deflateRawSync(bytes);
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(0x800, 2);
    head.writeUInt16LE(8, 4);
    head.writeUInt16LE(0x21, 8);
    head.writeUInt32LE(crc32(bytes), 10);
    head.writeUInt32LE(packed.length, 14);
    head.writeUInt32LE(bytes.length, 18);
    head.writeUInt16LE(Buffer.byteLength(name), 22);
    const place = Buffer.alloc(4);
    place.writeUInt32LE(at);
    const part = [Buffer.from("PK\x03\x04"), head, Buffer.from(name), packed];
    directory.push(Buffer.from("PK\x01\x02\x14\x00"), head, Buffer.alloc(10), place, Buffer.from(name));
    body.push(...part);
    at += part.reduce((sum, piece) => sum + piece.length, 0);
  }
  const list = Buffer.concat(directory), end = Buffer.alloc(18);
  end.writeUInt16LE(Object.keys(parts).length, 4);
  end.writeUInt16LE(Object.keys(parts).length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...body, list, Buffer.from("PK\x05\x06"), end]);
}

const escaped = (text) => text.replace(/[<>&"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
const column = (index) => (index < 26 ? "" : String.fromCharCode(64 + Math.floor(index / 26))) + String.fromCharCode(65 + (index % 26));

/** What a formula came to when the file was saved. */
export const formula = (code, value) => ({ code, value });
/** A day as a spreadsheet counts it. */
export const serial = (date) => ({ day: Math.round((Date.parse(date) - Date.parse("1899-12-30")) / 86_400_000) });

/** A workbook: sheet's name → rows of cells, each a text, a number, a `formula` or a `serial`; ranges that are merged. */
export function workbook(sheets, merged = []) {
  const strings = [];
  const cell = (value, row, index) => {
    const at = `r="${column(index)}${row}"`;
    if (value === "" || value === null || value === undefined) return "";
    if (typeof value === "number") return `<c ${at}><v>${value}</v></c>`;
    if (value.day) return `<c ${at} s="1"><v>${value.day}</v></c>`;
    if (value.code) return `<c ${at}><f>${escaped(value.code)}</f>${value.value === undefined ? "" : `<v>${value.value}</v>`}</c>`;
    return `<c ${at} t="s"><v>${strings.push(value) - 1}</v></c>`;
  };
  const ranges = merged.length ? `<mergeCells count="${merged.length}">${merged.map((range) => `<mergeCell ref="${range}"/>`).join("")}</mergeCells>` : "";
  const names = Object.keys(sheets);
  const pages = Object.values(sheets).map((rows) => {
    const lines = rows.map((row, index) => `<row r="${index + 1}">${row.map((value, place) => cell(value, index + 1, place)).join("")}</row>`);
    return `<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${lines.join("")}</sheetData>${ranges}</worksheet>`;
  });
  const kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  return zip({
    "_rels/.rels": `<Relationships><Relationship Id="rId1" Type="${kind}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    "xl/workbook.xml": `<workbook xmlns:r="${kind}"><sheets>${names.map((name, index) => `<sheet name="${escaped(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`).join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `<Relationships>${names.map((_, index) => `<Relationship Id="rId${index + 1}" Type="${kind}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`).join("")}</Relationships>`,
    "xl/styles.xml": `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
    ...Object.fromEntries(pages.map((page, index) => [`xl/worksheets/sheet${index + 1}.xml`, page])),
    "xl/sharedStrings.xml": `<sst>${strings.map((text) => `<si><t xml:space="preserve">${escaped(text)}</t></si>`).join("")}</sst>`,
  });
}
