//! What moved between two judgements of one order.

use crate::lang::Lang;
use shared::facts::customer::Stage;
use shared::facts::ledger::Limit;
use shared::facts::money::Money;
use shared::readings::standing::Standing;
use shared::record::decision::{Change, Figure, Grant};

/// A change in words: what, before → after. The two standings, where they are known, tell what a grant was and is.
pub fn change(lang: Lang, change: &Change, standings: Option<(&Standing, &Standing)>) -> String {
    let moved =
        |what: &str, before: &str, after: &str| lang.fill("{0}：{1} → {2}", "{0}: {1} → {2}", &[what, before, after]);
    match change {
        Change::Date { before, after } => moved(lang.pick("日期", "Date"), &lang.date(*before), &lang.date(*after)),
        Change::Policy { before, after } => {
            let version = |number: &u32| lang.fill("第 {0} 版", "version {0}", &[&number.to_string()]);
            moved(lang.pick("政策", "Policy"), &version(before), &version(after))
        }
        Change::Amount { what, before, after } => {
            let told = |amount: &Option<Money>| {
                amount.map_or_else(|| lang.pick("缺", "missing").to_owned(), |amount| lang.money(amount))
            };
            moved(figure(lang, *what), &told(before), &told(after))
        }
        Change::OldestDays { before, after } => {
            let days = |days: i32| lang.days(i64::from(days));
            moved(lang.pick("最久逾期", "Oldest overdue"), &days(*before), &days(*after))
        }
        Change::Granted { what } => match standings.filter(|_| told(*what)) {
            Some((before, after)) => moved(grant(lang, *what), &held(lang, *what, before), &held(lang, *what, after)),
            None => lang.fill("{0}有变动", "{0} changed", &[grant(lang, *what)]),
        },
        Change::Rates => lang.pick("汇率有更新", "Exchange rates were updated").to_owned(),
        Change::Circumstances => lang.pick("订单情况有变动", "What is known of the order changed").to_owned(),
    }
}

fn figure(lang: Lang, figure: Figure) -> &'static str {
    match figure {
        Figure::OpenItems => lang.pick("未清款项", "Open items"),
        Figure::Orders => lang.pick("已确认订单", "Confirmed orders"),
        Figure::Unapplied => lang.pick("未核销款", "Unapplied money"),
        Figure::Overdue => lang.pick("逾期", "Overdue"),
        Figure::Disputed => lang.pick("争议中的逾期", "Overdue in dispute"),
        Figure::Categories => lang.pick("未开票、代垫与票据", "Uninvoiced, advances and bills"),
    }
}

/// The name of what people decide about a customer.
pub fn grant(lang: Lang, grant: Grant) -> &'static str {
    match grant {
        Grant::Grade => lang.pick("信用等级", "Grade"),
        Grant::Limit => lang.pick("信用额度", "Limit"),
        Grant::Terms => lang.pick("授予账期", "Terms granted"),
        Grant::Freeze => lang.pick("供货", "Supply"),
        Grant::Stage => lang.pick("合作阶段", "Stage"),
        Grant::TemporaryLimit => lang.pick("临时额度", "Temporary limit"),
        Grant::Group => lang.pick("集团额度与敞口", "The group's limit and exposure"),
        Grant::Cover => lang.pick("担保与信用保险", "Cover"),
        Grant::Agreement => lang.pick("协议", "Agreement"),
        Grant::Licence => lang.pick("证照", "Licences"),
        Grant::Screening => lang.pick("工商司法核查", "Register and court checks"),
        Grant::File => lang.pick("档案完整度", "Completeness of the file"),
        Grant::Review => lang.pick("复评", "Review"),
        Grant::Dunning => lang.pick("催收进度", "Reminders"),
        Grant::Promise => lang.pick("付款承诺", "Promises to pay"),
        Grant::Dispute => lang.pick("争议受理", "Accepted disputes"),
        Grant::Portfolio => lang.pick("全部应收", "What all customers owe"),
        Grant::Lateness => lang.pick("惯常迟付天数", "How late it usually pays"),
    }
}

/// Whether what was and what is can be told in a word or two.
const fn told(grant: Grant) -> bool {
    matches!(grant, Grant::Grade | Grant::Limit | Grant::Terms | Grant::Freeze | Grant::Stage)
}

/// A limit in words: an amount, 不授信 or 不限额.
pub fn limit(lang: Lang, limit: Limit) -> String {
    match limit {
        Limit::None => lang.pick("不授信", "none").to_owned(),
        Limit::Unlimited => lang.pick("不限额", "unlimited").to_owned(),
        Limit::Amount { amount } => lang.money(amount),
    }
}

/// What a standing holds of a grant.
fn held(lang: Lang, what: Grant, standing: &Standing) -> String {
    let none = || lang.pick("无", "none").to_owned();
    match what {
        Grant::Grade => standing.grade.as_ref().map_or_else(none, |grade| grade.grade.clone()),
        Grant::Limit => standing.limit.as_ref().map_or_else(none, |granted| {
            let amount = limit(lang, granted.limit);
            match granted.until {
                Some(until) => lang.fill("{0}，至 {1}", "{0} until {1}", &[&amount, &lang.date(until)]),
                None => amount,
            }
        }),
        Grant::Terms => standing.terms.map_or_else(none, |terms| lang.terms(terms)),
        Grant::Freeze => {
            if standing.frozen.is_some() { lang.pick("停止", "stopped") } else { lang.pick("正常", "normal") }
                .to_owned()
        }
        Grant::Stage => match standing.stage {
            Stage::Prospect => lang.pick("潜在", "prospect"),
            Stage::Admitted => lang.pick("准入", "admitted"),
            Stage::Active => lang.pick("合作", "active"),
            Stage::Suspended => lang.pick("暂停", "suspended"),
            Stage::Ended => lang.pick("退出", "ended"),
        }
        .to_owned(),
        _ => none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::facts::money::Currency;

    #[test]
    fn before_and_after() {
        let day = |text: &str| text.parse().unwrap();
        let yuan = |text: &str| Money::parse(text, Currency::CNY).ok();
        let told = |moved: &Change| change(Lang::Zh, moved, None);
        let date = Change::Date { before: day("2026-11-20"), after: day("2026-11-21") };
        assert_eq!(told(&date), "日期：2026-11-20 → 2026-11-21");
        let paid = Change::Amount { what: Figure::OpenItems, before: yuan("441000"), after: yuan("381000") };
        assert_eq!(told(&paid), "未清款项：¥441,000.00 → ¥381,000.00");
        assert_eq!(told(&Change::Amount { what: Figure::Overdue, before: None, after: yuan("1") }), "逾期：缺 → ¥1.00");
        assert_eq!(told(&Change::Granted { what: Grant::Limit }), "信用额度有变动");
        assert_eq!(change(Lang::En, &Change::Policy { before: 3, after: 4 }, None), "Policy: version 3 → version 4");
    }
}
