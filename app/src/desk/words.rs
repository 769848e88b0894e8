//! What the desk calls things: the parts of a score, the methods of a limit, the places of a policy.

use crate::data::client::ClientError;
use crate::lang::{Lang, shortest};
use crate::words::{Said, role};
use shared::facts::customer::Stage;
use shared::facts::number::Ratio;
use shared::questions::statement::LineKind;
use shared::record::access::Role;
use shared::record::api::OrderStatus;
use shared::rules::limit::Method;
use shared::rules::order_check::OverdueRule;
use shared::rules::policy::Fault;
use shared::rules::scorecard::{Characteristic, Part};

/// What is scored.
pub fn characteristic(lang: Lang, of: Characteristic) -> &'static str {
    let (zh, en) = match of {
        Characteristic::RegisteredCapital => ("注册资本", "Capital"),
        Characteristic::YearsInBusiness => ("成立", "In business"),
        Characteristic::SalesTrend => ("销售趋势", "Sales trend"),
        Characteristic::DaysBeyondTerms => ("超账期", "Beyond terms"),
        Characteristic::OverdueShare => ("逾期占比", "Overdue share"),
        Characteristic::OldestOverdueDays => ("最久逾期", "Oldest overdue"),
        Characteristic::YearsWithUs => ("合作", "With us"),
        Characteristic::YearlySales => ("年销售额", "Yearly sales"),
    };
    lang.pick(zh, en)
}

/// A value of what is scored, with its unit.
pub fn value(lang: Lang, of: Characteristic, value: Ratio) -> String {
    let figure = |places: u32| crate::lang::fixed(value.units(), 6, places);
    match of {
        Characteristic::RegisteredCapital | Characteristic::YearlySales => match lang {
            Lang::Zh if value.units().abs() >= 10_000_000_000 => {
                format!("{}\u{a0}万", crate::lang::fixed(value.units(), 10, 0))
            }
            Lang::En if value.units().abs() >= 1_000_000_000_000 => {
                format!("{}\u{a0}M", crate::lang::fixed(value.units(), 12, 1))
            }
            Lang::En if value.units().abs() >= 1_000_000_000 => {
                format!("{}\u{a0}K", crate::lang::fixed(value.units(), 9, 0))
            }
            _ => figure(0),
        },
        Characteristic::SalesTrend => {
            let change = Ratio::from_units(value.units().saturating_sub(Ratio::ONE.units()));
            let text = lang.percent(change, 0);
            if change > Ratio::ZERO { format!("+{text}") } else { text }
        }
        Characteristic::OverdueShare => lang.percent(value, 1),
        Characteristic::DaysBeyondTerms => lang.fill("{0}\u{a0}天", "{0}\u{a0}d", &[&figure(1)]),
        Characteristic::OldestOverdueDays => lang.days(value.units() / 1_000_000),
        Characteristic::YearsInBusiness | Characteristic::YearsWithUs => {
            lang.count(value.units() / 1_000_000, "年", "year", "years")
        }
    }
}

/// A part of the card.
pub fn part(lang: Lang, of: Part) -> &'static str {
    let (zh, en) = match of {
        Part::FinancialStrength => ("财务实力", "Financial strength"),
        Part::OperatingStability => ("经营稳定", "Operating stability"),
        Part::PaymentBehaviour => ("付款行为", "Payment behaviour"),
        Part::Relationship => ("合作关系", "Relationship"),
    };
    lang.pick(zh, en)
}

/// A way to arrive at a limit.
pub fn method(lang: Lang, of: Method) -> &'static str {
    let (zh, en) = match of {
        Method::Need => ("业务需求", "Need"),
        Method::Trial => ("试用额度", "Trial"),
        Method::Capital => ("注册资本比例", "Share of capital"),
        Method::Cap => ("等级上限", "Cap of the grade"),
    };
    lang.pick(zh, en)
}

