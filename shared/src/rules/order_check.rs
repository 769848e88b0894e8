//! The order check: may we sell this much, on these terms, to this customer, today, and why?
//!
//! Each rule looks at one thing and says pass, warn, hold or refuse with the figures it stood on ([`Finding`]); all are
//! shown and the worst decides. A check asks and holds nothing. A limit is exceeded when exposure + order is strictly
//! greater than limit × (1 + tolerance).
//!
//! The customer's [`Standing`] says what is known of it, [`Circumstances`] what is known of this order beyond its amount and
//! terms. A part of the standing that the book doesn't keep isn't judged. What the rules compare with stands in the policy's
//! sections `order_check` and `order_rules`; without the second the check judges as it did before there was one.
//!
//! Units: amounts in minor units of the limit's currency, shares and tolerance in millionths, days whole.
//!
//! Source: our own rules; each number's reason is the note of its section.

mod answer;
mod asked;
mod circumstances;
mod conduct;
mod credit;
mod file;
mod judge;
mod order_rules;
mod second;

pub use answer::{Answer, AtCheckpoint, Eased, EasedBy, Finding, NeedsRelease, Reason, Withholding};
pub use asked::{OrderCommitments, OrderPapers, OrderPolicy, OrderView, ScreeningAge, StepTitle};
pub use circumstances::{Checkpoint, Circumstances, Confirmed, Earning, OrderPart};
pub use credit::{Added, added, order_counts, position, tolerated};
pub use order_rules::{
    AgreementRule, Business, CheckpointRule, ConcentrationRule, CoverLapseRule, DunningVerdict, FileRule, Forbidden,
    Late, LicenceRule, OrderRules, PromiseVerdicts, ScreeningsRule,
};
pub use second::{order_check_first, order_check_second};

use super::policy::Bilingual;
use crate::facts::calendar::{Date, days_between};
use crate::facts::ledger::Order;
use crate::facts::money::{Money, MoneyError};
use crate::facts::number::Ratio;
use crate::readings::exchange::ConversionError;
use crate::readings::standing::Standing;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The version of this function, written into every decision. A change that alters an answer gets a new one, and the old
/// code stays.
pub const VERSION: &str = "order_check/5";

/// The version before: it knew no breach of an agreement, compared what is overdue with amounts of another currency not at
/// all, and took nothing off an expected loss but what the asker said.
pub const FOURTH: &str = "order_check/4";

/// The third version: it rounded what the tolerance adds to a limit half up, so that half a minor unit too much could pass.
pub const THIRD: &str = "order_check/3";

/// The second version: it knew no file, no group, no checkpoints.
pub const SECOND: &str = "order_check/2";

/// The first version: it compared the size of an order by its share rounded to six decimals, so that an order could pass by
/// what the rounding took off.
pub const FIRST: &str = "order_check/1";

/// What a rule, and the whole check, can say; later is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// 准: nothing against it.
    Approve,
    /// 警: go ahead, and know this.
    Warn,
    /// 缓: not until someone with authority, or a payment, releases it.
    Hold,
    /// 拒: no.
    Refuse,
}

/// Which version judges, as far as they differ.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Version {
    Third,
    Fourth,
    Fifth,
}

/// What the order check compares with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderCheckRule {
    /// Why its numbers are what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Bilingual>,
    /// How far beyond the limit is let through with a warning.
    pub tolerance: Ratio,
    /// Overdue documents.
    pub overdue: OverdueRule,
    /// Terms looser than granted.
    pub terms: TermsRule,
    /// When the limit has expired.
    pub limit_expired: Verdict,
    /// When no limit was ever granted, or it is none, and the order asks for credit.
    pub no_limit: Verdict,
    /// Grades that get no credit.
    pub refused_grades: Vec<String>,
    /// A single order above this share of the limit is warned about.
    pub size_share: Ratio,
    /// What the rules without figures of their own lead to; absent: as [`RuleVerdicts::default`] says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdicts: Option<RuleVerdicts>,
}

