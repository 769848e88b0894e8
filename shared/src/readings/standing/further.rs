//! What an order check looks at besides the ledger: the file, the group, cover, promises, reminders.
//!
//! Every part is small and safe for the sales role to hold: no statement, no score, no text of a contract. A part that is
//! absent isn't kept by this book, and no rule judges it; a part that is there and empty says that the thing is missing.
//! The parts carry their dates and the check brings its own, so that nothing here has to be renewed from day to day.

use crate::facts::calendar::Date;
use crate::facts::cover::Works;
use crate::facts::credit_file::{Agreement, Breach, CreditFile, Licence, ScreeningKind};
use crate::facts::id::ItemId;
use crate::facts::ledger::{Document, Limit, Rate, TemporaryLimit};
use crate::facts::money::{Currency, Money, MoneyError};
use crate::facts::number::Ratio;
use crate::readings::exposure::Category;
use crate::readings::journal::Journal;
use crate::readings::revaluation::{BookedBucket, booked_buckets};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Further {
    /// What stands in the categories besides open items and orders. What these two name here is a correction to the buckets
    /// of the ledger: what bills have settled of documents, and charges used up of orders, both negative.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub categories: Option<Vec<CategoryBucket>>,
    /// Temporary limits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temporary: Option<Vec<TemporaryLimit>>,
    /// The other members of its group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupStands>,
    /// What all customers together owe and will owe: the base of caps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portfolio: Option<Money>,
    /// How far reminders have come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dunning: Option<DunningReached>,
    /// The agreements on file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreements: Option<Vec<AgreementOnFile>>,
    /// The licences on file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licences: Option<Vec<LicenceOnFile>>,
    /// The newest check of each kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screenings: Option<Vec<ScreeningOnFile>>,
    /// How complete the file is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complete: Option<Ratio>,
    /// The review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<ReviewStands>,
    /// Promises to pay that were broken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken: Option<Vec<BrokenPromise>>,
    /// Cover that is good, or was until it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<Vec<CoverStands>>,
    /// Disputes that somebody other than sales accepted. When this is kept, any other dispute isn't accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Vec<AcceptedDispute>>,
    /// What open documents in other currencies than the limit's were booked at, by currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booked: Option<Vec<BookedBucket>>,
    /// How many days after they fall due the customer usually pays its documents, rounded up; absent when it pays in time.
    /// No rule judges it: it says how long an order's money is out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_days: Option<u16>,
}

/// What stands in a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CategoryBucket {
    /// The category.
    pub category: Category,
    /// The day on which it matures or falls due, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// How much counts.
    pub amount: Money,
}

/// The group that a customer belongs to, without the customer itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GroupStands {
    /// How many other members it has.
    pub others: u32,
    /// What they owe and will owe.
    pub exposure: Money,
    /// What all members together may owe.
    pub limit: Limit,
    /// The last day of that limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// How far reminders have come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DunningReached {
    /// The highest step that was sent, by its name in the policy; absent when none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Date>,
}

/// An agreement without its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AgreementOnFile {
    /// The day on which both had signed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<Date>,
    /// The first day on which it holds.
    pub from: Date,
    /// The last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// By how many months it goes on each time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renews_months: Option<u16>,
    /// When notice was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Date>,
    /// The last day of one that was ended early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Date>,
    /// Whether documents may be withheld for unpaid charges (扣单条款).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withholding: bool,
    /// When the customer broke it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaches: Vec<BreachOnFile>,
}

/// A breach of an agreement, without what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BreachOnFile {
    /// When.
    pub date: Date,
    /// When it was made good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cured: Option<Date>,
}

/// A licence without its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LicenceOnFile {
    /// Which.
    pub kind: String,
    /// Its first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Its last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// When it was taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Date>,
}

/// The newest check of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScreeningOnFile {
    /// What was looked for.
    pub kind: ScreeningKind,
    /// When.
    pub date: Date,
    /// Whether something was found.
    pub hit: bool,
}

/// The review of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReviewStands {
    /// When it was last done; absent when it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Date>,
    /// When it is due.
    pub due: Date,
}

/// A promise that was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BrokenPromise {
    /// Since when.
    pub since: Date,
    /// What was missing on that day.
    pub missing: Money,
}

/// What a piece of cover counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CoverStands {
    /// How it works.
    pub works: Works,
    /// What it counts for, or did on its last day.
    pub amount: Money,
    /// The last day on which it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// Disputed documents whose dispute was accepted on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AcceptedDispute {
    /// When they fall due.
    pub due: Date,
    /// When somebody other than sales accepted the dispute.
    pub accepted: Date,
    /// How many documents.
    pub documents: u32,
    /// What is open on them.
    pub amount: Money,
}

/// Somebody's word that a dispute is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DisputeAcceptance {
    /// The document.
    pub item: ItemId,
    /// When.
    pub date: Date,
    /// Whether it was sales that accepted it: that doesn't count.
    pub by_sales: bool,
}

