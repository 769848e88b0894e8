//! Row after row in the words of the house.
//!
//! [`Rows`] reads one record at a time, so that a file of a million rows needs no more memory than its text. A row with an
//! error is left out and reported; everything that isn't clear is a [`Problem`] with line, column and reason.

use super::amounts::{AmountStyle, is_scientific, named_currency, read_amount, read_currency};
use super::columns::{Field, FileKind, unit_of};
use super::dates::{DateStyle, read_date};
use super::mapping::{Column, Mapping, Mode, header_at, lacking};
use super::problem::{FileError, Problem, Problems, Severity, What};
use super::records::{Cells, Records};
use super::sniff::ROWS_MAX;
use super::text::{is_subtotal, is_total, narrowed, shortened, text};
use crate::facts::calendar::Date;
use crate::facts::customer::{Contact, CreditCode, Stage};
use crate::facts::ledger::{Document, Limit};
use crate::facts::money::{Currency, Money};
use crate::facts::terms::Terms;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A row that could be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "row", rename_all = "snake_case")]
pub enum Row {
    /// A customer.
    Customer(Box<CustomerRow>),
    /// A document.
    Receivable(ReceivableRow),
    /// Money that came in.
    Receipt(ReceiptRow),
}

/// A customer. What the file doesn't say is absent, and leaves what the book knows as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// An amount greater than nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
}

impl<'t> Rows<'t> {
    /// Begins below the row of column names. Refuses a mapping that lacks a column or was made for other columns.
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
        let reader = Reader { mapping: mapping.clone(), width: header.len(), dates, ten_thousands };
        Ok(Self { records, cells, reader, read: 0, problems: Problems::default(), sum: Sum::Nothing })
    }

    /// The next row that could be read; `None` at the end. An error ends the file.
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

/// One record while it is read.
struct Record<'r, 't> {
    reader: &'r Reader,
    cells: &'r Cells<'t>,
    line: u32,
    problems: &'r mut Problems,
    sum: &'r mut Sum,
    refused: bool,
}

