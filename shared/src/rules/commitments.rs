//! Commitments: everything that a customer owes or will owe, by category, each thing counted once.
//!
//! A thing moves through its life and always stands in one place only. An order counts within the horizon for what nothing
//! has used up yet: charges and invoices that name it use it up by amount. A charge counts for what no invoice bills yet.
//! An invoice counts for what is open of it, less what a bill has settled. The bill counts until it is honoured, with
//! recourse even when it was passed on; one that is dishonoured, and a payment that came back, count by themselves until the
//! document is open again. Advanced freight and duty count from commitment, demurrage grows by the day. Money not applied
//! and cover used as a deduction come off. Each category can be switched off, and can have a limit of its own.
//!
//! Units: minor units of the currency of the deduction, each amount at the rate of `as_of`; shares of bills in
//! millionths.
//!
//! Source: our own rule, that of [`crate::readings::exposure`] carried through every stage of a shipment. Recourse
//! until a bill is honoured follows 票据法 61 and 68 (endorser, drawer and acceptor are liable together); that a
//! commercial bill counts on its acceptor as well is ours, since it is the acceptor who has to pay.

use super::policy::{Bilingual, Faults, is_share};
use crate::facts::bill::{Bill, BillKind, BillState};
use crate::facts::calendar::{Date, days_between, plus_days};
use crate::facts::id::{ChargeId, CustomerId, ItemId, OrderId, ReceiptId};
use crate::facts::ledger::Rate;
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use crate::facts::shipment::{Billing, Charge, ChargeKind};
use crate::readings::exchange::{ConversionError, RatesOn};
use crate::readings::exposure::ExposureRule;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use crate::readings::exposure::Category;

/// What counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CommitmentRule {
    /// Why these numbers.
    pub note: Bilingual,
    /// By category; one that isn't named counts, without a limit of its own.
    pub categories: Vec<CategoryLine>,
    /// Orders count that are to be carried out within so many days; one without a day counts at once.
    pub horizon_days: u16,
    /// An order that nothing used up counts for so many days after it was confirmed. The section `exposure` says so
    /// (`order_lapse_days`); policies from before may repeat it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lapse_days: Option<u16>,
    /// The share of a bill that counts, by who accepted it; a kind that isn't named counts in full.
    pub bills: Vec<BillLine>,
}

/// How a category counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CategoryLine {
    /// The category.
    pub category: Category,
    /// Whether it counts.
    pub counts: bool,
    /// What may stand in it at most; 0 means that it is only done against prepayment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_limit: Option<Money>,
}

/// How a kind of bill counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BillLine {
    /// The kind.
    pub kind: BillKind,
    /// The share of it that counts on the customer.
    pub share: Ratio,
    /// Whether it counts on its acceptor too.
    pub on_acceptor: bool,
}

/// What a customer has open, will have, and has paid.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Commitments {
    /// Open documents.
    #[serde(default)]
    pub items: Vec<OpenInvoice>,
    /// Charges, invoiced or not.
    #[serde(default)]
    pub charges: Vec<Charge>,
    /// Which invoice bills which charge.
    #[serde(default)]
    pub billings: Vec<Billing>,
    /// Confirmed orders.
    #[serde(default)]
    pub orders: Vec<OpenOrder>,
    /// Bills.
    #[serde(default)]
    pub bills: Vec<Bill>,
    /// Payments that came back.
    #[serde(default)]
    pub returned: Vec<ReturnedPayment>,
    /// Money and credit notes not applied; positive.
    #[serde(default)]
    pub unapplied: Vec<Money>,
}

/// A document as commitments see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OpenInvoice {
    /// Its id.
    pub item: ItemId,
    /// The order that it uses up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// What was charged.
    pub amount: Money,
    /// What is open of it before bills.
    pub open: Money,
}

/// A confirmed order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OpenOrder {
    /// Its id.
    pub order: OrderId,
    /// When it was confirmed.
    pub confirmed: Date,
    /// When it is to be carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<Date>,
    /// What it asks on credit.
    pub amount: Money,
}

