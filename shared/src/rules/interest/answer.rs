//! What interest came together, line by line.

use super::Stand;
use crate::facts::calendar::Date;
use crate::facts::money::Money;
use crate::facts::number::Ratio;
use crate::facts::reference_rate::Tenor;
use crate::facts::waiver::AfterWaiver;
use crate::rules::policy::Bilingual;
use serde::{Deserialize, Serialize};

/// Interest, explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LateInterest {
    /// The rule's version, as `late_interest/1`.
    pub version: String,
    /// How it came about; the amounts add up to `accrued`.
    pub lines: Vec<InterestLine>,
    /// What came together, gross.
    pub accrued: Money,
    /// What was waived of it by then; see [`crate::facts::waiver`].
    pub waived: Money,
    /// What is left, net: accrued less waived.
    pub remaining: Money,
    /// What is still owed of the principal.
    pub balance: Money,
    /// Whether it is claimed.
    pub stand: Stand,
    /// What else to know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caveats: Vec<Caveat>,
}

impl LateInterest {
    /// What came together, what was waived of it, what is left.
    pub const fn sum(&self) -> AfterWaiver {
        AfterWaiver { gross: self.accrued, waived: self.waived, net: self.remaining }
    }
}

/// A stretch of days with one balance, one rate and one rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InterestLine {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// How many days, both counted.
    pub days: i32,
    /// What was owed on each of them.
    pub balance: Money,
    /// The rate.
    pub rate: Ratio,
    /// By what the rate is meant: by the day, or by the year of so many days.
    pub per: Per,
    /// Where the rate comes from.
    pub source: RateSource,
    /// The clause or the law.
    pub ground: Bilingual,
    /// The line's part of the total.
    pub amount: Money,
}

/// What time a rate is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// A day.
    Day,
    /// A year of 365 days.
    Year365,
    /// A year of 360 days.
    Year360,
}

/// Where a line's rate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum RateSource {
    /// The rule names it.
    Fixed,
    /// A publication, times the rule's factor.
    Lpr {
        /// Which.
        tenor: Tenor,
        /// Its day.
        published: Date,
        /// What was published.
        quote: Ratio,
        /// The factor.
        multiple: Ratio,
    },
    /// Raised to the rule's floor, which comes from this publication.
    Floor {
        /// Its day.
        published: Date,
    },
    /// Lowered to the rule's yearly cap.
    YearlyCap,
    /// Lowered to the rule's multiple of the LPR, which comes from this publication.
    LprCap {
        /// Its day.
        published: Date,
    },
}

/// What a reader has to know beside the figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Caveat {
    /// The publication used for a day was old on it: a later one seems to be missing.
    OldQuote {
        /// Its day.
        published: Date,
    },
    /// The cap on the whole was reached.
    CapReached {
        /// The most.
        cap: Money,
    },
    /// A bankruptcy petition was accepted.
    Bankrupt {
        /// When.
        date: Date,
    },
}
