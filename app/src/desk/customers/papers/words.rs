//! What is said of papers: what a piece is, what is missing and why, what is wrong with a form.

use super::fields::{KINDS, Wrong};
use crate::desk::words::stage;
use crate::lang::Lang;
use shared::facts::credit_file::{ReferenceKind, ScreeningKind};
use shared::facts::piece::PieceKind;
use shared::readings::papers::StageFault;
use shared::rules::credit_file::{MissingNeed, Need, Unmet};

/// What a piece is.
pub fn kind(lang: Lang, of: PieceKind) -> &'static str {
    let (zh, en) = match of {
        PieceKind::Registration => ("登记与经营", "Registration and trade"),
        PieceKind::FormerName => ("曾用名", "Former name"),
        PieceKind::Alias => ("别名", "Other name"),
        PieceKind::TaxNumber => ("税号", "Tax number"),
        PieceKind::Address => ("地址", "Address"),
        PieceKind::Contact => ("联系人", "Contact"),
        PieceKind::Responsible => ("负责人", "Responsible"),
        PieceKind::Payables => ("我方应付", "What we owe"),
        PieceKind::Statement => ("财务报表", "Financial statement"),
        PieceKind::Screening => ("风险查询", "Screening"),
        PieceKind::Licence => ("证照", "Licence"),
        PieceKind::Agreement => ("合同", "Agreement"),
        PieceKind::Reference => ("资信证明", "Reference"),
        PieceKind::Appraisal => ("评价", "Appraisal"),
        PieceKind::Activity => ("往来记录", "Activity"),
        PieceKind::Document => ("收到的文件", "Document received"),
        PieceKind::Stage => ("阶段变化", "Stage"),
        PieceKind::Relation => ("关联关系", "Relation"),
        PieceKind::GroupLimit => ("集团额度", "Group limit"),
        PieceKind::Cover => ("担保", "Cover"),
        PieceKind::Promise => ("付款承诺", "Promise to pay"),
        PieceKind::Plan => ("分期还款", "Instalment plan"),
        PieceKind::Notice => ("催款函", "Notice"),
        PieceKind::Talk => ("催收联系", "Collection call"),
        PieceKind::Block => ("暂停催收", "Dunning block"),
        PieceKind::Dispute => ("争议", "Dispute"),
        PieceKind::DisputeAccepted => ("认可的争议", "Dispute accepted"),
        PieceKind::Matter => ("法律时效", "Legal clock"),
        PieceKind::Recovery => ("风险处置", "Recovery case"),
        PieceKind::Observation => ("观察值", "Observation"),
        PieceKind::Event => ("触发事件", "Event"),
        PieceKind::Acknowledgement => ("预警确认", "Warning seen"),
    };
    lang.pick(zh, en)
}

/// A choice of a kind's first field, by its value on the wire.
fn chosen(lang: Lang, of: PieceKind, value: &impl serde::Serialize) -> String {
    let name = serde_json::to_value(value).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default();
    let fields = KINDS.iter().find(|(kind, _)| *kind == of).map_or(&[][..], |(_, fields)| fields);
    let choice = fields.iter().find_map(|field| match field.ask {
        super::fields::Ask::Choice(choices) => choices.iter().find(|(key, ..)| *key == name),
        _ => None,
    });
    choice.map_or(name, |(_, zh, en)| lang.pick(*zh, *en).to_owned())
}

/// What a file is to hold.
pub fn need(lang: Lang, of: &Need) -> String {
    let screening = |of: &ScreeningKind| chosen(lang, PieceKind::Screening, of);
    let reference = |of: &ReferenceKind| chosen(lang, PieceKind::Reference, of);
    let (zh, en) = match of {
        Need::CreditCode => ("统一社会信用代码", "credit code"),
        Need::LegalRepresentative => ("法定代表人", "legal representative"),
        Need::RegisteredCapital => ("注册资本", "registered capital"),
        Need::Founded => ("成立日期", "founding date"),
        Need::BusinessScope => ("经营范围", "business scope"),
        Need::Industry => ("行业", "industry"),
        Need::Segment => ("客户类别", "segment"),
        Need::Salesperson => ("销售", "salesperson"),
        Need::Contact => ("联系人", "contact"),
        Need::Address => ("地址", "address"),
        Need::Statement => ("财务报表", "financial statement"),
        Need::AuditedStatement => ("经审计的财务报表", "audited statement"),
        Need::Agreement => ("有效合同", "agreement in force"),
        Need::Licence { licence } => {
            let name = match licence.as_str() {
                "business_licence" => lang.pick("营业执照", "business licence"),
                other => other,
            };
            return lang.fill("证照：{0}", "licence: {0}", &[name]);
        }
        Need::Screening { screening: of } => return lang.fill("{0}查询", "check: {0}", &[&screening(of)]),
        Need::Reference { reference: of } => return lang.fill("资信证明：{0}", "reference: {0}", &[&reference(of)]),
        Need::Appraisal { category } => return lang.fill("评价：{0}", "appraisal: {0}", &[category]),
    };
    lang.pick(zh, en).to_owned()
}