/// A payment that the bank took back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReturnedPayment {
    /// The payment.
    pub receipt: ReceiptId,
    /// When it came back.
    pub date: Date,
    /// How much.
    pub amount: Money,
    /// The day on which the documents that it had settled were opened again; until then it stands by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopened: Option<Date>,
}

/// A category and what stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CategoryStands {
    /// The category.
    pub category: Category,
    /// What stands in it.
    pub amount: Money,
    /// What of it counts: all or nothing.
    pub counted: Money,
    /// What may stand in it at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_limit: Option<Money>,
    /// By how much that is exceeded; absent when it isn't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<Money>,
}

/// What counts on a bill's acceptor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OnAcceptor {
    /// Who.
    pub acceptor: String,
    /// How much.
    pub amount: Money,
    /// Who paid with it, where whoever puts several customers' together says so: what an acceptor itself gave counts on it
    /// already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_by: Option<CustomerId>,
}

/// Exposure by category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Committed {
    /// Every category with something in it, or with a limit of its own.
    pub categories: Vec<CategoryStands>,
    /// What counts of them together.
    pub gross: Money,
    /// Money and credits not applied.
    pub unapplied: Money,
    /// Cover used as a deduction.
    pub deduction: Money,
    /// Gross less both.
    pub total: Money,
    /// What counts on acceptors besides, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_acceptors: Vec<OnAcceptor>,
}

impl CommitmentRule {
    /// How a kind of bill counts.
    pub fn bill(&self, kind: BillKind) -> Option<&BillLine> {
        self.bills.iter().find(|line| line.kind == kind)
    }

    /// What of a bill that isn't honoured counts on whoever paid with it.
    ///
    /// # Errors
    ///
    /// [`MoneyError::OutOfRange`] when the share leaves the range.
    pub fn counted_of(&self, bill: &Bill) -> Result<Money, MoneyError> {
        let Some(line) = self.bill(bill.kind) else { return Ok(bill.amount) };
        let minor = line.share.times(bill.amount.minor()).ok_or(MoneyError::OutOfRange)?;
        Money::from_minor(minor, bill.amount.currency())
    }

    pub(super) fn check(&self, currency: Currency, exposure: &ExposureRule, faults: &mut Faults) {
        let days = exposure.order_lapse_days;
        let same = self.lapse_days.is_none_or(|lapse| lapse == days);
        faults.unless(same, "commitments.lapse_days", format_args!("exposure.order_lapse_days says {days}"));
        for (i, line) in self.categories.iter().enumerate() {
            let path = format!("commitments.categories[{i}]");
            match line.category {
                Category::OpenItems => {
                    faults.unless(line.counts, &format!("{path}.counts"), format_args!("what is owed always counts"));
                }
                Category::Orders => {
                    let same = line.counts == exposure.orders;
                    let said = exposure.orders;
                    faults.unless(same, &format!("{path}.counts"), format_args!("exposure.orders says {said}"));
                }
                _ => {}
            }
            if let Some(sub_limit) = line.sub_limit {
                faults.amount(sub_limit, currency, &format!("{path}.sub_limit"));
            }
            let twice = self.categories.iter().take(i).any(|other| other.category == line.category);
            faults.unless(!twice, &format!("{path}.category"), format_args!("stands twice"));
        }
        for (i, line) in self.bills.iter().enumerate() {
            let path = format!("commitments.bills[{i}]");
            faults.unless(is_share(line.share), &format!("{path}.share"), format_args!("must lie between 0 and 1"));
            let twice = self.bills.iter().take(i).any(|other| other.kind == line.kind);
            faults.unless(!twice, &format!("{path}.kind"), format_args!("stands twice"));
        }
    }
}

