//! Late interest of a customer: what each of its documents has cost since it fell due, from the ledger.
//!
//! A document's payments are what was applied to it, dated on the day it was applied: money, bills, credit notes and
//! corrections alike, for each of them lowers what is owed; what came back is a payment below nothing on the day it did. A
//! write-off is none: it is an entry of our books. Each instalment bears interest from its own due date on, and payments
//! count for the earliest due first. Credit notes themselves bear no interest. A document belongs to the agreement
//! that was in force on the day it arose: its signing is the contract's date, and where it agrees on a rate, that rate holds
//! for the document to the end; else the rules of each day do. An invoice that was issued anew (红冲重开) bears none from the
//! day of its reissue on: the new one stands in its place since it fell due, with what was paid of the old one on the days
//! on which it was paid, and with what was waived of the old one's interest. All of it stops on the day on which a petition for
//! the customer's bankruptcy was accepted (企业破产法 46). The customer's browser makes the same list from the same facts.

use crate::facts::calendar::Date;
use crate::facts::credit_file::{Agreement, CreditFile};
use crate::facts::id::{CustomerId, ItemId};
use crate::facts::ledger::{Fact, Instalment, Item, Recorded, Withdrawn};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use crate::facts::overdue::{Overdue, Payment};
use crate::facts::reference_rate::ReferenceRate;
use crate::facts::waiver::{AfterWaiver, InterestWaiver, Waiver};
use crate::readings::journal::settling::{Does, settled};
use crate::readings::papers::agreement;
use crate::rules::interest::{
    DayBase, InterestError, InterestRule, LateInterest, RateRule, Rounding, RuleInForce, Stand, late_interest,
};
use crate::rules::policy::Bilingual;
use crate::rules::reissue::arising;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a document has cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ItemInterest {
    /// Which.
    pub item: ItemId,
    /// Its number.
    pub number: String,
    /// When it fell due.
    pub due: Date,
    /// What it has cost, line by line.
    pub interest: LateInterest,
}

/// What all documents have cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CustomerInterest {
    /// The documents that bear interest, the longest due first.
    pub items: Vec<ItemInterest>,
    /// Their sum by currency, with what was waived of it.
    pub totals: Vec<AfterWaiver>,
}

/// What interest is charged by.
#[derive(Clone, Copy, Debug)]
pub struct Charging<'a> {
    /// Rules that followed each other.
    pub rules: &'a [RuleInForce],
    /// The publications that the book knows.
    pub rates: &'a [ReferenceRate],
    /// A publication older than this is pointed out.
    pub quote_days: u16,
    /// The day on which a petition for the customer's bankruptcy was accepted: interest on all it owes stops on it (企业破产法
    /// 46).
    pub bankrupt: Option<Date>,
}

/// Charges interest on a customer's documents up to and including `as_of`, less what was waived of it by then.
///
/// # Errors
///
/// As [`crate::rules::interest::late_interest`]; [`InterestError::Journal`] when what was paid can't be read from the
/// facts.
pub fn customer_interest(
    customer: CustomerId,
    facts: &[Recorded],
    file: &CreditFile,
    waivers: &[InterestWaiver],
    by: Charging<'_>,
    as_of: Date,
) -> Result<CustomerInterest, InterestError> {
    let Charging { rules, rates, quote_days, bankrupt } = by;
    let withdrawn = Withdrawn::by(facts);
    let own = || facts.iter().filter(|fact| fact.customer == customer && fact.date <= as_of && withdrawn.spares(fact));
    let reissues = || {
        own().filter_map(|recorded| match recorded.fact {
            Fact::Reissued(reissue) => Some(reissue),
            _ => None,
        })
    };
    let anew: BTreeMap<ItemId, ItemId> = reissues().map(|reissue| (reissue.old, reissue.new)).collect();
    let reds: BTreeSet<ItemId> = reissues().map(|reissue| reissue.red).collect();
    // A red invoice is no payment: it hands on what was paid of the old one.
    let mut paid: BTreeMap<ItemId, Vec<Payment>> = BTreeMap::new();
    let mut by_feed: Vec<&Recorded> = own().collect();
    by_feed.sort_by_key(|recorded| (recorded.feed, recorded.id));
    for movement in settled(&by_feed)?.movements {
        // What our books wrote off is owed as it was.
        let of_our_books = matches!(movement.does, Does::WritesOff | Does::Recovers);
        if !of_our_books && !movement.note.is_some_and(|note| reds.contains(&note)) {
            let payment = Payment { date: movement.date, amount: movement.amount };
            paid.entry(newest(&anew, movement.item)).or_default().push(payment);
        }
    }
    let arose = arising(facts);
    let charged = own().filter_map(|recorded| match &recorded.fact {
        Fact::Charged(item) if item.amount.minor() > 0 && !anew.contains_key(&item.id) => {
            Some((arose.get(&item.id).copied().unwrap_or(recorded.date), item))
        }
        _ => None,
    });
    let mut items = Vec::new();
    let mut totals: BTreeMap<Currency, AfterWaiver> = BTreeMap::new();
    for (arose, item) in charged {
        let own = agreement(file, arose);
        let agreed = own.and_then(|agreement| Some(agreed_rule(agreement, agreement.late_interest_daily?)));
        let rules = agreed.as_ref().map_or(rules, std::slice::from_ref);
        let payments = up_to(item.amount, paid.remove(&item.id).unwrap_or_default())?;
        let mut waived: Vec<Waiver> = waivers
            .iter()
            .filter(|given| newest(&anew, given.item) == item.id)
            .map(|given| given.waiver.clone())
            .collect();
        for (Instalment { due, amount }, payments) in by_instalment(item, payments)? {
            if due >= as_of {
                continue;
            }
            let mut overdue = Overdue {
                principal: amount,
                due,
                contracted: own.and_then(|agreement| agreement.signed),
                payments,
                paused: Vec::new(),
                bankrupt,
                waivers: waived,
            };
            let interest = late_interest(&overdue, rules, rates, quote_days, as_of)?;
            // What an instalment's interest doesn't use up of a waiver is there for the next one's.
            waived = beyond(std::mem::take(&mut overdue.waivers), interest.waived)?;
            if interest.lines.is_empty() {
                continue;
            }
            let sum = interest.sum();
            let total = totals.get(&item.amount.currency()).map_or(Ok(sum), |total| total.plus(sum))?;
            totals.insert(item.amount.currency(), total);
            items.push(ItemInterest { item: item.id, number: item.number.clone(), due, interest });
        }
    }
    items.sort_by(|a, b| (a.due, &a.number, a.item).cmp(&(b.due, &b.number, b.item)));
    Ok(CustomerInterest { items, totals: totals.into_values().collect() })
}

