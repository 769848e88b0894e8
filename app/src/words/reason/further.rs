//! What the rules on file, group, conduct and cover found, in words.

use super::{Figure, Found};
use crate::lang::Lang;
use shared::facts::credit_file::ScreeningKind;
use shared::facts::money::Money;
use shared::readings::exposure::Category;
use shared::readings::papers::{AgreementState, LicenceState};
use shared::rules::order_check::{Finding, Verdict};

/// A finding in words.
pub fn found(lang: Lang, finding: &Finding, verdict: Verdict) -> Found {
    let passes = verdict == Verdict::Approve;
    match finding {
        Finding::Group { others, others_exposure, exposure, order, limit, over_limit, over_tolerance } => {
            let (own, order, limit) = (lang.brief(*exposure), lang.brief(*order), lang.brief(*limit));
            let (count, theirs) = (lang.number(i64::from(*others)), lang.brief(*others_exposure));
            let sign = if over_limit.minor() > 0 { ">" } else { "≤" };
            let why = lang.fill(
                "集团另 {0} 家 {1} + 本户 {2} + 本单 {3} {4} 集团额度 {5}",
                "{0} others {1} + own {2} + this order {3} {4} group limit {5}",
                &[&count, &theirs, &own, &order, sign, &limit],
            );
            let text = if over_tolerance.minor() > 0 {
                lang.pick("超出集团额度", "Over the group's limit")
            } else if over_limit.minor() > 0 {
                lang.pick("超出集团额度，在容忍度内", "Over the group's limit, within tolerance")
            } else {
                lang.pick("集团额度之内", "Within the group's limit")
            };
            (text.to_owned(), over(*over_limit), why)
        }
        Finding::SubLimit { category, stands, order, sub_limit, over: beyond } => {
            let name = category_name(lang, *category);
            let (stands, adds, most) = (lang.brief(*stands), lang.brief(*order), lang.brief(*sub_limit));
            if passes {
                let why = lang.fill("分限额 {0}", "Its own limit is {0}", &[&most]);
                return (lang.fill("{0}分限额之内", "{0} within its own limit", &[name]), Figure::Nothing, why);
            }
            if sub_limit.is_zero() {
                let text = lang.fill("{0}须先收后付", "{0}: paid to us before we lay it out", &[name]);
                return (text, Figure::Amount(*order), lang.pick("不垫付", "Nothing is laid out").to_owned());
            }
            let text = lang.fill("{0}超出分限额", "{0} over its own limit", &[name]);
            (text, over(*beyond), format!("{stands} + {adds} > {most}"))
        }
        Finding::Concentration { share, most, .. } => {
            let text = if passes {
                lang.pick("占全部应收的比例", "Share of all that is owed")
            } else {
                lang.pick("过于集中于这一客户", "Too much hangs on this customer")
            };
            let why = lang.fill("最多占全部应收的 {0}", "At most {0} of all that is owed", &[&lang.rate(*most)]);
            (text.to_owned(), Figure::Text(lang.percent(*share, 1)), why)
        }
        Finding::Dunning { step, title, since } => {
            let Some(step) = step else {
                return plain(lang.pick("没有在催收", "No reminder is running"));
            };
            let name = title.as_ref().map_or(step, |title| lang.pick(&title.zh, &title.en));
            let why = since.map(|since| lang.fill("{0} 起", "Since {0}", &[&lang.date(since)])).unwrap_or_default();
            (lang.fill("已催到：{0}", "Reminders have come to: {0}", &[name]), Figure::Nothing, why)
        }
        Finding::Promise { broken, since, window_days } => {
            if *broken == 0 {
                return plain(lang.pick("没有违背付款承诺", "No broken promise to pay"));
            }
            let count = lang.count(i64::from(*broken), "次", "time", "times");
            let last = since.map(|since| lang.date(since)).unwrap_or_default();
            let days = lang.days(i64::from(*window_days));
            let why = lang.fill("最近一次 {0}；看 {1} 之内", "Last on {0}; {1} are looked back", &[&last, &days]);
            (lang.pick("付款承诺没有兑现", "Promises to pay were broken").to_owned(), Figure::Text(count), why)
        }
        Finding::Cover { counted, lapsed, until } => cover(lang, *counted, *lapsed, *until, verdict),
        other => papers(lang, other, verdict),
    }
}

