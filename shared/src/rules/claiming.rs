//! Receipts to be claimed (待认领到款): whose money is this?
//!
//! Every sign that points to a customer has a weight: an account it has paid from, its registered name, a former name, a
//! letter that says someone pays on its behalf (代付函), a number of its own in the text, an open amount. The signs of each
//! customer are listed and added up; the first is proposed as clear only when it is strong enough and far enough ahead.
//! Nothing is booked by itself: a person claims, or the rule lets clear ones through.
//!
//! Units: weights in points (hundredths), likeness in millionths.
//!
//! Source: our own rule. Likeness of names is Dice's coefficient over pairs of characters (L. R. Dice, *Measures of the
//! Amount of Ecologic Association Between Species*, Ecology 26 (1945)). Signs are added up because each of them may be
//! wrong by itself, and two thresholds are asked because a strong sign for one customer says nothing while another has
//! as strong a one.

use super::allocation::Debt;
use super::policy::{Bilingual, Faults};
use crate::facts::calendar::Date;
use crate::facts::id::{CustomerId, ItemId};
use crate::facts::money_in::{OnBehalf, Unclaimed};
use crate::facts::naming::{folded, likeness, plain_name, stands_in};
use crate::facts::number::{Points, Ratio};
use serde::{Deserialize, Serialize};

/// How money is matched with customers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClaimingRule {
    /// Why these numbers.
    pub note: Bilingual,
    /// What each sign weighs.
    pub weights: Weights,
    /// A name that is only like the customer's must be at least this alike.
    pub alike_at_least: Ratio,
    /// A proposal is clear from this weight on …
    pub clear_from: Points,
    /// … and when the next customer is at least so far behind.
    pub ahead_by: Points,
}

/// What each sign weighs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// It has paid from this account before.
    pub account: Points,
    /// The payer's name is its registered name.
    pub name: Points,
    /// The payer's name is a former name or alias of it.
    pub alias: Points,
    /// A letter says that the payer pays on its behalf.
    pub on_behalf: Points,
    /// The payer's name is like its own.
    pub alike: Points,
    /// The text names a document of it.
    pub number: Points,
    /// A document of it is open with just this amount.
    pub amount: Points,
    /// All that it owes in this currency, or all that is due, is just this amount.
    pub balance: Points,
}

/// A customer, as far as money can point to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ClaimCandidate"))]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// Who.
    pub customer: CustomerId,
    /// Its registered name.
    pub name: String,
    /// Former names, aliases, the name in Latin letters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Accounts that it has paid from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<String>,
    /// Who pays on its behalf, by letter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_behalf: Vec<OnBehalf>,
    /// What it has open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<Debt>,
}

/// What points to a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ClaimSign"))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Sign {
    /// It has paid from this account.
    Account,
    /// The payer has its name.
    Name,
    /// The payer has this former name or alias of it.
    Alias {
        /// Which.
        name: String,
    },
    /// A letter says that the payer pays for it.
    OnBehalf {
        /// Until when.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// The payer's name is like its own.
    Alike {
        /// How much: shared pairs of neighbouring characters (Dice's coefficient).
        likeness: Ratio,
    },
    /// The text names this document.
    Number {
        /// Which.
        item: ItemId,
        /// As this.
        number: String,
    },
    /// This document has the amount.
    Amount {
        /// Which.
        item: ItemId,
    },
    /// All that it owes, or all that is due, is the amount.
    Balance {
        /// Whether only what is due.
        due_only: bool,
    },
}

/// A customer that the money may be from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Match {
    /// Who.
    pub customer: CustomerId,
    /// The weight of all signs.
    pub weight: Points,
    /// The signs, each kind once.
    pub signs: Vec<Sign>,
}

/// Whose the money may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The customer whose it clearly is; absent when it isn't clear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clear: Option<CustomerId>,
    /// Everyone that anything points to, the heaviest first; of equal weight the smaller id.
    pub matches: Vec<Match>,
}

impl ClaimingRule {
    pub(super) fn check(&self, faults: &mut Faults) {
        let weights = [
            ("account", self.weights.account),
            ("name", self.weights.name),
            ("alias", self.weights.alias),
            ("on_behalf", self.weights.on_behalf),
            ("alike", self.weights.alike),
            ("number", self.weights.number),
            ("amount", self.weights.amount),
            ("balance", self.weights.balance),
        ];
        for (name, weight) in weights {
            let path = format!("claiming.weights.{name}");
            faults.unless(weight >= Points::ZERO, &path, format_args!("must not be negative"));
        }
        let share = super::policy::is_share(self.alike_at_least);
        faults.unless(share, "claiming.alike_at_least", format_args!("must lie between 0 and 1"));
        faults.unless(self.clear_from > Points::ZERO, "claiming.clear_from", format_args!("must be positive"));
        faults.unless(self.ahead_by > Points::ZERO, "claiming.ahead_by", format_args!("must be positive"));
    }

