//! What the order check answers: the verdict, every reason with its figures, and what follows from it.

use super::circumstances::Checkpoint;
use super::order_rules::Forbidden;
use super::{Rule, Verdict};
use crate::facts::calendar::Date;
use crate::facts::credit_file::ScreeningKind;
use crate::facts::customer::Stage;
use crate::facts::money::{Currency, Money};
use crate::facts::number::Ratio;
use crate::facts::terms::Terms;
use crate::readings::exposure::Category;
use crate::readings::papers::{AgreementState, LicenceState};
use crate::readings::standing::Position;
use crate::rules::authority::{Authority, NotReleased};
use crate::rules::margin::Margin;
use crate::rules::policy::Bilingual;
use serde::{Deserialize, Serialize};

/// What one rule says, and the figures behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// The rule.
    pub rule: Rule,
    /// What it says.
    pub verdict: Verdict,
    /// The figures.
    pub finding: Finding,
    /// Set when it would say something worse, and why it doesn't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eased: Option<Eased>,
}

/// A verdict that isn't acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Eased {
    /// What the rule says by itself.
    pub from: Verdict,
    /// Why it only warns.
    pub by: EasedBy,
}

/// Why a rule only warns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EasedBy {
    /// It isn't switched on yet (试运行).
    Trial,
    /// Somebody with authority released the order.
    Released,
    /// At the rates at which the open documents were booked it would fit: what is too much comes from rates alone (期末调汇).
    Revaluation,
}

/// The figures that a rule stood on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "OrderFinding"))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Finding {
    /// Supply was stopped.
    Frozen {
        /// Since when.
        since: Date,
        /// Why.
        reason: String,
    },
    /// Supply was not stopped.
    NotFrozen,
    /// Where the customer stands in its life with us.
    Stage {
        /// Where.
        stage: Stage,
    },
    /// No rate is known between two currencies, so that exposure cannot be told.
    MissingRate {
        /// From.
        from: Currency,
        /// To.
        to: Currency,
    },
    /// The grade; absent when the customer was never assessed.
    Grade {
        /// The grade.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grade: Option<String>,
    },
    /// Exposure and order against the limit.
    Limit {
        /// What is owed or will be.
        exposure: Money,
        /// What this order adds.
        order: Money,
        /// The limit.
        limit: Money,
        /// The tolerance.
        tolerance: Ratio,
        /// Exposure + order − limit; negative when it fits.
        over_limit: Money,
        /// Exposure + order − limit × (1 + tolerance); negative when it fits.
        over_tolerance: Money,
        /// What cover adds to the limit; it is part of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        uplift: Option<Money>,
        /// The last day of the temporary limit that this is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        temporary_until: Option<Date>,
    },
    /// There is no upper bound.
    Unlimited,
    /// Nothing may be owed.
    NoLimit {
        /// Whether that was decided, or no limit was ever granted.
        decided: bool,
        /// What this order would owe.
        order: Money,
    },
    /// The limit has run out.
    LimitExpired {
        /// Its last day.
        until: Date,
        /// What this order would owe.
        order: Money,
    },
    /// The order asks for no credit.
    NoCreditAsked,
    /// Overdue documents.
    Overdue {
        /// What is past due and undisputed.
        amount: Money,
        /// How many documents.
        documents: u32,
        /// How long the oldest is past due, in days.
        oldest_days: i32,
        /// Its share of open items.
        share: Ratio,
        /// What is past due and disputed; not counted.
        disputed: Money,
        /// From how many days it holds.
        hold_days: u16,
        /// From which share it holds.
        hold_share: Ratio,
        /// Beyond which amount it holds; absent when none does by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hold_amount: Option<Money>,
    },
    /// Terms asked for and granted; absent when none were granted.
    Terms {
        /// Asked for.
        asked: Terms,
        /// Granted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        granted: Option<Terms>,
        /// By how many days the asked are looser; zero when they are not.
        looser_days: u32,
    },
    /// The size of the order against the limit.
    Size {
        /// Its share of the limit.
        share: Ratio,
        /// From which share it is warned about.
        warn_share: Ratio,
    },
    /// What the whole group owes against its limit.
    Group {
        /// How many other members it has.
        others: u32,
        /// What they owe and will owe.
        others_exposure: Money,
        /// What this customer does.
        exposure: Money,
        /// What this order adds.
        order: Money,
        /// The group's limit.
        limit: Money,
        /// All of it − limit; negative when it fits.
        over_limit: Money,
        /// All of it − limit × (1 + tolerance); negative when it fits.
        over_tolerance: Money,
    },
    /// What stands in a category against its own limit.
    SubLimit {
        /// The category.
        category: Category,
        /// What stands in it.
        stands: Money,
        /// What this order adds that isn't prepaid.
        order: Money,
        /// What may stand in it at most; nothing means: prepaid only.
        sub_limit: Money,
        /// Both − sub-limit; negative when it fits.
        over: Money,
    },
    /// This customer's share of what all owe.
    Concentration {
        /// Exposure with this order.
        exposure: Money,
        /// What all owe and will owe.
        portfolio: Money,
        /// The share.
        share: Ratio,
        /// The largest one that passes.
        most: Ratio,
    },
    /// How far reminders have come.
    Dunning {
        /// The step; absent when none was sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<String>,
        /// What people call it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<Bilingual>,
        /// Since when.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Date>,
    },
    /// The agreement.
    Agreement {
        /// How it stands; absent when there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stands: Option<AgreementState>,
        /// The loosest terms without one.
        without: Terms,
        /// When the customer broke the one in force, where that wasn't made good yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        breached: Option<Date>,
    },
    /// A licence.
    Licence {
        /// Which.
        licence: String,
        /// How it stands.
        stands: LicenceState,
    },
    /// A check in a public register or list.
    Screening {
        /// Which.
        screening: ScreeningKind,
        /// When it was last made; absent when it never was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        date: Option<Date>,
        /// Days since then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        age_days: Option<i32>,
        /// After so many days it says nothing any more.
        max_age_days: u16,
        /// Whether something was found.
        hit: bool,
    },
    /// How complete the file is.
    File {
        /// The share that is there.
        complete: Ratio,
        /// The least that passes.
        least: Ratio,
    },
    /// The review.
    Review {
        /// When it was last done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last: Option<Date>,
        /// When it is due.
        due: Date,
        /// Days since then; negative before.
        late_days: i32,
    },
    /// Broken promises.
    Promise {
        /// How many in the days looked at.
        broken: u32,
        /// Since when the last one is; absent without one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Date>,
        /// So many days back are looked at.
        window_days: u16,
    },
    /// Cover.
    Cover {
        /// What counts today, uplift and deduction.
        counted: Money,
        /// What has ended.
        lapsed: Money,
        /// When the first of it ended, else when the next ends; absent when none does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
}