/// Where a customer stands in its life with us.
pub fn stage(lang: Lang, of: Stage) -> &'static str {
    let (zh, en) = match of {
        Stage::Prospect => ("潜在", "Prospect"),
        Stage::Admitted => ("准入", "Admitted"),
        Stage::Active => ("合作", "Active"),
        Stage::Suspended => ("暂停", "Suspended"),
        Stage::Ended => ("退出", "Ended"),
    };
    lang.pick(zh, en)
}

/// A line of a statement.
pub fn line_kind(lang: Lang, of: LineKind) -> &'static str {
    let (zh, en) = match of {
        LineKind::Invoice => ("发票", "Invoice"),
        LineKind::DebitNote => ("借项通知", "Debit note"),
        LineKind::CreditNote => ("贷项通知", "Credit note"),
        LineKind::Payment => ("回款", "Payment"),
        LineKind::Correction => ("更正", "Correction"),
        LineKind::Exchange => ("货币兑换", "Exchange"),
        LineKind::Difference => ("尾差核销", "Small difference"),
        LineKind::Discount => ("现金折扣", "Early-payment discount"),
        LineKind::Bill => ("承兑汇票", "Bill"),
        LineKind::Returned => ("退票退汇", "Payment returned"),
    };
    lang.pick(zh, en)
}

/// What an order is.
pub fn order_status(lang: Lang, of: OrderStatus) -> &'static str {
    let (zh, en) = match of {
        OrderStatus::Confirmed => ("已确认", "Confirmed"),
        OrderStatus::Held => ("已暂缓", "Held"),
        OrderStatus::Refused => ("不予", "Refused"),
        OrderStatus::Cancelled => ("已取消", "Cancelled"),
    };
    lang.pick(zh, en)
}

/// The bands of an aged balance: 未到期, 1–30 … 365 以上.
pub fn bands(lang: Lang, ends: &[u16]) -> Vec<String> {
    let mut names = vec![lang.pick("未到期", "Not due").to_owned()];
    let mut from = 1_u32;
    for end in ends {
        names.push(format!("{from}–{end}"));
        from = u32::from(*end).saturating_add(1);
    }
    let last = from.saturating_sub(1).to_string();
    names.push(lang.fill("{0} 以上", "over {0}", &[&last]));
    names
}

