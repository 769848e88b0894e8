//! One record: its cells as text, codes, dates, amounts and words, and what they come to.

use super::words::{Kind, read_direction, read_document, read_stage, read_terms, read_yes_no};
use super::{BankRow, CustomerRow, Positive, Reader, ReceiptRow, ReceivableRow, Row, Sum};
use crate::facts::calendar::{Date, days_between};
use crate::facts::customer::Contact;
use crate::facts::identifiers::{CreditCode, CreditCodeError};
use crate::facts::ledger::{Document, Limit};
use crate::facts::money::{Currency, Money};
use crate::record::import::amounts::{AmountStyle, is_scientific, named_currency, read_amount, read_currency};
use crate::record::import::columns::{Field, FileKind, unit_of};
use crate::record::import::dates::{DateOrder, DateStyle, read_date};
use crate::record::import::mapping::{Column, Mode};
use crate::record::import::problem::{Problem, Problems, Severity, What};
use crate::record::import::records::Cells;
use crate::record::import::text::{is_formula, is_subtotal, is_total, narrowed, shortened, text};

/// One record while it is read.
pub(super) struct Record<'r, 't> {
    pub(super) reader: &'r Reader,
    pub(super) cells: &'r Cells<'t>,
    pub(super) line: u32,
    pub(super) problems: &'r mut Problems,
    pub(super) sum: &'r mut Sum,
    pub(super) refused: bool,
}

impl<'r> Record<'r, '_> {
    /// Reads it; `None` when it is left out, with the reason reported.
    pub(super) fn row(&mut self) -> Option<Row> {
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
            FileKind::Bank => self.bank().map(Row::Bank),
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
            FileKind::Receipts | FileKind::Bank => Field::Date,
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
        if let Some(what) = self.swapped(date, due) {
            self.report(Some(Field::Due), Severity::Warning, what);
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

    /// Whether the row would have the days that nearly all others have if day and month stood the other way round in
    /// its date, its due date or both: a spreadsheet swaps them where it can.
    fn swapped(&self, date: Date, due: Option<Date>) -> Option<What> {
        let (expected, due) = (self.reader.usual_days?, due?);
        let days = days_between(date, due);
        if days == expected {
            return None;
        }
        let other = DateStyle { order: self.reader.dates.order.map(DateOrder::other), ..self.reader.dates };
        let swap = |field| self.cell(field).and_then(|(_, cell)| read_date(cell, other).ok());
        let (date_swapped, due_swapped) = (swap(Field::Date), swap(Field::Due));
        let pairs = [(date_swapped, Some(due)), (Some(date), due_swapped), (date_swapped, due_swapped)];
        let fits = |(date, due): (Option<Date>, Option<Date>)| matches!((date, due), (Some(date), Some(due)) if days_between(date, due) == expected);
        pairs.into_iter().any(fits).then_some(What::SuspectDate { days, expected })
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

    fn bank(&mut self) -> Option<BankRow> {
        let date = self.required_date(Field::Date);
        let currency = self.currency();
        let filled = |amount: Option<Money>| amount.filter(|amount| !amount.is_zero());
        let columns = [Field::Credit, Field::Debit];
        let mut reversal = false;
        let sided = columns.iter().any(|field| self.cell(*field).is_some());
        let amount = if sided {
            let (credit, debit) = (self.amount(Field::Credit, currency), self.amount(Field::Debit, currency));
            reversal = [credit, debit].into_iter().flatten().any(|amount| amount.minor() < 0);
            match (filled(credit), filled(debit)) {
                (Some(credit), None) => Some(credit),
                (None, Some(debit)) => Some(debit.negated()),
                (None, None) if self.refused => None,
                (None, None) => credit.or(debit),
                (Some(_), Some(_)) => {
                    self.report(None, Severity::Error, What::DebitAndCredit);
                    None
                }
            }
        } else {
            let amount = self.amount(Field::Amount, currency);
            // A list with two columns of amounts names the side by the column, another by the sign or by a word.
            match self.word(Field::Direction, read_direction) {
                Some(false) => amount.map(|amount| if amount.minor() > 0 { amount.negated() } else { amount }),
                Some(true) | None => amount,
            }
        };
        if amount.is_none() && !self.refused {
            self.report(Some(Field::Amount), Severity::Error, What::Blank);
        }
        let name = self.text(Field::Name);
        let account = self.cell(Field::PayerAccount).is_some().then(|| self.code(Field::PayerAccount)).flatten();
        let texts = [self.text(Field::Description), self.text(Field::Reference)];
        let text =
            texts.into_iter().flatten().reduce(|text, more| if text == more { text } else { format!("{text} {more}") });
        let reference = self.text(Field::BankReference);
        let line = self.line;
        Some(BankRow { line, date: date?, amount: amount?, reversal, name, account, text, reference })
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
                let what = if is_formula(cell) { What::Formula { cell: shortened(cell) } } else { what };
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
            let formula = is_formula(cell);
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

    /// Registered capital is in yuan unless cell or column name another currency: a customer billed in dollars is
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
                let error: CreditCodeError = error;
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
