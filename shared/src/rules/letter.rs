//! Letters as data: what a customer is told, in both languages, with reasons that are fit for it.
//!
//! 授信通知书, 调整通知书 and 暂缓通知书 say what was decided, why, and what would improve it; a 催款函 lists what is overdue and
//! by when it should be paid. The texts are the policy's, with a few words in braces; the reasons are sentences here. A
//! reason tells the customer only what it knows already or may know: what it owes, what is missing from its file, what ran
//! out. Scores, grades and what others said of it never appear.

mod reasons;

use super::dunning::{DunnedItem, Dunning, DunningRule, Message};
use super::order_check::{Finding, Reason, Verdict};
use super::policy::{Bilingual, Faults};
use crate::facts::calendar::{Date, plus_days};
use crate::facts::id::ItemId;
use crate::facts::ledger::Limit;
use crate::facts::money::Money;
use crate::facts::terms::Terms;
use crate::readings::exposure::Category;
use crate::readings::papers::{AgreementState, LicenceState};
use chrono::Datelike;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The words that may stand in braces in a text.
pub const PLACEHOLDERS: [&str; 9] =
    ["company", "customer", "date", "amount", "days", "deadline", "limit", "terms", "until"];

/// The company's texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LetterRules {
    /// Why its numbers are what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Bilingual>,
    /// How many days a demand gives to pay.
    pub deadline_days: u16,
    /// A text for each kind of letter.
    pub texts: Vec<LetterText>,
}

/// The text of one kind of letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LetterText {
    /// Which kind.
    pub kind: LetterKind,
    /// Its heading.
    pub title: Bilingual,
    /// What it begins with.
    pub opening: Bilingual,
    /// What it ends with.
    pub closing: Bilingual,
}

/// The kinds of letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LetterKind {
    /// 授信通知书: a limit was granted.
    Granted,
    /// 调整通知书: limit or terms were changed.
    Changed,
    /// 暂缓通知书: deliveries on credit are suspended.
    Suspended,
    /// 催款函: a demand for payment.
    Demand,
}

/// A letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// Which kind.
    pub kind: LetterKind,
    /// Its date.
    pub date: Date,
    /// Its heading.
    pub title: Bilingual,
    /// Its text, paragraph by paragraph.
    pub paragraphs: Vec<Bilingual>,
    /// Why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Bilingual>,
    /// What would improve it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub improvements: Vec<Bilingual>,
    /// The documents it names, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<LetterLine>,
    /// What they come to, by currency.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amounts: Vec<Money>,
    /// By when it should be paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Date>,
}

/// A document in a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LetterLine {
    /// Its number.
    pub number: String,
    /// When it fell due.
    pub due: Date,
    /// Days past due.
    pub days: i32,
    /// What is asked for.
    pub amount: Money,
}

/// Who writes to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Parties {
    /// Our name.
    pub company: Bilingual,
    /// The customer's name.
    pub customer: Bilingual,
}

/// What was decided about a customer's credit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CreditNotice {
    /// Granted, changed or suspended.
    pub kind: LetterKind,
    /// The limit from now on.
    pub limit: Limit,
    /// The terms from now on.
    pub terms: Terms,
    /// The last day on which they stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Why; see [`CustomerReason::of`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<CustomerReason>,
}

