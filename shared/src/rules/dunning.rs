//! Dunning: who is reminded of what, how firmly, and when.
//!
//! Before a document falls due a reminder may go out; afterwards a ladder of steps, chosen by the customer's grade and by
//! how much is overdue, climbs with the days past due. Each document stands on the highest step that its days have
//! reached, and the customer gets one message, at the highest step of all. It asks for what is collectable, net: less what
//! is disputed, money not applied, what a plan that is kept or a promise has still to bring; what is blocked until a date is
//! left out.
//!
//! Nothing is counted up: the step at a date follows from the documents open on it, the notices that went out by then, and
//! the rule. Running it twice proposes nothing new. A step's fee is charged once for a document, and may be waived. An invoice
//! that was issued anew (红冲重开) is the same debt: what went out, was promised or blocked under the old number holds for it.

mod account;
mod answer;
mod fees;
mod history;
mod net;

use super::policy::{Bilingual, Faults};
use super::promise::{PlanError, PromiseRule};
use crate::facts::calendar::{Calendar, Date, days_between, plus_days};
use crate::facts::id::ItemId;
use crate::facts::ledger::Rate;
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::notice::{Channel, Notice};
use crate::facts::overdue::Pause;
use crate::readings::exchange::{ConversionError, RatesOn};
pub use account::{Account, DunningItem, open_items};
pub use answer::{DunnedItem, Dunning, Fee, Held, Less, Message, Silence};
use fees::{Waived, charged};
use history::{History, by_currency, reminder};
use net::{Net, net, overdue};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of this function, written into every answer.
pub const VERSION: &str = "dunning/1";

/// How a company dunns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DunningRule {
    /// Why its numbers are what they are.
    pub note: Bilingual,
    /// Less than this in all isn't worth a message.
    pub minimum: Money,
    /// Reminders before the due date.
    pub reminders: Vec<Step>,
    /// The ladders.
    pub ladders: Vec<Ladder>,
    /// When nothing goes out.
    pub quiet: QuietRule,
    /// A promise or instalment due within so many days is soon, a payment within so many days was lately.
    pub near_days: u16,
    /// When promises and plans are kept.
    pub promise: PromiseRule,
}

/// The steps for some grades, from some amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    /// The grades; a ladder without any is for those that no other names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grades: Vec<String>,
    /// From so much collectable overdue on; of several ladders the one with the largest amount counts.
    pub from_amount: Money,
    /// The steps, from the mildest to the firmest.
    pub steps: Vec<Step>,
}

/// One step, or one reminder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DunningStep"))]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its name, unique in the ladder.
    pub name: String,
    /// What people call it.
    pub title: Bilingual,
    /// From so many days past due; for a reminder, so many days before.
    pub days: u16,
    /// How it goes out.
    pub channel: Channel,
    /// Whether a person has to agree.
    pub mode: Mode,
    /// What it costs the customer, where the agreement allows it; once for a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<Money>,
    /// Repeated after so many days while nothing changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat_days: Option<u16>,
    /// What it says; see [`super::letter`] for what may stand in braces.
    pub text: Bilingual,
}

/// Whether a person has to agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DunningMode"))]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It goes out by itself.
    Automatic,
    /// It is proposed to whoever collects.
    Proposed,
}

/// When nothing goes out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct QuietRule {
    /// Only on working days of the policy's calendar.
    pub working_days_only: bool,
    /// Not within so many days of the last message.
    pub between_days: u16,
    /// Not within so many days of a payment, which may be on its way to more.
    pub after_payment_days: u16,
    /// Not in these periods (around the Spring Festival, say).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub periods: Vec<Pause>,
}