/// The document that stands for a document now.
fn newest(anew: &BTreeMap<ItemId, ItemId>, item: ItemId) -> ItemId {
    let mut at = item;
    // A chain longer than the links there are would be a circle.
    for _ in 0..anew.len() {
        match anew.get(&at) {
            Some(new) => at = *new,
            None => break,
        }
    }
    at
}

/// Payments in the order of their days, their sum never beyond what is owed: of an invoice that was too large more may have
/// been paid than the new one is for, and of that as much can come back without the new one being owed again.
fn up_to(owed: Money, mut payments: Vec<Payment>) -> Result<Vec<Payment>, MoneyError> {
    payments.sort_by_key(|payment| payment.date);
    let mut sum = Money::zero(owed.currency());
    for payment in &mut payments {
        let before = sum;
        sum = sum.plus(payment.amount)?;
        payment.amount = sum.min(owed)?.minus(before.min(owed)?)?;
    }
    payments.retain(|payment| !payment.amount.is_zero());
    Ok(payments)
}

/// What is left of waivers once so much of them was used, the earliest first.
fn beyond(mut waivers: Vec<Waiver>, used: Money) -> Result<Vec<Waiver>, MoneyError> {
    waivers.sort_by_key(|waiver| waiver.date);
    let mut used = used;
    for waiver in &mut waivers {
        let part = waiver.amount.min(used)?.max(Money::zero(used.currency()))?;
        (waiver.amount, used) = (waiver.amount.minus(part)?, used.minus(part)?);
    }
    waivers.retain(|waiver| !waiver.amount.is_zero());
    Ok(waivers)
}

/// A document's instalments, each with what was paid of it; all of a document that has none. Payments count for the
/// earliest due first: after each of them an instalment is paid as far as their sum goes beyond those before it.
fn by_instalment(item: &Item, payments: Vec<Payment>) -> Result<Vec<(Instalment, Vec<Payment>)>, MoneyError> {
    if item.parts.is_empty() {
        return Ok(vec![(Instalment { due: item.due, amount: item.amount }, payments)]);
    }
    let mut parts = item.parts.clone();
    parts.sort_by_key(|part| part.due);
    let mut of_parts: Vec<(Instalment, Vec<Payment>)> = parts.into_iter().map(|part| (part, Vec::new())).collect();
    let zero = Money::zero(item.amount.currency());
    let mut sum = zero;
    for payment in payments {
        let after = sum.plus(payment.amount)?;
        let mut before = zero;
        for (part, paid) in &mut of_parts {
            let reach = |sum: Money| sum.minus(before)?.max(zero)?.min(part.amount);
            let amount = reach(after)?.minus(reach(sum)?)?;
            if !amount.is_zero() {
                paid.push(Payment { date: payment.date, amount });
            }
            before = before.plus(part.amount)?;
        }
        sum = after;
    }
    Ok(of_parts)
}

/// The rule that an agreement with a rate by the day makes: claimed, as it is a named clause (民法典 585).
fn agreed_rule(agreement: &Agreement, rate: Ratio) -> RuleInForce {
    let number = &agreement.number;
    let ground = Bilingual {
        zh: format!("合同{number}约定的逾期付款违约金（民法典第五百八十五条）"),
        en: format!("What agreement {number} gives for late payment (Civil Code article 585)"),
    };
    let rule = InterestRule {
        ground,
        rate: RateRule::Daily { rate },
        floor: None,
        cap: None,
        day_base: DayBase::Days365,
        rounding: Rounding::Once,
        stand: Stand::Claimed,
    };
    RuleInForce { from: Date::MIN, rule }
}