impl<'r> Record<'r, '_> {
    fn row(&mut self) -> Option<Row> {
        if self.is_left_out() {
            return None;
        }
        // A thousands comma without quotation marks moves all that follows into the wrong column, and the cell too many at
        // the end may well be blank. Fewer cells are a habit of programs that leave out blank ones.
        if self.cells.len() > self.reader.width {
            let (found, expected) = (self.cells.len(), self.reader.width);
            self.report(None, Severity::Error, What::CellCount { found, expected });
            return None;
        }
        let row = match self.reader.mapping.kind {
            FileKind::Customers => self.customer().map(Box::new).map(Row::Customer),
            FileKind::Receivables => self.receivable(),
            FileKind::Receipts => self.receipt().map(Row::Receipt),
        };
        row.filter(|_| !self.refused)
    }

    /// Totals rows and lines of text between the rows.
    fn is_left_out(&mut self) -> bool {
        let kind = self.reader.mapping.kind;
        let blank = |field| self.cell(field).is_none_or(|(_, cell)| is_total(cell));
        let key = match kind {
            FileKind::Customers => Field::Name,
            FileKind::Receivables => Field::Number,
            FileKind::Receipts => Field::Date,
        };
        if !(blank(key) || (kind == FileKind::Receivables && blank(Field::Date))) {
            return false;
        }
        if let Some(word) = self.cells.iter().find(|cell| is_total(cell)) {
            let cell = shortened(word.trim());
            self.compare_total(&cell);
            self.report(None, Severity::Note, What::TotalsRow { cell });
            return true;
        }
        let amounts = [Field::Amount, Field::Balance, Field::Debit, Field::Credit];
        let empty = kind != FileKind::Customers && blank(key) && blank(Field::Date) && amounts.into_iter().all(blank);
        if empty {
            let first = self.cells.iter().map(|cell| cell.trim()).find(|cell| !cell.is_empty()).unwrap_or("");
            self.report(None, Severity::Warning, What::NotARow { cell: shortened(first) });
        }
        empty
    }

    fn compare_total(&mut self, word: &str) {
        let Sum::Of(sum) = *self.sum else { return };
        if is_subtotal(word) || self.problems.errors > 0 {
            return;
        }
        let field = if self.cell(Field::Amount).is_some() { Field::Amount } else { Field::Balance };
        let Some((_, cell)) = self.cell(field) else { return };
        if let Ok(total) = read_amount(cell, self.amount_style(field), sum.currency())
            && total != sum
        {
            self.report(Some(field), Severity::Warning, What::TotalDiffers { total, sum });
        }
    }

    fn customer(&mut self) -> Option<CustomerRow> {
        let code = self.code(Field::Customer);
        let name = self.required(Field::Name);
        let currency = self.currency();
        let terms = self.word(Field::Terms, read_terms);
        let limit_in = currency.unwrap_or(self.reader.mapping.choices.currency);
        let limit = self.limit(limit_in);
        let contact_name = self.text(Field::ContactName);
        let contact_phone = self.text(Field::ContactPhone);
        let contact = match (contact_name, contact_phone) {
            (None, None) => None,
            (name, phone) => Some(Contact { name: name.unwrap_or_default(), phone }),
        };
        Some(CustomerRow {
            line: self.line,
            name_en: self.text(Field::NameEn),
            credit_code: self.credit_code(),
            stage: self.word(Field::Stage, read_stage),
            segment: self.text(Field::Segment),
            industry: self.text(Field::Industry),
            salesperson: self.text(Field::Salesperson),
            founded: self.date(Field::Founded),
            since: self.date(Field::Since),
            registered_capital: self.registered_capital(),
            currency,
            contact,
            terms,
            limit,
            limit_until: self.date(Field::LimitUntil),
            code: code?,
            name: name?,
        })
    }

    fn receivable(&mut self) -> Option<Row> {
        let customer = self.code(Field::Customer);
        let customer_name = self.text(Field::Name);
        let date = self.required_date(Field::Date);
        let currency = self.currency();
        let kind = self.word(Field::Document, read_document);
        if self.reader.mapping.columns.contains_key(&Field::Debit) && self.cell(Field::Amount).is_none() {
            let (debit, credit) = (self.amount(Field::Debit, currency), self.amount(Field::Credit, currency));
            let filled = |amount: Option<Money>| amount.filter(|amount| !amount.is_zero());
            return match (filled(debit), filled(credit)) {
                (Some(amount), None) => self.document(customer?, customer_name, date, kind, amount, None),
                (None, Some(amount)) => self.received(customer?, customer_name, date?, amount),
                (None, None) if self.refused => None,
                _ => {
                    self.report(None, Severity::Error, What::DebitAndCredit);
                    None
                }
            };
        }
        let snapshot = matches!(self.reader.mapping.choices.mode, Mode::Snapshot { .. });
        let balance = if snapshot { self.amount(Field::Balance, currency) } else { None };
        let amount = match self.amount(Field::Amount, currency) {
            Some(amount) => Some(amount),
            None if self.refused => None,
            None if balance.is_some() => balance,
            None => {
                self.report(Some(Field::Amount), Severity::Error, What::Blank);
                None
            }
        };
        self.add_up(balance.or(amount));
        if kind == Some(Kind::Receipt) {
            let amount = amount?;
            let amount = if amount.minor() < 0 { amount.negated() } else { amount };
            return self.received(customer?, customer_name, date?, amount);
        }
        if amount?.is_zero() {
            self.report(Some(Field::Amount), Severity::Warning, What::ZeroAmount);
            return None;
        }
        self.document(customer?, customer_name, date, kind, amount?, balance)
    }

    fn document(
        &mut self,
        customer: String,
        customer_name: Option<String>,
        date: Option<Date>,
        kind: Option<Kind>,
        amount: Money,
        balance: Option<Money>,
    ) -> Option<Row> {
        let number = self.code(Field::Number);
        let due = self.date(Field::Due);
        let settled = self.date(Field::Settled);
        let disputed = self.word(Field::Disputed, read_yes_no);
        let disputed_on = self.date(Field::DisputedOn);
        let opening = self.word(Field::Opening, read_yes_no);
        let reference = self.text(Field::Reference);
        let description = self.text(Field::Description);
        // Some programs list credit notes with positive amounts, others invoices with negative ones.
        let (document, amount, balance) = match kind {
            Some(Kind::CreditNote) if amount.minor() > 0 => {
                (Document::CreditNote, amount.negated(), balance.map(Money::negated))
            }
            _ if amount.minor() < 0 => (Document::CreditNote, amount, balance),
            Some(Kind::DebitNote) => (Document::DebitNote, amount, balance),
            _ => (Document::Invoice, amount, balance),
        };
        let date = date?;
        if let Some(due) = due.filter(|due| *due < date) {
            self.report(Some(Field::Due), Severity::Warning, What::DueBeforeDate { date, due });
        }
        if let Some(settled) = settled.filter(|settled| *settled < date) {
            self.report(Some(Field::Settled), Severity::Error, What::SettledBeforeDate { date, settled });
        }
        if let Some(balance) = balance {
            let same_side = balance.is_zero() || (balance.minor() < 0) == (amount.minor() < 0);
            if !same_side || balance.minor().saturating_abs() > amount.minor().saturating_abs() {
                self.report(Some(Field::Balance), Severity::Error, What::BalanceBeyondAmount { balance, amount });
            }
        }
        Some(Row::Receivable(ReceivableRow {
            line: self.line,
            customer,
            customer_name,
            document,
            number: number?,
            date,
            due,
            amount,
            balance,
            settled,
            disputed,
            disputed_on,
            opening,
            reference,
            description,
        }))
    }

    /// Money in a ledger: its voucher number is the reference.
    fn received(&mut self, customer: String, customer_name: Option<String>, date: Date, amount: Money) -> Option<Row> {
        let reference = self.text(Field::Number);
        let amount = self.positive(Field::Credit, amount)?;
        let line = self.line;
        Some(Row::Receipt(ReceiptRow { line, customer, customer_name, date, amount, reference, invoice: None }))
    }

    fn receipt(&mut self) -> Option<ReceiptRow> {
        let customer = self.code(Field::Customer);
        let date = self.required_date(Field::Date);
        let currency = self.currency();
        let amount = self.amount(Field::Amount, currency);
        self.add_up(amount);
        if amount.is_none() && !self.refused {
            self.report(Some(Field::Amount), Severity::Error, What::Blank);
        }
        let reference = self.text(Field::BankReference);
        let invoice = self.cell(Field::Invoice).is_some().then(|| self.code(Field::Invoice)).flatten();
        let amount = self.positive(Field::Amount, amount?)?;
        let line = self.line;
        Some(ReceiptRow { line, customer: customer?, customer_name: None, date: date?, amount, reference, invoice })
    }

    fn positive(&mut self, field: Field, amount: Money) -> Option<Positive> {
        let positive = Positive::new(amount);
        if amount.is_zero() {
            self.report(Some(field), Severity::Warning, What::ZeroAmount);
        } else if positive.is_none() {
            self.report(Some(field), Severity::Error, What::NegativeReceipt { amount });
        }
        positive
    }

    fn add_up(&mut self, amount: Option<Money>) {
        *self.sum = match (*self.sum, amount) {
            (Sum::Nothing, Some(amount)) => Sum::Of(amount),
            (Sum::Of(sum), Some(amount)) => sum.plus(amount).map_or(Sum::Unknown, Sum::Of),
            (_, None) | (Sum::Unknown, _) => Sum::Unknown,
        };
    }

    /// The cell of a field and its column, unless it is blank or holds a mark that stands for blank.
    fn cell(&self, field: Field) -> Option<(&'r Column, &'r str)> {
        let column = self.reader.mapping.columns.get(&field)?;
        let cell = self.cells.get(column.index)?.trim();
        let blank = cell.is_empty()
            || matches!(cell, "-" | "--" | "—" | "——" | "/" | "N/A" | "n/a" | "NULL" | "null" | "0000-00-00" | "－");
        (!blank).then_some((column, cell))
    }

    fn report(&mut self, field: Option<Field>, severity: Severity, what: What) {
        self.refused |= severity == Severity::Error;
        let column = field.and_then(|field| self.reader.mapping.columns.get(&field)).map(|column| column.name.clone());
        self.problems.add(Problem { line: Some(self.line), column, field, severity, what });
    }

    fn text(&mut self, field: Field) -> Option<String> {
        let (_, cell) = self.cell(field)?;
        match text(cell, field.length_max()) {
            Ok(text) => Some(text.into_owned()).filter(|text| !text.is_empty()),
            Err(what) => {
                self.report(Some(field), Severity::Error, what);
                None
            }
        }
    }

    fn required(&mut self, field: Field) -> Option<String> {
        if self.cell(field).is_none() {
            self.report(Some(field), Severity::Error, What::Blank);
            return None;
        }
        self.text(field)
    }

    /// A number of ours or theirs: narrow, and not ruined by a spreadsheet.
    fn code(&mut self, field: Field) -> Option<String> {
        let code = self.required(field)?;
        if is_scientific(&code) {
            self.report(Some(field), Severity::Error, What::Scientific { cell: shortened(&code) });
            return None;
        }
        // Names serve as numbers where a file has none; they keep their form.
        if code.is_ascii() || code.chars().any(|character| character > '\u{2E7F}' && !is_full_width(character)) {
            return Some(code);
        }
        Some(narrowed(&code).into_owned())
    }

    fn date(&mut self, field: Field) -> Option<Date> {
        let (_, cell) = self.cell(field)?;
        match read_date(cell, self.reader.dates) {
            Ok(date) => Some(date),
            Err(what) => {
                let what = if super::text::is_formula(cell) { What::Formula { cell: shortened(cell) } } else { what };
                self.report(Some(field), Severity::Error, what);
                None
            }
        }
    }

    fn required_date(&mut self, field: Field) -> Option<Date> {
        if self.cell(field).is_none() {
            self.report(Some(field), Severity::Error, What::Blank);
        }
        self.date(field)
    }

    fn word<T>(&mut self, field: Field, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let (_, cell) = self.cell(field)?;
        let word = read(&narrowed(cell).to_lowercase());
        if word.is_none() {
            let formula = super::text::is_formula(cell);
            let cell = shortened(cell);
            let what = if formula { What::Formula { cell } } else { What::UnknownWord { cell } };
            self.report(Some(field), Severity::Error, what);
        }
        word
    }

    /// The currency of the row, where it names one.
    fn currency(&mut self) -> Option<Currency> {
        let (_, cell) = self.cell(Field::Currency)?;
        let currency = read_currency(cell);
        if currency.is_none() {
            self.report(Some(Field::Currency), Severity::Error, What::UnknownCurrency { cell: shortened(cell) });
        }
        currency
    }

    fn amount_style(&self, field: Field) -> AmountStyle {
        let ten_thousands = self.reader.ten_thousands.get(&field).copied().unwrap_or(false);
        AmountStyle { mark: self.reader.mapping.choices.decimal_mark, ten_thousands }
    }

    fn amount(&mut self, field: Field, currency: Option<Currency>) -> Option<Money> {
        let (_, cell) = self.cell(field)?;
        let currency = currency.or_else(|| named_currency(cell)).unwrap_or(self.reader.mapping.choices.currency);
        match read_amount(cell, self.amount_style(field), currency) {
            Ok(amount) => Some(amount),
            Err(what) => {
                self.report(Some(field), Severity::Error, what);
                None
            }
        }
    }

    /// Registered capital is in the book's currency unless cell or column name another: a customer billed in dollars is
    /// still registered in yuan.
    fn registered_capital(&mut self) -> Option<Money> {
        let (column, cell) = self.cell(Field::RegisteredCapital)?;
        let currency = unit_of(&column.name).1.or_else(|| named_currency(cell)).unwrap_or(Currency::CNY);
        self.amount(Field::RegisteredCapital, Some(currency))
    }

    fn limit(&mut self, currency: Currency) -> Option<Limit> {
        let (_, cell) = self.cell(Field::Limit)?;
        match narrowed(cell).to_lowercase().as_str() {
            "不限" | "不限额" | "无限额" | "unlimited" => return Some(Limit::Unlimited),
            "不授信" | "无" | "none" | "no credit" => return Some(Limit::None),
            _ => {}
        }
        let amount = self.amount(Field::Limit, Some(currency))?;
        if amount.minor() < 0 {
            self.report(Some(Field::Limit), Severity::Error, What::NotAnAmount { cell: shortened(cell) });
            return None;
        }
        Some(Limit::Amount { amount })
    }

    fn credit_code(&mut self) -> Option<CreditCode> {
        let (_, cell) = self.cell(Field::CreditCode)?;
        match narrowed(cell).parse() {
            Ok(code) => Some(code),
            Err(error) => {
                let error: crate::facts::customer::CreditCodeError = error;
                let what = if is_scientific(cell) {
                    What::Scientific { cell: shortened(cell) }
                } else {
                    What::CreditCode { cell: shortened(cell), reason: error.to_string() }
                };
                self.report(Some(Field::CreditCode), Severity::Error, what);
                None
            }
        }
    }
}

