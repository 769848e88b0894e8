//! What an import says, in both languages: names of columns, evidence, problems. Everything comes typed from `shared`; a
//! sentence never has to be taken apart.

use crate::lang::Lang;
use shared::record::import::{
    Binary, DateOrder, DateVerdict, DecimalMark, Field, FileError, FileKind, Inspection, MarkVerdict, Problem,
    Question, Separator, Severity, Sniffed, What,
};

/// What kind of file it is.
pub const fn kind(kind: FileKind) -> (&'static str, &'static str) {
    match kind {
        FileKind::Customers => ("客户资料", "Customers"),
        FileKind::Receivables => ("应收单据", "Receivables"),
        FileKind::Receipts => ("到款", "Receipts"),
        FileKind::Bank => ("银行流水", "Bank list"),
    }
}

/// What a column stands for.
pub const fn field(field: Field) -> (&'static str, &'static str) {
    match field {
        Field::Customer => ("客户编号", "Customer number"),
        Field::Name => ("客户名称", "Customer name"),
        Field::NameEn => ("英文名称", "Name in English"),
        Field::CreditCode => ("统一社会信用代码", "Credit code"),
        Field::Stage => ("合作阶段", "Stage"),
        Field::Segment => ("客户分类", "Segment"),
        Field::Industry => ("行业", "Industry"),
        Field::Salesperson => ("业务员", "Salesperson"),
        Field::Founded => ("成立日期", "Founded"),
        Field::Since => ("合作起始日", "Customer since"),
        Field::RegisteredCapital => ("注册资本", "Registered capital"),
        Field::Currency => ("币种", "Currency"),
        Field::ContactName => ("联系人", "Contact"),
        Field::ContactPhone => ("联系电话", "Telephone"),
        Field::Terms => ("账期", "Payment terms"),
        Field::Limit => ("信用额度", "Credit limit"),
        Field::LimitUntil => ("额度有效期", "Limit valid until"),
        Field::Document => ("单据类型", "Kind of document"),
        Field::Number => ("单据号", "Document number"),
        Field::Date => ("日期", "Date"),
        Field::Due => ("到期日", "Due date"),
        Field::Amount => ("金额", "Amount"),
        Field::Balance => ("未清余额", "Open balance"),
        Field::Debit => ("借方", "Debit"),
        Field::Credit => ("贷方", "Credit"),
        Field::Settled => ("结清日", "Settled on"),
        Field::Disputed => ("是否争议", "Disputed"),
        Field::DisputedOn => ("争议日期", "Disputed on"),
        Field::Opening => ("是否期初", "Opening item"),
        Field::Reference => ("提单号、箱号、订单号", "Bill of lading, container, order"),
        Field::Description => ("摘要", "Description"),
        Field::DaysToSettle => ("结清天数", "Days to settle"),
        Field::BankReference => ("银行流水号", "Bank reference"),
        Field::Invoice => ("对应单据号", "Document paid"),
        Field::PayerAccount => ("对方账号", "Payer's account"),
        Field::Direction => ("借贷标志", "In or out"),
    }
}

/// What a column of such a file stands for: a bank speaks of the other side, and credits what comes in.
pub const fn field_of(kind: FileKind, of: Field) -> (&'static str, &'static str) {
    match (kind, of) {
        (FileKind::Bank, Field::Name) => ("对方户名", "Payer"),
        (FileKind::Bank, Field::Credit) => ("收入（贷方）", "Paid in"),
        (FileKind::Bank, Field::Debit) => ("支出（借方）", "Paid out"),
        (FileKind::Bank, Field::Description) => ("附言", "Text"),
        (FileKind::Bank, Field::Reference) => ("摘要、用途", "Further text"),
        _ => field(of),
    }
}

/// How the bytes were decoded.
pub const fn encoding(sniffed: Sniffed) -> &'static str {
    match sniffed {
        Sniffed::Utf8 => "UTF-8",
        Sniffed::Utf8Bom => "UTF-8 (BOM)",
        Sniffed::Utf16Le | Sniffed::Utf16Be => "UTF-16",
        Sniffed::Gb18030 => "GBK / GB18030",
        Sniffed::Workbook => "Excel (.xlsx)",
    }
}

/// What stands between cells.
pub const fn separator(separator: Separator) -> (&'static str, &'static str) {
    match separator {
        Separator::Comma => ("逗号", "comma"),
        Separator::Semicolon => ("分号", "semicolon"),
        Separator::Tab => ("制表符", "tab"),
        Separator::Pipe => ("竖线", "vertical bar"),
    }
}

