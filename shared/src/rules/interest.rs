//! Late interest: what an unpaid document has cost since it fell due, line by line.
//!
//! Interest is simple (never interest on interest), from the day after the due date to the day of payment, both counted, on
//! the balance of each segment: a payment lowers the balance from the next day on. A new segment begins when the balance,
//! the rate or the rule changes. The rate comes from
//!
//! - an agreement: by the year or by the day (民法典 585, 第一款);
//! - the LPR at the breach, times a factor: where a sale's contract is silent a court may take the one-year LPR at the time
//!   of the breach and add 30–50 % (买卖合同司法解释, 法释〔2020〕17号, 第十八条第四款; other contracts for consideration follow
//!   those on sales, 民法典 646);
//! - the LPR as it changed, segment by segment, times a factor;
//! - 0.05 % a day where a public body or a large enterprise owes a small or medium one and nothing was agreed, and never less
//!   than the one-year LPR at the contract's date where something was (保障中小企业款项支付条例, 2025年修订, in force from 1 June
//!   2025, 第十七条; from 1 September 2020 第十五条 said the same);
//! - 0.0175 % a day, the doubled part of a judgment debt (民事诉讼法 2023年修正 264, 法释〔2014〕8号 第一条), on what the judgment
//!   orders less the ordinary interest; days on which enforcement was suspended other than at the debtor's wish don't count
//!   (第三条第三款).
//!
//! Interest stops when a bankruptcy petition is accepted (企业破产法 46, 第二款). It is rounded once, at the end, by default, and the
//! lines are then rounded so that they add up to the total (largest remainder). By default it is an internal memo; it is
//! claimed only where the rule says so.

mod answer;
mod parts;
mod rate;

use super::policy::{Bilingual, Faults};
use crate::facts::calendar::{Date, days_between, minus_days, plus_days};
use crate::facts::money::{Money, MoneyError};
use crate::facts::number::Ratio;
use crate::facts::overdue::Overdue;
use crate::facts::reference_rate::{ReferenceRate, Tenor};
use crate::facts::waiver::{AfterWaiver, given_up};
use crate::readings::journal::JournalError;
pub use answer::{Caveat, InterestLine, LateInterest, Per, RateSource};
use parts::{DENOMINATOR, bound, rounded_each, rounded_once};
use rate::{Charge, charge_on};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The version of this function, written into every answer.
pub const VERSION: &str = "late_interest/1";

/// The ways of charging interest that a company knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InterestRules {
    /// The method where the agreement names none.
    pub default: String,
    /// A quoted LPR older than this many days is pointed out: a publication seems to be missing.
    pub quote_days: u16,
    /// The methods; an agreement names one, or brings its own rule.
    pub methods: Vec<InterestMethod>,
}

/// A named way of charging interest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InterestMethod {
    /// Its name.
    pub name: String,
    /// How it works.
    pub rule: InterestRule,
}

/// How interest is charged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InterestRule {
    /// The clause or the law that gives it, in words that a customer may read.
    pub ground: Bilingual,
    /// The rate.
    pub rate: RateRule,
    /// An agreed rate is never less than this, measured at the contract's date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<LprMultiple>,
    /// What bounds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<InterestCap>,
    /// How many days a yearly rate is spread over.
    pub day_base: DayBase,
    /// When it is rounded.
    pub rounding: Rounding,
    /// Whether it is claimed.
    pub stand: Stand,
}

/// Where the rate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum RateRule {
    /// By the year.
    Yearly {
        /// `0.06` is 6 %.
        rate: Ratio,
    },
    /// By the day.
    Daily {
        /// `0.0005` is 0.05 %.
        rate: Ratio,
    },
    /// The LPR in force on the first late day, for the whole time.
    LprAtBreach(LprMultiple),
    /// The LPR in force at the contract's date, for the whole time.
    LprAtContract(LprMultiple),
    /// The LPR of each day.
    LprSplit(LprMultiple),
}