const fn is_full_width(character: char) -> bool {
    matches!(character, '\u{FF01}'..='\u{FF5E}' | '\u{3000}')
}

/// What a type column can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Invoice,
    DebitNote,
    CreditNote,
    Receipt,
}

fn read_document(word: &str) -> Option<Kind> {
    let has = |words: &[&str]| words.iter().any(|part| word.contains(part));
    let is = |words: &[&str]| words.contains(&word);
    if has(&["红字", "红冲", "贷项", "冲红", "退票", "credit note", "credit memo", "credit_note"])
        || is(&["cn", "cr", "credit"])
    {
        Some(Kind::CreditNote)
    } else if has(&["借项", "补差", "debit note", "debit_note", "debit memo"]) || is(&["dn", "debit"]) {
        Some(Kind::DebitNote)
    } else if has(&["收款", "到款", "回款", "receipt", "payment"]) || is(&["rc", "pay"]) {
        Some(Kind::Receipt)
    } else if has(&["发票", "应收", "账单", "费用", "invoice", "bill"]) || is(&["inv", "iv", "si"]) {
        Some(Kind::Invoice)
    } else {
        None
    }
}

fn read_yes_no(word: &str) -> Option<bool> {
    match word {
        "是" | "有" | "有争议" | "争议" | "争议中" | "yes" | "y" | "true" | "t" | "1" | "x" | "√" | "✓"
        | "disputed" => Some(true),
        "否" | "无" | "无争议" | "正常" | "no" | "n" | "false" | "f" | "0" | "×" | "none" => Some(false),
        _ => None,
    }
}