/// One step of a place in a policy; a name of the policy's own, such as a grade, stays as it is.
pub fn policy_step(lang: Lang, step: &str) -> String {
    const WORDS: [(&str, &str, &str); 68] = [
        ("name", "名称", "Name"),
        ("note", "说明", "Note"),
        ("zh", "中文", "Chinese"),
        ("en", "英文", "English"),
        ("currency", "币种", "Currency"),
        ("calendar", "日历", "Calendar"),
        ("holidays", "放假", "Days off"),
        ("workdays", "调休上班", "Weekends worked"),
        ("aging", "账龄", "Aging"),
        ("behaviour", "付款行为", "Behaviour"),
        ("window_days", "观察天数", "Days looked at"),
        ("exposure", "敞口", "Exposure"),
        ("orders", "计入订单", "Orders count"),
        ("unapplied", "扣减未核销款", "Unapplied money deducted"),
        ("order_lapse_days", "订单失效天数", "Days until an order lapses"),
        ("scorecard", "评分卡", "Scorecard"),
        ("lines", "指标", "Lines"),
        ("weight", "权重", "Weight"),
        ("missing", "缺数得分", "Share when missing"),
        ("below", "低于首档得分", "Share below the first bin"),
        ("bins", "分档", "Bins"),
        ("share", "得分比例", "Share"),
        ("from", "起", "From"),
        ("part", "部分", "Part"),
        ("grade", "等级", "Grade"),
        ("grades", "各等级", "Grades"),
        ("knock_outs", "一票否决", "Knock-outs"),
        ("above", "高于", "Above"),
        ("confidence_at_least", "最低置信度", "Least confidence"),
        ("unsure_cap", "置信不足封顶", "Cap when unsure"),
        ("limit", "额度", "Limit"),
        ("lag_days", "对账开票滞后天数", "Invoicing lag in days"),
        ("late_days", "容忍迟付天数", "Tolerated lateness in days"),
        ("round_to", "取整到", "Rounded down to"),
        ("valid_days", "有效天数", "Valid for days"),
        ("need_factor", "需求系数", "Factor on need"),
        ("capital_share", "注册资本比例", "Share of capital"),
        ("cap", "封顶", "Cap"),
        ("trial", "试用额度", "Trial limit"),
        ("order_check", "订单检查", "Order check"),
        ("tolerance", "超额容忍度", "Tolerance over limit"),
        ("overdue", "逾期", "Overdue"),
        ("small_amount", "忽略的小额", "Ignored up to"),
        ("small_share", "忽略的占比", "Ignored share"),
        ("grace_days", "宽限天数", "Days of grace"),
        ("hold_days", "逾期暂缓天数", "Days overdue that hold"),
        ("refuse_days", "逾期不予天数", "Days overdue that refuse"),
        ("hold_share", "逾期占比暂缓", "Overdue share that holds"),
        ("hold_amount", "逾期金额暂缓", "Overdue amount that holds"),
        ("verdicts", "固定规则的结论", "What fixed rules lead to"),
        ("frozen", "停止供货", "Supply stopped"),
        ("suspended", "暂停合作", "Suspended"),
        ("exited", "退出合作", "No longer sold to"),
        ("no_grade", "未评级", "Never graded"),
        ("size", "单笔偏大", "A large single order"),
        ("within_tolerance", "超额度而在容忍度内", "Over the limit, within tolerance"),
        ("beyond_limit", "超出额度和容忍度", "Beyond limit and tolerance"),
        ("missing_rate", "缺汇率", "A missing rate"),
        ("warn_days", "提示天数", "Days of warning"),
        ("beyond", "再宽则", "Beyond that"),
        ("limit_expired", "额度过期则", "Limit expired"),
        ("no_limit", "无额度则", "No limit"),
        ("refused_grades", "不予等级", "Refused grades"),
        ("size_share", "大单提示占比", "Large order from"),
        ("approve", "准予", "approve"),
        ("warn", "提示", "warn"),
        ("hold", "暂缓", "hold"),
        ("refuse", "不予", "refuse"),
    ];
    // Steps whose word depends on nothing else.
    match step {
        "bands" => return lang.pick("等级分数线", "Grade bands").to_owned(),
        "terms" => return lang.pick("账期", "Terms").to_owned(),
        _ => {}
    }
    if let Some(found) = Characteristic::ALL.into_iter().find(|of| name_of(*of) == step) {
        return characteristic(lang, found).to_owned();
    }
    let word = WORDS.iter().find(|(key, _, _)| *key == step);
    word.map_or_else(|| step.to_owned(), |(_, zh, en)| lang.pick(*zh, *en).to_owned())
}

/// A characteristic's name on the wire.
const fn name_of(of: Characteristic) -> &'static str {
    match of {
        Characteristic::RegisteredCapital => "registered_capital",
        Characteristic::YearsInBusiness => "years_in_business",
        Characteristic::SalesTrend => "sales_trend",
        Characteristic::DaysBeyondTerms => "days_beyond_terms",
        Characteristic::OverdueShare => "overdue_share",
        Characteristic::OldestOverdueDays => "oldest_overdue_days",
        Characteristic::YearsWithUs => "years_with_us",
        Characteristic::YearlySales => "yearly_sales",
    }
}

/// What is wrong with a draft of the policy, and what would mend it.
pub fn fault(lang: Lang, fault: &Fault) -> String {
    let (zh, en) = match fault.path.as_str() {
        "order_check.overdue" => (
            "宽限、暂缓、不予的天数要依次不减：请把不予天数调高，或把前面的调低",
            "Days of grace, hold and refusal must not fall: raise the later ones, or lower the earlier",
        ),
        "grade.bands" => {
            ("等级分数线要从高到低依次下降", "The bounds of the grades must fall from the best to the worst")
        }
        "scorecard.lines" => ("各项权重之和要为 100", "The weights must add up to 100"),
        path if path.ends_with(".weight") => ("每项权重都要大于 0", "Every weight must be positive"),
        path => {
            let steps: Vec<String> =
                path.split(['.', '[']).map(|step| policy_step(lang, step.trim_end_matches(']'))).collect();
            let place = steps.join(" › ");
            return lang.fill("{0}：{1}", "{0}: {1}", &[&place, &fault.message]);
        }
    };
    lang.pick(zh, en).to_owned()
}