/// A multiple of a published rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LprMultiple {
    /// Which.
    pub tenor: Tenor,
    /// Times what: `1.3` adds 30 %.
    pub multiple: Ratio,
}

/// What bounds interest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InterestCap {
    /// No more than this by the year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yearly: Option<Ratio>,
    /// No more than a multiple of the LPR of each day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lpr: Option<LprMultiple>,
    /// No more, in all, than this share of the amount that fell due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_principal: Option<Ratio>,
}

/// How many days a yearly rate is spread over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "u16", into = "u16")]
pub enum DayBase {
    /// 365, leap year or not.
    Days365,
    /// 360, as banks do.
    Days360,
}

impl TryFrom<u16> for DayBase {
    type Error = String;
    fn try_from(days: u16) -> Result<Self, String> {
        match days {
            365 => Ok(Self::Days365),
            360 => Ok(Self::Days360),
            other => Err(format!("a day base is 365 or 360, not {other}")),
        }
    }
}

impl From<DayBase> for u16 {
    fn from(base: DayBase) -> Self {
        match base {
            DayBase::Days365 => 365,
            DayBase::Days360 => 360,
        }
    }
}

/// When interest is rounded, half up to the minor unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// The total, once; lines are split from it.
    Once,
    /// Every line; the total is their sum.
    EachLine,
}

/// Whether interest is claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stand {
    /// An internal memo: the customer isn't asked for it.
    Memo,
    /// The customer is asked for it.
    Claimed,
}

/// A rule and the day from which it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RuleInForce {
    /// Its first day.
    pub from: Date,
    /// The rule.
    pub rule: InterestRule,
}

/// Why interest cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InterestError {
    /// No method of that name.
    #[error("method: there is no interest method '{0}'")]
    UnknownMethod(String),
    /// The rule looks at the contract's date.
    #[error("contracted: the rule needs the contract's date, which is missing")]
    MissingContractDate,
    /// Nothing was published yet.
    #[error("rates: no LPR of {0:?} is known for {1}")]
    MissingQuote(Tenor, Date),
    /// A sum left the range of money, or currencies were mixed.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The ledger doesn't fit together.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl InterestRules {
    /// The method of a name, or the default one.
    ///
    /// # Errors
    ///
    /// [`InterestError::UnknownMethod`] when no method has the name.
    pub fn method(&self, name: Option<&str>) -> Result<&InterestRule, InterestError> {
        let name = name.unwrap_or(&self.default);
        let found = self.methods.iter().find(|method| method.name == name);
        found.map(|method| &method.rule).ok_or_else(|| InterestError::UnknownMethod(name.to_owned()))
    }

    /// Reports what is wrong with the rules.
    pub(super) fn check(&self, faults: &mut Faults) {
        let known = self.methods.iter().any(|method| method.name == self.default);
        faults.unless(known, "interest.default", format_args!("'{}' is no method of this policy", self.default));
        faults.unless(self.quote_days > 0, "interest.quote_days", format_args!("must be at least 1"));
        for (i, method) in self.methods.iter().enumerate() {
            let at = |field: &str| format!("interest.methods[{i}].{field}");
            let twice = self.methods.iter().take(i).any(|other| other.name == method.name);
            faults.unless(!twice, &at("name"), format_args!("'{}' stands twice", method.name));
            method.rule.check(faults, &at("rule"));
        }
    }
}

