//! Banks' files: MT940, camt.053 and tables, good and bad ones, and what becomes of their entries.

use proptest::prelude::*;
use shared::facts::calendar::Date;
use shared::facts::id::ReceiptId;
use shared::facts::money::{Currency, Money};
use shared::record::bank::{
    BankError, BankFile, BankFormat, Entry, Passed, Sorted, camt, mt940, recognise, sort, table,
};
use shared::record::import::{Defaults, FileError, FileKind, Inspection, Question, What, inspect};
use std::collections::BTreeSet;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Each entry as `line date ±amount payer | account | text | reference`, with what is special about it.
fn shown(file: &BankFile) -> Vec<String> {
    let one = |entry: &Entry| {
        let mut flags = String::new();
        if entry.reversal {
            flags.push_str(" reversal");
        }
        if entry.pending {
            flags.push_str(" pending");
        }
        format!(
            "{} {} {}{:?} {} | {} | {} | {}{flags}",
            entry.line,
            entry.date,
            if entry.came_in { "+" } else { "-" },
            entry.amount,
            entry.payer,
            entry.account.as_deref().unwrap_or("-"),
            entry.text,
            entry.reference.as_deref().unwrap_or("-"),
        )
    };
    file.entries.iter().map(one).collect()
}

const MT940: &str = "{1:F01BKCHCNBJA920}{2:O9401200261120}{4:\r
:20:STMT-1\r
:25:BKCHCNBJ/350200123456\r
:28C:1/1\r
:60F:C261119CNY1000,00\r
:61:2611201120C25000,50NTRFREF-7//B2611200001\r
:86:/ORDP//NAME/NINGBO HENGMAO IMP EXP CO LTD/IBAN/CN12/REMI/INV-1 AND INV\r
-2/EREF/E1\r
:61:261120D200,NCHGNONREF//B2611200002\r
:86:ACCOUNT FEE\r
:61:261120RC100,NTRFNONREF//B2611200003\r
:86:RETURNED\r
:61:2612310102CY99,9NTRFNONREF\r
from abroad\r
:86:166?00CREDIT?20INV-3 FREI?21GHT?31DE02120300000000202051?32MUELLER GMBH?33 UND SOEHNE\r
:62F:C270102CNY25800,40\r
:86:THIS IS ABOUT THE STATEMENT\r
-}";

#[test]
fn mt940_with_every_form_of_description() {
    let file = mt940(MT940).unwrap();
    assert_eq!(
        (file.format, file.tied_out, file.entries[0].own.as_deref()),
        (BankFormat::Mt940, 1, Some("BKCHCNBJ/350200123456"))
    );
    assert_eq!(
        shown(&file),
        [
            "6 2026-11-20 +CNY 25000.50 NINGBO HENGMAO IMP EXP CO LTD | CN12 | INV-1 AND INV-2 E1 | B2611200001",
            "9 2026-11-20 -CNY 200.00  | - | ACCOUNT FEE | B2611200002",
            "11 2026-11-20 -CNY 100.00  | - | RETURNED | B2611200003 reversal",
            // Booked on 2 January of the next year.
            "13 2027-01-02 +CNY 99.90 MUELLER GMBH UND SOEHNE | DE02120300000000202051 | INV-3 FREIGHT | -",
        ]
    );
}

#[test]
fn mt940_that_cannot_be_taken() {
    let head = ":20:A\n:25:1\n:60F:C261119CNY0,\n";
    let check = |rest: &str, expected: &str| {
        assert_eq!(mt940(&format!("{head}{rest}")).unwrap_err().to_string(), expected);
    };
    check(
        ":61:261120C1,00NTRFX\n",
        "line 3: the statement that begins here has no closing balance; the file is cut off",
    );
    check(
        ":61:261120C1,00NTRFX\n:20:B\n",
        "line 3: the statement that begins here has no closing balance; the file is cut off",
    );
    check(
        ":61:261120C1,00NTRFX\n:62F:C261120CNY2,00\n",
        "line 5: opening balance and entries come to 1.00, the closing balance is 2.00",
    );
    check(":61:261320C1,00NTRFX\n", "line 4, :61:: '261320' is no date");
    check(":61:261120X1,00NTRFX\n", "line 4, :61:: '261120X1,00NTRFX' cannot be read");
    check(":61:261120C1,005NTRFX\n", "line 4, :61:: '1.005' has more decimals than CNY has (2)");
    check(":61:261120C1,0,0NTRFX\n", "line 4, :61:: '1.0,0' is no amount");
    check(":61:261120C\n", "line 4, :61:: '' is no amount");
    check(":62F:C261120XXX2,00\n", "line 4, :62F:: 'XXX' is no currency that is known here");
    assert_eq!(
        mt940(":20:A\n:61:261120C1,00NTRFX\n").unwrap_err().to_string(),
        "line 2, :61:: '261120C1,00NTRFX' cannot be read"
    );
    assert_eq!(mt940(":20:A\n-"), Err(BankError::NoStatement));
}

