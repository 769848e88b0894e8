//! What people record: a stop to supply, money that came in, exchange rates, an invitation.

use shared::facts::calendar::Date;
use shared::facts::customer::Customer;
use shared::facts::id::{CustomerId, FactId, ItemId, ReceiptId};
use shared::facts::ledger::{Allocation, Document, Fact, Freeze, Receipt, Source};
use shared::facts::money::{Currency, Money};
use shared::facts::number::Ratio;
use shared::record::api::outbox::MessageBody;
use shared::record::api::people::Purpose;
use shared::record::api::{Door, FreezeCustomer, RecordRate, RecordReceipt, Written};
use shared::record::digest::digest_of_bytes;
use std::collections::BTreeSet;

use super::audit::session_name;
use super::call::Call;
use super::create::portal_person;
use super::ledger::{LedgerError, NewFact, rates, record_facts};
use super::orders::retest;
use super::outbox;
use super::sessions::{NewLink, make_link};
use crate::answer::Answer;
use crate::problem::{Failure, Kind, Refusal, RequestError};

/// How long a reason, a reference or a source may be.
const TEXT_MOST: usize = 500;
/// To how many documents one receipt may be applied at once.
const APPLY_MOST: usize = 1000;

/// Why something cannot be recorded.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A text is empty or too long.
    #[error("{0} has 1 to {TEXT_MOST} characters")]
    Text(&'static str),
    /// An amount is not positive.
    #[error("{0} must be positive")]
    NotPositive(String),
    /// An amount is in another currency than the money that came in.
    #[error("{field} must be in {currency}")]
    OtherCurrency {
        /// The field.
        field: String,
        /// The currency of the money.
        currency: Currency,
    },
    /// The customer owes no such document.
    #[error("the customer has no open document {0}")]
    NoDocument(ItemId),
    /// A document stands in the list twice, or the list is too long.
    #[error("each document stands in the list once, and no more than {APPLY_MOST} do")]
    Apply,
    /// More would be applied to a document than is open on it.
    #[error("{open} is open on document {item}, not {amount}")]
    MoreThanOpen {
        /// The document.
        item: ItemId,
        /// What is open.
        open: Money,
        /// What was to be applied.
        amount: Money,
    },
    /// More would be applied than came in.
    #[error("{applied} was to be applied, and {amount} came in")]
    MoreThanReceived {
        /// What was to be applied.
        applied: Money,
        /// What came in.
        amount: Money,
    },
    /// A rate needs two currencies.
    #[error("a rate is between two currencies")]
    SameCurrency,
}

impl Refusal for WriteError {
    fn kind(&self) -> Kind {
        match self {
            Self::Text(_) => (422, "text", "unexpected text"),
            Self::NotPositive(_) => (422, "not_positive", "not positive"),
            Self::OtherCurrency { .. } => (422, "other_currency", "unexpected currency"),
            Self::NoDocument(_) => (422, "no_document", "unknown document"),
            Self::Apply => (422, "apply", "unexpected list of documents"),
            Self::MoreThanOpen { .. } => (422, "more_than_open", "more than is open"),
            Self::MoreThanReceived { .. } => (422, "more_than_received", "more than came in"),
            Self::SameCurrency => (422, "same_currency", "one currency"),
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::Text(field) => Some((*field).to_owned()),
            Self::NotPositive(field) | Self::OtherCurrency { field, .. } => Some(field.clone()),
            Self::NoDocument(_) | Self::Apply | Self::MoreThanOpen { .. } | Self::MoreThanReceived { .. } => {
                Some("apply".to_owned())
            }
            Self::SameCurrency => Some("to".to_owned()),
        }
    }

    fn values(&self) -> Vec<(String, String)> {
        let pair = |name: &str, value: String| (name.to_owned(), value);
        match self {
            Self::NoDocument(item) => vec![pair("item", item.to_string())],
            Self::MoreThanOpen { item, open, amount } => {
                vec![pair("item", item.to_string()), pair("open", open.to_string()), pair("amount", amount.to_string())]
            }
            Self::MoreThanReceived { applied, amount } => {
                vec![pair("applied", applied.to_string()), pair("amount", amount.to_string())]
            }
            Self::OtherCurrency { currency, .. } => vec![pair("currency", currency.to_string())],
            _ => Vec::new(),
        }
    }
}

/// `POST customers/{id}/freeze`: stops or resumes supply from today on.
pub fn freeze(call: &Call) -> Result<Answer, Failure> {
    let customer: CustomerId = call.id()?;
    call.sees(customer)?;
    let FreezeCustomer { frozen, reason } = call.body()?;
    text("reason", Some(&reason))?;
    let body = MessageBody::Supply { stopped: frozen, reason: reason.clone() };
    outbox::tell(call.sql, call.now, Some(customer), body)?;
    record(call, customer, call.today, vec![Fact::Frozen(Freeze { frozen, reason })])
}

/// `POST receipts`: money that came in, and what it is applied to.
///
/// 1. The customer is in sight: 404. The money is positive, its list of documents sound: 422, and it is new: 409.
/// 2. Each document is the customer's, in the money's currency, and as much is open on it: 422.
/// 3. It is recorded; the rest stays unapplied. Money that came before the document is applied on the document's day. What is
///    held of the customer's orders is judged again.
pub fn receipt(call: &Call) -> Result<Answer, Failure> {
    // 1
    let RecordReceipt { receipt, customer, date, amount, reference, apply } = call.body()?;
    call.sees(customer)?;
    let currency = amount.currency();
    positive("amount", amount, currency)?;
    text("reference", reference.as_deref())?;
    if call.sql.finds("SELECT 1 FROM receipt WHERE id = ?", &[&receipt])? {
        return Err(LedgerError::Known("receipt".to_owned()).into());
    }
    // 2
    let (applications, _) = applied(call, customer, receipt, date, amount, apply, APPLY_MOST)?;
    // 3
    let received = (date, Fact::Received(Receipt { id: receipt, amount, reference }));
    let new = |(date, fact)| Ok(NewFact { id: FactId(call.new_id()?), customer, date, fact });
    let facts: Vec<NewFact> = std::iter::once(received).chain(applications).map(new).collect::<Result<_, Failure>>()?;
    record_facts(call.sql, call.today, &facts)?;
    retest::due(call.sql, customer)?;
    retest::now(call)?;
    Ok(Answer::json(&Written { feed: call.sql.feed()? })?.about(&customer))
}

