//! The worklist: whom a collector should turn to first, and what to say.
//!
//! Customers come in this order: those who broke a promise or a plan, then by the step that is due, then by what can be
//! asked for, then by the oldest document. Equal ones keep the order of their ids, so that the list is the same for
//! everybody. What to say follows from the same facts, as data: the page turns it into sentences.
//!
//! Source: our own rule. Who broke its word comes first because the next one is worth least; then what is firmest,
//! largest, oldest. It is no score: every place in the list can be told in one sentence.

use super::dunning::{Account, Dunning, DunningRule};
use super::promise::Outcome;
use crate::facts::calendar::{Date, days_between};
use crate::facts::id::CustomerId;
use crate::facts::money::{Currency, Money};
use crate::facts::notice::Contact;
use crate::facts::promise::Instalment;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// A line of the worklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WorkItem {
    /// Who.
    pub customer: CustomerId,
    /// What can be asked for, in the policy's currency.
    pub amount: Money,
    /// How long its oldest collectable document is past due.
    pub oldest_days: i32,
    /// The step that is due, when one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The first day on which it may be taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send_on: Option<Date>,
    /// What to say, the weightiest first.
    pub talk: Vec<Talk>,
    /// The last contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Contact>,
}

/// Something to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Talk {
    /// A promise was broken: ask why, and for a new date in writing.
    BrokenPromise {
        /// The day it named.
        due: Date,
        /// What is missing.
        missing: Money,
    },
    /// A plan was broken: all that is left is due.
    BrokenPlan {
        /// Since when.
        since: Date,
        /// What is left of it.
        left: Money,
    },
    /// Ask for what is overdue.
    Overdue {
        /// How much, by currency.
        amounts: Vec<Money>,
        /// How many documents.
        documents: u32,
        /// How long the oldest is.
        oldest_days: i32,
    },
    /// A promise falls due soon: ask whether the payment is on its way.
    PromiseDue {
        /// When.
        due: Date,
        /// What is still to come.
        missing: Money,
    },
    /// An instalment falls due soon.
    InstalmentDue {
        /// Which.
        instalment: Instalment,
    },
    /// A document is disputed: ask what it takes.
    Disputed {
        /// Its number.
        number: String,
    },
    /// A payment came in lately: thank for it.
    Thank {
        /// When.
        date: Date,
        /// How much.
        amount: Money,
    },
}

/// What to say to one customer, from how its dunning stands.
pub fn work_item(
    rule: &DunningRule,
    account: &Account,
    dunning: &Dunning,
    contacts: &[Contact],
    as_of: Date,
) -> WorkItem {
    let near_days = i32::from(rule.near_days);
    let near = |date: Date| (0..=near_days).contains(&days_between(as_of, date));
    let mut talk = Vec::new();
    for state in &dunning.promises {
        match state.outcome {
            Outcome::Broken { missing, .. } => talk.push(Talk::BrokenPromise { due: state.promise.due, missing }),
            Outcome::Open { missing, .. } if near(state.promise.due) => {
                talk.push(Talk::PromiseDue { due: state.promise.due, missing });
            }
            _ => {}
        }
    }
    for plan in &dunning.plans {
        match (plan.broken, plan.next) {
            (Some(since), _) if !plan.left.is_zero() => talk.push(Talk::BrokenPlan { since, left: plan.left }),
            (None, Some(instalment)) if near(instalment.due) => talk.push(Talk::InstalmentDue { instalment }),
            _ => {}
        }
    }
    let asked: Vec<_> = dunning.items.iter().filter(|item| item.days > 0 && item.collectable.minor() > 0).collect();
    let oldest_days = asked.iter().map(|item| item.days).max().unwrap_or(0);
    if !asked.is_empty() {
        let mut amounts: Vec<(Currency, i64)> = Vec::new();
        for item in &asked {
            let currency = item.collectable.currency();
            match amounts.iter_mut().find(|(of, _)| *of == currency) {
                Some((_, sum)) => *sum = sum.saturating_add(item.collectable.minor()),
                None => amounts.push((currency, item.collectable.minor())),
            }
        }
        amounts.sort_unstable();
        let amounts =
            amounts.into_iter().filter_map(|(currency, minor)| Money::from_minor(minor, currency).ok()).collect();
        talk.push(Talk::Overdue { amounts, documents: u32::try_from(asked.len()).unwrap_or(u32::MAX), oldest_days });
    }
    let disputed = account.items.iter().filter(|item| item.disputed.is_some_and(|part| part.minor() > 0));
    talk.extend(disputed.map(|item| Talk::Disputed { number: item.number.clone() }));
    let paid = account.payments.iter().filter(|paid| paid.amount.minor() > 0 && paid.date <= as_of);
    let paid = paid.max_by_key(|paid| (paid.date, paid.amount.minor()));
    if let Some(paid) = paid.filter(|paid| days_between(paid.date, as_of) <= near_days) {
        talk.push(Talk::Thank { date: paid.date, amount: paid.amount });
    }
    talk.sort_by_key(Talk::weight);
    WorkItem {
        customer: account.customer,
        amount: dunning.overdue,
        oldest_days,
        step: dunning.message.as_ref().map(|message| message.step.clone()),
        send_on: dunning.message.as_ref().map(|message| message.send_on),
        talk,
        last: contacts.iter().filter(|contact| contact.date <= as_of).max_by_key(|contact| contact.date).cloned(),
    }
}

impl Talk {
    /// Its place in a conversation.
    const fn weight(&self) -> u8 {
        match self {
            Self::BrokenPromise { .. } => 0,
            Self::BrokenPlan { .. } => 1,
            Self::Overdue { .. } => 2,
            Self::PromiseDue { .. } => 3,
            Self::InstalmentDue { .. } => 4,
            Self::Disputed { .. } => 5,
            Self::Thank { .. } => 6,
        }
    }
}

/// Puts customers in the order in which they should be called. Customers with nothing to say are left out. `firmness` is
/// the place of a step on its ladder; one that isn't known counts as the mildest.
pub fn worklist(items: Vec<WorkItem>, firmness: impl Fn(&str) -> usize) -> Vec<WorkItem> {
    let mut list: Vec<WorkItem> = items.into_iter().filter(|item| !item.talk.is_empty()).collect();
    list.sort_by_key(|item| {
        let broken = item.talk.iter().any(|talk| talk.weight() <= 1);
        let step = item.step.as_deref().map_or(0, |step| firmness(step).saturating_add(1));
        (!broken, Reverse(step), Reverse(item.amount.minor()), Reverse(item.oldest_days), item.customer)
    });
    list
}
