//! Why: a rule's finding as a sentence, its figure, and the rule with its own numbers.

mod further;

use crate::lang::Lang;
use crate::ui::{Mark, Tone};
use shared::facts::customer::Stage;
use shared::facts::money::Money;
use shared::facts::number::Ratio;
use shared::facts::terms::Terms;
use shared::rules::order_check::{Answer, EasedBy, Finding, Reason, Verdict};

/// A finding in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The seal that it alone would give; absent when the rule passed.
    pub mark: Option<Mark>,
    /// What was found.
    pub text: String,
    /// Its figure.
    pub figure: Figure,
    /// The rule with its own numbers; may be empty.
    pub why: String,
    /// The colour of the figure.
    pub tone: Tone,
}

/// What stands at the right of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Nothing to count.
    Nothing,
    /// An amount.
    Amount(Money),
    /// A share, days, documents.
    Text(String),
}

impl Figure {
    /// Within a sentence.
    fn in_line(&self, lang: Lang) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Amount(amount) => lang.money(*amount),
            Self::Text(text) => text.clone(),
        }
    }
}

/// The seal of a verdict.
pub fn mark(verdict: Verdict) -> Mark {
    match verdict {
        Verdict::Approve => Mark::Approve,
        Verdict::Warn => Mark::Warn,
        Verdict::Hold => Mark::Hold,
        Verdict::Refuse => Mark::Refuse,
    }
}

/// The one fact under a verdict: the worst finding, and how many more there are.
pub fn headline(lang: Lang, answer: &Answer) -> String {
    // Among what passed the limit is what people ask about.
    let passed = || answer.reasons.iter().find(|reason| matches!(reason.finding, Finding::Limit { .. }));
    let worst = answer.reasons.first().filter(|reason| reason.verdict > Verdict::Approve);
    let Some(lead) = worst.or_else(passed).or(answer.reasons.first()) else { return String::new() };
    let others: Vec<Verdict> = answer
        .reasons
        .iter()
        .skip(1)
        .map(|reason| reason.verdict)
        .filter(|verdict| *verdict > Verdict::Approve)
        .collect();
    let told = reason(lang, lead);
    if worst.is_some() && !others.is_empty() {
        let count = i64::try_from(others.len()).unwrap_or(i64::MAX);
        let number = if count == 1 { lang.pick("一", "1").to_owned() } else { lang.number(count) };
        // A warning is pointed out, a hold doesn't pass.
        let zh = if others.iter().any(|verdict| *verdict >= Verdict::Hold) {
            "{0}，另有{1}处未过"
        } else {
            "{0}，另有{1}处提示"
        };
        let en = if count == 1 { "{0}, and {1} more reason" } else { "{0}, and {1} more reasons" };
        return lang.fill(zh, en, &[&told.text, &number]);
    }
    match (&lead.finding, lead.verdict) {
        (Finding::Limit { .. }, Verdict::Approve) => {
            lang.fill("{0}，用到 {1}", "{0}, {1} used", &[&told.text, &told.figure.in_line(lang)])
        }
        (Finding::Limit { limit, over_limit, .. }, Verdict::Warn) => {
            let share = Ratio::of(over_limit.minor(), limit.minor()).unwrap_or_default();
            lang.fill("超额 {0}，在容忍度内", "{0} over, within tolerance", &[&lang.percent(share, 1)])
        }
        (Finding::Limit { .. } | Finding::NoLimit { .. }, _) => {
            lang.fill("{0} {1}", "{0}: {1}", &[&told.text, &told.figure.in_line(lang)])
        }
        _ => told.text,
    }
}

/// A finding in words.
pub fn reason(lang: Lang, reason: &Reason) -> Told {
    let mark = (reason.verdict > Verdict::Approve).then(|| mark(reason.verdict));
    let stops = reason.verdict >= Verdict::Hold;
    let (text, figure, mut why) = found(lang, &reason.finding, reason.eased.map_or(reason.verdict, |eased| eased.from));
    if let Some(eased) = reason.eased {
        let by = match eased.by {
            EasedBy::Trial => lang.pick("试运行，只提示", "On trial: only a warning"),
            EasedBy::Released => lang.pick("已放行", "Released"),
            EasedBy::Revaluation => lang.pick("只因汇率变动，只提示", "By exchange rates alone: only a warning"),
        };
        why.push_str(if why.is_empty() { "" } else { lang.pick("；", "; ") });
        why.push_str(by);
    }
    let tone = if stops && figure != Figure::Nothing { Tone::Stop } else { Tone::Plain };
    Told { mark, text, figure, why, tone }
}

type Found = (String, Figure, String);