/// A reason that a customer may be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum CustomerReason {
    /// Documents are past due.
    Overdue {
        /// How much.
        amount: Money,
        /// How long the oldest one is.
        oldest_days: i32,
    },
    /// The limit is used up.
    LimitUsed {
        /// By how much an order would go beyond it.
        over: Money,
    },
    /// The limit ran out.
    LimitExpired {
        /// Its last day.
        until: Date,
    },
    /// No limit was granted yet.
    NoLimit,
    /// Longer terms were asked for than agreed.
    Terms {
        /// The agreed ones.
        agreed: Terms,
    },
    /// The file lacks something.
    MissingDocuments {
        /// What.
        documents: Vec<Bilingual>,
    },
    /// A promise was not kept.
    BrokenPromise {
        /// The day it named.
        due: Date,
        /// What is missing of it.
        missing: Money,
    },
    /// Promises were not kept.
    BrokenPromises {
        /// How many.
        broken: u32,
        /// Since when the last one is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Date>,
    },
    /// The limit of its group is used up.
    GroupLimitUsed {
        /// By how much an order would go beyond it.
        over: Money,
    },
    /// One kind of charge has a limit of its own, and it is used up; nothing at all means that it is paid in advance.
    CategoryFull {
        /// The kind.
        category: Category,
        /// What may stand in it at most.
        most: Money,
        /// By how much an order would go beyond it.
        over: Money,
    },
    /// A single order is large for the limit.
    LargeOrder,
    /// Reminders have gone out.
    Reminded {
        /// What the step is called; absent where it has no name for customers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<Bilingual>,
        /// Since when.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Date>,
    },
    /// No agreement lets it buy on credit.
    NoAgreement {
        /// When the last one ended; absent when there was none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ended: Option<Date>,
        /// What goes without one.
        without: Terms,
    },
    /// It broke the agreement.
    AgreementBroken {
        /// When.
        since: Date,
    },
    /// A licence isn't good.
    Licence {
        /// Which, as the file names it.
        licence: String,
        /// When it ran out; absent when it isn't on file or not good for another reason.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// The file lacks papers.
    FileIncomplete,
    /// What public registers say has to be looked at again.
    Registers,
    /// Cover has ended, or soon will.
    Cover {
        /// Its last day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// Deliveries on credit are suspended until somebody has talked to it.
    Suspended,
    /// It follows from our credit policy and is ours to keep.
    Policy,
    /// The result of the regular review.
    Review,
    /// Paid on time.
    PaidOnTime,
}

/// Why there is no demand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DemandError {
    /// Nothing that the message names is overdue. Until the time for performance has passed the debtor may wait and nothing
    /// can be demanded of it; limitation hasn't begun either (民法典 188).
    #[error("nothing that '{0}' names is overdue yet: a reminder beforehand demands nothing")]
    NotDue(String),
    /// No step of that name is for this customer.
    #[error("dunning: no ladder for this customer has the step '{0}'")]
    Step(String),
    /// The policy has no text for it.
    #[error("letters: there is no text for a demand")]
    Text,
}

impl LetterRules {
    /// Reports what is wrong with the texts.
    pub(super) fn check(&self, faults: &mut Faults) {
        for (i, text) in self.texts.iter().enumerate() {
            let at = |field: &str| format!("letters.texts[{i}].{field}");
            let twice = self.texts.iter().take(i).any(|other| other.kind == text.kind);
            faults.unless(!twice, &at("kind"), format_args!("stands twice"));
            check_text(&text.opening, &at("opening"), faults);
            check_text(&text.closing, &at("closing"), faults);
        }
    }

    fn text(&self, kind: LetterKind) -> Option<&LetterText> {
        self.texts.iter().find(|text| text.kind == kind)
    }

    /// Writes a demand (催款函) for a message that dunning proposes to a customer of this grade. At whatever step, a message
    /// that asks for what is overdue is a demand, however friendly its words (民法典 195; 诉讼时效规定 第八条).
    ///
    /// # Errors
    ///
    /// [`DemandError::NotDue`] for a reminder before the due date, [`DemandError::Step`] when the grade's ladder has no
    /// such step, [`DemandError::Text`] when the policy has no text for a demand.
    pub fn demand(
        &self,
        parties: &Parties,
        rule: &DunningRule,
        grade: Option<&str>,
        message: &Message,
        dunning: &Dunning,
        date: Date,
    ) -> Result<Letter, DemandError> {
        if message.oldest_days <= 0 {
            return Err(DemandError::NotDue(message.step.clone()));
        }
        let ladder = rule.ladder(grade, dunning.overdue);
        let step = ladder.and_then(|ladder| ladder.steps.iter().find(|step| step.name == message.step));
        let step = step.ok_or_else(|| DemandError::Step(message.step.clone()))?;
        let text = self.text(LetterKind::Demand).ok_or(DemandError::Text)?;
        let deadline = plus_days(date, u32::from(self.deadline_days));
        let items: BTreeSet<ItemId> = message.items.iter().copied().collect();
        let named = |item: &&DunnedItem| items.contains(&item.item);
        let line = |item: &DunnedItem| LetterLine {
            number: item.number.clone(),
            due: item.due,
            days: item.days,
            amount: item.collectable,
        };
        let mut fill = Fill::of(parties, date);
        fill.set("amount", amounts(&message.amounts));
        fill.set("days", same(&message.oldest_days.to_string()));
        fill.set("deadline", day(deadline));
        Ok(Letter {
            kind: LetterKind::Demand,
            date,
            title: text.title.clone(),
            paragraphs: vec![fill.text(&text.opening), fill.text(&step.text), fill.text(&text.closing)],
            reasons: Vec::new(),
            improvements: Vec::new(),
            lines: dunning.items.iter().filter(named).map(line).collect(),
            amounts: message.amounts.clone(),
            deadline: Some(deadline),
        })
    }