const CAMT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr>
<Stmt><Id>S1</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">880.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Ntry><Amt Ccy="EUR">1000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-19</Dt></BookgDt><ValDt><Dt>2026-11-18</Dt></ValDt><AcctSvcrRef>BATCH-1</AcctSvcrRef>
<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy="EUR">400.00</Amt></TxAmt></AmtDtls><RltdPties><Dbtr><Nm>M&#252;ller &amp; S&#246;hne</Nm></Dbtr><DbtrAcct><Id><IBAN>DE02120300000000202051</IBAN></Id></DbtrAcct><Cdtr><Nm>We</Nm></Cdtr></RltdPties><RmtInf><Ustrd>INV-1</Ustrd><Ustrd>thanks</Ustrd></RmtInf></TxDtls>
<TxDtls><Refs><AcctSvcrRef>T-2</AcctSvcrRef></Refs><AmtDtls><TxAmt><Amt Ccy="EUR">600.00</Amt></TxAmt></AmtDtls><RltdPties><Dbtr><Pty><Nm>Second</Nm></Pty></Dbtr></RltdPties><RmtInf><Strd><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">20.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><DtTm>2026-11-20T09:00:00</DtTm></BookgDt><AcctSvcrRef>F-1</AcctSvcrRef><AddtlNtryInf>FEE</AddtlNtryInf></Ntry>
<Ntry><Amt Ccy="EUR">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts><ValDt><Dt>2026-11-21</Dt></ValDt></Ntry>
</Stmt></BkToCstmrStmt></Document>
"#;

#[test]
fn camt_with_a_batch_a_fee_and_what_is_pending() {
    let file = camt(CAMT).unwrap();
    assert_eq!(
        (file.format, file.tied_out, file.entries[0].own.as_deref()),
        (BankFormat::Camt053, 1, Some("DE89370400440532013000"))
    );
    assert_eq!(
        shown(&file),
        [
            "6 2026-11-19 +EUR 400.00 Müller & Söhne | DE02120300000000202051 | INV-1 thanks | BATCH-1",
            "6 2026-11-19 +EUR 600.00 Second | - | RF18 | T-2",
            "9 2026-11-20 -EUR 20.00  | - | FEE | F-1",
            "10 2026-11-21 +EUR 5.00  | - |  | - pending",
        ]
    );
}

#[test]
fn camt_that_cannot_be_taken() {
    let check = |from: &str, to: &str, expected: &str| {
        assert!(CAMT.contains(from));
        assert_eq!(camt(&CAMT.replace(from, to)).unwrap_err().to_string(), expected);
    };
    check("880.00", "881.00", "line 5: opening balance and entries come to 880.00, the closing balance is 881.00");
    check(
        "<Cd>CLBD</Cd>",
        "<Cd>ITBD</Cd>",
        "line 3: the statement that begins here has no closing balance; the file is cut off",
    );
    check(
        "BkToCstmrStmt",
        "BkToCstmrAcctRpt",
        "the file holds BkToCstmrAcctRpt, no statement (camt.053): ask the bank for that",
    );
    check(">20.00<", ">20.001<", "line 9, Ntry/Amt: '20.001' has more decimals than EUR has (2)");
    check("<DtTm>2026-11-20", "<DtTm>2026-13-20", "line 9, Ntry/BookgDt: '2026-13-20T09:00:00' is no date");
    check("</Stmt>", "", "line 11: the XML is broken or goes beyond what is taken");
    check("<GrpHdr>", "<!DOCTYPE x><GrpHdr>", "line 2: the XML is broken or goes beyond what is taken");
    assert_eq!(camt("<Document/>").unwrap_err(), BankError::OtherMessage { name: "Document".into() });
    assert_eq!(camt("<Document><BkToCstmrStmt/></Document>").unwrap_err(), BankError::NoStatement);
    assert!(matches!(camt("<a"), Err(BankError::File { error: FileError::BrokenXml { line: 1 } })));
}