/// An order of day and month.
pub const fn date_order(order: DateOrder) -> (&'static str, &'static str) {
    match order {
        DateOrder::DayFirst => ("日/月/年", "day/month/year"),
        DateOrder::MonthFirst => ("月/日/年", "month/day/year"),
    }
}

/// A mark before the decimals, with an example.
pub const fn decimal_mark(mark: DecimalMark) -> (&'static str, &'static str) {
    match mark {
        DecimalMark::Point => ("小数点，如 1,234.56", "point, as in 1,234.56"),
        DecimalMark::Comma => ("小数逗号，如 1.234,56", "comma, as in 1.234,56"),
    }
}

fn count(lang: Lang, count: u32) -> String {
    lang.number(i64::from(count))
}

/// What the dates say, one sentence a line; nothing when no cell depends on the order.
pub fn date_evidence(lang: Lang, look: &Inspection) -> Vec<String> {
    let (dates, chosen) = (&look.dates, look.mapping.choices.date_order);
    let mut said = Vec::new();
    if dates.verdict == DateVerdict::NotNeeded {
        let any = look.mapping.columns.keys().any(|field| field.is_date());
        if any && dates.cells == 0 && dates.serials == 0 {
            said.push(
                lang.pick("日期以年份开头，只有一种读法", "Dates begin with the year and read one way only").to_owned(),
            );
        }
        return said;
    }
    let orders = [(DateOrder::DayFirst, &dates.day_first), (DateOrder::MonthFirst, &dates.month_first)];
    for (order, evidence) in orders {
        let (zh, en) = date_order(order);
        let name = lang.pick(zh, en);
        if evidence.only > 0 {
            let line = evidence.first_line.map(|line| count(lang, line)).unwrap_or_default();
            said.push(lang.fill(
                "{0} 个日期只能是 {1}（首见于第 {2} 行）",
                "{0} dates can only be {1} (first in line {2})",
                &[&count(lang, evidence.only), name, &line],
            ));
        }
        // Two or three rows that agree are chance.
        if let Some(days) = evidence.days.filter(|_| evidence.with_these_days >= 5) {
            said.push(lang.fill(
                // Rows such as 02/02 to 03/03 read the same either way and are not among them.
                "按 {0} 读，读法有别的 {1} 行里，{2} 行账期都是 {3}",
                "Read {0}, {2} of the {1} rows that read differently fall due after {3}",
                &[
                    name,
                    &count(lang, evidence.with_due),
                    &count(lang, evidence.with_these_days),
                    &lang.days(i64::from(days)),
                ],
            ));
        }
        if evidence.as_days_to_settle > 0 {
            said.push(lang.fill(
                "按 {0} 读，{1} 行的结清天数与文件里写的一致",
                "Read {0}, the days to settle of {1} rows are as the file says",
                &[name, &count(lang, evidence.as_days_to_settle)],
            ));
        }
        if evidence.implausible > 0 {
            said.push(lang.fill(
                "按 {0} 读，{1} 行说不通：到期或结清早于单据日，或日期在今天之后",
                "Read {0}, {1} rows make no sense: due or settled before their date, or after today",
                &[name, &count(lang, evidence.implausible)],
            ));
        }
    }
    let verdict = match dates.verdict {
        DateVerdict::Decided { order } => {
            let (zh, en) = date_order(order);
            lang.fill("所以按 {0} 读", "So they are read {0}", &[lang.pick(zh, en)])
        }
        DateVerdict::Ambiguous => match chosen {
            // Chosen just now, or for the file before with these columns.
            Some(order) => {
                let (zh, en) = date_order(order);
                lang.fill(
                    "{0} 个日期两种读法都通，文件里没有别的依据；现按 {1} 读，不对就改选",
                    "{0} dates read both ways and nothing in the file tells; they are read {1}: choose otherwise if that is wrong",
                    &[&count(lang, dates.either), lang.pick(zh, en)],
                )
            }
            None => lang.fill(
                "{0} 个日期两种读法都通，文件里没有别的依据，请您选",
                "{0} dates read both ways and nothing in the file tells: please choose",
                &[&count(lang, dates.either)],
            ),
        },
        DateVerdict::Contradicted => lang
            .pick("两种读法都有依据，互相矛盾，请您看过再选", "The evidence contradicts itself: please look and choose")
            .to_owned(),
        DateVerdict::NotNeeded => return said,
    };
    said.push(verdict);
    if let Some(before) = look.gave_way.date_order {
        let (zh, en) = date_order(before);
        said.push(lang.fill(
            "上一个文件按 {0} 读；这个文件不一样，以它自己的依据为准",
            "The file before was read {0}; this one differs, and its own evidence holds",
            &[lang.pick(zh, en)],
        ));
    }
    if let (Some(order), Some(against)) = (dates.verdict.order(), chosen)
        && order != against
    {
        let ((zh, en), (other_zh, other_en)) = (date_order(order), date_order(against));
        said.push(lang.fill(
            "选的是 {0}，和依据不符：请改选 {1}，或核对文件",
            "{0} was chosen, against the evidence: choose {1}, or check the file",
            &[lang.pick(other_zh, other_en), lang.pick(zh, en)],
        ));
    }
    said
}

