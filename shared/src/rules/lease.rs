//! Leases (离线授信凭证): credit set aside for one device, so that what it approves without a signal is good.
//!
//! A lease is for one customer, one device, one amount and one policy version. The device stops at its end; the edge keeps
//! the amount reserved for a grace after it, so that approvals made in time and delivered late are still covered. Those are
//! honoured, and flagged when the customer was frozen meanwhile. A clock that ran backwards closes a lease for good, since
//! nothing that follows can be dated: set right again it doesn't open. Time is an argument: minutes since 1970 in UTC.

use super::policy::{Bilingual, Faults, is_share};
use crate::facts::id::{CustomerId, LeaseId};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use serde::{Deserialize, Serialize};

/// Minutes since 1970 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Minute(pub i64);

/// How leases are given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LeaseRule {
    /// Why these numbers.
    pub note: Bilingual,
    /// Whether any are.
    pub on: bool,
    /// The most that one lease holds.
    pub cap: Money,
    /// The most of a customer's available credit that all its leases hold together.
    pub share: Ratio,
    /// How long it is good, in hours.
    pub hours: u16,
    /// How long the edge keeps it reserved after that, in hours.
    pub grace_hours: u16,
}

/// A lease.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Lease {
    /// Its id.
    pub id: LeaseId,
    /// Whose credit it is.
    pub customer: CustomerId,
    /// The device that may spend it.
    pub device: String,
    /// The digest of the policy that the device judges by.
    pub policy: String,
    /// How much.
    pub amount: Money,
    /// When it was given.
    pub given: Minute,
    /// When the device stops.
    pub ends: Minute,
    /// Until when the edge keeps it reserved.
    pub reserved_until: Minute,
}

/// What was spent of a lease on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Spent {
    /// How much so far.
    pub amount: Money,
    /// The latest time that the device's clock has shown.
    pub latest: Minute,
    /// Set once the clock ran backwards: nothing is spent any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
}

/// What came of asking to spend: what the device keeps from now on, whatever the answer, and why nothing was spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Spending {
    /// What is kept.
    pub spent: Spent,
    /// Absent when it was spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<LeaseRefusal>,
}

/// Who asks to spend, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spender<'a> {
    /// The device.
    pub device: &'a str,
    /// The digest of the policy that it judges by.
    pub policy: &'a str,
    /// What its clock shows.
    pub now: Minute,
}

/// Why a lease isn't given or can't be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum LeaseRefusal {
    /// The policy gives none.
    Off,
    /// No credit is left for one.
    NoCredit,
    /// It has ended.
    Ended {
        /// When.
        ends: Minute,
    },
    /// The clock ran backwards, now or before; the lease is closed.
    ClockBackwards {
        /// What it has shown.
        latest: Minute,
    },
    /// It is another device's.
    OtherDevice,
    /// The policy in force is another one.
    OtherPolicy,
    /// More than is left.
    NotEnough {
        /// What is left.
        left: Money,
    },
    /// Nothing was asked for, or less than nothing.
    NothingAsked,
}

/// An approval that a device made on a lease, delivered to the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LeasedApproval {
    /// When the device made it.
    pub made: Minute,
    /// When it reached the edge.
    pub delivered: Minute,
    /// How much.
    pub amount: Money,
    /// What had been honoured of the lease before.
    pub before: Money,
}

/// What becomes of such an approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Honour {
    /// It is good.
    Honoured {
        /// The customer was frozen before it was delivered: someone should look.
        flagged: bool,
    },
    /// It was made before the lease was given or after it ended.
    OutsideLease,
    /// It came after the grace; it is judged anew like any other order.
    TooLate,
    /// It is more than the lease had left.
    NotEnough {
        /// What was left.
        left: Money,
    },
}

impl LeaseRule {
    pub(super) fn check(&self, currency: Currency, faults: &mut Faults) {
        faults.amount(self.cap, currency, "lease.cap");
        faults.unless(is_share(self.share), "lease.share", format_args!("must lie between 0 and 1"));
        faults.unless(self.hours > 0, "lease.hours", format_args!("must be at least 1"));
    }