    /// Writes what was decided about credit; absent when the policy has no text for that kind.
    pub fn credit(&self, parties: &Parties, notice: &CreditNotice, date: Date) -> Option<Letter> {
        let text = self.text(notice.kind)?;
        let mut fill = Fill::of(parties, date);
        fill.set("limit", limit_words(&notice.limit));
        fill.set("terms", terms_words(notice.terms));
        fill.set("until", notice.until.map_or_else(|| words("另行通知", "further notice"), day));
        Some(Letter {
            kind: notice.kind,
            date,
            title: text.title.clone(),
            paragraphs: vec![fill.text(&text.opening), fill.text(&text.closing)],
            reasons: notice.reasons.iter().map(CustomerReason::sentence).collect(),
            improvements: notice.reasons.iter().filter_map(CustomerReason::improvement).collect(),
            lines: Vec::new(),
            amounts: Vec::new(),
            deadline: None,
        })
    }
}

impl CustomerReason {
    /// The reason that a customer may be told for what a rule of the order check found; absent when the rule approved. What is
    /// ours to keep (a grade, what was found in a register, why a person stopped supply, how much hangs on one customer, a
    /// missing exchange rate) is told in general words only.
    pub fn of(reason: &Reason) -> Option<Self> {
        if reason.verdict == Verdict::Approve {
            return None;
        }
        Some(match &reason.finding {
            Finding::Overdue { amount, oldest_days, .. } => {
                Self::Overdue { amount: *amount, oldest_days: *oldest_days }
            }
            Finding::Limit { over_limit, .. } => Self::LimitUsed { over: *over_limit },
            Finding::LimitExpired { until, .. } => Self::LimitExpired { until: *until },
            Finding::NoLimit { .. } => Self::NoLimit,
            Finding::Terms { granted, .. } => Self::Terms { agreed: granted.unwrap_or(Terms::Prepaid) },
            Finding::Group { over_limit, .. } => Self::GroupLimitUsed { over: *over_limit },
            Finding::SubLimit { category, sub_limit, over, .. } => {
                Self::CategoryFull { category: *category, most: *sub_limit, over: *over }
            }
            Finding::Size { .. } => Self::LargeOrder,
            Finding::Dunning { title, since, .. } => Self::Reminded { step: title.clone(), since: *since },
            Finding::Agreement { breached: Some(since), .. } => Self::AgreementBroken { since: *since },
            Finding::Agreement { stands, without, .. } => {
                let ended = stands.as_ref().and_then(|stands| match stands {
                    AgreementState::Over { until, .. } => Some(*until),
                    _ => None,
                });
                Self::NoAgreement { ended, without: *without }
            }
            Finding::Licence { licence, stands } => {
                let until = if let LicenceState::Expired { until, .. } = stands { Some(*until) } else { None };
                Self::Licence { licence: licence.clone(), until }
            }
            Finding::Screening { .. } => Self::Registers,
            Finding::File { .. } => Self::FileIncomplete,
            Finding::Review { .. } => Self::Review,
            Finding::Promise { broken, since, .. } => Self::BrokenPromises { broken: *broken, since: *since },
            Finding::Cover { until, .. } => Self::Cover { until: *until },
            Finding::Frozen { .. } | Finding::Stage { .. } => Self::Suspended,
            Finding::NotFrozen
            | Finding::MissingRate { .. }
            | Finding::Grade { .. }
            | Finding::Unlimited
            | Finding::NoCreditAsked
            | Finding::Concentration { .. } => Self::Policy,
        })
    }
}