/// Which days of lateness stand in the wrong order, and the two ways to mend each.
pub fn overdue_days(lang: Lang, overdue: &OverdueRule) -> Vec<String> {
    let days = |days: u16| lang.days(i64::from(days));
    let (grace, hold, refuse) = (overdue.grace_days, overdue.hold_days, overdue.refuse_days);
    let mut said = Vec::new();
    if hold < grace {
        said.push(lang.fill(
            "逾期暂缓（{0}）少于宽限（{1}）：请把暂缓调到 {1} 以上，或把宽限降到 {0}",
            "Hold ({0}) comes before grace ends ({1}): raise hold to {1} or more, or lower grace to {0}",
            &[&days(hold), &days(grace)],
        ));
    }
    if refuse < hold {
        said.push(lang.fill(
            "逾期不予（{0}）少于暂缓（{1}）：请把不予调到 {1} 以上，或把暂缓降到 {0}",
            "Refusal ({0}) comes before hold ({1}): raise refusal to {1} or more, or lower hold to {0}",
            &[&days(refuse), &days(hold)],
        ));
    }
    said
}

/// Why the edge refuses what only the desk asks of it.
pub fn refusal(lang: Lang, error: &ClientError) -> Option<Said> {
    let ClientError::Problem(problem) = error else { return None };
    let value = |name: &str| problem.values.get(name).map_or("", String::as_str);
    let (what, next) = match problem.code.as_str() {
        "other_version" => (
            lang.pick("这期间有人改过它", "Somebody changed it meanwhile"),
            lang.pick("看看现在的样子，再决定", "Look at it as it is now, then decide"),
        ),
        "order_not_held" => (
            lang.pick("这一单已经没有什么在等", "Nothing of this order waits any more"),
            lang.pick("看看它现在的状态", "Look at what it is now"),
        ),
        "order_refused" => (
            lang.pick("规则不予，放行不了", "The rules refuse it; that cannot be let through"),
            lang.pick("先解决不予的理由", "What refuses it must go first"),
        ),
        "own_order" => (
            lang.pick("自己提交的，要由别人决定", "Whoever asked for it cannot decide it"),
            lang.pick("请另一位有权限的同事决定", "Ask another colleague who may"),
        ),
        "application_decided" => (
            lang.pick("这个申请已经有结果", "This application is decided already"),
            lang.pick("看看它现在的样子", "Look at it as it is now"),
        ),
        "own_application" => (
            lang.pick("自己申请的，要由别人批", "Whoever asked for it cannot answer it"),
            lang.pick("请另一位有权限的同事批", "Ask another colleague who may"),
        ),
        "not_maker" => (
            lang.pick("这是别人的申请", "This is somebody else’s application"),
            lang.pick("请申请人自己改", "Ask whoever made it"),
        ),
        "end_of_chain" => (
            lang.pick("上面没有人可以上报了", "There is nobody above to leave it to"),
            lang.pick("请直接批准或不批准", "Grant it or refuse it"),
        ),
        "application_nothing" => (
            lang.pick("没有说要什么", "Nothing is asked for"),
            lang.pick("填额度、账期或临时额度", "Enter a limit, terms or a temporary limit"),
        ),
        "application_limit" => (
            lang.pick("额度的币种或金额不对", "The limit’s currency or amount does not fit"),
            lang.pick("用客户的币种，不能为负", "Use the customer’s currency, not below zero"),
        ),
        "application_days" => (
            lang.pick(
                "日期不对：最后一天要在今天之后，也不能早于第一天",
                "The days do not fit: the last must not be past, nor before the first",
            ),
            lang.pick("改日期后再送", "Change them and send again"),
        ),
        "no_temporary_limits" => (
            lang.pick("现行政策没有临时额度", "The policy in force knows no temporary limits"),
            lang.pick("改申请额度，或先改政策", "Ask for a limit instead, or change the policy first"),
        ),
        "beyond_authority" => {
            let who = problem.values.get("lowest").map_or_else(String::new, |name| role_named(lang, name));
            return Some(Said {
                what: match problem.values.get("overage") {
                    Some(over) => lang.fill("超额 {0}，超出您的权限", "{0} over: beyond your authority", &[over]),
                    None => lang.pick("超出您的权限", "Beyond your authority").to_owned(),
                },
                next: if who.is_empty() {
                    lang.pick("请更高一级的同事决定", "Ask a colleague with more authority").to_owned()
                } else {
                    lang.fill("请{0}决定", "Ask the {0}", &[&who])
                },
            });
        }
        "overage_grown" => {
            return Some(Said {
                what: lang.fill(
                    "超额已变成 {0}，比刚才看到的多",
                    "It is {0} over by now, more than was shown",
                    &[value("overage")],
                ),
                next: lang.pick("再看一遍，再决定", "Look again, then decide").to_owned(),
            });
        }
        "no_authority" => (
            lang.pick(
                "按政策没有人可以放行，或缺汇率",
                "By the policy nobody may let it through, or a rate is missing",
            ),
            lang.pick("补汇率，或在政策里定放行权限", "Record the rate, or name an authority in the policy"),
        ),
        _ => return None,
    };
    Some(Said { what: what.to_owned(), next: next.to_owned() })
}

