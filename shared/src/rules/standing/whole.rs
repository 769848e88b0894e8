//! All parts together: what a book keeps of one customer, from what is filed of it and of its group.
//!
//! A part is kept from the first piece on that it is read from. What a whole file says (agreements, licences, checks,
//! completeness, review) is kept once the file was begun, or for every customer as soon as the policy judges one of these
//! in earnest: rules on trial must not warn of thousands of customers whose file nobody has begun, and a rule in force must
//! not let pass whoever has none.

use super::{broken, cover, group};
use crate::facts::calendar::Date;
use crate::facts::customer::Customer;
use crate::facts::id::CustomerId;
use crate::facts::ledger::{Limit, Rate};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::notice::Notice;
use crate::facts::number::Ratio;
use crate::facts::overdue::Payment;
use crate::facts::piece::{Filed, GroupLimit};
use crate::facts::promise::Promise;
use crate::readings::behaviour::behaviour;
use crate::readings::exchange::{ConversionError, RatesOn};
use crate::readings::exposure::{Category, ExposureRule};
use crate::readings::groups::{GroupError, Groups};
use crate::readings::journal::Journal;
use crate::readings::standing::{
    CategoryBucket, DisputeAcceptance, DunningReached, Further, GroupStands, Position, ReviewStands, Standing,
};
use crate::rules::dunning::DunningRule;
use crate::rules::order_check::Rule;
use crate::rules::policy::Policy;
use crate::rules::review::ReviewFile;
use std::collections::BTreeSet;

/// What the parts of one customer follow from.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// Its sheet.
    pub customer: &'a Customer,
    /// Its pieces.
    pub filed: &'a Filed,
    /// Its standing by the ledger alone.
    pub standing: &'a Standing,
    /// Its journal.
    pub journal: &'a Journal,
    /// What came in from it.
    pub payments: &'a [Payment],
    /// When it was assessed.
    pub assessed: &'a [Date],
    /// What its leases for devices keep reserved: it counts among its orders to come.
    pub leased: &'a [Money],
    /// Its group; absent when it stands alone.
    pub group: Option<Members<'a>>,
    /// All rates of the book.
    pub rates: &'a [Rate],
}

/// The group of a customer.
#[derive(Clone, Copy, Debug)]
pub struct Members<'a> {
    /// Who belongs to whom.
    pub groups: &'a Groups,
    /// What the others owe and will owe, each in a currency of its own (see [`exposure`]).
    pub exposures: &'a [(CustomerId, Money)],
    /// The limits given to the group.
    pub limits: &'a [GroupLimit],
}

/// Why the parts can't be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeptError {
    /// Relations go in a circle, or a sum left the range.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// A sum left the range.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// Whether a policy judges what a file says in earnest, not on trial.
pub fn judges_files(policy: &Policy) -> bool {
    policy.order_rules.as_ref().is_some_and(|rules| {
        let asked = [
            (Rule::Agreement, rules.agreement.is_some()),
            (Rule::Licence, !rules.licences.is_empty()),
            (Rule::Screening, rules.screenings.is_some()),
            (Rule::File, rules.file.is_some()),
            (Rule::Review, rules.review.is_some()),
        ];
        asked.into_iter().any(|(rule, asked)| asked && !rules.trial.contains(&rule))
    })
}

/// What a customer owes and will owe on a day, for its group. Where a rate is missing it is what it owes in that currency:
/// whoever looks at the sum then misses the rate too.
///
/// # Errors
///
/// [`MoneyError::OutOfRange`] when a sum leaves the range. A missing rate is no error.
pub fn exposure(standing: &Standing, rule: &ExposureRule, as_of: Date) -> Result<Money, MoneyError> {
    match Position::of(standing, rule, as_of) {
        Ok(position) => Ok(position.exposure.total),
        Err(ConversionError::MissingRate { from, .. }) => in_currency(standing, from),
        Err(ConversionError::Money(error)) => Err(error),
    }
}

fn in_currency(standing: &Standing, currency: Currency) -> Result<Money, MoneyError> {
    let open = standing.open.iter().map(|bucket| bucket.amount);
    let orders = standing.orders.iter().map(|bucket| bucket.amount);
    Money::sum(currency, open.chain(orders).filter(|amount| amount.currency() == currency))
}

