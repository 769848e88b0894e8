//! Files that come in from elsewhere and go out again: banks' statements, workbooks, tables.

use super::Seed;
use super::readers::{Reader, TABLES};
use shared::facts::calendar::Date;
use shared::facts::money::Currency;
use shared::record::attachment::{AttachmentKind, kind_of};
use shared::record::bank::{BankFile, BankFormat, camt, mt940, recognise, sort, table};
use shared::record::export::{Cell, csv, xlsx};
use shared::record::import::{Defaults, Field, FileKind, Workbook, inspect, sniff};

/// The readers of files.
pub fn targets() -> Vec<Reader> {
    let bytes = |text: &str| Seed::Bytes(text.as_bytes().to_vec());
    let rows =
        |text: &str| -> Vec<Vec<Cell>> { text.lines().map(|line| line.split(',').map(Cell::text).collect()).collect() };
    let books = TABLES.iter().map(|text| Seed::Bytes(xlsx("收款", &rows(text)))).collect();
    vec![
        ("bank", vec![bytes(SWIFT), bytes(CAMT), bytes(BANK_TABLE)], try_bank),
        ("workbook", books, try_workbook),
        (
            "attachment",
            vec![bytes("单号,金额\n1,2.00\n"), bytes("%PDF-1.7\n"), Seed::Bytes(xlsx("单", &rows("a,b")))],
            try_attachment,
        ),
        ("export", TABLES.iter().copied().map(bytes).collect(), try_export),
    ]
}

fn defaults() -> Defaults {
    Defaults { today: "2026-11-20".parse().unwrap(), currency: Currency::CNY }
}

fn try_bank(seed: &Seed) -> bool {
    let text = seed.text();
    let read: Option<BankFile> = match recognise(&text) {
        BankFormat::Mt940 => mt940(&text).ok(),
        BankFormat::Camt053 => camt(&text).ok(),
        BankFormat::Table => {
            let looked = inspect(&text, Some(FileKind::Bank), defaults(), |_| None);
            looked.ok().and_then(|looked| {
                let _ = looked.gave_way.is_nothing();
                table(&text, &looked.mapping).ok()
            })
        }
    };
    let Some(file) = read else { return false };
    let today: Date = defaults().today;
    let count = file.entries.len();
    if let Ok(sorted) = sort(file.entries, today, |_| false) {
        assert_eq!(sorted.new.len() + sorted.passed.len(), count, "an entry was lost");
    }
    true
}

fn try_workbook(seed: &Seed) -> bool {
    let Seed::Bytes(bytes) = seed else { return false };
    let _ = sniff(bytes);
    let Ok(book) = Workbook::open(bytes) else { return false };
    for sheet in book.sheets().iter().take(3) {
        if let Ok(sheet) = book.text(Some(sheet)) {
            let _ = inspect(&sheet.text, None, defaults(), |_| None);
        }
    }
    book.text(None).is_ok()
}

fn try_attachment(seed: &Seed) -> bool {
    let Seed::Bytes(bytes) = seed else { return false };
    let kind = AttachmentKind::of(bytes);
    for ending in ["pdf", "xlsx", "txt", "html"] {
        if let Ok(taken) = kind_of(&format!("a.{ending}"), bytes) {
            assert!(Some(taken) == kind && taken.endings().contains(&ending), "taken for what it isn't");
        }
    }
    kind.is_some()
}

fn try_export(seed: &Seed) -> bool {
    let text = seed.text();
    let cell = |text: &str| if text.parse::<i64>().is_ok() { Cell::figure(text) } else { Cell::text(text) };
    let rows: Vec<Vec<Cell>> = text.lines().map(|line| line.split(',').map(cell).collect()).collect();
    let written = csv(&rows);
    assert!(written.starts_with('\u{feff}'), "no spreadsheet knows what this is written in");
    let book = xlsx(&text.chars().take(20).collect::<String>(), &rows);
    assert!(Workbook::open(&book).is_ok(), "our own workbook cannot be read");
    let _ = [Field::Date, Field::Amount].map(Field::is_date);
    true
}

const SWIFT: &str = ":20:STMT-1\r\n\
    :25:BKCHCNBJ/350200123456\r\n\
    :28C:1/1\r\n\
    :60F:C261119CNY1000,00\r\n\
    :61:2611201120C25000,50NTRFREF-7//B2611200001\r\n\
    :86:/ORDP//NAME/NINGBO HENGMAO IMP EXP CO LTD/IBAN/CN12/REMI/INV-1\r\n\
    :61:261120D200,NCHGNONREF//B2611200002\r\n\
    :86:ACCOUNT FEE\r\n\
    :62F:C261120CNY25800,50\r\n";

const CAMT: &str = r#"<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr>
<Stmt><Id>S1</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">880.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Ntry><Amt Ccy="EUR">1000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-19</Dt></BookgDt><ValDt><Dt>2026-11-18</Dt></ValDt><AcctSvcrRef>BATCH-1</AcctSvcrRef>
<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy="EUR">400.00</Amt></TxAmt></AmtDtls><RltdPties><Dbtr><Nm>M&#252;ller &amp; S&#246;hne</Nm></Dbtr><DbtrAcct><Id><IBAN>DE02120300000000202051</IBAN></Id></DbtrAcct><Cdtr><Nm>We</Nm></Cdtr></RltdPties><RmtInf><Ustrd>INV-1</Ustrd><Ustrd>thanks</Ustrd></RmtInf></TxDtls>
<TxDtls><Refs><AcctSvcrRef>T-2</AcctSvcrRef></Refs><AmtDtls><TxAmt><Amt Ccy="EUR">600.00</Amt></TxAmt></AmtDtls><RltdPties><Dbtr><Pty><Nm>Second</Nm></Pty></Dbtr></RltdPties><RmtInf><Strd><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">20.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><DtTm>2026-11-20T09:00:00</DtTm></BookgDt><AcctSvcrRef>F-1</AcctSvcrRef><AddtlNtryInf>FEE</AddtlNtryInf></Ntry>
<Ntry><Amt Ccy="EUR">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts><ValDt><Dt>2026-11-21</Dt></ValDt></Ntry>
</Stmt></BkToCstmrStmt></Document>"#;

const BANK_TABLE: &str = "交易日期,交易流水号,借方发生额,贷方发生额,余额,对方户名,对方账号,摘要,附言\n\
    20261119,B1,,\"25,000.50\",\"26,000.50\",宁波恒茂进出口有限公司,３３１２３４５６７８９０,汇款,INV-1 货款\n\
    20261120 10:11:12,B2,200.00,,\"25,800.50\",,,手续费,\n20261120,B3,,-100.00,\"25,700.50\",某公司,,冲正,\n";