/// Why dunning cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DunningError {
    /// An amount has no rate into the policy's currency.
    #[error(transparent)]
    Conversion(#[from] ConversionError),
    /// A plan without instalments.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A sum left the range, or currencies were mixed.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl DunningRule {
    /// Reports what is wrong with the rule.
    pub(super) fn check(&self, currency: Currency, grades: impl Fn(&str) -> bool, faults: &mut Faults) {
        faults.amount(self.minimum, currency, "dunning.minimum");
        self.promise.check(faults);
        for (i, ladder) in self.ladders.iter().enumerate() {
            let at = |field: &str| format!("dunning.ladders[{i}].{field}");
            faults.amount(ladder.from_amount, currency, &at("from_amount"));
            for grade in ladder.grades.iter().filter(|grade| !grades(grade)) {
                faults.unless(false, &at("grades"), format_args!("'{grade}' is no grade of this policy"));
            }
            let rising = ladder.steps.is_sorted_by(|a, b| a.days < b.days);
            faults.unless(rising, &at("steps"), format_args!("days must rise from step to step"));
            for (j, step) in ladder.steps.iter().enumerate() {
                let twice = ladder.steps.iter().take(j).any(|other| other.name == step.name);
                faults.unless(!twice, &at(&format!("steps[{j}].name")), format_args!("'{}' stands twice", step.name));
                if let Some(fee) = step.fee {
                    faults.amount(fee, currency, &at(&format!("steps[{j}].fee")));
                }
                super::letter::check_text(&step.text, &at(&format!("steps[{j}].text")), faults);
            }
        }
        for (i, step) in self.reminders.iter().enumerate() {
            super::letter::check_text(&step.text, &format!("dunning.reminders[{i}].text"), faults);
        }
        let ends = self.quiet.periods.iter().all(|period| period.from <= period.to);
        faults.unless(ends, "dunning.quiet.periods", format_args!("a period must not end before it begins"));
    }

    /// The ladder for a grade and an amount.
    pub fn ladder(&self, grade: Option<&str>, overdue: Money) -> Option<&Ladder> {
        let named = |ladder: &&Ladder| grade.is_some_and(|grade| ladder.grades.iter().any(|name| name == grade));
        let any_named = self.ladders.iter().any(|ladder| named(&ladder));
        self.ladders
            .iter()
            .filter(|ladder| if any_named { named(ladder) } else { ladder.grades.is_empty() })
            .filter(|ladder| ladder.from_amount.minor() <= overdue.minor())
            .reduce(|best, next| if next.from_amount.minor() > best.from_amount.minor() { next } else { best })
    }

    /// How firm a step is: its place on the longest ladder that knows it; zero for a reminder.
    pub fn firmness(&self, step: &str) -> usize {
        let places = self.ladders.iter().filter_map(|ladder| ladder.steps.iter().position(|known| known.name == step));
        places.max().map_or(0, |place| place.saturating_add(1))
    }

    /// The first day from `day` on that isn't quiet.
    fn send_on(&self, account: &Account, calendar: &Calendar, as_of: Date) -> Date {
        let after = |last: Option<Date>, days: u16| last.map_or(as_of, |last| plus_days(last, u32::from(days)));
        let noticed = account.notices.iter().map(|notice| notice.date).filter(|date| *date <= as_of).max();
        let paid = account.payments.iter().map(|paid| paid.date).filter(|date| *date <= as_of).max();
        let first = as_of.max(after(noticed, self.quiet.between_days)).max(after(paid, self.quiet.after_payment_days));
        let mut day = first;
        loop {
            let working = if self.quiet.working_days_only { calendar.next_working(day) } else { day };
            let period = self.quiet.periods.iter().find(|period| (period.from..=period.to).contains(&working));
            match period {
                // Each turn leaves a period behind.
                Some(period) if period.to < Date::MAX => day = plus_days(period.to, 1),
                _ => return working,
            }
        }
    }
}