/// What the amounts say, where it isn't plain.
pub fn mark_verdict(lang: Lang, look: &Inspection) -> Vec<String> {
    let mut said: Vec<String> = mark_plain(lang, look.amounts.verdict).into_iter().collect();
    if let Some(before) = look.gave_way.decimal_mark {
        let (zh, en) = decimal_mark(before);
        said.push(lang.fill(
            "上一个文件用{0}；这个文件不一样，以它自己的依据为准",
            "The file before had a decimal {0}; this one differs, and its own evidence holds",
            &[lang.pick(zh, en)],
        ));
    }
    said
}

fn mark_plain(lang: Lang, verdict: MarkVerdict) -> Option<String> {
    let text = match verdict {
        MarkVerdict::NotNeeded => return None,
        MarkVerdict::Decided { mark } => {
            let (zh, en) = decimal_mark(mark);
            return Some(lang.fill("金额用{0}", "Amounts have a decimal {0}", &[lang.pick(zh, en)]));
        }
        MarkVerdict::Ambiguous => lang.pick(
            "金额里的逗号或点两种读法都通（1,234 可以是一千二百三十四），请您选",
            "The mark in the amounts reads both ways (1,234): please choose",
        ),
        MarkVerdict::Contradicted => lang.pick(
            "有的金额用小数点，有的用小数逗号，请您看过再选",
            "Some amounts have a decimal point, some a comma: please look and choose",
        ),
    };
    Some(text.to_owned())
}

/// What has to be said before the file can be read.
pub fn question(lang: Lang, question: &Question) -> String {
    match question {
        Question::Column { any_of } => {
            let names: Vec<&str> = any_of
                .iter()
                .map(|one| {
                    let (zh, en) = field(*one);
                    lang.pick(zh, en)
                })
                .collect();
            let names = names.join(lang.pick("或", " or "));
            lang.fill("哪一列是{0}？", "Which column is the {0}?", &[&names])
        }
        Question::DateOrder => {
            lang.pick("日期是日在前，还是月在前？", "Does the day or the month come first?").to_owned()
        }
        Question::DecimalMark => {
            lang.pick("金额用小数点，还是小数逗号？", "Decimal point or decimal comma?").to_owned()
        }
        Question::SerialDates => lang
            .pick(
                "日期列里的五位数是表格软件的天数吗？",
                "Are five-digit numbers in date columns a spreadsheet's days?",
            )
            .to_owned(),
        Question::AsOf => lang.pick("清单是哪一天导出的？", "On which day was the list drawn?").to_owned(),
        Question::Terms => lang
            .pick("没有到期日的单据按什么账期算？", "By which terms do documents without a due date fall due?")
            .to_owned(),
    }
}

fn binary(lang: Lang, what: Binary) -> &'static str {
    match what {
        Binary::Workbook => lang.pick("压缩包，里面没有 .xlsx 工作簿", "a zip file without a workbook (.xlsx)"),
        Binary::OldWorkbook => lang.pick("旧版 Excel 工作簿（.xls）", "an old workbook (.xls)"),
        Binary::Pdf => lang.pick("PDF", "a PDF"),
        Binary::Image => lang.pick("图片", "an image"),
        Binary::Archive => lang.pick("压缩包", "a compressed archive"),
        Binary::Unknown => lang.pick("二进制数据", "binary data"),
    }
}

/// Bytes in MB, rounded up, so that what is too large never looks as if it weren't.
fn megabytes(lang: Lang, bytes: usize) -> String {
    lang.number(i64::try_from(bytes.div_ceil(1024 * 1024)).unwrap_or(i64::MAX))
}