fn found(lang: Lang, finding: &Finding, verdict: Verdict) -> Found {
    let plain = |zh: &str, en: &str| (lang.pick(zh, en).to_owned(), Figure::Nothing, String::new());
    match finding {
        Finding::Frozen { since, reason } => (
            lang.pick("已停止供货", "Supply to this customer has stopped").to_owned(),
            Figure::Nothing,
            lang.fill("{0} 起：{1}", "Since {0}: {1}", &[&lang.date(*since), reason]),
        ),
        Finding::NotFrozen => plain("没有停止供货", "Supply not stopped"),
        Finding::Stage { stage } => match stage {
            Stage::Prospect => plain("潜在客户", "Prospect"),
            Stage::Admitted => plain("已准入，尚未合作", "Admitted, no business yet"),
            Stage::Active => plain("合作中的客户", "Active customer"),
            Stage::Suspended => plain("合作已暂停", "Business is suspended"),
            Stage::Ended => plain("合作已结束", "Business has ended"),
        },
        Finding::MissingRate { from, to } => (
            lang.fill("缺 {0} 对 {1} 的汇率", "Rate from {0} to {1} missing", &[from.code(), to.code()]),
            Figure::Nothing,
            lang.pick("敞口算不出，录入汇率后再判", "Exposure cannot be told until the rate is recorded").to_owned(),
        ),
        Finding::Grade { grade } => match (grade, verdict) {
            (Some(grade), Verdict::Refuse) => {
                (lang.fill("{0} 级不赊账", "Grade {0} gets no credit", &[grade]), Figure::Nothing, String::new())
            }
            (Some(grade), _) => {
                (lang.pick("信用等级", "Credit grade").to_owned(), Figure::Text(grade.clone()), String::new())
            }
            (None, _) => plain("还没有评级", "Not assessed yet"),
        },
        Finding::Limit { exposure, order, limit, tolerance, over_limit, over_tolerance, .. } => {
            let limits = Limits {
                exposure: *exposure,
                order: *order,
                limit: *limit,
                tolerance: *tolerance,
                over: *over_limit,
                beyond: *over_tolerance,
            };
            limits.told(lang)
        }
        Finding::Unlimited => plain("不限额", "Unlimited"),
        Finding::NoLimit { decided, order } => (
            lang.pick(
                if *decided { "不授信" } else { "还没有授信额度" },
                if *decided { "No credit granted" } else { "No limit granted yet" },
            )
            .to_owned(),
            Figure::Amount(*order),
            lang.pick("本单要赊的金额", "What this order would owe").to_owned(),
        ),
        Finding::LimitExpired { until, order } => (
            lang.pick("额度已到期", "The limit has expired").to_owned(),
            Figure::Amount(*order),
            lang.fill(
                "有效至 {0}；本单要赊的金额",
                "Valid until {0}; what this order would owe",
                &[&lang.date(*until)],
            ),
        ),
        Finding::NoCreditAsked => plain("本单不占用额度", "This order uses no credit"),
        Finding::Overdue { amount, documents, oldest_days, share, disputed, hold_days, hold_share, hold_amount } => {
            let overdue = Overdue {
                amount: *amount,
                documents: *documents,
                oldest: *oldest_days,
                share: *share,
                disputed: *disputed,
                hold_days: *hold_days,
                hold_share: *hold_share,
                hold_amount: *hold_amount,
            };
            overdue.told(lang, verdict)
        }
        Finding::Terms { asked, granted, looser_days } => terms(lang, *asked, *granted, *looser_days, verdict),
        Finding::Size { share, warn_share } => (
            lang.pick(
                if verdict > Verdict::Approve { "单笔偏大" } else { "单笔占额度" },
                if verdict > Verdict::Approve { "A large single order" } else { "Share of the limit in one order" },
            )
            .to_owned(),
            Figure::Text(lang.percent(*share, 1)),
            lang.fill("超过额度的 {0} 时提示", "Pointed out above {0} of the limit", &[&lang.rate(*warn_share)]),
        ),
        other => further::found(lang, other, verdict),
    }
}

struct Limits {
    exposure: Money,
    order: Money,
    limit: Money,
    tolerance: Ratio,
    over: Money,
    beyond: Money,
}

