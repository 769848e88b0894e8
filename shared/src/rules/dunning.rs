//! Dunning: who is reminded of what, how firmly, and when.
//!
//! Before a document falls due a reminder may go out; afterwards a ladder of steps, chosen by the customer's grade and by
//! how much is overdue, climbs with the days past due. Each document stands on the highest step that its days have
//! reached, and the customer gets one message, at the highest step of all. What is disputed, promised, under a plan that is
//! kept, or blocked until a date is left out; the undisputed part of a document stays collectable.
//!
//! Nothing is counted up: the step at a date follows from the documents open on it, the notices that went out by then, and
//! the rule. Running it twice proposes nothing new. A step's fee is charged once for a document.

use super::policy::{Bilingual, Faults};
use super::promise::{Outcome, PlanError, PlanState, PromiseRule, PromiseState};
use crate::facts::calendar::{Calendar, Date, days_between, minus_days, plus_days};
use crate::facts::id::{CustomerId, ItemId};
use crate::facts::ledger::{Fact, Rate, Recorded};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::notice::{Block, Channel, Notice};
use crate::facts::overdue::{Pause, Payment};
use crate::facts::promise::{Covering, Plan, Promise};
use crate::readings::exposure::{ConversionError, convert};
use crate::readings::journal::{Journal, JournalError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of this function, written into every answer.
pub const VERSION: &str = "dunning/1";

/// How a company dunns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It goes out by itself.
    Automatic,
    /// It is proposed to whoever collects.
    Proposed,
}

/// When nothing goes out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// What dunning sees of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Who.
    pub customer: CustomerId,
    /// Its grade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// Its open documents; see [`open_items`].
    pub items: Vec<DunningItem>,
    /// Money not yet applied, by currency; it lowers what is asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unapplied: Vec<Money>,
    /// What came in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<Payment>,
    /// What it promised.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<Covering<Promise>>,
    /// Its plans.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<Covering<Plan>>,
    /// What somebody asked to leave alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<Covering<Block>>,
    /// What went out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
}

/// An open document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DunningItem {
    /// Which.
    pub item: ItemId,
    /// Its number.
    pub number: String,
    /// When it fell due.
    pub due: Date,
    /// What is open; negative on a credit note.
    pub open: Money,
    /// The part of it that is disputed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disputed: Option<Money>,
}

/// How a document is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Held {
    /// All of it is disputed.
    Disputed,
    /// It is promised.
    Promised {
        /// Until then, tolerance included.
        until: Date,
    },
    /// A plan is being kept.
    Plan,
    /// Somebody asked to leave it alone.
    Blocked {
        /// Until then.
        until: Date,
        /// Why.
        reason: String,
    },
}

/// How one document stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DunnedItem {
    /// Which.
    pub item: ItemId,
    /// Its number.
    pub number: String,
    /// When it fell due.
    pub due: Date,
    /// Days past due; zero or less is not due.
    pub days: i32,
    /// What may be asked for: open less disputed; nothing while it is held.
    pub collectable: Money,
    /// Why it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
    /// The step that its days have reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The firmest step that went out for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<String>,
}

/// A message to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// The step's name.
    pub step: String,
    /// What people call it.
    pub title: Bilingual,
    /// How it goes out.
    pub channel: Channel,
    /// Whether a person has to agree.
    pub mode: Mode,
    /// The first day on which it may go out.
    pub send_on: Date,
    /// The documents it names.
    pub items: Vec<ItemId>,
    /// What it asks for, by currency.
    pub amounts: Vec<Money>,
    /// How long the oldest of them is past due; negative before.
    pub oldest_days: i32,
    /// What it costs the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<Money>,
}

/// Why there is no message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Silence {
    /// Nothing is overdue, and nothing will be soon.
    NothingDue,
    /// Too little.
    BelowMinimum {
        /// What could be asked for, in the policy's currency.
        amount: Money,
        /// The least that is asked for.
        minimum: Money,
    },
    /// Everything is disputed, promised, under a plan or blocked.
    AllHeld,
    /// No document has reached a step that didn't go out yet.
    NothingNew {
        /// The last message.
        last: Date,
    },
    /// No step is for these days yet.
    NoStep,
}

/// How dunning stands, explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dunning {
    /// [`VERSION`].
    pub version: String,
    /// Who.
    pub customer: CustomerId,
    /// Every open document, oldest first.
    pub items: Vec<DunnedItem>,
    /// What is collectable and overdue, less unapplied money, in the policy's currency.
    pub overdue: Money,
    /// The message; absent when there is none to send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence: Option<Silence>,
    /// What became of its promises.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<PromiseState>,
    /// How its plans stand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<PlanState>,
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
        let quiet = |day: Date| {
            (self.quiet.working_days_only && !calendar.is_working(day))
                || self.quiet.periods.iter().any(|period| (period.from..=period.to).contains(&day))
        };
        (0..=120).map(|days| plus_days(first, days)).find(|day| !quiet(*day)).unwrap_or(first)
    }
}

