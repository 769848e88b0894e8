//! The credit file (信用档案): everything known of a customer beyond its own sheet and its ledger.
//!
//! Each piece is dated and says where it comes from; what is unknown is absent. Nothing here knows how old is too old: what
//! the pieces say on a day is read by [`crate::readings::papers`], and what is asked for is the policy's.

use super::calendar::Date;
use super::customer::Stage;
use super::financials::FinancialStatement;
use super::id::PersonId;
use super::identifiers::TaxNumber;
use super::money::Money;
use super::number::Ratio;
use super::terms::Terms;
use serde::{Deserialize, Serialize};

/// The credit file of one customer. Lists are in no particular order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CreditFile {
    /// Names that it had before (曾用名).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_names: Vec<FormerName>,
    /// What else it is called: brands, short names, the payer's name on bank statements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Tax numbers on papers that show another than the unified code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tax_numbers: Vec<TaxNumber>,
    /// Who represents it by law (法定代表人).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_representative: Option<String>,
    /// What it may do by its licence (经营范围).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_scope: Option<String>,
    /// What it sells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<String>,
    /// How it sells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sales_channels: Vec<String>,
    /// Where it is registered and where it works.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Address>,
    /// Whether it is related to ourselves (本公司关联方).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_related_party: bool,
    /// What we owe it, when it is our supplier too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payables: Option<Payables>,
    /// Financial statements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<FinancialStatement>,
    /// Checks in public registers and lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub screenings: Vec<Screening>,
    /// Licences and permits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub licences: Vec<Licence>,
    /// Contracts with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agreements: Vec<Agreement>,
    /// What others say of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// What our own people make of it, in words that a scorecard knows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub appraisals: Vec<Appraisal>,
    /// Visits, calls and what came of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub activities: Vec<Activity>,
    /// Its way through its life with us, each step approved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<StageChange>,
}

/// A name that it had until a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FormerName {
    /// The name.
    pub name: String,
    /// The last day on which it had it; absent when unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// An address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// What for.
    pub purpose: AddressPurpose,
    /// As it is written on a letter.
    pub text: String,
}

/// What an address is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AddressPurpose {
    /// 注册地址.
    Registered,
    /// 经营地址.
    Business,
    /// 开票寄送地址.
    Billing,
}

/// What we owe a customer that also supplies us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Payables {
    /// On which day.
    pub date: Date,
    /// How much.
    pub amount: Money,
}

/// Something to look up in a public register or list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ScreeningKind {
    /// 失信被执行人.
    DishonestDebtor,
    /// 限制高消费.
    ConsumptionRestricted,
    /// 被执行人.
    EnforcementDebtor,
    /// 经营异常名录.
    AbnormalOperation,
    /// 严重违法失信名单.
    SeriousViolation,
    /// 吊销或注销营业执照.
    LicenceRevoked,
    /// 破产或清算.
    Bankruptcy,
    /// 重大税收违法, 欠税公告.
    TaxArrears,
    /// Sanctions and export-control lists.
    Sanctions,
}

/// What a look-up found on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Screening {
    /// What was looked for.
    pub kind: ScreeningKind,
    /// When.
    pub date: Date,
    /// Where: the register or the service.
    pub source: String,
    /// What was found, with its file number; absent when nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
}

/// A licence or permit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// Which, in the words of the policy: `business_licence`, `road_transport`, `nvocc`, `customs_broker`, `dangerous_goods`.
    pub kind: String,
    /// Its number.
    pub number: String,
    /// The first day on which it is good; absent when it isn't known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The last one; absent when it doesn't end (长期).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// The day on which it was taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Date>,
}

/// A contract with the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// Its number.
    pub number: String,
    /// The day on which both had signed it; absent while it isn't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<Date>,
    /// The first day on which it holds.
    pub from: Date,
    /// The last one; absent when it doesn't end by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// By how many months it goes on each time it would end, unless notice was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renews_months: Option<u16>,
    /// The day on which somebody gave notice: it doesn't renew any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Date>,
    /// The last day of one that was ended early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Date>,
    /// The payment terms that it grants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Terms>,
    /// The late interest that it agrees on, by day: 0.0005 is 万分之五.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_interest_daily: Option<Ratio>,
    /// Whether we may withhold documents for unpaid charges (扣单条款).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withholding: bool,
    /// Where notices are served with effect, as agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_address: Option<String>,
    /// Which court or arbitration body decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<String>,
    /// Breaches of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaches: Vec<Breach>,
}

/// A breach of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Breach {
    /// When.
    pub date: Date,
    /// What happened.
    pub what: String,
    /// When it was made good; absent while it isn't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cured: Option<Date>,
}

/// What a third party says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Who speaks.
    pub kind: ReferenceKind,
    /// By name.
    pub from: String,
    /// When.
    pub date: Date,
    /// What they say.
    pub text: String,
}

/// Who gives a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReferenceKind {
    /// A bank: credit lines, loans and how they are served (贷款记录).
    Bank,
    /// Somebody who supplies it.
    Supplier,
    /// Somebody in the trade.
    Trade,
    /// A credit bureau's report (第三方资信报告).
    Bureau,
}

/// Our own word for something that isn't counted: 市场地位 `leading`, 管理水平 `sound`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Appraisal {
    /// Of what, in the words of the policy: `market_position`, `reputation`, `loan_record`.
    pub category: String,
    /// The word.
    pub value: String,
    /// When.
    pub date: Date,
    /// By whom.
    pub by: PersonId,
}

/// A contact with the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Activity {
    /// What kind.
    pub kind: ActivityKind,
    /// When.
    pub date: Date,
    /// By whom.
    pub by: PersonId,
    /// What came of it.
    pub text: String,
    /// When to follow up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Date>,
}

/// What kind of contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ActivityKind {
    /// 拜访.
    Visit,
    /// 电话.
    Call,
    /// 客户关怀.
    Care,
    /// 回访, 客户反馈.
    Feedback,
}

/// One step in a customer's life with us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StageChange {
    /// From which day on.
    pub date: Date,
    /// Where it stood.
    pub from: Stage,
    /// Where it stands.
    pub to: Stage,
    /// Who asked for it.
    pub asked_by: PersonId,
    /// Who approved it: somebody else.
    pub approved_by: PersonId,
    /// Why.
    pub reason: String,
}
