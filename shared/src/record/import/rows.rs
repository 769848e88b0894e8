//! Row after row in the words of the house.
//!
//! [`Rows`] reads one record at a time, so that a file of a million rows needs no more memory than its text. A row with an
//! error is left out and reported; everything that isn't clear is a [`Problem`] with line, column and reason.

mod record;
mod words;

use super::columns::{Field, unit_of};
use super::dates::DateStyle;
use super::mapping::{Mapping, header_at, lacking, usual_days};
use super::problem::{FileError, Problems};
use super::records::{Cells, Records};
use super::sniff::ROWS_MAX;
use crate::facts::calendar::Date;
use crate::facts::customer::{Contact, Stage};
use crate::facts::identifiers::CreditCode;
use crate::facts::ledger::{Document, Limit};
use crate::facts::money::{Currency, Money};
use crate::facts::terms::Terms;
use record::Record;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A row that could be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ImportRow"))]
#[serde(tag = "row", rename_all = "snake_case")]
pub enum Row {
    /// A customer.
    Customer(Box<CustomerRow>),
    /// A document.
    Receivable(ReceivableRow),
    /// Money that came in.
    Receipt(ReceiptRow),
    /// A line of a bank's list.
    Bank(BankRow),
}

/// A customer. What the file doesn't say is absent, and leaves what the book knows as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CustomerRow {
    /// Where it stands in the file.
    pub line: u32,
    /// Our number for it.
    pub code: String,
    /// Its registered name.
    pub name: String,
    /// Its name in Latin letters.
    pub name_en: Option<String>,
    /// Its unified social credit code.
    pub credit_code: Option<CreditCode>,
    /// Where it stands in its life with us.
    pub stage: Option<Stage>,
    /// The group that policy treats alike.
    pub segment: Option<String>,
    /// Its trade.
    pub industry: Option<String>,
    /// The sign-in name of the salesperson who answers for it.
    pub salesperson: Option<String>,
    /// The day it was founded.
    pub founded: Option<Date>,
    /// The day from which we have done business.
    pub since: Option<Date>,
    /// Registered capital.
    pub registered_capital: Option<Money>,
    /// The currency of its limit.
    pub currency: Option<Currency>,
    /// Who to call.
    pub contact: Option<Contact>,
    /// Payment terms granted.
    pub terms: Option<Terms>,
    /// Credit limit granted.
    pub limit: Option<Limit>,
    /// The last day on which the limit stands.
    pub limit_until: Option<Date>,
}

/// A document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReceivableRow {
    /// Where it stands in the file.
    pub line: u32,
    /// Our number for the customer, or its name.
    pub customer: String,
    /// The customer's name, where the file has both.
    pub customer_name: Option<String>,
    /// What it is.
    pub document: Document,
    /// Its number.
    pub number: String,
    /// Its date.
    pub date: Date,
    /// When it falls due; absent where terms are to say so.
    pub due: Option<Date>,
    /// What it is for; negative on a credit note. In a list that has balances only, the balance.
    pub amount: Money,
    /// What is open of it, in a list of open items.
    pub balance: Option<Money>,
    /// The day on which it was paid in full.
    pub settled: Option<Date>,
    /// Whether the customer disputes it; absent where the file doesn't say.
    pub disputed: Option<bool>,
    /// Since when.
    pub disputed_on: Option<Date>,
    /// Whether it is brought along from before the book began; absent where the file doesn't say.
    pub opening: Option<bool>,
    /// The customer's own reference.
    pub reference: Option<String>,
    /// What it is for, in a few words.
    pub description: Option<String>,
}

/// Money that came in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReceiptRow {
    /// Where it stands in the file.
    pub line: u32,
    /// Our number for the customer, or its name.
    pub customer: String,
    /// The customer's name, where the file has both.
    pub customer_name: Option<String>,
    /// When it came.
    pub date: Date,
    /// How much.
    pub amount: Positive,
    /// The bank's reference.
    pub reference: Option<String>,
    /// The document that it is for.
    pub invoice: Option<String>,
}

/// A line of a bank's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BankRow {
    /// Where it stands in the file.
    pub line: u32,
    /// The day on which it was booked.
    pub date: Date,
    /// What came in; negative where it went out.
    pub amount: Money,
    /// Whether it takes an earlier line back: a negative amount in a column of its own side.
    pub reversal: bool,
    /// The other side's name.
    pub name: Option<String>,
    /// Its account.
    pub account: Option<String>,
    /// What was written to it.
    pub text: Option<String>,
    /// The bank's reference.
    pub reference: Option<String>,
}