/// Why a file is refused, and what to do.
pub fn file_error(lang: Lang, error: &FileError) -> String {
    let date = |date| lang.date(date);
    match error {
        FileError::Empty => lang.pick("文件是空的", "The file is empty").to_owned(),
        FileError::Binary { what } => lang.fill(
            "这是{0}，读不了。请在表格软件里另存为 .xlsx 或 CSV，再选那个文件",
            "This is {0} and cannot be read. Save the sheet as .xlsx or CSV and choose that file",
            &[binary(lang, *what)],
        ),
        FileError::EncryptedWorkbook => lang
            .pick(
                "工作簿有密码保护。请去掉密码另存，再选那个文件",
                "The workbook is protected by a password. Save it without one and choose that file",
            )
            .to_owned(),
        FileError::BrokenWorkbook { part } => lang.fill(
            "工作簿损坏（{0}）。请打开后重新存为 .xlsx 再选",
            "The workbook is broken ({0}). Open it, save it again as .xlsx and choose that file",
            &[part],
        ),
        FileError::WorkbookTooLarge { max } => lang.fill(
            "工作簿解开后超过 {0} MB。请分成几个文件，或把工作表存为 CSV",
            "The workbook unpacks to more than {0} MB. Divide it, or save the sheet as CSV",
            &[&megabytes(lang, usize::try_from(*max).unwrap_or(usize::MAX))],
        ),
        FileError::TooManyColumns { max } => lang.fill(
            "工作表超过 {0} 列。请删去用不到的列",
            "The sheet has more than {0} columns. Delete those that aren’t needed",
            &[&lang.number(i64::try_from(*max).unwrap_or(i64::MAX))],
        ),
        FileError::WhichSheet { sheets } => lang.fill(
            "工作簿里有几张工作表有内容（{0}），请选一张",
            "Several sheets of the workbook hold something ({0}). Choose one",
            &[&sheets.join(lang.pick("、", ", "))],
        ),
        FileError::NoSheet { sheet } => {
            lang.fill("工作簿里没有“{0}”这张工作表", "The workbook has no sheet “{0}”", &[sheet])
        }
        FileError::BrokenXml { line } => lang.fill(
            "第 {0} 行：XML 损坏或超出可读的范围",
            "Line {0}: the XML is broken or beyond what is taken",
            &[&count(lang, *line)],
        ),
        FileError::BrokenEncoding => lang
            .pick(
                "文字既不是 UTF-8，也不是 GBK/GB18030，读不出来。请另存为“CSV UTF-8”再选",
                "The characters are neither UTF-8 nor GBK/GB18030. Save it as “CSV UTF-8” and choose that file",
            )
            .to_owned(),
        FileError::TooLarge { bytes, max } => lang.fill(
            "文件有 {0} MB，最多 {1} MB。请分成几个文件",
            "The file has {0} MB, at most {1} MB are taken. Divide it",
            &[&megabytes(lang, *bytes), &megabytes(lang, *max)],
        ),
        FileError::TooManyRows { max } => lang.fill(
            "文件超过 {0} 行。请分成几个文件",
            "The file has more than {0} rows. Divide it",
            &[&count(lang, *max)],
        ),
        FileError::NoTable => lang
            .pick(
                "没有找到列名和下面的数据行。请检查第一行是不是列名",
                "No row of column names with rows below it was found. Is the first row the column names?",
            )
            .to_owned(),
        FileError::UnclosedQuote { line } => lang.fill(
            "第 {0} 行有一个引号没有配对，后面的内容都读成了一格",
            "Line {0}: a quotation mark is opened and not closed, so that the rest is one cell",
            &[&count(lang, *line)],
        ),
        FileError::OtherColumns { expected, found } => lang.fill(
            "“{0}”列不在原来的位置，那里是“{1}”。请重新对应各列",
            "The column “{0}” is not where it was; “{1}” stands there. Match the columns again",
            &[expected, found],
        ),
        FileError::MissingColumn { field: missing } => {
            let (zh, en) = field(*missing);
            lang.fill("缺少“{0}”列", "No column is matched with {0}", &[lang.pick(zh, en)])
        }
        FileError::AsOfMissing => lang.pick("请填清单是哪一天导出的", "Say on which day the list was drawn").to_owned(),
        FileError::AsOfInFuture { as_of, today } => lang.fill(
            "清单日期 {0} 在今天（{1}）之后",
            "The list is of {0}, after today, {1}",
            &[&date(*as_of), &date(*today)],
        ),
        FileError::AsOfTooOld { as_of, newest } => lang.fill(
            "清单日期 {0} 早于账簿里已有的清单（{1}）",
            "The list is of {0}; the book already holds one of {1}",
            &[&date(*as_of), &date(*newest)],
        ),
    }
}

