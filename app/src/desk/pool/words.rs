//! What the pool says, in both languages.

use crate::data::client::ClientError;
use crate::desk::import::words::file_error;
use crate::lang::Lang;
use shared::record::bank::{BankError, BankFormat, Passed};
use shared::record::import::{FileError, Question};
use shared::rules::allocation::{By, Line, Why};
use shared::rules::claiming::Sign;

/// Who paid, as the bank's file names them; banks leave charges and interest of their own without a name.
pub fn payer(lang: Lang, name: &str) -> String {
    if name.is_empty() { lang.pick("未写明对方", "nobody named").to_owned() } else { name.to_owned() }
}

/// How a bank's file is written.
pub const fn format(format: BankFormat) -> (&'static str, &'static str) {
    match format {
        BankFormat::Mt940 => ("MT940", "MT940"),
        BankFormat::Camt053 => ("camt.053", "camt.053"),
        BankFormat::Table => ("表格", "table"),
    }
}

/// Why an entry is passed over.
pub const fn passed(why: Passed) -> (&'static str, &'static str) {
    match why {
        Passed::Known => ("已在待认领里或已认领", "known already"),
        Passed::WentOut => ("支出，不是到款", "went out"),
        Passed::Reversal => ("冲正，请人工核对原来那笔", "takes an earlier entry back: see to that one"),
        Passed::Pending => ("银行还没有入账", "not booked by the bank yet"),
        Passed::Nothing => ("金额为零", "of nothing"),
        Passed::InFuture => ("日期还没有到", "of a day to come"),
    }
}

/// What points to a customer.
pub fn sign(lang: Lang, sign: &Sign) -> String {
    match sign {
        Sign::Account => lang.pick("以前用这个账号付过款", "has paid from this account").to_owned(),
        Sign::Name => lang.pick("户名就是它", "the payer has its name").to_owned(),
        Sign::Alias { name } => lang.fill("户名是它的曾用名或别名“{0}”", "the payer has its other name “{0}”", &[name]),
        Sign::OnBehalf { .. } => lang.pick("有代付函", "a letter says that the payer pays for it").to_owned(),
        Sign::Alike { likeness } => {
            lang.fill("户名相近（{0}）", "the payer’s name is like its own ({0})", &[&lang.percent(*likeness, 0)])
        }
        Sign::Number { number, .. } => lang.fill("附言里写了 {0}", "the text names {0}", &[number]),
        Sign::Amount { .. } => lang.pick("有一张单据正好是这个金额", "one document has this amount").to_owned(),
        Sign::Balance { due_only: true } => {
            lang.pick("到期的合计正好是这个金额", "all that is due is this amount").to_owned()
        }
        Sign::Balance { due_only: false } => {
            lang.pick("未清合计正好是这个金额", "all that is open is this amount").to_owned()
        }
    }
}

/// Why a line of a proposal is there.
pub fn why(lang: Lang, line: &Line) -> String {
    let by = match line.by {
        By::Payment => None,
        By::CreditNote { .. } => Some(lang.pick("用红字抵", "by a credit note")),
        By::SmallDifference => Some(lang.pick("小额差异，不再催", "a small difference, not asked for")),
        By::BankCharge => Some(lang.pick("途中银行扣的费用", "kept by banks on the way")),
        By::Discount => Some(lang.pick("约定的提前付款折扣", "the discount agreed for paying early")),
    };
    if let Some(by) = by {
        return by.to_owned();
    }
    match &line.why {
        Why::Named { .. } => lang.pick("付款时写明", "named with the payment"),
        Why::Agreed { .. } => lang.pick("按约定的顺序", "in the agreed order"),
        Why::SameAmount => lang.pick("金额只和它相同", "the only one of this amount"),
        Why::OnlyCombination { .. } => lang.pick("只有这个组合合得上", "the only combination of this amount"),
        Why::WholeBalance { .. } => lang.pick("正好结清", "settles all of it"),
        Why::Law { in_proportion: true, .. } => lang.pick("按民法典 560 条，同等的按比例", "by law, in proportion"),
        Why::Law { .. } => lang.pick("按民法典 560 条的顺序", "in the order of the law"),
        Why::Oldest => lang.pick("最早到期", "the oldest"),
    }
    .to_owned()
}

/// Why a bank's file isn't taken.
pub fn bank_error(lang: Lang, error: &BankError) -> String {
    let at = |line: &u32, field: &str| {
        let line = lang.number(i64::from(*line));
        if field.is_empty() {
            return lang.fill("第 {0} 行", "Line {0}", &[&line]);
        }
        lang.fill("第 {0} 行 {1}", "Line {0}, {1}", &[&line, field])
    };
    match error {
        BankError::File { error } => file_error(lang, error),
        BankError::NoStatement => lang.pick("文件里没有对账单", "There is no statement in the file").to_owned(),
        BankError::OtherMessage { name } => lang.fill(
            "这是 {0}，不是对账单（camt.053）。请向银行要 camt.053",
            "This is {0}, no statement (camt.053). Ask the bank for that",
            &[name],
        ),
        BankError::Unreadable { line, field, content } => {
            lang.fill("{0}：读不懂“{1}”", "{0}: “{1}” cannot be read", &[&at(line, field), content])
        }
        BankError::Value { line, field, what } => {
            lang.fill("{0}：{1}", "{0}: {1}", &[&at(line, field), &crate::desk::import::words::what(lang, what)])
        }
        BankError::Balance { line, computed, stated } => lang.fill(
            "{0}：期初加各笔是 {1}，期末写的是 {2}，文件缺了或多了几笔",
            "{0}: opening balance and entries come to {1}, the closing balance is {2}; entries are missing or too many",
            &[&at(line, ""), &lang.money(*computed), &lang.money(*stated)],
        ),
        BankError::CutOff { line } => lang.fill(
            "{0} 开始的对账单没有期末余额，文件不完整",
            "{0}: the statement that begins here has no closing balance; the file is cut off",
            &[&at(line, "")],
        ),
        BankError::TooMany { max } => lang.fill(
            "超过 {0} 笔。请分成几个文件",
            "More than {0} entries. Divide the file",
            &[&lang.number(i64::try_from(*max).unwrap_or(i64::MAX))],
        ),
    }
}

/// What the edge said of a file, where it is about the file.
pub fn refusal(lang: Lang, error: &ClientError) -> Option<String> {
    let ClientError::Problem(problem) = error else { return None };
    let said = problem.values.get("error");
    match problem.code.as_str() {
        "bank_file" => Some(bank_error(lang, &serde_json::from_str::<BankError>(said?).ok()?)),
        "import_file" => Some(file_error(lang, &serde_json::from_str::<FileError>(said?).ok()?)),
        "import_questions" => {
            let questions: Vec<Question> = serde_json::from_str(problem.values.get("questions")?).ok()?;
            let said: Vec<String> =
                questions.iter().map(|question| crate::desk::import::words::question(lang, question)).collect();
            Some(said.join(lang.pick("；", "; ")))
        }
        _ => None,
    }
}
