//! Cover at work: what a guarantee, a mortgage, a deposit or an insurance is good for today.
//!
//! Incomplete cover counts for nothing and says what is missing: a company's guarantee without its resolution (公司法 15), a
//! mortgage that isn't registered (民法典 402: it exists from registration; 403: against third parties only with it), a
//! policy without a limit for this buyer. Each kind works either as an uplift of the limit or as a deduction from the
//! exposure, never both: the policy names one. Insurance pays its share of a loss up to the buyer's limit, and no more than
//! the policy has left; what it doesn't pay is our own retention.

use super::policy::{Bilingual, Faults, is_share};
use crate::facts::calendar::Date;
use crate::facts::cover::{Cover, CoverKind, Step};
use crate::facts::id::CoverId;
use crate::facts::ledger::Rate;
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use crate::readings::exposure::{ConversionError, convert};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

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
    /// What of the exposure stays with us where insurance is deducted: its uninsured share and what is beyond its limit.
    /// Absent when no insurance is deducted.
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
pub fn covered(
    rule: &CoverRule,
    covers: &[Cover],
    exposure: Money,
    rates: &[Rate],
    as_of: Date,
) -> Result<Covered, MoneyError> {
    let currency = exposure.currency();
    let zero = Money::zero(currency);
    let exposed = exposure.max(zero)?;
    let (mut pieces, mut uplift, mut deduction) = (Vec::new(), zero, zero);
    let mut insured: Option<Money> = None;
    for cover in covers {
        let line = rule.kinds.iter().find(|line| line.kind == cover.what.named());
        let mut gaps = gaps(cover, line, as_of);
        let worth = worth(&cover.what)?;
        if gaps.is_empty() && worth.minor() <= 0 {
            gaps.push(Gap::NothingLeft);
        }
        let converted = converted(worth, currency, rates)?;
        if converted.is_none() {
            gaps.push(Gap::NoRate);
        }
        let worth = converted.unwrap_or(zero);
        let mut counted = zero;
        if let Some(line) = line.filter(|_| gaps.is_empty()) {
            counted = share_of(worth, line.share)?;
            match (line.works, &cover.what) {
                (Works::Uplift, _) => uplift = uplift.plus(counted)?,
                (Works::Deduction, CoverKind::Insurance { share, .. }) => {
                    // It pays its share of what is owed, up to its maximum.
                    counted = counted.min(share_of(share_of(exposed, *share)?, line.share)?)?;
                    insured = Some(insured.unwrap_or(zero).plus(counted)?);
                    deduction = deduction.plus(counted)?;
                }
                (Works::Deduction, _) => deduction = deduction.plus(counted)?,
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
        CoverKind::Insurance { buyer_limit, share, policy_left } => share_of(*buyer_limit, *share)?.min(*policy_left),
    }
}

fn share_of(amount: Money, share: Ratio) -> Result<Money, MoneyError> {
    Money::from_minor(share.times(amount.minor()).ok_or(MoneyError::OutOfRange)?, amount.currency())
}

fn converted(amount: Money, to: Currency, rates: &[Rate]) -> Result<Option<Money>, MoneyError> {
    match convert(amount, to, rates) {
        Ok(amount) => Ok(Some(amount)),
        Err(ConversionError::MissingRate { .. }) => Ok(None),
        Err(ConversionError::Money(error)) => Err(error),
    }
}
