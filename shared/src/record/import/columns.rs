//! What a column can stand for, and the names by which it is known.

use super::amounts::read_currency;
use super::text::narrowed;
use crate::facts::money::Currency;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What kind of file this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// 客户: one row per customer.
    Customers,
    /// 应收: one row per document, settled or open; or a ledger with debit and credit columns.
    Receivables,
    /// 到款: one row per payment received.
    Receipts,
    /// 银行流水: a bank's list of what came in and went out.
    Bank,
}

/// What a column stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Our number for the customer (its name, where a file has no numbers).
    Customer,
    /// The customer's registered name.
    Name,
    /// Its name in Latin letters.
    NameEn,
    /// Its unified social credit code.
    CreditCode,
    /// Where it stands in its life with us.
    Stage,
    /// The group that policy treats alike.
    Segment,
    /// Its trade.
    Industry,
    /// The sign-in name of the salesperson who answers for it.
    Salesperson,
    /// The day it was founded.
    Founded,
    /// The day from which we have done business.
    Since,
    /// Registered capital.
    RegisteredCapital,
    /// The currency of the row.
    Currency,
    /// Who to call.
    ContactName,
    /// At which number.
    ContactPhone,
    /// Payment terms granted.
    Terms,
    /// Credit limit granted.
    Limit,
    /// The last day on which the limit stands.
    LimitUntil,
    /// The kind of document: invoice, debit note, credit note.
    Document,
    /// The document's number.
    Number,
    /// The document's date, or the day on which money came in.
    Date,
    /// When it falls due.
    Due,
    /// How much the document is for, or how much came in.
    Amount,
    /// How much of it is still open.
    Balance,
    /// 借方: charged.
    Debit,
    /// 贷方: received.
    Credit,
    /// The day on which it was paid in full.
    Settled,
    /// Whether the customer disputes it.
    Disputed,
    /// Since when.
    DisputedOn,
    /// Whether it is brought along from before the book began.
    Opening,
    /// The customer's own reference: bill of lading, container, purchase order.
    Reference,
    /// What it is for.
    Description,
    /// Days from date to settlement: evidence for the order of day and month, otherwise unused.
    DaysToSettle,
    /// The bank's reference of a payment.
    BankReference,
    /// The document that a payment is for.
    Invoice,
    /// The account of the other side of a payment.
    PayerAccount,
    /// Whether money came in or went out.
    Direction,
}

