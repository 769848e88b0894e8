//! What is asked for, kind by kind: one list that the form asks by and the page shows by.
//!
//! A value is kept as the text in its field until it is sent; [`piece`] makes of the texts what the wire carries, over what
//! stood before, so that what no field asks for stays.

use crate::lang::Lang;
use serde_json::{Map, Value};
use shared::facts::calendar::Date;
use shared::facts::financials::{FinancialStatement, Line};
use shared::facts::id::PersonId;
use shared::facts::money::{Currency, Money};
use shared::facts::piece::{Piece, PieceKind};
use std::collections::BTreeMap;

/// A text's value, and its names in both languages.
pub type Choice = (&'static str, &'static str, &'static str);

/// How something is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A line of text.
    Text,
    /// Names, separated by commas or 顿号.
    List,
    /// A day.
    Day,
    /// One of a few.
    Choice(&'static [Choice]),
    /// An amount in the customer's currency.
    Amount,
    /// Yes or no.
    Flag,
    /// One of the company's people.
    Person,
    /// The lines of a statement, one to a line: its name, then its amount.
    Lines,
}

/// A field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name on the wire.
    pub key: &'static str,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
    /// How it is asked for.
    pub ask: Ask,
    /// Whether it cannot stay empty.
    pub required: bool,
}

const fn may(key: &'static str, zh: &'static str, en: &'static str, ask: Ask) -> Field {
    Field { key, zh, en, ask, required: false }
}

const fn must(key: &'static str, zh: &'static str, en: &'static str, ask: Ask) -> Field {
    Field { key, zh, en, ask, required: true }
}

const PURPOSES: &[Choice] = &[
    ("registered", "注册地址", "Registered"),
    ("business", "经营地址", "Business"),
    ("billing", "账单地址", "Billing"),
];
const LICENCES: &[Choice] = &[
    ("business_licence", "营业执照", "Business licence"),
    ("nvocc", "无船承运业务备案", "NVOCC registration"),
    ("customs_registration", "报关单位备案", "Customs registration"),
    ("road_transport", "道路运输经营许可证", "Road transport permit"),
    ("dangerous_goods", "危险化学品经营许可证", "Dangerous goods permit"),
    ("other", "其他", "Other"),
];
const SCREENINGS: &[Choice] = &[
    ("dishonest_debtor", "失信被执行人", "Dishonest debtor"),
    ("consumption_restricted", "限制高消费", "Consumption restricted"),
    ("enforcement_debtor", "被执行人", "Enforcement debtor"),
    ("abnormal_operation", "经营异常", "Abnormal operation"),
    ("serious_violation", "严重违法", "Serious violation"),
    ("licence_revoked", "吊销", "Licence revoked"),
    ("bankruptcy", "破产", "Bankruptcy"),
    ("tax_arrears", "欠税", "Tax arrears"),
    ("sanctions", "制裁", "Sanctions"),
];
const REFERENCES: &[Choice] = &[
    ("bank", "银行", "Bank"),
    ("supplier", "供应商", "Supplier"),
    ("trade", "同行", "Trade"),
    ("bureau", "征信机构", "Credit bureau"),
];
const ACTIVITIES: &[Choice] = &[
    ("visit", "拜访", "Visit"),
    ("call", "电话", "Call"),
    ("care", "客户关怀", "Customer care"),
    ("feedback", "反馈", "Feedback"),
];
const SCOPES: &[Choice] = &[("company", "单体", "Company"), ("consolidated", "合并", "Consolidated")];
const MONTHS: &[Choice] = &[
    ("12", "全年", "Year"),
    ("9", "前三季度", "Nine months"),
    ("6", "半年", "Half a year"),
    ("3", "一季度", "Quarter"),
    ("1", "一个月", "Month"),
];
const SOURCES: &[Choice] = &[
    ("customer", "客户提供", "The customer"),
    ("audit_report", "审计报告", "Audit report"),
    ("published", "公开披露", "Published"),
    ("tax_filing", "纳税申报", "Tax filing"),
    ("bureau", "征信机构", "Credit bureau"),
    ("estimate", "估计", "Estimate"),
];
const AUDITS: &[Choice] = &[
    ("unaudited", "未审计", "Unaudited"),
    ("reviewed", "审阅", "Reviewed"),
    ("unqualified", "标准无保留", "Unqualified"),
    ("emphasis", "带强调事项段", "Emphasis of matter"),
    ("qualified", "保留意见", "Qualified"),
    ("adverse", "否定意见", "Adverse"),
    ("disclaimer", "无法表示意见", "Disclaimer"),
];