/// The kind of piece that meets a need; none where the customer's own sheet does.
pub fn meets(of: &Need) -> Option<PieceKind> {
    match of {
        Need::LegalRepresentative | Need::BusinessScope => Some(PieceKind::Registration),
        Need::Contact => Some(PieceKind::Contact),
        Need::Address => Some(PieceKind::Address),
        Need::Statement | Need::AuditedStatement => Some(PieceKind::Statement),
        Need::Licence { .. } => Some(PieceKind::Licence),
        Need::Agreement => Some(PieceKind::Agreement),
        Need::Screening { .. } => Some(PieceKind::Screening),
        Need::Reference { .. } => Some(PieceKind::Reference),
        _ => None,
    }
}

/// What is missing, and why.
pub fn missing(lang: Lang, of: &MissingNeed) -> String {
    let what = need(lang, &of.need);
    let why = match &of.reason {
        Unmet::NotOnFile => return what,
        Unmet::TooOld { age_days, .. } => {
            lang.fill("太旧，{0}前的", "too old: {0}", &[&lang.days(i64::from(*age_days))])
        }
        Unmet::Expired { until } => lang.fill("{0} 到期", "ended {0}", &[&lang.date(*until)]),
        Unmet::NotYet { from } => lang.fill("{0} 才生效", "from {0} only", &[&lang.date(*from)]),
        Unmet::Revoked { date } => lang.fill("{0} 吊销", "revoked {0}", &[&lang.date(*date)]),
        Unmet::NotSigned => lang.pick("双方还没签", "not signed by both").to_owned(),
        Unmet::Breached { date } => lang.fill("{0} 违约未补救", "broken {0}, not made good", &[&lang.date(*date)]),
        Unmet::Found { found } => lang.fill("查到：{0}", "found: {0}", &[found]),
        Unmet::DoesNotAddUp => lang.pick("报表勾稽不上", "the statement does not add up").to_owned(),
        Unmet::NotAudited { .. } => lang.pick("没有合格的审计意见", "no auditor vouches for it").to_owned(),
        Unmet::NoRule => lang.pick("政策没说多久算旧", "the policy does not say how old it may be").to_owned(),
    };
    lang.fill("{0}（{1}）", "{0} ({1})", &[&what, &why])
}

/// What is wrong with the steps of a customer's life.
pub fn fault(lang: Lang, of: &StageFault) -> String {
    match of {
        StageFault::Gap { date, stood, from } => lang.fill(
            "{0} 的变化从{2}开始，而当时是{1}",
            "the step of {0} begins at {2}, where it stood at {1}",
            &[&lang.date(*date), stage(lang, *stood), stage(lang, *from)],
        ),
        StageFault::SamePerson { date } => {
            lang.fill("{0} 的变化是自己批的", "the step of {0} was approved by whoever asked", &[&lang.date(*date)])
        }
        StageFault::NoMove { date } => {
            lang.fill("{0} 的变化没有变", "the step of {0} leads nowhere", &[&lang.date(*date)])
        }
    }
}

/// A step from one stage to another.
pub fn step(lang: Lang, from: shared::facts::customer::Stage, to: shared::facts::customer::Stage) -> String {
    format!("{} → {}", stage(lang, from), stage(lang, to))
}

/// What keeps a form from being sent.
pub fn wrong(lang: Lang, of: &Wrong) -> String {
    match of {
        Wrong::Missing(field) => lang.fill("还缺：{0}", "Missing: {0}", &[lang.pick(field.zh, field.en)]),
        Wrong::Amount(field) => lang.fill("{0}不是金额", "{0}: no amount", &[lang.pick(field.zh, field.en)]),
        Wrong::Line(row) => lang.fill(
            "这一行读不懂：“{0}”。要科目和金额，科目用报表上的名字",
            "This line cannot be read: “{0}”. It takes a name as the form prints it, and an amount",
            &[row],
        ),
        Wrong::Other => lang.pick("有一项不能这样写", "Something cannot be written like this").to_owned(),
    }
}