    fn weight(&self, sign: &Sign) -> Points {
        match sign {
            Sign::Account => self.weights.account,
            Sign::Name => self.weights.name,
            Sign::Alias { .. } => self.weights.alias,
            Sign::OnBehalf { .. } => self.weights.on_behalf,
            Sign::Alike { .. } => self.weights.alike,
            Sign::Number { .. } => self.weights.number,
            Sign::Amount { .. } => self.weights.amount,
            Sign::Balance { .. } => self.weights.balance,
        }
    }
}

/// Proposes whose the money is.
pub fn claim(rule: &ClaimingRule, money: &Unclaimed, candidates: &[Candidate]) -> Claim {
    let mut matches: Vec<Match> = candidates
        .iter()
        .map(|candidate| {
            let signs = signs(rule, money, candidate);
            let weight = signs.iter().fold(0_i32, |sum, sign| sum.saturating_add(rule.weight(sign).units()));
            Match { customer: candidate.customer, weight: Points::from_units(weight), signs }
        })
        .filter(|found| !found.signs.is_empty())
        .collect();
    matches.sort_by(|a, b| b.weight.cmp(&a.weight).then(a.customer.cmp(&b.customer)));
    let next = matches.get(1).map_or(0, |found| found.weight.units());
    let clear = matches.first().filter(|first| {
        let ahead = first.weight.units().saturating_sub(next);
        first.weight >= rule.clear_from && ahead >= rule.ahead_by.units()
    });
    Claim { clear: clear.map(|first| first.customer), matches }
}

fn signs(rule: &ClaimingRule, money: &Unclaimed, candidate: &Candidate) -> Vec<Sign> {
    let mut signs = Vec::new();
    let digits = |account: &str| account.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    if let Some(account) = money.account.as_deref().map(digits).filter(|account| !account.is_empty())
        && candidate.accounts.iter().any(|known| digits(known) == account)
    {
        signs.push(Sign::Account);
    }
    let payer = plain_name(&money.payer);
    signs.extend(by_name(rule, &payer, candidate));
    let stands = |letter: &&OnBehalf| {
        let now = letter.from <= money.date && letter.until.is_none_or(|until| money.date <= until);
        now && !payer.is_empty() && plain_name(&letter.payer) == payer
    };
    if let Some(letter) = candidate.on_behalf.iter().find(stands) {
        signs.push(Sign::OnBehalf { until: letter.until });
    }
    let text = folded(&money.text);
    let named = candidate.open.iter().find_map(|document| {
        let called = [Some(document.number.as_str()), document.reference.as_deref()];
        // Fewer than four characters stand in many texts by chance.
        let mut called = called.into_iter().flatten().filter(|name| name.chars().count() >= 4);
        let number = called.find(|name| stands_in(&text, &folded(name)))?;
        Some(Sign::Number { item: document.item, number: number.to_owned() })
    });
    signs.extend(named);
    if let Some(document) = candidate.open.iter().find(|document| document.open == money.amount) {
        signs.push(Sign::Amount { item: document.item });
    }
    let same = |document: &&Debt| document.open.currency() == money.amount.currency();
    for due_only in [false, true] {
        let counted: Vec<i64> = candidate
            .open
            .iter()
            .filter(same)
            .filter(|document| !due_only || document.due < money.date)
            .map(|document| document.open.minor())
            .collect();
        let sum = counted.iter().fold(0_i64, |sum, minor| sum.saturating_add(*minor));
        // A balance of one document is that document's amount.
        if counted.len() > 1 && sum == money.amount.minor() {
            signs.push(Sign::Balance { due_only });
            break;
        }
    }
    signs
}

/// The best that the payer's name says: its own, an alias, or one like its own.
fn by_name(rule: &ClaimingRule, payer: &str, candidate: &Candidate) -> Option<Sign> {
    if payer.is_empty() {
        return None;
    }
    let own = plain_name(&candidate.name);
    if own == payer {
        return Some(Sign::Name);
    }
    if let Some(alias) = candidate.aliases.iter().find(|alias| plain_name(alias) == payer) {
        return Some(Sign::Alias { name: alias.clone() });
    }
    let likeness = likeness(payer, &own)?;
    (likeness >= rule.alike_at_least).then_some(Sign::Alike { likeness })
}