/// The customer's own sheet.
pub const SHEET: &[Field] = &[
    must("name", "名称", "Name", Ask::Text),
    may("name_en", "英文名", "English name", Ask::Text),
    may("credit_code", "统一社会信用代码", "Credit code", Ask::Text),
    may("salesperson", "销售", "Salesperson", Ask::Person),
    may("industry", "行业", "Industry", Ask::Text),
    may("segment", "客户类别", "Segment", Ask::Text),
    may("founded", "成立日期", "Founded", Ask::Day),
    may("since", "合作自", "With us since", Ask::Day),
    may("registered_capital", "注册资本", "Registered capital", Ask::Amount),
];

/// What a new prospect is asked for before all else.
pub const PROSPECT: &[Field] = &[must("code", "客户编号", "Customer code", Ask::Text)];

/// The kinds that are written down here, in the order in which a file is read, each with its fields.
pub const KINDS: &[(PieceKind, &[Field])] = &[
    (
        PieceKind::Registration,
        &[
            may("legal_representative", "法定代表人", "Legal representative", Ask::Text),
            may("business_scope", "经营范围", "Business scope", Ask::Text),
            may("products", "主要产品", "Products", Ask::List),
            may("sales_channels", "销售渠道", "Sales channels", Ask::List),
            may("own_related_party", "本公司关联方", "Related to ourselves", Ask::Flag),
        ],
    ),
    (
        PieceKind::Contact,
        &[
            must("name", "姓名", "Name", Ask::Text),
            may("position", "职务", "Position", Ask::Text),
            may("phone", "电话", "Telephone", Ask::Text),
            may("mail", "邮箱", "E-mail", Ask::Text),
        ],
    ),
    (
        PieceKind::Address,
        &[must("purpose", "用途", "Purpose", Ask::Choice(PURPOSES)), must("text", "地址", "Address", Ask::Text)],
    ),
    (
        PieceKind::Licence,
        &[
            must("kind", "证照", "Licence", Ask::Choice(LICENCES)),
            must("number", "号码", "Number", Ask::Text),
            may("from", "自", "From", Ask::Day),
            may("until", "有效到", "Until", Ask::Day),
            may("revoked", "吊销于", "Revoked", Ask::Day),
        ],
    ),
    (
        PieceKind::Agreement,
        &[
            must("number", "合同号", "Number", Ask::Text),
            may("signed", "双方签署", "Signed", Ask::Day),
            must("from", "生效", "From", Ask::Day),
            may("until", "到期", "Until", Ask::Day),
            may("withholding", "有扣单条款", "May withhold documents", Ask::Flag),
            may("notice_address", "送达地址", "Address for notices", Ask::Text),
            may("jurisdiction", "管辖法院", "Jurisdiction", Ask::Text),
        ],
    ),
    (
        PieceKind::Screening,
        &[
            must("kind", "查询", "Check", Ask::Choice(SCREENINGS)),
            must("date", "日期", "Date", Ask::Day),
            must("source", "来源", "Source", Ask::Text),
            may("found", "查到什么（没有就不填）", "What was found (empty when nothing)", Ask::Text),
        ],
    ),
    (
        PieceKind::Statement,
        &[
            must("end", "期末", "Last day", Ask::Day),
            must("months", "期间", "Period", Ask::Choice(MONTHS)),
            must("scope", "口径", "Scope", Ask::Choice(SCOPES)),
            must("source", "来源", "Source", Ask::Choice(SOURCES)),
            must("audit", "审计", "Audit", Ask::Choice(AUDITS)),
            must("lines", "科目和金额", "Lines and amounts", Ask::Lines),
        ],
    ),
    (
        PieceKind::Reference,
        &[
            must("kind", "来自", "By", Ask::Choice(REFERENCES)),
            must("from", "名称", "Name", Ask::Text),
            must("date", "日期", "Date", Ask::Day),
            must("text", "内容", "What it says", Ask::Text),
        ],
    ),
    (
        PieceKind::Payables,
        &[must("date", "日期", "Date", Ask::Day), must("amount", "我方应付", "What we owe", Ask::Amount)],
    ),
    (
        PieceKind::FormerName,
        &[must("name", "曾用名", "Former name", Ask::Text), may("until", "用到", "Until", Ask::Day)],
    ),
    (PieceKind::Alias, &[must("name", "别名、付款户名", "Other name, payer's name", Ask::Text)]),
    (
        PieceKind::Activity,
        &[
            must("kind", "方式", "Kind", Ask::Choice(ACTIVITIES)),
            must("date", "日期", "Date", Ask::Day),
            must("text", "内容", "What came of it", Ask::Text),
            may("next", "下次", "Next", Ask::Day),
        ],
    ),
];

