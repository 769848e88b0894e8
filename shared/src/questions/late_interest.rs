//! Late interest of a customer: what each of its documents has cost since it fell due, from the ledger.
//!
//! A document's payments are what was applied to it, dated on the day it was applied: money, credit notes and corrections
//! alike, for each of them lowers what is owed. Credit notes themselves bear no interest. A document belongs to the agreement
//! that was in force on the day it arose: its signing is the contract's date, and where it agrees on a rate, that rate holds
//! for the document to the end; else the rules of each day do. An invoice that was issued anew (红冲重开) bears none from the
//! day of its reissue on: the new one stands in its place since it fell due, with what was paid of the old one on the days
//! on which it was paid. The customer's browser makes the same list from the same facts.

use crate::facts::calendar::Date;
use crate::facts::credit_file::{Agreement, CreditFile};
use crate::facts::id::{CustomerId, ItemId};
use crate::facts::ledger::{Fact, Recorded, Source, Withdrawn};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use crate::facts::overdue::{Overdue, Payment};
use crate::facts::reference_rate::ReferenceRate;
use crate::facts::waiver::{AfterWaiver, InterestWaiver};
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
}

/// Charges interest on a customer's documents up to and including `as_of`, less what was waived of it by then.
pub fn customer_interest(
    customer: CustomerId,
    facts: &[Recorded],
    file: &CreditFile,
    waivers: &[InterestWaiver],
    by: Charging<'_>,
    as_of: Date,
) -> Result<CustomerInterest, InterestError> {
    let Charging { rules, rates, quote_days } = by;
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
    let hands_on = |source: &Source| matches!(source, Source::CreditNote { item } if reds.contains(item));
    let mut paid: BTreeMap<ItemId, Vec<Payment>> = BTreeMap::new();
    for recorded in own() {
        if let Fact::Allocated(allocation) = &recorded.fact
            && !hands_on(&allocation.source)
        {
            let payment = Payment { date: recorded.date, amount: allocation.amount };
            paid.entry(newest(&anew, allocation.item)).or_default().push(payment);
        }
    }
    let arose = arising(facts);
    let charged = own().filter_map(|recorded| match &recorded.fact {
        Fact::Charged(item) if item.amount.minor() > 0 && item.due < as_of && !anew.contains_key(&item.id) => {
            Some((arose.get(&item.id).copied().unwrap_or(recorded.date), item))
        }
        _ => None,
    });
    let mut items = Vec::new();
    let mut totals: BTreeMap<Currency, AfterWaiver> = BTreeMap::new();
    for (arose, item) in charged {
        let own = agreement(file, arose);
        let overdue = Overdue {
            principal: item.amount,
            due: item.due,
            contracted: own.and_then(|agreement| agreement.signed),
            payments: up_to(item.amount, paid.remove(&item.id).unwrap_or_default())?,
            paused: Vec::new(),
            bankrupt: None,
            waivers: waivers.iter().filter(|given| given.item == item.id).map(|given| given.waiver.clone()).collect(),
        };
        let agreed = own.and_then(|agreement| Some(agreed_rule(agreement, agreement.late_interest_daily?)));
        let rules = agreed.as_ref().map_or(rules, std::slice::from_ref);
        let interest = late_interest(&overdue, rules, rates, quote_days, as_of)?;
        if interest.lines.is_empty() {
            continue;
        }
        let sum = interest.sum();
        let total = totals.get(&item.amount.currency()).map_or(Ok(sum), |total| total.plus(sum))?;
        totals.insert(item.amount.currency(), total);
        items.push(ItemInterest { item: item.id, number: item.number.clone(), due: item.due, interest });
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

/// Payments in the order of their days, none of them beyond what is owed: of an invoice that was too large more may have
/// been paid than the new one is for.
fn up_to(owed: Money, mut payments: Vec<Payment>) -> Result<Vec<Payment>, MoneyError> {
    payments.sort_by_key(|payment| payment.date);
    let mut left = owed;
    for payment in &mut payments {
        payment.amount = payment.amount.min(left)?;
        left = left.minus(payment.amount)?;
    }
    Ok(payments)
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
