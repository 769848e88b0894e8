//! The reasons that a customer may be told, in words, and what it can do about each.

use super::{CustomerReason, day, joined, money, terms_words, words};
use crate::readings::exposure::Category;
use crate::rules::policy::Bilingual;

impl CustomerReason {
    /// The reason in words.
    #[allow(clippy::too_many_lines)] // one sentence for each reason
    pub fn sentence(&self) -> Bilingual {
        match self {
            Self::Overdue { amount, oldest_days } => {
                let sum = money(*amount);
                words(
                    &format!("贵司尚有{sum}货款已逾期，最长逾期{oldest_days}天。"),
                    &format!("{sum} is past due, the oldest document by {oldest_days} days."),
                )
            }
            Self::LimitUsed { over } => {
                let sum = money(*over);
                words(
                    &format!("贵司现有信用额度已用足，本次业务将超出额度{sum}。"),
                    &format!("The credit limit is used up: this business would go beyond it by {sum}."),
                )
            }
            Self::LimitExpired { until } => words(
                &format!("贵司的信用额度已于{}到期。", day(*until).zh),
                &format!("The credit limit expired on {}.", day(*until).en),
            ),
            Self::NoLimit => words("贵司尚未取得信用额度。", "No credit limit has been granted yet."),
            Self::Terms { agreed } => {
                let agreed = terms_words(*agreed);
                words(
                    &format!("所申请的账期长于约定的账期（{}）。", agreed.zh),
                    &format!("The terms asked for are longer than agreed ({}).", agreed.en),
                )
            }
            Self::MissingDocuments { documents } => {
                let all = joined(documents);
                words(&format!("贵司的信用档案尚缺：{}。", all.zh), &format!("Your credit file lacks: {}.", all.en))
            }
            Self::BrokenPromise { due, missing } => {
                let (sum, due) = (money(*missing), day(*due));
                words(
                    &format!("贵司承诺于{}支付的款项尚有{sum}未到账。", due.zh),
                    &format!("Of the payment promised for {}, {sum} has not arrived.", due.en),
                )
            }
            Self::BrokenPromises { broken, since } => {
                let last = since.map(day);
                let zh = last.as_ref().map(|day| format!("（最近一次为{}）", day.zh)).unwrap_or_default();
                let en = last.as_ref().map(|day| format!(", the last one on {}", day.en)).unwrap_or_default();
                let times = if *broken == 1 { "promise" } else { "promises" };
                words(
                    &format!("贵司有{broken}次付款承诺未能兑现{zh}。"),
                    &format!("{broken} {times} to pay not kept{en}."),
                )
            }
            Self::GroupLimitUsed { over } => {
                let sum = money(*over);
                words(
                    &format!("贵司所属集团的信用额度已用足，本次业务将超出{sum}。"),
                    &format!("The credit limit of your group is used up: this business would go beyond it by {sum}."),
                )
            }
            Self::CategoryFull { category, most, .. } if most.is_zero() => {
                let name = category_words(*category);
                words(
                    &format!("{}须先收款后垫付。", name.zh),
                    &format!("{} is laid out only once it is paid to us.", name.en),
                )
            }
            Self::CategoryFull { category, over, .. } => {
                let (name, sum) = (category_words(*category), money(*over));
                words(
                    &format!("{}的分项额度已用足，本次业务将超出{sum}。", name.zh),
                    &format!("{}: its own limit is used up, and this business would go beyond it by {sum}.", name.en),
                )
            }
            Self::LargeOrder => words(
                "本次业务金额相对于贵司的信用额度较大。",
                "This business is large compared with your credit limit.",
            ),
            Self::Reminded { step, since } => {
                let zh = step.as_ref().map(|step| format!("（{}）", step.zh)).unwrap_or_default();
                let en = step.as_ref().map(|step| format!(" ({})", step.en)).unwrap_or_default();
                let since = since.map(day);
                let zh_since = since.as_ref().map(|day| format!("自{}起", day.zh)).unwrap_or_default();
                let en_since = since.as_ref().map(|day| format!(" since {}", day.en)).unwrap_or_default();
                words(
                    &format!("{zh_since}已就逾期款项发出催款通知{zh}，尚未结清。"),
                    &format!("Reminders for what is past due have gone out{en_since}{en} and are not settled."),
                )
            }
            Self::NoAgreement { ended: Some(ended), without } => {
                let (ended, without) = (day(*ended), terms_words(*without));
                words(
                    &format!("双方的协议已于{}到期，续签之前仅可{}。", ended.zh, without.zh),
                    &format!(
                        "Our agreement ended on {}; until it is renewed only {} is possible.",
                        ended.en, without.en
                    ),
                )
            }
            Self::NoAgreement { ended: None, without } => {
                let without = terms_words(*without);
                words(
                    &format!("双方尚无有效协议，仅可{}。", without.zh),
                    &format!("There is no agreement in force between us; only {} is possible.", without.en),
                )
            }
            Self::AgreementBroken { since } => {
                let since = day(*since);
                words(
                    &format!("自{}起有未补救的违约情形，协议约定的账期暂不适用。", since.zh),
                    &format!(
                        "The agreement was broken on {} and that was not made good: its terms are suspended.",
                        since.en
                    ),
                )
            }
            Self::Licence { until: Some(until), .. } => {
                let until = day(*until);
                words(
                    &format!("我方存档的贵司证照已于{}到期。", until.zh),
                    &format!("A licence of yours that we hold expired on {}.", until.en),
                )
            }
            Self::Licence { until: None, .. } => {
                words("我方尚未存有贵司的有效证照。", "We hold no valid copy of a licence that is needed.")
            }
            Self::FileIncomplete => words("贵司的信用档案尚不齐全。", "Your credit file is incomplete."),
            Self::Registers => words(
                "我方对公开登记信息的例行核查尚待完成。",
                "Our regular check of public registers is still to be completed.",
            ),
            Self::Cover { until: Some(until) } => {
                let until = day(*until);
                words(
                    &format!("为贵司信用提供的担保或保险期限至{}。", until.zh),
                    &format!("The cover given for your credit runs until {}.", until.en),
                )
            }
            Self::Cover { until: None } => words(
                "为贵司信用提供的担保或保险目前不足。",
                "The cover given for your credit is not sufficient at present.",
            ),
            Self::Suspended => words("目前暂停以赊销方式供货。", "Deliveries on credit are suspended at present."),
            Self::Policy => words("依据本公司的信用政策。", "This follows from our credit policy."),
            Self::Review => words("依据定期信用复评的结果。", "This follows from the regular credit review."),
            Self::PaidOnTime => words("贵司一贯按时付款，谨此致谢。", "Thank you for paying on time."),
        }
    }