/// The fields of a kind; none for one that is written down elsewhere.
pub fn of(kind: PieceKind) -> &'static [Field] {
    KINDS.iter().find(|(of, _)| *of == kind).map_or(&[], |(_, fields)| fields)
}

/// What stands in a form.
pub type Texts = BTreeMap<&'static str, String>;

/// The texts of what stands.
pub fn texts(fields: &[Field], of: &Value) -> Texts {
    let mut texts = Texts::new();
    for field in fields {
        let Some(value) = of.get(field.key) else { continue };
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(yes) => yes.then(|| "true".to_owned()).unwrap_or_default(),
            Value::Array(all) => all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("、"),
            Value::Object(object) => match (field.ask, object.get("amount").and_then(Value::as_str)) {
                (Ask::Amount, Some(amount)) => amount.to_owned(),
                _ => lines_as_text(value),
            },
            Value::Null => continue,
        };
        texts.insert(field.key, text);
    }
    texts
}

/// What is wrong with a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Something is missing.
    Missing(&'static Field),
    /// It is no amount.
    Amount(&'static Field),
    /// A line of a statement has no such name, or no amount.
    Line(String),
    /// What is written cannot be so.
    Other,
}

/// Puts a form's texts over what stood before.
pub fn filled(fields: &'static [Field], texts: &Texts, before: &Value, currency: Currency) -> Result<Value, Wrong> {
    let mut object = before.as_object().cloned().unwrap_or_default();
    for field in fields {
        let text = texts.get(field.key).map_or("", |text| text.trim());
        if text.is_empty() {
            if field.required {
                return Err(Wrong::Missing(field));
            }
            object.remove(field.key);
            continue;
        }
        object.insert(field.key.to_owned(), value(field, text, currency)?);
    }
    Ok(Value::Object(object))
}

fn value(field: &'static Field, text: &str, currency: Currency) -> Result<Value, Wrong> {
    let json = |money: Money| serde_json::to_value(money).map_err(|_| Wrong::Other);
    Ok(match field.ask {
        // How many months is a number on the wire.
        Ask::Choice(_) if field.key == "months" => Value::from(text.parse::<u8>().unwrap_or_default()),
        Ask::Text | Ask::Day | Ask::Choice(_) | Ask::Person => Value::from(text),
        Ask::List => {
            let all = text.split(['、', ',', '，', ';', '；', '\n']).map(str::trim).filter(|one| !one.is_empty());
            Value::from(all.map(str::to_owned).collect::<Vec<_>>())
        }
        Ask::Amount => json(amount(text, currency).ok_or(Wrong::Amount(field))?)?,
        Ask::Flag => Value::from(text == "true"),
        Ask::Lines => {
            let mut lines = Map::new();
            for (line, money) in lines_of(text, currency)? {
                let key = serde_json::to_value(line).map_err(|_| Wrong::Other)?;
                lines.insert(key.as_str().unwrap_or_default().to_owned(), json(money)?);
            }
            Value::Object(lines)
        }
    })
}

fn amount(text: &str, currency: Currency) -> Option<Money> {
    let plain: String = text.chars().filter(|of| !matches!(of, ',' | '，' | ' ' | '\u{a0}' | '¥' | '￥')).collect();
    let plain = match plain.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => format!("-{inner}"),
        None => plain,
    };
    Money::parse(&plain, currency).ok()
}

