//! What is said of applications.

use crate::lang::Lang;
use crate::ui::{Mark, Tone};
use shared::facts::ledger::Limit;
use shared::record::api::applications::{ApplicationState, ApplicationStepKind, AskedCredit, CreditAnswer};

/// Where an application stands.
pub fn state(lang: Lang, of: ApplicationState) -> &'static str {
    let (zh, en) = match of {
        ApplicationState::Open => ("待批", "Waiting"),
        ApplicationState::AskedBack => ("退回补充", "Asked back"),
        ApplicationState::Granted => ("已批准", "Granted"),
        ApplicationState::Refused => ("未批准", "Refused"),
        ApplicationState::Withdrawn => ("已撤回", "Withdrawn"),
    };
    lang.pick(zh, en)
}

/// Its colour.
pub fn tone(of: ApplicationState) -> Tone {
    match of {
        ApplicationState::Open => Tone::Info,
        ApplicationState::AskedBack => Tone::Caution,
        ApplicationState::Granted => Tone::Sound,
        ApplicationState::Refused => Tone::Stop,
        ApplicationState::Withdrawn => Tone::Plain,
    }
}

/// Its seal in a list.
pub fn seal(of: ApplicationState) -> Mark {
    match of {
        ApplicationState::Granted => Mark::Approve,
        ApplicationState::Open | ApplicationState::AskedBack => Mark::Hold,
        ApplicationState::Refused | ApplicationState::Withdrawn => Mark::Refuse,
    }
}

/// A limit with its currency, or in a word.
pub fn limit(lang: Lang, of: Limit) -> String {
    match of {
        Limit::None => lang.pick("不授信", "no credit").to_owned(),
        Limit::Unlimited => lang.pick("不限额", "unlimited").to_owned(),
        Limit::Amount { amount } => lang.money(amount),
    }
}

/// What is asked for, in a line.
pub fn asked(lang: Lang, of: &AskedCredit) -> String {
    let mut parts = Vec::new();
    if let Some(asked) = of.limit {
        parts.push(match of.until {
            Some(until) => {
                lang.fill("额度 {0}，至 {1}", "limit {0} until {1}", &[&limit(lang, asked), &lang.date(until)])
            }
            None => lang.fill("额度 {0}", "limit {0}", &[&limit(lang, asked)]),
        });
    }
    if let Some(terms) = of.terms {
        parts.push(lang.fill("账期 {0}", "terms {0}", &[&lang.terms(terms)]));
    }
    if let Some(temporary) = of.temporary {
        let with = [&*limit(lang, temporary.limit), &*lang.date(temporary.from), &*lang.date(temporary.until)];
        parts.push(lang.fill("临时额度 {0}，{1} 至 {2}", "temporary limit {0}, {1} to {2}", &with));
    }
    parts.join(lang.pick("；", "; "))
}

/// What happened.
pub fn step(lang: Lang, of: ApplicationStepKind) -> &'static str {
    let (zh, en) = match of {
        ApplicationStepKind::Made => ("申请", "Asked"),
        ApplicationStepKind::Revised => ("改申请", "Asked anew"),
        ApplicationStepKind::Escalated => ("上报", "Left to the next"),
        ApplicationStepKind::AskedBack => ("退回补充", "Asked back"),
        ApplicationStepKind::Granted => ("批准", "Granted"),
        ApplicationStepKind::Refused => ("不批准", "Refused"),
        ApplicationStepKind::Withdrawn => ("撤回", "Withdrawn"),
    };
    lang.pick(zh, en)
}

/// An answer as a button says it.
pub fn answer(lang: Lang, of: CreditAnswer) -> &'static str {
    let (zh, en) = match of {
        CreditAnswer::Grant => ("批准", "Grant"),
        CreditAnswer::Escalate => ("上报", "Leave to the next"),
        CreditAnswer::AskBack => ("退回补充", "Ask back"),
        CreditAnswer::Refuse => ("不批准", "Refuse"),
    };
    lang.pick(zh, en)
}