/// Counts everything once, in one currency. Whether orders count, and for how long, is said by `exposure`; open documents
/// always do. `deduction` is what cover takes off (see [`super::cover`]).
///
/// # Errors
///
/// [`ConversionError::MissingRate`] when something is in a currency without a rate on `as_of`;
/// [`ConversionError::Money`] when a sum leaves the range or a charge is billed in another currency.
pub fn committed(
    rule: &CommitmentRule,
    exposure: &ExposureRule,
    all: &Commitments,
    deduction: Money,
    rates: &[Rate],
    as_of: Date,
) -> Result<Committed, ConversionError> {
    let (currency, rates) = (deduction.currency(), RatesOn::new(rates, as_of));
    let to = |amount: Money| rates.convert(amount, currency);
    let mut sums: BTreeMap<Category, Money> = BTreeMap::new();
    let mut add = |category: Category, amount: Money| -> Result<(), ConversionError> {
        let sum = sums.entry(category).or_insert(Money::zero(currency));
        *sum = sum.plus(to(amount)?)?;
        Ok(())
    };
    for (category, amount) in items(all, as_of)? {
        add(category, amount)?;
    }
    let (charges, by_order) = charges(all, as_of)?;
    for (category, amount) in charges {
        add(category, amount)?;
    }
    for amount in orders((rule, exposure), all, &by_order, as_of)? {
        add(Category::Orders, amount)?;
    }
    let mut on_acceptors: BTreeMap<&str, Money> = BTreeMap::new();
    for bill in &all.bills {
        let line = rule.bill(bill.kind);
        match bill.state(as_of) {
            BillState::Outstanding => {
                add(Category::Bills, rule.counted_of(bill)?)?;
                if line.is_some_and(|line| line.on_acceptor) {
                    let sum = on_acceptors.entry(&bill.acceptor).or_insert(Money::zero(currency));
                    *sum = sum.plus(to(bill.amount)?)?;
                }
            }
            BillState::Dishonoured => add(Category::Returned, bill.amount)?,
            BillState::NotReceived | BillState::Gone | BillState::Reopened => {}
        }
    }
    for payment in all.returned.iter().filter(|payment| payment.date <= as_of) {
        if payment.reopened.is_none_or(|reopened| as_of < reopened) {
            add(Category::Returned, payment.amount)?;
        }
    }
    let mut unapplied = Money::zero(currency);
    for amount in &all.unapplied {
        unapplied = unapplied.plus(to(*amount)?)?;
    }
    let mut categories = Vec::new();
    let mut gross = Money::zero(currency);
    for category in Category::ALL {
        let amount = sums.get(&category).copied().unwrap_or(Money::zero(currency));
        let line = rule.categories.iter().find(|line| line.category == category);
        let sub_limit = line.and_then(|line| line.sub_limit).map(to).transpose()?;
        if amount.is_zero() && sub_limit.is_none() {
            continue;
        }
        // Without a word on it a category counts, as the order check has it.
        let counts = match category {
            Category::OpenItems => true,
            Category::Orders => exposure.orders,
            _ => line.is_none_or(|line| line.counts),
        };
        let counted = if counts { amount } else { Money::zero(currency) };
        gross = gross.plus(counted)?;
        let over = sub_limit.map(|most| amount.minus(most)).transpose()?.filter(|over| over.minor() > 0);
        categories.push(CategoryStands { category, amount, counted, sub_limit, over });
    }
    let total = gross.minus(unapplied)?.minus(deduction)?;
    let on_acceptors = on_acceptors.into_iter().map(|(acceptor, amount)| OnAcceptor {
        acceptor: acceptor.to_owned(),
        amount,
        given_by: None,
    });
    Ok(Committed { categories, gross, unapplied, deduction, total, on_acceptors: on_acceptors.collect() })
}

/// What is open of documents after bills; a document never falls below nothing by them.
fn items(all: &Commitments, as_of: Date) -> Result<Vec<(Category, Money)>, MoneyError> {
    let mut settled: BTreeMap<ItemId, Money> = BTreeMap::new();
    for part in all.bills.iter().flat_map(|bill| bill.settles(as_of)) {
        let sum = settled.entry(part.item).or_insert(Money::zero(part.amount.currency()));
        *sum = sum.plus(part.amount)?;
    }
    let left = |invoice: &OpenInvoice| {
        let by_bills = settled.get(&invoice.item).copied().unwrap_or(Money::zero(invoice.open.currency()));
        let least = Money::zero(invoice.open.currency()).min(invoice.open)?;
        Ok((Category::OpenItems, invoice.open.minus(by_bills)?.max(least)?))
    };
    all.items.iter().map(left).collect()
}