/// What the rules without figures of their own lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RuleVerdicts {
    /// Supply was stopped by a person.
    pub frozen: Verdict,
    /// The customer is suspended.
    pub suspended: Verdict,
    /// We no longer sell to it (退出).
    pub exited: Verdict,
    /// It was never graded and asks for credit.
    pub no_grade: Verdict,
    /// The order is large for its limit.
    pub size: Verdict,
    /// It goes beyond the limit, within the tolerance.
    pub within_tolerance: Verdict,
    /// It goes beyond limit and tolerance.
    pub beyond_limit: Verdict,
    /// A rate is missing for an order on credit; one that asks for none is warned of at most.
    pub missing_rate: Verdict,
}

impl Default for RuleVerdicts {
    /// What policies said before they could: a stop refuses, a suspension holds, what can't be told holds.
    fn default() -> Self {
        Self {
            frozen: Verdict::Refuse,
            suspended: Verdict::Hold,
            exited: Verdict::Refuse,
            no_grade: Verdict::Warn,
            size: Verdict::Warn,
            within_tolerance: Verdict::Warn,
            beyond_limit: Verdict::Hold,
            missing_rate: Verdict::Hold,
        }
    }
}

impl OrderCheckRule {
    /// What the rules without figures of their own lead to.
    pub fn verdicts(&self) -> RuleVerdicts {
        self.verdicts.unwrap_or_default()
    }
}

/// When overdue documents warn and hold. Amounts at or below either small difference are ignored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OverdueRule {
    /// Ignored up to this amount …
    pub small_amount: Money,
    /// … or this share of open items.
    pub small_share: Ratio,
    /// The oldest document may be this many days late without a warning (宽限).
    pub grace_days: u16,
    /// An older one holds.
    pub hold_days: u16,
    /// An older one refuses.
    pub refuse_days: u16,
    /// A share of open items above this holds.
    pub hold_share: Ratio,
    /// So does more than this amount, however small its share; absent: no amount does by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_amount: Option<Money>,
}

/// What looser terms lead to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TermsRule {
    /// Terms looser by up to so many days …
    pub warn_days: u16,
    /// … are let through with a warning; looser ones lead to this.
    pub beyond: Verdict,
}

/// The rules of a check, in the order in which equal verdicts are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Supply stopped by a person.
    Frozen,
    /// The customer's stage.
    Stage,
    /// Everything that is needed is known.
    Data,
    /// The grade.
    Grade,
    /// The limit.
    Limit,
    /// Overdue documents.
    Overdue,
    /// The terms asked for.
    Terms,
    /// The size of the order.
    Size,
    /// The limit of its group.
    Group,
    /// The limit of one category.
    SubLimit,
    /// How much of all that is owed hangs on this customer.
    Concentration,
    /// How far reminders have come.
    Dunning,
    /// The agreement.
    Agreement,
    /// Licences.
    Licence,
    /// Checks in public registers and lists.
    Screening,
    /// How complete the file is.
    File,
    /// The review.
    Review,
    /// Promises that were broken.
    Promise,
    /// Cover.
    Cover,
}

impl Rule {
    /// All of them, in that order.
    pub const ALL: [Self; 19] = [
        Self::Frozen,
        Self::Stage,
        Self::Data,
        Self::Grade,
        Self::Limit,
        Self::Overdue,
        Self::Terms,
        Self::Size,
        Self::Group,
        Self::SubLimit,
        Self::Concentration,
        Self::Dunning,
        Self::Agreement,
        Self::Licence,
        Self::Screening,
        Self::File,
        Self::Review,
        Self::Promise,
        Self::Cover,
    ];

    /// Whether it only carries out what a person decided about a customer: supply stopped, suspended, ended. Such a rule is
    /// never on trial in a new book, since nothing about it has to be tried.
    pub const fn is_a_persons_word(self) -> bool {
        matches!(self, Self::Frozen | Self::Stage)
    }
}

/// Judges an order of which nothing more is known.
///
/// # Errors
///
/// [`MoneyError`] only when a sum leaves the range of money; a missing rate is a finding.
pub fn order_check<'a>(
    policy: impl Into<OrderView<'a>>,
    standing: &Standing,
    order: &Order,
    as_of: Date,
) -> Result<Answer, MoneyError> {
    order_check_at(policy, standing, order, &Circumstances::default(), as_of)
}