fn look(text: &str) -> Inspection {
    let defaults = Defaults { today: day("2026-11-20"), currency: Currency::CNY };
    inspect(text, Some(FileKind::Bank), defaults, |_| None).unwrap()
}

#[test]
fn tables_as_chinese_banks_write_them() {
    let two_sides = "账户明细查询,,,,,,,\n账号：3502 0012 3456,,,,,,,\n交易日期,交易流水号,借方发生额,贷方发生额,余额,对方户名,对方账号,摘要,附言\n\
        20261119,B1,,\"25,000.50\",\"26,000.50\",宁波恒茂进出口有限公司,３３１２３４５６７８９０,汇款,INV-1 货款\n\
        20261120 10:11:12,B2,200.00,,\"25,800.50\",,,手续费,\n20261120,B3,,-100.00,\"25,700.50\",某公司,,冲正,\n";
    let looked = look(two_sides);
    assert_eq!(looked.questions, vec![]);
    assert_eq!(
        shown(&table(two_sides, &looked.mapping).unwrap()),
        [
            "4 2026-11-19 +CNY 25000.50 宁波恒茂进出口有限公司 | 331234567890 | INV-1 货款 汇款 | B1",
            "5 2026-11-20 -CNY 200.00  | - | 手续费 | B2",
            "6 2026-11-20 -CNY 100.00 某公司 | - | 冲正 | B3 reversal",
        ]
    );
    let one_column = "交易时间\t借贷标志\t交易金额\t币种\t对方户名\t用途\n2026-11-19\t贷\t500\tUSD\tACME LTD\tPO 77\n2026-11-19\t借\t20\tUSD\t\tFEE\n";
    assert_eq!(
        shown(&table(one_column, &look(one_column).mapping).unwrap()),
        ["2 2026-11-19 +USD 500.00 ACME LTD | - | PO 77 | -", "3 2026-11-19 -USD 20.00  | - | FEE | -"]
    );
    let signed = "Date;Amount;Counterparty;Remittance information;Reference\n20.11.2026;-1.234,50;A;b;R1\n20.11.2026;99,00;B;c;R2\n";
    assert_eq!(
        shown(&table(signed, &look(signed).mapping).unwrap()),
        ["2 2026-11-20 -CNY 1234.50 A | - | b | R1", "3 2026-11-20 +CNY 99.00 B | - | c | R2"]
    );
}

#[test]
fn a_table_that_leaves_something_open_is_asked_about_and_bad_rows_are_named() {
    let text = "对方户名,余额\n甲,1\n";
    let fields: Vec<Question> = look(text).questions;
    assert_eq!(fields.len(), 2, "{fields:?}");
    let text = "交易日期,借方发生额,贷方发生额\n2026-11-20,1,2\n2026-13-01,,5\n2026-11-20,,\n2026-11-20,,abc\n";
    let file = table(text, &look(text).mapping).unwrap();
    let lines: Vec<_> = file.problems.listed.iter().map(|problem| (problem.line, problem.what.clone())).collect();
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert_eq!(lines[0], (Some(2), What::DebitAndCredit));
    assert_eq!(lines[2], (Some(4), What::Blank));
    assert_eq!(file.entries, vec![]);
}

#[test]
fn formats_are_told_by_their_beginning() {
    for (text, format) in [
        (MT940, BankFormat::Mt940),
        (":20:X\n:25:1", BankFormat::Mt940),
        ("\u{FEFF}\n  <?xml", BankFormat::Camt053),
        ("交易日期,贷方", BankFormat::Table),
        ("a:61:b", BankFormat::Table),
        ("", BankFormat::Table),
    ] {
        assert_eq!(recognise(text), format, "{text}");
    }
}

fn sorted(file: &BankFile, known: &BTreeSet<ReceiptId>) -> Sorted {
    sort(file.entries.clone(), day("2026-11-20"), |receipt| known.contains(&receipt)).unwrap()
}