fn read_stage(word: &str) -> Option<Stage> {
    match word {
        "潜在" | "潜在客户" | "prospect" | "lead" => Some(Stage::Prospect),
        "合作" | "合作中" | "正常" | "active" => Some(Stage::Active),
        "暂停" | "暂停合作" | "suspended" | "on hold" => Some(Stage::Suspended),
        "退出" | "终止" | "已退出" | "ended" | "inactive" | "closed" => Some(Stage::Ended),
        _ => None,
    }
}

/// Reads terms as people write them, in lower case: 月结30天, 票结60, net 30, 预付, 货到付款.
pub(super) fn read_terms(words: &str) -> Option<Terms> {
    let word: String = words.chars().filter(|c| c.is_alphanumeric()).collect();
    match word.as_str() {
        "预付" | "预付款" | "款到发货" | "先款后货" | "prepaid" | "prepayment" | "cashinadvance" | "cia" =>
        {
            return Some(Terms::Prepaid);
        }
        "货到付款" | "付款放单" | "付款买单" | "现结" | "现付" | "cod" | "ondelivery" | "cashondelivery" =>
        {
            return Some(Terms::OnDelivery);
        }
        _ => {}
    }
    let word = word
        .strip_suffix("days")
        .or_else(|| word.strip_suffix("天"))
        .or_else(|| word.strip_suffix("日"))
        .unwrap_or(&word);
    let start = word.find(|c: char| c.is_ascii_digit()).unwrap_or(word.len());
    let (name, days) = word.split_at_checked(start)?;
    let days: u16 = if days.is_empty() { 0 } else { days.parse().ok().filter(|days| *days <= 366)? };
    match name {
        "月结" | "eom" | "me" | "monthend" | "eomnet" => Some(Terms::MonthEnd { days }),
        "票结" | "net" | "票后" | "开票后" | "发票后" | "账期" | "n" | "net30eom" => {
            Some(Terms::Net { days })
        }
        "" if start < word.len() => Some(Terms::Net { days }),
        _ => None,
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

    #[test]
    fn terms_as_people_write_them() {
        for (words, terms) in [
            ("月结30天", Terms::MonthEnd { days: 30 }),
            ("月结", Terms::MonthEnd { days: 0 }),
            ("eom 45", Terms::MonthEnd { days: 45 }),
            ("票结60天", Terms::Net { days: 60 }),
            ("net 30 days", Terms::Net { days: 30 }),
            ("30天", Terms::Net { days: 30 }),
            ("15", Terms::Net { days: 15 }),
            ("款到发货", Terms::Prepaid),
            ("付款放单", Terms::OnDelivery),
        ] {
            assert_eq!(read_terms(words), Some(terms), "{words}");
        }
        for words in ["", "随便", "月结三十天", "net 9999"] {
            assert_eq!(read_terms(words), None, "{words}");
        }
    }
}