impl Field {
    /// The stable name, as on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Name => "name",
            Self::NameEn => "name_en",
            Self::CreditCode => "credit_code",
            Self::Stage => "stage",
            Self::Segment => "segment",
            Self::Industry => "industry",
            Self::Salesperson => "salesperson",
            Self::Founded => "founded",
            Self::Since => "since",
            Self::RegisteredCapital => "registered_capital",
            Self::Currency => "currency",
            Self::ContactName => "contact_name",
            Self::ContactPhone => "contact_phone",
            Self::Terms => "terms",
            Self::Limit => "limit",
            Self::LimitUntil => "limit_until",
            Self::Document => "document",
            Self::Number => "number",
            Self::Date => "date",
            Self::Due => "due",
            Self::Amount => "amount",
            Self::Balance => "balance",
            Self::Debit => "debit",
            Self::Credit => "credit",
            Self::Settled => "settled",
            Self::Disputed => "disputed",
            Self::DisputedOn => "disputed_on",
            Self::Opening => "opening",
            Self::Reference => "reference",
            Self::Description => "description",
            Self::DaysToSettle => "days_to_settle",
            Self::BankReference => "bank_reference",
            Self::Invoice => "invoice",
            Self::PayerAccount => "payer_account",
            Self::Direction => "direction",
        }
    }

    /// Whether it holds days.
    pub const fn is_date(self) -> bool {
        matches!(
            self,
            Self::Date | Self::Due | Self::Settled | Self::DisputedOn | Self::Founded | Self::Since | Self::LimitUntil
        )
    }

    /// Whether it holds amounts.
    pub const fn is_amount(self) -> bool {
        matches!(
            self,
            Self::Amount | Self::Balance | Self::Debit | Self::Credit | Self::Limit | Self::RegisteredCapital
        )
    }

    /// The most characters that are taken.
    pub const fn length_max(self) -> usize {
        match self {
            Self::Customer
            | Self::Number
            | Self::Invoice
            | Self::BankReference
            | Self::Salesperson
            | Self::PayerAccount => 64,
            Self::Segment | Self::Industry | Self::ContactName | Self::ContactPhone => 80,
            Self::Name | Self::NameEn | Self::Reference => 200,
            Self::Description => 500,
            _ => 60,
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FileKind {
    /// Every kind that an import brings in. A bank's list goes into the pool of receipts to be claimed.
    pub const ALL: [Self; 3] = [Self::Receivables, Self::Receipts, Self::Customers];

    /// What a column of such a file can stand for, in the order in which a form lists it.
    pub fn fields(self) -> impl Iterator<Item = Field> {
        self.names().iter().map(|(field, _)| *field)
    }

    /// The fields and, for each, the column names that stand for it: the better name first. Lower case, without spaces
    /// and punctuation, as [`plain_name`] makes them.
    const fn names(self) -> &'static [(Field, &'static str)] {
        match self {
            Self::Customers => CUSTOMERS,
            Self::Receivables => RECEIVABLES,
            Self::Receipts => RECEIPTS,
            Self::Bank => BANK,
        }
    }

    /// How well a column name stands for a field: 0 is best; `None` when it doesn't.
    pub(super) fn rank(self, field: Field, name: &str) -> Option<usize> {
        let (_, names) = self.names().iter().find(|(known, _)| *known == field)?;
        if let Some(rank) = names.split_whitespace().position(|known| known == name) {
            return Some(rank);
        }
        // Longer Chinese names that hold a known one of at least three characters: 不含折扣价税合计, 客户编号新.
        let contains = |known: &str| known.chars().count() >= 3 && !known.is_ascii() && name.contains(known);
        let inside = names.split_whitespace().position(contains)?;
        Some(inside.saturating_add(1_000))
    }

    /// The best field for a column name, for finding the row of column names.
    pub(super) fn knows(self, name: &str) -> bool {
        // A cell with a digit, or a long one, is no column's name.
        let may_be = !name.is_empty() && name.len() <= 60 && !name.contains(|c: char| c.is_ascii_digit());
        may_be && self.names().iter().any(|(field, _)| self.rank(*field, name).is_some())
    }
}

