//! The tie-out with the ERP: what our aging says on a day against the control account of the general ledger (应收账款统制科目),
//! and where the difference may come from, document by document.
//!
//! Ours is what is open less money not applied, in one currency. The difference is theirs less ours. With the ERP's own list
//! of open documents each cause has its part of the difference, and what no cause explains is told; without one, documents
//! whose amount is that of the difference, and what was learned for a day soon after, are pointed at.
//!
//! Units: minor units of the currency of the control account.
//!
//! Source: our own. A difference may have several causes; only what document lists of both sides show is called one.

use crate::facts::calendar::{Date, days_between};
use crate::facts::ledger::{Fact, Recorded, Withdrawn};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::naming::folded;
use crate::readings::journal::{Journal, JournalError};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What the ERP says on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// The balance of its control account.
    pub balance: Money,
    /// Its open documents; empty when it gave none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<ControlDocument>,
}

/// A document that the ERP has open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ControlDocument {
    /// Its number.
    pub number: String,
    /// What is open of it; negative on a credit note or a payment not applied.
    pub open: Money,
}

/// How both stand to each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TieOut {
    /// Open documents, as our aging has them.
    pub open: Money,
    /// Money not applied.
    pub unapplied: Money,
    /// Ours: the one less the other.
    pub ours: Money,
    /// The ERP's balance.
    pub theirs: Money,
    /// Theirs less ours; zero when they tie out.
    pub difference: Money,
    /// What may be behind it, by number.
    pub causes: Vec<Cause>,
    /// What of the difference no cause explains; absent without a list of the ERP's documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unexplained: Option<Money>,
}

/// What may be behind a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Cause {
    /// The document; empty for money not applied.
    pub number: String,
    /// What it is.
    pub why: CauseKind,
    /// Its part of the difference; without a list what the difference would be by it alone.
    pub amount: Money,
}

/// What a cause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CauseKind {
    /// We have it open, the ERP doesn't.
    OnlyOurs,
    /// The ERP has it open, we never had it.
    OnlyTheirs,
    /// The ERP has it open; for us it was settled by that day.
    SettledHere,
    /// The ERP has it open; our books wrote it off.
    WrittenOffHere,
    /// The ERP has it open already; for us it is dated after the day.
    DatedLater,
    /// Both have it open, with other amounts.
    OtherAmount,
    /// Money that isn't applied, which the ERP's list doesn't show.
    Unapplied,
    /// Without a list: its amount is that of the difference.
    SameAmount,
    /// Without a list: dated within a week after the day.
    SoonAfter,
}

/// Compares our ledger with the ERP at the end of `as_of`, in the currency of its balance.
///
/// # Errors
///
/// [`JournalError`] when the facts make no journal, a sum leaves the range, or a document of the ERP is in another
/// currency.
pub fn tie_out(facts: &[Recorded], control: &Control, as_of: Date) -> Result<TieOut, JournalError> {
    let currency = control.balance.currency();
    let journal = Journal::of(facts, None)?;
    let book = Book::of(facts, &journal, currency, as_of)?;
    let open = Money::sum(currency, book.documents.values().map(|document| document.open))?;
    let unapplied: Vec<Money> = journal.unapplied_at(as_of)?.into_values().collect();
    let unapplied = Money::sum(currency, unapplied.into_iter().filter(|sum| sum.currency() == currency))?;
    let ours = open.minus(unapplied)?;
    let difference = control.balance.minus(ours)?;
    let (causes, unexplained) = if control.documents.is_empty() {
        (book.guesses(difference), None)
    } else {
        let causes = book.causes(&control.documents, unapplied)?;
        let explained = Money::sum(currency, causes.iter().map(|cause| cause.amount))?;
        (causes, Some(difference.minus(explained)?))
    };
    Ok(TieOut { open, unapplied, ours, theirs: control.balance, difference, causes, unexplained })
}

/// A document of ours.
struct Ours {
    number: String,
    date: Date,
    open: Money,
    written_off: Money,
}