impl InterestRule {
    fn check(&self, faults: &mut Faults, path: &str) {
        let mut positive = |number: Ratio, field: &str| {
            faults.unless(number > Ratio::ZERO, &format!("{path}.{field}"), format_args!("must be positive"));
        };
        match self.rate {
            RateRule::Yearly { rate } | RateRule::Daily { rate } => positive(rate, "rate.rate"),
            RateRule::LprAtBreach(lpr) | RateRule::LprAtContract(lpr) | RateRule::LprSplit(lpr) => {
                positive(lpr.multiple, "rate.multiple");
            }
        }
        if let Some(floor) = self.floor {
            positive(floor.multiple, "floor.multiple");
        }
        let cap = self.cap.clone().unwrap_or_default();
        for (number, field) in [(cap.yearly, "cap.yearly"), (cap.of_principal, "cap.of_principal")] {
            if let Some(number) = number {
                positive(number, field);
            }
        }
        if let Some(lpr) = cap.lpr {
            positive(lpr.multiple, "cap.lpr.multiple");
        }
        // Interest is asked for under a named clause or law only.
        let named = !self.ground.zh.trim().is_empty() && !self.ground.en.trim().is_empty();
        let claimed = self.stand == Stand::Claimed;
        faults.unless(named || !claimed, &format!("{path}.ground"), format_args!("must name the clause or the law"));
    }
}

/// Charges interest up to and including `to`. Each day is charged under the rule in force on it (none: no interest); the
/// newest rule decides on rounding, on the cap on the whole, and on whether it is claimed. `rates` are the publications that
/// the book knows, in any order; one older than `quote_days` is pointed out.
///
/// # Errors
///
/// [`InterestError::MissingQuote`] when a rate by the LPR has no publication for its day,
/// [`InterestError::MissingContractDate`] when a rule looks at the contract's date and there is none,
/// [`InterestError::Money`] when amounts are in several currencies or leave the range.
pub fn late_interest(
    overdue: &Overdue,
    rules: &[RuleInForce],
    rates: &[ReferenceRate],
    quote_days: u16,
    to: Date,
) -> Result<LateInterest, InterestError> {
    let currency = overdue.principal.currency();
    let from = plus_days(overdue.due, 1);
    let to_charged = overdue.bankrupt.map_or(to, |day| to.min(minus_days(day, 1)));
    let rule_on = |day: Date| rules.iter().filter(|rule| rule.from <= day).max_by_key(|rule| rule.from);
    let mut caveats = Vec::new();
    let mut stretches: Vec<(InterestLine, i128)> = Vec::new();
    for (first, last) in stretches_between(overdue, rules, rates, from, to_charged) {
        let balance = balance_on(overdue, first)?;
        let paused = overdue.paused.iter().any(|pause| (pause.from..=pause.to).contains(&first));
        let Some(RuleInForce { rule, .. }) = rule_on(first) else { continue };
        if paused || balance.minor() <= 0 {
            continue;
        }
        let (Charge { rate, per, source }, looked_up) = charge_on(rule, overdue, rates, (first, last))?;
        for (published, day) in looked_up {
            let old = Caveat::OldQuote { published };
            if days_between(published, day) > i32::from(quote_days) && !caveats.contains(&old) {
                caveats.push(old);
            }
        }
        let days = days_between(first, last).saturating_add(1);
        let ground = rule.ground.clone();
        let line = InterestLine {
            from: first,
            to: last,
            days,
            balance,
            rate,
            per,
            source,
            ground,
            amount: Money::zero(currency),
        };
        match stretches.last_mut() {
            Some((before, _)) if continues(before, &line) => {
                before.to = last;
                before.days = before.days.saturating_add(days);
            }
            _ => stretches.push((line, 0)),
        }
    }
    for (line, exact) in &mut stretches {
        *exact = [i128::from(line.rate.units()), i128::from(line.days), line.per.weight()]
            .into_iter()
            .try_fold(i128::from(line.balance.minor()), i128::checked_mul)
            .ok_or(MoneyError::OutOfRange)?;
    }
    let last_rule = rule_on(to).map(|rule| &rule.rule);
    let share = last_rule.and_then(|rule| rule.cap.as_ref()).and_then(|cap| cap.of_principal);
    let mut most = None;
    if let Some(share) = share {
        let minor = share.times(overdue.principal.minor().max(0)).ok_or(MoneyError::OutOfRange)?;
        let cap = Money::from_minor(minor, currency)?;
        most = Some(i128::from(minor));
        if bound(&mut stretches, i128::from(minor).checked_mul(DENOMINATOR).ok_or(MoneyError::OutOfRange)?) {
            caveats.push(Caveat::CapReached { cap });
        }
    }
    if let Some(date) = overdue.bankrupt.filter(|day| *day <= to) {
        caveats.push(Caveat::Bankrupt { date });
    }
    let exact: Vec<i128> = stretches.iter().map(|(_, exact)| *exact).collect();
    let amounts = match last_rule.map_or(Rounding::Once, |rule| rule.rounding) {
        Rounding::Once => rounded_once(&exact)?,
        Rounding::EachLine => rounded_each(&exact, most),
    };
    let mut lines = Vec::new();
    for ((mut line, _), minor) in stretches.into_iter().zip(amounts) {
        line.amount = Money::from_minor(i64::try_from(minor).map_err(|_| MoneyError::OutOfRange)?, currency)?;
        lines.push(line);
    }
    let accrued = Money::sum(currency, lines.iter().map(|line| line.amount))?;
    let AfterWaiver { waived, net, .. } = AfterWaiver::of(accrued, given_up(accrued, &overdue.waivers, to)?)?;
    Ok(LateInterest {
        version: VERSION.to_owned(),
        lines,
        accrued,
        waived,
        remaining: net,
        balance: balance_on(overdue, plus_days(to, 1))?,
        stand: last_rule.map_or(Stand::Memo, |rule| rule.stand),
        caveats,
    })
}