#[test]
fn what_comes_in_is_pooled_once_and_all_else_has_a_reason() {
    let file = mt940(MT940).unwrap();
    let first = sorted(&file, &BTreeSet::new());
    assert_eq!(first.new.len(), 1);
    let reasons: Vec<Passed> = first.passed.iter().map(|(_, why)| *why).collect();
    assert_eq!(reasons, [Passed::WentOut, Passed::Reversal, Passed::InFuture]);
    assert_eq!(first.totals["CNY"], Money::from_minor(2_500_050, Currency::CNY).unwrap());
    let known: BTreeSet<ReceiptId> = first.new.iter().map(|pooled| pooled.money.receipt).collect();
    let again = sorted(&file, &known);
    assert_eq!((again.new.len(), again.passed[0].1), (0, Passed::Known));
    // The same entry in the bank's table: its reference, day and amount are the same.
    let csv = "交易日期,交易流水号,贷方发生额,对方户名\n2026-11-20,B2611200001,25000.50,宁波恒茂\n";
    let csv = table(csv, &look(csv).mapping).unwrap();
    assert_eq!(sorted(&csv, &known).passed[0].1, Passed::Known);
}

fn entry() -> impl Strategy<Value = Entry> {
    let reference = prop::option::of("[AB]{1,2}");
    (1_i64..4, 18_u32..23, any::<bool>(), reference, "[xy]{0,1}", any::<bool>(), any::<bool>()).prop_map(
        |(minor, on, came_in, reference, payer, reversal, pending)| Entry {
            line: 1,
            date: Date::from_ymd_opt(2026, 11, on).unwrap(),
            amount: Money::from_minor(minor, Currency::CNY).unwrap(),
            came_in,
            reversal: reversal && pending,
            pending,
            own: None,
            payer,
            account: None,
            text: String::new(),
            reference,
        },
    )
}

proptest! {
    #[test]
    fn every_entry_is_pooled_or_passed_over_and_twice_adds_nothing(entries in prop::collection::vec(entry(), 0..20), turn in 0_usize..20) {
        let today = day("2026-11-20");
        let first = sort(entries.clone(), today, |_| false).unwrap();
        prop_assert_eq!(first.new.len() + first.passed.len(), entries.len());
        let ids: BTreeSet<ReceiptId> = first.new.iter().map(|pooled| pooled.money.receipt).collect();
        prop_assert_eq!(ids.len(), first.new.len(), "two receipts have one id");
        let sum: i64 = first.new.iter().map(|pooled| pooled.money.amount.minor()).sum();
        prop_assert_eq!(first.totals.get("CNY").map_or(0, |total| total.minor()), sum);
        let came: i64 = entries
            .iter()
            .filter(|entry| entry.came_in && !entry.reversal && !entry.pending && entry.date <= today)
            .map(|entry| entry.amount.minor())
            .sum();
        prop_assert_eq!(came, sum);
        // In another order the same receipts come out.
        let mut turned = entries;
        let length = turned.len().max(1);
        turned.rotate_left(turn % length);
        let again = sort(turned, today, |receipt| ids.contains(&receipt)).unwrap();
        prop_assert_eq!(again.new.len(), 0);
    }

    #[test]
    fn any_text_gets_an_answer(text in "[:0-9A-Z,/?\\n<>a-z-]{0,80}", tail in "[:0-9A-Z,/?\\n-]{0,60}") {
        let _ = mt940(&text);
        let _ = mt940(&format!(":20:A\n:60F:C261119CNY0,\n:61:{tail}"));
        let _ = camt(&text);
        let _ = camt(&format!("<Document><BkToCstmrStmt><Stmt>{text}</Stmt></BkToCstmrStmt></Document>"));
    }

    #[test]
    fn a_statement_ties_out_only_with_all_of_its_entries(minor in prop::collection::vec(1_i64..100_000, 1..8), lost in 0_usize..8) {
        let cents = |minor: i64| format!("{},{:02}", minor / 100, minor % 100);
        let line = |minor: &i64| format!(":61:261120C{}NTRFX//R{minor}\n", cents(*minor));
        let text = |entries: &[i64]| {
            let lines: String = entries.iter().map(line).collect();
            format!(":20:A\n:60F:C261119CNY0,\n{lines}:62F:C261120CNY{}\n-", cents(minor.iter().sum()))
        };
        prop_assert_eq!(mt940(&text(&minor)).unwrap().entries.len(), minor.len());
        let mut some = minor.clone();
        some.remove(lost % minor.len());
        let balance = matches!(mt940(&text(&some)), Err(BankError::Balance { .. }));
        prop_assert!(balance);
    }
}