/// Reports words in braces that no letter knows.
pub(super) fn check_text(text: &Bilingual, path: &str, faults: &mut Faults) {
    for (language, text) in [("zh", &text.zh), ("en", &text.en)] {
        for part in text.split('{').skip(1) {
            let word = part.split_once('}').map(|(word, _)| word);
            let known = word.is_some_and(|word| PLACEHOLDERS.contains(&word));
            let shown = word.unwrap_or(part);
            faults.unless(known, &format!("{path}.{language}"), format_args!("'{{{shown}}}' means nothing here"));
        }
    }
}

/// The words that take the place of those in braces.
struct Fill(Vec<(&'static str, Bilingual)>);

impl Fill {
    fn of(parties: &Parties, date: Date) -> Self {
        Self(vec![("company", parties.company.clone()), ("customer", parties.customer.clone()), ("date", day(date))])
    }

    fn set(&mut self, name: &'static str, text: Bilingual) {
        self.0.push((name, text));
    }

    /// Fills a text in one pass, so that what a customer is called never counts as a word in braces.
    fn text(&self, text: &Bilingual) -> Bilingual {
        let fill = |text: &str, pick: fn(&Bilingual) -> &str| {
            let mut parts = text.split('{');
            let mut filled = parts.next().unwrap_or_default().to_owned();
            for part in parts {
                let (word, rest) = part.split_once('}').unwrap_or((part, ""));
                match self.0.iter().find(|(name, _)| *name == word) {
                    Some((_, value)) => filled.push_str(pick(value)),
                    None => filled.push('…'),
                }
                filled.push_str(rest);
            }
            filled
        };
        Bilingual { zh: fill(&text.zh, |text| &text.zh), en: fill(&text.en, |text| &text.en) }
    }
}

fn words(zh: &str, en: &str) -> Bilingual {
    Bilingual { zh: zh.to_owned(), en: en.to_owned() }
}

fn same(text: &str) -> Bilingual {
    words(text, text)
}

fn day(date: Date) -> Bilingual {
    let (year, month, day) = (date.year(), date.month(), date.day());
    let name = usize::try_from(date.month0()).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default();
    words(&format!("{year}年{month}月{day}日"), &format!("{day} {name} {year}"))
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `CNY 1,234,567.89`.
fn money(amount: Money) -> String {
    let plain = amount.negated().max(amount).unwrap_or(amount).to_string();
    let (whole, fraction) = plain.split_once('.').map_or((plain.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && whole.len().saturating_sub(index).checked_rem(3) == Some(0) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if amount.minor() < 0 { "-" } else { "" };
    let fraction = fraction.map(|fraction| format!(".{fraction}")).unwrap_or_default();
    format!("{} {sign}{grouped}{fraction}", amount.currency())
}

fn amounts(amounts: &[Money]) -> Bilingual {
    joined(&amounts.iter().map(|amount| same(&money(*amount))).collect::<Vec<_>>())
}

fn joined(parts: &[Bilingual]) -> Bilingual {
    let zh: Vec<&str> = parts.iter().map(|part| part.zh.as_str()).collect();
    let en: Vec<&str> = parts.iter().map(|part| part.en.as_str()).collect();
    words(&zh.join("、"), &en.join(", "))
}

fn limit_words(limit: &Limit) -> Bilingual {
    match limit {
        Limit::None => words("不授信", "none"),
        Limit::Unlimited => words("不限额", "unlimited"),
        Limit::Amount { amount } => same(&money(*amount)),
    }
}

fn terms_words(terms: Terms) -> Bilingual {
    match terms {
        Terms::Prepaid => words("预付", "payment in advance"),
        Terms::OnDelivery => words("货到付款", "payment on delivery"),
        Terms::Net { days } => words(&format!("票结{days}天"), &format!("{days} days net")),
        Terms::MonthEnd { days } => words(&format!("月结{days}天"), &format!("{days} days after the end of the month")),
        Terms::Agreed(agreed) => {
            let days = agreed.days_at_most();
            words(&format!("按合同约定，最长{days}天"), &format!("as agreed in the contract, {days} days at most"))
        }
    }
}
