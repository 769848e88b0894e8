//! Workbooks: from the bytes of a file to the text of a sheet, good and bad ones; and out again.

use miniz_oxide::deflate::compress_to_vec;
use proptest::prelude::*;
use shared::facts::money::Currency;
use shared::record::export::{Cell, xlsx};
use shared::record::import::{
    Binary, Defaults, FileError, Inspection, Question, Row, Rows, Sniffed, UNPACKED_MAX, Workbook, crc, inspect, sniff,
};

/// A zip file with these parts, packed.
fn zip(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in parts {
        let at = u32::try_from(out.len()).unwrap();
        let packed = compress_to_vec(content, 6);
        let mut head = vec![20, 0, 0, 8, 8, 0, 0, 0, 0x21, 0];
        head.extend((!crc(!0, content)).to_le_bytes());
        head.extend(u32::try_from(packed.len()).unwrap().to_le_bytes());
        head.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
        head.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        head.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&head);
        out.extend(name.as_bytes());
        out.extend(&packed);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&head);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let at = u32::try_from(out.len()).unwrap();
    let count = u16::try_from(parts.len()).unwrap().to_le_bytes();
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count);
    out.extend(count);
    out.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// A workbook with these sheets' contents, shared strings and formats of cells.
fn workbook(sheets: &[(&str, &str)], strings: &[&str], formats: &[&str], properties: &str) -> Vec<u8> {
    let numbers = 1..=sheets.len();
    let list: Vec<String> = sheets
        .iter()
        .zip(numbers.clone())
        .map(|((name, _), n)| format!(r#"<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>"#))
        .collect();
    let relation = |n| {
        format!(
            r#"<Relationship Id="rId{n}" Type="http://x/relationships/worksheet" Target="/xl/worksheets/sheet{n}.xml"/>"#
        )
    };
    let relations: Vec<String> = numbers.clone().map(relation).collect();
    let codes: Vec<String> = formats
        .iter()
        .zip(164..)
        .map(|(code, id)| format!(r#"<numFmt numFmtId="{id}" formatCode="{}"/>"#, code.replace('"', "&quot;")))
        .collect();
    let styles: Vec<String> = (164..164 + formats.len()).map(|id| format!(r#"<xf numFmtId="{id}"/>"#)).collect();
    let texts: Vec<String> = strings.iter().map(|text| format!("<si>{text}</si>")).collect();
    let [list, relations, codes, styles, texts] = [list, relations, codes, styles, texts].map(|parts| parts.concat());
    let mut parts = vec![
        (
            "_rels/.rels".to_owned(),
            r#"<Relationships><Relationship Id="a" Type="http://x/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#.to_owned(),
        ),
        ("xl/workbook.xml".to_owned(), format!("<workbook>{properties}<sheets>{list}</sheets></workbook>")),
        ("xl/_rels/workbook.xml.rels".to_owned(), format!("<Relationships>{relations}</Relationships>")),
        (
            "xl/styles.xml".to_owned(),
            format!(r#"<styleSheet><numFmts>{codes}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>"#),
        ),
        ("xl/sharedStrings.xml".to_owned(), format!("<sst>{texts}</sst>")),
    ];
    for ((_, content), n) in sheets.iter().zip(numbers) {
        parts.push((format!("xl/worksheets/sheet{n}.xml"), format!("<worksheet>{content}</worksheet>")));
    }
    let parts: Vec<(&str, Vec<u8>)> =
        parts.iter().map(|(name, content)| (name.as_str(), content.clone().into_bytes())).collect();
    zip(&parts)
}

fn text(bytes: &[u8], sheet: Option<&str>) -> Result<String, FileError> {
    assert_eq!(sniff(bytes), Ok(Sniffed::Workbook));
    Workbook::open(bytes)?.text(sheet).map(|sheet| sheet.text)
}

#[track_caller]
fn check(sheet: &str, strings: &[&str], formats: &[&str], expected: &str) {
    assert_eq!(text(&workbook(&[("S", sheet)], strings, formats, ""), None), Ok(expected.to_owned()));
}

#[test]
fn cells_of_every_kind() {
    check(
        r#"<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><r><t>直</t></r><r><t xml:space="preserve">接 </t></r></is></c><c r="C1" t="str"><f>A1&amp;"x"</f><v>算 &lt;出</v></c></row>
           <row r="2"><c r="A2"><v>1234.5599999999999</v></c><c r="B2" s="1"><v>46346</v></c><c r="C2" t="b"><v>1</v></c><c r="D2" t="e"><v>#N/A</v></c></row>
           <row r="4"><c r="B4" s="2"><v>7</v></c><c r="C4"><f>SUM(A1:A2)</f></c><c r="D4" t="d"><v>2026-11-20T00:00:00</v></c></row></sheetData>"#,
        &[r#"<t>共_x000D_
享</t><rPh sb="0" eb="1"><t>ガナ</t></rPh>"#],
        &["yyyy\"年\"m\"月\"d\"日\"", "00000"],
        "共  享\t直接\t算 <出\t\n1234.56\t2026-11-20\tTRUE\t#N/A\n\n\t00007\t=?\t2026-11-20",
    );
}

#[test]
fn cells_and_rows_without_references_follow_one_another() {
    check(
        "<sheetData><row><c><v>1</v></c><c><v>2</v></c></row><row><c/><c><v>3</v></c></row></sheetData>",
        &[],
        &[],
        "1\t2\n\t3",
    );
}

#[test]
fn merged_texts_stand_in_each_row_and_merged_numbers_once() {
    check(
        r#"<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>客户</t></is></c><c r="B1" t="inlineStr"><is><t>本期</t></is></c></row>
           <row r="2"><c r="B2" t="inlineStr"><is><t>借方</t></is></c><c r="C2" t="inlineStr"><is><t>贷方</t></is></c></row>
           <row r="3"><c r="A3" t="inlineStr"><is><t>宁波恒茂</t></is></c><c r="B3"><v>100</v></c></row>
           <row r="4"><c r="C4"><v>40</v></c></row></sheetData>
           <mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="B1:C1"/><mergeCell ref="A3:A4"/><mergeCell ref="B3:B4"/></mergeCells>"#,
        &[],
        &[],
        "客户\t本期\t\n客户\t借方\t贷方\n宁波恒茂\t100\t\n宁波恒茂\t\t40",
    );
}

#[test]
fn a_quotation_mark_at_the_start_is_the_text_s_own() {
    let bytes =
        xlsx("S", &[vec![Cell::text("\"a\"\tb"), Cell::text("5\" pipe")], vec![Cell::text("x"), Cell::text("y")]]);
    assert_eq!(text(&bytes, None), Ok("\"\"\"a\"\" b\"\t5\" pipe\nx\ty".to_owned()));
}

#[test]
fn days_counted_from_1904() {
    let sheet = r#"<sheetData><row r="1"><c r="A1" s="1"><v>44884</v></c></row></sheetData>"#;
    let bytes = workbook(&[("S", sheet)], &[], &["yyyy-mm-dd"], r#"<workbookPr date1904="1"/>"#);
    assert_eq!(text(&bytes, None), Ok("2026-11-20".to_owned()));
}

#[test]
fn the_only_sheet_with_something_in_it_is_read_and_of_several_one_is_chosen() {
    let filled = r#"<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>"#;
    let other = filled.replace("<v>1<", "<v>2<");
    let empty = "<sheetData/>";
    assert_eq!(text(&workbook(&[("空", empty), ("数", filled)], &[], &[], ""), None), Ok("1".to_owned()));
    let two = workbook(&[("一月", filled), ("二月", &other)], &[], &[], "");
    let sheets = vec!["一月".to_owned(), "二月".to_owned()];
    assert_eq!(text(&two, None), Err(FileError::WhichSheet { sheets }));
    assert_eq!(text(&two, Some("二月")), Ok("2".to_owned()));
    assert_eq!(text(&two, Some("三月")), Err(FileError::NoSheet { sheet: "三月".to_owned() }));
    assert_eq!(text(&workbook(&[("空", empty)], &[], &[], ""), None), Err(FileError::Empty));
}

#[test]
fn what_is_no_workbook_is_named() {
    let docx = zip(&[("word/document.xml", b"<w/>".to_vec())]);
    assert_eq!(text(&docx, None), Err(FileError::Binary { what: Binary::Workbook }));
    let broken = |part: &str| Err(FileError::BrokenWorkbook { part: part.to_owned() });
    assert_eq!(text(b"PK\x03\x04 and no directory", None), broken("zip"));
    let sheet = r#"<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>"#;
    let whole = workbook(&[("S", sheet)], &[], &[], "");
    for cut in [30, 200, whole.len() / 2, whole.len() - 10] {
        assert_eq!(text(&whole[..cut], None), broken("zip"), "{cut}");
    }
    assert_eq!(text(&workbook(&[("S", "<sheetData><row>")], &[], &[], ""), None), broken("xl/worksheets/sheet1.xml"));
    assert_eq!(
        text(&workbook(&[("S", r#"<sheetData><row r="2"/><row r="1"/></sheetData>"#)], &[], &[], ""), None),
        broken("xl/worksheets/sheet1.xml")
    );
}

#[test]
fn an_encrypted_part_is_refused_as_such() {
    let mut bytes = workbook(&[("S", "<sheetData/>")], &[], &[], "");
    let at = bytes.windows(4).rposition(|window| window == b"PK\x05\x06").unwrap();
    let mut directory = usize::try_from(u32::from_le_bytes(bytes[at + 16..at + 20].try_into().unwrap())).unwrap();
    while bytes[directory..].starts_with(b"PK\x01\x02") {
        bytes[directory + 8] |= 1;
        let name = usize::from(bytes[directory + 28]);
        directory += 46 + name;
    }
    assert_eq!(text(&bytes, None), Err(FileError::EncryptedWorkbook));
}

#[test]
fn a_part_that_unpacks_to_another_length_or_sum_is_broken() {
    let sheet = r#"<sheetData><row r="1"><c r="A1"><v>12345</v></c></row></sheetData>"#;
    let whole = workbook(&[("S", sheet)], &[], &[], "");
    let at = whole.windows(24).rposition(|window| window == b"xl/worksheets/sheet1.xml").unwrap() - 46;
    for (offset, part) in [(16, "sum"), (24, "length")] {
        let mut bytes = whole.clone();
        bytes[at + offset] ^= 1;
        let expected = FileError::BrokenWorkbook { part: "xl/worksheets/sheet1.xml".to_owned() };
        assert_eq!(text(&bytes, None), Err(expected), "{part}");
    }
}

#[test]
fn a_zip_bomb_ends_at_the_bound() {
    // 300 MB of blanks in some 300 kB; what it says of its length is true.
    let blanks = vec![b' '; 300 * 1024 * 1024];
    let mut sheet = b"<worksheet><sheetData/>".to_vec();
    for piece in blanks.chunks(512 * 1024) {
        sheet.extend(piece);
        sheet.extend(b"<a/>");
    }
    sheet.extend(b"</worksheet>");
    drop(blanks);
    let plain = workbook(&[("S", "<sheetData/>")], &[], &[], "");
    drop(plain);
    let parts = [
        ("xl/workbook.xml", br#"<workbook><sheets><sheet name="S" r:id="r"/></sheets></workbook>"#.to_vec()),
        (
            "xl/_rels/workbook.xml.rels",
            br#"<Relationships><Relationship Id="r" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#.to_vec(),
        ),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    let bytes = zip(&parts);
    assert!(bytes.len() < 4 * 1024 * 1024, "{}", bytes.len());
    assert_eq!(text(&bytes, None), Err(FileError::WorkbookTooLarge { max: UNPACKED_MAX }));
}

#[test]
fn more_columns_than_are_taken() {
    let sheet = r#"<sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData>"#;
    assert_eq!(text(&workbook(&[("S", sheet)], &[], &[], ""), None), Err(FileError::TooManyColumns { max: 256 }));
}

fn defaults() -> Defaults {
    Defaults { today: "2026-11-20".parse().unwrap(), currency: Currency::CNY }
}

#[test]
fn an_erp_s_report_reads_like_its_csv() {
    // A title over the table, headings of two storeys, customers merged over their rows, text numbers in full width,
    // dates as days of a spreadsheet and as text, a total.
    let cell = |at: &str, text: &str| format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#);
    let sheet = [
        format!("<row r=\"1\">{}</row>", cell("A1", "应收账款明细表")),
        format!(
            "<row r=\"3\">{}{}{}{}</row>",
            cell("A3", "客户编号"),
            cell("B3", "单据"),
            cell("D3", "到期日"),
            cell("E3", "金额（元）")
        ),
        format!("<row r=\"4\">{}{}</row>", cell("B4", "发票号码"), cell("C4", "开票日期")),
        format!(
            "<row r=\"5\">{}{}<c r=\"C5\" s=\"1\"><v>46303</v></c>{}<c r=\"E5\"><v>12345.600000000001</v></c></row>",
            cell("A5", "C001"),
            cell("B5", "25332000001"),
            cell("D5", "2026年11月30日")
        ),
        format!(
            "<row r=\"6\">{}<c r=\"C6\" s=\"1\"><v>46304</v></c>{}{}</row>",
            cell("B6", "25332000002"),
            cell("D6", "2026/11/30"),
            cell("E6", "１，０００")
        ),
        format!("<row r=\"7\">{}<c r=\"E7\"><f>SUM(E5:E6)</f><v>13345.6</v></c></row>", cell("A7", "合计")),
    ]
    .concat();
    let sheet = format!(
        "<sheetData>{sheet}</sheetData><mergeCells><mergeCell ref=\"A1:E1\"/><mergeCell ref=\"A3:A4\"/><mergeCell ref=\"B3:C3\"/><mergeCell ref=\"D3:D4\"/><mergeCell ref=\"E3:E4\"/><mergeCell ref=\"A5:A6\"/></mergeCells>"
    );
    let text = text(&workbook(&[("明细", &sheet)], &[], &["yyyy\\-mm\\-dd"], ""), None).unwrap();
    let Inspection { mapping, questions, .. } = inspect(&text, None, defaults(), |_| None).unwrap();
    assert_eq!((questions, mapping.header_line), (vec![], 4));
    let mut rows = Rows::open(&text, &mapping).unwrap();
    let read: Vec<String> = rows
        .by_ref()
        .map(|row| match row.unwrap() {
            Row::Receivable(row) => {
                format!(
                    "{} {} {} {} {} {:?}",
                    row.line,
                    row.customer,
                    row.number,
                    row.date,
                    row.due.unwrap(),
                    row.amount
                )
            }
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(
        read,
        [
            "5 C001 25332000001 2026-10-08 2026-11-30 CNY 12345.60",
            "6 C001 25332000002 2026-10-09 2026-11-30 CNY 1000.00",
        ]
    );
    assert_eq!(rows.into_problems().errors, 0);
}

#[test]
fn unformatted_serial_dates_and_lost_digits_are_asked_and_named() {
    let cell = |at: &str, text: &str| format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#);
    let head = ["客户编号", "发票号码", "开票日期", "到期日", "金额"];
    let head: String = head.iter().zip(["A1", "B1", "C1", "D1", "E1"]).map(|(text, at)| cell(at, text)).collect();
    let row = "<c r=\"A2\"><v>17</v></c><c r=\"B2\"><v>2.5332000000112345E+19</v></c><c r=\"C2\"><v>46303</v></c><c r=\"D2\"><v>46356</v></c><c r=\"E2\"><v>5</v></c>";
    let sheet = format!("<sheetData><row r=\"1\">{head}</row><row r=\"2\">{row}</row></sheetData>");
    let text = text(&workbook(&[("S", &sheet)], &[], &[], ""), None).unwrap();
    let looked = inspect(&text, None, defaults(), |_| None).unwrap();
    assert_eq!(looked.questions, vec![Question::SerialDates]);
    let mut mapping = looked.mapping;
    mapping.choices.serial_dates = true;
    let mut rows = Rows::open(&text, &mapping).unwrap();
    assert_eq!(rows.by_ref().count(), 0);
    let problems = rows.into_problems();
    assert_eq!(
        problems.listed.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "line 2, 发票号码 (number): '2.53320000001123E+19' is scientific notation: the digits are lost, format the column as text and export again"
        ]
    );
}

proptest! {
    #[test]
    fn what_goes_out_comes_back(
        rows in prop::collection::vec(prop::collection::vec("[a客=+@,;\"'_x0D ]{1,8}", 2..4), 1..6),
        numbers in prop::collection::vec(-99_999_999_i64..=99_999_999, 1..6),
    ) {
        let mut cells: Vec<Vec<Cell>> = rows.iter().map(|row| row.iter().map(Cell::text).collect()).collect();
        let cents = |minor: &i64| {
            let sign = if *minor < 0 { "-" } else { "" };
            format!("{sign}{}.{:02}", minor.abs() / 100, minor.abs() % 100)
        };
        cells.push(numbers.iter().map(|minor| Cell::figure(cents(minor))).collect());
        cells.push(vec![Cell::figure("2026-11-20"), Cell::text("end")]);
        let text = text(&xlsx("表[1]", &cells), None).unwrap();
        let lines: Vec<Vec<&str>> = text.split('\n').map(|line| line.trim_end_matches('\t').split('\t').collect()).collect();
        for (row, line) in rows.iter().zip(&lines) {
            let unquoted = |cell: &str| match cell.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
                Some(inside) => inside.replace("\"\"", "\""),
                None => cell.to_owned(),
            };
            let mut expected: Vec<String> = row.iter().map(|cell| cell.trim().to_owned()).collect();
            while expected.len() > 1 && expected.last().is_some_and(String::is_empty) {
                expected.pop();
            }
            prop_assert_eq!(line.iter().map(|cell| unquoted(cell)).collect::<Vec<_>>(), expected);
        }
        let short = |minor: &i64| {
            let text = cents(minor);
            let text = text.trim_end_matches('0').trim_end_matches('.').to_owned();
            if text == "-0" { "0".to_owned() } else { text }
        };
        prop_assert_eq!(&lines[rows.len()], &numbers.iter().map(short).collect::<Vec<_>>());
        prop_assert_eq!(&lines[rows.len() + 1], &vec!["2026-11-20", "end"]);
    }

    #[test]
    fn any_damage_gets_an_answer(at in 0_usize..2000, bit in 0_u8..8, cut in 0_usize..2000) {
        let cells = vec![vec![Cell::text("客户"), Cell::figure("1.00")]; 5];
        let mut bytes = xlsx("S", &cells);
        let length = bytes.len();
        bytes[at % length] ^= 1 << bit;
        for bytes in [&bytes[..], &bytes[..length - cut % length]] {
            if let Ok(workbook) = Workbook::open(bytes) {
                let _ = workbook.text(None);
            }
        }
    }
}