/// Judges an order in its circumstances: at a checkpoint, with its parts, its cost, a release. Without the section
/// `order_rules` they are of no matter.
///
/// # Errors
///
/// As [`order_check`].
pub fn order_check_at<'a>(
    policy: impl Into<OrderView<'a>>,
    standing: &Standing,
    order: &Order,
    around: &Circumstances,
    as_of: Date,
) -> Result<Answer, MoneyError> {
    by_version(policy.into(), standing, order, around, as_of, Version::Fifth)
}

/// Judges an order as [`FOURTH`] did.
///
/// # Errors
///
/// As [`order_check`].
pub fn order_check_fourth<'a>(
    policy: impl Into<OrderView<'a>>,
    standing: &Standing,
    order: &Order,
    around: &Circumstances,
    as_of: Date,
) -> Result<Answer, MoneyError> {
    by_version(policy.into(), standing, order, around, as_of, Version::Fourth)
}

/// The check since its fourth version, which judges without rules, too.
fn by_version(
    policy: OrderView<'_>,
    standing: &Standing,
    order: &Order,
    around: &Circumstances,
    as_of: Date,
    version: Version,
) -> Result<Answer, MoneyError> {
    match policy.order_rules {
        Some(rules) => judge::judge(policy, rules, standing, order, around, as_of, version),
        None => second::without_rules(policy, standing, order, as_of, version),
    }
}

/// Judges an order as [`THIRD`] did.
///
/// # Errors
///
/// As [`order_check`].
pub fn order_check_third<'a>(
    policy: impl Into<OrderView<'a>>,
    standing: &Standing,
    order: &Order,
    around: &Circumstances,
    as_of: Date,
) -> Result<Answer, MoneyError> {
    let policy = policy.into();
    match policy.order_rules {
        Some(rules) => judge::judge(policy, rules, standing, order, around, as_of, Version::Third),
        None => order_check_second(policy.order_check, policy.exposure, standing, order, as_of),
    }
}

impl OverdueRule {
    /// The rule with its amounts in the currency of a customer's limit, at the rates that its standing carries. An amount that
    /// no rate leads there from stays as it is.
    fn in_own(&self, standing: &Standing, as_of: Date) -> Result<Cow<'_, Self>, MoneyError> {
        let to = |amount: Money| match standing.in_own(amount, as_of) {
            Ok(amount) => Ok(amount),
            Err(ConversionError::MissingRate { .. }) => Ok(amount),
            Err(ConversionError::Money(error)) => Err(error),
        };
        let own = |amount: &Money| amount.currency() == standing.currency;
        if own(&self.small_amount) && self.hold_amount.as_ref().is_none_or(own) {
            return Ok(Cow::Borrowed(self));
        }
        let (small_amount, hold_amount) = (to(self.small_amount)?, self.hold_amount.map(to).transpose()?);
        Ok(Cow::Owned(Self { small_amount, hold_amount, ..self.clone() }))
    }

    /// What overdue documents lead to: the kernel of both the single check and the pass over a portfolio.
    pub fn verdict(&self, overdue: Money, oldest_days: i32, share: Ratio) -> Verdict {
        // Amounts are compared in one currency; where no rate leads there only the share tells.
        let same = |amount: Money| (amount.currency() == overdue.currency()).then_some(amount.minor());
        let small_amount = same(self.small_amount).is_some_and(|small| overdue.minor() <= small);
        let large_amount = self.hold_amount.and_then(same).is_some_and(|most| overdue.minor() > most);
        if overdue.minor() <= 0
            || small_amount
            || share <= self.small_share
            || oldest_days <= i32::from(self.grace_days)
        {
            Verdict::Approve
        } else if oldest_days > i32::from(self.refuse_days) {
            Verdict::Refuse
        } else if oldest_days > i32::from(self.hold_days) || share > self.hold_share || large_amount {
            Verdict::Hold
        } else {
            Verdict::Warn
        }
    }
}

/// How many days a limit still stands at a date; absent when it has no end.
pub fn days_left(until: Option<Date>, as_of: Date) -> Option<i32> {
    until.map(|until| days_between(as_of, until))
}