/// A column's name without spaces, punctuation, case and unit: `金额（万元）` → `金额`.
pub fn plain_name(header: &str) -> String {
    let text = narrowed(header);
    let without_unit = text.split_once(['(', '[']).map_or(text.as_ref(), |(name, _)| name);
    let name = if without_unit.trim().is_empty() { text.as_ref() } else { without_unit };
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What a column's name says about its numbers: 万元, a currency.
pub(super) fn unit_of(header: &str) -> (bool, Option<Currency>) {
    let text = narrowed(header);
    let tail = text.split_once(['(', '[', '/']).map_or("", |(_, unit)| unit);
    let unit = tail.trim_end_matches([')', ']']).trim_start_matches("单位:").trim();
    let ten_thousands = unit.starts_with('万') || text.ends_with("万元");
    let currency =
        unit.trim_start_matches('万').split([',', ' ', ':']).filter(|word| !word.is_empty()).find_map(read_currency);
    // 元 alone is the unit of whatever currency the row is in.
    let only_yuan = matches!(unit, "元" | "万元" | "");
    (ten_thousands, if only_yuan { None } else { currency })
}

/// Names by which a customer is told in a ledger: its number before its name.
const CUSTOMER: &str = "\
    客户编号 客户编码 客户代码 客户号 客户id 往来单位编码 往来单位编号 单位编码 购货单位编码 \
    customerid customercode customerno customernumber customer custid custcode accountno \
    accountnumber debtor debtorno 客户 往来单位 购货单位 客户名称 客户全称 客户简称 往来单位名称 \
    购货单位名称 付款单位 付款方 单位名称 公司名称 customername clientname client payer payername";
/// Names of a currency column.
const CURRENCY: &str = "币种 币别 货币 原币 币制 currency currencycode ccy curr";

const CUSTOMERS: &[(Field, &str)] = &[
    (
        Field::Customer,
        "\
        客户编号 客户编码 客户代码 客户号 客户id 往来单位编码 单位编码 customerid customercode \
        customerno customernumber custid custcode accountno code 编号 编码 代码",
    ),
    (
        Field::Name,
        "\
        客户名称 客户全称 公司名称 企业名称 单位名称 名称 registeredname customername companyname \
        name company",
    ),
    (Field::NameEn, "英文名称 英文名 客户英文名称 英文全称 nameen englishname customernameen"),
    (
        Field::CreditCode,
        "\
        统一社会信用代码 社会信用代码 信用代码 税号 纳税人识别号 creditcode uscc \
        unifiedsocialcreditcode taxid taxnumber",
    ),
    (Field::Stage, "客户状态 状态 阶段 合作状态 stage status"),
    (
        Field::Segment,
        "\
        客户类别 客户分类 客户类型 客户分组 类别 分类 segment customergroup customertype category \
        group",
    ),
    (Field::Industry, "行业 所属行业 industry trade sector"),
    (
        Field::Salesperson,
        "\
        业务员 销售员 销售 客户经理 负责人 业务员账号 salesperson salesrep sales accountmanager \
        owner",
    ),
    (Field::Founded, "成立日期 成立时间 注册日期 founded foundingdate incorporated established"),
    (
        Field::Since,
        "\
        合作日期 合作开始日期 开始合作日期 首次合作日期 合作起始日 建档日期 since customersince \
        startdate",
    ),
    (Field::RegisteredCapital, "注册资本 注册资金 registeredcapital capital"),
    (Field::Currency, CURRENCY),
    (Field::ContactName, "联系人 联系人姓名 contact contactname contactperson"),
    (Field::ContactPhone, "联系电话 电话 手机 手机号 联系人电话 phone telephone mobile contactphone tel"),
    (
        Field::Terms,
        "\
        账期 结算方式 付款条件 付款方式 信用期 结算条件 paymentterms terms termsofpayment \
        creditterms",
    ),
    (Field::Limit, "信用额度 授信额度 额度 creditlimit limit"),
    (
        Field::LimitUntil,
        "\
        额度有效期 额度有效期至 额度到期日 授信到期日 授信有效期 limituntil limitexpiry \
        limitvaliduntil",
    ),
];

const RECEIVABLES: &[(Field, &str)] = &[
    (Field::Customer, CUSTOMER),
    (Field::Name, "客户名称 客户全称 往来单位名称 购货单位名称 单位名称 公司名称 customername clientname"),
    (Field::Document, "单据类型 单据类别 票据类型 业务类型 documenttype doctype type transactiontype"),
    (
        Field::Number,
        "\
        发票号码 发票号 发票编号 数电票号码 单据号 单据编号 单据号码 账单号 账单编号 应收单号 \
        费用单号 凭证号 凭证字号 invoicenumber invoiceno invoice invoiceid documentnumber documentno \
        docno docnumber billno number 单号 编号",
    ),
    (
        Field::Date,
        "\
        开票日期 发票日期 单据日期 账单日期 应收日期 业务日期 记账日期 invoicedate documentdate \
        docdate postingdate billdate issuedate issued date 日期",
    ),
    (
        Field::Due,
        "\
        到期日 到期日期 应收到期日 付款到期日 最迟付款日 应付款日 应收款日期 duedate due netduedate \
        maturity paymentdue",
    ),
    (
        Field::Amount,
        "\
        价税合计 含税金额 应收金额 发票金额 单据金额 账单金额 原币金额 应收账款 应收款 invoiceamount \
        grossamount totalamount documentamount amountincludingtax originalamount amount 金额 total",
    ),
    (
        Field::Balance,
        "\
        未收金额 未核销金额 未收余额 应收余额 未清金额 未结金额 余额 openamount balance openbalance \
        outstanding amountdue outstandingamount",
    ),
    (Field::Debit, "借方金额 借方 本期借方 借方发生额 debit debitamount"),
    (Field::Credit, "贷方金额 贷方 本期贷方 贷方发生额 credit creditamount"),
    (Field::Currency, CURRENCY),
    (
        Field::Settled,
        "\
        结清日期 结清日 核销日期 收款日期 付清日期 实际收款日 付款日期 settleddate settlementdate \
        paiddate datepaid cleared clearingdate paymentdate settled",
    ),
    (Field::Disputed, "是否争议 有争议 争议 争议标志 争议状态 disputed dispute isdisputed indispute"),
    (Field::DisputedOn, "争议日期 争议提出日 disputedon disputedate disputeddate"),
    (Field::Opening, "期初 是否期初 期初标志 opening openingitem isopening"),
    (
        Field::Reference,
        "\
        提单号 提单号码 主提单号 分提单号 业务编号 工作号 箱号 柜号 订单号 合同号 客户订单号 \
        billoflading blno blnumber bl reference ref purchaseorder ponumber pono jobno containerno",
    ),
    (
        Field::Description,
        "\
        费用说明 摘要 备注 说明 货物或服务名称 项目名称 费用名称 内容 description text memo remark \
        remarks note",
    ),
    (Field::DaysToSettle, "结清天数 回款天数 daystosettle daystopay"),
];

const RECEIPTS: &[(Field, &str)] = &[
    (Field::Customer, CUSTOMER),
    (
        Field::Date,
        "\
        到账日期 收款日期 到款日期 回款日期 入账日期 交易日期 receiptdate paymentdate receiveddate \
        receivedon valuedate bookingdate date 日期",
    ),
    (
        Field::Amount,
        "\
        到账金额 收款金额 到款金额 回款金额 贷方金额 收入金额 receiptamount paymentamount \
        amountreceived receivedamount amount 金额",
    ),
    (Field::Currency, CURRENCY),
    (
        Field::BankReference,
        "\
        银行流水号 流水号 交易流水号 收款单号 回单号 bankreference bankref transactionid \
        paymentreference reference ref",
    ),
    (Field::Invoice, "核销发票号 对应发票号 发票号码 发票号 对应单据号 invoicenumber invoiceno invoice appliedto"),
];

/// As a bank sees it: what it credits came in.
const BANK: &[(Field, &str)] = &[
    (
        Field::Date,
        "\
        交易日期 入账日期 记账日期 交易日 交易时间 起息日 到账日期 日期 bookingdate transactiondate postingdate \
        entrydate valuedate date",
    ),
    (
        Field::Credit,
        "\
        贷方发生额 贷方金额 收入金额 存入金额 转入金额 收入 存入 贷方 credit creditamount creditamt paidin \
        moneyin deposit deposits receipts",
    ),
    (
        Field::Debit,
        "\
        借方发生额 借方金额 支出金额 支取金额 转出金额 支出 支取 借方 debit debitamount debitamt paidout \
        moneyout withdrawal withdrawals payments",
    ),
    (Field::Amount, "交易金额 发生额 金额 amount transactionamount"),
    (
        Field::Direction,
        "\
        借贷标志 借贷方向 借贷 收支方向 收付标志 收支标志 交易方向 来往账标志 direction drcr crdr debitcredit \
        creditdebit creditdebitindicator",
    ),
    (
        Field::Name,
        "\
        对方户名 对方名称 对方账户名称 对方单位名称 对方单位 付款人名称 付款人户名 付款方户名 付款方名称 付款人 \
        付款方 交易对手 对手户名 counterparty counterpartyname payer payername debtorname remitter name \
        beneficiaryorremitter",
    ),
    (
        Field::PayerAccount,
        "\
        对方账号 对方帐号 对方账户 付款人账号 付款方账号 付款账号 counterpartyaccount payeraccount debtoraccount \
        counterpartyiban",
    ),
    (
        Field::Description,
        "\
        附言 用途 交易用途 交易附言 客户附言 备注 摘要 交易摘要 remittanceinformation remittance paymentdetails \
        purpose details description narrative text memo remarks",
    ),
    (Field::Reference, "摘要 交易摘要 交易说明 用途 备注 业务类型 description narrative remarks customerreference"),
    (
        Field::BankReference,
        "\
        交易流水号 银行流水号 流水号 核心流水号 交易参考号 回单编号 回单号 凭证号 bankreference transactionid \
        transactionreference reference ref",
    ),
    (Field::Currency, CURRENCY),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_plain_and_fields_have_their_wire_names() {
        for kind in FileKind::ALL.into_iter().chain([FileKind::Bank]) {
            for (field, names) in kind.names() {
                assert_eq!(serde_json::to_string(field).unwrap(), format!("\"{}\"", field.code()));
                let names: Vec<&str> = names.split_whitespace().collect();
                assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{field}");
                for name in names {
                    assert_eq!(plain_name(name), name, "{field}");
                }
            }
        }
    }

    #[test]
    fn units_stand_in_brackets() {
        assert_eq!(plain_name("金额（万元）"), "金额");
        assert_eq!(plain_name("Invoice_Amount (USD)"), "invoiceamount");
        assert_eq!(unit_of("金额（万元）"), (true, None));
        assert_eq!(unit_of("注册资本(万美元)"), (true, Some(Currency::USD)));
        assert_eq!(unit_of("金额（元）"), (false, None));
        assert_eq!(unit_of("Amount (USD)"), (false, Some(Currency::USD)));
        assert_eq!(unit_of("金额"), (false, None));
    }
}