/// A customer's open documents at the end of a day, with the disputed ones marked.
pub fn open_items(facts: &[Recorded], as_of: Date) -> Result<Vec<DunningItem>, JournalError> {
    let journal = Journal::of(facts, None)?;
    let numbers: BTreeMap<ItemId, &str> = facts
        .iter()
        .filter_map(|recorded| match &recorded.fact {
            Fact::Charged(item) => Some((item.id, item.number.as_str())),
            _ => None,
        })
        .collect();
    let rows = journal.ids.iter().zip(&journal.items).zip(journal.open_at(as_of)).zip(journal.disputed_at(as_of));
    rows.filter(|((_, minor), _)| *minor != 0)
        .map(|(((id, row), minor), disputed)| {
            let open = Money::from_minor(minor, row.amount.currency())?;
            Ok(DunningItem {
                item: *id,
                number: numbers.get(id).copied().unwrap_or_default().to_owned(),
                due: row.due,
                open,
                disputed: disputed.then_some(open),
            })
        })
        .collect()
}

/// Says how dunning stands at the end of `as_of` and which message, if any, should go out.
pub fn dunning(
    rule: &DunningRule,
    account: &Account,
    calendar: &Calendar,
    rates: &[Rate],
    as_of: Date,
) -> Result<Dunning, DunningError> {
    let currency = rule.minimum.currency();
    let given: Vec<Promise> = account.promises.iter().map(|promise| promise.what.clone()).collect();
    let promises = rule.promise.promises(&given, &account.payments, as_of)?;
    let plans = account
        .plans
        .iter()
        .filter(|plan| plan.what.agreed <= as_of)
        .map(|plan| rule.promise.plan(&plan.what, &account.payments, as_of))
        .collect::<Result<Vec<PlanState>, _>>()?;
    let held = Holds { rule, account, promises: &promises, plans: &plans, as_of };
    let mut items = account.items.iter().map(|item| held.item(item)).collect::<Result<Vec<_>, MoneyError>>()?;
    items.sort_by(|a, b| (a.due, &a.number, a.item).cmp(&(b.due, &b.number, b.item)));
    let overdue = collectable(&items, account, currency, rates)?;

    let ladder = rule.ladder(account.grade.as_deref(), overdue);
    let steps = ladder.map_or(&[][..], |ladder| &ladder.steps);
    let history = History::of(&account.notices, as_of);
    let sent = |item: ItemId| {
        history.of_item(item).filter_map(|notice| steps.iter().position(|step| step.name == notice.step)).max()
    };
    let mut reached: Vec<Option<usize>> = Vec::new();
    for item in &mut items {
        let step = steps.iter().rposition(|step| item.days > 0 && item.days >= i32::from(step.days));
        item.step = step.and_then(|step| steps.get(step)).map(|step| step.name.clone());
        item.sent = sent(item.item).and_then(|step| steps.get(step)).map(|step| step.name.clone());
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
            let at_step = |notice: &&&Notice| notice.step == step.name;
            let again = step.repeat_days.is_some_and(|days| {
                let before = history.all.iter().filter(at_step).map(|notice| notice.date).max();
                before.is_some_and(|date| days_between(date, as_of) >= i32::from(days))
            });
            let fresh = items.iter().zip(&reached).any(|(item, reached)| {
                reached.is_some_and(|reached| sent(item.item).is_none_or(|sent| sent < reached))
            });
            if fresh || again {
                // The fee is due when a document comes to this step that never stood in a notice of it.
                let new_here = items.iter().zip(&reached).any(|(item, at)| {
                    *at == Some(*highest) && history.of_item(item.item).all(|notice| notice.step != step.name)
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
        Err(silence) if history.last != Some(as_of) => match reminder(rule, &history, &items, rates, as_of)? {
            Ok((step, named)) => Ok((step, named, None)),
            Err(_) if late => Err(silence),
            Err(quiet) => Err(quiet),
        },
        Err(Silence::NothingDue) => Err(Silence::NothingNew { last: as_of }),
        other => other,
    };
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
            }),
            None,
        ),
    };
    let (version, customer) = (VERSION.to_owned(), account.customer);
    Ok(Dunning { version, customer, items, overdue, message, silence, promises, plans })
}

/// What keeps documents out of a message.
struct Holds<'a> {
    rule: &'a DunningRule,
    account: &'a Account,
    promises: &'a [PromiseState],
    plans: &'a [PlanState],
    as_of: Date,
}

