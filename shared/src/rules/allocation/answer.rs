//! What is proposed, with the reason for each line; the facts that it stands for, and how they are taken back.

use super::{Method, Nature, Order};
use crate::facts::calendar::Date;
use crate::facts::id::{ItemId, ReceiptId};
use crate::facts::ledger::{Allocation, DifferenceCause, Source};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "AllocationProposal"))]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// What settles what, in order.
    pub lines: Vec<Line>,
    /// What is left of the payment.
    pub unapplied: Money,
    /// What each method found, in the order in which they were tried.
    pub findings: Vec<Finding>,
}

/// So much of a document settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "AllocationLine"))]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The document.
    pub item: ItemId,
    /// What settles it.
    pub by: By,
    /// By how much its open amount falls, in its currency.
    pub amount: Money,
    /// What of the payment that uses up, in the payment's currency; zero unless money settles it.
    pub paid: Money,
    /// Why.
    pub why: Why,
    /// What the payment was worth less what the books held for it, in the book's currency; a gain is positive. Absent in
    /// the book's own currency, or where the rate is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange_difference: Option<Money>,
}

/// What settles a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum By {
    /// The payment.
    Payment,
    /// A credit note that was named, or belongs to the combination.
    CreditNote {
        /// Which.
        item: ItemId,
    },
    /// What fell short and is too small to ask for.
    SmallDifference,
    /// What banks on the way kept.
    BankCharge,
    /// What was agreed for payment in time.
    Discount,
}

/// Why a line is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Why {
    /// The debtor named it.
    Named {
        /// As this.
        number: String,
        /// Whether in the text of the payment itself.
        in_text: bool,
    },
    /// It was agreed.
    Agreed {
        /// In which order.
        order: Order,
    },
    /// It is the only document of this amount.
    SameAmount,
    /// Together they are the only combination of this amount.
    OnlyCombination {
        /// Of so many documents.
        documents: u32,
    },
    /// They are all that is open, or due.
    WholeBalance {
        /// Whether only what is due.
        due_only: bool,
    },
    /// Its place by law.
    Law {
        /// Whether it is due.
        due: bool,
        /// The share that is secured.
        secured: Ratio,
        /// What it costs the debtor a year.
        burden: Ratio,
        /// The due date.
        due_date: Date,
        /// Costs, interest or principal.
        nature: Nature,
        /// Whether equals had to share.
        in_proportion: bool,
    },
    /// It is the oldest that was left.
    Oldest,
}

/// What a method found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "AllocationFinding"))]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The method.
    pub method: Method,
    /// What it found.
    pub outcome: Outcome,
}

/// What a method can find.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "AllocationOutcome"))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// It applied so much of the payment.
    Applied {
        /// How much.
        paid: Money,
        /// Names that are no open document.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unknown: Vec<String>,
    },
    /// Nothing was named, agreed or open.
    Nothing {
        /// Names that are no open document.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unknown: Vec<String>,
    },
    /// The debtor named something only after the payment; that needs our consent.
    NamedTooLate {
        /// When.
        made: Date,
    },
    /// Nothing fits the amount.
    NoMatch,
    /// Several choices fit.
    Ambiguous {
        /// Two of them, by the documents' ids.
        choices: Vec<Vec<ItemId>>,
    },
    /// The search ended at its bound before every combination was seen.
    SearchEnded {
        /// After so many steps.
        steps: u32,
    },
}

impl Proposal {
    /// The facts that the proposal stands for, should someone accept it.
    pub fn allocations(&self, receipt: ReceiptId) -> Vec<Allocation> {
        let source = |line: &Line| match line.by {
            By::Payment if line.amount.currency() == line.paid.currency() => Source::Receipt { receipt },
            By::Payment => Source::Converted { receipt, paid: line.paid },
            By::CreditNote { item } => Source::CreditNote { item },
            By::SmallDifference => Source::Difference { cause: DifferenceCause::Small, with: receipt },
            By::BankCharge => Source::Difference { cause: DifferenceCause::BankCharge, with: receipt },
            By::Discount => Source::Difference { cause: DifferenceCause::Discount, with: receipt },
        };
        self.lines
            .iter()
            .map(|line| Allocation { item: line.item, source: source(line), amount: line.amount })
            .collect()
    }
}

/// Takes back what stands of a payment's allocations: its money and the differences that came with it. What was already
/// taken back stays so; doing it twice takes back nothing more.
///
/// # Errors
///
/// [`MoneyError`] when the standing allocations of one document are in several currencies or leave the range.
pub fn undo(facts: &[Allocation], receipt: ReceiptId) -> Result<Vec<Allocation>, MoneyError> {
    type Key = (ItemId, Option<DifferenceCause>, Option<Currency>);
    // A document's applications of one kind are one; what was paid for it in another currency is summed beside it.
    let mut standing: BTreeMap<Key, (Money, Money)> = BTreeMap::new();
    for fact in facts {
        let none = Money::zero(fact.amount.currency());
        let (cause, paid) = match fact.source {
            Source::Receipt { receipt: of } if of == receipt => (None, None),
            Source::Difference { cause, with } if with == receipt => (Some(cause), None),
            Source::Converted { receipt: of, paid } if of == receipt => (None, Some(paid)),
            _ => continue,
        };
        let key = (fact.item, cause, paid.map(Money::currency));
        let zero = (none, paid.map_or(none, |paid| Money::zero(paid.currency())));
        let (applied, used) = standing.entry(key).or_insert(zero);
        *applied = applied.plus(fact.amount)?;
        if let Some(paid) = paid {
            *used = used.plus(paid)?;
        }
    }
    let back = standing.into_iter().filter(|(_, (applied, used))| !applied.is_zero() || !used.is_zero());
    Ok(back
        .map(|((item, cause, converted), (applied, used))| {
            let source = match (cause, converted) {
                (Some(cause), _) => Source::Difference { cause, with: receipt },
                (None, Some(_)) => Source::Converted { receipt, paid: used.negated() },
                (None, None) => Source::Receipt { receipt },
            };
            Allocation { item, source, amount: applied.negated() }
        })
        .collect())
}