/// Money applied to documents, as dated facts, and the sum of it. Each document stands in the list once, is the customer's,
/// in the money's currency, and as much is open on it; no more is applied than came in.
pub fn applied(
    call: &Call,
    customer: CustomerId,
    receipt: ReceiptId,
    date: Date,
    amount: Money,
    apply: Vec<(ItemId, Money)>,
    most: usize,
) -> Result<(Vec<(Date, Fact)>, Money), Failure> {
    let currency = amount.currency();
    let documents: BTreeSet<ItemId> = apply.iter().map(|(item, _)| *item).collect();
    if documents.len() < apply.len() || apply.len() > most {
        return Err(WriteError::Apply.into());
    }
    let mut facts = Vec::new();
    let mut applied = Money::zero(currency);
    for (i, (item, part)) in apply.into_iter().enumerate() {
        positive(&format!("apply[{i}]"), part, currency)?;
        let (charged, open) = open_on(call, customer, item)?;
        if open.currency() != currency {
            let field = format!("apply[{i}]");
            return Err(WriteError::OtherCurrency { field, currency: open.currency() }.into());
        }
        if part.minor() > open.minor() {
            return Err(WriteError::MoreThanOpen { item, open, amount: part }.into());
        }
        applied = applied.plus(part).map_err(|_| WriteError::Apply)?;
        let source = Source::Receipt { receipt };
        facts.push((date.max(charged), Fact::Allocated(Allocation { item, source, amount: part })));
    }
    if applied.minor() > amount.minor() {
        return Err(WriteError::MoreThanReceived { applied, amount }.into());
    }
    Ok((facts, applied))
}

/// A document's date and what is open on it; only one that is owed can be paid.
fn open_on(call: &Call, customer: CustomerId, item: ItemId) -> Result<(Date, Money), Failure> {
    let row: Option<(Document, Date, Currency, i64)> = call.sql.first(
        "SELECT json_array(document, date, currency, open_minor) FROM item WHERE id = ? AND customer = ?",
        &[&item, &customer],
    )?;
    match row {
        Some((document, date, currency, minor)) if document != Document::CreditNote && minor > 0 => {
            Ok((date, Money::from_minor(minor, currency).map_err(Failure::broken)?))
        }
        _ => Err(WriteError::NoDocument(item).into()),
    }
}

/// `POST rates`: an exchange rate, from a day on.
pub fn rate(call: &Call) -> Result<Answer, Failure> {
    let RecordRate { date, from, to, rate, source } = call.body()?;
    if date > call.today {
        return Err(LedgerError::Future { date, today: call.today }.into());
    }
    if from == to {
        return Err(WriteError::SameCurrency.into());
    }
    if rate <= Ratio::ZERO {
        return Err(WriteError::NotPositive("rate".to_owned()).into());
    }
    text("source", Some(&source))?;
    let feed = rates::record(call.sql, date, from, to, rate, &source)?;
    Ok(Answer::json(&Written { feed })?.about(&format!("{from}/{to}")))
}

/// `POST customers/{id}/links`: an invitation to the customer's portal.
pub fn invite(call: &Call) -> Result<Answer, Failure> {
    let id: CustomerId = call.id()?;
    call.sees(id)?;
    let customer: Customer =
        call.sql.first("SELECT file FROM customer WHERE id = ?", &[&id])?.ok_or(RequestError::NotFound)?;
    let person = portal_person(call.sql, id, &customer.name)?;
    let new = NewLink { person, door: Door::Portal, purpose: Purpose::Enter, key: call.key };
    let link = make_link(call.sql, call.seals, &call.book, &new, call.now)?;
    let body =
        MessageBody::PortalLink { link: session_name(&digest_of_bytes(link.token.as_bytes())), until: link.until };
    outbox::tell(call.sql, call.now, Some(id), body)?;
    Ok(Answer { secret: true, ..Answer::json(&link)?.about(&id) })
}

/// Records facts of one day about one customer.
pub fn record(call: &Call, customer: CustomerId, date: Date, facts: Vec<Fact>) -> Result<Answer, Failure> {
    let new = |fact| Ok(NewFact { id: FactId(call.new_id()?), customer, date, fact });
    let facts: Vec<NewFact> = facts.into_iter().map(new).collect::<Result<_, Failure>>()?;
    record_facts(call.sql, call.today, &facts)?;
    Ok(Answer::json(&Written { feed: call.sql.feed()? })?.about(&customer))
}

/// Whether a text, where there is one, has something in it and isn't too long.
pub fn text(field: &'static str, text: Option<&str>) -> Result<(), WriteError> {
    let fits = text.is_none_or(|text| !text.trim().is_empty() && text.chars().count() <= TEXT_MOST);
    if fits { Ok(()) } else { Err(WriteError::Text(field)) }
}

fn positive(field: &str, amount: Money, currency: Currency) -> Result<(), WriteError> {
    if amount.currency() != currency {
        return Err(WriteError::OtherCurrency { field: field.to_owned(), currency });
    }
    if amount.minor() > 0 { Ok(()) } else { Err(WriteError::NotPositive(field.to_owned())) }
}
