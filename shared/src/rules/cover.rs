//! Cover at work: what a guarantee, a mortgage, a deposit or an insurance is good for today.
//!
//! Incomplete cover counts for nothing and says what is missing: a company's guarantee without its resolution (公司法 2023年
//! 修订 15; without having looked at it the creditor isn't in good faith, 民法典担保制度解释 第七条, and the exceptions of its
//! 第八条 are for legal to judge), a mortgage that isn't registered (of land and buildings it exists from registration, 民法典
//! 402; of movables only registration holds against third parties in good faith, 403), a policy without a limit for this buyer. Each kind works either as an uplift of the limit or as a deduction from the
//! exposure, never both: the policy names one. Insurance pays its share of a loss up to the buyer's limit, and no more than
//! the policy has left; what it doesn't pay is our own retention.

use super::policy::{Bilingual, Faults, is_share};
use crate::facts::calendar::Date;
use crate::facts::cover::{Cover, CoverKind, Step};
use crate::facts::id::CoverId;
use crate::facts::ledger::Rate;
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use crate::readings::exchange::{ConversionError, RatesOn};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

pub use crate::facts::cover::Works;

/// What cover is good for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CoverRule {
    /// Why these numbers.
    pub note: Bilingual,
    /// By kind; a kind that isn't named counts for nothing.
    pub kinds: Vec<CoverLine>,
}

/// What one kind of cover is good for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CoverLine {
    /// The kind.
    pub kind: KindOfCover,
    /// How it works.
    pub works: Works,
    /// The share of its value that counts (折扣率); of insurance it comes on top of the insured share.
    pub share: Ratio,
    /// What must have been done; a company's guarantee needs its resolution besides.
    pub needs: BTreeSet<Step>,
}

/// The kinds of cover, as rules name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum KindOfCover {
    /// A guarantee.
    Guarantee,
    /// A mortgage.
    Mortgage,
    /// A pledge.
    Pledge,
    /// A deposit.
    Deposit,
    /// A bank's letter.
    BankLetter,
    /// Credit insurance.
    Insurance,
}

/// Why cover counts for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CoverGap"))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Gap {
    /// This hasn't been done.
    Missing {
        /// What.
        step: Step,
    },
    /// It begins later.
    NotYet {
        /// When.
        from: Date,
    },
    /// It has run out.
    Expired {
        /// When.
        until: Date,
    },
    /// The policy doesn't count this kind.
    KindNotCounted,
    /// Nothing is left of it: what ranks before us takes it all, or the insurer's yearly maximum is used up.
    NothingLeft,
    /// No rate into the limit's currency is known.
    NoRate,
    /// Further sales aren't insured: a document is past due for too long.
    ShipmentStopped {
        /// Since when.
        since: Date,
    },
    /// Sales of a month weren't declared in time.
    Undeclared {
        /// The month's last day.
        month: Date,
        /// The last day for it.
        until: Date,
    },
}

/// What a piece of cover is good for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CoverCounted {
    /// Which.
    pub id: CoverId,
    /// Its kind.
    pub kind: KindOfCover,
    /// How it works; absent for a kind that isn't counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub works: Option<Works>,
    /// What it counts for, in the limit's currency.
    pub counted: Money,
    /// Why that is nothing; empty when it isn't.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
}

/// All cover of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Covered {
    /// Piece by piece.
    pub pieces: Vec<CoverCounted>,
    /// What raises the limit.
    pub uplift: Money,
    /// What is deducted from the exposure; never more than the exposure.
    pub deduction: Money,
    /// What of the exposure stays with us where it is insured: its uninsured share and what is beyond the insurance's limit,
    /// whichever way the insurance works. Absent when no insurance counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_retention: Option<Money>,
}

impl CoverKind {
    /// Its kind, as rules name it.
    pub const fn named(&self) -> KindOfCover {
        match self {
            Self::Guarantee { .. } => KindOfCover::Guarantee,
            Self::Mortgage { .. } => KindOfCover::Mortgage,
            Self::Pledge { .. } => KindOfCover::Pledge,
            Self::Deposit { .. } => KindOfCover::Deposit,
            Self::BankLetter { .. } => KindOfCover::BankLetter,
            Self::Insurance { .. } => KindOfCover::Insurance,
        }
    }
}

impl CoverRule {
    pub(super) fn check(&self, faults: &mut Faults) {
        for (i, line) in self.kinds.iter().enumerate() {
            let path = format!("cover.kinds[{i}]");
            faults.unless(is_share(line.share), &format!("{path}.share"), format_args!("must lie between 0 and 1"));
            let twice = self.kinds.iter().take(i).any(|other| other.kind == line.kind);
            faults.unless(!twice, &format!("{path}.kind"), format_args!("stands twice"));
        }
    }
}