/// The answer to an order check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "OrderCheckAnswer"))]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The worst of the reasons.
    pub verdict: Verdict,
    /// What the order adds to exposure, in the limit's currency.
    pub order: Money,
    /// The customer's position before the order; absent when a rate is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// Limit less exposure, before the order; absent when there is no amount to tell. Negative when overdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<Money>,
    /// What every rule says, worst first.
    pub reasons: Vec<Reason>,
    /// The checkpoint, and what the verdict forbids there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<AtCheckpoint>,
    /// Who may let a held order through; absent when it isn't held, or the policy doesn't say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<NeedsRelease>,
    /// Why the release that was shown doesn't let it through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_released: Option<NotReleased>,
    /// What the order earns, where revenue is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<Margin>,
}

/// What a verdict means at a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AtCheckpoint {
    /// The checkpoint.
    pub at: Checkpoint,
    /// What may not be done; empty unless the order is held or refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forbids: Vec<Forbidden>,
    /// Set where documents would be withheld.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withholding: Option<Withholding>,
}

/// Whether documents may be withheld (扣单): it takes the clause in an agreement in force, and unpaid charges of this very
/// shipment. With the clause a sea forwarder may withhold what it got for the customer; without it everything but bills of
/// lading, sea waybills and other transport documents (最高人民法院关于审理海上货运代理纠纷案件若干问题的规定, 2020年修正, 第七条).
/// Those are what a forwarder would withhold, and other carriage has no such rule, so that without either legal is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Withholding {
    /// Whether the agreement in force has the clause; absent when the book keeps no agreements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<bool>,
    /// What is unpaid of this shipment; absent when nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unpaid: Option<Money>,
    /// Whether legal is asked first, since one of the two is missing. Then nothing is withheld yet.
    pub ask_legal: bool,
}

/// Who may let a held order through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NeedsRelease {
    /// By how much the order goes beyond what is allowed, in the policy's currency; nothing when something else holds it.
    pub overage: Money,
    /// Who may.
    pub authority: Authority,
}

impl Reason {
    /// What a rule says.
    pub const fn of(rule: Rule, verdict: Verdict, finding: Finding) -> Self {
        Self { rule, verdict, finding, eased: None }
    }

    /// Lets it warn only, and says why.
    pub(super) fn ease(&mut self, by: EasedBy) {
        let from = self.eased.map_or(self.verdict, |eased| eased.from);
        (self.verdict, self.eased) = (Verdict::Warn, Some(Eased { from, by }));
    }
}

impl Answer {
    /// An answer without anything beside the verdict.
    pub const fn plain(
        verdict: Verdict,
        order: Money,
        position: Option<Position>,
        available: Option<Money>,
        reasons: Vec<Reason>,
    ) -> Self {
        Self {
            verdict,
            order,
            position,
            available,
            reasons,
            checkpoint: None,
            release: None,
            not_released: None,
            margin: None,
        }
    }
}
