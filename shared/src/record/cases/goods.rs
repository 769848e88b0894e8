//! What cases can ask about what is sold: shipments and their charges, exposure by category, cover, who may release, leases,
//! re-tests and margin.

use super::{CaseRun, text, to_value};
use crate::facts::calendar::Date;
use crate::facts::cover::Cover;
use crate::facts::id::{FeedNumber, OrderId};
use crate::facts::money::Money;
use crate::facts::shipment::Charge;
use crate::questions::retest::{Held, retest};
use crate::readings::standing::Standing;
use crate::rules::authority::Release;
use crate::rules::commitments::{Commitments, committed};
use crate::rules::cover::covered;
use crate::rules::lease::{Lease, LeasedApproval, Minute, Spender, Spending, Spent};
use crate::rules::margin::OrderCost;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A question.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum GoodsAsk {
    /// What has a charge come to? Null where it is nothing that counts.
    Charge {
        /// The charge.
        charge: Charge,
        /// The days that are asked for, each with its answer; the case's date alone when left out.
        #[serde(default)]
        days: Vec<Date>,
    },
    /// What counts, by category?
    Commitments {
        /// Everything that is open.
        all: Box<Commitments>,
        /// What cover takes off.
        deduction: Money,
    },
    /// What is cover good for?
    Cover {
        /// The cover.
        covers: Vec<Cover>,
        /// The exposure.
        exposure: Money,
    },
    /// Who may release this overage?
    Authority {
        /// The overage.
        overage: Money,
        /// The limit.
        limit: Money,
    },
    /// Does a release let an order through, and if not, why?
    Release {
        /// The release.
        release: Box<Release>,
        /// The order.
        order: OrderId,
        /// Its overage.
        overage: Money,
    },
    /// How much may a lease hold?
    LeaseAmount {
        /// What was asked for.
        asked: Money,
        /// What the customer has left.
        available: Money,
        /// What its other leases hold.
        leased: Money,
    },
    /// May a device spend this of a lease?
    LeaseSpend {
        /// The lease.
        lease: Lease,
        /// What was spent.
        spent: Spent,
        /// How much.
        amount: Money,
        /// The device that asks; the lease's own when left out.
        #[serde(default)]
        device: Option<String>,
        /// The digest of the policy on the device.
        policy: String,
        /// Now.
        now: Minute,
    },
    /// What becomes of an approval made on a lease, and what stays reserved when it is delivered?
    LeaseHonour {
        /// The lease.
        lease: Lease,
        /// The approval.
        approval: LeasedApproval,
        /// Since when supply is stopped.
        #[serde(default)]
        frozen: Option<Minute>,
    },
    /// What does an order earn?
    Margin {
        /// The order.
        order: OrderCost,
    },
    /// Which held orders go through now?
    Retest {
        /// The held orders.
        held: Vec<Held>,
    },
}

impl GoodsAsk {
    pub(super) fn answer(
        &self,
        run: &CaseRun<'_>,
        standing: impl Fn(Option<FeedNumber>) -> Result<Standing, String>,
    ) -> Result<Value, String> {
        let (policy, as_of, rates) = (run.policy, run.case.as_of, &run.case.facts.rates);
        let missing = |section: &str| format!("the policy has no section '{section}'");
        match self {
            Self::Charge { charge, days } if days.is_empty() => to_value(&text(charge.amount_at(as_of))?),
            Self::Charge { charge, days } => {
                let amounts = days.iter().map(|day| text(charge.amount_at(*day))).collect::<Result<Vec<_>, _>>()?;
                to_value(&amounts)
            }
            Self::Commitments { all, deduction } => {
                let rule = policy.commitments.as_ref().ok_or_else(|| missing("commitments"))?;
                to_value(&text(committed(rule, &policy.exposure, all, *deduction, rates, as_of))?)
            }
            Self::Cover { covers, exposure } => {
                let rule = policy.cover.as_ref().ok_or_else(|| missing("cover"))?;
                to_value(&text(covered(rule, covers, *exposure, rates, as_of))?)
            }
            Self::Authority { overage, limit } => {
                let rule = policy.authority.as_ref().ok_or_else(|| missing("authority"))?;
                to_value(&text(rule.authority(*overage, *limit, as_of))?)
            }
            Self::Release { release, order, overage } => {
                let why = text(release.refuses(*order, *overage, as_of))?;
                to_value(&json!({ "lets_through": why.is_none(), "why": why }))
            }
            Self::LeaseAmount { asked, available, leased } => {
                let rule = policy.lease.as_ref().ok_or_else(|| missing("lease"))?;
                said(text(rule.amount(*asked, *available, *leased))?)
            }
            Self::LeaseSpend { lease, spent, amount, device, policy, now } => {
                let device = device.as_deref().unwrap_or(&lease.device);
                let spending = text(lease.spend(*spent, *amount, Spender { device, policy, now: *now }))?;
                let Spending { spent, refused } = spending;
                to_value(&match refused {
                    None => json!({ "granted": spent }),
                    Some(refused) => json!({ "refused": refused, "kept": spent }),
                })
            }
            Self::LeaseHonour { lease, approval, frozen } => {
                let honour = text(lease.honour(approval, *frozen))?;
                let reserved = text(lease.reserved(approval.before, approval.delivered))?;
                to_value(&json!({ "honour": honour, "reserved": reserved }))
            }
            Self::Margin { order } => {
                let rule = policy.margin.as_ref().ok_or_else(|| missing("margin"))?;
                to_value(&text(rule.margin(order))?)
            }
            Self::Retest { held } => {
                let rule = policy.retest.as_ref().ok_or_else(|| missing("retest"))?;
                to_value(&text(retest(policy, rule, &standing(None)?, held, as_of))?)
            }
        }
    }
}

/// A refusal is an answer too.
fn said<T: Serialize, R: Serialize>(answer: Result<T, R>) -> Result<Value, String> {
    match answer {
        Ok(answer) => to_value(&json!({ "granted": answer })),
        Err(refusal) => to_value(&json!({ "refused": refusal })),
    }
}