/// The lines of a statement, as a spreadsheet pastes them: the name as the form prints it, then the amount.
fn lines_of(text: &str, currency: Currency) -> Result<Vec<(Line, Money)>, Wrong> {
    let mut found = Vec::new();
    for row in text.lines().map(str::trim).filter(|row| !row.is_empty()) {
        let wrong = || Wrong::Line(row.to_owned());
        let (name, figure) = row.rsplit_once(['\t', ' ', '：', ':']).ok_or_else(wrong)?;
        let name = name.trim().trim_end_matches(['：', ':']).trim();
        let line = Line::ALL.iter().find(|line| bare(line.name_zh()) == bare(name)).ok_or_else(wrong)?;
        found.push((*line, amount(figure, currency).ok_or_else(wrong)?));
    }
    Ok(found)
}

/// A line's name without what the forms add to it: 一、, 其中：, and what stands in brackets.
fn bare(name: &str) -> String {
    let name = name.rsplit_once('、').filter(|(number, _)| number.chars().count() <= 2).map_or(name, |(_, rest)| rest);
    let name = ["其中：", "加：", "减："].iter().fold(name, |name, before| name.trim_start_matches(before));
    let mut depth = 0_u8;
    let keep = |of: &char| match of {
        '(' | '（' => {
            depth = depth.saturating_add(1);
            false
        }
        ')' | '）' => {
            depth = depth.saturating_sub(1);
            false
        }
        _ => depth == 0 && !of.is_whitespace(),
    };
    name.chars().filter(keep).collect()
}

fn lines_as_text(lines: &Value) -> String {
    let Some(lines) = lines.as_object() else { return String::new() };
    let row = |line: &Line| {
        let key = serde_json::to_value(line).ok()?;
        let amount = lines.get(key.as_str()?)?.get("amount")?.as_str()?;
        Some(format!("{}\t{amount}", line.name_zh()))
    };
    Line::ALL.iter().filter_map(row).collect::<Vec<_>>().join("\n")
}

/// A piece of what a form holds, over what stood before.
pub fn piece(
    kind: PieceKind,
    texts: &Texts,
    before: Option<&Piece>,
    me: PersonId,
    currency: Currency,
) -> Result<Piece, Wrong> {
    let before = before.and_then(|piece| serde_json::to_value(piece).ok()?.get("what").cloned());
    let mut what = filled(of(kind), texts, &before.unwrap_or_else(|| Value::Object(Map::new())), currency)?;
    if let Some(object) = what.as_object_mut() {
        match kind {
            PieceKind::Activity => {
                object.entry("by").or_insert_with(|| Value::from(me.to_string()));
            }
            PieceKind::Statement => {
                object.insert("currency".to_owned(), serde_json::to_value(currency).map_err(|_| Wrong::Other)?);
            }
            _ => {}
        }
    }
    let whole = serde_json::json!({ "kind": kind, "what": what });
    serde_json::from_value(whole).map_err(|_| Wrong::Other)
}

/// What of a statement doesn't add up; empty when all does.
pub fn faults(piece: &Piece) -> usize {
    match piece {
        Piece::Statement(statement) => FinancialStatement::faults(statement).len(),
        _ => 0,
    }
}