    /// How much a lease may hold: what was asked, the cap, and the share of the available credit less what other leases of
    /// the customer hold, whichever is least.
    ///
    /// # Errors
    ///
    /// [`MoneyError`] when asked, available and leased aren't all in the cap's currency, or a share leaves the range.
    /// Why no lease is given is an answer: [`LeaseRefusal`].
    pub fn amount(
        &self,
        asked: Money,
        available: Money,
        leased: Money,
    ) -> Result<Result<Money, LeaseRefusal>, MoneyError> {
        if !self.on {
            return Ok(Err(LeaseRefusal::Off));
        }
        if asked.minor() <= 0 {
            return Ok(Err(LeaseRefusal::NothingAsked));
        }
        // What is leased is no longer available: the share is of both together.
        let credit = available.plus(leased)?.max(Money::zero(available.currency()))?;
        let minor = self.share.times(credit.minor()).ok_or(MoneyError::OutOfRange)?;
        let room = Money::from_minor(minor, credit.currency())?.minus(leased)?;
        let amount = asked.min(self.cap)?.min(room)?.min(available)?;
        Ok(if amount.minor() > 0 { Ok(amount) } else { Err(LeaseRefusal::NoCredit) })
    }

    /// The ends of a lease given now: for the device, and for the edge.
    pub fn ends(&self, given: Minute) -> (Minute, Minute) {
        let after = |from: Minute, hours: u16| Minute(from.0.saturating_add(i64::from(hours).saturating_mul(60)));
        let ends = after(given, self.hours);
        (ends, after(ends, self.grace_hours))
    }
}

impl Lease {
    /// Spends some of it on the device. What is kept afterwards comes back whatever the answer: a clock that ran
    /// backwards closes the lease, and it stays closed.
    ///
    /// # Errors
    ///
    /// [`MoneyError::MixedCurrencies`] when an amount is in another currency than the lease.
    pub fn spend(&self, spent: Spent, amount: Money, by: Spender<'_>) -> Result<Spending, MoneyError> {
        let latest = spent.latest.max(self.given);
        let left = self.amount.minus(spent.amount)?;
        let beyond = left.minus(amount)?.minor() < 0;
        let closed = spent.closed || by.now < latest;
        let refused = match () {
            () if by.device != self.device => return Ok(Spending { spent, refused: Some(LeaseRefusal::OtherDevice) }),
            () if closed => Some(LeaseRefusal::ClockBackwards { latest }),
            () if by.now >= self.ends => Some(LeaseRefusal::Ended { ends: self.ends }),
            () if by.policy != self.policy => Some(LeaseRefusal::OtherPolicy),
            () if amount.minor() <= 0 => Some(LeaseRefusal::NothingAsked),
            () if beyond => Some(LeaseRefusal::NotEnough { left }),
            () => None,
        };
        let amount = if refused.is_none() { spent.amount.plus(amount)? } else { spent.amount };
        Ok(Spending { spent: Spent { amount, latest: latest.max(by.now), closed }, refused })
    }

    /// What the edge keeps reserved at a time, when so much was honoured and it wasn't given back.
    ///
    /// # Errors
    ///
    /// [`MoneyError::MixedCurrencies`] when what was honoured is in another currency than the lease.
    pub fn reserved(&self, honoured: Money, now: Minute) -> Result<Money, MoneyError> {
        let zero = Money::zero(self.amount.currency());
        if now >= self.reserved_until { Ok(zero) } else { self.amount.minus(honoured)?.max(zero) }
    }

    /// What becomes of an approval that was made on it. `frozen` is since when supply was stopped, if it is.
    ///
    /// # Errors
    ///
    /// [`MoneyError::MixedCurrencies`] when the approval is in another currency than the lease.
    pub fn honour(&self, approval: &LeasedApproval, frozen: Option<Minute>) -> Result<Honour, MoneyError> {
        if approval.made < self.given || approval.made >= self.ends || approval.delivered < approval.made {
            return Ok(Honour::OutsideLease);
        }
        if approval.delivered >= self.reserved_until {
            return Ok(Honour::TooLate);
        }
        let left = self.amount.minus(approval.before)?;
        if left.minus(approval.amount)?.minor() < 0 {
            return Ok(Honour::NotEnough { left });
        }
        Ok(Honour::Honoured { flagged: frozen.is_some_and(|since| since <= approval.delivered) })
    }
}
