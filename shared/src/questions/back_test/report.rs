//! What a back-test comes to: month by month what was let through and turned away, and what became of it.

use super::sweep::money;
use crate::facts::calendar::{Date, month_start};
use crate::facts::id::{CustomerId, ItemId, OrderId};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use crate::rules::order_check::{Rule, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a back-test answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BackTestReport {
    /// What the champion would have done.
    pub champion: PolicyEffect,
    /// What the challenger would have done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenger: Option<PolicyEffect>,
    /// On how many orders one would have let through what the other turned away.
    pub differing: u64,
    /// The largest of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
}

/// What one policy would have done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PolicyEffect {
    /// The whole period, under its first day.
    pub total: Effect,
    /// Month by month.
    pub months: Vec<Effect>,
    /// What was held or refused, by the rule that decided.
    pub turned_away_by: BTreeMap<Rule, Sum>,
}

/// Orders, and what they come to in the policy's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Sum {
    /// How many.
    pub count: u64,
    /// How much.
    pub amount: Money,
}

/// The orders of a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// Its first day.
    pub month: Date,
    /// Approved.
    pub approved: Sum,
    /// Let through with a warning.
    pub warned: Sum,
    /// Held.
    pub held: Sum,
    /// Refused.
    pub refused: Sum,
    /// What became of the held and refused.
    pub turned_away: Fates,
    /// What became of the others.
    pub let_through: Fates,
    /// What good business turned away would have earned: what was paid, on time or late, times the margin's share.
    pub lost_margin: Money,
}

/// What became of orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Fates {
    /// Paid in time.
    pub good: Sum,
    /// Paid late.
    pub late: Sum,
    /// Lost.
    pub lost: Sum,
    /// Neither paid nor lost so far.
    pub open: Sum,
    /// Never charged.
    pub uncharged: Sum,
    /// What is still open of the lost: the loss that turning away avoids, or letting through takes.
    pub loss: Money,
}

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Everything was paid in time.
    Good,
    /// Everything was paid, something late.
    Late,
    /// Something is still open so long after it was due that it counts as lost.
    Lost,
    /// Something is open and not lost.
    Open,
    /// Nothing was charged.
    Uncharged,
}

/// An order on which two policies differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "BackTestDifference"))]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// Whose.
    pub customer: CustomerId,
    /// What.
    pub subject: Subject,
    /// When.
    pub date: Date,
    /// How much, in the policy's currency.
    pub amount: Money,
    /// What the champion says.
    pub champion: Verdict,
    /// The rule that decides there.
    pub champion_by: Rule,
    /// What the challenger says.
    pub challenger: Verdict,
    /// The rule that decides there.
    pub challenger_by: Rule,
    /// What became of it.
    pub fate: Fate,
}

/// What was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Subject {
    /// An order.
    Order {
        /// Which.
        order: OrderId,
    },
    /// A document that names no order.
    Document {
        /// Its place in the customer's journal, by date.
        place: u32,
        /// Its id, where the journal keeps ids.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<ItemId>,
    },
}

#[derive(Clone, Copy, Default)]
struct Running {
    count: u64,
    minor: i128,
}

impl Running {
    fn add(&mut self, minor: i64) {
        self.count = self.count.saturating_add(1);
        self.minor = self.minor.saturating_add(minor.into());
    }

    fn plus(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.minor = self.minor.saturating_add(other.minor);
    }

    fn sum(self, currency: Currency) -> Result<Sum, MoneyError> {
        Ok(Sum { count: self.count, amount: money(self.minor, currency)? })
    }
}

/// A month as it is counted: by verdict, and by fate of those turned away and let through.
#[derive(Clone, Copy, Default)]
struct Counts {
    verdicts: [Running; 4],
    fates: [[Running; 5]; 2],
    losses: [i128; 2],
}

/// What one policy comes to, as it is counted.
#[derive(Default)]
pub(super) struct Tallied {
    months: BTreeMap<Date, Counts>,
    by_rule: BTreeMap<Rule, Running>,
}

impl Tallied {
    /// Makes a line for a month, so that one without orders is shown too.
    pub fn open(&mut self, month: Date) {
        self.months.entry(month).or_default();
    }

    pub fn add(&mut self, date: Date, minor: i64, verdict: Verdict, rule: Option<Rule>, fate: Fate, loss: i64) {
        let away = verdict >= Verdict::Hold;
        let counts = self.months.entry(month_start(date)).or_default();
        if let Some(running) = counts.verdicts.get_mut(verdict as usize) {
            running.add(minor);
        }
        let side = usize::from(away);
        if let Some(running) = counts.fates.get_mut(side).and_then(|fates| fates.get_mut(fate as usize)) {
            running.add(minor);
        }
        if let Some(sum) = counts.losses.get_mut(side) {
            *sum = sum.saturating_add(loss.into());
        }
        if let Some(rule) = rule.filter(|_| away) {
            self.by_rule.entry(rule).or_default().add(minor);
        }
    }

    pub fn effect(&self, from: Date, share: Ratio, currency: Currency) -> Result<PolicyEffect, MoneyError> {
        let mut all = Counts::default();
        for counts in self.months.values() {
            for (sum, running) in all.verdicts.iter_mut().zip(counts.verdicts) {
                sum.plus(running);
            }
            for (sum, running) in all.fates.iter_mut().flatten().zip(counts.fates.iter().flatten()) {
                sum.plus(*running);
            }
            for (sum, loss) in all.losses.iter_mut().zip(counts.losses) {
                *sum = sum.saturating_add(loss);
            }
        }
        let months: Vec<Effect> = self
            .months
            .iter()
            .map(|(month, counts)| counts.effect(*month, share, currency))
            .collect::<Result<_, MoneyError>>()?;
        let mut total = all.effect(from, share, currency)?;
        // A whole is the sum of its parts, each of which is rounded.
        total.lost_margin = Money::sum(currency, months.iter().map(|month| month.lost_margin))?;
        let by_rule = self.by_rule.iter().map(|(rule, running)| Ok((*rule, running.sum(currency)?)));
        Ok(PolicyEffect { total, months, turned_away_by: by_rule.collect::<Result<_, MoneyError>>()? })
    }
}

impl Counts {
    fn effect(&self, month: Date, share: Ratio, currency: Currency) -> Result<Effect, MoneyError> {
        let [approved, warned, held, refused] = self.verdicts;
        let [through, away] = self.fates;
        let [taken, avoided] = self.losses;
        let [good, late, ..] = away;
        let paid = money(good.minor.saturating_add(late.minor), currency)?;
        let margin = share.times(paid.minor()).ok_or(MoneyError::OutOfRange)?;
        Ok(Effect {
            month,
            approved: approved.sum(currency)?,
            warned: warned.sum(currency)?,
            held: held.sum(currency)?,
            refused: refused.sum(currency)?,
            turned_away: fates(away, avoided, currency)?,
            let_through: fates(through, taken, currency)?,
            lost_margin: Money::from_minor(margin, currency)?,
        })
    }
}

fn fates(
    [good, late, lost, open, uncharged]: [Running; 5],
    unpaid: i128,
    currency: Currency,
) -> Result<Fates, MoneyError> {
    Ok(Fates {
        good: good.sum(currency)?,
        late: late.sum(currency)?,
        lost: lost.sum(currency)?,
        open: open.sum(currency)?,
        uncharged: uncharged.sum(currency)?,
        loss: money(unpaid, currency)?,
    })
}