impl Holds<'_> {
    fn item(&self, item: &DunningItem) -> Result<DunnedItem, MoneyError> {
        let zero = Money::zero(item.open.currency());
        // A disputed part is never more than what is open, and a credit note has none.
        let disputed = item.disputed.unwrap_or(zero).max(zero)?.min(item.open.max(zero)?)?;
        let undisputed = item.open.minus(disputed)?;
        let held =
            if item.open.minor() > 0 && undisputed.is_zero() { Some(Held::Disputed) } else { self.of(item.item) };
        Ok(DunnedItem {
            item: item.item,
            number: item.number.clone(),
            due: item.due,
            days: days_between(item.due, self.as_of),
            collectable: if held.is_some() { zero } else { undisputed },
            held,
            step: None,
            sent: None,
        })
    }

    fn of(&self, item: ItemId) -> Option<Held> {
        let blocked = self.account.blocks.iter().filter(|block| block.covers(item)).map(|block| &block.what);
        let blocked =
            blocked.filter(|block| (block.from..=block.until).contains(&self.as_of)).max_by_key(|block| block.until);
        if let Some(block) = blocked {
            return Some(Held::Blocked { until: block.until, reason: block.reason.clone() });
        }
        let agreed = self.account.plans.iter().filter(|plan| plan.what.agreed <= self.as_of);
        let mut plans = agreed.zip(self.plans).filter(|(plan, state)| plan.covers(item) && state.broken.is_none());
        if plans.any(|(_, state)| !state.left.is_zero()) {
            return Some(Held::Plan);
        }
        let open = |promise: &Promise| {
            self.promises.iter().any(|state| state.promise == *promise && matches!(state.outcome, Outcome::Open { .. }))
        };
        let promised = self.account.promises.iter().filter(|promise| promise.covers(item) && open(&promise.what));
        let until = promised.map(|promise| self.rule.promise.last_day(promise.what.due)).max()?;
        Some(Held::Promised { until })
    }
}

/// What is overdue and may be asked for, less unapplied money, in the policy's currency.
fn collectable(
    items: &[DunnedItem],
    account: &Account,
    currency: Currency,
    rates: &[Rate],
) -> Result<Money, ConversionError> {
    let mut sum = Money::zero(currency);
    for item in items.iter().filter(|item| item.days > 0) {
        sum = sum.plus(convert(item.collectable, currency, rates)?)?;
    }
    for unapplied in &account.unapplied {
        sum = sum.minus(convert(*unapplied, currency, rates)?)?;
    }
    Ok(sum)
}

/// What went out by a day, by document.
struct History<'a> {
    all: Vec<&'a Notice>,
    by_item: BTreeMap<ItemId, Vec<&'a Notice>>,
    last: Option<Date>,
}

impl<'a> History<'a> {
    fn of(notices: &'a [Notice], as_of: Date) -> Self {
        let all: Vec<&Notice> = notices.iter().filter(|notice| notice.date <= as_of).collect();
        let mut by_item: BTreeMap<ItemId, Vec<&Notice>> = BTreeMap::new();
        for notice in &all {
            for item in &notice.items {
                by_item.entry(*item).or_default().push(notice);
            }
        }
        let last = all.iter().map(|notice| notice.date).max();
        Self { all, by_item, last }
    }

    fn of_item(&self, item: ItemId) -> impl Iterator<Item = &&'a Notice> {
        self.by_item.get(&item).into_iter().flatten()
    }
}

/// A reminder and what it names, or why there is none.
type Reminder<'a> = Result<(&'a Step, Vec<&'a DunnedItem>), Silence>;

/// The reminder for what falls due soon: one message names all of it, at the nearest reminder that a document has come to
/// and wasn't reminded by yet.
fn reminder<'a>(
    rule: &'a DunningRule,
    history: &History<'_>,
    items: &'a [DunnedItem],
    rates: &[Rate],
    as_of: Date,
) -> Result<Reminder<'a>, ConversionError> {
    // The nearest reminder whose days a document has come to.
    let reached = |item: &DunnedItem| {
        let left = days_between(as_of, item.due);
        let within = rule.reminders.iter().filter(|step| left >= 0 && left <= i32::from(step.days));
        within.min_by_key(|step| step.days)
    };
    // A reminder that went out before these days began was for an earlier one.
    let reminded = |item: &DunnedItem, step: &Step| {
        let from = minus_days(item.due, u32::from(step.days));
        history.of_item(item.item).any(|notice| notice.date >= from)
    };
    let asked = items.iter().filter(|item| item.held.is_none() && item.collectable.minor() > 0);
    let soon: Vec<(&DunnedItem, &Step)> = asked.filter_map(|item| Some((item, reached(item)?))).collect();
    let mut amount = Money::zero(rule.minimum.currency());
    for (item, _) in &soon {
        amount = amount.plus(convert(item.collectable, amount.currency(), rates)?)?;
    }
    let fresh = soon.iter().filter(|(item, step)| !reminded(item, step)).map(|(_, step)| *step);
    let nearest = fresh.min_by_key(|step| step.days);
    let minimum = rule.minimum;
    Ok(match (nearest, history.last) {
        (Some(_), _) if amount.minor() < minimum.minor() => Err(Silence::BelowMinimum { amount, minimum }),
        (Some(step), _) => Ok((step, soon.into_iter().map(|(item, _)| item).collect())),
        (None, Some(last)) if !soon.is_empty() => Err(Silence::NothingNew { last }),
        _ => Err(Silence::NothingDue),
    })
}

fn by_currency(items: &[&DunnedItem]) -> Result<Vec<Money>, MoneyError> {
    let mut sums: BTreeMap<Currency, Money> = BTreeMap::new();
    for item in items {
        let sum = sums.entry(item.collectable.currency()).or_insert(Money::zero(item.collectable.currency()));
        *sum = sum.plus(item.collectable)?;
    }
    Ok(sums.into_values().collect())
}