/// An amount greater than nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Positive(Money);

impl Positive {
    /// The amount, if it is greater than nothing.
    pub const fn new(amount: Money) -> Option<Self> {
        if amount.minor() > 0 { Some(Self(amount)) } else { None }
    }

    /// The amount.
    pub const fn money(self) -> Money {
        self.0
    }
}

impl PartialOrd for Positive {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// By currency first; amounts of two currencies have no other order.
impl Ord for Positive {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.0.currency(), self.0.minor()).cmp(&(other.0.currency(), other.0.minor()))
    }
}

/// The rows of a text, read by a mapping.
#[derive(Clone, Debug)]
pub struct Rows<'t> {
    records: Records<'t>,
    cells: Cells<'t>,
    reader: Reader,
    read: u32,
    problems: Problems,
    sum: Sum,
}

/// What the rows add up to, for comparison with the file's own total.
#[derive(Clone, Copy, Debug)]
enum Sum {
    Nothing,
    Of(Money),
    Unknown,
}

/// How cells are read.
#[derive(Clone, Debug)]
struct Reader {
    mapping: Mapping,
    width: usize,
    dates: DateStyle,
    ten_thousands: BTreeMap<Field, bool>,
    /// The days from date to due date on nearly every row, where there are such.
    usual_days: Option<i32>,
}

impl<'t> Rows<'t> {
    /// Begins below the row of column names.
    ///
    /// # Errors
    ///
    /// [`FileError::MissingColumn`] when the mapping lacks a column, [`FileError::OtherColumns`] when it was made for
    /// other ones; also when the text can't be read down to its column names.
    pub fn open(text: &'t str, mapping: &Mapping) -> Result<Self, FileError> {
        if let Some(field) = lacking(mapping) {
            return Err(FileError::MissingColumn { field });
        }
        let mut records = Records::new(text, mapping.separator);
        let mut cells = Cells::new();
        let header = header_at(&mut records, &mut cells, mapping.header_line)?;
        for column in mapping.columns.values() {
            let found = header.get(column.index).cloned().unwrap_or_default();
            if found != column.name {
                return Err(FileError::OtherColumns { expected: column.name.clone(), found });
            }
        }
        let amounts = mapping.columns.iter().filter(|(field, _)| field.is_amount());
        let ten_thousands = amounts.map(|(field, column)| (*field, unit_of(&column.name).0)).collect();
        let choices = &mapping.choices;
        let dates = DateStyle { order: choices.date_order, serials: choices.serial_dates };
        let usual_days = usual_days(text, mapping)?;
        let reader = Reader { mapping: mapping.clone(), width: header.len(), dates, ten_thousands, usual_days };
        Ok(Self { records, cells, reader, read: 0, problems: Problems::default(), sum: Sum::Nothing })
    }