impl Further {
    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// All amounts, for the rates that they need.
    pub(super) fn amounts(&self) -> impl Iterator<Item = Money> {
        let limits = self.group.iter().map(|group| group.limit);
        let limits = limits.chain(self.temporary.iter().flatten().map(|temporary| temporary.limit));
        self.categories
            .iter()
            .flatten()
            .map(|bucket| bucket.amount)
            .chain(self.group.iter().map(|group| group.exposure))
            .chain(self.portfolio)
            .chain(self.cover.iter().flatten().map(|cover| cover.amount))
            .chain(limits.filter_map(|limit| if let Limit::Amount { amount } = limit { Some(amount) } else { None }))
    }

    /// Keeps what a credit file says: agreements, licences, and the newest check of each kind. Of two checks of one day,
    /// one that found something counts.
    #[must_use]
    pub fn with_file(mut self, file: &CreditFile) -> Self {
        self.agreements = Some(file.agreements.iter().map(AgreementOnFile::of).collect());
        self.licences = Some(file.licences.iter().map(LicenceOnFile::of).collect());
        let mut newest: BTreeMap<ScreeningKind, (Date, bool)> = BTreeMap::new();
        for check in &file.screenings {
            let found = (check.date, check.found.is_some());
            let known = newest.entry(check.kind).or_insert(found);
            *known = found.max(*known);
        }
        let newest = newest.into_iter().map(|(kind, (date, hit))| ScreeningOnFile { kind, date, hit });
        self.screenings = Some(newest.collect());
        self
    }

    /// Keeps what open documents in other currencies were booked at, by the rates of their days.
    ///
    /// # Errors
    ///
    /// As [`booked_buckets`].
    pub fn with_booked(mut self, journal: &Journal, own: Currency, rates: &[Rate]) -> Result<Self, MoneyError> {
        self.booked = Some(booked_buckets(journal, own, rates)?);
        Ok(self)
    }

    /// Keeps which disputes of open documents were accepted by somebody other than sales, by due date and day. Of several
    /// acceptances of one document the last counts.
    ///
    /// # Errors
    ///
    /// [`MoneyError::OutOfRange`] when the disputed amounts of one due date leave the range.
    pub fn with_acceptances(
        mut self,
        journal: &Journal,
        acceptances: &[DisputeAcceptance],
    ) -> Result<Self, MoneyError> {
        let mut accepted: BTreeMap<ItemId, Date> = BTreeMap::new();
        for word in acceptances.iter().filter(|word| !word.by_sales) {
            let date = accepted.entry(word.item).or_insert(word.date);
            *date = word.date.max(*date);
        }
        let mut buckets: BTreeMap<(Currency, Date, Date), (u32, Money)> = BTreeMap::new();
        let disputed = journal.disputed_of(&journal.open_at(Date::MAX), Date::MAX);
        let rows = journal.items.iter().zip(&journal.ids).zip(disputed).filter(|(_, minor)| *minor > 0);
        for ((item, id), minor) in rows {
            let Some(date) = accepted.get(id).filter(|_| item.document != Document::CreditNote) else { continue };
            let currency = item.amount.currency();
            let (count, sum) = buckets.entry((currency, item.due, *date)).or_insert((0, Money::zero(currency)));
            *count = count.saturating_add(1);
            *sum = sum.plus(Money::from_minor(minor, currency)?)?;
        }
        let bucket = |((_, due, accepted), (documents, amount))| AcceptedDispute { due, accepted, documents, amount };
        self.accepted = Some(buckets.into_iter().map(bucket).collect());
        Ok(self)
    }
}

impl AgreementOnFile {
    /// What is kept of an agreement.
    pub fn of(agreement: &Agreement) -> Self {
        let Agreement { signed, from, until, renews_months, notice, ended, withholding, .. } = *agreement;
        let breach = |breach: &Breach| BreachOnFile { date: breach.date, cured: breach.cured };
        let breaches = agreement.breaches.iter().map(breach).collect();
        Self { signed, from, until, renews_months, notice, ended, withholding, breaches }
    }

    /// The same as an agreement without text, but for its breaches.
    pub const fn to_agreement(&self) -> Agreement {
        let Self { signed, from, until, renews_months, notice, ended, withholding, .. } = *self;
        Agreement {
            number: String::new(),
            signed,
            from,
            until,
            renews_months,
            notice,
            ended,
            terms: None,
            late_interest_daily: None,
            withholding,
            notice_address: None,
            jurisdiction: None,
            breaches: Vec::new(),
        }
    }

    /// When it was first broken, of the breaches up to a day that weren't made good by then.
    pub fn breached(&self, as_of: Date) -> Option<Date> {
        let open = |breach: &&BreachOnFile| breach.date <= as_of && breach.cured.is_none_or(|cured| cured > as_of);
        self.breaches.iter().filter(open).map(|breach| breach.date).min()
    }
}

impl LicenceOnFile {
    /// What is kept of a licence.
    pub fn of(licence: &Licence) -> Self {
        let Licence { kind, from, until, revoked, .. } = licence;
        Self { kind: kind.clone(), from: *from, until: *until, revoked: *revoked }
    }

    /// The same as a licence without a name and a number.
    pub const fn to_licence(&self) -> Licence {
        let Self { from, until, revoked, .. } = *self;
        Licence { kind: String::new(), number: String::new(), from, until, revoked }
    }
}