/// Says how dunning stands at the end of `as_of` and which message, if any, should go out.
///
/// # Errors
///
/// [`DunningError::Conversion`] when an amount has no rate into the currency of the minimum; [`DunningError::Plan`]
/// when a plan has no instalments; [`DunningError::Money`] when a sum leaves the range.
pub fn dunning(
    rule: &DunningRule,
    account: &Account,
    calendar: &Calendar,
    rates: &[Rate],
    as_of: Date,
) -> Result<Dunning, DunningError> {
    let (currency, rates) = (rule.minimum.currency(), RatesOn::new(rates, as_of));
    let mut net = net(&rule.promise, account, as_of)?;
    let overdue = overdue(&net, currency, &rates)?;
    let items = &mut net.items;

    let ladder = rule.ladder(account.grade.as_deref(), overdue);
    let steps = ladder.map_or(&[][..], |ladder| &ladder.steps);
    let history = History::of(account, as_of);
    // A notice about a document on instalments speaks of those that had fallen due by then.
    let mut instalments: BTreeMap<ItemId, u32> = BTreeMap::new();
    for item in &*items {
        let count = instalments.entry(item.item).or_default();
        *count = count.saturating_add(1);
    }
    let notices = |item: ItemId, due: Date| {
        let of_parts = instalments.get(&item).is_some_and(|count| *count > 1);
        history.of_item(item).filter(move |notice| !of_parts || notice.date > due)
    };
    let sent = |item: ItemId, due: Date| {
        notices(item, due).filter_map(|notice| steps.iter().position(|step| step.name == notice.step)).max()
    };
    let mut reached: Vec<Option<usize>> = Vec::new();
    for item in &mut *items {
        let step = steps.iter().rposition(|step| item.days > 0 && item.days >= i32::from(step.days));
        item.step = step.and_then(|step| steps.get(step)).map(|step| step.name.clone());
        item.sent = sent(item.item, item.due).and_then(|step| steps.get(step)).map(|step| step.name.clone());
        reached.push(step.filter(|_| item.held.is_none() && item.collectable.minor() > 0));
    }
    let late = items.iter().any(|item| item.days > 0);
    let climbed = match reached.iter().flatten().max() {
        _ if late && overdue.minor() <= 0 => Err(Silence::AllHeld),
        _ if late && overdue.minor() < rule.minimum.minor() => {
            Err(Silence::BelowMinimum { amount: overdue, minimum: rule.minimum })
        }
        Some(highest) => steps.get(*highest).ok_or(Silence::NoStep).and_then(|step| {
            let named: Vec<&DunnedItem> =
                items.iter().zip(&reached).filter(|(_, step)| step.is_some()).map(|(item, _)| item).collect();
            let told_of = |notice: &Notice| named.iter().any(|item| history.names(notice, item.item));
            let at_step = |notice: &&&Notice| notice.step == step.name && told_of(notice);
            let again = step.repeat_days.is_some_and(|days| {
                let before = history.all.iter().filter(at_step).map(|notice| notice.date).max();
                before.is_some_and(|date| days_between(date, as_of) >= i32::from(days))
            });
            let fresh = items.iter().zip(&reached).any(|(item, reached)| {
                reached.is_some_and(|reached| sent(item.item, item.due).is_none_or(|sent| sent < reached))
            });
            if fresh || again {
                // The fee is due when a document comes to this step that never stood in a notice of it.
                let new_here = items.iter().zip(&reached).any(|(item, at)| {
                    *at == Some(*highest) && notices(item.item, item.due).all(|notice| notice.step != step.name)
                });
                Ok((step, named, step.fee.filter(|_| new_here)))
            } else {
                Err(history.last.map_or(Silence::NoStep, |last| Silence::NothingNew { last }))
            }
        }),
        None if late => Err(Silence::NoStep),
        None => Err(Silence::NothingDue),
    };
    // Where the ladder has nothing to say, what falls due soon may; never two messages on one day.
    let found = match climbed {
        Err(silence) if history.last != Some(as_of) => match reminder(rule, &history, items, &rates, as_of)? {
            Ok((step, named)) => Ok((step, named, None)),
            Err(_) if late => Err(silence),
            Err(quiet) => Err(quiet),
        },
        Err(Silence::NothingDue) => Err(Silence::NothingNew { last: as_of }),
        other => other,
    };
    let mut waived = Waived::of(account, as_of)?;
    let fees = charged(account, &mut waived, as_of)?;
    let (message, silence) = match found {
        Err(silence) => (None, Some(silence)),
        Ok((step, named, fee)) => (
            Some(Message {
                step: step.name.clone(),
                title: step.title.clone(),
                channel: step.channel,
                mode: step.mode,
                send_on: rule.send_on(account, calendar, as_of),
                items: named.iter().map(|item| item.item).collect(),
                amounts: by_currency(&named)?,
                oldest_days: named.iter().map(|item| item.days).max().unwrap_or(0),
                fee,
                after_waiver: match fee {
                    Some(fee) => Some(waived.off(&step.name, fee)?).filter(|after| !after.waived.is_zero()),
                    None => None,
                },
            }),
            None,
        ),
    };
    let (version, customer) = (VERSION.to_owned(), account.customer);
    let Net { items, promises, plans, .. } = net;
    Ok(Dunning { version, customer, items, overdue, message, silence, fees, promises, plans })
}