/// The days from `from` to `to` cut wherever something may change.
fn stretches_between(
    overdue: &Overdue,
    rules: &[RuleInForce],
    rates: &[ReferenceRate],
    from: Date,
    to: Date,
) -> Vec<(Date, Date)> {
    if from > to {
        return Vec::new();
    }
    let mut starts: BTreeSet<Date> = overdue.payments.iter().map(|payment| plus_days(payment.date, 1)).collect();
    starts.extend(overdue.paused.iter().flat_map(|pause| [pause.from, plus_days(pause.to, 1)]));
    starts.extend(rules.iter().map(|rule| rule.from));
    // A publication only matters to a rule that moves with it.
    let moves = |tenor: Tenor| {
        rules.iter().any(|RuleInForce { rule, .. }| {
            let cap = rule.cap.as_ref().and_then(|cap| cap.lpr);
            let split = if let RateRule::LprSplit(lpr) = rule.rate { Some(lpr) } else { None };
            [split, cap].into_iter().flatten().any(|lpr| lpr.tenor == tenor)
        })
    };
    starts.extend(rates.iter().filter(|rate| moves(rate.tenor)).map(|rate| rate.date));
    starts.retain(|day| *day > from && *day <= to);
    starts.insert(from);
    let firsts: Vec<Date> = starts.into_iter().collect();
    let lasts = firsts.iter().skip(1).map(|next| next.pred_opt().unwrap_or(*next)).chain([to]);
    firsts.iter().copied().zip(lasts).collect()
}

/// What is owed of the principal on a day: a payment lowers it from the next day on.
fn balance_on(overdue: &Overdue, day: Date) -> Result<Money, MoneyError> {
    let paid = overdue.payments.iter().filter(|payment| payment.date < day).map(|payment| payment.amount);
    overdue.principal.minus(Money::sum(overdue.principal.currency(), paid)?)
}

/// Whether a stretch only continues the one before it: a publication that changed nothing begins no new line.
fn continues(before: &InterestLine, line: &InterestLine) -> bool {
    let same_source = match (before.source, line.source) {
        (RateSource::Lpr { .. }, RateSource::Lpr { .. }) | (RateSource::LprCap { .. }, RateSource::LprCap { .. }) => {
            true
        }
        (a, b) => a == b,
    };
    plus_days(before.to, 1) == line.from
        && (before.balance, before.rate, before.per) == (line.balance, line.rate, line.per)
        && same_source
        && before.ground == line.ground
}
