//! Words that can stand in a cell: kinds of document, yes and no, stages, terms.

use crate::facts::customer::Stage;
use crate::facts::terms::Terms;

/// What a type column can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Invoice,
    DebitNote,
    CreditNote,
    Receipt,
}

pub(super) fn read_document(word: &str) -> Option<Kind> {
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

pub(super) fn read_yes_no(word: &str) -> Option<bool> {
    match word {
        "是" | "有" | "有争议" | "争议" | "争议中" | "yes" | "y" | "true" | "t" | "1" | "x" | "√" | "✓"
        | "disputed" => Some(true),
        "否" | "无" | "无争议" | "正常" | "no" | "n" | "false" | "f" | "0" | "×" | "none" => Some(false),
        _ => None,
    }
}

/// Whether money came in: a bank credits what comes and debits what goes.
pub(super) fn read_direction(word: &str) -> Option<bool> {
    match word {
        "贷" | "贷方" | "收" | "收入" | "存入" | "转入" | "来账" | "c" | "cr" | "crdt" | "credit" | "in" => {
            Some(true)
        }
        "借" | "借方" | "付" | "支" | "支出" | "支取" | "转出" | "往账" | "d" | "dr" | "dbit" | "debit" | "out" => {
            Some(false)
        }
        _ => None,
    }
}

pub(super) fn read_stage(word: &str) -> Option<Stage> {
    match word {
        "潜在" | "潜在客户" | "prospect" | "lead" => Some(Stage::Prospect),
        "准入" | "已准入" | "admitted" => Some(Stage::Admitted),
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
    use super::*;

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