fn cover(
    lang: Lang,
    counted: Money,
    lapsed: Money,
    until: Option<shared::facts::calendar::Date>,
    verdict: Verdict,
) -> Found {
    let day = until.map(|until| lang.date(until)).unwrap_or_default();
    if lapsed.minor() > 0 {
        let why = lang.fill("{0} 到期，不再计入", "Ended on {0}; it no longer counts", &[&day]);
        return (lang.pick("担保已到期", "Cover has lapsed").to_owned(), Figure::Amount(lapsed), why);
    }
    let text = if verdict == Verdict::Approve {
        lang.pick("担保有效", "Cover in force")
    } else {
        lang.pick("担保快到期", "Cover ends soon")
    };
    let why = if day.is_empty() { String::new() } else { lang.fill("有效至 {0}", "Until {0}", &[&day]) };
    (text.to_owned(), Figure::Amount(counted), why)
}

/// Agreement, licences, checks, completeness, review.
fn papers(lang: Lang, finding: &Finding, verdict: Verdict) -> Found {
    let passes = verdict == Verdict::Approve;
    match finding {
        Finding::Agreement { breached: Some(since), without, .. } => {
            let (day, terms) = (lang.date(*since), lang.terms(*without));
            let why =
                lang.fill("{0} 起；补救之前只做{1}", "Since {0}; until it is made good only {1}", &[&day, &terms]);
            (lang.pick("协议有未补救的违约", "The agreement was broken").to_owned(), Figure::Nothing, why)
        }
        Finding::Agreement { stands, without, breached: None } => {
            let text = match stands {
                Some(AgreementState::InForce { .. }) => lang.pick("协议有效", "Agreement in force"),
                Some(AgreementState::Over { .. }) => lang.pick("协议已到期", "The agreement has ended"),
                Some(AgreementState::NotYet { .. }) => lang.pick("协议尚未生效", "The agreement isn't in force yet"),
                Some(AgreementState::NotSigned) => lang.pick("协议没有签齐", "The agreement isn't signed by both"),
                None => lang.pick("没有协议", "No agreement"),
            };
            let why = match stands {
                Some(AgreementState::InForce { until, .. }) => {
                    until.map(|until| lang.fill("至 {0}", "Until {0}", &[&lang.date(until)])).unwrap_or_default()
                }
                Some(AgreementState::Over { until, .. }) => {
                    let (day, terms) = (lang.date(*until), lang.terms(*without));
                    lang.fill("{0} 到期；无有效协议只做{1}", "On {0}; without one only {1}", &[&day, &terms])
                }
                _ => lang.fill("无有效协议只做{0}", "Without one only {0}", &[&lang.terms(*without)]),
            };
            (text.to_owned(), Figure::Nothing, why)
        }
        Finding::Licence { licence, stands } => {
            let name = licence_name(lang, licence);
            let (zh, en, day) = match stands {
                LicenceState::Valid { until, .. } => ("{0}有效", "{0} is good", *until),
                LicenceState::Expired { until, .. } => ("{0}已到期", "{0} has expired", Some(*until)),
                LicenceState::NotYet { from } => ("{0}尚未生效", "{0} isn't good yet", Some(*from)),
                LicenceState::Revoked { date } => ("{0}已被吊销", "{0} was revoked", Some(*date)),
                LicenceState::NotOnFile => ("档案里没有{0}", "{0} isn't on file", None),
            };
            (
                lang.fill(zh, en, &[&name]),
                day.map_or(Figure::Nothing, |day| Figure::Text(lang.date(day))),
                String::new(),
            )
        }
        Finding::Screening { screening, date, age_days, max_age_days, hit } => {
            let name = screening_name(lang, *screening);
            let most = lang.days(i64::from(*max_age_days));
            let why = date.map(|date| lang.fill("查于 {0}", "Checked on {0}", &[&lang.date(date)])).unwrap_or_default();
            if *hit {
                return (lang.fill("{0}：查到记录", "{0}: something was found", &[name]), Figure::Nothing, why);
            }
            match age_days {
                None => (lang.fill("{0}：没有查过", "{0}: never checked", &[name]), Figure::Nothing, why),
                Some(age) if !passes => {
                    let text = lang.fill("{0}：核查过期", "{0}: the check is too old", &[name]);
                    let why = lang.fill("{0}；{1}内有效", "{0}; good for {1}", &[&why, &most]);
                    (text, Figure::Text(lang.days(i64::from(*age))), why)
                }
                Some(_) => (
                    lang.pick("工商司法核查无记录", "Register and court checks are clear").to_owned(),
                    Figure::Nothing,
                    why,
                ),
            }
        }
        Finding::File { complete, least } => {
            let text = if passes {
                lang.pick("档案完整度", "Completeness of the file")
            } else {
                lang.pick("档案不全", "The file is incomplete")
            };
            let why = lang.fill("至少 {0}", "At least {0}", &[&lang.rate(*least)]);
            (text.to_owned(), Figure::Text(lang.percent(*complete, 0)), why)
        }
        Finding::Review { last, due, late_days } => {
            let why = match last {
                Some(last) => lang.fill("上次 {0}", "Last on {0}", &[&lang.date(*last)]),
                None => lang.pick("从未复评", "Never reviewed").to_owned(),
            };
            if *late_days > 0 {
                let days = Figure::Text(lang.days(i64::from(*late_days)));
                return (lang.pick("复评已过期", "The review is overdue").to_owned(), days, why);
            }
            (lang.pick("下次复评", "Next review").to_owned(), Figure::Text(lang.date(*due)), why)
        }
        _ => plain(""),
    }
}