/// Reads what a customer's cover is good for against an exposure, both in the currency of the exposure.
///
/// # Errors
///
/// [`MoneyError`] when a piece's own amounts are in several currencies, or a sum leaves the range. A missing rate is no
/// error: that piece counts for nothing and says so.
pub fn covered(
    rule: &CoverRule,
    covers: &[Cover],
    exposure: Money,
    rates: &[Rate],
    as_of: Date,
) -> Result<Covered, MoneyError> {
    covered_beside(rule, covers, &BTreeMap::new(), exposure, rates, as_of)
}

/// The same with what the conditions of each insurance come to, see [`super::insurance::uninsured`]: cover that raises the limit
/// counts for nothing while further sales aren't insured; what is owed already stays deducted.
///
/// # Errors
///
/// As [`covered`].
pub fn covered_beside(
    rule: &CoverRule,
    covers: &[Cover],
    beside: &BTreeMap<CoverId, Vec<Gap>>,
    exposure: Money,
    rates: &[Rate],
    as_of: Date,
) -> Result<Covered, MoneyError> {
    let (currency, rates) = (exposure.currency(), RatesOn::new(rates, as_of));
    let zero = Money::zero(currency);
    let exposed = exposure.max(zero)?;
    let (mut pieces, mut uplift, mut deduction) = (Vec::new(), zero, zero);
    let mut insured: Option<Money> = None;
    for cover in covers {
        let line = rule.kinds.iter().find(|line| line.kind == cover.what.named());
        let mut gaps = gaps(cover, line, as_of);
        if line.is_some_and(|line| line.works == Works::Uplift) {
            gaps.extend(beside.get(&cover.id).into_iter().flatten().copied());
        }
        let worth = worth(&cover.what)?;
        if gaps.is_empty() && worth.minor() <= 0 {
            gaps.push(Gap::NothingLeft);
        }
        let converted = converted(worth, currency, &rates)?;
        if converted.is_none() {
            gaps.push(Gap::NoRate);
        }
        let worth = converted.unwrap_or(zero);
        let mut counted = zero;
        if let Some(line) = line.filter(|_| gaps.is_empty()) {
            counted = share_of(worth, line.share)?;
            // An insurance pays its share of what is owed, up to its maximum.
            let paid = match &cover.what {
                CoverKind::Insurance { share, .. } => {
                    Some(counted.min(share_of(share_of(exposed, *share)?, line.share)?)?)
                }
                _ => None,
            };
            if let Some(paid) = paid {
                insured = Some(insured.unwrap_or(zero).plus(paid)?);
            }
            match line.works {
                Works::Uplift => uplift = uplift.plus(counted)?,
                Works::Deduction => {
                    counted = paid.unwrap_or(counted);
                    deduction = deduction.plus(counted)?;
                }
            }
        }
        let works = line.map(|line| line.works);
        pieces.push(CoverCounted { id: cover.id, kind: cover.what.named(), works, counted, gaps });
    }
    let deduction = deduction.min(exposed)?;
    let own_retention = insured.map(|insured| exposed.minus(insured)?.max(zero)).transpose()?;
    Ok(Covered { pieces, uplift, deduction, own_retention })
}

fn gaps(cover: &Cover, line: Option<&CoverLine>, as_of: Date) -> Vec<Gap> {
    let Some(line) = line else { return vec![Gap::KindNotCounted] };
    let mut gaps = Vec::new();
    if as_of < cover.from {
        gaps.push(Gap::NotYet { from: cover.from });
    }
    if let Some(until) = cover.until.filter(|until| as_of > *until) {
        gaps.push(Gap::Expired { until });
    }
    let company = matches!(cover.what, CoverKind::Guarantee { by_company: true, .. });
    let resolution = Some(Step::Resolution).filter(|_| company);
    let needed: BTreeSet<Step> = line.needs.iter().copied().chain(resolution).collect();
    gaps.extend(needed.difference(&cover.done).map(|step| Gap::Missing { step: *step }));
    gaps
}

/// The most that it can bring, before the policy's own share.
fn worth(kind: &CoverKind) -> Result<Money, MoneyError> {
    match kind {
        CoverKind::Guarantee { amount, .. } | CoverKind::Deposit { amount } | CoverKind::BankLetter { amount } => {
            Ok(*amount)
        }
        CoverKind::Pledge { value } => Ok(*value),
        CoverKind::Mortgage { value, before_us } => before_us.map_or(Ok(*value), |before| value.minus(before)),
        CoverKind::Insurance { buyer_limit, share, policy_left, .. } => {
            share_of(*buyer_limit, *share)?.min(*policy_left)
        }
    }
}

fn share_of(amount: Money, share: Ratio) -> Result<Money, MoneyError> {
    Money::from_minor(share.times(amount.minor()).ok_or(MoneyError::OutOfRange)?, amount.currency())
}

fn converted(amount: Money, to: Currency, rates: &RatesOn<'_>) -> Result<Option<Money>, MoneyError> {
    match rates.convert(amount, to) {
        Ok(amount) => Ok(Some(amount)),
        Err(ConversionError::MissingRate { .. }) => Ok(None),
        Err(ConversionError::Money(error)) => Err(error),
    }
}