/// Whether the policy means this role by a name.
pub fn is_role(name: &str, role: Role) -> bool {
    serde_json::to_value(role).is_ok_and(|own| own.as_str() == Some(name))
}

/// A role by the name that the policy gives it; one of the company's own stays as it is.
pub fn role_named(lang: Lang, name: &str) -> String {
    let known = serde_json::from_value::<Role>(serde_json::Value::String(name.to_owned()));
    known.map_or_else(|_| name.to_owned(), |known| role(lang, known).to_owned())
}

/// Points of a score without needless decimals: `12`, `6.6`.
pub fn points(of: shared::facts::number::Points) -> String {
    shortest(i64::from(of.units()), 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::rules::policy::{DEFAULT, Policy};

    #[test]
    fn a_characteristic_is_named_as_on_the_wire() {
        for of in Characteristic::ALL {
            assert_eq!(serde_json::to_value(of).unwrap().as_str(), Some(name_of(of)));
        }
    }

    #[test]
    fn bands_are_named_by_their_ends() {
        assert_eq!(bands(Lang::Zh, &[30, 60]), ["未到期", "1–30", "31–60", "60 以上"]);
        assert_eq!(bands(Lang::En, &[]), ["Not due", "over 0"]);
    }

    #[test]
    fn days_out_of_order_name_those_that_are() {
        let mut overdue = Policy::parse(DEFAULT).unwrap().order_check.overdue;
        assert_eq!(overdue_days(Lang::Zh, &overdue), Vec::<String>::new());
        overdue.hold_days = 0;
        let said = overdue_days(Lang::Zh, &overdue);
        assert_eq!(said.len(), 1);
        assert!(said[0].starts_with("逾期暂缓（0\u{a0}天）少于宽限"), "{said:?}");
        overdue.hold_days = 999;
        assert!(overdue_days(Lang::En, &overdue)[0].contains("lower hold to"));
    }

    #[test]
    fn values_carry_their_unit() {
        let check = |of, units, zh: &str| assert_eq!(value(Lang::Zh, of, Ratio::from_units(units)), zh);
        check(Characteristic::RegisteredCapital, 5_000_000_000_000, "500\u{a0}万");
        check(Characteristic::SalesTrend, 1_063_000, "+6%");
        check(Characteristic::SalesTrend, 800_000, "−20%");
        check(Characteristic::YearsWithUs, 8_000_000, "8\u{a0}年");
    }
}