fn plain(text: &str) -> Found {
    (text.to_owned(), Figure::Nothing, String::new())
}

fn over(amount: Money) -> Figure {
    if amount.minor() > 0 { Figure::Amount(amount) } else { Figure::Nothing }
}

/// The name of a category.
pub fn category_name(lang: Lang, category: Category) -> &'static str {
    match category {
        Category::OpenItems => lang.pick("未清款项", "Open items"),
        Category::Uninvoiced => lang.pick("未开票费用", "Charges not yet invoiced"),
        Category::AdvancedFreight => lang.pick("代垫运费", "Advanced freight"),
        Category::AdvancedDuty => lang.pick("代垫税金", "Advanced duty"),
        Category::ContainerDeposit => lang.pick("押箱", "Container deposits"),
        Category::Demurrage => lang.pick("滞箱滞港费", "Demurrage"),
        Category::Orders => lang.pick("已确认订单", "Confirmed orders"),
        Category::Bills => lang.pick("未到期票据", "Bills not matured"),
        Category::Returned => lang.pick("退票退款", "Returned payments"),
    }
}

/// The name of a licence; one that the house has no word for is named as the policy names it.
fn licence_name(lang: Lang, licence: &str) -> String {
    match licence {
        "business_licence" => lang.pick("营业执照", "The business licence").to_owned(),
        "road_transport" => lang.pick("道路运输经营许可证", "The road transport licence").to_owned(),
        "nvocc" => lang.pick("无船承运人资格", "The NVOCC registration").to_owned(),
        "customs_broker" => lang.pick("报关企业备案", "The customs broker's registration").to_owned(),
        "dangerous_goods" => lang.pick("危险品许可", "The dangerous goods licence").to_owned(),
        other => other.to_owned(),
    }
}

/// The name of a check.
fn screening_name(lang: Lang, kind: ScreeningKind) -> &'static str {
    match kind {
        ScreeningKind::DishonestDebtor => lang.pick("失信被执行人", "Dishonest debtors"),
        ScreeningKind::ConsumptionRestricted => lang.pick("限制高消费", "Restricted spending"),
        ScreeningKind::EnforcementDebtor => lang.pick("被执行人", "Enforcement"),
        ScreeningKind::AbnormalOperation => lang.pick("经营异常", "Abnormal operation"),
        ScreeningKind::SeriousViolation => lang.pick("严重违法失信", "Serious violations"),
        ScreeningKind::LicenceRevoked => lang.pick("吊销注销", "Revoked or cancelled"),
        ScreeningKind::Bankruptcy => lang.pick("破产清算", "Bankruptcy"),
        ScreeningKind::TaxArrears => lang.pick("欠税", "Tax arrears"),
        ScreeningKind::Sanctions => lang.pick("制裁与管制名单", "Sanctions lists"),
    }
}