impl Limits {
    fn told(&self, lang: Lang) -> Found {
        let (exposure, order, limit) = (lang.brief(self.exposure), lang.brief(self.order), lang.brief(self.limit));
        let with_tolerance = || {
            let units = Ratio::ONE.units().saturating_add(self.tolerance.units());
            format!("{limit}\u{a0}×\u{a0}{}", lang.rate(Ratio::from_units(units)))
        };
        let tolerated = self.tolerance > Ratio::ZERO;
        if self.beyond.minor() > 0 {
            let text = if tolerated {
                lang.pick("超出额度和容忍度", "Over limit and tolerance")
            } else {
                lang.pick("超出额度", "Over the limit")
            };
            let bound = if tolerated { with_tolerance() } else { limit };
            (text.to_owned(), Figure::Amount(self.beyond), format!("{exposure} + {order} > {bound}"))
        } else if self.over.minor() > 0 {
            let text = lang.pick("超出额度，在容忍度内", "Over the limit, within tolerance").to_owned();
            let why = format!("{exposure} + {order} > {limit}, ≤ {}", with_tolerance());
            (text, Figure::Amount(self.over), why.replace(", ", lang.pick("，", ", ")))
        } else {
            let used = self.exposure.minor().saturating_add(self.order.minor());
            let share = Ratio::of(used, self.limit.minor()).unwrap_or_default();
            let text = lang.pick("额度之内", "Within the limit").to_owned();
            (text, Figure::Text(lang.percent(share, 1)), format!("{exposure} + {order} ≤ {limit}"))
        }
    }
}

struct Overdue {
    amount: Money,
    documents: u32,
    oldest: i32,
    share: Ratio,
    disputed: Money,
    hold_days: u16,
    hold_share: Ratio,
    hold_amount: Option<Money>,
}

impl Overdue {
    fn told(&self, lang: Lang, verdict: Verdict) -> Found {
        let documents = lang.count(i64::from(self.documents), "笔", "document", "documents");
        let mut why = String::new();
        let (text, figure) = if self.amount.minor() <= 0 {
            (lang.pick("没有逾期", "Nothing overdue").to_owned(), Figure::Text(documents))
        } else {
            let days = lang.days(i64::from(self.oldest));
            let share = lang.percent(self.share, 1);
            let (line, line_days) = (lang.rate(self.hold_share), lang.days(i64::from(self.hold_days)));
            why = if verdict == Verdict::Approve {
                lang.fill("占未清 {0}；宽限内不冻结", "{0} of open items; nothing holds within grace", &[&share])
            } else if verdict == Verdict::Refuse {
                lang.fill("占未清 {0}；过了停止供货的天数", "{0} of open items; past the days that refuse", &[&share])
            } else if self.share > self.hold_share {
                lang.fill("占未清 {0}，超过冻结线 {1}", "{0} of open items, above the {1} that holds", &[&share, &line])
            } else if self.oldest > i32::from(self.hold_days) {
                lang.fill(
                    "最久 {0}，超过冻结线 {1}；占未清 {2}",
                    "Oldest {0}, past the {1} that hold; {2} of open items",
                    &[&days, &line_days, &share],
                )
            } else if let Some(most) = self.hold_amount.filter(|most| self.amount.minor() > most.minor()) {
                let most = lang.brief(most);
                lang.fill(
                    "超过冻结金额 {0}；占未清 {1}",
                    "More than the {0} that holds; {1} of open items",
                    &[&most, &share],
                )
            } else {
                lang.fill(
                    "占未清 {0}，不到冻结线 {1} 和 {2}",
                    "{0} of open items; it holds above {1} or {2}",
                    &[&share, &line, &line_days],
                )
            };
            let text = if verdict == Verdict::Approve {
                lang.fill("{0}逾期，在宽限内", "{0} overdue, within grace", &[&documents])
            } else {
                lang.fill("{0}逾期，最久 {1}", "{0} overdue, oldest {1}", &[&documents, &days])
            };
            (text, Figure::Amount(self.amount))
        };
        if self.disputed.minor() > 0 {
            why.push_str(if why.is_empty() { "" } else { lang.pick("；", "; ") });
            let disputed = lang.brief(self.disputed);
            why.push_str(&lang.fill("争议 {0} 未计", "{0} in dispute not counted", &[&disputed]));
        }
        (text, figure, why)
    }
}