/// What of an order was used up, by currency: an order and its charges can differ in it.
type UsedUp = BTreeMap<(OrderId, Currency), Money>;

/// What no invoice bills yet of each charge, and what charges and invoices use up of each order.
fn charges(all: &Commitments, as_of: Date) -> Result<(Vec<(Category, Money)>, UsedUp), MoneyError> {
    let mut billed: BTreeMap<ChargeId, Money> = BTreeMap::new();
    // What an invoice bills of charges that name an order has used up that order already.
    let mut through_charges: BTreeMap<(ItemId, OrderId), Money> = BTreeMap::new();
    let order_of: BTreeMap<ChargeId, OrderId> =
        all.charges.iter().filter_map(|charge| Some((charge.id, charge.order?))).collect();
    for billing in all.billings.iter().filter(|billing| billing.date <= as_of) {
        let zero = Money::zero(billing.amount.currency());
        let sum = billed.entry(billing.charge).or_insert(zero);
        *sum = sum.plus(billing.amount)?;
        if let Some(order) = order_of.get(&billing.charge) {
            let sum = through_charges.entry((billing.item, *order)).or_insert(zero);
            *sum = sum.plus(billing.amount)?;
        }
    }
    let (mut counted, mut used_up) = (Vec::new(), UsedUp::new());
    let mut uses = |order: OrderId, amount: Money| -> Result<(), MoneyError> {
        let sum = used_up.entry((order, amount.currency())).or_insert(Money::zero(amount.currency()));
        *sum = sum.plus(amount)?;
        Ok(())
    };
    for charge in &all.charges {
        let Some(amount) = charge.amount_at(as_of)? else { continue };
        let billed = billed.get(&charge.id).copied().unwrap_or(Money::zero(amount.currency()));
        let category = match charge.what {
            ChargeKind::Own { .. } => Category::Uninvoiced,
            ChargeKind::AdvancedFreight { .. } => Category::AdvancedFreight,
            ChargeKind::AdvancedDuty { .. } => Category::AdvancedDuty,
            ChargeKind::ContainerDeposit { .. } => Category::ContainerDeposit,
            ChargeKind::Demurrage(_) => Category::Demurrage,
        };
        // More may be billed than was expected: then nothing is left of the charge.
        counted.push((category, amount.minus(billed)?.max(Money::zero(amount.currency()))?));
        if let Some(order) = charge.order {
            uses(order, amount)?;
        }
    }
    for invoice in &all.items {
        if let Some(order) = invoice.order {
            let zero = Money::zero(invoice.amount.currency());
            let through = through_charges.get(&(invoice.item, order)).copied().unwrap_or(zero);
            uses(order, invoice.amount.minus(through)?.max(zero)?)?;
        }
    }
    Ok((counted, used_up))
}

/// What nothing has used up yet of the orders that count.
fn orders(
    (rule, exposure): (&CommitmentRule, &ExposureRule),
    all: &Commitments,
    used_up: &UsedUp,
    as_of: Date,
) -> Result<Vec<Money>, MoneyError> {
    let horizon = plus_days(as_of, u32::from(rule.horizon_days));
    let mut left = Vec::new();
    for order in all.orders.iter().filter(|order| order.confirmed <= as_of) {
        let lapsed = days_between(order.confirmed, as_of) > i32::from(exposure.order_lapse_days);
        // A planned day keeps an order alive until it has come.
        let alive = !lapsed || order.planned.is_some_and(|planned| planned >= as_of);
        if !alive || order.planned.is_some_and(|planned| planned > horizon) {
            continue;
        }
        let zero = Money::zero(order.amount.currency());
        let used = used_up.get(&(order.order, order.amount.currency())).copied().unwrap_or(zero);
        left.push(order.amount.minus(used)?.max(zero)?);
    }
    Ok(left)
}