    /// The next row that could be read; `None` at the end.
    ///
    /// # Errors
    ///
    /// [`FileError::TooManyRows`] beyond [`ROWS_MAX`], or when the rest of the text makes no rows. An error ends the
    /// file.
    pub fn read(&mut self) -> Result<Option<Row>, FileError> {
        while let Some(line) = self.records.read(&mut self.cells)? {
            self.read = self.read.saturating_add(1);
            if self.read > ROWS_MAX {
                return Err(FileError::TooManyRows { max: ROWS_MAX });
            }
            let mut record = Record {
                reader: &self.reader,
                cells: &self.cells,
                line,
                problems: &mut self.problems,
                sum: &mut self.sum,
                refused: false,
            };
            if let Some(row) = record.row() {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    /// How many rows have been read, those left out included.
    pub const fn rows_read(&self) -> u32 {
        self.read
    }

    /// What was wrong with the rows read so far.
    pub fn into_problems(self) -> Problems {
        self.problems
    }
}

/// Until the end of the file, or until an error that ends it.
impl Iterator for Rows<'_> {
    type Item = Result<Row, FileError>;
    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::super::mapping::{Defaults, Inspection, inspect};
    use super::*;

    pub(in super::super) fn defaults() -> Defaults {
        Defaults { today: "2026-11-20".parse().unwrap(), currency: Currency::CNY }
    }

    fn look(text: &str) -> Inspection {
        inspect(text, None, defaults(), |_| None).unwrap()
    }

    fn read(text: &str) -> (Vec<Row>, Problems) {
        let inspection = look(text);
        assert_eq!(inspection.questions, vec![], "{inspection:?}");
        let mut rows = Rows::open(text, &inspection.mapping).unwrap();
        let read = rows.by_ref().map(Result::unwrap).collect();
        (read, rows.into_problems())
    }

    /// Each document as `customer number date due amount currency settled`.
    #[track_caller]
    fn check(text: &str, expected: &[&str], problems: &[&str]) {
        let (rows, found) = read(text);
        let shown: Vec<String> = rows
            .iter()
            .map(|row| match row {
                Row::Receivable(row) => format!(
                    "{} {} {} {} {:?}{}{}",
                    row.customer,
                    row.number,
                    row.date,
                    row.due.map_or("-".into(), |due| due.to_string()),
                    row.amount,
                    row.settled.map_or(String::new(), |day| format!(" settled {day}")),
                    if row.disputed == Some(true) { " disputed" } else { "" },
                ),
                Row::Receipt(row) => format!("{} {} received {:?}", row.customer, row.date, row.amount.money()),
                Row::Customer(row) => format!("{} {}", row.code, row.name),
                Row::Bank(row) => format!("{} {:?}", row.date, row.amount),
            })
            .collect();
        assert_eq!(shown, expected);
        assert_eq!(found.listed.iter().map(ToString::to_string).collect::<Vec<_>>(), problems);
    }

    #[test]
    fn a_plain_english_export() {
        check(
            "countrycode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate,DaysToSettle\r\n\
             770,3993-QUNVJ,31/12/2012,280670965,03/01/2012,02/02/2012,50.39,No,23/01/2012,20\r\n\
             391,6708-DPYTF,02/08/2012,5133177585,13/01/2012,12/02/2012,55.37,Yes,,\r\n",
            &[
                "3993-QUNVJ 280670965 2012-01-03 2012-02-02 CNY 50.39 settled 2012-01-23",
                "6708-DPYTF 5133177585 2012-01-13 2012-02-12 CNY 55.37 disputed",
            ],
            &[],
        );
    }

    #[test]
    fn a_chinese_export_with_title_subtotals_and_footer() {
        check(
            "\u{FEFF}应收账款明细表,,,,,\n单位：远澜国际货运代理（宁波）有限公司,,,,,\n\n\
             客户编号,客户名称,发票号码,开票日期,到期日,价税合计（元）\n\
             C001,宁波恒通进出口有限公司,25332000001,2026年10月8日,2026年11月30日,\"12,345.60\"\n\
             C001,宁波恒通进出口有限公司,25332000002,2026/10/9,2026/11/30,（345.60）\n\
             小计,,,,,\"12,000.00\"\n\
             Ｃ００２,杭州远景贸易有限公司,25332000003,20261010,20261130,１，０００\n\
             合计,,,,,\"13,001.00\"\n制表人：王敏,,,,,\n",
            &[
                "C001 25332000001 2026-10-08 2026-11-30 CNY 12345.60",
                "C001 25332000002 2026-10-09 2026-11-30 CNY -345.60",
                "C002 25332000003 2026-10-10 2026-11-30 CNY 1000.00",
            ],
            &[
                "line 9, 价税合计（元） (amount): the file's own total is 13001.00, its rows add up to 13000.00",
                "line 10: no row of the table ('制表人：王敏'), left out",
                "line 7: a totals row ('小计'), left out",
                "line 9: a totals row ('合计'), left out",
            ],
        );
    }

    #[test]
    fn a_european_export() {
        check(
            "Customer No.;Invoice No;Invoice Date;Due Date;Amount;Currency\n\
             K1;R-1;01.10.2026;31.10.2026;1.234,50;EUR\nK1;R-2;05.10.2026;04.11.2026;-99,00;EUR\n",
            &["K1 R-1 2026-10-01 2026-10-31 EUR 1234.50", "K1 R-2 2026-10-05 2026-11-04 EUR -99.00"],
            &[],
        );
    }

    #[test]
    fn a_ledger_with_two_sides() {
        check(
            "日期\t凭证字号\t客户名称\t摘要\t借方\t贷方\t余额\t到期日\n\
             2026-10-01\t记-12\t宁波恒通\t海运费\t5,000.50\t\t5,000.50\t2026-10-31\n\
             2026-10-20\t收-3\t宁波恒通\t到款\t\t3,000.00\t2,000.50\t\n",
            &["宁波恒通 记-12 2026-10-01 2026-10-31 CNY 5000.50", "宁波恒通 2026-10-20 received CNY 3000.00"],
            &[],
        );
    }

    #[test]
    fn every_problem_names_row_and_column() {
        check(
            "客户编号,发票号,开票日期,到期日,金额,结清日期,争议,摘要\n\
             ,F1,2026-10-01,2026-10-31,1.00,,,\n\
             C1,F2,2026-13-01,2026-10-31,1.00,,,\n\
             C1,F3,2026-10-01,2026-09-30,abc,,,\n\
             C1,F4,2026-10-01,2026-10-31,1.234,,,\n\
             C1,F5,2026-10-01,2026-10-31,1.50,2026-09-30,,\n\
             C1,F6,2026-10-01,2026-10-31,1.00,,也许,\n\
             C1,F7,2026-10-01,2026-10-31,1.00,,,=1+1\n\
             C1,2.81E+11,2026-10-01,2026-10-31,1.00,,,\n\
             C1,F8,2026-10-01,2026-10-31,1,234.00,,,\n\
             C1,F9,2026-10-01,2026-10-31,0.00,,,\n\
             C1,F10,2026-10-01,2026-09-30,5.00,,否,\n",
            &["C1 F10 2026-10-01 2026-09-30 CNY 5.00"],
            &[
                "line 2, 客户编号 (customer): is blank",
                "line 3, 开票日期 (date): '2026-13-01' is no date",
                "line 4, 金额 (amount): 'abc' is no amount",
                "line 5, 金额 (amount): '1.234' has more decimals than CNY has (2)",
                "line 6, 结清日期 (settled): settled on 2026-09-30, before its date, 2026-10-01",
                "line 7, 争议 (disputed): '也许' is none of the words that can stand here",
                "line 8, 摘要 (description): holds a formula, '=1+1': paste values",
                "line 9, 发票号 (number): '2.81E+11' is scientific notation: the digits are lost, format the column as text and export again",
                "line 10: the row has 9 cells, the table has 8 columns",
                "line 11, 金额 (amount): the amount is zero; the row is left out",
                "line 12, 到期日 (due): falls due on 2026-09-30, before its date, 2026-10-01",
            ],
        );
    }

    #[test]
    fn a_row_that_a_spreadsheet_has_swapped_is_suspect() {
        // Thirty days on every row; on the last the spreadsheet has read the third of April as the fourth of March.
        let mut text = String::from("customer id,invoice no,invoice date,due date,amount\n");
        text.extend((2..=28).map(|day| format!("K1,{day},{day:02}/03/2012,{:02}/04/2012,5.00\n", day - 1)));
        text.push_str("K1,99,04/03/2012,03/05/2012,5.00\n");
        let (rows, problems) = read(&text);
        assert_eq!((rows.len(), problems.warnings), (28, 1));
        assert_eq!(
            problems.listed[0].to_string(),
            "line 29, due date (due): date and due date are 60 days apart; with day and month swapped 30, as on the other rows"
        );
    }

    #[test]
    fn customers_in_full() {
        let text = "客户编号,客户名称,英文名称,统一社会信用代码,客户状态,客户类别,行业,业务员,成立日期,合作日期,注册资本(万元),币种,联系人,联系电话,账期,信用额度,额度有效期\n\
                    C001,宁波恒通进出口有限公司,Ningbo Hengtong,91330100799655058B,合作,直客,纺织,chen.jing,2010-05-06,2019-03-01,500,CNY,王敏,0574-8765 4321,月结30天,50万,2026-12-31\n\
                    C002,美达（香港）有限公司,,,潜在,,,,,,100万美元,USD,,,预付,不授信,\n";
        let (rows, problems) = read(text);
        assert_eq!(problems, Problems::default());
        let Some(Row::Customer(first)) = rows.first() else { panic!("{rows:?}") };
        assert_eq!(
            serde_json::to_string(first).unwrap(),
            r#"{"line":2,"code":"C001","name":"宁波恒通进出口有限公司","name_en":"Ningbo Hengtong","credit_code":"91330100799655058B","stage":"active","segment":"直客","industry":"纺织","salesperson":"chen.jing","founded":"2010-05-06","since":"2019-03-01","registered_capital":{"amount":"5000000.00","currency":"CNY"},"currency":"CNY","contact":{"name":"王敏","phone":"0574-8765 4321"},"terms":{"kind":"month_end","days":30},"limit":{"kind":"amount","amount":{"amount":"500000.00","currency":"CNY"}},"limit_until":"2026-12-31"}"#
        );
        let Some(Row::Customer(second)) = rows.get(1) else { panic!("{rows:?}") };
        assert_eq!(second.registered_capital.unwrap(), Money::parse("1000000", Currency::USD).unwrap());
        assert_eq!((second.terms, second.limit), (Some(Terms::Prepaid), Some(Limit::None)));
    }
}