    /// What the customer can do about it.
    pub fn improvement(&self) -> Option<Bilingual> {
        Some(match self {
            Self::Overdue { amount, .. } => {
                let sum = money(*amount);
                words(
                    &format!("付清逾期款项{sum}，或就有异议的单据及时提出。"),
                    &format!("Pay the {sum} past due, or tell us which documents you dispute."),
                )
            }
            Self::LimitUsed { over } => {
                let sum = money(*over);
                words(
                    &format!("先付款或预付{sum}，或提供担保以申请更高额度。"),
                    &format!("Pay or prepay {sum}, or offer security and ask for a higher limit."),
                )
            }
            Self::LimitExpired { .. } | Self::NoLimit => words(
                "提供最近一期财务报表及登记资料，以便评定额度。",
                "Send your latest financial statements and registration, so that a limit can be set.",
            ),
            Self::Terms { agreed } => {
                let agreed = terms_words(*agreed);
                words(
                    &format!("按约定账期（{}）结算。", agreed.zh),
                    &format!("Settle on the agreed terms ({}).", agreed.en),
                )
            }
            Self::MissingDocuments { documents } => {
                let all = joined(documents);
                words(&format!("补充提供：{}。", all.zh), &format!("Send us: {}.", all.en))
            }
            Self::BrokenPromise { missing, .. } => {
                let sum = money(*missing);
                words(
                    &format!("支付尚未到账的{sum}，或与我们商定分期还款计划。"),
                    &format!("Pay the missing {sum}, or agree an instalment plan with us."),
                )
            }
            Self::BrokenPromises { .. } => words(
                "结清承诺的款项，或与我们商定分期还款计划。",
                "Pay what was promised, or agree an instalment plan with us.",
            ),
            Self::GroupLimitUsed { over } => {
                let sum = money(*over);
                words(
                    &format!("由集团内任一公司先行付款{sum}，或提供担保。"),
                    &format!("Have any company of the group pay {sum} first, or offer security."),
                )
            }
            Self::CategoryFull { category, over, .. } => {
                let (name, sum) = (category_words(*category), money(*over));
                words(&format!("先支付{}{sum}。", name.zh), &format!("Pay {sum} of it in advance ({}).", name.en))
            }
            Self::LargeOrder => words("分批下单或预付一部分。", "Split the order, or prepay a part of it."),
            Self::Reminded { .. } => words(
                "结清催款通知所列款项，或就有异议的单据及时提出。",
                "Settle what the reminders list, or tell us which documents you dispute.",
            ),
            Self::NoAgreement { .. } => words("与我们签署协议。", "Sign an agreement with us."),
            Self::AgreementBroken { .. } => words("补救违约情形并告知我们。", "Make good the breach and let us know."),
            Self::Licence { .. } => words("提供有效的证照副本。", "Send us a copy of the valid licence."),
            Self::FileIncomplete => words(
                "补齐登记资料、财务报表与联系人。",
                "Complete your registration, financial statements and contacts.",
            ),
            Self::Registers => words(
                "如登记信息有变更，请及时告知并提供证明。",
                "Tell us of changes in your registration, with proof of them.",
            ),
            Self::Cover { .. } => words("续展或更换担保。", "Renew the cover, or offer another."),
            Self::Suspended | Self::Policy => {
                words("请与贵司的业务联系人商谈。", "Please talk to your contact with us.")
            }
            Self::Review => words(
                "按时付款并及时更新财务资料，有助于下次复评。",
                "Paying on time and keeping your figures up to date will help at the next review.",
            ),
            Self::PaidOnTime => return None,
        })
    }
}

/// What a kind of charge is called.
fn category_words(category: Category) -> Bilingual {
    match category {
        Category::OpenItems => words("未付账单", "Open documents"),
        Category::Uninvoiced => words("未开票费用", "Charges not yet invoiced"),
        Category::AdvancedFreight => words("代垫运费", "Advanced freight"),
        Category::AdvancedDuty => words("代垫税金", "Advanced duty"),
        Category::ContainerDeposit => words("押箱费", "Container deposits"),
        Category::Demurrage => words("滞箱滞港费", "Demurrage"),
        Category::Orders => words("在途订单", "Open orders"),
        Category::Bills => words("未到期票据", "Bills not matured"),
        Category::Returned => words("退回款项", "Returned payments"),
    }
}
