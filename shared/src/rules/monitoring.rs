//! How an order or shipment gets on: the days that each stage took, what it waits for, and what is late.
//!
//! The stages are confirmed → shipped → delivered → statement confirmed → invoiced → paid. A stage's days are counted from
//! whatever happened before it, so that an order paid in advance or invoiced before its statement was confirmed still has
//! each day once: **the stages' days add up to the days since the order was confirmed**, until it was paid or until today.
//! An order delivered needs no word on when it was shipped, one invoiced none on its statement.
//!
//! Late is what the policy's days say: not delivered by the day agreed (or within so many days where none was); delivered
//! and the statement not confirmed; delivered and not invoiced. What is invoiced and unpaid is the ledger's business.

use super::policy::{Bilingual, Faults};
use crate::facts::calendar::{Date, days_between, plus_days};
use serde::{Deserialize, Serialize};

/// After how many days something on an order's way is late.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MonitoringRule {
    /// Why these numbers.
    pub note: Bilingual,
    /// Days from confirmation to delivery where no day was agreed; absent: without such a day nothing is late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deliver_days: Option<u16>,
    /// So many days after the day agreed are tolerated.
    pub grace_days: u16,
    /// Days from delivery to the confirmation of the statement; absent: invoices wait for no confirmation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm_days: Option<u16>,
    /// Days from delivery to the invoice.
    pub invoice_days: u16,
}

/// What happens on an order's way, in the usual order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Milestone {
    /// 已确认.
    Confirmed,
    /// 已发运.
    Shipped,
    /// 已交付.
    Delivered,
    /// 已对账.
    StatementConfirmed,
    /// 已开票.
    Invoiced,
    /// 已付款.
    Paid,
}

impl Milestone {
    /// All that a stage can end with.
    pub const ENDS: [Self; 5] = [Self::Shipped, Self::Delivered, Self::StatementConfirmed, Self::Invoiced, Self::Paid];
}

/// The days on which an order's milestones were reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Course {
    /// When it was confirmed, or booked.
    pub confirmed: Date,
    /// By when it is to be delivered, where that was agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deliver_by: Option<Date>,
    /// When the last part left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipped: Option<Date>,
    /// When the last part was handed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered: Option<Date>,
    /// When the last line was confirmed, or deemed so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement_confirmed: Option<Date>,
    /// When all of it was invoiced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoiced: Option<Date>,
    /// When all invoices were settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid: Option<Date>,
}

/// A stage and how long it took, or has lasted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StageDays {
    /// What it ends with.
    pub to: Milestone,
    /// Its days.
    pub days: i32,
    /// Whether it lasts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lasts: bool,
}

/// What can be late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LateKind {
    /// 未按时交付.
    Undelivered,
    /// 已交付未对账.
    Unconfirmed,
    /// 已交付未开票.
    Uninvoiced,
}

/// Something late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "MilestoneLate"))]
#[serde(deny_unknown_fields)]
pub struct Late {
    /// What.
    pub kind: LateKind,
    /// The last day on which it would have been in time.
    pub until: Date,
    /// Days since then; at least one.
    pub days: i32,
}

impl Course {
    /// When a milestone was reached.
    pub fn at(&self, milestone: Milestone) -> Option<Date> {
        match milestone {
            Milestone::Confirmed => Some(self.confirmed),
            Milestone::Shipped => self.shipped,
            Milestone::Delivered => self.delivered,
            Milestone::StatementConfirmed => self.statement_confirmed,
            Milestone::Invoiced => self.invoiced,
            Milestone::Paid => self.paid,
        }
    }
}

impl MonitoringRule {
    /// Reports what is wrong with the rule.
    pub(super) fn check(&self, faults: &mut Faults) {
        let ordered = self.confirm_days.is_none_or(|days| days <= self.invoice_days);
        faults.unless(ordered, "monitoring.confirm_days", format_args!("must not be more than invoice_days"));
    }

    /// What an order waits for; absent when it is delivered, invoiced and paid.
    pub fn waits_for(&self, course: &Course) -> Option<Milestone> {
        if course.delivered.is_none() {
            return Some(if course.shipped.is_some() { Milestone::Delivered } else { Milestone::Shipped });
        }
        if course.invoiced.is_none() {
            let confirms = self.confirm_days.is_some() && course.statement_confirmed.is_none();
            return Some(if confirms { Milestone::StatementConfirmed } else { Milestone::Invoiced });
        }
        course.paid.is_none().then_some(Milestone::Paid)
    }

    /// The stages in the order in which they ended, the one that lasts at the end; `course` holds nothing later than
    /// `as_of`. A milestone dated before the confirmation took no day.
    pub fn stages(&self, course: &Course, as_of: Date) -> Vec<StageDays> {
        let mut reached: Vec<(Date, Milestone)> =
            Milestone::ENDS.into_iter().filter_map(|to| Some((course.at(to)?, to))).collect();
        reached.sort_unstable();
        let mut before = course.confirmed;
        let mut stages = Vec::new();
        for (date, to) in reached {
            stages.push(StageDays { to, days: days_between(before, date).max(0), lasts: false });
            before = before.max(date);
        }
        if let Some(to) = self.waits_for(course) {
            stages.push(StageDays { to, days: days_between(before, as_of).max(0), lasts: true });
        }
        stages
    }

    /// The day by which an order is to be delivered: as agreed, else so many days after its confirmation.
    pub fn deliver_by(&self, course: &Course) -> Option<Date> {
        let days = self.deliver_days.map(|days| plus_days(course.confirmed, u32::from(days)));
        course.deliver_by.or(days)
    }

    /// What is late at the end of `as_of`.
    pub fn late(&self, course: &Course, as_of: Date) -> Vec<Late> {
        let grace = u32::from(self.grace_days);
        let delivery = course.deliver_by.map(|by| plus_days(by, grace)).or_else(|| self.deliver_by(course));
        let delivered = |days: u16| course.delivered.map(|delivered| plus_days(delivered, u32::from(days)));
        let waits = course.invoiced.is_none();
        let limits = [
            (LateKind::Undelivered, delivery.filter(|_| course.delivered.is_none())),
            (
                LateKind::Unconfirmed,
                self.confirm_days.and_then(delivered).filter(|_| waits && course.statement_confirmed.is_none()),
            ),
            (LateKind::Uninvoiced, delivered(self.invoice_days).filter(|_| waits)),
        ];
        let late = |(kind, until): (LateKind, Option<Date>)| {
            let days = days_between(until?, as_of);
            (days > 0).then_some(Late { kind, until: until?, days })
        };
        limits.into_iter().filter_map(late).collect()
    }
}
