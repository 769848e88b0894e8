//! Cover: who or what stands in when the customer doesn't pay (担保, 信用保险).

use super::calendar::Date;
use super::id::CoverId;
use super::insurance::InsuranceTerms;
use super::matter::Surety;
use super::money::Money;
use super::number::Ratio;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A piece of cover.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Cover {
    /// Its id.
    pub id: CoverId,
    /// What it is.
    pub what: CoverKind,
    /// From which day it covers.
    pub from: Date,
    /// The last day on which it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// What has been done of what makes it good.
    #[serde(default)]
    pub done: BTreeSet<Step>,
}

/// What cover can be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum CoverKind {
    /// A guarantee (保证), up to a maximum.
    Guarantee {
        /// Up to this much.
        amount: Money,
        /// Whether a company gives it, which needs a resolution.
        by_company: bool,
        /// General (一般保证) or joint (连带责任保证); a general one where nothing clear was agreed (民法典 686).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        surety: Option<Surety>,
        /// The last day of the suretyship period (保证期间) that was agreed; without one the law's runs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        suretyship_until: Option<Date>,
        /// Of a guarantee for whatever arises up to a maximum (最高额保证): the day on which that is settled (债权确定日).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        settled_on: Option<Date>,
    },
    /// A mortgage (抵押).
    Mortgage {
        /// What the thing is worth.
        value: Money,
        /// What ranks before us.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before_us: Option<Money>,
    },
    /// A pledge of a thing or a right (质押).
    Pledge {
        /// What it is worth.
        value: Money,
    },
    /// Money left with us (保证金).
    Deposit {
        /// How much.
        amount: Money,
    },
    /// A bank's letter (保函, 备用信用证).
    BankLetter {
        /// Up to this much.
        amount: Money,
    },
    /// Credit insurance.
    Insurance {
        /// What the insurer approved for this buyer (买方限额).
        buyer_limit: Money,
        /// The share of a loss that it pays; the rest is ours.
        share: Ratio,
        /// What is left of the most that the policy pays in its year, over all buyers.
        policy_left: Money,
        /// What the insurance asks of us, and when it pays; absent when nobody wrote it down.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        terms: Option<InsuranceTerms>,
    },
}

/// Something that makes cover good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CoverStep"))]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Signed in writing.
    Signed,
    /// The company's resolution is there.
    Resolution,
    /// Registered.
    Registered,
    /// Handed over.
    Delivered,
    /// The money is there, apart from other money.
    Received,
    /// The insurer approved the buyer.
    BuyerApproved,
    /// The premium is paid.
    PremiumPaid,
    /// Sales were declared as the policy wants it.
    Declared,
    /// The bank confirmed the letter.
    Confirmed,
}

/// How cover works: never both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Works {
    /// It raises the limit.
    Uplift,
    /// It is deducted from the exposure.
    Deduction,
}