/// How grave a problem is.
pub const fn severity(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Error => ("错误", "Error"),
        Severity::Warning => ("提醒", "Warning"),
        Severity::Note => ("说明", "Note"),
    }
}

/// Where a problem is: its column as the file names it.
pub fn place(lang: Lang, problem: &Problem) -> String {
    match (&problem.column, problem.field) {
        (Some(column), _) => column.clone(),
        (None, Some(of)) => {
            let (zh, en) = field(of);
            lang.pick(zh, en).to_owned()
        }
        (None, None) => String::new(),
    }
}

/// What is wrong, and where it helps, what to do.
#[allow(clippy::too_many_lines)] // one arm for each thing that can be wrong
pub fn what(lang: Lang, what: &What) -> String {
    let money = |money| lang.money(money);
    let date = |date| lang.date(date);
    let whole = |number: i64| lang.number(number);
    let size = |size: usize| lang.number(i64::try_from(size).unwrap_or(i64::MAX));
    match what {
        What::Blank => lang.pick("是空的，必须填", "is blank and must be filled").to_owned(),
        What::Formula { cell } => lang.fill("“{0}”是公式。请粘贴成数值", "“{0}” is a formula. Paste values", &[cell]),
        What::ControlCharacter { character } => {
            let code = char::from_u32(*character).map(|c| c.escape_unicode().to_string()).unwrap_or_default();
            lang.fill("含有控制字符 {0}", "holds the control character {0}", &[&code])
        }
        What::TooLong { length, max } => {
            lang.fill("有 {0} 个字，最多 {1} 个", "has {0} characters, at most {1}", &[&size(*length), &size(*max)])
        }
        What::NotADate { cell } => lang.fill("“{0}”不是日期", "“{0}” is no date", &[cell]),
        What::OtherDateOrder { cell, order } => {
            let (zh, en) = date_order(*order);
            lang.fill("“{0}”按 {1} 读不是日期", "“{0}” is no date when read {1}", &[cell, lang.pick(zh, en)])
        }
        What::AmbiguousDate { cell } => {
            lang.fill("“{0}”：日在前还是月在前？", "“{0}”: does the day or the month come first?", &[cell])
        }
        What::TwoDigitYear { cell } => {
            lang.fill("“{0}”：年份请写四位", "“{0}”: write the year with four digits", &[cell])
        }
        What::SuspectDate { days, expected } => lang.fill(
            "到期离单据日 {0} 天；日月互换就是 {1} 天，和其他行一样。请核对",
            "due {0} days after its date; with day and month swapped {1}, as on the other rows. Check it",
            &[&whole(i64::from(*days)), &whole(i64::from(*expected))],
        ),
        What::InFuture { date: day } => lang.fill("{0} 在今天之后", "{0} is after today", &[&date(*day)]),
        What::DueBeforeDate { date: day, due } => {
            lang.fill("到期日 {0} 早于单据日 {1}", "due on {0}, before its date, {1}", &[&date(*due), &date(*day)])
        }
        What::SettledBeforeDate { date: day, settled } => lang.fill(
            "结清日 {0} 早于单据日 {1}",
            "settled on {0}, before its date, {1}",
            &[&date(*settled), &date(*day)],
        ),
        What::NotAnAmount { cell } => lang.fill("“{0}”不是金额", "“{0}” is no amount", &[cell]),
        What::AmbiguousAmount { cell } => lang.fill(
            "“{0}”：这个符号分千位还是小数？",
            "“{0}”: does the mark separate thousands or decimals?",
            &[cell],
        ),
        What::Scientific { cell } => lang.fill(
            "“{0}”是科学计数法，位数已经丢了。请把这一列设为文本再导出",
            "“{0}” is scientific notation: the digits are lost. Format the column as text and export again",
            &[cell],
        ),
        What::TooManyDecimals { cell, currency, decimals } => lang.fill(
            "“{0}”：{1}最多 {2} 位小数",
            "“{0}”: {1} has {2} decimals at most",
            &[cell, &lang.currency(*currency), &whole(i64::from(*decimals))],
        ),
        What::OutOfRange { cell } => lang.fill("“{0}”太大，账簿记不下", "“{0}” is too large for the book", &[cell]),
        What::ZeroAmount => lang.pick("金额是零，这一行不导入", "the amount is zero; the row is left out").to_owned(),
        What::NegativeReceipt { amount } => {
            lang.fill("到款 {0} 是负数", "{0} came in: a receipt is never negative", &[&money(*amount)])
        }
        What::DebitAndCredit => {
            lang.pick("借方和贷方要填且只填一个", "exactly one of debit and credit is to be filled").to_owned()
        }
        What::UnknownCurrency { cell } => lang.fill("不认识币种“{0}”", "“{0}” is no currency known here", &[cell]),
        What::OtherCurrency { cell, currency } => lang.fill(
            "“{0}”的币种和这一行（{1}）不一样",
            "“{0}” is written in another currency than the row, {1}",
            &[cell, &lang.currency(*currency)],
        ),
        What::UnknownWord { cell } => {
            lang.fill("不认识“{0}”", "“{0}” is none of the words that can stand here", &[cell])
        }
        What::CreditCode { cell, .. } => {
            lang.fill("统一社会信用代码“{0}”不对，请核对", "the credit code “{0}” is wrong: check it", &[cell])
        }
        What::CellCount { found, expected } => lang.fill(
            "这一行有 {0} 格，表头有 {1} 列。是不是有逗号没加引号？",
            "the row has {0} cells, the table {1} columns. Is there a comma without quotation marks?",
            &[&size(*found), &size(*expected)],
        ),
        What::NotARow { cell } => {
            lang.fill("不是数据行（“{0}”），略过", "no row of the table (“{0}”), left out", &[cell])
        }
        What::TotalsRow { cell } => lang.fill("合计行（“{0}”），略过", "a totals row (“{0}”), left out", &[cell]),
        What::TotalDiffers { total, sum } => lang.fill(
            "文件里的合计是 {0}，各行加起来是 {1}",
            "the file's own total is {0}, its rows add up to {1}",
            &[&money(*total), &money(*sum)],
        ),
        What::UnknownCustomer { customer } => {
            lang.fill("账簿里没有客户“{0}”", "customer “{0}” is not in the book", &[customer])
        }
        What::UnknownPerson { name } => lang.fill(
            "没有登录名或姓名是“{0}”的人，留空",
            "nobody signs in as “{0}” or has that name alone; left blank",
            &[name],
        ),
        What::DuplicateDiffers { number, first } => lang.fill(
            "{0} 在第 {1} 行也有，内容不同",
            "{0} stands in line {1} too, with other figures",
            &[number, &count(lang, *first)],
        ),
        What::Repeated { first } => {
            lang.fill("和第 {0} 行重复，只算一次", "repeats line {0}; counted once", &[&count(lang, *first)])
        }
        What::BookAmountDiffers { number, book, file } => lang.fill(
            "{0} 在账簿里是 {1}，文件里是 {2}",
            "{0} is in the book with {1}, in the file with {2}",
            &[number, &money(*book), &money(*file)],
        ),
        What::BookDateDiffers { number, book, file } => lang.fill(
            "{0} 在账簿里的日期是 {1}，文件里是 {2}",
            "{0} is in the book with the date {1}, in the file with {2}",
            &[number, &date(*book), &date(*file)],
        ),
        What::BookDueDiffers { number, book, file } => lang.fill(
            "{0} 在账簿里 {1} 到期，文件里 {2}；以账簿为准",
            "{0} falls due on {1} in the book, on {2} in the file; the book keeps its date",
            &[number, &date(*book), &date(*file)],
        ),
        What::MovedSince { number, moved } => lang.fill(
            "{0} 在清单日之后（{1}）账簿里有变动，保持不变",
            "{0} moved in the book on {1}, after the day of the list; left as it is",
            &[number, &date(*moved)],
        ),
        What::BalanceBeyondAmount { balance, amount } => lang.fill(
            "余额 {0} 和金额 {1} 对不上",
            "the balance {0} does not fit the amount {1}",
            &[&money(*balance), &money(*amount)],
        ),
        What::NotApplied { number } => lang.fill(
            "{0} 不能核销，这笔钱留作未核销",
            "{0} is not open for this; the money stays unapplied",
            &[number],
        ),
        What::SameCreditCode { first } => {
            lang.fill("和第 {0} 行的信用代码相同", "line {0} has the same credit code", &[&count(lang, *first)])
        }
        What::SumOutOfRange => lang.pick("合计超出账簿能记的范围", "the sums leave what the book can hold").to_owned(),
    }
}