fn terms(lang: Lang, asked: Terms, granted: Option<Terms>, looser_days: u32, verdict: Verdict) -> Found {
    let asked_text = lang.terms(asked);
    if verdict == Verdict::Approve {
        let text = match granted {
            Some(granted) if granted == asked => lang.pick("账期同授予", "Terms as granted"),
            Some(granted) if asked.looseness(granted).is_le() => {
                lang.pick("账期不宽于授予", "Terms no looser than granted")
            }
            None if matches!(asked, Terms::Prepaid) => lang.pick("先款后货", "Paid in advance"),
            _ => lang.pick("本单不赊账，不看账期", "No credit asked, so terms don't matter"),
        };
        return (text.to_owned(), Figure::Text(asked_text), String::new());
    }
    let days = Figure::Text(lang.days(i64::from(looser_days)));
    match granted {
        Some(granted) => (
            lang.pick("账期宽于授予", "Looser terms than granted").to_owned(),
            days,
            lang.fill("要求{0}；授予{1}", "Asked: {0}; granted: {1}", &[&asked_text, &lang.terms(granted)]),
        ),
        None => (
            lang.pick("还没有授予账期", "No terms granted yet").to_owned(),
            days,
            lang.fill("要求{0}", "Asked: {0}", &[&asked_text]),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::facts::money::Currency;
    use shared::rules::order_check::Rule;

    fn yuan(text: &str) -> Money {
        Money::parse(text, Currency::CNY).unwrap()
    }

    fn limit(exposure: &str, order: &str, limit: &str, verdict: Verdict) -> Reason {
        let (exposure, order, limit) = (yuan(exposure), yuan(order), yuan(limit));
        let over_limit = exposure.plus(order).unwrap().minus(limit).unwrap();
        let tolerance = Ratio::from_units(50_000);
        let tolerated = Money::from_minor(limit.minor() / 20, Currency::CNY).unwrap();
        let over_tolerance = over_limit.minus(tolerated).unwrap();
        let (uplift, temporary_until) = (None, None);
        let finding =
            Finding::Limit { exposure, order, limit, tolerance, over_limit, over_tolerance, uplift, temporary_until };
        Reason::of(Rule::Limit, verdict, finding)
    }

    fn answer(reasons: Vec<Reason>) -> Answer {
        let verdict = reasons.first().unwrap().verdict;
        Answer::plain(verdict, yuan("1"), None, None, reasons)
    }

    #[test]
    fn the_rule_shows_its_own_numbers() {
        let told = reason(Lang::Zh, &limit("614300", "286400", "800000", Verdict::Hold));
        assert_eq!(told.text, "超出额度和容忍度");
        assert_eq!(told.figure, Figure::Amount(yuan("60700")));
        assert_eq!(told.why, "614,300 + 286,400 > 800,000\u{a0}×\u{a0}105%");
        let told = reason(Lang::En, &limit("714000", "86000", "1200000", Verdict::Approve));
        assert_eq!((told.mark, told.why.as_str()), (None, "714,000 + 86,000 ≤ 1,200,000"));
        assert_eq!(told.figure, Figure::Text("66.7\u{a0}%".into()));
    }

    #[test]
    fn headlines_follow_the_house() {
        let head = |lang, reasons: &[Reason]| headline(lang, &answer(reasons.to_vec()));
        let within = limit("714000", "86000", "1200000", Verdict::Approve);
        let tolerated = limit("624000", "200000", "800000", Verdict::Warn);
        let over = limit("614300", "286400", "800000", Verdict::Hold);
        assert_eq!(head(Lang::Zh, std::slice::from_ref(&within)), "额度之内，用到 66.7%");
        assert_eq!(head(Lang::En, std::slice::from_ref(&within)), "Within the limit, 66.7\u{a0}% used");
        assert_eq!(head(Lang::Zh, std::slice::from_ref(&tolerated)), "超额 3.0%，在容忍度内");
        assert_eq!(head(Lang::Zh, std::slice::from_ref(&over)), "超出额度和容忍度 ¥60,700.00");
        assert_eq!(head(Lang::Zh, &[over.clone(), tolerated.clone()]), "超出额度和容忍度，另有一处提示");
        assert_eq!(
            head(Lang::En, &[over, tolerated.clone(), tolerated]),
            "Over limit and tolerance, and 2 more reasons"
        );
    }

    #[test]
    fn overdue_names_the_line_it_crossed() {
        let overdue = |share: i64, oldest_days, verdict| {
            let finding = Finding::Overdue {
                amount: yuan("42180"),
                documents: 2,
                oldest_days,
                share: Ratio::from_units(share),
                disputed: yuan("9860"),
                hold_days: 60,
                hold_share: Ratio::from_units(150_000),
                hold_amount: None,
            };
            reason(Lang::Zh, &Reason::of(Rule::Overdue, verdict, finding)).why.replace('\u{a0}', " ")
        };
        assert_eq!(overdue(96_000, 51, Verdict::Warn), "占未清 9.6%，不到冻结线 15% 和 60 天；争议 9,860 未计");
        assert_eq!(overdue(160_000, 5, Verdict::Approve), "占未清 16.0%；宽限内不冻结；争议 9,860 未计");
        assert_eq!(overdue(160_000, 51, Verdict::Hold), "占未清 16.0%，超过冻结线 15%；争议 9,860 未计");
        assert_eq!(overdue(96_000, 61, Verdict::Hold), "最久 61 天，超过冻结线 60 天；占未清 9.6%；争议 9,860 未计");
    }
}