/// A value as the page shows it; absent when it isn't there.
pub fn shown(lang: Lang, field: &Field, of: &Value) -> Option<String> {
    let text = texts(std::slice::from_ref(field), of).remove(field.key).filter(|text| !text.is_empty())?;
    Some(match field.ask {
        Ask::Choice(choices) => {
            choices.iter().find(|(key, ..)| *key == text).map_or(text, |(_, zh, en)| lang.pick(*zh, *en).to_owned())
        }
        Ask::Day => text.parse::<Date>().map_or(text, |day| lang.date(day)),
        Ask::Flag => lang.pick("是", "yes").to_owned(),
        Ask::Amount => {
            let money = of.get(field.key).and_then(|money| serde_json::from_value::<Money>(money.clone()).ok());
            money.map_or(text, |money| lang.money(money))
        }
        Ask::Lines => {
            let count = i64::try_from(text.lines().count()).unwrap_or_default();
            lang.count(count, "个科目", "line", "lines")
        }
        Ask::Text | Ask::List | Ask::Person => text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts_of(pairs: &[(&'static str, &str)]) -> Texts {
        pairs.iter().map(|(key, text)| (*key, (*text).to_owned())).collect()
    }

    fn me() -> PersonId {
        PersonId::derived(&["me"])
    }

    #[test]
    fn every_kind_becomes_a_piece_of_its_kind_and_comes_back() {
        for (kind, fields) in KINDS {
            let mut texts = Texts::new();
            for field in *fields {
                let text = match field.ask {
                    Ask::Text => "文字",
                    Ask::List => "甲、乙",
                    Ask::Day => "2026-10-31",
                    Ask::Choice(choices) => choices[0].0,
                    Ask::Amount => "1,234.50",
                    Ask::Flag => "true",
                    Ask::Person => "0190a0b0-0000-7000-8000-000000000001",
                    Ask::Lines => "流动资产合计\t60\n资产总计：100.00",
                };
                texts.insert(field.key, text.to_owned());
            }
            let made =
                piece(*kind, &texts, None, me(), Currency::CNY).unwrap_or_else(|wrong| panic!("{kind:?}: {wrong:?}"));
            assert_eq!(made.kind(), *kind);
            let what = serde_json::to_value(&made).unwrap()["what"].clone();
            let again = piece(*kind, &super::texts(fields, &what), Some(&made), me(), Currency::CNY);
            assert_eq!(again.as_ref(), Ok(&made), "{kind:?}");
        }
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let contact = |texts: &Texts| piece(PieceKind::Contact, texts, None, me(), Currency::CNY);
        assert!(matches!(contact(&texts_of(&[("phone", "1")])), Err(Wrong::Missing(field)) if field.key == "name"));
        let owed = texts_of(&[("date", "2026-10-31"), ("amount", "十")]);
        assert!(matches!(piece(PieceKind::Payables, &owed, None, me(), Currency::CNY), Err(Wrong::Amount(_))));
        let lines = "货币资金 1\n没有的科目 2";
        assert_eq!(lines_of(lines, Currency::CNY), Err(Wrong::Line("没有的科目 2".to_owned())));
        let printed =
            lines_of("一、营业收入 1\n其中：利息费用\t2\n所有者权益（或股东权益）合计 3", Currency::CNY).unwrap();
        assert_eq!(printed.len(), 3);
        assert_eq!(amount("(1,000.5)", Currency::CNY), Money::parse("-1000.50", Currency::CNY).ok());
    }

    #[test]
    fn what_no_field_asks_for_stays() {
        let json = r#"{"kind":"agreement","what":{"number":"A-1","from":"2026-01-01","withholding":true,"late_interest_daily":"0.0005"}}"#;
        let before: Piece = serde_json::from_str(json).unwrap();
        let what = serde_json::to_value(&before).unwrap()["what"].clone();
        let mut texts = super::texts(of(PieceKind::Agreement), &what);
        texts.insert("number", "A-2".to_owned());
        texts.remove("withholding");
        let after = piece(PieceKind::Agreement, &texts, Some(&before), me(), Currency::CNY).unwrap();
        let Piece::Agreement(after) = after else { panic!() };
        assert_eq!((after.number.as_str(), after.withholding), ("A-2", false));
        assert!(after.late_interest_daily.is_some());
    }
}