/// Our documents by number; one number can stand for several customers' documents, which count together.
struct Book {
    documents: BTreeMap<String, Ours>,
    currency: Currency,
    as_of: Date,
}

impl Book {
    fn of(facts: &[Recorded], journal: &Journal, currency: Currency, as_of: Date) -> Result<Self, MoneyError> {
        let withdrawn = Withdrawn::by(facts);
        let numbers: BTreeMap<_, &str> = facts
            .iter()
            .filter(|recorded| withdrawn.spares(recorded))
            .filter_map(|recorded| match &recorded.fact {
                Fact::Charged(item) => Some((item.id, item.number.as_str())),
                _ => None,
            })
            .collect();
        let zero = Money::zero(currency);
        let mut documents: BTreeMap<String, Ours> = BTreeMap::new();
        let rows =
            journal.ids.iter().zip(&journal.items).zip(journal.open_at(as_of)).zip(journal.written_off_at(as_of));
        for (((id, item), open), off) in rows.filter(|(((_, item), _), _)| item.amount.currency() == currency) {
            let number = numbers.get(id).copied().unwrap_or_default();
            let document = documents.entry(folded(number)).or_insert_with(|| Ours {
                number: number.to_owned(),
                date: item.date,
                open: zero,
                written_off: zero,
            });
            document.open = document.open.plus(Money::from_minor(open, currency)?)?;
            document.written_off = document.written_off.plus(Money::from_minor(off, currency)?)?;
            document.date = document.date.max(item.date);
        }
        Ok(Self { documents, currency, as_of })
    }

    /// The causes by the ERP's own list.
    fn causes(&self, theirs: &[ControlDocument], unapplied: Money) -> Result<Vec<Cause>, MoneyError> {
        let zero = Money::zero(self.currency);
        let mut listed: BTreeMap<String, (String, Money)> = BTreeMap::new();
        for document in theirs {
            let (_, sum) = listed.entry(folded(&document.number)).or_insert((document.number.clone(), zero));
            *sum = sum.plus(document.open)?;
        }
        let keys: BTreeSet<String> = listed.keys().chain(self.documents.keys()).cloned().collect();
        let mut causes = Vec::new();
        for key in keys {
            let (their, our) = (listed.get(&key), self.documents.get(&key));
            let amount = their.map_or(zero, |(_, open)| *open).minus(our.map_or(zero, |our| our.open))?;
            if amount.is_zero() {
                continue;
            }
            let why = match (their, our) {
                (None, _) => CauseKind::OnlyOurs,
                (Some(_), None) => CauseKind::OnlyTheirs,
                (Some(_), Some(our)) if our.written_off == amount => CauseKind::WrittenOffHere,
                (Some(_), Some(our)) if !our.open.is_zero() => CauseKind::OtherAmount,
                (Some(_), Some(our)) if our.date > self.as_of => CauseKind::DatedLater,
                (Some(_), Some(_)) => CauseKind::SettledHere,
            };
            let number = our.map(|our| our.number.clone()).or(their.map(|(number, _)| number.clone()));
            causes.push(Cause { number: number.unwrap_or_default(), why, amount });
        }
        // Where the list shows the same money, that stands among what only they have.
        if !unapplied.is_zero() {
            causes.push(Cause { number: String::new(), why: CauseKind::Unapplied, amount: unapplied });
        }
        Ok(causes)
    }

    /// What to look at without a list.
    fn guesses(&self, difference: Money) -> Vec<Cause> {
        let mut causes = Vec::new();
        if difference.is_zero() {
            return causes;
        }
        for document in self.documents.values() {
            let soon = (1..=7).contains(&days_between(self.as_of, document.date));
            if document.open == difference || document.open == difference.negated() {
                causes.push(Cause { number: document.number.clone(), why: CauseKind::SameAmount, amount: difference });
            } else if soon {
                causes.push(Cause { number: document.number.clone(), why: CauseKind::SoonAfter, amount: difference });
            }
        }
        causes
    }
}