/// All parts on a day.
///
/// # Errors
///
/// [`KeptError::Group`] when relations go in a circle, [`KeptError::Money`] when a sum leaves the range or mixes
/// currencies.
pub fn further(policy: &Policy, held: &Held<'_>, as_of: Date) -> Result<Further, KeptError> {
    let Held { filed, standing, rates, .. } = *held;
    // What the ledger alone says of it stays: bills, what stands by itself, whose word stands on disputes.
    let Further { categories, accepted, .. } = standing.further.clone();
    let mut kept = Further { categories, accepted, ..Further::default() };
    for amount in held.leased.iter().copied().filter(|amount| amount.minor() > 0) {
        let reserved = CategoryBucket { category: Category::Orders, due: None, amount };
        kept.categories.get_or_insert_default().push(reserved);
    }
    if filed.begun.is_some() || judges_files(policy) {
        kept = kept.with_file(&filed.file);
        let customer = filed.with_contact(held.customer);
        kept.complete = policy.credit_file.as_ref().map(|rule| super::complete(rule, &customer, &filed.file, as_of));
        kept.review = review(policy, held, as_of);
    }
    if !filed.promises.is_empty()
        && let Some(rule) = &policy.dunning
    {
        let promises: Vec<Promise> = filed.promises.iter().map(|promise| promise.what.clone()).collect();
        kept.broken = Some(broken(&rule.promise, &promises, held.payments, as_of)?);
    }
    if !filed.covers.is_empty()
        && let Some(rule) = &policy.cover
    {
        let exposed = exposure(standing, &policy.exposure, as_of)?;
        // What cover is deducted from is what the check deducts it from: in the currency of the limit.
        let exposed = if exposed.currency() == standing.currency { exposed } else { Money::zero(standing.currency) };
        kept.cover = Some(cover(rule, &filed.covers, exposed, rates, as_of)?);
    }
    if !filed.notices.is_empty()
        && let Some(rule) = &policy.dunning
    {
        kept.dunning = Some(reached(rule, &filed.notices, held.journal, as_of));
    }
    if !filed.accepted.is_empty() {
        let said = |word: &crate::facts::piece::DisputeAccepted| DisputeAcceptance {
            item: word.item,
            date: word.date,
            by_sales: false,
        };
        let said: Vec<DisputeAcceptance> = filed.accepted.iter().map(said).collect();
        kept = kept.with_acceptances(held.journal, &said)?;
    }
    if policy.margin.is_some() && !held.journal.items.is_empty() {
        kept.late_days = late_days(policy, held, as_of)?;
    }
    if let Some(members) = held.group {
        kept.group = group_stands(held, members, as_of)?;
    }
    Ok(kept)
}

/// How many days after they fall due documents are usually paid, rounded up; absent when they are paid in time, and when a
/// rate is missing.
fn late_days(policy: &Policy, held: &Held<'_>, as_of: Date) -> Result<Option<u16>, MoneyError> {
    let own = held.standing.currency;
    let read = match behaviour(held.journal, &policy.behaviour, own, held.rates, as_of) {
        Ok(read) => read,
        Err(ConversionError::MissingRate { .. }) => return Ok(None),
        Err(ConversionError::Money(error)) => return Err(error),
    };
    let millionths = read.days_beyond_terms.map_or(0, Ratio::units).max(0);
    let days = u16::try_from(millionths.saturating_add(999_999).checked_div(1_000_000).unwrap_or(0));
    Ok(Some(days.unwrap_or(u16::MAX)).filter(|days| *days > 0))
}

fn review(policy: &Policy, held: &Held<'_>, as_of: Date) -> Option<ReviewStands> {
    let Held { customer, filed, standing, assessed, .. } = *held;
    let file = ReviewFile {
        grade: standing.grade.as_ref().map(|grade| grade.grade.clone()),
        since: customer.since.or(filed.begun)?,
        assessed: assessed.to_vec(),
        documents: filed.documents.clone(),
        events: filed.events.clone(),
        // The order check judges papers by rules of their own.
        lapses: Vec::new(),
    };
    super::review(policy.review.as_ref()?, &file, &policy.calendar, as_of)
}

/// How far reminders have come for what is still open: the step that comes last in days past due. A notice that names no
/// document is for all.
fn reached(rule: &DunningRule, notices: &[Notice], journal: &Journal, as_of: Date) -> DunningReached {
    let open = journal.ids.iter().zip(journal.open_at(Date::MAX)).filter(|(_, minor)| *minor > 0);
    // What went out under a number before the invoice was issued anew is about what is open still.
    let open: BTreeSet<_> = open.flat_map(|(id, _)| journal.numbers(*id)).collect();
    let about = |notice: &&Notice| {
        let named = notice.items.is_empty() && !open.is_empty();
        notice.date <= as_of && (named || notice.items.iter().any(|item| open.contains(item)))
    };
    let days = |step: &str| {
        let steps = rule.ladders.iter().flat_map(|ladder| &ladder.steps);
        steps.filter(|known| known.name == step).map(|known| known.days).max()
    };
    let sent = notices.iter().filter(about).filter_map(|notice| Some((days(&notice.step)?, notice)));
    let highest = sent.max_by_key(|(days, notice)| (*days, std::cmp::Reverse(notice.date)));
    DunningReached {
        step: highest.map(|(_, notice)| notice.step.clone()),
        since: highest.map(|(_, notice)| notice.date),
    }
}

fn group_stands(held: &Held<'_>, members: Members<'_>, as_of: Date) -> Result<Option<GroupStands>, KeptError> {
    let currency = held.standing.currency;
    let given = members.limits.iter().filter(|given| given.from <= as_of).max_by_key(|given| given.from);
    let limit = given.map_or((Limit::Unlimited, None), |given| (given.limit, given.until));
    let mut exposures = Vec::new();
    for (member, amount) in members.exposures {
        match RatesOn::new(held.rates, as_of).convert(*amount, currency) {
            Ok(amount) => exposures.push((*member, amount)),
            // The check names the rate that is missing.
            Err(ConversionError::MissingRate { .. }) => {
                let alone = [(*member, *amount)];
                let zero = Money::zero(amount.currency());
                return Ok(group(members.groups, held.customer.id, &alone, limit, zero)?);
            }
            Err(ConversionError::Money(error)) => return Err(error.into()),
        }
    }
    Ok(group(members.groups, held.customer.id, &exposures, limit, Money::zero(currency))?)
}
